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
    ("azuresigntool", "kva"),
    ("azuresigntool", "kvs"),
    ("aws", "value"),
    ("agent-auth", "p"),
    ("choco", "k"),
    ("curl", "cookie"),
    ("dotnet", "k"),
    ("dtexec", "de"),
    ("dtexec", "decrypt"),
    ("elasticsearch-users", "p"),
    ("frpc", "t"),
    ("jmeter", "a"),
    ("kerberos::golden", "ticket"),
    ("kubectl", "from-literal"),
    ("lsadump::changentlm", "old"),
    ("nessuscli", "key"),
    ("netbird", "k"),
    ("nuget", "k"),
    ("openssl", "k"),
    ("rubeus", "certificate"),
    ("rubeus", "ticket"),
    ("sentineloneinstaller", "t"),
    ("slappasswd", "s"),
    ("snmpget", "a"),
    ("snmpget", "c"),
    ("snmpget", "x"),
    ("snmpwalk", "a"),
    ("snmpwalk", "c"),
    ("snmpwalk", "x"),
    ("sqlpackage", "sp"),
    ("sqlpackage", "tp"),
    ("useradd", "p"),
    ("usermod", "p"),
    ("vault", "value"),
    ("vaultcmd", "authenticator"),
    ("vmrun", "gp"),
    ("vmrun", "vp"),
    ("wecutil", "cup"),
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
    ("ldapadd", "w"),
    ("ldapmodify", "w"),
    ("ldapsearch", "w"),
];
/// Files of keys that open by a secret: beside one `/p` and its like hold it, whatever the program.
const KEY_FILES: &[&str] = &[".pfx", ".p12", ".jks", ".keystore", ".kdbx", ".ppk"];
/// What they are called there.
const BESIDE_KEY_FILES: &[&str] = &["p", "pw", "pi", "po", "k"];

/// Switches, of whatever program, that an account and its secret follow as one: `--auth bob:SECRET`.
const PAIRS: &[&str] =
    &["auth", "cert", "cred", "creds", "credential", "credentials", "userpass", "user-pass", "basic-auth"];

/// Words of a plain sentence of arguments after which a secret stands: `tool add bob password SECRET`, and endings of
/// names of which the same is true: `setx DB_PASSWORD SECRET`.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "_key",
    "_token",
    ".token",
    "_secret",
    "_pass",
    "_pw",
    "authtoken",
];
/// Words of which that is true where they stand by themselves: endings of many others.
const WHOLE_WORDS: &[&str] = &["pass", "pw", "apikey", "authkey", "bearer"];
/// Verbs of a command with a dash in them, after which what they add stands: `config add-authtoken SECRET`. A cmdlet says
/// what it is by a switch.
const VERBS: &[&str] = &["-authtoken", "-apikey", "-token", "-api-key"];

/// Where the secrets stand in one command.
pub(crate) fn secrets(line: &str, arguments: &[Token], spoken: Spoken) -> Vec<Range<usize>> {
    let programs: Vec<String> = arguments.iter().take(PROGRAM_WORDS_MAX).map(Token::stem).collect();
    let mut secrets = after_names(line, arguments, &programs, spoken);
    secrets.extend(attached(line, arguments, &programs));
    secrets.extend(pairs(line, arguments));
    secrets.extend(in_cluster(line, arguments, &programs, spoken));
    secrets
}

/// `-Password X`, `/password:X`, `password=X`, `password X`.
fn after_names(line: &str, arguments: &[Token], programs: &[String], spoken: Spoken) -> Vec<Range<usize>> {
    let has_key_file = arguments.iter().any(|token| {
        let lower = token.lower();
        KEY_FILES.iter().any(|ending| lower.ends_with(ending))
    });
    let is_secret = |name: &str| {
        let is_of =
            |(program, switch): &(&str, &str)| *switch == name && programs.iter().any(|stem| stem == program);
        let is_beside = has_key_file && BESIDE_KEY_FILES.contains(&name);
        is_secret_name(name) || is_beside || SECRET_SWITCHES_OF.iter().any(is_of)
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
        // A variable of the environment: `Set-Item Env:\DB_PASSWORD SECRET`.
        let (name, name_end) = match dashed.strip_prefix("env:") {
            Some(variable) => (variable.trim_start_matches('\\'), dashed.len()),
            None => (name, name_end),
        };
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
        } else if is_dashed || (index > 0 && (is_bare_word(name) || is_verb(raw))) {
            secrets.extend(next_value(line, arguments, index, spoken));
        }
    }
    secrets
}

/// A cmdlet that ends like a secret's name has a dash in it.
fn is_bare_word(name: &str) -> bool {
    WHOLE_WORDS.contains(&name) || (!name.contains('-') && WORDS.iter().any(|word| name.ends_with(word)))
}

/// `add-authtoken`, in lower case as no cmdlet is written.
fn is_verb(raw: &str) -> bool {
    raw.starts_with(|letter: char| letter.is_ascii_lowercase())
        && VERBS.iter().any(|verb| raw.ends_with(verb))
}

/// `--auth bob:SECRET`, `-creds=bob:SECRET`: what follows the colon, which a path or an address goes on from.
fn pairs(line: &str, arguments: &[Token]) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for (index, token) in arguments.iter().enumerate() {
        let given = token.text.trim_start_matches(['-', '/']);
        let (name, is_attached) = given.split_once('=').map_or((given, false), |(name, _)| (name, true));
        if given.len() == token.text.len() || !PAIRS.contains(&&*name.to_ascii_lowercase()) {
            continue;
        }
        let Some(value) = arguments.get(if is_attached { index } else { index + 1 }) else { continue };
        let raw = &line[value.span.clone()];
        let Some((before, secret)) = raw.split_once(':') else { continue };
        // `C:\x.pem:SECRET` has a second colon.
        let secret = secret
            .strip_prefix(['\\', '/'])
            .map_or(secret, |path| path.split_once(':').map_or("", |it| it.1));
        if !before.is_empty() {
            secrets.push(value.span.end - secret.len()..value.span.end);
        }
    }
    secrets
}

/// `curl -ksu bob:SECRET`: letters of switches in one word, of which the last takes a value.
fn in_cluster(line: &str, arguments: &[Token], programs: &[String], spoken: Spoken) -> Vec<Range<usize>> {
    if !programs.iter().any(|stem| stem == "curl") {
        return Vec::new();
    }
    let is_cluster = |token: &Token| {
        let letters = token.text.strip_prefix('-').and_then(|given| given.strip_suffix(['u', 'b', 'E']));
        letters.is_some_and(|letters| letters.chars().all(|letter| letter.is_ascii_alphabetic()))
    };
    let clusters = arguments.iter().enumerate().filter(|(_, token)| is_cluster(token));
    clusters.filter_map(|(index, _)| next_value(line, arguments, index, spoken)).collect()
}

/// `psexec -pSECRET`.
fn attached(line: &str, arguments: &[Token], programs: &[String]) -> Vec<Range<usize>> {
    let rows = ATTACHED_SWITCHES_OF.iter().filter(|(program, _)| programs.iter().any(|stem| stem == program));
    rows.flat_map(|(_, letter)| {
        arguments.iter().filter_map(move |token| {
            let raw = line[token.span.clone()].trim_start_matches('"');
            let given = raw.strip_prefix(['-', '/'])?.strip_prefix(letter)?;
            let starts_value = !given.is_empty() && !given.starts_with("rotocol");
            starts_value.then(|| token.span.end - given.len()..token.span.end)
        })
    })
    .collect()
}
