//! Commands in a row as cmd reads them: each by itself, without the words that only steer (`if`, `for`, `start`).

use std::ops::Range;

use crate::commands::line::{Token, commands, tokens};

/// Words that steer, before a command.
const STEERING: &[&str] = &["call", "do", "else", "@", "("];
/// Words between two sides that `if` compares.
const COMPARING: &[&str] = &["==", "equ", "neq", "lss", "leq", "gtr", "geq"];

/// Rounds of one loop that are read.
const ROUNDS_MAX: usize = 16;

/// One command of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'l> {
    /// As it stands there.
    pub(super) raw: &'l str,
    /// Its words, which stand in `raw`.
    pub(super) words: Vec<Token>,
    /// Its output goes to the next.
    pub(super) is_piped: bool,
    /// Whether it is run depends on how the one before it ended.
    is_either: bool,
    /// Groups of commands that are open where it begins.
    depth: usize,
}

/// The commands of a chain.
pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut open = 0_usize;
    commands(line)
        .into_iter()
        .map(|(start, raw)| {
            let (before, after) = (line[..start].trim_end(), &line[start + raw.len()..]);
            let is_piped = after.starts_with('|') && !after.starts_with("||");
            let is_either = before.ends_with("&&") || before.ends_with("||");
            let mut words = tokens(raw);
            unbracket(raw, &mut words);
            unredirect(raw, &mut words);
            let depth = open;
            open = (open + raw.matches('(').count()).saturating_sub(raw.matches(')').count());
            Piece { raw, words, is_piped, is_either, depth }
        })
        .collect()
}

/// Takes off where the output goes, which is glued to a word or is one: `/add>nul`, `2>nul`.
fn unredirect(raw: &str, words: &mut Vec<Token>) {
    for word in words.iter_mut().filter(|word| !word.quoted && !word.is_separator()) {
        let own = &raw[word.span.clone()];
        let Some(at) = redirects_at(own) else { continue };
        let kept = own[..at].trim_end_matches(|sign: char| at <= 2 && sign.is_ascii_digit());
        word.text = tokens(kept).into_iter().next().map(|kept| kept.text).unwrap_or_default();
    }
    words.retain(|word| word.quoted || !word.text.is_empty());
}

/// Where in a word its output is sent elsewhere.
fn redirects_at(word: &str) -> Option<usize> {
    let (mut is_quoted, mut before) = (false, ' ');
    for (at, sign) in word.char_indices() {
        match sign {
            '"' => is_quoted = !is_quoted,
            '>' | '<' if !is_quoted && before != '^' => return Some(at),
            _ => {}
        }
        before = sign;
    }
    None
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
    /// `call` reads it a second time.
    pub(super) fn is_called(&self) -> bool {
        self.words.first().is_some_and(|first| first.lower() == "call")
    }

    /// Nothing after it is run.
    pub(super) fn ends_all(&self) -> bool {
        !self.is_either && self.depth == 0 && self.words.first().is_some_and(|first| first.lower() == "exit")
    }

    /// The command whose output a loop goes through: `for /f %i in ('COMMAND') do …`.
    pub(super) fn looped_through(&self) -> Option<&str> {
        self.is_loop(Some("/f")).then_some(())?;
        let start = self.raw.find("('").or_else(|| self.raw.find("(`"))? + 1;
        let quote = &self.raw[start..=start];
        let end = self.raw[start + 1..].find(&format!("{quote})"))?;
        Some(&self.raw[start + 1..start + 1 + end])
    }

    /// The commands of a loop that goes through words and runs them: `for %i in (net) do %i user …`.
    pub(super) fn rounds(&self) -> Vec<String> {
        let (Some(variable), true) = (self.words.get(1), self.is_loop(None)) else { return Vec::new() };
        let variable = variable.text.as_str();
        let list = self.raw.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let Some((list, rest)) = list else { return Vec::new() };
        let body = rest.trim_start();
        let Some(body) = body.get(..2).filter(|word| word.eq_ignore_ascii_case("do")).map(|_| &body[2..])
        else {
            return Vec::new();
        };
        let is_run = tokens(body).first().is_some_and(|first| first.text.contains(variable));
        let each = list.split([' ', ',', ';', '\t']).filter(|word| is_run && !word.is_empty());
        each.take(ROUNDS_MAX).map(|word| body.replace(variable, word.trim_matches('"'))).collect()
    }

    /// It is a loop with this switch, or without any.
    fn is_loop(&self, wanted: Option<&str>) -> bool {
        let is_for = self.words.first().is_some_and(|first| first.lower() == "for");
        let switch = self.words.get(1).map(Token::lower).filter(|text| text.starts_with('/'));
        is_for && switch.as_deref() == wanted
    }

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
            ("net user a>nul", vec!["net user a"]),
            ("net user a 2>nul", vec!["net user a"]),
            (">nul net user a^>b", vec!["net user a>b"]),
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
    fn loops_run_what_they_go_through() {
        for (line, through, rounds) in [
            ("for /f \"delims=\" %i in ('net user a') do echo %i", Some("net user a"), vec![]),
            ("for /f \"usebackq\" %i in (`net user a`) do echo %i", Some("net user a"), vec![]),
            ("for /f %i in (names.txt) do echo %i", None, vec![]),
            ("for %i in (net \"x\") do %i user a", None, vec![" net user a", " x user a"]),
            ("for %i in (a b) do net user %i", None, vec![]),
            ("for /l %i in (1,1,3) do %i user a", None, vec![]),
            ("echo for", None, vec![]),
        ] {
            let piece = pieces(line).remove(0);
            assert_eq!(
                (piece.looped_through(), piece.rounds()),
                (through, rounds.into_iter().map(str::to_owned).collect()),
                "{line}"
            );
        }
    }

    #[test]
    fn an_exit_ends_all_unless_it_depends() {
        for (line, ends) in [
            ("exit & net user a", true),
            ("@exit /b 0", true),
            ("whoami || exit", false),
            ("if x == y exit", false),
            ("(whoami & exit)", false),
        ] {
            assert_eq!(pieces(line).iter().any(Piece::ends_all), ends, "{line}");
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
