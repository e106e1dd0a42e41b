//! What changed: of one object over releases, of one release to another, of the analytic that begat carries out.

mod drift;
mod fields;
mod object;
mod release;

pub use drift::{Drift, DriftError, drift};
pub use fields::FieldChange;
pub use object::{Appearance, Appeared, history};
pub use release::{Change, ChangeClass, ReleaseDiff, release_diff};
