//! The tree of each case alone: who started whom, down to what made the account.

use std::io::{self, Write};

use begat_model::visible::{visible, visible_bounded};

use crate::formats::table::block::Block;
use crate::view::{CaseView, Found, ProcessView};
use crate::words::doubt;
use crate::words::page::{Look, Page};
use crate::words::wording::{self, COMMAND_LINE_CHARS_MAX};

/// Columns before the root.
const MARGIN: usize = 2;

/// Draws the tree of each case.
pub fn write_trees(found: &Found<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for (index, case) in found.cases().enumerate() {
        let mut block = Block::new(page);
        if index > 0 {
            block.lines.blank();
        }
        block.heading(&case);
        block.whole_tree(&case);
        block.lines.write_to(out)?;
    }
    Ok(())
}

impl Block<'_> {
    /// The session it was done from, the chain root first, and the account as the last leaf.
    fn whole_tree(&mut self, case: &CaseView<'_>) {
        let attribution = &case.attribution;
        let session = case.actor.logon_id.map_or(String::new(), |logon_id| format!(", session {logon_id}"));
        let source = wording::source(&case.actor).map_or(String::new(), |source| format!(", from {source}"));
        let actor = format!("{}{session}{source}", wording::actor_account(&case.actor));
        self.twig(0, &actor, Look::Plain);
        let processes = attribution.chain.iter().rev().chain(&attribution.creator);
        let depth = 1 + processes.clone().count();
        for (index, process) in processes.enumerate() {
            let look = if index + 2 == depth { Look::Strong } else { Look::Plain };
            let text = self.process(process);
            self.twig(index + 1, &text, look);
        }
        let account = wording::name_or_unknown(case.account.created_as.or(case.account.name));
        let sid = case.account.sid.map_or(String::new(), |sid| format!(" ({})", visible(sid)));
        let made = match attribution.creator {
            Some(_) => {
                let sure = wording::verdict_and_confidence(attribution.verdict, attribution.confidence);
                format!("{}made {account}{sid} · {sure}", doubt::before(attribution.verdict))
            }
            None => {
                let sure =
                    wording::sure(attribution.confidence).map_or(String::new(), |sure| format!(", {sure}"));
                format!("{account}{sid} · made by: {}{sure}", wording::maker(attribution.verdict))
            }
        };
        self.twig(depth, &made, Look::Strong);
    }

    fn process(&self, process: &ProcessView<'_>) -> String {
        let started = match process.started_at {
            Some(at) => self.page.time(at),
            None => "start not seen".to_owned(),
        };
        let named = wording::process(process);
        match process.command_line.or(process.image) {
            Some(text) => {
                format!("{named} · {started} · {}", visible_bounded(text, COMMAND_LINE_CHARS_MAX))
            }
            None => format!("{named} · {started}"),
        }
    }

    fn twig(&mut self, depth: usize, text: &str, look: Look) {
        let margin = " ".repeat(MARGIN + 2 * depth.saturating_sub(1));
        match depth {
            0 => self.lines.wrapped(&margin, &margin, text, look),
            _ => self.lines.wrapped(&format!("{margin}└ "), &format!("{margin}  "), text, look),
        }
    }
}
