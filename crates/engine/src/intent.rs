//! What a command line says it does to accounts: creates one, puts one into a group, in the domain or here.
//!
//! A command that only looks at accounts, or deletes one, says nothing of the kind: `net view`, `net use`,
//! `net localgroup`, `net user NAME` and `net user NAME /delete` have no intent.

use crate::command_line::{
    NESTING_MAX, NetCommand, Token, commands, decode_script, image_stem, is_encoded_command_switch,
    net_commands, tokens,
};

/// One thing that a command line would do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intent {
    /// It creates an account.
    CreateAccount {
        /// The account's name, as far as the command line tells it literally.
        name: Option<String>,
        /// In the domain, not on this machine.
        in_domain: bool,
    },
    /// It puts an account into a group.
    AddToGroup {
        /// The account.
        member: String,
        /// The group, as named there: names are localised.
        group: String,
    },
}

/// What the command line of a process would do. `image` and `original_file_name` tell a renamed `net`.
pub fn intents(image: Option<&str>, original_file_name: Option<&str>, line: &str) -> Vec<Intent> {
    let mut found = Vec::new();
    let is_net = [image, original_file_name]
        .into_iter()
        .flatten()
        .any(|name| matches!(image_stem(name).as_str(), "net" | "net1"));
    if is_net {
        // CreateProcess hands the line over as it is: `&` and `|` in it belong to a password, not to a chain.
        let arguments = tokens(line);
        found.extend(
            NetCommand::parse(arguments.get(1..).unwrap_or_default())
                .and_then(|net| net_intent(&net, |argument| &argument.text)),
        );
    } else {
        collect(line, 0, &mut found);
    }
    found.sort();
    found.dedup();
    found
}

/// The name stands in the line as an argument of its own, with a trailing `$` or without.
pub fn names_account(line: &str, account: &str) -> bool {
    let wanted = account.trim_end_matches('$').to_lowercase();
    !wanted.is_empty() && tokens(line).iter().any(|token| token.lower().trim_end_matches('$') == wanted)
}

fn collect(line: &str, depth: usize, found: &mut Vec<Intent>) {
    for (_, command) in commands(line) {
        let arguments = tokens(command);
        found.extend(net_commands(&arguments).filter_map(|net| net_intent(&net, Token::word)));
        found.extend(new_account_cmdlets(&arguments));
        found.extend(group_member_cmdlets(&arguments));
        found.extend(directory_tool(&arguments));
        if depth < NESTING_MAX {
            follow_nested(command, &arguments, depth, found);
        }
    }
    found.extend(adsi_create(line));
}

/// Commands inside quoted arguments (`cmd /c "…"`, `wmic process call create "…"`) and encoded scripts.
fn follow_nested(command: &str, arguments: &[Token], depth: usize, found: &mut Vec<Intent>) {
    for (_, inner) in arguments.iter().filter_map(|token| token.quoted_command(command)) {
        collect(inner, depth + 1, found);
    }
    let encoded = arguments.windows(2).filter(|pair| is_encoded_command_switch(&pair[0]));
    for script in encoded.filter_map(|pair| decode_script(&pair[1].text)) {
        collect(&script, depth + 1, found);
    }
}

/// `net user NAME [SECRET] /add [/domain]`, `net localgroup GROUP NAME /add`. What `net` itself was given is the
/// name to the letter (`{bob}`); within a script brackets and quotes around it may be the script's.
fn net_intent(command: &NetCommand<'_>, reading: fn(&Token) -> &str) -> Option<Intent> {
    // `/a` alone could be `/active`; `net` itself wants enough letters to tell.
    let adds = command.has_switch("add", 2) && !command.has_switch("delete", 3);
    if !adds {
        return None;
    }
    let argument = |index: usize| command.arguments.get(index).map(|token| reading(token).to_owned());
    match command.verb.as_str() {
        "user" | "users" => {
            Some(Intent::CreateAccount { name: argument(0), in_domain: command.has_switch("domain", 2) })
        }
        "localgroup" | "group" => Some(Intent::AddToGroup { group: argument(0)?, member: argument(1)? }),
        _ => None,
    }
}

/// Cmdlets that create accounts: name in lower case, in the domain.
const ACCOUNT_CMDLETS: &[(&str, bool)] = &[("new-localuser", false), ("nlu", false), ("new-aduser", true)];

/// This many of one sort are followed in one command: more is no script that anybody runs.
const CMDLETS_MAX: usize = 64;

/// Parameters of those cmdlets that take no value; the word after them is positional.
const SWITCH_PARAMETERS: &[&str] = &[
    "nopassword",
    "disabled",
    "passwordneverexpires",
    "usermaynotchangepassword",
    "accountneverexpires",
    "confirm",
    "whatif",
    "verbose",
    "debug",
];

fn new_account_cmdlets(arguments: &[Token]) -> Vec<Intent> {
    let creates = |token: &Token| ACCOUNT_CMDLETS.iter().find(|(name, _)| *name == token.lower());
    let found = arguments.iter().enumerate().filter_map(|(index, token)| Some((index, creates(token)?)));
    found
        .take(CMDLETS_MAX)
        .map(|(index, (_, in_domain))| Intent::CreateAccount {
            name: parameter(&arguments[index + 1..], "name", 1),
            in_domain: *in_domain,
        })
        .collect()
}

/// `Add-LocalGroupMember -Group G -Member M`.
fn group_member_cmdlets(arguments: &[Token]) -> Vec<Intent> {
    let is_cmdlet = |token: &Token| matches!(token.lower().as_str(), "add-localgroupmember" | "algm");
    let found = arguments.iter().enumerate().filter(|(_, token)| is_cmdlet(token));
    found
        .take(CMDLETS_MAX)
        .filter_map(|(index, _)| {
            let after = &arguments[index + 1..];
            let group = parameter(after, "group", 1)?;
            let member = named_parameter(after, "member", 1).or_else(|| positional(after, 1))?;
            Some(Intent::AddToGroup { member, group })
        })
        .collect()
}

/// The value of a parameter by name, by an unambiguous beginning of its name, or as first positional.
fn parameter(after: &[Token], name: &str, letters_min: usize) -> Option<String> {
    named_parameter(after, name, letters_min).or_else(|| positional(after, 0))
}

fn parameter_name(token: &Token) -> Option<String> {
    let name = token.text.strip_prefix(['-', '\u{2013}']).filter(|_| !token.quoted)?.to_lowercase();
    name.starts_with(|first: char| first.is_alphabetic()).then_some(name)
}

fn named_parameter(after: &[Token], wanted: &str, letters_min: usize) -> Option<String> {
    for (index, token) in after.iter().enumerate() {
        let Some(full) = parameter_name(token) else { continue };
        let (name, attached) =
            full.split_once(':').map_or((full.as_str(), ""), |(name, value)| (name, value));
        if name.len() < letters_min || !wanted.starts_with(name) {
            continue;
        }
        let value = match attached {
            "" => after.get(index + 1)?.word().to_owned(),
            _ => token.word().split_once(':')?.1.to_owned(),
        };
        // A variable does not say which account it is.
        return (!value.starts_with('$')).then_some(value);
    }
    None
}

fn positional(after: &[Token], wanted: usize) -> Option<String> {
    let mut seen = 0;
    let mut index = 0;
    while let Some(token) = after.get(index) {
        match parameter_name(token) {
            Some(name) if SWITCH_PARAMETERS.contains(&name.as_str()) || name.contains(':') => index += 1,
            Some(_) => index += 2,
            None if seen == wanted => {
                let value = token.word();
                return (!value.is_empty() && !value.starts_with('$')).then(|| value.to_owned());
            }
            None => {
                seen += 1;
                index += 1;
            }
        }
    }
    None
}

/// `dsadd user CN=NAME,…`: always in the domain.
fn directory_tool(arguments: &[Token]) -> Option<Intent> {
    let at = arguments.iter().position(|token| token.stem() == "dsadd")?;
    let after = &arguments[at + 1..];
    if after.first()?.lower() != "user" {
        return None;
    }
    let name = after.get(1).and_then(|token| {
        let (kind, rest) = token.word().split_once('=')?;
        kind.eq_ignore_ascii_case("cn").then(|| rest.split(',').next().unwrap_or(rest).to_owned())
    });
    Some(Intent::CreateAccount { name, in_domain: true })
}

/// ADSI: `[ADSI]"WinNT://HOST"` … `.Create("user","NAME")`, in PowerShell and in VBScript.
fn adsi_create(line: &str) -> Option<Intent> {
    let lower = line.to_ascii_lowercase();
    let call = lower.find("create(")? + "create(".len();
    let arguments = line[call..].split(')').next()?;
    let mut literals =
        arguments.split(',').map(|literal| literal.trim().trim_matches(['"', '\'', '\\']).trim());
    if !literals.next()?.eq_ignore_ascii_case("user") {
        return None;
    }
    let name = literals.next().filter(|name| !name.is_empty() && !name.starts_with('$')).map(str::to_owned);
    Some(Intent::CreateAccount { name, in_domain: lower.contains("ldap://") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn creates(name: &str) -> Vec<Intent> {
        vec![Intent::CreateAccount { name: Some(name.to_owned()), in_domain: false }]
    }

    fn check(image: &str, line: &str, expected: &[Intent]) {
        assert_eq!(intents(Some(image), None, line), expected, "of {line}");
    }

    #[test]
    fn a_name_is_what_net_was_given_to_the_letter() {
        for name in ["{bob}", ".bob", "bob(1)", "&bob", "@bob"] {
            check("net1.exe", &format!("net1 user {name} P /add"), &creates(name));
        }
        check("cmd.exe", "cmd /c (net user /add bob)", &creates("bob"));
    }

    #[test]
    fn net_user_add_in_its_spellings() {
        let spellings = [
            "net user bob S3cret /add",
            "net  user toto3x S3cret /add",
            "net user /add bob S3cret",
            r"C:\Windows\system32\net1  USERS bob /ADD",
            "net1 user bob * /ad",
            "net1 user bob \"/add\"",
            r#""C:\Windows\System32\net.exe" user "bob" a&b|c(d /add"#,
        ];
        for line in spellings {
            let name = if line.contains("toto3x") { "toto3x" } else { "bob" };
            check(r"C:\Windows\System32\net1.exe", line, &creates(name));
        }
    }

    #[test]
    fn a_renamed_net_is_known_by_its_original_name() {
        assert_eq!(intents(Some(r"C:\t\x.exe"), Some("net1.exe"), "x user bob P /add"), creates("bob"));
        assert_eq!(intents(Some(r"C:\t\x.exe"), None, "x user bob P /add"), [], "else it proves nothing");
    }

    #[test]
    fn commands_inside_commands_are_followed() {
        for line in [
            r#"cmd.exe /c "net user bob S3cret /add & whoami""#,
            "cmd /c whoami&&n^et user bob S3cret /add",
            r#"wmic /node:srv process call create "net user bob S3cret /add""#,
            r#"powershell -Command "& {net user bob S3cret /add}""#,
            // net user bob P /add
            "powershell -enc bgBlAHQAIAB1AHMAZQByACAAYgBvAGIAIABQACAALwBhAGQAZAA=",
        ] {
            check("cmd.exe", line, &creates("bob"));
        }
    }

    #[test]
    fn powershell_by_name_prefix_position_and_alias() {
        for line in [
            "powershell New-LocalUser -Name bob -NoPassword",
            "powershell New-LocalUser -NoPassword bob",
            "powershell New-LocalUser -Description 'not bob' -Na 'bob'",
            "powershell nlu bob -Password $p",
            "powershell (New-LocalUser -Name:bob)",
            r#"powershell $c=[ADSI]"WinNT://."; $u=$c.Create("user","bob"); $u.SetInfo()"#,
        ] {
            check("powershell.exe", line, &creates("bob"));
        }
        let nameless = vec![Intent::CreateAccount { name: None, in_domain: false }];
        check("powershell.exe", "powershell New-LocalUser -Name $n", &nameless);
    }

    #[test]
    fn the_domain_is_told_from_the_machine() {
        for line in ["net user bob P /add /domain", "dsadd user CN=bob,DC=corp", "powershell New-ADUser bob"]
        {
            let found = intents(Some("cmd.exe"), None, line);
            assert_eq!(
                found,
                [Intent::CreateAccount { name: Some("bob".into()), in_domain: true }],
                "of {line}"
            );
        }
    }

    #[test]
    fn group_grants_are_seen() {
        let grant = [Intent::AddToGroup { member: "bob".into(), group: "Administrators".into() }];
        check("net.exe", "net localgroup Administrators bob /add", &grant);
        check("powershell.exe", "powershell Add-LocalGroupMember -Group Administrators -Member bob", &grant);
    }

    #[test]
    fn what_creates_nothing_has_no_intent() {
        for line in [
            "net view",
            "net use",
            "net user",
            "net user bob",
            "net user bob /delete",
            "net user bob /active:yes",
            "net localgroup",
            "net localgroup Administrators",
            "net start user",
            "whoami /all",
            "",
            "net",
            "user /add",
            "powershell Get-LocalUser bob",
            "cmd /c echo user bob",
        ] {
            check("net.exe", line, &[]);
            check("cmd.exe", line, &[]);
        }
    }

    #[test]
    fn a_name_is_an_argument_of_its_own() {
        assert!(names_account(r"tool.exe -u Bob$ -x", "bob$"));
        assert!(names_account("tool bob", "bob$"));
        assert!(!names_account("tool bobby notbob", "bob"));
        assert!(!names_account("tool", ""));
    }
}
