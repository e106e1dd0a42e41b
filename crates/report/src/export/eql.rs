//! Elastic: a detection rule with an EQL sequence.

use super::fidelity::Fidelity;
use super::quoting::{backslashed, list};
use super::rule::{ABOUT, ExportRule, RULE_ID, TITLE};

pub(super) const FIDELITY: Fidelity = Fidelity {
    order: "kept: a sequence; of two records of one instant the order is the tiebreaker's",
    session: "kept: by SubjectLogonId of both, so that a process that was started under another token is not joined",
    window: "sliding, from the first record to the last (`maxspan`); only the newest start before the creation counts",
    negation: "none is used",
    late: "what is ingested after the rule ran is lost beyond `from`",
    authorisations: "none goes out: a sequence has no condition over both records; make each a rule exception with an end",
    lost: "that the account is a local one: TargetDomainName cannot be compared with the host's name",
};

pub(super) const NO_FILTER: &str =
    "a sequence has no condition over both records: make it a rule exception, which has an end of its own";

pub(super) fn body(rule: &ExportRule<'_>) -> String {
    let minutes = rule.seconds().div_ceil(60) + 9;
    format!(
        "[metadata]\ncreation_date = \"2026/01/01\"\nintegration = [\"system\", \"windows\"]\nmaturity = \"production\"\n\
         updated_date = \"2026/01/01\"\n\n\
         [rule]\nauthor = [\"begat\"]\ndescription = {about}\nfrom = \"now-{minutes}m\"\n\
         index = [\"logs-system.security-*\", \"logs-windows.forwarded*\", \"winlogbeat-*\"]\nlanguage = \"eql\"\n\
         license = \"Apache-2.0\"\nname = {title}\nrisk_score = 47\nrule_id = \"{RULE_ID}\"\nseverity = \"medium\"\n\
         tags = [\"Domain: Endpoint\", \"OS: Windows\", \"Tactic: Persistence\"]\ntimestamp_override = \"event.ingested\"\n\
         type = \"eql\"\nquery = '''\n{query}'''\n\n\
         [[rule.threat]]\nframework = \"MITRE ATT&CK\"\n\n\
         [[rule.threat.technique]]\nid = \"T1136\"\nname = \"Create Account\"\n\
         reference = \"https://attack.mitre.org/techniques/T1136/\"\n\n\
         [[rule.threat.technique.subtechnique]]\nid = \"T1136.001\"\nname = \"Local Account\"\n\
         reference = \"https://attack.mitre.org/techniques/T1136/001/\"\n\n\
         [rule.threat.tactic]\nid = \"TA0003\"\nname = \"Persistence\"\n\
         reference = \"https://attack.mitre.org/tactics/TA0003/\"\n",
        about = backslashed(ABOUT),
        title = backslashed(TITLE),
        query = query(rule)
    )
}

/// The sequence alone. Its texts hold neither `'''` nor a control: what does was left out of the rule.
fn query(rule: &ExportRule<'_>) -> String {
    let any = |patterns: Vec<String>| list(patterns, backslashed);
    let mut signs = Vec::new();
    let mut sign = |field: &str, word: &str, values: String| {
        if !values.is_empty() {
            signs.push(format!("{field} {word} ({values})"));
        }
    };
    sign("process.name", "in~", list(&rule.tools, backslashed));
    sign("process.executable", "like~", any(rule.folders.iter().map(|it| format!("*{it}*")).collect()));
    sign("process.parent.name", "in~", list(&rule.launchers, backslashed));
    let (paths, names): (Vec<&str>, Vec<&str>) = rule.images().partition(|image| image.contains('\\'));
    sign("process.executable", "like~", list(paths, backslashed));
    sign("process.name", "like~", list(names, backslashed));
    let not = match rule.bystanders.is_empty() {
        true => String::new(),
        false => format!("\n      and not process.name in~ ({})", list(&rule.bystanders, backslashed)),
    };
    format!(
        "sequence by winlog.computer_name with maxspan={}s\n  \
         [process where event.code == \"4688\"{not}\n      and ({})] by winlog.event_data.SubjectLogonId\n  \
         [iam where event.code == \"4720\"] by winlog.event_data.SubjectLogonId\n",
        rule.seconds(),
        signs.join("\n        or ")
    )
}
