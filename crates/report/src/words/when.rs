//! Times inside sentences.

use begat_model::{Duration, Timestamp};
use jiff::tz::TimeZone;

/// RFC 3339 in a zone, with the decimal places that the event had.
pub(super) fn when(at: Timestamp, zone: &TimeZone) -> String {
    let offset = match jiff::Timestamp::from_second(at.unix_seconds()) {
        Ok(second) if *zone != TimeZone::UTC => zone.to_offset(second).seconds(),
        // Outside of jiff's years no Windows event can be; it would still be told, in UTC.
        _ => return at.to_string(),
    };
    let ticks = at.unix_ticks() + i64::from(offset) * begat_model::time::TICKS_PER_SECOND;
    let there = Timestamp::from_unix_ticks(ticks, at.precision()).to_string();
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    format!("{}{sign}{:02}:{:02}", there.trim_end_matches('Z'), minutes / 60, minutes % 60)
}

/// What a clock that was set may differ by without being told: two logs, and a second that was cut.
const ASIDE_MAX: Duration = Duration::from_seconds(3);

/// How long after something: `250 ms`. What came after it, and bears an earlier time since the clock was set back in
/// between, came later, and nobody knows by how much.
pub(crate) fn since(at: Timestamp, event: Timestamp) -> String {
    let span = event - at;
    match span < Duration::ZERO && span.magnitude() > ASIDE_MAX {
        true => "later".to_owned(),
        false => span.to_string(),
    }
}

/// The same with its sign: `+250 ms`.
pub(crate) fn after(at: Timestamp, event: Timestamp) -> String {
    let span = since(at, event);
    if span.starts_with(|first: char| first.is_ascii_digit()) { format!("+{span}") } else { span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_after_and_bears_an_earlier_time_came_later() {
        let at = |text| Timestamp::parse_rfc3339(text).unwrap();
        let created = at("2026-03-02T09:30:00.5Z");
        assert_eq!(since(created, at("2026-03-02T09:30:00.75Z")), "250 ms");
        assert_eq!(since(created, at("2026-03-02T09:30:00.25Z")), "-250 ms");
        assert_eq!(since(created, at("2026-03-02T06:31:00Z")), "later");
    }

    #[test]
    fn a_time_is_told_in_the_zone_with_its_own_precision() {
        for (at, zone, told) in [
            ("2026-03-02T09:30:00.1230000Z", "UTC", "2026-03-02T09:30:00.1230000Z"),
            ("2026-03-02T23:30:00.1230000Z", "Europe/Berlin", "2026-03-03T00:30:00.1230000+01:00"),
            ("2026-07-02T23:30:00Z", "Europe/Berlin", "2026-07-03T01:30:00+02:00"),
            ("2026-07-02T02:15:00.5Z", "America/St_Johns", "2026-07-01T23:45:00.5-02:30"),
        ] {
            let at = Timestamp::parse_rfc3339(at).unwrap();
            assert_eq!(when(at, &TimeZone::get(zone).unwrap()), told);
        }
    }
}
