//! Cases and findings as other programs and people read them: one serialised shape, and the formats that render it.
//!
//! `view` is the shape; the formats import nothing else of a case and decide nothing.

mod alert;
mod allowed;
pub mod coverage;
mod csv;
pub mod diff;
mod document;
mod ecs;
pub mod explain;
pub mod format;
mod indicator;
mod json;
mod jsonl;
mod ocsf;
pub mod page;
mod pivots;
mod response;
mod table;
mod timesketch;
pub mod view;
mod wave;
mod wording;

pub use coverage::write_coverage;
pub use explain::{write_explanation, write_finding};
pub use format::{FORMATS, Format, Writer};
pub use json::write_object;
pub use page::Page;
pub use view::{CaseView, FindingView, Found, SCHEMAS, Schema};
