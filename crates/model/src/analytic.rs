//! ATT&CK's mutable elements of AN1235, as a site may set them: TimeWindow, ParentProcessName, UserContext, and which
//! executables count as suspicious. Plain data: `report::policy` reads it from a file, the engine judges by it.

use crate::ids::Sid;
use crate::inventory::Inventory;
use crate::pattern::Pattern;
use crate::text::Text;
use crate::time::Duration;

use crate::case::{Actor, words};
use crate::ids::LogonId;

/// All that a site may tune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analytic {
    /// TimeWindow: from the start of a suspicious process to the creation. It decides `sequence` and the plain
    /// window rule, never the attribution: that rests on lifetime and evidence of action.
    pub window: Duration,
    /// begat's own table of suspicious executables counts too.
    pub suspicious_defaults: bool,
    /// Further executables that count as suspicious.
    pub suspicious: Vec<SuspiciousEntry>,
    /// ParentProcessName: ancestors that raise or lower the risk.
    pub parents: Vec<ParentEntry>,
    /// UserContext: sessions and accounts that raise or lower the risk.
    pub user_contexts: Vec<UserContextEntry>,
    /// Groups of the site that are nested in Administrators somewhere: as powerful as those.
    pub privileged_groups: Vec<Sid>,
    /// Hosts that should report, with their roles.
    pub inventory: Inventory,
}

impl Analytic {
    /// ATT&CK's example range for TimeWindow: 5 s to 2 min.
    pub const WINDOW_EXAMPLE_RANGE: (Duration, Duration) =
        (Duration::from_seconds(5), Duration::from_seconds(120));
}

impl Default for Analytic {
    fn default() -> Analytic {
        Analytic {
            window: Duration::from_seconds(120),
            suspicious_defaults: true,
            suspicious: Vec::new(),
            parents: Vec::new(),
            user_contexts: Vec::new(),
            privileged_groups: Vec::new(),
            inventory: Inventory::default(),
        }
    }
}

/// One more executable that counts as suspicious: all that it names must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuspiciousEntry {
    /// Full path, or file name where it holds no backslash.
    pub image: Option<Pattern>,
    /// Name in the version resource.
    pub original_file_name: Option<Pattern>,
    /// Sort of folder that it lies in.
    pub path_class: Option<PathClass>,
    /// Why, in the site's words.
    pub reason: Text,
}

/// An ancestor of the creator, in its chain, that raises or lowers the risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentEntry {
    /// Which ancestors: a class, or names.
    pub which: ParentMatch,
    /// Added to the score.
    pub points: i32,
    /// Why, in the site's words.
    pub reason: Text,
}

/// Which ancestors an entry means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParentMatch {
    /// All of a class.
    Class(AncestorClass),
    /// By full path, or by file name where the pattern holds no backslash.
    Image(Pattern),
}

/// A session or account, behind the creation, that raises or lowers the risk: all that it names must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserContextEntry {
    /// ATT&CK's word for it.
    pub context: Option<UserContext>,
    /// Kind of logon session.
    pub session: Option<SessionKind>,
    /// SID, with `*` where any will do: `S-1-5-21-*-500`.
    pub sid: Option<Pattern>,
    /// Added to the score.
    pub points: i32,
    /// Why, in the site's words.
    pub reason: Text,
}

words! {
    /// Sorts of folders.
    PathClass {
        UserWritable "user_writable" "where ordinary users can put files";
        Windows "windows" "below the Windows folder, where only administrators write";
        ProgramFiles "program_files" "below Program Files, where only administrators write";
        Other "other" "anywhere else";
    }
}

words! {
    /// What an ancestor of the creator is.
    AncestorClass {
        Shell "shell" "a command shell: cmd, PowerShell";
        ScriptHost "script_host" "runs scripts: wscript, cscript, mshta";
        LateralChannel "lateral_channel" "carries commands from elsewhere: WMI, WinRM, PsExec, the task scheduler";
        ServerApplication "server_application" "a server's own program: web, database, application server";
        Office "office" "opens documents: Word, Excel, Outlook …";
        ServiceHost "service_host" "hosts Windows' services: services, svchost";
        ManagementAgent "management_agent" "manages the host for the site: Configuration Manager, Intune, remote management";
        Desktop "desktop" "the desktop of who sits there: winlogon, userinit, explorer";
        Installer "installer" "installs programs: msiexec, setup";
        Other "other" "none of these";
    }
}

words! {
    /// ATT&CK's UserContext.
    UserContext {
        System "system" "SYSTEM or a service account of Windows";
        Administrator "administrator" "an elevated session, or the built-in administrator";
        Untrusted "untrusted" "neither: an ordinary or unelevated user, or one of whom nothing is known";
    }
}

words! {
    /// What kind of logon session made the account.
    SessionKind {
        System "system" "SYSTEM's own (0x3e7)";
        NetworkService "network_service" "NETWORK SERVICE's (0x3e4)";
        LocalService "local_service" "LOCAL SERVICE's (0x3e5)";
        Interactive "interactive" "at the machine, also unlocked or with cached credentials (2, 7, 11, 13)";
        RemoteDesktop "remote_desktop" "over remote desktop (10, 12)";
        Network "network" "over the network (3, 8)";
        Batch "batch" "of a scheduled task (4)";
        Service "service" "of a service with an account of its own (5)";
        NewCredentials "new_credentials" "with other credentials for the network (9)";
        Unknown "unknown" "its logon is not in the input";
    }
}

impl SessionKind {
    /// Of an actor's session, by its id where that is one of Windows' own, else by how it was logged on.
    pub fn of(actor: &Actor) -> SessionKind {
        match (actor.account.logon_id, actor.logon_type) {
            (Some(LogonId::SYSTEM), _) => SessionKind::System,
            (Some(LogonId::NETWORK_SERVICE), _) => SessionKind::NetworkService,
            (Some(LogonId::LOCAL_SERVICE), _) => SessionKind::LocalService,
            (_, Some(2 | 7 | 11 | 13)) => SessionKind::Interactive,
            (_, Some(10 | 12)) => SessionKind::RemoteDesktop,
            (_, Some(3 | 8)) => SessionKind::Network,
            (_, Some(4)) => SessionKind::Batch,
            (_, Some(5)) => SessionKind::Service,
            (_, Some(9)) => SessionKind::NewCredentials,
            _ => SessionKind::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_known_by_its_id_or_by_its_logon() {
        let of = |logon_id: u64, logon_type: Option<u32>| {
            let mut actor = Actor { logon_type, ..Actor::default() };
            actor.account.logon_id = Some(LogonId(logon_id));
            SessionKind::of(&actor)
        };
        assert_eq!(of(0x3e7, Some(3)), SessionKind::System, "its id says more than a logon type");
        assert_eq!(of(0x3e4, None), SessionKind::NetworkService);
        assert_eq!(of(0x3e5, None), SessionKind::LocalService);
        let kinds =
            [2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 99].map(|logon_type| of(0x1234, Some(logon_type)).slug());
        assert_eq!(
            kinds,
            [
                "interactive",
                "network",
                "batch",
                "service",
                "interactive",
                "network",
                "new_credentials",
                "remote_desktop",
                "interactive",
                "remote_desktop",
                "interactive",
                "unknown"
            ]
        );
        assert_eq!(of(0x1234, None), SessionKind::Unknown);
    }
}
