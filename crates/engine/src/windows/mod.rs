//! Facts of Windows, as tables.

pub mod actor;
pub mod capability;
pub mod creators;
pub mod file_hash;
pub mod group_power;
pub mod image;
pub mod naming;
pub mod own_names;
pub mod role;
pub mod same_file;
pub mod same_name;
pub mod suspicious;
pub mod watchers;
