//! A bar on the terminal for long hunts; nothing at all anywhere else.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How far a run is. Cheap to clone and to tell from any thread.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: ProgressBar,
}

/// A hunt shorter than this needs no bar.
const REDRAWS_PER_SECOND_MAX: u8 = 8;

impl Progress {
    /// A bar on standard error, or none.
    pub fn new(shown: bool) -> Progress {
        let target = if shown {
            ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND_MAX)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style = "{msg:9} {wide_bar} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left";
        bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
        if shown {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        Progress { bar }
    }

    /// A pass over the input begins.
    pub fn begin(&self, what: &'static str, bytes: u64) {
        self.bar.reset();
        self.bar.set_message(what);
        self.bar.set_length(bytes);
        self.bar.set_position(0);
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
