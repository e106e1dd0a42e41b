//! A finding before it is put into words: thousands of processes are weighed for one creation, few are told of.

use std::fmt;

use begat_model::{Duration, LogonId, RecordRef};

use crate::cause::evidence::{EvidenceKind, Finding};

/// One sign, as cheap to find as to throw away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clue<'s> {
    /// Which sort.
    pub kind: EvidenceKind,
    /// In this case.
    pub why: Why<'s>,
    /// Records it rests on.
    pub records: &'s [RecordRef],
}

impl<'s> Clue<'s> {
    /// A sign with its reason and its records.
    pub fn new(kind: EvidenceKind, why: Why<'s>, records: &'s [RecordRef]) -> Clue<'s> {
        Clue { kind, why, records }
    }

    /// In words.
    pub fn finding(&self) -> Finding {
        Finding::new(self.kind, self.why.to_string(), self.records.to_vec())
    }
}

/// Why a process is held to be one that made the call, or not.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why<'s> {
    /// The same in every case.
    Plain(&'static str),
    /// It runs in the creation's session, which all services share.
    SharesSession(LogonId),
    /// It runs in the creation's session.
    HoldsSession(LogonId),
    /// It runs in the first session, the other half of the second's token.
    LinkedSession(LogonId, LogonId),
    /// The creation's session came from this machine, and it runs as the same account.
    Loopback(LogonId),
    /// It runs in the first session, of the account so described, not in the second.
    OtherSession(LogonId, &'static str, LogonId),
    /// Recorded as starting so long after the creation.
    StartedAfter(Duration),
    /// It started so long before the creation.
    StartedBefore(Duration),
    /// It ended with this code, which says that it failed.
    Failed(u32),
    /// It ended so long after the creation.
    EndedAfter(Duration),
    /// An image of this name does so.
    Image(&'s str, &'static str),
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Plain(why) => f.write_str(why),
            Why::SharesSession(ours) => {
                write!(f, "it runs in {ours}, the session that all services of its kind share")
            }
            Why::HoldsSession(ours) => write!(f, "it runs in session {ours}, which made the account"),
            Why::LinkedSession(theirs, ours) => {
                write!(f, "it runs in session {theirs}, the other half of {ours}'s split token")
            }
            Why::Loopback(ours) => {
                write!(f, "session {ours} came from this machine itself, and it runs as the same account")
            }
            Why::OtherSession(theirs, whose, ours) => {
                write!(f, "it runs in session {theirs} {whose}, not in {ours}")
            }
            Why::StartedAfter(late) => write!(f, "its start is recorded {late} after the creation"),
            Why::StartedBefore(lag) => write!(f, "it started {lag} before the creation"),
            Why::Failed(code) => write!(f, "it ended with exit code {code}, which says that it failed"),
            Why::EndedAfter(after) => write!(f, "it ended {after} after the creation"),
            Why::Image(stem, does) => write!(f, "{stem} {does}"),
        }
    }
}
