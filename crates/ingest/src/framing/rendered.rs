//! Events as tools render them for people: Splunk's classic text, Snare's lines. A header in the tool's form, and Windows'
//! message.

use std::borrow::Cow;

use begat_model::Text;
use begat_model::carrier::{CarrierLack, CarrierLacks};
use begat_model::catalog::provider;
use begat_model::ids::parse_unsigned;
use memchr::{memchr, memmem};

use crate::framing::dates::{Order, WrittenDate};
use crate::framing::message;
use crate::raw::{Header, HeaderTime, Outcome, RawRecord, Visitor, ZonelessTime};
use crate::scalar::shortened;

/// What providers are called for people.
const DISPLAYED: &[(&str, &str)] = &[
    ("Microsoft Windows security auditing.", provider::SECURITY),
    ("Security", provider::SECURITY),
    ("Sysmon", provider::SYSMON),
    ("PowerShell", provider::POWERSHELL),
    ("Eventlog", provider::EVENTLOG),
];

/// What a tool says of one event.
pub(crate) struct Rendered<'t> {
    pub(crate) host: Option<Cow<'t, str>>,
    pub(crate) channel: Option<&'t str>,
    pub(crate) source: Option<&'t str>,
    pub(crate) event_id: Option<&'t str>,
    pub(crate) record_id: Option<&'t str>,
    pub(crate) time: HeaderTime<'t>,
    pub(crate) keywords: Option<&'t str>,
    pub(crate) message: &'t str,
}

impl Rendered<'_> {
    pub(crate) const SILENT: Rendered<'static> = Rendered {
        host: None,
        channel: None,
        source: None,
        event_id: None,
        record_id: None,
        time: HeaderTime::Missing,
        keywords: None,
        message: "",
    };

    /// Tells a visitor of it.
    pub(crate) fn visit(self, offset: u64, visitor: &mut dyn Visitor) {
        let text = self.message;
        let header = self.header();
        let Some(spec) = visitor.heard(&header, Some(offset)) else { return };
        let mut record = RawRecord::new(spec);
        match message::fill(text, &mut record) {
            true => visitor.record(&header, &record, Some(offset)),
            false => visitor.lost(&header, Some(offset), &|| {
                format!("its message has no label of this event in English: {}", shortened(text.trim()))
            }),
        }
    }

    /// What is left of one whose message cannot be trusted.
    pub(crate) fn spoilt(self, offset: u64, visitor: &mut dyn Visitor) {
        let header = self.header();
        if header.event_id.is_some() {
            visitor.spoilt(&header, Some(offset));
        }
    }
}

impl<'t> Rendered<'t> {
    fn header(self) -> Header<'t> {
        let time = match self.time {
            HeaderTime::Zoneless(time) => {
                HeaderTime::Zoneless(ZonelessTime { told_utc: message::told_utc(self.message), ..time })
            }
            time => time,
        };
        let source = self.source.filter(|source| !source.trim().is_empty());
        let displayed =
            |source: &str| DISPLAYED.iter().find(|(name, _)| name.eq_ignore_ascii_case(source.trim()));
        let event_id = self.event_id.and_then(parse_unsigned).and_then(|id| u32::try_from(id).ok());
        let provider = match (source, self.channel) {
            (None, None) => event_id.and_then(|id| message::writer_of(id, self.message)).map(Cow::Borrowed),
            _ => source.map(|source| Cow::Borrowed(displayed(source).map_or(source, |(_, name)| *name))),
        };
        Header {
            host: self.host,
            channel: self.channel.map(Cow::Borrowed),
            provider,
            event_id,
            record_id: self.record_id.and_then(parse_unsigned).filter(|id| *id > 0),
            time,
            outcome: self.keywords.and_then(outcome),
            carrier: Some("text that Windows renders for people"),
            lacks: CarrierLacks::of(&[CarrierLack::Fractions]),
            ..Header::SILENT
        }
    }
}

/// `Audit Success`, as Snare has it `Success Audit`, as PowerShell has it `SuccessAudit`.
fn outcome(keywords: &str) -> Option<Outcome> {
    let says = |word: &str| {
        keywords.split(|sign: char| !sign.is_ascii_alphabetic()).any(|part| part.starts_with(word))
    };
    match (says("Failure"), says("Success")) {
        (true, _) => Some(Outcome::Failure),
        (false, true) => Some(Outcome::Success),
        (false, false) => None,
    }
}

/// A wall clock's time in a form that is made for people, which never says its zone.
pub(crate) fn clock_time(text: &str, order: Order) -> HeaderTime<'static> {
    let iso = WrittenDate::parse(text).and_then(|date| date.iso(order));
    people(HeaderTime::parse(Cow::Owned(iso.unwrap_or_else(|| text.to_owned()))))
}

/// Where it turns out to have no zone, no such time ever has one.
pub(crate) fn people(time: HeaderTime<'static>) -> HeaderTime<'static> {
    match time {
        HeaderTime::Zoneless(zoneless) => HeaderTime::Zoneless(ZonelessTime { of_people: true, ..zoneless }),
        time => time,
    }
}

/// Whether a text is an event as Splunk's classic input writes it: a date, then `LogName=Security` and the like.
pub(crate) fn is_classic(text: &str) -> bool {
    let mut lines = text.trim_start().lines().filter(|line| !line.trim().is_empty());
    let begins = lines.next().is_some_and(is_classic_time);
    begins && lines.next().is_some_and(|line| line.trim_start().starts_with("LogName="))
}

/// The line that begins an event; Splunk writes the month first, whatever the region.
fn is_classic_time(line: &str) -> bool {
    line.len() <= CLASSIC_TIME_BYTES_MAX && WrittenDate::parse(line).is_some()
}

const CLASSIC_TIME_BYTES_MAX: usize = 40;

/// One event of Splunk's classic input, at a time that is known better than its text says.
pub(crate) fn visit_classic(text: &str, at: Option<HeaderTime<'_>>, offset: u64, visitor: &mut dyn Visitor) {
    let mut rendered = Rendered { ..Rendered::SILENT };
    let at = at.filter(|at| matches!(at, HeaderTime::Known(_)));
    let mut rest = text.trim_start();
    let first = rest.lines().next().unwrap_or_default();
    rendered.time = match at {
        Some(HeaderTime::Known(at)) => HeaderTime::Known(at),
        _ => clock_time(first, Order::MonthFirst),
    };
    while !rest.is_empty() {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        if let Some((key, value)) = line.split_once('=') {
            let value = value.trim();
            match key.trim() {
                "LogName" => rendered.channel = Some(value),
                "SourceName" => rendered.source = Some(value),
                "EventCode" => rendered.event_id = Some(value),
                "ComputerName" => rendered.host = Some(Cow::Borrowed(value)),
                "RecordNumber" => rendered.record_id = Some(value),
                "Keywords" => rendered.keywords = Some(value),
                "Message" => {
                    let begins = rest.find("Message=").map_or(0, |at| at + "Message=".len());
                    rendered.message = &rest[begins..];
                    break;
                }
                _ => {}
            }
        }
        rest = behind;
    }
    rendered.visit(offset, visitor);
}

/// The length of the classic event at the start of `bytes`: up to the line that begins the next. `None` where another
/// might follow that is not in view.
pub(crate) fn classic_length(bytes: &[u8], is_all: bool) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = memmem::find(&bytes[from..], b"\nLogName=") {
        let line_end = from + at;
        let line_start = bytes[..line_end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if line_start > 0 && std::str::from_utf8(&bytes[line_start..line_end]).is_ok_and(is_classic_time) {
            return Some(line_start);
        }
        from = line_end + 1;
    }
    is_all.then_some(bytes.len())
}

/// Whether a classic event begins here; `None` where more has to be seen.
pub(crate) fn classic_begins(bytes: &[u8], is_all: bool) -> Option<bool> {
    if !bytes.first().is_some_and(u8::is_ascii_digit) {
        return Some(false);
    }
    let looked_at = &bytes[..bytes.len().min(CLASSIC_TIME_BYTES_MAX + 2)];
    let Some(end) = memchr(b'\n', looked_at) else {
        return (is_all || looked_at.len() == CLASSIC_TIME_BYTES_MAX + 2).then_some(false);
    };
    let is_time = std::str::from_utf8(&looked_at[..end]).is_ok_and(|line| is_classic_time(line.trim_end()));
    let next = bytes[end + 1..].trim_ascii_start();
    match is_time {
        false => Some(false),
        true if next.len() < "LogName=".len() && !is_all => None,
        true => Some(next.starts_with(b"LogName=")),
    }
}

/// Bytes that show a classic event: its time, and how its next line begins.
pub(crate) const CLASSIC_START_BYTES_MAX: usize = CLASSIC_TIME_BYTES_MAX + "\r\nLogName=".len();

/// The first place at or after `from` where an event in one of these forms begins.
pub(crate) fn next_start(bytes: &[u8], from: usize) -> Option<usize> {
    let searched = bytes.get(from..)?;
    let line_of = |at: usize| memchr::memrchr(b'\n', &searched[..at]).map_or(0, |line_break| line_break + 1);
    let is_time = |line: &[u8]| std::str::from_utf8(line).is_ok_and(|line| is_classic_time(line.trim_end()));
    let classic = memmem::find_iter(searched, b"\nLogName=").find(|at| is_time(&searched[line_of(*at)..*at]));
    let snare = memmem::find_iter(searched, SNARE).find(|at| snare_mark(&searched[*at..]).is_some());
    classic.into_iter().chain(snare).map(|at| from + line_of(at)).min()
}

/// What stands before Snare's columns in its lines.
const SNARE: &[u8] = b"MSWinEventLog";

/// Whether a line is one of Snare's: its mark, and behind it columns parted by tabs, or by what a relay made of them.
pub(crate) fn snare_mark(line: &[u8]) -> Option<usize> {
    let at = memmem::find(line, SNARE)?;
    let behind = &line[at + SNARE.len()..];
    let is_parted = behind.starts_with(b"\t") || behind.starts_with(b"#011");
    is_parted.then_some(at + SNARE.len())
}

/// A line of Snare's: criticality, log, counter, time, event id, source, user, kind of SID, outcome, computer, category,
/// data, message, and Windows' record number where it is shipped.
pub(crate) fn visit_snare(line: &str, offset: u64, visitor: &mut dyn Visitor) {
    let Some(begins) = snare_mark(line.as_bytes()) else { return };
    // rsyslog writes control characters as `#` and three octal digits.
    let columns = match line[begins..].starts_with("#011") {
        true => Cow::Owned(line[begins..].replace("#011", "\t")),
        false => Cow::Borrowed(&line[begins..]),
    };
    let mut parts = columns.trim_end().splitn(14, '\t').skip(1);
    let mut next = || parts.next().map(str::trim).filter(|part| !part.is_empty());
    let (_criticality, channel, _counter, time) = (next(), next(), next(), next());
    let (event_id, source, _user, _sid_type) = (next(), next(), next(), next());
    let (keywords, host, _category, _data) = (next(), next(), next(), next());
    let rest = next().unwrap_or_default();
    let is_number = |end: &&str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = rest.rsplit_once('\t').filter(|(_, end)| is_number(end));
    let (message, record_id) = numbered.map_or((rest, None), |(message, id)| (message, Some(id)));
    let rendered = Rendered {
        host: host.map(Cow::Borrowed),
        channel,
        source,
        event_id,
        record_id,
        time: time.map_or(HeaderTime::Missing, |time| clock_time(time, Order::MonthFirst)),
        keywords,
        message,
    };
    rendered.visit(offset, visitor);
}

/// The name of the machine whose log a table is, which does not say it: SYSTEM's own account is the machine's, and else an
/// account that was made bears the name of who keeps it.
#[derive(Debug, Default)]
pub(crate) struct MachineName {
    of_system: Option<Text>,
    of_created: Option<Text>,
}

impl MachineName {
    /// What one message says of it.
    pub(crate) fn look(&mut self, event_id: Option<u64>, message: &str) {
        let value = |text: &str, label: &str| {
            let behind = text.split_once(label)?.1.trim_start();
            let end = behind.find(['\r', '\n', '\t']).or_else(|| behind.find("  "));
            Some(Text::from(behind[..end.unwrap_or(behind.len())].trim())).filter(|name| !name.is_empty())
        };
        // Whatever the language: below SYSTEM's SID stands its account, the machine's.
        let systems =
            || message.split_once("S-1-5-18").or_else(|| message.split_once("NT AUTHORITY\\SYSTEM"));
        if self.of_system.is_none()
            && let Some((_, behind)) = systems()
            && let Some((_, said)) = behind.trim_start().lines().next().and_then(|line| line.split_once(':'))
            && let Some(name) = said.trim().strip_suffix('$').filter(|name| !name.is_empty())
        {
            self.of_system = Some(Text::from(name));
        }
        if self.of_created.is_none()
            && event_id == Some(4720)
            && let Some((_, behind)) = message.split_once("New Account:")
        {
            self.of_created = value(behind, "Account Domain:");
        }
    }

    pub(crate) fn is_decided(&self) -> bool {
        self.of_system.is_some()
    }

    pub(crate) fn name(&self) -> Option<&Text> {
        self.of_system.as_ref().or(self.of_created.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_in_the_order_of_each_tool() {
        for success in ["Audit Success", "Success Audit", "SuccessAudit"] {
            assert_eq!(outcome(success), Some(Outcome::Success));
        }
        assert_eq!(outcome("Audit Failure"), Some(Outcome::Failure));
        assert_eq!(outcome("Classic"), None);
    }

    #[test]
    fn a_classic_event_ends_where_the_next_begins() {
        let one = "10/19/2021 02:42:41 PM\nLogName=Security\nMessage=x\n\n10/19/2021 02:42:41 PM\nno\n\n";
        let text = format!("{one}10/20/2021 02:42:41 AM\nLogName=Security\n");
        assert_eq!(classic_begins(text.as_bytes(), true), Some(true));
        assert_eq!(classic_length(text.as_bytes(), false), Some(one.len()));
        assert_eq!(classic_length(one.as_bytes(), false), None);
        assert_eq!(classic_length(one.as_bytes(), true), Some(one.len()));
        assert_eq!(classic_begins(b"10/19/2021 02:42:41 PM", false), None);
        assert_eq!(classic_begins(b"{\"a\":1}", true), Some(false));
        assert!(is_classic(&text) && !is_classic("10/19/2021 02:42:41 PM\nuser=x"));
    }

    #[test]
    fn a_table_that_names_no_machine_still_tells_whose_it_is() {
        let mut machine = MachineName::default();
        machine.look(
            Some(4720),
            "Subject:\n\tAccount Domain:\t\tCORP\n\nNew Account:\n\tAccount Domain:\t\tWS1\n\nAttributes:",
        );
        assert_eq!(machine.name().map(|name| &**name), Some("WS1"));
        machine.look(
            Some(4624),
            "Subject:\n\tSecurity ID:\t\tS-1-5-18\n\tAccount Name:\t\tDC1$\n\tAccount Domain:\t\tCORP\n",
        );
        assert_eq!(
            machine.name().map(|name| &**name),
            Some("DC1"),
            "on a domain controller accounts bear the domain's name"
        );
    }
}
