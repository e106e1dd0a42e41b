//! One JSON object on one line, harmless on a terminal.

use std::io::{self, Write};

use begat_model::visible::harmless_json;
use serde::Serialize;

/// One object on one line, without the end of the line.
pub fn write_object(object: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string(object)?;
    out.write_all(harmless_json(&json).as_bytes())
}
