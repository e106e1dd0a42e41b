//! A case or a finding as an alert: what the formats of other systems want to know of either, worked out once.

use std::{fmt, io};

use serde_json::Value;

use crate::view::{
    AccountView, ActorView, AuthorisationStatus, AuthorisationView, CaseView, Certainty, EventView,
    FindingKind, FindingView, HostView, OriginView, Outcome, PrincipalView, ProcessView, Scope, Severity,
    Timestamp, Verdict,
};
use crate::words::wording;

/// A case or a finding.
pub(crate) struct Alert<'a> {
    pub(crate) id: &'a str,
    /// `begat.case`, `begat.finding`.
    pub(crate) dataset: &'static str,
    /// The rule that it answers.
    pub(crate) rule: Rule,
    pub(crate) at: Option<Timestamp>,
    /// The same for formats that demand a time: where `at` is none it stands in, and a label says so.
    pub(crate) time: Timestamp,
    pub(crate) severity: Severity,
    /// Of a case.
    pub(crate) score: Option<i32>,
    pub(crate) host: &'a HostView<'a>,
    pub(crate) account: Option<TargetAccount<'a>>,
    pub(crate) actor: Option<&'a ActorView<'a>>,
    pub(crate) origin: Option<&'a OriginView<'a>>,
    /// The creator, under `ambiguous` the likeliest; the process of a finding.
    pub(crate) process: Option<&'a ProcessView<'a>>,
    /// Its ancestors, parent first.
    pub(crate) chain: &'a [ProcessView<'a>],
    pub(crate) events: &'a [EventView<'a>],
    /// What it is, in a line.
    pub(crate) title: String,
    /// What it is, by whom, and what became of it.
    pub(crate) message: String,
    /// What it is searched by beside its fields.
    pub(crate) labels: Vec<(&'static str, &'static str)>,
    /// The whole of it, in begat's own shape.
    pub(crate) whole: Value,
}

/// The account that an alert is about.
#[derive(Clone, Copy)]
pub(crate) struct TargetAccount<'a> {
    pub(crate) name: Option<&'a str>,
    /// Its name at first, where it has another now.
    pub(crate) created_as: Option<&'a str>,
    pub(crate) domain: Option<&'a str>,
    pub(crate) sid: Option<&'a str>,
    pub(crate) groups: &'a [&'a str],
}

/// What an alert answers: begat's name for it, and ATT&CK's.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// What happened, as a word.
    pub(crate) action: &'static str,
    /// ECS: `event.type`, of the category `iam`.
    pub(crate) event_types: &'static [&'static str],
    /// What was attempted came about; `None` where it is a state and no act.
    pub(crate) succeeded: Option<bool>,
    pub(crate) attack: Option<Attack>,
}

/// Where something stands in ATT&CK, under Persistence.
#[derive(Clone, Copy)]
pub(crate) struct Attack {
    /// Id, name.
    pub(crate) technique: (&'static str, &'static str),
    /// Id, name.
    pub(crate) sub_technique: Option<(&'static str, &'static str)>,
}

/// `T1136.001 Create Account: Local Account`.
impl fmt::Display for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sub_technique {
            Some((id, name)) => write!(f, "{id} {}: {name}", self.technique.1),
            None => write!(f, "{} {}", self.technique.0, self.technique.1),
        }
    }
}

/// The tactic that all of them serve.
pub(crate) const TACTIC: (&str, &str) = (crate::view::TACTIC.id, crate::view::TACTIC.name);

const CREATE_ACCOUNT: (&str, &str) = ("T1136", "Create Account");
const ACCOUNT_MANIPULATION: (&str, &str) = ("T1098", "Account Manipulation");

const fn attack(
    technique: (&'static str, &'static str),
    sub_technique: Option<(&'static str, &'static str)>,
) -> Option<Attack> {
    Some(Attack { technique, sub_technique })
}

const LOCAL_ACCOUNT: Option<Attack> = attack(CREATE_ACCOUNT, Some(("T1136.001", "Local Account")));
const DOMAIN_ACCOUNT: Option<Attack> = attack(CREATE_ACCOUNT, Some(("T1136.002", "Domain Account")));

/// What a finding answers.
const FINDING_RULES: &[(FindingKind, Rule)] = &[
    (
        FindingKind::GuestEnabled,
        Rule {
            id: "begat.guest_enabled",
            name: "Guest account enabled",
            action: "guest-enabled",
            event_types: &["user", "change"],
            succeeded: Some(true),
            attack: attack(("T1078", "Valid Accounts"), Some(("T1078.001", "Default Accounts"))),
        },
    ),
    (
        FindingKind::BuiltinPrivileged,
        Rule {
            id: "begat.builtin_privileged",
            name: "Built-in account given power",
            action: "builtin-privileged",
            event_types: &["group", "change"],
            succeeded: Some(true),
            attack: attack(ACCOUNT_MANIPULATION, Some(("T1098.007", "Additional Local or Domain Groups"))),
        },
    ),
    (
        FindingKind::SamTampered,
        Rule {
            id: "begat.sam_tampered",
            name: "SAM written by another process than lsass",
            action: "sam-tampered",
            event_types: &["user", "change"],
            succeeded: Some(true),
            attack: attack(ACCOUNT_MANIPULATION, None),
        },
    ),
    (
        FindingKind::CreationNotLogged,
        Rule {
            id: "begat.creation_not_logged",
            name: "Account created without a record of it",
            action: "creation-not-logged",
            event_types: &["user", "creation"],
            succeeded: Some(true),
            attack: attack(CREATE_ACCOUNT, None),
        },
    ),
    (
        FindingKind::CreationUnread,
        Rule {
            id: "begat.creation_unread",
            name: "Record of an account creation that cannot be read",
            action: "creation-unread",
            event_types: &["user", "creation"],
            succeeded: Some(true),
            attack: attack(CREATE_ACCOUNT, None),
        },
    ),
    (
        FindingKind::AccountNeverSeenCreated,
        Rule {
            id: "begat.account_never_seen_created",
            name: "Local account whose creation was never seen",
            action: "account-never-seen-created",
            event_types: &["user", "info"],
            // Mostly the account is older than the input: nothing says that anybody did anything.
            succeeded: None,
            attack: None,
        },
    ),
];

/// A kind that is not in the table yet is still told, and claims nothing.
fn finding_rule(kind: FindingKind) -> Rule {
    let unlisted = Rule {
        id: "begat.finding",
        name: "Worth a look",
        action: "finding",
        event_types: &["user", "info"],
        succeeded: None,
        attack: None,
    };
    FINDING_RULES.iter().find(|(row, _)| *row == kind).map_or(unlisted, |(_, rule)| *rule)
}

/// Where the creation of such an account stands in ATT&CK.
fn case_attack(scope: Scope) -> Option<Attack> {
    match scope {
        Scope::Local => LOCAL_ACCOUNT,
        Scope::Domain => DOMAIN_ACCOUNT,
        Scope::Unknown => attack(CREATE_ACCOUNT, None),
    }
}

/// The same for people: `T1136.001 Create Account: Local Account`.
pub(crate) fn case_technique(scope: Scope) -> String {
    case_attack(scope).map_or(String::new(), |attack| attack.to_string())
}

/// The same of a finding; `None` where nothing says that anybody did anything.
pub(crate) fn finding_technique(kind: FindingKind) -> Option<String> {
    finding_rule(kind).attack.map(|attack| attack.to_string())
}

fn case_rule(case: &CaseView<'_>) -> Rule {
    Rule {
        id: case.analytic.id,
        name: "Create Account: Local Account on Windows (AN1235)",
        action: "account-created",
        event_types: &["user", "creation"],
        succeeded: Some(case.outcome != Outcome::AttemptFailed),
        attack: case_attack(case.account.scope),
    }
}

impl<'a> Alert<'a> {
    /// A case.
    pub(crate) fn of_case(case: &'a CaseView<'a>) -> io::Result<Alert<'a>> {
        Ok(Alert {
            id: case.case_id,
            dataset: "begat.case",
            rule: case_rule(case),
            at: Some(case.created_at),
            time: case.created_at,
            severity: case.severity,
            score: Some(case.risk.score),
            host: &case.host,
            account: Some((&case.account).into()),
            actor: Some(&case.actor),
            origin: case.origin.as_ref(),
            process: case.attribution.creator.as_ref(),
            chain: &case.attribution.chain,
            events: &case.events,
            title: case_title(case),
            message: case_message(case),
            labels: vec![
                ("severity", case.severity.slug()),
                ("verdict", case.attribution.verdict.slug()),
                ("authorisation", case.authorisation.status.slug()),
                ("outcome", case.outcome.slug()),
                ("scope", case.account.scope.slug()),
                ("sequence", if case.sequence { "true" } else { "false" }),
            ],
            whole: serde_json::to_value(case)?,
        })
    }

    /// A finding; what tells no time of its own is placed at the one that stands in.
    pub(crate) fn of_finding(finding: &'a FindingView<'a>, stand_in: Timestamp) -> io::Result<Alert<'a>> {
        let timeless = finding.at.is_none().then_some(("time", "unknown"));
        let labels = [("severity", finding.severity.slug()), ("kind", finding.kind.slug())];
        let title = format!(
            "{} on {}",
            capitalised(wording::finding_kind(finding.kind)),
            wording::name(finding.host.name)
        );
        Ok(Alert {
            id: finding.finding_id,
            dataset: "begat.finding",
            rule: finding_rule(finding.kind),
            at: finding.at,
            time: finding.at.unwrap_or(stand_in),
            severity: finding.severity,
            score: None,
            host: &finding.host,
            account: finding.account.as_ref().map(TargetAccount::from),
            actor: finding.actor.as_ref(),
            origin: None,
            process: finding.process.as_ref(),
            chain: &[],
            events: &finding.events,
            message: format!("{title}: {}", wording::sentence(&finding.summary.to_string())),
            title,
            labels: labels.into_iter().chain(timeless).collect(),
            whole: serde_json::to_value(finding)?,
        })
    }

    /// 0 to 100: the chance that the score stands for, and never less than what the severity asks for.
    pub(crate) fn risk_percent(&self) -> f64 {
        // A score is ten times the decimal logarithm of the odds; these are the thresholds of `Severity::of_score`.
        let least = match self.severity {
            Severity::Critical => 20,
            Severity::High => 10,
            Severity::Medium => 0,
            Severity::Low => -10,
            Severity::Informational => -20,
        };
        let score = self.score.map_or(least, |score| score.max(least));
        let odds = 10_f64.powf(f64::from(score) / 10.0);
        // A hundred would say that nothing speaks against it.
        (odds / (1.0 + odds) * 1e4).floor() / 1e2
    }
}

impl<'a> From<&'a AccountView<'a>> for TargetAccount<'a> {
    fn from(account: &'a AccountView<'a>) -> Self {
        TargetAccount {
            name: account.name.or(account.created_as),
            created_as: account.created_as,
            domain: account.domain,
            sid: account.sid,
            groups: &account.groups,
        }
    }
}

impl<'a> From<&'a PrincipalView<'a>> for TargetAccount<'a> {
    fn from(account: &'a PrincipalView<'a>) -> Self {
        TargetAccount {
            name: account.name,
            created_as: None,
            domain: account.domain,
            sid: account.sid,
            groups: &[],
        }
    }
}

/// `Local account helper created on FS03.corp.example`.
pub(crate) fn case_title(case: &CaseView<'_>) -> String {
    let name = wording::name_or_unknown(case.account.name.or(case.account.created_as));
    let scope = match case.account.scope {
        Scope::Local => "Local account",
        Scope::Domain => "Domain account",
        Scope::Unknown => "Account",
    };
    format!("{scope} {name} created on {}", wording::name(case.host.name))
}

fn case_message(case: &CaseView<'_>) -> String {
    let privileged = if case.account.privileged { ", privileged" } else { "" };
    format!(
        "{}{}, in a session of {}{}; {}{privileged}; {}",
        case_title(case),
        made_by(case),
        wording::actor_account(&case.actor),
        came_from(case),
        wording::outcome(case.outcome),
        authorisation(&case.authorisation),
    )
}

/// ` by net1.exe (3888) (attributed, 99 %)`.
fn made_by(case: &CaseView<'_>) -> String {
    let attribution = &case.attribution;
    let named = attribution.creator.as_ref().map(wording::process);
    let sure = || wording::verdict_and_confidence(attribution.verdict, attribution.confidence);
    match (attribution.verdict, named) {
        (Verdict::Attributed, Some(creator)) => format!(" by {creator} ({})", sure()),
        (Verdict::Likely, Some(creator)) => format!(", probably by {creator} ({})", sure()),
        (Verdict::Ambiguous, Some(first)) => {
            format!(" by one of several processes (ambiguous), most likely {first}")
        }
        (Verdict::Unknown, _) => " by an unknown process (unknown)".to_owned(),
        (verdict, _) => format!(" by {}", wording::maker(verdict)),
    }
}

/// ` from 10.20.4.31 (PC7), behind it CORP\eve (runas)`.
fn came_from(case: &CaseView<'_>) -> String {
    let from = |actor| wording::source(actor).map_or(String::new(), |source| format!(" from {source}"));
    let behind = case.origin.as_ref().map_or(String::new(), |origin| {
        let account = wording::actor_account(&origin.actor);
        let lead = match origin.certainty {
            Certainty::Proven => "behind it",
            Certainty::Likely => "likely behind it",
            Certainty::Possible => "perhaps behind it",
        };
        format!(", {lead} {account}{} ({})", from(&origin.actor), wording::via_in_short(origin.via))
    });
    from(&case.actor) + &behind
}

/// `allowed by helpdesk-onboarding (IT service desk)`.
pub(crate) fn authorisation(authorisation: &AuthorisationView<'_>) -> String {
    let owner = authorisation.owner.map_or(String::new(), |owner| format!(" ({})", wording::name(owner)));
    match (authorisation.status, authorisation.rule.or(authorisation.ticket)) {
        (AuthorisationStatus::Authorised, Some(rule)) => {
            let likely = if authorisation.beside_likely.is_empty() { "" } else { ", on a likely creator" };
            format!("allowed by {}{owner}{likely}", wording::name(rule))
        }
        (AuthorisationStatus::Authorised, None) => format!("allowed{owner}"),
        (AuthorisationStatus::Unauthorised, _) => "nothing in the policy allows it".to_owned(),
        (AuthorisationStatus::NotAssessed, _) => "not assessed, as no policy was given".to_owned(),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_of_finding_has_a_rule_of_its_own() {
        let ids: BTreeSet<_> = FindingKind::ALL.iter().map(|kind| finding_rule(*kind).id).collect();
        assert_eq!(ids.len(), FindingKind::ALL.len());
        for kind in FindingKind::ALL {
            let rule = finding_rule(*kind);
            assert_eq!(rule.id, format!("begat.{kind}"));
            assert_eq!(rule.action, kind.slug().replace('_', "-"));
            if let Some(Attack { technique, sub_technique: Some(sub) }) = rule.attack {
                assert!(sub.0.starts_with(technique.0), "{}", sub.0);
            }
        }
    }
}
