//! One process, as all of its events together tell it.

use std::cell::OnceCell;
use std::sync::Arc;

use begat_model::event::{Field, ParentProcess, Principal, ProcessCreated, TokenElevation};
use begat_model::{Duration, EventKind, LogonId, ProcessGuid, ProcessId, RecordRef, Text, Timestamp};

use crate::commands::given;
use crate::commands::intent::accounts::Intent;
use crate::commands::intent::names_account::{Dollar, names_account};
use crate::commands::long_line::LongLine;
use crate::commands::redact::redact;
use crate::spans::CHANNEL_TOLERANCE;
use crate::texts::known::Texts;
use crate::windows::capability::Capability;
use crate::windows::image::ImageFacts;
use crate::windows::same_file::{same_file, same_file_name};

/// A place in the table; stays valid while the process is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessIndex(pub(super) u64);

/// One process, as all of its events together tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessRecord {
    /// Reused by Windows: see `started_at` and `ended_at`. `None` where no copy tells it.
    pub pid: Option<ProcessId>,
    /// Sysmon's.
    pub guid: Option<ProcessGuid>,
    /// Full path.
    pub image: Option<Text>,
    file: Arc<ImageFacts>,
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
    /// Its command line opens what accounts are managed with.
    pub speaks_of_accounts: bool,
    /// What is asked of its command line again and again, where that is long.
    pub(crate) long_line: Option<Arc<LongLine>>,
    /// 4688 and Sysmon 1.
    pub created_by: Vec<RecordRef>,
    /// 4689 and Sysmon 5.
    pub ended_by: Vec<RecordRef>,
    /// Its command line without secrets, once it was asked for: a case shows many processes, and the next one the same.
    shown_line: OnceCell<Option<String>>,
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

/// The same for paths, which Windows writes in several ways.
pub(super) fn same_image(ours: Option<&Text>, theirs: Option<&Text>) -> bool {
    ours.zip(theirs).is_none_or(|(ours, theirs)| same_file(ours, theirs))
}

/// The event names this account at all.
fn names_somebody(principal: &Principal) -> bool {
    *principal != Principal::default()
}

/// All of both, in order, each once.
fn unite<T: Ord>(ours: &mut Vec<T>, theirs: Vec<T>) {
    if !theirs.is_empty() {
        ours.extend(theirs);
        ours.sort();
        ours.dedup();
    }
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
fn effective_session(created: &ProcessCreated, stem: Option<&str>) -> Session {
    if let Some(logon_id) = created.target.logon_id {
        return Session::Known(logon_id);
    }
    // PowerShell remoting's host runs as whoever called from afar, never as the service that starts it.
    let is_remoting = stem == Some("wsmprovhost");
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
    /// Its id, where it is told.
    pub pid: Option<ProcessId>,
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
    pub(super) fn of(created: &ProcessCreated, record: &RecordRef, texts: &mut Texts) -> ProcessRecord {
        let file = texts.file(created.image.as_ref(), created.original_file_name.as_ref());
        let deeds = texts.line(created);
        ProcessRecord {
            intents: deeds.intents.clone(),
            speaks_of_accounts: deeds.speaks_of_accounts,
            long_line: deeds.long_line.clone(),
            pid: created.pid,
            guid: created.guid,
            image: created.image.clone(),
            session: effective_session(created, file.stem.as_deref()),
            file,
            command_line: created.command_line.clone(),
            original_file_name: created.original_file_name.clone(),
            started_at: created.started_at,
            start_seen: true,
            ended_at: None,
            exit_code: None,
            token: if names_somebody(&created.target) {
                created.target.clone()
            } else {
                created.subject.clone()
            },
            creator: created.subject.clone(),
            parent: created.parent.clone(),
            hashes: created.hashes.clone(),
            rules: created.rules.clone(),
            created_by: vec![record.clone()],
            ended_by: Vec::new(),
            shown_line: OnceCell::new(),
        }
    }

    /// A process that another record than its start tells of.
    pub(super) fn of_witness(witness: &Witness<'_>, record: &RecordRef, texts: &mut Texts) -> ProcessRecord {
        ProcessRecord {
            pid: witness.pid,
            guid: witness.guid,
            image: witness.image.cloned(),
            file: texts.file(witness.image, None),
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
            speaks_of_accounts: false,
            long_line: None,
            created_by: vec![record.clone()],
            ended_by: Vec::new(),
            shown_line: OnceCell::new(),
        }
    }

    /// Another copy of the same process: each field from whoever tells it, Sysmon's before Security's where both
    /// do (its UtcTime is the kernel's start time, its LogonId the process's own).
    pub(super) fn join(&mut self, created: &ProcessCreated, record: &RecordRef, texts: &mut Texts) {
        let theirs = ProcessRecord::of(created, record, texts);
        let second = match record.kind {
            // Whether the start was seen is told by what was known before.
            EventKind::SysmonProcessCreated => {
                std::mem::replace(self, ProcessRecord { start_seen: self.start_seen, ..theirs })
            }
            _ => theirs,
        };
        self.complete(second);
        self.file = texts.file(self.image.as_ref(), self.original_file_name.as_ref());
    }

    /// What this copy does not tell is taken from the other.
    fn complete(&mut self, second: ProcessRecord) {
        self.pid = self.pid.or(second.pid);
        self.guid = self.guid.or(second.guid);
        self.image = self.image.take().or(second.image);
        if self.command_line.value().is_none() {
            self.long_line = second.long_line;
        }
        self.command_line =
            fuller(std::mem::replace(&mut self.command_line, Field::Absent), second.command_line);
        self.original_file_name = self.original_file_name.take().or(second.original_file_name);
        self.ended_at = self.ended_at.or(second.ended_at);
        self.exit_code = self.exit_code.or(second.exit_code);
        if self.session == Session::NotTold {
            self.session = second.session;
        }
        if !names_somebody(&self.token) {
            self.token = second.token;
        }
        // Only 4688 names who asked for the process.
        if !names_somebody(&self.creator) {
            self.creator = second.creator;
        }
        self.parent.pid = self.parent.pid.or(second.parent.pid);
        self.parent.guid = self.parent.guid.or(second.parent.guid);
        self.parent.image = self.parent.image.take().or(second.parent.image);
        self.parent.command_line = self.parent.command_line.take().or(second.parent.command_line);
        self.hashes = self.hashes.take().or(second.hashes);
        unite(&mut self.rules, second.rules);
        unite(&mut self.intents, second.intents);
        self.speaks_of_accounts |= second.speaks_of_accounts;
        self.created_by.extend(second.created_by);
        self.created_by.sort();
        self.ended_by.extend(second.ended_by);
        self.shown_line = OnceCell::new();
    }

    /// Its command line without secrets.
    pub fn shown_line(&self) -> Option<String> {
        let shown = || self.command_line.value().map(|line| redact(line).into_owned());
        self.shown_line.get_or_init(shown).clone()
    }

    /// `net` or `net1`, by file name: it makes one account and ends.
    pub fn is_net_tool(&self) -> bool {
        matches!(self.stem(), Some("net" | "net1"))
    }

    /// A PowerShell, of whatever edition, or the host of PowerShell remoting.
    pub fn is_powershell(&self) -> bool {
        matches!(self.stem(), Some("powershell" | "pwsh" | "powershell_ise" | "wsmprovhost"))
    }

    /// Alive at a time, as nearly as two logs can be told apart.
    pub fn may_be_alive(&self, at: Timestamp) -> bool {
        self.started_at <= at + CHANNEL_TOLERANCE && !self.has_ended_by(at, CHANNEL_TOLERANCE)
    }

    /// It had ended by a time, give or take. Of one that ended at an earlier time than it started, since the clock was
    /// set back meanwhile, that is not known.
    pub(super) fn has_ended_by(&self, at: Timestamp, tolerance: Duration) -> bool {
        self.ended_at.is_some_and(|ended_at| ended_at >= self.started_at && ended_at + tolerance < at)
    }

    /// File name of the image, lower case, without `.exe`.
    pub fn stem(&self) -> Option<&str> {
        self.file.stem.as_deref()
    }

    /// What its image can do to accounts; `None` where nothing tells.
    pub fn capability(&self) -> Option<Capability> {
        self.file.capability
    }

    /// A product brought it, and people run it all day.
    pub fn is_installed(&self) -> bool {
        self.file.is_installed
    }

    /// `net`, by whatever name: it never makes the call itself, but starts a `net1` for it.
    pub fn is_net(&self) -> bool {
        self.file.is_net
    }

    /// Its command line names an account.
    pub fn line_names(&self, account: &str, dollar: Dollar) -> bool {
        let may = self.long_line.as_ref().is_none_or(|long| long.may_name(account));
        may && self.command_line.value().is_some_and(|line| names_account(line, account, dollar))
    }

    /// A PowerShell that was given a command, and ends with it.
    pub fn ends_with_its_command(&self) -> bool {
        self.of_line(|long| long.ends_with_its_command, given::ends_with_its_command)
    }

    /// Its line names a script of PowerShell's.
    pub fn names_a_script(&self) -> bool {
        self.of_line(|long| long.names_a_script, given::names_a_script)
    }

    /// By its name the script that its line names only looks.
    pub fn runs_a_looking_script(&self) -> bool {
        self.of_line(|long| long.runs_a_looking_script, given::runs_a_looking_script)
    }

    /// Its line holds a command of another program's.
    pub fn hands_a_command_on(&self) -> bool {
        self.of_line(|long| long.hands_a_command_on, given::hands_a_command_on)
    }

    /// A `net` that asks for the password, and waits for it as long as it must.
    pub fn waits_for_password(&self) -> bool {
        self.of_line(|long| long.waits_for_password, given::waits_for_password)
    }

    /// What is known of a long line, or read from a short one.
    fn of_line(&self, known: impl Fn(&LongLine) -> bool, read: impl Fn(&str) -> bool) -> bool {
        match &self.long_line {
            Some(long) => known(long),
            None => self.command_line.value().is_some_and(|line| read(line)),
        }
    }

    /// The Security log's own record of its start, where it is there.
    pub fn security_start(&self) -> Option<&RecordRef> {
        self.created_by.iter().find(|record| record.kind == EventKind::ProcessCreated)
    }

    /// It began before another record of the Security log: by their ids, where both tell one, else by time.
    pub(super) fn began_before(&self, at: Timestamp, record_id: Option<u64>) -> bool {
        let own = self.security_start().and_then(|record| record.record_id);
        match (own, record_id) {
            (Some(ours), Some(theirs)) if self.started_at > at => ours < theirs,
            _ => self.started_at <= at,
        }
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
        // One id, one parent, one moment: where a drive is mapped nothing more is said of where the file lies.
        let is_told = self.pid.is_some() && self.pid == created.pid && self.parent.pid == created.parent.pid;
        let same_file = || {
            let both = self.image.as_ref().zip(created.image.as_ref());
            is_told && both.is_some_and(|(ours, theirs)| same_file_name(ours, theirs))
        };
        let same_image = same_image(self.image.as_ref(), created.image.as_ref()) || same_file();
        let coarser = self.started_at.precision().min(created.started_at.precision()).step();
        let tolerance = CHANNEL_TOLERANCE.max(coarser);
        let same_parent = agree(self.parent.pid, created.parent.pid);
        // Of two that tell neither id the image has to be the same, and nearer than another run of it.
        let same_id = match (self.pid, created.pid) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.image.is_some() && created.image.is_some(),
        };
        same_id
            && agree(self.guid, created.guid)
            && !self.has_copy(record.kind)
            && same_image
            && same_parent
            && (self.started_at - created.started_at).magnitude() <= tolerance
    }
}
