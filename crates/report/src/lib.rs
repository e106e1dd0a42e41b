//! Cases and findings as other programs and people read them: one serialised shape, and the formats that render it.
//!
//! `view` is the shape; what renders imports nothing else of a case and decides nothing. `words` says facts in English,
//! `wire` is what formats for programs share, `formats` and `alerts` render, `pivots`, `response` and `diff` answer what
//! else to look for, what to do first and what changed; `sight` and `readiness` what could be seen, and what a site can
//! prove, the latter as a `sheet`: text laid out as Markdown, as a page and on a terminal.

mod alerts;
mod calibration;
pub mod diff;
mod document;
mod export;
mod formats;
mod html;
mod pivots;
mod readiness;
mod response;
mod sheet;
mod sight;
mod view;
mod wire;
mod words;

pub use calibration::{CALIBRATION_FORMATS, CalibrationFormat};
pub use document::{DOCUMENT_FORMATS, Document, DocumentFormat, LastRehearsed, Mitigation, StoryRun};
pub use export::{EXPORT_LANGUAGES, ExportLanguage, ExportRule};
pub use formats::coverage::write_coverage;
pub use formats::explained::{EXPLAIN_FORMATS, ExplainFormat};
pub use formats::format::{FORMATS, Format, Writer};
pub use formats::retold::write_record;
pub use formats::table::tree::write_trees;
pub use html::document::source_of;
pub use readiness::{READINESS_FORMATS, Readiness, ReadinessFormat, ReadinessSite, Typed};
pub use sight::{Earlier, SIGHT_FORMATS, SightFormat, Site};
pub use view::{
    CaseView, EXPLANATIONS, FindingView, Found, Order, Original, Originals, Phase, Read, SCHEMAS, Schema,
    UnreadCreations,
};
pub use wire::cell::inert;
pub use wire::object::write_object;
pub use words::page::Page;
pub use words::section::Section;
pub use words::sentence::Sentence;
