//! What an export keeps and loses: a comment above every rule, the same rows in every language.

use begat_model::allowance::Allowance;
use begat_model::visible::visible;

use super::rule::ExportRule;
use crate::view::ANALYTIC;

/// What is told of every language, in order.
pub(super) const ROWS: &[&str] =
    &["order", "session join", "window", "negation", "late events", "authorisations", "lost"];

/// What one language makes of each row.
#[derive(Debug)]
pub(super) struct Fidelity {
    pub(super) order: &'static str,
    pub(super) session: &'static str,
    pub(super) window: &'static str,
    pub(super) negation: &'static str,
    pub(super) late: &'static str,
    pub(super) authorisations: &'static str,
    /// Beside what all lose.
    pub(super) lost: &'static str,
}

/// What every rule of two records loses.
const LOST: &str = "who did it: the rule names a process of the session in the window, and knows no proof; creations over the network, \
                    by WMI, a service or a task, where session or host differ; sessions behind others (runas, a borrowed token); processes \
                    that are longer lived than the window; blind spots: a host that shows no processes raises nothing; what came \
                    afterwards; renamed tools, where the version resource is not logged";

/// The comment, without what begins its lines.
pub(super) fn lines(
    language: &str,
    fidelity: &Fidelity,
    rule: &ExportRule<'_>,
    judged: &[(&Allowance, Result<String, String>)],
) -> Vec<String> {
    let texts = [
        fidelity.order,
        fidelity.session,
        fidelity.window,
        fidelity.negation,
        fidelity.late,
        fidelity.authorisations,
        &format!("{LOST}; {}", fidelity.lost),
    ];
    let mut lines = vec![
        format!(
            "{} of MITRE ATT&CK {} as {language}, window {} s. What it keeps and what it loses:",
            ANALYTIC.id,
            ANALYTIC.release,
            rule.seconds()
        ),
        String::new(),
    ];
    for (row, text) in ROWS.iter().zip(texts) {
        lines.extend(wrapped(&format!("{row:<15}"), text));
    }
    lines.push(String::new());
    for (allowance, judged) in judged {
        let name = visible(&allowance.name);
        let told = match judged {
            Ok(_) => format!("`{name}`: said in full, until {}", visible(&allowance.expires)),
            Err(why) => format!("`{name}`: refused, {}", visible(why)),
        };
        lines.extend(wrapped("authorisation  ", &told));
    }
    if judged.is_empty() {
        lines.push("authorisations: none were given".to_owned());
    }
    let odd = rule.odd_images().map(|image| format!("the executable `{image}` of the site"));
    for left_out in rule.left_out.iter().cloned().chain(odd) {
        lines.extend(wrapped("not said       ", &visible(&left_out)));
    }
    lines.push(String::new());
    lines.into_iter().map(|line| visible(&line).into_owned()).collect()
}

fn wrapped(margin: &str, text: &str) -> Vec<String> {
    let blank = " ".repeat(margin.len());
    let lines = textwrap::wrap(text, 80);
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| format!("{}{line}", if at == 0 { margin } else { &blank }))
        .collect()
}
