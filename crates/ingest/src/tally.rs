//! Counts records by host, channel and event id without an allocation for each of them.

use std::collections::HashMap;

use begat_model::coverage::{Heard, HeardKey, Tally};
use begat_model::{HostName, Text, Timestamp};

/// Most sorts of records: what lies beyond, by the order of `HeardKey`, is in the number of records alone.
const SORTS_MAX: usize = 200_000;

/// A tally in the making.
#[derive(Debug, Default)]
pub(crate) struct TallyBuilder {
    index: HashMap<Box<[u8]>, usize>,
    sorts: Vec<(HeardKey, Heard)>,
    key: Vec<u8>,
    last_key: Vec<u8>,
    last: usize,
}

impl TallyBuilder {
    /// One more record.
    pub(crate) fn add(
        &mut self,
        host: &HostName,
        channel: Option<&str>,
        event_id: u32,
        at: Option<Timestamp>,
    ) {
        self.merge(host, channel, event_id, &Heard { count: 1, first: at, last: at });
    }

    /// Records of one sort that were counted together.
    pub(crate) fn merge(&mut self, host: &HostName, channel: Option<&str>, event_id: u32, heard: &Heard) {
        self.key.clear();
        self.key.extend_from_slice(&event_id.to_le_bytes());
        self.key.push(u8::from(channel.is_some()));
        self.key.extend_from_slice(channel.unwrap_or_default().as_bytes());
        self.key.push(0);
        self.key.extend_from_slice(host.as_str().as_bytes());
        if self.key != self.last_key || self.sorts.is_empty() {
            self.last = self.sort(host, channel, event_id);
            std::mem::swap(&mut self.key, &mut self.last_key);
        }
        self.sorts[self.last].1.merge(heard);
    }

    fn sort(&mut self, host: &HostName, channel: Option<&str>, event_id: u32) -> usize {
        if let Some(index) = self.index.get(&*self.key) {
            return *index;
        }
        if self.sorts.len() >= 2 * SORTS_MAX {
            self.prune();
        }
        let channel = channel.map(Text::from);
        self.sorts.push((HeardKey { host: host.clone(), channel, event_id }, Heard::default()));
        self.index.insert(self.key.as_slice().into(), self.sorts.len() - 1);
        self.sorts.len() - 1
    }

    /// Keeps the first by order: what is dropped here could not be among the first of a larger tally either.
    fn prune(&mut self) {
        let kept = bounded(std::mem::take(&mut self.sorts).into_iter().collect());
        self.index.clear();
        self.last_key.clear();
        let key = std::mem::take(&mut self.key);
        for (sort, heard) in kept {
            self.merge(&sort.host, sort.channel.as_deref(), sort.event_id, &heard);
        }
        self.key = key;
    }

    /// The tally.
    pub(crate) fn finish(self) -> Tally {
        Tally { heard: bounded(self.sorts.into_iter().collect()) }
    }
}

/// Puts two tallies together within the bound.
pub(crate) fn merge(tally: &mut Tally, other: Tally) {
    tally.merge(other);
    tally.heard = bounded(std::mem::take(&mut tally.heard));
}

type Sorts = std::collections::BTreeMap<HeardKey, Heard>;

fn bounded(mut sorts: Sorts) -> Sorts {
    while sorts.len() > SORTS_MAX {
        sorts.pop_last();
    }
    sorts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(number: usize) -> HostName {
        HostName::new(&format!("HOST{number:07}")).unwrap()
    }

    #[test]
    fn sorts_are_counted_apart() {
        let mut builder = TallyBuilder::default();
        for round in 0..3 {
            for (number, channel) in [(1, Some("Security")), (1, None), (2, Some("Security")), (1, Some(""))]
            {
                builder.add(&host(number), channel, 4720, None);
                assert_eq!(builder.sorts.len(), if round == 0 { builder.sorts.len() } else { 4 });
            }
        }
        let tally = builder.finish();
        assert_eq!(tally.heard.len(), 4);
        assert!(tally.heard.values().all(|heard| heard.count == 3));
    }

    #[test]
    fn a_flood_of_host_names_is_bounded_and_the_first_stay_exact() {
        let mut builder = TallyBuilder::default();
        let mut other = TallyBuilder::default();
        for number in (0..3 * SORTS_MAX).rev() {
            builder.add(&host(number), None, 1, None);
            other.add(&host(3 * SORTS_MAX - 1 - number), None, 1, None);
        }
        let mut tally = builder.finish();
        merge(&mut tally, other.finish());
        assert_eq!(tally.heard.len(), SORTS_MAX);
        assert!(tally.heard.values().all(|heard| heard.count == 2));
        assert_eq!(tally.heard.keys().next_back().unwrap().host, host(SORTS_MAX - 1));
    }
}
