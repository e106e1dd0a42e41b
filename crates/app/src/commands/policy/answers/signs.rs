//! Signs of an attack in words.

use begat_policy::AttackSign;
use begat_report::Sentence;

/// A clause each, in the order of the alphabet.
pub(super) fn said(signs: &[AttackSign]) -> Vec<String> {
    let mut said: Vec<String> = signs.iter().map(one).collect();
    said.sort();
    said
}

fn one(sign: &AttackSign) -> String {
    match sign {
        AttackSign::Risk(reason) => Sentence::Risk(reason).to_string(),
        AttackSign::Name(fact) => Sentence::Name(fact).to_string(),
        AttackSign::Situation(clause) => (*clause).to_owned(),
    }
}
