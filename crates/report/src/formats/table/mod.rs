//! One block a case or wave of cases, for a person's eye: who created which account where, how sure that is, what is
//! not known. After the cases, what else is worth a look.

mod block;
mod case;
mod counts;
mod findings;
pub(crate) mod tree;
mod wave;

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::formats::table::block::Block;
use crate::formats::wave::waves;
use crate::view::Found;
use crate::words::page::{Lines, Look, Page};

pub(crate) fn write(found: &Found<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    if let Some(said) = counts::said(found) {
        let mut first_line = Lines::new(page);
        first_line.wrapped("", "", &said, Look::Strong);
        first_line.blank();
        first_line.write_to(out)?;
    }
    let waves = waves(found);
    let mut told_waves = BTreeSet::new();
    let mut blank_before = false;
    for case in found.cases() {
        let mut block = Block::new(page);
        if blank_before {
            block.lines.blank();
        }
        // A wave of which the filters left one case is told as that case.
        match case.wave.and_then(|id| waves.get(id)).filter(|wave| wave.cases > 1) {
            Some(wave) if told_waves.insert(wave.id) => block.wave(wave),
            Some(_) => continue,
            None => block.case(&case),
        }
        blank_before = true;
        block.lines.write_to(out)?;
    }
    findings::write(found, blank_before, page, out)
}
