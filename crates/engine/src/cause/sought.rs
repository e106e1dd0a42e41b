//! The account in question, as command lines and scripts name it.

use begat_model::{Duration, HostName, Text, Timestamp};

use crate::commands::intent::accounts::Intent;
use crate::commands::intent::aim::{Aim, Way};
use crate::tables::scripts::came_first;
use crate::windows::same_name::same_name;

/// The account that was created.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// Its name, where the creation tells it.
    pub name: Option<&'a Text>,
    /// It is one of this host, and not of its domain.
    pub is_local: bool,
    /// NetBIOS name of the host.
    pub netbios: &'a str,
    /// When an account of this name was made before, on this host: what was said until then is done.
    pub made_before: Option<Timestamp>,
    /// When this one was made, by a clock that was not set back nearby.
    pub made_at: Timestamp,
}

/// An account that a text says it creates here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said<'p> {
    /// Its name, as far as it is written out.
    pub name: Option<&'p str>,
    /// The process itself, or what it starts.
    pub way: Way,
    /// After sleeping so long.
    pub after: Duration,
}

impl Sought<'_> {
    /// What a text that began to run then says that it creates where this account is. What it comes to only after a sleep
    /// that was not over is not this account. What goes to the domain (`net user … /domain`) leaves
    /// no account on this host, and what goes to another machine none here.
    pub(super) fn said_in<'p>(
        &self,
        intents: &'p [Intent],
        began_at: Timestamp,
    ) -> impl Iterator<Item = Said<'p>> + use<'_, 'p> {
        intents.iter().filter_map(move |intent| match intent {
            Intent::CreateAccount { name, aim, way, after }
                if self.is_where(aim) && self.is_awake(began_at, *after) =>
            {
                Some(Said { name: name.as_deref(), way: *way, after: *after })
            }
            _ => None,
        })
    }

    /// What sleeps so long after it began was done with that when the account was made.
    fn is_awake(&self, began_at: Timestamp, after: Duration) -> bool {
        after == Duration::ZERO || came_first(began_at + after, self.made_at)
    }

    /// A command that creates the account says so of this place.
    fn is_where(&self, aim: &Aim) -> bool {
        match aim {
            Aim::Domain => !self.is_local,
            _ => aim.is_here(|name| is_own_name(name, self.netbios)),
        }
    }

    /// Said before an account of this name was made the last time, and so done by then.
    pub(super) fn is_fulfilled(&self, said_at: Timestamp) -> bool {
        self.made_before.is_some_and(|made| said_at <= made)
    }

    /// It names this account.
    pub(super) fn is_it(&self, said: Said<'_>) -> bool {
        said.name.is_some_and(|name| self.is_account(name))
    }

    pub(super) fn is_account(&self, name: &str) -> bool {
        self.name.is_some_and(|account| same_name(account, name))
    }
}

/// Of a name with its domain the first part is the machine's, as long as NetBIOS has room for.
fn is_own_name(name: &str, netbios: &str) -> bool {
    HostName::new(name).is_some_and(|name| name.netbios() == netbios)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::intent::accounts::script_intents;

    fn sought() -> Sought<'static> {
        let made_at = Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap();
        Sought { name: None, is_local: true, netbios: "SRV1", made_before: None, made_at }
    }

    #[test]
    fn what_sleeps_longer_did_not_make_it() {
        let sought = sought();
        let intents = script_intents("Start-Sleep 600; New-LocalUser bob");
        for (seconds_before, is_it) in [(0, false), (300, false), (599, false), (600, true), (5000, true)] {
            let began_at = sought.made_at - Duration::from_seconds(seconds_before);
            assert_eq!(sought.said_in(&intents, began_at).count(), usize::from(is_it), "{seconds_before}");
        }
    }

    #[test]
    fn a_machine_is_this_one_by_its_own_name_only() {
        let sought = sought();
        for (machine, is_here) in [
            ("SRV1", true),
            ("srv1.corp.example", true),
            ("localhost", true),
            ("APP07", false),
            ("SRV10", false),
        ] {
            let script =
                format!("Invoke-Command -ComputerName {machine} {{ New-LocalUser bob -NoPassword }}");
            let intents = script_intents(&script);
            assert_eq!(sought.said_in(&intents, sought.made_at).count(), usize::from(is_here), "{machine}");
        }
    }
}
