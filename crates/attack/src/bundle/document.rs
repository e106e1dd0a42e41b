//! One file of STIX, object by object.

use std::io::Read;

use super::{OBJECT_BYTES_MAX, Place, Refusal};
use crate::hash::{Digest, Passing};
use crate::json::{Fault, Json, Scanner, Stop, parse};

/// Longest value of a bundle beside its objects.
const MEMBER_BYTES_MAX: usize = 1 << 16;

/// One object as it stands.
pub(crate) struct Raw<'a> {
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
    /// Where it begins.
    pub(crate) place: Place,
}

/// What a file was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document {
    /// A bundle; else one object by itself.
    pub(crate) is_bundle: bool,
    /// Of the whole file.
    pub(crate) digest: Digest,
}

/// Why nothing of a file can be taken, and where.
pub(crate) type WholeRefusal = (Place, Refusal);

/// Hands over every object. Those of a file that is refused at its end have been handed over already.
pub(crate) fn read_document(
    input: impl Read,
    bytes_max: u64,
    each: &mut dyn FnMut(Raw<'_>) -> Result<(), Refusal>,
) -> Result<Document, WholeRefusal> {
    let mut reader = Reader { scanner: Scanner::new(Passing::new(input, bytes_max)), object: None };
    match reader.document(each) {
        Ok(is_bundle) => Ok(Document { is_bundle, digest: reader.scanner.into_input().digest() }),
        Err(refusal) => Err((Place { object: reader.object, byte: reader.scanner.at() }, refusal)),
    }
}

struct Reader<R> {
    scanner: Scanner<Passing<R>>,
    /// Which object is being read.
    object: Option<u64>,
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Refusal {
        match stop {
            Stop::Fault(fault) => Refusal::Fault(fault),
            Stop::Read(error) => Refusal::Read(error.to_string()),
        }
    }
}

impl<R: Read> Reader<R> {
    /// Answers whether it is a bundle.
    fn document(&mut self, each: &mut dyn FnMut(Raw<'_>) -> Result<(), Refusal>) -> Result<bool, Refusal> {
        self.scanner.skip_byte_order_mark()?;
        match self.scanner.peek_sign()? {
            Some(b'{') => {}
            Some(_) => return Err(Refusal::NoStix),
            None => return Err(Fault::Ends.into()),
        }
        let begin = self.scanner.at();
        self.scanner.keep(OBJECT_BYTES_MAX);
        let members = self.members(each)?;
        let bare = self.scanner.kept();
        if self.scanner.peek_sign()?.is_some() {
            return Err(Fault::Trailing.into());
        }
        let says_bundle = members.type_word.as_deref() == Some("bundle");
        match (members.has_objects, says_bundle) {
            (true, true) | (false, true) => Ok(true),
            (true, false) => Err(Refusal::NoStix),
            (false, false) => {
                let bytes = bare.ok_or(Fault::TooLong(OBJECT_BYTES_MAX))?;
                each(Raw { bytes: &bytes, place: Place { object: None, byte: begin } })?;
                Ok(false)
            }
        }
    }

    fn members(&mut self, each: &mut dyn FnMut(Raw<'_>) -> Result<(), Refusal>) -> Result<Members, Refusal> {
        let mut members = Members::default();
        self.scanner.take(b'{')?;
        if self.scanner.peek_sign()? == Some(b'}') {
            self.scanner.take(b'}')?;
            return Ok(members);
        }
        let mut buffer = Vec::new();
        loop {
            if self.scanner.peek_sign()? != Some(b'"') {
                return Err(self.unexpected()?);
            }
            self.scanner.value(&mut buffer, MEMBER_BYTES_MAX)?;
            let key = match parse(&buffer).map_err(|at| at.fault)? {
                Json::Text(key) => key.into_owned(),
                _ => return Err(Fault::Unexpected.into()),
            };
            self.scanner.take(b':')?;
            match key.as_str() {
                "objects" if self.scanner.peek_sign()? == Some(b'[') => {
                    if members.has_objects {
                        return Err(Fault::KeyTwice.into());
                    }
                    members.has_objects = true;
                    self.scanner.forget();
                    self.objects(&mut buffer, each)?;
                }
                _ => {
                    let bytes_max = if members.has_objects { MEMBER_BYTES_MAX } else { OBJECT_BYTES_MAX };
                    self.scanner.value(&mut buffer, bytes_max)?;
                    let value = parse(&buffer).map_err(|at| at.fault)?;
                    if let ("type", Json::Text(word)) = (key.as_str(), value) {
                        members.type_word = Some(word.into_owned());
                    }
                }
            }
            if self.scanner.peek_sign()? == Some(b'}') {
                self.scanner.take(b'}')?;
                return Ok(members);
            }
            self.scanner.take(b',')?;
        }
    }

    fn objects(
        &mut self,
        buffer: &mut Vec<u8>,
        each: &mut dyn FnMut(Raw<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.scanner.take(b'[')?;
        if self.scanner.peek_sign()? == Some(b']') {
            return Ok(self.scanner.take(b']')?);
        }
        for index in 0.. {
            self.object = Some(index);
            self.scanner.peek_sign()?;
            let byte = self.scanner.at();
            self.scanner.value(buffer, OBJECT_BYTES_MAX)?;
            each(Raw { bytes: buffer, place: Place { object: self.object, byte } })?;
            if self.scanner.peek_sign()? == Some(b']') {
                break;
            }
            self.scanner.take(b',')?;
        }
        self.object = None;
        Ok(self.scanner.take(b']')?)
    }

    fn unexpected(&mut self) -> Result<Refusal, Refusal> {
        let fault = if self.scanner.peek_sign()?.is_none() { Fault::Ends } else { Fault::Unexpected };
        Ok(fault.into())
    }
}

/// What stands beside the objects.
#[derive(Default)]
struct Members {
    type_word: Option<String>,
    has_objects: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(bool, Vec<String>), WholeRefusal> {
        let mut objects = Vec::new();
        let mut each = |raw: Raw<'_>| {
            objects.push(format!("{} {}", raw.place, String::from_utf8_lossy(raw.bytes)));
            Ok(())
        };
        let document = read_document(text.as_bytes(), 10_000, &mut each)?;
        Ok((document.is_bundle, objects))
    }

    #[test]
    fn objects_of_bundles_and_bare_ones_keep_their_bytes() {
        let bundle = "\u{feff}{ \"objects\": [ {\"a\" : 1.0}, {} ], \"type\": \"bundle\" } ";
        assert_eq!(
            read(bundle).unwrap(),
            (
                true,
                vec!["objects[0], byte 18 {\"a\" : 1.0}".to_owned(), "objects[1], byte 31 {}".to_owned(),]
            )
        );
        let bare = " { \"type\" : \"tool\" }\n";
        assert_eq!(read(bare).unwrap(), (false, vec!["byte 1 { \"type\" : \"tool\" }".to_owned()]));
        assert_eq!(read("{\"type\":\"bundle\"}").unwrap(), (true, vec![]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = |text: &str| read(text).map_err(|(place, why)| format!("{place}: {why}")).unwrap_err();
        assert_eq!(told("[]"), "byte 0: it is neither a bundle nor an object of STIX");
        assert_eq!(told(""), "byte 0: it ends in the midst of a value");
        assert_eq!(
            told("{\"type\":\"x\",\"objects\":[]}"),
            "byte 25: it is neither a bundle nor an object of STIX"
        );
        assert_eq!(
            told("{\"type\":\"bundle\",\"objects\":[{},{\"a\":1"),
            "objects[1], byte 37: it ends in the midst of a value"
        );
        assert_eq!(told("{\"type\":\"bundle\"}{}"), "byte 17: something follows the end of the value");
        assert_eq!(
            told("{\"type\":\"bundle\",\"objects\":[],\"objects\":[]}"),
            "byte 40: a key stands twice in one object"
        );
        let long = format!("{{\"type\":\"bundle\",\"x\":\"{}\"}}", "y".repeat(20_000));
        assert!(
            told(&long).ends_with("it cannot be read (it unpacks to more than 0 MiB)"),
            "{}",
            told(&long)
        );
    }
}
