//! Programs that take a secret by its place among their arguments, with no switch that says so.

use std::ops::Range;

use crate::commands::line::Token;
use crate::commands::secret_names::is_secret_name;
use crate::commands::values::{PROGRAM_WORDS_MAX, Spoken};

/// A program, a word of its command, and how many arguments behind that the secret stands.
const BEHIND: &[(&str, &str, usize)] = &[
    ("b2", "authorize", 2),
    ("b2", "authorize-account", 2),
    ("cloudflared", "install", 1),
    ("consul", "put", 2),
    ("csvde", "-a", 2),
    ("csvde", "-b", 3),
    ("gcloud", "activate-refresh-token", 2),
    ("htpasswd", "-b", 3),
    ("htpasswd", "-bc", 3),
    ("htpasswd", "-cb", 3),
    ("htpasswd", "-nb", 2),
    ("ksetup", "/changepassword", 2),
    ("ldifde", "-a", 2),
    ("ldifde", "-b", 3),
    ("logman", "-u", 2),
    ("mc", "add", 4),
    ("mc", "set", 4),
    ("megacmd", "login", 2),
    ("net", "password", 2),
    ("net", "rpc", 4),
    ("netsh", "user", 2),
    ("npm", "set", 2),
    ("nssm", "objectname", 2),
    ("nuget", "push", 2),
    ("nuget", "setapikey", 1),
    ("openssl", "passwd", 2),
    ("pth-net", "rpc", 4),
    ("racadm", "cfguseradminpassword", 3),
    ("rclone", "obscure", 1),
    ("salt-call", "shadow.set_password", 2),
    ("salt-call", "user.add", 2),
    ("salt-call", "user.setpassword", 2),
    ("samba-tool", "add", 2),
    ("samba-tool", "create", 2),
    ("teamviewer", "assignment", 2),
    ("vault", "login", 1),
];

/// A program, and the place of the secret among its arguments, switches not counted.
const PLACED: &[(&str, usize)] = &[
    ("rasdial", 2),
    ("bitsadmin", 4),
    ("autologon", 2),
    ("autologon64", 2),
    ("mega-login", 1),
    ("mkpasswd", 0),
    ("runascs", 1),
];

/// A program and a word of its command after which the last argument is the secret.
const LAST: &[(&str, &str)] = &[("kerbrute", "passwordspray")];

/// What `ntdsutil` resets a password by: the server is named next, then come the secrets.
const ON_SERVER: [&str; 2] = ["on", "server"];
/// What leaves the menus of `ntdsutil`.
const LEAVES: &[&str] = &["q", "quit"];

/// Where the secrets stand in one command.
pub(crate) fn secrets(line: &str, arguments: &[Token], spoken: Spoken) -> Vec<Range<usize>> {
    let programs: Vec<String> = arguments.iter().take(PROGRAM_WORDS_MAX).map(Token::stem).collect();
    let is_run = |program: &str| programs.iter().any(|stem| stem == program);
    let mut secrets = Vec::new();
    for (_, word, behind) in BEHIND.iter().filter(|(program, ..)| is_run(program)) {
        let at = arguments.iter().position(|token| token.text.eq_ignore_ascii_case(word));
        secrets.extend(at.and_then(|at| arguments.get(at + behind)).map(|token| token.span.clone()));
    }
    for (program, place) in PLACED {
        let Some(own) = programs.iter().position(|stem| stem == program) else { continue };
        secrets.extend(plain(arguments, own).nth(*place).map(|token| token.span.clone()));
    }
    for (_, word) in LAST.iter().filter(|(program, _)| is_run(program)) {
        let at = arguments.iter().position(|token| token.text.eq_ignore_ascii_case(word));
        secrets.extend(at.and_then(|at| plain(arguments, at).last()).map(|token| token.span.clone()));
    }
    secrets.extend(of_password_tool(arguments, &programs));
    if is_run("ntdsutil") {
        secrets.extend(at_the_prompt(line, arguments));
    }
    secrets.retain(|span| !spoken.is_variable(&line[span.clone()]));
    secrets
}

/// Arguments of a program that are no switches; `autologon /accepteula`, `vncpwd -d`.
fn plain(arguments: &[Token], program: usize) -> impl Iterator<Item = &Token> {
    arguments
        .iter()
        .skip(program + 1)
        .take_while(|token| !token.is_separator())
        .filter(|token| !token.is_switch() && (token.quoted || !token.text.starts_with('-')))
}

/// `vncpwd SECRET`, `setpassword.exe SECRET`: a program that is called after what it is handed. Where it takes an account
/// too, that stands first.
fn of_password_tool(arguments: &[Token], programs: &[String]) -> Option<Range<usize>> {
    let is_tool = |stem: &String| {
        let name = stem.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let is_called_so = ["pwd", "passwd", "password"]
            .iter()
            .any(|ending| name.strip_suffix(ending).is_some_and(|before| before.len() > 1));
        // A cmdlet has a dash.
        is_called_so && !name.contains('-') && is_secret_name(name)
    };
    let own = programs.iter().position(is_tool).filter(|own| is_command(arguments, *own))?;
    let last = plain(arguments, own).last()?;
    (!last.text.contains(['\\', '/', '='])).then(|| last.span.clone())
}

/// The word is no argument of another program: it begins the command, or follows a shell's switch or the label under which
/// a text of Windows shows a command.
fn is_command(arguments: &[Token], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| {
        let before = &arguments[before];
        before.is_separator()
            || before.text.ends_with(':')
            || matches!(before.lower().as_str(), "/c" | "/k" | "call" | "start" | "/b")
    })
}

/// `ntdsutil "set dsrm password" "reset password on server null" SECRET SECRET q q`, with or without the quotes.
fn at_the_prompt(line: &str, arguments: &[Token]) -> Vec<Range<usize>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_named =
        |three: &&[&str]| ON_SERVER.iter().zip(*three).all(|(asked, word)| word.eq_ignore_ascii_case(asked));
    let Some(named) = words.windows(3).find(is_named) else { return Vec::new() };
    // A word is a part of the line itself, so its place is that of its first byte.
    let server = named[2].as_ptr() as usize - line.as_ptr() as usize;
    let after = arguments.iter().filter(|token| token.span.start > server);
    after.filter(|token| !LEAVES.contains(&&*token.lower())).map(|token| token.span.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::line::tokens;

    #[test]
    fn secrets_are_found_by_their_place() {
        for (line, found) in [
            ("vncpwd.exe S3cret", vec!["S3cret"]),
            (r"cmd /c C:\Tools\vncpwd.exe -d S3cret", vec!["S3cret"]),
            ("setpassword bob S3cret", vec!["S3cret"]),
            ("CommandLine: vncpwd.exe S3cret", vec!["S3cret"]),
            ("type passwd", vec![]),
            (r"copy chpasswd D:\x", vec![]),
            ("autologon.exe bob CORP S3cret /accepteula", vec!["S3cret"]),
            ("net rpc user add bob S3cret", vec!["S3cret"]),
            ("netsh ras set user bob S3cret", vec!["S3cret"]),
            ("ntdsutil \"reset password on server null\" S3cret S3cret q q", vec!["S3cret", "S3cret"]),
            ("ntdsutil set dsrm password reset password on server null S3cret q", vec!["S3cret"]),
            ("ntdsutil \"ac i ntds\" ifm q q", vec![]),
        ] {
            let spans = secrets(line, &tokens(line), Spoken::default());
            assert_eq!(spans.into_iter().map(|span| &line[span]).collect::<Vec<_>>(), found, "{line}");
        }
    }
}
