//! The tests of Atomic Red Team that make a local account on Windows: whoever runs one must see it told.
//!
//! From redcanaryco/atomic-red-team, atomics/T1136.001/T1136.001.yaml, as of commit 0352cebf: `auto_generated_guid`, name
//! and what it runs.

/// One test.
pub(super) struct Atomic {
    /// What `Invoke-AtomicTest T1136.001 -TestGuids` takes.
    pub guid: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// What it runs.
    pub runs: &'static str,
    /// The page of the casebook that tells the same; `None` where none does.
    pub page: Option<&'static str>,
}

/// All for Windows.
pub(super) const ATOMICS: &[Atomic] = &[
    Atomic {
        guid: "6657864e-0323-4206-9344-ac9cd7265a4f",
        name: "Create a new user in a command prompt",
        runs: "net user /add",
        page: Some("net-user-add"),
    },
    Atomic {
        guid: "bc8be0ac-475c-4fbf-9b1d-9fffd77afbde",
        name: "Create a new user in PowerShell",
        runs: "New-LocalUser",
        page: Some("script-log"),
    },
    Atomic {
        guid: "fda74566-a604-4581-a4cc-fbbe21d66559",
        name: "Create a new Windows admin user",
        runs: "net user /add, net localgroup administrators /add",
        page: Some("net-user-add"),
    },
    Atomic {
        guid: "2170d9b5-bacd-4819-a952-da76dae0815f",
        name: "Create a new Windows admin user via .NET",
        runs: "a script that PowerShell downloads",
        page: None,
    },
];
