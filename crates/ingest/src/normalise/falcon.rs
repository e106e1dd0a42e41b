//! What CrowdStrike's sensor tells of processes, sessions and accounts.
//!
//! A process is known by the sensor's own number (`TargetProcessId`), which is given once; what comes over RPC names its
//! client by that number (`RpcClientProcessId`). RIDs are hexadecimal. Paths are the kernel's.

use begat_model::catalog::FieldName as F;
use begat_model::event::{
    AccountCreated, Field, GroupMembership, InitiatingProcess, ParentProcess, Principal, ProcessCreated,
};
use begat_model::{ProcessGuid, Sid, Timestamp};

use crate::normalise::fields::Fields;

impl Fields<'_, '_> {
    /// UserAccountCreated: the client of the call is the maker.
    pub(crate) fn falcon_account_created(&self) -> AccountCreated {
        let initiating = self.sensors_process(F::CallerProcessGuid).map(|guid| {
            Box::new(InitiatingProcess {
                pid: None,
                guid: Some(guid),
                image: None,
                command_line: Field::Absent,
                started_at: None,
            })
        });
        AccountCreated { initiating, ..self.account_created() }
    }

    /// ProcessRollup2: the account is the process's own.
    pub(crate) fn falcon_process_created(&self, at: Timestamp) -> ProcessCreated {
        ProcessCreated {
            guid: self.sensors_process(F::ProcessGuid),
            parent: ParentProcess {
                guid: self.sensors_process(F::ParentProcessGuid),
                image: self.text(F::ParentProcessName),
                ..ParentProcess::default()
            },
            ..self.sensed_start(at)
        }
    }

    /// UserAccountAddedToGroup: the member and the group are RIDs of a domain.
    pub(crate) fn falcon_member_added(&self) -> Option<GroupMembership> {
        let domain = self.sid(F::DomainSid)?;
        let of = |field| {
            let rid = self.read(field, |text| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok())?;
            Some(Principal { sid: Some(Sid::of_rid(&domain, rid)), ..Principal::default() })
        };
        let (member, group) = (of(F::UserRid)?, of(F::GroupRid)?);
        Some(GroupMembership { member, group, subject: Principal::default() })
    }

    fn sensors_process(&self, field: F) -> Option<ProcessGuid> {
        let is_none = self.said(field).is_some_and(|text| text.trim() == "0");
        if is_none { None } else { self.read(field, ProcessGuid::of_number) }
    }
}
