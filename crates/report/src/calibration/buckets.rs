//! The histogram of lags: buckets that grow, since lags go from milliseconds to days.

use begat_model::calibration::Calibration;
use begat_model::time::Duration;

/// Upper ends in milliseconds, and how each is called; what is longer is in one more.
const ENDS: &[(i64, &str)] = &[
    (50, "50 ms"),
    (100, "0.1 s"),
    (250, "0.25 s"),
    (500, "0.5 s"),
    (1_000, "1 s"),
    (5_000, "5 s"),
    (30_000, "30 s"),
    (60_000, "1 min"),
    (120_000, "2 min"),
    (600_000, "10 min"),
    (3_600_000, "1 h"),
    (86_400_000, "1 day"),
];

/// Lags up to an end, and above the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) label: String,
    /// Of creators that end with their act.
    pub(super) ending: u64,
    /// Of those that run for long.
    pub(super) long_lived: u64,
}

/// From the first bucket with something in it to the last.
pub(super) fn buckets(calibration: &Calibration) -> Vec<Bucket> {
    let lags = |is_long_lived: bool| {
        let kinds = calibration.lags.iter().filter(move |kind| kind.kind.is_long_lived() == is_long_lived);
        kinds.flat_map(|kind| kind.lags.iter().copied())
    };
    let ends = ENDS.iter().map(|(end, _)| Duration::from_milliseconds(*end));
    let place = |lag: Duration| ends.clone().position(|end| lag <= end).unwrap_or(ENDS.len());
    let counted = |is_long_lived: bool, bucket: usize| {
        lags(is_long_lived).filter(|lag| place(*lag) == bucket).count() as u64
    };
    let all: Vec<Bucket> = (0..=ENDS.len())
        .map(|bucket| Bucket {
            label: match (bucket.checked_sub(1).and_then(|before| ENDS.get(before)), ENDS.get(bucket)) {
                (_, Some((_, end))) => format!("up to {end}"),
                (Some((_, end)), None) => format!("above {end}"),
                (None, None) => String::new(),
            },
            ending: counted(false, bucket),
            long_lived: counted(true, bucket),
        })
        .collect();
    let is_filled = |bucket: &Bucket| bucket.ending + bucket.long_lived > 0;
    let Some(first) = all.iter().position(is_filled) else { return Vec::new() };
    let last = all.iter().rposition(is_filled).unwrap_or(first);
    all[first..=last].to_vec()
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use begat_model::analytic::SessionKind;
    use begat_model::calibration::*;

    /// A site on which net made three accounts and a PowerShell that ran for hours one.
    pub(in super::super) fn site() -> Calibration {
        let lags = |kind, milliseconds: &[i64]| KindLags {
            kind,
            lags: milliseconds.iter().map(|lag| Duration::from_milliseconds(*lag)).collect(),
            start_not_seen: 0,
        };
        Calibration {
            creations: 7,
            lags: vec![
                lags(CreatorKind::Net, &[40, 90, 7_000]),
                KindLags { start_not_seen: 1, ..lags(CreatorKind::Powershell, &[9_000_000]) },
            ],
            set_aside: SetAside { not_proven: 1, by_time_alone: 1, same_creator: 0 },
            window: Err(NoWindow::TooFew { samples: 3, needed: 29 }),
            coincidence: vec![RoleChance {
                role: None,
                hosts: 2,
                seen: Duration::from_seconds(7_200),
                occasions: BTreeMap::from([(SessionKind::System, 6), (SessionKind::RemoteDesktop, 1)]),
                chances: WINDOWS_SECONDS
                    .iter()
                    .map(|seconds| Chance {
                        seconds: *seconds,
                        poisson: 0.001 * *seconds as f64,
                        measured: 0.1,
                        at_most: 0.2,
                    })
                    .collect(),
                by_session: BTreeMap::from([
                    (SessionKind::System, [0.01, 0.03, 0.06, 0.1]),
                    (SessionKind::RemoteDesktop, [0.001, 0.002, 0.003, 0.004]),
                ]),
                judged: 5,
                blamed: 1,
                interval: (0.005, 0.716),
            }],
            rule_window: Duration::from_seconds(120),
        }
    }

    #[test]
    fn every_lag_stands_in_one_bucket_and_empty_ones_only_between() {
        let told = buckets(&site());
        let filled: Vec<(&str, u64, u64)> = told
            .iter()
            .filter(|bucket| bucket.ending + bucket.long_lived > 0)
            .map(|bucket| (bucket.label.as_str(), bucket.ending, bucket.long_lived))
            .collect();
        assert_eq!(
            filled,
            [("up to 50 ms", 1, 0), ("up to 0.1 s", 1, 0), ("up to 30 s", 1, 0), ("up to 1 day", 0, 1)]
        );
        assert_eq!(told.len(), 12);
        let none = Calibration { lags: Vec::new(), ..site() };
        assert_eq!(buckets(&none), []);
    }
}
