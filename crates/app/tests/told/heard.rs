//! Nothing vanishes: what of an input was heard, whole or in pieces, every answer knows of.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use begat_model::boot;
use begat_sim::encode::{Carrier, Shipping};
use begat_sim::record::{Body, WindowsRecord};
use begat_sim::rng::Rng;
use begat_sim::story::STORIES;
use begat_sim::value::Value;
use begat_sim::world::{HostSpec, Telemetry};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Carriers of one record a line.
const CARRIERS: &[&str] = &["evtx-dump", "winlogbeat", "nxlog", "xml"];
/// What carriers call the time of a record.
const TIMES: &[&str] = &["SystemTime", "@timestamp", "EventTime", "TimeCreated"];

/// What happens to a record on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    None,
    /// Its end is lost.
    Cut,
    /// Its time is empty.
    NoTime,
    /// The account that it is about is not told.
    NoAccount,
}

const HARMS: &[Harm] = &[Harm::None, Harm::None, Harm::Cut, Harm::NoTime, Harm::NoAccount];

/// A record as a line, after what happened to it.
fn line(rng: &mut Rng, carrier: &str, record: &WindowsRecord, harm: Harm) -> String {
    let carrier = Carrier::named(carrier).unwrap();
    let bytes = carrier.encode(std::slice::from_ref(record), &Shipping::default()).unwrap();
    let mut text = String::from_utf8(bytes).unwrap().trim().to_owned();
    match harm {
        Harm::None => {}
        Harm::Cut => {
            let least = (text.len() * 3 / 4) as u64;
            let mut end = usize::try_from(rng.between(least, text.len() as u64 - 2)).unwrap();
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        Harm::NoTime => TIMES.iter().for_each(|name| text = without_value(&text, name)),
        Harm::NoAccount => {
            text = text.replace("TargetUserName", "Nothing").replace("TargetSid", "Neither");
        }
    }
    text + "\n"
}

/// The text with nothing between the quotes behind this name.
fn without_value(text: &str, name: &str) -> String {
    let Some(at) = text.find(&format!("{name}\"")).or_else(|| text.find(&format!("{name}="))) else {
        return text.to_owned();
    };
    let rest = &text[at + name.len()..];
    let opens = |sign: char| matches!(sign, '"' | '\'');
    let quotes: Vec<usize> = rest.match_indices(opens).map(|(at, _)| at).collect();
    // Behind a JSON name stands its own closing quote.
    let skipped = usize::from(rest.starts_with('"'));
    let (Some(from), Some(until)) = (quotes.get(skipped), quotes.get(skipped + 1)) else {
        return text.to_owned();
    };
    format!("{}{}", &text[..=at + name.len() + from], &rest[*until..])
}

/// Whether a line still says what happened and where: in a file of one host it need not say that.
fn is_heard(line: &str, record: &WindowsRecord, hosts: usize) -> bool {
    let id = record.event_id;
    let ids = [format!("\":{id},"), format!("\":\"{id}\""), format!(">{id}<")];
    let writers = [
        record.provider.name.to_string(),
        format!("\"{}\"", record.channel),
        format!(">{}<", record.channel),
    ];
    ids.iter().any(|said| line.contains(said))
        && writers.iter().any(|said| line.contains(said))
        && (hosts == 1 || line.contains(&record.computer))
}

fn hosts(records: &[WindowsRecord]) -> usize {
    records.iter().map(|record| &record.computer).collect::<BTreeSet<_>>().len()
}

fn hunt(text: &str) -> Vec<Json> {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    fs::write(&log, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "--format", "jsonl", "--quiet"])
        .arg(&log)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn field<'r>(record: &'r WindowsRecord, name: &str) -> Option<&'r str> {
    let Body::Named(fields) = &record.body else { return None };
    let (_, value) = fields.iter().find(|(field, _)| field == name)?;
    let Value::Text(text) = value else { return None };
    Some(text)
}

/// Of a process that Windows' own boot did not start.
fn tells_a_process(record: &WindowsRecord) -> bool {
    let is_sysmon = record.event_id == 1 && record.channel.contains("Sysmon");
    let is_security = record.event_id == 4688 && record.channel == "Security";
    let parent = field(record, "ParentProcessName").filter(|parent| !parent.is_empty() && *parent != "-");
    is_sysmon || (is_security && !boot::is_of_boot(field(record, "NewProcessName"), parent))
}

/// How many creations a finding tells as lost: the number in its sentence.
fn told_as_lost(finding: &Json) -> u64 {
    let words = finding["summary"].as_str().unwrap().split_whitespace();
    words.filter_map(|word| word.parse().ok()).next().unwrap()
}

fn records(rng: &mut Rng) -> Vec<WindowsRecord> {
    let told = loop {
        let story = rng.pick(STORIES);
        let telemetry = *rng.pick(&[Telemetry::DEFAULT, Telemetry::AUDITED, Telemetry::FULL]);
        let told = story.tell_on(HostSpec::server("srv07.corp.example", telemetry), rng.bits() >> 8).records;
        if told.iter().any(is_creation) {
            break told;
        }
    };
    // A record that was shipped twice is one.
    let mut met = BTreeSet::new();
    told.into_iter()
        .filter(|record| met.insert((record.computer.clone(), record.channel.clone(), record.record_id)))
        .collect()
}

fn is_creation(record: &WindowsRecord) -> bool {
    record.event_id == 4720 && record.channel == "Security"
}

fn some_cases() -> ProptestConfig {
    ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(some_cases())]

    #[test]
    fn every_creation_that_was_heard_is_a_case_or_told_as_lost(
        seed in any::<u64>(), carrier in prop::sample::select(CARRIERS),
    ) {
        let mut rng = Rng::new(seed);
        let (mut text, mut heard, mut harmed) = (String::new(), 0, String::new());
        let records = records(&mut rng);
        let hosts = hosts(&records);
        for record in records {
            let harm = if is_creation(&record) { *rng.pick(HARMS) } else { Harm::None };
            let line = line(&mut rng, carrier, &record, harm);
            heard += u64::from(is_creation(&record) && is_heard(&line, &record, hosts));
            if harm != Harm::None {
                harmed.push_str(&line);
            }
            text.push_str(&line);
        }
        let told = hunt(&text);
        let of_4720 = |case: &&Json| case["schema"] == "begat.case/1" && case["recorded_by"] == "security";
        let cases = told.iter().filter(of_4720).count() as u64;
        let lost: u64 =
            told.iter().filter(|it| it["kind"] == "creation_unread").map(told_as_lost).sum();
        prop_assert_eq!(cases + lost, heard, "{} {} cases, {} lost: {:?}", carrier, cases, lost, (harmed.lines().count(), &harmed[harmed.len().saturating_sub(700)..], told.iter().map(|it| it["summary"].to_string()).collect::<Vec<_>>()));
    }

    #[test]
    fn no_host_that_told_a_process_is_said_to_tell_none(
        seed in any::<u64>(), carrier in prop::sample::select(CARRIERS),
    ) {
        let mut rng = Rng::new(seed);
        let (mut text, mut telling) = (String::new(), BTreeSet::new());
        let of_processes = *rng.pick(HARMS);
        let records = records(&mut rng);
        let hosts = hosts(&records);
        for record in records {
            let harm = if tells_a_process(&record) { of_processes } else { Harm::None };
            let line = line(&mut rng, carrier, &record, harm);
            if tells_a_process(&record) && is_heard(&line, &record, hosts) {
                telling.insert(record.computer.clone());
            }
            text.push_str(&line);
        }
        for case in hunt(&text).iter().filter(|it| it["schema"] == "begat.case/1") {
            let spots = case["blind_spots"].as_array().unwrap();
            let is_blind = spots.iter().any(|spot| spot["kind"] == "no_process_telemetry");
            let names = case["host"]["names"].as_array().unwrap();
            let tells = names.iter().any(|name| telling.contains(name.as_str().unwrap()));
            prop_assert!(!(is_blind && tells), "{} {:?}: {}", carrier, of_processes, case);
        }
    }
}

/// Neither provider nor channel: 4720 is then a creation by its id alone, which is told and not believed.
#[test]
fn a_creation_that_names_no_writer_is_told_as_lost_and_no_case() {
    let story = STORIES.iter().find(|story| story.tell(1).records.iter().any(is_creation)).unwrap();
    let mut rng = Rng::new(1);
    let mut text = String::new();
    for record in story.tell(1).records {
        let told = line(&mut rng, "evtx-dump", &record, Harm::None);
        let nameless = told.replace("\"Channel\"", "\"Kanal\"").replace("\"Provider\"", "\"Quelle\"");
        text.push_str(if is_creation(&record) { &nameless } else { &told });
    }
    let told = hunt(&text);
    assert!(told.iter().any(|it| it["kind"] == "creation_unread"), "{told:?}");
    assert!(told.iter().all(|it| it["schema"] != "begat.case/1" || it["recorded_by"] != "security"));
}

#[test]
fn a_creation_that_names_no_host_is_lost_on_the_host_of_its_file() {
    let story = STORIES.iter().find(|story| story.tell(1).records.iter().any(is_creation)).unwrap();
    let mut rng = Rng::new(1);
    let mut text = String::new();
    for record in story.tell(1).records {
        let told = line(&mut rng, "evtx-dump", &record, Harm::None);
        let is_lost = is_creation(&record);
        text.push_str(&if is_lost { told.replace("\"Computer\"", "\"Komputer\"") } else { told });
    }
    let told = hunt(&text);
    assert!(told.iter().any(|it| it["kind"] == "creation_unread"), "{told:?}");
    assert!(told.iter().all(|it| it["schema"] != "begat.case/1" || it["recorded_by"] != "security"));
}
