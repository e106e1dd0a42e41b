//! From weighed explanations to a verdict: a normalised choice, told as certain only where something shows the act.
//!
//! Pure. `attributed` needs a probability of at least 0.9 and a sign of the act by that very process; `likely` one
//! that stands out, with a reason of its own. `remote`, `system` and `session_only` need 0.9. A host without process
//! telemetry is `unknown`, unless another log names the process by its id, or the client's own records show it.

use begat_model::case::{Explanation, Verdict};

use crate::cause::act::{ActSign, Standing};
use crate::cause::clue::Clue;
use crate::cause::evidence::EvidenceKind;
use crate::cause::weighed::{Candidate, Weighed};
use crate::sight::visibility::ProcessSight;
use crate::tables::process::record::ProcessIndex;

/// Least probability of a verdict that is told as certain.
pub const CONFIDENCE_MIN: f64 = 0.9;
/// Least probability of a process that is told as likely.
pub const LIKELY_MIN: f64 = 0.75;
/// Least lead over the next explanation of a process that is told as likely, in nats.
pub const LIKELY_LEAD_MIN: f64 = 2.0;
/// The same in a session that all services share, many of which no log shows: what merely starts there shortly before,
/// as jobs do all day, does not stand out.
pub const LIKELY_LEAD_SHARED_MIN: f64 = 2.5;
/// Least lead over the next process of one that is named under `ambiguous`, in nats.
pub const NAMED_LEAD_MIN: f64 = 1.0;
/// Least probability of a process that is told as one of several candidates.
pub const PLAUSIBLE_MIN: f64 = 0.05;

/// One explanation with its place in the order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked<'w> {
    /// What explains it.
    pub who: Who,
    /// Sum of the weights, in nats.
    pub score: f64,
    /// Share of the probability.
    pub probability: f64,
    /// What its signs come to, where it is a process.
    pub standing: Standing,
    /// What the score is made of; told of the likeliest processes only.
    pub clues: &'w [Clue<'w>],
}

/// A process of the host, or something that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A process of the host.
    Process(ProcessIndex),
    /// Something else.
    Other(Explanation),
}

impl Ranked<'_> {
    /// The process, where it is one.
    pub fn process(&self) -> Option<ProcessIndex> {
        match self.who {
            Who::Process(index) => Some(index),
            Who::Other(_) => None,
        }
    }

    /// Likely enough to be told as one of several candidates.
    pub fn is_plausible(&self) -> bool {
        self.probability >= PLAUSIBLE_MIN
    }

    /// It runs in another session than the one that made the account; the other half of a split token is another.
    pub fn is_elsewhere(&self) -> bool {
        use EvidenceKind::{LinkedSession, OtherSession, OtherSessionSameUser};
        [OtherSession, OtherSessionSameUser, LinkedSession].into_iter().any(|kind| self.has(kind))
    }

    fn has(&self, kind: EvidenceKind) -> bool {
        self.clues.iter().any(|clue| clue.kind == kind)
    }
}

/// The verdict, with the whole order it came from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision<'w> {
    /// What can be said.
    pub verdict: Verdict,
    /// Of the verdict, 0 to 1; `unknown` claims nothing.
    pub confidence: Option<f64>,
    /// The process named: the creator, the likely one, under `ambiguous` the first where it leads.
    pub named: Option<ProcessIndex>,
    /// All explanations, likeliest first.
    pub ranking: Vec<Ranked<'w>>,
}

/// Ranks the explanations.
pub(crate) fn rank<'w>(weighed: &'w Weighed<'w>) -> Vec<Ranked<'w>> {
    let is_shown = weighed.candidates.iter().any(|candidate| candidate.standing.act.is_some());
    let managed = |clue: &Clue<'_>| clue.kind == EvidenceKind::ManagedByLaps;
    let windows_says = weighed.others.iter().any(|(_, clues)| clues.iter().any(managed));
    let shown = Shown { act: is_shown, by_windows: windows_says };
    let processes = weighed.candidates.iter().map(|candidate| process_entry(candidate, shown));
    let others = weighed.others.iter().map(|(explanation, clues)| entry(explanation, clues, shown));
    let mut ranking: Vec<Ranked<'_>> = processes.chain(others).collect();
    // Equal scores keep the order in which the processes started: the latest first, as the nearest to the call.
    ranking.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.process().cmp(&a.process())));
    let best = ranking.first().map_or(0.0, |first| first.score);
    let sum: f64 = ranking.iter().map(|ranked| (ranked.score - best).exp()).sum();
    for ranked in &mut ranking {
        ranked.probability = (ranked.score - best).exp() / sum;
    }
    ranking
}

/// Who merely could have is no rival where Windows names the account as its own.
fn process_entry<'w>(candidate: &'w Candidate<'w>, shown: Shown) -> Ranked<'w> {
    let (who, clues) = (Who::Process(candidate.index), &candidate.clues);
    let merely_could = shown.by_windows && candidate.standing.act.is_none();
    let score = if merely_could { candidate.score.min(0.0) } else { candidate.score };
    Ranked { who, score, probability: 0.0, standing: candidate.standing, clues }
}

/// What stands in the log, and no hole in it undoes.
#[derive(Debug, Clone, Copy)]
struct Shown {
    /// Something shows the act by a process.
    act: bool,
    /// Windows LAPS names the account as the one that it manages.
    by_windows: bool,
}

/// What is missing from a log cannot undo what stands in it: where something shows the act, holes weigh no more than
/// what no log ever shows, and a phase of setup is no rival of the program that setup runs.
fn entry<'w>(explanation: &Explanation, clues: &'w [Clue<'w>], shown: Shown) -> Ranked<'w> {
    let sum: f64 = clues.iter().map(|clue| clue.kind.weight()).sum();
    let score = match explanation {
        Explanation::Unobserved if shown.by_windows => sum.min(EvidenceKind::SharedSessionUnseen.weight()),
        Explanation::Unobserved if shown.act => sum.min(EvidenceKind::UnseenAct.weight()),
        Explanation::Windows if shown.act && !clues.iter().any(names_the_account) => 0.0,
        _ => sum,
    };
    let who = Who::Other(explanation.clone());
    Ranked { who, score, probability: 0.0, standing: Standing::default(), clues }
}

/// It speaks of this account, and not of a time.
fn names_the_account(clue: &Clue<'_>) -> bool {
    use EvidenceKind::{ManagedByLaps, SetupBuiltinRid, SetupOwnName};
    matches!(clue.kind, ManagedByLaps | SetupBuiltinRid | SetupOwnName)
}

/// Decides what can be said.
pub(crate) fn decide<'w>(weighed: &'w Weighed<'w>, sight: ProcessSight) -> Decision<'w> {
    let ranking = rank(weighed);
    let (verdict, named) = verdict(&ranking, sight);
    let confidence = match verdict {
        Verdict::Unknown => None,
        Verdict::Ambiguous => Some(process_share(&ranking)),
        Verdict::Likely => Some(share_against_next(&ranking)),
        _ => Some(ranking.first().map_or(0.0, |best| best.probability)),
    };
    Decision { verdict, confidence, named, ranking }
}

fn verdict(ranking: &[Ranked<'_>], sight: ProcessSight) -> (Verdict, Option<ProcessIndex>) {
    let Some(best) = ranking.first() else { return (Verdict::Unknown, None) };
    let decisive = best.probability >= CONFIDENCE_MIN;
    // That no process did it is not known where records of processes cannot be read.
    let may_be_absent = !ranking.iter().any(|ranked| ranked.has(EvidenceKind::RecordsUnread));
    match &best.who {
        Who::Other(Explanation::Windows) if decisive => (Verdict::System, None),
        Who::Other(Explanation::RemoteCaller) if decisive && may_be_absent => (Verdict::Remote, None),
        Who::Process(index) if sight == ProcessSight::Blind && decisive && is_witnessed(best) => {
            (Verdict::Attributed, Some(*index))
        }
        _ if sight == ProcessSight::Blind => (Verdict::Unknown, None),
        // Its own child made the call, and is not in the log: the line is sure, the process is not.
        Who::Process(index)
            if decisive && hands_on(best) && best.standing.act != Some(ActSign::SeenBySam) =>
        {
            (Verdict::Ambiguous, Some(*index))
        }
        Who::Process(index) if decisive && best.standing.act.is_some() => (Verdict::Attributed, Some(*index)),
        Who::Process(index) if stands_out(ranking) => (Verdict::Likely, Some(*index)),
        Who::Other(Explanation::Impersonation) if decisive && may_be_absent => (Verdict::SessionOnly, None),
        _ => undecided(ranking),
    }
}

/// The first leads far, and has a reason of its own.
fn stands_out(ranking: &[Ranked<'_>]) -> bool {
    let Some(best) = ranking.first() else { return false };
    let lead_min = match best.has(EvidenceKind::SharesServiceSession) {
        true => LIKELY_LEAD_SHARED_MIN,
        false => LIKELY_LEAD_MIN,
    };
    best.probability >= LIKELY_MIN
        && ranking.get(1).is_none_or(|next| best.score - next.score >= lead_min)
        && (best.standing.has_reason || best.standing.act.is_some())
        && !hands_on(best)
}

/// It never makes the call itself, by its kind: what it started did.
pub(crate) fn hands_on(best: &Ranked<'_>) -> bool {
    use EvidenceKind::{CannotCreate, HandsOn, StartsCreation};
    [HandsOn, CannotCreate, StartsCreation].into_iter().any(|kind| best.has(kind))
}

/// Another log than that of processes names it, and what it did: that needs no process auditing.
fn is_witnessed(best: &Ranked<'_>) -> bool {
    match best.standing.act {
        Some(ActSign::SeenBySam) => true,
        Some(ActSign::Said) => best.has(EvidenceKind::ScriptCreatesAccount),
        _ => false,
    }
}

/// Several processes, or nothing that can be said.
fn undecided(ranking: &[Ranked<'_>]) -> (Verdict, Option<ProcessIndex>) {
    let mut processes = ranking.iter().filter(|ranked| ranked.process().is_some());
    let (first, second) = (processes.next(), processes.next());
    let several = second.is_some_and(Ranked::is_plausible);
    if !several || process_share(ranking) < 0.5 {
        return (Verdict::Unknown, None);
    }
    let leads = first.zip(second).is_some_and(|(first, second)| first.score - second.score >= NAMED_LEAD_MIN);
    (Verdict::Ambiguous, first.filter(|_| leads).and_then(Ranked::process))
}

/// What merely could have is little beside one that stands out, however many they are: of a thousand that were told so in
/// the simulator ninety-nine in a hundred did it, with many others as with none.
fn share_against_next(ranking: &[Ranked<'_>]) -> f64 {
    let scores: Vec<f64> = ranking.iter().take(2).map(|ranked| ranked.score).collect();
    match scores.as_slice() {
        [best, next] => 1.0 / (1.0 + (next - best).exp()),
        _ => 1.0,
    }
}

fn process_share(ranking: &[Ranked<'_>]) -> f64 {
    ranking.iter().filter(|ranked| ranked.process().is_some()).map(|ranked| ranked.probability).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::act::{Bearing, standing};
    use EvidenceKind::*;
    use Explanation::{Impersonation, RemoteCaller, Unobserved, Windows};
    use ProcessSight::{Blind, Gap, Seen};
    use begat_model::case::EvidenceFact;

    const OWN_SESSION: Bearing = Bearing { session_is_shared: false, is_filtered: false, is_lossy: false };

    fn clues(kinds: &[EvidenceKind]) -> Vec<Clue<'static>> {
        kinds.iter().map(|kind| Clue::new(*kind, EvidenceFact::LookedUp, &[])).collect()
    }

    /// Processes in the order of their start, and what else could explain it.
    fn weighed_in(
        bearing: Bearing,
        processes: &[&[EvidenceKind]],
        others: &[(Explanation, &[EvidenceKind])],
    ) -> Weighed<'static> {
        let candidate = |(index, kinds): (u64, &&[EvidenceKind])| Candidate {
            index: ProcessIndex::after(index),
            score: kinds.iter().map(|kind| kind.weight()).sum(),
            standing: standing(&clues(kinds), bearing),
            clues: clues(kinds),
        };
        let others = others.iter().map(|(explanation, kinds)| (explanation.clone(), clues(kinds)));
        let mut candidates: Vec<Candidate<'static>> = (0..).zip(processes).map(candidate).collect();
        candidates.sort_unstable_by(Candidate::by_likelihood);
        Weighed { candidates, ruled_out: Vec::new(), others: others.collect(), is_cut: false }
    }

    fn weighed(processes: &[&[EvidenceKind]], others: &[(Explanation, &[EvidenceKind])]) -> Weighed<'static> {
        weighed_in(OWN_SESSION, processes, others)
    }

    fn verdict_of(
        processes: &[&[EvidenceKind]],
        others: &[(Explanation, &[EvidenceKind])],
        sight: ProcessSight,
    ) -> Verdict {
        decide(&weighed(processes, others), sight).verdict
    }

    fn roughly(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 0.001
    }

    /// What a whole log leaves open where a process holds the session.
    const OPEN: &[(Explanation, &[EvidenceKind])] = &[(Unobserved, &[UnseenAct])];
    /// A program that calls the interfaces, alone in the session.
    const IDLE: &[EvidenceKind] = &[HoldsSession, CreateCapable];

    #[test]
    fn probabilities_are_shares_of_one_and_a_nat_is_a_factor_of_e() {
        let weighed = weighed(&[&[CreatesSomeAccount], &[LinkedSession]], &[(Unobserved, &[])]);
        let ranking = rank(&weighed);
        let scores: Vec<f64> = ranking.iter().map(|ranked| ranked.score).collect();
        assert_eq!(scores, [3.0, 2.0, 0.0], "likeliest first");
        let sum: f64 = ranking.iter().map(|ranked| ranked.probability).sum();
        assert!(roughly(sum, 1.0));
        assert!(roughly(ranking[0].probability / ranking[1].probability, std::f64::consts::E));
    }

    #[test]
    fn of_equals_the_one_that_started_last_stands_first_and_none_is_named() {
        let weighed = weighed(&[IDLE, IDLE], OPEN);
        let decision = decide(&weighed, Seen);
        assert_eq!((decision.verdict, decision.named), (Verdict::Ambiguous, None));
        let order: Vec<_> = decision.ranking.iter().map(Ranked::process).collect();
        assert_eq!(order, [Some(ProcessIndex::after(1)), Some(ProcessIndex::after(0)), None]);
    }

    #[test]
    fn under_ambiguous_the_first_is_named_where_it_leads_by_a_nat() {
        let nearer: &[EvidenceKind] = &[HoldsSession, CreateCapable, StartedInWindow];
        let decision_of = |processes: &[&[EvidenceKind]]| {
            let weighed = weighed(processes, OPEN);
            let decision = decide(&weighed, Seen);
            (decision.verdict, decision.named)
        };
        assert_eq!(decision_of(&[nearer, IDLE]), (Verdict::Ambiguous, Some(ProcessIndex::after(0))));
        assert_eq!(decision_of(&[nearer, nearer]), (Verdict::Ambiguous, None));
    }

    /// What shows the act, each as strong as it has to be, and what does not.
    #[test]
    fn only_a_sign_of_the_act_makes_certain() {
        for sign in [CreatesAccount, ScriptCreatesAccount, LookedUpAccount, LookedUpGroup, Interlocks] {
            let process: &[EvidenceKind] = &[HoldsSession, sign];
            assert_eq!(verdict_of(&[process], OPEN, Seen), Verdict::Attributed, "{sign:?}");
        }
        for loose in [CreateCapable, NamesAccount, SpeaksOfAccounts, OnlyProcess] {
            let process: &[EvidenceKind] = &[HoldsSession, StartedInWindow, ExitsRightAfter, loose];
            assert_eq!(verdict_of(&[process], OPEN, Seen), Verdict::Likely, "{loose:?}");
        }
        let nameless: &[EvidenceKind] = &[HoldsSession, CreateCapable, CreatesSomeAccount, StartedInWindow];
        assert_eq!(verdict_of(&[nameless], OPEN, Seen), Verdict::Likely, "said some time before");
        let just: &[EvidenceKind] =
            &[HoldsSession, CreateCapable, CreatesSomeAccount, StartedInWindow, StartedRightBefore];
        assert_eq!(verdict_of(&[just], OPEN, Seen), Verdict::Attributed, "said right before");
    }

    #[test]
    fn what_was_said_and_not_carried_out_shows_nothing() {
        for contrary in [
            ExitedWithFailure,
            CallRefused,
            MadeAnother,
            StillRuns,
            DoesOtherwise,
            NotPutIntoUsers,
            LinkedSession,
        ] {
            let process: &[EvidenceKind] = &[HoldsSession, CreateCapable, CreatesAccount, contrary];
            let verdict = verdict_of(&[process], OPEN, Seen);
            assert!(matches!(verdict, Verdict::Unknown), "{contrary:?}: {verdict:?}");
        }
    }

    #[test]
    fn the_session_alone_is_no_reason() {
        for bystander in
            [&[HoldsSession, Bystander][..], &[HoldsSession, WindowsOwnTool], &[HoldsSession, CannotCreate]]
        {
            assert_eq!(verdict_of(&[bystander], OPEN, Seen), Verdict::Unknown, "{bystander:?}");
            let near: Vec<_> =
                bystander.iter().copied().chain([StartedInWindow, StartedRightBefore]).collect();
            assert_eq!(verdict_of(&[&near], OPEN, Seen), Verdict::Unknown, "{near:?}");
        }
        let silent: &[EvidenceKind] = &[HoldsSession, CreateCapable, ScriptsSilent];
        assert_eq!(verdict_of(&[silent], OPEN, Seen), Verdict::Unknown, "its own log would tell");
        assert_eq!(
            verdict_of(&[&[HoldsSession]], &[], Seen),
            Verdict::Unknown,
            "however little else there is"
        );
    }

    #[test]
    fn a_net_whose_end_may_be_lost_is_likely_by_its_line_and_certain_by_what_else_shows_the_act() {
        let lost: &[EvidenceKind] = &[HoldsSession, CreateCapable, CreatesAccount, EndLost];
        assert_eq!(verdict_of(&[lost], OPEN, Seen), Verdict::Likely);
        for sign in [LookedUpAccount, ScriptCreatesAccount] {
            let process: &[EvidenceKind] = &[HoldsSession, CreatesAccount, EndLost, sign];
            assert_eq!(verdict_of(&[process], OPEN, Seen), Verdict::Attributed, "{sign:?}");
        }
        let fast: &[EvidenceKind] = &[HoldsSession, CreatesAccount, EndLost, Interlocks];
        assert_eq!(
            verdict_of(&[fast], OPEN, Seen),
            Verdict::Likely,
            "what is refused comes and goes as fast"
        );
    }

    #[test]
    fn a_script_whose_refusal_may_be_lost_is_likely_and_certain_by_what_else_shows_the_act() {
        let lost: &[EvidenceKind] = &[HoldsSession, CreateCapable, ScriptCreatesAccount, ResultLost];
        assert_eq!(verdict_of(&[lost], OPEN, Seen), Verdict::Likely);
        for sign in [CreatesAccount, LookedUpAccount, Interlocks] {
            let process: &[EvidenceKind] = &[HoldsSession, ScriptCreatesAccount, ResultLost, sign];
            assert_eq!(verdict_of(&[process], OPEN, Seen), Verdict::Attributed, "{sign:?}");
        }
    }

    #[test]
    fn an_installed_program_is_likely_only_where_it_started_right_before() {
        let near: &[EvidenceKind] = &[HoldsSession, InstalledProgram, StartedInWindow];
        let just: &[EvidenceKind] = &[HoldsSession, InstalledProgram, StartedInWindow, StartedRightBefore];
        let elsewhere: &[EvidenceKind] = &[HoldsSession, StartedInWindow];
        let alone: &[EvidenceKind] = &[HoldsSession, InstalledProgram, OnlyProcess];
        for (process, expected) in [
            (near, Verdict::Unknown),
            (just, Verdict::Likely),
            (elsewhere, Verdict::Likely),
            (alone, Verdict::Likely),
        ] {
            assert_eq!(verdict_of(&[process], OPEN, Seen), expected, "{process:?}");
        }
    }

    #[test]
    fn in_a_shared_session_a_lookup_by_windows_own_counts_where_the_log_is_whole() {
        let whole = Bearing { session_is_shared: true, ..OWN_SESSION };
        let lossy = Bearing { is_lossy: true, ..whole };
        let own: &[EvidenceKind] = &[SharesServiceSession, LookedUpAccount, CannotCreate, StartedInWindow];
        let caller: &[EvidenceKind] = &[SharesServiceSession, LookedUpAccount, CreateCapable];
        let act = |process: &[EvidenceKind], bearing| standing(&clues(process), bearing).act;
        assert_eq!(act(own, whole), Some(ActSign::SeenBySam));
        assert_eq!(act(own, lossy), None);
        assert_eq!(act(caller, lossy), Some(ActSign::SeenBySam));
        assert_eq!(act(own, Bearing { session_is_shared: false, ..lossy }), Some(ActSign::SeenBySam));
    }

    #[test]
    fn a_filtered_log_leaves_only_what_was_said_or_seen() {
        let filtered = Bearing { is_filtered: true, ..OWN_SESSION };
        let others: &[(Explanation, &[EvidenceKind])] =
            &[(Unobserved, &[UnseenAct, EvidenceKind::ProcessLogFiltered])];
        for (process, expected) in [
            (&[HoldsSession, CreatesAccount][..], Verdict::Attributed),
            (&[HoldsSession, LookedUpAccount], Verdict::Attributed),
            (&[HoldsSession, CreateCapable, Interlocks, StartedInWindow, ExitsRightAfter], Verdict::Unknown),
            (&[HoldsSession, CreateCapable, NamesAccount, StartedInWindow, OnlyProcess], Verdict::Unknown),
        ] {
            let weighed = weighed_in(filtered, &[process], others);
            assert_eq!(decide(&weighed, Seen).verdict, expected, "{process:?}");
        }
    }

    #[test]
    fn in_a_shared_session_neither_an_interlock_nor_a_nameless_command_shows_the_act() {
        let shared = Bearing { session_is_shared: true, ..OWN_SESSION };
        let others: &[(Explanation, &[EvidenceKind])] = &[(Unobserved, &[SharedSessionUnseen])];
        for (process, expected) in [
            (&[SharesServiceSession, CreatesAccount, CreateCapable][..], Verdict::Attributed),
            (&[SharesServiceSession, LookedUpAccount], Verdict::Attributed),
            (&[SharesServiceSession, CreateCapable, Interlocks, StartedInWindow], Verdict::Likely),
            (
                &[
                    SharesServiceSession,
                    CreateCapable,
                    CreatesSomeAccount,
                    StartedInWindow,
                    StartedRightBefore,
                ],
                Verdict::Likely,
            ),
            (&[SharesServiceSession, CreateCapable, StartedInWindow], Verdict::Unknown),
        ] {
            let weighed = weighed_in(shared, &[process], others);
            assert_eq!(decide(&weighed, Seen).verdict, expected, "{process:?}");
        }
    }

    #[test]
    fn a_process_of_another_session_is_certain_by_its_script_and_likely_by_its_line() {
        let script: &[EvidenceKind] = &[Impersonates, ScriptCreatesAccount, CreateCapable];
        let line: &[EvidenceKind] = &[Impersonates, CreatesAccount, CreateCapable];
        let idle_here: &[EvidenceKind] = &[HoldsSession, CreateCapable];
        for (process, expected) in [(script, Verdict::Attributed), (line, Verdict::Likely)] {
            assert_eq!(verdict_of(&[process], &[(Unobserved, &[])], Seen), expected);
            let decision = decide_all(&[idle_here, process]);
            assert_eq!(
                decision,
                (expected, Some(ProcessIndex::after(1))),
                "who only has the session never beats it"
            );
        }
        for elsewhere in [OtherSession, OtherSessionSameUser] {
            let process: &[EvidenceKind] = &[CreatesSomeAccount, CreateCapable, elsewhere];
            assert_eq!(verdict_of(&[process], &[(Unobserved, &[])], Seen), Verdict::Unknown, "{elsewhere:?}");
        }
    }

    #[test]
    fn a_lead_over_each_is_not_enough_where_together_they_are_likely() {
        let best: &[EvidenceKind] = &[HoldsSession, CreateCapable, NamesAccount];
        let rival: &[EvidenceKind] = &[HoldsSession, CreateCapable];
        assert_eq!(
            decide_all(&[rival, best]),
            (Verdict::Likely, Some(ProcessIndex::after(1))),
            "3 before one rival"
        );
        let ten: Vec<&[EvidenceKind]> = std::iter::repeat_n(rival, 10).chain([best]).collect();
        assert_eq!(decide_all(&ten), (Verdict::Unknown, None), "and none of the ten is plausible by itself");
    }

    fn decide_all(processes: &[&[EvidenceKind]]) -> (Verdict, Option<ProcessIndex>) {
        let weighed = weighed(processes, OPEN);
        let decision = decide(&weighed, Seen);
        (decision.verdict, decision.named)
    }

    #[test]
    fn where_no_processes_are_audited_only_another_log_can_name_one() {
        let others: &[(Explanation, &[EvidenceKind])] = &[(Unobserved, &[TelemetryGap])];
        for (witness, expected) in [
            (ScriptCreatesAccount, Verdict::Attributed),
            (LookedUpAccount, Verdict::Attributed),
            (LookedUpGroup, Verdict::Attributed),
            (QueriedAccounts, Verdict::Unknown),
            (CreatesAccount, Verdict::Unknown),
            (ScriptCreatesSomeAccount, Verdict::Unknown),
        ] {
            let process: &[EvidenceKind] = &[witness, HoldsSession, CreateCapable];
            assert_eq!(verdict_of(&[process], others, Blind), expected, "{witness:?}");
        }
    }

    #[test]
    fn holes_in_a_log_do_not_undo_what_stands_in_it() {
        let holes: &[(Explanation, &[EvidenceKind])] =
            &[(Unobserved, &[ClockSetBack, RecordsMissing, SharedSessionUnseen])];
        let seen: &[EvidenceKind] = &[SharesServiceSession, LookedUpAccount, CreateCapable];
        let idle: &[EvidenceKind] = &[HoldsSession, CreateCapable, StartedInWindow, OnlyProcess];
        assert_eq!(verdict_of(&[seen], holes, Seen), Verdict::Attributed);
        assert_eq!(verdict_of(&[idle], holes, Seen), Verdict::Unknown);
    }

    #[test]
    fn holes_do_not_undo_that_windows_names_the_account_as_its_own() {
        let holes: (Explanation, &[EvidenceKind]) = (Unobserved, &[RecordsMissing, SharedSessionUnseen]);
        for (signs, expected) in
            [(&[ManagedByLaps][..], Verdict::System), (&[SetupOwnName, SetupFirstAccount], Verdict::Unknown)]
        {
            assert_eq!(verdict_of(&[], &[(Windows, signs), holes.clone()], Seen), expected, "{signs:?}");
        }
        let could: &[EvidenceKind] = &[SharesServiceSession, CreateCapable, StartedInWindow];
        let says: &[EvidenceKind] = &[SharesServiceSession, CreateCapable, CreatesAccount];
        let managed = [(Windows, &[ManagedByLaps][..]), holes];
        assert_eq!(verdict_of(&[could, could, could], &managed, Seen), Verdict::System);
        assert_ne!(verdict_of(&[says], &managed, Seen), Verdict::System);
    }

    #[test]
    fn what_is_no_process_is_told_only_where_it_is_certain() {
        let network: &[EvidenceKind] = &[NetworkSessionWithoutProcess];
        let borrowed: &[EvidenceKind] = &[SessionWithoutProcess];
        let setup: &[EvidenceKind] = &[SetupBuiltinRid];
        for (explanation, signs, seen, blind) in [
            (RemoteCaller, network, Verdict::Remote, Verdict::Remote),
            (Impersonation, borrowed, Verdict::SessionOnly, Verdict::Unknown),
            (Windows, setup, Verdict::System, Verdict::System),
            (Unobserved, &[ClockSetBack][..], Verdict::Unknown, Verdict::Unknown),
        ] {
            let alone = [(explanation.clone(), signs)];
            let contested = [(explanation.clone(), signs), (Unobserved, &[TelemetryGap][..])];
            for (sight, expected) in [(Seen, seen), (Gap, seen), (Blind, blind)] {
                assert_eq!(verdict_of(&[], &alone, sight), expected, "{explanation:?} {sight:?}");
                assert_eq!(
                    verdict_of(&[], &contested, sight),
                    Verdict::Unknown,
                    "{explanation:?} {sight:?}, and processes may be missing"
                );
            }
        }
    }

    #[test]
    fn who_hands_the_command_on_is_a_candidate_and_its_unseen_child_another() {
        let hands_on: &[EvidenceKind] = &[CreatesAccount, HoldsSession, HandsOn];
        let decision_of = |others| {
            let weighed = weighed(&[hands_on], others);
            let decision = decide(&weighed, Seen);
            (decision.verdict, decision.named)
        };
        assert_eq!(decision_of(OPEN), (Verdict::Ambiguous, Some(ProcessIndex::after(0))));
    }

    #[test]
    fn candidates_are_several_processes_that_are_likely_together() {
        let plain: &[EvidenceKind] = &[StartedInWindow];
        let unlikely: &[EvidenceKind] = &[CreatesSomeAccount, CannotCreate];
        let equal = [(Unobserved, plain)];
        assert_eq!(verdict_of(&[plain, plain], &equal, Seen), Verdict::Ambiguous, "two in three");
        assert_eq!(verdict_of(&[plain], &equal, Seen), Verdict::Unknown, "one is no choice");
        assert_eq!(verdict_of(&[plain, unlikely], &equal, Seen), Verdict::Unknown, "the other hardly counts");
        let likelier = [(Unobserved, &[CreateCapable, StartedInWindow][..])];
        assert_eq!(verdict_of(&[plain, plain], &likelier, Seen), Verdict::Unknown, "both are unlikely");
    }

    #[test]
    fn confidence_is_that_of_what_is_said_and_unknown_claims_nothing() {
        let confidence = |processes: &[&[EvidenceKind]], others: &[(Explanation, &[EvidenceKind])], sight| {
            decide(&weighed(processes, others), sight).confidence
        };
        let certain = confidence(&[&[HoldsSession, CreatesAccount]], OPEN, Seen).unwrap();
        assert!(roughly(certain, 1.0 / (1.0 + (5.0f64 - 13.0).exp())));
        let likely = confidence(&[IDLE], OPEN, Seen).unwrap();
        assert!(roughly(likely, 1.0 / (1.0 + (5.0f64 - 8.0).exp())));
        let either = confidence(&[IDLE, IDLE], OPEN, Seen).unwrap();
        assert!(roughly(either, 2.0 / (2.0 + (5.0f64 - 8.0).exp())), "that it is one of them");
        assert_eq!(confidence(&[&[StartedInWindow]], OPEN, Seen), None);
        assert_eq!(confidence(&[], &[(Unobserved, &[TelemetryGap])], Blind), None);
    }
}
