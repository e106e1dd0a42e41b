//! `auditpol /backup`, `auditpol /get /category:* /r` and a group policy's audit.csv: the same columns, whose names and
//! words are translated. A subcategory is known by its GUID, a setting by its number.

use std::collections::BTreeMap;

use begat_model::HostName;
use begat_model::configured::AuditSettings;
use begat_model::prerequisite::Subcategory;

use super::wrong::Wrong;

/// Words of the column of settings in an export without numbers, in English; other languages say them otherwise.
const WORDS: &[(&str, Setting)] = &[
    ("No Auditing", Setting { success: false, failure: false }),
    ("Success", Setting { success: true, failure: false }),
    ("Failure", Setting { success: false, failure: true }),
    ("Success and Failure", Setting { success: true, failure: true }),
];
/// Rows of a file that are wrong are told up to so many.
const WRONG_MAX: usize = 20;
const EXPORT: &str = "export with `auditpol /backup /file:audit.csv`, which has numbers";

#[derive(Debug, Clone, Copy)]
struct Setting {
    success: bool,
    failure: bool,
}

/// By machine, what is audited.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<AuditSettings>, Vec<Wrong>> {
    let text = text_of(bytes).ok_or_else(|| Wrong::whole("it is no text in UTF-8 or UTF-16", EXPORT))?;
    let mut machines: BTreeMap<Option<HostName>, AuditSettings> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for row in rows.records() {
        let Ok(row) = row else { continue };
        let line = row.position().map_or(1, |at| at.line() as usize);
        let Some((place, subcategory)) = subcategory(&row) else { continue };
        match setting(&row, place) {
            Ok(setting) => {
                let machine =
                    row.get(0).map(str::trim).filter(|name| !name.is_empty()).and_then(HostName::new);
                let settings = machines.entry(machine.clone()).or_default();
                settings.machine = machine;
                settings.audited.extend(subcategory.success.map(|shown| (shown, setting.success)));
                settings.audited.extend(subcategory.failure.map(|shown| (shown, setting.failure)));
            }
            Err(word) if wrong.len() < WRONG_MAX => {
                let what = format!(
                    "`{word}` is no setting that is known: none, success, failure or both in English"
                );
                wrong.push(Wrong { line, what, instead: EXPORT });
            }
            Err(_) => {}
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if machines.is_empty() {
        return Err(Wrong::whole("no row names a subcategory of the audit policy by its GUID", EXPORT));
    }
    Ok(machines.into_values().collect())
}

/// Where the GUID stands, and what the subcategory shows.
fn subcategory(row: &csv::StringRecord) -> Option<(usize, &'static Subcategory)> {
    row.iter().enumerate().find_map(|(place, cell)| Some((place, Subcategory::of_guid(cell)?)))
}

/// The number in the last column, else the word behind the GUID; the word where it is not known.
fn setting(row: &csv::StringRecord, guid: usize) -> Result<Setting, String> {
    let number = row.get(guid + 3).map(str::trim).filter(|cell| !cell.is_empty());
    match number.and_then(|cell| cell.parse::<u8>().ok()) {
        Some(number @ 0..=3) => return Ok(Setting { success: number & 1 != 0, failure: number & 2 != 0 }),
        // 4: a policy that says so switches it off.
        Some(4) => return Ok(Setting { success: false, failure: false }),
        _ => {}
    }
    let word = row.get(guid + 1).unwrap_or_default().trim();
    let known = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    known.map(|(_, setting)| *setting).ok_or_else(|| word.to_owned())
}

/// UTF-8 or UTF-16, with a byte order mark or without.
pub(super) fn text_of(bytes: &[u8]) -> Option<String> {
    let pairs = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => pairs(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => pairs(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        [_, 0, _, 0, ..] => pairs(bytes, u16::from_le_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::prerequisite::Prerequisite;

    const ENGLISH: &str = "\r\nMachine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value\r\n\
        PC1,System,User Account Management,{0CCE9235-69AE-11D9-BED3-505054503030},Success,,1\r\n\
        PC1,System,Process Creation,{0cce922b-69ae-11d9-bed3-505054503030},No Auditing,,0\r\n\
        PC1,,Option:CrashOnAuditFail,,Disabled,,0\r\n";

    fn audited(bytes: &[u8]) -> Vec<(Prerequisite, bool)> {
        let machines = read(bytes).unwrap();
        assert_eq!(machines.len(), 1);
        machines[0].audited.iter().map(|(prerequisite, is)| (*prerequisite, *is)).collect()
    }

    #[test]
    fn a_setting_is_known_by_guid_and_number_in_any_language_and_encoding() {
        let expected = [
            (Prerequisite::AccountManagement, true),
            (Prerequisite::AccountManagementFailure, false),
            (Prerequisite::ProcessCreation, false),
        ];
        assert_eq!(audited(ENGLISH.as_bytes()), expected);
        let german = ENGLISH.replace("No Auditing", "Keine Überwachung").replace("Success", "Erfolg");
        assert_eq!(audited(german.as_bytes()), expected);
        let units: Vec<u8> = german.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(audited(&[&[0xff, 0xfe], units.as_slice()].concat()), expected);
        assert_eq!(audited(&units[4..]), expected, "without a mark");
        assert_eq!(read(ENGLISH.as_bytes()).unwrap()[0].machine, HostName::new("PC1"));
    }

    #[test]
    fn without_numbers_english_words_are_read_and_others_are_told() {
        let short = "PC1,System,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success and Failure,\n";
        assert_eq!(audited(short.as_bytes()), [(Prerequisite::Logon, true)]);
        let german = short.replace("Success and Failure", "Erfolg und Fehler");
        let wrong = read(german.as_bytes()).unwrap_err();
        assert!(wrong[0].what.contains("Erfolg und Fehler"), "{wrong:?}");
    }

    #[test]
    fn what_is_no_export_is_refused() {
        for bytes in [&b""[..], b"host,role\nPC1,kiosk\n", b"\xff\xfe\x00\xd8", b"\x80\x81"] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
