//! Who asked the SAM: lookups that name the creator, and lookups that only happen nearby.
use std::rc::Rc;

use super::decoys::two_shells;
use super::scenery::{desk, old_service};
use crate::story::scenes::{CMD, busy, end_net, moment, morning, run_net, system_agent};
use crate::story::truth::Truth;
use crate::world::{Creation, Host};

/// It asks for the administrators once a minute, so also just before the account becomes one.
pub(in crate::story) fn scanner(host: &mut Host) -> Truth {
    const SCANNERS: &[&str] = &[
        r"C:\Program Files\Qualys\QualysAgent\QualysAgent.exe",
        r"C:\Program Files\Tenable\Nessus Agent\nessus-agent-module.exe",
        r"C:\Program Files\Rapid7\Insight Agent\ir_agent.exe",
    ];
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_tel", "svc_rmm3", "opsadm"]);
    let image = *host.rng().pick(SCANNERS);
    let services = Rc::clone(&host.services);
    let scanner = host.start(at.minus_seconds(700), &services, image, &format!("\"{image}\""));
    for round in 0..18 {
        host.read_members(at.minus_seconds(612).plus_seconds(round * 60), &scanner, 544);
    }
    host.read_members(at.plus_millis(400), &scanner, 544);
    let maker = old_service(host);
    let account = host.create_account(at, &maker, name, Creation::Api);
    host.change_local_group(at.plus_millis(560), &maker, &account, 544, true);
    Truth::unseen(host, &account, &maker).privileged()
}

/// It reads each account as soon as it is made, whoever made it: one that net1 did, and one of a service that nobody saw
/// start.
pub(in crate::story) fn sensor(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_seen", "opsadm2", "noticed"]);
    let services = Rc::clone(&host.services);
    let image = r"C:\Program Files\Endpoint\sensor.exe";
    let sensor = host.start(at.minus_seconds(700), &services, image, &format!("\"{image}\" run"));
    let (_, explorer) = desk(host, at);
    let first_at = at.minus_seconds(120);
    let shell = host.start(first_at.minus_seconds(31), &explorer, CMD, "cmd.exe");
    let run = run_net(host, first_at, &shell, "user before1 Winter-2026! /add");
    let first = host.create_account(run.acts_at, &run.net1.session, "before1", Creation::Net);
    host.read_membership(run.acts_at.plus_millis(2), &sensor, &first);
    end_net(host, &run, 0);
    let maker = old_service(host);
    let account = host.create_account(at, &maker, name, Creation::Api);
    host.read_membership(at.plus_millis(2), &sensor, &account);
    vec![Truth::attributed(host, &first, &run.net1), Truth::unseen(host, &account, &maker)]
}

/// It goes through all accounts and groups in a few milliseconds, the newest among them.
pub(in crate::story) fn enumerator(host: &mut Host) -> Truth {
    const ENUMERATORS: &[&str] = &[
        r"C:\Windows\System32\CompatTelRunner.exe",
        r"C:\Windows\System32\wbem\WmiPrvSE.exe",
        r"C:\Windows\System32\LogonUI.exe",
    ];
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_enum", "hotel3", "lobbyadm"]);
    let image = *host.rng().pick(ENUMERATORS);
    let services = Rc::clone(&host.services);
    let reader = host.start(at.minus_seconds(3), &services, image, image);
    let maker = old_service(host);
    let account = host.create_account(at, &maker, name, Creation::Net);
    // Within the burst, or just after it.
    let from = at.plus_millis(*host.rng().pick(&[3, 600]));
    for (index, rid) in (0..).zip([500, 501, 503, 504]) {
        let other = host.built_in(rid);
        host.read_membership(from.plus_millis(index / 2), &reader, &other);
    }
    host.read_membership(from, &reader, &account);
    host.read_members(from.plus_millis(1), &reader, 545);
    host.read_members(from.plus_millis(1), &reader, 544);
    host.change_local_group(from.plus_millis(2), &maker, &account, 544, true);
    host.exit(at.plus_seconds(4), &reader, 0);
    Truth::unseen(host, &account, &maker).privileged()
}

/// The first run of Windows: what the broker reads it then changes, between the records of the creation.
pub(in crate::story) fn setup_broker(host: &mut Host) -> Truth {
    let at = first_run(host);
    let broker = system_agent(host, r"C:\Windows\System32\CloudExperienceHostBroker.exe");
    let account = host.create_account(at, &broker.session, "Rathbun", Creation::Net);
    for millis in [8, 8, 11, 12] {
        host.read_members(at.plus_millis(millis), &broker, 544);
    }
    host.change_local_group(at.plus_millis(10), &broker.session, &account, 544, true);
    let search = system_agent(host, r"C:\Windows\System32\SearchIndexer.exe");
    host.read_members(at.plus_seconds(4), &search, 544);
    Truth { verdicts: vec!["attributed", "likely", "ambiguous"], ..Truth::behind(host, &account, &broker) }
        .or("system")
        .privileged()
}

/// An unattended setup's shell reads the account between its creation and its grant.
pub(in crate::story) fn setup_shell(host: &mut Host) -> Truth {
    let at = first_run(host);
    let shell = system_agent(host, r"C:\Windows\System32\rundll32.exe");
    let account = host.create_account(at, &shell.session, "Test", Creation::Net);
    for millis in [14, 15] {
        host.read_membership(at.plus_millis(millis), &shell, &account);
    }
    host.change_local_group(at.plus_millis(37), &shell.session, &account, 544, true);
    // The logon screen reads all names a little later, as it always does.
    let logon_screen = system_agent(host, r"C:\Windows\System32\LogonUI.exe");
    for known in [host.built_in(500), account.clone()] {
        host.read_membership(at.plus_millis(6_700), &logon_screen, &known);
    }
    Truth { verdicts: vec!["attributed", "likely", "ambiguous"], ..Truth::behind(host, &account, &shell) }
        .or("system")
        .privileged()
}

fn first_run(host: &mut Host) -> crate::value::Ticks {
    host.boot(morning());
    host.set_next_rid(1001);
    moment(host).plus_seconds(90)
}

/// Two consoles could have; sixteen seconds on, one of them reads Users and puts the account into it.
pub(in crate::story) fn late_grant(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["jonathan", "sarah", "newhire"]);
    let (_, explorer) = desk(host, at);
    let shells = two_shells(host, at, &explorer);
    let culprit = host.rng().pick(&shells).clone();
    host.script_block(at.minus_millis(52), &culprit, &format!("New-LocalUser -Name {name} -NoPassword"));
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    let granted = at.plus_millis(16_374);
    host.read_members(granted, &culprit, 545);
    host.change_local_group(granted.plus_millis(5), &culprit.session, &account, 545, true);
    Truth::behind(host, &account, &culprit)
}
