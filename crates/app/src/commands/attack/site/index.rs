//! The first page: everything that has a page, and a filter that needs a script, while the list does not.

use std::collections::BTreeSet;

use begat_attack::query::{Listed, shelf_name};
use begat_attack::store::Shelf;
use maud::{Markup, html};

use super::super::dossier::licence;
use super::frame::{frame, shown};
use super::names::Names;

/// Shows the form, hides the rows that do not fit, and shows the others a page at a time.
const SCRIPT: &str = "\
(function(){'use strict';var form=document.getElementById('filter');var rows=document.querySelectorAll('tbody tr');\
var told=document.getElementById('told');var more=document.getElementById('more');var page=200;var limit=page;\
form.hidden=false;function apply(){\
var text=form.elements.text.value.toLowerCase();var wanted=['kind','platform','tactic','domain'];var count=0;\
rows.forEach(function(row){var fits=row.textContent.toLowerCase().indexOf(text)>=0&&wanted.every(function(name){\
var value=form.elements[name].value;return !value||row.getAttribute('data-'+name).split('|').indexOf(value)>=0;});\
if(fits){count+=1;}row.hidden=!fits||count>limit;});\
told.textContent=count+' of '+rows.length+(count>limit?', the first '+limit+' shown':'');more.hidden=count<=limit;}\
form.addEventListener('input',function(){limit=page;apply();});\
form.addEventListener('submit',function(event){event.preventDefault();});\
more.addEventListener('click',function(){limit+=page;apply();});apply();\
})();";

/// The page.
pub fn page(
    listed: &[Listed<'_>],
    names: &Names<'_>,
    releases: &[&Shelf],
    compared: &[(String, String)],
) -> String {
    let body = html! {
        h1 { "ATT&CK: detections, techniques, data components" }
        p class="quiet" {
            "From " (releases.iter().map(|shelf| shelf_name(shelf)).collect::<Vec<_>>().join(", ")) ". "
            "What is revoked or deprecated is left out."
        }
        @if !compared.is_empty() {
            h2 { "What releases changed" }
            ul { @for (name, title) in compared { li { a href=(name) { (title) } } } }
        }
        h2 { "All " (listed.len()) }
        (form(listed))
        div class="wide" tabindex="0" role="region" aria-label="All of them" {
            table {
                thead { tr { th { "Id" } th { "Name" } th { "Kind" } th { "Platforms" } th { "Tactics" } th { "Log sources" } } }
                tbody { @for one in listed { (row(one, names)) } }
            }
        }
        button id="more" type="button" hidden { "Show more" }
    };
    let licence = listed.first().map(|one| licence(one.shelf, &one.object)).unwrap_or_default();
    frame("ATT&CK, by begat", &body, &licence, Some(SCRIPT))
}

fn form(listed: &[Listed<'_>]) -> Markup {
    let all =
        |values: &dyn Fn(&Listed<'_>) -> Vec<String>| listed.iter().flat_map(values).collect::<BTreeSet<_>>();
    let choices = [
        ("kind", "Kind", all(&|one| vec![one.object.kind.one().to_owned()])),
        ("platform", "Platform", all(&|one| one.object.platforms.clone())),
        ("tactic", "Tactic", all(&|one| one.tactics.clone())),
        ("domain", "Domain", all(&|one| vec![one.shelf.domain().slug().to_owned()])),
    ];
    html! {
        form id="filter" hidden {
            label { "Text, log source " input name="text" type="search"; }
            @for (name, title, values) in &choices {
                label { (title) " "
                    select name=(name) {
                        option value="" { "all" }
                        @for value in values { option value=(value) { (shown(value)) } }
                    }
                }
            }
            output id="told" role="status" {}
        }
    }
}

fn row(one: &Listed<'_>, names: &Names<'_>) -> Markup {
    let object = &one.object;
    let id = object.attack_id.as_ref().map_or(object.stix_id.as_str(), |id| id.as_str());
    let sources = object.log_sources.iter().map(|source| match &source.channel {
        Some(channel) => format!("{} {channel}", source.name),
        None => source.name.clone(),
    });
    html! {
        tr data-kind=(object.kind.one()) data-platform=(object.platforms.join("|")) data-tactic=(one.tactics.join("|"))
            data-domain=(one.shelf.domain().slug()) {
            td { a href=(names[object.stix_id.as_str()]) { (shown(id)) } }
            td { (shown(object.name.as_deref().unwrap_or(""))) }
            td { (object.kind.one()) }
            td { (shown(&object.platforms.join(", "))) }
            td { (shown(&one.tactics.join(", "))) }
            td { (shown(&sources.collect::<Vec<_>>().join(", "))) }
        }
    }
}
