//! The pages of the report and of the library in a real browser: opened from disk, filtered, printed, held against axe, and photographed.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::command::{Line, cargo, need_of_apt};

/// Set by CI: nothing is timed, no screenshot taken, and where no browser can be had that is told and all.
const SHORT: &str = "BEGAT_SHORT";

/// Writes the pages, installs a browser and what drives it, and runs the tests.
pub fn check(root: &Path) -> Result<(), String> {
    let folder = root.join("target/browser");
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let pages = folder.join("pages");
    fs::create_dir_all(&pages).map_err(told)?;
    if let Err(why) = need_of_apt("chromium", "chromium", root) {
        if std::env::var_os(SHORT).is_none() {
            return Err(why);
        }
        let told = "NOT RUN: no page was opened in a browser, since Chromium cannot be installed";
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(std::io::stderr().lock(), "{told}: {why}");
        return Ok(());
    }
    write_pages(root, &pages)?;
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
    Line::new(&words, root).quietly()?;
    // What people are told of a site, under a policy whose text would break out.
    for command in ["readiness", "document"] {
        let page = pages.join(format!("{command}.html")).display().to_string();
        let format: &[&str] = if command == "readiness" { &["-t", "html"] } else { &[] };
        let tell =
            ["run", "--quiet", "--locked", "-p", "begat", "--", command, "demo", "--quiet", "--clobber"];
        let site = ["--policy", "xtask/src/check/export/hostile.toml", "-o", &page];
        Line::new(&[&[cargo.as_str()], &tell[..], format, &site[..]].concat(), root).quietly()?;
    }
    // The library of what is known without an import.
    let (site, none) =
        (pages.join("site").display().to_string(), pages.join("no-store").display().to_string());
    let library = ["run", "--quiet", "--locked", "-p", "begat", "--", "attack", "site"];
    let words = [&[cargo.as_str()], &library[..], &[&site, "--clobber", "--store", &none]].concat();
    Line::new(&words, root).quietly()
}
