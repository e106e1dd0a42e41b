//! What is said beside the facts of a case, for the list of sentences: words of the page, permissions, and the steps of a
//! response as they stand in their tables, with `<…>` where a case fills them in.

use begat_model::case::{
    Afterward, Authorisation, AuthorisationStatus, FindingKind, HostClass, Outcome, Scope, Verdict, What,
};
use begat_model::{EventKind, RecordRef, Sid};

use super::allowed;
use super::samples::at;
use super::wording::{self, LOGON_TYPES, ROUTES};
use crate::response;
use crate::view::{AfterwardView, AlternativeView, AuthorisationView, EXPLANATIONS, Phase, RarityView};
use crate::words::sentence::Sentence;

/// Lines under one title: a name, and what is said.
pub(super) type Lines = (&'static str, Vec<(String, String)>);

pub(super) fn lines() -> Vec<Lines> {
    vec![
        ("What a verdict means", each(Verdict::ALL, Verdict::slug, |it| it.doc().to_owned())),
        ("Who made it, at a glance", each(Verdict::ALL, Verdict::slug, |it| wording::maker(it).to_owned())),
        ("What else could explain it", explanations()),
        ("How rare such a creator is", rarities()),
        ("By what logon", logons()),
        ("By way of what another session is behind it", routes()),
        ("What an account is", each(Scope::ALL, Scope::slug, |it| wording::scope(it).to_owned())),
        ("What became of it", each(Outcome::ALL, Outcome::slug, |it| wording::outcome(it).to_owned())),
        ("What happened to it", happenings()),
        ("What allows it", permissions()),
        (
            "Titles of findings",
            each(FindingKind::ALL, FindingKind::slug, |it| wording::finding_kind(it).to_owned()),
        ),
        ("Phases of the response", each(Phase::ALL, Phase::slug, |it| wording::phase(it).to_owned())),
        ("Steps of the response", named(response::step_templates())),
        ("What mends a blind spot", named(response::mend_templates())),
    ]
}

fn each<T: Copy>(
    all: &[T],
    slug: fn(T) -> &'static str,
    said: impl Fn(T) -> String,
) -> Vec<(String, String)> {
    all.iter().map(|it| (slug(*it).to_owned(), said(*it))).collect()
}

fn named(templates: Vec<(&'static str, &'static str)>) -> Vec<(String, String)> {
    templates.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

fn explanations() -> Vec<(String, String)> {
    let said = |explanation: &'static str| {
        let against = begat_model::case::Against::Weaker;
        let against = Sentence::Against(&against);
        wording::explanation(&AlternativeView { explanation, process: None, confidence: 0.1, against })
    };
    EXPLANATIONS.iter().skip(1).map(|it| ((*it).to_owned(), said(it))).collect()
}

fn rarities() -> Vec<(String, String)> {
    let none: &[(&str, Option<&str>, u64, u64, Verdict)] = &[
        ("net1.exe", Some(HostClass::Server.slug()), 1, 1, Verdict::Attributed),
        ("net1.exe", Some(HostClass::Tier0.slug()), 1, 14, Verdict::Attributed),
        ("net1.exe", Some("kiosk"), 3, 14, Verdict::Attributed),
        ("net1.exe", None, 1, 14, Verdict::Likely),
        ("net1.exe", None, 1, 14, Verdict::Ambiguous),
    ];
    let processless = Verdict::ALL.iter().filter(|it| !matches!(it, Verdict::Attributed | Verdict::Likely));
    let processless = processless.map(|it| (it.slug(), Some(HostClass::Server.slug()), 1, 14, *it));
    let said = |(creator, role, creations, of, verdict): (&str, Option<&str>, u64, u64, Verdict)| {
        (verdict.slug().to_owned(), wording::rarity(&RarityView { creator, role, creations, of }, verdict))
    };
    none.iter().copied().chain(processless).map(said).collect()
}

fn logons() -> Vec<(String, String)> {
    LOGON_TYPES.iter().map(|(number, _, said)| (number.to_string(), (*said).to_owned())).collect()
}

fn routes() -> Vec<(String, String)> {
    ROUTES.iter().map(|(word, short, said)| ((*word).to_owned(), format!("{short}; {said}"))).collect()
}

fn happenings() -> Vec<(String, String)> {
    let sid = || Sid::parse("S-1-5-32-544").unwrap();
    let whats = vec![
        What::Enabled,
        What::PasswordSet { succeeded: true },
        What::PasswordSet { succeeded: false },
        What::AddedToGroup { group_sid: sid(), group_name: Some("Administrators".into()), privileged: true },
        What::AddedToGroup { group_sid: sid(), group_name: None, privileged: false },
        What::RemovedFromGroup { group_sid: sid(), group_name: Some("Administrators".into()) },
        What::Renamed { to: "svc_print".into() },
        What::Disabled,
        What::Deleted,
        What::LoggedOn { logon_type: Some(10), source_ip: Some("10.0.0.9".into()) },
        What::LoggedOn { logon_type: None, source_ip: None },
        What::LogCleared { log: Some("Security".into()) },
        What::LogCleared { log: None },
        What::AuditPolicyChanged,
        What::Restored,
    ];
    let said = |what: What| {
        let record =
            RecordRef { at: at(), kind: EventKind::AccountChanged, record_id: None, source: "x".into() };
        let afterward = Afterward { at: at(), what, by: None, record };
        (afterward.what.slug().to_owned(), wording::happening(&AfterwardView::from(&afterward)))
    };
    whats.into_iter().map(said).collect()
}

fn permissions() -> Vec<(String, String)> {
    let entry = Authorisation {
        status: AuthorisationStatus::Authorised,
        rule: Some("helpdesk".into()),
        owner: Some("IT".into()),
        reason: Some("new colleagues".into()),
        expires: Some("2026-12-31".into()),
        ..Authorisation::default()
    };
    let ticket = Authorisation { ticket: Some("CHG0031337".into()), ..entry.clone() };
    let one = Authorisation { beside_likely: vec!["ticket"], ..ticket.clone() };
    let two = Authorisation { beside_likely: vec!["source", "host"], ..entry.clone() };
    let said = |(name, it): (&str, &Authorisation)| {
        (name.to_owned(), allowed::by(&AuthorisationView::from(it)).unwrap())
    };
    [("entry", &entry), ("ticket", &ticket), ("likely", &one), ("likely", &two)].map(said).to_vec()
}

#[test]
fn every_line_beside_the_facts_is_said_and_none_twice_under_one_title() {
    for (title, lines) in lines() {
        assert!(!lines.is_empty(), "{title}");
        let mut said: Vec<&str> = lines.iter().map(|(_, said)| said.as_str()).collect();
        assert!(said.iter().all(|said| said.len() > 3), "{title}: {said:?}");
        said.sort_unstable();
        let count = said.len();
        said.dedup();
        assert_eq!(said.len(), count, "{title}");
    }
}
