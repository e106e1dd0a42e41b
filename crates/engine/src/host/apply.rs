//! The next event of a host: one arm for each kind, each into the tables that it bears on.

use std::cmp::Reverse;

use begat_model::analytic::SessionKind;
use begat_model::case::{Actor, Process, SamKey, What};
use begat_model::event::{
    Body, ClockChanged, GroupMembership, LogCleared, Principal, ProcessCreated, QueryCaller, SamKeyWritten,
};
use begat_model::{Duration, Event, EventKind, HostName, ProcessId, RecordRef, Text, Timestamp};

use crate::across::client::ClientCommand;
use crate::case::describe::{describe, describe_created, session_actor};
use crate::case::finding;
use crate::commands::line::image_stem;
use crate::host::state::{HostState, SWEEP_MIN};
use crate::intake::order;
use crate::sight::blinding::Blinding;
use crate::sight::watch::{Started, switches_off};
use crate::spans::{CHANNEL_TOLERANCE, HOLD, PIECES_WITHIN, STARTED_NEAR};
use crate::tables::clock::Line;
use crate::tables::install::LaunchKind;
use crate::tables::process::record::Witness;
use crate::texts::known::Texts;
use crate::windows::suspicious;

impl HostState {
    /// The next event, in the order of `order::WaitingEvents`.
    pub(crate) fn apply(&mut self, event: &Event, texts: &mut Texts) {
        let now = order::happened_at(event);
        for script in self.scripts.told_before(now - PIECES_WITHIN) {
            self.script_joined(&script, texts);
        }
        self.settle_until(now - HOLD);
        self.hear_name(&event.host);
        self.watch.heard(event);
        self.touches.heard(event);
        acted(&event.body).into_iter().for_each(|account| self.accounts.acted(account));
        let record = &event.record;
        match &event.body {
            Body::ProcessCreated(process) => self.process_created(event, process, texts),
            Body::ProcessEnded(process) => {
                self.processes.ended(process, record, texts);
                process.pid.iter().for_each(|pid| self.scripts.process_gone(*pid, process.ended_at));
            }
            Body::LoggedOn(logon) => {
                self.accounts.logged_on(&logon.account, logon.logon_type, logon.source_ip.as_ref(), record);
                self.role_signs.logon(logon.logon_type);
                self.names.acted(&logon.account);
                self.logons.logged_on(logon, record);
            }
            Body::LoggedOff(account) => self.logons.logged_off(account, event.at),
            Body::ExplicitCredentials(credentials) => self.logons.explicit_credentials(credentials, record),
            Body::SpecialPrivileges(account) => self.logons.privileged(account, record),
            Body::AccountCreated(created) => self.account_created(event, created, texts),
            Body::AccountTouched(touched) => {
                let actor = self.actor(&touched.subject, event.at);
                self.findings.touched(touched, actor, record);
                self.accounts.touched(touched, record);
            }
            Body::AccountRenamed(renamed) => {
                let account = &renamed.account;
                self.accounts.renamed(account.sid.as_ref(), account.name.as_ref(), &renamed.subject, record);
            }
            Body::GroupMemberAdded(membership) => self.group_member_added(event, membership),
            Body::GroupMemberRemoved(membership) => self.accounts.removed_from_group(membership, record),
            Body::LogCleared(cleared) => self.log_cleared(cleared, record),
            Body::AuditPolicyChanged(change) => {
                if switches_off(change) {
                    self.accounts.blinded(&What::AuditPolicyChanged, &change.subject, record);
                }
                self.watch.audit_policy_changed(change, record);
            }
            Body::ClockChanged(change) => self.clock_changed(change, record),
            Body::HostStarted => self.host_started(now, record),
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
            | Body::AuditEventsDropped
            | Body::Unread(_) => self.supporting(event, texts),
        }
        self.sweep(now);
    }

    /// Windows started anew: nothing of before runs.
    fn host_started(&mut self, now: Timestamp, record: &RecordRef) {
        self.watch.started_at = Some(now);
        self.processes.host_started(now, record.record_id);
        self.logons.host_started(now);
        self.scripts.host_started(now);
    }

    /// What ran before a step back bears later times from now on, where the step is not taken out.
    fn clock_changed(&mut self, change: &ClockChanged, record: &RecordRef) {
        if let Some(step) = self.watch.line.takes_out(record) {
            return self.watch.blinded(Blinding::ClockStepTakenOut(record.clone(), step));
        }
        let step = self.watch.clock_changed(change, record);
        if let Some(back) = step.filter(|step| *step < Duration::ZERO) {
            self.processes.clock_set_back(back.magnitude());
        }
    }

    fn group_member_added(&mut self, event: &Event, membership: &GroupMembership) {
        let actor = self.actor(&membership.subject, event.at);
        let powerful = &self.tuning.analytic.privileged_groups;
        self.findings.added_to_group(membership, powerful, actor, &event.record);
        self.accounts.added_to_group(membership, &event.record);
    }

    /// Of a log of others: nothing of an account ever stood there.
    fn log_cleared(&mut self, cleared: &LogCleared, record: &RecordRef) {
        if cleared.may_have_told() {
            let log = cleared.log.clone();
            self.accounts.blinded(&What::LogCleared { log: log.clone() }, &cleared.subject, record);
            self.watch.blinded(Blinding::LogCleared(record.clone(), log));
        }
    }

    /// Events that tell nothing of an account, but of who is behind it.
    fn supporting(&mut self, event: &Event, texts: &mut Texts) {
        let record = &event.record;
        match &event.body {
            Body::SessionReconnected(reconnected) => self.logons.reconnected(reconnected, record),
            Body::LogonGroups(told) => self.logons.in_groups(told, record),
            Body::AccountQueried(query) => {
                if let QueryCaller::Process { pid, image } = &query.caller {
                    self.witness(*pid, image.as_ref(), &query.subject, record, texts);
                }
                if self.accounts.was_just_made_by_other(&query.target, &query.subject, record.at) {
                    self.signs.watched(query);
                }
                self.signs.queried(query, record);
            }
            Body::SamPipeOpened(pipe) => self.signs.pipe_opened(pipe, record),
            Body::ServiceInstalled(install) => self.installs.installed(LaunchKind::Service, install, record),
            Body::TaskCreated(install) => self.installs.installed(LaunchKind::Task, install, record),
            Body::WmiConsumerInstalled(install) => {
                self.installs.installed(LaunchKind::WmiConsumer, install, record);
            }
            Body::ScriptBlock(script) => self.script(event, script, texts),
            Body::PipelineExecuted(pipeline) => self.pipeline(pipeline, record, texts),
            Body::SamKeyWritten(written) => self.sam_written(written, record),
            Body::ManagedByLaps(account) => self.signs.managed_by_laps(account, record),
            Body::LogServiceStopped => self.watch.blinded(Blinding::LogServiceStopped(record.clone())),
            Body::AuditEventsDropped => self.watch.blinded(Blinding::EventsDropped(record.clone())),
            Body::Unread(cause) => {
                self.watch.unread(record);
                self.findings.unread(*cause, record);
            }
            _ => {}
        }
    }

    /// Of the names of one machine the fullest: Sysmon may leave the domain away.
    fn hear_name(&mut self, heard: &HostName) {
        if self.naming.names.len() > 1 && heard.netbios() != self.naming.netbios {
            self.naming.netbios = heard.netbios();
            self.logons.host_is_called(&self.naming.netbios);
        }
        fn fuller(name: &HostName) -> (Reverse<usize>, &HostName) {
            (Reverse(name.as_str().len()), name)
        }
        if self.name.as_ref().is_none_or(|name| fuller(heard) < fuller(name)) {
            self.name = Some(heard.clone());
        }
    }

    fn process_created(&mut self, event: &Event, process: &ProcessCreated, texts: &mut Texts) {
        let file = texts.file(process.image.as_ref(), process.original_file_name.as_ref());
        let parent = texts.file(process.parent.image.as_ref(), None);
        let deeds = texts.line(process);
        // The parent runs here too, also where its own start is not in the input.
        [file.role, parent.role].into_iter().flatten().for_each(|image| self.role_signs.process(image));
        let subject = suspicious::Subject {
            image: process.image.as_deref(),
            original_file_name: process.original_file_name.as_deref(),
            parent_image: process.parent.image.as_deref(),
            parent_command_line: process.parent.command_line.as_deref(),
            rules: &process.rules,
        };
        let is_suspicious =
            suspicious::is_suspicious(&self.tuning.analytic, subject, file.own_sign, parent.as_parent);
        self.watch.process_created(
            event,
            process,
            Started { is_suspicious, is_background: file.is_background },
        );
        let is_boot = event.record.kind == EventKind::ProcessCreated && process.is_of_boot();
        if !is_boot {
            self.base_rate.started(process.started_at);
        }
        if is_suspicious && !is_boot && self.base_rate.is_occasion(process.started_at) {
            let session = SessionKind::of(&self.actor(process.own_account(), process.started_at));
            self.base_rate.occasion(process.started_at, session);
        }
        self.processes.created(process, &event.record, texts);
        process.pid.iter().for_each(|pid| self.scripts.process_began(*pid, process.started_at));
        // Asked first, since hardly any does, and redacting a command line is dear.
        if !deeds.targets.is_empty() {
            let actor = self.actor(process.own_account(), event.at);
            let shown = describe_created(process);
            self.clients.extend(ClientCommand::of(event, &deeds, actor, shown));
        }
    }

    pub(super) fn witness(
        &mut self,
        pid: ProcessId,
        image: Option<&Text>,
        account: &Principal,
        record: &RecordRef,
        texts: &mut Texts,
    ) {
        self.processes.witnessed(
            &Witness { pid: Some(pid), guid: None, image, account, at: record.at },
            record,
            texts,
        );
    }

    fn sam_written(&mut self, written: &SamKeyWritten, record: &RecordRef) {
        let by_lsass = written.image.as_deref().is_some_and(|image| image_stem(image) == "lsass");
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

    /// The line of time that the events which follow lie on.
    pub(crate) fn lies_on(&mut self, line: &Line) {
        if !line.is_straight() {
            self.watch.line = line.clone();
        }
    }

    /// Forgets what no creation can need any more; each doubling of the tables is swept once, so the cost of it
    /// stays linear in events.
    fn sweep(&mut self, now: Timestamp) {
        if self.processes.len() + self.logons.len() < self.sweep_at {
            return;
        }
        let horizon = now - HOLD - self.tuning.window.max(STARTED_NEAR) - HOLD;
        self.processes.forget_ended_before(horizon);
        self.logons.forget_ended_before(horizon);
        self.sweep_at = (2 * (self.processes.len() + self.logons.len())).max(SWEEP_MIN);
    }
}

/// Who acts, in the records in which SYSTEM mostly does.
fn acted(body: &Body) -> Option<&Principal> {
    match body {
        Body::ProcessCreated(process) => Some(&process.subject),
        Body::LoggedOn(logon) => Some(&logon.subject),
        Body::AccountCreated(created) => Some(&created.subject),
        Body::AccountTouched(touched) => Some(&touched.subject),
        Body::GroupMemberAdded(membership) => Some(&membership.subject),
        _ => None,
    }
}
