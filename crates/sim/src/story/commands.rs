//! net and net1, in the ways they are called.
use super::scenes::{
    ADMIN_IP, NET1, OTHER_IP, admin, busy, elevated_shell, end_net, finish_net, moment, morning,
    net_administrators_add, net_user_add, run_net,
};
use super::truth::Truth;
use crate::world::{Creation, Host};

pub(super) fn net_user(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "helpdesk2");
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

pub(super) fn net_user_administrators(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "svc_print");
    net_administrators_add(host, morning().plus_seconds(11), &shell, &account);
    let truth = Truth::attributed(host, &account, &net1).privileged();
    vec![truth]
}

pub(super) fn rename(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "tmp");
    let renamed = host.rename_account(morning().plus_seconds(95), &net1.session, &account, "WDAGUtility");
    let truth = Truth { account: renamed.name, ..Truth::attributed(host, &account, &net1) };
    vec![truth]
}

pub(super) fn create_use_delete(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "xfer");
    let used = host.network_logon(morning().plus_seconds(14), &account, OTHER_IP);
    host.logoff(morning().plus_seconds(31), &used);
    let run = run_net(host, morning().plus_seconds(40), &shell, "user xfer /delete");
    host.delete_account(run.acts_at, &run.net1.session, &account);
    end_net(host, &run, 0);
    let truth = Truth::attributed(host, &account, &net1).outcome("deleted");
    vec![truth]
}

pub(super) fn renamed_net(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let arguments = "user updsvc Winter-2026! /add";
    let copy =
        host.start(morning(), &shell, r"C:\Users\Public\updchk.exe", &format!("updchk.exe {arguments}"));
    let run = finish_net(host, morning(), copy, arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, "updsvc", Creation::Net);
    end_net(host, &run, 0);
    let truth = Truth::attributed(host, &account, &run.net1);
    vec![truth]
}

pub(super) fn net1_direct(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let net1 = host.start(morning(), &shell, NET1, r#"net1  USER "backup adm" Winter-2026! /ad"#);
    let acts_at = morning().plus_millis(47);
    let account = host.create_account(acts_at, &net1.session, "backup adm", Creation::Net);
    host.exit(acts_at.plus_millis(8), &net1, 0);
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

/// `net user NAME *` asks for the password on the console, and somebody types it.
pub(super) fn prompting_net(host: &mut Host) -> Truth {
    busy(host);
    let asked = moment(host);
    let name = *host.rng().pick(&["reception", "boardroom", "scanner2"]);
    let shell = elevated_shell(host, asked, &admin(), ADMIN_IP);
    let run = run_net(host, asked, &shell, &format!("user {name} * /add"));
    let typed = asked.plus_millis(host.rng().between(125_000, 290_000));
    let account = host.create_account(typed, &run.net1.session, name, Creation::Net);
    host.exit(typed.plus_millis(9), &run.net1, 0);
    host.exit(typed.plus_millis(14), &run.net, 0);
    Truth::attributed(host, &account, &run.net1).without_sequence()
}

/// The dollar hides the account from `net user`, the value from the logon screen.
pub(super) fn hidden_account(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["helpsvc$", "iusr_adm$", "support1$"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, at, &shell, name);
    net_administrators_add(host, at.plus_seconds(6), &shell, &account);
    let key = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\SpecialAccounts\UserList";
    let reg = host.start(
        at.plus_seconds(15),
        &shell,
        r"C:\Windows\System32\reg.exe",
        &format!(r#"reg  add "{key}" /t REG_DWORD /v {name} /d 0 /f"#),
    );
    host.set_registry_value(at.plus_millis(15_030), &reg, &format!(r"{key}\{name}"), "DWORD (0x00000000)");
    host.exit(at.plus_millis(15_045), &reg, 0);
    Truth::attributed(host, &account, &net1).privileged()
}

/// Names that pass for others: letters swapped, a Cyrillic one, the name of no account at all.
pub(super) fn look_alike(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name =
        *host.rng().pick(&["WADGUtilityAccount", "Adrninistrator", "\u{410}dministrator", "DefaultAcount"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, at, &shell, name);
    Truth::attributed(host, &account, &net1)
}

/// The log as a collector keeps it: the host itself has only what came after the 1102.
pub(super) fn log_cleared(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["sysupdate", "svc_wsus", "backupadm"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, at, &shell, name);
    let cleared = at.plus_seconds(host.rng().between(20, 400));
    let wevtutil = host.start(cleared, &shell, r"C:\Windows\System32\wevtutil.exe", "wevtutil  cl Security");
    host.clear_log(cleared.plus_millis(90), &wevtutil.session);
    host.exit(cleared.plus_millis(130), &wevtutil, 0);
    Truth::attributed(host, &account, &net1).covered_up()
}
