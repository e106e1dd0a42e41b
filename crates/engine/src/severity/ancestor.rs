//! What the ancestors of a creator are: one table, and which of them have no business with shells.

use begat_model::Text;
use begat_model::analytic::{AncestorClass, ParentEntry, ParentMatch};
use begat_model::case::{OddAncestor, RiskReason, SiteEntry, SiteMatch};

use crate::commands::line::{image_stem, tokens};
use crate::tables::process::record::{ProcessIndex, ProcessRecord};
use crate::tables::process::table::ProcessTable;

/// One kind of ancestor, known by its file name or by the name in its version resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AncestorRow {
    /// File name without `.exe`, lower case; with `*` at its end whatever begins so.
    pub name: &'static str,
    /// What it is.
    pub class: AncestorClass,
    /// When the name alone does not say it.
    pub only: Only,
}

/// What has to hold beside the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Nothing.
    Named,
    /// Its parent starts services: the same runtime at a desk is anybody's.
    AsService,
    /// It is the service host of the task scheduler.
    AsScheduler,
}

/// What starts services: Windows, and the wrappers that make a service of a program.
const SERVICE_STARTERS: &[&str] = &["services", "nssm", "prunsrv", "winsw", "wrapper"];

/// The first row that fits says what an ancestor is.
pub const ANCESTORS: &[AncestorRow] = {
    use AncestorClass::{
        Desktop, Installer, LateralChannel, ManagementAgent, Office, ScriptHost, ServerApplication,
        ServiceHost, Shell,
    };
    const fn named(name: &'static str, class: AncestorClass) -> AncestorRow {
        AncestorRow { name, class, only: Only::Named }
    }
    const fn service(name: &'static str) -> AncestorRow {
        AncestorRow { name, class: ServerApplication, only: Only::AsService }
    }
    &[
        named("cmd", Shell),
        named("powershell", Shell),
        named("pwsh", Shell),
        named("powershell_ise", Shell),
        named("bash", Shell),
        named("wsl", Shell),
        named("wscript", ScriptHost),
        named("cscript", ScriptHost),
        named("mshta", ScriptHost),
        // sshd carries commands from elsewhere as WinRM does; that a shell comes of it is its purpose.
        named("sshd", LateralChannel),
        named("wmiprvse", LateralChannel),
        named("scrcons", LateralChannel),
        named("wsmprovhost", LateralChannel),
        named("winrshost", LateralChannel),
        named("psexesvc", LateralChannel),
        named("taskeng", LateralChannel),
        AncestorRow { name: "svchost", class: LateralChannel, only: Only::AsScheduler },
        named("w3wp", ServerApplication),
        named("iisexpress", ServerApplication),
        named("php-cgi", ServerApplication),
        named("httpd", ServerApplication),
        named("nginx", ServerApplication),
        named("caddy", ServerApplication),
        named("tomcat*", ServerApplication),
        named("sqlservr", ServerApplication),
        named("mysqld*", ServerApplication),
        named("mariadbd", ServerApplication),
        named("postgres", ServerApplication),
        named("oracle", ServerApplication),
        named("umworkerprocess", ServerApplication),
        named("microsoft.exchange.*", ServerApplication),
        named("coldfusion", ServerApplication),
        named("dns", ServerApplication),
        service("java"),
        service("node"),
        service("dotnet"),
        service("php"),
        named("winword", Office),
        named("excel", Office),
        named("powerpnt", Office),
        named("outlook", Office),
        named("msaccess", Office),
        named("mspub", Office),
        named("onenote", Office),
        named("visio", Office),
        named("winproj", Office),
        named("eqnedt32", Office),
        named("acrord32", Office),
        named("acrobat", Office),
        named("services", ServiceHost),
        named("svchost", ServiceHost),
        named("ccmexec", ManagementAgent),
        named("tsmanager", ManagementAgent),
        named("omadmclient", ManagementAgent),
        named("agentexecutor", ManagementAgent),
        named("microsoft.management.services.intunewindowsagent", ManagementAgent),
        named("amazon-ssm-agent", ManagementAgent),
        named("ssm-agent-worker", ManagementAgent),
        named("ssm-document-worker", ManagementAgent),
        named("windowsazureguestagent", ManagementAgent),
        named("waappagent", ManagementAgent),
        named("customscripthandler", ManagementAgent),
        named("runcommandextension", ManagementAgent),
        named("gceagent", ManagementAgent),
        named("gcewindowsagent", ManagementAgent),
        named("gcemetadatascripts", ManagementAgent),
        named("google_metadata_script_runner", ManagementAgent),
        named("cloudbase-init", ManagementAgent),
        named("screenconnect.clientservice", ManagementAgent),
        named("teamviewer_service", ManagementAgent),
        named("anydesk", ManagementAgent),
        named("ltsvc", ManagementAgent),
        named("ninjarmmagent", ManagementAgent),
        named("agentmon", ManagementAgent),
        named("aemagent", ManagementAgent),
        named("tacticalrmm", ManagementAgent),
        named("meshagent", ManagementAgent),
        named("salt-minion", ManagementAgent),
        named("tentacle", ManagementAgent),
        named("ateraagent", ManagementAgent),
        named("bfclient", ManagementAgent),
        named("besclient", ManagementAgent),
        named("taniumclient", ManagementAgent),
        named("pdqdeployrunner*", ManagementAgent),
        named("winlogon", Desktop),
        named("userinit", Desktop),
        named("explorer", Desktop),
        named("msiexec", Installer),
        named("setup", Installer),
        named("trustedinstaller", Installer),
    ]
};

/// A process of the chain as its own start, or else its child, tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kin<'a> {
    /// Full path.
    pub image: Option<&'a str>,
    /// Name in the version resource.
    pub original_file_name: Option<&'a str>,
    /// As told, with its secrets.
    pub command_line: Option<&'a str>,
}

impl<'a> Kin<'a> {
    fn of(process: &'a ProcessRecord, child: Option<&'a ProcessRecord>) -> Kin<'a> {
        let told_by_child = child.map(|child| &child.parent);
        let line = process.command_line.value().map(|line| &**line);
        Kin {
            image: process.image.as_deref().or_else(|| told_by_child?.image.as_deref()),
            original_file_name: process.original_file_name.as_deref(),
            command_line: line.or_else(|| told_by_child?.command_line.as_deref()),
        }
    }

    /// Its names: the file's, and the one that it was built with.
    fn stems(&self) -> impl Iterator<Item = String> {
        [self.image, self.original_file_name].into_iter().flatten().map(image_stem)
    }

    fn is_one_of(&self, names: &[&str]) -> bool {
        self.stems().any(|stem| names.contains(&stem.as_str()))
    }

    /// File name for a reader.
    fn name(&self) -> Option<Text> {
        let path = self.image.or(self.original_file_name)?;
        Some(path.rsplit('\\').next().unwrap_or(path).into())
    }

    /// The service that a service host hosts (`-s NAME`), lower case; before Windows 10 1703, and on machines of little
    /// memory, one hosts many and names none.
    fn hosted_service(&self) -> Option<String> {
        let words = tokens(self.command_line.filter(|_| self.is_one_of(&["svchost"]))?);
        let switch = words.iter().position(|word| word.text.eq_ignore_ascii_case("-s"))?;
        words.get(switch + 1).map(|word| word.text.to_lowercase())
    }
}

/// The creator and its ancestors, creator first; the last may be known only from its child.
pub(crate) fn lineage<'a>(
    processes: &'a ProcessTable,
    creator: ProcessIndex,
    chain: &[ProcessIndex],
) -> Vec<Kin<'a>> {
    let line: Vec<&ProcessRecord> =
        std::iter::once(&creator).chain(chain).filter_map(|index| processes.get(*index)).collect();
    let seen = line.iter().enumerate().map(|(place, process)| {
        let child = place.checked_sub(1).and_then(|below| line.get(below).copied());
        Kin::of(process, child)
    });
    let eldest = line.last().map(|eldest| &eldest.parent).filter(|parent| parent.image.is_some());
    let unseen = eldest.map(|parent| Kin {
        image: parent.image.as_deref(),
        original_file_name: None,
        command_line: parent.command_line.as_deref(),
    });
    seen.chain(unseen).collect()
}

/// What the process at a place of a line is; `None` where no name is told.
pub fn class_of(line: &[Kin<'_>], place: usize) -> Option<AncestorClass> {
    let kin = line.get(place)?;
    let stems: Vec<String> = kin.stems().collect();
    if stems.is_empty() {
        return None;
    }
    let parent = line.get(place + 1);
    let fits = |row: &&AncestorRow| {
        let is_named = stems.iter().any(|stem| match row.name.strip_suffix('*') {
            Some(beginning) => stem.starts_with(beginning),
            None => stem == row.name,
        });
        is_named
            && match row.only {
                Only::Named => true,
                Only::AsService => parent.is_some_and(|parent| parent.is_one_of(SERVICE_STARTERS)),
                Only::AsScheduler => kin.hosted_service().is_some_and(|service| service == "schedule"),
            }
    };
    Some(ANCESTORS.iter().find(fits).map_or(AncestorClass::Other, |row| row.class))
}

/// A program that runs what administrators order, by its file's name.
pub(crate) fn is_manager(image: &str) -> bool {
    let kin = Kin { image: Some(image), ..Kin::default() };
    class_of(&[kin], 0) == Some(AncestorClass::ManagementAgent)
}

/// What a shell, a script host or `net` does not come of in the ordinary way.
struct OddRow {
    /// It has to be the parent itself; else any ancestor will do.
    is_parent: bool,
    what: OddAncestor,
    fits: fn(&[Kin<'_>], usize) -> bool,
}

const ODD_ANCESTORS: &[OddRow] = &[
    OddRow {
        is_parent: false,
        what: OddAncestor::ServerProgram,
        fits: |line, place| class_of(line, place) == Some(AncestorClass::ServerApplication),
    },
    OddRow {
        is_parent: false,
        what: OddAncestor::Documents,
        fits: |line, place| class_of(line, place) == Some(AncestorClass::Office),
    },
    OddRow {
        is_parent: true,
        what: OddAncestor::ServiceHost,
        fits: |line, place| {
            let service = line[place].hosted_service();
            service.is_some_and(|service| !STARTING_SERVICES.contains(&service.as_str()))
        },
    },
    // The desktop comes of winlogon by userinit: what winlogon starts itself runs before anybody has logged on.
    OddRow {
        is_parent: true,
        what: OddAncestor::LogonScreen,
        fits: |line, place| line[place].is_one_of(&["winlogon"]),
    },
    OddRow {
        is_parent: true,
        what: OddAncestor::LogonScreenTool,
        fits: |line, place| line[place].is_one_of(ACCESSIBILITY),
    },
];

/// Services that start what others ask for: the task scheduler, UAC, runas.
const STARTING_SERVICES: &[&str] = &["schedule", "appinfo", "seclogon"];

/// What anybody may start at the logon screen, and is replaced for a shell there (T1546.008).
const ACCESSIBILITY: &[&str] =
    &["sethc", "utilman", "osk", "magnify", "narrator", "displayswitch", "atbroker"];

/// What the odd ancestors are asked of, beside the shells and script hosts of the table.
const NET: &[&str] = &["net", "net1"];

/// The nearest ancestor that has no business with shells, and the shell or `net` below it.
pub fn odd_ancestor(line: &[Kin<'_>]) -> Option<RiskReason> {
    let is_shell = |place: usize| {
        let class = class_of(line, place);
        matches!(class, Some(AncestorClass::Shell | AncestorClass::ScriptHost)) || line[place].is_one_of(NET)
    };
    (1..line.len()).find_map(|place| {
        let below = (0..place).rev().find(|below| is_shell(*below))?;
        let fits = |row: &&OddRow| (!row.is_parent || below + 1 == place) && (row.fits)(line, place);
        let row = ODD_ANCESTORS.iter().find(fits)?;
        Some(RiskReason::OddAncestor {
            ancestor: line[place].name(),
            what: row.what.clone(),
            below: line[below].name(),
        })
    })
}

/// ParentProcessName: what the site's entries say of the ancestors; each entry counts once, for the nearest.
pub fn site_points(entries: &[ParentEntry], line: &[Kin<'_>]) -> Vec<SiteEntry> {
    let fits = |entry: &ParentEntry, place: usize| match &entry.which {
        ParentMatch::Class(class) => class_of(line, place) == Some(*class),
        ParentMatch::Image(pattern) => line[place].image.is_some_and(|image| pattern.matches_file(image)),
    };
    let found = entries.iter().filter_map(|entry| {
        let place = (1..line.len()).find(|place| fits(entry, *place))?;
        let fits = SiteMatch::Ancestor(line[place].name());
        Some(SiteEntry { points: entry.points, fits, reason: entry.reason.clone() })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Pattern;
    use std::collections::BTreeSet;

    /// `a < b`: b started a; a word after a blank begins the command line.
    fn line(text: &str) -> Vec<Kin<'_>> {
        let each = text.split(" < ").map(|kin| Kin {
            image: kin.split(' ').next(),
            original_file_name: None,
            command_line: kin.contains(' ').then_some(kin),
        });
        each.collect()
    }

    #[test]
    fn every_row_is_found_by_its_name_and_no_name_stands_twice() {
        let names: BTreeSet<_> = ANCESTORS.iter().map(|row| (row.name, format!("{:?}", row.only))).collect();
        assert_eq!(names.len(), ANCESTORS.len());
        for row in ANCESTORS {
            assert_eq!(row.name, row.name.to_lowercase());
            let file = row.name.replace('*', "9");
            let alone = format!(r"C:\x\{file}.EXE");
            let (text, alone_class) = match row.only {
                Only::Named => (alone.clone(), row.class),
                Only::AsService => {
                    (format!(r"{alone} < C:\Windows\System32\services.exe"), AncestorClass::Other)
                }
                Only::AsScheduler => {
                    (format!("{alone} -k netsvcs -p -s Schedule"), AncestorClass::ServiceHost)
                }
            };
            assert_eq!(class_of(&line(&text), 0), Some(row.class), "{text}");
            let renamed =
                Kin { image: Some(r"C:\x\y.exe"), original_file_name: Some(&file), command_line: None };
            assert_eq!(class_of(&line(&alone), 0), Some(alone_class), "{alone}");
            if row.only == Only::Named {
                assert_eq!(class_of(&[renamed], 0), Some(row.class), "{file} under another name");
            }
        }
        assert_eq!(class_of(&line("winwords.exe"), 0), Some(AncestorClass::Other));
        assert_eq!(class_of(&[Kin::default()], 0), None, "of what has no name nothing is said");
        let classes: BTreeSet<_> = ANCESTORS.iter().map(|row| row.class).collect();
        assert_eq!(classes.len() + 1, AncestorClass::ALL.len(), "each class has a row, but for the others");
    }

    #[test]
    fn shells_below_servers_documents_and_services_are_odd() {
        for (text, told) in [
            (
                "net1.exe < net.exe < cmd.exe < w3wp.exe < svchost.exe",
                Some(("w3wp.exe", OddAncestor::ServerProgram, "cmd.exe")),
            ),
            (
                "net1.exe < net.exe < cmd.exe < sqlservr.exe",
                Some(("sqlservr.exe", OddAncestor::ServerProgram, "cmd.exe")),
            ),
            (
                "powershell.exe < php.exe < httpd.exe",
                Some(("httpd.exe", OddAncestor::ServerProgram, "powershell.exe")),
            ),
            (
                "net1.exe < java.exe < services.exe",
                Some(("java.exe", OddAncestor::ServerProgram, "net1.exe")),
            ),
            ("net1.exe < java.exe < explorer.exe", None),
            (
                "wscript.exe < WINWORD.EXE < explorer.exe",
                Some(("WINWORD.EXE", OddAncestor::Documents, "wscript.exe")),
            ),
            ("tool.exe < w3wp.exe", None),
            (
                "net1.exe < net.exe < svchost.exe -k netsvcs -p -s IKEEXT < services.exe",
                Some(("svchost.exe", OddAncestor::ServiceHost, "net.exe")),
            ),
            ("net1.exe < net.exe < svchost.exe -k netsvcs -p -s Schedule", None),
            ("net1.exe < net.exe < svchost.exe -k netsvcs -p -s Appinfo", None),
            ("net1.exe < net.exe < svchost.exe -k netsvcs", None),
            ("net1.exe < net.exe < svchost.exe", None),
            ("net1.exe < tool.exe < svchost.exe -k netsvcs -s Themes", None),
            ("net1.exe < net.exe < cmd.exe < WmiPrvSE.exe < svchost.exe -k DcomLaunch -p -s x", None),
            ("wsmprovhost.exe < svchost.exe -k DcomLaunch", None),
            ("net1.exe < cmd.exe < PSEXESVC.exe < services.exe", None),
            ("net1.exe < cmd.exe < sshd.exe < sshd.exe < services.exe", None),
            ("net1.exe < cmd.exe < explorer.exe < userinit.exe < winlogon.exe", None),
            (
                "net1.exe < net.exe < cmd.exe < winlogon.exe",
                Some(("winlogon.exe", OddAncestor::LogonScreen, "cmd.exe")),
            ),
            (
                "net1.exe < net.exe < sethc.exe < winlogon.exe",
                Some(("sethc.exe", OddAncestor::LogonScreenTool, "net.exe")),
            ),
            ("net1.exe", None),
            ("", None),
        ] {
            let expected = told.map(|(ancestor, what, below)| RiskReason::OddAncestor {
                ancestor: Some(ancestor.into()),
                what,
                below: Some(below.into()),
            });
            assert_eq!(odd_ancestor(&line(text)), expected, "{text}");
        }
        assert_eq!(odd_ancestor(&[]), None);
    }

    #[test]
    fn a_sites_entries_fit_ancestors_by_class_and_by_name_but_never_the_creator() {
        let entry = |which, points| ParentEntry { which, points, reason: "so says the site".into() };
        let entries = [
            entry(ParentMatch::Class(AncestorClass::Office), 7),
            entry(ParentMatch::Image(Pattern::new("agent*.exe")), -5),
            entry(ParentMatch::Class(AncestorClass::Shell), 1),
            entry(ParentMatch::Class(AncestorClass::Other), 2),
        ];
        let points = |text: &str| site_points(&entries, &line(text));
        let found = |points, name: &str| SiteEntry {
            points,
            fits: SiteMatch::Ancestor(Some(name.into())),
            reason: "so says the site".into(),
        };
        assert_eq!(
            points(r"cmd.exe < C:\x\Agent7.exe < winword.exe < outlook.exe"),
            [found(7, "winword.exe"), found(-5, "Agent7.exe"), found(2, "Agent7.exe")]
        );
        assert_eq!(points("cmd.exe"), []);
        assert_eq!(points("net1.exe < cmd.exe < cmd.exe").len(), 1, "an entry counts once");
    }
}
