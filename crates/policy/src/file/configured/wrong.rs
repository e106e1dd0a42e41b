//! What is wrong with a file of settings, before it is known how the file is called.

/// Something that cannot be read.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) what: String,
    pub(super) instead: &'static str,
}

impl Wrong {
    /// Of the file as a whole.
    pub(super) fn whole(what: impl Into<String>, instead: &'static str) -> Vec<Wrong> {
        vec![Wrong { line: 1, what: what.into(), instead }]
    }
}
