//! A timeline for Timesketch, JSON Lines: one line for each happening of every case's story and for each finding, in order
//! of time. Timesketch asks for `message`, `datetime` and `timestamp_desc`, knows `timestamp` (microseconds) and `tag`, and
//! takes a file only where its name ends in `.jsonl`.
//!
//! What several cases share, an ancestor of a wave say, is told in each: a search for one `case_id` gives a whole story.

use std::io::{self, Write};

use crate::alerts::alert::Alert;
use crate::view::{
    ActorView, AfterwardView, CaseView, Certainty, Duration, EventView, FindingView, Found, ProcessView,
    Role, Timestamp, Verdict,
};
use crate::wire::document::Document;
use crate::wire::object::write_object;
use crate::words::page::Page;
use crate::words::wording;

/// Sysmon tells when a process started and writes its record a little later.
const RECORD_LAG_MAX: Duration = Duration::from_seconds(1);

pub(crate) fn write(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut timeline = Timeline::default();
    for case in found.cases() {
        timeline.case(&case)?;
    }
    for finding in found.findings() {
        timeline.finding(&finding)?;
    }
    // Stable: what shares a time stays in the order in which its story tells it.
    timeline.lines.sort_by_key(|line| line.at.unix_ticks());
    for line in timeline.lines {
        out.write_all(&line.json)?;
    }
    Ok(())
}

#[derive(Default)]
struct Timeline {
    lines: Vec<Line>,
}

/// One line, written already: it is shorter so than what it was written from.
struct Line {
    at: Timestamp,
    json: Vec<u8>,
}

impl Timeline {
    fn case(&mut self, case: &CaseView<'_>) -> io::Result<()> {
        let alert = Alert::of_case(case)?;
        let head = head(&alert, "case_id", "creation");
        for happening in story(case, &alert) {
            self.add(&head, happening)?;
        }
        Ok(())
    }

    fn finding(&mut self, finding: &FindingView<'_>) -> io::Result<()> {
        // What has no time has no place on a timeline: the other formats tell it.
        let Some(at) = finding.at else { return Ok(()) };
        let alert = Alert::of_finding(finding, at)?;
        let head = head(&alert, "finding_id", "finding");
        let mut told = Happening::new(at, "Finding", alert.message.clone());
        if let Some(process) = &finding.process {
            told.process(process);
        }
        if let Some(event) = finding.events.first() {
            told.record(event);
        }
        self.add(&head, told)?;
        let started = finding.process.as_ref().and_then(|process| start("its process", process));
        let logon = finding.actor.as_ref().and_then(|actor| logon("the session that did it", actor));
        started.into_iter().chain(logon).try_for_each(|happening| self.add(&head, happening))
    }

    fn add(&mut self, head: &Document, happening: Happening) -> io::Result<()> {
        let mut line = Document::default();
        line.set("message", happening.message + precision(happening.at));
        line.set("datetime", datetime(happening.at));
        line.set("timestamp", happening.at.unix_ticks().div_euclid(10));
        line.set("timestamp_desc", happening.what);
        line.append(head.clone());
        line.append(happening.detail);
        let mut json = Vec::new();
        write_object(&line, &mut json)?;
        json.push(b'\n');
        self.lines.push(Line { at: happening.at, json });
        Ok(())
    }
}

/// `2021-10-19T14:42:41.234010+00:00`: cut to the microseconds that Timesketch keeps.
fn datetime(at: Timestamp) -> String {
    let microseconds = at.unix_ticks().div_euclid(10);
    match jiff::Timestamp::from_microsecond(microseconds) {
        Ok(instant) => instant.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string(),
        // Outside of jiff's years (-9999 to 9999) no Windows event can be; it would still be told.
        Err(_) => at.to_string(),
    }
}

/// A carrier in whole seconds puts a record before what led to it within that second: the reader is told so.
fn precision(at: Timestamp) -> &'static str {
    if at.precision().decimal_places() == 0 { " [time known to the second]" } else { "" }
}

/// What stands on every line of one alert.
fn head(alert: &Alert<'_>, id: &str, sort: &str) -> Document {
    let mut head = Document::default();
    head.set("data_type", format!("begat:account:{sort}"));
    head.set(id, alert.id);
    head.set("host", alert.host.name);
    head.set("account", alert.account.and_then(|account| account.name));
    head.set("account_sid", alert.account.and_then(|account| account.sid));
    for (name, value) in &alert.labels {
        head.set(name, *value);
    }
    let words = alert.labels.iter().filter(|(name, _)| matches!(*name, "severity" | "verdict" | "kind"));
    head.set("tag", ["begat"].into_iter().chain(words.map(|(_, word)| *word)).collect::<Vec<_>>());
    head
}

/// Something that happened.
struct Happening {
    at: Timestamp,
    /// What its time is the time of.
    what: &'static str,
    message: String,
    detail: Document,
}

impl Happening {
    fn new(at: Timestamp, what: &'static str, message: String) -> Happening {
        Happening { at, what, message, detail: Document::default() }
    }

    fn process(&mut self, process: &ProcessView<'_>) {
        self.detail.set("pid", process.pid);
        self.detail.set("image", process.image);
        self.detail.set("command_line", process.command_line);
        self.detail.set("user", process.user);
        self.detail.set("logon_id", process.logon_id.map(|id| id.to_string()));
        self.detail.set("hashes", process.hashes.clone());
    }

    fn record(&mut self, event: &EventView<'_>) {
        self.detail.set("channel", event.record.channel);
        self.detail.set("event_id", event.record.event_id);
        self.detail.set("record_id", event.record.record_id);
        self.detail.set("source", event.source);
    }
}

/// All that is known to have happened around one creation.
fn story(case: &CaseView<'_>, alert: &Alert<'_>) -> Vec<Happening> {
    let mut story = Vec::new();
    story.extend(case.origin.as_ref().and_then(|origin| {
        let part = match origin.certainty {
            Certainty::Proven => "the session behind it",
            Certainty::Likely => "the session that is likely behind it",
            Certainty::Possible => "a session that may be behind it",
        };
        let mut logon = logon(part, &origin.actor)?;
        logon.detail.set("host", origin.host(&case.host));
        Some(logon)
    }));
    story.extend(logon("the session that made the account", &case.actor));
    let processes = processes(case);
    for (part, process, host) in &processes {
        let mut started = start(part, process);
        if let (Some(started), Some(host)) = (&mut started, host) {
            started.detail.set("host", *host);
        }
        story.extend(started);
    }
    let mut creation = Happening::new(case.created_at, "Account created", alert.message.clone());
    if let Some(event) = case.events.iter().find(|event| event.role == Role::Creation) {
        creation.record(event);
    }
    story.push(creation);
    story.extend(case.afterwards.iter().map(afterward));
    let untold = case.events.iter().filter(|event| !is_told(event, case, &processes));
    story.extend(untold.map(record));
    story
}

/// What part a process has, and its host where that is another.
type Part<'v, 'a> = (&'static str, &'v ProcessView<'a>, Option<&'a str>);

fn processes<'v, 'a>(case: &'v CaseView<'a>) -> Vec<Part<'v, 'a>> {
    let attribution = &case.attribution;
    // Where nothing shows the act, what else could have done it belongs into the story.
    let is_open = matches!(attribution.verdict, Verdict::Ambiguous | Verdict::Likely);
    let part = match attribution.verdict {
        Verdict::Ambiguous => "a candidate, the likeliest",
        Verdict::Likely => "it probably created the account, though nothing shows that it did",
        _ => "it created the account",
    };
    let ancestor = match attribution.verdict {
        Verdict::Ambiguous => "an ancestor of the likeliest candidate",
        Verdict::Likely => "an ancestor of the likely creator",
        _ => "an ancestor of the creator",
    };
    let client = case.origin.as_ref().and_then(|origin| origin.client.as_ref());
    let others = attribution.alternatives.iter().filter(|_| is_open);
    let mut processes: Vec<Part<'_, '_>> = Vec::new();
    processes.extend(client.map(|client| ("the client's command", &client.process, Some(client.host))));
    processes.extend(attribution.chain.iter().rev().map(|it| (ancestor, it, None)));
    processes.extend(attribution.creator.iter().map(|it| (part, it, None)));
    processes.extend(others.filter_map(|it| it.process.as_ref()).map(|it| ("another candidate", it, None)));
    processes
}

fn start(part: &str, process: &ProcessView<'_>) -> Option<Happening> {
    let line = process.command_line.map_or(String::new(), |line| format!(": {line}"));
    let message = format!("Process started ({part}): {}{line}", wording::process(process));
    let mut happening = Happening::new(process.started_at?, "Process started", message);
    happening.process(process);
    Some(happening)
}

fn logon(part: &str, actor: &ActorView<'_>) -> Option<Happening> {
    let kind = actor.logon_type.map_or("logon of unknown type".to_owned(), wording::logon_type_name);
    let from = wording::source(actor).map_or(String::new(), |source| format!(" from {source}"));
    let message = format!("Logon ({part}): {}, {kind}{from}", wording::actor_account(actor));
    let mut happening = Happening::new(actor.logon_at?, "Logon", message);
    happening.detail.set("logon_id", actor.logon_id.map(|id| id.to_string()));
    happening.detail.set("logon_type", actor.logon_type);
    happening.detail.set("source_ip", actor.source_ip);
    happening.detail.set("source_host", actor.source_host);
    Some(happening)
}

fn afterward(afterward: &AfterwardView<'_>) -> Happening {
    let by = afterward.by.as_ref().map_or(String::new(), |by| format!(", by {}", wording::principal(by)));
    let message = format!("Afterwards: {}{by}", wording::happening(afterward));
    let mut happening = Happening::new(afterward.at, "Account changed", message);
    happening.detail.set("channel", afterward.event.channel);
    happening.detail.set("event_id", afterward.event.event_id);
    happening.detail.set("record_id", afterward.event.record_id);
    happening
}

fn record(event: &EventView<'_>) -> Happening {
    let role = match event.role {
        Role::ProcessEnd => "the end of a process that was weighed, or of an ancestor",
        Role::Privileges => "the privileges of the session behind it",
        Role::Logoff => "the end of the session behind it",
        Role::Credentials => "explicit credentials that lead to the session behind it",
        role => role.doc(),
    };
    let message = format!("{}: {role}", wording::record(&event.record));
    let mut happening = Happening::new(event.record.at, "Recorded", message);
    happening.record(event);
    happening
}

/// Another line tells what this record says.
fn is_told(event: &EventView<'_>, case: &CaseView<'_>, processes: &[Part<'_, '_>]) -> bool {
    let record = &event.record;
    match event.role {
        Role::Creation => record.at == case.created_at,
        Role::Burst | Role::Afterwards => case.afterwards.iter().any(|it| it.event == *record),
        Role::Logon => {
            let origin = case.origin.as_ref().map(|origin| &origin.actor);
            origin.into_iter().chain([&case.actor]).any(|actor| actor.logon_at == Some(record.at))
        }
        // Security 4688, Sysmon 1.
        Role::Process | Role::RemoteCommand if matches!(record.event_id, 4688 | 1) => {
            let started = processes.iter().filter_map(|(_, process, _)| process.started_at);
            started.into_iter().any(|at| record.at.since(at).magnitude() <= RECORD_LAG_MAX)
        }
        _ => false,
    }
}
