//! Every arm of every family has its sentence, and all of them stand in `sentences.md`, to be read aloud.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use begat_model::case::{
    Against, BlindSpot, BlindSpotKind, Concealment, CoverUp, CreationProof, EvidenceFact, FindingFact,
    FloorReason, Impossible, Lack, LateralChannel, LifeSign, Missing, NameFact, OddAncestor, Proof, Reason,
    RiskReason, RoleGrounds, Suspicion, Verdict,
};
use jiff::tz::TimeZone;

use crate::words::sentence::Sentence;
use crate::words::{finding, lines, missing, samples};

/// How every list begins.
const HEAD: &str = "# Every sentence that a case is told in

Made from the tables in `src/words`, with made-up values; a test holds it to them. After a change of words:
`BEGAT_WRITE_SENTENCES=1 cargo test -p begat-report --lib words`. Read the new ones aloud before they land.
";

/// Facts of one family, as they are told.
struct Family {
    title: &'static str,
    /// The names of all arms.
    slugs: &'static [&'static str],
    /// Name of the arm, and what is said.
    said: Vec<(&'static str, String)>,
}

fn family<F>(
    title: &'static str,
    slugs: &'static [&'static str],
    facts: &[F],
    slug: impl Fn(&F) -> &'static str,
    said: impl Fn(&F) -> String,
) -> Family {
    Family { title, slugs, said: facts.iter().map(|fact| (slug(fact), said(fact))).collect() }
}

fn families() -> Vec<Family> {
    let utc = &TimeZone::UTC;
    let said = |it: Sentence<'_>| it.to_string();
    let reasons = samples::reasons();
    let (evidence, against) = (samples::evidence(), samples::against());
    let (spots, missing) = (samples::blind_spots(), samples::missing());
    let (risks, names, roles) = (samples::risks(), samples::names(), samples::roles());
    vec![
        family("Why a verdict is not `attributed`", Reason::SLUGS, &reasons, Reason::slug, |it| {
            said(Sentence::Reason(it))
        }),
        family("What speaks for and against", EvidenceFact::SLUGS, &evidence, EvidenceFact::slug, |it| {
            said(Sentence::Evidence(it))
        }),
        family("What spoke against what lost", Against::SLUGS, &against, Against::slug, |it| {
            said(Sentence::Against(it))
        }),
        family("What was not seen", BlindSpot::SLUGS, &spots, BlindSpot::slug, |it| {
            said(Sentence::BlindSpot(it))
        }),
        family("Which records are missing", Missing::SLUGS, &missing, Missing::slug, |it| {
            missing::said(it, utc)
        }),
        family("Why it matters more or less", RiskReason::SLUGS, &risks, RiskReason::slug, |it| {
            said(Sentence::Risk(it))
        }),
        family("What is odd about a name", NameFact::SLUGS, &names, NameFact::slug, |it| {
            said(Sentence::Name(it))
        }),
        family("What a host is known by", RoleGrounds::SLUGS, &roles, RoleGrounds::slug, |it| {
            said(Sentence::Role(it))
        }),
        family(
            "What is worth a look without a recorded creation",
            FindingFact::SLUGS,
            &samples::findings(),
            |(fact, _)| fact.slug(),
            |(fact, left_out)| finding::said(fact, *left_out, utc),
        ),
    ]
}

#[test]
fn every_arm_of_every_family_has_a_sample() {
    for Family { title, slugs, said } in families() {
        let names: BTreeSet<&str> = slugs.iter().copied().collect();
        assert_eq!(names.len(), slugs.len(), "{title}: a name stands twice");
        assert_eq!(said.iter().map(|(slug, _)| *slug).collect::<BTreeSet<_>>(), names, "{title}");
    }
}

/// Families that are said within others.
#[test]
fn every_arm_of_what_is_said_within_sentences_has_a_sample() {
    fn check<F>(all: &[&'static str], samples: &[F], slug: impl Fn(&F) -> &'static str) {
        let found: BTreeSet<&str> = samples.iter().map(slug).collect();
        assert_eq!(found, all.iter().copied().collect());
    }
    check(Impossible::SLUGS, &samples::impossible(), Impossible::slug);
    check(Proof::SLUGS, &samples::proofs(), Proof::slug);
    check(Lack::SLUGS, &samples::lacks(), Lack::slug);
    check(CreationProof::SLUGS, &samples::creation_proofs(), CreationProof::slug);
    check(LifeSign::SLUGS, &samples::life_signs(), LifeSign::slug);
    check(Suspicion::SLUGS, &samples::suspicions(), Suspicion::slug);
    check(OddAncestor::SLUGS, &samples::odd_ancestors(), OddAncestor::slug);
    check(Concealment::SLUGS, &samples::concealments(), Concealment::slug);
    check(LateralChannel::SLUGS, &samples::channels(), LateralChannel::slug);
    check(CoverUp::SLUGS, &samples::cover_ups(), CoverUp::slug);
    check(FloorReason::SLUGS, &samples::floors(), FloorReason::slug);
}

#[test]
fn no_two_facts_of_a_family_are_told_alike() {
    for Family { title, said, .. } in families() {
        let sentences: BTreeSet<&str> = said.iter().map(|(_, sentence)| sentence.as_str()).collect();
        assert_eq!(sentences.len(), said.len(), "{title}");
        assert!(sentences.iter().all(|sentence| sentence.trim().len() > 10), "{title}");
    }
}

#[test]
fn blind_spots_are_in_the_order_of_their_kinds_and_every_kind_has_one() {
    let spots = samples::blind_spots();
    let kinds: Vec<BlindSpotKind> = spots.iter().map(BlindSpot::kind).collect();
    assert!(kinds.is_sorted());
    assert_eq!(kinds.into_iter().collect::<BTreeSet<_>>(), BlindSpotKind::ALL.iter().copied().collect());
    let mut sorted = spots;
    sorted.sort();
    assert!(sorted.iter().map(BlindSpot::kind).is_sorted(), "a case lists them by kind");
}

#[test]
fn times_inside_sentences_are_told_in_the_zone() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let (in_utc, there) = ("2026-03-02T09:30:00.1234567Z", "2026-03-02T10:30:00.1234567+01:00");
    let (spots, evidence, missing) = (samples::blind_spots(), samples::evidence(), samples::missing());
    let reasons: Vec<Reason> =
        missing.iter().map(|missing| Reason::RecordsMissing { missing: missing.clone() }).collect();
    let risks = samples::risks();
    let facts = spots.iter().map(Sentence::BlindSpot).chain(evidence.iter().map(Sentence::Evidence));
    let facts: Vec<Sentence<'_>> =
        facts.chain(reasons.iter().map(Sentence::Reason)).chain(risks.iter().map(Sentence::Risk)).collect();
    let timed: Vec<_> = facts.iter().filter(|fact| fact.to_string().contains("2026-03-02T")).collect();
    assert!(timed.len() >= 12, "{timed:?}");
    for fact in timed {
        let shown = fact.in_zone(&berlin);
        assert!(!shown.contains('Z') && shown.contains("+01:00"), "{shown}");
        assert!(!fact.to_string().contains(in_utc) || shown.contains(there), "{shown}");
    }
}

#[test]
fn a_verdict_without_a_reason_is_told_by_what_it_means() {
    assert_eq!(Sentence::Verdict(Verdict::Unknown).to_string(), Verdict::Unknown.doc());
}

#[test]
fn all_sentences_stand_in_their_list() {
    let mut list = HEAD.to_owned();
    for Family { title, said, .. } in families() {
        write!(list, "\n## {title}\n\n").unwrap();
        said.iter().for_each(|(slug, sentence)| writeln!(list, "- `{slug}`: {sentence}").unwrap());
    }
    for (title, lines) in lines::lines() {
        write!(list, "\n## {title}\n\n").unwrap();
        lines.iter().for_each(|(name, said)| writeln!(list, "- `{name}`: {said}").unwrap());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sentences.md");
    if std::env::var_os("BEGAT_WRITE_SENTENCES").is_some() {
        std::fs::write(&path, &list).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let new = list.lines().find(|line| !kept.lines().any(|other| other == *line));
    assert!(kept == list, "sentences.md is not what the tables say; first new line: {new:?}");
}
