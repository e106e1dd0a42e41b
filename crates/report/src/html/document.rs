//! The frame of a page: its policy, its one style and its one script, header and footer.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use begat_model::visible::visible;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::words::page::Page;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What a page is about: who does not see it is led there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Cases, with times that the switch tells in another zone.
    Cases,
    /// Hosts, with the same.
    Hosts,
    /// Text alone.
    Text,
}

impl Subject {
    fn link(self) -> (&'static str, &'static str) {
        match self {
            Subject::Cases => ("#cases", "To the cases"),
            Subject::Hosts => ("#hosts", "To the hosts"),
            Subject::Text => ("#text", "To the text"),
        }
    }
}

/// Writes a page around a body.
pub(crate) fn write(
    title: &str,
    subject: Subject,
    body: &Markup,
    page: &Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (place, words) = subject.link();
    let has_switches = subject != Subject::Text;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (visible(title)) " · begat" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href=(place) { (words) }
                header.top {
                    span.brand { "begat" }
                    span { (visible(title)) }
                    @if has_switches { (switches(page)) }
                }
                (body)
                footer {
                    p {
                        "Times are in " (zone(page)) @if has_switches { " unless the switch says otherwise" } ". "
                        "Secrets in command lines are redacted."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    out.write_all(markup.into_string().as_bytes())?;
    out.write_all(b"\n")
}

/// Nothing is loaded, nothing is sent, and only this style and this script have a say.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        source_of(STYLE),
        source_of(SCRIPT)
    )
}

/// How a page's policy names the only style or script that a browser may run there: by its hash.
pub fn source_of(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// What only works with the script; it shows them.
fn switches(page: &Page) -> Markup {
    html! {
        span.switches hidden {
            button type="button" data-switch="zone" data-zone=(zone(page)) aria-pressed="false" { "My time zone" }
            button type="button" data-switch="open" { "Open all" }
            button type="button" data-switch="help" { "Keys" }
        }
    }
}

fn zone(page: &Page) -> String {
    page.zone.iana_name().map_or_else(|| "the zone that stands behind each".to_owned(), str::to_owned)
}
