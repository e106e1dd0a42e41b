//! Hashes of objects: `source` over an object as its bundle has it, `canonical` over what it says.

use std::fmt::{self, Write};

use sha2::{Digest as _, Sha256};

use crate::json::{Json, canonical, compact};

/// A SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Digest> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (at, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Digest(digest))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// The two hashes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashes {
    /// Of the compact JSON, keys in the order of the bundle, UTF-8 unescaped.
    pub source: Digest,
    /// Of its canonical form (RFC 8785): the same for the same content, in whatever order it was written.
    pub canonical: Digest,
}

impl Hashes {
    /// Of an object.
    pub fn of(object: &Json<'_>) -> Hashes {
        Hashes { source: source(object), canonical: Digest::of(canonical(object).as_bytes()) }
    }
}

/// The hash called `source`.
pub(crate) fn source(object: &Json<'_>) -> Digest {
    Digest::of(compact(object).as_bytes())
}

/// A hash that is taken over what passes by.
pub(crate) struct Passing<R> {
    input: R,
    hasher: Sha256,
    /// Bytes so far.
    pub(crate) count: u64,
    /// Most bytes that may pass.
    max: u64,
}

impl<R: std::io::Read> Passing<R> {
    pub(crate) fn new(input: R, max: u64) -> Passing<R> {
        Passing { input, hasher: Sha256::new(), count: 0, max }
    }

    /// Of all that passed by.
    pub(crate) fn digest(self) -> Digest {
        Digest(self.hasher.finalize().into())
    }
}

impl<R: std::io::Read> std::io::Read for Passing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.count += count as u64;
        if self.count > self.max {
            let told = format!("it unpacks to more than {} MiB", self.max >> 20);
            return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, told));
        }
        Ok(count)
    }
}

/// A digest as text, or that there is none.
pub fn short(digest: &Digest) -> String {
    let mut text = String::new();
    for byte in &digest.0[..8] {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_written_and_read() {
        let digest = Digest::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(Digest::parse(text), Some(digest));
        assert_eq!(short(&digest), "ba7816bf8f01cfea");
        assert_eq!(
            [Digest::parse(""), Digest::parse(&"x".repeat(64)), Digest::parse(&"é".repeat(32))],
            [None; 3]
        );
    }
}
