//! How it is known to work, what follows a case, what stands against the technique, and where to read on.

use std::collections::BTreeSet;

use begat_model::analytic::SessionKind;
use begat_model::case::{ActorKind, AuthorisationStatus, Case, Scope};

use super::basis::{Document, Mitigation, StoryRun};
use crate::readiness::Share;
use crate::readiness::commands::{coverage, hunt};
use crate::readiness::said::share;
use crate::response::Phase;
use crate::sheet::{Block, Phrase};
use crate::view::{ANALYTIC, STRATEGY, TACTIC, technique};
use crate::words::wording;
use crate::words::wording::counted;

pub(super) fn validation(document: &Document<'_>) -> Vec<Block> {
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
    blocks.push(Block::text("When it was last rehearsed on hosts of this site: not recorded."));
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
