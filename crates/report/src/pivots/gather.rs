//! Which values of a case or a finding are worth a search elsewhere, and which every machine has.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::ids::LogonId;

use super::pivot::{Key, Kind, Part, Pivot};
use crate::view::{
    ActorView, AfterwardDetail, CaseView, FindingView, Found, HostView, PrincipalView, ProcessView, Severity,
    Timestamp, Verdict,
};
use crate::words::indicator::{address, hash, leads_elsewhere, names};

/// SIDs of one domain or machine, and of one Entra tenant; all others are the same everywhere.
const OWN_SIDS: &[&str] = &["S-1-5-21-", "S-1-12-1-"];

/// Folders of Windows that an unprivileged user cannot write to: what lies there, every host has.
const WINDOWS_FOLDERS: &[&str] = &[
    ":\\windows",
    ":\\windows\\system32",
    ":\\windows\\syswow64",
    ":\\windows\\system32\\wbem",
    ":\\windows\\syswow64\\wbem",
    ":\\windows\\system32\\windowspowershell\\v1.0",
    ":\\windows\\syswow64\\windowspowershell\\v1.0",
];

/// All pivots: by kind, the most severe first, then by value.
pub(crate) fn pivots<'a>(found: &Found<'a>) -> Vec<Pivot<'a>> {
    let mut gathered = Gathered { pivots: BTreeMap::new() };
    found.cases().for_each(|case| gathered.case(&case));
    found.findings().for_each(|finding| gathered.finding(&finding));
    let mut pivots: Vec<Pivot<'a>> = gathered.pivots.into_values().collect();
    // Stable: what is equal stays in the order of its key.
    pivots.sort_by(|one, other| one.kind.cmp(&other.kind).then(other.severity.cmp(&one.severity)));
    pivots
}

struct Gathered<'a> {
    pivots: BTreeMap<Key<'a>, Pivot<'a>>,
}

/// Where a value stands: in which case or finding, of which host.
struct Occurrence<'v, 'a> {
    case: Option<&'a str>,
    finding: Option<&'a str>,
    host: &'v HostView<'a>,
    at: Timestamp,
    severity: Severity,
}

impl<'a> Gathered<'a> {
    fn case(&mut self, case: &CaseView<'a>) {
        let occurrence = Occurrence {
            case: Some(case.case_id),
            finding: None,
            host: &case.host,
            at: case.created_at,
            severity: case.severity,
        };
        let account = &case.account;
        self.sid(&occurrence, Part::Created, account.sid, account.name.or(account.created_as));
        self.name(&occurrence, Part::Created, account.sid, account.name);
        self.name(&occurrence, Part::Created, account.sid, account.created_as);
        self.session(&occurrence, (Part::Actor, Part::ActorSource), &case.actor, case.host.name);
        if let Some(origin) = &case.origin {
            let host = origin.host(&case.host);
            self.session(&occurrence, (Part::Origin, Part::OriginSource), &origin.actor, host);
            if let Some(client) = &origin.client {
                self.source_host(&occurrence, Part::ClientHost, Some(client.host));
                self.process(&occurrence, Part::Client, &client.process);
            }
        }
        for afterward in &case.afterwards {
            if let AfterwardDetail::LoggedOn { source_ip, .. } = &afterward.detail {
                self.address(&occurrence, Part::LogonSource, *source_ip);
            } else if let Some(by) = &afterward.by {
                self.principal(&occurrence, Part::ChangedBy, by);
            }
        }
        let attribution = &case.attribution;
        let is_open = matches!(attribution.verdict, Verdict::Ambiguous | Verdict::Likely);
        let part = match attribution.verdict {
            Verdict::Ambiguous => Part::Candidate,
            Verdict::Likely => Part::LikelyCreator,
            _ => Part::Creator,
        };
        attribution.creator.iter().for_each(|creator| self.process(&occurrence, part, creator));
        attribution.chain.iter().for_each(|ancestor| self.process(&occurrence, Part::Ancestor, ancestor));
        let others = attribution.alternatives.iter().filter(|_| is_open);
        others
            .filter_map(|other| other.process.as_ref())
            .for_each(|other| self.process(&occurrence, Part::Candidate, other));
    }

    fn finding(&mut self, finding: &FindingView<'a>) {
        // What has no time names nobody either: nothing of it can be looked for elsewhere.
        let Some(at) = finding.at else { return };
        let occurrence = Occurrence {
            case: None,
            finding: Some(finding.finding_id),
            host: &finding.host,
            at,
            severity: finding.severity,
        };
        if let Some(account) = &finding.account {
            self.sid(&occurrence, Part::Concerned, account.sid, account.name);
            self.name(&occurrence, Part::Concerned, account.sid, account.name);
        }
        if let Some(actor) = &finding.actor {
            self.session(&occurrence, (Part::FindingActor, Part::FindingSource), actor, finding.host.name);
        }
        if let Some(process) = &finding.process {
            self.process(&occurrence, Part::FindingProcess, process);
        }
    }

    fn session(
        &mut self,
        occurrence: &Occurrence<'_, 'a>,
        (part, source): (Part, Part),
        actor: &ActorView<'a>,
        host: &'a str,
    ) {
        self.sid(occurrence, part, actor.sid, actor.name);
        self.name(occurrence, part, actor.sid, actor.name);
        self.logon_id(occurrence, part, actor.logon_id, actor.name, host);
        self.address(occurrence, source, actor.source_ip);
        self.source_host(occurrence, source, actor.source_host);
    }

    fn principal(&mut self, occurrence: &Occurrence<'_, 'a>, part: Part, by: &PrincipalView<'a>) {
        self.sid(occurrence, part, by.sid, by.name);
        self.name(occurrence, part, by.sid, by.name);
        self.logon_id(occurrence, part, by.logon_id, by.name, occurrence.host.name);
    }

    fn address(&mut self, occurrence: &Occurrence<'_, 'a>, part: Part, written: Option<&str>) {
        if let Some(address) = written.and_then(address).filter(leads_elsewhere) {
            self.add(occurrence, part, Kind::SourceAddress, address.to_string(), None, None);
        }
    }

    /// A host that names itself leads nowhere.
    fn source_host(&mut self, occurrence: &Occurrence<'_, 'a>, part: Part, name: Option<&str>) {
        if let Some(name) = name.filter(|name| !names(occurrence.host, name)) {
            self.add(occurrence, part, Kind::SourceHost, name.to_owned(), None, None);
        }
    }

    fn sid(&mut self, occurrence: &Occurrence<'_, 'a>, part: Part, sid: Option<&str>, name: Option<&'a str>) {
        if let Some(sid) = sid.filter(|sid| is_own(sid)) {
            self.add(occurrence, part, Kind::Sid, sid.to_owned(), name, None);
        }
    }

    /// The name of an account that is the same everywhere says nothing, nor does that of one which every machine is born
    /// with: it is searched by its SID.
    fn name(&mut self, occurrence: &Occurrence<'_, 'a>, part: Part, sid: Option<&str>, name: Option<&str>) {
        if let Some(name) = name.filter(|_| sid.is_none_or(|sid| is_own(sid) && !is_born_with(sid))) {
            self.add(occurrence, part, Kind::AccountName, name.to_owned(), None, None);
        }
    }

    fn logon_id(
        &mut self,
        occurrence: &Occurrence<'_, 'a>,
        part: Part,
        logon_id: Option<LogonId>,
        name: Option<&'a str>,
        host: &'a str,
    ) {
        // 0 is no session: Windows writes it where there is none to name.
        let own = |id: &LogonId| !id.is_well_known() && id.0 != 0;
        if let Some(logon_id) = logon_id.filter(own) {
            self.add(occurrence, part, Kind::LogonId, logon_id.to_string(), name, Some(host));
        }
    }

    fn process(&mut self, occurrence: &Occurrence<'_, 'a>, part: Part, process: &ProcessView<'a>) {
        for hash in process.hashes.iter().filter_map(|text| hash(text)) {
            let value = format!("{}={}", hash.algorithm.name, hash.value);
            self.add(occurrence, part, Kind::Hash, value, process.image, None);
        }
        if let Some(image) = process.image.filter(|image| !is_windows_own(image)) {
            self.add(occurrence, part, Kind::Image, image.to_owned(), None, None);
        }
    }

    fn add(
        &mut self,
        occurrence: &Occurrence<'_, 'a>,
        part: Part,
        kind: Kind,
        value: String,
        of: Option<&'a str>,
        session_host: Option<&'a str>,
    ) {
        if value.trim().is_empty() {
            return;
        }
        let pivot = self.pivots.entry((kind, value.to_lowercase(), session_host)).or_insert_with(|| Pivot {
            kind,
            value,
            of,
            session_host,
            parts: BTreeSet::new(),
            severity: occurrence.severity,
            hosts: BTreeSet::new(),
            cases: BTreeSet::new(),
            findings: BTreeSet::new(),
            first: occurrence.at,
            last: occurrence.at,
        });
        pivot.of = pivot.of.or(of);
        pivot.parts.insert(part);
        pivot.severity = pivot.severity.max(occurrence.severity);
        pivot.hosts.insert(occurrence.host.name);
        pivot.cases.extend(occurrence.case);
        pivot.findings.extend(occurrence.finding);
        pivot.first = pivot.first.min(occurrence.at);
        pivot.last = pivot.last.max(occurrence.at);
    }
}

fn is_own(sid: &str) -> bool {
    OWN_SIDS.iter().any(|prefix| sid.starts_with(prefix))
}

/// Administrator, Guest and their kin.
fn is_born_with(sid: &str) -> bool {
    const RID_OF_THE_FIRST_MADE: u32 = 1000;
    let rid = sid.rsplit('-').next().and_then(|rid| rid.parse::<u32>().ok());
    sid.starts_with(OWN_SIDS[0]) && rid.is_some_and(|rid| rid < RID_OF_THE_FIRST_MADE)
}

fn is_windows_own(image: &str) -> bool {
    let image = image.to_ascii_lowercase();
    let folder = image.rsplit_once('\\').map_or("", |(folder, _)| folder);
    // After the letter of the drive.
    folder.get(1..).is_some_and(|folder| WINDOWS_FOLDERS.contains(&folder)) || !image.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_machine_has_is_no_pivot() {
        for (image, own) in [
            ("C:\\Windows\\System32\\net1.exe", true),
            ("D:\\WINDOWS\\explorer.exe", true),
            ("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", true),
            ("svchost.exe", true),
            ("C:\\Windows\\Temp\\net1.exe", false),
            ("C:\\Windows\\System32\\spool\\drivers\\color\\x.exe", false),
            ("C:\\Users\\Public\\tool.exe", false),
            ("\\\\host\\share\\Windows\\System32\\net1.exe", false),
            ("é:\\Windows\\x.exe", false),
        ] {
            assert_eq!(is_windows_own(image), own, "{image}");
        }
        for (sid, own) in [
            ("S-1-5-21-1-2-3-500", true),
            ("S-1-12-1-1-2-3-4", true),
            ("S-1-5-18", false),
            ("S-1-5-32-544", false),
            ("S-1-5-90-0-1", false),
            ("S-1-1-0", false),
        ] {
            assert_eq!(is_own(sid), own, "{sid}");
        }
        for (sid, born_with) in [
            ("S-1-5-21-1-2-3-500", true),
            ("S-1-5-21-1-2-3-501", true),
            ("S-1-5-21-1-2-3-1000", false),
            ("S-1-12-1-1-2-3-4", false),
        ] {
            assert_eq!(is_born_with(sid), born_with, "{sid}");
        }
    }
}
