//! What a session proves: who could, and where that is all, who stands out.
use super::decoys::{agent, two_shells};
use super::scenery::{desk, old_service, open_programs};
use crate::story::scenes::{ADMIN_IP, CMD, POWERSHELL, admin, busy, elevated, moment, run_net, system_agent};
use crate::story::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Host, Process, corp_account};

const MMC: &str = r"C:\Windows\System32\mmc.exe";
const SNAP_IN: &str = r#""C:\Windows\system32\mmc.exe" "C:\Windows\system32\lusrmgr.msc""#;

/// Typed into a console of one's own: the session says who could, and no other of it does such things.
pub(in crate::story) fn idle_console(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["typed1", "kiosk9", "handmade"]);
    let minutes = host.rng().between(3, 20);
    let console = elevated(host, at, &admin(), ADMIN_IP, minutes * 60, POWERSHELL, POWERSHELL);
    typed(host, at, &console, name);
    let account = host.create_account(at, &console.session, name, Creation::Api);
    Truth::behind(host, &account, &console).without_scripts(host, "likely")
}

/// New-LocalUser is typed into a console: its log of scripts has it, where the host keeps one.
fn typed(host: &mut Host, at: Ticks, console: &Process, name: &str) {
    host.script_block(at.minus_millis(44), console, &format!("New-LocalUser -Name {name} -NoPassword"));
}

pub(in crate::story) fn two_consoles(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["typed2", "kiosk8", "bymouth"]);
    let (_, explorer) = desk(host, at);
    let shells = two_shells(host, at, &explorer);
    let culprit = host.rng().pick(&shells).clone();
    typed(host, at, &culprit, name);
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    Truth {
        candidates: shells.iter().map(|shell| shell.as_ref().into()).collect(),
        ..Truth::behind(host, &account, &culprit).without_scripts(host, "ambiguous")
    }
}

/// The only process that its session ever had.
pub(in crate::story) fn service_session(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["ftp_guest", "scanner7", "vpn_local"]);
    let seconds = host.rng().between(4, 900);
    let session = host.service_logon(at.minus_seconds(seconds), &corp_account("svc.provision", 1192));
    let services = std::rc::Rc::clone(&host.services);
    let system = host.system.clone();
    let image = r"C:\Program Files\Provisioning\provsvc.exe";
    let started = at.minus_seconds(seconds).plus_millis(70);
    let service = host.start_as(started, &services, &system, &session, image, &format!("\"{image}\""));
    let account = host.create_account(at, &session, name, Creation::Api);
    Truth::behind(host, &account, &service).verdict("likely")
}

/// In the session of all services: it started just before, and it is what makes accounts.
pub(in crate::story) fn agent_powershell(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["sccm_ps", "baseline1", "fieldops"]);
    let agent = agent(host);
    let line = r"powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\Windows\CCM\job-7.ps1";
    let script = host.start(at.minus_millis(1_900), &agent, POWERSHELL, line);
    host.script_block(at.minus_millis(310), &script, &format!("New-LocalUser -Name {name} -NoPassword"));
    let account = host.create_account(at, &script.session, name, Creation::Api);
    host.exit(at.plus_millis(2_400), &script, 0);
    Truth::behind(host, &account, &script).without_scripts(host, "likely")
}

/// The same below a known agent, on a host that tells no ends.
pub(in crate::story) fn manager_powershell(host: &mut Host) -> Truth {
    busy(host);
    host.tell_no_ends();
    let at = moment(host);
    let name = *host.rng().pick(&["sccm_st", "baseline2", "kiosk_op"]);
    let manager = system_agent(host, r"C:\Windows\CCM\CcmExec.exe");
    let line = r"powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\Windows\CCM\SystemTemp\job-9.ps1";
    let script = host.start(at.minus_millis(2_300), &manager, POWERSHELL, line);
    host.script_block(at.minus_millis(290), &script, &format!("New-LocalUser -Name {name} -NoPassword"));
    let account = host.create_account(at, &script.session, name, Creation::Api);
    Truth::behind(host, &account, &script).without_scripts(host, "likely")
}

/// A job of the scheduler's begins a moment before and goes on for long after: such run all day. The account was made by
/// a service that is older than the log.
pub(in crate::story) fn job_nearby(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_job", "nightly3", "invt"]);
    let scheduler = host.service_host("netsvcs", "Schedule");
    let line = r"powershell.exe -NoProfile -File C:\it\inventory.ps1";
    let before_millis = host.rng().between(600, 9_000);
    let job = host.start(at.minus_millis(before_millis), &scheduler, POWERSHELL, line);
    let after = host.rng().between(15, 80);
    host.exit(at.plus_seconds(after), &job, 0);
    let maker = old_service(host);
    let account = host.create_account(at, &maker, name, Creation::Api);
    Truth::unseen(host, &account, &maker)
}

/// WinRM's session has one process, which says what it runs where scripts are logged.
pub(in crate::story) fn winrm_seen(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["ops_rm", "patch7", "scan_rw"]);
    let caller = host.unplaced_network_logon(at.minus_millis(1400), &admin());
    let remoting = host.winrm_shell(at.minus_millis(1310), &caller);
    host.script_block(at.minus_millis(60), &remoting, &format!("New-LocalUser -Name {name} -NoPassword"));
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.exit(at.plus_seconds(4), &remoting, 0);
    host.logoff(at.plus_seconds(5), &caller);
    Truth::behind(host, &account, &remoting).without_scripts(host, "likely")
}

/// Among thirty others one line speaks of accounts.
pub(in crate::story) fn snap_in(host: &mut Host) -> Truth {
    console_on_busy_desktop(host, false).verdict("likely")
}

/// The same where the SAM saw it read the account it had just made.
pub(in crate::story) fn snap_in_lookup(host: &mut Host) -> Truth {
    console_on_busy_desktop(host, true)
}

fn console_on_busy_desktop(host: &mut Host, is_seen_by_sam: bool) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["reception", "stores", "auditor2"]);
    let (_, explorer) = desk(host, at);
    open_programs(host, at, &explorer, 30);
    let opened = at.minus_seconds(host.rng().between(25, 200));
    let console = host.start(opened, &explorer, MMC, SNAP_IN);
    let account = host.create_account(at, &console.session, name, Creation::Net);
    if is_seen_by_sam {
        host.read_membership(at.plus_millis(3), &console, &account);
    }
    host.exit(at.plus_seconds(40), &console, 0);
    Truth::behind(host, &account, &console)
}

/// Nobody knows it, and it comes and goes with the account.
pub(in crate::story) fn busy_desktop_tool(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["busy1", "hid_adm", "mkuser"]);
    let (_, explorer) = desk(host, at);
    open_programs(host, at, &explorer, 18);
    let before_millis = host.rng().between(120, 600);
    let image = r"C:\Users\Administrator\Downloads\mk.exe";
    let tool = host.start(at.minus_millis(before_millis), &explorer, image, "mk.exe");
    let account = host.create_account(at, &tool.session, name, Creation::Api);
    host.exit(at.plus_millis(52), &tool, 0);
    Truth { verdicts: vec!["attributed", "likely", "ambiguous"], ..Truth::behind(host, &account, &tool) }
}

/// No line and no end; but it came just before, and the account joined Users within the burst.
pub(in crate::story) fn silent_net1(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["mute1", "quietly", "noline"]);
    host.tell_no_ends();
    let shell = elevated(host, at, &admin(), ADMIN_IP, 140, CMD, CMD);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    Truth::attributed(host, &account, &run.net1)
}
