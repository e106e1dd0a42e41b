//! A policy as a whole: read from its file, asked about a creation, applied to a case.
//!
//! An entry matches on facts that an attacker cannot cheaply fake together (`terms::key` is the table of them), only on
//! what is known, and only until it expires, by the time of the creation and never by the clock on the wall, so that the
//! same hunt gives the same answer next year.

use begat_model::case::Case;
use begat_model::{Analytic, Duration, Timestamp};
use jiff::tz::TimeZone;

use crate::file::authorisation;
use crate::file::complaint::{Complaint, Complaints};
use crate::file::document::Document;
use crate::file::site::Site;
use crate::file::tuning::Tuned;
use crate::judge::judgement::{self, Judgement};
use crate::judge::situation::Situation;
use crate::judge::ticket::Tickets;
use crate::terms::entry::Entry;

const SECTIONS: &[&str] = &["site", "analytic", "groups", "networks", "authorisation"];

/// A policy that was read whole: nothing runs on half of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    site: Site,
    tuned: Tuned,
    entries: Vec<Entry>,
    tickets: Tickets,
    warnings: Vec<Complaint>,
}

impl Policy {
    /// Reads a policy; all that is wrong with it comes back at once, by line and column. `file` is how it is called
    /// in complaints.
    pub fn parse(file: &str, text: &str) -> Result<Policy, Complaints> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut document = Document::new(file, text);
        let root = document.root();
        document.check_root(&root, SECTIONS);
        let site = Site::read(&mut document, &root);
        let mut tuned =
            root.get("analytic").map(|value| Tuned::read(&mut document, value)).unwrap_or_default();
        tuned.analytic.privileged_groups.clone_from(&site.privileged_groups);
        let entries = root.get("authorisation");
        let entries = entries.map(|value| authorisation::read_entries(&mut document, value, &site));
        let warnings = document.finish()?;
        Ok(Policy {
            site,
            tuned,
            entries: entries.unwrap_or_default(),
            tickets: Tickets::default(),
            warnings,
        })
    }

    /// The same policy, with these change tickets.
    pub fn with_tickets(self, tickets: Tickets) -> Policy {
        Policy { tickets, ..self }
    }

    /// The same policy with only those of its entries that `keep` says.
    pub(crate) fn with_only(&self, keep: impl Fn(&Entry) -> bool) -> Policy {
        let entries = self.entries.iter().filter(|entry| keep(entry)).cloned().collect();
        Policy { entries, ..self.clone() }
    }

    /// What is odd about it but allowed.
    pub fn warnings(&self) -> &[Complaint] {
        &self.warnings
    }

    /// Its entries, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of that name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &**entry.name() == name)
    }

    /// The site's change tickets.
    pub fn tickets(&self) -> &Tickets {
        &self.tickets
    }

    /// The zone of all its times that tell none.
    pub fn zone(&self) -> &TimeZone {
        &self.site.zone
    }

    /// How the site tunes the analytic.
    pub fn analytic(&self) -> &Analytic {
        &self.tuned.analytic
    }

    /// TimeWindow, where the policy sets it.
    pub fn window(&self) -> Option<Duration> {
        self.tuned.window
    }

    /// Files and folders of Sigma rules as written: relative to the folder of the policy.
    pub fn sigma_rules(&self) -> &[String] {
        &self.tuned.sigma_rules
    }

    /// What it says of one creation.
    pub fn judge(&self, situation: &Situation) -> Judgement<'_> {
        Judgement::of(&self.entries, &self.tickets, situation)
    }

    /// Judges a case, and changes its authorisation, risk and severity: nothing else of it.
    pub fn apply(&self, case: &mut Case) -> Judgement<'_> {
        let judgement = self.judge(&Situation::from(&*case));
        judgement::apply(&judgement, self.allows_anything(), self.site.off_hours(case.created_at), case);
        judgement
    }

    /// Entries that allow nothing any more at that time.
    pub fn expired_at(&self, at: Timestamp) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.is_expired_at(at))
    }

    /// It has entries or tickets to be asked for.
    pub(crate) fn allows_anything(&self) -> bool {
        !self.entries.is_empty() || !self.tickets.all().is_empty()
    }
}
