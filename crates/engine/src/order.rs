//! The order in which a host's events are applied, and which of them are one event read twice.
//!
//! Files come in any order, channels in files of their own, and backups repeat what live logs hold. So the order
//! is made of what the events say: time, then channel and record id. Within the Security log record ids never
//! contradicted time except across a change of the clock, so they order what shares a tick or a whole second.

use begat_model::event::Body;
use begat_model::{Event, EventKind, Timestamp};

/// When the thing itself happened: Sysmon writes its records up to minutes after the process started.
pub fn happened_at(event: &Event) -> Timestamp {
    match &event.body {
        Body::ProcessCreated(process) => process.started_at,
        Body::ProcessEnded(process) => process.ended_at,
        Body::SamKeyWritten(written) => written.written_at,
        _ => event.at,
    }
}

/// Sorts a host's events into the one order in which they are applied, and drops repetitions.
///
/// A repetition is the same record of the same channel at the same time, at the coarser precision of the two;
/// the more precise copy stays, of equal ones that with the first path in byte order.
pub fn settle(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by(|a, b| identity(a).cmp(&identity(b)).then_with(|| preference(a).cmp(&preference(b))));
    let mut kept: Vec<Event> = Vec::with_capacity(events.len());
    let mut run_start = 0;
    for event in events {
        if kept.get(run_start).is_none_or(|first| identity(first) != identity(&event)) {
            run_start = kept.len();
        }
        if !kept[run_start..].iter().any(|earlier| is_repetition(earlier, &event)) {
            kept.push(event);
        }
    }
    kept.sort_by(|a, b| application_order(a).cmp(&application_order(b)).then_with(|| a.cmp(b)));
    kept
}

/// What two copies of one record share.
fn identity(event: &Event) -> (&'static str, EventKind, Option<u64>, i64) {
    let record = &event.record;
    (record.kind.spec().channel, record.kind, record.record_id, event.at.unix_seconds())
}

/// Of two copies the one to keep comes first.
fn preference(event: &Event) -> (std::cmp::Reverse<begat_model::Precision>, Timestamp, &str, &Event) {
    (std::cmp::Reverse(event.at.precision()), event.at, &event.record.source, event)
}

/// The same record, though one carrier may have cut its time. Without a record id all must be equal.
fn is_repetition(earlier: &Event, later: &Event) -> bool {
    let step = earlier.at.precision().min(later.at.precision()).step();
    let cut = |at: Timestamp| at.unix_ticks().div_euclid(step.ticks());
    // One id within one step is one record, cut or rounded.
    let near = (earlier.at - later.at).magnitude() < step;
    let same_time = cut(earlier.at) == cut(later.at) || near;
    match earlier.record.record_id {
        Some(_) => same_time,
        None => same_time && earlier.body == later.body,
    }
}

fn application_order(event: &Event) -> (i64, &'static str, Option<u64>, EventKind) {
    let record = &event.record;
    (happened_at(event).unix_ticks(), record.kind.spec().channel, record.record_id, record.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::Principal;
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

    fn sources(events: Vec<Event>) -> Vec<String> {
        settle(events).iter().map(|event| event.record.source.to_string()).collect()
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
    fn record_ids_order_what_shares_a_second() {
        let later = event("2020-01-01T00:00:01Z", Some(8), "a");
        let earlier = event("2020-01-01T00:00:01Z", Some(7), "b");
        assert_eq!(sources(vec![later, earlier]), ["b", "a"]);
    }
}
