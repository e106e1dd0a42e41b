//! What an image can do to accounts, as far as its name and place tell.

use crate::windows::suspicious;

/// What an image can do to accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// It calls the account interfaces itself.
    Creates,
    /// Windows' own, and it only starts what creates accounts.
    OnlyStarts,
    /// Windows' own, and not known to create accounts.
    WindowsOwn,
    /// A program for people, that has no business with accounts.
    ForPeople,
}

/// What an image can do, by its path and the names that it goes by; `None`: they tell nothing.
pub(super) fn capability(image: &str, names: &[Option<&str>]) -> Option<Capability> {
    let is = |list: &[&str]| names.iter().flatten().any(|name| list.contains(name));
    if is(CREATE_CAPABLE) {
        return Some(Capability::Creates);
    }
    // A file of that name elsewhere is not Windows' own, and can do anything.
    let in_windows = image.to_lowercase().contains(r"\windows\") && !suspicious::is_user_writable(image);
    if (in_windows || !image.contains('\\')) && is(CANNOT_CREATE) {
        return Some(Capability::OnlyStarts);
    }
    if !suspicious::is_user_writable(image) && is(FOR_PEOPLE) {
        return Some(Capability::ForPeople);
    }
    in_windows.then_some(Capability::WindowsOwn)
}

/// Where products put their programs, and only administrators can.
const PRODUCT_FOLDERS: &[&str] = &[r"\program files\", r"\program files (x86)\"];

/// A product brought it: by its folder, or by a name that people's programs have in the folder of each user's own.
pub(super) fn is_installed(image: &str, stem: &str) -> bool {
    let image = image.to_lowercase();
    PRODUCT_FOLDERS.iter().any(|folder| image.contains(folder))
        || (image.contains(r"\appdata\") && FOR_PEOPLE.contains(&stem))
}

/// Images that call the account interfaces themselves.
const CREATE_CAPABLE: &[&str] = &[
    "net1",
    "net",
    "powershell",
    "pwsh",
    "powershell_ise",
    "wsmprovhost",
    "mmc",
    "wscript",
    "cscript",
    "mshta",
    "rundll32",
    "regsvr32",
    "lusrmgr",
    "netplwiz",
    "systemsettings",
    "systemsettingsadminflows",
    "useraccountbroker",
    "useraccountcontrolsettings",
    "scrcons",
    "msiexec",
    "msoobe",
    "oobeldr",
    "windeploy",
    "setup",
    "sysprep",
    "dsadd",
    "cloudexperiencehostbroker",
    "useroobebroker",
];

/// Programs for people: in every desktop session, and no suspects for being there.
const FOR_PEOPLE: &[&str] = &[
    "chrome",
    "msedge",
    "msedgewebview2",
    "firefox",
    "opera",
    "brave",
    "vivaldi",
    "iexplore",
    "winword",
    "excel",
    "powerpnt",
    "outlook",
    "olk",
    "onenote",
    "msaccess",
    "visio",
    "winproj",
    "mspub",
    "teams",
    "ms-teams",
    "slack",
    "zoom",
    "discord",
    "thunderbird",
    "acrobat",
    "acrord32",
    "onedrive",
    "spotify",
    "soffice",
    "notepad++",
    "vlc",
];

/// Images that never do: they only start what does.
const CANNOT_CREATE: &[&str] = &[
    "conhost",
    "explorer",
    "cmd",
    "wmic",
    "wmiprvse",
    "svchost",
    "services",
    "winlogon",
    "userinit",
    "csrss",
    "smss",
    "wininit",
    "dwm",
    "runas",
    "sc",
    "schtasks",
    "at",
    "psexec",
    "psexesvc",
    "netdom",
    "whoami",
    "auditpol",
    "wevtutil",
    "gpupdate",
    "taskkill",
    "taskhostw",
    "consent",
    "sihost",
    "ctfmon",
    "fontdrvhost",
    "logonui",
    "werfault",
    "ipconfig",
    "ping",
    "nltest",
    "quser",
    "tasklist",
    "hostname",
    "systeminfo",
    "dllhost",
    "searchindexer",
    "runtimebroker",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::line::image_stem;

    #[test]
    fn every_name_stands_once_and_as_it_is_compared() {
        let all: Vec<&str> = CREATE_CAPABLE.iter().chain(CANNOT_CREATE).chain(FOR_PEOPLE).copied().collect();
        for name in &all {
            assert_eq!(all.iter().filter(|other| *other == name).count(), 1, "{name}");
            assert_eq!(image_stem(name), *name);
        }
    }
}
