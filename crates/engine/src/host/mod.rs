//! One host: its events in, its cases out.

pub mod apply;
pub mod finish;
pub mod script;
pub mod state;
pub mod waiting;
