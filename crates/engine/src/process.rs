//! The processes of one host: joined from 4688 and Sysmon 1, ended by 4689 and Sysmon 5, safe against reused ids.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::event::{Field, ParentProcess, Principal, ProcessCreated, ProcessEnded, TokenElevation};
use begat_model::{
    Duration, EventKind, LogonId, Precision, ProcessGuid, ProcessId, RecordRef, Text, Timestamp,
};

use crate::capability::{Capability, ImageFacts};
use crate::host::HOLD;
use crate::intent::{Intent, intents};

/// Most processes kept for one host. What is dropped beyond it is told in the cases it could touch.
pub const PROCESSES_MAX: usize = 65_536;
/// Longest chain of ancestors: Windows' own are shorter than 20.
pub const ANCESTORS_MAX: usize = 64;
/// A creation waits for `HOLD`, and then asks for what ended shortly before it.
const NEEDED_AFTER_END: Duration = Duration::from_ticks(2 * HOLD.ticks());
/// Of the processes that had one id, the latest this many are looked at: Windows reuses ids by turns, a forged log
/// may use one for all.
const SAME_PID_MAX: usize = 64;
/// Fewer ends without a start say nothing: some processes began before any log.
const UNSEEN_ENDS_MIN: u64 = 5;
/// With so many of a hundred ends without a start, starts are not reliably seen.
const UNSEEN_PERCENT_MIN: u64 = 10;
/// Two copies of one process (4688, Sysmon 1) tell starts this near to each other.
const COPY_TOLERANCE: Duration = Duration::from_seconds(2);

/// A place in the table; stays valid while the process is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessIndex(u64);

#[cfg(test)]
impl ProcessIndex {
    /// The place of the process that was entered after so many others.
    pub(crate) fn after(others: u64) -> ProcessIndex {
        ProcessIndex(others)
    }
}

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

impl ProcessRecord {
    fn of(created: &ProcessCreated, record: &RecordRef) -> ProcessRecord {
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
    fn of_witness(witness: &Witness<'_>, record: &RecordRef) -> ProcessRecord {
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
    fn join(&mut self, created: &ProcessCreated, record: &RecordRef) {
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
    fn has_copy(&self, kind: EventKind) -> bool {
        self.created_by.iter().any(|record| record.kind == kind)
    }

    fn may_be_copy(&self, created: &ProcessCreated, record: &RecordRef) -> bool {
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

/// Two tellings do not contradict each other: what one of them leaves out is no contradiction.
fn agree<T: PartialEq>(ours: Option<T>, theirs: Option<T>) -> bool {
    ours.zip(theirs).is_none_or(|(ours, theirs)| ours == theirs)
}

/// The same for paths, which Windows writes in any case.
fn same_image(ours: Option<&Text>, theirs: Option<&Text>) -> bool {
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
    let is_remoting =
        created.image.as_deref().is_some_and(|image| crate::command_line::image_stem(image) == "wsmprovhost");
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

/// The processes of one host that may still matter.
#[derive(Debug, Default)]
pub struct ProcessTable {
    processes: BTreeMap<ProcessIndex, ProcessRecord>,
    shelves: Shelves,
    by_guid: BTreeMap<ProcessGuid, ProcessIndex>,
    next: u64,
    /// Start of the latest process that was dropped for the bound, not for its age.
    dropped_until: Option<Timestamp>,
    dropped: u64,
    ends: Ends,
}

/// Where processes are found by what is asked about them: a creation asks for few, whatever the number kept.
#[derive(Debug, Default)]
struct Shelves {
    by_pid: BTreeSet<(ProcessId, ProcessIndex)>,
    by_start: BTreeSet<(Timestamp, ProcessIndex)>,
    by_session: BTreeSet<(Session, Timestamp, ProcessIndex)>,
    by_created_account: BTreeSet<(String, ProcessIndex)>,
    /// When each process became history: ended ones leave the table in this order.
    by_end: BTreeSet<(Timestamp, ProcessIndex)>,
}

/// A process's places on the shelves.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    pid: ProcessId,
    started_at: Timestamp,
    session: Session,
    created_accounts: Vec<String>,
    ended_at: Option<Timestamp>,
}

impl Place {
    fn of(process: &ProcessRecord) -> Place {
        let created = process.intents.iter().filter_map(|intent| match intent {
            Intent::CreateAccount { name: Some(name), .. } => Some(folded(name)),
            _ => None,
        });
        Place {
            pid: process.pid,
            started_at: process.started_at,
            session: process.session,
            created_accounts: created.collect(),
            ended_at: process.ended_at,
        }
    }
}

impl Shelves {
    fn add(&mut self, index: ProcessIndex, place: Place) {
        self.by_pid.insert((place.pid, index));
        self.by_start.insert((place.started_at, index));
        self.by_session.insert((place.session, place.started_at, index));
        self.by_created_account.extend(place.created_accounts.into_iter().map(|name| (name, index)));
        self.by_end.extend(place.ended_at.map(|ended_at| (ended_at, index)));
    }

    fn remove(&mut self, index: ProcessIndex, place: Place) {
        self.by_pid.remove(&(place.pid, index));
        self.by_start.remove(&(place.started_at, index));
        self.by_session.remove(&(place.session, place.started_at, index));
        for name in place.created_accounts {
            self.by_created_account.remove(&(name, index));
        }
        if let Some(ended_at) = place.ended_at {
            self.by_end.remove(&(ended_at, index));
        }
    }
}

/// Account names are one in any case.
pub fn folded(account_name: &str) -> String {
    account_name.to_lowercase()
}

/// The first and the last place of a time on a shelf that is ordered by it.
fn ends_of(from: Timestamp, until: Timestamp) -> ((Timestamp, ProcessIndex), (Timestamp, ProcessIndex)) {
    let first = Timestamp::from_unix_ticks(from.unix_ticks(), Precision::SECONDS);
    let last = Timestamp::from_unix_ticks(until.unix_ticks().max(from.unix_ticks()), Precision::TICKS);
    ((first, ProcessIndex(0)), (last, ProcessIndex(u64::MAX)))
}

/// Ends of processes, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// Their starts were seen.
    pub of_seen: u64,
    /// Their starts were not: they began before the log did, or their records are lost.
    pub of_unseen: u64,
}

impl Ends {
    /// Of a hundred ended processes so many were not seen to start; `None` where that is what any log shows at its
    /// beginning.
    pub fn unseen_percent(self) -> Option<u64> {
        let percent = 100 * self.of_unseen / (self.of_seen + self.of_unseen).max(1);
        (self.of_unseen >= UNSEEN_ENDS_MIN && percent >= UNSEEN_PERCENT_MIN).then_some(percent)
    }
}

impl ProcessTable {
    /// A process began, or the other log tells of one that is known.
    pub fn created(&mut self, created: &ProcessCreated, record: &RecordRef) {
        if let Some(index) = self.find_copy(created, record) {
            self.change(index, |process| process.join(created, record));
            if let (Some(guid), true) = (created.guid, self.processes.contains_key(&index)) {
                self.by_guid.insert(guid, index);
            }
            return;
        }
        self.end_those_replaced(created, record);
        let index = self.add(ProcessRecord::of(created, record));
        self.learn_parents_session(created, index);
    }

    fn add(&mut self, process: ProcessRecord) -> ProcessIndex {
        let index = ProcessIndex(self.next);
        self.next += 1;
        if let Some(guid) = process.guid {
            self.by_guid.insert(guid, index);
        }
        self.shelves.add(index, Place::of(&process));
        self.processes.insert(index, process);
        if self.processes.len() > PROCESSES_MAX {
            self.drop_oldest();
        }
        index
    }

    /// A child's 4688 names the session of who asked for it: its parent's, unless a service did it on behalf of
    /// another. It tells what an old parent's own 4688 did not.
    fn learn_parents_session(&mut self, created: &ProcessCreated, child: ProcessIndex) {
        let Some(asked_by) = created.subject.logon_id.filter(|logon_id| !logon_id.is_well_known()) else {
            return;
        };
        let parent = self.processes.get(&child).and_then(|child| self.parent_of(child));
        let is_open = |index: &ProcessIndex| {
            self.processes.get(index).is_some_and(|process| process.session == Session::NotTold)
        };
        if let Some(parent) = parent.filter(is_open) {
            self.change(parent, |process| {
                process.session = Session::Known(asked_by);
                process.token = created.subject.clone();
            });
        }
    }

    /// A process was alive, told by another record than its start. One that is known is left as it is.
    pub fn witnessed(&mut self, witness: &Witness<'_>, record: &RecordRef) -> Option<ProcessIndex> {
        let is_it = |process: &ProcessRecord| {
            process.may_be_alive(witness.at)
                && same_image(process.image.as_ref(), witness.image)
                && agree(process.guid, witness.guid)
        };
        if self.with_pid(witness.pid).any(|(_, process)| is_it(process)) {
            return None;
        }
        Some(self.add(ProcessRecord::of_witness(witness, record)))
    }

    /// Windows gives an id out again only when its process has ended, though nobody may have told of that end.
    fn end_those_replaced(&mut self, created: &ProcessCreated, record: &RecordRef) {
        let is_replaced = |process: &ProcessRecord| {
            let since = created.started_at - process.started_at;
            let is_no_copy = process.has_copy(record.kind) || since > COPY_TOLERANCE;
            process.ended_at.is_none() && since >= Duration::ZERO && is_no_copy
        };
        let replaced: Vec<ProcessIndex> = self
            .with_pid(created.pid)
            .filter(|(_, process)| is_replaced(process))
            .map(|(index, _)| index)
            .collect();
        for index in replaced {
            self.change(index, |process| process.ended_at = Some(created.started_at));
        }
    }

    /// A process ended. Where its start was not seen, it was alive until then all the same.
    pub fn ended(&mut self, ended: &ProcessEnded, record: &RecordRef) {
        let witness = Witness {
            pid: ended.pid,
            guid: ended.guid,
            image: ended.image.as_ref(),
            account: &ended.subject,
            at: ended.ended_at,
        };
        let known = self.find_for_end(ended);
        let Some(index) = known.or_else(|| self.witnessed(&witness, record)) else { return };
        match self.processes.get(&index) {
            Some(process) if process.ended_at.is_some() => {}
            Some(process) if process.start_seen => self.ends.of_seen += 1,
            _ => self.ends.of_unseen += 1,
        }
        let own_session = ended.subject.logon_id;
        self.change(index, |process| {
            let earlier = process.ended_at.is_some_and(|at| at <= ended.ended_at);
            if !earlier {
                process.ended_at = Some(ended.ended_at);
            }
            process.exit_code = process.exit_code.or(ended.exit_code);
            process.ended_by.push(record.clone());
            // 4689's subject is the exiting process's own token: it told the true session in 1075 of 1075 (A1).
            if let (Session::NotTold, Some(logon_id)) = (process.session, own_session) {
                process.session = Session::Known(logon_id);
                process.token = ended.subject.clone();
            }
        });
    }

    /// How many of the ended processes were seen to start.
    pub fn ends(&self) -> Ends {
        self.ends
    }

    /// Windows started anew: nothing from before is alive.
    pub fn host_started(&mut self, at: Timestamp) {
        let alive: Vec<ProcessIndex> = self
            .processes
            .iter()
            .filter(|(_, process)| process.ended_at.is_none())
            .map(|(i, _)| *i)
            .collect();
        for index in alive {
            self.change(index, |process| process.ended_at = Some(at));
        }
    }

    /// Forgets processes that ended before `horizon`, but for ancestors of what is kept.
    pub fn forget_ended_before(&mut self, horizon: Timestamp) {
        let old: Vec<(Timestamp, ProcessIndex)> =
            self.shelves.by_end.iter().take_while(|(ended_at, _)| *ended_at < horizon).copied().collect();
        if old.is_empty() {
            return;
        }
        let needed = self.ancestors_of_kept(horizon);
        for (_, index) in old {
            if !needed.contains(&index) {
                self.remove(index);
            }
        }
    }

    /// All that are kept, oldest entry first.
    pub fn iter(&self) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        self.processes.iter().map(|(index, process)| (*index, process))
    }

    /// Those of a logon session.
    pub fn of_session(&self, session: Session) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        let at = |ticks| Timestamp::from_unix_ticks(ticks, Precision::SECONDS);
        self.of_session_started(session, at(i64::MIN), at(i64::MAX))
    }

    /// Those of a logon session that started between two times, both included.
    pub fn of_session_started(
        &self,
        session: Session,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        let (first, last) = ends_of(from, until);
        let shelf = self.shelves.by_session.range((session, first.0, first.1)..=(session, last.0, last.1));
        shelf.filter_map(|(_, _, index)| Some((*index, self.processes.get(index)?)))
    }

    /// Those that started between two times, both included, in that order.
    pub fn started(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> impl DoubleEndedIterator<Item = (ProcessIndex, &ProcessRecord)> {
        let (first, last) = ends_of(from, until);
        let shelf = self.shelves.by_start.range(first..=last);
        shelf.filter_map(|(_, index)| Some((*index, self.processes.get(index)?)))
    }

    /// Those whose command line creates an account of this name.
    pub fn that_create(&self, account: &str) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        let name = folded(account);
        let shelf = self
            .shelves
            .by_created_account
            .range((name.clone(), ProcessIndex(0))..=(name, ProcessIndex(u64::MAX)));
        shelf.filter_map(|(_, index)| Some((*index, self.processes.get(index)?)))
    }

    /// The process at a place.
    pub fn get(&self, index: ProcessIndex) -> Option<&ProcessRecord> {
        self.processes.get(&index)
    }

    /// The process that had an id at a time, as far as its start and end are known.
    pub fn running(&self, pid: ProcessId, at: Timestamp) -> Option<&ProcessRecord> {
        let fits = self.with_pid(pid).filter(|(_, process)| process.may_be_alive(at));
        fits.max_by_key(|(index, process)| (process.started_at, *index)).map(|(_, process)| process)
    }

    /// The number kept.
    pub fn len(&self) -> usize {
        self.processes.len()
    }

    /// None is kept.
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }

    /// How many were dropped for the bound, and until which start.
    pub fn dropped(&self) -> Option<(u64, Timestamp)> {
        self.dropped_until.map(|until| (self.dropped, until))
    }

    /// The parent, where its own start was seen: by ProcessGuid, else the latest process with that id that had
    /// started and not ended when the child began, and whose image is the one the child tells.
    pub fn parent_of(&self, child: &ProcessRecord) -> Option<ProcessIndex> {
        if let Some(index) = child.parent.guid.and_then(|guid| self.by_guid.get(&guid)) {
            return Some(*index);
        }
        let fits = |process: &ProcessRecord| {
            let tolerance = process.started_at.precision().min(child.started_at.precision()).step();
            let started_before = process.started_at <= child.started_at + tolerance;
            let alive = process.ended_at.is_none_or(|ended_at| ended_at + tolerance >= child.started_at);
            let same_image = same_image(process.image.as_ref(), child.parent.image.as_ref());
            let same_guid = agree(process.guid, child.parent.guid);
            started_before && alive && same_image && same_guid
        };
        self.with_pid(child.parent.pid?)
            .filter(|(_, process)| !std::ptr::eq(*process, child) && fits(process))
            .max_by_key(|(index, process)| (process.started_at, *index))
            .map(|(index, _)| index)
    }

    /// The ancestors whose own start was seen, parent first; bounded, and never in a circle.
    pub fn ancestors(&self, index: ProcessIndex) -> Vec<ProcessIndex> {
        let mut chain = Vec::new();
        let mut current = index;
        while let Some(parent) = self.processes.get(&current).and_then(|process| self.parent_of(process)) {
            if parent == index || chain.contains(&parent) || chain.len() == ANCESTORS_MAX {
                break;
            }
            chain.push(parent);
            current = parent;
        }
        chain
    }

    fn find_copy(&self, created: &ProcessCreated, record: &RecordRef) -> Option<ProcessIndex> {
        if let Some(index) = created.guid.and_then(|guid| self.by_guid.get(&guid)) {
            return Some(*index);
        }
        self.with_pid(created.pid)
            .filter(|(_, process)| process.may_be_copy(created, record))
            .map(|(index, process)| ((process.started_at - created.started_at).magnitude(), index))
            .min()
            .map(|(_, index)| index)
    }

    /// The latest processes that had this id.
    pub fn with_pid(&self, pid: ProcessId) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        let all = self.shelves.by_pid.range((pid, ProcessIndex(0))..=(pid, ProcessIndex(u64::MAX))).rev();
        all.take(SAME_PID_MAX).filter_map(|(_, index)| Some((*index, self.processes.get(index)?)))
    }

    fn find_for_end(&self, ended: &ProcessEnded) -> Option<ProcessIndex> {
        if let Some(index) = ended.guid.and_then(|guid| self.by_guid.get(&guid)) {
            return Some(*index);
        }
        let fits = |process: &ProcessRecord| {
            let tolerance = process.started_at.precision().min(ended.ended_at.precision()).step();
            let same_image = same_image(process.image.as_ref(), ended.image.as_ref());
            let same_guid = agree(process.guid, ended.guid);
            let same_end = process
                .ended_at
                .is_none_or(|ended_at| (ended_at - ended.ended_at).magnitude() <= COPY_TOLERANCE);
            process.started_at <= ended.ended_at + tolerance && same_image && same_guid && same_end
        };
        self.with_pid(ended.pid)
            .filter(|(_, process)| fits(process))
            .max_by_key(|(index, process)| (process.started_at, *index))
            .map(|(index, _)| index)
    }

    /// Changes a process and keeps the shelves true.
    fn change(&mut self, index: ProcessIndex, change: impl FnOnce(&mut ProcessRecord)) {
        let Some(process) = self.processes.get_mut(&index) else { return };
        let before = Place::of(process);
        change(process);
        let after = Place::of(process);
        if before != after {
            self.shelves.remove(index, before);
            self.shelves.add(index, after);
        }
    }

    fn ancestors_of_kept(&self, horizon: Timestamp) -> BTreeSet<ProcessIndex> {
        let kept = self.iter().filter(|(_, process)| process.ended_at.is_none_or(|at| at >= horizon));
        let mut needed = BTreeSet::new();
        for (index, _) in kept {
            for ancestor in self.ancestors(index) {
                if !needed.insert(ancestor) {
                    break;
                }
            }
        }
        needed
    }

    /// For the bound: first what ended longest ago, where no creation can still wait for it, then what started
    /// longest ago. Among so many that are alive, what just ended is the likeliest to have made an account.
    fn drop_oldest(&mut self) {
        let Some((latest, _)) = self.shelves.by_start.last() else { return };
        let horizon = *latest - NEEDED_AFTER_END;
        let longest_ended = self.shelves.by_end.first().filter(|(ended_at, _)| *ended_at < horizon);
        let Some((_, index)) = longest_ended.or(self.shelves.by_start.first()) else { return };
        if let Some(process) = self.remove(*index) {
            self.dropped += 1;
            self.dropped_until = self.dropped_until.max(Some(process.started_at));
        }
    }

    fn remove(&mut self, index: ProcessIndex) -> Option<ProcessRecord> {
        let process = self.processes.remove(&index)?;
        self.shelves.remove(index, Place::of(&process));
        if let Some(guid) = process.guid.filter(|guid| self.by_guid.get(guid) == Some(&index)) {
            self.by_guid.remove(&guid);
        }
        Some(process)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: &str) -> Timestamp {
        Timestamp::parse_rfc3339(&format!("2024-05-01T10:00:{seconds}Z")).unwrap()
    }

    fn record(kind: EventKind, seconds: &str, record_id: u64) -> RecordRef {
        RecordRef { at: at(seconds), kind, record_id: Some(record_id), source: "log".into() }
    }

    fn process(pid: u32, parent: u32, image: &str, seconds: &str) -> ProcessCreated {
        ProcessCreated {
            pid: ProcessId(pid),
            guid: None,
            started_at: at(seconds),
            image: Some(image.into()),
            command_line: Field::Absent,
            original_file_name: None,
            subject: Principal { logon_id: Some(LogonId(0x99)), ..Principal::default() },
            target: Principal::default(),
            parent: ParentProcess { pid: Some(ProcessId(parent)), ..ParentProcess::default() },
            elevation: None,
            hashes: None,
            rules: Vec::new(),
            details: None,
        }
    }

    fn end(pid: u32, image: &str, seconds: &str) -> ProcessEnded {
        ProcessEnded {
            pid: ProcessId(pid),
            guid: None,
            ended_at: at(seconds),
            image: Some(image.into()),
            exit_code: Some(0),
            subject: Principal::default(),
        }
    }

    fn security(table: &mut ProcessTable, created: &ProcessCreated, record_id: u64) {
        let at = created.started_at;
        table.created(
            created,
            &RecordRef {
                at,
                kind: EventKind::ProcessCreated,
                record_id: Some(record_id),
                source: "s".into(),
            },
        );
    }

    #[test]
    fn two_copies_of_one_process_are_one_whichever_comes_first() {
        let security_copy = process(8, 4, r"C:\Windows\System32\net.exe", "01.500");
        let mut sysmon_copy = process(8, 4, r"C:\WINDOWS\system32\net.exe", "01.484");
        sysmon_copy.guid = ProcessGuid::parse("{83d0c8c3-5caa-5f5f-f302-000000000400}");
        sysmon_copy.original_file_name = Some("net.exe".into());
        sysmon_copy.hashes = Some("SHA256=AB".into());
        sysmon_copy.rules = vec!["Local account".into(), "Net use".into()];
        let security_copy = ProcessCreated { rules: vec!["Local account".into()], ..security_copy };
        sysmon_copy.subject = Principal::default();
        sysmon_copy.target.logon_id = Some(LogonId(0x99));
        let copies = [
            (&security_copy, record(EventKind::ProcessCreated, "01.500", 1)),
            (&sysmon_copy, record(EventKind::SysmonProcessCreated, "01.900", 2)),
        ];
        let mut outcomes = Vec::new();
        for order in [[0, 1], [1, 0]] {
            let mut table = ProcessTable::default();
            for which in order {
                table.created(copies[which].0, &copies[which].1);
            }
            assert_eq!(table.len(), 1);
            let joined = table.iter().next().unwrap().1.clone();
            assert_eq!(joined.started_at, at("01.484"), "the kernel's start time");
            assert_eq!(joined.creator.logon_id, Some(LogonId(0x99)));
            assert_eq!(joined.original_file_name.as_deref(), Some("net.exe"));
            assert_eq!(joined.created_by.len(), 2);
            assert_eq!(joined.hashes.as_deref(), Some("SHA256=AB"));
            assert_eq!(joined.rules, ["Local account".into(), "Net use".into()]);
            outcomes.push(joined);
        }
        assert_eq!(outcomes[0], outcomes[1]);
    }

    #[test]
    fn a_reused_id_is_another_process() {
        let mut table = ProcessTable::default();
        security(&mut table, &process(8, 4, "a.exe", "01.0"), 1);
        table.ended(&end(8, "a.exe", "02.0"), &record(EventKind::ProcessEnded, "02.0", 2));
        security(&mut table, &process(8, 4, "a.exe", "03.0"), 3);
        assert_eq!(table.len(), 2);
        let child = process(9, 8, "b.exe", "04.0");
        security(&mut table, &child, 4);
        let (index, _) = table.iter().find(|(_, process)| process.pid == ProcessId(9)).unwrap();
        let parent = table.get(table.ancestors(index)[0]).unwrap();
        assert_eq!(parent.started_at, at("03.0"), "the one that was alive");
    }

    #[test]
    fn a_parent_that_ended_or_has_another_image_is_not_the_parent() {
        let mut table = ProcessTable::default();
        security(&mut table, &process(8, 4, "a.exe", "01.0"), 1);
        let mut child = process(9, 8, "b.exe", "04.0");
        child.parent.image = Some("other.exe".into());
        security(&mut table, &child, 2);
        let (index, _) = table.iter().find(|(_, process)| process.pid == ProcessId(9)).unwrap();
        assert!(table.ancestors(index).is_empty());
    }

    #[test]
    fn the_end_tells_the_true_session_of_an_old_4688() {
        let mut table = ProcessTable::default();
        let mut created = process(8, 4, "net.exe", "01.0");
        created.subject.logon_id = Some(LogonId::SYSTEM);
        created.elevation = Some(TokenElevation::Full);
        security(&mut table, &created, 1);
        assert_eq!(table.iter().next().unwrap().1.session, Session::NotTold);
        let mut ended = end(8, "net.exe", "02.0");
        ended.subject.logon_id = Some(LogonId(0x551686));
        table.ended(&ended, &record(EventKind::ProcessEnded, "02.0", 2));
        assert_eq!(table.iter().next().unwrap().1.session, Session::Known(LogonId(0x551686)));
    }

    #[test]
    fn a_restart_ends_all_and_old_history_is_forgotten_but_not_ancestors() {
        let mut table = ProcessTable::default();
        security(&mut table, &process(8, 4, "a.exe", "01.0"), 1);
        security(&mut table, &process(9, 8, "b.exe", "02.0"), 2);
        security(&mut table, &process(10, 4, "c.exe", "02.5"), 3);
        for (pid, image) in [(8, "a.exe"), (10, "c.exe")] {
            table.ended(&end(pid, image, "03.0"), &record(EventKind::ProcessEnded, "03.0", 4));
        }
        table.forget_ended_before(at("10.0"));
        let kept: Vec<u32> = table.iter().map(|(_, process)| process.pid.0).collect();
        assert_eq!(kept, [8, 9], "8 is the parent of 9, which is alive");
        table.host_started(at("20.0"));
        table.forget_ended_before(at("30.0"));
        assert!(table.is_empty());
    }

    #[test]
    fn the_bound_drops_the_oldest_and_tells() {
        let mut table = ProcessTable::default();
        for pid in 0..=PROCESSES_MAX as u32 {
            security(&mut table, &process(pid, 4, "a.exe", "01.0"), u64::from(pid));
        }
        assert_eq!(table.len(), PROCESSES_MAX);
        assert_eq!(table.dropped(), Some((1, at("01.0"))));
    }

    #[test]
    fn the_bound_drops_what_ended_long_ago_and_then_what_started_first_but_not_what_just_ended() {
        let mut table = ProcessTable::default();
        let long_ago = Timestamp::parse_rfc3339("2024-05-01T09:00:00Z").unwrap();
        let ended_long_ago = ProcessCreated { started_at: long_ago, ..process(1, 4, "net1.exe", "00.0") };
        security(&mut table, &ended_long_ago, 1);
        let its_end = ProcessEnded { ended_at: long_ago, ..end(1, "net1.exe", "00.0") };
        table.ended(&its_end, &record(EventKind::ProcessEnded, "00.0", 2));
        let living = 10..10 + PROCESSES_MAX as u32 - 2;
        living.for_each(|pid| security(&mut table, &process(pid, 4, "a.exe", "01.0"), 3));
        security(&mut table, &process(2, 4, "net1.exe", "02.0"), 4);
        table.ended(&end(2, "net1.exe", "03.0"), &record(EventKind::ProcessEnded, "03.0", 5));
        let kept = |table: &ProcessTable, pid| table.with_pid(ProcessId(pid)).next().is_some();
        assert!(kept(&table, 1) && table.len() == PROCESSES_MAX);
        security(&mut table, &process(3, 4, "a.exe", "04.0"), 6);
        assert!(!kept(&table, 1), "no creation waits for it");
        security(&mut table, &process(5, 4, "a.exe", "05.0"), 7);
        assert!(!kept(&table, 10) && kept(&table, 11), "the first of those that are alive");
        assert!(kept(&table, 2), "a creation may wait for it");
    }
}
