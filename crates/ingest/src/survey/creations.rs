//! Account creations at the first look, and what the same one in two carriers tells of a clock that tells no zone.

use std::collections::BTreeMap;

use begat_model::{Duration, HostName, Timestamp};

use crate::raw::{HeaderTime, ZonelessTime};

/// Zones keep to quarters of an hour.
const QUARTER_SECONDS: i64 = 900;
/// No zone on Earth is farther from UTC.
const OFFSET_SECONDS_MAX: i64 = 14 * 3600;
/// Creations of one host that are compared with its others: more show no more.
const COMPARED_MAX: usize = 64;

/// A record that tells a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CreationSeen {
    pub(super) time: CreationTime,
    pub(super) record_id: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CreationTime {
    Known(Timestamp),
    Zoneless(ZonelessTime),
}

impl CreationSeen {
    /// What cannot be placed in time will be no event: the header's anomaly tells of it.
    pub(super) fn new(time: &HeaderTime<'_>, record_id: Option<u64>) -> Option<CreationSeen> {
        let time = match time {
            HeaderTime::Known(at) => CreationTime::Known(*at),
            HeaderTime::Zoneless(time) => CreationTime::Zoneless(*time),
            HeaderTime::Missing | HeaderTime::Unreadable(_) => return None,
        };
        Some(CreationSeen { time, record_id })
    }
}

/// A wall clock's time, and how far it was ahead of UTC then.
pub(super) type Offset = (Timestamp, i64);

/// By how much the clocks of hosts were ahead of UTC whose creations another carrier tells with their zone.
///
/// With record ids a copy is known by its own. Without, it takes one offset under which each creation of the clock is
/// one that is told elsewhere.
pub(super) fn offsets(seen: &BTreeMap<HostName, Vec<CreationSeen>>) -> Vec<(HostName, Vec<Offset>)> {
    let mut known: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for (host, creations) in seen {
        let timed = creations.iter().filter_map(|creation| match creation.time {
            CreationTime::Known(at) => Some((at, creation.record_id)),
            CreationTime::Zoneless(_) => None,
        });
        // The same machine goes by its short and its long name.
        known.entry(host.netbios()).or_default().extend(timed.take(COMPARED_MAX));
    }
    let of_host = |(host, creations): (&HostName, &Vec<CreationSeen>)| {
        let known = known.get(&host.netbios())?;
        let zoneless = creations.iter().filter_map(|creation| match creation.time {
            CreationTime::Zoneless(time) if !time.claims_utc => Some((time.wall_clock, creation.record_id)),
            _ => None,
        });
        let zoneless: Vec<_> = zoneless.take(COMPARED_MAX).collect();
        let offsets = by_record_ids(&zoneless, known).or_else(|| by_all(&zoneless, known))?;
        Some((host.clone(), offsets))
    };
    seen.iter().filter_map(of_host).collect()
}

/// When a creation was, and its record id.
type Told = (Timestamp, Option<u64>);

fn by_record_ids(zoneless: &[Told], known: &[Told]) -> Option<Vec<Offset>> {
    let same = |(wall_clock, id): &Told| {
        let copy = known.iter().find(|(_, other)| id.is_some() && other == id);
        Some((*wall_clock, offset(*wall_clock, copy?.0)?))
    };
    let offsets: Vec<Offset> = zoneless.iter().filter_map(same).collect();
    (!offsets.is_empty()).then_some(offsets)
}

fn by_all(zoneless: &[Told], known: &[Told]) -> Option<Vec<Offset>> {
    if zoneless.iter().chain(known).all(|(_, id)| id.is_some()) {
        return None;
    }
    let (first, _) = zoneless.first()?;
    let fits = |offset_seconds: &i64| {
        let told = |(wall_clock, _): &Told| {
            known.iter().any(|(at, _)| offset(*wall_clock, *at) == Some(*offset_seconds))
        };
        zoneless.iter().all(told)
    };
    let mut fitting: Vec<i64> = known.iter().filter_map(|(at, _)| offset(*first, *at)).filter(fits).collect();
    fitting.sort_unstable();
    fitting.dedup();
    let [only] = fitting[..] else { return None };
    Some(zoneless.iter().map(|(wall_clock, _)| (*wall_clock, only)).collect())
}

/// How far a wall clock is ahead, where that is a zone's: to the second, since a copy may have cut its own.
fn offset(wall_clock: Timestamp, at: Timestamp) -> Option<i64> {
    let ahead = wall_clock.unix_seconds() - at.unix_seconds();
    let coarser = wall_clock.precision().min(at.precision()).step();
    let is_same_moment = (wall_clock - Duration::from_seconds(ahead) - at).magnitude() < coarser;
    (ahead % QUARTER_SECONDS == 0 && ahead.abs() <= OFFSET_SECONDS_MAX && is_same_moment).then_some(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn known(host: &str, time: &str, record_id: Option<u64>) -> (String, CreationSeen) {
        (host.to_owned(), CreationSeen { time: CreationTime::Known(at(time)), record_id })
    }

    fn zoneless(host: &str, time: &str, record_id: Option<u64>) -> (String, CreationSeen) {
        let time = ZonelessTime {
            wall_clock: at(time),
            arrival: None,
            told_utc: None,
            of_people: true,
            claims_utc: false,
        };
        (host.to_owned(), CreationSeen { time: CreationTime::Zoneless(time), record_id })
    }

    fn hours(all: Vec<(String, CreationSeen)>) -> Vec<i64> {
        let mut seen: BTreeMap<HostName, Vec<CreationSeen>> = BTreeMap::new();
        for (host, creation) in all {
            seen.entry(HostName::new(&host).unwrap()).or_default().push(creation);
        }
        offsets(&seen).into_iter().flat_map(|(_, told)| told).map(|(_, seconds)| seconds / 3600).collect()
    }

    #[test]
    fn a_copy_with_the_same_record_id_tells_the_offset() {
        let utc = known("FS03.corp", "2021-10-19T14:42:41.2340102Z", Some(7));
        assert_eq!(hours(vec![utc.clone(), zoneless("FS03", "2021-10-19T16:42:41Z", Some(7))]), [2]);
        assert_eq!(hours(vec![utc.clone(), zoneless("FS03", "2021-10-19T14:42:41Z", Some(7))]), [0]);
        for other in [
            zoneless("FS03", "2021-10-19T16:42:41Z", Some(8)),
            zoneless("FS03", "2021-10-19T16:42:49Z", Some(7)),
            zoneless("FS04", "2021-10-19T16:42:41Z", Some(7)),
        ] {
            assert_eq!(hours(vec![utc.clone(), other]), [0; 0]);
        }
    }

    #[test]
    fn without_record_ids_all_creations_have_to_be_told_under_one_offset() {
        let first = known("FS03", "2021-10-19T14:42:41.234Z", Some(7));
        let second = known("FS03", "2021-10-19T15:42:41.500Z", Some(9));
        let shown = |time: &str| zoneless("FS03", time, None);
        assert_eq!(hours(vec![first.clone(), shown("2021-10-19T16:42:41Z")]), [2]);
        let both = || vec![first.clone(), second.clone(), shown("2021-10-19T16:42:41Z")];
        assert_eq!(hours(both()), [0; 0], "it may be either");
        let mut two = both();
        two.push(shown("2021-10-19T17:42:41Z"));
        assert_eq!(hours(two), [2, 2]);
        let mut more = both();
        more.push(shown("2021-10-19T17:50:00Z"));
        assert_eq!(hours(more), [0; 0], "one is told nowhere else");
    }
}
