//! CrowdStrike's rows: a process is known by the sensor's own number, which the creation names.

use crate::twice::look_at;
use begat_model::event::{AccountCreated, Body, GroupMembership, LoggedOn, ProcessCreated};
use begat_model::{Event, LogonId, ProcessGuid, ProcessId};

const ROWS: &[&str] = &[
    r#"{"event_simpleName":"UserLogon","aid":"0f3c","ComputerName":"WS7","ContextTimeStamp":"1772442900.100","UserName":"anna","UserSid":"S-1-5-21-1-2-3-1001","LogonDomain":"CORP","LogonType":"10","AuthenticationId":"5576326","RemoteAddressIP4":"192.0.2.7"}"#,
    r#"{"event_simpleName":"ProcessRollup2","aid":"0f3c","ComputerName":"WS7","ContextTimeStamp":"1772442942.101","ProcessStartTime":"1772442942.100","TargetProcessId":"81234567890","RawProcessId":"3888","ParentProcessId":"81234560000","ParentBaseFileName":"cmd.exe","ImageFileName":"\\Device\\HarddiskVolume3\\Windows\\System32\\net1.exe","CommandLine":"net1 user bob x /add","UserName":"anna","UserSid":"S-1-5-21-1-2-3-1001","AuthenticationId":"5576326"}"#,
    r#"{"event_simpleName":"UserAccountCreated","aid":"0f3c","ComputerName":"WS7","ContextTimeStamp":"1772442942.120","UserName":"bob","UserSid":"S-1-5-21-7-8-9-1004","RpcClientProcessId":"81234567890"}"#,
    r#"{"event_simpleName":"UserAccountAddedToGroup","aid":"0f3c","ComputerName":"WS7","ContextTimeStamp":"1772442950.5","DomainSid":"S-1-5-21-7-8-9","UserRid":"000003EC","GroupRid":"00000220","RpcClientProcessId":"81234567890"}"#,
    r#"{"event_simpleName":"DnsRequest","aid":"0f3c","ComputerName":"WS7","ContextTimeStamp":"1772442951.5","DomainName":"example.org"}"#,
];

fn told(events: &[Event]) -> (&AccountCreated, &ProcessCreated, &GroupMembership, &LoggedOn) {
    let (mut created, mut process, mut member, mut logon) = (None, None, None, None);
    for event in events {
        match &event.body {
            Body::AccountCreated(it) => created = Some(&**it),
            Body::ProcessCreated(it) => process = Some(&**it),
            Body::GroupMemberAdded(it) => member = Some(&**it),
            Body::LoggedOn(it) => logon = Some(&**it),
            _ => {}
        }
    }
    (created.unwrap(), process.unwrap(), member.unwrap(), logon.unwrap())
}

#[test]
fn a_creation_names_its_maker_by_the_sensors_number() {
    let looked = look_at(ROWS.join("\n").as_bytes());
    assert_eq!(looked.anomalies(), [], "{:?}", looked.sentences());
    assert_eq!((looked.surveyed.counts.records, looked.surveyed.counts.wanted), (5, 4));
    assert_eq!(looked.surveyed.creations.len(), 1);
    let (created, process, member, logon) = told(&looked.events);
    let number = ProcessGuid::of_number("81234567890");
    let named = created.initiating.as_ref().unwrap();
    assert_eq!((named.pid, named.guid), (None, number));
    assert_eq!(created.account.sid.as_ref().unwrap().as_str(), "S-1-5-21-7-8-9-1004");
    assert_eq!((process.guid, process.pid), (number, Some(ProcessId(3888))));
    assert_eq!(process.parent.guid, ProcessGuid::of_number("81234560000"));
    assert_eq!(process.target.logon_id, Some(LogonId(0x55_1686)));
    assert_eq!(process.started_at.to_string(), "2026-03-02T09:15:42.100Z");
    let sid = |principal: &begat_model::event::Principal| principal.sid.as_ref().unwrap().as_str().to_owned();
    assert_eq!(sid(&member.member), "S-1-5-21-7-8-9-1004", "RIDs are hexadecimal");
    assert_eq!(sid(&member.group), "S-1-5-32-544", "an alias is of no domain");
    assert_eq!((logon.logon_type, logon.source_ip.as_deref()), (Some(10), Some("192.0.2.7")));
}

#[test]
fn falcons_own_search_and_splunk_spell_the_same_fields_otherwise() {
    let expected = look_at(ROWS.join("\n").as_bytes()).events;
    let search = ROWS.join("\n").replace("\"event_simpleName\"", "\"#event_simpleName\"");
    assert_eq!(look_at(search.as_bytes()).events, expected);
    let mut splunk = ROWS.join("\n");
    for field in
        ["ContextTimeStamp", "ProcessStartTime", "TargetProcessId", "RawProcessId", "ParentProcessId"]
    {
        splunk = splunk.replace(&format!("\"{field}\""), &format!("\"{field}_decimal\""));
    }
    for field in ["LogonType", "AuthenticationId", "RpcClientProcessId"] {
        splunk = splunk.replace(&format!("\"{field}\""), &format!("\"{field}_decimal\""));
    }
    for field in ["UserSid", "DomainSid"] {
        splunk = splunk.replace(&format!("\"{field}\""), &format!("\"{field}_readable\""));
    }
    assert_eq!(look_at(splunk.as_bytes()).events, expected);
}

#[test]
fn a_host_without_a_name_is_told_by_its_sensors_id() {
    let nameless = ROWS.join("\n").replace("\"ComputerName\":\"WS7\",", "");
    let looked = look_at(nameless.as_bytes());
    assert_eq!((looked.anomalies(), looked.events.len()), (vec![], 4));
    assert!(looked.events.iter().all(|event| event.host.as_str() == "0f3c"));
}
