//! Cases and findings as the alerts of other systems: `alert` is what they share, a file each for their shapes.

pub(crate) mod alert;
pub(crate) mod ecs;
pub(crate) mod ocsf;
pub(crate) mod timesketch;
