//! What the fuzz target does with any text, and what must hold of it: shared with a short run inside `cargo test`.

use begat_policy::{Complaint, InventoryFile, Policy, Tickets, read_audit_settings};
use jiff::tz::TimeZone;

/// Reads any bytes as a policy, as change tickets, as an inventory and as settings of the audit policy. Answers how many of
/// the four were sound.
pub fn site_files(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let read = [
        Policy::parse("f", &text).map(|policy| policy.warnings().to_vec()),
        Tickets::parse("f", &text, &TimeZone::UTC).map(|tickets| tickets.warnings().to_vec()),
        InventoryFile::parse("f", &text).map(|file| file.warnings),
        settings(bytes),
    ];
    let sound = read.iter().filter(|read| read.is_ok()).count();
    for read in read {
        match read {
            Ok(warnings) => warnings.iter().for_each(|warning| check(warning, &text)),
            Err(complaints) => {
                assert!(!complaints.all().is_empty());
                complaints.all().iter().for_each(|complaint| check(complaint, &text));
            }
        }
    }
    sound
}

/// As the registry's file too, of which random bytes seldom make one.
fn settings(bytes: &[u8]) -> Result<Vec<Complaint>, begat_policy::Complaints> {
    let _ = read_audit_settings("f", &[b"PReg\x01\0\0\0", bytes].concat());
    read_audit_settings("f", bytes).map(|_| Vec::new())
}

/// A complaint names a place of the file, says something, and moves no terminal.
fn check(complaint: &Complaint, text: &str) {
    let lines = text.matches('\n').count() + 1;
    assert!((1..=lines).contains(&complaint.line), "{complaint} of {lines} lines");
    assert!(complaint.column.is_none_or(|column| column >= 1));
    assert!(!complaint.what.is_empty() && !complaint.instead.is_empty());
    assert!(!complaint.to_string().chars().any(char::is_control), "{complaint}");
}
