//! The names of things: hosts, SIDs, logon sessions, processes, records. Each is parsed once and then typed.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::catalog::EventKind;
use crate::text::Text;
use crate::time::Timestamp;

/// A host as an event named it: FQDN or NetBIOS name, in whatever case.
///
/// Which names are one machine is for the engine's host directory to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Text);

impl HostName {
    /// Longest NetBIOS name: Windows cuts the computer name to this many characters.
    pub const NETBIOS_CHARS_MAX: usize = 15;

    /// `None` for what names nobody: empty, or Windows' `-`.
    pub fn new(name: &str) -> Option<HostName> {
        let name = name.trim();
        (!name.is_empty() && name != "-").then(|| HostName(name.into()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself, shared.
    pub fn text(&self) -> Text {
        self.0.clone()
    }

    /// The part before the first dot, as written.
    pub fn first_label(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// What follows the first dot; `None` for a bare name.
    pub fn dns_domain(&self) -> Option<&str> {
        self.0.split_once('.').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
    }

    /// First label, upper case, cut to 15 characters: `desktop-verylongname01.corp` → `DESKTOP-VERYLON`.
    pub fn netbios(&self) -> String {
        self.netbios_letters().collect()
    }

    /// Which of two comes first by that name.
    pub(crate) fn netbios_order(&self, other: &HostName) -> Ordering {
        self.netbios_letters().cmp(other.netbios_letters())
    }

    fn netbios_letters(&self) -> impl Iterator<Item = char> + '_ {
        self.first_label().chars().flat_map(char::to_uppercase).take(Self::NETBIOS_CHARS_MAX)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A security identifier in its text form, `S-1-5-21-…-1004`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid(Arc<str>);

/// Identities of every Windows by the names that collectors put in place of their SIDs, lower case.
const WELL_KNOWN: &[(&str, &str)] = &[
    (r"builtin\administrators", "S-1-5-32-544"),
    (r"builtin\users", "S-1-5-32-545"),
    (r"builtin\guests", "S-1-5-32-546"),
    (r"builtin\power users", "S-1-5-32-547"),
    (r"builtin\backup operators", "S-1-5-32-551"),
    (r"builtin\remote desktop users", "S-1-5-32-555"),
    (r"builtin\network configuration operators", "S-1-5-32-556"),
    (r"builtin\distributed com users", "S-1-5-32-562"),
    (r"builtin\event log readers", "S-1-5-32-573"),
    (r"builtin\hyper-v administrators", "S-1-5-32-578"),
    (r"builtin\remote management users", "S-1-5-32-580"),
    (r"nt authority\system", "S-1-5-18"),
    (r"nt authority\local service", "S-1-5-19"),
    (r"nt authority\network service", "S-1-5-20"),
    (r"nt authority\anonymous logon", "S-1-5-7"),
];

impl Sid {
    /// The SID of an identity that every Windows has, by the name that a collector put in its place.
    fn of_well_known(name: &str) -> Option<Sid> {
        let row = WELL_KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()))?;
        Sid::parse(row.1)
    }

    /// A SID, or the name of an identity that every Windows has: some collectors put names in the place of SIDs.
    pub fn told(text: &str) -> Option<Sid> {
        // Messages that nobody rendered hold `%{S-1-…}`.
        let bare = text.trim().strip_prefix("%{").and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        Sid::parse(bare).or_else(|| Sid::of_well_known(bare))
    }

    /// What a collector wrote in the place of an account's SID, `FILES01\maint7`: all that it tells of that account bears
    /// it, so the account can be followed by it. It is no SID, and is not told as one.
    pub fn of_name(name: &str) -> Option<Sid> {
        let (domain, account) = name.trim().split_once('\\')?;
        let is_name = !domain.is_empty() && !account.is_empty() && !name.starts_with("S-1-");
        is_name.then(|| Sid(name.trim().to_lowercase().into()))
    }

    /// It is only a name that stands in its place.
    pub fn is_name(&self) -> bool {
        self.0.contains('\\')
    }

    /// `NULL SID`: Windows writes it where it means nobody.
    pub const NOBODY: &'static str = "S-1-0-0";
    /// The local system account.
    pub const SYSTEM: &'static str = "S-1-5-18";
    /// Most sub-authorities a SID can have.
    const SUB_AUTHORITIES_MAX: usize = 15;

    /// Reads `S-1-…`, ignoring case; `None` where it is not a SID.
    pub fn parse(text: &str) -> Option<Sid> {
        let rest = text.strip_prefix("S-1-").or_else(|| text.strip_prefix("s-1-"))?;
        let mut parts = rest.split('-');
        let authority = parts.next()?;
        let authority_ok = authority.parse::<u64>().is_ok_and(|value| value < 1 << 48)
            || authority.strip_prefix("0x").is_some_and(|hex| u64::from_str_radix(hex, 16).is_ok());
        let mut count = 0;
        for part in parts {
            part.parse::<u32>().ok().filter(|_| !part.starts_with('+'))?;
            count += 1;
        }
        (authority_ok && count <= Self::SUB_AUTHORITIES_MAX).then(|| Sid(format!("S-1-{rest}").into()))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part: which account of its machine or domain.
    pub fn rid(&self) -> Option<u32> {
        self.0.rsplit('-').next()?.parse().ok()
    }

    /// All but the RID, for accounts of a machine or domain (`S-1-5-21-a-b-c`); `None` for well-known SIDs.
    pub fn authority_prefix(&self) -> Option<&str> {
        let (prefix, _) = self.0.rsplit_once('-')?;
        let parts = || self.0.bytes().filter(|byte| *byte == b'-').count() + 1;
        (self.0.starts_with("S-1-5-21-") && parts() == 8).then_some(prefix)
    }

    /// Nobody at all.
    pub fn is_nobody(&self) -> bool {
        &*self.0 == Self::NOBODY
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A logon session of one host and one boot (LUID). Reset at each boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogonId(pub u64);

impl LogonId {
    /// The session of the machine itself: every service that runs as SYSTEM shares it.
    pub const SYSTEM: LogonId = LogonId(0x3e7);
    /// NETWORK SERVICE's session.
    pub const NETWORK_SERVICE: LogonId = LogonId(0x3e4);
    /// LOCAL SERVICE's session.
    pub const LOCAL_SERVICE: LogonId = LogonId(0x3e5);

    /// Reads `0x551686`, `0x0000000000551686`, ignoring case, or a decimal number.
    pub fn parse(text: &str) -> Option<LogonId> {
        parse_unsigned(text).map(LogonId)
    }

    /// Shared by all services of a host, so that holding it proves almost nothing.
    pub fn is_well_known(self) -> bool {
        matches!(self, Self::SYSTEM | Self::NETWORK_SERVICE | Self::LOCAL_SERVICE)
    }
}

impl fmt::Display for LogonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// Reads `0x…` hexadecimal, ignoring case, or decimal.
pub fn parse_unsigned(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with('+') => u64::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None => text.parse().ok().filter(|_| !text.starts_with('+')),
    }
}

/// A process id: reused by Windows, so never an identity by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u32);

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Sysmon's ProcessGuid: machine id, start time and token; safe against reuse of process ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessGuid(u128);

impl ProcessGuid {
    /// Reads it with or without braces, ignoring case; `None` for all zeros, which Sysmon writes for "unknown".
    pub fn parse(text: &str) -> Option<ProcessGuid> {
        let text = text.trim().trim_start_matches('{').trim_end_matches('}');
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        if groups != [8, 4, 4, 4, 12] || !text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) {
            return None;
        }
        let value = u128::from_str_radix(&text.replace('-', ""), 16).ok()?;
        (value != 0).then_some(ProcessGuid(value))
    }

    /// From a GUID as Windows stores it: three little-endian numbers, then eight bytes; `None` for all zeros.
    pub fn from_bytes(bytes: [u8; 16]) -> Option<ProcessGuid> {
        let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
        let mut spelled = [d, c, b, a, f, e, h, g, 0, 0, 0, 0, 0, 0, 0, 0];
        spelled[8..].copy_from_slice(&rest);
        let value = u128::from_be_bytes(spelled);
        (value != 0).then_some(ProcessGuid(value))
    }
}

impl fmt::Display for ProcessGuid {
    /// `{83d0c8c3-5caa-5f5f-f302-000000000400}`, lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(f, "{{{}-{}-{}-{}-{}}}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

/// Where an event was read: enough to find it again.
///
/// Ordered by what identifies the record first, so that of duplicates the first path in byte order wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// The time the event carries in its System part.
    pub at: Timestamp,
    /// What it is; the catalog row names its channel and event id.
    pub kind: EventKind,
    /// System/EventRecordID; absent in carriers that drop it.
    pub record_id: Option<u64>,
    /// The path as given, and the entry inside an archive.
    pub source: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn netbios_is_the_first_label_upper_case_cut_to_fifteen() {
        let netbios = |name: &str| HostName::new(name).unwrap().netbios();
        assert_eq!(netbios("desktop-verylongname01.corp"), "DESKTOP-VERYLON");
        assert_eq!(netbios("FS03.offsec.lan"), "FS03");
        assert_eq!(netbios("IE8Win7"), "IE8WIN7");
        assert_eq!(HostName::new("-"), None);
        assert_eq!(HostName::new("  "), None);
    }

    #[test]
    fn sids_are_checked_and_split() {
        let sid = Sid::parse("S-1-5-21-3410678313-1251427014-1131291384-1004").unwrap();
        assert_eq!(sid.rid(), Some(1004));
        assert_eq!(sid.authority_prefix(), Some("S-1-5-21-3410678313-1251427014-1131291384"));
        assert_eq!(Sid::parse("S-1-5-32-544").unwrap().authority_prefix(), None);
        assert_eq!(Sid::parse("s-1-5-18").unwrap().as_str(), Sid::SYSTEM);
        for bad in ["", "-", "S-1-", "S-1-x", "S-1-5-99999999999", "S-2-5-18", "S-1-5-21-1-", "toto3"] {
            assert_eq!(Sid::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn logon_ids_are_one_number_however_written() {
        for text in ["0x551686", "0x0000000000551686", "0X00551686", "5576326"] {
            assert_eq!(LogonId::parse(text), Some(LogonId(0x551686)), "{text}");
        }
        assert_eq!(LogonId::parse("0x308fb82ad"), Some(LogonId(0x3_08fb_82ad)), "it has 64 bits");
        assert_eq!(LogonId(0x551686).to_string(), "0x551686");
        for bad in ["", "-", "0x", "0xzz", "0x+1", "+1", "-1"] {
            assert_eq!(LogonId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn process_guids_lose_braces_and_case_and_zero_is_unknown() {
        let guid = ProcessGuid::parse("{83D0C8C3-5CAA-5F5F-F302-000000000400}").unwrap();
        assert_eq!(guid.to_string(), "{83d0c8c3-5caa-5f5f-f302-000000000400}");
        assert_eq!(ProcessGuid::parse("83d0c8c3-5caa-5f5f-f302-000000000400"), Some(guid));
        assert_eq!(ProcessGuid::parse("{00000000-0000-0000-0000-000000000000}"), None);
        assert_eq!(ProcessGuid::parse("{83d0c8c3-5caa-5f5f-f302}"), None);
        let stored = [0xc3, 0xc8, 0xd0, 0x83, 0xaa, 0x5c, 0x5f, 0x5f, 0xf3, 2, 0, 0, 0, 0, 4, 0];
        assert_eq!(ProcessGuid::from_bytes(stored), Some(guid));
        assert_eq!(ProcessGuid::from_bytes([0; 16]), None);
    }
}
