//! What of a case other systems search by: addresses and hashes, as values of a type and not as what somebody wrote.

use std::net::IpAddr;

use crate::view::{ActorView, HostView, OriginView};

/// The address that a text is. Windows also writes `LOCAL`, `-` and names where an address is asked for.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    // The zone of a link-local address (`fe80::1%5`) means something on its own host only.
    let without_zone = text.split_once('%').map_or(text, |(address, _)| address);
    without_zone.parse().ok()
}

/// It is not the machine itself.
pub(crate) fn leads_elsewhere(address: &IpAddr) -> bool {
    !address.is_loopback() && !address.is_unspecified()
}

/// The host from which a session came. Windows often writes the host's own name there, of remote desktop above all.
pub(crate) fn source_host<'a>(session: &ActorView<'a>, host: &HostView<'_>) -> Option<&'a str> {
    session.source_host.filter(|name| !names(host, name))
}

/// The name is one of this host.
pub(crate) fn names(host: &HostView<'_>, name: &str) -> bool {
    let first_label = host.name.split('.').next().unwrap_or_default();
    [host.name, host.netbios, first_label, "localhost"].iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The session that tells where an act came from: the one behind the actor's, where it names another machine.
pub(crate) fn came_from<'v, 'a>(
    actor: Option<&'v ActorView<'a>>,
    origin: Option<&'v OriginView<'a>>,
) -> Option<&'v ActorView<'a>> {
    let sessions = [origin.map(|origin| &origin.actor), actor];
    let elsewhere = |session: &&&ActorView<'_>| {
        session.source_ip.and_then(address).is_some_and(|address| leads_elsewhere(&address))
    };
    let tells = |session: &&&ActorView<'_>| session.source_ip.is_some() || session.source_host.is_some();
    let sessions = || sessions.iter().flatten();
    sessions().find(elsewhere).or_else(|| sessions().find(tells)).copied()
}

/// A way to make a hash, and what others call it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Algorithm {
    /// As Windows' logs write it before `=`.
    pub(crate) name: &'static str,
    /// Hexadecimal digits.
    digits: usize,
    /// ECS: the field below `process`.
    pub(crate) ecs_field: &'static str,
    /// OCSF: `algorithm_id`, and its word.
    pub(crate) ocsf: (u32, &'static str),
}

const ALGORITHMS: &[Algorithm] = &[
    Algorithm { name: "MD5", digits: 32, ecs_field: "hash.md5", ocsf: (1, "MD5") },
    Algorithm { name: "SHA1", digits: 40, ecs_field: "hash.sha1", ocsf: (2, "SHA-1") },
    Algorithm { name: "SHA256", digits: 64, ecs_field: "hash.sha256", ocsf: (3, "SHA-256") },
    Algorithm { name: "SHA384", digits: 96, ecs_field: "hash.sha384", ocsf: (9, "SHA-384") },
    Algorithm { name: "SHA512", digits: 128, ecs_field: "hash.sha512", ocsf: (4, "SHA-512") },
    Algorithm { name: "IMPHASH", digits: 32, ecs_field: "pe.imphash", ocsf: (18, "Imphash") },
];

/// A hash of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hash {
    pub(crate) algorithm: &'static Algorithm,
    /// Lower case, as most systems keep it.
    pub(crate) value: String,
}

/// The hash that `SHA256=…` is. What is none is none, and so is Sysmon's all zeros of a file without imports.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    let (name, value) = text.split_once('=')?;
    let algorithm = ALGORITHMS.iter().find(|algorithm| algorithm.name.eq_ignore_ascii_case(name))?;
    let is_hash = value.len() == algorithm.digits && value.bytes().all(|digit| digit.is_ascii_hexdigit());
    let is_zeros = value.bytes().all(|digit| digit == b'0');
    (is_hash && !is_zeros).then(|| Hash { algorithm, value: value.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_addresses() {
        let read = |text| address(text).map(|address| address.to_string());
        for (text, expected) in [
            ("10.0.0.1", Some("10.0.0.1")),
            ("fe80::1%5", Some("fe80::1")),
            ("::1", Some("::1")),
            ("LOCAL", None),
            ("-", None),
            ("", None),
            ("10.0.0.1:445", None),
            ("10.0.0.256", None),
            ("10.0.0.1\u{1b}[2J", None),
            ("%5", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
        let elsewhere = |text| leads_elsewhere(&address(text).unwrap());
        assert_eq!(
            ["10.0.0.1", "127.0.0.2", "::1", "0.0.0.0", "::"].map(elsewhere),
            [true, false, false, false, false]
        );
    }

    #[test]
    fn only_hashes_are_hashes() {
        for algorithm in ALGORITHMS {
            let digits = "aB".repeat(algorithm.digits / 2);
            let read = hash(&format!("{}={digits}", algorithm.name)).unwrap();
            assert_eq!((read.algorithm, read.value), (algorithm, digits.to_lowercase()));
            for bad in [&digits[1..], &format!("{digits}a"), &"g".repeat(algorithm.digits), ""] {
                assert_eq!(hash(&format!("{}={bad}", algorithm.name)), None, "{bad}");
            }
            assert_eq!(hash(&format!("{}={}", algorithm.name, "0".repeat(algorithm.digits))), None);
        }
        assert_eq!(hash("CRC32=00ff00ff"), None);
        assert_eq!(hash("no hash at all"), None);
    }
}
