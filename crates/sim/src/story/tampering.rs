//! SAM by other doors: hidden tools, hives written past SAM, built-in accounts, and audits that are off.
use std::rc::Rc;

use super::scenes::{ADMIN_IP, OTHER_IP, admin, busy, elevated_shell, end_net, moment, run_net};
use super::truth::{Told, TrueFinding, Truth};
use crate::value::{Sid, Ticks};
use crate::world::{Account, Creation, Host, Process, corp_account};

/// As the real CreateHiddenAccount goes: the tool, 208 ms later the account, then Administrators.
fn hidden_tool(host: &mut Host, at: Ticks, name: &str) -> (Account, Rc<Process>) {
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let tool = host.start(
        at.minus_millis(208),
        &shell,
        r"C:\Users\adm.keller\Desktop\CreateHiddenAccount_v0.2.exe",
        &format!("CreateHiddenAccount_v0.2.exe  -u {name} -p Winter-2026!"),
    );
    let account = host.create_account(at, &tool.session, name, Creation::Api);
    host.change_local_group(at.plus_millis(31), &tool.session, &account, 544, true);
    (account, tool)
}

/// Nobody has a list that holds this tool.
pub(super) fn unknown_tool(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["tomcat$", "backup$", "mssql$"]);
    let (account, tool) = hidden_tool(host, at, name);
    host.exit(at.plus_millis(450), &tool, 0);
    Truth::attributed(host, &account, &tool).privileged()
}

/// The account's keys are exported, the account deleted, the keys imported: it is back, and SAM never made it.
pub(super) fn clone_and_restore(host: &mut Host) -> Told {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["tomcat$", "backup$", "mssql$"]);
    let (account, tool) = hidden_tool(host, at, name);
    let regedit = |host: &mut Host, time: Ticks, arguments: &str| {
        host.start(time, &tool, r"C:\Windows\regedit.exe", &format!("regedit {arguments}"))
    };
    let export = regedit(host, at.plus_millis(300), &format!(r"/e C:\Windows\Temp\{name}.reg"));
    host.exit(at.plus_millis(420), &export, 0);
    host.change_local_group(at.plus_millis(520), &tool.session, &account, 544, false);
    host.delete_account(at.plus_millis(521), &tool.session, &account);
    let import = regedit(host, at.plus_millis(900), &format!(r"/s C:\Windows\Temp\{name}.reg"));
    host.write_sam_name(at.plus_millis(940), &import, name);
    host.write_sam_account(at.plus_millis(944), &import, account.sid.rid());
    host.exit(at.plus_millis(980), &import, 0);
    host.change_account(at.plus_millis(1400), &tool.session, &account);
    host.exit(at.plus_millis(1500), &tool, 0);
    let truth =
        Truth::attributed(host, &account, &tool).verdict("likely").privileged().outcome("resurrected");
    let findings = vec![TrueFinding::new("sam_tampered", host, Some(&account.sid))];
    Told { truth: vec![truth], findings }
}

/// The RID inside Guest's control data becomes 500: whoever logs on as Guest is the administrator.
pub(super) fn rid_hijack(host: &mut Host) -> Vec<TrueFinding> {
    busy(host);
    let at = moment(host);
    let system = host.system.clone();
    let agent = host.running(
        &system,
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\system32\svchost.exe -k netsvcs",
    );
    let build = host.start(
        at,
        &agent,
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\MSBuild.exe",
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\MSBuild.exe C:\Users\Public\build.xml",
    );
    host.write_sam_account(at.plus_millis(900), &build, 501);
    host.exit(at.plus_millis(1300), &build, 0);
    // The key holds a relative id alone, and no event of this host tells the machine's own SID.
    vec![TrueFinding::new("sam_tampered", host, None)]
}

/// Guest is enabled, given a password and made administrator: an activation, no creation.
pub(super) fn guest_enabled(host: &mut Host) -> Vec<TrueFinding> {
    busy(host);
    let at = moment(host);
    let guest = host.built_in(501);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let run = run_net(host, at, &shell, "user guest /active:yes");
    host.enable_account(run.acts_at, &run.net1.session, &guest);
    end_net(host, &run, 0);
    let run = run_net(host, at.plus_seconds(9), &shell, "user guest Winter-2026!");
    host.reset_password(run.acts_at, &run.net1.session, &guest);
    end_net(host, &run, 0);
    let run = run_net(host, at.plus_seconds(17), &shell, "localgroup administrators guest /add");
    host.change_local_group(run.acts_at, &run.net1.session, &guest, 544, true);
    end_net(host, &run, 0);
    ["guest_enabled", "builtin_privileged"].map(|kind| TrueFinding::new(kind, host, Some(&guest.sid))).into()
}

/// Guest and NETWORK SERVICE become administrators, as was really seen: every web application is then one.
pub(super) fn builtin_privileged(host: &mut Host) -> Vec<TrueFinding> {
    busy(host);
    let at = moment(host);
    let network_service = Account::new("NT AUTHORITY", "NETWORK SERVICE", Sid::parse("S-1-5-20"));
    let members = [("guest", host.built_in(501)), ("\"network service\"", network_service)];
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let mut findings = Vec::new();
    for (i, (written, member)) in members.iter().enumerate() {
        let time = at.plus_seconds(8 * i as u64);
        let run = run_net(host, time, &shell, &format!("localgroup administrators {written} /add"));
        host.change_local_group(run.acts_at, &run.net1.session, member, 544, true);
        end_net(host, &run, 0);
        findings.push(TrueFinding::new("builtin_privileged", host, Some(&member.sid)));
    }
    findings
}

/// The hive was edited while Windows was not running: the account's first sign is its logon.
pub(super) fn offline_edit(host: &mut Host) -> Vec<TrueFinding> {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["sysop", "maint", "recovery"]);
    let account = host.next_account(name);
    let session = host.network_logon(at, &account, OTHER_IP);
    host.logoff(at.plus_seconds(40), &session);
    // A domain's account logs on as well: it is not of this machine, and nothing to wonder at.
    let other = host.network_logon(at.plus_seconds(3), &corp_account("user1371", 1371), OTHER_IP);
    host.logoff(at.plus_seconds(50), &other);
    vec![TrueFinding::new("account_never_seen_created", host, Some(&account.sid))]
}
