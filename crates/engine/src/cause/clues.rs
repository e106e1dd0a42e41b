//! What speaks for and against one process.

use std::slice;

use begat_model::Duration;
use begat_model::event::Field;

use crate::cause::clue::{Clue, Why};
use crate::cause::evidence::EvidenceKind;
use crate::cause::scene::{Order, Scene};
use crate::commands::intent::names_account::names_account;
use crate::spans::{ENDS_RIGHT_AFTER, STARTED_NEAR};
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::windows::capability::Capability;

/// Few processes have more clues than this.
const CLUES_USUAL: usize = 4;

fn image_clue(process: &ProcessRecord) -> Option<Clue<'_>> {
    let (kind, does) = match process.capability()? {
        Capability::Creates => (EvidenceKind::CreateCapable, "calls the account interfaces itself"),
        Capability::OnlyStarts => (EvidenceKind::CannotCreate, "only starts what creates accounts"),
        Capability::WindowsOwn => {
            (EvidenceKind::WindowsOwnTool, "is Windows' own, and not known to create accounts")
        }
    };
    Some(Clue::new(kind, Why::Image(process.stem()?, does), &process.created_by))
}

impl Scene<'_> {
    pub(super) fn clues<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Vec<Clue<'s>> {
        let mut clues = Vec::with_capacity(CLUES_USUAL);
        clues.extend(self.session_clue(process));
        clues.extend(self.command_clue(process));
        clues.extend(self.script_clue(process));
        clues.extend(self.query_clue(process));
        clues.extend(self.capability_clue(process));
        clues.extend(self.start_clue(process, order));
        // Other programs give their exit codes meanings of their own.
        let says_how = process.is_net_tool() && !self.undone;
        if let Some(code) = process.exit_code.filter(|code| *code != 0 && says_how) {
            let why = Why::Failed(code);
            clues.push(Clue::new(EvidenceKind::ExitedWithFailure, why, &process.ended_by));
        }
        let after = process.ended_at.map(|ended_at| ended_at.since(self.creation.at()));
        if let Some(after) = after.filter(|after| *after <= ENDS_RIGHT_AFTER) {
            let why = Why::EndedAfter(after.max(Duration::ZERO));
            clues.push(Clue::new(EvidenceKind::ExitsRightAfter, why, &process.ended_by));
        }
        clues
    }

    pub(super) fn start_clue<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Option<Clue<'s>> {
        let (kind, why) = if !process.start_seen && !self.has_sign(process) {
            (EvidenceKind::StartNotSeen, Why::Plain("its own start is not in the log"))
        } else if order == Order::PerhapsAfter {
            (EvidenceKind::StartedAfter, Why::StartedAfter(process.started_at - self.creation.at()))
        } else if self.started_within(process, STARTED_NEAR) {
            let lag = self.creation.at().since(process.started_at).max(Duration::ZERO);
            (EvidenceKind::StartedInWindow, Why::StartedBefore(lag))
        } else {
            return None;
        };
        Some(Clue::new(kind, why, &process.created_by))
    }

    /// A tool that was put down to another creation cannot have made this one as well.
    pub(super) fn spent_clue<'s>(&self, index: ProcessIndex, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let why = Why::Plain("it made another account, and such a tool makes one");
        let clue = Clue::new(EvidenceKind::MadeAnother, why, &process.created_by);
        self.spent.contains(&index).then_some(clue)
    }

    /// What PowerShell's own log says that it ran.
    pub(super) fn script_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        if let Some(consumer) = self.consumer_of(process) {
            let why = Why::Plain(
                "it runs the scripts of WMI subscriptions, and one of them creates an account of this name",
            );
            return Some(Clue::new(EvidenceKind::ScriptCreatesAccount, why, &consumer.records));
        }
        let mut nameless = None;
        for script in self.scripts_of(process) {
            for name in self.names_in(&script.intents) {
                match name {
                    Some(name) if self.is_account(name) => {
                        let why = Why::Plain(
                            "PowerShell's log has it running what creates an account of this name",
                        );
                        let records = slice::from_ref(&script.record);
                        return Some(Clue::new(EvidenceKind::ScriptCreatesAccount, why, records));
                    }
                    Some(_) => {}
                    None => nameless = Some(&script.record),
                }
            }
        }
        let why = Why::Plain("PowerShell's log has it running what creates an account, without its name");
        Some(Clue::new(EvidenceKind::ScriptCreatesSomeAccount, why, slice::from_ref(nameless?)))
    }

    /// What its image says it can do; where no record tells the image, what it was seen to be.
    pub(super) fn capability_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let script = self.scripts_of(process).next();
        match (&process.image, script) {
            (None, Some(script)) => {
                let why = Why::Plain("it writes PowerShell's log, so it is a PowerShell");
                Some(Clue::new(EvidenceKind::CreateCapable, why, slice::from_ref(&script.record)))
            }
            _ => image_clue(process),
        }
    }

    pub(super) fn query_clue(&self, process: &ProcessRecord) -> Option<Clue<'_>> {
        let query = self.query_of(process)?;
        let why = Why::Plain("it looked accounts up in the same session, within two seconds");
        Some(Clue::new(EvidenceKind::QueriedAccounts, why, slice::from_ref(&query.record)))
    }

    pub(super) fn session_clue<'s>(&self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let ours = self.creation.logon_id()?;
        let (kind, why) = match process.session {
            Session::NotTold => {
                let why = Why::Plain("its own session is not told by this version of Windows");
                (EvidenceKind::SessionNotTold, why)
            }
            Session::Known(theirs) if theirs == ours && ours.is_well_known() => {
                (EvidenceKind::SharesServiceSession, Why::SharesSession(ours))
            }
            Session::Known(theirs) if theirs == ours => (EvidenceKind::HoldsSession, Why::HoldsSession(ours)),
            Session::Known(theirs) if self.linked == Some(theirs) => {
                (EvidenceKind::LinkedSession, Why::LinkedSession(theirs, ours))
            }
            Session::Known(theirs) => match self.same_user(process) {
                true if self.is_loopback => (EvidenceKind::LoopbackSession, Why::Loopback(ours)),
                true => {
                    let why = Why::OtherSession(theirs, "of the same account", ours);
                    (EvidenceKind::OtherSessionSameUser, why)
                }
                false => (EvidenceKind::OtherSession, Why::OtherSession(theirs, "of another account", ours)),
            },
        };
        Some(Clue::new(kind, why, &process.created_by))
    }

    pub(super) fn command_clue<'s>(&self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let clue = |kind, why| Some(Clue::new(kind, Why::Plain(why), &process.created_by));
        let names: Vec<Option<&str>> = self.created_names(process).collect();
        if names.iter().flatten().any(|name| self.is_account(name)) {
            return clue(EvidenceKind::CreatesAccount, "its command line creates an account of this name");
        }
        let is_net = process.is_net_tool();
        if !names.is_empty() && is_net {
            return clue(EvidenceKind::DoesOtherwise, "its command line creates another account");
        }
        if names.contains(&None) {
            let why = "its command line creates an account whose name it does not write out";
            return clue(EvidenceKind::CreatesSomeAccount, why);
        }
        if !names.is_empty() {
            return clue(EvidenceKind::CreatesOtherAccount, "its command line creates another account");
        }
        let Field::Value(line) = &process.command_line else { return None };
        let has_arguments = || line.trim().contains(char::is_whitespace);
        if is_net && has_arguments() {
            return clue(EvidenceKind::DoesOtherwise, "its command line does something else");
        }
        let named = || self.account_name().is_some_and(|account| names_account(line, account));
        if !is_net && named() {
            return clue(EvidenceKind::NamesAccount, "the account's name is an argument of its command line");
        }
        None
    }
}
