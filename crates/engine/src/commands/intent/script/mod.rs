//! Reads a PowerShell script as far as it says literally what it does: its commands with their arguments and script
//! blocks, its method calls, and what it only defines.
//!
//! No interpreter: variables that were given a literal, a block or an object in the same text are followed, as are
//! splatted tables, joined literals and `-f`; whatever else a value comes from leaves it unknown, written as
//! PowerShell would write it (`$name`, `$()`). Comments say nothing. One walk over the text, and every table in it
//! has a bound.

mod assigned;
mod blocks;
mod calls;
mod commands;
mod reader;
mod strings;
mod tokens;
mod values;
mod words;

use std::collections::BTreeSet;

use crate::commands::intent::lexemes::{Kind, Lexeme, lexemes};
use crate::commands::intent::said::Script;
use crate::commands::intent::script::reader::Reader;
use crate::commands::intent::script::words::{counts, takes_in};
use crate::commands::intent::variables::VARIABLES_MAX;

/// What a script says, in its order.
pub(super) fn read(script: &str) -> Script {
    let lexemes = lexemes(script);
    let mut reader = Reader { several: given_several(&lexemes), ..Reader::default() };
    for lexeme in lexemes {
        reader.take(lexeme);
    }
    while reader.frames.len() > 1 {
        reader.close();
    }
    reader.end_command(false);
    let said = reader.bodies.pop().unwrap_or_default().said;
    for (name, value) in reader.variables.told() {
        if let Some(block) = reader.objects.block(value)
            && reader.script.functions.len() < VARIABLES_MAX
        {
            reader.script.functions.insert(format!("${name}"), block);
        }
    }
    Script { said, ..reader.script }
}

/// The variables that are given more than one value. What one of them holds in a block that is run later, or again, is
/// known to whoever follows the run, and not to whoever reads the block.
fn given_several(lexemes: &[Lexeme]) -> BTreeSet<String> {
    let mut once: BTreeSet<&str> = BTreeSet::new();
    let mut several = BTreeSet::new();
    for pair in lexemes.windows(2) {
        let Kind::Variable(name) = &pair[0].kind else { continue };
        let is_given = match &pair[1].kind {
            Kind::Assign { adds: false } => !once.insert(name.as_str()),
            Kind::Assign { adds: true } => true,
            Kind::Word(word) => word.eq_ignore_ascii_case("in") || counts(word) || takes_in(word),
            _ => false,
        };
        if is_given {
            several.insert(name.clone());
        }
    }
    several
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::intent::said::{ARGUMENTS_MAX, Said};

    fn words(script: &str) -> Vec<String> {
        let mut commands = read(script).said.into_iter().filter_map(|said| match said {
            Said::Command(command) => Some(command.words),
            _ => None,
        });
        commands.next_back().unwrap_or_default().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn of_what_goes_on_and_on_the_beginning_is_read() {
        let arguments: String = (0..2 * ARGUMENTS_MAX).map(|index| format!(" a{index}")).collect();
        assert_eq!(words(&format!("x{arguments}")).len(), ARGUMENTS_MAX);
        let entries: String = (0..2 * ARGUMENTS_MAX).map(|index| format!("k{index}=1;")).collect();
        assert_eq!(words(&format!("$p=@{{{entries}}}; x @p")).len(), ARGUMENTS_MAX);
        let members: String = (0..2 * ARGUMENTS_MAX).map(|index| format!("$p.k{index}=1;")).collect();
        assert_eq!(words(&format!("{members} x @p")).len(), ARGUMENTS_MAX);
        let variables: String = (0..=VARIABLES_MAX).map(|index| format!("$v{index}='y';")).collect();
        assert_eq!(
            words(&format!("{variables} x $v0 $v{VARIABLES_MAX}"))[1..],
            ["y", &format!("$v{VARIABLES_MAX}")]
        );
    }
}
