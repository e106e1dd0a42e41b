//! Switches and bare words that a secret follows: `-Password X`, `/p:X` of some programs, `-pX`, `tool password X`.

use std::ops::Range;

use crate::commands::line::Token;
use crate::commands::secret_names::is_secret_name;
use crate::commands::values::{PROGRAM_WORDS_MAX, Spoken, next_value};

/// Switches whose value is a secret for one program only: too short to be so everywhere.
const SECRET_SWITCHES_OF: &[(&str, &str)] = &[
    ("psexec", "p"),
    ("psexec64", "p"),
    ("paexec", "p"),
    ("psservice", "p"),
    ("pskill", "p"),
    ("schtasks", "p"),
    ("schtasks", "rp"),
    ("at", "p"),
    ("sc", "password"),
    ("plink", "pw"),
    ("sqlcmd", "p"),
    ("osql", "p"),
    ("bcp", "p"),
    ("systeminfo", "p"),
    ("tasklist", "p"),
    ("taskkill", "p"),
    ("winrs", "p"),
    ("wbadmin", "password"),
    ("nltest", "pw"),
    ("dsadd", "pwd"),
    ("dsmod", "pwd"),
    ("netdom", "pd"),
    ("netdom", "po"),
    ("netdom", "up"),
    ("curl", "u"),
    ("curl", "user"),
    ("curl", "proxy-user"),
    ("lftp", "u"),
    ("certutil", "p"),
    ("signtool", "p"),
    ("sshpass", "p"),
    ("pvk2pfx", "pi"),
    ("pvk2pfx", "po"),
    ("redis-cli", "a"),
    ("netdom", "passwordd"),
    ("netdom", "passwordo"),
    ("netsh", "key"),
    ("ldapadd", "w"),
    ("ldapmodify", "w"),
    ("ldapsearch", "w"),
    ("ldapdelete", "w"),
    ("ldappasswd", "w"),
    ("ldappasswd", "s"),
    ("admod", "up"),
    ("adfind", "up"),
    ("zip", "p"),
    ("unzip", "p"),
    ("manage-bde", "rp"),
    ("manage-bde", "pw"),
    ("ssh-keygen", "n"),
    ("ssh-keygen", "p"),
];

/// Switches of one letter that a secret follows without a blank (`-pSECRET`), by program; the letter as written.
const ATTACHED_SWITCHES_OF: &[(&str, &str)] = &[
    ("psexec", "p"),
    ("psexec64", "p"),
    ("psexec", "P"),
    ("psexec64", "P"),
    ("paexec", "p"),
    ("mysql", "p"),
    ("mysqldump", "p"),
    ("mysqladmin", "p"),
    ("mariadb", "p"),
    ("sshpass", "p"),
    ("7z", "p"),
    ("7za", "p"),
    ("rar", "p"),
    ("rar", "hp"),
    ("winrar", "p"),
    ("winrar", "hp"),
    ("sqlcmd", "P"),
    ("osql", "P"),
    ("bcp", "P"),
    ("curl", "u"),
    ("zip", "P"),
    ("unzip", "P"),
];

/// Words after which an account stands, and its secret next.
const ACCOUNT_FIRST: &[(&str, &str)] =
    &[("logman", "-u"), ("nssm", "objectname"), ("salt-call", "shadow.set_password"), ("htpasswd", "-b")];

/// Programs that take a secret as an argument of this place, switches not counted.
const PLACED_IN: &[(&str, usize)] = &[("rasdial", 2), ("bitsadmin", 4)];

/// Words of a plain sentence of arguments after which a secret stands: `tool add bob password SECRET`, and endings of
/// names of which the same is true: `setx DB_PASSWORD SECRET`.
const WORDS: &[&str] =
    &["password", "passwd", "passphrase", "pwd", "_key", "_token", "_secret", "_pass", "_pw", "authtoken"];

/// Where the secrets stand in one command.
pub(crate) fn secrets(line: &str, arguments: &[Token], spoken: Spoken) -> Vec<Range<usize>> {
    let programs: Vec<String> = arguments.iter().take(PROGRAM_WORDS_MAX).map(Token::stem).collect();
    let mut secrets = after_names(line, arguments, &programs, spoken);
    secrets.extend(attached(line, arguments, &programs));
    for (program, word) in
        ACCOUNT_FIRST.iter().filter(|(program, _)| programs.iter().any(|stem| stem == program))
    {
        let at = arguments.iter().position(|token| token.text.eq_ignore_ascii_case(word));
        // `htpasswd -b FILE USER SECRET`
        let behind = if *program == "htpasswd" { 3 } else { 2 };
        secrets.extend(at.and_then(|at| arguments.get(at + behind)).map(|token| token.span.clone()));
    }
    for (program, place) in PLACED_IN {
        let Some(own) = programs.iter().position(|stem| stem == program) else { continue };
        let plain = arguments.iter().skip(own + 1).filter(|token| !token.is_switch());
        secrets.extend(plain.clone().nth(*place).map(|token| token.span.clone()));
    }
    secrets
}

/// `-Password X`, `/password:X`, `password=X`, `password X`.
fn after_names(line: &str, arguments: &[Token], programs: &[String], spoken: Spoken) -> Vec<Range<usize>> {
    let is_secret = |name: &str| {
        let is_of =
            |(program, switch): &(&str, &str)| *switch == name && programs.iter().any(|stem| stem == program);
        is_secret_name(name) || SECRET_SWITCHES_OF.iter().any(is_of)
    };
    let mut secrets = Vec::new();
    for (index, token) in arguments.iter().enumerate() {
        let raw = &line[token.span.clone()];
        let lower = raw.to_ascii_lowercase();
        let dashed = lower.trim_start_matches(['(', '{', '"', '\'']);
        let is_dashed = dashed.starts_with(['-', '/', '\u{2013}']);
        let name_end = dashed.find([':', '=']).unwrap_or(dashed.len());
        let name = dashed[..name_end].trim_start_matches(['-', '/', '\u{2013}']);
        let name = name.rsplit([' ', ',', ';']).next().unwrap_or(name);
        if !is_secret(name) {
            continue;
        }
        let value_at = raw.len() - dashed.len() + name_end + 1;
        let is_own = is_dashed || dashed.as_bytes().get(name_end) == Some(&b'=') || value_at < raw.len();
        if name_end < dashed.len() && is_own {
            match raw.get(value_at..) {
                Some(value) if spoken.is_expression(value) => {}
                Some(value) if !value.is_empty() => {
                    secrets.push(token.span.start + value_at..token.span.end);
                }
                // `-Password: X`
                _ => secrets.extend(next_value(line, arguments, index, spoken)),
            }
        } else if is_dashed || (index > 0 && is_bare_word(name)) {
            secrets.extend(next_value(line, arguments, index, spoken));
        }
    }
    secrets
}

/// A cmdlet that ends like a secret's name has a dash in it.
fn is_bare_word(name: &str) -> bool {
    !name.contains('-') && WORDS.iter().any(|word| name.ends_with(word))
}

/// `psexec -pSECRET`.
fn attached(line: &str, arguments: &[Token], programs: &[String]) -> Vec<Range<usize>> {
    let rows = ATTACHED_SWITCHES_OF.iter().filter(|(program, _)| programs.iter().any(|stem| stem == program));
    rows.flat_map(|(_, letter)| {
        arguments.iter().filter_map(move |token| {
            let given = line[token.span.clone()].strip_prefix(['-', '/'])?.strip_prefix(letter)?;
            let starts_value = !given.is_empty() && !given.starts_with("rotocol");
            starts_value.then(|| token.span.end - given.len()..token.span.end)
        })
    })
    .collect()
}
