//! A finding to test with.

use begat_model::case::{CaseHost, Finding, FindingFact, FindingKind, Severity};
use begat_model::event::Principal;
use begat_model::{HostName, Sid, Timestamp};

/// The guest account of FS03 was enabled on 2026-03-02 at 09:00.
pub fn guest_enabled() -> Finding {
    Finding {
        finding_id: "f1e2d3c4b5a69788".to_owned(),
        kind: FindingKind::GuestEnabled,
        host: CaseHost {
            id: "FS03".into(),
            names: vec![],
            name: HostName::new("FS03.corp.example").unwrap(),
            netbios: "FS03".to_owned(),
            domain_controller: None,
            role: None,
            owner: None,
        },
        at: Timestamp::parse_rfc3339("2026-03-02T09:00:00.5Z"),
        severity: Severity::High,
        summary: FindingFact::GuestEnabled { name: Some("Gast".into()) },
        left_out: 0,
        account: Some(Principal {
            name: Some("Gast".into()),
            domain: Some("FS03".into()),
            sid: Some(Sid::parse("S-1-5-21-1-2-3-501").unwrap()),
            logon_id: None,
        }),
        actor: None,
        process: None,
        events: vec![],
    }
}
