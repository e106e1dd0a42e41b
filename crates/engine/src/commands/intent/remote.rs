//! Which other machines a command line or a script reaches to run something there, or to manage accounts there.

use crate::commands::intent::aim::{bare, is_self};
use crate::commands::intent::glance::Glance;
use crate::commands::intent::hosts::{INTERPRETERS, ROWS, Row};
use crate::commands::intent::parameters::cmdlet;
use crate::commands::intent::reading::{Reading, Step, What};
use crate::commands::line::{Token, tokens};

/// Targets of one text that are told.
const TARGETS_MAX: usize = 64;

/// A machine that is reached, and by what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteTarget {
    /// As written, without slashes, in lower case.
    pub host: String,
    /// A row's name: `wmic`, `winrm`, `psexec` …
    pub via: &'static str,
}

/// What stands in every text that could reach another machine.
static REACHING: Glance<20> = Glance::new([
    r"\\", "/node", "-node", "-r:", "/r:", "remote:", "-comp", "-cn", "ctionuri", "ssession", "etsn", "nsn",
    "icm", "-command", "schtasks", "@", "winnt:", "winmgmts", "base64", "-join",
]);

/// The machines that a process's command line reaches. `image` and `original_file_name` tell a renamed tool.
pub fn remote_targets(
    image: Option<&str>,
    original_file_name: Option<&str>,
    line: &str,
) -> Vec<RemoteTarget> {
    targets_of(&Reading::of_line(image, original_file_name, line))
}

/// The machines that a PowerShell script reaches.
pub fn script_remote_targets(script: &str) -> Vec<RemoteTarget> {
    targets_of(&Reading::of_script(script))
}

pub(super) fn targets_of(reading: &Reading<'_>) -> Vec<RemoteTarget> {
    let own = ROWS.iter().filter(|row| reading.is_by(row.commands));
    let mut found: Vec<RemoteTarget> =
        own.flat_map(|row| targets(row, tokens(reading.text).get(1..).unwrap_or_default())).collect();
    if reading.has_before() || REACHING.sees(reading.text) {
        found.extend(of_steps(reading.steps()));
    }
    bounded(found)
}

fn bounded(mut found: Vec<RemoteTarget>) -> Vec<RemoteTarget> {
    found.sort();
    found.dedup();
    found.truncate(TARGETS_MAX);
    found
}

fn of_steps(steps: &[Step]) -> Vec<RemoteTarget> {
    steps
        .iter()
        .flat_map(|step| match &step.what {
            What::Program(words) | What::Command(words) => of_command(words),
            What::Path(path) => of_path(path).into_iter().collect(),
            What::Call(_) => Vec::new(),
        })
        .collect()
}

/// The tool at the beginning of a command, or after `cmd /c`, `runas … `, `start`, `python`.
fn of_command(words: &[Token]) -> Vec<RemoteTarget> {
    let mut found = Vec::new();
    if let Some((name, after)) = cmdlet(words) {
        let rows = ROWS.iter().filter(|row| row.commands.contains(&name.as_str()));
        found.extend(rows.flat_map(|row| targets(row, after)));
    }
    for (index, word) in words.iter().enumerate() {
        let leads = match index.checked_sub(1).map(|before| &words[before]) {
            None => true,
            Some(before) => {
                before.is_switch()
                    || matches!(before.lower().as_str(), "start" | "call" | "do")
                    || INTERPRETERS.contains(&before.stem().as_str())
            }
        };
        let stem = word.stem();
        if let Some(row) = ROWS.iter().find(|row| leads && row.commands.contains(&stem.as_str())) {
            found.extend(targets(row, &words[index + 1..]));
            break;
        }
    }
    found
}

fn targets(row: &Row, after: &[Token]) -> Vec<RemoteTarget> {
    let hosts = row.written(after).unwrap_or_default();
    hosts.split(',').filter_map(host).map(|host| RemoteTarget { host, via: row.via }).collect()
}

/// `WinNT://HOST/…`; `\\HOST\root\cimv2`, `winmgmts:{…}!\\HOST\root`.
fn of_path(path: &str) -> Option<RemoteTarget> {
    let lower = path.to_lowercase();
    if let Some(rest) = lower.strip_prefix("winnt://") {
        let name = rest.split(['/', ',']).next()?;
        return host(name).map(|host| RemoteTarget { host, via: "adsi" });
    }
    let (_, rest) = lower.split_once(r"\\")?;
    let (name, rest) = rest.split_once('\\')?;
    rest.starts_with("root").then(|| host(name)).flatten().map(|host| RemoteTarget { host, via: "wmi" })
}

/// A name of another machine; an address keeps its host alone. Variables, files of names and patterns are none.
fn host(written: &str) -> Option<String> {
    let lower = written.trim().trim_matches(['"', '\'', '\\', ' ', '(', ')']).to_lowercase();
    let name = bare(&lower);
    let is_name = name.chars().all(|part| part.is_alphanumeric() || matches!(part, '.' | '-' | '_' | ':'));
    (!name.is_empty() && is_name && !is_self(name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Command lines and what they reach: `via HOST`.
    const LINES: &[(&str, &[&str])] = &[
        ("wmic /node:SRV9 process call create \"net user bob P /add\"", &["wmic srv9"]),
        ("wmic /node:\"srv1\",\"srv2\" os get name", &["wmic srv1", "wmic srv2"]),
        ("wmic /node:'srv1' process call create calc", &["wmic srv1"]),
        ("cmd.exe /c C:\\Windows\\System32\\wbem\\WMIC.exe /NODE: srv1 /user:x process list", &["wmic srv1"]),
        ("wmic /node:@hosts.txt os get name", &[]),
        ("wmic process call create calc", &[]),
        ("winrs -r:srv1 net user bob P /add", &["winrm srv1"]),
        ("winrs /remote:http://srv1.corp.local:5985/wsman whoami", &["winrm srv1.corp.local"]),
        ("winrs -r:https://srv1 whoami", &["winrm srv1"]),
        ("winrm invoke Create wmicimv2/Win32_Process @{CommandLine=\"calc\"} -r:srv1", &["winrm srv1"]),
        ("sc \\\\SRV1 create x binPath= \"cmd /c net user bob P /add\"", &["service srv1"]),
        ("sc.exe \\\\10.0.0.7 start x", &["service 10.0.0.7"]),
        ("sc \\\\srv1 query x", &[]),
        ("sc create x binPath= C:\\x.exe", &[]),
        ("schtasks /create /s srv1 /tn x /tr \"net user bob P /add\"", &["task srv1"]),
        ("schtasks /query /s srv1", &[]),
        ("schtasks /create /tn x /tr y /sc daily", &[]),
        ("at \\\\srv1 10:00 net user bob P /add", &["task srv1"]),
        ("psexec \\\\srv1 -u x -p y cmd", &["psexec srv1"]),
        ("psexec -accepteula \\\\srv1,srv2 net user bob P /add", &["psexec srv1", "psexec srv2"]),
        ("PsExec64.exe \\\\srv1 cmd", &["psexec srv1"]),
        ("psexec -s \\\\*  cmd", &[]),
        ("psexec -s robocopy \\\\srv1\\share C:\\x", &[]),
        ("copy psexec.exe \\\\srv1\\admin$", &[]),
        ("python wmiexec.py corp/bob:P@ss@10.0.0.9 whoami", &["impacket 10.0.0.9"]),
        ("python3 C:\\t\\psexec.py bob@srv1", &["impacket srv1"]),
        ("python mail.py bob@example.org", &[]),
        ("net use \\\\srv1\\c$", &[]),
        ("net view \\\\srv1", &[]),
        ("net user bob /domain", &[]),
        ("powershell Invoke-Command -ComputerName srv1 -ScriptBlock {net user bob P /add}", &["winrm srv1"]),
        ("powershell -nop -c \"icm -cn srv1,'srv2' {whoami}\"", &["winrm srv1", "winrm srv2"]),
        ("powershell Enter-PSSession SRV1", &["winrm srv1"]),
        ("powershell Invoke-Command {whoami}", &[]),
        ("powershell Invoke-Command -ScriptBlock {whoami} -ComputerName localhost", &[]),
        ("powershell Get-Service -ComputerName srv1", &[]),
        (
            "powershell iwmi -ComputerN srv1 -Class Win32_Process -Name Create -ArgumentList calc",
            &["wmi srv1"],
        ),
        ("powershell Invoke-CimMethod -ComputerName srv1 -ClassName Win32_Process", &["cim srv1"]),
        ("powershell \"([wmiclass]'\\\\srv1\\root\\cimv2:win32_process').Create('calc')\"", &["wmi srv1"]),
        ("powershell \"$c=[ADSI]'WinNT://srv1,computer'; $c.Create('user','bob')\"", &["adsi srv1"]),
        ("powershell \"([ADSI]'WinNT://./Administrators,group').Add('WinNT://corp/bob')\"", &[]),
        ("mshta vbscript:Execute(\"Set o=GetObject(\"\"WinNT://srv1\"\"):close\")", &["adsi srv1"]),
        ("mshta vbscript:Execute(\"GetObject(\"\"winmgmts:{x}!\\\\srv1\\root\\cimv2\"\")\")", &["wmi srv1"]),
        ("", &[]),
    ];

    fn in_words(found: Vec<RemoteTarget>) -> Vec<String> {
        found.into_iter().map(|target| format!("{} {}", target.via, target.host)).collect()
    }

    #[test]
    fn other_machines_are_told_by_every_row() {
        for (line, expected) in LINES {
            assert_eq!(in_words(remote_targets(None, None, line)), *expected, "of {line}");
        }
        for row in ROWS {
            let seen =
                LINES.iter().any(|(_, expected)| expected.iter().any(|told| told.starts_with(row.via)));
            assert!(seen, "no line for {}", row.via);
        }
    }

    #[test]
    fn names_of_this_machine_and_of_no_machine_are_left_out() {
        for own in
            [".", "localhost", "LOCALHOST", "127.0.0.1", "::1", "$env:COMPUTERNAME", "%COMPUTERNAME%", "*"]
        {
            assert_eq!(
                remote_targets(None, None, &format!("wmic /node:{own} process call create x")),
                [],
                "{own}"
            );
            let script = format!("$c = [ADSI]\"WinNT://{own},computer\"");
            assert_eq!(script_remote_targets(&script), [], "{own}");
        }
    }

    #[test]
    fn a_renamed_tool_is_known_by_its_original_name() {
        let found = remote_targets(Some(r"C:\t\x.exe"), Some("psexec.c"), r"x.exe \\srv1 cmd");
        assert_eq!(in_words(found), ["psexec srv1"]);
        assert_eq!(remote_targets(Some(r"C:\t\x.exe"), None, r"x.exe \\srv1 cmd"), []);
    }

    #[test]
    fn scripts_are_read_with_their_variables() {
        let script = "# Invoke-Command -ComputerName not1\n$h = 'srv1'\n$o = @{ComputerName=$h; ScriptBlock={whoami}}\n\
            Invoke-Command @o\nNew-CimSession -ComputerName srv2\n$d=[ADSI]\"WinNT://$h/bob,user\"";
        assert_eq!(in_words(script_remote_targets(script)), ["adsi srv1", "winrm srv1", "cim srv2"]);
        let many: String = (0..200).map(|index| format!("etsn srv{index}\n")).collect();
        assert_eq!(script_remote_targets(&many).len(), TARGETS_MAX);
    }
}
