//! Who is behind it: sessions taken up again, tasks that somebody else made.
use crate::story::scenes::{ADMIN_IP, CMD, OTHER_IP, busy, desktop, end_net, moment, net_user_add, run_net};
use crate::story::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Host, Session, corp_account};

/// 4778 is off by default: only 4624 of type 7 says that the one at the desktop now sits elsewhere.
pub(in crate::story) fn unlocked_from_elsewhere(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["reco", "takenup", "coffee"]);
    // His own desktop: Windows gives an account one, and whoever logs on again takes that up.
    let seated = corp_account("adm.lindt", 1163);
    let logged_on = at.minus_seconds(host.rng().between(6, 17) * 60);
    let (elevated, limited) = host.administrator_logon(logged_on, &seated, 10, ADMIN_IP);
    let explorer = desktop(host, logged_on.plus_millis(900), &limited);
    let again = at.minus_seconds(host.rng().between(40, 200));
    let [elevated, _] = [elevated, limited].map(|half| host.unlock(again, &half, "10.66.6.6"));
    let system = host.system.clone();
    let shell = host.start_as(at.minus_seconds(31), &explorer, &system, &elevated, CMD, "cmd.exe");
    let (account, net1) = net_user_add(host, at, &shell, name);
    Truth { source_ip: elevated.source_ip, ..Truth::attributed(host, &account, &net1) }
}

/// The task is an old one of somebody else's; what it does now the last who changed it decided.
pub(in crate::story) fn task_changed(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["tchg", "nightly2", "svc_task"]);
    let arguments = format!("user {name} Winter-2026! /add");
    let maker = corp_account("adm.old", 1171);
    let changer = corp_account("mal", 1314);
    let task = "Nightly";
    visit(host, at.minus_seconds(90_000), &maker, ADMIN_IP, |host, time, session| {
        host.register_task(time, session, task, "cmd.exe", r"/c C:\ops\job.cmd");
    });
    let behind = visit(host, at.minus_seconds(200), &changer, OTHER_IP, |host, time, session| {
        host.change_task(time, session, task, "cmd.exe", &format!("/c net {arguments}"));
    });
    let scheduler = host.service_host("netsvcs", "Schedule");
    let shell = host.start(at.minus_millis(44), &scheduler, CMD, &format!("cmd.exe /c net {arguments}"));
    let run = run_net(host, at, &shell, &arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    host.exit(run.acts_at.plus_millis(21), &shell, 0);
    Truth::attributed(host, &account, &run.net1).origin("scheduled_task", &behind)
}

/// Somebody comes over the network, does this, and leaves; returns his session.
fn visit(
    host: &mut Host,
    time: Ticks,
    account: &crate::world::Account,
    source_ip: &str,
    act: impl FnOnce(&mut Host, Ticks, &Session),
) -> Session {
    let session = host.network_logon(time.minus_millis(300), account, source_ip);
    act(host, time, &session);
    host.logoff(time.plus_seconds(1), &session);
    session
}
