//! Creations wait until the ends of their processes have been seen, and are weighed then.

use begat_model::case::Outcome;
use begat_model::event::AccountCreated;
use begat_model::{Duration, Event, RecordRef, Timestamp};

use crate::case::settle::settle;
use crate::cause::scene::{self, Creation, Scene};
use crate::host::state::{HostState, Waiting};
use crate::sight::blinding::Blinding;
use crate::sight::visibility::ProcessSight;
use crate::spans::{CHANNEL_TOLERANCE, HOLD};

/// Of the creations of one second, the latest this many are compared with the next.
const SAME_SECOND_MAX: usize = 256;
/// A host that showed processes for less than this has no rate of them.
const RATE_SPAN_SECONDS_MIN: f64 = 600.0;

impl HostState {
    pub(super) fn account_created(&mut self, event: &Event, created: &AccountCreated) {
        if self.is_told_already(event, created) {
            return;
        }
        if let Some(sid) = &created.account.sid {
            self.accounts.created(sid, event.at, created.account.name.clone(), &created.subject);
        }
        let audit_off = self.process_audit_off && self.sight.sysmon_creations == 0;
        let sight = match self.sight.at(event.at, self.latest_start) {
            ProcessSight::Seen if audit_off => ProcessSight::Gap,
            sight => sight,
        };
        self.waiting.push_back(Waiting {
            creation: Creation { event: created.clone(), record: event.record.clone() },
            host_name: event.host.clone(),
            sight,
            audit_off,
        });
    }

    /// A SID is given out once: its second creation within a second is the first, from a carrier that drops record
    /// ids or rounds times.
    pub(super) fn is_told_already(&mut self, event: &Event, created: &AccountCreated) -> bool {
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
    pub(super) fn settle_until(&mut self, horizon: Timestamp) {
        while self.waiting.front().is_some_and(|waiting| waiting.creation.at() < horizon) {
            if let Some(waiting) = self.waiting.pop_front() {
                self.settle_one(waiting);
            }
        }
    }

    pub(super) fn settle_one(&mut self, waiting: Waiting) {
        let Waiting { creation, host_name, sight, audit_off } = waiting;
        let (at, logon_id) = (creation.at(), creation.logon_id());
        let session = logon_id.and_then(|id| self.logons.at(id, at, CHANNEL_TOLERANCE));
        let life = creation.event.account.sid.as_ref().and_then(|sid| self.accounts.life(sid));
        let scene = Scene {
            creation: &creation,
            processes: &self.processes,
            logons: &self.logons,
            tuning: &self.tuning,
            sight,
            scope: scene::scope(&creation, &host_name, &self.sight),
            netbios: &self.netbios,
            host_started_at: self.started_at.filter(|started_at| *started_at <= at),
            clock_set_back: self.clock_set_back_near(at),
            is_loopback: session.is_some_and(|session| session.is_loopback(&self.netbios)),
            session,
            scripts: self.signs.scripts_near(at, CHANNEL_TOLERANCE),
            queries: logon_id.map(|id| self.signs.queries_near(id, at)).unwrap_or_default(),
            pipe: logon_id.and_then(|id| self.signs.pipe_near(id, at, CHANNEL_TOLERANCE)),
            laps: self.signs.laps_near(at, &creation.event.account),
            missing: self
                .records_missing(&creation, session)
                .or_else(|| self.starts_missing())
                .or_else(|| self.processes_seen_late(session)),
            spent: &self.spent,
            audit_off,
            installs: &self.installs,
            powershell_logged: self.sight.powershell_records > 0,
            suspicious_per_second: self.suspicious_per_second(),
            undone: life.is_some_and(|life| life.outcome() == Outcome::AttemptFailed),
            linked: logon_id.and_then(|id| self.logons.linked_to(id, at, CHANNEL_TOLERANCE)),
        };
        let (settled, made_by) = settle(&scene, host_name);
        self.spent.extend(made_by);
        self.settled.push(settled);
    }

    /// From the whole time that the host showed processes; fewer than ten minutes say nothing of a rate.
    pub(super) fn suspicious_per_second(&self) -> Option<f64> {
        let span_seconds = (self.latest_start? - self.sight.process_creations.first?).seconds();
        (span_seconds >= RATE_SPAN_SECONDS_MIN).then(|| self.suspicious_started as f64 / span_seconds)
    }

    pub(super) fn clock_set_back_near(&self, at: Timestamp) -> Option<RecordRef> {
        self.blindings.iter().find_map(|blinding| match blinding {
            Blinding::ClockChanged(record, step) => {
                let is_back = *step < Duration::ZERO && step.magnitude() > CHANNEL_TOLERANCE;
                (is_back && (record.at - at).magnitude() <= HOLD).then(|| record.clone())
            }
            _ => None,
        })
    }
}
