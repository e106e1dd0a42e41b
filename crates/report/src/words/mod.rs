//! How the facts of a case are said to people, and the page on which they are laid out.

pub(crate) mod allowed;
pub(crate) mod indicator;
pub(crate) mod page;
pub(crate) mod wording;
