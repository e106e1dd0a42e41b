//! What speaks for and against an explanation.

use begat_model::case::EvidenceFact;

use crate::words::missing;
use crate::words::table::sentences;
use crate::words::when::when;

/// An address that a session came from.
const NO_ADDRESS: &str = "an address that is not told";

sentences! {
    /// What speaks for or against it, as a clause.
    said(EvidenceFact, zone) {
        LineCreatesAccount => "its command line creates an account of this name";
        LineCreatesAnother => "its command line creates another account";
        LineCreatesNameless => "its command line creates an account whose name it does not write out";
        LineDoesOtherwise => "its command line does something else";
        LineNamesAccount => "the account's name is an argument of its command line";
        SubscriptionCreatesAccount =>
            "it runs the scripts of WMI subscriptions, and one of them creates an account of this name";
        ScriptCreatesAccount => "PowerShell's log has it running what creates an account of this name";
        ScriptCreatesNameless => "PowerShell's log has it running what creates an account, without its name";
        WritesScriptLog => "it writes PowerShell's log, so it is a PowerShell";
        LookedUp => "it looked accounts up in the same session, within two seconds";
        CallsInterfaces { program } => "{program} calls the account interfaces itself";
        OnlyStarts { program } => "{program} only starts what creates accounts";
        WindowsOwn { program } => "{program} is Windows' own, and not known to create accounts";
        HoldsSession { session } => "it runs in session {session}, which made the account";
        SharesSession { session } => "it runs in {session}, the session that all services of its kind share";
        LinkedSession { own, ours } => "it runs in session {own}, the other half of {ours}'s split token";
        LoopbackSession { session } =>
            "session {session} came from this machine itself, and it runs as the same account";
        OtherSessionSameUser { own, ours } => "it runs in session {own} of the same account, not in {ours}";
        OtherSession { own, ours } => "it runs in session {own} of another account, not in {ours}";
        SessionNotTold => "its own session is not told by this version of Windows";
        StartedBefore { lag } => "it started {lag} before the creation";
        StartedAfter { late } => "its start is recorded {late} after the creation";
        StartNotSeen => "its own start is not in the log";
        EndedAfter { after } => "it ended {after} after the creation";
        Failed { code } => "it ended with exit code {code}, which says that it failed";
        HandsOn => "net starts a net1 for this, whose own start is not in the log";
        MadeAnother => "it made another account, and such a tool makes one";
        ToolRunsBelow => "a tool made for this runs below it at that moment";
        NoProcesses => "this host shows no process creation at all";
        NoProcessesAround => "this host shows no process creation around this time";
        RecordsMissing { missing } [missing = missing::said(missing, zone)] => "{missing}";
        ClockSetBack { at } [at = when(*at, zone)] =>
            "the clock was set back at {at}: what ran before it bears later times";
        SharedSessionUnseen { session } => "services that started before the log run in {session} too";
        SessionOlderThanLog { session } =>
            "the logon of session {session} is not in the input: it may hold older processes";
        NetworkSession { session, source } [source = source.as_deref().unwrap_or(NO_ADDRESS)] =>
            "session {session} came over the network from {source}, and no process is alive in it";
        SessionWithoutProcess { session } =>
            "the logon of session {session} is known, and no process is alive in it";
        SamPipeOpened { at } [at = when(*at, zone)] =>
            "the session opened the pipe samr over the network at {at}";
        QueriedRemotely =>
            "the session looked accounts up, and Windows names no process: its client is remote";
        ManagedByLaps { at } [at = when(*at, zone)] =>
            "Windows LAPS said at {at} that it manages this account";
        OldMachineName { old, new } => "SYSTEM still goes by the machine name {old}, not {new}";
        BuiltinRid { rid } => "its RID is {rid}, and callers are given 1000 and above";
        FirstRid => "its RID is 1000, the first that a machine gives out";
        WindowsJustStarted { since } => "Windows started {since} before";
        YoungLog { record_id } => "it is record {record_id} of the Security log since Windows was installed";
    }
}
