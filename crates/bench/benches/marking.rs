//! What marking a process start costs: the same starts over and over, and starts that are all different.
//!
//! By default with rules of its own; with SigmaHQ's too where `BEGAT_SAMPLES` names a folder that has them in `sigma`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

#[path = "../../rules/tests/start/mod.rs"]
mod start;

use std::path::PathBuf;

use begat_model::event::{Field, ParentProcess, ProcessCreated};
use begat_model::{Event, EventKind};
use begat_rules::{Marker, RuleFile, RuleSet};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

const STARTS: usize = 20_000;

/// A thousand rules in the manner of those that people publish.
fn own_rules() -> Vec<RuleFile> {
    let detection = |index: usize| {
        format!(
            "s_img:\n  - Image|endswith: '\\tool{index}.exe'\n  - OriginalFileName: 'tool{index}.exe'\ns_cli:\n  \
             CommandLine|contains|windash: [' -opt{index} ', ' /user{index}']\nf:\n  ParentImage|startswith: 'C:\\Program \
             Files\\'\ncondition: all of s_* and not f"
        )
    };
    let file = |index| RuleFile {
        name: format!("{index}.yml"),
        text: start::rule(&format!("Rule {index}"), &detection(index)),
    };
    (0..1000).map(file).collect()
}

fn published_rules() -> Option<Vec<RuleFile>> {
    let folder = PathBuf::from(std::env::var_os("BEGAT_SAMPLES")?).join("sigma");
    let paths = std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yml"));
    let file = |path: PathBuf| RuleFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).unwrap(),
    };
    Some(paths.map(file).collect())
}

/// Starts with a command line of their own each, or of `kinds` kinds.
fn starts(kinds: usize) -> Vec<Event> {
    // Image and parent as they mostly are: what is odd hits, and a hit costs more than a miss.
    let images = [
        ("svchost", "services"),
        ("conhost", "cmd"),
        ("taskhostw", "svchost"),
        ("cmd", "explorer"),
        ("backgroundTaskHost", "svchost"),
        ("RuntimeBroker", "svchost"),
        ("msiexec", "services"),
        ("dllhost", "svchost"),
    ];
    let start = |index: usize| {
        let (image, parent) = images[index % images.len()];
        let line = format!(
            "\"C:\\Windows\\System32\\{image}.exe\" -k netsvcs -p /s Schedule --id={index:08x} C:\\Users\\u{index}\\a.txt"
        );
        let path = |name: &str| Some(format!("C:\\Windows\\System32\\{name}.exe").into());
        let usual = start::sysmon();
        let created = ProcessCreated {
            image: path(image),
            original_file_name: Some(format!("{image}.exe").into()),
            parent: ParentProcess { image: path(parent), command_line: path(parent), ..usual.parent },
            command_line: Field::Value(line.into()),
            ..usual
        };
        start::event(EventKind::SysmonProcessCreated, created)
    };
    (0..STARTS).map(|index| start(index % kinds)).collect()
}

fn marking(criterion: &mut Criterion) {
    let sets = [("own rules", Some(own_rules())), ("published rules", published_rules())];
    for (name, files) in sets {
        let Some(files) = files else { continue };
        let (set, report) = RuleSet::parse(files.clone());
        let mut group = criterion.benchmark_group(format!("{name} ({})", report.loaded));
        group.sample_size(10);
        group.bench_function("load", |bencher| {
            bencher.iter_batched(|| files.clone(), RuleSet::parse, BatchSize::LargeInput);
        });
        group.throughput(Throughput::Elements(STARTS as u64));
        for (what, kinds) in [("the same 100", 100), ("all different", STARTS)] {
            let events = starts(kinds);
            let marked = |mut events: Vec<Event>| {
                let mut marker = Marker::new(&set);
                events.iter_mut().for_each(|event| marker.mark(event));
                marker.hits.marked
            };
            group.bench_function(what, |bencher| {
                bencher.iter_batched(|| events.clone(), marked, BatchSize::LargeInput);
            });
        }
    }
}

criterion_group!(benches, marking);
criterion_main!(benches);
