//! Which names are one machine: FQDN and NetBIOS name, ignoring case, cut to 15 characters or not.
//!
//! Windows writes the FQDN in one channel and the short name in another; collectors cut the short name to the 15
//! characters of NetBIOS. Two long names that share their first 15 characters are still two machines.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::HostName;
use begat_model::coverage::Tally;

pub use crate::intake::host_id::HostId;
use crate::intake::renames::later_names;

/// All host names of an input, each with the machine it stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostDirectory {
    hosts: BTreeMap<String, HostId>,
    ambiguous: BTreeSet<HostId>,
    spelled: BTreeMap<HostId, BTreeSet<HostName>>,
}

/// A name folded for comparison: first label and domain, lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Folded {
    label: String,
    domain: Option<String>,
}

impl Folded {
    fn of(name: &HostName) -> Folded {
        Folded { label: name.first_label().to_lowercase(), domain: name.dns_domain().map(str::to_lowercase) }
    }

    /// Tells more than a NetBIOS name does.
    fn is_long(&self) -> bool {
        self.domain.is_some() || self.label.chars().count() > HostName::NETBIOS_CHARS_MAX
    }

    /// The same machine under a shorter name: no domain, or the label cut to 15 characters.
    fn shortens(&self, other: &Folded) -> bool {
        let cut: String = other.label.chars().take(HostName::NETBIOS_CHARS_MAX).collect();
        let label_fits = self.label == other.label || self.label == cut;
        let domain_fits = self.domain.is_none() || self.domain == other.domain;
        label_fits && domain_fits && self != other
    }

    fn key(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}.{domain}", self.label),
            None => self.label.clone(),
        }
    }
}

impl HostDirectory {
    /// The directory of all names that an input uses, with names that one machine bore one after another as one.
    pub fn of_input<'a>(names: impl IntoIterator<Item = &'a HostName>, tally: &Tally) -> HostDirectory {
        let mut directory = HostDirectory::from_names(names);
        let later = later_names(tally, |name| directory.resolve(name));
        let latest = |id: &HostId| {
            let next = |id: &HostId| later.get(id).cloned();
            std::iter::successors(Some(id.clone()), next).take(later.len() + 1).last()
        };
        for id in directory.hosts.values_mut() {
            *id = latest(id).unwrap_or_else(|| id.clone());
        }
        for (id, names) in std::mem::take(&mut directory.spelled) {
            let id = latest(&id).unwrap_or(id);
            directory.spelled.entry(id).or_default().extend(names);
        }
        directory
    }

    /// The directory of all names that an input uses, where nothing but the names tells which are one machine.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a HostName>) -> HostDirectory {
        let mut groups: BTreeMap<String, BTreeSet<Folded>> = BTreeMap::new();
        let names: BTreeSet<&HostName> = names.into_iter().collect();
        for name in &names {
            groups.entry(name.netbios()).or_default().insert(Folded::of(name));
        }
        let mut directory = HostDirectory::default();
        for (netbios, names) in groups {
            directory.add_group(&netbios, &names);
        }
        for name in names {
            directory.spelled.entry(directory.resolve(name)).or_default().insert(name.clone());
        }
        directory
    }

    /// The machine that a name stands for. A name that was not in the input stands for itself.
    pub fn resolve(&self, name: &HostName) -> HostId {
        let folded = Folded::of(name).key();
        self.hosts.get(&folded).cloned().unwrap_or_else(|| HostId(name.netbios().into()))
    }

    /// All that the input calls a machine, sorted.
    pub(crate) fn names_of(&self, host: &HostId) -> Vec<HostName> {
        self.spelled.get(host).into_iter().flatten().cloned().collect()
    }

    /// A short name that fits several machines of the input, or one of those machines: events of one may hide
    /// under the name of another.
    pub(crate) fn is_ambiguous(&self, host: &HostId) -> bool {
        self.ambiguous.contains(host)
    }

    /// The number of machines.
    pub fn count(&self) -> usize {
        self.hosts.values().collect::<BTreeSet<_>>().len()
    }

    /// Settles the names that share a NetBIOS name: one machine, unless their long forms contradict each other.
    fn add_group(&mut self, netbios: &str, names: &BTreeSet<Folded>) {
        let machines: Vec<&Folded> = names
            .iter()
            .filter(|name| {
                name.is_long() && !names.iter().any(|other| other.is_long() && name.shortens(other))
            })
            .collect();
        if machines.len() <= 1 {
            let id = HostId(netbios.into());
            self.hosts.extend(names.iter().map(|name| (name.key(), id.clone())));
            return;
        }
        for name in names {
            let fits: Vec<&&Folded> =
                machines.iter().filter(|machine| **machine == name || name.shortens(machine)).collect();
            let id = match fits.as_slice() {
                [machine] => HostId(machine.key().into()),
                _ => {
                    let short = HostId(netbios.into());
                    self.ambiguous.insert(short.clone());
                    self.ambiguous.extend(fits.iter().map(|machine| HostId(machine.key().into())));
                    short
                }
            };
            self.hosts.insert(name.key(), id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names, one a line, each with the machine it resolves to.
    fn check(names: &[&str], expected: &[&str]) {
        let names: Vec<HostName> = names.iter().map(|name| HostName::new(name).unwrap()).collect();
        let directory = HostDirectory::from_names(&names);
        let resolved: Vec<String> = names.iter().map(|name| directory.resolve(name).to_string()).collect();
        assert_eq!(resolved, expected);
    }

    #[test]
    fn fqdn_netbios_case_and_cut_are_one_machine() {
        check(&["ws6.theshire.local", "WS6", "ws6", "Ws6.TheShire.Local"], &["WS6"; 4]);
        check(
            &["desktop-verylongname01.corp", "DESKTOP-VERYLON", "desktop-verylongname01"],
            &["DESKTOP-VERYLON"; 3],
        );
    }

    #[test]
    fn long_names_that_share_fifteen_characters_are_two_machines() {
        check(
            &["desktop-verylongname01.corp", "desktop-verylongname02.corp"],
            &["desktop-verylongname01.corp", "desktop-verylongname02.corp"],
        );
    }

    #[test]
    fn one_label_in_two_domains_is_two_machines_and_the_bare_name_is_neither() {
        let names: Vec<HostName> =
            ["web.a.example", "web.b.example", "WEB"].map(|name| HostName::new(name).unwrap()).into();
        let directory = HostDirectory::from_names(&names);
        let ids: BTreeSet<HostId> = names.iter().map(|name| directory.resolve(name)).collect();
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|id| directory.is_ambiguous(id)), "each may hide events of the others");
    }

    #[test]
    fn unambiguous_hosts_are_not_marked() {
        let names: Vec<HostName> = ["web.a.example", "WEB"].map(|name| HostName::new(name).unwrap()).into();
        let directory = HostDirectory::from_names(&names);
        assert!(!directory.is_ambiguous(&directory.resolve(&names[0])));
        assert_eq!(directory.count(), 1);
    }
}
