//! Calls of methods, and what they give back.

use std::rc::Rc;

use crate::commands::intent::branches::asked_by_call;
use crate::commands::intent::objects::{UNKNOWN, block_of_text, is_handle, kind_of};
use crate::commands::intent::operators::put_together;
use crate::commands::intent::said::{Call, Command, LIST_SEPARATOR, Said};
use crate::commands::intent::script::reader::Reader;
use crate::commands::intent::script::tokens::{bare, last_member, quoted};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::line::{Token, decode_script, decode_text};

impl Reader {
    pub(super) fn close_call(&mut self, mut call: Call, words: &[Token]) {
        let texts = words.iter().flat_map(|word| word.text.split(LIST_SEPARATOR));
        call.arguments = texts.map(|argument| argument.trim().to_owned()).collect();
        if self.frame().lists_parameters {
            self.frame().next_parameter.position =
                call.arguments.iter().find_map(|argument| position_of(argument));
        }
        if matches!(call.method.as_str(), "add" | "set_item")
            && let [key, value] = call.arguments.as_slice()
            && self.objects.is_table(&call.receiver)
        {
            self.objects.set(&call.receiver, key, value);
        }
        self.ask(asked_by_call(&call));
        self.run_blocks(&call);
        let result = self.result_of(&call);
        call.on = self.objects.objects_in(std::slice::from_ref(&call.receiver)).pop();
        call.given = self.objects.objects_in(&call.arguments);
        call.source = self.source_of(&call.receiver);
        self.push(Said::Call(call));
        if let Some(last) = self.frame().words.last_mut() {
            last.quoted = result.as_ref().is_some_and(|result| !is_handle(result));
            last.text = result.unwrap_or_else(|| UNKNOWN.to_owned());
        }
    }

    /// What a call gives back, as far as it is told.
    pub(super) fn result_of(&mut self, call: &Call) -> Option<String> {
        let is_type = call.receiver.starts_with('[');
        let makes =
            self.frame().words.first().is_some_and(|first| first.text.eq_ignore_ascii_case("new-object"));
        match (call.method.as_str(), call.arguments.as_slice()) {
            ("frombase64string", [only]) => decode_script(only).or_else(|| decode_text(only)),
            ("getstring", [only]) if !is_unknown(only) => Some(only.clone()),
            ("createinstance", [only]) if only.starts_with(r"\\") => Some(only.clone()),
            // The program's object on another machine.
            ("gettypefromprogid" | "gettypefromclsid", [_, host]) => Some(format!(r"\\{host}")),
            ("create", [text]) if kind_of(&call.receiver) == "scriptblock" => {
                Some(self.objects.hold_block(block_of_text(text)))
            }
            ("newscriptblock", [text]) => Some(self.objects.hold_block(block_of_text(text))),
            ("create", _) if kind_of(&call.receiver) == "powershell" => {
                Some(self.objects.construct("powershell", &[]))
            }
            ("addcommand", [name, ..]) => self.add_member(call, "command", name),
            ("addparameter", [name, value]) => self.add_member(call, &format!("-{name}:"), value),
            ("addargument", [value]) => self.add_member(call, "", value),
            ("getnewclosure", _) => Some(call.receiver.clone()).filter(|word| is_handle(word)),
            ("new", arguments) if is_type => Some(self.objects.construct(&call.receiver, arguments)),
            (kind, arguments) if makes && call.receiver.is_empty() => {
                Some(self.objects.construct(kind, arguments))
            }
            (method, arguments) => {
                let text = put_together(method, &call.receiver, arguments)?;
                self.bytes_left = self.bytes_left.checked_sub(text.len())?;
                Some(text)
            }
        }
    }

    /// `$shell.AddCommand('X').AddParameter('Name','y')`: the same shell again.
    pub(super) fn add_member(&mut self, call: &Call, member: &str, value: &str) -> Option<String> {
        self.objects.object(&call.receiver).filter(|object| object.kind == "powershell")?;
        self.objects.set(&call.receiver, member, value);
        Some(call.receiver.clone())
    }

    /// `$block.Invoke()`, `$list.ForEach({…})`, and what a shell that the script made was given.
    pub(super) fn run_blocks(&mut self, call: &Call) {
        let own = call.method.starts_with("invoke").then_some(call.receiver.as_str());
        let own = own.filter(|own| self.objects.block(own).is_some());
        let texts = own.into_iter().chain(call.arguments.iter().map(String::as_str));
        let blocks = self.objects.blocks_in(texts);
        if !blocks.is_empty() {
            let given = call.arguments.iter().filter(|_| own.is_some()).map(|argument| quoted(argument));
            let words = std::iter::once(bare(own.unwrap_or("&"))).chain(given).collect();
            self.push(Said::Command(Command { words, blocks, is_run: true, ..Command::default() }));
        }
        let is_invoked = matches!(call.method.as_str(), "invoke" | "begininvoke" | "invokeasync");
        if let Some(shell) = self.objects.object(&call.receiver).filter(|_| is_invoked)
            && let Some(name) = shell.member("command")
        {
            let given = shell.members.iter().filter(|(member, _)| member != "command");
            let given = given.flat_map(|(member, value)| [bare(member), quoted(value)]);
            let words =
                std::iter::once(bare(name)).chain(given).filter(|word| !word.text.is_empty()).collect();
            self.push(Said::Command(Command { words, ..Command::default() }));
        }
    }

    /// The source of a type that the script compiled and that calls NetUserAdd.
    pub(super) fn source_of(&mut self, receiver: &str) -> Option<Rc<str>> {
        if self.sources.is_empty() {
            return None;
        }
        let kind = match self.objects.object(receiver) {
            Some(object) => object.kind.clone(),
            None if receiver.starts_with('[') => kind_of(receiver),
            None => return None,
        };
        self.source_looks_left = self.source_looks_left.checked_sub(1)?;
        let is_its = |source: &&Rc<str>| source.to_lowercase().contains(&format!("class {kind}"));
        self.sources.iter().find(is_its).cloned()
    }
}

/// What is called by `RECEIVER.MEMBER(`, `[TYPE]::METHOD(` or `NAME(`.
pub(super) fn call_of(last: &Token, member: Option<&str>) -> Call {
    let (receiver, path) = match (member, last.text.split_once("]::")) {
        (Some(member), _) => (last.text.clone(), member.to_owned()),
        (None, Some((kind, method))) => (format!("{kind}]"), method.to_lowercase()),
        (None, None) => {
            let name = last.text.rsplit([':', '.']).next().unwrap_or_default();
            (String::new(), name.to_lowercase())
        }
    };
    let method = last_member(&path).to_owned();
    Call { receiver, path, method, ..Call::default() }
}

/// `Position=1` in the attribute of a parameter.
pub(super) fn position_of(argument: &str) -> Option<u32> {
    let (name, value) = argument.split_once('=')?;
    name.trim().eq_ignore_ascii_case("position").then(|| value.trim().parse().ok()).flatten()
}
