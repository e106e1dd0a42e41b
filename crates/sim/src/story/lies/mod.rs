//! Stories made to mislead: decoys that stand for the deed, deeds that hide behind others, logs that show half.
//!
//! Their truth is what Windows' facts allow to be said, whoever hunts. A lie that plays on the common server can be
//! laid over any other story that does.
mod behind;
mod borrowed;
mod decoys;
mod elsewhere;
mod feeds;
mod lookups;
mod scenery;
mod sessions;
mod spellings;
mod timing;

use super::hosts::{AUDITED, DEFAULT, FULL, NEW_DESKTOP, WITHOUT_COMMAND_LINES};
use super::{Stage, StoryKind};
use scenery::{
    ALIASED, BOOT_ONLY, CLOUD_MACHINE, DIRECTORY, FILTERED, HALF_SYSMON, SCRIPT_LOG_ONLY, SCRIPTS_LOGGED,
};

stories! {
    /// Every story that is made to mislead.
    LIES:
    // Words that are no deed.
    "failing-net1" "M15" AUDITED decoys::failing_net1:
        "net1 fails because an implant of its session made the account a moment before";
    "made-again" "M15" AUDITED decoys::made_again:
        "net1 makes an account, and after its deletion an implant makes it again";
    "common-word" "A03" AUDITED decoys::common_word: "the account's name is a subcommand of another service";
    "dollar-twin" "M21" AUDITED decoys::dollar_twin: "an implant makes bob$ beside a shell that asked for bob";
    "printed-command" "M15" AUDITED decoys::printed_command:
        "the command is echoed, committed, searched for; an implant makes the account";
    "function-not-called" "M15" FULL decoys::function_not_called:
        "a script defines how the account is made and does not; an implant does";
    "script-only-talks" "M15" FULL decoys::script_only_talks:
        "a script holds the command as text; an implant makes the account";
    "function-called" "M03" FULL decoys::function_called: "a script defines a function and calls it";
    "refused-command" "M15" FULL decoys::refused_command:
        "New-LocalUser is refused, and PowerShell says so; an implant made the account a moment before";
    "refused-line" "M15" FULL decoys::refused_line:
        "the same, where New-LocalUser stands in PowerShell's own command line";
    "other-machines-script" "M15" FULL elsewhere::other_machines_script:
        "a script that makes the account on machines of other names only; an implant makes it here";
    "own-machines-script" "M03" FULL elsewhere::own_machines_script: "the same, and this machine is among them";
    "rehearsed-script" "M15" FULL decoys::rehearsed_script: "a script that is rehearsed or whose cmdlet is its own";
    "command-handed-on" "M15" AUDITED elsewhere::command_handed_on:
        "a program hands net's command on to somewhere else; here an implant makes the account";
    "looking-script" "M15" AUDITED decoys::looking_script: "a script is asked about an account that an implant makes";
    "said-too-late" "M15" FULL timing::said_too_late: "the script that says it is written after the deed";
    // Whose session it was.
    "idle-console" "M03" AUDITED sessions::idle_console: "New-LocalUser typed into a console that logs no scripts";
    "two-consoles" "M15" AUDITED sessions::two_consoles: "the same beside another such console";
    "service-session" "B08" AUDITED sessions::service_session: "a service with a session of its own";
    "agent-powershell" "B06" AUDITED sessions::agent_powershell:
        "an agent's PowerShell in the session that all services share";
    "winrm-without-scripts" "M08" AUDITED sessions::winrm_seen: "WinRM's host process, whose scripts are not logged";
    "winrm-with-scripts" "M08" FULL sessions::winrm_seen: "the same with its scripts";
    "snap-in" "M34" AUDITED sessions::snap_in: "the console for local users on a busy desktop";
    "snap-in-lookup" "M34" AUDITED sessions::snap_in_lookup: "the same, and the SAM sees it read the account";
    "busy-desktop-tool" "M16" AUDITED sessions::busy_desktop_tool: "an unknown tool on a busy desktop, gone at once";
    "silent-net1" "X02" WITHOUT_COMMAND_LINES sessions::silent_net1:
        "net1 without its line, on a host that tells no ends";
    // Deeds behind others.
    "borrowed-browser" "M29" AUDITED borrowed::browser_only: "a token borrowed from a desktop with a browser";
    "borrowed-desktop" "M29" AUDITED borrowed::harmless_desktop: "the same from a desktop of notes and mail";
    "injected-explorer" "M15" SCRIPTS_LOGGED borrowed::injected_explorer: "explorer acts for others beside an idle shell";
    "hollowed-svchost" "M15" AUDITED borrowed::hollowed_svchost: "a hollowed service host below Word";
    "impersonating-script" "M29" SCRIPTS_LOGGED borrowed::impersonating_script:
        "SYSTEM's PowerShell acts under the administrator's token and says so";
    "logon-by-program" "M30" AUDITED borrowed::logon_by_program:
        "a program logs on with another's password: a network session that came over no network";
    // Other hosts.
    "meant-for-another" "M15" AUDITED elsewhere::meant_for_another:
        "a command makes the account on another host; here an implant does";
    "remoting-to-itself" "M08" AUDITED elsewhere::remoting_to_itself: "Invoke-Command to the host itself";
    "own-address" "M14" FULL elsewhere::own_address: "ADSI by the host's own address";
    "winrm-unseen" "M08" HALF_SYSMON elsewhere::winrm_unseen: "WinRM, whose host process Sysmon leaves out";
    "remote-lookup" "M14" DEFAULT elsewhere::remote_lookup:
        "over the network to a host without process log, which saw a client without a process";
    "client-of-another" "M14" FULL elsewhere::client_of_another:
        "a command on somebody's own host looks like the client that it is not";
    // Lookups.
    "scanner" "A03" AUDITED lookups::scanner: "a scanner reads the administrators all day";
    "sensor" "A03" AUDITED lookups::sensor: "a sensor reads every account that anybody makes";
    "job-nearby" "A03" AUDITED sessions::job_nearby: "a job of SYSTEM's runs on while a service makes the account";
    "manager-powershell" "B06" AUDITED sessions::manager_powershell:
        "a management agent's PowerShell, whose end is not told";
    "enumerator" "A03" AUDITED lookups::enumerator: "a program reads every account just as one is made";
    "setup-broker" "B01" NEW_DESKTOP lookups::setup_broker: "Windows' first-run broker reads what it grants";
    "setup-shell" "B01" NEW_DESKTOP lookups::setup_shell: "unattended setup's rundll32 reads the account it made";
    "late-grant" "M03" AUDITED lookups::late_grant:
        "PowerShell reads the group, sixteen seconds later, and puts the account into it";
    // What does not arrive.
    "shells-only" "X03" FILTERED feeds::shells_only: "only shells are forwarded, and the creator is none";
    "boot-only-console" "X01" BOOT_ONLY feeds::boot_only_console: "Windows' own boot is all that is told of processes";
    "boot-only-network" "X01" BOOT_ONLY feeds::boot_only_network: "the same, and a network session that runs net unseen";
    "young-machine" "B09" CLOUD_MACHINE feeds::young_machine: "a cloud's agent on a machine minutes old";
    "alias-name" "M16" ALIASED feeds::alias_name: "the collector writes an alias for the host's name";
    "script-log-only" "M03" SCRIPT_LOG_ONLY feeds::script_log_only: "no process is told, and a script is";
    // Who is behind it.
    "unlocked-from-elsewhere" "M34" AUDITED behind::unlocked_from_elsewhere:
        "a session is taken up again from another address, told only as unlocked";
    "task-changed" "M11" FULL behind::task_changed: "somebody changes another's task";
    // Time between word and deed.
    "sleeping-script" "M03" FULL timing::sleeping_script: "a script sleeps for twenty minutes first";
    "script-in-pieces" "M03" FULL timing::script_in_pieces: "a long script is logged in pieces, cut in its verb";
    "script-piece-missing" "M03" FULL timing::script_piece_missing: "the same, and the piece in question is lost";
    "batch-written" "M01" FULL timing::batch_written: "a batch is written by one and run by another";
    "waiting-net1" "M15" AUDITED timing::waiting_net1: "net1 waits for a password while an implant makes the account";
    "suspicious-only" "M15" AUDITED timing::suspicious_only:
        "PowerShell warns of some scripts without logging the others";
    // Other ways to say it.
    "user-principal" "M04" FULL spellings::user_principal: ".NET's UserPrincipal";
    "directory-entry" "M04" FULL spellings::directory_entry: ".NET's DirectoryEntry";
    "net-user-add" "M04" FULL spellings::net_user_add: "NetUserAdd, called from PowerShell";
    "wildcard-command" "M03" FULL spellings::wildcard_command: "New-LocalUser found by a pattern";
    "adsi-spelling" "M04" FULL spellings::adsi_spelling: "ADSI in its other spellings";
    "directory-name" "N01" DIRECTORY spellings::directory_name: "New-ADUser whose name is not the account's";
    "directory-command" "N01" DIRECTORY spellings::directory_command: "dsadd whose name is not the account's";
}
