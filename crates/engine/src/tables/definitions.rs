//! What PowerShells defined in scripts that they ran: a function, a block in a variable, another name of a command. It
//! lives in the process, and what is called by that name later is logged without it.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::{ProcessId, Text, Timestamp};

use crate::spans::CHANNEL_TOLERANCE;

/// Scripts of one process that are kept for what they define.
const SCRIPTS_MAX: usize = 32;
/// Bytes of them.
const SCRIPT_BYTES_MAX: usize = 1 << 20;
/// Processes of one host that defined something.
const PROCESSES_MAX: usize = 4096;
/// Bytes of those of all processes of one host.
const BYTES_MAX: usize = 16 << 20;

/// Bytes that are read again for all that the scripts of one host call: what is called a thousand times is read as often.
const READ_BYTES_MAX: usize = 256 << 20;
/// Of these for one process.
const PROCESS_READ_BYTES_MAX: usize = 32 << 20;

/// What one process defined so far.
#[derive(Debug)]
pub struct Defined {
    began: Timestamp,
    bytes_read: usize,
    /// The scripts, in the order in which they ran.
    pub scripts: Vec<Text>,
    /// The names, lower case.
    pub names: BTreeSet<String>,
    bytes: usize,
}

impl Defined {
    /// One of the names stands in a script, which then means what they mean.
    fn is_named_in(&self, script: &str) -> bool {
        let lower = script.replace('`', "").to_lowercase();
        self.names.iter().any(|name| lower.contains(name))
    }
}

/// What the processes of one host defined.
#[derive(Debug, Default)]
pub struct DefinitionTable {
    by_process: BTreeMap<ProcessId, Defined>,
    bytes: usize,
    bytes_read: usize,
    dropped_at: Option<Timestamp>,
}

impl DefinitionTable {
    /// What the process with this id defined, where a script of it calls something of that. Read too often, it is read no
    /// more, and that is told.
    pub fn called_in(&mut self, pid: ProcessId, at: Timestamp, script: &str) -> Option<&Defined> {
        let defined = self.by_process.get_mut(&pid).filter(|defined| defined.is_named_in(script))?;
        let process_bytes = defined.bytes_read + defined.bytes;
        if process_bytes > PROCESS_READ_BYTES_MAX || self.bytes_read + defined.bytes > READ_BYTES_MAX {
            self.dropped_at = self.dropped_at.or(Some(at));
            return None;
        }
        self.bytes_read += defined.bytes;
        defined.bytes_read = process_bytes;
        Some(defined)
    }

    /// A script that defines these names. What there is no room for is not kept, and that is told.
    pub fn define(&mut self, pid: ProcessId, at: Timestamp, script: &Text, names: &[String]) {
        let known = self.by_process.get(&pid);
        // Run again, it says nothing new.
        if known.is_some_and(|known| known.scripts.last() == Some(script)) {
            return;
        }
        let (scripts, bytes) = known.map_or((0, 0), |known| (known.scripts.len(), known.bytes));
        let has_room = scripts < SCRIPTS_MAX
            && bytes + script.len() <= SCRIPT_BYTES_MAX
            && self.bytes + script.len() <= BYTES_MAX
            && (known.is_some() || self.by_process.len() < PROCESSES_MAX);
        if !has_room {
            self.dropped_at = self.dropped_at.or(Some(at));
            return;
        }
        let nothing =
            || Defined { began: at, bytes_read: 0, scripts: Vec::new(), names: BTreeSet::new(), bytes: 0 };
        let defined = self.by_process.entry(pid).or_insert_with(nothing);
        defined.scripts.push(script.clone());
        defined.names.extend(names.iter().cloned());
        (defined.bytes, self.bytes) = (defined.bytes + script.len(), self.bytes + script.len());
    }

    /// The process with this id is gone; what began when it did is the next one's own.
    pub fn process_gone(&mut self, pid: ProcessId, at: Timestamp) {
        if self.by_process.get(&pid).is_some_and(|defined| defined.began + CHANNEL_TOLERANCE < at)
            && let Some(gone) = self.by_process.remove(&pid)
        {
            self.bytes -= gone.bytes;
        }
    }

    /// Windows started anew: no process of before runs.
    pub fn host_started(&mut self) {
        self.by_process.clear();
        self.bytes = 0;
    }

    /// From when on a script may call something that was not kept.
    pub fn dropped_at(&self) -> Option<Timestamp> {
        self.dropped_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Duration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    fn define(table: &mut DefinitionTable, pid: u32, seconds: i64, script: &str, name: &str) {
        table.define(ProcessId(pid), at(seconds), &script.into(), &[name.to_owned()]);
    }

    #[test]
    fn what_a_process_defined_is_its_own_and_ends_with_it() {
        let mut table = DefinitionTable::default();
        define(&mut table, 7, 1, "function Add-Svc { }", "add-svc");
        let known = |table: &mut DefinitionTable, pid, script: &str| {
            table.called_in(ProcessId(pid), at(2), script).is_some()
        };
        assert!(known(&mut table, 7, "Add-S`vc bob") && !known(&mut table, 8, "Add-Svc bob"));
        assert!(!known(&mut table, 7, "Add-It"));
        table.process_gone(ProcessId(7), at(2));
        assert!(known(&mut table, 7, "add-svc"), "it began with its own process");
        table.process_gone(ProcessId(7), at(100));
        assert!(!known(&mut table, 7, "add-svc"));
        define(&mut table, 7, 200, "function Add-Svc { }", "add-svc");
        table.host_started();
        assert!(!known(&mut table, 7, "add-svc") && table.bytes == 0);
    }

    #[test]
    fn what_is_called_again_and_again_is_read_so_often() {
        let mut table = DefinitionTable::default();
        define(&mut table, 7, 0, &format!("function f {{ }} {}", "#".repeat(SCRIPT_BYTES_MAX / 2)), "f");
        let read = (0..1000).filter(|_| table.called_in(ProcessId(7), at(9), "f").is_some()).count();
        assert!((60..=64).contains(&read), "{read}");
        assert_eq!(table.dropped_at(), Some(at(9)));
    }

    #[test]
    fn what_there_is_no_room_for_is_told() {
        let mut many = DefinitionTable::default();
        for number in 0..=SCRIPTS_MAX as i64 {
            define(&mut many, 7, number, &format!("function f{number} {{ }}"), "f");
        }
        assert_eq!(many.by_process[&ProcessId(7)].scripts.len(), SCRIPTS_MAX);
        assert_eq!(many.dropped_at(), Some(at(SCRIPTS_MAX as i64)));
        let mut long = DefinitionTable::default();
        define(&mut long, 7, 0, &"x".repeat(SCRIPT_BYTES_MAX + 1), "f");
        assert_eq!(long.dropped_at(), Some(at(0)));
        let mut all = DefinitionTable::default();
        let script = "x".repeat(SCRIPT_BYTES_MAX);
        (0..17).for_each(|pid| define(&mut all, pid, i64::from(pid), &script, "f"));
        assert_eq!((all.bytes, all.dropped_at()), (BYTES_MAX, Some(at(16))));
    }
}
