//! JSON of other products, which holds no Windows event: named as what it is, with what to do.

/// Keys that stand in such an object, its own or of the objects in it, and what it is. Their own public documentation
/// names the keys.
const STRANGERS: &[(&[&str], &str)] = &[
    (&["eventVersion", "eventSource", "eventName"], "AWS CloudTrail, which tells nothing of Windows hosts"),
    (&["event_type", "src_ip"], "Suricata, which tells nothing of Windows' accounts"),
    (&["_path", "id.orig_h"], "Zeek, which tells nothing of Windows' accounts"),
    (
        &["Workload", "Operation", "CreationTime"],
        "the audit log of Microsoft 365: accounts of hosts are in their own logs",
    ),
    (
        &["operationName", "category", "resourceId"],
        "an Azure resource's log: collect SecurityEvent or WindowsEvent",
    ),
    (&["auditID", "verb"], "the audit log of Kubernetes, which tells nothing of Windows hosts"),
    (&["_SYSTEMD_UNIT"], "a journal of Linux, which tells nothing of Windows hosts"),
    (
        &["@timestamp", "event", "process"],
        "Elastic's common schema without Windows' own fields: export with `winlog`, or collect the Security log",
    ),
    (&["rule", "agent", "data"], "an alert of Wazuh's of another source than Windows' event log"),
];

/// What an object with these keys is, where it is of a product that is known not to hold Windows' events.
pub(super) fn known(keys: &[String]) -> Option<&'static str> {
    let has = |key: &&str| keys.iter().any(|own| own == key);
    STRANGERS.iter().find(|(marks, _)| marks.iter().all(has)).map(|(_, what)| *what)
}
