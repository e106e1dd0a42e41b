//! What bounds the engine's memory changes nothing that it says: told all at once, or slice by slice of time, the same
//! events give the same cases, byte for byte.

use std::sync::Arc;

use crate::story::*;
use begat_engine::{Engine, HostDirectory, Tuning};
use begat_model::case::Case;
use begat_model::event::{AccountAction, Body};
use begat_model::time::TICKS_PER_SECOND;
use begat_model::{Event, EventKind, Precision, Timestamp};
use proptest::prelude::*;

const IMAGES: &[(&str, &str)] = &[
    ("net1.exe", "net1 user alice P /add"),
    ("net.exe", "net user bob P /add"),
    ("cmd.exe", "cmd /c net user bob P /add"),
    ("powershell.exe", "powershell.exe"),
    ("powershell.exe", "powershell New-LocalUser $name"),
    ("tool.exe", "tool.exe bob"),
    ("net1.exe", ""),
    ("svchost.exe", "svchost.exe -k x"),
];
const SESSIONS: &[u64] = &[0x111, 0x222, 0x3e7];
const NAMES: &[&str] = &["alice", "bob", "carol"];

/// One happening of a random story; its numbers choose what and when.
#[derive(Debug, Clone)]
struct Happening {
    what: u8,
    seconds: f64,
    pid: u32,
    parent: u32,
    image: usize,
    session: u64,
    later: f64,
    again: bool,
}

fn happening() -> impl Strategy<Value = Happening> {
    // Few ids, so that they are reused; hours, with much at the same time.
    let seconds = prop_oneof![(0..40u32).prop_map(|second| f64::from(second) * 0.3), (0.0..9_000.0)];
    let rest =
        (0..12u32, 0..12u32, 0..IMAGES.len(), prop::sample::select(SESSIONS), 0.0..2_000.0, any::<bool>());
    (0..16u8, seconds, rest).prop_map(|(what, seconds, (pid, parent, image, session, later, again))| {
        Happening { what, seconds, pid: 100 + pid, parent: 100 + parent, image, session, later, again }
    })
}

fn tell(story: &mut Story, it: &Happening) {
    let (image, line) = IMAGES[it.image];
    let rid = 1000 + it.pid;
    match it.what {
        0..=4 => story.process(it.seconds, it.pid, it.parent, it.session, image, line),
        5 | 6 => story.sysmon(it.seconds, it.later, it.pid, it.parent, it.session, image, line, "net1.exe"),
        7..=9 => story.end(it.seconds, it.pid, image, it.session),
        10 | 11 => story.created(it.seconds, rid, NAMES[it.image % NAMES.len()], it.session),
        12 => story.logon(it.seconds, it.session, 3, Some("10.0.0.9")),
        13 => story.grouped(it.seconds, rid, "S-1-5-32-544"),
        14 => story.touched(it.seconds, rid, AccountAction::Deleted, it.session),
        _ => story.push(it.seconds, EventKind::HostStarted, Body::HostStarted),
    };
    if it.again {
        let mut copy = story.events.last().expect("something was just told").clone();
        copy.record.source = "backup".into();
        // Another carrier cuts times, and so may the next.
        let step = Precision::MILLISECONDS.step().ticks();
        let cut = copy.at.unix_ticks().div_euclid(step) * step;
        copy.at = Timestamp::from_unix_ticks(cut, Precision::MILLISECONDS);
        copy.record.at = copy.at;
        story.events.push(copy);
    }
}

fn fleet() -> impl Strategy<Value = Vec<Event>> {
    let hosts = prop::sample::select(&["srv1.corp.example", "SRV1", "srv2.corp.example"][..]);
    prop::collection::vec((hosts, happening()), 1..120).prop_map(|told| {
        let mut story = Story::default();
        for (host, happening) in &told {
            story.host = (*host).to_owned();
            tell(&mut story, happening);
        }
        story.events
    })
}

/// Commands and scripts, each more than once, that reach from one host for the other.
fn reaching_over() -> Vec<Event> {
    let mut story = Story::default();
    for time in 0..3 {
        // After all others, so that no record of theirs is taken for a copy of one of these.
        let seconds = 12_000.0 + 4.0 * f64::from(time);
        story.process(
            seconds,
            300,
            4,
            0x111,
            "wmic.exe",
            "wmic /node:srv2 process call create \"net user carol P /add\"",
        );
        story.process(seconds + 0.1, 301, 4, 0x111, "powershell.exe", "powershell Enter-PSSession srv2");
        story.script(
            seconds + 0.2,
            301,
            "Invoke-Command -ComputerName srv2 { New-LocalUser alice -NoPassword }",
        );
        story.script(seconds + 0.3, 301, "Get-LocalUser");
        story.end(seconds + 1.0, 301, "powershell.exe", 0x111);
    }
    story.events
}

fn shuffled(events: &[Event], seed: u64) -> Vec<Event> {
    let mut events = events.to_vec();
    let mut state = seed | 1;
    for index in (1..events.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        events.swap(index, (state >> 33) as usize % (index + 1));
    }
    events
}

fn engine(events: &[Event]) -> Engine {
    let directory = Arc::new(HostDirectory::from_names(events.iter().map(|event| &event.host)));
    Engine::new(Tuning::default(), directory, &tally(events))
}

/// In slices of time, each worked off before the next is given.
fn hunt_in_slices(events: &[Event], slice_seconds: i64) -> Vec<Case> {
    let mut engine = engine(events);
    let slice = |event: &Event| event.at.unix_seconds().div_euclid(slice_seconds);
    let mut slices: Vec<i64> = events.iter().map(slice).collect();
    slices.sort_unstable();
    slices.dedup();
    for one in slices {
        events.iter().filter(|event| slice(event) == one).for_each(|event| engine.apply(event.clone()));
        let end = (one + 1) * slice_seconds * TICKS_PER_SECOND;
        engine.advance(Timestamp::from_unix_ticks(end, Precision::SECONDS));
    }
    engine.finish().cases
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn slices_of_time_change_nothing(
        events in fleet(), seed in any::<u64>(), slice_seconds in 1i64..4_000
    ) {
        let events = numbered_in_time(&events);
        let expected = hunt(&events);
        prop_assert_eq!(&hunt_in_slices(&shuffled(&events, seed), slice_seconds), &expected);
        prop_assert_eq!(&hunt(&shuffled(&events, seed)), &expected);
    }

    #[test]
    fn however_few_texts_are_kept_in_mind_the_cases_are_the_same(
        told in fleet(), seed in any::<u64>(), texts_max in 0usize..4
    ) {
        let events = numbered_in_time(&[told, reaching_over()].concat());
        let mut engine = engine(&events).keeping(texts_max);
        shuffled(&events, seed).into_iter().for_each(|event| engine.apply(event));
        let (few, usual) = (engine.finish(), hunt_all(&events));
        prop_assert!(usual.clients.len() >= 6, "{:?}", usual.clients);
        prop_assert!(few == usual, "{:#?}\n{:#?}", few, usual);
    }

    #[test]
    fn hosts_interleaved_are_hosts_alone_in_random_fleets(events in fleet()) {
        let all = hunt(&events);
        let mut alone = Vec::new();
        for host in ["SRV1", "SRV2"] {
            let own: Vec<Event> =
                events.iter().filter(|event| event.host.netbios() == host).cloned().collect();
            alone.extend(hunt(&own));
        }
        prop_assert_eq!(all.len(), alone.len());
        let all: Vec<_> = all.into_iter().map(by_itself).collect();
        prop_assert!(alone.into_iter().map(by_itself).all(|case| all.contains(&case)));
    }
}
