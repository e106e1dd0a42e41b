//! The one shape that all carriers share: a header, typed, and the fields of a catalog row, by name.

use std::borrow::Cow;

use begat_evtx::Stored;
use begat_model::Timestamp;
use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::{EventKind, EventSpec, FieldName, provider};
use begat_model::ids::parse_unsigned;
use begat_model::time::{LocalTime, Precision, TICKS_PER_SECOND};

use crate::scalar::Scalar;

/// Keyword bit of an audit success.
const AUDIT_SUCCESS: u64 = 0x0020_0000_0000_0000;
/// Keyword bit of an audit failure.
const AUDIT_FAILURE: u64 = 0x0010_0000_0000_0000;

/// Whether Windows audited a success or a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Failure,
}

impl Outcome {
    /// From System/Keywords.
    pub(crate) fn of_keywords(keywords: u64) -> Option<Outcome> {
        match (keywords & AUDIT_SUCCESS != 0, keywords & AUDIT_FAILURE != 0) {
            (_, true) => Some(Outcome::Failure),
            (true, false) => Some(Outcome::Success),
            (false, false) => None,
        }
    }

    /// From what a carrier writes: the keywords as a number (NXLog's is signed), `AUDIT_FAILURE`,
    /// `Audit Failure`, `failure`. Keywords rendered in other languages than English say nothing to us.
    pub(crate) fn of_scalar(scalar: &Scalar<'_>) -> Option<Outcome> {
        match scalar {
            Scalar::Unsigned(keywords) => Outcome::of_keywords(*keywords),
            Scalar::Signed(keywords) => Outcome::of_keywords(*keywords as u64),
            Scalar::Text(text) => Outcome::of_text(text),
            _ => None,
        }
    }

    fn of_text(text: &str) -> Option<Outcome> {
        if let Some(keywords) = parse_unsigned(text) {
            return Outcome::of_keywords(keywords);
        }
        if let Ok(keywords) = text.trim().parse::<i64>() {
            return Outcome::of_keywords(keywords as u64);
        }
        let ends_with = |word: &str| {
            let start = text.len().checked_sub(word.len())?;
            text.get(start..).filter(|end| end.eq_ignore_ascii_case(word))
        };
        let is_one = |words: [&str; 3]| words.iter().any(|word| ends_with(word).is_some());
        if is_one(["failure", "failureaudit", "failure audit"]) {
            return Some(Outcome::Failure);
        }
        is_one(["success", "successaudit", "success audit"]).then_some(Outcome::Success)
    }
}

/// Levels as carriers name them: Windows' own words in English, and NXLog's where they differ.
const LEVELS: &[(&str, u8)] = &[
    ("critical", 1),
    ("error", 2),
    ("warning", 3),
    ("information", 4),
    ("info", 4),
    ("verbose", 5),
    ("debug", 5),
];

/// From what a carrier writes for System/Level: the number, or its name in English. Names in other languages say
/// nothing to us.
pub(crate) fn level_of(scalar: &Scalar<'_>) -> Option<u8> {
    if let Some(level) = scalar.unsigned() {
        return u8::try_from(level).ok();
    }
    let text = scalar.text()?;
    let known = LEVELS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, level)| *level)
}

/// The time in a record's header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum HeaderTime<'a> {
    Missing,
    Unreadable(Cow<'a, str>),
    Known(Timestamp),
    /// A wall clock's time whose zone the record does not tell.
    Zoneless(ZonelessTime),
}

/// A wall clock's time, and what the same record says in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ZonelessTime {
    /// The local time, read as if it were UTC.
    pub(crate) wall_clock: Timestamp,
    /// When the record arrived at the collector, in UTC: never before the event.
    pub(crate) arrival: Option<Timestamp>,
    /// A time in UTC in the event's data (Sysmon's UtcTime): never after the event.
    pub(crate) told_utc: Option<Timestamp>,
    /// In a form for people's eyes, which never has a zone.
    pub(crate) of_people: bool,
    /// The record says that it is UTC, which its carrier says falsely at times.
    pub(crate) claims_utc: bool,
}

impl<'a> HeaderTime<'a> {
    /// Reads RFC 3339, the same with a blank for the `T`, with ` UTC`, or without a zone; seconds and smaller parts since
    /// 1970, as numbers or as .NET writes them; what portals print, with a 12-hour clock.
    pub(crate) fn parse(text: Cow<'a, str>) -> HeaderTime<'a> {
        if text.trim().is_empty() {
            return HeaderTime::Missing;
        }
        let local = LocalTime::parse_prefix(text.trim());
        let zoneless = |local: LocalTime<'_>| {
            HeaderTime::Zoneless(ZonelessTime {
                wall_clock: local.with_offset_seconds(0),
                arrival: None,
                told_utc: None,
                of_people: false,
                claims_utc: false,
            })
        };
        match local {
            Some(local) if local.rest.trim().is_empty() => zoneless(local),
            None if let Some(at) = since_1970(text.trim()) => HeaderTime::Known(at),
            None if let Some(turned) = twelve_hour_clock(text.trim()) => {
                LocalTime::parse_prefix(&turned).map_or(HeaderTime::Missing, zoneless)
            }
            Some(local) if let Some(at) = local.with_told_offset() => HeaderTime::Known(at),
            Some(local) if local.rest.trim().eq_ignore_ascii_case("utc") => {
                HeaderTime::Known(local.with_offset_seconds(0))
            }
            _ => HeaderTime::Unreadable(text),
        }
    }
}

impl<'a> HeaderTime<'a> {
    /// Reads the same where the carrier's form says that it is UTC, with a zone or without: TimeCreated's SystemTime is
    /// by its schema.
    pub(crate) fn parse_utc(text: Cow<'a, str>) -> HeaderTime<'a> {
        match HeaderTime::parse(text) {
            HeaderTime::Zoneless(time) => HeaderTime::Known(time.wall_clock),
            time => time,
        }
    }
}

/// Reads `1634654561.202764`, and the same in milliseconds, microseconds or nanoseconds, told apart by their size; a
/// FILETIME; and .NET's `/Date(1634654561202)/`, which is UTC whatever offset follows.
fn since_1970(text: &str) -> Option<Timestamp> {
    let text = match text.strip_prefix("/Date(") {
        Some(date) => date.split_once(')')?.0.split(['+', '-']).next()?,
        None => text,
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || text.ends_with('.') {
        return None;
    }
    // Places behind the second that the whole number has: 10 digits since 2001, until 2286.
    let places = match whole.len() {
        9 | 10 => 0,
        12 | 13 => 3,
        15 | 16 => 6,
        18 if fraction.is_empty() => return Timestamp::from_filetime(whole.parse().ok()?),
        19 => 9,
        _ => return None,
    };
    let (seconds, rest) = whole.split_at(whole.len() - places);
    let behind = format!("{rest}{fraction}");
    let kept = &behind[..behind.len().min(7)];
    let ticks = format!("{kept:0<7}").parse::<i64>().ok()?;
    let seconds = seconds.parse::<i64>().ok()?.checked_mul(TICKS_PER_SECOND)?;
    Some(Timestamp::from_unix_ticks(seconds + ticks, Precision::of_decimal_places(behind.len())))
}

/// `10/19/2021, 02:42:41.202 PM` as `2021-10-19 14:42:41.202`: a clock of 12 hours puts the month first.
fn twelve_hour_clock(text: &str) -> Option<String> {
    let (date, time) = text.split_once(' ')?;
    let (clock, half) = time.trim().rsplit_once([' ', '\u{202f}'])?;
    let afternoon = match half {
        "AM" | "am" => 0,
        "PM" | "pm" => 12,
        _ => return None,
    };
    let mut date = date.trim_end_matches(',').splitn(3, '/');
    let mut number = || date.next()?.parse::<u32>().ok();
    let (month, day, year) = (number()?, number()?, number()?);
    let (hour, rest) = clock.trim().split_once(':')?;
    let hour = hour.parse::<u32>().ok().filter(|hour| (1..=12).contains(hour))? % 12 + afternoon;
    Some(format!("{year:04}-{month:02}-{day:02} {hour:02}:{rest}"))
}

/// Reads `2020-09-14 12:06:02.209`, a time in UTC that does not say so (Sysmon's UtcTime), or RFC 3339.
pub(crate) fn parse_unmarked_utc(text: &str) -> Option<Timestamp> {
    match HeaderTime::parse(Cow::Borrowed(text)) {
        HeaderTime::Known(at) => Some(at),
        HeaderTime::Zoneless(zoneless) => Some(zoneless.wall_clock),
        HeaderTime::Missing | HeaderTime::Unreadable(_) => None,
    }
}

/// What every record has before its data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header<'a> {
    pub(crate) host: Option<Cow<'a, str>>,
    pub(crate) channel: Option<Cow<'a, str>>,
    pub(crate) provider: Option<Cow<'a, str>>,
    pub(crate) event_id: Option<u32>,
    pub(crate) record_id: Option<u64>,
    pub(crate) time: HeaderTime<'a>,
    pub(crate) outcome: Option<Outcome>,
    /// System/Level, where the kind tells by it.
    pub(crate) level: Option<u8>,
    /// System/Execution's ProcessID, where the kind tells by its writer.
    pub(crate) process_id: Option<u32>,
    /// System/Security's UserID, where the kind tells by its writer.
    pub(crate) user_sid: Option<Cow<'a, str>>,
    /// What the collector says of its own failure to read this event.
    pub(crate) carrier_error: Option<Cow<'a, str>>,
    /// It was shipped because a rule hit it: that it is there does not say that its like would be.
    pub(crate) is_hit: bool,
}

/// Providers by the names that event viewers and collectors show for them.
const SHOWN_PROVIDERS: &[(&str, &str)] = &[
    ("Microsoft Windows security auditing.", provider::SECURITY),
    ("Microsoft Windows security auditing", provider::SECURITY),
];

/// A provider by its own name, whatever name a carrier shows for it.
pub(crate) fn own_name(shown: Cow<'_, str>) -> Cow<'_, str> {
    match SHOWN_PROVIDERS.iter().find(|(name, _)| shown.eq_ignore_ascii_case(name)) {
        Some((_, own)) => Cow::Borrowed(own),
        None => shown,
    }
}

impl Header<'_> {
    /// A header that says nothing.
    pub(crate) const SILENT: Header<'static> = Header {
        host: None,
        channel: None,
        provider: None,
        event_id: None,
        record_id: None,
        time: HeaderTime::Missing,
        outcome: None,
        level: None,
        process_id: None,
        user_sid: None,
        carrier_error: None,
        is_hit: false,
    };

    /// The catalog's kind of this record; `None` where begat does not read it.
    pub(crate) fn kind(&self) -> Option<EventKind> {
        EventKind::of(self.provider.as_deref(), self.channel.as_deref(), self.event_id?)
    }
}

/// The fields of one record that its catalog row asks for.
pub(crate) struct RawRecord<'a> {
    pub(crate) spec: &'static EventSpec,
    values: Values<'a>,
}

enum Values<'a> {
    /// As a carrier of text spells them, each in its place in the row.
    Spelled(Vec<Option<Scalar<'a>>>),
    /// As they stand in an event log, each found by its number.
    Stored(begat_evtx::Record<'a>),
}

/// A field's value, which costs nothing before it is read.
#[derive(Clone, Copy)]
pub(crate) enum FieldValue<'v> {
    Spelled(&'v Scalar<'v>),
    Stored(Stored<'v>),
}

impl<'v> FieldValue<'v> {
    pub(crate) fn scalar(self) -> Scalar<'v> {
        match self {
            FieldValue::Spelled(scalar) => scalar.borrowed(),
            FieldValue::Stored(stored) => stored.value().into(),
        }
    }
}

impl<'a> RawRecord<'a> {
    /// No field told yet.
    pub(crate) fn new(spec: &'static EventSpec) -> RawRecord<'a> {
        RawRecord { spec, values: Values::Spelled(vec![None; spec.field_count()]) }
    }

    /// A record of an event log, whose names were numbered by `FieldName`.
    pub(crate) fn stored(spec: &'static EventSpec, record: begat_evtx::Record<'a>) -> RawRecord<'a> {
        RawRecord { spec, values: Values::Stored(record) }
    }

    /// The field of this name, where the row asks for it.
    pub(crate) fn slot(&self, name: &[u8]) -> Option<FieldName> {
        self.spec.field(name)
    }

    /// Of a field told twice the first counts: a later one cannot overwrite what was read.
    pub(crate) fn fill(&mut self, field: FieldName, value: Scalar<'a>) {
        if let (Values::Spelled(values), Some(place)) = (&mut self.values, self.spec.place(field)) {
            values[place].get_or_insert(value);
        }
    }

    /// Whether it asks for fields, and none was told.
    pub(crate) fn is_blank(&self) -> bool {
        matches!(&self.values, Values::Spelled(values) if !values.is_empty() && values.iter().all(Option::is_none))
    }

    /// The value of a field; `None` where the record has no such field.
    #[inline]
    pub(crate) fn field(&self, field: FieldName) -> Option<FieldValue<'_>> {
        match &self.values {
            Values::Spelled(values) => values[self.spec.place(field)?].as_ref().map(FieldValue::Spelled),
            Values::Stored(record) if self.spec.reads(field) => {
                record.numbered(field as usize).map(FieldValue::Stored)
            }
            Values::Stored(_) => None,
        }
    }
}

/// A host, channel, provider and event id that were heard before: records come by the thousand of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SortId {
    /// Sorts are forgotten where there are too many; an older id then says nothing.
    pub(crate) generation: u32,
    pub(crate) index: usize,
}

/// What comes of hearing another record of a sort.
pub(crate) enum HeardAgain {
    /// The sort is forgotten: the header has to be heard.
    Forgotten,
    /// Heard, and the row whose fields are asked for.
    Heard(Option<&'static EventSpec>),
}

/// Who looks at the records of a source: the survey, or the read.
pub(crate) trait Visitor {
    /// A record, wanted or not. Answers the catalog row whose fields it wants to see.
    fn heard(&mut self, header: &Header<'_>, offset: Option<u64>) -> Option<&'static EventSpec>;

    /// The sort of the record heard last: another of it can be heard by that alone.
    fn last_sort(&mut self) -> Option<SortId>;

    /// Another record of a sort.
    fn heard_again(
        &mut self,
        sort: SortId,
        time: &HeaderTime<'_>,
        record_id: Option<u64>,
        offset: Option<u64>,
    ) -> HeardAgain;

    /// A record whose fields were asked for, right after it was heard. Its header need not repeat the texts that made
    /// out its sort.
    fn record(&mut self, header: &Header<'_>, record: &RawRecord<'_>, offset: Option<u64>);

    /// A record whose fields were asked for and cannot be read.
    fn lost(&mut self, header: &Header<'_>, offset: Option<u64>, reason: &dyn Fn() -> String);

    /// The bytes of a record of text, after all that was told of it; whether the reading goes on.
    fn passed(&mut self, _bytes: &[u8]) -> bool {
        true
    }

    /// What is left of a record, whose loss is told as the input's anomaly.
    fn spoilt(&mut self, header: &Header<'_>, offset: Option<u64>);

    /// Something is wrong with the input itself.
    fn anomaly(&mut self, kind: AnomalyKind, offset: Option<u64>, detail: &dyn Fn() -> String);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_as_each_carrier_writes_them() {
        let text = |text: &'static str| Outcome::of_scalar(&Scalar::Text(text.into()));
        for failure in [
            "0x8010000000000000",
            "-9218868437227405312",
            "AUDIT_FAILURE",
            "Audit Failure",
            "failure",
            "FailureAudit",
            "Failure Audit",
        ] {
            assert_eq!(text(failure), Some(Outcome::Failure), "{failure}");
        }
        for success in
            ["0x8020000000000000", "-9214364837600034816", "AUDIT_SUCCESS", "Audit Success", "success"]
        {
            assert_eq!(text(success), Some(Outcome::Success), "{success}");
        }
        for silent in ["", "INFO", "0x8000000000000000", "Überwachung gescheitert", "é"] {
            assert_eq!(text(silent), None, "{silent}");
        }
        assert_eq!(Outcome::of_scalar(&Scalar::Signed(-9_218_868_437_227_405_312)), Some(Outcome::Failure));
    }

    #[test]
    fn levels_as_each_carrier_writes_them() {
        let text = |text: &'static str| level_of(&Scalar::Text(text.into()));
        for (written, level) in [
            ("3", 3),
            ("0", 0),
            ("Warning", 3),
            ("WARNING", 3),
            ("information", 4),
            ("Verbose", 5),
            ("DEBUG", 5),
        ] {
            assert_eq!(text(written), Some(level), "{written}");
        }
        for silent in ["", "Warnung", "300", "-1"] {
            assert_eq!(text(silent), None, "{silent}");
        }
        assert_eq!(level_of(&Scalar::Unsigned(5)), Some(5));
        assert_eq!(level_of(&Scalar::Null), None);
    }

    #[test]
    fn times_with_a_zone_are_known_and_others_wait_for_one() {
        let parse = |text: &'static str| HeaderTime::parse(text.into());
        for known in ["2020-09-14T12:06:02Z", "2020-09-14 12:06:02 UTC", "2020-09-14 08:06:02 -0400"] {
            assert_eq!(
                parse(known),
                HeaderTime::Known(Timestamp::parse_rfc3339("2020-09-14T12:06:02Z").unwrap())
            );
        }
        let half = HeaderTime::Known(Timestamp::parse_rfc3339("2020-09-14T12:06:02.5Z").unwrap());
        assert_eq!(parse("2020-09-14T12:06:02,5Z"), half);
        assert!(matches!(parse("2020-09-14 08:06:02"), HeaderTime::Zoneless(_)));
        assert!(matches!(parse("2020-09-14 08:06:02 EST"), HeaderTime::Unreadable(_)));
        assert_eq!(parse(" "), HeaderTime::Missing);
    }

    #[test]
    fn times_since_1970_are_told_apart_by_their_size_and_keep_their_places() {
        let shown = |text: &'static str| match HeaderTime::parse(text.into()) {
            HeaderTime::Known(at) => at.to_string(),
            other => format!("{other:?}"),
        };
        for (written, meant) in [
            ("1634654561", "2021-10-19T14:42:41Z"),
            ("1634654561.202764", "2021-10-19T14:42:41.202764Z"),
            ("1634654561202", "2021-10-19T14:42:41.202Z"),
            ("1634654561202.5", "2021-10-19T14:42:41.2025Z"),
            ("1634654561202764", "2021-10-19T14:42:41.202764Z"),
            ("1634654561202764032", "2021-10-19T14:42:41.2027640Z"),
            ("132791281612027640", "2021-10-19T14:42:41.2027640Z"),
            ("/Date(1634654561202)/", "2021-10-19T14:42:41.202Z"),
            ("/Date(1634654561202+0200)/", "2021-10-19T14:42:41.202Z"),
        ] {
            assert_eq!(shown(written), meant, "{written}");
        }
        for none in ["20211019", "1634654561.", "16346545.1", "/Date(x)/", "-1634654561", "4720"] {
            assert!(shown(none).starts_with("Unreadable"), "{none}: {}", shown(none));
        }
    }

    #[test]
    fn a_clock_of_twelve_hours_puts_the_month_first() {
        for (written, meant) in [
            ("10/19/2021, 02:42:41.202 PM", "2021-10-19T14:42:41.202Z"),
            ("10/9/2021, 12:02:41.202 AM", "2021-10-09T00:02:41.202Z"),
            ("1/2/2021 12:02:41 PM", "2021-01-02T12:02:41Z"),
        ] {
            let at = Timestamp::parse_rfc3339(meant).unwrap();
            assert_eq!(HeaderTime::parse_utc(written.into()), HeaderTime::Known(at), "{written}");
            assert!(matches!(HeaderTime::parse(written.into()), HeaderTime::Zoneless(_)), "{written}");
        }
        for none in ["19/10/2021 02:42:41 PM", "10/19/2021 14:42:41", "10/19/2021 13:42:41 PM"] {
            assert!(!matches!(HeaderTime::parse_utc(none.into()), HeaderTime::Known(_)), "{none}");
        }
    }
}
