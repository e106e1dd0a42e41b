//! A site's own creations against AN1235's TimeWindow: what it catches, and how often it blames an innocent. Pure, over
//! the cases of all hosts.

mod binomial;
mod coincidence;
mod lags;

use begat_model::Duration;
use begat_model::calibration::{Calibration, HostRate};
use begat_model::case::Case;

/// What the cases and the rates of suspicious processes say of a window; `rule_window` is the one that the cases'
/// plain rule was held to.
pub fn calibrate(cases: &[Case], rates: &[HostRate], rule_window: Duration) -> Calibration {
    let (lags, set_aside) = lags::lags(cases);
    Calibration {
        creations: cases.len() as u64,
        window: lags::window(&lags),
        lags,
        set_aside,
        coincidence: coincidence::by_role(cases, rates),
        rule_window,
    }
}
