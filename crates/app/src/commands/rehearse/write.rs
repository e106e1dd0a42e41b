//! The stories as logs in a folder, with what really happened beside them.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use begat_sim::encode::Shipping;
use begat_sim::rehearse::{SiteNames, as_site, first_creation, host_count, moved, rehearsed};
use begat_sim::story::{STORIES, Story, StoryKind};

use crate::cli::{InputArgs, RehearseWriteArgs, SiteArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Input, moment_to_write};
use crate::pipeline;

const TICKS_PER_MILLISECOND: i64 = 10_000;
/// Most names of each sort that stories are given: all stories have not more hosts.
const NAMES_MAX: usize = 200;

/// Writes them.
pub(super) fn run(args: &RehearseWriteArgs) -> Result<Status, Error> {
    let names = if args.like.is_empty() { SiteNames::default() } else { names_of(args)? };
    let logs = args.folder.join("logs");
    let truth = args.folder.join("truth.jsonl");
    let stories: Vec<&StoryKind> =
        if args.story.is_empty() { STORIES.iter().collect() } else { args.story.clone() };
    let file = |story: &StoryKind| logs.join(format!("{}.{}", story.name, args.carrier.extension));
    if !args.clobber {
        let paths = stories.iter().map(|story| file(story)).chain([truth.clone()]);
        if let Some(path) = paths.into_iter().find(|path| path.exists()) {
            return Err(Error::OutputExists { path });
        }
    }
    let told: Vec<Story> = stories.iter().map(|story| story.tell(args.seed)).collect();
    let shift = match (&args.at, first_creation(&told)) {
        (Some(at), Some(first)) => moment_to_write("--at", at)?.unix_ticks() - first.unix_ticks(),
        _ => 0,
    };
    // Sysmon's times end with the millisecond: what moves by less would part a start from its record.
    let shift = shift - shift.rem_euclid(TICKS_PER_MILLISECOND);
    fs::create_dir_all(&logs).map_err(|source| failed(&logs, source))?;
    let mut hosts = Hosts::of(&names);
    let mut lines = String::new();
    let mut creations = 0;
    for (story, told) in stories.iter().zip(told) {
        let told = moved(told, shift);
        let names = SiteNames { hosts: hosts.next(host_count(&told)), ..names.clone() };
        let told = as_site(told, &names);
        let bytes = args.carrier.encode(&told.records, &Shipping::default());
        let path = file(story);
        let bytes = bytes.map_err(|error| failed(&path, io::Error::other(error)))?;
        fs::write(&path, bytes).map_err(|source| failed(&path, source))?;
        for truth in rehearsed(story, &told) {
            let line = serde_json::to_string(&truth).map_err(|error| failed(&path, error.into()))?;
            lines.push_str(&line);
            lines.push('\n');
            creations += 1;
        }
    }
    fs::write(&truth, lines).map_err(|source| failed(&truth, source))?;
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(
        io::stderr().lock(),
        "wrote: {} logs and {creations} creations with their truth, in {}",
        stories.len(),
        args.folder.display()
    );
    Ok(Status::Done)
}

/// Hosts for one story after another: those of the site, then more of its domain, so that no two stories share one.
struct Hosts {
    of_site: std::vec::IntoIter<String>,
    domain: String,
    made_up: usize,
}

impl Hosts {
    fn of(names: &SiteNames) -> Hosts {
        let domain = names.hosts.iter().find_map(|host| host.split_once('.')).map(|(_, domain)| domain);
        Hosts {
            of_site: names.hosts.clone().into_iter(),
            domain: domain.unwrap_or("corp.example").to_owned(),
            made_up: 0,
        }
    }

    fn next(&mut self, count: usize) -> Vec<String> {
        let mut hosts: Vec<String> = self.of_site.by_ref().take(count).collect();
        while hosts.len() < count {
            self.made_up += 1;
            hosts.push(format!("rehearsal-{:03}.{}", self.made_up, self.domain));
        }
        hosts
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Output { output: format!("`{}`", path.display()), source }
}

/// Host and account names of the site whose logs were given.
fn names_of(args: &RehearseWriteArgs) -> Result<SiteNames, Error> {
    let paths: Vec<PathBuf> = args.like.clone();
    let input = InputArgs {
        paths,
        window: None,
        site: SiteArgs::default(),
        sigma: Vec::new(),
        reading: args.reading.clone(),
    };
    pipeline::site_names(&Input::new(&input)?, NAMES_MAX)
}
