//! What the first bytes of something say it is: what is read, what is unpacked, and what neither is, by its name and with
//! what to do.

use begat_model::visible::visible;
use memchr::memmem;

use crate::framing::{prefix, rendered, table};
use crate::open::archives::is_tar;
use crate::open::source::SourceKind;
use crate::open::window::encoding_of;
use crate::shapes::Schemas;

/// Bytes of a source that decide what it is.
pub(crate) const SNIFF_BYTES: usize = 64 << 10;
/// Columns of a table that are named where none of them is known.
const COLUMNS_NAMED_MAX: usize = 8;
/// Longest name of a column that is told; a longer one is cut.
const COLUMN_CHARS_MAX: usize = 40;

/// What the first bytes of something say it is.
pub(crate) enum Content {
    Records(SourceKind),
    Packed(Packed),
    Other(String),
}

/// How something is packed that is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packed {
    Gzip,
    Zstd,
    Zip,
    Xz,
    Bzip2,
    SevenZ,
    Tar,
    #[cfg(feature = "parquet")]
    Parquet,
}

/// What is told by its first bytes, and what to do with it.
struct Known {
    offset: usize,
    bytes: &'static [u8],
    what: &'static str,
}

const fn known(offset: usize, bytes: &'static [u8], what: &'static str) -> Known {
    Known { offset, bytes, what }
}

/// What lies beside event logs in the folders that responders are handed, by the signatures that its makers document.
const KNOWN: &[Known] = &[
    // Its header has its own length and `LfLe`.
    known(
        4,
        b"LfLe",
        "an event log of Windows XP or 2003 (.evt): open it in Event Viewer and save it as .evtx",
    ),
    known(0, b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    known(0, b"MSCF", "a cabinet: unpack it first (expand -F:* FILE FOLDER)"),
    known(
        0,
        b"MSWIM\0\0\0",
        "a disk image (.wim): mount it, and give the folder Windows\\System32\\winevt\\Logs",
    ),
    known(
        0,
        b"EVF\x09\x0d\x0a\xff\x00",
        "a disk image (E01): mount it, and give the folder Windows\\System32\\winevt\\Logs",
    ),
    known(
        0,
        b"EVF2\x0d\x0a\x81\x00",
        "a disk image (Ex01): mount it, and give the folder Windows\\System32\\winevt\\Logs",
    ),
    known(
        0,
        b"vhdxfile",
        "a disk image (.vhdx): mount it, and give the folder Windows\\System32\\winevt\\Logs",
    ),
    known(
        0,
        b"conectix",
        "a disk image (.vhd): mount it, and give the folder Windows\\System32\\winevt\\Logs",
    ),
    known(0, b"KDMV", "a disk image (.vmdk): mount it, and give the folder Windows\\System32\\winevt\\Logs"),
    known(
        0,
        b"QFI\xfb",
        "a disk image (.qcow2): mount it, and give the folder Windows\\System32\\winevt\\Logs",
    ),
    known(3, b"NTFS    ", "a disk image: mount it, and give the folder Windows\\System32\\winevt\\Logs"),
    known(0, b"PAGEDU64", "a memory dump: its logs have to be taken out of it first"),
    known(0, b"PMDM", "a memory dump: its logs have to be taken out of it first"),
    known(0, b"MDMP", "a process dump, which holds no log"),
    known(0, b"regf", "a registry hive, which holds no log"),
    known(4, b"SCCA", "a Prefetch file, which is not read yet"),
    known(0, b"MAM\x04", "a Prefetch file, which is not read yet"),
    known(0, b"FILE0", "a master file table, which holds no log"),
    known(4, b"\xef\xcd\xab\x89", "an ESE database (SRUM, Windows.edb), which holds no log"),
    known(0, b"SQLite format 3\0", "an SQLite database: export its tables as CSV or JSON"),
    known(0, b"\xd4\xc3\xb2\xa1", "a packet capture, which holds no log"),
    known(0, b"\xa1\xb2\xc3\xd4", "a packet capture, which holds no log"),
    known(0, b"\x4d\x3c\xb2\xa1", "a packet capture, which holds no log"),
    known(0, b"\x0a\x0d\x0d\x0a", "a packet capture, which holds no log"),
    known(0, b"%PDF-", "a PDF document: ask for the log itself"),
    known(0, b"\x89PNG", "a picture: ask for the log itself"),
    known(0, b"\xff\xd8\xff", "a picture: ask for the log itself"),
    known(0, b"GIF8", "a picture: ask for the log itself"),
    known(
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old document of Office, or a jump list: export the table as CSV",
    ),
    known(0, b"{\\rtf", "a text document: ask for the log itself"),
    known(0, b"MZ\x90\0", "a program"),
    known(0, b"\x7fELF", "a program"),
    known(0, b"L\0\0\0\x01\x14\x02\0", "a shortcut (.lnk), which holds no log"),
    #[cfg(not(feature = "parquet"))]
    known(
        0,
        b"PAR1",
        "a Parquet table, which this build does not read: build begat with its default features, or export the table as \
         CSV or JSON Lines",
    ),
    known(0, b"PARE", "a Parquet table that is encrypted: decrypt it first"),
    known(0, b"Obj\x01", "an Avro file: export it as JSON Lines"),
    known(0, b"ARROW1", "an Arrow table: export it as CSV or JSON Lines"),
    known(0, b"\x04\x22\x4d\x18", "a file packed by lz4: unpack it first"),
];

/// What begins with these bytes.
pub(crate) fn content(first: &[u8], schemas: &Schemas) -> Content {
    let other = |reason: &str| Content::Other(reason.to_owned());
    match first {
        [] => return other("it is empty"),
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', ..] => return Content::Records(SourceKind::Evtx),
        [0x1f, 0x8b, ..] => return Content::Packed(Packed::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Content::Packed(Packed::Zstd),
        // The second is an archive without entries.
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return Content::Packed(Packed::Zip),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => return Content::Packed(Packed::Xz),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => return Content::Packed(Packed::Bzip2),
        #[cfg(feature = "parquet")]
        [b'P', b'A', b'R', b'1', ..] => return Content::Packed(Packed::Parquet),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => return Content::Packed(Packed::SevenZ),
        _ if is_tar(first) => return Content::Packed(Packed::Tar),
        _ => {}
    }
    let known =
        KNOWN.iter().find(|known| first.get(known.offset..).is_some_and(|at| at.starts_with(known.bytes)));
    match known {
        Some(known) => Content::Other(format!("it is {}", known.what)),
        None if is_trace(first) => {
            other("it is an event trace (.etl): turn it into XML first (tracerpt FILE -of XML -o OUT.xml)")
        }
        None => text(first, schemas),
    }
}

/// An event trace has no signature: it begins with a buffer of a size that its header tells, and that header.
fn is_trace(first: &[u8]) -> bool {
    const HEADER_BYTES: u32 = 0x48;
    let number = |at: usize| first.get(at..at + 4)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    let (Some(size), Some(saved)) = (number(0), number(4)) else { return false };
    // WMI_BUFFER_HEADER: BufferSize, SavedOffset; behind it a system header with the marks of a trace, 0xC000….
    let is_header = number(HEADER_BYTES as usize).is_some_and(|marker| marker & 0xff00_0000 == 0xc000_0000);
    size.is_power_of_two()
        && (1 << 10..=1 << 24).contains(&size)
        && (HEADER_BYTES..=size).contains(&saved)
        && is_header
}

/// Text in which an object or an event begins, at once or after something else.
fn text(first: &[u8], schemas: &Schemas) -> Content {
    let (encoding, mark_length) = encoding_of(first);
    let text = match encoding {
        Some(encoding) => {
            encoding.decode_without_bom_handling(&first[mark_length..]).0.into_owned().into_bytes()
        }
        None => first[mark_length..].to_vec(),
    };
    let begins = text.trim_ascii_start();
    if table::is_table(begins, schemas) {
        return Content::Records(SourceKind::Table);
    }
    // Blanks all along say nothing of what comes after them: the reader will see.
    if begins.is_empty() && first.len() == SNIFF_BYTES {
        return Content::Records(SourceKind::Json);
    }
    if begins.is_empty() {
        return Content::Other("it holds nothing but blanks".to_owned());
    }
    if rendered::classic_begins(begins, true) == Some(true) {
        return Content::Records(SourceKind::Rendered);
    }
    let json = match begins[0] {
        b'{' | b'[' | 0x1e => Some(0),
        _ => memmem::find(begins, b"\n{"),
    };
    let xml =
        if begins[0] == b'<' && !has_priority(begins) { Some(0) } else { memmem::find(begins, b"<Event") };
    match (json, xml) {
        (Some(json), Some(xml)) if xml < json => Content::Records(SourceKind::Xml),
        (Some(_), _) => Content::Records(SourceKind::Json),
        (None, Some(_)) => Content::Records(SourceKind::Xml),
        (None, None) if !begins.contains(&0) && is_rendered(begins) => Content::Records(SourceKind::Rendered),
        (None, None) => Content::Other(unknown(begins)),
    }
}

/// Whether some line of a text begins an event in a form that tools make for people, or has one behind a prefix.
fn is_rendered(text: &[u8]) -> bool {
    prefix::is_in(text) || rendered::next_start(text, 0).is_some()
}

/// Syslog's `<13>`, which begins no XML.
fn has_priority(text: &[u8]) -> bool {
    text.get(1).is_some_and(u8::is_ascii_digit)
}

/// What is said of a text that holds no record of a known form.
fn unknown(text: &[u8]) -> String {
    if let Some(columns) = table::columns_of(text) {
        return format!("it is a table with none of the columns of a known log: {}", named(&columns));
    }
    if text.starts_with(b"\"{") || text.starts_with(b"CEF:") || memmem::find(text, b" CEF:").is_some() {
        return "it is CEF, in which a relay keeps too little of an event: ask for the log itself".to_owned();
    }
    if memmem::find(text, b"LEEF:").is_some() {
        return "it is LEEF, in which a relay keeps too little of an event: ask for the log itself"
            .to_owned();
    }
    match text.contains(&0) {
        true => "it is neither an event log nor text".to_owned(),
        false => "it is neither an event log nor JSON nor XML".to_owned(),
    }
}

/// Some names that a text chose, made harmless.
pub(crate) fn named(names: &[String]) -> String {
    let cut = |name: &String| visible(&name.chars().take(COLUMN_CHARS_MAX).collect::<String>()).to_string();
    let mut told: Vec<String> = names.iter().take(COLUMNS_NAMED_MAX).map(cut).collect();
    if names.len() > COLUMNS_NAMED_MAX {
        told.push(format!("and {} more", names.len() - COLUMNS_NAMED_MAX));
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(first: &[u8]) -> String {
        match content(first, &Schemas::built_in()) {
            Content::Records(kind) => kind.to_string(),
            Content::Packed(packed) => format!("{packed:?}"),
            Content::Other(reason) => reason,
        }
    }

    #[test]
    fn everything_known_is_named_as_what_it_is() {
        for known in KNOWN {
            let mut bytes = vec![b'x'; known.offset];
            bytes.extend_from_slice(known.bytes);
            bytes.resize(600, 0);
            assert!(said(&bytes).contains(known.what), "{}", known.what);
        }
        let mut trace = vec![0; 0x60];
        trace[..8].copy_from_slice(&[0, 0, 1, 0, 0, 8, 0, 0]);
        trace[0x48..0x4c].copy_from_slice(&[2, 0, 1, 0xc0]);
        assert!(said(&trace).contains(".etl"), "{}", said(&trace));
    }

    #[test]
    fn texts_are_told_by_what_begins_in_them() {
        for (text, kind) in [
            ("{\"a\":1}", "JSON"),
            ("# exported\n<Event>", "event XML"),
            ("<14>1 2021-10-19T14:42:41Z FS03 winlogbeat - - - {\"a\":1}\n", "rendered events"),
            ("<13>Oct 19 14:42:41 a MSWinEventLog\t1\tSecurity\n", "rendered events"),
            ("10/19/2021 02:42:41 PM\nLogName=Security\n", "rendered events"),
            ("Keywords,Date and Time,Source,Event ID,Task Category\n", "a table"),
            ("some words\n", "it is neither an event log nor JSON nor XML"),
        ] {
            assert_eq!(said(text.as_bytes()), kind, "{text}");
        }
        let table = said(b"name,size,made,ow\xe2\x80\xaener\nx,1,2,3\n");
        assert!(table.contains("none of the columns of a known log: name, size, made, "), "{table}");
        assert!(!table.contains('\u{202e}'), "{table}");
    }
}
