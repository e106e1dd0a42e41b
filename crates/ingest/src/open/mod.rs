//! From paths to sources: walks, unpacks and sniffs, and parses nothing.

pub(crate) mod archives;
pub(crate) mod content;
pub(crate) mod gather;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod passwords;
pub(crate) mod source;
pub(crate) mod spool;
pub(crate) mod window;
