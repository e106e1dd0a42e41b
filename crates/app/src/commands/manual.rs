//! `begat completions` and `begat man`: what shells and readers of manuals know of the command line, made from it.

use std::fs;

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Prints what completes commands and options.
pub fn completions(args: &CompletionsArgs) -> Result<Status, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "begat", &mut script);
    Sink::new(&args.output)?.write(|out| out.write_all(&script))?;
    Ok(Status::Done)
}

/// Writes `begat.1`, and `begat-hunt.1` and so on for each command. Pages of an older version are replaced.
pub fn pages(args: &ManArgs) -> Result<Status, Error> {
    let failed = |source| Error::Output { output: format!("`{}`", args.folder.display()), source };
    fs::create_dir_all(&args.folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &args.folder).map_err(failed)?;
    Ok(Status::Done)
}
