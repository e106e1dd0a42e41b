//! The table of risk terms: how much a creation matters, apart from who made it.
//!
//! Points are ten times the decimal logarithm of a likelihood ratio (domain reference, section F). Attribution and
//! risk stay two numbers: a sure attribution may matter little, and a blind spot much.

use begat_model::Duration;
use begat_model::case::{Outcome, Risk, RiskTerm, Scope, Severity, Verdict};

/// Before anything is known of the creation.
pub const PRIOR: i32 = -4;
/// Grants and deletions this soon after the creation count.
pub const SOON: Duration = Duration::from_seconds(600);

/// What the terms are judged by, gathered from one case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Verdict, once decided.
    pub verdict: Option<Verdict>,
    /// Scope of the account.
    pub scope: Option<Scope>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// File name of the creator where it is a shell, script host or a tool that lives off the land.
    pub tool: Option<String>,
    /// Path of the creator or of an ancestor in its session that ordinary users can write to.
    pub writable_path: Option<String>,
    /// Original name of the creator or of an ancestor that goes by another name.
    pub renamed: Option<String>,
    /// The launcher in the chain that carries commands from elsewhere.
    pub lateral: Option<&'static str>,
    /// English name of a High group it was put into within `SOON`.
    pub high_group: Option<&'static str>,
    /// English name of a Medium group it was put into within `SOON`.
    pub medium_group: Option<&'static str>,
    /// The name ends in `$`: hidden from `net user`.
    pub hidden_name: bool,
    /// The password never expires.
    pub password_never_expires: bool,
    /// Deleted within `SOON` by the session that made it.
    pub deleted_by_maker: Option<Duration>,
    /// The same actor cleared a log or switched off auditing within the hour.
    pub covered_up: Option<&'static str>,
}

/// One row: its name, its points, what it means, and when it applies.
pub struct RiskRow {
    /// Name in output.
    pub name: &'static str,
    /// 10·log10 of the likelihood ratio.
    pub points: i32,
    /// In a line.
    pub doc: &'static str,
    /// Why it applies to these facts; `None` where it does not.
    pub applies: fn(&Facts) -> Option<String>,
}

/// The table. Later work adds rows; none is hidden from the case.
pub const RISK_TABLE: &[RiskRow] = &[
    RiskRow {
        name: "shell_or_tool",
        points: 4,
        doc: "made by a shell, a script host or a tool that every Windows has",
        applies: |facts| facts.tool.as_ref().map(|tool| format!("made by {tool}")),
    },
    RiskRow {
        name: "user_writable_path",
        points: 8,
        doc: "made by a program in a folder that ordinary users can write to",
        applies: |facts| {
            facts.writable_path.as_ref().map(|path| format!("{path} lies where any user can put files"))
        },
    },
    RiskRow {
        name: "renamed_tool",
        points: 8,
        doc: "a known tool under another file name",
        applies: |facts| facts.renamed.as_ref().map(|name| format!("the file is {name} under another name")),
    },
    RiskRow {
        name: "lateral_channel",
        points: 6,
        doc: "the command came over WMI, WinRM, PsExec or a scheduled task",
        applies: |facts| facts.lateral.map(str::to_owned),
    },
    RiskRow {
        name: "remote_call",
        points: 6,
        doc: "made over the network, without a process on this host",
        applies: |facts| {
            (facts.verdict == Some(Verdict::Remote)).then(|| "no process of this host made it".to_owned())
        },
    },
    RiskRow {
        name: "powerful_group",
        points: 10,
        doc: "put into Administrators, Backup Operators or Hyper-V Administrators within ten minutes",
        applies: |facts| facts.high_group.map(|group| format!("put into {group}")),
    },
    RiskRow {
        name: "remote_access_group",
        points: 5,
        doc: "put into a group that may log on remotely within ten minutes",
        applies: |facts| {
            facts.medium_group.filter(|_| facts.high_group.is_none()).map(|group| format!("put into {group}"))
        },
    },
    RiskRow {
        name: "hidden_name",
        points: 8,
        doc: "the name ends in $, which hides it from `net user`",
        applies: |facts| facts.hidden_name.then(|| "the name ends in $".to_owned()),
    },
    RiskRow {
        name: "password_never_expires",
        points: 2,
        doc: "its password never expires",
        applies: |facts| facts.password_never_expires.then(|| "set to never expire".to_owned()),
    },
    RiskRow {
        name: "deleted_by_maker",
        points: 6,
        doc: "deleted within ten minutes by the session that made it",
        applies: |facts| {
            let lived = facts.deleted_by_maker.filter(|_| facts.outcome != Some(Outcome::AttemptFailed))?;
            Some(format!("it lived {lived}"))
        },
    },
    RiskRow {
        name: "covered_up",
        points: 12,
        doc: "the same actor cleared a log or switched off auditing within the hour",
        applies: |facts| facts.covered_up.map(str::to_owned),
    },
    RiskRow {
        name: "attempt_failed",
        points: -3,
        doc: "the account was never usable",
        applies: |facts| {
            (facts.outcome == Some(Outcome::AttemptFailed)).then(|| "undone at once, never usable".to_owned())
        },
    },
    RiskRow {
        name: "windows_setup",
        points: -15,
        doc: "Windows itself made it while it was set up",
        applies: |facts| {
            (facts.verdict == Some(Verdict::System)).then(|| "made while Windows was set up".to_owned())
        },
    },
];

/// A least severity, whatever the score: its name in output, its level, why, and when it holds.
type Floor = (&'static str, Severity, &'static str, fn(&Facts) -> bool);

const FLOORS: &[Floor] = &[
    ("floor_covered_up", Severity::Critical, "the traces were covered up", |facts| {
        facts.covered_up.is_some()
    }),
    ("floor_resurrected", Severity::Critical, "it came back after its deletion", |facts| {
        facts.outcome == Some(Outcome::Resurrected)
    }),
    ("floor_hidden_name", Severity::High, "its name hides it", |facts| {
        facts.hidden_name && facts.scope != Some(Scope::Domain)
    }),
    ("floor_renamed_tool", Severity::High, "a tool was renamed", |facts| facts.renamed.is_some()),
    ("floor_unknown", Severity::Medium, "it cannot be known who made it", |facts| {
        facts.verdict == Some(Verdict::Unknown) && facts.scope != Some(Scope::Domain)
    }),
];

/// The score with all its terms; a floor that lifts the severity stands among them, without points.
pub fn assess(facts: &Facts) -> (Risk, Severity) {
    let prior = RiskTerm {
        name: "prior",
        points: PRIOR,
        why: "what most creations are: administration".to_owned(),
        at_least: None,
    };
    let applied = RISK_TABLE.iter().filter_map(|row| {
        (row.applies)(facts).map(|why| RiskTerm { name: row.name, points: row.points, why, at_least: None })
    });
    let terms: Vec<RiskTerm> = std::iter::once(prior).chain(applied).collect();
    let mut risk = Risk { score: terms.iter().map(|term| term.points).sum(), terms };
    for (name, least, why, applies) in FLOORS {
        if applies(facts) && *least > risk.severity() {
            let why = format!("at least {least}: {why}");
            risk.add(RiskTerm { name, points: 0, why, at_least: Some(*least) });
        }
    }
    let severity = risk.severity();
    (risk, severity)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let net1 = || Some("net1".to_owned());
        assert_eq!(severity(|facts| facts.tool = net1()), (0, Severity::Medium), "M01");
        let m02 = severity(|facts| {
            facts.tool = net1();
            facts.high_group = Some("Administrators");
        });
        assert_eq!(m02, (10, Severity::High), "M02");
        let m07 = severity(|facts| {
            facts.tool = net1();
            facts.lateral = Some("started through WMI");
            facts.outcome = Some(Outcome::AttemptFailed);
        });
        assert_eq!(m07, (3, Severity::Medium), "M07; six more once the source is known to be new");
        let setup = severity(|facts| facts.verdict = Some(Verdict::System));
        assert_eq!(setup.1, Severity::Informational, "B01");
    }

    #[test]
    fn every_row_has_a_name_of_its_own_a_doc_and_points() {
        let names: BTreeSet<_> = RISK_TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), RISK_TABLE.len());
        for row in RISK_TABLE {
            assert!(row.points != 0 && row.doc.len() > 10, "{}", row.name);
        }
    }

    #[test]
    fn each_row_applies_to_facts_made_for_it_and_to_nothing_else() {
        let none = Facts::default();
        for row in RISK_TABLE {
            assert!((row.applies)(&none).is_none(), "{} applies to nothing", row.name);
        }
        let all = Facts {
            verdict: Some(Verdict::Remote),
            scope: Some(Scope::Local),
            outcome: Some(Outcome::Deleted),
            tool: Some("x".into()),
            writable_path: Some("x".into()),
            renamed: Some("x".into()),
            lateral: Some("x"),
            high_group: Some("x"),
            medium_group: None,
            hidden_name: true,
            password_never_expires: true,
            deleted_by_maker: Some(Duration::ZERO),
            covered_up: Some("x"),
        };
        let applied = RISK_TABLE.iter().filter(|row| (row.applies)(&all).is_some()).count();
        assert_eq!(
            applied,
            RISK_TABLE.len() - 3,
            "all but the lesser group, the failed attempt and the setup"
        );
    }

    #[test]
    fn floors_hold_whatever_the_score() {
        assert_eq!(severity(|facts| facts.verdict = Some(Verdict::Unknown)).1, Severity::Medium);
        assert_eq!(severity(|facts| facts.hidden_name = true).1, Severity::High);
        assert_eq!(severity(|facts| facts.outcome = Some(Outcome::Resurrected)).1, Severity::Critical);
        let domain = severity(|facts| {
            facts.verdict = Some(Verdict::Unknown);
            facts.scope = Some(Scope::Domain);
        });
        assert_eq!(domain.1, Severity::Low, "a domain account is not this analytic's");
    }
}
