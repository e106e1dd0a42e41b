//! Windows' first run on a machine: the programs that make the account it is set up with.

use begat_model::{LogonId, Sid};

use crate::cause::scene::Scene;
use crate::tables::account::unseen::FIRST_CREATED_RID;
use crate::tables::process::record::{ProcessRecord, Session};
use crate::windows::same_name::same_name;

/// The first two RIDs that a machine gives out: an unattended setup's first user has the first, who is asked for by the
/// out-of-box experience the second, after `defaultuser0`.
const FIRST_RIDS: &[u32] = &[FIRST_CREATED_RID, 1001];

/// The names that Windows' setup gives its own first account; a name alone proves nothing, its RID is asked for too.
const SETUP_NAMES: &[&str] = &["defaultuser0", "defaultuser1", "defaultuser100000"];

pub(super) fn is_setups_own(name: &str) -> bool {
    SETUP_NAMES.iter().any(|own| same_name(own, name))
}

/// The Security log of a machine that is being set up is no longer than this: the accounts of answer files were made
/// in records 154 and 203 of it. Record ids go on when a log is cleared.
pub(super) const YOUNG_LOG_MAX: u64 = 1000;

/// What makes it, by the records of fresh machines: the programs of the out-of-box experience, which run at no other
/// time.
const FIRST_RUN_PROGRAMS: &[&str] =
    &["cloudexperiencehostbroker", "msoobe", "oobeldr", "useroobebroker", "windeploy"];

/// And what makes the accounts of an answer file (Windows 10, Server 2022): these run at other times as well.
const SETUP_PROGRAMS: &[&str] = &["rundll32", "setup"];

impl Scene<'_> {
    /// A process as SYSTEM makes the account that the machine is set up with. A RID is given out once; but a server
    /// without local accounts has not given out its first for years, so the tools of every day need a young log too.
    pub(crate) fn is_first_run(&self, creator: &ProcessRecord) -> bool {
        let rid = self.creation.event.account.sid.as_ref().and_then(Sid::rid);
        let is_first = rid.is_some_and(|rid| FIRST_RIDS.contains(&rid));
        let as_system = creator.session == Session::Known(LogonId::SYSTEM);
        let is_young = self.creation.record.record_id.is_some_and(|id| id < YOUNG_LOG_MAX);
        let is_program = creator.stem().is_some_and(|stem| {
            FIRST_RUN_PROGRAMS.contains(&stem) || (is_young && SETUP_PROGRAMS.contains(&stem))
        });
        let is_second = rid != Some(FIRST_CREATED_RID);
        let after_setups_own = self.machine.first_account.is_some_and(|name| is_setups_own(name));
        // In a folder of Windows' own, where only who has the machine already can put a file.
        is_first
            && (!is_second || after_setups_own)
            && as_system
            && is_program
            && creator.capability().is_some()
    }
}
