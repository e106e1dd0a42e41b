//! The state of one host: all its tables, fed in order; one arm for each kind of event.

use std::collections::{BTreeSet, VecDeque};

use begat_model::case::{
    Actor, Case, CaseEvent, CaseHost, Finding, HostRole, Outcome, Process, Role, Scope, What,
};
use begat_model::catalog::channel;
use begat_model::continuity::Continuity;
use begat_model::event::{
    AuditPolicyChanged, Body, ClockChanged, Field, PipelineExecuted, Principal, ProcessCreated, QueryCaller,
    SamKeyWritten, ScriptBlock,
};
use begat_model::inventory::InventoryHost;
use begat_model::{Duration, Event, HostName, ProcessGuid, ProcessId, RecordRef, Sid, Text, Timestamp};

use crate::account::AccountTable;
use crate::actor::{self, Place};
use crate::case::{self, Settled};
use crate::client::{self, CLIENTS_MAX, ClientCommand};
use crate::command_line::image_stem;
use crate::finding::{self, FindingTable, SamKey};
use crate::install::{InstallTable, LaunchKind};
use crate::link::{CHANNEL_TOLERANCE, Creation, STARTED_NEAR, Scene};
use crate::logon::{LogonSession, LogonTable};
use crate::order::LAG_MAX;
use crate::process::{ProcessIndex, ProcessTable, Witness};
use crate::role::{self, RoleSigns};
use crate::signs::SignTable;
use crate::site::SiteNames;
use crate::suspicious;
use crate::tuning::Tuning;
use crate::visibility::{HostSight, ProcessSight};

/// A creation is weighed this long after it, when the ends of its processes have been seen.
pub const HOLD: Duration = Duration::from_seconds(300);
/// Most events of a host that are kept as having blinded it.
const BLINDINGS_MAX: usize = 64;
/// Of the commands that reach for other machines the latest this many are compared with the next.
const CLIENT_COPIES_MAX: usize = 64;
/// Most keys made in the SAM that are remembered, to be compared with the creations.
const MADE_KEYS_MAX: usize = 4096;
/// Of the creations of one second, the latest this many are compared with the next.
const SAME_SECOND_MAX: usize = 256;
/// A host that showed processes for less than this has no rate of them.
const RATE_SPAN_SECONDS_MIN: f64 = 600.0;
/// The tables are swept when they have grown to this size, and then at each doubling.
const SWEEP_MIN: usize = 4096;
/// Audit subcategories without which a creation is not seen or not explained: process creation, user account
/// management, security group management, logon.
const VITAL_SUBCATEGORIES: &[&str] = &[PROCESS_CREATION, "0cce9235", "0cce9237", "0cce9215"];

/// Windows starts processes all the time: the first shown no later than this after a logon shows those of its session.
const SEEN_LATE_MAX: Duration = Duration::from_seconds(120);
/// The audit subcategory of process creation.
const PROCESS_CREATION: &str = "0cce922b";
/// Where a session's logon is not in the log, this many records before the creation are asked for.
const RECORDS_BEFORE: u64 = 1000;
/// Most places in Sysmon's log that are remembered.
const SYSMON_MARKS_MAX: usize = 4096;

/// Something that took sight away from a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blinding {
    /// 1102.
    LogCleared(RecordRef),
    /// 4719 that switches off auditing of what this analytic needs.
    AuditSwitchedOff(RecordRef),
    /// 1100.
    LogServiceStopped(RecordRef),
    /// 1101.
    EventsDropped(RecordRef),
    /// 4616 by more than a second.
    ClockChanged(RecordRef, Duration),
}

/// Which fields the host's process records had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommandLinesSeen {
    /// With a command line.
    pub with: u64,
    /// With an empty one, or without the field.
    pub without: u64,
}

/// The state of one host.
#[derive(Debug)]
pub struct HostState {
    pub(crate) netbios: String,
    pub(crate) tuning: Tuning,
    pub(crate) sight: HostSight,
    pub(crate) name_is_ambiguous: bool,
    pub(crate) processes: ProcessTable,
    pub(crate) logons: LogonTable,
    pub(crate) accounts: AccountTable,
    pub(crate) blindings: Vec<Blinding>,
    pub(crate) command_lines: CommandLinesSeen,
    /// From the earliest start to the latest writing of processes that were told later than their order waits for.
    pub(crate) told_late: Option<(Timestamp, Timestamp)>,
    pub(crate) signs: SignTable,
    pub(crate) installs: InstallTable,
    /// What its processes and logons say of what it is for.
    role_signs: RoleSigns,
    /// Accounts that acted on it.
    names: SiteNames,
    /// By its logs, or since it made accounts of a domain.
    keeps_domain: bool,
    findings: FindingTable,
    clients: VecDeque<ClientCommand>,
    /// Accounts whose keys lsass made in the SAM.
    made_keys: Vec<(String, RecordRef)>,
    /// As the records name it: the first in the order of its events.
    name: Option<HostName>,
    /// Tools that made the one account that they make.
    spent: BTreeSet<ProcessIndex>,
    /// Places in Sysmon's log: when a record was written, and its id.
    sysmon_marks: VecDeque<(Timestamp, u64)>,
    /// Auditing of process creation was switched off, and not on again.
    process_audit_off: bool,
    /// Suspicious processes that began so far; two logs may both tell of one.
    suspicious_started: u64,
    latest_start: Option<Timestamp>,
    started_at: Option<Timestamp>,
    waiting: VecDeque<Waiting>,
    settled: Vec<Settled>,
    sweep_at: usize,
}

/// What one host's events came to.
#[derive(Debug, Default)]
pub struct HostHunt {
    /// One for each creation.
    pub cases: Vec<Case>,
    /// What else is worth a look.
    pub findings: Vec<Finding>,
    /// Commands that reach for other machines.
    pub clients: Vec<ClientCommand>,
    /// Names of accounts that acted on it.
    pub names: SiteNames,
}

/// What a host is for, and whose it is.
#[derive(Debug, Default)]
pub(crate) struct About {
    pub(crate) role: Option<HostRole>,
    pub(crate) owner: Option<Text>,
}

/// A creation that waits to be weighed.
#[derive(Debug)]
struct Waiting {
    creation: Creation,
    host_name: HostName,
    sight: ProcessSight,
    /// Auditing of processes had been switched off by then, and nothing else tells of them.
    audit_off: bool,
}

impl HostState {
    /// A host of which nothing was heard yet but its tally.
    pub fn new(netbios: String, tuning: Tuning, sight: HostSight, name_is_ambiguous: bool) -> HostState {
        HostState {
            accounts: AccountTable::of_site(&netbios, tuning.analytic.clone()),
            netbios,
            tuning,
            sight,
            name_is_ambiguous,
            processes: ProcessTable::default(),
            logons: LogonTable::default(),
            blindings: Vec::new(),
            command_lines: CommandLinesSeen::default(),
            told_late: None,
            signs: SignTable::default(),
            installs: InstallTable::default(),
            role_signs: RoleSigns::default(),
            names: SiteNames::default(),
            keeps_domain: false,
            findings: FindingTable::default(),
            clients: VecDeque::new(),
            made_keys: Vec::new(),
            name: None,
            spent: BTreeSet::new(),
            sysmon_marks: VecDeque::new(),
            process_audit_off: false,
            suspicious_started: 0,
            latest_start: None,
            started_at: None,
            waiting: VecDeque::new(),
            settled: Vec::new(),
            sweep_at: SWEEP_MIN,
        }
    }

    /// The next event, in the order of `order::WaitingEvents`.
    pub fn apply(&mut self, event: &Event) {
        let now = crate::order::happened_at(event);
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
    fn supporting(&mut self, event: &Event) {
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

    fn process_created(&mut self, event: &Event, process: &ProcessCreated) {
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
        let is_suspicious = suspicious::reason(&self.tuning.analytic, subject).is_some();
        self.suspicious_started += u64::from(is_suspicious);
        self.processes.created(process, &event.record);
        // Asked first, since hardly any does, and redacting a command line is dear.
        let targets = client::targets(&event.body);
        if !targets.is_empty() {
            let actor = self.actor(process.own_account(), event.at);
            let shown = case::describe_created(process);
            self.clients_add(ClientCommand::of(event, targets, actor, shown));
        }
    }

    fn clients_add(&mut self, client: Option<ClientCommand>) {
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

    fn script(&mut self, event: &Event, script: &ScriptBlock) {
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
            Some(process) => (process.token.clone(), case::describe(process)),
            None => (account, Process { pid: script.pid, ..Process::default() }),
        };
        let actor = self.actor(&account, event.at);
        self.clients_add(ClientCommand::of(event, targets, actor, shown));
    }

    fn pipeline(&mut self, pipeline: &PipelineExecuted, record: &RecordRef) {
        if self.signs.pipeline(pipeline, record) {
            self.witness_of_script(pipeline.pid, pipeline.user.as_ref(), record);
        }
    }

    fn witness_of_script(&mut self, pid: Option<ProcessId>, user: Option<&Sid>, record: &RecordRef) {
        let account = Principal { sid: user.cloned(), ..Principal::default() };
        if let Some(pid) = pid {
            self.witness(pid, None, None, &account, record);
        }
    }

    fn witness(
        &mut self,
        pid: ProcessId,
        guid: Option<ProcessGuid>,
        image: Option<&Text>,
        account: &Principal,
        record: &RecordRef,
    ) {
        self.processes.witnessed(&Witness { pid, guid, image, account, at: record.at }, record);
    }

    fn sam_written(&mut self, written: &SamKeyWritten, record: &RecordRef) {
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
        let shown = known.map(case::describe).unwrap_or_else(|| Process {
            pid: written.pid,
            guid: written.guid,
            image: written.image.clone(),
            ..Process::default()
        });
        self.findings.sam_written(written, shown, record);
    }

    /// An account with the session that it acts from.
    fn actor(&self, account: &Principal, at: Timestamp) -> Actor {
        let session = account.logon_id.and_then(|logon_id| self.logons.at(logon_id, at, CHANNEL_TOLERANCE));
        case::session_actor(account.clone(), session, at)
    }

    /// No more events: every creation becomes its case.
    pub fn finish(mut self) -> HostHunt {
        while let Some(waiting) = self.waiting.pop_front() {
            self.settle_one(waiting);
        }
        let settled = std::mem::take(&mut self.settled);
        // A 4720 of a domain's account is written by a domain controller alone; where local accounts were made too, it
        // is no such host, and one of the names is an old one.
        let made = |scope| settled.iter().any(|settled: &Settled| settled.scope() == scope);
        self.keeps_domain = self.sight.domain_controller || (made(Scope::Domain) && !made(Scope::Local));
        let about = self.about();
        let cases: Vec<Case> =
            settled.into_iter().map(|settled| case::assemble(&self, &about, settled)).collect();
        let mut clients: Vec<ClientCommand> = std::mem::take(&mut self.clients).into();
        clients.iter_mut().for_each(|client| self.identify(&mut client.actor));
        let names = std::mem::take(&mut self.names);
        HostHunt { findings: self.late_findings(&cases, about), cases, clients, names }
    }

    /// What the host is for and whose it is: by the inventory, and what that does not say by its events.
    fn about(&self) -> About {
        let listed = self.name.as_ref().and_then(|name| self.tuning.analytic.inventory.find(name));
        let by_events = || match self.keeps_domain {
            true => Some(role::domain_controller()),
            false => self.sight.role_signs.role(&self.role_signs),
        };
        About {
            role: listed.and_then(InventoryHost::case_role).or_else(by_events),
            owner: listed.and_then(|host| host.owner.clone()),
        }
    }

    /// Tells what kind of account acts; at the end, when all that tells the machine's own accounts is known.
    pub(crate) fn identify(&self, actor: &mut Actor) {
        let place = Place {
            netbios: &self.netbios,
            machine: self.accounts.machine(),
            domain_controller: self.keeps_domain,
        };
        actor.kind = actor::kind(&actor.account, place);
    }

    /// What can only be said at the end: that a creation never came.
    fn late_findings(mut self, cases: &[Case], about: About) -> Vec<Finding> {
        let Some(name) = self.name.take() else { return Vec::new() };
        if !self.sight.domain_controller {
            for (sid, unseen) in self.accounts.unseen() {
                self.findings.unseen(sid, &unseen);
            }
            for (name, record) in &self.made_keys {
                let is_it = |case: &&Case| {
                    case.account
                        .created_as
                        .as_deref()
                        .is_some_and(|created| created.eq_ignore_ascii_case(name))
                        && (case.created_at - record.at).magnitude() <= HOLD
                };
                if !cases.iter().any(|case| is_it(&case)) {
                    self.findings.key_without_creation(name, record);
                }
            }
        }
        let domain_controller = self.sight.domain_controller.then_some(true);
        let About { role, owner } = about;
        let host = CaseHost { netbios: name.netbios(), name, domain_controller, role, owner };
        let mut findings = std::mem::take(&mut self.findings).finish(&host, self.accounts.machine());
        findings
            .iter_mut()
            .filter_map(|finding| finding.actor.as_mut())
            .for_each(|actor| self.identify(actor));
        findings
    }

    fn account_created(&mut self, event: &Event, created: &begat_model::event::AccountCreated) {
        if self.is_told_already(event, created) {
            return;
        }
        if let Some(sid) = &created.account.sid {
            self.accounts.created(sid, event.at, created.account.name.clone(), &created.subject);
        }
        let audit_off = self.process_audit_off && self.sight.sysmon_creations == 0;
        let sight = match self.sight.at(event.at, self.latest_start) {
            ProcessSight::Seen if audit_off => ProcessSight::Gap,
            sight => sight,
        };
        self.waiting.push_back(Waiting {
            creation: Creation { event: created.clone(), record: event.record.clone() },
            host_name: event.host.clone(),
            sight,
            audit_off,
        });
    }

    /// A SID is given out once: its second creation within a second is the first, from a carrier that drops record
    /// ids or rounds times.
    fn is_told_already(&mut self, event: &Event, created: &begat_model::event::AccountCreated) -> bool {
        let Some(sid) = &created.account.sid else { return false };
        let lately = self.waiting.iter_mut().rev().take(SAME_SECOND_MAX);
        let mut same_second =
            lately.take_while(|waiting| event.at - waiting.creation.at() <= Duration::from_seconds(1));
        let told = same_second.find(|waiting| waiting.creation.event.account.sid.as_ref() == Some(sid));
        let Some(told) = told else { return false };
        if event.at.precision() > told.creation.record.at.precision() {
            told.creation = Creation { event: created.clone(), record: event.record.clone() };
        }
        true
    }

    /// Weighs the creations up to a time, while the processes around them are still in the table.
    fn settle_until(&mut self, horizon: Timestamp) {
        while self.waiting.front().is_some_and(|waiting| waiting.creation.at() < horizon) {
            if let Some(waiting) = self.waiting.pop_front() {
                self.settle_one(waiting);
            }
        }
    }

    fn settle_one(&mut self, waiting: Waiting) {
        let Waiting { creation, host_name, sight, audit_off } = waiting;
        let (at, logon_id) = (creation.at(), creation.logon_id());
        let session = logon_id.and_then(|id| self.logons.at(id, at, CHANNEL_TOLERANCE));
        let life = creation.event.account.sid.as_ref().and_then(|sid| self.accounts.life(sid));
        let scene = Scene {
            creation: &creation,
            processes: &self.processes,
            logons: &self.logons,
            tuning: &self.tuning,
            sight,
            scope: case::scope(&creation, &host_name, &self.sight),
            netbios: &self.netbios,
            host_started_at: self.started_at.filter(|started_at| *started_at <= at),
            clock_set_back: self.clock_set_back_near(at),
            is_loopback: session.is_some_and(|session| session.is_loopback(&self.netbios)),
            session,
            scripts: self.signs.scripts_near(at, CHANNEL_TOLERANCE),
            queries: logon_id.map(|id| self.signs.queries_near(id, at)).unwrap_or_default(),
            pipe: logon_id.and_then(|id| self.signs.pipe_near(id, at, CHANNEL_TOLERANCE)),
            laps: self.signs.laps_near(at, &creation.event.account),
            missing: self
                .records_missing(&creation, session)
                .or_else(|| self.starts_missing())
                .or_else(|| self.processes_seen_late(session)),
            spent: &self.spent,
            audit_off,
            installs: &self.installs,
            powershell_logged: self.sight.powershell_records > 0,
            suspicious_per_second: self.suspicious_per_second(),
            undone: life.is_some_and(|life| life.outcome() == Outcome::AttemptFailed),
            linked: logon_id.and_then(|id| self.logons.linked_to(id, at, CHANNEL_TOLERANCE)),
        };
        let (settled, made_by) = case::settle(&scene, host_name);
        self.spent.extend(made_by);
        self.settled.push(settled);
    }

    /// From the whole time that the host showed processes; fewer than ten minutes say nothing of a rate.
    fn suspicious_per_second(&self) -> Option<f64> {
        let span_seconds = (self.latest_start? - self.sight.process_creations.first?).seconds();
        (span_seconds >= RATE_SPAN_SECONDS_MIN).then(|| self.suspicious_started as f64 / span_seconds)
    }

    fn clock_set_back_near(&self, at: Timestamp) -> Option<RecordRef> {
        self.blindings.iter().find_map(|blinding| match blinding {
            Blinding::ClockChanged(record, step) => {
                let is_back = *step < Duration::ZERO && step.magnitude() > CHANNEL_TOLERANCE;
                (is_back && (record.at - at).magnitude() <= HOLD).then(|| record.clone())
            }
            _ => None,
        })
    }

    /// What is missing of every log that could have told the process: from the logon of the creation's session, or
    /// the beginning of the window, to the creation.
    fn records_missing(&self, creation: &Creation, session: Option<&LogonSession>) -> Option<String> {
        let sight = &self.sight;
        let logs = [
            (
                sight.process_creations.count > sight.sysmon_creations,
                "Security",
                self.missing_of_security(creation, session),
            ),
            (sight.sysmon_creations > 0, "Sysmon", self.missing_of_sysmon(creation.at())),
        ];
        let mut details = Vec::new();
        for (_, name, continuity) in logs.into_iter().filter(|(tells, ..)| *tells) {
            match continuity {
                Continuity::Nothing => return None,
                Continuity::Gap(first, last) if first == last => {
                    details.push(format!("record {first} of the {name} log is missing"));
                }
                Continuity::Gap(first, last) => {
                    details.push(format!("records {first} to {last} of the {name} log are missing"));
                }
                Continuity::Lossy(share) => {
                    details.push(format!("about {share} of a hundred records of the {name} log are missing"));
                }
            }
        }
        (!details.is_empty()).then(|| details.join(", "))
    }

    /// A log that shows processes only from some time after the session's logon does not show all of the session's.
    fn processes_seen_late(&self, session: Option<&LogonSession>) -> Option<String> {
        let (first, session) = (self.sight.process_creations.first?, session?);
        (first - session.began_at > SEEN_LATE_MAX)
            .then(|| format!("processes are shown only since {first}, and the session is older"))
    }

    /// Where ids say nothing, ends do: a process ends whose start was not seen.
    fn starts_missing(&self) -> Option<String> {
        let percent = self.processes.ends().unseen_percent()?;
        Some(format!("of a hundred processes that ended here, {percent} were not seen to start"))
    }

    fn missing_of_security(&self, creation: &Creation, session: Option<&LogonSession>) -> Continuity {
        let Some(until) = creation.record.record_id else { return Continuity::Nothing };
        let logon = session.and_then(|session| session.record.record_id).filter(|logon| *logon < until);
        self.sight.security_records.between(logon.unwrap_or(until.saturating_sub(RECORDS_BEFORE)), until)
    }

    /// Sysmon numbers its own log: the records read around the creation say where in it that was.
    fn missing_of_sysmon(&self, at: Timestamp) -> Continuity {
        let from = at - STARTED_NEAR;
        let before = self.sysmon_marks.iter().rev().find(|(when, _)| *when <= from);
        let first = before.or_else(|| self.sysmon_marks.front());
        let after = self.sysmon_marks.iter().find(|(when, _)| *when >= at + CHANNEL_TOLERANCE);
        let last = after.or_else(|| self.sysmon_marks.back());
        match (first, last) {
            (Some((_, first)), Some((_, last))) => {
                self.sight.sysmon_records.between(*first.min(last), *last.max(first))
            }
            _ => Continuity::Nothing,
        }
    }

    /// One mark a second is enough, and only for as long as a creation may ask.
    fn mark_sysmon(&mut self, event: &Event) {
        let Some(record_id) = event.record.record_id else { return };
        if event.record.kind.spec().channel != channel::SYSMON {
            return;
        }
        if self.sysmon_marks.back().is_some_and(|(when, _)| event.at - *when < Duration::from_seconds(1)) {
            return;
        }
        let horizon = event.at - HOLD - HOLD - STARTED_NEAR;
        while self.sysmon_marks.len() > SYSMON_MARKS_MAX
            || self.sysmon_marks.get(1).is_some_and(|(when, _)| *when < horizon)
        {
            self.sysmon_marks.pop_front();
        }
        self.sysmon_marks.push_back((event.at, record_id));
    }

    fn audit_policy_changed(&mut self, change: &AuditPolicyChanged, record: &RecordRef) {
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

    fn clock_changed(&mut self, change: &ClockChanged, record: &RecordRef) {
        let (Some(previous), Some(new)) = (change.previous, change.new) else { return };
        // Services of Windows trim the clock by milliseconds all day.
        let step = new - previous;
        if step.magnitude() > Duration::from_seconds(1) {
            self.blinded(Blinding::ClockChanged(record.clone(), step));
        }
    }

    fn blinded(&mut self, blinding: Blinding) {
        if self.blindings.len() == BLINDINGS_MAX {
            self.blindings.remove(0);
        }
        self.blindings.push(blinding);
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

impl Blinding {
    /// The event in a case.
    pub fn case_event(&self) -> CaseEvent {
        let (Blinding::LogCleared(record)
        | Blinding::AuditSwitchedOff(record)
        | Blinding::LogServiceStopped(record)
        | Blinding::EventsDropped(record)
        | Blinding::ClockChanged(record, _)) = self;
        CaseEvent { record: record.clone(), role: Role::Blinding }
    }
}
