//! Machines from their first boot on, as three real ones wrote it: setup under a name that nobody chose, a clock that
//! takes local time for UTC, the first user; and machines that are set back to a snapshot, or share a name.
use std::rc::Rc;

use super::scenes::{ADMIN_IP, admin, busy, elevated_shell, end_net, moment, morning, net_user_add, run_net};
use super::truth::Truth;
use crate::value::Ticks;
use crate::world::{Account, Asked, Creation, Fleet, Host, HostSpec, Process, Session};

/// What setup calls every machine.
const SETUP_NAME: &str = "MINWINPC";
/// What it draws for this one, before somebody or an answer file names it.
const DRAWN_NAME: &str = "WIN-QALA5Q3KJ43";
/// Local time is this far ahead of UTC.
const AHEAD_SECONDS: u64 = 3 * 3600;

/// SYSTEM, under the name that the machine goes by.
fn system_of(host: &Host, name: &str) -> Session {
    let mut system = host.system.clone();
    system.account.name = format!("{name}$");
    system
}

fn made_by_windows(host: &Host, account: &Account, by: &Session, called: &str) -> Truth {
    Truth { host: called.to_owned(), ..Truth::new(host, account, by).verdict("system") }
}

/// A program of Windows' own that runs as SYSTEM; no record tells its start.
fn program(host: &mut Host, image: &str) -> Rc<Process> {
    let system = host.system.clone();
    host.running(&system, image, image)
}

/// A program of the first run made the account, and a lookup shows it; that Windows did is true as well.
fn first_user(host: &Host, account: &Account, by: &Session, maker: &Process) -> Truth {
    let chain = Vec::new();
    let truth =
        Truth::attributed(host, account, maker).by_no_word().under(by).privileged().without_sequence();
    Truth { chain, ..truth.or("system") }
}

/// What every machine writes before anybody chose anything.
fn born(host: &mut Host, time: Ticks, is_desktop: bool) -> Account {
    host.begins_its_log();
    host.boot_processes(time);
    host.boot(time.plus_seconds(2));
    host.goes_by(Some(SETUP_NAME));
    let setup = system_of(host, SETUP_NAME);
    let account = host.make_built_in(time.plus_seconds(3), &setup);
    if is_desktop {
        for rid in [500, 501] {
            host.disable_built_in(time.plus_seconds(8), &setup, rid);
        }
        host.change_account(time.plus_seconds(40), &setup, &host.built_in(500));
    }
    account
}

/// A desktop that somebody takes out of its box.
pub(super) fn first_start(host: &mut Host) -> Vec<Truth> {
    let at = morning();
    let name = *host.rng().pick(&["Owner", "Anna", "till"]);
    host.is_called_until(at.plus_seconds(50), DRAWN_NAME);
    let built_in = born(host, at, true);
    host.boot_processes(at.plus_seconds(60));
    host.boot(at.plus_seconds(62));
    host.goes_by(None);
    host.set_next_rid(1000);
    let setup = system_of(host, DRAWN_NAME);
    let first_run = program(host, r"C:\Windows\System32\oobe\msoobe.exe");
    let default = host.make_default_user(at.plus_seconds(67), &setup, &first_run);
    host.write_names_anew(at.plus_seconds(69), &setup);
    host.set_clock_right(at.plus_seconds(72), AHEAD_SECONDS);
    host.boot_processes(at.plus_seconds(780));
    host.boot(at.plus_seconds(782));
    let system = host.system.clone();
    let broker = program(host, r"C:\Windows\System32\CloudExperienceHostBroker.exe");
    let owner = host.make_first_user(at.plus_seconds(818), &system, name, Asked::AtFirstStart, &broker);
    host.disable_account(at.plus_seconds(831), &system, &default);
    let desk = host.desktop_logon(at.plus_seconds(840), &owner, 2, "127.0.0.1");
    host.delete_account(at.plus_seconds(1815), &desk, &default);
    vec![
        made_by_windows(host, &built_in, &system_of(host, SETUP_NAME), DRAWN_NAME),
        made_by_windows(host, &default, &setup, host.spec().fqdn).privileged().outcome("deleted"),
        first_user(host, &owner, &system, &broker),
    ]
}

/// A desktop whose first user stands in an answer file.
pub(super) fn unattended(host: &mut Host) -> Vec<Truth> {
    set_up_unattended(host, true)
}

/// The same of a server, whose built-in accounts setup leaves as they are.
pub(super) fn unattended_server(host: &mut Host) -> Vec<Truth> {
    set_up_unattended(host, false)
}

fn set_up_unattended(host: &mut Host, is_desktop: bool) -> Vec<Truth> {
    let at = morning();
    let name = *host.rng().pick(&["Test", "localadm", "build"]);
    host.is_called_until(at.plus_seconds(50), DRAWN_NAME);
    let built_in = born(host, at, is_desktop);
    host.boot_processes(at.plus_seconds(60));
    host.boot(at.plus_seconds(62));
    host.set_clock_right(at.plus_seconds(66), AHEAD_SECONDS);
    // Its accounts still carry the name that setup drew, when its records bear the new one already.
    host.goes_by(Some(DRAWN_NAME));
    host.set_next_rid(1000);
    let setup = system_of(host, DRAWN_NAME);
    let answers = program(host, r"C:\Windows\System32\rundll32.exe");
    let user = host.make_first_user(at.plus_seconds(67), &setup, name, Asked::Unattended, &answers);
    host.goes_by(None);
    host.write_names_anew(at.plus_seconds(71), &setup);
    vec![
        made_by_windows(host, &built_in, &system_of(host, SETUP_NAME), DRAWN_NAME),
        first_user(host, &user, &setup, &answers),
    ]
}

/// A virtual machine is set back to a snapshot: the next account gets the SID that one had whose machine is no more.
/// The collector has both.
pub(super) fn snapshot(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let taken = host.snapshot(at.minus_seconds(30));
    let run = run_net(host, at, &shell, "user trial Winter-2026! /add");
    let first = host.create_account(run.acts_at, &run.net1.session, "trial", Creation::Net);
    end_net(host, &run, 0);
    let first_truth = Truth::attributed(host, &first, &run.net1);
    let later = at.plus_seconds(3600);
    host.restore(later, taken);
    host.boot(later);
    let shell = elevated_shell(host, later.plus_seconds(900), &admin(), ADMIN_IP);
    let (second, net1) = net_user_add(host, later.plus_seconds(900), &shell, "keeper");
    vec![first_truth, Truth::attributed(host, &second, &net1)]
}

/// The same, set back from memory seconds after the account was made: session and shell live on, and make another under
/// the same SID and with the same record ids.
pub(super) fn snapshot_at_once(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let taken = host.snapshot(at.minus_seconds(5));
    let (first, first_net1) = net_user_add(host, at, &shell, "trial");
    let first_truth = Truth::attributed(host, &first, &first_net1);
    let pause = host.rng().between(8, 40);
    host.restore(at.plus_seconds(pause), taken);
    let (second, net1) = net_user_add(host, at.plus_seconds(pause + 5), &shell, "keeper");
    vec![first_truth, Truth::attributed(host, &second, &net1)]
}

/// A machine's records bear another name from one moment of a session on: between its logon and the command, or between
/// the maker's start and the creation itself.
pub(super) fn renamed_in_session(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let run = run_net(host, at, &shell, "user renamed Winter-2026! /add");
    let before_it = *host.rng().pick(&[5, 10_000, 60_000]);
    host.is_called_until(run.acts_at.minus_millis(before_it), "win-7q2lm4tn5k1.corp.example");
    let account = host.create_account(run.acts_at, &run.net1.session, "renamed", Creation::Net);
    end_net(host, &run, 0);
    vec![Truth::attributed(host, &account, &run.net1)]
}

/// Two clones of one image under one name: one machine SID, the same session, process and record ids, half a minute apart.
pub(super) fn clones(fleet: &mut Fleet) -> Vec<Truth> {
    let spec = fleet.host.spec().clone();
    let first = on_clone(&mut fleet.host, "svc_one", 0);
    let mut clone = fleet.another(spec);
    let second = on_clone(&mut clone, "svc_two", 37);
    fleet.join(clone);
    vec![first, second]
}

fn on_clone(host: &mut Host, name: &str, later_seconds: u64) -> Truth {
    let at = moment(host).plus_seconds(later_seconds);
    host.background(at.minus_seconds(1200), 2400, 45);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, at, &shell, name);
    // Where all ids are the same nothing shows whose record is whose: that nobody can say who is a fair answer.
    Truth::attributed(host, &account, &net1).verdict_beside("unknown")
}

/// Two machines bear one name, as clones do that nobody renamed; an account is made on each.
pub(super) fn twins(fleet: &mut Fleet) -> Vec<Truth> {
    let spec = fleet.host.spec().clone();
    let first = on_twin(&mut fleet.host, "svc_one");
    let mut twin = fleet.another_machine(HostSpec { ..spec });
    let second = on_twin(&mut twin, "svc_two");
    fleet.join(twin);
    vec![first, second]
}

fn on_twin(host: &mut Host, name: &str) -> Truth {
    busy(host);
    let at = moment(host);
    let shell = elevated_shell(host, at, &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, at, &shell, name);
    Truth::attributed(host, &account, &net1)
}
