//! `begat-sim judge`: its options, and what it prints.
use std::num::NonZeroUsize;
use std::process::ExitCode;

use begat_ingest::Schemas;
use begat_sim::fault::Fault;
use begat_sim::judge::{FaultChoice, LieChoice, Session, explain, hold};
use begat_sim::story::{LIES, STORIES, StoryKind, WORLDS};

use crate::output::{Failure, write_to};

/// What to judge, as typed.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Only this seed.
    #[arg(long, conflicts_with_all = ["seeds", "first_seed"])]
    seed: Option<u64>,
    /// Only this story; repeatable.
    #[arg(long)]
    story: Vec<String>,
    /// Leave out the stories that are made to mislead.
    #[arg(long)]
    no_lies: bool,
    /// What is told beside them to mislead: `drawn`, `none`, or the name of a story.
    #[arg(long, default_value = "drawn")]
    over: String,
    /// Strike with this fault instead of what the seed draws; repeatable.
    #[arg(long)]
    fault: Vec<String>,
    /// Strike with none.
    #[arg(long, conflicts_with = "fault")]
    no_faults: bool,
    /// Threads.
    #[arg(long, default_value = "1")]
    jobs: NonZeroUsize,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
    /// Print every case with its reasons.
    #[arg(short, long)]
    verbose: bool,
}

impl Arguments {
    fn session(&self) -> Result<Session, Failure> {
        let unknown = |what, name: &str| Failure::Unknown { what, name: name.to_owned() };
        let named = |name: &String| StoryKind::named(name).ok_or_else(|| unknown("story", name));
        let stories = match self.story.as_slice() {
            [] if self.no_lies => STORIES.iter().chain(WORLDS).collect(),
            [] => STORIES.iter().chain(LIES).chain(WORLDS).collect(),
            names => names.iter().map(named).collect::<Result<_, _>>()?,
        };
        let known = |name: &String| match Fault::named(name) {
            Some(fault) => Ok(fault.name),
            None => Err(unknown("fault", name)),
        };
        let faults = match self.fault.as_slice() {
            [] if self.no_faults => FaultChoice::Undamaged,
            [] => FaultChoice::Drawn,
            names => FaultChoice::These(names.iter().map(known).collect::<Result<_, _>>()?),
        };
        let lies = match self.over.as_str() {
            "none" => LieChoice::Truthful,
            "drawn" if self.no_lies => LieChoice::Truthful,
            "drawn" => LieChoice::Drawn,
            name => match StoryKind::named(name).filter(|kind| kind.is_lie()) {
                Some(lie) => LieChoice::This(lie.name),
                None => return Err(unknown("lie", name)),
            },
        };
        let (first_seed, seeds) = self.seed.map_or((self.first_seed, self.seeds), |seed| (seed, 1));
        Ok(Session { stories, first_seed, seeds, lies, faults, jobs: self.jobs })
    }
}

/// Judges, prints, and says by its status whether anything was told as certain that was not so.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let session = arguments.session()?;
    let Session { first_seed, seeds, .. } = session;
    if !arguments.json {
        write_to(None, |sink| writeln!(sink, "seeds {first_seed}..{}\n", first_seed + seeds))?;
    }
    if arguments.verbose {
        let schemas = Schemas::built_in();
        for trial in (first_seed..first_seed + seeds).flat_map(|seed| session.trials(seed)) {
            let (judgements, cases) = hold(&trial, &schemas)?;
            write_to(None, |sink| writeln!(sink, "{}\n", explain(&trial, &judgements, &cases)))?;
        }
    }
    let board = session.run()?;
    write_to(None, |sink| match arguments.json {
        true => {
            let mut json = board.json();
            json["first_seed"] = first_seed.into();
            json["seeds"] = seeds.into();
            writeln!(sink, "{json:#}")
        }
        false => write!(sink, "{}", board.table()),
    })?;
    let is_clean = board.total().confidently_wrong == 0;
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
