//! Whether the entries of a policy are still in order: in time, no wider than they are needed, and used.

use begat_model::{Duration, Timestamp};

use crate::file::complaint::Complaint;
use crate::policy::Policy;
use crate::review::attack::AttackSituation;
use crate::review::history::History;
use crate::review::usage::Used;
use crate::terms::entry::Entry;

/// An entry that expires sooner is told.
const NOTICE: Duration = Duration::from_seconds(30 * DAY_SECONDS);
/// An entry that was not used for longer is stale.
const STALE: Duration = Duration::from_seconds(90 * DAY_SECONDS);
/// An entry that allows a greater share of all creations is too wide, in percent; of few creations any share is chance.
const SHARE_MAX: u64 = 50;
const CREATIONS_JUDGED_LEAST: u64 = 10;
const DAY_SECONDS: i64 = 86_400;

/// Something to mend in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark<'p> {
    /// It allows nothing any more.
    Expired,
    /// It will allow nothing any more within 30 days.
    ExpiresSoon {
        /// Whole days until then.
        days: i64,
    },
    /// Attacks that begat knows would be allowed, one a story.
    AllowsAttack(Vec<&'static AttackSituation>),
    /// It allows more than half of all creations.
    TooWide {
        /// Creations that it allowed.
        times: u64,
        /// All creations.
        creations: u64,
    },
    /// This other entry allows all that it allows.
    Overlapping(&'p Entry),
    /// No creation was allowed by it.
    Unused {
        /// All creations.
        creations: u64,
        /// The first of them.
        first: Timestamp,
        /// The last of them.
        last: Timestamp,
    },
    /// It allowed nothing for more than 90 days.
    Stale {
        /// When it last allowed something.
        used: Timestamp,
        /// Whole days from then to the last creation of all.
        days: i64,
    },
}

impl Remark<'_> {
    /// Its name in output.
    pub fn slug(&self) -> &'static str {
        match self {
            Remark::Expired => "expired",
            Remark::ExpiresSoon { .. } => "expires_soon",
            Remark::AllowsAttack(_) => "allows_attack",
            Remark::TooWide { .. } => "too_wide",
            Remark::Overlapping(_) => "overlapping",
            Remark::Unused { .. } => "unused",
            Remark::Stale { .. } => "stale",
        }
    }
}

/// An entry, how it was used, and what should be mended in it.
#[derive(Debug)]
pub struct Audited<'p> {
    /// The entry.
    pub entry: &'p Entry,
    /// How it was used; `None` where it was not.
    pub used: Option<Used>,
    /// What to mend.
    pub remarks: Vec<Remark<'p>>,
}

/// All entries of a policy, gone over.
#[derive(Debug)]
pub struct Audit<'p> {
    /// In the order of the file.
    pub entries: Vec<Audited<'p>>,
    /// What is odd about the policy apart from its entries.
    pub warnings: Vec<&'p Complaint>,
    /// Creations in which use was counted; `None`: use was not asked for.
    pub creations: Option<u64>,
    /// Times of the first and the last of them; `None` where there is none.
    pub first_and_last: Option<(Timestamp, Timestamp)>,
}

impl Audit<'_> {
    /// Something should be mended.
    pub fn has_remarks(&self) -> bool {
        self.entries.iter().any(|audited| !audited.remarks.is_empty())
    }
}

/// Goes over a policy. `history` is `None` where nothing is known of its use.
pub fn audit<'p>(policy: &'p Policy, history: Option<&History>, today: Timestamp) -> Audit<'p> {
    let entries: Vec<Audited<'p>> = policy
        .entries()
        .iter()
        .map(|entry| {
            let used = history.and_then(|history| history.of(entry.name()));
            let mut remarks: Vec<Remark<'p>> =
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

fn expiry<'p>(entry: &Entry, today: Timestamp) -> Option<Remark<'p>> {
    if entry.is_expired_at(today) {
        return Some(Remark::Expired);
    }
    let left = entry.expires().last - today;
    (left < NOTICE).then(|| Remark::ExpiresSoon { days: whole_days(left) })
}

fn attack<'p>(entry: &Entry) -> Option<Remark<'p>> {
    let swallowed = entry.swallowed();
    (!swallowed.is_empty()).then_some(Remark::AllowsAttack(swallowed))
}

fn share<'p>(used: Option<Used>, history: &History) -> Option<Remark<'p>> {
    let (times, creations) = (used?.times, history.creations());
    let is_wide = creations >= CREATIONS_JUDGED_LEAST && times * 100 > creations * SHARE_MAX;
    is_wide.then_some(Remark::TooWide { times, creations })
}

fn overlap<'p>(entry: &Entry, all: &'p [Entry]) -> Option<Remark<'p>> {
    let is_wider = |other: &&Entry| {
        // Of two that allow the same the later one is told.
        let is_other = other.line() != entry.line();
        is_other && other.covers(entry) && !(entry.covers(other) && other.line() > entry.line())
    };
    all.iter().find(is_wider).map(Remark::Overlapping)
}

fn disuse<'p>(used: Option<Used>, history: &History) -> Option<Remark<'p>> {
    let (first, last) = history.first_and_last()?;
    let Some(used) = used else {
        return Some(Remark::Unused { creations: history.creations(), first, last });
    };
    let idle = last - used.last;
    (idle > STALE).then(|| Remark::Stale { used: used.last, days: whole_days(idle) })
}

fn whole_days(span: Duration) -> i64 {
    (span.seconds() / DAY_SECONDS as f64).floor() as i64
}
