//! What may be wrong with a record: counted and shown, never guessed over.

use std::fmt;

use crate::text::Text;

macro_rules! anomaly_kinds {
    ($( $kind:ident $slug:literal $doc:literal; )*) => {
        /// The closed list of what may be wrong with input that could be read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AnomalyKind { $( #[doc = $doc] $kind, )* }

        impl AnomalyKind {
            /// All of them.
            pub const ALL: &'static [AnomalyKind] = &[ $( AnomalyKind::$kind, )* ];

            /// Its name in output: lower case, underscores.
            pub fn slug(self) -> &'static str {
                match self { $( AnomalyKind::$kind => $slug, )* }
            }

            /// What it means, in a line.
            pub fn doc(self) -> &'static str {
                match self { $( AnomalyKind::$kind => $doc, )* }
            }
        }
    };
}

anomaly_kinds! {
    NoTime "no_time" "a record without a time: it cannot be placed, so it is left out";
    UnreadableTime "unreadable_time" "a record whose time cannot be read: it cannot be placed, so it is left out";
    ZoneUnknown "zone_unknown" "a time without a zone, and nothing in the input shows which: give --input-timezone";
    DateOrderUnknown "date_order_unknown" "a column of dates in which day and month cannot be told apart: read as most would mean it";
    NoHost "no_host" "a record that names no computer: it belongs to no host, so it is left out";
    HostWorkedOut "host_worked_out" "a table that names no computer: its machine is taken from the accounts in it";
    NoWriter "no_writer" "a record that names neither its provider nor its channel: many write that event id, so it is left out";
    NoEventId "no_event_id" "a Windows event without an event id";
    MissingField "missing_field" "an event lacks a field without which it says nothing usable";
    UnreadableField "unreadable_field" "a field's value is not what that field holds; it counts as missing";
    NotAnEvent "not_an_event" "a JSON object or XML element that has no known shape of a Windows event";
    Unparsable "unparsable" "a stretch of input that is not valid JSON or XML";
    TooLong "too_long" "a record longer than the bound on one record";
    TruncatedEnd "truncated_end" "the input ends in the middle of a record";
    BadEncoding "bad_encoding" "bytes that are not text in the encoding of the input; they were replaced";
    DamagedHeader "damaged_header" "a file header or chunk header that contradicts itself";
    ChecksumMismatch "checksum_mismatch" "a chunk whose checksum is wrong: it is read all the same";
    DamagedChunk "damaged_chunk" "what stands where a chunk should be is not one: its records are lost";
    DamagedRecord "damaged_record" "a record inside a chunk that cannot be read: it is lost";
    CarrierError "carrier_error" "the collector itself says that it failed to parse this event";
    CustomaryPassword "customary_password" "an archive that is encrypted, and was opened by the password that such archives mostly have";
    ArchiveEntry "archive_entry" "an entry of an archive that was not read, for its size, nesting or kind";
}

/// One thing that was wrong, where it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anomaly {
    /// Path as given, and the entry inside an archive.
    pub source: Text,
    /// Byte offset in the unpacked input, where it is known.
    pub offset: Option<u64>,
    /// What is wrong.
    pub kind: AnomalyKind,
    /// System/EventRecordID, where it is known.
    pub record_id: Option<u64>,
    /// Particulars: the field's name, the reason, how much was lost.
    pub detail: String,
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        if let Some(offset) = self.offset {
            write!(f, " at byte {offset}")?;
        }
        if let Some(record_id) = self.record_id {
            write!(f, ", record {record_id}")?;
        }
        write!(f, ": {}", self.kind.doc())?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_a_doc() {
        let slugs: BTreeSet<_> = AnomalyKind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), AnomalyKind::ALL.len());
        for kind in AnomalyKind::ALL {
            assert!(kind.slug().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert!(kind.doc().len() > 10);
        }
    }

    #[test]
    fn it_reads_as_a_sentence_with_its_place() {
        let anomaly = Anomaly {
            source: "a/Security.evtx".into(),
            offset: Some(4096),
            kind: AnomalyKind::ChecksumMismatch,
            record_id: None,
            detail: "chunk 0".into(),
        };
        assert_eq!(
            anomaly.to_string(),
            "a/Security.evtx at byte 4096: a chunk whose checksum is wrong: it is read all the same (chunk 0)"
        );
    }
}
