//! An event's data to the fields of its record, in each form that JSON has for them.
//!
//! What has structure comes from the carrier: `{"TargetUserName": …}`, `{"Data": [{"@Name": …, "#text": …}]}`,
//! `[{"TargetUserName": …}, …]`, an object below the element's name. What stands in a text is never looked into here,
//! or a command line could say whatever it likes: only texts that a shape names are.

use super::value::scalar;
use super::walk::{ScanError, each_element, each_member, skip_value};
use crate::raw::RawRecord;
use crate::shapes::{Beginning, manifest};
use begat_model::catalog::FieldName;

/// Deepest structure around the fields: `UserData`, its element, a list, its elements.
const DEPTH_MAX: usize = 4;

/// What an element of a list calls its field's name, and its value.
const NAME_KEYS: &[&str] = &["@Name", "Name", "name", "Key", "key"];
const VALUE_KEYS: &[&str] = &["#text", "Value", "value", "Text", "text", "content"];

/// Takes the event's fields, each by its name and as it is spelled.
pub(super) trait Fields<'t> {
    fn offer(&mut self, name: &[u8], raw: &'t str);
}

/// The fields of a record.
pub(super) struct Filling<'f, 'r> {
    pub(super) record: &'f mut RawRecord<'r>,
    /// The carrier writes the first letter of each name small.
    pub(super) small_letter: bool,
    /// The record's own channel stands among its data: 104's field of that name, the log that was cleared, is lost.
    pub(super) has_channel: bool,
}

/// The same from a text that the record does not outlive.
pub(super) struct Copying<'f, 'r>(pub(super) Filling<'f, 'r>);

impl Filling<'_, '_> {
    fn field(&self, name: &[u8]) -> Option<FieldName> {
        match name.split_first() {
            Some((first, rest)) if self.small_letter => {
                self.record.slot(&[&[first.to_ascii_uppercase()], rest].concat())
            }
            _ if self.has_channel && name == b"Channel" => None,
            _ => self.record.slot(name),
        }
    }
}

impl<'r> Fields<'r> for Filling<'_, 'r> {
    fn offer(&mut self, name: &[u8], raw: &'r str) {
        if let Some(field) = self.field(name) {
            self.record.fill(field, scalar(raw));
        }
    }
}

impl<'t> Fields<'t> for Copying<'_, '_> {
    fn offer(&mut self, name: &[u8], raw: &'t str) {
        if let Some(field) = self.0.field(name) {
            self.0.record.fill(field, scalar(raw).into_owned());
        }
    }
}

/// Takes an object's own members for the event's fields, but for those that are none.
pub(super) fn from_record<'r>(object: &'r str, is_none: impl Fn(&[u8]) -> bool, record: &mut RawRecord<'r>) {
    let bytes = object.as_bytes();
    // The object was walked when it was framed: an error here only ends it early.
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        if let Some(slot) = record.slot(key).filter(|_| !is_none(key)) {
            record.fill(slot, scalar(&object[value..end]));
        }
        Ok(end)
    });
}

/// Takes the record's own members whose keys begin so, without that beginning.
pub(super) fn from_flat<'t>(object: &'t str, beginnings: &[Beginning], fields: &mut dyn Fields<'t>) {
    let bytes = object.as_bytes();
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        let name = beginnings.iter().find_map(|beginning| {
            let rest = key.strip_prefix(beginning.text.as_bytes())?;
            // An element of UserData stands before the name.
            let separator = *beginning.separator.as_bytes().first()?;
            rest.rsplit(|byte| *byte == separator).next()
        });
        if let Some(name) = name {
            fields.offer(name, &object[value..end]);
        }
        Ok(end)
    });
}

/// Takes all fields that an object or a list holds; what is neither holds none.
pub(super) fn from_value<'t>(value: &'t str, fields: &mut dyn Fields<'t>) {
    from_structure(value, fields, 0);
}

fn from_structure<'t>(value: &'t str, fields: &mut dyn Fields<'t>, depth: usize) {
    if depth == DEPTH_MAX {
        return;
    }
    match value.as_bytes().first() {
        Some(b'{') => from_object(value, fields, depth),
        Some(b'[') => {
            let bytes = value.as_bytes();
            let _ = each_element(bytes, 0, |at| {
                let end = skip_value(bytes, at)?;
                if bytes[at] == b'{' {
                    from_object(&value[at..end], fields, depth);
                }
                Ok(end)
            });
        }
        _ => {}
    }
}

fn from_object<'t>(object: &'t str, fields: &mut dyn Fields<'t>, depth: usize) {
    let bytes = object.as_bytes();
    if from_pair(object, fields) {
        return;
    }
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        let raw = &object[value..end];
        match bytes[value] {
            // Attributes of elements are no fields.
            _ if matches!(key, [b'#' | b'@', ..]) || key.ends_with(b"_attributes") => {}
            b'{' => from_structure(raw, fields, depth + 1),
            // A list of values is a value, one of objects has fields.
            b'[' if raw[1..].trim_start().starts_with('{') => from_structure(raw, fields, depth + 1),
            _ => fields.offer(key, raw),
        }
        Ok(end)
    });
}

/// `{"@Name": "TargetUserName", "#text": "anna"}`; an empty element has no text.
fn from_pair<'t>(object: &'t str, fields: &mut dyn Fields<'t>) -> bool {
    let bytes = object.as_bytes();
    let (mut name, mut told, mut members) = (None, None, 0);
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        members += 1;
        let is_one = |keys: &[&str]| keys.iter().any(|one| one.as_bytes() == key);
        match (is_one(NAME_KEYS), is_one(VALUE_KEYS)) {
            (true, _) if name.is_none() => name = Some((key, &object[value..end])),
            (_, true) if told.is_none() => told = Some(&object[value..end]),
            // More than a name and a value: it is no pair.
            _ => return Err(ScanError::Invalid),
        }
        Ok(end)
    });
    let Some((key, raw)) = name.filter(|(key, _)| told.is_some() || key.starts_with(b"@") && members == 1)
    else {
        return false;
    };
    // An event may have fields of the names `Name` and `Type`, but none of `Name` and `Value`.
    let Some(name) = scalar(raw).into_text() else { return key.starts_with(b"@") };
    fields.offer(name.as_bytes(), told.unwrap_or("null"));
    true
}

/// Takes the values of a list for the fields of the event's manifest.
pub(super) fn by_position<'r>(list: &'r str, record: &mut RawRecord<'r>) {
    let bytes = list.as_bytes();
    let mut values = Vec::new();
    let _ = each_element(bytes, 0, |at| {
        let end = skip_value(bytes, at)?;
        values.push(&list[at..end]);
        Ok(end)
    });
    let Some(names) = manifest::fields_of(record.spec, values.len()) else { return };
    for (name, raw) in names.split_whitespace().zip(values) {
        if let Some(field) = record.slot(name.as_bytes()) {
            record.fill(field, scalar(inner(raw)));
        }
    }
}

/// `{"Value": "anna"}` is `"anna"`; a SID that PowerShell spells out as an object has its text under `Value`, too.
fn inner(raw: &str) -> &str {
    let bytes = raw.as_bytes();
    let mut value = raw;
    if raw.starts_with('{') {
        let _ = each_member(bytes, 0, |key, at| {
            let end = skip_value(bytes, at)?;
            if VALUE_KEYS.iter().any(|known| known.as_bytes() == key) {
                value = &raw[at..end];
            }
            Ok(end)
        });
    }
    if value.len() < raw.len() { inner(value) } else { value }
}
