//! Commands that have ended: what they say, and what they do to the names and types of the script.

use std::mem::take;
use std::rc::Rc;

use crate::commands::intent::branches::asked_by_command;
use crate::commands::intent::lexemes::{self, Bracket};
use crate::commands::intent::objects::is_handle;
use crate::commands::intent::parameters::{named_value, positional_value};
use crate::commands::intent::said::{Command, ENDING, LIST_SEPARATOR, Said};
use crate::commands::intent::script::blocks::bind_to_machines;
use crate::commands::intent::script::reader::Reader;
use crate::commands::intent::script::tokens::{EMPTY, HANDLE};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::intent::variables::VARIABLES_MAX;
use crate::commands::line::Token;

/// Sources of types that are kept.
const SOURCES_MAX: usize = 8;
/// Conditions that never hold.
const NEVER: &[&str] = &["$false", "0", ""];

impl Reader {
    pub(super) fn say(&mut self, mut words: Vec<Token>, piped: bool, is_run: bool, is_either: bool) {
        for word in &mut words {
            word.text = word.text.replace(LIST_SEPARATOR, ",");
        }
        let Some(first) = words.first() else { return };
        let head = if first.quoted { String::new() } else { first.text.to_lowercase() };
        self.note(&head, &words[1..]);
        self.ask(asked_by_command(&words));
        let texts = || words.iter().map(|word| word.text.as_str());
        let mut blocks = self.objects.blocks_in(texts());
        if matches!(head.as_str(), "if" | "elseif") {
            bind_to_machines(&words, &mut blocks);
        }
        let is_lone = words.len() == 1 && !piped && !is_run;
        let branches = self.frame().branches.of(&words, &blocks);
        blocks = branches.1;
        self.frame().branches = branches.0;
        let is_fed_nothing = take(&mut self.frame().is_fed_nothing);
        let is_nothing = matches!(words.as_slice(), [only] if only.text == EMPTY);
        self.frame().is_fed_nothing = piped && (is_nothing || is_fed_nothing);
        let never = matches!(head.as_str(), "if" | "elseif" | "while" | "foreach")
            && words.get(1).is_some_and(|condition| NEVER.contains(&condition.text.to_lowercase().as_str()));
        if is_lone || is_fed_nothing {
            // A block that is nobody's argument is only shown.
            blocks.clear();
        } else if never && !blocks.is_empty() {
            blocks.remove(0);
        }
        let entries = self.objects.entries_in(texts());
        let is_of_block =
            self.frames.last().is_none_or(|frame| matches!(frame.bracket, None | Some(Bracket::Curly)));
        let ends = ENDING.contains(&head.as_str()) && is_of_block && !is_either;
        let is_run = is_run || words.first().is_some_and(|first| first.text == ".");
        self.push(Said::Command(Command { words, piped, is_run, blocks, entries }));
        if let Some(body) = self.bodies.last_mut() {
            body.has_ended |= ends;
        }
    }

    /// What a command does to the names and types of the script.
    fn note(&mut self, head: &str, after: &[Token]) {
        match head {
            "set-alias" | "new-alias" | "sal" | "nal" => self.note_alias(after),
            "set-variable" | "sv" | "new-variable" | "nv" => self.note_variable(after),
            "set-item" | "si" | "new-item" | "ni" => self.note_item(after),
            "mock" => self.note_mock(after),
            "add-type" => self.note_source(after),
            _ => {}
        }
    }

    fn note_alias(&mut self, after: &[Token]) {
        let name = named_value(after, "name", 1).or_else(|| at_place(after, 0));
        let value = named_value(after, "value", 1).or_else(|| at_place(after, 1));
        if let (Some(name), Some(value)) = (name, value)
            && self.script.aliases.len() < VARIABLES_MAX
        {
            self.script.aliases.insert(name.to_lowercase(), value.to_lowercase());
        }
    }

    fn note_variable(&mut self, after: &[Token]) {
        let (Some(name), value) = name_and_value(after, ("name", 1), ("value", 1)) else { return };
        let told = value.as_deref().filter(|value| !is_unknown(value));
        let said = value.clone().filter(|said| !said.contains(HANDLE));
        self.set(&lexemes::variable_name(&name), told, said);
    }

    /// `Set-Item function:NAME {…}`.
    fn note_item(&mut self, after: &[Token]) {
        let (Some(path), Some(block)) = name_and_value(after, ("path", 1), ("value", 1)) else { return };
        let path = path.to_lowercase();
        if let Some(name) = path.strip_prefix("function:") {
            self.keep_function(lexemes::variable_name(name.trim_start_matches('\\')), &block, Vec::new());
        }
    }

    /// Pester's: something else stands in the command's place.
    fn note_mock(&mut self, after: &[Token]) {
        let (Some(name), block) = name_and_value(after, ("commandname", 1), ("mockwith", 2)) else { return };
        let name = lexemes::variable_name(&name);
        match block.filter(|block| is_handle(block)) {
            Some(block) => self.keep_function(name, &block, Vec::new()),
            None if self.script.functions.len() < VARIABLES_MAX => {
                self.script.functions.insert(name, Rc::default());
            }
            None => {}
        }
    }

    fn note_source(&mut self, after: &[Token]) {
        let sources = after.iter().filter(|word| word.text.to_lowercase().contains("netuseradd"));
        let room = SOURCES_MAX - self.sources.len().min(SOURCES_MAX);
        self.sources.extend(sources.take(room).map(|word| Rc::from(word.text.as_str())));
    }
}

/// What stands at this place among the arguments without a name.
fn at_place(after: &[Token], place: usize) -> Option<String> {
    positional_value(after, place).map(|word| word.text.clone())
}

/// What a command names and what it gives to it, each by its parameter (and the least letters of that), or by its place.
fn name_and_value(
    after: &[Token],
    name: (&str, usize),
    value: (&str, usize),
) -> (Option<String>, Option<String>) {
    let named = named_value(after, name.0, name.1);
    let place = usize::from(named.is_none());
    let value = named_value(after, value.0, value.1).or_else(|| at_place(after, place));
    (named.or_else(|| at_place(after, 0)), value)
}
