//! The processes of one host: joined from 4688 and Sysmon 1, ended by 4689 and Sysmon 5, safe against reused ids.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::event::{ProcessCreated, ProcessEnded};
use begat_model::{Duration, Precision, ProcessGuid, ProcessId, RecordRef, Timestamp};

use crate::spans::{CHANNEL_TOLERANCE, NEEDED_AFTER_END};
use crate::tables::process::ends::Ends;
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session, Witness, agree, same_image};
use crate::tables::process::shelves::{ShelfKeys, Shelves, ends_of};
use crate::texts::known::Texts;
use crate::windows::same_name::folded;

/// Most processes kept for one host. What is dropped beyond it is told in the cases it could touch.
pub const PROCESSES_MAX: usize = 65_536;
/// Longest chain of ancestors: Windows' own are shorter than 20.
pub const ANCESTORS_MAX: usize = 64;
/// Of the processes that had one id, the latest this many are looked at: Windows reuses ids by turns, a forged log
/// may use one for all.
const SAME_PID_MAX: usize = 64;

/// From before all times to after them.
pub(crate) fn ever() -> (Timestamp, Timestamp) {
    let at = |ticks| Timestamp::from_unix_ticks(ticks, Precision::SECONDS);
    (at(i64::MIN), at(i64::MAX))
}

/// The processes of one host that may still matter.
#[derive(Debug, Default)]
pub struct ProcessTable {
    processes: BTreeMap<ProcessIndex, ProcessRecord>,
    shelves: Shelves,
    by_guid: BTreeMap<ProcessGuid, ProcessIndex>,
    next: u64,
    /// Some process was told without its id.
    any_without_pid: bool,
    /// Start of the latest process that was dropped for the bound, not for its age.
    dropped_until: Option<Timestamp>,
    dropped: u64,
    ends: Ends,
    /// The clock was set back last by so much, before this place.
    set_back: Option<(ProcessIndex, Duration)>,
}

impl ProcessTable {
    /// A process began, or the other log tells of one that is known.
    pub(crate) fn created(&mut self, created: &ProcessCreated, record: &RecordRef, texts: &mut Texts) {
        if let Some(index) = self.find_copy(created, record) {
            self.change(index, |process| process.join(created, record, texts));
            if let (Some(guid), true) = (created.guid, self.processes.contains_key(&index)) {
                self.by_guid.insert(guid, index);
            }
            return;
        }
        self.end_those_replaced(created, record);
        let index = self.add(ProcessRecord::of(created, record, texts));
        self.learn_parents_session(created, index);
    }

    fn add(&mut self, process: ProcessRecord) -> ProcessIndex {
        let index = ProcessIndex(self.next);
        self.next += 1;
        self.any_without_pid |= process.pid.is_none();
        if let Some(guid) = process.guid {
            self.by_guid.insert(guid, index);
        }
        self.shelves.add(index, ShelfKeys::of(&process));
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
    pub(crate) fn witnessed(
        &mut self,
        witness: &Witness<'_>,
        record: &RecordRef,
        texts: &mut Texts,
    ) -> Option<ProcessIndex> {
        let is_it = |process: &ProcessRecord| {
            process.may_be_alive(witness.at)
                && same_image(process.image.as_ref(), witness.image)
                && agree(process.guid, witness.guid)
        };
        let pid = witness.pid?;
        if self.with_pid(pid).any(|(_, process)| is_it(process)) {
            return None;
        }
        Some(self.add(ProcessRecord::of_witness(witness, record, texts)))
    }

    /// Windows gives an id out again only when its process has ended, though nobody may have told of that end.
    fn end_those_replaced(&mut self, created: &ProcessCreated, record: &RecordRef) {
        let is_replaced = |process: &ProcessRecord| {
            let since = created.started_at - process.started_at;
            let is_no_copy = process.has_copy(record.kind) || since > CHANNEL_TOLERANCE;
            process.ended_at.is_none() && since >= Duration::ZERO && is_no_copy
        };
        let replaced: Vec<ProcessIndex> = self
            .with_told_pid(created.pid)
            .filter(|(_, process)| is_replaced(process))
            .map(|(index, _)| index)
            .collect();
        for index in replaced {
            self.change(index, |process| process.ended_at = Some(created.started_at));
        }
    }

    /// A process ended. Where its start was not seen, it was alive until then all the same.
    pub(crate) fn ended(&mut self, ended: &ProcessEnded, record: &RecordRef, texts: &mut Texts) {
        let witness = Witness {
            pid: ended.pid,
            guid: ended.guid,
            image: ended.image.as_ref(),
            account: &ended.subject,
            at: ended.ended_at,
        };
        self.ends.latest = self.ends.latest.max(Some(ended.ended_at));
        let known = self.find_for_end(ended);
        let Some(index) = known.or_else(|| self.witnessed(&witness, record, texts)) else { return };
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

    /// The clock was set back: what began before may end at an earlier time than it started.
    pub fn clock_set_back(&mut self, by: Duration) {
        self.set_back = Some((ProcessIndex(self.next), by));
    }

    /// How many of the ended processes were seen to start.
    pub fn ends(&self) -> Ends {
        self.ends
    }

    /// Windows started anew, by a record of this id: nothing from before is alive. After a clock was set back, what bears
    /// a later time and was not told before it came after it.
    pub fn host_started(&mut self, at: Timestamp, record_id: Option<u64>) {
        let alive: Vec<ProcessIndex> = self
            .processes
            .iter()
            .filter(|(_, process)| process.ended_at.is_none() && process.began_before(at, record_id))
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
        let (first, last) = ever();
        self.of_session_started(session, first, last)
    }

    /// Those of a logon session, the latest first.
    pub fn of_session_lately(
        &self,
        session: Session,
    ) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        let (first, last) = ever();
        self.of_session_started(session, first, last).rev()
    }

    /// Those of a logon session that started between two times, both included.
    pub fn of_session_started(
        &self,
        session: Session,
        from: Timestamp,
        until: Timestamp,
    ) -> impl DoubleEndedIterator<Item = (ProcessIndex, &ProcessRecord)> {
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

    /// Those whose command line creates an account of this name and that started between two times, both included, in
    /// that order.
    pub fn that_create(
        &self,
        account: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> impl DoubleEndedIterator<Item = (ProcessIndex, &ProcessRecord)> {
        let (name, (first, last)) = (folded(account), ends_of(from, until));
        let shelf =
            self.shelves.by_created_account.range((name.clone(), first.0, first.1)..=(name, last.0, last.1));
        shelf.filter_map(|(_, _, index)| Some((*index, self.processes.get(index)?)))
    }

    /// Those of which the first sign came after a time, and whose start was not seen.
    pub fn first_told_after(
        &self,
        at: Timestamp,
    ) -> impl DoubleEndedIterator<Item = (ProcessIndex, &ProcessRecord)> {
        let (first, last) = ends_of(at, ever().1);
        let shelf = self.shelves.by_first_sign.range(first..=last);
        shelf.filter_map(|(_, index)| Some((*index, self.processes.get(index)?)))
    }

    /// Those that ended between two times, both included, in that order.
    pub fn ended_within(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        let (first, last) = ends_of(from, until);
        self.shelves
            .by_end
            .range(first..=last)
            .filter_map(|(_, index)| Some((*index, self.processes.get(index)?)))
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
            let alive = !process.has_ended_by(child.started_at, tolerance);
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
        // Sysmon makes the start a part of the id: one that tells it with another start was copied or made up.
        let is_same_start = |process: &ProcessRecord| {
            !process.has_copy(record.kind)
                || (process.started_at - created.started_at).magnitude() <= CHANNEL_TOLERANCE
        };
        let of_guid = created.guid.and_then(|guid| self.by_guid.get(&guid));
        if let Some(index) = of_guid.filter(|index| self.processes.get(index).is_some_and(is_same_start)) {
            return Some(*index);
        }
        // What tells no id may be a copy of one that does, and the other way about: those that began then.
        let near = || {
            let (from, until) =
                (created.started_at - CHANNEL_TOLERANCE, created.started_at + CHANNEL_TOLERANCE);
            self.started(from, until).filter(|(_, process)| process.pid.is_none() || created.pid.is_none())
        };
        let of_none = (created.pid.is_none() || self.any_without_pid).then(near).into_iter().flatten();
        self.with_told_pid(created.pid)
            .chain(of_none)
            .filter(|(_, process)| process.may_be_copy(created, record))
            .map(|(index, process)| ((process.started_at - created.started_at).magnitude(), index))
            .min()
            .map(|(_, index)| index)
    }

    /// None where the id is not told.
    fn with_told_pid(&self, pid: Option<ProcessId>) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        pid.into_iter().flat_map(|pid| self.with_pid(pid))
    }

    /// The process with this id of a sensor's.
    pub fn with_guid(&self, guid: ProcessGuid) -> Option<(ProcessIndex, &ProcessRecord)> {
        let index = *self.by_guid.get(&guid)?;
        self.processes.get(&index).map(|process| (index, process))
    }

    /// The latest processes that had this id.
    pub fn with_pid(&self, pid: ProcessId) -> impl Iterator<Item = (ProcessIndex, &ProcessRecord)> {
        let pid = Some(pid);
        let all = self.shelves.by_pid.range((pid, ProcessIndex(0))..=(pid, ProcessIndex(u64::MAX))).rev();
        all.take(SAME_PID_MAX).filter_map(|(_, index)| Some((*index, self.processes.get(index)?)))
    }

    fn find_for_end(&self, ended: &ProcessEnded) -> Option<ProcessIndex> {
        if let Some(index) = ended.guid.and_then(|guid| self.by_guid.get(&guid)) {
            return Some(*index);
        }
        let fits = |index: ProcessIndex, process: &ProcessRecord| {
            let set_back = self.set_back.filter(|(before, _)| index < *before);
            let tolerance = process.started_at.precision().min(ended.ended_at.precision()).step()
                + set_back.map_or(Duration::ZERO, |(_, by)| by);
            let same_image = same_image(process.image.as_ref(), ended.image.as_ref());
            let same_guid = agree(process.guid, ended.guid);
            let same_end = process
                .ended_at
                .is_none_or(|ended_at| (ended_at - ended.ended_at).magnitude() <= CHANNEL_TOLERANCE);
            process.started_at <= ended.ended_at + tolerance && same_image && same_guid && same_end
        };
        self.with_told_pid(ended.pid)
            .filter(|(index, process)| fits(*index, process))
            .max_by_key(|(index, process)| (process.started_at, *index))
            .map(|(index, _)| index)
    }

    /// Changes a process and keeps the shelves true.
    fn change(&mut self, index: ProcessIndex, change: impl FnOnce(&mut ProcessRecord)) {
        let Some(process) = self.processes.get_mut(&index) else { return };
        let before = ShelfKeys::of(process);
        change(process);
        let after = ShelfKeys::of(process);
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
        self.shelves.remove(index, ShelfKeys::of(&process));
        if let Some(guid) = process.guid.filter(|guid| self.by_guid.get(guid) == Some(&index)) {
            self.by_guid.remove(&guid);
        }
        Some(process)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::{ParentProcess, Principal, TokenElevation};
    use begat_model::{EventKind, LogonId};

    fn at(seconds: &str) -> Timestamp {
        Timestamp::parse_rfc3339(&format!("2024-05-01T10:00:{seconds}Z")).unwrap()
    }

    fn record(kind: EventKind, seconds: &str, record_id: u64) -> RecordRef {
        RecordRef { at: at(seconds), kind, record_id: Some(record_id), source: "log".into() }
    }

    fn process(pid: u32, parent: u32, image: &str, seconds: &str) -> ProcessCreated {
        ProcessCreated {
            pid: Some(ProcessId(pid)),
            image: Some(image.into()),
            subject: Principal { logon_id: Some(LogonId(0x99)), ..Principal::default() },
            parent: ParentProcess { pid: Some(ProcessId(parent)), ..ParentProcess::default() },
            ..ProcessCreated::untold(at(seconds))
        }
    }

    fn end(pid: u32, image: &str, seconds: &str) -> ProcessEnded {
        ProcessEnded {
            pid: Some(ProcessId(pid)),
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
            &mut Texts::default(),
        );
    }

    fn ended(table: &mut ProcessTable, ended: &ProcessEnded, record: &RecordRef) {
        table.ended(ended, record, &mut Texts::default());
    }

    #[test]
    fn a_sysmon_id_with_another_start_is_another_process() {
        let mut table = ProcessTable::default();
        let mut first = process(8, 4, "net.exe", "01.000");
        first.guid = ProcessGuid::parse("{83d0c8c3-5caa-5f5f-f302-000000000400}");
        let mut tell = |created: &ProcessCreated, seconds| {
            table.created(
                created,
                &record(EventKind::SysmonProcessCreated, seconds, 1),
                &mut Texts::default(),
            );
        };
        tell(&first, "01.000");
        tell(&first, "01.000");
        tell(&ProcessCreated { started_at: at("21.000"), ..first.clone() }, "21.000");
        let starts: Vec<Timestamp> = table.iter().map(|(_, process)| process.started_at).collect();
        assert_eq!(starts, [at("01.000"), at("21.000")]);
    }

    #[test]
    fn who_gets_an_id_again_changes_nothing_of_an_end_that_was_told() {
        let mut table = ProcessTable::default();
        security(&mut table, &process(8, 4, "net.exe", "01.000"), 1);
        ended(&mut table, &end(8, "net.exe", "02.000"), &record(EventKind::ProcessEnded, "02.000", 2));
        security(&mut table, &process(8, 4, "calc.exe", "30.000"), 3);
        let ends: Vec<Option<Timestamp>> = table.iter().map(|(_, process)| process.ended_at).collect();
        assert_eq!(ends, [Some(at("02.000")), None]);
    }

    #[test]
    fn in_whole_seconds_a_parent_may_end_in_the_second_in_which_its_child_began() {
        let mut table = ProcessTable::default();
        security(&mut table, &process(8, 4, "cmd.exe", "01"), 1);
        security(&mut table, &process(9, 8, "net.exe", "02"), 2);
        ended(&mut table, &end(8, "cmd.exe", "02"), &record(EventKind::ProcessEnded, "02", 3));
        let child = table.iter().find(|(_, process)| process.pid == Some(ProcessId(9))).unwrap().1;
        assert!(table.parent_of(child).is_some());
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
                table.created(copies[which].0, &copies[which].1, &mut Texts::default());
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
        ended(&mut table, &end(8, "a.exe", "02.0"), &record(EventKind::ProcessEnded, "02.0", 2));
        security(&mut table, &process(8, 4, "a.exe", "03.0"), 3);
        assert_eq!(table.len(), 2);
        let child = process(9, 8, "b.exe", "04.0");
        security(&mut table, &child, 4);
        let (index, _) = table.iter().find(|(_, process)| process.pid == Some(ProcessId(9))).unwrap();
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
        let (index, _) = table.iter().find(|(_, process)| process.pid == Some(ProcessId(9))).unwrap();
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
        let mut its_end = end(8, "net.exe", "02.0");
        its_end.subject.logon_id = Some(LogonId(0x551686));
        ended(&mut table, &its_end, &record(EventKind::ProcessEnded, "02.0", 2));
        assert_eq!(table.iter().next().unwrap().1.session, Session::Known(LogonId(0x551686)));
    }

    #[test]
    fn a_restart_ends_all_and_old_history_is_forgotten_but_not_ancestors() {
        let mut table = ProcessTable::default();
        security(&mut table, &process(8, 4, "a.exe", "01.0"), 1);
        security(&mut table, &process(9, 8, "b.exe", "02.0"), 2);
        security(&mut table, &process(10, 4, "c.exe", "02.5"), 3);
        for (pid, image) in [(8, "a.exe"), (10, "c.exe")] {
            ended(&mut table, &end(pid, image, "03.0"), &record(EventKind::ProcessEnded, "03.0", 4));
        }
        table.forget_ended_before(at("10.0"));
        let kept: Vec<u32> = table.iter().map(|(_, process)| process.pid.unwrap().0).collect();
        assert_eq!(kept, [8, 9], "8 is the parent of 9, which is alive");
        table.host_started(at("20.0"), None);
        table.forget_ended_before(at("30.0"));
        assert_eq!(table.len(), 0);
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
        ended(&mut table, &its_end, &record(EventKind::ProcessEnded, "00.0", 2));
        let living = 10..10 + PROCESSES_MAX as u32 - 2;
        living.for_each(|pid| security(&mut table, &process(pid, 4, "a.exe", "01.0"), 3));
        security(&mut table, &process(2, 4, "net1.exe", "02.0"), 4);
        ended(&mut table, &end(2, "net1.exe", "03.0"), &record(EventKind::ProcessEnded, "03.0", 5));
        let kept = |table: &ProcessTable, pid| table.with_pid(ProcessId(pid)).next().is_some();
        assert!(kept(&table, 1) && table.len() == PROCESSES_MAX);
        security(&mut table, &process(3, 4, "a.exe", "04.0"), 6);
        assert!(!kept(&table, 1), "no creation waits for it");
        security(&mut table, &process(5, 4, "a.exe", "05.0"), 7);
        assert!(!kept(&table, 10) && kept(&table, 11), "the first of those that are alive");
        assert!(kept(&table, 2), "a creation may wait for it");
    }
}
