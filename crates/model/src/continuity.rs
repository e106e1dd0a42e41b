//! Which record ids of a log are there, so that a loss is told from silence.
//!
//! Within one log of one host Windows numbers records without gaps, and goes on counting after the log is cleared.
//! A gap is therefore a record that this input lacks: filtered by a collector, overwritten, or lost.

/// Most runs kept of one log as one file tells it; one with more is a filtered stream, whose gaps say nothing.
const RUNS_MAX: usize = 4096;
/// Most runs that all files together may tell of one log, each file's counted by itself: so that the bound is met or
/// not whatever the order in which they are put together.
const RUNS_TOLD_MAX: u64 = 65_536;
/// With at least this share of its ids a log counts as whole, and its few gaps as losses.
const WHOLE_SHARE_MIN: f64 = 0.98;
/// With less than this share a log was filtered: no loss takes so many.
const FILTERED_SHARE_MAX: f64 = 0.5;

/// Fewer records than this are a handful that somebody picked, and say nothing of how a log was fed.
const FILTERED_RECORDS_MIN: u64 = 50;

/// Record ids without a gap between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    first: u64,
    last: u64,
}

/// The record ids of one log of one host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordRuns {
    /// Disjoint, not adjacent, sorted.
    runs: Vec<Run>,
    /// The run that grew last: records mostly come in order.
    latest: usize,
    /// Of the parts that were put together, the runs of each, summed.
    told: u64,
    /// There were more runs than the bound: nothing is kept, and nothing is judged.
    overflowed: bool,
}

/// What the gaps of a log say of a stretch of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuity {
    /// No record of the stretch is missing; or the log is one of which most are, and gaps are its norm.
    Nothing,
    /// Of a log that is whole otherwise these ids are missing, from and to.
    Gap(u64, u64),
    /// Records are missing all over it, too many for accidents and too few for a filter: so many of a hundred.
    Lossy(u8),
    /// Most are missing, in this stretch too, and too few are there to tell a filter from a loss: what was not picked
    /// may have stood here.
    Picked,
}

impl Continuity {
    /// Records were lost here.
    pub fn is_loss(self) -> bool {
        matches!(self, Continuity::Gap(..) | Continuity::Lossy(_))
    }
}

impl RecordRuns {
    /// A record with this id is there. One that is told twice is there once.
    pub fn add(&mut self, id: u64) {
        if self.overflowed {
            return;
        }
        if let Some(run) = self.runs.get_mut(self.latest) {
            if (run.first..=run.last).contains(&id) {
                return;
            }
            let next = self.runs.get(self.latest + 1).map(|next| next.first);
            if id == self.runs[self.latest].last + 1 && next.is_none_or(|next| next > id + 1) {
                self.runs[self.latest].last = id;
                return;
            }
        }
        self.insert(Run { first: id, last: id });
        if self.runs.len() > RUNS_MAX {
            self.overflow();
        }
    }

    /// Puts in a run, and joins what it touches.
    fn insert(&mut self, run: Run) {
        let from = self.runs.partition_point(|known| known.last.saturating_add(1) < run.first);
        let to = self.runs.partition_point(|known| known.first <= run.last.saturating_add(1));
        let touched = &self.runs[from..to.max(from)];
        let first = touched.first().map_or(run.first, |known| known.first.min(run.first));
        let last = touched.last().map_or(run.last, |known| known.last.max(run.last));
        self.runs.splice(from..to.max(from), [Run { first, last }]);
        self.latest = from;
    }

    fn overflow(&mut self) {
        *self = RecordRuns { overflowed: true, ..RecordRuns::default() };
    }

    /// Puts two parts of one log together; in whatever order, the whole is the same.
    pub fn merge(&mut self, other: &RecordRuns) {
        let told = self.parts() + other.parts();
        if self.overflowed || other.overflowed || told > RUNS_TOLD_MAX {
            return self.overflow();
        }
        for run in &other.runs {
            self.insert(*run);
        }
        self.told = told;
    }

    fn parts(&self) -> u64 {
        self.told.max(self.runs.len() as u64)
    }

    /// The first and the last id; none where there were too many runs to keep.
    pub fn span(&self) -> Option<(u64, u64)> {
        Some((self.runs.first()?.first, self.runs.last()?.last))
    }

    /// Share of the ids between the first and the last that are there.
    fn share(&self) -> Option<f64> {
        let (first, last) = self.span()?;
        Some(self.there() as f64 / (last - first + 1) as f64)
    }

    /// Most ids between the first and the last are missing: no accident takes so many, what is there was chosen.
    pub fn is_filtered(&self) -> bool {
        self.overflowed || (self.is_long() && self.share().is_some_and(|share| share <= FILTERED_SHARE_MAX))
    }

    fn is_long(&self) -> bool {
        self.there() >= FILTERED_RECORDS_MIN
    }

    /// How many are there.
    fn there(&self) -> u64 {
        self.runs.iter().map(|run| run.last - run.first + 1).sum()
    }

    /// Ids that are missing between the first and the last, and in how many places. Nothing where there were too many
    /// runs to keep.
    pub fn missing(&self) -> (u64, u64) {
        let holes = self.runs.windows(2).map(|pair| pair[1].first - pair[0].last - 1);
        (holes.sum(), self.runs.len().saturating_sub(1) as u64)
    }

    /// What is missing between two ids, themselves included. A stretch without a hole is whole, whatever the rest of
    /// the log is; before the first id and after the last nothing is known to be missing.
    pub fn between(&self, from: u64, until: u64) -> Continuity {
        let (Some(share), Some((first, last))) = (self.share(), self.last_hole(from, until)) else {
            return Continuity::Nothing;
        };
        match share {
            _ if share >= WHOLE_SHARE_MIN => Continuity::Gap(first, last),
            // Never 0: what is told as missing is missing.
            _ if share > FILTERED_SHARE_MAX => {
                Continuity::Lossy((((1.0 - share) * 100.0).ceil() as u8).max(1))
            }
            _ if self.is_long() => Continuity::Nothing,
            _ => Continuity::Picked,
        }
    }

    /// So many ids in a row, or more, were lost, and touch a stretch.
    pub fn lacks_run(&self, from: u64, until: u64, least: u64) -> bool {
        let mut touching = self.holes().filter(|(first, last)| *first <= until && *last >= from);
        self.between(from, until).is_loss() && touching.any(|(first, last)| last - first + 1 >= least)
    }

    /// Some id of a stretch is missing, whether lost or not wanted.
    pub fn has_hole(&self, from: u64, until: u64) -> bool {
        self.overflowed || self.last_hole(from, until).is_some()
    }

    /// The last ids that are missing and touch a stretch, from and to.
    fn last_hole(&self, from: u64, until: u64) -> Option<(u64, u64)> {
        self.holes().rev().find(|(first, last)| *first <= until && *last >= from)
    }

    fn holes(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        self.runs.windows(2).map(|pair| (pair[0].last + 1, pair[1].first - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(ids: impl IntoIterator<Item = u64>) -> RecordRuns {
        let mut runs = RecordRuns::default();
        ids.into_iter().for_each(|id| runs.add(id));
        runs
    }

    #[test]
    fn the_order_of_records_and_their_repetition_mean_nothing() {
        let forwards = runs((1..50).chain(60..100));
        let mut ids: Vec<u64> = (1..50).chain(60..100).chain(20..70).collect();
        ids.retain(|id| *id < 50 || *id >= 60);
        ids.reverse();
        let backwards = runs(ids);
        assert_eq!(forwards.runs, backwards.runs);
        let mut merged = runs(70..100);
        merged.merge(&runs((1..50).chain(60..75)));
        assert_eq!(merged.runs, forwards.runs);
    }

    #[test]
    fn a_run_that_is_lost_is_told_from_single_records() {
        let log = runs((1..500).filter(|id| id % 10 != 0).chain(510..1000));
        assert!(log.lacks_run(495, 505, 5) && log.lacks_run(505, 505, 5));
        assert!(!log.lacks_run(495, 505, 12), "ten in a row, and one before them");
        assert!(!log.lacks_run(100, 200, 5), "one of ten");
        assert!(!log.lacks_run(600, 700, 1));
        let filtered = runs((1..5000).step_by(20));
        assert!(!filtered.lacks_run(100, 200, 5), "nobody wanted them");
    }

    #[test]
    fn a_gap_in_a_whole_log_is_a_loss_where_it_is() {
        let log = runs((1..5000).chain(5010..9000));
        assert_eq!(log.between(4000, 6000), Continuity::Gap(5000, 5009));
        assert_eq!(log.between(5005, 5005), Continuity::Gap(5000, 5009));
        assert_eq!(log.between(1, 4999), Continuity::Nothing);
        assert_eq!(log.between(1, 5000), Continuity::Gap(5000, 5009), "the ends are of it");
        assert_eq!(log.between(5009, 8000), Continuity::Gap(5000, 5009));
        assert_eq!(log.between(5010, 8000), Continuity::Nothing);
    }

    #[test]
    fn a_filtered_log_is_all_gaps_and_says_nothing() {
        assert_eq!(runs((1..9000).step_by(7)).between(100, 200), Continuity::Nothing);
        assert!(!Continuity::Nothing.is_loss() && !Continuity::Picked.is_loss());
        assert_eq!(runs((1..90_000).step_by(3)).between(100, 200), Continuity::Nothing, "beyond the bound");
        assert_eq!(RecordRuns::default().between(1, 2), Continuity::Nothing);
    }

    #[test]
    fn a_log_that_lacks_one_in_ten_is_lossy_but_where_none_is_missing() {
        let lossy = runs((1..1000).filter(|id| id % 10 != 0));
        assert_eq!(lossy.between(5, 12), Continuity::Lossy(10));
        assert_eq!(lossy.between(11, 19), Continuity::Nothing);
        assert!(lossy.between(10, 10).is_loss());
        assert!(lossy.has_hole(19, 21) && !lossy.has_hole(11, 19) && !lossy.has_hole(999, 2000));
    }

    #[test]
    fn of_a_handful_with_holes_nothing_is_known_and_of_its_whole_stretches_all() {
        let picked = runs([1, 4, 5, 6, 20, 30, 40, 90]);
        assert_eq!(picked.between(4, 20), Continuity::Picked);
        assert_eq!(picked.between(4, 6), Continuity::Nothing);
        // As many as are taken for a filter: there gaps are the norm.
        let filtered = runs((0..FILTERED_RECORDS_MIN).map(|id| id * 3));
        assert_eq!(filtered.between(3, 9), Continuity::Nothing);
        let fewer = runs((1..FILTERED_RECORDS_MIN).map(|id| id * 3));
        assert_eq!(fewer.between(3, 9), Continuity::Picked);
    }

    #[test]
    fn whole_lossy_and_filtered_begin_where_they_are_said_to() {
        // Of ids 1 to 100 so many are missing, from 3 on.
        let lacking = |missing: u64| runs((1..=100).filter(|id| *id < 3 || *id >= 3 + missing));
        let is_told = [(1, "gap"), (2, "gap"), (3, "lossy"), (49, "lossy"), (50, "nothing"), (51, "picked")];
        for (missing, is_told) in is_told {
            let told = match lacking(missing).between(1, 100) {
                Continuity::Gap(first, last) if (first, last) == (3, 2 + missing) => "gap",
                // The share is rounded up.
                Continuity::Lossy(share) if (missing..=missing + 1).contains(&u64::from(share)) => "lossy",
                Continuity::Nothing => "nothing",
                Continuity::Picked => "picked",
                _ => "something else",
            };
            assert_eq!(told, is_told, "{missing} of 100 are missing");
        }
    }

    #[test]
    fn runs_are_bounded() {
        let many = runs((0..20 * RUNS_MAX as u64).step_by(2));
        assert!(many.runs.is_empty() && many.overflowed);
    }

    #[test]
    fn the_bound_is_met_or_not_whatever_the_order_of_the_parts() {
        let odd = |from: u64| runs((from..from + 2 * RUNS_MAX as u64).step_by(2));
        let even = |from: u64| runs((from + 1..from + 2 * RUNS_MAX as u64).step_by(2));
        let merged = |parts: &[RecordRuns]| {
            let mut whole = RecordRuns::default();
            parts.iter().for_each(|part| whole.merge(part));
            whole
        };
        for hosts in [3, 9] {
            let mut parts: Vec<RecordRuns> =
                (0..hosts).flat_map(|host| [odd(host * 100_000), even(host * 100_000)]).collect();
            let forwards = merged(&parts);
            parts.reverse();
            let backwards = merged(&parts);
            parts.sort_by_key(|part| part.runs.first().map(|run| run.first % 2));
            let apart = merged(&parts);
            assert_eq!((&forwards.runs, forwards.overflowed), (&backwards.runs, backwards.overflowed));
            assert_eq!((&forwards.runs, forwards.overflowed), (&apart.runs, apart.overflowed));
            assert_eq!(forwards.overflowed, hosts == 9);
        }
    }
}
