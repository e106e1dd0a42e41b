//! What surrounds a case on its page: all that was found, what ties it to others, and how much of it is told.

use std::collections::BTreeSet;

use crate::html::ties::Ties;
use crate::view::{CaseView, Found, Order};

/// Cases, the worst of a page, that are drawn and told with every command. A page of a thousand is mailed and opens in a
/// browser: the others say where the rest is.
const DEEP_MAX: usize = 100;

/// What a case is told among.
pub(super) struct Around<'a> {
    pub(super) found: &'a Found<'a>,
    pub(super) ties: Ties<'a>,
    /// By id; `None` where all are.
    deep: Option<BTreeSet<&'a str>>,
}

impl<'a> Around<'a> {
    /// A page of all these.
    pub(super) fn of(found: &'a Found<'a>, cases: &[CaseView<'a>]) -> Around<'a> {
        let deep = (cases.len() > DEEP_MAX).then(|| {
            let mut worst: Vec<&CaseView<'_>> = cases.iter().collect();
            worst.sort_by_key(|case| Order::worst_first(case.severity, case.risk.score));
            worst.iter().take(DEEP_MAX).map(|case| case.case_id).collect()
        });
        Around { found, ties: Ties::of(cases), deep }
    }

    /// A page of one.
    pub(super) fn alone(found: &'a Found<'a>) -> Around<'a> {
        Around { found, ties: Ties::default(), deep: None }
    }

    /// The case is drawn, and its commands told.
    pub(super) fn is_deep(&self, case: &CaseView<'_>) -> bool {
        self.deep.as_ref().is_none_or(|deep| deep.contains(case.case_id))
    }

    /// How many are, where not all.
    pub(super) fn deep_of_many(&self) -> Option<usize> {
        self.deep.as_ref().map(BTreeSet::len)
    }
}
