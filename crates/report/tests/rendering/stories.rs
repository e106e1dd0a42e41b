//! Cases to render: each a creation as an analyst would tell it, built from a plain one.

use begat_model::case::{
    Actor, ActorKind, Afterward, Against, Alternative, Attribution, Authorisation, BlindSpot, Case,
    CaseAccount, CaseEvent, CaseHost, Certainty, Client, Context, Evidence, EvidenceFact, Explanation,
    Finding, FindingFact, FindingKind, HostClass, HostRole, Lack, LifeSign, NameFact, NameSign, NeverSeen,
    Origin, Outcome, Process, Rarity, Reason, Risk, RiskReason, RiskTerm, Role, RoleGrounds, RoleSource,
    SamKey, Scope, Severity, Verdict, What, WindowRule,
};
use begat_model::event::Principal;
use begat_model::{Duration, EventKind, HostName, LogonId, ProcessId, RecordRef, Sid, Timestamp};

/// Of the creation.
pub const SESSION: LogonId = LogonId(0x551686);
pub const NEW_SID: &str = "S-1-5-21-3410678313-1251427014-1131291384-1004";

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn sid(text: &str) -> Sid {
    Sid::parse(text).unwrap()
}

pub fn record(kind: EventKind, record_id: u64, time: &str) -> RecordRef {
    RecordRef { at: at(time), kind, record_id: Some(record_id), source: "logs/FS03/Security.evtx".into() }
}

pub fn event(role: Role, kind: EventKind, record_id: u64, time: &str) -> CaseEvent {
    CaseEvent { record: record(kind, record_id, time), role }
}

fn principal(domain: &str, name: &str, its_sid: &str, logon_id: u64) -> Principal {
    Principal {
        name: Some(name.into()),
        domain: Some(domain.into()),
        sid: Some(sid(its_sid)),
        logon_id: Some(LogonId(logon_id)),
    }
}

pub fn process(pid: u32, image: &str, command_line: Option<&str>, started_at: &str) -> Process {
    Process {
        pid: Some(ProcessId(pid)),
        image: Some(image.into()),
        command_line: command_line.map(str::to_owned),
        started_at: Some(at(started_at)),
        user: Some("OFFSEC\\admmig".to_owned()),
        logon_id: Some(LogonId(0x551686)),
        ..Process::default()
    }
}

/// `net user toto3 /add` typed at a shell: everything is known.
pub fn plain() -> Case {
    Case {
        wave: None,
        context: Context::default(),
        authorisation: Authorisation::default(),
        case_id: "6a1f0c9e2b7d4485".to_owned(),
        sequence: true,
        window_rule: WindowRule { process: Some(net1()), agrees: true },
        severity: Severity::Medium,
        risk: Risk {
            score: 0,
            terms: vec![
                RiskTerm { name: "prior", points: -4, why: RiskReason::Prior, at_least: None },
                RiskTerm {
                    name: "shell_creator",
                    points: 4,
                    why: RiskReason::Tool { program: Some("net1".into()), suspicion: None },
                    at_least: None,
                },
            ],
        },
        host: CaseHost {
            id: "FS03".into(),
            names: vec![],
            name: HostName::new("FS03.offsec.lan").unwrap(),
            netbios: "FS03".to_owned(),
            domain_controller: Some(false),
            role: None,
            owner: None,
        },
        created_at: at("2021-10-19T14:42:41.2340102Z"),
        account: CaseAccount {
            name: Some("toto3".into()),
            created_as: Some("toto3".into()),
            sid: Some(sid(NEW_SID)),
            domain: Some("FS03".into()),
            scope: Scope::Local,
            privileged: false,
            groups: vec![sid("S-1-5-32-545")],
        },
        outcome: Outcome::Persists,
        actor: plain_actor(),
        origin: None,
        attribution: plain_attribution(),
        afterwards: plain_afterwards(),
        blind_spots: vec![],
        events: vec![
            event(Role::Process, EventKind::ProcessCreated, 76_002, "2021-10-19T14:42:41.2030567Z"),
            event(Role::Creation, EventKind::AccountCreated, 76_004, "2021-10-19T14:42:41.2340102Z"),
            event(Role::Burst, EventKind::AccountEnabled, 76_005, "2021-10-19T14:42:41.2652596Z"),
        ],
    }
}

fn net1() -> Process {
    process(
        3888,
        "C:\\Windows\\System32\\net1.exe",
        Some("C:\\Windows\\system32\\net1 user toto3 [redacted] /add"),
        "2021-10-19T14:42:41.2030567Z",
    )
}

fn plain_actor() -> Actor {
    Actor {
        account: principal("OFFSEC", "admmig", "S-1-5-21-4230534742-2542757381-3142984815-1111", 0x551686),
        logon_type: Some(2),
        logon_at: Some(at("2021-10-19T14:39:58.1Z")),
        source_ip: Some("127.0.0.1".into()),
        source_host: Some("FS03".into()),
        elevated: Some(true),
        kind: None,
        groups: Vec::new(),
    }
}

fn plain_attribution() -> Attribution {
    let net = process(
        3556,
        "C:\\Windows\\System32\\net.exe",
        Some("net user toto3 [redacted] /add"),
        "2021-10-19T14:42:41.1874214Z",
    );
    let shell = Process {
        command_line: None,
        ..process(2220, "C:\\Windows\\System32\\cmd.exe", None, "2021-10-19T14:40:01Z")
    };
    Attribution {
        verdict: Verdict::Attributed,
        reason: None,
        confidence: Some(0.999_61),
        creator: Some(net1()),
        chain: vec![net, shell],
        coincidence: None,
        lag: Some(Duration::from_ticks(309_535)),
        evidence: vec![
            Evidence {
                kind: "names_account_and_verb",
                weight: 7.0,
                why: EvidenceFact::LineCreatesAccount,
                events: vec![record(EventKind::ProcessCreated, 76_002, "2021-10-19T14:42:41.2030567Z")],
            },
            Evidence {
                kind: "same_session",
                weight: 6.0,
                why: EvidenceFact::HoldsSession { session: SESSION },
                events: vec![],
            },
        ],
        alternatives: vec![
            Alternative {
                explanation: Explanation::Process(Process {
                    pid: Some(ProcessId(4012)),
                    image: Some("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe".into()),
                    ..Process::default()
                }),
                confidence: 0.000_3,
                against: Against::Signs {
                    signs: vec![EvidenceFact::OtherSession { own: LogonId(0x3e7), ours: SESSION }],
                },
            },
            Alternative {
                explanation: Explanation::Unobserved,
                confidence: 0.000_09,
                against: Against::Weaker,
            },
        ],
    }
}

fn plain_afterwards() -> Vec<Afterward> {
    vec![
        Afterward {
            at: at("2021-10-19T14:42:41.2652596Z"),
            what: What::Enabled,
            by: Some(principal(
                "OFFSEC",
                "admmig",
                "S-1-5-21-4230534742-2542757381-3142984815-1111",
                0x551686,
            )),
            record: record(EventKind::AccountEnabled, 76_005, "2021-10-19T14:42:41.2652596Z"),
        },
        Afterward {
            at: at("2021-10-19T14:42:41.2652596Z"),
            what: What::PasswordSet { succeeded: true },
            by: None,
            record: record(EventKind::PasswordSet, 76_007, "2021-10-19T14:42:41.2652596Z"),
        },
    ]
}

/// Over WMI, from the network; the password was refused.
pub fn over_wmi() -> Case {
    let mut case = plain();
    case.case_id = "0e51d2a94c3388fb".to_owned();
    case.severity = Severity::High;
    case.account.name = Some("backdoor".into());
    case.account.created_as = Some("backdoor".into());
    case.host.name = HostName::new("WORKSTATION6.theshire.local").unwrap();
    case.host.netbios = "WORKSTATION6".to_owned();
    case.outcome = Outcome::AttemptFailed;
    case.actor.logon_type = Some(3);
    case.actor.source_ip = Some("::ffff:172.18.39.6".into());
    case.actor.source_host = None;
    case.attribution.chain.truncate(1);
    case.attribution.chain.push(Process {
        pid: Some(ProcessId(3952)),
        image: Some("C:\\Windows\\System32\\wbem\\WmiPrvSE.exe".into()),
        ..Process::default()
    });
    case.window_rule = WindowRule {
        process: Some(process(
            4012,
            "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
            None,
            "2021-10-19T14:42:40Z",
        )),
        agrees: false,
    };
    case.afterwards = vec![
        Afterward {
            at: at("2021-10-19T14:42:41.2652596Z"),
            what: What::PasswordSet { succeeded: false },
            by: None,
            record: record(EventKind::PasswordSet, 76_007, "2021-10-19T14:42:41.2652596Z"),
        },
        Afterward {
            at: at("2021-10-19T14:42:41.3Z"),
            what: What::Deleted,
            by: None,
            record: record(EventKind::AccountDeleted, 76_009, "2021-10-19T14:42:41.3Z"),
        },
    ];
    case.blind_spots = vec![BlindSpot::EldestUnseen { pid: ProcessId(3952) }];
    case
}

/// The commonest host: 4720 is audited, processes are not.
pub fn blind() -> Case {
    let mut case = plain();
    case.case_id = "b2c4d6e8f0123456".to_owned();
    case.sequence = false;
    case.window_rule = WindowRule::default();
    case.host.name = HostName::new("jump01.offsec.lan").unwrap();
    case.host.netbios = "JUMP01".to_owned();
    case.host.domain_controller = None;
    case.account.name = Some("hacking-local-acct".into());
    case.account.created_as = Some("hacking-local-acct".into());
    case.actor.logon_type = None;
    case.actor.logon_at = None;
    case.actor.source_ip = None;
    case.actor.source_host = None;
    case.actor.elevated = None;
    case.attribution = Attribution {
        verdict: Verdict::Unknown,
        reason: Some(Reason::NoProcesses { source: None }),
        confidence: None,
        creator: None,
        chain: vec![],
        coincidence: None,
        lag: None,
        evidence: vec![],
        alternatives: vec![],
    };
    case.afterwards.clear();
    case.blind_spots = vec![BlindSpot::NoProcessTelemetry, BlindSpot::LogonMissing { session: SESSION }];
    case.events.retain(|event| event.role == Role::Creation);
    case
}

/// Two processes of one session, and nothing to tell them apart; much happens afterwards.
pub fn two_candidates() -> Case {
    let mut case = plain();
    case.case_id = "77aa55cc33ee11ff".to_owned();
    case.severity = Severity::Critical;
    case.account.privileged = true;
    case.account.name = Some("svc_backup".into());
    case.account.groups = vec![sid("S-1-5-32-544"), sid("S-1-5-32-545")];
    case.attribution.verdict = Verdict::Ambiguous;
    case.attribution.reason = Some(Reason::SeveralCould { count: 2 });
    case.attribution.confidence = Some(0.55);
    case.attribution.alternatives.insert(
        0,
        Alternative {
            explanation: Explanation::Process(process(
                5120,
                "C:\\Users\\Public\\tool.exe",
                Some("tool.exe -q"),
                "2021-10-19T14:41:00Z",
            )),
            confidence: 0.44,
            against: Against::Lacks { lacks: vec![Lack::Name] },
        },
    );
    case.origin = Some(Origin {
        certainty: Certainty::Proven,
        client: None,
        actor: Actor {
            account: principal(
                "OFFSEC",
                "helpdesk",
                "S-1-5-21-4230534742-2542757381-3142984815-1112",
                0x4f00aa,
            ),
            logon_type: Some(10),
            logon_at: Some(at("2021-10-19T13:00:00.5Z")),
            source_ip: Some("10.23.123.11".into()),
            source_host: Some("PC-JUMP".into()),
            elevated: None,
            kind: None,
            groups: Vec::new(),
        },
        via: "explicit_credentials",
    });
    case.afterwards = eventful_life();
    case
}

fn eventful_life() -> Vec<Afterward> {
    let administrators = What::AddedToGroup {
        group_sid: sid("S-1-5-32-544"),
        group_name: Some("Administratoren".into()),
        privileged: true,
    };
    let log_on = What::LoggedOn { logon_type: Some(10), source_ip: Some("10.23.123.11".into()) };
    let happenings: [(&str, What, EventKind); 10] = [
        ("2021-10-19T14:42:41.2652596Z", What::Enabled, EventKind::AccountEnabled),
        ("2021-10-19T14:43:10.1Z", administrators, EventKind::LocalMemberAdded),
        ("2021-10-19T14:50:00Z", What::Renamed { to: "svc_backup".into() }, EventKind::AccountRenamed),
        ("2021-10-19T15:30:00Z", log_on.clone(), EventKind::LoggedOn),
        ("2021-10-19T16:30:00Z", log_on.clone(), EventKind::LoggedOn),
        ("2021-10-19T17:30:00Z", log_on, EventKind::LoggedOn),
        (
            "2021-10-20T09:00:00Z",
            What::RemovedFromGroup { group_sid: sid("S-1-5-32-545"), group_name: None },
            EventKind::LocalMemberRemoved,
        ),
        ("2021-10-21T09:00:00Z", What::AuditPolicyChanged, EventKind::AuditPolicyChanged),
        ("2021-10-22T09:00:00Z", What::LogCleared { log: Some("Security".into()) }, EventKind::LogCleared),
        ("2021-10-24T09:00:00Z", What::Disabled, EventKind::AccountDisabled),
    ];
    let by = principal("FS03", "Administrator", "S-1-5-21-3410678313-1251427014-1131291384-500", 0x99);
    happenings
        .into_iter()
        .enumerate()
        .map(|(index, (time, what, kind))| Afterward {
            at: at(time),
            what,
            by: (index > 2).then(|| by.clone()),
            record: record(kind, 76_100 + index as u64, time),
        })
        .collect()
}

/// No process of the host made it.
pub fn remote() -> Case {
    let mut case = blind();
    case.case_id = "c0ffee00c0ffee00".to_owned();
    case.severity = Severity::High;
    case.blind_spots.clear();
    case.actor.logon_type = Some(3);
    case.actor.source_ip = Some("10.23.42.38".into());
    case.actor.source_host = Some("KALI".into());
    case.attribution.verdict = Verdict::Remote;
    case.attribution.confidence = Some(0.9);
    case.attribution.reason =
        Some(Reason::NetworkSession { session: Some(SESSION), source: case.actor.source_ip.clone() });
    case.window_rule.process =
        Some(process(77, "C:\\Windows\\System32\\cmd.exe", None, "2021-10-19T14:42:00Z"));
    case
}

/// A log written by someone who wants the reader fooled; and a chain that is very long.
pub fn hostile() -> Case {
    let mut case = plain();
    case.case_id = "dead00000000beef".to_owned();
    case.account.name = Some("=cmd|' /C calc'!A0".into());
    case.account.created_as = Some("\u{202e}nimda\u{1b}[2J\u{1b}]0;owned\u{7}".into());
    case.account.domain = Some("\tFS03".into());
    case.actor.account.name = Some("Admin\u{200b}istrator\r\nHIGH  everything is fine".into());
    case.actor.source_host = Some("管理者の端末".into());
    case.attribution.chain = (0..14)
        .map(|depth| {
            let image = format!("C:\\a folder\\程序\\level{depth}.exe");
            process(100 + depth, &image, Some(&format!("level{depth} \u{9b}31m")), "2021-10-19T14:42:00Z")
        })
        .collect();
    let long = format!("net1 user {} /add", "A".repeat(5000));
    if let Some(creator) = &mut case.attribution.creator {
        creator.command_line = Some(long);
    }
    case.host.name = HostName::new(&format!("FS03.{}.lan", "very-long-label".repeat(6))).unwrap();
    let client_process = process(1, "=client\u{1b}.exe", Some("client \u{9b}31m"), "2021-10-19T14:42:00Z");
    let client = Client { host: case.host.name.clone(), process: client_process };
    let (actor, certainty) = (case.actor.clone(), Certainty::Possible);
    case.origin = Some(Origin { actor, via: "remote_command", certainty, client: Some(client) });
    case
}

/// Only its time points to the process, and such processes are common on this host.
pub fn by_time_alone() -> Case {
    let mut case = two_candidates();
    case.case_id = "a11ce0000000b0b5".to_owned();
    case.severity = Severity::Medium;
    case.attribution.coincidence = Some(0.025);
    case.attribution.evidence.clear();
    case.afterwards.truncate(1);
    let client = Client {
        host: HostName::new("PC-JUMP.offsec.lan").unwrap(),
        process: process(
            660,
            "C:\\Windows\\System32\\schtasks.exe",
            Some("schtasks /create /s FS03 /tn x /tr y /p [redacted]"),
            "2021-10-19T14:30:00Z",
        ),
    };
    let with_client = |origin| Origin { via: "scheduled_task", client: Some(client), ..origin };
    case.origin = case.origin.map(with_client);
    case
}

/// A case of which the rest of the input says much.
pub fn in_context() -> Case {
    let mut case = plain();
    case.case_id = "c0ffee1234567890".to_owned();
    case.host.role = Some(HostRole {
        name: "server".into(),
        class: Some(HostClass::Server),
        source: RoleSource::Data,
        why: RoleGrounds::DnsServer,
    });
    case.host.owner = Some("network team".into());
    case.actor.kind = Some(ActorKind::Domain);
    case.actor.groups = vec![sid("S-1-1-0"), sid("S-1-5-32-544")];
    case.context.name_signs = vec![
        NameSign { kind: "near_reserved_name", why: NameFact::NearReserved { reserved: "Administrator" } },
        NameSign {
            kind: "homoglyph",
            why: NameFact::LooksLike { looks: "\u{202e}x".into(), foreign: '\u{202e}' },
        },
    ];
    case.context.rarity =
        Some(Rarity { creator: "foo.exe".into(), role: Some("server".into()), creations: 1, of: 14 });
    case
}

pub fn all() -> Vec<Case> {
    vec![plain(), over_wmi(), blind(), two_candidates(), remote(), hostile(), by_time_alone()]
}

fn named(name: &str, number: u32) -> Case {
    let mut case = plain();
    case.case_id = format!("3a7e{number:012x}");
    case.account.name = Some(name.into());
    case.account.created_as = Some(name.into());
    case.created_at = at(&format!("2021-10-19T14:42:{:02}.{:03}Z", 10 + number / 4, number % 4 * 200));
    case
}

/// A loop in one PowerShell: each account by a net1 of its own, two of them put among the administrators, one of them
/// not attributed.
pub fn loop_on_one_host() -> Vec<Case> {
    let powershell = process(
        4012,
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        Some("powershell -File users.ps1"),
        "2021-10-19T14:42:09Z",
    );
    let member = |number: u32| {
        let mut case = named(&format!("user{number:02}"), number);
        case.wave = Some("77ab00c1d2e3f405".to_owned());
        if let Some(creator) = &mut case.attribution.creator {
            creator.pid = Some(ProcessId(6000 + 8 * number));
            creator.started_at = Some(case.created_at);
        }
        case.attribution.chain[0].pid = Some(ProcessId(6004 + 8 * number));
        case.attribution.chain[0].started_at = Some(case.created_at);
        case.attribution.chain[1] = powershell.clone();
        case
    };
    let mut cases: Vec<Case> = (0..50).map(member).collect();
    for number in [7, 31] {
        cases[number].severity = Severity::High;
        cases[number].account.privileged = true;
    }
    cases[12].attribution.verdict = Verdict::Ambiguous;
    cases[12].attribution.reason = Some(Reason::SeveralCould { count: 2 });
    cases[12].blind_spots = vec![BlindSpot::CommandLineMissing];
    cases
}

/// One name on many hosts, some of which show no processes.
pub fn one_name_on_many_hosts() -> Vec<Case> {
    let member = |number: u32| {
        let mut case = if number < 4 { blind() } else { named("helpdesk", number) };
        case.case_id = format!("40d5{number:012x}");
        case.account.name = Some("helpdesk".into());
        case.account.created_as = Some("helpdesk".into());
        case.host.name = HostName::new(&format!("PC{number:03}.offsec.lan")).unwrap();
        case.host.netbios = format!("PC{number:03}");
        case.wave = Some("90ff00c1d2e3f406".to_owned());
        case
    };
    (0..30).map(member).collect()
}

/// The guest account, enabled by hand.
pub fn guest_enabled() -> Finding {
    let guest = "S-1-5-21-3410678313-1251427014-1131291384-501";
    Finding {
        finding_id: "f1e2d3c4b5a69788".to_owned(),
        kind: FindingKind::GuestEnabled,
        host: plain().host,
        at: Some(at("2021-10-19T15:02:00.25Z")),
        severity: Severity::High,
        summary: FindingFact::GuestEnabled { name: Some("Guest".into()) },
        left_out: 0,
        account: Some(Principal {
            name: Some("Guest".into()),
            domain: Some("FS03".into()),
            sid: Some(sid(guest)),
            logon_id: None,
        }),
        actor: Some(plain_actor()),
        process: Some(process(
            4242,
            "C:\\Windows\\System32\\net1.exe",
            Some("net1 user guest /active:yes"),
            "2021-10-19T15:02:00.2Z",
        )),
        events: vec![event(Role::Creation, EventKind::AccountEnabled, 76_300, "2021-10-19T15:02:00.25Z")],
    }
}

/// Another process wrote to the SAM, and nothing else is known.
pub fn sam_tampered() -> Finding {
    Finding {
        finding_id: "5a3a3a3a00000001".to_owned(),
        kind: FindingKind::SamTampered,
        at: Some(at("2021-10-19T16:00:00Z")),
        severity: Severity::Critical,
        summary: FindingFact::SamWritten {
            image: "C:\\Windows\\MSBuild.exe".into(),
            key: Some(SamKey::Rid(501)),
        },
        account: None,
        actor: None,
        process: Some(process(812, "C:\\Windows\\MSBuild.exe", None, "2021-10-19T15:59:00Z")),
        events: vec![event(Role::Registry, EventKind::AccountChanged, 77, "2021-10-19T16:00:00Z")],
        ..guest_enabled()
    }
}

/// An account that was never seen created, on that host.
pub fn never_seen_created(host: &str, number: u32, severity: Severity) -> Finding {
    Finding {
        finding_id: format!("0e5e{number:012x}"),
        kind: FindingKind::AccountNeverSeenCreated,
        host: CaseHost {
            id: host.into(),
            names: vec![],
            name: HostName::new(host).unwrap(),
            netbios: host.to_owned(),
            domain_controller: None,
            role: None,
            owner: None,
        },
        at: Some(at(&format!("2021-10-19T{:02}:{:02}:00Z", number / 60 % 24, number % 60))),
        severity,
        summary: FindingFact::NeverSeenCreated {
            accounts: vec![NeverSeen {
                name: Some(format!("old{number}").into()),
                sid: sid(&format!("S-1-5-21-3410678313-1251427014-1131291384-{}", 1000 + number)),
                at: at(&format!("2021-10-19T{:02}:{:02}:00Z", number / 60 % 24, number % 60)),
                sign: LifeSign::LoggedOn { source: None },
                privileged: severity > Severity::Informational,
            }],
        },
        left_out: 0,
        account: Some(Principal {
            name: Some(format!("old{number}").into()),
            domain: Some(host.into()),
            sid: None,
            logon_id: Some(LogonId(0x77)),
        }),
        actor: None,
        process: None,
        events: vec![event(Role::Logon, EventKind::LoggedOn, 900, "2021-10-19T01:00:00Z")],
    }
}

/// Text of a finding that would fool a reader.
pub fn hostile_finding() -> Finding {
    let mut finding = guest_enabled();
    finding.finding_id = "deadf1e2d3c4b5a6".to_owned();
    let image = "=HYPERLINK(\"http://x\") \u{1b}[2J\r\nCRITICAL  \u{202e}all is fine".into();
    finding.summary = FindingFact::SamWritten { image, key: None };
    finding.account = Some(principal("\tFS03", "@SUM(A1)\u{9b}31m", NEW_SID, 0));
    if let Some(process) = &mut finding.process {
        process.image = Some("+cmd|' /C calc'!A0".into());
        process.command_line = Some("\r=1+1\u{7}".to_owned());
    }
    finding
}

/// Some of each kind, in order of time.
pub fn findings() -> Vec<Finding> {
    vec![never_seen_created("PC7", 61, Severity::Medium), guest_enabled(), hostile_finding(), sam_tampered()]
}
