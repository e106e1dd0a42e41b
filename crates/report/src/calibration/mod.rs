//! What `begat calibrate` tells: what a window catches, and how often it blames an innocent.

mod buckets;
mod json;
mod svg;
mod table;
mod why;

use std::io::{self, Write};

use begat_model::calibration::Calibration;

use crate::words::page::Page;
pub(crate) use why::window_said;

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
