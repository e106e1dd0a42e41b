//! What does not arrive: filtered feeds, hosts that tell their boot alone, names that are none.
use std::rc::Rc;

use super::scenery::desk;
use crate::events::Draft;
use crate::story::scenes::{CMD, OTHER_IP, POWERSHELL, admin, busy, moment, morning, system_agent};
use crate::story::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Host};

/// Of process starts a shell or what shells are used for; of everything else all.
fn is_shell_or_no_process(draft: &Draft) -> bool {
    const TAKEN: &[&str] =
        &["cmd.exe", "powershell.exe", "wscript.exe", "rundll32.exe", "net.exe", "net1.exe"];
    if !matches!(draft.kind.event_id, 4688 | 4689) {
        return true;
    }
    draft
        .fields
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "NewProcessName" | "ProcessName"))
        .any(|(_, image)| image.printed().is_some_and(|image| TAKEN.iter().any(|name| image.ends_with(name))))
}

/// The creator is not of the kind that is forwarded; an idle shell of its session is.
pub(in crate::story) fn shells_only(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["filt", "halfseen", "svc_wef"]);
    let (session, explorer) = desk(host, at);
    let shells = [(POWERSHELL, POWERSHELL), (CMD, "cmd.exe")];
    let (image, line) = *host.rng().pick(&shells);
    let before = host.rng().between(2, 240);
    host.start(at.minus_seconds(before), &explorer, image, line);
    let tool = r"C:\Users\Administrator\Downloads\mk.exe";
    let tool = host.start(at.minus_millis(300), &explorer, tool, "mk.exe");
    let account = host.create_account(at, &session, name, Creation::Api);
    host.exit(at.plus_millis(90), &tool, 0);
    host.forward_only(is_shell_or_no_process);
    Truth::unseen(host, &account, &session).filtered()
}

/// A boot ten minutes ago is all that this host says of processes.
fn booted(host: &mut Host) -> Ticks {
    host.boot(morning());
    host.boot_processes(morning().plus_millis(400));
    busy(host);
    moment(host).plus_seconds(600)
}

pub(in crate::story) fn boot_only_console(host: &mut Host) -> Truth {
    let at = booted(host);
    let name = *host.rng().pick(&["oldbox", "labpc4", "keeper"]);
    let administrator = host.built_in(500);
    let session = host.desktop_logon(at.minus_seconds(200), &administrator, 2, "127.0.0.1");
    let account = host.create_account(at, &session, name, Creation::Net);
    Truth::new(host, &account, &session)
}

/// The session came over the network and runs net here, by WMI say: that nothing shows it is no sign that nothing ran.
pub(in crate::story) fn boot_only_network(host: &mut Host) -> Truth {
    let at = booted(host);
    let name = *host.rng().pick(&["oldnet", "labpc5", "svc_museum"]);
    let session = host.network_logon(at.minus_millis(900), &admin(), OTHER_IP);
    let account = host.create_account(at, &session, name, Creation::Net);
    host.logoff(at.plus_seconds(12), &session);
    Truth::new(host, &account, &session)
}

/// The first account of a machine three minutes old is not Windows' own for that: an agent is there and makes it.
pub(in crate::story) fn young_machine(host: &mut Host) -> Truth {
    let at = morning().plus_seconds(host.rng().between(150, 260));
    host.boot(morning());
    host.background(morning().plus_seconds(20), 900, 24);
    host.set_next_rid(1000);
    let agents = [
        r"C:\Program Files\Google\Compute Engine\agent\GCEWindowsAgent.exe",
        r"C:\WindowsAzure\GuestAgent_2.7\WaAppAgent.exe",
        r"C:\Program Files\Cloudbase Solutions\Cloudbase-Init\Python\Scripts\cloudbase-init.exe",
    ];
    let image = *host.rng().pick(&agents);
    let services = Rc::clone(&host.services);
    let agent = host.start(morning().plus_seconds(41), &services, image, &format!("\"{image}\""));
    let account = host.create_account(at, &agent.session, "kim_adm", Creation::Api);
    host.change_local_group(at.plus_millis(220), &agent.session, &account, 544, true);
    let truth = Truth::behind(host, &account, &agent).verdict("ambiguous").privileged();
    Truth { verdicts: vec!["attributed", "likely", "ambiguous", "unknown"], ..truth }
}

/// Every record bears an alias; that the account is the machine's own, its SID and the machine's account say.
pub(in crate::story) fn alias_name(host: &mut Host) -> Truth {
    let at = morning().plus_seconds(host.rng().between(240, 400));
    host.boot(morning());
    host.background(morning().plus_seconds(20), 1200, 40);
    let image = r"C:\ProgramData\svc\svc.exe";
    let agent = system_agent(host, r"C:\Program Files\Amazon\SSM\amazon-ssm-agent.exe");
    let implant = host.start(at.minus_seconds(19), &agent, image, "svc.exe -k");
    let account = host.create_account(at, &implant.session, "webadm", Creation::Api);
    host.exit(at.plus_seconds(60), &implant, 0);
    let truth = Truth::behind(host, &account, &implant).verdict("likely");
    Truth { verdicts: vec!["attributed", "likely", "ambiguous", "unknown"], ..truth }
}

/// No process is told; the script names its own process and the account.
pub(in crate::story) fn script_log_only(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["scripted", "svc_block", "only4104"]);
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(80), &explorer, POWERSHELL, POWERSHELL);
    host.script_block(at.minus_millis(90), &shell, &format!("New-LocalUser -Name {name} -NoPassword"));
    let account = host.create_account(at, &shell.session, name, Creation::Api);
    Truth::behind(host, &account, &shell)
}
