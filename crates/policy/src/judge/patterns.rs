//! Whether names fit the patterns that somebody wrote, and what says why not.

use begat_model::case::{Asked, Unmet};
use begat_model::{Pattern, Text};

use crate::judge::situation::{Situation, SituationHost};

/// The value is another than those that were asked for.
pub(crate) fn other<T: ToString>(what: Asked, actual: &impl ToString, wanted: &[T]) -> Unmet {
    Unmet::Other { what, actual: actual.to_string().into(), wanted: texts(wanted) }
}

pub(crate) fn texts<T: ToString>(list: &[T]) -> Vec<Text> {
    list.iter().map(|it| it.to_string().into()).collect()
}

pub(crate) fn fits_any(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

pub(crate) fn text_lack(what: Asked, actual: Option<&str>, wanted: &[Pattern]) -> Option<Unmet> {
    match actual {
        None => Some(Unmet::NotKnown { what }),
        Some(actual) => (!fits_any(wanted, actual)).then(|| other(what, &actual, wanted)),
    }
}

pub(crate) fn account_lack(wanted: &[Pattern], situation: &Situation) -> Option<Unmet> {
    let account = &situation.account;
    // Both must fit: an account that was made under an allowed name and renamed is not the one that was allowed.
    let names: Vec<&str> =
        [account.created_as.as_deref(), account.name.as_deref()].into_iter().flatten().collect();
    match names.iter().find(|name| !fits_any(wanted, name)) {
        Some(name) => Some(other(Asked::Account, name, wanted)),
        None => names.is_empty().then_some(Unmet::NotKnown { what: Asked::Account }),
    }
}

/// By full name, first label or NetBIOS name.
pub(crate) fn host_fits(wanted: &Pattern, host: &SituationHost) -> bool {
    [host.name.as_str(), host.name.first_label(), &host.netbios].iter().any(|name| wanted.matches(name))
}

/// Every name that is known of the account fits.
pub(crate) fn account_fits(wanted: &Pattern, situation: &Situation) -> bool {
    account_lack(std::slice::from_ref(wanted), situation).is_none()
}
