//! What windows catch and whom they blame, for people.

use std::io::{self, Write};

use begat_model::calibration::{Calibration, Chance, KindLags, RoleChance, SetAside, WINDOWS_SECONDS};
use begat_model::time::Duration;
use begat_model::visible::visible_bounded;
use unicode_width::UnicodeWidthStr;

use super::buckets::buckets;
use super::why::window_said;
use crate::words::page::{Lines, Look, Page};
use crate::words::wording::{counted, grouped, percent};

/// Columns of the longest bar.
const BAR_MAX: u64 = 40;
/// Columns of what a row is called.
const NAME: usize = 20;
/// Columns of a window.
const CELL: usize = 8;
const ROLE_CHARS_MAX: usize = 19;

pub(super) fn write(calibration: &Calibration, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Table { lines: Lines::new(page), calibration };
    text.answer();
    if calibration.lags.iter().any(|kind| !kind.lags.is_empty()) {
        text.lags();
        text.histogram();
    }
    text.coincidence();
    text.lines.write_to(out)
}

struct Table<'page> {
    lines: Lines<'page>,
    calibration: &'page Calibration,
}

impl Table<'_> {
    fn answer(&mut self) {
        let Calibration { creations, set_aside, lags, .. } = self.calibration;
        self.lines.wrapped("", "", &window_said(self.calibration), Look::Strong);
        let measured: usize = lags.iter().map(|kind| kind.lags.len()).sum();
        let unseen: u64 = lags.iter().map(|kind| kind.start_not_seen).sum();
        let SetAside { not_proven, by_time_alone, same_creator } = *set_aside;
        let aside = [
            (not_proven, "whose maker is not proven"),
            (by_time_alone, "shown by time alone, which cannot measure itself"),
            (same_creator, "of a creator that is counted already"),
            (unseen, "whose creator's start is not in the input"),
        ];
        let aside: Vec<String> = aside
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", grouped(count)))
            .collect();
        let mut said = format!(
            "{}, of which {} can be measured",
            counted(*creations, "creation", "creations"),
            grouped(measured as u64)
        );
        if !aside.is_empty() {
            said = format!("{said}; left out: {}", aside.join(", "));
        }
        self.faint(&format!("{said}."));
    }

    fn lags(&mut self) {
        self.title("What a window from the creator's start catches, by kind of creator");
        let windows: String = WINDOWS_SECONDS.iter().map(|seconds| cell(&span(*seconds))).collect();
        let head = format!(
            "  {:NAME$}{:>9}{windows}{}{}{}",
            "",
            "creators",
            cell("half"),
            cell("95 %"),
            cell("longest")
        );
        self.lines.stretches(&[(&head, Look::Faint)]);
        for kind in &self.calibration.lags {
            let row = lag_row(kind);
            self.lines.stretches(&[(&row, Look::Plain)]);
        }
        let long: Vec<&str> = self
            .calibration
            .lags
            .iter()
            .filter(|kind| kind.kind.is_long_lived())
            .map(|kind| kind.kind.slug())
            .collect();
        if !long.is_empty() {
            self.faint(&format!(
                "No window catches {}: such programs may have run for days when they make an account. Only a sign of the act \
                 does: what they were told (4103, 4104, command lines), or a lookup by them (4798, 4799).",
                long.join(", ")
            ));
        }
    }

    fn histogram(&mut self) {
        self.title("From start to 4720 (█ end with their act, ░ run for long)");
        let rows = buckets(self.calibration);
        let most = rows.iter().map(|row| row.ending + row.long_lived).max().unwrap_or(1).max(1);
        // A sign each, as long as there is room.
        let scaled = |count: u64| if most <= BAR_MAX { count } else { (count * BAR_MAX / most).max(1) };
        let length = |count: u64| if count == 0 { 0 } else { scaled(count) as usize };
        for row in &rows {
            let bar = format!("{}{}", "█".repeat(length(row.ending)), "░".repeat(length(row.long_lived)));
            let counts = match (row.ending, row.long_lived) {
                (ending, 0) => grouped(ending),
                (0, long) => grouped(long),
                (ending, long) => format!("{} + {}", grouped(ending), grouped(long)),
            };
            self.lines.stretches(&[(&format!("  {:>12}  {bar} {counts}", row.label), Look::Plain)]);
        }
    }

    fn coincidence(&mut self) {
        self.title("How often a window finds somebody who had nothing to do with it");
        let roles = &self.calibration.coincidence;
        if roles.is_empty() {
            self.faint(
                "Nothing can be said: no host with a creation showed its processes for ten minutes beside it.",
            );
            return;
        }
        let windows: String = WINDOWS_SECONDS.iter().map(|seconds| cell(&span(*seconds))).collect();
        let head = format!("  {:NAME$}{:>6}{:>9}{:>9}{windows}", "hosts", "", "hours", "starts");
        self.lines.stretches(&[(&head, Look::Faint)]);
        for role in roles {
            self.role(role);
        }
        self.faint(
            "Of the hosts on which accounts were made, in the time away from that; starts of suspicious programs within two \
             seconds are one. The chance is Poisson's: starts one by one, at an even rate. It fails where they come in \
             clusters or by the clock: believe what was measured (the share of time in which a window would have found \
             one) where the two differ. At a creation itself more may stand around: who makes an account has mostly just \
             opened a shell.",
        );
    }

    fn role(&mut self, role: &RoleChance) {
        let name = role
            .role
            .as_deref()
            .map_or("(role not known)".into(), |name| visible_bounded(name, ROLE_CHARS_MAX));
        let room = " ".repeat(NAME.saturating_sub(name.width()));
        let (hours, starts) = (role.seen.seconds() / 3600.0, role.occasions.values().sum::<u64>());
        let cells = |of: fn(&Chance) -> f64| -> String {
            role.chances.iter().map(|chance| cell(&percent(of(chance)))).collect()
        };
        let chances = cells(|chance| chance.poisson);
        let row =
            format!("  {name}{room}{:>6}{hours:>9.1}{:>9}{chances}", grouped(role.hosts), grouped(starts));
        self.lines.stretches(&[(&row, Look::Plain)]);
        for (what, of) in [
            ("measured", (|chance| chance.measured) as fn(&Chance) -> f64),
            ("with so few starts, at most", |chance| chance.at_most),
        ] {
            let row = format!("  {what:>width$}{}", cells(of), width = NAME + 24);
            self.lines.stretches(&[(&row, Look::Faint)]);
        }
        let sessions: Vec<String> = role
            .occasions
            .iter()
            .map(|(session, count)| {
                let chance = role.by_session.get(session).and_then(|chances| chances.last());
                let chance = chance.map_or(String::new(), |chance| format!(" ({})", percent(*chance)));
                format!("{} {}{chance}", grouped(*count), session.slug().replace('_', " "))
            })
            .collect();
        if !sessions.is_empty() {
            self.lines.wrapped(
                "    ",
                "    ",
                &format!(
                    "starts by session, and the chance of 2 min with such alone: {}",
                    sessions.join(", ")
                ),
                Look::Faint,
            );
        }
        if role.judged > 0 {
            let said = format!(
                "at {} here whose maker is known, the plain rule with a window of {} named somebody else {} \
                 (with 95 % confidence {} of such)",
                counted(role.judged, "creation", "creations"),
                self.calibration.rule_window,
                match role.blamed {
                    1 => "once".to_owned(),
                    blamed => format!("{} times", grouped(blamed)),
                },
                between(role.interval)
            );
            self.lines.wrapped("    ", "    ", &said, Look::Faint);
        }
    }

    fn title(&mut self, words: &str) {
        self.lines.blank();
        self.lines.wrapped("", "", words, Look::Strong);
    }

    fn faint(&mut self, words: &str) {
        self.lines.wrapped("  ", "  ", words, Look::Faint);
    }
}

fn lag_row(kind: &KindLags) -> String {
    let caught: String = WINDOWS_SECONDS
        .iter()
        .map(|seconds| cell(&grouped(kind.caught(Duration::from_seconds(*seconds)))))
        .collect();
    let quantile = |thousandths| kind.quantile(thousandths).map_or("-".to_owned(), |lag| lag.to_string());
    format!(
        "  {:NAME$}{:>9}{caught}{}{}{}",
        kind.kind.slug(),
        grouped(kind.lags.len() as u64),
        cell(&quantile(500)),
        cell(&quantile(950)),
        cell(&quantile(1000))
    )
}

fn between((low, high): (f64, f64)) -> String {
    match low {
        0.0 => format!("at most {}", percent(high)),
        _ => format!("{} to {}", percent(low), percent(high)),
    }
}

fn cell(text: &str) -> String {
    format!("{text:>CELL$}")
}

/// `5 s`, `1 min`.
fn span(seconds: i64) -> String {
    if seconds % 60 == 0 { format!("{} min", seconds / 60) } else { format!("{seconds} s") }
}

#[cfg(test)]
mod tests {
    use super::super::buckets::tests::site;
    use super::*;

    #[test]
    fn what_is_told_fits_the_page_and_says_of_how_many() {
        let mut out = Vec::new();
        write(&site(), &Page::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.width() <= Page::WIDTH_MAX), "{text}");
        for part in [
            "No window is recommended: too few creations to say: 3 creators",
            "7 creations, of which 4 can be measured",
            "No window catches powershell",
            "at 5 creations here whose maker is known",
        ] {
            assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(part), "{part}\n{text}");
        }
    }
}
