//! What an image can do to accounts, as far as its name and place tell.

use crate::commands::line::image_stem;
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
}

/// What a file says of the process that runs it, worked out once: every creation asks every process for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageFacts {
    /// File name of the image, lower case, without `.exe`.
    pub stem: Option<String>,
    /// `None`: its name tells nothing.
    pub capability: Option<Capability>,
    /// `net`, by whatever name: it never makes the call itself, but starts a `net1` for it.
    pub is_net: bool,
}

impl ImageFacts {
    /// From the path and the name in the version resource.
    pub fn of(image: Option<&str>, original_file_name: Option<&str>) -> ImageFacts {
        let stem = image.map(image_stem);
        let original = original_file_name.map(image_stem);
        let is_net = [&stem, &original].into_iter().any(|name| name.as_deref() == Some("net"));
        let names = [stem.as_deref(), original.as_deref()];
        let capability = image.and_then(|image| capability(image, &names));
        ImageFacts { capability, is_net, stem }
    }
}

fn capability(image: &str, names: &[Option<&str>]) -> Option<Capability> {
    let is = |list: &[&str]| names.iter().flatten().any(|name| list.contains(name));
    if is(CREATE_CAPABLE) {
        return Some(Capability::Creates);
    }
    // A file of that name elsewhere is not Windows' own, and can do anything.
    let in_windows = image.to_lowercase().contains(r"\windows\") && !suspicious::is_user_writable(image);
    if (in_windows || !image.contains('\\')) && is(CANNOT_CREATE) {
        return Some(Capability::OnlyStarts);
    }
    in_windows.then_some(Capability::WindowsOwn)
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
    "python",
    "ruby",
    "perl",
    "java",
    "dsadd",
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

    #[test]
    fn every_name_stands_once_and_as_it_is_compared() {
        let all: Vec<&str> = CREATE_CAPABLE.iter().chain(CANNOT_CREATE).copied().collect();
        for name in &all {
            assert_eq!(all.iter().filter(|other| *other == name).count(), 1, "{name}");
            assert_eq!(image_stem(name), *name);
        }
    }

    #[test]
    fn name_and_place_tell_what_an_image_can_do() {
        use Capability::{Creates, OnlyStarts, WindowsOwn};
        for (image, original, expected, is_net) in [
            (Some(r"C:\Windows\System32\NET.exe"), None, Some(Creates), true),
            (Some(r"C:\Windows\System32\net1.exe"), None, Some(Creates), false),
            (Some(r"C:\x\a.exe"), Some("net.exe"), Some(Creates), true),
            (Some(r"C:\Windows\System32\cmd.exe"), None, Some(OnlyStarts), false),
            (Some("cmd.exe"), None, Some(OnlyStarts), false),
            (Some(r"C:\Users\bob\cmd.exe"), None, None, false),
            (Some(r"C:\Windows\Temp\cmd.exe"), None, None, false),
            (Some(r"C:\Windows\System32\lsass.exe"), None, Some(WindowsOwn), false),
            (Some("lsass.exe"), None, None, false),
            (None, Some("net.exe"), None, true),
        ] {
            let facts = ImageFacts::of(image, original);
            assert_eq!((facts.capability, facts.is_net), (expected, is_net), "{image:?} {original:?}");
        }
    }
}
