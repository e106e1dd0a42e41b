//! From where a host was ever logged on to: whether a source is new there.

use core::net::IpAddr;
use std::collections::BTreeMap;

use begat_model::{Text, Timestamp};

use crate::spans::{HEARD_BEFORE_MIN, VISIT};

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
