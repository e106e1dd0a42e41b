//! `begat export`: the analytic as a rule of another tool, with what a site sets and allows.

use std::path::PathBuf;

use begat_engine::KNOWN_SIGNS;
use begat_model::analytic::{Analytic, SuspiciousEntry};
use begat_model::{Precision, Timestamp};
use begat_policy::allowances;
use begat_report::ExportRule;

use crate::cli::{ExportArgs, SiteArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::options::window;
use crate::sink::Sink;
use crate::site::Site;
use crate::summary;

/// Writes the rule.
pub fn run(args: &ExportArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.output)?;
    let mut site = Site::read(&SiteArgs { policy: args.policy.clone(), ..SiteArgs::default() })?;
    let window = window(args.window.as_deref(), &mut site)?;
    site.warnings.iter().for_each(|warning| summary::warn(warning));
    sink.spare(site.files.iter().map(PathBuf::as_path))?;
    let policy = site.policy.unwrap_or_default();
    // An entry says its own end in the rule: no clock decides what goes out.
    let allowed = allowances(&policy, None, Timestamp::from_unix_ticks(0, Precision::SECONDS));
    let rule = ExportRule { window, allowances: &allowed, ..signs(policy.analytic(), policy.sigma_rules()) };
    sink.write(|out| args.language.write(&rule, out))?;
    Ok(Status::Done)
}

/// What counts as suspicious; nothing of begat's own where the site says so.
fn signs(analytic: &Analytic, sigma_rules: &[String]) -> ExportRule<'static> {
    let known = analytic.suspicious_defaults;
    let files = |names: &[&str]| -> Vec<String> {
        names.iter().filter(|_| known).map(|name| format!("{name}.exe")).collect()
    };
    let launchers: Vec<&str> = KNOWN_SIGNS.launchers.iter().map(|(name, _)| *name).collect();
    let (mut images, mut left_out) = (Vec::new(), Vec::new());
    for entry in &analytic.suspicious {
        match entry {
            SuspiciousEntry { image: Some(image), original_file_name: None, path_class: None, .. } => {
                images.push(image.to_string());
            }
            other => left_out.push(format!("the suspicious executable of the site: {}", other.reason)),
        }
    }
    left_out.extend(sigma_rules.iter().map(|path| format!("the site's Sigma rules in {path}")));
    ExportRule {
        window: analytic.window,
        tools: files(KNOWN_SIGNS.tools),
        folders: KNOWN_SIGNS.folders.iter().filter(|_| known).map(|it| (*it).to_owned()).collect(),
        launchers: files(&launchers),
        bystanders: files(KNOWN_SIGNS.bystanders),
        images,
        left_out,
        allowances: &[],
    }
}
