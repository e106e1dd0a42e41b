//! Points and spans of time, in UTC, at Windows' own grain of 100 ns. There is no `now()` here.

use std::fmt;
use std::ops::{Add, Sub};

use jiff::civil;
use jiff::tz::Offset;

/// 100 ns ticks in a second: the grain of FILETIME.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
/// 100 ns ticks in a millisecond.
pub const TICKS_PER_MILLISECOND: i64 = 10_000;
/// Seconds from 1601-01-01 (FILETIME's origin) to 1970-01-01.
const SECONDS_1601_TO_1970: i64 = 11_644_473_600;

/// 9999-12-30T22:00:00Z, the last moment that a calendar of four-digit years writes in every zone.
const UNIX_TICKS_MAX: i64 = 253_402_207_200 * TICKS_PER_SECOND;

/// How fine the carrier told the time: the number of decimal places it had.
///
/// EVTX holds 100 ns, Winlogbeat milliseconds, NXLog whole seconds. What is printed has the places that
/// the event had, so that nobody reads order into digits that were never there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Precision(u8);

impl Precision {
    /// Whole seconds, no fraction.
    pub const SECONDS: Precision = Precision(0);
    /// Three places.
    pub const MILLISECONDS: Precision = Precision(3);
    /// Seven places: all that Windows has.
    pub const TICKS: Precision = Precision(7);

    /// `places` decimal places, at most seven: further digits are below Windows' grain.
    pub fn of_decimal_places(places: usize) -> Precision {
        Precision(places.min(7) as u8)
    }

    /// The number of decimal places, 0 to 7.
    pub fn decimal_places(self) -> usize {
        usize::from(self.0)
    }

    /// The width of one step at this precision: two times nearer than this may have been in either order.
    pub fn step(self) -> Duration {
        Duration::from_ticks(10_i64.pow(u32::from(7 - self.0)))
    }
}

/// A point in time: UTC, in 100 ns ticks since 1970-01-01, with the precision its event had.
///
/// Ordered by time; the precision only breaks ties, so that the order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    ticks: i64,
    precision: Precision,
}

impl Timestamp {
    /// From 100 ns ticks since 1970-01-01 UTC.
    pub fn from_unix_ticks(ticks: i64, precision: Precision) -> Timestamp {
        Timestamp { ticks, precision }
    }

    /// From a FILETIME (100 ns ticks since 1601-01-01 UTC); `None` where it lies beyond year 9999.
    ///
    /// Zero is no time either: exported logs hold records dated 1601, and that says "unset".
    pub fn from_filetime(filetime: u64) -> Option<Timestamp> {
        let since_1601 = i64::try_from(filetime).ok().filter(|ticks| *ticks > 0)?;
        let ticks = since_1601 - SECONDS_1601_TO_1970 * TICKS_PER_SECOND;
        (ticks <= UNIX_TICKS_MAX).then_some(Timestamp { ticks, precision: Precision::TICKS })
    }

    /// 100 ns ticks since 1970-01-01 UTC.
    pub fn unix_ticks(self) -> i64 {
        self.ticks
    }

    /// Whole seconds since 1970-01-01 UTC, rounded down.
    pub fn unix_seconds(self) -> i64 {
        self.ticks.div_euclid(TICKS_PER_SECOND)
    }

    /// The number of decimal places the event had.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// Reads RFC 3339 with a zone (`2020-09-14T12:06:02.650Z`, `+09:00`), or a space for the `T`.
    ///
    /// `None` for anything else, a missing zone among it: a time without a zone is not yet a point in time.
    pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
        LocalTime::parse_prefix(text)?.with_told_offset()
    }

    /// The time since `earlier`, as exactly as the coarser of the two tells: what shares a whole second is 0 apart.
    pub fn since(self, earlier: Timestamp) -> Duration {
        let step = self.precision.min(earlier.precision).step().ticks();
        let cut = |stamp: Timestamp| stamp.ticks.div_euclid(step) * step;
        Duration(cut(self).saturating_sub(cut(earlier)))
    }

    /// The date and time of day in UTC; `None` outside of the years that can be written.
    fn civil(self) -> Option<civil::DateTime> {
        let second = jiff::Timestamp::from_second(self.unix_seconds()).ok()?;
        Some(Offset::UTC.to_datetime(second))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with the decimal places that the event had.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only arithmetic beyond year 9999 leaves the range; then the raw number is at least honest.
        let Some(civil) = self.civil() else { return write!(f, "{} ticks since 1970", self.ticks) };
        write!(f, "{civil:.0}")?;
        let places = self.precision.decimal_places();
        if places > 0 {
            let fraction = self.ticks.rem_euclid(TICKS_PER_SECOND) / 10_i64.pow(7 - places as u32);
            write!(f, ".{fraction:0places$}")?;
        }
        f.write_str("Z")
    }
}

/// A wall-clock time as written, whose zone is not known (NXLog's `EventTime`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime<'a> {
    ticks_as_if_utc: i64,
    precision: Precision,
    /// What follows the digits: the zone, or nothing.
    pub rest: &'a str,
}

impl<'a> LocalTime<'a> {
    /// Reads `YYYY-MM-DD[T or blank]HH:MM:SS[.fraction]` at the start of `text`.
    pub fn parse_prefix(text: &'a str) -> Option<LocalTime<'a>> {
        let bytes = text.as_bytes();
        if bytes.len() < 19 || !matches!(bytes[10], b'T' | b't' | b' ') {
            return None;
        }
        let punctuation = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        if punctuation.iter().any(|(at, mark)| bytes[*at] != *mark) {
            return None;
        }
        let number = |range: std::ops::Range<usize>| digits(&bytes[range]);
        let small = |range| number(range).and_then(|value| i8::try_from(value).ok());
        let year = i16::try_from(number(0..4)?).ok().filter(|year| *year >= 1601)?;
        let (hour, minute, second) = (small(11..13)?, small(14..16)?, small(17..19)?);
        let civil = civil::DateTime::new(year, small(5..7)?, small(8..10)?, hour, minute, second, 0).ok()?;
        let seconds = Offset::UTC.to_timestamp(civil).ok()?.as_second();
        let (fraction_ticks, places, rest) = parse_fraction(&text[19..])?;
        Some(LocalTime {
            ticks_as_if_utc: seconds * TICKS_PER_SECOND + fraction_ticks,
            precision: Precision::of_decimal_places(places),
            rest,
        })
    }

    /// The point in time, where nothing but the offset from UTC follows: `Z`, `+02:00`.
    pub fn with_told_offset(self) -> Option<Timestamp> {
        let offset_seconds = parse_offset(self.rest)?;
        Some(self.with_offset_seconds(offset_seconds))
    }

    /// The point in time, where local time is `offset_seconds` ahead of UTC (negative west of it).
    pub fn with_offset_seconds(self, offset_seconds: i64) -> Timestamp {
        Timestamp {
            ticks: self.ticks_as_if_utc - offset_seconds * TICKS_PER_SECOND,
            precision: self.precision,
        }
    }
}

/// `.123…` at the start: its ticks, the number of its digits, and what follows.
fn parse_fraction(text: &str) -> Option<(i64, usize, &str)> {
    // ISO 8601 allows a comma as well.
    let Some(after_point) = text.strip_prefix(['.', ',']) else { return Some((0, 0, text)) };
    let places = after_point.bytes().take_while(u8::is_ascii_digit).count();
    if places == 0 {
        return None;
    }
    let kept = &after_point.as_bytes()[..places.min(7)];
    let ticks = digits(kept)? * 10_i64.pow(7 - kept.len() as u32);
    Some((ticks, places, &after_point[places..]))
}

/// `Z`, `+HH:MM`, `+HHMM` or ` +HHMM`, in seconds.
fn parse_offset(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let plain: Vec<u8> = text.bytes().skip(1).filter(|byte| *byte != b':').collect();
    if plain.len() != 4 {
        return None;
    }
    let (hours, minutes) = (digits(&plain[..2])?, digits(&plain[2..])?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// A span of time in 100 ns ticks; may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// From 100 ns ticks.
    pub const fn from_ticks(ticks: i64) -> Duration {
        Duration(ticks)
    }

    /// From milliseconds.
    pub const fn from_milliseconds(milliseconds: i64) -> Duration {
        Duration(milliseconds * TICKS_PER_MILLISECOND)
    }

    /// From seconds.
    pub const fn from_seconds(seconds: i64) -> Duration {
        Duration(seconds * TICKS_PER_SECOND)
    }

    /// In 100 ns ticks.
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// In seconds, with their fraction.
    pub fn seconds(self) -> f64 {
        self.ticks() as f64 / 1e7
    }

    /// In milliseconds, rounded down.
    pub const fn milliseconds(self) -> i64 {
        self.0.div_euclid(TICKS_PER_MILLISECOND)
    }

    /// Without its sign.
    pub const fn magnitude(self) -> Duration {
        Duration(self.0.abs())
    }
}

impl fmt::Display for Duration {
    /// As an analyst says it: `31 ms`, `78 s`, `12 min`, `3 h`, `5 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded to the unit that is shown: 77.99 s is 78 s to anybody.
        let in_units = |ticks: i64| (self.0 + self.0.signum() * ticks / 2) / ticks;
        match self.0.abs() / TICKS_PER_MILLISECOND {
            // Not rounded: `lag_ms` in output says the same number.
            0..=999 => write!(f, "{} ms", self.0 / TICKS_PER_MILLISECOND),
            1_000..=9_949 => {
                let tenths = in_units(TICKS_PER_SECOND / 10);
                write!(
                    f,
                    "{}{}.{} s",
                    if tenths < 0 { "-" } else { "" },
                    tenths.abs() / 10,
                    tenths.abs() % 10
                )
            }
            9_950..=119_499 => write!(f, "{} s", in_units(TICKS_PER_SECOND)),
            119_500..=7_199_999 => write!(f, "{} min", in_units(60 * TICKS_PER_SECOND)),
            7_200_000..=172_799_999 => write!(f, "{} h", in_units(3600 * TICKS_PER_SECOND)),
            _ => write!(f, "{} days", in_units(86_400 * TICKS_PER_SECOND)),
        }
    }
}

impl Sub for Timestamp {
    type Output = Duration;
    fn sub(self, earlier: Timestamp) -> Duration {
        Duration(self.ticks.saturating_sub(earlier.ticks))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, span: Duration) -> Timestamp {
        Timestamp { ticks: self.ticks.saturating_add(span.0), ..self }
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;
    fn sub(self, span: Duration) -> Timestamp {
        Timestamp { ticks: self.ticks.saturating_sub(span.0), ..self }
    }
}

impl Add for Duration {
    type Output = Duration;
    fn add(self, other: Duration) -> Duration {
        Duration(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_the_places_that_it_read() {
        for text in [
            "2020-09-14T12:06:02Z",
            "2020-09-14T12:06:02.650Z",
            "2021-10-19T14:42:41.2340102Z",
            "1969-12-31T23:59:59.9Z",
            "2024-02-29T00:00:00Z",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_zone_is_applied_and_its_absence_is_no_time() {
        let utc = |text: &str| Timestamp::parse_rfc3339(text).map(|stamp| stamp.to_string());
        assert_eq!(utc("2026-07-10 19:59:14 +0900").as_deref(), Some("2026-07-10T10:59:14Z"));
        assert_eq!(utc("2020-09-14T08:06:02-04:00").as_deref(), Some("2020-09-14T12:06:02Z"));
        for bad in [
            "",
            "2020-09-14 08:06:02",
            "2020-13-14T08:06:02Z",
            "2023-02-29T00:00:00Z",
            "2020-09-14T08:06:02.Z",
        ] {
            assert_eq!(utc(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_coarser_of_two_times_says_how_far_apart_they_are() {
        let read = |text| Timestamp::parse_rfc3339(text).unwrap();
        let (whole, precise) = (read("2020-09-14T12:06:02Z"), read("2020-09-14T12:06:02.404Z"));
        assert_eq!(whole.since(precise), Duration::ZERO);
        assert_eq!(read("2020-09-14T12:06:03Z").since(precise), Duration::from_seconds(1));
        assert_eq!(read("2020-09-14T12:06:02.504Z").since(precise), Duration::from_milliseconds(100));
    }

    #[test]
    fn filetime_has_seven_places_and_zero_is_no_time() {
        // 4720 of the sample "User creation via commandline": 2021-10-19T14:42:41.2340102Z.
        let stamp = Timestamp::from_filetime(132_791_281_612_340_102).unwrap();
        assert_eq!(stamp.to_string(), "2021-10-19T14:42:41.2340102Z");
        assert_eq!(Timestamp::from_filetime(0), None);
        assert_eq!(Timestamp::from_filetime(u64::MAX), None);
        let last = (UNIX_TICKS_MAX + SECONDS_1601_TO_1970 * TICKS_PER_SECOND) as u64;
        assert_eq!(Timestamp::from_filetime(last).unwrap().to_string(), "9999-12-30T22:00:00.0000000Z");
        assert_eq!(Timestamp::from_filetime(last + 1), None);
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for days in (-134_774..200_000_i64).step_by(37) {
            let ticks = (days * 86_400 + days.rem_euclid(86_400)) * TICKS_PER_SECOND + 1;
            let stamp = Timestamp::from_unix_ticks(ticks, Precision::TICKS);
            assert_eq!(Timestamp::parse_rfc3339(&stamp.to_string()), Some(stamp), "{stamp}");
        }
    }

    #[test]
    fn spans_read_as_people_say_them() {
        let said = |milliseconds| Duration::from_milliseconds(milliseconds).to_string();
        assert_eq!(said(31), "31 ms");
        assert_eq!(said(1_500), "1.5 s");
        assert_eq!(said(-1_500), "-1.5 s");
        assert_eq!(said(9_970), "10 s");
        assert_eq!(said(77_990), "78 s");
        assert_eq!(said(600_000), "10 min");
        assert_eq!(said(3 * 86_400_000), "3 days");
    }
}
