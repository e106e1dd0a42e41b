//! How often a window would find a suspicious process that had nothing to do with the creation.
//!
//! The chance is Poisson's, host by host: that in a window of length w at least one of them starts is 1 - e^(-rate w).
//! It fails where they come in clusters (somebody at work, a logon script) or by the clock: then the measured share of
//! time is less or more, and stands beside it. Both are of hours away from creations: who makes an account has mostly
//! just opened a shell, so that at a creation itself more may stand around than either says.

use std::collections::BTreeMap;

use begat_model::analytic::SessionKind;
use begat_model::calibration::{Chance, HostRate, RoleChance, WINDOWS_SECONDS};
use begat_model::case::{Case, HostRole, Verdict};
use begat_model::{Duration, Text};

use super::binomial::{interval, most_expected};

/// By role, the hosts' own rates, and what became of the plain rule at their creations.
pub(super) fn by_role(cases: &[Case], rates: &[HostRate]) -> Vec<RoleChance> {
    let mut roles: BTreeMap<Option<Text>, Vec<&HostRate>> = BTreeMap::new();
    for rate in rates {
        roles.entry(name_of(rate.role.as_ref())).or_default().push(rate);
    }
    let of_role = |(role, rates): (Option<Text>, Vec<&HostRate>)| {
        let own = || cases.iter().filter(|case| name_of(case.host.role.as_ref()) == role);
        let judged = || own().filter(|case| is_known_who(case));
        let of = judged().count() as u64;
        let blamed = judged().filter(|case| names_an_innocent(case)).count() as u64;
        RoleChance {
            hosts: rates.len() as u64,
            seen: rates.iter().fold(Duration::ZERO, |sum, rate| sum + rate.seen),
            by_session: by_session(&rates),
            occasions: occasions(&rates),
            chances: (0..WINDOWS_SECONDS.len()).map(|place| chance(&rates, place)).collect(),
            judged: of,
            blamed,
            interval: interval(blamed, of),
            role,
        }
    };
    roles.into_iter().map(of_role).collect()
}

fn name_of(role: Option<&HostRole>) -> Option<Text> {
    role.map(|role| role.name.clone())
}

fn occasions(rates: &[&HostRate]) -> BTreeMap<SessionKind, u64> {
    let mut sums = BTreeMap::new();
    for (session, count) in rates.iter().flat_map(|rate| &rate.occasions) {
        *sums.entry(*session).or_default() += count;
    }
    sums
}

/// The same of each kind of session by itself.
fn by_session(rates: &[&HostRate]) -> BTreeMap<SessionKind, [f64; WINDOWS_SECONDS.len()]> {
    let of_kind = |session: SessionKind| {
        let starts = |rate: &HostRate| rate.occasions.get(&session).copied().unwrap_or(0);
        WINDOWS_SECONDS.map(|window| mean(rates, |rate| poisson(starts(rate), rate.seen, window)))
    };
    occasions(rates).into_keys().map(|session| (session, of_kind(session))).collect()
}

/// Each host counts for as long as it was seen.
fn mean(rates: &[&HostRate], of: impl Fn(&HostRate) -> f64) -> f64 {
    let seen: f64 = rates.iter().map(|rate| rate.seen.seconds()).sum();
    rates.iter().map(|rate| rate.seen.seconds() * of(rate)).sum::<f64>() / seen
}

fn chance(rates: &[&HostRate], place: usize) -> Chance {
    let window = WINDOWS_SECONDS[place];
    let seen = rates.iter().fold(Duration::ZERO, |sum, rate| sum + rate.seen);
    Chance {
        seconds: window,
        poisson: mean(rates, |rate| poisson(starts(rate), rate.seen, window)),
        measured: mean(rates, |rate| rate.covered[place].seconds() / rate.seen.seconds()),
        at_most: at_least_one(most_expected(rates.iter().map(|rate| starts(rate)).sum()), seen, window),
    }
}

fn poisson(starts: u64, seen: Duration, window_seconds: i64) -> f64 {
    at_least_one(starts as f64, seen, window_seconds)
}

/// Poisson's: 1 - e^(-rate w).
fn at_least_one(starts: f64, seen: Duration, window_seconds: i64) -> f64 {
    1.0 - (-starts / seen.seconds() * window_seconds as f64).exp()
}

fn starts(rate: &HostRate) -> u64 {
    rate.occasions.values().sum()
}

/// It is proven which process made the account, or that none of the host did.
fn is_known_who(case: &Case) -> bool {
    matches!(case.attribution.verdict, Verdict::Attributed | Verdict::Remote | Verdict::System)
}

/// The plain rule names a process that is neither the creator nor an ancestor of it.
fn names_an_innocent(case: &Case) -> bool {
    case.window_rule.process.is_some() && !case.window_rule.agrees
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::HostName;

    fn rate(hours: i64, occasions: u64) -> HostRate {
        HostRate {
            host: HostName::new("ws1").unwrap(),
            role: None,
            seen: Duration::from_seconds(3600 * hours),
            occasions: BTreeMap::from([(SessionKind::System, occasions)]),
            covered: WINDOWS_SECONDS.map(|window| Duration::from_seconds(window * occasions as i64)),
        }
    }

    #[test]
    fn a_chance_is_each_hosts_own_by_the_time_that_it_was_seen() {
        let told = by_role(&[], &[rate(10, 30)]);
        let chance = told[0].chances[3];
        assert!((chance.poisson - (1.0 - (-0.1_f64).exp())).abs() < 1e-9, "{chance:?}");
        assert!((chance.measured - 0.1).abs() < 1e-9, "30 times 2 minutes of 10 hours: {chance:?}");
        let alone = told[0].by_session[&SessionKind::System][3];
        assert!((alone - chance.poisson).abs() < 1e-9, "all are of one kind");
        // A quiet host beside it, seen as long, halves both; one that was hardly seen changes nothing.
        assert!(chance.poisson < chance.at_most && chance.at_most < 0.14, "{chance:?}");
        let never = by_role(&[], &[rate(1, 0)])[0].chances[3];
        assert_eq!((never.poisson, never.measured), (0.0, 0.0));
        assert!((0.11..0.12).contains(&never.at_most), "an hour without one shows little: {never:?}");
        let two = by_role(&[], &[rate(10, 30), rate(10, 0)])[0].chances[3];
        assert!((two.poisson - chance.poisson / 2.0).abs() < 1e-9, "{two:?}");
        assert_eq!(by_role(&[], &[rate(10, 30), rate(10, 0)])[0].hosts, 2);
    }
}
