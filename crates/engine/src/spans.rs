//! Spans of time that more than one room counts with.

use begat_model::Duration;

/// A creation is weighed this long after it, when the ends of its processes have been seen.
pub const HOLD: Duration = Duration::from_seconds(300);
/// The grain of Windows' clock before Windows 10: what lies closer together may stand in either order.
pub const CLOCK_GRAIN: Duration = Duration::from_ticks(156_250);
/// Two channels of one host can be told apart to this (section B, "Time").
pub const CHANNEL_TOLERANCE: Duration = Duration::from_seconds(2);
/// A start this soon before a creation speaks for a process, whatever a site sets as TimeWindow: that decides the
/// sequence and the plain window rule, never the attribution.
pub const STARTED_NEAR: Duration = Duration::from_seconds(120);
