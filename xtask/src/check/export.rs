//! What `begat export` writes, held against the parsers of those who read it: Elastic's EQL, Microsoft's Kusto, YAML and
//! .conf. Sigma's is a test of its own, and of ES|QL there is no parser to be had. What `begat coverage -t dettect` writes is
//! asked what DeTT&CT's `health` asks.

use std::fs;
use std::path::Path;

use crate::command::{Line, cargo};

const LANGUAGES: &[&str] = &["sigma", "eql", "esql", "kql", "spl"];
const REFEREES: &str = include_str!("export/referees.py");
const KUSTO: &str = include_str!("export/kusto.cjs");

/// Policies that are exported: none, one that people learn from, and one whose text would break out.
const POLICIES: &[Option<&str>] =
    &[None, Some("examples/site.toml"), Some("xtask/src/check/export/hostile.toml")];

/// Fetches the parsers, and holds every export against them.
pub fn check(root: &Path) -> Result<(), String> {
    let folder = root.join("target/export");
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(told)?;
    for (name, text) in [("package.json", "{}"), ("referees.py", REFEREES), ("kusto.cjs", KUSTO)] {
        fs::write(folder.join(name), text).map_err(told)?;
    }
    let pip = ["python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"];
    let packages = ["--target", "python", "eql==1.0.1", "PyYAML==6.0.2"];
    Line::new(&[&pip[..], &packages[..]].concat(), &folder).quietly()?;
    let npm = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
    Line::new(&[&npm[..], &["@kusto/language-service-next"]].concat(), &folder).quietly()?;
    let sources = ["coverage", "-q", "-t", "dettect", "--inventory", "examples/hosts.csv", "demo"];
    let run = [&*cargo(), "run", "--quiet", "--locked", "-p", "begat", "--"].map(str::to_owned);
    let sources = Line::new(&[&run[..], &sources.map(str::to_owned)].concat(), root).read()?;
    fs::write(folder.join("dettect"), sources).map_err(told)?;
    POLICIES.iter().try_for_each(|policy| judge(*policy, &folder, root))
}

fn judge(policy: Option<&str>, folder: &Path, root: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let cargo = cargo();
    for language in LANGUAGES {
        let run = [&*cargo, "run", "--quiet", "--locked", "-p", "begat", "--", "export", language];
        let policy: Vec<&str> = policy.iter().flat_map(|policy| ["--policy", policy]).collect();
        let rule = Line::new(&[&run[..], &policy[..]].concat(), root).read()?;
        fs::write(folder.join(language), rule).map_err(told)?;
    }
    let python = folder.join("python").display().to_string();
    Line::new(&["python3", "referees.py", "."], folder).with("PYTHONPATH", python).show()?;
    Line::new(&["node", "kusto.cjs", "query.kql"], folder).show()
}
