//! The same log in two carriers: an event log beside its export, of which one has no record ids.
//!
//! With record ids a copy is known by them (`order`). Without, two events of two sources are one where kind, account or
//! process, session and time agree as far as both tell them. What one source tells twice happened twice.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::event::{Body, Principal};
use begat_model::time::TICKS_PER_SECOND;
use begat_model::{Duration, Event, EventKind, LogonId, Text, Timestamp};

/// Events of one kind and account, near in time, that one is compared with.
const COMPARED_MAX: usize = 256;

/// What an event tells in every carrier that tells it at all.
#[derive(Debug, Default)]
struct Gist {
    sid: Option<String>,
    name: Option<String>,
    pid: Option<u32>,
    /// The group that somebody joins.
    group: Option<String>,
    logon_id: Option<LogonId>,
}

/// What copies of one event share at least.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Sid(EventKind, String),
    Name(EventKind, String),
    Pid(EventKind, u32),
}

impl Gist {
    fn of(body: &Body) -> Gist {
        let of = |principal: &Principal, logon_id: Option<LogonId>| Gist {
            sid: principal.sid.as_ref().map(|sid| sid.as_str().to_owned()),
            name: principal.name.as_deref().map(str::to_lowercase),
            logon_id,
            ..Gist::default()
        };
        let member = |member: &Principal, group: &Principal, subject: &Principal| Gist {
            group: group.sid.as_ref().map(|sid| sid.as_str().to_owned()),
            ..of(member, subject.logon_id)
        };
        match body {
            Body::AccountCreated(it) => of(&it.account, it.subject.logon_id),
            Body::AccountTouched(it) => of(&it.account, it.subject.logon_id),
            Body::AccountRenamed(it) => of(&it.account, it.subject.logon_id),
            Body::GroupMemberAdded(it) | Body::GroupMemberRemoved(it) => {
                member(&it.member, &it.group, &it.subject)
            }
            Body::AccountQueried(it) => of(&it.target, it.subject.logon_id),
            Body::LoggedOn(it) => of(&it.account, it.account.logon_id),
            Body::LogonGroups(it) => of(&it.account, it.account.logon_id),
            Body::LoggedOff(it) | Body::SpecialPrivileges(it) => of(it, it.logon_id),
            Body::ProcessCreated(it) => Gist {
                pid: it.pid.map(|pid| pid.0),
                name: it.image.as_deref().map(str::to_lowercase),
                ..Gist::default()
            },
            Body::ProcessEnded(it) => Gist { pid: it.pid.map(|pid| pid.0), ..Gist::default() },
            _ => Gist::default(),
        }
    }

    /// Under which it is looked for; the first says most.
    fn keys(&self, kind: EventKind) -> Vec<Key> {
        let pid = self.pid.map(|pid| Key::Pid(kind, pid));
        let sid = self.sid.clone().map(|sid| Key::Sid(kind, sid));
        let name = self.name.clone().filter(|_| self.pid.is_none()).map(|name| Key::Name(kind, name));
        [pid, sid, name].into_iter().flatten().collect()
    }

    fn agrees(&self, other: &Gist) -> bool {
        fn same<T: PartialEq>(one: Option<&T>, two: Option<&T>) -> bool {
            one.zip(two).is_none_or(|(one, two)| one == two)
        }
        same(self.sid.as_ref(), other.sid.as_ref())
            && same(self.name.as_ref(), other.name.as_ref())
            && same(self.pid.as_ref(), other.pid.as_ref())
            && same(self.group.as_ref(), other.group.as_ref())
            && same(self.logon_id.as_ref(), other.logon_id.as_ref())
    }
}

/// Drops of the events without a record id those that another source tells too.
pub(super) fn without_copies(events: Vec<Event>) -> Vec<Event> {
    let is_told_once = events.iter().all(|event| event.record.record_id.is_some())
        || events.windows(2).all(|pair| pair[0].record.source == pair[1].record.source);
    if is_told_once {
        return events;
    }
    let gists: Vec<Gist> = events.iter().map(|event| Gist::of(&event.body)).collect();
    let mut places: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (place, (event, gist)) in events.iter().zip(&gists).enumerate() {
        for key in gist.keys(event.record.kind) {
            places.entry(key).or_default().push(place);
        }
    }
    places.values_mut().for_each(|places| places.sort_by_key(|place| preference(&events[*place])));
    // Whose copies have their original, by original.
    let mut taken: BTreeMap<usize, BTreeSet<Text>> = BTreeMap::new();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|place| preference(&events[*place]));
    for place in order.into_iter().filter(|place| events[*place].record.record_id.is_none()) {
        let event = &events[place];
        let original = gists[place].keys(event.record.kind).iter().find_map(|key| {
            let mut near = places[key].iter().copied().filter(|other| {
                let record = &events[*other].record;
                record.source != event.record.source && is_near(event, &events[*other])
            });
            near.by_ref().take(COMPARED_MAX).find(|other| {
                let goes_before = preference(&events[*other]) < preference(event);
                let is_free = taken.get(other).is_none_or(|sources| !sources.contains(&event.record.source));
                goes_before && is_free && !dropped.contains(other) && gists[place].agrees(&gists[*other])
            })
        });
        if let Some(original) = original {
            taken.entry(original).or_default().insert(event.record.source.clone());
            dropped.insert(place);
        }
    }
    let kept = events.into_iter().enumerate().filter(|(place, _)| !dropped.contains(place));
    kept.map(|(_, event)| event).collect()
}

/// What tells more goes before: a record id, then a finer time, then the first path.
fn preference(event: &Event) -> (bool, bool, std::cmp::Reverse<begat_model::Precision>, i64, Text) {
    let is_unread = matches!(event.body, Body::Unread(_));
    let precision = std::cmp::Reverse(event.at.precision());
    (
        event.record.record_id.is_none(),
        is_unread,
        precision,
        event.at.unix_ticks(),
        event.record.source.clone(),
    )
}

/// Within the coarser step of the two.
fn is_near(one: &Event, two: &Event) -> bool {
    (one.at - two.at).magnitude() < grain(one.at).max(grain(two.at))
}

/// How finely a time tells: tools that keep milliseconds print seven places, and the last of them are zeros.
pub(super) fn grain(at: Timestamp) -> Duration {
    let mut step = at.precision().step().ticks();
    while step < TICKS_PER_SECOND && at.unix_ticks() % (step * 10) == 0 {
        step *= 10;
    }
    Duration::from_ticks(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::{AccountCreated, ProcessEnded};
    use begat_model::{HostName, ProcessId, RecordRef, Sid};

    fn created(at: &str, record_id: Option<u64>, source: &str, sid: Option<&str>) -> Event {
        let at = Timestamp::parse_rfc3339(at).unwrap();
        let account =
            Principal { name: Some("Toto3".into()), sid: sid.and_then(Sid::parse), ..Principal::default() };
        let body = AccountCreated {
            account,
            subject: Principal { logon_id: Some(LogonId(7)), ..Principal::default() },
            display_name: None,
            user_principal_name: None,
            initiating: None,
        };
        Event {
            at,
            host: HostName::new("h").unwrap(),
            record: RecordRef { at, kind: EventKind::AccountCreated, record_id, source: source.into() },
            body: Body::AccountCreated(Box::new(body)),
        }
    }

    fn sources(events: Vec<Event>) -> Vec<String> {
        without_copies(events).iter().map(|event| event.record.source.to_string()).collect()
    }

    const SID: Option<&str> = Some("S-1-5-21-1-2-3-1004");

    #[test]
    fn an_export_without_record_ids_tells_nothing_twice() {
        let log = created("2021-10-19T14:42:41.2340102Z", Some(7), "log.evtx", SID);
        for export in [
            created("2021-10-19T14:42:41Z", None, "a.csv", SID),
            created("2021-10-19T14:42:41.234Z", None, "a.json", SID),
            created("2021-10-19T14:42:41.234Z", None, "z.json", None),
        ] {
            assert_eq!(sources(vec![log.clone(), export.clone()]), ["log.evtx"]);
            assert_eq!(sources(vec![export.clone(), log.clone()]), ["log.evtx"]);
            let other = created("2021-10-19T14:42:41Z", None, "b.csv", None);
            assert_eq!(sources(vec![export, other, log.clone()]), ["log.evtx"]);
        }
    }

    #[test]
    fn what_differs_or_is_told_twice_by_one_source_stays() {
        let log = created("2021-10-19T14:42:41.2340102Z", Some(7), "log.evtx", SID);
        for other in [
            created("2021-10-19T14:42:43Z", None, "a.csv", SID),
            created("2021-10-19T14:42:41Z", None, "a.csv", Some("S-1-5-21-1-2-3-1005")),
            created("2021-10-19T14:42:41.235Z", None, "a.csv", SID),
        ] {
            assert_eq!(sources(vec![log.clone(), other]).len(), 2);
        }
        let ended = |source: &str| Event {
            record: RecordRef {
                kind: EventKind::ProcessEnded,
                record_id: None,
                source: source.into(),
                ..log.record.clone()
            },
            body: Body::ProcessEnded(ProcessEnded {
                pid: Some(ProcessId(8)),
                guid: None,
                ended_at: log.at,
                image: None,
                exit_code: None,
                subject: Principal::default(),
            }),
            ..log.clone()
        };
        let twice = vec![ended("a"), ended("a"), ended("b")];
        assert_eq!(sources(twice), ["a", "a"], "of three records in two files two happened");
    }
}
