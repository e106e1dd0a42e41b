//! A sheet as a page that opens from disk, in the frame and style of the report.

use std::io::{self, Write};

use begat_model::visible::visible;
use maud::{Markup, html};

use super::{Block, Phrase, Run, Sheet};
use crate::html::document;
use crate::words::page::Page;

pub(crate) fn write(sheet: &Sheet, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let body = html! {
        main #text {
            h1 { (visible(&sheet.title)) }
            @for part in &sheet.parts {
                section { h2 { (part.heading) } @for it in &part.blocks { (block(it)) } }
            }
        }
    };
    document::write(&sheet.title, document::Subject::Text, &body, page, out)
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Lead(said) => html! { p { strong { (phrase(said)) } } },
        Block::Text(said) => html! { p { (phrase(said)) } },
        Block::List(points) => html! { ul { @for point in points { li { (phrase(point)) } } } },
        Block::Heading(heading) => html! { h3 { (heading) } },
        Block::Code(code) => {
            let lines: Vec<String> = code.lines().map(|line| visible(line).into_owned()).collect();
            html! { pre { code { (lines.join("\n")) } } }
        }
        Block::Table { head, rows } => html! {
            div.scroll tabindex="0" role="region" aria-label=(head.join(", ")) {
                table {
                    thead { tr { @for title in head { th scope="col" { (title) } } } }
                    tbody {
                        @for row in rows {
                            tr { @for cell in row { td { (phrase(cell)) } } }
                        }
                    }
                }
            }
        },
    }
}

fn phrase(phrase: &Phrase) -> Markup {
    html! {
        @for run in &phrase.runs {
            @match run {
                Run::Text(text) => (visible(text)),
                Run::Code(code) => code { (visible(code)) },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::hostile;

    #[test]
    fn no_text_becomes_markup() {
        let mut out = Vec::new();
        write(&hostile("<script>alert(1)</script>\u{1b}[2J"), &Page::default(), &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert_eq!(page.matches("<script>").count(), 1, "the page's own");
        assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains('\u{1b}'));
    }
}
