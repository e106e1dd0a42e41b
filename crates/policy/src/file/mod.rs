//! The files that a site writes or exports, read whole or refused with every complaint at once.

pub(crate) mod authorisation;
pub(crate) mod complaint;
pub(crate) mod configured;
pub(crate) mod document;
pub(crate) mod inventory;
pub(crate) mod rows;
pub(crate) mod site;
pub(crate) mod toml_text;
pub(crate) mod tuning;
