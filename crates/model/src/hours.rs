//! Hours of UTC in which something was heard: what shares of time are counted from.

use crate::time::{TICKS_PER_SECOND, Timestamp};

/// Seconds in an hour.
const HOUR_SECONDS: i64 = 3600;
/// Seconds in a day.
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;
/// Most days of one set, a century: clocks that stand wrong, or logs made to, cannot make it grow further. The earliest
/// stay, so that it is the same in whatever order hours come.
const DAYS_MAX: usize = 36_525;

/// A set of whole hours, UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// Days since 1970-01-01, sorted, each with a bit for each of its hours; never 0.
    days: Vec<(i32, u32)>,
}

impl Hours {
    /// The hour of a moment belongs to it.
    pub fn add(&mut self, at: Timestamp) {
        let (day, hour) = day_and_hour(at);
        self.add_hours_of(day, hour);
    }

    fn add_hours_of(&mut self, day: i32, hours: u32) {
        // Records mostly come in order.
        if let Some((last, known)) = self.days.last_mut()
            && *last == day
        {
            *known |= hours;
            return;
        }
        match self.days.binary_search_by_key(&day, |(day, _)| *day) {
            Ok(place) => self.days[place].1 |= hours,
            Err(place) => {
                self.days.insert(place, (day, hours));
                self.days.truncate(DAYS_MAX);
            }
        }
    }

    /// Whether the hour of a moment belongs to it.
    pub fn has(&self, at: Timestamp) -> bool {
        let (day, hour) = day_and_hour(at);
        self.hours_of(day) & hour != 0
    }

    /// Puts two sets together.
    pub fn merge(&mut self, other: &Hours) {
        other.days.iter().for_each(|(day, hours)| self.add_hours_of(*day, *hours));
    }

    /// The hours of both.
    pub fn and(&self, other: &Hours) -> Hours {
        self.with(|day, hours| hours & other.hours_of(day))
    }

    /// Its hours on the days of which the other has any hour.
    pub fn on_days_of(&self, other: &Hours) -> Hours {
        self.with(|day, hours| if other.hours_of(day) == 0 { 0 } else { hours })
    }

    /// Its hours after the last hour of the other; all, where that has none.
    pub fn after(&self, other: &Hours) -> Hours {
        let Some((last_day, last_hours)) = other.days.last() else { return self.clone() };
        let later = (!0_u32).checked_shl(32 - last_hours.leading_zeros()).unwrap_or(0);
        self.with(|day, hours| match day.cmp(last_day) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => hours & later,
            std::cmp::Ordering::Greater => hours,
        })
    }

    fn with(&self, left: impl Fn(i32, u32) -> u32) -> Hours {
        let days = self.days.iter().map(|(day, hours)| (*day, left(*day, *hours)));
        Hours { days: days.filter(|(_, hours)| *hours != 0).collect() }
    }

    fn hours_of(&self, day: i32) -> u32 {
        self.days.binary_search_by_key(&day, |(day, _)| *day).map_or(0, |place| self.days[place].1)
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.days.iter().map(|(_, hours)| u64::from(hours.count_ones())).sum()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// The beginning of each, in order.
    pub fn starts(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.days.iter().flat_map(|(day, hours)| {
            let of_day = (0..24).filter(move |hour| hours & (1 << hour) != 0);
            of_day.map(move |hour| {
                let seconds = i64::from(*day) * DAY_SECONDS + hour * HOUR_SECONDS;
                Timestamp::from_unix_ticks(seconds * TICKS_PER_SECOND, crate::time::Precision::SECONDS)
            })
        })
    }
}

/// The day of a moment, and the bit of its hour.
fn day_and_hour(at: Timestamp) -> (i32, u32) {
    let seconds = at.unix_seconds();
    let hour = seconds.rem_euclid(DAY_SECONDS) / HOUR_SECONDS;
    (seconds.div_euclid(DAY_SECONDS) as i32, 1 << hour)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn hours(texts: &[&str]) -> Hours {
        let mut hours = Hours::default();
        texts.iter().for_each(|text| hours.add(at(text)));
        hours
    }

    #[test]
    fn an_hour_counts_once_in_whatever_order() {
        let forward = hours(&["2026-03-02T09:00:00Z", "2026-03-02T09:59:59Z", "2026-03-03T00:00:00Z"]);
        let backward = hours(&["2026-03-03T00:30:00Z", "2026-03-02T09:30:00Z"]);
        assert_eq!((forward.count(), &forward), (2, &backward));
        let starts: Vec<Timestamp> = forward.starts().collect();
        assert_eq!(starts, [at("2026-03-02T09:00:00Z"), at("2026-03-03T00:00:00Z")]);
        assert!(forward.has(at("2026-03-02T09:12:00Z")) && !forward.has(at("2026-03-02T10:00:00Z")));
        let old = hours(&["1969-12-31T23:59:59Z"]);
        assert_eq!(old.starts().next(), Some(at("1969-12-31T23:00:00Z")));
    }

    #[test]
    fn sets_are_put_together_and_cut() {
        let alive = hours(&["2026-03-02T08:00:00Z", "2026-03-02T23:00:00Z", "2026-03-03T01:00:00Z"]);
        let seen = hours(&["2026-03-02T08:30:00Z", "2026-03-05T01:00:00Z"]);
        assert_eq!(alive.and(&seen), hours(&["2026-03-02T08:00:00Z"]));
        assert_eq!(alive.on_days_of(&seen), hours(&["2026-03-02T08:00:00Z", "2026-03-02T23:00:00Z"]));
        assert_eq!(seen.after(&alive), hours(&["2026-03-05T01:00:00Z"]));
        let midnight = hours(&["2026-03-02T23:10:00Z"]);
        assert_eq!(alive.after(&midnight), hours(&["2026-03-03T01:00:00Z"]));
        assert_eq!(alive.after(&Hours::default()), alive);
        let mut all = alive.clone();
        all.merge(&seen);
        assert_eq!(all.count(), 4);
    }

    #[test]
    fn of_too_many_days_the_earliest_stay() {
        let day = |day: i64| {
            Timestamp::from_unix_ticks(
                day * DAY_SECONDS * TICKS_PER_SECOND,
                at("2026-03-02T09:00:00Z").precision(),
            )
        };
        let (mut forward, mut backward) = (Hours::default(), Hours::default());
        let days = DAYS_MAX as i64 + 100;
        (0..days).for_each(|number| forward.add(day(number)));
        (0..days).rev().for_each(|number| backward.add(day(number)));
        assert_eq!((forward.count(), &forward), (DAYS_MAX as u64, &backward));
    }
}
