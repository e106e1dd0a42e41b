//! Work that may panic on damaged bytes, though it is not ours: the panic is an error then, and prints nothing.

use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static IS_HELD: Cell<bool> = const { Cell::new(false) };
}

/// Does the work. Who calls must not use again what the work has left half done.
pub(super) fn held<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |told| {
            if !IS_HELD.get() {
                before(told);
            }
        }));
    });
    IS_HELD.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    IS_HELD.set(false);
    outcome.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::InvalidData, "as Parquet it is damaged")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_what_follows_is_not_held() {
        let error = held(|| -> io::Result<()> { panic!("damage") }).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(!IS_HELD.get());
        assert_eq!(held(|| Ok(7)).unwrap(), 7);
    }
}
