//! What a site says of its hosts: which there are, what they are for, whose they are.

use std::collections::BTreeMap;

use crate::case::{HostClass, HostRole, RoleGrounds, RoleSource};
use crate::ids::HostName;
use crate::text::Text;

/// One host of a site's inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryHost {
    /// As the inventory names it.
    pub name: HostName,
    /// In the site's own words: `file server`, `kiosk`, `tier0`; `None` where the inventory does not say.
    pub role: Option<Text>,
    /// What that role means for a risk; `None` where its words are not known.
    pub class: Option<HostClass>,
    /// Whose it is.
    pub owner: Option<Text>,
}

/// All hosts that should report, by name, ignoring case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    by_name: BTreeMap<String, InventoryHost>,
    /// By NetBIOS name, the keys of all that have it.
    by_netbios: BTreeMap<String, Vec<String>>,
}

impl Inventory {
    /// One more host; of two with one name the first stays, and the second is given back.
    pub fn add(&mut self, host: InventoryHost) -> Result<(), InventoryHost> {
        let key = host.name.as_str().to_lowercase();
        if self.by_name.contains_key(&key) {
            return Err(host);
        }
        self.by_netbios.entry(host.name.netbios()).or_default().push(key.clone());
        self.by_name.insert(key, host);
        Ok(())
    }

    /// All of them, by name.
    pub fn hosts(&self) -> impl Iterator<Item = &InventoryHost> {
        self.by_name.values()
    }

    /// No inventory was given, or an empty one.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The host of that name: by its whole name first, else by the first label, where that is one host alone. A log
    /// may name a host with its domain and the inventory without, or the other way round.
    pub fn find(&self, name: &HostName) -> Option<&InventoryHost> {
        if let Some(host) = self.by_name.get(&name.as_str().to_lowercase()) {
            return Some(host);
        }
        let may_be = |host: &&InventoryHost| host.name.dns_domain().is_none() || name.dns_domain().is_none();
        let same = self.by_netbios.get(&name.netbios()).into_iter().flatten();
        let mut fitting = same.filter_map(|key| self.by_name.get(key)).filter(may_be);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// Hosts that nobody heard of, by name. One that may have been heard under its short name is not among them.
    pub fn silent<'n>(&self, heard: impl IntoIterator<Item = &'n HostName>) -> Vec<&InventoryHost> {
        let mut by_netbios: BTreeMap<String, Vec<&HostName>> = BTreeMap::new();
        for name in heard {
            by_netbios.entry(name.netbios()).or_default().push(name);
        }
        let may_be_one = |one: &HostName, other: &HostName| {
            one.dns_domain().is_none()
                || other.dns_domain().is_none()
                || one.as_str().to_lowercase() == other.as_str().to_lowercase()
        };
        let is_silent = |host: &&InventoryHost| {
            let alike = by_netbios.get(&host.name.netbios());
            !alike.is_some_and(|alike| alike.iter().any(|name| may_be_one(name, &host.name)))
        };
        self.hosts().filter(is_silent).collect()
    }
}

impl InventoryHost {
    /// Its role, as a case tells it.
    pub fn case_role(&self) -> Option<HostRole> {
        let name = self.role.clone().or_else(|| self.class.map(|class| class.slug().into()))?;
        Some(HostRole { name, class: self.class, source: RoleSource::Inventory, why: RoleGrounds::Inventory })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> InventoryHost {
        InventoryHost { name: HostName::new(name).unwrap(), role: None, class: None, owner: None }
    }

    #[test]
    fn hosts_are_found_by_full_and_by_short_name_where_that_is_one_host() {
        let mut inventory = Inventory::default();
        for name in ["files01.corp.example", "KIOSK7", "web01.a.example", "web01.b.example"] {
            inventory.add(host(name)).unwrap();
        }
        assert!(inventory.add(host("kiosk7")).is_err());
        for (asked, found) in [
            ("FILES01.corp.example", Some("files01.corp.example")),
            ("files01", Some("files01.corp.example")),
            ("kiosk7.corp.example", Some("KIOSK7")),
            ("files01.other.example", None),
            ("web01", None),
            ("web01.b.example", Some("web01.b.example")),
            ("nobody", None),
        ] {
            let name = HostName::new(asked).unwrap();
            assert_eq!(inventory.find(&name).map(|host| host.name.as_str()), found, "{asked}");
        }
    }

    #[test]
    fn silent_is_who_cannot_have_been_heard_under_any_name() {
        let mut inventory = Inventory::default();
        for name in ["files01.corp.example", "KIOSK7", "web01.a.example", "web01.b.example", "db01"] {
            inventory.add(host(name)).unwrap();
        }
        let silent = |heard: &[&str]| {
            let heard: Vec<HostName> = heard.iter().map(|name| HostName::new(name).unwrap()).collect();
            inventory.silent(&heard).iter().map(|host| host.name.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(silent(&[]), "db01 files01.corp.example KIOSK7 web01.a.example web01.b.example");
        assert_eq!(
            silent(&["WEB01", "kiosk7.corp.example", "FILES01"]),
            "db01",
            "a short name may be either"
        );
        assert_eq!(
            silent(&["web01.A.example", "files01.other.example", "DB01"]),
            "files01.corp.example KIOSK7 web01.b.example"
        );
    }
}
