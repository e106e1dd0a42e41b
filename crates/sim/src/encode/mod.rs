//! From events to the bytes that each carrier would ship.
mod json;
mod pipelines;
mod shipping;
mod xml;

use serde_json::Value as Json;

pub use shipping::Shipping;

use crate::evtx::{EvtxError, Form, evtx_file};
use crate::record::WindowsRecord;
use crate::value::Ticks;

/// The finest time that a carrier can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// 100 ns, as Windows has it.
    Ticks,
    /// Microseconds.
    Micros,
    /// Milliseconds.
    Millis,
    /// Whole seconds: three events of one burst share one.
    Seconds,
}

impl Precision {
    /// What is left of a time.
    pub fn of(self, time: Ticks) -> Ticks {
        match self {
            Self::Ticks => time,
            Self::Micros => Ticks(time.0 - time.0 % 10),
            Self::Millis => time.truncated_to_millis(),
            Self::Seconds => time.truncated_to_seconds(),
        }
    }
}

/// What a carrier makes of the data of UserData events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserData {
    /// Its fields arrive like any others.
    Fields,
    /// It arrives as one string of XML.
    XmlString,
    /// Only the message text arrives.
    MessageOnly,
}

/// What a carrier has no place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// System/EventRecordID.
    RecordId,
    /// System/Execution and System/Security: who wrote the event.
    Writer,
    /// System/Level.
    Level,
    /// 104's own `Channel`: the carrier's has that name.
    ClearedLog,
}

/// How XML events follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum XmlFraming {
    OneALine,
    AllOnOneLine,
    OverManyLines,
    Utf16,
}

/// How JSON events follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JsonFraming {
    Lines,
    Array,
    Pretty,
}

type JsonShape = fn(&WindowsRecord, &Shipping) -> Json;

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Evtx(Form),
    Xml(XmlFraming),
    Json(JsonShape, JsonFraming),
}

/// One way in which events reach whoever hunts them.
#[derive(Debug, Clone, Copy)]
pub struct Carrier {
    /// Its name, also on the command line.
    pub name: &'static str,
    /// The extension its files usually have.
    pub extension: &'static str,
    /// The finest time it tells.
    pub precision: Precision,
    /// What becomes of UserData.
    pub user_data: UserData,
    /// What it leaves out of every event.
    pub leaves_out: &'static [Left],
    encoding: Encoding,
}

macro_rules! carriers {
    (
        other { $($name:literal $extension:literal $encoding:expr;)* }
        json { $($json_name:literal $precision:ident $user_data:ident $shape:path;)* }
        pipelines { $($line_name:literal $line_precision:ident $line_user_data:ident [$($left:ident)*] $line_shape:path;)* }
    ) => {
        /// Every carrier in every framing.
        pub const CARRIERS: &[Carrier] = &[
            $(Carrier {
                name: $name, extension: $extension, precision: Precision::Ticks,
                user_data: UserData::Fields, leaves_out: &[], encoding: $encoding,
            },)*
            $(
                json_carrier($json_name, Precision::$precision, UserData::$user_data, $shape, JsonFraming::Lines),
                json_carrier(concat!($json_name, "-array"), Precision::$precision, UserData::$user_data, $shape,
                    JsonFraming::Array),
                json_carrier(concat!($json_name, "-pretty"), Precision::$precision, UserData::$user_data, $shape,
                    JsonFraming::Pretty),
            )*
            $(Carrier {
                leaves_out: &[$(Left::$left),*],
                ..json_carrier($line_name, Precision::$line_precision, UserData::$line_user_data, $line_shape,
                    JsonFraming::Lines)
            },)*
        ];
    };
}

const fn json_carrier(
    name: &'static str,
    precision: Precision,
    user_data: UserData,
    shape: JsonShape,
    framing: JsonFraming,
) -> Carrier {
    let encoding = Encoding::Json(shape, framing);
    Carrier { name, extension: "json", precision, user_data, leaves_out: &[], encoding }
}

carriers! {
    other {
        "evtx" "evtx" Encoding::Evtx(Form::Native);
        "evtx-rendered" "evtx" Encoding::Evtx(Form::Rendered);
        "xml" "xml" Encoding::Xml(XmlFraming::OneALine);
        "xml-one-line" "xml" Encoding::Xml(XmlFraming::AllOnOneLine);
        "xml-many-lines" "xml" Encoding::Xml(XmlFraming::OverManyLines);
        "xml-utf16" "xml" Encoding::Xml(XmlFraming::Utf16);
    }
    json {
        "evtx-dump" Ticks Fields json::evtx_dump;
        "evtx-dump-attributes" Micros Fields json::evtx_dump_separate_attributes;
        "openwec-json" Ticks XmlString json::openwec_json;
        "openwec-raw-json" Ticks Fields json::openwec_raw_json;
        "openwec-nxlog" Ticks XmlString json::openwec_nxlog;
        "nxlog" Seconds MessageOnly json::nxlog;
        "winlogbeat" Millis Fields json::winlogbeat;
        "winlogbeat-old" Millis Fields json::winlogbeat_old;
        "elastic-agent" Millis Fields json::elastic_agent;
    }
    pipelines {
        "splunk-raw-xml" Ticks Fields [] pipelines::splunk_raw_xml;
        "splunk-hec-xml" Ticks Fields [] pipelines::splunk_hec_xml;
        "splunk-hec" Micros Fields [ClearedLog] pipelines::splunk_hec;
        "splunk-fields" Micros Fields [ClearedLog] pipelines::splunk_fields;
        "fluent-bit" Seconds Fields [] pipelines::fluent_bit;
        "fluent-bit-event-data" Seconds Fields [] pipelines::fluent_bit_event_data;
        "fluent-bit-xml" Ticks Fields [] pipelines::fluent_bit_xml;
        "fluent-bit-classic" Seconds Fields [Writer Level] pipelines::fluent_bit_classic;
        "vector" Micros Fields [] pipelines::vector;
        "velociraptor" Micros Fields [] pipelines::velociraptor;
        "velociraptor-flat" Micros Fields [Writer Level] pipelines::velociraptor_flat;
        "lima-charlie" Ticks Fields [] pipelines::lima_charlie;
        "xmltodict" Ticks Fields [] pipelines::xmltodict;
        "sentinel-security-event" Millis Fields [Writer] pipelines::sentinel_security_event;
        "sentinel-windows-event" Millis Fields [] pipelines::sentinel_windows_event;
        "sentinel-event" Millis Fields [RecordId Writer] pipelines::sentinel_event;
        "azure-diagnostics" Ticks Fields [] pipelines::azure_diagnostics;
        "beside-xml" Ticks Fields [] pipelines::beside_xml;
        "wazuh" Ticks Fields [] pipelines::wazuh;
        "wazuh-alert" Ticks Fields [] pipelines::wazuh_alert;
        "wazuh-full-log" Ticks Fields [] pipelines::wazuh_full_log;
        "logstash-text" Millis Fields [] pipelines::logstash_text;
        "gelf-winlogbeat" Millis Fields [] pipelines::gelf_winlogbeat;
        "gelf-nxlog" Micros Fields [Level ClearedLog] pipelines::gelf_nxlog;
        "graylog" Millis Fields [Level ClearedLog] pipelines::graylog;
        "elastic-hit" Millis Fields [] pipelines::elastic_hit;
        "elastic-dotted" Millis Fields [] pipelines::elastic_dotted;
        "kibana-fields" Millis Fields [] pipelines::kibana_fields;
        "evtxecmd" Ticks Fields [] pipelines::evtxecmd;
        "get-winevent" Millis Fields [] pipelines::get_winevent;
        "otrf" Millis MessageOnly [RecordId Writer ClearedLog] pipelines::otrf;
        "otel" Micros Fields [] pipelines::otel;
        "loki" Ticks Fields [] pipelines::loki;
        "osquery" Ticks Fields [] pipelines::osquery;
    }
}

impl Carrier {
    /// The carrier of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        CARRIERS.iter().find(|carrier| carrier.name == name)
    }

    /// The bytes that it would ship for these events.
    pub fn encode(&self, records: &[WindowsRecord], shipping: &Shipping) -> Result<Vec<u8>, EvtxError> {
        match self.encoding {
            Encoding::Evtx(form) => evtx_file(records, form),
            Encoding::Xml(framing) => Ok(encode_xml(records, framing)),
            Encoding::Json(shape, framing) => {
                // Sorted, because whether objects keep their order is decided by a feature of serde_json
                // that any crate of the build may turn on.
                let sorted = |mut event: Json| {
                    event.sort_all_objects();
                    event
                };
                Ok(encode_json(records.iter().map(|record| sorted(shape(record, shipping))), framing))
            }
        }
    }
}

fn encode_xml(records: &[WindowsRecord], framing: XmlFraming) -> Vec<u8> {
    let events = records.iter().map(crate::rendered::event_element);
    let text = match framing {
        XmlFraming::OneALine => events.map(|event| xml::on_one_line(&event) + "\n").collect(),
        XmlFraming::AllOnOneLine => events.map(|event| xml::on_one_line(&event)).collect(),
        XmlFraming::OverManyLines => events.map(|event| xml::over_many_lines(&event)).collect(),
        // As PowerShell's `>` leaves it: a byte order mark, two bytes a unit, lines ended by CR LF.
        XmlFraming::Utf16 => {
            let lines = events.map(|event| xml::on_one_line(&event) + "\r\n");
            let text: String = std::iter::once("\u{feff}".to_owned()).chain(lines).collect();
            return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
    };
    String::into_bytes(text)
}

fn encode_json(events: impl Iterator<Item = Json>, framing: JsonFraming) -> Vec<u8> {
    const INTO_MEMORY: &str = "a tree of JSON is written to memory";
    let mut bytes = Vec::new();
    match framing {
        JsonFraming::Lines => events.for_each(|event| {
            serde_json::to_writer(&mut bytes, &event).expect(INTO_MEMORY);
            bytes.push(b'\n');
        }),
        JsonFraming::Array => {
            serde_json::to_writer(&mut bytes, &Json::Array(events.collect())).expect(INTO_MEMORY);
            bytes.push(b'\n');
        }
        JsonFraming::Pretty => events.for_each(|event| {
            serde_json::to_writer_pretty(&mut bytes, &event).expect(INTO_MEMORY);
            bytes.push(b'\n');
        }),
    }
    bytes
}
