//! Which window is recommended, or why none is, in words.

use begat_model::calibration::{Calibration, NoWindow};

use crate::words::wording::{grouped, percent};

/// Which window is recommended, with what speaks for it, or why none is.
pub(crate) fn window_said(calibration: &Calibration) -> String {
    match &calibration.window {
        Ok(window) => format!(
            "A window of {} s may be defended: it catches {} of {} creators that end with their act (exact interval at \
             95 %: {} to {}), and one may be 95 % sure that it catches nine of ten such.",
            window.seconds,
            grouped(window.caught),
            grouped(window.samples),
            percent(window.interval.0),
            percent(window.interval.1),
        ),
        Err(none) => format!("No window is recommended: {}.", why(*none)),
    }
}

/// Why no window is recommended.
pub(super) fn why(none: NoWindow) -> String {
    match none {
        NoWindow::TooFew { samples, needed } => {
            let proven = match samples {
                1 => "1 creator that ends with its act is proven".to_owned(),
                _ => format!("{} creators that end with their act are proven", grouped(samples)),
            };
            format!("too few creations to say: {proven}, and {needed} are needed")
        }
        NoWindow::TooLong { seconds, longest } => format!(
            "a window that catches enough would be {} s long, and one above {longest} s would catch anything",
            grouped(seconds)
        ),
    }
}
