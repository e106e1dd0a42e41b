//! One event as Windows would write it: the ground truth that every carrier is made from.
use std::borrow::Cow;

use crate::value::{Guid, Sid, Ticks, Value};

/// Audit success, as Security's keywords carry it.
pub(crate) const KEYWORDS_AUDIT_SUCCESS: u64 = 0x8020_0000_0000_0000;
/// Audit failure.
pub(crate) const KEYWORDS_AUDIT_FAILURE: u64 = 0x8010_0000_0000_0000;

/// Who wrote an event: the name and GUID of its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// As `System/Provider/@Name` has it.
    pub name: Cow<'static, str>,
    /// Classic sources (`EventLog`, `MSExchange CmdletLogs`) have none.
    pub guid: Option<Guid>,
}

impl Provider {
    /// The provider of the Security channel.
    pub const SECURITY: Self = Self {
        name: Cow::Borrowed("Microsoft-Windows-Security-Auditing"),
        guid: Some(Guid::parse("54849625-5478-4994-a5ba-3e3b0328c30d")),
    };
    /// Sysinternals' Sysmon.
    pub const SYSMON: Self = Self {
        name: Cow::Borrowed("Microsoft-Windows-Sysmon"),
        guid: Some(Guid::parse("5770385f-c22a-43e0-bf4c-06f5698ffbd9")),
    };
    /// The event log service itself: 1102 stands in the Security channel but is not Security-Auditing's.
    pub const EVENTLOG: Self = Self {
        name: Cow::Borrowed("Microsoft-Windows-Eventlog"),
        guid: Some(Guid::parse("fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148")),
    };

    /// The Service Control Manager, in the System channel.
    pub const SERVICES: Self = Self {
        name: Cow::Borrowed("Service Control Manager"),
        guid: Some(Guid::parse("555908d1-a6d7-4695-8e1e-26931d2012f4")),
    };
    /// Windows PowerShell up to 5.1.
    pub const POWERSHELL: Self = Self {
        name: Cow::Borrowed("Microsoft-Windows-PowerShell"),
        guid: Some(Guid::parse("a0c1853b-5c40-4b15-8766-3cf1c58f985a")),
    };
    /// Windows Remote Management.
    pub(crate) const WINRM: Self = Self {
        name: Cow::Borrowed("Microsoft-Windows-WinRM"),
        guid: Some(Guid::parse("a7975c8f-ac13-49f1-87da-5a984a4ab417")),
    };
    /// WMI.
    pub const WMI: Self = Self {
        name: Cow::Borrowed("Microsoft-Windows-WMI-Activity"),
        guid: Some(Guid::parse("1418ef04-b0b4-4623-bf7e-d74ab47bbdaa")),
    };
    /// Windows' own management of local administrators' passwords. No sample shows its GUID.
    pub const LAPS: Self = Self { name: Cow::Borrowed("Microsoft-Windows-LAPS"), guid: None };

    /// A classic source, known by name alone.
    pub fn classic(name: &str) -> Self {
        Self { name: Cow::Owned(name.to_owned()), guid: None }
    }
}

/// An element of literal XML: what rendered events are made of, and the values of a few providers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The element's name, with any prefix.
    pub name: String,
    /// Attributes in order.
    pub attributes: Vec<(String, String)>,
    /// Elements within.
    pub children: Vec<Element>,
    /// Text within; `Some("")` has an end tag, `None` and no children is an empty-element tag.
    pub text: Option<String>,
}

impl Element {
    /// An element of this name with nothing in it.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The same with an attribute more.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// The same with an attribute more where there is a value.
    #[must_use]
    pub(crate) fn attribute_if(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// The same with a child more.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// The same with this text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }
}

/// What an event says beyond its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `<EventData>` of named, typed values: almost every event.
    Named(Vec<(String, Value)>),
    /// `<EventData>` of nameless `<Data>`: classic sources.
    Unnamed(Vec<String>),
    /// `<UserData>` holding one element of typed values: 1102's `LogFileCleared`.
    User {
        /// The name of the element under `UserData`.
        element: String,
        /// Its namespace declarations.
        namespaces: Vec<(String, String)>,
        /// Its child elements.
        fields: Vec<(String, Value)>,
    },
    /// `<UserData>` holding literal elements instead of a template: CAPI2.
    UserLiteral(Element),
}

/// One event, complete, as its host wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsRecord {
    /// Who wrote it.
    pub provider: Provider,
    /// The channel it was written to.
    pub channel: String,
    /// `System/EventID`.
    pub event_id: u16,
    /// The upper half of a classic event id; modern providers have none.
    pub qualifiers: Option<u16>,
    /// The version of this event's manifest.
    pub version: u8,
    /// 0 for audits, 4 for information.
    pub level: u8,
    /// The category: subcategory of the audit policy for Security.
    pub task: u16,
    /// Almost always 0.
    pub opcode: u8,
    /// Bit mask; audit success and failure stand here.
    pub keywords: u64,
    /// `System/EventRecordID`, counted per channel by the host.
    pub record_id: u64,
    /// `System/TimeCreated`.
    pub time: Ticks,
    /// `System/Computer`: an FQDN, or the NetBIOS name.
    pub computer: String,
    /// The process that *wrote* the event: 4 or lsass, never the process that the event is about.
    pub execution: (u32, u32),
    /// `System/Correlation/@ActivityID`; lsass writes one and the same for a whole boot.
    pub activity_id: Option<Guid>,
    /// `System/Security/@UserID`: the account the writer runs as, where the provider says.
    pub user: Option<Sid>,
    /// The data.
    pub body: Body,
}

impl WindowsRecord {
    /// Every named value of the event, in the order Windows writes them; nothing for other bodies.
    pub fn fields(&self) -> &[(String, Value)] {
        match &self.body {
            Body::Named(fields) | Body::User { fields, .. } => fields,
            Body::Unnamed(_) | Body::UserLiteral(_) => &[],
        }
    }

    /// One named value.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields().iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// One named value as Windows prints it.
    pub fn printed(&self, name: &str) -> Option<String> {
        self.field(name).and_then(Value::printed)
    }

    /// Replaces the value of a field that the event has.
    ///
    /// # Panics
    /// Panics where the event has no such field: a story that sets one is wrong.
    pub fn set(&mut self, name: &str, value: Value) {
        let fields = match &mut self.body {
            Body::Named(fields) | Body::User { fields, .. } => fields,
            Body::Unnamed(_) | Body::UserLiteral(_) => panic!("the event has no named fields"),
        };
        let field = fields.iter_mut().find(|(field, _)| field == name);
        field.expect("the event has a field of this name").1 = value;
    }
}
