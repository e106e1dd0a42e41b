//! Cases and findings as other programs and people read them: one serialised shape, and the formats that render it.
//!
//! `view` is the shape; the formats import nothing else of a case and decide nothing.

mod allowed;
pub mod coverage;
mod csv;
pub mod explain;
pub mod format;
pub mod inventory;
mod json;
mod jsonl;
pub mod page;
pub mod policy;
mod rows;
mod table;
pub mod view;
pub mod visible;
mod wave;
mod wording;

pub use coverage::write_coverage;
pub use explain::{write_explanation, write_finding};
pub use format::{FORMATS, Format};
pub use inventory::InventoryFile;
pub use page::Page;
pub use policy::{Complaints, Policy};
pub use view::{CaseView, FindingView, Found, SCHEMAS, Schema};
