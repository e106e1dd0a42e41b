//! Windows hosts with ground truth, and their event logs in every carrier: data for tests without real logs.
//!
//! `begat rehearse` ships it; what weighs evidence, and what a site allows, never depends on it.
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
pub mod rehearse;
pub mod rendered;
pub mod rng;
pub mod story;
pub mod value;
pub mod world;
