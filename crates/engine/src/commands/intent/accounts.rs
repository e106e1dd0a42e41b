//! What a command line says it does to accounts: creates one, puts one into a group, in the domain, here or elsewhere.
//!
//! A command that only looks at accounts, or deletes one, says nothing of the kind: `net view`, `net use`,
//! `net localgroup`, `net user NAME` and `net user NAME /delete` have no intent. Neither has what is not carried out:
//! a function that nobody calls, a comment, a text that is shown, searched for or written to a file.

use std::collections::BTreeSet;

use begat_model::Duration;

use crate::commands::intent::aim::{Aim, Place, Way};
use crate::commands::intent::cmdlets::{ACCOUNT_CMDLETS, GROUP_CMDLETS};
use crate::commands::intent::glance::Glance;
use crate::commands::intent::parameters::{
    cmdlet, is_rehearsal, literal, named_parameter, named_value, positional,
};
use crate::commands::intent::reading::{Defined, Reading, Step, What};
use crate::commands::intent::said::{Call, Object};
use crate::commands::line::{NetCommand, Token, tokens};

/// What stands in every text that could create an account or grant a group: the words that do, and what puts words
/// together.
static TELLING: Glance<16> = Glance::new([
    "user", "group", "nlu", "algm", "base64", "-join", "gcm", "get-comm", "replace", "[char]", "concat",
    "::join", "{0}", "&call", "&!", "/v:on",
]);
/// What stands in every script that defines a function, a block or another name of a command.
static DEFINING: Glance<4> = Glance::new(["{", "alias", "sal", "nal"]);
/// Names of accounts that the directory's tool takes from the name of the object are cut to this.
const SAM_LETTERS_MAX: usize = 20;

/// One thing that a command line would do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intent {
    /// It creates an account.
    CreateAccount {
        /// The account's name as the SAM would have it, as far as the command line tells it literally.
        name: Option<String>,
        /// Where.
        aim: Aim,
        /// By the process itself, or by something that it starts.
        way: Way,
        /// How long after the text begins to run at the earliest, for it sleeps first.
        after: Duration,
    },
    /// It puts an account into a group.
    AddToGroup {
        /// The account.
        member: String,
        /// The group, as named there: names are localised.
        group: String,
    },
}

impl Intent {
    /// Both create an account of one name.
    pub(crate) fn creates_same(&self, other: &Intent) -> bool {
        match (self, other) {
            (Intent::CreateAccount { name: ours, .. }, Intent::CreateAccount { name: theirs, .. }) => ours
                .as_ref()
                .zip(theirs.as_ref())
                .is_some_and(|(ours, theirs)| ours.to_lowercase() == theirs.to_lowercase()),
            _ => false,
        }
    }

    /// It creates an account on this machine, which has these names besides those that every machine has for itself.
    /// What it does to groups is not told by machine.
    pub fn is_aimed_here(&self, is_own_name: impl Fn(&str) -> bool) -> bool {
        match self {
            Intent::CreateAccount { aim, .. } => aim.is_here(is_own_name),
            Intent::AddToGroup { .. } => false,
        }
    }
}

/// Where a deed stands in the text that does it, and how long that sleeps before.
#[derive(Debug, Clone, Copy)]
struct Stand<'p> {
    place: &'p Place,
    after: Duration,
}

impl<'p> Stand<'p> {
    /// At the beginning.
    fn of(place: &'p Place) -> Stand<'p> {
        Stand { place, after: Duration::ZERO }
    }
}

/// An account that is created: its name, and where, if the deed says so itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Deed {
    name: Option<String>,
    aim: Aim,
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
    if let Some(way) = own_net(reading) {
        // CreateProcess hands the line over as it is: `&` and `|` in it belong to a password, not to a chain.
        let arguments = tokens(reading.text);
        let command = NetCommand::parse(arguments.get(1..).unwrap_or_default());
        let place = Place { way, ..Place::own() };
        return command
            .map(|net| net_intents(&net, Literally::ToTheLetter, &Stand::of(&place)))
            .unwrap_or_default();
    }
    if !reading.has_before() && !TELLING.sees(reading.text) {
        return Vec::new();
    }
    of_steps(reading.steps())
}

/// The names that a script defines and that do something to accounts where they are called, or that were among those
/// `known` before, lower case.
pub(super) fn defined_in(reading: &Reading<'_>, known: &BTreeSet<String>) -> Vec<String> {
    let text = reading.text;
    if !DEFINING.sees(text) || (!reading.has_before() && !TELLING.sees(text)) {
        return Vec::new();
    }
    let tells = |defined: &Defined| known.contains(&defined.name) || !of_steps(&defined.steps).is_empty();
    reading.defined().into_iter().filter(tells).map(|defined| defined.name).collect()
}

/// The process is `net`, which starts a `net1` for it, or `net1`, which calls.
fn own_net(reading: &Reading<'_>) -> Option<Way> {
    let first = || tokens(reading.text).first().map(Token::stem).filter(|_| reading.is_nobodys());
    let is = |name: &str, first: Option<&str>| reading.is_by(&[name]) || first == Some(name);
    let first = first();
    if is("net", first.as_deref()) {
        return Some(Way::Starts);
    }
    is("net1", first.as_deref()).then_some(Way::Calls)
}

pub(super) fn of_steps(steps: &[Step]) -> Vec<Intent> {
    let given_names = names_put(steps);
    let mut found = Vec::new();
    for Step { what, place, after } in steps {
        let stand = &Stand { place, after: *after };
        match what {
            What::Program(words) => found.extend(program(words, stand)),
            What::Command(words) => {
                found.extend(account_cmdlet(words).into_iter().flat_map(|deed| created(deed, stand)));
                found.extend(group_cmdlet(words));
            }
            What::Call(call) => {
                let deed = OTHER_WAYS.iter().find_map(|way| way(call, given_names));
                found.extend(deed.into_iter().flat_map(|deed| created(deed, stand)));
                found.extend(adsi_add(call));
            }
            What::Path(_) => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// One intent for each machine that the text is sent to, unless the deed itself is aimed elsewhere.
fn created(deed: Deed, stand: &Stand<'_>) -> Vec<Intent> {
    let Stand { place, after } = *stand;
    let aims = if deed.aim == Aim::Here { place.aims.clone() } else { vec![deed.aim] };
    let intent = |aim| Intent::CreateAccount { name: deed.name.clone(), aim, way: place.way, after };
    aims.into_iter().map(intent).collect()
}

fn program(words: &[Token], stand: &Stand<'_>) -> Vec<Intent> {
    let [first, after @ ..] = words else { return Vec::new() };
    match first.stem().as_str() {
        "net" | "net1" => {
            let command = NetCommand::parse(after);
            command.map(|net| net_intents(&net, Literally::InScript, stand)).unwrap_or_default()
        }
        "dsadd" => directory_tool(after).into_iter().flat_map(|deed| created(deed, stand)).collect(),
        _ => Vec::new(),
    }
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
fn net_intents(command: &NetCommand<'_>, literally: Literally, stand: &Stand<'_>) -> Vec<Intent> {
    // `/a` alone could be `/active`; `net` itself wants enough letters to tell.
    let adds = command.has_switch("add", 2);
    let does_not =
        command.has_switch("delete", 3) || command.has_switch("?", 1) || command.has_switch("help", 1);
    if !adds || does_not {
        return Vec::new();
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
            let aim = if command.has_switch("domain", 2) { Aim::Domain } else { Aim::Here };
            argument(0).map(|name| created(Deed { name, aim }, stand)).unwrap_or_default()
        }
        "localgroup" | "group" => match (argument(0), argument(1)) {
            (Some(Some(group)), Some(Some(member))) => vec![Intent::AddToGroup { group, member }],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn account_cmdlet(words: &[Token]) -> Option<Deed> {
    let (cmdlet, after) = cmdlet(words)?;
    let row = ACCOUNT_CMDLETS.iter().find(|row| row.names.contains(&cmdlet.as_str()))?;
    // The first that is written says it, even where a variable holds it.
    let written = row.name_in.iter().find_map(|(name, letters)| named_value(after, name, *letters));
    let name = match written {
        Some(written) => literal(&written),
        // `-OtherAttributes @{sAMAccountName=…}` may say another.
        None if named_value(after, "otherattributes", 2).is_some() => None,
        None => positional(after, 0),
    };
    let aim = if row.in_domain { Aim::Domain } else { Aim::Here };
    (!is_rehearsal(after)).then_some(Deed { name, aim })
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

/// `dsadd user CN=NAME,… [-samid NAME]`: always in the domain. Without `-samid` the tool takes the first twenty letters
/// of the object's name.
fn directory_tool(after: &[Token]) -> Option<Deed> {
    if after.first()?.lower() != "user" || after.iter().any(|word| word.text == "/?") {
        return None;
    }
    let name = match named_value(after, "samid", 5) {
        Some(written) => literal(&written),
        None => after.get(1).and_then(|token| common_name(token.word())).and_then(|name| {
            let cut: String = name.chars().take(SAM_LETTERS_MAX).collect();
            literal(&cut)
        }),
    };
    Some(Deed { name, aim: Aim::Domain })
}

/// The first part of a distinguished name; a comma in it is escaped.
fn common_name(path: &str) -> Option<String> {
    let (kind, rest) = path.split_once('=')?;
    kind.trim().eq_ignore_ascii_case("cn").then_some(())?;
    let mut name = String::new();
    let mut letters = rest.chars();
    while let Some(letter) = letters.next().filter(|letter| *letter != ',') {
        match letter {
            '\\' => name.extend(letters.next()),
            _ => name.push(letter),
        }
    }
    Some(name)
}

/// Reads one way to create an account by a call; the second is the one name that the text gives an object of the
/// directory afterwards. The account's name may stay untold.
type OtherWay = fn(&Call, Option<&str>) -> Option<Deed>;

/// What calls create accounts, besides cmdlets and programs.
const OTHER_WAYS: &[OtherWay] = &[
    // ….Create('user','NAME')
    adsi_create,
    // ….Invoke('Create','user','NAME')
    adsi_invoke,
    // ….Children.Add('NAME','user')
    entry_add,
    // UserPrincipal….Save()
    user_principal,
    // NetUserAdd(SERVER, …)
    net_user_add,
    // [A type that was compiled of a source with NetUserAdd]::Any()
    compiled,
];

/// ADSI: `[ADSI]"WinNT://HOST"` … `.Create("user","NAME")`, in PowerShell and in VBScript.
fn adsi_create(call: &Call, given_name: Option<&str>) -> Option<Deed> {
    let [kind, name, ..] = call.arguments.as_slice() else { return None };
    if call.method == "create" { entry(call, kind, name, given_name) } else { None }
}

fn adsi_invoke(call: &Call, given_name: Option<&str>) -> Option<Deed> {
    let [method, kind, name, ..] = call.arguments.as_slice() else { return None };
    let is_it = call.method == "invoke" && method.eq_ignore_ascii_case("create");
    if is_it { entry(call, kind, name, given_name) } else { None }
}

fn entry_add(call: &Call, given_name: Option<&str>) -> Option<Deed> {
    let [name, kind] = call.arguments.as_slice() else { return None };
    // A list has an `Add` of its own.
    let is_it = call.method == "add" && call.path.ends_with("children.add");
    if is_it { entry(call, kind, name, given_name) } else { None }
}

/// An object of a directory is called by a name of its own; the SAM's is what `sAMAccountName` is set to, and without
/// that the directory makes one up. A machine has one name for both.
fn entry(call: &Call, kind: &str, name: &str, given_name: Option<&str>) -> Option<Deed> {
    if !kind.eq_ignore_ascii_case("user") {
        return None;
    }
    let held = call.on.as_ref().and_then(|object| object.arguments.first());
    let path = held.map_or(call.receiver.as_str(), String::as_str);
    let lower = path.to_ascii_lowercase();
    if lower.starts_with("ldap://") || lower.ends_with(",domain") {
        return Some(Deed { name: given_name.and_then(literal), aim: Aim::Domain });
    }
    let host = lower.strip_prefix("winnt://").and_then(|rest| path.get(path.len() - rest.len()..));
    let host = host.and_then(|rest| rest.split(['/', ',']).next());
    let is_in_directory = name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("cn="));
    let name = match given_name {
        Some(given) if is_in_directory => literal(given),
        None if is_in_directory => None,
        _ => literal(name),
    };
    Some(Deed { name, aim: host.map_or(Aim::Here, Aim::of_server) })
}

/// The name of the SAM that objects of the directory are given afterwards, where it is one.
fn names_put(steps: &[Step]) -> Option<&str> {
    let mut names = steps.iter().filter_map(|step| match &step.what {
        What::Call(call) => match call.arguments.as_slice() {
            [name, value, ..] if call.method == "put" && name.eq_ignore_ascii_case("samaccountname") => {
                Some(value.as_str())
            }
            _ => None,
        },
        _ => None,
    });
    names.next().filter(|_| names.next().is_none())
}

/// `System.DirectoryServices.AccountManagement`: what is saved is created, unless it was looked up before.
fn user_principal(call: &Call, _: Option<&str>) -> Option<Deed> {
    let user = call.on.as_ref().filter(|object| call.method == "save" && object.kind == "userprincipal")?;
    let name = user.member("samaccountname").or_else(|| user.member("name"));
    let name = name.or_else(|| user.arguments.get(1).map(String::as_str)).and_then(literal);
    let context = user.parts.iter().find(|part| part.kind == "principalcontext");
    let written = |index: usize| context.and_then(|context| context.arguments.get(index)).map(String::as_str);
    let is_domain = written(0).is_some_and(|kind| kind.to_ascii_lowercase().ends_with("domain"));
    let aim = if is_domain { Aim::Domain } else { Aim::of_server(written(1).unwrap_or_default()) };
    Some(Deed { name, aim })
}

/// `NetUserAdd(SERVER, LEVEL, [ref]INFO, …)`: the name is the structure's first member.
fn net_user_add(call: &Call, _: Option<&str>) -> Option<Deed> {
    let server = call.arguments.first().filter(|_| call.method == "netuseradd")?;
    let name = call.given.iter().find_map(name_of_structure).and_then(literal);
    Some(Deed { name, aim: Aim::of_server(server) })
}

/// `usri1_name`, `usri2_name` …
fn name_of_structure(object: &Object) -> Option<&str> {
    let is_name = |name: &str| name.starts_with("usri") && name.ends_with("_name") && !name.contains("full");
    object.members.iter().rev().find(|(name, _)| is_name(name)).map(|(_, value)| value.as_str())
}

/// A method of a type that the script compiled, which calls NetUserAdd; the source may hold the name.
fn compiled(call: &Call, _: Option<&str>) -> Option<Deed> {
    let source = call
        .source
        .as_ref()
        .filter(|source| call.method != "new" && source.to_lowercase().contains(&call.method))?;
    let name = source.split_once("_name").and_then(|(_, after)| {
        let after = after.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?;
        literal(after.split('"').next()?)
    });
    Some(Deed { name, aim: Aim::Here })
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

/// `Command Name = New-LocalUser`: that it was called, not with what.
pub(super) fn called_by_name(command: Token) -> Vec<Intent> {
    account_cmdlet(&[command]).into_iter().flat_map(|deed| created(deed, &Stand::of(&Place::own()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is created, whoever makes the call: that stands in the table of spellings.
    fn told(found: &[Intent]) -> Vec<Intent> {
        let told = |intent: &Intent| match intent.clone() {
            Intent::CreateAccount { name, aim, after, .. } => {
                Intent::CreateAccount { name, aim, way: Way::Calls, after }
            }
            grant => grant,
        };
        found.iter().map(told).collect()
    }

    fn creates(name: &str) -> Vec<Intent> {
        vec![Intent::CreateAccount {
            name: Some(name.to_owned()),
            aim: Aim::Here,
            way: Way::Calls,
            after: Duration::ZERO,
        }]
    }

    fn creates_on(name: &str, host: &str) -> Vec<Intent> {
        let aim = Aim::Host(host.to_owned());
        vec![Intent::CreateAccount {
            name: Some(name.to_owned()),
            aim,
            way: Way::Calls,
            after: Duration::ZERO,
        }]
    }

    fn check(image: &str, line: &str, expected: &[Intent]) {
        assert_eq!(told(&intents(Some(image), None, line)), expected, "of {line}");
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
            r#"powershell -Command "& {net user bob S3cret /add}""#,
            // net user bob P /add
            "powershell -enc bgBlAHQAIAB1AHMAZQByACAAYgBvAGIAIABQACAALwBhAGQAZAA=",
        ] {
            check("cmd.exe", line, &creates("bob"));
        }
        let wmic = r#"wmic /node:srv process call create "net user bob S3cret /add""#;
        check("wmic.exe", wmic, &creates_on("bob", "srv"));
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
        let nameless = vec![Intent::CreateAccount {
            name: None,
            aim: Aim::Here,
            way: Way::Calls,
            after: Duration::ZERO,
        }];
        check("powershell.exe", "powershell New-LocalUser -Name $n", &nameless);
    }

    #[test]
    fn commands_are_found_in_whatever_starts_them() {
        for line in [
            r#"powershell ([wmiclass]"win32_process").Create("net user bob P /add")"#,
            r#"powershell -c "([wmiclass]'\\.\root\cimv2:win32_process').Create('net user bob a,b /add')""#,
            "powershell Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'net user bob P /add'",
            "powershell Invoke-CimMethod Win32_Process Create -Arguments @{CommandLine='net user bob P /add'}",
            "powershell Start-Process net -ArgumentList 'user bob P /add'",
            "powershell saps net.exe 'user','bob','P','/add' -Wait",
            "powershell -c \"saps -FilePath net1 -Args 'user bob P /add'\"",
            "powershell Invoke-Command {net user bob P /add}",
            r#"powershell iex "net user bob P /add""#,
            r#"powershell -c "iex 'New-LocalUser bob -NoPassword'""#,
            r#"schtasks /create /tn x /tr "net user bob P /add" /sc once /st 00:00"#,
            r#"sc create x binPath= "cmd /c net user bob P /add""#,
            "psexec -s net user bob P /add",
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
            r#"cmd /c echo net user bob P /add > x.bat & x.bat"#,
            // net user bob P /add
            "powershell iex ([Text.Encoding]::ASCII.GetString([Convert]::FromBase64String('bmV0IHVzZXIgYm9iIFAgL2FkZA==')))",
        ] {
            // Of whoever began so, or under another name with this one inside; an unknown program only says it.
            assert_eq!(told(&intents(None, None, line)), creates("bob"), "of {line}");
            let first = tokens(line)[0].stem();
            check(&format!(r"C:\x\{first}.exe"), line, &creates("bob"));
            check(r"C:\x\any.exe", line, &[]);
        }
    }

    #[test]
    fn a_renamed_powershell_is_known_by_its_original_name() {
        let line = "x.exe -nop -c New-LocalUser bob -NoPassword";
        assert_eq!(intents(Some(r"C:\t\x.exe"), Some("PowerShell.EXE"), line), creates("bob"));
        assert_eq!(intents(Some(r"C:\t\x.exe"), None, line), [], "else it proves nothing");
    }

    #[test]
    fn a_name_that_cmd_puts_in_before_it_runs_the_command_is_told() {
        for line in [
            r#"cmd /v /c "set n=bob& net user !n! P /add""#,
            r#"cmd /c "set n=bob& call net user %n% P /add""#,
        ] {
            check("cmd.exe", line, &creates("bob"));
        }
    }

    #[test]
    fn a_name_that_a_variable_holds_is_not_told() {
        let nameless =
            [Intent::CreateAccount { name: None, aim: Aim::Here, way: Way::Calls, after: Duration::ZERO }];
        for line in [
            r#"cmd /c "set n=bob& net user %n% P /add""#,
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
            assert_eq!(told(&script_intents(script)), creates("bob"), "of {script}");
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
            "powershell $o=[ADSI]'LDAP://OU=x'; $u=$o.Create('user','CN=Bob B'); $u.Put('sAMAccountName','bob')",
        ] {
            let bob = Intent::CreateAccount {
                name: Some("bob".into()),
                aim: Aim::Domain,
                way: Way::Calls,
                after: Duration::ZERO,
            };
            assert_eq!(told(&intents(None, None, line)), [bob], "of {line}");
        }
        // The directory makes up a name where none is put.
        let nameless =
            Intent::CreateAccount { name: None, aim: Aim::Domain, way: Way::Calls, after: Duration::ZERO };
        let line = "powershell $o=[ADSI]'LDAP://OU=x'; $o.Create('user','CN=bob')";
        assert_eq!(told(&intents(None, None, line)), [nameless]);
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
}
