//! Judgements added up, and the table they make.
use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::verdict::{Answer, Judgement};

/// What the judgements of one row come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Creations judged.
    pub cases: u64,
    /// Those of which everything needed is in the logs.
    pub knowable: u64,
    /// Of the knowable, those with the expected verdict.
    pub verdict_right: u64,
    /// Of the knowable, those that a process made that can be named.
    pub with_creator: u64,
    /// Of these, those whose creator was named.
    pub creator_right: u64,
    /// Of all, those told as certain and not so.
    pub confidently_wrong: u64,
    /// Of the knowable, those of which nothing certain was said.
    pub wrongly_silent: u64,
    /// The plain rule named the creator or an ancestor.
    pub rule_right: u64,
    /// It named another process.
    pub rule_wrong: u64,
    /// It named nobody.
    pub rule_silent: u64,
}

impl Score {
    /// One judgement more.
    pub fn add(&mut self, judgement: &Judgement) {
        let knowable = judgement.is_knowable;
        self.cases += 1;
        self.knowable += u64::from(knowable);
        self.verdict_right += u64::from(knowable && judgement.verdict_right);
        self.with_creator += u64::from(knowable && judgement.has_creator);
        self.creator_right += u64::from(knowable && judgement.has_creator && judgement.creator_right);
        self.confidently_wrong += u64::from(judgement.confidently_wrong);
        self.wrongly_silent += u64::from(judgement.wrongly_silent);
        match judgement.window_rule {
            Answer::Right => self.rule_right += 1,
            Answer::Wrong => self.rule_wrong += 1,
            Answer::Silent => self.rule_silent += 1,
        }
    }

    fn merge(&mut self, other: &Self) {
        let own = self.columns_mut();
        for (sum, (_, more)) in own.into_iter().zip(other.columns()) {
            *sum += more;
        }
    }

    /// The columns of the table, in order.
    fn columns(&self) -> [(&'static str, u64); 10] {
        [
            ("cases", self.cases),
            ("knowable", self.knowable),
            ("verdict_right", self.verdict_right),
            ("with_creator", self.with_creator),
            ("creator_right", self.creator_right),
            ("confidently_wrong", self.confidently_wrong),
            ("wrongly_silent", self.wrongly_silent),
            ("rule_right", self.rule_right),
            ("rule_wrong", self.rule_wrong),
            ("rule_silent", self.rule_silent),
        ]
    }

    fn columns_mut(&mut self) -> [&mut u64; 10] {
        [
            &mut self.cases,
            &mut self.knowable,
            &mut self.verdict_right,
            &mut self.with_creator,
            &mut self.creator_right,
            &mut self.confidently_wrong,
            &mut self.wrongly_silent,
            &mut self.rule_right,
            &mut self.rule_wrong,
            &mut self.rule_silent,
        ]
    }

    fn json(&self) -> Json {
        self.columns().into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect()
    }
}

/// One judgement that needs somebody's eye, with what repeats it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Silent ones come after wrong ones.
    pub is_silence: bool,
    /// The seed.
    pub seed: u64,
    /// The story.
    pub story: &'static str,
    /// The faults.
    pub faults: Vec<&'static str>,
    /// What was told and what is true.
    pub summary: String,
}

impl Failure {
    /// The command that runs it again.
    pub(crate) fn replay(&self) -> String {
        let faults: String = self.faults.iter().map(|fault| format!(" --fault {fault}")).collect();
        let faults = if faults.is_empty() { " --no-faults".to_owned() } else { faults };
        format!("begat-sim judge --story {} --seed {}{faults} -v", self.story, self.seed)
    }

    fn json(&self) -> Json {
        let what = if self.is_silence { "wrongly_silent" } else { "confidently_wrong" };
        json!({
            "what": what, "story": self.story, "seed": self.seed, "faults": self.faults,
            "summary": self.summary, "replay": self.replay(),
        })
    }
}

/// What all trials came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scoreboard {
    /// By story.
    pub stories: BTreeMap<String, Score>,
    /// By fault; a trial with two faults counts for both, one with none for `(none)`.
    pub faults: BTreeMap<String, Score>,
    /// What went wrong, the worst first.
    pub failures: Vec<Failure>,
}

/// The failures that are listed.
const FAILURES_LISTED_MAX: usize = 10;

impl Scoreboard {
    /// Puts two together; in whatever order, the whole is the same once it is sorted.
    pub fn merge(&mut self, other: Self) {
        let pairs = [(&mut self.stories, other.stories), (&mut self.faults, other.faults)];
        for (own, others) in pairs {
            for (name, score) in others {
                own.entry(name).or_default().merge(&score);
            }
        }
        self.failures.extend(other.failures);
        self.failures.sort_unstable();
    }

    /// All stories together.
    pub fn total(&self) -> Score {
        self.stories.values().fold(Score::default(), |mut total, score| {
            total.merge(score);
            total
        })
    }

    /// For programs.
    pub fn json(&self) -> Json {
        let rows = |rows: &BTreeMap<String, Score>| -> Json {
            rows.iter().map(|(name, score)| (name.clone(), score.json())).collect()
        };
        let failures: Vec<Json> = self.failures.iter().map(Failure::json).collect();
        json!({
            "total": self.total().json(), "stories": rows(&self.stories), "faults": rows(&self.faults),
            "failures": failures,
        })
    }

    /// For people.
    pub fn table(&self) -> String {
        let total = self.total();
        let mut text = String::new();
        for (first, rows) in [("story", &self.stories), ("fault", &self.faults)] {
            head(&mut text, first);
            rows.iter().for_each(|(name, score)| row(&mut text, name, score));
            text.push('\n');
        }
        head(&mut text, "all");
        row(&mut text, "", &total);
        let silent = self.failures.iter().filter(|failure| failure.is_silence).count();
        let wrong = self.failures.len() - silent;
        if !self.failures.is_empty() {
            let _ = writeln!(text, "\n{wrong} confidently wrong, {silent} wrongly silent; the first:");
        }
        for failure in self.failures.iter().take(FAILURES_LISTED_MAX) {
            let what = if failure.is_silence { "silent" } else { "WRONG " };
            let _ = writeln!(text, "{what} {}\n       {}", failure.summary, failure.replay());
        }
        text
    }
}

fn head(text: &mut String, first: &str) {
    let _ = writeln!(
        text,
        "{first:<24} {:>6} {:>8} {:>14} {:>14} {:>6} {:>7} | window rule {:>6} {:>6} {:>7}",
        "cases", "knowable", "verdict right", "creator right", "wrong", "silent", "right", "wrong", "silent"
    );
}

fn row(text: &mut String, name: &str, score: &Score) {
    let share = |part: u64, whole: u64| match whole {
        0 => "-".to_owned(),
        // Cut, never rounded up: 99.9 is not all.
        _ => format!("{part} {:>3}.{} %", part * 100 / whole, part * 1000 / whole % 10),
    };
    let _ = writeln!(
        text,
        "{name:<24} {:>6} {:>8} {:>14} {:>14} {:>6} {:>7} | {:>11} {:>6} {:>6} {:>7}",
        score.cases,
        score.knowable,
        share(score.verdict_right, score.knowable),
        share(score.creator_right, score.with_creator),
        score.confidently_wrong,
        score.wrongly_silent,
        "",
        score.rule_right,
        score.rule_wrong,
        score.rule_silent,
    );
}
