//! A ten-line way to tell the engine a story: every event is one sentence, times are seconds after 10:00:00.

#![expect(clippy::unwrap_used, reason = "a story that does not hold together is a broken test")]
#![allow(dead_code, reason = "each test file tells only some of the sentences")]

use std::collections::BTreeMap;
use std::sync::Arc;

use begat_engine::{Engine, HostDirectory, Hunt, Tuning};
use begat_model::case::{Against, Case};
use begat_model::coverage::{Heard, HeardKey, Tally};
use begat_model::event::*;
use begat_model::{
    Analytic, Duration, Event, EventKind, HostName, LogonId, Precision, ProcessGuid, ProcessId, RecordRef,
    Sid, Timestamp,
};

pub const MACHINE: &str = "S-1-5-21-10-20-30";
pub const ADMIN: &str = "S-1-5-21-10-20-30-500";
/// Signs of a name that only all cases together show.
const SIGNS_OF_ALL_CASES: &[&str] = &["like_site_name", "unlike_site_names"];
pub const SYSTEM32: &str = r"C:\Windows\System32";

/// Events of any number of hosts, in the order told; record ids count up in each host's Security log.
pub struct Story {
    pub host: String,
    pub events: Vec<Event>,
    pub precision: Precision,
    pub next_record: BTreeMap<(String, &'static str), u64>,
}

impl Default for Story {
    fn default() -> Story {
        let (host, precision) = ("srv1.corp.example".to_owned(), Precision::TICKS);
        Story { host, events: Vec::new(), precision, next_record: BTreeMap::new() }
    }
}

pub fn at(seconds: f64) -> Timestamp {
    let start = Timestamp::parse_rfc3339("2024-05-01T10:00:00.0000000Z").unwrap();
    start + Duration::from_ticks((seconds * 1e7).round() as i64)
}

pub fn principal(sid: &str, name: &str, logon_id: u64) -> Principal {
    Principal {
        name: Some(name.into()),
        domain: Some("SRV1".into()),
        sid: Sid::parse(sid),
        logon_id: (logon_id != 0).then_some(LogonId(logon_id)),
    }
}

/// It spoke against it that it cannot have made the call, and for this reason.
pub fn is_impossible(against: &Against, reason: &str) -> bool {
    matches!(against, Against::Impossible { how } if how.slug() == reason)
}

pub fn account_sid(rid: u32) -> Sid {
    Sid::parse(&format!("{MACHINE}-{rid}")).unwrap()
}

impl Story {
    pub fn push(&mut self, seconds: f64, kind: EventKind, body: Body) -> &mut Story {
        let counter = self.next_record.entry((self.host.clone(), kind.spec().channel)).or_insert(50_000);
        *counter += 1;
        let at = Timestamp::from_unix_ticks(cut(at(seconds), self.precision), self.precision);
        let record = RecordRef { at, kind, record_id: Some(*counter), source: "story".into() };
        self.events.push(Event { at, host: HostName::new(&self.host).unwrap(), record, body });
        self
    }

    /// 4624.
    pub fn logon(
        &mut self,
        seconds: f64,
        logon_id: u64,
        logon_type: u32,
        source_ip: Option<&str>,
    ) -> &mut Story {
        let logon = LoggedOn {
            account: principal(ADMIN, "admin", logon_id),
            subject: Principal::default(),
            logon_type: Some(logon_type),
            source_ip: source_ip.map(Into::into),
            source_host: None,
            linked_logon_id: None,
            elevated: Some(true),
            process_name: None,
        };
        self.push(seconds, EventKind::LoggedOn, Body::LoggedOn(Box::new(logon)))
    }

    /// 4688 of Windows 10, by the session itself.
    pub fn process(
        &mut self,
        seconds: f64,
        pid: u32,
        parent: u32,
        logon_id: u64,
        image: &str,
        line: &str,
    ) -> &mut Story {
        self.process_with(seconds, pid, parent, logon_id, image, line, |_| {})
    }

    #[expect(clippy::too_many_arguments, reason = "one sentence of a story")]
    pub fn process_with(
        &mut self,
        seconds: f64,
        pid: u32,
        parent: u32,
        logon_id: u64,
        image: &str,
        line: &str,
        change: impl FnOnce(&mut ProcessCreated),
    ) -> &mut Story {
        let started_at = Timestamp::from_unix_ticks(cut(at(seconds), self.precision), self.precision);
        let mut created = ProcessCreated {
            pid: Some(ProcessId(pid)),
            guid: None,
            started_at,
            image: Some(path(image)),
            command_line: match line {
                "" => Field::Empty,
                line => Field::Value(line.into()),
            },
            original_file_name: None,
            subject: principal(ADMIN, "admin", logon_id),
            target: Principal::default(),
            parent: ParentProcess { pid: Some(ProcessId(parent)), ..ParentProcess::default() },
            elevation: Some(TokenElevation::Default),
            hashes: None,
            rules: Vec::new(),
            details: None,
        };
        change(&mut created);
        self.push(seconds, EventKind::ProcessCreated, Body::ProcessCreated(Box::new(created)))
    }

    /// Sysmon 1, written `lag` seconds after the start.
    #[expect(clippy::too_many_arguments, reason = "one sentence of a story")]
    pub fn sysmon(
        &mut self,
        seconds: f64,
        lag: f64,
        pid: u32,
        parent: u32,
        logon_id: u64,
        image: &str,
        line: &str,
        original: &str,
    ) -> &mut Story {
        let created = ProcessCreated {
            pid: Some(ProcessId(pid)),
            guid: ProcessGuid::parse(&format!(
                "{{{pid:08x}-0000-0000-0000-{:012x}}}",
                (seconds * 1e3) as u64 + 1
            )),
            started_at: at(seconds),
            image: Some(path(image)),
            command_line: Field::Value(line.into()),
            original_file_name: (!original.is_empty()).then(|| original.into()),
            subject: Principal::default(),
            target: Principal { sid: None, ..principal(ADMIN, "admin", logon_id) },
            parent: ParentProcess { pid: Some(ProcessId(parent)), ..ParentProcess::default() },
            elevation: None,
            hashes: None,
            rules: Vec::new(),
            details: None,
        };
        self.push(seconds + lag, EventKind::SysmonProcessCreated, Body::ProcessCreated(Box::new(created)))
    }

    /// 4689.
    pub fn end(&mut self, seconds: f64, pid: u32, image: &str, logon_id: u64) -> &mut Story {
        let ended_at = Timestamp::from_unix_ticks(cut(at(seconds), self.precision), self.precision);
        let ended = ProcessEnded {
            pid: Some(ProcessId(pid)),
            guid: None,
            ended_at,
            image: Some(path(image)),
            exit_code: Some(0),
            subject: principal(ADMIN, "admin", logon_id),
        };
        self.push(seconds, EventKind::ProcessEnded, Body::ProcessEnded(ended))
    }

    /// 4720 by the administrator.
    pub fn created(&mut self, seconds: f64, rid: u32, name: &str, logon_id: u64) -> &mut Story {
        self.created_with(seconds, rid, name, logon_id, |_| {})
    }

    pub fn created_with(
        &mut self,
        seconds: f64,
        rid: u32,
        name: &str,
        logon_id: u64,
        change: impl FnOnce(&mut AccountCreated),
    ) -> &mut Story {
        let mut account = principal(ADMIN, name, 0);
        account.sid = Some(account_sid(rid));
        let mut created = AccountCreated {
            account,
            subject: principal(ADMIN, "admin", logon_id),
            display_name: Some("%%1793".into()),
            user_principal_name: None,
            initiating: None,
        };
        change(&mut created);
        self.push(seconds, EventKind::AccountCreated, Body::AccountCreated(Box::new(created)))
    }

    /// 4722 and its like.
    pub fn touched(&mut self, seconds: f64, rid: u32, action: AccountAction, logon_id: u64) -> &mut Story {
        let kind = match action {
            AccountAction::Enabled => EventKind::AccountEnabled,
            AccountAction::Deleted => EventKind::AccountDeleted,
            AccountAction::Disabled => EventKind::AccountDisabled,
            AccountAction::PasswordSet => EventKind::PasswordSet,
            _ => EventKind::AccountChanged,
        };
        let account = Principal { sid: Some(account_sid(rid)), ..Principal::default() };
        let subject = principal(ADMIN, "admin", logon_id);
        let touched = AccountTouched { action, succeeded: true, account, subject, new_uac_value: None };
        self.push(seconds, kind, Body::AccountTouched(Box::new(touched)))
    }

    /// 4732.
    pub fn grouped(&mut self, seconds: f64, rid: u32, group: &str) -> &mut Story {
        let membership = GroupMembership {
            member: Principal { sid: Some(account_sid(rid)), ..Principal::default() },
            group: Principal { sid: Sid::parse(group), ..Principal::default() },
            subject: principal(ADMIN, "admin", 0),
        };
        self.push(seconds, EventKind::LocalMemberAdded, Body::GroupMemberAdded(Box::new(membership)))
    }

    /// A host that has shown processes for an hour before the story, so that silence means something.
    pub fn lively(&mut self) -> &mut Story {
        for minute in 1..=60u32 {
            let seconds = -60.0 * f64::from(minute);
            self.process(seconds, 60_000 + minute, 4, 0x3e7, "svchost.exe", "svchost.exe -k x");
            self.end(seconds + 1.0, 60_000 + minute, "svchost.exe", 0x3e7);
        }
        self.process(3000.0, 60_000, 4, 0x3e7, "svchost.exe", "svchost.exe -k x")
    }

    /// What was told, in any order, gives this case; asserts that there is exactly one.
    pub fn case(&self) -> Case {
        let mut cases = self.cases();
        assert_eq!(cases.len(), 1, "one creation, one case");
        cases.remove(0)
    }

    pub fn cases(&self) -> Vec<Case> {
        hunt(&self.events)
    }

    pub fn hunted(&self) -> Hunt {
        hunt_all(&self.events)
    }

    /// What follows is told by another host.
    pub fn on(&mut self, host: &str) -> &mut Story {
        host.clone_into(&mut self.host);
        self
    }

    /// 4104.
    pub fn script(&mut self, seconds: f64, pid: u32, text: &str) -> &mut Story {
        let script = ScriptBlock {
            pid: Some(ProcessId(pid)),
            user: Sid::parse(ADMIN),
            text: text.into(),
            level: Some(5),
            piece: None,
        };
        self.push(seconds, EventKind::ScriptBlock, Body::ScriptBlock(Box::new(script)))
    }

    /// 4799.
    pub fn queried(&mut self, seconds: f64, logon_id: u64, caller: QueryCaller) -> &mut Story {
        let subject = principal(ADMIN, "admin", logon_id);
        let query = AccountQueried { subject, target: Principal::default(), caller };
        self.push(seconds, EventKind::GroupQueried, Body::AccountQueried(Box::new(query)))
    }

    /// 4798 of an account of this machine.
    pub fn looked_up(&mut self, seconds: f64, rid: u32, logon_id: u64, caller: QueryCaller) -> &mut Story {
        let subject = principal(ADMIN, "admin", logon_id);
        let target = Principal { sid: Some(account_sid(rid)), ..Principal::default() };
        let query = AccountQueried { subject, target, caller };
        self.push(seconds, EventKind::UserQueried, Body::AccountQueried(Box::new(query)))
    }

    /// 4697.
    pub fn service(&mut self, seconds: f64, logon_id: u64, name: &str, command: &str) -> &mut Story {
        let subject = principal(ADMIN, "admin", logon_id);
        let install = Installed { name: Some(name.into()), command: Some(command.into()), subject };
        self.push(seconds, EventKind::ServiceInstalled, Body::ServiceInstalled(Box::new(install)))
    }

    /// Sysmon 13.
    pub fn sam(&mut self, seconds: f64, image: &str, key: &str, operation: &str) -> &mut Story {
        let written = SamKeyWritten {
            written_at: at(seconds),
            pid: Some(ProcessId(77)),
            guid: None,
            image: Some(path(image)),
            key: format!(r"HKLM\SAM\SAM\Domains\Account\Users\{key}").into(),
            operation: Some(operation.into()),
        };
        self.push(seconds, EventKind::SysmonRegistryValue, Body::SamKeyWritten(Box::new(written)))
    }
}

/// A case without what the rest of the input says of it.
pub fn by_itself(mut case: Case) -> Case {
    case.wave = None;
    case.context.rarity = None;
    case.context.name_signs.retain(|sign| !SIGNS_OF_ALL_CASES.contains(&sign.kind));
    case.risk.remove("same_name_elsewhere");
    case.severity = case.risk.severity();
    case
}

pub fn hunt(events: &[Event]) -> Vec<Case> {
    hunt_all(events).cases
}

pub fn hunt_all(events: &[Event]) -> Hunt {
    hunt_tuned(events, Analytic::default())
}

/// The same at a site that tunes.
pub fn hunt_tuned(events: &[Event], analytic: Analytic) -> Hunt {
    let directory = Arc::new(HostDirectory::from_names(events.iter().map(|event| &event.host)));
    let mut engine = Engine::new(Tuning::from(analytic), directory, &tally(events));
    for event in numbered_in_time(events) {
        engine.apply(event);
    }
    engine.finish()
}

/// A story is told in any order, and a log numbers what it holds in the order of time: the same ids, so dealt out; copies
/// of a record keep theirs. Where the clock is set back, the story says itself how.
pub fn numbered_in_time(events: &[Event]) -> Vec<Event> {
    let mut logs: BTreeMap<(HostName, &str), BTreeMap<u64, Timestamp>> = BTreeMap::new();
    let mut is_told: BTreeMap<(HostName, &str), bool> = BTreeMap::new();
    let log_of = |event: &Event| (event.host.clone(), event.record.kind.spec().channel);
    for event in events {
        let Some(id) = event.record.record_id else { continue };
        *is_told.entry(log_of(event)).or_default() |=
            matches!(&event.body, Body::ClockChanged(change) if change.new < change.previous);
        let at = logs.entry(log_of(event)).or_default().entry(id).or_insert(event.at);
        *at = event.at.min(*at);
    }
    logs.retain(|log, _| !is_told[log]);
    let dealt = |ids: &BTreeMap<u64, Timestamp>| {
        let mut in_time: Vec<u64> = ids.keys().copied().collect();
        in_time.sort_by_key(|id| (ids[id], *id));
        in_time.into_iter().zip(ids.keys().copied()).collect::<BTreeMap<u64, u64>>()
    };
    let dealt: BTreeMap<_, _> = logs.iter().map(|(log, ids)| (log.clone(), dealt(ids))).collect();
    let mut events = events.to_vec();
    for event in &mut events {
        let ids = dealt.get(&log_of(event));
        event.record.record_id = event.record.record_id.map(|id| ids.map_or(id, |ids| ids[&id]));
    }
    events
}

pub fn tally(events: &[Event]) -> Tally {
    let mut tally = Tally::default();
    for event in events {
        let spec = event.record.kind.spec();
        let key = HeardKey::new(event.host.clone(), Some(spec.provider), Some(spec.channel), spec.event_id);
        tally.heard.entry(key).or_insert_with(Heard::default).add(Some(event.at));
        let beyond_boot = |created: &ProcessCreated| {
            event.record.kind == EventKind::ProcessCreated && !created.is_of_boot()
        };
        if matches!(&event.body, Body::ProcessCreated(created) if beyond_boot(created)) {
            tally.beyond_boot.insert(event.host.clone());
        }
    }
    tally
}

fn cut(at: Timestamp, precision: Precision) -> i64 {
    let step = precision.step().ticks();
    at.unix_ticks().div_euclid(step) * step
}

fn path(image: &str) -> Text {
    if image.contains('\\') { image.into() } else { format!(r"{SYSTEM32}\{image}").into() }
}

/// The images of a case's creator and chain, creator first, file names only.
pub fn line(case: &Case) -> Vec<String> {
    let image = |process: &begat_model::case::Process| match &process.image {
        Some(image) => image.rsplit('\\').next().unwrap().to_owned(),
        None => "?".to_owned(),
    };
    case.attribution.creator.iter().chain(&case.attribution.chain).map(image).collect()
}
