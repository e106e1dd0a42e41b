//! The moment of a creation: which processes were alive at it, as nearly as the logs tell.

use begat_model::case::Impossible;
use begat_model::{Duration, RecordRef, Timestamp};

use crate::cause::creation::Creation;
use crate::sight::watch::ClockSet;
use crate::spans::{CHANNEL_TOLERANCE, CLOCK_GRAIN, CLOCK_NEAR, CLOCK_STEP_MAX, NET_LIFE_MAX, SECOND_CUT};
use crate::tables::logon::LogonSession;
use crate::tables::process::record::{ProcessRecord, Session};

/// What of a creation says when it was.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The creation.
    pub creation: &'a Creation,
    /// The session behind it, where its logon is in the input.
    pub session: Option<&'a LogonSession>,
    /// How far the clock was set near it by steps that could not be taken out: times say little then, and record ids
    /// still do.
    pub clock: ClockSet,
}

/// How a process's start stands to the creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Before,
    /// Recorded as after, nearer than two channels can be told apart.
    PerhapsAfter,
    After,
}

impl Moment<'_> {
    /// From so long before the creation to where a start may be recorded that came before it: two channels'
    /// tolerance, once for the creation and once for two copies of the start, and a second that was cut.
    pub(super) fn reach(&self, before: Duration) -> (Timestamp, Timestamp) {
        let at = self.creation.at();
        let reach = self.record_reach() + CHANNEL_TOLERANCE + SECOND_CUT;
        (at - before, at + reach)
    }

    /// Alive at the creation; else why not.
    pub(super) fn could_have(&self, process: &ProcessRecord) -> Result<Order, Impossible> {
        let order = self.start_order(process);
        let at = self.creation.at();
        if order == Order::After {
            return Err(Impossible::StartedAfter { late: process.started_at - at });
        }
        if let Some(ended_at) = process.ended_at.filter(|ended_at| self.ended_before(process, *ended_at)) {
            return Err(Impossible::EndedBefore { early: at - ended_at });
        }
        if self.is_of_earlier_session(process) {
            return Err(Impossible::EarlierSession);
        }
        // A clock that was set forward makes what was a moment ago look old.
        if is_long_gone(process, at - self.clock.forward) {
            return Err(Impossible::LongGone { since: at - process.started_at });
        }
        Ok(order)
    }

    /// Alive at the creation, or so shortly before that the order of two logs says nothing.
    pub(super) fn may_have_just_been(&self, process: &ProcessRecord) -> bool {
        let at = self.creation.at();
        let just_ended = process.ended_at.is_some_and(|ended| (ended - at).magnitude() <= CHANNEL_TOLERANCE);
        just_ended || self.could_have(process).is_ok()
    }

    pub(super) fn started_within(&self, process: &ProcessRecord, before: Duration) -> bool {
        process.start_seen && self.creation.at() - process.started_at <= before
    }

    /// The Security log orders its own records by their ids; other logs only by time.
    pub(super) fn start_order(&self, process: &ProcessRecord) -> Order {
        let at = self.creation.at();
        if !process.start_seen {
            return Order::Before;
        }
        let told = process.security_start();
        if let Some(order) = told.and_then(|record| self.record_order(record)) {
            return if order.is_gt() { Order::After } else { Order::Before };
        }
        let late = process.started_at - at;
        let grain = CLOCK_GRAIN.max(at.precision().min(process.started_at.precision()).step());
        match late {
            _ if late <= grain => Order::Before,
            _ if process.security_start().is_none() && late <= CHANNEL_TOLERANCE.max(grain) => {
                Order::PerhapsAfter
            }
            _ => Order::After,
        }
    }

    /// Logon ids are given out again after a restart, which the log may not show: a process that began before its
    /// session did is of another.
    fn is_of_earlier_session(&self, process: &ProcessRecord) -> bool {
        let is_ours = self.creation.logon_id().is_some_and(|ours| process.session == Session::Known(ours));
        let Some(session) = self.session.filter(|_| is_ours) else { return false };
        process.started_at + CHANNEL_TOLERANCE < session.began_at
    }

    fn ended_before(&self, process: &ProcessRecord, ended_at: Timestamp) -> bool {
        if let Some(order) = process.security_end().and_then(|record| self.record_order(record)) {
            return order.is_lt();
        }
        let at = self.creation.at();
        let grain = CLOCK_GRAIN.max(at.precision().min(ended_at.precision()).step());
        ended_at + grain < at && !self.is_numbered_after(process)
    }

    /// The log numbers its end after the creation, whatever its time says: the clock was set back, and the record of
    /// that is not here.
    fn is_numbered_after(&self, process: &ProcessRecord) -> bool {
        let creation = &self.creation.record;
        process.security_end().is_some_and(|end| {
            let is_later = end.record_id.zip(creation.record_id).is_some_and(|(end, ours)| end > ours);
            is_later && (end.at - creation.at).magnitude() <= CLOCK_STEP_MAX
        })
    }

    /// By record id, where both are near enough in time to be of one stretch of the log.
    fn record_order(&self, record: &RecordRef) -> Option<std::cmp::Ordering> {
        let (theirs, ours) = (record.record_id?, self.creation.record.record_id?);
        let near = (record.at - self.creation.at()).magnitude() <= self.record_reach();
        near.then(|| theirs.cmp(&ours))
    }

    fn record_reach(&self) -> Duration {
        if self.clock.back > CHANNEL_TOLERANCE { CLOCK_NEAR + self.clock.back } else { CHANNEL_TOLERANCE }
    }
}

/// A `net` or `net1` so long ago that it has ended, whether its end was told or not: a later end of its id is another's.
fn is_long_gone(process: &ProcessRecord, at: Timestamp) -> bool {
    process.is_net_tool() && at - process.started_at > NET_LIFE_MAX && !process.waits_for_password()
}
