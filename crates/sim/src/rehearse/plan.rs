//! What to run on a test machine, and how to clean up after it.
//!
//! Only stories that a person can play with what Windows brings stand here; the others are written (`write`). Every
//! command makes an account named `begat-rehearsal`, so that nobody takes it for another.

/// One story to be played on a test machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsal {
    /// The story that it plays.
    pub story: &'static str,
    /// Where it is typed.
    pub shell: &'static str,
    /// What is typed, line by line.
    pub commands: &'static [&'static str],
    /// What takes it back.
    pub clean_up: &'static [&'static str],
    /// The test of Atomic Red Team that does the same, where there is one.
    pub atomic: Option<&'static str>,
    /// What has to be there.
    pub needs: &'static str,
}

const CMD: &str = "an elevated cmd";
const POWERSHELL: &str = "an elevated PowerShell";
const DELETE: &[&str] = &["net user begat-rehearsal /delete"];
const REMOVE: &[&str] = &["Remove-LocalUser -Name begat-rehearsal"];
const TEST_MACHINE: &str = "a test machine";
const TWO_MACHINES: &str = "two test machines; TARGET is the other one";

const fn row(story: &'static str, shell: &'static str, commands: &'static [&'static str]) -> Rehearsal {
    Rehearsal { story, shell, commands, clean_up: DELETE, atomic: None, needs: TEST_MACHINE }
}

/// All of them.
pub const PLAN: &[Rehearsal] = &[
    Rehearsal {
        atomic: Some("6657864e-0323-4206-9344-ac9cd7265a4f"),
        ..row("net-user", CMD, &["net user begat-rehearsal Begat-Rehearsal-1! /add"])
    },
    Rehearsal {
        atomic: Some("fda74566-a604-4581-a4cc-fbbe21d66559"),
        ..row(
            "net-user-administrators",
            CMD,
            &[
                "net user begat-rehearsal Begat-Rehearsal-1! /add",
                "net localgroup administrators begat-rehearsal /add",
            ],
        )
    },
    Rehearsal {
        atomic: Some("bc8be0ac-475c-4fbf-9b1d-9fffd77afbde"),
        clean_up: REMOVE,
        ..row(
            "new-localuser",
            "an elevated PowerShell that has been open for ten minutes",
            &["New-LocalUser -Name begat-rehearsal -NoPassword"],
        )
    },
    Rehearsal {
        clean_up: REMOVE,
        ..row(
            "encoded-command",
            CMD,
            &[
                "powershell -EncodedCommand TgBlAHcALQBMAG8AYwBhAGwAVQBzAGUAcgAgAC0ATgBhAG0AZQAgAGIAZQBnAGEAdAAtAHIAZQBoAGUAYQByAHMAYQBsACAALQBOAG8AUABhAHMAcwB3AG8AcgBkAA==",
            ],
        )
    },
    Rehearsal {
        needs: "two test machines with remote WMI; TARGET is the other one",
        clean_up: &["wmic /node:TARGET process call create \"net user begat-rehearsal /delete\""],
        ..row(
            "wmi-success",
            CMD,
            &["wmic /node:TARGET process call create \"net user begat-rehearsal Begat-Rehearsal-1! /add\""],
        )
    },
    Rehearsal {
        needs: "two test machines with WinRM; TARGET is the other one",
        clean_up: &["Invoke-Command -ComputerName TARGET { Remove-LocalUser -Name begat-rehearsal }"],
        ..row(
            "winrm",
            POWERSHELL,
            &["Invoke-Command -ComputerName TARGET { New-LocalUser -Name begat-rehearsal -NoPassword }"],
        )
    },
    Rehearsal {
        clean_up: &["schtasks /delete /tn begat-rehearsal /f", "net user begat-rehearsal /delete"],
        ..row(
            "scheduled-task",
            CMD,
            &[
                "schtasks /create /tn begat-rehearsal /ru SYSTEM /sc once /st 23:59 /tr \"net user begat-rehearsal Begat-Rehearsal-1! /add\"",
                "schtasks /run /tn begat-rehearsal",
            ],
        )
    },
    Rehearsal {
        clean_up: &["sc delete begat-rehearsal", "net user begat-rehearsal /delete"],
        ..row(
            "smbexec",
            CMD,
            &[
                "sc create begat-rehearsal binPath= \"cmd /c net user begat-rehearsal Begat-Rehearsal-1! /add\"",
                "sc start begat-rehearsal",
            ],
        )
    },
    Rehearsal {
        needs: TWO_MACHINES,
        clean_up: &["([ADSI]'WinNT://TARGET').Delete('User', 'begat-rehearsal')"],
        ..row(
            "remote-samr",
            POWERSHELL,
            &[
                "$user = ([ADSI]'WinNT://TARGET').Create('User', 'begat-rehearsal')",
                "$user.SetPassword('Begat-Rehearsal-1!')",
                "$user.SetInfo()",
            ],
        )
    },
    row("net1-direct", CMD, &["net1 user begat-rehearsal Begat-Rehearsal-1! /ad"]),
    row(
        "prompting-net",
        CMD,
        &["net user begat-rehearsal * /add", "(wait three minutes, then type a password twice)"],
    ),
    Rehearsal {
        clean_up: &["del %TEMP%\\begat-rehearsal.exe", "net user begat-rehearsal /delete"],
        ..row(
            "renamed-net",
            CMD,
            &[
                "copy %SystemRoot%\\System32\\net.exe %TEMP%\\begat-rehearsal.exe",
                "%TEMP%\\begat-rehearsal.exe user begat-rehearsal Begat-Rehearsal-1! /add",
            ],
        )
    },
    row(
        "create-use-delete",
        CMD,
        &[
            "net user begat-rehearsal Begat-Rehearsal-1! /add",
            "net use \\\\localhost\\ipc$ /user:begat-rehearsal Begat-Rehearsal-1!",
            "net use \\\\localhost\\ipc$ /delete",
            "net user begat-rehearsal /delete",
        ],
    ),
    row(
        "lusrmgr",
        "a session over remote desktop",
        &["(open lusrmgr.msc, and make a user begat-rehearsal under Users)"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::STORIES;
    use std::collections::BTreeSet;

    #[test]
    fn every_rehearsal_plays_a_story_once_and_is_taken_back() {
        let stories: BTreeSet<&str> = PLAN.iter().map(|row| row.story).collect();
        assert_eq!(stories.len(), PLAN.len());
        for row in PLAN {
            assert!(STORIES.iter().any(|story| story.name == row.story), "{}", row.story);
            assert!(row.clean_up.iter().any(|line| line.contains("begat-rehearsal")), "{}", row.story);
            assert!(!row.commands.is_empty() && row.atomic.is_none_or(|guid| guid.len() == 36));
        }
    }
}
