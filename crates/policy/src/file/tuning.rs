//! `[analytic]`: ATT&CK's mutable elements of AN1235, as the site sets them.

use begat_model::analytic::{
    AncestorClass, ParentEntry, ParentMatch, PathClass, SessionKind, SuspiciousEntry, UserContext,
    UserContextEntry,
};
use begat_model::event::Text;
use begat_model::{Analytic, Duration, Pattern};

use crate::file::complaint::known_words;
use crate::file::document::{Document, Section, Value, Word};

const KEYS: &[&str] = &[
    "time_window",
    "suspicious_defaults",
    "sigma_rules",
    "suspicious",
    "parent_process_name",
    "user_context",
];
/// Points a site may add or take: more would drown every term of begat's own.
const POINTS: std::ops::Range<i32> = -20..21;
const WINDOW_MAX: Duration = Duration::from_seconds(86_400);

/// What `[analytic]` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tuned {
    pub analytic: Analytic,
    /// Where the file sets it.
    pub window: Option<Duration>,
    /// Files and folders of Sigma rules, as written: relative to the policy.
    pub sigma_rules: Vec<String>,
}

impl Tuned {
    pub fn read<'t>(document: &mut Document<'t>, value: &Value<'t>) -> Tuned {
        let mut tuned = Tuned::default();
        let Some(section) = document.section("analytic", value, KEYS) else { return tuned };
        tuned.window = section.word(document, "time_window").and_then(|word| read_window(document, &word));
        if let Some(window) = tuned.window {
            tuned.analytic.window = window;
        }
        if let Some(value) = section.get("suspicious_defaults") {
            tuned.analytic.suspicious_defaults =
                document.boolean("suspicious_defaults", value).unwrap_or(true);
        }
        if let Some(value) = section.get("sigma_rules") {
            let words = document.words("sigma_rules", value).unwrap_or_default();
            tuned.sigma_rules = words.iter().map(|word| word.text.to_owned()).collect();
        }
        tuned.analytic.suspicious =
            read_each(document, &section, "suspicious", SUSPICIOUS_KEYS, read_suspicious);
        tuned.analytic.parents =
            read_each(document, &section, "parent_process_name", PARENT_KEYS, read_parent);
        tuned.analytic.user_contexts =
            read_each(document, &section, "user_context", CONTEXT_KEYS, read_context);
        tuned
    }
}

fn read_each<'d, 't, T>(
    document: &mut Document<'t>,
    section: &Section<'d, 't>,
    name: &'static str,
    keys: &[&str],
    read: fn(&mut Document<'t>, &Section<'d, 't>) -> Option<T>,
) -> Vec<T> {
    let Some(value) = section.get(name) else { return Vec::new() };
    let sections = document.sections(name, value, keys);
    sections.iter().filter_map(|section| read(document, section)).collect()
}

fn read_window(document: &mut Document<'_>, word: &Word<'_>) -> Option<Duration> {
    let instead = "write a span like \"30s\" or \"2m\"";
    let span = word.text.parse::<jiff::SignedDuration>().ok();
    let ticks = span.and_then(|span| i64::try_from(span.as_nanos() / 100).ok());
    let Some(window) = ticks.map(Duration::from_ticks) else {
        document.error(&word.span, format!("`{}` is no span of time", word.text), instead);
        return None;
    };
    if window <= Duration::ZERO || window > WINDOW_MAX {
        let what = format!("`time_window` {} is out of bounds: more than nothing, a day at most", word.text);
        document.error(&word.span, what, instead);
        return None;
    }
    let (least, most) = Analytic::WINDOW_EXAMPLE_RANGE;
    if window < least || window > most {
        let what = format!(
            "`time_window` {} is outside of ATT&CK's example range for AN1235, {least} to {most}",
            word.text
        );
        document.warning(&word.span, what, "keep it where you know why: the attribution does not need it");
    }
    Some(window)
}

const SUSPICIOUS_KEYS: &[&str] = &["image", "original_file_name", "path_class", "reason"];

fn read_suspicious<'t>(document: &mut Document<'t>, section: &Section<'_, 't>) -> Option<SuspiciousEntry> {
    let image = pattern(document, section, "image");
    let original_file_name = pattern(document, section, "original_file_name");
    let path_class = word_of(document, section, "path_class", PathClass::ALL, PathClass::slug);
    let reason = reason(document, section)?;
    let names_any =
        ["image", "original_file_name", "path_class"].iter().any(|key| section.get(key).is_some());
    if !names_any {
        let what = "`suspicious` names no executable: every process would count";
        document.error(&section.span, what, "add `image`, `original_file_name` or `path_class`");
        return None;
    }
    if let Some(everything) =
        [&image, &original_file_name].into_iter().flatten().find(|it| it.is_everything())
    {
        let what = format!("`{everything}` fits every process");
        document.error(&section.span, what, "name the executables");
        return None;
    }
    Some(SuspiciousEntry { image, original_file_name, path_class, reason })
}

const PARENT_KEYS: &[&str] = &["class", "name", "points", "reason"];

fn read_parent<'t>(document: &mut Document<'t>, section: &Section<'_, 't>) -> Option<ParentEntry> {
    let class = word_of(document, section, "class", AncestorClass::ALL, AncestorClass::slug);
    let name = pattern(document, section, "name");
    let points = points(document, section);
    let reason = reason(document, section);
    let which = match (section.get("class").is_some(), section.get("name").is_some()) {
        (true, false) => ParentMatch::Class(class?),
        (false, true) => ParentMatch::Image(name?),
        _ => {
            let what = "`parent_process_name` needs either `class` or `name`, and not both";
            document.error(&section.span, what, "write one entry for each");
            return None;
        }
    };
    Some(ParentEntry { which, points: points?, reason: reason? })
}

const CONTEXT_KEYS: &[&str] = &["context", "session", "sid", "points", "reason"];

fn read_context<'t>(document: &mut Document<'t>, section: &Section<'_, 't>) -> Option<UserContextEntry> {
    let context = word_of(document, section, "context", UserContext::ALL, UserContext::slug);
    let session = word_of(document, section, "session", SessionKind::ALL, SessionKind::slug);
    let sid = pattern(document, section, "sid");
    let (points, reason) = (points(document, section), reason(document, section));
    if !["context", "session", "sid"].iter().any(|key| section.get(key).is_some()) {
        let what = "`user_context` names nobody: it would fit every creation";
        document.error(&section.span, what, "add `context`, `session` or `sid`");
        return None;
    }
    if let Some(value) = section.get("sid").filter(|_| sid.as_ref().is_some_and(|sid| !is_of_sids(sid))) {
        let instead = "write `S-1-5-21-…`, with `*` where any will do";
        document.error(&value.span(), "`sid` is no SID", instead);
        return None;
    }
    Some(UserContextEntry { context, session, sid, points: points?, reason: reason? })
}

fn is_of_sids(pattern: &Pattern) -> bool {
    let text = pattern.as_str().to_ascii_uppercase();
    text.starts_with("S-1-") && text[4..].bytes().all(|byte| byte.is_ascii_digit() || b"-*?X".contains(&byte))
}

fn pattern<'t>(document: &mut Document<'t>, section: &Section<'_, 't>, key: &str) -> Option<Pattern> {
    section.word(document, key).map(|word| Pattern::new(word.text))
}

fn reason<'t>(document: &mut Document<'t>, section: &Section<'_, 't>) -> Option<Text> {
    section.required(document, "reason", "whoever reads the case must learn why").map(|word| word.text.into())
}

fn points<'t>(document: &mut Document<'t>, section: &Section<'_, 't>) -> Option<i32> {
    let Some(value) = section.get("points") else {
        let what = format!("`{}` has no `points`: it would change nothing", section.name);
        document.error(&section.span, what, "add `points = 5`");
        return None;
    };
    let points = document.integer("points", value, POINTS)?;
    if points == 0 {
        document.error(&value.span(), "no points change nothing", "write a number, or leave the entry out");
    }
    Some(points).filter(|points| *points != 0)
}

/// One of a closed list of words; what is none of them is complained of.
pub(crate) fn word_of<'t, T: Copy>(
    document: &mut Document<'t>,
    section: &Section<'_, 't>,
    key: &'static str,
    all: &[T],
    slug: fn(T) -> &'static str,
) -> Option<T> {
    let word = section.word(document, key)?;
    one_word_of(document, key, &word, all, slug)
}

pub(crate) fn one_word_of<T: Copy>(
    document: &mut Document<'_>,
    key: &str,
    word: &Word<'_>,
    all: &[T],
    slug: fn(T) -> &'static str,
) -> Option<T> {
    let found = all.iter().copied().find(|one| slug(*one) == word.text);
    if found.is_none() {
        let known: Vec<&str> = all.iter().map(|one| slug(*one)).collect();
        let what = format!("`{}` is no {}", word.text, key.replace('_', " "));
        document.error(&word.span, what, known_words(word.text, &known));
    }
    found
}
