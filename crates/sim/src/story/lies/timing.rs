//! Time between word and deed: scripts that sleep, come in pieces, are written for others; commands that wait.
use super::decoys::{honest_net, two_shells};
use super::scenery::{desk, implant};
use crate::story::scenes::{CMD, NET, NET1, POWERSHELL, busy, end_net, finish_net, moment, system_agent};
use crate::story::truth::Truth;
use crate::world::{Creation, Host};

/// 4104 comes when the script is compiled; it sleeps first. Its process lives all that time.
pub(in crate::story) fn sleeping_script(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["sleeper", "later1", "svc_delay"]);
    let seconds = host.rng().between(600, 1_150);
    let agent = system_agent(host, r"C:\Windows\CCM\CcmExec.exe");
    let line = r"powershell.exe -NoProfile -File C:\Windows\Temp\job.ps1";
    let script = host.start(at.minus_seconds(seconds + 2), &agent, POWERSHELL, line);
    let text = format!("Start-Sleep -Seconds {seconds}\r\nNew-LocalUser -Name {name} -NoPassword");
    host.script_block(at.minus_seconds(seconds), &script, &text);
    let account = host.create_account(at, &script.session, name, Creation::Api);
    host.exit(at.plus_seconds(1), &script, 0);
    Truth::behind(host, &account, &script).without_scripts(host, "unknown")
}

/// One of two consoles runs a script so long that it is logged in three pieces, cut in the middle of its verb.
fn long_script(host: &mut Host, lost: Option<usize>) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["opsbackup", "pieces3", "svc_long"]);
    let (_, explorer) = desk(host, at);
    let shells = two_shells(host, at, &explorer);
    let culprit = host.rng().pick(&shells).clone();
    let padding = "# inventory of drives, services, shares and printers\r\n".repeat(30);
    let head = format!("{padding}$acct = '{name}'\r\nNew-Local");
    let middle = "User -Name $acct -NoPassword\r\n";
    let pieces = [head.as_str(), middle, &padding];
    host.script_block(at.minus_seconds(60), &culprit, "Get-Volume");
    host.script_block_in_pieces(at.minus_millis(150), &culprit, &pieces, lost);
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    host.script_block(at.plus_seconds(30), &culprit, "Get-Date");
    Truth::behind(host, &account, &culprit)
}

pub(in crate::story) fn script_in_pieces(host: &mut Host) -> Truth {
    long_script(host, None).without_scripts(host, "ambiguous")
}

pub(in crate::story) fn script_piece_missing(host: &mut Host) -> Truth {
    let lost = usize::from(host.rng().between(0, 1) == 1);
    long_script(host, Some(lost)).verdict("ambiguous")
}

/// The script writes the command down; who runs it is explorer, by a double click.
pub(in crate::story) fn batch_written(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["batu", "dblclick", "svc_bat"]);
    let (_, explorer) = desk(host, at);
    let writer = host.start(at.minus_seconds(150), &explorer, POWERSHELL, POWERSHELL);
    let batch = r"C:\Users\Administrator\Desktop\setup.cmd";
    let command = format!("net user {name} Winter-2026! /add");
    let text = format!("Set-Content -Path '{batch}' -Value '{command}'");
    host.script_block(at.minus_seconds(60), &writer, &text);
    let line = format!("C:\\Windows\\system32\\cmd.exe /c \"\"{batch}\" \"");
    let shell = host.start(at.minus_millis(60), &explorer, CMD, &line);
    let arguments = format!("user {name} Winter-2026! /add");
    let net = host.start(at, &shell, NET, &format!("net  {arguments}"));
    let run = finish_net(host, at, net, &arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(30), &shell, 0);
    Truth::attributed(host, &account, &run.net1)
}

/// `net user NAME * /add` stands at its prompt; when the password is typed the name is taken.
pub(in crate::story) fn waiting_net1(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["prompted", "svc_wait", "typing"]);
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(130), &explorer, CMD, "cmd.exe");
    let asked = at.minus_seconds(host.rng().between(5, 100));
    let net = host.start(asked, &shell, NET, &format!("net  user {name} * /add"));
    let net1 = host.start(
        asked.plus_millis(30),
        &net,
        NET1,
        &format!(r"C:\Windows\system32\net1  user {name} * /add"),
    );
    let implant = implant(host, at, &explorer);
    let account = host.create_account(at, &implant.session, name, Creation::Api);
    let answered = at.plus_seconds(host.rng().between(20, 80));
    host.exit(answered, &net1, 2);
    host.exit(answered.plus_millis(6), &net, 2);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// Somebody makes it by a script too, and comes a moment too late: PowerShell writes down what it is about to run.
pub(in crate::story) fn said_too_late(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["tardy", "second2", "svc_late"]);
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(90), &explorer, POWERSHELL, POWERSHELL);
    let implant = implant(host, at, &explorer);
    let account = host.create_account(at, &implant.session, name, Creation::Api);
    let after_millis = host.rng().between(1_050, 1_900);
    host.script_block(
        at.plus_millis(after_millis),
        &shell,
        &format!("New-LocalUser -Name {name} -NoPassword"),
    );
    host.exit(at.plus_seconds(300), &shell, 0);
    Truth::behind(host, &account, &implant).verdict("ambiguous").by_no_word()
}

/// Without a policy only what looks suspicious is logged: that a PowerShell's other scripts stand nowhere says
/// nothing of them. One was warned of, the other made the account, or the same: nobody can know.
pub(in crate::story) fn suspicious_only(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["warned", "level3", "svc_amsi"]);
    let (_, explorer) = desk(host, at);
    let shells = two_shells(host, at, &explorer);
    let culprit = host.rng().pick(&shells).clone();
    let warned = host.rng().pick(&shells).clone();
    let suspicious = "Add-Type -MemberDefinition $code -Name Win32 -Namespace Native";
    host.suspicious_script_block(at.minus_seconds(70), &warned, suspicious);
    host.script_block(at.minus_millis(70), &culprit, &format!("New-LocalUser -Name {name} -NoPassword"));
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    let truth = Truth {
        candidates: shells.iter().map(|shell| shell.as_ref().into()).collect(),
        ..Truth::behind(host, &account, &culprit).without_scripts(host, "ambiguous")
    };
    let honest = honest_net(host, at.plus_seconds(50), &explorer, "afterwards1");
    vec![truth, honest]
}
