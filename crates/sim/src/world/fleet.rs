//! Several hosts in one story.
use super::{Host, HostSpec};
use crate::record::WindowsRecord;

/// The host that a story is about, and those that join it.
pub struct Fleet {
    /// Where the accounts are made, or most of them.
    pub host: Host,
    seed: u64,
    others: Vec<Host>,
}

impl Fleet {
    /// One host, alone so far.
    pub fn new(spec: HostSpec, seed: u64) -> Self {
        Self { host: Host::new(spec, seed), seed, others: Vec::new() }
    }

    /// Another host of the same story, drawn from the same seed. What it logs counts once it has joined.
    pub fn another(&self, spec: HostSpec) -> Host {
        Host::new(spec, self.seed)
    }

    /// Another machine, whatever it is called: it draws everything for itself.
    pub(crate) fn another_machine(&self, spec: HostSpec) -> Host {
        Host::new(spec, self.seed ^ 0x7417)
    }

    /// A host that has played its part.
    pub fn join(&mut self, host: Host) {
        self.others.push(host);
    }

    /// Everything that its hosts logged, host by host.
    pub(crate) fn into_records(self) -> Vec<WindowsRecord> {
        std::iter::once(self.host).chain(self.others).flat_map(Host::into_records).collect()
    }
}

/// What a story plays on: one host, or several.
pub(crate) trait Stage {
    /// The part of a fleet that it needs.
    fn of(fleet: &mut Fleet) -> &mut Self;
}

impl Stage for Host {
    fn of(fleet: &mut Fleet) -> &mut Self {
        &mut fleet.host
    }
}

impl Stage for Fleet {
    fn of(fleet: &mut Fleet) -> &mut Self {
        fleet
    }
}
