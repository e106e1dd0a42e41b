//! A Windows host that knows what really happened on it: sessions, processes, accounts, and what it logs.
mod account;
mod background;
mod fleet;
mod host;
mod process;
mod registry;
mod script;
mod service;
mod session;
mod setup;
mod spec;
mod who;

pub use account::Creation;
pub use fleet::Fleet;
pub(crate) use fleet::Stage;
pub use host::Host;
pub(crate) use process::is_started_by_boot;
pub(crate) use service::Subscription;
pub use setup::Asked;
pub use spec::{Generation, HostSpec, Telemetry};
pub(crate) use who::corp_account;
pub use who::{Account, Process, Session, Token};
