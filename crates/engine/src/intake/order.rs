//! The order in which a host's events are applied, and which of them are one event read twice.
//!
//! Files come in any order, channels in files of their own, and backups repeat what live logs hold. So the order
//! is made of what the events say: time, then channel and record id. Within the Security log record ids never
//! contradicted time except across a change of the clock, so they order what shares a tick or a whole second. Where a
//! clock was set, events lie on the machine's own line (`tables::clock`), and leave with its times.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use begat_model::catalog::channel;
use begat_model::event::Body;
use begat_model::time::TICKS_PER_SECOND;
use begat_model::{Duration, Event, EventKind, Precision, Text, Timestamp};

use crate::intake::copies::{COMPARED_MAX, grain, without_copies};
use crate::spans::{CLOCK_STEP_MAX, LAG_MAX};
use crate::tables::clock::{Line, Place, Step};

/// Logs of no more records can be held whole.
const SHORT_LOG_MAX: u64 = 50_000;

/// Where an event stands in the order: when the thing itself happened, since Sysmon writes its records up to minutes
/// after the process started; never farther from its writing than `LAG_MAX`.
pub fn happened_at(event: &Event) -> Timestamp {
    happening(event).map_or(event.at, |told| near(told, event.at))
}

/// When the thing happened that an event tells, where it tells that apart from its writing.
fn happening(event: &Event) -> Option<Timestamp> {
    match &event.body {
        Body::ProcessCreated(process) => Some(process.started_at),
        Body::ProcessEnded(process) => Some(process.ended_at),
        Body::SamKeyWritten(written) => Some(written.written_at),
        _ => None,
    }
}

fn near(told: Timestamp, written: Timestamp) -> Timestamp {
    told.clamp(written - LAG_MAX, written + LAG_MAX)
}

/// A host's events that wait for others that may belong before them.
#[derive(Debug)]
pub struct WaitingEvents {
    /// A copy of these may still come.
    incoming: Vec<Event>,
    /// These are there once each, in order; something that happened before may still come, told late.
    settled: Vec<(Place, Event)>,
    /// The machine's own line of time.
    line: Line,
    /// A clock that was set back by more is left as it is.
    step_max: Duration,
    /// The latest time that the Security log told of what was taken.
    latest_taken: Option<Timestamp>,
}

impl Default for WaitingEvents {
    fn default() -> WaitingEvents {
        WaitingEvents {
            incoming: Vec::new(),
            settled: Vec::new(),
            line: Line::default(),
            step_max: CLOCK_STEP_MAX,
            latest_taken: None,
        }
    }
}

impl WaitingEvents {
    /// Of a host of so many records, which are of one machine or of several. What bears a time twice is held until the
    /// first time is over: of a short log, as those of machines are whose clock was set by months, all of it can be.
    pub fn of(records: u64, is_one_machine: bool) -> WaitingEvents {
        let step_max = match is_one_machine {
            false => Duration::from_ticks(i64::MIN),
            true if records <= SHORT_LOG_MAX => Duration::from_ticks(i64::MAX),
            true => CLOCK_STEP_MAX,
        };
        WaitingEvents { step_max, ..WaitingEvents::default() }
    }

    /// The line that what was taken lies on.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// One more event; not before one for which `take_until` was promised that it would not come.
    pub fn push(&mut self, event: Event) {
        self.incoming.push(event);
    }

    /// In order, all that nothing can come before any more, given that no further event was written before
    /// `watermark`.
    pub fn take_until(&mut self, watermark: Timestamp) -> Vec<Event> {
        // Copies share their whole second, however their carriers cut the rest.
        let second = watermark.unix_seconds();
        let (complete, incoming) = std::mem::take(&mut self.incoming)
            .into_iter()
            .partition(|event| event.at.unix_seconds() < second);
        self.incoming = incoming;
        self.settle(complete);
        let passed = second.saturating_mul(TICKS_PER_SECOND).saturating_sub(LAG_MAX.ticks());
        // What bears a time twice waits until the first time is over.
        let horizon = self.line.earliest(Timestamp::from_unix_ticks(passed, Precision::SECONDS)).unix_ticks();
        let ready = self.settled.partition_point(|placed| order(placed).0 < horizon);
        let later = self.settled.split_off(ready);
        self.put(later)
    }

    /// In order, all of them.
    pub fn take_all(&mut self) -> Vec<Event> {
        let incoming = std::mem::take(&mut self.incoming);
        self.settle(incoming);
        self.put(Vec::new())
    }

    /// What is settled, where it lies on the line, but for what waits on.
    fn put(&mut self, later: Vec<(Place, Event)>) -> Vec<Event> {
        let taken = std::mem::replace(&mut self.settled, later).into_iter().map(|(place, mut event)| {
            if is_of_security(&event) {
                self.latest_taken = self.latest_taken.max(Some(event.at));
            }
            self.line.put(&mut event, place);
            event
        });
        taken.collect()
    }

    fn settle(&mut self, complete: Vec<Event>) {
        let new = without_copies(without_repetitions(complete));
        let steps: Vec<Step> = new.iter().filter_map(Step::of).collect();
        self.settled.extend(new.into_iter().map(|event| (Place::TOLD, event)));
        for step in steps.into_iter().filter(|step| step.back() <= self.step_max) {
            let told = self.settled.iter().filter(|(_, event)| is_of_security(event)).map(|(_, event)| event.at);
            if !told.chain(self.latest_taken).any(|at| step.skips(at)) {
                self.line.add(step);
            }
        }
        if !self.line.is_straight() {
            let events: Vec<&Event> = self.settled.iter().map(|(_, event)| event).collect();
            let places = self.line.places(&events);
            self.settled.iter_mut().zip(places).for_each(|((place, _), found)| *place = found);
        }
        self.settled.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.1.cmp(&b.1)));
    }
}

fn is_of_security(event: &Event) -> bool {
    event.record.kind.spec().channel == channel::SECURITY
}

/// Where an event stands in the one order in which a host's events are applied.
fn order((place, event): &(Place, Event)) -> (i64, &'static str, Option<u64>, EventKind) {
    let record = &event.record;
    let written = place.written(event);
    let at = happening(event).map_or(written, |told| near(place.deed(told), written));
    (at.unix_ticks(), record.kind.spec().channel, record.record_id, record.kind)
}

/// Drops repetitions.
///
/// A repetition is the same record of the same channel at the same time, at the coarser precision of the two;
/// the more precise copy stays, of equal ones that with the first path in byte order. Without a record id all that
/// the record says must be equal.
fn without_repetitions(mut events: Vec<Event>) -> Vec<Event> {
    // Most records stand alone: only of those that share an id and a second more is compared.
    events.sort_by_cached_key(number);
    for copies in events.chunk_by_mut(|a, b| number(a) == number(b)).filter(|copies| copies.len() > 1) {
        copies.sort_by(|a, b| identity(a).cmp(&identity(b)).then_with(|| preference(a).cmp(&preference(b))));
    }
    let mut kept: Vec<Event> = Vec::with_capacity(events.len());
    // Of the records that share the last one's identity: a log made to be hostile has millions of them.
    let mut times: BTreeMap<i64, Text> = BTreeMap::new();
    for event in events {
        if kept.last().is_none_or(|last| identity(last) != identity(&event)) {
            times.clear();
        }
        // The more precise came first, so this one's is the coarser step; one id within it is one record, cut or
        // rounded. What another carrier fills up with zeros it cut.
        let at = event.at.unix_ticks();
        let within = |step: i64| times.range(at.saturating_sub(step - 1)..=at.saturating_add(step - 1));
        let source = &event.record.source;
        let mut filled_up = within(grain(event.at).ticks()).take(COMPARED_MAX);
        let is_copy = within(event.at.precision().step().ticks()).next().is_some()
            || filled_up.any(|(_, other)| other != source);
        if !is_copy {
            times.insert(at, source.clone());
            kept.push(event);
        }
    }
    kept
}

/// What two copies of one record share at least; the kind tells the channel.
fn number(event: &Event) -> (EventKind, Option<u64>, i64) {
    (event.record.kind, event.record.record_id, event.at.unix_seconds())
}

/// What two copies of one record share.
fn identity(event: &Event) -> ((EventKind, Option<u64>, i64), Option<&Body>) {
    (number(event), event.record.record_id.is_none().then_some(&event.body))
}

/// Of two copies the one to keep comes first: never one that cannot be read before one that can.
fn preference(event: &Event) -> (bool, Duration, Reverse<Precision>, Timestamp, &str, &Event) {
    let is_unread = matches!(event.body, Body::Unread(_));
    let precision = Reverse(event.at.precision());
    (is_unread, grain(event.at), precision, event.at, &event.record.source, event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::{Principal, ProcessCreated, ProcessEnded};
    use begat_model::{HostName, RecordRef};

    fn event(at: &str, record_id: Option<u64>, source: &str) -> Event {
        let at = Timestamp::parse_rfc3339(at).unwrap();
        let kind = EventKind::SpecialPrivileges;
        Event {
            at,
            host: HostName::new("h").unwrap(),
            record: RecordRef { at, kind, record_id, source: source.into() },
            body: Body::SpecialPrivileges(Principal::default()),
        }
    }

    fn settle(events: Vec<Event>) -> Vec<Event> {
        let mut waiting = WaitingEvents::default();
        events.into_iter().for_each(|event| waiting.push(event));
        waiting.take_all()
    }

    fn sources(events: Vec<Event>) -> Vec<String> {
        settle(events).iter().map(|event| event.record.source.to_string()).collect()
    }

    #[test]
    fn record_ids_order_within_a_channel_only() {
        let of = |kind: EventKind, record_id: u64| {
            let mut event = event("2020-01-01T00:00:01Z", Some(record_id), kind.spec().channel);
            event.record.kind = kind;
            event
        };
        // Of one instant: Sysmon counts far beyond Security, and that says nothing.
        let security = of(EventKind::SpecialPrivileges, 7);
        let security_next = of(EventKind::SpecialPrivileges, 8);
        let sysmon = of(EventKind::SysmonProcessEnded, 900);
        assert!(sysmon.record.kind.spec().channel < security.record.kind.spec().channel);
        let settled = settle(vec![security_next.clone(), sysmon.clone(), security.clone()]);
        assert_eq!(settled, [sysmon, security, security_next]);
    }

    #[test]
    fn of_copies_the_more_precise_stays_and_of_equals_the_first_path() {
        let precise = event("2020-01-01T00:00:01.25Z", Some(7), "z");
        let whole = event("2020-01-01T00:00:01Z", Some(7), "a");
        assert_eq!(sources(vec![whole.clone(), precise.clone()]), ["z"]);
        assert_eq!(sources(vec![precise, whole.clone()]), ["z"]);
        let again = event("2020-01-01T00:00:01Z", Some(7), "b");
        assert_eq!(sources(vec![again, whole]), ["a"]);
    }

    #[test]
    fn places_that_are_only_filled_up_with_zeros_tell_no_more_than_the_others() {
        let whole = event("2020-01-01T00:00:01.2340102Z", Some(7), "z");
        let filled = event("2020-01-01T00:00:01.2340000Z", Some(7), "a");
        assert_eq!(sources(vec![whole.clone(), filled.clone()]), ["z"]);
        assert_eq!(sources(vec![filled, whole]), ["z"]);
    }

    #[test]
    fn one_record_id_at_two_times_is_two_records() {
        let first = event("2020-01-01T00:00:01.25Z", Some(7), "a");
        let second = event("2020-01-01T00:00:01.75Z", Some(7), "b");
        assert_eq!(sources(vec![second, first]), ["a", "b"], "a rebuilt log counts anew");
    }

    #[test]
    fn without_record_ids_only_equal_events_are_one() {
        let one = event("2020-01-01T00:00:01Z", None, "a");
        let mut other = event("2020-01-01T00:00:01Z", None, "b");
        assert_eq!(sources(vec![one.clone(), other.clone()]), ["a"]);
        other.body = Body::HostStarted;
        assert_eq!(sources(vec![one, other]).len(), 2);
    }

    #[test]
    fn a_flood_of_one_id_in_one_second_costs_no_more_than_its_number() {
        let flood =
            (0..60_000).map(|tick| event(&format!("2020-01-01T00:00:01.{:07}Z", tick * 2), Some(7), "a"));
        let anonymous =
            (0..60_000).map(|tick| event(&format!("2020-01-01T00:00:01.{:07}Z", tick * 2), None, "a"));
        assert_eq!(settle(flood.chain(anonymous).collect()).len(), 120_000);
    }

    #[test]
    fn taking_events_as_they_are_complete_gives_the_same_order() {
        let lagging = |started: &str, written: &str| {
            let mut event = event(written, Some(9), "a");
            event.body = Body::ProcessEnded(ProcessEnded {
                pid: Some(begat_model::ProcessId(1)),
                guid: None,
                ended_at: Timestamp::parse_rfc3339(started).unwrap(),
                image: None,
                exit_code: None,
                subject: Principal::default(),
            });
            event
        };
        let events = vec![
            event("2020-01-01T00:00:01.25Z", Some(7), "z"),
            event("2020-01-01T00:00:01Z", Some(7), "a"),
            lagging("2020-01-01T00:14:00Z", "2020-01-01T00:20:00Z"),
            lagging("2019-06-01T00:00:00Z", "2020-01-01T00:30:00Z"),
            event("2020-01-01T00:16:00Z", Some(8), "a"),
            event("2020-01-01T00:40:00Z", Some(9), "a"),
        ];
        let whole = settle(events.clone());
        assert_eq!(whole.len(), 5);
        for minutes in 0..60 {
            let watermark = Timestamp::parse_rfc3339(&format!("2020-01-01T00:{minutes:02}:00.5Z")).unwrap();
            let (early, late): (Vec<Event>, Vec<Event>) =
                events.iter().cloned().partition(|event| event.at.unix_seconds() < watermark.unix_seconds());
            let mut waiting = WaitingEvents::default();
            early.into_iter().for_each(|event| waiting.push(event));
            let mut taken = waiting.take_until(watermark);
            late.into_iter().for_each(|event| waiting.push(event));
            taken.extend(waiting.take_all());
            assert_eq!(taken, whole, "{minutes}");
        }
    }

    /// Created at 19:18, three hours ahead; the clock is set back at 19:33, and what follows is of 16:33 and later.
    fn set_back() -> Vec<Event> {
        let mut change = event("2022-02-05T16:33:00Z", Some(20), "change");
        change.record.kind = EventKind::ClockChanged;
        change.body = Body::ClockChanged(Box::new(begat_model::event::ClockChanged {
            subject: Principal::default(),
            previous: Timestamp::parse_rfc3339("2022-02-05T19:33:00Z"),
            new: Timestamp::parse_rfc3339("2022-02-05T16:33:00Z"),
        }));
        vec![
            event("2022-02-05T16:10:00Z", Some(5), "long before"),
            event("2022-02-05T19:18:00Z", Some(10), "before"),
            change,
            event("2022-02-05T16:35:00Z", Some(30), "after"),
            event("2022-02-05T19:20:00Z", Some(40), "hours after"),
            event("2022-02-05T19:40:00Z", Some(50), "once more"),
        ]
    }

    #[test]
    fn what_a_log_numbers_after_a_clock_was_set_back_came_after_it() {
        let told = ["long before", "before", "change", "after", "hours after", "once more"];
        assert_eq!(sources(set_back()), told);
        assert_eq!(sources(set_back().into_iter().rev().collect()), told);
    }

    #[test]
    fn a_clock_that_was_set_back_gives_the_same_order_in_slices() {
        for minutes in 0..240 {
            let watermark = Timestamp::parse_rfc3339("2022-02-05T16:00:00Z").unwrap()
                + begat_model::Duration::from_seconds(60 * minutes);
            let (early, late): (Vec<Event>, Vec<Event>) =
                set_back().into_iter().partition(|event| event.at < watermark);
            let mut waiting = WaitingEvents::default();
            early.into_iter().for_each(|event| waiting.push(event));
            let mut taken = waiting.take_until(watermark);
            late.into_iter().for_each(|event| waiting.push(event));
            taken.extend(waiting.take_all());
            assert_eq!(taken, settle(set_back()), "{minutes}");
        }
    }

    #[test]
    fn a_start_that_sysmon_tells_late_stands_where_the_process_started() {
        let process = ProcessCreated {
            pid: Some(begat_model::ProcessId(1)),
            ..ProcessCreated::untold(Timestamp::parse_rfc3339("2020-01-01T00:00:01Z").unwrap())
        };
        let mut start = event("2020-01-01T00:05:48Z", Some(1), "start");
        start.body = Body::ProcessCreated(Box::new(process));
        let creation = event("2020-01-01T00:00:02Z", Some(7), "creation");
        assert_eq!(sources(vec![creation, start]), ["start", "creation"]);
    }

    #[test]
    fn a_copy_of_the_second_in_which_events_were_taken_is_still_one_record() {
        let mut waiting = WaitingEvents::default();
        waiting.push(event("2020-01-01T00:00:01.25Z", Some(7), "precise"));
        let taken = waiting.take_until(Timestamp::parse_rfc3339("2020-01-01T00:00:01.5Z").unwrap());
        waiting.push(event("2020-01-01T00:00:01Z", Some(7), "whole"));
        assert_eq!(taken.len() + waiting.take_all().len(), 1);
    }

    #[test]
    fn record_ids_order_what_shares_a_second() {
        let later = event("2020-01-01T00:00:01Z", Some(8), "a");
        let earlier = event("2020-01-01T00:00:01Z", Some(7), "b");
        assert_eq!(sources(vec![later, earlier]), ["b", "a"]);
    }
}
