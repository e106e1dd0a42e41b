//! Creations wait until the ends of their processes have been seen, and are weighed then.

use begat_model::carrier::CarrierLack;
use begat_model::case::{Outcome, Scope};
use begat_model::continuity::Continuity;
use begat_model::event::{AccountCreated, InitiatingProcess, Principal, ProcessCreated};
use begat_model::{Duration, Event, RecordRef, Timestamp};

use crate::case::settle::settle;
use crate::cause::creation::{self, Creation, Whose};
use crate::cause::moment::Moment;
use crate::cause::pointers::Pointers;
use crate::cause::scene::{Behind, Machine, Scene, Telemetry};
use crate::cause::seen_by_sam::seen_by_sam;
use crate::cause::sought::Sought;
use crate::host::state::{HostState, Waiting};
use crate::sight::watch::ClockSet;
use crate::spans::{CHANNEL_TOLERANCE, SECOND_CUT};
use crate::tables::account::unseen::FIRST_CREATED_RID;
use crate::tables::burst::Burst;
use crate::tables::logon::LogonSession;
use crate::tables::process::record::ProcessRecord;
use crate::texts::known::Texts;
use crate::windows::same_name::folded;

/// Without one of these it is not known what came and went around a creation, or in which order.
const UNORDERED: &[CarrierLack] = &[
    CarrierLack::Fractions,
    CarrierLack::RecordIds,
    CarrierLack::LogonIds,
    CarrierLack::Unhit,
    CarrierLack::OtherEvents,
];

/// Names of created accounts that are remembered, to tell what was said for the first from what was said for the next.
const MADE_MAX: usize = 65_536;
/// Of the creations of one second, the latest this many are compared with the next.
const SAME_SECOND_MAX: usize = 256;

impl HostState {
    pub(super) fn account_created(&mut self, event: &Event, created: &AccountCreated, texts: &mut Texts) {
        let creation = Creation::of(created, &event.record);
        if let Some(initiating) = &creation.event.initiating {
            self.initiating_seen(event, &created.subject, initiating, texts);
        }
        if self.is_known_already(&creation) {
            return;
        }
        if let Some(sid) = &created.account.sid {
            self.accounts.created(sid, event.at, created.account.name.clone(), &created.subject);
        }
        self.waiting.push_back(Waiting {
            creation,
            host_name: event.host.clone(),
            sight: self.watch.processes_at(event.at),
            audit_off: self.watch.is_audit_off(),
        });
    }

    /// An EDR tells of the process that made an account, also where it told nothing of its start.
    fn initiating_seen(
        &mut self,
        event: &Event,
        account: &Principal,
        named: &InitiatingProcess,
        texts: &mut Texts,
    ) {
        // By no more than its sensor's id nothing is known of one whose start was not told.
        let Some(pid) = named.pid else { return };
        let known = self.processes.running(pid, event.at);
        let is_it = |process: &ProcessRecord| {
            let agrees = |start: Timestamp| (start - process.started_at).magnitude() <= CHANNEL_TOLERANCE;
            !process.start_seen || named.started_at.is_none_or(agrees)
        };
        if known.is_some_and(is_it) {
            return;
        }
        let Some(started_at) = named.started_at else {
            return self.witness(pid, named.image.as_ref(), account, &event.record, texts);
        };
        let created = ProcessCreated {
            pid: Some(pid),
            image: named.image.clone(),
            command_line: named.command_line.clone(),
            target: account.clone(),
            ..ProcessCreated::untold(started_at)
        };
        self.processes.created(&created, &event.record, texts);
    }

    /// A SID is given out once: its second creation within a second is the first, from a carrier that drops record
    /// ids or rounds times, and within two where an EDR tells it as well.
    fn is_known_already(&mut self, creation: &Creation) -> bool {
        let Some(sid) = &creation.event.account.sid else { return false };
        let lately = self.waiting.iter_mut().rev().take(SAME_SECOND_MAX);
        let (at, kind) = (creation.at(), creation.record.kind);
        let mut near = lately.take_while(|waiting| at - waiting.creation.at() <= CHANNEL_TOLERANCE);
        let known = near.find(|waiting| {
            let known = &waiting.creation;
            let is_near = known.record.kind != kind || at - known.at() <= SECOND_CUT;
            is_near && known.event.account.sid.as_ref() == Some(sid)
        });
        let Some(known) = known else { return false };
        known.creation.join(creation.clone());
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

    /// The session that made it.
    fn session_of(&self, creation: &Creation) -> Option<&LogonSession> {
        self.logons.at(creation.logon_id()?, creation.at(), CHANNEL_TOLERANCE)
    }

    fn whose(&self) -> Whose<'_> {
        Whose {
            own: self.accounts.own_names(),
            machine: self.accounts.machine(),
            domain_controller: self.watch.sight.domain_controller,
        }
    }

    pub(super) fn settle_one(&mut self, waiting: Waiting) {
        let Waiting { creation, host_name, sight, audit_off } = waiting;
        let (at, logon_id) = (creation.at(), creation.logon_id());
        let session = self.session_of(&creation);
        // The first logon of a session that all services share lies far back, and says nothing of this creation's maker.
        let own_session = session.filter(|session| !session.is_shared());
        let sid = creation.event.account.sid.as_ref();
        let life = sid.and_then(|sid| self.accounts.life_since(sid, at));
        let scope = creation::scope(&creation, &host_name, self.whose());
        let burst = self.burst(&creation);
        let netbios = host_name.netbios();
        let ends = self.processes.ends();
        let missing = self.watch.missing(&creation.record, own_session, ends);
        let missing_after = self.watch.missing_after(&creation.record);
        let absence_shows = self.watch.absence_shows(&creation.record, own_session);
        let clock = self.watch.clock_set_near(at);
        let lacks = self.watch.sight.processes_lack();
        let is_lossy = missing.is_some() || !absence_shows;
        let scene = Scene {
            creation: &creation,
            moment: Moment { creation: &creation, session, clock },
            sought: Sought {
                name: creation.event.account.name.as_ref(),
                is_local: scope == Scope::Local,
                netbios: &netbios,
                made_before: self.made_before(&creation),
                made_at: at + clock.back,
            },
            pointers: self.pointers(&creation, &burst, clock, is_lossy),
            burst,
            processes: &self.processes,
            logons: &self.logons,
            tuning: &self.tuning,
            telemetry: Telemetry {
                sight,
                is_filtered: self.watch.is_filtered(at),
                audit_off,
                absence_shows: absence_shows && !lacks.has_any(&[CarrierLack::Unhit, CarrierLack::LogonIds]),
                carrier_orders: !lacks.has_any(UNORDERED),
                ends_told: ends.are_told_after(burst.ends_at()) && missing_after == Continuity::Nothing,
                // Where records are lost, that none tells an end says nothing.
                ends_lost: missing.is_some()
                    || missing_after.is_loss()
                    || (ends.are_told() && clock.back > Duration::ZERO),
                missing,
                security_records: &self.watch.sight.security_records,
                powershell_logged: self.watch.sight.powershell_records > 0,
                suspicious_per_second: self.watch.suspicious_per_second(),
            },
            machine: Machine {
                scope,
                netbios: &netbios,
                host_started_at: self.watch.started_at.filter(|started_at| *started_at <= at),
                first_account: sid.and_then(|sid| self.accounts.name_of(sid, FIRST_CREATED_RID)),
                clock_set_back: self.watch.clock_set_back_near(at),
            },
            behind: Behind {
                session,
                linked: logon_id.and_then(|id| self.logons.linked_to(id, at, CHANNEL_TOLERANCE)),
                is_loopback: session.is_some_and(|session| self.logons.is_loopback(session)),
            },
            spent: &self.spent,
            undone: life.is_some_and(|life| life.outcome() == Outcome::AttemptFailed),
        };
        let is_of_maker = |record: &RecordRef| self.watch.are_of_one_machine(&creation.record, record);
        let (settled, made_by) = settle(&scene, host_name, is_of_maker);
        self.spent.extend(made_by);
        self.settled.push(settled);
        self.remember_made(&creation);
    }

    /// The records that point to the maker of an account.
    fn pointers(&self, creation: &Creation, burst: &Burst, clock: ClockSet, is_lossy: bool) -> Pointers<'_> {
        let (at, logon_id) = (creation.at(), creation.logon_id());
        let queries = logon_id.map(|id| self.signs.queries_near(id, at)).unwrap_or_default();
        Pointers {
            scripts: self.scripts.scripts_near(at, CHANNEL_TOLERANCE + clock.back),
            script_log: &self.scripts,
            sight: &self.watch.sight,
            seen_by_sam: seen_by_sam(creation, burst, &queries, &self.signs, &self.touches, is_lossy),
            queries,
            pipe: logon_id.and_then(|id| self.signs.pipe_near(id, at, CHANNEL_TOLERANCE)),
            laps: self.signs.laps_near(at, &creation.event.account),
            installs: &self.installs,
        }
    }

    fn burst(&self, creation: &Creation) -> Burst {
        let session = creation.logon_id();
        match &creation.event.account.sid {
            Some(sid) => self.touches.burst(sid, &creation.record, session),
            None => Burst::of_one(&creation.record),
        }
    }

    /// When an account of this name was made before.
    fn made_before(&self, creation: &Creation) -> Option<Timestamp> {
        let name = creation.event.account.name.as_ref()?;
        self.made.get(&folded(name)).copied()
    }

    fn remember_made(&mut self, creation: &Creation) {
        let Some(name) = &creation.event.account.name else { return };
        if self.made.len() == MADE_MAX {
            self.made.pop_first();
        }
        self.made.insert(folded(name), creation.at());
    }
}
