//! Snapshots of each format, and what must hold of all of them.

use begat_model::case::Case;
use begat_report::{CaseView, Format, Page};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use crate::stories;

pub fn written(format: &str, cases: &[Case], page: &Page) -> String {
    let mut out = Vec::new();
    let format = Format::named(format).unwrap();
    (format.write)(&mut cases.iter().map(CaseView::from), page, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn table() {
    insta::assert_snapshot!(written("table", &stories::all(), &Page::default()));
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
    insta::assert_snapshot!(written("csv", &stories::all(), &Page::default()));
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
fn json_and_json_lines_hold_the_same_cases() {
    let cases = stories::all();
    let lines = written("jsonl", &cases, &Page::default());
    assert_eq!(lines.lines().count(), cases.len());
    let from_lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let array: Vec<serde_json::Value> =
        serde_json::from_str(&written("json", &cases, &Page::default())).unwrap();
    assert_eq!(array, from_lines);
    assert_eq!(written("json", &[], &Page::default()), "[]\n");
    assert_eq!(written("jsonl", &[], &Page::default()), "");
}

#[test]
fn times_of_programs_stay_utc_whatever_the_zone_of_people() {
    let tokyo = Page { zone: TimeZone::get("Asia/Tokyo").unwrap(), ..Page::default() };
    for format in ["json", "jsonl", "csv"] {
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
        for line in written("table", &stories::all(), &page).lines() {
            assert!(line.width() <= width, "{} columns on a page of {width}: {line}", line.width());
        }
    }
}

#[test]
fn no_text_of_a_log_reaches_a_terminal_unescaped() {
    for format in ["table", "csv", "json", "jsonl"] {
        let text = written(format, &[stories::hostile()], &Page::default());
        let raw = text.chars().find(|character| {
            let control = character.is_control() && !matches!(character, '\n' | '\r');
            control || matches!(character, '\u{202e}' | '\u{200b}')
        });
        assert_eq!(raw, None, "{format}");
    }
}

#[test]
fn csv_is_rectangular_and_comes_back_as_it_was() {
    let text = written("csv", &stories::all(), &Page::default());
    assert!(text.contains("\r\n"));
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let name = columns.iter().position(|column| column == "account").unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), stories::all().len());
    assert_eq!(&rows[0][name], "toto3");
    assert_eq!(&rows[5][name], "'=cmd|' /C calc'!A0");
    for cell in rows.iter().flat_map(|row| row.iter()) {
        let formula = cell.starts_with(['=', '+', '@', '\t', '\r']);
        assert!(!formula && (!cell.starts_with('-') || cell.parse::<f64>().is_ok()), "{cell}");
    }
}
