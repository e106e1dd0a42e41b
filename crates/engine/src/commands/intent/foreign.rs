//! Scripts of other languages, as far as a line or a WMI subscription holds one: VBScript, JScript, Python and their
//! like. Read by what stands beside their literals, and not as languages.

use crate::commands::intent::said::{Call, Object};

/// Places of one kind that are looked at in one text.
const PLACES_MAX: usize = 64;
/// Literals in a row that are one command.
const ROW_MAX: usize = 16;

/// Words after which a literal is run as a command: `sh.Run "…"`, `os.system('…')`, `Shell("…")`.
const RUNNING: &[&str] = &[
    "run",
    "exec",
    "shellexecute",
    "executeshellcommand",
    "create",
    "shell",
    "system",
    "popen",
    "call",
    "check_call",
    "check_output",
    "getoutput",
    "spawn",
    "execsync",
];

/// With which words a script of another language begins, where nothing tells that it is one.
const BEGINNINGS: &[&str] = &["set", "dim", "on", "option", "sub", "function", "const", "var", "import"];

/// Whether a text of unknown origin is such a script: what a WMI subscription runs is told without its language.
pub(super) fn is_foreign(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let assigns = text.split_whitespace().nth(1) == Some("=");
    assigns || first.contains(['(', '=', '\'']) || BEGINNINGS.contains(&first.as_str())
}

/// The text with the quotes that a literal within a literal doubles or escapes, and without what VBScript comments out.
pub(super) fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_basic = lines.len() > 1 && !text.to_ascii_lowercase().contains("activexobject");
    let kept: Vec<&str> =
        lines.into_iter().map(|line| if is_basic { uncommented(line) } else { line }).collect();
    kept.join("\n").replace("\"\"", "\"").replace("\\\"", "\"").replace("%20", " ")
}

/// A line of VBScript up to its comment.
fn uncommented(line: &str) -> &str {
    let start = line.trim_start();
    if start.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("rem ")) {
        return "";
    }
    let mut is_text = false;
    for (at, character) in line.char_indices() {
        match character {
            '"' => is_text = !is_text,
            '\'' if !is_text => return &line[..at],
            _ => {}
        }
    }
    line
}

/// The commands that it runs.
pub(super) fn commands(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for word in RUNNING {
        for (at, _) in lower.match_indices(word).take(PLACES_MAX) {
            let after = &text[at + word.len()..];
            // Not the end of a literal: `"WScript.Shell").Run("`.
            let is_word = !lower[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
                && after.starts_with(['(', ' ', '[']);
            if let Some(command) = literals(after).filter(|_| is_word) {
                found.push(command);
            }
        }
    }
    // Perl, Ruby and PHP run what stands between backticks; to JavaScript it is a text.
    if !["javascript", "activexobject", "require(", "import "].iter().any(|sign| lower.contains(sign)) {
        let quoted = text.split('`').skip(1).step_by(2);
        found.extend(quoted.filter(|command| command.contains(' ')).take(PLACES_MAX).map(str::to_owned));
    }
    for (at, _) in lower.match_indices(".run ").chain(lower.match_indices(".exec ")).take(PLACES_MAX) {
        let after = text[at..].split_once(' ').map_or("", |(_, after)| after);
        let end = after.find(|part: char| !(part.is_alphanumeric() || part == '_')).unwrap_or(after.len());
        found.extend(assigned(text, &after[..end]));
    }
    found
}

/// The literals that stand here, one after the other with nothing but signs of a list between them.
fn literals(text: &str) -> Option<String> {
    let mut rest = text;
    let mut found = Vec::new();
    while found.len() < ROW_MAX {
        let start =
            rest.trim_start_matches(|sign: char| sign.is_whitespace() || matches!(sign, '(' | '[' | ','));
        let Some(quote) = start.chars().next().filter(|first| matches!(first, '"' | '\'')) else { break };
        let Some((literal, after)) = start[1..].split_once(quote) else { break };
        found.push(literal);
        rest = after;
    }
    (!found.is_empty()).then(|| found.join(" "))
}

/// The literal that a name was given.
fn assigned(text: &str, name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let places = text.match_indices(name).take(PLACES_MAX);
    places.filter_map(|(at, _)| literals(text[at + name.len()..].trim_start().strip_prefix('=')?)).next()
}

/// `WinNT://…`, `LDAP://…` and `winmgmts:…`, each up to where its literal ends; what is put into a group is on no
/// machine that is reached.
pub(super) fn provider_paths(text: &str) -> impl Iterator<Item = &str> {
    let starts = ["winnt://", "ldap://", "winmgmts:"].into_iter().flat_map(|scheme| {
        let found = text.as_bytes().windows(scheme.len()).enumerate();
        found.filter(move |(_, window)| window.eq_ignore_ascii_case(scheme.as_bytes())).take(PLACES_MAX)
    });
    starts.map(|(at, _)| at).filter_map(|at| {
        let (before, path) = (text.get(..at)?, text.get(at..)?);
        let before = before.trim_end_matches(['"', '\'', '(', ' ', '\\']);
        let is_member =
            before.get(before.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".add"));
        let end = path.find(['"', '\'', ')']).unwrap_or(path.len());
        (!is_member).then_some(&path[..end])
    })
}

/// The calls that make an account: ADSI's `….Create("user","NAME")` and `….Create "user", "NAME"`, the name that it is
/// given afterwards, and `NetUserAdd`.
pub(super) fn calls(text: &str) -> Vec<Call> {
    let receiver = provider_paths(text).next().unwrap_or_default();
    let mut found: Vec<Call> = Vec::new();
    for method in [".create", ".put"] {
        let windows = text.as_bytes().windows(method.len()).enumerate();
        let ends = windows
            .filter(|(_, window)| window.eq_ignore_ascii_case(method.as_bytes()))
            .map(|(at, window)| at + window.len());
        found.extend(ends.take(PLACES_MAX).filter_map(|end| {
            let given = text.get(end..)?.strip_prefix(['(', ' '])?;
            let given = given.split([')', ':', '\n']).next()?;
            let literal = |text: &str| text.trim().trim_matches(['"', '\'', '\\', ' ']).to_owned();
            Some(Call {
                receiver: receiver.to_owned(),
                path: method[1..].to_owned(),
                method: method[1..].to_owned(),
                arguments: given.split(',').map(literal).collect(),
                ..Call::default()
            })
        }));
    }
    found.extend(net_user_add(text));
    found
}

/// `win32net.NetUserAdd(SERVER, 1, {'name': 'NAME', …})`.
fn net_user_add(text: &str) -> Option<Call> {
    let at = text.to_ascii_lowercase().find("netuseradd(")?;
    let given = &text[at + "netuseradd(".len()..];
    let server = given.split(',').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    let server = if server.eq_ignore_ascii_case("none") { "" } else { server };
    let name = given.find("'name'").and_then(|at| literals(given[at + 6..].trim_start().strip_prefix(':')?));
    let members = name.map(|name| ("usri1_name".to_owned(), name)).into_iter().collect();
    Some(Call {
        method: "netuseradd".to_owned(),
        arguments: vec![server.to_owned()],
        given: vec![Object { members, ..Object::default() }],
        ..Call::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_commands_only_where_something_runs_them() {
        for (text, expected) in [
            (r#"CreateObject("WScript.Shell").Run("net user",0)"#, vec!["net user"]),
            (r#"sh.Run "net user""#, vec!["net user"]),
            ("c = \"net user\"\nsh.Run c, 0", vec!["net user"]),
            (r#"sa.ShellExecute "net","user bob""#, vec!["net user bob"]),
            ("import os;os.system('net user')", vec!["net user"]),
            ("subprocess.call(['net','user'])", vec!["net user"]),
            ("var s=new ActiveXObject('WScript.Shell');s.Exec('net user')", vec!["net user"]),
            ("puts `net user`", vec!["net user"]),
            ("require('x');`net user`", vec![]),
            (r#"MsgBox "net user""#, vec![]),
            (r#"c = "net user""#, vec![]),
            ("print('net user')", vec![]),
            (r#"overrun "net user""#, vec![]),
        ] {
            assert_eq!(commands(text), expected, "{text}");
        }
    }

    #[test]
    fn what_basic_comments_out_is_left_out() {
        assert_eq!(plain("a \"'\" 'b\nrem c\nd"), "a \"'\" \n\nd");
    }
}
