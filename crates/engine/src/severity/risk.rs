//! The table of risk terms: how much a creation matters, apart from who made it.
//!
//! Points are ten times the decimal logarithm of a likelihood ratio (domain reference, section F). Attribution and
//! risk stay two numbers: a sure attribution may matter little, and a blind spot much.

use begat_model::Duration;
use begat_model::Text;
use begat_model::case::{
    CoverUp, FloorReason, HostClass, HostRole, LateralChannel, NameFact, Outcome, Risk, RiskReason, RiskTerm,
    Scope, Severity, SiteEntry, Verdict,
};

/// Before anything is known of the creation.
pub const PRIOR: i32 = -4;

/// Windows' setup made it, or a program of its first run.
pub const WINDOWS_SETUP: &str = "windows_setup";

/// The term that only all hosts together show.
pub const SAME_NAME_ELSEWHERE: &str = "same_name_elsewhere";

/// What the terms are judged by, gathered from one case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Verdict, once decided.
    pub verdict: Option<Verdict>,
    /// A program of Windows' first run made the account that the machine is set up with.
    pub by_setup: bool,
    /// Scope of the account.
    pub scope: Option<Scope>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// What the host is for, where inventory or events tell.
    pub host: Option<HostRole>,
    /// The creator, where it is a shell, a script host, a tool that lives off the land, or one that the site calls
    /// suspicious.
    pub tool: Option<RiskReason>,
    /// Path of the creator or of an ancestor in its session that ordinary users can write to.
    pub writable_path: Option<Text>,
    /// Original name of the creator or of an ancestor that goes by another name.
    pub renamed: Option<Text>,
    /// An ancestor that has no business with shells and started one, or `net`.
    pub odd_ancestor: Option<RiskReason>,
    /// The creator, or an ancestor in its session, was told to hide what it does.
    pub concealed: Option<RiskReason>,
    /// What in the chain carries commands from elsewhere.
    pub lateral: Option<LateralChannel>,
    /// The source that nothing in the input came from before.
    pub new_source: Option<RiskReason>,
    /// A High group it was put into within `SOON`: its English name, or the site's.
    pub high_group: Option<Text>,
    /// English name of a Medium group it was put into within `SOON`.
    pub medium_group: Option<Text>,
    /// A High group it was put into later, and when.
    pub later_high_group: Option<RiskReason>,
    /// A Medium group it was put into later, and when.
    pub later_medium_group: Option<RiskReason>,
    /// The name ends in `$`: hidden from `net user`.
    pub hidden_name: bool,
    /// What the name could be taken for.
    pub look_alike_name: Option<NameFact>,
    /// The account came in from elsewhere within `FIRST_USE`.
    pub remote_logon: Option<RiskReason>,
    /// Other hosts where an account of this name was made, without being of one wave.
    pub same_name_elsewhere: Option<RiskReason>,
    /// The password never expires.
    pub password_never_expires: bool,
    /// Deleted within `COVER_UP_WITHIN` by the account that made it.
    pub deleted_by_maker: Option<Duration>,
    /// The same actor cleared a log or switched off auditing within the hour.
    pub covered_up: Option<CoverUp>,
    /// ParentProcessName: the site's entries that an ancestor fits.
    pub parents: Vec<SiteEntry>,
    /// UserContext: the site's entries that the session or the account behind it fits.
    pub user_contexts: Vec<SiteEntry>,
}

/// One row: its name, its points, and when it applies.
pub struct RiskRow {
    /// Name in output.
    pub name: &'static str,
    /// 10·log10 of the likelihood ratio.
    pub points: i32,
    /// Why it applies to these facts; `None` where it does not.
    pub applies: fn(&Facts) -> Option<RiskReason>,
}

/// What the host is for, where that says something: every account of a domain is made on a domain controller.
fn role_of<'f>(facts: &'f Facts, classes: &[HostClass]) -> Option<&'f HostRole> {
    let role = facts.host.as_ref().filter(|_| facts.scope != Some(Scope::Domain))?;
    role.class.filter(|class| classes.contains(class)).map(|_| role)
}

fn by_role(role: &HostRole) -> RiskReason {
    RiskReason::HostRole { role: role.name.clone(), grounds: role.why.clone() }
}

/// The table. Later work adds rows; none is hidden from the case.
pub const RISK_TABLE: &[RiskRow] = &[
    // Made on a server.
    RiskRow { name: "server", points: 4, applies: |facts| role_of(facts, &[HostClass::Server]).map(by_role) },
    // Made on a host from which the domain can be taken.
    RiskRow {
        name: "tier0",
        points: 6,
        applies: |facts| role_of(facts, &[HostClass::Tier0, HostClass::DomainController]).map(by_role),
    },
    // Made by a shell, a script host, a tool that every Windows has, or what the site calls suspicious.
    RiskRow { name: "shell_or_tool", points: 4, applies: |facts| facts.tool.clone() },
    // Made by a program in a folder that ordinary users can write to.
    RiskRow {
        name: "user_writable_path",
        points: 8,
        applies: |facts| facts.writable_path.clone().map(|path| RiskReason::WritablePath { path }),
    },
    // A known tool under another file name.
    RiskRow {
        name: "renamed_tool",
        points: 8,
        applies: |facts| facts.renamed.clone().map(|original| RiskReason::RenamedTool { original }),
    },
    // A server's own program, an Office program or a service that never hosts shells started a shell or net.
    RiskRow { name: "odd_ancestor", points: 16, applies: |facts| facts.odd_ancestor.clone() },
    // A PowerShell was given an encoded command or a hidden window.
    RiskRow { name: "concealed_command", points: 10, applies: |facts| facts.concealed.clone() },
    // The command came over WMI, WinRM, PsExec or a scheduled task.
    RiskRow {
        name: "lateral_channel",
        points: 6,
        applies: |facts| facts.lateral.clone().map(|channel| RiskReason::Lateral { channel }),
    },
    // Made over the network, without a process on this host.
    RiskRow {
        name: "remote_call",
        points: 6,
        applies: |facts| (facts.verdict == Some(Verdict::Remote)).then_some(RiskReason::NoProcessHere),
    },
    // From a source that nothing in the input came from before.
    RiskRow { name: "new_source", points: 6, applies: |facts| facts.new_source.clone() },
    // Put into Administrators, or a group as powerful, within ten minutes.
    RiskRow {
        name: "powerful_group",
        points: 10,
        applies: |facts| facts.high_group.clone().map(|group| RiskReason::PutInto { group }),
    },
    // Put into a group that may log on remotely within ten minutes.
    RiskRow {
        name: "remote_access_group",
        points: 5,
        applies: |facts| {
            let group = facts.medium_group.clone().filter(|_| facts.high_group.is_none())?;
            Some(RiskReason::PutInto { group })
        },
    },
    // Half of what the same grant weighs at once: whoever waits for an hour or a month gets the same power, but more
    // of those who wait are administrators whose colleague got another task.
    // Put into Administrators, or a group as powerful, later.
    RiskRow {
        name: "later_powerful_group",
        points: 5,
        applies: |facts| facts.later_high_group.clone().filter(|_| facts.high_group.is_none()),
    },
    // Put into a group that may log on remotely, later.
    RiskRow {
        name: "later_remote_access_group",
        points: 2,
        applies: |facts| {
            let stronger =
                [facts.high_group.is_some(), facts.medium_group.is_some(), facts.later_high_group.is_some()];
            facts.later_medium_group.clone().filter(|_| !stronger.contains(&true))
        },
    },
    // The name ends in $, which hides it from `net user`.
    RiskRow {
        name: "hidden_name",
        points: 8,
        applies: |facts| facts.hidden_name.then_some(RiskReason::HiddenName),
    },
    // The name can be taken for another.
    RiskRow {
        name: "look_alike_name",
        points: 8,
        applies: |facts| facts.look_alike_name.clone().map(|sign| RiskReason::LookAlikeName { sign }),
    },
    // The new account came in from elsewhere within a day.
    RiskRow { name: "remote_logon", points: 8, applies: |facts| facts.remote_logon.clone() },
    // Accounts of this name were made on other hosts too, and not in one wave.
    RiskRow { name: SAME_NAME_ELSEWHERE, points: 6, applies: |facts| facts.same_name_elsewhere.clone() },
    // Its password never expires.
    RiskRow {
        name: "password_never_expires",
        points: 2,
        applies: |facts| facts.password_never_expires.then_some(RiskReason::PasswordNeverExpires),
    },
    // Deleted within the hour by who made it.
    RiskRow {
        name: "deleted_by_maker",
        points: 6,
        applies: |facts| {
            let lived = facts.deleted_by_maker.filter(|_| facts.outcome != Some(Outcome::AttemptFailed))?;
            Some(RiskReason::ShortLived { lived })
        },
    },
    // The same actor cleared a log or switched off auditing within the hour.
    RiskRow {
        name: "covered_up",
        points: 12,
        applies: |facts| facts.covered_up.clone().map(|how| RiskReason::CoveredUp { how }),
    },
    // The account was never usable.
    RiskRow {
        name: "attempt_failed",
        points: -3,
        applies: |facts| (facts.outcome == Some(Outcome::AttemptFailed)).then_some(RiskReason::NeverUsable),
    },
    // Windows itself made it while it was set up.
    RiskRow {
        name: WINDOWS_SETUP,
        points: -15,
        applies: |facts| {
            let is_setup = facts.verdict == Some(Verdict::System) || facts.by_setup;
            is_setup.then_some(RiskReason::WindowsSetup)
        },
    },
];

/// A least severity, whatever the score: its name in output, its level, why, and when it holds.
type Floor = (&'static str, Severity, FloorReason, fn(&Facts) -> bool);

const FLOORS: &[Floor] = &[
    ("floor_covered_up", Severity::Critical, FloorReason::CoveredUp, |facts| facts.covered_up.is_some()),
    ("floor_resurrected", Severity::Critical, FloorReason::Resurrected, |facts| {
        facts.outcome == Some(Outcome::Resurrected)
    }),
    ("floor_hidden_name", Severity::High, FloorReason::HiddenName, |facts| {
        facts.hidden_name && facts.scope != Some(Scope::Domain)
    }),
    ("floor_look_alike_name", Severity::High, FloorReason::LookAlikeName, |facts| {
        facts.look_alike_name.is_some() && facts.scope != Some(Scope::Domain)
    }),
    ("floor_renamed_tool", Severity::High, FloorReason::RenamedTool, |facts| facts.renamed.is_some()),
    ("floor_unknown", Severity::Medium, FloorReason::Unknown, |facts| {
        facts.verdict == Some(Verdict::Unknown) && facts.scope != Some(Scope::Domain)
    }),
];

/// A term whose points the site sets: its name in output, and the entries that fit.
type SiteRow = (&'static str, fn(&Facts) -> &[SiteEntry]);

/// ATT&CK's mutable elements that bear on the risk: one term each, however many entries fit.
pub const SITE_TABLE: &[SiteRow] = &[
    // An ancestor that the site's policy names.
    ("parent_process_name", |facts| &facts.parents),
    // A session or an account that the site's policy names.
    ("user_context", |facts| &facts.user_contexts),
];

/// The entries of the site that fit, as one term; each with its own points.
fn site_term(name: &'static str, entries: &[SiteEntry]) -> Option<RiskTerm> {
    let points = entries.iter().map(|entry| entry.points).sum();
    let why = RiskReason::SiteEntries { entries: entries.to_vec() };
    (!entries.is_empty()).then_some(RiskTerm { name, points, why, at_least: None })
}

/// The score with all its terms. A floor stands among them without points, whether it lifts the severity or not:
/// what is taken off the score later stops at it.
pub fn assess(facts: &Facts) -> (Risk, Severity) {
    let mut risk = Risk::default();
    risk.add(RiskTerm { name: "prior", points: PRIOR, why: RiskReason::Prior, at_least: None });
    add(&mut risk, facts);
    let severity = risk.severity();
    (risk, severity)
}

/// Adds what facts say that come to light later, when all hosts are known.
pub fn add(risk: &mut Risk, facts: &Facts) {
    for row in RISK_TABLE {
        if let Some(why) = (row.applies)(facts) {
            risk.add(RiskTerm { name: row.name, points: row.points, why, at_least: None });
        }
    }
    for (name, entries) in SITE_TABLE {
        site_term(name, entries(facts)).into_iter().for_each(|term| risk.add(term));
    }
    for (name, least, why, applies) in FLOORS {
        if applies(facts) {
            let why = RiskReason::Floor { least: *least, why: why.clone(), gives_way: false };
            risk.add(RiskTerm { name, points: 0, why, at_least: Some(*least) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Timestamp;
    use begat_model::case::{RoleGrounds, SiteMatch};
    use std::collections::BTreeSet;

    fn severity(change: impl FnOnce(&mut Facts)) -> (i32, Severity) {
        let mut facts =
            Facts { scope: Some(Scope::Local), verdict: Some(Verdict::Attributed), ..Facts::default() };
        change(&mut facts);
        let (risk, severity) = assess(&facts);
        (risk.score, severity)
    }

    #[test]
    fn the_checks_of_the_domain_reference_hold() {
        let net1 = || Some(tool());
        assert_eq!(severity(|facts| facts.tool = net1()), (0, Severity::Medium), "M01");
        let m02 = severity(|facts| {
            facts.tool = net1();
            facts.high_group = Some("Administrators".into());
        });
        assert_eq!(m02, (10, Severity::High), "M02");
        let m07 = severity(|facts| {
            facts.tool = net1();
            facts.lateral = Some(LateralChannel::Wmi);
            facts.new_source = Some(new_source());
            facts.outcome = Some(Outcome::AttemptFailed);
        });
        assert_eq!(m07, (9, Severity::Medium), "M07");
        let m16 = severity(|facts| {
            facts.writable_path = Some(r"C:\Users\Public\CreateHiddenAccount.exe".into());
            facts.hidden_name = true;
            facts.high_group = Some("Administrators".into());
        });
        assert_eq!(m16, (22, Severity::Critical), "M16: no known tool, but from where anybody can write");
        let setup = severity(|facts| facts.verdict = Some(Verdict::System));
        assert_eq!(setup.1, Severity::Informational, "B01");
    }

    #[test]
    fn a_ticket_makes_a_remote_creation_informational() {
        let facts = Facts { verdict: Some(Verdict::Remote), scope: Some(Scope::Local), ..Facts::default() };
        let (mut risk, severity) = assess(&facts);
        assert_eq!((risk.score, severity), (2, Severity::Medium));
        risk.add(RiskTerm { name: "ticket", points: -15, why: RiskReason::Prior, at_least: None });
        assert_eq!((risk.score, risk.severity()), (-13, Severity::Informational), "B10");
    }

    #[test]
    fn every_row_has_a_name_of_its_own_and_points_and_every_floor_a_reason() {
        let rows = RISK_TABLE.iter().map(|row| row.name);
        let site = SITE_TABLE.iter().map(|(name, _)| *name);
        let floors = FLOORS.iter().map(|(name, ..)| *name);
        let all: Vec<_> = rows.chain(site).chain(floors).collect();
        let names: BTreeSet<_> = all.iter().collect();
        assert_eq!(names.len(), all.len(), "a term that is added replaces another of its name");
        let reasons: BTreeSet<_> = FLOORS.iter().map(|(_, _, why, _)| why).collect();
        assert_eq!(reasons.len(), FLOORS.len());
        assert!(RISK_TABLE.iter().all(|row| row.points != 0));
    }

    fn tool() -> RiskReason {
        RiskReason::Tool { program: Some("net1".into()), suspicion: None }
    }

    fn new_source() -> RiskReason {
        let since = Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap();
        RiskReason::NewSource { source: "10.0.0.9".into(), since }
    }

    fn later() -> Option<RiskReason> {
        Some(RiskReason::PutIntoLater { group: "Administrators".into(), after: crate::spans::SOON })
    }

    /// Any other: rows hand on what they are given.
    fn reason() -> Option<RiskReason> {
        Some(RiskReason::DesktopLogon { source: None })
    }

    fn look_alike() -> Option<NameFact> {
        Some(NameFact::DigitsForLetters { reserved: "Administrator" })
    }

    fn host(class: HostClass) -> Option<HostRole> {
        let source = begat_model::case::RoleSource::Inventory;
        Some(HostRole {
            name: "the site's word".into(),
            class: Some(class),
            source,
            why: RoleGrounds::Inventory,
        })
    }

    /// The least that each row wants, in the order of the table.
    fn made_for_rows() -> Vec<(&'static str, Facts)> {
        let facts = Facts::default;
        let text = || Some("because".into());
        let cover_up = Some(CoverUp::LogCleared { log: None });
        vec![
            ("server", Facts { host: host(HostClass::Server), ..facts() }),
            ("tier0", Facts { host: host(HostClass::Tier0), ..facts() }),
            ("shell_or_tool", Facts { tool: Some(tool()), ..facts() }),
            ("user_writable_path", Facts { writable_path: text(), ..facts() }),
            ("renamed_tool", Facts { renamed: text(), ..facts() }),
            ("odd_ancestor", Facts { odd_ancestor: reason(), ..facts() }),
            ("concealed_command", Facts { concealed: reason(), ..facts() }),
            ("lateral_channel", Facts { lateral: Some(LateralChannel::Wmi), ..facts() }),
            ("remote_call", Facts { verdict: Some(Verdict::Remote), ..facts() }),
            ("new_source", Facts { new_source: Some(new_source()), ..facts() }),
            ("powerful_group", Facts { high_group: text(), ..facts() }),
            ("remote_access_group", Facts { medium_group: text(), ..facts() }),
            ("later_powerful_group", Facts { later_high_group: later(), ..facts() }),
            ("later_remote_access_group", Facts { later_medium_group: later(), ..facts() }),
            ("hidden_name", Facts { hidden_name: true, ..facts() }),
            ("look_alike_name", Facts { look_alike_name: look_alike(), ..facts() }),
            ("remote_logon", Facts { remote_logon: reason(), ..facts() }),
            ("same_name_elsewhere", Facts { same_name_elsewhere: reason(), ..facts() }),
            ("password_never_expires", Facts { password_never_expires: true, ..facts() }),
            ("deleted_by_maker", Facts { deleted_by_maker: Some(Duration::ZERO), ..facts() }),
            ("covered_up", Facts { covered_up: cover_up, ..facts() }),
            ("attempt_failed", Facts { outcome: Some(Outcome::AttemptFailed), ..facts() }),
            ("windows_setup", Facts { verdict: Some(Verdict::System), ..facts() }),
        ]
    }

    #[test]
    fn each_row_applies_to_facts_made_for_it_and_to_nothing_else() {
        let none = Facts::default();
        let names: Vec<_> = RISK_TABLE.iter().map(|row| row.name).collect();
        let made: Vec<_> = made_for_rows().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, made, "every row has facts made for it");
        for (name, facts) in made_for_rows() {
            let applied: Vec<_> =
                RISK_TABLE.iter().filter(|row| (row.applies)(&facts).is_some()).map(|row| row.name).collect();
            assert_eq!(applied, [name]);
        }
        assert!(RISK_TABLE.iter().all(|row| (row.applies)(&none).is_none()));
    }

    #[test]
    fn of_grants_the_strongest_counts() {
        let of = |change: fn(&mut Facts, Text)| severity(|facts| change(facts, "because".into())).0 - PRIOR;
        assert_eq!(
            of(|facts, text| (facts.high_group, facts.medium_group) = (Some(text.clone()), Some(text))),
            10
        );
        assert_eq!(of(|facts, text| (facts.high_group, facts.later_high_group) = (Some(text), later())), 10);
        assert_eq!(
            of(|facts, text| (facts.medium_group, facts.later_high_group) = (Some(text), later())),
            10
        );
        assert_eq!(
            of(|facts, text| (facts.medium_group, facts.later_medium_group) = (Some(text), later())),
            5
        );
        assert_eq!(of(|facts, _| (facts.later_high_group, facts.later_medium_group) = (later(), later())), 5);
    }

    #[test]
    fn what_the_host_is_for_counts_once_and_not_for_accounts_of_a_domain() {
        let of =
            |class, scope| severity(|facts| (facts.host, facts.scope) = (host(class), Some(scope))).0 - PRIOR;
        let classes =
            [HostClass::Tier0, HostClass::DomainController, HostClass::Server, HostClass::Workstation];
        assert_eq!(classes.map(|class| of(class, Scope::Local)), [6, 6, 4, 0]);
        assert_eq!(classes.map(|class| of(class, Scope::Domain)), [0; 4], "all of them are made on one");
    }

    #[test]
    fn a_sites_entries_are_one_term_with_the_points_of_each() {
        let entry = |points, name: &str| SiteEntry {
            points,
            fits: SiteMatch::Ancestor(Some(name.into())),
            reason: "ours".into(),
        };
        let facts = Facts {
            parents: vec![entry(8, "winword.exe"), entry(-3, "agent.exe")],
            user_contexts: vec![entry(5, "svchost.exe")],
            ..Facts::default()
        };
        let (risk, _) = assess(&facts);
        let terms: Vec<_> =
            risk.terms.iter().skip(1).map(|term| (term.name, term.points, term.why.clone())).collect();
        let all = |entries: &[SiteEntry]| RiskReason::SiteEntries { entries: entries.to_vec() };
        assert_eq!(
            terms,
            [("parent_process_name", 5, all(&facts.parents)), ("user_context", 5, all(&facts.user_contexts))]
        );
        assert_eq!(risk.score, PRIOR + 10);
    }

    #[test]
    fn what_comes_to_light_later_is_added_with_its_floor() {
        let (mut risk, _) = assess(&Facts { tool: Some(tool()), ..Facts::default() });
        let late = Facts { look_alike_name: look_alike(), same_name_elsewhere: reason(), ..Facts::default() };
        add(&mut risk, &late);
        assert_eq!(risk.score, PRIOR + 4 + 8 + 6);
        add(&mut risk, &late);
        assert_eq!(risk.score, PRIOR + 4 + 8 + 6, "what stands there is replaced, not doubled");
        risk.add(RiskTerm { name: "allowed", points: -25, why: RiskReason::Prior, at_least: None });
        assert_eq!(risk.severity(), Severity::High, "the floor holds");
    }

    #[test]
    fn floors_hold_whatever_the_score() {
        assert_eq!(severity(|facts| facts.verdict = Some(Verdict::Unknown)).1, Severity::Medium);
        assert_eq!(severity(|facts| facts.hidden_name = true).1, Severity::High);
        assert_eq!(severity(|facts| facts.look_alike_name = look_alike()).1, Severity::High);
        assert_eq!(severity(|facts| facts.renamed = Some("net.exe".into())).1, Severity::High);
        assert_eq!(
            severity(|facts| facts.covered_up = Some(CoverUp::LogClearedBefore { log: None })).1,
            Severity::Critical
        );
        assert_eq!(severity(|facts| facts.outcome = Some(Outcome::Resurrected)).1, Severity::Critical);
        let domain = severity(|facts| {
            facts.verdict = Some(Verdict::Unknown);
            facts.scope = Some(Scope::Domain);
        });
        let far_below = assess(&Facts {
            verdict: Some(Verdict::Unknown),
            user_contexts: vec![SiteEntry {
                points: -20,
                fits: SiteMatch::Ancestor(None),
                reason: "x".into(),
            }],
            ..Facts::default()
        });
        assert_eq!(far_below.1, Severity::Medium);
        assert_eq!(domain.1, Severity::Low, "a domain account is not this analytic's");
    }
}
