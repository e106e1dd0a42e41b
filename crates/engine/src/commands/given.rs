//! What a program was given on its line, as far as that says how it goes on: PowerShell ends with a command, `net` asks
//! for a password, others hand a command on.

use crate::commands::line::{image_stem, tokens};

/// What has PowerShell run code that stands elsewhere.
const RUNS_OTHER_CODE: &[&str] =
    &[".ps1", "iex", "invoke-expression", "import-module", "&", "-noe", "/noe", "-file"];

/// PowerShell was given a command on its line, runs no other code that is named there, and ends with it.
pub(crate) fn ends_with_its_command(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let is_command = |word: &str| {
        let word = word.trim_start_matches(['-', '/']);
        !word.is_empty() && ["command", "encodedcommand"].iter().any(|switch| switch.starts_with(word))
    };
    let mut switches = line.split_whitespace().filter(|word| word.starts_with(['-', '/']));
    switches.any(is_command) && !RUNS_OTHER_CODE.iter().any(|code| line.contains(code))
}

/// A script of PowerShell's, whose text stands elsewhere.
pub(crate) fn names_a_script(line: &str) -> bool {
    line.to_ascii_lowercase().contains(".ps1")
}

/// What a verb of PowerShell's that only looks begins the name of a script with.
const LOOKING: &[&str] = &[
    "get-", "find-", "search-", "show-", "test-", "measure-", "export-", "read-", "compare-", "watch-",
    "select-", "trace-", "out-", "format-",
];

/// By its name the script that PowerShell runs only looks: `Get-UserReport.ps1 -User bob`.
pub(crate) fn runs_a_looking_script(line: &str) -> bool {
    let names = tokens(line).into_iter().map(|word| word.text.to_lowercase());
    let mut scripts = names.filter(|name| name.ends_with(".ps1")).peekable();
    let looks = |path: String| {
        let name = path.rsplit(['\\', '/']).next().unwrap_or(&path);
        LOOKING.iter().any(|verb| name.starts_with(verb))
    };
    scripts.peek().is_some() && scripts.all(looks)
}

/// A program was given a command of another program's, to have it run here or elsewhere: a name in it is that one's
/// argument, and that one makes the call.
pub(crate) fn hands_a_command_on(line: &str) -> bool {
    tokens(line).iter().skip(1).any(|word| {
        let first = word.text.split_whitespace().next().unwrap_or_default();
        ACCOUNT_TOOLS.contains(&image_stem(first).as_str())
    })
}

/// What makes accounts, or runs what does, by file name.
const ACCOUNT_TOOLS: &[&str] =
    &["net", "net1", "dsadd", "cmd", "powershell", "pwsh", "useradd", "new-localuser"];

/// `net user bob * /add`.
pub(crate) fn waits_for_password(line: &str) -> bool {
    line.split_whitespace().any(|word| word == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_looks_by_the_verb_of_its_name() {
        for (line, expected) in [
            (r"powershell.exe -File C:\it\Get-UserReport.ps1 -User bob", true),
            (r#"powershell -File "C:\it tools\Test-Account.ps1" bob"#, true),
            (r"powershell.exe -File C:\it\New-Account.ps1 -User bob", false),
            (r"powershell.exe -File C:\it\setup.ps1 bob", false),
            (r"powershell.exe C:\it\Get-It.ps1; C:\it\new.ps1 bob", false),
            ("powershell.exe -Command Get-LocalUser bob", false),
        ] {
            assert_eq!(runs_a_looking_script(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_handed_on_is_a_command_of_its_own() {
        for (line, expected) in [
            (r"px.exe \\app07 -s net user bob P /add", true),
            ("docker exec c1 net user bob P /add", true),
            (r#"tool.exe -x "net user bob P /add""#, true),
            ("adduser.exe bob", false),
            ("provision.exe --net 10.0.0.0/8 bob", false),
            ("net user bob P /add", false),
        ] {
            assert_eq!(hands_a_command_on(line), expected, "{line}");
        }
    }

    #[test]
    fn a_powershell_that_ends_with_its_command_is_known_by_its_line() {
        for (line, expected) in [
            ("powershell.exe -Command \"Write-Host 'net user bob /add'; Start-Sleep 30\"", true),
            ("powershell -nop -c Get-Date", true),
            ("powershell.exe /enc ZABpAHIA", true),
            ("powershell.exe", false),
            ("powershell.exe -NoExit -Command Get-LocalUser bob", false),
            (r"powershell.exe -Command C:\it\new.ps1", false),
            ("powershell.exe -c \"iex $code\"", false),
            (r"powershell.exe -NoProfile -File C:\it\new.ps1 -Count 3", false),
        ] {
            assert_eq!(ends_with_its_command(line), expected, "{line}");
        }
    }
}
