//! What a pipeline made of a rehearsal, in the judge's words: right, confidently wrong, silent.

use super::answers::{Answer, Answers};
use super::truth::{Rehearsed, RehearsedProcess};

/// What was made of one creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It said who, or honestly what can be said.
    Right,
    /// It named, or claimed, what is not so.
    ConfidentlyWrong,
    /// It said that another process stands out, without being certain.
    LikelyWrong,
    /// It saw the creation, and did not say who made it though that can be known.
    SilentOnWho,
    /// It did not see the creation.
    Missed,
}

impl Outcome {
    /// All of them, the best first.
    pub const ALL: [Outcome; 5] = [
        Outcome::Right,
        Outcome::SilentOnWho,
        Outcome::Missed,
        Outcome::LikelyWrong,
        Outcome::ConfidentlyWrong,
    ];

    /// Its name in output.
    pub fn slug(self) -> &'static str {
        match self {
            Outcome::Right => "right",
            Outcome::ConfidentlyWrong => "confidently_wrong",
            Outcome::LikelyWrong => "likely_wrong",
            Outcome::SilentOnWho => "silent_on_who",
            Outcome::Missed => "missed",
        }
    }

    /// What it means, in a line.
    pub fn doc(self) -> &'static str {
        match self {
            Outcome::Right => "it said who did it, or all that can honestly be said",
            Outcome::ConfidentlyWrong => "it blamed somebody else, or claimed what is not so",
            Outcome::LikelyWrong => "it held another process for likely",
            Outcome::SilentOnWho => "it saw the creation, and not who made it",
            Outcome::Missed => "it did not see the creation",
        }
    }
}

/// One creation, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What happened.
    pub truth: Rehearsed,
    /// What was made of it.
    pub outcome: Outcome,
    /// What was said, where anything was.
    pub told: Option<Answer>,
}

/// A whole rehearsal, judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Score {
    /// Each creation, in order of the truth.
    pub creations: Vec<Judged>,
    /// Answers that are of no creation of the rehearsal.
    pub others: u64,
}

impl Score {
    /// How many came to this.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.creations.iter().filter(|judged| judged.outcome == outcome).count() as u64
    }
}

/// Holds answers against the truth. Of several answers on one creation the worst counts: an alert that blames an innocent
/// is not taken back by another.
pub fn score(truth: Vec<Rehearsed>, answers: &Answers) -> Score {
    let mut is_of_rehearsal = vec![false; answers.all.len()];
    let mut creations = Vec::new();
    for truth in truth {
        let mut told: Vec<(Outcome, &Answer)> = Vec::new();
        for (place, answer) in answers.all.iter().enumerate() {
            if is_about(answer, &truth) {
                is_of_rehearsal[place] = true;
                told.push((outcome(answer, &truth), answer));
            }
        }
        let worst = told.into_iter().max_by_key(|(outcome, _)| severity(*outcome));
        creations.push(Judged {
            outcome: worst.map_or(Outcome::Missed, |(outcome, _)| outcome),
            told: worst.map(|(_, answer)| answer.clone()),
            truth,
        });
    }
    let others = is_of_rehearsal.iter().filter(|is| !**is).count() as u64;
    Score { creations, others }
}

/// Of several answers silence beside a right one takes nothing away.
fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Missed | Outcome::SilentOnWho => 0,
        Outcome::Right => 1,
        Outcome::LikelyWrong => 2,
        Outcome::ConfidentlyWrong => 3,
    }
}

fn short(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// By its SID, which the tool may leave out; else by host and name.
fn is_about(answer: &Answer, truth: &Rehearsed) -> bool {
    let same_host =
        answer.host.as_deref().is_none_or(|host| short(host).eq_ignore_ascii_case(short(&truth.host)));
    let names = [&truth.account, &truth.created_as];
    match (&answer.sid, &answer.account) {
        (Some(sid), _) => same_host && sid.eq_ignore_ascii_case(&truth.sid),
        (None, Some(account)) => {
            let account = account.rsplit('\\').next().unwrap_or(account);
            answer.host.is_some() && same_host && names.iter().any(|name| name.eq_ignore_ascii_case(account))
        }
        (None, None) => false,
    }
}

fn outcome(answer: &Answer, truth: &Rehearsed) -> Outcome {
    match answer.verdict.as_deref() {
        Some(verdict) => of_verdict(verdict, answer, truth),
        // Another tool names a process, which may be the creator or an ancestor, or names none.
        None if answer.process.is_none() && answer.pid.is_none() => match truth.creator {
            Some(_) => Outcome::SilentOnWho,
            None => Outcome::Right,
        },
        None => {
            let is_right = truth.creator.iter().chain(&truth.chain).any(|process| names(answer, process));
            if is_right { Outcome::Right } else { Outcome::ConfidentlyWrong }
        }
    }
}

fn of_verdict(verdict: &str, answer: &Answer, truth: &Rehearsed) -> Outcome {
    let is_honest = truth.verdicts.iter().any(|honest| honest == verdict);
    let names_creator = truth.creator.as_ref().is_some_and(|creator| names(answer, creator));
    match verdict {
        "attributed" | "likely" if names_creator && is_honest => Outcome::Right,
        "attributed" => Outcome::ConfidentlyWrong,
        "likely" => Outcome::LikelyWrong,
        "ambiguous" | "unknown" if truth.verdict == verdict => Outcome::Right,
        // Where no process is to be named, and nothing better can be said, saying little is no fault.
        "ambiguous" | "unknown" if is_honest && matches!(&*truth.verdict, "ambiguous" | "unknown") => {
            Outcome::Right
        }
        "ambiguous" | "unknown" => Outcome::SilentOnWho,
        _ if is_honest => Outcome::Right,
        _ => Outcome::ConfidentlyWrong,
    }
}

/// The same image by its file name, and the same id where one is told.
fn names(answer: &Answer, process: &RehearsedProcess) -> bool {
    let file = |image: &str| image.rsplit(['\\', '/']).next().unwrap_or(image).to_lowercase();
    let same_image = answer.process.as_ref().is_none_or(|told| file(told) == file(&process.image));
    same_image && answer.pid.is_none_or(|pid| pid == process.pid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearse::rehearsed;
    use crate::story::StoryKind;

    fn truth(story: &str) -> Rehearsed {
        let kind = StoryKind::named(story).unwrap();
        rehearsed(kind, &kind.tell(1)).remove(0)
    }

    fn told(truth: &Rehearsed, verdict: Option<&str>, process: Option<(&str, u32)>) -> Answer {
        Answer {
            host: Some(truth.host.to_uppercase()),
            account: Some(truth.account.clone()),
            sid: Some(truth.sid.clone()),
            verdict: verdict.map(str::to_owned),
            process: process.map(|(image, _)| image.to_owned()),
            pid: process.map(|(_, pid)| pid),
        }
    }

    fn judged(truth: &Rehearsed, answers: Vec<Answer>) -> Outcome {
        score(vec![truth.clone()], &Answers { all: answers }).creations[0].outcome
    }

    #[test]
    fn what_begat_says_is_right_wrong_or_silent() {
        let truth = truth("net-user");
        let creator = truth.creator.clone().unwrap();
        let by = |verdict, process| judged(&truth, vec![told(&truth, Some(verdict), process)]);
        let right = Some((creator.image.as_str(), creator.pid));
        let other = Some((r"C:\Windows\System32\mmc.exe", 4242));
        assert_eq!(by("attributed", right), Outcome::Right);
        assert_eq!(by("attributed", other), Outcome::ConfidentlyWrong);
        assert_eq!(by("likely", other), Outcome::LikelyWrong);
        assert_eq!(by("unknown", None), Outcome::SilentOnWho);
        assert_eq!(by("remote", None), Outcome::ConfidentlyWrong);
        assert_eq!(judged(&truth, Vec::new()), Outcome::Missed);
    }

    #[test]
    fn where_no_process_did_it_a_process_that_is_named_is_wrong() {
        let truth = truth("remote-samr");
        let by = |verdict, process| judged(&truth, vec![told(&truth, verdict, process)]);
        assert_eq!(by(Some("remote"), None), Outcome::Right);
        assert_eq!(by(Some("unknown"), None), Outcome::SilentOnWho);
        assert_eq!(by(None, Some(("cmd.exe", 7))), Outcome::ConfidentlyWrong);
        assert_eq!(by(None, None), Outcome::Right);
    }

    #[test]
    fn another_tool_may_name_an_ancestor_and_the_worst_of_its_alerts_counts() {
        let truth = truth("net-user");
        let parent = truth.chain[0].clone();
        let right = told(&truth, None, Some((&parent.image, parent.pid)));
        let wrong = told(&truth, None, Some(("notepad.exe", 1)));
        let silent = told(&truth, None, None);
        assert_eq!(judged(&truth, vec![right.clone(), silent]), Outcome::Right);
        assert_eq!(judged(&truth, vec![right, wrong]), Outcome::ConfidentlyWrong);
        let of_another = Answer { sid: Some("S-1-5-21-9".to_owned()), ..told(&truth, None, None) };
        let score = score(vec![truth], &Answers { all: vec![of_another] });
        assert_eq!((score.others, score.count(Outcome::Missed)), (1, 1));
    }
}
