//! Cases of every sort, and what their steps must be.

use begat_model::case::{
    Actor, Afterward, Attribution, Authorisation, AuthorisationStatus, BlindSpotKind, CaseAccount, CaseHost,
    Client, Context, NameFact, NameSign, Origin, Outcome, Process, Risk, Scope, Severity, What, WindowRule,
};
use begat_model::event::Principal;
use begat_model::{EventKind, HostName, LogonId, ProcessId, RecordRef, Sid, Timestamp};
use proptest::prelude::*;

use super::super::quoting::reading::Reading;
use super::*;

const ACCOUNT: &str = "S-1-5-21-1-2-3-1004";
const LOCAL_PERSON: &str = "S-1-5-21-1-2-3-1001";
const DOMAIN_PERSON: &str = "S-1-5-21-7-8-9-1111";

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn process(pid: u32, image: &str) -> Process {
    Process {
        pid: Some(ProcessId(pid)),
        image: Some(image.into()),
        started_at: Some(at("2026-03-02T09:14:07.3Z")),
        ..Process::default()
    }
}

/// A local account made at a shell by an account of the domain: everything is known, and somebody should look today.
fn plain() -> Case {
    let created_at = at("2026-03-02T09:14:07.4Z");
    Case {
        case_id: "54a7a238ac742e6c".to_owned(),
        sequence: true,
        window_rule: WindowRule::default(),
        severity: Severity::High,
        risk: Risk::default(),
        host: CaseHost {
            id: "APP02".into(),
            names: vec![],
            name: HostName::new("app02.corp.example").unwrap(),
            netbios: "APP02".to_owned(),
            domain_controller: None,
            role: None,
            owner: None,
        },
        created_at,
        account: CaseAccount {
            name: Some("svc".into()),
            created_as: Some("svc".into()),
            sid: Sid::parse(ACCOUNT),
            domain: Some("APP02".into()),
            scope: Scope::Local,
            privileged: true,
            groups: Vec::new(),
        },
        outcome: Outcome::Persists,
        actor: actor(DOMAIN_PERSON, 0x42_2b6d, 2),
        origin: None,
        attribution: Attribution {
            verdict: Verdict::Attributed,
            reason: None,
            confidence: Some(0.99),
            creator: Some(process(3888, "C:\\Windows\\System32\\net1.exe")),
            chain: vec![
                process(3556, "C:\\Windows\\System32\\net.exe"),
                process(2220, "C:\\Users\\a\\x.exe"),
            ],
            lag: None,
            coincidence: None,
            evidence: Vec::new(),
            alternatives: Vec::new(),
        },
        afterwards: vec![Afterward {
            at: created_at,
            what: What::AddedToGroup {
                group_sid: Sid::parse("S-1-5-32-555").unwrap(),
                group_name: None,
                privileged: true,
            },
            by: None,
            record: RecordRef {
                at: created_at,
                kind: EventKind::LocalMemberAdded,
                record_id: None,
                source: "x".into(),
            },
        }],
        blind_spots: Vec::new(),
        events: Vec::new(),
        wave: None,
        context: Context::default(),
        authorisation: Authorisation::default(),
    }
}

fn actor(sid: &str, logon_id: u64, logon_type: u32) -> Actor {
    Actor {
        account: Principal {
            sid: Sid::parse(sid),
            logon_id: Some(LogonId(logon_id)),
            ..Principal::default()
        },
        logon_type: Some(logon_type),
        ..Actor::default()
    }
}

fn blind(kind: BlindSpotKind) -> BlindSpot {
    crate::words::samples::blind_spots().into_iter().find(|spot| spot.kind() == kind).unwrap()
}

fn allow(case: &mut Case) {
    case.authorisation = Authorisation {
        status: AuthorisationStatus::Authorised,
        rule: Some("helpdesk".into()),
        owner: Some("Ann".into()),
        expires: Some("2026-12-31".into()),
        ..Authorisation::default()
    };
}

fn from_network(case: &mut Case) {
    case.actor = actor(DOMAIN_PERSON, 0x42_2b6d, 3);
    case.actor.source_ip = Some("10.20.9.77".into());
    case.actor.source_host = Some("KALI".into());
}

fn by_no_process(case: &mut Case, verdict: Verdict) {
    case.attribution.verdict = verdict;
    case.attribution.creator = None;
    case.attribution.chain.clear();
}

/// All that a case may lack, lacking.
fn nothing_known(case: &mut Case) {
    case.account.name = None;
    case.account.created_as = None;
    case.account.sid = None;
    case.actor = Actor::default();
    case.attribution.creator = case.attribution.creator.is_some().then(Process::default);
    case.attribution.chain.clear();
    case.afterwards.clear();
}

fn steps(change: impl Fn(&mut Case)) -> Vec<(&'static str, String)> {
    let mut case = plain();
    change(&mut case);
    ResponseView::from(&case).steps().into_iter().map(|step| (step.name, step.command)).collect()
}

fn names(change: impl Fn(&mut Case)) -> Vec<&'static str> {
    steps(change).into_iter().map(|(name, _)| name).collect()
}

type Change = fn(&mut Case);

/// What sets a case apart, the first step it must have, others, and those that it must not have.
type Story = (&'static str, Change, &'static str, &'static [&'static str], &'static [&'static str]);

const STORIES: &[Story] = &[
    (
        "at a shell",
        |_| (),
        "account",
        &[
            "groups",
            "creator_alive",
            "memory",
            "images",
            "disable",
            "power",
            "tokens",
            "session_off",
            "rotate_in_domain",
            "creator_acts",
            "other_hosts",
        ],
        &["clients_connected", "isolate", "source_acts", "sam", "other_accounts", "rotate", "session_ended"],
    ),
    (
        "by a local account",
        |case| case.actor = actor(LOCAL_PERSON, 0x99, 2),
        "account",
        &["rotate"],
        &["rotate_in_domain"],
    ),
    (
        "ambiguous",
        |case| case.attribution.verdict = Verdict::Ambiguous,
        "account",
        &["candidates_alive", "session_alive", "memory", "candidate_images", "traces"],
        &["creator_alive", "images", "act_shown"],
    ),
    (
        "likely",
        |case| case.attribution.verdict = Verdict::Likely,
        "account",
        &[
            "likely_creator_alive",
            "act_shown",
            "session_alive",
            "candidate_images",
            "traces",
            "disable",
            "session_off_once_confirmed",
        ],
        &["creator_alive", "images", "session_off", "session_ended"],
    ),
    (
        "likely, over the network",
        |case| {
            from_network(case);
            case.attribution.verdict = Verdict::Likely;
        },
        "account",
        &["act_shown", "session_ended_once_confirmed", "source_acts"],
        &["session_ended", "session_off_once_confirmed"],
    ),
    (
        "over the network, by no process",
        |case| {
            from_network(case);
            by_no_process(case, Verdict::Remote);
        },
        "account",
        &["clients_connected", "logs_of_source", "clients_off", "isolate", "source_acts"],
        &["creator_alive", "images", "session_off", "session_ended", "memory"],
    ),
    (
        "over the network, by a process",
        from_network,
        "account",
        &["creator_alive", "clients_connected", "logs_of_source", "session_ended", "isolate", "source_acts"],
        &["session_off"],
    ),
    (
        "as SYSTEM",
        |case| case.actor = actor(Sid::SYSTEM, 0x3e7, 5),
        "account",
        &["installs", "isolate"],
        &["session_off", "session_ended", "creator_acts", "rotate", "rotate_in_domain", "source_acts"],
    ),
    (
        "by Windows itself",
        |case| {
            case.severity = Severity::Low;
            by_no_process(case, Verdict::System);
        },
        "account",
        &["windows_made_it", "logs", "close"],
        &["memory", "isolate", "disable", "installs"],
    ),
    (
        "with a stolen token",
        |case| by_no_process(case, Verdict::SessionOnly),
        "account",
        &["token_stolen", "memory", "session_off"],
        &["creator_alive", "images"],
    ),
    (
        "on a blind host",
        |case| {
            by_no_process(case, Verdict::Unknown);
            case.severity = Severity::Medium;
            case.blind_spots =
                vec![blind(BlindSpotKind::LogonMissing), blind(BlindSpotKind::NoProcessTelemetry)];
        },
        "account",
        &["own_logs", "traces", "hunt_again", "no_process_telemetry", "logon_missing"],
        &["creator_alive", "images"],
    ),
    (
        "deleted",
        |case| case.outcome = Outcome::Deleted,
        "account_gone",
        &["profile", "tokens", "other_accounts", "session_off"],
        &["account", "groups", "disable", "power", "sam"],
    ),
    (
        "failed",
        |case| case.outcome = Outcome::AttemptFailed,
        "account_gone",
        &["session_off", "other_accounts"],
        &["groups", "profile", "disable", "power", "tokens"],
    ),
    (
        "resurrected",
        |case| case.outcome = Outcome::Resurrected,
        "account_resurrected",
        &["registry", "disable", "sam"],
        &["account", "account_gone"],
    ),
    ("one of a wave", |case| case.wave = Some("77".to_owned()), "account", &["wave"], &["other_hosts"]),
    (
        "in a domain",
        |case| case.account.scope = Scope::Domain,
        "account_of_domain",
        &["directory_object", "disable_in_domain", "power_in_domain", "rotate_in_domain"],
        &["groups", "registry", "disable", "power", "profile", "other_hosts", "rotate"],
    ),
    (
        "deleted from a domain",
        |case| {
            case.account.scope = Scope::Domain;
            case.outcome = Outcome::Deleted;
        },
        "account_of_domain_gone",
        &["other_accounts"],
        &["directory_object", "disable_in_domain"],
    ),
    (
        "allowed",
        |case| {
            case.severity = Severity::Low;
            allow(case);
        },
        "ask_owner",
        &["logs", "disable_if_denied", "account_used", "close_authorised"],
        &["account", "memory", "disable", "close"],
    ),
    (
        "allowed in a domain",
        |case| {
            case.severity = Severity::Low;
            case.account.scope = Scope::Domain;
            allow(case);
        },
        "ask_owner_of_domain",
        &["disable_in_domain", "close_authorised"],
        &["account_of_domain", "close"],
    ),
    ("allowed, and yet grave", allow, "ask_owner", &["memory", "disable"], &["disable_if_denied", "account"]),
    (
        "unlike an attack",
        |case| case.severity = Severity::Low,
        "account",
        &["logs", "account_used", "close"],
        &["memory", "images", "disable", "creator_acts"],
    ),
    (
        "named to be overlooked",
        |case| case.context.name_signs.push(NameSign { kind: "look_alike", why: NameFact::OuterBlanks }),
        "account",
        &["hidden"],
        &[],
    ),
];

#[test]
fn steps_differ_by_what_is_known() {
    for (story, change, first, present, absent) in STORIES {
        let names = names(change);
        assert_eq!(names[0], *first, "{story}: {names:?}");
        for name in *present {
            assert!(names.contains(name), "{story} without {name}: {names:?}");
        }
        for name in *absent {
            assert!(!names.contains(name), "{story} with {name}: {names:?}");
        }
    }
}

/// A row that no story mentions could stand there for nobody.
#[test]
fn every_row_is_some_storys() {
    for row in ROWS {
        let told =
            STORIES.iter().any(|(_, _, first, present, _)| *first == row.name || present.contains(&row.name));
        assert!(told, "{}", row.name);
    }
}

#[test]
fn short_lists_are_short() {
    let length = |change: Change| names(change).len();
    assert!(length(|case| case.severity = Severity::Low) <= 5);
    assert!(
        length(|case| {
            case.severity = Severity::Medium;
            allow(case);
        }) <= 5
    );
    assert!(length(|case| case.severity = Severity::Medium) <= 14);
}

/// The machine to go to is told, and never connected to by a name that an event has.
#[test]
fn the_source_is_named_as_well_as_it_is_known() {
    let place = |change: fn(&mut Case)| {
        let mut case = plain();
        change(&mut case);
        let steps = ResponseView::from(&case).steps();
        steps.iter().find(|step| step.name == "source_acts").map(|step| step.host.unwrap().to_owned())
    };
    assert_eq!(place(from_network).as_deref(), Some("KALI"));
    assert_eq!(
        place(|case| {
            from_network(case);
            case.actor.source_host = None;
        })
        .as_deref(),
        Some("10.20.9.77")
    );
    let reached_over = |case: &mut Case| {
        from_network(case);
        let client = Client { host: HostName::new("ws5").unwrap(), process: process(9428, "C:\\x.exe") };
        case.origin = Some(Origin {
            actor: Actor::default(),
            via: "remote_command",
            client: Some(client),
            certainty: begat_model::case::Certainty::Proven,
        });
    };
    assert_eq!(place(reached_over).as_deref(), Some("ws5"));
    let (_, command) = steps(reached_over).into_iter().find(|(name, _)| *name == "source_acts").unwrap();
    assert!(command.starts_with("Get-CimInstance Win32_Process -Filter 'ProcessId=9428'"), "{command}");
    for itself in ["127.0.0.1", "::1", "0.0.0.0", "-", "APP02"] {
        let names = names(|case| {
            case.actor.source_ip = Some(itself.into());
            case.actor.source_host = Some(if itself == "APP02" { "app02" } else { "-" }.into());
        });
        assert!(!names.contains(&"source_acts"), "{itself}");
    }
}

#[test]
fn a_domain_account_is_not_looked_for_in_the_sam() {
    for outcome in Outcome::ALL {
        for (name, command) in steps(|case| {
            case.account.scope = Scope::Domain;
            case.outcome = *outcome;
        }) {
            assert!(!command.contains("LocalUser") && !command.contains("LocalGroup"), "{name}: {command}");
        }
    }
}

#[test]
fn what_is_not_known_is_worded_around() {
    let first = |change: fn(&mut Case)| steps(change).remove(0).1;
    assert_eq!(first(|_| ()), format!("Get-LocalUser | Where-Object SID -eq '{ACCOUNT}' | Format-List *"));
    assert_eq!(
        first(|case| case.account.sid = None),
        "Get-LocalUser | Where-Object Name -eq 'svc' | Format-List *"
    );
    assert!(first(nothing_known).starts_with("Get-LocalUser | Sort-Object"));
    let too_long = |case: &mut Case| {
        case.account.sid = None;
        case.account.name = Some("x".repeat(300).into());
    };
    assert!(first(too_long).starts_with("Get-LocalUser | Sort-Object"));
    let tokens = steps(|case| case.account.name = Some("x".repeat(300).into()));
    let (_, command) = tokens.iter().find(|(name, _)| *name == "tokens").unwrap();
    assert!(!command.contains("Close-SmbSession"), "{command}");
}

/// To open `\\server\share\x.exe` hands the responder's credentials to the server.
#[test]
fn shares_of_others_are_not_opened() {
    for image in ["\\\\evil\\c$\\net1.exe", "//evil/net1.exe", "\\??\\UNC\\evil\\x.exe"] {
        let all = steps(|case| case.attribution.creator = Some(process(1, image)));
        assert!(all.iter().all(|(_, command)| !command.contains("evil")), "{all:?}");
    }
}

#[test]
fn mends_are_few_and_the_costliest_first() {
    let mended = names(|case| {
        case.blind_spots = BlindSpotKind::ALL.iter().rev().map(|kind| blind(*kind)).collect();
    });
    let mended: Vec<_> = mended.into_iter().filter(|name| BlindSpotKind::named(name).is_some()).collect();
    assert_eq!(mended, ["no_process_telemetry", "audit_policy_changed", "log_cleared"]);
}

/// What stands outside of strings, each list of values as one.
fn skeleton(reading: &Reading) -> String {
    let mut outside = reading.outside.replace("([regex]::Unescape(''))", "''");
    while outside.contains("'',''") {
        outside = outside.replace("'',''", "''");
    }
    outside
}

fn skeletons() -> BTreeSet<String> {
    let of_template = |template: &str| {
        let mut template = template.to_owned();
        for value in VALUES.iter().filter(|value| value.sort == Sort::Expression) {
            template = template.replace(&format!("<{}>", value.name), "''");
        }
        skeleton(&read(&template).unwrap())
    };
    commands().map(of_template).collect()
}

/// What must hold whatever the events say.
fn check(case: &Case, skeletons: &BTreeSet<String>) {
    const COMMAND_BYTES_MAX: usize = 2048;
    let steps = ResponseView::from(case).steps();
    assert!(
        !steps.is_empty() && steps.len() <= STEPS_MAX,
        "{:?}",
        steps.iter().map(|step| step.name).collect::<Vec<_>>()
    );
    assert!(steps.is_sorted_by_key(|step| step.phase));
    assert_eq!(steps.last().map(|step| step.phase), Some(Phase::Close));
    if case.attribution.verdict == Verdict::Unknown && !case.blind_spots.is_empty() {
        assert!(steps.iter().any(|step| BlindSpotKind::named(step.name).is_some()), "nothing mends it");
    }
    for step in &steps {
        let command = &step.command;
        assert!(command.len() <= COMMAND_BYTES_MAX, "{command}");
        assert!(command.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{command}");
        let reading = read(command).unwrap();
        assert!(skeletons.contains(&skeleton(&reading)), "{}: {command}", step.name);
        assert!(reading.strings.iter().all(|string| !string.is_empty()), "{command}");
        for hole in ["<", ">", "null", "None", "Some("] {
            assert!(
                !reading.outside.contains(hole) && !step.step.contains("Some("),
                "{}: {command}",
                step.name
            );
        }
    }
}

#[test]
fn every_sort_of_case_has_a_response() {
    let skeletons = skeletons();
    let mut count = 0;
    let changes = [
        |_: &mut Case| (),
        from_network,
        nothing_known,
        |case: &mut Case| case.actor = actor(Sid::SYSTEM, 0x3e7, 5),
        allow,
    ];
    for verdict in Verdict::ALL {
        for outcome in Outcome::ALL {
            for scope in Scope::ALL {
                for severity in Severity::ALL {
                    for change in changes {
                        let mut case = plain();
                        case.blind_spots = BlindSpotKind::ALL.iter().map(|kind| blind(*kind)).collect();
                        case.outcome = *outcome;
                        case.account.scope = *scope;
                        case.severity = *severity;
                        case.attribution.verdict = *verdict;
                        change(&mut case);
                        check(&case, &skeletons);
                        count += 1;
                    }
                }
            }
        }
    }
    assert_eq!(count, 7 * 4 * 3 * 5 * changes.len());
}

/// Text that a log may hold where a name is expected, breakouts of all shells among it.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "(?s).{1,60}",
        "['\u{2018}\u{2019}\u{201a}\u{201b}\"\u{201c}\u{201d}\u{201e}\u{2013}`$;|&%^<>(){}\\[\\]*?\n\r\u{2028}\u{202e}\u{0}#@,-]{1,30}",
        Just("'; Start-Process calc; '".to_owned()),
        Just("\u{2019}; calc; \u{2018}".to_owned()),
        Just("$(calc)`n& calc | calc".to_owned()),
        Just("/delete".to_owned()),
        Just("<sid>".to_owned()),
        Just("-Force".to_owned()),
    ]
}

proptest! {
    #[test]
    fn nothing_that_a_log_says_gets_out_of_its_quotes(
        texts in prop::collection::vec(hostile(), 12),
        verdict in prop::sample::select(Verdict::ALL),
        outcome in prop::sample::select(Outcome::ALL),
        scope in prop::sample::select(Scope::ALL),
        with_sid in any::<bool>(),
    ) {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        let mut case = plain();
        case.attribution.verdict = verdict;
        case.outcome = outcome;
        case.account.scope = scope;
        if !with_sid {
            case.account.sid = None;
        }
        case.case_id = next();
        case.account.name = Some(next().into());
        case.account.domain = Some(next().into());
        case.actor.account.name = Some(next().into());
        case.actor.source_ip = Some(next().into());
        case.actor.source_host = Some(next().into());
        case.attribution.creator = Some(process(1, &format!("C:\\{}", next())));
        case.attribution.chain = vec![process(2, &format!("D:\\{}", next())), process(3, &next())];
        case.host.netbios = next();
        case.authorisation.owner = Some(next().into());
        case.authorisation.rule = Some(next().into());
        case.wave = Some(next());
        case.blind_spots = vec![blind(BlindSpotKind::NoProcessTelemetry)];
        check(&case, &skeletons());
        // Whoever is searched for is who was meant.
        let name = super::super::quoting::literal(case.account.name.as_deref().unwrap_or_default());
        for step in ResponseView::from(&case).steps() {
            let searched = step.command.contains("Where-Object Name -eq ");
            prop_assert!(!searched || name.as_ref().is_some_and(|name| step.command.contains(name)));
        }
    }
}
