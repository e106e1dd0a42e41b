//! Where several machines bear one name, nothing is said that rests on what the host did not show: it may be another's.
//! Where their records are mixed, what is not known to be of one machine is not joined: each gives out the same logon ids
//! and process ids.

use begat_model::case::{
    Actor, Against, Alternative, Attribution, EvidenceFact, Explanation, Reason, Verdict,
};

use crate::case::settle::Settled;
use crate::severity::risk::Facts;

/// Takes apart what may have been joined across machines: a session and a creation, a process and a creation.
pub(super) fn take_apart(settled: &mut Settled) {
    if !settled.of_one_machine.session {
        let account = settled.actor.account.clone();
        settled.actor = Actor { account, ..Actor::default() };
        settled.facts.new_source = None;
        settled.facts.user_contexts.clear();
        settled.origin = None;
        settled.logon_known = false;
    }
    let attribution = &settled.attribution;
    let rests_on_session = matches!(attribution.verdict, Verdict::Attributed | Verdict::Ambiguous);
    if let (true, false, Some(creator)) =
        (rests_on_session, settled.of_one_machine.process, attribution.creator.clone())
    {
        settled.origin = None;
        become_unknown(settled, Explanation::Process(creator));
    }
}

/// Takes back a verdict that says that no process did it, or no other.
pub(super) fn take_back(settled: &mut Settled) {
    let attribution = &settled.attribution;
    let former = match (attribution.verdict, &attribution.creator) {
        (Verdict::Remote, _) => Explanation::RemoteCaller,
        (Verdict::SessionOnly, _) => Explanation::Impersonation,
        (Verdict::Likely, Some(creator)) => Explanation::Process(creator.clone()),
        _ => return,
    };
    // What is behind a process that is not named is not known either.
    settled.origin = settled.origin.take().filter(|_| settled.attribution.verdict != Verdict::Likely);
    become_unknown(settled, former);
}

fn become_unknown(settled: &mut Settled, former: Explanation) {
    let attribution = &settled.attribution;
    let taken_back = Alternative {
        explanation: former,
        confidence: attribution.confidence.unwrap_or_default(),
        against: Against::Signs { signs: vec![EvidenceFact::SeveralMachines] },
    };
    let others = attribution.alternatives.iter().filter(|other| other.explanation != Explanation::Unobserved);
    settled.attribution = Attribution {
        verdict: Verdict::Unknown,
        reason: Some(Reason::SeveralMachines),
        confidence: None,
        creator: None,
        chain: Vec::new(),
        lag: None,
        coincidence: None,
        evidence: Vec::new(),
        alternatives: std::iter::once(taken_back).chain(others.cloned()).collect(),
    };
    settled.sequence = false;
    settled.window_rule.agrees = false;
    settled.command_line_told = None;
    settled.parent_seen = true;
    settled.parent_asserted = None;
    let known = &settled.facts;
    settled.facts = Facts {
        verdict: Some(Verdict::Unknown),
        scope: known.scope,
        new_source: known.new_source.clone(),
        hidden_name: known.hidden_name,
        user_contexts: known.user_contexts.clone(),
        ..Facts::default()
    };
}
