//! The end of a run, told on standard error: what was read, what was found, and what was wrong with the input.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use begat_ingest::{AnomalyLog, Skipped};
use begat_model::Timestamp;
use begat_model::anomaly::{Anomaly, AnomalyKind};
use begat_model::case::{AuthorisationStatus, Case, Finding, FindingKind, Severity, Verdict};
use begat_model::inventory::InventoryHost;
use begat_model::visible::visible;
use begat_policy::{Policy, Usage};
use begat_rules::{Hits, LoadReport, Reason};

use crate::cli::OutputArgs;
use crate::message::Message;
use crate::options::Verbosity;
use crate::pipeline::Totals;

/// Examples of one kind of anomaly.
const EXAMPLES_MAX: usize = 3;
/// The same where `-v` was given.
const EXAMPLES_VERBOSE_MAX: usize = 50;
/// Inputs that could not be read are told one by one, so many.
const PROBLEMS_MAX: usize = 50;
/// Skipped files are told one by one where `-v` was given, so many.
const SKIPPED_MAX: usize = 10_000;

/// Rules that hit are told one by one, most hits first, so many.
const RULES_MAX: usize = 10;
/// The same where `-v` was given, and so many that were left out.
const RULES_VERBOSE_MAX: usize = 10_000;
/// Entries, tickets and hosts of the site that are told one by one.
const SITE_MAX: usize = 20;
/// The same where `-v` was given.
const SITE_VERBOSE_MAX: usize = 10_000;

/// What became of a run's cases and findings.
pub struct Written<'a> {
    /// Cases that passed the filters.
    pub cases: &'a [Case],
    /// How many did not.
    pub cases_left_out: usize,
    /// Findings that passed the filters.
    pub findings: &'a [Finding],
    /// How many did not.
    pub findings_left_out: usize,
    /// What the site says of them.
    pub site: SiteOutcome<'a>,
}

/// What a policy and an inventory came to.
pub struct SiteOutcome<'a> {
    /// The policy that was given.
    pub policy: Option<&'a Policy>,
    /// What its entries and tickets allowed, of all cases.
    pub usage: &'a Usage,
    /// The latest creation of the input.
    pub last_creation: Option<Timestamp>,
    /// Hosts of the inventory.
    pub hosts: usize,
    /// Those that were not heard.
    pub silent: Vec<&'a InventoryHost>,
}

/// Tells it all. A closed standard error is no reason to fail.
pub fn tell(totals: &Totals, written: &Written<'_>, took: Duration, verbosity: Verbosity) {
    let mut out = io::stderr().lock();
    let _ = write(totals, written, took, verbosity, &mut out);
}

/// Warnings and notes, one a line, as they come up.
pub fn warn(message: &str) {
    let _ = writeln!(io::stderr().lock(), "warning: {}", visible(message));
}

const FORMAT_NOTE: &str = "note: standard output is no terminal, so this is JSON Lines, for programs: `-t table` is \
    for people, `-t jsonl` says that it is wanted";

/// Says to a person who looks on, and sees no table in the pager, why there is none. Scripts are left in peace.
pub fn tell_format(is_typed: bool, output: &OutputArgs, verbosity: Verbosity) {
    let is_piped = !is_typed && output.output.is_none() && !io::stdout().is_terminal();
    if is_piped && verbosity > Verbosity::Quiet && io::stderr().is_terminal() {
        let _ = writeln!(io::stderr().lock(), "{FORMAT_NOTE}");
    }
}

/// Only what could not be read: the rest was told when the hunt ran.
pub fn tell_problems(totals: &Totals) {
    let _ = problems(totals, &mut io::stderr().lock());
}

fn write(
    totals: &Totals,
    written: &Written<'_>,
    took: Duration,
    verbosity: Verbosity,
    out: &mut dyn Write,
) -> io::Result<()> {
    problems(totals, out)?;
    if verbosity == Verbosity::Quiet {
        anomalies_in_short(totals, out)?;
        rules_in_short(totals, out)?;
        silent_in_short(&written.site, out)?;
        return nothing_read(totals, verbosity, out);
    }
    anomalies(&totals.anomalies, verbosity, out)?;
    skipped(&totals.skipped, verbosity, out)?;
    for note in totals.zone_notes.iter().chain(&totals.bound_notes) {
        writeln!(out, "note: {}", visible(note))?;
    }
    inputs(totals, took, out)?;
    if let Some(rules) = &totals.rules {
        rules_left_out(&rules.report, verbosity, out)?;
        rules_hit(&rules.report, &totals.hits, verbosity, out)?;
    }
    cases(written, out)?;
    findings(written, out)?;
    policy(&written.site, verbosity, out)?;
    silent(&written.site, verbosity, out)?;
    nothing_read(totals, verbosity, out)
}

fn problems(totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    for problem in totals.problems.iter().take(PROBLEMS_MAX) {
        problem.write(out)?;
    }
    match totals.problems.len().saturating_sub(PROBLEMS_MAX) {
        0 => Ok(()),
        more => Message::new(format!("{} more inputs cannot be read", grouped(more as u64))).write(out),
    }
}

/// Even the quiet are told that something was wrong, in a line for each kind.
fn anomalies_in_short(totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    for (kind, count) in totals.anomalies.counts() {
        writeln!(out, "warning: {} × {kind_name}: {}", grouped(count), kind.doc(), kind_name = kind.slug())?;
    }
    Ok(())
}

/// What was wrong with inputs that could be read, and what held nothing, where there is no summary.
pub fn tell_input(log: &AnomalyLog, left_aside: &[Skipped]) {
    let mut out = io::stderr().lock();
    let _ = anomalies(log, Verbosity::Normal, &mut out)
        .and_then(|()| skipped(left_aside, Verbosity::Normal, &mut out));
}

fn anomalies(log: &AnomalyLog, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    let examples_max = if verbosity == Verbosity::Verbose { EXAMPLES_VERBOSE_MAX } else { EXAMPLES_MAX };
    let mut examples: BTreeMap<AnomalyKind, Vec<&Anomaly>> = BTreeMap::new();
    for anomaly in log.kept() {
        let of_kind = examples.entry(anomaly.kind).or_default();
        if of_kind.len() < examples_max {
            of_kind.push(anomaly);
        }
    }
    for (kind, count) in log.counts() {
        writeln!(out, "warning: {} × {}: {}", grouped(count), kind.slug(), kind.doc())?;
        let examples = examples.remove(&kind).unwrap_or_default();
        for anomaly in &examples {
            writeln!(out, "  {}", visible(&place(anomaly)))?;
        }
        let more = count.saturating_sub(examples.len() as u64);
        if more > 0 && !examples.is_empty() {
            writeln!(out, "  … {} more", grouped(more))?;
        }
    }
    Ok(())
}

/// The quiet are told of rules that do not work; not of those that are about something else.
fn rules_in_short(totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    let Some(rules) = &totals.rules else { return Ok(()) };
    for (doc, count) in reasons(&rules.report, |reason| !matches!(reason, Reason::NotProcessStarts(_))) {
        writeln!(out, "warning: {} left out: {doc}", counted(count, "rule", "rules"))?;
    }
    Ok(())
}

/// Rules left out, by what they have in common.
fn reasons(report: &LoadReport, is_told: impl Fn(&Reason) -> bool) -> BTreeMap<&'static str, u64> {
    let mut reasons = BTreeMap::new();
    for complaint in report.complaints.iter().filter(|complaint| is_told(&complaint.reason)) {
        *reasons.entry(complaint.reason.doc()).or_default() += 1;
    }
    reasons
}

fn rules_left_out(report: &LoadReport, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    for (doc, count) in reasons(report, |_| true) {
        writeln!(out, "rules left out: {} ({doc})", grouped(count))?;
    }
    if verbosity == Verbosity::Verbose {
        for complaint in report.complaints.iter().take(RULES_VERBOSE_MAX) {
            writeln!(out, "  {}", visible(&complaint.to_string()))?;
        }
    }
    Ok(())
}

fn rules_hit(report: &LoadReport, hits: &Hits, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "rules: {} of {}; {} of them matched {} of {}",
        counted(report.loaded as u64, "rule", "rules"),
        counted(report.files as u64, "file", "files"),
        grouped(hits.by_rule.len() as u64),
        grouped(hits.marked),
        counted(hits.starts, "process start", "process starts"),
    )?;
    let rules_max = if verbosity == Verbosity::Verbose { RULES_VERBOSE_MAX } else { RULES_MAX };
    let mut by_count: Vec<_> = hits.by_rule.iter().collect();
    by_count.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
    for (name, count) in by_count.iter().take(rules_max) {
        writeln!(out, "  {} × {}", grouped(**count), visible(name))?;
    }
    if by_count.len() > rules_max {
        writeln!(out, "  … {} more", counted((by_count.len() - rules_max) as u64, "rule", "rules"))?;
    }
    if hits.cut > 0 {
        let starts = counted(hits.cut, "process start", "process starts");
        writeln!(
            out,
            "note: {starts} matched by more than {} rules; only those of the highest level are named",
            begat_rules::RULES_PER_PROCESS_MAX
        )?;
    }
    Ok(())
}

/// Its place and particulars, without the kind's own words, which stand above.
fn place(anomaly: &Anomaly) -> String {
    let mut told = anomaly.source.to_string();
    if let Some(offset) = anomaly.offset {
        told.push_str(&format!(" at byte {offset}"));
    }
    if let Some(record_id) = anomaly.record_id {
        told.push_str(&format!(", record {record_id}"));
    }
    if !anomaly.detail.is_empty() {
        told.push_str(&format!(": {}", anomaly.detail));
    }
    told
}

/// Grouped by what they are; particulars of the first few of each group stand below it.
fn skipped(all: &[Skipped], verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    let mut kinds: BTreeMap<&str, Vec<(&Skipped, &str)>> = BTreeMap::new();
    for skipped in all {
        let (kind, particulars) = skipped.reason.split_once(": ").unwrap_or((&skipped.reason, ""));
        kinds.entry(kind).or_default().push((skipped, particulars));
    }
    for (kind, members) in kinds {
        let files = counted(members.len() as u64, "file", "files");
        let shared = members[0].1;
        if members.iter().all(|(_, particulars)| *particulars == shared) {
            writeln!(out, "skipped: {files} ({})", visible(&members[0].0.reason))?;
            continue;
        }
        writeln!(out, "skipped: {files} ({})", visible(kind))?;
        if verbosity < Verbosity::Verbose {
            for (skipped, particulars) in members.iter().take(EXAMPLES_MAX) {
                writeln!(out, "  {}: {}", visible(&skipped.name), visible(particulars))?;
            }
            more(members.len(), EXAMPLES_MAX, out)?;
        }
    }
    if verbosity == Verbosity::Verbose {
        for skipped in all.iter().take(SKIPPED_MAX) {
            writeln!(out, "  {}: {}", visible(&skipped.name), visible(&skipped.reason))?;
        }
    }
    Ok(())
}

/// Silence is no answer where nothing was read: the quiet are told, too, why.
fn nothing_read(totals: &Totals, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    if totals.hosts > 0 {
        return Ok(());
    }
    if verbosity == Verbosity::Quiet {
        skipped(&totals.skipped, verbosity, out)?;
    }
    Message::new("no record of any Windows host was read")
        .hint("event logs (.evtx), and what collectors make of them as JSON, XML or CSV are read: `begat carriers` lists them")
        .write(out)
}

fn inputs(totals: &Totals, took: Duration, out: &mut dyn Write) -> io::Result<()> {
    let seconds = took.as_secs_f64();
    let rate = (totals.bytes as f64 / seconds.max(1e-6)) as u64;
    writeln!(
        out,
        "read: {}, {}, {} of {}, {} of them relevant, in {seconds:.1} s ({}/s)",
        counted(totals.files, "file", "files"),
        bytes(totals.bytes),
        counted(totals.records, "record", "records"),
        counted(totals.hosts, "host", "hosts"),
        grouped(totals.wanted),
        bytes(rate),
    )
}

fn cases(written: &Written<'_>, out: &mut dyn Write) -> io::Result<()> {
    let cases = written.cases;
    write!(out, "cases: {}", grouped(cases.len() as u64))?;
    if !cases.is_empty() {
        let verdicts = tally(Verdict::ALL.iter(), cases.iter().map(|case| case.attribution.verdict));
        let severities = tally(Severity::ALL.iter().rev(), cases.iter().map(|case| case.severity));
        write!(out, " ({verdicts}; {severities})")?;
    }
    let authorised =
        cases.iter().filter(|case| case.authorisation.status == AuthorisationStatus::Authorised).count();
    if authorised > 0 {
        write!(out, ", {} authorised", grouped(authorised as u64))?;
    }
    if let Some(told) = waves(cases.iter().filter_map(|case| case.wave.as_deref())) {
        write!(out, ", {told}")?;
    }
    left_out(written.cases_left_out, out)
}

/// Told where there are any: most inputs have none.
fn findings(written: &Written<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = written.findings;
    if findings.len() + written.findings_left_out == 0 {
        return Ok(());
    }
    write!(out, "findings: {}", grouped(findings.len() as u64))?;
    if !findings.is_empty() {
        let kinds = tally(FindingKind::ALL.iter(), findings.iter().map(|finding| finding.kind));
        let severities = tally(Severity::ALL.iter().rev(), findings.iter().map(|finding| finding.severity));
        write!(out, " ({}; {severities})", kinds.replace('_', " "))?;
    }
    left_out(written.findings_left_out, out)
}

/// What each entry did, which did nothing, and which would have, had they not expired.
fn policy(told: &SiteOutcome<'_>, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    let Some(policy) = told.policy else { return Ok(()) };
    let shown_max = if verbosity == Verbosity::Verbose { SITE_VERBOSE_MAX } else { SITE_MAX };
    for (sort, used) in [("entry", told.usage.entries()), ("ticket", told.usage.tickets())] {
        for (name, used) in used.iter().take(shown_max) {
            let cases = counted(used.times, "case", "cases");
            let likely = match used.on_likely {
                0 => String::new(),
                likely => format!(" ({} on a likely creator)", grouped(likely)),
            };
            writeln!(
                out,
                "policy: {sort} {} allows {cases}{likely}, the last created at {}",
                visible(name),
                used.last
            )?;
        }
        more(used.len(), shown_max, out)?;
    }
    let unused = told.usage.unused(policy.entries());
    if !unused.is_empty() {
        let names = unused.iter().take(shown_max).map(|name| visible(name)).collect::<Vec<_>>().join(", ");
        let count = counted(unused.len() as u64, "entry allows", "entries allow");
        writeln!(out, "policy: {count} nothing here: {names}{}", dots(unused.len(), shown_max))?;
    }
    let Some(last_creation) = told.last_creation else { return Ok(()) };
    let expired: Vec<_> = policy.expired_at(last_creation).collect();
    for entry in expired.iter().take(shown_max) {
        let (name, expires) = (visible(entry.name()), visible(&entry.expires().text));
        let missed = told.usage.expired().get(entry.name());
        let missed = missed.map_or(String::new(), |used| {
            format!(": it would have allowed {}", counted(used.times, "case", "cases"))
        });
        writeln!(out, "warning: entry {name} expired {expires}, before the last creation here{missed}")?;
    }
    more(expired.len(), shown_max, out)
}

/// Even the quiet are told that hosts are missing.
fn silent_in_short(told: &SiteOutcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    if !told.silent.is_empty() {
        writeln!(out, "warning: {}", silent_said(told))?;
    }
    Ok(())
}

fn silent_said(told: &SiteOutcome<'_>) -> String {
    let (silent, hosts) = (told.silent.len() as u64, told.hosts as u64);
    let have = if silent == 1 { "has" } else { "have" };
    format!(
        "{} of the inventory's {} {have} no record in this input",
        grouped(silent),
        counted(hosts, "host", "hosts")
    )
}

/// Hosts that should report and do not: nothing can be said of what happened on them.
fn silent(told: &SiteOutcome<'_>, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    if told.silent.is_empty() {
        return Ok(());
    }
    let shown_max = if verbosity == Verbosity::Verbose { SITE_VERBOSE_MAX } else { SITE_MAX };
    let names = told.silent.iter().take(shown_max).map(|host| visible(host.name.as_str()));
    writeln!(
        out,
        "warning: {}: {}{}",
        silent_said(told),
        names.collect::<Vec<_>>().join(", "),
        dots(told.silent.len(), shown_max),
    )
}

fn more(count: usize, shown_max: usize, out: &mut dyn Write) -> io::Result<()> {
    match count.saturating_sub(shown_max) {
        0 => Ok(()),
        more => writeln!(out, "  … {} more", grouped(more as u64)),
    }
}

fn dots(count: usize, shown_max: usize) -> String {
    match count.saturating_sub(shown_max) {
        0 => String::new(),
        more => format!(" and {} more", grouped(more as u64)),
    }
}

fn left_out(count: usize, out: &mut dyn Write) -> io::Result<()> {
    if count > 0 {
        write!(out, ", {} left out by the filters", grouped(count as u64))?;
    }
    writeln!(out)
}

/// `50 of them in 1 wave`, from the wave of each case that is part of one; one case alone is no wave.
fn waves<'a>(of_cases: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    of_cases.for_each(|wave| *sizes.entry(wave).or_default() += 1);
    sizes.retain(|_, size| *size > 1);
    let told = counted(sizes.len() as u64, "wave", "waves");
    (!sizes.is_empty()).then(|| format!("{} of them in {told}", grouped(sizes.values().sum())))
}

/// `2 attributed, 1 unknown`, in the order of the words, without what there is none of.
fn tally<'w, T: Copy + Ord + Display + 'w>(
    words: impl Iterator<Item = &'w T>,
    all: impl Iterator<Item = T>,
) -> String {
    let mut counts: BTreeMap<T, u64> = BTreeMap::new();
    all.for_each(|word| *counts.entry(word).or_default() += 1);
    let told = words.filter_map(|word| counts.get(word).map(|count| format!("{} {word}", grouped(*count))));
    told.collect::<Vec<_>>().join(", ")
}

/// `1 file`, `2 files`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

fn grouped(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}

fn bytes(count: u64) -> String {
    indicatif::BinaryBytes(count).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::guest_enabled;

    #[test]
    fn waves_are_told_by_how_many_cases_they_hold() {
        let told = |of_cases: &[&'static str]| waves(of_cases.iter().copied());
        assert_eq!(told(&[]), None);
        assert_eq!(told(&["one"]), None, "what the filters left of it is no wave");
        assert_eq!(told(&["one", "two", "one"]), Some("2 of them in 1 wave".to_owned()));
        assert_eq!(told(&["one", "two", "one", "two", "one"]), Some("5 of them in 2 waves".to_owned()));
    }

    #[test]
    fn findings_are_told_where_there_are_any() {
        let told = |found: &[Finding], findings_left_out| {
            let mut out = Vec::new();
            let site = SiteOutcome {
                policy: None,
                usage: &Usage::default(),
                last_creation: None,
                hosts: 0,
                silent: vec![],
            };
            let written = Written { cases: &[], cases_left_out: 0, findings: found, findings_left_out, site };
            findings(&written, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(told(&[], 0), "");
        assert_eq!(told(&[], 3), "findings: 0, 3 left out by the filters\n");
        let mut milder = guest_enabled();
        milder.severity = Severity::Low;
        milder.kind = FindingKind::AccountNeverSeenCreated;
        assert_eq!(
            told(&[milder.clone(), guest_enabled(), milder], 0),
            "findings: 3 (1 guest enabled, 2 account never seen created; 1 high, 2 low)\n"
        );
    }
}
