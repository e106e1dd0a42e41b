//! What speaks for and against one process.

use std::slice;

use begat_model::Duration;
use begat_model::case::EvidenceFact;
use begat_model::event::Field;

use crate::cause::clue::{Clue, Why};
use crate::cause::evidence::EvidenceKind;
use crate::cause::moment::Order;
use crate::cause::scene::Scene;
use crate::commands::intent::names_account::{Dollar, names_account};
use crate::spans::{ENDS_RIGHT_AFTER, STARTED_NEAR};
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::windows::capability::Capability;

/// Few processes have more clues than this.
const CLUES_USUAL: usize = 4;

fn image_clue(process: &ProcessRecord) -> Option<Clue<'_>> {
    let can = process.capability()?;
    let kind = match can {
        Capability::Creates => EvidenceKind::CreateCapable,
        Capability::OnlyStarts => EvidenceKind::CannotCreate,
        Capability::WindowsOwn => EvidenceKind::WindowsOwnTool,
    };
    Some(Clue { kind, why: Why::Image(process.stem()?, can), records: &process.created_by })
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
            let why = EvidenceFact::Failed { code };
            clues.push(Clue::new(EvidenceKind::ExitedWithFailure, why, &process.ended_by));
        }
        let after = process.ended_at.map(|ended_at| ended_at.since(self.creation.at()));
        if let Some(after) = after.filter(|after| *after <= ENDS_RIGHT_AFTER) {
            let why = EvidenceFact::EndedAfter { after: after.max(Duration::ZERO) };
            clues.push(Clue::new(EvidenceKind::ExitsRightAfter, why, &process.ended_by));
        }
        clues
    }

    pub(super) fn start_clue<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Option<Clue<'s>> {
        let (kind, why) = if !process.start_seen && !self.pointers.has_sign(process) {
            (EvidenceKind::StartNotSeen, EvidenceFact::StartNotSeen)
        } else if order == Order::PerhapsAfter {
            let late = process.started_at - self.creation.at();
            (EvidenceKind::StartedAfter, EvidenceFact::StartedAfter { late })
        } else if self.moment.started_within(process, STARTED_NEAR) {
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
            return Some(Clue::new(EvidenceKind::ScriptCreatesAccount, why, &consumer.records));
        }
        let mut nameless = None;
        for script in self.pointers.scripts_of(process) {
            for name in self.sought.names_in(&script.intents) {
                match name {
                    Some(name) if self.sought.is_account(name) => {
                        let why = EvidenceFact::ScriptCreatesAccount;
                        let records = slice::from_ref(&script.record);
                        return Some(Clue::new(EvidenceKind::ScriptCreatesAccount, why, records));
                    }
                    Some(_) => {}
                    None => nameless = Some(&script.record),
                }
            }
        }
        let why = EvidenceFact::ScriptCreatesNameless;
        Some(Clue::new(EvidenceKind::ScriptCreatesSomeAccount, why, slice::from_ref(nameless?)))
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
        let query = self.pointers.query_of(process)?;
        let records = slice::from_ref(&query.record);
        Some(Clue::new(EvidenceKind::QueriedAccounts, EvidenceFact::LookedUp, records))
    }

    pub(super) fn session_clue<'s>(&self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let ours = self.creation.logon_id()?;
        let (kind, why) = match process.session {
            Session::NotTold => (EvidenceKind::SessionNotTold, EvidenceFact::SessionNotTold),
            Session::Known(theirs) if theirs == ours && ours.is_well_known() => {
                (EvidenceKind::SharesServiceSession, EvidenceFact::SharesSession { session: ours })
            }
            Session::Known(own) if own == ours => {
                (EvidenceKind::HoldsSession, EvidenceFact::HoldsSession { session: ours })
            }
            Session::Known(own) if self.linked == Some(own) => {
                (EvidenceKind::LinkedSession, EvidenceFact::LinkedSession { own, ours })
            }
            Session::Known(own) => match self.same_user(process) {
                true if self.is_loopback => {
                    (EvidenceKind::LoopbackSession, EvidenceFact::LoopbackSession { session: ours })
                }
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
        let names: Vec<Option<&str>> = self.sought.created_names(process).collect();
        if names.iter().flatten().any(|name| self.sought.is_account(name)) {
            return clue(EvidenceKind::CreatesAccount, EvidenceFact::LineCreatesAccount);
        }
        let is_net = process.is_net_tool();
        if !names.is_empty() && is_net {
            return clue(EvidenceKind::DoesOtherwise, EvidenceFact::LineCreatesAnother);
        }
        if names.contains(&None) {
            return clue(EvidenceKind::CreatesSomeAccount, EvidenceFact::LineCreatesNameless);
        }
        if !names.is_empty() {
            return clue(EvidenceKind::CreatesOtherAccount, EvidenceFact::LineCreatesAnother);
        }
        let Field::Value(line) = &process.command_line else { return None };
        let has_arguments = || line.trim().contains(char::is_whitespace);
        if is_net && has_arguments() {
            return clue(EvidenceKind::DoesOtherwise, EvidenceFact::LineDoesOtherwise);
        }
        // What an unknown program makes of a name, nobody knows.
        let dollar = if process.capability().is_none() { Dollar::MayLack } else { Dollar::Told };
        let named = || self.sought.name.is_some_and(|account| names_account(line, account, dollar));
        if !is_net && named() {
            return clue(EvidenceKind::NamesAccount, EvidenceFact::LineNamesAccount);
        }
        None
    }
}
