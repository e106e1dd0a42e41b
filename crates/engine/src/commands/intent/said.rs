//! What a script says, as far as it says it literally: commands with their script blocks, calls, and the objects that
//! it makes on the way.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::commands::line::Token;

/// Longest text that a value grows to by being put together.
pub(super) const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Arguments of one command that are read.
pub(super) const ARGUMENTS_MAX: usize = 256;
/// Stands between the values of a list until it is said; no script writes it.
pub(super) const LIST_SEPARATOR: char = '\u{1f}';
/// Begins what stands for a table or a list that is handed over whole, and of which nobody here knows what it holds.
pub(super) const SPLAT: &str = "$(@";
/// After these nothing more of the block is run in which they stand.
pub(super) const ENDING: &[&str] = &["exit", "return", "throw", "break", "continue"];

/// One thing that a script says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// A command and its arguments.
    Command(Command),
    /// A method that is called.
    Call(Call),
    /// A literal that names something on a machine: `WinNT://HOST`, `\\HOST\root\cimv2`.
    Path(String),
    /// A script within a string, that is run to make the string: `"$(…)"`.
    Inner(String),
    /// A variable is given a value, where that is told; other variables may stand in it.
    Set(String, Option<String>),
}

/// A command of a script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Command {
    /// Its name first.
    pub(super) words: Vec<Token>,
    /// A `|` follows.
    pub(super) piped: bool,
    /// `&` or `.` stands before it.
    pub(super) is_run: bool,
    /// The script blocks that it is given, and may run.
    pub(super) blocks: Vec<Rc<Function>>,
    /// What the tables hold that it is given.
    pub(super) entries: Vec<(String, String)>,
}

/// `RECEIVER.METHOD(ARGUMENTS)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Call {
    /// What it is called on, where that is a literal or a `[Type]`; else as written, or empty.
    pub(super) receiver: String,
    /// The members that lead to the method, which is the last of them: `psbase.children.add`, lower case.
    pub(super) path: String,
    /// The method in lower case.
    pub(super) method: String,
    /// What it is given.
    pub(super) arguments: Vec<String>,
    /// What it is called on, where the script made it.
    pub(super) on: Option<Object>,
    /// What it is given, where the script made it.
    pub(super) given: Vec<Object>,
    /// The source of the type that it is called on, where the script compiled it and it calls NetUserAdd.
    pub(super) source: Option<Rc<str>>,
}

/// Something that a script made: of a .NET type, or a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Object {
    /// The last part of its type's name, lower case.
    pub(super) kind: String,
    /// What it was made of.
    pub(super) arguments: Vec<String>,
    /// What its members were set to, lower case names.
    pub(super) members: Vec<(String, String)>,
    /// The objects that it was made of.
    pub(super) parts: Vec<Object>,
}

impl Object {
    /// What a member was set to last.
    pub(super) fn member(&self, name: &str) -> Option<&str> {
        self.members.iter().rev().find(|(present, _)| present == name).map(|(_, value)| value.as_str())
    }
}

/// What a function, a block or a script may be given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Parameter {
    /// Lower case.
    pub(super) name: String,
    /// What it holds where nothing is given, if that is a literal.
    pub(super) default: Option<String>,
    /// It takes no value.
    pub(super) is_switch: bool,
    /// Its place among arguments without a name, where it says so.
    pub(super) position: Option<u32>,
}

/// A script block or a function: it does nothing until it is run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Function {
    /// What it may be given.
    pub(super) parameters: Vec<Parameter>,
    /// What it says.
    pub(super) body: Vec<Said>,
    /// On which machines it is run at all, where a condition before it asks for the machine's name.
    pub(super) on: Option<Machines>,
    /// Whether it is run at all, where it is part of a statement.
    pub(super) chance: Chance,
}

/// Whether a part of a statement is run, as far as the text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Chance {
    /// It is, or it is wherever the account that it makes was made.
    #[default]
    Surely,
    /// A condition that nobody here knows, or an error, decides.
    Perhaps,
    /// Somebody's answer decides.
    ByAnswer,
}

/// Machines by name, with commas between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Machines {
    /// On these alone.
    Only(String),
    /// On all others.
    Except(String),
}

/// A script: what is run as it stands there, and what is only defined.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Script {
    /// In its order.
    pub(super) said: Vec<Said>,
    /// What it may be given itself.
    pub(super) parameters: Vec<Parameter>,
    /// By name, lower case; a class by `[name]`, a block that a variable holds in the end by `$name`.
    pub(super) functions: BTreeMap<String, Rc<Function>>,
    /// Other names of commands, lower case.
    pub(super) aliases: BTreeMap<String, String>,
}
