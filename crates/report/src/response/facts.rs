//! What a case says that decides which steps apply and fills them in: each value parsed, or not there.

use std::net::IpAddr;

use begat_model::address::unmapped;
use begat_model::case::{
    Actor, AuthorisationStatus, Case, Certainty, Client, Explanation, Outcome, Process, Scope, Severity,
    Verdict, What,
};
use begat_model::{LogonId, Sid};

/// The group of administrators, in which one always looks.
const ADMINISTRATORS: &str = "S-1-5-32-544";
/// Groups that one step names.
const GROUPS_MAX: usize = 4;
/// Processes that one step names.
const PROCESSES_MAX: usize = 8;
/// Files that one step names.
const IMAGES_MAX: usize = 4;

/// A case, as the table of steps asks about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) case: &'a Case,
    source: Option<Source<'a>>,
}

/// The other machine from which it was done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// Its name or address, as the events have it.
    pub(super) name: &'a str,
    /// Its address, where an event has one.
    pub(super) address: Option<IpAddr>,
    /// What ran there, where that host is in the input.
    pub(super) client: Option<&'a Client>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(case: &'a Case) -> Facts<'a> {
        Facts { case, source: source(case) }
    }

    /// An entry of the site's policy allows it.
    pub(super) fn authorised(&self) -> bool {
        self.case.authorisation.status == AuthorisationStatus::Authorised
    }

    /// Worth the whole procedure. What looks like administration, and what the site allows without anything else being
    /// wrong, gets a short list.
    pub(super) fn full(&self) -> bool {
        let at_least = if self.authorised() { Severity::High } else { Severity::Medium };
        self.case.severity >= at_least
    }

    /// Worth the time that memory, hives and other hosts take.
    pub(super) fn thorough(&self) -> bool {
        self.case.severity >= Severity::High
    }

    /// Which process made it is not settled by the logs, so that what else the host remembers counts double.
    pub(super) fn doubted(&self) -> bool {
        self.full()
            && (self.verdict(Verdict::Likely)
                || self.verdict(Verdict::Ambiguous)
                || self.verdict(Verdict::SessionOnly)
                || self.verdict(Verdict::Unknown))
    }

    /// Its session has a desktop, which can be logged off; one over the network has only processes. Where the logon is
    /// not known, logging off does less harm.
    pub(super) fn at_a_desktop(&self) -> bool {
        const BATCH_SERVICE_NETWORK: &[u32] = &[3, 4, 5, 8, 9];
        self.case.actor.logon_type.is_none_or(|logon_type| !BATCH_SERVICE_NETWORK.contains(&logon_type))
    }

    /// An account of a domain: Active Directory keeps it, not the SAM of the host.
    pub(super) fn directory(&self) -> bool {
        match self.case.account.scope {
            Scope::Domain => true,
            Scope::Local => false,
            Scope::Unknown => self.case.host.domain_controller == Some(true),
        }
    }

    /// The account can still be used, as far as the input goes.
    pub(super) fn lives(&self) -> bool {
        matches!(self.case.outcome, Outcome::Persists | Outcome::Resurrected)
    }

    pub(super) fn outcome(&self, outcome: Outcome) -> bool {
        self.case.outcome == outcome
    }

    pub(super) fn verdict(&self, verdict: Verdict) -> bool {
        self.case.attribution.verdict == verdict
    }

    /// A process of this host made it, or nothing says that none did.
    pub(super) fn process_made_it(&self) -> bool {
        !self.verdict(Verdict::Remote) && !self.verdict(Verdict::System)
    }

    /// Its session is one that all services share, so that it names nobody.
    pub(super) fn shared_session(&self) -> bool {
        self.case.actor.account.logon_id.is_some_and(LogonId::is_well_known)
    }

    /// The session, where it is one of its own.
    pub(super) fn own_session(&self) -> Option<LogonId> {
        self.case.actor.account.logon_id.filter(|id| !id.is_well_known())
    }

    pub(super) fn source(&self) -> Option<Source<'a>> {
        self.source
    }

    /// Latest known name of the account, else the one it was created with.
    pub(super) fn name(&self) -> Option<&'a str> {
        let account = &self.case.account;
        account.name.as_deref().or(account.created_as.as_deref())
    }

    /// The account is named to be overlooked.
    pub(super) fn hides(&self) -> bool {
        !self.case.context.name_signs.is_empty() || self.name().is_some_and(|name| name.ends_with('$'))
    }

    /// Groups that grant power and that it was put into.
    pub(super) fn power_groups(&self) -> Vec<&'a Sid> {
        let mut groups: Vec<&Sid> = Vec::new();
        for afterward in &self.case.afterwards {
            if let What::AddedToGroup { group_sid, privileged: true, .. } = &afterward.what
                && !groups.contains(&group_sid)
            {
                groups.push(group_sid);
            }
        }
        groups.truncate(GROUPS_MAX);
        groups
    }

    /// Administrators, and the groups that it was put into.
    pub(super) fn groups_to_look_at(&self) -> Vec<&'a str> {
        let mut groups = vec![ADMINISTRATORS];
        groups.extend(self.power_groups().into_iter().map(Sid::as_str).filter(|sid| *sid != ADMINISTRATORS));
        groups
    }

    /// Several processes could have made it, and nothing shows the act by one.
    pub(super) fn unproven(&self) -> bool {
        self.verdict(Verdict::Likely) || self.verdict(Verdict::Ambiguous)
    }

    /// Creator first, then its ancestors; where nothing shows the act by it, its rivals too.
    pub(super) fn processes(&self) -> impl Iterator<Item = &'a Process> + use<'a> {
        let attribution = &self.case.attribution;
        let unproven = self.unproven();
        let rivals = attribution.alternatives.iter().filter_map(move |rival| match &rival.explanation {
            Explanation::Process(process) if unproven => Some(process),
            _ => None,
        });
        attribution.creator.iter().chain(rivals).chain(&attribution.chain).take(PROCESSES_MAX)
    }

    /// Files to collect: of the creator, whatever it is, and of the others what Windows does not ship.
    pub(super) fn images(&self) -> Vec<&'a str> {
        let creator = self.case.attribution.creator.as_ref();
        let mut images: Vec<&str> = Vec::new();
        for process in self.processes() {
            let Some(image) = process.image.as_deref().filter(|image| is_local_path(image)) else { continue };
            let is_creator = creator.is_some_and(|creator| std::ptr::eq(creator, process));
            if (is_creator || !is_of_windows(image)) && !images.contains(&image) {
                images.push(image);
            }
        }
        images.truncate(IMAGES_MAX);
        images
    }

    /// The person behind it: of the session that is known to stand behind the actor's where there is one; `None` for services and Windows.
    pub(super) fn person(&self) -> Option<&'a Sid> {
        let is_proven = |origin: &&begat_model::case::Origin| origin.certainty == Certainty::Proven;
        let behind = self.case.origin.as_ref().filter(is_proven).map(|origin| &origin.actor);
        let actors = behind.into_iter().chain([&self.case.actor]);
        actors.filter_map(|actor| actor.account.sid.as_ref()).find(|sid| sid.authority_prefix().is_some())
    }

    /// That person's account is of a domain, as far as SIDs tell: a local one shares the machine's part of the SID.
    pub(super) fn person_of_domain(&self) -> Option<&'a Sid> {
        self.person().filter(|sid| self.directory() || sid.authority_prefix() != self.machine_part())
    }

    /// That person's account is of this machine.
    pub(super) fn person_of_machine(&self) -> Option<&'a Sid> {
        self.person().filter(|sid| !self.directory() && sid.authority_prefix() == self.machine_part())
    }

    /// The machine's part of its accounts' SIDs.
    fn machine_part(&self) -> Option<&'a str> {
        self.case.account.sid.as_ref().and_then(Sid::authority_prefix)
    }
}

/// A path that only this machine answers for. A share, or a device path, may be a server of the attacker, who would be
/// handed the credentials of whoever pastes the command.
fn is_local_path(image: &str) -> bool {
    let bytes = image.as_bytes();
    bytes.len() > 3 && bytes[0].is_ascii_alphabetic() && &bytes[1..3] == b":\\"
}

/// In the folder of Windows on its usual drive.
fn is_of_windows(image: &str) -> bool {
    const WINDOWS: &str = "C:\\Windows\\";
    let is_below = image.get(..WINDOWS.len()).is_some_and(|start| start.eq_ignore_ascii_case(WINDOWS));
    // Everybody may write to some folders below it.
    is_below
        && !["\\temp\\", "\\tasks\\", "\\debug\\", "\\tracing\\"].iter().any(|open| contains(image, open))
}

fn contains(text: &str, lower_case: &str) -> bool {
    text.to_ascii_lowercase().contains(lower_case)
}

/// Where it came from, unless that is the host itself.
fn source(case: &Case) -> Option<Source<'_>> {
    let origin = case.origin.as_ref();
    let client =
        origin.and_then(|origin| origin.client.as_ref()).filter(|it| is_other(case, it.host.as_str()));
    let actors = || origin.map(|origin| &origin.actor).into_iter().chain([&case.actor]);
    let address = actors().find_map(other_address);
    let host = actors().find_map(|actor| actor.source_host.as_deref().filter(|host| is_other(case, host)));
    let written = actors().find(|actor| other_address(actor).is_some());
    let written = written.and_then(|actor| actor.source_ip.as_deref()).map(unmapped);
    let name = client.map(|client| client.host.as_str()).or(host).or(written)?;
    Some(Source { name, address, client })
}

/// The address of another machine.
fn other_address(actor: &Actor) -> Option<IpAddr> {
    let address: IpAddr = actor.source_ip.as_deref()?.parse().ok()?;
    Some(address.to_canonical()).filter(|address| !address.is_loopback() && !address.is_unspecified())
}

/// The name of another machine.
fn is_other(case: &Case, host: &str) -> bool {
    let own =
        [case.host.name.as_str(), case.host.name.first_label(), &case.host.netbios, "localhost", "-", ""];
    !own.iter().any(|name| name.eq_ignore_ascii_case(host.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_machine_are_opened() {
        for path in ["C:\\x.exe", "d:\\a b\\c.exe"] {
            assert!(is_local_path(path), "{path}");
        }
        for path in [
            "\\\\evil\\share\\x.exe",
            "//evil/x",
            "\\Device\\HarddiskVolume2\\x",
            "HKLM:\\x",
            "C:",
            "x.exe",
            "é:\\x",
        ] {
            assert!(!is_local_path(path), "{path}");
        }
    }

    #[test]
    fn what_everybody_may_write_is_not_of_windows() {
        assert!(is_of_windows("c:\\windows\\System32\\net1.exe"));
        for path in ["C:\\Windows\\Temp\\net1.exe", "C:\\WindowsX\\net1.exe", "D:\\Windows\\net1.exe"] {
            assert!(!is_of_windows(path), "{path}");
        }
    }
}
