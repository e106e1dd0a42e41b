//! What shows the act by a process, and what merely makes it the likely one.
//!
//! Sharing the session limits who can, and never proves who did: tokens are borrowed, code is injected, logs are
//! filtered. So `attributed` asks for a sign of the act by that very process.

use crate::cause::clue::Clue;
use crate::cause::evidence::EvidenceKind;

/// What shows that this very process made the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActSign {
    /// Its command line or its script says so, and nothing shows that it was not carried out.
    Said,
    /// The SAM saw it ask for the account, or for the group that took it in, between the records of the creation; or an
    /// EDR saw it make the account.
    SeenBySam,
    /// Its start and its end enclose those records, and nothing else of its session came or went.
    Interlock,
}

/// What the signs of one process come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// What shows the act.
    pub act: Option<ActSign>,
    /// Beside its session it has a reason of its own to be held likely.
    pub has_reason: bool,
}

/// How the account's session and its process log bear on what may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearing {
    /// The session is SYSTEM's or a service account's, which all services share.
    pub session_is_shared: bool,
    /// Only some programs' starts are in the input.
    pub is_filtered: bool,
    /// Records are lost around the creation.
    pub is_lossy: bool,
}

/// Signs that it did not, or could not, carry out what it says.
const NOT_CARRIED_OUT: &[EvidenceKind] = &[
    EvidenceKind::ExitedWithFailure,
    EvidenceKind::CallRefused,
    EvidenceKind::MadeAnother,
    EvidenceKind::StillRuns,
    EvidenceKind::DoesOtherwise,
    EvidenceKind::MeantForElsewhere,
    EvidenceKind::NotPutIntoUsers,
    EvidenceKind::LinkedSession,
];
/// Signs of another session, whose token the creation does not bear.
const ELSEWHERE: &[EvidenceKind] =
    &[EvidenceKind::OtherSession, EvidenceKind::OtherSessionSameUser, EvidenceKind::LinkedSession];
/// Signs of the act that say nothing of when their process started, so that its lag may be measured. An interlock is
/// itself a matter of time, and a command without the account's name counts only where it was said right before.
pub(crate) const SHOWN_BY_MORE_THAN_TIME: &[EvidenceKind] = &[
    EvidenceKind::CreatesAccount,
    EvidenceKind::ScriptCreatesAccount,
    EvidenceKind::SubscriptionCreatesAccount,
    EvidenceKind::LookedUpAccount,
    EvidenceKind::LookedUpGroup,
    EvidenceKind::NamedByEdr,
];
/// Images that do not call the SAM, as far as is known.
const NO_CALLER: &[EvidenceKind] =
    &[EvidenceKind::CannotCreate, EvidenceKind::WindowsOwnTool, EvidenceKind::Bystander];
/// The SAM heard it ask for the account.
const LOOKED_UP: &[EvidenceKind] = &[EvidenceKind::LookedUpAccount, EvidenceKind::LookedUpGroup];
/// Reasons of its own to be held likely, beside the session.
const REASONS: &[EvidenceKind] = &[
    EvidenceKind::CreateCapable,
    EvidenceKind::SpeaksOfAccounts,
    EvidenceKind::NamesAccount,
    EvidenceKind::OnlyProcess,
    EvidenceKind::Interlocks,
    EvidenceKind::CreatesAccount,
    EvidenceKind::CreatesSomeAccount,
    EvidenceKind::PerhapsCreatesAccount,
    EvidenceKind::ScriptCreatesAccount,
    EvidenceKind::SubscriptionCreatesAccount,
    EvidenceKind::ScriptCreatesSomeAccount,
    EvidenceKind::ScriptJustCreatesSomeAccount,
];

/// It began when something was to be done: within the window, and one of the programs that people start all day right
/// before.
fn started_for_it(has: impl Fn(EvidenceKind) -> bool) -> bool {
    let is_usual = has(EvidenceKind::InstalledProgram);
    has(EvidenceKind::StartedInWindow) && (!is_usual || has(EvidenceKind::StartedRightBefore))
}

/// What the signs of one process come to.
pub(crate) fn standing(clues: &[Clue<'_>], bearing: Bearing) -> Standing {
    let has = |kind: EvidenceKind| clues.iter().any(|clue| clue.kind == kind);
    let has_any = |kinds: &[EvidenceKind]| kinds.iter().any(|kind| has(*kind));
    let carried_out = !has_any(NOT_CARRIED_OUT);
    let is_elsewhere = has_any(ELSEWHERE);
    let borrowed = has(EvidenceKind::Impersonates);
    // A nameless command counts where it was said right before; then its process has done what it said.
    let line = has(EvidenceKind::CreatesAccount)
        || (has(EvidenceKind::CreatesSomeAccount)
            && has(EvidenceKind::StartedRightBefore)
            && !bearing.session_is_shared);
    let script = has(EvidenceKind::ScriptCreatesAccount)
        || (has(EvidenceKind::ScriptJustCreatesSomeAccount) && !bearing.session_is_shared);
    // What was refused comes and goes as fast as what was done.
    let may_have_failed = has(EvidenceKind::EndLost) || has(EvidenceKind::LastCommandFailed);
    let is_timely = !has(EvidenceKind::SaidLongBefore);
    let line_counts = line && !borrowed && !may_have_failed && is_timely;
    let script_counts = script && !has(EvidenceKind::ResultLost) && is_timely;
    let said = carried_out && !is_elsewhere && (line_counts || script_counts);
    // Windows' own programs look around for all: what else this one looked up may be what is lost.
    let looks_around = bearing.is_lossy && bearing.session_is_shared && has_any(NO_CALLER);
    let seen = has(EvidenceKind::NamedByEdr) || has_any(LOOKED_UP) && !looks_around;
    let interlocks = has(EvidenceKind::Interlocks)
        && has(EvidenceKind::HoldsSession)
        && carried_out
        && !may_have_failed
        && !bearing.is_filtered
        && !has_any(NO_CALLER);
    let act = match (said, seen, interlocks) {
        (true, ..) => Some(ActSign::Said),
        (_, true, _) => Some(ActSign::SeenBySam),
        (.., true) => Some(ActSign::Interlock),
        _ => None,
    };
    let has_reason = carried_out
        && !is_elsewhere
        && !bearing.is_filtered
        && !has_any(NO_CALLER)
        && !has(EvidenceKind::ScriptsSilent)
        && (has_any(REASONS) || started_for_it(has));
    Standing { act, has_reason }
}
