//! `begat verify`: what changed in a folder of evidence.

use std::io::{self, Write};

use begat_model::visible::visible;

use crate::cli::VerifyArgs;
use crate::error::Error;
use crate::evidence::verify::{Change, verify};
use crate::exit::Status;

/// Looks, and tells.
pub fn run(args: &VerifyArgs) -> Result<Status, Error> {
    let checked = verify(&args.folder)?;
    let mut out = io::stdout().lock();
    let is_kept = args.manifest.as_ref().is_none_or(|kept| *kept == checked.manifest);
    let mut text = String::new();
    if !is_kept {
        text += "changed: manifest.json (it is not the one whose hash was kept)\n";
    }
    for (path, change) in &checked.changes {
        let word = match change {
            Change::Missing => "missing",
            Change::Changed => "changed",
            Change::Added => "added",
        };
        text += &format!("{word}: {}\n", visible(path));
    }
    let is_same = checked.changes.is_empty() && is_kept;
    let files = summary_of(checked.files);
    text += &match (is_same, &args.manifest) {
        (true, Some(_)) => format!("unchanged: {files}, by the manifest whose hash was kept\n"),
        (true, None) => format!(
            "unchanged: {files}, by the manifest beside them\nmanifest SHA-256 {}: compare it with the one that was kept\n",
            checked.manifest
        ),
        (false, _) => format!("manifest SHA-256 {}\n", checked.manifest),
    };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|source| Error::Output { output: "standard output".to_owned(), source })?;
    Ok(if is_same { Status::Done } else { Status::FailOnMet })
}

fn summary_of(files: usize) -> String {
    crate::summary::counted(files as u64, "file", "files")
}
