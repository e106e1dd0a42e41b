//! A case in one sentence: who was created, by what, by whom and from where, what it became, and whether it was allowed.
//!
//! It is what a reader sees first, and often all: every clause stands on what the case says, and what is not proven is
//! not told as if it were.

use begat_model::ids::LogonId;

use crate::view::{
    ActorView, AfterwardDetail, AfterwardView, AuthorisationStatus, CaseView, Outcome, ProcessView, Verdict,
};
use crate::words::doubt::perhaps;
use crate::words::page::Page;
use crate::words::when::since;
use crate::words::wording::{self, counted};

/// Programs that only pass a command on: who started these is what a reader asks for.
const PASSES_ON: &[&str] = &["net.exe", "net1.exe", "conhost.exe"];

/// What a case says in a sentence, apart from the name that it begins with.
pub(crate) struct Headline {
    /// The account.
    pub(crate) account: String,
    /// ` was created on files01 …`, to the full stop.
    pub(crate) rest: String,
}

/// The sentence of a case.
pub(crate) fn headline(case: &CaseView<'_>, page: &Page) -> Headline {
    let account = wording::name_or_unknown(case.account.name.or(case.account.created_as)).into_owned();
    let mut rest = format!(
        " was created on {} at {} {}",
        wording::name(case.host.name),
        page.time_to_the_second(case.created_at),
        made_by(case)
    );
    if let Some(who) = by_whom(case) {
        rest.push_str(&who);
    }
    rest.extend(became(case));
    rest.push('.');
    rest.extend(allowed(case));
    Headline { account, rest }
}

/// `by net1.exe, started from cmd.exe`.
pub(crate) fn made_by(case: &CaseView<'_>) -> String {
    let attribution = &case.attribution;
    let rivals = attribution.alternatives.iter().filter(|rival| rival.process.is_some()).count() as u64;
    match (attribution.verdict, &attribution.creator) {
        (Verdict::Attributed, Some(creator)) => {
            format!("by {}{}", wording::image(creator), started_from(creator, &attribution.chain))
        }
        (Verdict::Likely, Some(creator)) => {
            let from = started_from(creator, &attribution.chain);
            format!("probably by {}{from} (nothing shows the act itself)", wording::image(creator))
        }
        (Verdict::Ambiguous, Some(creator)) => {
            let others = counted(rivals, "other", "others");
            format!("perhaps by {}, perhaps by one of {others} that could as well", wording::image(creator))
        }
        (Verdict::Ambiguous, None) => format!("by one of {rivals} processes that cannot be told apart"),
        (Verdict::Remote, _) => "over the network, by no process of this host".to_owned(),
        (Verdict::System, _) => "by Windows itself".to_owned(),
        (Verdict::SessionOnly, _) => "by a process that cannot be named".to_owned(),
        (Verdict::Attributed | Verdict::Likely | Verdict::Unknown, _) => {
            "by a process that these logs do not show".to_owned()
        }
    }
}

/// `, started from cmd.exe`: the nearest ancestor that does not only pass the command on.
fn started_from(creator: &ProcessView<'_>, chain: &[ProcessView<'_>]) -> String {
    let passes_on = |process: &ProcessView<'_>| {
        let image = wording::image(process);
        PASSES_ON.iter().any(|name| image.eq_ignore_ascii_case(name))
    };
    let first = if passes_on(creator) { chain.iter().find(|it| !passes_on(it)) } else { chain.first() };
    let named = first.filter(|process| process.image.is_some());
    named.map_or_else(String::new, |process| format!(", started from {}", wording::image(process)))
}

/// ` in CORP\adm.keller's remote desktop session from 10.20.4.31`; `None` under Windows' own hand.
fn by_whom(case: &CaseView<'_>) -> Option<String> {
    if case.attribution.verdict == Verdict::System {
        return None;
    }
    let mut said = format!(", {}", in_session(&case.actor));
    if let Some(origin) = &case.origin {
        let perhaps = perhaps(origin.certainty);
        let who = wording::actor_account(&origin.actor);
        let via = wording::via_in_short(origin.via);
        let from = from(&origin.actor);
        said.push_str(&format!(", with {perhaps}{who}{from} behind it, by way of {via}"));
    }
    Some(said)
}

fn in_session(actor: &ActorView<'_>) -> String {
    let who = wording::actor_account(actor);
    let from = from(actor);
    match actor.logon_type {
        Some(logon_type) => {
            let kind = wording::logon_type_name(logon_type);
            let kind = kind.strip_suffix(" logon").unwrap_or(&kind);
            format!("in {who}'s {kind} session{from}")
        }
        None if actor.logon_id == Some(LogonId::SYSTEM) => "in Windows' own session".to_owned(),
        // From where is then not known either, and nobody should have to guess that.
        None if from.is_empty() => format!("in a session of {who} whose beginning these logs do not show"),
        None => format!("in a session of {who}{from}"),
    }
}

/// ` from 10.20.4.31`; nothing where it is the host itself.
fn from(actor: &ActorView<'_>) -> String {
    source_elsewhere(actor).map_or_else(String::new, |source| format!(" from {source}"))
}

/// The address and name it came from, where that is not the host itself.
pub(crate) fn source_elsewhere(actor: &ActorView<'_>) -> Option<String> {
    wording::source(actor).filter(|_| actor.source_ip.is_none_or(|address| !is_loopback(address)))
}

fn is_loopback(address: &str) -> bool {
    address.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `, and was put into Administrators 11 s later`: what made it matter, then what became of it.
fn became(case: &CaseView<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let power =
        |it: &&AfterwardView<'_>| matches!(it.detail, AfterwardDetail::AddedToGroup { privileged: true, .. });
    if let Some(first) = case.afterwards.iter().find(power) {
        let AfterwardDetail::AddedToGroup { group_sid, group_name, .. } = &first.detail else { return said };
        let group = group_name.map_or_else(|| wording::name(group_sid), wording::name);
        said.push(format!("; it was put into {group} {}", later(case, first)));
    }
    let used = |it: &&AfterwardView<'_>| matches!(it.detail, AfterwardDetail::LoggedOn { .. });
    if let Some(first) = case.afterwards.iter().find(used) {
        let AfterwardDetail::LoggedOn { source_ip, .. } = &first.detail else { return said };
        let from = source_ip.filter(|address| !is_loopback(address));
        let from = from.map_or_else(String::new, |address| format!(" from {}", wording::name(address)));
        said.push(format!("; it logged on {}{from}", later(case, first)));
    }
    match case.outcome {
        Outcome::Persists => {}
        Outcome::Deleted => said.push("; it was deleted again".to_owned()),
        Outcome::AttemptFailed => said.push("; the attempt failed and it was never usable".to_owned()),
        Outcome::Resurrected => said.push("; it was deleted and came back".to_owned()),
    }
    said
}

/// `11 s later`.
fn later(case: &CaseView<'_>, happening: &AfterwardView<'_>) -> String {
    match since(case.created_at, happening.at) {
        later if later == "later" => later,
        span if happening.at > case.created_at => format!("{span} later"),
        _ => "at the same time".to_owned(),
    }
}

fn allowed(case: &CaseView<'_>) -> Option<String> {
    let authorisation = &case.authorisation;
    match (authorisation.status, authorisation.rule) {
        (AuthorisationStatus::Authorised, Some(rule)) => {
            Some(format!(" It is allowed by {}.", wording::name(rule)))
        }
        (AuthorisationStatus::Authorised, None) => Some(" It is allowed.".to_owned()),
        (AuthorisationStatus::Unauthorised, _) => Some(" Nothing allows it.".to_owned()),
        (AuthorisationStatus::NotAssessed, _) => None,
    }
}
