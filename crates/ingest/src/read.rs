//! The second look: the records of the hosts that matter, as typed events.

use std::collections::HashMap;

use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::{EventKind, EventSpec};
use begat_model::event::{Body, Unread};
use begat_model::{Event, HostName, RecordRef, Text, Timestamp};

use crate::anomaly_log::AnomalyLog;
use crate::normalise;
use crate::normalise::intern::Interner;
use crate::raw::{Header, HeaderTime, HeardAgain, RawRecord, SortId, Visitor};
use crate::shapes::Schemas;
use crate::survey::extent::TimeSlice;
use crate::survey::zone::Zones;

/// What to read.
pub struct ReadOptions<'o> {
    /// Hosts to read, by the name that their records give.
    pub hosts: &'o (dyn Fn(&HostName) -> bool + Sync),
    /// Kinds to read.
    pub kinds: &'o (dyn Fn(EventKind) -> bool + Sync),
    /// Times to read.
    pub times: TimeSlice,
    /// Zones, as the survey found them.
    pub zones: &'o Zones,
    /// Shapes of JSON.
    pub schemas: &'o Schemas,
    /// Read what only a site's rules ask of process starts, too (`ProcessCreated::details`).
    pub details: bool,
}

/// What a read found besides the events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// Events given to the sink.
    pub events: u64,
    /// Records of kinds of which only a part is read (registry, shares), and that are not of it.
    pub passed_over: u64,
    /// What is wrong with fields, and times whose zone is not known. The survey told the rest.
    pub anomalies: AnomalyLog,
}

impl ReadReport {
    /// Puts two reports together.
    pub fn merge(&mut self, other: ReadReport) {
        self.events += other.events;
        self.passed_over += other.passed_over;
        self.anomalies.merge(other.anomalies);
    }
}

/// Names remembered at once.
const HOSTS_REMEMBERED_MAX: usize = 10_000;

/// Sorts remembered at once.
const SORTS_REMEMBERED_MAX: usize = 10_000;

/// What host and kind decide of a record.
#[derive(Clone, Default)]
struct Sort {
    /// `None` for hosts that are not to be read.
    host: Option<HostName>,
    /// `None` for kinds that are not to be read.
    spec: Option<&'static EventSpec>,
}

/// Reads the records of one unit.
pub(crate) struct ReadVisitor<'o, 's> {
    options: &'o ReadOptions<'o>,
    sink: &'s mut dyn FnMut(Event),
    source: Text,
    interner: &'s mut Interner,
    /// `None` for hosts that are not to be read.
    hosts: HashMap<Box<str>, Option<HostName>>,
    sorts: Vec<Sort>,
    sorts_generation: u32,
    /// Of the record heard last.
    last: Sort,
    pub(crate) report: ReadReport,
}

impl<'o, 's> ReadVisitor<'o, 's> {
    pub(crate) fn new(
        source: Text,
        options: &'o ReadOptions<'o>,
        interner: &'s mut Interner,
        sink: &'s mut dyn FnMut(Event),
    ) -> Self {
        ReadVisitor {
            options,
            sink,
            source,
            interner,
            hosts: HashMap::new(),
            sorts: Vec::new(),
            sorts_generation: 0,
            last: Sort::default(),
            report: ReadReport::default(),
        }
    }

    fn host(&mut self, name: &str) -> Option<HostName> {
        if let Some(known) = self.hosts.get(name) {
            return known.clone();
        }
        if self.hosts.len() >= HOSTS_REMEMBERED_MAX {
            self.hosts.clear();
        }
        let host = HostName::new(name).filter(|host| (self.options.hosts)(host));
        self.hosts.insert(name.into(), host.clone());
        host
    }

    /// The row of the record heard last, where it is of the hosts, kinds and times that are read.
    fn asked_for(&self, time: &HeaderTime<'_>) -> Option<&'static EventSpec> {
        let (spec, host) = (self.last.spec?, self.last.host.as_ref()?);
        let at = match time {
            HeaderTime::Known(at) => *at,
            // What cannot be placed in time is told where its wall clock would be.
            HeaderTime::Zoneless(time) => self.options.zones.resolve(host, time).unwrap_or(time.wall_clock),
            HeaderTime::Missing | HeaderTime::Unreadable(_) => return None,
        };
        self.options.times.contains(at).then_some(spec)
    }

    fn anomaly_of(
        &mut self,
        kind: AnomalyKind,
        header: &Header<'_>,
        offset: Option<u64>,
        detail: &dyn Fn() -> String,
    ) {
        self.report.anomalies.add(kind, &self.source, offset, header.record_id, detail);
    }

    fn tell(&mut self, kind: EventKind, at: Timestamp, host: HostName, record_id: Option<u64>, body: Body) {
        let source = self.source.clone();
        self.report.events += 1;
        (self.sink)(Event { at, host, record: RecordRef { at, kind, record_id, source }, body });
    }

    fn time(&mut self, header: &Header<'_>, host: &HostName, offset: Option<u64>) -> Option<Timestamp> {
        match &header.time {
            HeaderTime::Known(at) => Some(*at),
            HeaderTime::Zoneless(time) => {
                let at = self.options.zones.resolve(host, time);
                if at.is_none() || self.options.zones.is_as_shown(host) {
                    let wall_clock = time.wall_clock.to_string();
                    let shown = || format!("{} on {host}", wall_clock.trim_end_matches('Z'));
                    self.anomaly_of(AnomalyKind::ZoneUnknown, header, offset, &shown);
                }
                at
            }
            HeaderTime::Missing | HeaderTime::Unreadable(_) => None,
        }
    }
}

impl Visitor for ReadVisitor<'_, '_> {
    fn heard(&mut self, header: &Header<'_>, _: Option<u64>) -> Option<&'static EventSpec> {
        let kind = header.kind().filter(|kind| (self.options.kinds)(*kind));
        let spec = kind.map(|kind| if self.options.details { kind.detailed_spec() } else { kind.spec() });
        let host = header.host.as_deref().filter(|_| spec.is_some()).and_then(|name| self.host(name));
        self.last = Sort { host, spec };
        self.asked_for(&header.time)
    }

    fn last_sort(&mut self) -> Option<SortId> {
        if self.sorts.len() >= SORTS_REMEMBERED_MAX {
            self.sorts.clear();
            self.sorts_generation += 1;
        }
        self.sorts.push(self.last.clone());
        Some(SortId { generation: self.sorts_generation, index: self.sorts.len() - 1 })
    }

    fn heard_again(
        &mut self,
        sort: SortId,
        time: &HeaderTime<'_>,
        _: Option<u64>,
        _: Option<u64>,
    ) -> HeardAgain {
        let known = self.sorts.get(sort.index).filter(|_| sort.generation == self.sorts_generation);
        let Some(known) = known else { return HeardAgain::Forgotten };
        self.last.clone_from(known);
        HeardAgain::Heard(self.asked_for(time))
    }

    fn record(&mut self, header: &Header<'_>, record: &RawRecord<'_>, offset: Option<u64>) {
        let Some(host) = self.last.host.clone() else { return };
        let Some(at) = self.time(header, &host, offset) else { return };
        let (body, problems) = normalise::body(record, header, at, self.interner);
        for problem in problems {
            self.anomaly_of(problem.kind, header, offset, &|| problem.detail.clone());
        }
        match body {
            Some(body) => self.tell(record.spec.kind, at, host, header.record_id, body),
            None => self.report.passed_over += 1,
        }
    }

    fn lost(&mut self, header: &Header<'_>, offset: Option<u64>, reason: &dyn Fn() -> String) {
        self.anomaly_of(AnomalyKind::Unparsable, header, offset, reason);
        let (Some(spec), Some(host)) = (self.last.spec, self.last.host.clone()) else { return };
        if let Some(at) = self.time(header, &host, offset) {
            self.tell(spec.kind, at, host, header.record_id, Body::Unread(Unread::Damaged));
        }
    }

    fn spoilt(&mut self, header: &Header<'_>, offset: Option<u64>) {
        let Some(spec) = self.heard(header, offset) else { return };
        let Some(host) = self.last.host.clone() else { return };
        if let Some(at) = self.time(header, &host, offset) {
            self.tell(spec.kind, at, host, header.record_id, Body::Unread(Unread::Damaged));
        }
    }

    /// What is wrong with the input itself the survey has told.
    fn anomaly(&mut self, _: AnomalyKind, _: Option<u64>, _: &dyn Fn() -> String) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Precision;

    #[test]
    fn a_sort_is_heard_again_as_it_was_heard_until_it_is_forgotten() {
        let (zones, schemas) = (Zones::default(), Schemas::built_in());
        let options = ReadOptions {
            hosts: &|host| host.as_str() != "B",
            kinds: &|kind| kind != EventKind::LoggedOff,
            times: TimeSlice::ALL,
            zones: &zones,
            schemas: &schemas,
            details: false,
        };
        let (mut interner, mut sink) = (Interner::default(), |_: Event| {});
        let mut visitor = ReadVisitor::new("source".into(), &options, &mut interner, &mut sink);
        let time = HeaderTime::Known(Timestamp::from_unix_ticks(7, Precision::TICKS));
        let mut sorts = Vec::new();
        for (host, event_id, is_asked_for) in [
            ("A", 4720, true),
            ("B", 4720, false),
            ("A", 4634, false),
            ("A", 9999, false),
            ("-", 4720, false),
        ] {
            let header = Header {
                host: Some(host.into()),
                provider: Some("Microsoft-Windows-Security-Auditing".into()),
                event_id: Some(event_id),
                time: time.clone(),
                ..Header::SILENT
            };
            assert_eq!(visitor.heard(&header, None).is_some(), is_asked_for, "{host} {event_id}");
            sorts.push((visitor.last_sort().unwrap(), is_asked_for));
        }
        for (sort, is_asked_for) in &sorts {
            let HeardAgain::Heard(spec) = visitor.heard_again(*sort, &time, None, None) else {
                panic!("it is known");
            };
            assert_eq!(spec.is_some(), *is_asked_for);
            let HeardAgain::Heard(None) = visitor.heard_again(*sort, &HeaderTime::Missing, None, None) else {
                panic!("without a time there is no event");
            };
        }
        for _ in 0..SORTS_REMEMBERED_MAX {
            visitor.last_sort();
        }
        assert!(visitor.sorts.len() <= SORTS_REMEMBERED_MAX);
        let again = visitor.heard_again(sorts[0].0, &time, None, None);
        assert!(matches!(again, HeardAgain::Forgotten), "another sort has its place");
    }
}
