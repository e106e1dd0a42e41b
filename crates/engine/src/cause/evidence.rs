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
            EvidenceKind::ScriptCreatesAccount
            | EvidenceKind::SubscriptionCreatesAccount
            | EvidenceKind::ScriptJustCreatesSomeAccount
            | EvidenceKind::ScriptCreatesSomeAccount => Some(Lack::Script),
            EvidenceKind::LookedUpAccount | EvidenceKind::LookedUpGroup | EvidenceKind::NamedByEdr => {
                Some(Lack::Query)
            }
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
    PerhapsCreatesAccount "perhaps_creates_account" 3.0
        "its command or script creates an account of this very name in a branch of which nobody knows whether it was taken";
    StartsCreation "command_starts_creation" 3.0
        "its command or script has another program create an account of this very name, and none is seen below it";
    ScriptCreatesAccount "script_creates_account" 7.0
        "PowerShell's own log has this process running what creates an account of this very name";
    SubscriptionCreatesAccount "subscription_creates_account" 7.0
        "WMI's host for scripts, and a subscription's script creates an account of this very name: no record says that it ran";
    ScriptCreatesSomeAccount "script_creates_some_account" 3.0
        "PowerShell's own log has this process running what creates an account whose name is not written out";
    ScriptJustCreatesSomeAccount "script_just_creates_some_account" 4.0
        "the same, within ten seconds before the creation";
    LookedUpAccount "looked_up_account" 7.0
        "4798 names this process as the client that read this very account among the records of its creation";
    LookedUpGroup "looked_up_group" 7.0
        "4799 names this process as the client that read a group, whose next change in that session was this account";
    NamedByEdr "named_by_edr" 7.0
        "an EDR on the host names this process as the one that made this very account";
    QueriedAccounts "queried_accounts" 2.0
        "4798 or 4799 names this process as a client of the SAM, in the same session and within two seconds";
    Interlocks "interlocks" 5.0
        "its start and end enclose the records of the creation within a second, and nothing else of its session came or went";
    NamesAccount "command_names_account" 3.0
        "the account's name stands in the command line as an argument, without a verb begat knows";
    SpeaksOfAccounts "command_speaks_of_accounts" 3.0
        "the command line opens what accounts are managed with";
    CommandFulfilled "command_fulfilled" -3.0
        "its command line creates an account of this name, and one of this name was made since: what was said is done";
    ScriptsSilent "scripts_silent" -5.0
        "what it runs is logged, and nothing of it creates an account; pieces that PowerShell logs unasked are no log";
    CreatesOtherAccount "command_creates_other_account" -5.0
        "the command line creates an account of another name";
    DoesOtherwise "command_does_otherwise" -12.0
        "the tool's whole grammar is known, and this command line does not create this account";
    MeantForElsewhere "command_meant_for_elsewhere" -5.0
        "the command line creates an account of this name on another machine: what it does here is no creation";
    GivenOtherCommand "given_other_command" -2.0
        "PowerShell was given a command, or a script that only looks by its name, and nothing of it creates an account; what it calls may";
    HoldsSession "holds_session" 6.0
        "the process runs in the logon session that the creation names; that id is unique on a host and boot";
    SharesServiceSession "shares_service_session" 0.5
        "the session is SYSTEM's or a service account's: every service of the host shares it";
    LoopbackSession "loopback_session" 2.0
        "the session came over the network from this machine itself, and the process runs as the same account";
    LinkedSession "linked_session" 2.0
        "the process runs in the other half of the same administrator's split token (UAC)";
    Impersonates "impersonates" 3.0
        "it runs in another session and says what was done with the creation's token: it borrowed that one";
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
    UnknownProgram "unknown_program" 1.0
        "nobody knows what it calls, and it lies where any user can put files: it can as well as an idle shell";
    InstalledProgram "installed_program" 0.0
        "a program that a product brought, where only administrators put files: people start such all day";
    Bystander "bystander" -4.0
        "a program for people, that has no business with accounts: a browser, an office program";
    OnlyProcess "only_process" 2.0
        "no other process ever ran in the creation's session: a service, a task or remoting of its own";
    PutIntoUsers "put_into_users" 1.5
        "net and the consoles put an account into Users within the burst, callers of the interface do not (A3)";
    PutIntoUsersByOther "put_into_users_by_other" -1.0
        "the account was put into Users within the burst, which callers of the interface do not do (A3)";
    NotPutIntoUsers "not_put_into_users" -4.0
        "net puts every account into Users, and this one was not, though the burst's other group record is there (A3)";
    WindowsOwnTool "windows_own_tool" -5.0
        "a file of Windows' own that is not known to call the account interfaces: code in it would have to be foreign";
    StartedInWindow "started_in_window" 1.0
        "it started within two minutes before the creation";
    StartedRightBefore "started_right_before" 1.5
        "it started within ten seconds before the creation, as what is run for one thing does";
    StartedAfter "started_after" -4.0
        "it is recorded as starting after the creation, nearer than two logs can be told apart";
    StartNotSeen "start_not_seen" -2.0
        "its start is not in the log: it may have begun later";
    ExitedWithFailure "exited_with_failure" -14.0
        "it ended with an exit code of failure, and the account was made";
    StillRuns "still_runs" -8.0
        "net ends with what it does, ends are audited here, and this one had not ended: it still waits for an answer";
    EndLost "end_lost" 0.0
        "net says how it went by its exit code and by the group Users: neither is told, and records are lost here";
    LastCommandFailed "last_command_failed" -3.0
        "PowerShell ended with 1, with which it says that the last command it was given failed: others may not have";
    CallRefused "call_refused" -14.0
        "its command line creates an account of this name, and PowerShell's own log says that the call was refused";
    ResultLost "result_lost" 0.0
        "records of PowerShell's log are lost that may have told that the script's call was refused (4103)";
    SaidLongBefore "said_long_before" -3.0
        "what it was told would have been done minutes before: whoever is refused tries again by other means";
    ExitsRightAfter "exits_right_after" 1.0
        "it ended within a second after the creation, as single-purpose tools do";
    ExitsSoonAfter "exits_soon_after" 1.5
        "it came within ten seconds before the creation and went within five after it, as what is run for one thing does";
    BelowManager "below_manager" 2.0
        "a management agent started it: such run what administrators order, and making accounts is among that";
    HandsOn "hands_on" 0.0
        "net hands its work to a net1 of its own, and that one's start is not in the log: the call was that one's";
    MadeAnother "made_another" -14.0
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
    UnseenAct "unseen_act" 5.0
        "foreign code in a process of the session, or a token borrowed from it, leaves no trace in process auditing";
    ProcessLogFiltered "process_log_filtered" 4.0
        "only some programs' starts are in the input: that no other ran is not known";
    TelemetryGap "telemetry_gap" 4.0
        "process telemetry is missing around the creation";
    RecordsMissing "records_missing" 4.0
        "records of the logs that tell of processes are missing where the process would have been told";
    RecordsUnread "records_unread" 4.0
        "records that tell of processes are there and cannot be read, where the process would have been told";
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
    SetupOwnName "setup_own_name" 4.0
        "the first account of the machine bears a name that Windows' setup gives (section H, museum)";
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

    /// What weighs alike, the strongest first.
    const MEANT: &[(f64, &[EvidenceKind])] = {
        use EvidenceKind::*;
        &[
            (
                7.0,
                &[
                    ClockSetBack,
                    CreatesAccount,
                    LookedUpAccount,
                    LookedUpGroup,
                    NamedByEdr,
                    ManagedByLaps,
                    ScriptCreatesAccount,
                    SubscriptionCreatesAccount,
                ],
            ),
            (6.0, &[HoldsSession, SetupBuiltinRid]),
            (5.0, &[Interlocks, NetworkSessionWithoutProcess, SetupOldMachineName, UnseenAct]),
            (
                4.0,
                &[
                    ProcessLogFiltered,
                    RecordsMissing,
                    RecordsUnread,
                    ScriptJustCreatesSomeAccount,
                    SessionWithoutProcess,
                    SetupOwnName,
                    TelemetryGap,
                ],
            ),
            (
                3.0,
                &[
                    CreatesSomeAccount,
                    Impersonates,
                    NamesAccount,
                    PerhapsCreatesAccount,
                    QueriedRemotely,
                    SamPipeOpened,
                    ScriptCreatesSomeAccount,
                    SharedSessionUnseen,
                    SpeaksOfAccounts,
                    StartsCreation,
                ],
            ),
            (
                2.0,
                &[
                    BelowManager,
                    CreateCapable,
                    LinkedSession,
                    LoopbackSession,
                    OnlyProcess,
                    QueriedAccounts,
                    SessionOlderThanLog,
                    SetupFirstAccount,
                    SetupJustStarted,
                    SetupYoungLog,
                ],
            ),
            (1.5, &[ExitsSoonAfter, PutIntoUsers, StartedRightBefore]),
            (1.0, &[ExitsRightAfter, StartedInWindow, UnknownProgram]),
            (0.5, &[SharesServiceSession]),
            (0.0, &[EndLost, HandsOn, InstalledProgram, ResultLost, SessionNotTold]),
            (-1.0, &[PutIntoUsersByOther]),
            (-2.0, &[GivenOtherCommand, StartNotSeen]),
            (
                -3.0,
                &[CommandFulfilled, LastCommandFailed, OtherSessionSameUser, SaidLongBefore, ToolRunsBelow],
            ),
            (-4.0, &[Bystander, NotPutIntoUsers, StartedAfter]),
            (-5.0, &[CreatesOtherAccount, MeantForElsewhere, ScriptsSilent, WindowsOwnTool]),
            (-6.0, &[OtherSession]),
            (-7.0, &[CannotCreate]),
            (-8.0, &[StillRuns]),
            (-12.0, &[DoesOtherwise]),
            (-14.0, &[CallRefused, ExitedWithFailure, MadeAnother]),
        ]
    };

    /// Whoever moves a weight says so here too.
    #[test]
    fn every_kind_weighs_what_it_is_meant_to_beside_the_others() {
        let told: Vec<(EvidenceKind, f64)> =
            EvidenceKind::ALL.iter().map(|kind| (*kind, kind.weight())).collect();
        let mut expected: Vec<(EvidenceKind, f64)> =
            MEANT.iter().flat_map(|(weight, kinds)| kinds.iter().map(|kind| (*kind, *weight))).collect();
        expected.sort_by_key(|(kind, _)| *kind);
        assert_eq!(told, expected);
        assert!(MEANT.windows(2).all(|pair| pair[0].0 > pair[1].0));
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
