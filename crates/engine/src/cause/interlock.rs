//! A process whose start and end enclose the records of a creation, while nothing else of its session came or went.

use begat_model::case::{EvidenceFact, Missing};
use begat_model::{Duration, LogonId, Timestamp};

use crate::cause::clue::Clue;
use crate::cause::evidence::EvidenceKind;
use crate::cause::scene::Scene;
use crate::spans::{CLOCK_GRAIN, INTERLOCK, NET1_LAG_MAX};
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::windows::capability::Capability;

/// Times coarser than this do not tell what lay within what.
const FINE: Duration = Duration::from_ticks(1_000_000);

impl Scene<'_> {
    /// Start, records of the creation and end lie within each other, and nothing else of the session began or ended
    /// meanwhile.
    pub(super) fn interlock_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let session = self.creation.logon_id().filter(|own| process.session == Session::Known(*own))?;
        let calls = !matches!(process.capability(), Some(Capability::OnlyStarts | Capability::ForPeople));
        if !calls
            || self.telemetry.is_filtered
            || !self.telemetry.carrier_orders
            || !process.start_seen
            || !is_fine(self.creation.at(), process)
        {
            return None;
        }
        let before = self.burst.begins_at().since(process.started_at);
        if before + CLOCK_GRAIN < Duration::ZERO || before > INTERLOCK {
            return None;
        }
        let after = process.ended_at.map(|ended_at| ended_at - self.burst.ends_at());
        let encloses = after.is_some_and(|after| after + CLOCK_GRAIN >= Duration::ZERO && after <= INTERLOCK);
        // net puts the account into Users itself, which callers of the interface do not.
        let is_net1 = process.is_net_tool() && !process.is_net();
        let is_net1_at_work = is_net1 && before <= NET1_LAG_MAX && self.burst.into_users;
        if !encloses && !is_net1_at_work {
            return None;
        }
        let until = process.ended_at.filter(|_| encloses).unwrap_or(self.burst.ends_at());
        let why = EvidenceFact::Interlocks {
            before: before.max(Duration::ZERO),
            after: after.filter(|_| encloses).map(|after| after.max(Duration::ZERO)),
        };
        // What cannot be read, or is lost, may have come or gone.
        let alone = !matches!(self.telemetry.missing, Some(Missing::Unread { .. }))
            && !self.lost_while(process)
            && !self.begins_all_day(process)
            && !self.others_came_or_went(session, process, until);
        alone.then(|| Clue::new(EvidenceKind::Interlocks, why, &process.created_by))
    }

    /// Records of the Security log are lost between the start of a process and its end, or the creation.
    fn lost_while(&self, process: &ProcessRecord) -> bool {
        let end = process.security_end().unwrap_or(&self.creation.record);
        let ids = process.security_start().and_then(|start| start.record_id).zip(end.record_id);
        ids.is_some_and(|(start, end)| self.telemetry.security_records.between(start, end).is_loss())
    }

    /// Another process of the session, or one of which it is not known, began or ended between the start of this one
    /// and a time; its own ancestors and children may.
    fn others_came_or_went(&self, session: LogonId, process: &ProcessRecord, until: Timestamp) -> bool {
        let from = process.started_at;
        let within = |at: Timestamp| from <= at && at <= until;
        let mut ancestors: Option<Vec<ProcessIndex>> = None;
        let mut is_kin = |index: ProcessIndex, other: &ProcessRecord| {
            let own = ancestors.get_or_insert_with(|| self.ancestors_of(process));
            own.contains(&index) || self.is_below(other, process)
        };
        let own = Session::Known(session);
        let came =
            [own, Session::NotTold].map(|session| self.processes.of_session_started(session, from, until));
        let came = came.into_iter().flatten().filter(|(_, other)| other.start_seen);
        let went = self.processes.ended_within(from, until).filter(|(_, other)| {
            other.session == own || (other.session == Session::NotTold && within(other.started_at))
        });
        let mut others = came.chain(went).filter(|(_, other)| !std::ptr::eq(*other, process));
        others.any(|(index, other)| !is_kin(index, other))
    }

    fn ancestors_of(&self, process: &ProcessRecord) -> Vec<ProcessIndex> {
        let Some(parent) = self.processes.parent_of(process) else { return Vec::new() };
        let above = self.processes.ancestors(parent);
        std::iter::once(parent).chain(above).collect()
    }

    fn is_below(&self, other: &ProcessRecord, process: &ProcessRecord) -> bool {
        self.ancestors_of(other)
            .into_iter()
            .any(|index| self.processes.get(index).is_some_and(|ancestor| std::ptr::eq(ancestor, process)))
    }
}

fn is_fine(created_at: Timestamp, process: &ProcessRecord) -> bool {
    let ended = process.ended_at.map(Timestamp::precision);
    let coarsest = [Some(created_at.precision()), Some(process.started_at.precision()), ended];
    coarsest.into_iter().flatten().all(|precision| precision.step() < FINE)
}
