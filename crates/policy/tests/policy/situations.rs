//! A creation to hold entries against, and entries that fit it.

use begat_model::analytic::SessionKind;
use begat_model::case::{
    Actor, Attribution, Authorisation, Case, CaseAccount, CaseHost, Context, HostRole, Outcome, Process,
    Risk, RiskReason, RiskTerm, RoleGrounds, RoleSource, Scope, Severity, Verdict, WindowRule,
};
use begat_model::event::Principal;
use begat_model::{HostName, LogonId, Sid, Timestamp};
use begat_policy::{Policy, Situation};

pub const ADMIN_SID: &str = "S-1-5-21-1-2-3-1146";
pub const GROUP_SID: &str = "S-1-5-21-1-2-3-2301";
pub const SHA256: &str = "SHA256=0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn process(image: &str) -> Process {
    Process { image: Some(image.into()), hashes: vec![SHA256.into()], ..Process::default() }
}

fn keller() -> Actor {
    Actor {
        account: Principal {
            name: Some("adm.keller".into()),
            domain: Some("CORP".into()),
            sid: Sid::parse(ADMIN_SID),
            logon_id: Some(LogonId(0x4341b1)),
        },
        logon_type: Some(3),
        source_ip: Some("::ffff:10.20.4.31".into()),
        source_host: Some("JUMP01".into()),
        groups: vec![Sid::parse(GROUP_SID).unwrap()],
        ..Actor::default()
    }
}

/// `rmm-svc` made on FILES01 by an agent, in a network session of CORP\adm.keller from 10.20.4.31.
pub fn case() -> Case {
    Case {
        case_id: "6a1f0c9e2b7d4485".to_owned(),
        sequence: true,
        window_rule: WindowRule::default(),
        severity: Severity::Medium,
        risk: Risk {
            score: 6,
            terms: vec![RiskTerm { name: "prior", points: 6, why: RiskReason::Prior, at_least: None }],
        },
        host: CaseHost {
            id: "FILES01".into(),
            names: vec![],
            name: HostName::new("files01.corp.example").unwrap(),
            netbios: "FILES01".to_owned(),
            domain_controller: Some(false),
            role: Some(HostRole {
                name: "file server".into(),
                class: None,
                source: RoleSource::Inventory,
                why: RoleGrounds::Inventory,
            }),
            owner: None,
        },
        // A Monday.
        created_at: at("2026-03-02T09:14:07.5Z"),
        account: CaseAccount {
            name: Some("rmm-svc".into()),
            created_as: Some("rmm-svc".into()),
            sid: Sid::parse("S-1-5-21-9-9-9-1003"),
            domain: Some("FILES01".into()),
            scope: Scope::Local,
            privileged: false,
            groups: vec![],
        },
        outcome: Outcome::Persists,
        actor: keller(),
        origin: None,
        attribution: Attribution {
            verdict: Verdict::Attributed,
            reason: None,
            confidence: Some(0.99),
            creator: Some(process(r"C:\Program Files\RMM\agent.exe")),
            chain: vec![
                process(r"C:\Program Files\RMM\service.exe"),
                process(r"C:\Windows\System32\services.exe"),
            ],
            lag: None,
            coincidence: None,
            evidence: vec![],
            alternatives: vec![],
        },
        afterwards: vec![],
        blind_spots: vec![],
        events: vec![],
        wave: None,
        context: Context::default(),
        authorisation: Authorisation::default(),
    }
}

pub fn situation() -> Situation {
    let situation = Situation::from(&case());
    assert_eq!(situation.actor.session, SessionKind::Network);
    situation
}

/// A policy of one entry with these lines in its `match`.
pub fn policy(lines: &str) -> Policy {
    let text = entry("agents", "2026-12-31", lines);
    Policy::parse("site.toml", &text).unwrap_or_else(|complaints| panic!("{complaints}\n{text}"))
}

pub fn entry(name: &str, expires: &str, lines: &str) -> String {
    format!(
        "[[authorisation]]\nname = \"{name}\"\nkind = \"deployment\"\nowner = \"it\"\nreason = \"roll-out\"\n\
         expires = \"{expires}\"\n[authorisation.match]\n{lines}\n"
    )
}

/// Keys that fit `situation` and are strong enough to stand alone.
pub const STRONG: &str = "actor = 'S-1-5-21-1-2-3-1146'\nsource = '10.20.4.0/24'";
