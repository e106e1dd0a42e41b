//! Names are compared as Windows compares them: ignoring case.

/// An account name as it is compared, ignoring case.
pub fn folded(account_name: &str) -> String {
    account_name.to_lowercase()
}

/// A domain is the machine itself, whose NetBIOS name is in upper case.
pub(crate) fn is_netbios(domain: &str, netbios: &str) -> bool {
    domain.chars().flat_map(char::to_uppercase).eq(netbios.chars())
}

/// Ignoring case, as Windows compares names.
pub(crate) fn same_name(ours: &str, theirs: &str) -> bool {
    match ours.is_ascii() && theirs.is_ascii() {
        true => ours.eq_ignore_ascii_case(theirs),
        false => folded(ours) == folded(theirs),
    }
}
