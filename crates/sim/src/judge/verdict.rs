//! One case against the truth: right, wrong, or silent.
use begat_model::case::{Case, Process};

use super::trial::Trial;
use crate::encode::Precision;
use crate::fault::{is_creation, is_security};
use crate::record::WindowsRecord;
use crate::story::{
    Sign, Story, TrueProcess, Truth, created_at, is_creation_of, is_left, is_of_process, is_start, signs,
};
use crate::value::{TICKS_PER_SECOND, Ticks, Value};

/// A verdict from here on is told as certain.
const CERTAIN_MIN: f64 = 0.9;
/// Ticks between 1601 and 1970, the epochs of the simulator's and the engine's times.
const TICKS_1601_TO_1970: i128 = 116_444_736_000_000_000;
/// A process of the same id and image whose start is told further off than this is another one. No fault sets a
/// clock so far, and an earlier boot lies longer ago.
const START_TOLERANCE: i128 = 20 * 60 * TICKS_PER_SECOND as i128;

/// What the plain rule (the nearest suspicious process within the window) came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It names the creator, or an ancestor of it.
    Right,
    /// It names another process.
    Wrong,
    /// It names nobody.
    Silent,
}

/// What a told likelihood came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likely {
    /// The process that stands out is the one that did it.
    Right,
    /// Another process of the log did it.
    Another,
    /// No process of the log did it: nothing could stand out.
    Nobody,
}

/// One creation, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The true account.
    pub account: String,
    /// The best that can be said undamaged.
    pub expected: &'static str,
    /// What was told; `none` where there is no case.
    pub told: &'static str,
    /// A sign of the act by the creator is left; or, where no process did it, every record that its truth rests on.
    pub is_knowable: bool,
    /// The verdict is the one expected.
    pub verdict_right: bool,
    /// A process of the log made it.
    pub has_creator: bool,
    /// It was told as certain, and is the one that made the call.
    pub creator_right: bool,
    /// Told as certain, and not what happened.
    pub confidently_wrong: bool,
    /// Nothing, or nothing certain, is said of what can be known; or what is said of it may not be.
    pub wrongly_silent: bool,
    /// Where one process was told to stand out.
    pub likely: Option<Likely>,
    /// Where something was claimed: how sure, and whether it is so.
    pub claim: Option<(f64, bool)>,
    /// An address or a person was told that is not behind it.
    pub misplaced: bool,
    /// The plain rule's answer.
    pub window_rule: Answer,
    /// What was told, in a line.
    pub summary: String,
}

/// Judges what was told of every creation of a story.
pub fn judge(trial: &Trial, story: &Story, damaged: &[WindowsRecord], cases: &[Case]) -> Vec<Judgement> {
    let judged = story.truth.iter().map(|truth| {
        let told: Vec<&Case> = cases.iter().filter(|case| is_case_of(case, truth, story, damaged)).collect();
        let sight = Sight::of(trial, story, truth, damaged);
        match told.as_slice() {
            [] => untold(truth, damaged),
            [case] => against_truth(case, truth, story, sight),
            [case, ..] => {
                let judgement = against_truth(case, truth, story, sight);
                let summary = format!("{} cases of one creation; {}", told.len(), judgement.summary);
                Judgement { confidently_wrong: true, summary, ..judgement }
            }
        }
    });
    judged.collect()
}

/// What of a truth the damaged log shows.
#[derive(Clone, Copy)]
struct Sight {
    /// See [`Judgement::is_knowable`].
    is_knowable: bool,
    /// Every record that the truth rests on is left, on a host and carrier that show it.
    is_whole: bool,
}

impl Sight {
    fn of(trial: &Trial, story: &Story, truth: &Truth, damaged: &[WindowsRecord]) -> Self {
        let is_whole = trial.shows_all() && needs_are_met(story, truth, damaged);
        let is_knowable = match (&truth.creator, truth.verdict) {
            // Times in whole seconds do not interlock.
            (Some(_), _) => signs(story, truth, damaged)
                .iter()
                .any(|sign| *sign != Sign::Interlock || trial.carrier.precision != Precision::Seconds),
            (None, "unknown" | "ambiguous") => false,
            (None, _) => is_whole,
        };
        Self { is_knowable, is_whole }
    }
}

/// By SID; where a story uses one SID several times, by host and by which of its creations there is the nearest in time.
fn is_case_of(case: &Case, truth: &Truth, story: &Story, damaged: &[WindowsRecord]) -> bool {
    let sid = truth.sid.to_string();
    if case.account.sid.as_ref().is_none_or(|told| told.as_str() != sid) {
        return false;
    }
    let shared: Vec<&Truth> = story.truth.iter().filter(|other| other.sid == truth.sid).collect();
    let on_host: Vec<&Truth> = shared.iter().copied().filter(|other| other.host == truth.host).collect();
    let netbios = truth.host.split('.').next().unwrap_or_default().to_uppercase();
    let is_host = shared.len() == on_host.len() || case.host.netbios == netbios;
    let nth = on_host.iter().position(|other| std::ptr::eq(*other, truth));
    is_host && (on_host.len() == 1 || nth == nearest_creation(case, truth, damaged))
}

/// Which of the creations of this account on its host the case is about: the one whose time it tells.
fn nearest_creation(case: &Case, truth: &Truth, damaged: &[WindowsRecord]) -> Option<usize> {
    let told = i128::from(case.created_at.unix_ticks()) + TICKS_1601_TO_1970;
    let mut times: Vec<(u64, Ticks)> = Vec::new();
    let is_of_sid = |record: &&WindowsRecord| {
        is_creation(record) && record.printed("TargetSid") == Some(truth.sid.to_string())
    };
    for record in damaged.iter().filter(is_of_sid) {
        // What is shipped again is the same one.
        if times.iter().all(|known| *known != (record.record_id, record.time)) {
            times.push((record.record_id, record.time));
        }
    }
    let distance = |(_, (_, time)): &(usize, &(u64, Ticks))| (told - i128::from(time.0)).abs();
    times.iter().enumerate().min_by_key(distance).map(|(place, _)| place)
}

/// No case: silence where the record of the creation is there.
fn untold(truth: &Truth, damaged: &[WindowsRecord]) -> Judgement {
    let is_there = damaged.iter().any(|record| is_creation_of(record, truth));
    Judgement {
        account: truth.account.clone(),
        expected: truth.verdict,
        told: "none",
        is_knowable: is_there,
        verdict_right: false,
        has_creator: truth.creator.is_some(),
        creator_right: false,
        confidently_wrong: false,
        wrongly_silent: is_there,
        likely: None,
        claim: None,
        misplaced: false,
        window_rule: Answer::Silent,
        summary: "no case at all".to_owned(),
    }
}

fn against_truth(case: &Case, truth: &Truth, story: &Story, sight: Sight) -> Judgement {
    let attribution = &case.attribution;
    let told = attribution.verdict.slug();
    let may_say = |word| truth.verdicts.contains(&word);
    let named_creator = attribution.creator.as_ref().filter(|process| is_creator(process, truth, story));
    let names_creator = named_creator.is_some() && may_say("attributed");
    let is_so = match told {
        "attributed" | "likely" => names_creator,
        _ => may_say(told),
    };
    let confidence = attribution.confidence;
    let is_claim = !matches!(told, "ambiguous" | "unknown");
    let is_certain = match told {
        "attributed" | "remote" | "system" => true,
        "session_only" => confidence.is_some_and(|confidence| confidence >= CERTAIN_MIN),
        _ => false,
    };
    let says_little = matches!(told, "ambiguous" | "unknown");
    let likely = standing_out(told, names_creator, truth.creator.is_some());
    let creator = attribution.creator.as_ref().map_or("-".to_owned(), named);
    let true_creator =
        truth.creator.as_ref().map_or("-".to_owned(), |process| format!("{} {}", process.pid, process.image));
    Judgement {
        account: truth.account.clone(),
        expected: truth.verdict,
        told,
        is_knowable: sight.is_knowable,
        verdict_right: told == truth.verdict,
        has_creator: truth.creator.is_some(),
        creator_right: told == "attributed" && names_creator,
        confidently_wrong: is_certain && !is_so,
        wrongly_silent: says_little && (sight.is_knowable || sight.is_whole && !may_say(told)),
        likely,
        claim: confidence.filter(|_| is_claim).map(|confidence| (confidence, is_so)),
        misplaced: is_misplaced(case, truth),
        window_rule: window_answer(case, truth, story),
        summary: format!(
            "told {told} ({}) {creator}, true {} {true_creator}",
            confidence.map_or("-".to_owned(), |confidence| format!("{confidence:.2}")),
            truth.verdict
        ),
    }
}

/// What it came to that one process was told to stand out.
fn standing_out(told: &str, names_creator: bool, is_made_here: bool) -> Option<Likely> {
    (told == "likely").then_some(match (names_creator, is_made_here) {
        (true, _) => Likely::Right,
        (false, true) => Likely::Another,
        (false, false) => Likely::Nobody,
    })
}

/// An innocent's address, or his name, is told as what is behind it: a site acts on that.
fn is_misplaced(case: &Case, truth: &Truth) -> bool {
    let address = case.actor.source_ip.as_ref().map(ToString::to_string);
    let person = case.origin.as_ref().and_then(|origin| origin.actor.account.name.as_ref());
    let true_person = truth.origin.as_ref().and_then(|origin| origin.account.as_ref());
    (address.is_some() && address != truth.source_ip)
        || person.is_some_and(|person| Some(&person.to_string()) != true_person)
}

fn named(process: &Process) -> String {
    let pid = process.pid.map_or("?".to_owned(), |pid| pid.0.to_string());
    format!("{pid} {}", process.image.as_deref().unwrap_or("?"))
}

fn window_answer(case: &Case, truth: &Truth, story: &Story) -> Answer {
    let Some(process) = &case.window_rule.process else { return Answer::Silent };
    let is_right = is_creator(process, truth, story) || truth.chain.iter().any(|link| is(process, link));
    if is_right { Answer::Right } else { Answer::Wrong }
}

fn is(process: &Process, truth: &TrueProcess) -> bool {
    let same_image = process.image.as_deref().is_none_or(|image| image.eq_ignore_ascii_case(&truth.image));
    process.pid.is_some_and(|pid| u64::from(pid.0) == u64::from(truth.pid)) && same_image
}

fn is_creator(process: &Process, truth: &Truth, story: &Story) -> bool {
    let Some(creator) = truth.creator.as_ref().filter(|creator| is(process, creator)) else { return false };
    let told = process.started_at.map(|at| i128::from(at.unix_ticks()) + TICKS_1601_TO_1970);
    match (told, starts(story, truth, creator).last()) {
        (Some(told), Some(start)) => (told - i128::from(start.time.0)).abs() <= START_TOLERANCE,
        _ => true,
    }
}

/// The records of a process's start up to the creation: 4688 and Sysmon 1.
fn starts<'s>(story: &'s Story, truth: &Truth, process: &TrueProcess) -> Vec<&'s WindowsRecord> {
    let until = created_at(&story.records, truth).unwrap_or(Ticks(u64::MAX));
    let is_its_start = |record: &&WindowsRecord| is_start(record) && is_of_process(record, process);
    let mut starts: Vec<&WindowsRecord> = story.records.iter().filter(is_its_start).collect();
    let latest = starts.iter().filter(|record| record.time <= until).map(|record| record.time).max();
    // Sysmon writes its copy of a start within seconds or minutes; an older one is of another process.
    starts.retain(|record| {
        latest.is_none_or(|latest| record.time.0.abs_diff(latest.0) <= 600 * TICKS_PER_SECOND)
    });
    starts
}

/// The lookups that name a process.
fn lookups<'s>(story: &'s Story, process: &TrueProcess) -> impl Iterator<Item = &'s WindowsRecord> {
    let caller = Value::Pointer(u64::from(process.pid));
    let is_lookup = |record: &WindowsRecord| is_security(record, 4798) || is_security(record, 4799);
    story
        .records
        .iter()
        .filter(move |record| is_lookup(record) && record.field("CallerProcessId") == Some(&caller))
}

/// Whether each thing that the truth rests on is still told by a record as it was written: the creation, the
/// start of the creator or of each candidate, or every lookup that names one whose start was never told; the logon of
/// the session; where it rests on no process being there, every start of a process, what the client left, and the end
/// of whatever ran in the session; where Windows made it, the start of Windows.
fn needs_are_met(story: &Story, truth: &Truth, damaged: &[WindowsRecord]) -> bool {
    let is_there = |record: &WindowsRecord| is_left(record, damaged);
    let any_left = |records: Vec<&WindowsRecord>| records.is_empty() || records.into_iter().any(is_there);
    let creation: Vec<_> = story.records.iter().filter(|record| is_creation_of(record, truth)).collect();
    let logon_id = format!("{:#x}", truth.logon_id);
    let is_logon = |record: &&WindowsRecord| {
        record.event_id == 4624 && record.printed("TargetLogonId").as_deref() == Some(&*logon_id)
    };
    let logons: Vec<_> = story.records.iter().filter(is_logon).collect();
    let processes = truth.creator.iter().chain(&truth.candidates);
    let in_session =
        |record: &WindowsRecord| record.field("SubjectLogonId") == Some(&Value::Hex64(truth.logon_id));
    let is_trace =
        |record: &WindowsRecord| matches!(record.event_id, 4798 | 4799 | 5145) && in_session(record);
    let by_absence = |record: &&WindowsRecord| match truth.verdict {
        "remote" => is_start(record) || is_trace(record),
        "session_only" => is_start(record) || (is_security(record, 4689) && in_session(record)),
        "system" => is_security(record, 4608),
        _ => false,
    };
    let ends_are_told =
        truth.verdict != "session_only" || damaged.iter().any(|record| is_security(record, 4689));
    any_left(creation)
        && ends_are_told
        && any_left(logons)
        && story.records.iter().filter(by_absence).all(is_there)
        && processes.into_iter().all(|process| match starts(story, truth, process) {
            starts if starts.is_empty() => {
                let mut lookups = lookups(story, process).peekable();
                lookups.peek().is_some() && lookups.all(is_there)
            }
            starts => any_left(starts),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_likely_is_right_another_or_nobody() {
        let rows = [
            ("likely", true, true, Some(Likely::Right)),
            ("likely", false, true, Some(Likely::Another)),
            ("likely", false, false, Some(Likely::Nobody)),
            ("attributed", true, true, None),
            ("ambiguous", false, true, None),
        ];
        for (told, names_creator, is_made_here, expected) in rows {
            assert_eq!(standing_out(told, names_creator, is_made_here), expected, "{told} {names_creator}");
        }
    }
}
