//! What does not fit into a log.
use thiserror::Error;

use super::sizes::FRAGMENT_BYTES_MAX;

/// Why a record cannot be written.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvtxError {
    /// A text or name is longer than its 16-bit length can say.
    #[error("a text of {units} UTF-16 units is longer than 65535")]
    TextTooLong {
        /// Its length.
        units: usize,
    },
    /// A value is longer than its 16-bit size can say.
    #[error("a value of {size_bytes} bytes is longer than 65535")]
    ValueTooLarge {
        /// Its size.
        size_bytes: usize,
    },
    /// A record does not fit even an empty chunk.
    #[error("a record does not fit the {FRAGMENT_BYTES_MAX} bytes that a chunk has for one")]
    RecordTooLarge,
}
