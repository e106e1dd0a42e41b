//! What really happened, as it is written beside a rehearsal and read back: `begat.rehearsal/1`, a line for each account.

use std::collections::BTreeMap;

use begat_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::story::{Story, StoryKind, TrueProcess, Truth, created_at};

/// Name and version of the shape.
const TRUTH_SCHEMA: &str = "begat.rehearsal/1";

/// One creation of a rehearsal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsed {
    /// `begat.rehearsal/1`.
    pub schema: String,
    /// The story.
    pub story: String,
    /// The scenario that it plays.
    pub scenario: String,
    /// Where, as the record says.
    pub host: String,
    /// The account's latest name.
    pub account: String,
    /// Under which name it was made.
    pub created_as: String,
    /// Its SID.
    pub sid: String,
    /// When; RFC 3339.
    pub created_at: String,
    /// The best that can be said of an undamaged log.
    pub verdict: String,
    /// All that an honest program may say.
    pub verdicts: Vec<String>,
    /// The process that made the call; `None` where none of the host did.
    pub creator: Option<RehearsedProcess>,
    /// Its ancestors, parent first.
    pub chain: Vec<RehearsedProcess>,
}

/// A process, as far as two programs can agree on one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RehearsedProcess {
    /// Its id.
    pub pid: u32,
    /// Its image.
    pub image: String,
}

impl From<&TrueProcess> for RehearsedProcess {
    fn from(process: &TrueProcess) -> Self {
        Self { pid: process.pid, image: process.image.clone() }
    }
}

/// The truth of a story; of a creation that left no record there is none to be judged by.
pub fn rehearsed(kind: &StoryKind, story: &Story) -> Vec<Rehearsed> {
    story.truth.iter().filter_map(|truth| of_truth(kind, story, truth)).collect()
}

fn of_truth(kind: &StoryKind, story: &Story, truth: &Truth) -> Option<Rehearsed> {
    let at = Timestamp::from_filetime(created_at(&story.records, truth)?.0)?;
    Some(Rehearsed {
        schema: TRUTH_SCHEMA.to_owned(),
        story: kind.name.to_owned(),
        scenario: kind.scenario.to_owned(),
        host: truth.host.clone(),
        account: truth.account.clone(),
        created_as: truth.created_as.clone(),
        sid: truth.sid.to_string(),
        created_at: at.to_string(),
        verdict: truth.verdict.to_owned(),
        verdicts: truth.verdicts.iter().map(|verdict| (*verdict).to_owned()).collect(),
        creator: truth.creator.as_ref().map(RehearsedProcess::from),
        chain: truth.chain.iter().map(RehearsedProcess::from).collect(),
    })
}

impl Rehearsed {
    /// Reads the lines of a truth; what is wrong by line.
    pub fn read(text: &str) -> Result<Vec<Rehearsed>, Vec<(usize, String)>> {
        let (mut read, mut wrong) = (Vec::new(), BTreeMap::new());
        for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str::<Rehearsed>(line) {
                Ok(truth) if truth.schema == TRUTH_SCHEMA => read.push(truth),
                Ok(other) => {
                    wrong.insert(
                        place + 1,
                        format!("its schema is `{}`, and not {TRUTH_SCHEMA}", other.schema),
                    );
                }
                Err(error) => {
                    wrong.insert(place + 1, format!("it is no {TRUTH_SCHEMA}: {error}"));
                }
            }
        }
        if read.is_empty() && wrong.is_empty() {
            wrong.insert(1, "it holds no creation".to_owned());
        }
        if wrong.is_empty() { Ok(read) } else { Err(wrong.into_iter().collect()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let kind = StoryKind::named("net-user").unwrap();
        let told = rehearsed(kind, &kind.tell(1));
        assert_eq!(told.len(), 1);
        let line = serde_json::to_string(&told[0]).unwrap();
        assert_eq!(Rehearsed::read(&format!("\n{line}\n")).unwrap(), told);
        assert!(told[0].creator.as_ref().unwrap().image.ends_with("net1.exe"), "{told:?}");
        for (text, line) in [("", 1), ("\n{}", 2), ("{\"schema\":\"begat.case/1\"}", 1)] {
            assert_eq!(Rehearsed::read(text).unwrap_err()[0].0, line, "{text}");
        }
    }
}
