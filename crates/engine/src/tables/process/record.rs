//! One process, as all of its events together tell it.

use begat_model::event::{Field, ParentProcess, Principal, ProcessCreated, TokenElevation};
use begat_model::{Duration, EventKind, LogonId, ProcessGuid, ProcessId, RecordRef, Text, Timestamp};

use crate::commands::intent::accounts::{Intent, intents};
use crate::windows::capability::{Capability, ImageFacts};

/// Two copies of one process (4688, Sysmon 1) tell starts this near to each other.
pub(super) const COPY_TOLERANCE: Duration = Duration::from_seconds(2);

/// A place in the table; stays valid while the process is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessIndex(pub(super) u64);

/// One process, as all of its events together tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessRecord {
    /// Reused by Windows: see `started_at` and `ended_at`.
    pub pid: ProcessId,
    /// Sysmon's.
    pub guid: Option<ProcessGuid>,
    /// Full path.
    pub image: Option<Text>,
    file: ImageFacts,
    /// With its secrets: redact before it leaves the engine.
    pub command_line: Field<Text>,
    /// Name in the version resource.
    pub original_file_name: Option<Text>,
    /// The more precise of the starts told; where `start_seen` is false, the first sign of it.
    pub started_at: Timestamp,
    /// Its own start was recorded. Else it is known from what it did, or from its end, and began some time before.
    pub start_seen: bool,
    /// `None`: not seen to end.
    pub ended_at: Option<Timestamp>,
    /// 4689's.
    pub exit_code: Option<u32>,
    /// Whose token it runs with, as far as told.
    pub token: Principal,
    /// Its logon session.
    pub session: Session,
    /// 4688's Subject: who asked for it.
    pub creator: Principal,
    /// As assigned.
    pub parent: ParentProcess,
    /// Sysmon's Hashes, as written: split where a case shows them.
    pub hashes: Option<Text>,
    /// Names of the site's rules that hit it, sorted.
    pub rules: Vec<Text>,
    /// What its command line would do to accounts.
    pub intents: Vec<Intent>,
    /// 4688 and Sysmon 1.
    pub created_by: Vec<RecordRef>,
    /// 4689 and Sysmon 5.
    pub ended_by: Vec<RecordRef>,
}

/// The logon session that a process runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Session {
    /// Told by the process's own events.
    Known(LogonId),
    /// Not told: before Windows 10 a 4688 shows only the creator's session, and a service that starts a process
    /// with another's token (WMI, UAC, Task Scheduler) is seen there as SYSTEM with a full token (A1).
    NotTold,
}

/// Two tellings do not contradict each other: what one of them leaves out is no contradiction.
pub(super) fn agree<T: PartialEq>(ours: Option<T>, theirs: Option<T>) -> bool {
    ours.zip(theirs).is_none_or(|(ours, theirs)| ours == theirs)
}

/// The same for paths, which Windows writes in any case.
pub(super) fn same_image(ours: Option<&Text>, theirs: Option<&Text>) -> bool {
    agree(ours.map(|image| image.to_lowercase()), theirs.map(|image| image.to_lowercase()))
}

/// The event names this account at all.
fn told(principal: &Principal) -> bool {
    *principal != Principal::default()
}

fn fuller(first: Field<Text>, second: Field<Text>) -> Field<Text> {
    match (&first, &second) {
        (Field::Value(_), _) => first,
        (_, Field::Value(_)) => second,
        (Field::Empty, _) => first,
        _ => second,
    }
}

/// The session that a process runs in: 4688's target where it has one, else its subject (A1); Sysmon's LogonId.
fn effective_session(created: &ProcessCreated) -> Session {
    if let Some(logon_id) = created.target.logon_id {
        return Session::Known(logon_id);
    }
    // PowerShell remoting's host runs as whoever called from afar, never as the service that starts it.
    let is_remoting = created
        .image
        .as_deref()
        .is_some_and(|image| crate::commands::line::image_stem(image) == "wsmprovhost");
    let on_behalf = created.elevation == Some(TokenElevation::Full) || is_remoting;
    match created.subject.logon_id {
        Some(logon_id) if logon_id.is_well_known() && on_behalf => Session::NotTold,
        Some(logon_id) => Session::Known(logon_id),
        None => Session::NotTold,
    }
}

/// What a record tells of a process whose start it is not.
#[derive(Debug, Clone)]
pub struct Witness<'a> {
    /// Its id.
    pub pid: ProcessId,
    /// Sysmon's.
    pub guid: Option<ProcessGuid>,
    /// Its image, where the record has it.
    pub image: Option<&'a Text>,
    /// Its account and session, as far as the record has them.
    pub account: &'a Principal,
    /// When it was alive.
    pub at: Timestamp,
}

#[cfg(test)]
impl ProcessIndex {
    /// The place of the process that was entered after so many others.
    pub(crate) fn after(others: u64) -> ProcessIndex {
        ProcessIndex(others)
    }
}

impl ProcessRecord {
    pub(super) fn of(created: &ProcessCreated, record: &RecordRef) -> ProcessRecord {
        let (image, original) = (created.image.as_deref(), created.original_file_name.as_deref());
        let line = created.command_line.value().map(|line| &**line);
        ProcessRecord {
            intents: line.map(|line| intents(image, original, line)).unwrap_or_default(),
            pid: created.pid,
            guid: created.guid,
            image: created.image.clone(),
            file: ImageFacts::of(image, original),
            command_line: created.command_line.clone(),
            original_file_name: created.original_file_name.clone(),
            started_at: created.started_at,
            start_seen: true,
            ended_at: None,
            exit_code: None,
            token: if told(&created.target) { created.target.clone() } else { created.subject.clone() },
            session: effective_session(created),
            creator: created.subject.clone(),
            parent: created.parent.clone(),
            hashes: created.hashes.clone(),
            rules: created.rules.clone(),
            created_by: vec![record.clone()],
            ended_by: Vec::new(),
        }
    }

    /// A process that another record than its start tells of.
    pub(super) fn of_witness(witness: &Witness<'_>, record: &RecordRef) -> ProcessRecord {
        ProcessRecord {
            pid: witness.pid,
            guid: witness.guid,
            image: witness.image.cloned(),
            file: ImageFacts::of(witness.image.map(|image| &**image), None),
            command_line: Field::Absent,
            original_file_name: None,
            started_at: witness.at,
            start_seen: false,
            ended_at: None,
            exit_code: None,
            token: witness.account.clone(),
            session: witness.account.logon_id.map_or(Session::NotTold, Session::Known),
            creator: Principal::default(),
            parent: ParentProcess::default(),
            hashes: None,
            rules: Vec::new(),
            intents: Vec::new(),
            created_by: vec![record.clone()],
            ended_by: Vec::new(),
        }
    }

    /// Another copy of the same process: each field from whoever tells it, Sysmon's before Security's where both
    /// do (its UtcTime is the kernel's start time, its LogonId the process's own).
    pub(super) fn join(&mut self, created: &ProcessCreated, record: &RecordRef) {
        let (ours, theirs) = (self.clone(), ProcessRecord::of(created, record));
        let theirs_first = record.kind == EventKind::SysmonProcessCreated;
        let (first, second) = if theirs_first { (theirs, ours) } else { (ours, theirs) };
        self.pid = first.pid;
        self.guid = first.guid.or(second.guid);
        self.image = first.image.or(second.image);
        self.command_line = fuller(first.command_line, second.command_line);
        self.original_file_name = first.original_file_name.or(second.original_file_name);
        self.file = ImageFacts::of(self.image.as_deref(), self.original_file_name.as_deref());
        self.started_at = first.started_at;
        self.ended_at = first.ended_at.or(second.ended_at);
        self.exit_code = first.exit_code.or(second.exit_code);
        self.session = match first.session {
            Session::Known(_) => first.session,
            Session::NotTold => second.session,
        };
        self.token = if told(&first.token) { first.token } else { second.token };
        // Only 4688 names who asked for the process.
        self.creator = if told(&first.creator) { first.creator } else { second.creator };
        self.parent = ParentProcess {
            pid: first.parent.pid.or(second.parent.pid),
            guid: first.parent.guid.or(second.parent.guid),
            image: first.parent.image.or(second.parent.image),
            command_line: first.parent.command_line.or(second.parent.command_line),
        };
        self.hashes = first.hashes.or(second.hashes);
        self.rules = [first.rules, second.rules].concat();
        self.rules.sort();
        self.rules.dedup();
        self.intents = [first.intents, second.intents].concat();
        self.intents.sort();
        self.intents.dedup();
        self.created_by = [first.created_by, second.created_by].concat();
        self.created_by.sort();
        self.ended_by = [first.ended_by, second.ended_by].concat();
    }

    /// `net` or `net1`, by file name: it makes one account and ends.
    pub fn is_net_tool(&self) -> bool {
        matches!(self.stem(), Some("net" | "net1"))
    }

    /// Alive at a time, as nearly as two logs can be told apart.
    pub fn may_be_alive(&self, at: Timestamp) -> bool {
        self.started_at <= at + COPY_TOLERANCE
            && self.ended_at.is_none_or(|ended_at| ended_at + COPY_TOLERANCE >= at)
    }

    /// File name of the image, lower case, without `.exe`.
    pub fn stem(&self) -> Option<&str> {
        self.file.stem.as_deref()
    }

    /// What its image can do to accounts; `None` where nothing tells.
    pub fn capability(&self) -> Option<Capability> {
        self.file.capability
    }

    /// `net`, by whatever name: it never makes the call itself, but starts a `net1` for it.
    pub fn is_net(&self) -> bool {
        self.file.is_net
    }

    /// The Security log's own record of its start, where it is there.
    pub fn security_start(&self) -> Option<&RecordRef> {
        self.created_by.iter().find(|record| record.kind == EventKind::ProcessCreated)
    }

    /// The Security log's own record of its end.
    pub fn security_end(&self) -> Option<&RecordRef> {
        self.ended_by.iter().find(|record| record.kind == EventKind::ProcessEnded)
    }

    /// A copy told by a log of this kind is joined already.
    pub(super) fn has_copy(&self, kind: EventKind) -> bool {
        self.created_by.iter().any(|record| record.kind == kind)
    }

    pub(super) fn may_be_copy(&self, created: &ProcessCreated, record: &RecordRef) -> bool {
        let same_image = same_image(self.image.as_ref(), created.image.as_ref());
        let coarser = self.started_at.precision().min(created.started_at.precision()).step();
        let tolerance = COPY_TOLERANCE.max(coarser);
        let same_parent = agree(self.parent.pid, created.parent.pid);
        self.pid == created.pid
            && !self.has_copy(record.kind)
            && same_image
            && same_parent
            && (self.started_at - created.started_at).magnitude() <= tolerance
    }
}
