//! How much an entry's keys prove together: a key counts for its kind of proof only where its value is chosen well.

use std::collections::BTreeSet;
use std::net::IpAddr;

use begat_model::analytic::SessionKind;
use begat_model::{Pattern, Sid};
use ipnet::IpNet;

use crate::terms::key::{Demand, Proof, Whom, key_row};

/// Kinds of proof that an entry must ask for.
pub const PROOFS_LEAST: usize = 2;
/// Keys that an entry must have in all.
pub const KEYS_LEAST: usize = 3;

/// What the keys of an entry prove together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strength {
    /// Kinds of proof.
    pub proofs: BTreeSet<Proof>,
    /// Keys in all.
    pub keys: usize,
    /// Keys that only narrow, each with why.
    pub weak: Vec<(&'static str, String)>,
    /// A named agent of the host, in a frame that is narrow on every side.
    pub is_framed_agent: bool,
}

impl Strength {
    pub(crate) fn of(demands: &[Demand]) -> Strength {
        let is_framed_agent = is_framed_agent(demands);
        let mut strength = Strength { keys: demands.len(), is_framed_agent, ..Strength::default() };
        for demand in demands {
            let row = key_row(demand.name()).expect("every demand has a row");
            let weakness = match row.proof {
                Proof::Nothing => Some(row.faking.to_owned()),
                _ => weakness(demand, demands),
            };
            match weakness {
                Some(why) => strength.weak.push((row.name, why)),
                None => {
                    strength.proofs.insert(row.proof);
                }
            }
        }
        strength
    }

    /// Enough to be trusted.
    pub fn is_enough(&self) -> bool {
        (self.proofs.len() >= PROOFS_LEAST && self.keys >= KEYS_LEAST) || self.is_framed_agent
    }
}

/// Software that a site rolls out with an agent of SYSTEM has no account of its own and comes from no address: nothing
/// of identity or origin can be asked of it. Its ancestor counts alone where creator, session, account and host are
/// narrowed as well: who would be taken for it must put a program into the agent's folder and stay within all that.
fn is_framed_agent(demands: &[Demand]) -> bool {
    let narrows = |patterns: &[Pattern]| !patterns.iter().any(Pattern::is_everything);
    let has = |fits: &dyn Fn(&Demand) -> bool| demands.iter().any(fits);
    let is_ancestor =
        |demand: &Demand| matches!(demand, Demand::Parent(_)) && weakness(demand, demands).is_none();
    has(&is_ancestor)
        && has(&|demand| matches!(demand, Demand::Session(kinds) if kinds == &[SessionKind::System]))
        && has(&|demand| matches!(demand, Demand::Creator(paths) if narrows(paths)))
        && has(&|demand| matches!(demand, Demand::Account(names) if narrows(names)))
        && has(&|demand| matches!(demand, Demand::Host(names) | Demand::HostRole(names) if narrows(names)))
}

/// Why a key that could prove something proves nothing with this value.
fn weakness(demand: &Demand, all: &[Demand]) -> Option<String> {
    match demand {
        Demand::Creator(paths) | Demand::Parent(paths) => paths.iter().find_map(path_weakness),
        Demand::Hash(_) => hash_weakness(all),
        Demand::Actor(whom) => whom.iter().find_map(whom_weakness),
        Demand::ActorGroup(groups) => groups.iter().find_map(group_weakness),
        Demand::Source(networks) => networks.iter().find_map(network_weakness),
        _ => None,
    }
}

/// Programs that are on every host, or do whatever they are told, wherever they lie.
const GENERAL_TOOLS: &[&str] = &[
    "at",
    "autoit3",
    "bash",
    "cmd",
    "conhost",
    "cscript",
    "dsadd",
    "explorer",
    "installutil",
    "java",
    "javaw",
    "mmc",
    "msbuild",
    "mshta",
    "msiexec",
    "net",
    "net1",
    "node",
    "paexec",
    "perl",
    "php",
    "powershell",
    "powershell_ise",
    "psexec",
    "psexec64",
    "psexesvc",
    "pwsh",
    "python",
    "python3",
    "pythonw",
    "regasm",
    "regsvr32",
    "ruby",
    "rundll32",
    "sc",
    "schtasks",
    "services",
    "sh",
    "svchost",
    "taskeng",
    "taskhostw",
    "winrshost",
    "wmic",
    "wmiprvse",
    "wscript",
    "wsl",
    "wsmprovhost",
];

/// Folders that only administrators write to, and that hold more than what every Windows has.
const GUARDED_FOLDERS: &[&str] = &[
    r"c:\program files\",
    r"c:\program files (x86)\",
    // Agents that live below the Windows folder: Configuration Manager, ConnectWise Automate, PDQ.
    r"c:\windows\ccm\",
    r"c:\windows\ccmsetup\",
    r"c:\windows\ltsvc\",
    r"c:\windows\adminarsenal\",
];

pub(crate) fn path_weakness(path: &Pattern) -> Option<String> {
    let lower = path.as_str().to_lowercase();
    let Some((folder, file)) = lower.rsplit_once('\\') else {
        return Some(format!("`{path}` names no folder: any file of that name fits"));
    };
    if file.contains(['*', '?']) {
        return Some(format!("`{path}` does not name the file: other programs fit too"));
    }
    if is_general_tool(file) {
        return Some(format!("`{file}` is on every host, or does whatever it is told"));
    }
    let Some(guarded) = GUARDED_FOLDERS.iter().find(|guarded| format!("{folder}\\").starts_with(**guarded))
    else {
        return Some(format!(
            "`{path}` is in no folder that only administrators write to, or is Windows' own"
        ));
    };
    let below = &lower[guarded.len()..];
    // In `c:\program files\*\x.exe` the star stands for any vendor, and any folder that one leaves open.
    let names_vendor = !below.split('\\').next().unwrap_or("").contains(['*', '?']);
    let climbs = folder.split('\\').any(|part| part == "..");
    (!names_vendor || climbs || (guarded.starts_with(r"c:\program") && !below.contains('\\')))
        .then(|| format!("`{path}` does not name whose folder it is"))
}

fn is_general_tool(file: &str) -> bool {
    let stem = file.strip_suffix(".exe").or_else(|| file.strip_suffix(".com")).unwrap_or(file);
    GENERAL_TOOLS.contains(&stem)
}

/// A hash pins the program that `creator` names; alone it may be that of any tool.
fn hash_weakness(all: &[Demand]) -> Option<String> {
    let paths = all.iter().find_map(|demand| match demand {
        Demand::Creator(paths) => Some(paths),
        _ => None,
    });
    let Some(paths) = paths else {
        return Some("without `creator` nobody sees which program it is".to_owned());
    };
    let file =
        |path: &Pattern| path.as_str().to_lowercase().rsplit('\\').next().unwrap_or_default().to_owned();
    paths.iter().map(file).find_map(|file| match file {
        _ if file.contains(['*', '?']) => Some("`creator` does not name the file that it pins".to_owned()),
        _ if is_general_tool(&file) => {
            Some(format!("`{file}` is on every host, or does whatever it is told"))
        }
        _ => None,
    })
}

/// Accounts that whole hosts share.
const SHARED_ACCOUNTS: &[(&str, &str)] = &[
    ("S-1-5-18", "SYSTEM"),
    ("S-1-5-19", "LOCAL SERVICE"),
    ("S-1-5-20", "NETWORK SERVICE"),
    ("S-1-5-7", "ANONYMOUS LOGON"),
    ("S-1-0-0", "nobody"),
];

pub(crate) fn whom_weakness(whom: &Whom) -> Option<String> {
    match whom {
        Whom::Sid(sid) => SHARED_ACCOUNTS
            .iter()
            .find(|(shared, _)| *shared == sid.as_str())
            .map(|(_, name)| format!("every program that runs as {name} fits, an attacker's too"))
            .or_else(|| group_weakness(sid)),
        Whom::Sids(pattern) => Some(format!("`{pattern}` fits accounts of every machine")),
        Whom::Name(pattern) => Some(format!("`{pattern}` is a name, and names can be taken: write the SID")),
    }
}

/// Groups that nearly everybody is in, or everybody who can make accounts.
const BROAD_GROUPS: &[(&str, &str)] = &[
    ("S-1-1-0", "Everyone"),
    ("S-1-2-0", "Local"),
    ("S-1-2-1", "Console Logon"),
    ("S-1-5-2", "Network"),
    ("S-1-5-3", "Batch"),
    ("S-1-5-4", "Interactive"),
    ("S-1-5-6", "Service"),
    ("S-1-5-11", "Authenticated Users"),
    ("S-1-5-14", "Remote Interactive Logon"),
    ("S-1-5-15", "This Organization"),
    ("S-1-5-113", "Local account"),
    ("S-1-5-114", "Local account and member of Administrators"),
    ("S-1-5-32-544", "Administrators"),
    ("S-1-5-32-545", "Users"),
    ("S-1-5-32-546", "Guests"),
    ("S-1-5-32-555", "Remote Desktop Users"),
    ("S-1-5-32-580", "Remote Management Users"),
];
/// Domain Users, Domain Guests, Domain Computers; 513 is also a machine's `None`.
const BROAD_DOMAIN_GROUPS: std::ops::RangeInclusive<u32> = 513..=515;

pub(crate) fn group_weakness(group: &Sid) -> Option<String> {
    let broad = BROAD_GROUPS.iter().find(|(broad, _)| *broad == group.as_str()).map(|(_, name)| *name);
    let of_domain = group.authority_prefix().and(group.rid()).filter(|rid| BROAD_DOMAIN_GROUPS.contains(rid));
    broad
        .map(|name| format!("whoever can make accounts is in {name}"))
        .or_else(|| of_domain.map(|_| format!("nearly everybody of the domain is in {group}")))
        // Labels of integrity, of how one logged on, of capabilities: no account and no group of a site.
        .or_else(|| {
            (!group.as_str().starts_with("S-1-5-")).then(|| format!("{group} is no account of a site"))
        })
}

/// Widest networks that still say where somebody came from.
const PREFIX_LEAST_V4: u8 = 9;
const PREFIX_LEAST_V6: u8 = 33;

pub(crate) fn network_weakness(network: &IpNet) -> Option<String> {
    let least = if network.network().is_ipv4() { PREFIX_LEAST_V4 } else { PREFIX_LEAST_V6 };
    if network.prefix_len() < least {
        return Some(format!("{network} is too wide to say where somebody came from"));
    }
    is_anywhere(network.network()).then(|| format!("{network} is on every host"))
}

/// Loopback and link-local addresses: every host has them.
pub(crate) fn is_anywhere(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_prove_a_program_only_where_others_cannot_take_its_place() {
        for (path, proves) in [
            (r"C:\Program Files\RMM\agent.exe", true),
            (r"c:\program files (x86)\RMM\*\Agent.exe", true),
            (r"C:\Windows\CCM\CcmExec.exe", true),
            ("agent.exe", false),
            ("*", false),
            (r"*\agent.exe", false),
            (r"C:\*\agent.exe", false),
            (r"?:\Program Files\RMM\agent.exe", false),
            (r"C:\Program Files*\RMM\agent.exe", false),
            (r"C:\Program Files\*\agent.exe", false),
            (r"C:\Program Files\agent.exe", false),
            (r"C:\Program Files\RMM\*.exe", false),
            (r"C:\Program Files\RMM\agent*", false),
            (r"C:\Program Files\RMM\..\..\Users\x\agent.exe", false),
            (r"C:\Program Files\PowerShell\7\pwsh.exe", false),
            (r"C:\Windows\System32\net1.exe", false),
            (r"C:\Windows\System32\lsass.exe", false),
            (r"C:\Windows\Temp\agent.exe", false),
            (r"C:\ProgramData\RMM\agent.exe", false),
            (r"C:\Users\*\AppData\Local\RMM\agent.exe", false),
            (r"C:\RMM\agent.exe", false),
            (r"D:\Program Files\RMM\agent.exe", false),
        ] {
            assert_eq!(path_weakness(&Pattern::new(path)).is_none(), proves, "{path}");
        }
    }

    #[test]
    fn an_agent_of_system_is_enough_only_where_all_its_frame_is_narrow() {
        let patterns = |text: &str| vec![Pattern::new(text)];
        let frame = || {
            vec![
                Demand::Creator(patterns(r"C:\Windows\System32\net1.exe")),
                Demand::Parent(patterns(r"C:\Windows\CCM\CcmExec.exe")),
                Demand::Session(vec![SessionKind::System]),
                Demand::Account(patterns("localadm")),
                Demand::HostRole(patterns("workstation")),
            ]
        };
        assert!(Strength::of(&frame()).is_enough());
        for place in 0..frame().len() {
            let mut less = frame();
            let left_out = less.remove(place);
            assert!(!Strength::of(&less).is_enough(), "without {left_out:?}");
        }
        for (place, wide) in [
            (1, Demand::Parent(patterns(r"C:\Windows\System32\cmd.exe"))),
            (2, Demand::Session(vec![SessionKind::System, SessionKind::Network])),
            (3, Demand::Account(patterns("*"))),
            (4, Demand::Host(patterns("**"))),
        ] {
            let mut all = frame();
            all[place] = wide;
            assert!(!Strength::of(&all).is_enough(), "{:?}", all[place]);
        }
    }

    #[test]
    fn a_hash_pins_a_named_program_that_is_no_tool() {
        let hash = Demand::Hash(vec!["SHA256=00".to_owned()]);
        for (creator, proves) in [
            (Some(r"C:\RMM\agent.exe"), true),
            (Some(r"C:\RMM\*.exe"), false),
            (Some(r"C:\Windows\System32\net1.exe"), false),
            (None, false),
        ] {
            let mut all = vec![hash.clone()];
            all.extend(creator.map(|path| Demand::Creator(vec![Pattern::new(path)])));
            assert_eq!(weakness(&hash, &all).is_none(), proves, "{creator:?}");
        }
    }

    #[test]
    fn accounts_groups_and_networks_that_everybody_has_prove_nothing() {
        for (sid, proves) in [
            ("S-1-5-21-1-2-3-1104", true),
            ("S-1-5-21-1-2-3-500", true),
            ("S-1-5-18", false),
            ("S-1-5-20", false),
            ("S-1-5-32-544", false),
            ("S-1-5-21-1-2-3-513", false),
            ("S-1-16-12288", false),
        ] {
            assert_eq!(whom_weakness(&Whom::Sid(Sid::parse(sid).unwrap())).is_none(), proves, "{sid}");
        }
        assert!(whom_weakness(&Whom::Name(Pattern::new(r"CORP\adm.keller"))).is_some());
        assert!(group_weakness(&Sid::parse("S-1-5-21-1-2-3-2301").unwrap()).is_none());
        for (network, proves) in [
            ("10.20.0.0/16", true),
            ("10.20.4.31/32", true),
            ("10.0.0.0/8", false),
            ("0.0.0.0/0", false),
            ("127.0.0.1/32", false),
            ("169.254.0.0/16", false),
            ("fd12:3456:789a::/48", true),
            ("fd00::/8", false),
            ("2001:db8::/32", false),
            ("::1/128", false),
            ("fe80::/64", false),
        ] {
            assert_eq!(network_weakness(&network.parse().unwrap()).is_none(), proves, "{network}");
        }
    }
}
