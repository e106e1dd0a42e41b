//! Times as a site writes them: dates and points in time, hours of the day and days of the week, in the site's zone.

use begat_model::event::Text;
use begat_model::{Precision, Timestamp};
use jiff::civil;
use jiff::tz::{Offset, TimeZone};

/// A date, which is all of that day, or a point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// As written.
    pub text: Text,
    /// Where it begins.
    pub first: Timestamp,
    /// The last tick that is still in it.
    pub last: Timestamp,
}

impl Moment {
    /// What can be written, for messages.
    pub const EXAMPLES: &'static str = "2027-03-31, or 2027-03-31T18:00:00Z";

    /// Reads `2027-03-31`, `2027-03-31T18:00` or `2027-03-31 18:00:00+01:00`; what tells no zone is in `zone`.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Moment> {
        let text = text.trim();
        if let Some(point) = Timestamp::parse_rfc3339(text).or_else(|| of_minute(text)) {
            return Some(Moment { text: text.into(), first: point, last: point });
        }
        // A calendar time would be read from a text with an offset too, and the offset forgotten.
        let time = text.split_once(['T', 't', ' ']).map_or("", |(_, time)| time);
        let local: civil::DateTime =
            text.parse().ok().filter(|_| !time.contains(['+', '-', '[', 'Z', 'z']))?;
        let first = of_local(local, zone)?;
        if text.contains(':') {
            return Some(Moment { text: text.into(), first, last: first });
        }
        let next_day = of_local(local.date().tomorrow().ok()?.at(0, 0, 0, 0), zone)?;
        let last = Timestamp::from_unix_ticks(next_day.unix_ticks() - 1, Precision::TICKS);
        Some(Moment { text: text.into(), first, last })
    }
}

/// `2027-03-31T18:00+01:00`: people leave the seconds out.
fn of_minute(text: &str) -> Option<Timestamp> {
    let (minute, zone) = text.split_at_checked("2027-03-31T18:00".len())?;
    Timestamp::parse_rfc3339(&format!("{minute}:00{zone}"))
}

fn of_local(local: civil::DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let nanoseconds = zone.to_timestamp(local).ok()?.as_nanosecond();
    Some(Timestamp::from_unix_ticks(i64::try_from(nanoseconds / 100).ok()?, Precision::TICKS))
}

/// The wall clock of a zone; `None` outside of the years that can be written.
pub(crate) fn civil_time(at: Timestamp, zone: &TimeZone) -> Option<civil::DateTime> {
    jiff::Timestamp::from_second(at.unix_seconds()).ok().map(|second| zone.to_datetime(second))
}

/// Reads `UTC`, `+02:00` or `Europe/Berlin`. Not `local`: a policy means the same on every machine.
pub(crate) fn parse_zone(text: &str) -> Option<TimeZone> {
    match text {
        _ if text.eq_ignore_ascii_case("utc") => Some(TimeZone::UTC),
        _ if text.starts_with(['+', '-']) => parse_offset(text).map(TimeZone::fixed),
        _ => TimeZone::get(text).ok(),
    }
}

/// `+02:00` as the end of a time tells it.
fn parse_offset(text: &str) -> Option<Offset> {
    let epoch_there = Timestamp::parse_rfc3339(&format!("1970-01-01T00:00:00{text}"))?;
    Offset::from_seconds(i32::try_from(-epoch_there.unix_seconds()).ok()?).ok()
}

/// Hours of the day: from the first until before the second, over midnight where the second is the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from: civil::Time,
    to: civil::Time,
}

impl Hours {
    /// Reads two times of day; `None` where they are none, or the same.
    pub(crate) fn parse(from: &str, to: &str) -> Option<Hours> {
        let hours = Hours { from: time_of_day(from)?, to: time_of_day(to)? };
        (hours.from != hours.to).then_some(hours)
    }

    /// Reads `08:00-18:00`.
    pub(crate) fn parse_span(text: &str) -> Option<Hours> {
        let (from, to) = text.split_once(['-', '–'])?;
        Hours::parse(from.trim(), to.trim())
    }

    /// The day that these hours belong to, where the time lies in them: after midnight it is the day before.
    fn day_of(self, at: civil::DateTime) -> Option<civil::Date> {
        let time = at.time();
        let over_midnight = self.to < self.from;
        match (time >= self.from, time < self.to) {
            (true, true) => Some(at.date()),
            (true, false) if over_midnight => Some(at.date()),
            (false, true) if over_midnight => at.date().yesterday().ok(),
            _ => None,
        }
    }

    /// The time lies in these hours, of one of those days.
    pub(crate) fn contain(self, at: civil::DateTime, days: Option<&Days>) -> bool {
        self.day_of(at).is_some_and(|day| days.is_none_or(|days| days.contain(day.weekday())))
    }
}

/// Longer hours than half a day are no window.
const WINDOW_HOURS_MAX: i32 = 12;
/// More days than a working week are no window.
const WINDOW_DAYS_MAX: usize = 5;

impl Hours {
    /// They leave out at least as much of a day as they hold.
    pub(crate) fn are_window(self) -> bool {
        let minutes = |time: civil::Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
        let span = (minutes(self.to) - minutes(self.from)).rem_euclid(24 * 60);
        span <= WINDOW_HOURS_MAX * 60
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.to.strftime("%H:%M"))
    }
}

/// `8:00`, `08:00` or `24:00`, which is midnight.
fn time_of_day(text: &str) -> Option<civil::Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str, lengths: std::ops::RangeInclusive<usize>| {
        let is_number = lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i8>().ok().filter(|_| is_number)
    };
    match (number(hour, 1..=2)?, number(minute, 2..=2)?) {
        (24, 0) => Some(civil::Time::midnight()),
        (hour, minute) => civil::Time::new(hour, minute, 0, 0).ok(),
    }
}

/// Days of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days(Vec<civil::Weekday>);

impl Days {
    /// Their names, Monday first.
    pub(crate) const NAMES: &'static [&'static str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// Reads one by one, each `mon`, `Monday` …; the first that is none is given back.
    pub(crate) fn parse<'w>(words: impl IntoIterator<Item = &'w str>) -> Result<Days, &'w str> {
        let day = |word: &'w str| {
            let begins = word.get(..3).unwrap_or(word).to_ascii_lowercase();
            let number = Days::NAMES.iter().position(|name| *name == begins);
            let day = number.and_then(|number| civil::Weekday::from_monday_zero_offset(number as i8).ok());
            day.filter(|day| is_name_of(*day, word)).ok_or(word)
        };
        words.into_iter().map(day).collect::<Result<Vec<_>, _>>().map(Days)
    }

    pub(crate) fn contain(&self, day: civil::Weekday) -> bool {
        self.0.contains(&day)
    }

    /// They leave out two of the week at least.
    pub(crate) fn are_window(&self) -> bool {
        (0..7)
            .filter_map(|number| civil::Weekday::from_monday_zero_offset(number).ok())
            .filter(|day| self.contain(*day))
            .count()
            <= WINDOW_DAYS_MAX
    }

    /// Every day of the other.
    pub(crate) fn cover(&self, other: &Days) -> bool {
        other.0.iter().all(|day| self.contain(*day))
    }
}

impl std::fmt::Display for Days {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.0.iter().map(|day| Days::NAMES[day.to_monday_zero_offset() as usize]);
        f.write_str(&names.collect::<Vec<_>>().join(", "))
    }
}

/// `mon` or `Monday`, and not `month`.
fn is_name_of(day: civil::Weekday, word: &str) -> bool {
    let full = format!("{day:?}").to_ascii_lowercase();
    word.len() == 3 || word.eq_ignore_ascii_case(&full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_date_is_its_whole_day_in_the_sites_zone() {
        let span = |text: &str| {
            Moment::parse(text, &berlin()).map(|moment| format!("{} {}", moment.first, moment.last))
        };
        for (text, expected) in [
            ("2026-12-31", "2026-12-30T23:00:00.0000000Z 2026-12-31T22:59:59.9999999Z"),
            // Clocks go forward on that day: it has 23 hours.
            ("2026-03-29", "2026-03-28T23:00:00.0000000Z 2026-03-29T21:59:59.9999999Z"),
            ("2026-12-31T18:00", "2026-12-31T17:00:00.0000000Z 2026-12-31T17:00:00.0000000Z"),
            ("2026-12-31 18:00:00", "2026-12-31T17:00:00.0000000Z 2026-12-31T17:00:00.0000000Z"),
            ("2026-12-31T18:00+01:00", "2026-12-31T17:00:00Z 2026-12-31T17:00:00Z"),
            ("2026-12-31T18:00:00Z", "2026-12-31T18:00:00Z 2026-12-31T18:00:00Z"),
            ("2026-12-31T18:00:00-04:00", "2026-12-31T22:00:00Z 2026-12-31T22:00:00Z"),
        ] {
            assert_eq!(span(text).as_deref(), Some(expected), "{text}");
        }
        for bad in ["", "never", "2026-02-30", "31.12.2026", "2026-12", "18:00", "2026-12-31T18+01:00"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }

    #[test]
    fn hours_may_go_over_midnight_and_then_belong_to_the_day_before() {
        let at = |text: &str| text.parse::<civil::DateTime>().unwrap();
        let friday = Days::parse(["fri"]).unwrap();
        let (day, night) =
            (Hours::parse_span("08:00-18:00").unwrap(), Hours::parse_span("22:00 - 6:00").unwrap());
        // 2026-03-06 is a Friday.
        for (hours, time, inside) in [
            (day, "2026-03-06T08:00:00", true),
            (day, "2026-03-06T17:59:59", true),
            (day, "2026-03-06T18:00:00", false),
            (day, "2026-03-07T09:00:00", false),
            (night, "2026-03-06T23:00:00", true),
            (night, "2026-03-07T05:59:00", true),
            (night, "2026-03-06T05:59:00", false),
            (night, "2026-03-06T12:00:00", false),
        ] {
            assert_eq!(hours.contain(at(time), Some(&friday)), inside, "{hours} {time}");
        }
        assert!(Hours::parse_span("00:00-24:00").is_none(), "all day is no hours");
        assert!(Hours::parse_span("18:00-24:00").unwrap().contain(at("2026-03-06T23:59:00"), None));
        for bad in ["", "8-18", "08:00", "08:00-25:00", "08:60-09:00", "a:b-c:d", "08:00-08:00"] {
            assert_eq!(Hours::parse_span(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_by_short_and_long_name() {
        assert_eq!(Days::parse(["mon", "Friday", "SUN"]).unwrap().to_string(), "mon, fri, sun");
        for bad in ["month", "mo", "", "größe", "frid"] {
            assert_eq!(Days::parse([bad]), Err(bad));
        }
    }

    #[test]
    fn zones_mean_the_same_everywhere() {
        for good in ["UTC", "utc", "+02:00", "-03:30", "Europe/Berlin"] {
            assert!(parse_zone(good).is_some(), "{good}");
        }
        for bad in ["", "local", "Mars/Olympus", "+", "+99:00"] {
            assert!(parse_zone(bad).is_none(), "{bad}");
        }
    }
}
