//! From a record and its catalog row to the body of an event: one arm for each kind.

use std::cell::RefCell;

use begat_model::Timestamp;
use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::EventKind;
use begat_model::catalog::FieldName as F;
use begat_model::event::{
    AccountAction, AuditPolicyChanged, Body, ClockChanged, LogCleared, ManagedAccount, Unread,
};

use crate::normalise::fields::{FieldProblem, Fields, SUBJECT, TARGET_SESSION};
use crate::normalise::intern::Interner;
use crate::raw::{Header, RawRecord};

/// The body of the event that a record tells, and what was wrong with its fields: `Unread` where a field is missing
/// without which it says nothing, no body where it is of the part of its kind that is not read.
pub(crate) fn body(
    record: &RawRecord<'_>,
    header: &Header<'_>,
    at: Timestamp,
    interner: &mut Interner,
) -> (Option<Body>, Vec<FieldProblem>) {
    let fields = Fields { record, header, interner: RefCell::new(interner), problems: RefCell::default() };
    let body = fields.body(at);
    let missing = record.spec.required.iter().find(|field| fields.is_silent(**field));
    if let Some(field) = missing {
        fields.problem(AnomalyKind::MissingField, field.as_str(), String::new());
    }
    let mut problems = fields.problems.into_inner();
    let is_silent = problems.iter().any(|problem| problem.is_fatal);
    match body {
        Some(body) if !is_silent => (Some(body), problems),
        Some(body) if says_enough(&body) => {
            // A process without its id is whole for all that asks; a nameless account is odd.
            let is_creation = matches!(body, Body::AccountCreated(_));
            problems.retain(|problem| is_creation || problem.kind != AnomalyKind::MissingField);
            (Some(body), problems)
        }
        _ if is_silent => (Some(Body::Unread(Unread::FieldMissing)), problems),
        body => (body, problems),
    }
}

/// One missing field does not lose an event that says enough without it: a creation its SID (an account may well be
/// called `-`), a process its image or Sysmon's id.
fn says_enough(body: &Body) -> bool {
    match body {
        Body::AccountCreated(created) => created.account.sid.is_some(),
        Body::ProcessCreated(created) => created.image.is_some() || created.guid.is_some(),
        Body::ProcessEnded(ended) => ended.guid.is_some(),
        _ => false,
    }
}

impl Fields<'_, '_> {
    /// `None`: it does not say enough, or says nothing of what begat reads of its kind.
    fn body(&self, at: Timestamp) -> Option<Body> {
        let outcome = self.header.outcome;
        Some(match self.record.spec.kind {
            EventKind::HostStarted => Body::HostStarted,
            EventKind::ClockChanged => Body::ClockChanged(Box::new(self.clock_changed())),
            EventKind::LoggedOn => Body::LoggedOn(Box::new(self.logged_on())),
            EventKind::LogonGroups => Body::LogonGroups(Box::new(self.logon_groups())),
            EventKind::LoggedOff | EventKind::LogoffInitiated => {
                Body::LoggedOff(self.principal(&TARGET_SESSION))
            }
            EventKind::ExplicitCredentials => {
                Body::ExplicitCredentials(Box::new(self.explicit_credentials()))
            }
            EventKind::SpecialPrivileges => Body::SpecialPrivileges(self.principal(&SUBJECT)),
            EventKind::ProcessCreated => Body::ProcessCreated(Box::new(self.process_created(at))),
            EventKind::ProcessEnded => Body::ProcessEnded(self.process_ended(at)),
            EventKind::SysmonProcessCreated => {
                Body::ProcessCreated(Box::new(self.sysmon_process_created(at)))
            }
            EventKind::SysmonProcessEnded => Body::ProcessEnded(self.sysmon_process_ended(at)),
            EventKind::AuditPolicyChanged => Body::AuditPolicyChanged(Box::new(self.audit_policy_changed())),
            EventKind::AccountCreated => Body::AccountCreated(Box::new(self.account_created())),
            EventKind::AccountEnabled => self.touched(AccountAction::Enabled, outcome),
            EventKind::PasswordChanged => self.touched(AccountAction::PasswordChanged, outcome),
            EventKind::PasswordSet => self.touched(AccountAction::PasswordSet, outcome),
            EventKind::AccountDisabled => self.touched(AccountAction::Disabled, outcome),
            EventKind::AccountDeleted => self.touched(AccountAction::Deleted, outcome),
            EventKind::AccountChanged => self.touched(AccountAction::Changed, outcome),
            EventKind::AccountLockedOut => self.touched(AccountAction::LockedOut, outcome),
            EventKind::AccountRenamed => Body::AccountRenamed(Box::new(self.account_renamed())),
            EventKind::GlobalMemberAdded | EventKind::LocalMemberAdded | EventKind::UniversalMemberAdded => {
                Body::GroupMemberAdded(Box::new(self.group_membership()))
            }
            EventKind::GlobalMemberRemoved
            | EventKind::LocalMemberRemoved
            | EventKind::UniversalMemberRemoved => {
                Body::GroupMemberRemoved(Box::new(self.group_membership()))
            }
            EventKind::LogCleared => LogCleared::of_security(self.principal(&SUBJECT)),
            EventKind::OtherLogCleared => Body::LogCleared(Box::new(LogCleared {
                subject: self.principal(&SUBJECT),
                log: self.text(F::Channel),
            })),
            EventKind::LogServiceStopped => Body::LogServiceStopped,
            EventKind::AuditEventsDropped => Body::AuditEventsDropped,
            kind => return self.supporting_body(kind, at),
        })
    }

    /// Kinds that tell nothing of an account by themselves, but of who is behind it.
    fn supporting_body(&self, kind: EventKind, at: Timestamp) -> Option<Body> {
        Some(match kind {
            EventKind::SessionReconnected => Body::SessionReconnected(Box::new(self.session_reconnected())),
            EventKind::UserQueried | EventKind::GroupQueried => {
                Body::AccountQueried(Box::new(self.account_queried()))
            }
            EventKind::ShareFileOpened => Body::SamPipeOpened(Box::new(self.sam_pipe_opened()?)),
            EventKind::ServiceInstalled => {
                Body::ServiceInstalled(Box::new(self.installed(F::ServiceName, F::ServiceFileName)))
            }
            EventKind::ServiceInstalledSystem => {
                Body::ServiceInstalled(Box::new(self.installed(F::ServiceName, F::ImagePath)))
            }
            EventKind::LapsPasswordSet => Body::ManagedByLaps(Box::new(ManagedAccount {
                name: self.text(F::AccountName),
                rid: self.number(F::AccountRid),
            })),
            EventKind::TaskCreated => Body::TaskCreated(Box::new(self.task(F::TaskContent))),
            EventKind::TaskChanged => Body::TaskCreated(Box::new(self.task(F::TaskContentNew))),
            EventKind::SysmonWmiConsumer => Body::WmiConsumerInstalled(Box::new(self.sysmon_consumer()?)),
            EventKind::WmiConsumerBound => Body::WmiConsumerInstalled(Box::new(self.consumer_bound())),
            EventKind::ScriptBlock | EventKind::CoreScriptBlock => {
                Body::ScriptBlock(Box::new(self.script_block()?))
            }
            EventKind::PipelineExecuted | EventKind::CorePipelineExecuted => {
                Body::PipelineExecuted(Box::new(self.pipeline_executed()?))
            }
            EventKind::EdrAccountCreated | EventKind::OcsfAccountCreated => {
                Body::AccountCreated(Box::new(self.edr_account_created()))
            }
            EventKind::EdrMemberAdded => Body::GroupMemberAdded(Box::new(self.edr_member_added())),
            EventKind::EdrLoggedOn | EventKind::OcsfLoggedOn => {
                Body::LoggedOn(Box::new(self.edr_logged_on()))
            }
            EventKind::FalconAccountCreated => Body::AccountCreated(Box::new(self.falcon_account_created())),
            EventKind::FalconProcessCreated => {
                Body::ProcessCreated(Box::new(self.falcon_process_created(at)))
            }
            EventKind::FalconMemberAdded => Body::GroupMemberAdded(Box::new(self.falcon_member_added()?)),
            EventKind::FalconLoggedOn => Body::LoggedOn(Box::new(self.logged_on())),
            EventKind::EdrProcessCreated | EventKind::OcsfProcessCreated => {
                Body::ProcessCreated(Box::new(self.edr_process_created(at)))
            }
            EventKind::ElasticProcessCreated => {
                Body::ProcessCreated(Box::new(self.elastic_process_created(at)))
            }
            EventKind::SysmonRegistryKey
            | EventKind::SysmonRegistryValue
            | EventKind::SysmonRegistryRename => Body::SamKeyWritten(Box::new(self.sam_key_written(at)?)),
            _ => return None,
        })
    }

    fn clock_changed(&self) -> ClockChanged {
        ClockChanged {
            subject: self.principal(&SUBJECT),
            previous: self.utc(F::PreviousTime),
            new: self.utc(F::NewTime),
        }
    }

    fn audit_policy_changed(&self) -> AuditPolicyChanged {
        let guid = self.text(F::SubcategoryGuid);
        AuditPolicyChanged {
            subject: self.principal(&SUBJECT),
            subcategory_guid: guid.map(|guid| guid.trim_matches(['{', '}']).to_ascii_lowercase().into()),
            changes: self.text(F::AuditPolicyChanges),
        }
    }
}
