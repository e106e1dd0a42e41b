//! A story as if it had happened at a site: under the names of its hosts and accounts, and marked as a rehearsal.

use begat_model::Timestamp;

use crate::fault::is_creation;
use crate::record::{Body, WindowsRecord};
use crate::story::Story;
use crate::value::{Ticks, Value};

/// What 4720 says of the workstations that an account may log on at: a rehearsal's are none.
pub const MARK: &str = "begat-rehearsal";
/// The domain in which stories play.
const DOMAIN: (&str, &str) = ("CORP", "corp.example");
/// Windows' own, which are called alike everywhere.
const BUILT_IN: &[&str] = &["SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE", "ANONYMOUS LOGON", "-", ""];

/// Names of a site, as its own logs have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteNames {
    /// Hosts, fully where the logs name them so.
    pub hosts: Vec<String>,
    /// Accounts of people.
    pub accounts: Vec<String>,
    /// The domain of these accounts, as logs name it.
    pub domain: Option<String>,
}

/// How many hosts a story plays on.
pub fn host_count(story: &Story) -> usize {
    hosts_of(story).len()
}

/// As its records name them, each once.
fn hosts_of(story: &Story) -> Vec<&str> {
    let mut hosts: Vec<&str> = Vec::new();
    for record in &story.records {
        let is_known = hosts.iter().any(|known| short(known).eq_ignore_ascii_case(short(&record.computer)));
        if !is_known {
            hosts.push(&record.computer);
        }
    }
    hosts
}

/// The same story under a site's names, marked. Where the site has fewer hosts or accounts than the story, the rest keep
/// theirs; accounts that the story makes keep theirs always.
pub fn as_site(mut story: Story, names: &SiteNames) -> Story {
    let renamed = renames(&story, names);
    for record in &mut story.records {
        record.computer = replaced(&record.computer, &renamed);
        texts(record, &|text| replaced(text, &renamed));
        if record.event_id == 4720 && record.field("UserWorkstations").is_some() {
            record.set("UserWorkstations", Value::text(MARK));
        }
    }
    for truth in &mut story.truth {
        truth.host = replaced(&truth.host, &renamed);
    }
    story
}

/// Fields of Sysmon that hold a time as text.
const TIMES: &[&str] = &["UtcTime", "CreationUtcTime"];

/// The same story so many ticks later or, below zero, earlier: its records' own times and those that they speak of.
pub fn moved(mut story: Story, ticks: i64) -> Story {
    let then = |time: Ticks| Ticks(time.0.saturating_add_signed(ticks));
    for record in &mut story.records {
        record.time = then(record.time);
        for name in TIMES {
            let told =
                record.printed(name).filter(|text| text.starts_with(|sign: char| sign.is_ascii_digit()));
            if let Some(told) = told {
                let time = Ticks::parse(&format!("{}Z", told.replace(' ', "T")));
                record.set(name, Value::text(then(time).sysmon_utc_time()));
            }
        }
        if let Body::Named(fields) | Body::User { fields, .. } = &mut record.body {
            let times = fields.iter_mut().filter_map(|(_, value)| match value {
                Value::FileTime(time) if time.0 > 0 => Some(time),
                _ => None,
            });
            times.for_each(|time| *time = then(*time));
        }
    }
    story
}

/// When the first account of any of the stories is made; where none of them makes one, when the first event happens.
pub fn first_creation(stories: &[Story]) -> Option<Timestamp> {
    let records = || stories.iter().flat_map(|story| &story.records);
    let creations = records().filter(|record| is_creation(record)).map(|record| record.time);
    let first = creations.min().or_else(|| records().map(|record| record.time).min())?;
    Timestamp::from_filetime(first.0)
}

fn texts(record: &mut WindowsRecord, change: &dyn Fn(&str) -> String) {
    if let Body::Named(fields) | Body::User { fields, .. } = &mut record.body {
        for (_, value) in fields {
            if let Value::Text(text) = value {
                *text = change(text);
            }
        }
    }
}

/// What is called otherwise, the longest first, so that a full name goes before the short one in it.
fn renames(story: &Story, names: &SiteNames) -> Vec<(String, String)> {
    let hosts = hosts_of(story);
    let made: Vec<&str> =
        story.truth.iter().flat_map(|truth| [truth.account.as_str(), truth.created_as.as_str()]).collect();
    let mut people: Vec<String> = Vec::new();
    for record in &story.records {
        for field in ["SubjectUserName", "TargetUserName"] {
            let name = record.printed(field).unwrap_or_default();
            let domain = record.printed(&field.replace("User", "Domain"));
            let is_person = domain.as_deref() == Some(DOMAIN.0)
                && !name.ends_with('$')
                && !BUILT_IN.contains(&name.as_str())
                && !made.contains(&name.as_str());
            if is_person && !people.contains(&name) {
                people.push(name);
            }
        }
    }
    let mut renamed: Vec<(String, String)> = Vec::new();
    for (old, new) in hosts.iter().zip(&names.hosts) {
        renamed.push(((*old).to_owned(), new.clone()));
        renamed.push((short(old).to_owned(), short(new).to_owned()));
    }
    renamed.extend(people.into_iter().zip(names.accounts.iter().cloned()));
    renamed.extend(names.domain.iter().map(|domain| (DOMAIN.0.to_owned(), domain.clone())));
    renamed.retain(|(old, new)| !old.is_empty() && old != new);
    renamed.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
    renamed
}

fn short(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// Whole words only, whatever their case: `srv01` is no part of `srv011`.
fn replaced(text: &str, renamed: &[(String, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while !rest.is_empty() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let fits = |(old, _): &&(String, String)| {
            let Some(head) = rest.get(..old.len()) else { return false };
            let after = rest[old.len()..].chars().next().unwrap_or(' ');
            head.eq_ignore_ascii_case(old) && !is_word(before) && !is_word(after)
        };
        match renamed.iter().find(fits) {
            Some((old, new)) => {
                out.push_str(new);
                before = new.chars().last().unwrap_or(' ');
                rest = &rest[old.len()..];
            }
            None => {
                let letter = rest.chars().next().unwrap_or(' ');
                out.push(letter);
                before = letter;
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::StoryKind;

    #[test]
    fn a_story_bears_the_names_of_the_site_and_the_mark_and_keeps_its_account() {
        let names = SiteNames {
            hosts: vec!["berlin-fs1.ad.firm.test".to_owned()],
            accounts: vec!["m.weber".to_owned()],
            domain: Some("FIRM".to_owned()),
        };
        let story = StoryKind::named("net-user").unwrap().tell(1);
        let account = story.truth[0].account.clone();
        let told = as_site(story, &names);
        let all = format!("{:?}", told.records);
        assert!(!all.to_lowercase().contains("srv01"), "no name of the simulator's is left");
        assert!(!all.contains("\"CORP\"") && all.contains("m.weber") && all.contains(MARK));
        assert_eq!(told.truth[0].host, "berlin-fs1.ad.firm.test");
        assert!(
            told.records.iter().any(|record| record.printed("TargetUserName").as_deref() == Some(&account))
        );
    }

    #[test]
    fn only_whole_words_are_called_otherwise() {
        let renamed =
            [("srv01.corp.example".to_owned(), "a.b".to_owned()), ("srv01".to_owned(), "a".to_owned())];
        for (text, expected) in [
            (r"\\SRV01\ipc$ srv01.corp.example", r"\\a\ipc$ a.b"),
            ("srv011 xsrv01 SRV01$", "srv011 xsrv01 a$"),
            ("häß srv01", "häß a"),
            ("", ""),
        ] {
            assert_eq!(replaced(text, &renamed), expected, "{text}");
        }
    }
}
