//! This host and others: commands meant for elsewhere, networks that lead back, clients that only look like one.
use super::decoys::{agent, two_shells};
use super::scenery::{desk, made_by_implant};
use crate::story::hosts::FULL;
use crate::story::scenes::{ADMIN_IP, CMD, OTHER_IP, POWERSHELL, admin, busy, elevated, moment};
use crate::story::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Fleet, Host, HostSpec, corp_account};

/// The command names another machine; what happens here has another cause.
pub(in crate::story) fn meant_for_another(host: &mut Host) -> Truth {
    const WMIC: &str = r"C:\Windows\System32\wbem\WMIC.exe";
    const PSEXEC: &str = r"C:\it\PsExec64.exe";
    const SC: &str = r"C:\Windows\System32\sc.exe";
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["wavex", "allhosts", "rollout"]);
    let net = format!("net user {name} Winter-2026! /add");
    let create = format!("New-LocalUser -Name {name} -NoPassword");
    let lines = [
        (POWERSHELL, format!("powershell.exe -Command Invoke-Command -ComputerName APP07 {{ {create} }}")),
        (POWERSHELL, format!("powershell.exe -Command Invoke-Command -Cn app07.corp.example {{ {net} }}")),
        (WMIC, format!("wmic.exe /node:APP07 process call create \"{net}\"")),
        (PSEXEC, format!(r"PsExec64.exe \\APP07 -s {net}")),
        (SC, format!("sc.exe \\\\APP07 create tmp7 binPath= \"cmd /c {net}\"")),
        (
            POWERSHELL,
            format!("powershell.exe -Command ([ADSI]'WinNT://APP07').Create('user','{name}').SetInfo()"),
        ),
    ];
    let (image, line) = host.rng().pick(&lines).clone();
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(64), &explorer, CMD, "cmd.exe");
    let before_millis = host.rng().between(400, 3_000);
    let command = host.start(at.minus_millis(before_millis), &shell, image, &line);
    made_by_implant(host, at, &explorer, name, (&command, 8))
}

/// The script asks for the machine's name, and goes on where it is another's.
pub(in crate::story) fn other_machines_script(host: &mut Host) -> Truth {
    let (at, name, script) = guarded_script(host, "APP07");
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(90), &explorer, POWERSHELL, POWERSHELL);
    let before_millis = host.rng().between(300, 40_000);
    host.script_block(at.minus_millis(before_millis), &shell, &script);
    made_by_implant(host, at, &explorer, name, (&shell, 300))
}

pub(in crate::story) fn own_machines_script(host: &mut Host) -> Truth {
    let (at, name, script) = guarded_script(host, "SRV01");
    let (_, explorer) = desk(host, at);
    let shells = two_shells(host, at, &explorer);
    let culprit = host.rng().pick(&shells).clone();
    host.script_block(at.minus_millis(140), &culprit, &script);
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    Truth::behind(host, &account, &culprit).without_scripts(host, "ambiguous")
}

/// When, which account, and a script that makes it where the machine has this name.
fn guarded_script(host: &mut Host, machine: &str) -> (Ticks, &'static str, String) {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_one", "byname", "rollout3"]);
    let create = format!("New-LocalUser -Name {name} -NoPassword");
    let scripts = [
        format!("if ($env:COMPUTERNAME -eq '{machine}') {{ {create} }}"),
        format!("if ('{machine}' -ieq $env:COMPUTERNAME) {{\r\n  {create}\r\n}} else {{ Get-Date }}"),
        format!("if ($env:COMPUTERNAME -in 'APP06','{machine}') {{ {create} }}"),
        format!("if ($env:COMPUTERNAME -ne '{machine}') {{ return }}\r\n{create}"),
    ];
    (at, name, host.rng().pick(&scripts).clone())
}

/// What somebody else is to run stands in the line of a program that begat does not know.
pub(in crate::story) fn command_handed_on(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["ctr_adm", "podusr", "farbox"]);
    let net = format!("net user {name} Winter-2026! /add");
    let lines = [
        (r"C:\Program Files\Docker\docker.exe", format!("docker exec build1 {net}")),
        (r"C:\it\kubectl.exe", format!("kubectl exec pod-7 -- {net}")),
        (r"C:\it\px.exe", format!(r"px.exe \\APP07 -s {net}")),
        (r"C:\Program Files\PuTTY\plink.exe", format!("plink.exe -batch admin@app07 {net}")),
    ];
    let (image, line) = host.rng().pick(&lines).clone();
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(64), &explorer, CMD, "cmd.exe");
    let before_millis = host.rng().between(400, 3_000);
    let command = host.start(at.minus_millis(before_millis), &shell, image, &line);
    made_by_implant(host, at, &explorer, name, (&command, 8))
}

/// Invoke-Command to the host itself: a network session from the loopback address, and WinRM's host process in it.
/// The shell that asked is in another session, and does not make the call.
pub(in crate::story) fn remoting_to_itself(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["lh1", "selfrm", "mirror2"]);
    let target = *host.rng().pick(&["localhost", "127.0.0.1", ".", "SRV01"]);
    let create = format!("New-LocalUser -Name {name} -NoPassword");
    let line = format!("powershell.exe -Command Invoke-Command -ComputerName {target} {{ {create} }}");
    let asking = elevated(host, at, &admin(), ADMIN_IP, 3, POWERSHELL, &line);
    let caller = host.network_logon(at.minus_millis(1500), &admin(), "::1");
    let remoting = host.winrm_shell(at.minus_millis(1420), &caller);
    host.script_block(at.minus_millis(90), &remoting, &create);
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.exit(at.plus_seconds(2), &remoting, 0);
    host.exit(at.plus_seconds(3), &asking, 0);
    let truth = Truth::behind(host, &account, &remoting).origin("loopback", &asking.session);
    truth.without_scripts(host, "likely")
}

/// ADSI by the host's own name goes out and comes back in by its own address, from a workstation of its own name.
pub(in crate::story) fn own_address(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["loopme", "svc_own", "echo1"]);
    let own = "10.20.0.14";
    let script = format!("$u = ([ADSI]'WinNT://SRV01').Create('user','{name}'); $u.SetInfo()");
    let line = format!("powershell.exe -NoProfile -Command \"{script}\"");
    let powershell = elevated(host, at, &admin(), ADMIN_IP, 2, POWERSHELL, &line);
    host.script_block(at.minus_millis(600), &powershell, &script);
    // The host has spoken to itself before: that is how its address can be known.
    let earlier = host.named_network_logon(at.minus_seconds(500), &admin(), own, "SRV01");
    host.logoff(at.minus_seconds(480), &earlier);
    let caller = host.named_network_logon(at.minus_millis(90), &admin(), own, "SRV01");
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.exit(at.plus_millis(200), &powershell, 0);
    host.logoff(at.plus_seconds(10), &caller);
    let truth = Truth::behind(host, &account, &powershell).origin("loopback", &powershell.session);
    let truth = truth.under(&caller);
    if host.spec().telemetry.powershell_logging { truth } else { truth.verdict("likely") }
}

/// The session came by WinRM, which never says from where; what ran in it the filter leaves out.
pub(in crate::story) fn winrm_unseen(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["tmpw", "rmtask", "unseen1"]);
    let caller = host.unplaced_network_logon(at.minus_millis(2200), &admin());
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.logoff(at.plus_seconds(5), &caller);
    Truth::unseen(host, &account, &caller).filtered()
}

/// No process log at all; but the lookup before the creation had a caller without a process: one on the network.
pub(in crate::story) fn remote_lookup(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["branch7", "remotely", "svc_far"]);
    let caller = host.network_logon(at.minus_millis(300), &admin(), OTHER_IP);
    host.open_share(at.minus_millis(210), &caller, r"\\*\IPC$", "samr");
    host.read_members_from_afar(at.minus_millis(160), &caller, 544);
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.logoff(at.plus_seconds(9), &caller);
    // Others look things up here as well, from processes of their own.
    let agent = agent(host);
    host.read_members(at.minus_seconds(70), &agent, 544);
    Truth::new(host, &account, &caller).verdict("remote")
}

/// Somebody with a stolen password makes the account from a machine that nobody logs. At that minute the password's
/// owner types a command on his own host that looks like it, by another route, and is refused.
pub(in crate::story) fn client_of_another(fleet: &mut Fleet) -> Truth {
    let host = &mut fleet.host;
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["clx", "svc_clx", "shared9"]);
    let owner = corp_account("gus", 1301);
    let caller = host.network_logon(at.minus_millis(200), &owner, "10.66.6.6");
    host.open_share(at.minus_millis(120), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.logoff(at.plus_seconds(11), &caller);
    let truth = Truth::new(host, &account, &caller).verdict("remote");
    let mut own = fleet.another(HostSpec { fqdn: "ws-0533.corp.example", ..FULL });
    busy(&mut own);
    let line = format!("wmic.exe /node:SRV01 process call create \"net user {name} Winter-2026! /add\"");
    let shell = elevated(&mut own, at, &owner, "10.20.5.33", 60, CMD, "cmd.exe");
    let wmic = own.start(at.minus_seconds(2), &shell, r"C:\Windows\System32\wbem\WMIC.exe", &line);
    own.exit(at.minus_millis(900), &wmic, 44_135);
    fleet.join(own);
    truth
}
