//! How often each entry of a policy allowed something, and when last: from this run's cases and those of earlier ones.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Read};

use begat_model::Timestamp;
use begat_model::case::CASE_SCHEMA;
use begat_model::case::Case;
use serde::Deserialize;

use crate::review::usage::Used;

/// Cases that are kept apart by their id; what comes after so many is not counted.
const CASES_MAX: usize = 1_000_000;
/// Rules that one case is counted for.
const RULES_OF_CASE_MAX: usize = 8;
/// A longer line of a file of cases is no case.
const LINE_BYTES_MAX: u64 = 16 << 20;
/// Unreadable lines told one by one.
const UNREADABLE_TOLD_MAX: usize = 3;

/// What cases say of a policy's use. The same case, met in several files, counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    cases: BTreeMap<String, Counted>,
    first_and_last: Option<(Timestamp, Timestamp)>,
    left_out: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Counted {
    at: Timestamp,
    rules: BTreeSet<String>,
    /// What allowed it rests on a creator that is only `likely`.
    on_likely: bool,
}

impl History {
    /// One case of this run.
    pub fn add(&mut self, case: &Case) {
        let allowed = &case.authorisation;
        let on_likely = !allowed.beside_likely.is_empty();
        self.add_seen(&case.case_id, case.created_at, allowed.rule.as_deref(), on_likely);
    }

    /// All creations, allowed or not.
    pub fn creations(&self) -> u64 {
        self.cases.len() as u64
    }

    /// Cases beyond what is kept: they count for nothing.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Times of the first and the last creation; `None` where there is none.
    pub fn first_and_last(&self) -> Option<(Timestamp, Timestamp)> {
        self.first_and_last
    }

    /// Use of the entry, or ticket, of that name; `None` where it allowed nothing.
    pub fn of(&self, rule: &str) -> Option<Used> {
        let allowed = self.cases.values().filter(|seen| seen.rules.contains(rule));
        let times = allowed.clone().count() as u64;
        let on_likely = allowed.clone().filter(|seen| seen.on_likely).count() as u64;
        allowed.map(|seen| seen.at).max().map(|last| Used { times, last, on_likely })
    }

    fn add_seen(&mut self, case_id: &str, at: Timestamp, rule: Option<&str>, on_likely: bool) {
        if !self.cases.contains_key(case_id) && self.cases.len() >= CASES_MAX {
            self.left_out += 1;
            return;
        }
        let unseen = || Counted { at, rules: BTreeSet::new(), on_likely: false };
        let seen = self.cases.entry(case_id.to_owned()).or_insert_with(unseen);
        seen.on_likely |= on_likely;
        if seen.rules.len() < RULES_OF_CASE_MAX {
            seen.rules.extend(rule.map(str::to_owned));
        }
        let (first, last) = self.first_and_last.unwrap_or((at, at));
        self.first_and_last = Some((first.min(at), last.max(at)));
    }
}

/// What a file of cases held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CasesRead {
    /// Cases.
    pub cases: u64,
    /// Lines that are neither a case nor another object of begat's.
    pub unreadable: u64,
    /// The first of them: line, from 1, and why.
    pub examples: Vec<(u64, String)>,
}

/// What is read of a line.
#[derive(Deserialize)]
struct CaseLine {
    schema: String,
    case_id: Option<String>,
    created_at: Option<String>,
    authorisation: Option<AuthorisationLine>,
}

#[derive(Deserialize)]
struct AuthorisationLine {
    rule: Option<String>,
    #[serde(default)]
    beside_likely: Vec<String>,
}

/// Reads the JSON Lines of an earlier hunt, line by line. Findings are passed over; what is no case of begat's is
/// counted, since a wrong file would otherwise make every entry look unused.
pub fn read_cases(reader: &mut dyn BufRead, history: &mut History) -> io::Result<CasesRead> {
    let mut read = CasesRead::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if reader.take(LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let is_cut = line.len() as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n');
        let taken = match is_cut {
            true => skip_line(reader).map(|()| Err("the line is longer than 16 MiB".to_owned()))?,
            false if line.trim_ascii().is_empty() => continue,
            false => take_line(&line, history),
        };
        match taken {
            Ok(is_case) => read.cases += u64::from(is_case),
            Err(why) => {
                read.unreadable += 1;
                if read.examples.len() < UNREADABLE_TOLD_MAX {
                    read.examples.push((number, why));
                }
            }
        }
    }
    Ok(read)
}

/// True where it is a case.
fn take_line(line: &[u8], history: &mut History) -> Result<bool, String> {
    let object: CaseLine = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if object.schema != CASE_SCHEMA {
        let is_other = object.schema.starts_with("begat.") && !object.schema.starts_with("begat.case/");
        return if is_other { Ok(false) } else { Err(format!("its schema is `{}`", object.schema)) };
    }
    let case_id = object.case_id.ok_or("it has no `case_id`")?;
    let at = object.created_at.as_deref().and_then(Timestamp::parse_rfc3339);
    let at = at.ok_or("its `created_at` is no time")?;
    let (rule, beside_likely) =
        object.authorisation.map(|allowed| (allowed.rule, allowed.beside_likely)).unwrap_or_default();
    history.add_seen(&case_id, at, rule.as_deref(), !beside_likely.is_empty());
    Ok(true)
}

fn skip_line(reader: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(place) => (place + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(length);
        if ended {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str, at: &str, rule: &str) -> String {
        format!(
            r#"{{"schema":"begat.case/1","case_id":"{id}","created_at":"{at}","authorisation":{{"rule":{rule}}}}}"#
        )
    }

    #[test]
    fn the_same_case_in_several_files_counts_once_in_any_order() {
        let week = [
            case("a", "2026-03-02T09:00:00Z", r#""imaging""#),
            case("b", "2026-03-04T09:00:00Z", "null"),
            r#"{"schema":"begat.finding/1","finding_id":"f"}"#.to_owned(),
            case("c", "2026-03-03T09:00:00Z", r#""imaging""#),
        ]
        .join("\n");
        let next = case("c", "2026-03-03T09:00:00Z", r#""helpdesk","beside_likely":["source"]"#);
        let history = |files: [&str; 2]| {
            let mut history = History::default();
            for file in files {
                let read = read_cases(&mut file.as_bytes(), &mut history).unwrap();
                assert_eq!(read.unreadable, 0, "{read:?}");
            }
            history
        };
        let both = history([&week, &next]);
        assert_eq!(both, history([&next, &week]));
        assert_eq!(both.creations(), 3);
        let used = |rule| both.of(rule).map(|used| (used.times, used.last.to_string(), used.on_likely));
        assert_eq!(used("imaging"), Some((2, "2026-03-03T09:00:00Z".to_owned(), 1)));
        assert_eq!(used("helpdesk"), Some((1, "2026-03-03T09:00:00Z".to_owned(), 1)));
        assert_eq!(used("nobody"), None);
        assert_eq!(both.first_and_last().unwrap().1.to_string(), "2026-03-04T09:00:00Z");
    }

    #[test]
    fn what_is_no_case_is_counted_and_told_by_its_line() {
        let file = [
            "",
            r#"{"a":1}"#,
            "no json",
            r#"{"schema":"begat.case/2","case_id":"x"}"#,
            r#"{"schema":"begat.case/1","created_at":"2026-03-02T09:00:00Z"}"#,
            r#"{"schema":"begat.case/1","case_id":"x","created_at":"yesterday"}"#,
            r#"{"schema":"begat.case/1","case_id":"x","created_at":"2026-03-02T09:00:00Z"}"#,
        ]
        .join("\n");
        let mut history = History::default();
        let read = read_cases(&mut file.as_bytes(), &mut history).unwrap();
        assert_eq!((read.cases, read.unreadable, history.creations()), (1, 5, 1));
        assert_eq!(read.examples.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn a_line_without_end_is_passed_over() {
        let long = "x".repeat(LINE_BYTES_MAX as usize + 10);
        let file = format!("{long}\n{}", case("a", "2026-03-02T09:00:00Z", "null"));
        let mut history = History::default();
        let read = read_cases(&mut file.as_bytes(), &mut history).unwrap();
        assert_eq!((read.cases, read.unreadable, read.examples[0].0), (1, 1, 1));
    }
}
