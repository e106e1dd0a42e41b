//! What is known while a script is read: the brackets that are open, the blocks, the variables.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::commands::intent::branches::{Asked, Branches};
use crate::commands::intent::lexemes::Bracket;
use crate::commands::intent::objects::{Objects, is_handle};
use crate::commands::intent::said::{Call, Parameter, Said, Script};
use crate::commands::intent::script::tokens::is_word;
use crate::commands::intent::variables::{Block, Mark, Variables};
use crate::commands::line::Token;

/// Bytes of values that are looked up in all: a text that doubles itself must not cost more than it says.
const LOOKED_UP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Calls of which it is asked whether their type was compiled by the script.
const SOURCE_LOOKS_MAX: usize = 256;
/// Scripts within strings that are read.
const INNER_MAX: usize = 256;

/// What stands within one pair of brackets, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) bracket: Option<Bracket>,
    /// For the brackets of a call: what is called.
    pub(super) call: Option<Call>,
    pub(super) words: Vec<Token>,
    /// `$name =`, `$name.key =`, `key =` in a table.
    pub(super) target: Option<Target>,
    /// The variable that the last word is, and no more than that.
    pub(super) variable: Option<String>,
    /// The variables before it in a list: `$a, $b = …`.
    pub(super) listed: Vec<String>,
    /// The variable of which the last word asks a part: `$table['key']`.
    pub(super) indexed: Option<String>,
    /// The members that were asked of the last word, lower case.
    pub(super) member: Option<String>,
    /// The next value is part of the last word.
    pub(super) joins: bool,
    /// A type stands before the next value, which is no part of the word before it: `-Name [string]'x'`.
    pub(super) after_cast: bool,
    /// `cmd` is among the words: the carets after it are its own.
    pub(super) after_cmd: bool,
    /// More than one command stood in it.
    pub(super) is_several: bool,
    /// Its first word wants a block, which may stand in the next line.
    pub(super) awaits_block: bool,
    /// `&` stands before the command.
    pub(super) is_run: bool,
    /// `&&` or `||` stands before the command.
    pub(super) is_either: bool,
    /// A list without anything in it was piped to the command.
    pub(super) is_fed_nothing: bool,
    /// What the command, or the condition, asks.
    pub(super) asks: Option<Asked>,
    /// The branches of the statement before, which `else` or `catch` in the next line belongs to.
    pub(super) branches: Branches,
    /// It lists the parameters of a function.
    pub(super) lists_parameters: bool,
    /// Those of the function that it is, or that its words define.
    pub(super) parameters: Vec<Parameter>,
    /// What the type and the attributes before a parameter say of it.
    pub(super) next_parameter: Parameter,
    /// Of a block: what it is to variables, and where they stood when it began.
    pub(super) block: Option<(Block, Mark)>,
    /// Of a table: what it holds so far.
    pub(super) entries: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) enum Target {
    Variable(String),
    Member(String, String),
    Key(String),
    /// Some key of a table, which is not told.
    Unknown(String),
}

/// A block that is open.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) said: Vec<Said>,
    /// Nothing more of it is run.
    pub(super) has_ended: bool,
    /// It is run later, or again: the variables that are set in it so far. `None`: it is run where it stands.
    pub(super) own: Option<BTreeSet<String>>,
}

pub(super) struct Reader {
    pub(super) frames: Vec<Frame>,
    /// The blocks that are open; the script's own first.
    pub(super) bodies: Vec<Body>,
    pub(super) variables: Variables,
    /// Those that are given more than one value.
    pub(super) several: BTreeSet<String>,
    /// Those that hold what was asked.
    pub(super) asked: BTreeMap<String, Asked>,
    /// What members of variables were set to that hold nothing which is known.
    pub(super) tables: BTreeMap<String, Vec<(String, String)>>,
    pub(super) objects: Objects,
    pub(super) script: Script,
    /// Sources of types that call NetUserAdd.
    pub(super) sources: Vec<Rc<str>>,
    /// Calls that may still be looked for in them.
    pub(super) source_looks_left: usize,
    /// Strings whose scripts may still be read.
    pub(super) inner_left: usize,
    pub(super) bytes_left: usize,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            frames: vec![Frame::default()],
            bodies: vec![Body::default()],
            variables: Variables::default(),
            several: BTreeSet::new(),
            asked: BTreeMap::new(),
            tables: BTreeMap::new(),
            objects: Objects::default(),
            script: Script::default(),
            sources: Vec::new(),
            source_looks_left: SOURCE_LOOKS_MAX,
            inner_left: INNER_MAX,
            bytes_left: LOOKED_UP_BYTES_MAX,
        }
    }
}

impl Reader {
    pub(super) fn look_up(&mut self, name: &str) -> Option<Rc<str>> {
        let value = self.variables.get(name)?.clone()?;
        if self.is_left_to_run(name) && !is_handle(&value) {
            return None;
        }
        self.bytes_left = self.bytes_left.checked_sub(value.len())?;
        Some(value)
    }

    /// What this variable holds here depends on when the block is run that is read.
    pub(super) fn is_left_to_run(&self, name: &str) -> bool {
        let own = self.bodies.iter().rev().find_map(|body| body.own.as_ref());
        own.is_some_and(|own| self.several.contains(name) && !own.contains(name))
    }

    /// A variable is given this value; `said` is what is written for it, in which variables may stand.
    pub(super) fn set(&mut self, name: &str, value: Option<&str>, said: Option<String>) {
        self.variables.set(name, value.map(Rc::from));
        if let Some(own) = self.bodies.iter_mut().rev().find_map(|body| body.own.as_mut()) {
            own.insert(name.to_owned());
        }
        self.push(Said::Set(name.to_owned(), said));
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub(super) fn push(&mut self, said: Said) {
        if let Some(body) = self.bodies.last_mut().filter(|body| !body.has_ended) {
            body.said.push(said);
        }
    }

    /// Something is asked in what stands within the innermost brackets.
    pub(super) fn ask(&mut self, asked: Option<Asked>) {
        let frame = self.frame();
        frame.asks = frame.asks.max(asked);
    }

    /// The brackets that are open stand right after this word.
    pub(super) fn is_head_of(&self, head: &str) -> bool {
        let is_round = self.frames.last().is_some_and(|frame| frame.bracket == Some(Bracket::Round));
        let before = self.frames.iter().rev().nth(1).and_then(|frame| frame.words.last());
        is_round && before.is_some_and(|word| is_word(word, head))
    }
}
