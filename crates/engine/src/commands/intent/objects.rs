//! What a script holds while it is read: script blocks, and objects as far as it says what they are made of. A word
//! that stands for one of them is a handle, `$(#7)`: to all others an expression that tells nothing.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::commands::intent::said::{Function, Object, Said};

/// Blocks and objects of one script that are told apart.
const HELD_MAX: usize = 16 * 1024;
/// Arguments and members of one object that are read.
const MEMBERS_MAX: usize = 256;
/// Objects within an object that are read.
const PARTS_MAX: usize = 8;
/// Bytes of objects that are told in all: what is told with every call must not multiply.
const TOLD_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Types of tables: what is set in one is handed over by its name.
const TABLES: &[&str] = &["table", "hashtable", "ordereddictionary"];
/// What nobody here knows.
pub(super) const UNKNOWN: &str = "$()";

#[derive(Debug)]
enum Held {
    Block(Rc<Function>),
    Object(Object),
}

/// All that one script holds.
#[derive(Debug)]
pub(super) struct Objects {
    held: Vec<Held>,
    bytes_left: usize,
}

impl Default for Objects {
    fn default() -> Objects {
        Objects { held: Vec::new(), bytes_left: TOLD_BYTES_MAX }
    }
}

impl Objects {
    /// The handle of a script block.
    pub(super) fn hold_block(&mut self, function: Function) -> String {
        self.hold(Held::Block(Rc::new(function)))
    }

    /// The handle of an object of this type, made of these arguments.
    pub(super) fn construct(&mut self, kind: &str, arguments: &[String]) -> String {
        let arguments = arguments[..arguments.len().min(MEMBERS_MAX)].to_vec();
        let parts = self.objects_in(&arguments);
        self.hold(Held::Object(Object { kind: kind_of(kind), arguments, members: Vec::new(), parts }))
    }

    /// The handle of a table.
    pub(super) fn hold_table(&mut self, entries: &[(String, String)]) -> String {
        let members = entries.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
        self.hold(Held::Object(Object { kind: "table".to_owned(), members, ..Object::default() }))
    }

    /// The word stands for a table.
    pub(super) fn is_table(&self, word: &str) -> bool {
        self.object(word).is_some_and(|object| TABLES.contains(&object.kind.as_str()))
    }

    /// What a table holds that a word stands for, each key once; `None` where it stands for something else.
    pub(super) fn table(&self, word: &str) -> Option<Vec<(String, String)>> {
        let object = self.object(word).filter(|_| self.is_table(word))?;
        let latest: BTreeMap<&String, &String> =
            object.members.iter().map(|(name, value)| (name, value)).collect();
        Some(latest.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn hold(&mut self, held: Held) -> String {
        if self.held.len() >= HELD_MAX {
            return UNKNOWN.to_owned();
        }
        self.held.push(held);
        format!("$(#{})", self.held.len() - 1)
    }

    /// The block that a word stands for, and nothing else.
    pub(super) fn block(&self, word: &str) -> Option<Rc<Function>> {
        match self.held.get(handle(word)?)? {
            Held::Block(function) => Some(Rc::clone(function)),
            Held::Object(_) => None,
        }
    }

    /// The object that a word stands for, and nothing else.
    pub(super) fn object(&self, word: &str) -> Option<&Object> {
        match self.held.get(handle(word)?)? {
            Held::Object(object) => Some(object),
            Held::Block(_) => None,
        }
    }

    /// Sets a member of the object that a word stands for.
    pub(super) fn set(&mut self, word: &str, member: &str, value: &str) {
        if let Some(Held::Object(object)) = handle(word).and_then(|index| self.held.get_mut(index))
            && object.members.len() < MEMBERS_MAX
        {
            object.members.push((member.to_lowercase(), value.to_owned()));
        }
    }

    /// The objects in a list of words, each as it is now; what they were made of goes one step deep.
    pub(super) fn objects_in(&mut self, words: &[String]) -> Vec<Object> {
        let mut found = Vec::new();
        for index in words.iter().flat_map(|word| handles(word)).take(PARTS_MAX) {
            let Some(Held::Object(object)) = self.held.get(index) else { continue };
            let Some(left) = self.bytes_left.checked_sub(size(object)) else { break };
            self.bytes_left = left;
            let parts = object.parts.iter().map(|part| Object { parts: Vec::new(), ..part.clone() });
            found.push(Object { parts: parts.collect(), ..object.clone() });
        }
        found
    }

    /// The blocks in a list of words, and in the tables among them.
    pub(super) fn blocks_in<'w>(&self, words: impl Iterator<Item = &'w str>) -> Vec<Rc<Function>> {
        let mut found = Vec::new();
        for index in words.flat_map(handles).take(MEMBERS_MAX) {
            match self.held.get(index) {
                Some(Held::Block(function)) => found.push(Rc::clone(function)),
                Some(Held::Object(object)) if object.kind == "table" => {
                    let values = object.members.iter().flat_map(|(_, value)| handles(value));
                    let blocks = values.filter_map(|index| match self.held.get(index) {
                        Some(Held::Block(function)) => Some(Rc::clone(function)),
                        _ => None,
                    });
                    found.extend(blocks.take(MEMBERS_MAX));
                }
                _ => {}
            }
        }
        found
    }

    /// What the tables hold that stand among these words.
    pub(super) fn entries_in<'w>(&self, words: impl Iterator<Item = &'w str>) -> Vec<(String, String)> {
        let tables = words.flat_map(handles).filter_map(|index| match self.held.get(index) {
            Some(Held::Object(object)) if object.kind == "table" => Some(object),
            _ => None,
        });
        tables.flat_map(|table| table.members.iter().cloned()).take(MEMBERS_MAX).collect()
    }
}

fn size(object: &Object) -> usize {
    let arguments: usize = object.arguments.iter().map(String::len).sum();
    let members: usize = object.members.iter().map(|(name, value)| name.len() + value.len()).sum();
    let parts: usize = object.parts.iter().map(size).sum();
    object.kind.len() + arguments + members + parts
}

/// A block whose script is a text.
pub(super) fn block_of_text(text: &str) -> Function {
    Function { body: vec![Said::Inner(text.to_owned())], ..Function::default() }
}

/// The word is one handle.
pub(super) fn is_handle(word: &str) -> bool {
    handle(word).is_some()
}

fn handle(word: &str) -> Option<usize> {
    word.strip_prefix("$(#")?.strip_suffix(')')?.parse().ok()
}

/// Every handle within a word: `-ScriptBlock:$(#3)`, `[ref]$(#4)`.
fn handles(word: &str) -> impl Iterator<Item = usize> {
    word.match_indices("$(#").filter_map(|(at, opening)| {
        let digits = &word[at + opening.len()..];
        digits.split_once(')')?.0.parse().ok()
    })
}

/// The last part of a type's name: `[System.DirectoryServices.AccountManagement.UserPrincipal]` → `userprincipal`.
pub(super) fn kind_of(name: &str) -> String {
    let name = name.trim_matches(['[', ']', '"', '\'', ' ']);
    name.rsplit(['.', '+']).next().unwrap_or(name).to_lowercase()
}
