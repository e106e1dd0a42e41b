//! A creator that is only likely: what an entry needs beside it, and that nothing is allowed on its account alone.

use begat_model::analytic::SessionKind;
use begat_model::case::{AllowedBy, AuthorisationStatus, Case, RiskReason, Unmet, Verdict};
use begat_model::{HostName, Sid};
use begat_policy::{History, Policy, Situation, Tickets, Usage, suggest, try_entry};
use jiff::tz::TimeZone;

use crate::situations::{case, policy, situation};

/// Keys that prove enough of a creator that is proven, and bear nothing beside one that is not.
const ALONE: &str =
    "creator = 'C:\\Program Files\\RMM\\agent.exe'\nactor = 'S-1-5-21-1-2-3-1146'\naccount = 'rmm-*'";

fn likely_case() -> Case {
    let mut case = case();
    case.attribution.verdict = Verdict::Likely;
    case.attribution.confidence = Some(0.88);
    case
}

fn applied(policy: &Policy, mut case: Case) -> Case {
    policy.apply(&mut case);
    case
}

/// Whether a creator counts, by what can be said of it; of several, or of none, none may be allowed on its own account.
#[test]
fn a_creator_counts_by_what_the_verdict_says_of_it() {
    for (verdict, alone, beside_a_source) in [
        (Verdict::Attributed, true, true),
        (Verdict::Likely, false, true),
        (Verdict::Ambiguous, false, false),
        (Verdict::Remote, false, false),
        (Verdict::System, false, false),
        (Verdict::SessionOnly, false, false),
        (Verdict::Unknown, false, false),
    ] {
        let allows = |lines: &str| {
            let mut case = case();
            case.attribution.verdict = verdict;
            let case = applied(&policy(lines), case);
            case.authorisation.status == AuthorisationStatus::Authorised
        };
        assert_eq!(allows(ALONE), alone, "{verdict}");
        assert_eq!(allows(&format!("{ALONE}\nsource = '10.20.4.0/24'")), beside_a_source, "{verdict}");
        // What does not rest on the creator asks nothing of the verdict.
        assert!(
            allows("actor = 'S-1-5-21-1-2-3-1146'\nsource = '10.20.4.0/24'\naccount = 'rmm-*'"),
            "{verdict}"
        );
    }
    assert_eq!(Verdict::ALL.len(), 7, "each verdict stands above");
}

/// Whoever runs code in such a session chose the account's name, has its token, and may have left the agent as a decoy.
#[test]
fn an_attacker_beside_a_likely_creator_is_not_allowed_by_program_and_account_alone() {
    for lines in [
        ALONE.to_owned(),
        format!("{ALONE}\nparent = 'C:\\Program Files\\RMM\\service.exe'\nsession = 'network'"),
        format!("{ALONE}\nactor_group = 'S-1-5-21-1-2-3-2301'\nverdict = ['attributed', 'likely']"),
        format!("{ALONE}\nhost = '*'\nhost_role = '*'\nhours = '00:00-23:59'\nuntil = 2030-01-01"),
        format!("{ALONE}\nhost = '*.corp.example'\nsource_host = 'jump01'"),
    ] {
        let told = applied(&policy(&lines), likely_case()).authorisation;
        assert_eq!(told.status, AuthorisationStatus::Unauthorised, "{lines}");
        assert_eq!(told.nearest[0].lacks, [Unmet::LikelyAlone], "{lines}");
        assert_eq!(
            applied(&policy(&lines), case()).authorisation.status,
            AuthorisationStatus::Authorised,
            "{lines}"
        );
    }
}

#[test]
fn each_key_of_another_kind_bears_it_and_the_case_says_so() {
    let ticket = "ticket,host,account,from,to,owner\nCHG1,files01,,2026-03-02,2026-03-02,change board";
    for (lines, beside) in [
        ("ticket = true", vec!["ticket"]),
        ("source = '10.20.4.0/24'", vec!["source"]),
        ("hours = '09:00-11:00'\ndays = ['mon', 'tue']", vec!["hours", "days"]),
        ("from = 2026-03-02\nuntil = 2026-03-06", vec!["from", "until"]),
        ("host = 'files0?'", vec!["host"]),
        ("host_role = 'file *'", vec!["host_role"]),
    ] {
        let tickets = Tickets::parse("tickets.csv", ticket, &TimeZone::UTC).unwrap();
        let tickets = if lines.contains("ticket") { tickets } else { Tickets::default() };
        let policy = policy(&format!("{ALONE}\n{lines}")).with_tickets(tickets);
        let mut told = applied(&policy, likely_case()).authorisation.beside_likely;
        told.sort_by_key(|key| beside.iter().position(|other| other == key));
        assert_eq!(told, beside, "{lines}");
        assert_eq!(applied(&policy, case()).authorisation.beside_likely, Vec::<&str>::new(), "it is proven");
    }
    let case = applied(&policy(&format!("{ALONE}\nhost = 'files01'")), likely_case());
    let allowed = RiskReason::Allowed { by: AllowedBy::EntryOnLikely, name: "agents".into(), also: vec![] };
    assert_eq!(case.risk.terms.last().unwrap().why, allowed);
}

/// What the shipped policy allows where more is logged, it allows where less is.
struct Rollout {
    what: &'static str,
    change: fn(&mut Situation),
    entry: &'static str,
    beside: &'static [&'static str],
    /// Makes it what the entry does not mean; nothing of it would stand in the way of a proven creator's permission
    /// alone.
    elsewhere: fn(&mut Situation),
}

const ROLLOUTS: &[Rollout] = &[
    Rollout {
        what: "CcmExec starts PowerShell in the session of SYSTEM, and no script log is kept",
        change: |it| {
            it.host.role = Some("kiosk".to_owned());
            it.account.name = Some("support-lobby3".to_owned());
            it.account.created_as = it.account.name.clone();
            it.creator = Some(program(r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"));
            it.chain =
                vec![program(r"C:\Windows\CCM\CcmExec.exe"), program(r"C:\Windows\System32\services.exe")];
            it.actor.session = SessionKind::System;
            it.actor.sid = Sid::parse(Sid::SYSTEM);
            it.actor.source_ip = None;
        },
        entry: "configuration-manager",
        beside: &["host_role"],
        elsewhere: |it| it.host.role = Some("domain controller".to_owned()),
    },
    Rollout {
        what: "Ansible's wsmprovhost, where the address that it came from is known",
        change: |it| {
            it.account.name = Some("app_web".to_owned());
            it.account.created_as = it.account.name.clone();
            it.creator = Some(program(r"C:\Windows\System32\wsmprovhost.exe"));
            it.chain = vec![program(r"C:\Windows\System32\svchost.exe")];
            it.actor.sid = Sid::parse("S-1-5-21-1004336348-1177238915-682003330-1203");
            it.actor.source_ip = Some("10.20.4.50".to_owned());
        },
        entry: "ansible",
        beside: &["source"],
        elsewhere: |it| it.actor.source_ip = None,
    },
    Rollout {
        what: "the agent of remote management makes its account, within its ticket",
        change: |it| {
            it.creator = Some(program(r"C:\Program Files\Example RMM\agent.exe"));
            it.chain = vec![program(r"C:\Windows\System32\services.exe")];
        },
        entry: "rmm-agent",
        beside: &["ticket"],
        elsewhere: |it| it.created_at = crate::situations::at("2026-03-09T09:00:00Z"),
    },
    Rollout {
        what: "the server team at a jump host, whatever the process",
        change: |it| {
            it.account.name = Some("svc_print".to_owned());
            it.account.created_as = it.account.name.clone();
            it.actor.sid = Sid::parse("S-1-5-21-1004336348-1177238915-682003330-1146");
            it.creator = Some(program(r"C:\Windows\System32\mmc.exe"));
        },
        entry: "server-team-service-accounts",
        beside: &[],
        elsewhere: |it| it.host.name = HostName::new("dc01.corp.example").unwrap(),
    },
];

fn program(image: &str) -> begat_policy::SituationProcess {
    begat_policy::SituationProcess { image: Some(image.to_owned()), ..Default::default() }
}

#[test]
fn the_shipped_policy_allows_roll_outs_before_and_after() {
    let zone = TimeZone::UTC;
    let tickets =
        "ticket,host,account,from,to,owner\nCHG1,files01,rmm-svc,2026-03-02,2026-03-02,change board";
    let site = Policy::parse("examples/site.toml", include_str!("../../../../examples/site.toml")).unwrap();
    let site = site.with_tickets(Tickets::parse("tickets.csv", tickets, &zone).unwrap());
    for Rollout { what, change, entry, beside, elsewhere } in ROLLOUTS {
        let fits = |verdict: Verdict, elsewhere: Option<fn(&mut Situation)>| {
            let mut situation = situation();
            change(&mut situation);
            situation.verdict = verdict;
            if let Some(elsewhere) = elsewhere {
                elsewhere(&mut situation);
            }
            site.entry(entry).unwrap().fits(&situation, site.tickets())
        };
        assert_eq!(fits(Verdict::Attributed, None).lacks, Vec::<Unmet>::new(), "{what}");
        let likely = fits(Verdict::Likely, None);
        assert_eq!(
            (likely.lacks.as_slice(), likely.beside_likely.as_slice()),
            (&[] as &[Unmet], *beside),
            "{what}"
        );
        assert!(!fits(Verdict::Likely, Some(*elsewhere)).is_whole(), "{what}, elsewhere");
    }
    assert!(site.entries().iter().all(|entry| ROLLOUTS.iter().any(|row| row.entry == &**entry.name())));
}

#[test]
fn what_rests_on_a_likely_creator_is_counted_apart() {
    let policy = policy(&format!("{ALONE}\nhost = 'files0?'"));
    let (mut usage, mut history) = (Usage::default(), History::default());
    for (number, case) in [likely_case(), case(), likely_case()].into_iter().enumerate() {
        let case = applied(&policy, Case { case_id: number.to_string(), ..case });
        usage.note(&policy.judge(&(&case).into()), case.created_at);
        history.add(&case);
    }
    let used = usage.entries()["agents"];
    assert_eq!((used.times, used.on_likely), (3, 2));
    assert_eq!(history.of("agents").map(|used| (used.times, used.on_likely)), Some((3, 2)));
    let cases = [case(), likely_case()];
    let trial = try_entry(&policy, &policy.entries()[0], &cases);
    let told: Vec<_> =
        trial.allowed.iter().map(|it| (it.beside_likely.len(), it.hand.starts_with("probably "))).collect();
    assert_eq!(told, [(0, false), (1, true)]);
    let alone = crate::situations::policy(ALONE);
    let trial = try_entry(&alone, &alone.entries()[0], &cases);
    assert_eq!((trial.allowed.len(), trial.near.len()), (1, 1), "the likely one lacks what would bear it");
}

#[test]
fn a_hand_is_proposed_with_how_many_of_its_creations_are_only_likely() {
    let made = |number: usize, verdict: Verdict| {
        let mut case = case();
        case.case_id = number.to_string();
        case.attribution.verdict = verdict;
        case
    };
    let cases = [made(1, Verdict::Attributed), made(2, Verdict::Likely), made(3, Verdict::Likely)];
    let suggestions = suggest(&cases, &Default::default());
    let [entry] = suggestions.entries.as_slice() else { panic!("{suggestions:?}") };
    assert_eq!((entry.cases.len(), entry.likely), (3, 2));
    assert!(suggestions.unsuited.is_empty());
}

/// Thirteen hosts and more are not listed, and without a role there is nothing of another kind to ask for.
#[test]
fn nothing_is_proposed_that_would_rest_on_a_likely_creator_alone() {
    let spread: Vec<Case> = (0..13)
        .map(|number| {
            let mut case = likely_case();
            case.case_id = number.to_string();
            case.host.name = HostName::new(&format!("pc{number}.corp.example")).unwrap();
            case.host.role = None;
            case.actor.source_ip = None;
            case
        })
        .collect();
    let suggestions = suggest(&spread, &Default::default());
    assert!(suggestions.entries.is_empty());
    let [left_out] = suggestions.left_out.as_slice() else { panic!("{suggestions:?}") };
    assert_eq!((left_out.cases, left_out.likely), (13, 13));
    assert!(format!("{:?}", left_out.why).contains("only likely"), "{left_out:?}");
}
