//! Whether two paths name one file: the audit log writes the kernel's path (`\Device\HarddiskVolume3\…`,
//! `\Device\Mup\server\…`), Sysmon the one that programs use, and a program may have been started by its short name.

use std::borrow::Cow;

use crate::windows::same_name::same_name;

/// What stands before a path that says nothing of where it leads, lower case; the longer before the shorter.
const PREFIXES: &[&str] =
    &[r"\\?\globalroot", r"\\.\globalroot", r"\??\globalroot", r"\\?\", r"\\.\", r"\??\"];
/// How the kernel calls a path on another machine, and `UNC\` behind a prefix, lower case.
const REDIRECTORS: &[&str] = &[r"\device\mup\", r"\device\lanmanredirector\", r"unc\"];
/// Where Windows itself lies, lower case.
const SYSTEM_ROOTS: &[&str] = &[r"\systemroot\", r"%systemroot%\", r"%windir%\"];

/// Two paths that may be one file's. Which volume has which letter no log tells, so a volume counts as any letter.
pub(crate) fn same_file(ours: &str, theirs: &str) -> bool {
    same_name(ours, theirs) || {
        let (ours, theirs) = (plain(ours), plain(theirs));
        let (mut our_parts, mut their_parts) = (ours.split('\\'), theirs.split('\\'));
        loop {
            match (our_parts.next(), their_parts.next()) {
                (None, None) => return true,
                (Some(ours), Some(theirs)) if same_part(ours, theirs) => {}
                _ => return false,
            }
        }
    }
}

/// The names of two files, without their folders, may be one's.
pub(crate) fn same_file_name(ours: &str, theirs: &str) -> bool {
    let name = |path: &str| path.rsplit(['\\', '/']).next().unwrap_or_default().to_lowercase();
    let (ours, theirs) = (name(ours), name(theirs));
    !ours.is_empty() && same_part(&ours, &theirs)
}

/// From the root, without letter or number of the volume; on another machine from its name. Lower case.
fn plain(path: &str) -> Cow<'static, str> {
    let lower = path.to_lowercase().replace('/', "\\");
    let bare = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix)).unwrap_or(&lower);
    if let Some(elsewhere) = REDIRECTORS.iter().find_map(|name| bare.strip_prefix(name)) {
        // `;Z:00000000000662b9\server\…`: which mapped drive it was.
        let elsewhere = match elsewhere.strip_prefix(';') {
            Some(mapped) => mapped.split_once('\\').map_or("", |(_, path)| path),
            None => elsewhere,
        };
        return Cow::Owned(format!("\\\\{elsewhere}"));
    }
    if let Some(below) = SYSTEM_ROOTS.iter().find_map(|root| bare.strip_prefix(root)) {
        return Cow::Owned(format!("\\windows\\{below}"));
    }
    if let Some(volume) = bare.strip_prefix(r"\device\harddiskvolume") {
        return Cow::Owned(volume.trim_start_matches(|digit: char| digit.is_ascii_digit()).to_owned());
    }
    let below = bare.get(1..).and_then(|rest| rest.strip_prefix(':'));
    Cow::Owned(below.unwrap_or(bare).to_owned())
}

/// `progra~1` is short for `program files`: its first letters without blanks, and a number.
fn same_part(ours: &str, theirs: &str) -> bool {
    ours == theirs || is_short_for(ours, theirs) || is_short_for(theirs, ours)
}

fn is_short_for(short: &str, long: &str) -> bool {
    let Some((begins, number)) = short.split_once('~') else { return false };
    let (number, ending) = number.split_once('.').unwrap_or((number, ""));
    let (long_name, long_ending) = long.rsplit_once('.').unwrap_or((long, ""));
    let long_name: String = long_name.chars().filter(|sign| !matches!(sign, ' ' | '.')).collect();
    !begins.is_empty()
        && !number.is_empty()
        && number.chars().all(|digit| digit.is_ascii_digit())
        && long_name.starts_with(begins)
        && long_ending.starts_with(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = r"C:\Program Files\Vendor Tools\mkacct.exe";

    #[test]
    fn one_file_is_one_however_its_path_is_written() {
        for written in [
            r"c:\program files\vendor tools\MKACCT.EXE",
            r"\Device\HarddiskVolume3\Program Files\Vendor Tools\mkacct.exe",
            r"\\?\C:\Program Files\Vendor Tools\mkacct.exe",
            r"\??\C:\Program Files\Vendor Tools\mkacct.exe",
            r"\\.\GLOBALROOT\Device\HarddiskVolume3\Program Files\Vendor Tools\mkacct.exe",
            r"C:\PROGRA~1\VENDOR~1\mkacct.exe",
            "C:/Program Files/Vendor Tools/mkacct.exe",
        ] {
            assert!(same_file(PATH, written) && same_file(written, PATH), "{written}");
        }
        for (one, other) in [
            (r"\\fs01\tools\x.exe", r"\Device\Mup\fs01\tools\x.exe"),
            (r"\\fs01\tools\x.exe", r"\Device\LanmanRedirector\;Z:00000000000662b9\fs01\tools\x.exe"),
            (r"\\fs01\tools\x.exe", r"\\?\UNC\fs01\tools\x.exe"),
            (r"C:\Windows\System32\net1.exe", r"\SystemRoot\System32\net1.exe"),
            (r"C:\Windows\System32\net1.exe", r"%SystemRoot%\System32\net1.exe"),
        ] {
            assert!(same_file(one, other) && same_file(other, one), "{one} {other}");
        }
    }

    #[test]
    fn others_are_others() {
        for (one, other) in [
            (PATH, r"C:\Program Files\Vendor Tools\mkacct2.exe"),
            (PATH, r"C:\Temp\mkacct.exe"),
            (PATH, r"C:\PROGRA~1\OTHERV~1\mkacct.exe"),
            (r"\\fs01\tools\x.exe", r"\\fs02\tools\x.exe"),
            (r"\\fs01\tools\x.exe", r"C:\tools\x.exe"),
            ("", "x.exe"),
        ] {
            assert!(!same_file(one, other), "{one} {other}");
        }
        assert!(same_file_name(r"Z:\tools\x.exe", r"\\fs01\tools\X.EXE"));
        assert!(!same_file_name("", ""));
    }
}
