//! ATT&CK's UserContext of a creation, and what a site's entries say of it.

use begat_model::analytic::{SessionKind, UserContext, UserContextEntry};
use begat_model::case::{Actor, SiteEntry, SiteMatch};
use begat_model::{LogonId, Sid};

/// RID of the administrator that every machine and domain is born with.
const ADMINISTRATOR_RID: u32 = 500;
/// LOCAL SERVICE and NETWORK SERVICE.
const SERVICE_SIDS: &[&str] = &["S-1-5-19", "S-1-5-20"];
/// What the SIDs of services with a virtual account of their own (`NT SERVICE\…`) begin with.
const VIRTUAL_SERVICE: &str = "S-1-5-80-";

/// In whose name the account was made, in ATT&CK's words.
pub fn context_of(actor: &Actor) -> UserContext {
    let sid = actor.account.sid.as_ref();
    let is_windows = |sid: &Sid| {
        let text = sid.as_str();
        text == Sid::SYSTEM || SERVICE_SIDS.contains(&text) || text.starts_with(VIRTUAL_SERVICE)
    };
    let is_born_administrator =
        |sid: &Sid| sid.authority_prefix().is_some() && sid.rid() == Some(ADMINISTRATOR_RID);
    if actor.account.logon_id.is_some_and(LogonId::is_well_known) || sid.is_some_and(is_windows) {
        UserContext::System
    } else if actor.elevated == Some(true) || sid.is_some_and(is_born_administrator) {
        UserContext::Administrator
    } else {
        UserContext::Untrusted
    }
}

/// What the site's entries say of who made the account: all that an entry names must fit.
pub fn site_points(entries: &[UserContextEntry], actor: &Actor) -> Vec<SiteEntry> {
    let (context, session) = (context_of(actor), SessionKind::of(actor));
    let fits = |entry: &&UserContextEntry| {
        let named = [
            entry.context.map(|wanted| wanted == context),
            entry.session.map(|wanted| wanted == session),
            entry
                .sid
                .as_ref()
                .map(|pattern| actor.account.sid.as_ref().is_some_and(|sid| pattern.matches(sid.as_str()))),
        ];
        let mut named = named.into_iter().flatten().peekable();
        named.peek().is_some() && named.all(|fits| fits)
    };
    let told = |entry: &UserContextEntry| {
        let sid = entry.sid.as_ref().map(|pattern| pattern.as_str().into());
        let fits = SiteMatch::Context(entry.context, entry.session, sid);
        SiteEntry { points: entry.points, fits, reason: entry.reason.clone() }
    };
    entries.iter().filter(fits).map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Pattern;

    fn actor(sid: &str, logon_id: u64, elevated: Option<bool>) -> Actor {
        let mut actor = Actor { elevated, logon_type: Some(10), ..Actor::default() };
        actor.account.sid = Sid::parse(sid);
        actor.account.logon_id = (logon_id != 0).then_some(LogonId(logon_id));
        actor
    }

    #[test]
    fn contexts_are_told_by_sid_session_and_token() {
        use UserContext::{Administrator, System, Untrusted};
        for (sid, logon_id, elevated, context) in [
            (Sid::SYSTEM, 0x3e7, None, System),
            (Sid::SYSTEM, 0x77, None, System),
            ("S-1-5-20", 0, None, System),
            ("S-1-5-21-1-2-3-1005", 0x3e4, None, System),
            ("S-1-5-80-1-2-3-4-5", 0x77, None, System),
            ("S-1-5-82-1-2-3-4-5", 0x77, None, Untrusted),
            ("S-1-5-21-1-2-3-500", 0x77, Some(false), Administrator),
            ("S-1-5-21-1-2-3-1005", 0x77, Some(true), Administrator),
            ("S-1-5-21-1-2-3-1005", 0x77, Some(false), Untrusted),
            ("S-1-5-21-1-2-3-1005", 0x77, None, Untrusted),
            ("S-1-5-32-500", 0x77, None, Untrusted),
            ("", 0, None, Untrusted),
        ] {
            assert_eq!(context_of(&actor(sid, logon_id, elevated)), context, "{sid} {logon_id:x}");
        }
    }

    #[test]
    fn all_that_an_entry_names_must_fit_and_one_that_names_nothing_fits_nobody() {
        let entry = || UserContextEntry { points: 3, reason: "so".into(), ..UserContextEntry::default() };
        let admin = actor("S-1-5-21-1-2-3-500", 0x77, Some(true));
        for (entry, fits) in [
            (UserContextEntry { context: Some(UserContext::Administrator), ..entry() }, true),
            (UserContextEntry { context: Some(UserContext::System), ..entry() }, false),
            (UserContextEntry { session: Some(SessionKind::RemoteDesktop), ..entry() }, true),
            (UserContextEntry { sid: Some(Pattern::new("S-1-5-21-*-500")), ..entry() }, true),
            (
                UserContextEntry {
                    context: Some(UserContext::Administrator),
                    session: Some(SessionKind::Network),
                    ..entry()
                },
                false,
            ),
            (entry(), false),
        ] {
            let sid = entry.sid.as_ref().map(|pattern| pattern.as_str().into());
            let told = SiteEntry {
                points: 3,
                fits: SiteMatch::Context(entry.context, entry.session, sid),
                reason: "so".into(),
            };
            let points = site_points(std::slice::from_ref(&entry), &admin);
            assert_eq!(points.first(), fits.then_some(&told), "{entry:?}");
        }
        let by_sid = UserContextEntry { sid: Some(Pattern::new("*")), ..entry() };
        assert_eq!(site_points(&[by_sid], &Actor::default()), [], "nobody is told");
    }
}
