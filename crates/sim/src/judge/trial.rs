//! One story told, damaged and shipped: what a trial consists of, all drawn from its seed.
use crate::encode::{Carrier, Precision, Shipping};
use crate::evtx::EvtxError;
use crate::fault::{FAULTS, Fault};
use crate::record::WindowsRecord;
use crate::rng::Rng;
use crate::story::{COMMON_SERVER, LIES, Story, StoryKind};
use crate::world::{Generation, HostSpec, Telemetry};

use super::crowd::add_crowd;
use super::hunt::LogFile;

/// The host that a story can be moved from: what it says of itself is what [`HostSpec::server`] makes.
const MOVABLE_HOST: &str = COMMON_SERVER;
/// Carriers by how often they ship.
const SHIPPED_BY: &[(u64, &str)] = &[(4, "evtx"), (3, "evtx-dump"), (2, "winlogbeat"), (1, "nxlog")];
/// Policies of other hosts.
const POLICIES: &[Telemetry] = &[
    Telemetry::DEFAULT,
    Telemetry::AUDITED,
    Telemetry::FULL,
    Telemetry { command_line: false, ..Telemetry::AUDITED },
    Telemetry { sysmon: true, ..Telemetry::DEFAULT },
];
const GENERATIONS: &[Generation] =
    &[Generation::Windows7, Generation::Server2012R2, Generation::Server2012R2Patched, Generation::Windows10];

/// Which faults may strike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FaultChoice {
    /// Whatever the seed draws: one trial undamaged, one with a fault or two.
    #[default]
    Drawn,
    /// None.
    Undamaged,
    /// These.
    These(Vec<&'static str>),
}

/// Which lies are laid over the stories that are played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LieChoice {
    /// Whatever the seed draws: one of three stories on the common server has another, which misleads, beside it.
    #[default]
    Drawn,
    /// None.
    Truthful,
    /// This one, wherever it can be.
    This(&'static str),
}

/// A story on a host, quiet or busy, with faults, in a carrier.
pub struct Trial {
    /// Which story.
    pub kind: &'static StoryKind,
    /// What all is drawn from.
    pub seed: u64,
    /// The policy and release of the host, where it is not the story's own.
    pub moved_to: Option<(Telemetry, Generation)>,
    /// Services run programs of the suspicious kind around the creations.
    pub is_busy: bool,
    /// What is played at the same time on the same host to mislead.
    pub lie: Option<&'static StoryKind>,
    /// What strikes.
    pub faults: Vec<&'static Fault>,
    /// What ships it.
    pub carrier: &'static Carrier,
}

impl Trial {
    /// The trials of a story and a seed. Host and carrier do not depend on the choice of faults, so that a trial can
    /// be run again by naming its faults.
    pub fn of(kind: &'static StoryKind, seed: u64, choice: &FaultChoice) -> Vec<Self> {
        let mut rng =
            Rng::new(seed.wrapping_mul(0x9e37_79b9) ^ u64::from(crc32fast::hash(kind.name.as_bytes())));
        let moved_to = draw_host(&mut rng, &kind.tell(seed));
        let carrier = rng.weighted(SHIPPED_BY);
        let carrier = Carrier::named(carrier).expect("the table of carriers has it");
        let is_busy = rng.between(0, 1) == 1;
        let trial =
            |faults: Vec<&'static Fault>| Self { kind, seed, moved_to, is_busy, lie: None, faults, carrier };
        match choice {
            FaultChoice::Drawn => vec![trial(Vec::new()), trial(draw_faults(&mut rng))],
            FaultChoice::Undamaged => vec![trial(Vec::new())],
            FaultChoice::These(names) => {
                vec![trial(names.iter().filter_map(|name| Fault::named(name)).collect())]
            }
        }
    }

    /// The same with a lie laid over it, where it can be. What is drawn depends on the story and the seed alone.
    #[must_use]
    pub fn under(mut self, choice: LieChoice) -> Self {
        let mut rng = Rng::new(
            self.seed.wrapping_mul(0xa076_1d65) ^ u64::from(crc32fast::hash(self.kind.name.as_bytes())),
        );
        let lies: Vec<&StoryKind> =
            LIES.iter().filter(|lie| lie.is_on_common_server() && lie.name != self.kind.name).collect();
        let drawn = *rng.pick(&lies);
        let is_drawn = rng.between(1, 3) == 1;
        self.lie = match choice {
            _ if !self.kind.is_on_common_server() => None,
            LieChoice::Drawn => is_drawn.then_some(drawn),
            LieChoice::Truthful => None,
            LieChoice::This(name) => lies.into_iter().find(|lie| lie.name == name),
        };
        self
    }

    /// What happened, undamaged.
    pub fn told(&self) -> Story {
        let moved_to = self.moved_to.map(|(telemetry, generation)| HostSpec {
            generation,
            ..HostSpec::server(MOVABLE_HOST, telemetry)
        });
        let mut story = match (self.lie, moved_to) {
            (Some(lie), spec) => self.kind.tell_under(lie, spec, self.seed),
            (None, Some(spec)) => self.kind.tell_on(spec, self.seed),
            (None, None) => self.kind.tell(self.seed),
        };
        if self.is_busy {
            add_crowd(&mut Rng::new(self.seed), &mut story);
        }
        story
    }

    /// What is left of its records. Faults strike in the order of their table, whatever the order they were named
    /// in: what happens on the host comes before what happens on the way.
    pub fn damaged(&self, story: &Story) -> Vec<WindowsRecord> {
        let strikes = FAULTS.iter().filter(|row| self.faults.iter().any(|fault| fault.name == row.name));
        strikes.fold(story.records.clone(), |records, fault| fault.strike(&records, self.seed))
    }

    /// The files that reach whoever hunts.
    pub fn shipped(&self, records: &[WindowsRecord]) -> Result<Vec<LogFile>, EvtxError> {
        let again = self.faults.iter().filter_map(|fault| fault.shipped_again_by).filter_map(Carrier::named);
        std::iter::once(self.carrier)
            .chain(again)
            .enumerate()
            .map(|(place, carrier)| {
                let bytes = carrier.encode(records, &Shipping::default())?;
                Ok((format!("{}-{place}.{}", carrier.name, carrier.extension), bytes))
            })
            .collect()
    }

    /// Whether host and carrier show as much as the truth takes for shown: processes with command lines, and the
    /// order of events.
    pub(crate) fn shows_all(&self) -> bool {
        let host = self.moved_to.is_none_or(|(telemetry, generation)| {
            let by_audit = telemetry.process_auditing && telemetry.command_line;
            by_audit && generation > Generation::Windows7
        });
        host && self.carrier.precision != Precision::Seconds
    }

    /// The faults by name.
    pub fn fault_names(&self) -> Vec<&'static str> {
        self.faults.iter().map(|fault| fault.name).collect()
    }
}

/// Another host for a third of the seeds, where the story can be moved and its truth holds there too.
fn draw_host(rng: &mut Rng, story: &Story) -> Option<(Telemetry, Generation)> {
    let drawn = (*rng.pick(POLICIES), *rng.pick(GENERATIONS));
    let wanted = rng.between(1, 3) == 1;
    let on_one_host = story.truth.iter().all(|truth| truth.host == MOVABLE_HOST);
    // A truth that is `unknown` because of what its host does not show says nothing of another host.
    let holds = story.truth.iter().all(|truth| truth.verdict != "unknown");
    (wanted && on_one_host && holds).then_some(drawn)
}

fn draw_faults(rng: &mut Rng) -> Vec<&'static Fault> {
    let first = rng.pick(FAULTS);
    let second = rng.pick(FAULTS);
    let is_alone = rng.between(1, 4) > 1 || first.name == second.name;
    if is_alone { vec![first] } else { vec![first, second] }
}
