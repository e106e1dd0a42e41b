//! Microsoft Sentinel and Defender: an analytics rule around a KQL join.

use begat_model::time::Timestamp;

use super::fidelity::Fidelity;
use super::filter::Dialect;
use super::quoting::{list, numbered};
use super::rule::{ABOUT, ExportRule, RULE_ID, TITLE};

pub(super) const FIDELITY: Fidelity = Fidelity {
    order: "kept: each pair is held against its times",
    session: "kept: by host, and by TargetLogonId of the start where it names one, else SubjectLogonId",
    window: "sliding, within the period of the rule, which reaches back further than the window",
    negation: "authorisations alone",
    late: "what arrives more than five minutes late is lost: widen queryPeriod where the connector is slow",
    authorisations: "said where every key and the end can be; `account` is its name at the creation, a later one is not seen; \
                     `creator` is the process of the pair",
    lost: "starts that only Sysmon tells: join the table that has them likewise",
};

fn one_of(text: &str, patterns: &[String]) -> String {
    let each: Vec<String> = patterns.iter().map(|it| numbered(it)).collect();
    // Between these quotes only a quote would mean something, and none is left.
    format!("{text} matches regex @\"(?is)^(?:{})\\z\"", each.join("|"))
}

/// Letters, digits and what `numbered` leaves: nothing here ends a text.
fn text(value: &str) -> String {
    format!("\"{value}\"")
}

pub(super) const DIALECT: Dialect = Dialect {
    and: " and ",
    or: " or ",
    fits: |text, patterns| Some(one_of(text, patterns)),
    is: |text, values| format!("{text} in~ ({})", list(values, self::text)),
    until: |at: Timestamp| format!("CreatedAt <= datetime({at})"),
    from: |at: Timestamp| format!("CreatedAt >= datetime({at})"),
    creator: "Process",
    actor_sid: "ActorSid",
    actor_name: "strcat(ActorDomain, \"\\\\\", ActorName)",
    account: "Account",
    hosts: ["Computer", "ShortName"],
    session: "Session",
};

pub(super) fn body(rule: &ExportRule<'_>, filters: &[String]) -> String {
    let minutes = rule.seconds().div_ceil(60) + 10;
    let query: String = query(rule, filters).lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "id: {RULE_ID}\nname: {TITLE}\nversion: 1.0.0\nkind: Scheduled\ndescription: |\n  {ABOUT}\nseverity: Medium\n\
         requiredDataConnectors:\n  - connectorId: WindowsSecurityEvents\n    dataTypes:\n      - SecurityEvent\n\
         queryFrequency: 5m\nqueryPeriod: {minutes}m\ntriggerOperator: gt\ntriggerThreshold: 0\n\
         tactics:\n  - Persistence\nrelevantTechniques:\n  - T1136.001\nquery: |\n{query}\
         entityMappings:\n  - entityType: Host\n    fieldMappings:\n      - identifier: HostName\n        columnName: ShortName\n\
         \x20 - entityType: Account\n    fieldMappings:\n      - identifier: Sid\n        columnName: ActorSid\n\
         \x20 - entityType: Process\n    fieldMappings:\n      - identifier: CommandLine\n        columnName: CommandLine\n"
    )
}

fn query(rule: &ExportRule<'_>, filters: &[String]) -> String {
    let fields = ["NewProcessName", "ParentProcessName"];
    let (suspicious, not) = rule.suspicious(fields, |field, patterns| Some(one_of(field, patterns)));
    let not = not.map(|it| format!("| where not ({it})\n")).unwrap_or_default();
    let allowed = match filters.is_empty() {
        true => String::new(),
        false => format!("| where not ({})\n", filters.join("\n    or ")),
    };
    format!(
        "let window = {}s;\n\
         let starts = SecurityEvent\n\
         | where EventID == 4688\n\
         {not}\
         | where {}\n\
         | extend Session = iff(isempty(TargetLogonId) or TargetLogonId == \"0x0\", SubjectLogonId, TargetLogonId)\n\
         | project StartedAt = TimeGenerated, Computer, Session, Process = NewProcessName, CommandLine, \
         Parent = ParentProcessName;\n\
         SecurityEvent\n\
         | where EventID == 4720\n\
         | extend ShortName = tostring(split(Computer, \".\")[0])\n\
         | where TargetDomainName =~ substring(ShortName, 0, 15)\n\
         | project CreatedAt = TimeGenerated, Computer, ShortName, Session = SubjectLogonId, Account = TargetUserName, \
         AccountSid = TargetSid, ActorSid = SubjectUserSid, ActorDomain = SubjectDomainName, ActorName = SubjectUserName\n\
         | join kind=inner starts on Computer, Session\n\
         | where StartedAt between ((CreatedAt - window) .. CreatedAt)\n\
         {allowed}\
         | project CreatedAt, Computer, ShortName, Account, AccountSid, ActorSid, ActorDomain, ActorName, Session, StartedAt, \
         Process, CommandLine, Parent\n",
        rule.seconds(),
        suspicious.join("\n    or "),
    )
}
