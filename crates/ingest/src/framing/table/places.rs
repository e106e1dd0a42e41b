//! A table of messages, as Windows renders them for people: in which columns it has what it tells.

use csv::ByteRecord;

use crate::framing::dates::WrittenDate;
use crate::framing::message;
use crate::framing::table::columns::{BYTES_ASKED_MAX, Column, ROWS_ASKED_MAX, csv_reader};

/// Where a table of messages has what it tells, by number of the column.
pub(super) struct Places {
    pub(super) event_id: usize,
    pub(super) time: usize,
    pub(super) source: Option<usize>,
    pub(super) channel: Option<usize>,
    pub(super) host: Option<usize>,
    pub(super) record_id: Option<usize>,
    pub(super) keywords: Option<usize>,
    /// Event Viewer has no name for it: it stands behind the last column.
    pub(super) message: usize,
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
    pub(super) fn of(columns: &[Column]) -> Option<Places> {
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
    pub(super) fn is_of(&self, delimiter: u8, rows: &[u8]) -> bool {
        if self.source.is_some() || self.channel.is_some() {
            return true;
        }
        let rows = &rows[..rows.len().min(BYTES_ASKED_MAX)];
        let rows = csv_reader(delimiter, rows).into_byte_records().map_while(Result::ok);
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
    pub(super) fn of_event_viewer(columns: &[Column], delimiter: u8, rows: &[u8]) -> Option<Places> {
        const COLUMNS: usize = 5;
        if columns.len() != COLUMNS {
            return None;
        }
        let rows = &rows[..rows.len().min(BYTES_ASKED_MAX)];
        let row = csv_reader(delimiter, rows).into_byte_records().next()?.ok()?;
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
