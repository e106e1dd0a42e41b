//! A window that slides over a stream of text: UTF-8 comes through as it is, UTF-16 is turned into it.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

/// Bytes asked of the stream at once.
const READ_BYTES: usize = 1 << 20;

/// How a text's first bytes say it is encoded, and how many of them say only that.
pub(crate) fn encoding_of(first: &[u8]) -> (Option<&'static encoding_rs::Encoding>, usize) {
    match first {
        [0xef, 0xbb, 0xbf, ..] => (None, 3),
        [0xff, 0xfe, ..] => (Some(UTF_16LE), 2),
        [0xfe, 0xff, ..] => (Some(UTF_16BE), 2),
        // Without a mark: every other byte of what begins JSON or XML is zero.
        [b'{' | b'[' | b'<' | b'\r' | b'\n' | b' ', 0, ..] => (Some(UTF_16LE), 0),
        [0, b'{' | b'[' | b'<' | b'\r' | b'\n' | b' ', ..] => (Some(UTF_16BE), 0),
        // The same of a text or a table, which begins with a word.
        [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => (Some(UTF_16LE), 0),
        [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => (Some(UTF_16BE), 0),
        _ => (None, 0),
    }
}

/// The bytes between what was read and what was made use of.
pub(crate) struct Window<R> {
    reader: R,
    decoder: Option<Decoder>,
    /// Bytes as read, before decoding; only used where there is a decoder.
    raw: Vec<u8>,
    text: Vec<u8>,
    start: usize,
    /// Offset of `text[start]` in the source, for UTF-16 in the text decoded from it.
    offset: u64,
    at_beginning: bool,
    ended: bool,
    /// What ended the stream early; told once all before it was seen.
    error: Option<io::Error>,
    replaced: bool,
}

impl<R: Read> Window<R> {
    /// `offset` is where in its source the reader begins.
    pub(crate) fn new(reader: R, offset: u64) -> Window<R> {
        Window {
            reader,
            decoder: None,
            raw: Vec::new(),
            text: Vec::new(),
            start: 0,
            offset,
            at_beginning: offset == 0,
            ended: false,
            error: None,
            replaced: false,
        }
    }

    /// What is in view.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }

    /// Offset of the first byte in view.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether nothing follows what is in view.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether bytes that are no text were replaced since the last time this was asked.
    pub(crate) fn take_replaced(&mut self) -> bool {
        std::mem::take(&mut self.replaced)
    }

    /// Leaves `length` bytes behind.
    pub(crate) fn consume(&mut self, length: usize) {
        self.start += length;
        self.offset += length as u64;
    }

    /// Brings more into view, where there is more. After an error what came before it is still in view.
    pub(crate) fn fill(&mut self) -> io::Result<()> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.text.drain(..self.start);
        self.start = 0;
        let input = if self.decoder.is_some() { &mut self.raw } else { &mut self.text };
        let (more, error) = append_all(&mut self.reader, input);
        self.error = error;
        self.ended = !more && self.error.is_none();
        if std::mem::take(&mut self.at_beginning) {
            self.begin();
        }
        self.decode();
        Ok(())
    }

    fn begin(&mut self) {
        let (encoding, mark_length) = encoding_of(&self.text);
        self.consume(mark_length);
        if let Some(encoding) = encoding {
            self.decoder = Some(encoding.new_decoder_without_bom_handling());
            self.raw = self.text.split_off(self.start);
        }
    }

    /// Moves `raw` to `text`; a code unit that is cut in two waits inside the decoder.
    fn decode(&mut self) {
        let Some(decoder) = &mut self.decoder else { return };
        let mut consumed = 0;
        loop {
            let filled = self.text.len();
            self.text.resize(filled + READ_BYTES, 0);
            let input = &self.raw[consumed..];
            let (result, read, written, replaced) =
                decoder.decode_to_utf8(input, &mut self.text[filled..], self.ended);
            self.text.truncate(filled + written);
            consumed += read;
            self.replaced |= replaced;
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        self.raw.clear();
    }
}

/// Appends `READ_BYTES`, or what is left of the stream: how a stream comes in pieces must not be seen later.
///
/// Answers whether more may follow, and the error that ended it early.
fn append_all(reader: &mut impl Read, buffer: &mut Vec<u8>) -> (bool, Option<io::Error>) {
    let before = buffer.len();
    let outcome = reader.take(READ_BYTES as u64).read_to_end(buffer);
    (buffer.len() - before == READ_BYTES, outcome.err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str) {
        /// Gives one byte at a time, as a slow pipe does.
        struct Drip<'a>(&'a [u8]);
        impl Read for Drip<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let length = self.0.len().min(1);
                self.0.read(&mut buffer[..length])
            }
        }
        let mut window = Window::new(Drip(bytes), 0);
        while !window.ended() {
            window.fill().unwrap();
        }
        assert_eq!(std::str::from_utf8(window.bytes()).unwrap(), text);
    }

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn every_encoding_that_windows_writes_becomes_the_same_text() {
        let text = "{\"ä€𐍈\":1}\r\n";
        check(text.as_bytes(), text);
        check(format!("\u{feff}{text}").as_bytes(), text);
        for order in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            check(&utf16(text, order), text);
            check(&utf16(&format!("\u{feff}{text}"), order), text);
        }
        check(b"", "");
        check(b"{", "{");
        check(&[0xff, 0xfe], "");
    }

    #[test]
    fn half_a_character_at_the_end_is_told() {
        let mut bytes = utf16("{}", u16::to_le_bytes);
        bytes.push(b'x');
        let mut window = Window::new(&bytes[..], 0);
        while !window.ended() {
            window.fill().unwrap();
        }
        assert_eq!(window.bytes(), "{}\u{fffd}".as_bytes());
        assert!(window.take_replaced());
        assert!(!window.take_replaced());
    }
}
