//! What a site allows, as whoever tells of it reads it: an entry of a policy by its keys, whatever wrote it.

use crate::text::Text;
use crate::time::Timestamp;

/// One entry of a site's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Its name, unique in the policy.
    pub name: Text,
    /// What sort of work it allows.
    pub kind: &'static str,
    /// Who answers for it.
    pub owner: Text,
    /// Why it is allowed.
    pub reason: Text,
    /// Until when, as written.
    pub expires: Text,
    /// The last moment at which it allows something.
    pub last: Timestamp,
    /// All of them must fit.
    pub keys: Vec<AllowanceKey>,
    /// What is to be mended in it, by name; none where it is in order.
    pub defects: Vec<&'static str>,
    /// Creations that it allowed.
    pub used: u64,
}

/// What one key asks for; of several values one must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowanceKey {
    /// As the policy calls it.
    pub name: &'static str,
    /// As the policy writes them: `*` and `?` are wildcards in names and paths. Times are RFC 3339.
    pub values: Vec<String>,
}
