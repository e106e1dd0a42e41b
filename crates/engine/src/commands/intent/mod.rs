//! What command lines and scripts do to accounts, and to which machines they reach.

pub mod accounts;
pub mod aim;
pub mod called;
pub mod chain;
pub mod cmd_variables;
pub mod cmdlets;
pub mod deeds;
pub mod foreign;
pub mod glance;
pub mod hosts;
pub mod lexemes;
pub mod module_log;
pub mod names_account;
pub mod objects;
pub mod opens;
pub mod operators;
pub mod parameters;
pub mod reading;
pub mod remote;
pub mod runners;
pub mod said;
pub mod script;
pub mod shells;
pub mod sleeps;
pub mod unknown;
pub mod variables;
