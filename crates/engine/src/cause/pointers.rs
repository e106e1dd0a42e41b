//! Records that point to who made the call, beside the processes and sessions themselves.

use begat_model::{RecordRef, Timestamp};

use crate::commands::intent::accounts::Intent;
use crate::sight::visibility::HostSight;
use crate::spans::ONE_ACT;
use crate::tables::install::InstallTable;
use crate::tables::process::record::ProcessRecord;
use crate::tables::scripts::{ScriptSign, ScriptTable};
use crate::tables::signs::{PipeSign, QuerySign};
use crate::windows::same_name::same_name;
use crate::windows::watchers::is_watcher;

/// What became of a script's call is told within so many records after it: a script that goes on writes more blocks first.
const RECORDS_AFTER_SCRIPT: u64 = 50;

/// A lookup that the SAM saw between the records of one creation, and that only its maker had cause to make.
#[derive(Debug, Clone, Copy)]
pub struct SeenBySam<'a> {
    /// It.
    pub query: &'a QuerySign,
    /// Of the account itself, or of the group that took it in next.
    pub of: LookedUp,
}

/// What was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedUp {
    /// The new account.
    Account,
    /// A group that took it in next.
    Group,
}

/// Those near one creation.
#[derive(Debug)]
pub struct Pointers<'a> {
    /// Scripts that may have come to the creation.
    pub scripts: Vec<&'a ScriptSign>,
    /// What is known of who logs its scripts.
    pub script_log: &'a ScriptTable,
    /// Account lookups of its session, around it and after it.
    pub queries: Vec<&'a QuerySign>,
    /// Of these, the ones that show who made the account.
    pub seen_by_sam: Vec<SeenBySam<'a>>,
    /// The same session's opening of the pipe `samr`.
    pub pipe: Option<&'a PipeSign>,
    /// LAPS saying around the creation that it manages this account.
    pub laps: Option<&'a RecordRef>,
    /// Which records are there of the logs that PowerShells write.
    pub sight: &'a HostSight,
    /// What was installed on the host to start something later.
    pub installs: &'a InstallTable,
}

impl Pointers<'_> {
    /// The scripts that this process ran.
    pub(super) fn scripts_of<'p>(
        &'p self,
        process: &'p ProcessRecord,
    ) -> impl Iterator<Item = &'p ScriptSign> {
        self.scripts.iter().copied().filter(move |script| {
            let same_user = match (&script.user, &process.token.sid) {
                (Some(theirs), Some(ours)) => theirs == ours,
                _ => true,
            };
            process.pid == Some(script.pid) && process.may_be_alive(script.at) && same_user
        })
    }

    /// PowerShell's word that what this process was to do until a time was refused.
    pub(super) fn refusal(
        &self,
        process: &ProcessRecord,
        at: Timestamp,
        is_it: impl Fn(&Intent) -> bool,
    ) -> Option<&RecordRef> {
        self.script_log.refusal(process.pid?, at, is_it)
    }

    /// Records are lost that may have said that this script's call was refused; or they bear other times, for a clock that
    /// was set.
    pub(super) fn result_may_be_lost(&self, script: &RecordRef, clock_was_set: bool) -> bool {
        let is_lost = |id: u64| {
            let log = self.sight.powershell_log(script);
            log.between(id, id.saturating_add(RECORDS_AFTER_SCRIPT)).is_loss()
        };
        let is_elsewhere = clock_was_set && self.sight.powershell_tells_calls;
        is_elsewhere || script.record_id.is_some_and(is_lost)
    }

    /// The lookup around the creation that names this process as its client.
    pub(super) fn query_of(&self, process: &ProcessRecord, at: Timestamp) -> Option<&QuerySign> {
        let is_near = |query: &&QuerySign| (query.at - at).magnitude() <= ONE_ACT;
        let watches = process.image.as_deref().is_some_and(is_watcher);
        self.queries
            .iter()
            .copied()
            .filter(|query| !watches && is_near(query))
            .find(|query| is_by(query, process))
    }

    /// The lookup by this process that shows that it made the account.
    pub(super) fn seen_by_sam(&self, process: &ProcessRecord) -> Option<SeenBySam<'_>> {
        self.seen_by_sam.iter().copied().find(|seen| is_by(seen.query, process))
    }

    /// Whether all that it runs is logged.
    pub(crate) fn logs_in_full(&self, process: &ProcessRecord, at: Timestamp) -> bool {
        process.is_powershell() && process.pid.is_some_and(|pid| self.script_log.logged_in_full(pid, at))
    }

    /// Another record than its own start or end points to it.
    pub(super) fn has_sign(&self, process: &ProcessRecord) -> bool {
        self.queries.iter().any(|query| is_by(query, process)) || self.scripts_of(process).next().is_some()
    }
}

/// The lookup names this process as its client.
fn is_by(query: &QuerySign, process: &ProcessRecord) -> bool {
    query.caller.as_ref().is_some_and(|(pid, image)| {
        let same_image = match (image, &process.image) {
            (Some(theirs), Some(ours)) => same_name(theirs, ours),
            _ => true,
        };
        Some(*pid) == process.pid && same_image && process.may_be_alive(query.at)
    })
}
