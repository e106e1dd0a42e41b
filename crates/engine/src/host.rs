//! The state of one host: all its tables, fed in order; one arm for each kind of event.

use std::collections::VecDeque;

use begat_model::case::{Case, CaseEvent, Role, What};
use begat_model::event::{AuditPolicyChanged, Body, ClockChanged, Field};
use begat_model::{Duration, Event, RecordRef, Timestamp};

use crate::account::AccountTable;
use crate::case::{self, Settled};
use crate::link::{CHANNEL_TOLERANCE, Creation, Scene};
use crate::logon::LogonTable;
use crate::process::ProcessTable;
use crate::tuning::Tuning;
use crate::visibility::{HostSight, ProcessSight};

/// A creation is weighed this long after it, when the ends of its processes have been seen.
pub const HOLD: Duration = Duration::from_seconds(300);
/// Most events of a host that are kept as having blinded it.
const BLINDINGS_MAX: usize = 64;
/// Of the creations of one second, the latest this many are compared with the next.
const SAME_SECOND_MAX: usize = 256;
/// The tables are swept when they have grown to this size, and then at each doubling.
const SWEEP_MIN: usize = 4096;
/// Audit subcategories without which a creation is not seen or not explained: process creation, user account
/// management, security group management, logon.
const VITAL_SUBCATEGORIES: &[&str] = &["0cce922b", "0cce9235", "0cce9237", "0cce9215"];

/// Something that took sight away from a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blinding {
    /// 1102.
    LogCleared(RecordRef),
    /// 4719 that switches off auditing of what this analytic needs.
    AuditSwitchedOff(RecordRef),
    /// 4616 by more than a second.
    ClockChanged(RecordRef, Duration),
}

/// Which fields the host's process records had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommandLinesSeen {
    /// With a command line.
    pub with: u64,
    /// With an empty one, or without the field.
    pub without: u64,
}

/// The state of one host.
#[derive(Debug)]
pub struct HostState {
    pub(crate) netbios: String,
    pub(crate) tuning: Tuning,
    pub(crate) sight: HostSight,
    pub(crate) name_is_ambiguous: bool,
    pub(crate) processes: ProcessTable,
    pub(crate) logons: LogonTable,
    pub(crate) accounts: AccountTable,
    pub(crate) blindings: Vec<Blinding>,
    pub(crate) command_lines: CommandLinesSeen,
    latest_start: Option<Timestamp>,
    started_at: Option<Timestamp>,
    waiting: VecDeque<Waiting>,
    settled: Vec<Settled>,
    sweep_at: usize,
}

/// A creation that waits to be weighed.
#[derive(Debug)]
struct Waiting {
    creation: Creation,
    host_name: begat_model::HostName,
    sight: ProcessSight,
}

impl HostState {
    /// A host of which nothing was heard yet but its tally.
    pub fn new(netbios: String, tuning: Tuning, sight: HostSight, name_is_ambiguous: bool) -> HostState {
        HostState {
            netbios,
            tuning,
            sight,
            name_is_ambiguous,
            processes: ProcessTable::default(),
            logons: LogonTable::default(),
            accounts: AccountTable::default(),
            blindings: Vec::new(),
            command_lines: CommandLinesSeen::default(),
            latest_start: None,
            started_at: None,
            waiting: VecDeque::new(),
            settled: Vec::new(),
            sweep_at: SWEEP_MIN,
        }
    }

    /// The next event, in the order of `order::settle`.
    pub fn apply(&mut self, event: &Event) {
        let now = crate::order::happened_at(event);
        self.settle_until(now - HOLD);
        let record = &event.record;
        match &event.body {
            Body::ProcessCreated(process) => {
                match process.command_line {
                    Field::Value(_) => self.command_lines.with += 1,
                    Field::Empty | Field::Absent => self.command_lines.without += 1,
                }
                self.latest_start = self.latest_start.max(Some(process.started_at));
                self.processes.created(process, record);
            }
            Body::ProcessEnded(process) => self.processes.ended(process, record),
            Body::LoggedOn(logon) => {
                self.accounts.logged_on(&logon.account, logon.logon_type, logon.source_ip.as_ref(), record);
                self.logons.logged_on(logon, record);
            }
            Body::LoggedOff(account) => self.logons.logged_off(account, event.at),
            Body::ExplicitCredentials(credentials) => self.logons.explicit_credentials(credentials, record),
            Body::SpecialPrivileges(account) => self.logons.privileged(account, record),
            Body::AccountCreated(created) => self.account_created(event, created),
            Body::AccountTouched(touched) => self.accounts.touched(touched, record),
            Body::AccountRenamed(renamed) => {
                let account = &renamed.account;
                self.accounts.renamed(account.sid.as_ref(), account.name.as_ref(), &renamed.subject, record);
            }
            Body::GroupMemberAdded(membership) => self.accounts.added_to_group(membership, record),
            Body::GroupMemberRemoved(membership) => self.accounts.removed_from_group(membership, record),
            Body::LogCleared(by) => {
                self.accounts.blinded(&What::LogCleared, by, record);
                self.blinded(Blinding::LogCleared(record.clone()));
            }
            Body::AuditPolicyChanged(change) => self.audit_policy_changed(change, record),
            Body::ClockChanged(change) => self.clock_changed(change, record),
            Body::SessionReconnected(_)
            | Body::AccountQueried(_)
            | Body::SamPipeOpened(_)
            | Body::ServiceInstalled(_)
            | Body::TaskCreated(_)
            | Body::WmiConsumerInstalled(_)
            | Body::ScriptBlock(_)
            | Body::PipelineExecuted(_)
            | Body::SamKeyWritten(_)
            | Body::LapsRan
            | Body::LogServiceStopped
            | Body::AuditEventsDropped => {}
            Body::HostStarted => {
                self.started_at = Some(now);
                self.processes.host_started(now);
                self.logons.host_started(now);
            }
        }
        self.sweep(now);
    }

    /// No more events: every creation becomes its case.
    pub fn finish(mut self) -> Vec<Case> {
        while let Some(waiting) = self.waiting.pop_front() {
            self.settle_one(waiting);
        }
        std::mem::take(&mut self.settled).into_iter().map(|settled| case::assemble(&self, settled)).collect()
    }

    fn account_created(&mut self, event: &Event, created: &begat_model::event::AccountCreated) {
        if self.is_told_already(event, created) {
            return;
        }
        if let Some(sid) = &created.account.sid {
            self.accounts.created(sid, event.at, created.account.name.clone(), &created.subject);
        }
        self.waiting.push_back(Waiting {
            creation: Creation { event: created.clone(), record: event.record.clone() },
            host_name: event.host.clone(),
            sight: self.sight.at(event.at, self.latest_start),
        });
    }

    /// A SID is given out once: its second creation within a second is the first, from a carrier that drops record
    /// ids or rounds times.
    fn is_told_already(&mut self, event: &Event, created: &begat_model::event::AccountCreated) -> bool {
        let Some(sid) = &created.account.sid else { return false };
        let lately = self.waiting.iter_mut().rev().take(SAME_SECOND_MAX);
        let mut same_second =
            lately.take_while(|waiting| event.at - waiting.creation.at() <= Duration::from_seconds(1));
        let told = same_second.find(|waiting| waiting.creation.event.account.sid.as_ref() == Some(sid));
        let Some(told) = told else { return false };
        if event.at.precision() > told.creation.record.at.precision() {
            told.creation = Creation { event: created.clone(), record: event.record.clone() };
        }
        true
    }

    /// Weighs the creations up to a time, while the processes around them are still in the table.
    fn settle_until(&mut self, horizon: Timestamp) {
        while self.waiting.front().is_some_and(|waiting| waiting.creation.at() < horizon) {
            if let Some(waiting) = self.waiting.pop_front() {
                self.settle_one(waiting);
            }
        }
    }

    fn settle_one(&mut self, waiting: Waiting) {
        let Waiting { creation, host_name, sight } = waiting;
        let (at, logon_id) = (creation.at(), creation.logon_id());
        let scene = Scene {
            creation: &creation,
            processes: &self.processes,
            logons: &self.logons,
            tuning: &self.tuning,
            sight,
            scope: case::scope(&creation, &host_name, &self.sight),
            netbios: &self.netbios,
            host_started_at: self.started_at.filter(|started_at| *started_at <= at),
            clock_set_back: self.clock_set_back_near(at),
            session: logon_id.and_then(|id| self.logons.at(id, at, CHANNEL_TOLERANCE)),
            linked: logon_id.and_then(|id| self.logons.linked_to(id, at, CHANNEL_TOLERANCE)),
        };
        let settled = case::settle(&scene, host_name);
        self.settled.push(settled);
    }

    fn clock_set_back_near(&self, at: Timestamp) -> Option<RecordRef> {
        self.blindings.iter().find_map(|blinding| match blinding {
            Blinding::ClockChanged(record, step) => {
                let is_back = *step < Duration::ZERO && step.magnitude() > CHANNEL_TOLERANCE;
                (is_back && (record.at - at).magnitude() <= HOLD).then(|| record.clone())
            }
            _ => None,
        })
    }

    fn audit_policy_changed(&mut self, change: &AuditPolicyChanged, record: &RecordRef) {
        let removes = change.changes.as_deref().is_some_and(|changes| changes.contains("%%8448"));
        let vital = change
            .subcategory_guid
            .as_deref()
            .is_some_and(|guid| VITAL_SUBCATEGORIES.iter().any(|vital| guid.starts_with(vital)));
        if removes {
            self.accounts.blinded(&What::AuditPolicyChanged, &change.subject, record);
        }
        if removes && vital {
            self.blinded(Blinding::AuditSwitchedOff(record.clone()));
        }
    }

    fn clock_changed(&mut self, change: &ClockChanged, record: &RecordRef) {
        let (Some(previous), Some(new)) = (change.previous, change.new) else { return };
        // Services of Windows trim the clock by milliseconds all day.
        let step = new - previous;
        if step.magnitude() > Duration::from_seconds(1) {
            self.blinded(Blinding::ClockChanged(record.clone(), step));
        }
    }

    fn blinded(&mut self, blinding: Blinding) {
        if self.blindings.len() == BLINDINGS_MAX {
            self.blindings.remove(0);
        }
        self.blindings.push(blinding);
    }

    /// Forgets what no creation can need any more; each doubling of the tables is swept once, so the cost of it
    /// stays linear in events.
    fn sweep(&mut self, now: Timestamp) {
        if self.processes.len() + self.logons.len() < self.sweep_at {
            return;
        }
        let horizon = now - HOLD - self.tuning.window - HOLD;
        self.processes.forget_ended_before(horizon);
        self.logons.forget_ended_before(horizon);
        self.sweep_at = (2 * (self.processes.len() + self.logons.len())).max(SWEEP_MIN);
    }
}

impl Blinding {
    /// The event in a case.
    pub fn case_event(&self) -> CaseEvent {
        let (Blinding::LogCleared(record)
        | Blinding::AuditSwitchedOff(record)
        | Blinding::ClockChanged(record, _)) = self;
        CaseEvent { record: record.clone(), role: Role::Blinding }
    }
}
