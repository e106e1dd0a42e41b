//! `begat coverage`: host by host, what was logged of what AN1235 needs, what was not, and how to mend it.

use std::path::PathBuf;

use begat_model::configured::AuditSettings;
use begat_model::ledger::HostLedger;
use begat_policy::read_audit_settings;
use begat_report::{SightFormat, Site};

use crate::cli::CoverageArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Input, usual_format};
use crate::pipeline;
use crate::progress::Progress;
use crate::sink::Sink;
use crate::site::read_bytes;
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
    let progress = Progress::new(display.progress);
    let (mut hosts, totals) = pipeline::ledgers(&input, &progress)?;
    progress.finish();
    let inventory = &input.site.inventory;
    sink.spare(
        totals.sources.iter().chain(&input.site.files).chain(&args.audit_policy).map(PathBuf::as_path),
    )?;
    let silent = inventory.silent(hosts.iter().flat_map(|host| &host.names));
    let silent: Vec<HostLedger> =
        silent.into_iter().map(|host| HostLedger::silent(host.name.clone())).collect();
    hosts.extend(silent);
    for host in &mut hosts {
        settings.iter().for_each(|settings| host.configure(settings));
    }
    let known = (!inventory.is_empty()).then(|| inventory.hosts().count());
    let site = Site { hosts: &hosts, inventory: known };
    sink.write(|out| (format.write)(&site, &display.page, out))?;
    summary::tell_problems(&totals);
    let is_met = site.losses().any(|loss| args.fail_on_blind_spot.contains(&loss));
    let of_sight = if is_met { Status::FailOnMet } else { Status::Done };
    Ok(of_sight.or_trouble(!totals.were_read()))
}

/// Most bytes of a file of settings: a policy has a hundred rows.
const SETTINGS_BYTES_MAX: u64 = 16 << 20;

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
