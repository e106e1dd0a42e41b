//! `begat attack site`: the library as pages that need no server, no network and no script to be read.

mod compare;
mod frame;
mod index;
mod names;
mod page;
mod words;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use begat_attack::facts::NOTICE;
use begat_attack::history::release_diff;
use begat_attack::id::{Kind, release_name};
use begat_attack::query::{Filter, Graph, Library, Listed, Reach, Wanted, list};
use begat_attack::store::{Edition, Shelf};

use self::names::names;
use super::dossier::gather;
use super::holdings::library;
use crate::cli::AttackSiteArgs;
use crate::error::{AttackError, Error};
use crate::exit::Status;

/// What has a page.
const KINDS: &[Kind] = &[Kind::Analytic, Kind::Strategy, Kind::Technique, Kind::DataComponent];

/// Writes the pages.
pub fn run(args: &AttackSiteArgs) -> Result<Status, Error> {
    prepare(args)?;
    let library = library(&args.store)?;
    let filter = Filter { kinds: KINDS.to_vec(), ..Filter::default() };
    let listed = list(&library, &filter)?;
    let names = names(&listed);
    let compared = compared(&library, &args.folder)?;
    let releases = library.listed_shelves(Wanted::default())?;
    write(&args.folder, "index.html", &index::page(&listed, &names, &releases, &compared))?;
    write(&args.folder, "NOTICE.txt", NOTICE)?;
    let mut graph: Option<(&Shelf, Graph<'_>)> = None;
    let mut by_shelf: Vec<&Listed<'_>> = listed.iter().collect();
    by_shelf.sort_by_key(|one| (one.shelf.domain(), one.shelf.release()));
    for one in by_shelf {
        if graph.as_ref().is_none_or(|(of, _)| !std::ptr::eq(*of, one.shelf)) {
            graph = Some((one.shelf, Graph::new(one.shelf).indexed()));
        }
        let Some((shelf, graph)) = &graph else { continue };
        let row = shelf.find(one.object.stix_id.as_str()).expect("it was listed from there");
        let related = graph.relations(&row, Reach::Chain, false);
        let dossier = gather(&library, shelf, row, (Some(shelf), related), args.takes.as_deref())?;
        write(&args.folder, &names[row.stix_id], &page::page(&dossier, &names))?;
    }
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(
        io::stderr().lock(),
        "{} pages: open {}",
        listed.len(),
        args.folder.join("index.html").display()
    );
    Ok(Status::Done)
}

fn prepare(args: &AttackSiteArgs) -> Result<(), Error> {
    let folder = &args.folder;
    let failed = |source| Error::Output { output: format!("`{}`", folder.display()), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let is_empty = fs::read_dir(folder).map_err(failed)?.next().is_none();
    if is_empty || args.clobber {
        Ok(())
    } else {
        Err(AttackError::FolderUsed { path: folder.clone() }.into())
    }
}

/// Pages that compare a whole release with the one before, and what they are called.
fn compared(library: &Library, folder: &Path) -> Result<Vec<(String, String)>, Error> {
    let whole: Vec<&Shelf> =
        library.shelves().iter().filter(|shelf| shelf.edition() == Edition::Bundle).collect();
    let mut pages = Vec::new();
    for pair in whole.windows(2).filter(|pair| pair[0].domain() == pair[1].domain()) {
        let (before, after) = (release_name(pair[0].release()), release_name(pair[1].release()));
        let name = format!("compare-{}-{before}-{after}.html", pair[0].domain().slug());
        let title = format!("{} {before} → {after}", pair[0].domain().title());
        let diff = release_diff(pair[0], pair[1])?;
        write(folder, &name, &compare::page(&title, pair[1], &diff))?;
        pages.push((name, title));
    }
    Ok(pages)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(|source| Error::Output { output: format!("`{}`", path.display()), source })
}
