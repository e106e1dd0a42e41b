//! `begat attack relations`: what hangs together.

use begat_attack::id::Kind;
use begat_attack::query::{Graph, Reach, Related, shelf_name};

use super::dossier::{end_name, families, licence};
use super::holdings::{library, wanted};
use super::lines::Lines;
use super::records::{relation, write_csv, write_lines};
use crate::cli::{AttackFormat, AttackRelationsArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

const COLUMNS: &[&str] =
    &["step", "relation", "from_id", "from_kind", "from_name", "to_id", "to_kind", "to_name", "relationship"];

/// Follows the relations of an object.
pub fn run(args: &AttackRelationsArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.told.output)?;
    let library = library(&args.told.store)?;
    let (shelf, start) = library.find_related(&args.id, wanted(&args.release))?;
    let reach = args.depth.map_or(Reach::Chain, |steps| Reach::Steps(steps.get()));
    let found = Graph::new(shelf).relations(&start, reach, args.revoked);
    sink.write(|out| match args.told.format {
        AttackFormat::Table => {
            let mut lines = Lines::new(&args.told.output);
            lines.line(&format!(
                "{} · {} · {}, in {}",
                start.id(),
                start.name,
                start.kind().one(),
                shelf_name(shelf)
            ));
            write_families(&mut lines, start.kind(), &found);
            let object = shelf.object(&start).ok();
            lines.blank();
            object.iter().flat_map(|object| licence(shelf, object)).for_each(|line| lines.line(&line));
            out.write_all(lines.finish().as_bytes())
        }
        AttackFormat::Jsonl => write_lines(found.iter().map(relation), out),
        AttackFormat::Csv => write_csv(COLUMNS, found.iter().map(row), out),
    })?;
    Ok(Status::Done)
}

/// Relations by what they lead to.
pub fn write_families(lines: &mut Lines, of: Kind, related: &[Related<'_>]) {
    let families = families(of, related);
    if families.is_empty() {
        lines.line("  no relationships in this data");
    }
    for (kind, found) in families {
        if found.is_empty() {
            lines.heading(&format!("{}: none in this data", kind.many()));
            continue;
        }
        lines.heading(&format!("{} ({})", kind.many(), found.len()));
        let rows: Vec<Vec<String>> = found.iter().map(|related| cells(related)).collect();
        lines.table(&rows);
    }
}

/// How it hangs together, id, name, and by way of what.
fn cells(related: &Related<'_>) -> Vec<String> {
    let (id, name) = end_name(&related.far());
    let near = if related.is_forward { related.from } else { related.to };
    let way = if related.step > 1 { format!(" (by way of {})", end_name(&near).0) } else { String::new() };
    let arrow =
        if related.is_forward { format!("{} →", related.label) } else { format!("← {}", related.label) };
    vec![arrow, id, format!("{name}{way}")]
}

fn row(related: &Related<'_>) -> Vec<String> {
    let ((from_id, from_name), (to_id, to_name)) = (end_name(&related.from), end_name(&related.to));
    vec![
        related.step.to_string(),
        related.label.to_owned(),
        from_id,
        related.from.kind().one().to_owned(),
        from_name,
        to_id,
        related.to.kind().one().to_owned(),
        to_name,
        related.relationship.map(|row| row.stix_id.to_owned()).unwrap_or_default(),
    ]
}
