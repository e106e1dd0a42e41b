//! Reads a PowerShell script as far as it says literally what it does: its commands with their arguments, and its
//! method calls.
//!
//! No interpreter: variables that were given a literal in the same text are followed, as are splatted tables,
//! joined literals and `-f`; whatever else a value comes from leaves it unknown, written as PowerShell would write
//! it (`$name`, `$()`, `{}`). Comments say nothing. One walk over the text, and every table in it has a bound.

use std::collections::BTreeMap;

use crate::commands::intent::lexemes::{self, Bracket, Kind, Lexeme, lexemes};
use crate::commands::line::{Token, decode_script, decode_text, image_stem};

/// Brackets deeper than this are read as if they were not there.
const DEPTH_MAX: usize = 64;
/// Variables that are followed.
const VARIABLES_MAX: usize = 1024;
/// Longest text that a value grows to by being put together.
const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of values that are looked up in all: a text that doubles itself must not cost more than it says.
const LOOKED_UP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Arguments of one command that are read.
const ARGUMENTS_MAX: usize = 256;
/// Longest path of `cmd` that is known for one.
const CMD_BYTES_MAX: usize = 260;
/// Stands between the values of a list until it is said; no script writes it.
const LIST_SEPARATOR: char = '\u{1f}';

/// One thing that a script says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// A command and its arguments; `piped` where its output goes to another.
    Command {
        /// The command's name first.
        words: Vec<Token>,
        /// A `|` follows.
        piped: bool,
    },
    /// A method that is called.
    Call(Call),
    /// A literal that names something on a machine: `WinNT://HOST`, `\\HOST\root\cimv2`.
    Path(String),
}

/// `RECEIVER.METHOD(ARGUMENTS)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// What it is called on, where that is a literal; else as written, or empty.
    pub(super) receiver: String,
    /// The method in lower case.
    pub(super) method: String,
    /// What it is given.
    pub(super) arguments: Vec<String>,
}

/// What a script says, in its order.
pub(super) fn read(script: &str) -> Vec<Said> {
    let mut reader = Reader {
        frames: vec![Frame::default()],
        variables: BTreeMap::new(),
        tables: BTreeMap::new(),
        said: Vec::new(),
        bytes_left: LOOKED_UP_BYTES_MAX,
    };
    for lexeme in lexemes(script) {
        reader.take(lexeme);
    }
    while reader.frames.len() > 1 {
        reader.close();
    }
    reader.end_command(false);
    reader.said
}

/// A variable or an expression of PowerShell stands in it: `$name`, `$(…)`.
pub(super) fn has_variable(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        text[at + 1..]
            .starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '(' | '{' | '?'))
    })
}

/// Text that depends on something that the text does not tell: `$name`, `$(…)`, `%name%`, `!name!`, `{0}`.
pub(super) fn is_unknown(text: &str) -> bool {
    let of_cmd = |sign: char| {
        text.split_once(sign).is_some_and(|(before, after)| {
            after.contains(sign) || (before.is_empty() && after.chars().count() == 1 && sign == '%')
        })
    };
    let is_block = text == "{}" || (text.starts_with('{') && text[1..].starts_with(char::is_numeric));
    has_variable(text) || of_cmd('%') || of_cmd('!') || is_block
}

/// What stands within one pair of brackets, as far as it was read.
#[derive(Debug, Default)]
struct Frame {
    bracket: Option<Bracket>,
    /// For the brackets of a call: what is called.
    call: Option<Call>,
    words: Vec<Token>,
    /// `$name =`, `$name.key =`, `key =` in a table.
    target: Option<Target>,
    /// The variable that the last word is, and no more than that.
    variable: Option<String>,
    /// The member that was asked of the last word.
    member: Option<String>,
    /// The next value is part of the last word.
    joins: bool,
    /// A type stands before the next value, which is no part of the word before it: `-Name [string]'x'`.
    after_cast: bool,
    /// `cmd` is among the words: the carets after it are its own.
    after_cmd: bool,
    /// More than one command stood in it.
    is_several: bool,
    /// Of a table: what it holds so far.
    entries: Vec<(String, String)>,
}

#[derive(Debug)]
enum Target {
    Variable(String),
    Member(String, String),
    Key(String),
}

struct Reader {
    frames: Vec<Frame>,
    variables: BTreeMap<String, String>,
    tables: BTreeMap<String, Vec<(String, String)>>,
    said: Vec<Said>,
    bytes_left: usize,
}

impl Reader {
    fn look_up(&mut self, name: &str) -> Option<String> {
        let value = self.variables.get(name)?;
        self.bytes_left = self.bytes_left.checked_sub(value.len())?;
        Some(value.clone())
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn take(&mut self, lexeme: Lexeme) {
        let after_cast = std::mem::take(&mut self.frame().after_cast);
        let glued = lexeme.glued && !after_cast;
        match lexeme.kind {
            Kind::Word(word) => self.word(&word, glued),
            Kind::Text(text) => self.value(&text, true, glued),
            Kind::Template(raw) => {
                let text = self.expanded(&raw);
                self.value(&text, true, glued);
            }
            Kind::Variable(name) => {
                let known = self.look_up(&name);
                let is_quoted = known.is_some();
                self.value(&known.unwrap_or_else(|| format!("${name}")), is_quoted, glued);
                let frame = self.frame();
                frame.variable = (!glued || frame.words.len() == 1).then_some(name);
            }
            Kind::Splat(name) => {
                for (key, value) in self.tables.get(&name).cloned().unwrap_or_default() {
                    self.value(&format!("-{key}:{value}"), false, false);
                }
            }
            Kind::Open(bracket) => self.open(bracket, glued),
            Kind::Close => {
                if self.frames.len() > 1 {
                    self.close();
                }
            }
            Kind::Comma => {
                let frame = self.frame();
                if let Some(last) = frame.words.last_mut() {
                    last.text.push(LIST_SEPARATOR);
                    frame.joins = true;
                }
            }
            Kind::Plus => {
                let frame = self.frame();
                frame.joins =
                    frame.words.last().is_some_and(|last| last.quoted || last.text.starts_with('$'));
            }
            Kind::Assign { adds } => self.assign(adds),
            Kind::End { piped } => {
                self.end_command(piped);
                self.frame().is_several = true;
            }
        }
    }

    fn word(&mut self, word: &str, glued: bool) {
        let is_cast = word.starts_with('[') && word.ends_with(']');
        if is_cast && !glued {
            self.frame().after_cast = true;
            return;
        }
        if word == "--%" {
            return;
        }
        let frame = self.frame();
        let member = word.strip_prefix('.').or_else(|| word.strip_prefix("::"));
        match member {
            Some(member) if glued && !frame.words.is_empty() => {
                frame.member = Some(member.rsplit('.').next().unwrap_or(member).to_lowercase());
            }
            _ => {
                let text = if frame.after_cmd { word.replace('^', "") } else { word.to_owned() };
                self.value(&text, false, glued);
            }
        }
    }

    /// One more value: a word of its own, or part of the one before.
    fn value(&mut self, text: &str, quoted: bool, glued: bool) {
        self.note_path(text);
        let frame = self.frame();
        frame.variable = None;
        let joins = std::mem::take(&mut frame.joins) || (glued && !frame.words.is_empty());
        if frame.member.take().is_some()
            && let Some(last) = frame.words.last_mut()
        {
            // `$user.Name`: nobody here knows what it is.
            "$()".clone_into(&mut last.text);
        }
        let has_room = frame.words.len() < ARGUMENTS_MAX;
        match frame.words.last_mut() {
            Some(last) if joins && last.text.len() + text.len() <= VALUE_BYTES_MAX => {
                last.text.push_str(text);
            }
            _ if has_room => {
                frame.after_cmd |= text.len() <= CMD_BYTES_MAX && image_stem(text) == "cmd";
                frame.words.push(Token { span: 0..0, text: text.to_owned(), quoted });
            }
            _ => {}
        }
    }

    /// A path that a command works on; what is put *into* a group is on no machine that is reached.
    fn note_path(&mut self, text: &str) {
        let start = text.get(..9).unwrap_or(text).to_ascii_lowercase();
        let names_machine = ["winnt://", "winmgmts:", r"\\"].iter().any(|scheme| start.starts_with(scheme));
        let is_member =
            self.frame().call.as_ref().is_some_and(|call| matches!(call.method.as_str(), "add" | "remove"));
        if names_machine && !is_member {
            self.said.push(Said::Path(text.to_owned()));
        }
    }

    fn open(&mut self, bracket: Bracket, glued: bool) {
        if self.frames.len() >= DEPTH_MAX {
            return;
        }
        let frame = self.frame();
        let is_call = glued && bracket == Bracket::Round && !frame.joins;
        let call = frame.words.last().filter(|last| is_call && !last.text.starts_with('-')).map(|last| {
            let (receiver, method) = match &frame.member {
                Some(member) => (last.text.clone(), member.clone()),
                None => {
                    (String::new(), last.text.rsplit([':', '.']).next().unwrap_or_default().to_lowercase())
                }
            };
            Call { receiver, method, arguments: Vec::new() }
        });
        frame.member = None;
        self.frames.push(Frame { bracket: Some(bracket), call, ..Frame::default() });
    }

    fn close(&mut self) {
        let frame = self.frame();
        apply_operators(&mut frame.words);
        let is_literal = matches!(frame.words.as_slice(), [only] if only.quoted);
        let is_plain = frame.target.is_none() && !frame.is_several && frame.bracket != Some(Bracket::Curly);
        let is_value = is_literal && is_plain;
        if !is_value && frame.call.is_none() {
            self.end_command(false);
        }
        let Some(frame) = self.frames.pop() else { return };
        if let Some(call) = frame.call {
            self.close_call(call, &frame.words);
            return;
        }
        match frame.bracket {
            Some(Bracket::Table) => self.close_table(&frame.entries),
            Some(Bracket::Curly) => self.value("{}", false, false),
            _ => match frame.words.into_iter().next().filter(|_| is_value) {
                Some(only) => self.value(&only.text, true, false),
                None => self.value("$()", false, false),
            },
        }
    }

    fn close_call(&mut self, mut call: Call, words: &[Token]) {
        let texts = words.iter().flat_map(|word| word.text.split(LIST_SEPARATOR));
        call.arguments = texts.map(|argument| argument.trim().to_owned()).collect();
        let result = match (call.method.as_str(), call.arguments.as_slice()) {
            ("frombase64string", [only]) => decode_script(only).or_else(|| decode_text(only)),
            ("getstring", [only]) if !is_unknown(only) => Some(only.clone()),
            _ => None,
        };
        self.said.push(Said::Call(call));
        if let Some(last) = self.frame().words.last_mut() {
            last.quoted = result.is_some();
            last.text = result.unwrap_or_else(|| "$()".to_owned());
        }
    }

    fn close_table(&mut self, entries: &[(String, String)]) {
        let frame = self.frame();
        if let Some(Target::Variable(name)) = &frame.target
            && frame.words.is_empty()
        {
            let name = name.clone();
            if self.tables.len() < VARIABLES_MAX {
                self.tables.insert(name, entries.to_vec());
            }
        }
        // What stands in a table is given to something: `-Arguments @{CommandLine='…'}`.
        for (_, value) in entries {
            self.said.push(Said::Command {
                words: vec![Token { span: 0..0, text: value.clone(), quoted: true }],
                piped: false,
            });
        }
        self.value("@{}", false, false);
    }

    fn assign(&mut self, adds: bool) {
        let frame = self.frame();
        let is_table = frame.bracket == Some(Bracket::Table);
        let last = frame.words.pop();
        let target = match (frame.variable.take(), frame.member.take(), last) {
            (_, _, Some(key)) if is_table => Some(Target::Key(key.text)),
            (Some(name), Some(member), _) => Some(Target::Member(name, member)),
            (Some(name), None, _) => Some(Target::Variable(name)),
            _ => None,
        };
        frame.words.clear();
        frame.target = target;
        frame.joins = false;
        if adds && let Some(Target::Variable(name)) = self.frame().target.take() {
            self.variables.remove(&name);
        }
    }

    /// The command that stands in the innermost brackets has ended.
    fn end_command(&mut self, piped: bool) {
        let frame = self.frame();
        let mut words = std::mem::take(&mut frame.words);
        let target = frame.target.take();
        (frame.variable, frame.member, frame.joins, frame.after_cmd) = (None, None, false, false);
        apply_operators(&mut words);
        let value = match words.as_slice() {
            [only] if only.quoted && !is_unknown(&only.text) => Some(only.text.clone()),
            _ => None,
        };
        let is_plain_value = matches!(words.as_slice(), [only] if only.quoted || only.text.starts_with('$'));
        match target {
            Some(Target::Key(key)) if frame.entries.len() < ARGUMENTS_MAX => {
                let shown = words.first().map(|word| word.text.clone()).unwrap_or_default();
                frame.entries.push((key, value.unwrap_or(shown)));
                return;
            }
            Some(Target::Variable(name)) => self.set_variable(name, value),
            Some(Target::Member(name, key)) => {
                let shown = value.unwrap_or_else(|| "$()".to_owned());
                if self.tables.len() < VARIABLES_MAX || self.tables.contains_key(&name) {
                    let entries = self.tables.entry(name).or_default();
                    entries.retain(|(present, _)| !present.eq_ignore_ascii_case(&key));
                    entries.push((key, shown));
                    entries.truncate(ARGUMENTS_MAX);
                }
            }
            Some(Target::Key(_)) => return,
            None => {
                self.say(words, piped);
                return;
            }
        }
        // A literal that is only kept says nothing yet; a command whose output is kept is run.
        if !is_plain_value {
            self.say(words, piped);
        }
    }

    fn say(&mut self, mut words: Vec<Token>, piped: bool) {
        for word in &mut words {
            word.text = word.text.replace(LIST_SEPARATOR, ",");
        }
        if !words.is_empty() {
            self.said.push(Said::Command { words, piped });
        }
    }

    fn set_variable(&mut self, name: String, value: Option<String>) {
        match value {
            Some(value) if self.variables.len() < VARIABLES_MAX => {
                self.variables.insert(name, value);
            }
            _ => {
                self.variables.remove(&name);
            }
        }
    }

    /// A double-quoted string with the variables in it that are known, and its backticks read.
    fn expanded(&mut self, raw: &str) -> String {
        let mut text = String::new();
        let mut rest = raw;
        while let Some(character) = rest.chars().next() {
            if text.len() > VALUE_BYTES_MAX {
                break;
            }
            rest = &rest[character.len_utf8()..];
            match character {
                '`' => {
                    let Some(escaped) = rest.chars().next() else { break };
                    text.push(if matches!(escaped, 'n' | 'r' | 't') { ' ' } else { escaped });
                    rest = &rest[escaped.len_utf8()..];
                }
                '$' => {
                    let (name, after) = variable_in_text(rest);
                    match name.and_then(|name| self.look_up(&name)) {
                        Some(value) => {
                            text.push_str(&value);
                            rest = after;
                        }
                        None => text.push('$'),
                    }
                }
                _ => text.push(character),
            }
        }
        text
    }
}

/// The name of the variable that stands after a `$` in a string, and what follows it.
fn variable_in_text(rest: &str) -> (Option<String>, &str) {
    for (open, close) in [("{", '}'), ("($", ')')] {
        if let Some((name, after)) = rest.strip_prefix(open).and_then(|inner| lexemes::up_to(inner, close)) {
            let is_name = name.chars().all(lexemes::is_name_part);
            return (is_name.then(|| lexemes::variable_name(name)), after);
        }
    }
    let end = rest.find(|part: char| !(part.is_alphanumeric() || part == '_')).unwrap_or(rest.len());
    ((end > 0).then(|| lexemes::variable_name(&rest[..end])), &rest[end..])
}

/// `'{0} /add' -f 'x'` and `'n','et' -join ''`: what they put together, where both sides are literals.
fn apply_operators(words: &mut Vec<Token>) {
    let [text, operator, given] = words.as_slice() else { return };
    let (true, true) = (text.quoted, given.quoted) else { return };
    let together = match operator.text.to_ascii_lowercase().as_str() {
        "-f" => given.text.split(LIST_SEPARATOR).enumerate().take(ARGUMENTS_MAX).fold(
            text.text.clone(),
            |text, (index, value)| {
                if text.len() > VALUE_BYTES_MAX { text } else { text.replace(&format!("{{{index}}}"), value) }
            },
        ),
        "-join" if given.text.len() <= 8 => text.text.replace(LIST_SEPARATOR, &given.text),
        _ => return,
    };
    *words = vec![Token { span: 0..0, text: together, quoted: true }];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<String> {
        let mut commands = read(script).into_iter().filter_map(|said| match said {
            Said::Command { words, .. } => Some(words),
            _ => None,
        });
        commands.next_back().unwrap_or_default().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn of_what_goes_on_and_on_the_beginning_is_read() {
        let arguments: String = (0..2 * ARGUMENTS_MAX).map(|index| format!(" a{index}")).collect();
        assert_eq!(words(&format!("x{arguments}")).len(), ARGUMENTS_MAX);
        let entries: String = (0..2 * ARGUMENTS_MAX).map(|index| format!("k{index}=1;")).collect();
        assert_eq!(words(&format!("$p=@{{{entries}}}; x @p")).len(), ARGUMENTS_MAX);
        let members: String = (0..2 * ARGUMENTS_MAX).map(|index| format!("$p.k{index}=1;")).collect();
        assert_eq!(words(&format!("{members} x @p")).len(), ARGUMENTS_MAX);
        let variables: String = (0..=VARIABLES_MAX).map(|index| format!("$v{index}='y';")).collect();
        assert_eq!(
            words(&format!("{variables} x $v0 $v{VARIABLES_MAX}"))[1..],
            ["y", &format!("$v{VARIABLES_MAX}")]
        );
    }
}
