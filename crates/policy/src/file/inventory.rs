//! A site's inventory, read from CSV or JSON: which hosts should report, what they are for, whose they are.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::case::HostClass;
use begat_model::event::Text;
use begat_model::inventory::InventoryHost;
use begat_model::{HostName, Inventory};

use crate::file::complaint::{Complaint, Complaints};
use crate::file::rows::{Columns, Row, Table};

const COLUMNS: Columns = Columns {
    known: &["host", "role", "owner"],
    also_called: &[("name", "host"), ("hostname", "host"), ("computer", "host")],
    needed: &["host"],
};

/// Words of a role, and what they mean for a risk. The first row wins whose words stand in the role, one after
/// another: a certificate authority is a server too, and matters as what it signs for.
const ROLE_WORDS: &[(&str, HostClass)] = &[
    ("domain controller", HostClass::DomainController),
    ("domaincontroller", HostClass::DomainController),
    ("dc", HostClass::DomainController),
    ("rodc", HostClass::DomainController),
    ("tier 0", HostClass::Tier0),
    ("tier0", HostClass::Tier0),
    ("t0", HostClass::Tier0),
    ("certificate authority", HostClass::Tier0),
    ("pki", HostClass::Tier0),
    ("adfs", HostClass::Tier0),
    ("entra connect", HostClass::Tier0),
    ("aad connect", HostClass::Tier0),
    ("paw", HostClass::Tier0),
    ("workstation", HostClass::Workstation),
    ("client", HostClass::Workstation),
    ("desktop", HostClass::Workstation),
    ("laptop", HostClass::Workstation),
    ("notebook", HostClass::Workstation),
    ("kiosk", HostClass::Workstation),
    ("pc", HostClass::Workstation),
    ("vdi", HostClass::Workstation),
    ("server", HostClass::Server),
    ("fileserver", HostClass::Server),
    ("webserver", HostClass::Server),
    ("database", HostClass::Server),
    ("hypervisor", HostClass::Server),
    ("jump host", HostClass::Server),
];

/// What a role's words mean; `None` where none of them is known.
pub fn class_of(role: &str) -> Option<HostClass> {
    let words: Vec<String> = words(role).collect();
    let stands = |wanted: &str| {
        let length = wanted.split(' ').count();
        words.windows(length).any(|window| window.iter().map(String::as_str).eq(wanted.split(' ')))
    };
    ROLE_WORDS.iter().find(|(wanted, _)| stands(wanted)).map(|(_, class)| *class)
}

/// `File-Server (T0)`: `file`, `server`, `t0`.
fn words(role: &str) -> impl Iterator<Item = String> {
    let parts = role.split(|character: char| !character.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase)
}

/// An inventory, and what is odd about its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InventoryFile {
    /// The hosts.
    pub inventory: Inventory,
    /// What is odd about it but allowed.
    pub warnings: Vec<Complaint>,
}

impl InventoryFile {
    /// Reads it; `file` is how it is called in complaints.
    pub fn parse(file: &str, text: &str) -> Result<InventoryFile, Complaints> {
        let (mut rows, mut texts) = (Vec::new(), Texts::default());
        let mut unknown_roles = BTreeSet::new();
        let mut table = Table::read(file, text, &COLUMNS, |table, row| {
            let Some(host) = read(row, &mut texts, table) else { return };
            if let Some(role) = host.role.as_ref().filter(|_| host.class.is_none())
                && unknown_roles.insert(role.to_lowercase())
            {
                let what = format!("it is not known what role `{role}` means for a risk");
                let instead =
                    "say it with a word like server, workstation, kiosk, domain controller or tier0";
                table.warning(row.line, what, instead);
            }
            // No more rows are taken than this holds.
            rows.push((row.line.try_into().unwrap_or(u32::MAX), host));
        });
        let (inventory, twice) = Inventory::of(rows);
        for (line, host) in twice {
            let what = format!("{} stands there twice: the first row counts", host.name);
            table.warning(line as usize, what, "leave one out");
        }
        Ok(InventoryFile { inventory, warnings: table.finish()? })
    }
}

/// Roles and owners: many hosts have few, and share them.
#[derive(Default)]
struct Texts {
    roles: BTreeMap<Text, Option<HostClass>>,
    owners: BTreeSet<Text>,
}

impl Texts {
    fn role(&mut self, role: &str) -> (Text, Option<HostClass>) {
        if let Some((role, class)) = self.roles.get_key_value(role) {
            return (role.clone(), *class);
        }
        let (role, class) = (Text::from(role), class_of(role));
        self.roles.insert(role.clone(), class);
        (role, class)
    }

    fn owner(&mut self, owner: &str) -> Text {
        if let Some(owner) = self.owners.get(owner) {
            return owner.clone();
        }
        let owner = Text::from(owner);
        self.owners.insert(owner.clone());
        owner
    }
}

fn read(row: &Row, texts: &mut Texts, table: &mut Table) -> Option<InventoryHost> {
    let Some(name) = row.get("host").and_then(HostName::new) else {
        table.error(row.line, "the row names no host", "fill in `host`");
        return None;
    };
    let (role, class) = row.get("role").map(|role| texts.role(role)).unzip();
    Some(InventoryHost {
        name,
        role,
        class: class.flatten(),
        owner: row.get("owner").map(|owner| texts.owner(owner)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_mean_what_their_words_say() {
        for (role, class) in [
            ("Domain Controller", Some(HostClass::DomainController)),
            ("DC", Some(HostClass::DomainController)),
            ("file-server", Some(HostClass::Server)),
            ("Fileserver", Some(HostClass::Server)),
            ("CA server (Tier 0)", Some(HostClass::Tier0)),
            ("kiosk", Some(HostClass::Workstation)),
            ("Laptop, sales", Some(HostClass::Workstation)),
            ("dcim", None),
            ("tier 00", None),
            ("", None),
        ] {
            assert_eq!(class_of(role), class, "{role}");
        }
        for (index, (words, class)) in ROLE_WORDS.iter().enumerate() {
            assert_eq!(class_of(words), Some(*class), "row {index}, {words}, is hidden by one before it");
        }
    }

    #[test]
    fn hosts_are_read_and_what_is_odd_is_told() {
        let text = "Hostname;Role;Owner;Site\nfiles01.corp.example;file server;IT storage;B\nKIOSK7;toaster;;\n\
                    FILES01.corp.example;dc;x;\nKIOSK8;Toaster;;";
        let read = InventoryFile::parse("hosts.csv", text).unwrap();
        let hosts: Vec<String> = read
            .inventory
            .hosts()
            .map(|host| format!("{} {:?} {:?} {:?}", host.name, host.role, host.class, host.owner))
            .collect();
        insta::assert_snapshot!(hosts.join("\n"), @r#"
        files01.corp.example Some("file server") Some(Server) Some("IT storage")
        KIOSK7 Some("toaster") None None
        KIOSK8 Some("Toaster") None None
        "#);
        let warnings: Vec<String> = read.warnings.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(warnings.join("\n"), @r"
        hosts.csv:1: column `Site` is not read; known are `host`, `role`, `owner`
        hosts.csv:3: it is not known what role `toaster` means for a risk; say it with a word like server, workstation, kiosk, domain controller or tier0
        hosts.csv:4: FILES01.corp.example stands there twice: the first row counts; leave one out
        ");
        let missing = InventoryFile::parse("hosts.csv", "host,role\n-,server\n").unwrap_err();
        assert_eq!(missing.to_string(), "hosts.csv:2: the row names no host; fill in `host`");
    }
}
