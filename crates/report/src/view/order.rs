//! In which order cases and findings are told.

use std::cmp::Reverse;

use begat_model::case::{Case, Finding, Severity};

/// What stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The worst: by severity, then by risk score, then by time.
    Severity,
    /// The earliest.
    #[default]
    Time,
}

impl Order {
    /// All of them.
    pub const ALL: &'static [Order] = &[Order::Severity, Order::Time];

    /// Its name on the command line.
    pub fn slug(self) -> &'static str {
        match self {
            Order::Severity => "severity",
            Order::Time => "time",
        }
    }

    /// What it is, in a line.
    pub fn doc(self) -> &'static str {
        match self {
            Order::Severity => "the worst first: by severity, then risk score, then time",
            Order::Time => "the earliest first",
        }
    }

    /// Puts what a hunt found, which comes in order of time, into this order.
    pub fn put(self, cases: &mut [Case], findings: &mut [Finding]) {
        if self == Order::Severity {
            // Stable: what is as bad stays in order of time.
            cases.sort_by_key(|case| Order::worst_first(case.severity, case.risk.score));
            findings.sort_by_key(|finding| Order::worst_first(finding.severity, 0));
        }
    }

    /// What the worst is found by.
    pub(crate) fn worst_first(severity: Severity, score: i32) -> (Reverse<Severity>, Reverse<i32>) {
        (Reverse(severity), Reverse(score))
    }
}
