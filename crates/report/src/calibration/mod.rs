//! What `begat calibrate` tells: what a window catches, and how often it blames an innocent.

mod buckets;
mod json;
mod svg;
mod table;

use std::io::{self, Write};

use begat_model::calibration::{Calibration, NoWindow};

use crate::words::page::Page;
use crate::words::wording::grouped;

/// One format of it.
#[derive(Debug, Clone)]
pub struct CalibrationFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// Writes it.
    pub write: fn(&Calibration, &Page, &mut dyn Write) -> io::Result<()>,
}

/// All of them.
pub static CALIBRATION_FORMATS: &[CalibrationFormat] = &[
    CalibrationFormat {
        name: "table",
        doc: "what windows catch and whom they blame, with a histogram, for people",
        write: table::write,
    },
    CalibrationFormat {
        name: "json",
        doc: "one JSON object (begat.calibration/1), for programs",
        write: json::write,
    },
    CalibrationFormat { name: "svg", doc: "the histogram as a picture", write: svg::write },
];

impl CalibrationFormat {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static CalibrationFormat> {
        CALIBRATION_FORMATS.iter().find(|format| format.name == name)
    }
}

/// Why no window is recommended.
fn why(none: NoWindow) -> String {
    match none {
        NoWindow::TooFew { samples, needed } => {
            let proven = match samples {
                1 => "1 creator that ends with its act is proven".to_owned(),
                _ => format!("{} creators that end with their act are proven", grouped(samples)),
            };
            format!("too few creations to say: {proven}, and {needed} are needed")
        }
        NoWindow::TooLong { seconds, longest } => format!(
            "a window that catches enough would be {} s long, and one above {longest} s would catch anything",
            grouped(seconds)
        ),
    }
}
