//! Who looks the same thing up again and again: scanners, agents and consoles, whether any account is created or not.

use std::collections::{BTreeMap, VecDeque};

use begat_model::{Sid, Text, Timestamp};

use crate::spans::HABIT_APART;
use crate::windows::same_name::folded;

/// Most pairs of a program and what it looks up that are remembered of one host. Beyond it a lookup counts as a habit:
/// that it is none is not known.
const HABITS_MAX: usize = 1024;
/// A lookup seen this often at other times is a habit.
const OTHER_TIMES_MIN: usize = 3;
/// And where records are lost already one seen so often: the others may be what is missing.
const OTHER_TIMES_MIN_LOSSY: usize = 1;
/// So many times are remembered of each pair, each apart from the one before.
const TIMES_MAX: usize = 8;

/// The lookups of one host, by program and what is looked up.
#[derive(Debug, Default)]
pub struct Habits {
    times: BTreeMap<(String, Sid), VecDeque<Timestamp>>,
    /// There were more pairs than the bound.
    overflowed: bool,
}

impl Habits {
    /// A program looked up an account or a group.
    pub fn seen(&mut self, image: &Text, target: &Sid, at: Timestamp) {
        let key = (folded(image), target.clone());
        if self.times.len() == HABITS_MAX && !self.times.contains_key(&key) {
            self.overflowed = true;
            return;
        }
        let times = self.times.entry(key).or_default();
        // A clock that is set back tells later occasions at earlier times: they are occasions all the same.
        if times.back().is_some_and(|last| (at - *last).magnitude() < HABIT_APART) {
            return;
        }
        if times.len() == TIMES_MAX {
            times.pop_front();
        }
        times.push_back(at);
    }

    /// Whether a lookup at this time is one of many, or may be where records are lost.
    pub fn is_habit(&self, image: &Text, target: &Sid, at: Timestamp, is_lossy: bool) -> bool {
        let enough = if is_lossy { OTHER_TIMES_MIN_LOSSY } else { OTHER_TIMES_MIN };
        match self.times.get(&(folded(image), target.clone())) {
            Some(times) => {
                let others = times.iter().filter(|time| (at - **time).magnitude() >= HABIT_APART);
                others.count() >= enough
            }
            None => self.overflowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Duration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    #[test]
    fn a_lookup_is_a_habit_where_it_comes_again_at_other_times() {
        let (scanner, group) = (Text::from(r"C:\Agent\scan.exe"), Sid::parse("S-1-5-32-544").unwrap());
        let mut habits = Habits::default();
        for second in [0, 1, 2, 3] {
            habits.seen(&scanner, &group, at(second));
        }
        assert!(!habits.is_habit(&scanner, &group, at(2), false), "four within one minute are one time");
        for minute in [30, 60, 90] {
            habits.seen(&scanner, &group, at(60 * minute));
        }
        assert!(habits.is_habit(&Text::from(r"c:\agent\SCAN.EXE"), &group, at(60 * 30), false));
        let other = Sid::parse("S-1-5-32-545").unwrap();
        assert!(!habits.is_habit(&scanner, &other, at(60 * 30), true), "of another group");
    }

    #[test]
    fn where_records_are_lost_one_other_time_may_be_a_habit() {
        let (scanner, group) = (Text::from(r"C:\Agent\scan.exe"), Sid::parse("S-1-5-32-544").unwrap());
        let mut habits = Habits::default();
        habits.seen(&scanner, &group, at(600));
        assert!(!habits.is_habit(&scanner, &group, at(600), true), "the lookup itself is no other");
        habits.seen(&scanner, &group, at(0));
        assert!(habits.is_habit(&scanner, &group, at(600), true));
        assert!(!habits.is_habit(&scanner, &group, at(600), false));
    }

    #[test]
    fn occasions_after_a_clock_was_set_back_count_as_well() {
        let (scanner, group) = (Text::from(r"C:\Agent\scan.exe"), Sid::parse("S-1-5-32-544").unwrap());
        let mut habits = Habits::default();
        habits.seen(&scanner, &group, at(9_000));
        [0, 100, 200].iter().for_each(|second| habits.seen(&scanner, &group, at(*second)));
        assert!(habits.is_habit(&scanner, &group, at(100), false));
    }

    #[test]
    fn beyond_the_bound_everything_counts_as_a_habit() {
        let mut habits = Habits::default();
        let group = Sid::parse("S-1-5-32-544").unwrap();
        for number in 0..=HABITS_MAX {
            habits.seen(&Text::from(format!("{number}.exe").as_str()), &group, at(0));
        }
        assert!(habits.is_habit(&Text::from("new.exe"), &group, at(0), false));
        assert!(!habits.is_habit(&Text::from("3.exe"), &group, at(0), false), "what is known is known");
    }
}
