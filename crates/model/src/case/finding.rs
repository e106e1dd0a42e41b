//! What happened that is worth a look without being a recorded creation.

use crate::event::Unread;
use crate::ids::Sid;
use crate::text::Text;
use crate::time::Timestamp;

facts! {
    /// What happened.
    FindingFact {
        /// The built-in guest was enabled.
        GuestEnabled "guest_enabled" {
            /// Its name.
            name: Option<Text>,
        };
        /// A built-in identity was put into a group that grants power.
        BuiltinPrivileged "builtin_privileged" {
            /// Its name, else its SID.
            member: Text,
            /// The group's name.
            group: Text,
        };
        /// Another process than lsass wrote into the SAM.
        SamWritten "sam_written" {
            /// Which.
            image: Text,
            /// Whose key.
            key: Option<SamKey>,
        };
        /// An account was created, and no 4720 says so.
        CreatedUnlogged "created_unlogged" {
            /// Its name.
            name: Option<Text>,
            /// Its SID.
            sid: Sid,
            /// What proves that it was.
            proof: CreationProof,
        };
        /// Records of account creations are in the input and cannot be read.
        CreationUnread "creation_unread" {
            /// How many.
            count: u64,
            /// Why.
            cause: Unread,
        };
        /// lsass made the key of an account, and no 4720 says so.
        KeyMade "key_made" {
            /// The account's name.
            name: Text,
        };
        /// Local accounts show signs of life, and their creation is not in the input; the powerful ones first.
        NeverSeenCreated "never_seen_created" {
            /// Which.
            accounts: Vec<NeverSeen>,
        };
    }
}

/// An account that lives, and whose creation is not in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeverSeen {
    /// Its name.
    pub name: Option<Text>,
    /// Its SID.
    pub sid: Sid,
    /// When its first sign was.
    pub at: Timestamp,
    /// Which that was.
    pub sign: LifeSign,
    /// It was put into a group that grants power.
    pub privileged: bool,
}

facts! {
    /// Why an account must have been created while the log was written.
    CreationProof {
        /// It was put into the primary group of the machine.
        PrimaryGroup "primary_group";
        /// RIDs are given out in order, and an account with a lower one was created in this log.
        LaterRid "later_rid" {
            /// Its own.
            rid: u32,
            /// Name of the older account.
            older: Option<Text>,
            /// That one's.
            older_rid: u32,
        };
    }
}

facts! {
    /// What an account that lives does, or is done to it.
    LifeSign {
        /// 4722.
        Enabled "enabled";
        /// 4724.
        PasswordSet "password_set";
        /// 4723.
        PasswordChanged "password_changed";
        /// 4738.
        Changed "changed";
        /// 4728, 4732, 4756.
        PutInto "put_into" {
            /// The group, where it grants power.
            group: Option<Text>,
        };
        /// 4624.
        LoggedOn "logged_on" {
            /// Address that it came from.
            source: Option<Text>,
        };
    }
}

/// Whose key below the SAM's accounts it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SamKey {
    /// `Users\000003E9`: by RID.
    Rid(u32),
    /// `Users\Names\bob`: by name.
    Name(String),
}
