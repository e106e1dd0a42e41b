//! ATT&CK's mutable elements of AN1235: what a site may tune.

use begat_model::Duration;

/// What a site may tune. ParentProcessName and UserContext are judged by classes (`suspicious`, `risk`), so far
/// with begat's own table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// TimeWindow: from the start of a suspicious process to the creation. It decides `sequence` and the plain
    /// window rule, never the attribution: that rests on lifetime and evidence of action.
    pub window: Duration,
}

impl Tuning {
    /// ATT&CK's example range for TimeWindow: 5 s to 2 min.
    pub const WINDOW_EXAMPLE_RANGE: (Duration, Duration) =
        (Duration::from_seconds(5), Duration::from_seconds(120));
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning { window: Duration::from_seconds(120) }
    }
}
