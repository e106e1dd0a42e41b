//! What a case is judged by when its severity is worked out.

use begat_model::case::{Origin, What};
use begat_model::event::Principal;
use begat_model::{Analytic, Timestamp};

use crate::case::describe::session_actor;
use crate::cause::scene::{Creation, Scene};
use crate::cause::score::Decision;
use crate::cause::window_rule::subject;
use crate::commands::concealment::concealment;
use crate::severity::ancestor::{self, lineage};
use crate::severity::risk::Facts;
use crate::severity::user_context;
use crate::spans::{FIRST_USE, SOON};
use crate::tables::account::life::AccountLife;
use crate::tables::install::LaunchKind;
use crate::tables::process::record::{ProcessIndex, ProcessRecord};
use crate::tables::process::table::ProcessTable;
use crate::windows::group_power::group_power;
use crate::windows::suspicious;

pub(super) fn facts(
    scene: &Scene<'_>,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
    origin: Option<&Origin>,
) -> Facts {
    let creator = decision.named.and_then(|index| scene.processes.get(index));
    let line: Vec<&ProcessRecord> =
        creator.into_iter().chain(chain.iter().filter_map(|index| scene.processes.get(*index))).collect();
    let own: Vec<&&ProcessRecord> = line
        .iter()
        .filter(|process| creator.is_some_and(|creator| process.session == creator.session))
        .collect();
    let kin = decision.named.map(|creator| lineage(scene.processes, creator, chain)).unwrap_or_default();
    let analytic = &scene.tuning.analytic;
    let actor = session_actor(scene.creation.event.subject.clone(), scene.session, scene.creation.at());
    Facts {
        verdict: Some(decision.verdict),
        scope: Some(scene.scope),
        tool: creator.and_then(|creator| suspicious::tool(analytic, subject(scene.processes, creator))),
        writable_path: own
            .iter()
            .filter_map(|process| process.image.as_deref())
            .find(|image| suspicious::is_user_writable(image))
            .map(str::to_owned),
        renamed: own
            .iter()
            .find(|process| {
                suspicious::is_renamed(process.image.as_deref(), process.original_file_name.as_deref())
            })
            .and_then(|process| process.original_file_name.as_deref().map(str::to_owned)),
        odd_ancestor: ancestor::odd_ancestor(&kin),
        concealed: own.iter().find_map(|process| concealed(process)),
        lateral: line
            .iter()
            .find_map(|process| lateral_channel(scene.processes, process))
            .or_else(|| origin.and_then(installed_remotely)),
        hidden_name: scene.creation.event.account.name.as_deref().is_some_and(|name| name.ends_with('$')),
        parents: ancestor::site_points(&analytic.parents, &kin),
        user_contexts: user_context::site_points(&analytic.user_contexts, &actor),
        ..Facts::default()
    }
}

fn concealed(process: &ProcessRecord) -> Option<String> {
    let names = [process.image.as_deref(), process.original_file_name.as_deref()];
    let how = concealment(names, process.command_line.value()?)?;
    Some(format!("{} {how}", process.stem().unwrap_or("a process without a name")))
}

fn lateral_channel(processes: &ProcessTable, process: &ProcessRecord) -> Option<&'static str> {
    suspicious::launcher(subject(processes, process)).map(|row| row.reason)
}

/// A service, task or subscription is a channel too, where whoever installed it came over the network.
fn installed_remotely(origin: &Origin) -> Option<&'static str> {
    let kind = LaunchKind::ALL.iter().find(|kind| kind.via() == origin.via)?;
    (origin.actor.logon_type == Some(3)).then_some(match kind {
        LaunchKind::Service => "started by a service that was installed over the network",
        LaunchKind::Task => "started by a task that was installed over the network",
        LaunchKind::WmiConsumer => "started by a WMI subscription that was made over the network",
    })
}

pub(super) fn add_life_facts(facts: &mut Facts, creation: &Creation, life: &AccountLife, site: &Analytic) {
    let at = creation.at();
    let soon = |when: Timestamp| when - at <= SOON;
    for afterward in &life.afterwards {
        match &afterward.what {
            What::AddedToGroup { group_sid, group_name, privileged: true } => {
                let Some(power) = group_power(group_sid, group_name.as_ref(), &site.privileged_groups) else {
                    continue;
                };
                let slot = match (soon(afterward.at), power.is_high) {
                    (true, true) => &mut facts.high_group,
                    (true, false) => &mut facts.medium_group,
                    (false, true) => &mut facts.later_high_group,
                    (false, false) => &mut facts.later_medium_group,
                };
                let told = match soon(afterward.at) {
                    true => power.name,
                    false => format!("put into {} {} after its creation", power.name, afterward.at - at),
                };
                slot.get_or_insert(told);
            }
            What::LoggedOn { logon_type, source_ip } if afterward.at - at <= FIRST_USE => {
                let told = remote_logon(*logon_type, source_ip.as_deref());
                facts.remote_logon = facts.remote_logon.take().or(told);
            }
            What::LogCleared => facts.covered_up = Some("the same actor cleared the Security log"),
            What::AuditPolicyChanged => facts.covered_up = Some("the same actor switched off auditing"),
            What::Renamed { to } => facts.hidden_name |= to.ends_with('$'),
            _ => {}
        }
    }
    match &life.covered_before {
        Some(What::LogCleared) => {
            facts.covered_up =
                facts.covered_up.or(Some("the same actor had cleared the Security log before"));
        }
        Some(_) => {
            facts.covered_up = facts.covered_up.or(Some("the same actor had switched off auditing before"));
        }
        None => {}
    }
    facts.password_never_expires = life.uac_value.is_some_and(|bits| bits & 0x200 != 0);
    let same_session = |by: &Principal| by.logon_id.is_some() && by.logon_id == creation.logon_id();
    facts.deleted_by_maker = life
        .deleted
        .as_ref()
        .filter(|(when, by)| soon(*when) && same_session(by))
        .map(|(when, _)| *when - at);
}

/// A logon from elsewhere, as a clause. Local logons of type 3 leave the address out, as WinRM's do: they prove nothing.
fn remote_logon(logon_type: Option<u32>, source_ip: Option<&str>) -> Option<String> {
    let is_loopback = |ip: &&str| ip.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match (logon_type, source_ip) {
        (Some(3 | 10), Some(ip)) if is_loopback(&ip) => None,
        (Some(3), Some(ip)) => Some(format!("it logged on over the network from {ip}")),
        (Some(10), Some(ip)) => Some(format!("it logged on over remote desktop from {ip}")),
        (Some(10), None) => Some("it logged on over remote desktop".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logon_from_elsewhere_is_one_over_the_network_or_remote_desktop_that_says_from_where() {
        for (logon_type, ip, remote) in [
            (Some(3), Some("10.0.0.9"), true),
            (Some(10), Some("10.0.0.9"), true),
            (Some(10), None, true),
            (Some(3), None, false),
            (Some(3), Some("127.0.0.1"), false),
            (Some(3), Some("::1"), false),
            (Some(10), Some("127.0.0.1"), false),
            (Some(2), Some("10.0.0.9"), false),
            (None, Some("10.0.0.9"), false),
        ] {
            assert_eq!(remote_logon(logon_type, ip).is_some(), remote, "{logon_type:?} {ip:?}");
        }
    }
}
