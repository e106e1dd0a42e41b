//! The records of two hunts held against each other, by their ids.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::compare::{Changes, changes};
use super::difference::{Difference, Fate};
use super::record::Record;

/// The records of the earlier hunt, while those of the later are held against them.
#[derive(Debug)]
pub struct Comparison {
    /// As text: a tenth of what the same takes as values.
    earlier: BTreeMap<String, String>,
    earlier_bytes: usize,
    bytes_max: usize,
    /// Ids of records for which there was no room.
    not_held: BTreeSet<String>,
    met: BTreeSet<String>,
    differences: Vec<Difference>,
    counts: Counts,
}

/// How it went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Told alike by both.
    pub same: u64,
    /// Only in the later.
    pub new: u64,
    /// In both, differently.
    pub changed: u64,
    /// Only in the earlier.
    pub gone: u64,
    /// There was no room to compare them.
    pub not_compared: u64,
    /// Had an id that the same hunt had told already; the first counts.
    pub repeated: u64,
}

impl Counts {
    /// Nothing is known to differ.
    pub fn is_same(&self) -> bool {
        self.new + self.changed + self.gone == 0
    }
}

impl Default for Comparison {
    fn default() -> Self {
        Comparison::bounded(Comparison::BYTES_MAX)
    }
}

impl Comparison {
    /// Text of the earlier hunt that is held: some hundred thousand cases.
    pub const BYTES_MAX: usize = 2 << 30;

    /// One that holds so much of the earlier hunt.
    pub fn bounded(bytes_max: usize) -> Comparison {
        Comparison {
            earlier: BTreeMap::new(),
            earlier_bytes: 0,
            bytes_max,
            not_held: BTreeSet::new(),
            met: BTreeSet::new(),
            differences: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// A record of the earlier hunt; all of them come before those of the later.
    pub fn earlier(&mut self, record: &Record) {
        let id = record.id();
        if self.earlier.contains_key(id) || self.not_held.contains(id) {
            self.counts.repeated += 1;
            return;
        }
        let text = record.text();
        if self.earlier_bytes + text.len() > self.bytes_max {
            self.not_held.insert(id.to_owned());
            return;
        }
        self.earlier_bytes += text.len();
        self.earlier.insert(id.to_owned(), text);
    }

    /// A record of the later hunt.
    pub fn later(&mut self, record: Record) {
        if !self.met.insert(record.id().to_owned()) {
            self.counts.repeated += 1;
        } else if self.not_held.contains(record.id()) {
            self.counts.not_compared += 1;
        } else {
            match self.earlier.remove(record.id()) {
                None => self.differ(Fate::New, record, Changes::default()),
                Some(text) => self.held_against(&text, record),
            }
        }
    }

    fn held_against(&mut self, earlier: &str, later: Record) {
        // Nearly all are the same, byte for byte.
        let found = match earlier == later.text() {
            true => Changes::default(),
            false => changes(&Record::held(earlier), &later),
        };
        if found.is_empty() {
            self.counts.same += 1;
        } else {
            self.differ(Fate::Changed, later, found);
        }
    }

    fn differ(&mut self, fate: Fate, record: Record, changes: Changes) {
        let count = match fate {
            Fate::New => &mut self.counts.new,
            Fate::Changed => &mut self.counts.changed,
            Fate::Gone => &mut self.counts.gone,
        };
        *count += 1;
        // Of what is new or gone only the headline is told.
        let record = record.headline();
        self.differences.push(Difference { fate, record, changes });
    }

    /// All differences: new, changed, gone; of each the most severe first, then in order of time.
    pub fn finish(mut self) -> (Vec<Difference>, Counts) {
        for text in std::mem::take(&mut self.earlier).into_values() {
            self.differ(Fate::Gone, Record::held(&text), Changes::default());
        }
        let unseen = self.not_held.iter().filter(|id| !self.met.contains(*id)).count();
        self.counts.not_compared += unseen as u64;
        self.differences.sort_by_cached_key(|difference| {
            let record = &difference.record;
            let (at, id) = (record.at().to_owned(), record.id().to_owned());
            (difference.fate, Reverse(record.severity()), at, id)
        });
        (self.differences, self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn case(id: &str, outcome: &str) -> Record {
        Record::of(json!({"schema": "begat.case/1", "case_id": id, "outcome": outcome})).unwrap()
    }

    fn compared(bytes_max: usize, earlier: &[Record], later: &[Record]) -> (Vec<String>, Counts) {
        let mut comparison = Comparison::bounded(bytes_max);
        earlier.iter().for_each(|record| comparison.earlier(record));
        later.iter().for_each(|record| comparison.later(record.clone()));
        let (differences, counts) = comparison.finish();
        let told = differences.iter().map(|it| format!("{:?} {}", it.fate, it.record.id())).collect();
        (told, counts)
    }

    #[test]
    fn fates_by_id_whatever_the_order() {
        let earlier = [case("a", "persists"), case("b", "persists"), case("c", "persists")];
        let later = [case("d", "persists"), case("c", "deleted"), case("a", "persists")];
        let (told, counts) = compared(usize::MAX, &earlier, &later);
        assert_eq!(told, ["New d", "Changed c", "Gone b"]);
        let (mut backward, mut other) = (earlier.to_vec(), later.to_vec());
        backward.reverse();
        other.reverse();
        assert_eq!(compared(usize::MAX, &backward, &other), (told, counts));
        assert_eq!((counts.same, counts.new, counts.changed, counts.gone), (1, 1, 1, 1));
    }

    #[test]
    fn what_there_was_no_room_for_is_neither_new_nor_gone() {
        let earlier = [case("a", "persists"), case("b", "persists"), case("c", "persists")];
        let one = earlier[0].text().len();
        let later = [case("a", "persists"), case("b", "deleted"), case("d", "persists")];
        let (told, counts) = compared(one, &earlier, &later);
        assert_eq!(told, ["New d"]);
        assert_eq!((counts.same, counts.not_compared), (1, 2));
    }

    #[test]
    fn of_one_id_twice_the_first_counts() {
        let twice = [case("a", "persists"), case("a", "deleted")];
        let (told, counts) = compared(usize::MAX, &twice, &twice);
        assert_eq!((told.len(), counts.same, counts.repeated), (0, 1, 2));
    }
}
