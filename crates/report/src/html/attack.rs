//! What the cases of a page answer in MITRE ATT&CK: named with the release that each was read from, and where to read it.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::view::{ANALYTIC, CaseView, STRATEGY, Scope, TACTIC, technique};

/// What one case answers, in a line that leads to the section.
pub(super) fn line(case: &CaseView<'_>) -> Markup {
    let technique = technique(case.account.scope);
    html! {
        a href="#attack" {
            (technique.id) " " (technique.name) ", " (TACTIC.id) " " (TACTIC.name) "; analytic " (ANALYTIC.id) " of "
            (STRATEGY.id) ", ATT&CK " (ANALYTIC.release)
        }
    }
}

/// All that the cases answer; nothing is loaded from there, and a click is the reader's own.
pub(super) fn render<'a>(cases: impl IntoIterator<Item = &'a CaseView<'a>>) -> Markup {
    let scopes: BTreeSet<Scope> = cases.into_iter().map(|case| case.account.scope).collect();
    let techniques = if scopes.is_empty() { vec![Scope::Local] } else { scopes.into_iter().collect() };
    let techniques = techniques.into_iter().map(technique);
    html! {
        section #attack aria-labelledby="attack-h" {
            h2 #attack-h { "In MITRE ATT&CK" }
            ul {
                @for it in [ANALYTIC, STRATEGY].into_iter().chain(techniques).chain([TACTIC]) {
                    li {
                        (it.kind) " " a href=(it.address) rel="noreferrer noopener" { (it.id) } " " (it.name)
                        small { " as of ATT&CK " (it.release) }
                    }
                }
            }
            p { small {
                "The links lead to MITRE's own pages; " code { "begat attack show AN1235" } " tells the same without a network, with our "
                "take, and " code { "begat attack site DIR" } " writes the library as pages. The analytic is about local accounts: what it "
                "says of others is no match. ATT&CK is a trademark of The MITRE Corporation."
            } }
        }
    }
}
