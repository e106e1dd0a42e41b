//! What the cases of a host ask of it at the end: a small view, so that a case need not know how a host is kept.

use begat_model::Timestamp;
use begat_model::case::Actor;

use crate::case::about::{About, HostNaming};
use crate::sight::blinding::{Blinding, CommandLinesSeen};
use crate::spans::{CLOCK_NEAR, INTERRUPTION_NEAR};
use crate::tables::account::table::AccountTable;
use crate::tables::clock::Line;
use crate::tuning::Tuning;
use crate::windows::actor::{self, HostIdentity};

/// One host, as its cases see it once all events were read.
#[derive(Debug)]
pub(crate) struct Ledger<'h> {
    /// What the site tunes.
    pub tuning: &'h Tuning,
    /// The line of time that all of it lies on.
    pub line: &'h Line,
    /// What became of the accounts.
    pub accounts: &'h AccountTable,
    /// What took sight away from the host.
    pub blindings: &'h [Blinding],
    /// Whether its process records had command lines.
    pub command_lines: CommandLinesSeen,
    /// Whose accounts are its own.
    pub identity: HostIdentity<'h>,
    /// What it is for, and whose it is.
    pub about: &'h About,
    /// What it is called.
    pub naming: &'h HostNaming,
    /// What the bounds of its tables cost.
    pub costs: BoundCosts,
}

/// What was not kept, to bound memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct BoundCosts {
    /// From the earliest start to the latest writing of processes that were told later than their order waits for.
    pub told_late: Option<(Timestamp, Timestamp)>,
    /// Logon sessions.
    pub sessions: u64,
    /// Lists of the groups of sessions.
    pub group_lists: u64,
    /// Logons whose sources were not remembered.
    pub sources: u64,
    /// Scripts and lookups of before this time.
    pub signs_until: Option<Timestamp>,
    /// From this time on a script may call what another defined that was not kept.
    pub definitions_from: Option<Timestamp>,
    /// Services, tasks and subscriptions.
    pub installs: u64,
    /// Accounts that were not followed.
    pub accounts: u64,
}

impl<'h> Ledger<'h> {
    /// Tells what kind of account acts.
    pub fn identify(&self, actor: &mut Actor) {
        actor::identify(actor, self.identity);
    }

    /// What took sight away where a creation is explained, `needs` being from when on records were asked for: logs
    /// that were cleared and auditing that was off within that span, interruptions and a clock that was set around it.
    pub fn blindings_near(
        &self,
        needs: Timestamp,
        at: Timestamp,
    ) -> impl Iterator<Item = &'h Blinding> + use<'h> {
        self.blindings.iter().filter(move |blinding| match blinding {
            Blinding::LogCleared(record, _) => (needs..=at).contains(&record.at),
            Blinding::AuditSwitchedOff(off) => {
                off.record.at <= at && off.until.is_none_or(|until| until >= needs)
            }
            Blinding::LogServiceStopped(record) | Blinding::EventsDropped(record) => {
                (record.at - at).magnitude() <= INTERRUPTION_NEAR
            }
            Blinding::ClockChanged(record, _) | Blinding::ClockStepTakenOut(record, _) => {
                (record.at - at).magnitude() <= CLOCK_NEAR
            }
        })
    }
}
