//! A sheet as Markdown: what comes from a log makes no heading, link, image, row or HTML of its own.

use std::fmt::Write as _;
use std::io::{self, Write};

use begat_model::visible::visible;

use super::{Block, Phrase, Run, Sheet};

/// Signs that mean something in Markdown wherever they stand.
const SIGNS: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '#', '$'];
/// Signs that mean something where a line begins.
const FIRST_SIGNS: &[char] = &['-', '+', '='];

pub(crate) fn write(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let mut text = format!("# {}\n", escaped(&sheet.title));
    for part in &sheet.parts {
        let _ = write!(text, "\n## {}\n", part.heading);
        for block in &part.blocks {
            text.push('\n');
            self::block(block, &mut text);
        }
    }
    out.write_all(text.as_bytes())
}

fn block(block: &Block, text: &mut String) {
    match block {
        Block::Lead(said) => {
            let _ = writeln!(text, "**{}**", phrase(said));
        }
        Block::Text(said) => {
            let _ = writeln!(text, "{}", phrase(said));
        }
        Block::List(points) => points.iter().for_each(|point| {
            let _ = writeln!(text, "- {}", phrase(point));
        }),
        Block::Heading(heading) => {
            let _ = writeln!(text, "### {heading}");
        }
        Block::Code(code) => {
            let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
            let _ = writeln!(text, "{fence}");
            code.lines().for_each(|line| {
                let _ = writeln!(text, "{}", visible(line));
            });
            let _ = writeln!(text, "{fence}");
        }
        Block::Table { head, rows } => {
            let _ = writeln!(text, "| {} |", head.join(" | "));
            let _ = writeln!(text, "| {} |", vec!["---"; head.len()].join(" | "));
            for row in rows {
                let cells: Vec<String> = row.iter().map(phrase).collect();
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
        }
    }
}

fn phrase(phrase: &Phrase) -> String {
    let run = |run: &Run| match run {
        Run::Text(text) => escaped(text),
        Run::Code(code) => self::code(code),
    };
    phrase.runs.iter().map(run).collect()
}

/// Text that is only text.
fn escaped(text: &str) -> String {
    let shown = visible(text);
    let mut written = String::with_capacity(shown.len() + 8);
    let number = shown.chars().take_while(char::is_ascii_digit).count();
    for (at, sign) in shown.chars().enumerate() {
        let begins = at == 0 && FIRST_SIGNS.contains(&sign);
        let ends_number = at > 0 && at == number && matches!(sign, '.' | ')');
        // `http://` and `www.` make links of themselves.
        let makes_link = match sign {
            ':' => shown.chars().skip(at + 1).take(2).eq("//".chars()),
            '.' => at >= 3 && shown.chars().skip(at - 3).take(3).all(|it| it.eq_ignore_ascii_case(&'w')),
            _ => false,
        };
        // `&lt;` is a sign, `AT&T` is not.
        let names_sign = sign == '&' && {
            let rest = shown.chars().skip(at + 1);
            let mut rest = rest.skip_while(|it| it.is_ascii_alphanumeric() || *it == '#');
            rest.next() == Some(';')
        };
        if SIGNS.contains(&sign) || begins || ends_number || makes_link || names_sign {
            written.push('\\');
        }
        written.push(sign);
    }
    written
}

/// Code in a line: its fence is longer than any run of its own, and no stroke in it parts cells.
fn code(code: &str) -> String {
    let shown = visible(code);
    let fence = "`".repeat(longest_run(&shown, '`') + 1);
    let space = if shown.starts_with('`') || shown.ends_with('`') || shown.is_empty() { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", shown.replace('|', "\\|"))
}

fn longest_run(text: &str, sign: char) -> usize {
    text.split(|it| it != sign).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::hostile;

    #[test]
    fn text_of_a_log_stays_text() {
        for (text, written) in [
            ("svc_print", r"svc\_print"),
            ("# a", r"\# a"),
            ("- a-b", r"\- a-b"),
            ("1. a", r"1\. a"),
            ("10.20.4.31", r"10\.20.4.31"),
            ("[a](http://x)", r"\[a\](http\://x)"),
            ("www.x", r"www\.x"),
            ("<script>&lt;", r"\<script\>\&lt;"),
            ("AT&T; &#60;", r"AT\&T; \&\#60;"),
            ("ATT&CK", "ATT&CK"),
            ("![a](b)", r"!\[a\](b)"),
            ("a|b", r"a\|b"),
            ("a\n# b", r"a\\n\# b"),
        ] {
            assert_eq!(escaped(text), written, "{text}");
        }
        assert_eq!(code("a`b|c"), r"``a`b\|c``");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn whatever_is_said_the_lines_are_the_same() {
        let written = |text: &str| {
            let mut out = Vec::new();
            let mut sheet = hostile(text);
            // Its lines stand between fences.
            sheet.parts[0].blocks.retain(|block| !matches!(block, Block::Code(_)));
            write(&sheet, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let plain = written("x");
        for text in ["a\n# b", "a\r\n| b |", "```", "\u{2028}## x", "</details>\u{202e}"] {
            let told = written(text);
            let starts = |text: &str| {
                let firsts = text.lines().filter_map(|line| line.split(' ').next());
                firsts.filter(|first| matches!(*first, "#" | "##" | "###" | "-" | "|")).count()
            };
            assert!(!told.contains(['\u{2028}', '\r', '\u{202e}']), "{told}");
            assert_eq!(starts(&told), starts(&plain), "{told}");
        }
    }
}
