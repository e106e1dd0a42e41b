//! The casebook: every page of `casebook/` is told to the program, in carriers by turns, and must come out as it says.
//!
//! A page is prose with tables. `Who` gives short names to sets of fields; `Events` holds one record a row; `Case`
//! says what must be in the one case that comes out, by path, `[]` standing for every element of a list; `Findings`
//! the same of what comes after it. A page without one of the two says that none comes out.

use begat_sim::encode::{CARRIERS, Carrier, Precision};
use begat_sim::record::WindowsRecord;
use serde_json::Value as Json;

use crate::page::{Page, hunt, pages, shipped};
use crate::stories::is_all;

/// Carriers in which a page is told, each having its turn at some page; `BEGAT_STORIES=all` tells it in all.
const CARRIERS_A_PAGE: usize = 4;

/// What a carrier that cuts times cannot tell to the tick.
const TOLD_TO_THE_TICK: &[&str] = &["created_at", "attribution.lag_ms"];

/// What stands at a path: `a.b[].c` is every `c`, joined.
fn at_path(json: &Json, path: &str) -> String {
    match path.split_once('.') {
        _ if path.is_empty() => match json {
            Json::String(text) => text.clone(),
            Json::Null => "null".to_owned(),
            other => other.to_string(),
        },
        Some((first, rest)) => at_step(json, first, rest),
        None => at_step(json, path, ""),
    }
}

fn at_step(json: &Json, step: &str, rest: &str) -> String {
    if json.is_null() {
        return "null".to_owned();
    }
    match step.strip_suffix("[]") {
        Some(name) => {
            let elements = json[name].as_array().unwrap_or_else(|| panic!("{name} is no list in {json:#}"));
            elements.iter().map(|element| at_path(element, rest)).collect::<Vec<_>>().join(", ")
        }
        None => {
            let inner = json.get(step).unwrap_or_else(|| panic!("no {step} in {json:#}"));
            at_path(inner, rest)
        }
    }
}

/// After a path: what holds where the carrier's times are whole seconds.
const IN_SECONDS: &str = " (in whole seconds)";

/// What is wrong with what the program says of a page.
fn faults(page: &Page, carrier: &Carrier) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let told = hunt(&page.records, carrier, folder.path());
    let (cases, findings): (Vec<Json>, Vec<Json>) =
        told.into_iter().partition(|told| told["schema"] == "begat.case/1");
    let counts = (cases.len(), findings.is_empty());
    if counts != (usize::from(!page.expected.is_empty()), page.expected_findings.is_empty()) {
        return vec![format!("{} as {}: {counts:?} {findings:#?}", page.name, carrier.name)];
    }
    let findings = serde_json::json!({ "findings": findings });
    let mut wrong = Vec::new();
    let mut compare = |json: &Json, path: &str, expected: &str| {
        let told = at_path(json, path);
        if told != expected {
            wrong.push(format!("{path}: told {told}, right {expected}"));
        }
    };
    for (path, expected) in &page.expected_findings {
        compare(&findings, path, expected);
    }
    let in_seconds = |path: &str| {
        let is_it = |(other, _): &(String, String)| other.strip_suffix(IN_SECONDS) == Some(path);
        carrier.precision == Precision::Seconds && page.expected.iter().any(is_it)
    };
    for (path, expected) in &page.expected {
        if carrier.precision != Precision::Ticks && TOLD_TO_THE_TICK.contains(&path.as_str()) {
            continue;
        }
        // A carrier in whole seconds has one blind spot more, and must tell it.
        if path == "blind_spots[].kind" && carrier.precision == Precision::Seconds {
            let told = at_path(&cases[0], path);
            assert!(told.contains("time_precision"), "{} as {}", page.name, carrier.name);
            continue;
        }
        let (path, expected) = match (path.strip_suffix(IN_SECONDS), carrier.precision) {
            (Some(path), Precision::Seconds) => (path, expected),
            (Some(_), _) => continue,
            (None, _) if in_seconds(path) => continue,
            (None, _) => (path.as_str(), expected),
        };
        compare(&cases[0], path, expected);
    }
    wrong.into_iter().map(|wrong| format!("{} as {}: {wrong}", page.name, carrier.name)).collect()
}

#[test]
fn every_page_holds_in_carriers_by_turns() {
    let pages = pages();
    assert!(pages.len() >= 8, "the casebook was found");
    let mut wrong = Vec::new();
    // What a carrier leaves out of every event may cost certainty: `stories` holds that it costs no truth.
    let whole: Vec<&Carrier> = CARRIERS.iter().filter(|carrier| carrier.leaves_out.is_empty()).collect();
    let told_in = if is_all() { whole.len() } else { CARRIERS_A_PAGE };
    for (place, page) in pages.iter().enumerate() {
        assert!(
            page.records.len() > 1 && page.expected.len() + page.expected_findings.len() > 3,
            "{} has its tables",
            page.name
        );
        for carrier in whole.iter().cycle().skip(place * told_in).take(told_in) {
            wrong.extend(faults(page, carrier));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_holds_in_any_order_and_twice_over() {
    let carrier = Carrier::named("winlogbeat").unwrap();
    let mut wrong = Vec::new();
    for mut page in pages() {
        page.records.reverse();
        let again: Vec<WindowsRecord> = page.records.iter().step_by(2).cloned().collect();
        page.records.extend(again);
        wrong.extend(faults(&page, carrier));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How the program carries a page: what must come out of it, and its logs.
fn carried(page: &Page) -> Json {
    let find = |table: &[(String, String)], path: &str| {
        table.iter().find(|(it, _)| it == path).map(|(_, value)| value.clone())
    };
    let file = |image: String| image.rsplit('\\').next().unwrap_or(&image).to_owned();
    let carrier = Carrier::named("winlogbeat").unwrap();
    let logs = shipped(&page.records, carrier);
    let logs: Vec<Json> = logs
        .into_iter()
        .map(|(name, bytes)| serde_json::json!({"name": name, "text": String::from_utf8(bytes).unwrap()}))
        .collect();
    serde_json::json!({
        "name": page.name, "title": page.title, "has_case": !page.expected.is_empty(),
        "verdict": find(&page.expected, "attribution.verdict"),
        "creator": find(&page.expected, "attribution.creator.image").filter(|it| it != "null").map(file),
        "findings": find(&page.expected_findings, "findings[].kind"), "logs": logs,
    })
}

/// `begat document` runs the casebook: what the program has of it is what stands in the pages. `BEGAT_WRITE_CASEBOOK=1`
/// writes it anew.
#[test]
fn the_program_carries_the_casebook_as_it_stands() {
    use std::io::{Read, Write};
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands/document/casebook.json.gz");
    let right: Vec<Json> = pages().iter().map(carried).collect();
    let right = format!("{:#}\n", Json::from(right));
    if std::env::var_os("BEGAT_WRITE_CASEBOOK").is_some() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(right.as_bytes()).unwrap();
        std::fs::write(path, gzip.finish().unwrap()).unwrap();
    }
    let mut carried = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut carried).unwrap();
    assert!(carried == right, "the casebook changed: write it anew with BEGAT_WRITE_CASEBOOK=1");
}
