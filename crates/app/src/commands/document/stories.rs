//! The casebook as the program carries it, run under a site's policy: what must come out of each story, and what does.

use std::io::Read;

use begat_model::case::{AuthorisationStatus, Case};
use begat_report::StoryRun;
use flate2::read::GzDecoder;
use serde::Deserialize;

use crate::error::Error;
use crate::options::{Input, Inputs};
use crate::pipeline::{self, Outcome};
use crate::progress::Progress;

/// Written from the pages of `casebook/` by the test that holds the two together.
const CASEBOOK: &[u8] = include_bytes!("casebook.json.gz");

/// A page.
#[derive(Deserialize)]
struct Story {
    name: String,
    title: String,
    has_case: bool,
    verdict: Option<String>,
    /// File name of the process that made the account, where the page names one.
    creator: Option<String>,
    /// Kinds of findings, parted by commas.
    findings: Option<String>,
    logs: Vec<Log>,
}

#[derive(Deserialize)]
struct Log {
    name: String,
    text: String,
}

/// Runs every story under what the site says.
pub fn run(site: &Input) -> Result<Vec<StoryRun>, Error> {
    let mut text = String::new();
    GzDecoder::new(CASEBOOK).read_to_string(&mut text).expect("what is built in was packed by a test");
    let stories: Vec<Story> = serde_json::from_str(&text).expect("what is built in was written by a test");
    stories.into_iter().map(|story| story.run(site)).collect()
}

impl Story {
    fn run(self, site: &Input) -> Result<StoryRun, Error> {
        let files = self.logs.iter().map(|log| (log.name.clone(), log.text.clone().into_bytes()));
        let input = Input { from: Inputs::Held(files.collect()), zone: None, ..site.clone() };
        let outcome = pipeline::hunt(&input, &Progress::new(false))?;
        Ok(StoryRun {
            expected: self.expected(),
            actual: self.actual(&outcome),
            under_policy: outcome.cases.iter().map(judged).collect::<Vec<_>>().join("; "),
            name: self.name,
            title: self.title,
        })
    }

    fn expected(&self) -> String {
        let case = self.has_case.then(|| said(self.verdict.as_deref(), self.creator.as_deref()));
        told(case.as_deref(), self.findings.as_deref())
    }

    /// Of what came out, what the page speaks of.
    fn actual(&self, outcome: &Outcome) -> String {
        let of_case = |case: &Case| {
            let attribution = &case.attribution;
            let image = attribution.creator.as_ref().and_then(|creator| creator.image.as_deref());
            let file = image.map(|image| image.rsplit('\\').next().unwrap_or(image));
            let verdict = self.verdict.as_ref().map(|_| attribution.verdict.slug());
            said(verdict, file.filter(|_| self.creator.is_some()))
        };
        let cases: Vec<String> = outcome.cases.iter().map(of_case).collect();
        let findings: Vec<&str> = outcome.findings.iter().map(|finding| finding.kind.slug()).collect();
        let findings = findings.join(", ");
        let is_told = self.findings.is_some() || !findings.is_empty();
        told((!cases.is_empty()).then(|| cases.join("; ")).as_deref(), is_told.then_some(&*findings))
    }
}

fn said(verdict: Option<&str>, creator: Option<&str>) -> String {
    match (verdict, creator) {
        (Some(verdict), Some(creator)) => format!("{verdict}, {creator}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "a case".to_owned(),
    }
}

fn told(case: Option<&str>, findings: Option<&str>) -> String {
    match (case, findings) {
        (None, None) => "nothing".to_owned(),
        (Some(only), None) => only.to_owned(),
        (None, Some(only)) => format!("finding: {only}"),
        (Some(case), Some(findings)) => format!("{case}; finding: {findings}"),
    }
}

/// What the policy makes of it.
fn judged(case: &Case) -> String {
    let allowed = match (case.authorisation.status, &case.authorisation.rule) {
        (AuthorisationStatus::Authorised, Some(rule)) => format!("allowed by {rule}, "),
        (AuthorisationStatus::Unauthorised, _) => "not allowed, ".to_owned(),
        (AuthorisationStatus::Authorised | AuthorisationStatus::NotAssessed, _) => String::new(),
    };
    format!("{allowed}{}", case.severity)
}
