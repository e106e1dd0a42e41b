//! The rule that `begat export sigma` prints, as its transcript has it: whoever runs Sigma can read it, and it finds what
//! it is for.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use rsigma_eval::event::JsonEvent;
use rsigma_eval::{CorrelationConfig, CorrelationEngine};
use rsigma_parser::parse_sigma_yaml;
use serde_json::{Value, json};

const TRANSCRIPT: &str =
    include_str!("../../app/tests/transcripts/snapshots/transcripts__export__sigma.snap");

/// What the command printed: below the head of the transcript.
fn exported() -> &'static str {
    TRANSCRIPT.split_once("\n---\n").unwrap().1
}

/// A process start, and the creation of an account so many seconds later.
fn pair(image: &str, session: &str, seconds: i64) -> [(Value, i64); 2] {
    let start = json!({"Computer": "FS03", "Image": image, "ParentImage": "C:\\x.exe", "LogonId": "0x1f4c"});
    let creation = json!({"Computer": "FS03", "EventID": 4720, "SubjectLogonId": session});
    [(start, 1_000_000), (creation, 1_000_000 + seconds)]
}

fn fires(records: &[(Value, i64)]) -> bool {
    let rules = parse_sigma_yaml(exported()).unwrap();
    assert!(rules.errors.is_empty(), "{:?}", rules.errors);
    assert_eq!((rules.rules.len(), rules.correlations.len()), (2, 1));
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine.add_collection(&rules).unwrap();
    records.iter().any(|(record, at)| {
        let told = engine.process_event_at(&JsonEvent::borrow(record), *at);
        told.iter().any(rsigma_eval::EvaluationResult::is_correlation)
    })
}

#[test]
fn two_records_of_one_session_are_joined_in_order_and_within_the_window() {
    let net1 = r"C:\Windows\System32\net1.exe";
    assert!(fires(&pair(net1, "0x1f4c", 1)));
    assert!(!fires(&pair(net1, "0x9999", 1)), "another session");
    assert!(!fires(&pair(net1, "0x1f4c", 31)), "the policy's window is 30 s");
    let [start, creation] = pair(net1, "0x1f4c", 0);
    assert!(!fires(&[creation, (start.0, start.1 + 1)]), "the other way round");
    assert!(!fires(&pair(r"C:\Windows\explorer.exe", "0x1f4c", 1)), "no suspicious executable");
    assert!(!fires(&pair(r"C:\Windows\System32\conhost.exe", "0x1f4c", 1)));
    assert!(fires(&pair(r"C:\Users\bob\a.exe", "0x1f4c", 1)), "where anybody can put files");
    assert!(fires(&pair(r"C:\tools\mkadm.exe", "0x1f4c", 1)), "what the site adds");
    assert!(!fires(&pair(r"C:\tools\other.exe", "0x1f4c", 1)));
}
