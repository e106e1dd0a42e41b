//! Where in a crate a name is defined: paths followed through modules, imports and the doors that pass names on.

use super::module_tree::{Module, ModulePath, ModuleTree};
use super::paths::Import;

/// Doors behind doors that are followed before it is given up.
const DOORS_MAX: usize = 16;

/// The module that defines what a path names, seen from a module, and the name; none where it leads out of the crate.
/// A path to a module names that module.
pub fn resolve(tree: &ModuleTree, from: &ModulePath, path: &[String]) -> Option<(ModulePath, String)> {
    follow(tree, from, path, DOORS_MAX)
}

fn follow(
    tree: &ModuleTree,
    from: &ModulePath,
    path: &[String],
    doors: usize,
) -> Option<(ModulePath, String)> {
    let mut module = from.clone();
    let mut rest = path;
    while let [first, more @ ..] = rest {
        match first.as_str() {
            "crate" => module.clear(),
            "super" => drop(module.pop()?),
            "self" => {}
            _ => break,
        }
        rest = more;
    }
    let mut is_inside = rest.len() < path.len();
    let mut name = module.last().cloned().unwrap_or_else(|| "crate".to_owned());
    while let [first, more @ ..] = rest {
        name.clone_from(first);
        let child: ModulePath = module.iter().cloned().chain([first.clone()]).collect();
        if !tree.contains_key(&child) {
            let here = tree.get(&module)?;
            if here.items.contains_key(first) {
                return Some((module, name));
            }
            let behind = behind_doors(tree, &module, here, rest, doors.checked_sub(1)?);
            return behind.or_else(|| is_inside.then_some((module, name)));
        }
        module = child;
        is_inside = true;
        rest = more;
    }
    is_inside.then_some((module, name))
}

/// Follows a name that the module does not define but imports.
fn behind_doors(
    tree: &ModuleTree,
    module: &ModulePath,
    here: &Module,
    rest: &[String],
    doors: usize,
) -> Option<(ModulePath, String)> {
    let (first, more) = rest.split_first()?;
    let through = |import: &Import| {
        let mut path = import.path.clone();
        match import.name.as_str() {
            name if name == first => {}
            "*" => {
                path.pop();
                path.push(first.clone());
            }
            _ => return None,
        }
        path.extend_from_slice(more);
        // `use a::{self}` beside a crate `a` would lead to itself.
        let found = (path != rest).then(|| follow(tree, module, &path, doors)).flatten()?;
        // What a glob seems to bring must be there.
        let is_there =
            import.name != "*" || tree[&found.0].items.contains_key(&found.1) || tree.contains_key(&found.0);
        is_there.then_some(found)
    };
    let (named, globs): (Vec<_>, Vec<_>) = here.imports.iter().partition(|import| import.name != "*");
    named.into_iter().chain(globs).find_map(through)
}
