//! Judgements added up, and the table they make.
use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::verdict::{Answer, Judgement, Likely};

/// Where the bands begin in which confidence is held against what was right.
const BANDS: [f64; 3] = [0.75, 0.85, 0.95];

/// Of the claims told with a confidence within a band: how many, and how many were so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Band {
    /// Claims.
    pub told: u64,
    /// Those that were so.
    pub right: u64,
}

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
    /// Told as likely, and so.
    pub likely_right: u64,
    /// Told as likely, and another process did it.
    pub likely_another: u64,
    /// Told as likely, where no process of the log did it.
    pub likely_nobody: u64,
    /// An address or a person was told that is not behind it.
    pub misplaced: u64,
    /// Claims by confidence: from 0.75, from 0.85, from 0.95.
    pub bands: [Band; 3],
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
        self.misplaced += u64::from(judgement.misplaced);
        match judgement.likely {
            Some(Likely::Right) => self.likely_right += 1,
            Some(Likely::Another) => self.likely_another += 1,
            Some(Likely::Nobody) => self.likely_nobody += 1,
            None => (),
        }
        let band = judgement.claim.and_then(|(confidence, is_so)| {
            let index = BANDS.iter().rposition(|from| confidence >= *from)?;
            Some((index, is_so))
        });
        if let Some((index, is_so)) = band {
            self.bands[index].told += 1;
            self.bands[index].right += u64::from(is_so);
        }
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
    fn columns(&self) -> [(&'static str, u64); 20] {
        let [low, middle, high] = &self.bands;
        [
            ("cases", self.cases),
            ("knowable", self.knowable),
            ("verdict_right", self.verdict_right),
            ("with_creator", self.with_creator),
            ("creator_right", self.creator_right),
            ("confidently_wrong", self.confidently_wrong),
            ("wrongly_silent", self.wrongly_silent),
            ("likely_right", self.likely_right),
            ("likely_another", self.likely_another),
            ("likely_nobody", self.likely_nobody),
            ("misplaced", self.misplaced),
            ("told_from_75", low.told),
            ("right_from_75", low.right),
            ("told_from_85", middle.told),
            ("right_from_85", middle.right),
            ("told_from_95", high.told),
            ("right_from_95", high.right),
            ("rule_right", self.rule_right),
            ("rule_wrong", self.rule_wrong),
            ("rule_silent", self.rule_silent),
        ]
    }

    fn columns_mut(&mut self) -> [&mut u64; 20] {
        let [low, middle, high] = &mut self.bands;
        [
            &mut self.cases,
            &mut self.knowable,
            &mut self.verdict_right,
            &mut self.with_creator,
            &mut self.creator_right,
            &mut self.confidently_wrong,
            &mut self.wrongly_silent,
            &mut self.likely_right,
            &mut self.likely_another,
            &mut self.likely_nobody,
            &mut self.misplaced,
            &mut low.told,
            &mut low.right,
            &mut middle.told,
            &mut middle.right,
            &mut high.told,
            &mut high.right,
            &mut self.rule_right,
            &mut self.rule_wrong,
            &mut self.rule_silent,
        ]
    }

    /// Of what was claimed with which confidence, the share that was so.
    fn calibration(&self) -> String {
        let names = ["0.75 to 0.85", "0.85 to 0.95", "0.95 and more"];
        let mut text = "\nclaimed with confidence\n".to_owned();
        for (name, band) in names.iter().zip(self.bands) {
            let _ = writeln!(text, "  {name:<14} {:>7} told, {} so", band.told, share(band.right, band.told));
        }
        text
    }

    fn json(&self) -> Json {
        self.columns().into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect()
    }
}

/// Why a judgement needs somebody's eye, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// Told as certain, and not so.
    ConfidentlyWrong,
    /// Told as likely, where no process of the log did it.
    LikelyNobody,
    /// An address or a person was told that is not behind it.
    Misplaced,
    /// Nothing certain was said of what can be known.
    WronglySilent,
}

impl Flaw {
    const ALL: [Self; 4] = [Self::ConfidentlyWrong, Self::LikelyNobody, Self::Misplaced, Self::WronglySilent];

    /// What is wrong with a judgement, the worst of it.
    pub fn of(judgement: &Judgement) -> Option<Self> {
        let found = [
            judgement.confidently_wrong,
            judgement.likely == Some(Likely::Nobody),
            judgement.misplaced,
            judgement.wrongly_silent,
        ];
        Self::ALL.into_iter().zip(found).find(|(_, is_it)| *is_it).map(|(flaw, _)| flaw)
    }

    fn slug(self) -> &'static str {
        match self {
            Self::ConfidentlyWrong => "confidently_wrong",
            Self::LikelyNobody => "likely_nobody",
            Self::Misplaced => "misplaced",
            Self::WronglySilent => "wrongly_silent",
        }
    }
}

/// One judgement that needs somebody's eye, with what repeats it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Why it does.
    pub flaw: Flaw,
    /// The seed.
    pub seed: u64,
    /// The story.
    pub story: &'static str,
    /// The lie that was told beside it.
    pub lie: Option<&'static str>,
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
        let lie = self.lie.unwrap_or("none");
        format!("begat-sim judge --story {} --over {lie} --seed {}{faults} -v", self.story, self.seed)
    }

    fn json(&self) -> Json {
        json!({
            "what": self.flaw.slug(), "story": self.story, "lie": self.lie, "seed": self.seed, "faults": self.faults,
            "summary": self.summary, "replay": self.replay(),
        })
    }
}

/// What all trials came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scoreboard {
    /// By story.
    pub stories: BTreeMap<String, Score>,
    /// By the lie that was told beside a story.
    pub lies: BTreeMap<String, Score>,
    /// By fault; a trial with two faults counts for both, one with none for `(none)`.
    pub faults: BTreeMap<String, Score>,
    /// What went wrong, the worst first.
    pub failures: Vec<Failure>,
}

/// Of each flaw so many failures are listed.
const FAILURES_LISTED_MAX: usize = 10;

impl Scoreboard {
    /// Puts two together; in whatever order, the whole is the same once it is sorted.
    pub fn merge(&mut self, other: Self) {
        let pairs = [
            (&mut self.stories, other.stories),
            (&mut self.lies, other.lies),
            (&mut self.faults, other.faults),
        ];
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
            "total": self.total().json(), "stories": rows(&self.stories), "over": rows(&self.lies),
            "faults": rows(&self.faults), "failures": failures,
        })
    }

    /// For people.
    pub fn table(&self) -> String {
        let total = self.total();
        let mut text = String::new();
        let tables = [("story", &self.stories), ("over it", &self.lies), ("fault", &self.faults)];
        for (first, rows) in tables.into_iter().filter(|(_, rows)| !rows.is_empty()) {
            head(&mut text, first);
            rows.iter().for_each(|(name, score)| row(&mut text, name, score));
            text.push('\n');
        }
        head(&mut text, "all");
        row(&mut text, "", &total);
        text.push_str(&total.calibration());
        Flaw::ALL.into_iter().for_each(|flaw| self.list(&mut text, flaw));
        text
    }

    fn list(&self, text: &mut String, flaw: Flaw) {
        let of_this = || self.failures.iter().filter(|failure| failure.flaw == flaw);
        let count = of_this().count();
        if count > 0 {
            let _ = writeln!(text, "\n{count} {}; the first:", flaw.slug().replace('_', " "));
        }
        for failure in of_this().take(FAILURES_LISTED_MAX) {
            let _ = writeln!(text, "  {}\n    {}", failure.summary, failure.replay());
        }
    }
}

fn head(text: &mut String, first: &str) {
    let _ = writeln!(
        text,
        "{first:<24} {:>6} {:>8} {:>14} {:>14} {:>6} {:>7} | likely {:>5} {:>7} {:>6} | {:>9} | window rule {:>6} {:>6} {:>7}",
        "cases",
        "knowable",
        "verdict right",
        "creator right",
        "wrong",
        "silent",
        "right",
        "another",
        "nobody",
        "misplaced",
        "right",
        "wrong",
        "silent"
    );
}

fn share(part: u64, whole: u64) -> String {
    match whole {
        0 => "-".to_owned(),
        // Cut, never rounded up: 99.9 is not all.
        _ => format!("{part} {:>3}.{} %", part * 100 / whole, part * 1000 / whole % 10),
    }
}

fn row(text: &mut String, name: &str, score: &Score) {
    let _ = writeln!(
        text,
        "{name:<24} {:>6} {:>8} {:>14} {:>14} {:>6} {:>7} | {:>6} {:>5} {:>7} {:>6} | {:>9} | {:>11} {:>6} {:>6} {:>7}",
        score.cases,
        score.knowable,
        share(score.verdict_right, score.knowable),
        share(score.creator_right, score.with_creator),
        score.confidently_wrong,
        score.wrongly_silent,
        "",
        score.likely_right,
        score.likely_another,
        score.likely_nobody,
        score.misplaced,
        "",
        score.rule_right,
        score.rule_wrong,
        score.rule_silent,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(confidence: f64, is_so: bool, likely: Option<Likely>) -> Judgement {
        Judgement {
            account: String::new(),
            expected: "likely",
            told: "likely",
            is_knowable: false,
            verdict_right: true,
            has_creator: true,
            creator_right: false,
            confidently_wrong: false,
            wrongly_silent: false,
            likely,
            claim: Some((confidence, is_so)),
            misplaced: false,
            window_rule: Answer::Silent,
            summary: String::new(),
        }
    }

    #[test]
    fn each_claim_counts_in_the_band_of_its_confidence() {
        let mut score = Score::default();
        for (confidence, is_so) in
            [(0.74, true), (0.75, true), (0.849, false), (0.85, true), (0.95, true), (1.0, false)]
        {
            let outcome = if is_so { Likely::Right } else { Likely::Another };
            score.add(&claimed(confidence, is_so, Some(outcome)));
        }
        let bands = [(2, 1), (1, 1), (2, 1)].map(|(told, right)| Band { told, right });
        assert_eq!(score.bands, bands, "0.74 is below all");
        assert_eq!((score.likely_right, score.likely_another, score.likely_nobody), (4, 2, 0));
        assert!(
            score.calibration().contains("0.75 to 0.85         2 told, 1  50.0 % so"),
            "{}",
            score.calibration()
        );
        let mut both = score;
        both.merge(&score);
        assert_eq!((both.bands[0].told, both.likely_another, both.cases), (4, 4, 12));
    }
}
