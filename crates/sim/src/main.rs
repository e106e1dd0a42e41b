//! `begat-sim`: writes logs whose truth is known, for trying out and testing.
mod judging;
mod output;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use begat_sim::attacks::{attacks, attacks_file};
use begat_sim::costly;
use begat_sim::encode::{CARRIERS, Carrier, Shipping};
use begat_sim::evtx::dense_corpus;
use begat_sim::story::{LIES, STORIES, StoryKind, WORLDS};
use clap::{Parser, Subcommand};
use output::{Failure, write_to};

/// Writes Windows event logs whose truth is known.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the demonstration that the repository ships.
    Demo {
        /// The folder to write it to.
        folder: PathBuf,
    },
    /// Write what a hunt tells of every attack story: what `begat policy` holds entries against.
    Attacks {
        /// The file to write it to.
        file: PathBuf,
    },
    /// Write one story; without a name, list the stories and carriers.
    Story {
        /// Its name.
        name: Option<String>,
        /// The carrier that ships it.
        #[arg(short, long, default_value = "evtx")]
        carrier: String,
        /// The same seed writes the same bytes.
        #[arg(short, long, default_value_t = 1)]
        seed: u64,
        /// Write there instead of to standard output.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Hunt stories with faults, and judge what is told by what happened.
    ///
    /// Exits with 1 where anything was told as certain that was not so.
    Judge(judging::Arguments),
    /// Write inputs that would cost hours, were any of it held against all the rest: logs, an inventory, a policy, a rule.
    Costly {
        /// The folder to write them to.
        folder: PathBuf,
        /// Only so small a part of each log, and no site files: 2 for half of it.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=500))]
        part: u64,
    },
    /// Write a large EVTX file in the shape of dense real logs.
    Dense {
        /// How large.
        #[arg(short, long)]
        bytes: u64,
        /// The same seed writes the same bytes.
        #[arg(short, long, default_value_t = 1)]
        seed: u64,
        /// Write there instead of to standard output.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(status) => status,
        Err(Failure::Write { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let cause = std::error::Error::source(&failure).map(|cause| format!(": {cause}"));
            // Nothing can be done about standard error not taking the message.
            let _ = writeln!(io::stderr(), "begat-sim: {failure}{}", cause.unwrap_or_default());
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    let written = match command {
        Command::Judge(arguments) => return judging::run(&arguments),
        Command::Demo { folder } => write_demo(&folder),
        Command::Attacks { file } => write_attacks(&file),
        Command::Costly { folder, part } => write_costly(&folder, part),
        Command::Story { name: None, .. } => list(),
        Command::Story { name: Some(name), carrier, seed, output } => {
            write_story(&name, &carrier, seed, output.as_deref())
        }
        Command::Dense { bytes, seed, output } => {
            write_to(output.as_deref(), |sink| dense_corpus(bytes, seed).write_to(sink).map(|_| ()))
        }
    };
    written.map(|()| ExitCode::SUCCESS)
}

fn write_demo(folder: &Path) -> Result<(), Failure> {
    for file in begat_sim::demo::demo()?.files {
        let path = folder.join(file.path);
        let parent = path.parent().unwrap_or(folder);
        let failed = |source| Failure::Write { path: path.display().to_string(), source };
        fs::create_dir_all(parent).map_err(failed)?;
        fs::write(&path, &file.bytes).map_err(failed)?;
    }
    Ok(())
}

fn write_costly(folder: &Path, part: u64) -> Result<(), Failure> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| Failure::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, records) in costly::LOGS {
        let path = folder.join(name);
        fs::write(&path, costly::shipped(&records(part))?).map_err(failed(&path))?;
    }
    for (name, write) in costly::SITE.iter().filter(|_| part == 1) {
        write_to(Some(&folder.join(name)), |sink| write(sink))?;
    }
    Ok(())
}

fn write_attacks(file: &Path) -> Result<(), Failure> {
    let text = attacks_file(&attacks()?)?;
    write_to(Some(file), |sink| sink.write_all(text.as_bytes()))
}

fn write_story(name: &str, carrier: &str, seed: u64, output: Option<&Path>) -> Result<(), Failure> {
    let unknown = |what, name: &str| Failure::Unknown { what, name: name.to_owned() };
    let story = StoryKind::named(name).ok_or_else(|| unknown("story", name))?;
    let carrier = Carrier::named(carrier).ok_or_else(|| unknown("carrier", carrier))?;
    let bytes = carrier.encode(&story.tell(seed).records, &Shipping::default())?;
    write_to(output, |sink| sink.write_all(&bytes))
}

fn list() -> Result<(), Failure> {
    write_to(None, |sink| {
        let tables = [("stories", STORIES), ("stories made to mislead", LIES), ("machines", WORLDS)];
        for (title, stories) in tables {
            writeln!(sink, "{title}")?;
            for story in stories {
                writeln!(sink, "  {:<24} {}  {}", story.name, story.scenario, story.summary)?;
            }
        }
        writeln!(sink, "carriers")?;
        CARRIERS.iter().try_for_each(|carrier| writeln!(sink, "  {}", carrier.name))
    })
}
