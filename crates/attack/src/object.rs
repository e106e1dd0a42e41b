//! An object's facts, typed; what has the wrong type keeps the object out.

use crate::hash::Digest;
use crate::id::{AttackId, Kind, Release, StixId};
use crate::json::Json;

/// Who says so, in `external_references`, where ATT&CK itself gives an object its id.
const SOURCES: &[&str] = &["mitre-attack", "mitre-ics-attack", "mitre-mobile-attack", "mitre-pre-attack"];

/// Names and ids longer than this are no names.
const NAME_BYTES_MAX: usize = 4096;

/// One object, as far as something is asked of it. Everything else stands in its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its id in STIX.
    pub stix_id: StixId,
    /// What it is.
    pub kind: Kind,
    /// Its id in ATT&CK, where it has one.
    pub attack_id: Option<AttackId>,
    /// What it is called.
    pub name: Option<String>,
    /// MITRE's words.
    pub description: Option<String>,
    /// When it was made, as written.
    pub created: Option<String>,
    /// When it was last changed, as written.
    pub modified: Option<String>,
    /// Its own version: `1.0`.
    pub version: Option<String>,
    /// Which knowledge bases have it, as written.
    pub domains: Vec<String>,
    /// Where it happens.
    pub platforms: Vec<String>,
    /// Short names of the tactics of a technique.
    pub tactics: Vec<String>,
    /// The short name of a tactic itself.
    pub shortname: Option<String>,
    /// Another took its place.
    pub revoked: bool,
    /// No longer kept up, and nothing took its place.
    pub deprecated: bool,
    /// Numbered as they stand.
    pub references: Vec<Reference>,
    /// What an analytic looks at, or what shows a data component.
    pub log_sources: Vec<LogSource>,
    /// What a site is asked to set.
    pub mutable_elements: Vec<MutableElement>,
    /// The analytics of a strategy.
    pub analytics: Vec<StixId>,
    /// The data source of a component.
    pub data_source: Option<StixId>,
    /// Other names.
    pub aliases: Vec<String>,
    /// What a relationship joins.
    pub relation: Option<Relation>,
    /// The statement of a marking: the licence line.
    pub statement: Option<String>,
    /// Of facts that are built in: what they were taken from.
    pub taken_from: Option<TakenFrom>,
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Who.
    pub source_name: String,
    /// Under which id.
    pub external_id: Option<String>,
    /// Where.
    pub url: Option<String>,
    /// Title, authors, date.
    pub description: Option<String>,
}

/// A log and what in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSource {
    /// The component that it shows; a component's own log sources name none.
    pub component: Option<StixId>,
    /// `WinEventLog:Security`
    pub name: String,
    /// `EventCode=4720`
    pub channel: Option<String>,
}

/// What a site is asked to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MutableElement {
    /// `TimeWindow`
    pub field: String,
    /// What it is for.
    pub description: Option<String>,
}

/// What a relationship joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// `uses`
    pub label: String,
    /// What uses.
    pub source: StixId,
    /// What is used.
    pub target: StixId,
}

/// What a fact that is built in was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenFrom {
    /// The release.
    pub release: Release,
    /// The hash called `source` of the whole object there.
    pub source: Digest,
    /// Where that object can be had.
    pub publication: String,
}

/// Why an object is kept out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is no object at all.
    #[error("{0} stands where an object should")]
    NoObject(&'static str),
    /// What every object has.
    #[error("it has no `{0}`")]
    Missing(&'static str),
    /// Something else stands there.
    #[error("`{field}` is {found}, not {wanted}")]
    WrongType {
        /// The field.
        field: &'static str,
        /// What should stand there.
        wanted: &'static str,
        /// What does.
        found: &'static str,
    },
    /// No id of STIX.
    #[error("`{field}` is `{text}`, which is no STIX id")]
    NoStixId {
        /// The field.
        field: &'static str,
        /// The beginning of what stands there.
        text: String,
    },
    /// Type and id name two kinds.
    #[error("its `type` is `{word}`, its `id` says otherwise")]
    OtherType {
        /// The type.
        word: String,
    },
    /// No id of ATT&CK.
    #[error("`external_id` is `{0}`, which is no ATT&CK id")]
    NoAttackId(String),
    /// A text that is none.
    #[error("`{field}` has {length} bytes, more than {NAME_BYTES_MAX}")]
    TooLong {
        /// The field.
        field: &'static str,
        /// How many.
        length: usize,
    },
}

impl Object {
    /// Reads the facts of one object.
    pub fn read(json: &Json<'_>) -> Result<Object, Misfit> {
        let Json::Object(_) = json else { return Err(Misfit::NoObject(json.word())) };
        let fields = Fields(json);
        let word = fields.name("type")?.ok_or(Misfit::Missing("type"))?;
        let stix_id = fields.stix_id("id")?.ok_or(Misfit::Missing("id"))?;
        if stix_id.type_word() != word {
            return Err(Misfit::OtherType { word: beginning(&word) });
        }
        let references = references(&fields)?;
        let kind = Kind::of_type(&word);
        Ok(Object {
            attack_id: attack_id(&references)?,
            kind,
            name: fields.name("name")?,
            description: fields.text("description")?,
            created: fields.name("created")?,
            modified: fields.name("modified")?,
            version: fields.name("x_mitre_version")?,
            domains: fields.texts("x_mitre_domains")?,
            platforms: fields.texts("x_mitre_platforms")?,
            tactics: tactics(&fields)?,
            shortname: fields.name("x_mitre_shortname")?,
            revoked: fields.flag("revoked")?,
            deprecated: fields.flag("x_mitre_deprecated")?,
            references,
            log_sources: log_sources(&fields)?,
            mutable_elements: mutable_elements(&fields)?,
            analytics: fields.stix_ids("x_mitre_analytic_refs")?,
            data_source: fields.stix_id("x_mitre_data_source_ref")?,
            aliases: [fields.texts("aliases")?, fields.texts("x_mitre_aliases")?].concat(),
            relation: if kind == Kind::Relationship { Some(relation(&fields)?) } else { None },
            statement: statement(&fields)?,
            taken_from: taken_from(&fields)?,
            stix_id,
        })
    }

    /// In use: neither revoked nor deprecated.
    pub fn is_current(&self) -> bool {
        !self.revoked && !self.deprecated
    }
}

/// An object's fields by name, with their types asked for.
struct Fields<'j, 'a>(&'j Json<'a>);

impl<'j, 'a> Fields<'j, 'a> {
    /// Null is as good as absent.
    fn get(&self, field: &str) -> Option<&'j Json<'a>> {
        self.0.get(field).filter(|value| **value != Json::Null)
    }

    fn text(&self, field: &'static str) -> Result<Option<String>, Misfit> {
        match self.get(field) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text.clone().into_owned())),
            Some(other) => Err(wrong(field, "text", other)),
        }
    }

    /// A text that is short, and not empty.
    fn name(&self, field: &'static str) -> Result<Option<String>, Misfit> {
        match self.text(field)? {
            Some(text) if text.len() > NAME_BYTES_MAX => Err(Misfit::TooLong { field, length: text.len() }),
            text => Ok(text.filter(|text| !text.is_empty())),
        }
    }

    fn flag(&self, field: &'static str) -> Result<bool, Misfit> {
        match self.get(field) {
            None => Ok(false),
            Some(Json::Bool(value)) => Ok(*value),
            Some(other) => Err(wrong(field, "true or false", other)),
        }
    }

    fn list(&self, field: &'static str) -> Result<&'j [Json<'a>], Misfit> {
        match self.get(field) {
            None => Ok(&[]),
            Some(Json::List(items)) => Ok(items),
            Some(other) => Err(wrong(field, "a list", other)),
        }
    }

    fn texts(&self, field: &'static str) -> Result<Vec<String>, Misfit> {
        let text = |item: &Json<'_>| match item {
            Json::Text(text) => Ok(text.clone().into_owned()),
            other => Err(wrong(field, "a list of texts", other)),
        };
        self.list(field)?.iter().map(text).collect()
    }

    /// The objects of a list.
    fn each(&self, field: &'static str) -> Result<Vec<Fields<'j, 'a>>, Misfit> {
        let object = |item: &'j Json<'a>| match item {
            Json::Object(_) => Ok(Fields(item)),
            other => Err(wrong(field, "a list of objects", other)),
        };
        self.list(field)?.iter().map(object).collect()
    }

    /// Data components of 18.0 and later bear an empty reference.
    fn stix_id(&self, field: &'static str) -> Result<Option<StixId>, Misfit> {
        self.name(field)?.map(|text| to_stix_id(field, &text)).transpose()
    }

    fn stix_ids(&self, field: &'static str) -> Result<Vec<StixId>, Misfit> {
        self.texts(field)?.iter().map(|text| to_stix_id(field, text)).collect()
    }
}

fn wrong(field: &'static str, wanted: &'static str, found: &Json<'_>) -> Misfit {
    Misfit::WrongType { field, wanted, found: found.word() }
}

fn to_stix_id(field: &'static str, text: &str) -> Result<StixId, Misfit> {
    StixId::parse(text).ok_or_else(|| Misfit::NoStixId { field, text: beginning(text) })
}

/// As much of a hostile text as a complaint needs.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn references(fields: &Fields<'_, '_>) -> Result<Vec<Reference>, Misfit> {
    let reference = |fields: &Fields<'_, '_>| {
        Ok(Reference {
            source_name: fields.text("source_name")?.unwrap_or_default(),
            external_id: fields.text("external_id")?,
            url: fields.text("url")?,
            description: fields.text("description")?,
        })
    };
    fields.each("external_references")?.iter().map(reference).collect()
}

fn attack_id(references: &[Reference]) -> Result<Option<AttackId>, Misfit> {
    let own = references.iter().find(|reference| SOURCES.contains(&reference.source_name.as_str()));
    let text = own.and_then(|reference| reference.external_id.as_deref()).filter(|text| !text.is_empty());
    text.map(|text| AttackId::parse(text).ok_or_else(|| Misfit::NoAttackId(beginning(text)))).transpose()
}

fn tactics(fields: &Fields<'_, '_>) -> Result<Vec<String>, Misfit> {
    let phases = fields.each("kill_chain_phases")?;
    let names: Result<Vec<_>, _> = phases.iter().map(|phase| phase.name("phase_name")).collect();
    Ok(names?.into_iter().flatten().collect())
}

fn log_sources(fields: &Fields<'_, '_>) -> Result<Vec<LogSource>, Misfit> {
    let mut found = Vec::new();
    for field in ["x_mitre_log_source_references", "x_mitre_log_sources"] {
        for source in fields.each(field)? {
            found.push(LogSource {
                component: source.stix_id("x_mitre_data_component_ref")?,
                name: source.text("name")?.unwrap_or_default(),
                channel: source.text("channel")?,
            });
        }
    }
    Ok(found)
}

fn mutable_elements(fields: &Fields<'_, '_>) -> Result<Vec<MutableElement>, Misfit> {
    let element = |fields: &Fields<'_, '_>| {
        Ok(MutableElement {
            field: fields.text("field")?.unwrap_or_default(),
            description: fields.text("description")?,
        })
    };
    fields.each("x_mitre_mutable_elements")?.iter().map(element).collect()
}

fn relation(fields: &Fields<'_, '_>) -> Result<Relation, Misfit> {
    Ok(Relation {
        label: fields.name("relationship_type")?.ok_or(Misfit::Missing("relationship_type"))?,
        source: fields.stix_id("source_ref")?.ok_or(Misfit::Missing("source_ref"))?,
        target: fields.stix_id("target_ref")?.ok_or(Misfit::Missing("target_ref"))?,
    })
}

fn statement(fields: &Fields<'_, '_>) -> Result<Option<String>, Misfit> {
    match fields.get("definition") {
        Some(definition @ Json::Object(_)) => Fields(definition).text("statement"),
        _ => Ok(None),
    }
}

fn taken_from(fields: &Fields<'_, '_>) -> Result<Option<TakenFrom>, Misfit> {
    const FIELD: &str = "x_begat_taken_from";
    let Some(value) = fields.get(FIELD) else { return Ok(None) };
    let within = Fields(value);
    let release = within.name("release")?.as_deref().and_then(Release::parse);
    let source = within.name("source")?.as_deref().and_then(Digest::parse);
    let publication = within.name("publication")?;
    let parts = release.zip(source).zip(publication);
    parts
        .map(|((release, source), publication)| Some(TakenFrom { release, source, publication }))
        .ok_or(Misfit::Missing(FIELD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn read(text: &str) -> Result<Object, Misfit> {
        Object::read(&parse(text.as_bytes()).unwrap())
    }

    const ID: &str = "x-mitre-analytic--4e4c318b-5da0-46f7-aed2-d37828e4831b";

    #[test]
    fn facts_are_typed() {
        let object = read(&format!(
            r#"{{"type":"x-mitre-analytic","id":"{ID}","name":"Analytic 1","x_mitre_version":"1.0",
                "external_references":[{{"source_name":"blog","external_id":"../x"}},
                    {{"source_name":"mitre-attack","external_id":"AN1235"}}],
                "x_mitre_log_source_references":[{{"x_mitre_data_component_ref":
                    "x-mitre-data-component--deb22295-7e37-4a3b-ac6f-c86666fbe63d",
                    "name":"WinEventLog:Security","channel":"EventCode=4720"}}],
                "x_mitre_mutable_elements":[{{"field":"TimeWindow","description":"5s–2m"}}],
                "x_mitre_data_source_ref":"","revoked":null}}"#
        ))
        .unwrap();
        assert_eq!(object.kind, Kind::Analytic);
        assert_eq!(object.attack_id.as_ref().map(AttackId::as_str), Some("AN1235"));
        assert_eq!(object.log_sources[0].channel.as_deref(), Some("EventCode=4720"));
        assert_eq!(object.mutable_elements[0].field, "TimeWindow");
        assert!(object.is_current() && object.data_source.is_none());
    }

    #[test]
    fn what_is_none_is_kept_out_with_the_reason() {
        for (text, told) in [
            ("[]".to_owned(), "a list stands where an object should"),
            ("{}".to_owned(), "it has no `type`"),
            (r#"{"type":7}"#.to_owned(), "`type` is a number, not text"),
            (r#"{"type":"tool"}"#.to_owned(), "it has no `id`"),
            (
                r#"{"type":"tool","id":"../../etc/passwd"}"#.to_owned(),
                "`id` is `../../etc/passwd`, which is no STIX id",
            ),
            (format!(r#"{{"type":"tool","id":"{ID}"}}"#), "its `type` is `tool`, its `id` says otherwise"),
            (
                format!(r#"{{"type":"x-mitre-analytic","id":"{ID}","name":["x"]}}"#),
                "`name` is a list, not text",
            ),
            (
                format!(r#"{{"type":"x-mitre-analytic","id":"{ID}","x_mitre_platforms":["x",1]}}"#),
                "`x_mitre_platforms` is a number, not a list of texts",
            ),
            (
                format!(
                    r#"{{"type":"x-mitre-analytic","id":"{ID}","external_references":
                        [{{"source_name":"mitre-attack","external_id":"../AN1235"}}]}}"#
                ),
                "`external_id` is `../AN1235`, which is no ATT&CK id",
            ),
            (
                format!(r#"{{"type":"x-mitre-analytic","id":"{ID}","name":"{}"}}"#, "x".repeat(5000)),
                "`name` has 5000 bytes, more than 4096",
            ),
            (
                r#"{"type":"relationship","id":"relationship--4e4c318b-5da0-46f7-aed2-d37828e4831b",
                    "relationship_type":"uses","source_ref":"x"}"#
                    .to_owned(),
                "`source_ref` is `x`, which is no STIX id",
            ),
        ] {
            assert_eq!(read(&text).unwrap_err().to_string(), told, "{text}");
        }
    }
}
