//! One file a command.

pub mod attack;
pub mod calibrate;
pub mod carriers;
pub mod coverage;
pub mod demo;
pub mod diff;
pub mod document;
pub mod dump;
pub mod explain;
pub mod export;
pub mod hunt;
pub mod manual;
pub mod policy;
pub mod readiness;
pub mod rehearse;
pub mod schema;
pub mod verify;
