//! Whether names fit the patterns that somebody wrote, and the clause that says why not.

use begat_model::Pattern;

use crate::judge::situation::{Situation, SituationHost};

/// `a`, or `a, b or c`.
pub(crate) fn either<T: ToString>(list: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = list.into_iter().map(|word| word.to_string()).collect();
    match words.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => words.concat(),
    }
}

pub(crate) fn fits_any(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

pub(crate) fn text_lack(what: &str, actual: Option<&str>, wanted: &[Pattern]) -> Option<String> {
    match actual {
        None => Some(format!("{what} is not known")),
        Some(actual) => {
            (!fits_any(wanted, actual)).then(|| format!("{what} is {actual}, not {}", either(wanted)))
        }
    }
}

pub(crate) fn account_lack(wanted: &[Pattern], situation: &Situation) -> Option<String> {
    let account = &situation.account;
    // Both must fit: an account that was made under an allowed name and renamed is not the one that was allowed.
    let names: Vec<&str> =
        [account.created_as.as_deref(), account.name.as_deref()].into_iter().flatten().collect();
    match names.iter().find(|name| !fits_any(wanted, name)) {
        Some(name) => Some(format!("account {name} is not {}", either(wanted))),
        None => names.is_empty().then(|| "the account's name is not known".to_owned()),
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
