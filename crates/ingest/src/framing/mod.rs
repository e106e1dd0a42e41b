//! From the bytes of a carrier to raw records: event logs, event XML, JSON, tables and texts, each in its own way to one shape.

mod clixml;
mod dates;
pub(crate) mod evtx;
pub(crate) mod json;
pub(crate) mod message;
pub(crate) mod prefix;
mod remnants;
pub(crate) mod rendered;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod xml;
pub(crate) mod xml_texts;
