//! Rehearsals: what to run on a test machine, the stories as logs of a site's own shape with their truth, and what a
//! pipeline made of them.

mod answers;
mod plan;
mod score;
mod site;
mod truth;

pub use answers::{AlertMap, Answer, Answers, NoAnswer};
pub use plan::{PLAN, Rehearsal};
pub use score::{Judged, Outcome, Score, score};
pub use site::{SiteNames, as_site, first_creation, host_count, moved};
pub use truth::{Rehearsed, rehearsed};
