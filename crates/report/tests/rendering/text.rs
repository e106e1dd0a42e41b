//! The texts for people that are no table: the reasoning of a case, and the answer where nothing was found.

use begat_model::coverage::{ChannelHeard, HostCoverage, MissingSource};
use begat_model::{HostName, case::Case};
use begat_report::{CaseView, Page};
use unicode_width::UnicodeWidthStr;

use crate::stories;

fn explained(case: &Case) -> String {
    let mut out = Vec::new();
    begat_report::write_explanation(&CaseView::from(case), &Page::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn covered(hosts: &[HostCoverage]) -> String {
    let mut out = Vec::new();
    begat_report::write_coverage(hosts, &Page::default(), &mut out).unwrap();
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
fn explanation_of_an_ambiguous_case() {
    insta::assert_snapshot!(explained(&stories::two_candidates()));
}

#[test]
fn explanation_of_a_case_on_a_blind_host() {
    insta::assert_snapshot!(explained(&stories::blind()));
}

#[test]
fn explanations_fit_the_page_and_are_harmless() {
    for case in stories::all() {
        let text = explained(&case);
        assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text}");
        for line in text.lines() {
            assert!(line.width() <= Page::WIDTH_MAX, "{line}");
        }
    }
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
