//! What a machine itself is called: by its records, and by SYSTEM, which goes by the machine's own name.
//!
//! A collector may write another name into Computer (an alias of DNS), and while Windows is set up SYSTEM and new
//! accounts still go by the name that the machine had before (MINWINPC, WIN-…).

use std::collections::BTreeSet;

use begat_model::event::Principal;
use begat_model::{HostName, Sid, Text};

/// Most names of one machine.
const NAMES_MAX: usize = 64;

/// The names of one machine, as domains of its own accounts.
#[derive(Debug, Clone, Default)]
pub struct OwnNames {
    /// In upper case.
    names: BTreeSet<String>,
    /// What SYSTEM was called the last time: mostly it is the same.
    latest: Option<Text>,
}

impl OwnNames {
    /// Those that its records bear.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> OwnNames {
        OwnNames { names: names.into_iter().map(str::to_uppercase).collect(), latest: None }
    }

    /// A record bears this name.
    pub fn called(&mut self, name: &HostName) {
        self.add(&name.netbios());
    }

    /// SYSTEM acts as the machine's account: `WS1$`.
    pub fn acted(&mut self, account: &Principal) {
        let Some(name) = account.name.as_ref().filter(|_| is_system(account)) else { return };
        if self.latest.as_ref() != Some(name) {
            self.latest = Some(name.clone());
            name.strip_suffix('$').iter().for_each(|name| self.add(name));
        }
    }

    fn add(&mut self, name: &str) {
        if self.names.len() < NAMES_MAX && !name.is_empty() {
            self.names.insert(name.to_uppercase());
        }
    }

    /// An account of this domain is the machine's own.
    pub fn holds(&self, domain: &str) -> bool {
        let is_it = |name: &String| domain.chars().flat_map(char::to_uppercase).eq(name.chars());
        self.names.iter().any(is_it)
    }
}

fn is_system(account: &Principal) -> bool {
    account.sid.as_ref().is_some_and(|sid| sid.as_str() == Sid::SYSTEM)
}

/// A name that Windows' setup gives a machine before it has one: that of the image it starts from, a random one, and
/// that of Windows 7 (`37L4247F27-25`).
pub fn is_of_setup(name: &str) -> bool {
    let is_random = |rest: &str| rest.len() == 11 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_seven = |rest: &str| rest.len() == 6 && rest.as_bytes()[3] == b'-';
    let upper = name.to_ascii_uppercase();
    upper == "MINWINPC"
        || upper.strip_prefix("WIN-").is_some_and(is_random)
        || upper.strip_prefix("37L4247").is_some_and(is_seven)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(sid: &str, name: &str) -> Principal {
        Principal { sid: Sid::parse(sid), name: Some(name.into()), ..Principal::default() }
    }

    #[test]
    fn a_machine_is_called_what_its_records_and_its_own_account_say() {
        let mut own = OwnNames::of(["WEB-PROD-1"]);
        own.acted(&account(Sid::SYSTEM, "EC2AMAZ-7Q1X2Z$"));
        own.acted(&account("S-1-5-21-1-2-3-1105", "WS17$"));
        own.acted(&account(Sid::SYSTEM, "SYSTEM"));
        for (domain, expected) in
            [("web-prod-1", true), ("EC2AMAZ-7Q1X2Z", true), ("WS17", false), ("SYSTEM", false), ("", false)]
        {
            assert_eq!(own.holds(domain), expected, "{domain}");
        }
    }

    #[test]
    fn setup_gives_names_of_its_own() {
        for (name, expected) in [
            ("MINWINPC", true),
            ("WIN-QALA5Q3KJ43", true),
            ("win-9l34ak87nd7", true),
            ("37L4247F27-25", true),
            ("WIN-SRV", false),
            ("EC2AMAZ-7Q1X2Z", false),
            ("WS17", false),
        ] {
            assert_eq!(is_of_setup(name), expected, "{name}");
        }
    }
}
