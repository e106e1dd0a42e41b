//! What is odd about an account's name.

use crate::text::Text;

facts! {
    /// Why a name is odd.
    NameFact {
        /// A name of Windows' own, on an account with another RID.
        ReservedName "reserved_name" {
            /// The name.
            reserved: &'static str,
            /// The RID of its account.
            own: u32,
            /// The RID of this one.
            rid: u32,
        };
        /// The name of an identity of Windows, which is no account.
        IdentityName "identity_name" {
            /// The name.
            reserved: &'static str,
        };
        /// What Windows' own account is called in another language.
        ReservedElsewhere "reserved_elsewhere" {
            /// The name.
            reserved: &'static str,
            /// The RID of its account.
            own: u32,
            /// The RID of this one.
            rid: u32,
        };
        /// A reserved name with digits in the place of letters.
        DigitsForLetters "digits_for_letters" {
            /// The name that it reads like.
            reserved: &'static str,
        };
        /// A reserved name, written with other characters.
        LooksReserved "looks_reserved" {
            /// The name that it looks like.
            reserved: &'static str,
        };
        /// A word of several scripts that looks like plain letters.
        LooksLike "looks_like" {
            /// What it looks like.
            looks: Text,
            /// The first letter that is none of those.
            foreign: char,
        };
        /// One letter away from a name of Windows' own.
        NearReserved "near_reserved" {
            /// That name.
            reserved: &'static str,
        };
        /// One letter away from a name that a product gives.
        NearProduct "near_product" {
            /// That name.
            reserved: &'static str,
        };
        /// It holds what is not seen.
        Invisible "invisible" {
            /// The first such character.
            character: char,
        };
        /// It begins or ends with a blank or a dot.
        OuterBlanks "outer_blanks";
        /// A word of it mixes scripts.
        MixedScripts "mixed_scripts";
        /// It ends in `$`.
        EndsInDollar "ends_in_dollar";
        /// One letter away from other names of the input, or the same to an eye.
        LikeSiteNames "like_site_names" {
            /// The first few of those names.
            names: Vec<Text>,
            /// How many more there are.
            further: u64,
            /// How many names the input has.
            of: u64,
        };
        /// Alone with its shape, where most of the others share one.
        UnlikeSiteNames "unlike_site_names" {
            /// How many others there are.
            others: u64,
            /// How it is made.
            own: NameShape,
            /// How many of the others are made alike.
            count: u64,
            /// How those are made.
            common: NameShape,
        };
    }
}

/// How a name is built, from left to right.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameShape(pub Vec<ShapePart>);

/// A run of like characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShapePart {
    /// Of any script.
    Letters,
    /// Of any script.
    Digits,
    /// This punctuation.
    Mark(char),
    /// What is neither.
    Other,
}
