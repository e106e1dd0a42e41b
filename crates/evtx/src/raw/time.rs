//! The two clocks of a log, FILETIME and SYSTEMTIME, and their text form.

use std::fmt;

const TICKS_PER_SECOND: u64 = 10_000_000;
const TICKS_PER_DAY: u64 = 86_400 * TICKS_PER_SECOND;
/// From 0000-03-01, where the civil calendar's arithmetic starts, to 1601-01-01.
const DAYS_TO_1601: u64 = 584_694;

/// A FILETIME: 100 ns intervals since 1601-01-01 UTC, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTime(pub u64);

impl FileTime {
    /// The intervals of 100 ns since 1970-01-01 UTC, negative before; `None` past `i64::MAX`, which
    /// Windows takes for no time.
    pub fn unix_ticks(self) -> Option<i64> {
        const UNIX_EPOCH: i64 = (11_644_473_600 * TICKS_PER_SECOND) as i64;
        i64::try_from(self.0).ok().map(|ticks| ticks - UNIX_EPOCH)
    }

    /// Read a time as event XML writes it: `2020-01-31T12:34:56.1234567Z`, any number of decimals,
    /// `Z` or an offset. A time without a zone is no instant, and gives `None`.
    pub fn parse(text: &str) -> Option<FileTime> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| -> Option<u64> {
            bytes.get(from..to)?.iter().try_fold(0u64, |value, byte| {
                byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0'))
            })
        };
        let mark = |at: usize, marks: &[u8]| bytes.get(at).filter(|byte| marks.contains(byte));
        mark(4, b"-")?;
        mark(7, b"-")?;
        mark(10, b"T ")?;
        mark(13, b":")?;
        mark(16, b":")?;
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if year < 1601 || !valid_date(year, month, day) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let decimals = bytes.get(20..).filter(|_| bytes.get(19) == Some(&b'.')).unwrap_or_default();
        let decimals = decimals.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let fraction = (0..7).try_fold(0u64, |value, place| {
            let digit = if place < decimals { bytes.get(20 + place)? - b'0' } else { 0 };
            Some(value * 10 + u64::from(digit))
        })?;
        let zone = if bytes.get(19) == Some(&b'.') { 20 + decimals } else { 19 };
        let east_of_utc = zone_minutes(bytes.get(zone..)?)?;
        let seconds = (hour * 60 + minute) * 60 + second;
        let ticks = days_since_1601(year, month, day) * TICKS_PER_DAY + seconds * TICKS_PER_SECOND + fraction;
        let shift = i64::from(east_of_utc) * 60 * TICKS_PER_SECOND as i64;
        ticks.checked_add_signed(-shift).map(FileTime)
    }

    /// The date and time of day. Windows renders a value past `i64::MAX` as zeros.
    fn civil(self) -> Civil {
        if self.0 > i64::MAX as u64 {
            return Civil::default();
        }
        let (year, month, day) = civil_date(self.0 / TICKS_PER_DAY);
        let ticks = self.0 % TICKS_PER_DAY;
        let seconds = (ticks / TICKS_PER_SECOND) as u32;
        Civil {
            year: (year % 10_000) as u32,
            month,
            day,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            ticks: (ticks % TICKS_PER_SECOND) as u32,
        }
    }

    /// The text form in ASCII, `2020-01-31T12:34:56.1234567Z`.
    pub(crate) fn to_ascii(self) -> [u8; 28] {
        self.civil().to_ascii()
    }
}

impl fmt::Display for FileTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_ascii()).map_err(|_| fmt::Error)?)
    }
}

/// A SYSTEMTIME, as stored: eight 16-bit fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemTime {
    /// Year, month, day of the week, day, hour, minute, second, millisecond.
    pub fields: [u16; 8],
}

impl SystemTime {
    pub(crate) fn from_bytes(bytes: &[u8; 16]) -> Self {
        let mut fields = [0; 8];
        for (field, pair) in fields.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *field = u16::from_le_bytes(*pair);
        }
        SystemTime { fields }
    }

    /// The instant it stands for; `None` where Windows takes it for no time.
    pub fn to_file_time(self) -> Option<FileTime> {
        let [year, month, _, day, hour, minute, second, millisecond] = self.fields.map(u64::from);
        let valid = (1601..=30827).contains(&year)
            && valid_date(year, month, day)
            && hour < 24
            && minute < 60
            && second < 60
            && millisecond < 1000;
        valid.then(|| {
            let seconds = (hour * 60 + minute) * 60 + second;
            FileTime(
                days_since_1601(year, month, day) * TICKS_PER_DAY
                    + seconds * TICKS_PER_SECOND
                    + millisecond * 10_000,
            )
        })
    }

    /// The text form in ASCII; what is no time renders as Windows renders it, the first of 1601.
    pub(crate) fn to_ascii(self) -> [u8; 28] {
        self.to_file_time().unwrap_or(FileTime(0)).to_ascii()
    }
}

impl fmt::Display for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_ascii()).map_err(|_| fmt::Error)?)
    }
}

#[derive(Default)]
struct Civil {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    ticks: u32,
}

impl Civil {
    fn to_ascii(&self) -> [u8; 28] {
        let mut text = *b"0000-00-00T00:00:00.0000000Z";
        let places = [
            (0..4, self.year),
            (5..7, self.month),
            (8..10, self.day),
            (11..13, self.hour),
            (14..16, self.minute),
            (17..19, self.second),
            (20..27, self.ticks),
        ];
        for (place, mut value) in places {
            for digit in text[place].iter_mut().rev() {
                *digit = b'0' + (value % 10) as u8;
                value /= 10;
            }
        }
        text
    }
}

/// The proleptic Gregorian date so many days after 1601-01-01 (Howard Hinnant's algorithm).
fn civil_date(days_since_1601: u64) -> (u64, u32, u32) {
    let days = days_since_1601 + DAYS_TO_1601;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = (if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 }) as u32;
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// The inverse of [`civil_date`], for a valid date from 1601 on.
fn days_since_1601(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - DAYS_TO_1601
}

fn valid_date(year: u64, month: u64, day: u64) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days_in_month = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=days_in_month).contains(&day)
}

/// `Z`, `+hh:mm` or `+hhmm`, to the end of the text.
fn zone_minutes(zone: &[u8]) -> Option<i32> {
    let (sign, digits): (i32, [u8; 4]) = match *zone {
        [b'Z' | b'z'] => return Some(0),
        [sign @ (b'+' | b'-'), a, b, b':', c, d] | [sign @ (b'+' | b'-'), a, b, c, d] => {
            (if sign == b'-' { -1 } else { 1 }, [a, b, c, d])
        }
        _ => return None,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let [a, b, c, d] = digits.map(|digit| i32::from(digit - b'0'));
    let (hours, minutes) = (a * 10 + b, c * 10 + d);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_windows_prints_them() {
        let table: [(u64, &str); 5] = [
            (0, "1601-01-01T00:00:00.0000000Z"),
            (132_123_456_789_012_345, "2019-09-07T16:01:18.9012345Z"),
            (125_963_423_999_999_999, "2000-02-29T23:59:59.9999999Z"),
            (125_963_424_000_000_000, "2000-03-01T00:00:00.0000000Z"),
            (u64::MAX, "0000-00-00T00:00:00.0000000Z"),
        ];
        for (ticks, text) in table {
            assert_eq!(FileTime(ticks).to_string(), text);
            if ticks < u64::MAX {
                assert_eq!(FileTime::parse(text), Some(FileTime(ticks)), "{text}");
            }
        }
    }

    #[test]
    fn every_day_comes_back() {
        for day in (0..4_000_000u64).step_by(17) {
            let (year, month, date) = civil_date(day);
            assert!(valid_date(year, month.into(), date.into()));
            assert_eq!(days_since_1601(year, month.into(), date.into()), day);
        }
    }

    #[test]
    fn a_time_without_a_zone_is_no_instant() {
        let at = FileTime::parse("2020-01-31T12:34:56Z");
        assert!(at.is_some());
        for same in
            ["2020-01-31T12:34:56.000000000Z", "2020-01-31 13:34:56+01:00", "2020-01-31T11:04:56.0-0130"]
        {
            assert_eq!(FileTime::parse(same), at, "{same}");
        }
        for wrong in [
            "",
            "2020-01-31T12:34:56",
            "2020-01-31T12:34:56.1",
            "2020-02-30T12:34:56Z",
            "2020-01-31T24:00:00Z",
            "1600-12-31T00:00:00Z",
            "2020-01-31T12:34:56+25:00",
            "2020-01-31T12:34:56ZZ",
            "2020-01-31T12:34:é6Z",
            "1601-01-01T00:00:00+00:01",
        ] {
            assert_eq!(FileTime::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_system_time_that_is_none_prints_as_1601() {
        let valid = SystemTime { fields: [2019, 3, 5, 1, 12, 34, 56, 789] };
        assert_eq!(valid.to_string(), "2019-03-01T12:34:56.7890000Z");
        for fields in [[0; 8], [2019, 2, 0, 29, 0, 0, 0, 0], [2019, 1, 0, 1, 24, 0, 0, 0]] {
            assert_eq!(SystemTime { fields }.to_file_time(), None);
            assert_eq!(SystemTime { fields }.to_string(), "1601-01-01T00:00:00.0000000Z");
        }
    }

    #[test]
    fn unix_ticks_start_in_1970() {
        assert_eq!(FileTime::parse("1970-01-01T00:00:01Z").unwrap().unix_ticks(), Some(10_000_000));
        assert_eq!(FileTime(0).unix_ticks(), Some(-116_444_736_000_000_000));
        assert_eq!(FileTime(u64::MAX).unix_ticks(), None);
    }
}
