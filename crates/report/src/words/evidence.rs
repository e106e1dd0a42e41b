//! What speaks for and against an explanation.

use begat_model::Duration;
use begat_model::case::EvidenceFact;

use crate::words::missing;
use crate::words::table::sentences;
use crate::words::when::when;

/// An address that a session came from.
const NO_ADDRESS: &str = "an unknown address";

sentences! {
    /// What speaks for or against it, as a clause.
    said(EvidenceFact, zone) {
        SeveralMachines => "records of several machines bear this host's name, so it may be of another";
        LineCreatesAccount => "its command line creates an account of this name";
        LineCreatesAnother => "its command line creates another account";
        LineCreatesNameless => "its command line creates an account, but does not spell out its name";
        LineDoesOtherwise => "its command line does something else";
        LineMeantForElsewhere => "its command line creates an account of this name on another machine";
        LineGivenOtherCommand =>
            "PowerShell was started to run one command and then end, and nothing in that command creates an account";
        LineRunsLookingScript => "the script that PowerShell was started with only looks, by the verb in its name";
        LineFulfilled =>
            "its command line creates an account of this name, but one of this name was already made since it started";
        LineSpeaksOfAccounts => "its command line opens a tool that manages accounts";
        LineNamesAccount => "the account's name is an argument of its command line";
        SubscriptionCreatesAccount =>
            "it runs the scripts of WMI subscriptions, and one of them creates an account of this name";
        ScriptCreatesAccount => "PowerShell's log shows that it ran code that creates an account of this name";
        ScriptPerhapsCreatesAccount =>
            "PowerShell's log shows a script of it that creates an account of this name, if it came to that branch";
        LinePerhapsCreatesAccount =>
            "its command line creates an account of this name, if it came to that branch";
        ScriptCreatesNameless => "PowerShell's log shows that it ran code that creates an account, but not of what name";
        ScriptsSilent => "PowerShell's log shows what it ran, and none of that creates an account";
        WritesScriptLog => "it wrote to PowerShell's log, so it is a PowerShell process";
        LookedUp => "it looked up accounts in the same session, within two seconds of the creation";
        LookedUpAccount => "it looked up this very account, in the midst of the records of its creation";
        LookedUpGroup => "it looked up a group, and the next that this session put into that group is this account";
        NamedByEdr => "an EDR on the host names it as the process that made this very account";
        Interlocks { before, after } [after = ended_again(*after)] =>
            "it started {before} before the records of the creation{after}, and nothing else of its session started or ended in between";
        PutIntoUsers => "the account was put into Users at once, as net does";
        NotPutIntoUsers => "the account was not put into Users, as net would have done";
        OnlyProcess { session } => "no other process ever ran in session {session}, which made the account";
        CallsInterfaces { program } => "{program} can itself make the calls that create accounts";
        OnlyStarts { program } => "{program} does not create accounts itself, it only starts programs that do";
        WindowsOwn { program } => "{program} is part of Windows and not known to create accounts";
        UnknownProgram { program } =>
            "{program} is a program that begat does not know, in a folder where any user can put files";
        InstalledProgram { program } => "{program} is an installed program, and people start such all day";
        Bystander { program } => "{program} is a program for people and has no business with accounts";
        HoldsSession { session } => "it runs in session {session}, which made the account";
        SharesSession { session } => "it runs in session {session}, which all services of its kind share";
        LinkedSession { own, ours } =>
            "it runs in session {own}, which UAC made together with {ours} at the same logon";
        LoopbackSession { session } =>
            "session {session} was opened from this machine itself, and the process runs as the same account";
        OtherSessionSameUser { own, ours } => "it runs in session {own} of the same account, not in {ours}";
        OtherSession { own, ours } => "it runs in session {own} of another account, not in {ours}";
        Impersonates { own, ours } =>
            "it runs in session {own}, but what it ran creates the account: it did that with the token of session {ours} (impersonation)";
        SessionNotTold => "this version of Windows does not record its session";
        StartedBefore { lag } => "it started {lag} before the creation";
        StartedRightBefore => "it started as shortly before the creation as a tool does that is run for it";
        StartedAfter { late } => "its start is recorded {late} after the creation";
        StartNotSeen => "its own start is not in the log";
        EndedAfter { after } => "it ended {after} after the creation";
        BelowManager { program } => "{program} started it, and runs what administrators order";
        Failed { code } => "it ended with exit code {code}, which means that it failed";
        EndLost =>
            "neither its exit code nor the group Users tells that it did what it says, and records are missing that may have";
        CallRefused => "PowerShell's log says that what it was told to do was refused";
        ResultLost =>
            "records are missing from PowerShell's log that may have told that the call was refused";
        SaidLongBefore => "it said so more than ten minutes before, and nothing that it told to be done takes so long";
        StillRuns => "it was still running after the creation, and a tool like this ends with it";
        HandsOn => "net starts net1 to do this, and the start of that net1 is not in the log";
        MadeAnother => "it made another account, and a tool like this makes only one";
        ToolRunsBelow => "a tool that creates accounts was running below it at that moment";
        NoProcesses => "the input has no process creation of this host";
        NoProcessesAround => "the input has no process creation of this host around this time";
        RecordsMissing { missing } [missing = missing::said(missing, zone)] => "{missing}";
        ProcessLogFiltered => "the input has the starts of some programs only";
        UnseenAct => "code injected into another process, or a borrowed token, leaves no trace in such a log";
        ClockSetBack { at } [at = when(*at, zone)] =>
            "the clock was set back at {at}, so events from before that can have later times";
        SharedSessionUnseen { session } => "services that started before the log begins run in session {session} too";
        SessionOlderThanLog { session } =>
            "the logon of session {session} is not in the input, so older processes may run in it";
        NetworkSession { session, source } [source = source.as_deref().unwrap_or(NO_ADDRESS)] =>
            "session {session} came over the network from {source}, and no process was running in it";
        SessionWithoutProcess { session } =>
            "the logon of session {session} is known, but no process was running in it";
        SamPipeOpened { at } [at = when(*at, zone)] =>
            "the session opened the SAM's pipe (samr) over the network at {at}";
        QueriedRemotely =>
            "the session looked up accounts, and Windows names no process for it, so the client is remote";
        ManagedByLaps { at } [at = when(*at, zone)] =>
            "Windows LAPS logged at {at} that it manages this account";
        OldMachineName { old, new } => "SYSTEM still has the machine's old name {old}, not {new}";
        BuiltinRid { rid } => "its RID is {rid}, and accounts that somebody creates get 1000 or above";
        SetupOwnName { name } => "{name} is a name that Windows' setup gives its own first account";
        FirstRid => "its RID is 1000, the first that a machine assigns";
        WindowsJustStarted { since } => "Windows started {since} before the creation";
        YoungLog { record_id } => "the creation is only record {record_id} of the Security log since Windows was installed";
    }
}

/// Ends of processes are often not audited: then only the start speaks.
fn ended_again(after: Option<Duration>) -> String {
    after.map(|after| format!(" and ended {after} after them")).unwrap_or_default()
}
