//! ATT&CK objects across releases: STIX bundles in, streamed, with the exact bytes of every object; typed facts,
//! relations, history and hashes out. Of Windows accounts it knows nothing.
//!
//! `id` is what things are called, `json` keeps numbers and key order, `object` makes facts of one object, `bundle` reads
//! files and refuses with the place, `store` keeps releases side by side, `query` and `history` answer. `facts` is what
//! begat brings along without any import.

pub mod bundle;
pub mod facts;
pub mod hash;
pub mod history;
pub mod id;
pub mod json;
pub mod object;
pub mod query;
pub mod store;
