//! What the last rehearsal came to, as `begat rehearse score -t json` wrote it.

use std::collections::BTreeMap;
use std::path::Path;

use begat_model::Timestamp;
use begat_policy::{Complaint, Complaints};
use begat_report::LastRehearsed;
use serde::Deserialize;

use crate::error::Error;
use crate::site::read_text;

/// Most bytes of it.
const BYTES_MAX: u64 = 64 << 20;
const SCHEMA: &str = "begat.rehearsal-score/1";

/// What of it the document tells.
#[derive(Deserialize)]
struct Score {
    schema: String,
    from: Option<String>,
    until: Option<String>,
    of: u64,
    counts: BTreeMap<String, u64>,
}

/// Reads it.
pub(super) fn read(path: &Path) -> Result<LastRehearsed, Error> {
    let text = read_text("--rehearsed", path, BYTES_MAX)?;
    let score: Score =
        serde_json::from_str(&text).map_err(|error| complaint(path, error.line(), error.to_string()))?;
    if score.schema != SCHEMA {
        return Err(complaint(path, 1, format!("its `schema` is `{}`, not `{SCHEMA}`", score.schema)));
    }
    let time = |text: &Option<String>| -> Result<Option<Timestamp>, Error> {
        let Some(text) = text else { return Ok(None) };
        let time = Timestamp::parse_rfc3339(text);
        time.map(Some).ok_or_else(|| complaint(path, 1, format!("`{text}` is no time")))
    };
    Ok(LastRehearsed {
        file: path.display().to_string(),
        span: time(&score.from)?.zip(time(&score.until)?),
        of: score.of,
        counts: score.counts,
    })
}

fn complaint(path: &Path, line: usize, what: String) -> Error {
    let complaint = Complaint {
        file: path.display().to_string().into(),
        line,
        column: None,
        what,
        instead: "give what `begat rehearse score -t json` wrote".to_owned(),
    };
    Error::Site { complaints: Complaints::check(vec![complaint]).expect_err("something is wrong") }
}
