//! Account creations that are in the input and cannot be read, all hosts' together.

use std::collections::BTreeSet;

use begat_model::case::{Finding, FindingFact};
use begat_model::event::Unread;

/// How many, why, and on which hosts.
#[derive(Debug, Default)]
pub struct UnreadCreations<'a> {
    /// How many.
    pub count: u64,
    /// Why they cannot be read.
    pub causes: BTreeSet<Unread>,
    /// Names of their hosts.
    pub hosts: BTreeSet<&'a str>,
}

impl<'a> UnreadCreations<'a> {
    /// Those among all findings of a hunt.
    pub fn of(findings: impl IntoIterator<Item = &'a Finding>) -> UnreadCreations<'a> {
        let mut all = UnreadCreations::default();
        for finding in findings {
            if let FindingFact::CreationUnread { count, cause } = &finding.summary {
                all.count += count;
                all.causes.insert(*cause);
                all.hosts.insert(finding.host.name.as_str());
            }
        }
        all
    }
}
