//! What real logs hold, as both looks must find it.

use crate::twice::look;
use begat_model::event::{Body, Field};
use begat_model::{AnomalyKind, Event, EventKind, HostName};
use begat_trial::samples;

fn created(events: &[Event]) -> Vec<&Event> {
    events.iter().filter(|event| matches!(event.body, Body::AccountCreated(_))).collect()
}

fn of_kind(events: &[Event], kind: EventKind) -> usize {
    events.iter().filter(|event| event.record.kind == kind).count()
}

#[test]
fn nxlog_of_three_hosts_in_a_zip() {
    let Some(samples) = samples() else { return };
    let looked = look(&[samples.join("ndjson/empire_wmic_add_user_backdoor.zip")]);
    assert_eq!(looked.surveyed.counts.records, 12_278);
    assert_eq!(looked.surveyed.tally.records(), 12_278);
    assert_eq!(looked.anomalies(), []);
    let hosts: Vec<&str> = looked.surveyed.hosts().into_iter().map(HostName::first_label).collect();
    assert_eq!(hosts, ["MORDORDC", "WORKSTATION5", "WORKSTATION6"]);
    let notes = looked.surveyed.zones.notes();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("UTC-04:00") && notes[0].contains("confirmed by Sysmon"), "{notes:?}");

    let created = created(&looked.events);
    assert_eq!(created.len(), 1);
    assert_eq!(created[0].at.to_string(), "2020-09-14T12:06:02Z");
    assert_eq!(created[0].host.as_str(), "WORKSTATION6.theshire.local");
    assert_eq!(created[0].record.record_id, Some(56_079));
    assert!(created[0].record.source.ends_with("zip!empire_wmic_add_user_backdoor_2020-09-14080546.json"));
    let Body::AccountCreated(body) = &created[0].body else { unreachable!() };
    assert_eq!(body.account.name.as_deref(), Some("backdoor"));
    assert_eq!(body.subject.logon_id.unwrap().to_string(), "0x551686");
    assert_eq!(body.user_principal_name, None);
    assert_eq!(looked.surveyed.creations.len(), 1);
    let refused = looked
        .events
        .iter()
        .filter(|event| matches!(&event.body, Body::AccountTouched(touched) if !touched.succeeded));
    assert_eq!(refused.map(|event| event.record.kind).collect::<Vec<_>>(), [EventKind::PasswordSet]);
    assert_eq!(looked.report.events + looked.report.passed_over, looked.surveyed.counts.wanted);
    assert!(looked.report.events > 200, "{}", looked.report.events);
}

#[test]
fn user_creation_via_command_line() {
    let Some(samples) = samples() else { return };
    let looked = look(&[samples.join("evtx/ID4688-User creation via commandline.evtx")]);
    let created = created(&looked.events);
    assert_eq!(created.len(), 1);
    assert_eq!(created[0].at.to_string(), "2021-10-19T14:42:41.2340108Z");
    let net1 = looked.events.iter().find_map(|event| match &event.body {
        Body::ProcessCreated(process) if process.pid == Some(begat_model::ProcessId(3888)) => Some(process),
        _ => None,
    });
    let net1 = net1.expect("net1.exe started");
    assert_eq!(net1.parent.pid.map(|pid| pid.0), Some(3556));
    assert!(matches!(&net1.command_line, Field::Value(line) if line.contains("toto3")));
    assert!(net1.image.as_deref().is_some_and(|image| image.ends_with("\\net1.exe")));
}

#[test]
fn accounts_created_in_each_sample_log() {
    let Some(samples) = samples() else { return };
    for (file, expected) in [
        ("ID4688-User creation via commandline.evtx", &["toto3 on FS03.offsec.lan by admmig"][..]),
        ("ID4720-Local user created.evtx", &["hacking-local-acct on jump01.offsec.lan by admmig"]),
        ("ID4720-4726 Fast created-deleted user.evtx", &["admin-kriss on rootdc1.offsec.lan by lambda-user"]),
        ("new-user-security.evtx", &["IEUser on IE8Win7 by WIN-QALA5Q3KJ43$"]),
    ] {
        let looked = look(&[samples.join("evtx").join(file)]);
        let creations = looked.events.iter().filter_map(|event| match &event.body {
            Body::AccountCreated(body) => Some(format!(
                "{} on {} by {}",
                body.account.name.as_deref().unwrap_or("?"),
                event.host,
                body.subject.name.as_deref().unwrap_or("?")
            )),
            _ => None,
        });
        assert_eq!(creations.collect::<Vec<_>>(), expected, "{file}");
        assert_eq!(looked.anomalies(), [], "{file}");
    }
}

#[test]
fn every_sample_is_read_without_a_problem_and_twice_the_same() {
    let Some(samples) = samples() else { return };
    // Folders whose records were counted by hand; others come and go beside them.
    let folders = ["assorted", "attack", "evtx", "ndjson", "sigma"].map(|folder| samples.join(folder));
    let looked = look(&folders);
    assert!(looked.problems.is_empty(), "{:?}", looked.problems);
    assert!(looked.surveyed.counts.records > 30_000, "{:?}", looked.surveyed.counts);
    assert_eq!(of_kind(&looked.events, EventKind::ProcessCreated), 69);
    assert_eq!(of_kind(&looked.events, EventKind::SysmonProcessCreated), 1_743);
    assert_eq!(created(&looked.events).len(), 9);
    // The ATT&CK bundles are JSON, but no events; the rules are neither.
    let bundles = looked.skipped.iter().filter(|skipped| skipped.name.ends_with(".json.gz"));
    let attack = std::fs::read_dir(samples.join("attack")).unwrap().map(|entry| entry.unwrap().path());
    let gzipped = attack.filter(|path| path.extension().is_some_and(|extension| extension == "gz"));
    assert_eq!(bundles.count(), gzipped.count());
    assert!(looked.skipped.iter().any(|skipped| skipped.name.ends_with(".yml")));
    let again = look(&folders);
    assert_eq!(again.events, looked.events);
    assert_eq!(again.sentences(), looked.sentences());
    assert_eq!(again.surveyed.tally, looked.surveyed.tally);
    let told = |kind| looked.surveyed.anomalies.count(kind);
    assert!(told(AnomalyKind::DamagedChunk) > 0, "sample_with_a_bad_chunk_magic.evtx");
    assert!(told(AnomalyKind::DamagedRecord) > 0, "sample-with-zero-data-size-event.evtx");
    // Windows 7 splits 4616's times into dates and times of day.
    assert!(looked.report.anomalies.kept().all(|anomaly| anomaly.detail.contains("Time of event 4616")));
}
