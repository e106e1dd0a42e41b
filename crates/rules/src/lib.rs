//! Sigma rules of process starts: what of them can be used, and which of them an event hits.
//!
//! `RuleSet::parse` takes the texts of rule files and tells what it left out, and why. A `Marker` then puts the names
//! of the rules that hit on process starts, before the engine sees them: nothing else of a rule or of what it matched
//! goes on, because command lines still hold their secrets here.

mod field;
mod load;
mod mark;
mod yaml;

pub use load::{Complaint, LoadReport, Reason, RuleFile, RuleSet};
pub use mark::{Hits, Marker, RULES_PER_PROCESS_MAX};
