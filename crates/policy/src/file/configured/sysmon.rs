//! A Sysmon configuration: which process starts it would swallow, and whether it watches the keys of the SAM.
//!
//! A filter that includes lets through what it names, an empty one nothing; one that excludes takes away what it names,
//! an empty one nothing. Excluding goes before including. What has no filter is told by Sysmon's own default.

use std::borrow::Cow;

use begat_model::configured::{LeftOut, SysmonConfig};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::wrong::Wrong;

const EXPORT: &str = "give the XML that was installed with `sysmon -c FILE`";
/// Deeper elements have no meaning to Sysmon.
const DEPTH_MAX: usize = 16;

/// A happening that Sysmon may tell, by its fields; what is not here is not known.
struct Sample {
    what: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

macro_rules! start {
    ($what:literal, $image:literal, $original:literal, $parent:literal) => {
        Sample {
            what: $what,
            fields: &[("Image", $image), ("OriginalFileName", $original), ("ParentImage", $parent)],
        }
    };
}

/// Starts of what makes accounts, or stands in the chain of what does.
const STARTS: &[Sample] = &[
    start!("net.exe", r"C:\Windows\System32\net.exe", "net.exe", r"C:\Windows\System32\cmd.exe"),
    start!("net1.exe", r"C:\Windows\System32\net1.exe", "net1.exe", r"C:\Windows\System32\net.exe"),
    start!(
        "powershell.exe",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "PowerShell.EXE",
        r"C:\Windows\explorer.exe"
    ),
    start!("pwsh.exe", r"C:\Program Files\PowerShell\7\pwsh.exe", "pwsh.dll", r"C:\Windows\explorer.exe"),
    start!("cmd.exe", r"C:\Windows\System32\cmd.exe", "Cmd.Exe", r"C:\Windows\explorer.exe"),
    start!("WMIC.exe", r"C:\Windows\System32\wbem\WMIC.exe", "wmic.exe", r"C:\Windows\System32\cmd.exe"),
    start!("wscript.exe", r"C:\Windows\System32\wscript.exe", "wscript.exe", r"C:\Windows\explorer.exe"),
    start!("cscript.exe", r"C:\Windows\System32\cscript.exe", "cscript.exe", r"C:\Windows\System32\cmd.exe"),
    start!("mshta.exe", r"C:\Windows\System32\mshta.exe", "MSHTA.EXE", r"C:\Windows\explorer.exe"),
    start!("rundll32.exe", r"C:\Windows\System32\rundll32.exe", "RUNDLL32.EXE", r"C:\Windows\explorer.exe"),
    start!("mmc.exe", r"C:\Windows\System32\mmc.exe", "mmc.exe", r"C:\Windows\explorer.exe"),
    start!(
        "a program in a folder of a user",
        r"C:\Users\Public\tool.exe",
        "tool.exe",
        r"C:\Windows\explorer.exe"
    ),
    start!(
        "what the task scheduler starts",
        r"C:\Windows\System32\cmd.exe",
        "Cmd.Exe",
        r"C:\Windows\System32\svchost.exe"
    ),
    start!(
        "what comes over WMI",
        r"C:\Windows\System32\cmd.exe",
        "Cmd.Exe",
        r"C:\Windows\System32\wbem\WmiPrvSE.exe"
    ),
    start!(
        "what Configuration Manager starts",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "PowerShell.EXE",
        r"C:\Windows\CCM\CcmExec.exe"
    ),
    start!(
        "what Intune's agent starts",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "PowerShell.EXE",
        r"C:\Program Files (x86)\Microsoft Intune Management Extension\AgentExecutor.exe"
    ),
    start!(
        "what a web server starts",
        r"C:\Windows\System32\cmd.exe",
        "Cmd.Exe",
        r"C:\Windows\System32\inetsrv\w3wp.exe"
    ),
];
const SAM_KEY: Sample = Sample {
    what: "an account in the SAM",
    fields: &[
        ("TargetObject", r"HKLM\SAM\SAM\Domains\Account\Users\Names\bob"),
        ("Image", r"C:\Windows\System32\lsass.exe"),
    ],
};

/// What is asked of one field.
#[derive(Debug)]
struct Condition {
    field: String,
    how: String,
    value: String,
}

#[derive(Debug)]
enum Rule {
    Of(Condition),
    /// A `Rule` of several: all of them, or any.
    Several {
        all: bool,
        rules: Vec<Rule>,
    },
}

/// One element of `EventFiltering`.
#[derive(Debug)]
struct Filter {
    event: String,
    includes: bool,
    /// Any of its rules is enough; otherwise those of one field are alternatives, and every field must fit.
    any: bool,
    rules: Vec<Rule>,
}

/// Reads it; `file` is how it is called.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<SysmonConfig, Vec<Wrong>> {
    let text = super::table::text_of(bytes)
        .ok_or_else(|| Wrong::whole("it is no text in UTF-8 or UTF-16", EXPORT))?;
    let filters = filters(text.trim_start_matches('\u{feff}'))?;
    let mut config = SysmonConfig { file: file.into(), ..SysmonConfig::default() };
    for sample in STARTS {
        match logged(&filters, "ProcessCreate", sample, true) {
            (Some(true), _) => {}
            (Some(false), rule) => {
                config.leaves_out.push(LeftOut { what: sample.what.into(), rule: rule.into() });
            }
            (None, rule) => {
                config.may_leave_out.push(LeftOut { what: sample.what.into(), rule: rule.into() });
            }
        }
    }
    config.watches_sam = logged(&filters, "RegistryEvent", &SAM_KEY, false).0 == Some(true);
    Ok(config)
}

/// Whether Sysmon tells it, and by which rule it does not; `None` where the rule asks for what the sample does not have.
fn logged(filters: &[Filter], event: &str, sample: &Sample, by_default: bool) -> (Option<bool>, String) {
    let of = |includes: bool| {
        filters.iter().filter(move |filter| filter.event == event && filter.includes == includes)
    };
    if of(true).chain(of(false)).next().is_none() {
        return (Some(by_default), "there is no filter, and Sysmon does not tell it by default".to_owned());
    }
    let mut is_open = false;
    for filter in of(false) {
        match filter.fits(sample) {
            Some(true) => return (Some(false), filter.why(sample)),
            Some(false) => {}
            None => is_open = true,
        }
    }
    let included: Vec<Option<bool>> = of(true).map(|filter| filter.fits(sample)).collect();
    let by_rule = "a rule asks for more than its image and its parent".to_owned();
    match any(included.iter().copied()) {
        Some(false) if !included.is_empty() => {
            let is_empty = of(true).all(|filter| filter.rules.is_empty());
            let why = if is_empty { "an empty include lets nothing through" } else { "no include names it" };
            (Some(false), why.to_owned())
        }
        None => (None, by_rule),
        _ if is_open => (None, by_rule),
        _ => (Some(true), String::new()),
    }
}

impl Filter {
    fn fits(&self, sample: &Sample) -> Option<bool> {
        if self.rules.is_empty() {
            return Some(false);
        }
        if self.any {
            return any(self.rules.iter().map(|rule| rule.fits(sample)));
        }
        let field = |rule: &Rule| match rule {
            Rule::Of(condition) => Some(condition.field.clone()),
            Rule::Several { .. } => None,
        };
        let mut fields: Vec<Option<String>> = self.rules.iter().map(field).collect();
        fields.sort();
        fields.dedup();
        all(fields.iter().map(|wanted| {
            any(self.rules.iter().filter(|rule| field(rule) == *wanted).map(|rule| rule.fits(sample)))
        }))
    }

    /// The rule that fits, as it stands.
    fn why(&self, sample: &Sample) -> String {
        let fitting = self.rules.iter().find(|rule| rule.fits(sample) == Some(true));
        fitting.map_or_else(|| "an exclude names it".to_owned(), Rule::said)
    }
}

impl Rule {
    fn fits(&self, sample: &Sample) -> Option<bool> {
        match self {
            Rule::Of(condition) => condition.fits(sample),
            Rule::Several { all: true, rules } => all(rules.iter().map(|rule| rule.fits(sample))),
            Rule::Several { all: false, rules } => any(rules.iter().map(|rule| rule.fits(sample))),
        }
    }

    fn said(&self) -> String {
        match self {
            Rule::Of(Condition { field, how, value }) => format!("{field} {how} {value}"),
            Rule::Several { all, rules } => {
                let said: Vec<String> = rules.iter().map(Rule::said).collect();
                said.join(if *all { " and " } else { " or " })
            }
        }
    }
}

impl Condition {
    /// `None` where the sample does not tell the field, or the condition is not known.
    fn fits(&self, sample: &Sample) -> Option<bool> {
        let (_, value) = sample.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(&self.field))?;
        let (value, wanted) = (value.to_lowercase(), self.value.to_lowercase());
        let mut each = wanted.split(';').map(str::trim).filter(|part| !part.is_empty());
        let file = |path: &str| path.rsplit('\\').next().unwrap_or_default().to_owned();
        Some(match self.how.as_str() {
            "is" => value == wanted,
            "is not" => value != wanted,
            "is any" => each.any(|part| value == part),
            "contains" => value.contains(&wanted),
            "contains any" => each.any(|part| value.contains(part)),
            "contains all" => each.all(|part| value.contains(part)),
            "excludes" => !value.contains(&wanted),
            "excludes any" => each.any(|part| !value.contains(part)),
            "excludes all" => each.all(|part| !value.contains(part)),
            "begin with" => value.starts_with(&wanted),
            "not begin with" => !value.starts_with(&wanted),
            "end with" => value.ends_with(&wanted),
            "not end with" => !value.ends_with(&wanted),
            // The whole path, or the name of the file alone.
            "image" => value == wanted || file(&value) == wanted,
            _ => return None,
        })
    }
}

/// Some is true; where none is known to be, and one is not known, it is not known.
fn any(mut of: impl Iterator<Item = Option<bool>> + Clone) -> Option<bool> {
    match of.clone().any(|it| it == Some(true)) {
        true => Some(true),
        false => of.all(|it| it == Some(false)).then_some(false),
    }
}

fn all(of: impl Iterator<Item = Option<bool>> + Clone) -> Option<bool> {
    any(of.map(|it| it.map(|it| !it))).map(|some_is_not| !some_is_not)
}

/// The filters of a configuration, each with its rules.
fn filters(text: &str) -> Result<Vec<Filter>, Vec<Wrong>> {
    let mut reader = Reader::from_str(text);
    let mut walk = Walk::default();
    loop {
        let at = reader.buffer_position() as usize;
        let wrong = |what: String| {
            let line =
                1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
            vec![Wrong { line, what, instead: EXPORT }]
        };
        match reader.read_event().map_err(|error| wrong(format!("it is no XML: {error}")))? {
            Event::Start(start) => walk.enter(&start, false).map_err(wrong)?,
            Event::Empty(start) => walk.enter(&start, true).map_err(wrong)?,
            Event::Text(text) => walk.text.push_str(&text.into_inner()),
            Event::End(_) => walk.leave(),
            Event::Eof if walk.open.is_empty() && walk.seen_root => return Ok(walk.filters),
            Event::Eof if walk.seen_root => return Err(wrong("it ends inside an element".to_owned())),
            Event::Eof => return Err(Wrong::whole("it is no XML: it holds no element", EXPORT)),
            _ => {}
        }
    }
}

/// Where reading stands.
#[derive(Default)]
struct Walk {
    seen_root: bool,
    open: Vec<Element>,
    filters: Vec<Filter>,
    text: String,
}

#[derive(Debug)]
enum Element {
    /// `Sysmon`, `EventFiltering` and what has no bearing.
    Other,
    RuleGroup {
        any: bool,
    },
    Filter(Filter),
    Rule {
        all: bool,
        rules: Vec<Rule>,
    },
    Field {
        field: String,
        how: String,
    },
}

impl Walk {
    fn enter(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), String> {
        let name = start.local_name().into_inner().to_owned();
        if !self.seen_root && !name.eq_ignore_ascii_case("Sysmon") {
            return Err(format!(
                "its outermost element is `{name}`, and a Sysmon configuration's is `Sysmon`"
            ));
        }
        self.seen_root = true;
        if self.open.len() == DEPTH_MAX {
            return Err(format!("elements are nested deeper than {DEPTH_MAX}"));
        }
        let element = self.element(&name, start)?;
        self.text.clear();
        self.open.push(element);
        if is_empty {
            self.leave();
        }
        Ok(())
    }

    fn element(&self, name: &str, start: &BytesStart<'_>) -> Result<Element, String> {
        let attribute = |name: &str| {
            let found = start.try_get_attribute(name).map_err(|error| error.to_string())?;
            let value = found.map(|found| quick_xml::escape::unescape(&found.value).map(Cow::into_owned));
            value.transpose().map_err(|error| error.to_string())
        };
        let relation = || attribute("groupRelation").map(|relation| relation.map(|it| it.to_lowercase()));
        let is_filter = matches!(self.open.last(), Some(Element::Other | Element::RuleGroup { .. }));
        let any = matches!(self.open.last(), Some(Element::RuleGroup { any: true }));
        Ok(match attribute("onmatch")? {
            Some(onmatch) if is_filter => {
                let includes = match onmatch.to_lowercase().as_str() {
                    "include" => true,
                    "exclude" => false,
                    _ => {
                        return Err(format!(
                            "`onmatch` of {name} is `{onmatch}`, neither include nor exclude"
                        ));
                    }
                };
                Element::Filter(Filter { event: name.to_owned(), includes, any, rules: Vec::new() })
            }
            _ if name.eq_ignore_ascii_case("RuleGroup") => {
                Element::RuleGroup { any: relation()?.as_deref() == Some("or") }
            }
            _ if name.eq_ignore_ascii_case("Rule") => {
                Element::Rule { all: relation()?.as_deref() != Some("or"), rules: Vec::new() }
            }
            _ if matches!(self.open.last(), Some(Element::Filter(_) | Element::Rule { .. })) => {
                let how = attribute("condition")?.unwrap_or_else(|| "is".to_owned()).to_lowercase();
                Element::Field { field: name.to_owned(), how }
            }
            _ => Element::Other,
        })
    }

    fn leave(&mut self) {
        let Some(element) = self.open.pop() else { return };
        let rule = match element {
            Element::Filter(filter) => return self.filters.push(filter),
            Element::Rule { all, rules } => Rule::Several { all, rules },
            Element::Field { field, how } => {
                Rule::Of(Condition { field, how, value: std::mem::take(&mut self.text).trim().to_owned() })
            }
            Element::Other | Element::RuleGroup { .. } => return,
        };
        match self.open.last_mut() {
            Some(Element::Filter(filter)) => filter.rules.push(rule),
            Some(Element::Rule { rules, .. }) => rules.push(rule),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(filtering: &str) -> SysmonConfig {
        let xml =
            format!("<Sysmon schemaversion=\"4.90\"><EventFiltering>{filtering}</EventFiltering></Sysmon>");
        read("sysmon.xml", xml.as_bytes()).unwrap()
    }

    fn left_out(filtering: &str) -> Vec<String> {
        config(filtering).leaves_out.iter().map(|it| it.what.to_string()).collect()
    }

    #[test]
    fn an_empty_exclude_is_everything_and_an_empty_include_nothing() {
        assert!(left_out(r#"<ProcessCreate onmatch="exclude"/>"#).is_empty());
        assert!(left_out("").is_empty(), "process creation is told by default");
        assert_eq!(left_out(r#"<ProcessCreate onmatch="include"/>"#).len(), STARTS.len());
        let nothing = config(r#"<ProcessCreate onmatch="include"></ProcessCreate>"#);
        assert!(nothing.leaves_out[0].rule.contains("empty include"), "{nothing:?}");
    }

    #[test]
    fn what_is_excluded_is_told_with_its_rule() {
        let told = config(
            r#"<RuleGroup name="" groupRelation="or"><ProcessCreate onmatch="exclude">
                <Image condition="end with">\NET.exe</Image>
                <ParentImage condition="image">CcmExec.exe</ParentImage>
            </ProcessCreate></RuleGroup>"#,
        );
        let told: Vec<(&str, &str)> = told.leaves_out.iter().map(|it| (&*it.what, &*it.rule)).collect();
        assert_eq!(
            told,
            [
                ("net.exe", r"Image end with \NET.exe"),
                ("what Configuration Manager starts", "ParentImage image CcmExec.exe")
            ]
        );
    }

    #[test]
    fn rules_of_several_fields_are_joined_as_their_group_says() {
        let rules = r#"<ProcessCreate onmatch="exclude"><Image condition="image">cmd.exe</Image>
            <Image condition="image">net.exe</Image><ParentImage condition="image">w3wp.exe</ParentImage></ProcessCreate>"#;
        let group = |relation: &str| format!("<RuleGroup {relation}>{rules}</RuleGroup>");
        assert_eq!(left_out(&group("")), ["what a web server starts"], "one of the images, and the parent");
        assert!(left_out(&group(r#"groupRelation="or""#)).contains(&"net.exe".to_owned()));
        let compound = r#"<RuleGroup groupRelation="or"><ProcessCreate onmatch="exclude"><Rule groupRelation="and">
            <Image condition="image">cmd.exe</Image><ParentImage condition="contains any">qq;WmiPrvSE</ParentImage>
            </Rule></ProcessCreate></RuleGroup>"#;
        assert_eq!(left_out(compound), ["what comes over WMI"]);
    }

    #[test]
    fn what_a_rule_asks_beyond_image_and_parent_is_not_guessed() {
        let told = config(
            r#"<ProcessCreate onmatch="exclude"><Image condition="image">net.exe</Image><User>SYSTEM</User></ProcessCreate>"#,
        );
        assert!(told.leaves_out.is_empty());
        assert_eq!(told.may_leave_out.len(), 1, "{told:?}");
        let odd = config(
            r#"<ProcessCreate onmatch="exclude"><Image condition="sounds like">net</Image></ProcessCreate>"#,
        );
        assert_eq!(odd.may_leave_out.len(), STARTS.len());
    }

    #[test]
    fn keys_of_the_sam_are_watched_where_a_rule_names_them() {
        let watched = |rules: &str| config(rules).watches_sam;
        assert!(!watched(""), "Sysmon tells no registry by default");
        assert!(watched(r#"<RegistryEvent onmatch="exclude"/>"#));
        let names = r"<TargetObject condition='contains'>\SAM\Domains\Account\Users\Names\</TargetObject>";
        assert!(watched(&format!("<RegistryEvent onmatch='include'>{names}</RegistryEvent>")));
        assert!(!watched("<RegistryEvent onmatch='include'><TargetObject>x</TargetObject></RegistryEvent>"));
    }

    #[test]
    fn what_is_no_configuration_is_refused_with_its_line() {
        for (text, line, part) in [
            ("", 1, "no element"),
            ("host,role\nPC1,kiosk\n", 1, "no element"),
            ("<html>\n</html>", 1, "`html`"),
            ("<Sysmon>\n<EventFiltering>\n", 3, "ends inside"),
            ("<Sysmon>\n<a></b></Sysmon>", 2, "no XML"),
            ("<Sysmon><ProcessCreate onmatch='maybe'/></Sysmon>", 1, "neither include nor exclude"),
        ] {
            let wrong = read("x.xml", text.as_bytes()).unwrap_err();
            assert_eq!(wrong[0].line, line, "{text}: {wrong:?}");
            assert!(wrong[0].what.contains(part), "{text}: {wrong:?}");
        }
        assert!(read("x.xml", b"\x80\x81").is_err());
    }

    #[test]
    fn every_sample_is_a_whole_path() {
        let mut images = STARTS.iter().map(|sample| sample.fields[0].1);
        assert!(images.all(|image| image.starts_with(r"C:\") && image.ends_with(".exe")));
    }
}
