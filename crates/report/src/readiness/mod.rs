//! Can we prove who or what created a local account, whether it was authorised, and can we disable it? Counted from cases,
//! ledgers and policy, answered by rules that stand beside each answer, and laid out for who decides and who mends.

pub(crate) mod commands;
mod controls;
mod facts;
mod grade;
pub(crate) mod said;
mod view;

use std::io::{self, Write};

use crate::sheet;
use crate::wire::object::write_object;
use crate::words::page::Page;
pub use commands::Typed;
pub use facts::{Readiness, Site as ReadinessSite};
pub(crate) use facts::{Share, Sight};

/// One format of readiness.
#[derive(Debug, Clone)]
pub struct ReadinessFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// What else it may be called.
    pub aliases: &'static [&'static str],
    /// What it is, in a line.
    pub doc: &'static str,
    /// Writes it.
    pub write: fn(&Readiness, &Page, &mut dyn Write) -> io::Result<()>,
}

/// All of them, first what a terminal gets.
pub static READINESS_FORMATS: &[ReadinessFormat] = &[
    ReadinessFormat {
        name: "text",
        aliases: &["table", "terminal"],
        doc: "a page for who decides and one for who mends, on a terminal",
        write: text,
    },
    ReadinessFormat { name: "markdown", aliases: &["md"], doc: "the same as Markdown", write: markdown },
    ReadinessFormat {
        name: "json",
        aliases: &["jsonl"],
        doc: "one JSON object (begat.readiness/1), for programs",
        write: json,
    },
    ReadinessFormat { name: "html", aliases: &[], doc: "the same as one self-contained page", write: html },
];

impl ReadinessFormat {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static ReadinessFormat> {
        READINESS_FORMATS.iter().find(|format| format.name == name || format.aliases.contains(&name))
    }
}

fn text(known: &Readiness, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    sheet::write_terminal(&said::sheet(known, page), page, out)
}

fn markdown(known: &Readiness, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    sheet::write_markdown(&said::sheet(known, page), out)
}

fn html(known: &Readiness, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    sheet::write_page(&said::sheet(known, page), page, out)
}

fn json(known: &Readiness, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    write_object(&view::view(known), out)?;
    out.write_all(b"\n")
}
