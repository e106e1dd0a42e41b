//! What AN1235 calls a suspicious executable, by default: one table, a reason each.

use begat_model::Text;

use crate::command_line::image_stem;

/// Why an executable counts as suspicious.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuspiciousRow {
    /// File name without `.exe`, lower case.
    pub name: &'static str,
    /// What it can do to accounts, or carry in.
    pub reason: &'static str,
}

/// Executables that create accounts, or run what does, by file name or by original file name.
pub const EXECUTABLES: &[SuspiciousRow] = &[
    SuspiciousRow { name: "net", reason: "creates accounts with `user NAME /add`, through net1" },
    SuspiciousRow { name: "net1", reason: "makes the call for net" },
    SuspiciousRow { name: "powershell", reason: "New-LocalUser, ADSI, .NET, any script" },
    SuspiciousRow { name: "pwsh", reason: "New-LocalUser, ADSI, .NET, any script" },
    SuspiciousRow { name: "powershell_ise", reason: "New-LocalUser, ADSI, .NET, any script" },
    SuspiciousRow { name: "wsmprovhost", reason: "is the PowerShell of somebody elsewhere, over WinRM" },
    SuspiciousRow { name: "wmic", reason: "starts processes here and elsewhere" },
    SuspiciousRow { name: "cmd", reason: "runs net and scripts" },
    SuspiciousRow { name: "wscript", reason: "scripts can create accounts through ADSI" },
    SuspiciousRow { name: "cscript", reason: "scripts can create accounts through ADSI" },
    SuspiciousRow { name: "mshta", reason: "HTML applications can create accounts through ADSI" },
    SuspiciousRow { name: "rundll32", reason: "runs code from any library" },
    SuspiciousRow { name: "regsvr32", reason: "runs code from any library or scriptlet" },
];

/// Launchers that carry commands from elsewhere: what they start is suspicious, whatever it is.
pub const LAUNCHERS: &[SuspiciousRow] = &[
    SuspiciousRow { name: "wmiprvse", reason: "started through WMI" },
    SuspiciousRow { name: "wsmprovhost", reason: "started through WinRM" },
    SuspiciousRow { name: "psexesvc", reason: "started through PsExec" },
    SuspiciousRow { name: "taskeng", reason: "started by a scheduled task" },
];

/// Helpers that Windows itself starts beside any console program: they act for nobody.
const BYSTANDERS: &[&str] = &["conhost", "wermgr", "werfault"];

/// Folders that an ordinary user can write to, lower case, as parts of a path.
const USER_WRITABLE: &[&str] = &[
    r"\users\",
    r"\programdata\",
    r"\windows\temp\",
    r"\windows\tasks\",
    r"\windows\debug\wia\",
    r"\windows\tracing\",
    r"\windows\system32\tasks\",
    r"\windows\system32\spool\drivers\color\",
    r"\perflogs\",
    r"\$recycle.bin\",
    r"\temp\",
    r"\tmp\",
];

/// What is asked about a process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// Full path.
    pub image: Option<&'a str>,
    /// Name in the version resource.
    pub original_file_name: Option<&'a str>,
    /// Full path of the parent.
    pub parent_image: Option<&'a str>,
    /// The parent's command line: a service host is told from another by its `-s` argument.
    pub parent_command_line: Option<&'a str>,
}

/// Why a process counts as suspicious; `None` where it does not.
pub fn reason(process: Subject<'_>) -> Option<Text> {
    let stem = process.image.map(image_stem);
    if stem.as_deref().is_some_and(|stem| BYSTANDERS.contains(&stem)) {
        return None;
    }
    let row_of = |name: &str| EXECUTABLES.iter().find(|row| row.name == name);
    if let Some(row) = stem.as_deref().and_then(row_of) {
        return Some(row.reason.into());
    }
    if let Some(row) = process.original_file_name.map(image_stem).as_deref().and_then(row_of) {
        return Some(format!("a renamed {}: {}", row.name, row.reason).into());
    }
    if let Some(row) = launcher(process) {
        return Some(row.reason.into());
    }
    let image = process.image?.to_lowercase();
    is_user_writable(&image).then(|| "runs from a folder that ordinary users can write to".into())
}

/// The name is one of the known ones, and the file goes by another: told where the version resource is logged.
pub fn is_renamed(image: Option<&str>, original_file_name: Option<&str>) -> bool {
    let (Some(image), Some(original)) = (image, original_file_name) else { return false };
    let (stem, original) = (image_stem(image), image_stem(original));
    stem != original && EXECUTABLES.iter().any(|row| row.name == original)
}

/// The image lies where an ordinary user can put files.
pub fn is_user_writable(image: &str) -> bool {
    let image = image.to_lowercase();
    USER_WRITABLE.iter().any(|folder| image.contains(folder))
}

/// The launcher that started the process, where it is one that carries commands from elsewhere.
pub fn launcher(process: Subject<'_>) -> Option<&'static SuspiciousRow> {
    let parent = process.parent_image.map(image_stem)?;
    let known = LAUNCHERS.iter().find(|row| row.name == parent);
    known.or_else(|| {
        let line = process.parent_command_line.unwrap_or_default().to_lowercase();
        let is_scheduler = parent == "svchost" && line.split_whitespace().any(|word| word == "schedule");
        is_scheduler.then(|| LAUNCHERS.iter().find(|row| row.name == "taskeng"))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(image: &str) -> Option<String> {
        reason(Subject { image: Some(image), ..Subject::default() }).map(|reason| reason.to_string())
    }

    #[test]
    fn every_row_is_unique_and_found_by_its_name() {
        for rows in [EXECUTABLES, LAUNCHERS] {
            for row in rows {
                assert_eq!(rows.iter().filter(|other| other.name == row.name).count(), 1, "{}", row.name);
                assert!(!row.reason.is_empty());
            }
        }
        for row in EXECUTABLES {
            assert_eq!(of(&format!(r"C:\Windows\System32\{}.EXE", row.name)).as_deref(), Some(row.reason));
        }
    }

    #[test]
    fn launchers_carriers_and_folders() {
        let child_of = |parent: &str, line: Option<&str>| {
            reason(Subject {
                image: Some(r"C:\Windows\System32\hostname.exe"),
                parent_image: Some(parent),
                parent_command_line: line,
                ..Subject::default()
            })
        };
        assert!(child_of(r"C:\Windows\System32\wbem\WmiPrvSE.exe", None).is_some());
        assert!(
            child_of(r"C:\Windows\System32\svchost.exe", Some("svchost.exe -k netsvcs -p -s Schedule"))
                .is_some()
        );
        assert!(
            child_of(r"C:\Windows\System32\svchost.exe", Some("svchost.exe -k netsvcs -s Themes")).is_none()
        );
        assert!(child_of(r"C:\Windows\explorer.exe", None).is_none());
        assert!(of(r"C:\Users\Public\x.exe").is_some());
        assert!(of(r"C:\Windows\System32\lsass.exe").is_none());
    }

    #[test]
    fn conhost_beside_net_is_a_bystander() {
        let conhost = Subject {
            image: Some(r"C:\Windows\System32\conhost.exe"),
            parent_image: Some(r"C:\Windows\System32\wbem\WmiPrvSE.exe"),
            ..Subject::default()
        };
        assert_eq!(reason(conhost), None);
    }

    #[test]
    fn a_renamed_tool_is_told_as_such() {
        assert!(is_renamed(Some(r"C:\x\a.exe"), Some("net1.exe")));
        assert!(!is_renamed(Some(r"C:\Windows\System32\cmd.exe"), Some("Cmd.Exe")));
        assert!(!is_renamed(Some(r"C:\x\a.exe"), None));
    }
}
