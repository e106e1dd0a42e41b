//! What only the cases of all hosts together show.

pub mod client;
pub mod site;
pub mod wave;
