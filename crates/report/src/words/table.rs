//! The shape of a table of words: a row an arm of the family, so that none can be forgotten.

/// Makes the function that says a family of facts: the arm, its fields, what of them is put into words first, and the
/// sentence. Times are told in the zone.
macro_rules! sentences {
    ($(#[$meta:meta])* $name:ident($family:ident, $zone:ident) { $(
        $arm:ident $( { $($field:ident),* } )? $( [ $($bound:ident = $value:expr),* ] )? => $said:literal;
    )* }) => {
        $(#[$meta])*
        #[allow(clippy::useless_format, reason = "some rows have no fields")]
        pub(super) fn $name(fact: &$family, $zone: &jiff::tz::TimeZone) -> String {
            let _ = $zone;
            match fact { $(
                $family::$arm $( { $($field),* } )? => {
                    $( $( let $bound = $value; )* )?
                    format!($said)
                }
            )* }
        }
    };
}
pub(super) use sentences;
