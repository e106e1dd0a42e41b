//! The records that one creation leaves, and whose turn in a group is next: what the SAM did, in its own order.

use std::collections::VecDeque;

use begat_model::event::{AccountAction, Body, Principal};
use begat_model::{Event, LogonId, RecordRef, Sid, Timestamp};

use crate::spans::{BURST, HOLD, ONE_ACT};
use crate::windows::group_power::is_primary_group;

/// Most records of the SAM that are remembered of one host.
pub const TOUCHES_MAX: usize = 4096;
/// The group into which net and the consoles put every account.
const USERS: &str = "S-1-5-32-545";

/// A place in the Security log: by record id where both are told, else by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    at: Timestamp,
    record_id: Option<u64>,
}

/// One record of the SAM about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Touch {
    place: Place,
    account: Sid,
    /// The group that took it in.
    group: Option<Sid>,
    /// In which session.
    session: Option<LogonId>,
}

/// The records that one creation left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    first: Place,
    last: Place,
    /// The last but for groups that somebody chose: what a program that makes accounts does in any case.
    last_of_creation: Place,
    /// Users took it in.
    pub into_users: bool,
    /// Its primary group took it in: changes of groups are audited.
    pub groups_told: bool,
}

/// The latest records of the SAM on one host.
#[derive(Debug, Default)]
pub struct TouchTable {
    touches: VecDeque<Touch>,
    dropped_until: Option<Timestamp>,
}

impl Place {
    /// Of a record of the Security log.
    pub fn of(record: &RecordRef) -> Place {
        Place { at: record.at, record_id: record.record_id }
    }

    fn is_before(self, other: Place) -> bool {
        match self.record_id.zip(other.record_id) {
            Some((ours, theirs)) => ours < theirs,
            None => self.at < other.at,
        }
    }
}

impl Burst {
    /// Of a creation whose account is not told by its SID: the 4720 alone.
    pub fn of_one(created: &RecordRef) -> Burst {
        let place = Place::of(created);
        Burst { first: place, last: place, last_of_creation: place, into_users: false, groups_told: false }
    }

    /// A record that stands among those of the creation.
    pub fn holds(&self, place: Place) -> bool {
        !place.is_before(self.first) && !self.last.is_before(place)
    }

    /// The ids of its first and its last record.
    pub fn record_ids(&self) -> Option<(u64, u64)> {
        self.first.record_id.zip(self.last.record_id)
    }

    /// Its first record.
    pub fn begins_at(&self) -> Timestamp {
        self.first.at
    }

    /// The last record of the creation itself: what came into groups that somebody chose is not of it.
    pub fn ends_at(&self) -> Timestamp {
        self.last_of_creation.at
    }
}

impl TouchTable {
    /// One more event of the host; those of the SAM are kept as long as a creation can ask for them.
    pub fn heard(&mut self, event: &Event) {
        let Some(touch) = touch_of(event) else { return };
        if self.touches.len() == TOUCHES_MAX {
            let dropped = self.touches.pop_front().map(|dropped| dropped.place.at);
            // Where a clock was set back, time says nothing of what a creation still waits for; but what is long past
            // by any clock no creation asks for.
            let reach = touch.place.at - HOLD - HOLD;
            self.dropped_until = self.dropped_until.max(dropped.filter(|dropped| *dropped >= reach));
        }
        self.touches.push_back(touch);
    }

    /// Records up to this time were dropped to bound memory.
    pub fn dropped_until(&self) -> Option<Timestamp> {
        self.dropped_until
    }

    /// The records that the creation of an account left: of the same session, as near as one act leaves them.
    pub fn burst(&self, account: &Sid, created: &RecordRef, session: Option<LogonId>) -> Burst {
        let (place, mut burst) = (Place::of(created), Burst::of_one(created));
        let is_its = |touch: &&Touch| {
            touch.account == *account
                && touch.session == session
                && (touch.place.at - place.at).magnitude() <= BURST
        };
        for touch in self.touches.iter().filter(is_its) {
            let is_chosen = touch.group.as_ref().is_some_and(|group| {
                let is_users = group.as_str() == USERS;
                burst.into_users |= is_users;
                burst.groups_told |= is_primary_group(group);
                !is_users && !is_primary_group(group)
            });
            if touch.place.is_before(burst.first) {
                burst.first = touch.place;
            }
            if burst.last.is_before(touch.place) {
                burst.last = touch.place;
            }
            if !is_chosen && burst.last_of_creation.is_before(touch.place) {
                burst.last_of_creation = touch.place;
            }
        }
        burst
    }

    /// The account that came into this group next, by the same session, right after a record.
    pub fn next_into(&self, group: &Sid, session: LogonId, after: Place) -> Option<&Sid> {
        let next = self.touches.iter().find(|touch| {
            touch.group.is_some() && touch.session == Some(session) && after.is_before(touch.place)
        })?;
        let is_at_once = next.place.at - after.at <= ONE_ACT;
        (is_at_once && next.group.as_ref() == Some(group)).then_some(&next.account)
    }
}

fn touch_of(event: &Event) -> Option<Touch> {
    let (account, group, subject): (&Option<Sid>, Option<&Sid>, &Principal) = match &event.body {
        Body::AccountCreated(created) => (&created.account.sid, None, &created.subject),
        Body::AccountTouched(touched) if touched.action != AccountAction::Deleted => {
            (&touched.account.sid, None, &touched.subject)
        }
        Body::GroupMemberAdded(added) => (&added.member.sid, added.group.sid.as_ref(), &added.subject),
        _ => return None,
    };
    Some(Touch {
        place: Place::of(&event.record),
        account: account.clone()?,
        group: group.cloned(),
        session: subject.logon_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::{AccountCreated, GroupMembership};
    use begat_model::{Duration, EventKind, HostName};

    /// An event of 10:00:00 and so many milliseconds.
    fn event(milliseconds: i64, kind: EventKind, body: Body) -> Event {
        let at = Timestamp::parse_rfc3339("2024-05-01T10:00:00.0000000Z").unwrap()
            + Duration::from_ticks(milliseconds * 10_000);
        let record_id = u64::try_from(milliseconds).ok();
        let record = RecordRef { at, kind, record_id, source: "log".into() };
        Event { at, host: HostName::new("h").unwrap(), record, body }
    }

    #[test]
    fn a_creation_ends_with_the_groups_that_every_account_comes_into() {
        let bob = || Principal { sid: Sid::parse("S-1-5-21-10-20-30-1001"), ..Principal::default() };
        let created = AccountCreated {
            account: bob(),
            subject: Principal::default(),
            display_name: None,
            user_principal_name: None,
            initiating: None,
        };
        let created = event(1, EventKind::AccountCreated, Body::AccountCreated(Box::new(created)));
        let mut table = TouchTable::default();
        table.heard(&created);
        for (milliseconds, group) in [(10, "S-1-5-21-10-20-30-513"), (20, USERS), (30, "S-1-5-32-544")] {
            let group = Principal { sid: Sid::parse(group), ..Principal::default() };
            let added = GroupMembership { member: bob(), group, subject: Principal::default() };
            let body = Body::GroupMemberAdded(Box::new(added));
            table.heard(&event(milliseconds, EventKind::LocalMemberAdded, body));
        }
        let burst = table.burst(&bob().sid.unwrap(), &created.record, None);
        assert!(burst.into_users && burst.groups_told);
        let after = |time: Timestamp| (time - created.at).ticks() / 10_000;
        assert_eq!(after(burst.ends_at()), 19, "Users is of the creation, Administrators was chosen");
        assert_eq!(after(burst.last.at), 29);
    }
}
