//! The entries of a policy as others tell of them: keys with their values, what is to be mended, how often used.

use begat_model::Timestamp;
use begat_model::allowance::{Allowance, AllowanceKey};

use crate::policy::Policy;
use crate::review::audit::{Remark, audit};
use crate::review::history::History;
use crate::terms::key::{Demand, Whom};

/// All entries, in the order of the file; `today` says which are over.
pub fn allowances(policy: &Policy, history: Option<&History>, today: Timestamp) -> Vec<Allowance> {
    let audited = audit(policy, history, today).entries;
    let allowance = |audited: crate::review::audit::Audited<'_>| {
        let entry = audited.entry;
        Allowance {
            name: entry.name().clone(),
            kind: entry.kind().slug(),
            owner: entry.owner().clone(),
            reason: entry.reason().clone(),
            expires: entry.expires().text.clone(),
            last: entry.expires().last,
            keys: entry.demands.iter().map(key).collect(),
            defects: audited.remarks.iter().map(Remark::slug).collect(),
            used: audited.used.map_or(0, |used| used.times),
        }
    };
    audited.into_iter().map(allowance).collect()
}

fn key(demand: &Demand) -> AllowanceKey {
    fn each<T: ToString>(values: &[T]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }
    let values = match demand {
        Demand::Creator(it)
        | Demand::Parent(it)
        | Demand::SourceHost(it)
        | Demand::Account(it)
        | Demand::Host(it)
        | Demand::HostRole(it) => each(it),
        Demand::Hash(it) => it.clone(),
        Demand::Actor(it) => it.iter().map(whom).collect(),
        Demand::ActorGroup(it) => each(it),
        Demand::Source(it) => each(it),
        Demand::Ticket => vec!["true".to_owned()],
        Demand::Session(it) => each(it),
        Demand::Verdict(it) => each(it),
        Demand::Hours(hours, days, _) => {
            let days = days.as_ref().map(|days| format!(" ({days})"));
            vec![format!("{hours}{}", days.unwrap_or_default())]
        }
        Demand::Days(days, _) => vec![days.to_string()],
        Demand::From(moment) => vec![moment.first.to_string()],
        Demand::Until(moment) => vec![moment.last.to_string()],
    };
    AllowanceKey { name: demand.name(), values }
}

fn whom(whom: &Whom) -> String {
    match whom {
        Whom::Sid(sid) => sid.to_string(),
        Whom::Sids(pattern) | Whom::Name(pattern) => pattern.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_told_with_the_values_of_its_keys() {
        let policy = Policy::parse(
            "site.toml",
            "[[authorisation]]\nname = 'rmm'\nkind = 'deployment'\nowner = 'it'\nreason = 'agents'\nexpires = \
             2026-12-31\n[authorisation.match]\ncreator = ['C:\\Program Files\\RMM\\agent.exe']\nticket = \
             true\naccount = ['rmm-*', 'agent?']\nsource = ['10.20.4.0/24']\n",
        )
        .unwrap();
        let told = |day: &str| allowances(&policy, None, Timestamp::parse_rfc3339(day).unwrap());
        let of_spring = told("2026-03-02T00:00:00Z");
        let keys: Vec<String> =
            of_spring[0].keys.iter().map(|key| format!("{}={}", key.name, key.values.join("+"))).collect();
        assert!(keys.contains(&r"creator=C:\Program Files\RMM\agent.exe".to_owned()), "{keys:?}");
        assert!(keys.contains(&"account=rmm-*+agent?".to_owned()), "{keys:?}");
        assert!(keys.contains(&"source=10.20.4.0/24".to_owned()), "{keys:?}");
        assert!(keys.contains(&"ticket=true".to_owned()), "{keys:?}");
        assert!(of_spring[0].defects.is_empty());
        assert_eq!(told("2027-01-01T00:00:00Z")[0].defects, ["expired"]);
    }
}
