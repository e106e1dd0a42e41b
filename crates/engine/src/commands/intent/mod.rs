//! What command lines and scripts do to accounts, and to which machines they reach.

pub mod accounts;
pub mod deeds;
pub mod glance;
pub mod lexemes;
pub mod module_log;
pub mod names_account;
pub mod parameters;
pub mod reading;
pub mod remote;
pub mod script;
