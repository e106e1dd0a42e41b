//! Why a creation matters more or less.

use super::{NameFact, RoleGrounds, Severity};
use crate::analytic::{SessionKind, UserContext};
use crate::text::Text;
use crate::time::{Duration, Timestamp};

facts! {
    /// Why a term of the risk applies.
    RiskReason {
        /// Before anything is known of the creation.
        Prior "prior";
        /// What the host is for.
        HostRole "host_role" {
            /// In the site's words, else the class.
            role: Text,
            /// By what.
            grounds: RoleGrounds,
        };
        /// The creator is a known tool, or what the site calls suspicious.
        Tool "tool" {
            /// Its file name without `.exe`.
            program: Option<Text>,
            /// Why the site calls it so, where it does.
            suspicion: Option<Suspicion>,
        };
        /// A program in a folder where any user can put files.
        WritablePath "writable_path" {
            /// The program.
            path: Text,
        };
        /// A tool under another file name.
        RenamedTool "renamed_tool" {
            /// The name that it was built with.
            original: Text,
        };
        /// An ancestor has no business with shells.
        OddAncestor "odd_ancestor" {
            /// Its file name.
            ancestor: Option<Text>,
            /// What it is.
            what: OddAncestor,
            /// File name of the shell, script host or `net` below it.
            below: Option<Text>,
        };
        /// A command line hides what it does.
        Concealed "concealed" {
            /// File name without `.exe`.
            program: Option<Text>,
            /// How.
            how: Concealment,
        };
        /// The command came from elsewhere.
        Lateral "lateral" {
            /// By what.
            channel: LateralChannel,
        };
        /// No process of the host made it.
        NoProcessHere "no_process_here";
        /// No logon came from that address before.
        NewSource "new_source" {
            /// The address.
            source: Text,
            /// Since when the host is heard.
            since: Timestamp,
        };
        /// It was put into a group that grants power at once.
        PutInto "put_into" {
            /// The group's name.
            group: Text,
        };
        /// It was put into a group that grants power later.
        PutIntoLater "put_into_later" {
            /// The group's name.
            group: Text,
            /// How long after its creation.
            after: Duration,
        };
        /// The name ends in `$`.
        HiddenName "hidden_name";
        /// The name can be taken for another.
        LookAlikeName "look_alike_name" {
            /// How.
            sign: NameFact,
        };
        /// The new account logged on over the network.
        NetworkLogon "network_logon" {
            /// From where.
            source: Text,
        };
        /// The new account logged on over remote desktop.
        DesktopLogon "desktop_logon" {
            /// From where.
            source: Option<Text>,
        };
        /// Accounts of this name were made on other hosts too.
        SameNameElsewhere "same_name_elsewhere" {
            /// The first few of those hosts.
            hosts: Vec<Text>,
            /// How many more there are.
            further: u64,
        };
        /// Its password never expires.
        PasswordNeverExpires "password_never_expires";
        /// It was deleted again soon.
        ShortLived "short_lived" {
            /// How long it lived.
            lived: Duration,
        };
        /// The same actor took sight away.
        CoveredUp "covered_up" {
            /// How.
            how: CoverUp,
        };
        /// It was never usable.
        NeverUsable "never_usable";
        /// Windows made it while it was set up.
        WindowsSetup "windows_setup";
        /// Entries of the site's tuning fit.
        SiteEntries "site_entries" {
            /// Each of them.
            entries: Vec<SiteEntry>,
        };
        /// The severity is at least so, whatever the score.
        Floor "floor" {
            /// The least.
            least: Severity,
            /// Why.
            why: FloorReason,
            /// It gives way, since the site allows the creation.
            gives_way: bool,
        };
        /// The site allows it.
        Allowed "allowed" {
            /// By what.
            by: AllowedBy,
            /// Name of the entry, or of the ticket.
            name: Text,
            /// Names of others that allow it too.
            also: Vec<Text>,
        };
        /// It was made outside of the site's working hours.
        OffHours "off_hours" {
            /// Day of the week, where the site is.
            weekday: Weekday,
            /// Hour of the day there.
            hour: u8,
            /// Minute of that hour.
            minute: u8,
        };
    }
}

facts! {
    /// Why a site calls a program suspicious.
    Suspicion {
        /// Rules of the site hit it.
        Rules "rules" {
            /// Their names.
            names: Vec<Text>,
        };
        /// An entry of its tuning fits.
        Entry "entry" {
            /// In the site's words.
            reason: Text,
        };
    }
}

facts! {
    /// What has no business with shells.
    OddAncestor {
        /// A server's own program.
        ServerProgram "server_program";
        /// A program for documents.
        Documents "documents";
        /// The host of a service that starts no shells.
        ServiceHost "service_host";
        /// winlogon.
        LogonScreen "logon_screen";
        /// What anybody may start at the logon screen.
        LogonScreenTool "logon_screen_tool";
    }
}

facts! {
    /// How a command line hides what it does.
    Concealment {
        /// FromBase64String.
        DecodesItself "decodes_itself";
        /// `-EncodedCommand`.
        EncodedCommand "encoded_command";
        /// `-WindowStyle Hidden`.
        HiddenWindow "hidden_window";
        /// `Start-Process … -WindowStyle Hidden`.
        StartsHidden "starts_hidden";
    }
}

facts! {
    /// What carries commands from elsewhere.
    LateralChannel {
        /// WMI.
        Wmi "wmi";
        /// WinRM.
        Winrm "winrm";
        /// SSH.
        Ssh "ssh";
        /// PsExec.
        Psexec "psexec";
        /// A scheduled task.
        Task "task";
        /// A service that was installed over the network.
        RemoteService "remote_service";
        /// A task that was installed over the network.
        RemoteTask "remote_task";
        /// A WMI subscription that was made over the network.
        RemoteSubscription "remote_subscription";
    }
}

facts! {
    /// How the actor took sight away.
    CoverUp {
        /// 1102 or 104 afterwards.
        LogCleared "log_cleared" {
            /// Which log, where it is told.
            log: Option<Text>,
        };
        /// 4719 afterwards.
        AuditSwitchedOff "audit_switched_off";
        /// 1102 or 104 before.
        LogClearedBefore "log_cleared_before" {
            /// Which log, where it is told.
            log: Option<Text>,
        };
        /// 4719 before.
        AuditSwitchedOffBefore "audit_switched_off_before";
    }
}

facts! {
    /// Why a severity is at least so high.
    FloorReason {
        /// The traces were covered up.
        CoveredUp "covered_up";
        /// It came back after its deletion.
        Resurrected "resurrected";
        /// Its name hides it.
        HiddenName "hidden_name";
        /// Its name can be taken for another.
        LookAlikeName "look_alike_name";
        /// A tool was renamed.
        RenamedTool "renamed_tool";
        /// It cannot be known who made it.
        Unknown "unknown";
    }
}

/// What allows a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AllowedBy {
    /// An entry of the policy.
    Entry,
    /// An entry of the policy that rests on a creator that is only `likely`, and on more beside it.
    EntryOnLikely,
    /// A change ticket.
    Ticket,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weekday {
    /// The first day of a working week.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The first of a weekend.
    Saturday,
    /// The second.
    Sunday,
}

/// What one entry of the site's tuning adds or takes away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SiteEntry {
    /// As the site set them.
    pub points: i32,
    /// What fits.
    pub fits: SiteMatch,
    /// Why it matters, in the site's words.
    pub reason: Text,
}

/// What an entry of the site's tuning fits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteMatch {
    /// An ancestor, by file name.
    Ancestor(Option<Text>),
    /// In whose name it was made: as far as the entry says.
    Context(Option<UserContext>, Option<SessionKind>, Option<Text>),
}
