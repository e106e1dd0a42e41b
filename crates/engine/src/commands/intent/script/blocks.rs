//! Brackets that open and close: blocks, functions, tables, conditions.

use std::rc::Rc;

use crate::commands::intent::aim::is_own_expression;
use crate::commands::intent::branches::{ANSWERED, Asked, PERHAPS};
use crate::commands::intent::lexemes::{self, Bracket};
use crate::commands::intent::objects::{UNKNOWN, is_handle};
use crate::commands::intent::operators::apply_operators;
use crate::commands::intent::said::{Function, LIST_SEPARATOR, Machines, Parameter};
use crate::commands::intent::script::calls::call_of;
use crate::commands::intent::script::reader::{Body, Frame, Reader};
use crate::commands::intent::script::tokens::{EMPTY, bare, is_word};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::intent::variables::{Block, Mark, VARIABLES_MAX};
use crate::commands::line::Token;

/// Brackets deeper than this are read as if they were not there.
const DEPTH_MAX: usize = 64;
/// Words that define what follows them in braces; it does nothing until it is called.
const DEFINING: &[&str] = &["function", "filter", "workflow", "configuration", "class"];
/// How a condition that asks for the machine's name stands before its block: on which alone, and on which not.
const ONLY_ON: &str = "$(=";
const EXCEPT_ON: &str = "$(!";

impl Reader {
    pub(super) fn open(&mut self, bracket: Bracket, glued: bool) {
        if self.frames.len() >= DEPTH_MAX {
            return;
        }
        let frame = self.frame();
        let head = frame.words.first().filter(|first| !first.quoted).map(|first| first.text.to_lowercase());
        let head = head.unwrap_or_default();
        let defines = DEFINING.contains(&head.as_str());
        let steering = frame.words.iter().rev().filter(|word| !word.quoted);
        let steering =
            steering.map(|word| Block::after(&word.text.to_lowercase())).find(Option::is_some).flatten();
        let header: Vec<String> = frame.parameters.iter().map(|parameter| parameter.name.clone()).collect();
        let is_param = frame.words.last().is_some_and(|last| is_word(last, "param"));
        let lists_parameters = bracket == Bracket::Round && (defines || is_param);
        let is_call = glued && bracket == Bracket::Round && !frame.joins && !lists_parameters;
        let called =
            frame.words.last().filter(|last| is_call && !last.text.starts_with('-') && last.text != "!");
        let call = called.map(|last| call_of(last, frame.member.as_deref()));
        frame.member = None;
        let block = (bracket == Bracket::Curly).then(|| self.begin_block(steering, &header));
        self.frames.push(Frame { bracket: Some(bracket), call, lists_parameters, block, ..Frame::default() });
    }

    /// A block begins, after a word that steers or as a value; `header` is what stands in the head of its function.
    pub(super) fn begin_block(&mut self, steering: Option<Block>, header: &[String]) -> (Block, Mark) {
        let is_run_here = matches!(steering, Some(Block::Runs | Block::MayRun));
        let block = steering.unwrap_or(Block::MayRun);
        let mark = self.variables.enter();
        if block == Block::Defines {
            header.iter().for_each(|name| self.variables.set(name, None));
        }
        let own = (!is_run_here).then(|| header.iter().cloned().collect());
        self.bodies.push(Body { own, ..Body::default() });
        (block, mark)
    }

    pub(super) fn close(&mut self) {
        let is_loop = self.is_head_of("foreach");
        if is_loop {
            self.one_round();
        }
        let frame = self.frame();
        apply_operators(&mut frame.words);
        let is_plain = frame.target.is_none() && !frame.is_several && frame.bracket != Some(Bracket::Curly);
        let is_call = frame.call.is_some();
        let words = if is_plain && !is_call { frame.words.clone() } else { Vec::new() };
        let is_condition = self.is_head_of("if") || self.is_head_of("elseif");
        let machines = is_condition.then(|| machines_asked_for(&words)).flatten();
        let is_condition = is_condition || self.is_head_of("while");
        let value = machines.or_else(|| self.value_of(&words)).or_else(|| match words.as_slice() {
            [] if is_plain && !is_call && self.frame().words.is_empty() => Some(bare(EMPTY)),
            [.., last] if is_loop && last.text == EMPTY => Some(bare("$false")),
            [only] if is_condition && only.text.eq_ignore_ascii_case("$true") => Some(only.clone()),
            _ => None,
        });
        let says_nothing = matches!(words.as_slice(), [only] if only.quoted || is_handle(&only.text));
        if !says_nothing && !is_call {
            self.end_command(false);
        }
        let is_param = self.is_head_of("param");
        let is_script = self.bodies.len() == 1 && is_param;
        let Some(frame) = self.frames.pop() else { return };
        if frame.bracket != Some(Bracket::Curly) && !is_condition {
            self.ask(frame.asks);
        }
        if let Some(call) = frame.call {
            self.close_call(call, &frame.words);
            return;
        }
        if frame.lists_parameters {
            let room = if is_script { &mut self.script.parameters } else { &mut self.frame().parameters };
            room.extend(frame.parameters);
            match is_param {
                // What follows in the same line is a command of its own.
                true => self.frame().words.clear(),
                false => self.value(UNKNOWN, false, false),
            }
            return;
        }
        match frame.bracket {
            Some(Bracket::Table) => self.close_table(&frame.entries),
            Some(Bracket::Curly) => {
                if let Some((block, mark)) = frame.block {
                    self.variables.leave(mark, block);
                }
                let body = self.bodies.pop().unwrap_or_default().said;
                let block = Function { parameters: frame.parameters, body, ..Function::default() };
                let handle = self.objects.hold_block(block);
                self.value(&handle, false, false);
                self.define();
            }
            _ => match value {
                Some(value) => self.value(&value.text, value.quoted, false),
                None if is_condition => match frame.asks {
                    None => self.value(PERHAPS, false, false),
                    Some(Asked::Person) => self.value(ANSWERED, false, false),
                    Some(Asked::Known) => self.value(UNKNOWN, false, false),
                },
                None => self.value(UNKNOWN, false, false),
            },
        }
    }

    /// `function NAME {…}` is kept, and says nothing.
    pub(super) fn define(&mut self) {
        let frame = self.frame();
        let [head, name, .., block] = frame.words.as_slice() else { return };
        let head_text = head.text.to_lowercase();
        if head.quoted || !DEFINING.contains(&head_text.as_str()) {
            return;
        }
        let name = lexemes::variable_name(&name.text);
        let name = if head_text == "class" { format!("[{name}]") } else { name };
        let block = block.text.clone();
        frame.words.clear();
        let parameters = std::mem::take(&mut frame.parameters);
        self.keep_function(name, &block, parameters);
    }

    pub(super) fn keep_function(&mut self, name: String, block: &str, parameters: Vec<Parameter>) {
        let Some(function) = self.objects.block(block) else { return };
        let function = match parameters.is_empty() {
            true => function,
            false => Rc::new(Function { parameters, ..(*function).clone() }),
        };
        if self.script.functions.len() < VARIABLES_MAX {
            self.script.functions.insert(name, function);
        }
    }
}

/// `$env:COMPUTERNAME -eq 'APP07'`, `-in 'APP07','APP08'`, `-ne …`: the machines that a condition asks for.
pub(super) fn machines_asked_for(words: &[Token]) -> Option<Token> {
    let [one, operator, other] = words else { return None };
    let (machines, is_turned) = match (is_own_expression(&one.text), is_own_expression(&other.text)) {
        (true, false) => (other, false),
        (false, true) => (one, true),
        _ => return None,
    };
    let before = match operator.text.to_lowercase().as_str() {
        "-eq" | "-ieq" | "-ceq" => ONLY_ON,
        "-ne" | "-ine" | "-cne" => EXCEPT_ON,
        "-in" if !is_turned => ONLY_ON,
        "-notin" if !is_turned => EXCEPT_ON,
        "-contains" if is_turned => ONLY_ON,
        "-notcontains" if is_turned => EXCEPT_ON,
        _ => return None,
    };
    let is_told = machines.quoted && !is_unknown(&machines.text);
    is_told.then(|| bare(&format!("{before}{}", machines.text.replace(LIST_SEPARATOR, ","))))
}

/// A block is run where the condition right before it holds.
pub(super) fn bind_to_machines(words: &[Token], blocks: &mut [Rc<Function>]) {
    let mut left = blocks.iter_mut();
    let mut asked_for = None;
    for word in words {
        if let Some(machines) = word.text.strip_prefix(ONLY_ON) {
            asked_for = Some(Machines::Only(machines.to_owned()));
        } else if let Some(machines) = word.text.strip_prefix(EXCEPT_ON) {
            asked_for = Some(Machines::Except(machines.to_owned()));
        } else if is_handle(&word.text)
            && let Some(block) = left.next()
            && let Some(on) = asked_for.take()
        {
            *block = Rc::new(Function { on: Some(on), ..(**block).clone() });
        }
    }
}
