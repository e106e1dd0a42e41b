//! A bar on the terminal for long hunts; nothing at all anywhere else.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How far a run is.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    is_wanted: bool,
}

/// Less than this is read before a bar could be looked at.
const BYTES_SHOWN_MIN: u64 = 64 << 20;
/// Often enough to see that it moves.
const REDRAWS_PER_SECOND_MAX: u8 = 8;
const STYLE: &str = "{msg:9} {wide_bar} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left";

impl Progress {
    /// A bar on standard error where it is wanted, or none.
    pub fn new(is_wanted: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        bar.set_style(
            ProgressStyle::with_template(STYLE).expect("the template is a constant that was tried"),
        );
        Progress { bar, is_wanted }
    }

    /// A pass over the input begins.
    pub fn begin(&self, what: &'static str, bytes: u64) {
        self.bar.reset();
        self.bar.set_message(what);
        self.bar.set_length(bytes);
        if self.is_wanted && bytes >= BYTES_SHOWN_MIN {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND_MAX));
            self.bar.enable_steady_tick(Duration::from_millis(250));
        }
    }

    /// So many bytes more were read.
    pub fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Takes the bar away, so that what follows stands on clean lines.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_that_is_not_wanted_counts_all_the_same() {
        let progress = Progress::new(false);
        progress.begin("reading", BYTES_SHOWN_MIN);
        progress.advance(7);
        assert!(progress.bar.is_hidden());
        assert_eq!(progress.bar.position(), 7);
        progress.begin("reading", 1);
        assert_eq!(progress.bar.position(), 0);
    }
}
