//! A case or a finding told again from what a hunt wrote, without the logs: what stands there, and what needs the logs.
//!
//! Nothing is worked out anew and no case is rebuilt: sentences are repeated as they were written, so their times are in
//! UTC.

use std::io::{self, Write};

use begat_model::visible::{visible, visible_bounded};
use serde_json::Value;

use crate::diff::Record;
use crate::view::{Phase, Severity, Timestamp, Verdict};
use crate::words::page::{Lines, Look, Page};
use crate::words::section::Section;
use crate::words::wording::{self, COMMAND_LINE_CHARS_MAX, UNKNOWN};

/// Entries of one list that are told; the rest is counted.
const ENTRIES_MAX: usize = 100;
/// Columns of the figure before an entry.
const FIGURE_COLUMNS: usize = 9;

/// Tells what a record says, and what only the logs could.
pub fn write_record(record: &Record, source: &str, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut told = Retold { lines: Lines::new(page), page };
    let whole = Part(record.value());
    told.heading(record, source);
    if page.tells(Section::Cause) {
        match record.sort() {
            "case" => told.cause_of_case(whole),
            _ => told.cause_of_finding(whole),
        }
    }
    if page.tells(Section::Events) {
        told.events(whole);
    }
    if page.tells(Section::Response) {
        told.response(whole);
    }
    told.what_needs_the_logs(record);
    told.lines.write_to(out)
}

/// A part of what was written: each value only as far as it is there and of the right type.
#[derive(Clone, Copy)]
struct Part<'v>(&'v Value);

impl<'v> Part<'v> {
    fn at(self, pointer: &str) -> Option<Part<'v>> {
        self.0.pointer(pointer).filter(|value| !value.is_null()).map(Part)
    }

    fn text(self, pointer: &str) -> Option<&'v str> {
        self.at(pointer)?.0.as_str()
    }

    /// A text or a number, as text.
    fn word(self, pointer: &str) -> Option<String> {
        match self.at(pointer)?.0 {
            Value::String(text) => Some(visible_bounded(text, wording::NAME_CHARS_MAX).into_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn number(self, pointer: &str) -> Option<f64> {
        self.at(pointer)?.0.as_f64()
    }

    fn is(self, pointer: &str) -> Option<bool> {
        self.at(pointer)?.0.as_bool()
    }

    fn list(self, pointer: &str) -> impl ExactSizeIterator<Item = Part<'v>> + use<'v> {
        let list = self.at(pointer).and_then(|part| part.0.as_array());
        list.map_or(&[][..], Vec::as_slice).iter().map(Part)
    }
}

struct Retold<'page> {
    lines: Lines<'page>,
    page: &'page Page,
}

impl Retold<'_> {
    fn heading(&mut self, record: &Record, source: &str) {
        let sort = if record.sort() == "case" { "Case" } else { "Finding" };
        let lead = format!("{sort} {}, as a hunt wrote it in {}", visible(record.id()), visible(source));
        self.lines.wrapped("", "", &lead, Look::Faint);
        self.lines.wrapped("", "", &visible(&record.said()), Look::Strong);
    }

    fn cause_of_case(&mut self, case: Part<'_>) {
        self.section("What happened");
        let account = case.word("/account/created_as").or(case.word("/account/name"));
        let sid = case.word("/account/sid").map_or(String::new(), |sid| format!(" ({sid})"));
        self.paragraph(&format!(
            "At {} the account {}{sid} was created on {}.",
            self.time(case.text("/created_at")),
            account.as_deref().unwrap_or(UNKNOWN),
            case.word("/host/name").as_deref().unwrap_or(UNKNOWN),
        ));
        self.actor(case, "The call was made with the token of");
        if let Some(origin) = case.at("/origin") {
            let via = origin.text("/via").map(wording::via_said);
            let via = via.map_or(String::new(), |via| format!(" ({via})"));
            self.paragraph(&format!("Behind it is another session{via}: {}.", session(origin)));
        }
        if let Some(outcome) = case.word("/outcome") {
            self.paragraph(&format!("What became of it: {}.", outcome.replace('_', " ")));
        }
        if let Some(wave) = case.word("/wave") {
            self.paragraph(&format!("It is part of wave {wave}."));
        }
        self.who_made_it(case);
        self.what_else(case);
        self.afterwards(case);
        self.not_seen(case);
        self.allowed(case);
        self.severity(case);
    }

    fn who_made_it(&mut self, case: Part<'_>) {
        self.section("Who made it");
        let verdict = case.word("/attribution/verdict").unwrap_or_else(|| UNKNOWN.to_owned());
        let means = Verdict::named(&verdict).map_or(String::new(), |verdict| format!(" ({})", verdict.doc()));
        let sure = case.number("/attribution/confidence").map(wording::percent);
        let sure = sure.map_or(String::new(), |sure| format!(", confidence {sure}"));
        self.lines.wrapped("  ", "  ", &format!("Verdict: {verdict}{means}{sure}."), Look::Strong);
        if let Some(reason) = case.text("/attribution/reason") {
            self.paragraph(&wording::sentence(reason));
        }
        if let Some(creator) = case.at("/attribution/creator") {
            let lead = match verdict.as_str() {
                "likely" => "The process that stands out is",
                "ambiguous" => "The likeliest of several is",
                _ => "The process that made the call is",
            };
            self.paragraph(&format!("{lead} {}.", self.process(creator)));
        }
        for ancestor in case.list("/attribution/chain").take(ENTRIES_MAX) {
            self.paragraph(&format!("Above it: {}.", self.process(ancestor)));
        }
        let evidence = case.list("/attribution/evidence");
        if evidence.len() > 0 {
            self.paragraph("What speaks for this (each point of weight multiplies the odds by 2.7):");
        }
        self.entries(evidence, |piece| {
            let weight = piece.number("/weight").map_or(String::new(), |weight| format!("{weight:+.1}"));
            (weight, visible(piece.text("/why")?).into_owned()).into()
        });
        match case.is("/sequence") {
            Some(true) => self.paragraph("It matches the sequence of AN1235 as ATT&CK words it."),
            Some(false) => self.paragraph("It does not match the sequence of AN1235 as ATT&CK words it."),
            None => {}
        }
    }

    fn what_else(&mut self, case: Part<'_>) {
        let alternatives = case.list("/attribution/alternatives");
        if alternatives.len() > 0 {
            self.section("What else was weighed, and what spoke against it");
        }
        self.entries(alternatives, |alternative| {
            let share = alternative.number("/confidence").map_or(String::new(), wording::percent);
            let what = match alternative.at("/process") {
                Some(process) => named(process),
                None => alternative.word("/explanation")?.replace('_', " "),
            };
            (share, format!("{what}: {}", visible(alternative.text("/against")?))).into()
        });
        self.section("What the plain window rule would say");
        let agrees = case.is("/window_rule/agrees") == Some(true);
        self.paragraph(&match case.at("/window_rule/process") {
            None => "Nothing: no suspicious process of this host started in the window before.".to_owned(),
            Some(process) if agrees => format!("It names {}, and agrees.", named(process)),
            Some(process) => format!("It names {}, and does not agree.", named(process)),
        });
    }

    fn afterwards(&mut self, case: Part<'_>) {
        let afterwards = case.list("/afterwards");
        if afterwards.len() > 0 {
            self.section("What came afterwards");
        }
        for happening in afterwards.take(ENTRIES_MAX) {
            let what = happening.word("/what").unwrap_or_default().replace('_', " ");
            let detail = ["/group_name", "/group_sid", "/to", "/source_ip"];
            let detail = detail.iter().find_map(|it| happening.word(it));
            let detail = detail.map_or(String::new(), |detail| format!(" ({detail})"));
            self.item(&format!("{}: {what}{detail}", self.time(happening.text("/at"))));
        }
    }

    fn not_seen(&mut self, case: Part<'_>) {
        let spots = case.list("/blind_spots");
        if spots.len() > 0 {
            self.section("What could not be seen");
        }
        for spot in spots.take(ENTRIES_MAX) {
            let kind = spot.word("/kind").unwrap_or_default().replace('_', " ");
            self.item(&format!("{kind}: {}", visible(spot.text("/detail").unwrap_or_default())));
        }
    }

    fn allowed(&mut self, case: Part<'_>) {
        let said = match case.text("/authorisation/status") {
            Some("authorised") => {
                let of = |pointer, label| case.word(pointer).map(|it| format!("{label} {it}"));
                let parts = [
                    of("/authorisation/rule", "by"),
                    of("/authorisation/owner", "owner"),
                    of("/authorisation/expires", "until"),
                ];
                format!("Yes, {}.", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
            }
            Some("unauthorised") => "No entry of the policy and no change ticket allowed it.".to_owned(),
            _ => return,
        };
        self.section("Was it allowed");
        self.paragraph(&said);
    }

    fn severity(&mut self, part: Part<'_>) {
        self.section("How severe");
        let severity = part.word("/severity").unwrap_or_else(|| UNKNOWN.to_owned());
        let doc = Severity::named(&severity).map_or(String::new(), |level| format!(" ({})", level.doc()));
        let score = part.word("/risk/score").map_or(String::new(), |score| format!(", {score} points"));
        self.paragraph(&format!("{severity}{doc}{score}."));
        self.entries(part.list("/risk/terms"), |term| {
            let points = term.number("/points").map_or(String::new(), |points| format!("{points:+}"));
            (points, visible(term.text("/why")?).into_owned()).into()
        });
    }

    fn cause_of_finding(&mut self, finding: Part<'_>) {
        self.section("What happened");
        self.paragraph(&wording::sentence(finding.text("/summary").unwrap_or_default()));
        let host = finding.word("/host/name").unwrap_or_else(|| UNKNOWN.to_owned());
        self.paragraph(&format!("That was at {} on {host}.", self.time(finding.text("/at"))));
        self.actor(finding, "It was done with the token of");
        if let Some(process) = finding.at("/process") {
            self.paragraph(&format!("The process is {}.", self.process(process)));
        }
        self.severity(finding);
    }

    fn events(&mut self, part: Part<'_>) {
        self.section("The events it rests on");
        let events = part.list("/events");
        let more = events.len().saturating_sub(ENTRIES_MAX);
        for event in events.take(ENTRIES_MAX) {
            let record =
                event.word("/record_id").map_or("no record id".to_owned(), |id| format!("record {id}"));
            let facts = [
                event.word("/role"),
                event.word("/channel"),
                event.word("/event_id"),
                Some(record),
                Some(self.time(event.text("/at"))),
                event.word("/source"),
            ];
            self.item(&facts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
        }
        if more > 0 {
            self.paragraph(&format!("… {more} more"));
        }
    }

    fn response(&mut self, case: Part<'_>) {
        let steps = case.list("/response");
        if steps.len() == 0 {
            return;
        }
        self.section("What to do first");
        let mut phase = None;
        for step in steps.take(ENTRIES_MAX) {
            let of_step = step.word("/phase");
            if of_step != phase {
                let known = Phase::ALL.iter().find(|it| Some(it.slug()) == of_step.as_deref());
                let title =
                    known.map_or(of_step.as_deref().unwrap_or(UNKNOWN), |phase| wording::phase(*phase));
                self.lines.blank();
                self.lines.wrapped("  ", "  ", title, Look::Strong);
                phase = of_step;
            }
            let place = match step.word("/host") {
                Some(host) if Some(&host) == case.word("/host/name").as_ref() => String::new(),
                Some(host) => format!("On {host}: "),
                None => "From any machine of the domain: ".to_owned(),
            };
            self.item(&format!("{place}{}", visible(step.text("/step").unwrap_or_default())));
            // Not wrapped: a line end in the middle of a command would end it where it is pasted.
            let command = visible(step.text("/command").unwrap_or_default());
            self.lines.stretches(&[("      ", Look::Faint), (&command, Look::Plain)]);
        }
    }

    fn what_needs_the_logs(&mut self, record: &Record) {
        self.section("What needs the logs");
        let id = visible(record.id());
        self.item("the records themselves: `begat dump --record-id N PATH`, with record id and path from the events");
        self.item(&format!(
            "anything worked out anew, by another policy, window or version of begat, and how a wave hangs together: \
             `begat explain {id} LOGS`"
        ));
    }

    fn actor(&mut self, part: Part<'_>, lead: &str) {
        if let Some(actor) = part.at("/actor") {
            self.paragraph(&format!("{lead} {}.", session(actor)));
        }
    }

    /// `net1.exe (7000), started at …, with the command line …`.
    fn process(&self, process: Part<'_>) -> String {
        let started = match process.text("/started_at") {
            Some(at) => format!(", started at {}", self.time(Some(at))),
            None => ", whose start is not known".to_owned(),
        };
        let line = process.text("/command_line").map_or(String::new(), |line| {
            format!(", with the command line `{}`", visible_bounded(line, COMMAND_LINE_CHARS_MAX))
        });
        format!("{}{started}{line}", named(process))
    }

    /// In the page's zone, where it is a time.
    fn time(&self, text: Option<&str>) -> String {
        match text.map(|text| (text, Timestamp::parse_rfc3339(text))) {
            Some((_, Some(at))) => self.page.time(at),
            Some((text, None)) => visible(text).into_owned(),
            None => "an unknown time".to_owned(),
        }
    }

    fn section(&mut self, title: &str) {
        self.lines.blank();
        self.lines.wrapped("", "", title, Look::Strong);
    }

    fn paragraph(&mut self, text: &str) {
        self.lines.wrapped("  ", "  ", text, Look::Plain);
    }

    fn item(&mut self, text: &str) {
        self.lines.wrapped("  - ", "    ", text, Look::Plain);
    }

    /// A list whose entries each begin with a figure; what cannot be read of it is left out.
    fn entries<'v>(
        &mut self,
        parts: impl Iterator<Item = Part<'v>>,
        said: impl Fn(Part<'v>) -> Option<(String, String)>,
    ) {
        for (figure, text) in parts.take(ENTRIES_MAX).filter_map(said) {
            let first = format!("  {figure:>FIGURE_COLUMNS$}  ");
            self.lines.wrapped(&first, &" ".repeat(FIGURE_COLUMNS + 4), &text, Look::Plain);
        }
    }
}

/// `CORP\adm.keller, session 0x4341b1, from 10.20.4.31`.
fn session(actor: Part<'_>) -> String {
    let account = wording::account(actor.text("/domain"), actor.text("/name"), actor.text("/sid"));
    let session = actor.word("/logon_id").map_or(String::new(), |id| format!(", session {id}"));
    let source = actor.word("/source_ip").or(actor.word("/source_host"));
    format!("{account}{session}{}", source.map_or(String::new(), |source| format!(", from {source}")))
}

/// `net1.exe (7000)`.
fn named(process: Part<'_>) -> String {
    let image =
        process.text("/image").map_or("unknown image".into(), |it| wording::name(wording::file_name(it)));
    match process.word("/pid") {
        Some(pid) => format!("{image} ({pid})"),
        None => image.into_owned(),
    }
}
