//! Events of accounts and groups: made, changed, looked up, and the ways to the SAM.

use begat_model::Timestamp;
use begat_model::catalog::FieldName as F;
use begat_model::event::{
    AccountAction, AccountCreated, AccountQueried, AccountRenamed, AccountTouched, Body, GroupMembership,
    QueryCaller, SamKeyWritten, SamPipeOpened,
};

use crate::normalise::fields::{Fields, MEMBER, RENAMED, SUBJECT, TARGET};
use crate::raw::Outcome;

impl Fields<'_, '_> {
    pub(crate) fn account_created(&self) -> AccountCreated {
        AccountCreated {
            account: self.account(&TARGET),
            subject: self.principal(&SUBJECT),
            display_name: self.text(F::DisplayName),
            user_principal_name: self.text(F::UserPrincipalName),
            initiating: None,
        }
    }

    pub(crate) fn touched(&self, action: AccountAction, outcome: Option<Outcome>) -> Body {
        Body::AccountTouched(Box::new(AccountTouched {
            action,
            // Windows marks what failed; a carrier that drops the keywords hides that mark, and we cannot see it.
            succeeded: outcome != Some(Outcome::Failure),
            account: self.account(&TARGET),
            subject: self.principal(&SUBJECT),
            new_uac_value: self.number(F::NewUacValue),
        }))
    }

    pub(crate) fn account_renamed(&self) -> AccountRenamed {
        AccountRenamed {
            account: self.account(&RENAMED),
            old_name: self.text(F::OldTargetUserName),
            subject: self.principal(&SUBJECT),
        }
    }

    pub(crate) fn group_membership(&self) -> GroupMembership {
        GroupMembership {
            member: self.account(&MEMBER),
            group: self.principal(&TARGET),
            subject: self.principal(&SUBJECT),
        }
    }

    pub(crate) fn account_queried(&self) -> AccountQueried {
        let caller = match self.unsigned(F::CallerProcessId) {
            Some(0) => QueryCaller::Remote,
            Some(_) => self.pid(F::CallerProcessId).map_or(QueryCaller::NotTold, |pid| {
                QueryCaller::Process { pid, image: self.text(F::CallerProcessName) }
            }),
            None => QueryCaller::NotTold,
        };
        AccountQueried { subject: self.principal(&SUBJECT), target: self.account(&TARGET), caller }
    }

    /// Of all the files on all the shares only the way to the SAM is of use.
    pub(crate) fn sam_pipe_opened(&self) -> Option<SamPipeOpened> {
        let is_samr = self.holds(F::RelativeTargetName, "samr")
            && self.said(F::RelativeTargetName)?.trim().eq_ignore_ascii_case("samr");
        is_samr.then(|| SamPipeOpened {
            subject: self.principal(&SUBJECT),
            source_ip: self.address(F::IpAddress),
        })
    }

    /// Of the whole registry only the accounts and groups of the SAM.
    pub(crate) fn sam_key_written(&self, at: Timestamp) -> Option<SamKeyWritten> {
        if !self.holds(F::TargetObject, r"\sam\sam\domains\") {
            return None;
        }
        Some(SamKeyWritten {
            written_at: self.utc(F::UtcTime).unwrap_or(at),
            pid: self.pid(F::ProcessId),
            guid: self.guid(F::ProcessGuid),
            image: self.text(F::Image),
            key: self.text(F::TargetObject)?,
            operation: self.text(F::EventType),
        })
    }
}
