//! Text to records: frames JSON objects, event XML and events as tools render them in one stream, in whatever order they
//! stand.

use std::io::{self, Read};

use begat_model::anomaly::AnomalyKind;
use memchr::{memchr, memmem};

use crate::framing::json::{self, JsonReader, ScanError};
use crate::framing::prefix::Line;
use crate::framing::xml::{self, Markup};
use crate::framing::{clixml, prefix, remnants, rendered};
use crate::open::window::Window;
use crate::raw::Visitor;
use crate::scalar::shortened;
use crate::shapes::Schemas;

/// Longest record. The longest that Windows writes are 64 KiB in its own form; as text perhaps 20 times that.
const RECORD_BYTES_MAX: usize = 16 << 20;
/// An object that is longer and is a list of records is read record by record.
const HELD_BYTES_MAX: usize = 1 << 20;

/// Reads every record of a stream that begins at `offset` of its source, and ends with it where `is_last`.
///
/// An error is the stream's: what was read before it has been visited.
pub(crate) fn read_records(
    stream: impl Read,
    offset: u64,
    is_last: bool,
    schemas: &Schemas,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let window = Window::new(stream, offset);
    let json = JsonReader::new(schemas);
    TextReader { window, json, visitor, is_last, indent: 0, endless_until: 0, lists: 0 }.run()
}

/// Windows' tools begin each file with it, so it stands in the middle of files that were put together.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What stands at the start of the window.
enum Frame {
    /// A JSON object of this many bytes.
    Object(usize),
    /// An event of this many bytes.
    Event(usize),
    /// An event as Splunk's classic input renders it.
    Classic(usize),
    /// A line of Snare's.
    Snare(usize),
    /// An object of PowerShell's CLIXML.
    Clixml(usize),
    /// Markup between events, or what a relay put before a record.
    Between(usize),
    /// The window ends before it does.
    Incomplete,
    /// Neither; what follows is looked through for the next start of a record.
    Broken(AnomalyKind),
}

struct TextReader<'v, 's, R> {
    window: Window<R>,
    json: JsonReader<'s>,
    visitor: &'v mut dyn Visitor,
    is_last: bool,
    /// Blanks before the record in its line.
    indent: usize,
    /// No event ends before this offset: it was looked for, and is not looked for again.
    endless_until: u64,
    /// Objects that hold a list of records, and have not ended.
    lists: usize,
}

impl<R: Read> TextReader<'_, '_, R> {
    fn run(&mut self) -> io::Result<()> {
        while self.find_something()? {
            let goes_on = match self.frame() {
                Frame::Object(length) => self.object(length),
                Frame::Event(length) => {
                    self.text(length, &|text, at, visitor| xml::visit(text, None, at, visitor))
                }
                Frame::Classic(length) => {
                    self.text(length, &|text, at, visitor| rendered::visit_classic(text, None, at, visitor))
                }
                Frame::Snare(length) => self.text(length, &rendered::visit_snare),
                Frame::Clixml(length) => self.clixml(length),
                Frame::Between(length) => {
                    self.window.consume(length);
                    true
                }
                Frame::Incomplete => {
                    self.more()?;
                    true
                }
                Frame::Broken(kind) => {
                    self.skip_broken(kind)?;
                    true
                }
            };
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    fn object(&mut self, length: usize) -> bool {
        let offset = self.window.offset();
        self.json.object(&self.window.bytes()[..length], offset, self.visitor);
        self.pass(length)
    }

    /// A record that is not JSON.
    fn text(&mut self, length: usize, visit: &dyn Fn(&str, u64, &mut dyn Visitor)) -> bool {
        let offset = self.window.offset();
        let record = text_of(&self.window.bytes()[..length], offset, self.visitor);
        visit(&record, offset, self.visitor);
        self.pass(length)
    }

    fn clixml(&mut self, length: usize) -> bool {
        let offset = self.window.offset();
        let object = text_of(&self.window.bytes()[..length], offset, self.visitor);
        match clixml::to_json(&object) {
            Some(json) if self.json.frame(json.as_bytes()).is_ok() => {
                self.json.object(json.as_bytes(), offset, self.visitor);
            }
            _ => self.visitor.anomaly(AnomalyKind::Unparsable, Some(offset), &|| "no CLIXML".to_owned()),
        }
        self.pass(length)
    }

    /// Leaves a record behind; whether the reading goes on.
    fn pass(&mut self, length: usize) -> bool {
        let goes_on = self.visitor.passed(&self.window.bytes()[..length]);
        self.window.consume(length);
        goes_on
    }

    /// Skips what may stand between records; false at the end.
    fn find_something(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.window.bytes();
            let ends_list = |byte: &u8| *byte == b'}' && self.lists > 0;
            let between = bytes.iter().take_while(|byte| is_between(**byte) || ends_list(byte)).count();
            self.indent = indent_of(&bytes[..between]);
            let is_marked = bytes[between..].starts_with(BYTE_ORDER_MARK);
            self.window.consume(between);
            if is_marked {
                self.window.consume(BYTE_ORDER_MARK.len());
                continue;
            }
            if self.window.take_replaced() {
                let offset = Some(self.window.offset());
                self.visitor.anomaly(AnomalyKind::BadEncoding, offset, &|| "not UTF-16".to_owned());
            }
            if !self.window.bytes().is_empty() {
                return Ok(true);
            }
            if self.window.ended() {
                return Ok(false);
            }
            self.window.fill()?;
        }
    }

    fn frame(&mut self) -> Frame {
        let bytes = self.window.bytes();
        match bytes[0] {
            b'{' if let Some(length) = list_start(bytes) => {
                self.lists += 1;
                Frame::Between(length)
            }
            b'{' => match self.json.frame(bytes) {
                Ok(length) => Frame::Object(length),
                Err(ScanError::Incomplete) => {
                    match json::list_start(bytes).filter(|_| bytes.len() >= HELD_BYTES_MAX) {
                        Some(length) => {
                            self.lists += 1;
                            Frame::Between(length)
                        }
                        None => Frame::Incomplete,
                    }
                }
                Err(ScanError::Invalid) => Frame::Broken(AnomalyKind::Unparsable),
            },
            // What an object has besides its list of records.
            b'"' if self.lists > 0 => match json::member(bytes) {
                Ok(length) => Frame::Between(length),
                Err(ScanError::Incomplete) => Frame::Incomplete,
                Err(ScanError::Invalid) => Frame::Broken(AnomalyKind::Unparsable),
            },
            b'<' if self.window.offset() < self.endless_until && xml::is_event(bytes) => {
                Frame::Broken(AnomalyKind::TruncatedEnd)
            }
            b'<' if clixml::begins(bytes) => clixml::length(bytes).map_or(Frame::Incomplete, Frame::Clixml),
            b'<' => match xml::markup(bytes) {
                Markup::Event(length) => Frame::Event(length),
                Markup::Between(length) => Frame::Between(length),
                Markup::Incomplete => Frame::Incomplete,
                Markup::Unclosed => Frame::Broken(AnomalyKind::Unparsable),
                Markup::Foreign => self.line(AnomalyKind::NotAnEvent),
            },
            _ => match rendered::classic_begins(bytes, self.window.ended()) {
                None => Frame::Incomplete,
                Some(true) => {
                    let length = rendered::classic_length(bytes, self.window.ended());
                    length.map_or(Frame::Incomplete, Frame::Classic)
                }
                Some(false) => self.line(AnomalyKind::Unparsable),
            },
        }
    }

    /// What a line has that no record begins, and what it is where it has nothing.
    fn line(&self, broken: AnomalyKind) -> Frame {
        match prefix::look(self.window.bytes(), self.window.ended()) {
            Line::Record(length) => Frame::Between(length),
            Line::Snare(length) => Frame::Snare(length),
            Line::Incomplete => Frame::Incomplete,
            Line::Other => Frame::Broken(broken),
        }
    }

    /// Brings more of a record into view, or says that there is no more of it.
    fn more(&mut self) -> io::Result<()> {
        if self.window.bytes().len() > RECORD_BYTES_MAX {
            return self.skip_broken(AnomalyKind::TooLong);
        }
        if self.window.ended() {
            return self.skip_broken(AnomalyKind::TruncatedEnd);
        }
        self.window.fill()
    }

    /// Goes to the next place where a record may begin, and tells what was lost.
    fn skip_broken(&mut self, kind: AnomalyKind) -> io::Result<()> {
        let (start, opening) = (self.window.offset(), self.window.bytes()[0]);
        let element = (kind == AnomalyKind::NotAnEvent).then(|| element(self.window.bytes()));
        let mut looked_at = 1;
        // Where an event does not end in all that is in view, nor does another that starts in it: only objects may.
        let is_endless = matches!(kind, AnomalyKind::TruncatedEnd | AnomalyKind::TooLong)
            && xml::is_event(self.window.bytes());
        if is_endless {
            self.endless_until = self.window.offset() + self.window.bytes().len() as u64;
        }
        loop {
            let next = match is_endless {
                true => object_line_start(self.window.bytes(), looked_at, self.indent),
                // A record may stand behind whatever begins with `<` and is no event: `<13>Mar 2 09:04:39 pc1 {"…`.
                false if kind == AnomalyKind::NotAnEvent => {
                    next_start(self.window.bytes(), looked_at, b' ', self.indent)
                }
                false => next_start(self.window.bytes(), looked_at, opening, self.indent),
            };
            if self.window.offset() == start {
                let broken = &self.window.bytes()[..next.unwrap_or(self.window.bytes().len())];
                remnants::header(broken).iter().for_each(|header| self.visitor.spoilt(header, Some(start)));
            }
            if let Some(at) = next {
                self.window.consume(at);
                break;
            }
            // What is not needed to recognise a start that the window cuts in two is left behind.
            let behind = self.window.bytes().len().saturating_sub(START_BYTES_MAX);
            self.window.consume(behind);
            looked_at = usize::from(behind == 0);
            if self.window.ended() {
                self.window.consume(self.window.bytes().len());
                break;
            }
            self.window.fill()?;
        }
        let lost = self.window.offset() - start;
        // The end is only truncated where nothing follows: before another record it is a broken one.
        let kind = match kind {
            AnomalyKind::TruncatedEnd if !self.is_last || !self.window.bytes().is_empty() => {
                AnomalyKind::Unparsable
            }
            kind => kind,
        };
        let told = || {
            element
                .as_ref()
                .map_or_else(|| format!("{lost} bytes"), |element| format!("it begins with {element}"))
        };
        self.visitor.anomaly(kind, Some(start), &told);
        Ok(())
    }
}

/// The length of what begins an object that is a list of records and nothing else: `{"records": [{`, up to the first of
/// them.
fn list_start(bytes: &[u8]) -> Option<usize> {
    let blanks = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let sign = |at: usize, sign: u8| (bytes.get(at) == Some(&sign)).then_some(at + 1);
    let quote = sign(1 + blanks(1), b'"')?;
    let name = bytes[quote..].iter().take(LIST_NAME_BYTES_MAX).position(|byte| *byte == b'"')?;
    if json::is_head(&bytes[quote..quote + name]) {
        return None;
    }
    let colon = quote + name + 1;
    let list = sign(colon + blanks(colon), b':')?;
    let first = sign(list + blanks(list), b'[')?;
    let record = first + blanks(first);
    sign(record, b'{').map(|_| record)
}

/// The markup that a stretch begins with, for a message.
fn element(bytes: &[u8]) -> String {
    const SHOWN_BYTES_MAX: usize = 200;
    let shown = &bytes[..bytes.len().min(SHOWN_BYTES_MAX)];
    let end = memchr(b'>', shown).map_or(shown.len(), |at| at + 1);
    shortened(&String::from_utf8_lossy(&shown[..end]))
}

/// Longest name of a list of records.
const LIST_NAME_BYTES_MAX: usize = 64;

/// Bytes that are enough to see whether a record starts.
const START_BYTES_MAX: usize = if xml::EVENT_START_BYTES_MAX > rendered::CLASSIC_START_BYTES_MAX {
    xml::EVENT_START_BYTES_MAX
} else {
    rendered::CLASSIC_START_BYTES_MAX
};

/// What separates records: blanks, and the punctuation of a list. 0x1e begins the records of RFC 7464.
fn is_between(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']' | 0x1e)
}

fn text_of<'a>(bytes: &'a [u8], offset: u64, visitor: &mut dyn Visitor) -> std::borrow::Cow<'a, str> {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, std::borrow::Cow::Owned(_)) {
        visitor.anomaly(AnomalyKind::BadEncoding, Some(offset), &|| "not UTF-8".to_owned());
    }
    text
}

/// Blanks at the end of what stands before a record, after its last line break.
fn indent_of(between: &[u8]) -> usize {
    let line = between.rsplit(|byte| *byte == b'\n').next().unwrap_or(between);
    line.iter().filter(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The first place at or after `from` where a record may begin, after a broken one that began with `opening`.
///
/// A line that begins with `{` and is indented as the broken record was begins another: what is inside a
/// record is indented further, and inside a JSON string a line break is escaped. Inside XML it is not, so
/// after broken XML only the start of an event counts, where there is one.
fn next_start(bytes: &[u8], from: usize, opening: u8, indent: usize) -> Option<usize> {
    let line = || line_start(bytes, from, indent);
    match opening {
        // A list on one line has no line breaks to hold on to.
        b'{' => line().or_else(|| memmem::find(bytes.get(from..)?, b"},{\"").map(|at| from + at + 2)),
        b'<' => xml::event_start(bytes, from).or_else(line),
        // Rubbish: whichever is nearest, without looking for the farther ones. A record may stand right behind it.
        _ => {
            let line = line();
            let before_line = &bytes[..line.unwrap_or(bytes.len())];
            let event = xml::event_start(before_line, from);
            let before_event = &bytes[..event.or(line).unwrap_or(bytes.len())];
            let object = before_event.get(from..).and_then(|rest| memmem::find(rest, b"{\""));
            let nearest = object.map(|at| from + at).or(event).or(line);
            let before = &bytes[..nearest.unwrap_or(bytes.len())];
            rendered::next_start(before, from).or(nearest)
        }
    }
}

fn object_line_start(bytes: &[u8], mut from: usize, indent: usize) -> Option<usize> {
    loop {
        from = line_start(bytes, from, indent)?;
        if bytes[from] == b'{' {
            return Some(from);
        }
    }
}

fn line_start(bytes: &[u8], mut from: usize, indent: usize) -> Option<usize> {
    loop {
        from += memchr(b'\n', bytes.get(from..)?)? + 1;
        let between = bytes[from..].iter().take_while(|byte| is_between(**byte) && **byte != b'\n').count();
        let mark =
            if bytes[from + between..].starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let begins = from + between + mark;
        if matches!(bytes.get(begins), Some(b'{' | b'<')) && indent_of(&bytes[from..begins]) == indent {
            return Some(begins);
        }
    }
}
