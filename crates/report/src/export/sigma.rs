//! Sigma: a rule for each record, and a correlation that joins them by host and session.

use super::fidelity::Fidelity;
use super::quoting::yaml;
use super::rule::{ABOUT, ExportRule, RULE_ID, TITLE};

pub(super) const FIDELITY: Fidelity = Fidelity {
    order: "kept: `temporal_ordered`; of two records of one instant the order is the backend's",
    session: "kept by aliases, as LogonId of the start and SubjectLogonId of the creation; pySigma before 2 refuses aliases in \
              every backend",
    window: "sliding, where the backend has it; some cut time into buckets, and lose pairs across a border",
    negation: "none is used",
    late: "as the backend: what arrives after its look is lost",
    authorisations: "none goes out: a condition over both records cannot be said, nor that it ends",
    lost: "that the account is a local one: 4720's TargetDomainName cannot be compared with the host's name",
};

pub(super) const NO_FILTER: &str =
    "a condition over both records cannot be said in Sigma, nor an end: it would outlive its permission";

pub(super) fn body(rule: &ExportRule<'_>) -> String {
    let each = |values: &mut dyn Iterator<Item = String>| -> String {
        values.map(|value| format!("            - {}\n", yaml(&value))).collect()
    };
    let by_name = |names: &[String]| each(&mut names.iter().map(|name| format!("\\{name}")));
    // Of the site's images, those with a backslash are whole paths.
    let images = each(&mut rule.images().map(|it| {
        let escaped = escaped(it);
        if it.contains('\\') { escaped } else { format!("*\\\\{escaped}") }
    }));
    let section = |name: &str, field: &str, values: &str| match values.is_empty() {
        true => String::new(),
        false => format!("    {name}:\n        {field}:\n{values}"),
    };
    let sections = [
        ("tool", "Image|endswith", by_name(&rule.tools)),
        ("folder", "Image|contains", each(&mut rule.folders.iter().map(|it| doubled_end(it)))),
        ("launcher", "ParentImage|endswith", by_name(&rule.launchers)),
        ("site", "Image", images),
    ];
    let named: Vec<&str> =
        sections.iter().filter(|(.., it)| !it.is_empty()).map(|(name, ..)| *name).collect();
    let told: String = sections.iter().map(|(name, field, values)| section(name, field, values)).collect();
    let bystander = section("bystander", "Image|endswith", &by_name(&rule.bystanders));
    let not = if bystander.is_empty() { "" } else { " and not bystander" };
    format!(
        "title: Suspicious process start (AN1235, first record)\n\
         id: 6f0c1e52-6d5b-4f5e-9a0e-1b4f3c7d1231\n\
         name: begat_an1235_start\n\
         status: experimental\n\
         description: The first of the two records that the correlation joins.\n\
         logsource:\n    product: windows\n    category: process_creation\n\
         detection:\n{told}{bystander}    condition: ({}){not}\n\
         level: informational\n\
         ---\n\
         title: Account created (AN1235, second record)\n\
         id: 6f0c1e52-6d5b-4f5e-9a0e-1b4f3c7d1232\n\
         name: begat_an1235_creation\n\
         status: experimental\n\
         description: The second of the two records that the correlation joins.\n\
         logsource:\n    product: windows\n    service: security\n\
         detection:\n    creation:\n        EventID: 4720\n    condition: creation\n\
         level: low\n\
         ---\n\
         title: {TITLE}\n\
         id: {RULE_ID}\n\
         status: experimental\n\
         description: {}\n\
         tags:\n    - attack.persistence\n    - attack.t1136.001\n\
         correlation:\n    type: temporal_ordered\n    rules:\n        - begat_an1235_start\n        - begat_an1235_creation\n\
         {}    timespan: {}s\n\
         level: medium\n",
        named.join(" or "),
        yaml(ABOUT),
        GROUPING,
        rule.seconds()
    )
}

const GROUPING: &str = "    group-by:\n        - Computer\n        - session\n    aliases:\n        session:\n            begat_an1235_start: LogonId\n            begat_an1235_creation: SubjectLogonId\n";

/// A backslash before a wildcard, or before another, means it as such.
fn escaped(pattern: &str) -> String {
    let mut written = String::new();
    let mut signs = pattern.chars().peekable();
    while let Some(sign) = signs.next() {
        written.push(sign);
        if sign == '\\' && matches!(signs.peek(), Some('*' | '?' | '\\')) {
            written.push('\\');
        }
    }
    written
}

/// At the end a backslash would stand before the wildcard that `contains` puts there.
fn doubled_end(folder: &str) -> String {
    if folder.ends_with('\\') { format!("{folder}\\") } else { folder.to_owned() }
}
