//! What speaks for and against an explanation, before anybody puts it into words.

use super::Missing;
use crate::ids::LogonId;
use crate::text::Text;
use crate::time::{Duration, Timestamp};

facts! {
    /// Why an explanation is held to be right, or not.
    EvidenceFact {
        /// Records of several machines bear the host's name: it may be another's.
        SeveralMachines "several_machines";
        /// Its command line creates an account of this name.
        LineCreatesAccount "line_creates_account";
        /// Its command line creates an account of another name.
        LineCreatesAnother "line_creates_another";
        /// Its command line creates an account, and does not write out its name.
        LineCreatesNameless "line_creates_nameless";
        /// The whole grammar of the tool is known, and its command line creates nothing.
        LineDoesOtherwise "line_does_otherwise";
        /// Its command line creates an account of this name on another machine.
        LineMeantForElsewhere "line_meant_for_elsewhere";
        /// PowerShell was given a command and ends with it, and nothing in that command creates an account.
        LineGivenOtherCommand "line_given_other_command";
        /// PowerShell runs a script that only looks, by the verb in its name.
        LineRunsLookingScript "line_runs_looking_script";
        /// Its command line creates an account of this name, and an account of this name was made since.
        LineFulfilled "line_fulfilled";
        /// Its command line opens what accounts are managed with.
        LineSpeaksOfAccounts "line_speaks_of_accounts";
        /// The account's name is an argument of its command line.
        LineNamesAccount "line_names_account";
        /// It runs the scripts of WMI subscriptions, and one of them creates an account of this name.
        SubscriptionCreatesAccount "subscription_creates_account";
        /// PowerShell's log has it running what creates an account of this name.
        ScriptCreatesAccount "script_creates_account";
        /// The same in a branch of which nobody knows whether it was taken.
        ScriptPerhapsCreatesAccount "script_perhaps_creates_account";
        /// Its command line creates an account of this name in such a branch.
        LinePerhapsCreatesAccount "line_perhaps_creates_account";
        /// It runs what creates an account, without the name.
        ScriptCreatesNameless "script_creates_nameless";
        /// What it runs is logged, and nothing of it creates an account.
        ScriptsSilent "scripts_silent";
        /// It writes PowerShell's log.
        WritesScriptLog "writes_script_log";
        /// 4798 or 4799 names it as the client of the SAM.
        LookedUp "looked_up";
        /// 4798 names it as the client that looked up this very account, among the records of its creation.
        LookedUpAccount "looked_up_account";
        /// 4799 names it as the client that looked up a group, which took in this account next.
        LookedUpGroup "looked_up_group";
        /// An EDR names it as the process that made this very account.
        NamedByEdr "named_by_edr";
        /// Its start and its end enclose the records of the creation, and nothing else of its session came or went.
        Interlocks "interlocks" {
            /// From its start to the first of those records.
            before: Duration,
            /// From the last of them to its end, where that is told.
            after: Option<Duration>,
        };
        /// The account was put into Users within the burst, as net does and programs of one's own do not.
        PutIntoUsers "put_into_users";
        /// The account was not put into Users, which net does.
        NotPutIntoUsers "not_put_into_users";
        /// No other process ever ran in the creation's session.
        OnlyProcess "only_process" {
            /// That session.
            session: LogonId,
        };
        /// An image of this name calls the account interfaces itself.
        CallsInterfaces "calls_interfaces" {
            /// File name without `.exe`.
            program: Text,
        };
        /// An image of this name only starts what creates accounts.
        OnlyStarts "only_starts" {
            /// File name without `.exe`.
            program: Text,
        };
        /// An image of this name is Windows' own, and not known to create accounts.
        WindowsOwn "windows_own" {
            /// File name without `.exe`.
            program: Text,
        };
        /// Nobody knows what a program of this name calls, and it lies where anybody can put files.
        UnknownProgram "unknown_program" {
            /// File name without `.exe`.
            program: Text,
        };
        /// A program that a product brought, which people start all day.
        InstalledProgram "installed_program" {
            /// File name without `.exe`.
            program: Text,
        };
        /// A program for people, that has no business with accounts: a browser, an office program.
        Bystander "bystander" {
            /// File name without `.exe`.
            program: Text,
        };
        /// It runs in the creation's session.
        HoldsSession "holds_session" {
            /// That session.
            session: LogonId,
        };
        /// It runs in the creation's session, which all services of its kind share.
        SharesSession "shares_session" {
            /// That session.
            session: LogonId,
        };
        /// It runs in the other half of a split token.
        LinkedSession "linked_session" {
            /// Its own half.
            own: LogonId,
            /// The creation's session.
            ours: LogonId,
        };
        /// The creation's session came from this machine, and it runs as the same account.
        LoopbackSession "loopback_session" {
            /// The creation's session.
            session: LogonId,
        };
        /// It runs in another session of the same account.
        OtherSessionSameUser "other_session_same_user" {
            /// Its own.
            own: LogonId,
            /// The creation's.
            ours: LogonId,
        };
        /// It runs in a session of another account.
        OtherSession "other_session" {
            /// Its own.
            own: LogonId,
            /// The creation's.
            ours: LogonId,
        };
        /// It runs in another session, and what it says that it does was done with the creation's.
        Impersonates "impersonates" {
            /// Its own.
            own: LogonId,
            /// The creation's.
            ours: LogonId,
        };
        /// This version of Windows does not tell its session.
        SessionNotTold "session_not_told";
        /// It started shortly before the creation.
        StartedBefore "started_before" {
            /// How long before.
            lag: Duration,
        };
        /// It started so shortly before as what is run for one thing does.
        StartedRightBefore "started_right_before";
        /// Its start is recorded after the creation, nearer than two logs can be told apart.
        StartedAfter "started_after" {
            /// How long after.
            late: Duration,
        };
        /// Its own start is not in the log.
        StartNotSeen "start_not_seen";
        /// It ended right after the creation.
        EndedAfter "ended_after" {
            /// How long after.
            after: Duration,
        };
        /// A program that runs what administrators order started it.
        BelowManager "below_manager" {
            /// File name of that program without `.exe`.
            program: Text,
        };
        /// Its exit code says that it failed.
        Failed "failed" {
            /// That code.
            code: u32,
        };
        /// It had not ended when the account was made, and such a tool ends with it.
        StillRuns "still_runs";
        /// Its exit code, which would say whether it did what it was told to, may be among the records that are lost.
        EndLost "end_lost";
        /// PowerShell's own log says that the call was refused.
        CallRefused "call_refused";
        /// The record that would say whether the script's call was carried out may be among those that are lost.
        ResultLost "result_lost";
        /// It said so long before, and nothing of it takes so long.
        SaidLongBefore "said_long_before";
        /// A net1 of it that the log lacks made the call.
        HandsOn "hands_on";
        /// It made another account, and such a tool makes one.
        MadeAnother "made_another";
        /// A tool made for this runs below it.
        ToolRunsBelow "tool_runs_below";
        /// The host shows no process creation at all.
        NoProcesses "no_processes";
        /// The host shows no process creation around this time.
        NoProcessesAround "no_processes_around";
        /// Records are missing where the process would have been told.
        RecordsMissing "records_missing" {
            /// Which.
            missing: Missing,
        };
        /// Only some programs' starts are in the input.
        ProcessLogFiltered "process_log_filtered";
        /// Foreign code in a process, or a borrowed token, leaves no trace in such a log.
        UnseenAct "unseen_act";
        /// The clock was set back nearby.
        ClockSetBack "clock_set_back" {
            /// When.
            at: Timestamp,
        };
        /// Services of before the log run in the creation's session too.
        SharedSessionUnseen "shared_session_unseen" {
            /// That session.
            session: LogonId,
        };
        /// The logon of the creation's session is not in the input.
        SessionOlderThanLog "session_older_than_log" {
            /// That session.
            session: LogonId,
        };
        /// The session came over the network, and no process is alive in it.
        NetworkSession "network_session" {
            /// That session.
            session: LogonId,
            /// Address that it came from.
            source: Option<Text>,
        };
        /// The session's logon is known, and no process is alive in it.
        SessionWithoutProcess "session_without_process" {
            /// That session.
            session: LogonId,
        };
        /// The session opened the pipe `samr` over the network.
        SamPipeOpened "sam_pipe_opened" {
            /// When.
            at: Timestamp,
        };
        /// The session looked accounts up, and Windows names no process.
        QueriedRemotely "queried_remotely";
        /// Windows LAPS said that it manages this account.
        ManagedByLaps "managed_by_laps" {
            /// When.
            at: Timestamp,
        };
        /// SYSTEM still goes by another machine name.
        OldMachineName "old_machine_name" {
            /// The name that it goes by.
            old: Text,
            /// The host's.
            new: Text,
        };
        /// A RID that callers are not given.
        BuiltinRid "builtin_rid" {
            /// The RID.
            rid: u32,
        };
        /// A name that Windows' setup gives its first account.
        SetupOwnName "setup_own_name" {
            /// That name.
            name: Text,
        };
        /// RID 1000.
        FirstRid "first_rid";
        /// Windows had just started.
        WindowsJustStarted "windows_just_started" {
            /// How long before.
            since: Duration,
        };
        /// The Security log has hardly begun.
        YoungLog "young_log" {
            /// The creation's record.
            record_id: u64,
        };
    }
}
