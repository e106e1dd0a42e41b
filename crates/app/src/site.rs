//! What the site says: its policy, its inventory and its change tickets, read from their files.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use begat_model::ledger::{HostLedger, SightLoss};
use begat_model::visible::visible;
use begat_model::{HostName, Inventory};
use begat_policy::{Complaint, Complaints, InventoryFile, Policy, Tickets};

use crate::cli::SiteArgs;
use crate::error::Error;

/// Most bytes of a policy: a hundred thousand entries are told in them.
const POLICY_BYTES_MAX: u64 = 32 << 20;
/// Most bytes of a table: it is exported by programs.
const TABLE_BYTES_MAX: u64 = 64 << 20;
/// Warnings of one file that are told.
const WARNINGS_MAX: usize = 20;

/// What the site says, as far as it was given.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// What it allows, and how it tunes the analytic; `None` where neither a policy nor tickets were given.
    pub policy: Option<Policy>,
    /// Hosts that should report.
    pub inventory: Inventory,
    /// Files and folders of Sigma rules that the policy names.
    pub sigma_rules: Vec<PathBuf>,
    /// What was read, so that no output overwrites it.
    pub files: Vec<PathBuf>,
    /// Things that are odd but allowed.
    pub warnings: Vec<String>,
}

/// Adds to the ledgers of all that was heard those of what is gone since an earlier look, and of what the inventory names
/// and nobody heard; and what each is for, as the inventory says.
pub fn hold_against(hosts: &mut Vec<HostLedger>, inventory: &Inventory, gone: &[HostName]) {
    let silent = inventory.silent(hosts.iter().flat_map(|host| &host.names));
    let silent = silent.into_iter().map(|host| host.name.clone());
    let silent: Vec<HostName> =
        silent.filter(|name| gone.iter().all(|it| it.netbios() != name.netbios())).collect();
    hosts.extend(silent.into_iter().map(HostLedger::silent));
    hosts.extend(gone.iter().map(|name| HostLedger::unheard(name.clone(), SightLoss::HostGone)));
    for host in hosts {
        let listed = host.names.iter().find_map(|name| inventory.find(name));
        host.role = listed.and_then(|listed| listed.role.clone());
    }
}

impl Site {
    /// Reads what was typed. What is wrong with any of the files is told of all of them at once.
    pub fn read(args: &SiteArgs) -> Result<Site, Error> {
        let mut site = Site::default();
        let mut wrong: Option<Complaints> = None;
        let mut check = |complaints: Complaints| {
            wrong = Some(match wrong.take() {
                Some(earlier) => earlier.and(complaints),
                None => complaints,
            });
        };
        if let Some(path) = &args.policy {
            match read_policy("--policy", path)? {
                Ok(policy) => site.take_policy(path, policy),
                Err(complaints) => check(complaints),
            }
        }
        if let Some(path) = &args.tickets {
            let text = read_text("--tickets", path, TABLE_BYTES_MAX)?;
            let policy = site.policy.take().unwrap_or_default();
            match Tickets::parse(&shown(path), &text, policy.zone()) {
                Ok(tickets) => {
                    site.warn(tickets.warnings());
                    site.policy = Some(policy.with_tickets(tickets));
                }
                Err(complaints) => check(complaints),
            }
        }
        if let Some(path) = &args.inventory {
            match InventoryFile::parse(&shown(path), &read_text("--inventory", path, TABLE_BYTES_MAX)?) {
                Ok(file) => {
                    site.warn(&file.warnings);
                    site.inventory = file.inventory;
                }
                Err(complaints) => check(complaints),
            }
        }
        site.files = [&args.policy, &args.inventory, &args.tickets].into_iter().flatten().cloned().collect();
        match wrong {
            Some(complaints) => Err(Error::Site { complaints }),
            None => Ok(site),
        }
    }

    fn take_policy(&mut self, path: &Path, policy: Policy) {
        self.warn(policy.warnings());
        let folder = path.parent().unwrap_or(Path::new(""));
        self.sigma_rules = policy.sigma_rules().iter().map(|rules| folder.join(rules)).collect();
        self.policy = Some(policy);
    }

    fn warn(&mut self, warnings: &[Complaint]) {
        self.warnings.extend(warnings.iter().take(WARNINGS_MAX).map(ToString::to_string));
        if let Some(more) = warnings.len().checked_sub(WARNINGS_MAX).filter(|more| *more > 0) {
            self.warnings.push(format!("… {more} more like these"));
        }
    }
}

/// Reads a policy by itself, from where it was typed; the outer error is that of its file.
pub fn read_policy(option: &'static str, path: &Path) -> Result<Result<Policy, Complaints>, Error> {
    let text = read_text(option, path, POLICY_BYTES_MAX)?;
    Ok(Policy::parse(&shown(path), &text))
}

fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

/// A whole file of text, bounded.
pub fn read_text(option: &'static str, path: &Path, bytes_max: u64) -> Result<String, Error> {
    let bytes = read_bytes(option, path, bytes_max)?;
    String::from_utf8(bytes).map_err(|_| Error::SiteFileNotText { option, path: path.to_owned() })
}

/// The whole of a file that an option names.
pub fn read_bytes(option: &'static str, path: &Path, bytes_max: u64) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::SiteFile { option, path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(failed)?;
    match bytes.len() as u64 > bytes_max {
        true => Err(Error::SiteFileTooLarge { option, path: path.to_owned(), bytes_max }),
        false => Ok(bytes),
    }
}
