//! Splits a PowerShell script into words, strings, variables and brackets; comments fall away.

/// Longest script that is read: what one block of the log can hold, many times over.
pub(super) const SCRIPT_BYTES_MAX: usize = 1024 * 1024;
/// Brackets that are told apart by what opened them; deeper ones are taken for blocks.
const BRACKETS_MAX: usize = 256;
/// Longest name of a variable in brackets.
const NAME_LETTERS_MAX: usize = 128;

/// Keywords that decide what of a script is run.
const KEYWORDS: &[&str] = &[
    "if", "elseif", "else", "while", "until", "for", "foreach", "switch", "do", "try", "catch", "finally",
    "trap",
];

/// One piece of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexeme {
    /// What it is.
    pub(super) kind: Kind,
    /// Nothing stands between it and the piece before.
    pub(super) glued: bool,
}

/// What a piece of a script is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A bare word, backticks read.
    Word(String),
    /// A string that says what it says.
    Text(String),
    /// A string whose variables and backticks are still to be read.
    Template(String),
    /// `$name`, lower case, without the scope.
    Variable(String),
    /// `@name`.
    Splat(String),
    /// An opening bracket.
    Open(Bracket),
    /// Any closing bracket.
    Close,
    /// `,`
    Comma,
    /// `+` between strings.
    Plus,
    /// `=` or, where it `adds`, `+=` and its like.
    Assign {
        /// The old value counts too.
        adds: bool,
    },
    /// A command ends.
    End {
        /// Its output goes to the next.
        piped: bool,
    },
    /// `&&`, `||`: a command ends, and by how it ended the next is run or not.
    Either,
    /// `&`: what follows is run, whatever it is.
    Run,
}

/// Which brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `(`, `$(`, `@(`
    Round,
    /// `{`
    Curly,
    /// `@{`
    Table,
}

/// The pieces of a script.
pub(super) fn lexemes(script: &str) -> Vec<Lexeme> {
    let mut end = script.len().min(SCRIPT_BYTES_MAX);
    while !script.is_char_boundary(end) {
        end -= 1;
    }
    let mut lexer = Lexer { rest: &script[..end], brackets: Vec::new(), found: Vec::new(), glued: false };
    while lexer.step() {}
    lexer.found
}

/// A variable as it is looked up: lower case, without its scope.
pub(super) fn variable_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let scope = ["global:", "script:", "local:", "private:", "using:"]
        .iter()
        .find(|scope| lower.starts_with(**scope));
    lower[scope.map_or(0, |scope| scope.len())..].to_owned()
}

/// Part of a variable's name.
pub(super) fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | ':')
}

/// What stands before the closing sign and after it, where a name in brackets ends so soon.
pub(super) fn up_to(text: &str, closing: char) -> Option<(&str, &str)> {
    let (at, _) = text.char_indices().take(NAME_LETTERS_MAX).find(|(_, character)| *character == closing)?;
    Some((&text[..at], &text[at + closing.len_utf8()..]))
}

/// The text of a script that is one literal and nothing else: `'…'`, `'a'+'b'`.
pub(super) fn only_literal(script: &str) -> Option<String> {
    let parts = lexemes(script);
    let text = |lexeme: &Lexeme| match &lexeme.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Plus => Some(String::new()),
        _ => None,
    };
    let texts: Option<Vec<String>> = parts.iter().map(text).collect();
    texts.filter(|texts| !texts.is_empty()).map(|texts| texts.concat())
}

/// PowerShell takes typographic quotes for quotes.
fn quote_of(character: char) -> Option<char> {
    match character {
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => Some('\''),
        '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' => Some('"'),
        _ => None,
    }
}

struct Lexer<'script> {
    rest: &'script str,
    brackets: Vec<Bracket>,
    found: Vec<Lexeme>,
    glued: bool,
}

impl Lexer<'_> {
    /// A keyword stands for itself, however near brackets are: `if($a){…}else{…}`.
    fn keyword_parts(&self, next: &Kind) -> bool {
        let is_keyword = |word: &str| KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word));
        match (self.found.last().map(|last| &last.kind), next) {
            (Some(Kind::Word(word)), Kind::Open(_)) | (Some(Kind::Close), Kind::Word(word)) => {
                is_keyword(word)
            }
            _ => false,
        }
    }

    fn push(&mut self, kind: Kind) {
        let glued = self.glued && !self.keyword_parts(&kind);
        self.found.push(Lexeme { kind, glued });
        self.glued = true;
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Reads one piece; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let second = self.rest[first.len_utf8()..].chars().next();
        match (first, second) {
            ('\n' | '\r' | ';', _) => self.end(1, Kind::End { piped: false }),
            ('`', Some('\n' | '\r')) => {
                let blank =
                    self.rest[1..].find(|next| !matches!(next, '\n' | '\r')).unwrap_or(self.rest.len() - 1);
                self.skip(1 + blank);
                self.glued = false;
            }
            (space, _) if space.is_whitespace() => {
                self.skip(space.len_utf8());
                self.glued = false;
            }
            ('#', _) if !self.glued => self.skip(self.rest.find('\n').unwrap_or(self.rest.len())),
            ('<', Some('#')) => {
                self.skip(self.rest.find("#>").map_or(self.rest.len(), |end| end + 2));
                self.glued = false;
            }
            ('|', Some('|')) | ('&', Some('&')) => self.end(2, Kind::Either),
            ('|', _) => self.end(1, Kind::End { piped: true }),
            ('&', _) => self.end(1, Kind::Run),
            ('@', Some(next)) if self.at_sign(next) => {}
            ('$', Some('(')) => self.open(2, Bracket::Round),
            ('$', Some(_)) if self.variable() => {}
            ('(', _) => self.open(1, Bracket::Round),
            ('{', _) => self.open(1, Bracket::Curly),
            (')' | '}', _) => {
                self.brackets.pop();
                self.skip(1);
                self.push(Kind::Close);
            }
            (',', _) => {
                self.skip(1);
                self.push(Kind::Comma);
            }
            ('=', _) if second != Some('=') => {
                self.skip(1);
                self.push(Kind::Assign { adds: false });
                self.glued = false;
            }
            ('+' | '-' | '*' | '/', Some('=')) => {
                self.skip(2);
                self.push(Kind::Assign { adds: true });
                self.glued = false;
            }
            ('+', next) if next.is_none_or(|next| next.is_whitespace() || "'\"$(".contains(next)) => {
                self.skip(1);
                self.push(Kind::Plus);
                self.glued = false;
            }
            _ => match quote_of(first) {
                Some(quote) => self.string(first.len_utf8(), quote),
                None => self.word(),
            },
        }
        true
    }

    fn end(&mut self, bytes: usize, kind: Kind) {
        self.skip(bytes);
        self.push(kind);
        self.glued = false;
    }

    fn open(&mut self, bytes: usize, bracket: Bracket) {
        self.skip(bytes);
        self.push(Kind::Open(bracket));
        self.glued = false;
        if self.brackets.len() < BRACKETS_MAX {
            self.brackets.push(bracket);
        }
    }

    /// `@{`, `@(`, here-strings and splatted variables; false where the `@` is a letter like any other.
    fn at_sign(&mut self, next: char) -> bool {
        match next {
            '{' => self.open(2, Bracket::Table),
            '(' => self.open(2, Bracket::Round),
            '\'' | '"' => {
                let body = self.rest[2..].trim_start_matches([' ', '\t', '\r']);
                let Some(body) = body.strip_prefix('\n') else { return false };
                let closing = if next == '"' { "\n\"@" } else { "\n'@" };
                let (text, rest) = body.split_once(closing).unwrap_or((body, ""));
                let text = text.to_owned();
                self.rest = &self.rest[self.rest.len() - rest.len()..];
                self.push(if next == '"' { Kind::Template(text) } else { Kind::Text(text) });
            }
            letter if !self.glued && (letter.is_alphabetic() || letter == '_') => {
                let after = &self.rest[1..];
                let end = after.find(|part| !is_name_part(part)).unwrap_or(after.len());
                let name = variable_name(&after[..end]);
                self.skip(1 + end);
                self.push(Kind::Splat(name));
            }
            _ => return false,
        }
        true
    }

    /// `$name`, `${name}`; false where the `$` is a letter like any other.
    fn variable(&mut self) -> bool {
        let after = &self.rest[1..];
        let (name, bytes) = match after.strip_prefix('{').and_then(|inner| up_to(inner, '}')) {
            Some((name, _)) => (name, name.len() + 3),
            None => {
                let end = after.find(|part| !is_name_part(part)).unwrap_or(after.len());
                // `$a::b` asks a type; the colons are not part of the name.
                let end = after[..end].find("::").unwrap_or(end);
                (&after[..end], end + 1)
            }
        };
        if name.is_empty() {
            return false;
        }
        let name = variable_name(name);
        self.skip(bytes);
        self.push(Kind::Variable(name));
        true
    }

    /// A string from its opening quote to its closing one; the quote twice is the quote once.
    fn string(&mut self, opening_bytes: usize, quote: char) {
        let body = &self.rest[opening_bytes..];
        let mut text = String::new();
        let mut characters = body.char_indices().peekable();
        let mut end = body.len();
        while let Some((at, character)) = characters.next() {
            if character == '`' && quote == '"' {
                text.push('`');
                text.extend(characters.next().map(|(_, escaped)| escaped));
                continue;
            }
            if quote_of(character) == Some(quote) {
                if characters.next_if(|(_, next)| quote_of(*next) == Some(quote)).is_none() {
                    end = at + character.len_utf8();
                    break;
                }
                text.extend((quote == '"').then_some('`'));
            }
            text.push(character);
        }
        self.skip(opening_bytes + end);
        self.push(if quote == '"' { Kind::Template(text) } else { Kind::Text(text) });
    }

    fn word(&mut self) {
        // In a table, and after a member or a key, `=` gives a value; elsewhere it is a letter.
        let ends_at_equals = self.brackets.last() == Some(&Bracket::Table)
            || (self.glued && self.rest.starts_with(['.', ':', '[', ']']));
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, character)) = characters.next() {
            let ends = match character {
                '`' => {
                    let after = &self.rest[at + 1..];
                    if after.starts_with(['\n', '\r']) {
                        true
                    } else {
                        text.extend(characters.next().map(|(_, escaped)| escaped));
                        continue;
                    }
                }
                '=' => ends_at_equals,
                // `[Type]@{…}`
                '@' => text.ends_with(']') && self.rest[at + 1..].starts_with(['{', '(']),
                '$' => {
                    at > 0
                        && self.rest[at + 1..]
                            .starts_with(|next| is_name_part(next) || matches!(next, '(' | '{'))
                }
                // Output goes elsewhere; `2>` names which.
                '>' => {
                    at > 0 && !text.bytes().all(|part| part.is_ascii_digit() || matches!(part, b'*' | b'>'))
                }
                ';' | '|' | '&' | '(' | ')' | '{' | '}' | ',' => true,
                other => other.is_whitespace() || quote_of(other).is_some(),
            };
            if ends {
                end = at;
                break;
            }
            text.push(character);
        }
        // Whatever it is, it is behind us afterwards.
        let end = if end == 0 { self.rest.chars().next().map_or(0, char::len_utf8) } else { end };
        self.skip(end);
        if !text.is_empty() {
            self.push(Kind::Word(text));
        }
    }
}
