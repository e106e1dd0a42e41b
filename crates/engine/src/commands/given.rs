//! What a program was given on its line, as far as that says how it goes on: PowerShell ends with a command, `net` asks
//! for a password.

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

/// `net user bob * /add`.
pub(crate) fn waits_for_password(line: &str) -> bool {
    line.split_whitespace().any(|word| word == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

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
