//! The parts of an explanation, for who wants to read one alone.

/// A part of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What happened, who made it and why that is so.
    Cause,
    /// The records that it rests on.
    Events,
    /// What to do first.
    Response,
}

impl Section {
    /// All of them, in the order in which they are told: commands stand after their reasons.
    pub const ALL: &'static [Section] = &[Section::Cause, Section::Events, Section::Response];

    /// Its name on the command line.
    pub fn slug(self) -> &'static str {
        match self {
            Section::Cause => "cause",
            Section::Events => "events",
            Section::Response => "response",
        }
    }

    /// What it is, in a line.
    pub fn doc(self) -> &'static str {
        match self {
            Section::Cause => "what happened, who made it and why, how severe it is, what was not seen",
            Section::Events => "the records that it rests on",
            Section::Response => "what to do first, with the commands",
        }
    }
}
