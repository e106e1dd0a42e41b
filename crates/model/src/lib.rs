//! The nouns of begat: what was read, what happened, and what a case says. No I/O, no clock, no randomness.
//!
//! Read `event` first (what a host can tell us), then `case` (what we tell an analyst).

pub mod address;
pub mod allowance;
pub mod analytic;
pub mod anomaly;
pub mod boot;
pub mod calibration;
pub mod carrier;
pub mod case;
pub mod catalog;
pub mod configured;
pub mod continuity;
pub mod coverage;
pub mod event;
pub mod hours;
pub mod ids;
pub mod inventory;
pub mod ledger;
pub mod pattern;
pub mod prerequisite;
pub mod text;
pub mod time;
pub mod visible;

pub use analytic::Analytic;
pub use anomaly::{Anomaly, AnomalyKind};
pub use catalog::{EventKind, EventSpec};
pub use event::{Body, Event};
pub use ids::{HostName, LogonId, ProcessGuid, ProcessId, RecordRef, Sid};
pub use inventory::Inventory;
pub use pattern::Pattern;
pub use text::Text;
pub use time::{Duration, Precision, Timestamp};
