//! Whether the cost of a hunt is linear in its events, however they lie: `cargo bench --bench linear` in this folder.
//!
//! `BEGAT_BENCH_PROCESSES` is the number of processes (200,000 by default), each with its end where not said
//! otherwise; `BEGAT_BENCH_ROUNDS` how often all arrangements take their turn (3); `BEGAT_BENCH_ONLY` a part of the
//! names of those that do. Medians and ratios are printed.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(clippy::disallowed_types, reason = "the engine has no clock, what measures it needs one")]

use std::sync::Arc;
use std::time::Instant;

use begat_engine::{Engine, HostDirectory, Tuning};
use begat_model::coverage::{Heard, HeardKey, Tally};
use begat_model::event::*;
use begat_model::{Event, EventKind, HostName, LogonId, Precision, ProcessId, RecordRef, Sid, Timestamp};

/// Events between two moments at which what is complete is worked off, as in a hunt.
const SLICE_EVENTS: u64 = 100_000;
const SESSION: LogonId = LogonId(0x55_1686);
const IMAGES: [(&str, &str); 4] = [
    (r"C:\Windows\System32\svchost.exe", "svchost.exe -k netsvcs -p -s Schedule"),
    (r"C:\Windows\System32\conhost.exe", r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1"),
    (r"C:\Windows\System32\cmd.exe", r"cmd /c C:\scripts\inventory.cmd"),
    (r"C:\Program Files\App\worker.exe", r#""C:\Program Files\App\worker.exe" --once"#),
];

/// One way in which the same number of processes can lie around creations.
struct Arrangement {
    name: &'static str,
    hosts: u64,
    /// Of so many processes, this share comes before the creations, in percent.
    before_percent: u64,
    ends: bool,
    creations: u64,
    /// Of the processes, those that run in the session of the creations, and never end.
    shells: u64,
    /// Of the number that is asked for.
    processes_percent: u64,
}

const SPREAD: Arrangement = Arrangement {
    name: "spread over 100 hosts, one creation on each",
    hosts: 100,
    before_percent: 50,
    ends: true,
    creations: 1,
    shells: 0,
    processes_percent: 100,
};

const ARRANGEMENTS: &[Arrangement] = &[
    SPREAD,
    Arrangement { name: "one host, all after its creation", hosts: 1, before_percent: 0, ..SPREAD },
    Arrangement { name: "one host, all before its creation", hosts: 1, before_percent: 100, ..SPREAD },
    Arrangement { name: "one host, half and half", hosts: 1, ..SPREAD },
    Arrangement { name: "spread over 100 hosts, no end logged", ends: false, ..SPREAD },
    Arrangement {
        name: "one host, no end logged, all before",
        hosts: 1,
        before_percent: 100,
        ends: false,
        ..SPREAD
    },
    Arrangement { name: "one host, 2,000 creations among them", hosts: 1, creations: 2_000, ..SPREAD },
    Arrangement {
        name: "2,000 creations, 3,000 shells alive in their session",
        hosts: 1,
        before_percent: 100,
        creations: 2_000,
        shells: 3_000,
        processes_percent: 0,
        ..SPREAD
    },
];

/// Tells one engine all about one arrangement.
struct Teller {
    engine: Engine,
    hosts: Vec<HostName>,
    texts: Vec<(Text, Text)>,
    record_id: u64,
    ticks: i64,
}

impl Teller {
    fn new(arrangement: &Arrangement) -> Teller {
        let hosts: Vec<HostName> =
            (0..arrangement.hosts).map(|host| HostName::new(&format!("srv{host}.corp")).unwrap()).collect();
        let mut tally = Tally::default();
        for host in &hosts {
            let key = HeardKey::new(host.clone(), None, Some("Security"), 4688);
            tally.heard.insert(key, Heard { count: 1, first: Some(at(0)), last: Some(at(i64::MAX / 2)) });
            tally.beyond_boot.insert(host.clone());
        }
        let directory = Arc::new(HostDirectory::from_names(&hosts));
        Teller {
            engine: Engine::new(Tuning::default(), directory, &tally),
            hosts,
            texts: IMAGES.iter().map(|(image, line)| ((*image).into(), (*line).into())).collect(),
            record_id: 0,
            ticks: 0,
        }
    }

    fn event(&mut self, host: u64, kind: EventKind, body: Body) {
        self.record_id += 1;
        let at = at(self.ticks);
        let record = RecordRef { at, kind, record_id: Some(self.record_id), source: "bench".into() };
        let host = self.hosts[(host % self.hosts.len() as u64) as usize].clone();
        self.engine.apply(Event { at, host, record, body });
        if self.record_id.is_multiple_of(SLICE_EVENTS) {
            self.engine.advance(at);
        }
    }

    /// A process of some host, and its end a second later.
    fn process(&mut self, number: u64, arrangement: &Arrangement, logon_id: LogonId) {
        self.ticks += 100_000;
        // Each host gives out its own ids, by turns.
        let pid = ProcessId(1000 + (number / arrangement.hosts * 4 % 60_000) as u32);
        let (image, line) = self.texts[number as usize % self.texts.len()].clone();
        let created = ProcessCreated {
            pid: Some(pid),
            guid: None,
            started_at: at(self.ticks),
            image: Some(image.clone()),
            command_line: Field::Value(line),
            original_file_name: None,
            subject: principal(logon_id),
            target: Principal::default(),
            parent: ParentProcess { pid: Some(ProcessId(4)), ..ParentProcess::default() },
            elevation: None,
            hashes: None,
            rules: Vec::new(),
            details: None,
        };
        self.event(number, EventKind::ProcessCreated, Body::ProcessCreated(Box::new(created)));
        if arrangement.ends && arrangement.shells == 0 {
            let (ended_at, subject) = (at(self.ticks), principal(logon_id));
            let ended = ProcessEnded {
                pid: Some(pid),
                guid: None,
                ended_at,
                image: Some(image),
                exit_code: Some(0),
                subject,
            };
            self.event(number, EventKind::ProcessEnded, Body::ProcessEnded(ended));
        }
    }

    fn creation(&mut self, host: u64, number: u64) {
        self.ticks += 100_000;
        let name = format!("account{number}");
        let sid = Sid::parse(&format!("S-1-5-21-1-2-3-{}", 1000 + number));
        let account = Principal { name: Some(name.into()), sid, ..principal(LogonId(0)) };
        let created = AccountCreated {
            account: Principal { logon_id: None, ..account },
            subject: principal(SESSION),
            display_name: None,
            user_principal_name: None,
            initiating: None,
        };
        self.event(host, EventKind::AccountCreated, Body::AccountCreated(Box::new(created)));
    }
}

fn at(ticks: i64) -> Timestamp {
    Timestamp::from_unix_ticks(17_000_000_000_000_000 + ticks, Precision::TICKS)
}

fn principal(logon_id: LogonId) -> Principal {
    Principal { name: Some("admin".into()), domain: None, sid: None, logon_id: Some(logon_id) }
}

/// Milliseconds that it took.
fn run(arrangement: &Arrangement, processes: u64) -> u128 {
    let begun = Instant::now();
    let mut teller = Teller::new(arrangement);
    let processes = processes * arrangement.processes_percent / 100;
    let before = processes * arrangement.before_percent / 100;
    (0..arrangement.shells).for_each(|number| teller.process(number, arrangement, SESSION));
    (0..before).for_each(|number| teller.process(number, arrangement, LogonId::SYSTEM));
    let later = (processes - before) / arrangement.creations;
    let mut number = before;
    for creation in 0..arrangement.creations {
        (0..arrangement.hosts).for_each(|host| teller.creation(host, creation));
        for _ in 0..later {
            teller.process(number, arrangement, LogonId::SYSTEM);
            number += 1;
        }
    }
    let cases = teller.engine.finish().cases.len() as u64;
    assert_eq!(cases, arrangement.hosts * arrangement.creations);
    begun.elapsed().as_millis()
}

/// Most memory since the last call, in MB, where the system tells it.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    Some(kibibytes * 1024 / 1_000_000)
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    let processes = number("BEGAT_BENCH_PROCESSES", 200_000);
    let rounds = number("BEGAT_BENCH_ROUNDS", 3).max(1);
    let only = std::env::var("BEGAT_BENCH_ONLY").unwrap_or_default();
    let arrangements: Vec<&Arrangement> =
        ARRANGEMENTS.iter().filter(|arrangement| arrangement.name.contains(&only)).collect();
    let mut millis: Vec<Vec<u128>> = vec![Vec::new(); arrangements.len()];
    let mut peaks: Vec<Option<u64>> = vec![None; arrangements.len()];
    for _ in 0..rounds {
        for (index, arrangement) in arrangements.iter().enumerate() {
            peak_megabytes();
            millis[index].push(run(arrangement, processes));
            peaks[index] = peaks[index].max(peak_megabytes());
        }
    }
    let median = |millis: &[u128]| {
        let mut sorted = millis.to_vec();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    };
    let base = millis.first().map_or(1, |millis| median(millis)).max(1);
    println!("{processes} processes, {rounds} rounds, medians");
    for (index, arrangement) in arrangements.iter().enumerate() {
        let took = median(&millis[index]);
        let peak = peaks[index].map_or("?".to_owned(), |peak| peak.to_string());
        let ratio = took as f64 / base as f64;
        println!("{took:>8} ms  {ratio:>6.2} x  {peak:>6} MB  {}", arrangement.name);
    }
}
