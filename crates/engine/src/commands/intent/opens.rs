//! Programs in which a person manages accounts: their line says that they were opened, and not what for.

use crate::commands::line::{Token, image_stem, tokens};

/// A program that accounts are managed with.
struct Opener {
    /// File names without `.exe`, lower case.
    programs: &'static [&'static str],
    /// One of these has to be among its arguments, without its folder; none: it manages nothing else.
    with: &'static [&'static str],
}

/// The settings of Windows 10 and later are not among them: their line does not tell which page is open.
const OPENERS: &[Opener] = &[
    Opener { programs: &["mmc"], with: &["lusrmgr.msc", "compmgmt.msc", "dsa.msc"] },
    Opener { programs: &["netplwiz", "lusrmgr", "dsac"], with: &[] },
    Opener {
        programs: &["control"],
        with: &["userpasswords", "userpasswords2", "nusrmgr.cpl", "microsoft.useraccounts"],
    },
    Opener { programs: &["rundll32"], with: &["netplwiz.dll", "nusrmgr.cpl"] },
];

/// Whether a process's line opens what accounts are managed with, without saying that one is created.
pub fn speaks_of_accounts(image: Option<&str>, original_file_name: Option<&str>, line: &str) -> bool {
    // Asked of every line: most are of programs that open nothing, and end here.
    let opener = match (image, original_file_name) {
        (None, None) => tokens(line).first().and_then(|first| opener(&first.stem())),
        names => [names.0, names.1].into_iter().flatten().find_map(|name| opener(&image_stem(name))),
    };
    opener.is_some_and(|opener| {
        opener.with.is_empty()
            || tokens(line).iter().skip(1).any(|word| opener.with.iter().any(|with| names_it(word, with)))
    })
}

fn opener(program: &str) -> Option<&'static Opener> {
    OPENERS.iter().find(|row| row.programs.contains(&program))
}

/// The file, whatever its folder, and whatever function of it is asked for: `netplwiz.dll,UsersRunDll`.
fn names_it(word: &Token, wanted: &str) -> bool {
    let lower = word.text.to_lowercase();
    lower.split([',', ' ']).any(|part| part.rsplit(['\\', '/']).next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_the_management_of_accounts_speaks_of_them() {
        for (image, line, speaks) in [
            ("mmc.exe", r#""C:\Windows\System32\mmc.exe" "C:\Windows\System32\lusrmgr.msc""#, true),
            ("mmc.exe", "mmc lusrmgr.msc", true),
            ("mmc.exe", r"mmc.exe C:\Windows\system32\compmgmt.msc /s", true),
            ("mmc.exe", "mmc dsa.msc", true),
            ("mmc.exe", "mmc services.msc", false),
            ("mmc.exe", "mmc", false),
            ("netplwiz.exe", "netplwiz", true),
            ("control.exe", "control userpasswords2", true),
            ("control.exe", "control.exe /name Microsoft.UserAccounts", true),
            ("control.exe", "control printers", false),
            ("rundll32.exe", "rundll32.exe netplwiz.dll,UsersRunDll", true),
            ("rundll32.exe", r"rundll32 C:\Windows\system32\netplwiz.dll, UsersRunDll", true),
            ("rundll32.exe", "rundll32 shell32.dll,Control_RunDLL nusrmgr.cpl", true),
            ("rundll32.exe", "rundll32 printui.dll,PrintUIEntry", false),
            ("notepad.exe", "notepad lusrmgr.msc", false),
            ("cmd.exe", "cmd /c start lusrmgr.msc", false),
        ] {
            let image = format!(r"C:\Windows\System32\{image}");
            assert_eq!(speaks_of_accounts(Some(&image), None, line), speaks, "{line}");
            assert_eq!(speaks_of_accounts(None, None, line), speaks, "{line}");
        }
        assert!(speaks_of_accounts(Some(r"C:\x\a.exe"), Some("mmc.exe"), "a.exe lusrmgr.msc"));
        assert!(!speaks_of_accounts(Some(r"C:\x\a.exe"), None, "mmc.exe lusrmgr.msc"));
    }
}
