//! The JSON shapes in which collectors ship Windows events.
use serde_json::{Map, Value as Json, json};

use super::shipping::Shipping;
use super::xml;
use crate::record::{Body, KEYWORDS_AUDIT_FAILURE, WindowsRecord};
use crate::rendered;
use crate::value::{Ticks, Value};

/// A value as `evtx_dump` prints it: numbers as numbers.
fn native(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::U8(n) => json!(n),
        Value::U16(n) => json!(n),
        Value::U32(n) => json!(n),
        Value::U64(n) => json!(n),
        Value::Bool(flag) => json!(flag),
        _ => json!(value.printed()),
    }
}

/// The same before version 0.9: GUIDs in capitals and without braces, times to the microsecond.
fn native_old(value: &Value) -> Json {
    match value {
        Value::Guid(guid) => json!(guid.to_string().to_uppercase()),
        Value::FileTime(ticks) => json!(micros(*ticks)),
        _ => native(value),
    }
}

/// A value as Windows prints it in XML, which is what every collector but `evtx_dump` reads.
pub(super) fn printed(value: &Value) -> Json {
    json!(value.printed().unwrap_or_default())
}

pub(super) fn fields(record: &WindowsRecord, value: fn(&Value) -> Json) -> Map<String, Json> {
    record.fields().iter().map(|(name, field)| (name.clone(), value(field))).collect()
}

/// RFC 3339 with microseconds.
pub(super) fn micros(time: Ticks) -> String {
    let fraction = time.0 % 10_000_000 / 10;
    format!("{}.{fraction:06}Z", time.strftime("%Y-%m-%dT%H:%M:%S", 0))
}

/// RFC 3339 with milliseconds.
pub(super) fn millis(time: Ticks) -> String {
    let fraction = time.0 % 10_000_000 / 10_000;
    format!("{}.{fraction:03}Z", time.strftime("%Y-%m-%dT%H:%M:%S", 0))
}

fn braced(guid: crate::value::Guid) -> String {
    format!("{{{guid}}}")
}

fn user_data_xml(record: &WindowsRecord) -> Option<String> {
    let event = rendered::event_element(record);
    let user_data = event.children.iter().find(|child| child.name == "UserData")?;
    user_data.children.first().map(xml::on_one_line)
}

/// `evtx_dump -o jsonl`: attributes under `#attributes`.
pub fn evtx_dump(record: &WindowsRecord, _: &Shipping) -> Json {
    let attributes = |pairs: Json| json!({ "#attributes": pairs });
    let mut system = evtx_dump_leaves(record);
    for (name, pairs) in evtx_dump_attributes(record, native) {
        system[name] = pairs.map_or(Json::Null, attributes);
    }
    if let Some(qualifiers) = record.qualifiers {
        system["EventID"] = json!({"#attributes": {"Qualifiers": qualifiers}, "#text": record.event_id});
    }
    let mut event = json!({ "System": system, "#attributes": { "xmlns": rendered::EVENT_NAMESPACE } });
    let (name, mut body) = evtx_dump_body(record, native);
    if let Some((element, namespaces)) = user_data_namespaces(record) {
        body[element]["#attributes"] = namespaces;
    }
    event[name] = body;
    json!({ "Event": event })
}

/// `evtx_dump --separate-json-attributes` of an older release: attributes beside their element.
pub fn evtx_dump_separate_attributes(record: &WindowsRecord, _: &Shipping) -> Json {
    let mut system = evtx_dump_leaves(record);
    for (name, pairs) in evtx_dump_attributes(record, native_old) {
        match pairs {
            Some(pairs) => system[format!("{name}_attributes")] = pairs,
            None => system[name] = Json::Null,
        }
    }
    if let Some(qualifiers) = record.qualifiers {
        system["EventID_attributes"] = json!({ "Qualifiers": qualifiers });
    }
    let (name, mut body) = evtx_dump_body(record, native_old);
    if let Some((element, namespaces)) = user_data_namespaces(record) {
        body[format!("{element}_attributes")] = namespaces;
    }
    let mut event = json!({ "System": system });
    event[name] = body;
    json!({ "Event": event, "Event_attributes": { "xmlns": rendered::EVENT_NAMESPACE } })
}

fn evtx_dump_leaves(record: &WindowsRecord) -> Json {
    json!({
        "EventID": record.event_id,
        "Version": record.version,
        "Level": record.level,
        "Task": record.task,
        "Opcode": record.opcode,
        "Keywords": format!("{:#x}", record.keywords),
        "EventRecordID": record.record_id,
        "Channel": record.channel,
        "Computer": record.computer,
    })
}

/// The elements of System that are nothing but attributes; `None` where the event has none of them.
fn evtx_dump_attributes(
    record: &WindowsRecord,
    value: fn(&Value) -> Json,
) -> [(&'static str, Option<Json>); 5] {
    let mut provider = json!({ "Name": record.provider.name });
    if let Some(guid) = record.provider.guid {
        // A literal GUID keeps its braces and case; one that is a substitution is printed anew.
        let literal = matches!(record.body, Body::User { .. } | Body::UserLiteral(_));
        provider["Guid"] = if literal { json!(braced(guid)) } else { value(&Value::Guid(guid)) };
    }
    let execution = json!({ "ProcessID": record.execution.0, "ThreadID": record.execution.1 });
    let correlation = record.activity_id.map(|guid| json!({ "ActivityID": value(&Value::Guid(guid)) }));
    [
        ("Provider", Some(provider)),
        ("TimeCreated", Some(json!({ "SystemTime": value(&Value::FileTime(record.time)) }))),
        ("Correlation", correlation),
        ("Execution", Some(execution)),
        ("Security", record.user.as_ref().map(|sid| json!({ "UserID": sid.to_string() }))),
    ]
}

fn user_data_namespaces(record: &WindowsRecord) -> Option<(&str, Json)> {
    let Body::User { element, namespaces, .. } = &record.body else { return None };
    let pairs = namespaces.iter().map(|(name, value)| (name.clone(), json!(value)));
    Some((element, Json::Object(pairs.collect())))
}

fn evtx_dump_body(record: &WindowsRecord, value: fn(&Value) -> Json) -> (&'static str, Json) {
    match &record.body {
        Body::Named(named) if named.is_empty() => ("EventData", Json::Null),
        Body::Named(_) => ("EventData", Json::Object(fields(record, value))),
        Body::Unnamed(texts) => ("EventData", json!({ "Data": { "#text": texts } })),
        Body::User { element, .. } => {
            let mut user_data = fields(record, value);
            // Below UserData an element without text is null; a `Data` without text is empty.
            let empty = user_data.values_mut().filter(|value| value.as_str() == Some(""));
            empty.for_each(|value| *value = Json::Null);
            ("UserData", json!({ element.as_str(): user_data }))
        }
        Body::UserLiteral(element) => ("UserData", json!({ element.name.as_str(): literal(element) })),
    }
}

fn literal(element: &crate::record::Element) -> Json {
    let mut object = Map::new();
    if !element.attributes.is_empty() {
        let attributes: Map<String, Json> =
            element.attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        object.insert("#attributes".to_owned(), Json::Object(attributes));
    }
    object.extend(element.children.iter().map(|child| (child.name.clone(), literal(child))));
    match &element.text {
        Some(text) if object.is_empty() => json!(text),
        Some(text) => {
            object.insert("#text".to_owned(), json!(text));
            Json::Object(object)
        }
        None if object.is_empty() => Json::Null,
        None => Json::Object(object),
    }
}

/// What OpenWEC adds to every event.
fn openwec(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let arrival = shipping.arrival(record);
    json!({
        "IpAddress": "192.0.2.10",
        "TimeReceived": arrival.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00", 0),
        "Principal": format!("{}$@CORP.EXAMPLE", record.computer.split('.').next().unwrap_or_default().to_uppercase()),
        "Node": shipping.collector,
        "Subscription": {
            "Uuid": "8b18d83d-2964-4f35-ac3b-6f4e6ffa727b",
            "Version": "ad0d118f-31ef-4111-a0ca-d87249747278",
            "Name": "security",
            "Uri": "/security",
        },
    })
}

/// OpenWEC's `Json`: values as text, UserData as a string of XML.
pub fn openwec_json(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let mut provider = json!({ "Name": record.provider.name });
    if let Some(guid) = record.provider.guid {
        provider["Guid"] = json!(braced(guid));
    }
    let mut system = json!({
        "Provider": provider,
        "EventID": record.event_id,
        "Version": record.version,
        "Level": record.level,
        "Task": record.task,
        "Opcode": record.opcode,
        "Keywords": format!("{:#x}", record.keywords),
        "TimeCreated": record.time.system_time(),
        "EventRecordID": record.record_id,
        "Correlation": record.activity_id.map_or(json!({}), |guid| json!({ "ActivityID": braced(guid) })),
        "Execution": { "ProcessID": record.execution.0, "ThreadID": record.execution.1 },
        "Channel": record.channel,
        "Computer": record.computer,
    });
    if let Some(qualifiers) = record.qualifiers {
        system["EventIDQualifiers"] = json!(qualifiers);
    }
    if let Some(user) = &record.user {
        system["UserID"] = json!(user.to_string());
    }
    let mut event = json!({ "System": system, "OpenWEC": openwec(record, shipping) });
    match &record.body {
        Body::Named(_) => event["EventData"] = Json::Object(fields(record, printed)),
        Body::Unnamed(texts) => event["EventData"] = json!({ "Data": texts }),
        Body::User { .. } | Body::UserLiteral(_) => event["UserData"] = json!(user_data_xml(record)),
    }
    event
}

/// OpenWEC's `RawJson`: the event's XML as one string.
pub fn openwec_raw_json(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let event = rendered::event_element(record);
    json!({ "meta": openwec(record, shipping), "data": xml::on_one_line(&event) })
}

/// What the flat NXLog shapes share: the envelope beside the data, keywords as a signed number.
fn nxlog_envelope(record: &WindowsRecord) -> Map<String, Json> {
    let failure =
        record.channel == "Security" && record.keywords & KEYWORDS_AUDIT_FAILURE == KEYWORDS_AUDIT_FAILURE;
    let (event_type, severity, severity_value) = match (record.channel.as_str(), failure, record.level) {
        ("Security", true, _) => ("AUDIT_FAILURE", "ERROR", 4),
        ("Security", false, _) => ("AUDIT_SUCCESS", "INFO", 2),
        (_, _, 2) => ("ERROR", "ERROR", 4),
        (_, _, 3) => ("WARNING", "WARNING", 3),
        (_, _, 5) => ("VERBOSE", "DEBUG", 1),
        _ => ("INFO", "INFO", 2),
    };
    let mut event = Map::new();
    let mut put = |name: &str, value: Json| {
        event.insert(name.to_owned(), value);
    };
    put("EventType", json!(event_type));
    put("Severity", json!(severity));
    put("SeverityValue", json!(severity_value));
    put("SourceName", json!(record.provider.name));
    put("EventID", json!(record.event_id));
    put("Version", json!(record.version));
    put("Task", json!(record.task));
    put("OpcodeValue", json!(record.opcode));
    put("Keywords", json!(record.keywords.cast_signed()));
    put("RecordNumber", json!(record.record_id));
    put("ThreadID", json!(record.execution.1));
    put("Channel", json!(record.channel));
    put("Hostname", json!(record.computer));
    if let Some(guid) = record.provider.guid {
        put("ProviderGuid", json!(braced(guid).to_uppercase()));
    }
    if let Some(guid) = record.activity_id {
        put("ActivityID", json!(braced(guid).to_uppercase()));
    }
    if let Some(user) = &record.user {
        put("UserID", json!(user.to_string()));
    }
    event
}

/// OpenWEC's imitation of NXLog: RFC 3339 times, UserData as a string of XML.
pub fn openwec_nxlog(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let mut event = nxlog_envelope(record);
    event.insert("EventTime".to_owned(), json!(record.time.system_time()));
    event.insert("ProcessID".to_owned(), json!(record.execution.0));
    let arrival = shipping.arrival(record).strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00", 0);
    event.insert("EventReceivedTime".to_owned(), json!(arrival));
    event.insert("OpenWEC".to_owned(), openwec(record, shipping));
    match &record.body {
        Body::Unnamed(texts) => {
            event.insert("Data".to_owned(), json!(texts));
        }
        Body::Named(_) => event.extend(fields(record, printed)),
        Body::User { .. } | Body::UserLiteral(_) => {
            event.insert("UserData".to_owned(), json!(user_data_xml(record)));
        }
    }
    Json::Object(event)
}

/// NXLog's im_msvistalog: local whole seconds without a zone; the collector's arrival time in UTC.
pub fn nxlog(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let local = |time: Ticks| json!(time.strftime("%Y-%m-%d %H:%M:%S", shipping.zone_offset_seconds));
    let arrival = shipping.arrival(record);
    let mut event = nxlog_envelope(record);
    let additions = [
        ("EventTime", local(record.time)),
        ("EventReceivedTime", local(arrival)),
        ("@timestamp", json!(millis(arrival))),
        ("@version", json!("1")),
        ("ExecutionProcessID", json!(record.execution.0)),
        ("Opcode", json!("Info")),
        ("SourceModuleName", json!("eventlog")),
        ("SourceModuleType", json!("im_msvistalog")),
        ("host", json!(shipping.collector)),
    ];
    event.extend(additions.map(|(name, value)| (name.to_owned(), value)));
    if let Some((name, domain)) = resolved_user(record) {
        let account = [("AccountName", name), ("AccountType", "User"), ("Domain", domain)];
        event.extend(account.map(|(name, value)| (name.to_owned(), json!(value))));
    }
    match &record.body {
        Body::Named(named) => {
            // The data's own EventType (Sysmon 12, 13) takes the place of NXLog's, which moves aside.
            if named.iter().any(|(name, _)| name == "EventType") {
                let own = event.remove("EventType").unwrap_or_default();
                event.insert("EventTypeOrignal".to_owned(), own);
            }
            event.extend(fields(record, printed));
            event.insert("Message".to_owned(), json!(message(record)));
        }
        // UserData survives as message text only.
        Body::Unnamed(_) | Body::User { .. } | Body::UserLiteral(_) => {
            event.insert("Message".to_owned(), json!(message(record)));
        }
    }
    Json::Object(event)
}

/// `System/Security/@UserID` by name, where every collector knows it: the SIDs of accounts are resolved at home.
fn resolved_user(record: &WindowsRecord) -> Option<(&'static str, &'static str)> {
    let user = record.user.as_ref()?.to_string();
    let name = match user.as_str() {
        "S-1-5-18" => "SYSTEM",
        "S-1-5-20" => "NETWORK SERVICE",
        _ => return None,
    };
    Some((name, "NT AUTHORITY"))
}

/// A message in the manner of the rendered ones: a line for each field.
pub(super) fn message(record: &WindowsRecord) -> String {
    let head = format!("{} event {}", record.provider.name, record.event_id);
    record.fields().iter().fold(head, |text, (name, value)| {
        let printed = value.printed().unwrap_or_default();
        format!("{text}\r\n{name}: {printed}")
    })
}

/// The record's level as Windows names it.
pub(super) fn level(record: &WindowsRecord) -> &'static str {
    match record.level {
        1 => "Critical",
        2 => "Error",
        3 => "Warning",
        5 => "Verbose",
        _ => "Information",
    }
}

/// The `winlog` object of Winlogbeat 7 and later, and of the Elastic Agent.
fn winlog(record: &WindowsRecord) -> Json {
    let mut winlog = json!({
        "api": "wineventlog",
        "channel": record.channel,
        "computer_name": record.computer,
        "event_id": record.event_id.to_string(),
        "opcode": "Info",
        "process": { "pid": record.execution.0, "thread": { "id": record.execution.1 } },
        "provider_name": record.provider.name,
        "record_id": record.record_id,
        "version": record.version,
    });
    let failure = record.keywords & KEYWORDS_AUDIT_FAILURE == KEYWORDS_AUDIT_FAILURE;
    if record.channel == "Security" {
        winlog["keywords"] = json!([if failure { "Audit Failure" } else { "Audit Success" }]);
        winlog["outcome"] = json!(if failure { "failure" } else { "success" });
    }
    if let Some(guid) = record.provider.guid {
        winlog["provider_guid"] = json!(braced(guid).to_uppercase());
    }
    if let Some(guid) = record.activity_id {
        winlog["activity_id"] = json!(braced(guid).to_uppercase());
    }
    if let Some(user) = &record.user {
        winlog["user"] = json!({ "identifier": user.to_string() });
        if let Some((name, domain)) = resolved_user(record) {
            winlog["user"]["name"] = json!(name);
            winlog["user"]["domain"] = json!(domain);
        }
    }
    match &record.body {
        Body::Named(_) => winlog["event_data"] = Json::Object(fields(record, printed)),
        Body::Unnamed(texts) => winlog["event_data"] = positional(texts),
        Body::User { element, .. } => {
            let mut user_data = fields(record, printed);
            user_data.insert("xml_name".to_owned(), json!(element));
            winlog["user_data"] = Json::Object(user_data);
        }
        Body::UserLiteral(element) => winlog["user_data"] = json!({ "xml_name": element.name }),
    }
    winlog
}

/// Beats name nameless data `param1`, `param2` ….
fn positional(texts: &[String]) -> Json {
    let named = texts.iter().enumerate().map(|(i, text)| (format!("param{}", i + 1), json!(text)));
    Json::Object(named.collect())
}

/// Winlogbeat 7 and later.
pub fn winlogbeat(record: &WindowsRecord, shipping: &Shipping) -> Json {
    json!({
        "@timestamp": millis(record.time),
        "@metadata": { "beat": "winlogbeat", "type": "_doc", "version": "8.13.4" },
        "agent": { "hostname": shipping.collector, "type": "winlogbeat", "version": "8.13.4" },
        "ecs": { "version": "8.0.0" },
        "event": {
            "code": record.event_id.to_string(),
            "created": millis(shipping.arrival(record)),
            "kind": "event",
            "provider": record.provider.name,
        },
        "host": { "name": shipping.collector },
        "log": { "level": level(record).to_lowercase() },
        "winlog": winlog(record),
    })
}

/// Winlogbeat 6 and before: no `winlog`, everything at the top.
pub fn winlogbeat_old(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let winlog = winlog(record);
    let mut event = json!({
        "@timestamp": millis(record.time),
        "beat": { "hostname": shipping.collector, "name": shipping.collector, "version": "6.8.23" },
        "computer_name": record.computer,
        "event_id": record.event_id,
        "level": level(record),
        "log_name": record.channel,
        "opcode": "Info",
        "process_id": record.execution.0,
        "record_number": record.record_id.to_string(),
        "source_name": record.provider.name,
        "thread_id": record.execution.1,
        "type": "wineventlog",
        "version": record.version,
    });
    let copied = [
        ("event_data", "event_data"),
        ("user_data", "user_data"),
        ("keywords", "keywords"),
        ("provider_guid", "provider_guid"),
        ("activity_id", "activity_id"),
        ("user", "user"),
    ];
    for (name, from) in copied {
        if let Some(value) = winlog.get(from) {
            event[name] = value.clone();
        }
    }
    event
}

/// The Elastic Agent's `system.security` and `windows.sysmon_operational` data streams.
pub fn elastic_agent(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let dataset = match record.channel.as_str() {
        "Security" => "system.security",
        "Microsoft-Windows-Sysmon/Operational" => "windows.sysmon_operational",
        "Microsoft-Windows-PowerShell/Operational" => "windows.powershell_operational",
        "System" => "system.system",
        _ => "windows.forwarded",
    };
    let mut winlog = winlog(record);
    // The agent writes the id as a number in some releases; both are seen.
    winlog["event_id"] = json!(record.event_id);
    json!({
        "@timestamp": millis(record.time),
        "agent": { "name": shipping.collector, "type": "filebeat", "version": "8.13.4" },
        "data_stream": { "dataset": dataset, "namespace": "default", "type": "logs" },
        "elastic_agent": { "id": "4d7a9a4c-6a0b-4f5b-9d5c-2f1f0a1d2c3b", "version": "8.13.4" },
        "event": {
            "code": record.event_id.to_string(),
            "created": millis(shipping.arrival(record)),
            "dataset": dataset,
            "kind": "event",
            "provider": record.provider.name,
        },
        "host": { "name": record.computer },
        "log": { "level": level(record).to_lowercase() },
        "winlog": winlog,
    })
}
