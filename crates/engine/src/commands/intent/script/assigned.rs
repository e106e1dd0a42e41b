//! What variables, members and keys are given.

use crate::commands::intent::lexemes::Bracket;
use crate::commands::intent::objects::{UNKNOWN, is_handle};
use crate::commands::intent::operators::apply_operators;
use crate::commands::intent::said::{ARGUMENTS_MAX, LIST_SEPARATOR};
use crate::commands::intent::script::reader::{Reader, Target};
use crate::commands::intent::script::tokens::{EMPTY, HANDLE, last_member};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::intent::variables::VARIABLES_MAX;
use crate::commands::line::Token;

impl Reader {
    pub(super) fn assign(&mut self, adds: bool) {
        let frame = self.frame();
        let is_table = frame.bracket == Some(Bracket::Table);
        let last = frame.words.pop();
        let key = last.as_ref().and_then(|last| key_of(&last.text)).map(str::to_owned);
        let listed = std::mem::take(&mut frame.listed);
        let target = match (frame.variable.take(), frame.member.take(), last) {
            (_, _, Some(key)) if is_table => Some(Target::Key(key.text)),
            (Some(name), Some(member), _) => Some(Target::Member(name, last_member(&member).to_owned())),
            (Some(name), None, _) => Some(Target::Variable(name)),
            (None, None, Some(_)) => frame.indexed.take().map(|table| match key {
                Some(key) => Target::Member(table, key),
                None => Target::Unknown(table),
            }),
            _ => None,
        };
        frame.words.clear();
        frame.joins = false;
        let target = match target {
            Some(Target::Variable(name)) if adds || !listed.is_empty() => {
                listed.iter().chain([&name]).for_each(|name| self.set(name, None, None));
                None
            }
            Some(Target::Unknown(name)) => {
                self.set(&name, None, None);
                self.tables.remove(&name);
                None
            }
            target => target,
        };
        self.frame().target = target;
    }

    /// The command that stands in the innermost brackets has ended.
    pub(super) fn end_command(&mut self, piped: bool) {
        let frame = self.frame();
        let mut words = std::mem::take(&mut frame.words);
        let target = frame.target.take();
        let is_run = std::mem::take(&mut frame.is_run);
        let is_either = std::mem::take(&mut frame.is_either);
        (frame.variable, frame.member, frame.joins, frame.after_cmd) = (None, None, false, false);
        frame.listed.clear();
        frame.indexed = None;
        apply_operators(&mut words);
        if self.frame().lists_parameters {
            return self.end_parameter(target.is_some(), &words);
        }
        let Some(target) = target else {
            self.say(words, piped, is_run, is_either);
            self.forget_asked();
            return;
        };
        let assigned = match &target {
            Target::Variable(name) => Some(name.clone()),
            _ => None,
        };
        let is_plain_value = matches!(words.as_slice(), [only] if only.quoted || only.text.starts_with('$'));
        // What a pipe makes of it, nobody here knows.
        let value = self.value_of(&words).filter(|_| !(piped && is_plain_value));
        let said = words.first().filter(|_| is_plain_value && !piped).map(|word| word.text.clone());
        match target {
            Target::Key(key) => {
                let shown = value.map(|value| value.text);
                let shown = shown.or_else(|| words.first().map(|word| word.text.clone())).unwrap_or_default();
                let frame = self.frame();
                if frame.entries.len() < ARGUMENTS_MAX {
                    frame.entries.push((key, shown));
                }
                return;
            }
            Target::Variable(name) => self.assign_variable(&name, value, said),
            Target::Member(name, key) => self.assign_member(name, key, value, said),
            Target::Unknown(_) => {}
        }
        // A literal that is only kept says nothing yet; a command whose output is kept is run.
        if !is_plain_value {
            self.say(words, piped, is_run, is_either);
        }
        let asks = self.frame().asks;
        match (assigned, asks) {
            (Some(name), Some(asks)) if self.asked.len() < VARIABLES_MAX => {
                self.asked.insert(name, asks);
            }
            (Some(name), _) => drop(self.asked.remove(&name)),
            (None, _) => {}
        }
        self.forget_asked();
    }

    /// What a command of a block asked is over with it; a condition goes on.
    pub(super) fn forget_asked(&mut self) {
        let frame = self.frame();
        if matches!(frame.bracket, None | Some(Bracket::Curly)) {
            frame.asks = None;
        }
    }

    /// One parameter of a list has ended, with its default.
    pub(super) fn end_parameter(&mut self, has_default: bool, words: &[Token]) {
        let default = has_default.then(|| self.value_of(words)).flatten().map(|value| value.text);
        let goes_on = !has_default && words.first().is_some_and(|word| word.quoted);
        let frame = self.frame();
        if let Some(parameter) = frame.parameters.last_mut().filter(|_| has_default || goes_on) {
            // `$name = 'a', 'b'`: a list is no name.
            parameter.default = default.filter(|default| !is_handle(default));
        }
    }

    pub(super) fn assign_variable(&mut self, name: &str, value: Option<Token>, said: Option<String>) {
        // A counter holds another value in each round.
        let value = value.map(|value| value.text).filter(|_| !self.is_head_of("for"));
        let value = value.filter(|value| value != EMPTY || !self.several.contains(name));
        if let (Some(function), Some(block)) = (name.strip_prefix("function:"), &value) {
            self.keep_function(function.to_owned(), block, Vec::new());
        }
        if value.as_ref().is_none_or(|value| !self.objects.is_table(value)) {
            self.tables.remove(name);
        }
        let said = value.clone().or(said).filter(|said| !said.contains(HANDLE) && !self.is_head_of("for"));
        self.set(name, value.as_deref(), said.map(|said| said.replace(LIST_SEPARATOR, ",")));
    }

    /// `foreach ($name in 'bob')`: the one value that it takes.
    pub(super) fn one_round(&mut self) {
        let [variable, of, only] = self.frame().words.as_slice() else { return };
        let is_told = only.quoted && !only.text.contains(LIST_SEPARATOR) && !is_unknown(&only.text);
        if let (Some(name), true) =
            (variable.text.strip_prefix('$'), is_told && of.text.eq_ignore_ascii_case("in"))
        {
            let (name, only) = (name.to_owned(), only.text.clone());
            self.set(&name, Some(&only), Some(only.clone()));
        }
    }

    pub(super) fn assign_member(
        &mut self,
        name: String,
        key: String,
        value: Option<Token>,
        said: Option<String>,
    ) {
        let shown = value.map(|value| value.text).or(said).unwrap_or_else(|| UNKNOWN.to_owned());
        if let Some(handle) = self.variables.get(&name).cloned().flatten().filter(|value| is_handle(value)) {
            self.objects.set(&handle, &key, &shown);
        }
        if self.tables.len() < VARIABLES_MAX || self.tables.contains_key(&name) {
            let entries = self.tables.entry(name).or_default();
            entries.retain(|(present, _)| !present.eq_ignore_ascii_case(&key));
            entries.push((key, shown));
            entries.truncate(ARGUMENTS_MAX);
        }
    }
}

/// The key that is set in `table[key]`, where it is told.
pub(super) fn key_of(word: &str) -> Option<&str> {
    let (_, key) = word.strip_suffix(']')?.rsplit_once('[')?;
    (!key.is_empty() && !is_unknown(key)).then_some(key)
}
