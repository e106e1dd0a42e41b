//! Whether the site allows a creation, said in words: the same in the table and in the explanation.

use begat_model::visible::visible_bounded;

use crate::view::{AuthorisationStatus, AuthorisationView, NearMissView};
use crate::words::wording::{self, grouped};

/// Longest reason, name or clause that is shown.
const CHARS_MAX: usize = 200;
/// Clauses of one entry that are told.
const LACKS_MAX: usize = 4;

/// `by entry, owner …, until …: reason; though …`; `None` where nothing allows it, or nothing was asked.
pub(crate) fn by(authorisation: &AuthorisationView<'_>) -> Option<String> {
    let rule = authorisation.rule.filter(|_| authorisation.status == AuthorisationStatus::Authorised)?;
    let shown = |text: &str| visible_bounded(text, CHARS_MAX).into_owned();
    let mut said = format!("by {}", shown(rule));
    if let Some(ticket) = authorisation.ticket.filter(|ticket| *ticket != rule) {
        said.push_str(&format!(" with ticket {}", shown(ticket)));
    }
    for (label, text) in [(", owner ", authorisation.owner), (", until ", authorisation.expires)] {
        said.extend(text.map(|text| format!("{label}{}", shown(text))));
    }
    said.extend(authorisation.reason.map(|reason| format!(": {}", shown(reason))));
    said.extend(beside_likely(authorisation).map(|beside| format!("; {beside}")));
    Some(said)
}

/// `its creator is only likely, so the permission rests on `source` and `host` as well`; `None` where it rests on no likely creator.
pub(crate) fn beside_likely(authorisation: &AuthorisationView<'_>) -> Option<String> {
    let quoted: Vec<String> = authorisation.beside_likely.iter().map(|key| format!("`{key}`")).collect();
    let listed = match quoted.as_slice() {
        [] => return None,
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    Some(format!("its creator is only likely, so the permission rests on {listed} as well"))
}

/// What an entry lacks, a clause each.
pub(crate) fn lacks(miss: &NearMissView<'_>) -> String {
    let clauses = miss
        .lacks
        .iter()
        .take(LACKS_MAX)
        .map(|lack| visible_bounded(&lack.to_string(), CHARS_MAX).into_owned());
    let mut clauses: Vec<String> = clauses.collect();
    if miss.lacks.len() > LACKS_MAX {
        clauses.push(format!("{} more", grouped((miss.lacks.len() - LACKS_MAX) as u64)));
    }
    format!("{}: {}", wording::name(miss.rule), clauses.join("; "))
}
