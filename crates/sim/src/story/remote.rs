//! Accounts made from another host.
use super::hosts::FULL;
use super::scenes::{
    ADMIN_IP, NET, NetRun, OTHER_IP, POWERSHELL, admin, busy, cmd_below, desktop, elevated, end_net,
    finish_net, moment, morning, run_net,
};
use super::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Fleet, Host, HostSpec, Session, Subscription};

/// Where administrators work from; its own commands are logged.
const JUMP_HOST: HostSpec = HostSpec { fqdn: "jump01.corp.example", ..FULL };

/// `Win32_Process.Create` from another host: WmiPrvSE starts the command with the caller's token.
pub(super) fn wmi_net(host: &mut Host, time: Ticks, caller: &Session, arguments: &str) -> NetRun {
    let network_service = host.network_service.clone();
    let dcom = host.running(
        &host.system.clone(),
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\system32\svchost.exe -k DcomLaunch -p",
    );
    let wmi = host.start_as(
        time.minus_millis(60),
        &dcom,
        &host.system.clone(),
        &network_service,
        r"C:\Windows\System32\wbem\WmiPrvSE.exe",
        r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding",
    );
    let net = host.start_as(time, &wmi, &network_service, caller, NET, &format!("net {arguments}"));
    finish_net(host, time, net, arguments)
}

pub(super) fn wmi_failed(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let caller = host.network_logon(morning().minus_millis(900), &admin(), OTHER_IP);
    let run = wmi_net(host, morning(), &caller, "user /add backdoor short");
    let account = host.fail_to_create_account(run.acts_at, &caller, "backdoor");
    // net1 says 2: the account could not be made.
    end_net(host, &run, 2);
    host.logoff(run.acts_at.plus_seconds(11), &caller);
    let truth = Truth::attributed(host, &account, &run.net1).outcome("attempt_failed");
    vec![truth]
}

pub(super) fn wmi_success(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let caller = host.network_logon(morning().minus_millis(900), &admin(), OTHER_IP);
    let run = wmi_net(host, morning(), &caller, "user /add sqlagent2 Winter-2026!");
    let account = host.create_account(run.acts_at, &caller, "sqlagent2", Creation::Net);
    end_net(host, &run, 0);
    let grant = wmi_net(host, morning().plus_seconds(7), &caller, "localgroup administrators sqlagent2 /add");
    host.change_local_group(grant.acts_at, &caller, &account, 544, true);
    end_net(host, &grant, 0);
    let truth = Truth::attributed(host, &account, &run.net1).privileged();
    vec![truth]
}

pub(super) fn remote_samr(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let caller = host.network_logon(morning(), &admin(), OTHER_IP);
    // The same client opens more sessions within milliseconds: user and time alone do not tell which it was.
    let others = [3, 7].map(|millis| host.network_logon(morning().plus_millis(millis), &admin(), OTHER_IP));
    host.open_share(morning().plus_millis(40), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(morning().plus_millis(95), &caller, "audit$", Creation::Api);
    for session in others.iter().chain([&caller]) {
        host.logoff(morning().plus_seconds(12), session);
    }
    let truth = Truth::new(host, &account, &caller).verdict("remote");
    vec![truth]
}

/// An administrator on the jump host runs this in PowerShell; returns the session that he has there.
fn command_on_jump_host(fleet: &mut Fleet, time: Ticks, script: &str) -> Session {
    let mut jump = fleet.another(JUMP_HOST);
    busy(&mut jump);
    let command_line = format!("powershell.exe -NoProfile -Command {script}");
    let shell = elevated(&mut jump, time, &admin(), ADMIN_IP, 2, POWERSHELL, &command_line);
    jump.script_block(time.minus_millis(700), &shell, script);
    jump.exit(time.plus_seconds(9), &shell, 0);
    fleet.join(jump);
    shell.session.clone()
}

/// WinRM's logon does not say from where it came; the jump host's own log does.
pub(super) fn winrm(fleet: &mut Fleet) -> Truth {
    let host = &mut fleet.host;
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["ops_temp", "patchadm", "scan_ro"]);
    let create = format!("New-LocalUser -Name {name} -NoPassword");
    let caller = host.unplaced_network_logon(at.minus_millis(1400), &admin());
    let remoting = host.winrm_shell(at.minus_millis(1310), &caller);
    host.script_block(at.minus_millis(60), &remoting, &create);
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.pipeline(at.plus_millis(35), &remoting, "New-LocalUser", &[("Name", name), ("NoPassword", "True")]);
    host.exit(at.plus_seconds(4), &remoting, 0);
    host.logoff(at.plus_seconds(5), &caller);
    let truth = Truth::attributed(host, &account, &remoting);
    let script = format!("Invoke-Command -ComputerName srv01 -ScriptBlock {{ {create} }}");
    let origin = command_on_jump_host(fleet, at.minus_millis(1500), &script);
    truth.origin("remote_command", &origin)
}

/// Copies its service over, installs it and speaks to it: what runs is SYSTEM's, who asked stands in 4697.
pub(super) fn psexec(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_deploy", "itsupport", "upd_agent"]);
    let caller = host.network_logon(at.minus_millis(900), &admin(), OTHER_IP);
    host.open_share(at.minus_millis(850), &caller, r"\\*\ADMIN$", "PSEXESVC.exe");
    host.open_share(at.minus_millis(700), &caller, r"\\*\IPC$", "svcctl");
    host.install_service(at.minus_millis(650), &caller, "PSEXESVC", r"%SystemRoot%\PSEXESVC.exe");
    let services = std::rc::Rc::clone(&host.services);
    let service =
        host.start(at.minus_millis(600), &services, r"C:\Windows\PSEXESVC.exe", r"C:\Windows\PSEXESVC.exe");
    let arguments = format!("user {name} Winter-2026! /add");
    let shell = cmd_below(host, at, &service, &format!("net {arguments}"));
    let run = run_net(host, at, &shell, &arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(30), &shell, 0);
    host.exit(run.acts_at.plus_millis(400), &service, 0);
    host.logoff(run.acts_at.plus_seconds(12), &caller);
    Truth::attributed(host, &account, &run.net1).origin("service", &caller)
}

/// No file is copied: the service's command line is the command.
pub(super) fn smbexec(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["sqlsvc2", "hax0r", "monitor1"]);
    let arguments = format!("user {name} Winter-2026! /add");
    let caller = host.network_logon(at.minus_millis(500), &admin(), OTHER_IP);
    host.open_share(at.minus_millis(460), &caller, r"\\*\IPC$", "svcctl");
    let service = host.rng().hex(8);
    let batch = format!(r"%TEMP%\{}.bat", host.rng().hex(8));
    let image_path = format!(
        r"%COMSPEC% /Q /c echo net {arguments} ^> \\127.0.0.1\C$\__output 2^>^&1 > {batch} & %COMSPEC% /Q /c {batch} & del {batch}"
    );
    host.install_service(at.minus_millis(330), &caller, &service, &image_path);
    let services = std::rc::Rc::clone(&host.services);
    let command_line =
        image_path.replace("%COMSPEC%", r"C:\Windows\system32\cmd.exe").replace("%TEMP%", r"C:\Windows\TEMP");
    let outer = host.start(at.minus_millis(210), &services, super::scenes::CMD, &command_line);
    let batch = batch.replace("%TEMP%", r"C:\Windows\TEMP");
    let inner_line = format!(r"C:\Windows\system32\cmd.exe  /Q /c {batch} ");
    let inner = host.start(at.minus_millis(90), &outer, super::scenes::CMD, &inner_line);
    let run = run_net(host, at, &inner, &arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    for (millis, process) in [(25, &inner), (33, &outer)] {
        host.exit(run.acts_at.plus_millis(millis), process, 0);
    }
    host.logoff(run.acts_at.plus_seconds(3), &caller);
    Truth::attributed(host, &account, &run.net1).origin("service", &caller)
}

/// A task registered over the network; it runs at once, as atexec's does, or the day after.
pub(super) fn scheduled_task(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["nightly", "svc_defrag", "healthchk"]);
    let seconds_before = *host.rng().pick(&[2, 95_000]);
    let registered = at.minus_seconds(seconds_before);
    let arguments = format!("user {name} Winter-2026! /add");
    let caller = host.network_logon(registered.minus_millis(300), &admin(), OTHER_IP);
    host.open_share(registered.minus_millis(240), &caller, r"\\*\IPC$", "atsvc");
    let task = host.rng().hex(8);
    host.register_task(registered, &caller, &task, "cmd.exe", &format!("/C net {arguments}"));
    host.logoff(registered.plus_seconds(1), &caller);
    let scheduler = host.service_host("netsvcs", "Schedule");
    let cmd_line = format!("cmd.exe /C net {arguments}");
    let shell = host.start(at.minus_millis(44), &scheduler, super::scenes::CMD, &cmd_line);
    let run = run_net(host, at, &shell, &arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(21), &shell, 0);
    Truth::attributed(host, &account, &run.net1).origin("scheduled_task", &caller)
}

/// The consumer's script runs inside WMI's own host for scripts. Its command line is always the same; what ties
/// it to the account is the script, which 5861 spells out.
pub(super) fn wmi_subscription(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["wmi_upd", "perfmonsvc", "sccm_adm"]);
    let caller = host.network_logon(at.minus_seconds(700), &admin(), OTHER_IP);
    let script = format!(
        "Set c = GetObject(\"WinNT://.\") : Set u = c.Create(\"user\", \"{name}\") : u.SetPassword \"Winter-2026!\" : u.SetInfo"
    );
    let subscription = Subscription {
        name: "PerfUpdate",
        query: "SELECT * FROM __InstanceModificationEvent WITHIN 60 WHERE TargetInstance ISA 'Win32_LocalTime' AND TargetInstance.Minute = 15",
        script: &script,
    };
    host.subscribe(at.minus_seconds(690), &caller, &subscription);
    host.logoff(at.minus_seconds(680), &caller);
    let system = host.system.clone();
    let consumer = host.start_by_dcom(
        at.minus_millis(640),
        &system,
        r"C:\Windows\System32\wbem\scrcons.exe",
        r"C:\Windows\system32\wbem\scrcons.exe -Embedding",
    );
    let account = host.create_account(at, &system, name, Creation::Api);
    host.exit(at.plus_seconds(61), &consumer, 0);
    // Neither a shell nor started by one of the launchers that carry commands.
    let truth = Truth::attributed(host, &account, &consumer).verdict("likely").without_sequence();
    // The subscription names its maker's account, and not the session or the address he came from.
    let mut maker = caller;
    maker.source_ip = None;
    truth.origin("wmi_subscription", &maker)
}

/// The service loads a planted library, which runs net. On this host the one who started the service is a network
/// logon just before, and only the jump host shows the command.
pub(super) fn service_hijack(fleet: &mut Fleet) -> Truth {
    let host = &mut fleet.host;
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["ikeadm", "vpnsvc", "svc_ike"]);
    let caller = host.network_logon(at.minus_millis(600), &admin(), OTHER_IP);
    host.open_share(at.minus_millis(560), &caller, r"\\*\IPC$", "svcctl");
    let services = std::rc::Rc::clone(&host.services);
    let service = host.start(
        at.minus_millis(310),
        &services,
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\system32\svchost.exe -k netsvcs -p -s IKEEXT",
    );
    let run = run_net(host, at, &service, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.logoff(at.plus_seconds(11), &caller);
    let truth = Truth::attributed(host, &account, &run.net1);
    let mut jump = fleet.another(HostSpec { fqdn: "ws-0417.corp.example", ..FULL });
    busy(&mut jump);
    let system = jump.system.clone();
    let logged_on = at.minus_seconds(400);
    let (session, limited) = jump.administrator_logon(logged_on, &admin(), 10, ADMIN_IP);
    let explorer = desktop(&mut jump, logged_on.plus_millis(900), &limited);
    let opened = at.minus_seconds(50);
    let cmd = jump.start_as(opened, &explorer, &system, &session, super::scenes::CMD, "cmd.exe");
    let started = at.minus_millis(680);
    let sc = jump.start(started, &cmd, r"C:\Windows\System32\sc.exe", r"sc  \\srv01 start IKEEXT");
    jump.exit(at, &sc, 0);
    fleet.join(jump);
    truth.origin("remote_command", &session)
}

/// ADSI on the jump host speaks to SAM here: no process of this host has anything to do with it.
pub(super) fn remote_samr_client(fleet: &mut Fleet) -> Truth {
    let host = &mut fleet.host;
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["audit2", "svc_nas", "printops"]);
    let caller = host.network_logon(at, &admin(), JUMP_HOST_IP);
    host.open_share(at.plus_millis(40), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(at.plus_millis(95), &caller, name, Creation::Api);
    host.logoff(at.plus_seconds(12), &caller);
    let truth = Truth::new(host, &account, &caller).verdict("remote");
    let script = format!(
        "$u = ([ADSI]'WinNT://srv01,computer').Create('user','{name}'); $u.SetPassword('Winter-2026!'); $u.SetInfo()"
    );
    let origin = command_on_jump_host(fleet, at.minus_millis(120), &script);
    truth.origin("remote_command", &origin)
}

/// What the jump host calls itself from.
const JUMP_HOST_IP: &str = "10.20.3.8";
