//! The programs that run commands, and where in their lines these stand. What any other program is given is text.

use crate::commands::line::{
    Token, crt_unquoted, decode_script, image_stem, is_encoded_command_switch, tokens,
};

/// A program that runs what its line says.
pub(super) struct Runner {
    /// File names without `.exe`, lower case.
    names: &'static [&'static str],
    finds: Finds,
}

/// Where the commands stand.
#[derive(Debug, Clone, Copy)]
enum Finds {
    /// After `/c` or `/k`.
    Shell,
    /// A script of PowerShell's, after its options.
    Powershell,
    /// After its switches; these take a value from the next word.
    Rest(&'static [&'static str]),
    /// In the value of one of these.
    Value(&'static [&'static str]),
    /// `call create "…"`.
    Create,
    /// A program in the one, its arguments in the other.
    Pair(&'static str, &'static str),
    /// The line holds a script of another language, or, where switches are told, one of them does.
    Foreign(&'static [&'static str]),
    /// A script, or a library and what it is given.
    Library,
    /// A statement for a database, after one of these.
    Query(&'static [&'static str]),
}

/// What a program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Run {
    /// Commands as cmd reads them.
    Chain(String),
    /// A script that this program, a PowerShell, runs itself.
    Script(String),
    /// A script of another language that the program runs itself.
    Foreign(String),
    /// A statement for a database.
    Query(String),
}

/// Whoever writes the lines of tests, tasks and services names these.
const RUNNERS: &[Runner] = &[
    Runner { names: &["cmd", "%comspec%", "$env:comspec"], finds: Finds::Shell },
    Runner { names: &["powershell", "pwsh"], finds: Finds::Powershell },
    Runner { names: &["wmic"], finds: Finds::Create },
    Runner { names: &["schtasks"], finds: Finds::Value(&["tr"]) },
    Runner { names: &["sc"], finds: Finds::Value(&["binpath="]) },
    Runner { names: &["winrm"], finds: Finds::Value(&["@{commandline="]) },
    Runner { names: &["at"], finds: Finds::Rest(&[]) },
    Runner {
        names: &["psexec", "psexec64", "psexec.c", "paexec", "csexec", "remcom"],
        finds: Finds::Rest(&["u", "p", "n", "w", "a", "r", "g"]),
    },
    Runner { names: &["winrs"], finds: Finds::Rest(&["r", "remote", "u", "p", "d", "env"]) },
    Runner { names: &["runas", "sudo", "gsudo"], finds: Finds::Rest(&[]) },
    Runner { names: &["conhost"], finds: Finds::Rest(&["width", "height", "signal", "server"]) },
    Runner { names: &["smsswd", "serviceui"], finds: Finds::Rest(&[]) },
    Runner { names: &["wsl", "bash", "sh"], finds: Finds::Rest(&["u", "d", "user", "distribution"]) },
    Runner { names: &["forfiles"], finds: Finds::Value(&["c"]) },
    Runner { names: &["pcalua"], finds: Finds::Pair("a", "c") },
    Runner { names: &["mshta", "wscript", "cscript"], finds: Finds::Foreign(&[]) },
    Runner {
        names: &["python", "python2", "python3", "pythonw", "py", "perl", "ruby", "node", "php"],
        finds: Finds::Foreign(&["c", "e", "r"]),
    },
    Runner { names: &["rundll32"], finds: Finds::Library },
    Runner { names: &["sqlcmd", "osql"], finds: Finds::Query(&["q"]) },
    Runner {
        names: &[
            "wmiexec.py",
            "psexec.py",
            "smbexec.py",
            "atexec.py",
            "dcomexec.py",
            "impacket-wmiexec",
            "impacket-psexec",
            "impacket-smbexec",
            "impacket-atexec",
            "impacket-dcomexec",
            "wmiexec",
            "smbexec",
            "atexec",
            "dcomexec",
        ],
        finds: Finds::Rest(&["hashes", "dc-ip", "target-ip", "share", "codec", "object"]),
    },
];

/// The programs that call the account interfaces as their line says.
const TOOLS: &[&str] = &["net", "net1", "dsadd"];

/// Options of `powershell.exe` that take a value, other than the script.
pub(crate) const SHELL_VALUES: &[&str] = &[
    "executionpolicy",
    "ep",
    "windowstyle",
    "version",
    "inputformat",
    "outputformat",
    "of",
    "psconsolefile",
    "configurationname",
    "custompipename",
    "settingsfile",
    "workingdirectory",
    "wd",
];

/// Whether a program of this name does, or has done, what its line says.
pub(super) fn is_read(name: &str) -> bool {
    TOOLS.contains(&name) || find(name).is_some()
}

/// The row of a program that runs commands.
pub(super) fn find(name: &str) -> Option<&'static Runner> {
    RUNNERS.iter().find(|row| row.names.contains(&name))
}

/// Whether it is PowerShell.
pub(super) fn is_powershell(name: &str) -> bool {
    matches!(name, "powershell" | "pwsh")
}

impl Runner {
    /// What the program runs; `words` are those of `raw`, the program's own name first.
    pub(super) fn runs(&self, raw: &str, words: &[Token]) -> Vec<Run> {
        let after = words.get(1..).unwrap_or_default();
        let rest = |from: usize| after.get(from).map_or("", |word| &raw[word.span.start..]);
        match self.finds {
            Finds::Shell => shell_given(raw, words).map(Run::Chain).into_iter().collect(),
            Finds::Powershell => {
                let start = words.first().map_or(0, |first| first.span.end);
                powershell_given(&raw[start..]).map(Run::Script).into_iter().collect()
            }
            Finds::Rest(valued) => {
                let rest = rest(switches(after, valued));
                (!rest.is_empty()).then(|| Run::Chain(unwrapped(rest))).into_iter().collect()
            }
            Finds::Value(names) => values(after, names).map(Run::Chain).collect(),
            Finds::Create => {
                let create = after.iter().position(|word| word.lower() == "create");
                create
                    .and_then(|at| after.get(at + 1))
                    .map(|word| Run::Chain(said(raw, word)))
                    .into_iter()
                    .collect()
            }
            Finds::Pair(program, arguments) => {
                let value = |name| values(after, std::slice::from_ref(&name)).next();
                let arguments = value(arguments).unwrap_or_default();
                value(program)
                    .map(|program| Run::Chain(format!("{program} {arguments}")))
                    .into_iter()
                    .collect()
            }
            Finds::Foreign([]) => vec![Run::Foreign(rest(0).to_owned())],
            Finds::Foreign(names) => values(after, names).map(Run::Foreign).collect(),
            Finds::Library if is_script(raw) => vec![Run::Foreign(rest(0).to_owned())],
            Finds::Library => vec![Run::Chain(unwrapped(rest(1)))],
            Finds::Query(names) => values(after, names).map(Run::Query).collect(),
        }
    }
}

fn is_script(raw: &str) -> bool {
    let lower = raw.to_ascii_lowercase();
    lower.contains("javascript:") || lower.contains("vbscript:")
}

/// How many words are switches, their values, machines, times and addresses.
fn switches(after: &[Token], valued: &[&str]) -> usize {
    let mut index = 0;
    while let Some(word) = after.get(index) {
        let name = word.text.trim_start_matches(['/', '-']);
        let is_switch = !word.quoted && name.len() < word.text.len();
        let is_place = word.text.starts_with(r"\\") || word.text.contains('@');
        let is_number = word.text.starts_with(|first: char| first.is_ascii_digit())
            && word.text.chars().all(|part| part.is_ascii_alphanumeric() || part == ':');
        if !(is_switch || (!word.quoted && (is_place || is_number))) {
            break;
        }
        let takes_value = is_switch && valued.contains(&name.to_lowercase().as_str());
        index += if takes_value { 2 } else { 1 };
    }
    index
}

/// The values of these switches: the next word, or what stands after `=` in the same one.
fn values<'w>(after: &'w [Token], names: &'w [&'w str]) -> impl Iterator<Item = String> + 'w {
    after.iter().enumerate().filter_map(move |(index, word)| {
        let lower = word.text.to_lowercase();
        names.iter().find_map(|name| {
            if let Some(attached) = lower.strip_prefix(name).filter(|_| name.ends_with('=')) {
                let attached = word.text.get(word.text.len().checked_sub(attached.len())?..)?;
                let next = || after.get(index + 1).map(|next| next.text.clone());
                return if attached.is_empty() {
                    next()
                } else {
                    Some(attached.trim_end_matches('}').to_owned())
                };
            }
            let is_it = !word.quoted && lower.strip_prefix(['/', '-']) == Some(name);
            is_it.then(|| after.get(index + 1).map(|next| next.text.clone()))?
        })
    })
}

/// What a word says: the stretch between its quotes, or what follows to the end where it has none.
fn said(raw: &str, word: &Token) -> String {
    let rest = &raw[word.span.start..];
    match rest.strip_prefix("\"\"") {
        // Quotes doubled on the way through another shell.
        Some(inner) => inner.split("\"\"").next().unwrap_or(inner).to_owned(),
        None if word.quoted => word.text.clone(),
        None => unwrapped(rest),
    }
}

/// What cmd makes of all that follows: it takes the outer quotes off, unless they hold a program's name alone.
fn unwrapped(rest: &str) -> String {
    let rest = rest.trim();
    if let Some(inner) = rest.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')) {
        return inner.to_owned();
    }
    let Some(inner) = rest.strip_prefix('"') else { return rest.to_owned() };
    let first = inner.split('"').next().unwrap_or(inner);
    let is_name =
        !first.is_empty() && !first.contains(|part: char| part.is_whitespace() || "&|<>()@^".contains(part));
    if is_name && inner.contains('"') && !inner[first.len() + 1..].trim().is_empty() {
        return rest.to_owned();
    }
    match inner.rfind('"') {
        Some(last) => format!("{}{}", &inner[..last], &inner[last + 1..]).replace("\\\"", "\""),
        None => inner.to_owned(),
    }
}

/// Where in a word the switches of cmd begin that are glued to its name: `cmd/c`.
pub(super) fn glued_switch(word: &str) -> Option<usize> {
    let at = word.find('/')?;
    let name = image_stem(&word[..at]);
    (name == "cmd" || name == "%comspec%").then_some(at)
}

/// What follows `/c`, `/k` or `/r`, which may be glued to it, to other switches and to the program's name.
fn shell_given(raw: &str, words: &[Token]) -> Option<String> {
    let own = words.first().map_or("", |first| &raw[first.span.clone()]);
    if let (Some(at), Some(first)) = (glued_switch(own), words.first()) {
        let switches = &raw[first.span.start + at..];
        return shell_given(&format!("cmd {switches}"), &tokens(&format!("cmd {switches}")));
    }
    let after = words.get(1..).unwrap_or_default();
    let switch = after.iter().find_map(|word| {
        let text = &raw[word.span.clone()];
        let lower = text.to_ascii_lowercase();
        let at = ["/c", "/k", "/r"].iter().filter_map(|name| lower.find(name)).min();
        // The first word that is no switch is a file's or nothing.
        Some(at.filter(|_| lower.starts_with('/')).map(|at| word.span.start + at + 2))
            .filter(|found| found.is_some() || !lower.starts_with('/'))
    });
    Some(unwrapped(&raw[switch??..]))
}

/// What `powershell.exe` makes a script of, from what follows its name: its options are left out, and its quotes
/// are read as the C runtime reads them; an encoded script is decoded.
fn powershell_given(rest: &str) -> Option<String> {
    let words = tokens(rest);
    let mut index = 0;
    let mut start = rest.len();
    while let Some(word) = words.get(index) {
        let lower = word.text.to_lowercase();
        let option = lower
            .strip_prefix(['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'])
            .filter(|name| !name.is_empty());
        match option {
            Some(name) if "command".starts_with(name) => {
                start = word.span.end;
                break;
            }
            Some(_) if is_encoded_command_switch(word) => return decode_script(&words.get(index + 1)?.text),
            Some(name) => {
                let takes_value = SHELL_VALUES.iter().any(|full| full.starts_with(name));
                index += if takes_value { 2 } else { 1 };
            }
            None => {
                start = word.span.start;
                break;
            }
        }
    }
    let given = rest.get(start..).unwrap_or_default().trim_start();
    // Quotes inside a script that is not quoted itself are lost to PowerShell; who wrote them meant them.
    let script = if given.starts_with('"') { crt_unquoted(given) } else { given.replace("\\\"", "\"") };
    let trimmed = script.trim();
    // `-Command \"…\"`: one string that is all of the script.
    let inner = trimmed.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    Some(inner.filter(|inner| !inner.contains('"')).map_or_else(|| script.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_is_given_its_commands() {
        let chain = |text: &str| vec![Run::Chain(text.to_owned())];
        for (line, runs) in [
            ("cmd /c net user", chain("net user")),
            (r#"cmd.exe /d /s /c "net user & x""#, chain("net user & x")),
            (r#"cmd /q/c"net user""#, chain("net user")),
            (r#"cmd /c "net" user "a b""#, chain(r#""net" user "a b""#)),
            ("cmd /k cd x", chain("cd x")),
            ("cmd/c net user", chain("net user")),
            ("bash -c 'net user'", chain("net user")),
            ("cmd x.bat /c y", vec![]),
            ("cmd", vec![]),
            ("%COMSPEC% /Q /c net user", chain("net user")),
            ("powershell -nop -c net user", vec![Run::Script("net user".to_owned())]),
            ("pwsh -ep bypass -enc bgBlAHQAIAB1AHMAZQByAA==", vec![Run::Script("net user".to_owned())]),
            (r#"wmic /node:x process call create "net user""#, chain("net user")),
            ("wmic process call create net", chain("net")),
            (r#"wmic process where "commandline like '%net user%'" get name"#, vec![]),
            (r#"schtasks /create /tn "net user x" /tr "net user" /sc once"#, chain("net user")),
            (r#"sc \\x create y binPath= "cmd /c net user" start= auto"#, chain("cmd /c net user")),
            (r#"sc create y binPath="net user""#, chain("net user")),
            (r#"sc create y displayname= "net user" binpath= x"#, chain("x")),
            (
                r#"winrm invoke Create wmicimv2/Win32_Process @{CommandLine="net user"} -r:x"#,
                chain("net user"),
            ),
            (r"at \\x 10:00 net user", chain("net user")),
            (r"psexec -accepteula \\x -u a -p b -s net user", chain("net user")),
            ("winrs -r:x net user", chain("net user")),
            (r#"runas /user:x "net user""#, chain("net user")),
            ("conhost 0xffffffff -ForceV1", vec![]),
            ("smsswd.exe /run: cmd.exe /c net user", chain("cmd.exe /c net user")),
            (r#"bash -c "net.exe user""#, chain("net.exe user")),
            (r#"forfiles /p c:\x /m y /c "cmd /c net user""#, chain("cmd /c net user")),
            (r#"pcalua -a net.exe -c "user bob""#, chain("net.exe user bob")),
            ("python -c \"x()\"", vec![Run::Foreign("x()".to_owned())]),
            ("python x.py \"net user\"", vec![]),
            ("mshta vbscript:x", vec![Run::Foreign("vbscript:x".to_owned())]),
            ("rundll32 javascript:x", vec![Run::Foreign("javascript:x".to_owned())]),
            ("rundll32 shell32.dll,ShellExec_RunDLL net user", chain("net user")),
            (r#"sqlcmd -S . -Q "exec x""#, vec![Run::Query("exec x".to_owned())]),
            ("wmiexec.py a:b@10.0.0.9 net user", chain("net user")),
        ] {
            let words = tokens(line);
            let name = if line.starts_with("cmd/") { "cmd".to_owned() } else { words[0].stem() };
            let row = find(&name).expect(line);
            assert_eq!(row.runs(line, &words), runs, "{line}");
        }
    }

    #[test]
    fn every_name_stands_once() {
        let all: Vec<&str> =
            RUNNERS.iter().flat_map(|row| row.names).copied().chain(TOOLS.iter().copied()).collect();
        for name in &all {
            assert_eq!(all.iter().filter(|other| *other == name).count(), 1, "{name}");
            assert!(is_read(name));
        }
        assert!(!is_read("git") && !is_read("findstr") && !is_read("curl"));
    }
}
