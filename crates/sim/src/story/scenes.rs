//! What many stories have in common: who is there, and how a command is run.
use std::rc::Rc;

use crate::value::Ticks;
use crate::world::{Account, Creation, Host, Process, Session, corp_account};

pub(super) const CMD: &str = r"C:\Windows\System32\cmd.exe";
pub(super) const NET: &str = r"C:\Windows\System32\net.exe";
pub(super) const NET1: &str = r"C:\Windows\System32\net1.exe";
pub(super) const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
/// The administrator's workstation.
pub(super) const ADMIN_IP: &str = "10.20.4.31";
/// Somebody else's.
pub(super) const OTHER_IP: &str = "10.20.9.77";

pub(super) fn morning() -> Ticks {
    Ticks::parse("2026-03-02T09:14:07.3125000Z")
}

/// A moment of that morning, another for each seed.
pub(super) fn moment(host: &mut Host) -> Ticks {
    let millis = host.rng().between(0, 420_000);
    morning().plus_millis(millis)
}

/// Forty minutes of ordinary life around the story.
pub(super) fn busy(host: &mut Host) {
    let from = morning().minus_seconds(1200);
    host.background(from, 2400, 45);
    host.noise(from, 2400, 60);
}

pub(super) fn admin() -> Account {
    corp_account("adm.keller", 1146)
}

/// The desktop of somebody who has just logged on: explorer, and how it came to run.
pub(super) fn desktop(host: &mut Host, time: Ticks, session: &Session) -> Rc<Process> {
    let system = host.system.clone();
    let winlogon = host.running(&system, r"C:\Windows\System32\winlogon.exe", "winlogon.exe");
    let userinit = host.start_as(
        time,
        &winlogon,
        &system,
        session,
        r"C:\Windows\System32\userinit.exe",
        r"C:\Windows\system32\userinit.exe",
    );
    let explorer =
        host.start(time.plus_millis(340), &userinit, r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE");
    host.exit(time.plus_seconds(24), &userinit, 0);
    explorer
}

/// An administrator over remote desktop with an elevated shell, a minute after logging on.
pub(super) fn elevated_shell(
    host: &mut Host,
    time: Ticks,
    account: &Account,
    source_ip: &str,
) -> Rc<Process> {
    elevated(host, time, account, source_ip, 22, CMD, r#""C:\Windows\system32\cmd.exe""#)
}

/// An administrator over remote desktop, five minutes after logging on, with a program that UAC elevated so many
/// seconds ago.
pub(super) fn elevated(
    host: &mut Host,
    time: Ticks,
    account: &Account,
    source_ip: &str,
    seconds_ago: u64,
    image: &str,
    command_line: &str,
) -> Rc<Process> {
    let opened = time.minus_seconds(seconds_ago);
    let logged_on = opened.minus_seconds(278);
    let (elevated, limited) = host.administrator_logon(logged_on, account, 10, source_ip);
    let explorer = desktop(host, logged_on.plus_millis(900), &limited);
    // The service that UAC consists of asks for the process and names explorer as its parent.
    let system = host.system.clone();
    host.start_as(opened, &explorer, &system, &elevated, image, command_line)
}

/// net and the net1 that it starts, as one command; returns net1 and when it is running.
pub(super) struct NetRun {
    pub(super) net: Rc<Process>,
    pub(super) net1: Rc<Process>,
    pub(super) acts_at: Ticks,
}

pub(super) fn run_net(host: &mut Host, time: Ticks, shell: &Rc<Process>, arguments: &str) -> NetRun {
    let net = host.start(time, shell, NET, &format!("net  {arguments}"));
    finish_net(host, time, net, arguments)
}

pub(super) fn finish_net(host: &mut Host, time: Ticks, net: Rc<Process>, arguments: &str) -> NetRun {
    let net1_lag_millis = host.rng().between(15, 60);
    let net1_command = format!(r"C:\Windows\system32\net1  {arguments}");
    let net1 = host.start(time.plus_millis(net1_lag_millis), &net, NET1, &net1_command);
    let call_lag_millis = net1_lag_millis + host.rng().between(16, 142);
    NetRun { net, net1, acts_at: time.plus_millis(call_lag_millis) }
}

pub(super) fn end_net(host: &mut Host, run: &NetRun, status: u32) {
    host.exit(run.acts_at.plus_millis(9), &run.net1, status);
    host.exit(run.acts_at.plus_millis(14), &run.net, status);
}

/// `net user NAME PASSWORD /add` from a shell; returns the account and the net1 that made it.
pub(super) fn net_user_add(
    host: &mut Host,
    time: Ticks,
    shell: &Rc<Process>,
    name: &str,
) -> (Account, Rc<Process>) {
    let run = run_net(host, time, shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    (account, run.net1)
}

/// `net localgroup administrators NAME /add` from a shell.
pub(super) fn net_administrators_add(host: &mut Host, time: Ticks, shell: &Rc<Process>, account: &Account) {
    let run = run_net(host, time, shell, &format!("localgroup administrators {} /add", account.name));
    host.change_local_group(run.acts_at, &run.net1.session, account, 544, true);
    end_net(host, &run, 0);
}

/// A shell below another program, by which a command is then run: `cmd.exe /c …`.
pub(super) fn cmd_below(host: &mut Host, time: Ticks, parent: &Rc<Process>, command: &str) -> Rc<Process> {
    host.start(time.minus_millis(38), parent, CMD, &format!(r"C:\Windows\system32\cmd.exe /c {command}"))
}

/// The built-in administrator, whom UAC does not filter: one session holds the desktop and all it starts.
pub(super) fn built_in_administrator(
    host: &mut Host,
    time: Ticks,
    source_ip: &str,
) -> (Session, Rc<Process>) {
    let administrator = host.built_in(500);
    let session = host.desktop_logon(time, &administrator, 10, source_ip);
    let explorer = desktop(host, time.plus_millis(900), &session);
    (session, explorer)
}

/// An agent that runs as SYSTEM since before the log begins.
pub(super) fn system_agent(host: &mut Host, image: &str) -> Rc<Process> {
    let system = host.system.clone();
    host.running(&system, image, &format!("\"{image}\""))
}

/// What PowerShell calls `-EncodedCommand`: Base64 of UTF-16.
pub(super) fn encoded_command(script: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize];
            text.push(if i <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_commands_are_those_that_powershell_takes() {
        // What `[Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes('dir'))` gives, and two more lengths.
        let rows = [("dir", "ZABpAHIA"), ("ls", "bABzAA=="), ("ls -a", "bABzACAALQBhAA==")];
        for (script, encoded) in rows {
            assert_eq!(encoded_command(script), encoded);
        }
    }
}
