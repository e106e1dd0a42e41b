//! Attacks that an entry of a policy must never allow: what a hunt tells of the simulator's attack stories.
//!
//! The file beside this one is written by `begat-sim attacks`; a test there fails when the two differ.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use begat_model::{Pattern, Sid};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::judge::situation::{Situation, SituationActor};
use crate::judge::ticket::Tickets;
use crate::terms::entry::Entry;
use crate::terms::key::{Demand, Whom};
use crate::terms::strength::{group_weakness, is_anywhere, network_weakness, path_weakness};

/// A creation of an attack story, as a policy sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttackSituation {
    /// Name of the story.
    pub story: String,
    /// Scenario of the domain reference that it plays: `M01` …
    pub scenario: String,
    /// What happens.
    pub summary: String,
    /// What a hunt tells of it.
    pub situation: Situation,
}

static ATTACKS: LazyLock<Vec<AttackSituation>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("attacks.json")).expect("a test reads the file that is shipped")
});

/// All of them, by scenario.
pub fn attacks() -> &'static [AttackSituation] {
    &ATTACKS
}

/// How many stories they are of: some make several accounts.
pub fn attack_stories() -> usize {
    attacks().iter().map(AttackSituation::key).collect::<BTreeSet<_>>().len()
}

impl AttackSituation {
    /// Scenario and story.
    fn key(&self) -> (&str, &str) {
        (&self.scenario, &self.story)
    }
}

/// Networks with more addresses than a /24 or a /64 hold more hosts than anybody keeps an eye on: an attacker who is
/// inside is likely to have one.
const PREFIX_NARROW_V4: u8 = 24;
const PREFIX_NARROW_V6: u8 = 64;

impl Entry {
    /// It would allow this attack, if it happened at the site and went as badly as it could.
    ///
    /// What a key asks for, an attacker inside the network has or has not:
    /// - `account`, `host`, `host_role`, `source_host`, `verdict`, `hours`, `days`, `from`, `until`: has. The attacker
    ///   names the account, is on the host, and waits.
    /// - `creator`, `parent`, `session`: what the story shows. Another way to the account is another story. A creator
    ///   that is only `likely` counts as proven: where more is logged it is.
    /// - `hash`: has where `creator` fits and names Windows' own file, which is the same file on every host.
    /// - `actor`, `actor_group`: has not where one account or a group of the site is meant: somebody's password was
    ///   stolen, not everybody's. Has what is meant widely, by wildcard or through a group that all administrators are
    ///   in; and has the account of a program that the entry trusts as `parent`, where the story drives that program.
    /// - `source`: has where the network is wider than a /24 (or a /64) and the story came from an address; loopback as
    ///   the story shows it.
    /// - `ticket`: has not.
    ///
    /// That the entry may expire before is left out: it will be renewed.
    fn would_swallow(&self, attack: &AttackSituation) -> bool {
        let situation = &attack.situation;
        self.demands.iter().all(|demand| attacker_meets(demand, &self.demands, situation))
    }

    /// The attacks that it would allow, one a story, by scenario.
    pub fn swallowed(&self) -> Vec<&'static AttackSituation> {
        let swallowed = attacks().iter().filter(|attack| self.would_swallow(attack));
        swallowed.map(|attack| (attack.key(), attack)).collect::<BTreeMap<_, _>>().into_values().collect()
    }
}

fn attacker_meets(demand: &Demand, all: &[Demand], situation: &Situation) -> bool {
    let is_shown = |demand: &Demand| demand.lack(situation, &Tickets::default()).is_none();
    match demand {
        Demand::Account(_)
        | Demand::Host(_)
        | Demand::HostRole(_)
        | Demand::SourceHost(_)
        | Demand::Verdict(_)
        | Demand::Hours(..)
        | Demand::Days(..)
        | Demand::From(_)
        | Demand::Until(_) => true,
        Demand::Creator(_) | Demand::Parent(_) | Demand::Session(_) => is_shown(demand),
        Demand::Hash(_) => {
            let is_named = all.iter().any(|demand| matches!(demand, Demand::Creator(_)) && is_shown(demand));
            is_named && creator_is_windows_own(situation)
        }
        Demand::Actor(whom) => {
            drives_trusted_program(all, situation)
                || whom.iter().any(|whom| has_account(whom, &situation.actor))
        }
        Demand::ActorGroup(groups) => {
            drives_trusted_program(all, situation)
                || groups.iter().any(|group| group_weakness(group).is_some())
        }
        Demand::Source(networks) => networks.iter().any(|network| has_address(network, situation)),
        Demand::Ticket => false,
    }
}

fn creator_is_windows_own(situation: &Situation) -> bool {
    let image = situation.creator.as_ref().and_then(|creator| creator.image.as_deref());
    // System32 and SysWOW64.
    image.is_some_and(|image| image.to_lowercase().starts_with(r"c:\windows\sys"))
}

/// An ancestor that proves something, and that the story has all the same: whoever drives it has its session.
fn drives_trusted_program(all: &[Demand], situation: &Situation) -> bool {
    let proves = |path: &&Pattern| path_weakness(path).is_none();
    let runs = |path: &Pattern| {
        situation.chain.iter().filter_map(|process| process.image.as_deref()).any(|image| path.matches(image))
    };
    all.iter().any(|demand| match demand {
        Demand::Parent(paths) => paths.iter().filter(proves).any(runs),
        _ => false,
    })
}

fn has_account(whom: &Whom, actor: &SituationActor) -> bool {
    let has_sid = |fits: &dyn Fn(&Sid) -> bool| actor.sid.as_ref().is_some_and(fits);
    match whom {
        // SYSTEM and its like are on every host.
        Whom::Sid(sid) => sid.authority_prefix().is_none() && has_sid(&|actual| actual == sid),
        Whom::Sids(pattern) => has_sid(&|actual| pattern.matches(actual.as_str())),
        Whom::Name(pattern) => {
            // The domain is another one on every site.
            let (_, name) = pattern.as_str().rsplit_once('\\').unwrap_or(("", pattern.as_str()));
            let is_wide = name.contains(['*', '?']);
            is_wide && actor.name.as_deref().is_some_and(|actual| Pattern::new(name).matches(actual))
        }
    }
}

fn has_address(network: &IpNet, situation: &Situation) -> bool {
    let sessions = std::iter::once(&situation.actor).chain(&situation.origin);
    let mut addresses = sessions.filter_map(|session| session.source_ip.as_deref()?.parse().ok());
    if is_anywhere(network.network()) {
        return addresses.all(|address| network.contains(&address)) && situation.actor.source_ip.is_some();
    }
    let narrow = if network.network().is_ipv4() { PREFIX_NARROW_V4 } else { PREFIX_NARROW_V6 };
    let is_wide = network.prefix_len() < narrow || network_weakness(network).is_some();
    is_wide && addresses.any(|address| !is_anywhere(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    /// Stories that an entry with these keys would allow.
    fn swallowed(keys: &str) -> BTreeSet<&'static str> {
        let text = format!(
            "[[authorisation]]\nname = \"x\"\nkind = \"helpdesk\"\nowner = \"x\"\nreason = \"x\"\nexpires = 2020-01-01\n\
             [authorisation.match]\n{keys}\n"
        );
        let policy = Policy::parse("test", &text).unwrap();
        let entry = &policy.entries()[0];
        attacks().iter().filter(|attack| entry.would_swallow(attack)).map(|it| it.story.as_str()).collect()
    }

    const SQL: &str = r"parent = 'C:\Program Files\Microsoft SQL Server\*\sqlservr.exe'";

    #[test]
    fn an_attacker_has_what_is_chosen_freely_and_lacks_what_is_named() {
        for (keys, stories) in [
            (format!("{SQL}\nactor = 'S-1-5-21-1-2-3-1234'\nsession = 'service'"), vec!["xp-cmdshell"]),
            (
                format!(
                    "{SQL}\nactor = 'S-1-5-21-1-2-3-1234'\naccount = 'svc_*'\nhost = 'db01'\ndays = ['sun']\n\
                     hours = '02:00-03:00'\nuntil = 2020-01-01\nhost_role = 'server'\nsource_host = 'x'"
                ),
                vec!["xp-cmdshell"],
            ),
            (format!("{SQL}\nactor = 'S-1-5-21-1-2-3-1234'\nsession = 'network'"), vec![]),
            (format!("{SQL}\nactor = 'S-1-5-21-1-2-3-1234'\nticket = true"), vec![]),
            (format!("{SQL}\nactor = 'S-1-5-21-1-2-3-1234'\nsource = '10.20.0.0/16'"), vec![]),
        ] {
            assert_eq!(swallowed(&keys), BTreeSet::from_iter(stories), "{keys}");
        }
    }

    /// Keys that a policy refuses as too weak by themselves are held one by one.
    fn meets(demand: &Demand, story: &str) -> bool {
        let attack = attacks().iter().find(|attack| attack.story == story).unwrap();
        attacker_meets(demand, std::slice::from_ref(demand), &attack.situation)
    }

    #[test]
    fn a_stolen_password_is_one_persons_and_a_foothold_one_network_of_many() {
        let name = |text: &str| Demand::Actor(vec![Whom::Name(Pattern::new(text))]);
        let sid = |text: &str| Demand::Actor(vec![Whom::Sid(Sid::parse(text).unwrap())]);
        let group = |text: &str| Demand::ActorGroup(vec![Sid::parse(text).unwrap()]);
        let source = |text: &str| Demand::Source(vec![text.parse().unwrap()]);
        for (demand, story, has) in [
            (name(r"CORP\adm.keller"), "net-user", false),
            (name(r"ACME\adm.*"), "net-user", true),
            (name(r"ACME\svc_*"), "net-user", false),
            (sid("S-1-5-21-1004336348-1177238915-682003330-1146"), "net-user", false),
            (sid("S-1-5-18"), "psexec", true),
            (sid("S-1-5-18"), "net-user", false),
            (Demand::Actor(vec![Whom::Sids(Pattern::new("S-1-5-21-*-500"))]), "token-theft", true),
            (group("S-1-5-32-544"), "net-user", true),
            (group("S-1-5-21-1-2-3-2301"), "net-user", false),
            (source("10.20.4.31/32"), "net-user", false),
            (source("10.20.4.0/24"), "net-user", false),
            (source("192.168.0.0/16"), "net-user", true),
            (source("192.168.0.0/16"), "sticky-keys", false),
            (source("127.0.0.0/8"), "net-user", false),
            (Demand::Hash(vec!["SHA256=00".to_owned()]), "net-user", false),
            (Demand::Ticket, "net-user", false),
        ] {
            assert_eq!(meets(&demand, story), has, "{demand:?} {story}");
        }
        let net1 = Demand::Creator(vec![Pattern::new(r"C:\Windows\System32\net1.exe")]);
        let hash = Demand::Hash(vec!["SHA256=00".to_owned()]);
        let story = &attacks().iter().find(|attack| attack.story == "net-user").unwrap().situation;
        assert!(attacker_meets(&hash, &[hash.clone(), net1], story), "the same net1 is on every host");
    }
}
