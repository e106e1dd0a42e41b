//! `begat hunt`: a case for each account created, or what was heard where there is none; then what else is worth a look.

use std::path::PathBuf;
use std::time::Instant;

use begat_model::case::{Case, Finding};
use begat_report::{Found, Read, UnreadCreations, write_coverage};

use crate::cli::{HuntArgs, OutputArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Hunt, Verbosity};
use crate::originals;
use crate::pipeline::{self, Outcome, Totals};
use crate::progress::Progress;
use crate::sink::Sink;
use crate::summary::{self, SiteOutcome, Written};

/// Hunts what was typed.
pub fn run(args: &HuntArgs) -> Result<Status, Error> {
    let options = Hunt::new(args)?;
    summary::tell_format(args.format.is_some() || args.tree, &args.output, options.display.verbosity);
    hunt(&options, &args.output)
}

/// Hunts, writes, and tells how it went.
pub fn hunt(options: &Hunt, output: &OutputArgs) -> Result<Status, Error> {
    let sink = Sink::new(output)?;
    options.input.site.warnings.iter().for_each(|warning| summary::warn(warning));
    let began = Instant::now();
    let progress = Progress::new(options.display.progress);
    let outcome = pipeline::hunt(&options.input, &progress)?;
    progress.finish();
    let took = began.elapsed();
    let Outcome { cases, findings, coverage, usage, totals, sources } = outcome;
    let site = &options.input.site;
    sink.spare(totals.sources.iter().chain(&site.files).map(PathBuf::as_path))?;
    let last_creation = cases.iter().map(|case| case.created_at).max();
    let found_none = cases.is_empty();
    let (mut cases, cases_left_out): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| options.filters.keep(case));
    let (mut findings, findings_left_out): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| options.filters.keep_finding(finding));
    options.order.put(&mut cases, &mut findings);
    let unread = UnreadCreations::of(findings.iter().chain(&findings_left_out));
    let again =
        || originals::read(&sources, &cases, &findings, &options.input.schemas, options.input.threads);
    let originals = options.format.shows_records.then(again);
    let written = sink.write(|out| {
        let page = &options.display.page;
        let read =
            Read { originals: originals.as_ref(), ..totals.read(&coverage, options.input.tuning.window) };
        let found = Found::new(&cases, &findings).in_order(options.order).within(read);
        (options.write)(&found, page, out)?;
        // What was found stands first, then what may not have been seen.
        if found_none && options.format.for_people && !options.format.says_what_was_heard {
            if !findings.is_empty() {
                writeln!(out)?;
            }
            write_coverage(&coverage, &unread, page, out)?;
        }
        Ok(())
    });
    if found_none && !options.format.for_people && options.display.verbosity > Verbosity::Quiet {
        let page = options.display.page_of_messages();
        let _ = write_coverage(&coverage, &unread, &page, &mut std::io::stderr().lock());
    }
    let told = Written {
        cases: &cases,
        cases_left_out: cases_left_out.len(),
        findings: &findings,
        findings_left_out: findings_left_out.len(),
        site: SiteOutcome {
            policy: site.policy.as_ref(),
            usage: &usage,
            last_creation,
            hosts: site.inventory.hosts().count(),
            silent: site.inventory.silent(coverage.iter().flat_map(|host| &host.names)),
        },
    };
    summary::tell(&totals, &told, took, options.display.verbosity);
    match written {
        // The reader has seen enough; what the hunt came to stands all the same.
        Err(error) if error.is_closed_pipe() => {}
        other => other?,
    }
    let mut severities =
        cases.iter().map(|case| case.severity).chain(findings.iter().map(|finding| finding.severity));
    let fail_on_met = options.fail_on.is_some_and(|level| severities.any(|severity| severity >= level));
    Ok(status(&totals, fail_on_met))
}

fn status(totals: &Totals, fail_on_met: bool) -> Status {
    let of_found = if fail_on_met { Status::FailOnMet } else { Status::Done };
    of_found.or_trouble(!totals.were_read())
}
