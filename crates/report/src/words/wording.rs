//! How the facts of a case are said in English, the same in every format for people.

use std::borrow::Cow;

use begat_model::visible::{visible, visible_bounded};

use crate::view::{
    ActorView, AfterwardDetail, AfterwardView, AlternativeView, Duration, EventView, FindingKind, HostClass,
    HostView, Outcome, Phase, PrincipalView, ProcessView, RarityView, RecordView, Scope, Verdict,
};
pub(crate) use crate::words::counts::{counted, grouped};
use crate::words::doubt;

/// Longest command line that is shown to people; Windows allows 32,767 characters.
pub(crate) const COMMAND_LINE_CHARS_MAX: usize = 400;
/// Longest name or path that is shown to people.
pub(crate) const NAME_CHARS_MAX: usize = 260;

/// 4624's LogonType: number, what it is called, and the same with its article.
pub(super) const LOGON_TYPES: &[(u32, &str, &str)] = &[
    (0, "system", "the system's own session"),
    (2, "interactive", "an interactive logon"),
    (3, "network", "a network logon"),
    (4, "batch", "a batch logon (scheduled task)"),
    (5, "service", "a service logon"),
    (7, "unlock", "an unlocked session"),
    (8, "network, clear text", "a network logon with a clear-text password"),
    (9, "new credentials", "a logon with new credentials (runas /netonly)"),
    (10, "remote desktop", "a remote desktop logon"),
    (11, "cached", "an interactive logon with cached credentials"),
    (12, "cached remote desktop", "a remote desktop logon with cached credentials"),
    (13, "cached unlock", "a session unlocked with cached credentials"),
];

/// By what route another session led to the one that made the account: the word of the shape, the route in short, and
/// what the session behind did, said of it.
pub(super) const ROUTES: &[(&str, &str, &str)] = &[
    ("runas", "runas", "which started a program as this account (runas)"),
    ("explicit_credentials", "explicit credentials", "which used this account's credentials explicitly"),
    ("service", "a service", "which installed or started the service that ran it"),
    ("service_start", "the start of a service", "which may have started the service that ran it"),
    ("scheduled_task", "a scheduled task", "which registered the scheduled task that ran it"),
    ("wmi_subscription", "a WMI subscription", "which made the WMI subscription that ran it"),
    ("remote_command", "a command given on another host", "which gave the command from another host"),
    ("loopback", "the loopback interface", "which connected to this same host over the network (loopback)"),
    ("reconnected", "a reconnection", "the client that it was reconnected to"),
];

/// What can be said where the event does not name something.
pub(crate) const UNKNOWN: &str = "unknown";

pub(crate) fn name(text: &str) -> Cow<'_, str> {
    visible_bounded(text, NAME_CHARS_MAX)
}

pub(crate) fn name_or_unknown<'a>(text: Option<&'a str>) -> Cow<'a, str> {
    text.map_or(Cow::Borrowed(UNKNOWN), name)
}

pub(crate) fn logon_type_name(logon_type: u32) -> String {
    match LOGON_TYPES.iter().find(|(number, ..)| *number == logon_type) {
        Some((_, name, _)) => format!("{name} logon"),
        None => format!("logon of type {logon_type}"),
    }
}

pub(crate) fn logon_type_with_article(logon_type: u32) -> String {
    match LOGON_TYPES.iter().find(|(number, ..)| *number == logon_type) {
        Some((_, _, said)) => (*said).to_owned(),
        None => format!("a logon of type {logon_type}"),
    }
}

/// The last part of a Windows path.
pub(crate) fn file_name(image: &str) -> &str {
    image.rsplit(['\\', '/']).next().filter(|last| !last.is_empty()).unwrap_or(image)
}

/// `net1.exe`.
pub(crate) fn image(process: &ProcessView<'_>) -> String {
    process.image.map_or("unknown image".to_owned(), |image| name(file_name(image)).into_owned())
}

/// `net1.exe (3888)`.
pub(crate) fn process(process: &ProcessView<'_>) -> String {
    let image = image(process);
    match process.pid {
        Some(pid) => format!("{image} ({pid})"),
        None => image,
    }
}

/// Names of rules that are shown to people; the machine formats have them all.
const RULES_MAX: usize = 5;

/// `Net.exe Execution, Odd parent and 2 more`; `None` where no rule hit.
pub(crate) fn rules<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let shown = names.iter().take(RULES_MAX).map(|rule| name(rule)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(RULES_MAX) {
        _ if names.is_empty() => None,
        0 => Some(shown),
        more => Some(format!("{shown} and {more} more")),
    }
}

/// `DOMAIN\name`, or the SID where the event has no name.
pub(crate) fn account(domain: Option<&str>, account_name: Option<&str>, sid: Option<&str>) -> String {
    match (domain, account_name, sid) {
        (Some(domain), Some(account_name), _) => format!("{}\\{}", name(domain), name(account_name)),
        (None, Some(account_name), _) => name(account_name).into_owned(),
        (_, None, Some(sid)) => name(sid).into_owned(),
        (_, None, None) => "an account that the event does not name".to_owned(),
    }
}

pub(crate) fn principal(principal: &PrincipalView<'_>) -> String {
    account(principal.domain, principal.name, principal.sid)
}

pub(crate) fn actor_account(actor: &ActorView<'_>) -> String {
    account(actor.domain, actor.name, actor.sid)
}

/// What a host is for and whose it is; `None` where neither is known.
pub(crate) fn host_role(host: &HostView<'_>) -> Option<String> {
    let role = host.role.map(|role| match HostClass::named(role) {
        Some(class) => class_name(class).to_owned(),
        None => name(role).into_owned(),
    });
    let owner = host.owner.map(|owner| format!("owner {}", name(owner)));
    let facts: Vec<String> = role.into_iter().chain(owner).collect();
    (!facts.is_empty()).then(|| facts.join(" · "))
}

fn class_name(class: HostClass) -> &'static str {
    match class {
        HostClass::Tier0 => "tier 0",
        HostClass::DomainController => "domain controller",
        HostClass::Server => "server",
        HostClass::Workstation => "workstation",
    }
}

/// `the only one of 14 creations on servers in this input that was made by foo.exe`. `verdict` is that of the case.
pub(crate) fn rarity(rarity: &RarityView<'_>, verdict: Verdict) -> String {
    let hosts = match rarity.role.map(|role| (role, HostClass::named(role))) {
        Some((_, Some(HostClass::Tier0))) => "on tier 0 hosts".to_owned(),
        Some((_, Some(class))) => format!("on {}s", class_name(class)),
        Some((role, None)) => format!("on hosts with the role {}", name(role)),
        None => "on hosts of unknown role".to_owned(),
    };
    let made = match Verdict::named(rarity.creator) {
        Some(Verdict::Remote) => "made over the network, not by a process of the host".to_owned(),
        Some(Verdict::System) => "made by Windows itself".to_owned(),
        Some(Verdict::Unknown) => "made by an unknown creator".to_owned(),
        Some(verdict) => format!("made by an unknown creator ({})", verdict.slug().replace('_', " ")),
        None => format!("{}made by {}", doubt::before(verdict), name(rarity.creator)),
    };
    match (rarity.creations, rarity.of) {
        (1, 1) => format!("the only creation {hosts} in this input"),
        (1, of) => format!("the only one of {} creations {hosts} in this input that was {made}", grouped(of)),
        (creations, of) => {
            let (creations, of) = (grouped(creations), grouped(of));
            format!("one of {creations} creations {made}, out of {of} {hosts} in this input")
        }
    }
}

/// Where a session came from: `10.23.23.9 (PC01)`; `None` where nothing tells.
pub(crate) fn source(actor: &ActorView<'_>) -> Option<String> {
    match (actor.source_ip, actor.source_host) {
        (Some(ip), Some(host)) => Some(format!("{} ({})", name(ip), name(host))),
        (Some(only), None) | (None, Some(only)) => Some(name(only).into_owned()),
        (None, None) => None,
    }
}

fn route(via: &str) -> Option<(&'static str, &'static str)> {
    ROUTES.iter().find(|(word, ..)| *word == via).map(|(_, short, said)| (*short, *said))
}

/// After "by way of".
pub(crate) fn via_in_short(via: &str) -> String {
    route(via).map_or_else(|| visible(&via.replace('_', " ")).into_owned(), |(short, _)| short.to_owned())
}

/// After "behind it is another session,".
pub(crate) fn via_said(via: &str) -> String {
    match route(via) {
        Some((_, said)) => said.to_owned(),
        None => format!("by way of {}", visible(&via.replace('_', " "))),
    }
}

/// A small chance as people say it, never smaller than it is: `1 in 40`.
pub(crate) fn chance(probability: f64) -> String {
    const EVEN: f64 = 0.5;
    const ONE_IN_MAX: u64 = 10_000;
    if probability > EVEN {
        return percent(probability);
    }
    // What is nothing, or no number, is told as the least chance that is told: nothing is impossible here.
    match (1.0 / probability) as u64 {
        times if times < ONE_IN_MAX && probability > 0.0 => format!("1 in {}", grouped(times)),
        _ => format!("at most 1 in {}", grouped(ONE_IN_MAX)),
    }
}

pub(crate) fn percent(share: f64) -> String {
    match share {
        share if share >= 0.9995 => "> 99.9 %".to_owned(),
        share if share < 0.0005 => "< 0.1 %".to_owned(),
        share if !(0.1..0.99).contains(&share) => format!("{:.1} %", share * 100.0),
        share => format!("{:.0} %", share * 100.0),
    }
}

/// A confidence in words; of nothing claimed, nothing.
pub(crate) fn sure(confidence: Option<f64>) -> Option<String> {
    confidence.map(percent)
}

/// `attributed, > 99.9 %`; the verdict alone where it claims nothing.
pub(crate) fn verdict_and_confidence(verdict: Verdict, confidence: Option<f64>) -> String {
    match sure(confidence) {
        Some(sure) => format!("{verdict}, {sure}"),
        None => verdict.to_string(),
    }
}

/// Who made it, as far as the verdict says.
pub(crate) fn maker(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Attributed => "one process (attributed)",
        Verdict::Likely => "probably one process, though nothing shows that it did (likely)",
        Verdict::Ambiguous => "one of several processes (ambiguous)",
        Verdict::Remote => "a client on the network, not a process of this host (remote)",
        Verdict::System => "Windows itself (system)",
        Verdict::SessionOnly => "an unknown process, in a session that is known (session_only)",
        Verdict::Unknown => "not known from this input (unknown)",
    }
}

/// How long before the creation. A carrier's whole seconds can put a start after what it led to.
pub(crate) fn before(lag: Duration) -> String {
    if lag < Duration::ZERO { "at about the same time as".to_owned() } else { format!("{lag} before") }
}

pub(crate) fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Local => "local account",
        Scope::Domain => "domain account",
        Scope::Unknown => "account, local or domain unknown",
    }
}

pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Persists => "persists",
        Outcome::Deleted => "deleted again",
        Outcome::AttemptFailed => "the attempt failed",
        Outcome::Resurrected => "came back after its deletion",
    }
}

/// A sort of finding, as a title.
pub(crate) fn finding_kind(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::GuestEnabled => "guest account enabled",
        FindingKind::BuiltinPrivileged => "built-in account added to a powerful group",
        FindingKind::SamTampered => "SAM written by another process",
        FindingKind::CreationNotLogged => "creation not logged",
        FindingKind::CreationUnread => "unreadable account creation",
        FindingKind::AccountNeverSeenCreated => "account with no recorded creation",
    }
}

/// What a phase of the response is for, as a title.
pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Confirm => "Confirm",
        Phase::Preserve => "Preserve, before anything is changed",
        Phase::Contain => "Contain, once it is preserved",
        Phase::Scope => "Scope",
        Phase::Close => "Close",
    }
}

/// What an alternative says, without its number.
pub(crate) fn explanation(alternative: &AlternativeView<'_>) -> String {
    match (&alternative.process, alternative.explanation) {
        (Some(candidate), _) => process(candidate),
        (None, "remote_caller") => "a client on the network that called the SAM remotely".to_owned(),
        (None, "windows") => "Windows itself, inside lsass".to_owned(),
        (None, "impersonation") => "a process of another session that used this session's token".to_owned(),
        (None, "unobserved") => "a process that the input does not show".to_owned(),
        (None, other) => other.to_owned(),
    }
}

/// What happened to the account, without time and subject.
pub(crate) fn happening(afterward: &AfterwardView<'_>) -> String {
    match &afterward.detail {
        AfterwardDetail::PasswordSet { succeeded: true } => "password set".to_owned(),
        AfterwardDetail::PasswordSet { succeeded: false } => "password refused".to_owned(),
        AfterwardDetail::AddedToGroup { group_sid, group_name, privileged } => {
            let power = if *privileged { ", privileged" } else { "" };
            format!("added to {}{power}", group(group_sid, *group_name))
        }
        AfterwardDetail::RemovedFromGroup { group_sid, group_name } => {
            format!("removed from {}", group(group_sid, *group_name))
        }
        AfterwardDetail::Renamed { to } => format!("renamed to {}", name(to)),
        AfterwardDetail::LoggedOn { logon_type, source_ip } => {
            let kind = logon_type.map_or("logon of unknown type".to_owned(), logon_type_name);
            match source_ip {
                Some(ip) => format!("{kind} from {}", name(ip)),
                None => kind,
            }
        }
        AfterwardDetail::LogCleared { log: Some(log) } => format!("{} log cleared", name(log)),
        AfterwardDetail::LogCleared { log: None } => "a log cleared".to_owned(),
        AfterwardDetail::Plain {} => match afterward.what {
            "audit_policy_changed" => "audit policy changed".to_owned(),
            "restored" => "restored: in use after its deletion".to_owned(),
            other => other.replace('_', " "),
        },
    }
}

fn group(sid: &str, group_name: Option<&str>) -> String {
    match group_name {
        Some(group_name) => format!("{} ({})", name(group_name), visible(sid)),
        None => visible(sid).into_owned(),
    }
}

/// `Security 4720, record 1234`.
pub(crate) fn record(record: &RecordView) -> String {
    let channel = record.channel.strip_prefix("Microsoft-Windows-").unwrap_or(record.channel);
    let channel = channel.strip_suffix("/Operational").unwrap_or(channel);
    match record.record_id {
        Some(record_id) => format!("{channel} {}, record {record_id}", record.event_id),
        None => format!("{channel} {}", record.event_id),
    }
}

/// `Security · event 4720 · record 1004 · logs/PC1/Security.evtx`.
pub(crate) fn record_and_file(event: &EventView<'_>) -> String {
    let record = event.record.record_id.map_or("no record id".to_owned(), |id| format!("record {id}"));
    let (channel, event_id) = (visible(event.record.channel), event.record.event_id);
    format!("{channel} · event {event_id} · {record} · {}", visible(event.source))
}

/// A clause of the engine as a sentence of its own.
pub(crate) fn sentence(clause: &str) -> String {
    let shown = visible(clause);
    let mut characters = shown.chars();
    let Some(first) = characters.next() else { return String::new() };
    let end = if shown.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), characters.as_str())
}

/// `2 critical, 48 medium`: how many there are of each, in the order given.
pub(crate) fn tally<Word: ToString>(counts: impl IntoIterator<Item = (Word, u64)>) -> String {
    let told = counts.into_iter().map(|(word, count)| format!("{} {}", grouped(count), word.to_string()));
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logon_types_are_in_order_and_unknown_ones_are_told_by_number() {
        assert!(LOGON_TYPES.is_sorted_by(|one, two| one.0 < two.0));
        assert_eq!(logon_type_name(3), "network logon");
        assert_eq!(logon_type_name(99), "logon of type 99");
    }

    #[test]
    fn file_names_of_odd_paths() {
        assert_eq!(file_name("C:\\Windows\\System32\\net1.exe"), "net1.exe");
        assert_eq!(file_name("net1.exe"), "net1.exe");
        assert_eq!(file_name("C:\\"), "C:\\");
        assert_eq!(file_name(""), "");
    }

    #[test]
    fn percents_never_round_to_certainty() {
        let shown: Vec<_> = [1.0, 0.9993, 0.993, 0.95, 0.5, 0.09, 0.0].into_iter().map(percent).collect();
        assert_eq!(shown, ["> 99.9 %", "99.9 %", "99.3 %", "95 %", "50 %", "9.0 %", "< 0.1 %"]);
    }

    #[test]
    fn chances_are_never_told_smaller_than_they_are() {
        let shown: Vec<_> =
            [0.9, 0.5, 0.4, 0.025, 0.0003, 0.000_2, 0.0001, 0.0].into_iter().map(chance).collect();
        let expected = [
            "90 %",
            "1 in 2",
            "1 in 2",
            "1 in 40",
            "1 in 3,333",
            "1 in 5,000",
            "at most 1 in 10,000",
            "at most 1 in 10,000",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_route_has_a_wording_and_others_are_told_by_their_word() {
        for (word, short, said) in ROUTES {
            assert_eq!(ROUTES.iter().filter(|route| route.0 == *word).count(), 1, "{word}");
            assert_eq!((via_in_short(word).as_str(), via_said(word).as_str()), (*short, *said));
            assert!(!said.ends_with('.') && !short.contains('_'), "{word}");
        }
        assert_eq!(via_in_short("carrier_pigeon"), "carrier pigeon");
        assert_eq!(via_said("carrier_pigeon\u{1b}"), "by way of carrier pigeon\\u{1b}");
    }
}
