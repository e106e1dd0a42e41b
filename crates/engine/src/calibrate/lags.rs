//! How long creators had run: from those alone whose act something else than time shows.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::analytic::AncestorClass;
use begat_model::calibration::{CreatorKind, KindLags, NoWindow, SetAside, Window};
use begat_model::case::{Case, Process, Verdict};
use begat_model::time::TICKS_PER_SECOND;
use begat_model::{Duration, ProcessId, Timestamp};

use super::binomial::{fewest_samples, interval, tolerance_rank};
use crate::cause::act::SHOWN_BY_MORE_THAN_TIME;
use crate::commands::line::image_stem;
use crate::severity::ancestor::{ANCESTORS, AncestorRow, Only};
use crate::windows::creators::CREATOR_KINDS;

/// A window is recommended that catches so many of all such creations …
const CAUGHT_SHARE: f64 = 0.9;
/// … of which one may be so sure.
const CONFIDENCE: f64 = 0.95;
/// Longest window that is recommended: in ten minutes hosts start more than any window could tell apart.
const WINDOW_SECONDS_MAX: u64 = 600;

/// What kind of program a creator is.
pub(super) fn kind_of(process: &Process) -> CreatorKind {
    let names = [process.image.as_deref(), process.original_file_name.as_deref()];
    let stems: Vec<String> = names.into_iter().flatten().map(image_stem).collect();
    let named = stems.iter().find_map(|stem| CREATOR_KINDS.iter().find(|(name, _)| name == stem));
    let by_class = || {
        let is_named = |row: &&AncestorRow, stem: &str| match row.name.strip_suffix('*') {
            Some(beginning) => stem.starts_with(beginning),
            None => row.name == stem,
        };
        let of_stem =
            |stem: &String| ANCESTORS.iter().find(|row| row.only == Only::Named && is_named(row, stem));
        match stems.iter().find_map(of_stem)?.class {
            AncestorClass::ScriptHost => Some(CreatorKind::ScriptHost),
            AncestorClass::ServiceHost | AncestorClass::LateralChannel => Some(CreatorKind::ServiceHost),
            AncestorClass::ServerApplication => Some(CreatorKind::ServerApplication),
            AncestorClass::ManagementAgent => Some(CreatorKind::ManagementAgent),
            AncestorClass::Desktop | AncestorClass::Office => Some(CreatorKind::Console),
            AncestorClass::Shell | AncestorClass::Installer | AncestorClass::Other => None,
        }
    };
    named.map(|(_, kind)| *kind).or_else(by_class).unwrap_or(CreatorKind::Other)
}

/// Which process it is, over all cases.
type Creator<'c> = (&'c str, Option<ProcessId>, Option<Timestamp>, Option<&'c str>);

/// The lags by kind of creator, and what is not among them.
pub(super) fn lags(cases: &[Case]) -> (Vec<KindLags>, SetAside) {
    let mut aside = SetAside::default();
    let mut kinds: BTreeMap<CreatorKind, KindLags> = BTreeMap::new();
    let mut counted: BTreeSet<Creator<'_>> = BTreeSet::new();
    // The first account of a process is its sample; cases come in order of time.
    for case in cases {
        let attribution = &case.attribution;
        let creator = attribution.creator.as_ref().filter(|_| attribution.verdict == Verdict::Attributed);
        let Some(creator) = creator else {
            aside.not_proven += 1;
            continue;
        };
        let is_shown = attribution
            .evidence
            .iter()
            .any(|it| SHOWN_BY_MORE_THAN_TIME.iter().any(|kind| kind.slug() == it.kind));
        if !is_shown {
            aside.by_time_alone += 1;
            continue;
        }
        let host: &str = &case.host.id;
        if !counted.insert((host, creator.pid, creator.started_at, creator.image.as_deref())) {
            aside.same_creator += 1;
            continue;
        }
        let kind = kind_of(creator);
        let empty = || KindLags { kind, lags: Vec::new(), start_not_seen: 0 };
        let own = kinds.entry(kind).or_insert_with(empty);
        match attribution.lag {
            // Two logs may tell of one act in either order: then there is no time between.
            Some(lag) => own.lags.push(lag.max(Duration::ZERO)),
            None => own.start_not_seen += 1,
        }
    }
    let mut kinds: Vec<KindLags> = kinds.into_values().collect();
    kinds.iter_mut().for_each(|kind| kind.lags.sort_unstable());
    (kinds, aside)
}

/// The window that can be defended, from the creators that end with their act.
pub(super) fn window(kinds: &[KindLags]) -> Result<Window, NoWindow> {
    let ending = || kinds.iter().filter(|kind| !kind.kind.is_long_lived());
    let mut lags: Vec<Duration> = ending().flat_map(|kind| kind.lags.iter().copied()).collect();
    lags.sort_unstable();
    let samples = lags.len() as u64;
    let rank = tolerance_rank(samples, CAUGHT_SHARE, CONFIDENCE);
    let Some(rank) = rank else {
        return Err(NoWindow::TooFew { samples, needed: fewest_samples(CAUGHT_SHARE, CONFIDENCE) });
    };
    let seconds = (lags[rank - 1].ticks().max(0) as u64).div_ceil(TICKS_PER_SECOND as u64).max(1);
    if seconds > WINDOW_SECONDS_MAX {
        return Err(NoWindow::TooLong { seconds, longest: WINDOW_SECONDS_MAX });
    }
    let caught = ending().map(|kind| kind.caught(Duration::from_seconds(seconds as i64))).sum();
    Ok(Window { seconds, caught, samples, interval: interval(caught, samples) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: CreatorKind, milliseconds: impl IntoIterator<Item = i64>) -> KindLags {
        let mut lags: Vec<Duration> = milliseconds.into_iter().map(Duration::from_milliseconds).collect();
        lags.sort_unstable();
        KindLags { kind, lags, start_not_seen: 0 }
    }

    #[test]
    fn a_window_needs_enough_creators_that_end_with_their_act() {
        let few = [of(CreatorKind::Net, 0..28), of(CreatorKind::Powershell, 0..500)];
        assert_eq!(window(&few), Err(NoWindow::TooFew { samples: 28, needed: 29 }));
        let enough = [of(CreatorKind::Net, (0..28).map(|lag| 10 * lag)), of(CreatorKind::Other, [4_200])];
        let told = window(&enough).unwrap();
        assert_eq!((told.seconds, told.caught, told.samples), (5, 29, 29), "the longest of 29, rounded up");
        let waits = [of(CreatorKind::Net, (0..40).map(|lag| 60_000 * lag))];
        assert_eq!(window(&waits), Err(NoWindow::TooLong { seconds: 2_340, longest: 600 }));
    }

    #[test]
    fn a_kind_is_known_by_name_or_by_what_such_a_program_is_as_an_ancestor() {
        let kind = |image: &str| {
            kind_of(&Process {
                pid: None,
                image: Some(image.into()),
                command_line: None,
                started_at: None,
                user: None,
                logon_id: None,
                original_file_name: None,
                guid: None,
                hashes: Vec::new(),
                rules: Vec::new(),
            })
        };
        for (image, expected) in [
            (r"C:\Windows\System32\NET1.EXE", CreatorKind::Net),
            (r"C:\Windows\System32\mmc.exe", CreatorKind::Console),
            (r"C:\Windows\System32\cscript.exe", CreatorKind::ScriptHost),
            (r"C:\Windows\System32\inetsrv\w3wp.exe", CreatorKind::ServerApplication),
            (r"C:\tomcat\tomcat9.exe", CreatorKind::ServerApplication),
            (r"C:\Windows\CCM\CcmExec.exe", CreatorKind::ManagementAgent),
            (r"C:\Windows\PSEXESVC.exe", CreatorKind::ServiceHost),
            (r"C:\Windows\System32\svchost.exe", CreatorKind::ServiceHost),
            (r"C:\Users\bob\tool.exe", CreatorKind::Other),
        ] {
            assert_eq!(kind(image), expected, "{image}");
        }
    }

    #[test]
    fn one_odd_creator_of_many_does_not_set_the_window() {
        let mut lags: Vec<i64> = vec![100; 99];
        lags.push(500_000);
        let told = window(&[of(CreatorKind::Net, lags)]).unwrap();
        assert_eq!((told.seconds, told.caught, told.samples), (1, 99, 100));
        assert!(told.interval.0 > 0.94 && told.interval.1 < 1.0, "{told:?}");
    }
}
