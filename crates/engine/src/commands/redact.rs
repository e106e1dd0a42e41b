//! Takes secrets out of command lines before anybody prints them.
//!
//! Errs on the side of taking too much: a name hidden is a nuisance, a password printed is a leak in every report,
//! ticket and index that the case travels to.

use std::borrow::Cow;
use std::ops::Range;

use crate::commands::line as command_line;
use crate::commands::line::{NESTING_MAX, Token, commands, is_encoded_command_switch, net_commands, tokens};
use crate::commands::secret_names::is_secret_name;
use crate::commands::values::{Spoken, is_answer, is_closing};
use crate::commands::{
    addresses, beside_user, carried, literals, loops, pairs, secret_places, secret_switches, self_evident,
};

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// Switches that hold a value's name, and the value: `reg add … /v DefaultPassword /d SECRET`.
const NAMED_VALUES: &[(&str, &str)] = &[("v", "d"), ("name", "value")];

/// A value whose name has one of these in it is a secret, lower case.
const SECRET_NAMES: &[&str] = &["password", "passwd", "passphrase", "pwd", "secret", "apikey", "token"];

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
    find_in_line(looked_at, 0, depth, Spoken::default(), &mut replacements);
    if looked_at.len() < line.len() {
        // Nobody looked there: it may hold what it likes.
        replacements.push(Replacement { span: looked_at.len()..line.len(), text: "[cut]".to_owned() });
    }
    if replacements.is_empty() {
        return Cow::Borrowed(line);
    }
    Cow::Owned(replaced(line, replacements))
}

/// The line with these stretches replaced, which may lie in one another or overlap.
fn replaced(line: &str, mut replacements: Vec<Replacement>) -> String {
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
    clean
}

struct Replacement {
    span: Range<usize>,
    text: String,
}

/// Finds what is secret in `line`, which begins at byte `offset` of the whole.
fn find_in_line(line: &str, offset: usize, depth: usize, outer: Spoken, found: &mut Vec<Replacement>) {
    let arguments = tokens(line);
    let spoken = Spoken::of(line, &arguments).within(outer);
    let mut secrets: Vec<Range<usize>> = Vec::new();
    // What stands in the place of a secret, were no variable read as one.
    let mut used: Vec<Range<usize>> = Vec::new();
    let may_carry = line.contains(['$', '%', '!', '(']);
    // Whole lines, for a password with `&` in it, and each command of a chain, for `a&&net user …`.
    for (start, stretch) in command_line::logical_lines(line).into_iter().chain(commands(line)) {
        let arguments = tokens(stretch);
        let whole = |span: Range<usize>| span.start + start..span.end + start;
        secrets.extend(in_command(stretch, &arguments, spoken).into_iter().map(whole));
        if may_carry {
            used.extend(in_command(stretch, &arguments, Spoken::default()).into_iter().map(whole));
        }
    }
    secrets.extend(carried::secrets(line, &used));
    secrets.extend(piped_words(line, spoken));
    secrets.extend(pairs::secrets(line));
    secrets.extend(self_evident::secrets(line));
    secrets.extend(literals::secrets(line));
    secrets.extend(loops::secrets(line));
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
    found.extend(encoded_literals(line, depth).into_iter().map(|mut replacement| {
        replacement.span = replacement.span.start + offset..replacement.span.end + offset;
        replacement
    }));
    if depth < NESTING_MAX {
        let called = literals::called_with(line);
        for (start, inner) in arguments.iter().filter_map(|token| token.quoted_command(line)).chain(called) {
            find_in_line(inner, offset + start, depth + 1, spoken, found);
        }
    }
}

/// Where the secrets of one command stand.
fn in_command(line: &str, arguments: &[Token], spoken: Spoken) -> Vec<Range<usize>> {
    let mut secrets = net_secrets(line, arguments, spoken);
    secrets.extend(secret_switches::secrets(line, arguments, spoken));
    secrets.extend(secret_places::secrets(line, arguments, spoken));
    secrets.extend(beside_user::secrets(line, arguments, spoken));
    secrets.extend(named_values(arguments));
    secrets.extend(secure_string_literals(line, arguments, spoken));
    secrets.extend(addresses::secrets(line, arguments));
    secrets
}

/// `net user NAME SECRET`, `net use [DRIVE] \\HOST SECRET`, and the same under any program name where `/add` shows
/// what it is: a renamed `net` keeps its grammar.
fn net_secrets(line: &str, arguments: &[Token], spoken: Spoken) -> Vec<Range<usize>> {
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
        secrets.extend(
            candidates
                .iter()
                .filter(|token| !matches!(token.text.as_str(), "*" | "`"))
                .filter(|token| !spoken.is_variable(&line[token.span.clone()]) && !is_closing(line, token))
                .map(|token| token.span.clone()),
        );
        if let (true, Some(name)) = (command.is_user(), command.arguments.first()) {
            // No account's name has these signs in it.
            let raw = &line[name.span.clone()];
            let glue = raw.find([';', ':', '|', ',', '=']).filter(|_| !spoken.is_read_by_a_shell());
            secrets.extend(glue.map(|at| name.span.start + at + 1..name.span.end));
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

/// `reg add … /v DefaultPassword /d SECRET`, `Set-ItemProperty -Name AutoAdminPassword -Value SECRET`.
fn named_values(arguments: &[Token]) -> Vec<Range<usize>> {
    let value_of = |switch: &str| {
        let at = arguments.iter().position(|token| {
            let name = token.text.strip_prefix(['-', '/']).filter(|_| !token.quoted);
            name.is_some_and(|name| name.eq_ignore_ascii_case(switch))
        })?;
        arguments.get(at + 1)
    };
    // `New-ItemProperty HKLM:\x DefaultPassword -Value SECRET`
    let by_place = || arguments.iter().any(|token| is_secret_name(&token.lower()));
    // SNMP's names of communities are its passwords, and stand as names of values.
    let communities = arguments.iter().any(|token| token.lower().ends_with("validcommunities"));
    let community = value_of("v").filter(|_| communities).map(|token| token.span.clone());
    let secret = NAMED_VALUES.iter().filter_map(|(name, value)| {
        let is_secret = match value_of(name) {
            Some(name) => SECRET_NAMES.iter().any(|part| name.lower().contains(part)),
            None => *value == "value" && by_place(),
        };
        value_of(value).filter(|_| is_secret).map(|token| token.span.clone())
    });
    secret.chain(community).collect()
}

/// Commands that write what they are given.
const WRITERS: &[&str] = &["echo", "printf", "write-output", "write-host"];

/// A program that is told by a switch to read a file of commands, lower case: what was written there before is handed to it.
const READS_FILE: (&str, &str) = ("ftp", "-s:");

/// `echo SECRET| net use …`, `(echo SECRET& echo SECRET)| net user bob *`, `'SECRET' | runas …`: one word that is
/// handed to a program. More words are a command or a text.
fn piped_words(line: &str, spoken: Spoken) -> Vec<Range<usize>> {
    let commands = commands(line);
    let reads_file = |(start, command): &(usize, &str)| {
        let words = tokens(command);
        let is_it = words.first().is_some_and(|word| word.stem() == READS_FILE.0)
            && words.iter().any(|word| word.lower().starts_with(READS_FILE.1));
        is_it.then_some(*start)
    };
    let read_at = commands.iter().rev().find_map(reads_file);
    let handed_on = line.rfind('|').max(read_at).unwrap_or(0);
    commands
        .into_iter()
        .filter(|(start, _)| *start < handed_on)
        .filter_map(|(start, command)| {
            let words = tokens(command);
            let at = match words.as_slice() {
                [only] if only.quoted => Some(0),
                _ => words.iter().position(|word| WRITERS.contains(&&*word.lower())).map(|at| at + 1),
            }?;
            let said: Vec<&Token> =
                words.get(at..)?.iter().filter(|word| !word.text.starts_with('-')).collect();
            let [word] = said.as_slice() else { return None };
            let is_secret = !is_answer(word.word())
                && !spoken.is_expression(&command[word.span.clone()])
                && !word.text.contains(char::is_whitespace);
            let raw = &command[word.span.clone()];
            let shown = raw.find('>').map_or(raw, |at| &raw[..at]).trim_end_matches(')').len();
            is_secret.then(|| start + word.span.start..start + word.span.start + shown)
        })
        .collect()
}

fn is_drive(text: &str) -> bool {
    text == "*" || (text.len() == 2 && text.ends_with(':'))
}

/// `ConvertTo-SecureString [-String] 'SECRET' -AsPlainText`, also with the literal piped in.
fn secure_string_literals(line: &str, arguments: &[Token], spoken: Spoken) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for (index, token) in arguments.iter().enumerate() {
        // `@{Password=(ConvertTo-SecureString …`
        if !token.lower().ends_with("convertto-securestring") {
            continue;
        }
        let after = arguments[index + 1..].iter().take_while(|token| !token.is_separator());
        for value in after {
            let raw = &line[value.span.clone()];
            let is_switch = !value.quoted && raw.starts_with('-');
            let start = match raw.split_once(':').filter(|_| is_switch) {
                // `-String:SECRET`
                Some((switch, _)) => value.span.start + switch.len() + 1,
                None => value.span.start,
            };
            if (!is_switch || start > value.span.start) && !spoken.is_expression(&line[start..value.span.end])
            {
                secrets.push(start..value.span.end);
            }
            if raw.ends_with([')', ';']) && !value.quoted {
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

/// Shortest base64 that is looked into: four letters hide three.
const ENCODED_BYTES_MIN: usize = 8;

/// Where a script decodes base64 by itself, every such literal is shown decoded where it is a text of several words, and
/// not at all else: one word that is hidden so is a secret.
fn encoded_literals(line: &str, depth: usize) -> Vec<Replacement> {
    if !line.to_ascii_lowercase().contains("frombase64") {
        return Vec::new();
    }
    let is_encoded = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '+' | '/' | '=');
    let mut found = Vec::new();
    let mut at = 0;
    for stretch in line.split(|sign: char| !is_encoded(sign)) {
        let start = at + line[at..].find(stretch).unwrap_or_default();
        at = start + stretch.len();
        let before = line[..start].chars().next_back();
        let is_quoted = matches!(before, Some('\'' | '"'));
        if !is_quoted || stretch.len() < ENCODED_BYTES_MIN {
            continue;
        }
        let script = command_line::decode_script(stretch).or_else(|| command_line::decode_text(stretch));
        let text = match script {
            Some(script) if script.contains(char::is_whitespace) && depth < NESTING_MAX => {
                format!("[decoded: {}]", redact_at_depth(&script, depth + 1))
            }
            _ => REDACTED.to_owned(),
        };
        found.push(Replacement { span: start..at, text });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_secrets_that_overlap_nothing_sticks_out() {
        let line = "0123456789";
        let left = |spans: &[Range<usize>]| {
            let replacement = |span: &Range<usize>| Replacement { span: span.clone(), text: "*".to_owned() };
            replaced(line, spans.iter().map(replacement).collect())
        };
        assert_eq!(left(&[2..5, 4..8]), "01*89", "the second sticks out of the first");
        assert_eq!(left(&[4..8, 2..5]), "01*89", "in whatever order they were found");
        assert_eq!(left(&[2..8, 3..4, 7..9]), "01*9", "one within, and one that sticks out of both");
        assert_eq!(left(&[2..4, 2..6]), "01*6789", "of two that begin together the longer");
        assert_eq!(left(&[2..4, 4..6]), "01**6789", "side by side");
    }

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
        (r"psexec \\srv -u bob -pS3cret cmd", r"psexec \\srv -u bob -p[redacted] cmd"),
        (r#"cmd /c psexec \\srv -p"S3 cret" cmd"#, r#"cmd /c psexec \\srv -p[redacted] cmd"#),
        (r"cmd /c psexec \\srv -u bob -p S3cret cmd", r"cmd /c psexec \\srv -u bob -p [redacted] cmd"),
        ("mysql -u root -pS3cret -P 3306 db", "mysql -u root -p[redacted] -P 3306 db"),
        ("mysql -u root -p db", "mysql -u root -p db"),
        ("7z a -pS3cret x.7z", "7z a -p[redacted] x.7z"),
        (
            r#"reg add "HKLM\X\Winlogon" /v DefaultPassword /t REG_SZ /d S3cret /f"#,
            r#"reg add "HKLM\X\Winlogon" /v DefaultPassword /t REG_SZ /d [redacted] /f"#,
        ),
        ("reg add HKLM\\X /v DefaultUserName /d bob /f", "reg add HKLM\\X /v DefaultUserName /d bob /f"),
        (
            "Set-ItemProperty HKLM:\\X -Name DefaultPassword -Value 'S3cret'",
            "Set-ItemProperty HKLM:\\X -Name DefaultPassword -Value [redacted]",
        ),
        (r"cmd /c echo S3cret| net use \\srv\x", r"cmd /c echo [redacted]| net use \\srv\x"),
        ("(echo S3cret& echo S3cret)| net user bob *", "(echo [redacted]& echo [redacted])| net user bob *"),
        ("'S3cret' | runas /user:bob cmd", "[redacted] | runas /user:bob cmd"),
        ("cmd /c echo y| cacls x", "cmd /c echo y| cacls x"),
        ("cmd /c echo hello there | more", "cmd /c echo hello there | more"),
        ("echo hello", "echo hello"),
        (r#"wmiexec.py "corp/bob:S3c@ret@10.0.0.1""#, r#"wmiexec.py "corp/bob:[redacted]@10.0.0.1""#),
        ("wmiexec.py -hashes :0123abcd bob@10.0.0.1", "wmiexec.py -hashes [redacted] bob@10.0.0.1"),
        ("New-LocalUser bob -Password 'S3cret'", "New-LocalUser bob -Password [redacted]"),
        (
            "# the users' list\r\n$pw = 'S3cret'\r\n$s = ConvertTo-SecureString $pw -AsPlainText -Force\r\n\
             New-LocalUser bob -Password $s\r\nnet user\r\nGet-Date now",
            "# the users' list\r\n$pw = [redacted]\r\n$s = ConvertTo-SecureString $pw -AsPlainText -Force\r\n\
             New-LocalUser bob -Password $s\r\nnet user\r\nGet-Date now",
        ),
        ("net user bob `\n S3cret /add\nwhoami", "net user bob `\n [redacted] /add\nwhoami"),
        (
            "saps net @(\n 'user',\n 'bob',\n 'S3cret',\n '/add')\n'fine', 'too'",
            "saps net @(\n 'user',\n 'bob',\n [redacted],\n '/add')\n'fine', 'too'",
        ),
        (
            "$o = @{\n  Name = 'bob'\n  Password = 'S3cret'\n}\nNew-LocalUser @o",
            "$o = @{\n  Name = 'bob'\n  Password = [redacted]\n}\nNew-LocalUser @o",
        ),
        ("mkacct.exe -u maint7 -p S3cret", "mkacct.exe -u maint7 -p [redacted]"),
        ("x --user maint7 -p:S3cret", "x --user maint7 -p:[redacted]"),
        ("x -uroot -pS3cret -path C:\\x", "x -uroot -p[redacted] -path C:\\x"),
        ("python mk.py -u maint7 -p 'S3cret'", "python mk.py -u maint7 -p [redacted]"),
        ("cme smb srv -u bob -H 0123abcd", "cme smb srv -u bob -H [redacted]"),
        (
            "msiexec /i a.msi SERVICE_ACCOUNT=bob SERVICE_PASSWORD=S3cret /qn",
            "msiexec /i a.msi SERVICE_ACCOUNT=bob SERVICE_PASSWORD=[redacted] /qn",
        ),
        (
            "msiexec /i a.msi SVCUSER=bob SVCPASS=S3cret /qn",
            "msiexec /i a.msi SVCUSER=bob SVCPASS=[redacted] /qn",
        ),
        (
            r#"powershell -c ".\mk.ps1 -LocalAdminName bob -LocalAdminPassword 'S3cret'""#,
            r#"powershell -c ".\mk.ps1 -LocalAdminName bob -LocalAdminPassword [redacted]""#,
        ),
        (
            r#"x.exe --extra-vars "user=bob user_password=S3cret""#,
            r#"x.exe --extra-vars "user=bob user_password=[redacted]""#,
        ),
        (
            "Rubeus.exe asktgt /user:bob /rc4:0123abcd /ptt",
            "Rubeus.exe asktgt /user:bob /rc4:[redacted] /ptt",
        ),
        (
            r#"mimikatz "sekurlsa::pth /user:bob /ntlm:0123abcd /run:cmd""#,
            r#"mimikatz "sekurlsa::pth /user:bob /ntlm:[redacted] /run:cmd""#,
        ),
        ("tool add bob password S3cret", "tool add bob password [redacted]"),
        ("powershell -ep bypass -file x.ps1", "powershell -ep bypass -file x.ps1"),
        ("New-LocalUser bob -NoPassword", "New-LocalUser bob -NoPassword"),
        (
            "for %p in (S3cret Other1) do net user bob %p /add",
            "for %p in ([redacted]) do net user bob %p /add",
        ),
        ("for /l %i in (1,1,10) do net user u%i * /add", "for /l %i in (1,1,10) do net user u%i * /add"),
        ("'S3cret','b' | % { net user bob $_ /add }", "[redacted] | % { net user bob $_ /add }"),
        ("", ""),
    ];

    #[test]
    fn secrets_are_gone_and_the_rest_is_as_it_was() {
        for (line, expected) in TABLE {
            assert_eq!(redact(line), *expected, "of {line}");
        }
    }

    /// Lines in which `S3cret` is the only secret, in whatever spelling.
    const HIDDEN: &[&str] = &[
        "ConvertTo-SecureString S3cret -AsPlainText -Force",
        "ConvertTo-SecureString -AsPlainText -String \"S3cret\" -Force",
        "ConvertTo-SecureString('S3cret') -AsPlainText -Force",
        "powershell -c \"$p = (ConvertTo-SecureString S3cret -AsPlainText -Force)\"",
        r#"psexec \\srv -u x -p "-S3cret!" cmd"#,
        r"psexec \\srv -u x -p -S3cret! cmd",
        "tool -Password:S3cret",
        "tool -u bob /p:S3cret",
        "tool --password=S3cret",
        "msiexec /i a.msi PASSWORD=S3cret /qn",
        "msiexec /i a.msi PASSWORD=\"S3cret x\" /qn",
        "$env:PASS='S3cret'; x",
        "$env:DB_PWD = \"S3cret\"; x",
        "$pw = @'\nS3cret\n'@\nNew-LocalUser bob -Password $pw",
        "cmdkey /add:srv /user:bob /pass:S3cret",
        "cmdkey /generic:srv /user:bob /pass S3cret",
        "wmic /node:srv /user:bob /password:S3cret os get name",
        r"net use \\srv\x /user:bob S3cret",
        r"net use Z: \\srv\x S3cret /user:bob /p:no",
        "schtasks /create /tn x /tr y /ru bob /rp S3cret",
        "schtasks /change /tn x /rp \"S3cret\"",
        "sc config x obj= .\\bob password= S3cret",
        "sc create x binPath= y obj= .\\bob password= \"S3cret\"",
        "cmd /c echo S3cret|runas /user:bob cmd",
        "cmd /c (echo S3cret) | plink bob@srv",
        "plink -ssh bob@srv -pw S3cret",
        "pscp -pw S3cret a bob@srv:b",
        "curl -u bob:S3cret https://srv",
        "curl -ubob:S3cret https://srv",
        "curl --user bob:S3cret https://srv",
        "curl -x p --proxy-user bob:S3cret https://srv",
        "curl -H \"Authorization: Basic S3cret=\" https://srv",
        "Invoke-RestMethod x -Headers @{Authorization='Bearer S3cret'}",
        "mysql -uroot -pS3cret",
        "mysql --user=root --password=S3cret",
        "sqlcmd -S x -U sa -PS3cret",
        "x \"Server=a;UID=sa;PWD=S3cret\"",
        "x \"Server=a;User Id=sa;Password=S3cret;Encrypt=yes\"",
        "x Server=a;UID=sa;Pwd=S3cret;Encrypt=yes",
        "curl -d '{\"user\":\"bob\",\"password\":\"S3cret\"}' https://srv",
        r#"curl -d "{\"password\":\"S3cret\"}" https://srv"#,
        "curl https://srv/login?user=bob&token=S3cret",
        "x <Password><Value>S3cret</Value><PlainText>true</PlainText></Password>",
        "[Net.NetworkCredential]::new('bob','S3cret')",
        "New-Object System.Net.NetworkCredential('bob','S3cret')",
        "New-Object Net.NetworkCredential -ArgumentList 'bob','S3cret'",
        "New-Object PSCredential('bob', (ConvertTo-SecureString 'S3cret' -AsPlainText -Force))",
        "$u.SetPassword('S3cret')",
        "$u.psbase.Invoke('SetPassword', 'S3cret')",
        "$u.Invoke(\"SetPassword\", \"S3cret\")",
        "[UserPrincipal]::new($c,'bob','S3cret',$true).Save()",
        "New-Object DirectoryEntry('WinNT://srv','bob','S3cret')",
        "$c.ValidateCredentials('bob','S3cret')",
        "$s.AddParameter('Password','S3cret')",
        "[Environment]::SetEnvironmentVariable('DB_PASSWORD','S3cret','Machine')",
        "setx DB_PASSWORD S3cret /m",
        "Set-ItemProperty HKLM:\\x DefaultPassword S3cret",
        "Rubeus.exe asktgt /user:bob /rc4:S3cret",
        "Rubeus.exe asktgt /user:bob /ntlm:S3cret /ptt",
        "Rubeus.exe asktgt /user:bob /aes256:S3cret",
        "wmiexec.py -hashes aad3b435:S3cret bob@10.0.0.1",
        "secretsdump.py CORP/bob:S3cret@10.0.0.1",
        "GetUserSPNs.py CORP/bob:S3cret -dc-ip 10.0.0.1",
        "smbclient //srv/c$ -U bob%S3cret",
        "certutil -f -p S3cret -importpfx x.pfx",
        "signtool sign /f x.pfx /p S3cret a.exe",
        "7z a -pS3cret x.7z",
        "rar a -hpS3cret x.rar",
        "rar a -hp\"S3cret x\" x.rar",
        "reg add HKLM\\SOFTWARE\\ORL\\WinVNC3 /v Password /t REG_BINARY /d S3cret /f",
        "reg add HKLM\\x /d S3cret /v DefaultPassword /f",
        "msiexec /i tightvnc.msi SET_PASSWORD=1 VALUE_OF_PASSWORD=S3cret",
        "vncviewer -password S3cret srv",
        "cmd /c echo S3cret | anydesk.exe --set-password",
        "sshpass -p S3cret ssh bob@srv",
        "sshpass -pS3cret ssh bob@srv",
        "evil-winrm -i srv -u bob -p S3cret",
        "rasdial ISP bob S3cret",
        "sqlplus sys/S3cret@db",
        "net user bob $S3cret /add",
        "net1 user bob %S3cret% /add",
        "mkacct.exe -u bob -p $S3cret",
        "'S3cret'.ToCharArray() | % { $s.AppendChar($_) }",
        "'S3cret' | ConvertTo-SecureString -AsPlainText -Force",
        "openssl pkcs12 -in x -passin pass:S3cret",
        "keytool -list -storepass S3cret",
        "docker login -u bob -p S3cret srv",
        "az login --service-principal -u x -p S3cret",
        "bash -c \"PGPASSWORD=S3cret psql -U bob\"",
    ];

    #[test]
    fn no_spelling_shows_the_secret() {
        let shown: Vec<&&str> = HIDDEN.iter().filter(|line| redact(line).contains("S3cret")).collect();
        assert!(shown.is_empty(), "{shown:#?}");
    }

    #[test]
    fn what_is_no_secret_stays_readable() {
        for line in [
            r"psexec \\srv -u bob -p -d cmd",
            "cmd /c for %p in (1 2) do net user bob %p /add",
            "1..3 | % { net user bob $_ /add }",
            "powershell -c \"net user bob $pw /add\"",
            "cmd /c net user bob %pw% /add",
            "cmd /v:on /c net user bob !pw! /add",
            "powershell -c \"& { net user bob * /add }\"",
            "Get-LocalUser bob | Select-Object Name, PasswordLastSet",
            "Set-ADAccountPassword bob -Reset",
            "reg query HKLM\\x /v DefaultPassword /t REG_SZ",
            "schtasks /create /tn x /ru SYSTEM /tr \"cmd /c y\"",
            "schtasks /change /ru bob /rp /tr y",
            r"net use Z: \\srv\x /user:bob /p:no",
            r"net use Z: \\srv\x /persistent:no",
            "New-LocalUser bob -Password (Read-Host -AsSecureString)",
            "New-LocalUser -Name bob -Password:$pw -FullName Bob",
            "net accounts /minpwlen:8 /maxpwage:30",
            "Add-Type -AssemblyName 'x, PublicKeyToken=b77a5c561934e089'",
            "powershell -ExecutionPolicy Bypass -NoProfile -File x.ps1",
            "net user bob /passwordreq:yes /logonpasswordchg:yes",
            "New-LocalUser bob -NoPassword -PasswordNeverExpires:$true",
            "cmd /c echo yes| cacls x",
        ] {
            assert_eq!(redact(line), line);
        }
    }

    #[test]
    fn what_is_too_long_to_be_looked_at_is_not_shown() {
        let line = format!("net1 user bob {}S3cret /add", " ".repeat(command_line::LINE_BYTES_MAX));
        assert!(!redact(&line).contains("S3cret"));
        let many = "net user ".repeat(command_line::LINE_BYTES_MAX / 9);
        let _ = redact(&many);
    }

    /// Each costs no more than some walks over the line.
    #[test]
    fn lines_made_to_cost_are_survived() {
        for sign in [
            "password=",
            "\"password\":",
            "<",
            "<a",
            "userprincipal,",
            "networkcredential('",
            "net user ) ",
            "-u a%",
            "'pwd','",
            "$a=",
            "convertto-securestring(",
            "for %p in ",
            "-p ",
            "a:b@",
            "a://1",
            "ghp_",
            "eyJ.",
            "hooks.slack.com/services/",
            "<a name=pw ",
            "cookie: ",
            "identified by '",
            "x/y:",
        ] {
            let line = sign.repeat(command_line::LINE_BYTES_MAX / sign.len());
            let _ = redact(&line);
        }
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

    #[test]
    fn secrets_in_literals_are_gone_and_the_rest_is_as_it_was() {
        let table = [
            ("$u.psbase.Invoke('SetPassword','S3cret')", "$u.psbase.Invoke('SetPassword',[redacted])"),
            ("u.SetPassword \"S3cret\"", "u.SetPassword [redacted]"),
            ("$u.SetPassword('a)S3cret'); $u.SetInfo()", "$u.SetPassword([redacted]); $u.SetInfo()"),
            (
                "[System.Net.NetworkCredential]::new('bob','S3cret')",
                "[System.Net.NetworkCredential]::new([redacted])",
            ),
            ("$h=@{Name='bob';Password='S3cret'}; nlu @h", "$h=@{Name='bob';Password=[redacted]; nlu @h"),
            (
                "{\"user\": \"bob\", \"password\": \"S3cret\"}",
                "{\"user\": \"bob\", \"password\": [redacted]}",
            ),
            (
                "$p='S3cret'; New-LocalUser bob -Password (ConvertTo-SecureString $p -AsPlainText -Force)",
                "$p=[redacted]; New-LocalUser bob -Password (ConvertTo-SecureString $p -AsPlainText -Force)",
            ),
            (
                "$x = 'S3cret'; $s = $x | ConvertTo-SecureString -AsP -F",
                "$x = [redacted]; $s = [redacted] | ConvertTo-SecureString -AsP -F",
            ),
            (
                "$name = 'bob'; New-LocalUser $name -NoPassword",
                "$name = 'bob'; New-LocalUser $name -NoPassword",
            ),
            ("it's Bob's", "it's Bob's"),
        ];
        for (line, expected) in table {
            assert_eq!(redact(line), expected, "of {line}");
        }
    }
}
