//! What a group grants over a host, by its SID: names are localised.

use begat_model::{Sid, Text};

/// Groups that grant power over a host: High and Medium of the domain reference's section D.
pub const PRIVILEGED_BUILTIN_RIDS: &[(u32, &str)] = &[
    (544, "Administrators"),
    (551, "Backup Operators"),
    (578, "Hyper-V Administrators"),
    (555, "Remote Desktop Users"),
    (580, "Remote Management Users"),
    (562, "Distributed COM Users"),
    (547, "Power Users"),
];
/// Groups of a domain that grant power over all its hosts.
pub const PRIVILEGED_DOMAIN_RIDS: &[(u32, &str)] = &[
    (512, "Domain Admins"),
    (518, "Schema Admins"),
    (519, "Enterprise Admins"),
    (520, "Group Policy Creator Owners"),
    (526, "Key Admins"),
    (527, "Enterprise Key Admins"),
];
/// Of the groups of every Windows these weigh most: section D's High.
const HIGH_BUILTIN_RIDS: &[u32] = &[544, 551, 578];

/// What a group's SID says about the power it grants: its English name, whatever the host calls it.
pub fn privileged_group(group: &Sid) -> Option<&'static str> {
    let rid = group.rid()?;
    let rows = if group.as_str().starts_with("S-1-5-32-") {
        PRIVILEGED_BUILTIN_RIDS
    } else {
        group.authority_prefix()?;
        PRIVILEGED_DOMAIN_RIDS
    };
    rows.iter().find(|(row, _)| *row == rid).map(|(_, name)| *name)
}

/// The power that a group grants over a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPower {
    /// As much as Administrators; else only the right to come in from elsewhere.
    pub is_high: bool,
    /// Its English name; of a site's own group the name that the host gives it, else its SID.
    pub name: String,
}

/// The power of a group, those among them that the site says are nested in Administrators; `None`: it grants none.
pub fn group_power(group: &Sid, name: Option<&Text>, site: &[Sid]) -> Option<GroupPower> {
    let known = privileged_group(group);
    if site.contains(group) {
        let name = known.or(name.map(|name| &**name)).unwrap_or(group.as_str()).to_owned();
        return Some(GroupPower { is_high: true, name });
    }
    let is_builtin = group.as_str().starts_with("S-1-5-32-");
    let is_high = !is_builtin || group.rid().is_some_and(|rid| HIGH_BUILTIN_RIDS.contains(&rid));
    known.map(|name| GroupPower { is_high, name: name.to_owned() })
}

/// Every account is put into RID 513 of its machine or domain ("None", "Domain Users"): that says nothing.
pub(crate) fn is_primary_group(group: &Sid) -> bool {
    group.rid() == Some(513) && group.authority_prefix().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_known_by_sid_in_any_language() {
        for (sid, power) in [
            ("S-1-5-32-544", true),
            ("S-1-5-32-545", false),
            ("S-1-5-32-555", true),
            ("S-1-5-32-558", false),
            ("S-1-5-21-1-2-3-512", true),
            ("S-1-5-21-1-2-3-513", false),
            ("S-1-5-21-1-2-3-544", false),
        ] {
            assert_eq!(privileged_group(&Sid::parse(sid).unwrap()).is_some(), power, "{sid}");
        }
    }

    #[test]
    fn high_groups_are_those_of_administrators_and_those_that_the_site_says_are_in_them() {
        let site = [Sid::parse("S-1-5-21-1-2-3-1500").unwrap(), Sid::parse("S-1-5-32-555").unwrap()];
        let power = |sid: &str, site: &[Sid]| {
            let power = group_power(&Sid::parse(sid).unwrap(), Some(&"Helfer".into()), site);
            power.map(|power| (power.is_high, power.name))
        };
        for (sid, is_high, name) in [
            ("S-1-5-32-544", true, "Administrators"),
            ("S-1-5-32-551", true, "Backup Operators"),
            ("S-1-5-32-578", true, "Hyper-V Administrators"),
            ("S-1-5-32-555", false, "Remote Desktop Users"),
            ("S-1-5-21-1-2-3-512", true, "Domain Admins"),
        ] {
            assert_eq!(power(sid, &[]), Some((is_high, name.to_owned())), "{sid}");
        }
        assert_eq!(power("S-1-5-21-1-2-3-1500", &[]), None);
        assert_eq!(power("S-1-5-21-1-2-3-1500", &site), Some((true, "Helfer".to_owned())));
        assert_eq!(power("S-1-5-32-555", &site), Some((true, "Remote Desktop Users".to_owned())));
        for rid in HIGH_BUILTIN_RIDS {
            assert!(PRIVILEGED_BUILTIN_RIDS.iter().any(|(row, _)| row == rid));
        }
    }
}
