//! What an entry asks for beside the creator. A creator that is only `likely` may be a bystander of that session, so that
//! program and ancestors prove nothing by themselves, and neither does the account: it is the session's, which is all
//! that is certain. Something must bear the permission that does not hang on which process of the session it was.

use begat_model::{Duration, Pattern};

use crate::terms::key::Demand;
use crate::terms::schedule::Moment;
use crate::terms::strength::network_weakness;

/// From the first to the last day of a window: what is open for longer is a standing permission.
const WINDOW_MAX: Duration = Duration::from_seconds(31 * 86_400);

/// Names of the keys that bear a permission beside a likely creator, where their values are chosen well.
pub(crate) fn beside_creator(demands: &[Demand]) -> Vec<&'static str> {
    demands.iter().filter(|demand| bears(demand, demands)).map(Demand::name).collect()
}

fn bears(demand: &Demand, all: &[Demand]) -> bool {
    match demand {
        Demand::Ticket => true,
        Demand::Source(networks) => networks.iter().all(|network| network_weakness(network).is_none()),
        Demand::Hours(hours, ..) => hours.are_window(),
        Demand::Days(days, _) => days.are_window(),
        Demand::From(from) => {
            all.iter().any(|it| matches!(it, Demand::Until(until) if is_window(from, until)))
        }
        Demand::Until(until) => {
            all.iter().any(|it| matches!(it, Demand::From(from) if is_window(from, until)))
        }
        Demand::Host(names) => names.iter().all(names_hosts),
        Demand::HostRole(roles) => roles.iter().all(says_something),
        Demand::Creator(_)
        | Demand::Hash(_)
        | Demand::Parent(_)
        | Demand::Actor(_)
        | Demand::ActorGroup(_)
        | Demand::Session(_)
        | Demand::SourceHost(_)
        | Demand::Account(_)
        | Demand::Verdict(_) => false,
    }
}

fn is_window(from: &Moment, until: &Moment) -> bool {
    until.last - from.first <= WINDOW_MAX
}

/// `*.corp.example` is every host that there is.
fn names_hosts(name: &Pattern) -> bool {
    name.as_str().split('.').next().is_some_and(has_letters)
}

fn says_something(pattern: &Pattern) -> bool {
    has_letters(pattern.as_str())
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::terms::key::KEYS;

    /// Of an entry with these keys beside a creator.
    fn beside(keys: &str) -> Vec<&'static str> {
        let text = format!(
            "[[authorisation]]\nname = \"x\"\nkind = \"helpdesk\"\nowner = \"x\"\nreason = \"x\"\nexpires = 2020-01-01\n\
             [authorisation.match]\ncreator = 'C:\\Program Files\\RMM\\agent.exe'\nactor = 'S-1-5-21-1-2-3-1146'\n\
             account = 'rmm'\n{keys}\n"
        );
        let policy = Policy::parse("test", &text).unwrap_or_else(|complaints| panic!("{complaints}\n{text}"));
        beside_creator(&policy.entries()[0].demands)
    }

    /// Each key that may bear a permission, and a value of it that is too wide to.
    const BEARING: &[(&str, &str, &str)] = &[
        ("ticket", "ticket = true", ""),
        ("source", "source = '10.20.4.0/24'", "source = ['10.20.4.0/24', '10.0.0.0/8']"),
        ("hours", "hours = '19:00-07:00'", "hours = '19:00-18:00'"),
        (
            "days",
            "days = ['mon', 'tue', 'wed', 'thu', 'fri']",
            "days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat']",
        ),
        ("from", "from = 2026-03-02\nuntil = 2026-03-31", "from = 2026-03-02\nuntil = 2027-03-02"),
        ("until", "from = 2026-03-02\nuntil = 2026-03-31", "until = 2026-03-31"),
        ("host", "host = ['files0?.corp.example', 'db01']", "host = ['files01', '*.corp.example']"),
        ("host_role", "host_role = '*server*'", "host_role = '*'"),
    ];

    #[test]
    fn what_does_not_hang_on_the_process_bears_a_permission_where_it_is_narrow() {
        for (key, narrow, wide) in BEARING {
            assert!(beside(narrow).contains(key), "{narrow}");
            assert!(!beside(wide).contains(key), "{wide}");
        }
    }

    #[test]
    fn the_process_its_ancestors_and_its_session_bear_nothing() {
        let all = "hash = 'sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'\n\
             parent = 'C:\\Program Files\\RMM\\service.exe'\nactor_group = 'S-1-5-21-1-2-3-2301'\nsession = 'network'\n\
             source_host = 'jump01'\nverdict = 'likely'";
        assert_eq!(beside(all), Vec::<&str>::new());
        let told = BEARING.iter().map(|(key, ..)| *key);
        let others = [
            "creator",
            "hash",
            "parent",
            "actor",
            "actor_group",
            "session",
            "source_host",
            "account",
            "verdict",
        ];
        assert_eq!(told.chain(others).count(), KEYS.len(), "every key bears something or nothing");
    }
}
