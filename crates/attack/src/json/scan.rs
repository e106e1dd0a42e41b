//! A file that is not in memory, value by value: what is kept is one value at a time, and no longer than allowed.

use std::io::{self, ErrorKind, Read};

use super::{DEPTH_MAX, Fault};

const BUFFER_BYTES: usize = 1 << 16;

/// Reads on through a stream, and knows at which byte it stands.
pub(crate) struct Scanner<R> {
    input: R,
    buffer: Box<[u8]>,
    next: usize,
    end: usize,
    before: u64,
    kept: Option<Kept>,
}

/// All that was passed over, in case it is wanted as a whole.
struct Kept {
    bytes: Vec<u8>,
    /// From where on the buffer is not in it yet.
    from: usize,
    bytes_max: usize,
}

/// Why it cannot go on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The bytes are no JSON.
    Fault(Fault),
    /// They cannot be read.
    Read(io::Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

impl<R: Read> Scanner<R> {
    pub(crate) fn new(input: R) -> Scanner<R> {
        Scanner { input, buffer: vec![0; BUFFER_BYTES].into(), next: 0, end: 0, before: 0, kept: None }
    }

    /// The byte at which it stands, from the beginning.
    pub(crate) fn at(&self) -> u64 {
        self.before + self.next as u64
    }

    /// What it reads from.
    pub(crate) fn into_input(self) -> R {
        self.input
    }

    /// From here on all that is passed over is kept, up to so many bytes.
    pub(crate) fn keep(&mut self, bytes_max: usize) {
        self.kept = Some(Kept { bytes: Vec::new(), from: self.next, bytes_max });
    }

    /// It is not wanted after all.
    pub(crate) fn forget(&mut self) {
        self.kept = None;
    }

    /// All that was passed over since `keep`; none where that is more than was allowed.
    pub(crate) fn kept(&mut self) -> Option<Vec<u8>> {
        self.keep_buffered(self.next);
        self.kept.take().map(|kept| kept.bytes)
    }

    fn keep_buffered(&mut self, end: usize) {
        let Some(kept) = &mut self.kept else { return };
        if kept.bytes.len() + (end - kept.from) > kept.bytes_max {
            self.kept = None;
            return;
        }
        kept.bytes.extend_from_slice(&self.buffer[kept.from..end]);
        kept.from = 0;
    }

    /// Whether there is more; afterwards the buffer holds at least a byte where there is.
    fn fill(&mut self) -> Result<bool, Stop> {
        while self.next == self.end {
            self.keep_buffered(self.end);
            self.before += self.end as u64;
            (self.next, self.end) = (0, 0);
            match self.input.read(&mut self.buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => self.end = count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::Read(error)),
            }
        }
        Ok(true)
    }

    /// The next byte, which stays.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, Stop> {
        Ok(if self.fill()? { Some(self.buffer[self.next]) } else { None })
    }

    /// The next byte that is no blank, which stays.
    pub(crate) fn peek_sign(&mut self) -> Result<Option<u8>, Stop> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.next += 1,
                sign => return Ok(sign),
            }
        }
    }

    /// Passes over a byte order mark where one stands.
    pub(crate) fn skip_byte_order_mark(&mut self) -> Result<(), Stop> {
        for byte in *b"\xef\xbb\xbf" {
            if self.peek()? != Some(byte) {
                return Ok(());
            }
            self.next += 1;
        }
        Ok(())
    }

    /// Passes over this sign, blanks before it too; anything else is a fault.
    pub(crate) fn take(&mut self, sign: u8) -> Result<(), Stop> {
        match self.peek_sign()? {
            Some(found) if found == sign => {
                self.next += 1;
                Ok(())
            }
            Some(_) => Err(Fault::Unexpected.into()),
            None => Err(Fault::Ends.into()),
        }
    }

    /// Copies the next value as it stands, without the blanks around it. That what is between its brackets is JSON is
    /// for the parser to say.
    pub(crate) fn value(&mut self, out: &mut Vec<u8>, bytes_max: usize) -> Result<(), Stop> {
        out.clear();
        let first = self.peek_sign()?.ok_or(Fault::Ends)?;
        let is_plain = !matches!(first, b'{' | b'[' | b'"');
        let mut state = State::default();
        loop {
            if !self.fill()? {
                return if is_plain && !out.is_empty() { Ok(()) } else { Err(Fault::Ends.into()) };
            }
            let buffered = &self.buffer[self.next..self.end];
            let (length, is_end) = match is_plain {
                true => plain_length(buffered),
                false => match state.length(buffered) {
                    Ok(length) => length,
                    Err((fault, at)) => {
                        self.next += at;
                        return Err(fault.into());
                    }
                },
            };
            if out.len() + length > bytes_max {
                return Err(Fault::TooLong(bytes_max).into());
            }
            out.extend_from_slice(&buffered[..length]);
            self.next += length;
            if is_end {
                return if out.is_empty() { Err(Fault::Unexpected.into()) } else { Ok(()) };
            }
        }
    }
}

/// Bytes of a number or word up to what ends it.
fn plain_length(buffered: &[u8]) -> (usize, bool) {
    let end = buffered.iter().position(|byte| matches!(byte, b',' | b']' | b'}' | b':' | ..=b' '));
    (end.unwrap_or(buffered.len()), end.is_some())
}

/// Where a value with brackets or quotes stands.
#[derive(Default)]
struct State {
    /// Brackets that are open, `{` as 1.
    open: Vec<bool>,
    in_text: bool,
    after_backslash: bool,
}

impl State {
    /// How many of these bytes belong to the value, and whether it ends with them; or what is wrong, and where.
    fn length(&mut self, buffered: &[u8]) -> Result<(usize, bool), (Fault, usize)> {
        for (at, byte) in buffered.iter().enumerate() {
            if self.in_text {
                match byte {
                    _ if self.after_backslash => self.after_backslash = false,
                    b'\\' => self.after_backslash = true,
                    b'"' => {
                        self.in_text = false;
                        if self.open.is_empty() {
                            return Ok((at + 1, true));
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' if self.open.len() == DEPTH_MAX => return Err((Fault::TooDeep, at)),
                b'{' | b'[' => self.open.push(*byte == b'{'),
                b'}' | b']' => {
                    if self.open.pop() != Some(*byte == b'}') {
                        return Err((Fault::Unexpected, at));
                    }
                    if self.open.is_empty() {
                        return Ok((at + 1, true));
                    }
                }
                _ => {}
            }
        }
        Ok((buffered.len(), false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that hands over a byte at a time: what a buffer holds must not matter.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn a_value_is_copied_as_it_stands_and_the_place_is_known() {
        let text = br#" { "a\"]" : [1, "}"] } , 12.50 ,"x"  "#;
        let mut scanner = Scanner::new(Drip(text));
        let mut value = Vec::new();
        scanner.value(&mut value, 100).unwrap();
        assert_eq!(value, br#"{ "a\"]" : [1, "}"] }"#);
        assert_eq!(scanner.at(), 22);
        scanner.take(b',').unwrap();
        scanner.value(&mut value, 100).unwrap();
        assert_eq!(value, b"12.50");
        scanner.take(b',').unwrap();
        scanner.value(&mut value, 3).unwrap();
        assert_eq!(value, b"\"x\"");
        assert_eq!(scanner.peek_sign().unwrap(), None);
    }

    #[test]
    fn bounds_hold() {
        let stop = |text: &str, bytes_max| {
            let mut value = Vec::new();
            match Scanner::new(text.as_bytes()).value(&mut value, bytes_max) {
                Err(Stop::Fault(fault)) => Some(fault),
                _ => None,
            }
        };
        assert_eq!(stop(&"[".repeat(DEPTH_MAX + 1), 1000), Some(Fault::TooDeep));
        assert_eq!(stop(&format!("\"{}\"", "x".repeat(1000)), 1000), Some(Fault::TooLong(1000)));
        assert_eq!(stop("[1}", 1000), Some(Fault::Unexpected));
        assert_eq!(stop("[1", 1000), Some(Fault::Ends));
        assert_eq!(stop(",", 1000), Some(Fault::Unexpected));
    }
}
