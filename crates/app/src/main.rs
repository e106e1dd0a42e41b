//! The `begat` command: which process created which Windows account, or why that cannot be known.

mod cli;
mod commands;
mod demo;
mod error;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod example;
mod exit;
mod message;
mod options;
mod originals;
mod pipeline;
mod progress;
mod records;
mod redaction;
mod rules;
mod sink;
mod site;
mod summary;
mod usage;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::exit::Status;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return told_by_clap(&usage),
    };
    match run(&cli) {
        Ok(status) => status.into(),
        Err(error) if error.is_closed_pipe() => Status::Done.into(),
        Err(error) => {
            // Where standard error is closed too there is nobody left to tell: the status says it.
            let _ = error.tell(&mut io::stderr().lock());
            Status::Trouble.into()
        }
    }
}

fn run(cli: &Cli) -> Result<Status, Error> {
    let Some(command) = &cli.command else {
        // Where standard error is closed too there is nobody left to tell: the status says it.
        let _ = io::stderr().lock().write_all(NEXT_STEPS.as_bytes());
        return Ok(Status::Trouble);
    };
    match command {
        Command::Hunt(args) => commands::hunt::run(args),
        Command::Demo(args) => commands::demo::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Diff(args) => commands::diff::run(args),
        Command::Coverage(args) => commands::coverage::run(args),
        Command::Policy(command) => commands::policy::run(command),
        Command::Attack(command) => commands::attack::run(command),
        Command::Dump(args) => commands::dump::run(args),
        Command::Carriers(args) => commands::carriers::run(args),
        Command::Schema(args) => commands::schema::run(args),
        Command::Completions(args) => commands::manual::completions(args),
        Command::Man(args) => commands::manual::pages(args),
    }
}

/// What somebody sees who types the name alone.
const NEXT_STEPS: &str = "\
begat says which process created each Windows account, from event logs.

  begat demo           see an answer now, on logs that are built in
  begat hunt PATH...   your own logs: files, folders, archives, or `-`
  begat --help         all that it can do
";

/// Help and version go to standard output with 0, misuse to standard error with 2.
fn told_by_clap(told: &clap::Error) -> ExitCode {
    if let Some(message) = usage::message(told) {
        message.tell();
        return Status::Trouble.into();
    }
    match told.print().and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Status::Trouble.into(),
        _ if told.use_stderr() => Status::Trouble.into(),
        _ => Status::Done.into(),
    }
}
