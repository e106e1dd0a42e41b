//! What stands between `<` and `>` in the text and the command of a step, and how a case fills it in.

use begat_model::case::Client;
use begat_model::{Duration, Sid, Timestamp};

use super::facts::Facts;
use super::quoting::literal;

/// How long before and after the creation the logs are read for what led to it.
const AROUND: Duration = Duration::from_seconds(600);
/// Longest text of a policy in a step.
const TEXT_CHARS_MAX: usize = 80;

/// Where a value may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Made of letters, digits and harmless marks by its type: in words, and in commands between quotes.
    Bare,
    /// A PowerShell expression: in commands, never in quotes.
    Expression,
    /// Text that somebody wrote: in the words of a step, never in a command.
    Text,
}

/// One value.
pub(super) struct Value {
    pub(super) name: &'static str,
    pub(super) sort: Sort,
    of: fn(&Facts<'_>) -> Option<String>,
}

macro_rules! values {
    ($( $name:literal $sort:ident |$facts:pat_param| $value:expr; )*) => {
        /// All of them.
        pub(super) const VALUES: &[Value] =
            &[ $( Value { name: $name, sort: Sort::$sort, of: |$facts| $value }, )* ];
    };
}

values! {
    "sid" Bare |facts| facts.case.account.sid.as_ref().map(Sid::to_string);
    "name" Expression |facts| literal(facts.name()?);
    "groups" Expression |facts| Some(quoted(facts.groups_to_look_at()));
    "power_groups" Expression |facts| some(quoted(facts.power_groups().into_iter().map(Sid::as_str)));
    "logon_id" Bare |facts| facts.own_session().map(|id| id.to_string());
    "logon_number" Bare |facts| facts.own_session().map(|id| id.0.to_string());
    "person" Bare |facts| facts.person().map(Sid::to_string);
    "person_of_domain" Bare |facts| facts.person_of_domain().map(Sid::to_string);
    "person_of_machine" Bare |facts| facts.person_of_machine().map(Sid::to_string);
    "processes" Bare |facts| some(process_filter(facts));
    "started" Bare |facts| time(facts.case.attribution.creator.as_ref()?.started_at?);
    "images" Expression |facts| some(joined(facts.images().into_iter().filter_map(literal)));
    "created" Bare |facts| time(facts.case.created_at);
    "before" Bare |facts| time(facts.case.created_at - AROUND);
    "after" Bare |facts| time(facts.case.created_at + AROUND);
    "folder" Bare |facts| Some(format!("C:\\IR\\{}", plain_id(&facts.case.case_id)));
    "address" Bare |facts| facts.source()?.address.map(|address| address.to_string());
    "client" Bare |facts| client(facts)?.process.pid.map(|pid| pid.to_string());
    "client_started" Bare |facts| time(client(facts)?.process.started_at?);
    "owner" Text |facts| Some(facts.case.authorisation.owner.as_deref().map_or("whoever answers for it".to_owned(), bounded));
    "rule" Text |facts| facts.case.authorisation.rule.as_deref().map(bounded);
    "expires" Text |facts| facts.case.authorisation.expires.as_deref().map(bounded);
}

/// What may stand in the words of a step.
pub(super) const IN_WORDS: &[Sort] = &[Sort::Bare, Sort::Text];
/// What may stand in a command.
pub(super) const IN_COMMANDS: &[Sort] = &[Sort::Bare, Sort::Expression];

/// The template with every value in its place; `None` where one is not known, or may not stand there.
pub(super) fn filled(template: &str, facts: &Facts<'_>, sorts: &[Sort]) -> Option<String> {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        let (name, after) = after.split_once('>')?;
        let value = VALUES.iter().find(|value| value.name == name && sorts.contains(&value.sort))?;
        text.push_str(before);
        text.push_str(&(value.of)(facts)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn joined(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join(",")
}

/// SIDs as a list of PowerShell.
fn quoted<'a>(sids: impl IntoIterator<Item = &'a str>) -> String {
    joined(sids.into_iter().map(|sid| format!("'{sid}'")))
}

/// As WMI asks for them: `ProcessId=3888 OR ProcessId=3556`.
fn process_filter(facts: &Facts<'_>) -> String {
    let pids = facts.processes().filter_map(|process| process.pid);
    pids.map(|pid| format!("ProcessId={pid}")).collect::<Vec<_>>().join(" OR ")
}

fn client<'a>(facts: &Facts<'a>) -> Option<&'a Client> {
    facts.source()?.client
}

/// Years that cannot be written are no times to look for.
fn time(at: Timestamp) -> Option<String> {
    let text = at.to_string();
    text.ends_with('Z').then_some(text)
}

/// Ids of cases are letters and digits; nothing else gets into a path.
fn plain_id(case_id: &str) -> &str {
    let plain =
        !case_id.is_empty() && case_id.len() <= 64 && case_id.bytes().all(|it| it.is_ascii_alphanumeric());
    if plain { case_id } else { "case" }
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
