//! The analytic in the languages of other tools, and what each of them loses of it.
//!
//! `rule` is what all say, `fidelity` what each cannot, `filter` how an authorisation becomes a condition where all of it
//! can be said, `quoting` how text of a site stays text; then a file a language. The same rule gives the same bytes.

mod eql;
mod esql;
mod fidelity;
mod filter;
mod kql;
mod quoting;
mod rule;
mod sigma;
mod spl;

use std::io::{self, Write};

use fidelity::Fidelity;
pub use rule::ExportRule;

/// One language.
#[derive(Debug, Clone)]
pub struct ExportLanguage {
    /// Its name on the command line.
    pub name: &'static str,
    /// What comes out, in a line.
    pub doc: &'static str,
    /// What begins a line that is a comment.
    comment: &'static str,
    /// What it cannot say.
    fidelity: &'static Fidelity,
    /// An authorisation as a condition, or why not.
    filter: fn(&begat_model::allowance::Allowance) -> Result<String, String>,
    /// The rule, without any comment; `filters` are the conditions that allow.
    body: fn(&ExportRule<'_>, filters: &[String]) -> String,
}

/// All of them.
pub static EXPORT_LANGUAGES: &[ExportLanguage] = &[
    ExportLanguage {
        name: "sigma",
        doc: "two Sigma rules and the correlation that joins them",
        comment: "#",
        fidelity: &sigma::FIDELITY,
        filter: |_| Err(sigma::NO_FILTER.to_owned()),
        body: |rule, _| sigma::body(rule),
    },
    ExportLanguage {
        name: "eql",
        doc: "an Elastic detection rule (TOML) with an EQL sequence",
        comment: "#",
        fidelity: &eql::FIDELITY,
        filter: |_| Err(eql::NO_FILTER.to_owned()),
        body: |rule, _| eql::body(rule),
    },
    ExportLanguage {
        name: "esql",
        doc: "an ES|QL query that joins by session",
        comment: "//",
        fidelity: &esql::FIDELITY,
        filter: |allowance| filter::condition(allowance, &esql::DIALECT),
        body: esql::body,
    },
    ExportLanguage {
        name: "kql",
        doc: "a Microsoft Sentinel analytics rule (YAML) with its KQL",
        comment: "#",
        fidelity: &kql::FIDELITY,
        filter: |allowance| filter::condition(allowance, &kql::DIALECT),
        body: kql::body,
    },
    ExportLanguage {
        name: "spl",
        doc: "a stanza of Splunk's savedsearches.conf",
        comment: "#",
        fidelity: &spl::FIDELITY,
        filter: |allowance| filter::condition(allowance, &spl::DIALECT),
        body: spl::body,
    },
];

impl ExportLanguage {
    /// The language of that name.
    pub fn named(name: &str) -> Option<&'static ExportLanguage> {
        EXPORT_LANGUAGES.iter().find(|language| language.name == name)
    }

    /// Writes the rule below its comment.
    pub fn write(&self, rule: &ExportRule<'_>, out: &mut dyn Write) -> io::Result<()> {
        let judged: Vec<_> = rule.allowances.iter().map(|it| (it, (self.filter)(it))).collect();
        let filters: Vec<String> =
            judged.iter().filter_map(|(_, filter)| filter.as_ref().ok().cloned()).collect();
        let mut text = String::new();
        for line in fidelity::lines(self.name, self.fidelity, rule, &judged) {
            text += format!("{} {line}", self.comment).trim_end();
            text.push('\n');
        }
        text += &(self.body)(rule, &filters);
        out.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::allowance::{Allowance, AllowanceKey};
    use begat_model::time::{Duration, Timestamp};

    fn allowance(name: &str, keys: &[(&'static str, &str)]) -> Allowance {
        Allowance {
            name: name.into(),
            kind: "deployment",
            owner: "it".into(),
            reason: "agents".into(),
            expires: "2036-12-31".into(),
            last: Timestamp::parse_rfc3339("2036-12-31T22:59:59Z").unwrap(),
            keys: keys
                .iter()
                .map(|(name, value)| AllowanceKey { name, values: vec![(*value).to_owned()] })
                .collect(),
            defects: Vec::new(),
            used: 0,
        }
    }

    fn exported(language: &ExportLanguage, allowances: &[Allowance], images: &[&str]) -> String {
        let rule = ExportRule {
            window: Duration::from_seconds(120),
            tools: vec!["net.exe".to_owned(), "net1.exe".to_owned()],
            folders: vec![r"\users\".to_owned()],
            launchers: vec!["wmiprvse.exe".to_owned()],
            bystanders: vec!["conhost.exe".to_owned()],
            images: images.iter().map(|it| (*it).to_owned()).collect(),
            left_out: Vec::new(),
            allowances,
        };
        let mut out = Vec::new();
        language.write(&rule, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    const WHOLE: &[(&str, &str)] = &[
        ("creator", r"C:\Program Files\RMM\agent.exe"),
        ("actor", "S-1-5-21-1-2-3-1104"),
        ("account", "svc_*"),
        ("host", "files*"),
    ];

    #[test]
    fn an_authorisation_goes_out_whole_or_is_refused_by_name() {
        let whole = allowance("whole", WHOLE);
        let partly = allowance("partly", &[WHOLE[0], WHOLE[1], ("ticket", "true")]);
        for language in EXPORT_LANGUAGES {
            let text = exported(language, &[whole.clone(), partly.clone()], &[]);
            let comment = |name: &str| {
                let of_it =
                    |line: &&str| line.starts_with(language.comment) && line.contains(&format!("`{name}`"));
                text.lines().find(of_it).unwrap_or_else(|| panic!("{name} in {text}")).to_owned()
            };
            assert!(comment("partly").contains("refused"), "{text}");
            let is_said = !matches!(language.name, "sigma" | "eql");
            assert_eq!(comment("whole").contains("refused"), !is_said, "{text}");
            let rule: String = text.lines().filter(|line| !line.starts_with(language.comment)).collect();
            assert_eq!(rule.contains("1104"), is_said, "{text}");
            assert!(!rule.contains("ticket"), "{text}");
        }
    }

    #[test]
    fn every_language_says_all_that_it_loses_and_twice_the_same() {
        for language in EXPORT_LANGUAGES {
            let text = exported(language, &[], &[]);
            for row in fidelity::ROWS {
                assert!(text.contains(&format!("{} {row}", language.comment)), "{row} of {text}");
            }
            assert!(text.contains("120") && text.contains("4720") && text.contains("net1"));
            assert_eq!(text, exported(language, &[], &[]));
        }
    }

    /// Text of a policy that would leave the comment, the string, or the rule.
    #[test]
    fn text_of_a_policy_stays_text() {
        let hostile = "x\"') or true //\n]] | delete\u{2028}\r\nevil: true'''\"\"\"`$t$`";
        let entry = |key| allowance(hostile, &[WHOLE[0], WHOLE[1], WHOLE[3], (key, hostile)]);
        for language in EXPORT_LANGUAGES {
            let plain = exported(language, &[allowance("x", WHOLE), allowance("x", WHOLE)], &[]);
            let text = exported(language, &[entry("account"), entry("ticket")], &[]);
            let ended = |line: &str| line.starts_with("evil") || line.contains("| delete\u{2028}");
            assert!(!text.lines().any(ended), "{text}");
            assert!(!text.contains(['\r', '\u{2028}']), "{text}");
            let of_rule =
                |text: &str| text.lines().filter(|line| !line.starts_with(language.comment)).count();
            assert!(of_rule(&text) <= of_rule(&plain), "{text}");
            let rule: Vec<&str> = text.lines().filter(|line| !line.starts_with(language.comment)).collect();
            assert!(!rule.join("\n").contains("x\"') or true"), "{text}");
            // An image of the site stands in every rule, or is left out by name.
            let text = exported(language, &[], &[hostile]);
            let rule: Vec<&str> = text.lines().filter(|line| !line.starts_with(language.comment)).collect();
            assert!(!rule.join("\n").contains("x\"') or true"), "{text}");
        }
    }

    /// An underscore is a letter and no wildcard, a star is one.
    #[test]
    fn wildcards_stay_what_they_are() {
        let entry = [allowance("whole", WHOLE)];
        let of = |name: &str| exported(ExportLanguage::named(name).unwrap(), &entry, &[]);
        assert!(of("kql").contains(r#"matches regex @"(?is)^(?:svc_.*)\z""#), "{}", of("kql"));
        assert!(of("spl").contains(r#""(?is)^(?:svc_.*)\\z""#), "{}", of("spl"));
        assert!(of("esql").contains(r#"RLIKE "(svc_.*)""#), "{}", of("esql"));
        assert!(of("kql").contains(r"C\x{3a}\x{5c}Program\x{20}Files"), "{}", of("kql"));
        for name in ["kql", "esql", "spl"] {
            assert!(
                of(name).contains("2036-12-31T22:59:59") || of(name).contains("2114377199"),
                "{}",
                of(name)
            );
        }
    }
}
