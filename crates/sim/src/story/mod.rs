//! Stories of accounts being created, each with the truth that a hunt has to find.
//!
//! The names (`M01`, `A02` …) are those of the scenarios in the domain reference. `X06`, the silent host, has no
//! events, and `A06` is a matter of carriers: `encode` ships every story in local time too.
macro_rules! stories {
    ($(#[$doc:meta])* $table:ident: $($name:literal $scenario:literal $spec:ident $play:path: $summary:literal;)*) => {
        $(#[$doc])*
        pub const $table: &[StoryKind] = &[$(StoryKind {
            name: $name, scenario: $scenario, summary: $summary, spec: $spec,
            play: |fleet| $play(Stage::of(fleet)).into(),
        }),*];
    };
}

mod ambiguous;
mod benign;
mod blind;
mod commands;
mod first_boot;
mod hosts;
mod lies;
mod remote;
mod scenes;
mod scripts;
mod sessions;
mod sign;
mod tampering;
mod truth;

pub(crate) use hosts::COMMON_SERVER;
pub use lies::LIES;
pub use sign::{Sign, signs};
pub(crate) use sign::{created_at, is_creation_of, is_left, is_of_process, is_start};
pub use truth::{TrueFinding, TrueOrigin, TrueProcess, Truth};

use crate::record::WindowsRecord;
use crate::world::{Fleet, HostSpec, Stage};
use hosts::{
    AUDITED, DEFAULT, DOMAIN_CONTROLLER, FULL, LATE_SYSMON, NEW_DESKTOP, SERVER_2012_R2, TWO_NAMES,
    WITHOUT_COMMAND_LINES,
};
use truth::Told;

/// A story told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Its name.
    pub name: &'static str,
    /// Everything its hosts logged, host by host, each in order.
    pub records: Vec<WindowsRecord>,
    /// One truth for each 4720.
    pub truth: Vec<Truth>,
    /// What else a hunt has to say.
    pub findings: Vec<TrueFinding>,
}

/// One row of the table of stories.
pub struct StoryKind {
    /// Its name, also on the command line.
    pub name: &'static str,
    /// The scenario of the domain reference that it plays.
    pub scenario: &'static str,
    /// What happens.
    pub summary: &'static str,
    spec: HostSpec,
    play: fn(&mut Fleet) -> Told,
}

impl std::fmt::Debug for StoryKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl StoryKind {
    /// The story of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        STORIES.iter().chain(LIES).chain(WORLDS).find(|story| story.name == name)
    }

    /// Whether it is told to mislead.
    pub fn is_lie(&self) -> bool {
        LIES.iter().any(|lie| lie.name == self.name)
    }

    /// Whether it plays on the common server, where others may play at the same time.
    pub fn is_on_common_server(&self) -> bool {
        self.spec.fqdn == hosts::COMMON_SERVER
    }

    /// Tells it; the same seed tells the same story.
    pub fn tell(&self, seed: u64) -> Story {
        self.tell_on(self.spec.clone(), seed)
    }

    /// Tells it on another host than its own. What that host does not log, its truth still takes for logged.
    pub fn tell_on(&self, spec: HostSpec, seed: u64) -> Story {
        self.tell_with(None, spec, seed)
    }

    /// Tells it on a host on which another story is told at the same time.
    pub fn tell_under(&self, other: &Self, spec: Option<HostSpec>, seed: u64) -> Story {
        self.tell_with(Some(other), spec.unwrap_or_else(|| self.spec.clone()), seed)
    }

    fn tell_with(&self, other: Option<&Self>, spec: HostSpec, seed: u64) -> Story {
        let mut fleet = Fleet::new(spec, seed);
        let Told { mut truth, mut findings } = (self.play)(&mut fleet);
        if let Some(other) = other {
            let told = (other.play)(&mut fleet);
            truth.extend(told.truth);
            findings.extend(told.findings);
        }
        let mut story = Story { name: self.name, records: fleet.into_records(), truth, findings };
        if other.is_some() {
            // What one story loses it may lose of the other too: a creation that does not arrive is no case.
            let (told, records) = (std::mem::take(&mut story.truth), &story.records);
            story.truth = told.into_iter().filter(|truth| created_at(records, truth).is_some()).collect();
        }
        story
    }
}

stories! {
    /// Machines that are not one log in one order from one boot to the next: first boots, snapshots, twins. Their
    /// truth is for a judge; the laws that hold for the records of every other story do not hold for these.
    WORLDS:
    "first-start" "B01" NEW_DESKTOP first_boot::first_start:
        "a desktop from its first boot to its first user, under three names and with a clock that is set right";
    "unattended-setup" "B01" NEW_DESKTOP first_boot::unattended:
        "a machine whose first user stands in an answer file";
    "unattended-server" "B01" DEFAULT first_boot::unattended_server: "a server that is set up so";
    "snapshot" "A04" AUDITED first_boot::snapshot:
        "a virtual machine is set back to a snapshot, and gives a SID out again";
    "snapshot-at-once" "A04" AUDITED first_boot::snapshot_at_once:
        "the same, from memory and seconds later: the session makes another account under the same SID";
    "renamed-in-session" "A04" AUDITED first_boot::renamed_in_session:
        "records bear another name from one moment of the maker's session on";
    "twins" "A01" AUDITED first_boot::twins: "two machines of one name";
    "clones" "A01" AUDITED first_boot::clones: "two clones of one image, with the same SID and the same ids of everything";
}

stories! {
    /// Every story that a hunt tells truly.
    STORIES:
    "net-user" "M01" AUDITED commands::net_user: "an administrator runs net user /add in an elevated shell";
    "net-user-administrators" "M02" TWO_NAMES commands::net_user_administrators:
        "the same, and the account joins Administrators";
    "new-localuser" "M03" FULL scripts::new_local_user: "New-LocalUser in one of two PowerShells that run for long";
    "download-cradle" "M04" FULL scripts::download_cradle: "a downloaded script makes an administrator";
    "encoded-command" "M05" AUDITED scripts::encoded_command_chain:
        "cmd starts PowerShell with an encoded New-LocalUser";
    "macro-script" "M06" AUDITED scripts::macro_script: "Word starts a script that makes an account through ADSI";
    "wmi-failed" "M07" FULL remote::wmi_failed:
        "net over remote WMI; the password is refused and the account taken back";
    "wmi-success" "M07" AUDITED remote::wmi_success: "net over remote WMI, into Administrators";
    "winrm" "M08" FULL remote::winrm: "Invoke-Command from a jump host";
    "psexec" "M09" FULL remote::psexec: "PsExec as SYSTEM";
    "smbexec" "M10" FULL remote::smbexec: "a service whose command is net";
    "scheduled-task" "M11" FULL remote::scheduled_task: "a scheduled task runs net, at once or the day after";
    "wmi-subscription" "M12" FULL remote::wmi_subscription: "a standing WMI subscription makes the account";
    "service-hijack" "M13" FULL remote::service_hijack: "a planted library in a service that is started from afar";
    "remote-samr" "M14" FULL remote::remote_samr:
        "an account made over the network, without any process on the host";
    "loopback" "M14" FULL sessions::loopback: "ADSI by the host's own name: a network logon from the host itself";
    "remote-samr-client" "M14" FULL remote::remote_samr_client:
        "the same as remote-samr, and the client's command is seen on its own host";
    "ambiguous-shells" "M15" WITHOUT_COMMAND_LINES ambiguous::ambiguous_shells:
        "two PowerShells of one session, and nothing that tells them apart";
    "unknown-tool" "M16" AUDITED tampering::unknown_tool:
        "a tool that nobody knows makes a hidden administrator";
    "clone-and-restore" "M17" FULL tampering::clone_and_restore:
        "an account is deleted and written back into SAM's hive";
    "rid-hijack" "M18" FULL tampering::rid_hijack: "SAM's hive is written past SAM: nothing is created";
    "guest-enabled" "M19" AUDITED tampering::guest_enabled: "Guest is enabled and made administrator";
    "builtin-privileged" "M20" AUDITED tampering::builtin_privileged: "built-in accounts become administrators";
    "hidden-account" "M21" FULL commands::hidden_account: "an account is hidden by its name and from the logon screen";
    "look-alike" "M22" AUDITED commands::look_alike: "an account is named like one of Windows' own";
    "rename" "M23" AUDITED commands::rename: "an account is created under one name and renamed";
    "create-use-delete" "M24" AUDITED commands::create_use_delete:
        "an account is created, used over the network and deleted";
    "log-cleared" "M25" AUDITED commands::log_cleared: "the creator clears the log";
    "renamed-net" "M26" FULL commands::renamed_net: "a copy of net.exe under another name starts net1";
    "net1-direct" "M27" AUDITED commands::net1_direct: "net1 without net, with /add cut short";
    "prompting-net" "M28" AUDITED commands::prompting_net: "net asks for the password and waits for minutes";
    "token-theft" "M29" AUDITED sessions::token_theft:
        "the token of somebody who has gone makes an account: no process of his is left";
    "runas" "M30" AUDITED sessions::runas: "runas with the administrator's password";
    "network-only" "M30" AUDITED sessions::network_only: "runas /netonly: the same user under another logon id";
    "parent-spoofed" "M31" AUDITED sessions::parent_spoofed: "a shell is made to look like the print spooler's child";
    "xp-cmdshell" "M32" AUDITED sessions::xp_cmdshell: "the database server runs net";
    "web-shell" "M33" AUDITED sessions::web_shell: "the web server runs net";
    "lusrmgr" "M34" AUDITED sessions::lusrmgr: "an administrator uses the console over remote desktop";
    "rdp-reconnect" "M34" AUDITED sessions::rdp_reconnect: "a session is taken up from another address";
    "sticky-keys" "M35" FULL sessions::sticky_keys: "a shell of SYSTEM at the logon screen";
    "offline-edit" "M36" AUDITED tampering::offline_edit: "an account appears that nobody made";
    "oobe" "B01" NEW_DESKTOP benign::oobe: "Windows' own setup creates the first accounts";
    "imaging-wave" "B02" FULL benign::imaging_wave: "the same account on every host that is being installed";
    "laps" "B03" AUDITED benign::laps: "LAPS makes the account that it manages";
    "laps-nearby" "B03" AUDITED benign::laps_nearby: "an account of somebody else's, made while LAPS works";
    "gpp-users" "B04" AUDITED benign::group_policy_users: "Group Policy makes a local account";
    "intune" "B05" FULL benign::intune: "Intune runs a script";
    "sccm" "B06" AUDITED benign::sccm: "Configuration Manager runs a script";
    "ansible" "B07" FULL benign::ansible: "Ansible makes an account over WinRM";
    "rmm-agent" "B08" FULL benign::rmm_agent: "a remote management agent runs net";
    "cloud-agent" "B09" FULL benign::cloud_agent: "a cloud agent makes its own administrator";
    "helpdesk-remote" "B10" FULL benign::helpdesk_remote: "Computer Management from the administrator's own machine";
    "helpdesk-console" "B11" AUDITED benign::helpdesk_console: "Computer Management at the machine itself";
    "break-glass" "B12" AUDITED benign::break_glass: "the emergency account is tried out";
    "vendor-installer" "B13" AUDITED benign::vendor_installer: "an installer makes an account for its service";
    "virtual-accounts" "B14" AUDITED benign::virtual_accounts: "services run under virtual accounts: nothing is made";
    "optional-feature" "B15" NEW_DESKTOP benign::optional_feature: "Windows adds an account of its own";
    "shared-pc" "B16" NEW_DESKTOP benign::shared_pc: "accounts that live as long as a logon";
    "administrator-protection" "B17" NEW_DESKTOP benign::administrator_protection:
        "Windows makes a hidden administrator for each one";
    "netplwiz" "B18" AUDITED benign::netplwiz: "an account is made in User Accounts";
    "purple-team" "B19" AUDITED benign::purple_team: "a rehearsed test, cleaned up after";
    "two-administrators" "A01" AUDITED ambiguous::two_administrators:
        "two administrators create accounts at the same moment";
    "two-net1-one-session" "A02" SERVER_2012_R2 ambiguous::two_net1_one_session:
        "two net1 of one session in the same clock tick";
    "system-shells" "A03" WITHOUT_COMMAND_LINES ambiguous::system_shells:
        "two shells of SYSTEM, and nothing that tells them apart";
    "pid-reuse" "A04" AUDITED ambiguous::pid_reuse:
        "the creator's process id belonged to others before and after";
    "late-sysmon" "A05" LATE_SYSMON ambiguous::late_sysmon: "the creator is written minutes after what it did";
    "bulk-loop" "A07" FULL ambiguous::bulk_loop: "one script makes a class of accounts";
    "uac-old-4688" "A08" SERVER_2012_R2 ambiguous::uac_old_4688:
        "UAC on 2012 R2: 4688 shows SYSTEM, only 4689 the true session";
    "no-process-telemetry" "X01" DEFAULT blind::no_process_telemetry: "a default Windows that logs no processes";
    "empty-command-lines" "X02" WITHOUT_COMMAND_LINES blind::empty_command_lines:
        "process auditing without command lines";
    "agent-drop" "X03" AUDITED blind::agent_drop: "the collector lost what happened around the creation";
    "creation-not-audited" "X04" AUDITED blind::creation_not_audited: "account management is not audited, groups are";
    "creation-in-between" "X04" AUDITED blind::creation_in_between: "of two creations one is told";
    "creation-in-the-hive" "X04" FULL blind::creation_in_the_hive:
        "accounts are not audited at all, Sysmon sees SAM's hive";
    "audit-switched-off" "X05" AUDITED blind::audit_switched_off: "process auditing is switched off just before";
    "boot-between" "X07" AUDITED blind::boot_between: "a logon id of the boot before is given out again";
    "domain-account" "N01" DOMAIN_CONTROLLER blind::domain_account:
        "an account of the domain, on a domain controller";
    "machine-account" "N02" DOMAIN_CONTROLLER blind::machine_account:
        "a computer joins the domain, and a user dressed as one";
}
