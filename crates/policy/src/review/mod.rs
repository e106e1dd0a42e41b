//! Whether the entries of a policy are in order: what they allow, what attacks would slip through, and what could be one.

pub(crate) mod allowances;
pub(crate) mod attack;
pub(crate) mod audit;
pub(crate) mod hand;
pub(crate) mod history;
pub(crate) mod sign;
pub(crate) mod suggest;
pub(crate) mod trial;
pub(crate) mod usage;
