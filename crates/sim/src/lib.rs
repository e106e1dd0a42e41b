//! Windows hosts with ground truth, and their event logs in every carrier: data for tests without real logs.
//!
//! Nothing that is shipped depends on this crate.
pub mod attacks;
pub mod costly;
pub mod demo;
pub mod encode;
pub mod events;
pub mod evtx;
pub mod fault;
pub mod judge;
pub mod noise;
pub mod record;
pub mod rendered;
pub mod rng;
pub mod story;
pub mod value;
pub mod world;
