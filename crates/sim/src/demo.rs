//! The small folder of logs that the repository ships: what a responder brings home from three hosts.
use std::io::{self, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use crate::encode::{Carrier, Shipping};
use crate::evtx::{EvtxError, Form, evtx_file};
use crate::record::WindowsRecord;
use crate::story::{Story, StoryKind, Truth};
use crate::world::{HostSpec, Telemetry};

/// One file of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoFile {
    /// Its path under the folder, with `/`.
    pub path: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The demonstration and its truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// The files.
    pub files: Vec<DemoFile>,
    /// What a hunt over them has to find.
    pub truth: Vec<Truth>,
}

/// Changing it changes every shipped file.
const SEED: u64 = 2026;

/// Three hosts of one morning: a file server with Sysmon, an application server read through Winlogbeat, and a
/// kiosk that logs no processes.
pub fn demo() -> Result<Demo, EvtxError> {
    let file_server = told_on(
        "net-user-administrators",
        HostSpec {
            sysmon_computer: Some("FILES01"),
            ..HostSpec::server("files01.corp.example", Telemetry::FULL)
        },
    );
    let application_server =
        told_on("wmi-success", HostSpec::server("app02.corp.example", Telemetry::AUDITED));
    let kiosk =
        told_on("no-process-telemetry", HostSpec::server("kiosk-lobby3.corp.example", Telemetry::DEFAULT));
    let of_channel = |story: &Story, channel: &str| -> Vec<WindowsRecord> {
        story.records.iter().filter(|record| record.channel == channel).cloned().collect()
    };
    let beats = Carrier::named("winlogbeat").expect("the carrier is in the table");
    let winlogbeat = beats.encode(&application_server.records, &Shipping::default())?;
    let sysmon = of_channel(&file_server, "Microsoft-Windows-Sysmon/Operational");
    let files = vec![
        DemoFile { path: "app02/winlogbeat.ndjson.gz", bytes: gzipped(&winlogbeat) },
        DemoFile {
            path: "files01/Microsoft-Windows-Sysmon%4Operational.evtx",
            bytes: evtx_file(&sysmon, Form::Native)?,
        },
        DemoFile {
            path: "files01/Security.evtx",
            bytes: evtx_file(&of_channel(&file_server, "Security"), Form::Native)?,
        },
        DemoFile { path: "kiosk-lobby3/Security.evtx", bytes: evtx_file(&kiosk.records, Form::Native)? },
    ];
    let truth = [file_server, application_server, kiosk].into_iter().flat_map(|story| story.truth).collect();
    Ok(Demo { files, truth })
}

fn told_on(story: &str, spec: HostSpec) -> Story {
    StoryKind::named(story).expect("the story is in the table").tell_on(spec, SEED)
}

/// Gzip without a time or name in its header, so that the same text gives the same bytes.
fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder: GzEncoder<Vec<u8>> = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    let written: io::Result<Vec<u8>> = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing into memory does not fail")
}
