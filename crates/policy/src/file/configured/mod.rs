//! What is configured to be audited: exports of auditpol, a group policy's audit.csv, registry.pol and Sysmon's own.

mod registry;
mod sysmon;
mod table;
mod wrong;

use begat_model::configured::{AuditSettings, SysmonConfig};

use wrong::Wrong;

use crate::file::complaint::{Complaint, Complaints};

/// Reads one file, whichever of them it is; `file` is how it is called in complaints.
pub fn read_audit_settings(file: &str, bytes: &[u8]) -> Result<Vec<AuditSettings>, Complaints> {
    let read = match bytes.starts_with(registry::MAGIC) {
        true => registry::read(bytes).map(|settings| vec![settings]),
        false => table::read(bytes),
    };
    read.map_err(|wrong| complaints(file, wrong))
}

/// Reads a Sysmon configuration.
pub fn read_sysmon_config(file: &str, bytes: &[u8]) -> Result<SysmonConfig, Complaints> {
    sysmon::read(file, bytes).map_err(|wrong| complaints(file, wrong))
}

fn complaints(file: &str, wrong: Vec<Wrong>) -> Complaints {
    let complaint = |Wrong { line, what, instead }| Complaint {
        file: file.into(),
        line,
        column: None,
        what,
        instead: instead.to_owned(),
    };
    Complaints::check(wrong.into_iter().map(complaint).collect()).expect_err("something is wrong")
}
