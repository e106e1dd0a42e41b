//! The account in question, as command lines and scripts name it.

use begat_model::Text;

use crate::commands::intent::accounts::Intent;
use crate::commands::intent::aim::Aim;
use crate::tables::process::record::ProcessRecord;
use crate::windows::same_name::same_name;

/// The account that was created.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// Its name, where the creation tells it.
    pub name: Option<&'a Text>,
    /// It is one of this host, and not of its domain.
    pub is_local: bool,
}

impl Sought<'_> {
    /// The accounts that its command line creates where this one is, each with its name as far as it is told:
    /// what goes to the domain (`net user … /domain`) leaves no account on this host.
    pub(super) fn created_names<'p>(
        &self,
        process: &'p ProcessRecord,
    ) -> impl Iterator<Item = Option<&'p str>> {
        self.names_in(&process.intents)
    }

    pub(super) fn names_in<'p>(
        &self,
        intents: &'p [Intent],
    ) -> impl Iterator<Item = Option<&'p str>> + use<'p> {
        let is_local = self.is_local;
        intents.iter().filter_map(move |intent| match intent {
            Intent::CreateAccount { aim: Aim::Domain, .. } if is_local => None,
            Intent::CreateAccount { name, .. } => Some(name.as_deref()),
            Intent::AddToGroup { .. } => None,
        })
    }

    pub(super) fn is_account(&self, name: &str) -> bool {
        self.name.is_some_and(|account| same_name(account, name))
    }
}
