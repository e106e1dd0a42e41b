//! What a responder asks first of a case, answered in a line each: who, how, from where, allowed, what first.

use begat_model::ids::LogonId;

use crate::view::{ActorView, AuthorisationStatus, CaseView, Verdict};
use crate::words::allowed;
use crate::words::doubt::perhaps;
use crate::words::headline::{made_by, source_elsewhere};
use crate::words::wording::{self, sentence};

/// Questions with their answers, in the order in which they are asked.
pub(crate) fn answers(case: &CaseView<'_>) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("Who", who(case)),
        ("How", how(case)),
        ("From where", sentence(&whence(case))),
        ("Allowed", sentence(&allowed(case))),
    ];
    all.extend(case.response.steps().first().map(|step| ("First", sentence(&step.step))));
    all
}

/// Whose hand it was, as far as sessions tell.
fn who(case: &CaseView<'_>) -> String {
    let actor = wording::actor_account(&case.actor);
    if case.attribution.verdict == Verdict::System {
        return sentence(&format!("Windows itself, in the name of {actor}"));
    }
    let session = match own_session(&case.actor) {
        Some(session) => format!("{actor}, {session}"),
        None => actor,
    };
    sentence(&match &case.origin {
        None => session,
        Some(origin) => format!(
            "{}{}, by way of {}, in the name of {session}",
            perhaps(origin.certainty),
            wording::actor_account(&origin.actor),
            wording::via_in_short(origin.via)
        ),
    })
}

/// By what, and what that rests on.
fn how(case: &CaseView<'_>) -> String {
    let by = made_by(case);
    sentence(&match case.attribution.verdict {
        Verdict::Attributed => format!("{by}; a record shows the act"),
        _ => by,
    })
}

/// A session that is nobody's in particular.
fn own_session(actor: &ActorView<'_>) -> Option<&'static str> {
    match actor.logon_id? {
        LogonId::SYSTEM => Some("the session of Windows and all its services"),
        LogonId::LOCAL_SERVICE | LogonId::NETWORK_SERVICE => Some("a session of Windows' services"),
        _ => None,
    }
}

/// From where, as far back as is known.
fn whence(case: &CaseView<'_>) -> String {
    let actors = [case.origin.as_ref().map(|origin| &origin.actor), Some(&case.actor)];
    if let Some(source) = actors.into_iter().flatten().find_map(source_elsewhere) {
        return source;
    }
    let actor = &case.actor;
    let told = match actor.logon_type {
        _ if own_session(actor).is_some() => "the machine itself",
        Some(2 | 7 | 11 | 13) => "the machine itself: its screen, or what stands for one",
        Some(4) => "the machine itself: a scheduled task",
        Some(0 | 5) => "the machine itself: a service",
        Some(10 | 12) => "a remote desktop, whose address these logs do not tell",
        Some(3 | 8) => "the network, from an address that these logs do not tell",
        Some(_) => "an address that these logs do not tell",
        None => "not known: these logs do not show how the session began",
    };
    told.to_owned()
}

fn allowed(case: &CaseView<'_>) -> String {
    let authorisation = &case.authorisation;
    match (authorisation.status, allowed::by(authorisation)) {
        (AuthorisationStatus::Authorised, Some(by)) => {
            format!("yes, {by}. That lowers the severity and changes nothing of what happened")
        }
        (AuthorisationStatus::Authorised, None) => "yes".to_owned(),
        (AuthorisationStatus::Unauthorised, _) => {
            "no: no entry of the policy and no change ticket allows it".to_owned()
        }
        (AuthorisationStatus::NotAssessed, _) => "not known: no policy was given to ask".to_owned(),
    }
}
