//! Why a verdict names no process for certain.

use begat_model::LogonId;
use begat_model::Text;
use begat_model::case::{Proof, Reason};
use jiff::tz::TimeZone;

use crate::words::missing;
use crate::words::table::sentences;

sentences! {
    /// Why the verdict is not `attributed`, as a sentence.
    said(Reason, zone) {
        ChildUnseen =>
            "The command that made it is known, but the process it started to do so is not in the log.";
        ActNotShown { by } [would = would_have(by, zone)] =>
            "One process stands out: it could have done it, but nothing shows that it did.{would}";
        SeveralCould { count } =>
            "{count} processes could have made it, and nothing shows for certain which of them did.";
        NetworkSession { session, source } [session = subject(*session), from = from(source)] =>
            "{session} came over the network{from}, and no process of this host was running in it.";
        Laps => "Windows LAPS made it, inside lsass.";
        WindowsRid => "Windows made it: only Windows assigns such a RID.";
        WindowsSetup => "Windows made it while it was being set up.";
        BorrowedToken { session } [session = subject(*session)] =>
            "{session} is known, but no process was running in it: another process used its token (impersonation).";
        NoProcesses { source } [session = came(source)] =>
            "The input has no process creation of this host (neither 4688 nor Sysmon 1).{session}";
        RecordsMissing { missing } [missing = missing::said(missing, zone)] =>
            "The process that made it may be in records that this input lacks: {missing}.";
        ProcessLogFiltered =>
            "The input has the starts of some programs only, so another that it does not show may have made it.";
        NetworkWithoutAddress { session } [session = subject(*session)] =>
            "{session} came over the network and tells no address. Remoting (WinRM) logs on like that and runs processes on this host, but the input shows none that was running.";
        SeveralMachines =>
            "Records of several machines bear this host's name, so what is not seen on it may have happened on another of them.";
        AuditOff => "Process auditing had been switched off before the creation.";
        NoProcessesAround => "The input has process creations of this host, but none around the time of this account's creation.";
        SessionNotTold =>
            "The event does not say in which session the account was created, and no command line names the account.";
        OtherSession { session } [session = named(*session)] =>
            "The likeliest process did not run in {session}, and nothing shows how it could have acted in that session.";
        NotTied { session } [session = named(*session)] =>
            "Processes that may have run in {session} are seen, but none is tied to the creation well enough to be named.";
        NotAlive { session } [session = named(*session)] =>
            "None of the processes seen in {session} was running at that moment.";
        NothingSeen { session } [session = named(*session)] =>
            "The input has neither a process of {session} nor its logon.";
    }
}

sentences! {
    /// What would have shown the act, as it stands in a list.
    proof(Proof, zone) {
        CommandLine => "command lines in process auditing";
        ScriptLog => "PowerShell's script log";
        ProcessEnds => "audited ends of processes";
        Lookup => "audited lookups of accounts and groups (4798, 4799)";
    }
}

/// ` Command lines in process auditing or PowerShell's script log would have shown that.`; nothing where nothing is known to.
fn would_have(by: &[Proof], zone: &TimeZone) -> String {
    let proofs: Vec<String> = by.iter().map(|it| proof(it, zone)).collect();
    let listed = match proofs.as_slice() {
        [] => return String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    };
    let mut letters = listed.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!(" {first}{} would have shown that.", letters.as_str())
}

/// The session, inside a sentence.
fn named(session: Option<LogonId>) -> String {
    session.map_or("the session that made it".to_owned(), |session| format!("session {session}"))
}

/// The session, where a sentence begins with it.
fn subject(session: Option<LogonId>) -> String {
    session.map_or("Its session".to_owned(), |session| format!("Session {session}"))
}

fn from(source: &Option<Text>) -> String {
    source.as_deref().map(|ip| format!(" from {ip}")).unwrap_or_default()
}

fn came(source: &Option<Text>) -> String {
    source.as_deref().map(|ip| format!(" Its session came from {ip}.")).unwrap_or_default()
}
