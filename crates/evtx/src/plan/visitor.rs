//! Who is told of records: the one interface between the reader and whoever asks.

use crate::plan::record::{Header, Record};
use crate::raw::damage::Damage;

/// Who is told what a chunk holds, in the order in which it stands there.
pub trait Visitor {
    /// Every record whose content could be found, wanted or not. Nothing is decoded yet: what is
    /// not asked of the header costs nothing.
    #[inline]
    fn heard(&mut self, header: &Header<'_>) {
        let _ = header;
    }

    /// Whether [`Visitor::heard`] is to be told of every record, or of none.
    #[inline]
    fn hears(&self) -> bool {
        true
    }

    /// Whether a record that the selection takes is to be decoded: asked right after [`Visitor::heard`] of it, where
    /// that is told.
    #[inline]
    fn wants(&self) -> bool {
        true
    }

    /// A wanted record, decoded.
    fn record(&mut self, record: &Record<'_>);

    /// Something could not be read.
    fn damage(&mut self, damage: Damage);
}
