//! What the site made of it: what is allowed, what counts more or less, and how much all that matters.

use std::collections::BTreeMap;

use begat_model::analytic::{Analytic, ParentMatch, SuspiciousEntry, UserContextEntry};
use begat_model::calibration::{Calibration, KindLags, RoleChance, WINDOWS_SECONDS};
use begat_model::case::{Severity, Verdict};
use begat_model::time::Duration;

use super::basis::Document;
use crate::calibration::window_said;
use crate::readiness::Share;
use crate::readiness::said::share;
use crate::sheet::{Block, Phrase};
use crate::words::wording::{counted, grouped, percent};

pub(super) fn false_positives(document: &Document<'_>) -> Vec<Block> {
    let known = document.readiness;
    let entries = known.allowances.iter().map(|it| {
        let keys: Vec<String> =
            it.keys.iter().map(|key| format!("{}: {}", key.name, key.values.join(" or "))).collect();
        let defects = it.defects.iter().map(|it| it.replace('_', " ")).collect::<Vec<_>>().join(", ");
        [
            it.name.to_string(),
            it.reason.to_string(),
            it.owner.to_string(),
            it.expires.to_string(),
            keys.join("; "),
            grouped(it.used),
            defects,
        ]
        .map(Phrase::from)
        .to_vec()
    });
    let none = match known.is_assessed {
        true => "The policy allows nothing.",
        false => "No policy was given: every creation counts as not allowed.",
    };
    let innocent = document.cases.iter().filter(|case| {
        let is_proven = case.attribution.verdict == Verdict::Attributed;
        is_proven && case.window_rule.process.is_some() && !case.window_rule.agrees
    });
    let proven = document.cases.iter().filter(|case| case.attribution.verdict == Verdict::Attributed);
    vec![
        Block::text(
            "Administration, provisioning, helpdesk, software deployment and break-glass accounts create accounts with leave. What \
             is allowed is written down with owner, reason and end, and asks for two things that an attacker cannot cheaply fake \
             together.",
        ),
        Block::Heading("Authorised workflows"),
        Block::table(
            &["entry", "reason", "owner", "until", "known by", "used", "to mend"],
            entries.collect(),
            none,
        ),
        Block::text(format!(
            "Allowed here: {}; neither allowed nor explained: {}.",
            share(known.allowed),
            share(known.unexplained)
        )),
        Block::text(format!(
            "The plain rule of the field, which takes the nearest suspicious process in the window, would have blamed another \
             process in {} of the creations whose maker is attributed.",
            share(Share { count: innocent.count() as u64, total: proven.count() as u64 })
        )),
    ]
}

pub(super) fn priority(document: &Document<'_>) -> Vec<Block> {
    const BANDS: &[(Severity, &str)] = &[
        (Severity::Critical, "20 points and more, or where the maker clears a log or switches auditing off"),
        (Severity::High, "10 to 19 points"),
        (Severity::Medium, "0 to 9 points"),
        (Severity::Low, "-10 to -1 points"),
        (Severity::Informational, "fewer"),
    ];
    let mut counts: BTreeMap<Severity, u64> = BTreeMap::new();
    document.cases.iter().for_each(|case| *counts.entry(case.severity).or_default() += 1);
    let rows = BANDS.iter().map(|(severity, when)| {
        let count = counts.get(severity).copied().unwrap_or(0);
        let cells: [Phrase; 4] =
            [severity.slug().into(), severity.doc().into(), (*when).into(), grouped(count).into()];
        cells.to_vec()
    });
    let mut blocks = vec![
        Block::text(
            "Every case shows its terms with their points, and floors that no score undercuts; how sure the attribution is stays another number.",
        ),
        Block::table(&["severity", "means", "when", "cases here"], rows.collect(), ""),
        Block::Heading("Mutable elements as set"),
    ];
    blocks.push(elements(document));
    blocks.push(Block::Heading("What a window catches here"));
    blocks.extend(windows(document.calibration));
    blocks
}

/// What `begat calibrate` tells of the same logs, in short.
fn windows(calibration: &Calibration) -> Vec<Block> {
    let of_kind = |kind: &KindLags| {
        let measured = kind.lags.len() as u64;
        let caught = WINDOWS_SECONDS.iter().map(|seconds| {
            let count = kind.caught(Duration::from_seconds(*seconds));
            Phrase::from(share(Share { count, total: measured }))
        });
        [kind.kind.slug().replace('_', " ").into(), grouped(measured).into()]
            .into_iter()
            .chain(caught)
            .collect()
    };
    let of_role = |role: &RoleChance| {
        let name = role.role.as_deref().unwrap_or("not known");
        let measured = WINDOWS_SECONDS.iter().map(|seconds| {
            let chance = role.chances.iter().find(|chance| chance.seconds == *seconds);
            Phrase::from(chance.map_or(String::new(), |chance| percent(chance.measured)))
        });
        [name.into(), grouped(role.hosts).into()].into_iter().chain(measured).collect()
    };
    let kinds = calibration.lags.iter().filter(|kind| !kind.lags.is_empty()).map(of_kind);
    vec![
        Block::text(window_said(calibration)),
        Block::table(
            &["creator", "measured", "5 s", "30 s", "1 min", "2 min"],
            kinds.collect(),
            "No creator's life could be measured.",
        ),
        Block::text(
            "How much of the time a window of that length finds a suspicious process that has nothing to do with any creation:",
        ),
        Block::table(
            &["hosts that are", "hosts", "5 s", "30 s", "1 min", "2 min"],
            calibration.coincidence.iter().map(of_role).collect(),
            "No host's processes were seen.",
        ),
    ]
}

fn elements(document: &Document<'_>) -> Block {
    let analytic = document.analytic;
    let suspicious = match analytic.suspicious_defaults {
        true => "begat's own table",
        false => "none of begat's own",
    };
    let row = |element: &str, set: String| vec![Phrase::from(element), Phrase::from(set)];
    let mut rows = vec![
        row("TimeWindow", format!("{} ({})", analytic.window, document.window_source)),
        row("suspicious executables", suspicious.to_owned()),
    ];
    rows.extend(analytic.suspicious.iter().map(|it| row("suspicious executable", suspicious_said(it))));
    rows.extend(document.sigma.iter().map(|it| row("suspicious by Sigma rules", it.clone())));
    rows.extend(parents(analytic));
    rows.extend(analytic.user_contexts.iter().map(|it| row("UserContext", context_said(it))));
    let groups = analytic.privileged_groups.len() as u64;
    if groups > 0 {
        rows.push(row("privileged groups of the site", counted(groups, "group", "groups")));
    }
    Block::table(&["element", "set to"], rows, "")
}

fn suspicious_said(entry: &SuspiciousEntry) -> String {
    let SuspiciousEntry { image, original_file_name, path_class, reason } = entry;
    let asked = [
        image.as_ref().map(ToString::to_string),
        original_file_name.as_ref().map(|it| format!("original name {it}")),
        path_class.map(|it| format!("in a folder that is {it}")),
    ];
    format!("{}: {reason}", asked.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn parents(analytic: &Analytic) -> impl Iterator<Item = Vec<Phrase>> + '_ {
    analytic.parents.iter().map(|it| {
        let which = match &it.which {
            ParentMatch::Class(class) => class.slug().replace('_', " "),
            ParentMatch::Image(image) => image.to_string(),
        };
        vec!["ParentProcessName".into(), format!("{which}: {:+} points, {}", it.points, it.reason).into()]
    })
}

fn context_said(entry: &UserContextEntry) -> String {
    let UserContextEntry { context, session, sid, points, reason } = entry;
    let asked = [
        context.map(|it| it.slug().to_owned()),
        session.map(|it| it.slug().replace('_', " ")),
        sid.as_ref().map(ToString::to_string),
    ];
    format!("{}: {points:+} points, {reason}", asked.into_iter().flatten().collect::<Vec<_>>().join(", "))
}
