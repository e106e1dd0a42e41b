//! Lists of groups of sessions, each kept once: an account has the same ones at every logon.

use std::collections::BTreeSet;
use std::sync::Arc;

use begat_model::Sid;

/// Most different lists kept for one host.
pub const GROUP_LISTS_MAX: usize = 4096;
/// Most groups of one list: Windows puts no more into a token.
const GROUPS_MAX: usize = 1024;

/// Groups of one session, sorted.
pub type GroupList = Arc<[Sid]>;

/// The lists of one host.
#[derive(Debug, Default)]
pub struct GroupLists {
    lists: BTreeSet<GroupList>,
    dropped: u64,
}

impl GroupLists {
    /// A list with further groups: 4627 tells a long one in parts. `None` where the bound leaves no room for it.
    pub fn with(&mut self, known: Option<&GroupList>, more: &[Sid]) -> Option<GroupList> {
        let mut groups: Vec<Sid> =
            known.into_iter().flat_map(|list| list.iter()).chain(more).cloned().collect();
        groups.sort_unstable();
        groups.dedup();
        groups.truncate(GROUPS_MAX);
        if let Some(list) = self.lists.get(groups.as_slice()) {
            return Some(list.clone());
        }
        if self.lists.len() == GROUP_LISTS_MAX {
            self.dropped += 1;
            return None;
        }
        let list: GroupList = groups.into();
        self.lists.insert(list.clone());
        Some(list)
    }

    /// How many lists were not kept for the bound.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sid(rid: u32) -> Sid {
        Sid::parse(&format!("S-1-5-32-{rid}")).unwrap()
    }

    #[test]
    fn parts_make_one_list_and_equal_lists_are_one() {
        let mut lists = GroupLists::default();
        let first = lists.with(None, &[sid(545), sid(544)]).unwrap();
        let whole = lists.with(Some(&first), &[sid(555), sid(544)]).unwrap();
        assert_eq!(&*whole, [sid(544), sid(545), sid(555)]);
        let again = lists.with(None, &[sid(555), sid(545), sid(544)]).unwrap();
        assert!(Arc::ptr_eq(&whole, &again));
    }

    #[test]
    fn the_bound_holds_and_tells_what_it_cost() {
        let mut lists = GroupLists::default();
        let count = u32::try_from(GROUP_LISTS_MAX).unwrap();
        assert!((0..count).all(|rid| lists.with(None, &[sid(rid)]).is_some()));
        assert_eq!(lists.with(None, &[sid(count)]), None);
        assert!(lists.with(None, &[sid(7)]).is_some(), "what is known needs no room");
        assert_eq!(lists.dropped(), 1);
    }
}
