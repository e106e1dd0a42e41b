//! Explanations that are no process of the host, each with its signs.

use begat_model::case::{Explanation, Scope};
use begat_model::{LogonId, Sid};

use crate::cause::evidence::{EvidenceKind, Finding};
use crate::cause::scene::Scene;
use crate::sight::visibility::ProcessSight;
use crate::spans::{CHANNEL_TOLERANCE, SETUP_AFTER_START_MAX, STARTED_NEAR};
use crate::tables::logon::LogonSession;
use crate::tables::process::record::Session;

impl Scene<'_> {
    /// Explanations that are no process of this host, each with its signs. What has no sign at all is left out,
    /// but for what the telemetry does not show: that can always be.
    pub(super) fn other_explanations(&self) -> Vec<(Explanation, Vec<Finding>)> {
        let mut others = vec![(Explanation::Unobserved, self.unobserved_findings())];
        let windows = self.windows_findings();
        if !windows.is_empty() {
            others.push((Explanation::Windows, windows));
        }
        if self.sight != ProcessSight::Blind {
            others.extend(self.session_explanation());
        }
        others
    }

    pub(super) fn unobserved_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.sight != ProcessSight::Seen {
            let why = match self.sight {
                ProcessSight::Blind => "this host shows no process creation at all",
                _ => "this host shows no process creation around this time",
            };
            findings.push(Finding::new(EvidenceKind::TelemetryGap, why, Vec::new()));
        }
        if let (Some(missing), ProcessSight::Seen) = (&self.missing, self.sight) {
            findings.push(Finding::new(EvidenceKind::RecordsMissing, missing.clone(), Vec::new()));
        }
        // Where no processes are shown, none is misplaced.
        if let Some(record) = self.clock_set_back.as_ref().filter(|_| self.sight != ProcessSight::Blind) {
            let why =
                format!("the clock was set back at {}: what ran before it bears later times", record.at);
            findings.push(Finding::new(EvidenceKind::ClockSetBack, why, vec![record.clone()]));
        }
        let Some(logon_id) = self.creation.logon_id() else { return findings };
        if self.sight == ProcessSight::Blind {
            return findings;
        }
        if logon_id.is_well_known() {
            let why = format!("services that started before the log run in {logon_id} too");
            findings.push(Finding::new(EvidenceKind::SharedSessionUnseen, why, Vec::new()));
        } else if self.session.is_none() {
            let why =
                format!("the logon of session {logon_id} is not in the input: it may hold older processes");
            findings.push(Finding::new(EvidenceKind::SessionOlderThanLog, why, Vec::new()));
        }
        findings
    }

    /// A session that no process holds: a client on the network, or a borrowed token.
    pub(super) fn session_explanation(&self) -> Option<(Explanation, Vec<Finding>)> {
        let logon_id = self.creation.logon_id().filter(|logon_id| !logon_id.is_well_known())?;
        let session = self.session?;
        let mut of_session = self.processes.of_session(Session::Known(logon_id));
        let held = of_session.any(|(_, process)| self.may_have_just_been(process));
        let records = vec![session.record.clone()];
        if self.is_loopback {
            // No client on the network: a process of this host went out and came in again.
            return None;
        }
        let signs = self.remote_findings();
        let may_be_held = held || self.may_be_held(session);
        match (session.is_network(), may_be_held) {
            (true, false) => {
                let source = session.source_ip.as_deref().unwrap_or("an address that is not told");
                let why = format!(
                    "session {logon_id} came over the network from {source}, and no process is alive in it"
                );
                let kind = EvidenceKind::NetworkSessionWithoutProcess;
                let mut findings = vec![Finding::new(kind, why, records)];
                findings.extend(signs);
                Some((Explanation::RemoteCaller, findings))
            }
            (true, true) => Some((Explanation::RemoteCaller, signs)),
            (false, false) => {
                let why = format!("the logon of session {logon_id} is known, and no process is alive in it");
                let kind = EvidenceKind::SessionWithoutProcess;
                Some((Explanation::Impersonation, vec![Finding::new(kind, why, records)]))
            }
            (false, true) => None,
        }
    }

    /// Before Windows 10 a process that a service started for this session looks like SYSTEM's own (A1): one that
    /// began since the logon may be of it.
    pub(super) fn may_be_held(&self, session: &LogonSession) -> bool {
        let (from, until) = (session.began_at - CHANNEL_TOLERANCE, self.reach(STARTED_NEAR).1);
        let mut not_told = self.processes.of_session_started(Session::NotTold, from, until);
        not_told.any(|(_, process)| process.start_seen && self.may_have_just_been(process))
    }

    /// Records that the client itself left.
    pub(super) fn remote_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(pipe) = self.pipe {
            let why = format!("the session opened the pipe samr over the network at {}", pipe.at);
            findings.push(Finding::new(EvidenceKind::SamPipeOpened, why, vec![pipe.record.clone()]));
        }
        if let Some(query) = self.queries.iter().find(|query| query.caller.is_none()) {
            let why = "the session looked accounts up, and Windows names no process: its client is remote";
            findings.push(Finding::new(EvidenceKind::QueriedRemotely, why, vec![query.record.clone()]));
        }
        findings
    }

    /// Positive signs that Windows itself was at work: never for want of better.
    pub(super) fn windows_findings(&self) -> Vec<Finding> {
        let mut findings = self.setup_findings();
        let by_system = self.creation.logon_id() == Some(LogonId::SYSTEM);
        if let Some(laps) = self.laps.filter(|_| by_system && self.scope == Scope::Local) {
            let why = format!("Windows LAPS said at {} that it manages this account", laps.at);
            findings.push(Finding::new(EvidenceKind::ManagedByLaps, why, vec![laps.clone()]));
        }
        findings
    }

    pub(super) fn setup_findings(&self) -> Vec<Finding> {
        let subject = &self.creation.event.subject;
        let is_system = subject.sid.as_ref().is_some_and(|sid| sid.as_str() == Sid::SYSTEM)
            && subject.logon_id == Some(LogonId::SYSTEM);
        let mut findings = Vec::new();
        if !is_system || self.scope != Scope::Local {
            return findings;
        }
        let record = || vec![self.creation.record.clone()];
        let machine = subject.name.as_deref().and_then(|name| name.strip_suffix('$'));
        if let Some(old) = machine.filter(|name| name.to_uppercase() != self.netbios) {
            let why = format!("SYSTEM still goes by the machine name {old}, not {}", self.netbios);
            findings.push(Finding::new(EvidenceKind::SetupOldMachineName, why, record()));
        }
        let rid = self.creation.event.account.sid.as_ref().and_then(Sid::rid);
        if let Some(rid) = rid.filter(|rid| *rid < 1000) {
            let why = format!("its RID is {rid}, and callers are given 1000 and above");
            findings.push(Finding::new(EvidenceKind::SetupBuiltinRid, why, record()));
        }
        if rid == Some(1000) {
            let why = "its RID is 1000, the first that a machine gives out";
            findings.push(Finding::new(EvidenceKind::SetupFirstAccount, why, record()));
        }
        let since_start = self.host_started_at.map(|started_at| self.creation.at() - started_at);
        if let Some(minutes) = since_start.filter(|since| *since <= SETUP_AFTER_START_MAX) {
            let why = format!("Windows started {minutes} before");
            findings.push(Finding::new(EvidenceKind::SetupJustStarted, why, record()));
        }
        if let Some(record_id) = self.creation.record.record_id.filter(|record_id| *record_id < 1000) {
            let why = format!("it is record {record_id} of the Security log since Windows was installed");
            findings.push(Finding::new(EvidenceKind::SetupYoungLog, why, record()));
        }
        findings
    }
}
