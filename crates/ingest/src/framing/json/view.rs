//! One object of a recognised shape: its header, and on demand its data.

use std::borrow::Cow;

use super::fill::{self, Copying, Filling};
use super::value::scalar;
use super::walk::skip_value;
use crate::framing::{message, xml};
use crate::raw::{
    Header, HeaderTime, Outcome, RawRecord, Visitor, ZonelessTime, level_of, own_name, parse_unmarked_utc,
};
use crate::scalar::Scalar;
use crate::shapes::{ActionSlot, DataSlot, Found, Lack, Schema};

/// One object of a recognised shape.
pub(super) struct ObjectView<'r, 'f> {
    pub(super) text: &'r str,
    pub(super) schema: &'r Schema,
    pub(super) found: &'f Found,
}

/// A text that holds a whole event, and what the record around it says.
pub(super) struct EventText<'r> {
    pub(super) text: Cow<'r, str>,
    pub(super) carried: Header<'r>,
}

impl<'r> ObjectView<'r, '_> {
    pub(super) fn visit(&self, offset: u64, visitor: &mut dyn Visitor) {
        let error = self.first_text(&self.schema.header.error);
        if error.is_some()
            && let Some(slot) = self.schema.event_xml_on_error
            && let Some(Scalar::Text(event)) = self.scalar(slot)
        {
            return xml::visit(&event, error.as_deref(), offset, visitor);
        }
        let header = self.header(error);
        let Some(spec) = visitor.heard(&header, Some(offset)) else { return };
        let mut record = RawRecord::new(spec);
        let is_nested = self.schema.data.iter().any(|place| self.holds_fields(place));
        for place in &self.schema.data {
            self.fill(place, is_nested, &mut record);
        }
        self.fill_moved(&header, &mut record);
        self.fill_from_message(&mut record);
        visitor.record(&header, &record, Some(offset));
    }

    /// The event's text, where this shape has the whole event in one.
    pub(super) fn event_text(&self) -> Option<EventText<'r>> {
        let slots = &self.schema.event_text;
        let text = slots.iter().find_map(|slot| match self.scalar(*slot) {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        })?;
        Some(EventText { text, carried: self.header(self.first_text(&self.schema.header.error)) })
    }

    pub(super) fn header(&self, carrier_error: Option<Cow<'r, str>>) -> Header<'r> {
        let slots = &self.schema.header;
        let header = Header {
            host: self.first_text(&slots.host),
            channel: self.first_text(&slots.channel).or(slots.channel_untold.as_deref().map(Cow::Borrowed)),
            provider: self.first_text(&slots.provider).map(own_name),
            event_id: self.first(&slots.event_id, |id| id.unsigned().and_then(|id| u32::try_from(id).ok())),
            // Windows counts from 1: a collector that has no number writes 0.
            record_id: self.first(&slots.record_id, |id| id.unsigned().filter(|id| *id > 0)),
            time: self.time(),
            outcome: self.first(&slots.outcome, |outcome| Outcome::of_scalar(&outcome)),
            level: self.first(&slots.level, |level| level_of(&level)),
            process_id: self
                .first(&slots.process_id, |id| id.unsigned().and_then(|id| u32::try_from(id).ok())),
            user_sid: self.first_text(&slots.user_sid),
            carrier_error,
            is_hit: self.schema.cannot().contains(&Lack::Unhit),
        };
        match &self.schema.actions {
            Some(actions) => self.named(header, actions),
            None => header,
        }
    }

    /// An event that has a name instead of a number.
    fn named(&self, header: Header<'r>, actions: &'r ActionSlot) -> Header<'r> {
        let action = self.first_text(&[actions.slot]).and_then(|word| actions.of(&word));
        Header {
            provider: Some(Cow::Borrowed(&actions.provider)),
            channel: action.map(|action| Cow::Borrowed(action.channel.as_str())),
            event_id: Some(action.map_or(ActionSlot::NOT_READ, |action| action.event_id)),
            ..header
        }
    }

    fn time(&self) -> HeaderTime<'r> {
        let slots = &self.schema.header;
        let Some(text) = self.first_text(&slots.time) else { return HeaderTime::Missing };
        if slots.time_is_utc {
            return HeaderTime::parse_utc(text);
        }
        let told_utc = || self.first(&slots.told_utc, |at| parse_unmarked_utc(&at.text()?));
        match HeaderTime::parse(text) {
            HeaderTime::Known(at) if slots.time_may_lie => HeaderTime::Zoneless(ZonelessTime {
                wall_clock: at,
                arrival: None,
                told_utc: told_utc(),
                of_people: false,
                claims_utc: true,
            }),
            HeaderTime::Zoneless(zoneless) => HeaderTime::Zoneless(ZonelessTime {
                arrival: self.first(&slots.arrival, |at| parse_unmarked_utc(&at.text()?)),
                told_utc: told_utc(),
                ..zoneless
            }),
            other => other,
        }
    }

    /// The first slot whose value can be read as what is asked for.
    fn first<T>(&self, slots: &[usize], read: impl Fn(Scalar<'r>) -> Option<T>) -> Option<T> {
        slots.iter().find_map(|slot| read(self.scalar(*slot)?))
    }

    /// The first that says anything: a table has all its columns in every row.
    fn first_text(&self, slots: &[usize]) -> Option<Cow<'r, str>> {
        let said = self.first(slots, |scalar| match scalar {
            Scalar::Text(text) if text.is_empty() && slots.len() > 1 => None,
            Scalar::Text(text) => Some(text),
            other => other.text().map(|text| Cow::Owned(text.into_owned())),
        });
        said.or_else(|| {
            slots.last().filter(|_| slots.len() > 1).and_then(|slot| self.scalar(*slot)?.into_text())
        })
    }

    fn scalar(&self, slot: usize) -> Option<Scalar<'r>> {
        Some(scalar(self.raw(slot)?))
    }

    fn raw(&self, slot: usize) -> Option<&'r str> {
        let (start, end) = self.found.get(slot)?;
        Some(&self.text[start..end])
    }

    /// What the carrier put elsewhere; what still stands in the event's data counts before it.
    fn fill_moved(&self, header: &Header<'_>, record: &mut RawRecord<'r>) {
        let provider = header.provider.as_deref().unwrap_or_default();
        let is_meant = |id: Option<u32>| id.is_none() || id == header.event_id;
        let of_event = self
            .schema
            .moved
            .iter()
            .filter(|moved| is_meant(moved.event_id) && moved.provider.eq_ignore_ascii_case(provider));
        for moved in of_event {
            let Some(field) = record.slot(moved.field.as_bytes()) else { continue };
            let values = moved.slots.iter().filter_map(|slot| self.scalar(*slot));
            // A table has all its columns in every row: an empty one says nothing, and another may.
            let mut values = values.filter(|value| self.schema.actions.is_none() || !is_blank(value));
            let Some(value) = values.next() else { continue };
            let domain = moved.domain.and_then(|slot| self.scalar(slot)).and_then(Scalar::into_text);
            match (domain, value) {
                (Some(domain), Scalar::Text(name)) => {
                    record.fill(field, Scalar::Text(format!("{domain}\\{name}").into()));
                }
                (_, value) => record.fill(field, value),
            }
        }
    }

    /// A field that the event cannot do without, from the text that Windows renders of it: `ProcessId: 3692`, a line
    /// each. NXLog's own field of that name swallows Sysmon's, and the text keeps it.
    fn fill_from_message(&self, record: &mut RawRecord<'r>) {
        for field in record.spec.required {
            if record.field(*field).is_some() {
                continue;
            }
            let Some(message) = self.first_text(&self.schema.message) else { return };
            let said = message.lines().find_map(|line| line.strip_prefix(field.as_str())?.strip_prefix(": "));
            if let Some(said) = said {
                record.fill(*field, Scalar::Text(said.trim().to_owned().into()));
            }
        }
        let lacks_a_field = record.spec.required.iter().any(|field| record.field(*field).is_none());
        if (lacks_a_field || record.is_blank())
            && let Some(text) = self.first_text(&self.schema.message)
        {
            message::fill(&text, record);
        }
    }

    /// Where the envelope and the event's data share one object, `Channel` is the log that the record was written to;
    /// 104's own field of that name, the log that was cleared, is lost.
    fn is_envelope(&self, key: &[u8]) -> bool {
        let slot = self.schema.tree.child(self.schema.tree.root(), key).and_then(|child| child.slot);
        slot.is_some_and(|slot| self.schema.header.channel.contains(&slot))
    }

    /// Whether an object or a list of the event's fields stands in a place.
    fn holds_fields(&self, place: &DataSlot) -> bool {
        const EMPTY_BYTES: usize = "{}".len();
        let DataSlot::Value { slot, .. } = place else { return false };
        self.raw(*slot).is_some_and(|raw| raw.starts_with(['{', '[']) && raw.len() > EMPTY_BYTES)
    }

    /// Where the event's fields are nested, none stands among the record's own members.
    fn fill(&self, place: &DataSlot, is_nested: bool, record: &mut RawRecord<'r>) {
        match place {
            DataSlot::Record => fill::from_record(self.text, |key| self.is_envelope(key), record),
            DataSlot::Value { slot, beginnings, has_channel } => {
                let small_letter = self.schema.small_letter;
                let mut fields = Filling { record, small_letter, has_channel: *has_channel };
                match self.raw(*slot) {
                    Some(value) => fill::from_value(value, &mut fields),
                    None if is_nested => {}
                    None => fill::from_flat(self.text, beginnings, &mut fields),
                }
            }
            DataSlot::Prefixed(beginnings) => {
                let small_letter = self.schema.small_letter;
                fill::from_flat(
                    self.text,
                    beginnings,
                    &mut Filling { record, small_letter, has_channel: true },
                );
            }
            DataSlot::Text(slot) => {
                if let Some(Scalar::Text(text)) = self.scalar(*slot) {
                    fill_from_text(&text, record, self.schema.small_letter);
                }
            }
            DataSlot::Positions(slot) => {
                if let Some(list) = self.raw(*slot) {
                    fill::by_position(list, record);
                }
            }
        }
    }
}

/// Longest text that holds an event's data: Windows' own records have at most 64 KiB.
const DATA_TEXT_BYTES_MAX: usize = 2 << 20;

/// An event's data as XML or JSON in a text.
fn fill_from_text(text: &str, record: &mut RawRecord<'_>, small_letter: bool) {
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.as_bytes().first() {
        _ if text.len() > DATA_TEXT_BYTES_MAX => {}
        Some(b'<') => xml::fill_from_data(text, record),
        // What is broken in it ends it early, as it does in XML.
        Some(b'{' | b'[') if skip_value(text.as_bytes(), 0) == Ok(text.len()) => {
            fill::from_value(text, &mut Copying(Filling { record, small_letter, has_channel: false }));
        }
        _ => {}
    }
}

fn is_blank(value: &Scalar<'_>) -> bool {
    matches!(value, Scalar::Null) || matches!(value, Scalar::Text(text) if text.trim().is_empty())
}
