//! What is asked of a long command line for every creation, read from it once: a line may be 32,000 characters long, a
//! host may start thousands of such, and each creation asks each of them whether it names its account.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::commands::given::{
    ends_with_its_command, hands_a_command_on, names_a_script, runs_a_looking_script, waits_for_password,
};
use crate::commands::line::tokens;

/// Shorter lines are read anew for each question.
const LONG_BYTES: usize = 512;
/// Bits for each word of a line, and how many of them each sets: one word in twenty is held for another.
const BITS_A_WORD: usize = 8;
const BITS_SET: u32 = 2;

/// The answers of one long line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LongLine {
    words: Words,
    /// PowerShell was given a command, and ends with it.
    pub(crate) ends_with_its_command: bool,
    /// It runs a script, whose text is not told here.
    pub(crate) names_a_script: bool,
    /// By its name that script only looks.
    pub(crate) runs_a_looking_script: bool,
    /// It holds a command of another program's.
    pub(crate) hands_a_command_on: bool,
    /// `net` asks for the password.
    pub(crate) waits_for_password: bool,
}

impl LongLine {
    /// `None` of a line that is not long.
    pub(crate) fn of(line: &str) -> Option<LongLine> {
        (line.len() > LONG_BYTES).then(|| LongLine {
            words: Words::of(line),
            ends_with_its_command: ends_with_its_command(line),
            names_a_script: names_a_script(line),
            runs_a_looking_script: runs_a_looking_script(line),
            hands_a_command_on: hands_a_command_on(line),
            waits_for_password: waits_for_password(line),
        })
    }

    /// Whether an account's name, or that without its dollar, may stand in it as an argument; where it does, the line has
    /// to be read.
    pub(crate) fn may_name(&self, account: &str) -> bool {
        let name = account.to_lowercase();
        self.words.may_hold(&name) || self.words.may_hold(name.trim_end_matches('$'))
    }
}

/// Which words a line holds, and a few that it does not: a Bloom filter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    bits: Box<[u64]>,
}

impl Words {
    fn of(line: &str) -> Words {
        let words = tokens(line);
        let mut bits = vec![0_u64; (words.len() * BITS_A_WORD).div_ceil(64).max(1)];
        for word in &words {
            for place in places(&word.lower(), bits.len()) {
                bits[place / 64] |= 1 << (place % 64);
            }
        }
        Words { bits: bits.into() }
    }

    fn may_hold(&self, word: &str) -> bool {
        places(word, self.bits.len()).all(|place| self.bits[place / 64] >> (place % 64) & 1 == 1)
    }
}

fn places(word: &str, cells: usize) -> impl Iterator<Item = usize> {
    let hash = FixedState::default().hash_one(word);
    (0..BITS_SET).map(move |index| (hash >> (32 * index)) as u32 as usize % (cells * 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::intent::names_account::{Dollar, names_account};

    /// Words that stand in no name, and at the end one that does.
    fn line(name: &str) -> String {
        let words: Vec<String> = (0..1000).map(|number| format!("word{number}")).collect();
        format!("tool.exe {} {name}", words.join(" "))
    }

    #[test]
    fn every_name_that_a_line_holds_is_found_in_it() {
        for (written, account) in [
            ("bob", "bob"),
            ("BOB", "bob"),
            ("b^ob", "bob"),
            ("\"bob\"", "bob"),
            ("(bob)", "bob"),
            ("bob$", "bob$"),
            ("bob", "bob$"),
            ("\u{212a}im", "kim"),
            ("o'neil", "o'neil"),
        ] {
            let line = line(written);
            assert!(names_account(&line, account, Dollar::MayLack), "{written}");
            assert!(LongLine::of(&line).unwrap().may_name(account), "{written}");
        }
    }

    #[test]
    fn of_five_hundred_names_a_line_is_read_for_few() {
        let long = LongLine::of(&line("bob")).unwrap();
        let read = (0..500).filter(|number| long.may_name(&format!("account{number}"))).count();
        assert!(read <= 75, "{read} of 500");
    }

    #[test]
    fn a_short_line_is_read_for_each() {
        assert_eq!(LongLine::of("net user bob /add"), None);
    }
}
