//! What to run on a test machine, and how to clean up after it.

use std::io::{self, Write};

use begat_sim::rehearse::{PLAN, Rehearsal};
use begat_sim::story::StoryKind;
use serde::Serialize;

use crate::cli::{RehearseFormat, RehearsePlanArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::options::Display;
use crate::sink::Sink;

/// Lists them.
pub(super) fn run(args: &RehearsePlanArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    sink.write(|out| match args.format {
        RehearseFormat::Table => table(display.page.width, out),
        RehearseFormat::Json => json(out),
    })?;
    Ok(Status::Done)
}

fn story_of(row: &Rehearsal) -> &'static StoryKind {
    StoryKind::named(row.story).expect("every row plays a story")
}

fn table(width: usize, out: &mut dyn Write) -> io::Result<()> {
    for row in PLAN {
        let story = story_of(row);
        writeln!(out, "{}  {} ({})", row.story, story.summary, story.scenario)?;
        let needs = format!("in {}, on {}", row.shell, row.needs);
        for line in textwrap::wrap(&needs, width.saturating_sub(2)) {
            writeln!(out, "  {line}")?;
        }
        // Commands are copied, and so never wrapped.
        row.commands.iter().try_for_each(|line| writeln!(out, "    {line}"))?;
        writeln!(out, "  clean up:")?;
        row.clean_up.iter().try_for_each(|line| writeln!(out, "    {line}"))?;
        if let Some(guid) = row.atomic {
            writeln!(out, "  Atomic Red Team: Invoke-AtomicTest T1136.001 -TestGuids {guid}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Row {
    story: &'static str,
    scenario: &'static str,
    summary: &'static str,
    shell: &'static str,
    needs: &'static str,
    commands: &'static [&'static str],
    clean_up: &'static [&'static str],
    atomic_red_team: Option<&'static str>,
}

fn json(out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Row> = PLAN.iter().map(Row::from).collect();
    begat_report::write_object(
        &serde_json::json!({"schema": "begat.rehearsal-plan/1", "rehearsals": rows}),
        out,
    )?;
    writeln!(out)
}

impl From<&Rehearsal> for Row {
    fn from(row: &Rehearsal) -> Self {
        let story = story_of(row);
        Row {
            story: row.story,
            scenario: story.scenario,
            summary: story.summary,
            shell: row.shell,
            needs: row.needs,
            commands: row.commands,
            clean_up: row.clean_up,
            atomic_red_team: row.atomic,
        }
    }
}
