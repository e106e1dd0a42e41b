//! What ties a case to others of the same page: its host, its account's name, where it came from.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::view::CaseView;
use crate::words::wording::{counted, name};

/// Of all cases of a page, how many there are by what they may share.
#[derive(Default)]
pub(super) struct Ties<'a> {
    hosts: BTreeMap<&'a str, u64>,
    accounts: BTreeMap<&'a str, u64>,
    sources: BTreeMap<&'a str, u64>,
    waves: BTreeMap<&'a str, u64>,
}

impl<'a> Ties<'a> {
    /// Those of these cases.
    pub(super) fn of(cases: &[CaseView<'a>]) -> Ties<'a> {
        let mut ties = Ties::default();
        for case in cases {
            *ties.hosts.entry(case.host.name).or_default() += 1;
            let counts = [
                (&mut ties.accounts, account(case)),
                (&mut ties.sources, source(case)),
                (&mut ties.waves, case.wave),
            ];
            for (counts, of) in counts {
                of.into_iter().for_each(|of| *counts.entry(of).or_default() += 1);
            }
        }
        ties
    }

    /// Cases on a host of this name.
    pub(super) fn on_host(&self, name: &str) -> u64 {
        self.hosts.get(name).copied().unwrap_or_default()
    }

    /// The ways from a case to the others that share something with it.
    pub(super) fn from(&self, case: &CaseView<'_>) -> Markup {
        let several = |counts: &BTreeMap<&str, u64>, of: Option<&str>| {
            of.and_then(|of| counts.get(of)).copied().filter(|count| *count > 1)
        };
        let host = several(&self.hosts, Some(case.host.name));
        let same_name = several(&self.accounts, account(case));
        let same_source = several(&self.sources, source(case));
        let wave = several(&self.waves, case.wave);
        html! {
            @if host.or(same_name).or(same_source).or(wave).is_some() {
                p { small {
                    "See also:"
                    @if let Some(count) = host { " " (way("host", case.host.name, &format!("all {count} of this host"))) }
                    @if let (Some(count), Some(account)) = (same_name, account(case)) { " " (way("account", account, &format!("all {count} of this name"))) }
                    @if let (Some(count), Some(source)) = (same_source, source(case)) { " " (way("from", source, &format!("all {count} from {}", name(source)))) }
                    @if let (Some(count), Some(wave)) = (wave, case.wave) { " " a href={"#wave-" (name(wave))} { "its wave of " (counted(count, "account", "accounts")) } }
                } }
            }
        }
    }
}

/// A link that narrows the list; without the script it leads to the whole list.
pub(super) fn way(field: &str, value: &str, said: &str) -> Markup {
    html! { a href="#cases" data-by=(field) data-is=(name(value)) { (said) } }
}

/// The account's name by which cases are narrowed down.
pub(super) fn account<'a>(case: &CaseView<'a>) -> Option<&'a str> {
    case.account.name.or(case.account.created_as)
}

/// Where it came from, as far back as is known: an address, else a name.
pub(super) fn source<'a>(case: &CaseView<'a>) -> Option<&'a str> {
    let actors = [case.origin.as_ref().map(|origin| &origin.actor), Some(&case.actor)];
    actors.into_iter().flatten().find_map(|actor| actor.source_ip.or(actor.source_host))
}
