//! How the facts of a case are said to people, and the page on which they are laid out.
//!
//! `sentence` is the door to the facts: one small table a family, each arm of it one sentence or clause. Text of a log goes
//! in as it is written; who shows a sentence to people makes it visible.

mod against;
pub(crate) mod allowed;
pub(crate) mod answers;
mod blind_spot;
mod counts;
pub(crate) mod doubt;
mod evidence;
pub(crate) mod finding;
pub(crate) mod headline;
pub(crate) mod indicator;
#[cfg(test)]
mod lines;
mod missing;
mod name;
pub(crate) mod page;
mod reason;
mod risk;
mod role;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod section;
pub(crate) mod sentence;
mod table;
#[cfg(test)]
mod tests;
mod unmet;
pub(crate) mod when;
pub(crate) mod wording;
