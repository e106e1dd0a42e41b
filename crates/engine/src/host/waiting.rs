//! Creations wait until the ends of their processes have been seen, and are weighed then.

use begat_model::case::{Outcome, Scope};
use begat_model::event::AccountCreated;
use begat_model::{Event, Timestamp};

use crate::case::settle::settle;
use crate::cause::creation::{self, Creation, Whose};
use crate::cause::moment::Moment;
use crate::cause::pointers::Pointers;
use crate::cause::scene::Scene;
use crate::cause::seen_by_sam::seen_by_sam;
use crate::cause::sought::Sought;
use crate::host::state::{HostState, Waiting};
use crate::spans::{CHANNEL_TOLERANCE, SECOND_CUT};
use crate::tables::account::unseen::FIRST_CREATED_RID;
use crate::tables::burst::Burst;
use crate::windows::same_name::folded;

/// Names of created accounts that are remembered, to tell what was said for the first from what was said for the next.
const MADE_MAX: usize = 65_536;
/// Of the creations of one second, the latest this many are compared with the next.
const SAME_SECOND_MAX: usize = 256;

impl HostState {
    pub(super) fn account_created(&mut self, event: &Event, created: &AccountCreated) {
        if self.is_known_already(event, created) {
            return;
        }
        if let Some(sid) = &created.account.sid {
            self.accounts.created(sid, event.at, created.account.name.clone(), &created.subject);
        }
        self.waiting.push_back(Waiting {
            creation: Creation { event: created.clone(), record: event.record.clone() },
            host_name: event.host.clone(),
            sight: self.watch.processes_at(event.at),
            audit_off: self.watch.is_audit_off(),
        });
    }

    /// A SID is given out once: its second creation within a second is the first, from a carrier that drops record
    /// ids or rounds times.
    fn is_known_already(&mut self, event: &Event, created: &AccountCreated) -> bool {
        let Some(sid) = &created.account.sid else { return false };
        let lately = self.waiting.iter_mut().rev().take(SAME_SECOND_MAX);
        let mut same_second = lately.take_while(|waiting| event.at - waiting.creation.at() <= SECOND_CUT);
        let known = same_second.find(|waiting| waiting.creation.event.account.sid.as_ref() == Some(sid));
        let Some(known) = known else { return false };
        if event.at.precision() > known.creation.record.at.precision() {
            known.creation = Creation { event: created.clone(), record: event.record.clone() };
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
        let session = logon_id.and_then(|id| {
            let by_time = self.logons.at(id, at, CHANNEL_TOLERANCE);
            by_time.or_else(|| self.logons.began_before_set_back(id, &creation.record, &self.watch.set_backs))
        });
        // The first logon of a session that all services share lies far back, and says nothing of this creation's maker.
        let own_session = session.filter(|session| !session.is_shared());
        let sid = creation.event.account.sid.as_ref();
        let life = sid.and_then(|sid| self.accounts.life_since(sid, at));
        let whose = Whose {
            own: self.accounts.own_names(),
            machine: self.accounts.machine(),
            domain_controller: self.watch.sight.domain_controller,
        };
        let scope = creation::scope(&creation, &host_name, whose);
        let clock_set_back = self.watch.clock_set_back_near(at);
        let queries = logon_id.map(|id| self.signs.queries_near(id, at)).unwrap_or_default();
        let burst = self.burst(&creation);
        let netbios = host_name.netbios();
        let scene = Scene {
            burst,
            is_filtered: self.watch.is_filtered(at),
            ends_told: self.processes.ends().are_told_after(burst.ends_at())
                && !self.watch.misses_ends_after(&creation.record),
            creation: &creation,
            moment: Moment {
                creation: &creation,
                session,
                clock_was_set_back: clock_set_back.is_some(),
                set_backs: &self.watch.set_backs,
            },
            sought: Sought {
                name: creation.event.account.name.as_ref(),
                is_local: scope == Scope::Local,
                netbios: &netbios,
                made_before: self.made_before(&creation),
            },
            pointers: Pointers {
                scripts: self.scripts.scripts_near(at, CHANNEL_TOLERANCE),
                script_log: &self.scripts,
                seen_by_sam: seen_by_sam(&creation, &burst, &queries, &self.signs, &self.touches),
                queries,
                pipe: logon_id.and_then(|id| self.signs.pipe_near(id, at, CHANNEL_TOLERANCE)),
                laps: self.signs.laps_near(at, &creation.event.account),
                installs: &self.installs,
            },
            processes: &self.processes,
            logons: &self.logons,
            tuning: &self.tuning,
            sight,
            scope,
            netbios: &netbios,
            host_started_at: self.watch.started_at.filter(|started_at| *started_at <= at),
            clock_set_back,
            is_loopback: session.is_some_and(|session| self.logons.is_loopback(session)),
            session,
            linked: logon_id.and_then(|id| self.logons.linked_to(id, at, CHANNEL_TOLERANCE)),
            missing: self.watch.missing(&creation.record, own_session, self.processes.ends()),
            spent: &self.spent,
            audit_off,
            powershell_logged: self.watch.sight.powershell_records > 0,
            suspicious_per_second: self.watch.suspicious_per_second(),
            first_account: sid.and_then(|sid| self.accounts.name_of(sid, FIRST_CREATED_RID)),
            undone: life.is_some_and(|life| life.outcome() == Outcome::AttemptFailed),
        };
        let (settled, made_by) = settle(&scene, host_name);
        self.spent.extend(made_by);
        self.settled.push(settled);
        self.remember_made(&creation);
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
