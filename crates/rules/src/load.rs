//! Texts of rule files to a set of rules; what is left out is told with its reason.

use std::collections::BTreeMap;
use std::fmt;

use begat_model::Text;
use rsigma_eval::{CompiledRule, Engine, compile_rule};
use rsigma_parser::{
    Detection, DetectionItem, LogSource, Modifier, SigmaRule, SigmaValue, Status, parse_sigma_yaml,
};

use crate::field::{FIELDS, FieldRow};
use crate::yaml;

/// Rules in a set. SigmaHQ has some 1,200 of process starts.
const RULES_MAX: usize = 20_000;
/// Parts of one value, wildcards among them: each costs a look at every command line. Published rules have a dozen.
const PARTS_MAX: usize = 128;
/// Longest regular expression, for the same reason.
const EXPRESSION_BYTES_MAX: usize = 4096;
/// Characters of a rule's name; what is longer is cut.
const NAME_CHARS_MAX: usize = 200;
/// Characters of a message of the parser or the compiler.
const DETAIL_CHARS_MAX: usize = 300;

/// The text of a file of rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleFile {
    /// Its name, for messages.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl RuleFile {
    /// Bytes of a file; what is larger is left out unread.
    pub const BYTES_MAX: u64 = 4 << 20;
    /// Bytes of all files together.
    pub const ALL_BYTES_MAX: u64 = 64 << 20;
}

/// Rules of process starts, ready to be asked.
pub struct RuleSet {
    pub(crate) engine: Engine,
    pub(crate) rows: BTreeMap<Text, RuleRow>,
    /// The fields that some rule asks for.
    pub(crate) fields: Vec<&'static FieldRow>,
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "RuleSet({} rules)", self.rows.len())
    }
}

/// What is told of a rule that hit.
pub(crate) struct RuleRow {
    /// Its place among the levels; a rule without one stands lowest.
    pub(crate) level: u8,
}

/// What became of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Files looked at.
    pub files: usize,
    /// Rules that are asked.
    pub loaded: usize,
    /// What is not asked, and why, in the order of the files.
    pub complaints: Vec<Complaint>,
}

/// A rule, or a file, that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The file.
    pub file: String,
    /// The rule's title, where it could be read so far.
    pub title: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// Why a rule is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is no YAML, or no Sigma; with the parser's words.
    Unreadable(String),
    /// Its log source is another; with that log source.
    NotProcessStarts(String),
    /// A correlation of other rules.
    Correlation,
    /// A filter of other rules.
    Filter,
    /// Its authors say that it is to be used no more.
    Retired(&'static str),
    /// It asks for a field that is not read of process starts; with its name.
    UnknownField(String),
    /// It asks for what cannot be done; with the compiler's words.
    Unsupported(String),
    /// A rule with this id was loaded from that file already.
    SameId(String),
    /// The file, or all of them together, are larger than can be meant; with the bound.
    TooLarge(String),
    /// There are more rules than are taken.
    TooMany,
}

impl Reason {
    /// What all complaints of this reason have in common.
    pub fn doc(&self) -> &'static str {
        match self {
            Reason::Unreadable(_) => "cannot be read as Sigma",
            Reason::NotProcessStarts(_) => "not of Windows process starts",
            Reason::Correlation => "a correlation; only rules of single events are asked",
            Reason::Filter => "a filter of other rules is not applied: what it would leave out still hits",
            Reason::Retired(_) => "its status is `deprecated` or `unsupported`",
            Reason::UnknownField(_) => "asks for a field that begat does not read of process starts",
            Reason::Unsupported(_) => "asks for what is not supported",
            Reason::SameId(_) => "has the id of another rule; the first in the order of the files is taken",
            Reason::TooLarge(_) => "too large",
            Reason::TooMany => "beyond the number of rules that is taken",
        }
    }

    /// What is particular to this one; empty where nothing is.
    pub fn detail(&self) -> &str {
        match self {
            Reason::Unreadable(detail)
            | Reason::NotProcessStarts(detail)
            | Reason::UnknownField(detail)
            | Reason::Unsupported(detail)
            | Reason::SameId(detail)
            | Reason::TooLarge(detail) => detail,
            Reason::Retired(status) => status,
            Reason::Correlation | Reason::Filter | Reason::TooMany => "",
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        if let Some(title) = &self.title {
            write!(out, ": {title}")?;
        }
        write!(out, ": {}", self.reason.doc())?;
        match self.reason.detail() {
            "" => Ok(()),
            detail => write!(out, ": {detail}"),
        }
    }
}

/// A rule that will be asked, and where it stands.
struct Accepted {
    rule: SigmaRule,
    file: String,
}

impl RuleSet {
    /// Reads rules. The same files give the same set, whatever their order.
    pub fn parse(mut files: Vec<RuleFile>) -> (RuleSet, LoadReport) {
        files.sort_unstable();
        let mut report = LoadReport { files: files.len(), ..LoadReport::default() };
        let mut accepted: Vec<Accepted> = Vec::new();
        let mut by_id: BTreeMap<String, String> = BTreeMap::new();
        for file in &files {
            for rule in rules_of(file, &mut report) {
                let title = Some(named(&rule.title));
                match check(&rule, &by_id, accepted.len()) {
                    Ok(()) => {
                        if let Some(id) = &rule.id {
                            by_id.insert(id.to_ascii_lowercase(), file.name.clone());
                        }
                        accepted.push(Accepted { rule, file: file.name.clone() });
                    }
                    Err(reason) => {
                        report.complaints.push(Complaint { file: file.name.clone(), title, reason });
                    }
                }
            }
        }
        let set = RuleSet::compile(accepted, &mut report);
        (set, report)
    }

    fn compile(accepted: Vec<Accepted>, report: &mut LoadReport) -> RuleSet {
        let mut titles: BTreeMap<String, usize> = BTreeMap::new();
        accepted.iter().for_each(|it| *titles.entry(named(&it.rule.title)).or_default() += 1);
        let mut rows = BTreeMap::new();
        let mut asked = Asked::default();
        let mut compiled: Vec<CompiledRule> = Vec::with_capacity(accepted.len());
        for Accepted { mut rule, file } in accepted {
            let title = named(&rule.title);
            let name = match (titles[&title] > 1, &rule.id) {
                (false, _) => title.clone(),
                (true, Some(id)) => format!("{title} ({id})"),
                (true, None) => format!("{title} ({file})"),
            };
            rule.title.clone_from(&name);
            match compile_rule(&rule) {
                Ok(made) => {
                    compiled.push(stripped(made));
                    rule.detection.named.values().for_each(|detection| asked.add(detection));
                    rows.insert(
                        Text::from(name),
                        RuleRow { level: rule.level.map_or(0, |level| level as u8 + 1) },
                    );
                }
                Err(error) => {
                    let reason = Reason::Unsupported(detail(&error.to_string()));
                    report.complaints.push(Complaint { file, title: Some(title), reason });
                }
            }
        }
        report.loaded = compiled.len();
        report.complaints.sort_by(|one, other| one.file.cmp(&other.file));
        let mut engine = Engine::new();
        engine.extend_compiled_rules(compiled);
        RuleSet { engine, rows, fields: asked.fields() }
    }

    /// No rule could be used.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A hit is told by its name: what else the evaluator would copy into every hit is left away.
fn stripped(mut rule: CompiledRule) -> CompiledRule {
    rule.tags.clear();
    rule.custom_attributes = Default::default();
    rule.include_event = false;
    rule
}

fn rules_of(file: &RuleFile, report: &mut LoadReport) -> Vec<SigmaRule> {
    let mut complain = |title: Option<&str>, reason| {
        report.complaints.push(Complaint { file: file.name.clone(), title: title.map(named), reason });
    };
    if file.text.len() as u64 > RuleFile::BYTES_MAX {
        complain(None, Reason::TooLarge(format!("more than {} bytes", RuleFile::BYTES_MAX)));
        return Vec::new();
    }
    if let Err(problem) = yaml::check_size(&file.text) {
        complain(None, Reason::TooLarge(detail(&problem)));
        return Vec::new();
    }
    let parsed = match parse_sigma_yaml(&file.text) {
        Ok(parsed) => parsed,
        Err(error) => {
            complain(None, Reason::Unreadable(detail(&error.to_string())));
            return Vec::new();
        }
    };
    parsed.errors.iter().for_each(|error| complain(None, Reason::Unreadable(detail(error))));
    parsed.correlations.iter().for_each(|it| complain(Some(&it.title), Reason::Correlation));
    parsed.filters.iter().for_each(|it| complain(Some(&it.title), Reason::Filter));
    parsed.rules
}

fn check(rule: &SigmaRule, by_id: &BTreeMap<String, String>, count: usize) -> Result<(), Reason> {
    match rule.status {
        Some(Status::Deprecated) => return Err(Reason::Retired("deprecated")),
        Some(Status::Unsupported) => return Err(Reason::Retired("unsupported")),
        _ => {}
    }
    let mut asked = Asked::default();
    rule.detection.named.values().for_each(|detection| asked.add(detection));
    check_logsource(&rule.logsource, &asked)?;
    if let Some(problem) = asked.problem {
        return Err(problem);
    }
    if rule.detection.timeframe.is_some() {
        return Err(Reason::Unsupported("a timeframe over several events".to_owned()));
    }
    if let Some(file) = rule.id.as_ref().and_then(|id| by_id.get(&id.to_ascii_lowercase())) {
        return Err(Reason::SameId(format!("also in {file}")));
    }
    if count >= RULES_MAX { Err(Reason::TooMany) } else { Ok(()) }
}

/// Services whose records tell process starts, and the event id that does. A rule of such a service is of process
/// starts only where it asks for that id.
const SERVICES: &[(&str, i64)] = &[("sysmon", 1), ("security", 4688)];

fn check_logsource(source: &LogSource, asked: &Asked) -> Result<(), Reason> {
    let is = |told: &Option<String>, wanted: &str| {
        told.as_deref().is_none_or(|told| told.eq_ignore_ascii_case(wanted))
    };
    let service = source.service.as_deref();
    let row =
        SERVICES.iter().find(|(name, _)| service.is_some_and(|service| service.eq_ignore_ascii_case(name)));
    let is_of_starts = is(&source.product, "windows")
        && match (&source.category, row) {
            (Some(category), _) => {
                category.eq_ignore_ascii_case("process_creation") && (service.is_none() || row.is_some())
            }
            (None, Some((_, event_id))) => asked.event_ids.contains(event_id),
            (None, None) => false,
        };
    if !is_of_starts {
        return Err(Reason::NotProcessStarts(shown(source)));
    }
    // Security's ProcessId is the parent's; the taxonomy's is the new process's.
    let is_security = source.category.is_none() && row.is_some_and(|(name, _)| *name == "security");
    if is_security && asked.names.contains_key("ProcessId") {
        return Err(Reason::UnknownField("`ProcessId` of service security".to_owned()));
    }
    Ok(())
}

/// `product windows, category file_event`.
fn shown(source: &LogSource) -> String {
    let parts = [("product", &source.product), ("category", &source.category), ("service", &source.service)];
    let told = parts.iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
    match told.collect::<Vec<_>>().join(", ") {
        told if told.is_empty() => "no log source".to_owned(),
        told => detail(&told),
    }
}

/// What the detections of rules ask for.
#[derive(Default)]
struct Asked {
    names: BTreeMap<&'static str, &'static FieldRow>,
    event_ids: Vec<i64>,
    /// Values without a field are looked for in every field.
    any_field: bool,
    /// The first thing that cannot be answered.
    problem: Option<Reason>,
}

impl Asked {
    fn add(&mut self, detection: &Detection) {
        match detection {
            Detection::AllOf(items) => items.iter().for_each(|item| self.add_item(item)),
            Detection::AnyOf(detections) | Detection::And(detections) => {
                detections.iter().for_each(|detection| self.add(detection));
            }
            Detection::Keywords(_) => self.any_field = true,
            Detection::ArrayMatch { .. } | Detection::Conditional { .. } => {
                self.refuse(Reason::Unsupported("fields with several values".to_owned()));
            }
        }
    }

    fn add_item(&mut self, item: &DetectionItem) {
        let modifiers = &item.field.modifiers;
        if modifiers.contains(&Modifier::Expand) {
            self.refuse(Reason::Unsupported("a placeholder (`expand`): nothing fills it in".to_owned()));
        }
        let is_expression = modifiers.contains(&Modifier::Re);
        if is_expression && item.values.iter().any(|value| bytes(value) > EXPRESSION_BYTES_MAX) {
            let what = format!("a regular expression of more than {EXPRESSION_BYTES_MAX} bytes");
            self.refuse(Reason::Unsupported(what));
        }
        if !is_expression && item.values.iter().any(|value| parts(value) > PARTS_MAX) {
            self.refuse(Reason::Unsupported(format!(
                "a value of more than {PARTS_MAX} parts between wildcards"
            )));
        }
        match &item.field.name {
            Some(name) => self.add_field(name),
            None => self.any_field = true,
        }
        if item.field.name.as_deref() == Some("EventID") {
            self.event_ids.extend(item.values.iter().filter_map(whole_number));
        }
        if modifiers.contains(&Modifier::FieldRef) {
            item.values.iter().for_each(|value| match value {
                SigmaValue::String(name) => self.add_field(&name.original),
                _ => self.refuse(Reason::Unsupported("a `fieldref` that names no field".to_owned())),
            });
        }
    }

    fn add_field(&mut self, name: &str) {
        match FieldRow::named(name) {
            Some(row) => {
                self.names.insert(row.name, row);
            }
            None => self.refuse(Reason::UnknownField(format!("`{}`", detail(name)))),
        }
    }

    fn refuse(&mut self, reason: Reason) {
        // Detections stand in no order: the least is told, so that it is the same in every run.
        self.problem = Some(self.problem.take().map_or(reason.clone(), |known| known.min(reason)));
    }

    fn fields(&self) -> Vec<&'static FieldRow> {
        FIELDS.iter().filter(|row| self.any_field || self.names.contains_key(row.name)).collect()
    }
}

fn bytes(value: &SigmaValue) -> usize {
    match value {
        SigmaValue::String(text) => text.original.len(),
        _ => 0,
    }
}

/// Into how many parts wildcards cut a value.
fn parts(value: &SigmaValue) -> usize {
    match value {
        SigmaValue::String(text) => text.parts.len(),
        _ => 1,
    }
}

fn whole_number(value: &SigmaValue) -> Option<i64> {
    match value {
        SigmaValue::Integer(number) => Some(*number),
        SigmaValue::String(text) => text.original.parse().ok(),
        _ => None,
    }
}

/// A title as a name: trimmed, and cut where it is endless.
fn named(title: &str) -> String {
    title.trim().chars().take(NAME_CHARS_MAX).collect()
}

/// A message in one line, cut where it is endless.
fn detail(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(DETAIL_CHARS_MAX).collect()
}
