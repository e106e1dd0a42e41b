//! The texts for people that are no table: the reasoning of a case, and the answer where nothing was found.

use std::collections::BTreeSet;

use begat_model::HostName;
use begat_model::case::{Case, Finding};
use begat_model::coverage::{ChannelHeard, HostCoverage, MissingSource};
use begat_report::{CaseView, FindingView, Found, Page};
use unicode_width::UnicodeWidthStr;

use crate::stories;

fn explained(case: &Case) -> String {
    explained_among(case, &[])
}

fn explained_among(case: &Case, cases: &[Case]) -> String {
    let mut out = Vec::new();
    let found = Found::new(cases, &[]);
    (begat_report::EXPLAIN_FORMATS[0].write_case)(&CaseView::from(case), &found, &Page::default(), &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn finding_explained(finding: &Finding) -> String {
    let mut out = Vec::new();
    (begat_report::EXPLAIN_FORMATS[0].write_finding)(&FindingView::from(finding), &Page::default(), &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn covered(hosts: &[HostCoverage]) -> String {
    let mut out = Vec::new();
    begat_report::write_coverage(
        hosts,
        &begat_report::UnreadCreations::default(),
        &Page::default(),
        &mut out,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

const NO_PROCESSES: MissingSource = MissingSource {
    what: "process creation (Security 4688 or Sysmon 1)",
    cost: "no process can be named",
    mend: "audit Process Creation (success), with ProcessCreationIncludeCmdLine_Enabled=1",
};

const NO_ACCOUNTS: MissingSource = MissingSource {
    what: "account management (Security 4720)",
    cost: "a creation leaves no record",
    mend: "audit User Account Management (success)",
};

fn host(name: &str, missing: &[MissingSource]) -> HostCoverage {
    HostCoverage {
        names: vec![HostName::new(name).unwrap(), HostName::new(&format!("{name}.corp.example")).unwrap()],
        first: Some(stories::at("2026-03-02T08:00:00.1Z")),
        last: Some(stories::at("2026-03-02T18:30:00Z")),
        channels: vec![
            ChannelHeard { channel: Some("Security".into()), event_ids: vec![(4624, 1200), (4672, 1)] },
            ChannelHeard { channel: None, event_ids: (1..40).map(|event_id| (event_id, 7)).collect() },
        ],
        missing: missing.to_vec(),
    }
}

#[test]
fn explanation_of_an_attributed_case() {
    insta::assert_snapshot!(explained(&stories::plain()));
}

#[test]
fn explanation_of_a_case_in_context() {
    insta::assert_snapshot!(explained(&stories::in_context()));
}

#[test]
fn explanation_of_an_ambiguous_case() {
    insta::assert_snapshot!(explained(&stories::two_candidates()));
}

#[test]
fn explanation_of_a_case_on_a_blind_host() {
    insta::assert_snapshot!(explained(&stories::blind()));
}

#[test]
fn explanation_of_a_case_that_only_time_points_to() {
    insta::assert_snapshot!(explained(&stories::by_time_alone()));
}

#[test]
fn explanation_of_a_case_of_a_wave_tells_the_wave() {
    let cases = stories::loop_on_one_host();
    let alone = explained(&cases[3]);
    assert!(!alone.contains("77ab00c1d2e3f405"), "nothing is known of the wave");
    let among = explained_among(&cases[3], &cases);
    let first = among.lines().position(|line| line.contains("one of 50 accounts of wave")).unwrap();
    let sentence: Vec<_> = among.lines().skip(first).take(3).collect();
    insta::assert_snapshot!(sentence.join("\n"));
}

#[test]
fn every_route_of_an_origin_is_told_in_words() {
    let words = [
        "runas",
        "explicit_credentials",
        "service",
        "scheduled_task",
        "wmi_subscription",
        "remote_command",
        "loopback",
        "reconnected",
        "word_to_come",
    ];
    let told = words.map(|via| {
        let mut case = stories::two_candidates();
        case.origin = case.origin.map(|origin| begat_model::case::Origin { via, ..origin });
        let text = explained(&case).split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, route) = text.split_once("Behind it is another session, ").unwrap();
        route.split_once(": OFFSEC").unwrap().0.to_owned()
    });
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_is_known_of_findings() {
    insta::assert_snapshot!(
        [finding_explained(&stories::guest_enabled()), finding_explained(&stories::sam_tampered())]
            .join("\n\n")
    );
}

#[test]
fn explanations_fit_the_page_and_are_harmless() {
    // A command stands on a line of its own, however long: a line end would end it where it is pasted.
    let commands: BTreeSet<String> = stories::all()
        .iter()
        .flat_map(|case| CaseView::from(case).response.steps())
        .map(|step| step.command)
        .collect();
    let explained = stories::all()
        .iter()
        .map(explained)
        .chain(stories::findings().iter().map(finding_explained))
        .collect::<Vec<_>>();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for text in &explained {
        assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text}");
        for line in text.lines() {
            if commands.contains(line.trim_start()) {
                told.insert(line.trim_start());
            } else {
                assert!(line.width() <= Page::WIDTH_MAX, "{line}");
            }
        }
    }
    assert_eq!(told.len(), commands.len(), "every command is told whole");
}

#[test]
fn nothing_found_on_a_few_hosts() {
    let hosts = [host("PC1", &[NO_PROCESSES]), host("PC2", &[])];
    insta::assert_snapshot!(covered(&hosts));
}

#[test]
fn nothing_found_where_nothing_could_be() {
    insta::assert_snapshot!(covered(&[host("PC1", &[NO_ACCOUNTS, NO_PROCESSES])]));
    insta::assert_snapshot!(covered(&[]));
    insta::assert_snapshot!(covered(&[host("PC1", &[])]));
}

#[test]
fn nothing_found_in_a_fleet_is_told_in_folds() {
    let mut hosts: Vec<_> =
        (0..9_000).map(|number| host(&format!("PC{number:04}"), &[NO_PROCESSES])).collect();
    hosts.extend((0..999).map(|number| host(&format!("SRV{number:03}"), &[])));
    hosts.push(host("OLD1", &[NO_ACCOUNTS, NO_PROCESSES]));
    let text = covered(&hosts);
    assert!(text.lines().count() < 60, "{} lines", text.lines().count());
    insta::assert_snapshot!(text);
}
