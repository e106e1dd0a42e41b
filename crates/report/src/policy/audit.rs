//! Whether the entries of a policy are still in order: in time, no wider than they are needed, and used.

use std::collections::BTreeSet;
use std::io::{self, Write};

use begat_model::{Duration, Timestamp};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::attack::{WHAT_ATTACKERS_LACK, attacks};
use super::history::History;
use super::usage::Used;
use super::{Complaint, Entry, Policy};
use crate::json::write_object;
use crate::page::Page;
use crate::visible::visible;

/// An entry that expires sooner is told.
const NOTICE: Duration = Duration::from_seconds(30 * DAY_SECONDS);
/// An entry that was not used for longer is stale.
const STALE: Duration = Duration::from_seconds(90 * DAY_SECONDS);
/// An entry that allows a greater share of all creations is too wide, in percent; of few creations any share is chance.
const SHARE_MAX: u64 = 50;
const CREATIONS_JUDGED_LEAST: u64 = 10;
const DAY_SECONDS: i64 = 86_400;
/// Stories named one by one.
const STORIES_TOLD_MAX: usize = 5;
/// Name and version of what programs read.
const SCHEMA: &str = "begat.policy_check/1";

/// What should be mended in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// It allows nothing any more.
    Expired,
    /// It will allow nothing any more within 30 days.
    ExpiresSoon,
    /// An attack that begat knows would be allowed.
    AllowsAttack,
    /// It allows more than half of all creations.
    TooWide,
    /// Another entry allows all that it allows.
    Overlapping,
    /// No creation was allowed by it.
    Unused,
    /// It allowed nothing for more than 90 days.
    Stale,
}

impl Defect {
    /// Its name in output.
    pub fn slug(self) -> &'static str {
        match self {
            Defect::Expired => "expired",
            Defect::ExpiresSoon => "expires_soon",
            Defect::AllowsAttack => "allows_attack",
            Defect::TooWide => "too_wide",
            Defect::Overlapping => "overlapping",
            Defect::Unused => "unused",
            Defect::Stale => "stale",
        }
    }
}

/// Something to mend in an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// Which sort.
    pub defect: Defect,
    /// In this entry.
    pub what: String,
    /// What to do about it.
    pub instead: String,
}

/// An entry, how it was used, and what should be mended in it.
#[derive(Debug)]
pub struct Audited<'p> {
    /// The entry.
    pub entry: &'p Entry,
    /// How it was used; `None` where it was not.
    pub used: Option<Used>,
    /// What to mend.
    pub remarks: Vec<Remark>,
}

/// All entries of a policy, gone over.
#[derive(Debug)]
pub struct Audit<'p> {
    /// In the order of the file.
    pub entries: Vec<Audited<'p>>,
    /// What is odd about the policy apart from its entries.
    pub warnings: Vec<&'p Complaint>,
    /// Creations in which use was counted, and the times of the first and the last; `None`: use was not asked for.
    pub creations: Option<u64>,
    first_and_last: Option<(Timestamp, Timestamp)>,
}

/// Goes over a policy. `history` is `None` where nothing is known of its use.
pub fn audit<'p>(policy: &'p Policy, history: Option<&History>, today: Timestamp) -> Audit<'p> {
    let entries: Vec<Audited<'p>> = policy
        .entries()
        .iter()
        .map(|entry| {
            let used = history.and_then(|history| history.of(entry.name()));
            let mut remarks: Vec<Remark> =
                [expiry(entry, today), attack(entry)].into_iter().flatten().collect();
            remarks.extend(history.and_then(|history| share(used, history)));
            remarks.extend(overlap(entry, policy.entries()));
            remarks.extend(history.and_then(|history| disuse(used, history)));
            Audited { entry, used, remarks }
        })
        .collect();
    // An overlap is a warning of the parser's already, in the line of its entry.
    let is_of_entry =
        |warning: &&Complaint| policy.entries().iter().any(|entry| entry.line() == warning.line);
    Audit {
        entries,
        warnings: policy.warnings().iter().filter(|warning| !is_of_entry(warning)).collect(),
        creations: history.map(History::creations),
        first_and_last: history.and_then(History::first_and_last),
    }
}

fn remark(defect: Defect, what: impl Into<String>, instead: impl Into<String>) -> Option<Remark> {
    Some(Remark { defect, what: what.into(), instead: instead.into() })
}

fn expiry(entry: &Entry, today: Timestamp) -> Option<Remark> {
    let (until, owner) = (&entry.expires().text, entry.owner());
    let ask = format!("ask {owner} whether it is still wanted: give it a new day, or remove it");
    if entry.is_expired_at(today) {
        return remark(Defect::Expired, format!("expired: it held until {until}"), ask);
    }
    let left = entry.expires().last - today;
    let days = (left.seconds() / DAY_SECONDS as f64).floor();
    (left < NOTICE)
        .then(|| remark(Defect::ExpiresSoon, format!("expires in {days} days, on {until}"), ask))?
}

fn attack(entry: &Entry) -> Option<Remark> {
    let allowed = attacks().iter().filter(|attack| entry.would_swallow(attack));
    let stories: BTreeSet<(&str, &str)> =
        allowed.map(|attack| (attack.scenario.as_str(), attack.story.as_str())).collect();
    let named: Vec<String> = stories
        .iter()
        .take(STORIES_TOLD_MAX)
        .map(|(scenario, story)| format!("{story} ({scenario})"))
        .collect();
    let more = stories.len().saturating_sub(STORIES_TOLD_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let what = format!("would allow attacks that begat knows: {}{more}", named.join(", "));
    (!stories.is_empty()).then(|| remark(Defect::AllowsAttack, what, WHAT_ATTACKERS_LACK))?
}

fn share(used: Option<Used>, history: &History) -> Option<Remark> {
    let (times, all) = (used?.times, history.creations());
    let is_wide = all >= CREATIONS_JUDGED_LEAST && times * 100 > all * SHARE_MAX;
    let what = format!("is too wide, maybe: it allowed {times} of all {all} creations");
    is_wide.then(|| remark(Defect::TooWide, what, "split it, so that each part names what it is for"))?
}

fn overlap(entry: &Entry, all: &[Entry]) -> Option<Remark> {
    let is_wider = |other: &&Entry| {
        // Of two that allow the same the later one is told.
        let is_other = other.line() != entry.line();
        is_other && other.covers(entry) && !(entry.covers(other) && other.line() > entry.line())
    };
    let wider = all.iter().find(is_wider)?;
    let what = format!("overlaps: `{}` (line {}) allows all that it allows", wider.name(), wider.line());
    remark(Defect::Overlapping, what, format!("leave it out, or narrow `{}`", wider.name()))
}

fn disuse(used: Option<Used>, history: &History) -> Option<Remark> {
    let (first, last) = history.first_and_last()?;
    let page = Page::default();
    let Some(used) = used else {
        let what = format!(
            "is unused: it allowed none of {} creations from {} to {}",
            history.creations(),
            page.time(first),
            page.time(last)
        );
        return remark(Defect::Unused, what, "remove it, unless its time is still to come");
    };
    let idle = last - used.last;
    let what = format!(
        "is stale: it last allowed something on {}, {} days before the last creation",
        page.time(used.last),
        (idle.seconds() / DAY_SECONDS as f64).floor()
    );
    (idle > STALE).then(|| remark(Defect::Stale, what, "remove it, unless its time is still to come"))?
}

impl Audit<'_> {
    /// Something should be mended.
    pub fn has_remarks(&self) -> bool {
        self.entries.iter().any(|audited| !audited.remarks.is_empty())
    }

    /// For people: what to mend, by place; then all entries with their use. `file` is the policy's.
    pub fn write(&self, file: &str, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        for warning in &self.warnings {
            writeln!(out, "{warning}")?;
        }
        for Audited { entry, remarks, .. } in &self.entries {
            for Remark { what, instead, .. } in remarks {
                let line = format!("{file}:{}: `{}` {what}; {instead}", entry.line(), entry.name());
                writeln!(out, "{}", visible(&line))?;
            }
        }
        if self.has_remarks() || !self.warnings.is_empty() {
            writeln!(out)?;
        }
        self.write_entries(page, out)?;
        let to_mend = self.entries.iter().filter(|audited| !audited.remarks.is_empty()).count();
        let use_counted = match (self.creations, self.first_and_last) {
            (None, _) => "use was not looked at: give logs, or `--cases`".to_owned(),
            (Some(count), Some((first, last))) => {
                format!("use counted in {count} creations from {} to {}", page.time(first), page.time(last))
            }
            (Some(_), None) => "no creation in which use could be counted".to_owned(),
        };
        let entries = if self.entries.len() == 1 { "entry" } else { "entries" };
        writeln!(out, "{to_mend} of {} {entries} to mend; {use_counted}", self.entries.len())
    }

    fn write_entries(&self, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        let columns = |audited: &Audited<'_>| {
            let entry = audited.entry;
            let used = match (self.creations, audited.used) {
                (None, _) => String::new(),
                (Some(_), None) => "unused".to_owned(),
                (Some(_), Some(used)) => format!("used {} ×, last {}", used.times, page.time(used.last)),
            };
            let until = format!("until {}", entry.expires().text);
            [entry.name().to_string(), until, entry.owner().to_string(), used]
                .map(|text| visible(&text).into_owned())
        };
        let rows: Vec<[String; 4]> = self.entries.iter().map(columns).collect();
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
    pub fn write_lines(&self, file: &str, out: &mut dyn Write) -> io::Result<()> {
        self.warnings.iter().try_for_each(|warning| write_complaint("warning", warning, out))?;
        for Audited { entry, used, remarks } in &self.entries {
            let remarks: Vec<_> = remarks
                .iter()
                .map(|it| json!({"defect": it.defect.slug(), "what": it.what, "instead": it.instead}))
                .collect();
            let mut object = json!({
                "schema": SCHEMA, "entry": &**entry.name(), "file": file, "line": entry.line(),
                "owner": &**entry.owner(), "expires": &*entry.expires().text, "remarks": remarks,
            });
            if self.creations.is_some() {
                object["used"] = json!(used.map_or(0, |used| used.times));
                object["last_used_at"] = json!(used.map(|used| used.last.to_string()));
            }
            write_object(&object, out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
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
