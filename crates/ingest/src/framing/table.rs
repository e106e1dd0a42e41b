//! Tables (CSV) to records: each row is handed on as the JSON object that its columns make, so that where a shape has its
//! fields is told once. A table of messages as Windows renders them for people is read by those.

use std::borrow::Cow;
use std::io::{self, Read};

use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::EventSpec;
use csv::{ByteRecord, ReaderBuilder, Terminator};
use memchr::{memchr, memchr2};
use serde_json::Value;

use crate::framing::dates::{self, Decided, WrittenDate};
use crate::framing::json::JsonReader;
use crate::framing::rendered::{MachineName, Rendered, clock_time};
use crate::framing::{message, xml};
use crate::open::window::Window;
use crate::raw::{Header, HeaderTime, HeardAgain, RawRecord, SortId, Visitor};
use crate::shapes::Schemas;

/// Longest row: a quote that nobody closes must not take in the whole file.
const ROW_BYTES_MAX: usize = 16 << 20;
/// What parts columns: Windows' regions write semicolons.
const DELIMITERS: &[u8] = b",;\t|";
/// Rows of a text that say whether it is a table of events, and how many bytes of them are looked at.
const ROWS_ASKED_MAX: usize = 20;
const BYTES_ASKED_MAX: usize = 64 << 10;
/// Rows within which a column of dates shows a date whose order is open, if it ever does.
const ROWS_WITHOUT_QUESTION_MAX: usize = 64;

/// Whether a text begins with a table of events: some shape has its fields in such columns, they hold messages, or one of
/// them holds whole events.
pub(crate) fn is_table(text: &[u8], schemas: &Schemas) -> bool {
    Head::find(text).is_some_and(|(begins, head)| Form::of(&head, &text[begins..], schemas) != Form::Unknown)
}

/// How the rows of a table are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// By the message that Windows renders.
    Messages,
    /// By a shape, as JSON.
    Shape,
    /// Each row has an event as XML in this column, and begat knows none of the others.
    EventIn(usize),
    Unknown,
}

impl Form {
    /// By the first rows behind a head.
    fn of(head: &Head, rows: &[u8], schemas: &Schemas) -> Form {
        if head.places.is_some() {
            return Form::Messages;
        }
        let mut json = JsonReader::new(schemas);
        let mut object = String::new();
        let mut is_event = |row: &ByteRecord| {
            let mut probe = Probe::default();
            head.object(row, &mut object);
            if json.frame(object.as_bytes()).is_ok() {
                json.object(object.as_bytes(), 0, &mut probe);
            }
            probe.heard
        };
        let rows = &rows[..rows.len().min(BYTES_ASKED_MAX)];
        let rows = csv_reader(head.delimiter, rows).into_byte_records().map_while(Result::ok);
        let rows: Vec<ByteRecord> =
            rows.filter(|row| row.len() == head.columns.len()).take(ROWS_ASKED_MAX).collect();
        // A table may have no row, or none that is whole in what is looked at.
        let of_markers: ByteRecord = head.columns.iter().map(|_| "1").collect();
        if rows.iter().any(&mut is_event) || is_event(&of_markers) {
            return Form::Shape;
        }
        // A column of which only some cells look so may be one that people fill.
        let is_of_events = |column: &usize| {
            let mut cells =
                rows.iter().filter_map(|row| row.get(*column)).filter(|cell| !cell.trim_ascii().is_empty());
            let mut any = false;
            cells.all(|cell| {
                any = true;
                xml::is_event(cell.trim_ascii())
            }) && any
        };
        (0..head.columns.len()).find(is_of_events).map_or(Form::Unknown, Form::EventIn)
    }
}

/// The names of a text's columns, where it looks like a table of anything.
pub(crate) fn columns_of(text: &[u8]) -> Option<Vec<String>> {
    const COLUMNS_MIN: usize = 3;
    let (begins, head) = Head::find(text)?;
    let row = csv_reader(head.delimiter, &text[begins..]).byte_records().next()?.ok()?;
    let is_named = |column: &Column| {
        column.name.len() <= 64
            && column.name.starts_with(|first: char| first.is_alphabetic() || "_@#".contains(first))
    };
    let cells = head.columns.len();
    let fits = cells >= COLUMNS_MIN && (cells..=cells + 1).contains(&row.len());
    (fits && head.columns.iter().all(is_named))
        .then(|| head.columns.into_iter().map(|column| column.name).collect())
}

fn csv_reader<R: Read>(delimiter: u8, text: R) -> csv::Reader<R> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).terminator(Terminator::Any(b'\n'));
    builder.from_reader(text)
}

/// The names of columns.
struct Head {
    delimiter: u8,
    columns: Vec<Column>,
    /// Where a table of messages has what it tells.
    places: Option<Places>,
}

struct Column {
    name: String,
    /// The name as JSON, with its colon.
    key: String,
    /// Its name says so.
    is_utc: bool,
    is_time: bool,
    /// In which order its dates have day and month.
    order: Decided,
}

impl Column {
    /// Sentinel's portal adds the zone to the names of columns of times.
    fn new(cell: &[u8]) -> Column {
        let name = String::from_utf8_lossy(cell);
        let name = name.trim_start_matches('\u{feff}').trim();
        let bare = name.strip_suffix(" [UTC]");
        let (name, is_utc) = (bare.unwrap_or(name).to_owned(), bare.is_some());
        let key = format!("{}:", Value::String(name.clone()));
        let lower = name.to_ascii_lowercase();
        let is_time = lower.contains("time") || lower.contains("date");
        Column { name, key, is_utc, is_time, order: Decided::Order(dates::Order::DayFirst) }
    }
}

impl Head {
    /// The head at the start of a text, and where its rows begin. PowerShell says a type before it, Excel a delimiter.
    fn find(text: &[u8]) -> Option<(usize, Head)> {
        let mut from = 0;
        loop {
            let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
            let line = &rest[..memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)];
            from += line.len();
            let bare = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii();
            match bare {
                [] => {}
                _ if bare.starts_with(b"#TYPE ") || bare.starts_with(b"sep=") => {}
                [b'{' | b'[' | b'<', ..] => return None,
                _ => {
                    let mut head = Head::of_line(bare)?;
                    let rows = text.get(from..).unwrap_or_default();
                    if head.places.as_ref().is_some_and(|places| !places.is_of(&head, rows)) {
                        head.places = None;
                    }
                    if head.places.is_none() {
                        head.places = Places::of_event_viewer(&head, rows);
                    }
                    if let Some(places) = &head.places {
                        head.columns[places.time].is_time = true;
                    }
                    return Some((from, head));
                }
            }
        }
    }

    fn of_line(line: &[u8]) -> Option<Head> {
        let parted = |delimiter: &u8| {
            let head = csv_reader(*delimiter, line).byte_records().next()?.ok()?;
            Some((*delimiter, head))
        };
        let (delimiter, row) = DELIMITERS.iter().filter_map(parted).max_by_key(|(_, head)| head.len())?;
        (row.len() > 1).then(|| Head::new(delimiter, &row))
    }

    fn new(delimiter: u8, row: &ByteRecord) -> Head {
        let columns: Vec<Column> = row.iter().map(Column::new).collect();
        let places = Places::of(&columns);
        Head { delimiter, columns, places }
    }

    /// A row that is a head again, as exports that were put together have it: in other places, too.
    fn again(&self, row: &ByteRecord) -> Option<Head> {
        const NAMES_MIN: usize = 2;
        let is_name = |cell: &&[u8]| {
            let cell = Column::new(cell);
            !cell.name.is_empty() && self.columns.iter().any(|column| column.name == cell.name)
        };
        let names = row.iter().filter(is_name).count();
        (names >= NAMES_MIN && names * 2 > row.len()).then(|| Head::new(self.delimiter, row))
    }

    /// Whether it has the same names in the same places.
    fn is_same(&self, other: &Head) -> bool {
        let names =
            |head: &Head| head.columns.iter().map(|column| column.name.clone()).collect::<Vec<String>>();
        names(self) == names(other)
    }

    /// How a row's times are read, as it was found for the whole table.
    fn ordered_as(mut self, other: &Head) -> Head {
        for column in &mut self.columns {
            if let Some(known) = other.columns.iter().find(|known| known.name == column.name) {
                column.order = known.order;
            }
        }
        self
    }

    /// How many cells a row has.
    fn fits(&self, row: &ByteRecord) -> bool {
        let cells = self.columns.len();
        row.len() == cells
            || self.places.as_ref().is_some_and(|places| places.message == cells && row.len() == cells + 1)
    }

    /// The JSON object that a row is; an empty cell says nothing. Whether all of it was text.
    fn object(&self, row: &ByteRecord, object: &mut String) -> bool {
        let mut is_text = true;
        object.clear();
        for (column, cell) in self.columns.iter().zip(row) {
            object.push(if object.is_empty() { '{' } else { ',' });
            object.push_str(&column.key);
            let cell = String::from_utf8_lossy(cell);
            is_text &= matches!(cell, Cow::Borrowed(_));
            match cell.trim() {
                "" => object.push_str("null"),
                _ => push_text(object, &column.time(&cell).unwrap_or(cell)),
            }
        }
        object.push_str(if object.is_empty() { "{}" } else { "}" });
        is_text
    }
}

impl Column {
    /// A date in people's form as programs write it.
    fn time<'c>(&self, cell: &str) -> Option<Cow<'c, str>> {
        let date = Some(cell).filter(|_| self.is_time).and_then(WrittenDate::parse)?;
        let (Decided::Order(order) | Decided::Usual(order)) = self.order else { return None };
        let iso = date.iso(order)?;
        Some(Cow::Owned(if self.is_utc { format!("{iso}Z") } else { iso }))
    }
}

fn push_text(json: &mut String, text: &str) {
    json.push('"');
    let mut kept = 0;
    for (at, byte) in
        text.bytes().enumerate().filter(|(_, byte)| *byte < b' ' || matches!(byte, b'"' | b'\\'))
    {
        json.push_str(&text[kept..at]);
        kept = at + 1;
        match byte {
            b'"' => json.push_str("\\\""),
            b'\\' => json.push_str("\\\\"),
            b'\n' => json.push_str("\\n"),
            b'\r' => json.push_str("\\r"),
            b'\t' => json.push_str("\\t"),
            other => json.push_str(&format!("\\u{other:04x}")),
        }
    }
    json.push_str(&text[kept..]);
    json.push('"');
}

/// Where a table of messages has what it tells, by number of the column.
struct Places {
    event_id: usize,
    time: usize,
    source: Option<usize>,
    channel: Option<usize>,
    host: Option<usize>,
    record_id: Option<usize>,
    keywords: Option<usize>,
    /// Event Viewer has no name for it: it stands behind the last column.
    message: usize,
}

/// What Event Viewer, `Export-Csv` of `Get-WinEvent` and of `Get-EventLog`, and collectors like them call their columns.
const EVENT_IDS: &[&str] = &["Event ID", "EventID", "Id", "EventCode", "EventId"];
const TIMES: &[&str] = &["Date and Time", "TimeCreated", "TimeGenerated", "Time Created", "Time"];
const SOURCES: &[&str] = &["Source", "ProviderName", "Provider", "SourceName"];
const CHANNELS: &[&str] = &["LogName", "Log Name", "Log", "Channel"];
const HOSTS: &[&str] = &["MachineName", "Computer", "ComputerName", "Hostname"];
const RECORD_IDS: &[&str] = &["RecordId", "RecordNumber", "EventRecordID", "Index"];
const KEYWORDS: &[&str] = &["Keywords", "KeywordsDisplayNames", "EntryType"];
const MESSAGES: &[&str] = &["Message", "Description"];
/// Behind this one Event Viewer writes the message.
const LAST_OF_EVENT_VIEWER: &str = "Task Category";
/// A table with one of these holds the event's data itself.
const DATA: &[&str] = &[
    "SubjectUserName",
    "TargetUserName",
    "CommandLine",
    "NewProcessName",
    "EventData",
    "Payload",
    "_raw",
    "StringInserts",
];

impl Places {
    fn of(columns: &[Column]) -> Option<Places> {
        let place = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| columns.iter().position(|column| column.name.eq_ignore_ascii_case(name)))
        };
        let is_of_event_viewer =
            columns.last().is_some_and(|column| column.name.eq_ignore_ascii_case(LAST_OF_EVENT_VIEWER));
        let (source, channel) = (place(SOURCES), place(CHANNELS));
        let places = Places {
            event_id: place(EVENT_IDS)?,
            time: place(TIMES)?,
            source,
            channel,
            host: place(HOSTS),
            record_id: place(RECORD_IDS),
            keywords: place(KEYWORDS),
            message: place(MESSAGES).or(is_of_event_viewer.then_some(columns.len()))?,
        };
        place(DATA).is_none().then_some(places)
    }

    /// An export that was cut down to times, ids and messages says no writer: its messages have to.
    fn is_of(&self, head: &Head, rows: &[u8]) -> bool {
        if self.source.is_some() || self.channel.is_some() {
            return true;
        }
        let rows = &rows[..rows.len().min(BYTES_ASKED_MAX)];
        let rows = csv_reader(head.delimiter, rows).into_byte_records().map_while(Result::ok);
        let has_writer = |row: ByteRecord| {
            let text =
                |place: usize| String::from_utf8_lossy(row.get(place).unwrap_or_default()).into_owned();
            let event_id = text(self.event_id).trim().parse::<u32>();
            event_id.is_ok_and(|id| message::writer_of(id, &text(self.message)).is_some())
        };
        rows.take(ROWS_ASKED_MAX).any(has_writer)
    }
}

impl Places {
    /// Event Viewer has its columns in one order, whatever the language of their names.
    fn of_event_viewer(head: &Head, rows: &[u8]) -> Option<Places> {
        const COLUMNS: usize = 5;
        if head.columns.len() != COLUMNS {
            return None;
        }
        let rows = &rows[..rows.len().min(BYTES_ASKED_MAX)];
        let row = csv_reader(head.delimiter, rows).into_byte_records().next()?.ok()?;
        let text = |place: usize| row.get(place).and_then(|cell| std::str::from_utf8(cell).ok());
        let is_date = text(1).is_some_and(|cell| WrittenDate::parse(cell).is_some());
        let is_event = text(3).is_some_and(|cell| cell.trim().parse::<u32>().is_ok());
        (row.len() == COLUMNS + 1 && is_date && is_event).then_some(Places {
            event_id: 3,
            time: 1,
            source: Some(2),
            channel: None,
            host: None,
            record_id: None,
            keywords: Some(0),
            message: COLUMNS,
        })
    }
}

/// Reads every row of a table, which is opened once more where only the whole tells how its rows are read.
pub(crate) fn read_rows(
    open: &dyn Fn() -> io::Result<Box<dyn Read + Send>>,
    schemas: &Schemas,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let whole = Whole::of(Rows::new(open()?))?;
    let mut rows = Rows::new(open()?);
    let Some(head) = rows.head()? else { return Ok(()) };
    let form = Form::of(&head, rows.window.bytes(), schemas);
    let mut reader = TableReader {
        head: whole.ordered(head),
        form,
        host: whole.machine.name().map(ToString::to_string),
        json: JsonReader::new(schemas),
        object: String::new(),
        is_seeking: false,
        visitor,
    };
    reader.tell_what_was_worked_out();
    rows.each(&mut |piece| reader.piece(piece))
}

/// What only all rows together tell.
struct Whole {
    /// By name, of columns of times.
    orders: Vec<(String, Decided)>,
    machine: MachineName,
}

impl Whole {
    /// Looks at rows until nothing is left to ask; damage that ends them ends this as well.
    fn of(mut rows: Rows<impl Read>) -> io::Result<Whole> {
        let mut whole = Whole { orders: Vec::new(), machine: MachineName::default() };
        let Some(mut head) = rows.head()? else { return Ok(whole) };
        let times: Vec<String> =
            head.columns.iter().filter(|column| column.is_time).map(|column| column.name.clone()).collect();
        let mut asked: Vec<(String, dates::Column)> =
            times.into_iter().map(|name| (name, dates::Column::default())).collect();
        let mut seen = 0;
        let looked = rows.each(&mut |piece| {
            let Piece::Row { row, .. } = piece else { return Verdict::Taken };
            if let Some(again) = head.again(row) {
                if !again.is_same(&head) {
                    head = again;
                }
                return Verdict::Taken;
            }
            if !head.fits(row) {
                return Verdict::Misfit;
            }
            let mut is_open = false;
            for (column, cell) in head.columns.iter().zip(row).filter(|(column, _)| column.is_time) {
                let Some((_, asked)) = asked.iter_mut().find(|(name, _)| *name == column.name) else {
                    continue;
                };
                if let Some(date) = std::str::from_utf8(cell).ok().and_then(WrittenDate::parse) {
                    asked.add(&date);
                }
                is_open |= asked.asks();
            }
            let nameless = head.places.as_ref().filter(|places| places.host.is_none());
            if let Some(places) = nameless {
                let text = |place: usize| String::from_utf8_lossy(row.get(place).unwrap_or_default());
                whole.machine.look(text(places.event_id).trim().parse().ok(), &text(places.message));
            }
            seen += 1;
            let knows_host = nameless.is_none() || whole.machine.is_decided();
            let goes_on = is_open || !knows_host || seen < ROWS_WITHOUT_QUESTION_MAX;
            if goes_on { Verdict::Taken } else { Verdict::Enough }
        });
        whole.orders = asked.into_iter().map(|(name, column)| (name, column.decide())).collect();
        // The rows are read once more, and what is wrong with them is told then.
        let _ = looked;
        Ok(whole)
    }

    fn ordered(&self, mut head: Head) -> Head {
        for column in &mut head.columns {
            if let Some((_, order)) = self.orders.iter().find(|(name, _)| *name == column.name) {
                column.order = *order;
            }
        }
        head
    }
}

struct TableReader<'v, 's> {
    head: Head,
    form: Form,
    host: Option<String>,
    json: JsonReader<'s>,
    object: String,
    /// A row was broken: what follows may be its rest.
    is_seeking: bool,
    visitor: &'v mut dyn Visitor,
}

impl TableReader<'_, '_> {
    fn tell_what_was_worked_out(&mut self) {
        for column in &self.head.columns {
            let usual = match column.order {
                Decided::Usual(dates::Order::DayFirst) => "as day, then month",
                Decided::Usual(dates::Order::MonthFirst) => "as month, then day",
                Decided::Order(_) | Decided::No => continue,
            };
            let told = || format!("column {:?} is read {usual}", column.name);
            self.visitor.anomaly(AnomalyKind::DateOrderUnknown, None, &told);
        }
        let is_nameless = self.head.places.as_ref().is_some_and(|places| places.host.is_none());
        if let Some(host) = self.host.as_ref().filter(|_| is_nameless) {
            self.visitor.anomaly(AnomalyKind::HostWorkedOut, None, &|| host.clone());
        }
    }

    fn piece(&mut self, piece: Piece<'_>) -> Verdict {
        match piece {
            Piece::Row { row, at } => self.row(row, at),
            Piece::Broken { first_line, at, kind, lost } => {
                self.broken(first_line, at);
                self.visitor.anomaly(kind, Some(at), &|| lost.to_owned());
                self.is_seeking = true;
                Verdict::Taken
            }
        }
    }

    fn row(&mut self, row: &ByteRecord, at: u64) -> Verdict {
        if let Some(again) = self.head.again(row) {
            if !again.is_same(&self.head) {
                self.head = again.ordered_as(&self.head);
            }
            return Verdict::Taken;
        }
        if !self.head.fits(row) {
            return Verdict::Misfit;
        }
        self.is_seeking = false;
        if !self.head.object(row, &mut self.object) {
            let told = || "not UTF-8".to_owned();
            self.visitor.anomaly(AnomalyKind::BadEncoding, Some(at), &told);
        }
        match &self.head.places {
            Some(places) => {
                let host = self.host.as_deref();
                as_rendered(places, &self.head, row, host, |rendered| rendered.visit(at, self.visitor));
            }
            None => match (self.form, self.json.frame(self.object.as_bytes())) {
                (Form::EventIn(column), _) => self.event(row.get(column).unwrap_or_default(), at),
                (_, Ok(_)) => self.json.object(self.object.as_bytes(), at, self.visitor),
                (_, Err(_)) => {}
            },
        }
        if self.visitor.passed(self.object.as_bytes()) { Verdict::Taken } else { Verdict::Enough }
    }

    /// A cell that is a whole event.
    fn event(&mut self, cell: &[u8], at: u64) {
        let text = String::from_utf8_lossy(cell);
        match xml::is_event(text.trim().as_bytes()) {
            true => xml::visit(text.trim(), None, at, self.visitor),
            false => self.visitor.anomaly(AnomalyKind::NotAnEvent, Some(at), &String::new),
        }
    }

    /// The cells before the one that is missing, or is one too many, stand below their names.
    fn broken(&mut self, line: &[u8], at: u64) {
        let row = csv_reader(self.head.delimiter, line).byte_records().next();
        let Some(Ok(row)) = row else { return };
        // The rest of a row that was broken is no other.
        if self.is_seeking && row.len() < self.head.columns.len() {
            return;
        }
        if let Some(places) = &self.head.places {
            let host = self.host.as_deref();
            return as_rendered(places, &self.head, &row, host, |rendered| rendered.spoilt(at, self.visitor));
        }
        self.head.object(&row, &mut self.object);
        self.json.spoilt(self.object.as_bytes(), at, self.visitor);
    }
}

/// One row of a table of messages.
fn as_rendered(
    places: &Places,
    head: &Head,
    row: &ByteRecord,
    host: Option<&str>,
    visit: impl FnOnce(Rendered<'_>),
) {
    let cell = |place: usize| String::from_utf8_lossy(row.get(place).unwrap_or_default());
    let maybe = |place: Option<usize>| place.map(cell).filter(|cell| !cell.trim().is_empty());
    let time = cell(places.time);
    let (message, event_id) = (cell(places.message), cell(places.event_id));
    let (channel, source) = (maybe(places.channel), maybe(places.source));
    let (record_id, keywords) = (maybe(places.record_id), maybe(places.keywords));
    let is_open = WrittenDate::parse(&time).is_some_and(|date| date.is_open());
    let time = match head.columns[places.time].order {
        Decided::No if is_open => HeaderTime::Unreadable(Cow::Borrowed(&*time)),
        Decided::No => clock_time(&time, dates::Order::DayFirst),
        Decided::Order(order) | Decided::Usual(order) => clock_time(&time, order),
    };
    visit(Rendered {
        host: maybe(places.host).or(host.map(Cow::Borrowed)),
        channel: channel.as_deref(),
        source: source.as_deref(),
        event_id: Some(event_id.trim()),
        record_id: record_id.as_deref(),
        time,
        keywords: keywords.as_deref(),
        message: &message,
    });
}

/// What a table has, one after the other.
#[derive(Clone, Copy)]
enum Piece<'r> {
    Row {
        row: &'r ByteRecord,
        at: u64,
    },
    /// A row that does not end, or has not the cells that the head has names for: its first line, and what is told.
    Broken {
        first_line: &'r [u8],
        at: u64,
        kind: AnomalyKind,
        lost: &'r str,
    },
}

/// What is to follow.
#[derive(PartialEq, Eq)]
enum Verdict {
    Taken,
    /// The row has too many cells or too few: where it has several lines, those behind its first are rows of their own.
    Misfit,
    Enough,
}

/// The rows of a stream of text, whose quotes decide where each ends.
struct Rows<R> {
    window: Window<R>,
    delimiter: u8,
    columns: usize,
    is_seeking: bool,
}

impl<R: Read> Rows<R> {
    fn new(stream: R) -> Rows<R> {
        Rows { window: Window::new(stream, 0), delimiter: b',', columns: 0, is_seeking: false }
    }

    /// The names of the columns.
    fn head(&mut self) -> io::Result<Option<Head>> {
        loop {
            let bytes = self.window.bytes();
            let found = Head::find(bytes);
            let is_whole = self.window.ended() || bytes.len() > ROW_BYTES_MAX;
            match found {
                Some((begins, head)) if begins < bytes.len() || is_whole => {
                    self.window.consume(begins);
                    (self.delimiter, self.columns) = (head.delimiter, head.columns.len());
                    return Ok(Some(head));
                }
                None if is_whole => return Ok(None),
                _ => self.window.fill()?,
            }
        }
    }

    fn each(&mut self, take: &mut dyn FnMut(Piece<'_>) -> Verdict) -> io::Result<()> {
        loop {
            let bytes = self.window.bytes();
            let (ended, is_too_long) = (self.window.ended(), bytes.len() > ROW_BYTES_MAX);
            if bytes.is_empty() && ended {
                return Ok(());
            }
            let (whole, open) = whole_rows(bytes, self.delimiter);
            let length = match whole {
                // The last row may lack its line break.
                0 if ended && !open => bytes.len(),
                0 if ended || is_too_long => {
                    let kind = if is_too_long { AnomalyKind::TooLong } else { AnomalyKind::Unparsable };
                    let first_line = first_line(bytes);
                    let is_last = first_line.len() == bytes.len() && ended;
                    let kind = if is_last { AnomalyKind::TruncatedEnd } else { kind };
                    let (length, at) = (first_line.len(), self.window.offset());
                    let lost = "a quote that is not closed, or a row that does not end";
                    let goes_on = self.is_seeking
                        || take(Piece::Broken { first_line, at, kind, lost }) != Verdict::Enough;
                    self.is_seeking = true;
                    self.window.consume(length);
                    if !goes_on {
                        return Ok(());
                    }
                    continue;
                }
                0 => {
                    self.window.fill()?;
                    continue;
                }
                whole => whole,
            };
            match self.block(length, take) {
                (_, true) => return Ok(()),
                (taken, false) => self.window.consume(taken),
            }
        }
    }

    /// Whole rows: how many bytes of them are done, and whether it was enough.
    fn block(&mut self, length: usize, take: &mut dyn FnMut(Piece<'_>) -> Verdict) -> (usize, bool) {
        let block = &self.window.bytes()[..length];
        let offset = self.window.offset();
        let mut reader = csv_reader(self.delimiter, block);
        let mut row = ByteRecord::new();
        loop {
            let begins = usize::try_from(reader.position().byte()).unwrap_or(length);
            if !reader.read_byte_record(&mut row).unwrap_or(false) {
                return (length, false);
            }
            strip_carriage_return(&mut row);
            if row.len() == 1 && row[0].is_empty() {
                continue;
            }
            // Blank lines before it are none of it.
            let blanks = block[begins..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let (begins, at) = (begins + blanks, offset + (begins + blanks) as u64);
            let ends = usize::try_from(reader.position().byte()).unwrap_or(length);
            match take(Piece::Row { row: &row, at }) {
                Verdict::Taken => self.is_seeking = false,
                Verdict::Enough => return (length, true),
                Verdict::Misfit => {
                    let first_line = first_line(&block[begins..ends]);
                    let lost = format!("a row of {} cells below {} columns", row.len(), self.columns);
                    let kind = AnomalyKind::Unparsable;
                    let is_told = std::mem::replace(&mut self.is_seeking, true);
                    if !is_told
                        && take(Piece::Broken { first_line, at, kind, lost: &lost }) == Verdict::Enough
                    {
                        return (length, true);
                    }
                    if begins + first_line.len() < ends {
                        return (begins + first_line.len(), false);
                    }
                    // A row in one line that is broken says nothing of the next.
                    self.is_seeking = is_told;
                }
            }
        }
    }
}

fn first_line(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)]
}

fn strip_carriage_return(row: &mut ByteRecord) {
    if row.iter().next_back().is_some_and(|cell| cell.ends_with(b"\r")) {
        let last = row.len() - 1;
        let strip = |(index, cell): (usize, &[u8])| {
            if index == last { cell[..cell.len() - 1].to_vec() } else { cell.to_vec() }
        };
        *row = row.iter().enumerate().map(strip).collect();
    }
}

/// The length of the whole rows at the start of `bytes`, and whether the row behind them is inside quotes at their end.
fn whole_rows(bytes: &[u8], delimiter: u8) -> (usize, bool) {
    let (mut at, mut whole) = (0, 0);
    // At the start of a cell.
    while at < bytes.len() {
        if bytes[at] == b'"' {
            match closing_quote(bytes, at + 1) {
                Some(behind) => at = behind,
                None => return (whole, true),
            }
        }
        match memchr2(delimiter, b'\n', &bytes[at..]) {
            Some(found) => {
                at += found + 1;
                if bytes[at - 1] == b'\n' {
                    whole = at;
                }
            }
            None => return (whole, false),
        }
    }
    (whole, false)
}

/// The place behind the quote that closes a cell; a quote that is doubled closes none.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', bytes.get(at..)?)? + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            _ => return Some(at),
        }
    }
}

/// Notes only whether an event was heard.
#[derive(Default)]
struct Probe {
    heard: bool,
}

impl Visitor for Probe {
    fn heard(&mut self, _: &Header<'_>, _: Option<u64>) -> Option<&'static EventSpec> {
        self.heard = true;
        None
    }

    fn last_sort(&mut self) -> Option<SortId> {
        None
    }

    fn heard_again(&mut self, _: SortId, _: &HeaderTime<'_>, _: Option<u64>, _: Option<u64>) -> HeardAgain {
        HeardAgain::Forgotten
    }

    fn record(&mut self, _: &Header<'_>, _: &RawRecord<'_>, _: Option<u64>) {}

    fn lost(&mut self, _: &Header<'_>, _: Option<u64>, _: &dyn Fn() -> String) {}

    fn spoilt(&mut self, _: &Header<'_>, _: Option<u64>) {}

    fn anomaly(&mut self, _: AnomalyKind, _: Option<u64>, _: &dyn Fn() -> String) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_known(text: &[u8]) -> bool {
        is_table(text, &Schemas::built_in())
    }

    #[test]
    fn a_table_is_known_by_its_columns_whatever_parts_them() {
        assert!(is_known(b"Timestamp,DeviceName,ActionType\n1,2,3"));
        assert!(is_known("\u{feff}\"TimeGenerated [UTC]\";\"DeviceName\";\"ActionType\"\r\n".as_bytes()));
        assert!(is_known(b"ActionType\tDeviceName"));
        assert!(is_known(b"sep=|\n\nActionType|DeviceName"));
        assert!(is_known(b"#TYPE Selected.System\r\n\"Id\",\"LogName\",\"TimeCreated\",\"Message\"\r\n"));
        assert!(is_known(b"Level\tDate and Time\tSource\tEvent ID\tTask Category\r\n"));
        assert!(!is_known(b"Timestamp,DeviceName,Action\n"));
        assert!(!is_known(b"the ActionType, of a DeviceName\n"));
        assert!(!is_known(b"{\"ActionType\":1,\"DeviceName\":2}\n"));
        assert!(!is_known(b""));
    }

    fn rows(text: &str) -> Vec<String> {
        let mut rows = Rows::new(text.as_bytes());
        let head = rows.head().unwrap().unwrap();
        let mut told = Vec::new();
        rows.each(&mut |piece| match piece {
            Piece::Row { row, .. } if !head.fits(row) => Verdict::Misfit,
            Piece::Row { row, at } => {
                let cells: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
                told.push(format!("{at} {}", cells.join("|")));
                Verdict::Taken
            }
            Piece::Broken { at, kind, .. } => {
                told.push(format!("{at} {}", kind.slug()));
                Verdict::Taken
            }
        })
        .unwrap();
        told
    }

    #[test]
    fn rows_end_where_quotes_let_them() {
        assert_eq!(rows("a,b\n1,\"x\ny\"\"z\"\r\n2,w"), ["4 1|x\ny\"z", "16 2|w"]);
        assert_eq!(rows("a,b\r\n\r\n1,c \"d\"\r\n"), ["7 1|c \"d\""]);
    }

    #[test]
    fn a_quote_that_nobody_closes_takes_in_its_line_alone() {
        assert_eq!(rows("a,b\n1,\"x\n2,y\n3,z\n"), ["4 unparsable", "9 2|y", "13 3|z"]);
        assert_eq!(rows("a,b\n1,\"x\n2,\"y, z\"\n3,w\n"), ["4 unparsable", "9 2|y, z", "18 3|w"]);
        assert_eq!(rows("a,b\n1,x\n2,\"y"), ["4 1|x", "8 truncated_end"]);
        assert_eq!(rows("a,b\n1\n2,x\n3\n"), ["4 unparsable", "6 2|x", "10 unparsable"]);
    }

    #[test]
    fn a_cell_is_json_whatever_is_in_it() {
        let mut json = String::new();
        push_text(&mut json, "a\"b\\c\n\u{1}é");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "a\"b\\c\n\u{1}é");
    }
}
