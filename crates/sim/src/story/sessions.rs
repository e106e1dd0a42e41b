//! Who holds the session: tokens borrowed, switched and inherited.
use super::scenes::{
    ADMIN_IP, CMD, OTHER_IP, POWERSHELL, admin, built_in_administrator, busy, cmd_below, desktop, elevated,
    elevated_shell, end_net, moment, run_net, system_agent,
};
use super::truth::{Told, Truth};
use crate::value::{Sid, Ticks};
use crate::world::{Account, Creation, Host, Process, corp_account};
use std::rc::Rc;

/// An implant kept a handle on the administrator's token. He has ended his programs and logged off; his session
/// stays for as long as the handle does, so there is a 4647 and no 4634.
pub(super) fn token_theft(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["shadow", "svc_iis", "webadm"]);
    let (session, explorer) = built_in_administrator(host, at.minus_seconds(900), ADMIN_IP);
    host.exit(at.minus_seconds(300), &explorer, 0);
    host.begin_logoff(at.minus_seconds(299), &session);
    let account = host.create_account(at, &session, name, Creation::Api);
    Truth::new(host, &account, &session).verdict("session_only")
}

/// A helpdesk user takes the administrator's password: another session, which 4648 joins to his own.
pub(super) fn runas(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["walkup", "loaner", "tester"]);
    let logged_on = at.minus_seconds(500);
    let user = corp_account("help.moreau", 1207);
    let own = host.desktop_logon(logged_on, &user, 10, OTHER_IP);
    let explorer = desktop(host, logged_on.plus_millis(900), &own);
    let asked = at.minus_seconds(38);
    let administrator = host.built_in(500);
    let runas = host.start(
        asked,
        &explorer,
        r"C:\Windows\System32\runas.exe",
        r"runas /user:SRV01\Administrator cmd.exe",
    );
    let session = host.explicit_logon(asked.plus_seconds(6), &runas, &administrator);
    // The secondary logon service starts the program and names the caller as its parent.
    let system = host.system.clone();
    let shell = host.start_as(asked.plus_millis(6040), &runas, &system, &session, CMD, "cmd.exe");
    host.exit(asked.plus_millis(6300), &runas, 0);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &session, name, Creation::Net);
    end_net(host, &run, 0);
    Truth::attributed(host, &account, &run.net1).origin("runas", &own)
}

/// `runas /netonly` keeps the token and changes the logon id: 4624 of type 9 names the session that it was.
pub(super) fn network_only(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["crossdom", "mover", "svc_link"]);
    let own = elevated_shell(host, at.minus_seconds(20), &admin(), ADMIN_IP);
    let asked = at.minus_seconds(18);
    let line = r"runas  /netonly /user:PARTNER\svc.sync cmd.exe";
    let runas = host.start(asked, &own, r"C:\Windows\System32\runas.exe", line);
    let outbound = Account::new("PARTNER", "svc.sync", Sid::parse("S-1-0-0"));
    let session = host.network_only_logon(asked.plus_seconds(4), &runas, &outbound);
    let system = host.system.clone();
    let shell = host.start_as(asked.plus_millis(4030), &runas, &system, &session, CMD, "cmd.exe");
    host.exit(asked.plus_millis(4200), &runas, 0);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &session, name, Creation::Net);
    end_net(host, &run, 0);
    Truth::attributed(host, &account, &run.net1).origin("runas", &own.session)
}

/// ADSI that is given the host's own name goes over the network all the same: SAM sees a network logon from the
/// host itself, and the process runs in another session of the same user.
pub(super) fn loopback(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["selfmade", "svc_local", "mirror"]);
    let address = *host.rng().pick(&["::1", "127.0.0.1"]);
    let script = format!("$u = ([ADSI]'WinNT://SRV01').Create('user','{name}'); $u.SetInfo()");
    let line = format!("powershell.exe -NoProfile -Command \"{script}\"");
    let powershell = elevated(host, at, &admin(), ADMIN_IP, 2, POWERSHELL, &line);
    host.script_block(at.minus_millis(600), &powershell, &script);
    let caller = host.network_logon(at.minus_millis(90), &admin(), address);
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.exit(at.plus_millis(200), &powershell, 0);
    host.logoff(at.plus_seconds(10), &caller);
    let truth = Truth::attributed(host, &account, &powershell).origin("loopback", &powershell.session);
    Truth { logon_id: caller.logon_id, source_ip: caller.source_ip, ..truth }
}

/// A process given another parent takes that parent's token. 4688 names the spooler as parent and the implant's
/// session as subject: the leaf is sure, what stands above it is asserted.
pub(super) fn parent_spoofed(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["spoolsvc", "prn_adm", "xerox"]);
    let implant = elevated(
        host,
        at,
        &admin(),
        ADMIN_IP,
        70,
        r"C:\Users\adm.keller\AppData\Local\Temp\msupdate.exe",
        r#""C:\Users\adm.keller\AppData\Local\Temp\msupdate.exe""#,
    );
    let spooler = system_agent(host, r"C:\Windows\System32\spoolsv.exe");
    let arguments = format!("user {name} Winter-2026! /add");
    let command = format!(r"C:\Windows\system32\cmd.exe /c net {arguments}");
    let system = host.system.clone();
    let shell = host.start_as(at.minus_millis(35), &spooler, &implant.session, &system, CMD, &command);
    let run = run_net(host, at, &shell, &arguments);
    let account = host.create_account(run.acts_at, &system, name, Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(30), &shell, 0);
    Truth::attributed(host, &account, &run.net1)
}

/// A server program runs `cmd /c net user … /add`.
fn net_below(host: &mut Host, at: Ticks, server: &Rc<Process>, name: &str) -> Truth {
    let arguments = format!("user {name} Winter-2026! /add");
    let shell = cmd_below(host, at, server, &format!("net {arguments}"));
    let run = run_net(host, at, &shell, &arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(24), &shell, 0);
    Truth::attributed(host, &account, &run.net1)
}

/// The database runs under an account of its own, which somebody made an administrator.
pub(super) fn xp_cmdshell(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["sqladm", "dbsupport", "report$"]);
    let session = host.service_logon(at.minus_seconds(1500), &corp_account("svc.sql", 1188));
    let database = host.running(
        &session,
        r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe",
        r#""C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe" -sMSSQLSERVER"#,
    );
    net_below(host, at, &database, name)
}

/// The pool of a web application that somebody runs as SYSTEM.
pub(super) fn web_shell(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["iis_user", "asp.net", "webmaster"]);
    let system = host.system.clone();
    let worker = host.running(
        &system,
        r"C:\Windows\System32\inetsrv\w3wp.exe",
        r#"c:\windows\system32\inetsrv\w3wp.exe -ap "LegacyPool" -v "v4.0" -l "webengine4.dll""#,
    );
    net_below(host, at, &worker, name)
}

/// The debugger set for the accessibility tools is a shell: winlogon starts it as SYSTEM, before anybody is there.
pub(super) fn sticky_keys(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["locked", "support3", "emergency"]);
    let winlogon = system_agent(host, r"C:\Windows\System32\winlogon.exe");
    let (tool, argument) =
        *host.rng().pick(&[("sethc.exe", " 211"), ("utilman.exe", " /debug"), ("osk.exe", "")]);
    let line = format!(r"C:\Windows\System32\cmd.exe C:\Windows\System32\{tool}{argument}");
    let shell = host.start(at.minus_seconds(19), &winlogon, CMD, &line);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    Truth::attributed(host, &account, &run.net1)
}

const MMC: &str = r"C:\Windows\System32\mmc.exe";

/// The console reads the groups before it makes the account: 4799 names it.
fn console_creates(host: &mut Host, at: Ticks, console: &Rc<Process>, name: &str) -> Account {
    // UAC's own dialogue reads the group as well, as it always does: it has nothing to do with the account.
    let consent = system_agent(host, r"C:\Windows\System32\consent.exe");
    host.read_members(at.minus_seconds(33), &consent, 544);
    host.read_members(at.minus_seconds(31), console, 544);
    let account = host.create_account(at, &console.session, name, Creation::Net);
    host.read_membership(at.plus_millis(310), console, &account);
    account
}

/// mmc has been open for a while: no window holds its start.
pub(super) fn lusrmgr(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["frontdesk", "warehouse", "auditor"]);
    let line = r#""C:\Windows\system32\mmc.exe" "C:\Windows\system32\lusrmgr.msc""#;
    let seconds_ago = host.rng().between(150, 500);
    let console = elevated(host, at, &admin(), ADMIN_IP, seconds_ago, MMC, line);
    let account = console_creates(host, at, &console, name);
    Truth::attributed(host, &account, &console).verdict("likely").without_sequence()
}

/// The session began at the administrator's own machine; somebody takes it up from another. New processes keep the
/// old logon id, and only 4778 says where they are seen from now.
pub(super) fn rdp_reconnect(host: &mut Host) -> Told {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["frontdesk", "warehouse", "auditor"]);
    let (session, explorer) = built_in_administrator(host, at.minus_seconds(1000), ADMIN_IP);
    host.disconnect(at.minus_seconds(600), &session);
    let session = host.reconnect(at.minus_seconds(240), &session, OTHER_IP);
    let line = r#""C:\Windows\system32\mmc.exe" "C:\Windows\system32\lusrmgr.msc""#;
    let console = host.start(at.minus_seconds(180), &explorer, MMC, line);
    let account = console_creates(host, at, &console, name);
    let truth = Truth::attributed(host, &account, &console).verdict("likely").without_sequence();
    vec![Truth { source_ip: session.source_ip, ..truth }].into()
}
