//! A policy gone over: what to mend in its entries, and how they were used, for people and for programs.

use std::io::{self, Write};

use begat_model::visible::visible;
use begat_policy::{Audit, Audited, Complaint, Entry, Remark};
use begat_report::{Page, write_object};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::WHAT_ATTACKERS_LACK;

/// Stories named one by one.
const STORIES_TOLD_MAX: usize = 5;
/// Name and version of what programs read.
const SCHEMA: &str = "begat.policy_check/1";

/// What to mend in the entry, and what to do about it.
fn in_words(remark: &Remark<'_>, entry: &Entry) -> (String, String) {
    let page = Page::default();
    let (until, owner) = (&entry.expires().text, entry.owner());
    let ask = || format!("ask {owner} whether it is still wanted: give it a new date, or remove it");
    let unless_to_come = "remove it, unless it is for something still to come".to_owned();
    match remark {
        Remark::Expired => (format!("expired: it was valid until {until}"), ask()),
        Remark::ExpiresSoon { days } => (format!("expires in {days} days, on {until}"), ask()),
        Remark::AllowsAttack(attacks) => {
            let named: Vec<String> = attacks
                .iter()
                .take(STORIES_TOLD_MAX)
                .map(|attack| format!("{} ({})", attack.story, attack.scenario))
                .collect();
            let more = attacks.len().saturating_sub(STORIES_TOLD_MAX);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let what = format!("would allow attacks that begat knows: {}{more}", named.join(", "));
            (what, WHAT_ATTACKERS_LACK.to_owned())
        }
        Remark::TooWide { times, creations } => (
            format!("may be too wide: it allowed {times} of all {creations} creations"),
            "split it, so that each part names what it is for".to_owned(),
        ),
        Remark::Overlapping(wider) => (
            format!("overlaps: `{}` (line {}) allows all that it allows", wider.name(), wider.line()),
            format!("leave it out, or narrow `{}`", wider.name()),
        ),
        Remark::Unused { creations, first, last } => {
            let (first, last) = (page.time(*first), page.time(*last));
            (
                format!("is unused: it allowed none of {creations} creations from {first} to {last}"),
                unless_to_come,
            )
        }
        Remark::Stale { used, days } => {
            let used = page.time(*used);
            let what = format!(
                "is stale: it last allowed something on {used}, {days} days before the last creation"
            );
            (what, unless_to_come)
        }
    }
}

/// For people: what to mend, by place; then all entries with their use. `file` is the policy's.
pub fn write(audit: &Audit<'_>, file: &str, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for warning in &audit.warnings {
        writeln!(out, "{warning}")?;
    }
    for Audited { entry, remarks, .. } in &audit.entries {
        for remark in remarks {
            let (what, instead) = in_words(remark, entry);
            let line = format!("{file}:{}: `{}` {what}; {instead}", entry.line(), entry.name());
            writeln!(out, "{}", visible(&line))?;
        }
    }
    if audit.has_remarks() || !audit.warnings.is_empty() {
        writeln!(out)?;
    }
    write_entries(audit, page, out)?;
    let to_mend = audit.entries.iter().filter(|audited| !audited.remarks.is_empty()).count();
    let use_counted = match (audit.creations, audit.first_and_last) {
        (None, _) => "use was not looked at: give logs, or `--cases`".to_owned(),
        (Some(count), Some((first, last))) => {
            format!("use counted in {count} creations from {} to {}", page.time(first), page.time(last))
        }
        (Some(_), None) => "no creation in which use could be counted".to_owned(),
    };
    let entries = if audit.entries.len() == 1 { "entry" } else { "entries" };
    writeln!(out, "{to_mend} of {} {entries} to fix; {use_counted}", audit.entries.len())
}

fn write_entries(audit: &Audit<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let columns = |audited: &Audited<'_>| {
        let entry = audited.entry;
        let used = match (audit.creations, audited.used) {
            (None, _) => String::new(),
            (Some(_), None) => "unused".to_owned(),
            (Some(_), Some(used)) => {
                let likely = match used.on_likely {
                    0 => String::new(),
                    likely => format!(", {likely} × on a likely creator"),
                };
                format!("used {} ×{likely}, last {}", used.times, page.time(used.last))
            }
        };
        let until = format!("until {}", entry.expires().text);
        [entry.name().to_string(), until, entry.owner().to_string(), used]
            .map(|text| visible(&text).into_owned())
    };
    let rows: Vec<[String; 4]> = audit.entries.iter().map(columns).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths = [0, 1, 2].map(width);
    for row in &rows {
        let mut line = String::new();
        for (text, width) in row.iter().zip(widths) {
            line.push_str(text);
            line.push_str(&" ".repeat(width.saturating_sub(text.width()) + 2));
        }
        line.push_str(&row[3]);
        writeln!(out, "{}", line.trim_end())?;
    }
    if rows.is_empty() { Ok(()) } else { writeln!(out) }
}

/// For programs: an object a warning, then one an entry.
pub fn write_lines(audit: &Audit<'_>, file: &str, out: &mut dyn Write) -> io::Result<()> {
    audit.warnings.iter().try_for_each(|warning| write_complaint("warning", warning, out))?;
    for Audited { entry, used, remarks } in &audit.entries {
        let remarks: Vec<_> = remarks
            .iter()
            .map(|remark| {
                let (what, instead) = in_words(remark, entry);
                json!({"defect": remark.slug(), "what": what, "instead": instead})
            })
            .collect();
        let mut object = json!({
            "schema": SCHEMA, "entry": &**entry.name(), "file": file, "line": entry.line(),
            "owner": &**entry.owner(), "expires": &*entry.expires().text, "remarks": remarks,
        });
        if audit.creations.is_some() {
            object["used"] = json!(used.map_or(0, |used| used.times));
            object["used_on_likely"] = json!(used.map_or(0, |used| used.on_likely));
            object["last_used_at"] = json!(used.map(|used| used.last.to_string()));
        }
        write_object(&object, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
/// One complaint of the parser, for programs. `kind` is `error` or `warning`.
pub fn write_complaint(kind: &str, complaint: &Complaint, out: &mut dyn Write) -> io::Result<()> {
    let object = json!({
        "schema": SCHEMA, kind: complaint.what, "file": &*complaint.file, "line": complaint.line,
        "column": complaint.column, "instead": complaint.instead,
    });
    write_object(&object, out)?;
    out.write_all(b"\n")
}
