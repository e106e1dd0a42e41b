//! `[site]`, `[groups]` and `[networks]`: what the rest of the policy is read by.

use std::collections::BTreeMap;

use begat_model::case::{RiskReason, Weekday};
use begat_model::{Pattern, Sid, Timestamp};
use ipnet::IpNet;
use jiff::civil;
use jiff::tz::TimeZone;
use toml::de::DeTable;

use crate::file::complaint::known_words;
use crate::file::document::{Document, Section, Word};
use crate::terms::key::Whom;
use crate::terms::schedule::{Days, Hours, civil_time, parse_zone};

const SITE_KEYS: &[&str] = &["timezone", "working_hours", "privileged_groups"];

/// When people of the site work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    hours: Hours,
    days: Option<Days>,
}

/// What the rest of the policy is read by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// The zone of all times that tell none; UTC where the site does not say.
    pub zone: TimeZone,
    pub working_hours: Option<WorkingHours>,
    pub privileged_groups: Vec<Sid>,
    pub groups: BTreeMap<String, Vec<Whom>>,
    pub networks: BTreeMap<String, Vec<IpNet>>,
}

impl Default for Site {
    fn default() -> Site {
        Site {
            zone: TimeZone::UTC,
            working_hours: None,
            privileged_groups: Vec::new(),
            groups: BTreeMap::new(),
            networks: BTreeMap::new(),
        }
    }
}

impl Site {
    pub fn read<'t>(document: &mut Document<'t>, root: &DeTable<'t>) -> Site {
        let mut site = Site::default();
        if let Some(section) = root.get("site").and_then(|value| document.section("site", value, SITE_KEYS)) {
            site.read_site(document, &section);
        }
        site.groups = named_lists(document, root, "groups", parse_whom);
        site.networks = named_lists(document, root, "networks", parse_network);
        site
    }

    fn read_site<'t>(&mut self, document: &mut Document<'t>, section: &Section<'_, 't>) {
        if let Some(word) = section.word(document, "timezone") {
            match parse_zone(word.text) {
                Some(zone) => self.zone = zone,
                None => document.error(
                    &word.span,
                    format!("`{}` is no time zone that is the same on every machine", word.text),
                    "write UTC, +02:00 or Europe/Berlin",
                ),
            }
        }
        let hours = section.get("working_hours");
        let keys = &["days", "from", "to"];
        let hours = hours.and_then(|value| document.section("working_hours", value, keys));
        self.working_hours = hours.and_then(|section| read_working_hours(document, &section));
        let groups = section.get("privileged_groups");
        let groups = groups.and_then(|value| document.words("privileged_groups", value)).unwrap_or_default();
        self.privileged_groups = groups.iter().filter_map(|word| parse_sid(document, word)).collect();
    }

    /// What people wait for until morning: outside of working hours, with the local time; `None` where none are set.
    pub fn off_hours(&self, at: Timestamp) -> Option<RiskReason> {
        let working = self.working_hours.as_ref()?;
        let local = civil_time(at, &self.zone)?;
        (!working.hours.contain(local, working.days.as_ref())).then(|| RiskReason::OffHours {
            weekday: weekday(local.weekday()),
            hour: local.hour().unsigned_abs(),
            minute: local.minute().unsigned_abs(),
        })
    }
}

fn weekday(day: civil::Weekday) -> Weekday {
    match day {
        civil::Weekday::Monday => Weekday::Monday,
        civil::Weekday::Tuesday => Weekday::Tuesday,
        civil::Weekday::Wednesday => Weekday::Wednesday,
        civil::Weekday::Thursday => Weekday::Thursday,
        civil::Weekday::Friday => Weekday::Friday,
        civil::Weekday::Saturday => Weekday::Saturday,
        civil::Weekday::Sunday => Weekday::Sunday,
    }
}

fn read_working_hours<'t>(document: &mut Document<'t>, section: &Section<'_, 't>) -> Option<WorkingHours> {
    let days = section.get("days").map(|value| read_days(document, value));
    let why = "hours have a beginning and an end";
    let from = section.required(document, "from", why);
    let to = section.required(document, "to", why);
    let (from, to) = (from?, to?);
    let hours = Hours::parse(from.text, to.text);
    if hours.is_none() {
        let what = format!("`{}` to `{}` are no working hours", from.text, to.text);
        document.error(&from.span, what, "write times of day, `from = \"07:00\", to = \"19:00\"` say");
    }
    // Days that cannot be read are not the same as none.
    let days = match days {
        Some(days) => Some(days?),
        None => None,
    };
    Some(WorkingHours { hours: hours?, days })
}

pub(crate) fn read_days<'t>(
    document: &mut Document<'t>,
    value: &crate::file::document::Value<'t>,
) -> Option<Days> {
    let words = document.words("days", value)?;
    let mut are_all_days = true;
    for word in &words {
        if Days::parse([word.text]).is_err() {
            document.error(
                &word.span,
                format!("`{}` is no day", word.text),
                known_words(word.text, Days::NAMES),
            );
            are_all_days = false;
        }
    }
    Days::parse(words.iter().map(|word| word.text)).ok().filter(|_| are_all_days)
}

/// A section in which the site gives names to lists.
fn named_lists<'t, T>(
    document: &mut Document<'t>,
    root: &DeTable<'t>,
    name: &'static str,
    parse: fn(&mut Document<'t>, &Word<'_>) -> Option<T>,
) -> BTreeMap<String, Vec<T>> {
    let Some(value) = root.get(name) else { return BTreeMap::new() };
    let Some(table) = value.get_ref().as_table() else {
        let what = format!("`{name}` is of type {}, not a table", value.get_ref().type_str());
        document.error(&value.span(), what, format!("write `[{name}]` and the lists beneath"));
        return BTreeMap::new();
    };
    let mut lists = BTreeMap::new();
    for (key, value) in table {
        let words = document.words(key.get_ref(), value).unwrap_or_default();
        let items = words.iter().filter_map(|word| parse(document, word)).collect();
        lists.insert(key.get_ref().clone().into_owned(), items);
    }
    lists
}

/// A SID, a SID with `*`, or `DOMAIN\name`.
pub(crate) fn parse_whom(document: &mut Document<'_>, word: &Word<'_>) -> Option<Whom> {
    let text = word.text.trim();
    if let Some(sid) = Sid::parse(text) {
        return Some(Whom::Sid(sid));
    }
    let looks_like_sid = text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("S-1-"));
    match text.split_once('\\') {
        _ if looks_like_sid && text.contains('*') => Some(Whom::Sids(Pattern::new(text))),
        Some((domain, name)) if !domain.is_empty() && !name.is_empty() => {
            Some(Whom::Name(Pattern::new(text)))
        }
        _ => {
            let what = format!("`{text}` is neither a SID nor `DOMAIN\\name`");
            document.error(
                &word.span,
                what,
                "write the SID of the account, or the name of a list as `@name`",
            );
            None
        }
    }
}

pub(crate) fn parse_sid(document: &mut Document<'_>, word: &Word<'_>) -> Option<Sid> {
    let sid = Sid::parse(word.text.trim());
    if sid.is_none() {
        let instead = "write it as `S-1-5-21-…`: names differ by language";
        document.error(&word.span, format!("`{}` is no SID", word.text), instead);
    }
    sid
}

/// An address alone is the network of that host.
pub(crate) fn parse_network(document: &mut Document<'_>, word: &Word<'_>) -> Option<IpNet> {
    let text = word.text.trim();
    let address = text.parse::<std::net::IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    let Some(network) = address.or_else(|| text.parse().ok()) else {
        let what = format!("`{text}` is no address and no network");
        document.error(&word.span, what, "write 10.20.4.31, 10.20.0.0/16 or fd12:3456::/48");
        return None;
    };
    if network != network.trunc() {
        let what = format!("`{text}` has host bits beyond its prefix");
        document.error(&word.span, what, format!("write {} or {}", network.trunc(), network.addr()));
        return None;
    }
    Some(canonical(network))
}

/// `::ffff:10.0.0.0/104` is `10.0.0.0/8`: sources are told as IPv4.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let mapped = v6.network().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
    mapped.and_then(|(address, prefix)| IpNet::new(address.into(), prefix).ok()).unwrap_or(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_once_and_mapped_addresses_are_ipv4() {
        for (text, expected) in [
            ("10.20.4.31", Some("10.20.4.31/32")),
            ("10.20.0.0/16", Some("10.20.0.0/16")),
            ("::ffff:10.20.4.31", Some("10.20.4.31/32")),
            ("::ffff:10.20.0.0/112", Some("10.20.0.0/16")),
            ("fd12:3456::/48", Some("fd12:3456::/48")),
            ("2001:db8::1", Some("2001:db8::1/128")),
            ("10.20.0.1/16", None),
            ("10.20.0.0/33", None),
            ("10.20.0.0-10.20.0.9", None),
            ("10.20.0", None),
            ("files01", None),
        ] {
            let mut document = Document::new("t", text);
            let word = Word { text, span: 0..1 };
            let network = parse_network(&mut document, &word).map(|network| network.to_string());
            assert_eq!(network.as_deref(), expected, "{text}");
            assert_eq!(document.finish().is_err(), expected.is_none(), "{text}");
        }
    }

    #[test]
    fn off_hours_are_judged_in_the_sites_zone_and_only_where_set() {
        let text = "[site]\ntimezone = \"Europe/Berlin\"\n\
                    working_hours = { days = [\"mon\", \"fri\"], from = \"08:00\", to = \"18:00\" }";
        let mut document = Document::new("t", text);
        let root = document.root();
        let site = Site::read(&mut document, &root);
        document.finish().unwrap();
        let off = |text: &str| site.off_hours(Timestamp::parse_rfc3339(text).unwrap());
        assert_eq!(off("2026-03-06T07:30:00Z"), None, "08:30 on a Friday in Berlin");
        let early = RiskReason::OffHours { weekday: Weekday::Friday, hour: 7, minute: 30 };
        assert_eq!(off("2026-03-06T06:30:00Z"), Some(early));
        assert!(off("2026-03-07T10:00:00Z").is_some(), "a Saturday");
        assert_eq!(
            Site::default().off_hours(Timestamp::parse_rfc3339("2026-03-07T03:00:00Z").unwrap()),
            None
        );
    }
}
