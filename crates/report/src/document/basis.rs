//! What the document is made of.

use std::collections::BTreeMap;

use begat_model::calibration::Calibration;
use begat_model::case::Case;
use begat_model::ledger::HostLedger;
use begat_model::{Analytic, Timestamp};

use crate::readiness::Readiness;

/// What it is made of.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// What readiness comes to.
    pub readiness: &'a Readiness,
    /// The ledger of every host.
    pub hosts: &'a [HostLedger],
    /// What was created.
    pub cases: &'a [Case],
    /// How the site tunes the analytic, its window typed or not.
    pub analytic: &'a Analytic,
    /// Where the window comes from.
    pub window_source: &'a str,
    /// The policy, as it was typed.
    pub policy: Option<&'a str>,
    /// Files and folders of Sigma rules that count.
    pub sigma: &'a [String],
    /// The casebook, as it comes out under this policy.
    pub stories: &'a [StoryRun],
    /// What a window would catch here, and whom it would blame.
    pub calibration: &'a Calibration,
    /// What came out of the last rehearsal, where it was given.
    pub rehearsed: Option<&'a LastRehearsed>,
    /// What ATT&CK names against the technique.
    pub mitigations: &'a [Mitigation],
    /// Which begat put it together.
    pub tool: &'a str,
}

/// A story of the casebook, run under the site's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryRun {
    /// Its page.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// What must come out: a verdict, or kinds of findings, or nothing.
    pub expected: String,
    /// What came out.
    pub actual: String,
    /// Whether the site's policy allows it, and how much it matters; empty where there is no case.
    pub under_policy: String,
}

impl StoryRun {
    /// What came out is what must.
    pub(crate) fn holds(&self) -> bool {
        self.expected == self.actual
    }
}

/// What a pipeline made of a rehearsal: a file of `begat rehearse score -t json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRehearsed {
    /// The file, as it was typed.
    pub file: String,
    /// When its first and its last creation happened; `None` where it has none.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Creations that were rehearsed.
    pub of: u64,
    /// So many by what was made of them, in the score's words.
    pub counts: BTreeMap<String, u64>,
}

/// Something that ATT&CK names against the technique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mitigation {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The release that this was read from.
    pub release: String,
}
