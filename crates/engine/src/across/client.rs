//! Commands that reach for another machine: a creation over the network is joined to the command that made it,
//! where its own host is in the input too.

use std::collections::{BTreeMap, VecDeque};

use begat_model::case::{Actor, Case, CaseEvent, Client, Origin, Process, Role, Verdict};
use begat_model::event::Body;
use begat_model::{Duration, Event, EventKind, HostName, LogonId, RecordRef, Timestamp};

use crate::commands::intent::accounts::Intent;
use crate::commands::intent::deeds::Deeds;
use crate::commands::intent::names_account::{Dollar, names_account};
use crate::commands::intent::remote::RemoteTarget;
use crate::spans::{CHANNEL_TOLERANCE, CLIENT_REACH, CLOCK_SKEW, SERVICE_REACH};
use crate::texts::known::Reaching;

/// Most such commands kept of one host, the latest.
pub const CLIENTS_MAX: usize = 16_384;
/// Of these the latest this many are compared with the next.
const COPIES_MAX: usize = 64;
/// The route, in output, where nothing on the host itself tells one.
const VIA: &str = "remote_command";

/// A command on one host that reaches for others.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientCommand {
    /// Where it ran.
    pub host: HostName,
    /// When it began.
    pub at: Timestamp,
    /// Whom it reaches for.
    pub targets: Vec<RemoteTarget>,
    /// What it does to accounts there.
    pub intents: Vec<Intent>,
    /// Its words, for accounts that are named without a verb.
    line: String,
    /// Who ran it, and from which session.
    pub actor: Actor,
    /// The process, its secrets redacted.
    pub process: Process,
    /// The record that tells it.
    pub record: RecordRef,
}

/// Logon types of people who sit somewhere: interactive, unlock, remote desktop, cached.
const SEATED: &[u32] = &[2, 7, 10, 11];

/// Whether an event is a command that reaches for another machine, or the logon of somebody who may give one: of
/// hosts without creations only these matter.
pub(crate) fn reaches_elsewhere(event: &Event, reaching: &mut Reaching) -> bool {
    match &event.body {
        Body::LoggedOn(logon) => logon.logon_type.is_some_and(|logon_type| SEATED.contains(&logon_type)),
        Body::ProcessCreated(created) => reaching.line(created),
        Body::ScriptBlock(script) => reaching.script(&script.text),
        _ => false,
    }
}

impl ClientCommand {
    /// The command of a new process, or of a script that a running PowerShell was given, with what it would do;
    /// `None` for other events.
    pub(crate) fn of(event: &Event, deeds: &Deeds, actor: Actor, process: Process) -> Option<ClientCommand> {
        let (at, line) = match &event.body {
            Body::ProcessCreated(created) => (created.started_at, created.command_line.value()?),
            Body::ScriptBlock(script) => (event.at, &script.text),
            _ => return None,
        };
        let Deeds { intents, targets, .. } = deeds.clone();
        let (host, line, record) = (event.host.clone(), line.to_string(), event.record.clone());
        Some(ClientCommand { host, at, targets, intents, line, actor, process, record })
    }

    /// How well it explains a creation on another host: the account's name in it, or the same account at work.
    fn explains(&self, case: &Case) -> Option<Fit> {
        let lag = case.created_at - self.at;
        let is_near = lag + CLOCK_SKEW >= Duration::ZERO && lag <= CLIENT_REACH;
        let reaches = self.targets.iter().any(|target| is_host(&target.host, case));
        let is_elsewhere = self.host.netbios() != case.host.netbios;
        if !(is_near && reaches && is_elsewhere) {
            return None;
        }
        let name = case.account.created_as.as_deref()?;
        let creates = |intent: &Intent| matches!(intent, Intent::CreateAccount { name: Some(theirs), .. } if theirs.eq_ignore_ascii_case(name));
        let same_account = {
            let (theirs, ours) = (&self.actor.account, &case.actor.account);
            let same_name = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
            let by_sid = theirs.sid.is_some() && theirs.sid == ours.sid;
            by_sid || theirs.name.as_deref().zip(ours.name.as_deref()).is_some_and(|(a, b)| same_name(a, b))
        };
        if self.intents.iter().any(creates) {
            Some(Fit::CreatesIt)
        } else if names_account(&self.line, name, Dollar::Told) {
            Some(Fit::NamesIt)
        } else if same_account {
            Some(Fit::SameAccount)
        } else {
            self.starts_a_service(lag, case).then_some(Fit::StartsService)
        }
    }
}

/// The commands of one host that reach for other machines.
#[derive(Debug, Default)]
pub struct ClientTable {
    commands: VecDeque<ClientCommand>,
}

impl ClientTable {
    /// What an event came to.
    pub fn extend(&mut self, command: Option<ClientCommand>) {
        command.into_iter().for_each(|command| self.add(command));
    }

    /// One more. Of two logs' tellings the Security log's stays, whichever came first.
    fn add(&mut self, command: ClientCommand) {
        let mut lately = self.commands.iter_mut().rev().take(COPIES_MAX);
        if let Some(known) = lately.find(|known| command.is_copy_of(known)) {
            if command.record.kind < known.record.kind {
                *known = command;
            }
            return;
        }
        if self.commands.len() == CLIENTS_MAX {
            self.commands.pop_front();
        }
        self.commands.push_back(command);
    }

    /// All of them, in order.
    pub fn into_commands(self) -> Vec<ClientCommand> {
        self.commands.into()
    }
}

impl ClientCommand {
    /// The same process, told by another log.
    pub(crate) fn is_copy_of(&self, other: &ClientCommand) -> bool {
        self.process.pid.is_some()
            && self.process.pid == other.process.pid
            && self.record.kind != other.record.kind
            && (self.at - other.at).magnitude() <= CHANNEL_TOLERANCE
            && self.targets == other.targets
    }

    /// The best fit, then the latest. Carriers cut times: to the second all agree, and ids order what shares one.
    fn order(&self, fit: Fit) -> (Fit, i64, &HostName, EventKind, Option<u64>) {
        (fit, self.at.unix_seconds(), &self.host, self.record.kind, self.record.record_id)
    }

    /// What it starts over there runs as SYSTEM, at once: then nobody's name is left to compare.
    fn starts_a_service(&self, lag: Duration, case: &Case) -> bool {
        let by_service = self
            .targets
            .iter()
            .any(|target| is_host(&target.host, case) && matches!(target.via, "service" | "task" | "psexec"));
        by_service && lag <= SERVICE_REACH && acts_as_system(case)
    }
}

/// What ties a client's command to a creation, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    StartsService,
    SameAccount,
    NamesIt,
    CreatesIt,
}

fn first_label(target: &str) -> &str {
    target.split('.').next().unwrap_or(target)
}

fn is_host(target: &str, case: &Case) -> bool {
    let label = first_label(target);
    let is_address = target.parse::<core::net::IpAddr>().is_ok();
    !is_address
        && (target.eq_ignore_ascii_case(case.host.name.as_str())
            || label.eq_ignore_ascii_case(case.host.name.first_label()))
}

/// Joins every creation that came over the network to the client's command on its own host. What was joined
/// before, with fewer commands known, is joined anew.
pub(crate) fn join(cases: &mut [Case], commands: &[ClientCommand]) {
    let mut by_target: BTreeMap<String, Vec<&ClientCommand>> = BTreeMap::new();
    for command in commands {
        for target in &command.targets {
            by_target.entry(first_label(&target.host).to_lowercase()).or_default().push(command);
        }
    }
    for case in cases {
        part(case);
        let label = case.host.name.first_label().to_lowercase();
        let Some(reaching) = by_target.get(&label).filter(|_| came_from_elsewhere(case)) else { continue };
        let explains = reaching.iter().filter_map(|command| Some((command.explains(case)?, *command)));
        let best = explains
            .max_by(|(fit, command), (other_fit, other)| command.order(*fit).cmp(&other.order(*other_fit)));
        if let Some((_, command)) = best {
            tie(case, command);
        }
    }
}

/// Undoes a join.
fn part(case: &mut Case) {
    case.events.retain(|event| event.role != Role::RemoteCommand);
    match &mut case.origin {
        Some(origin) if origin.via == VIA => case.origin = None,
        Some(origin) => origin.client = None,
        None => {}
    }
}

fn tie(case: &mut Case, command: &ClientCommand) {
    let client = Client { host: command.host.clone(), process: command.process.clone() };
    case.events.push(CaseEvent { record: command.record.clone(), role: Role::RemoteCommand });
    case.events.sort();
    match &mut case.origin {
        Some(origin) => origin.client = Some(client),
        None => {
            let actor = command.actor.clone();
            case.origin = Some(Origin { actor, via: VIA, client: Some(client) });
        }
    }
}

fn acts_as_system(case: &Case) -> bool {
    case.actor.account.logon_id.is_some_and(LogonId::is_well_known)
}

/// Over the network, or by a service that the network may have started.
fn came_from_elsewhere(case: &Case) -> bool {
    let over_network = case.attribution.verdict == Verdict::Remote || case.actor.logon_type == Some(3);
    over_network || acts_as_system(case)
}
