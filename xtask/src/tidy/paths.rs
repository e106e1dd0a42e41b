//! Paths in a module's tokens: what `use` brings in, and what code names directly.

use proc_macro2::{Delimiter, TokenTree};

use super::tokens::{braces, group, is_path_separator, is_punct, is_word, word};

/// One name that `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// From where; the last segment of a glob is `*`.
    pub path: Vec<String>,
    /// What it is called here.
    pub name: String,
    /// Whether it is passed on: `pub use`, or within limits.
    pub is_passed_on: bool,
    /// Whether it is passed on without limits.
    pub is_public: bool,
}

/// What stands before a `use`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visibility {
    Private,
    Limited,
    Public,
}

/// Every `use` in these tokens, at any depth.
pub fn imports(tokens: &[TokenTree]) -> Vec<Import> {
    let mut found = Vec::new();
    let mut visibility = Visibility::Private;
    for (at, token) in tokens.iter().enumerate() {
        if is_word(token, "use") {
            let length = tokens[at..].iter().position(|token| is_punct(token, ';'));
            let end = length.map_or(tokens.len(), |length| at + length);
            read_use(&tokens[at + 1..end], &[], visibility, &mut found);
        }
        if let TokenTree::Group(inner) = token {
            found.extend(imports(&inner.stream().into_iter().collect::<Vec<_>>()));
        }
        let is_limit = group(token, Delimiter::Parenthesis).is_some();
        visibility = match visibility {
            _ if is_word(token, "pub") => Visibility::Public,
            Visibility::Public if is_limit => Visibility::Limited,
            _ => Visibility::Private,
        };
    }
    found
}

fn read_use(tokens: &[TokenTree], before: &[String], visibility: Visibility, found: &mut Vec<Import>) {
    let mut path = before.to_vec();
    let mut name = None;
    for (at, token) in tokens.iter().enumerate() {
        if let Some(inner) = braces(token) {
            for branch in inner.split(|token| is_punct(token, ',')).filter(|branch| !branch.is_empty()) {
                read_use(branch, &path, visibility, found);
            }
            return;
        }
        if is_word(token, "as") {
            name = word(tokens.get(at + 1));
            break;
        }
        if is_punct(token, '*') {
            path.push("*".to_owned());
        }
        path.extend(word(Some(token)));
    }
    // `a::{self}` is `a`.
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(name) = name.or_else(|| path.last().cloned()) {
        let is_passed_on = visibility != Visibility::Private;
        found.push(Import { path, name, is_passed_on, is_public: visibility == Visibility::Public });
    }
}

/// Every path of at least two segments that is no import, at any depth; `pub(in …)` names none.
pub fn paths(tokens: &[TokenTree]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_word(&tokens[at], "use") {
            at += tokens[at..].iter().position(|token| is_punct(token, ';')).unwrap_or(tokens.len());
            continue;
        }
        if is_word(&tokens[at], "pub")
            && tokens.get(at + 1).is_some_and(|next| group(next, Delimiter::Parenthesis).is_some())
        {
            at += 2;
            continue;
        }
        if let TokenTree::Group(inner) = &tokens[at] {
            found.extend(paths(&inner.stream().into_iter().collect::<Vec<_>>()));
        }
        let (path, length) = path_from(&tokens[at..]);
        if path.len() > 1 {
            found.push(path);
        }
        at += length.max(1);
    }
    found
}

/// The path that begins here, and how many tokens it takes.
fn path_from(tokens: &[TokenTree]) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    let mut at = 0;
    while let Some(segment) = word(tokens.get(at)) {
        path.push(segment);
        at += 1;
        if !is_path_separator(tokens, at) || word(tokens.get(at + 2)).is_none() {
            break;
        }
        at += 2;
    }
    (path, at)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::read;
    use super::*;

    #[test]
    fn every_form_of_use_is_read() {
        let source = "use crate::a::{B, c::{self, D as E}, f::*}; pub(crate) use super::G; pub use super::I; fn x() { use self::h; }";
        let told: Vec<String> = imports(&read(source))
            .iter()
            .map(|import| {
                format!(
                    "{}={}{}",
                    import.name,
                    if import.is_public { "pub " } else { "" },
                    import.path.join("::")
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "B=crate::a::B",
                "c=crate::a::c",
                "E=crate::a::c::D",
                "*=crate::a::f::*",
                "G=super::G",
                "I=pub super::I",
                "h=self::h"
            ]
        );
    }

    #[test]
    fn paths_in_code_are_found_in_macros_too() {
        let source = "use a::b; pub(in crate::x) fn f() -> super::T { println!(\"{}\", crate::g::<u8>(h::i())) } // crate::n";
        assert_eq!(
            paths(&read(source)),
            [vec!["super", "T"], vec!["crate", "g"], vec!["h", "i"]]
                .map(|path| path.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())
        );
    }
}
