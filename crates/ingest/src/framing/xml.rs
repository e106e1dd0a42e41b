//! Event XML to records: where an event ends, its System part, and on demand its data.
//!
//! Entities that a document defines itself are never expanded; only XML's own five and numbers are.

use std::borrow::Cow;

use begat_model::anomaly::AnomalyKind;
use begat_model::ids::parse_unsigned;
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::framing::remnants;
use crate::raw::{Header, HeaderTime, Outcome, RawRecord, Visitor, level_of};
use crate::scalar::{Scalar, shortened};

/// Longest namespace prefix before `Event`.
const PREFIX_BYTES_MAX: usize = 24;
/// Bytes that are enough to see whether an event starts.
pub(crate) const EVENT_START_BYTES_MAX: usize = PREFIX_BYTES_MAX + "<:Event ".len();
/// Longest markup between events, and longest start tag of one: a bound on what is looked through for their ends,
/// so that text made of unclosed ones costs no more than its length.
const TAG_BYTES_MAX: usize = 16 * 1024;
/// Deepest nesting of elements.
const DEPTH_MAX: usize = 64;

/// What a `<` begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Markup {
    /// An event of this many bytes.
    Event(usize),
    /// Markup that may stand between events: `<?xml?>`, comments, `<Events>`, closing tags.
    Between(usize),
    /// It goes on after the bytes at hand.
    Incomplete,
    /// An event that another begins in: its end is lost.
    Unclosed,
    /// No markup of events.
    Foreign,
}

/// What the `<` at the start of `bytes` begins.
pub(crate) fn markup(bytes: &[u8]) -> Markup {
    let until = |end: &[u8]| match memmem::find(&bytes[..bytes.len().min(TAG_BYTES_MAX)], end) {
        Some(at) => Markup::Between(at + end.len()),
        None if bytes.len() < TAG_BYTES_MAX => Markup::Incomplete,
        None => Markup::Foreign,
    };
    match bytes {
        [b'<', b'?', ..] => until(b"?>"),
        [b'<', b'!', b'-', b'-', ..] => until(b"-->"),
        [b'<', b'!' | b'/', ..] => until(b">"),
        _ => match local_name(bytes) {
            Some(b"Event") => event(bytes),
            // PowerShell's CLIXML begins so.
            Some(b"Events" | b"Objs") => until(b">"),
            None if bytes.len() < EVENT_START_BYTES_MAX => Markup::Incomplete,
            _ => Markup::Foreign,
        },
    }
}

/// The name after the `<` at the start of `bytes`, without its prefix.
fn local_name(bytes: &[u8]) -> Option<&[u8]> {
    let name = &bytes[1..bytes.len().min(EVENT_START_BYTES_MAX)];
    let name = &name[..name.iter().position(|byte| is_name_end(*byte))?];
    Some(name.rsplit(|byte| *byte == b':').next().unwrap_or(name))
}

fn is_name_end(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/')
}

/// One pass, to whichever comes first: the end of the event, or the start of another. An `Event` inside another is
/// rare but lawful (UserData may hold anything); with a System part it is the next record, and this one was cut off.
fn event(bytes: &[u8]) -> Markup {
    for at in memmem::find_iter(bytes, EVENT).skip(1) {
        let name_end = at + EVENT.len();
        match bytes.get(name_end) {
            Some(b'>') if prefix_start(bytes, at, b"</").is_some() => return Markup::Event(name_end + 1),
            Some(byte) if is_name_end(*byte) => match prefix_start(bytes, at, b"<") {
                Some(start) if begins_with_system(&bytes[start..]) => return Markup::Unclosed,
                _ => {}
            },
            _ => {}
        }
    }
    Markup::Incomplete
}

/// The window begins with an event; what is asked of one that does not end.
pub(crate) fn is_event(bytes: &[u8]) -> bool {
    bytes.starts_with(b"<") && local_name(bytes) == Some(EVENT)
}

const EVENT: &[u8] = b"Event";

/// The first place at or after `from` where an `<Event …>` starts.
pub(crate) fn event_start(bytes: &[u8], from: usize) -> Option<usize> {
    let searched = bytes.get(from..)?;
    memmem::find_iter(searched, EVENT)
        .map(|at| from + at)
        .filter(|at| bytes.get(at + EVENT.len()).is_some_and(|byte| is_name_end(*byte)))
        .filter_map(|at| prefix_start(bytes, at, b"<"))
        .find(|start| *start >= from)
}

/// Where a tag begins whose local name stands at `name`: right before it, or before a prefix and a colon.
fn prefix_start(bytes: &[u8], name: usize, opening: &[u8]) -> Option<usize> {
    let before = &bytes[..name];
    if before.ends_with(opening) {
        return Some(name - opening.len());
    }
    let prefix = before.strip_suffix(b":")?;
    let is_prefix_byte = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = prefix.iter().rev().take(PREFIX_BYTES_MAX).take_while(is_prefix_byte).count();
    let before_prefix = &prefix[..prefix.len() - length];
    (length > 0 && before_prefix.ends_with(opening)).then(|| before_prefix.len() - opening.len())
}

fn begins_with_system(event: &[u8]) -> bool {
    let tag = &event[..event.len().min(TAG_BYTES_MAX)];
    let Some(tag_end) = memchr::memchr(b'>', tag) else { return false };
    let inside = event[tag_end + 1..].trim_ascii_start();
    inside.starts_with(b"<") && local_name(inside) == Some(b"System")
}

/// One whole event, and what the collector says where it failed to read it.
pub(crate) fn visit(xml: &str, carrier_error: Option<&str>, offset: u64, visitor: &mut dyn Visitor) {
    let header = match header(xml, carrier_error) {
        Ok(header) => header,
        // The collector could not read it either, and says more of it.
        Err(_) if carrier_error.is_some() => {
            let detail = || carrier_error.map(shortened).unwrap_or_default();
            return visitor.anomaly(AnomalyKind::CarrierError, Some(offset), &detail);
        }
        Err(error) => {
            remnants::header(xml.as_bytes()).iter().for_each(|header| visitor.spoilt(header, Some(offset)));
            return visitor.anomaly(AnomalyKind::Unparsable, Some(offset), &|| error.to_string());
        }
    };
    let Some(spec) = visitor.heard(&header, Some(offset)) else { return };
    let mut record = RawRecord::new(spec);
    match fill_from_event(xml, &mut record) {
        Ok(()) => visitor.record(&header, &record, Some(offset)),
        Err(error) => visitor.lost(&header, Some(offset), &|| error.to_string()),
    }
}

fn header<'x>(xml: &'x str, carrier_error: Option<&'x str>) -> Result<Header<'x>, XmlError> {
    let mut header = Header { carrier_error: carrier_error.map(Cow::Borrowed), ..Header::SILENT };
    let mut leaves = Leaves::new(xml);
    let mut in_system = false;
    while let Some(leaf) = leaves.next()? {
        let is_system = leaf.name_at(1) == Some("System");
        if in_system && !is_system {
            break;
        }
        in_system |= is_system;
        if is_system && leaf.depth() == 3 {
            read_system(&leaf, &mut header)?;
        }
    }
    Ok(header)
}

fn read_system<'x>(leaf: &Leaf<'_, 'x>, header: &mut Header<'x>) -> Result<(), XmlError> {
    let text = || match &leaf.text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    match leaf.name_at(2).unwrap_or_default() {
        "Provider" => header.provider = leaf.attribute("Name")?,
        "EventID" => header.event_id = parse_unsigned(&text()).and_then(|id| u32::try_from(id).ok()),
        "EventRecordID" => header.record_id = parse_unsigned(&text()).filter(|id| *id > 0),
        "Channel" => header.channel = Some(text()),
        "Computer" => header.host = Some(text()),
        "Level" => header.level = level_of(&Scalar::Text(text())),
        "Keywords" => header.outcome = Outcome::of_scalar(&Scalar::Text(text())),
        "Execution" => {
            let pid = leaf.attribute("ProcessID")?.and_then(|pid| parse_unsigned(&pid));
            header.process_id = pid.and_then(|pid| u32::try_from(pid).ok());
        }
        "Security" => header.user_sid = leaf.attribute("UserID")?,
        "TimeCreated" => {
            header.time = leaf.attribute("SystemTime")?.map_or(HeaderTime::Missing, HeaderTime::parse_utc);
        }
        _ => {}
    }
    Ok(())
}

fn fill_from_event<'x>(xml: &'x str, record: &mut RawRecord<'x>) -> Result<(), XmlError> {
    let mut leaves = Leaves::new(xml);
    while let Some(leaf) = leaves.next()? {
        let name = match (leaf.name_at(1), leaf.depth()) {
            (Some("EventData"), 3) => leaf.attribute("Name")?,
            (Some("UserData"), 4) => leaf.name_at(3).map(|name| Cow::Owned(name.to_owned())),
            _ => None,
        };
        if let Some(slot) = name.and_then(|name| record.slot(name.as_bytes())) {
            record.fill(slot, Scalar::Text(leaf.text));
        }
    }
    Ok(())
}

/// Takes the fields of an event's data where a carrier ships it as text: `<EventData>`, the element inside `<UserData>`, or
/// nothing but `<Data Name="…">`, one after another.
///
/// What is broken in it ends it early: the fields that are then missing are told as such.
pub(crate) fn fill_from_data(xml: &str, record: &mut RawRecord<'_>) {
    let mut leaves = Leaves::new(xml);
    while let Ok(Some(leaf)) = leaves.next() {
        let depth = leaf.depth();
        let name = match leaf.attribute("Name") {
            Ok(Some(name)) if leaf.name_at(depth - 1) == Some("Data") => Some(name),
            _ => leaf.name_at(depth - 1).filter(|_| depth > 1).map(|name| Cow::Owned(name.to_owned())),
        };
        if let Some(slot) = name.and_then(|name| record.slot(name.as_bytes())) {
            record.fill(slot, Scalar::Text(Cow::Owned(leaf.text.into_owned())));
        }
    }
}

/// What the task of a 4698's TaskContent, or of a 4702's TaskContentNew, starts: its commands with their arguments, joined as `cmd` would.
/// A task that starts nothing, or whose XML is broken before its first command, gives `None`.
pub(crate) fn task_command(content: &str) -> Option<String> {
    let mut leaves = Leaves::new(content);
    let mut commands = Vec::new();
    while let Ok(Some(leaf)) = leaves.next() {
        let is_exec = leaf.depth() > 1 && leaf.name_at(leaf.depth() - 2) == Some("Exec");
        match leaf.name_at(leaf.depth() - 1) {
            Some("Command") if is_exec => commands.push(leaf.text.trim().to_owned()),
            Some("Arguments") if is_exec => {
                if let Some(command) = commands.last_mut() {
                    command.push(' ');
                    command.push_str(leaf.text.trim());
                }
            }
            _ => {}
        }
    }
    (!commands.is_empty()).then(|| commands.join(" & "))
}

/// Why an event's XML cannot be read.
#[derive(Debug)]
enum XmlError {
    Syntax(Box<quick_xml::Error>),
    Attribute(String),
    /// The text ends inside an element.
    Unclosed,
    TooDeep,
}

impl std::fmt::Display for XmlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            XmlError::Syntax(error) => error.fmt(f),
            XmlError::Attribute(reason) => f.write_str(reason),
            XmlError::Unclosed => f.write_str("it ends inside an element"),
            XmlError::TooDeep => write!(f, "elements nested deeper than {DEPTH_MAX}"),
        }
    }
}

/// The elements without elements inside, in document order.
struct Leaves<'x> {
    reader: Reader<&'x [u8]>,
    open: Vec<BytesStart<'x>>,
    text: Cow<'x, str>,
    /// No element has ended since the last began.
    innermost: bool,
    /// The last leaf returned is still on `open`.
    leave: bool,
}

/// One of them.
struct Leaf<'l, 'x> {
    open: &'l [BytesStart<'x>],
    text: Cow<'x, str>,
}

impl<'x> Leaves<'x> {
    fn new(xml: &'x str) -> Leaves<'x> {
        Leaves {
            reader: Reader::from_str(xml),
            open: Vec::new(),
            text: Cow::Borrowed(""),
            innermost: false,
            leave: false,
        }
    }

    fn next(&mut self) -> Result<Option<Leaf<'_, 'x>>, XmlError> {
        if std::mem::take(&mut self.leave) {
            self.open.pop();
        }
        loop {
            match self.reader.read_event().map_err(|error| XmlError::Syntax(Box::new(error)))? {
                Event::Start(start) => self.enter(start)?,
                Event::Empty(start) => {
                    self.enter(start)?;
                    return Ok(Some(self.leaf()));
                }
                Event::End(_) if self.innermost => return Ok(Some(self.leaf())),
                Event::End(_) => {
                    self.open.pop();
                }
                Event::Text(text) => append(&mut self.text, text.into_inner()),
                Event::CData(text) => append(&mut self.text, text.into_inner()),
                Event::GeneralRef(reference) => append(&mut self.text, resolve(&reference)),
                Event::Eof if self.open.is_empty() => return Ok(None),
                Event::Eof => return Err(XmlError::Unclosed),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn enter(&mut self, start: BytesStart<'x>) -> Result<(), XmlError> {
        self.open.push(start);
        self.text = Cow::Borrowed("");
        self.innermost = true;
        if self.open.len() > DEPTH_MAX { Err(XmlError::TooDeep) } else { Ok(()) }
    }

    fn leaf(&mut self) -> Leaf<'_, 'x> {
        self.innermost = false;
        self.leave = true;
        Leaf { open: &self.open, text: std::mem::take(&mut self.text) }
    }
}

impl<'x> Leaf<'_, 'x> {
    fn depth(&self) -> usize {
        self.open.len()
    }

    /// Local name of the element at this depth; 0 is the outermost.
    fn name_at(&self, depth: usize) -> Option<&str> {
        Some(self.open.get(depth)?.local_name().into_inner())
    }

    fn attribute(&self, name: &str) -> Result<Option<Cow<'x, str>>, XmlError> {
        let Some(element) = self.open.last() else { return Ok(None) };
        let attribute =
            element.try_get_attribute(name).map_err(|error| XmlError::Attribute(error.to_string()))?;
        let Some(attribute) = attribute else { return Ok(None) };
        match quick_xml::escape::unescape(&attribute.value) {
            Ok(value) => Ok(Some(Cow::Owned(value.into_owned()))),
            Err(error) => Err(XmlError::Attribute(error.to_string())),
        }
    }
}

fn append<'x>(text: &mut Cow<'x, str>, piece: Cow<'x, str>) {
    if text.is_empty() {
        *text = piece;
    } else {
        text.to_mut().push_str(&piece);
    }
}

/// What an entity stands for; one that is not XML's own stays as written.
fn resolve<'x>(reference: &BytesRef<'x>) -> Cow<'x, str> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Cow::Owned(character.to_string());
    }
    let name: &str = reference;
    match quick_xml::escape::resolve_predefined_entity(name) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("&{name};")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_told_by_its_name_without_its_prefix() {
        for (text, expected) in [
            ("<Event><System/></Event>", Markup::Event(24)),
            ("<e:Event xmlns:e='x'><e:System/></e:Event>\n", Markup::Event(42)),
            ("<Event>\n<UserData><Event a='b'>x</Event>", Markup::Event(40)),
            ("<Events><Event>", Markup::Between(8)),
            ("<?xml version='1.0'?><Event>", Markup::Between(21)),
            ("<!-- <Event> --><Event>", Markup::Between(16)),
            ("</Events>", Markup::Between(9)),
            ("<Event><System/>", Markup::Incomplete),
            ("<Eve", Markup::Incomplete),
            ("<Event><System>\n<Event>\n<System/></Event>", Markup::Unclosed),
            ("<EventLog><Event><System/></Event></EventLog>", Markup::Foreign),
            ("<html><body>and so on and on</body></html>", Markup::Foreign),
        ] {
            assert_eq!(markup(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_document_cannot_define_what_its_entities_mean() {
        let xml = "<!DOCTYPE x [<!ENTITY a 'b'>]><Event><System><Computer>&a;&amp;&#x41;&#66;<![CDATA[<&]]></Computer>\
            <Channel> Security\n</Channel></System></Event>";
        let header = header(xml, None).unwrap();
        assert_eq!(header.host.as_deref(), Some("&a;&AB<&"));
        assert_eq!(header.channel.as_deref(), Some("Security"));
    }

    #[test]
    fn what_is_no_xml_or_too_deep_is_an_error() {
        let deep = format!("<Event>{}", "<a>".repeat(DEPTH_MAX + 1));
        for xml in ["<Event><System><Computer>x</System></Event>", "<Event><System><Computer>", &deep] {
            assert!(header(xml, None).is_err(), "{xml}");
        }
    }
}
