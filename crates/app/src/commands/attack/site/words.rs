//! MITRE's words as a page shows them: code as code, links as links, and citations by the number of their reference. No
//! word is changed; the raw source stands below.

use begat_attack::object::Reference;
use maud::{Markup, html};

use super::frame::{link_said, shown};

/// A piece of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    /// `<code>…</code>`, or between backticks.
    Code(&'a str),
    /// `[said](address)`
    Link(&'a str, &'a str),
    /// `(Citation: name)`
    Citation(&'a str),
}

/// A description; what it cites is numbered as the references are.
pub fn words(text: &str, references: &[Reference]) -> Markup {
    let number = |name: &str| references.iter().position(|reference| reference.source_name == name);
    html! {
        @for piece in pieces(text) {
            @match piece {
                Piece::Text(text) => (shown(text)),
                Piece::Code(text) => code { (shown(text)) },
                Piece::Link(said, address) => (link_said(said, address)),
                Piece::Citation(name) => @match number(name) {
                    Some(at) => { " " a href={"#reference-" (at + 1)} title=(shown(name)) { "[" (at + 1) "]" } }
                    None => { "(Citation: " (shown(name)) ")" }
                },
            }
        }
    }
}

/// The description, piece by piece; what does not end as it began is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest, mut plain) = (Vec::new(), text, 0);
    while let Some(at) = rest[plain..].find(['<', '`', '[', '(']).map(|at| plain + at) {
        match piece(&rest[at..]) {
            Some((piece, length)) => {
                pieces.extend((at > 0).then(|| Piece::Text(&rest[..at])));
                pieces.push(piece);
                (rest, plain) = (&rest[at + length..], 0);
            }
            None => plain = at + 1,
        }
    }
    pieces.extend((!rest.is_empty()).then_some(Piece::Text(rest)));
    pieces
}

/// What begins here, and how long it is.
fn piece(text: &str) -> Option<(Piece<'_>, usize)> {
    let between = |open: &str, close: &str| {
        let inside = text.strip_prefix(open)?.split_once(close)?.0;
        Some((inside, open.len() + inside.len() + close.len()))
    };
    if let Some((code, length)) = between("<code>", "</code>").or_else(|| between("`", "`")) {
        return Some((Piece::Code(code), length));
    }
    if let Some((name, length)) = between("(Citation: ", ")") {
        return Some((Piece::Citation(name), length));
    }
    let (said, _) = between("[", "](").filter(|(said, _)| !said.contains(['[', ']']))?;
    let address = text[said.len() + 3..].split_once(')')?.0;
    Some((Piece::Link(said, address), said.len() + address.len() + 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_text_is_told_apart_and_nothing_is_lost() {
        use Piece::{Citation, Code, Link, Text};
        assert_eq!(
            pieces("a <code>net user</code> or `useradd`, [Net](https://x/1) (see).(Citation: A b)"),
            [
                Text("a "),
                Code("net user"),
                Text(" or "),
                Code("useradd"),
                Text(", "),
                Link("Net", "https://x/1"),
                Text(" (see)."),
                Citation("A b"),
            ]
        );
        for odd in ["[a] b [c]", "<code>open", "[a](b", "`", "((Citation: ", "[", "<script>x</script>", "é[é"]
        {
            assert_eq!(pieces(odd), [Text(odd)], "{odd}");
        }
    }
}
