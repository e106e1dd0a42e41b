//! A source file as tokens: what stands at the level of a module, without what only tests build.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens of a file; none where it is no Rust, which the compiler tells better.
pub fn read(source: &str) -> Vec<TokenTree> {
    source.parse::<TokenStream>().map(shipped).unwrap_or_default()
}

/// What is left of these tokens, at every depth, without the items that stand under `#[cfg(test)]`.
fn shipped(stream: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if is_punct(&tokens[at], '#') && tokens.get(at + 1).is_some_and(is_cfg_test) {
            at = end_of_item(&tokens, at + 2);
            continue;
        }
        kept.push(match &tokens[at] {
            TokenTree::Group(group) => {
                let inner = shipped(group.stream()).into_iter().collect();
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            token => token.clone(),
        });
        at += 1;
    }
    kept
}

fn is_cfg_test(attribute: &TokenTree) -> bool {
    let text = attribute.to_string().replace(' ', "");
    text.starts_with("[cfg(") && text.contains("test") && !text.contains("not(test")
}

/// Behind the item that begins here: its semicolon, or the braces that are its body.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| is_punct(token, ';') || braces(token).is_some();
    let is_use = tokens.get(from).is_some_and(|token| is_word(token, "use"));
    let length = tokens[from..]
        .iter()
        .position(|token| if is_use { is_punct(token, ';') } else { ends(token) })
        .map_or(tokens.len() - from, |length| length + 1);
    from + length
}

/// Whether it is this sign.
pub fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether it is this word.
pub fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// The word, where it is one.
pub fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string().trim_start_matches("r#").to_owned()),
        _ => None,
    }
}

/// What stands between braces, where it is such a group.
pub fn braces(token: &TokenTree) -> Option<Vec<TokenTree>> {
    group(token, Delimiter::Brace)
}

/// What stands inside, where it is a group of this kind.
pub fn group(token: &TokenTree, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => {
            Some(group.stream().into_iter().collect())
        }
        _ => None,
    }
}

/// Whether `::` begins here.
pub fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| is_punct(token, ':'))
        && tokens.get(at + 1).is_some_and(|token| is_punct(token, ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tests_build_is_left_out() {
        let read = |source: &str| {
            read(source).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").replace('\n', " ")
        };
        assert_eq!(
            read("fn a() {} #[cfg(test)] mod tests { use crate::x; } fn b() {}"),
            "fn a () { } fn b () { }"
        );
        assert_eq!(read("#[cfg(test)] use crate::{x, y}; fn b() {}"), "fn b () { }");
        assert_eq!(read("#[cfg(test)] mod tests; fn b() {}"), "fn b () { }");
        assert_eq!(read("mod a { #[cfg(any(test, fuzzing))] fn c() {} }"), "mod a { }");
        assert_eq!(read("#[cfg(not(test))] fn b() {}"), "# [cfg (not (test))] fn b () { }");
        assert_eq!(read("// crate::a\n/// crate::b\nfn b() { \"crate::c\"; }").matches("crate").count(), 2);
    }
}
