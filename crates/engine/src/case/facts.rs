//! What a case is judged by when its severity is worked out.

use begat_model::case::{Certainty, CoverUp, LateralChannel, Origin, RiskReason, What};
use begat_model::event::Principal;
use begat_model::{Analytic, Duration, Text};

use crate::case::describe::session_actor;
use crate::cause::creation::Creation;
use crate::cause::scene::Scene;
use crate::cause::score::Decision;
use crate::cause::window_rule::subject;
use crate::commands::concealment::concealment;
use crate::severity::ancestor::{self, lineage};
use crate::severity::risk::Facts;
use crate::severity::user_context;
use crate::spans::{COVER_UP_WITHIN, FIRST_USE, SOON};
use crate::tables::account::life::AccountLife;
use crate::tables::install::LaunchKind;
use crate::tables::process::record::{ProcessIndex, ProcessRecord};
use crate::tables::process::table::ProcessTable;
use crate::windows::group_power::{GroupPower, group_power};
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
    let actor =
        session_actor(scene.creation.event.subject.clone(), scene.behind.session, scene.creation.at());
    Facts {
        verdict: Some(decision.verdict),
        by_setup: creator.is_some_and(|creator| scene.is_first_run(creator)),
        scope: Some(scene.machine.scope),
        tool: creator.and_then(|creator| suspicious::tool(analytic, subject(scene.processes, creator))),
        writable_path: own
            .iter()
            .filter_map(|process| process.image.clone())
            .find(|image| suspicious::is_user_writable(image)),
        renamed: own
            .iter()
            .find(|process| {
                suspicious::is_renamed(process.image.as_deref(), process.original_file_name.as_deref())
            })
            .and_then(|process| process.original_file_name.clone()),
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

fn concealed(process: &ProcessRecord) -> Option<RiskReason> {
    let names = [process.image.as_deref(), process.original_file_name.as_deref()];
    let how = concealment(names, process.command_line.value()?)?;
    Some(RiskReason::Concealed { program: process.stem().map(Into::into), how })
}

fn lateral_channel(processes: &ProcessTable, process: &ProcessRecord) -> Option<LateralChannel> {
    suspicious::launcher(subject(processes, process))
}

/// A service, task or subscription is a channel too, where whoever installed it came over the network; who merely may
/// have started it gives no points.
fn installed_remotely(origin: &Origin) -> Option<LateralChannel> {
    let kind = LaunchKind::ALL.iter().find(|kind| kind.via() == origin.via)?;
    let is_shown = origin.certainty == Certainty::Proven && origin.actor.logon_type == Some(3);
    is_shown.then_some(match kind {
        LaunchKind::Service => LateralChannel::RemoteService,
        LaunchKind::Task => LateralChannel::RemoteTask,
        LaunchKind::WmiConsumer => LateralChannel::RemoteSubscription,
    })
}

pub(super) fn add_life_facts(facts: &mut Facts, creation: &Creation, life: &AccountLife, site: &Analytic) {
    let at = creation.at();
    for afterward in &life.afterwards {
        match &afterward.what {
            What::AddedToGroup { group_sid, group_name, privileged: true } => {
                let Some(power) = group_power(group_sid, group_name.as_ref(), &site.privileged_groups) else {
                    continue;
                };
                put_into(facts, power, afterward.at - at);
            }
            What::LoggedOn { logon_type, source_ip } if afterward.at - at <= FIRST_USE => {
                let told = remote_logon(*logon_type, source_ip.as_ref());
                facts.remote_logon = facts.remote_logon.take().or(told);
            }
            What::LogCleared { log } => facts.covered_up = Some(CoverUp::LogCleared { log: log.clone() }),
            What::AuditPolicyChanged => facts.covered_up = Some(CoverUp::AuditSwitchedOff),
            What::Renamed { to } => facts.hidden_name |= to.ends_with('$'),
            _ => {}
        }
    }
    match &life.covered_before {
        Some(What::LogCleared { log }) => {
            facts.covered_up.get_or_insert(CoverUp::LogClearedBefore { log: log.clone() });
        }
        Some(_) => {
            facts.covered_up.get_or_insert(CoverUp::AuditSwitchedOffBefore);
        }
        None => {}
    }
    facts.password_never_expires = life.uac_value.is_some_and(|bits| bits & 0x200 != 0);
    // Whoever makes an account, uses it and takes it away again logs on anew in between.
    let same_session = |by: &Principal| by.logon_id.is_some() && by.logon_id == creation.logon_id();
    facts.deleted_by_maker = life
        .deleted
        .as_ref()
        .filter(|(when, by)| *when - at <= COVER_UP_WITHIN && (same_session(by) || life.same_actor(by)))
        .map(|(when, _)| *when - at);
}

/// A grant of power so long after the creation; of several of a sort the first counts.
fn put_into(facts: &mut Facts, power: GroupPower, after: Duration) {
    let group: Text = power.name.into();
    match (after <= SOON, power.is_high) {
        (true, true) => drop(facts.high_group.get_or_insert(group)),
        (true, false) => drop(facts.medium_group.get_or_insert(group)),
        (false, true) => {
            facts.later_high_group.get_or_insert(RiskReason::PutIntoLater { group, after });
        }
        (false, false) => {
            facts.later_medium_group.get_or_insert(RiskReason::PutIntoLater { group, after });
        }
    }
}

/// A logon from elsewhere: one that tells from where. Local logons of type 3 leave the address out, as WinRM's do, and a
/// desktop of type 10 without one is Hyper-V's own window or a console that remote services keep (`LOCAL`).
fn remote_logon(logon_type: Option<u32>, source_ip: Option<&Text>) -> Option<RiskReason> {
    let source = source_ip.filter(|source| is_elsewhere(source))?.clone();
    match logon_type {
        Some(3) => Some(RiskReason::NetworkLogon { source }),
        Some(10) => Some(RiskReason::DesktopLogon { source: Some(source) }),
        _ => None,
    }
}

/// An address of another machine.
fn is_elsewhere(source: &str) -> bool {
    let address = source.parse::<core::net::IpAddr>();
    !source.eq_ignore_ascii_case("LOCAL")
        && address.is_ok_and(|address| !address.is_loopback() && !address.is_unspecified())
        || source.contains('%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logon_from_elsewhere_is_one_over_the_network_or_remote_desktop_that_says_from_where() {
        for (logon_type, ip, remote) in [
            (Some(3), Some("10.0.0.9"), true),
            (Some(10), Some("10.0.0.9"), true),
            (Some(10), Some("fe80::1%12"), true),
            (Some(10), None, false),
            (Some(10), Some("LOCAL"), false),
            (Some(10), Some("0.0.0.0"), false),
            (Some(10), Some("::"), false),
            (Some(3), None, false),
            (Some(3), Some("127.0.0.1"), false),
            (Some(3), Some("::1"), false),
            (Some(10), Some("127.0.0.1"), false),
            (Some(2), Some("10.0.0.9"), false),
            (None, Some("10.0.0.9"), false),
        ] {
            let source = ip.map(Text::from);
            assert_eq!(remote_logon(logon_type, source.as_ref()).is_some(), remote, "{logon_type:?} {ip:?}");
        }
    }
}
