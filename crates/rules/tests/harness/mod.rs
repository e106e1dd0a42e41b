//! Any bytes as a file of rules: no panic, each document is loaded or told, and what is loaded can be asked.
//!
//! The fuzz target and the mutation test call this.

#[path = "../start/mod.rs"]
pub mod start;

use begat_model::EventKind;

/// Loads the bytes, and asks what came of them.
pub fn sigma_rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (set, report) = start::parse(&[&text]);
    assert_eq!(set.is_empty(), report.loaded == 0);
    assert!(report.complaints.iter().all(|complaint| !complaint.to_string().contains('\n')));
    for (kind, created) in
        [(EventKind::SysmonProcessCreated, start::sysmon()), (EventKind::ProcessCreated, start::security())]
    {
        assert!(start::marked(&set, kind, created).rules.len() <= report.loaded);
    }
}
