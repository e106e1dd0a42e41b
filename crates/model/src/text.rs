//! Texts as events and cases hold them.

use std::sync::Arc;

/// Text shared between events: images and names repeat by the thousand.
pub type Text = Arc<str>;
