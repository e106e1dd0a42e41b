//! What every page stands in: style, a policy that lets nothing be loaded or sent, the way back, the licence.

use begat_model::visible::visible;
use begat_report::source_of;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--quiet:#57606a;--line:#d0d7de;--mark:#0550ae;--ours:#eef6ff}\
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--quiet:#9da7b3;--line:#30363d;--mark:#79b8ff;\
--ours:#10233c}}\
*{box-sizing:border-box}body{margin:0 auto;padding:1.5rem 1rem;max-width:72rem;font:16px/1.55 system-ui,sans-serif;\
color:var(--ink);background:var(--paper);overflow-wrap:anywhere}\
a{color:var(--mark)}h1{font-size:1.6rem;line-height:1.25}h2{margin-top:2rem;border-bottom:1px solid var(--line)}\
h3{margin:1.2rem 0 .3rem;font-size:1rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}\
dt{color:var(--quiet)}dd{margin:0}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}\
code{font:.9em ui-monospace,monospace}.words{white-space:pre-line}.quiet,footer{color:var(--quiet)}\
.ours{background:var(--ours);padding:.1rem 1rem;border-left:4px solid var(--mark)}.flag{font-weight:700}\
.wide{overflow-x:auto}.wide table{min-width:46rem}.wide :is(th,td){overflow-wrap:normal}.wide td:last-child{overflow-wrap:anywhere}pre{white-space:pre-wrap;max-height:30rem;overflow:auto}summary{cursor:pointer}button{font:inherit;padding:.3rem .8rem;margin:.6rem 0}[hidden]{display:none!important}form{display:flex;flex-wrap:wrap;gap:.6rem 1rem;margin:1rem 0}\
input,select{font:inherit;padding:.3rem .5rem;border:1px solid var(--quiet);border-radius:4px;background:var(--paper);\
color:var(--ink)}:focus-visible{outline:3px solid var(--mark);outline-offset:2px}\
del,ins{text-decoration:none}del::before{content:'− '}ins::before{content:'+ '}footer{margin-top:3rem;font-size:.9rem}\
@media print{form,nav{display:none}}";

/// A page: what it is called, what stands on it, MITRE's lines, and a script where it has one.
pub fn frame(title: &str, body: &Markup, licence: &[String], script: Option<&str>) -> String {
    let scripts = script.map_or_else(|| "'none'".to_owned(), source_of);
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {scripts}; base-uri 'none'; form-action 'none'",
        source_of(STYLE)
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (shown(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                nav { a href="index.html" { "All detections, techniques and data components" } }
                main { (body) }
                footer {
                    @for line in licence { p { (shown(line)) } }
                    p { "MITRE's terms: " a href="NOTICE.txt" { "NOTICE.txt" } ". Pages by begat, from disk: nothing is loaded or sent." }
                }
                @if let Some(script) = script { script { (PreEscaped(script)) } }
            }
        }
    };
    page.into_string()
}

/// Text of a bundle: what would deceive an eye is made visible; line ends stay, and so do spaces that do not break.
pub fn shown(text: &str) -> String {
    let line = |line: &str| line.split('\u{a0}').map(visible).collect::<Vec<_>>().join("\u{a0}");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// An address as a link where it is one of the web, else as text.
pub fn link(url: &str) -> Markup {
    link_said(url, url)
}

/// The same, said otherwise.
pub fn link_said(said: &str, url: &str) -> Markup {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    html! {
        @if is_web { a href=(url) rel="noreferrer noopener" { (shown(said)) } }
        @else { (shown(said)) @if said != url { " (" (shown(url)) ")" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_text() {
        let body = html! { p { (shown("<script>alert(1)</script>\u{202e}\"'&\nnext\u{a0}line")) } (link("javascript:alert(1)")) };
        let page = frame("<b>\u{1b}", &body, &["</footer>".to_owned()], None);
        assert!(
            !page.contains("<script>") && !page.contains("<b>") && !page.contains("href=\"javascript"),
            "{page}"
        );
        assert!(page.contains("\\u{202e}") && page.contains("\nnext\u{a0}line"), "{page}");
        assert!(page.contains("script-src 'none'") && page.matches("</footer>").count() == 1, "{page}");
    }
}
