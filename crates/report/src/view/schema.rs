//! The JSON Schemas of all that is written.

/// The JSON Schema of one shape.
#[derive(Debug)]
pub struct Schema {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it describes, in a line.
    pub doc: &'static str,
    /// Draft 2020-12.
    pub json: &'static str,
}

/// The schemas of all that is written, the first by default.
pub static SCHEMAS: &[Schema] = &[
    Schema {
        name: "case",
        doc: "one recorded account creation (begat.case/1)",
        json: include_str!("../../schemas/begat.case-1.schema.json"),
    },
    Schema {
        name: "finding",
        doc: "what is worth a look without being one (begat.finding/1)",
        json: include_str!("../../schemas/begat.finding-1.schema.json"),
    },
    Schema {
        name: "coverage",
        doc: "what one host could have shown (begat.coverage/1)",
        json: include_str!("../../schemas/begat.coverage-1.schema.json"),
    },
    Schema {
        name: "calibration",
        doc: "what a window catches, and whom it blames (begat.calibration/1)",
        json: include_str!("../../schemas/begat.calibration-1.schema.json"),
    },
    Schema {
        name: "rehearsal-score",
        doc: "what a pipeline made of a rehearsal (begat.rehearsal-score/1)",
        json: include_str!("../../schemas/begat.rehearsal-score-1.schema.json"),
    },
];
