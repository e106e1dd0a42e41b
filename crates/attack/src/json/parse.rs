//! Bytes that are in memory to a tree that borrows from them.

use std::borrow::Cow;

use super::{DEPTH_MAX, Fault, FaultAt, Json};

/// Up to so many keys each is compared with each; beyond, they are sorted first.
const KEYS_COMPARED: usize = 16;

/// Reads one value, with nothing but blanks around it.
pub fn parse(bytes: &[u8]) -> Result<Json<'_>, FaultAt> {
    let text =
        str::from_utf8(bytes).map_err(|error| FaultAt { fault: Fault::NotText, at: error.valid_up_to() })?;
    let mut parser = Parser { text, at: 0 };
    parser.skip_blanks();
    let value = parser.value(0)?;
    parser.skip_blanks();
    if parser.at < text.len() { Err(parser.fault(Fault::Trailing)) } else { Ok(value) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn fault(&self, fault: Fault) -> FaultAt {
        FaultAt { fault, at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What is wrong where something else was wanted.
    fn unexpected(&self) -> FaultAt {
        self.fault(if self.peek().is_none() { Fault::Ends } else { Fault::Unexpected })
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Result<(), FaultAt> {
        if self.peek() != Some(byte) {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Json<'a>, FaultAt> {
        match self.peek() {
            Some(b'{' | b'[') if depth == DEPTH_MAX => Err(self.fault(Fault::TooDeep)),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, FaultAt> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        if word.starts_with(rest) {
            self.at = self.text.len();
        }
        Err(self.unexpected())
    }

    fn list(&mut self, depth: usize) -> Result<Json<'a>, FaultAt> {
        let mut items = Vec::new();
        self.each(b']', |parser| {
            items.push(parser.value(depth)?);
            Ok(())
        })?;
        Ok(Json::List(items))
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, FaultAt> {
        let begin = self.at;
        let mut pairs: Vec<(Cow<'a, str>, Json<'a>)> = Vec::new();
        self.each(b'}', |parser| {
            let key = parser.string()?;
            parser.skip_blanks();
            parser.take(b':')?;
            parser.skip_blanks();
            pairs.push((key, parser.value(depth)?));
            Ok(())
        })?;
        if has_key_twice(&pairs) {
            return Err(FaultAt { fault: Fault::KeyTwice, at: begin });
        }
        Ok(Json::Object(pairs))
    }

    /// What stands between an opening bracket and its end, separated by commas.
    fn each(
        &mut self,
        end: u8,
        mut item: impl FnMut(&mut Parser<'a>) -> Result<(), FaultAt>,
    ) -> Result<(), FaultAt> {
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(end) {
            self.at += 1;
            return Ok(());
        }
        loop {
            item(self)?;
            self.skip_blanks();
            if self.peek() == Some(end) {
                self.at += 1;
                return Ok(());
            }
            self.take(b',')?;
            self.skip_blanks();
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, FaultAt> {
        self.take(b'"')?;
        let mut unescaped: Option<String> = None;
        loop {
            let plain =
                self.text.as_bytes()[self.at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '));
            let Some(length) = plain else {
                self.at = self.text.len();
                return Err(self.fault(Fault::Ends));
            };
            let piece = &self.text[self.at..self.at + length];
            self.at += length;
            match (self.peek(), &mut unescaped) {
                (Some(b'"'), unescaped) => {
                    self.at += 1;
                    return Ok(match unescaped.take() {
                        Some(text) => Cow::Owned(text + piece),
                        None => Cow::Borrowed(piece),
                    });
                }
                (Some(b'\\'), unescaped) => {
                    let character = self.escape()?;
                    let text = unescaped.get_or_insert_default();
                    text.push_str(piece);
                    text.push(character);
                }
                _ => return Err(self.fault(Fault::Unexpected)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, FaultAt> {
        let begin = FaultAt { fault: Fault::Escape, at: self.at };
        self.at += 2;
        let plain = match self.text.as_bytes().get(self.at - 1) {
            Some(sign @ (b'"' | b'\\' | b'/')) => char::from(*sign),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.unit().ok_or(begin)?;
                let units = if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    [first, self.unit().ok_or(begin)?].to_vec()
                } else {
                    vec![first]
                };
                let mut characters = char::decode_utf16(units);
                return match (characters.next(), characters.next()) {
                    (Some(Ok(character)), None) => Ok(character),
                    _ => Err(begin),
                };
            }
            Some(_) => return Err(begin),
            None => return Err(FaultAt { fault: Fault::Ends, at: self.text.len() }),
        };
        Ok(plain)
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
        self.at += 4;
        u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    }

    fn digits(&mut self) -> Result<(), FaultAt> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected());
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Json<'a>, FaultAt> {
        let begin = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = &self.text[begin..self.at];
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Json::Number(text)),
            _ => Err(FaultAt { fault: Fault::NumberTooLarge, at: begin }),
        }
    }
}

fn has_key_twice(pairs: &[(Cow<'_, str>, Json<'_>)]) -> bool {
    if pairs.len() <= KEYS_COMPARED {
        return (1..pairs.len()).any(|at| pairs[..at].iter().any(|(key, _)| *key == pairs[at].0));
    }
    let mut keys: Vec<&str> = pairs.iter().map(|(key, _)| &**key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_stand() {
        let read = parse(br#" {"b": [1.50, -0, 1E+2], "a": "x\u20ac\n\ud83d\ude00/", "": null} "#).unwrap();
        let Json::Object(pairs) = &read else { panic!("{read:?}") };
        assert_eq!(pairs.iter().map(|(key, _)| &**key).collect::<Vec<_>>(), ["b", "a", ""]);
        let numbers = ["1.50", "-0", "1E+2"].map(Json::Number).to_vec();
        assert_eq!(read.get("b"), Some(&Json::List(numbers)));
        assert_eq!(read.get("a"), Some(&Json::Text("x€\n😀/".into())));
    }

    #[test]
    fn each_fault_is_told_with_its_place() {
        let deep = "[".repeat(DEPTH_MAX + 1);
        let many = (0..40).map(|at| format!("\"{}\":0", at % 39)).collect::<Vec<_>>().join(",");
        let many = format!("{{{many}}}");
        for (text, fault, at) in [
            ("", Fault::Ends, 0),
            ("[1,", Fault::Ends, 3),
            ("\"abc", Fault::Ends, 4),
            ("tru", Fault::Ends, 3),
            ("[1 2]", Fault::Unexpected, 3),
            ("{\"a\":1,}", Fault::Unexpected, 7),
            ("[01]", Fault::Unexpected, 2),
            ("\"a\nb\"", Fault::Unexpected, 2),
            ("\"\\ud800\"", Fault::Escape, 1),
            ("\"\\ud800\\u0041\"", Fault::Escape, 1),
            ("\"\\x\"", Fault::Escape, 1),
            ("{\"a\":1,\"a\":2}", Fault::KeyTwice, 0),
            (&many, Fault::KeyTwice, 0),
            ("1e999", Fault::NumberTooLarge, 0),
            ("{} {}", Fault::Trailing, 3),
            (&deep, Fault::TooDeep, DEPTH_MAX),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(FaultAt { fault, at }), "{text}");
        }
        assert_eq!(parse(b"\"\xff\""), Err(FaultAt { fault: Fault::NotText, at: 1 }));
    }
}
