//! The page that people read: its width, colours and time zone, and lines laid out on it.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jiff::tz::TimeZone;
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthStr;

use crate::view::{Precision, Severity, Timestamp};
use crate::words::section::Section;
use crate::words::sentence::Sentence;

/// Decimal places of a second that help a person; the records' full precision is in the machine formats.
const DECIMAL_PLACES_SHOWN_MAX: usize = 3;

/// How text for people is laid out.
#[derive(Debug, Clone)]
pub struct Page {
    /// Columns.
    pub width: usize,
    /// Colours and weights are used.
    pub colour: bool,
    /// Zone in which times are shown.
    pub zone: TimeZone,
    /// What finds a record again is told too: file, channel, event id and record id.
    pub detail: bool,
    /// Parts of an explanation that are told; none named: all.
    pub sections: Vec<Section>,
}

impl Default for Page {
    fn default() -> Self {
        Page {
            width: Page::WIDTH_MAX,
            colour: false,
            zone: TimeZone::UTC,
            detail: false,
            sections: Vec::new(),
        }
    }
}

impl Page {
    /// Widest page: longer lines are hard on the eye, and this fits where a terminal does not tell its width.
    pub const WIDTH_MAX: usize = 100;
    /// Narrowest page on which a case can be laid out.
    pub const WIDTH_MIN: usize = 50;

    /// `2021-10-19 14:42:41 UTC`: for a sentence, where a fraction only stands in the way.
    pub(crate) fn time_to_the_second(&self, at: Timestamp) -> String {
        self.time(Timestamp::from_unix_ticks(at.unix_ticks(), Precision::SECONDS))
    }

    /// `2021-10-19 14:42:41.234 UTC`, in the page's zone.
    pub fn time(&self, at: Timestamp) -> String {
        let nanoseconds = i128::from(at.unix_ticks()) * 100;
        // Outside of jiff's years (-9999 to 9999) no Windows event can be; it would still be told, in UTC.
        let Ok(instant) = jiff::Timestamp::from_nanosecond(nanoseconds) else { return at.to_string() };
        let zoned = instant.to_zoned_datetime(self.zone.clone());
        let mut shown = zoned.strftime("%Y-%m-%d %H:%M:%S").to_string();
        let places = at.precision().decimal_places().min(DECIMAL_PLACES_SHOWN_MAX);
        if places > 0 {
            let fraction = i64::from(zoned.subsec_nanosecond()) / 10_i64.pow(9 - places as u32);
            let _ = write!(shown, ".{fraction:0places$}");
        }
        let zone =
            if self.zone == TimeZone::UTC { "UTC".to_owned() } else { zoned.strftime("%:z").to_string() };
        format!("{shown} {zone}")
    }
}

impl Page {
    /// This part of an explanation is told.
    pub(crate) fn tells(&self, section: Section) -> bool {
        self.sections.is_empty() || self.sections.contains(&section)
    }

    /// A fact in words, its times in the page's zone; text of a log stands in it as written.
    pub(crate) fn said(&self, fact: Sentence<'_>) -> String {
        fact.in_zone(&self.zone)
    }
}

/// What a stretch of text is, and so how it looks where colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Strong,
    Faint,
    Warning,
    Level(Severity),
}

impl Look {
    fn style(self) -> Style {
        let plain = Style::new();
        match self {
            Look::Plain => plain,
            Look::Strong => plain.bold(),
            Look::Faint => plain.dimmed(),
            Look::Warning => plain.fg_color(Some(AnsiColor::Yellow.into())),
            Look::Level(Severity::Critical) => {
                plain.bold().fg_color(Some(AnsiColor::White.into())).bg_color(Some(AnsiColor::Red.into()))
            }
            Look::Level(Severity::High) => plain.bold().fg_color(Some(AnsiColor::Red.into())),
            Look::Level(Severity::Medium) => plain.bold().fg_color(Some(AnsiColor::Yellow.into())),
            Look::Level(Severity::Low) => plain.bold().fg_color(Some(AnsiColor::Cyan.into())),
            Look::Level(Severity::Informational) => plain.bold(),
        }
    }
}

/// Lines laid out on a page, ready to be written.
pub(crate) struct Lines<'page> {
    page: &'page Page,
    text: String,
}

impl<'page> Lines<'page> {
    pub(crate) fn new(page: &'page Page) -> Self {
        Lines { page, text: String::new() }
    }

    pub(crate) fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.text.as_bytes())
    }

    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// One line made of stretches that each look their own way; the caller sees to it that they fit.
    pub(crate) fn stretches(&mut self, stretches: &[(&str, Look)]) {
        let mut line = String::new();
        for (text, look) in stretches {
            self.paint(&mut line, text, *look);
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Text wrapped to the page behind a first and a further margin, of which the first is faint.
    pub(crate) fn wrapped(&mut self, first_margin: &str, further_margin: &str, text: &str, look: Look) {
        debug_assert_eq!(first_margin.width(), further_margin.width(), "text is set in one column");
        let width = self.page.width.saturating_sub(further_margin.width()).max(Page::WIDTH_MIN / 3);
        let options = Options::new(width)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        for (index, line) in textwrap::wrap(text, options).iter().enumerate() {
            let margin = if index == 0 { first_margin } else { further_margin };
            self.stretches(&[(margin, Look::Faint), (line, look)]);
        }
    }

    fn paint(&self, line: &mut String, text: &str, look: Look) {
        let style = look.style();
        if self.page.colour && !text.trim().is_empty() && style != Style::new() {
            let _ = write!(line, "{}{text}{}", style.render(), style.render_reset());
        } else {
            line.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn times_keep_their_precision_up_to_milliseconds() {
        let page = Page::default();
        assert_eq!(page.time(at("2021-10-19T14:42:41.2340102Z")), "2021-10-19 14:42:41.234 UTC");
        assert_eq!(page.time(at("2021-10-19T14:42:41Z")), "2021-10-19 14:42:41 UTC");
        assert_eq!(page.time(at("1969-12-31T23:59:59.9Z")), "1969-12-31 23:59:59.9 UTC");
    }

    #[test]
    fn another_zone_is_told_by_its_offset() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let page = Page { zone, ..Page::default() };
        assert_eq!(page.time(at("2020-09-14T12:06:02.650Z")), "2020-09-14 08:06:02.650 -04:00");
    }
}
