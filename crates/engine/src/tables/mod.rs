//! What a host remembers: bounded tables.

pub mod account;
pub mod burst;
pub mod clock;
pub mod definitions;
pub mod groups;
pub mod habits;
pub mod install;
pub mod logon;
pub mod process;
pub mod scripts;
pub mod signs;
pub mod sources;
