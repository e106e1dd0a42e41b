//! What a creation lacks of what a permission asks for.

use super::Verdict;
use crate::text::Text;

facts! {
    /// What did not fit.
    Unmet {
        /// The verdict names no creator for certain.
        NoCreator "no_creator" {
            /// That verdict.
            verdict: Verdict,
        };
        /// The creator is only likely, and nothing of another kind is asked for beside it.
        LikelyAlone "likely_alone";
        /// A value is not known, and what is not known fits nothing.
        NotKnown "not_known" {
            /// Of what.
            what: Asked,
        };
        /// A value is another one.
        Other "other" {
            /// Of what.
            what: Asked,
            /// The value.
            actual: Text,
            /// What would fit, of which one must.
            wanted: Vec<Text>,
        };
        /// The creator's file has another hash.
        OtherHash "other_hash";
        /// No creator is known of whom it would be an ancestor.
        NoAncestor "no_ancestor";
        /// The parent is only what the starter claimed.
        ClaimedParent "claimed_parent";
        /// None of the ancestors is one of those asked for.
        OtherAncestors "other_ancestors" {
            /// Those.
            wanted: Vec<Text>,
        };
        /// The actor is in none of the groups asked for.
        OtherGroups "other_groups" {
            /// Those.
            wanted: Vec<Text>,
        };
        /// What stands where an address should is none.
        NoAddress "no_address" {
            /// As written.
            source: Text,
        };
        /// No change ticket covers it.
        NoTicket "no_ticket";
        /// It was made outside of the hours.
        OffHours "off_hours" {
            /// Day and hour there.
            at: Text,
            /// Those asked for.
            hours: Text,
            /// And their days.
            days: Option<Text>,
        };
        /// It was made on another day.
        OffDays "off_days" {
            /// The day there.
            day: Text,
            /// Those asked for.
            days: Text,
        };
        /// Its time is outside of the years that can be written.
        NoTime "no_time";
        /// It was too early.
        Before "before" {
            /// The first moment asked for.
            from: Text,
        };
        /// It was too late.
        After "after" {
            /// The last moment asked for.
            until: Text,
        };
        /// The entry had expired.
        Expired "expired" {
            /// When.
            at: Text,
        };
        /// The ticket opened later.
        NotYetOpen "not_yet_open" {
            /// When.
            from: Text,
        };
        /// The ticket had ended.
        Ended "ended" {
            /// When.
            at: Text,
        };
    }
}

facts! {
    /// What a permission asks about.
    Asked {
        /// Path of the creator.
        Creator "creator";
        /// Hash of its file.
        Hash "hash";
        /// Account of the session.
        Actor "actor";
        /// Groups of the session.
        ActorGroups "actor_groups";
        /// Address that the session came from.
        Source "source";
        /// Workstation that it came from.
        SourceHost "source_host";
        /// Kind of the session.
        Session "session";
        /// Name of the account that was made.
        Account "account";
        /// The host.
        Host "host";
        /// What the host is for.
        HostRole "host_role";
        /// What can be said of who made it.
        Verdict "verdict";
    }
}
