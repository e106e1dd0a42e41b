//! Which names say that what follows is a secret: whole words of switches, endings of any name, kinds of hashes.

/// A name that ends so names a secret: `$adminPassword`, `SERVICE_PASSWORD`, `-LocalAdminPassword`, `user_pwd`. Lower case.
pub(crate) const SECRET_ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "kennwort",
    "passw",
    "passcode",
    "passkey",
    "psw",
    "pswd",
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "apikey",
    "api-key",
    "api_key",
    "accesskey",
    "access-key",
    "access_key",
    "credpass",
];
/// Names that are secrets as a whole, and endings of harmless ones: keys and hashes that stand in for a password.
const SECRET_WHOLE: &[&str] = &[
    "rc4",
    "ntlm",
    "aes128",
    "aes256",
    "aeskey",
    "aes-key",
    "des",
    "lmhash",
    "nthash",
    "hashes",
    "hash",
    "psk",
    "pin",
    "authorization",
    "keymaterial",
];
/// What may follow the secret's own word in a name: `--pwd-plain`, `PASSWORD_TEXT`.
const QUALIFIERS: &[&str] =
    &["plain", "plaintext", "cleartext", "clear", "text", "value", "string", "base64"];
/// Names that end like one, and are none.
const HARMLESS: &[&str] = &[
    "bypass",
    "compass",
    "nopassword",
    "nopass",
    "no-password",
    "no-pass",
    "emptypassword",
    "publickeytoken",
];

/// Whether a switch, variable or property of this name, in lower case and without its dash, holds a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    // `PASSWORD1`, `pwd_2`
    let word = name.trim_end_matches(|sign: char| sign.is_ascii_digit()).trim_end_matches(['_', '-']);
    let qualified = QUALIFIERS.iter().find_map(|qualifier| word.strip_suffix(qualifier));
    let word = qualified.map_or(word, |word| word.trim_end_matches(['_', '-']));
    let ends = SECRET_ENDINGS.iter().any(|ending| word.ends_with(ending));
    (ends && !HARMLESS.contains(&word)) || SECRET_WHOLE.contains(&name)
}

/// Switches that say whose password comes with them, lower case, without dash.
const USER_SWITCHES: &[&str] =
    &["u", "usr", "user", "username", "ru", "l", "login", "account", "uid", "userid"];
/// A name that ends so names an account.
const USER_ENDINGS: &[&str] = &["user", "username", "login"];

/// Whether a switch of this name, in lower case and without its dash, names an account.
pub(crate) fn is_user_name(name: &str) -> bool {
    USER_SWITCHES.contains(&name) || USER_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_secrets_from_what_only_sounds_like_one() {
        for name in [
            "password",
            "svcpass",
            "db_password",
            "localadminpassword",
            "user_pwd",
            "rc4",
            "ntlm",
            "pw",
            "password1",
            "pwd-plain",
            "passwordtext",
            "psw",
            "passw",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "bypass",
            "nopassword",
            "passwordreq",
            "logonpasswordchg",
            "user",
            "path",
            "hashfile",
            "des3",
            "text",
            "passwordneverexpires",
            "bypass1",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
        assert!(is_user_name("u") && is_user_name("sqluser") && !is_user_name("url"));
    }
}
