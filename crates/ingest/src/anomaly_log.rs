//! What was wrong with the input: all of it counted, and of each kind the first few kept with their places.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::Text;
use begat_model::anomaly::{Anomaly, AnomalyKind};

/// Particulars kept of each kind.
const KEPT_MAX: usize = 1000;

/// Counts of every kind, and the first by place of each. Merging in any order gives the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnomalyLog {
    counts: BTreeMap<AnomalyKind, u64>,
    kept: BTreeMap<AnomalyKind, BTreeSet<Anomaly>>,
}

impl AnomalyLog {
    /// One more. The detail is only worded where it is kept.
    pub(crate) fn add(
        &mut self,
        kind: AnomalyKind,
        source: &Text,
        offset: Option<u64>,
        record_id: Option<u64>,
        detail: &dyn Fn() -> String,
    ) {
        *self.counts.entry(kind).or_default() += 1;
        let kept = self.kept.entry(kind).or_default();
        let behind = |last: &Anomaly| (&last.source, last.offset) < (source, offset);
        if kept.len() >= KEPT_MAX && kept.last().is_some_and(behind) {
            return;
        }
        kept.insert(Anomaly { source: source.clone(), offset, kind, record_id, detail: detail() });
        cut(kept);
    }

    /// Puts two logs together.
    pub fn merge(&mut self, other: AnomalyLog) {
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        for (kind, anomalies) in other.kept {
            let kept = self.kept.entry(kind).or_default();
            kept.extend(anomalies);
            cut(kept);
        }
    }

    /// How many there were of a kind.
    pub fn count(&self, kind: AnomalyKind) -> u64 {
        self.counts.get(&kind).copied().unwrap_or(0)
    }

    /// How many there were of each kind that there was any of.
    pub fn counts(&self) -> impl Iterator<Item = (AnomalyKind, u64)> + '_ {
        self.counts.iter().map(|(kind, count)| (*kind, *count))
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Those that were kept: by kind, then by place.
    pub fn kept(&self) -> impl Iterator<Item = &Anomaly> {
        self.kept.values().flatten()
    }

    /// The particulars of the first of a kind that has any.
    pub(crate) fn first_told(&self, kind: AnomalyKind) -> Option<String> {
        let mut told = self.kept.get(&kind)?.iter().map(|anomaly| &anomaly.detail);
        told.find(|detail| !detail.is_empty()).cloned()
    }

    /// Forgets all but these kinds.
    pub(crate) fn retain(&mut self, wanted: &[AnomalyKind]) {
        self.counts.retain(|kind, _| wanted.contains(kind));
        self.kept.retain(|kind, _| wanted.contains(kind));
    }
}

fn cut(kept: &mut BTreeSet<Anomaly>) {
    while kept.len() > KEPT_MAX {
        kept.pop_last();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(offsets: impl Iterator<Item = u64>) -> AnomalyLog {
        let mut log = AnomalyLog::default();
        for offset in offsets {
            log.add(AnomalyKind::Unparsable, &"a".into(), Some(offset), None, &String::new);
        }
        log
    }

    #[test]
    fn all_are_counted_and_the_first_kept_in_whatever_order_they_come() {
        let count = 3 * KEPT_MAX as u64;
        let forward = log(0..count);
        let mut merged = log((0..count).rev().step_by(2));
        merged.merge(log((0..count - 1).rev().step_by(2)));
        assert_eq!(forward, merged);
        assert_eq!(forward.total(), count);
        assert_eq!(forward.kept().count(), KEPT_MAX);
        assert_eq!(forward.kept().last().unwrap().offset, Some(KEPT_MAX as u64 - 1));
    }
}
