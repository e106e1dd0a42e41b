//! Ids of cases, findings and waves.

use sha2::{Digest, Sha256};

/// Sixteen hexadecimal digits, the same for the same identity in every version and on every machine.
pub(crate) fn stable_id(identity: &str) -> String {
    Sha256::digest(identity.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
