//! Why a verdict names no process for certain, and what spoke against the explanations that lost.

use super::{EvidenceFact, Missing};
use crate::ids::LogonId;
use crate::text::Text;
use crate::time::Duration;

facts! {
    /// Why a verdict is not `attributed`.
    Reason {
        /// It is certain who ran it; the process that was started for it is not in the log.
        ChildUnseen "child_unseen";
        /// One process stands out, and nothing shows the act by it.
        ActNotShown "act_not_shown" {
            /// What would have shown it, in the order of the proofs.
            by: Vec<Proof>,
        };
        /// Several processes could have made the call.
        SeveralCould "several_could" {
            /// How many.
            count: u64,
        };
        /// The session came over the network, and no process of the host was alive in it.
        NetworkSession "network_session" {
            /// The session, where it is told.
            session: Option<LogonId>,
            /// Address that it came from.
            source: Option<Text>,
        };
        /// Windows LAPS made it.
        Laps "laps";
        /// Windows made it, by the RID.
        WindowsRid "windows_rid";
        /// Windows made it while it was being set up.
        WindowsSetup "windows_setup";
        /// The session is known, and no process is alive in it.
        BorrowedToken "borrowed_token" {
            /// The session, where it is told.
            session: Option<LogonId>,
        };
        /// The host shows no process creation.
        NoProcesses "no_processes" {
            /// Address that the session came from.
            source: Option<Text>,
        };
        /// What made it may be among records that are missing.
        RecordsMissing "records_missing" {
            /// Which.
            missing: Missing,
        };
        /// Only some programs' starts are in the input: that no other ran is not known.
        ProcessLogFiltered "process_log_filtered";
        /// The session came over the network and tells no address: remoting's does not, and is no call of the SAM from
        /// afar.
        NetworkWithoutAddress "network_without_address" {
            /// The session, where it is told.
            session: Option<LogonId>,
        };
        /// Several machines bear the host's name: what one of them does not show proves nothing.
        SeveralMachines "several_machines";
        /// Process auditing had been switched off.
        AuditOff "audit_off";
        /// No process is shown around the creation.
        NoProcessesAround "no_processes_around";
        /// The creation names no session, and no command line the account.
        SessionNotTold "session_not_told";
        /// The likeliest process runs in another session.
        OtherSession "other_session" {
            /// The creation's session, where it is told.
            session: Option<LogonId>,
        };
        /// Processes that may hold the session are seen, and none is tied to the creation.
        NotTied "not_tied" {
            /// The session, where it is told.
            session: Option<LogonId>,
        };
        /// The processes of the session were not alive.
        NotAlive "not_alive" {
            /// The session, where it is told.
            session: Option<LogonId>,
        };
        /// No process of the session is seen, nor its logon.
        NothingSeen "nothing_seen" {
            /// The session, where it is told.
            session: Option<LogonId>,
        };
    }
}

facts! {
    /// What spoke against an explanation that lost.
    Against {
        /// It cannot have made the call.
        Impossible "impossible" {
            /// Why not.
            how: Impossible,
        };
        /// Its own bad signs.
        Signs "signs" {
            /// Each of them.
            signs: Vec<EvidenceFact>,
        };
        /// Nothing but its time ties it to the creation.
        OnlyTime "only_time";
        /// No process, and nothing points to it as strongly.
        Weaker "weaker";
        /// What the winner has and it has not.
        Lacks "lacks" {
            /// Each of them.
            lacks: Vec<Lack>,
        };
        /// As much speaks for it; it only started earlier.
        StartedEarlier "started_earlier";
    }
}

facts! {
    /// Why a process cannot have made the call.
    Impossible {
        /// It started after the creation.
        StartedAfter "started_after" {
            /// How long after.
            late: Duration,
        };
        /// It had ended.
        EndedBefore "ended_before" {
            /// How long before.
            early: Duration,
        };
        /// It ran in a session of the same id before a restart.
        EarlierSession "earlier_session";
        /// It started so long before that such a tool has ended.
        LongGone "long_gone" {
            /// How long before.
            since: Duration,
        };
    }
}

facts! {
    /// What a process lacks that the winner has.
    Lack {
        /// A command line that creates the account.
        Command "command";
        /// A recorded script that creates the account.
        Script "script";
        /// A lookup that names it as the client of the SAM.
        Query "query";
        /// The account's name in its command line.
        Name "name";
        /// The session that made the account.
        Session "session";
        /// An image that calls the account interfaces.
        Interfaces "interfaces";
        /// A start within two minutes before.
        Start "start";
        /// An end right after.
        End "end";
    }
}

facts! {
    /// What would show the act by a process.
    Proof {
        /// Its command line.
        CommandLine "command_line";
        /// What PowerShell runs, logged (4103, 4104).
        ScriptLog "script_log";
        /// The ends of processes, audited (4689).
        ProcessEnds "process_ends";
        /// A lookup of the account or its group by it, within the records of the creation (4798, 4799).
        Lookup "lookup";
    }
}
