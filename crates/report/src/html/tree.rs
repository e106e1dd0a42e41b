//! What made the account, as a tree: source, session, ancestors, creator, account. A list, so that it wraps, prints, is
//! read aloud and copied; what is only asserted or missing is dashed and says so.

use maud::{Markup, html};

use crate::html::pieces::{process, time};
use crate::view::{BlindSpotKind, CaseView, ProcessView, Verdict};
use crate::words::doubt::perhaps;
use crate::words::page::Page;
use crate::words::wording;

/// One step of the tree, from the root on.
struct Step {
    class: &'static str,
    label: &'static str,
    body: Markup,
}

pub(super) fn render(case: &CaseView<'_>, page: &Page) -> Markup {
    let steps = steps(case, page);
    html! { div.tree role="group" aria-label="From the source to the account" { (nested(&steps)) } }
}

fn nested(steps: &[Step]) -> Markup {
    html! {
        @if let Some((first, rest)) = steps.split_first() {
            ul { li class=(first.class) { div.node { @if !first.label.is_empty() { small { (first.label) " " } } (first.body) } (nested(rest)) } }
        }
    }
}

fn steps(case: &CaseView<'_>, page: &Page) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(source) = source(case, page) {
        steps.push(source);
    }
    steps.push(Step { class: "session", label: "session", body: session(case, page) });
    let attribution = &case.attribution;
    let asserted = case.blind_spots.iter().any(|spot| spot.kind == BlindSpotKind::ParentAsserted);
    if let Some(creator) = &attribution.creator {
        for (above, ancestor) in attribution.chain.iter().enumerate().rev() {
            steps.push(self::ancestor(ancestor, asserted && above == 0, page));
        }
        let (class, label) = match attribution.verdict {
            Verdict::Attributed => ("creator", "made by"),
            Verdict::Likely => ("creator probable", "probably made by"),
            _ => ("creator possible", "perhaps made by"),
        };
        steps.push(Step { class, label, body: process(creator, page) });
    } else {
        steps.push(Step {
            class: "missing",
            label: "",
            body: html! { (wording::maker(attribution.verdict)) },
        });
    }
    let lag = attribution.lag.map(|lag| format!("{lag} later"));
    let account = wording::name_or_unknown(case.account.created_as.or(case.account.name));
    steps.push(Step {
        class: "account",
        label: "account",
        body: html! { b { (account) } @if let Some(lag) = lag { " " small { (lag) } } },
    });
    steps
}

fn ancestor(ancestor: &ProcessView<'_>, asserted: bool, page: &Page) -> Step {
    let (class, label) = match (asserted, ancestor.started_at) {
        (true, _) => ("asserted", "claimed parent, which may be false:"),
        (false, None) => ("missing", "start not in the input:"),
        (false, Some(_)) => ("ancestor", ""),
    };
    Step { class, label, body: process(ancestor, page) }
}

/// Where it came from, joined at the root: an address, a host, and the client's own command.
fn source(case: &CaseView<'_>, page: &Page) -> Option<Step> {
    let behind = case.origin.as_ref().map(|origin| &origin.actor);
    let from = behind.and_then(wording::source).or_else(|| wording::source(&case.actor));
    let client = client(case, page);
    if from.is_none() && client.is_none() {
        return None;
    }
    let body = html! {
        @if let Some(from) = from { b { (from) } }
        @if let Some(client) = client { div { (client) } }
    };
    Some(Step { class: "source", label: "from", body })
}

fn session(case: &CaseView<'_>, page: &Page) -> Markup {
    let actor = &case.actor;
    html! {
        b { (wording::actor_account(actor)) }
        " " small {
            @if let Some(logon_type) = actor.logon_type { (wording::logon_type_name(logon_type)) " " } @else { "its logon is not in the input " }
            @if let Some(logon_id) = actor.logon_id { (logon_id) " " }
            @if let Some(began) = session_began(case, page) { (began) }
        }
        @if let Some(origin) = &case.origin {
            small.own {
                (perhaps(origin.certainty)) "behind it "
                (wording::actor_account(&origin.actor)) " by way of " (wording::via_in_short(origin.via))
            }
        }
    }
}

/// The client's command on its own host.
fn client(case: &CaseView<'_>, page: &Page) -> Option<Markup> {
    let client = case.origin.as_ref()?.client.as_ref()?;
    Some(html! { "On " (wording::name(client.host)) ": " (process(&client.process, page)) })
}

/// When the session began, where that is known.
fn session_began(case: &CaseView<'_>, page: &Page) -> Option<Markup> {
    case.actor.logon_at.map(|at| html! { "since " (time(at, page)) })
}
