//! Why no window is recommended, in words.

use begat_model::calibration::NoWindow;

use crate::words::wording::grouped;

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
