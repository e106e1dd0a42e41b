//! `begat calibrate`: what a window catches, and whom it blames.

use serde_json::Value as Json;

use crate::logs;
use crate::session::Session;

/// So many hosts on which an administrator types `net user`.
fn site(hosts: usize) -> Session {
    (1..=hosts).fold(Session::new(), |session, number| {
        let name = format!("PC{number}.corp.example");
        session.log(&format!("logs/PC{number}.evtx"), "evtx", &logs::net_user(&name))
    })
}

#[test]
fn for_people() {
    insta::assert_snapshot!(site(2).transcript(&["calibrate", "-t", "table", "logs"]));
}

#[test]
fn a_window_is_recommended_from_enough_creations_and_none_from_fewer() {
    let calibrate =
        |hosts| -> Json { serde_json::from_str(&site(hosts).stdout(&["calibrate", "-q", "logs"])).unwrap() };
    let few = calibrate(3);
    assert_eq!((&few["schema"], &few["window"]), (&"begat.calibration/1".into(), &Json::Null));
    assert!(few["why"].as_str().unwrap().starts_with("too few creations to say"), "{few}");
    let enough = calibrate(29);
    assert_eq!(enough["lags"][0]["kind"], "net");
    assert_eq!((&enough["window"]["seconds"], &enough["window"]["samples"]), (&1.into(), &29.into()));
    assert!(enough["window"]["interval"][0].as_f64().unwrap() > 0.88, "{enough}");
}

#[test]
fn what_holds_no_event_is_no_answer() {
    let session = Session::new().file("notes.txt", "nothing of Windows\n");
    assert_eq!(session.status(&["calibrate", "notes.txt"]), 2);
    assert_eq!(session.status(&["calibrate", "nowhere"]), 2);
}
