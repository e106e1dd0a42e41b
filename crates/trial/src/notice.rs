//! Notices of tests.

use std::io::Write;

/// Says that a test is skipped, and why. Written to standard error itself, which the test runner does not capture: who
/// runs the tests sees it although they pass.
pub fn skipped(reason: &str) {
    // Where standard error is closed nobody is left to tell.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}
