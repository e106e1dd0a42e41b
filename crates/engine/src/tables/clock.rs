//! The machine's own line of time: what its clock told, without the steps by which it was set (4616).
//!
//! Everything that reads how long something took reads it on this line: events are put on it before they are applied, and
//! a case tells the times that the log told. A step divides a log in two: the Security log by the ids of its records,
//! other logs by a fall of their times, or by what the Security log wrote at the time.

use std::collections::BTreeMap;

use begat_model::catalog::channel;
use begat_model::event::{Body, ClockChanged};
use begat_model::{Duration, Event, Timestamp};

use crate::spans::{CHANNEL_TOLERANCE, CLOCK_TRIM_MAX};

/// Steps of one host's clock that are taken out; what is set more often is left as it is told.
const STEPS_MAX: usize = 64;
/// Times that cannot be told from where they lie, as those of the moment of a step, that are remembered.
const TOLD_MAX: usize = 4096;

/// A clock that was set, by its Security log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Of the record that tells it: it and what is numbered after it came after.
    record_id: u64,
    /// The time that it was.
    from: Timestamp,
    /// The time that it became.
    to: Timestamp,
}

impl Step {
    /// What a 4616 tells, where it was written right after, and the step is no trim.
    pub fn of(event: &Event) -> Option<Step> {
        let Body::ClockChanged(change) = &event.body else { return None };
        let (record_id, from, to) = (event.record.record_id?, change.previous?, change.new?);
        let is_written_after = (event.at - to).magnitude() <= CHANNEL_TOLERANCE;
        let is_step = (to - from).magnitude() > CLOCK_TRIM_MAX;
        (is_written_after && is_step).then_some(Step { record_id, from, to })
    }

    /// It is told by this time that was and this that became: Windows may tell one step twice.
    fn is(&self, from: Timestamp, to: Timestamp) -> bool {
        let near = |one: Timestamp, other: Timestamp| (one - other).magnitude() <= CHANNEL_TOLERANCE;
        near(self.from, from) && near(self.to, to)
    }

    /// How far the clock was set back; less than nothing where it was set forward.
    pub fn back(&self) -> Duration {
        self.from - self.to
    }

    /// From when to when times come again.
    pub fn repeated(&self) -> Option<(Timestamp, Timestamp)> {
        (self.back() > Duration::ZERO).then_some((self.to - CHANNEL_TOLERANCE, self.from))
    }

    /// Times that no clock told that was set forward over them: a log that has such is not one machine's, or was given
    /// out again by a snapshot.
    pub fn skips(&self, at: Timestamp) -> bool {
        self.from + CHANNEL_TOLERANCE < at && at < self.to - CHANNEL_TOLERANCE
    }
}

/// How far an event's times lie from where its log tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Of its writing.
    written: Duration,
    /// Of what it tells of, which may be older than the step that its writing followed.
    deed: Duration,
}

impl Place {
    /// Where the log tells it.
    pub const TOLD: Place = Place { written: Duration::ZERO, deed: Duration::ZERO };

    /// When it was written, on the line.
    pub fn written(self, event: &Event) -> Timestamp {
        event.at + self.written
    }

    /// When a thing that it tells of happened, on the line.
    pub fn deed(self, told: Timestamp) -> Timestamp {
        told + self.deed
    }
}

/// The line of one machine's time.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// In the order of record ids.
    steps: Vec<Step>,
    /// By where they lie, times that the steps do not tell.
    told: BTreeMap<Timestamp, Timestamp>,
}

impl Line {
    /// The clock was never set.
    pub fn is_straight(&self) -> bool {
        self.steps.is_empty()
    }

    /// Takes a step out, where it is told the first time and goes with those that are.
    pub fn add(&mut self, step: Step) {
        let is_told = self.steps.iter().any(|known| known.is(step.from, step.to));
        let place = self.steps.partition_point(|known| known.record_id < step.record_id);
        let (before, after) = self.steps.split_at(place);
        let follows = |earlier: &Step, later: &Step| earlier.to - CHANNEL_TOLERANCE <= later.from;
        let fits = before.last().is_none_or(|before| follows(before, &step))
            && after.first().is_none_or(|after| follows(&step, after));
        if self.steps.len() < STEPS_MAX && !is_told && fits {
            self.steps.insert(place, step);
        }
    }

    /// How far the clock was set by what a 4616 tells, where that is taken out.
    pub fn takes_out(&self, change: &ClockChanged) -> Option<Duration> {
        let (from, to) = (change.previous?, change.new?);
        self.steps.iter().any(|step| step.is(from, to)).then(|| to - from)
    }

    /// Where an event of the future can lie at the earliest, given that none is told before `watermark`.
    pub fn earliest(&self, watermark: Timestamp) -> Timestamp {
        let open = |(epoch, step): (usize, &Step)| {
            let (to, from) = step.repeated()?;
            (from >= watermark).then(|| to + self.offset(epoch))
        };
        let again = self.steps.iter().enumerate().filter_map(open);
        again.fold(watermark + self.offset(self.steps.len()), Timestamp::min)
    }

    /// What the clock told at a time of the line.
    pub fn told(&self, at: Timestamp) -> Timestamp {
        self.told.get(&at).copied().unwrap_or_else(|| self.told_by_steps(at))
    }

    fn told_by_steps(&self, at: Timestamp) -> Timestamp {
        let begun =
            (0..self.steps.len()).take_while(|epoch| self.steps[*epoch].from + self.offset(*epoch) <= at);
        at - self.offset(begun.count())
    }

    /// Puts the times of an event where they lie.
    pub fn put(&mut self, event: &mut Event, place: Place) {
        if self.is_straight() {
            return;
        }
        self.remember(event.at, place.written(event));
        event.at = place.written(event);
        event.record.at = event.record.at + place.written;
        let deed = match &mut event.body {
            Body::ProcessCreated(process) => &mut process.started_at,
            Body::ProcessEnded(process) => &mut process.ended_at,
            Body::SamKeyWritten(written) => &mut written.written_at,
            Body::AccountCreated(created) => {
                match created.initiating.as_mut().and_then(|named| named.started_at.as_mut()) {
                    Some(started_at) => started_at,
                    None => return,
                }
            }
            _ => return,
        };
        let told = *deed;
        *deed = place.deed(told);
        self.remember(told, place.deed(told));
    }

    fn remember(&mut self, told: Timestamp, at: Timestamp) {
        if self.told_by_steps(at) != told && self.told.len() < TOLD_MAX {
            self.told.insert(at, told);
        }
    }

    /// How far what was told after so many steps lies behind where it is told.
    fn offset(&self, epoch: usize) -> Duration {
        self.steps.iter().take(epoch).fold(Duration::ZERO, |sum, step| sum + step.back())
    }

    /// After how many steps the clock can have told a time.
    fn epochs(&self, at: Timestamp) -> impl DoubleEndedIterator<Item = usize> {
        (0..=self.steps.len()).filter(move |epoch| self.bears(*epoch, at))
    }

    fn bears(&self, epoch: usize, at: Timestamp) -> bool {
        let begin = epoch.checked_sub(1).map(|before| self.steps[before].to - CHANNEL_TOLERANCE);
        let end = self.steps.get(epoch).map(|step| step.from + CHANNEL_TOLERANCE);
        begin.is_none_or(|begin| begin <= at) && end.is_none_or(|end| at <= end)
    }

    /// Where events lie that are all those of the times that come again.
    pub fn places(&self, events: &[&Event]) -> Vec<Place> {
        if self.is_straight() {
            return vec![Place::TOLD; events.len()];
        }
        let mut epochs: Vec<Option<usize>> = events.iter().map(|event| self.by_record_id(event)).collect();
        let mut marks: Vec<(Timestamp, usize)> =
            events.iter().zip(&epochs).filter_map(|(event, epoch)| Some((event.at, (*epoch)?))).collect();
        marks.sort_unstable();
        let mut logs: BTreeMap<&str, Vec<(u64, usize)>> = BTreeMap::new();
        for (index, (event, epoch)) in events.iter().zip(&mut epochs).enumerate() {
            match event.record.record_id {
                _ if epoch.is_some() => {}
                Some(id) => logs.entry(event.record.kind.spec().channel).or_default().push((id, index)),
                None => *epoch = self.nearest(event.at, self.epochs(event.at), &marks),
            }
        }
        for mut log in logs.into_values() {
            log.sort_unstable();
            let times: Vec<Timestamp> = log.iter().map(|(_, index)| events[*index].at).collect();
            let found = self.by_falls(&times, &marks);
            log.iter().zip(found).for_each(|((_, index), epoch)| epochs[*index] = Some(epoch));
        }
        events.iter().zip(epochs).map(|(event, epoch)| self.place(event, epoch.unwrap_or_default())).collect()
    }

    fn place(&self, event: &Event, epoch: usize) -> Place {
        let written = self.offset(epoch);
        let is_older = |deed: Timestamp| deed > event.at + CHANNEL_TOLERANCE || !self.bears(epoch, deed);
        let deed = match &event.body {
            Body::ProcessCreated(process) => Some(process.started_at),
            Body::ProcessEnded(process) => Some(process.ended_at),
            Body::SamKeyWritten(written) => Some(written.written_at),
            _ => None,
        };
        let before =
            deed.filter(|deed| is_older(*deed)).and_then(|deed| self.epochs(deed).rfind(|e| *e < epoch));
        Place { written, deed: before.map_or(written, |before| self.offset(before)) }
    }

    /// Of a record of the Security log: by its id, where its time agrees.
    fn by_record_id(&self, event: &Event) -> Option<usize> {
        let id = event.record.record_id?;
        if event.record.kind.spec().channel != channel::SECURITY {
            return None;
        }
        let epoch = self.steps.partition_point(|step| step.record_id <= id);
        // A log that was made anew counts anew.
        let agrees = self.bears(epoch, event.at);
        Some(if agrees { epoch } else { self.epochs(event.at).next_back().unwrap_or(epoch) })
    }

    /// Of a log's records in order: where its times fall the clock was set back between.
    fn by_falls(&self, times: &[Timestamp], marks: &[(Timestamp, usize)]) -> Vec<usize> {
        let falls = |index: usize| times[index] + CLOCK_TRIM_MAX < times[index - 1];
        let mut latest = vec![self.steps.len(); times.len()];
        for index in (0..times.len()).rev() {
            let next = latest.get(index + 1).copied().unwrap_or(self.steps.len());
            let falls_next = index + 1 < times.len() && falls(index + 1);
            let bound = next.saturating_sub(usize::from(falls_next));
            latest[index] = self.epochs(times[index]).rfind(|epoch| *epoch <= bound).unwrap_or(bound);
        }
        let mut earliest = 0;
        let mut found = Vec::with_capacity(times.len());
        for (index, at) in times.iter().enumerate() {
            let is_fall = index > 0 && falls(index);
            let from = if is_fall { earliest + 1 } else { earliest };
            let within = self.epochs(*at).filter(|epoch| (from..=latest[index]).contains(epoch));
            earliest = self.nearest(*at, within, marks).unwrap_or(latest[index]);
            found.push(earliest);
        }
        found
    }

    /// Of several, the one in which the Security log wrote nearest to a time.
    fn nearest(
        &self,
        at: Timestamp,
        epochs: impl Iterator<Item = usize>,
        marks: &[(Timestamp, usize)],
    ) -> Option<usize> {
        let around = marks.partition_point(|(mark, _)| *mark < at);
        let distance = |epoch: usize| {
            let is_of = |(_, of): &&(Timestamp, usize)| *of == epoch;
            let before = marks[..around].iter().rev().find(is_of);
            let after = marks[around..].iter().find(is_of);
            before.into_iter().chain(after).map(|(mark, _)| (*mark - at).magnitude()).min()
        };
        epochs.min_by_key(|epoch| distance(*epoch).map_or((true, Duration::ZERO), |near| (false, near)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::Principal;
    use begat_model::{EventKind, HostName, RecordRef};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00.0000000Z").unwrap() + Duration::from_seconds(seconds)
    }

    fn event(seconds: i64, kind: EventKind, record_id: u64) -> Event {
        let at = at(seconds);
        let record = RecordRef { at, kind, record_id: Some(record_id), source: "log".into() };
        let body = Body::SpecialPrivileges(Principal::default());
        Event { at, host: HostName::new("h").unwrap(), record, body }
    }

    fn security(seconds: i64, record_id: u64) -> Event {
        event(seconds, EventKind::SpecialPrivileges, record_id)
    }

    fn script(seconds: i64, record_id: u64) -> Event {
        event(seconds, EventKind::ScriptBlock, record_id)
    }

    fn set(from: i64, to: i64, record_id: u64) -> Event {
        let mut change = event(to, EventKind::ClockChanged, record_id);
        let subject = Principal::default();
        change.body = Body::ClockChanged(Box::new(ClockChanged {
            subject,
            previous: Some(at(from)),
            new: Some(at(to)),
        }));
        change
    }

    /// Where the events lie, in seconds; and that the line tells again what they told.
    fn lie(events: &[Event]) -> Vec<i64> {
        let mut line = Line::default();
        events.iter().filter_map(Step::of).for_each(|step| line.add(step));
        let places = line.places(&events.iter().collect::<Vec<_>>());
        let mut put = events.to_vec();
        put.iter_mut().zip(places).for_each(|(event, place)| line.put(event, place));
        for (told, put) in events.iter().zip(&put) {
            assert_eq!(line.told(put.at), told.at);
            assert_eq!(put.record.at, put.at);
        }
        put.iter().map(|event| (event.at - at(0)).ticks() / Duration::from_seconds(1).ticks()).collect()
    }

    #[test]
    fn a_log_runs_on_where_its_clock_was_set() {
        let back = [security(90, 1), security(99, 2), set(100, 40, 3), security(41, 4), security(200, 5)];
        assert_eq!(lie(&back), [90, 99, 100, 101, 260]);
        let forward = [security(90, 1), set(100, 1000, 2), security(1001, 3)];
        assert_eq!(lie(&forward), [90, 100, 101]);
        let twice = [security(99, 1), set(100, 40, 2), security(50, 3), set(60, 600, 4), security(601, 5)];
        assert_eq!(lie(&twice), [99, 100, 110, 120, 121]);
    }

    #[test]
    fn a_step_that_is_told_twice_is_taken_out_once_and_one_that_cannot_follow_is_left() {
        let again = [security(99, 1), set(100, 40, 2), set(100, 40, 3), security(41, 4)];
        assert_eq!(lie(&again), [99, 100, 100, 101]);
        let torn = [security(99, 1), set(100, 40, 2), security(41, 3), set(20, 10, 4), security(45, 5)];
        assert_eq!(lie(&torn)[4], 105, "the clock never came to what the second tells");
    }

    #[test]
    fn another_log_is_cut_where_its_times_fall() {
        let log = [
            security(99, 1),
            set(100, 40, 2),
            script(95, 11),
            script(98, 12),
            script(45, 13),
            script(97, 14),
        ];
        assert_eq!(lie(&log), [99, 100, 95, 98, 105, 157]);
    }

    #[test]
    fn without_a_fall_a_record_lies_where_the_security_log_wrote_then() {
        let before = [security(94, 1), set(100, 40, 2), security(60, 3), security(120, 4), script(95, 11)];
        assert_eq!(lie(&before)[4], 95);
        let after = [security(30, 1), set(100, 40, 2), security(60, 3), security(120, 4), script(61, 11)];
        assert_eq!(lie(&after)[4], 121);
    }

    #[test]
    fn a_log_that_was_made_anew_counts_anew() {
        let log = [security(99, 1001), set(100, 40, 1002), security(300, 1)];
        assert_eq!(lie(&log), [99, 100, 360]);
    }

    #[test]
    fn a_trim_is_no_step_and_a_change_that_is_told_hours_later_is_not_understood() {
        assert_eq!(Step::of(&set(100, 99, 1)), None);
        let mut late = set(100, 40, 1);
        late.at = at(4000);
        assert_eq!(Step::of(&late), None);
        let step = Step::of(&set(100, 1000, 1)).unwrap();
        assert!(step.skips(at(500)) && !step.skips(at(99)) && !step.skips(at(1000)));
    }
}
