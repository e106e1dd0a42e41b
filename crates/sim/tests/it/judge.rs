//! The judge: it finds begat right where it is, and it sees where it is not.

use std::num::NonZeroUsize;

use begat_ingest::Schemas;
use begat_sim::fault::FAULTS;
use begat_sim::judge::{Answer, FaultChoice, LieChoice, Session, Trial, hold, hunt, judge};
use begat_sim::story::{LIES, STORIES, StoryKind, TrueProcess};

fn session(seeds: u64, faults: FaultChoice) -> Session {
    Session {
        stories: STORIES.iter().collect(),
        first_seed: 1,
        seeds,
        lies: LieChoice::Truthful,
        faults,
        jobs: NonZeroUsize::MIN,
    }
}

#[test]
fn undamaged_stories_are_told_truly_on_every_host_and_in_every_carrier() {
    let board = session(2, FaultChoice::Undamaged).run().unwrap();
    let total = board.total();
    assert_eq!(total.confidently_wrong, 0, "{}", board.table());
    assert!(board.failures.is_empty(), "nothing that can be known is left unsaid:\n{}", board.table());
    assert_eq!(total.creator_right, total.with_creator, "{}", board.table());
    assert!(total.knowable * 2 > total.cases, "most can be known:\n{}", board.table());
}

/// The goals that are judged over a thousand seeds, over the first.
#[test]
fn misleading_and_damaged_stories_are_told_as_well_as_is_asked() {
    let stories = STORIES.iter().chain(LIES).collect();
    let session = Session { stories, lies: LieChoice::Drawn, ..session(2, FaultChoice::Drawn) };
    let board = session.run().unwrap();
    let total = board.total();
    let likely = total.likely_right + total.likely_another + total.likely_nobody;
    assert_eq!(total.confidently_wrong, 0, "{}", board.table());
    assert!(total.creator_right * 100 >= total.with_creator * 98, "{}", board.table());
    assert!(likely > 50 && (total.likely_another + total.likely_nobody) * 10 <= likely, "{}", board.table());
    // A band of a handful says nothing of its share.
    for band in total.bands.iter().skip(1).filter(|band| band.told >= 20) {
        assert!(band.right * 100 >= band.told * 90, "{}", board.table());
    }
}

#[test]
fn the_same_seeds_come_to_the_same_whatever_the_number_of_threads() {
    let mut session = session(1, FaultChoice::Drawn);
    let alone = session.run().unwrap();
    session.jobs = NonZeroUsize::new(3).unwrap();
    assert_eq!(session.run().unwrap(), alone);
    let cases = alone.total().cases;
    assert!(cases >= 2 * STORIES.len() as u64, "each story undamaged and damaged: {cases}");
}

#[test]
fn a_case_that_names_another_process_than_the_truth_is_told_as_wrong() {
    let trial = undamaged("net-user");
    let schemas = Schemas::built_in();
    let mut story = trial.told();
    let cases = hunt(trial.shipped(&story.records).unwrap(), &schemas).unwrap();
    let judged = |story| judge(&trial, &story, &trial.told().records, &cases).remove(0);
    let right = judged(story.clone());
    assert!(right.verdict_right && right.creator_right && !right.confidently_wrong, "{right:?}");

    let truth = &mut story.truth[0];
    let image = r"C:\Windows\System32\mmc.exe".to_owned();
    truth.creator = Some(TrueProcess { pid: 4242, image, logged: true });
    truth.chain.clear();
    let wrong = judged(story.clone());
    assert!(wrong.confidently_wrong && !wrong.creator_right, "{wrong:?}");
    assert_eq!(wrong.window_rule, Answer::Wrong);

    story.truth[0].verdict = "remote";
    story.truth[0].verdicts = vec!["remote"];
    story.truth[0].creator = None;
    let wrong = judged(story);
    assert!(wrong.confidently_wrong && !wrong.verdict_right, "{wrong:?}");
}

#[test]
fn a_process_of_the_same_id_and_image_that_ran_long_before_is_another() {
    let trial = undamaged("net-user");
    let mut story = trial.told();
    let cases = hunt(trial.shipped(&story.records).unwrap(), &Schemas::built_in()).unwrap();
    // The truth's own start lies an hour later than what is told.
    for record in &mut story.records {
        record.time = record.time.plus_seconds(3600);
    }
    let judgement = judge(&trial, &story, &story.records, &cases).remove(0);
    assert!(judgement.confidently_wrong, "{judgement:?}");
}

#[test]
fn silence_counts_only_where_everything_needed_is_there() {
    let trial = undamaged("net-user");
    let story = trial.told();
    let lost = judge(&trial, &story, &[], &[]).remove(0);
    assert!(!lost.wrongly_silent, "the creation's own record is gone");
    let silent = judge(&trial, &story, &story.records, &[]).remove(0);
    assert!(silent.wrongly_silent && !silent.confidently_wrong);
    let without_creator: Vec<_> =
        story.records.iter().filter(|record| !matches!(record.event_id, 1 | 4688)).cloned().collect();
    let cases = hunt(trial.shipped(&without_creator).unwrap(), &Schemas::built_in()).unwrap();
    let unknown = judge(&trial, &story, &without_creator, &cases).remove(0);
    assert!(!unknown.is_knowable && !unknown.wrongly_silent && !unknown.confidently_wrong, "{unknown:?}");
}

#[test]
fn a_trial_is_run_again_by_naming_its_faults() {
    let kind = StoryKind::named("net-user").unwrap();
    for seed in 1..30 {
        let drawn = Trial::of(kind, seed, &FaultChoice::Drawn).remove(1);
        let again = Trial::of(kind, seed, &FaultChoice::These(drawn.fault_names())).remove(0);
        assert_eq!(drawn.damaged(&drawn.told()), again.damaged(&again.told()), "seed {seed}");
        assert_eq!(drawn.carrier.name, again.carrier.name);
    }
}

#[test]
fn lies_are_drawn_over_some_stories_and_a_trial_is_run_again_by_naming_its_own() {
    let trial =
        |seed| Trial::of(StoryKind::named("net-user").unwrap(), seed, &FaultChoice::Undamaged).remove(0);
    let drawn: Vec<_> =
        (1..30).map(|seed| trial(seed).under(LieChoice::Drawn)).filter(|t| t.lie.is_some()).collect();
    assert!((4..20).contains(&drawn.len()), "a third of the seeds: {}", drawn.len());
    for under in drawn.iter().take(3) {
        let lie = under.lie.unwrap();
        assert!(lie.is_lie(), "{}", lie.name);
        let again = trial(under.seed).under(LieChoice::This(lie.name)).told();
        assert_eq!(under.told(), again, "{} {}", under.seed, lie.name);
        assert!(again.truth.len() > trial(under.seed).under(LieChoice::Truthful).told().truth.len());
    }
    let moved = Trial::of(StoryKind::named("oobe").unwrap(), 1, &FaultChoice::Undamaged).remove(0);
    assert!(moved.under(LieChoice::This("scanner")).lie.is_none(), "it plays on a host of its own");
}

#[test]
fn a_process_named_where_none_did_it_is_wrong_however_it_is_told() {
    let trial = undamaged("net-user");
    let mut story = trial.told();
    let cases = hunt(trial.shipped(&story.records).unwrap(), &Schemas::built_in()).unwrap();
    story.truth[0].creator = None;
    story.truth[0].verdict = "unknown";
    story.truth[0].verdicts = vec!["unknown", "ambiguous"];
    let judgement = judge(&trial, &story, &story.records, &cases).remove(0);
    assert!(judgement.confidently_wrong && !judgement.is_knowable && !judgement.has_creator, "{judgement:?}");
    assert!(matches!(judgement.claim, Some((confidence, false)) if confidence > 0.9), "{judgement:?}");
    // The same process, which may be named, and the session told as somebody else's place.
    let mut story = trial.told();
    let right = judge(&trial, &story, &story.records, &cases).remove(0);
    assert!(!right.misplaced && right.claim.is_some_and(|(_, is_so)| is_so), "{right:?}");
    story.truth[0].source_ip = Some("10.66.6.6".to_owned());
    assert!(judge(&trial, &story, &story.records, &cases).remove(0).misplaced);
}

#[test]
fn every_fault_is_survived() {
    let schemas = Schemas::built_in();
    // Every third story meets the fault, another third the next; a fault of a kind meets all of them within three seeds
    // of the judge.
    for (turn, fault) in FAULTS.iter().enumerate() {
        for (kind, seed) in STORIES.iter().zip(40..).skip(turn % 3).step_by(3) {
            for trial in Trial::of(kind, seed, &FaultChoice::These(vec![fault.name])) {
                let (judgements, cases) = hold(&trial, &schemas).unwrap();
                let told_twice = cases.len() > judgements.len();
                assert!(!told_twice, "{} {} {seed}: {} cases", fault.name, kind.name, cases.len());
            }
        }
    }
}

/// A trial of this story on its own quiet host, without faults, whose carrier tells all.
fn undamaged(story: &str) -> Trial {
    let kind = StoryKind::named(story).unwrap();
    let trials = (1..).flat_map(|seed| Trial::of(kind, seed, &FaultChoice::Undamaged));
    let mut fitting =
        trials.filter(|trial| trial.moved_to.is_none() && !trial.is_busy && trial.carrier.name == "evtx");
    fitting.next().unwrap()
}
