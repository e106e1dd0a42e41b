//! What a file lost, where and why: everything this reader could not read is told as one of these.

use std::fmt;

/// One thing that could not be read as it should be. The rest of the file is read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// Where in the file.
    pub offset: u64,
    /// How many records were lost by it, as far as can be told: from record ids, or by counting
    /// what looks like a record. Zero where the records were read all the same.
    pub records_lost: u64,
    /// What it is.
    pub kind: DamageKind,
}

/// The kinds of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DamageKind {
    /// The header of the file does not match its checksum. The chunks are read.
    FileHeaderChecksum,
    /// The file ends inside its header: it holds no chunk.
    FileTooShort,
    /// Where a chunk should start is something else, and not mere zeros.
    NotAChunk,
    /// The file ends inside this chunk. What is there is read.
    TruncatedChunk {
        /// How many bytes of the chunk are there.
        present_bytes: u32,
    },
    /// The header of the chunk does not match its checksum. Its records are read.
    ChunkHeaderChecksum,
    /// The records of the chunk do not match their checksum. They are read.
    RecordsChecksum,
    /// The chunk says that its records end outside of it. They are read up to its end.
    FreeSpaceOffset {
        /// What it says.
        stored: u32,
    },
    /// No record where one should start; reading went on at the next plausible one.
    RecordHeader(RecordFault),
    /// A record that is there but cannot be understood. The next one is read.
    RecordContent(Malformed),
}

/// What is wrong with the frame of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFault {
    /// It does not start with the two stars.
    NoMagic,
    /// Its size is smaller than an empty record or larger than what is left.
    Size,
    /// The copy of its size at its end disagrees, and no record follows.
    SizeCopy,
    /// The records end before the free space starts.
    Truncated,
}

/// Why BinXML could not be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It ends in the middle of something.
    Truncated,
    /// A token that the format does not know.
    UnknownToken(u8),
    /// A token that has no business where it stands.
    MisplacedToken,
    /// A literal value of a type that has no known size.
    UnknownValueType(u8),
    /// An element, attribute or entity has its name outside of the chunk.
    NameOutOfRange,
    /// A name longer than any schema writes.
    NameTooLong,
    /// The definition of the template lies outside of the chunk.
    DefinitionOutOfRange,
    /// The values of a template instance run over the end of the record.
    ValuesOutOfRange,
    /// Nested deeper than any provider nests.
    TooDeep,
    /// More tokens, values or elements than a record of a log has.
    TooLong,
    /// The records of one chunk, or the definitions for them, take more work than a chunk is worth.
    TooCostly,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at offset {:#x}: {}", self.offset, self.kind)?;
        match self.records_lost {
            0 => Ok(()),
            1 => f.write_str("; 1 record lost"),
            many => write!(f, "; about {many} records lost"),
        }
    }
}

impl fmt::Display for DamageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DamageKind::FileHeaderChecksum => f.write_str("the file header does not match its checksum"),
            DamageKind::FileTooShort => f.write_str("the file ends inside its header"),
            DamageKind::NotAChunk => f.write_str("no chunk where one should start"),
            DamageKind::TruncatedChunk { present_bytes } => {
                write!(f, "the file ends inside a chunk, after {present_bytes} of its 65536 bytes")
            }
            DamageKind::ChunkHeaderChecksum => f.write_str("the chunk header does not match its checksum"),
            DamageKind::RecordsChecksum => f.write_str("the chunk's records do not match their checksum"),
            DamageKind::FreeSpaceOffset { stored } => {
                write!(f, "the chunk says that its records end at {stored:#x}, which is outside of it")
            }
            DamageKind::RecordHeader(fault) => write!(f, "unreadable record: {fault}"),
            DamageKind::RecordContent(malformed) => write!(f, "unreadable record content: {malformed}"),
        }
    }
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RecordFault::NoMagic => "it does not start as records start",
            RecordFault::Size => "its size is not possible",
            RecordFault::SizeCopy => "its size and the copy of its size disagree",
            RecordFault::Truncated => "the records end too early",
        })
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Truncated => f.write_str("it ends in the middle"),
            Malformed::UnknownToken(token) => write!(f, "unknown token {token:#04x}"),
            Malformed::MisplacedToken => f.write_str("a token out of place"),
            Malformed::UnknownValueType(kind) => write!(f, "unknown value type {kind:#04x}"),
            Malformed::NameOutOfRange => f.write_str("a name outside of the chunk"),
            Malformed::NameTooLong => f.write_str("a name that is too long"),
            Malformed::DefinitionOutOfRange => f.write_str("a template definition outside of the chunk"),
            Malformed::ValuesOutOfRange => f.write_str("values that run over its end"),
            Malformed::TooDeep => f.write_str("nested too deeply"),
            Malformed::TooLong => f.write_str("too many parts"),
            Malformed::TooCostly => f.write_str("the chunk takes too much work"),
        }
    }
}

impl std::error::Error for Malformed {}
