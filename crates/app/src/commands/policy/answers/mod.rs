//! What `begat policy` answers, as people and programs read it.

pub mod audit;
mod signs;
pub mod suggestions;
pub mod trial;

/// What to do about an entry that would allow an attack.
pub const WHAT_ATTACKERS_LACK: &str = "add a key that the attacker lacks: a narrow `source`, `ticket = true`, or one account \
    as `actor`, unless the entry trusts a program as `parent`: its account comes with it";
