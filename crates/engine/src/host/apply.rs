//! The state of one host: all its tables, fed in order; one arm for each kind of event.

use begat_model::case::{Actor, Process, SamKey, What};
use begat_model::event::{
    AuditPolicyChanged, Body, ClockChanged, Field, PipelineExecuted, Principal, ProcessCreated, QueryCaller,
    SamKeyWritten, ScriptBlock,
};
use begat_model::{Event, HostName, ProcessGuid, ProcessId, RecordRef, Sid, Text, Timestamp};

use crate::across::client::{self, CLIENTS_MAX, ClientCommand};
use crate::case::describe::{describe, describe_created, session_actor};
use crate::case::finding;
use crate::commands::line::image_stem;
use crate::host::state::{HostState, SWEEP_MIN};
use crate::sight::blinding::Blinding;
use crate::spans::{CHANNEL_TOLERANCE, CLOCK_TRIM_MAX, HOLD, LAG_MAX, STARTED_NEAR};
use crate::tables::install::LaunchKind;
use crate::tables::process::record::Witness;
use crate::windows::suspicious;

/// Most events of a host that are kept as having blinded it.
const BLINDINGS_MAX: usize = 64;
/// Of the commands that reach for other machines the latest this many are compared with the next.
const CLIENT_COPIES_MAX: usize = 64;
/// Most keys made in the SAM that are remembered, to be compared with the creations.
const MADE_KEYS_MAX: usize = 4096;
/// Audit subcategories without which a creation is not seen or not explained: process creation, user account
/// management, security group management, logon.
const VITAL_SUBCATEGORIES: &[&str] = &[PROCESS_CREATION, "0cce9235", "0cce9237", "0cce9215"];
/// The audit subcategory of process creation.
const PROCESS_CREATION: &str = "0cce922b";

impl HostState {
    /// The next event, in the order of `order::WaitingEvents`.
    pub fn apply(&mut self, event: &Event) {
        let now = crate::intake::order::happened_at(event);
        self.settle_until(now - HOLD);
        // Of the names of one machine the fullest: Sysmon may leave the domain away.
        let fuller = |name: &HostName| (std::cmp::Reverse(name.as_str().len()), name.clone());
        if self.name.as_ref().is_none_or(|name| fuller(&event.host) < fuller(name)) {
            self.name = Some(event.host.clone());
        }
        self.mark_sysmon(event);
        let record = &event.record;
        match &event.body {
            Body::ProcessCreated(process) => self.process_created(event, process),
            Body::ProcessEnded(process) => self.processes.ended(process, record),
            Body::LoggedOn(logon) => {
                self.accounts.logged_on(&logon.account, logon.logon_type, logon.source_ip.as_ref(), record);
                self.role_signs.logon(logon.logon_type);
                self.names.acted(&logon.account);
                self.logons.logged_on(logon, record);
            }
            Body::LoggedOff(account) => self.logons.logged_off(account, event.at),
            Body::ExplicitCredentials(credentials) => self.logons.explicit_credentials(credentials, record),
            Body::SpecialPrivileges(account) => self.logons.privileged(account, record),
            Body::AccountCreated(created) => self.account_created(event, created),
            Body::AccountTouched(touched) => {
                let actor = self.actor(&touched.subject, event.at);
                self.findings.touched(touched, actor, record);
                self.accounts.touched(touched, record);
            }
            Body::AccountRenamed(renamed) => {
                let account = &renamed.account;
                self.accounts.renamed(account.sid.as_ref(), account.name.as_ref(), &renamed.subject, record);
            }
            Body::GroupMemberAdded(membership) => {
                let actor = self.actor(&membership.subject, event.at);
                let powerful = &self.tuning.analytic.privileged_groups;
                self.findings.added_to_group(membership, powerful, actor, record);
                self.accounts.added_to_group(membership, record);
            }
            Body::GroupMemberRemoved(membership) => self.accounts.removed_from_group(membership, record),
            Body::LogCleared(by) => {
                self.accounts.blinded(&What::LogCleared, by, record);
                self.blinded(Blinding::LogCleared(record.clone()));
            }
            Body::AuditPolicyChanged(change) => self.audit_policy_changed(change, record),
            Body::ClockChanged(change) => self.clock_changed(change, record),
            Body::HostStarted => {
                self.started_at = Some(now);
                self.processes.host_started(now);
                self.logons.host_started(now);
            }
            Body::SessionReconnected(_)
            | Body::LogonGroups(_)
            | Body::AccountQueried(_)
            | Body::SamPipeOpened(_)
            | Body::ServiceInstalled(_)
            | Body::TaskCreated(_)
            | Body::WmiConsumerInstalled(_)
            | Body::ScriptBlock(_)
            | Body::PipelineExecuted(_)
            | Body::SamKeyWritten(_)
            | Body::ManagedByLaps(_)
            | Body::LogServiceStopped
            | Body::AuditEventsDropped => self.supporting(event),
        }
        self.sweep(now);
    }

    /// Events that tell nothing of an account, but of who is behind it.
    pub(super) fn supporting(&mut self, event: &Event) {
        let record = &event.record;
        match &event.body {
            Body::SessionReconnected(reconnected) => self.logons.reconnected(reconnected, record),
            Body::LogonGroups(told) => self.logons.in_groups(told, record),
            Body::AccountQueried(query) => {
                if let QueryCaller::Process { pid, image } = &query.caller {
                    self.witness(*pid, None, image.as_ref(), &query.subject, record);
                }
                self.signs.queried(query, record);
            }
            Body::SamPipeOpened(pipe) => self.signs.pipe_opened(pipe, record),
            Body::ServiceInstalled(install) => self.installs.installed(LaunchKind::Service, install, record),
            Body::TaskCreated(install) => self.installs.installed(LaunchKind::Task, install, record),
            Body::WmiConsumerInstalled(install) => {
                self.installs.installed(LaunchKind::WmiConsumer, install, record);
            }
            Body::ScriptBlock(script) => self.script(event, script),
            Body::PipelineExecuted(pipeline) => self.pipeline(pipeline, record),
            Body::SamKeyWritten(written) => self.sam_written(written, record),
            Body::ManagedByLaps(account) => self.signs.managed_by_laps(account, record),
            Body::LogServiceStopped => self.blinded(Blinding::LogServiceStopped(record.clone())),
            Body::AuditEventsDropped => self.blinded(Blinding::EventsDropped(record.clone())),
            _ => {}
        }
    }

    pub(super) fn process_created(&mut self, event: &Event, process: &ProcessCreated) {
        match process.command_line {
            Field::Value(_) => self.command_lines.with += 1,
            Field::Empty | Field::Absent => self.command_lines.without += 1,
        }
        if process.started_at + LAG_MAX < event.at {
            let (from, until) = self.told_late.unwrap_or((process.started_at, event.at));
            self.told_late = Some((from.min(process.started_at), until.max(event.at)));
        }
        self.latest_start = self.latest_start.max(Some(process.started_at));
        // The parent runs here too, also where its own start is not in the input.
        let images = [&process.image, &process.parent.image];
        images.into_iter().flatten().for_each(|image| self.role_signs.process(image));
        let subject = suspicious::Subject {
            image: process.image.as_deref(),
            original_file_name: process.original_file_name.as_deref(),
            parent_image: process.parent.image.as_deref(),
            parent_command_line: process.parent.command_line.as_deref(),
            rules: &process.rules,
        };
        let is_suspicious = suspicious::is_suspicious(&self.tuning.analytic, subject);
        self.suspicious_started += u64::from(is_suspicious);
        self.processes.created(process, &event.record);
        // Asked first, since hardly any does, and redacting a command line is dear.
        let targets = client::targets(&event.body);
        if !targets.is_empty() {
            let actor = self.actor(process.own_account(), event.at);
            let shown = describe_created(process);
            self.clients_add(ClientCommand::of(event, targets, actor, shown));
        }
    }

    pub(super) fn clients_add(&mut self, client: Option<ClientCommand>) {
        let Some(client) = client else { return };
        // Of two logs' tellings the Security log's stays, whichever came first.
        let copy =
            self.clients.iter_mut().rev().take(CLIENT_COPIES_MAX).find(|known| client.is_copy_of(known));
        if let Some(known) = copy {
            if client.record.kind < known.record.kind {
                *known = client;
            }
            return;
        }
        if self.clients.len() == CLIENTS_MAX {
            self.clients.pop_front();
        }
        self.clients.push_back(client);
    }

    pub(super) fn script(&mut self, event: &Event, script: &ScriptBlock) {
        let record = &event.record;
        if self.signs.script(script, record) {
            self.witness_of_script(script.pid, script.user.as_ref(), record);
        }
        let targets = client::targets(&event.body);
        if targets.is_empty() {
            return;
        }
        let account = Principal { sid: script.user.clone(), ..Principal::default() };
        let known = script.pid.and_then(|pid| self.processes.running(pid, event.at));
        let (account, shown) = match known {
            Some(process) => (process.token.clone(), describe(process)),
            None => (account, Process { pid: script.pid, ..Process::default() }),
        };
        let actor = self.actor(&account, event.at);
        self.clients_add(ClientCommand::of(event, targets, actor, shown));
    }

    pub(super) fn pipeline(&mut self, pipeline: &PipelineExecuted, record: &RecordRef) {
        if self.signs.pipeline(pipeline, record) {
            self.witness_of_script(pipeline.pid, pipeline.user.as_ref(), record);
        }
    }

    pub(super) fn witness_of_script(
        &mut self,
        pid: Option<ProcessId>,
        user: Option<&Sid>,
        record: &RecordRef,
    ) {
        let account = Principal { sid: user.cloned(), ..Principal::default() };
        if let Some(pid) = pid {
            self.witness(pid, None, None, &account, record);
        }
    }

    pub(super) fn witness(
        &mut self,
        pid: ProcessId,
        guid: Option<ProcessGuid>,
        image: Option<&Text>,
        account: &Principal,
        record: &RecordRef,
    ) {
        self.processes.witnessed(&Witness { pid, guid, image, account, at: record.at }, record);
    }

    pub(super) fn sam_written(&mut self, written: &SamKeyWritten, record: &RecordRef) {
        let by_lsass = written.image.as_deref().is_some_and(|image| image_stem(image) == "lsass");
        if let Some(name) = finding::creates_account_key(written)
            && self.made_keys.len() < MADE_KEYS_MAX
        {
            self.made_keys.push((name, record.clone()));
        }
        if let (false, Some(SamKey::Rid(rid))) = (by_lsass, finding::sam_account(&written.key)) {
            self.accounts.sam_written(rid, record);
        }
        let known = written.pid.and_then(|pid| self.processes.running(pid, written.written_at));
        let shown = known.map(describe).unwrap_or_else(|| Process {
            pid: written.pid,
            guid: written.guid,
            image: written.image.clone(),
            ..Process::default()
        });
        self.findings.sam_written(written, shown, record);
    }

    /// An account with the session that it acts from.
    pub(super) fn actor(&self, account: &Principal, at: Timestamp) -> Actor {
        let session = account.logon_id.and_then(|logon_id| self.logons.at(logon_id, at, CHANNEL_TOLERANCE));
        session_actor(account.clone(), session, at)
    }

    pub(super) fn audit_policy_changed(&mut self, change: &AuditPolicyChanged, record: &RecordRef) {
        let adds = change.changes.as_deref().is_some_and(|changes| changes.contains("%%8449"));
        let of_processes =
            change.subcategory_guid.as_deref().is_some_and(|guid| guid.starts_with(PROCESS_CREATION));
        let removes = change.changes.as_deref().is_some_and(|changes| changes.contains("%%8448"));
        let vital = change
            .subcategory_guid
            .as_deref()
            .is_some_and(|guid| VITAL_SUBCATEGORIES.iter().any(|vital| guid.starts_with(vital)));
        if removes {
            self.accounts.blinded(&What::AuditPolicyChanged, &change.subject, record);
        }
        if of_processes && (removes || adds) {
            self.process_audit_off = removes;
        }
        if removes && vital {
            self.blinded(Blinding::AuditSwitchedOff(record.clone()));
        }
    }

    pub(super) fn clock_changed(&mut self, change: &ClockChanged, record: &RecordRef) {
        let (Some(previous), Some(new)) = (change.previous, change.new) else { return };
        // Services of Windows trim the clock by milliseconds all day.
        let step = new - previous;
        if step.magnitude() > CLOCK_TRIM_MAX {
            self.blinded(Blinding::ClockChanged(record.clone(), step));
        }
    }

    pub(super) fn blinded(&mut self, blinding: Blinding) {
        if self.blindings.len() == BLINDINGS_MAX {
            self.blindings.remove(0);
        }
        self.blindings.push(blinding);
    }

    /// Forgets what no creation can need any more; each doubling of the tables is swept once, so the cost of it
    /// stays linear in events.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        if self.processes.len() + self.logons.len() < self.sweep_at {
            return;
        }
        let horizon = now - HOLD - self.tuning.window.max(STARTED_NEAR) - HOLD;
        self.processes.forget_ended_before(horizon);
        self.logons.forget_ended_before(horizon);
        self.sweep_at = (2 * (self.processes.len() + self.logons.len())).max(SWEEP_MIN);
    }
}
