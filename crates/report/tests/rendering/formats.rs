//! Snapshots of each format, and what must hold of all of them.

use begat_model::case::{Case, Finding, Severity};
use begat_report::{CaseView, FORMATS, FindingView, Format, Found, Page};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use crate::stories;

pub fn written(format: &str, cases: &[Case], page: &Page) -> String {
    written_with_findings(format, cases, &[], page)
}

pub fn written_with_findings(format: &str, cases: &[Case], findings: &[Finding], page: &Page) -> String {
    let mut out = Vec::new();
    let format = Format::named(format).unwrap();
    (format.write)(&Found::new(cases, findings), page, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn table() {
    insta::assert_snapshot!(written("table", &stories::all(), &Page::default()));
}

#[test]
fn table_of_a_case_in_context() {
    let mut ordinary = stories::in_context();
    ordinary.context.name_signs.clear();
    if let Some(rarity) = &mut ordinary.context.rarity {
        rarity.creations = 13;
    }
    insta::assert_snapshot!(written("table", &[stories::in_context(), ordinary], &Page::default()));
}

#[test]
fn csv_of_a_case_in_context() {
    let csv = written("csv", &[stories::in_context()], &Page::default());
    for told in
        ["network team", "near_reserved_name homoglyph", "the only one of 14 creations on servers", ",domain"]
    {
        assert!(csv.contains(told), "{told} in {csv}");
    }
}

#[test]
fn table_on_a_narrow_terminal_in_another_zone() {
    let page = Page { width: 60, zone: TimeZone::get("Europe/Berlin").unwrap(), ..Page::default() };
    insta::assert_snapshot!(written("table", &[stories::plain(), stories::over_wmi()], &page));
}

#[test]
fn table_in_colour() {
    let page = Page { colour: true, ..Page::default() };
    let shown = written("table", &[stories::over_wmi()], &page).replace('\u{1b}', "␛");
    insta::assert_snapshot!(shown);
}

#[test]
fn csv() {
    insta::assert_snapshot!(written_with_findings(
        "csv",
        &stories::all(),
        &stories::findings(),
        &Page::default()
    ));
}

#[test]
fn json_of_one_case() {
    let case = stories::two_candidates();
    // Indented for the reader; the order of fields is the view's.
    insta::assert_snapshot!(serde_json::to_string_pretty(&CaseView::from(&case)).unwrap());
}

#[test]
fn json_holds_hostile_text_as_it_was_written() {
    let case = stories::hostile();
    let value: serde_json::Value =
        serde_json::from_str(&written("jsonl", std::slice::from_ref(&case), &Page::default())).unwrap();
    assert_eq!(value["account"]["created_as"].as_str(), case.account.created_as.as_deref());
}

#[test]
fn json_of_one_finding() {
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&FindingView::from(&stories::guest_enabled())).unwrap()
    );
}

#[test]
fn json_and_json_lines_hold_the_same_cases_and_then_the_same_findings() {
    let (cases, findings) = (stories::all(), stories::findings());
    let written = |format, cases: &[Case], findings: &[Finding]| {
        written_with_findings(format, cases, findings, &Page::default())
    };
    let lines = written("jsonl", &cases, &findings);
    let from_lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let schemas: Vec<_> = from_lines.iter().map(|it| it["schema"].as_str().unwrap()).collect();
    let expected = [vec!["begat.case/1"; cases.len()], vec!["begat.finding/1"; findings.len()]].concat();
    assert_eq!(schemas, expected);
    let array = |cases, findings| -> Vec<serde_json::Value> {
        serde_json::from_str(&written("json", cases, findings)).unwrap()
    };
    assert_eq!(array(&cases, &findings), from_lines);
    assert_eq!(array(&cases, &[]), from_lines[..cases.len()]);
    assert_eq!(array(&[], &findings), from_lines[cases.len()..]);
    assert_eq!(written("json", &[], &[]), "[]\n");
    assert_eq!(written("jsonl", &[], &[]), "");
}

#[test]
fn table_of_waves_and_findings() {
    let mut cases = stories::loop_on_one_host();
    // Another creation in the midst of the loop, and a wave of which one case is left.
    let mut alone = stories::blind();
    alone.wave = Some("0a10000000000000".to_owned());
    cases.insert(20, alone);
    cases.extend(stories::one_name_on_many_hosts());
    insta::assert_snapshot!(written_with_findings("table", &cases, &stories::findings(), &Page::default()));
}

#[test]
fn every_format_for_programs_keeps_every_case_of_a_wave() {
    let cases = stories::loop_on_one_host();
    assert_eq!(written("jsonl", &cases, &Page::default()).lines().count(), cases.len());
    assert_eq!(written("csv", &cases, &Page::default()).lines().count(), cases.len() + 1);
    let lines = written("jsonl", &cases, &Page::default());
    for line in lines.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(case["wave"], "77ab00c1d2e3f405");
    }
}

#[test]
fn findings_of_a_fleet_are_told_in_folds_the_worst_first() {
    let mut findings: Vec<Finding> = (0..9_000)
        .map(|number| stories::never_seen_created(&format!("PC{number:04}"), number, Severity::Medium))
        .collect();
    findings.extend((0..12).map(|number| {
        stories::never_seen_created(
            "SRV1",
            20_000 + number,
            [Severity::Low, Severity::High][number as usize / 11],
        )
    }));
    findings.push(stories::sam_tampered());
    let text = written_with_findings("table", &[], &findings, &Page::default());
    assert!(text.lines().count() < 60, "{} lines", text.lines().count());
    insta::assert_snapshot!(text);
}

#[test]
fn findings_of_a_kind_are_told_one_by_one_up_to_five() {
    let told = |count: u32| {
        let findings: Vec<Finding> =
            (0..count).map(|number| stories::never_seen_created("PC1", number, Severity::Low)).collect();
        let text = written_with_findings("table", &[], &findings, &Page::default());
        text.lines().filter(|line| line.starts_with(" LOW ")).count()
    };
    assert_eq!([1, 5, 6, 60].map(told), [1, 5, 1, 1]);
}

#[test]
fn times_of_programs_stay_utc_whatever_the_zone_of_people() {
    let tokyo = Page { zone: TimeZone::get("Asia/Tokyo").unwrap(), ..Page::default() };
    for format in FORMATS.iter().filter(|format| !format.for_people) {
        let format = format.name;
        assert_eq!(
            written(format, &stories::all(), &tokyo),
            written(format, &stories::all(), &Page::default()),
            "{format}"
        );
    }
}

#[test]
fn no_line_of_the_table_is_wider_than_its_page() {
    for width in [Page::WIDTH_MIN, 72, 80, Page::WIDTH_MAX] {
        let page = Page { width, ..Page::default() };
        let cases = [stories::all(), stories::loop_on_one_host(), stories::one_name_on_many_hosts()].concat();
        for line in written_with_findings("table", &cases, &stories::findings(), &page).lines() {
            assert!(line.width() <= width, "{} columns on a page of {width}: {line}", line.width());
        }
    }
}

#[test]
fn no_text_of_a_log_reaches_a_terminal_unescaped() {
    for format in FORMATS {
        let format = format.name;
        let mut hostile = stories::hostile();
        hostile.wave = Some("wave\u{1b}[2J".to_owned());
        let mut waves = vec![hostile.clone(), hostile.clone()];
        hostile.wave = None;
        waves.push(hostile);
        let findings = vec![stories::hostile_finding(); 7];
        let folded = written_with_findings(format, &waves, &findings, &Page::default());
        let single = written_with_findings(format, &[], &findings[..1], &Page::default());
        let text = folded + &single;
        let raw = text.chars().find(|character| {
            let control = character.is_control() && !matches!(character, '\n' | '\r');
            control || matches!(character, '\u{202e}' | '\u{200b}')
        });
        assert_eq!(raw, None, "{format}");
    }
}

#[test]
fn csv_is_rectangular_and_comes_back_as_it_was() {
    let (cases, findings) = (stories::all(), stories::findings());
    let text = written_with_findings("csv", &cases, &findings, &Page::default());
    assert!(text.contains("\r\n"));
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let column = |wanted: &str| columns.iter().position(|column| column == wanted).unwrap();
    let name = column("account");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), cases.len() + findings.len());
    assert_eq!(&rows[0][name], "toto3");
    assert_eq!(&rows[5][name], "'=cmd|' /C calc'!A0");
    let hostile = &rows[cases.len() + 2];
    assert_eq!(&hostile[name], "'@SUM(A1)\\u{9b}31m");
    assert!(hostile[column("summary")].starts_with("'=HYPERLINK"));
    assert_eq!(&hostile[column("process_image")], "'+cmd|' /C calc'!A0");
    for (index, row) in rows.iter().enumerate() {
        let of_case = index < cases.len();
        assert_eq!(&row[column("kind")] == "case", of_case);
        assert_eq!(row[column("case_id")].is_empty(), !of_case);
        assert_eq!(row[column("finding_id")].is_empty(), of_case);
        assert_eq!(row[column("created_at")].is_empty(), !of_case, "a finding is no creation");
        assert!(!row[column("at")].is_empty() && !row[column("severity")].is_empty());
    }
    for cell in rows.iter().flat_map(|row| row.iter()) {
        let formula = cell.starts_with(['=', '+', '@', '\t', '\r']);
        assert!(!formula && (!cell.starts_with('-') || cell.parse::<f64>().is_ok()), "{cell}");
    }
}
