//! The first line of the table: how much was found, how bad it is, and where to look first.

use std::collections::{BTreeMap, BTreeSet};

use crate::view::{AuthorisationStatus, Found, Severity};
use crate::words::wording::{counted, grouped, name, tally};

/// What is counted of cases or of findings.
#[derive(Default)]
struct Counted<'a> {
    count: u64,
    /// By the id of the host, one of its names.
    hosts: BTreeMap<&'a str, &'a str>,
    severities: BTreeMap<Severity, u64>,
    /// How bad the first of the worst is, and on which host.
    worst: Option<(Severity, i32, &'a str)>,
}

impl<'a> Counted<'a> {
    fn add(&mut self, severity: Severity, score: i32, id: &'a str, host: &'a str) {
        self.count += 1;
        self.hosts.entry(id).or_insert(host);
        *self.severities.entry(severity).or_default() += 1;
        if self.worst.is_none_or(|(worst, most, _)| (severity, score) > (worst, most)) {
            self.worst = Some((severity, score, host));
        }
    }

    fn place(&self) -> String {
        match self.hosts.values().next() {
            Some(only) if self.hosts.len() == 1 => name(only).into_owned(),
            _ => counted(self.hosts.len() as u64, "host", "hosts"),
        }
    }

    fn severities(&self) -> String {
        tally(self.severities.iter().rev().map(|(severity, count)| (severity, *count)))
    }
}

/// `3 accounts created on 3 hosts: 2 high, 1 medium; worst on app02`; `None` where nothing was found.
pub(super) fn said(found: &Found<'_>) -> Option<String> {
    let (mut cases, mut findings, mut allowed) = (Counted::default(), Counted::default(), 0);
    for case in found.cases() {
        cases.add(case.severity, case.risk.score, case.host.id, case.host.name);
        allowed += u64::from(case.authorisation.status == AuthorisationStatus::Authorised);
    }
    for finding in found.findings() {
        findings.add(finding.severity, 0, finding.host.id, finding.host.name);
    }
    let creations = (cases.count > 0).then(|| {
        let accounts = counted(cases.count, "account", "accounts");
        let allowed = if allowed > 0 { format!(" ({} allowed)", grouped(allowed)) } else { String::new() };
        format!("{accounts} created on {}: {}{allowed}", cases.place(), cases.severities())
    });
    let others = (findings.count > 0).then(|| {
        let count = counted(findings.count, "finding", "findings");
        format!("{count} on {}: {}", findings.place(), findings.severities())
    });
    let said = match (creations, others) {
        (Some(creations), Some(others)) => format!("{creations}; also {others}"),
        (one, other) => one.or(other)?,
    };
    Some(format!("{said}{}", worst(&cases, &findings)))
}

/// Where there is more than one host, the one to look at first.
fn worst(cases: &Counted<'_>, findings: &Counted<'_>) -> String {
    let hosts: BTreeSet<_> = cases.hosts.keys().chain(findings.hosts.keys()).collect();
    // Of what is as bad, the recorded creation goes first.
    let worst = match (cases.worst, findings.worst) {
        (Some(case), Some(finding)) if finding.0 > case.0 => Some(finding),
        (case, finding) => case.or(finding),
    };
    match worst.filter(|_| hosts.len() > 1) {
        Some((.., host)) => format!("; worst on {}", name(host)),
        None => String::new(),
    }
}
