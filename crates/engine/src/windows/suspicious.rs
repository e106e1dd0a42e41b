//! What AN1235 calls a suspicious executable: one table, a reason each, and what a site adds to it or puts in its
//! place.

use begat_model::Text;
use begat_model::analytic::{Analytic, PathClass, SuspiciousEntry};

use crate::commands::line::image_stem;

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
    SuspiciousRow { name: "winrshost", reason: "started through WinRM" },
    SuspiciousRow { name: "sshd", reason: "started through SSH" },
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

/// Folders of the system's drive in which only administrators write, from its root, lower case.
const PROTECTED: &[(&str, PathClass)] = &[
    (r"\windows\", PathClass::Windows),
    (r"\program files\", PathClass::ProgramFiles),
    (r"\program files (x86)\", PathClass::ProgramFiles),
];

/// What stands before the root in the ways to write a path: `C:`, `\??\C:`, `\Device\HarddiskVolume3`.
const VOLUME_PREFIXES: &[&str] = &[r"\??\", r"\\?\", r"\\.\"];

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
    /// The site's rules that hit it.
    pub rules: &'a [Text],
}

/// Why a process counts as suspicious to a site; `None` where it does not.
pub fn reason(analytic: &Analytic, process: Subject<'_>) -> Option<Text> {
    let by_site = site_reason(analytic, process).map(Text::from);
    by_site.or_else(|| analytic.suspicious_defaults.then(|| default_reason(process))?)
}

/// Why by what the site set itself: the rules that hit it, the entry that it fits.
fn site_reason(analytic: &Analytic, process: Subject<'_>) -> Option<String> {
    match process.rules {
        [] => {}
        [rule] => return Some(format!("the rule {rule} hits it")),
        rules => return Some(format!("the rules {} hit it", rules.join(", "))),
    }
    let entry = analytic.suspicious.iter().find(|entry| fits(entry, process))?;
    Some(entry.reason.to_string())
}

/// All that the entry names fits; one that names nothing fits nothing.
fn fits(entry: &SuspiciousEntry, process: Subject<'_>) -> bool {
    let SuspiciousEntry { image, original_file_name, path_class: class, reason: _ } = entry;
    let named = [
        image.as_ref().map(|pattern| process.image.is_some_and(|image| pattern.matches_file(image))),
        original_file_name
            .as_ref()
            .map(|pattern| process.original_file_name.is_some_and(|name| pattern.matches(name))),
        class.map(|class| process.image.and_then(path_class) == Some(class)),
    ];
    let mut named = named.into_iter().flatten().peekable();
    named.peek().is_some() && named.all(|fits| fits)
}

/// The process as a clause, where it is itself a suspicious executable: a known tool, or what the site calls so.
pub fn tool(analytic: &Analytic, process: Subject<'_>) -> Option<String> {
    let stem = process.image.map(image_stem);
    let known = stem
        .as_deref()
        .filter(|stem| analytic.suspicious_defaults && EXECUTABLES.iter().any(|row| row.name == *stem));
    match (known, site_reason(analytic, process)) {
        (Some(known), None) => Some(known.to_owned()),
        (None, None) => None,
        (_, Some(why)) => Some(format!("{} ({why})", stem.as_deref().unwrap_or("a process without a name"))),
    }
}

/// What sort of folder an image lies in; `None` where only its name is told.
pub fn path_class(image: &str) -> Option<PathClass> {
    if !image.contains('\\') {
        return None;
    }
    if is_user_writable(image) {
        return Some(PathClass::UserWritable);
    }
    let path = image.to_lowercase();
    let from_root = from_root(&path);
    let row = PROTECTED.iter().find(|(folder, _)| from_root.starts_with(folder));
    Some(row.map_or(PathClass::Other, |(_, class)| *class))
}

/// A path without its volume: a folder `Windows` that somebody made elsewhere is none of Windows'.
fn from_root(path: &str) -> &str {
    let path = VOLUME_PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or(path);
    if let Some(rest) = path.strip_prefix(r"\device\harddiskvolume") {
        return rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    match path.strip_prefix(r"\systemroot") {
        Some(_) => r"\windows\",
        None => path.get(1..).and_then(|rest| rest.strip_prefix(':')).unwrap_or(path),
    }
}

/// Why by begat's own tables.
fn default_reason(process: Subject<'_>) -> Option<Text> {
    match own_sign(process.image, process.original_file_name) {
        OwnSign::Bystander => None,
        OwnSign::Tool(row) => Some(row.reason.into()),
        OwnSign::Renamed(row) => Some(format!("a renamed {}: {}", row.name, row.reason).into()),
        own => match launcher(process) {
            Some(row) => Some(row.reason.into()),
            None => (own == OwnSign::UserWritable)
                .then(|| "runs from a folder that ordinary users can write to".into()),
        },
    }
}

/// What begat's own tables say of a process by its file, whoever started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OwnSign {
    /// Windows starts it beside any console program.
    Bystander,
    /// It is one of the known executables.
    Tool(&'static SuspiciousRow),
    /// It is one of them under another name.
    Renamed(&'static SuspiciousRow),
    /// It lies where an ordinary user can put files.
    UserWritable,
    /// Nothing.
    #[default]
    Nothing,
}

/// What begat's own tables say of a file.
pub(crate) fn own_sign(image: Option<&str>, original_file_name: Option<&str>) -> OwnSign {
    let stem = image.map(image_stem);
    if stem.as_deref().is_some_and(|stem| BYSTANDERS.contains(&stem)) {
        return OwnSign::Bystander;
    }
    let row_of = |name: &str| EXECUTABLES.iter().find(|row| row.name == name);
    if let Some(row) = stem.as_deref().and_then(row_of) {
        return OwnSign::Tool(row);
    }
    if let Some(row) = original_file_name.map(image_stem).as_deref().and_then(row_of) {
        return OwnSign::Renamed(row);
    }
    match image {
        Some(image) if is_user_writable(image) => OwnSign::UserWritable,
        _ => OwnSign::Nothing,
    }
}

/// What a parent makes of what it starts, by its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum AsParent {
    /// It carries commands from elsewhere.
    Launcher(&'static SuspiciousRow),
    /// It does where it is the service host of the task scheduler.
    ServiceHost,
    /// Nothing.
    #[default]
    Nobody,
}

/// What a parent makes of what it starts.
pub(crate) fn as_parent(image: &str) -> AsParent {
    let stem = image_stem(image);
    match LAUNCHERS.iter().find(|row| row.name == stem) {
        Some(row) => AsParent::Launcher(row),
        None if stem == "svchost" => AsParent::ServiceHost,
        None => AsParent::Nobody,
    }
}

/// Whether a process counts as suspicious to a site: `reason` without its words, from what is known of the two files.
pub(crate) fn is_suspicious(
    analytic: &Analytic,
    process: Subject<'_>,
    own: OwnSign,
    parent: AsParent,
) -> bool {
    let by_default = || match own {
        OwnSign::Bystander => false,
        OwnSign::Nothing => launcher_of(parent, process.parent_command_line).is_some(),
        OwnSign::Tool(_) | OwnSign::Renamed(_) | OwnSign::UserWritable => true,
    };
    site_reason(analytic, process).is_some() || (analytic.suspicious_defaults && by_default())
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
    launcher_of(as_parent(process.parent_image?), process.parent_command_line)
}

fn launcher_of(parent: AsParent, line: Option<&str>) -> Option<&'static SuspiciousRow> {
    match parent {
        AsParent::Launcher(row) => Some(row),
        AsParent::ServiceHost => {
            let is_scheduler = line?.split_whitespace().any(|word| word.eq_ignore_ascii_case("schedule"));
            is_scheduler.then(|| LAUNCHERS.iter().find(|row| row.name == "taskeng"))?
        }
        AsParent::Nobody => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(image: &str) -> Option<String> {
        default_reason(Subject { image: Some(image), ..Subject::default() }).map(|reason| reason.to_string())
    }

    fn site(entries: &[SuspiciousEntry], defaults: bool) -> Analytic {
        Analytic { suspicious: entries.to_vec(), suspicious_defaults: defaults, ..Analytic::default() }
    }

    #[test]
    fn a_site_adds_executables_by_path_by_name_by_original_name_and_by_folder() {
        let pattern = |text: &str| Some(begat_model::pattern::Pattern::new(text));
        let entry = || SuspiciousEntry { reason: "ours".into(), ..SuspiciousEntry::default() };
        let tool = Subject {
            image: Some(r"C:\Tools\AdmTool.exe"),
            original_file_name: Some("adm.exe"),
            ..Subject::default()
        };
        for (entry, fits) in [
            (SuspiciousEntry { image: pattern("admtool.exe"), ..entry() }, true),
            (SuspiciousEntry { image: pattern(r"?:\tools\*"), ..entry() }, true),
            (SuspiciousEntry { image: pattern("tools"), ..entry() }, false),
            (SuspiciousEntry { original_file_name: pattern("ADM.*"), ..entry() }, true),
            (SuspiciousEntry { path_class: Some(PathClass::Other), ..entry() }, true),
            (SuspiciousEntry { path_class: Some(PathClass::Windows), ..entry() }, false),
            (
                SuspiciousEntry {
                    image: pattern("admtool.exe"),
                    original_file_name: pattern("x"),
                    ..entry()
                },
                false,
            ),
            (entry(), false),
        ] {
            let site = site(std::slice::from_ref(&entry), true);
            assert_eq!(reason(&site, tool).as_deref(), fits.then_some("ours"), "{entry:?}");
            assert_eq!(super::tool(&site, tool), fits.then(|| "admtool (ours)".to_owned()), "{entry:?}");
        }
        let unnamed = SuspiciousEntry { original_file_name: pattern("*"), ..entry() };
        let nothing_told = Subject { image: tool.image, ..Subject::default() };
        assert_eq!(reason(&site(&[unnamed], true), nothing_told), None, "what is not told fits no pattern");
    }

    #[test]
    fn a_site_may_do_without_the_defaults_and_its_rules_count_whatever_they_hit() {
        let net1 = Subject { image: Some(r"C:\Windows\System32\net1.exe"), ..Subject::default() };
        assert!(reason(&site(&[], true), net1).is_some() && tool(&site(&[], true), net1).is_some());
        assert_eq!((reason(&site(&[], false), net1), tool(&site(&[], false), net1)), (None, None));
        let in_temp = Subject { image: Some(r"C:\Temp\x.exe"), ..Subject::default() };
        assert_eq!(reason(&site(&[], false), in_temp), None, "the folders are of the defaults");
        let rules: Vec<Text> = vec!["Net user".into(), "Odd parent".into()];
        let reason_of = |rules| {
            let hit =
                Subject { image: Some(r"C:\Windows\System32\conhost.exe"), rules, ..Subject::default() };
            reason(&site(&[], false), hit).map(|reason| reason.to_string())
        };
        assert_eq!(reason_of(&rules[..1]).as_deref(), Some("the rule Net user hits it"));
        assert_eq!(reason_of(&rules).as_deref(), Some("the rules Net user, Odd parent hit it"));
    }

    #[test]
    fn folders_are_of_one_class_however_the_volume_is_written() {
        use PathClass::{Other, ProgramFiles, UserWritable, Windows};
        for (image, class) in [
            (r"C:\Windows\System32\cmd.exe", Some(Windows)),
            (r"d:\WINDOWS\explorer.exe", Some(Windows)),
            (r"\??\C:\Windows\System32\smss.exe", Some(Windows)),
            (r"\\?\C:\Program Files\x\x.exe", Some(ProgramFiles)),
            (r"\Device\HarddiskVolume3\Windows\System32\cmd.exe", Some(Windows)),
            (r"\SystemRoot\System32\smss.exe", Some(Windows)),
            (r"C:\Program Files (x86)\x\x.exe", Some(ProgramFiles)),
            (r"C:\Windows\Temp\x.exe", Some(UserWritable)),
            (r"C:\Users\bob\x.exe", Some(UserWritable)),
            (r"C:\x\Windows\x.exe", Some(Other)),
            (r"C:\Windows2\x.exe", Some(Other)),
            (r"\\server\share\x.exe", Some(Other)),
            ("x.exe", None),
        ] {
            assert_eq!(path_class(image), class, "{image}");
        }
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
            default_reason(Subject {
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
    fn what_is_asked_of_every_process_agrees_with_the_reason_that_is_told() {
        let images = [
            r"C:\Windows\System32\net1.exe",
            r"C:\Windows\System32\hostname.exe",
            r"C:\Windows\System32\conhost.exe",
            r"C:\Users\bob\x.exe",
            r"C:\Users\bob\conhost.exe",
        ];
        let parents = [
            r"C:\Windows\System32\wbem\WmiPrvSE.exe",
            r"C:\Windows\System32\svchost.exe",
            r"C:\Windows\explorer.exe",
        ];
        let all = |texts: &[&'static str]| -> Vec<Option<&'static str>> {
            texts.iter().copied().map(Some).chain([None]).collect()
        };
        let entry = SuspiciousEntry { path_class: Some(PathClass::Windows), ..SuspiciousEntry::default() };
        let sites = [site(&[], true), site(&[], false), site(&[entry], false)];
        let mut found = std::collections::BTreeSet::new();
        for image in all(&images) {
            for parent_image in all(&parents) {
                for parent_command_line in
                    all(&["svchost.exe -k netsvcs -s Schedule", "svchost.exe -s Themes"])
                {
                    for original_file_name in all(&["net.exe", "x.exe"]) {
                        let process = Subject {
                            image,
                            original_file_name,
                            parent_image,
                            parent_command_line,
                            rules: &[],
                        };
                        let own = own_sign(image, original_file_name);
                        let parent = parent_image.map(as_parent).unwrap_or_default();
                        for (number, site) in sites.iter().enumerate() {
                            let is_suspicious = is_suspicious(site, process, own, parent);
                            assert_eq!(is_suspicious, reason(site, process).is_some(), "{process:?}");
                            found.insert((number, is_suspicious));
                        }
                    }
                }
            }
        }
        assert_eq!(
            found.len(),
            5,
            "without the defaults and entries of its own nothing is suspicious to a site"
        );
    }

    #[test]
    fn conhost_beside_net_is_a_bystander() {
        let conhost = Subject {
            image: Some(r"C:\Windows\System32\conhost.exe"),
            parent_image: Some(r"C:\Windows\System32\wbem\WmiPrvSE.exe"),
            ..Subject::default()
        };
        assert_eq!(default_reason(conhost), None);
    }

    #[test]
    fn a_renamed_tool_is_told_as_such() {
        assert!(is_renamed(Some(r"C:\x\a.exe"), Some("net1.exe")));
        assert!(!is_renamed(Some(r"C:\Windows\System32\cmd.exe"), Some("Cmd.Exe")));
        assert!(!is_renamed(Some(r"C:\x\a.exe"), None));
    }
}
