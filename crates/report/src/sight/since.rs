//! What went dark since an earlier ledger, as `coverage -t jsonl` wrote it, and what came.

use std::collections::BTreeSet;

use begat_model::HostName;
use begat_model::ledger::{COVERAGE_SCHEMA, HostLedger, SightLoss, SightState};
use begat_model::prerequisite::Prerequisite;
use serde::Deserialize;

/// Lines that are wrong are told up to so many.
const WRONG_MAX: usize = 20;

/// The ledgers of an earlier time.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    hosts: Vec<EarlierHost>,
}

#[derive(Debug, Clone)]
struct EarlierHost {
    names: Vec<HostName>,
    was_heard: bool,
    seen: BTreeSet<Prerequisite>,
    losses: BTreeSet<SightLoss>,
}

/// What changed on one host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// The earlier ledger has it, and heard it.
    pub(crate) was_heard: bool,
    /// Seen then, and now silent or off.
    pub(crate) went_dark: Vec<Prerequisite>,
    /// Seen then and not now, which of what is rare shows nothing.
    pub(crate) not_seen_again: Vec<Prerequisite>,
    /// Seen now, and not then.
    pub(crate) came: Vec<Prerequisite>,
    /// Blind spots that are new.
    pub(crate) new_blind_spots: Vec<SightLoss>,
    /// Blind spots that are gone.
    pub(crate) mended: Vec<SightLoss>,
}

#[derive(Deserialize)]
struct Line {
    schema: String,
    host: Names,
    from: Option<String>,
    prerequisites: Vec<CellTold>,
    blind_spots: Vec<LossTold>,
}

#[derive(Deserialize)]
struct Names {
    names: Vec<String>,
}

#[derive(Deserialize)]
struct CellTold {
    name: String,
    state: String,
}

#[derive(Deserialize)]
struct LossTold {
    kind: String,
}

impl Earlier {
    /// Reads it; what is wrong by line. Words of a later begat are passed over.
    pub fn read(text: &str) -> Result<Earlier, Vec<(usize, String)>> {
        let (mut hosts, mut wrong) = (Vec::new(), Vec::new());
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        for (place, line) in lines {
            match EarlierHost::read(line) {
                Ok(host) => hosts.push(host),
                Err(what) if wrong.len() < WRONG_MAX => wrong.push((place + 1, what)),
                Err(_) => {}
            }
        }
        if hosts.is_empty() && wrong.is_empty() {
            wrong.push((1, "it holds no host".to_owned()));
        }
        if wrong.is_empty() { Ok(Earlier { hosts }) } else { Err(wrong) }
    }

    /// Hosts that were heard then, and are not among these.
    pub fn gone<'e>(&'e self, hosts: &'e [HostLedger]) -> impl Iterator<Item = HostName> + 'e {
        let is_here = |host: &EarlierHost| hosts.iter().any(|it| host.is(&it.names));
        let gone = self.hosts.iter().filter(move |host| host.was_heard && !is_here(host));
        gone.filter_map(|host| host.names.first().cloned())
    }

    /// What changed on a host.
    pub(crate) fn change(&self, now: &HostLedger) -> Change {
        let Some(then) = self.hosts.iter().find(|host| host.is(&now.names)) else {
            let came = seen(now).into_iter().collect();
            return Change { came, ..Change::default() };
        };
        let state = |it: &Prerequisite| now.cells[*it as usize].state;
        let seen_now = seen(now);
        let lost = then.seen.difference(&seen_now).copied();
        let (not_seen_again, went_dark) = lost.partition(|it| state(it) == SightState::Unknown);
        let losses: BTreeSet<SightLoss> = now.losses.iter().map(|loss| loss.kind).collect();
        Change {
            was_heard: then.was_heard,
            went_dark,
            not_seen_again,
            came: seen_now.difference(&then.seen).copied().collect(),
            new_blind_spots: losses.difference(&then.losses).copied().collect(),
            mended: then.losses.difference(&losses).copied().collect(),
        }
    }
}

fn seen(ledger: &HostLedger) -> BTreeSet<Prerequisite> {
    let seen = ledger.cells.iter().filter(|cell| cell.state == SightState::Seen);
    seen.map(|cell| cell.prerequisite).collect()
}

impl Change {
    /// Something did.
    pub(crate) fn is_any(&self) -> bool {
        *self != Change { was_heard: self.was_heard, ..Change::default() }
    }
}

impl EarlierHost {
    fn read(line: &str) -> Result<EarlierHost, String> {
        let told: serde_json::Value =
            serde_json::from_str(line).map_err(|error| format!("it is no JSON object: {error}"))?;
        match told.get("schema").and_then(serde_json::Value::as_str) {
            Some(COVERAGE_SCHEMA) => {}
            Some(other) => return Err(format!("its schema is `{other}`, and not {COVERAGE_SCHEMA}")),
            None => return Err(format!("it tells no schema, and {COVERAGE_SCHEMA} is wanted")),
        }
        let line: Line = serde_json::from_value(told).map_err(|error| format!("it is no ledger: {error}"))?;
        debug_assert_eq!(line.schema, COVERAGE_SCHEMA);
        let seen = line.prerequisites.iter().filter(|cell| cell.state == SightState::Seen.slug());
        Ok(EarlierHost {
            names: line.host.names.iter().filter_map(|name| HostName::new(name)).collect(),
            was_heard: line.from.is_some(),
            seen: seen.filter_map(|cell| Prerequisite::named(&cell.name)).collect(),
            losses: line.blind_spots.iter().filter_map(|loss| SightLoss::named(&loss.kind)).collect(),
        })
    }

    /// It is the machine of these names.
    fn is(&self, names: &[HostName]) -> bool {
        self.names.iter().any(|own| names.iter().any(|name| name.netbios() == own.netbios()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::LedgerView;
    use super::*;

    fn ledger(name: &str, states: &[(Prerequisite, SightState)]) -> HostLedger {
        let mut ledger = HostLedger::silent(HostName::new(name).unwrap());
        ledger.losses.clear();
        ledger.from = begat_model::Timestamp::parse_rfc3339("2026-03-02T09:00:00Z");
        states.iter().for_each(|(it, state)| ledger.cells[*it as usize].state = *state);
        ledger
    }

    fn earlier(hosts: &[HostLedger]) -> Earlier {
        let lines: Vec<String> =
            hosts.iter().map(|host| serde_json::to_string(&LedgerView::of(host, None)).unwrap()).collect();
        Earlier::read(&lines.join("\n")).unwrap()
    }

    #[test]
    fn what_went_dark_and_what_came_is_told_and_a_rare_silence_is_not_called_dark() {
        use Prerequisite::{Groups, Logon, ProcessCreation};
        let then = ledger("PC1.corp.example", &[(Logon, SightState::Seen), (Groups, SightState::Seen)]);
        let now = ledger(
            "PC1",
            &[
                (Logon, SightState::Silent),
                (Groups, SightState::Unknown),
                (ProcessCreation, SightState::Seen),
            ],
        );
        let change = earlier(&[then]).change(&now);
        assert_eq!((change.went_dark, change.not_seen_again), (vec![Logon], vec![Groups]));
        assert_eq!((change.came, change.was_heard), (vec![ProcessCreation], true));
    }

    #[test]
    fn a_host_that_is_gone_and_one_that_is_the_same_are_told_apart() {
        let hosts = [ledger("PC1", &[(Prerequisite::Logon, SightState::Seen)]), ledger("PC2", &[])];
        let earlier = earlier(&hosts);
        let gone: Vec<String> = earlier.gone(&hosts[..1]).map(|name| name.as_str().to_owned()).collect();
        assert_eq!(gone, ["PC2"]);
        assert!(!earlier.change(&hosts[0]).is_any());
        assert!(!earlier.change(&ledger("PC3", &[])).was_heard);
    }

    #[test]
    fn what_is_no_ledger_is_told_by_its_line() {
        for (text, line, part) in [
            ("", 1, "no host"),
            ("\n{\"schema\":\"begat.case/1\"}", 2, "begat.case/1"),
            ("not json", 1, "no JSON object"),
            ("{}", 1, "no schema"),
            ("{\"schema\":\"begat.coverage/1\"}", 1, "no ledger"),
        ] {
            let wrong = Earlier::read(text).unwrap_err();
            assert_eq!(wrong[0].0, line, "{text}");
            assert!(wrong[0].1.contains(part), "{text}: {wrong:?}");
        }
    }
}
