//! How a carrier came by the events: who collected them, when, and by which clock.
use crate::record::WindowsRecord;
use crate::value::Ticks;

/// How a carrier came by the events: what it adds, and the clock it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    /// The zone of carriers that print local time without saying so, in seconds east of UTC.
    pub zone_offset_seconds: i32,
    /// How long after the event the collector received it.
    pub delay_millis: u64,
    /// The collector, which some carriers call `host`.
    pub collector: String,
}

impl Default for Shipping {
    fn default() -> Self {
        Self {
            zone_offset_seconds: -4 * 3600,
            delay_millis: 1850,
            collector: "wec01.corp.example".to_owned(),
        }
    }
}

impl Shipping {
    /// When the collector received an event.
    pub(super) fn arrival(&self, record: &WindowsRecord) -> Ticks {
        record.time.plus_millis(self.delay_millis)
    }
}
