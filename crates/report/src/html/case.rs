//! One case: its sentence, the tree of what made it, its timeline, and what a responder works from.

use maud::{Markup, html};

use crate::html::pieces::{events, fold, level, shown, verdict};
use crate::html::{timeline, tree};
use crate::view::{AuthorisationStatus, CaseView, Found, ProcessView, Verdict};
use crate::words::allowed;
use crate::words::headline::headline;
use crate::words::page::Page;
use crate::words::wording;

/// A case that opens on a click; what is filtered by stands on it.
pub(super) fn folded(case: &CaseView<'_>, found: &Found<'_>, page: &Page) -> Markup {
    let said = headline(case, page);
    html! {
        details.case id={"case-" (case.case_id)} data-severity=(case.severity) data-verdict=(case.attribution.verdict)
            data-host=(wording::name(case.host.name)) data-allowed=(case.authorisation.status) {
            summary {
                (level(case.severity)) " " b { (said.account) } (said.rest) " "
                (verdict(case.attribution.verdict, case.attribution.confidence))
            }
            (body(case, found, page))
        }
    }
}

/// A case on a page of its own.
pub(super) fn alone(case: &CaseView<'_>, found: &Found<'_>, page: &Page) -> Markup {
    let said = headline(case, page);
    html! {
        section.case #cases aria-labelledby="case-h" {
            h1 #case-h { b { (said.account) } (said.rest) }
            p { (level(case.severity)) " " (verdict(case.attribution.verdict, case.attribution.confidence)) }
            (body(case, found, page))
        }
    }
}

fn body(case: &CaseView<'_>, found: &Found<'_>, page: &Page) -> Markup {
    html! {
        div.body {
            (tree::render(case, page))
            (timeline::render(case, found.read().window, page))
            (account(case))
            (blind_spots(case, page))
            (authorisation(case))
            (why(case, page))
            (ruled_out(case, page))
            (risk(case, page))
            (response(case))
            (fold("Records", case.events.len(), &events(&case.events, page)))
            p.quiet {
                "Case " code { (case.case_id) } " · "
                @if case.sequence { "matches" } @else { "does not match" } " the sequence of AN1235 · "
                (window_rule(case))
            }
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

fn authorisation(case: &CaseView<'_>) -> Markup {
    let authorisation = &case.authorisation;
    html! {
        @if authorisation.status != AuthorisationStatus::NotAssessed {
            p.label { "Allowed?" }
            @match allowed::by(authorisation) {
                Some(by) => p { "Yes, " (by) ". That lowers the severity and changes nothing of what happened." },
                None => p { "No entry of the policy and no change ticket allows it." },
            }
            @if !authorisation.nearest.is_empty() {
                ul { @for miss in &authorisation.nearest { li { "Nearly " (allowed::lacks(miss)) } } }
            }
        }
    }
}

fn why(case: &CaseView<'_>, page: &Page) -> Markup {
    let evidence = &case.attribution.evidence;
    html! {
        @if !evidence.is_empty() {
            (fold("What speaks for it", evidence.len(), &html! {
                table {
                    thead { tr { th.figure { "Weight" } th { "Because" } th { "Records" } } }
                    tbody {
                        @for piece in evidence {
                            tr {
                                td.figure { (format!("{:+.1}", piece.weight)) }
                                td { (wording::sentence(&page.said(piece.why))) }
                                td { (piece.events.iter().map(wording::record).collect::<Vec<_>>().join("; ")) }
                            }
                        }
                    }
                }
                p.quiet { "Each point of weight multiplies the odds by 2.7." }
            }))
        }
    }
}

fn ruled_out(case: &CaseView<'_>, page: &Page) -> Markup {
    let rivals = &case.attribution.alternatives;
    // Where nothing is proven, the others are the answer: they stand open.
    let open = !matches!(case.attribution.verdict, Verdict::Attributed | Verdict::System | Verdict::Remote);
    let table = html! {
        table {
            thead { tr { th.figure { "Share" } th { "Explanation" } th { "What spoke against it" } } }
            tbody {
                @for rival in rivals {
                    tr {
                        td.figure { (wording::percent(rival.confidence)) }
                        td { (wording::explanation(rival)) @if let Some(process) = &rival.process { (rival_line(process)) } }
                        td { (wording::sentence(&page.said(rival.against))) }
                    }
                }
            }
        }
    };
    html! {
        @if !rivals.is_empty() {
            details.part open[open] { summary { "What else was weighed " span.quiet { "(" (rivals.len()) ")" } } (table) }
        }
    }
}

fn rival_line(process: &ProcessView<'_>) -> Markup {
    html! { @if let Some(line) = process.command_line { div.line { (crate::html::pieces::command_line(line)) } } }
}

/// Every term of the risk, as a bar from where the one before ended.
fn risk(case: &CaseView<'_>, page: &Page) -> Markup {
    let mut sum = 0;
    fold(
        &format!("Severity: {}, {} points", case.severity, case.risk.score),
        case.risk.terms.len(),
        &html! {
            table.risk {
                thead { tr { th.figure { "Points" } th.figure { "Sum" } th { "Because" } } }
                tbody {
                    @for term in &case.risk.terms {
                        @let after = { sum += term.points; sum };
                        tr {
                            td.figure data-sign=(if term.points < 0 { "less" } else { "more" }) { (format!("{:+}", term.points)) }
                            td.figure { (after) }
                            td { (wording::sentence(&page.said(term.why))) }
                        }
                    }
                }
            }
        },
    )
}

fn response(case: &CaseView<'_>) -> Markup {
    let steps = case.response.steps();
    let mut phase = None;
    let mut host = None;
    fold(
        "What to do first",
        steps.len(),
        &html! {
            ol.steps {
                @for step in &steps {
                    @if phase.replace(step.phase) != Some(step.phase) { li.phase { (wording::phase(step.phase)) } }
                    @if host.replace(step.host) != Some(step.host) { li.on { (run_on(step.host)) } }
                    li { (wording::sentence(&step.step)) pre { code { (step.command) } } }
                }
            }
        },
    )
}

/// Where the steps that follow are run.
fn run_on(host: Option<&str>) -> String {
    match host {
        Some(host) => format!("On {}:", wording::name(host)),
        None => "On any machine with the ActiveDirectory module:".to_owned(),
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
