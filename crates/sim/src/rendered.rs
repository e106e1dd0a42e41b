//! An event as Windows renders it: literal XML in which every value is text.
use crate::record::{Body, Element, WindowsRecord};

/// The namespace of every event.
pub(crate) const EVENT_NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// The whole `<Event>`.
pub(crate) fn event_element(record: &WindowsRecord) -> Element {
    Element::new("Event")
        .attribute("xmlns", EVENT_NAMESPACE)
        .child(system_element(record))
        .child(body_element(&record.body))
}

fn system_element(record: &WindowsRecord) -> Element {
    let leaf = |name: &str, text: String| Element::new(name).text(text);
    let braced = |guid: crate::value::Guid| format!("{{{guid}}}");
    let provider = Element::new("Provider")
        .attribute("Name", record.provider.name.as_ref())
        .attribute_if("Guid", record.provider.guid.map(braced));
    let event_id = leaf("EventID", record.event_id.to_string())
        .attribute_if("Qualifiers", record.qualifiers.map(|q| q.to_string()));
    let execution = Element::new("Execution")
        .attribute("ProcessID", record.execution.0.to_string())
        .attribute("ThreadID", record.execution.1.to_string());
    Element::new("System")
        .child(provider)
        .child(event_id)
        .child(leaf("Version", record.version.to_string()))
        .child(leaf("Level", record.level.to_string()))
        .child(leaf("Task", record.task.to_string()))
        .child(leaf("Opcode", record.opcode.to_string()))
        .child(leaf("Keywords", format!("{:#x}", record.keywords)))
        .child(Element::new("TimeCreated").attribute("SystemTime", record.time.system_time()))
        .child(leaf("EventRecordID", record.record_id.to_string()))
        .child(Element::new("Correlation").attribute_if("ActivityID", record.activity_id.map(braced)))
        .child(execution)
        .child(leaf("Channel", record.channel.clone()))
        .child(leaf("Computer", record.computer.clone()))
        .child(Element::new("Security").attribute_if("UserID", record.user.as_ref().map(ToString::to_string)))
}

fn body_element(body: &Body) -> Element {
    match body {
        Body::Named(fields) => {
            let mut data = Element::new("EventData");
            data.children = fields
                .iter()
                .map(|(name, value)| Element {
                    text: value.printed(),
                    ..Element::new("Data").attribute("Name", name.as_str())
                })
                .collect();
            data
        }
        Body::Unnamed(texts) => {
            let mut data = Element::new("EventData");
            data.children = texts.iter().map(|text| Element::new("Data").text(text.as_str())).collect();
            data
        }
        Body::User { element, namespaces, fields } => {
            let mut inner = Element::new(element);
            inner.attributes.clone_from(namespaces);
            inner.children = fields
                .iter()
                .map(|(name, value)| Element { text: value.printed(), ..Element::new(name) })
                .collect();
            Element::new("UserData").child(inner)
        }
        Body::UserLiteral(element) => Element::new("UserData").child(element.clone()),
    }
}
