//! What to search elsewhere: instead of cases, the addresses, accounts, sessions and files that they are made of.
//!
//! What every machine has is no pivot: loopback, SYSTEM and its kin, their sessions, the host's own name, Windows' images.

mod gather;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use crate::view::{Found, Severity, Timestamp};

pub(crate) use write::{write_csv, write_jsonl, write_table};

/// Ids and hosts told of one pivot; the rest is told by their number.
const TOLD_MAX: usize = 20;

/// Makes a closed list of words: an enum whose every arm has a name in output and its wording for people.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $( $arm:ident $slug:literal $said:literal; )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        enum $name { $( #[doc = $said] $arm, )* }

        impl $name {
            #[cfg(test)]
            const ALL: &'static [$name] = &[ $( $name::$arm, )* ];

            fn slug(self) -> &'static str {
                match self { $( $name::$arm => $slug, )* }
            }

            fn said(self) -> &'static str {
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
        FindingSource "finding_source" "source of the session that did what a finding tells";
        ClientHost "client_host" "ran the command that reached over and made an account";
        Created "created" "account that was created";
        Actor "actor" "made an account";
        Origin "origin" "stands behind the session that made an account";
        ChangedBy "changed_by" "changed a new account afterwards";
        Concerned "concerned" "account that a finding is about";
        FindingActor "finding_actor" "did what a finding tells";
        Creator "creator" "process that created an account";
        Candidate "candidate" "process that may have created an account";
        Ancestor "ancestor" "ancestor of such a process";
        Client "client" "process that reached over and made an account";
        FindingProcess "finding_process" "process of a finding";
    }
}

/// A value to search elsewhere.
#[derive(Debug)]
struct Pivot<'a> {
    kind: Kind,
    /// As it was written first.
    value: String,
    /// What it belongs to: the account of a SID or a session, the image of a hash.
    of: Option<&'a str>,
    /// The host on which a logon id means something.
    session_host: Option<&'a str>,
    parts: BTreeSet<Part>,
    /// The highest of what it stands in.
    severity: Severity,
    hosts: BTreeSet<&'a str>,
    cases: BTreeSet<&'a str>,
    findings: BTreeSet<&'a str>,
    /// When what it stands in happened.
    first: Timestamp,
    last: Timestamp,
}

/// One pivot for each value, whatever the case in which it was written.
type Key<'a> = (Kind, String, Option<&'a str>);

/// All pivots: by kind, the most severe first, then by value.
fn pivots<'a>(found: &Found<'a>) -> Vec<Pivot<'a>> {
    let mut gathered = gather::Gathered { pivots: BTreeMap::new() };
    found.cases().for_each(|case| gathered.case(&case));
    found.findings().for_each(|finding| gathered.finding(&finding));
    let mut pivots: Vec<Pivot<'a>> = gathered.pivots.into_values().collect();
    // Stable: what is equal stays in the order of its key.
    pivots.sort_by(|one, other| one.kind.cmp(&other.kind).then(other.severity.cmp(&one.severity)));
    pivots
}

#[cfg(test)]
mod tests {
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
