//! A block of labelled rows, the frame of everything in the table.

use unicode_width::UnicodeWidthStr;

use crate::view::{ActorView, EventView, Severity, Timestamp};
use crate::words::page::{Lines, Look, Page};
use crate::words::wording::{self, grouped};

/// Columns of the labels, margin and gap included.
const LABEL_COLUMNS: usize = 15;
/// Blind spots shown.
pub(super) const BLIND_SPOTS_MAX: usize = 6;

pub(super) struct Block<'page> {
    pub(super) lines: Lines<'page>,
    pub(super) page: &'page Page,
}

impl<'page> Block<'page> {
    pub(super) fn new(page: &'page Page) -> Self {
        Block { lines: Lines::new(page), page }
    }

    /// Severity and title to the left; time to the right, or beneath where it does not fit.
    pub(super) fn headline(&mut self, severity: Severity, title: &str, at: impl Into<Option<Timestamp>>) {
        let level = format!(" {} ", severity.slug().to_uppercase());
        let time = at.into().map_or_else(|| "at an unknown time".to_owned(), |at| self.page.time(at));
        let used = level.width() + 1 + title.width() + 2 + time.width();
        if used <= self.page.width {
            let gap = " ".repeat(self.page.width - used + 2);
            self.lines.stretches(&[
                (&level, Look::Level(severity)),
                (" ", Look::Strong),
                (title, Look::Strong),
                (&gap, Look::Plain),
                (&time, Look::Plain),
            ]);
        } else {
            self.lines.stretches(&[
                (&level, Look::Level(severity)),
                (" ", Look::Plain),
                (&time, Look::Plain),
            ]);
            self.lines.wrapped(" ", " ", title, Look::Strong);
        }
    }

    pub(super) fn rule(&mut self) {
        self.lines.stretches(&[(&"─".repeat(self.page.width), Look::Faint)]);
    }

    pub(super) fn branch(&mut self, depth: usize, text: &str, look: Look) {
        let margin = " ".repeat(LABEL_COLUMNS + 2 * depth.saturating_sub(1));
        if depth == 0 {
            self.lines.wrapped(&margin, &margin, text, look);
        } else {
            self.lines.wrapped(&format!("{margin}└ "), &format!("{margin}  "), text, look);
        }
    }

    /// A session: whose, of what kind, from where, and by what route it led here.
    pub(super) fn actor(&mut self, label: &str, actor: &ActorView<'_>, via: Option<&str>) {
        let mut facts = vec![wording::actor_account(actor)];
        if let Some(logon_id) = actor.logon_id {
            facts.push(format!("session {logon_id}"));
        }
        if let Some(logon_type) = actor.logon_type {
            facts.push(wording::logon_type_name(logon_type));
        }
        if let Some(source) = wording::source(actor) {
            facts.push(format!("from {source}"));
        }
        if let Some(via) = via {
            facts.push(format!("by way of {}", wording::via_in_short(via)));
        }
        self.row(label, &facts.join(" · "), Look::Plain);
    }

    /// Where its record is found again, for who asked for that.
    pub(super) fn record(&mut self, event: Option<&EventView<'_>>) {
        if let Some(event) = event.filter(|_| self.page.detail) {
            self.row("record", &wording::record_and_file(event), Look::Plain);
        }
    }

    pub(super) fn more(&mut self, count: usize, shown_max: usize) {
        if count > shown_max {
            self.row("", &format!("… {} more: see `begat explain`", count - shown_max), Look::Faint);
        }
    }

    pub(super) fn row(&mut self, label: &str, text: &str, look: Look) {
        let first = format!("  {label:<width$}", width = LABEL_COLUMNS - 2);
        self.lines.wrapped(&first, &" ".repeat(LABEL_COLUMNS), text, look);
    }
}

/// The first of a list, and how many more there are.
pub(super) fn bounded(entries: impl ExactSizeIterator<Item = String>, shown_max: usize) -> String {
    let more = entries.len().saturating_sub(shown_max);
    let shown = entries.take(shown_max).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {} more", grouped(more as u64)) } else { shown }
}
