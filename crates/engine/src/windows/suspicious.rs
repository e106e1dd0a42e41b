//! What AN1235 calls a suspicious executable: one table, a reason each, and what a site adds to it or puts in its
//! place.

use begat_model::Text;
use begat_model::analytic::{Analytic, PathClass, SuspiciousEntry};
use begat_model::case::{LateralChannel, RiskReason, Suspicion};

use crate::commands::line::image_stem;

/// Executables that create accounts, or run what does, by file name without `.exe`, or by original file name.
pub const EXECUTABLES: &[&str] = &[
    // Creates accounts with `user NAME /add`, through net1.
    "net",
    "net1",
    // New-LocalUser, ADSI, .NET, any script.
    "powershell",
    "pwsh",
    "powershell_ise",
    // The PowerShell of somebody elsewhere, over WinRM.
    "wsmprovhost",
    // Starts processes here and elsewhere.
    "wmic",
    // Runs net and scripts.
    "cmd",
    // Scripts and HTML applications can create accounts through ADSI.
    "wscript",
    "cscript",
    "mshta",
    // Code from any library or scriptlet.
    "rundll32",
    "regsvr32",
];

/// Launchers that carry commands from elsewhere: what they start is suspicious, whatever it is.
pub const LAUNCHERS: &[(&str, LateralChannel)] = &[
    ("wmiprvse", LateralChannel::Wmi),
    ("wsmprovhost", LateralChannel::Winrm),
    ("winrshost", LateralChannel::Winrm),
    ("sshd", LateralChannel::Ssh),
    ("psexesvc", LateralChannel::Psexec),
    ("taskeng", LateralChannel::Task),
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

/// What counts as suspicious by default, for whoever tells of it in another language: all lower case.
#[derive(Debug, Clone, Copy)]
pub struct KnownSigns {
    /// File names without `.exe`.
    pub tools: &'static [&'static str],
    /// Parts of paths.
    pub folders: &'static [&'static str],
    /// File names, without `.exe`, of what starts others; and how that is done.
    pub launchers: &'static [(&'static str, LateralChannel)],
    /// File names, without `.exe`, that count for nothing.
    pub bystanders: &'static [&'static str],
}

/// The defaults.
pub const KNOWN_SIGNS: KnownSigns =
    KnownSigns { tools: EXECUTABLES, folders: USER_WRITABLE, launchers: LAUNCHERS, bystanders: BYSTANDERS };

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

/// Whether a process counts as suspicious to a site.
pub fn counts_as_suspicious(analytic: &Analytic, process: Subject<'_>) -> bool {
    let own = own_sign(process.image, process.original_file_name);
    is_suspicious(analytic, process, own, process.parent_image.map(as_parent).unwrap_or_default())
}

/// Why by what the site set itself: the rules that hit it, the entry that it fits.
fn by_site(analytic: &Analytic, process: Subject<'_>) -> Option<Suspicion> {
    if !process.rules.is_empty() {
        return Some(Suspicion::Rules { names: process.rules.to_vec() });
    }
    let entry = analytic.suspicious.iter().find(|entry| fits(entry, process))?;
    Some(Suspicion::Entry { reason: entry.reason.clone() })
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

/// Of a process that is itself a suspicious executable, a known tool or what the site calls so: which it is, and why.
pub fn tool(analytic: &Analytic, process: Subject<'_>) -> Option<RiskReason> {
    let stem = process.image.map(image_stem);
    let is_known =
        analytic.suspicious_defaults && stem.as_deref().is_some_and(|stem| EXECUTABLES.contains(&stem));
    let suspicion = by_site(analytic, process);
    (is_known || suspicion.is_some()).then(|| RiskReason::Tool { program: stem.map(Text::from), suspicion })
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

/// What begat's own tables say of a process by its file, whoever started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OwnSign {
    /// Windows starts it beside any console program.
    Bystander,
    /// It is one of the known executables, under whatever name.
    Tool,
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
    let original = original_file_name.map(image_stem);
    if [stem, original].iter().flatten().any(|name| EXECUTABLES.contains(&name.as_str())) {
        return OwnSign::Tool;
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
    Launcher(&'static LateralChannel),
    /// It does where it is the service host of the task scheduler.
    ServiceHost,
    /// Nothing.
    #[default]
    Nobody,
}

/// What a parent makes of what it starts.
pub(crate) fn as_parent(image: &str) -> AsParent {
    let stem = image_stem(image);
    match LAUNCHERS.iter().find(|(name, _)| *name == stem) {
        Some((_, channel)) => AsParent::Launcher(channel),
        None if stem == "svchost" => AsParent::ServiceHost,
        None => AsParent::Nobody,
    }
}

/// Whether a process counts as suspicious to a site, from what is known of the two files.
pub(crate) fn is_suspicious(
    analytic: &Analytic,
    process: Subject<'_>,
    own: OwnSign,
    parent: AsParent,
) -> bool {
    let by_default = || match own {
        OwnSign::Bystander => false,
        OwnSign::Nothing => launcher_of(parent, process.parent_command_line).is_some(),
        OwnSign::Tool | OwnSign::UserWritable => true,
    };
    by_site(analytic, process).is_some() || (analytic.suspicious_defaults && by_default())
}

/// The name is one of the known ones, and the file goes by another: told where the version resource is logged.
pub fn is_renamed(image: Option<&str>, original_file_name: Option<&str>) -> bool {
    let (Some(image), Some(original)) = (image, original_file_name) else { return false };
    let (stem, original) = (image_stem(image), image_stem(original));
    stem != original && EXECUTABLES.contains(&original.as_str())
}

/// The image lies where an ordinary user can put files.
pub fn is_user_writable(image: &str) -> bool {
    let image = image.to_lowercase();
    USER_WRITABLE.iter().any(|folder| image.contains(folder))
}

/// The channel of the launcher that started the process, where it is one that carries commands from elsewhere.
pub fn launcher(process: Subject<'_>) -> Option<LateralChannel> {
    launcher_of(as_parent(process.parent_image?), process.parent_command_line)
}

fn launcher_of(parent: AsParent, line: Option<&str>) -> Option<LateralChannel> {
    match parent {
        AsParent::Launcher(channel) => Some(channel.clone()),
        AsParent::ServiceHost => {
            let is_scheduler = line?.split_whitespace().any(|word| word.eq_ignore_ascii_case("schedule"));
            is_scheduler.then_some(LateralChannel::Task)
        }
        AsParent::Nobody => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_default(process: Subject<'_>) -> bool {
        counts_as_suspicious(&site(&[], true), process)
    }

    fn of(image: &str) -> bool {
        by_default(Subject { image: Some(image), ..Subject::default() })
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
            assert_eq!(counts_as_suspicious(&site, tool), fits, "{entry:?}");
            let told = RiskReason::Tool {
                program: Some("admtool".into()),
                suspicion: Some(Suspicion::Entry { reason: "ours".into() }),
            };
            assert_eq!(super::tool(&site, tool), fits.then_some(told), "{entry:?}");
        }
        let unnamed = SuspiciousEntry { original_file_name: pattern("*"), ..entry() };
        let nothing_told = Subject { image: tool.image, ..Subject::default() };
        assert!(
            !counts_as_suspicious(&site(&[unnamed], true), nothing_told),
            "what is not told fits no pattern"
        );
    }

    #[test]
    fn a_site_may_do_without_the_defaults_and_its_rules_count_whatever_they_hit() {
        let net1 = Subject { image: Some(r"C:\Windows\System32\net1.exe"), ..Subject::default() };
        let known = RiskReason::Tool { program: Some("net1".into()), suspicion: None };
        assert!(counts_as_suspicious(&site(&[], true), net1));
        assert_eq!(tool(&site(&[], true), net1), Some(known));
        assert!(!counts_as_suspicious(&site(&[], false), net1));
        assert_eq!(tool(&site(&[], false), net1), None);
        let in_temp = Subject { image: Some(r"C:\Temp\x.exe"), ..Subject::default() };
        assert!(!counts_as_suspicious(&site(&[], false), in_temp), "the folders are of the defaults");
        let rules: Vec<Text> = vec!["Net user".into(), "Odd parent".into()];
        let reason_of = |rules| {
            let hit =
                Subject { image: Some(r"C:\Windows\System32\conhost.exe"), rules, ..Subject::default() };
            by_site(&site(&[], false), hit)
        };
        for hits in [&rules[..1], &rules] {
            assert_eq!(reason_of(hits), Some(Suspicion::Rules { names: hits.to_vec() }));
        }
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
        let launchers: Vec<&str> = LAUNCHERS.iter().map(|(name, _)| *name).collect();
        for rows in [EXECUTABLES, &launchers] {
            for name in rows {
                assert_eq!(rows.iter().filter(|other| *other == name).count(), 1, "{name}");
            }
        }
        for name in EXECUTABLES {
            assert!(of(&format!(r"C:\Windows\System32\{name}.EXE")), "{name}");
        }
    }

    #[test]
    fn launchers_carriers_and_folders() {
        let child_of = |parent: &str, line: Option<&str>| {
            by_default(Subject {
                image: Some(r"C:\Windows\System32\hostname.exe"),
                parent_image: Some(parent),
                parent_command_line: line,
                ..Subject::default()
            })
        };
        assert!(child_of(r"C:\Windows\System32\wbem\WmiPrvSE.exe", None));
        let service_host = r"C:\Windows\System32\svchost.exe";
        assert!(child_of(service_host, Some("svchost.exe -k netsvcs -p -s Schedule")));
        assert!(!child_of(service_host, Some("svchost.exe -k netsvcs -s Themes")));
        assert!(!child_of(r"C:\Windows\explorer.exe", None));
        assert!(of(r"C:\Users\Public\x.exe"));
        assert!(!of(r"C:\Windows\System32\lsass.exe"));
    }

    #[test]
    fn conhost_beside_net_is_a_bystander() {
        let conhost = Subject {
            image: Some(r"C:\Windows\System32\conhost.exe"),
            parent_image: Some(r"C:\Windows\System32\wbem\WmiPrvSE.exe"),
            ..Subject::default()
        };
        assert!(!by_default(conhost));
    }

    #[test]
    fn a_renamed_tool_is_told_as_such() {
        assert!(is_renamed(Some(r"C:\x\a.exe"), Some("net1.exe")));
        assert!(!is_renamed(Some(r"C:\Windows\System32\cmd.exe"), Some("Cmd.Exe")));
        assert!(!is_renamed(Some(r"C:\x\a.exe"), None));
    }
}
