//! Commands that reach for another machine: a creation over the network is joined to the command that made it,
//! where its own host is in the input too.

use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use begat_model::case::{Actor, Case, CaseEvent, Certainty, Client, Origin, Process, Role, Verdict};
use begat_model::event::Body;
use begat_model::{Duration, Event, EventKind, HostName, LogonId, RecordRef, Text, Timestamp};

use crate::commands::intent::accounts::Intent;
use crate::commands::intent::deeds::Deeds;
use crate::commands::intent::names_account::{Dollar, names_account};
use crate::commands::intent::remote::RemoteTarget;
use crate::commands::line::image_stem;
use crate::commands::long_line::LongLine;
use crate::spans::{CHANNEL_TOLERANCE, CLIENT_REACH, CLOCK_SKEW, SERVICE_REACH};
use crate::tables::install::SERVICE_START;
use crate::tables::sources::address_of;
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
    long_line: Option<Arc<LongLine>>,
    /// Who ran it, and from which session.
    pub actor: Actor,
    /// The process, its secrets redacted.
    pub process: Process,
    /// The record that tells it.
    pub record: RecordRef,
    /// Addresses that its host was seen to have; not all of them perhaps.
    pub addresses: Arc<BTreeSet<IpAddr>>,
}

/// A way to another machine, as that machine sees it.
struct Route {
    /// As `RemoteTarget` names it.
    via: &'static str,
    /// File names of what starts the work there; what makes the account is one of them or below one.
    hosts: &'static [&'static str],
    /// It calls the SAM itself, over the network: no process of the machine does.
    calls_sam: bool,
}

const ROUTES: &[Route] = &[
    Route { via: "wmic", hosts: &["wmiprvse"], calls_sam: false },
    Route { via: "wmi", hosts: &["wmiprvse"], calls_sam: false },
    Route { via: "cim", hosts: &["wmiprvse"], calls_sam: false },
    Route { via: "winrm", hosts: &["wsmprovhost", "winrshost", "wmiprvse"], calls_sam: false },
    Route { via: "service", hosts: &["services"], calls_sam: false },
    Route { via: "psexec", hosts: &["services"], calls_sam: false },
    Route { via: "task", hosts: &["svchost", "taskeng", "taskhostw"], calls_sam: false },
    Route {
        via: "impacket",
        hosts: &["wmiprvse", "services", "svchost", "taskeng", "mmc", "explorer"],
        calls_sam: true,
    },
    Route { via: "adsi", hosts: &[], calls_sam: true },
];

/// How a way to a machine stands to what that machine shows of a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    /// It shows another way.
    Otherwise,
    /// It shows too little to say.
    NotTold,
    /// It shows this one.
    So,
}

impl Route {
    fn shown_by(&self, case: &Case) -> Shown {
        let Some(creator) = &case.attribution.creator else {
            return match (case.attribution.verdict, self.calls_sam) {
                (Verdict::Remote, true) => Shown::So,
                (Verdict::Remote, false) => Shown::Otherwise,
                _ => Shown::NotTold,
            };
        };
        let images = || std::iter::once(creator).chain(&case.attribution.chain).map(|process| &process.image);
        let is_host = |image: &Text| self.hosts.contains(&image_stem(image).as_str());
        if images().flatten().any(is_host) {
            Shown::So
        } else if self.hosts.is_empty() || images().all(Option::is_some) {
            Shown::Otherwise
        } else {
            Shown::NotTold
        }
    }
}

/// 4624's LogonType over the network.
const NETWORK: u32 = 3;
/// Logon types of people who sit somewhere: interactive, unlock, remote desktop, cached.
const SEATED: &[u32] = &[2, 7, 10, 11];

/// Whether an event is a command that reaches for another machine, or the logon of somebody who may give one, or of the
/// machine itself, which tells its addresses: of hosts without creations only these matter.
pub(crate) fn reaches_elsewhere(event: &Event, reaching: &mut Reaching) -> bool {
    match &event.body {
        Body::LoggedOn(logon) => {
            let machine = logon.account.name.as_deref().and_then(|name| name.strip_suffix('$'));
            machine.is_some_and(|machine| machine.eq_ignore_ascii_case(&event.host.netbios()))
                || logon.logon_type.is_some_and(|logon_type| SEATED.contains(&logon_type))
        }
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
        let Deeds { intents, targets, long_line, .. } = deeds.clone();
        let (host, line, record) = (event.host.clone(), line.to_string(), event.record.clone());
        let addresses = Arc::default();
        Some(ClientCommand { host, at, targets, intents, line, long_line, actor, process, record, addresses })
    }

    /// How well it explains a creation on another host, and whether that one shows the way it went: by the account's
    /// name in it, or the same account at work.
    fn explains(&self, case: &Case) -> Option<(Fit, Shown)> {
        let lag = case.created_at - self.at;
        let is_near = lag + CLOCK_SKEW >= Duration::ZERO && lag <= CLIENT_REACH;
        let is_elsewhere = self.host.netbios() != case.host.netbios;
        let place = self.place(case);
        if !(is_near && is_elsewhere && place > Shown::Otherwise) {
            return None;
        }
        let reaching = self.targets.iter().filter(|target| is_host(&target.host, case));
        let shown = reaching.filter_map(|target| shown(target, case)).max();
        let shown = shown.filter(|shown| *shown > Shown::Otherwise)?;
        // A session that names its address came from somewhere: that it was from here something has to show.
        let is_placed = place == Shown::So || shown == Shown::So || !names_its_address(case);
        Some((self.fit(case, lag)?, shown)).filter(|_| is_placed)
    }

    /// Whether the creation's session, or the one behind it, names the workstation or the address that this command's
    /// host has, or another.
    fn place(&self, case: &Case) -> Shown {
        let mut found = Shown::NotTold;
        for actor in sessions_over_network(case) {
            let workstation = actor.source_host.as_deref().and_then(HostName::new);
            let same_host = workstation.map(|workstation| workstation.netbios() == self.host.netbios());
            let address = actor.source_ip.as_deref().and_then(address_of);
            let address = address.filter(|_| !self.addresses.is_empty());
            let same_address = address.map(|address| self.addresses.contains(&address));
            for is_same in [same_host, same_address].into_iter().flatten() {
                if !is_same {
                    return Shown::Otherwise;
                }
                found = Shown::So;
            }
        }
        found
    }

    fn names(&self, account: &str) -> bool {
        let may = self.long_line.as_ref().is_none_or(|long| long.may_name(account));
        may && names_account(&self.line, account, Dollar::Told)
    }

    fn fit(&self, case: &Case, lag: Duration) -> Option<Fit> {
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
        } else if self.names(name) {
            Some(Fit::NamesIt)
        } else if same_account {
            Some(Fit::SameAccount)
        } else {
            self.starts_a_service(lag, case).then_some(Fit::StartsService)
        }
    }
}

/// The creation's session and the one behind it, as far as they came over the network.
fn sessions_over_network(case: &Case) -> impl Iterator<Item = &Actor> {
    let behind = case.origin.as_ref().filter(|origin| origin.via != VIA).map(|origin| &origin.actor);
    let sessions = std::iter::once(&case.actor).chain(behind);
    sessions.filter(|actor| actor.logon_type == Some(NETWORK))
}

fn names_its_address(case: &Case) -> bool {
    sessions_over_network(case).any(|actor| actor.source_ip.as_deref().and_then(address_of).is_some())
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

fn shown(target: &RemoteTarget, case: &Case) -> Option<Shown> {
    ROUTES.iter().find(|route| route.via == target.via).map(|route| route.shown_by(case))
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
        let explains = reaching.iter().filter_map(|command| {
            let (fit, shown) = command.explains(case)?;
            Some(Candidate { fit, shown, command })
        });
        tie(case, explains.collect());
    }
}

/// A command that may explain a creation.
#[derive(Clone, Copy)]
struct Candidate<'c> {
    fit: Fit,
    shown: Shown,
    command: &'c ClientCommand,
}

impl Candidate<'_> {
    /// Who gave it, and where: several commands of one hand are one.
    fn hand(&self) -> (String, Option<LogonId>, Option<String>) {
        let account = &self.command.actor.account;
        let name = account.name.as_deref().map(str::to_lowercase);
        (self.command.host.netbios(), account.logon_id, name)
    }
}

/// Undoes a join. One that took the place of a mere possibility comes again: commands are never fewer than before.
fn part(case: &mut Case) {
    case.events.retain(|event| event.role != Role::RemoteCommand);
    match &mut case.origin {
        Some(origin) if origin.via == VIA => case.origin = None,
        Some(origin) => origin.client = None,
        None => {}
    }
}

/// Of those that fit best the latest is told, and that it is not the only one where others gave such a command too.
fn tie(case: &mut Case, mut candidates: Vec<Candidate<'_>>) {
    let Some(best_fit) = candidates.iter().map(|candidate| candidate.fit).max() else { return };
    candidates.retain(|candidate| candidate.fit == best_fit);
    candidates.sort_by(|one, other| one.command.order(one.fit).cmp(&other.command.order(other.fit)));
    let mut hands: BTreeMap<_, Candidate<'_>> = BTreeMap::new();
    for candidate in candidates {
        hands.insert(candidate.hand(), candidate);
    }
    let latest =
        hands.values().max_by(|one, other| one.command.order(one.fit).cmp(&other.command.order(other.fit)));
    let Some(Candidate { fit, shown, command }) = latest.copied() else { return };
    let is_proven = hands.len() == 1 && fit == Fit::CreatesIt && shown == Shown::So;
    let certainty = if is_proven { Certainty::Proven } else { Certainty::Possible };
    let records = hands.values().map(|candidate| candidate.command.record.clone());
    case.events.extend(records.map(|record| CaseEvent { record, role: Role::RemoteCommand }));
    case.events.sort();
    let client = Client { host: command.host.clone(), process: command.process.clone() };
    match &mut case.origin {
        // Records of the machine itself tell who is behind it: of several commands none is told to be his. What only
        // may be gives way to a session that is known.
        Some(origin) if origin.via != SERVICE_START || command.actor.logon_type.is_none() => {
            origin.client = (hands.len() == 1).then_some(client);
        }
        _ => {
            let actor = command.actor.clone();
            case.origin = Some(Origin { actor, via: VIA, certainty, client: Some(client) });
        }
    }
}

fn acts_as_system(case: &Case) -> bool {
    case.actor.account.logon_id.is_some_and(LogonId::is_well_known)
}

/// Over the network, or by a service that the network may have started.
fn came_from_elsewhere(case: &Case) -> bool {
    let over_network = case.attribution.verdict == Verdict::Remote || case.actor.logon_type == Some(NETWORK);
    over_network || acts_as_system(case)
}
