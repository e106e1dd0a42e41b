//! `begat carriers`: the shapes of JSON and of tables that are read, and what each cannot carry.

use begat_ingest::{Schema, Schemas};

use crate::cli::CarriersArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Prints one line a shape.
pub fn run(args: &CarriersArgs) -> Result<Status, Error> {
    let schemas = Schemas::built_in();
    let width = |cell: fn(&Schema) -> &str| schemas.iter().map(|it| cell(it).len()).max().unwrap_or(0);
    let (names, titles) = (width(Schema::name), width(Schema::title));
    let lines = schemas.iter().map(|shape| {
        let (name, title, cannot) = (shape.name(), shape.title(), cannot(shape));
        let line = format!("{name:names$}  {title:titles$}  {cannot}");
        format!("{}\n", line.trim_end())
    });
    let text: String = lines.collect();
    Sink::new(&args.output)?.write(|out| out.write_all(text.as_bytes()))?;
    Ok(Status::Done)
}

/// `cannot carry record ids, SIDs`; nothing where it carries all.
fn cannot(shape: &Schema) -> String {
    let lacks: Vec<String> = shape.cannot().iter().map(|lack| lack.doc().to_owned()).collect();
    if lacks.is_empty() { String::new() } else { format!("cannot carry {}", lacks.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGINS: &str = "<!-- begat carriers -->\n";
    const ENDS: &str = "<!-- end -->";

    /// The README's table: `BEGAT_WRITE_CARRIERS=1` writes it anew.
    #[test]
    fn the_readme_lists_what_is_read() {
        let rows: String = Schemas::built_in()
            .iter()
            .map(|shape| format!("| {} | {} | {} |\n", shape.name(), shape.title(), cannot(shape)))
            .collect();
        let table = format!("| shape | of | |\n| --- | --- | --- |\n{rows}");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
        let readme = std::fs::read_to_string(path).expect("the README is there");
        let (before, rest) = readme.split_once(BEGINS).expect("the table begins somewhere");
        let (listed, after) = rest.split_once(ENDS).expect("the table ends somewhere");
        if std::env::var_os("BEGAT_WRITE_CARRIERS").is_some() {
            let written = std::fs::write(path, format!("{before}{BEGINS}{table}{ENDS}{after}"));
            return written.expect("the README can be written");
        }
        assert_eq!(listed, table, "write it anew with BEGAT_WRITE_CARRIERS=1");
    }
}
