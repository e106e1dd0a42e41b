//! The JSON of forwarders, search engines, cloud tables and tools, each after samples of its real output.
use serde_json::{Map, Value as Json, json};

use super::json::{self as collectors, fields, level, message, micros, millis, printed};
use super::shipping::Shipping;
use super::xml;
use crate::record::{Body, KEYWORDS_AUDIT_FAILURE, WindowsRecord};
use crate::rendered;
use crate::value::{Ticks, Value};

fn event_xml(record: &WindowsRecord) -> String {
    xml::on_one_line(&rendered::event_element(record))
}

/// Seconds since 1970 with the fraction that a float keeps.
fn epoch(time: Ticks) -> Json {
    let ticks = time.0 - Ticks::parse("1970-01-01T00:00:00Z").0;
    let text = format!("{}.{:06}", ticks / 10_000_000, ticks % 10_000_000 / 10);
    json!(text.parse::<f64>().expect("digits and a point"))
}

fn is_failure(record: &WindowsRecord) -> bool {
    record.channel == "Security" && record.keywords & KEYWORDS_AUDIT_FAILURE == KEYWORDS_AUDIT_FAILURE
}

fn audit_outcome(record: &WindowsRecord) -> &'static str {
    if is_failure(record) { "Audit Failure" } else { "Audit Success" }
}

fn keywords(record: &WindowsRecord) -> Json {
    json!(format!("{:#x}", record.keywords))
}

/// The values alone, in their order.
fn positions(record: &WindowsRecord) -> Json {
    Json::Array(record.fields().iter().map(|(_, value)| printed(value)).collect())
}

/// The data with the element around it, as a text.
fn data_xml(record: &WindowsRecord) -> String {
    let event = rendered::event_element(record);
    let data = event.children.iter().find(|child| matches!(child.name.as_str(), "EventData" | "UserData"));
    data.map(xml::on_one_line).unwrap_or_default()
}

fn with(mut object: Json, members: Map<String, Json>) -> Json {
    object.as_object_mut().expect("an object").extend(members);
    object
}

/// Joins nested keys: `{"a": {"b": 1}}` is `{"a.b": 1}`.
fn flattened(object: &Json, prefix: &str, separator: &str) -> Map<String, Json> {
    let mut flat = Map::new();
    for (key, value) in object.as_object().expect("an object") {
        let key = format!("{prefix}{key}");
        match value {
            Json::Object(_) => flat.extend(flattened(value, &format!("{key}{separator}"), separator)),
            value => {
                flat.insert(key, value.clone());
            }
        }
    }
    flat
}

/// Splunk's export of events in XML.
pub fn splunk_raw_xml(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({ "preview": false, "offset": 0, "result": {
        "_raw": event_xml(record),
        "_time": record.time.strftime("%Y-%m-%d %H:%M:%S.000 UTC", 0),
        "host": record.computer, "sourcetype": "XmlWinEventLog",
    }})
}

/// What is sent to Splunk's collector as XML.
pub fn splunk_hec_xml(record: &WindowsRecord, shipping: &Shipping) -> Json {
    json!({
        "time": epoch(record.time), "host": shipping.collector, "sourcetype": "XmlWinEventLog",
        "source": format!("XmlWinEventLog:{}", record.channel), "event": event_xml(record),
    })
}

/// What is sent to Splunk's collector as an object.
pub fn splunk_hec(record: &WindowsRecord, _: &Shipping) -> Json {
    let envelope = json!({
        "LogName": record.channel, "EventCode": record.event_id, "ComputerName": record.computer,
        "RecordNumber": record.record_id, "SourceName": record.provider.name, "Keywords": keywords(record),
        "ExecutionProcessID": record.execution.0, "UserID": user(record), "Level": record.level,
    });
    json!({
        "time": epoch(record.time), "host": record.computer, "sourcetype": "WinEventLog",
        "event": with(envelope, data_without_channel(record)),
    })
}

/// The fields where the envelope's `Channel` or `LogName` stands beside them: 104's own is lost.
fn data_without_channel(record: &WindowsRecord) -> Map<String, Json> {
    let mut data = fields(record, printed);
    data.remove("Channel");
    data
}

fn user(record: &WindowsRecord) -> Json {
    record.user.as_ref().map_or(Json::Null, |user| json!(user.to_string()))
}

/// Splunk's extracted fields, without the event.
pub fn splunk_fields(record: &WindowsRecord, _: &Shipping) -> Json {
    let envelope = json!({
        "_time": format!("{}+00:00", micros(record.time).trim_end_matches('Z')),
        "EventCode": record.event_id.to_string(), "Computer": record.computer, "Channel": record.channel,
        "EventRecordID": record.record_id.to_string(), "SourceName": record.provider.name,
        "Keywords": keywords(record), "ProcessID": record.execution.0.to_string(), "UserID": user(record),
        "Level": record.level.to_string(),
    });
    json!({ "result": with(envelope, data_without_channel(record)) })
}

fn fluent_bit_envelope(record: &WindowsRecord) -> Json {
    json!({
        "ProviderName": record.provider.name, "Qualifiers": "", "EventID": record.event_id,
        "Version": record.version, "Level": record.level, "Task": record.task, "Opcode": record.opcode,
        "Keywords": keywords(record),
        "TimeCreated": format!("{} +0900", record.time.strftime("%Y-%m-%d %H:%M:%S", 9 * 3600)),
        "EventRecordID": record.record_id, "ProcessID": record.execution.0, "ThreadID": record.execution.1,
        "Channel": record.channel, "Computer": record.computer,
        "UserID": record.user.as_ref().map(ToString::to_string).unwrap_or_default(),
        "Message": message(record),
    })
}

/// Fluent Bit's winevtlog, values by position.
pub fn fluent_bit(record: &WindowsRecord, _: &Shipping) -> Json {
    let mut event = fluent_bit_envelope(record);
    event["StringInserts"] = positions(record);
    event
}

/// The same with the values' names.
pub fn fluent_bit_event_data(record: &WindowsRecord, _: &Shipping) -> Json {
    let mut event = fluent_bit_envelope(record);
    event["EventData"] = Json::Object(fields(record, printed));
    event
}

/// The same as XML.
pub fn fluent_bit_xml(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({
        "date": epoch(record.time), "System": event_xml(record), "Message": message(record),
        "StringInserts": positions(record),
    })
}

/// Fluent Bit's older winlog.
pub fn fluent_bit_classic(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({
        "RecordNumber": record.record_id,
        "TimeGenerated": format!("{} +0900", record.time.strftime("%Y-%m-%d %H:%M:%S", 9 * 3600)),
        "EventID": record.event_id, "EventType": if is_failure(record) { "FailureAudit" } else { "SuccessAudit" },
        "Channel": record.channel, "SourceName": record.provider.name, "ComputerName": record.computer,
        "Sid": record.user.as_ref().map(ToString::to_string).unwrap_or_default(),
        "Message": message(record), "StringInserts": positions(record),
    })
}

/// Vector's windows_event_log.
pub fn vector(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({
        "timestamp": micros(record.time), "message": message(record), "host": record.computer,
        "source_type": "windows_event_log", "event_id": record.event_id, "record_id": record.record_id,
        "level": level(record), "level_value": record.level, "channel": record.channel,
        "provider_name": record.provider.name, "computer": record.computer, "process_id": record.execution.0,
        "keywords": keywords(record), "user_id": user(record), "event_data": fields(record, printed),
    })
}

/// A value as Velociraptor has it: numbers, whatever Windows prints them as.
fn number(value: &Value) -> Json {
    match value {
        Value::Hex32(number) => json!(number),
        Value::Hex64(number) | Value::Pointer(number) => json!(number),
        Value::U8(_) | Value::U16(_) | Value::U32(_) | Value::U64(_) => {
            json!(value.printed().and_then(|text| text.parse::<u64>().ok()))
        }
        _ => printed(value),
    }
}

/// The body below its element's name.
fn body(record: &WindowsRecord, value: fn(&Value) -> Json) -> (&'static str, Json) {
    match &record.body {
        Body::User { element, .. } => ("UserData", json!({ element.as_str(): fields(record, value) })),
        _ => ("EventData", Json::Object(fields(record, value))),
    }
}

/// Velociraptor's parse_evtx.
pub fn velociraptor(record: &WindowsRecord, _: &Shipping) -> Json {
    let mut event = json!({ "System": {
        "Provider": { "Name": record.provider.name }, "EventID": { "Value": record.event_id },
        "Version": record.version, "Level": record.level, "Keywords": record.keywords,
        "TimeCreated": { "SystemTime": epoch(record.time) }, "EventRecordID": record.record_id,
        "Execution": { "ProcessID": record.execution.0, "ThreadID": record.execution.1 },
        "Channel": record.channel, "Computer": record.computer, "Security": { "UserID": user(record) },
    }, "Message": message(record) });
    let (name, data) = body(record, number);
    event[name] = data;
    event
}

/// Velociraptor's hunter.
pub fn velociraptor_flat(record: &WindowsRecord, _: &Shipping) -> Json {
    let (_, data) = body(record, number);
    json!({
        "EventTime": micros(record.time), "Computer": record.computer, "Channel": record.channel,
        "Provider": record.provider.name, "EventID": record.event_id, "EventRecordID": record.record_id,
        "Keywords": record.keywords, "UserSID": user(record), "EventData": data, "Message": message(record),
    })
}

/// LimaCharlie's WEL.
pub fn lima_charlie(record: &WindowsRecord, _: &Shipping) -> Json {
    let (name, data) = body(record, printed);
    let system = json!({
        "Provider": { "Name": record.provider.name }, "EventID": record.event_id.to_string(),
        "Keywords": keywords(record), "TimeCreated": { "SystemTime": record.time.system_time() },
        "EventRecordID": record.record_id.to_string(), "Channel": record.channel, "Computer": record.computer,
        "Level": record.level.to_string(), "Security": { "UserID": user(record) },
        "Execution": { "ProcessID": record.execution.0.to_string(), "ThreadID": "8" },
    });
    let mut event = json!({ "System": system });
    event[name] = data;
    json!({ "routing": { "hostname": record.computer, "event_type": "WEL" }, "event": { "EVENT": event } })
}

/// event XML through xmltodict: attributes begin with `@`, `Data` is a list.
pub fn xmltodict(record: &WindowsRecord, _: &Shipping) -> Json {
    let named = |(name, value): &(String, Value)| match value.printed() {
        Some(text) if !text.is_empty() => json!({ "@Name": name, "#text": text }),
        _ => json!({ "@Name": name }),
    };
    let (name, data) = match &record.body {
        Body::User { element, .. } => {
            ("UserData", json!({ element.as_str(): with(json!({ "@xmlns": "x" }), fields(record, printed)) }))
        }
        _ => ("EventData", json!({ "Data": record.fields().iter().map(named).collect::<Vec<_>>() })),
    };
    let mut event = json!({ "@xmlns": rendered::EVENT_NAMESPACE, "System": {
        "Provider": { "@Name": record.provider.name }, "EventID": { "@Qualifiers": "", "#text": record.event_id.to_string() },
        "Level": record.level.to_string(), "Keywords": keywords(record),
        "TimeCreated": { "@SystemTime": record.time.system_time() },
        "EventRecordID": record.record_id.to_string(),
        "Execution": { "@ProcessID": record.execution.0.to_string(), "@ThreadID": "8" },
        "Channel": record.channel, "Computer": record.computer, "Security": { "@UserID": user(record) },
    }});
    event[name] = data;
    json!({ "Event": event })
}

/// Sentinel's SecurityEvent.
pub fn sentinel_security_event(record: &WindowsRecord, _: &Shipping) -> Json {
    let envelope = json!({
        "TenantId": "t", "TimeGenerated": millis(record.time), "SourceSystem": "OpsManager",
        "Computer": record.computer, "EventSourceName": record.provider.name, "Channel": record.channel,
        "Level": record.level.to_string(), "EventID": record.event_id, "Activity": format!("{} - x", record.event_id),
        "EventRecordId": record.record_id.to_string(), "Keywords": keywords(record), "Type": "SecurityEvent",
    });
    match &record.body {
        Body::Named(_) => with(envelope, data_without_channel(record)),
        _ => with(envelope, Map::from_iter([("EventData".to_owned(), json!(data_xml(record)))])),
    }
}

/// Sentinel's WindowsEvent.
pub fn sentinel_windows_event(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({
        "TenantId": "t", "TimeGenerated": millis(record.time), "Provider": record.provider.name,
        "Channel": record.channel, "Computer": record.computer, "Task": record.task,
        "EventLevel": record.level, "EventLevelName": level(record), "Keywords": keywords(record),
        "EventData": Json::Object(fields(record, printed)).to_string(), "EventID": record.event_id,
        "EventRecordId": record.record_id.to_string(), "SystemProcessId": record.execution.0,
        "SystemUserId": user(record), "Type": "WindowsEvent",
    })
}

/// Sentinel's and Log Analytics' Event.
pub fn sentinel_event(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({
        "TenantId": "t", "TimeGenerated": millis(record.time), "Source": record.provider.name,
        "EventLog": record.channel, "Computer": record.computer, "EventID": record.event_id,
        "EventLevel": record.level, "EventLevelName": if is_failure(record) { "Failure" } else { "Success" },
        "EventData": data_xml(record), "RenderedDescription": message(record), "Type": "Event",
        // No column of its own has it; the agent's id only ties copies together.
        "EventOriginId": record.record_id.to_string(),
    })
}

/// Azure's diagnostics extension.
pub fn azure_diagnostics(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({ "time": micros(record.time), "category": "WindowsEventLogsTable", "properties": {
        "DeploymentId": "d", "ProviderName": record.provider.name, "EventId": record.event_id,
        "Channel": record.channel, "Description": message(record), "RawXml": event_xml(record),
    }})
}

/// A pipeline that keeps the event's XML beside its own fields.
pub fn beside_xml(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({ "id": record.record_id, "asset": record.computer, "EventXml": event_xml(record) })
}

fn small_letters(record: &WindowsRecord) -> Map<String, Json> {
    let small = |name: String| name[..1].to_lowercase() + &name[1..];
    fields(record, printed).into_iter().map(|(name, value)| (small(name), value)).collect()
}

fn wazuh_win(record: &WindowsRecord) -> Json {
    let system = json!({
        "providerName": record.provider.name, "eventID": record.event_id.to_string(), "version": record.version.to_string(),
        "level": record.level.to_string(), "keywords": keywords(record), "systemTime": record.time.system_time(),
        "eventRecordID": record.record_id.to_string(), "processID": record.execution.0.to_string(),
        "channel": record.channel, "computer": record.computer, "userID": user(record),
        "message": message(record),
    });
    match &record.body {
        Body::User { element, .. } => {
            let element = element[..1].to_lowercase() + &element[1..];
            json!({ "system": system, element: small_letters(record) })
        }
        _ => json!({ "system": system, "eventdata": small_letters(record) }),
    }
}

/// Wazuh's archives.
pub fn wazuh(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({
        "timestamp": millis(record.time), "agent": { "id": "003", "name": record.computer },
        "manager": { "name": "wazuh" }, "data": { "win": wazuh_win(record) }, "location": "EventChannel",
    })
}

/// Wazuh's alerts.
pub fn wazuh_alert(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let mut alert = wazuh(record, shipping);
    alert["rule"] = json!({ "level": 8, "id": "60109" });
    alert
}

/// Wazuh's archives of what was not decoded.
pub fn wazuh_full_log(record: &WindowsRecord, _: &Shipping) -> Json {
    json!({
        "agent": { "id": "003" }, "location": "EventChannel",
        "full_log": json!({ "win": wazuh_win(record) }).to_string(),
    })
}

/// What Logstash makes of lines without a codec.
pub fn logstash_text(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let line = collectors::winlogbeat(record, shipping);
    json!({ "@timestamp": millis(record.time), "@version": "1", "message": line.to_string() })
}

/// GELF as Winlogbeat's input writes it.
pub fn gelf_winlogbeat(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let mut beat = collectors::winlogbeat(record, shipping);
    let members = beat.as_object_mut().expect("an object");
    members.remove("@timestamp");
    members.remove("@metadata");
    let gelf = json!({
        "version": "1.1", "host": shipping.collector, "short_message": "x", "full_message": message(record),
        "timestamp": epoch(Ticks(record.time.0 - record.time.0 % 10_000)), "level": 6,
    });
    with(gelf, flattened(&beat, "_winlogbeat_", "_"))
}

/// NXLog's GELF.
pub fn gelf_nxlog(record: &WindowsRecord, _: &Shipping) -> Json {
    let envelope = json!({
        "EventID": record.event_id, "Channel": record.channel, "SourceName": record.provider.name,
        "RecordNumber": record.record_id, "Keywords": keywords(record), "UserID": user(record),
        "ExecutionProcessID": record.execution.0,
    });
    let event = with(envelope, data_without_channel(record));
    let gelf = json!({
        "version": "1.1", "host": record.computer, "short_message": "x", "timestamp": epoch(record.time), "level": 6,
    });
    with(gelf, flattened(&event, "_", "_"))
}

/// Graylog's messages.
pub fn graylog(record: &WindowsRecord, _: &Shipping) -> Json {
    let envelope = json!({
        "source": record.computer, "timestamp": millis(record.time), "message": message(record),
        "gl2_message_id": "01H", "EventID": record.event_id, "Channel": record.channel,
        "SourceName": record.provider.name, "RecordNumber": record.record_id, "Keywords": keywords(record),
        "UserID": user(record), "ExecutionProcessID": record.execution.0,
    });
    with(envelope, data_without_channel(record))
}

/// Elasticsearch's hits.
pub fn elastic_hit(record: &WindowsRecord, shipping: &Shipping) -> Json {
    json!({ "_index": "x", "_id": "1", "_score": 1, "_source": collectors::winlogbeat(record, shipping) })
}

/// The same with all keys joined.
pub fn elastic_dotted(record: &WindowsRecord, shipping: &Shipping) -> Json {
    Json::Object(flattened(&collectors::winlogbeat(record, shipping), "", "."))
}

/// Kibana's fields: each value in a list.
pub fn kibana_fields(record: &WindowsRecord, shipping: &Shipping) -> Json {
    let listed = |(key, value): (String, Json)| match value {
        Json::Array(_) => (key, value),
        value => (key, json!([value])),
    };
    let flat = flattened(&collectors::winlogbeat(record, shipping), "", ".");
    let fields: Map<String, Json> = flat.into_iter().map(listed).collect();
    json!({ "_index": "x", "_id": "1", "fields": fields })
}

/// EvtxECmd's JSON.
pub fn evtxecmd(record: &WindowsRecord, _: &Shipping) -> Json {
    let payload = match &record.body {
        Body::User { element, .. } => json!({ "UserData": { element.as_str(): fields(record, printed) } }),
        _ => {
            let named = |(name, value): &(String, Value)| json!({ "@Name": name, "#text": printed(value) });
            json!({ "EventData": { "Data": record.fields().iter().map(named).collect::<Vec<_>>() } })
        }
    };
    json!({
        "RecordNumber": 1, "EventRecordId": record.record_id.to_string(),
        "TimeCreated": format!("{}+00:00", record.time.system_time().trim_end_matches('Z')),
        "EventId": record.event_id, "Level": level(record), "Provider": record.provider.name,
        "Channel": record.channel, "ProcessId": record.execution.0, "ThreadId": record.execution.1,
        "Computer": record.computer, "UserId": record.user.as_ref().map(ToString::to_string).unwrap_or_default(),
        "MapDescription": "x", "Keywords": audit_outcome(record), "Payload": payload.to_string(),
    })
}

/// Windows PowerShell's Get-WinEvent through ConvertTo-Json.
pub fn get_winevent(record: &WindowsRecord, _: &Shipping) -> Json {
    let property = |(_, value): &(String, Value)| match value {
        Value::Sid(sid) => {
            json!({ "Value": { "BinaryLength": 28, "AccountDomainSid": Json::Null, "Value": sid.to_string() } })
        }
        Value::Null => json!({ "Value": Json::Null }),
        value => json!({ "Value": number(value) }),
    };
    let millis = (record.time.0 - Ticks::parse("1970-01-01T00:00:00Z").0) / 10_000;
    json!({
        "Id": record.event_id, "Version": record.version, "Level": record.level, "Task": record.task,
        "Keywords": record.keywords.cast_signed(), "RecordId": record.record_id,
        "ProviderName": record.provider.name, "LogName": record.channel, "ProcessId": record.execution.0,
        "MachineName": record.computer, "UserId": record.user.as_ref().map(|user| json!({ "BinaryLength": 12, "Value": user.to_string() })),
        "TimeCreated": format!("/Date({millis})/"), "ContainerLog": "security", "MatchedQueryIds": [],
        "KeywordsDisplayNames": [audit_outcome(record)],
        "Properties": record.fields().iter().map(property).collect::<Vec<_>>(), "Message": message(record),
    })
}

/// OTRF's flat Get-WinEvent.
pub fn otrf(record: &WindowsRecord, _: &Shipping) -> Json {
    let envelope = json!({
        "SourceName": record.provider.name, "Level": record.level.to_string(), "Keywords": keywords(record),
        "Channel": record.channel, "Hostname": record.computer, "TimeCreated": millis(record.time),
        "@timestamp": millis(record.time), "EventID": record.event_id, "Message": message(record),
        "Task": record.task.to_string(),
    });
    match &record.body {
        Body::Named(_) => with(envelope, data_without_channel(record)),
        _ => envelope,
    }
}

/// OpenTelemetry's windowseventlog.
pub fn otel(record: &WindowsRecord, _: &Shipping) -> Json {
    let single = |(name, value): (String, Json)| json!({ name: value });
    json!({ "body": {
        "event_id": { "id": record.event_id, "qualifiers": 0 }, "provider": { "name": record.provider.name },
        "system_time": micros(record.time), "computer": record.computer, "channel": record.channel,
        "record_id": record.record_id, "level": level(record), "message": message(record),
        "keywords": [audit_outcome(record)],
        "event_data": { "data": fields(record, printed).into_iter().map(single).collect::<Vec<_>>() },
        "execution": { "process_id": record.execution.0, "thread_id": record.execution.1 },
        "security": { "user_id": user(record) },
    }})
}

/// Promtail's Windows events.
pub fn loki(record: &WindowsRecord, _: &Shipping) -> Json {
    let (name, data) = match &record.body {
        Body::Named(_) => {
            let data = data_xml(record);
            let inner = data.strip_prefix("<EventData>").and_then(|data| data.strip_suffix("</EventData>"));
            ("event_data", inner.unwrap_or_default().to_owned())
        }
        _ => ("user_data", data_xml(record)),
    };
    let mut event = json!({
        "source": record.provider.name, "channel": record.channel, "computer": record.computer,
        "event_id": record.event_id, "levelText": level(record), "keywords": audit_outcome(record),
        "timeCreated": record.time.system_time(), "eventRecordID": record.record_id,
        "execution": { "processId": record.execution.0, "threadId": record.execution.1 },
        "security": { "userId": user(record) }, "message": message(record),
    });
    event[name] = json!(data);
    event
}

/// osquery's windows_events.
pub fn osquery(record: &WindowsRecord, _: &Shipping) -> Json {
    let (name, data) = body(record, printed);
    json!({ "name": "windows_events", "hostIdentifier": record.computer, "action": "added", "columns": {
        "datetime": record.time.system_time(), "source": record.channel, "provider_name": record.provider.name,
        "computer_name": record.computer, "eventid": record.event_id.to_string(), "level": record.level.to_string(),
        "keywords": keywords(record), "pid": record.execution.0.to_string(), "eid": record.record_id.to_string(),
        "data": json!({ name: data }).to_string(),
    }})
}
