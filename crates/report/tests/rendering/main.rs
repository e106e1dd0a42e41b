//! Every format over the same few stories: snapshots to read, and the promises that no snapshot can hold.

mod formats;
mod schema;
mod stories;
mod text;
