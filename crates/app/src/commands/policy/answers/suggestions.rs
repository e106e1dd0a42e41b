//! Proposed entries as a policy file, with what speaks for each and what was left out as comments.

use std::collections::BTreeSet;
use std::io::{self, Write};

use begat_model::Timestamp;
use begat_model::case::{Case, Verdict};
use begat_policy::{Objection, Suggestion, Suggestions, attack_stories, toml_comment};
use begat_report::Page;

use super::signs;

/// Cases told as evidence.
const EVIDENCE_MAX: usize = 12;
/// Reasons told where a hand is left out.
const REASONS_MAX: usize = 4;
/// Hands told where they are left out.
const LEFT_OUT_MAX: usize = 50;

/// What speaks for it, a line each.
fn evidence(suggestion: &Suggestion<'_>) -> Vec<String> {
    let hosts: BTreeSet<&str> = suggestion.cases.iter().map(|case| case.host.name.as_str()).collect();
    let waves: BTreeSet<&str> = suggestion.cases.iter().filter_map(|case| case.wave.as_deref()).collect();
    let times = || suggestion.cases.iter().map(|case| case.created_at);
    let mut lines = vec![format!(
        "{} on {}, {}",
        counted(suggestion.cases.len(), "creation"),
        counted(hosts.len(), "host"),
        span(times().min(), times().max())
    )];
    if !waves.is_empty() {
        lines[0].push_str(&format!(", in {}", counted(waves.len(), "wave")));
    }
    lines.push(format!("by {}", suggestion.hand));
    if suggestion.likely > 0 {
        lines.push(format!(
            "{}: {}",
            only_likely(suggestion.likely, suggestion.cases.len()),
            Verdict::Likely.doc()
        ));
    }
    lines.extend(suggestion.cases.iter().take(EVIDENCE_MAX).map(|case| format!("  {}", in_a_line(case))));
    let more = suggestion.cases.len().saturating_sub(EVIDENCE_MAX);
    lines.extend((more > 0).then(|| format!("  … and {more} more")));
    if !suggestion.further.is_empty() {
        lines.push(format!("it would allow {} more of this input:", suggestion.further.len()));
        lines.extend(
            suggestion.further.iter().take(EVIDENCE_MAX).map(|case| format!("  {}", in_a_line(case))),
        );
    }
    lines.push(format!(
        "no sign of an attack in them; it would allow none of the {} attacks that begat knows",
        attack_stories()
    ));
    lines
}

/// Writes what is proposed as TOML, and all the rest as comments.
pub fn write(suggestions: &Suggestions<'_>, out: &mut dyn Write) -> io::Result<()> {
    let comment = |out: &mut dyn Write, text: &str| writeln!(out, "{}", toml_comment(text));
    if suggestions.entries.is_empty() {
        comment(
            out,
            "Nothing to propose: no one creator made three accounts or more that an entry could safely allow.",
        )?;
    } else {
        comment(
            out,
            "Proposed by `begat policy suggest`. Nothing here is in force: ask who answers for it, fill in",
        )?;
        comment(out, "owner, reason and expires, and run `begat policy try` and `begat policy check`.")?;
    }
    for suggestion in &suggestions.entries {
        writeln!(out)?;
        evidence(suggestion).iter().try_for_each(|line| comment(out, line))?;
        out.write_all(suggestion.toml().as_bytes())?;
    }
    let rest = rest(suggestions);
    if !rest.is_empty() {
        writeln!(out)?;
        comment(out, "Left out:")?;
        rest.iter().try_for_each(|line| comment(out, line))?;
    }
    Ok(())
}

/// Why nothing is proposed, a clause each.
fn objection(why: &Objection) -> Vec<String> {
    match why {
        Objection::Signs(signs) => signs::said(signs),
        Objection::AllowsSigned { case_id, signs } => {
            let signs = signs::said(signs).join("; ");
            vec![format!("an entry for it would allow case {case_id} too: {signs}")]
        }
        Objection::Policy(clause) => vec![clause.clone()],
    }
}

/// What was left out, and why.
fn rest(suggestions: &Suggestions<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for left_out in suggestions.left_out.iter().take(LEFT_OUT_MAX) {
        let likely = match left_out.likely {
            0 => String::new(),
            likely => format!(" ({})", only_likely(likely, left_out.cases)),
        };
        lines.push(format!("- {} by {}{likely}", counted(left_out.cases, "creation"), left_out.hand));
        let whys = objection(&left_out.why);
        lines.extend(whys.iter().take(REASONS_MAX).map(|why| format!("    {why}")));
        let more = whys.len().saturating_sub(REASONS_MAX);
        lines.extend((more > 0).then(|| format!("    … and {more} more reasons")));
    }
    let more = suggestions.left_out.len().saturating_sub(LEFT_OUT_MAX);
    lines.extend((more > 0).then(|| format!("- {more} more creators")));
    if suggestions.seldom > 0 {
        lines.push(format!(
            "- {} by creators that made fewer than three",
            counted(suggestions.seldom, "creation")
        ));
    }
    for (verdict, count) in &suggestions.unsuited {
        let counted = counted(*count, "creation");
        lines.push(format!("- {counted} of verdict `{verdict}`: {}", verdict.doc()));
    }
    if suggestions.allowed > 0 {
        lines.push(format!("- {} that the policy allows already", counted(suggestions.allowed, "creation")));
    }
    lines
}

/// `2 of the 3 are only likely`.
fn only_likely(likely: usize, all: usize) -> String {
    let are = if likely == 1 { "is" } else { "are" };
    format!("{likely} of the {all} {are} only likely")
}

fn in_a_line(case: &Case) -> String {
    let account = case.account.created_as.as_deref().or(case.account.name.as_deref());
    let wave = case.wave.as_ref().map(|wave| format!("  wave {wave}")).unwrap_or_default();
    format!(
        "{}  {}  {} on {}  {}{wave}",
        case.case_id,
        Page::default().time(case.created_at),
        account.unwrap_or("?"),
        case.host.name,
        case.severity
    )
}

fn span(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    let page = Page::default();
    match (first, last) {
        (Some(first), Some(last)) => format!("from {} to {}", page.time(first), page.time(last)),
        _ => "at no time".to_owned(),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use begat_policy::{LeftOut, Policy};

    use super::*;

    #[test]
    fn what_a_log_says_stays_in_its_comment_or_its_value() {
        let hostile = "x'\"\n[[authorisation]]\nname = \"all\"\u{202e}";
        let suggestion = Suggestion {
            name: hostile.to_owned(),
            hand: hostile.to_owned(),
            keys: vec![
                ("creator", vec![r"C:\Windows\System32\net1.exe".to_owned()]),
                ("parent", vec![r"C:\Windows\CCM\CcmExec.exe".to_owned()]),
                ("session", vec!["system".to_owned()]),
                ("account", vec![hostile.to_owned()]),
                ("host", vec!["a".to_owned(), hostile.to_owned()]),
            ],
            cases: vec![],
            likely: 0,
            further: vec![],
        };
        let suggestions = Suggestions {
            entries: vec![suggestion],
            left_out: vec![LeftOut {
                hand: hostile.to_owned(),
                cases: 3,
                likely: 1,
                why: Objection::Policy(hostile.to_owned()),
            }],
            seldom: 0,
            allowed: 0,
            unsuited: BTreeMap::new(),
        };
        let mut out = Vec::new();
        write(&suggestions, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains('\u{202e}'), "{text}");
        let blanks = Policy::parse("proposed", &text).unwrap_err();
        let empty = blanks.all().iter().filter(|complaint| complaint.what.contains("is empty")).count();
        assert_eq!(
            (empty, blanks.all().len()),
            (3, 4),
            "kind, owner and reason are blank, expires is no date: {blanks}"
        );
    }
}
