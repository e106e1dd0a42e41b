//! The table of evidence kinds: what each weighs, in nats, and the Windows fact behind it.
//!
//! A weight is the natural logarithm of how many times likelier the sign is where the explanation is true. They
//! are priors from the domain reference (sections B and F), to be calibrated on labelled data.

use begat_model::case::Lack;

macro_rules! evidence_kinds {
    ($( $kind:ident $slug:literal $weight:literal $doc:literal; )*) => {
        /// What can speak for or against an explanation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EvidenceKind { $( #[doc = $doc] $kind, )* }

        impl EvidenceKind {
            /// All of them, in the order of the table.
            #[cfg(test)]
            const ALL: &'static [EvidenceKind] = &[ $( EvidenceKind::$kind, )* ];

            /// Its name in output.
            pub fn slug(self) -> &'static str {
                match self { $( EvidenceKind::$kind => $slug, )* }
            }

            /// In nats.
            pub fn weight(self) -> f64 {
                match self { $( EvidenceKind::$kind => $weight, )* }
            }
        }
    };
}

impl EvidenceKind {
    /// What its absence says against a process, where another one has it.
    pub fn lacking(self) -> Option<Lack> {
        match self {
            EvidenceKind::CreatesAccount | EvidenceKind::CreatesSomeAccount => Some(Lack::Command),
            EvidenceKind::ScriptCreatesAccount | EvidenceKind::ScriptCreatesSomeAccount => Some(Lack::Script),
            EvidenceKind::QueriedAccounts => Some(Lack::Query),
            EvidenceKind::NamesAccount => Some(Lack::Name),
            EvidenceKind::HoldsSession => Some(Lack::Session),
            EvidenceKind::CreateCapable => Some(Lack::Interfaces),
            EvidenceKind::StartedInWindow => Some(Lack::Start),
            EvidenceKind::ExitsRightAfter => Some(Lack::End),
            _ => None,
        }
    }
}

evidence_kinds! {
    CreatesAccount "command_creates_account" 7.0
        "the command line creates an account of this very name";
    CreatesSomeAccount "command_creates_some_account" 3.0
        "the command line creates an account, its name is not written out (a variable, a prompt)";
    ScriptCreatesAccount "script_creates_account" 7.0
        "PowerShell's own log has this process running what creates an account of this very name";
    ScriptCreatesSomeAccount "script_creates_some_account" 3.0
        "PowerShell's own log has this process running what creates an account whose name is not written out";
    QueriedAccounts "queried_accounts" 6.0
        "4798 or 4799 names this process as the client of the SAM, in the same session and within two seconds";
    NamesAccount "command_names_account" 4.0
        "the account's name stands in the command line as an argument, without a verb begat knows";
    CreatesOtherAccount "command_creates_other_account" -5.0
        "the command line creates an account of another name";
    DoesOtherwise "command_does_otherwise" -12.0
        "the tool's whole grammar is known, and this command line does not create this account";
    HoldsSession "holds_session" 6.0
        "the process runs in the logon session that the creation names; that id is unique on a host and boot";
    SharesServiceSession "shares_service_session" 0.5
        "the session is SYSTEM's or a service account's: every service of the host shares it";
    LoopbackSession "loopback_session" 2.0
        "the session came over the network from this machine itself, and the process runs as the same account";
    LinkedSession "linked_session" 2.0
        "the process runs in the other half of the same administrator's split token (UAC)";
    OtherSessionSameUser "other_session_same_user" -3.0
        "the process runs in another session of the same account";
    OtherSession "other_session" -6.0
        "the process runs in another logon session; SAM records the token of its caller";
    SessionNotTold "session_not_told" 0.0
        "this Windows does not tell the process's own session";
    CreateCapable "create_capable" 2.0
        "the image is one that calls the account interfaces itself";
    CannotCreate "cannot_create" -7.0
        "the image never calls the account interfaces itself: holding the session must not be enough to name it";
    WindowsOwnTool "windows_own_tool" -5.0
        "a file of Windows' own that is not known to call the account interfaces: code in it would have to be foreign";
    StartedInWindow "started_in_window" 1.0
        "it started within two minutes before the creation";
    StartedAfter "started_after" -4.0
        "it is recorded as starting after the creation, nearer than two logs can be told apart";
    StartNotSeen "start_not_seen" -2.0
        "its start is not in the log: it may have begun later";
    ExitedWithFailure "exited_with_failure" -6.0
        "it ended with an exit code of failure, and the account was made";
    ExitsRightAfter "exits_right_after" 1.0
        "it ended within a second after the creation, as single-purpose tools do";
    HandsOn "hands_on" 0.0
        "net hands its work to a net1 of its own, and that one's start is not in the log: the call was that one's";
    MadeAnother "made_another" -6.0
        "one net makes one account, and this one has made another";
    ToolRunsBelow "tool_runs_below" -3.0
        "a live descendant of it is a tool made for this";
    NetworkSessionWithoutProcess "network_session_without_process" 5.0
        "the session came over the network and no process of this host ran in it: the client called SAM remotely";
    SamPipeOpened "sam_pipe_opened" 3.0
        "the same session opened the pipe samr over the network (5145)";
    QueriedRemotely "queried_remotely" 3.0
        "4798 or 4799 of the same session names no process: its client is remote";
    SessionWithoutProcess "session_without_process" 4.0
        "the session's logon is known, processes are visible, and none runs in it: its token was borrowed";
    TelemetryGap "telemetry_gap" 4.0
        "process telemetry is missing around the creation";
    RecordsMissing "records_missing" 4.0
        "records of the logs that tell of processes are missing where the process would have been told";
    ClockSetBack "clock_set_back" 7.0
        "the clock was set back nearby: what ran before that bears times after the creation, and looks as if it came later";
    SharedSessionUnseen "shared_session_unseen" 3.0
        "services that started before the log did share this session, and are not in it";
    SessionOlderThanLog "session_older_than_log" 2.0
        "the session's logon is not in the input: processes it started before are not seen either";
    SetupOldMachineName "setup_old_machine_name" 5.0
        "SYSTEM still goes by another machine name: Windows setup renames the machine and restarts it right after";
    SetupBuiltinRid "setup_builtin_rid" 6.0
        "RID below 1000: no caller of the SAM is given one, only Windows' own making of its own accounts";
    SetupFirstAccount "setup_first_account" 2.0
        "RID 1000: the first account ever made on this machine";
    SetupJustStarted "setup_just_started" 2.0
        "Windows started minutes before: setup makes its accounts right after one of its restarts";
    ManagedByLaps "managed_by_laps" 7.0
        "Windows LAPS says within ten seconds that it manages this very account: it makes them inside lsass";
    SetupYoungLog "setup_young_log" 2.0
        "the Security log has hardly begun: fewer than 1000 records since Windows was installed";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_its_own_name() {
        let slugs: BTreeSet<_> = EvidenceKind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), EvidenceKind::ALL.len());
        let loudest = EvidenceKind::CreatesAccount.weight();
        for kind in EvidenceKind::ALL {
            assert!(
                kind.weight() <= loudest,
                "nothing speaks louder than the command line that names the account: {kind:?}"
            );
        }
    }

    #[test]
    fn the_order_of_strength_is_that_of_the_domain_reference() {
        use EvidenceKind::*;
        let falling = [
            CreatesAccount,
            HoldsSession,
            NamesAccount,
            CreateCapable,
            StartedInWindow,
            SharesServiceSession,
        ];
        assert!(falling.windows(2).all(|pair| pair[0].weight() > pair[1].weight()));
        assert!(SharesServiceSession.weight() < SharedSessionUnseen.weight(), "SYSTEM proves almost nothing");
        let of_the_client = [SamPipeOpened.weight(), QueriedRemotely.weight()];
        assert_eq!(of_the_client, [3.0, 3.0], "each record that a client on the network leaves says as much");
        assert!(of_the_client[0] > CreateCapable.weight(), "and more than what a process merely could");
        for incapable in [CannotCreate, DoesOtherwise] {
            let best = HoldsSession.weight() + StartedInWindow.weight() + ExitsRightAfter.weight();
            assert!(
                best + incapable.weight() < 2.0,
                "{incapable:?}: a session alone never names such a process"
            );
        }
    }
}
