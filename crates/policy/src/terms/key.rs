//! The keys that an authorisation can match on: what each looks at, and what faking it would cost an attacker.
//!
//! Whoever makes local accounts without leave is an administrator of that host already. So a key is worth what that
//! attacker would still have to get: another host, another account, a file on disk, a ticket. One such thing may be at
//! hand; an entry must ask for two of different kinds.

use begat_model::analytic::SessionKind;
use begat_model::case::Verdict;
use begat_model::{Pattern, Sid};
use ipnet::IpNet;
use jiff::tz::TimeZone;

use crate::terms::schedule::{Days, Hours, Moment};

/// What a key proves, where its value is chosen well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Which program made the account.
    Program,
    /// What that program was started by.
    Ancestry,
    /// Whose session it was.
    Identity,
    /// From where that session came.
    Origin,
    /// That somebody approved it beforehand.
    Change,
    /// Nothing by itself: it only narrows.
    Nothing,
}

impl Proof {
    /// In words.
    pub fn slug(self) -> &'static str {
        match self {
            Proof::Program => "program",
            Proof::Ancestry => "ancestry",
            Proof::Identity => "identity",
            Proof::Origin => "origin",
            Proof::Change => "change",
            Proof::Nothing => "nothing",
        }
    }
}

/// One key of `match`.
#[derive(Debug)]
pub struct KeyRow {
    /// As written in the policy.
    pub name: &'static str,
    /// What it proves.
    pub proof: Proof,
    /// What it looks at.
    pub doc: &'static str,
    /// What it costs an attacker, who is an administrator of the host, to make it fit.
    pub faking: &'static str,
}

/// All keys, those that prove something first.
pub const KEYS: &[KeyRow] = &[
    KeyRow {
        name: "creator",
        proof: Proof::Program,
        doc: "full path of the process that made the call; under `likely` only beside a ticket, source, window or hosts",
        faking: "a file in a folder that only administrators write, under that name: the log shows the same path",
    },
    KeyRow {
        name: "hash",
        proof: Proof::Program,
        doc: "SHA-256 or SHA-1 of the creator's file, where the log has it (Sysmon)",
        faking: "code put into that very program while it runs",
    },
    KeyRow {
        name: "parent",
        proof: Proof::Ancestry,
        doc: "full path of an ancestor of the creator, at any height",
        faking: "the use of that agent itself, or of its service; naming a false parent is seen and fits nothing",
    },
    KeyRow {
        name: "actor",
        proof: Proof::Identity,
        doc: "SID of the account whose session made the call (or `DOMAIN\\name`, which only narrows)",
        faking: "the credentials of that account, or its token on that host",
    },
    KeyRow {
        name: "actor_group",
        proof: Proof::Identity,
        doc: "SID of a group of the session's token, where the host logs 4627",
        faking: "the credentials of a member, or a right to change the group",
    },
    KeyRow {
        name: "source",
        proof: Proof::Origin,
        doc: "addresses or networks that the session, and whatever stands behind it, came from",
        faking: "a host in that network",
    },
    KeyRow {
        name: "ticket",
        proof: Proof::Change,
        doc: "`true`: a change ticket covers host, account and time",
        faking: "a ticket that somebody approved, and its hour",
    },
    KeyRow {
        name: "session",
        proof: Proof::Nothing,
        doc: "kind of the logon session",
        faking: "nothing: an administrator opens any kind of session",
    },
    KeyRow {
        name: "source_host",
        proof: Proof::Nothing,
        doc: "workstation that the session came from",
        faking: "nothing: the client says its own name",
    },
    KeyRow {
        name: "account",
        proof: Proof::Nothing,
        doc: "name of the account when it was created, and since",
        faking: "nothing: the attacker names the account",
    },
    KeyRow {
        name: "host",
        proof: Proof::Nothing,
        doc: "name of the host",
        faking: "nothing where the attacker is there",
    },
    KeyRow {
        name: "host_role",
        proof: Proof::Nothing,
        doc: "role of the host, as the inventory or its events tell it",
        faking: "nothing where the attacker is there",
    },
    KeyRow {
        name: "verdict",
        proof: Proof::Nothing,
        doc: "what can be said of who made it: `remote` for a call without a process",
        faking: "nothing: the attacker chooses the way",
    },
    KeyRow {
        name: "hours",
        proof: Proof::Nothing,
        doc: "hours of the day, in the site's zone",
        faking: "waiting",
    },
    KeyRow {
        name: "days",
        proof: Proof::Nothing,
        doc: "days of the week, in the site's zone",
        faking: "waiting",
    },
    KeyRow { name: "from", proof: Proof::Nothing, doc: "not before this date or time", faking: "waiting" },
    KeyRow { name: "until", proof: Proof::Nothing, doc: "not after this date or time", faking: "haste" },
];

/// Keys that one may look for, and why there are none.
pub(crate) const REFUSED_KEYS: &[(&str, &str, &str)] = &[
    (
        "signer",
        "the events that begat reads (4688, Sysmon 1) do not tell who signed a program",
        "pin the program with `hash`",
    ),
    (
        "parent_class",
        "a class of ancestors holds programs that every attacker has",
        "name the path of the ancestor with `parent`",
    ),
];

/// The row of that name.
pub fn key_row(name: &str) -> Option<&'static KeyRow> {
    KEYS.iter().find(|row| row.name == name)
}

/// What a key of an entry asks for; of a list, one must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Demand {
    Creator(Vec<Pattern>),
    Hash(Vec<String>),
    Parent(Vec<Pattern>),
    Actor(Vec<Whom>),
    ActorGroup(Vec<Sid>),
    Source(Vec<IpNet>),
    Ticket,
    Session(Vec<SessionKind>),
    SourceHost(Vec<Pattern>),
    Account(Vec<Pattern>),
    Host(Vec<Pattern>),
    HostRole(Vec<Pattern>),
    Verdict(Vec<Verdict>),
    Hours(Hours, Option<Days>, TimeZone),
    Days(Days, TimeZone),
    From(Moment),
    Until(Moment),
}

/// An account of a list: by SID, or by name, which only narrows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom {
    /// One account.
    Sid(Sid),
    /// Of several machines or domains: `S-1-5-21-*-500`.
    Sids(Pattern),
    /// `DOMAIN\name`.
    Name(Pattern),
}

impl Demand {
    /// Its row in the table.
    pub fn name(&self) -> &'static str {
        match self {
            Demand::Creator(_) => "creator",
            Demand::Hash(_) => "hash",
            Demand::Parent(_) => "parent",
            Demand::Actor(_) => "actor",
            Demand::ActorGroup(_) => "actor_group",
            Demand::Source(_) => "source",
            Demand::Ticket => "ticket",
            Demand::Session(_) => "session",
            Demand::SourceHost(_) => "source_host",
            Demand::Account(_) => "account",
            Demand::Host(_) => "host",
            Demand::HostRole(_) => "host_role",
            Demand::Verdict(_) => "verdict",
            Demand::Hours(..) => "hours",
            Demand::Days(..) => "days",
            Demand::From(_) => "from",
            Demand::Until(_) => "until",
        }
    }

    /// It looks at the process that made the call, or at what is above it.
    pub fn is_of_creator(&self) -> bool {
        matches!(self, Demand::Creator(_) | Demand::Hash(_) | Demand::Parent(_))
    }

    /// Whatever fits the other fits this one too.
    pub fn covers(&self, other: &Demand) -> bool {
        match (self, other) {
            (Demand::Creator(wide), Demand::Creator(narrow))
            | (Demand::Parent(wide), Demand::Parent(narrow))
            | (Demand::SourceHost(wide), Demand::SourceHost(narrow))
            | (Demand::Account(wide), Demand::Account(narrow))
            | (Demand::Host(wide), Demand::Host(narrow))
            | (Demand::HostRole(wide), Demand::HostRole(narrow)) => each(wide, narrow, pattern_covers),
            (Demand::Source(wide), Demand::Source(narrow)) => {
                each(wide, narrow, |one, other| one.contains(other))
            }
            (Demand::Actor(wide), Demand::Actor(narrow)) => each(wide, narrow, whom_covers),
            (Demand::ActorGroup(wide), Demand::ActorGroup(narrow)) => each(wide, narrow, Sid::eq),
            (Demand::Hash(wide), Demand::Hash(narrow)) => each(wide, narrow, String::eq),
            (Demand::Session(wide), Demand::Session(narrow)) => each(wide, narrow, SessionKind::eq),
            (Demand::Verdict(wide), Demand::Verdict(narrow)) => each(wide, narrow, Verdict::eq),
            (Demand::Days(wide, _), Demand::Days(narrow, _)) => wide.cover(narrow),
            (Demand::From(wide), Demand::From(narrow)) => wide.first <= narrow.first,
            (Demand::Until(wide), Demand::Until(narrow)) => wide.last >= narrow.last,
            (one, other) => one == other,
        }
    }
}

/// Each of the narrow list is covered by one of the wide.
fn each<T>(wide: &[T], narrow: &[T], covers: impl Fn(&T, &T) -> bool) -> bool {
    narrow.iter().all(|narrow| wide.iter().any(|wide| covers(wide, narrow)))
}

fn pattern_covers(wide: &Pattern, narrow: &Pattern) -> bool {
    // `?` in the wide one would take a `*` of the narrow one for a single character.
    let holds = !(wide.as_str().contains('?') && narrow.as_str().contains('*'));
    wide.as_str().eq_ignore_ascii_case(narrow.as_str()) || (holds && wide.matches(narrow.as_str()))
}

fn whom_covers(wide: &Whom, narrow: &Whom) -> bool {
    match (wide, narrow) {
        (Whom::Sids(wide), Whom::Sid(narrow)) => wide.matches(narrow.as_str()),
        (Whom::Sids(wide), Whom::Sids(narrow)) | (Whom::Name(wide), Whom::Name(narrow)) => {
            pattern_covers(wide, narrow)
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_says_what_it_looks_at_and_what_faking_it_costs() {
        let names: BTreeSet<_> = KEYS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), KEYS.len());
        for row in KEYS {
            assert!(row.doc.len() > 10 && row.faking.len() > 4, "{}", row.name);
        }
        assert!(REFUSED_KEYS.iter().all(|(name, ..)| !names.contains(name)));
    }

    #[test]
    fn a_wider_pattern_covers_a_narrower_one_and_never_the_other_way_round() {
        for (wide, narrow, covers) in [
            ("svc_*", "svc_print*", true),
            ("svc_print*", "svc_*", false),
            ("SVC_*", "svc_*", true),
            ("svc_?", "svc_*", false),
            ("svc_*", "svc_?", true),
            ("*", "anything", true),
        ] {
            assert_eq!(pattern_covers(&Pattern::new(wide), &Pattern::new(narrow)), covers, "{wide} {narrow}");
        }
    }
}
