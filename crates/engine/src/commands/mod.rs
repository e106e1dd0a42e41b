//! What a command line or a script says: how it is read, what it would do, what in it is secret.

mod addresses;
pub(crate) mod after_name;
mod beside_user;
mod carried;
pub(crate) mod concealment;
pub(crate) mod given;
pub(crate) mod intent;
pub(crate) mod line;
pub(crate) mod literals;
pub(crate) mod long_line;
mod loops;
mod pairs;
pub(crate) mod redact;
mod secret_names;
mod secret_places;
mod secret_switches;
mod self_evident;
mod values;

pub use after_name::hide_after;
pub use intent::accounts::{Intent, intents, script_intents};
pub use intent::aim::{Aim, Way};
pub use intent::module_log::module_intents;
pub use intent::names_account::{Dollar, names_account};
pub use intent::opens::speaks_of_accounts;
pub use intent::remote::{RemoteTarget, remote_targets, script_remote_targets};
pub use redact::redact;
