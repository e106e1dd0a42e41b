//! Which lookups show who made an account.

use crate::cause::creation::Creation;
use crate::cause::pointers::{LookedUp, SeenBySam};
use crate::spans::BURST;
use crate::tables::burst::{Burst, Place, TouchTable};
use crate::tables::signs::{QuerySign, SignTable};

/// The lookups that only the maker of the account had cause to make: of the account between the records of its
/// creation, of a group that took it in next. Who looks up other accounts at that moment, the same thing all day, or
/// whatever account anybody makes, had another cause (CompatTelRunner, scanners, sensors): where records are lost, what
/// it does all day may be among them.
pub(crate) fn seen_by_sam<'a>(
    creation: &Creation,
    burst: &Burst,
    queries: &[&'a QuerySign],
    signs: &SignTable,
    touches: &TouchTable,
    is_lossy: bool,
) -> Vec<SeenBySam<'a>> {
    let (Some(sid), Some(session)) = (&creation.event.account.sid, creation.logon_id()) else {
        return Vec::new();
    };
    let looks_around = |query: &QuerySign| {
        queries.iter().any(|other| {
            let at_once = (other.at - query.at).magnitude() <= BURST;
            let of_another =
                !other.is_of_group() && other.target.as_ref().is_some_and(|target| target != sid);
            other.caller == query.caller && at_once && of_another
        })
    };
    // The account itself was not there to be looked up all day; who looks up others with it had another cause.
    let is_habit = |query: &QuerySign| query.is_of_group() && signs.is_habit(query, is_lossy);
    let of_this = |query: &QuerySign| {
        let (target, place) = (query.target.as_ref()?, Place::of(&query.record));
        match query.is_of_group() {
            true => (touches.next_into(target, session, place) == Some(sid)).then_some(LookedUp::Group),
            false => (target == sid && burst.holds(place)).then_some(LookedUp::Account),
        }
    };
    // Few are of this account: only these are held against all others.
    let by_client = |query: &&QuerySign| query.caller.is_some() && !signs.is_watcher(query);
    let seen = queries.iter().copied().filter(by_client).filter_map(|query| {
        let of = of_this(query)?;
        (!looks_around(query) && !is_habit(query)).then_some(SeenBySam { query, of })
    });
    seen.collect()
}
