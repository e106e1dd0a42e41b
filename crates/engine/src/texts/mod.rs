//! What texts say, derived once for each of them: the same images, command lines and scripts come by the thousand.

mod kept;
pub(crate) mod known;
