//! What a pipeline said: begat's cases, or another tool's alerts, whose fields a small TOML names.

use begat_model::case::CASE_SCHEMA;
use serde_json::Value as Json;

/// Lines that are wrong are told up to so many.
const WRONG_MAX: usize = 20;

/// What was said of one creation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// On which host.
    pub host: Option<String>,
    /// Of which account.
    pub account: Option<String>,
    /// By its SID.
    pub sid: Option<String>,
    /// begat's verdict; another tool's is that it names a process, or none.
    pub verdict: Option<String>,
    /// The image that it names.
    pub process: Option<String>,
    /// And its id.
    pub pid: Option<u32>,
}

/// What stands in the way of reading answers: by line.
pub type NoAnswer = Vec<(usize, String)>;

/// Where another tool's alerts have what is asked for: dotted paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertMap {
    /// By what it is asked for: `host`, `account`, `sid`, `process`, `pid`.
    paths: Vec<(&'static str, String)>,
}

/// What a map may name; an account has to be told by its name or its SID, and so has its host.
const KEYS: &[&str] = &["host", "account", "sid", "process", "pid"];

impl AlertMap {
    /// From what a table says, key by key; what is wrong is told.
    pub fn of(entries: impl IntoIterator<Item = (String, String)>) -> Result<AlertMap, Vec<String>> {
        let (mut paths, mut wrong) = (Vec::new(), Vec::new());
        for (key, path) in entries {
            match KEYS.iter().find(|known| **known == key) {
                Some(known) => paths.push((*known, path)),
                None => wrong.push(format!("`{key}` is no key; there are {}", KEYS.join(", "))),
            }
        }
        let has = |key: &str| paths.iter().any(|(known, _)| *known == key);
        let tells_which = has("sid") || (has("host") && has("account"));
        if !tells_which {
            wrong.push("an account is told by `sid`, or by `host` and `account`: neither is here".to_owned());
        }
        if wrong.is_empty() { Ok(AlertMap { paths }) } else { Err(wrong) }
    }

    fn text(&self, alert: &Json, key: &str) -> Option<String> {
        let (_, path) = self.paths.iter().find(|(known, _)| *known == key)?;
        at(alert, path)
    }
}

/// A value by its dotted path; a field whose own name has dots is found too. Of a list the first.
fn at(value: &Json, path: &str) -> Option<String> {
    let plain = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let Json::Array(items) = value {
        return items.iter().find_map(|item| at(item, path));
    }
    if let Some(found) = value.get(path) {
        return match found {
            Json::Array(items) => items.iter().find_map(plain),
            other => plain(other),
        };
    }
    let dots = path.match_indices('.').map(|(place, _)| place);
    dots.into_iter().find_map(|dot| at(value.get(&path[..dot])?, &path[dot + 1..]))
}

/// All that was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// One for each case or alert.
    pub all: Vec<Answer>,
}

impl Answers {
    /// Reads JSON Lines: begat's cases, or with a map another tool's alerts.
    pub fn read(text: &str, map: Option<&AlertMap>) -> Result<Answers, NoAnswer> {
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let read = serde_json::from_str::<Json>(line).map_err(|error| format!("it is no JSON: {error}"));
            let answer = read.and_then(|value| match map {
                Some(map) => Ok(Some(of_alert(&value, map))),
                None => of_case(&value),
            });
            match answer {
                Ok(answer) => all.extend(answer),
                Err(what) if wrong.len() < WRONG_MAX => wrong.push((place + 1, what)),
                Err(_) => {}
            }
        }
        if wrong.is_empty() { Ok(Answers { all }) } else { Err(wrong) }
    }
}

fn of_alert(alert: &Json, map: &AlertMap) -> Answer {
    let pid = map.text(alert, "pid").and_then(|pid| number(&pid));
    let [host, account, sid, process] =
        ["host", "account", "sid", "process"].map(|key| map.text(alert, key).filter(|text| !text.is_empty()));
    Answer { host, account, sid, verdict: None, process, pid }
}

/// Windows prints ids in hexadecimal, others do not.
fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `None` for what a hunt writes beside its cases.
fn of_case(value: &Json) -> Result<Option<Answer>, String> {
    match value.get("schema").and_then(Json::as_str) {
        Some(CASE_SCHEMA) => {}
        Some(other) if other.starts_with("begat.finding/") => return Ok(None),
        Some(other) => {
            return Err(format!(
                "its schema is `{other}`, and not {CASE_SCHEMA}: name its fields with --map"
            ));
        }
        None => {
            return Err(format!("it tells no schema, and is no {CASE_SCHEMA}: name its fields with --map"));
        }
    }
    let names = [at(value, "account.name"), at(value, "account.created_as")];
    Ok(Some(Answer {
        host: at(value, "host.name"),
        account: names.into_iter().flatten().next(),
        sid: at(value, "account.sid"),
        verdict: at(value, "attribution.verdict"),
        process: at(value, "attribution.creator.image"),
        pid: at(value, "attribution.creator.pid").and_then(|pid| pid.parse().ok()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> Result<AlertMap, Vec<String>> {
        AlertMap::of(entries.iter().map(|(key, path)| ((*key).to_owned(), (*path).to_owned())))
    }

    #[test]
    fn another_tools_alerts_are_read_by_their_paths() {
        let map = map(&[
            ("host", "host.name"),
            ("account", "user.target.name"),
            ("process", "process.executable"),
            ("pid", "process.pid"),
        ])
        .unwrap();
        let alert = r#"{"host":{"name":"ws1"},"user.target.name":"bob","process":{"executable":["C:\\a.exe"],"pid":"0x1a2c"}}"#;
        let told = Answers::read(alert, Some(&map)).unwrap().all.remove(0);
        assert_eq!((told.host.as_deref(), told.account.as_deref()), (Some("ws1"), Some("bob")));
        assert_eq!((told.process.as_deref(), told.pid), (Some(r"C:\a.exe"), Some(0x1a2c)));
    }

    #[test]
    fn a_map_that_names_nothing_to_go_by_is_refused() {
        assert!(map(&[("process", "p")]).unwrap_err()[0].contains("neither"));
        assert!(map(&[("sid", "s"), ("hots", "h")]).unwrap_err()[0].contains("`hots` is no key"));
        assert!(map(&[("sid", "s")]).is_ok());
    }

    #[test]
    fn what_is_no_case_is_told_by_its_line() {
        for (text, line, part) in [
            ("{\"schema\":\"begat.finding/1\"}\n{\"a\":1}", 2, "no schema"),
            ("nothing", 1, "no JSON"),
            ("{\"schema\":\"begat.coverage/1\"}", 1, "--map"),
        ] {
            let wrong = Answers::read(text, None).unwrap_err();
            assert!(wrong[0].0 == line && wrong[0].1.contains(part), "{wrong:?}");
        }
        assert!(Answers::read("", None).unwrap().all.is_empty(), "silence is an answer");
    }
}
