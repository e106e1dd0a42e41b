//! A quick look at a text, without copying it: whether reading it could find anything at all.
//!
//! Asked of every process of a host; ordinary lines end here.

/// What one question looks for, at most 32 words of at most eight letters each, lower case.
pub(super) struct Glance<const WORDS: usize> {
    signs: [Sign; WORDS],
    /// By each letter the signs that end with it, a bit for each: most letters end none.
    ending: [u32; 256],
}

/// A word as the last letters of a text are compared with it.
#[derive(Clone, Copy)]
struct Sign {
    letters: u64,
    mask: u64,
    bits: u32,
}

impl<const WORDS: usize> Glance<WORDS> {
    /// Looks for these words.
    pub(super) const fn new(words: [&str; WORDS]) -> Glance<WORDS> {
        assert!(WORDS <= u32::BITS as usize, "each sign has its bit");
        let mut signs = [Sign { letters: 0, mask: 0, bits: 0 }; WORDS];
        let mut ending = [0; 256];
        let mut index = 0;
        while index < WORDS {
            let bytes = words[index].as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                signs[index].letters = signs[index].letters << 8 | bytes[at] as u64;
                signs[index].mask = signs[index].mask << 8 | 0xff;
                at += 1;
            }
            signs[index].bits = 8 * bytes.len() as u32;
            ending[bytes[bytes.len() - 1] as usize] |= 1 << index;
            index += 1;
        }
        Glance { signs, ending }
    }

    /// One of the words stands there, however it is quoted, escaped, joined or spaced; `C:\Users` and
    /// `%userprofile%` are no `user`. Or there is an encoded script, which tells nothing before it is decoded.
    pub(super) fn sees(&self, text: &str) -> bool {
        let mut recent: u64 = 0;
        // Two bytes back, blanks counted: `-e` and `/e` begin a switch only after a blank.
        let mut after_blank = true;
        let mut switch = false;
        for byte in text.bytes() {
            let byte = byte.to_ascii_lowercase();
            match byte {
                b'^' | b'`' | b'"' | b'\'' | b'+' | b'(' | b')' => continue,
                b' ' | b'\t' | b'\r' | b'\n' => {
                    (after_blank, switch) = (true, false);
                    // What follows is no part of a path or of a variable.
                    if matches!(recent as u8, b'\\' | b'%') {
                        recent <<= 8;
                    }
                    continue;
                }
                b'e' if switch => return true,
                // The dashes of typography end in these bytes.
                b'-' | b'/' | 0xe2 | 0x80 | 0x93..=0x95 => switch = after_blank,
                _ => (after_blank, switch) = (false, false),
            }
            recent = recent << 8 | u64::from(byte);
            let mut ending = self.ending[usize::from(byte)];
            while ending != 0 {
                let sign = self.signs[ending.trailing_zeros() as usize];
                ending &= ending - 1;
                if recent & sign.mask == sign.letters {
                    let before = recent.checked_shr(sign.bits).unwrap_or_default() & 0xff;
                    if !matches!(before as u8, b'\\' | b'%') {
                        return true;
                    }
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLANCE: Glance<2> = Glance::new(["user", "winmgmts"]);

    #[test]
    fn words_are_seen_however_they_are_written() {
        for seen in [
            "net user",
            "net U^sEr",
            "'us' + \"er\"",
            "New-Local`User",
            "x winmgmts:",
            "x -enc AAAA",
            "/e AAAA",
            "call %a% user",
            r"dir C:\ user",
            "x \u{2013}ec A",
        ] {
            assert!(GLANCE.sees(seen), "{seen}");
        }
        for not in [r"C:\Users\x", "%USERPROFILE%", "x foo-exe", "x a/e", "us-er", "", "winmgmt"] {
            assert!(!GLANCE.sees(not), "{not}");
        }
    }
}
