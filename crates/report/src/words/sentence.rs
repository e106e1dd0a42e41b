//! A fact of a case that is put into words when somebody asks for them.

use std::fmt;

use begat_model::case::{
    Against, BlindSpot, EvidenceFact, Finding, NameFact, Reason, RiskReason, RoleGrounds, Verdict,
};
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use crate::words::{against, blind_spot, evidence, finding, name, reason, risk, role};

/// One fact, to be said in UTC for other programs, and for people in the zone that they read times in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentence<'a> {
    /// What was not seen.
    BlindSpot(&'a BlindSpot),
    /// What speaks for or against an explanation.
    Evidence(&'a EvidenceFact),
    /// Why a verdict names no process for certain.
    Reason(&'a Reason),
    /// What a verdict means, where nothing more is known.
    Verdict(Verdict),
    /// What spoke against an explanation.
    Against(&'a Against),
    /// Why a creation matters more or less.
    Risk(&'a RiskReason),
    /// The same of a case of that verdict: what only could have made the account is not told as what did.
    RiskUnder(&'a RiskReason, Verdict),
    /// What is odd about a name.
    Name(&'a NameFact),
    /// On what grounds a host is what it is.
    Role(&'a RoleGrounds),
    /// What happened that is no recorded creation.
    Finding(&'a Finding),
}

impl Sentence<'_> {
    /// With its times in a zone. Text of a log stands in it as written.
    pub fn in_zone(&self, zone: &TimeZone) -> String {
        match self {
            Sentence::BlindSpot(fact) => blind_spot::said(fact, zone),
            Sentence::Evidence(fact) => evidence::said(fact, zone),
            Sentence::Reason(fact) => reason::said(fact, zone),
            Sentence::Verdict(verdict) => verdict.doc().to_owned(),
            Sentence::Against(fact) => against::said(fact, zone),
            Sentence::Risk(fact) => risk::said(fact, zone),
            Sentence::RiskUnder(fact, verdict) => risk::said_under(fact, *verdict, zone),
            Sentence::Name(fact) => name::said(fact, zone),
            Sentence::Role(fact) => role::said(fact, zone),
            Sentence::Finding(found) => finding::said(&found.summary, found.left_out, zone),
        }
    }
}

/// In UTC.
impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_zone(&TimeZone::UTC))
    }
}

impl Serialize for Sentence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
