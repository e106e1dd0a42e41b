//! Accounts that nobody should lose sleep over, though each is still told.
use std::rc::Rc;

use super::hosts::FULL;
use super::scenes::{
    ADMIN_IP, CMD, POWERSHELL, admin, built_in_administrator, busy, cmd_below, desktop, elevated_shell,
    encoded_command, end_net, moment, morning, net_user_add, run_net, system_agent,
};
use super::truth::Truth;
use crate::value::{Sid, Ticks};
use crate::world::{Account, Creation, Fleet, Host, HostSpec, Process};

pub(super) fn oobe(host: &mut Host) -> Vec<Truth> {
    host.boot(morning());
    host.set_next_rid(1000);
    // The machine is already renamed, but its own account still signs with the name that setup drew.
    let mut setup = host.system.clone();
    setup.account.name = "WIN-QALA5Q3KJ43$".to_owned();
    let first = host.create_account(morning().plus_seconds(41), &setup, "defaultuser0", Creation::Api);
    let owner = host.create_account(morning().plus_seconds(213), &setup, "Owner", Creation::Net);
    host.change_local_group(morning().plus_seconds(213).plus_millis(9), &setup, &owner, 544, true);
    let session = host.desktop_logon(morning().plus_seconds(222), &owner, 2, "127.0.0.1");
    host.delete_account(morning().plus_seconds(230), &setup, &first);
    host.logoff(morning().plus_seconds(900), &session);
    let truth = vec![
        Truth::new(host, &first, &setup).verdict("system").outcome("deleted"),
        Truth::new(host, &owner, &setup).verdict("system").privileged(),
    ];
    truth
}

/// The same account on every host of a delivery: the task sequence runs the same step on each.
pub(super) fn imaging_wave(fleet: &mut Fleet) -> Vec<Truth> {
    let name = *fleet.host.rng().pick(&["localadm", "siteadmin", "deploy"]);
    let mut truth = vec![install_step(&mut fleet.host, name)];
    for fqdn in ["wks101.corp.example", "wks102.corp.example", "wks103.corp.example"] {
        let mut host = fleet.another(HostSpec { fqdn, ..FULL });
        truth.push(install_step(&mut host, name));
        fleet.join(host);
    }
    truth
}

fn install_step(host: &mut Host, name: &str) -> Truth {
    busy(host);
    let at = moment(host);
    let system = host.system.clone();
    let sequence = system_agent(host, r"C:\Windows\CCM\TSManager.exe");
    let step = host.start(
        at.minus_millis(300),
        &sequence,
        r"C:\Windows\CCM\smsswd.exe",
        &format!("smsswd.exe /run: cmd.exe /c net user {name} %OSDLocalPassword% /add"),
    );
    let arguments = format!("user {name} Winter-2026! /add");
    let shell = cmd_below(host, at, &step, &format!("net {arguments}"));
    let run = run_net(host, at, &shell, &arguments);
    let account = host.create_account(run.acts_at, &system, name, Creation::Net);
    host.change_local_group(run.acts_at.plus_millis(6), &system, &account, 544, true);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(22), &shell, 0);
    host.exit(run.acts_at.plus_millis(60), &step, 0);
    Truth::attributed(host, &account, &run.net1).privileged().wave()
}

/// LAPS runs inside lsass: it makes the account as SYSTEM, renames it once it is ready, and says in its own log
/// that it has just given this account a password.
pub(super) fn laps(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let system = host.system.clone();
    let digits = host.rng().between(100_000, 999_999);
    let pending = format!("WLapsPending{digits}");
    let account = host.create_account(at, &system, &pending, Creation::Api);
    host.change_local_group(at.plus_millis(14), &system, &account, 544, true);
    let managed = host.rename_account(at.plus_millis(230), &system, &account, &format!("WLapsAdmin{digits}"));
    host.laps_cycle(at.minus_millis(420), &managed, managed.sid.rid(), at.plus_millis(900));
    let truth = Truth::new(host, &account, &system).verdict("system").privileged();
    Truth { account: managed.name, ..truth }
}

/// An implant of SYSTEM makes an account while LAPS is at work on another: what LAPS does explains only its own.
pub(super) fn laps_nearby(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_health", "spare", "mgmt2"]);
    let system = host.system.clone();
    let account = host.create_account(at, &system, name, Creation::Api);
    let managed = host.built_in(500);
    host.reset_password(at.plus_millis(700), &system, &managed);
    host.laps_cycle(at.minus_millis(600), &managed, 500, at.plus_millis(820));
    Truth::new(host, &account, &system)
}

/// The Group Policy client runs since the boot and makes the account itself: it is a SYSTEM service like all
/// others, and nothing in these channels ties it to the account. The section's "GPO" needs Group Policy's own logs.
pub(super) fn group_policy_users(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["LocalSupport", "BranchAdmin", "svc-legacy"]);
    let client = host.service_host("netsvcs", "gpsvc");
    // Another service reads the Administrators at that very moment, in the same session: it makes no accounts.
    let services = Rc::clone(&host.services);
    let image = r"C:\Windows\System32\VSSVC.exe";
    let shadow_copies = host.start(at.minus_seconds(3), &services, image, r"C:\Windows\system32\vssvc.exe");
    host.read_members(at.minus_millis(700), &shadow_copies, 544);
    let account = host.create_account(at, &client.session, name, Creation::Api);
    Truth::new(host, &account, &client.session)
}

/// Intune's extension hands the script to AgentExecutor, which runs PowerShell as SYSTEM.
pub(super) fn intune(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["IntuneAdmin", "LapsManaged", "wsadmin"]);
    let folder = r"C:\Program Files (x86)\Microsoft Intune Management Extension";
    let extension =
        system_agent(host, &format!(r"{folder}\Microsoft.Management.Services.IntuneWindowsAgent.exe"));
    let script = format!(r"{folder}\Policies\Scripts\3f2a_{}.ps1", host.rng().between(1, 9));
    let executor = host.start(
        at.minus_millis(3100),
        &extension,
        &format!(r"{folder}\AgentExecutor.exe"),
        &format!(r#""{folder}\agentexecutor.exe" -powershell "{script}""#),
    );
    let line = format!(r#""powershell.exe" -NoProfile -executionPolicy bypass -file "{script}""#);
    let powershell = host.start(at.minus_millis(2400), &executor, POWERSHELL, &line);
    let text = format!(
        "$password = ConvertTo-SecureString $env:LOCALPW -AsPlainText -Force\r\n\
        New-LocalUser -Name '{name}' -Password $password\r\n\
        Add-LocalGroupMember -SID S-1-5-32-544 -Member '{name}'"
    );
    host.script_block(at.minus_millis(900), &powershell, &text);
    let account = host.create_account(at, &powershell.session, name, Creation::Api);
    host.pipeline(at.plus_millis(20), &powershell, "New-LocalUser", &[("Name", name)]);
    host.change_local_group(at.plus_millis(140), &powershell.session, &account, 544, true);
    host.exit(at.plus_millis(600), &powershell, 0);
    host.exit(at.plus_millis(640), &executor, 0);
    Truth::attributed(host, &account, &powershell).privileged()
}

/// An agent of SYSTEM runs `cmd /c net user … /add`.
fn agent_runs_net(host: &mut Host, image: &str, names: &[&'static str]) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(names);
    let agent = system_agent(host, image);
    let arguments = format!("user {name} Winter-2026! /add");
    let shell = cmd_below(host, at, &agent, &format!("net {arguments}"));
    let run = run_net(host, at, &shell, &arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(19), &shell, 0);
    Truth::attributed(host, &account, &run.net1)
}

/// Configuration Manager's agent.
pub(super) fn sccm(host: &mut Host) -> Truth {
    agent_runs_net(host, r"C:\Windows\CCM\CcmExec.exe", &["sccm_local", "branchadmin", "field-it"])
}

/// A remote management agent: whoever holds its console acts as SYSTEM everywhere. Minutes before, somebody
/// installed a service and a task that have nothing to do with it: nobody stands behind this SYSTEM.
pub(super) fn rmm_agent(host: &mut Host) -> Truth {
    let installed = morning().minus_seconds(host.rng().between(20, 300));
    let installer = host.network_logon(installed, &admin(), ADMIN_IP);
    let printer = r"C:\Program Files\Printer Vendor\pvstatus.exe";
    host.install_service(installed.plus_seconds(2), &installer, "PrinterStatus", printer);
    host.register_task(installed.plus_seconds(4), &installer, "PrinterUpdate", printer, "/check");
    host.logoff(installed.plus_seconds(6), &installer);
    let image = r"C:\Program Files (x86)\ScreenConnect Client (0f3a)\ScreenConnect.ClientService.exe";
    agent_runs_net(host, image, &["msp-support", "remoteadm", "tech01"])
}

/// Ansible's controller is no Windows host: nothing of it is seen but its logon, and that does not say from where.
/// The command line is a bootstrap that reads the module from its input.
pub(super) fn ansible(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["app_deploy", "monitoring", "ansible_local"]);
    let account = crate::world::corp_account("svc.ansible", 1190);
    let caller = host.unplaced_network_logon(at.minus_millis(2600), &account);
    let shell = host.start_by_dcom(
        at.minus_millis(2500),
        &caller,
        r"C:\Windows\System32\WinrsHost.exe",
        r"C:\Windows\system32\WinrsHost.exe -Embedding",
    );
    let bootstrap =
        encoded_command("&chcp.com 65001 > $null\n$exec_wrapper_str = $input | Out-String\n&$exec_wrapper");
    let options = "-NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand";
    let line = format!("PowerShell {options} {bootstrap}");
    let cmd =
        host.start(at.minus_millis(2440), &shell, CMD, &format!(r"C:\Windows\system32\cmd.exe /C {line}"));
    let powershell = host.start(at.minus_millis(2390), &cmd, POWERSHELL, &line);
    let text = format!(
        "$ADSI = [ADSI]\"WinNT://$env:COMPUTERNAME\"\r\n$user_obj = $ADSI.Create(\"User\", \"{name}\")\r\n\
        $user_obj.SetPassword($password)\r\n$user_obj.SetInfo()"
    );
    host.script_block(at.minus_millis(320), &powershell, &text);
    let account = host.create_account(at, &caller, name, Creation::Api);
    for (millis, process) in [(410, &powershell), (420, &cmd), (900, &shell)] {
        host.exit(at.plus_millis(millis), process, 0);
    }
    host.logoff(at.plus_seconds(2), &caller);
    Truth::attributed(host, &account, &powershell)
}

/// The agent makes its own user inside itself. It reads who is administrator before it joins them, and 4799 names
/// it: without that nothing would tell it from the other services of SYSTEM.
pub(super) fn cloud_agent(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let folder = r"C:\Program Files\Amazon\SSM";
    let agent = system_agent(host, &format!(r"{folder}\amazon-ssm-agent.exe"));
    let worker = host.start(
        at.minus_seconds(44),
        &agent,
        &format!(r"{folder}\ssm-agent-worker.exe"),
        &format!(r#""{folder}\ssm-agent-worker.exe""#),
    );
    let account = host.create_account(at, &worker.session, "ssm-user", Creation::Api);
    // The shadow copy service reads the group now and then, in the same session of SYSTEM.
    let shadow_copies = system_agent(host, r"C:\Windows\System32\VSSVC.exe");
    host.read_members(at.minus_seconds(41), &shadow_copies, 544);
    host.read_members(at.plus_millis(18), &worker, 544);
    host.change_local_group(at.plus_millis(41), &worker.session, &account, 544, true);
    Truth::attributed(host, &account, &worker).privileged().without_sequence()
}

/// Remote SAMR by the book: Computer Management on the administrator's own machine.
pub(super) fn helpdesk_remote(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["loan-pc", "meeting1", "shared.desk"]);
    let caller = host.network_logon(at.minus_seconds(26), &admin(), ADMIN_IP);
    host.open_share(at.minus_seconds(25), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(at, &caller, name, Creation::Net);
    host.logoff(at.plus_seconds(71), &caller);
    Truth::new(host, &account, &caller).verdict("remote")
}

/// A console program at the machine itself, elevated by UAC; 4799 names it.
fn at_the_console(host: &mut Host, image: &str, line: &str, name: &str) -> (Account, Rc<Process>) {
    busy(host);
    let at = moment(host);
    let logged_on = at.minus_seconds(420);
    let (elevated, limited) = host.administrator_logon(logged_on, &admin(), 2, "127.0.0.1");
    let explorer = desktop(host, logged_on.plus_millis(900), &limited);
    let system = host.system.clone();
    let opened = at.minus_seconds(140);
    let console = host.start_as(opened, &explorer, &system, &elevated, image, line);
    host.read_members(at.minus_seconds(22), &console, 544);
    let account = host.create_account(at, &elevated, name, Creation::Net);
    (account, console)
}

/// Computer Management on the spot.
pub(super) fn helpdesk_console(host: &mut Host) -> Truth {
    let line = r#""C:\Windows\system32\mmc.exe" "C:\Windows\system32\compmgmt.msc" /s"#;
    let (account, console) = at_the_console(host, r"C:\Windows\System32\mmc.exe", line, "workshop");
    Truth::attributed(host, &account, &console).verdict("likely").without_sequence()
}

/// User Accounts, the old dialogue.
pub(super) fn netplwiz(host: &mut Host) -> Truth {
    let image = r"C:\Windows\System32\Netplwiz.exe";
    let (account, dialogue) = at_the_console(host, image, r#""C:\Windows\system32\netplwiz.exe""#, "visitor");
    Truth::attributed(host, &account, &dialogue).verdict("likely").without_sequence()
}

/// An approved drill is told like any other creation; that it was approved stands in no log.
pub(super) fn break_glass(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let (_, explorer) = built_in_administrator(host, at.minus_seconds(700), ADMIN_IP);
    let shell = host.start(at.minus_seconds(47), &explorer, POWERSHELL, POWERSHELL);
    let (account, net1) = net_user_add(host, at, &shell, "bg-drill-0302");
    let deleted = at.plus_seconds(310);
    let run = run_net(host, deleted, &shell, "user bg-drill-0302 /delete");
    host.delete_account(run.acts_at, &run.net1.session, &account);
    end_net(host, &run, 0);
    Truth::attributed(host, &account, &net1).outcome("deleted")
}

/// The installer's service and the host of its custom action are both SYSTEM's and both can: without a name in
/// either command line the log cannot tell which, though it is msiexec in any case.
pub(super) fn vendor_installer(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["QBDataServiceUser30", "postgres", "VeritasSvc"]);
    let services = Rc::clone(&host.services);
    let image = r"C:\Windows\System32\msiexec.exe";
    let service = host.start(at.minus_seconds(21), &services, image, r"C:\Windows\system32\msiexec.exe /V");
    let line = format!(r"C:\Windows\System32\MsiExec.exe -Embedding {} E Global\MSI0000", host.rng().hex(32));
    let action = host.start(at.minus_seconds(2), &service, image, &line);
    let account = host.create_account(at, &action.session, name, Creation::Api);
    host.exit(at.plus_seconds(1), &action, 0);
    host.exit(at.plus_seconds(90), &service, 0);
    let candidates: Vec<&Rc<Process>> = vec![&service, &action];
    Truth {
        candidates: candidates.into_iter().map(|process| process.as_ref().into()).collect(),
        ..Truth::attributed(host, &account, &action).verdict("likely").without_sequence()
    }
}

/// Services under virtual accounts log on, and no account was made for them.
pub(super) fn virtual_accounts(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let sid = "S-1-5-80-3880718306-3832830129-1677859214-2598158968-1052248003";
    let account = Account::new("NT SERVICE", "MSSQLSERVER", Sid::parse(sid));
    let session = host.service_logon(at, &account);
    host.logoff(at.plus_seconds(300), &session);
    Vec::new()
}

/// Windows adds a feature that brings an account of its own: relative ids below 1000 are given out by nobody else.
pub(super) fn optional_feature(host: &mut Host) -> Truth {
    host.boot(morning());
    let at = moment(host).plus_seconds(30);
    host.set_next_rid(504);
    let system = host.system.clone();
    let account = host.create_account(at, &system, "WDAGUtilityAccount", Creation::Api);
    Truth::new(host, &account, &system).verdict("system")
}

/// An account for each guest, made at the logon screen and deleted at logoff. That it was Windows and not something
/// else of SYSTEM cannot be read from these events: the section's "system churn" stays a reading of the pattern.
pub(super) fn shared_pc(host: &mut Host) -> Vec<Truth> {
    host.boot(morning().minus_seconds(7200));
    let at = moment(host);
    let system = host.system.clone();
    let visit = |host: &mut Host, from: Ticks, number: u64| {
        let account = host.create_account(from, &system, &format!("Guest{number:04}"), Creation::Net);
        let session = host.desktop_logon(from.plus_millis(840), &account, 2, "127.0.0.1");
        let left = from.plus_seconds(host.rng().between(200, 600));
        host.logoff(left, &session);
        host.delete_account(left.plus_millis(1300), &system, &account);
        Truth::new(host, &account, &system).outcome("deleted")
    };
    (0..3).map(|i| visit(host, at.plus_seconds(900 * i), 311 + i)).collect()
}

/// A hidden administrator beside each one, made by SYSTEM. Its name proves nothing, and no event of these channels
/// says that the feature is on.
pub(super) fn administrator_protection(host: &mut Host) -> Truth {
    host.boot(morning().minus_seconds(7200));
    let at = moment(host);
    let system = host.system.clone();
    let account = host.create_account(at, &system, "ADMIN_Owner", Creation::Api);
    host.change_local_group(at.plus_millis(11), &system, &account, 544, true);
    Truth::new(host, &account, &system).privileged()
}

/// The test's own name, and its clean-up.
pub(super) fn purple_team(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let runner = host.start(at.minus_seconds(9), &shell, POWERSHELL, "powershell -ep bypass");
    let arguments = "user /add \"T1136.001_CMD\" \"T1136.001_CMD!\"";
    let cmd = cmd_below(host, at, &runner, &format!("net {arguments}"));
    let run = run_net(host, at, &cmd, arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, "T1136.001_CMD", Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(31), &cmd, 0);
    let undone = at.plus_seconds(14);
    let run_delete = run_net(host, undone, &runner, "user /del \"T1136.001_CMD\"");
    host.delete_account(run_delete.acts_at, &run_delete.net1.session, &account);
    end_net(host, &run_delete, 0);
    Truth::attributed(host, &account, &run.net1).outcome("deleted")
}
