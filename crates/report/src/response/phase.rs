//! What a step of the response is for, and where it is run.

use std::fmt;

/// What a step is for, in the order in which a responder goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Is it so, and does it go on?
    Confirm,
    /// Keep what the next steps would destroy.
    Preserve,
    /// End it, reversibly.
    Contain,
    /// What else did they do, and where?
    Scope,
    /// Write it down, and mend what was blind.
    Close,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: &'static [Phase] =
        &[Phase::Confirm, Phase::Preserve, Phase::Contain, Phase::Scope, Phase::Close];

    /// Its name in output.
    pub fn slug(self) -> &'static str {
        match self {
            Phase::Confirm => "confirm",
            Phase::Preserve => "preserve",
            Phase::Contain => "contain",
            Phase::Scope => "scope",
            Phase::Close => "close",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// Where a step is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunOn {
    /// On the host of the case.
    Host,
    /// On the machine from which it was done; where none is known the step is left out.
    Source,
    /// On any machine with the ActiveDirectory module.
    Directory,
}
