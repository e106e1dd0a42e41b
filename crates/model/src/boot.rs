//! Windows' own boot: the few processes that it writes a 4688 for whatever its audit policy says.
//!
//! Until lsass has read the policy everything is audited, so each boot leaves 9 to 12 of these records. A host that
//! tells of no other process is one that does not show its processes.

/// Files of the boot, in System32.
const FILES: &[&str] = &[
    "smss.exe",
    "autochk.exe",
    "setupcl.exe",
    "csrss.exe",
    "wininit.exe",
    "winlogon.exe",
    "services.exe",
    "lsass.exe",
];
/// The kernel's own processes have names, and no file.
const REGISTRY: &str = "Registry";
const KERNEL: &str = "System";
/// Those of the boot that start others of it.
const STARTERS: &[&str] = &["smss.exe", "wininit.exe"];
/// Where Windows has its own files, below a drive or a volume.
const FOLDERS: &[&str] = &[r"\Windows\System32\", r"\SystemRoot\System32\"];

/// Whether a new process is of Windows' own boot: by its image, and by its parent's where that is told. One that is
/// started by another than the boot's own is a program like any other, whatever it is called.
pub fn is_of_boot(image: Option<&str>, parent: Option<&str>) -> bool {
    let by_boot = parent.is_none_or(|parent| parent == KERNEL || is_system_file(parent, STARTERS));
    image.is_some_and(|image| by_boot && (image == REGISTRY || is_system_file(image, FILES)))
}

fn is_system_file(path: &str, files: &[&str]) -> bool {
    let folder = |file: &str| without_end(path, file);
    let volume =
        |folder: &str| FOLDERS.iter().find_map(|own| without_end(folder, own)).is_some_and(is_volume);
    files.iter().filter_map(|file| folder(file)).any(volume)
}

/// `C:`, `\Device\HarddiskVolume3`, or nothing before the folder.
fn is_volume(path: &str) -> bool {
    let device = path.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(r"\Device\"));
    path.is_empty() || (path.len() == 2 && path.ends_with(':')) || (device && !path[8..].contains('\\'))
}

/// What stands before an end, in small letters or large.
fn without_end<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let (before, found) = text.split_at_checked(text.len().checked_sub(end.len())?)?;
    found.eq_ignore_ascii_case(end).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_is_known_by_file_and_parent() {
        let (smss, wininit) = (r"C:\Windows\System32\smss.exe", r"C:\Windows\System32\wininit.exe");
        let services = r"C:\Windows\System32\services.exe";
        for (image, parent, expected) in [
            ("Registry", None, true),
            (smss, None, true),
            (smss, Some("System"), true),
            (smss, Some(smss), true),
            (r"\SystemRoot\System32\smss.exe", None, true),
            (r"\Device\HarddiskVolume2\Windows\System32\csrss.exe", Some(smss), true),
            (r"c:\windows\SYSTEM32\Autochk.exe", Some(smss), true),
            (r"C:\Windows\System32\setupcl.exe", Some(smss), true),
            (r"C:\Windows\System32\winlogon.exe", Some(smss), true),
            (services, Some(wininit), true),
            (r"C:\Windows\System32\lsass.exe", Some(wininit), true),
            (r"C:\Windows\System32\svchost.exe", Some(services), false),
            (r"C:\Windows\System32\svchost.exe", None, false),
            (r"C:\Windows\System32\lsass.exe", Some(r"C:\Windows\System32\cmd.exe"), false),
            (r"C:\Users\Public\lsass.exe", None, false),
            (r"C:\Users\Public\Windows\System32\lsass.exe", None, false),
            (r"\Device\Mup\srv1\Windows\System32\lsass.exe", None, false),
            (r"C:\Windows\System32\notlsass.exe", Some(wininit), false),
            (r"C:\Windows\System32\wbem\smss.exe", Some(smss), false),
            (r"C:\t\Registry", None, false),
            ("lsass.exe", None, false),
            ("é\u{301}", None, false),
            ("", None, false),
        ] {
            assert_eq!(is_of_boot(Some(image), parent), expected, "{image} by {parent:?}");
        }
        assert!(!is_of_boot(None, None), "a process without a name is none that is known");
    }

    #[test]
    fn every_file_of_the_boot_is_one() {
        for file in FILES {
            assert!(is_of_boot(Some(&format!(r"C:\Windows\System32\{file}")), None), "{file}");
        }
        assert!(STARTERS.iter().all(|starter| FILES.contains(starter)));
    }
}
