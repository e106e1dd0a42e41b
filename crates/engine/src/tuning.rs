//! ATT&CK's mutable elements of AN1235, ready to be judged by.

use std::sync::Arc;

use begat_model::{Analytic, Duration};

/// What a site may tune; shared, since every host is judged by the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tuning {
    /// TimeWindow: from the start of a suspicious process to the creation. It decides `sequence` and the plain
    /// window rule, never the attribution: that rests on lifetime and evidence of action.
    pub window: Duration,
    /// All of it, as the site set it.
    pub analytic: Arc<Analytic>,
}

impl From<Analytic> for Tuning {
    fn from(analytic: Analytic) -> Tuning {
        Tuning { window: analytic.window, analytic: Arc::new(analytic) }
    }
}

impl Default for Tuning {
    fn default() -> Tuning {
        Analytic::default().into()
    }
}
