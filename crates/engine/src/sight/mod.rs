//! What a host showed, and what took its sight away.

pub mod base_rate;
pub mod blinding;
pub mod ledger;
pub mod missing;
pub mod strands;
pub mod visibility;
pub mod watch;
