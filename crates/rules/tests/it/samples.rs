//! Every rule that SigmaHQ publishes of process starts is loaded or told. Its rules are not part of this repository.

use begat_model::EventKind;
use begat_model::event::{Field, ProcessCreated};
use begat_rules::{RuleFile, RuleSet};

use crate::harness::start;

#[test]
fn published_rules_are_loaded_or_told() {
    let Some(samples) = begat_trial::samples() else { return };
    let Ok(entries) = std::fs::read_dir(samples.join("sigma")) else {
        return begat_trial::skipped("published rules; the samples have no folder `sigma`");
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let files: Vec<RuleFile> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .map(|path| RuleFile {
            name: path.display().to_string(),
            text: std::fs::read_to_string(path).unwrap(),
        })
        .collect();
    let count = files.len();
    let (set, report) = RuleSet::parse(files);
    let told: Vec<String> = report.complaints.iter().map(ToString::to_string).collect();
    assert_eq!(report.loaded + told.len(), count, "{told:?}");
    assert!(told.len() * 100 <= count, "more than one in a hundred is left out: {told:?}");
    let hits = |kind, created: ProcessCreated| marked_names(&set, kind, created);
    let of_net1 = hits(EventKind::SysmonProcessCreated, start::sysmon());
    assert!(of_net1.iter().any(|name| name.contains("New User Created Via Net.EXE")), "{of_net1:?}");
    let harmless = ProcessCreated { command_line: Field::Value("net1 use".into()), ..start::security() };
    let of_harmless = hits(EventKind::ProcessCreated, harmless);
    assert!(!of_harmless.iter().any(|name| name.contains("New User")), "{of_harmless:?}");
}

fn marked_names(set: &RuleSet, kind: EventKind, created: ProcessCreated) -> Vec<String> {
    start::marked(set, kind, created).rules.iter().map(ToString::to_string).collect()
}
