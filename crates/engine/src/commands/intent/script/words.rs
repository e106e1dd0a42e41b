//! One word, string, variable or operator after the other.

use std::mem::take;

use crate::commands::intent::lexemes::{Bracket, Kind, Lexeme};
use crate::commands::intent::objects::{UNKNOWN, is_handle};
use crate::commands::intent::operators::letters_of;
use crate::commands::intent::said::{ARGUMENTS_MAX, LIST_SEPARATOR, Parameter, SPLAT, Said, VALUE_BYTES_MAX};
use crate::commands::intent::script::reader::Reader;
use crate::commands::intent::script::tokens::{EMPTY, names_machine};
use crate::commands::line::{Token, image_stem};

/// Longest path of `cmd` that is known for one.
const CMD_BYTES_MAX: usize = 260;
/// What the type of a parameter that takes no value is called, lower case.
const SWITCHES: &[&str] = &["[switch]", "switchparameter]"];
/// Words whose block may stand in the next line.
const WITH_BLOCK: &[&str] = &[
    "function",
    "filter",
    "workflow",
    "configuration",
    "class",
    "if",
    "elseif",
    "else",
    "foreach",
    "for",
    "while",
    "switch",
    "try",
    "catch",
    "finally",
    "do",
    "trap",
    "begin",
    "process",
    "end",
];

impl Reader {
    pub(super) fn take(&mut self, lexeme: Lexeme) {
        let follows = matches!(lexeme.kind, Kind::Open(Bracket::Curly) | Kind::End { piped: false });
        if take(&mut self.frame().awaits_block) && !follows {
            self.end_command(false);
        }
        let after_cast = take(&mut self.frame().after_cast);
        let glued = lexeme.glued && !after_cast;
        match lexeme.kind {
            Kind::Word(word) => self.word(&word, glued),
            Kind::Text(text) => self.value(&text, true, glued),
            Kind::Template(raw) => {
                let text = self.expanded(&raw);
                self.value(&text, true, glued);
            }
            Kind::Variable(name) => self.variable(name, glued),
            Kind::Splat(name) => self.splat(&name),
            Kind::Open(bracket) => self.open(bracket, glued),
            Kind::Close => {
                if self.frames.len() > 1 {
                    self.close();
                }
            }
            Kind::Comma if self.frame().lists_parameters => self.end_command(false),
            Kind::Comma => {
                let frame = self.frame();
                frame.listed.extend(frame.variable.take());
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
            Kind::End { piped: false } if awaits_block(&self.frame().words) => {
                self.frame().awaits_block = true;
            }
            Kind::End { piped } => {
                self.end_command(piped);
                self.frame().is_several = true;
            }
            Kind::Either => {
                self.end_command(false);
                (self.frame().is_several, self.frame().is_either) = (true, true);
            }
            Kind::Run => {
                self.end_command(false);
                (self.frame().is_several, self.frame().is_run) = (true, true);
            }
        }
    }

    pub(super) fn variable(&mut self, name: String, glued: bool) {
        if self.frame().lists_parameters && self.frame().target.is_none() {
            self.parameter(&name);
        } else if self.frame().words.is_empty() && self.is_head_of("foreach") {
            // Each round of the loop gives it another value.
            self.set(&name, None, None);
        }
        self.ask(self.asked.get(&name).copied());
        let known = self.look_up(&name);
        let is_quoted = known.as_ref().is_some_and(|value| !is_handle(value) && **value != *EMPTY);
        let shown = known.map_or_else(|| format!("${name}"), |known| known.to_string());
        self.value(&shown, is_quoted, glued);
        let frame = self.frame();
        frame.variable = (!glued || frame.words.len() == 1 || !frame.listed.is_empty()).then_some(name);
    }

    /// Whoever calls the function, the block or the script says what it holds.
    pub(super) fn parameter(&mut self, name: &str) {
        if self.frame().parameters.len() < ARGUMENTS_MAX {
            let parameter = Parameter { name: name.to_owned(), ..take(&mut self.frame().next_parameter) };
            self.frame().parameters.push(parameter);
        }
        // Those in the head of a function are unknown within its block, which is still to come.
        if !self.is_head_of("param") {
            return;
        }
        self.variables.set(name, None);
        if let Some(own) = self.bodies.last_mut().and_then(|body| body.own.as_mut()) {
            own.insert(name.to_owned());
        }
    }

    /// `@name`: what a table or a list holds, each as an argument of its own.
    pub(super) fn splat(&mut self, name: &str) {
        let held = self.variables.get(name).cloned().flatten().filter(|_| !self.is_left_to_run(name));
        let table = held.as_ref().and_then(|held| self.objects.table(held));
        let is_list = held.as_ref().is_some_and(|held| !is_handle(held));
        match (table.or_else(|| self.tables.get(name).cloned()), held) {
            (Some(entries), _) if entries.iter().all(|(key, _)| key.starts_with(char::is_alphabetic)) => {
                for (key, value) in entries {
                    self.value(&format!("-{key}:{value}"), false, false);
                }
            }
            (None, Some(list)) if is_list => {
                list.split(LIST_SEPARATOR).for_each(|value| self.value(value, true, false));
            }
            _ => self.value(&format!("{SPLAT}{name})"), false, false),
        }
    }

    pub(super) fn word(&mut self, word: &str, glued: bool) {
        if self.frame().lists_parameters {
            let lower = word.to_lowercase();
            self.frame().next_parameter.is_switch |= SWITCHES.iter().any(|kind| lower.contains(kind));
        }
        if let Some(letters) = letters_of(word) {
            self.frame().joins |= word.starts_with('+');
            self.value(&letters, true, glued);
            self.frame().joins = word.ends_with('+');
            return;
        }
        let part_of = self.frame().variable.clone().filter(|_| glued);
        if let Some(counted) = part_of.clone().filter(|_| counts(word)) {
            self.set(&counted, None, None);
        }
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
            Some(member) if glued && !frame.words.is_empty() => frame.member = Some(member.to_lowercase()),
            _ => {
                let text = if frame.after_cmd { word.replace('^', "") } else { word.to_owned() };
                // Whatever it is glued to, a redirection is no part of it.
                self.value(&text, false, glued && !word.starts_with('>'));
                match (word.starts_with('['), glued) {
                    (true, _) => self.frame().indexed = part_of,
                    (false, true) => {}
                    (false, false) => self.frame().indexed = None,
                }
            }
        }
    }

    /// One more value: a word of its own, or part of the one before.
    pub(super) fn value(&mut self, text: &str, quoted: bool, glued: bool) {
        self.note_path(text);
        let frame = self.frame();
        frame.variable = None;
        let joins = take(&mut frame.joins) || (glued && !frame.words.is_empty());
        if frame.member.take().is_some()
            && let Some(last) = frame.words.last_mut()
        {
            // `$user.Name`: nobody here knows what it is.
            UNKNOWN.clone_into(&mut last.text);
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
    pub(super) fn note_path(&mut self, text: &str) {
        let names_machine = names_machine(text) && !text.to_ascii_lowercase().starts_with("ldap://");
        let is_member =
            self.frame().call.as_ref().is_some_and(|call| matches!(call.method.as_str(), "add" | "remove"));
        if names_machine && !is_member {
            self.push(Said::Path(text.to_owned()));
        }
    }
}

/// `++` and `--` after a variable.
pub(super) fn counts(word: &str) -> bool {
    word.starts_with("++") || word.starts_with("--")
}

/// `.Add(…)` and its like after a variable.
pub(super) fn takes_in(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.starts_with(".add") || lower.starts_with(".insert")
}

/// Its first word wants a block, and has none yet.
pub(super) fn awaits_block(words: &[Token]) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let head = first.text.to_lowercase();
    !first.quoted && WITH_BLOCK.contains(&head.as_str()) && !is_handle(&last.text)
}
