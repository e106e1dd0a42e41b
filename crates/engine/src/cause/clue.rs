//! A sign while it is weighed: thousands of processes are weighed for one creation, few are told of.

use begat_model::RecordRef;
use begat_model::case::{Evidence, EvidenceFact};

use crate::cause::evidence::EvidenceKind;
use crate::windows::capability::Capability;

/// One sign, as cheap to find as to throw away.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clue<'s> {
    /// Which sort.
    pub kind: EvidenceKind,
    /// In this case.
    pub why: Why<'s>,
    /// Records it rests on.
    pub records: &'s [RecordRef],
}

/// Why a process is held to be one that made the call, or not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Why<'s> {
    /// As it is told.
    Fact(EvidenceFact),
    /// What an image of this name can do: told of the likeliest only, so that no name is copied for the others.
    Image(&'s str, Capability),
}

impl<'s> Clue<'s> {
    /// A sign with its reason and its records.
    pub fn new(kind: EvidenceKind, why: EvidenceFact, records: &'s [RecordRef]) -> Clue<'s> {
        Clue { kind, why: Why::Fact(why), records }
    }

    /// As a case tells it.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            kind: self.kind.slug(),
            weight: self.kind.weight(),
            why: self.why.fact(),
            events: self.records.to_vec(),
        }
    }
}

impl Why<'_> {
    /// To be kept.
    pub fn fact(&self) -> EvidenceFact {
        match self {
            Why::Fact(fact) => fact.clone(),
            Why::Image(stem, can) => {
                let program = (*stem).into();
                match can {
                    Capability::Creates => EvidenceFact::CallsInterfaces { program },
                    Capability::OnlyStarts => EvidenceFact::OnlyStarts { program },
                    Capability::WindowsOwn => EvidenceFact::WindowsOwn { program },
                    Capability::ForPeople => EvidenceFact::Bystander { program },
                }
            }
        }
    }
}
