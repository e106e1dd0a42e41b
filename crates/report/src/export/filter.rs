//! An authorisation as a condition of a language that joins the two records, or why it cannot be one: it goes out with all
//! of its keys and its end, or not at all.

use begat_model::allowance::{Allowance, AllowanceKey};
use begat_model::time::{Precision, Timestamp};

/// How a language says what an entry asks for.
pub(super) struct Dialect {
    pub(super) and: &'static str,
    pub(super) or: &'static str,
    /// One of the patterns fits that text; `None` where one cannot be said.
    pub(super) fits: fn(text: &str, patterns: &[String]) -> Option<String>,
    /// That text is one of these.
    pub(super) is: fn(text: &str, values: &[&str]) -> String,
    /// The creation was at or before, at or after.
    pub(super) until: fn(Timestamp) -> String,
    pub(super) from: fn(Timestamp) -> String,
    /// The process in the window.
    pub(super) creator: &'static str,
    pub(super) actor_sid: &'static str,
    /// `DOMAIN\name`.
    pub(super) actor_name: &'static str,
    pub(super) account: &'static str,
    /// By full name and by first label.
    pub(super) hosts: [&'static str; 2],
    pub(super) session: &'static str,
}

/// Sessions that are known by their id alone.
const SESSIONS: &[(&str, &str)] =
    &[("system", "0x3e7"), ("network_service", "0x3e4"), ("local_service", "0x3e5")];

/// Why a key is not said, of those that neither record holds.
const NOT_IN_THE_RECORDS: &[(&str, &str)] = &[
    ("hash", "`hash`: 4688 has none"),
    ("parent", "`parent`: the record names one ancestor, and the key means any"),
    ("actor_group", "`actor_group`: groups stand in 4627, which is not joined"),
    ("source", "`source`: it also means the sessions behind, and their addresses stand in other records"),
    ("ticket", "`ticket`: change tickets are not in the logs"),
    ("source_host", "`source_host`: it stands in 4624, which is not joined"),
    ("host_role", "`host_role`: roles stand in the inventory"),
    ("verdict", "`verdict`: only begat has one"),
    ("hours", "`hours`: hours of a zone with summer time are not said"),
    ("days", "`days`: days of a zone are not said"),
];

/// The condition under which it allows a creation.
pub(super) fn condition(allowance: &Allowance, dialect: &Dialect) -> Result<String, String> {
    let mut conditions = Vec::new();
    let mut refused = Vec::new();
    for key in &allowance.keys {
        match of_key(key, dialect) {
            Ok(condition) => conditions.push(condition),
            Err(why) => refused.push(why),
        }
    }
    if !refused.is_empty() {
        return Err(refused.join("; "));
    }
    if conditions.is_empty() {
        return Err("it asks for nothing".to_owned());
    }
    conditions.push((dialect.until)(in_seconds(allowance.last)));
    Ok(format!("({})", conditions.join(dialect.and)))
}

/// Cut to the second: never later.
fn in_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_unix_ticks(at.unix_ticks() - at.unix_ticks().rem_euclid(10_000_000), Precision::SECONDS)
}

fn of_key(key: &AllowanceKey, dialect: &Dialect) -> Result<String, String> {
    let odd = || format!("`{}`: a value holds a sign that cannot be written there", key.name);
    let fits = |text: &str| (dialect.fits)(text, &key.values).ok_or_else(odd);
    let moment = || key.values.first().and_then(|text| Timestamp::parse_rfc3339(text)).ok_or_else(odd);
    match key.name {
        "creator" => fits(dialect.creator),
        "account" => fits(dialect.account),
        "host" => {
            let [full, short] = dialect.hosts;
            Ok(format!("({}{}{})", fits(full)?, dialect.or, fits(short)?))
        }
        "actor" => actor(key, dialect).ok_or_else(odd),
        "session" => session(key, dialect),
        "from" => Ok((dialect.from)(moment()?)),
        "until" => Ok((dialect.until)(in_seconds(moment()?))),
        name => {
            let known = NOT_IN_THE_RECORDS.iter().find(|(key, _)| *key == name);
            Err(known.map_or_else(|| format!("`{name}`: it is not said"), |(_, why)| (*why).to_owned()))
        }
    }
}

/// By SID, or by name.
fn actor(key: &AllowanceKey, dialect: &Dialect) -> Option<String> {
    let (sids, names): (Vec<String>, Vec<String>) =
        key.values.iter().cloned().partition(|value| !value.contains('\\'));
    let mut either = Vec::new();
    if !sids.is_empty() {
        either.push((dialect.fits)(dialect.actor_sid, &sids)?);
    }
    if !names.is_empty() {
        either.push((dialect.fits)(dialect.actor_name, &names)?);
    }
    Some(format!("({})", either.join(dialect.or)))
}

fn session(key: &AllowanceKey, dialect: &Dialect) -> Result<String, String> {
    let id = |value: &String| SESSIONS.iter().find(|(name, _)| name == value).map(|(_, id)| *id);
    let ids: Option<Vec<&str>> = key.values.iter().map(id).collect();
    let ids = ids.ok_or("`session`: types of logons stand in 4624, which is not joined")?;
    Ok((dialect.is)(dialect.session, &ids))
}
