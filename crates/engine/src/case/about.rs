//! What a host is for, and whose it is.

use begat_model::Text;
use begat_model::case::HostRole;

/// What a host is for, and whose it is.
#[derive(Debug, Default)]
pub(crate) struct About {
    pub(crate) role: Option<HostRole>,
    pub(crate) owner: Option<Text>,
}
