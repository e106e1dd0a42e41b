//! Every key against a creation that fits it, one that does not, and one where nothing is known.

use begat_model::Sid;
use begat_model::case::{Asked, Unmet, Verdict};
use begat_policy::{KEYS, Situation, Tickets};

use crate::situations::{STRONG, at, entry, policy, situation};

type Change = fn(&mut Situation);

struct Row {
    /// The line in `match`.
    line: &'static str,
    /// Makes it another value.
    other: Change,
    lack: fn() -> Unmet,
    /// Makes the value unknown; `None` for what is always known.
    unknown: Option<(Change, fn() -> Unmet)>,
}

fn other(what: Asked, actual: &str, wanted: &[&str]) -> Unmet {
    Unmet::Other { what, actual: actual.into(), wanted: wanted.iter().map(|it| (*it).into()).collect() }
}

fn not_sure() -> Unmet {
    Unmet::NoCreator { verdict: Verdict::Ambiguous }
}

fn without_creator(situation: &mut Situation) {
    situation.creator = None;
    situation.chain.clear();
    situation.verdict = Verdict::Ambiguous;
}

const ROWS: &[Row] = &[
    Row {
        line: r"creator = 'c:\program files\rmm\AGENT.exe'",
        other: |it| it.creator.as_mut().unwrap().image = Some(r"C:\Users\x\agent.exe".to_owned()),
        lack: || other(Asked::Creator, r"C:\Users\x\agent.exe", &[r"c:\program files\rmm\AGENT.exe"]),
        unknown: Some((without_creator, not_sure)),
    },
    Row {
        line: "hash = 'sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'",
        other: |it| it.creator.as_mut().unwrap().hashes = vec!["SHA256=00".to_owned()],
        lack: || Unmet::OtherHash,
        unknown: Some((
            |it| it.creator.as_mut().unwrap().hashes.clear(),
            || Unmet::NotKnown { what: Asked::Hash },
        )),
    },
    Row {
        line: r"parent = 'C:\Program Files\RMM\service.exe'",
        other: |it| it.parent_is_claimed = true,
        lack: || Unmet::ClaimedParent,
        unknown: Some((without_creator, || Unmet::NoAncestor)),
    },
    Row {
        line: "actor = ['S-1-5-21-1-2-3-1', 'S-1-5-21-1-2-3-1146']",
        other: |it| it.actor.sid = Sid::parse("S-1-5-21-1-2-3-9"),
        lack: || other(Asked::Actor, r"CORP\adm.keller", &["S-1-5-21-1-2-3-1", "S-1-5-21-1-2-3-1146"]),
        unknown: Some((
            |it| it.actor.sid = None,
            || other(Asked::Actor, r"CORP\adm.keller", &["S-1-5-21-1-2-3-1", "S-1-5-21-1-2-3-1146"]),
        )),
    },
    Row {
        line: r"actor = 'corp\adm.*'",
        other: |it| it.actor.domain = Some("FILES01".to_owned()),
        lack: || other(Asked::Actor, r"FILES01\adm.keller", &[r"corp\adm.*"]),
        unknown: Some((
            |it| {
                it.actor.name = None;
                it.actor.sid = None;
            },
            || Unmet::NotKnown { what: Asked::Actor },
        )),
    },
    Row {
        line: "actor_group = 'S-1-5-21-1-2-3-2301'",
        other: |it| it.actor.groups = vec![Sid::parse("S-1-5-32-545").unwrap()],
        lack: || Unmet::OtherGroups { wanted: vec!["S-1-5-21-1-2-3-2301".into()] },
        unknown: Some((|it| it.actor.groups.clear(), || Unmet::NotKnown { what: Asked::ActorGroups })),
    },
    Row {
        line: "source = ['10.20.0.0/16', 'fd00:1:2:3::/64']",
        other: |it| it.actor.source_ip = Some("10.9.9.9".to_owned()),
        lack: || other(Asked::Source, "10.9.9.9", &["10.20.0.0/16", "fd00:1:2:3::/64"]),
        unknown: Some((|it| it.actor.source_ip = None, || Unmet::NotKnown { what: Asked::Source })),
    },
    Row {
        line: "session = ['network', 'batch']",
        other: |it| it.actor.session = begat_model::analytic::SessionKind::RemoteDesktop,
        lack: || other(Asked::Session, "remote_desktop", &["network", "batch"]),
        unknown: Some((
            |it| it.actor.session = begat_model::analytic::SessionKind::Unknown,
            || other(Asked::Session, "unknown", &["network", "batch"]),
        )),
    },
    Row {
        line: "source_host = 'jump*'",
        other: |it| it.actor.source_host = Some("KALI".to_owned()),
        lack: || other(Asked::SourceHost, "KALI", &["jump*"]),
        unknown: Some((|it| it.actor.source_host = None, || Unmet::NotKnown { what: Asked::SourceHost })),
    },
    Row {
        line: "account = 'rmm-*'",
        other: |it| it.account.name = Some("renamed".to_owned()),
        lack: || other(Asked::Account, "renamed", &["rmm-*"]),
        unknown: Some((
            |it| {
                it.account.name = None;
                it.account.created_as = None;
            },
            || Unmet::NotKnown { what: Asked::Account },
        )),
    },
    Row {
        line: "host = 'FILES0?'",
        other: |it| {
            it.host.name = begat_model::HostName::new("dc01.corp.example").unwrap();
            it.host.netbios = "DC01".to_owned();
        },
        lack: || other(Asked::Host, "dc01.corp.example", &["FILES0?"]),
        unknown: None,
    },
    Row {
        line: "host_role = '*server*'",
        other: |it| it.host.role = Some("kiosk".to_owned()),
        lack: || other(Asked::HostRole, "kiosk", &["*server*"]),
        unknown: Some((|it| it.host.role = None, || Unmet::NotKnown { what: Asked::HostRole })),
    },
    Row {
        line: "verdict = 'attributed'",
        other: |it| it.verdict = Verdict::Remote,
        lack: || other(Asked::Verdict, "remote", &["attributed"]),
        unknown: Some((
            |it| it.verdict = Verdict::Unknown,
            || other(Asked::Verdict, "unknown", &["attributed"]),
        )),
    },
    Row {
        line: "hours = '09:00-10:00'\ndays = 'mon'",
        other: |it| it.created_at = at("2026-03-02T10:00:00Z"),
        lack: || Unmet::OffHours {
            at: "Mon 10:00".into(),
            hours: "09:00-10:00".into(),
            days: Some("mon".into()),
        },
        unknown: None,
    },
    Row {
        line: "days = ['mon', 'tue']",
        other: |it| it.created_at = at("2026-03-04T09:00:00Z"),
        lack: || Unmet::OffDays { day: "Wed".into(), days: "mon, tue".into() },
        unknown: None,
    },
    Row {
        line: "from = 2026-03-02",
        other: |it| it.created_at = at("2026-03-01T23:59:59.9999999Z"),
        lack: || Unmet::Before { from: "2026-03-02".into() },
        unknown: None,
    },
    Row {
        line: "until = 2026-03-02",
        other: |it| it.created_at = at("2026-03-03T00:00:00Z"),
        lack: || Unmet::After { until: "2026-03-02".into() },
        unknown: None,
    },
    Row {
        line: "ticket = true",
        other: |it| it.created_at = at("2026-03-09T00:00:00Z"),
        lack: || Unmet::NoTicket,
        unknown: None,
    },
];

fn tickets() -> Tickets {
    let text = "ticket,host,account,from,to,owner\nCHG1,files01,,2026-03-02,2026-03-02,it";
    Tickets::parse("tickets.csv", text, &jiff::tz::TimeZone::UTC).unwrap()
}

#[test]
fn each_key_fits_what_it_names_and_never_what_is_not_known() {
    for row in ROWS {
        // Beside keys that make the entry strong enough, and are no second time the key itself.
        let beside = [
            r"creator = 'C:\Program Files\RMM\agent.exe'",
            r"parent = 'C:\Program Files\RMM\*\service.exe'",
            "actor = 'S-1-5-21-1-2-3-1146'",
            "source = '10.20.4.0/24'",
        ];
        let key = |line: &str| line.split(' ').next().unwrap().to_owned();
        let wanted =
            beside[2..].iter().chain(&beside[..1]).filter(|line| key(line) != key(row.line)).copied();
        let lines = format!("{}\n{}", wanted.collect::<Vec<_>>().join("\n"), row.line);
        let policy = policy(&lines);
        let lacks = |change: Change| {
            let mut situation = situation();
            change(&mut situation);
            policy.entries()[0].fits(&situation, &tickets()).lacks
        };
        assert_eq!(lacks(|_| ()), Vec::<Unmet>::new(), "{}", row.line);
        assert!(lacks(row.other).contains(&(row.lack)()), "{}: {:?}", row.line, lacks(row.other));
        if let Some((unknown, lack)) = row.unknown {
            let told = lacks(unknown);
            assert!(told.contains(&lack()), "{}: {told:?}", row.line);
        }
    }
}

#[test]
fn every_key_of_the_table_is_tested() {
    let lines: Vec<&str> = ROWS.iter().map(|row| row.line).collect();
    for key in KEYS {
        assert!(lines.iter().any(|line| line.starts_with(&format!("{} =", key.name))), "{}", key.name);
    }
}

#[test]
fn every_known_source_must_fit_and_a_hop_washes_nothing_away() {
    let fits = |network: &str, actor: Option<&str>, origin: Option<Option<&str>>| {
        let policy = policy(&format!(
            "actor = 'S-1-5-21-1-2-3-1146'\nsource = ['{network}']\nticket = true\nhost = 'files01'"
        ));
        let mut situation = situation();
        situation.actor.source_ip = actor.map(str::to_owned);
        situation.origin = origin.map(|source_ip| {
            let mut origin = situation.actor.clone();
            origin.source_ip = source_ip.map(str::to_owned);
            origin
        });
        policy.entries()[0].fits(&situation, &tickets()).is_whole()
    };
    let lan = "10.20.4.0/24";
    assert!(fits(lan, Some("10.20.4.31"), None));
    assert!(fits(lan, Some("::ffff:10.20.4.31"), None), "an IPv4 address that was written as IPv6");
    assert!(fits("::ffff:10.20.4.0/120", Some("10.20.4.31"), None), "so may the network be");
    assert!(!fits(lan, Some("10.20.5.1"), None));
    assert!(!fits(lan, Some("fd00::1"), None));
    assert!(fits("fd00:1:2:3::/64", Some("fd00:1:2:3::9"), None));
    assert!(fits(lan, None, Some(Some("10.20.4.31"))), "what stands behind it came from there");
    assert!(!fits(lan, Some("10.20.4.31"), Some(Some("203.0.113.7"))), "it came from elsewhere before");
    assert!(fits(lan, Some("127.0.0.1"), Some(Some("10.20.4.31"))));
    assert!(!fits(lan, Some("127.0.0.1"), None));
    assert!(!fits(lan, Some("LOCAL"), None), "no address at all");
    assert!(!fits(lan, None, Some(None)));
}

#[test]
fn a_session_that_only_may_stand_behind_it_speaks_against_an_entry_and_never_for_one() {
    let lack = |actor: Option<&str>, origin: &str| {
        let policy = policy(
            "actor = 'S-1-5-21-1-2-3-1146'\nsource = ['10.20.4.0/24']\nticket = true\nhost = 'files01'",
        );
        let mut situation = situation();
        situation.actor.source_ip = actor.map(str::to_owned);
        let mut origin_actor = situation.actor.clone();
        origin_actor.source_ip = Some(origin.to_owned());
        situation.origin = Some(origin_actor);
        situation.origin_is_possible = true;
        policy.entries()[0].fits(&situation, &tickets()).lacks.into_iter().next()
    };
    let not_known = Some(Unmet::NotKnown { what: Asked::Source });
    assert_eq!(lack(None, "10.20.4.31"), not_known);
    assert_eq!(lack(Some("127.0.0.1"), "10.20.4.31"), not_known);
    assert_eq!(lack(Some("10.20.4.31"), "10.20.4.31"), None, "the session itself came from there");
    assert!(matches!(lack(Some("10.20.4.31"), "203.0.113.7"), Some(Unmet::Other { .. })));
}

#[test]
fn an_entry_holds_until_its_last_tick_by_the_time_of_the_creation() {
    let fit = |expires: &str, created_at: &str| {
        let zone = "[site]\ntimezone = 'Europe/Berlin'\n";
        let text = format!("{zone}{}", entry("agents", expires, &format!("{STRONG}\nhost = 'files01'")));
        let policy = begat_policy::Policy::parse("p", &text).unwrap();
        let mut situation = situation();
        situation.created_at = at(created_at);
        policy.entries()[0].fits(&situation, &tickets())
    };
    for (expires, created_at, holds) in [
        ("2026-03-02", "2026-03-02T22:59:59.9999999Z", true),
        ("2026-03-02", "2026-03-02T23:00:00Z", false),
        ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z", true),
        ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00.0000001Z", false),
        ("2026-03-02T12:00", "2026-03-02T11:00:00.0000001Z", false),
    ] {
        let fit = fit(expires, created_at);
        assert_eq!((fit.is_whole(), fit.but_for_expiry), (holds, !holds), "{expires} {created_at}");
    }
    assert_eq!(fit("2026-03-01", "2026-03-02T12:00:00Z").lacks, [Unmet::Expired { at: "2026-03-01".into() }]);
}

#[test]
fn from_and_until_hold_in_their_first_and_last_tick() {
    let lacks = |line: &str, created_at: &str| {
        let zone = "[site]\ntimezone = 'Europe/Berlin'\n";
        let text = format!(
            "{zone}{}",
            entry("agents", "2026-12-31", &format!("{STRONG}\nhost = 'files01'\n{line}"))
        );
        let policy = begat_policy::Policy::parse("p", &text).unwrap();
        let mut situation = situation();
        situation.created_at = at(created_at);
        policy.entries()[0].fits(&situation, &tickets()).lacks
    };
    for (line, created_at, lack) in [
        ("until = 2026-03-02", "2026-03-02T22:59:59.9999999Z", None),
        ("until = 2026-03-02", "2026-03-02T23:00:00Z", Some(Unmet::After { until: "2026-03-02".into() })),
        ("until = 2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z", None),
        (
            "until = 2026-03-02T12:00:00Z",
            "2026-03-02T12:00:00.0000001Z",
            Some(Unmet::After { until: "2026-03-02T12:00:00Z".into() }),
        ),
        ("from = 2026-03-02", "2026-03-01T23:00:00Z", None),
        (
            "from = 2026-03-02",
            "2026-03-01T22:59:59.9999999Z",
            Some(Unmet::Before { from: "2026-03-02".into() }),
        ),
        ("from = 2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z", None),
    ] {
        assert_eq!(lacks(line, created_at), lack.into_iter().collect::<Vec<_>>(), "{line} at {created_at}");
    }
}
