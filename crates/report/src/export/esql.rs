//! ES|QL: both records grouped by host and session, paired, and held against the window.

use begat_model::time::Timestamp;

use super::fidelity::Fidelity;
use super::filter::Dialect;
use super::quoting::{backslashed, list, lucene};
use super::rule::ExportRule;

pub(super) const FIDELITY: Fidelity = Fidelity {
    order: "kept: each pair is held against its times",
    session: "kept: by host and SubjectLogonId of both, so that a process that was started under another token is not joined",
    window: "sliding, within the time range of the query: give it one that reaches the window further back",
    negation: "authorisations alone",
    late: "what is ingested after the query ran is lost until it runs again over that range",
    authorisations: "said where every key and the end can be; `account` is its name at the creation, a later one is not seen; \
                     `creator` is the process of the pair",
    lost: "sessions with very many starts, beyond what the cluster keeps of one group",
};

/// One of these expressions fits the whole text.
fn rlike(text: &str, each: &[String]) -> String {
    format!("TO_LOWER({text}) RLIKE {}", backslashed(&format!("({})", each.join("|"))))
}

pub(super) const DIALECT: Dialect = Dialect {
    and: " AND ",
    or: " OR ",
    fits: |text, patterns| {
        let each: Option<Vec<String>> = patterns.iter().map(|it| lucene(it)).collect();
        Some(rlike(text, &each?))
    },
    is: |text, values| format!("{text} IN ({})", list(values, backslashed)),
    until: |at: Timestamp| format!("created_at <= TO_DATETIME(\"{at}\")"),
    from: |at: Timestamp| format!("created_at >= TO_DATETIME(\"{at}\")"),
    creator: "process",
    actor_sid: "actor_sid",
    actor_name: "CONCAT(actor_domain, \"\\\\\", actor_name)",
    account: "account",
    hosts: ["host", "MV_FIRST(SPLIT(host, \".\"))"],
    session: "session",
};

pub(super) fn body(rule: &ExportRule<'_>, filters: &[String]) -> String {
    let fields = ["process.executable", "process.parent.executable"];
    let (suspicious, not) = rule.suspicious(fields, |field, patterns| {
        let each: Vec<String> = patterns.iter().filter_map(|it| lucene(it)).collect();
        (!each.is_empty()).then(|| rlike(field, &each))
    });
    let not = not.map(|it| format!("NOT {it} AND ")).unwrap_or_default();
    let allowed = match filters.is_empty() {
        true => String::new(),
        false => format!("| WHERE NOT ({})\n", filters.join("\n    OR ")),
    };
    // The free text stands last: whatever is in it, nothing of the others is taken from it.
    format!(
        "FROM logs-system.security-*, logs-windows.forwarded*, winlogbeat-*\n\
         | WHERE event.code == \"4720\" OR (event.code == \"4688\" AND {not}({suspicious}))\n\
         | EVAL host = winlog.computer_name, session = winlog.event_data.SubjectLogonId, at = TO_STRING(@timestamp)\n\
         | EVAL creation = CASE(event.code == \"4720\", CONCAT(at, \"|\", COALESCE(winlog.event_data.SubjectUserSid, \"-\"), \"|\", \
         COALESCE(winlog.event_data.SubjectDomainName, \"-\"), \"|\", COALESCE(winlog.event_data.SubjectUserName, \"-\"), \"|\", \
         COALESCE(winlog.event_data.TargetDomainName, \"-\"), \"|\", COALESCE(winlog.event_data.TargetUserName, \"-\")), NULL)\n\
         | EVAL start = CASE(event.code == \"4688\", CONCAT(at, \"|\", process.executable), NULL)\n\
         | STATS creations = VALUES(creation), starts = VALUES(start) BY host, session\n\
         | WHERE creations IS NOT NULL AND starts IS NOT NULL\n\
         | MV_EXPAND creations\n\
         | MV_EXPAND starts\n\
         | DISSECT creations \"%{{created}}|%{{actor_sid}}|%{{actor_domain}}|%{{actor_name}}|%{{domain}}|%{{account}}\"\n\
         | DISSECT starts \"%{{started}}|%{{process}}\"\n\
         | EVAL created_at = TO_DATETIME(created), started_at = TO_DATETIME(started)\n\
         | WHERE started_at <= created_at AND DATE_DIFF(\"milliseconds\", started_at, created_at) <= {milliseconds}\n\
         | WHERE TO_LOWER(domain) == TO_LOWER(SUBSTRING(MV_FIRST(SPLIT(host, \".\")), 1, 15))\n\
         {allowed}\
         | KEEP created_at, host, domain, account, actor_domain, actor_name, actor_sid, session, started_at, process\n\
         | SORT created_at DESC\n",
        suspicious = suspicious.join("\n    OR "),
        milliseconds = rule.seconds() * 1000
    )
}
