//! Records that an input lacks where they would have told a process.

use crate::time::Timestamp;

facts! {
    /// What is missing of the logs that could have told the process.
    Missing {
        /// By the numbers that logs give their records.
        Records "records" {
            /// Each log that could have told it, with its loss.
            gaps: Vec<LogGap>,
        };
        /// Records that would tell of processes are in the input and cannot be read.
        Unread "unread" {
            /// How many.
            count: u64,
        };
        /// By the ends of processes.
        Starts "starts" {
            /// Of a hundred processes that ended, so many were not seen to start.
            percent: u64,
        };
        /// Processes are shown only from some time after the session's logon.
        EarlyProcesses "early_processes" {
            /// Since when.
            since: Timestamp,
        };
    }
}

/// What one log lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogGap {
    /// Which.
    pub log: ProcessLog,
    /// What.
    pub loss: Loss,
}

/// A log that tells of processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProcessLog {
    /// 4688.
    Security,
    /// Sysmon 1.
    Sysmon,
}

/// How much of a log is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// From the first record to the last.
    Run(u64, u64),
    /// So many of a hundred, here and there.
    Share(u8),
}
