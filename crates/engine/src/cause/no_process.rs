//! Explanations that are no process of the host, each with its signs.

use std::slice;

use begat_model::case::{EvidenceFact, Explanation, Missing, Scope};
use begat_model::{LogonId, Sid};

use crate::cause::clue::Clue;
use crate::cause::evidence::EvidenceKind;
use crate::cause::first_run::{YOUNG_LOG_MAX, is_setups_own};
use crate::cause::scene::Scene;
use crate::sight::visibility::ProcessSight;
use crate::spans::{CHANNEL_TOLERANCE, SETUP_AFTER_START_MAX, STARTED_NEAR};
use crate::tables::account::unseen::FIRST_CREATED_RID;
use crate::tables::logon::LogonSession;
use crate::tables::process::record::Session;
use crate::windows::own_names::is_of_setup;

impl Scene<'_> {
    /// Explanations that are no process of this host, each with its signs. What has no sign at all is left out,
    /// but for what the telemetry does not show: that can always be.
    pub(super) fn other_explanations(&self) -> Vec<(Explanation, Vec<Clue<'_>>)> {
        let windows = self.windows_clues();
        // Nobody who asks the SAM for an account is given such a RID, whatever the log does not show.
        if windows.iter().any(|clue| clue.kind == EvidenceKind::SetupBuiltinRid) {
            return vec![(Explanation::Windows, windows)];
        }
        let mut others = vec![(Explanation::Unobserved, self.unobserved_clues())];
        if !windows.is_empty() {
            others.push((Explanation::Windows, windows));
        }
        match self.telemetry.sight {
            ProcessSight::Blind => others.extend(self.client_explanation()),
            _ => others.extend(self.session_explanation()),
        }
        others
    }

    pub(super) fn unobserved_clues(&self) -> Vec<Clue<'_>> {
        let mut clues = Vec::new();
        if self.telemetry.sight != ProcessSight::Seen {
            let why = match self.telemetry.sight {
                ProcessSight::Blind => EvidenceFact::NoProcesses,
                _ => EvidenceFact::NoProcessesAround,
            };
            clues.push(Clue::new(EvidenceKind::TelemetryGap, why, &[]));
        }
        if let Some(missing) = &self.telemetry.missing {
            let why = EvidenceFact::RecordsMissing { missing: missing.clone() };
            match (missing, self.telemetry.sight) {
                (Missing::Unread { .. }, _) => {
                    clues.push(Clue::new(EvidenceKind::RecordsUnread, why, &[]));
                }
                (_, ProcessSight::Seen) => clues.push(Clue::new(EvidenceKind::RecordsMissing, why, &[])),
                _ => {}
            }
        }
        // Where no processes are shown, none is misplaced.
        if let Some(record) =
            self.machine.clock_set_back.as_ref().filter(|_| self.telemetry.sight != ProcessSight::Blind)
        {
            let why = EvidenceFact::ClockSetBack { at: record.at };
            clues.push(Clue::new(EvidenceKind::ClockSetBack, why, slice::from_ref(record)));
        }
        if self.telemetry.is_filtered && self.telemetry.sight != ProcessSight::Blind {
            let why = EvidenceFact::ProcessLogFiltered;
            clues.push(Clue::new(EvidenceKind::ProcessLogFiltered, why, &[]));
        }
        let Some(session) = self.creation.logon_id() else { return clues };
        if self.telemetry.sight == ProcessSight::Blind {
            return clues;
        }
        if self.is_held(session) {
            clues.push(Clue::new(EvidenceKind::UnseenAct, EvidenceFact::UnseenAct, &[]));
        }
        if session.is_well_known() {
            let why = EvidenceFact::SharedSessionUnseen { session };
            clues.push(Clue::new(EvidenceKind::SharedSessionUnseen, why, &[]));
        } else if self.behind.session.is_none() {
            let why = EvidenceFact::SessionOlderThanLog { session };
            clues.push(Clue::new(EvidenceKind::SessionOlderThanLog, why, &[]));
        }
        clues
    }

    /// A process of this session was alive: code in it may be foreign, its token may have been borrowed.
    fn is_held(&self, session: LogonId) -> bool {
        let mut of_session = self.processes.of_session(Session::Known(session));
        !session.is_well_known() && of_session.any(|(_, process)| self.moment.may_have_just_been(process))
    }

    /// Where no processes are told, only what the client itself left shows that it was one of the network.
    fn client_explanation(&self) -> Option<(Explanation, Vec<Clue<'_>>)> {
        let logon_id = self.creation.logon_id().filter(|logon_id| !logon_id.is_well_known())?;
        let session =
            self.behind.session.filter(|session| session.is_from_outside() && !self.behind.is_loopback)?;
        let signs = self.remote_clues();
        if signs.is_empty() {
            return None;
        }
        let why = EvidenceFact::NetworkSession { session: logon_id, source: session.source_ip.clone() };
        let kind = EvidenceKind::NetworkSessionWithoutProcess;
        let records = slice::from_ref(&session.record);
        Some((
            Explanation::RemoteCaller,
            std::iter::once(Clue::new(kind, why, records)).chain(signs).collect(),
        ))
    }

    /// A session that no process holds: a client on the network, or a borrowed token.
    pub(super) fn session_explanation(&self) -> Option<(Explanation, Vec<Clue<'_>>)> {
        let logon_id = self.creation.logon_id().filter(|logon_id| !logon_id.is_well_known())?;
        let session = self.behind.session?;
        let held = self.is_held(logon_id);
        let records = slice::from_ref(&session.record);
        if self.behind.is_loopback {
            // No client on the network: a process of this host went out and came in again.
            return None;
        }
        let signs = self.remote_clues();
        let may_be_held = held || self.may_be_held(session) || !self.telemetry.absence_shows;
        // Remoting tells no address, and a logon that a process of this host asked for is none of the network.
        match (session.is_network(), may_be_held) {
            (true, _)
                if !session.is_from_outside() && (may_be_held || session.subject.logon_id.is_none()) =>
            {
                None
            }
            (true, false) if !session.is_from_outside() => {
                let why = EvidenceFact::SessionWithoutProcess { session: logon_id };
                let kind = EvidenceKind::SessionWithoutProcess;
                Some((Explanation::Impersonation, vec![Clue::new(kind, why, records)]))
            }
            (true, false) => {
                let why =
                    EvidenceFact::NetworkSession { session: logon_id, source: session.source_ip.clone() };
                let kind = EvidenceKind::NetworkSessionWithoutProcess;
                let mut clues = vec![Clue::new(kind, why, records)];
                clues.extend(signs);
                Some((Explanation::RemoteCaller, clues))
            }
            (true, true) => Some((Explanation::RemoteCaller, signs)),
            (false, false) => {
                let why = EvidenceFact::SessionWithoutProcess { session: logon_id };
                let kind = EvidenceKind::SessionWithoutProcess;
                Some((Explanation::Impersonation, vec![Clue::new(kind, why, records)]))
            }
            (false, true) => None,
        }
    }

    /// Before Windows 10 a process that a service started for this session looks like SYSTEM's own (A1): one that
    /// began since the logon may be of it.
    pub(super) fn may_be_held(&self, session: &LogonSession) -> bool {
        let (from, until) = (session.began_at - CHANNEL_TOLERANCE, self.moment.reach(STARTED_NEAR).1);
        let mut not_told = self.processes.of_session_started(Session::NotTold, from, until);
        not_told.any(|(_, process)| process.start_seen && self.moment.may_have_just_been(process))
    }

    /// Records that the client itself left.
    pub(super) fn remote_clues(&self) -> Vec<Clue<'_>> {
        let mut clues = Vec::new();
        if let Some(pipe) = self.pointers.pipe {
            let why = EvidenceFact::SamPipeOpened { at: pipe.at };
            clues.push(Clue::new(EvidenceKind::SamPipeOpened, why, slice::from_ref(&pipe.record)));
        }
        if let Some(query) = self.pointers.queries.iter().find(|query| query.caller.is_none()) {
            let why = EvidenceFact::QueriedRemotely;
            clues.push(Clue::new(EvidenceKind::QueriedRemotely, why, slice::from_ref(&query.record)));
        }
        clues
    }

    /// Positive signs that Windows itself was at work: never for want of better.
    ///
    /// That a machine is young says nothing by itself: agents of the cloud make accounts in its first minutes. So one
    /// of the signs must name the account, or the phase of setup while no program but Windows' own runs as SYSTEM.
    pub(super) fn windows_clues(&self) -> Vec<Clue<'_>> {
        let mut clues = self.setup_clues();
        let has = |kind| clues.iter().any(|clue: &Clue<'_>| clue.kind == kind);
        let is_setup = has(EvidenceKind::SetupBuiltinRid)
            || (has(EvidenceKind::SetupOldMachineName) && !self.system_runs_others())
            || (has(EvidenceKind::SetupOwnName) && !self.system_runs_others());
        if !is_setup {
            clues.clear();
        }
        let by_system = self.creation.logon_id() == Some(LogonId::SYSTEM);
        if let Some(laps) = self.pointers.laps.filter(|_| by_system && self.machine.scope == Scope::Local) {
            let why = EvidenceFact::ManagedByLaps { at: laps.at };
            clues.push(Clue::new(EvidenceKind::ManagedByLaps, why, slice::from_ref(laps)));
        }
        clues
    }

    /// A program that is none of Windows' own was alive as SYSTEM.
    fn system_runs_others(&self) -> bool {
        let mut of_system = self.processes.of_session(Session::Known(LogonId::SYSTEM));
        of_system.any(|(_, process)| {
            process.image.is_some()
                && process.capability().is_none()
                && self.moment.may_have_just_been(process)
        })
    }

    pub(super) fn setup_clues(&self) -> Vec<Clue<'_>> {
        let subject = &self.creation.event.subject;
        let is_system = subject.sid.as_ref().is_some_and(|sid| sid.as_str() == Sid::SYSTEM)
            && subject.logon_id == Some(LogonId::SYSTEM);
        let mut clues = Vec::new();
        let record = slice::from_ref(&self.creation.record);
        let rid = self.creation.event.account.sid.as_ref().and_then(Sid::rid);
        // Whoever asks for an account is given the next RID above 999: those below are Windows' own in a domain too,
        // whose krbtgt is made as ANONYMOUS LOGON.
        if let Some(rid) = rid.filter(|rid| *rid < FIRST_CREATED_RID) {
            let why = EvidenceFact::BuiltinRid { rid };
            clues.push(Clue::new(EvidenceKind::SetupBuiltinRid, why, record));
        }
        if !is_system || self.machine.scope != Scope::Local {
            return clues;
        }
        let machine = subject.name.as_deref().and_then(|name| name.strip_suffix('$'));
        // A collector may write an alias into Computer: only a name that setup gives is one that was left behind.
        if let Some(old) =
            machine.filter(|name| name.to_uppercase() != self.machine.netbios && is_of_setup(name))
        {
            let why = EvidenceFact::OldMachineName { old: old.into(), new: self.machine.netbios.into() };
            clues.push(Clue::new(EvidenceKind::SetupOldMachineName, why, record));
        }
        let own_name = self.sought.name.filter(|name| is_setups_own(name));
        if let Some(name) = own_name.filter(|_| rid == Some(FIRST_CREATED_RID)) {
            let why = EvidenceFact::SetupOwnName { name: name.clone() };
            clues.push(Clue::new(EvidenceKind::SetupOwnName, why, record));
        }
        if rid == Some(FIRST_CREATED_RID) {
            clues.push(Clue::new(EvidenceKind::SetupFirstAccount, EvidenceFact::FirstRid, record));
        }
        let since_start = self.machine.host_started_at.map(|started_at| self.creation.at() - started_at);
        if let Some(since) = since_start.filter(|since| *since <= SETUP_AFTER_START_MAX) {
            let why = EvidenceFact::WindowsJustStarted { since };
            clues.push(Clue::new(EvidenceKind::SetupJustStarted, why, record));
        }
        if let Some(record_id) = self.creation.record.record_id.filter(|record_id| *record_id < YOUNG_LOG_MAX)
        {
            let why = EvidenceFact::YoungLog { record_id };
            clues.push(Clue::new(EvidenceKind::SetupYoungLog, why, record));
        }
        clues
    }
}
