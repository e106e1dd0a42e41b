//! What was read before is known again: values that repeat are kept once, with what was worked out of them.
//!
//! A place for each remembered value is found by its hash; what comes to a taken place takes it over. So memory is
//! bounded, no input makes the search long, and whether a value is still known changes nothing but the time.

use std::cell::OnceCell;
use std::net::{IpAddr, Ipv6Addr};

use begat_evtx::Stored;
use begat_model::{Sid, Text};

use crate::scalar::Scalar;

/// Pairs of places, two to the power of this: a value may stand in either place of its pair.
const PAIRS_BITS: u32 = 13;
const PAIRS: usize = 1 << PAIRS_BITS;
/// Longer texts (command lines, mostly) rarely repeat.
const LENGTH_MAX: usize = 256;
const UTF16_BYTES_MAX: usize = 2 * LENGTH_MAX;
/// Not of event logs: the value is a text in UTF-8.
const SPELLED: u8 = 0xff;

/// Remembers values.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    pairs: Vec<[Option<Box<Known>>; 2]>,
}

/// A value that was read before: what it says, as text.
#[derive(Debug)]
pub(crate) struct Known {
    kind: u8,
    bytes: Box<[u8]>,
    text: Text,
    is_silent: bool,
    sid: OnceCell<Option<Sid>>,
    user: OnceCell<(Option<Text>, Text)>,
    address: OnceCell<Text>,
}

/// Windows' ways of saying that it does not say.
pub(crate) fn is_silent(text: &str) -> bool {
    matches!(text.trim(), "" | "-")
}

impl Interner {
    /// The same text, shared with others that are equal.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        if text.len() > LENGTH_MAX {
            return text.into();
        }
        self.find(SPELLED, text.as_bytes(), || Some(text.into()))
            .map_or_else(|| text.into(), |known| known.text.clone())
    }

    /// What is known of a stored value; `None` where it is no text, or too long to be remembered.
    #[inline]
    pub(crate) fn known(&mut self, stored: Stored<'_>) -> Option<&Known> {
        let (kind, bytes) = stored.parts();
        if bytes.is_empty() || bytes.len() > UTF16_BYTES_MAX {
            return None;
        }
        self.find(kind, bytes, || match Scalar::from(stored.value()) {
            Scalar::Text(text) => Some(text.as_ref().into()),
            _ => None,
        })
    }

    #[inline]
    fn find(&mut self, kind: u8, bytes: &[u8], read: impl FnOnce() -> Option<Text>) -> Option<&Known> {
        if self.pairs.is_empty() {
            self.pairs.resize_with(PAIRS, || [None, None]);
        }
        let pair = &mut self.pairs[pair_of(kind, bytes)];
        let is_it = |known: &Option<Box<Known>>| {
            known.as_ref().is_some_and(|known| known.kind == kind && *known.bytes == *bytes)
        };
        if !is_it(&pair[0]) {
            if !is_it(&pair[1]) {
                pair[1] = Some(Box::new(Known::new(kind, bytes, read()?)));
            }
            pair.swap(0, 1);
        }
        pair[0].as_deref()
    }
}

/// Spreads values over the pairs, eight bytes at a time: by the high bits of products, on which all others bear.
#[inline]
fn pair_of(kind: u8, bytes: &[u8]) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut hash = u64::from(kind) ^ (bytes.len() as u64) << 8;
    for word in words {
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR);
    }
    let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    ((hash.rotate_left(5) ^ rest).wrapping_mul(FACTOR) >> (u64::BITS - PAIRS_BITS)) as usize
}

impl Known {
    fn new(kind: u8, bytes: &[u8], text: Text) -> Known {
        Known {
            kind,
            bytes: bytes.into(),
            is_silent: is_silent(&text),
            text,
            sid: OnceCell::new(),
            user: OnceCell::new(),
            address: OnceCell::new(),
        }
    }

    /// The text, where it says something.
    #[inline]
    pub(crate) fn said(&self) -> Option<&Text> {
        (!self.is_silent).then_some(&self.text)
    }

    /// The SID that it writes; `None` where it is none.
    #[inline]
    pub(crate) fn sid(&self) -> Option<&Sid> {
        self.sid.get_or_init(|| Sid::parse(self.text.trim())).as_ref()
    }

    /// Domain and name of `DOMAIN\name`.
    pub(crate) fn user(&self) -> (Option<Text>, Text) {
        self.user.get_or_init(|| user(&self.text)).clone()
    }

    /// The address as it is told.
    pub(crate) fn address(&self) -> Text {
        self.address.get_or_init(|| address(&self.text).map_or_else(|| self.text.clone(), Text::from)).clone()
    }
}

/// Domain and name of `DOMAIN\name`, the name alone where there is no domain.
pub(crate) fn user(text: &str) -> (Option<Text>, Text) {
    match text.split_once('\\') {
        Some((domain, name)) => (Some(domain.into()), name.into()),
        None => (None, text.into()),
    }
}

/// The IPv4 address that stands inside of an IPv6 one.
pub(crate) fn address(text: &str) -> Option<String> {
    let address = text.trim().parse::<Ipv6Addr>().ok()?.to_ipv4_mapped()?;
    Some(IpAddr::V4(address).to_string())
}

/// No address, spelled as one: it came over no network.
pub(crate) fn is_unspecified(text: &str) -> bool {
    // `LOCAL` stands in the records of sessions that nobody took up from elsewhere.
    text.trim().eq_ignore_ascii_case("local")
        || text.trim().parse::<IpAddr>().is_ok_and(|address| address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn equal_texts_are_one_and_memory_is_bounded() {
        let mut interner = Interner::default();
        let first = interner.text("SYSTEM");
        assert!(Arc::ptr_eq(&first, &interner.text("SYSTEM")));
        for number in 0..5 * PAIRS {
            assert_eq!(*interner.text(&number.to_string()), *number.to_string());
        }
        assert_eq!(interner.pairs.len(), PAIRS);
        let taken = interner.pairs.iter().flatten().flatten().count();
        assert!(taken > PAIRS * 19 / 10, "values spread over the places: {taken}");
        assert_eq!(&*interner.text("SYSTEM"), "SYSTEM");
    }

    #[test]
    fn values_of_one_place_do_not_take_each_other_for_themselves() {
        let mut interner = Interner::default();
        let place = |text: &str| pair_of(SPELLED, text.as_bytes());
        let texts: Vec<String> = (0..200_000).map(|number| format!("text {number}")).collect();
        let crowd: Vec<&String> = texts.iter().filter(|text| place(text) == place("text 0")).collect();
        assert!(crowd.len() > 3);
        for _ in 0..2 {
            for text in &crowd {
                assert_eq!(*interner.text(text), ***text);
            }
        }
    }

    #[test]
    fn what_is_worked_out_of_a_text_is_what_it_says() {
        let known = |text: &str| Known::new(SPELLED, text.as_bytes(), text.into());
        for (text, said) in [("", None), (" - ", None), ("-", None), ("a", Some("a")), (" a", Some(" a"))] {
            assert_eq!(known(text).said().map(|text| &**text), said);
        }
        assert_eq!(known(" S-1-5-18 ").sid().map(Sid::as_str), Some(Sid::SYSTEM));
        assert_eq!(known("S-1-x").sid(), None);
        assert_eq!(known(r"CORP\anna\b").user(), (Some("CORP".into()), r"anna\b".into()));
        assert_eq!(known("anna").user(), (None, "anna".into()));
        assert_eq!(&*known("::ffff:10.0.0.9").address(), "10.0.0.9");
        assert_eq!(&*known("fe80::1%4").address(), "fe80::1%4");
    }
}
