//! Takes secrets out of command lines before anybody prints them.
//!
//! Errs on the side of taking too much: a name hidden is a nuisance, a password printed is a leak in every report,
//! ticket and index that the case travels to.

use std::borrow::Cow;
use std::ops::Range;

use crate::command_line::{
    self, NESTING_MAX, Token, commands, is_encoded_command_switch, net_commands, tokens,
};
use crate::literals;

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// Switches whose value is a secret: the next argument, or what follows `:` or `=`. Lower case, no dash.
const SECRET_SWITCHES: &[&str] = &[
    "password",
    "pass",
    "passwd",
    "pwd",
    "pw",
    "accountpassword",
    "newpassword",
    "oldpassword",
    "secret",
    "adminpassword",
    "userpassword",
    "safemodeadministratorpassword",
    "apikey",
    "token",
];

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
];

/// Switches of `net user`: what stands there and is none may be a password that begins with a slash.
const NET_USER_SWITCHES: &[&str] = &[
    "active",
    "add",
    "comment",
    "countrycode",
    "delete",
    "domain",
    "expires",
    "fullname",
    "help",
    "homedir",
    "logonpasswordchg",
    "passwordchg",
    "passwordreq",
    "profilepath",
    "random",
    "scriptpath",
    "times",
    "usercomment",
    "workstations",
    "yes",
    "?",
];

/// A command line without its secrets.
pub fn redact(line: &str) -> Cow<'_, str> {
    redact_at_depth(line, 0)
}

fn redact_at_depth(line: &str, depth: usize) -> Cow<'_, str> {
    let looked_at = command_line::cut(line);
    let mut replacements = Vec::new();
    find_in_line(looked_at, 0, depth, &mut replacements);
    if looked_at.len() < line.len() {
        // Nobody looked there: it may hold what it likes.
        replacements.push(Replacement { span: looked_at.len()..line.len(), text: "[cut]".to_owned() });
    }
    if replacements.is_empty() {
        return Cow::Borrowed(line);
    }
    replacements.sort_by_key(|replacement| (replacement.span.start, std::cmp::Reverse(replacement.span.end)));
    let mut clean = String::with_capacity(line.len());
    let mut position = 0;
    for Replacement { span, text } in replacements {
        if span.start < position {
            // Inside a stretch that is gone already; what sticks out of it is secret too.
            position = position.max(span.end);
            continue;
        }
        clean.push_str(&line[position..span.start]);
        clean.push_str(&text);
        position = span.end;
    }
    clean.push_str(&line[position..]);
    Cow::Owned(clean)
}

struct Replacement {
    span: Range<usize>,
    text: String,
}

/// Finds what is secret in `line`, which begins at byte `offset` of the whole.
fn find_in_line(line: &str, offset: usize, depth: usize, found: &mut Vec<Replacement>) {
    let arguments = tokens(line);
    let mut secrets: Vec<Range<usize>> = Vec::new();
    // The whole line, for a password with `&` in it, and each command of a chain, for `a&&net user …`.
    for (start, command) in std::iter::once((0, line)).chain(commands(line)) {
        let arguments = tokens(command);
        let found = net_secrets(&arguments).into_iter().chain(switch_secrets(command, &arguments));
        secrets.extend(found.map(|span| span.start + start..span.end + start));
    }
    secrets.extend(secure_string_literals(line, &arguments));
    secrets.extend(literals::secrets(line));
    secrets.extend(arguments.iter().filter_map(address_password));
    found.extend(
        secrets.into_iter().filter(|span| !span.is_empty()).map(|span| Replacement {
            span: span.start + offset..span.end + offset,
            text: REDACTED.to_owned(),
        }),
    );
    found.extend(encoded_scripts(&arguments, depth).map(|mut replacement| {
        replacement.span = replacement.span.start + offset..replacement.span.end + offset;
        replacement
    }));
    if depth < NESTING_MAX {
        for (start, inner) in arguments.iter().filter_map(|token| token.quoted_command(line)) {
            find_in_line(inner, offset + start, depth + 1, found);
        }
    }
}

/// `net user NAME SECRET`, `net use [DRIVE] \\HOST SECRET`, and the same under any program name where `/add` shows
/// what it is: a renamed `net` keeps its grammar.
fn net_secrets(arguments: &[Token]) -> Vec<Range<usize>> {
    let is_verb = |index: &usize| matches!(arguments[*index].lower().as_str(), "user" | "users");
    let renamed = (0..arguments.len())
        .filter(is_verb)
        .take(command_line::NET_COMMANDS_MAX)
        .filter_map(|index| command_line::NetCommand::parse(&arguments[index..]))
        .filter(|command| command.has_switch("add", 1));
    let mut secrets = Vec::new();
    for command in net_commands(arguments).chain(renamed) {
        let candidates: Vec<&&Token> = match command.verb.as_str() {
            "user" | "users" => command.arguments.iter().skip(1).collect(),
            "use" => command
                .arguments
                .iter()
                .filter(|token| !token.text.starts_with(r"\\") && !is_drive(&token.text))
                .collect(),
            _ => Vec::new(),
        };
        secrets.extend(candidates.iter().filter(|token| token.text != "*").map(|token| token.span.clone()));
        if let (true, Some(name)) = (command.is_user(), command.arguments.first()) {
            let after = arguments.iter().filter(|token| token.span.start > name.span.start);
            let unknown = after.filter(|token| token.is_switch() && !is_net_user_switch(token));
            secrets.extend(unknown.map(|token| token.span.clone()));
        }
    }
    secrets
}

fn is_net_user_switch(token: &Token) -> bool {
    let lower = token.lower();
    let name = lower.trim_start_matches('/').split(':').next().unwrap_or_default();
    NET_USER_SWITCHES.iter().any(|switch| switch.starts_with(name))
}

/// `DOMAIN/user:SECRET@host`, `https://user:SECRET@host`.
fn address_password(token: &Token) -> Option<Range<usize>> {
    let before_host = token.text.rfind('@')?;
    let account = &token.text[..before_host];
    let after_scheme = account.find("://").map_or(0, |at| at + "://".len());
    let colon = after_scheme + account[after_scheme..].find(':')?;
    let is_path = account[colon + 1..].starts_with(['\\', '/']);
    let is_plain = token.text.len() == token.span.len() && colon > after_scheme && !is_path;
    let starts = token.span.start + colon + 1;
    (is_plain && colon + 1 < before_host).then_some(starts..token.span.start + before_host)
}

fn is_drive(text: &str) -> bool {
    text == "*" || (text.len() == 2 && text.ends_with(':'))
}

/// `-Password X`, `/password:X`, `password=X`.
fn switch_secrets(line: &str, arguments: &[Token]) -> Vec<Range<usize>> {
    let program = arguments.first().map(Token::stem).unwrap_or_default();
    let is_secret = |name: &str| {
        SECRET_SWITCHES.contains(&name) || SECRET_SWITCHES_OF.contains(&(program.as_str(), name))
    };
    let mut secrets = Vec::new();
    for (index, token) in arguments.iter().enumerate() {
        let raw = &line[token.span.clone()];
        let lower = raw.to_ascii_lowercase();
        let dashed = lower.trim_start_matches(['(', '{', '"', '\'']);
        let is_dashed = dashed.starts_with(['-', '/', '\u{2013}']);
        let name_end = dashed.find([':', '=']).unwrap_or(dashed.len());
        let name = dashed[..name_end].trim_start_matches(['-', '/', '\u{2013}']);
        if !is_secret(name) {
            continue;
        }
        let value_at = raw.len() - dashed.len() + name_end + 1;
        if name_end < dashed.len() && (is_dashed || dashed.as_bytes()[name_end] == b'=') {
            match raw.get(value_at..) {
                Some(value) if !value.is_empty() && !is_expression(value) => {
                    secrets.push(token.span.start + value_at..token.span.end);
                }
                // `-Password: X`
                _ => secrets.extend(next_value(line, arguments, index)),
            }
        } else if is_dashed {
            secrets.extend(next_value(line, arguments, index));
        }
    }
    secrets
}

/// The argument after a switch, unless it is another switch or an expression that is looked into by itself.
fn next_value(line: &str, arguments: &[Token], index: usize) -> Option<Range<usize>> {
    let next = arguments.get(index + 1)?;
    let raw = &line[next.span.clone()];
    let is_switch = !next.quoted && (next.is_separator() || (raw.starts_with('-') && raw.len() > 1));
    (!is_switch && !is_expression(raw)).then(|| next.span.clone())
}

/// A variable or a command in brackets: it holds no secret by itself.
fn is_expression(raw: &str) -> bool {
    raw.starts_with(['$', '(', '{']) || raw.starts_with("\"$")
}

/// `ConvertTo-SecureString [-String] 'SECRET' -AsPlainText`, also with the literal piped in.
fn secure_string_literals(line: &str, arguments: &[Token]) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for (index, token) in arguments.iter().enumerate() {
        if token.lower() != "convertto-securestring" {
            continue;
        }
        let after = arguments[index + 1..].iter().take_while(|token| !token.is_separator());
        for value in after {
            let raw = &line[value.span.clone()];
            let is_switch = !value.quoted && raw.starts_with('-');
            if !is_switch && !is_expression(raw) {
                secrets.push(value.span.clone());
            }
            if raw.ends_with(')') && !value.quoted {
                break;
            }
        }
        if index >= 2 && arguments[index - 1].text == "|" {
            secrets.push(arguments[index - 2].span.clone());
        }
    }
    secrets
}

/// Encoded scripts are shown decoded, and redacted in their turn.
fn encoded_scripts(arguments: &[Token], depth: usize) -> impl Iterator<Item = Replacement> {
    arguments.windows(2).filter(|pair| is_encoded_command_switch(&pair[0])).filter_map(move |pair| {
        let script = command_line::decode_script(&pair[1].text)?;
        let clean = if depth < NESTING_MAX { redact_at_depth(&script, depth + 1) } else { REDACTED.into() };
        Some(Replacement { span: pair[1].span.clone(), text: format!("[decoded: {clean}]") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Command lines as seen in logs and manuals, each with what is left of it.
    const TABLE: &[(&str, &str)] = &[
        ("net  user toto3 @#(*kjh@(@Jd /add", "net  user toto3 [redacted] /add"),
        ("net user /add backdoor paw0rd1", "net user /add backdoor [redacted]"),
        (
            r"C:\windows\system32\net1 user /add backdoor paw0rd1",
            r"C:\windows\system32\net1 user /add backdoor [redacted]",
        ),
        ("net user bob * /add", "net user bob * /add"),
        ("net user bob", "net user bob"),
        ("net user bob && whoami", "net user bob && whoami"),
        (r#"net user "bob b" "pass word" /add"#, r#"net user "bob b" [redacted] /add"#),
        (
            r#"cmd /c "net user bob S3cret /add & net localgroup Administrators bob /add""#,
            r#"cmd /c "net user bob [redacted] /add & net localgroup Administrators bob /add""#,
        ),
        ("n^et us^er bob S3cret /a^dd", "n^et us^er bob [redacted] /a^dd"),
        (r"notnet.exe user bob S3cret /add", "notnet.exe user bob [redacted] /add"),
        (r"net use \\srv\share S3cret /user:corp\bob", r"net use \\srv\share [redacted] /user:corp\bob"),
        (r"net use Z: \\srv\share S3cret", r"net use Z: \\srv\share [redacted]"),
        (r"net use * \\srv\share *", r"net use * \\srv\share *"),
        ("net localgroup Administrators bob /add", "net localgroup Administrators bob /add"),
        (
            r#"powershell New-LocalUser bob -Password (ConvertTo-SecureString "P@ss w" -AsPlainText -Force)"#,
            r#"powershell New-LocalUser bob -Password (ConvertTo-SecureString [redacted] -AsPlainText -Force)"#,
        ),
        ("New-LocalUser -Name bob -Password $pw", "New-LocalUser -Name bob -Password $pw"),
        (
            "'P@ss' | ConvertTo-SecureString -AsPlainText -Force",
            "[redacted] | ConvertTo-SecureString -AsPlainText -Force",
        ),
        (
            r#"wmic /node:srv /user:bob /password:"S3 cret" process list"#,
            "wmic /node:srv /user:bob /password:[redacted] process list",
        ),
        (r"psexec \\srv -u bob -p S3cret cmd", r"psexec \\srv -u bob -p [redacted] cmd"),
        (
            "schtasks /create /tn x /ru bob /rp S3cret /tr y",
            "schtasks /create /tn x /ru bob /rp [redacted] /tr y",
        ),
        (r#"$u.SetPassword("S3cret"); $u.SetInfo()"#, r"$u.SetPassword([redacted]); $u.SetInfo()"),
        ("tool --password=S3cret --verbose", "tool --password=[redacted] --verbose"),
        ("tool -Password: S3cret", "tool -Password: [redacted]"),
        ("ping -p 5 host", "ping -p 5 host"),
        ("cmd /c whoami&net user bob S3cret /add", "cmd /c whoami&net user bob [redacted] /add"),
        ("net user bob /S3cret /add", "net user bob [redacted] /add"),
        ("net user bob /active:yes /times:all", "net user bob /active:yes /times:all"),
        ("cmd /c call %x% user bob S3cret /add", "cmd /c call %x% user bob [redacted] /add"),
        (
            r#"powershell iex \"net user bob S3cret /add\""#,
            r#"powershell iex \"net user bob [redacted] /add\""#,
        ),
        (
            "Start-Process net -Arg 'user bob S3cret /add'",
            "Start-Process net -Arg 'user bob [redacted] /add'",
        ),
        (
            "Start-Process net -Arg 'user','bob','S3cret','/add'",
            "Start-Process net -Arg 'user','bob',[redacted],'/add'",
        ),
        ("python x.py CORP/bob:S3cret@10.0.0.1", "python x.py CORP/bob:[redacted]@10.0.0.1"),
        ("curl https://bob:S3cret@srv/x", "curl https://bob:[redacted]@srv/x"),
        ("curl -u bob:S3cret https://srv", "curl -u [redacted] https://srv"),
        (r"copy C:\a@b.txt D:\", r"copy C:\a@b.txt D:\"),
        ("", ""),
    ];

    #[test]
    fn secrets_are_gone_and_the_rest_is_as_it_was() {
        for (line, expected) in TABLE {
            assert_eq!(redact(line), *expected, "of {line}");
        }
    }

    #[test]
    fn what_is_too_long_to_be_looked_at_is_not_shown() {
        let line = format!("net1 user bob {}S3cret /add", " ".repeat(command_line::LINE_BYTES_MAX));
        assert!(!redact(&line).contains("S3cret"));
        let many = "net user ".repeat(command_line::LINE_BYTES_MAX / 9);
        let _ = redact(&many);
    }

    #[test]
    fn redacting_again_changes_nothing() {
        for (line, _) in TABLE {
            let once = redact(line).into_owned();
            assert_eq!(redact(&once), once);
        }
    }

    fn encode(script: &str) -> String {
        use base64::Engine as _;
        let bytes: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    #[test]
    fn encoded_commands_are_shown_decoded_and_redacted() {
        let line = format!("powershell -nop -enc {}", encode("net user bob S3cret /add"));
        assert_eq!(redact(&line), "powershell -nop -enc [decoded: net user bob [redacted] /add]");
        let twice = format!("powershell -e {}", encode(&line));
        assert!(!redact(&twice).contains("S3cret"));
    }

    proptest::proptest! {
        /// Any text: no panic, and never longer than what the decoding of scripts explains.
        #[test]
        fn any_text_is_survived(line in ".{0,200}") {
            let _ = redact(&line);
        }

        /// Wherever blanks, case, quotes and switches stand, the password does not come through.
        #[test]
        fn the_password_of_net_user_never_comes_through(
            secret in "[a-zA-Z0-9!#%*+,.:?_~-]{6,14}",
            program in proptest::sample::select(vec!["net", "NET1.EXE", r"C:\Windows\System32\net.exe", "\"net\"", "n^et"]),
            gap in " {1,4}",
            add_first in proptest::bool::ANY,
            wrapped in proptest::bool::ANY,
        ) {
            let secret = format!("Zq{secret}");
            let (first, last) = if add_first { ("/add", "") } else { ("", "/ADD") };
            let mut line = [program, "User", first, "bob", &secret, last].join(&gap);
            if wrapped { line = format!("cmd.exe /d /c \"{}\"", line.replace('"', "")); }
            proptest::prop_assert!(!redact(&line).contains(&secret), "{} -> {}", line, redact(&line));
        }
    }
}
