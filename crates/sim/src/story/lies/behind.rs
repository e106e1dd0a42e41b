//! Who is behind it: sessions taken up again, tasks that somebody else made.
use super::decoys::honest_net;
use super::scenery::desk;
use crate::story::scenes::{ADMIN_IP, CMD, OTHER_IP, busy, end_net, moment, run_net};
use crate::story::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Host, Session, corp_account};

/// 4778 is off by default: only 4624 of type 7 says that the one at the desktop now sits elsewhere.
pub(in crate::story) fn unlocked_from_elsewhere(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["reco", "takenup", "coffee"]);
    let (session, explorer) = desk(host, at);
    let before = host.rng().between(40, 200);
    let session = host.unlock(at.minus_seconds(before), &session, "10.66.6.6");
    Truth { source_ip: session.source_ip, ..honest_net(host, at, &explorer, name) }
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
