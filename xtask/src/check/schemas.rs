//! The schemas that others publish, which the tests hold our output against: fetched below `target`, never kept here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Line, cargo};

/// A schema, from the package that holds it.
struct Published {
    /// What the tests look for; it names the version, so that another one is another file.
    file: &'static str,
    /// Fetches the package into the folder in which it is run.
    install: &'static [&'static str],
    /// Prints the schema as JSON, run in the same folder.
    print: &'static [&'static str],
}

const PUBLISHED: &[Published] = &[
    Published {
        file: "ecs-9.4.0.json",
        install: &[
            "npm",
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "@elastic/ecs@9.4.0",
        ],
        print: &["node", "-e", "console.log(JSON.stringify(require('@elastic/ecs').EcsFlat))"],
    },
    Published {
        file: "ocsf-1.8.0-detection_finding.json",
        install: &[
            "python3",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--upgrade",
            "--target",
            ".",
            "ocsf-json-schema==1.2.0",
        ],
        print: &[
            "python3",
            "-c",
            "import json, ocsf_json_schema as ocsf\n\
             schema = ocsf.OcsfJsonSchemaEmbedded(ocsf.get_ocsf_schema('1.8.0'))\n\
             print(json.dumps(schema.get_class_schema('detection_finding', ['host'])))",
        ],
    },
];

/// Fetches what is not there yet, and holds the output against it.
pub fn check(root: &Path) -> Result<(), String> {
    let folder = std::env::var_os("BEGAT_SCHEMAS").map_or_else(|| root.join("target/schemas"), PathBuf::from);
    PUBLISHED.iter().try_for_each(|schema| fetch(schema, &folder))?;
    let words =
        [cargo().as_str(), "test", "--quiet", "--locked", "--package", "begat-report"].map(str::to_owned);
    Line::new(&words, root).with("BEGAT_REQUIRE_SCHEMAS", "1").show()
}

fn fetch(schema: &Published, folder: &Path) -> Result<(), String> {
    let target = folder.join(schema.file);
    if target.is_file() {
        return Ok(());
    }
    let told = |error: std::io::Error| format!("{}: {error}", target.display());
    // npm looks upward for a project to install into, and takes the first folder with a manifest.
    let package = folder.join(schema.file.trim_end_matches(".json"));
    fs::create_dir_all(&package).map_err(told)?;
    fs::write(package.join("package.json"), "{}").map_err(told)?;
    Line::new(schema.install, &package).quietly()?;
    let json = Line::new(schema.print, &package).read()?;
    fs::write(&target, json).map_err(told)
}
