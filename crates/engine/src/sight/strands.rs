//! Whether the record ids of one log can be one machine's.
//!
//! Windows numbers the records of a log in the order in which it writes them. Ids that go down and come back to where
//! they were before are the logs of two machines that bear one name: clones, desktops of a pool, a lab. A snapshot that
//! is taken up again goes down too, and never comes back.

use std::collections::VecDeque;

use begat_model::{RecordRef, Timestamp};

use crate::spans::CHANNEL_TOLERANCE;

/// Most strands that are told apart; more are reverts of a machine that is made anew all day.
const STRANDS_MAX: usize = 8;
/// Records that a trimmed clock puts into the wrong order are no farther apart than this.
const TRIMMED_RECORDS_MAX: u64 = 64;
/// An id that jumps farther than this may be another machine's.
const JUMP_MIN: u64 = 1000;

/// Most stretches that are remembered, the latest: a log of one machine is one, or a few.
const STRETCHES_MAX: usize = 4096;

/// Ids that grow, as one machine's do.
#[derive(Debug, Clone, Copy)]
struct Strand {
    /// What it has been since it jumped last: before and after may be two machines.
    run: u64,
    end: u64,
    at: Timestamp,
    /// The id from which it jumped last.
    before_jump: Option<u64>,
    first_used: u64,
    last_used: u64,
}

/// Records of one run that nothing of another comes between.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    run: u64,
    first: u64,
    last: u64,
    from: Timestamp,
    until: Timestamp,
}

/// The strands of one log, in the order of its events.
#[derive(Debug, Default)]
pub struct Strands {
    strands: Vec<Strand>,
    current: usize,
    heard: u64,
    several: bool,
    runs: u64,
    stretches: VecDeque<Stretch>,
}

impl Strands {
    /// The next record.
    pub fn heard(&mut self, id: u64, at: Timestamp) {
        self.heard += 1;
        let heard = self.heard;
        // Where it is the very next of one strand it is no late one of another.
        let is_next = |place: &usize| {
            self.strands.get(*place).is_some_and(|strand| strand.end.checked_add(1) == Some(id))
        };
        if let Some(place) = std::iter::once(self.current).chain(0..self.strands.len()).find(is_next) {
            return self.go_on(place, id, at);
        }
        if let Some(trimmed) = self.strands.iter_mut().find(|strand| strand.is_trimmed(id, at)) {
            trimmed.last_used = heard;
            // Or it is a clone's, that writes within seconds: it vouches for nobody.
            self.runs += 1;
            return self.stretch(self.runs, id, at);
        }
        // The nearest that it can go on.
        let below = self.strands.iter().enumerate().filter(|(_, strand)| strand.end < id);
        let nearest =
            below.max_by_key(|(place, strand)| (strand.end, *place == self.current)).map(|(place, _)| place);
        match nearest {
            Some(place) => self.go_on(place, id, at),
            None => self.begin(id, at),
        }
    }

    /// No record told an id.
    pub fn are_none(&self) -> bool {
        self.strands.is_empty()
    }

    /// Ids went down: they were given out again, by a snapshot that was taken up or by another machine. What the one lost
    /// of them the other may have.
    pub fn began_anew(&self) -> bool {
        self.strands.len() > 1
    }

    /// More than one machine wrote them.
    pub fn are_several(&self) -> bool {
        self.several
    }

    /// Two records are one machine's, if several machines wrote the log: they are of one run, and no other has numbers
    /// between theirs.
    pub fn are_of_one(&self, one: &RecordRef, other: &RecordRef) -> bool {
        let (Some(first), Some(last)) = (one.record_id, other.record_id) else { return false };
        let (Some(run), Some(same)) = (self.run_of(first, one.at), self.run_of(last, other.at)) else {
            return false;
        };
        let between = first.min(last)..=first.max(last);
        let is_between = |stretch: &&Stretch| {
            stretch.run != run && stretch.first <= *between.end() && stretch.last >= *between.start()
        };
        run == same && !self.stretches.iter().any(|stretch| is_between(&stretch))
    }

    /// The run of a record; `None` where it is forgotten, or could be of several.
    fn run_of(&self, id: u64, at: Timestamp) -> Option<u64> {
        let holds = |stretch: &&Stretch| {
            let (from, until) = (stretch.from - CHANNEL_TOLERANCE, stretch.until + CHANNEL_TOLERANCE);
            (stretch.first..=stretch.last).contains(&id) && (from..=until).contains(&at)
        };
        let mut holding = self.stretches.iter().filter(holds).map(|stretch| stretch.run);
        let run = holding.next()?;
        holding.all(|other| other == run).then_some(run)
    }

    /// The record that a strand goes on with, or begins.
    fn stretch(&mut self, run: u64, id: u64, at: Timestamp) {
        match self.stretches.back_mut().filter(|stretch| stretch.run == run) {
            Some(stretch) => {
                (stretch.first, stretch.last) = (stretch.first.min(id), stretch.last.max(id));
                (stretch.from, stretch.until) = (stretch.from.min(at), stretch.until.max(at));
            }
            None => {
                if self.stretches.len() == STRETCHES_MAX {
                    self.stretches.pop_front();
                }
                self.stretches.push_back(Stretch { run, first: id, last: id, from: at, until: at });
            }
        }
    }

    fn go_on(&mut self, place: usize, id: u64, at: Timestamp) {
        // Both go on after the other has begun.
        self.several |=
            place != self.current && self.strands[place].last_used > self.strands[self.current].first_used;
        let strand = &mut self.strands[place];
        if id - strand.end > JUMP_MIN {
            strand.before_jump = Some(strand.end);
            self.runs += 1;
            strand.run = self.runs;
        }
        (strand.end, strand.at, strand.last_used) = (id, at, self.heard);
        let run = strand.run;
        self.current = place;
        self.stretch(run, id, at);
    }

    fn begin(&mut self, id: u64, at: Timestamp) {
        // It goes on exactly where a strand left off that jumped: what it jumped to is another's.
        self.several |= self.strands.iter().any(|strand| strand.before_jump == id.checked_sub(1));
        if self.strands.len() == STRANDS_MAX {
            let oldest =
                (0..STRANDS_MAX).min_by_key(|place| self.strands[*place].last_used).unwrap_or_default();
            self.strands.remove(oldest);
        }
        self.runs += 1;
        self.stretch(self.runs, id, at);
        self.strands.push(Strand {
            run: self.runs,
            end: id,
            at,
            before_jump: None,
            first_used: self.heard,
            last_used: self.heard,
        });
        self.current = self.strands.len() - 1;
    }
}

impl Strand {
    /// Services of Windows trim the clock all day: what was written around it may stand a little late.
    fn is_trimmed(&self, id: u64, at: Timestamp) -> bool {
        id <= self.end
            && self.end - id <= TRIMMED_RECORDS_MAX
            && (at - self.at).magnitude() <= CHANNEL_TOLERANCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Duration;

    /// Records ten seconds apart.
    fn are_several(ids: impl IntoIterator<Item = u64>) -> bool {
        let start = Timestamp::parse_rfc3339("2026-03-02T09:00:00Z").unwrap();
        let mut strands = Strands::default();
        for (count, id) in (0..).zip(ids) {
            strands.heard(id, start + Duration::from_seconds(10 * count));
        }
        strands.are_several()
    }

    /// Which pairs of the records of these ids, ten seconds apart, are of one machine.
    fn of_one(ids: &[u64], pairs: &[(usize, usize)]) -> Vec<bool> {
        let start = Timestamp::parse_rfc3339("2026-03-02T09:00:00Z").unwrap();
        let record = |(count, id): (i64, &u64)| RecordRef {
            at: start + Duration::from_seconds(10 * count),
            kind: begat_model::EventKind::LoggedOn,
            record_id: Some(*id),
            source: "log".into(),
        };
        let records: Vec<RecordRef> = (0..).zip(ids).map(record).collect();
        let mut strands = Strands::default();
        records.iter().for_each(|record| strands.heard(record.record_id.unwrap(), record.at));
        let is_one = |(one, other): &(usize, usize)| strands.are_of_one(&records[*one], &records[*other]);
        pairs.iter().map(is_one).collect()
    }

    #[test]
    fn records_are_one_machines_where_no_others_numbers_lie_between_them() {
        assert_eq!(of_one(&[5, 9, 14, 22], &[(0, 3), (3, 0), (1, 2)]), [true; 3], "one machine");
        let twins = [100, 103, 9_000, 105, 9_002, 107, 9_004];
        assert_eq!(of_one(&twins, &[(3, 5), (2, 4), (4, 6)]), [true; 3], "each by itself");
        assert_eq!(of_one(&twins, &[(0, 2), (3, 4), (5, 6)]), [false; 3], "one and the other");
        let in_step = [5_001, 5_004, 5_002, 5_005, 5_003, 5_006];
        assert_eq!(of_one(&in_step, &[(0, 1), (2, 3), (0, 4)]), [false; 3], "nobody knows whose");
    }

    #[test]
    fn one_machine_counts_up_with_gaps_or_without() {
        assert!(!are_several(1..500));
        assert!(!are_several([5, 90, 91, 4_000, 900_000, 900_001]));
    }

    #[test]
    fn a_snapshot_that_is_taken_up_again_is_one_machine_however_often() {
        assert!(!are_several((1..500).chain(300..700)));
        assert!(!are_several((1..500).step_by(7).chain((300..900).step_by(3))), "of a filtered log too");
        assert!(!are_several((1..500).chain(300..700).chain(300..900).chain(200..350)));
    }

    #[test]
    fn ids_that_go_down_were_given_out_again() {
        let start = Timestamp::parse_rfc3339("2026-03-02T09:00:00Z").unwrap();
        let began_anew = |ids: Vec<u64>| {
            let mut strands = Strands::default();
            ids.into_iter().for_each(|id| strands.heard(id, start + Duration::from_seconds(10)));
            strands.began_anew()
        };
        assert!(!began_anew((1..500).chain(600..700).collect()));
        assert!(began_anew((1..500).chain(300..700).collect()));
    }

    #[test]
    fn ids_that_go_down_and_come_back_are_two_machines() {
        let (ours, theirs) = (127_859..127_900, 804_394..804_410);
        let one_by_one = ours.clone().zip(theirs.clone()).flat_map(|(ours, theirs)| [ours, theirs]);
        assert!(are_several(one_by_one));
        let in_one_go = (127_859..127_871).chain(theirs).chain(127_871..127_880);
        assert!(are_several(in_one_go), "a burst of the other between two records of the one");
        let filtered = [100, 9_000, 107, 9_005, 113, 9_020, 140];
        assert!(are_several(filtered));
        let lockstep = (5_001..5_040).flat_map(|id| [id, id + 3]);
        assert!(are_several(lockstep), "clones count from the same record on");
    }

    #[test]
    fn clones_that_write_within_seconds_of_each_other_are_two_machines() {
        let start = Timestamp::parse_rfc3339("2026-03-02T09:00:00Z").unwrap();
        let mut strands = Strands::default();
        for (id, seconds) in [(871, 8), (865, 17), (872, 29), (875, 35), (866, 37), (867, 37), (876, 58)] {
            strands.heard(id, start + Duration::from_seconds(seconds));
        }
        assert!(strands.are_several());
    }

    #[test]
    fn a_clock_that_is_trimmed_puts_no_record_into_a_strand_of_its_own() {
        let at = |milliseconds| {
            Timestamp::parse_rfc3339("2026-03-02T09:00:00Z").unwrap()
                + Duration::from_milliseconds(milliseconds)
        };
        let mut strands = Strands::default();
        for (id, milliseconds) in [(10, 100), (13, 400), (11, 500), (14, 800), (12, 900), (15, 1200)] {
            strands.heard(id, at(milliseconds));
        }
        assert!(!strands.are_several());
    }
}
