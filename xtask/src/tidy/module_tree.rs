//! The modules of one crate as its `mod` declarations lay them out: what each defines, imports and names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenTree};

use super::paths::{Import, imports, paths};
use super::tokens::{braces, group, is_punct, is_word, read, word};

/// Words that stand before the name of an item.
const ITEM_WORDS: &[&str] = &["fn", "struct", "enum", "union", "trait", "type", "const", "static"];

/// Where a module stands below its root: `["evtx", "chunk"]`.
pub type ModulePath = Vec<String>;

/// What a module defines.
#[derive(Debug, Default, Clone)]
pub struct Item {
    /// `pub`, without a limit.
    pub is_public: bool,
    /// Every word of its declaration; of a function those before its body.
    pub words: BTreeSet<String>,
}

/// One module, in a file of its own or in its parent's.
#[derive(Debug, Default)]
pub struct Module {
    /// The file that holds it.
    pub file: String,
    /// Whether its parent declares it `pub`; the root is.
    pub is_public: bool,
    /// What it defines itself, by name.
    pub items: BTreeMap<String, Item>,
    /// Public functions and constants of its `impl` blocks that are of no trait, each with its type.
    pub methods: Vec<(String, String, Item)>,
    /// What `use` brings in, functions' own imports among them.
    pub imports: Vec<Import>,
    /// Paths that its code names without an import.
    pub paths: Vec<Vec<String>>,
}

/// All modules below one root file.
pub type ModuleTree = BTreeMap<ModulePath, Module>;

/// Reads the tree below a root file (`src/lib.rs`), by `open`, which gives the text of a file where there is one.
pub fn module_tree(root: &str, open: &dyn Fn(&str) -> Option<String>) -> ModuleTree {
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut tree = ModuleTree::new();
    let mut waiting = vec![(Declared { path: Vec::new(), is_public: true }, root.to_owned())];
    while let Some((declared, file)) = waiting.pop() {
        let Some(source) = open(&file) else { continue };
        for below in enter(&mut tree, declared, &file, &read(&source)) {
            let place = format!("{folder}/{}", below.path.join("/"));
            let files = [format!("{place}.rs"), format!("{place}/mod.rs")];
            waiting.extend(files.into_iter().find(|file| open(file).is_some()).map(|file| (below, file)));
        }
    }
    tree
}

/// A module that another declares.
struct Declared {
    path: ModulePath,
    is_public: bool,
}

/// Enters a module and those inside it; answers those that it declares to be in files of their own.
fn enter(tree: &mut ModuleTree, this: Declared, file: &str, tokens: &[TokenTree]) -> Vec<Declared> {
    let mut module = Module { file: file.to_owned(), is_public: this.is_public, ..Module::default() };
    let (mut declared, mut own) = (Vec::new(), Vec::new());
    let (mut at, mut is_public) = (0, false);
    while at < tokens.len() {
        let name = word(tokens.get(at + 1));
        match (&tokens[at], name) {
            (token, Some(name)) if is_word(token, "mod") => {
                let below = Declared { path: this.path.iter().cloned().chain([name]).collect(), is_public };
                match tokens.get(at + 2).and_then(braces) {
                    Some(inner) => declared.extend(enter(tree, below, file, &inner)),
                    None => declared.push(below),
                }
                (at, is_public) = (at + 3, false);
                continue;
            }
            // `const fn` is named by its last word.
            (token, Some(name)) if is_item_word(token) && name != "fn" => {
                module.items.insert(name, Item { is_public, words: declaration(&tokens[at..]) });
            }
            (token, Some(_)) if is_word(token, "impl") => module.methods.extend(methods(&tokens[at..])),
            (token, None) if is_word(token, "impl") => module.methods.extend(methods(&tokens[at..])),
            (token, None) if is_word(token, "macro_rules") => {
                module.items.extend(word(tokens.get(at + 2)).map(|name| (name, Item::default())));
            }
            _ => {}
        }
        is_public = follows_pub(is_public, tokens, at);
        own.push(tokens[at].clone());
        at += 1;
    }
    module.imports = imports(&own);
    module.paths = paths(&own);
    tree.insert(this.path, module);
    declared
}

fn is_item_word(token: &TokenTree) -> bool {
    ITEM_WORDS.iter().any(|word| is_word(token, word))
}

/// Whether what comes next is `pub`: behind the word itself, or behind `const`, `unsafe` and the like after it.
fn follows_pub(is_public: bool, tokens: &[TokenTree], at: usize) -> bool {
    let is_limited = tokens.get(at + 1).is_some_and(|next| group(next, Delimiter::Parenthesis).is_some());
    let is_between = ["const", "unsafe", "async", "extern"].iter().any(|word| is_word(&tokens[at], word));
    (is_word(&tokens[at], "pub") && !is_limited) || (is_public && is_between)
}

/// The words of the declaration that begins here: to its semicolon, or of a function to its body.
fn declaration(tokens: &[TokenTree]) -> BTreeSet<String> {
    let is_function = is_word(&tokens[0], "fn");
    let mut words = BTreeSet::new();
    for token in tokens {
        let is_body = braces(token).is_some();
        if is_punct(token, ';') || (is_body && is_function) {
            break;
        }
        all_words(token, &mut words);
        if is_body {
            break;
        }
    }
    words
}

fn all_words(token: &TokenTree, words: &mut BTreeSet<String>) {
    match token {
        TokenTree::Group(group) => group.stream().into_iter().for_each(|token| all_words(&token, words)),
        token => words.extend(word(Some(token))),
    }
}

/// The public functions and constants of an `impl` block that is of no trait, with the name of its type.
fn methods(tokens: &[TokenTree]) -> Vec<(String, String, Item)> {
    let Some(end) = tokens.iter().position(|token| braces(token).is_some()) else { return Vec::new() };
    let head = &tokens[1..end];
    let Some(owner) = type_name(head).filter(|_| !head.iter().any(|token| is_word(token, "for"))) else {
        return Vec::new();
    };
    let body = braces(&tokens[end]).unwrap_or_default();
    let (mut found, mut is_public) = (Vec::new(), false);
    for at in 0..body.len() {
        if let Some(name) =
            word(body.get(at + 1)).filter(|name| is_item_word(&body[at]) && is_public && name != "fn")
        {
            found.push((owner.clone(), name, Item { is_public, words: declaration(&body[at..]) }));
        }
        is_public = follows_pub(is_public, &body, at);
    }
    found
}

/// The type of `impl<T> Type<T>`: the first word outside of angle brackets.
fn type_name(head: &[TokenTree]) -> Option<String> {
    let mut depth = 0_usize;
    for token in head {
        match token {
            token if is_punct(token, '<') => depth += 1,
            token if is_punct(token, '>') => depth = depth.saturating_sub(1),
            token if depth == 0 && word(Some(token)).is_some() => return word(Some(token)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_where_they_are_declared() {
        let files = [
            ("c/src/lib.rs", "pub mod a; mod inner { mod deep; } const fn f() {} struct S;"),
            ("c/src/a/mod.rs", "mod b; enum E {}"),
            ("c/src/a/b.rs", ""),
            ("c/src/inner/deep.rs", ""),
            ("c/src/orphan.rs", "nobody declares it"),
        ];
        let open =
            |path: &str| files.iter().find(|(file, _)| *file == path).map(|(_, source)| (*source).to_owned());
        let tree = module_tree("c/src/lib.rs", &open);
        let told: Vec<(String, &str)> =
            tree.iter().map(|(path, module)| (path.join("::"), module.file.as_str())).collect();
        let expected = [
            ("", "c/src/lib.rs"),
            ("a", "c/src/a/mod.rs"),
            ("a::b", "c/src/a/b.rs"),
            ("inner", "c/src/lib.rs"),
            ("inner::deep", "c/src/inner/deep.rs"),
        ];
        assert_eq!(told, expected.map(|(path, file)| (path.to_owned(), file)));
        let items = tree[&Vec::new()].items.keys().collect::<Vec<_>>();
        assert_eq!(items, ["S", "f"]);
        assert!(tree[&vec!["a".to_owned()]].is_public && !tree[&vec!["inner".to_owned()]].is_public);
    }

    #[test]
    fn what_is_public_is_told_with_the_words_of_its_declaration() {
        let source = "pub fn f(a: A) -> B { C } pub(crate) fn g() {} pub const fn h() {} pub struct S { d: D }
            impl<T: X> S<T> { pub fn m(&self) -> E {} fn n() {} pub const K: u8 = 1; } impl T for S { fn o() {} }";
        let tree = module_tree("src/lib.rs", &|path| (path == "src/lib.rs").then(|| source.to_owned()));
        let root = &tree[&Vec::new()];
        let public: Vec<&str> =
            root.items.iter().filter(|(_, item)| item.is_public).map(|(name, _)| name.as_str()).collect();
        assert_eq!(public, ["S", "f", "h"]);
        assert!(root.items["f"].words.contains("B") && !root.items["f"].words.contains("C"));
        assert!(root.items["S"].words.contains("D"));
        let methods: Vec<(&str, &str)> =
            root.methods.iter().map(|(owner, name, _)| (owner.as_str(), name.as_str())).collect();
        assert_eq!(methods, [("S", "m"), ("S", "K")]);
    }
}
