//! Elastic Defend's and OCSF's rows: what they tell is what Windows would have told.

use crate::twice::look_at;
use begat_model::event::{Body, ProcessCreated};
use begat_model::{LogonId, ProcessGuid, ProcessId};
use serde_json::{Value as Json, json};

fn process(row: &Json) -> ProcessCreated {
    let looked = look_at(row.to_string().as_bytes());
    assert_eq!((looked.anomalies(), looked.events.len()), (vec![], 1), "{:?}", looked.sentences());
    match &looked.events[0].body {
        Body::ProcessCreated(process) => (**process).clone(),
        other => panic!("{other:?}"),
    }
}

fn elastic() -> Json {
    json!({
        "@timestamp": "2026-03-02T09:15:42.1012345Z", "host": { "name": "ws7" }, "agent": { "type": "endpoint" },
        "event": { "action": "start", "category": ["process"], "type": ["start"], "dataset": "endpoint.events.process" },
        "user": { "name": "anna", "domain": "CORP", "id": "S-1-5-21-1-2-3-1001" },
        "process": {
            "pid": 3888, "entity_id": "ZWE3", "executable": "C:\\Windows\\System32\\net1.exe", "command_line": "net1 user",
            "start": "2026-03-02T09:15:42.1Z", "Ext": { "authentication_id": "0x551686" },
            "parent": { "pid": 3000, "entity_id": "ZWE2", "executable": "C:\\Windows\\System32\\net.exe" },
        },
    })
}

#[test]
fn elastic_defend_tells_session_and_parent() {
    let told = process(&elastic());
    assert_eq!((told.pid, told.target.logon_id), (Some(ProcessId(3888)), Some(LogonId(0x55_1686))));
    assert_eq!(told.guid, ProcessGuid::of_opaque("ZWE3"));
    assert_eq!((told.parent.pid, told.parent.guid), (Some(ProcessId(3000)), ProcessGuid::of_opaque("ZWE2")));
    assert_eq!(told.started_at.to_string(), "2026-03-02T09:15:42.1Z");
}

#[test]
fn where_another_parent_was_asserted_the_true_one_counts() {
    let mut row = elastic();
    row["process"]["parent"]["Ext"] = json!({ "real": { "pid": 4120 } });
    let told = process(&row);
    assert_eq!((told.parent.pid, told.parent.guid, told.parent.image), (Some(ProcessId(4120)), None, None));
}

#[test]
fn ocsf_tells_processes_accounts_and_logons() {
    let device = json!({ "hostname": "ws7" });
    let actor = json!({
        "user": { "name": "anna", "uid": "S-1-5-21-1-2-3-1001" }, "session": { "uid": "0x551686" },
        "process": { "pid": 3888, "file": { "path": "C:\\Windows\\System32\\net1.exe" }, "cmd_line": "net1 user" },
    });
    let started = process(&json!({
        "class_uid": 1007, "activity_id": 1, "type_uid": 100_701, "time": 1_772_442_942_101_i64, "device": device,
        "process": {
            "pid": 3888, "file": { "path": "C:\\Windows\\System32\\net1.exe" }, "cmd_line": "net1 user",
            "created_time": 1_772_442_942_100_i64, "user": { "name": "anna" }, "session": { "uid": "0x551686" },
        },
        "actor": { "process": { "pid": 3000, "file": { "path": "C:\\Windows\\System32\\net.exe" } } },
    }));
    assert_eq!((started.pid, started.target.logon_id), (Some(ProcessId(3888)), Some(LogonId(0x55_1686))));
    assert_eq!(started.started_at.to_string(), "2026-03-02T09:15:42.100Z");
    assert_eq!(started.parent.pid, Some(ProcessId(3000)));
    let others = [
        json!({
            "class_uid": 3001, "activity_id": 1, "type_uid": 300_101, "time": 1_772_442_942_120_i64, "device": device,
            "actor": actor, "user": { "name": "bob", "domain": "WS7", "uid": "S-1-5-21-7-8-9-1004" },
        }),
        json!({
            "class_uid": 3002, "activity_id": 1, "type_uid": 300_201, "time": 1_772_442_950_000_i64, "device": device,
            "user": { "name": "anna" }, "session": { "uid": "0x551686" }, "logon_type_id": 10,
            "src_endpoint": { "ip": "192.0.2.7" },
        }),
        json!({ "class_uid": 4001, "activity_id": 1, "type_uid": 400_101, "time": 1_772_442_951_000_i64, "device": device }),
    ];
    let looked = look_at(others.map(|row| row.to_string()).join("\n").as_bytes());
    assert_eq!((looked.anomalies(), looked.events.len()), (vec![], 2), "{:?}", looked.sentences());
    assert_eq!(looked.surveyed.creations.len(), 1);
    let Body::AccountCreated(created) = &looked.events[0].body else { panic!("{:?}", looked.events) };
    assert_eq!(created.account.sid.as_ref().unwrap().as_str(), "S-1-5-21-7-8-9-1004");
    assert_eq!(created.subject.logon_id, Some(LogonId(0x55_1686)));
    assert_eq!(created.initiating.as_ref().unwrap().pid, Some(ProcessId(3888)));
    let Body::LoggedOn(logon) = &looked.events[1].body else { panic!("{:?}", looked.events) };
    assert_eq!((logon.logon_type, logon.source_ip.as_deref()), (Some(10), Some("192.0.2.7")));
}
