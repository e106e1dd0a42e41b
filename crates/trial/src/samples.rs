//! Real logs, which are never copied into the repository.

use std::path::{Path, PathBuf};
use std::sync::Once;

use crate::skipped;

/// The folder of real logs: `BEGAT_SAMPLES`, a path from the checkout, by default `../shared/samples`. Where it is absent that
/// is said once for each program of tests.
pub fn samples() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("BEGAT_SAMPLES").unwrap_or_else(|| "../shared/samples".into());
    let folder = checkout.join(named);
    if folder.is_dir() {
        return Some(folder);
    }
    SAID.call_once(|| {
        let folder = folder.display();
        skipped(&format!("what needs real logs; there are none at {folder} (set BEGAT_SAMPLES)"));
    });
    None
}
