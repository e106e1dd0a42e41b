//! Other ways to say the same: scripts that make the account without New-LocalUser or net.
use super::decoys::two_shells;
use super::scenery::desk;
use crate::story::scenes::{POWERSHELL, busy, moment, morning};
use crate::story::truth::Truth;
use crate::world::{Creation, Host, corp_account};

/// One of two consoles runs this script, in which `{name}` is the account's.
fn by_script(host: &mut Host, scripts: &[&str]) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["NewLocalAdm", "svc_net7", "otherway"]);
    let script = host.rng().pick(scripts).replace("{name}", name);
    let (_, explorer) = desk(host, at);
    let shells = two_shells(host, at, &explorer);
    let culprit = host.rng().pick(&shells).clone();
    let before_millis = host.rng().between(40, 900);
    host.script_block(at.minus_millis(before_millis), &culprit, &script);
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    host.script_block(at.plus_seconds(12), &culprit, "Get-Date");
    let truth = Truth::behind(host, &account, &culprit);
    if host.spec().telemetry.powershell_logging { truth } else { truth.verdict("ambiguous") }
}

pub(in crate::story) fn user_principal(host: &mut Host) -> Truth {
    by_script(
        host,
        &[
            "Add-Type -AssemblyName System.DirectoryServices.AccountManagement\r\n\
        $context = New-Object System.DirectoryServices.AccountManagement.PrincipalContext('Machine')\r\n\
        $user = New-Object System.DirectoryServices.AccountManagement.UserPrincipal($context)\r\n\
        $user.SamAccountName = '{name}'\r\n$user.SetPassword('Winter-2026!')\r\n$user.Save()",
            "using namespace System.DirectoryServices.AccountManagement\r\n\
        $context = [PrincipalContext]::new('Machine')\r\n$user = [UserPrincipal]::new($context)\r\n\
        $user.Name = \"{name}\"; $user.SetPassword($secret); $user.Enabled = $true; $user.Save()",
        ],
    )
}

pub(in crate::story) fn directory_entry(host: &mut Host) -> Truth {
    by_script(
        host,
        &[
            "$machine = New-Object System.DirectoryServices.DirectoryEntry(\"WinNT://$env:COMPUTERNAME,computer\")\r\n\
        $user = $machine.Children.Add('{name}', 'user')\r\n$user.Invoke('SetPassword', 'Winter-2026!')\r\n\
        $user.CommitChanges()",
            "$m = [System.DirectoryServices.DirectoryEntry]::new('WinNT://.,computer')\r\n\
        $u = $m.Children.Add(\"{name}\", \"User\"); $u.CommitChanges()",
        ],
    )
}

pub(in crate::story) fn net_user_add(host: &mut Host) -> Truth {
    by_script(
        host,
        &[
            "$api = @'\r\n[DllImport(\"netapi32.dll\", CharSet = CharSet.Unicode)]\r\n\
        public static extern int NetUserAdd(string server, int level, ref USER_INFO_1 info, out int error);\r\n'@\r\n\
        $net = Add-Type -MemberDefinition $api -Name Net -Namespace Native -PassThru\r\n\
        $info = New-Object USER_INFO_1; $info.usri1_name = '{name}'; $info.usri1_password = 'Winter-2026!'\r\n\
        $e = 0; $net::NetUserAdd($null, 1, [ref]$info, [ref]$e)",
            "Add-Type -Path C:\\it\\Native.cs\r\n$i = [Native.USER_INFO_1]@{usri1_name='{name}'}\r\n\
        [Native.Net]::NetUserAdd($null, 1, [ref]$i, [ref]$null)",
        ],
    )
}

pub(in crate::story) fn wildcard_command(host: &mut Host) -> Truth {
    by_script(
        host,
        &[
            "& (gcm *ew-Loc*User) -Name {name} -NoPassword",
            "& (Get-Command N*-LocalU*r) '{name}' -NoPassword",
            "$c = gcm new-localus?r; & $c -Name '{name}' -NoPassword",
            "& (\"New-Local\" + \"User\") -Name {name} -NoPassword",
            "nlu {name} -NoPassword",
            "$p = @{ Name = '{name}'; NoPassword = $true }\r\nNew-LocalUser @p",
        ],
    )
}

pub(in crate::story) fn adsi_spelling(host: &mut Host) -> Truth {
    by_script(
        host,
        &[
            "$c = [adsi]\"WinNT://.\"; $u = $c.Create('User', '{name}'); $u.SetInfo()",
            "$u = ([ADSI]\"WinNT://$env:COMPUTERNAME,computer\").Create(\"user\", \"{name}\")\r\n$u.SetInfo()",
            "$c = [System.DirectoryServices.DirectoryEntry]'WinNT://localhost'\r\n\
        $u = $c.psbase.Children.Add('{name}','user'); $u.psbase.CommitChanges()",
            "$c = [ADSI]('Win' + 'NT://' + $env:COMPUTERNAME); $c.Create('user','{name}').SetInfo()",
        ],
    )
}

/// On a domain controller the SAM's name is what `-SamAccountName` says, not the name beside it.
pub(in crate::story) fn directory_name(host: &mut Host) -> Truth {
    let line = "New-ADUser -Name 'John Doe' -SamAccountName jdoe -Enabled $true -AccountPassword $secret";
    in_directory(host, POWERSHELL, &format!("powershell.exe -NoProfile -Command \"{line}\""), line)
}

pub(in crate::story) fn directory_command(host: &mut Host) -> Truth {
    let line = r#"dsadd.exe user "CN=John Doe,OU=Staff,DC=corp,DC=example" -samid jdoe -pwd *"#;
    in_directory(host, r"C:\Windows\System32\dsadd.exe", line, "")
}

/// A command of the directory beside an idle console of the same session.
fn in_directory(host: &mut Host, image: &str, line: &str, script: &str) -> Truth {
    busy(host);
    let at = moment(host);
    for i in 0..12 {
        host.grant_ticket(morning().plus_seconds(i * 20), &corp_account("user1312", 1312), "10.20.1.88");
    }
    host.set_next_rid(2291);
    let (_, explorer) = desk(host, at);
    let idle = host.start(at.minus_seconds(200), &explorer, POWERSHELL, POWERSHELL);
    let before_millis = host.rng().between(1_200, 6_000);
    let maker = host.start(at.minus_millis(before_millis), &idle, image, line);
    if !script.is_empty() {
        host.script_block(at.minus_millis(300), &maker, script);
    }
    let account = host.create_account(at, &maker.session, "jdoe", Creation::Api);
    host.exit(at.plus_millis(2_300), &maker, 0);
    Truth::attributed(host, &account, &maker)
}
