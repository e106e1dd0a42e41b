//! What a policy says of one creation, from the facts that it looks at and nothing else.

pub(crate) mod fit;
pub(crate) mod judgement;
pub(crate) mod patterns;
pub(crate) mod situation;
pub(crate) mod ticket;
