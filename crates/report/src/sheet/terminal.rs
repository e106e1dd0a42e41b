//! A sheet on a terminal: wrapped to the page, tables in columns that hold.

use std::io::{self, Write};

use begat_model::visible::visible;
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::{Block, Phrase, Run, Sheet};
use crate::words::page::{Lines, Look, Page};

/// Blanks between columns.
const GAP: usize = 2;
/// A column is not made narrower than this for others.
const COLUMN_WIDTH_MIN: usize = 8;

pub(crate) fn write(sheet: &Sheet, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::new(page);
    lines.wrapped("", "", &visible(&sheet.title), Look::Strong);
    for part in &sheet.parts {
        lines.blank();
        lines.stretches(&[(part.heading, Look::Strong)]);
        lines.stretches(&[(&"─".repeat(part.heading.width()), Look::Faint)]);
        for (at, it) in part.blocks.iter().enumerate() {
            if at > 0 && !matches!(it, Block::List(_) | Block::Code(_)) {
                lines.blank();
            }
            block(it, page, &mut lines);
        }
    }
    lines.write_to(out)
}

fn block(block: &Block, page: &Page, lines: &mut Lines<'_>) {
    match block {
        Block::Lead(said) => lines.wrapped("", "", &phrase(said), Look::Strong),
        Block::Text(said) => lines.wrapped("", "", &phrase(said), Look::Plain),
        Block::List(points) => {
            points.iter().for_each(|point| lines.wrapped("  - ", "    ", &phrase(point), Look::Plain));
        }
        Block::Heading(heading) => lines.stretches(&[(heading, Look::Strong)]),
        // A command is copied whole: it is not wrapped.
        Block::Code(code) => code.lines().for_each(|line| {
            lines.stretches(&[("  ", Look::Faint), (&visible(line), Look::Plain)]);
        }),
        Block::Table { head, rows } => table(head, rows, page, lines),
    }
}

fn phrase(phrase: &Phrase) -> String {
    let run = |run: &Run| match run {
        Run::Text(text) => visible(text).into_owned(),
        Run::Code(code) => format!("`{}`", visible(code)),
    };
    phrase.runs.iter().map(run).collect()
}

/// A cell says what is code by standing in a column of it.
fn cell(phrase: &Phrase) -> String {
    phrase.runs.iter().map(|(Run::Text(text) | Run::Code(text))| visible(text)).collect()
}

fn table(head: &[&'static str], rows: &[Vec<Phrase>], page: &Page, lines: &mut Lines<'_>) {
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let mut widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let of_rows = cells.iter().map(|row| row.get(column).map_or(0, |cell| cell.width()));
            of_rows.chain([head[column].width()]).max().unwrap_or(0)
        })
        .collect();
    let room = page.width.saturating_sub(GAP * head.len());
    let longest = |column: usize| {
        let words = cells.iter().flat_map(|row| row[column].split(' ')).map(UnicodeWidthStr::width);
        words.max().unwrap_or(0).max(COLUMN_WIDTH_MIN)
    };
    let words: Vec<usize> = (0..head.len()).map(longest).collect();
    // Words are broken only where all columns are as narrow as their longest.
    shrink(&mut widths, &words, room);
    shrink(&mut widths, &vec![COLUMN_WIDTH_MIN; head.len()], room);
    let head: Vec<String> = head.iter().map(|title| (*title).to_owned()).collect();
    row(&head, &widths, Look::Faint, lines);
    cells.iter().for_each(|cells| row(cells, &widths, Look::Plain, lines));
}

/// Takes from the widest, as long as it is wider than its least.
fn shrink(widths: &mut [usize], least: &[usize], room: usize) {
    while widths.iter().sum::<usize>() > room {
        let wider = widths.iter_mut().zip(least).filter(|(width, least)| **width > **least);
        let Some((widest, _)) = wider.max_by_key(|(width, _)| **width) else { break };
        *widest -= 1;
    }
}

fn row(cells: &[String], widths: &[usize], look: Look, lines: &mut Lines<'_>) {
    let wrapped: Vec<Vec<String>> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| {
            let options = Options::new(*width)
                .word_separator(WordSeparator::AsciiSpace)
                .word_splitter(WordSplitter::NoHyphenation);
            textwrap::wrap(cell, options).into_iter().map(std::borrow::Cow::into_owned).collect()
        })
        .collect();
    for line in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
        let mut text = String::from("  ");
        for (cell, width) in wrapped.iter().zip(widths) {
            let part = cell.get(line).map_or("", String::as_str);
            text.push_str(part);
            text.push_str(&" ".repeat(width.saturating_sub(part.width()) + GAP));
        }
        lines.stretches(&[(text.trim_end(), look)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::hostile;

    #[test]
    fn no_line_is_wider_than_the_page_and_no_text_steers_the_terminal() {
        for text in ["word ".repeat(60), "a\u{1b}[2J\n# b".to_owned(), "ホスト".repeat(30)] {
            let mut sheet = hostile(&text);
            sheet.parts[0].blocks.retain(|block| !matches!(block, Block::Code(_)));
            for width in [60, 100] {
                let page = Page { width, ..Page::default() };
                let mut out = Vec::new();
                write(&sheet, &page, &mut out).unwrap();
                let told = String::from_utf8(out).unwrap();
                assert!(told.lines().all(|line| line.width() <= width), "{told}");
                assert!(!told.contains('\u{1b}'));
            }
        }
    }
}
