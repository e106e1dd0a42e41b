//! Which records are wanted: decided by event id first, by provider then.

use std::sync::Arc;

use crate::raw::text::Text;

/// A set of (provider, event id). One record in ten or in a thousand is wanted, and nearly all of
/// the others have an event id that no wanted one has: so the id is asked first. The provider is
/// compared without regard to ASCII case, as Windows does.
#[derive(Debug, Clone)]
pub struct Selection {
    /// One bit for each event id; `None` takes everything.
    event_ids: Option<Box<[u64; 1024]>>,
    /// Sorted by event id.
    pairs: Vec<Pair>,
    /// Fields that are asked for by number.
    numbered: Arc<[Box<str>]>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    event_id: u16,
    provider: String,
    /// The provider as logs store it, when they store it as it was given: nearly always.
    provider_utf16: Vec<u8>,
}

impl Selection {
    /// The records of these providers with these event ids.
    pub fn new<P: Into<String>>(pairs: impl IntoIterator<Item = (P, u16)>) -> Self {
        let mut pairs: Vec<_> = pairs
            .into_iter()
            .map(|(provider, event_id)| {
                let provider: String = provider.into();
                let provider_utf16 = provider.encode_utf16().flat_map(u16::to_le_bytes).collect();
                Pair { event_id, provider, provider_utf16 }
            })
            .collect();
        pairs.sort();
        pairs.dedup();
        let mut bits = Box::new([0u64; 1024]);
        for Pair { event_id, .. } in &pairs {
            bits[usize::from(*event_id) / 64] |= 1 << (event_id % 64);
        }
        Selection { event_ids: Some(bits), pairs, numbered: Arc::from([]) }
    }

    /// Every record, also one without an event id.
    pub fn everything() -> Self {
        Selection { event_ids: None, pairs: Vec::new(), numbered: Arc::from([]) }
    }

    /// Number these names: [`Record::numbered`](crate::Record::numbered) then finds a field by its place among them,
    /// without looking at its name again.
    pub fn numbering<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.numbered = names.into_iter().map(Box::from).collect();
        self
    }

    pub(crate) fn numbered(&self) -> &Arc<[Box<str>]> {
        &self.numbered
    }

    /// Whether a record with this event id may be wanted.
    #[inline]
    pub(crate) fn may_want(&self, event_id: Option<u32>) -> bool {
        let Some(bits) = &self.event_ids else { return true };
        let Some(id) = event_id.and_then(|id| u16::try_from(id).ok()) else { return false };
        bits[usize::from(id) / 64] >> (id % 64) & 1 == 1
    }

    /// Whether a record that [`Selection::may_want`] let through is wanted.
    pub(crate) fn wants(&self, event_id: Option<u32>, provider: Option<Text<'_>>) -> bool {
        if self.event_ids.is_none() {
            return true;
        }
        let (Some(id), Some(provider)) = (event_id, provider) else { return false };
        let first = self.pairs.partition_point(|pair| u32::from(pair.event_id) < id);
        let mut same_id = self.pairs[first..].iter().take_while(|pair| u32::from(pair.event_id) == id);
        same_id.any(|pair| {
            provider.raw_utf16() == Some(&pair.provider_utf16)
                || provider.eq_ignore_ascii_case(&pair.provider)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_the_id_and_the_provider_must_fit() {
        let selection = Selection::new([("Sysmon", 1), ("Security", 4720), ("Other", 1)]);
        let wants = |id: Option<u32>, provider: Option<&'static str>| {
            selection.may_want(id) && selection.wants(id, provider.map(Text::from))
        };
        assert!(wants(Some(1), Some("sysMON")));
        assert!(wants(Some(1), Some("Other")));
        assert!(wants(Some(4720), Some("Security")));
        assert!(!wants(Some(4720), Some("Sysmon")));
        assert!(!wants(Some(2), Some("Sysmon")));
        assert!(!wants(Some(1), None));
        assert!(!wants(None, Some("Sysmon")));
        assert!(!wants(Some(0x1_0001), Some("Sysmon")), "an id is not cut to 16 bits");
    }

    #[test]
    fn everything_is_everything() {
        let all = Selection::everything();
        assert!(all.may_want(None) && all.wants(None, None));
        let nothing = Selection::new(Vec::<(String, u16)>::new());
        assert!((0..=65535).all(|id| !nothing.may_want(Some(id))));
    }
}
