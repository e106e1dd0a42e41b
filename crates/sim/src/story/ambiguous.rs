//! Several at once: sessions, names, shells and clocks that have to be told apart.
use std::rc::Rc;

use super::scenes::{
    ADMIN_IP, CMD, NET, NET1, OTHER_IP, POWERSHELL, admin, busy, desktop, elevated, elevated_shell, moment,
    morning, net_user_add, run_net, system_agent,
};
use super::truth::Truth;
use crate::world::{Account, Creation, Host, corp_account};

pub(super) fn ambiguous_shells(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let administrator = Account::new("SRV01", "Administrator", host.machine_sid().with_rid(500));
    let logged_on = morning().minus_seconds(400);
    // UAC does not filter the built-in administrator: one session holds the desktop and both shells.
    let session = host.desktop_logon(logged_on, &administrator, 10, ADMIN_IP);
    let explorer = desktop(host, logged_on.plus_millis(900), &session);
    let opened = morning().minus_seconds(40);
    let shells = [0, 1].map(|i| host.start(opened.plus_millis(i * 1500), &explorer, POWERSHELL, POWERSHELL));
    let account = host.create_account(morning(), &session, "temp01", Creation::Api);
    for shell in &shells {
        host.exit(morning().plus_seconds(600), shell, 0);
    }
    let culprit = host.rng().pick(&shells).clone();
    host.script_block(morning().minus_millis(61), &culprit, "New-LocalUser -Name temp01 -NoPassword");
    let truth = Truth {
        candidates: shells.iter().map(|shell| shell.as_ref().into()).collect(),
        ..Truth::attributed(host, &account, &culprit).without_scripts(host, "ambiguous")
    };
    vec![truth]
}

pub(super) fn two_administrators(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let other = corp_account("adm.ogawa", 1151);
    let shells = [
        elevated_shell(host, morning(), &admin(), ADMIN_IP),
        elevated_shell(host, morning().plus_millis(31), &other, OTHER_IP),
    ];
    let arguments = |name: &str| format!("user {name} Winter-2026! /add");
    let names = ["scan01", "scan02"];
    let runs =
        [0, 1].map(|i| run_net(host, morning().plus_millis(20 * i as u64), &shells[i], &arguments(names[i])));
    // Both net1 run before either account appears, and the later one is the first to succeed.
    let acts_at = runs[0].acts_at.max(runs[1].acts_at);
    let mut truth = Vec::new();
    for (order, i) in [1, 0].into_iter().enumerate() {
        let run = &runs[i];
        let at = acts_at.plus_millis(12 * order as u64);
        let account = host.create_account(at, &run.net1.session, names[i], Creation::Net);
        host.exit(at.plus_millis(40), &run.net1, 0);
        host.exit(at.plus_millis(44), &run.net, 0);
        truth.push(Truth::attributed(host, &account, &run.net1));
    }
    truth
}

pub(super) fn two_net1_one_session(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let administrator = Account::new("SRV01", "Administrator", host.machine_sid().with_rid(500));
    let session = host.desktop_logon(morning().minus_seconds(90), &administrator, 10, ADMIN_IP);
    let explorer = desktop(host, morning().minus_seconds(89), &session);
    let batch = host.start(morning().minus_millis(100), &explorer, CMD, r"cmd.exe /c C:\it\accounts.cmd");
    let net1 = ["kiosk1", "kiosk2"].map(|name| {
        let command = format!("net1 user {name} Winter-2026! /add");
        (name, host.start(morning(), &batch, NET1, &command))
    });
    let mut truth = Vec::new();
    for (name, process) in net1.iter().rev() {
        // Everything within one tick of the old clock.
        let account = host.create_account(morning().plus_millis(16), &session, name, Creation::Net);
        truth.push(Truth::attributed(host, &account, process));
    }
    for (_, process) in &net1 {
        host.exit(morning().plus_millis(60), process, 0);
    }
    truth
}

pub(super) fn pid_reuse(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let system = Rc::clone(&host.services);
    let earlier = morning().minus_seconds(60);
    let before = host.start(earlier, &system, POWERSHELL, r"powershell.exe -File C:\it\inventory.ps1");
    host.script_block(earlier.plus_millis(400), &before, "Get-CimInstance Win32_Product | Export-Csv p.csv");
    host.exit(earlier.plus_seconds(30), &before, 0);
    host.reuse_pid(&before);
    let net1 = host.start(morning(), &shell, NET1, "net1 user rotate Winter-2026! /add");
    let account = host.create_account(morning().plus_millis(52), &net1.session, "rotate", Creation::Net);
    host.exit(morning().plus_millis(60), &net1, 0);
    host.reuse_pid(&before);
    let after = host.start(morning().plus_millis(400), &system, NET, "net view");
    host.exit(morning().plus_millis(900), &after, 0);
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

pub(super) fn uac_old_4688(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "contractor");
    // The shell's own session stands nowhere but in its end.
    host.exit(morning().plus_seconds(48), &shell, 0);
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

/// SYSTEM's session is every service's: two shells under an agent, and no command line in the log.
pub(super) fn system_shells(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let agent = system_agent(host, r"C:\Program Files\Mgmt Agent\mgmtagent.exe");
    let shells = [50, 20].map(|seconds| {
        host.start(at.minus_seconds(seconds), &agent, POWERSHELL, "powershell.exe -File job.ps1")
    });
    let name = *host.rng().pick(&["svc_job", "agentadm", "task_local"]);
    let culprit = host.rng().pick(&shells).clone();
    for shell in &shells {
        host.script_block(
            shell.started.plus_millis(400),
            shell,
            "Get-Service | Where-Object Status -eq Stopped",
        );
    }
    host.script_block(at.minus_millis(290), &culprit, &format!("New-LocalUser -Name {name} -NoPassword"));
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    for shell in &shells {
        host.exit(at.plus_seconds(300), shell, 0);
    }
    Truth {
        candidates: shells.iter().map(|shell| shell.as_ref().into()).collect(),
        ..Truth::attributed(host, &account, &culprit).without_scripts(host, "ambiguous")
    }
}

/// 4720 is there at once, the process that made it only minutes later: what was unknown has to be revised.
pub(super) fn late_sysmon(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["late1", "svc_queue", "courier"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, at, &shell, name);
    Truth::attributed(host, &account, &net1)
}

/// One process, one loop, a class of accounts.
pub(super) fn bulk_loop(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let line = r"powershell.exe -File C:\it\new-class.ps1";
    let script = elevated(host, at, &admin(), ADMIN_IP, 4, POWERSHELL, line);
    let text = "1..20 | ForEach-Object { New-LocalUser -Name ('lab{0:d2}' -f $_) -NoPassword }";
    host.script_block(at.minus_millis(300), &script, text);
    let mut truth = Vec::new();
    for number in 1..=20 {
        let time = at.plus_millis(number * 260);
        let name = format!("lab{number:02}");
        let account = host.create_account(time, &script.session, &name, Creation::Api);
        let parameters = [("Name", name.as_str()), ("NoPassword", "True")];
        host.pipeline(time.plus_millis(20), &script, "New-LocalUser", &parameters);
        truth.push(Truth::attributed(host, &account, &script).wave());
    }
    host.exit(at.plus_seconds(7), &script, 0);
    truth
}
