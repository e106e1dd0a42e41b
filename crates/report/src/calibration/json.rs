//! The shape of a calibration: `begat.calibration/1`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use begat_model::analytic::SessionKind;
use begat_model::calibration::{Calibration, KindLags, RoleChance, SetAside, WINDOWS_SECONDS};
use begat_model::time::Duration;
use serde::Serialize;

use super::why::why;
use crate::wire::object::write_object;
use crate::words::page::Page;

/// Name and version of the shape.
const SCHEMA: &str = "begat.calibration/1";
/// Shares are told to so many parts: finer than any sample is.
const PARTS: f64 = 10_000.0;
const QUANTILES: &[(&str, usize)] = &[("p50", 500), ("p90", 900), ("p95", 950), ("p99", 990)];

#[derive(Debug, Serialize)]
struct CalibrationView<'a> {
    schema: &'static str,
    creations: u64,
    set_aside: SetAsideView,
    lags: Vec<LagsView>,
    window: Option<WindowView>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The window that the plain rule was held to.
    rule_window_seconds: f64,
    coincidence: Vec<RoleView<'a>>,
}

#[derive(Debug, Serialize)]
struct SetAsideView {
    not_proven: u64,
    by_time_alone: u64,
    same_creator: u64,
}

#[derive(Debug, Serialize)]
struct LagsView {
    kind: &'static str,
    long_lived: bool,
    /// Creators, one for each process.
    count: u64,
    start_not_seen: u64,
    /// Milliseconds.
    quantiles_ms: BTreeMap<&'static str, Option<i64>>,
    caught: Vec<CaughtView>,
}

#[derive(Debug, Serialize)]
struct CaughtView {
    seconds: i64,
    count: u64,
    of: u64,
}

#[derive(Debug, Serialize)]
struct WindowView {
    seconds: u64,
    /// Share, 0 to 1.
    caught: f64,
    count: u64,
    interval: [f64; 2],
    samples: u64,
}

#[derive(Debug, Serialize)]
struct RoleView<'a> {
    role: Option<&'a str>,
    hosts: u64,
    hours_seen: f64,
    occasions: u64,
    by_session: BTreeMap<&'static str, SessionView>,
    chances: Vec<ChanceView>,
    judged: u64,
    blamed: u64,
    /// Of the share that was blamed.
    interval: [f64; 2],
}

#[derive(Debug, Serialize)]
struct SessionView {
    starts: u64,
    /// By window, in their order, were the rule to look at such sessions alone.
    poisson: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct ChanceView {
    seconds: i64,
    poisson: f64,
    measured: f64,
    at_most: f64,
}

pub(super) fn write(calibration: &Calibration, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    write_object(&CalibrationView::from(calibration), out)?;
    out.write_all(b"\n")
}

fn parts(share: f64) -> f64 {
    (share * PARTS).round() / PARTS
}

impl<'a> From<&'a Calibration> for CalibrationView<'a> {
    fn from(calibration: &'a Calibration) -> Self {
        let SetAside { not_proven, by_time_alone, same_creator } = calibration.set_aside;
        let window = calibration.window.ok().map(|window| WindowView {
            seconds: window.seconds,
            caught: parts(window.caught as f64 / window.samples as f64),
            count: window.caught,
            interval: [parts(window.interval.0), parts(window.interval.1)],
            samples: window.samples,
        });
        CalibrationView {
            schema: SCHEMA,
            creations: calibration.creations,
            set_aside: SetAsideView { not_proven, by_time_alone, same_creator },
            lags: calibration.lags.iter().map(LagsView::from).collect(),
            window,
            why: calibration.window.err().map(why),
            rule_window_seconds: calibration.rule_window.seconds(),
            coincidence: calibration.coincidence.iter().map(RoleView::from).collect(),
        }
    }
}

impl From<&KindLags> for LagsView {
    fn from(kind: &KindLags) -> Self {
        let of = kind.lags.len() as u64;
        let ends = [("min", kind.lags.first()), ("max", kind.lags.last())];
        let ends = ends.map(|(name, lag)| (name, lag.map(|lag| lag.milliseconds())));
        let middle = QUANTILES
            .iter()
            .map(|(name, thousandths)| (*name, kind.quantile(*thousandths).map(Duration::milliseconds)));
        let caught = WINDOWS_SECONDS.iter().map(|seconds| CaughtView {
            seconds: *seconds,
            count: kind.caught(Duration::from_seconds(*seconds)),
            of,
        });
        LagsView {
            kind: kind.kind.slug(),
            long_lived: kind.kind.is_long_lived(),
            count: of,
            start_not_seen: kind.start_not_seen,
            quantiles_ms: ends.into_iter().chain(middle).collect(),
            caught: caught.collect(),
        }
    }
}

impl<'a> From<&'a RoleChance> for RoleView<'a> {
    fn from(role: &'a RoleChance) -> Self {
        let session = |(session, starts): (&SessionKind, &u64)| {
            let poisson = role.by_session.get(session).into_iter().flatten().map(|chance| parts(*chance));
            (session.slug(), SessionView { starts: *starts, poisson: poisson.collect() })
        };
        let chances = role.chances.iter().map(|chance| ChanceView {
            seconds: chance.seconds,
            poisson: parts(chance.poisson),
            measured: parts(chance.measured),
            at_most: parts(chance.at_most),
        });
        RoleView {
            role: role.role.as_deref(),
            hosts: role.hosts,
            hours_seen: (role.seen.seconds() / 360.0).round() / 10.0,
            occasions: role.occasions.values().sum(),
            by_session: role.occasions.iter().map(session).collect(),
            chances: chances.collect(),
            judged: role.judged,
            blamed: role.blamed,
            interval: [parts(role.interval.0), parts(role.interval.1)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::buckets::tests::site;
    use super::*;
    use begat_model::calibration::Window;

    fn json(calibration: &Calibration) -> serde_json::Value {
        let mut out = Vec::new();
        write(calibration, &Page::default(), &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn every_share_stands_beside_what_it_is_of() {
        let told = json(&site());
        assert_eq!((&told["schema"], &told["window"]), (&SCHEMA.into(), &serde_json::Value::Null));
        assert!(told["why"].as_str().unwrap().contains("too few creations to say: 3 creators"), "{told}");
        assert_eq!(told["lags"][0]["quantiles_ms"]["p50"], 90);
        assert_eq!(told["lags"][0]["caught"][0], serde_json::json!({"seconds": 5, "count": 2, "of": 3}));
        assert_eq!(
            (&told["lags"][1]["kind"], &told["lags"][1]["long_lived"]),
            (&"powershell".into(), &true.into())
        );
        assert_eq!(told["coincidence"][0]["by_session"]["system"]["starts"], 6);
        assert_eq!(told["coincidence"][0]["by_session"]["system"]["poisson"][3], 0.1);
        assert_eq!(
            (&told["coincidence"][0]["judged"], &told["coincidence"][0]["blamed"]),
            (&5.into(), &1.into())
        );
    }

    #[test]
    fn the_schema_describes_it() {
        let described = crate::SCHEMAS.iter().find(|schema| schema.name == "calibration").unwrap();
        let schema: serde_json::Value = serde_json::from_str(described.json).unwrap();
        let schema = begat_trial::JsonSchema::of(&schema).unwrap();
        let window = Window { seconds: 2, caught: 39, samples: 40, interval: (0.868_411_2, 0.999_37) };
        for told in [json(&site()), json(&Calibration { window: Ok(window), ..site() })] {
            assert_eq!(schema.complaints(&told), Vec::<String>::new());
            for name in told.as_object().unwrap().keys().filter(|name| *name != "why") {
                let mut without = told.clone();
                without.as_object_mut().unwrap().remove(name);
                assert_ne!(schema.complaints(&without), Vec::<String>::new(), "{name}");
            }
        }
    }

    #[test]
    fn a_window_has_its_interval_and_no_why() {
        let window = Window { seconds: 2, caught: 39, samples: 40, interval: (0.868_411_2, 0.999_37) };
        let told = json(&Calibration { window: Ok(window), ..site() });
        assert_eq!(
            told["window"],
            serde_json::json!({"seconds": 2, "caught": 0.975, "count": 39, "interval": [0.8684, 0.9994], "samples": 40})
        );
        assert!(told.get("why").is_none());
    }
}
