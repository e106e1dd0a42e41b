//! Sources to cases: two looks at the input, both on all threads. The only place with threads.
//!
//! The first look counts who was heard and where accounts were created; the second reads the events of those
//! hosts, and of the others what says something by itself, through time in slices: what a slice tells is worked off
//! before the next is read, so memory holds a slice and what is alive, however long the log. Workers take units from
//! a counter, so which worker reads what differs from run to run; nothing that comes out does, because surveys merge
//! in any order and each host's events are put in order by its engine.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use begat_engine::{Engine, HostDirectory, HostId, Hunt, Picking};
use begat_ingest::{
    AnomalyLog, Extent, Gathered, InputProblem, Looks, ReadOptions, ReadReport, Schemas, Skipped, Source,
    Survey, Surveyed, TimeSlice, Unit, UnitReader, Zones, gather, gather_bytes,
};
use begat_model::calibration::HostRate;
use begat_model::case::{BlindSpot, Case, Finding};
use begat_model::coverage::{HostCoverage, Tally};
use begat_model::ledger::HostLedger;
use begat_model::{Body, Duration, Event, EventKind, HostName, Timestamp};
use begat_policy::{Policy, Usage};
use begat_report::Read;
use begat_rules::{Hits, Marker, RuleSet};
use begat_sim::rehearse::SiteNames;

use crate::error::Error;
use crate::message::Message;
use crate::options::{BuiltIn, Input, Inputs};
use crate::progress::Progress;
use crate::rules::Rules;

/// Events that a worker keeps for a shard before it takes the shard's lock.
const BATCH_EVENTS: usize = 2048;
/// How time is cut into slices.
#[derive(Debug, Clone, Copy)]
struct SliceBounds {
    /// Most records of a slice, as far as the first look can tell; an event takes less than a KiB.
    records_max: u64,
    /// What is packed is read from its beginning for each slice that it reaches into: no more often than this, all
    /// together. Beyond it slices grow.
    rereads_max: u64,
}

const SLICES: SliceBounds = SliceBounds { records_max: 100_000, rereads_max: 8 };

/// Hosts named in notes of what was not counted.
const BOUND_NOTES_MAX: usize = 10;

/// What a hunt came to.
pub struct Outcome {
    /// All cases, in order.
    pub cases: Vec<Case>,
    /// What else is worth a person's eye, in order.
    pub findings: Vec<Finding>,
    /// Of hosts with a case, how often suspicious processes start.
    pub rates: Vec<HostRate>,
    /// What each host showed.
    pub coverage: Vec<HostCoverage>,
    /// What the policy's entries and tickets allowed.
    pub usage: Usage,
    /// What was read.
    pub totals: Totals,
    /// From where: records are read again from there.
    pub sources: Vec<Arc<Source>>,
}

impl Totals {
    /// All inputs were read, and some host was heard: silence is no answer where nothing was read, of a broken or encrypted
    /// archive alone, say.
    pub fn were_read(&self) -> bool {
        self.problems.is_empty() && self.hosts > 0
    }

    /// What cases and findings were found in, for who writes them.
    pub fn read<'a>(&self, coverage: &'a [HostCoverage], window: Duration) -> Read<'a> {
        let problems = self.problems.len() as u64;
        Read { coverage, records: self.records, problems, window: Some(window), originals: None }
    }
}

/// What was read, and what was wrong with it.
#[derive(Default)]
pub struct Totals {
    /// Sources with Windows events in them.
    pub files: u64,
    /// The files that those are, or are in.
    pub sources: BTreeSet<PathBuf>,
    /// Bytes looked at.
    pub bytes: u64,
    /// Records of Windows events.
    pub records: u64,
    /// Those of kinds that begat reads.
    pub wanted: u64,
    /// Machines heard.
    pub hosts: u64,
    /// What was wrong with input that could be read.
    pub anomalies: AnomalyLog,
    /// Inputs that could not be opened or read.
    pub problems: BTreeSet<Message>,
    /// Sources that hold no Windows events.
    pub skipped: Vec<Skipped>,
    /// How times without a zone were understood.
    pub zone_notes: Vec<String>,
    /// What bounds of the first look cost.
    pub bound_notes: Vec<String>,
    /// The site's rules, where there are any.
    pub rules: Option<Arc<Rules>>,
    /// What they hit.
    pub hits: Hits,
}

/// Reads the inputs, and finds who created each account.
pub fn hunt(input: &Input, progress: &Progress) -> Result<Outcome, Error> {
    hunt_in_slices(input, progress, SLICES)
}

/// The same with the ledger of every machine, by name: one first look, by the hour, serves both.
pub fn hunt_and_ledgers(input: &Input, progress: &Progress) -> Result<(Outcome, Vec<HostLedger>), Error> {
    hunt_looking(input, progress, SLICES, Looks::ByTheHour)
}

fn gathered(input: &Input, schemas: &Schemas) -> Gathered {
    match &input.from {
        Inputs::Paths(paths) => gather(paths, &mut io::stdin().lock(), &input.limits, schemas),
        Inputs::BuiltIn(files) => {
            let mut all = Gathered::default();
            for BuiltIn { name, bytes } in *files {
                all.merge(gather_bytes(name, bytes.to_vec(), &input.limits, schemas));
            }
            all
        }
        Inputs::Held(files) => {
            let mut all = Gathered::default();
            for (name, bytes) in files {
                all.merge(gather_bytes(name, bytes.clone(), &input.limits, schemas));
            }
            all
        }
    }
}

/// Looks at the inputs by the hour, and keeps the ledger of every machine, by name. No event is read.
pub fn ledgers(input: &Input, progress: &Progress) -> Result<(Vec<HostLedger>, Totals), Error> {
    let schemas = &*input.schemas;
    let (Sources { units, .. }, mut totals) = sources(input, schemas)?;
    let (surveyed, _) = survey(&units, schemas, Looks::ByTheHour, input, progress, &mut totals);
    let directory = HostDirectory::of_input(surveyed.hosts(), &surveyed.tally);
    let ledgers = ledgers_of(&surveyed, &directory);
    totals.take(surveyed, ledgers.len());
    Ok((ledgers, totals))
}

fn ledgers_of(surveyed: &Surveyed, directory: &HostDirectory) -> Vec<HostLedger> {
    let creations: BTreeMap<HostName, Vec<Timestamp>> = surveyed
        .creations
        .iter()
        .map(|(host, creations)| {
            (host.clone(), creations.iter().filter_map(|creation| creation.at).collect())
        })
        .collect();
    begat_engine::ledger(&surveyed.tally, directory, &creations)
}

/// Logons of people: at the machine, over remote desktop, with cached credentials.
const LOGONS_OF_PEOPLE: &[u32] = &[2, 10, 11];

/// Names of hosts, and of people who logged on to them, as the inputs have them: the most frequent first.
pub fn site_names(input: &Input, names_max: usize) -> Result<SiteNames, Error> {
    let schemas = &*input.schemas;
    let (Sources { units, .. }, mut totals) = sources(input, schemas)?;
    let progress = Progress::new(false);
    let (surveyed, _) = survey(&units, schemas, Looks::Once, input, &progress, &mut totals);
    let mut hosts: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, heard) in &surveyed.tally.heard {
        *hosts.entry(key.host.as_str()).or_default() += heard.count;
    }
    let options = ReadOptions {
        hosts: &|_| true,
        kinds: &|kind| kind == EventKind::LoggedOn,
        times: TimeSlice::ALL,
        zones: &surveyed.zones,
        schemas,
        details: false,
    };
    let (mut people, mut domains): (BTreeMap<String, u64>, BTreeMap<String, u64>) = Default::default();
    let mut reader = UnitReader::default();
    for unit in &units {
        let read = reader.read(unit, &options, &mut |event| {
            let Body::LoggedOn(logon) = &event.body else { return };
            let is_of_person = logon.logon_type.is_some_and(|it| LOGONS_OF_PEOPLE.contains(&it));
            let account = &logon.account;
            let (Some(name), Some(domain)) = (&account.name, &account.domain) else { return };
            let is_of_domain = !domain.eq_ignore_ascii_case(&event.host.netbios());
            if is_of_person && is_of_domain && !name.ends_with('$') {
                *people.entry(name.to_string()).or_default() += 1;
                *domains.entry(domain.to_string()).or_default() += 1;
            }
        });
        if let Err(problem) = read {
            totals.add_problems(&[problem]);
        }
    }
    if hosts.is_empty() {
        return Err(Error::NoInput { problems: totals.problems.into_iter().collect() });
    }
    // Of the names of one machine the fullest: Sysmon may leave the domain away.
    let mut machines: BTreeMap<String, (String, u64)> = BTreeMap::new();
    for (name, count) in hosts {
        let netbios = HostName::new(name).map(|name| name.netbios()).unwrap_or_default();
        let (known, sum) = machines.entry(netbios).or_default();
        *sum += count;
        if name.len() > known.len() {
            *known = name.to_owned();
        }
    }
    let hosts = machines.into_values().collect();
    let domain = most_frequent(domains, 1).pop();
    Ok(SiteNames {
        hosts: most_frequent(hosts, names_max),
        accounts: most_frequent(people, names_max),
        domain,
    })
}

fn most_frequent(counts: BTreeMap<String, u64>, names_max: usize) -> Vec<String> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    counts.into_iter().take(names_max).map(|(name, _)| name).collect()
}

/// What is looked at: as it lies there, and in pieces.
struct Sources {
    whole: Vec<Arc<Source>>,
    units: Vec<Unit>,
}

/// Finds what there is to look at.
fn sources(input: &Input, schemas: &Schemas) -> Result<(Sources, Totals), Error> {
    let gathered = gathered(input, schemas);
    let mut totals = Totals {
        anomalies: gathered.anomalies,
        skipped: gathered.skipped,
        rules: input.rules.clone(),
        ..Totals::default()
    };
    totals.add_problems(&gathered.problems);
    if gathered.sources.is_empty() && totals.skipped.is_empty() && !totals.problems.is_empty() {
        return Err(Error::NoInput { problems: totals.problems.into_iter().collect() });
    }
    let whole: Vec<Arc<Source>> = gathered.sources.into_iter().map(Arc::new).collect();
    let mut units: Vec<Unit> = whole.iter().flat_map(|source| source.clone().units()).collect();
    // The longest first, so that no worker is left with a whole archive at the end.
    units.sort_by_key(|unit| std::cmp::Reverse(unit.bytes));
    Ok((Sources { whole, units }, totals))
}

fn hunt_in_slices(input: &Input, progress: &Progress, bounds: SliceBounds) -> Result<Outcome, Error> {
    hunt_looking(input, progress, bounds, Looks::Once).map(|(outcome, _)| outcome)
}

/// Ledgers are kept where the first look goes by the hour.
fn hunt_looking(
    input: &Input,
    progress: &Progress,
    bounds: SliceBounds,
    looks: Looks,
) -> Result<(Outcome, Vec<HostLedger>), Error> {
    let schemas = &*input.schemas;
    let (Sources { whole, units }, mut totals) = sources(input, schemas)?;
    let (surveyed, extents) = survey(&units, schemas, looks, input, progress, &mut totals);
    let directory = Arc::new(HostDirectory::of_input(surveyed.hosts(), &surveyed.tally));
    let routes = Routes::new(&surveyed, &directory, input.threads);
    let plan = plan(&units, &extents, &surveyed, &routes, bounds);
    let hunted = read(&plan, &routes, schemas, input, &surveyed, progress, &mut totals);
    let coverage = begat_engine::coverage(&surveyed.tally, &directory);
    let ledgers = if looks == Looks::ByTheHour { ledgers_of(&surveyed, &directory) } else { Vec::new() };
    let zones = surveyed.zones.clone();
    totals.take(surveyed, coverage.len());
    let mut cases = hunted.cases;
    tell_clocks_without_zone(&mut cases, &zones);
    let usage = input.site.policy.as_ref().map(|policy| judge(policy, &mut cases)).unwrap_or_default();
    let (findings, rates) = (hunted.findings, hunted.rates);
    Ok((Outcome { cases, findings, rates, coverage, usage, totals, sources: whole }, ledgers))
}

/// Where a host's times are told as its clock showed them, each of its cases says so: only the order of events is sure.
fn tell_clocks_without_zone(cases: &mut [Case], zones: &Zones) {
    for case in cases.iter_mut().filter(|case| zones.is_as_shown(&case.host.name)) {
        case.blind_spots.push(BlindSpot::ClockWithoutZone);
    }
}

/// What a site allows is asked last: it changes no verdict, and hides no case.
fn judge(policy: &Policy, cases: &mut [Case]) -> Usage {
    let mut usage = Usage::default();
    for case in cases {
        let judgement = policy.apply(case);
        usage.note(&judgement, case.created_at);
    }
    usage
}

impl Totals {
    fn add_problems<'a>(&mut self, problems: impl IntoIterator<Item = &'a InputProblem>) {
        self.problems.extend(problems.into_iter().map(Message::from));
    }

    fn take(&mut self, surveyed: Surveyed, hosts: usize) {
        self.files = surveyed.sources.len() as u64;
        // An entry of an archive is told as `archive!entry`.
        let file_of = |source: &str| PathBuf::from(source.split('!').next().unwrap_or(source));
        let whole = surveyed.sources.keys().map(|source| PathBuf::from(&**source));
        self.sources = whole.chain(surveyed.sources.keys().map(|source| file_of(source))).collect();
        self.bytes = surveyed.bytes;
        self.records = surveyed.counts.records;
        self.wanted = surveyed.counts.wanted;
        self.hosts = hosts as u64;
        self.zone_notes = surveyed.zones.notes();
        self.bound_notes = bound_notes(&surveyed.tally);
        self.anomalies.merge(surveyed.anomalies);
        self.skipped.extend(surveyed.skipped);
        self.skipped.sort_unstable();
    }
}

/// What was not counted. It decides nothing of what is hunted.
fn bound_notes(tally: &Tally) -> Vec<String> {
    let of_host = |host: &HostName| {
        format!(
            "{host} has more sorts of records than are counted of one host: of those that begat does not read not \
             all are listed"
        )
    };
    let mut notes: Vec<String> = tally.cut.iter().take(BOUND_NOTES_MAX).map(of_host).collect();
    if tally.cut.len() > BOUND_NOTES_MAX {
        notes.push(format!("… and {} more hosts", tally.cut.len() - BOUND_NOTES_MAX));
    }
    if tally.hosts_cut {
        notes.push(
            "there are more hosts than are counted: of those without a creation not all are listed".into(),
        );
    }
    notes
}

/// The first look: the whole, and what each unit holds where it could be read.
fn survey(
    units: &[Unit],
    schemas: &Schemas,
    looks: Looks,
    input: &Input,
    progress: &Progress,
    totals: &mut Totals,
) -> (Surveyed, Vec<Option<Extent>>) {
    struct Share {
        units: UnitReader,
        whole: Survey,
        extents: Vec<(usize, Extent)>,
        problems: Vec<InputProblem>,
    }
    progress.begin("surveying", units.iter().map(|unit| unit.bytes).sum());
    let numbered: Vec<(usize, &Unit)> = units.iter().enumerate().collect();
    let share = || Share {
        units: UnitReader::looking(looks),
        whole: Survey::default(),
        extents: Vec::new(),
        problems: Vec::new(),
    };
    let workers = on_workers(input.threads, &numbered, share, |share, (number, unit)| {
        match share.units.survey(unit, schemas) {
            Ok(survey) => {
                share.extents.push((*number, survey.extent().clone()));
                share.whole.merge(survey);
            }
            Err(problem) => share.problems.push(problem),
        }
        progress.advance(unit.bytes);
    });
    let (mut whole, mut extents) = (Survey::default(), vec![None; units.len()]);
    for share in workers {
        whole.merge(share.whole);
        totals.add_problems(&share.problems);
        share.extents.into_iter().for_each(|(number, extent)| extents[number] = Some(extent));
    }
    (whole.finish(input.zone.clone()), extents)
}

/// A slice of time, and what may tell of it.
struct Step<'u> {
    slice: TimeSlice,
    units: Vec<&'u Unit>,
}

/// Cuts time into slices that each hold about as much as memory should.
fn plan<'u>(
    units: &'u [Unit],
    extents: &[Option<Extent>],
    surveyed: &Surveyed,
    routes: &Routes,
    bounds: SliceBounds,
) -> Vec<Step<'u>> {
    if routes.routes.is_empty() {
        return Vec::new();
    }
    // The density is that of all hosts; those that are read have so much of it.
    let (whole, read) = (u128::from(surveyed.counts.wanted), u128::from(routes.wanted.max(1)));
    let scaled =
        |records: u64| u64::try_from(u128::from(records) * whole.max(read) / read).unwrap_or(u64::MAX);
    let bytes = units.iter().map(|unit| unit.bytes).sum::<u64>();
    let mut records_max = bounds.records_max;
    loop {
        let slices = surveyed.density.slices(scaled(records_max));
        let is_single = slices.len() == 1;
        let steps: Vec<Step<'_>> =
            slices.into_iter().map(|slice| Step::new(slice, units, extents, routes)).collect();
        if is_single || steps.iter().map(Step::bytes).sum::<u64>() <= bounds.rereads_max.saturating_mul(bytes)
        {
            return steps;
        }
        records_max = records_max.saturating_mul(2);
    }
}

impl<'u> Step<'u> {
    /// The units that reach into a slice; what could not be looked at may do so too.
    fn new(slice: TimeSlice, units: &'u [Unit], extents: &[Option<Extent>], routes: &Routes) -> Step<'u> {
        let may_tell = |extent: &Option<Extent>| {
            extent.as_ref().is_none_or(|extent| extent.meets(slice, |host| routes.route(host).is_some()))
        };
        let telling = units.iter().zip(extents).filter(|(_, extent)| may_tell(extent));
        Step { slice, units: telling.map(|(unit, _)| unit).collect() }
    }

    fn bytes(&self) -> u64 {
        self.units.iter().map(|unit| unit.bytes).sum()
    }
}

/// The second look, each host's events to one engine.
fn read(
    plan: &[Step<'_>],
    routes: &Routes,
    schemas: &Schemas,
    input: &Input,
    surveyed: &Surveyed,
    progress: &Progress,
    totals: &mut Totals,
) -> Hunt {
    let engines: Vec<Mutex<Engine>> = (0..routes.count)
        .map(|_| Mutex::new(Engine::new(input.tuning.clone(), routes.directory.clone(), &surveyed.tally)))
        .collect();
    for (key, _) in surveyed.tally.unplaced.keys() {
        let route = routes.route(&key.host).filter(|_| key.kind.is_some_and(EventKind::tells_of_a_creation));
        if let Some(route) = route {
            locked(&engines[route.shard]).expect(&key.host);
        }
    }
    progress.begin("reading", plan.iter().map(Step::bytes).sum());
    for step in plan {
        let options = ReadOptions {
            hosts: &|host| routes.route(host).is_some(),
            kinds: &|kind| routes.reads(kind),
            times: step.slice,
            zones: &surveyed.zones,
            schemas,
            details: input.rules.is_some(),
        };
        let rules = input.rules.as_deref().map(|rules| &rules.set);
        let workers = on_workers(
            input.threads,
            &step.units,
            || Reader::new(routes, &engines, rules),
            |reader, unit| {
                reader.unit(unit, &options);
                progress.advance(unit.bytes);
            },
        );
        for mut reader in workers {
            reader.flush();
            totals.anomalies.merge(reader.report.anomalies);
            totals.add_problems(&reader.problems);
            totals.hits.merge(reader.marker.map(|marker| marker.hits).unwrap_or_default());
        }
        on_workers(input.threads, &engines, || (), |(), engine| locked(engine).advance(step.slice.end()));
    }
    let engines = engines
        .into_iter()
        .map(|engine| Mutex::new(Some(engine.into_inner().unwrap_or_else(PoisonError::into_inner))));
    let engines: Vec<Mutex<Option<Engine>>> = engines.collect();
    let hunts = on_workers(input.threads, &engines, Vec::new, |hunts: &mut Vec<Hunt>, engine| {
        hunts.extend(locked(engine).take().map(Engine::finish));
    });
    Hunt::merge(hunts.into_iter().flatten().collect())
}

/// Which engine takes the events of which host, and how much of them.
struct Routes {
    /// By name as the records say it; all names of one machine lead to one engine.
    routes: BTreeMap<HostName, Route>,
    count: usize,
    directory: Arc<HostDirectory>,
    /// About how many events are given to engines.
    wanted: u64,
    /// An account was created somewhere: then commands that reach for other machines matter everywhere.
    any_creation: bool,
}

/// Where a host's events go.
#[derive(Debug, Clone, Copy)]
struct Route {
    shard: usize,
    /// An account was created on it: all that it tells may explain that.
    has_creation: bool,
}

/// What is read of a host without a creation: what may be a finding, and, where accounts were created elsewhere,
/// what may have reached for those hosts.
const FINDING_KINDS: &[EventKind] = &[
    EventKind::LoggedOn,
    EventKind::AccountEnabled,
    EventKind::PasswordSet,
    EventKind::PasswordChanged,
    EventKind::AccountChanged,
    EventKind::GlobalMemberAdded,
    EventKind::LocalMemberAdded,
    EventKind::UniversalMemberAdded,
    EventKind::EdrMemberAdded,
    EventKind::FalconMemberAdded,
    EventKind::SysmonRegistryKey,
    EventKind::SysmonRegistryValue,
    EventKind::SysmonRegistryRename,
];
/// Of these, at a guess, one in so many is given to an engine.
const KEPT_ALONE_ONE_IN: u64 = 4;
const CLIENT_KINDS: &[EventKind] = &[
    EventKind::ProcessCreated,
    EventKind::SysmonProcessCreated,
    EventKind::EdrProcessCreated,
    EventKind::FalconProcessCreated,
    EventKind::ElasticProcessCreated,
    EventKind::OcsfProcessCreated,
    EventKind::ScriptBlock,
    EventKind::CoreScriptBlock,
];

impl Routes {
    /// Spreads the hosts so that each engine has about as many records. A host that tells nothing of use has none.
    fn new(surveyed: &Surveyed, directory: &Arc<HostDirectory>, threads: NonZeroUsize) -> Routes {
        let with_creations: BTreeSet<HostId> =
            surveyed.creations.keys().map(|name| directory.resolve(name)).collect();
        let any_creation = !with_creations.is_empty();
        let mut names: BTreeMap<HostId, BTreeSet<&HostName>> = BTreeMap::new();
        let mut records: BTreeMap<HostId, u64> = BTreeMap::new();
        let mut wanted = 0;
        for (key, heard) in &surveyed.tally.heard {
            let host = directory.resolve(&key.host);
            let kind = key.kind;
            let has_creation = with_creations.contains(&host);
            wanted += match kind {
                Some(_) if has_creation => heard.count,
                // Most of it is of accounts that are nobody's concern, and goes no further.
                Some(kind) if FINDING_KINDS.contains(&kind) => heard.count / KEPT_ALONE_ONE_IN,
                _ => 0,
            };
            if has_creation || kind.is_some_and(|kind| tells_alone(kind, any_creation)) {
                *records.entry(host.clone()).or_default() += if has_creation { heard.count } else { 0 };
            }
            names.entry(host).or_default().insert(&key.host);
        }
        let mut largest_first: Vec<(HostId, u64)> = records.into_iter().collect();
        largest_first.sort_by(|one, two| (two.1, &one.0).cmp(&(one.1, &two.0)));
        let mut loads = vec![0; threads.get().min(largest_first.len())];
        let mut routes = BTreeMap::new();
        for (host, count) in largest_first {
            let shard =
                (0..loads.len()).min_by_key(|shard| loads[*shard]).expect("there is a shard for a host");
            loads[shard] += count + 1;
            let route = Route { shard, has_creation: with_creations.contains(&host) };
            routes.extend(names[&host].iter().map(|name| ((*name).clone(), route)));
        }
        Routes { routes, count: loads.len(), directory: directory.clone(), wanted, any_creation }
    }

    fn route(&self, host: &HostName) -> Option<Route> {
        self.routes.get(host).copied()
    }

    /// Whether a kind is of use from any host.
    fn reads(&self, kind: EventKind) -> bool {
        self.any_creation || is_read_alone(kind, false)
    }
}

/// Of such a host something may be said: also where its creations cannot be placed in time, and so are no events.
fn tells_alone(kind: EventKind, any_creation: bool) -> bool {
    kind.tells_of_a_creation() || is_read_alone(kind, any_creation)
}

fn is_read_alone(kind: EventKind, any_creation: bool) -> bool {
    FINDING_KINDS.contains(&kind) || (any_creation && CLIENT_KINDS.contains(&kind))
}

/// One worker of the second look.
struct Reader<'a> {
    routes: &'a Routes,
    engines: &'a [Mutex<Engine>],
    /// Routes already looked up; a log names few hosts, over and over.
    known: HashMap<HostName, Route>,
    /// Picks what is of use from hosts without a creation.
    picking: Picking,
    batches: Vec<Vec<Event>>,
    /// Marks process starts on their way to the engines, all workers at once.
    marker: Option<Marker<'a>>,
    units: UnitReader,
    report: ReadReport,
    problems: Vec<InputProblem>,
}

impl<'a> Reader<'a> {
    fn new(routes: &'a Routes, engines: &'a [Mutex<Engine>], rules: Option<&'a RuleSet>) -> Reader<'a> {
        let batches = engines.iter().map(|_| Vec::new()).collect();
        Reader {
            routes,
            engines,
            known: HashMap::new(),
            picking: Picking::default(),
            batches,
            marker: rules.map(Marker::new),
            units: UnitReader::default(),
            report: ReadReport::default(),
            problems: vec![],
        }
    }

    fn unit(&mut self, unit: &Unit, options: &ReadOptions<'_>) {
        let mut units = std::mem::take(&mut self.units);
        let outcome = units.read(unit, options, &mut |event| self.take(event));
        self.units = units;
        match outcome {
            Ok(report) => self.report.merge(report),
            Err(problem) => self.problems.push(problem),
        }
    }

    fn take(&mut self, mut event: Event) {
        let route = match self.known.get(&event.host) {
            Some(route) => *route,
            None => {
                let route = self.routes.route(&event.host).expect("only hosts with a route are read");
                self.known.insert(event.host.clone(), route);
                route
            }
        };
        if !route.has_creation && !self.picking.says_something_alone(&event) {
            return;
        }
        if let Some(marker) = &mut self.marker {
            marker.mark(&mut event);
        }
        let shard = route.shard;
        self.batches[shard].push(event);
        if self.batches[shard].len() >= BATCH_EVENTS {
            self.hand_over(shard);
        }
    }

    fn hand_over(&mut self, shard: usize) {
        let mut engine = locked(&self.engines[shard]);
        self.batches[shard].drain(..).for_each(|event| engine.apply(event));
    }

    fn flush(&mut self) {
        (0..self.batches.len()).for_each(|shard| self.hand_over(shard));
    }
}

/// A lock is poisoned only where a worker panicked, and that panic is passed on when the workers are joined.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does the work on every item, each worker with a state of its own; gives the states.
pub fn on_workers<T: Sync, State: Send>(
    threads: NonZeroUsize,
    items: &[T],
    new: impl Fn() -> State + Sync,
    work: impl Fn(&mut State, &T) + Sync,
) -> Vec<State> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut state = new();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(&mut state, item);
        }
        state
    };
    let count = threads.get().min(items.len()).max(1);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..count).map(|_| scope.spawn(worker)).collect();
        let mut states = vec![worker()];
        for other in others {
            states.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        states
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_engine::Tuning;
    use begat_sim::encode::{Carrier, Shipping};
    use begat_sim::story::STORIES;

    /// One story of so many: each is read again and again, in slices.
    const ONE_OF: usize = 4;

    /// Stories in some carrier, packed or not, so that time is known, local, or cut.
    fn write_fleet(folder: &std::path::Path) {
        let carriers = ["evtx", "nxlog", "winlogbeat", "xml"];
        let carriers = carriers.map(|name| Carrier::named(name).expect("the simulator knows it"));
        for (index, story) in STORIES.iter().step_by(ONE_OF).enumerate() {
            let carrier = carriers[index % carriers.len()];
            let records = story.tell(index as u64 + 1).records;
            let bytes = carrier.encode(&records, &Shipping::default()).expect("a story fits its carrier");
            std::fs::write(folder.join(format!("{index}.{}", carrier.extension)), bytes).expect("a file");
        }
    }

    #[test]
    fn however_time_is_cut_the_cases_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        write_fleet(folder.path());
        let hunt = |records_max, rereads_max, threads| {
            let input = Input {
                from: Inputs::Paths(vec![folder.path().to_owned()]),
                tuning: Tuning::default(),
                rules: None,
                zone: None,
                threads: NonZeroUsize::new(threads).unwrap(),
                site: crate::site::Site::default(),
                limits: begat_ingest::Limits::default(),
                schemas: Arc::new(Schemas::built_in()),
            };
            let bounds = SliceBounds { records_max, rereads_max };
            let outcome = hunt_in_slices(&input, &Progress::new(false), bounds).unwrap();
            (outcome.cases, outcome.totals.anomalies, outcome.totals.problems)
        };
        let whole = hunt(u64::MAX, 1, 1);
        assert!(
            whole.0.len() >= STORIES.len() / ONE_OF / 2,
            "{} cases of {} stories; {:?}",
            whole.0.len(),
            STORIES.len(),
            whole.2
        );
        for (records_max, threads) in [(60, 1), (200, 3)] {
            assert!(hunt(records_max, u64::MAX, threads) == whole, "{records_max} records a slice");
        }
    }

    #[test]
    fn every_item_is_worked_on_once_whatever_the_number_of_workers() {
        let items: Vec<u64> = (0..1000).collect();
        for threads in [1, 2, 7, 5000] {
            let threads = NonZeroUsize::new(threads).unwrap();
            let sums = on_workers(threads, &items, || 0, |sum, item| *sum += item);
            assert_eq!(sums.into_iter().sum::<u64>(), 499_500);
        }
        assert_eq!(on_workers(NonZeroUsize::MIN, &[0_u64; 0], || 1, |_, _| {}), [1]);
    }
}
