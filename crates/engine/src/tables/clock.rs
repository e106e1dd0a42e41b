//! The machine's own line of time: what its clock told, without the steps by which it was set (4616).
//!
//! Everything that reads how long something took reads it on this line: events are put on it before they are applied, and
//! a case tells the times that the log told. A step divides a log in two: the Security log by the ids of its records,
//! other logs by a fall of their times, or by what the Security log wrote at the time.

use std::collections::BTreeMap;

use begat_model::catalog::channel;
use begat_model::event::Body;
use begat_model::{Duration, Event, RecordRef, Timestamp};

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

    /// Takes a step out; false where there are too many.
    pub fn add(&mut self, step: Step) -> bool {
        let has_room = self.steps.len() < STEPS_MAX;
        if has_room && !self.steps.contains(&step) {
            let place = self.steps.partition_point(|known| known.record_id < step.record_id);
            self.steps.insert(place, step);
        }
        has_room
    }

    /// How far the clock was set by what this 4616 tells, where that is taken out.
    pub fn takes_out(&self, record: &RecordRef) -> Option<Duration> {
        let id = record.record_id?;
        self.steps.iter().find(|step| step.record_id == id).map(|step| step.to - step.from)
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
        let begun = (0..self.steps.len()).take_while(|epoch| self.steps[*epoch].from + self.offset(*epoch) <= at);
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
        let before = deed.filter(|deed| is_older(*deed)).and_then(|deed| self.epochs(deed).rfind(|e| *e < epoch));
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

/// A clock that was set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetBack {
    /// Of the record that tells it.
    pub record_id: u64,
    /// The time that it was.
    pub from: Timestamp,
}

impl SetBack {
    /// It lies between two records of the Security log.
    pub fn is_between(&self, before: Option<u64>, after: Option<u64>) -> bool {
        before.is_some_and(|before| before < self.record_id)
            && after.is_some_and(|after| after >= self.record_id)
    }
}
