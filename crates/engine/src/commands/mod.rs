//! What a command line or a script says: how it is read, what it would do, what in it is secret.

pub mod concealment;
pub mod intent;
pub mod line;
pub mod literals;
pub mod redact;
