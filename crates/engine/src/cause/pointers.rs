//! Records that point to who made the call, beside the processes and sessions themselves.

use begat_model::RecordRef;

use crate::tables::install::InstallTable;
use crate::tables::process::record::ProcessRecord;
use crate::tables::scripts::ScriptSign;
use crate::tables::signs::{PipeSign, QuerySign};
use crate::windows::same_name::same_name;

/// Those near one creation.
#[derive(Debug)]
pub struct Pointers<'a> {
    /// Scripts that may have come to the creation.
    pub scripts: Vec<&'a ScriptSign>,
    /// Account lookups of its session, around it.
    pub queries: Vec<&'a QuerySign>,
    /// The same session's opening of the pipe `samr`.
    pub pipe: Option<&'a PipeSign>,
    /// LAPS saying around the creation that it manages this account.
    pub laps: Option<&'a RecordRef>,
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
            process.pid == script.pid && process.may_be_alive(script.at) && same_user
        })
    }

    /// The lookup that names this process as its client.
    pub(super) fn query_of(&self, process: &ProcessRecord) -> Option<&QuerySign> {
        self.queries.iter().copied().find(|query| {
            query.caller.as_ref().is_some_and(|(pid, image)| {
                let same_image = match (image, &process.image) {
                    (Some(theirs), Some(ours)) => same_name(theirs, ours),
                    _ => true,
                };
                *pid == process.pid && same_image
            })
        })
    }

    /// Another record than its own start or end points to it.
    pub(super) fn has_sign(&self, process: &ProcessRecord) -> bool {
        self.query_of(process).is_some() || self.scripts_of(process).next().is_some()
    }
}
