//! What speaks for and against one process.

use std::slice;

use begat_model::case::{EvidenceFact, Scope};
use begat_model::event::Field;
use begat_model::{Duration, LogonId, Timestamp};

use crate::cause::clue::{Clue, Why};
use crate::cause::evidence::EvidenceKind;
use crate::cause::moment::Order;
use crate::cause::pointers::LookedUp;
use crate::cause::scene::{Scene, WEIGHED_MAX};
use crate::cause::sought::Said;
use crate::commands::intent::accounts::Intent;
use crate::commands::intent::aim::{Aim, Way};
use crate::commands::intent::names_account::Dollar;
use crate::commands::line::image_stem;
use crate::severity::ancestor::is_manager;
use crate::sight::visibility::ProcessSight;
use crate::sight::watch::ClockSet;
use crate::spans::{
    CHANNEL_TOLERANCE, ENDS_RIGHT_AFTER, ENDS_SOON_AFTER, HABIT_APART, SCRIPT_REACH, STARTED_NEAR,
    STARTED_RIGHT_BEFORE,
};
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::tables::scripts::ScriptSign;
use crate::windows::capability::Capability;
use crate::windows::suspicious::is_user_writable;

/// Few processes have more clues than this.
const CLUES_USUAL: usize = 4;

/// net puts an account into Users right after the other records of its creation.
const RECORDS_AFTER_BURST: u64 = 10;

/// What begins as often as this, further than a minute from the creation, does so all day.
const HABIT_MIN: usize = 3;

/// So many records in a row are not lost singly.
const RUN_LOST_MIN: u64 = 5;

/// Windows' own service host runs below services.exe; one below anything else is a process that bears its name.
const SERVICE_HOST: &str = "svchost";

fn image_clue(process: &ProcessRecord) -> Option<Clue<'_>> {
    let Some(can) = process.capability().filter(|_| !is_masked(process)) else {
        return installed_program_clue(process).or_else(|| unknown_program_clue(process));
    };
    let kind = match can {
        Capability::Creates => EvidenceKind::CreateCapable,
        Capability::OnlyStarts => EvidenceKind::CannotCreate,
        Capability::WindowsOwn => EvidenceKind::WindowsOwnTool,
        Capability::ForPeople => EvidenceKind::Bystander,
    };
    Some(Clue { kind, why: Why::Image(process.stem()?, can), records: &process.created_by })
}

/// A program that nobody knows, where any user can put files.
fn unknown_program_clue(process: &ProcessRecord) -> Option<Clue<'_>> {
    let image = process.image.as_deref().filter(|image| is_user_writable(image))?;
    let why = EvidenceFact::UnknownProgram { program: image_stem(image).into() };
    Some(Clue::new(EvidenceKind::UnknownProgram, why, &process.created_by))
}

/// One of the programs that whole products bring: people run such all day.
fn installed_program_clue(process: &ProcessRecord) -> Option<Clue<'_>> {
    let stem = process.stem().filter(|_| process.is_installed())?;
    let why = EvidenceFact::InstalledProgram { program: stem.into() };
    Some(Clue::new(EvidenceKind::InstalledProgram, why, &process.created_by))
}

fn is_masked(process: &ProcessRecord) -> bool {
    let parent = || process.parent.image.as_deref().map(image_stem);
    process.stem() == Some(SERVICE_HOST) && parent().is_some_and(|parent| parent != "services")
}

/// net, and the consoles in which people make accounts: they put every account into Users.
fn puts_into_users(process: &ProcessRecord) -> bool {
    process.is_net_tool() || process.stem().is_some_and(|stem| CONSOLES.contains(&stem))
}

/// Consoles in which people make accounts.
const CONSOLES: &[&str] =
    &["mmc", "lusrmgr", "netplwiz", "systemsettings", "systemsettingsadminflows", "useraccountbroker"];

impl Scene<'_> {
    pub(super) fn clues<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Vec<Clue<'s>> {
        let mut clues = Vec::with_capacity(CLUES_USUAL);
        let (command, script) = (self.command_clue(process), self.script_clue(process));
        let says = command.iter().chain(&script).any(|clue| {
            matches!(
                clue.kind,
                EvidenceKind::CreatesAccount
                    | EvidenceKind::ScriptCreatesAccount
                    | EvidenceKind::SubscriptionCreatesAccount
            )
        });
        clues.extend(self.session_clue(process, says));
        clues.extend(self.refused_clue(process, command.as_ref(), script.as_ref()));
        clues.extend(script.as_ref().and_then(|script| self.result_lost_clue(script)));
        clues.extend(self.long_before_clue(process, command.as_ref(), script.as_ref()));
        // What is known to do something else, or to have something done by another, comes and goes for that.
        let is_given_other =
            command.as_ref().is_some_and(|clue| clue.kind == EvidenceKind::GivenOtherCommand);
        clues.extend(command);
        clues.extend(script);
        clues.extend(self.silent_clue(process, says));
        clues.extend(self.query_clue(process));
        clues.extend(self.edr_clue(process));
        clues.extend(self.capability_clue(process));
        clues.extend(self.only_process_clue(process));
        clues.extend(self.users_clue(process));
        clues.extend(self.start_clue(process, order));
        clues.extend(self.right_before_clue(process, order));
        clues.extend(self.interlock_clue(process).filter(|_| !is_given_other && !hands_on(process)));
        clues.extend(self.still_runs_clue(process));
        clues.extend(self.end_lost_clue(process, says));
        clues.extend(self.failed_clue(process));
        clues.extend(self.end_clue(process, order));
        clues.extend(self.manager_clue(process));
        clues
    }

    /// It ended right after the creation; or came shortly before it and went shortly after.
    fn end_clue<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Option<Clue<'s>> {
        let after = process.ended_at?.since(self.creation.at());
        let kind = match after {
            _ if after <= ENDS_RIGHT_AFTER => EvidenceKind::ExitsRightAfter,
            _ if after <= ENDS_SOON_AFTER && self.came_right_before(process, order) => {
                EvidenceKind::ExitsSoonAfter
            }
            _ => return None,
        };
        let why = EvidenceFact::EndedAfter { after: after.max(Duration::ZERO) };
        Some(Clue::new(kind, why, &process.ended_by))
    }

    /// In a session that all services share, who started it says whether somebody ordered it.
    fn manager_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        self.creation.logon_id().filter(|session| session.is_well_known())?;
        let image = process.parent.image.as_deref().filter(|image| is_manager(image))?;
        let why = EvidenceFact::BelowManager { program: image_stem(image).into() };
        Some(Clue::new(EvidenceKind::BelowManager, why, &process.created_by))
    }

    fn came_right_before(&self, process: &ProcessRecord, order: Order) -> bool {
        order == Order::Before && self.moment.started_within(process, STARTED_RIGHT_BEFORE)
    }

    pub(super) fn start_clue<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Option<Clue<'s>> {
        let is_told_of = || self.pointers.has_sign(process) || self.creation.names(process);
        let (kind, why) = if !process.start_seen && !is_told_of() {
            (EvidenceKind::StartNotSeen, EvidenceFact::StartNotSeen)
        } else if order == Order::PerhapsAfter {
            let late = process.started_at - self.creation.at();
            (EvidenceKind::StartedAfter, EvidenceFact::StartedAfter { late })
        } else if self.moment.started_within(process, STARTED_NEAR) && !self.begins_all_day(process) {
            let lag = self.creation.at().since(process.started_at).max(Duration::ZERO);
            (EvidenceKind::StartedInWindow, EvidenceFact::StartedBefore { lag })
        } else {
            return None;
        };
        Some(Clue::new(kind, why, &process.created_by))
    }

    /// A tool that was put down to another creation cannot have made this one as well.
    pub(super) fn spent_clue<'s>(&self, index: ProcessIndex, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let clue = Clue::new(EvidenceKind::MadeAnother, EvidenceFact::MadeAnother, &process.created_by);
        self.spent.contains(&index).then_some(clue)
    }

    /// What PowerShell's own log says that it ran.
    pub(super) fn script_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        if let Some(consumer) = self.consumer_of(process) {
            let why = EvidenceFact::SubscriptionCreatesAccount;
            return Some(Clue::new(EvidenceKind::SubscriptionCreatesAccount, why, &consumer.records));
        }
        let (mut said_so, mut nameless, mut perhaps, mut starts) = (None::<&ScriptSign>, None, None, None);
        for script in self.pointers.scripts_of(process) {
            if self.sought.is_fulfilled(script.at) {
                continue;
            }
            for said in self.sought.said_in(&script.intents, script.at) {
                match said.name {
                    Some(name) if self.sought.is_account(name) => match said.way {
                        // That it was called says more than that it was to be.
                        Way::Calls if said_so.is_none_or(ScriptSign::is_of_block) => said_so = Some(script),
                        Way::Calls => {}
                        Way::Perhaps => perhaps = Some(script),
                        Way::Starts => starts = Some(script),
                    },
                    None if said.way < Way::Starts => nameless = Some((script, said.way)),
                    _ => {}
                }
            }
        }
        if let Some(script) = said_so {
            let (kind, why) = (EvidenceKind::ScriptCreatesAccount, EvidenceFact::ScriptCreatesAccount);
            return Some(Clue::new(kind, why, slice::from_ref(&script.record)));
        }
        if let Some(script) = perhaps {
            let (kind, why) =
                (EvidenceKind::PerhapsCreatesAccount, EvidenceFact::ScriptPerhapsCreatesAccount);
            return Some(Clue::new(kind, why, slice::from_ref(&script.record)));
        }
        if let Some(script) = starts {
            let (kind, why) = (EvidenceKind::StartsCreation, EvidenceFact::ScriptCreatesAccount);
            return Some(Clue::new(kind, why, slice::from_ref(&script.record)));
        }
        let (nameless, way) = nameless?;
        let is_sure = way == Way::Calls;
        let kind = match is_sure && self.creation.at() - nameless.at <= STARTED_RIGHT_BEFORE {
            true => EvidenceKind::ScriptJustCreatesSomeAccount,
            false => EvidenceKind::ScriptCreatesSomeAccount,
        };
        Some(Clue::new(kind, EvidenceFact::ScriptCreatesNameless, slice::from_ref(&nameless.record)))
    }

    /// Its line says it, and PowerShell's own log that the call was refused.
    fn refused_clue<'s>(
        &'s self,
        process: &'s ProcessRecord,
        command: Option<&Clue<'s>>,
        script: Option<&Clue<'s>>,
    ) -> Option<Clue<'s>> {
        command.filter(|command| command.kind == EvidenceKind::CreatesAccount)?;
        // It tried again, and that is told as well.
        if script.is_some_and(|script| script.kind == EvidenceKind::ScriptCreatesAccount) {
            return None;
        }
        let is_it = |intent: &Intent| self.creates_of_this_name(intent);
        let refusal = self.pointers.refusal(process, self.sought.made_at, is_it)?;
        let records = slice::from_ref(refusal);
        Some(Clue::new(EvidenceKind::CallRefused, EvidenceFact::CallRefused, records))
    }

    /// A script block is written before it runs, and that a call of it was refused is told by its own record: which may
    /// be lost.
    fn result_lost_clue<'s>(&'s self, script: &Clue<'s>) -> Option<Clue<'s>> {
        use EvidenceKind::{ScriptCreatesAccount, ScriptJustCreatesSomeAccount};
        let [record] = script.records else { return None };
        let is_it = matches!(script.kind, ScriptCreatesAccount | ScriptJustCreatesSomeAccount)
            && record.kind.is_script_block()
            && (self.run_lost_after()
                || self.pointers.result_may_be_lost(record, self.moment.clock != ClockSet::default()));
        is_it.then(|| Clue::new(EvidenceKind::ResultLost, EvidenceFact::ResultLost, script.records))
    }

    /// It was told to create the account longer before than what it was told can take, and still runs. net waits at its
    /// prompt, and a subscription's script runs when its event comes.
    fn long_before_clue<'s>(
        &'s self,
        process: &'s ProcessRecord,
        command: Option<&Clue<'s>>,
        script: Option<&Clue<'s>>,
    ) -> Option<Clue<'s>> {
        const SAYS: &[EvidenceKind] = &[EvidenceKind::CreatesAccount, EvidenceKind::ScriptCreatesAccount];
        let says = command.or(script).into_iter().chain(script).any(|clue| SAYS.contains(&clue.kind));
        if !says || process.is_net_tool() {
            return None;
        }
        let is_timely = |intents: &[Intent], at: Timestamp| {
            let mut said = self.sought.said_in(intents, at).filter(|said| self.sought.is_it(*said));
            said.any(|said| self.creation.at() - (at + said.after) <= SCRIPT_REACH)
        };
        let by_script =
            || self.pointers.scripts_of(process).any(|script| is_timely(&script.intents, script.at));
        let is_late = !is_timely(&process.intents, process.started_at) && !by_script();
        is_late.then(|| {
            Clue::new(EvidenceKind::SaidLongBefore, EvidenceFact::SaidLongBefore, &process.created_by)
        })
    }

    /// A program that begins in the session of all services all day did not begin for this; nor did a product's in
    /// anybody's.
    pub(super) fn begins_all_day(&self, process: &ProcessRecord) -> bool {
        let is_of_habit = |own: &LogonId| own.is_well_known() || process.is_installed();
        let session = self.creation.logon_id().filter(|own| self.is_unknown(process) && is_of_habit(own));
        let Some(session) = session.filter(|own| process.session == Session::Known(*own)) else {
            return false;
        };
        let is_another_time = |other: &ProcessRecord| {
            other.start_seen
                && other.image == process.image
                && (other.started_at - self.creation.at()).magnitude() >= HABIT_APART
        };
        let lately = self.processes.of_session_lately(Session::Known(session)).take(WEIGHED_MAX);
        lately.filter(|(_, other)| is_another_time(other)).nth(HABIT_MIN - 1).is_some()
    }

    /// What its image can do is not known.
    fn is_unknown(&self, process: &ProcessRecord) -> bool {
        process.image.is_some() && process.capability().is_none()
    }

    /// The whole host fell silent right after the creation: a run of records is lost, and with it what other logs told
    /// then.
    fn run_lost_after(&self) -> bool {
        let Some(id) = self.creation.record.record_id else { return false };
        self.telemetry.security_records.lacks_run(id, id.saturating_add(RECORDS_AFTER_BURST), RUN_LOST_MIN)
    }

    /// What it runs is logged in full, and nothing of it creates an account.
    fn silent_clue<'s>(&'s self, process: &'s ProcessRecord, says: bool) -> Option<Clue<'s>> {
        // Where records of one log are lost, those of another are: its script may be among them; or its time is another
        // for a clock that was set back.
        let is_silent = !says
            && self.telemetry.missing.is_none()
            && self.moment.clock.back == Duration::ZERO
            && self.pointers.logs_in_full(process, self.creation.at())
            && !self.pointers.scripts_of(process).any(|script| self.may_create_this(script));
        let clue =
            || Clue::new(EvidenceKind::ScriptsSilent, EvidenceFact::ScriptsSilent, &process.created_by);
        is_silent.then(clue)
    }

    /// An account of this name, or of one that is not told, on this machine.
    fn may_create_this(&self, script: &ScriptSign) -> bool {
        self.sought
            .said_in(&script.intents, script.at)
            .any(|said| said.name.is_none() || self.sought.is_it(said))
    }

    /// No other process of the creation's session was ever seen, but the console window that comes with it.
    fn only_process_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let session = self.creation.logon_id().filter(|session| !session.is_well_known())?;
        let whole = self.telemetry.sight == ProcessSight::Seen
            && self.telemetry.missing.is_none()
            && self.telemetry.absence_shows
            && self.behind.session.is_some();
        let is_only = || {
            let mut others = self.processes.of_session(Session::Known(session));
            others.all(|(_, other)| std::ptr::eq(other, process) || other.stem() == Some("conhost"))
        };
        let holds = process.session == Session::Known(session) && process.start_seen;
        let why = EvidenceFact::OnlyProcess { session };
        (whole && holds && is_only()).then(|| Clue::new(EvidenceKind::OnlyProcess, why, &process.created_by))
    }

    /// Whether Users took the account in, against what such a program does (A3): only a local SAM has that group.
    fn users_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        if self.machine.scope != Scope::Local {
            return None;
        }
        let (kind, why) = match (self.burst.into_users, puts_into_users(process)) {
            (true, true) => (EvidenceKind::PutIntoUsers, EvidenceFact::PutIntoUsers),
            (true, false) if process.is_powershell() => {
                (EvidenceKind::PutIntoUsersByOther, EvidenceFact::PutIntoUsers)
            }
            (false, true) if process.is_net_tool() && self.groups_are_whole() && !self.undone => {
                (EvidenceKind::NotPutIntoUsers, EvidenceFact::NotPutIntoUsers)
            }
            _ => return None,
        };
        Some(Clue::new(kind, why, &process.created_by))
    }

    /// The group records of the creation are told, and none of them is missing or taken elsewhere by the clock.
    fn groups_are_whole(&self) -> bool {
        let lacks = |(first, last): (u64, u64)| {
            self.telemetry.security_records.has_hole(first, last.saturating_add(RECORDS_AFTER_BURST))
        };
        let is_clock_true = self.moment.clock == ClockSet::default();
        self.burst.groups_told && is_clock_true && !self.burst.record_ids().is_some_and(lacks)
    }

    fn right_before_clue<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Option<Clue<'s>> {
        let clue = || {
            Clue::new(EvidenceKind::StartedRightBefore, EvidenceFact::StartedRightBefore, &process.created_by)
        };
        (self.came_right_before(process, order) && !self.begins_all_day(process)).then(clue)
    }

    /// net ends with what it does. Where ends are told and this one's came late or never, it had not done it yet.
    fn still_runs_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let latest = self.burst.ends_at() + CHANNEL_TOLERANCE;
        let runs = process.ended_at.is_none_or(|ended_at| ended_at > latest);
        // An end that a clock set back tells at an earlier time than the start is known to be nobody's.
        let is_clock_true = self.moment.clock.back == Duration::ZERO;
        let are_ends_whole = self.telemetry.ends_told
            && self.telemetry.missing.is_none()
            && !self.telemetry.is_filtered
            && is_clock_true;
        let is_it = process.is_net_tool() && are_ends_whole && runs;
        is_it.then(|| Clue::new(EvidenceKind::StillRuns, EvidenceFact::StillRuns, &process.created_by))
    }

    /// Other programs than these give their exit codes meanings of their own.
    fn failed_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let code = process.exit_code.filter(|code| *code != 0 && !self.undone)?;
        // With `-Command` 1 means that the last of its commands failed, whether its line is told or not; what came before
        // it may have been done.
        let kind = match process.is_powershell() {
            _ if process.is_net_tool() => EvidenceKind::ExitedWithFailure,
            true if code == 1 => EvidenceKind::LastCommandFailed,
            _ => return None,
        };
        Some(Clue::new(kind, EvidenceFact::Failed { code }, &process.ended_by))
    }

    /// net says by its exit code, and by the group Users, whether it did what it was told to, and PowerShell by its code:
    /// neither is there, where the first is told and may be lost.
    fn end_lost_clue<'s>(&'s self, process: &'s ProcessRecord, says: bool) -> Option<Clue<'s>> {
        let is_untold = process.exit_code.is_none() && !self.burst.into_users && !self.undone;
        let may_be_lost = match process.is_net_tool() {
            true => self.telemetry.ends_lost,
            false => says && process.is_powershell() && self.run_lost_after(),
        };
        let is_it = may_be_lost && is_untold;
        is_it.then(|| Clue::new(EvidenceKind::EndLost, EvidenceFact::EndLost, &process.created_by))
    }

    /// What its image says it can do; where no record tells the image, what it was seen to be.
    pub(super) fn capability_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let script = self.pointers.scripts_of(process).next();
        match (&process.image, script) {
            (None, Some(script)) => {
                let why = EvidenceFact::WritesScriptLog;
                Some(Clue::new(EvidenceKind::CreateCapable, why, slice::from_ref(&script.record)))
            }
            _ => image_clue(process),
        }
    }

    pub(super) fn query_clue(&self, process: &ProcessRecord) -> Option<Clue<'_>> {
        if let Some(seen) = self.pointers.seen_by_sam(process) {
            let (kind, why) = match seen.of {
                LookedUp::Account => (EvidenceKind::LookedUpAccount, EvidenceFact::LookedUpAccount),
                LookedUp::Group => (EvidenceKind::LookedUpGroup, EvidenceFact::LookedUpGroup),
            };
            return Some(Clue::new(kind, why, slice::from_ref(&seen.query.record)));
        }
        let query = self.pointers.query_of(process, self.creation.at())?;
        let records = slice::from_ref(&query.record);
        Some(Clue::new(EvidenceKind::QueriedAccounts, EvidenceFact::LookedUp, records))
    }

    fn edr_clue(&self, process: &ProcessRecord) -> Option<Clue<'_>> {
        let record = self.creation.named_by.as_ref().filter(|_| self.creation.names(process))?;
        Some(Clue::new(EvidenceKind::NamedByEdr, EvidenceFact::NamedByEdr, slice::from_ref(record)))
    }

    /// Its session against the creation's. `says`: its command or script creates this account; in another session
    /// it then borrowed the token.
    pub(super) fn session_clue<'s>(&self, process: &'s ProcessRecord, says: bool) -> Option<Clue<'s>> {
        let ours = self.creation.logon_id()?;
        let (kind, why) = match process.session {
            Session::NotTold => (EvidenceKind::SessionNotTold, EvidenceFact::SessionNotTold),
            Session::Known(theirs) if theirs == ours && ours.is_well_known() => {
                (EvidenceKind::SharesServiceSession, EvidenceFact::SharesSession { session: ours })
            }
            Session::Known(own) if own == ours => {
                (EvidenceKind::HoldsSession, EvidenceFact::HoldsSession { session: ours })
            }
            Session::Known(own) if self.behind.linked == Some(own) => {
                (EvidenceKind::LinkedSession, EvidenceFact::LinkedSession { own, ours })
            }
            Session::Known(own) => match self.same_user(process) {
                true if self.behind.is_loopback => {
                    (EvidenceKind::LoopbackSession, EvidenceFact::LoopbackSession { session: ours })
                }
                _ if says => (EvidenceKind::Impersonates, EvidenceFact::Impersonates { own, ours }),
                true => {
                    (EvidenceKind::OtherSessionSameUser, EvidenceFact::OtherSessionSameUser { own, ours })
                }
                false => (EvidenceKind::OtherSession, EvidenceFact::OtherSession { own, ours }),
            },
        };
        Some(Clue::new(kind, why, &process.created_by))
    }

    pub(super) fn command_clue<'s>(&self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let clue = |kind, why| Some(Clue::new(kind, why, &process.created_by));
        let said: Vec<Said<'_>> = self.sought.said_in(&process.intents, process.started_at).collect();
        let is_net = process.is_net_tool();
        if let Some(this) =
            said.iter().copied().filter(|said| self.sought.is_it(*said)).min_by_key(|said| said.way)
        {
            return match (self.sought.is_fulfilled(process.started_at), this.way) {
                (true, _) => clue(EvidenceKind::CommandFulfilled, EvidenceFact::LineFulfilled),
                (false, Way::Starts) if !is_net => {
                    clue(EvidenceKind::StartsCreation, EvidenceFact::LineCreatesAccount)
                }
                (false, Way::Perhaps) => {
                    clue(EvidenceKind::PerhapsCreatesAccount, EvidenceFact::LinePerhapsCreatesAccount)
                }
                (false, _) => clue(EvidenceKind::CreatesAccount, EvidenceFact::LineCreatesAccount),
            };
        }
        if !said.is_empty() && is_net {
            return clue(EvidenceKind::DoesOtherwise, EvidenceFact::LineCreatesAnother);
        }
        if said.iter().any(|said| said.name.is_none() && said.way == Way::Calls) {
            return clue(EvidenceKind::CreatesSomeAccount, EvidenceFact::LineCreatesNameless);
        }
        if said.iter().any(|said| said.name.is_some()) {
            return clue(EvidenceKind::CreatesOtherAccount, EvidenceFact::LineCreatesAnother);
        }
        let Field::Value(line) = &process.command_line else { return None };
        let has_arguments = || line.trim().contains(char::is_whitespace);
        if is_net && has_arguments() {
            return clue(EvidenceKind::DoesOtherwise, EvidenceFact::LineDoesOtherwise);
        }
        if process.intents.iter().any(|intent| self.is_meant_for_elsewhere(intent)) {
            return clue(EvidenceKind::MeantForElsewhere, EvidenceFact::LineMeantForElsewhere);
        }
        // Every service of the host shares such a session: a common word in one of their lines ties nothing.
        let is_shared = self.creation.logon_id().is_some_and(LogonId::is_well_known);
        // What an unknown program makes of a name, nobody knows.
        let dollar = if process.capability().is_none() { Dollar::MayLack } else { Dollar::Told };
        let named = || self.sought.name.is_some_and(|account| process.line_names(account, dollar));
        if !is_net && !is_shared && named() && !self.is_understood(process) {
            return clue(EvidenceKind::NamesAccount, EvidenceFact::LineNamesAccount);
        }
        if process.speaks_of_accounts && process.capability() == Some(Capability::Creates) {
            return clue(EvidenceKind::SpeaksOfAccounts, EvidenceFact::LineSpeaksOfAccounts);
        }
        let does_nothing_of_it = process.is_powershell() && process.intents.is_empty();
        let why = match does_nothing_of_it {
            true if process.ends_with_its_command() => EvidenceFact::LineGivenOtherCommand,
            true if process.runs_a_looking_script() => EvidenceFact::LineRunsLookingScript,
            _ => return None,
        };
        clue(EvidenceKind::GivenOtherCommand, why)
    }

    /// It creates an account of this name, wherever.
    fn creates_of_this_name(&self, intent: &Intent) -> bool {
        match intent {
            Intent::CreateAccount { name: Some(name), .. } => self.sought.is_account(name),
            _ => false,
        }
    }

    /// It creates an account of this name on another machine: another process makes the call, wherever that is.
    fn is_meant_for_elsewhere(&self, intent: &Intent) -> bool {
        match intent {
            Intent::CreateAccount {
                name: Some(name),
                aim: Aim::Host(_) | Aim::OtherHost | Aim::Domain,
                ..
            } => self.sought.is_account(name),
            _ => false,
        }
    }

    /// What the line does is known, and it does not create this account here: that it names it ties nothing. A command
    /// that PowerShell was given is read; what a script of it does is not, but for one that only looks by its name. A
    /// program that hands a command on has another one make the call.
    fn is_understood(&self, process: &ProcessRecord) -> bool {
        let of_this = |intent: &Intent| self.creates_of_this_name(intent);
        let is_told = || match process.is_powershell() {
            true => !process.names_a_script() || process.runs_a_looking_script(),
            false => hands_on(process),
        };
        process.intents.iter().any(of_this) || is_told()
    }
}

/// A program that has another one do what its line says.
fn hands_on(process: &ProcessRecord) -> bool {
    process.capability().is_none() && process.hands_a_command_on()
}
