//! Records that an input lacks.

use begat_model::case::{LogGap, Loss, Missing, ProcessLog};

use crate::words::table::sentences;
use crate::words::when::when;

sentences! {
    /// What is missing, as a clause.
    said(Missing, zone) {
        Records { gaps } [gaps = gaps.iter().map(gap).collect::<Vec<_>>().join(", ")] => "{gaps}";
        Starts { percent } => "of a hundred processes that ended here, {percent} were not seen to start";
        EarlyProcesses { since } [since = when(*since, zone)] =>
            "processes are shown only since {since}, and the session is older";
    }
}

fn gap(gap: &LogGap) -> String {
    let log = match gap.log {
        ProcessLog::Security => "Security",
        ProcessLog::Sysmon => "Sysmon",
    };
    match gap.loss {
        Loss::Run(first, last) if first == last => format!("record {first} of the {log} log is missing"),
        Loss::Run(first, last) => format!("records {first} to {last} of the {log} log are missing"),
        Loss::Share(share) => format!("about {share} of a hundred records of the {log} log are missing"),
    }
}
