//! What is not there to be seen, or is none of our business.
use super::scenes::{
    ADMIN_IP, CMD, OTHER_IP, POWERSHELL, admin, built_in_administrator, busy, elevated_shell, end_net,
    moment, morning, net_user_add, run_net,
};
use super::truth::{Told, TrueFinding, Truth};
use crate::world::{Creation, Host, corp_account};

pub(super) fn no_process_telemetry(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "maint");
    let truth = Truth::new(host, &account, &net1.session);
    vec![truth]
}

pub(super) fn empty_command_lines(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "labuser");
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

pub(super) fn domain_account(host: &mut Host) -> Vec<Truth> {
    busy(host);
    for i in 0..12 {
        host.grant_ticket(morning().plus_seconds(i * 20), &corp_account("user1312", 1312), "10.20.1.88");
    }
    host.set_next_rid(2291);
    let caller = host.network_logon(morning(), &admin(), ADMIN_IP);
    host.open_share(morning().plus_millis(40), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(morning().plus_millis(95), &caller, "new.starter", Creation::Api);
    host.logoff(morning().plus_seconds(12), &caller);
    let truth = Truth::new(host, &account, &caller).verdict("remote");
    vec![truth]
}

/// The collector lost everything on both sides of the burst: the record ids say so.
pub(super) fn agent_drop(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["branch2", "svc_mail", "till4"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.lose(run.acts_at.minus_seconds(90), run.acts_at.minus_millis(2));
    host.lose(run.acts_at.plus_millis(8), run.acts_at.plus_seconds(30));
    Truth::new(host, &account, &run.net1.session)
}

/// User Account Management is not audited, groups are: 4728 on the group None tells that an account was made.
pub(super) fn creation_not_audited(host: &mut Host) -> Vec<TrueFinding> {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["quiet", "svc_ftp", "annex"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account_untold(run.acts_at, &run.net1.session, name);
    end_net(host, &run, 0);
    let run = run_net(host, at.plus_seconds(8), &shell, &format!("localgroup administrators {name} /add"));
    host.change_local_group(run.acts_at, &run.net1.session, &account, 544, true);
    end_net(host, &run, 0);
    let session = host.network_logon(at.plus_seconds(200), &account, OTHER_IP);
    host.logoff(at.plus_seconds(260), &session);
    // The logon needs no finding of its own: that the creation is missing is already said.
    vec![TrueFinding::new("creation_not_logged", host, Some(&account.sid))]
}

/// Nothing of accounts is audited; Sysmon sees lsass write the name, and no SID stands there.
pub(super) fn creation_in_the_hive(host: &mut Host) -> Vec<TrueFinding> {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["quiet", "svc_ftp", "annex"]);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    host.write_name_by_sam(run.acts_at, name);
    end_net(host, &run, 0);
    vec![TrueFinding::new("creation_not_logged", host, None)]
}

/// Two accounts were made and one is told: the other's relative id comes after it, so it was made after it.
pub(super) fn creation_in_between(host: &mut Host) -> Told {
    busy(host);
    let at = moment(host);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let (told, net1) = net_user_add(host, at, &shell, "decoy");
    let name = *host.rng().pick(&["second", "svc_two", "mute"]);
    let untold = host.next_account(name);
    let session = host.network_logon(at.plus_seconds(240), &untold, OTHER_IP);
    host.logoff(at.plus_seconds(300), &session);
    let findings = vec![TrueFinding::new("creation_not_logged", host, Some(&untold.sid))];
    Told { truth: vec![Truth::attributed(host, &told, &net1)], findings }
}

/// Process auditing is switched off, the account made in the dark, and the same session did both.
pub(super) fn audit_switched_off(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["ghost", "svc_dark", "nolog"]);
    let shell = elevated_shell(host, at.minus_seconds(60), &admin(), ADMIN_IP);
    let switched = at.minus_seconds(40);
    let auditpol = host.start(
        switched,
        &shell,
        r"C:\Windows\System32\auditpol.exe",
        "auditpol  /set /category:\"Detailed Tracking\" /success:disable",
    );
    host.stop_process_auditing(switched.plus_millis(70), &auditpol.session);
    let (account, net1) = net_user_add(host, at, &shell, name);
    Truth::new(host, &account, &net1.session).covered_up()
}

/// After a restart a network logon gets the id that a desktop had before: that desktop's shells are long gone.
pub(super) fn boot_between(host: &mut Host) -> Truth {
    let at = moment(host);
    let boot = morning().minus_seconds(1500);
    let (old, explorer) = built_in_administrator(host, boot.minus_seconds(1200), ADMIN_IP);
    host.start(boot.minus_seconds(300), &explorer, POWERSHELL, POWERSHELL);
    host.start(boot.minus_seconds(200), &explorer, CMD, "cmd.exe");
    host.shut_down(boot.minus_seconds(60));
    host.boot(boot);
    busy(host);
    host.reuse_logon_id(&old);
    let name = *host.rng().pick(&["after", "svc_boot", "remote7"]);
    let caller = host.network_logon(at.minus_millis(95), &admin(), OTHER_IP);
    host.open_share(at.minus_millis(50), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(at, &caller, name, Creation::Api);
    host.logoff(at.plus_seconds(12), &caller);
    Truth::new(host, &account, &caller).verdict("remote")
}

/// A computer joins: 4741, and no case. Another is made by hand as a user with a dollar: a 4720 of the domain.
pub(super) fn machine_account(host: &mut Host) -> Told {
    busy(host);
    let at = moment(host);
    for i in 0..12 {
        host.grant_ticket(morning().plus_seconds(i * 20), &corp_account("user1312", 1312), "10.20.1.88");
    }
    host.set_next_rid(2310);
    let caller = host.network_logon(at, &corp_account("join.svc", 1220), ADMIN_IP);
    host.open_share(at.plus_millis(30), &caller, r"\\*\IPC$", "samr");
    host.create_computer(at.plus_millis(70), &caller, "WKS118");
    let account = host.create_account(at.plus_millis(900), &caller, "WKS119$", Creation::Api);
    host.logoff(at.plus_seconds(12), &caller);
    Truth::new(host, &account, &caller).verdict("remote").into()
}
