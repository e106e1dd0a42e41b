//! Bundles as MITRE published them, by the SHA-256 of the whole file.

use crate::hash::Digest;
use crate::id::{Domain, Release};

/// A published bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRelease {
    /// Of which knowledge base.
    pub domain: Domain,
    /// `18.1`
    pub release: Release,
    /// In which version of STIX.
    pub stix: &'static str,
    /// SHA-256 of the file.
    pub sha256: &'static str,
}

const fn row(domain: Domain, major: u16, minor: u16, sha256: &'static str) -> KnownRelease {
    KnownRelease { domain, release: Release { major, minor }, stix: "2.1", sha256 }
}

/// Bundles of github.com/mitre-attack/attack-stix-data, as the table of releases of mitreattack-python
/// (`mitreattack/release_info.py`) lists them. A release that is not here is not thereby forged: only its hash is not
/// known in full.
const KNOWN_RELEASES: &[KnownRelease] = &[
    row(Domain::Enterprise, 14, 1, "13af7514ad1bcb59deba6b6b46571168544bbe674eb52f41361916bb1cd9c3d6"),
    row(Domain::Enterprise, 15, 0, "f327d6bfac80e09db35fdabb2e92ccaecffb8c370f59555dbbaadaf930323cc0"),
    row(Domain::Enterprise, 15, 1, "a57988bffe402bb3e19d92dbe80a12143e1970b814e013e080f9df2fa5a3f6bc"),
    row(Domain::Enterprise, 16, 0, "b7c3d0bc3ba895a95bd79a8a441362a74388aebee16a223e4421d72bfb2922d0"),
    row(Domain::Enterprise, 16, 1, "8423d8dac3fc2feb825bb07d26e5f5d905e08a88f6fe4652cc20834cbe982813"),
    row(Domain::Enterprise, 17, 0, "c8966a9a55f1723c0082910f4522af448514343f84ffb9a3e757bdd59642d057"),
    row(Domain::Enterprise, 17, 1, "0d1c347a4d584cf7e11ef46556c33b7689341443bf86299188d46c307274323b"),
    row(Domain::Enterprise, 18, 1, "f857d8f78f2f0c0b7db321a711a39fba98546c1e3076a657684850c83d0962fb"),
    row(Domain::Enterprise, 19, 1, "bdf1ce86a4e604214c5076d37ae4dcb322678afc528df8492e6fdc1b554f5da3"),
    row(Domain::Mobile, 15, 1, "96d498a5c913ff679eefda17b1f0d30d0351bd5f68ba41d1b02b66e5146a5738"),
    row(Domain::Mobile, 16, 0, "ddea27149eddebb4e77c6ebb4e2fd2f92c71ef8627bbf7610c37e055a2adb7fd"),
    row(Domain::Mobile, 16, 1, "f84d5bb908c918aadf6cfbdfe0e801fce354e943d999c684b01eefa81da95941"),
    row(Domain::Mobile, 17, 0, "932287bfd5e708f836fa1115d2b776934ad490d5fe94b3b4e25a140f0f636fd2"),
    row(Domain::Mobile, 17, 1, "33968697b94a5ff5568016a28bbcc93f7869dc2f2b2653ead833758867ab5bc9"),
    row(Domain::Ics, 15, 1, "a995c65a1ae068a4c26d1c37281b298a107d61ff0b84e57c538f07f4c4bf55e8"),
    row(Domain::Ics, 16, 0, "65a41a855c4b84ae693d2ef96fbb1e4860f496224e68a1a2448f0e2463b4a6d4"),
    row(Domain::Ics, 16, 1, "86204d062732edf593d3736fef0b302832b5a8c601f21ff446c76f23779ea2b3"),
    row(Domain::Ics, 17, 0, "e16dbcb5de0d7a79d9550d690e850841f266e8cdabc0f3c8da8331232c50612b"),
    row(Domain::Ics, 17, 1, "cb207f963ca270994d9dabefe52237d46cf25056f154057f4b961f1c0803a8f3"),
    row(Domain::Ics, 18, 1, "a7c0106492843485340710be9e841c1584d8fc6da8950e7097db0e7b5bc9f164"),
];

/// The published bundle that has this hash.
pub(crate) fn known_release(digest: &Digest) -> Option<&'static KnownRelease> {
    let text = digest.to_string();
    KNOWN_RELEASES.iter().find(|known| known.sha256 == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hash_is_whole_and_stands_once() {
        for (at, known) in KNOWN_RELEASES.iter().enumerate() {
            let digest = Digest::parse(known.sha256).expect(known.sha256);
            assert_eq!(digest.to_string(), known.sha256, "in lower case");
            assert!(!KNOWN_RELEASES[..at].iter().any(|other| other.sha256 == known.sha256), "{known:?}");
            assert_eq!(known_release(&digest), Some(known));
        }
    }
}
