//! What rules hit, what is left out and why, and that nothing of what they matched goes on.

use crate::harness;
use begat_model::event::{Field, ProcessCreated};
use begat_model::{EventKind, Text};
use begat_rules::{Hits, Marker, RULES_PER_PROCESS_MAX, Reason};

use crate::harness::start::{event, marked, parse, rule, security, sysmon};

/// A detection, and whether it hits Sysmon's and Security's record of the same start.
const DETECTIONS: &[(&str, bool, bool)] = &[
    ("s:\n  Image|endswith: '\\NET1.exe'\ncondition: s", true, true),
    ("s:\n  Image|endswith|cased: '\\NET1.exe'\ncondition: s", false, false),
    ("s:\n  Image|startswith: 'c:\\windows\\'\ncondition: s", true, true),
    ("s:\n  Image: '*\\system32\\net?.exe'\ncondition: s", true, true),
    ("s:\n  Image: 'net1.exe'\ncondition: s", false, false),
    ("s:\n  CommandLine|contains|all: [' user ', ' /add']\ncondition: s", true, true),
    ("s:\n  CommandLine|contains|all: [' user ', ' /delete']\ncondition: s", false, false),
    ("s:\n  CommandLine|contains: [' user ', ' /delete']\ncondition: s", true, true),
    ("s:\n  CommandLine|contains|windash: ' -add'\ncondition: s", true, true),
    ("s:\n  CommandLine|re: 'net1\\s+(?i:user)\\s+\\w+'\ncondition: s", true, true),
    ("s:\n  CommandLine|re|i: 'NET1\\s+user'\ncondition: s", true, true),
    ("s:\n  CommandLine|re: 'NET1\\s+user'\ncondition: s", false, false),
    ("s:\n  - Image|endswith: '\\nothing.exe'\n  - OriginalFileName: 'NET1.EXE'\ncondition: s", true, false),
    ("s:\n  ParentCommandLine|contains: 'hunter2'\ncondition: s", true, false),
    (
        "s:\n  ParentImage|endswith: '\\net.exe'\nf:\n  OriginalFileName: 'net1.exe'\ncondition: s and not f",
        false,
        true,
    ),
    ("s:\n  OriginalFileName: null\ncondition: s", false, true),
    ("s:\n  OriginalFileName|exists: true\ncondition: s", true, false),
    ("a_1:\n  Image|endswith: '\\x.exe'\na_2:\n  LogonId: '0x3e7'\ncondition: 1 of a_*", true, true),
    ("a_1:\n  Image|endswith: '\\x.exe'\na_2:\n  LogonId: '0x3e7'\ncondition: all of a_*", false, false),
    (
        "a:\n  Image|endswith: '\\net1.exe'\nb:\n  User|contains: 'AUTHORI'\ncondition: all of them",
        true,
        true,
    ),
    ("s:\n  ProcessId: 3888\n  ParentProcessId|gt: 3000\ncondition: s", true, true),
    ("s:\n  ProcessId|lt: 3888\ncondition: s", false, false),
    ("s:\n  IntegrityLevel: High\ncondition: s", true, false),
    ("s:\n  IntegrityLevel: System\ncondition: s", false, true),
    ("s:\n  User|fieldref: ParentUser\ncondition: s", true, false),
    ("s:\n  Hashes|contains: 'IMPHASH=dd'\n  Imphash: DD\n  sha256: cc\ncondition: s", true, false),
    ("s:\n  Description: 'Net Command'\n  Company: '-'\ncondition: s", true, false),
    ("s:\n  EventID: 4688\n  SubjectUserName: 'fs03$'\ncondition: s", false, true),
    ("s:\n  Computer|cidr: 10.0.0.0/8\ncondition: s", false, false),
    ("k:\n  - 'toto3'\ncondition: k", true, true),
    ("k:\n  - 'nobody of that name'\ncondition: k", false, false),
];

#[test]
fn each_detection_hits_what_it_should_of_either_record() {
    for (detection, on_sysmon, on_security) in DETECTIONS {
        let (set, report) = parse(&[&rule("R", detection)]);
        assert_eq!(report.complaints, [], "{detection}");
        let hits = |kind, created| !marked(&set, kind, created).rules.is_empty();
        assert_eq!(hits(EventKind::SysmonProcessCreated, sysmon()), *on_sysmon, "Sysmon: {detection}");
        assert_eq!(hits(EventKind::ProcessCreated, security()), *on_security, "Security: {detection}");
    }
}

#[test]
fn all_detections_in_one_set_hit_as_each_does_alone() {
    let rules: Vec<String> =
        DETECTIONS.iter().enumerate().map(|(at, row)| rule(&format!("R{at}"), row.0)).collect();
    let (set, _) = parse(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let mut marker = Marker::new(&set);
    marker.mark(&mut event(EventKind::SysmonProcessCreated, sysmon()));
    marker.mark(&mut event(EventKind::ProcessCreated, security()));
    let mut expected = std::collections::BTreeMap::new();
    for (at, (_, on_sysmon, on_security)) in DETECTIONS.iter().enumerate() {
        let count = u64::from(*on_sysmon) + u64::from(*on_security);
        if count > 0 {
            expected.insert(Text::from(format!("R{at}")), count);
        }
    }
    assert_eq!(marker.hits.by_rule, expected);
    assert_eq!((marker.hits.starts, marker.hits.marked, marker.hits.cut), (2, 2, 1));
}

#[test]
fn base64_in_any_alignment_is_found() {
    let (set, _) =
        parse(&[&rule("Encoded", "s:\n  CommandLine|base64offset|contains: 'net user'\ncondition: s")]);
    for line in ["x bmV0IHVzZXI=", "x IG5ldCB1c2Vy", "x eHhuZXQgdXNlcg=="] {
        let created = ProcessCreated { command_line: Field::Value(line.into()), ..sysmon() };
        assert_eq!(marked(&set, EventKind::ProcessCreated, created).rules, ["Encoded".into()], "{line}");
    }
}

#[test]
fn an_empty_command_line_is_empty_and_an_absent_one_null() {
    let (set, _) = parse(&[
        &rule("Empty", "s:\n  CommandLine: ''\ncondition: s"),
        &rule("Absent", "s:\n  CommandLine: null\ncondition: s"),
    ]);
    for (command_line, expected) in [(Field::Empty, "Empty"), (Field::Absent, "Absent")] {
        let created = ProcessCreated { command_line, ..sysmon() };
        let rules = marked(&set, EventKind::ProcessCreated, created).rules;
        assert!(rules.contains(&expected.into()), "{expected}: {rules:?}");
    }
}

#[test]
fn rules_of_the_two_services_see_their_own_records_alone() {
    let of = |service: &str, title: &str, event_id: u32| {
        rule(title, &format!("s:\n  EventID: {event_id}\n  CommandLine|contains: toto3\ncondition: s"))
            .replace("category: process_creation", &format!("service: {service}"))
    };
    let (set, report) = parse(&[&of("sysmon", "Of Sysmon", 1), &of("security", "Of Security", 4688)]);
    assert_eq!(report.loaded, 2, "{report:?}");
    assert_eq!(marked(&set, EventKind::SysmonProcessCreated, sysmon()).rules, ["Of Sysmon".into()]);
    assert_eq!(marked(&set, EventKind::ProcessCreated, security()).rules, ["Of Security".into()]);
}

#[test]
fn names_alone_go_on_and_the_details_are_gone() {
    let (set, _) = parse(&[
        &rule("B", "s:\n  CommandLine|contains: hunter2\ncondition: s"),
        &rule("A", "s:\n  CommandLine|contains: hunter2\ncondition: s"),
    ]);
    let before = sysmon();
    let after = marked(&set, EventKind::SysmonProcessCreated, before.clone());
    assert_eq!(after, ProcessCreated { rules: vec!["A".into(), "B".into()], details: None, ..before });
}

#[test]
fn rules_of_one_title_are_told_apart_and_ids_are_loaded_once() {
    let with_id = |id: &str| format!("id: {id}\n{}", rule("Same", "s:\n  Image|contains: net\ncondition: s"));
    let nameless = rule("Same", "s:\n  Image|contains: net\ncondition: s");
    let (set, report) = parse(&[&with_id("one"), &with_id("two"), &with_id("ONE"), &nameless]);
    assert_eq!(report.loaded, 3);
    assert_eq!(report.complaints[0].reason, Reason::SameId("also in 0.yml".to_owned()));
    let names = marked(&set, EventKind::SysmonProcessCreated, sysmon()).rules;
    assert_eq!(names, ["Same (3.yml)", "Same (one)", "Same (two)"].map(Text::from));
}

#[test]
fn of_many_rules_those_of_the_highest_level_are_named_and_the_others_counted() {
    let rules: Vec<String> = (0..40)
        .map(|index| {
            let level = if index < 20 { "low" } else { "high" };
            format!(
                "level: {level}\n{}",
                rule(&format!("R{index:02}"), "s:\n  Image|contains: net\ncondition: s")
            )
        })
        .collect();
    let (set, _) = parse(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let mut marker = Marker::new(&set);
    marker.mark(&mut event(EventKind::SysmonProcessCreated, sysmon()));
    assert_eq!((marker.hits.by_rule.len(), marker.hits.cut), (40, 1));
    let names = marked(&set, EventKind::SysmonProcessCreated, sysmon()).rules;
    assert_eq!((names.len(), &*names[0]), (RULES_PER_PROCESS_MAX, "R20"));
}

#[test]
fn what_is_left_out_is_told_once_with_its_reason() {
    let good = "s:\n  Image|endswith: x\ncondition: s";
    let linux = rule("Linux", good).replace("product: windows", "product: linux");
    let files = rule("Files", good).replace("process_creation", "file_event");
    let other_id = rule("Sysmon 8", "s:\n  EventID: 8\ncondition: s")
        .replace("category: process_creation", "service: sysmon");
    let field = |name: &str| rule("Field", &format!("s:\n  {name}: x\ncondition: s"));
    let correlation = "title: Many\ncorrelation:\n  type: event_count\n  rules: [x]\n  group-by: [User]\n  timespan: 1m\n  condition:\n    gte: 3\n";
    let filter = "title: Not ours\nlogsource:\n  product: windows\nfilter:\n  rules: [x]\n  s:\n    User: x\n  condition: not s\n";
    for (text, doc, part) in [
        (&*linux, "not of Windows process starts", "product linux"),
        (&*files, "not of Windows process starts", "category file_event"),
        (&*other_id, "not of Windows process starts", "service sysmon"),
        (&*field("TargetFilename"), "asks for a field", "`TargetFilename`"),
        (&*field("Image|fieldref"), "asks for a field", "`x`"),
        (&*field("Image|expand"), "not supported", "placeholder"),
        (&*field("Image|sounds_like"), "cannot be read", "sounds_like"),
        (&*field("Image|re").replace(": x", ": '('"), "not supported", "regex"),
        (&*format!("status: deprecated\n{}", rule("Old", good)), "its status", "deprecated"),
        (&*rule("Lost", "s:\n  Image: x\ncondition: s and other"), "not supported", "other"),
        (correlation, "a correlation", ""),
        (filter, "a filter", ""),
        ("title: [\nlogsource:\n", "cannot be read", "line"),
        ("just a text", "cannot be read", ""),
        ("title: No detection\nlogsource: {category: process_creation}\n", "cannot be read", "detection"),
    ] {
        let (set, report) = parse(&[text]);
        assert!(set.is_empty(), "{text}");
        let told: Vec<String> = report.complaints.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        assert!(told[0].starts_with("0.yml") && told[0].contains(doc) && told[0].contains(part), "{told:?}");
    }
}

#[test]
fn values_that_would_cost_a_look_at_every_line_for_each_of_thousands_of_parts_are_left_out() {
    let of = |detection: &str| {
        let (_, report) = parse(&[&rule("R", detection)]);
        (report.loaded, report.complaints.first().map(|it| it.reason.doc()))
    };
    let wildcards = |parts: usize| format!("s:\n  CommandLine: '*{}b'\ncondition: s", "a*".repeat(parts));
    assert_eq!(of(&wildcards(60)), (1, None));
    assert_eq!(of(&wildcards(3000)), (0, Some("asks for what is not supported")));
    let expression = format!("s:\n  CommandLine|re: '{}b'\ncondition: s", "a.*".repeat(3000));
    assert_eq!(of(&expression), (0, Some("asks for what is not supported")));
}

#[test]
fn aliases_of_aliases_are_told_and_not_unfolded() {
    let doubled = (1..40).map(|level| format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
    let bomb = format!("a0: &a0 [x]\n{}", doubled.collect::<String>());
    let (set, report) = parse(&[&bomb]);
    assert!(set.is_empty());
    assert!(report.complaints[0].reason.detail().contains("repetition"), "{report:?}");
}

#[test]
fn a_broken_file_does_not_take_the_others_with_it_and_order_says_nothing() {
    let good = rule("Good", "s:\n  Image|endswith: '\\net1.exe'\ncondition: s");
    let both = format!("{good}---\ntitle: [\n");
    let (set, report) = parse(&["title: [", &both]);
    assert_eq!((report.loaded, report.complaints.len()), (1, 2), "{report:?}");
    assert_eq!(marked(&set, EventKind::SysmonProcessCreated, sysmon()).rules, ["Good".into()]);
}

#[test]
fn a_start_that_was_seen_before_hits_the_same_and_one_that_differs_does_not() {
    let (set, _) = parse(&[&rule("Toto", "s:\n  CommandLine|contains: toto3\ncondition: s")]);
    let mut marker = Marker::new(&set);
    let other = ProcessCreated { command_line: Field::Value("net1 user".into()), ..sysmon() };
    for (created, expected) in [(sysmon(), 1), (other.clone(), 0), (sysmon(), 1), (other, 0)] {
        let mut event = event(EventKind::SysmonProcessCreated, created);
        marker.mark(&mut event);
        let begat_model::Body::ProcessCreated(created) = event.body else { unreachable!() };
        assert_eq!(created.rules.len(), expected);
    }
    let mut twice = marker.hits.clone();
    twice.merge(marker.hits.clone());
    let expected = Hits { starts: 8, marked: 4, cut: 0, by_rule: [("Toto".into(), 4)].into() };
    assert_eq!(twice, expected);
}

#[test]
fn whatever_a_file_holds_it_is_read_or_told() {
    let seeds: Vec<String> = DETECTIONS.iter().map(|row| rule("R", row.0)).collect();
    // A generator of its own: the same bytes in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let odd: &[&[u8]] =
        &[b"&a ", b"*a", b"|", b": ", b"\n- ", b"!x ", b"---\n", b"%", b"(", b"\xff", b"[", b"{", b"not "];
    for _ in 0..2_000 {
        let mut bytes = seeds[next(seeds.len())].clone().into_bytes();
        for _ in 0..1 + next(4) {
            let at = next(bytes.len());
            match next(3) {
                0 => bytes[at] = next(256) as u8,
                1 => drop(bytes.splice(at..at, odd[next(odd.len())].iter().copied())),
                _ => drop(bytes.drain(at..(at + next(9)).min(bytes.len()))),
            }
        }
        harness::sigma_rules(&bytes);
    }
}
