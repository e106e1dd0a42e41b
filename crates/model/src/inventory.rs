//! What a site says of its hosts: which there are, what they are for, whose they are.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// All hosts that should report, by name, ignoring case. A large site has a million of them: they stand in one list without
/// keys beside their names, and whoever looks into it shares it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    listed: Arc<Listed>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    /// In order of their names.
    hosts: Vec<InventoryHost>,
    /// Their places in order of their NetBIOS names.
    by_netbios: Vec<u32>,
}

impl Inventory {
    /// Of hosts, each with the line it stands on. Of several with one name the first counts; the others are given back.
    pub fn of(mut rows: Vec<(u32, InventoryHost)>) -> (Inventory, Vec<(u32, InventoryHost)>) {
        rows.sort_unstable_by(|(line, one), (later, other)| {
            in_order(&one.name, &other.name).then(line.cmp(later))
        });
        let mut twice = Vec::new();
        let mut hosts: Vec<InventoryHost> = Vec::with_capacity(rows.len());
        for (line, host) in rows {
            match hosts.last() {
                Some(last) if in_order(&last.name, &host.name).is_eq() => twice.push((line, host)),
                _ => hosts.push(host),
            }
        }
        twice.sort_unstable_by_key(|(line, _)| *line);
        let mut by_netbios: Vec<u32> = (0..).take(hosts.len()).collect();
        let name = |place: &u32| &hosts[*place as usize].name;
        by_netbios.sort_by(|one, other| name(one).netbios_order(name(other)));
        (Inventory { listed: Arc::new(Listed { hosts, by_netbios }) }, twice)
    }

    /// All of them, by name.
    pub fn hosts(&self) -> impl ExactSizeIterator<Item = &InventoryHost> {
        self.listed.hosts.iter()
    }

    /// No inventory was given, or an empty one.
    pub fn is_empty(&self) -> bool {
        self.listed.hosts.is_empty()
    }

    /// The host of that name: by its whole name first, else by the first label, where that is one host alone. A log
    /// may name a host with its domain and the inventory without, or the other way round.
    pub fn find(&self, name: &HostName) -> Option<&InventoryHost> {
        let Listed { hosts, by_netbios } = &*self.listed;
        if let Ok(place) = hosts.binary_search_by(|host| in_order(&host.name, name)) {
            return hosts.get(place);
        }
        let alike = |place: &u32| hosts[*place as usize].name.netbios_order(name);
        let first = by_netbios.partition_point(|place| alike(place).is_lt());
        let may_be = |host: &&InventoryHost| host.name.dns_domain().is_none() || name.dns_domain().is_none();
        let same = by_netbios[first..].iter().take_while(|place| alike(place).is_eq());
        let mut fitting = same.map(|place| &hosts[*place as usize]).filter(may_be);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// Hosts that nobody heard of, by name. One that may have been heard under its short name is not among them.
    pub fn silent<'n>(&self, heard: impl IntoIterator<Item = &'n HostName>) -> Vec<&InventoryHost> {
        let mut by_netbios: BTreeMap<String, Vec<&HostName>> = BTreeMap::new();
        for name in heard {
            by_netbios.entry(name.netbios()).or_default().push(name);
        }
        let may_be_one = |one: &HostName, other: &HostName| {
            one.dns_domain().is_none() || other.dns_domain().is_none() || in_order(one, other).is_eq()
        };
        let is_silent = |host: &&InventoryHost| {
            let alike = by_netbios.get(&host.name.netbios());
            !alike.is_some_and(|alike| alike.iter().any(|name| may_be_one(name, &host.name)))
        };
        self.hosts().filter(is_silent).collect()
    }
}

/// Which of two names comes first, ignoring case.
fn in_order(one: &HostName, other: &HostName) -> Ordering {
    let (one, other) = (one.as_str(), other.as_str());
    // Nearly all are, and a million are sorted.
    if one.is_ascii() && other.is_ascii() {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        return one.bytes().map(lower).cmp(other.bytes().map(lower));
    }
    one.chars().flat_map(char::to_lowercase).cmp(other.chars().flat_map(char::to_lowercase))
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

    fn inventory(names: &[&str]) -> (Inventory, Vec<u32>) {
        let host = |name: &str| InventoryHost {
            name: HostName::new(name).unwrap(),
            role: None,
            class: None,
            owner: None,
        };
        let (inventory, twice) = Inventory::of((1..).zip(names.iter().map(|name| host(name))).collect());
        (inventory, twice.into_iter().map(|(line, _)| line).collect())
    }

    #[test]
    fn hosts_are_found_by_full_and_by_short_name_where_that_is_one_host() {
        let (inventory, _) =
            inventory(&["files01.corp.example", "KIOSK7", "web01.a.example", "web01.b.example"]);
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
    fn of_several_with_one_name_the_first_counts() {
        let (inventory, twice) = inventory(&["b.example", "KIOSK7", "Ä1", "kiosk7", "ä1", "Kiosk7", "a"]);
        let names: Vec<&str> = inventory.hosts().map(|host| host.name.as_str()).collect();
        assert_eq!((names, twice), (vec!["a", "b.example", "KIOSK7", "Ä1"], vec![4, 5, 6]));
    }

    #[test]
    fn silent_is_who_cannot_have_been_heard_under_any_name() {
        let names = ["files01.corp.example", "KIOSK7", "web01.a.example", "web01.b.example", "db01"];
        let (inventory, _) = inventory(&names);
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
