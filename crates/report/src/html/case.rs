//! One case: its sentence, the tree of what made it, its timeline, and what a responder works from.

use maud::{Markup, html};

use crate::html::around::Around;
use crate::html::pieces::{fold, level, shown, verdict};
use crate::html::ties::{account as account_of, source as source_of};
use crate::html::{attack, records, timeline, tree};
use crate::view::{AuthorisationStatus, CaseView, ProcessView, Verdict};
use crate::words::allowed;
use crate::words::answers::answers;
use crate::words::headline::headline;
use crate::words::page::Page;
use crate::words::section::Section;
use crate::words::wording;

/// A case that opens on a click; what is filtered by stands on it.
pub(super) fn folded(case: &CaseView<'_>, around: &Around<'_>, page: &Page) -> Markup {
    let said = headline(case, page);
    html! {
        details.case id={"case-" (case.case_id)} data-severity=(case.severity) data-verdict=(case.attribution.verdict)
            data-host=(wording::name(case.host.name)) data-allowed=(case.authorisation.status)
            data-account=[account_of(case).map(wording::name)] data-from=[source_of(case).map(wording::name)] {
            summary {
                (level(case.severity)) " " b { (said.account) } (said.rest) " "
                (verdict(case.attribution.verdict, case.attribution.confidence))
            }
            (body(case, around, page))
        }
    }
}

/// A case on a page of its own.
pub(super) fn alone(case: &CaseView<'_>, around: &Around<'_>, page: &Page) -> Markup {
    let said = headline(case, page);
    html! {
        section.case #cases aria-labelledby="case-h" {
            h1 #case-h { b { (said.account) } (said.rest) }
            p { (level(case.severity)) " " (verdict(case.attribution.verdict, case.attribution.confidence)) }
            (body(case, around, page))
        }
    }
}

fn body(case: &CaseView<'_>, around: &Around<'_>, page: &Page) -> Markup {
    let (read, is_deep) = (around.found.read(), around.is_deep(case));
    html! {
        div.body {
            dl.answers { @for (question, answer) in answers(case) { dt { (question) } dd { (answer) } } }
            @if page.tells(Section::Cause) {
                (tree::render(case, page))
                (timeline::render(case, read.window, is_deep, page))
                (account(case))
                (blind_spots(case, page))
                (near_misses(case))
            }
            @if page.tells(Section::Response) { (response(case, is_deep)) }
            @if page.tells(Section::Cause) {
                (why(case, page))
                (ruled_out(case, page))
                (risk(case, page))
            }
            @if page.tells(Section::Events) {
                (fold("Records", case.events.len(), &records::render(&case.events, read.originals, page)))
            }
            (around.ties.from(case))
            p { small {
                "Case " code { (case.case_id) } ". " (attack::line(case)) ": "
                @if case.sequence { "its sequence is matched" } @else { "its sequence is not matched" } "; " (window_rule(case)) "."
            } }
        }
    }
}

fn account(case: &CaseView<'_>) -> Markup {
    let account = &case.account;
    html! {
        p {
            (wording::scope(account.scope)) ", " (wording::outcome(case.outcome))
            @if account.privileged { ", " b { "privileged" } }
            @if let Some(sid) = account.sid { " · " code { (shown(sid)) } }
            @if let Some(before) = account.created_as.filter(|before| Some(*before) != account.name) { " · created as " (shown(before)) }
            @if let Some(role) = wording::host_role(&case.host) { " · host: " (role) }
        }
    }
}

fn blind_spots(case: &CaseView<'_>, page: &Page) -> Markup {
    html! {
        @if let Some(reason) = case.attribution.reason {
            p.reason { b { "Why it is not certain: " } (wording::sentence(&page.said(reason))) }
        }
        @if !case.blind_spots.is_empty() {
            p.label { "Not seen" }
            ul.blind-spots {
                @for spot in &case.blind_spots {
                    li { b { (spot.kind.slug().replace('_', " ")) } ": " (shown(&page.said(spot.detail))) }
                }
            }
        }
    }
}

/// What would have allowed it, and what of that it lacks.
fn near_misses(case: &CaseView<'_>) -> Markup {
    let authorisation = &case.authorisation;
    html! {
        @if authorisation.status != AuthorisationStatus::NotAssessed && !authorisation.nearest.is_empty() {
            p.label { "What nearly allows it" }
            ul { @for miss in &authorisation.nearest { li { (allowed::lacks(miss)) } } }
        }
    }
}

fn why(case: &CaseView<'_>, page: &Page) -> Markup {
    let evidence = &case.attribution.evidence;
    html! {
        @if !evidence.is_empty() {
            (fold("What speaks for it", evidence.len(), &html! {
                table.weighed {
                    thead { tr { th { "Weight" } th { "Because" } th { "Records" } } }
                    tbody {
                        @for piece in evidence {
                            tr {
                                td { (format!("{:+.1}", piece.weight)) }
                                td { (wording::sentence(&page.said(piece.why))) }
                                td { (piece.events.iter().map(wording::record).collect::<Vec<_>>().join("; ")) }
                            }
                        }
                    }
                }
                p { small { "Each point of weight multiplies the odds by 2.7." } }
            }))
        }
    }
}

fn ruled_out(case: &CaseView<'_>, page: &Page) -> Markup {
    let rivals = &case.attribution.alternatives;
    // Where nothing is proven, the others are the answer: they stand open.
    let open = !matches!(case.attribution.verdict, Verdict::Attributed | Verdict::System | Verdict::Remote);
    let table = html! {
        table.weighed {
            thead { tr { th { "Share" } th { "Explanation" } th { "What spoke against it" } } }
            tbody {
                @for rival in rivals {
                    tr {
                        td { (wording::percent(rival.confidence)) }
                        td { (wording::explanation(rival)) @if let Some(process) = &rival.process { (rival_line(process)) } }
                        td { (wording::sentence(&page.said(rival.against))) }
                    }
                }
            }
        }
    };
    html! {
        @if !rivals.is_empty() {
            details open[open] { summary { "What else was weighed" small { " (" (rivals.len()) ")" } } (table) }
        }
    }
}

fn rival_line(process: &ProcessView<'_>) -> Markup {
    html! { @if let Some(line) = process.command_line { (crate::html::pieces::command_line(line)) } }
}

/// Every term of the risk: drawn, each from where the one before ended, then told.
fn risk(case: &CaseView<'_>, page: &Page) -> Markup {
    let terms = &case.risk.terms;
    let mut sum = 0;
    fold(
        &format!("Severity: {}, {} points", case.severity, case.risk.score),
        terms.len(),
        &html! {
            @if terms.len() > 1 { (waterfall(&terms.iter().map(|term| term.points).collect::<Vec<_>>())) }
            table.weighed {
                thead { tr { th { "Points" } th { "Because" } th { "Sum" } } }
                tbody {
                    @for term in terms {
                        @let after = { sum += term.points; sum };
                        tr {
                            td { (format!("{:+}", term.points)) }
                            td { (wording::sentence(&page.said(term.why))) }
                            td { (after) }
                        }
                    }
                }
            }
        },
    )
}

/// Bars from sum to sum, one a row; the line stands at no points. The table beside it says the same.
fn waterfall(points: &[i32]) -> Markup {
    const ROW: i32 = 9;
    const WIDTH: i32 = 480;
    const MARGIN: i32 = 4;
    let sums = points.iter().scan(0, |sum, points| {
        *sum += points;
        Some(*sum)
    });
    let ends: Vec<i32> = std::iter::once(0).chain(sums).collect();
    let (least, most) = ends.iter().fold((0, 0), |(least, most), end| (least.min(*end), most.max(*end)));
    let x = |sum: i32| MARGIN + (sum - least) * (WIDTH - 2 * MARGIN) / (most - least).max(1);
    let height = points.len() as i32 * ROW;
    let bar = |row: usize, from: i32, to: i32| {
        let (left, right) = (x(from.min(to)), x(from.max(to)));
        format!("M{left} {}H{right}v{}H{left}z", row as i32 * ROW + 1, ROW - 2)
    };
    let bars = |rises: bool| -> String {
        let pairs = ends.windows(2).enumerate().filter(|(_, pair)| (pair[1] > pair[0]) == rises);
        pairs.map(|(row, pair)| bar(row, pair[0], pair[1])).collect()
    };
    html! {
        svg.waterfall viewBox={"0 0 " (WIDTH) " " (height)} role="img" aria-label="The terms, each from where the one before ended; the table says the same" {
            path.axis d={"M" (x(0)) " 0V" (height)} {}
            path.more d=(bars(true)) {}
            path.less d=(bars(false)) {}
        }
    }
}

/// What to do, phase by phase and host by host, each command to be copied; of a case that is not among the worst how it is
/// confirmed, and where the rest is.
fn response(case: &CaseView<'_>, is_deep: bool) -> Markup {
    let steps = case.response.steps();
    let first = steps.first().map(|step| step.phase);
    let told = steps.iter().take_while(|step| is_deep || Some(step.phase) == first).count();
    let mut number = 0;
    fold(
        "What to do first",
        steps.len(),
        &html! {
            @for together in steps[..told].chunk_by(|one, other| (one.phase, one.host) == (other.phase, other.host)) {
                p.label { (wording::phase(together[0].phase)) " · " (run_on(together[0].host)) }
                @let start = { let start = number + 1; number += together.len(); start };
                ol.steps start=(start) {
                    @for step in together { li { (wording::sentence(&step.step)) @if is_deep { code { (step.command) } } } }
                }
            }
            @if !is_deep {
                p { "All " (steps.len()) ", with the commands filled in: " code { "begat explain " (case.case_id) " --only response" } ", on the logs or on what a hunt wrote of them." }
            }
        },
    )
}

/// Where the steps that follow are run.
fn run_on(host: Option<&str>) -> String {
    match host {
        Some(host) => format!("on {}", wording::name(host)),
        None => "on any machine with the ActiveDirectory module".to_owned(),
    }
}

fn window_rule(case: &CaseView<'_>) -> String {
    match &case.window_rule.process {
        None => "the plain window rule would say nothing".to_owned(),
        Some(process) if case.window_rule.agrees => {
            format!("the plain window rule agrees: {}", wording::process(process))
        }
        Some(process) => format!("the plain window rule would accuse {}", wording::process(process)),
    }
}
