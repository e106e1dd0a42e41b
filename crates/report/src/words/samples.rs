//! One fact an arm of every family, and more where an arm is said in several ways: what the list of sentences is of.

use begat_model::analytic::{SessionKind, UserContext};
use begat_model::case::{
    Against, AllowedBy, Asked, BlindSpot, Concealment, CoverUp, CreationProof, EvidenceFact, FindingFact,
    FloorReason, Impossible, Lack, LateralChannel, LifeSign, LogGap, Loss, Missing, NameFact, NameShape,
    NeverSeen, OddAncestor, ProcessLog, Proof, Reason, RiskReason, RoleGrounds, SamKey, Severity, ShapePart,
    SiteEntry, SiteMatch, Suspicion, Unmet, Verdict, Weekday,
};
use begat_model::event::Unread;
use begat_model::{Duration, HostName, LogonId, ProcessId, Sid, Text, Timestamp};

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
        Missing::Unread { count: 7 },
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
        BlindSpot::ProcessLogFiltered,
        BlindSpot::CommandLineMissing,
        BlindSpot::EldestUnseen { pid: ProcessId(3952) },
        BlindSpot::ParentNotTold,
        BlindSpot::LogonMissing { session: SESSION },
        BlindSpot::SubjectMissing,
        BlindSpot::LogCleared { at: at(), log: Some("Security".into()) },
        BlindSpot::LogCleared { at: at(), log: None },
        BlindSpot::AuditSwitchedOff { at: at() },
        BlindSpot::ClockChanged { at: at(), step: Duration::from_seconds(-300) },
        BlindSpot::WholeSeconds,
        BlindSpot::ClockWithoutZone,
        BlindSpot::HostNameAmbiguous { host: HostName::new("srv1.corp.example").unwrap() },
        BlindSpot::AuditEventsDropped { at: at() },
        BlindSpot::RecordsMissing { missing: one_missing() },
        BlindSpot::LogServiceStopped { at: at() },
        BlindSpot::ScriptPiecesMissing { missing: 2, total: 5 },
        BlindSpot::PowershellLoggingOff,
        BlindSpot::SessionShared { session: SYSTEM },
        parent_asserted(Some(r"C:\Windows\System32\net1.exe".into())),
        parent_asserted(None),
        BlindSpot::ProcessesDropped { count, until: at() },
        BlindSpot::NotAllWeighed { count: 2048 },
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
        Fact::SeveralMachines,
        Fact::LineCreatesAccount,
        Fact::LineCreatesAnother,
        Fact::LineCreatesNameless,
        Fact::LineDoesOtherwise,
        Fact::LineMeantForElsewhere,
        Fact::LineGivenOtherCommand,
        Fact::LineRunsLookingScript,
        Fact::LineFulfilled,
        Fact::LineSpeaksOfAccounts,
        Fact::LineNamesAccount,
        Fact::SubscriptionCreatesAccount,
        Fact::ScriptCreatesAccount,
        Fact::ScriptPerhapsCreatesAccount,
        Fact::LinePerhapsCreatesAccount,
        Fact::ScriptCreatesNameless,
        Fact::ScriptsSilent,
        Fact::WritesScriptLog,
        Fact::LookedUp,
        Fact::LookedUpAccount,
        Fact::NamedByEdr,
        Fact::LookedUpGroup,
        Fact::Interlocks {
            before: Duration::from_milliseconds(31),
            after: Some(Duration::from_milliseconds(15)),
        },
        Fact::Interlocks { before: Duration::from_milliseconds(31), after: None },
        Fact::PutIntoUsers,
        Fact::NotPutIntoUsers,
        Fact::OnlyProcess { session },
        Fact::CallsInterfaces { program: "net1".into() },
        Fact::OnlyStarts { program: "cmd".into() },
        Fact::WindowsOwn { program: "notepad".into() },
        Fact::UnknownProgram { program: "upd".into() },
        Fact::InstalledProgram { program: "7zfm".into() },
        Fact::Bystander { program: "chrome".into() },
        Fact::HoldsSession { session },
        Fact::SharesSession { session: SYSTEM },
        Fact::LinkedSession { own, ours },
        Fact::LoopbackSession { session },
        Fact::OtherSessionSameUser { own, ours },
        Fact::OtherSession { own, ours },
        Fact::Impersonates { own, ours },
        Fact::SessionNotTold,
        Fact::StartedBefore { lag: Duration::from_milliseconds(31) },
        Fact::StartedRightBefore,
        Fact::StartedAfter { late: Duration::from_milliseconds(1_500) },
        Fact::StartNotSeen,
        Fact::EndedAfter { after: Duration::from_milliseconds(15) },
        Fact::BelowManager { program: "ccmexec".into() },
        Fact::Failed { code: 2 },
        Fact::StillRuns,
        Fact::EndLost,
        Fact::CallRefused,
        Fact::ResultLost,
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
        Fact::ProcessLogFiltered,
        Fact::UnseenAct,
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
        Fact::SetupOwnName { name: "defaultuser0".into() },
        Fact::FirstRid,
        Fact::WindowsJustStarted { since: Duration::from_seconds(240) },
        Fact::YoungLog { record_id: 213 },
    ]
}

pub(super) fn reasons() -> Vec<Reason> {
    let session = Some(SESSION);
    vec![
        Reason::ChildUnseen,
        Reason::ActNotShown { by: proofs() },
        Reason::ActNotShown { by: vec![Proof::ScriptLog] },
        Reason::ActNotShown { by: vec![] },
        Reason::SeveralCould { count: 2 },
        Reason::NetworkSession { session, source: source() },
        Reason::NetworkSession { session: None, source: None },
        Reason::Laps,
        Reason::WindowsRid,
        Reason::WindowsSetup,
        Reason::BorrowedToken { session },
        Reason::BorrowedToken { session: None },
        Reason::NoProcesses { source: None },
        Reason::NoProcesses { source: source() },
        Reason::RecordsMissing { missing: one_missing() },
        Reason::ProcessLogFiltered,
        Reason::NetworkWithoutAddress { session },
        Reason::NetworkWithoutAddress { session: None },
        Reason::SeveralMachines,
        Reason::AuditOff,
        Reason::NoProcessesAround,
        Reason::SessionNotTold,
        Reason::OtherSession { session },
        Reason::OtherSession { session: None },
        Reason::NotTied { session },
        Reason::NotAlive { session },
        Reason::NothingSeen { session },
        Reason::NothingSeen { session: None },
    ]
}

pub(super) fn proofs() -> Vec<Proof> {
    vec![Proof::CommandLine, Proof::ScriptLog, Proof::ProcessEnds, Proof::Lookup]
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

pub(super) fn unmet() -> Vec<Unmet> {
    let wanted = || vec!["svc_*".into(), "app_*".into()];
    let text = Text::from;
    let mut all = vec![Unmet::NoCreator { verdict: Verdict::Ambiguous }, Unmet::LikelyAlone];
    all.extend(asked().into_iter().map(|what| Unmet::NotKnown { what }));
    let other = |what| Unmet::Other { what, actual: "bob".into(), wanted: wanted() };
    all.extend(asked().into_iter().map(other));
    all.extend([
        Unmet::Other { what: Asked::Account, actual: "bob".into(), wanted: vec!["svc_*".into()] },
        Unmet::OtherHash,
        Unmet::NoAncestor,
        Unmet::ClaimedParent,
        Unmet::OtherAncestors { wanted: vec![r"C:\Windows\CCM\CcmExec.exe".into()] },
        Unmet::OtherGroups { wanted: vec!["S-1-5-21-1-2-3-2301".into()] },
        Unmet::NoAddress { source: "LOCAL".into() },
        Unmet::NoTicket,
        Unmet::OffHours { at: text("Mon 10:00"), hours: text("09:00-10:00"), days: Some(text("mon")) },
        Unmet::OffHours { at: text("Mon 10:00"), hours: text("09:00-10:00"), days: None },
        Unmet::OffDays { day: text("Wed"), days: text("mon, tue") },
        Unmet::NoTime,
        Unmet::Before { from: text("2026-03-02") },
        Unmet::After { until: text("2026-03-02") },
        Unmet::Expired { at: text("2026-03-02") },
        Unmet::NotYetOpen { from: text("2026-03-02") },
        Unmet::Ended { at: text("2026-03-02") },
    ]);
    all
}

pub(super) fn asked() -> Vec<Asked> {
    vec![
        Asked::Creator,
        Asked::Hash,
        Asked::Actor,
        Asked::ActorGroups,
        Asked::Source,
        Asked::SourceHost,
        Asked::Session,
        Asked::Account,
        Asked::Host,
        Asked::HostRole,
        Asked::Verdict,
    ]
}

pub(super) fn roles() -> Vec<RoleGrounds> {
    use RoleGrounds as Role;
    vec![
        Role::Inventory,
        Role::DomainController,
        Role::CertificateAudit,
        Role::CertificateAuthority,
        Role::DirectorySync,
        Role::FederationLog,
        Role::FederationService,
        Role::BackupServer,
        Role::ServerManagerLog,
        Role::DnsLog,
        Role::DnsServer,
        Role::DhcpLog,
        Role::ReplicationLog,
        Role::Replication,
        Role::Namespace,
        Role::UpdateServer,
        Role::ExchangeLog,
        Role::NetworkPolicyAudit,
        Role::DesktopGatewayLog,
        Role::Store,
        Role::PhoneLink,
        Role::YourPhone,
        Role::GameBar,
        Role::Photos,
        Role::Widgets,
        Role::WebWorker,
        Role::SqlServer,
        Role::Httpd,
        Role::Nginx,
        Role::Oracle,
        Role::WirelessLog,
        Role::CachedLogon,
    ]
}

pub(super) fn names() -> Vec<NameFact> {
    use ShapePart::{Digits, Letters, Mark, Other};
    let reserved = "Administrator";
    vec![
        NameFact::ReservedName { reserved, own: 500, rid: 1004 },
        NameFact::IdentityName { reserved: "SYSTEM" },
        NameFact::ReservedElsewhere { reserved: "Administrador", own: 500, rid: 1004 },
        NameFact::DigitsForLetters { reserved },
        NameFact::LooksReserved { reserved },
        NameFact::LooksLike { looks: "svc_backup".into(), foreign: '\u{430}' },
        NameFact::NearReserved { reserved },
        NameFact::NearProduct { reserved: "ssm-user" },
        NameFact::Invisible { character: '\u{200b}' },
        NameFact::OuterBlanks,
        NameFact::MixedScripts,
        NameFact::EndsInDollar,
        NameFact::LikeSiteNames { names: vec!["svc_backup".into()], further: 0, of: 120 },
        NameFact::LikeSiteNames {
            names: ["svc_backup", "svc_print", "svc_web"].map(Into::into).to_vec(),
            further: 4,
            of: 120,
        },
        NameFact::UnlikeSiteNames {
            others: 120,
            own: NameShape(vec![Letters, Digits, Other]),
            count: 110,
            common: NameShape(vec![Letters, Mark('_'), Letters]),
        },
    ]
}

fn sid() -> Sid {
    Sid::parse("S-1-5-21-1-2-3-1005").unwrap()
}

/// Each, and how many more of its host are not listed.
pub(super) fn findings() -> Vec<(FindingFact, u64)> {
    let name: Option<Text> = Some("bob".into());
    let sam = |key| FindingFact::SamWritten { image: r"C:\Tools\x.exe".into(), key };
    let mut all = vec![
        FindingFact::GuestEnabled { name: Some("Gast".into()) },
        FindingFact::GuestEnabled { name: None },
        FindingFact::BuiltinPrivileged { member: "S-1-1-0".into(), group: "Administrators".into() },
        sam(Some(SamKey::Rid(501))),
        sam(Some(SamKey::Name("bob".to_owned()))),
        sam(None),
        FindingFact::KeyMade { name: "bob".into() },
        FindingFact::CreationUnread { count: 1, cause: Unread::NoZone },
    ];
    let causes = [Unread::NoTime, Unread::NoHost, Unread::NoWriter, Unread::Damaged, Unread::FieldMissing];
    all.extend(causes.into_iter().map(|cause| FindingFact::CreationUnread { count: 2, cause }));
    let proofs = creation_proofs().into_iter();
    all.extend(proofs.map(|proof| FindingFact::CreatedUnlogged { name: name.clone(), sid: sid(), proof }));
    let signs = life_signs().into_iter();
    let never_seen =
        |name: Option<Text>, sign| NeverSeen { name, sid: sid(), at: at(), sign, privileged: false };
    all.extend(
        signs.map(|sign| FindingFact::NeverSeenCreated { accounts: vec![never_seen(name.clone(), sign)] }),
    );
    let several = |count| FindingFact::NeverSeenCreated {
        accounts: vec![never_seen(name.clone(), LifeSign::Changed); count],
    };
    all.extend([several(2), several(7)]);
    let nameless = FindingFact::NeverSeenCreated { accounts: vec![never_seen(None, LifeSign::Enabled)] };
    all.into_iter().map(|fact| (fact, 0)).chain([(nameless, 12)]).collect()
}

pub(super) fn creation_proofs() -> Vec<CreationProof> {
    vec![
        CreationProof::PrimaryGroup,
        CreationProof::LaterRid { rid: 1005, older: Some("alice".into()), older_rid: 1004 },
        CreationProof::LaterRid { rid: 1005, older: None, older_rid: 1004 },
    ]
}

pub(super) fn life_signs() -> Vec<LifeSign> {
    vec![
        LifeSign::Enabled,
        LifeSign::PasswordSet,
        LifeSign::PasswordChanged,
        LifeSign::Changed,
        LifeSign::PutInto { group: Some("Administrators".into()) },
        LifeSign::PutInto { group: None },
        LifeSign::LoggedOn { source: source() },
        LifeSign::LoggedOn { source: None },
    ]
}

pub(super) fn risks() -> Vec<RiskReason> {
    use RiskReason as Reason;
    let program: Option<Text> = Some("net1".into());
    let group: Text = "Administrators".into();
    let mut all = vec![
        Reason::Prior,
        Reason::HostRole { role: "server".into(), grounds: RoleGrounds::DnsServer },
        Reason::Tool { program: program.clone(), suspicion: None },
        Reason::WritablePath { path: r"C:\Users\Public\x.exe".into() },
        Reason::RenamedTool { original: "net1.exe".into() },
        Reason::NoProcessHere,
        Reason::NewSource { source: "10.0.0.9".into(), since: at() },
        Reason::PutInto { group: group.clone() },
        Reason::PutIntoLater { group, after: Duration::from_seconds(7200) },
        Reason::HiddenName,
        Reason::LookAlikeName { sign: NameFact::DigitsForLetters { reserved: "Administrator" } },
        Reason::NetworkLogon { source: "10.0.0.9".into() },
        Reason::DesktopLogon { source: source() },
        Reason::DesktopLogon { source: None },
        Reason::SameNameElsewhere { hosts: vec!["SRV2".into(), "SRV3".into()], further: 0 },
        Reason::SameNameElsewhere { hosts: vec!["SRV2".into(), "SRV3".into()], further: 7 },
        Reason::PasswordNeverExpires,
        Reason::ShortLived { lived: Duration::from_seconds(40) },
        Reason::NeverUsable,
        Reason::WindowsSetup,
        Reason::OffHours { weekday: Weekday::Monday, hour: 3, minute: 5 },
    ];
    all.extend(
        suspicions()
            .into_iter()
            .map(|suspicion| Reason::Tool { program: program.clone(), suspicion: Some(suspicion) }),
    );
    all.extend(odd_ancestors().into_iter().map(|what| Reason::OddAncestor {
        ancestor: Some("w3wp.exe".into()),
        what,
        below: Some("cmd.exe".into()),
    }));
    all.push(Reason::OddAncestor { ancestor: None, what: OddAncestor::Documents, below: None });
    all.extend(concealments().into_iter().map(|how| Reason::Concealed { program: program.clone(), how }));
    all.extend(channels().into_iter().map(|channel| Reason::Lateral { channel }));
    all.extend(cover_ups().into_iter().map(|how| Reason::CoveredUp { how }));
    all.extend(floors().into_iter().map(|why| Reason::Floor {
        least: Severity::High,
        why,
        gives_way: false,
    }));
    all.extend(of_the_site());
    all
}

/// What the site's tuning and its policy say.
fn of_the_site() -> Vec<RiskReason> {
    let entry = |points, fits| SiteEntry { points, fits, reason: "rare here".into() };
    let ancestor = || entry(8, SiteMatch::Ancestor(Some("winword.exe".into())));
    let context = SiteMatch::Context(
        Some(UserContext::Administrator),
        Some(SessionKind::RemoteDesktop),
        Some("S-1-5-21-*-500".into()),
    );
    let allowed = |by, also: &[&str]| RiskReason::Allowed {
        by,
        name: "helpdesk".into(),
        also: also.iter().map(|name| (*name).into()).collect(),
    };
    vec![
        RiskReason::SiteEntries { entries: vec![ancestor()] },
        RiskReason::SiteEntries { entries: vec![entry(5, context.clone())] },
        RiskReason::SiteEntries { entries: vec![ancestor(), entry(-3, context)] },
        RiskReason::Floor { least: Severity::Medium, why: FloorReason::Unknown, gives_way: true },
        allowed(AllowedBy::Entry, &[]),
        allowed(AllowedBy::EntryOnLikely, &[]),
        allowed(AllowedBy::Ticket, &["rollout", "CHG0031337"]),
    ]
}

pub(super) fn suspicions() -> Vec<Suspicion> {
    vec![
        Suspicion::Rules { names: vec!["Net user".into()] },
        Suspicion::Rules { names: vec!["Net user".into(), "Odd parent".into()] },
        Suspicion::Entry { reason: "it may make accounts".into() },
    ]
}

pub(super) fn odd_ancestors() -> Vec<OddAncestor> {
    vec![
        OddAncestor::ServerProgram,
        OddAncestor::Documents,
        OddAncestor::ServiceHost,
        OddAncestor::LogonScreen,
        OddAncestor::LogonScreenTool,
    ]
}

pub(super) fn concealments() -> Vec<Concealment> {
    vec![
        Concealment::DecodesItself,
        Concealment::EncodedCommand,
        Concealment::HiddenWindow,
        Concealment::StartsHidden,
    ]
}

pub(super) fn channels() -> Vec<LateralChannel> {
    vec![
        LateralChannel::Wmi,
        LateralChannel::Winrm,
        LateralChannel::Ssh,
        LateralChannel::Psexec,
        LateralChannel::Task,
        LateralChannel::RemoteService,
        LateralChannel::RemoteTask,
        LateralChannel::RemoteSubscription,
    ]
}

pub(super) fn cover_ups() -> Vec<CoverUp> {
    vec![
        CoverUp::LogCleared { log: Some("Security".into()) },
        CoverUp::LogCleared { log: None },
        CoverUp::AuditSwitchedOff,
        CoverUp::LogClearedBefore { log: Some("Security".into()) },
        CoverUp::AuditSwitchedOffBefore,
    ]
}

pub(super) fn floors() -> Vec<FloorReason> {
    vec![
        FloorReason::CoveredUp,
        FloorReason::Resurrected,
        FloorReason::HiddenName,
        FloorReason::LookAlikeName,
        FloorReason::RenamedTool,
        FloorReason::Unknown,
    ]
}
