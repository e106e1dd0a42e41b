//! The cmdlets that create accounts and grant groups, by their names.

/// A cmdlet that creates accounts.
pub(super) struct AccountCmdlet {
    /// Its name and its alias, lower case.
    pub(super) names: &'static [&'static str],
    /// In the directory, not on the machine.
    pub(super) in_domain: bool,
    /// The parameters that hold the name of the account as the SAM has it, the first that is written before the
    /// others, and the fewest letters that tell each from others.
    pub(super) name_in: &'static [(&'static str, usize)],
}

/// What `-Name` of New-ADUser says is the name of the object; it is the SAM's name too where `-SamAccountName` is not
/// written. A display name (`-FullName`, `-DisplayName`) never is.
pub(super) const ACCOUNT_CMDLETS: &[AccountCmdlet] = &[
    AccountCmdlet { names: &["new-localuser", "nlu"], in_domain: false, name_in: &[("name", 1)] },
    AccountCmdlet { names: &["new-aduser"], in_domain: true, name_in: &[("samaccountname", 2), ("name", 1)] },
];

/// Cmdlets that put somebody into a group: name, parameter of the group, parameter of the member.
pub(super) const GROUP_CMDLETS: &[(&str, &str, &str)] = &[
    ("add-localgroupmember", "group", "member"),
    ("algm", "group", "member"),
    ("add-adgroupmember", "identity", "members"),
];

/// Programs that create accounts, as Get-Command finds them by a pattern.
const PROGRAMS: &[&str] = &["net.exe", "net1.exe", "dsadd.exe"];

/// What Get-Command would find by this pattern, of all that creates accounts.
pub(super) fn found_by(pattern: &str) -> Option<&'static str> {
    // Whoever leaves the ending away means it.
    let is_it = |name: &&str| {
        let stem = name.strip_suffix(".exe").unwrap_or(name);
        is_like(pattern.as_bytes(), name.as_bytes()) || is_like(pattern.as_bytes(), stem.as_bytes())
    };
    let cmdlets = ACCOUNT_CMDLETS.iter().flat_map(|row| row.names).copied();
    cmdlets.chain(PROGRAMS.iter().copied()).find(is_it)
}

/// PowerShell's wildcards, `*` and `?`; the other text is in lower case.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Where the latest star stands, and how far the text had been read there.
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at).map(u8::to_ascii_lowercase) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(letter) if letter == b'?' || letter == text[from] => {
                at += 1;
                from += 1;
            }
            _ => match &mut star {
                Some((star_at, star_from)) => {
                    *star_from += 1;
                    (at, from) = (*star_at + 1, *star_from);
                }
                None => return false,
            },
        }
    }
    pattern[at.min(pattern.len())..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_what_creates_accounts() {
        for (pattern, found) in [
            ("*ew-Loc*User", Some("new-localuser")),
            ("N*-LocalU*r", Some("new-localuser")),
            ("new-localus?r", Some("new-localuser")),
            ("New-LocalUser", Some("new-localuser")),
            ("n*-l*u*r", Some("new-localuser")),
            ("*-ADUser", Some("new-aduser")),
            ("ne?.exe", Some("net.exe")),
            ("n*t1", Some("net1.exe")),
            ("Get-Local*", None),
            ("new-localuse", None),
            ("?new-localuser", None),
            ("", None),
        ] {
            assert_eq!(found_by(pattern), found, "{pattern}");
        }
    }
}
