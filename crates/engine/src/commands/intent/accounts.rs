//! What a command line says it does to accounts: creates one, puts one into a group, in the domain or here.
//!
//! A command that only looks at accounts, or deletes one, says nothing of the kind: `net view`, `net use`,
//! `net localgroup`, `net user NAME` and `net user NAME /delete` have no intent.

use crate::commands::intent::glance::Glance;
use crate::commands::intent::parameters::{
    cmdlet, is_rehearsal, literal, named_parameter, parameter, positional,
};
use crate::commands::intent::reading::{Reading, Step};
use crate::commands::intent::script::Call;
use crate::commands::line::{NetCommand, Token, net_commands, tokens};

/// What stands in every text that could create an account or grant a group.
static TELLING: Glance<6> = Glance::new(["user", "group", "nlu", "algm", "base64", "-join"]);
/// Cmdlets that create accounts: name in lower case, in the domain.
const ACCOUNT_CMDLETS: &[(&str, bool)] = &[("new-localuser", false), ("nlu", false), ("new-aduser", true)];
/// Cmdlets that put somebody into a group: name, parameter of the group, parameter of the member.
const GROUP_CMDLETS: &[(&str, &str, &str)] = &[
    ("add-localgroupmember", "group", "member"),
    ("algm", "group", "member"),
    ("add-adgroupmember", "identity", "members"),
];

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
    intents_of(&Reading::of_line(image, original_file_name, line))
}

/// What a PowerShell script would do: a block as PowerShell logs it, of one line or many.
pub fn script_intents(script: &str) -> Vec<Intent> {
    intents_of(&Reading::of_script(script))
}

pub(super) fn intents_of(reading: &Reading<'_>) -> Vec<Intent> {
    if reading.is_by(&["net", "net1"]) {
        // CreateProcess hands the line over as it is: `&` and `|` in it belong to a password, not to a chain.
        let arguments = tokens(reading.text);
        let command = NetCommand::parse(arguments.get(1..).unwrap_or_default());
        return command.and_then(|net| net_intent(&net, Literally::ToTheLetter)).into_iter().collect();
    }
    if !TELLING.sees(reading.text) {
        return Vec::new();
    }
    of_steps(reading.steps())
}

pub(super) fn of_steps(steps: &[Step]) -> Vec<Intent> {
    let mut found = Vec::new();
    for step in steps {
        match step {
            Step::Command(words) => {
                found.extend(net_commands(words).filter_map(|net| net_intent(&net, Literally::InScript)));
                found.extend(account_cmdlet(words));
                found.extend(group_cmdlet(words));
                found.extend(directory_tool(words));
            }
            Step::Call(call) => found.extend(adsi_create(call).or_else(|| adsi_add(call))),
            Step::Path(_) => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// How far what `net` is given can be trusted to be what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Literally {
    /// The line of `net` itself: a name is a name, `{bob}` and `%x%` too.
    ToTheLetter,
    /// Within a script: brackets and quotes may be the script's, and what is a variable names nobody.
    InScript,
}

/// `net user NAME [SECRET] /add [/domain]`, `net localgroup GROUP NAME /add`.
fn net_intent(command: &NetCommand<'_>, literally: Literally) -> Option<Intent> {
    // `/a` alone could be `/active`; `net` itself wants enough letters to tell.
    let adds = command.has_switch("add", 2);
    let does_not =
        command.has_switch("delete", 3) || command.has_switch("?", 1) || command.has_switch("help", 1);
    if !adds || does_not {
        return None;
    }
    let argument = |index: usize| {
        let token = command.arguments.get(index)?;
        match literally {
            Literally::ToTheLetter => Some(Some(token.text.clone())),
            Literally::InScript => Some(literal(token.word())),
        }
    };
    match command.verb.as_str() {
        // Without a name `net` shows its help.
        "user" | "users" => {
            Some(Intent::CreateAccount { name: argument(0)?, in_domain: command.has_switch("domain", 2) })
        }
        "localgroup" | "group" => Some(Intent::AddToGroup { group: argument(0)??, member: argument(1)?? }),
        _ => None,
    }
}

pub(super) fn account_cmdlet(words: &[Token]) -> Option<Intent> {
    let (cmdlet, after) = cmdlet(words)?;
    let (_, in_domain) = ACCOUNT_CMDLETS.iter().find(|(name, _)| *name == cmdlet)?;
    (!is_rehearsal(after))
        .then(|| Intent::CreateAccount { name: parameter(after, "name", 1), in_domain: *in_domain })
}

/// `Add-LocalGroupMember -Group G -Member M,N`.
fn group_cmdlet(words: &[Token]) -> Vec<Intent> {
    let grants = || {
        let (cmdlet, after) = cmdlet(words)?;
        let (_, group, member) = GROUP_CMDLETS.iter().find(|(name, ..)| *name == cmdlet)?;
        // `-SID S-1-5-32-544` in place of the name.
        let named = named_parameter(after, group, 1).or_else(|| named_parameter(after, "sid", 2));
        let is_named = named.is_some();
        let group_name = named.or_else(|| positional(after, 0))?;
        let members =
            named_parameter(after, member, 1).or_else(|| positional(after, if is_named { 0 } else { 1 }))?;
        (!is_rehearsal(after)).then_some((group_name, members))
    };
    let Some((group, members)) = grants() else { return Vec::new() };
    let each = members.split(',').map(|member| member.trim().trim_matches('\''));
    each.filter_map(literal).map(|member| Intent::AddToGroup { member, group: group.clone() }).collect()
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
fn adsi_create(call: &Call) -> Option<Intent> {
    let (kind, name) = match call.arguments.as_slice() {
        [kind, name, ..] if call.method == "create" => (kind, name),
        // `.Invoke('Create','user','NAME')`
        [method, kind, name, ..] if call.method == "invoke" && method.eq_ignore_ascii_case("create") => {
            (kind, name)
        }
        // `DirectoryEntry.Children.Add('NAME','user')`
        [name, kind] if call.method == "add" => (kind, name),
        _ => return None,
    };
    if !kind.eq_ignore_ascii_case("user") {
        return None;
    }
    let in_domain = call.receiver.to_ascii_lowercase().starts_with("ldap://");
    let name = match name.split_once('=') {
        Some((kind, name)) if kind.eq_ignore_ascii_case("cn") => name,
        _ => name,
    };
    Some(Intent::CreateAccount { name: literal(name), in_domain })
}

/// `([ADSI]"WinNT://HOST/GROUP,group").Add("WinNT://HOST/NAME,user")`.
fn adsi_add(call: &Call) -> Option<Intent> {
    let last_part = |path: &str| {
        let rest = path.get("winnt://".len()..)?;
        path.to_ascii_lowercase().starts_with("winnt://").then_some(())?;
        let (_, name) = rest.rsplit_once('/')?;
        literal(name.split(',').next().unwrap_or(name))
    };
    let [member, ..] = call.arguments.as_slice() else { return None };
    let is_add = call.method == "add";
    is_add.then_some(())?;
    Some(Intent::AddToGroup { member: last_part(member)?, group: last_part(&call.receiver)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::intent::names_account::names_account;

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
    fn commands_are_found_in_whatever_starts_them() {
        for line in [
            r#"powershell ([wmiclass]"\\h\root\cimv2:win32_process").Create("net user bob P /add")"#,
            r#"powershell -c "([wmiclass]'\\h\root\cimv2:win32_process').Create('net user bob a,b /add')""#,
            "powershell Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'net user bob P /add'",
            "powershell Invoke-CimMethod Win32_Process Create -Arguments @{CommandLine='net user bob P /add'}",
            "powershell Start-Process net -ArgumentList 'user bob P /add'",
            "powershell saps net.exe 'user','bob','P','/add' -Wait",
            "powershell -c \"saps -FilePath net1 -Args 'user bob P /add'\"",
            "powershell Invoke-Command {net user bob P /add}",
            "powershell Invoke-Command -ComputerName h -ScriptBlock { New-LocalUser -Name bob -NoPassword }",
            r#"powershell iex "net user bob P /add""#,
            r#"powershell -c "iex 'New-LocalUser bob -NoPassword'""#,
            r#"schtasks /create /tn x /tr "net user bob P /add" /sc once /st 00:00"#,
            r#"sc create x binPath= "cmd /c net user bob P /add""#,
            r"psexec \\host net user bob P /add",
            "winrs -r:host net user bob P /add",
            "at 10:00 net user bob P /add",
            r#"runas /user:x "net user bob P /add""#,
            "pwsh -NoProfile -ExecutionPolicy Bypass -w hidden -c net user bob P /add",
            r#"powershell -Command "New-LocalUser -Name \"bob\" -NoPassword""#,
            r#"cmd /c powershell "& net user bob P /add""#,
            r#"mshta vbscript:CreateObject("WScript.Shell").Run("net user bob P /add",0)(window.close)"#,
            r#"mshta vbscript:Execute("CreateObject(""WScript.Shell"").Run ""net user bob P /add"":close")"#,
            r#"mshta vbscript:Execute("Set o=GetObject(""WinNT://.""):Set u=o.Create(""user"",""bob""):u.SetInfo")"#,
            r#"powershell "[Diagnostics.Process]::Start('net','user bob P /add')""#,
            r#"cmd /c echo net user bob P /add | cmd"#,
            r#"cmd /c echo net user bob P /add > x.bat"#,
            // net user bob P /add
            "powershell iex ([Text.Encoding]::ASCII.GetString([Convert]::FromBase64String('bmV0IHVzZXIgYm9iIFAgL2FkZA==')))",
        ] {
            check(r"C:\x\any.exe", line, &creates("bob"));
        }
    }

    #[test]
    fn a_renamed_powershell_is_known_by_its_original_name() {
        let line = "x.exe -nop -c New-LocalUser bob -NoPassword";
        assert_eq!(intents(Some(r"C:\t\x.exe"), Some("PowerShell.EXE"), line), creates("bob"));
        assert_eq!(intents(Some(r"C:\t\x.exe"), None, line), [], "else it proves nothing");
    }

    #[test]
    fn a_name_that_a_variable_holds_is_not_told() {
        let nameless = [Intent::CreateAccount { name: None, in_domain: false }];
        for line in [
            r#"cmd /v /c "set n=bob& net user !n! P /add""#,
            "cmd /c for %i in (bob eve) do net user %i P /add",
            "cmd /c net user %1 P /add",
            r#"powershell -c "1..5 | % { net user user$_ P /add }""#,
            "powershell New-LocalUser (Get-Content names.txt)",
            "powershell New-LocalUser @p",
        ] {
            check("cmd.exe", line, &nameless);
        }
        check("net1.exe", "net1 user %1 P /add", &creates("%1"));
    }

    #[test]
    fn scripts_are_read_with_their_literals() {
        for script in [
            "$p=@{Name='bob';NoPassword=$true}; New-LocalUser @p",
            "$p = @{\n  Name = 'bob'\n  Password = (ConvertTo-SecureString 'x' -AsPlainText -Force)\n}\nNew-LocalUser @p",
            "$p = @{NoPassword=$true}\n$p.Name = 'bob'\nNew-LocalUser @p",
            "$p = @{Name='eve';NoPassword=$true}; $p.NAME = 'bob'; New-LocalUser @p",
            "$n='bob'; New-LocalUser $n -NoPassword",
            "${account}='bob'; New-LocalUser ${account}",
            "[string]$Script:n = \"bob\"\nnew-localuser -name ${N}",
            "New-LocalUser -Name ('b'+'ob') -NoPassword",
            "$a = 'b' + 'o'; New-LocalUser \"${a}b\"",
            "New-Local`User -Na`me b`ob",
            "New-LocalUser `\n  -Name bob `\r\n  -NoPassword",
            "New-LocalUser -Name ('{1}{0}' -f 'ob','b')",
            "New-LocalUser -Name (('b','o','b') -join '')",
            "$c = 'net user {0} {1} /add' -f 'bob','P'; iex $c",
            "$u = New-LocalUser -Name 'bob' -NoPassword\n$u | Out-Null",
            "$text = @'\nnet user bob P /add\n'@\ncmd /c $text",
            "$n = 'bob'\n$text = @\"\nnet user $n P /add\n\"@\nInvoke-Expression $text",
            "if (-not (Get-LocalUser eve -ea 0)) {\n  try { New-LocalUser -Name bob -NoPassword } catch { throw }\n}",
            "function Add-It { param($x)\n New-LocalUser bob # here\n}\nAdd-It",
            "<# New-LocalUser eve #>\n# net user eve P /add\nNew-LocalUser bob",
            "$c=[ADSI]\"WinNT://$env:COMPUTERNAME,computer\"\n$u=$c.Create('User','bob')\n$u.SetPassword('x')",
            "$c = New-Object System.DirectoryServices.DirectoryEntry(\"WinNT://.\")\n$u = $c.psbase.Invoke('Create','user','bob')",
            "$c = New-Object DirectoryEntry 'WinNT://.'\n$u = $c.Children.Add('bob','user')",
            "& 'net.exe' user bob \"P@ss;w|d\" /add",
            "& \"$env:windir\\system32\\net.exe\" user bob P /add",
            "$e='bmV0IHVzZXIgYm9iIFAgL2FkZA=='; iex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($e)))",
            "powershell -enc bgBlAHQAIAB1AHMAZQByACAAYgBvAGIAIABQACAALwBhAGQAZAA=",
            "Start-Process powershell -ArgumentList '-c \"New-LocalUser bob\"'",
            "cmd /c 'n^et user bob P /add'",
            "cmd /c n^et user bob P /a^dd",
            "Microsoft.PowerShell.LocalAccounts\\New-LocalUser \u{2013}Name \u{201c}bob\u{201d}",
            "$s = { New-LocalUser bob }; & $s",
            "$p = [hashtable]::new()\n$p.Name = 'bob'\nNew-LocalUser @p",
            "Start-Process .\\net.exe -ArgumentList 'user','bob','P','/add'",
            "iex '$n = \"bob\"; New-LocalUser $n'",
            "'net user bob P /add' | cmd",
            "Import-Csv users.csv | New-LocalUser -Name bob",
            "New-LocalUser bob -WhatIf:$false",
            "New-LocalUser bob -WhatIf: $false",
            "New-LocalUser -Name [string]'bob'",
        ] {
            assert_eq!(script_intents(script), creates("bob"), "of {script}");
        }
    }

    #[test]
    fn a_name_may_be_hidden_in_base64_or_look_half_like_a_variable() {
        let hidden = "$n = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('YmFja2Rvb3Ix'))\n\
            New-LocalUser $n";
        assert_eq!(script_intents(hidden), creates("backdoor1"));
        assert_eq!(script_intents("New-LocalUser 'o''neil'"), creates("o'neil"), "a quote twice is a quote");
        for name in ["!bob", "%bob", "50%", "b!b"] {
            check("cmd.exe", &format!("cmd /c net user {name} P /add"), &creates(name));
        }
    }

    #[test]
    fn a_script_that_only_speaks_of_it_does_nothing() {
        for script in [
            "# New-LocalUser bob",
            "<#\n.EXAMPLE\nNew-LocalUser -Name bob\nnet user bob P /add\n#>\nGet-LocalUser",
            "Write-Host 'run net user bob P /add'",
            "Write-Output \"New-LocalUser bob\"",
            "Get-Help New-LocalUser",
            "Get-Command -Name New-LocalUser",
            "if (Get-Command New-LocalUser -ErrorAction SilentlyContinue) { 'yes' }",
            "$help = 'net user bob P /add'",
            "New-LocalUser bob -WhatIf",
            "New-LocalUser bob -WhatIf: $true",
            "Remove-LocalUser bob; Disable-LocalUser eve; Get-LocalUser",
            "Set-LocalUser -Name bob -Password $p",
            "net user bob /delete; net user bob /active:yes; net localgroup Administrators",
            "$f.Create('user')",
            "$c = [ADSI]'WinNT://.'; $c.Delete('user','bob'); $c.psbase.Invoke('Delete','user','bob')",
            "$c = [ADSI]'WinNT://.'; $g = $c.Create('group','bob'); $g.SetInfo()",
            "$c = New-Object DirectoryEntry 'WinNT://.'\n$u = $c.Children.Find('bob','user')",
            "New-LocalUserThing bob",
            "net user /add /?",
            "",
        ] {
            assert_eq!(script_intents(script), [], "of {script}");
        }
    }

    #[test]
    fn grants_of_scripts_are_seen() {
        let grant = [Intent::AddToGroup { member: "bob".into(), group: "Administrators".into() }];
        for script in [
            "Add-LocalGroupMember -Group 'Administrators' -Member \"bob\"",
            "Add-LocalGroupMember Administrators bob",
            "algm -m bob -g Administrators",
            "$g=[ADSI]'WinNT://./Administrators,group'; $g.Add('WinNT://./bob,user')",
            "$n='bob'; net localgroup Administrators $n /add",
            "$o=@{Group='Administrators';Member='bob'}; Add-LocalGroupMember @o",
        ] {
            assert_eq!(script_intents(script), grant, "of {script}");
        }
        let by_sid = script_intents("Add-LocalGroupMember -SID S-1-5-32-544 bob");
        assert_eq!(by_sid, [Intent::AddToGroup { member: "bob".into(), group: "S-1-5-32-544".into() }]);
        assert_eq!(script_intents("[void](New-LocalUser bob); $null = New-LocalUser bob"), creates("bob"));
        let both = script_intents("Add-LocalGroupMember Users -Member bob, 'eve'");
        assert_eq!(both.len(), 2, "{both:?}");
    }

    #[test]
    fn a_script_that_grows_without_end_is_survived() {
        let doubling: String = (0..4000).map(|_| "$a=\"$a$a x user\"\n").collect();
        let _ = script_intents(&format!("$a='xxxxxxxx'\n{doubling} net user $a /add"));
        let _ = script_intents(&"(".repeat(100_000));
        let _ = script_intents(&"${".repeat(100_000));
        let _ = script_intents(&"net user @{a='".repeat(20_000));
        let _ = intents(Some("cmd.exe"), None, &"\"a\\\" user".repeat(6_000));
        let _ = intents(Some("powershell.exe"), None, &"powershell user ".repeat(4_000));
        let _ = intents(Some("x.exe"), None, &".create(user winnt://".repeat(3_000));
    }

    #[test]
    fn the_domain_is_told_from_the_machine() {
        for line in [
            "net user bob P /add /domain",
            "dsadd user CN=bob,DC=corp",
            "powershell New-ADUser bob",
            "powershell $o=[ADSI]'LDAP://OU=x,DC=corp'; $o.Create('user','CN=bob')",
        ] {
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
    fn what_cmd_only_shows_is_not_done() {
        for line in [
            "cmd /c echo net user bob P /add",
            "cmd.exe /d /s /c echo net user bob P /add",
            "cmd /c @echo net user bob P /add",
            "cmd /c title net user bob P /add & whoami",
            "cmd /c whoami & rem net user bob P /add",
        ] {
            check("cmd.exe", line, &[]);
        }
        check("cmd.exe", "cmd /c echo it & net user bob P /add", &creates("bob"));
    }

    #[test]
    fn a_name_is_an_argument_of_its_own() {
        assert!(names_account(r"tool.exe -u Bob$ -x", "bob$"));
        assert!(names_account("tool bob", "bob$"));
        assert!(!names_account("tool bobby notbob", "bob"));
        assert!(!names_account("tool", ""));
        for line in ["tool b^ob", r#"tool "Bo"b"#, "tool 'bob' -x", r#"tool \"bob\""#, "tool \u{212a}im bob"]
        {
            assert!(names_account(line, "bob"), "{line}");
        }
        assert!(names_account("tool \u{212a}im", "kim"), "a letter that is ASCII in lower case only");
        assert!(names_account("tool o'neil", "o'neil"));
    }
}
