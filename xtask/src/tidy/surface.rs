//! What a library shows and nobody outside takes: `pub` that wants to be `pub(crate)`, or gone.
//!
//! It is a search by word, and so sees less than there is: a name that anything outside also uses for something else
//! counts as taken. Whatever the declaration of something taken names counts as taken too, because a signature needs it.

use std::collections::BTreeSet;

use super::module_tree::{Item, Module, ModulePath, ModuleTree};
use super::resolve::resolve;

/// One thing that a library shows.
struct Shown<'a> {
    file: &'a str,
    name: &'a str,
    /// The type of which it is a function or constant.
    owner: Option<&'a str>,
    item: &'a Item,
}

/// What of a library nobody takes, one line each; `outside` says whether a word stands in a source that is
/// not the library's.
pub fn unused(tree: &ModuleTree, outside: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut left = shown(tree);
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    loop {
        let (used, unused): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|shown| taken.contains(shown.name) || outside(shown.name));
        left = unused;
        if used.is_empty() {
            break;
        }
        taken.extend(used.iter().flat_map(|shown| &shown.item.words).map(String::as_str));
    }
    let told = |shown: &Shown| {
        let owner = shown.owner.map_or_else(String::new, |owner| format!("{owner}::"));
        format!(
            "{}: `{owner}{}` is public, and nothing outside of its crate names it",
            shown.file, shown.name
        )
    };
    left.iter().map(told).collect()
}

/// All that can be named from outside.
fn shown(tree: &ModuleTree) -> Vec<Shown<'_>> {
    let mut names: BTreeSet<(&ModulePath, &str)> = BTreeSet::new();
    for path in tree.keys().filter(|path| is_reachable(tree, path)) {
        show_module(tree, path, &mut names);
    }
    let types: BTreeSet<&str> = names.iter().map(|(_, name)| *name).collect();
    let items = names.iter().filter_map(|(path, name)| {
        let (path, module) = tree.get_key_value(*path)?;
        let (name, item) = module.items.get_key_value(*name)?;
        debug_assert!(tree.contains_key(path));
        Some(Shown { file: &module.file, name, owner: None, item })
    });
    let methods = tree.values().flat_map(|module| module.methods.iter().map(move |method| (module, method)));
    let methods = methods.filter(|(_, (owner, ..))| types.contains(owner.as_str())).map(
        |(module, (owner, name, item)): (&Module, &(String, String, Item))| Shown {
            file: &module.file,
            name,
            owner: Some(owner),
            item,
        },
    );
    items.chain(methods).collect()
}

fn is_reachable(tree: &ModuleTree, path: &ModulePath) -> bool {
    (1..=path.len()).all(|depth| tree.get(&path[..depth]).is_some_and(|module| module.is_public))
}

/// What one module shows: its own, and what it passes on.
fn show_module<'a>(
    tree: &'a ModuleTree,
    path: &'a ModulePath,
    names: &mut BTreeSet<(&'a ModulePath, &'a str)>,
) {
    let module = &tree[path];
    names.extend(
        module.items.iter().filter(|(_, item)| item.is_public).map(|(name, _)| (path, name.as_str())),
    );
    for import in module.imports.iter().filter(|import| import.is_public) {
        let is_glob = import.name == "*";
        let target = if is_glob { &import.path[..import.path.len() - 1] } else { &import.path[..] };
        let Some((found, name)) = resolve(tree, path, target) else { continue };
        let Some((found, module)) = tree.get_key_value(&found) else { continue };
        if is_glob {
            let public = module.items.iter().filter(|(_, item)| item.is_public);
            names.extend(public.map(|(name, _)| (found, name.as_str())));
        } else if let Some((name, _)) = module.items.get_key_value(&name).filter(|(_, item)| item.is_public) {
            names.insert((found, name));
        }
    }
}

/// The words of a source, comments left out.
pub fn words(source: &str) -> impl Iterator<Item = String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::module_tree::module_tree;
    use super::*;

    #[test]
    fn what_nobody_takes_is_told() {
        let files = [
            (
                "src/lib.rs",
                "pub mod a; mod b; pub use b::{Passed, On}; pub(crate) fn inner() {} pub(crate) use b::Within;",
            ),
            ("src/a.rs", "pub fn used() -> Returned {} pub struct Returned; pub fn idle() {} fn own() {}"),
            (
                "src/b.rs",
                "pub struct Passed; pub struct On; pub struct Hidden; pub struct Within; impl On { pub fn idle_too(&self) {} fn own() {} }",
            ),
        ];
        let open =
            |path: &str| files.iter().find(|(file, _)| *file == path).map(|(_, source)| (*source).to_owned());
        let tree = module_tree("src/lib.rs", &open);
        let outside: BTreeSet<String> = words("// idle\nfn main() { lib::used(); On }").collect();
        let told = unused(&tree, &|word| outside.contains(word)).join("\n");
        let expected = ["src/a.rs: `idle`", "src/b.rs: `Passed`", "src/b.rs: `On::idle_too`"];
        assert_eq!(told.lines().count(), expected.len(), "{told}");
        assert!(expected.iter().all(|start| told.contains(start)), "{told}");
    }
}
