//! Why a verdict names no process for certain.

use begat_model::LogonId;
use begat_model::Text;
use begat_model::case::Reason;

use crate::words::missing;
use crate::words::table::sentences;

sentences! {
    /// Why the verdict is not `attributed`, as a sentence.
    said(Reason, zone) {
        ChildUnseen => "It is certain who ran it, and the process that was started for it is not in the log.";
        SeveralCould { count } =>
            "{count} processes could have made the call, and nothing tells them apart for certain.";
        NetworkSession { session, source } [session = named(*session), from = from(source)] =>
            "Session {session} came over the network{from}, and no process of this host was alive in it.";
        Laps => "Windows LAPS made it, inside lsass.";
        WindowsRid => "Windows made it: only Windows gives out such a RID.";
        WindowsSetup => "Windows made it while it was being set up.";
        BorrowedToken { session } [session = named(*session)] =>
            "Session {session} is known, but no process is alive in it: its token was borrowed.";
        NoProcesses { source } [session = came(source)] =>
            "This host shows no process creation (neither 4688 nor Sysmon 1).{session}";
        RecordsMissing { missing } [missing = missing::said(missing, zone)] =>
            "What made it may be among the records that this input lacks: {missing}.";
        AuditOff => "Process auditing had been switched off before it.";
        NoProcessesAround => "This host shows processes, but none around the creation.";
        SessionNotTold =>
            "The creation does not say in which session it was made, and no command line names the account.";
        OtherSession { session } [session = named(*session)] =>
            "The likeliest process does not run in session {session}, and nothing shows how it could act in it.";
        NotTied { session } [session = named(*session)] =>
            "Processes that may hold session {session} are seen, but none is tied to the creation well enough to name it.";
        NotAlive { session } [session = named(*session)] =>
            "The processes of session {session} that are seen were not alive at that moment.";
        NothingSeen { session } [session = named(*session)] =>
            "No process of session {session} is seen, and its logon is not in the input.";
    }
}

fn named(session: Option<LogonId>) -> String {
    session.map_or("a session that is not told".to_owned(), |session| session.to_string())
}

fn from(source: &Option<Text>) -> String {
    source.as_deref().map(|ip| format!(" from {ip}")).unwrap_or_default()
}

fn came(source: &Option<Text>) -> String {
    source.as_deref().map(|ip| format!(" Its session came from {ip}.")).unwrap_or_default()
}
