//! What is learned once of each template, and how records are decided about and decoded by it.

pub(crate) mod decode;
pub(crate) mod layout;
pub(crate) mod record;
pub(crate) mod select;
pub(crate) mod template;
pub(crate) mod visitor;
