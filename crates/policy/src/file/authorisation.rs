//! `[[authorisation]]`: read into entries; what proves too little is refused with why.

use std::collections::BTreeMap;

use begat_model::Sid;
use begat_model::analytic::SessionKind;
use begat_model::case::Verdict;
use begat_model::{Pattern, event::Text};
use ipnet::IpNet;
use toml::de::DeValue;

use crate::file::complaint::{known_words, listed};
use crate::file::document::{Document, Section, Value, Word};
use crate::file::site::{Site, parse_network, parse_sid, parse_whom, read_days};
use crate::file::tuning::{one_word_of, word_of};
use crate::terms::entry::{Entry, EntryKind};
use crate::terms::key::{Demand, KEYS, Proof, REFUSED_KEYS, Whom};
use crate::terms::schedule::{Hours, Moment};
use crate::terms::strength::{KEYS_LEAST, PROOFS_LEAST, Strength};

const ENTRY_KEYS: &[&str] = &["name", "kind", "owner", "reason", "expires", "match"];
/// More are no policy that anybody keeps in mind.
const ENTRIES_MAX: usize = 100_000;
/// Pairs of entries that are held against each other: beyond, each is compared with those right before it alone.
const PAIRS_MAX: usize = 1_000_000;
/// Longest name or path with wildcards.
const PATTERN_BYTES_MAX: usize = 1024;

/// Reads all entries, in the order of the file.
pub(crate) fn read_entries<'t>(document: &mut Document<'t>, value: &Value<'t>, site: &Site) -> Vec<Entry> {
    if value.get_ref().as_array().is_some_and(|entries| entries.len() > ENTRIES_MAX) {
        document.error(&value.span(), format!("more than {ENTRIES_MAX} entries"), "split the policy");
        return Vec::new();
    }
    let sections = document.sections("authorisation", value, ENTRY_KEYS);
    let compared = PAIRS_MAX / sections.len().max(1);
    if compared < sections.len() {
        let what = format!(
            "of so many entries each is compared with the {compared} before it alone, to see what allows the same"
        );
        document.warning(&value.span(), what, "keep entries of one sort together, or split the policy");
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut lines: BTreeMap<Text, usize> = BTreeMap::new();
    for section in &sections {
        let Some(entry) = read_entry(document, section, site) else { continue };
        match lines.get(&entry.name) {
            Some(line) => {
                let what = format!("`{}` is the name of the entry in line {line} already", entry.name);
                document.error(&section.span, what, "give each entry a name of its own");
            }
            None => {
                lines.insert(entry.name.clone(), entry.line);
            }
        }
        let before = entries.len().saturating_sub(compared);
        warn_of_overlap(document, section, &entry, &entries[before..]);
        entries.push(entry);
    }
    entries
}

fn read_entry<'t>(document: &mut Document<'t>, section: &Section<'_, 't>, site: &Site) -> Option<Entry> {
    let text = |word: Word<'_>| Text::from(word.text);
    let name = section.required(document, "name", "cases tell by which entry they are allowed").map(text);
    let owner = section.required(document, "owner", "somebody must answer for it").map(text);
    let reason = section.required(document, "reason", "whoever reads the case must learn why").map(text);
    let kind = section.required(document, "kind", "the report counts by it");
    let kind = kind.and_then(|_| word_of(document, section, "kind", EntryKind::ALL, EntryKind::slug));
    let expires = read_expires(document, section, site);
    let demands = read_match(document, section, site);
    let (name, demands) = (name?, demands?);
    let strength = Strength::of(&demands);
    if !strength.is_enough() {
        complain_of_weakness(document, section, &name, &strength);
    }
    let line = document.line(&section.span);
    Some(Entry {
        name,
        kind: kind?,
        owner: owner?,
        reason: reason?,
        expires: expires?,
        line,
        demands,
        strength,
    })
}

fn read_expires<'t>(document: &mut Document<'t>, section: &Section<'_, 't>, site: &Site) -> Option<Moment> {
    let Some(value) = section.get("expires") else {
        let what = "`authorisation` has no `expires`: nothing is allowed for ever";
        document.error(&section.span, what, "add `expires = 2027-03-31`");
        return None;
    };
    read_moment(document, "expires", value, site)
}

/// A date or time of TOML, or a text that is one.
fn read_moment<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>, site: &Site) -> Option<Moment> {
    let text = match value.get_ref() {
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::String(text) => text.trim().to_owned(),
        other => format!("of type {}", other.type_str()),
    };
    let moment = Moment::parse(&text, &site.zone);
    if moment.is_none() {
        document.error(
            &value.span(),
            format!("`{key}` is no date and no time: {text}"),
            format!("write {}", Moment::EXAMPLES),
        );
    }
    moment
}

/// `None` where something in it cannot be read, or where it is not there.
fn read_match<'t>(
    document: &mut Document<'t>,
    section: &Section<'_, 't>,
    site: &Site,
) -> Option<Vec<Demand>> {
    let Some(value) = section.get("match") else {
        let what = "`authorisation` has no `match`: it would allow everything";
        document.error(&section.span, what, "add `[authorisation.match]` and its keys beneath");
        return None;
    };
    let Some(table) = value.get_ref().as_table() else {
        let what = format!("`match` is of type {}, not a table", value.get_ref().type_str());
        document.error(&value.span(), what, "write `[authorisation.match]` and its keys beneath");
        return None;
    };
    let mut keys: Vec<_> = table.iter().collect();
    keys.sort_by_key(|(key, _)| key.span().start);
    let read: Vec<Option<Demand>> =
        keys.iter().map(|(key, value)| read_key(document, key, value, site)).collect();
    let mut demands: Vec<Demand> = read.into_iter().collect::<Option<_>>()?;
    join_days_to_hours(&mut demands);
    Some(demands)
}

/// Hours over midnight belong to the day on which they began.
fn join_days_to_hours(demands: &mut [Demand]) {
    let days = demands.iter().find_map(|demand| match demand {
        Demand::Days(days, _) => Some(days.clone()),
        _ => None,
    });
    for demand in demands {
        if let Demand::Hours(_, of_days, _) = demand {
            of_days.clone_from(&days);
        }
    }
}

fn read_key<'t>(
    document: &mut Document<'t>,
    key: &toml::Spanned<std::borrow::Cow<'t, str>>,
    value: &Value<'t>,
    site: &Site,
) -> Option<Demand> {
    let name: &str = key.get_ref();
    if let Some((_, why, instead)) = REFUSED_KEYS.iter().find(|(refused, ..)| *refused == name) {
        document.error(&key.span(), format!("nothing can be matched on `{name}`: {why}"), *instead);
        return None;
    }
    match name {
        "creator" => read_paths(document, "creator", value).map(Demand::Creator),
        "hash" => read_list(document, "hash", value, read_hash).map(Demand::Hash),
        "parent" => read_paths(document, "parent", value).map(Demand::Parent),
        "actor" => read_actor(document, value, site).map(Demand::Actor),
        "actor_group" => read_groups(document, value, site).map(Demand::ActorGroup),
        "source" => read_source(document, value, site).map(Demand::Source),
        "ticket" => read_ticket(document, value),
        "session" => {
            read_words(document, "session", value, SessionKind::ALL, SessionKind::slug).map(Demand::Session)
        }
        "verdict" => read_words(document, "verdict", value, Verdict::ALL, Verdict::slug).map(Demand::Verdict),
        "source_host" => read_patterns(document, "source_host", value).map(Demand::SourceHost),
        "account" => read_patterns(document, "account", value).map(Demand::Account),
        "host" => read_patterns(document, "host", value).map(Demand::Host),
        "host_role" => read_patterns(document, "host_role", value).map(Demand::HostRole),
        "hours" => read_hours(document, value, site),
        "days" => read_days(document, value).map(|days| Demand::Days(days, site.zone.clone())),
        "from" => read_moment(document, "from", value, site).map(Demand::From),
        "until" => read_moment(document, "until", value, site).map(Demand::Until),
        _ => {
            let known: Vec<&str> = KEYS.iter().map(|row| row.name).collect();
            document.error(&key.span(), format!("`{name}` is no key of `match`"), known_words(name, &known));
            None
        }
    }
}

fn read_list<'t, T>(
    document: &mut Document<'t>,
    key: &str,
    value: &Value<'t>,
    read: impl Fn(&mut Document<'t>, &Word<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let words = document.words(key, value)?;
    // All are looked at, so that all complaints are told.
    let read: Vec<Option<T>> = words.iter().map(|word| read(document, word)).collect();
    read.into_iter().collect()
}

/// Lists of the site stand for what they hold: `@name`.
fn read_items<'t, T: Clone>(
    document: &mut Document<'t>,
    key: &str,
    value: &Value<'t>,
    lists: &BTreeMap<String, Vec<T>>,
    read: impl Fn(&mut Document<'t>, &Word<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = read_list(document, key, value, |document, word| match word.text.strip_prefix('@') {
        None => read(document, word).map(|item| vec![item]),
        Some(name) => {
            let list = lists.get(name).cloned();
            if list.is_none() {
                let known: Vec<&str> = lists.keys().map(String::as_str).collect();
                let instead = match known.as_slice() {
                    [] => format!("define it: `{name} = […]` under `[groups]` or `[networks]`"),
                    _ => known_words(name, &known),
                };
                document.error(&word.span, format!("no list is called `{name}`"), instead);
            }
            list
        }
    });
    items.map(|lists| lists.concat())
}

fn read_patterns<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<Vec<Pattern>> {
    read_list(document, key, value, |document, word| read_pattern(document, key, word))
}

fn read_paths<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<Vec<Pattern>> {
    read_list(document, key, value, |document, word| {
        if word.text == "none" {
            let instead = "write `verdict = \"remote\"` for a call without a process";
            document.error(&word.span, format!("`none` is no path of a {key}"), instead);
            return None;
        }
        if word.text.contains('/') {
            let what = format!("`{}` has slashes: Windows writes backslashes", word.text);
            document.error(&word.span, what, format!("write '{}'", word.text.replace('/', "\\")));
            return None;
        }
        read_pattern(document, key, word)
    })
}

/// What is held against every name and path of a log is no longer than those.
fn read_pattern(document: &mut Document<'_>, key: &str, word: &Word<'_>) -> Option<Pattern> {
    let text = word.text.trim();
    if text.len() > PATTERN_BYTES_MAX {
        let what = format!("a pattern of `{key}` is longer than {PATTERN_BYTES_MAX} bytes");
        document.error(&word.span, what, "write a shorter one: Windows' paths are");
        return None;
    }
    Some(Pattern::new(text))
}

/// Algorithms that still tell one file from another, with the digits of their hashes.
const HASHES: &[(&str, usize)] = &[("SHA256", 64), ("SHA1", 40)];

fn read_hash(document: &mut Document<'_>, word: &Word<'_>) -> Option<String> {
    let upper = word.text.trim().to_ascii_uppercase();
    let parts = upper.split_once('=');
    let known = parts.and_then(|(name, digits)| {
        let is_hash =
            |length: usize| digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        HASHES.iter().find(|(known, length)| *known == name && is_hash(*length))
    });
    if known.is_none() {
        let instead =
            "write `SHA256=` or `SHA1=` and its digits: other files can be given the same MD5 or IMPHASH";
        document.error(&word.span, format!("`{}` is no hash that pins a file", word.text), instead);
    }
    known.map(|_| upper)
}

fn read_actor<'t>(document: &mut Document<'t>, value: &Value<'t>, site: &Site) -> Option<Vec<Whom>> {
    read_items(document, "actor", value, &site.groups, parse_whom)
}

fn read_groups<'t>(document: &mut Document<'t>, value: &Value<'t>, site: &Site) -> Option<Vec<Sid>> {
    let lists = site.groups.iter().map(|(name, list)| {
        let sids = list.iter().filter_map(|whom| match whom {
            Whom::Sid(sid) => Some(sid.clone()),
            _ => None,
        });
        (name.clone(), sids.collect())
    });
    read_items(document, "actor_group", value, &lists.collect(), parse_sid)
}

fn read_source<'t>(document: &mut Document<'t>, value: &Value<'t>, site: &Site) -> Option<Vec<IpNet>> {
    read_items(document, "source", value, &site.networks, parse_network)
}

fn read_ticket<'t>(document: &mut Document<'t>, value: &Value<'t>) -> Option<Demand> {
    let wanted = document.boolean("ticket", value)?;
    if !wanted {
        document.error(&value.span(), "`ticket = false` asks for nothing", "leave the key out");
    }
    wanted.then_some(Demand::Ticket)
}

fn read_words<'t, T: Copy>(
    document: &mut Document<'t>,
    key: &str,
    value: &Value<'t>,
    all: &[T],
    slug: fn(T) -> &'static str,
) -> Option<Vec<T>> {
    read_list(document, key, value, |document, word| one_word_of(document, key, word, all, slug))
}

fn read_hours<'t>(document: &mut Document<'t>, value: &Value<'t>, site: &Site) -> Option<Demand> {
    let word = document.word("hours", value)?;
    let hours = Hours::parse_span(word.text);
    if hours.is_none() {
        document.error(&word.span, format!("`{}` are no hours", word.text), "write \"08:00-18:00\"");
    }
    hours.map(|hours| Demand::Hours(hours, None, site.zone.clone()))
}

fn complain_of_weakness<'t>(
    document: &mut Document<'t>,
    section: &Section<'_, 't>,
    name: &str,
    strength: &Strength,
) {
    let weak = strength.weak.iter().map(|(key, why)| format!("`{key}`: {why}")).collect::<Vec<_>>();
    let proofs: Vec<&str> = strength.proofs.iter().map(|proof| proof.slug()).collect();
    let proofs = if proofs.is_empty() { "nothing".to_owned() } else { proofs.join(" and ") };
    let weak = if weak.is_empty() { String::new() } else { format!(" ({})", weak.join("; ")) };
    let what = format!("entry `{name}` asks for too little: its keys prove {proofs}{weak}");
    let proving: Vec<&str> =
        KEYS.iter().filter(|row| row.proof != Proof::Nothing).map(|row| row.name).collect();
    let instead = format!(
        "match on {KEYS_LEAST} keys at least, of which {PROOFS_LEAST} prove different things: {}; or, of an agent that \
         runs as SYSTEM, on all of `creator`, `parent`, `session`, `account` and `host` or `host_role`",
        listed(&proving)
    );
    document.error(&section.span, what, instead);
}

fn warn_of_overlap<'t>(
    document: &mut Document<'t>,
    section: &Section<'_, 't>,
    entry: &Entry,
    earlier: &[Entry],
) {
    for other in earlier {
        let (wide, narrow) = match (other.covers(entry), entry.covers(other)) {
            (true, _) => (other, entry),
            (false, true) => (entry, other),
            (false, false) => continue,
        };
        let what = format!(
            "entry `{}` (line {}) allows all that entry `{}` (line {}) allows",
            wide.name, wide.line, narrow.name, narrow.line
        );
        let instead = format!("leave `{}` out, or narrow `{}`", narrow.name, wide.name);
        document.warning(&section.span, what, instead);
    }
}
