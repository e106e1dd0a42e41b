//! `begat coverage`: host by host, what was logged of what AN1235 needs, what was not, and how to mend it.

use std::path::{Path, PathBuf};

use begat_model::HostName;
use begat_model::configured::{AuditSettings, SysmonConfig};
use begat_policy::{Complaint, Complaints, read_audit_settings, read_sysmon_config};
use begat_report::{Earlier, SightFormat, Site};

use crate::cli::CoverageArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Input, usual_format};
use crate::pipeline;
use crate::progress::Progress;
use crate::sink::Sink;
use crate::site::{hold_against, read_bytes};
use crate::summary;

/// Looks at what was typed, and tells what it could have shown.
pub fn run(args: &CoverageArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    let input = Input::new(&args.input())?;
    summary::tell_format(args.format.is_some(), &args.output, display.verbosity);
    let format = args
        .format
        .or_else(|| SightFormat::named(usual_format(&args.output)))
        .expect("both are in the table of formats");
    let settings = audit_settings(&args.audit_policy)?;
    let sysmon = args.sysmon_config.as_deref().map(sysmon_config).transpose()?;
    let earlier = args.since.as_deref().map(earlier).transpose()?;
    let progress = Progress::new(display.progress);
    let (mut hosts, totals) = pipeline::ledgers(&input, &progress)?;
    progress.finish();
    let inventory = &input.site.inventory;
    let own = input.site.files.iter().chain(&args.audit_policy).chain(&args.sysmon_config).chain(&args.since);
    sink.spare(totals.sources.iter().chain(own).map(PathBuf::as_path))?;
    let gone: Vec<HostName> = earlier.iter().flat_map(|earlier| earlier.gone(&hosts)).collect();
    hold_against(&mut hosts, inventory, &gone);
    for host in &mut hosts {
        settings.iter().for_each(|settings| host.configure(settings));
        sysmon.iter().for_each(|config| host.configure_sysmon(config));
    }
    let known = (!inventory.is_empty()).then(|| inventory.hosts().count());
    let site = Site { hosts: &hosts, inventory: known, since: earlier.as_ref(), sysmon: sysmon.as_ref() };
    sink.write(|out| (format.write)(&site, &display.page, out))?;
    summary::tell_problems(&totals);
    let is_met = site.losses().any(|loss| args.fail_on_blind_spot.contains(&loss));
    let of_sight = if is_met { Status::FailOnMet } else { Status::Done };
    Ok(of_sight.or_trouble(!totals.were_read()))
}

/// Most bytes of a file of settings: a policy has a hundred rows.
const SETTINGS_BYTES_MAX: u64 = 16 << 20;

/// Most bytes of an earlier ledger: ten thousand hosts are told in a third of it.
const EARLIER_BYTES_MAX: u64 = 256 << 20;

/// What Sysmon is told to tell.
fn sysmon_config(path: &Path) -> Result<SysmonConfig, Error> {
    let bytes = read_bytes("--sysmon-config", path, SETTINGS_BYTES_MAX)?;
    let read = read_sysmon_config(&path.display().to_string(), &bytes);
    read.map_err(|complaints| Error::Site { complaints })
}

/// The ledgers of an earlier run.
fn earlier(path: &Path) -> Result<Earlier, Error> {
    let bytes = read_bytes("--since", path, EARLIER_BYTES_MAX)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::SiteFileNotText { option: "--since", path: path.to_owned() })?;
    Earlier::read(&text).map_err(|wrong| {
        let complaint = |(line, what)| Complaint {
            file: path.display().to_string().into(),
            line,
            column: None,
            what,
            instead: "give what `begat coverage -t jsonl` wrote".to_owned(),
        };
        let complaints = Complaints::check(wrong.into_iter().map(complaint).collect());
        Error::Site { complaints: complaints.expect_err("something is wrong") }
    })
}

/// What is configured, those of one machine after those of many: what a machine says of itself counts.
fn audit_settings(paths: &[PathBuf]) -> Result<Vec<AuditSettings>, Error> {
    let mut settings = Vec::new();
    for path in paths {
        let bytes = read_bytes("--audit-policy", path, SETTINGS_BYTES_MAX)?;
        let read = read_audit_settings(&path.display().to_string(), &bytes);
        settings.extend(read.map_err(|complaints| Error::Site { complaints })?);
    }
    settings.sort_by_key(|settings| settings.machine.is_some());
    Ok(settings)
}
