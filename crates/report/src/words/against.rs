//! What spoke against an explanation that lost.

use begat_model::case::{Against, EvidenceFact, Impossible, Lack};
use jiff::tz::TimeZone;

use crate::words::evidence;
use crate::words::table::sentences;

sentences! {
    /// What spoke against it, as a sentence.
    said(Against, zone) {
        Impossible { how } [how = impossible(how, zone)] => "{how}.";
        Signs { signs } [signs = each(signs, zone)] => "{signs}.";
        OnlyTime => "only its time ties it to the creation.";
        Weaker => "the evidence for it is weaker.";
        Lacks { lacks } [lacks = lacks.iter().map(|it| lack(it, zone)).collect::<Vec<_>>().join("; ")] =>
            "{lacks}.";
        StartedEarlier => "the same evidence speaks for it, but it started earlier.";
    }
}

sentences! {
    /// Why it cannot have made the call, as a clause.
    impossible(Impossible, zone) {
        StartedAfter { late } => "it started {late} after the creation";
        EndedBefore { early } => "it had ended {early} before the creation";
        EarlierSession => "it ran before a restart, in an earlier session with the same id";
        LongGone { since } => "it started {since} before the creation, and a tool like this ends within seconds";
    }
}

sentences! {
    /// What it lacks that the winner has, as a clause.
    lack(Lack, zone) {
        Command => "its command line does not create the account";
        Script => "no recorded script of it creates the account";
        Query => "it is not known to have called the SAM";
        Name => "its command line does not name the account";
        Session => "it is not known to run in the session that made the account";
        Interfaces => "it is not known to make the calls that create accounts";
        Start => "it started more than two minutes before the creation";
        End => "it did not end right after the creation";
    }
}

fn each(signs: &[EvidenceFact], zone: &TimeZone) -> String {
    signs.iter().map(|sign| evidence::said(sign, zone)).collect::<Vec<_>>().join("; ")
}
