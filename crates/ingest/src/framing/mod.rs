//! From the bytes of a carrier to raw records: event logs, event XML and JSON, each in its own way to one shape.

pub(crate) mod evtx;
pub(crate) mod json;
mod remnants;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod xml;
pub(crate) mod xml_texts;
