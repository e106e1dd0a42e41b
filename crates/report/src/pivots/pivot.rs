//! A pivot: a value to search elsewhere, what sort it is of, and what part it has in what was found.

use std::collections::BTreeSet;

use crate::view::{Severity, Timestamp};

/// Makes a closed list of words: an enum whose every arm has a name in output and its wording for people.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $( $arm:ident $slug:literal $said:literal; )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $name { $( #[doc = $said] $arm, )* }

        impl $name {
            #[cfg(test)]
            pub(crate) const ALL: &'static [$name] = &[ $( $name::$arm, )* ];

            pub(crate) fn slug(self) -> &'static str {
                match self { $( $name::$arm => $slug, )* }
            }

            pub(crate) fn said(self) -> &'static str {
                match self { $( $name::$arm => $said, )* }
            }
        }
    };
}

words! {
    /// What sort of value it is: sections of the table, in order.
    Kind {
        SourceAddress "source_address" "Source addresses";
        SourceHost "source_host" "Source hosts";
        Sid "sid" "SIDs";
        LogonId "logon_id" "Logon ids, each of its own host";
        AccountName "account_name" "Account names";
        Hash "hash" "Hashes";
        Image "image" "Images";
    }
}

words! {
    /// What part it has in a case or a finding.
    Part {
        ActorSource "actor_source" "source of the session that made an account";
        OriginSource "origin_source" "source of the session behind the one that made an account";
        LogonSource "logon_source" "source of a logon of a new account";
        FindingSource "finding_source" "source of the session that did what a finding reports";
        ClientHost "client_host" "ran the remote command that made an account";
        Created "created" "account that was created";
        Actor "actor" "made an account";
        Origin "origin" "is behind the session that made an account";
        ChangedBy "changed_by" "changed a new account afterwards";
        Concerned "concerned" "account that a finding is about";
        FindingActor "finding_actor" "did what a finding reports";
        Creator "creator" "process that created an account";
        LikelyCreator "likely_creator" "process that probably created an account";
        Candidate "candidate" "process that may have created an account";
        Ancestor "ancestor" "ancestor of such a process";
        Client "client" "process that made an account on another host";
        FindingProcess "finding_process" "process of a finding";
    }
}

/// A value to search elsewhere.
#[derive(Debug)]
pub(crate) struct Pivot<'a> {
    pub(crate) kind: Kind,
    /// As it was written first.
    pub(crate) value: String,
    /// What it belongs to: the account of a SID or a session, the image of a hash.
    pub(crate) of: Option<&'a str>,
    /// The host on which a logon id means something.
    pub(crate) session_host: Option<&'a str>,
    pub(crate) parts: BTreeSet<Part>,
    /// The highest of what it stands in.
    pub(crate) severity: Severity,
    pub(crate) hosts: BTreeSet<&'a str>,
    pub(crate) cases: BTreeSet<&'a str>,
    pub(crate) findings: BTreeSet<&'a str>,
    /// When what it stands in happened.
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

/// One pivot for each value, whatever the case in which it was written.
pub(crate) type Key<'a> = (Kind, String, Option<&'a str>);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn words_are_unique_and_said() {
        let kinds = Kind::ALL.iter().map(|it| (it.slug(), it.said()));
        let parts = Part::ALL.iter().map(|it| (it.slug(), it.said()));
        let (kinds, parts): (BTreeMap<_, _>, BTreeMap<_, _>) = (kinds.collect(), parts.collect());
        assert_eq!((kinds.len(), parts.len()), (Kind::ALL.len(), Part::ALL.len()));
        assert!(kinds.values().chain(parts.values()).all(|said| said.len() > 3));
    }
}
