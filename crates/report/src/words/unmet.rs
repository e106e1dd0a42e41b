//! What a creation lacks of what a permission asks for.

use begat_model::Text;
use begat_model::case::{Asked, Unmet};

use crate::words::table::sentences;

sentences! {
    /// What did not fit, as a clause.
    said(Unmet, zone) {
        NoCreator { verdict } => "no creator is known for sure: the verdict is {verdict}";
        LikelyAlone =>
            "its creator is only likely, and the entry asks for nothing of another kind beside it: a ticket, a source, a window of time or a group of hosts";
        NotKnown { what } [unknown = unknown(what, zone)] => "{unknown}";
        Other { what, actual, wanted } [what = asked(what, zone), wanted = either(wanted)] =>
            "{what} {actual}, not {wanted}";
        OtherHash => "the creator's file has another hash";
        NoAncestor => "no ancestor of a creator is known";
        ClaimedParent => "the creator's parent is only claimed, by the process that really started it";
        OtherAncestors { wanted } [wanted = either(wanted)] => "no ancestor is {wanted}";
        OtherGroups { wanted } [wanted = either(wanted)] => "the actor is not in {wanted}";
        NoAddress { source } => "the source, {source}, is no address that a network could hold";
        NoTicket => "no change ticket covers it";
        OffHours { at, hours, days } [on = days.as_deref().map(|days| format!(" on {days}")).unwrap_or_default()] =>
            "{at} is not within {hours}{on}";
        OffDays { day, days } => "it was on {day}, not on {days}";
        NoTime => "its time cannot be told";
        Before { from } => "it was before {from}";
        After { until } => "it was after {until}";
        Expired { at } => "the entry had expired by then: {at}";
        NotYetOpen { from } => "the ticket opened later: {from}";
        Ended { at } => "the ticket had ended by then: {at}";
    }
}

sentences! {
    /// Before the value that it has.
    asked(Asked, zone) {
        Creator => "the creator is";
        Hash => "the hash of the creator's file is";
        Actor => "the actor is";
        ActorGroups => "the groups of the actor are";
        Source => "the source is";
        SourceHost => "the session's workstation is";
        Session => "the session is";
        Account => "the account is";
        Host => "the host is";
        HostRole => "the host's role is";
        Verdict => "the verdict is";
    }
}

sentences! {
    /// Where it is not known.
    unknown(Asked, zone) {
        Creator => "the creator's path is not known";
        Hash => "the log has no hash of the creator";
        Actor => "the actor is not known";
        ActorGroups => "the actor's groups are not in the log (4627)";
        Source => "the session's source address is not known";
        SourceHost => "the session's workstation is not known";
        Session => "the kind of the session is not known";
        Account => "the account's name is not known";
        Host => "the host's name is not known";
        HostRole => "the host's role is not known";
        Verdict => "the verdict is not known";
    }
}

/// `a`, or `a, b or c`.
fn either(wanted: &[Text]) -> String {
    match wanted {
        [] => String::new(),
        [only] => only.to_string(),
        [first @ .., last] => {
            format!("{} or {last}", first.iter().map(|it| &**it).collect::<Vec<_>>().join(", "))
        }
    }
}
