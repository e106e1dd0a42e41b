//! From where a host was ever logged on to: whether a source is new there.

use core::net::IpAddr;
use std::collections::BTreeMap;

use begat_model::{Text, Timestamp};

use crate::spans::{HEARD_BEFORE_MIN, LEASE, VISIT};

/// Most source addresses remembered of one host.
pub const SOURCES_MAX: usize = 16_384;
/// And only where so many logons told their source in that time.
const LOGONS_BEFORE_MIN: u64 = 10;

/// The sources of one host's logons.
#[derive(Debug, Default)]
pub struct SourceTable {
    first_seen: BTreeMap<Text, Timestamp>,
    first_logon: Option<Timestamp>,
    /// The first logons with a source, as many as have to come before.
    early: Vec<Timestamp>,
    dropped: u64,
}

impl SourceTable {
    /// Somebody came from there; events come in order of time.
    pub fn seen(&mut self, source: &Text, at: Timestamp) {
        let is_known = self.first_seen.contains_key(source);
        if !is_known && is_here(source) {
            return;
        }
        self.first_logon = self.first_logon.or(Some(at));
        if (self.early.len() as u64) < LOGONS_BEFORE_MIN {
            self.early.push(at);
        }
        if is_known {
            return;
        }
        if self.first_seen.len() == SOURCES_MAX {
            self.dropped += 1;
            return;
        }
        self.first_seen.insert(source.clone(), at);
    }

    /// Nothing came from there before a time, since this one; `None` where something did, or where the host was not
    /// heard for long enough to say so.
    pub fn new_since(&self, source: &Text, at: Timestamp) -> Option<Timestamp> {
        let first = self.first_logon?;
        let heard_enough = first + HEARD_BEFORE_MIN <= at
            && self.early.len() as u64 == LOGONS_BEFORE_MIN
            && self.early.last().is_some_and(|last| *last <= at);
        let is_new = self.first_seen.get(source).is_some_and(|seen| *seen + VISIT >= at);
        (heard_enough && is_new).then_some(first)
    }

    /// How many logons came from sources that were not remembered for the bound.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// Most addresses of the machine itself that are remembered.
const OWN_ADDRESSES_MAX: usize = 64;

/// Addresses that the machine itself was seen to come from, by when it last did.
#[derive(Debug, Default)]
pub struct OwnAddresses {
    last_seen: BTreeMap<IpAddr, Timestamp>,
    now: Option<Timestamp>,
}

impl OwnAddresses {
    /// Somebody came from an address; the machine itself, or it is not known who. Events come in order of time.
    pub fn seen(&mut self, address: &str, is_machine: bool, at: Timestamp) {
        self.now = self.now.max(Some(at));
        let Some(address) = address_of(address).filter(|_| is_machine) else { return };
        self.last_seen.insert(address, at);
        if self.last_seen.len() > OWN_ADDRESSES_MAX {
            let oldest = self.last_seen.iter().min_by_key(|(_, seen)| **seen).map(|(address, _)| *address);
            oldest.map(|oldest| self.last_seen.remove(&oldest));
        }
    }

    /// All that are remembered.
    pub fn all(&self) -> impl Iterator<Item = IpAddr> {
        self.last_seen.keys().copied()
    }

    /// An address of the machine itself: loopback, or one that it came from lately, before its lease can have gone to
    /// another.
    pub fn contains(&self, address: &str) -> bool {
        let Some(address) = address_of(address) else { return false };
        let last_seen = self.last_seen.get(&address);
        address.is_loopback() || last_seen.is_some_and(|seen| self.now.is_none_or(|now| *seen + LEASE >= now))
    }
}

/// `fe80::1%12` names the interface too.
pub fn address_of(written: &str) -> Option<IpAddr> {
    written.split('%').next()?.trim().parse().ok()
}

/// The machine itself, or no address of any other.
fn is_here(source: &str) -> bool {
    source.eq_ignore_ascii_case("local")
        || source.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Duration;

    fn at(hours: f64) -> Timestamp {
        let start = Timestamp::parse_rfc3339("2024-05-01T00:00:00Z").unwrap();
        start + Duration::from_ticks((hours * 3600.0 * 1e7) as i64)
    }

    /// A host on which two administrators log on every hour.
    fn busy(hours: u32) -> SourceTable {
        let mut table = SourceTable::default();
        for hour in 0..hours {
            table.seen(&"10.0.0.7".into(), at(f64::from(hour)));
            table.seen(&"10.0.0.8".into(), at(f64::from(hour)));
        }
        table
    }

    #[test]
    fn a_source_is_new_only_where_the_host_was_heard_long_enough() {
        for (hours, expected) in [(48, true), (25, true), (23, false), (2, false)] {
            let mut table = busy(hours);
            let now = at(f64::from(hours));
            table.seen(&"10.9.9.9".into(), now);
            assert_eq!(table.new_since(&"10.9.9.9".into(), now).is_some(), expected, "{hours} hours");
            assert_eq!(table.new_since(&"10.0.0.7".into(), now), None);
        }
        let mut quiet = SourceTable::default();
        quiet.seen(&"10.0.0.7".into(), at(0.0));
        quiet.seen(&"10.9.9.9".into(), at(90.0));
        assert_eq!(quiet.new_since(&"10.9.9.9".into(), at(90.0)), None, "one logon in days is no habit");
    }

    #[test]
    fn the_machines_own_addresses_are_learned_from_itself_and_forgotten_with_their_lease() {
        let mut own = OwnAddresses::default();
        own.seen("10.1.1.77", true, at(0.0));
        own.seen("fe80::77%4", true, at(0.0));
        own.seen("10.9.9.9", false, at(1.0));
        for (address, expected) in [
            ("10.1.1.77", true),
            ("fe80::77", true),
            ("FE80::77%9", true),
            ("10.9.9.9", false),
            ("::1", true),
            ("127.0.0.5", true),
            ("LOCAL", false),
            ("", false),
        ] {
            assert_eq!(own.contains(address), expected, "{address}");
        }
        own.seen("10.9.9.9", false, at(24.0 * 9.0));
        assert!(!own.contains("10.1.1.77"), "another may have it by now");
        for last in 0..=OWN_ADDRESSES_MAX {
            own.seen(&format!("10.2.0.{last}"), true, at(300.0 + last as f64));
        }
        assert!(own.contains("10.2.0.64") && !own.contains("10.2.0.0") && own.contains("::1"));
    }

    #[test]
    fn one_visit_is_one_and_the_next_day_it_is_known() {
        let mut table = busy(30);
        table.seen(&"10.9.9.9".into(), at(30.0));
        table.seen(&"10.9.9.9".into(), at(30.5));
        assert!(table.new_since(&"10.9.9.9".into(), at(30.5)).is_some());
        table.seen(&"10.9.9.9".into(), at(54.0));
        assert_eq!(table.new_since(&"10.9.9.9".into(), at(54.0)), None);
    }

    #[test]
    fn the_machine_itself_is_no_source() {
        let mut table = busy(30);
        for here in ["::1", "127.0.0.1", "LOCAL", "0.0.0.0"] {
            table.seen(&here.into(), at(30.0));
            assert_eq!(table.new_since(&here.into(), at(30.0)), None, "{here}");
        }
    }

    #[test]
    fn what_the_bound_left_out_is_counted_and_called_neither_new_nor_known() {
        let mut table = busy(30);
        for source in 0..SOURCES_MAX {
            table.seen(&format!("h{source}").into(), at(30.0));
        }
        table.seen(&"10.9.9.9".into(), at(31.0));
        assert_eq!(table.new_since(&"10.9.9.9".into(), at(31.0)), None);
        assert_eq!(table.dropped(), 3);
    }
}
