//! The one shape that all carriers share: a header, typed, and the fields of a catalog row, by name.

use std::borrow::Cow;

use begat_model::Timestamp;
use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::{EventKind, EventSpec};
use begat_model::ids::parse_unsigned;
use begat_model::time::LocalTime;

/// Keyword bit of an audit success.
const AUDIT_SUCCESS: u64 = 0x0020_0000_0000_0000;
/// Keyword bit of an audit failure.
const AUDIT_FAILURE: u64 = 0x0010_0000_0000_0000;

/// A field's value as the carrier gave it, typed as far as the carrier types it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'a> {
    /// There, with nothing in it: EVTX's null, JSON's `null`.
    Null,
    Text(Cow<'a, str>),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Time(Timestamp),
    /// A list, an object or bytes, where one value was meant; says which.
    NotOne(&'static str),
}

impl Scalar<'_> {
    /// As text; `None` where there is nothing, or not one value.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Scalar::Null | Scalar::NotOne(_) => None,
            Scalar::Text(text) => Some(Cow::Borrowed(text)),
            Scalar::Unsigned(number) => Some(number.to_string().into()),
            Scalar::Signed(number) => Some(number.to_string().into()),
            Scalar::Float(number) => Some(number.to_string().into()),
            Scalar::Bool(truth) => Some(truth.to_string().into()),
            Scalar::Time(at) => Some(at.to_string().into()),
        }
    }

    /// As an unsigned number: native, hexadecimal or decimal.
    pub(crate) fn unsigned(&self) -> Option<u64> {
        match self {
            Scalar::Unsigned(number) => Some(*number),
            Scalar::Signed(number) => u64::try_from(*number).ok(),
            Scalar::Text(text) => parse_unsigned(text),
            // Some exporters write all numbers as floating point; whole ones lose nothing below 2^53.
            Scalar::Float(number) if number.fract() == 0.0 && (0.0..9.0e15).contains(number) => {
                Some(*number as u64)
            }
            _ => None,
        }
    }

    /// For a message: the value, cut short.
    pub(crate) fn shown(&self) -> String {
        match self {
            Scalar::Null => "nothing".to_owned(),
            Scalar::NotOne(what) => format!("a {what}"),
            other => other.text().map(|text| shortened(&text)).unwrap_or_default(),
        }
    }
}

/// A value for a message: at most 60 characters, control characters escaped, in quotes.
pub(crate) fn shortened(text: &str) -> String {
    let cut: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(60).is_some() { "…" } else { "" };
    format!("\"{cut}{more}\"")
}

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
        if ends_with("failure").is_some() {
            return Some(Outcome::Failure);
        }
        ends_with("success").map(|_| Outcome::Success)
    }
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
}

impl<'a> HeaderTime<'a> {
    /// Reads RFC 3339, the same with a blank for the `T`, with ` UTC`, or without a zone.
    pub(crate) fn parse(text: Cow<'a, str>) -> HeaderTime<'a> {
        if text.trim().is_empty() {
            return HeaderTime::Missing;
        }
        if let Some(at) = Timestamp::parse_rfc3339(text.trim()) {
            return HeaderTime::Known(at);
        }
        match LocalTime::parse_prefix(text.trim()) {
            Some(local) if local.rest.trim().is_empty() => HeaderTime::Zoneless(ZonelessTime {
                wall_clock: local.with_offset_seconds(0),
                arrival: None,
                told_utc: None,
            }),
            Some(local) if local.rest.trim().eq_ignore_ascii_case("utc") => {
                HeaderTime::Known(local.with_offset_seconds(0))
            }
            _ => HeaderTime::Unreadable(text),
        }
    }
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
    /// System/Execution's ProcessID, where the kind tells by its writer.
    pub(crate) process_id: Option<u32>,
    /// System/Security's UserID, where the kind tells by its writer.
    pub(crate) user_sid: Option<Cow<'a, str>>,
    /// What the collector says of its own failure to read this event.
    pub(crate) carrier_error: Option<Cow<'a, str>>,
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
        process_id: None,
        user_sid: None,
        carrier_error: None,
    };

    /// The catalog's kind of this record; `None` where begat does not read it.
    pub(crate) fn kind(&self) -> Option<EventKind> {
        EventKind::of(self.provider.as_deref(), self.channel.as_deref(), self.event_id?)
    }
}

/// The fields of one record that its catalog row asks for.
pub(crate) struct RawRecord<'a> {
    pub(crate) spec: &'static EventSpec,
    values: Vec<Option<Scalar<'a>>>,
}

impl<'a> RawRecord<'a> {
    /// No field told yet.
    pub(crate) fn new(spec: &'static EventSpec) -> RawRecord<'a> {
        RawRecord { spec, values: vec![None; spec.required.len() + spec.optional.len() + spec.details.len()] }
    }

    /// The place of a field that the row asks for. Case matters: a carrier's `ProcessID` is its own.
    pub(crate) fn slot(&self, name: &[u8]) -> Option<usize> {
        let names = self.spec.required.iter().chain(self.spec.optional).chain(self.spec.details);
        names.into_iter().position(|wanted| wanted.as_bytes() == name)
    }

    /// Of a field told twice the first counts: a later one cannot overwrite what was read.
    pub(crate) fn fill(&mut self, slot: usize, value: Scalar<'a>) {
        self.values[slot].get_or_insert(value);
    }

    /// The value of a field; `None` where the record has no such field.
    pub(crate) fn field(&self, name: &str) -> Option<&Scalar<'a>> {
        self.values[self.slot(name.as_bytes())?].as_ref()
    }
}

/// A host, channel, provider and event id that were heard before: records come by the thousand of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SortId {
    /// Sorts are forgotten where there are too many; an older id then says nothing.
    pub(crate) generation: u32,
    pub(crate) index: usize,
}

/// Who looks at the records of a source: the survey, or the read.
pub(crate) trait Visitor {
    /// A record, wanted or not. Answers the catalog row whose fields it wants to see.
    fn heard(&mut self, header: &Header<'_>, offset: Option<u64>) -> Option<&'static EventSpec>;

    /// The sort of the record heard last, where it can be heard again by that alone.
    fn last_sort(&self) -> Option<SortId> {
        None
    }

    /// Another record of a sort; false where the sort is forgotten, and its header has to be heard.
    fn heard_again(&mut self, _: SortId, _: &HeaderTime<'_>, _: Option<u64>, _: Option<u64>) -> bool {
        false
    }

    /// A record whose fields were asked for.
    fn record(&mut self, header: &Header<'_>, record: &RawRecord<'_>, offset: Option<u64>);

    /// A record whose fields were asked for and cannot be read.
    fn lost(&mut self, header: &Header<'_>, offset: Option<u64>, reason: &dyn Fn() -> String);

    /// Something is wrong with the input itself.
    fn anomaly(&mut self, kind: AnomalyKind, offset: Option<u64>, detail: &dyn Fn() -> String);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_as_each_carrier_writes_them() {
        let text = |text: &'static str| Outcome::of_scalar(&Scalar::Text(text.into()));
        for failure in
            ["0x8010000000000000", "-9218868437227405312", "AUDIT_FAILURE", "Audit Failure", "failure"]
        {
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
    fn times_with_a_zone_are_known_and_others_wait_for_one() {
        let parse = |text: &'static str| HeaderTime::parse(text.into());
        for known in ["2020-09-14T12:06:02Z", "2020-09-14 12:06:02 UTC", "2020-09-14 08:06:02 -0400"] {
            assert_eq!(
                parse(known),
                HeaderTime::Known(Timestamp::parse_rfc3339("2020-09-14T12:06:02Z").unwrap())
            );
        }
        assert!(matches!(parse("2020-09-14 08:06:02"), HeaderTime::Zoneless(_)));
        assert!(matches!(parse("2020-09-14 08:06:02 EST"), HeaderTime::Unreadable(_)));
        assert_eq!(parse(" "), HeaderTime::Missing);
    }

    #[test]
    fn numbers_however_a_carrier_types_them() {
        for scalar in [
            Scalar::Unsigned(31),
            Scalar::Signed(31),
            Scalar::Float(31.0),
            Scalar::Text("0x1F".into()),
            Scalar::Text("31".into()),
        ] {
            assert_eq!(scalar.unsigned(), Some(31), "{scalar:?}");
        }
        for scalar in [
            Scalar::Null,
            Scalar::Signed(-1),
            Scalar::Float(0.5),
            Scalar::Text("x".into()),
            Scalar::NotOne("list"),
        ] {
            assert_eq!(scalar.unsigned(), None, "{scalar:?}");
        }
    }
}
