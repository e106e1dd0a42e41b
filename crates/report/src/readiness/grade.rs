//! The three questions of readiness, and by which rule each is answered: no grade stands without its rule.

use super::facts::{Readiness, SIGHTED_PERCENT, Share, Sight};

/// An answer, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It cannot be done.
    No,
    /// Nothing happened that could show it.
    NotShown,
    /// For some, or not for certain.
    Partly,
    /// It can.
    Yes,
}

impl Answer {
    /// Its name in output.
    pub fn slug(self) -> &'static str {
        match self {
            Answer::No => "no",
            Answer::NotShown => "not_shown",
            Answer::Partly => "partly",
            Answer::Yes => "yes",
        }
    }

    /// As people say it.
    pub fn said(self) -> &'static str {
        match self {
            Answer::No => "No",
            Answer::NotShown => "Not shown",
            Answer::Partly => "Partly",
            Answer::Yes => "Yes",
        }
    }
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Who or what created it.
    Prove,
    /// Whether it was authorised.
    Authorise,
    /// Whether it can be disabled.
    Disable,
}

impl Question {
    /// All, in order.
    pub const ALL: &'static [Question] = &[Question::Prove, Question::Authorise, Question::Disable];

    /// Its name in output.
    pub fn slug(self) -> &'static str {
        match self {
            Question::Prove => "prove",
            Question::Authorise => "authorise",
            Question::Disable => "disable",
        }
    }

    /// In words.
    pub fn said(self) -> &'static str {
        match self {
            Question::Prove => "Can we prove who or what created a local account?",
            Question::Authorise => "Can we say whether it was authorised?",
            Question::Disable => "Can we disable it?",
        }
    }

    /// How it is answered.
    pub fn rule(self) -> &'static str {
        match self {
            Question::Prove => {
                "Yes: an inventory was given, every host of it showed all that counts in at least 90 % of its hours, \
                 nothing is missing from these figures, and at least 90 % of the creations are proven. No: half of the hosts \
                 or more, or any domain controller or tier 0 host, are blind or were not heard; or less than half of the \
                 creations are proven. Not shown: no account was created. Partly: all else."
            }
            Question::Authorise => {
                "Yes: a policy was given, no entry of it is over or allows too much, and every creation is allowed by it or has a \
                 proven maker. No: no policy was given. Not shown: no account was created. Partly: all else."
            }
            Question::Disable => {
                "Yes: every account that nothing allows was disabled or deleted, and by another account than its maker. \
                 No: none was. Not shown: there was no such account. Partly: all else."
            }
        }
    }

    /// What the figures say.
    pub fn answer(self, known: &Readiness) -> Answer {
        match self {
            Question::Prove => prove(known),
            Question::Authorise => authorise(known),
            Question::Disable => disable(known),
        }
    }
}

fn prove(known: &Readiness) -> Answer {
    let dark = |sight: Sight| sight <= Sight::Blind;
    let blind: Vec<_> = known.hosts.iter().filter(|host| dark(host.sight)).collect();
    let is_heavy = |weight: u64| weight >= 10;
    let too_blind = blind.iter().any(|host| is_heavy(host.weight)) || blind.len() * 2 >= known.hosts.len();
    if too_blind || (known.creations() > 0 && !known.proven.is_at_least(50)) {
        return Answer::No;
    }
    if known.creations() == 0 {
        return Answer::NotShown;
    }
    let is_whole = known.has_inventory
        && known.hosts.iter().all(|host| host.sight == Sight::Sighted)
        && known.beside.iter().all(|(_, count)| *count == 0)
        && known.problems == 0;
    if is_whole && known.proven.is_at_least(SIGHTED_PERCENT) { Answer::Yes } else { Answer::Partly }
}

fn authorise(known: &Readiness) -> Answer {
    if !known.is_assessed {
        return Answer::No;
    }
    if known.creations() == 0 {
        return Answer::NotShown;
    }
    if known.faulty == 0 && known.unexplained.count == 0 { Answer::Yes } else { Answer::Partly }
}

fn disable(known: &Readiness) -> Answer {
    let by_others = Share { count: known.disabled_by_others, total: known.disable.total };
    match by_others {
        Share { total: 0, .. } => Answer::NotShown,
        share if share.is_all() => Answer::Yes,
        Share { count: 0, .. } => Answer::No,
        _ => Answer::Partly,
    }
}

/// The worst of the three: nobody is readier than that.
pub fn overall(known: &Readiness) -> Answer {
    Question::ALL.iter().map(|question| question.answer(known)).min().unwrap_or(Answer::NotShown)
}
