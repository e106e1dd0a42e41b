//! How sure it is that a process did something, in a word before what it did.

use begat_model::case::{Certainty, Verdict};

/// Before what a process did: what only could have made an account is never told as what did.
pub(crate) fn before(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Likely => "probably ",
        Verdict::Ambiguous => "perhaps ",
        Verdict::Attributed | Verdict::Remote | Verdict::System | Verdict::SessionOnly | Verdict::Unknown => {
            ""
        }
    }
}

/// Before a session that stands behind another.
pub(crate) fn perhaps(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Proven => "",
        Certainty::Likely => "probably ",
        Certainty::Possible => "perhaps ",
    }
}
