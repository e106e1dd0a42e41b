//! The first look: who was heard, how often and when; where accounts were created; which zones clocks keep.
//!
//! Everything here grows with hosts, kinds of records and creations, not with records.

mod creations;
pub(crate) mod extent;
pub(crate) mod pulse;
pub(crate) mod tally;
pub(crate) mod zone;

use std::collections::{BTreeMap, BTreeSet};

use begat_model::anomaly::AnomalyKind;
use begat_model::boot;
use begat_model::catalog::{EventKind, EventSpec, FieldName};
use begat_model::coverage::Tally;
use begat_model::{HostName, Sid, Text, Timestamp};

use crate::anomaly_log::AnomalyLog;
use crate::normalise::intern::is_silent;
use crate::open::source::Skipped;
use crate::raw::{Header, HeaderTime, HeardAgain, RawRecord, SortId, Visitor, ZonelessTime};
use crate::scalar::shortened;
use crate::survey::creations::{CreationSeen, CreationTime, offsets};
use crate::survey::extent::{Density, Extent};
use crate::survey::tally::{Sort, Sorts, Tallies, Whose, is_of_accounts};
use crate::survey::zone::{InputZone, ZoneEvidence, Zones};

/// Anomalies that a source without one event is told to have; of others its reason gives the number.
const KEPT_WITHOUT_EVENTS: &[AnomalyKind] =
    &[AnomalyKind::TruncatedEnd, AnomalyKind::CarrierError, AnomalyKind::ArchiveEntry];

/// What one unit, or several together, showed at the first look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    tallies: Tallies,
    sources: BTreeMap<Text, SourceSurvey>,
    creations: BTreeMap<HostName, Vec<CreationSeen>>,
    zone_evidence: ZoneEvidence,
    extent: Extent,
    density: Density,
    bytes: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct SourceSurvey {
    /// An event log by its own form, also where it holds no record.
    is_event_log: bool,
    counts: SourceCounts,
    anomalies: AnomalyLog,
    whose: Whose,
}

/// How much one source holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Records of Windows events, of all kinds.
    pub records: u64,
    /// Records of the kinds in the catalog.
    pub wanted: u64,
}

/// Where and when an account was created, as far as the first look can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Creation {
    /// `None` where its zone is not known.
    pub at: Option<Timestamp>,
    /// System/EventRecordID.
    pub record_id: Option<u64>,
}

/// The whole input at the first look.
#[derive(Debug)]
pub struct Surveyed {
    /// What was heard from whom. It may hold fewer than `records` where there are more sorts than its bound,
    /// or records that do not say whose they are.
    pub tally: Tally,
    /// Account creations by host, in order of time.
    pub creations: BTreeMap<HostName, Vec<Creation>>,
    /// Zones of times that carry none.
    pub zones: Zones,
    /// How records of wanted kinds lie in time.
    pub density: Density,
    /// What is wrong with the input itself, and with headers of records.
    pub anomalies: AnomalyLog,
    /// Sources that turned out to hold no Windows event.
    pub skipped: Vec<Skipped>,
    /// How much each source holds that holds any.
    pub sources: BTreeMap<Text, SourceCounts>,
    /// All sources together.
    pub counts: SourceCounts,
    /// Bytes looked at.
    pub bytes: u64,
}

impl Surveyed {
    /// Every host heard.
    pub fn hosts(&self) -> BTreeSet<&HostName> {
        self.tally.heard.keys().map(|key| &key.host).collect()
    }
}

impl Survey {
    /// Puts two surveys together; in whatever order, the whole is the same.
    pub fn merge(&mut self, other: Survey) {
        self.tallies.merge(other.tallies);
        for (name, source) in other.sources {
            let own = self.sources.entry(name).or_default();
            own.is_event_log |= source.is_event_log;
            own.counts.add(source.counts);
            own.anomalies.merge(source.anomalies);
            own.whose.merge(source.whose);
        }
        for (host, creations) in other.creations {
            self.creations.entry(host).or_default().extend(creations);
        }
        self.zone_evidence.merge(other.zone_evidence);
        self.extent.merge(other.extent);
        self.density.merge(other.density);
        self.bytes += other.bytes;
    }

    /// Whose wanted records there are, and over which time.
    pub fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Decides what can only be decided once all was looked at.
    pub fn finish(mut self, input_timezone: Option<InputZone>) -> Surveyed {
        let timed: BTreeSet<String> =
            self.tallies.known.heard.keys().map(|key| key.host.netbios().to_string()).collect();
        let is_timed = |host: &HostName| timed.contains(&*host.netbios());
        for (host, told) in offsets(&self.creations) {
            told.iter()
                .for_each(|(wall_clock, seconds)| self.zone_evidence.copied(&host, *wall_clock, *seconds));
        }
        let zones = Zones::decide(&self.zone_evidence, input_timezone, is_timed);
        let tally = self.tallies.resolve(|host, wall_clock| {
            zones.resolve(
                host,
                &ZonelessTime {
                    wall_clock,
                    arrival: None,
                    told_utc: None,
                    of_people: false,
                    claims_utc: false,
                },
            )
        });
        let mut surveyed = Surveyed {
            tally,
            creations: resolve_creations(self.creations, &zones),
            zones,
            density: self.density,
            anomalies: AnomalyLog::default(),
            skipped: Vec::new(),
            sources: BTreeMap::new(),
            counts: SourceCounts::default(),
            bytes: self.bytes,
        };
        for (name, source) in self.sources {
            surveyed.take(name, source);
        }
        surveyed
    }
}

impl Surveyed {
    fn take(&mut self, name: Text, mut source: SourceSurvey) {
        self.counts.add(source.counts);
        source.whose.clone().give(&mut self.tally);
        if source.counts.records == 0 && !source.is_event_log {
            let counts: Vec<String> =
                source.anomalies.counts().map(|(kind, count)| format!("{count} {}", kind.slug())).collect();
            let told = source.anomalies.first_told(AnomalyKind::NotAnEvent);
            let nearest = told.map_or(String::new(), |told| format!(": {told}"));
            source.anomalies.retain(KEPT_WITHOUT_EVENTS);
            let found = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
            self.skipped.push(Skipped { name, reason: format!("it holds no Windows event{found}{nearest}") });
        } else {
            self.sources.insert(name, source.counts);
        }
        self.anomalies.merge(source.anomalies);
    }
}

fn resolve_creations(
    seen: BTreeMap<HostName, Vec<CreationSeen>>,
    zones: &Zones,
) -> BTreeMap<HostName, Vec<Creation>> {
    let resolve = |host: HostName, seen: Vec<CreationSeen>| {
        let creation = |seen: &CreationSeen| Creation {
            at: match &seen.time {
                CreationTime::Known(at) => Some(*at),
                CreationTime::Zoneless(time) => zones.resolve(&host, time),
            },
            record_id: seen.record_id,
        };
        let mut creations: Vec<Creation> = seen.iter().map(creation).collect();
        creations.sort_unstable();
        (host, creations)
    };
    seen.into_iter().map(|(host, seen)| resolve(host, seen)).collect()
}

impl SourceCounts {
    fn add(&mut self, other: SourceCounts) {
        self.records += other.records;
        self.wanted += other.wanted;
    }
}

/// Looks at the records of one unit.
pub(crate) struct SurveyVisitor {
    source: Text,
    sorts: Sorts,
    last_sort: Option<SortId>,
    survey: Survey,
    own: SourceSurvey,
}

impl SurveyVisitor {
    pub(crate) fn new(source: Text, is_event_log: bool, bytes: u64, sorts: Sorts) -> SurveyVisitor {
        SurveyVisitor {
            source,
            sorts,
            last_sort: None,
            survey: Survey { bytes, ..Survey::default() },
            own: SourceSurvey { is_event_log, ..SourceSurvey::default() },
        }
    }

    /// What was seen.
    pub(crate) fn finish(mut self) -> Survey {
        self.survey.extent = self.sorts.extent();
        self.own.whose = self.sorts.whose();
        self.survey.tallies = self.sorts.finish();
        self.survey.sources.insert(self.source, self.own);
        self.survey
    }

    fn tell(
        &mut self,
        kind: AnomalyKind,
        record_id: Option<u64>,
        offset: Option<u64>,
        detail: &dyn Fn() -> String,
    ) {
        self.own.anomalies.add(kind, &self.source, offset, record_id, detail);
    }

    /// Of what is still to be looked into of a sort: whether a process is of Windows' own boot, whose an account is, and
    /// what its hour shows.
    fn looked_into(&mut self, id: SortId, time: &HeaderTime<'_>) -> Option<&'static EventSpec> {
        let is_telling = self.sorts.is_telling(id, time);
        let asks = |sort: &&Sort| is_telling || sort.may_be_of_boot() || sort.is_of_accounts();
        self.sorts.get(id).filter(asks)?.kind.map(EventKind::spec)
    }

    /// The SID of an account that is the machine's own. Its domain is the machine itself: under the name of the record,
    /// or under that by which SYSTEM goes, which is the machine's too.
    fn own_account(&mut self, record: &RawRecord<'_>) {
        let said = |field| record.field(field).and_then(|value| value.scalar().into_text());
        let Some(id) = self.last_sort else { return };
        let host = self.sorts.get(id).and_then(|sort| sort.host.as_ref());
        let (Some(host), Some(domain)) = (host, said(FieldName::TargetDomainName)) else { return };
        let by_system = || {
            let sid = said(FieldName::SubjectUserSid);
            let name = said(FieldName::SubjectUserName);
            let is_system = sid.as_deref().and_then(Sid::told).is_some_and(|sid| sid.as_str() == Sid::SYSTEM);
            is_system && name.as_deref().and_then(|name| name.strip_suffix('$')) == Some(&*domain)
        };
        if domain.to_uppercase() != host.netbios() && !by_system() {
            return;
        }
        let sid = said(FieldName::TargetSid).as_deref().and_then(Sid::parse);
        if let Some(beginning) = sid.as_ref().and_then(Sid::authority_prefix) {
            self.sorts.has_sid(id, beginning);
        }
    }

    /// The record heard last tells of a process that is not of Windows' own boot.
    fn beyond_boot(&mut self) {
        if let Some(id) = self.last_sort {
            self.sorts.beyond_boot(id);
        }
    }

    /// Counts a record of a sort that is known, and tells what its header lacks.
    fn count(
        &mut self,
        id: SortId,
        time: &HeaderTime<'_>,
        record_id: Option<u64>,
        offset: Option<u64>,
    ) -> bool {
        let Some(sort) = self.sorts.get(id) else { return false };
        let anomalies = &mut self.own.anomalies;
        let mut wrong = |kind, detail: &dyn Fn() -> String| {
            anomalies.add(kind, &self.source, offset, record_id, detail);
        };
        match time {
            HeaderTime::Missing => wrong(AnomalyKind::NoTime, &String::new),
            HeaderTime::Unreadable(text) => wrong(AnomalyKind::UnreadableTime, &|| shortened(text)),
            HeaderTime::Known(_) | HeaderTime::Zoneless(_) => {}
        }
        if sort.host.is_none() {
            wrong(AnomalyKind::NoHost, &String::new);
        }
        if sort.may_be.is_some() {
            wrong(AnomalyKind::NoWriter, &|| format!("event id {}", sort.event_id.unwrap_or_default()));
        }
        if sort.event_id.is_none() {
            wrong(AnomalyKind::NoEventId, &String::new);
        }
        self.own.counts.records += 1;
        self.own.counts.wanted += u64::from(sort.kind.is_some());
        self.place(id, time, record_id);
        true
    }

    /// Counts a record of a sort that is known where it belongs: in time, and among its host's.
    fn place(&mut self, id: SortId, time: &HeaderTime<'_>, record_id: Option<u64>) {
        let Some(sort) = self.sorts.get(id) else { return };
        if let Some(host) = &sort.host {
            if let HeaderTime::Zoneless(time) = time {
                self.survey.zone_evidence.add(host, time);
            }
            if sort.kind.is_some()
                && let HeaderTime::Known(at) | HeaderTime::Zoneless(ZonelessTime { wall_clock: at, .. }) =
                    time
            {
                self.survey.density.add(*at);
            }
            if sort.kind.is_some_and(EventKind::tells_of_a_creation)
                && let Some(seen) = CreationSeen::new(time, record_id)
            {
                self.survey.creations.entry(host.clone()).or_default().push(seen);
            }
        }
        self.sorts.count(id, time, record_id);
    }
}

impl Visitor for SurveyVisitor {
    fn heard(&mut self, header: &Header<'_>, offset: Option<u64>) -> Option<&'static EventSpec> {
        if let Some(reason) = &header.carrier_error {
            self.tell(AnomalyKind::CarrierError, header.record_id, offset, &|| shortened(reason));
            if header.host.is_none() && header.event_id.is_none() {
                // Nothing of the event came through: one anomaly says so.
                self.own.counts.records += 1;
                return None;
            }
        }
        let id = self.sorts.of(header);
        self.last_sort = Some(id);
        self.count(id, &header.time, header.record_id, offset);
        self.looked_into(id, &header.time)
    }

    fn last_sort(&mut self) -> Option<SortId> {
        self.last_sort
    }

    fn heard_again(
        &mut self,
        sort: SortId,
        time: &HeaderTime<'_>,
        record_id: Option<u64>,
        offset: Option<u64>,
    ) -> HeardAgain {
        match self.count(sort, time, record_id, offset) {
            true => {
                self.last_sort = Some(sort);
                HeardAgain::Heard(self.looked_into(sort, time))
            }
            false => HeardAgain::Forgotten,
        }
    }

    fn record(&mut self, header: &Header<'_>, record: &RawRecord<'_>, _: Option<u64>) {
        if let Some(id) = self.last_sort {
            self.sorts.looked(id, header, record);
        }
        if is_of_accounts(record.spec.kind) {
            return self.own_account(record);
        }
        if record.spec.kind != EventKind::ProcessCreated {
            return;
        }
        let said = |field| record.field(field).and_then(|value| value.scalar().into_text());
        let (image, parent) = (said(FieldName::NewProcessName), said(FieldName::ParentProcessName));
        let parent = parent.as_deref().filter(|parent| !is_silent(parent));
        if !boot::is_of_boot(image.as_deref(), parent) {
            self.beyond_boot();
        }
    }

    /// What cannot be read is not known to be of the boot.
    fn lost(&mut self, _: &Header<'_>, _: Option<u64>, _: &dyn Fn() -> String) {
        if let Some(id) = self.last_sort {
            self.sorts.lost(id);
        }
        self.beyond_boot();
    }

    /// It counts as heard, and not as a record that is there to be read; its loss is told elsewhere.
    fn spoilt(&mut self, header: &Header<'_>, _: Option<u64>) {
        let id = self.sorts.of(header);
        self.last_sort = Some(id);
        // What tells no time is counted among those that cannot be placed.
        if matches!(header.time, HeaderTime::Known(_) | HeaderTime::Zoneless(_)) {
            self.sorts.lost(id);
        }
        self.place(id, &header.time, header.record_id);
        self.beyond_boot();
    }

    fn anomaly(&mut self, kind: AnomalyKind, offset: Option<u64>, detail: &dyn Fn() -> String) {
        self.tell(kind, None, offset, detail);
    }
}
