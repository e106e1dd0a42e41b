//! The report's pages in a real browser: opened from disk, filtered, printed, held against axe, and photographed.

use std::fs;
use std::path::Path;

use crate::command::{Line, cargo, need_of_apt};

/// Writes the pages, installs a browser and what drives it, and runs the tests.
pub fn check(root: &Path) -> Result<(), String> {
    let folder = root.join("target/browser");
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let pages = folder.join("pages");
    fs::create_dir_all(&pages).map_err(told)?;
    write_pages(root, &pages)?;
    need_of_apt("chromium", "chromium", root)?;
    for file in ["package.json", "report.mjs"] {
        fs::copy(root.join("crates/report/browser").join(file), folder.join(file)).map_err(told)?;
    }
    Line::new(&["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], &folder).quietly()?;
    Line::new(&["node", "report.mjs", "pages", "screenshots"], &folder).show()
}

/// Pages of made-up cases, hostile ones among them, and that of the demonstration.
fn write_pages(root: &Path, pages: &Path) -> Result<(), String> {
    let cargo = cargo();
    let tests =
        [&cargo, "test", "--quiet", "--locked", "-p", "begat-report", "--test", "rendering", "html::"];
    Line::new(&tests, root).with("BEGAT_PAGES", pages.display().to_string()).show()?;
    let page = pages.join("demo.html").display().to_string();
    let hunt = ["run", "--quiet", "--locked", "-p", "begat", "--", "hunt", "demo", "-t", "html"];
    let words = [&[cargo.as_str()], &hunt[..], &["--quiet", "--clobber", "-o", &page]].concat();
    Line::new(&words, root).quietly()
}
