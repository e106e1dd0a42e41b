//! Records that an input lacks.

use begat_model::case::{LogGap, Loss, Missing, ProcessLog};

use crate::words::counts::counted;
use crate::words::table::sentences;
use crate::words::when::when;

sentences! {
    /// What is missing, as a clause.
    said(Missing, zone) {
        Records { gaps } [gaps = gaps.iter().map(gap).collect::<Vec<_>>().join(", ")] => "{gaps}";
        Unread { count } [records = records(*count)] =>
            "{records} of process creation cannot be read, and may be of the process in question";
        Starts { percent } => "{percent} of every 100 processes that ended here were not seen to start";
        EarlyProcesses { since } [since = when(*since, zone)] =>
            "process creations are in the input only from {since} on, and the session is older";
    }
}

fn records(count: u64) -> String {
    counted(count, "record", "records")
}

fn gap(gap: &LogGap) -> String {
    let log = match gap.log {
        ProcessLog::Security => "Security",
        ProcessLog::Sysmon => "Sysmon",
    };
    match gap.loss {
        Loss::Run(first, last) if first == last => format!("record {first} of the {log} log is missing"),
        Loss::Run(first, last) => format!("records {first} to {last} of the {log} log are missing"),
        Loss::Share(share) => format!("about {share} of every 100 records of the {log} log are missing"),
    }
}
