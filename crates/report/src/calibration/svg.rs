//! The histogram as a picture: creators that end with their act, and those that run for long, by lag.

use std::fmt::Write as _;
use std::io::{self, Write};

use begat_model::calibration::Calibration;

use super::buckets::{Bucket, buckets};
use crate::words::page::Page;

const WIDTH: u64 = 720;
/// Where bars begin, after their labels, and how long the longest is.
const BARS_AT: u64 = 110;
const BARS_WIDTH: u64 = 540;
const ROW: u64 = 24;
const HEAD: u64 = 56;
const ENDING: &str = "#2b6cb0";
const LONG_LIVED: &str = "#b7791f";

pub(super) fn write(calibration: &Calibration, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let rows = buckets(calibration);
    let height = HEAD + ROW * rows.len() as u64 + 12;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<title>From a creator's start to its 4720</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    text(&mut svg, 10, 22, &format!("From a creator's start to its 4720, of {} creators", total(&rows)));
    legend(&mut svg, 10, ENDING, "end with their act");
    legend(&mut svg, 180, LONG_LIVED, "run for long: no window catches them");
    let most = rows.iter().map(|row| row.ending + row.long_lived).max().unwrap_or(0).max(1);
    for (place, row) in rows.iter().enumerate() {
        bar(&mut svg, HEAD + ROW * place as u64, row, most);
    }
    svg.push_str("</svg>\n");
    out.write_all(svg.as_bytes())
}

fn total(rows: &[Bucket]) -> u64 {
    rows.iter().map(|row| row.ending + row.long_lived).sum()
}

/// Only words of this program stand in the picture, and a sign that has to be escaped is in none of them.
fn text(svg: &mut String, x: u64, y: u64, words: &str) {
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"#1a202c\">{words}</text>");
}

fn legend(svg: &mut String, x: u64, colour: &str, words: &str) {
    let _ = writeln!(svg, "<rect x=\"{x}\" y=\"33\" width=\"12\" height=\"12\" fill=\"{colour}\"/>");
    text(svg, x + 18, 44, words);
}

fn bar(svg: &mut String, y: u64, row: &Bucket, most: u64) {
    text(svg, 10, y + 16, &row.label);
    let mut x = BARS_AT;
    for (count, colour) in [(row.ending, ENDING), (row.long_lived, LONG_LIVED)] {
        let width = count * BARS_WIDTH / most;
        if count > 0 {
            let width = width.max(1);
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"16\" fill=\"{colour}\"/>",
                y + 3
            );
            x += width;
        }
    }
    text(svg, x + 6, y + 16, &(row.ending + row.long_lived).to_string());
}

#[cfg(test)]
mod tests {
    use super::super::buckets::tests::site;
    use super::*;

    #[test]
    fn the_picture_has_a_bar_for_each_count_and_is_well_formed() {
        let mut out = Vec::new();
        write(&site(), &Page::default(), &mut out).unwrap();
        let svg = String::from_utf8(out).unwrap();
        assert!(svg.contains("of 4 creators"), "{svg}");
        assert_eq!(svg.matches("height=\"16\"").count(), 4, "a bar for each filled bucket");
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        let mut empty = Vec::new();
        write(&Calibration { lags: Vec::new(), ..site() }, &Page::default(), &mut empty).unwrap();
        assert!(String::from_utf8(empty).unwrap().contains("of 0 creators"));
    }
}
