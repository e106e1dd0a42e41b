//! Commands in a row as cmd reads them: each by itself, without the words that only steer (`if`, `for`, `start`).

use std::ops::Range;

use crate::commands::line::{Token, commands, tokens};

/// Words that steer, before a command.
const STEERING: &[&str] = &["call", "do", "else", "@", "("];
/// Words between two sides that `if` compares.
const COMPARING: &[&str] = &["==", "equ", "neq", "lss", "leq", "gtr", "geq"];

/// One command of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'l> {
    /// As it stands there.
    pub(super) raw: &'l str,
    /// Its words, which stand in `raw`.
    pub(super) words: Vec<Token>,
    /// Its output goes to the next.
    pub(super) is_piped: bool,
}

/// The commands of a chain.
pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    commands(line)
        .into_iter()
        .map(|(start, raw)| {
            let after = &line[start + raw.len()..];
            let is_piped = after.starts_with('|') && !after.starts_with("||");
            let mut words = tokens(raw);
            unbracket(raw, &mut words);
            Piece { raw, words, is_piped }
        })
        .collect()
}

/// Takes off the brackets that end a group of commands, and are no part of a word.
fn unbracket(raw: &str, words: &mut [Token]) {
    let count = |bracket: char| raw.matches(bracket).count();
    let groups = words.iter().any(|word| !word.quoted && word.text.starts_with('('));
    if groups || count(')') > count('(') {
        let opens_within = |word: &Token| word.text.chars().skip(1).any(|part| part == '(');
        for word in words.iter_mut().filter(|word| !word.quoted && !opens_within(word)) {
            word.text.truncate(word.text.trim_end_matches(')').len());
        }
    }
}

impl Piece<'_> {
    /// Where the commands stand in its words that `if`, `for`, `start` and `call` run.
    pub(super) fn run(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = 0;
        while start < self.words.len() {
            let (begin, may_else) = self.begin(start);
            let other = self.words.iter().skip(begin).position(|word| may_else && word.lower() == "else");
            let end = other.map_or(self.words.len(), |at| begin + at);
            if begin < end {
                found.push(begin..end);
            }
            start = end.max(start + 1);
        }
        found
    }

    /// Where the command begins, and whether `else` may follow.
    fn begin(&self, from: usize) -> (usize, bool) {
        let mut index = from;
        let mut may_else = from > 0;
        while let Some(word) = self.words.get(index) {
            let lower = word.lower();
            index = match lower.as_str() {
                _ if word.text == "(" || word.text == "@" => index + 1,
                steering if STEERING.contains(&steering) => index + 1,
                "start" => self.after_start(index + 1),
                "for" => match self.words[index..].iter().position(|word| word.lower() == "do") {
                    Some(at) => index + at + 1,
                    None => break,
                },
                "if" => {
                    may_else = true;
                    self.after_condition(index + 1)
                }
                _ => break,
            };
        }
        (index, may_else)
    }

    /// `start "TITLE" /switches PROGRAM`.
    fn after_start(&self, from: usize) -> usize {
        let mut index = from;
        // A title is quoted; alone it would be the program.
        if self.words.get(index).is_some_and(|word| word.quoted) && self.words.len() > index + 1 {
            index += 1;
        }
        while let Some(word) = self.words.get(index).filter(|word| word.is_switch()) {
            index += if word.text.eq_ignore_ascii_case("/d") { 2 } else { 1 };
        }
        index
    }

    /// `if [/i] [not] exist FILE`, `if defined NAME`, `if A==B`, `if A EQU B`.
    fn after_condition(&self, from: usize) -> usize {
        let lower = |index: usize| self.words.get(index).map(Token::lower).unwrap_or_default();
        let mut index = from;
        while matches!(lower(index).as_str(), "/i" | "not") {
            index += 1;
        }
        if matches!(lower(index).as_str(), "exist" | "defined" | "errorlevel" | "cmdextversion") {
            return index + 2;
        }
        if COMPARING.contains(&lower(index + 1).as_str()) {
            return index + 3;
        }
        index + if lower(index).ends_with("==") || lower(index + 1).starts_with("==") { 2 } else { 1 }
    }

    /// The file that its output is written to, and where its own words end.
    pub(super) fn written_to(&self) -> Option<(usize, String)> {
        let mut quote = false;
        let mut before = ' ';
        let mut last = None;
        for (at, character) in self.raw.char_indices() {
            match character {
                '"' => quote = !quote,
                '>' if !quote && before != '^' => last = Some(at),
                _ => {}
            }
            before = character;
        }
        let at = last?;
        let file = tokens(&self.raw[at + 1..]).into_iter().next()?;
        let end = self.raw[..at].trim_end_matches('>').len();
        Some((end, last_part(&file.text)))
    }
}

/// The name of a file without its folder, lower case.
pub(super) fn last_part(path: &str) -> String {
    path.trim_matches(['"', '\'', '(', ')', ' ']).rsplit(['\\', '/']).next().unwrap_or(path).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_steer_are_passed_over() {
        for (line, expected) in [
            ("net user a", vec!["net user a"]),
            ("@net user a", vec!["@net user a"]),
            ("(net user a)", vec!["(net user a"]),
            ("call net user a", vec!["net user a"]),
            (r#"start "" /b net user a"#, vec!["net user a"]),
            (r#"start /wait /d c:\x net user a"#, vec!["net user a"]),
            ("for %i in (a b) do net user %i", vec!["net user %i"]),
            ("for %i in (a b) do @net user %i", vec!["@net user %i"]),
            ("if exist x net user a", vec!["net user a"]),
            ("if not exist x (net user a) else (net user b)", vec!["(net user a", "(net user b"]),
            ("if /i x==y net user a", vec!["net user a"]),
            ("if x EQU y net user a", vec!["net user a"]),
            ("if errorlevel 1 net user a", vec!["net user a"]),
            ("if", vec![]),
            ("start", vec![]),
            ("for", vec!["for"]),
        ] {
            let piece = pieces(line).remove(0);
            let told: Vec<String> = piece
                .run()
                .into_iter()
                .map(|range| {
                    piece.words[range].iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
                })
                .collect();
            assert_eq!(told, expected, "{line}");
        }
    }

    #[test]
    fn files_that_are_written_are_told() {
        for (line, file) in [
            (r"echo net user > C:\x\Y.bat", Some("y.bat")),
            ("echo net user>>y.bat", Some("y.bat")),
            (r"echo net user ^> out 2^>^&1 > %TEMP%\execute.bat", Some("execute.bat")),
            ("echo net user ^> y.bat", None),
            (r#"echo "a > b""#, None),
            ("echo a", None),
        ] {
            let piece = pieces(line).remove(0);
            assert_eq!(piece.written_to().map(|(_, file)| file).as_deref(), file, "{line}");
        }
    }
}
