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
    "credpass",
];
/// What stands before `key` where that is a secret: `--auth-key`, `AccountKey`, `LICENSE_KEY`. A bare key is of a table or a
/// registry.
const KEYS: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "auth",
    "client",
    "encryption",
    "enrollment",
    "function",
    "install",
    "join",
    "license",
    "master",
    "private",
    "registration",
    "secret",
    "session",
    "setup",
    "shared",
    "signing",
    "storage",
    "subscription",
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
    "pth",
    "krbtgt",
    "psk",
    "pin",
    "sig",
    "bearer",
    "oauth2-bearer",
    "_auth",
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "keymaterial",
];
/// What may follow the secret's own word in a name: `--pwd-plain`, `PASSWORD_TEXT`.
const QUALIFIERS: &[&str] =
    &["plain", "plaintext", "cleartext", "clear", "text", "value", "string", "base64", "b64"];
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
    let word = without_number(name);
    let qualified =
        QUALIFIERS.iter().find_map(|last| name.strip_suffix(last).or_else(|| word.strip_suffix(last)));
    let word = qualified.map_or(word, without_number);
    let ends = SECRET_ENDINGS.iter().any(|ending| word.ends_with(ending)) || is_key(word);
    (ends && !HARMLESS.contains(&word)) || SECRET_WHOLE.contains(&name)
}

fn without_number(word: &str) -> &str {
    word.trim_end_matches(|sign: char| sign.is_ascii_digit()).trim_end_matches(['_', '-'])
}

fn is_key(word: &str) -> bool {
    let before = word.strip_suffix("key").map(|before| before.trim_end_matches(['_', '-']));
    before.is_some_and(|before| KEYS.iter().any(|sort| before.ends_with(sort)))
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
            "account-key",
            "license_key",
            "sharedaccesskey",
            "passwordb64",
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
            "key",
            "sortkey",
            "publickey",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
        assert!(is_user_name("u") && is_user_name("sqluser") && !is_user_name("url"));
    }
}
