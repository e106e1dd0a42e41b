//! One fact an arm of every family, and more where an arm is said in several ways: what the list of sentences is of.

use begat_model::case::{
    Against, BlindSpot, EvidenceFact, Impossible, Lack, LogGap, Loss, Missing, ProcessLog, Reason,
};
use begat_model::{Duration, HostName, LogonId, ProcessId, Text, Timestamp};

pub(super) fn at() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-02T09:30:00.1234567Z").unwrap()
}

fn later() -> Timestamp {
    at() + Duration::from_seconds(90)
}

fn source() -> Option<Text> {
    Some("10.0.0.9".into())
}

const SESSION: LogonId = LogonId(0x1f4c65f);
const OTHER: LogonId = LogonId(0x2a00);
const SYSTEM: LogonId = LogonId(0x3e7);

pub(super) fn missing() -> Vec<Missing> {
    let gap = |log, loss| LogGap { log, loss };
    let (one, run, share) = (Loss::Run(4711, 4711), Loss::Run(4711, 4720), Loss::Share(12));
    vec![
        Missing::Records { gaps: vec![gap(ProcessLog::Security, one)] },
        Missing::Records { gaps: vec![gap(ProcessLog::Security, run), gap(ProcessLog::Sysmon, share)] },
        Missing::Starts { percent: 12 },
        Missing::EarlyProcesses { since: at() },
    ]
}

fn one_missing() -> Missing {
    missing().swap_remove(0)
}

/// One of every kind, and of every way to say it.
pub(crate) fn blind_spots() -> Vec<BlindSpot> {
    let count = 12;
    vec![
        BlindSpot::NoProcessTelemetry,
        BlindSpot::ProcessTelemetryGap,
        BlindSpot::CommandLineMissing,
        BlindSpot::EldestUnseen { pid: ProcessId(3952) },
        BlindSpot::ParentNotTold,
        BlindSpot::LogonMissing { session: SESSION },
        BlindSpot::SubjectMissing,
        BlindSpot::LogCleared { at: at() },
        BlindSpot::AuditSwitchedOff { at: at() },
        BlindSpot::ClockChanged { at: at(), step: Duration::from_seconds(-300) },
        BlindSpot::WholeSeconds,
        BlindSpot::HostNameAmbiguous { host: HostName::new("srv1.corp.example").unwrap() },
        BlindSpot::AuditEventsDropped { at: at() },
        BlindSpot::RecordsMissing { missing: one_missing() },
        BlindSpot::LogServiceStopped { at: at() },
        BlindSpot::PowershellLoggingOff,
        BlindSpot::SessionShared { session: SYSTEM },
        parent_asserted(Some(r"C:\Windows\System32\net1.exe".into())),
        parent_asserted(None),
        BlindSpot::ProcessesDropped { count, until: at() },
        BlindSpot::SessionsDropped { count },
        BlindSpot::GroupListsDropped { count },
        BlindSpot::InstallsDropped { count },
        BlindSpot::HappeningsLeftOut { count },
        BlindSpot::ProcessesToldLate { from: at(), until: later() },
        BlindSpot::SignsDropped,
        BlindSpot::AccountNotFollowed,
        BlindSpot::SourcesDropped { count },
    ]
}

fn parent_asserted(image: Option<Text>) -> BlindSpot {
    BlindSpot::ParentAsserted { image, asked_by: OTHER, parent: ProcessId(700), parent_session: SESSION }
}

pub(super) fn evidence() -> Vec<EvidenceFact> {
    use EvidenceFact as Fact;
    let (session, own, ours) = (SESSION, OTHER, SESSION);
    let mut facts = vec![
        Fact::LineCreatesAccount,
        Fact::LineCreatesAnother,
        Fact::LineCreatesNameless,
        Fact::LineDoesOtherwise,
        Fact::LineNamesAccount,
        Fact::SubscriptionCreatesAccount,
        Fact::ScriptCreatesAccount,
        Fact::ScriptCreatesNameless,
        Fact::WritesScriptLog,
        Fact::LookedUp,
        Fact::CallsInterfaces { program: "net1".into() },
        Fact::OnlyStarts { program: "cmd".into() },
        Fact::WindowsOwn { program: "notepad".into() },
        Fact::HoldsSession { session },
        Fact::SharesSession { session: SYSTEM },
        Fact::LinkedSession { own, ours },
        Fact::LoopbackSession { session },
        Fact::OtherSessionSameUser { own, ours },
        Fact::OtherSession { own, ours },
        Fact::SessionNotTold,
        Fact::StartedBefore { lag: Duration::from_milliseconds(31) },
        Fact::StartedAfter { late: Duration::from_milliseconds(1_500) },
        Fact::StartNotSeen,
        Fact::EndedAfter { after: Duration::from_milliseconds(15) },
        Fact::Failed { code: 2 },
        Fact::HandsOn,
        Fact::MadeAnother,
        Fact::ToolRunsBelow,
    ];
    facts.extend(evidence_without_process());
    facts
}

/// Of explanations that are no process of the host.
fn evidence_without_process() -> Vec<EvidenceFact> {
    use EvidenceFact as Fact;
    let session = SESSION;
    vec![
        Fact::NoProcesses,
        Fact::NoProcessesAround,
        Fact::RecordsMissing { missing: one_missing() },
        Fact::ClockSetBack { at: at() },
        Fact::SharedSessionUnseen { session: SYSTEM },
        Fact::SessionOlderThanLog { session },
        Fact::NetworkSession { session, source: source() },
        Fact::NetworkSession { session, source: None },
        Fact::SessionWithoutProcess { session },
        Fact::SamPipeOpened { at: at() },
        Fact::QueriedRemotely,
        Fact::ManagedByLaps { at: at() },
        Fact::OldMachineName { old: "WIN-3K1".into(), new: "SRV1".into() },
        Fact::BuiltinRid { rid: 504 },
        Fact::FirstRid,
        Fact::WindowsJustStarted { since: Duration::from_seconds(240) },
        Fact::YoungLog { record_id: 213 },
    ]
}

pub(super) fn reasons() -> Vec<Reason> {
    let session = Some(SESSION);
    vec![
        Reason::ChildUnseen,
        Reason::SeveralCould { count: 2 },
        Reason::NetworkSession { session, source: source() },
        Reason::NetworkSession { session: None, source: None },
        Reason::Laps,
        Reason::WindowsRid,
        Reason::WindowsSetup,
        Reason::BorrowedToken { session },
        Reason::NoProcesses { source: None },
        Reason::NoProcesses { source: source() },
        Reason::RecordsMissing { missing: one_missing() },
        Reason::AuditOff,
        Reason::NoProcessesAround,
        Reason::SessionNotTold,
        Reason::OtherSession { session },
        Reason::NotTied { session },
        Reason::NotAlive { session },
        Reason::NothingSeen { session },
    ]
}

pub(super) fn against() -> Vec<Against> {
    let mut all: Vec<Against> = impossible().into_iter().map(|how| Against::Impossible { how }).collect();
    let signs = vec![EvidenceFact::StartNotSeen, EvidenceFact::Failed { code: 2 }];
    all.extend([Against::Signs { signs }, Against::OnlyTime, Against::Weaker]);
    all.extend(lacks().into_iter().map(|lack| Against::Lacks { lacks: vec![lack] }));
    all.extend([Against::Lacks { lacks: vec![Lack::Command, Lack::End] }, Against::StartedEarlier]);
    all
}

pub(super) fn impossible() -> Vec<Impossible> {
    vec![
        Impossible::StartedAfter { late: Duration::from_seconds(3) },
        Impossible::EndedBefore { early: Duration::from_seconds(3) },
        Impossible::EarlierSession,
        Impossible::LongGone { since: Duration::from_seconds(3600) },
    ]
}

pub(super) fn lacks() -> Vec<Lack> {
    vec![
        Lack::Command,
        Lack::Script,
        Lack::Query,
        Lack::Name,
        Lack::Session,
        Lack::Interfaces,
        Lack::Start,
        Lack::End,
    ]
}
