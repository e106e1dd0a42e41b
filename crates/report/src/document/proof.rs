//! How it is known to work, what follows a case, what stands against the technique, and where to read on.

use std::collections::BTreeSet;

use begat_model::analytic::SessionKind;
use begat_model::case::{ActorKind, AuthorisationStatus, Case, Scope};

use super::atomic::{ATOMICS, Atomic};
use super::basis::{Document, LastRehearsed, Mitigation, StoryRun};
use crate::readiness::Share;
use crate::readiness::commands::{coverage, hunt};
use crate::readiness::said::share;
use crate::response::Phase;
use crate::sheet::{Block, Phrase};
use crate::view::{ANALYTIC, STRATEGY, TACTIC, technique};
use crate::words::page::Page;
use crate::words::wording;
use crate::words::wording::{counted, grouped, name};

pub(super) fn validation(document: &Document<'_>, page: &Page) -> Vec<Block> {
    let stories = document.stories;
    let held = stories.iter().filter(|story| story.holds()).count() as u64;
    let (right, wrong): (Vec<&StoryRun>, Vec<&StoryRun>) = stories.iter().partition(|story| story.holds());
    let row = |story: &&StoryRun| {
        let cells: [Phrase; 5] = [
            story.name.as_str().into(),
            story.title.as_str().into(),
            story.expected.as_str().into(),
            story.actual.as_str().into(),
            story.under_policy.as_str().into(),
        ];
        cells.to_vec()
    };
    let head = ["story", "what happens", "expected", "came out", "under this policy"];
    let mut blocks = vec![
        Block::text(format!(
            "Every story of begat's casebook was run under {}: {} came out as they must.",
            if document.policy.is_some() {
                "this policy"
            } else {
                "begat's defaults, for no policy was given"
            },
            share(Share { count: held, total: stories.len() as u64 })
        )),
        Block::text(
            "A story that the policy allows shows what an attacker who does the same would be allowed: look at each.",
        ),
    ];
    if !wrong.is_empty() {
        blocks.push(Block::Heading("Came out otherwise"));
        blocks.push(Block::table(&head, wrong.iter().map(row).collect(), ""));
    }
    blocks.push(Block::Heading("Came out as they must"));
    blocks.push(Block::table(&head, right.iter().map(row).collect(), "None."));
    blocks.push(Block::Heading("Tests of Atomic Red Team"));
    blocks.push(atomics(document));
    blocks.push(Block::Heading("Last rehearsed"));
    blocks.extend(rehearsed(document.rehearsed, page));
    blocks
}

/// Which page of the casebook tells what each test does, and what came of that page under this policy.
fn atomics(document: &Document<'_>) -> Block {
    let row = |test: &Atomic| {
        let run = test.page.and_then(|page| document.stories.iter().find(|story| story.name == page));
        let told = |of: fn(&StoryRun) -> &str| run.map_or("", of);
        let cells: [Phrase; 6] = [
            Phrase::default().code(test.guid),
            test.name.into(),
            test.runs.into(),
            told(|run| &run.name).into(),
            told(|run| &run.actual).into(),
            told(|run| &run.under_policy).into(),
        ];
        cells.to_vec()
    };
    let head = ["guid", "test", "runs", "story", "came out", "under this policy"];
    Block::table(&head, ATOMICS.iter().map(row).collect(), "")
}

fn rehearsed(last: Option<&LastRehearsed>, page: &Page) -> Vec<Block> {
    let Some(last) = last else {
        return vec![Block::Text(
            Phrase::from("Not recorded. After a rehearsal (")
                .code("begat rehearse plan")
                .text(") give what ")
                .code("begat rehearse score -t json")
                .text(" wrote as ")
                .code("--rehearsed")
                .text("."),
        )];
    };
    let span = last.span.map_or_else(String::new, |(from, until)| {
        format!(", made from {} to {}", page.time_to_the_second(from), page.time_to_the_second(until))
    });
    let right = last.counts.get("right").copied().unwrap_or(0);
    let others: Vec<Phrase> = last
        .counts
        .iter()
        .filter(|(outcome, count)| *outcome != "right" && **count > 0)
        .map(|(outcome, count)| format!("{} {}", grouped(*count), outcome.replace('_', " ")).into())
        .collect();
    let said = format!(
        "Of {}{span}, {} came out right, by {}.",
        counted(last.of, "creation", "creations"),
        share(Share { count: right, total: last.of }),
        name(&last.file)
    );
    let mut blocks = vec![Block::text(said)];
    if !others.is_empty() {
        blocks.push(Block::List(others));
    }
    blocks
}

pub(super) fn response(document: &Document<'_>) -> Vec<Block> {
    let known = document.readiness;
    let mut blocks = vec![
        Block::text(
            "Every case brings its steps as one-line commands, filled in with its host, account, SID and session. Nothing deletes the account.",
        ),
        Block::List(Phase::ALL.iter().map(|phase| wording::phase(*phase).into()).collect()),
        Block::text(format!(
            "Here {} have steps to contain them. Of the accounts that nothing allows, {} were disabled or deleted, {} of these by \
             another account than their maker.",
            share(known.response),
            share(known.disable),
            known.disabled_by_others
        )),
        Block::Heading("Mitigations"),
    ];
    let rows = document.mitigations.iter().map(|it| {
        let cells: [Phrase; 3] = [
            it.id.as_str().into(),
            format!("{} (ATT&CK {})", it.name, it.release).into(),
            what_the_data_says(it, document.cases).into(),
        ];
        cells.to_vec()
    });
    blocks.push(Block::table(
        &["id", "mitigation", "what these logs say of it"],
        rows.collect(),
        "None is known.",
    ));
    blocks
}

fn what_the_data_says(mitigation: &Mitigation, cases: &[Case]) -> String {
    let of = |is_counted: &dyn Fn(&Case) -> bool| {
        share(Share {
            count: cases.iter().filter(|case| is_counted(case)).count() as u64,
            total: cases.len() as u64,
        })
    };
    match mitigation.id.as_str() {
        "M1026" => {
            let who: BTreeSet<_> = cases.iter().filter_map(|case| case.actor.account.sid.as_ref()).collect();
            format!(
                "made by {}; {} by the built-in administrator, {} without leave, {} became privileged",
                counted(who.len() as u64, "account", "accounts"),
                of(&|case| case.actor.kind == Some(ActorKind::BuiltinAdministrator)),
                of(&|case| case.authorisation.status != AuthorisationStatus::Authorised),
                of(&|case| case.account.privileged),
            )
        }
        "M1032" => {
            let from_afar = |case: &Case| {
                matches!(SessionKind::of(&case.actor), SessionKind::RemoteDesktop | SessionKind::Network)
            };
            format!(
                "{} were made in a session over the network or remote desktop; whether a second factor was asked for is in no log \
                 that was read",
                of(&from_afar)
            )
        }
        _ => "nothing".to_owned(),
    }
}

pub(super) fn resources(document: &Document<'_>) -> Vec<Block> {
    let typed = &document.readiness.typed;
    let objects = [ANALYTIC, STRATEGY, technique(Scope::Local), TACTIC];
    let mut points: Vec<Phrase> =
        objects.iter().map(|it| Phrase::from(format!("{} {}: ", it.id, it.name)).code(it.address)).collect();
    points.extend(document.mitigations.iter().map(|it| {
        Phrase::from(format!("{} {}: ", it.id, it.name))
            .code(format!("https://attack.mitre.org/mitigations/{}/", it.id))
    }));
    points.push(
        Phrase::from("The analytic, with begat's take, without a network: ").code("begat attack show AN1235"),
    );
    points.push(Phrase::from("The cases: ").code(hunt(typed)));
    points.push(Phrase::from("What hosts showed, and how to mend it: ").code(coverage("table", typed)));
    points.push(
        Phrase::from("What can be proven, as evidence: ").code(format!("begat readiness {}", typed.hunt)),
    );
    points.push(Phrase::from("The same rule elsewhere, and what is lost: ").code("begat export sigma"));
    vec![Block::List(points)]
}
