//! Splunk: a saved search that looks back from each creation to the newest suspicious start of its session.

use begat_model::time::Timestamp;

use super::fidelity::Fidelity;
use super::filter::Dialect;
use super::quoting::{backslashed, list, numbered};
use super::rule::{ABOUT, ExportRule};

pub(super) const FIDELITY: Fidelity = Fidelity {
    order: "kept: sorted by time; of one instant the start goes first",
    session: "kept: by host, and by TargetLogonId of the start where it names one, else SubjectLogonId",
    window: "sliding, within the time range of the search; only the newest start before the creation counts",
    negation: "authorisations alone",
    late: "what is indexed more than ten minutes late is lost: widen dispatch.earliest_time",
    authorisations: "said where every key and the end can be; `account` is its name at the creation, a later one is not seen; \
                     `creator` is the newest start, so that another before it is not looked at",
    lost: "field names are those of the Splunk Add-on for Windows with XML rendering; starts that only Sysmon tells",
};

/// Between quotes of an expression; `\x{…}` is no token, no macro and no end of a line.
fn one_of(text: &str, patterns: &[String]) -> String {
    let each: Vec<String> = patterns.iter().map(|it| numbered(it)).collect();
    format!("match({text}, {})", backslashed(&format!("(?is)^(?:{})\\z", each.join("|"))))
}

pub(super) const DIALECT: Dialect = Dialect {
    and: " AND ",
    or: " OR ",
    fits: |text, patterns| Some(one_of(text, patterns)),
    is: |text, values| format!("{text} IN ({})", list(values, backslashed)),
    until: |at: Timestamp| format!("_time <= {}", at.unix_seconds()),
    from: |at: Timestamp| format!("_time >= {}", at.unix_seconds()),
    creator: "process",
    actor_sid: "SubjectUserSid",
    actor_name: "SubjectDomainName.\"\\\\\".SubjectUserName",
    account: "TargetUserName",
    hosts: ["Computer", "short_name"],
    session: "session",
};

pub(super) fn body(rule: &ExportRule<'_>, filters: &[String]) -> String {
    let minutes = rule.seconds().div_ceil(60) + 10;
    let lines = search(rule, filters);
    format!(
        "[begat - AN1235 - local account created after a suspicious process start]\n\
         description = {ABOUT}\n\
         search = {}\n\
         dispatch.earliest_time = -{minutes}m\n\
         dispatch.latest_time = now\n\
         cron_schedule = */5 * * * *\n\
         enableSched = 1\n\
         counttype = number of events\n\
         relation = greater than\n\
         quantity = 0\n\
         alert.severity = 3\n\
         action.correlationsearch.annotations = {{\"mitre_attack\": [\"T1136.001\"]}}\n",
        lines.join(" \\\n")
    )
}

/// Line by line: each but the last ends in a backslash.
fn search(rule: &ExportRule<'_>, filters: &[String]) -> Vec<String> {
    let fields = ["NewProcessName", "ParentProcessName"];
    let (suspicious, not) = rule.suspicious(fields, |field, patterns| Some(one_of(field, patterns)));
    let not = not.map(|it| format!("NOT {it} AND ")).unwrap_or_default();
    let mut lines = vec![
        "source=\"XmlWinEventLog:Security\" (EventCode=4688 OR EventCode=4720)".to_owned(),
        format!("| where EventCode=4720 OR ({not}({}))", suspicious.join(" OR ")),
        "| eval session=if(EventCode=4688 AND isnotnull(TargetLogonId) AND TargetLogonId!=\"0x0\", TargetLogonId, SubjectLogonId)".to_owned(),
        "| eval started=if(EventCode=4688, _time, null()), started_process=if(EventCode=4688, NewProcessName, null())".to_owned(),
        "| eval order=if(EventCode=4720, 1, 0), short_name=mvindex(split(Computer, \".\"), 0)".to_owned(),
        "| sort 0 _time order".to_owned(),
        "| streamstats last(started) as started_at last(started_process) as process by Computer session".to_owned(),
        format!("| where EventCode=4720 AND started_at>=_time-{}", rule.seconds()),
        "| where lower(TargetDomainName)=lower(substr(short_name, 1, 15))".to_owned(),
    ];
    if !filters.is_empty() {
        lines.push(format!("| where NOT ({})", filters.join(" OR ")));
    }
    lines.push(
        "| table _time Computer TargetDomainName TargetUserName TargetSid SubjectDomainName SubjectUserName SubjectUserSid session started_at process"
            .to_owned(),
    );
    lines
}
