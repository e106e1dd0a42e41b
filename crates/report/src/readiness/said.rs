//! Readiness in words: one page for who decides, one for who mends.

use begat_model::prerequisite::Prerequisite;

use super::commands::{Figure, coverage, hunt};
use super::controls::CONTROLS;
use super::facts::{Doer, HostReadiness, Lives, Readiness, Share, Sight, WEIGHTS};
use super::grade::{Answer, Question, overall};
use super::view::NOT_MEASURED;
use crate::sheet::{Block, Part, Phrase, Sheet};
use crate::words::page::Page;
use crate::words::wording::{counted, grouped, name};

/// Hosts and people told one by one; the rest is counted. JSON has all.
const ROWS_MAX: usize = 20;

pub(super) fn sheet(known: &Readiness, page: &Page) -> Sheet {
    Sheet {
        title: "Can we prove who created a local account, whether it was authorised, and can we disable it?"
            .to_owned(),
        parts: vec![
            Part::new("For who decides", decides(known, page)),
            Part::new("What to do next", next(known)),
            Part::new("How each answer is found", rules(known)),
            Part::new("For who mends: figures", figures(known)),
            Part::new("For who mends: hosts", hosts(known)),
            Part::new("For who mends: who may, and who did", people(known, page)),
            Part::new("Controls that these figures speak to", controls()),
        ],
    }
}

/// `7 of 10 (70 %)`; of nothing there is no percentage.
pub(crate) fn share(share: Share) -> String {
    match share.total {
        0 => "0 of 0".to_owned(),
        total => format!("{} of {} ({} %)", grouped(share.count), grouped(total), share.count * 100 / total),
    }
}

fn hosts_said(count: u64) -> String {
    counted(count, "host", "hosts")
}

fn decides(known: &Readiness, page: &Page) -> Vec<Block> {
    let span = match (known.from, known.until) {
        (Some(from), Some(until)) => {
            format!("from {} to {}", page.time_to_the_second(from), page.time_to_the_second(until))
        }
        _ => "at times that cannot be read".to_owned(),
    };
    let read = format!(
        "Read: the logs of {} {span}; {} in them.{}",
        hosts_said(known.hosts.iter().filter(|host| host.sight != Sight::Unheard).count() as u64),
        counted(known.creations(), "account was created", "accounts were created"),
        scopes(known)
    );
    let mut blocks = vec![Block::Lead(answered(known).into()), Block::text(read)];
    let rows = Question::ALL.iter().map(|question| {
        vec![question.said().into(), question.answer(known).said().into(), because(*question, known).into()]
    });
    blocks.push(Block::table(&["question", "answer", "because"], rows.collect(), ""));
    blocks.extend(unseen(known).into_iter().map(Block::text));
    blocks
}

fn answered(known: &Readiness) -> String {
    let answer = overall(known);
    let worst = Question::ALL.iter().filter(|question| question.answer(known) == answer);
    let which: Vec<&str> = worst.map(|question| question.said()).collect();
    match answer {
        Answer::Yes => "Yes, as far as these logs go.".to_owned(),
        other => format!("{}. That is the answer to: {}", other.said(), which.join(" ")),
    }
}

fn scopes(known: &Readiness) -> String {
    match known.scopes {
        [_, 0, 0] => String::new(),
        [local, domain, unknown] => format!(
            " {} local, {} of a domain, and of {} the record does not say which.",
            grouped(local),
            grouped(domain),
            grouped(unknown)
        ),
    }
}

fn because(question: Question, known: &Readiness) -> String {
    match question {
        Question::Prove => {
            let dark = known.with_sight(Sight::Unheard).count + known.with_sight(Sight::Blind).count;
            let dark = Share { count: dark, total: known.hosts.len() as u64 };
            let blind = format!("of the hosts {} are blind or were not heard", share(dark));
            match known.creations() {
                0 => format!("no account was created in what was read; {blind}"),
                _ => format!("who or what made the account is proven for {}; {blind}", share(known.proven)),
            }
        }
        Question::Authorise => match (known.is_assessed, known.in_order) {
            (false, _) => {
                "no policy was given: what is allowed is not written down where it can be asked".to_owned()
            }
            (true, in_order) => format!(
                "allowed are {}; neither allowed nor explained are {}; of the policy's entries {} are in order, and {} allow too much or are over",
                share(known.allowed),
                share(known.unexplained),
                share(in_order),
                grouped(known.faulty)
            ),
        },
        Question::Disable => disabled(known),
    }
}

fn disabled(known: &Readiness) -> String {
    let without =
        if known.is_assessed { "that nothing allows" } else { "(no policy says which are allowed)" };
    if known.disable.total == 0 {
        return format!("there was no account {without}");
    }
    let mut said = format!("of the accounts {without} {} were disabled or deleted", share(known.disable));
    if let Some(median) = known.lived.median() {
        said += &format!(", half of them within {}", minutes_said(median));
    }
    let by_makers = known.disable.count - known.disabled_by_others;
    if by_makers > 0 {
        said += &format!(
            "; {} of these by the very account that made them, which shows nothing of what you can do",
            grouped(by_makers)
        );
    }
    said
}

fn minutes_said(minutes: f64) -> String {
    match minutes {
        few if few < 1.0 => "a minute".to_owned(),
        few if few < 120.0 => format!("{few:.0} minutes"),
        more if more < 48.0 * 60.0 => format!("{:.0} hours", more / 60.0),
        more => format!("{:.0} days", more / 1440.0),
    }
}

/// What stands in no figure, so that silence is taken for none.
fn unseen(known: &Readiness) -> Vec<String> {
    let mut said = Vec::new();
    if !known.has_inventory {
        said.push(
            "No inventory was given: hosts that never sent a log are in no figure, and all shares are of hosts that were heard."
                .to_owned(),
        );
    }
    let dark: Vec<&HostReadiness> = known.hosts.iter().filter(|host| host.sight <= Sight::Blind).collect();
    if !dark.is_empty() {
        said.push(format!(
            "On {} an account could have been created without anybody being able to say by whom: nothing found there is \
             no answer. What weighs most: {}.",
            hosts_said(dark.len() as u64),
            dark.iter().take(3).map(|host| name(&host.name).into_owned()).collect::<Vec<_>>().join(", ")
        ));
    }
    for (kind, count) in known.beside.iter().filter(|(_, count)| *count > 0) {
        said.push(format!("In no figure: {} × {}.", grouped(*count), kind.doc()));
    }
    if known.problems > 0 {
        said.push(format!(
            "{} could not be read: what stood there is in no figure.",
            counted(known.problems, "input", "inputs")
        ));
    }
    said.push(format!("Minutes from the event to the case: not known; {NOT_MEASURED}."));
    said
}

fn next(known: &Readiness) -> Vec<Block> {
    let mut points: Vec<Phrase> = Vec::new();
    if let Some(host) = known.hosts.iter().find(|host| host.sight < Sight::Sighted) {
        points.push(
            Phrase::from(format!("Mend sight where it costs most, first on {}: ", name(&host.name)))
                .code(coverage("table", &known.typed))
                .text(" says how."),
        );
    }
    if !known.is_assessed {
        points.push(
            Phrase::from("Write down who may create accounts: ")
                .code(format!("begat policy suggest {}", known.typed.hunt))
                .text(" proposes entries for a person to own."),
        );
    }
    if !known.has_inventory {
        let list = Phrase::from("Give the list of hosts that should report, with what each is for: ");
        points.push(list.code("--inventory hosts.csv").text("."));
    }
    let open = known.disable.total - known.disable.count;
    if open > 0 {
        let which = counted(
            open,
            "account that nothing allows and that is",
            "accounts that nothing allows and that are",
        );
        points.push(format!("Look at the {which} still there: each case has its steps.").into());
    }
    if known.in_order.count < known.in_order.total {
        points.push("Look at the entries of the policy that have something to mend, named below.".into());
    }
    if !known.outlived.is_empty() {
        points.push("Ask the owners of accounts that outlive what allowed them.".into());
    }
    match points.is_empty() {
        true => vec![Block::text("Nothing stands out. Ask again with next month's logs.")],
        false => vec![Block::List(points)],
    }
}

fn rules(known: &Readiness) -> Vec<Block> {
    let rows = Question::ALL.iter().map(|question| {
        vec![question.said().into(), question.answer(known).said().into(), question.rule().into()]
    });
    vec![
        Block::table(&["question", "answer", "rule"], rows.collect(), ""),
        Block::text("The whole is no better than the worst of the three."),
    ]
}

fn figures(known: &Readiness) -> Vec<Block> {
    const ROWS: &[(&str, Figure)] = &[
        (
            "its maker proven: attributed to a process, to a client on the network, or to Windows",
            Figure::Proven,
        ),
        ("allowed by the policy or a change ticket", Figure::Allowed),
        ("neither proven nor allowed", Figure::Unexplained),
        ("disabled or deleted, of those that nothing allows", Figure::Disable),
        ("with steps to contain it, filled in", Figure::Response),
    ];
    let of = |figure: Figure| match figure {
        Figure::Proven => known.proven,
        Figure::Allowed => known.allowed,
        Figure::Unexplained => known.unexplained,
        Figure::Disable => known.disable,
        Figure::Response => known.response,
    };
    let rows = ROWS.iter().map(|(said, figure)| vec![(*said).into(), share(of(*figure)).into()]).collect();
    let mut blocks = vec![Block::table(&["accounts", "how many"], rows, "")];
    blocks.push(Block::text("Counted again, in the same order, by:"));
    let write = format!("{} > cases.jsonl", hunt(&known.typed));
    let count = ROWS.iter().map(|(_, figure)| figure.of_cases());
    blocks.push(Block::Code([write].into_iter().chain(count).collect::<Vec<_>>().join("\n")));
    let lived = [
        ("until it was disabled or deleted", &known.lived),
        ("still there when its host was last heard", &known.living),
    ];
    let rows = lived.iter().map(|(said, lives)| life(said, lives)).collect();
    blocks.push(Block::text("How long accounts lived that nothing allows:"));
    blocks.push(Block::table(&["accounts", "how many", "shortest", "half within", "longest"], rows, ""));
    blocks
}

fn life(said: &str, lives: &Lives) -> Vec<Phrase> {
    let minutes = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), minutes_said).into();
    vec![
        said.into(),
        grouped(lives.minutes.len() as u64).into(),
        minutes(lives.minutes.first().copied()),
        minutes(lives.median()),
        minutes(lives.minutes.last().copied()),
    ]
}

fn hosts(known: &Readiness) -> Vec<Block> {
    let rows = known.prerequisites.iter().map(|it| {
        let counts = if it.prerequisite.spec().counts { "yes" } else { "" };
        vec![it.prerequisite.doc().into(), counts.into(), share(it.hosts).into(), share(it.hours).into()]
    });
    let mut blocks = vec![
        Block::table(&["what has to be logged", "counts", "hosts", "hours"], rows.collect(), ""),
        Block::text(format!(
            "Weighed by what each host is for, of what counts was seen on {}: {} points, a point for each weight and thousandth of \
             its score. Weights: {}.",
            hosts_said(known.hosts.len() as u64),
            share(known.weighted()),
            WEIGHTS.iter().map(|(_, weight, said)| format!("{said} {weight}")).collect::<Vec<_>>().join(", ")
        )),
    ];
    let rows = known.hosts.iter().take(ROWS_MAX).map(host).collect();
    blocks.push(Block::table(
        &["host, what costs most first", "for", "weight", "sight", "hours seen", "lacks"],
        rows,
        "No host was heard.",
    ));
    if let Some(more) = known.hosts.len().checked_sub(ROWS_MAX).filter(|more| *more > 0) {
        blocks.push(Block::text(format!("… and {} that cost less.", hosts_said(more as u64))));
    }
    blocks.push(Block::text("Counted again, and how to mend it, by:"));
    blocks.push(Block::Code(coverage("csv", &known.typed)));
    blocks
}

fn host(host: &HostReadiness) -> Vec<Phrase> {
    let lacks: Vec<String> =
        host.lacking.iter().map(|it: &Prerequisite| it.slug().replace('_', " ")).collect();
    let class = host.class.map(|class| class.slug().replace('_', " "));
    vec![
        name(&host.name).into_owned().into(),
        host.role.as_deref().map(|role| name(role).into_owned()).or(class).unwrap_or_default().into(),
        host.weight.to_string().into(),
        host.sight.slug().into(),
        share(host.shown).into(),
        lacks.join(", ").into(),
    ]
}

fn doers(all: &[Doer], head: &[&'static str], none: &str) -> Block {
    let said = |doer: &Doer| {
        doer.who.as_deref().map_or_else(|| "nobody is named".to_owned(), |it| name(it).into_owned())
    };
    let rows = all
        .iter()
        .take(ROWS_MAX)
        .map(|it| vec![said(it).into(), grouped(it.count).into(), grouped(it.of_these).into()]);
    Block::table(head, rows.collect(), none)
}

fn people(known: &Readiness, page: &Page) -> Vec<Block> {
    let entries = known.allowances.iter().map(|it| {
        let keys = it.keys.iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
        let defects = it.defects.iter().map(|it| it.replace('_', " ")).collect::<Vec<_>>().join(", ");
        [it.name.to_string(), it.owner.to_string(), it.expires.to_string(), keys, grouped(it.used), defects]
            .map(Phrase::from)
            .to_vec()
    });
    let none = if known.is_assessed {
        "The policy allows nothing."
    } else {
        "No policy was given: nobody is written down."
    };
    let mut blocks = vec![
        Block::Heading("Who may create accounts, by the policy"),
        Block::table(&["entry", "owner", "until", "known by", "used", "to mend"], entries.collect(), none),
        Block::text(
            "Whoever is an administrator of a host can create accounts on it; which people are is in no log. Entries are held \
             against the last record of the input, not against today's date.",
        ),
        Block::Heading("Who did"),
        doers(&known.makers, &["account", "created", "of these allowed"], "No account was created."),
        Block::Heading("Who disabled or deleted what nothing allows"),
        doers(&known.disabled_by, &["account", "accounts", "of these made by itself"], "Nobody did."),
        Block::Heading("Accounts that outlive what allowed them"),
    ];
    let rows = known.outlived.iter().take(ROWS_MAX).map(|it| {
        let owner = it.owner.clone().unwrap_or_default();
        [it.account.clone(), it.host.clone(), it.rule.clone(), owner, page.time_to_the_second(it.ended)]
            .map(Phrase::from)
            .to_vec()
    });
    blocks.push(Block::table(
        &["account", "host", "allowed by", "owner", "ended"],
        rows.collect(),
        "None in these logs.",
    ));
    blocks
}

fn controls() -> Vec<Block> {
    let rows =
        CONTROLS.iter().map(|it| vec![it.catalogue.into(), it.id.into(), it.about.into(), it.figures.into()]);
    vec![
        Block::text(
            "Pointers for an auditor: that a figure speaks to a control does not mean that the control is met.",
        ),
        Block::table(&["catalogue", "control", "about", "figures (as in JSON)"], rows.collect(), ""),
    ]
}
