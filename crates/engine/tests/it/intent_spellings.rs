//! Equivalent spellings of one command mean the same: a generator of them against what `intent` reads.

use base64::Engine as _;
use begat_engine::commands::{
    Aim, Intent, Way, intents, module_intents, redact, remote_targets, script_intents, script_remote_targets,
};
use begat_model::Duration;
use proptest::prelude::*;
use proptest::sample::select;

/// A word in any mixture of cases.
fn any_case(word: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<bool>(), word.len()).prop_map(move |upper| {
        let letters = word.chars().zip(upper);
        letters.map(|(letter, upper)| if upper { letter.to_ascii_uppercase() } else { letter }).collect()
    })
}

/// A caret somewhere inside, as `cmd` swallows it.
fn with_caret(word: &str, at: usize) -> String {
    let at = 1 + at % (word.len() - 1).max(1);
    format!("{}^{}", &word[..at], &word[at..])
}

fn program() -> impl Strategy<Value = String> {
    let stems = prop_oneof![any_case("net"), any_case("net1"), any_case("net.exe"), any_case("net1.exe")];
    (stems, 0..4usize).prop_map(|(stem, spelling)| match spelling {
        0 => stem,
        1 => format!(r"C:\Windows\System32\{stem}"),
        2 => format!("\"{stem}\""),
        _ => format!(r"%SystemRoot%\system32\{stem}"),
    })
}

/// A name that Windows takes; it may be a word of `net` itself, and may end in `$`.
fn account_name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z][a-zA-Z0-9_.-]{0,14}[a-zA-Z0-9]",
        1 => "[a-z]{2,10}\\$",
        1 => select(vec!["user", "add", "net", "Administrator2", "svc-sql01"]).prop_map(str::to_owned),
    ]
}

/// `net user NAME SECRET /add` in any of its spellings; no quotes where a wrapper quotes the whole.
fn net_user_add() -> impl Strategy<Value = (String, String)> {
    let gap = "[ ]{1,4}";
    let verb = prop_oneof![any_case("user"), any_case("users")];
    let add = prop_oneof![any_case("/add"), any_case("/ad")];
    let secret = select(vec!["", "*", "Zq7secret!"]);
    (account_name(), program(), verb, add, gap, 0..3usize, secret, any::<bool>(), 0..9usize).prop_map(
        move |(name, program, verb, add, gap, place, secret, carets, at)| {
            let verb = if carets { with_caret(&verb, at) } else { verb };
            let mut words = vec![name.clone()];
            if !secret.is_empty() {
                words.push(secret.to_owned());
            }
            words.insert(place.min(words.len()), add);
            (name, format!("{program}{gap}{verb}{gap}{}", words.join(&gap)))
        },
    )
}

fn encoded(script: &str) -> String {
    let utf16: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    base64::engine::general_purpose::STANDARD.encode(utf16)
}

const WRAPPERS: usize = 15;

/// The line as something else starts it. Carets are `cmd`'s: PowerShell would hand them on.
fn wrapped(line: String, wrapper: usize) -> (String, &'static str) {
    let plain = line.replace('"', "");
    let bare = plain.replace('^', "");
    match wrapper {
        0 => {
            let is_net1 = program_of(&line).to_lowercase().contains("net1");
            (line, if is_net1 { "net1.exe" } else { "net.exe" })
        }
        1 => (format!("cmd.exe /c {plain}"), "cmd.exe"),
        2 => (format!("cmd /d /s /c \"{plain} & whoami\""), "cmd.exe"),
        3 => (format!("powershell -NoProfile -Command \"& {{ {bare} }}\""), "powershell.exe"),
        4 => (format!("wmic /node:srv9 process call create \"{plain}\""), "wmic.exe"),
        5 => (format!("cmd /c echo x&&{plain}"), "cmd.exe"),
        6 => (format!("powershell.exe -w hidden -eNc {}", encoded(&bare)), "powershell.exe"),
        7 => (format!("cmd /c powershell -enc {}", encoded(&format!("cmd /c '{bare}'"))), "cmd.exe"),
        8 => (format!("schtasks /create /tn x /sc once /st 00:00 /tr \"{plain}\""), "schtasks.exe"),
        9 => (format!("psexec -accepteula \\\\srv9 {plain}"), "psexec.exe"),
        10 => (format!("powershell iex '{bare}'"), "powershell.exe"),
        11 => (format!("pwsh -nop -c \"icm {{{bare}}}\""), "pwsh.exe"),
        12 => (format!("sc create x binPath= \"cmd /c {plain}\""), "sc.exe"),
        13 => (format!("runas /user:x \"cmd /c {plain}\""), "runas.exe"),
        _ => {
            let inner = format!("powershell -e {}", encoded(&bare));
            (format!("powershell -enc {}", encoded(&inner)), "powershell.exe")
        }
    }
}

fn creates(name: &str, aim: Aim, way: Way) -> Intent {
    Intent::CreateAccount { name: Some(name.to_owned()), aim, way, after: Duration::ZERO }
}

/// What a wrapper makes of the line: only `net1` on its own calls, and two of them send it to another machine.
fn wrapped_intent(name: &str, line: &str, wrapper: usize) -> Intent {
    let aim = if matches!(wrapper, 4 | 9) { Aim::Host("srv9".to_owned()) } else { Aim::Here };
    let is_net1 = wrapper == 0 && line.to_lowercase().replace('^', "").contains("net1");
    creates(name, aim, if is_net1 { Way::Calls } else { Way::Starts })
}

/// A literal of PowerShell that says this.
fn literal(text: &str, spelling: usize) -> String {
    let middle = text.len() / 2;
    match spelling {
        0 => format!("'{text}'"),
        1 => format!("\"{text}\"").replace('$', "`$"),
        2 => format!("('{}'+'{}')", &text[..middle], &text[middle..]),
        3 => format!("('{{1}}{{0}}' -f '{}','{}')", &text[middle..], &text[..middle]),
        _ => text.replace('$', "`$"),
    }
}

/// `New-LocalUser` in any of its spellings.
fn new_localuser() -> impl Strategy<Value = (String, String)> {
    let cmdlet = prop_oneof![
        any_case("New-LocalUser"),
        any_case("nlu"),
        Just("New-Local`User".to_owned()),
        Just("& 'New-LocalUser'".to_owned()),
        Just("Microsoft.PowerShell.LocalAccounts\\New-LocalUser".to_owned()),
    ];
    let parameter = select(vec!["-Name ", "-n ", "-Na ", "-NAME:", "-Name: ", "", "\u{2013}Name "]);
    let switch =
        select(vec!["", "-NoPassword", "-PasswordNeverExpires", "-Description 'x y'", "-Password $p"]);
    (account_name(), cmdlet, parameter, 0..5usize, switch, any::<bool>(), 0..6usize).prop_map(
        |(name, cmdlet, parameter, spelling, switch, after, form)| {
            let value = literal(&name, spelling);
            let given = |value: &str| match after {
                true => format!("{cmdlet} {switch} {parameter}{value}"),
                false => format!("{cmdlet} {parameter}{value} {switch}"),
            };
            let quoted = literal(&name, spelling.min(3));
            let script = match form {
                0 => format!("$who = {quoted}\n{}", given("$who")),
                1 => format!("$o = @{{ NoPassword = $true; Name = {quoted} }}; {cmdlet} @o"),
                2 => format!("try {{ {} }} catch {{ }}", given(&value)),
                3 => format!("<# {cmdlet} eve #>\n# {cmdlet} eve\n{}", given(&value)),
                4 => given(&value).replacen(' ', " `\r\n  ", 1),
                _ => given(&value),
            };
            (name, script)
        },
    )
}

/// By whom a text is run.
pub enum By {
    /// The command line of a process with this image.
    Image(&'static str),
    /// A script block of a PowerShell.
    Script,
}

pub const CMD: By = By::Image(r"C:\Windows\System32\cmd.exe");
pub const POWERSHELL: By = By::Image(r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe");
const OTHER: By = By::Image(r"C:\Program Files\Git\cmd\git.exe");
pub const SCRIPT: By = By::Script;

/// Texts, and what they create: who calls, the name (`?` where it is not told), and where, if not here. Nothing: the
/// text does not carry it out.
#[rustfmt::skip]
const SPELLINGS: &[(By, &str, &str)] = &[
    // net starts a net1, and net1 calls.
    (By::Image("net.exe"), "net user bob P /add", "starts bob"),
    (By::Image("net1.exe"), r"C:\Windows\system32\net1 user bob P /add", "calls bob"),
    (By::Image("net1.exe"), "net1 user bob P /add /domain", "calls bob in the domain"),
    (By::Image("net.exe"), "net user bob /add /?", ""),
    (By::Image("net.exe"), "net help user /add", ""),
    (CMD, "cmd /c net user bob P /add", "starts bob"),
    (CMD, "cmd /c if not exist x (net user bob P /add) else (net user eve P /add)", "starts bob; starts eve"),
    (CMD, "cmd /c for /l %i in (1,1,3) do @net user bob%i P /add", "starts ?"),
    (CMD, r#"cmd /c start "" /b net user bob P /add"#, "starts bob"),
    (CMD, "cmd /c powershell New-LocalUser bob", "starts bob"),
    (CMD, "cmd /v /c set c=net user bob P /add& call %c%", "starts bob"),
    (CMD, "cmd /c New-LocalUser bob", ""),
    (CMD, "cmd /c net user bob P /add > out.txt", "starts bob"),
    (By::Image("forfiles.exe"), r#"forfiles /m x /c "cmd /c net user bob P /add""#, "starts bob"),
    (By::Image("sqlcmd.exe"), r#"sqlcmd -Q "exec xp_cmdshell 'net user bob P /add'""#, "starts bob"),
    (By::Image("python.exe"), r#"python -c "import os;os.system('net user bob P /add')""#, "starts bob"),
    (By::Image("python.exe"), r#"python -c "import win32net;win32net.NetUserAdd(None,1,{'name':'bob'})""#, "calls bob"),
    (By::Image("mshta.exe"), r#"mshta vbscript:Execute("Set o=GetObject(""WinNT://.""):o.Create(""user"",""bob"")")"#, "calls bob"),
    (By::Image("rundll32.exe"), "rundll32 shell32.dll,ShellExec_RunDLL net user bob P /add", "starts bob"),
    (By::Image("schtasks.exe"), r#"schtasks /create /tn x /tr "net user bob P /add" /sc once"#, "starts bob"),
    (By::Image("dsadd.exe"), r#"dsadd user "CN=Jane Doe,OU=Staff,DC=corp" -samid jdoe -pwd x"#, "calls jdoe in the domain"),
    (By::Image("dsadd.exe"), r#"dsadd user "CN=Doe\, Jane,OU=Staff""#, "calls Doe, Jane in the domain"),
    (By::Image("dsadd.exe"), r#"dsadd user "CN=A name of more than twenty letters""#, "calls A name of more than  in the domain"),
    // What cmd shows, searches for or writes.
    (CMD, "cmd /c echo net user bob P /add", ""),
    (CMD, "cmd /c echo net user bob P /add >> notes.txt", ""),
    (CMD, "cmd /c echo net user bob P /add > x.bat", ""),
    (CMD, "cmd /c echo net user bob P /add > x.bat & del x.bat", ""),
    (CMD, r"cmd /c echo net user bob P /add > C:\x.bat & C:\x.bat", "starts bob"),
    (CMD, r"cmd /Q /c echo net user bob P /add ^> \\127.0.0.1\C$\__output 2^>^&1 > %TEMP%\e.bat & cmd /Q /c %TEMP%\e.bat", "starts bob"),
    (CMD, "cmd /c echo net user bob P /add | cmd", "starts bob"),
    (CMD, "cmd /c echo net user bob P /add | findstr add", ""),
    (CMD, "cmd /c rem net user bob P /add", ""),
    (CMD, "cmd /c whoami & :: net user bob P /add", ""),
    (CMD, "cmd /c title net user bob P /add", ""),
    (CMD, r#"cmd /c findstr /c:"net user bob P /add" *.cmd"#, ""),
    (CMD, r#"cmd /c git commit -m "net user bob P /add""#, ""),
    (CMD, "cmd /k", ""),
    // Whoever runs no commands only names them.
    (OTHER, r#"git commit -m "runbook: net user bob P /add""#, ""),
    (OTHER, "net user bob P /add", ""),
    (By::Image("findstr.exe"), r#"findstr /s /c:"net user bob P /add" *.cmd"#, ""),
    (By::Image("curl.exe"), r#"curl https://x.example/?q="net user bob P /add""#, ""),
    (By::Image("notepad.exe"), "notepad New-LocalUser bob", ""),
    (By::Image("python.exe"), r#"python notes.py "net user bob P /add""#, ""),
    (By::Image("wmic.exe"), r#"wmic process where "commandline like '%net user bob /add%'" get name"#, ""),
    (By::Image("schtasks.exe"), r#"schtasks /create /tn "net user bob P /add" /tr calc /sc once"#, ""),
    (By::Image("wmic.exe"), "wmic useraccount where name='bob' set disabled=false", ""),
    // Other machines.
    (By::Image("wmic.exe"), r#"wmic /node:SRV9 process call create "net user bob P /add""#, "starts bob on SRV9"),
    (By::Image("wmic.exe"), r#"wmic /node:localhost process call create "net user bob P /add""#, "starts bob on localhost"),
    (By::Image("wmic.exe"), r#"wmic process call create "net user bob P /add""#, "starts bob"),
    (By::Image("wmic.exe"), r#"wmic /node:@hosts.txt process call create "net user bob P /add""#, "starts bob elsewhere"),
    (By::Image("PsExec64.exe"), r"PsExec64.exe \\SRV9 -s net user bob P /add", "starts bob on SRV9"),
    (By::Image("psexec.exe"), "psexec -s -i 1 net user bob P /add", "starts bob"),
    (By::Image("psexec.exe"), "psexec @hosts.txt net user bob P /add", "starts bob elsewhere"),
    (By::Image("sudo.exe"), "sudo net user bob P /add", "starts bob"),
    (CMD, r#"cmd /c "wmic /node:SRV9 process call create ""net user bob P /add"""""#, "starts bob on SRV9"),
    (By::Image("schtasks.exe"), r#"schtasks /create /tn x /tr "cmd /c powershell -c Start-Process cmd '/c net user bob P /add'""#, "starts bob"),
    (By::Image("winrs.exe"), "winrs -r:https://srv9:5986 net user bob P /add", "starts bob on srv9"),
    (By::Image("sc.exe"), r#"sc \\SRV9 create x binPath= "cmd /c net user bob P /add""#, "starts bob on SRV9"),
    (By::Image("schtasks.exe"), r#"schtasks /create /s SRV9 /tn x /tr "net user bob P /add""#, "starts bob on SRV9"),
    (By::Image("at.exe"), r"at \\SRV9 10:00 net user bob P /add", "starts bob on SRV9"),
    (POWERSHELL, "powershell.exe -Command Invoke-Command -ComputerName APP07 { New-LocalUser -Name bob }", "starts bob on APP07"),
    (POWERSHELL, "powershell.exe -Command Invoke-Command -Cn a,b { net user bob P /add }", "starts bob on a; starts bob on b"),
    (POWERSHELL, "powershell -c \"icm localhost { New-LocalUser bob }\"", "starts bob on localhost"),
    (SCRIPT, "Invoke-Command -ComputerName $env:COMPUTERNAME { New-LocalUser bob }", "starts bob on localhost"),
    (SCRIPT, "Invoke-Command -ComputerName $h { New-LocalUser bob }", "starts bob elsewhere"),
    (SCRIPT, "Invoke-Command -ComputerName (Get-Content hosts.txt) { New-LocalUser bob }", "starts bob elsewhere"),
    (SCRIPT, "$h='APP07'; Invoke-Command $h { New-LocalUser bob }", "starts bob on APP07"),
    (SCRIPT, "$s = New-PSSession -ComputerName APP07\nInvoke-Command -Session $s { New-LocalUser bob }", "starts bob on APP07"),
    (SCRIPT, "Invoke-Command -Session $s -ScriptBlock { New-LocalUser bob }", "starts bob elsewhere"),
    (SCRIPT, "$b = { New-LocalUser bob }\n$o = @{ ComputerName='APP07'; ScriptBlock=$b }\nInvoke-Command @o", "starts bob on APP07"),
    (SCRIPT, "function Add-It { New-LocalUser bob }\nInvoke-Command -Cn APP07 -ScriptBlock ${function:Add-It}", "starts bob on APP07"),
    (SCRIPT, "Invoke-Command { New-LocalUser bob }", "calls bob"),
    (SCRIPT, "([ADSI]'WinNT://APP07').Create('user','bob').SetInfo()", "calls bob on APP07"),
    (SCRIPT, "$c=[ADSI]\"WinNT://$h,computer\"; $c.Create('user','bob')", "calls bob elsewhere"),
    (SCRIPT, "Invoke-WmiMethod -ComputerName APP07 -Class Win32_Process -Name Create -ArgumentList 'net user bob P /add'", "starts bob on APP07"),
    (SCRIPT, "([wmiclass]'\\\\APP07\\root\\cimv2:Win32_Process').Create('net user bob P /add')", "starts bob on APP07"),
    (SCRIPT, "Invoke-CimMethod Win32_Process Create -CimSession $c -Arguments @{CommandLine='net user bob P /add'}", "starts bob elsewhere"),
    (SCRIPT, "$a=@{CommandLine='net user bob P /add'}; Invoke-CimMethod Win32_Process Create -Arguments $a", "starts bob"),
    // PowerShell itself, and what it starts.
    (POWERSHELL, "powershell -c New-LocalUser bob", "calls bob"),
    (POWERSHELL, "powershell -c net user bob P /add", "starts bob"),
    (SCRIPT, "powershell -c \"New-LocalUser bob\"", "starts bob"),
    (SCRIPT, "powershell { New-LocalUser bob }", "starts bob"),
    (SCRIPT, "Start-Job { New-LocalUser bob }", "starts bob"),
    (SCRIPT, "Start-Process net -ArgumentList 'user bob P /add'", "starts bob"),
    (SCRIPT, "$i = New-Object Diagnostics.ProcessStartInfo; $i.FileName='net'; $i.Arguments='user bob P /add'; [Diagnostics.Process]::Start($i)", "starts bob"),
    (SCRIPT, "Register-ScheduledTask x -Action (New-ScheduledTaskAction -Execute net -Argument 'user bob P /add')", "starts bob"),
    (SCRIPT, "[powershell]::Create().AddScript('New-LocalUser bob').Invoke()", "calls bob"),
    (SCRIPT, "[powershell]::Create().AddCommand('New-LocalUser').AddParameter('Name','bob').Invoke()", "calls bob"),
    (SCRIPT, "$b = { New-LocalUser bob }.GetNewClosure(); & $b", "calls bob"),
    (SCRIPT, "$ExecutionContext.InvokeCommand.InvokeScript('New-LocalUser bob')", "calls bob"),
    (SCRIPT, "Write-Host \"made $(New-LocalUser bob)\"", "calls bob"),
    (SCRIPT, "& (gcm *ew-Loc*User) -Name bob -NoPassword", "calls bob"),
    (SCRIPT, "& (Get-Command N*-LocalU*r) 'bob' -NoPassword", "calls bob"),
    (SCRIPT, "$c = gcm new-localus?r; & $c -Name 'bob'", "calls bob"),
    (SCRIPT, "& (gcm n*-l*u*r) $name", "calls ?"),
    (SCRIPT, "& (\"New-Local\" + \"User\") -Name bob", "calls bob"),
    (SCRIPT, "Set-Alias mk New-LocalUser; mk bob", "calls bob"),
    (SCRIPT, "New-LocalUser -FullName 'Eve E' -Name bob", "calls bob"),
    (SCRIPT, "New-LocalUser -FullName 'Eve E' -Name $n", "calls ?"),
    (SCRIPT, "New-ADUser -Name 'John Doe' -SamAccountName jdoe -Enabled $true", "calls jdoe in the domain"),
    (SCRIPT, "New-ADUser 'John Doe' -Sam $sam", "calls ? in the domain"),
    (SCRIPT, "New-ADUser -Name jdoe -DisplayName 'John Doe'", "calls jdoe in the domain"),
    (SCRIPT, "New-ADUser 'John Doe' -OtherAttributes @{sAMAccountName='jdoe'}", "calls ? in the domain"),
    // The other ways to call.
    (SCRIPT, "$c = New-Object System.DirectoryServices.AccountManagement.PrincipalContext('Machine')\n$u = New-Object System.DirectoryServices.AccountManagement.UserPrincipal($c)\n$u.SamAccountName = 'bob'\n$u.Save()", "calls bob"),
    (SCRIPT, "$c = [PrincipalContext]::new('Machine'); $u = [UserPrincipal]::new($c); $u.Name = \"bob\"; $u.DisplayName = 'Eve'; $u.Save()", "calls bob"),
    (SCRIPT, "[DirectoryServices.AccountManagement.UserPrincipal]::new($ctx,'bob','P',$true).Save()", "calls bob"),
    (SCRIPT, "$u = New-Object -TypeName DirectoryServices.AccountManagement.UserPrincipal -ArgumentList $c,'bob','P',$true; $u.Save()", "calls bob"),
    (SCRIPT, "$c = [PrincipalContext]::new('Machine','APP07'); $u = [UserPrincipal]::new($c); $u.Name='bob'; $u.Save()", "calls bob on APP07"),
    (SCRIPT, "$c = [PrincipalContext]::new([ContextType]::Domain); $u = [UserPrincipal]::new($c); $u.Name='bob'; $u.Save()", "calls bob in the domain"),
    (SCRIPT, "$u = [UserPrincipal]::new($c); $u.Name=$n; $u.Save()", "calls ?"),
    (SCRIPT, "$u = [UserPrincipal]::FindByIdentity($c,'bob'); $u.Enabled = $true; $u.Save()", ""),
    (SCRIPT, "$u = [UserPrincipal]::new($c); $u.Name = 'bob'", ""),
    (SCRIPT, "$m = New-Object System.DirectoryServices.DirectoryEntry(\"WinNT://$env:COMPUTERNAME,computer\")\n$u = $m.Children.Add('bob', 'user')\n$u.CommitChanges()", "calls bob"),
    (SCRIPT, "$m = [System.DirectoryServices.DirectoryEntry]::new('WinNT://.,computer'); $u = $m.Children.Add(\"bob\", \"User\")", "calls bob"),
    (SCRIPT, "$c = [System.DirectoryServices.DirectoryEntry]'WinNT://localhost'\n$u = $c.psbase.Children.Add('bob','user'); $u.psbase.CommitChanges()", "calls bob on localhost"),
    (SCRIPT, "$roles = @{}; $roles.Add('bob','user')", ""),
    (SCRIPT, "$c = [adsi]\"WinNT://.\"; $u = $c.Create('User', 'bob'); $u.SetInfo()", "calls bob"),
    (SCRIPT, "$c = [ADSI]\"WinNT://$(hostname),computer\"; $c.Create('user','bob').SetInfo()", "calls bob"),
    (SCRIPT, "$c = [ADSI]('Win' + 'NT://' + $env:COMPUTERNAME); $c.Create('user','bob').SetInfo()", "calls bob"),
    (SCRIPT, "$i = New-Object USER_INFO_1; $i.usri1_name = 'bob'; $i.usri1_password = 'P'\n$e = 0; $net::NetUserAdd($null, 1, [ref]$i, [ref]$e)", "calls bob"),
    (SCRIPT, "$i = [Native.USER_INFO_1]@{usri1_name='bob'}\n[Native.Net]::NetUserAdd($null, 1, [ref]$i, [ref]$null)", "calls bob"),
    (SCRIPT, "[Native.Net]::NetUserAdd('\\\\APP07', 1, [ref]$i, [ref]$null)", "calls ? on APP07"),
    (SCRIPT, "$src = @'\npublic class Acc { [DllImport(\"netapi32\")] static extern int NetUserAdd(string s); public static void Go() { u.usri1_name = \"bob\"; NetUserAdd(null); } }\n'@\nAdd-Type -TypeDefinition $src\n[Acc]::Go()", "calls bob"),
    (SCRIPT, "$api = @'\nstatic extern int NetUserAdd(string server);\n'@\nAdd-Type -MemberDefinition $api -Name Net", ""),
    // What is defined, and whether it is called.
    (SCRIPT, "function Add-Svc {\n  New-LocalUser -Name 'bob' -NoPassword\n}\nExport-ModuleMember -Function Get-Svc", ""),
    (SCRIPT, "function Add-Svc\n{\n  net user bob P /add\n}\nExport-ModuleMember Add-Svc", ""),
    (SCRIPT, "filter Add-Svc { New-LocalUser -Name bob }\nGet-Date", ""),
    (SCRIPT, "function Add-Svc { New-LocalUser bob }\nWrite-Host 'Add-Svc is there'", ""),
    (SCRIPT, "function Add-Svc { New-LocalUser bob }\n# Add-Svc", ""),
    (SCRIPT, "function Outer { function Add-Svc { New-LocalUser bob } }\nOuter", ""),
    (SCRIPT, "$later = { New-LocalUser -Name bob -NoPassword }\nWrite-Verbose 'defined'", ""),
    (SCRIPT, "$later = { New-LocalUser bob }\nWrite-Host $later", ""),
    (SCRIPT, "{ New-LocalUser bob }", ""),
    (SCRIPT, "$b = [scriptblock]::Create('New-LocalUser bob')", ""),
    (SCRIPT, "class Maker { [void] Make() { New-LocalUser bob } }", ""),
    (SCRIPT, "function Add-Svc { New-LocalUser -Name bob }\nAdd-Svc", "calls bob"),
    (SCRIPT, "function Add-Svc { net user bob P /add }\nAdd-Svc", "starts bob"),
    (SCRIPT, "function Add-Svc { New-LocalUser bob }\n. Add-Svc", "calls bob"),
    (SCRIPT, "function Add-Svc { New-LocalUser bob }\n& 'Add-Svc' | Out-Null", "calls bob"),
    (SCRIPT, "function Add-Svc { New-LocalUser bob }\nSet-Alias as Add-Svc\nas", "calls bob"),
    (SCRIPT, "function Add-Svc { New-LocalUser bob }\niex 'Add-Svc'", "calls bob"),
    (SCRIPT, "function Add-Svc { New-LocalUser bob }\nif ($true) { Get-Date | % { Add-Svc } }", "calls bob"),
    (SCRIPT, "function Outer { Add-Svc }\nfunction Add-Svc { New-LocalUser bob }\nOuter", "calls bob"),
    (SCRIPT, "filter Add-Svc { New-LocalUser $_ }\n'bob' | Add-Svc", "calls ?"),
    (SCRIPT, "function Add-Svc($Name) { New-LocalUser -Name $Name }\nAdd-Svc bob", "calls bob"),
    (SCRIPT, "function Add-Svc { param([string]$Name = 'bob')\n  net user $Name P /add }\nAdd-Svc", "starts bob"),
    (SCRIPT, "function Run-It($c) { iex $c }\nRun-It \"New-LocalUser bob -Description $x\"", "calls bob"),
    (SCRIPT, "$name = 'eve'\nfunction Add-Svc($Name) { New-LocalUser $Name }\nAdd-Svc -Name $x", "calls ?"),
    (SCRIPT, "& { New-LocalUser -Name bob }", "calls bob"),
    (SCRIPT, "$make = { New-LocalUser bob }\r\n& $make", "calls bob"),
    (SCRIPT, "$make = { New-LocalUser bob }; . $make", "calls bob"),
    (SCRIPT, "$make = { New-LocalUser bob }; $make.Invoke()", "calls bob"),
    (SCRIPT, "$make = { New-LocalUser bob }; 1..2 | ForEach-Object $make", "calls bob"),
    (SCRIPT, "$make = { New-LocalUser bob }; Invoke-Command $make", "calls bob"),
    (SCRIPT, "& ([scriptblock]::Create('New-LocalUser bob'))", "calls bob"),
    (SCRIPT, "class Maker { static [void] Make() { New-LocalUser bob } }\n[Maker]::Make()", "calls bob"),
    (SCRIPT, "try\n{\n  New-LocalUser bob\n}\ncatch\n{\n  throw\n}", "calls bob"),
    (SCRIPT, "do { Get-Date }\nwhile ($false)\nNew-LocalUser bob", "calls bob"),
    (SCRIPT, "if ($false) { New-LocalUser bob } else { New-LocalUser eve }", "calls eve"),
    (SCRIPT, "exit\nNew-LocalUser bob", ""),
    (SCRIPT, "if ($x) { exit }\nNew-LocalUser bob", "calls bob"),
    (SCRIPT, "Start-Sleep -Seconds 1200\nNew-LocalUser -Name 'bob'", "calls bob"),
    // Comments, texts, help, files.
    (SCRIPT, "# New-LocalUser bob\r\nGet-Date", ""),
    (SCRIPT, "<#\r\nNew-LocalUser bob\r\n#>\r\nGet-ChildItem", ""),
    (SCRIPT, "$help = @'\r\nNew-LocalUser bob\r\n'@\r\n$help.Length", ""),
    (SCRIPT, "Write-Output 'New-LocalUser bob'", ""),
    (SCRIPT, "'net user bob P /add'", ""),
    (SCRIPT, "Log-It 'net user bob P /add'", ""),
    (SCRIPT, "[Console]::WriteLine('net user bob P /add')", ""),
    (SCRIPT, "$p = @{Description='net user bob P /add'}; Set-Thing @p", ""),
    (SCRIPT, "throw \"please run: New-LocalUser bob\"", ""),
    (SCRIPT, "Select-String -Path *.ps1 -Pattern 'New-LocalUser bob'", ""),
    (SCRIPT, "git commit -m 'net user bob P /add'", ""),
    (SCRIPT, "New-LocalUser bob -WhatIf", ""),
    (SCRIPT, "Get-Help New-LocalUser -Examples", ""),
    (SCRIPT, "Set-Content C:\\x.bat 'net user bob P /add'", ""),
    (SCRIPT, "'New-LocalUser bob' | Out-File C:\\todo.ps1", ""),
    (SCRIPT, "'net user bob P /add' > C:\\x.bat", ""),
    (SCRIPT, "Add-Content x.cmd \"net user bob P /add\"", ""),
    (SCRIPT, "[IO.File]::WriteAllText('C:\\x.bat', 'net user bob P /add')", ""),
    (SCRIPT, "Set-Content C:\\x.bat 'net user bob P /add'; & C:\\x.bat", "starts bob"),
    (SCRIPT, "'New-LocalUser bob' | Out-File x.ps1; . .\\x.ps1", "calls bob"),
    (SCRIPT, "'New-LocalUser bob' | Set-Content x.ps1; Remove-Item x.ps1", ""),
    (SCRIPT, "[IO.File]::WriteAllText('C:\\x.bat', 'net user bob P /add'); cmd /c C:\\x.bat", "starts bob"),
    (SCRIPT, "'net user bob P /add' | cmd", "starts bob"),
    (SCRIPT, "'New-LocalUser bob' | iex", "calls bob"),
    (SCRIPT, "'New-LocalUser bob' | % { iex $_ }", "calls bob"),
    (SCRIPT, "'New-LocalUser bob' | powershell -", "starts bob"),
    (SCRIPT, "Write-Host 'New-LocalUser bob' | iex", ""),
    (SCRIPT, "'New-LocalUser bob' | Out-Null", ""),
    (POWERSHELL, "powershell.exe -Command \"Write-Host 'net user bob P /add'; Start-Sleep 30\"", ""),
    (POWERSHELL, "powershell.exe -Command \"Set-Content C:\\it\\new.cmd 'net user bob P /add'; pause\"", ""),
    (POWERSHELL, "powershell.exe -NoExit -Command Get-LocalUser bob", ""),
];

/// The rows that say something else than they should.
pub fn wrong(rows: &[(By, &str, &str)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (by, text, expected) in rows {
        let found = match by {
            By::Image(image) => intents(Some(image), None, text),
            By::Script => script_intents(text),
        };
        let told = found.iter().filter_map(in_words).collect::<Vec<_>>().join("; ");
        if told != *expected {
            wrong.push(format!("{text}\n    says {told:?}, not {expected:?}"));
        }
    }
    wrong
}

/// An intent as the table of spellings writes it.
fn in_words(intent: &Intent) -> Option<String> {
    let Intent::CreateAccount { name, aim, way, .. } = intent else { return None };
    let who = match way {
        Way::Calls => "calls",
        Way::Perhaps => "perhaps",
        Way::Starts => "starts",
    };
    let name = name.as_deref().unwrap_or("?");
    Some(match aim {
        Aim::Here => format!("{who} {name}"),
        Aim::Domain => format!("{who} {name} in the domain"),
        Aim::Host(host) => format!("{who} {name} on {host}"),
        Aim::OtherHost => format!("{who} {name} elsewhere"),
    })
}

#[test]
fn every_spelling_says_who_creates_what_and_where() {
    let wrong = wrong(SPELLINGS);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_deed_is_aimed_here_by_any_name_of_this_machine() {
    let is_own = |name: &str| name.eq_ignore_ascii_case("srv1");
    for (line, here) in [
        ("New-LocalUser bob", true),
        ("icm srv1 { New-LocalUser bob }", true),
        ("icm localhost { New-LocalUser bob }", true),
        ("icm 127.0.0.1 { New-LocalUser bob }", true),
        ("icm srv2 { New-LocalUser bob }", false),
        ("icm $h { New-LocalUser bob }", false),
        ("New-ADUser bob", false),
        ("Add-LocalGroupMember Users bob", false),
    ] {
        let found = script_intents(line);
        assert!(
            !found.is_empty() && found.iter().all(|intent| intent.is_aimed_here(is_own) == here),
            "{line}"
        );
    }
}

/// The first word of a line.
fn program_of(line: &str) -> String {
    line.split_whitespace().next().unwrap_or_default().to_owned()
}

#[test]
fn what_is_for_machines_of_some_names_is_aimed_at_those() {
    let host = |name: &str| Aim::Host(name.to_owned());
    for (script, aim) in [
        ("if ($env:COMPUTERNAME -eq 'APP07') { New-LocalUser bob -NoPassword }", host("APP07")),
        (
            "if ('APP07' -ieq $env:COMPUTERNAME) { New-LocalUser bob -NoPassword } else { Get-Date }",
            host("APP07"),
        ),
        ("if ((hostname) -eq 'APP07') { New-LocalUser bob -NoPassword }", host("APP07")),
        ("if ($env:COMPUTERNAME -ne 'APP07') { return }\nNew-LocalUser bob -NoPassword", host("APP07")),
        ("if ($env:COMPUTERNAME -eq 'APP07') { Get-Date } else { New-LocalUser bob -NoPassword }", Aim::Here),
        ("if ($env:COMPUTERNAME -ne 'APP07') { New-LocalUser bob -NoPassword }", Aim::Here),
        ("if ($env:COMPUTERNAME -ne 'APP07') { Get-Date }\nNew-LocalUser bob -NoPassword", Aim::Here),
    ] {
        assert_eq!(script_intents(script), [creates("bob", aim, Way::Calls)], "{script}");
    }
    let of_a_variable = script_intents("if ($name -eq 'APP07') { New-LocalUser bob -NoPassword }");
    assert_eq!(of_a_variable, [creates("bob", Aim::Here, Way::Perhaps)]);
    let both = script_intents("if ($env:COMPUTERNAME -in 'APP07','APP08') { New-LocalUser bob -NoPassword }");
    assert_eq!(both, ["APP07", "APP08"].map(|name| creates("bob", host(name), Way::Calls)));
}

#[test]
fn what_is_rehearsed_waits_or_is_the_scripts_own_creates_nothing() {
    for script in [
        "$WhatIfPreference = $true\nNew-LocalUser bob -NoPassword",
        "$WhatIfPreference = 1; New-LocalUser bob -NoPassword",
        "trap { New-LocalUser bob -NoPassword }\nGet-Date",
        "Register-EngineEvent PowerShell.Exiting -Action { New-LocalUser bob -NoPassword }",
        "function New-LocalUser($name) { \"would create $name\" }\nNew-LocalUser bob",
    ] {
        assert_eq!(script_intents(script), [], "{script}");
    }
    for script in [
        "$WhatIfPreference = $false\nNew-LocalUser bob -NoPassword",
        "$WhatIfPreference = $true\nNew-LocalUser bob -NoPassword -WhatIf:$false",
        "function New-LocalUser { Microsoft.PowerShell.LocalAccounts\\New-LocalUser @args }\nNew-LocalUser bob",
        "try { Get-LocalUser bob -EA Stop } catch { New-LocalUser bob -NoPassword }",
    ] {
        assert_eq!(script_intents(script), [creates("bob", Aim::Here, Way::Calls)], "{script}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_spelling_of_net_user_add_creates_that_account(
        (name, line) in net_user_add(),
        wrapper in 0..WRAPPERS,
    ) {
        let (line, image) = wrapped(line, wrapper);
        let found = intents(Some(image), None, &line);
        prop_assert_eq!(&found, &[wrapped_intent(&name, &program_of(&line), wrapper)], "{}", line);
        prop_assert!(!redact(&line).contains("Zq7secret!"), "{} -> {}", line, redact(&line));
    }

    #[test]
    fn every_spelling_of_new_localuser_creates_that_account((name, script) in new_localuser()) {
        let expected = [creates(&name, Aim::Here, Way::Calls)];
        prop_assert_eq!(&script_intents(&script), &expected, "{}", script);
        let line = format!("powershell -nop -enc {}", encoded(&script));
        prop_assert_eq!(&intents(Some("powershell.exe"), None, &line), &expected, "{}", script);
        if !script.contains(['"', '\n']) {
            for line in [format!("powershell -c \"{script}\""), format!("powershell {script}")] {
                prop_assert_eq!(&intents(Some("powershell.exe"), None, &line), &expected, "{}", line);
            }
        }
    }

    #[test]
    fn the_module_log_names_the_account(name in account_name(), after in any::<bool>()) {
        let bound = |parameter: &str, value: &str| {
            format!("ParameterBinding(New-LocalUser): name=\"{parameter}\"; value=\"{value}\"\r\n")
        };
        let (first, second) = (bound("Name", &name), bound("NoPassword", "True"));
        let bindings = if after { second + &first } else { first + &second };
        let payload = format!("CommandInvocation(New-LocalUser): \"New-LocalUser\"\r\n{bindings}");
        prop_assert_eq!(module_intents(&payload), [creates(&name, Aim::Here, Way::Calls)]);
    }

    #[test]
    fn what_only_looks_creates_nothing(
        program in program(),
        tail in select(vec![
            "view", "use", "user", "user bob", "user bob /delete", "user bob /active:no", "localgroup",
            "localgroup Administrators", "localgroup Administrators bob /delete", "accounts", "start", "user /domain",
            "user add", "group", "share add", "user bob /active:yes", "user bob P", "user /add", "users",
            "use z: \\\\srv\\add /user:add", "user bob /add /delete", "help user /add", "user bob /add /?",
            "view \\\\user /add", "session /delete",
        ]),
        wrapper in 0..WRAPPERS,
    ) {
        let (line, image) = wrapped(format!("{program} {tail}"), wrapper);
        prop_assert_eq!(intents(Some(image), None, &line), vec![], "{}", line);
    }

    #[test]
    fn cmdlets_that_only_look_create_nothing(
        script in select(vec![
            "Get-LocalUser bob", "Remove-LocalUser -Name bob", "Set-LocalUser bob -PasswordNeverExpires 1",
            "Get-Help New-LocalUser", "Write-Host New-LocalUser bob", "# New-LocalUser bob",
            "New-LocalUser bob -WhatIf", "New-LocalUsers bob", "XNew-LocalUser bob", "nluser bob",
        ]),
    ) {
        prop_assert_eq!(script_intents(script), vec![]);
        let line = format!("powershell -enc {}", encoded(script));
        prop_assert_eq!(intents(Some("powershell.exe"), None, &line), vec![]);
        prop_assert_eq!(intents(None, None, &format!("powershell -c \"{script}\"")), vec![]);
    }

    /// A name that begins or ends like another is another.
    #[test]
    fn a_longer_name_is_another_name((name, line) in net_user_add(), tail in "[a-z0-9]{1,4}", wrapper in 0..WRAPPERS) {
        let (line, image) = wrapped(line, wrapper);
        let found = intents(Some(image), None, &line);
        let names = |found: &[Intent], name: &str| found.iter().any(|intent| {
            matches!(intent, Intent::CreateAccount { name: Some(theirs), .. } if theirs == name)
        });
        prop_assert!(!names(&found, &format!("{name}{tail}")), "{}", line);
        let longer = line.replace(&format!(" {name} "), &format!(" {name}{tail} "));
        if longer != line && name != "net" {
            let of_longer = intents(Some(image), None, &longer);
            prop_assert!(!names(&of_longer, &name), "{} -> {:?}", longer, of_longer);
        }
    }

    #[test]
    fn any_text_is_survived(image in ".{0,30}", line in ".{0,300}", pieces in "[$@{}()'\"`,;|&=+<#a-e \n-]{0,300}") {
        for text in [&line, &pieces] {
            let _ = intents(Some(&image), Some(&image), text);
            let _ = script_intents(text);
            let _ = script_intents(&format!("{text} net user bob /add"));
            let _ = module_intents(text);
            let _ = remote_targets(Some(&image), None, text);
            let _ = script_remote_targets(text);
        }
    }
}

/// What is read again and again, or grows by being read, ends by a bound.
#[test]
fn scripts_that_would_not_end_are_survived() {
    let calls = "f\n".repeat(500);
    let nested: String =
        (0..200).map(|index| format!("function f{index} {{ f{} ; f{} }}\n", index + 1, index + 1)).collect();
    for script in [
        format!("function f {{ f; f; New-LocalUser bob }}\n{calls}"),
        format!("{nested}\nfunction f200 {{ New-LocalUser bob }}\nf0"),
        format!("function f($a) {{ net user {} /add }}\nf {}", "$a".repeat(20_000), "x".repeat(60_000)),
        format!("$b = {{ New-LocalUser bob }}\n{}", "& $b\n".repeat(10_000)),
        format!("'user' {}", "| 'user' ".repeat(10_000)),
        format!("\"user {}\"", "$(".repeat(100_000)),
        format!("Add-Type 'NetUserAdd class x {}'\n{}", "user ".repeat(50_000), "[x]::y()\n".repeat(5_000)),
        format!("$u = [UserPrincipal]::new('{}')\n{}", "x".repeat(60_000), "$u.Save()\n".repeat(10_000)),
        "if (1) { ".repeat(5_000) + "New-LocalUser bob",
        "\"$(iex ".repeat(2_000) + "'New-LocalUser bob'",
        "cmd /c ".repeat(5_000) + "net user bob P /add",
        "powershell ".repeat(5_000) + "New-LocalUser bob",
    ] {
        let _ = script_intents(&script);
        let _ = intents(Some("powershell.exe"), None, &script);
        let _ = intents(Some("cmd.exe"), None, &script);
    }
}
