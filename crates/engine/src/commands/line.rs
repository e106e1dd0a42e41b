//! Splits command lines the way Windows programs see them: tokens, quotes, chains of commands.
//!
//! What a command *means* is `intent`'s; what in it is secret is `redact`'s. Both read the same tokens, so that
//! they cannot disagree on where a password stands.

use std::ops::Range;

/// Longest stretch that is looked at: Windows command lines end at 32,767 characters.
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// Words after `net` that are read: a line of nothing but `net` must not cost the square of its length.
const NET_WORDS_MAX: usize = 64;
/// Quoted commands inside commands are followed this deep.
pub const NESTING_MAX: usize = 4;

/// This many places where `net` may begin are followed in one line.
pub const NET_COMMANDS_MAX: usize = 64;

/// One argument: where it stands in the line, and what the program gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Byte range in the line, quotes included.
    pub span: Range<usize>,
    /// Without quotes, and without the carets that `cmd` swallows.
    pub text: String,
    /// It begins with a quote: then it is no switch and no separator.
    pub quoted: bool,
}

impl Token {
    /// As a name of a command, verb or switch: without the brackets and quotes that scripts put around commands.
    pub fn word(&self) -> &str {
        self.text
            .trim_start_matches(['(', '{', '@', '&', '.', '"', '\''])
            .trim_end_matches([')', '}', ',', '"', '\''])
    }

    /// The word in lower case.
    pub fn lower(&self) -> String {
        self.word().to_lowercase()
    }

    /// File name in lower case without folder and `.exe`: `C:\Windows\System32\NET1.EXE` → `net1`.
    pub fn stem(&self) -> String {
        image_stem(self.word())
    }

    /// Begins as a switch does (`/add`); `\\host` and paths do not.
    pub fn is_switch(&self) -> bool {
        !self.quoted && self.text.starts_with('/') && self.text.len() > 1
    }

    /// A sign that ends the command before it, standing by itself.
    pub fn is_separator(&self) -> bool {
        !self.quoted && matches!(self.text.as_str(), "&" | "&&" | "|" | "||" | ";" | ">" | ">>" | "<")
    }

    /// The stretch between the outer quotes, where a whole command stands quoted in one argument.
    pub fn quoted_command<'line>(&self, line: &'line str) -> Option<(usize, &'line str)> {
        let raw = &line[self.span.clone()];
        let opening = raw.find(['"', '\''])?;
        let quote = raw.as_bytes()[opening] as char;
        let closing = raw.rfind(quote).filter(|closing| *closing > opening).unwrap_or(raw.len());
        let inner = &raw[opening + 1..closing];
        inner.contains(char::is_whitespace).then_some((self.span.start + opening + 1, inner))
    }
}

/// File name in lower case, without folder and `.exe`.
pub fn image_stem(image: &str) -> String {
    let name = image.rsplit(['\\', '/']).next().unwrap_or(image).trim().to_lowercase();
    name.strip_suffix(".exe").map_or(name.clone(), str::to_owned)
}

/// The arguments of a line. Double quotes group as the C runtime of Windows reads them; a single quote at the
/// start of an argument groups as PowerShell reads it.
pub fn tokens(line: &str) -> Vec<Token> {
    let line = cut(line);
    let mut found = Vec::new();
    let mut current: Option<Token> = None;
    let mut quote: Option<char> = None;
    let mut seen = Passed::default();
    let mut characters = line.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let before = seen;
        seen = seen.and(character);
        if quote.is_none() && character.is_whitespace() {
            found.extend(current.take());
            continue;
        }
        let token = current.get_or_insert_with(|| Token { span: at..at, text: String::new(), quoted: false });
        token.span.end = at + character.len_utf8();
        match (character, quote) {
            ('\\', _)
                if characters.peek().is_some_and(|(_, next)| *next == '"')
                    && !before.ends_path(&line[at + 2..]) =>
            {
                characters.next();
                seen = seen.and('"');
                token.span.end += 1;
                token.text.push('"');
            }
            ('^', None) => {}
            (_, Some(open)) if character == open => quote = None,
            ('"', None) => {
                quote = Some('"');
                token.quoted |= token.text.is_empty();
            }
            ('\'', None) if token.text.is_empty() || token.text.ends_with(['(', ',', ':', '=', '@']) => {
                quote = Some('\'');
                token.quoted |= token.text.is_empty();
            }
            _ => token.text.push(character),
        }
    }
    found.extend(current);
    found
}

/// What `tokens` has passed, so that no question about it costs a second look.
#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    last: Option<char>,
    drive: bool,
    in_quotes: bool,
}

impl Passed {
    fn and(self, next: char) -> Passed {
        Passed {
            last: Some(next),
            drive: self.drive || (self.last == Some(':') && next == '\\'),
            in_quotes: self.in_quotes != (next == '"'),
        }
    }

    /// `"C:\folder\" next`: a backslash that ends a quoted path does not escape the quote, whatever the C runtime
    /// says, where the path would otherwise swallow the rest of the line.
    fn ends_path(self, after_quote: &str) -> bool {
        self.last.is_some_and(char::is_alphanumeric)
            && self.drive
            && self.in_quotes
            && (after_quote.is_empty() || after_quote.starts_with(char::is_whitespace))
    }
}

/// A stretch of a command line as the C runtime of Windows hands it over: without the quotes that group, and with
/// those that `\"` or, within quotes, `""` stands for.
pub(crate) fn crt_unquoted(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut in_quotes = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next_if_eq(&'"').is_some() => plain.push('"'),
            '"' if in_quotes && characters.next_if_eq(&'"').is_some() => plain.push('"'),
            '"' => in_quotes = !in_quotes,
            _ => plain.push(character),
        }
    }
    plain
}

/// The lines of a script, each with its byte offset; one that a backtick or a caret carries on is one with the next.
pub(crate) fn logical_lines(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        let before = text[start..at].trim_end_matches('\r');
        if !before.ends_with(['`', '^']) {
            found.push((start, &text[start..at]));
            start = at + 1;
        }
    }
    found.push((start, &text[start..]));
    found
}

/// The commands of a chain, each with its byte offset: split where `cmd` and PowerShell begin a new one, outside
/// quotes.
pub fn commands(line: &str) -> Vec<(usize, &str)> {
    let line = cut(line);
    let mut found = Vec::new();
    let mut start = 0;
    let mut quote: Option<char> = None;
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            ('"', None) => quote = Some('"'),
            ('\'', None) if before.is_whitespace() || matches!(before, '(' | ',' | '=') => quote = Some('\''),
            ('&' | '|' | ';' | '\n' | '\r', None) if before != '^' => {
                found.push((start, &line[start..at]));
                start = at + character.len_utf8();
            }
            _ => {}
        }
        before = character;
    }
    found.push((start, &line[start..]));
    found.retain(|(_, command)| !command.trim().is_empty());
    found
}

/// No longer than the bound, cut at a character.
pub(crate) fn cut(line: &str) -> &str {
    let mut end = line.len().min(LINE_BYTES_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

/// What a `net` or `net1` command is told to do.
#[derive(Debug, PartialEq, Eq)]
pub struct NetCommand<'tokens> {
    /// First word after `net`, lower case.
    pub verb: String,
    /// Arguments after the verb that are no switches.
    pub arguments: Vec<&'tokens Token>,
    /// Switches anywhere after `net`, lower case.
    pub switches: Vec<String>,
}

impl<'tokens> NetCommand<'tokens> {
    /// Reads what follows `net`; ends at a separator that stands by itself, and after so many words that `net`
    /// itself would have given up.
    pub fn parse(after_net: &'tokens [Token]) -> Option<NetCommand<'tokens>> {
        let words = after_net.iter().take(NET_WORDS_MAX);
        let command: Vec<&Token> = words.take_while(|token| !token.is_separator()).collect();
        let switches = command.iter().filter(|token| is_switch(token)).map(|token| token.lower()).collect();
        let mut plain = command.into_iter().filter(|token| !is_switch(token));
        let verb = plain.next()?.lower();
        Some(NetCommand { verb, arguments: plain.collect(), switches })
    }

    /// `net user` or `net users`.
    pub fn is_user(&self) -> bool {
        matches!(self.verb.as_str(), "user" | "users")
    }

    /// A switch, or an unambiguous beginning of it: `net` takes `/ad` for `/add`.
    pub fn has_switch(&self, name: &str, letters_min: usize) -> bool {
        self.switches.iter().any(|switch| {
            let word = switch.trim_start_matches('/').split(':').next().unwrap_or_default();
            word.len() >= letters_min && name.starts_with(word)
        })
    }
}

/// Quotes do not hide a switch from `net`, which never sees them: `net user bob "/add"`.
fn is_switch(token: &Token) -> bool {
    let is_quoted =
        || ["/ad", "/add", "/delete", "/domain"].iter().any(|switch| token.text.eq_ignore_ascii_case(switch));
    token.is_switch() || is_quoted()
}

/// The `net` and `net1` commands among the tokens: each position after a token that names the program. A line that
/// says `net` a thousand times is no command.
pub fn net_commands(tokens: &[Token]) -> impl Iterator<Item = NetCommand<'_>> {
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| matches!(token.stem().as_str(), "net" | "net1"))
        .take(NET_COMMANDS_MAX)
        .filter_map(|(index, _)| NetCommand::parse(&tokens[index + 1..]))
}

/// `-EncodedCommand` and its beginnings (`-e`, `-ec`, `-enc` …), with a dash or a slash.
pub fn is_encoded_command_switch(token: &Token) -> bool {
    let lower = token.text.to_lowercase();
    let Some(name) = lower.strip_prefix(['-', '/', '\u{2013}']) else { return false };
    !name.is_empty() && ("encodedcommand".starts_with(name) || name == "ec")
}

/// The script in a base64 argument: UTF-16LE, as PowerShell wants it. `None` where it is none.
pub fn decode_script(base64_text: &str) -> Option<String> {
    let bytes = decode_base64(base64_text)?;
    if bytes.len() % 2 != 0 {
        return None;
    }
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let script = String::from_utf16(&units).ok()?;
    // Any even number of bytes is UTF-16 of something, mostly Chinese; scripts are mostly ASCII.
    let ascii = script.chars().filter(char::is_ascii).count();
    (is_readable(&script) && ascii * 2 >= script.chars().count()).then_some(script)
}

/// The text in a base64 literal of a script that decodes it itself: UTF-8.
pub(crate) fn decode_text(base64_text: &str) -> Option<String> {
    String::from_utf8(decode_base64(base64_text)?).ok().filter(|text| is_readable(text))
}

fn decode_base64(base64_text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let is_plausible = (8..=LINE_BYTES_MAX).contains(&base64_text.len());
    is_plausible.then(|| GeneralPurpose::new(&STANDARD, lenient).decode(base64_text).ok()).flatten()
}

fn is_readable(text: &str) -> bool {
    text.chars().all(|character| !character.is_control() || character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        tokens(line).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn blanks_quotes_and_carets_are_read_as_windows_reads_them() {
        assert_eq!(texts(r#"net  user "two words" /add"#), ["net", "user", "two words", "/add"]);
        assert_eq!(texts("n^et us^er bob /a^dd"), ["net", "user", "bob", "/add"]);
        assert_eq!(texts(r#""C:\Program Files\x\" next"#), [r"C:\Program Files\x\", "next"]);
        assert_eq!(texts(r#"cmd /c "echo \"hi there\"""#), ["cmd", "/c", r#"echo "hi there""#]);
        assert_eq!(texts("New-LocalUser -Name 'a b'"), ["New-LocalUser", "-Name", "a b"]);
        assert_eq!(texts("it's fine"), ["it's", "fine"], "an apostrophe inside a word is no quote");
        assert_eq!(texts(""), Vec::<String>::new());
    }

    #[test]
    fn spans_cover_what_stands_in_the_line() {
        let line = r#"net user "a b" c"#;
        let spans: Vec<&str> = tokens(line).iter().map(|token| &line[token.span.clone()]).collect();
        assert_eq!(spans, ["net", "user", r#""a b""#, "c"]);
    }

    #[test]
    fn chains_are_split_outside_quotes_only() {
        assert_eq!(commands("a b&&c|d;e"), [(0, "a b"), (5, "c"), (7, "d"), (9, "e")]);
        assert_eq!(commands(r#"cmd /c "a & b" & c"#), [(0, r#"cmd /c "a & b" "#), (16, " c")]);
    }

    #[test]
    fn encoded_scripts_are_decoded_and_anything_else_is_none() {
        assert_eq!(decode_script("bgBlAHQAIAB1AHMAZQByAA==").as_deref(), Some("net user"));
        assert_eq!(decode_script("bgBlAHQAIAB1AHMAZQByAA").as_deref(), Some("net user"), "padding left out");
        for none in ["", "bGFwdG9w", "not base64 at all", "AAAAAAAAAAA="] {
            assert_eq!(decode_script(none), None, "{none}");
        }
    }

    #[test]
    fn stems_lose_folder_case_and_exe() {
        assert_eq!(image_stem(r"C:\Windows\System32\NET1.EXE"), "net1");
        assert_eq!(image_stem("pwsh"), "pwsh");
        assert_eq!(image_stem("PSEXESVC.exe"), "psexesvc");
    }
}
