//! What things are called: ids of STIX and of ATT&CK, kinds of objects, domains, releases. Texts that are none of these
//! do not get in, so that an id can stand in a path or a page.

use std::fmt;

/// `x-mitre-analytic--4e4c318b-5da0-46f7-aed2-d37828e4831b`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StixId(Box<str>);

impl StixId {
    /// A type in lower case, two hyphens, a UUID in lower case.
    pub fn parse(text: &str) -> Option<StixId> {
        let (word, uuid) = text.split_once("--")?;
        let is_word = (1..=40).contains(&word.len())
            && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && word.starts_with(|first: char| first.is_ascii_lowercase());
        let is_uuid = uuid.len() == 36
            && uuid.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        (is_word && is_uuid).then(|| StixId(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the UUID.
    pub(crate) fn type_word(&self) -> &str {
        self.0.split_once("--").map_or("", |(word, _)| word)
    }
}

impl fmt::Display for StixId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// `AN1235`, `T1136.001`, `DET0447`, also the `enterprise-attack` of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttackId(Box<str>);

impl AttackId {
    /// Letters and digits, with single dots and hyphens between them: never a path.
    pub fn parse(text: &str) -> Option<AttackId> {
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (text.len() <= 40 && text.split(['.', '-']).all(is_part)).then(|| AttackId(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// It is built as today's ids are, letters and four digits, so that a page can be called by it on every system.
    pub fn is_regular(&self) -> bool {
        let letters = self.0.bytes().take_while(u8::is_ascii_uppercase).count();
        let (main, sub) = self.0[letters..].split_once('.').unwrap_or((&self.0[letters..], "000"));
        let is_number =
            |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        (1..=4).contains(&letters) && is_number(main, 4) && is_number(sub, 3)
    }
}

impl fmt::Display for AttackId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// How one platform would detect a behaviour.
    Analytic,
    /// The analytics of one technique.
    Strategy,
    /// What adversaries do.
    Technique,
    /// What they do it for.
    Tactic,
    /// What can be observed.
    DataComponent,
    /// Where; not kept up since 18.0.
    DataSource,
    /// What prevents it.
    Mitigation,
    /// Who.
    Group,
    /// With which malware.
    Malware,
    /// With which tool.
    Tool,
    /// In which campaign.
    Campaign,
    /// Of which industrial asset.
    Asset,
    /// Tactics in their order.
    Matrix,
    /// That two of these belong together.
    Relationship,
    /// The release itself.
    Collection,
    /// Who made an object.
    Identity,
    /// The licence that it is marked with.
    Marking,
    /// Anything else in a bundle.
    Other,
}

/// A kind's type in STIX, and its names.
struct KindRow(Kind, &'static str, &'static str, &'static str);

const KINDS: &[KindRow] = &[
    KindRow(Kind::Analytic, "x-mitre-analytic", "analytic", "analytics"),
    KindRow(Kind::Strategy, "x-mitre-detection-strategy", "detection strategy", "detection strategies"),
    KindRow(Kind::Technique, "attack-pattern", "technique", "techniques"),
    KindRow(Kind::Tactic, "x-mitre-tactic", "tactic", "tactics"),
    KindRow(Kind::DataComponent, "x-mitre-data-component", "data component", "data components"),
    KindRow(Kind::DataSource, "x-mitre-data-source", "data source", "data sources"),
    KindRow(Kind::Mitigation, "course-of-action", "mitigation", "mitigations"),
    KindRow(Kind::Group, "intrusion-set", "group", "groups"),
    KindRow(Kind::Malware, "malware", "malware", "malware"),
    KindRow(Kind::Tool, "tool", "tool", "tools"),
    KindRow(Kind::Campaign, "campaign", "campaign", "campaigns"),
    KindRow(Kind::Asset, "x-mitre-asset", "asset", "assets"),
    KindRow(Kind::Matrix, "x-mitre-matrix", "matrix", "matrices"),
    KindRow(Kind::Relationship, "relationship", "relationship", "relationships"),
    KindRow(Kind::Collection, "x-mitre-collection", "collection", "collections"),
    KindRow(Kind::Identity, "identity", "identity", "identities"),
    KindRow(Kind::Marking, "marking-definition", "marking", "markings"),
    KindRow(Kind::Other, "", "object", "other objects"),
];

impl Kind {
    /// All, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Kind> {
        KINDS.iter().map(|row| row.0)
    }

    /// By the type in STIX.
    pub(crate) fn of_type(word: &str) -> Kind {
        KINDS.iter().find(|row| row.1 == word).map_or(Kind::Other, |row| row.0)
    }

    fn row(self) -> &'static KindRow {
        KINDS.iter().find(|row| row.0 == self).expect("every kind has a row")
    }

    /// One of them.
    pub fn one(self) -> &'static str {
        self.row().2
    }

    /// Several.
    pub fn many(self) -> &'static str {
        self.row().3
    }
}

/// What can be listed together: a word, what belongs to it, what it says.
#[derive(Debug)]
pub struct Shelfmark {
    /// As typed.
    pub name: &'static str,
    /// What is listed.
    pub kinds: &'static [Kind],
    /// For the help.
    pub doc: &'static str,
}

/// All that can be listed.
pub const SHELFMARKS: &[Shelfmark] = &[
    Shelfmark {
        name: "detections",
        kinds: &[Kind::Analytic, Kind::Strategy],
        doc: "analytics and detection strategies",
    },
    Shelfmark {
        name: "analytics",
        kinds: &[Kind::Analytic],
        doc: "how one platform would detect a behaviour",
    },
    Shelfmark { name: "strategies", kinds: &[Kind::Strategy], doc: "the analytics of one technique" },
    Shelfmark { name: "techniques", kinds: &[Kind::Technique], doc: "what adversaries do" },
    Shelfmark { name: "tactics", kinds: &[Kind::Tactic], doc: "what they do it for" },
    Shelfmark {
        name: "components",
        kinds: &[Kind::DataComponent],
        doc: "data components: what can be observed",
    },
    Shelfmark { name: "sources", kinds: &[Kind::DataSource], doc: "data sources, not kept up since 18.0" },
    Shelfmark { name: "mitigations", kinds: &[Kind::Mitigation], doc: "what prevents it" },
    Shelfmark { name: "groups", kinds: &[Kind::Group], doc: "who does it" },
    Shelfmark { name: "software", kinds: &[Kind::Malware, Kind::Tool], doc: "malware and tools" },
    Shelfmark { name: "campaigns", kinds: &[Kind::Campaign], doc: "in which campaign" },
    Shelfmark { name: "assets", kinds: &[Kind::Asset], doc: "industrial assets" },
];

/// Which of ATT&CK's knowledge bases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Domain {
    /// Offices and clouds.
    Enterprise,
    /// Phones.
    Mobile,
    /// Industry.
    Ics,
}

impl Domain {
    /// All.
    pub const ALL: &[Domain] = &[Domain::Enterprise, Domain::Mobile, Domain::Ics];

    /// As in `x_mitre_domains` and in the names of files.
    pub fn slug(self) -> &'static str {
        match self {
            Domain::Enterprise => "enterprise-attack",
            Domain::Mobile => "mobile-attack",
            Domain::Ics => "ics-attack",
        }
    }

    /// What the release calls itself.
    pub fn title(self) -> &'static str {
        match self {
            Domain::Enterprise => "Enterprise ATT&CK",
            Domain::Mobile => "Mobile ATT&CK",
            Domain::Ics => "ICS ATT&CK",
        }
    }

    /// By slug.
    pub fn named(slug: &str) -> Option<Domain> {
        Domain::ALL.iter().copied().find(|domain| domain.slug() == slug)
    }
}

/// A release of ATT&CK: `18.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// `18`
    pub major: u16,
    /// `1`
    pub minor: u16,
}

impl Release {
    /// `18.1`, `v18.1`
    pub fn parse(text: &str) -> Option<Release> {
        let (major, minor) = text.strip_prefix('v').unwrap_or(text).split_once('.')?;
        let number = |text: &str| {
            let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse().ok())?
        };
        Some(Release { major: number(major)?, minor: number(minor)? })
    }

    /// The release that a file's name tells: `enterprise-attack-18.1.json.gz`.
    pub(crate) fn of_file_name(name: &str) -> Option<Release> {
        let mut stem = name;
        while let Some(shorter) = [".gz", ".zip", ".json"].iter().find_map(|ending| stem.strip_suffix(ending))
        {
            stem = shorter;
        }
        let (_, last) = stem.rsplit_once(['-', '_', ' '])?;
        Release::parse(last)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// What a release is called whose number nothing told.
pub const UNTOLD: &str = "untold";

/// The number of a release, or that nothing told it.
pub fn release_name(release: Option<Release>) -> String {
    release.map_or_else(|| UNTOLD.to_owned(), |release| release.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_never_paths() {
        let good = "x-mitre-analytic--4e4c318b-5da0-46f7-aed2-d37828e4831b";
        assert_eq!(StixId::parse(good).unwrap().type_word(), "x-mitre-analytic");
        for bad in [
            "",
            "tool",
            "tool--",
            "../../etc--4e4c318b-5da0-46f7-aed2-d37828e4831b",
            "tool--4E4C318B-5da0-46f7-aed2-d37828e4831b",
            "tool--4e4c318b-5da0-46f7-aed2-d37828e4831b/../x",
            "tool--4e4c318b-5da0-46f7-aed2-d37828e4831",
        ] {
            assert_eq!(StixId::parse(bad), None, "{bad}");
        }
        for good in ["AN1235", "T1136.001", "DET0447", "enterprise-attack", "MOB-T1001"] {
            assert!(AttackId::parse(good).is_some(), "{good}");
        }
        for bad in ["", "..", "../x", "T1/../x", "a..b", "C:x", "T1\0", &"x".repeat(41)] {
            assert_eq!(AttackId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn pages_are_called_by_regular_ids_alone() {
        let is_regular = |text: &str| AttackId::parse(text).unwrap().is_regular();
        assert!(["AN1235", "T1136.001", "DET0447", "TA0003", "G0016"].iter().all(|id| is_regular(id)));
        assert!(
            !["CON", "NUL.json", "T1", "T1136.1", "enterprise-attack", "index"]
                .iter()
                .any(|id| is_regular(id))
        );
    }

    #[test]
    fn releases_are_numbers_and_files_may_tell_them() {
        let release = |major, minor| Some(Release { major, minor });
        assert_eq!(Release::parse("v18.1"), release(18, 1));
        assert!(Release { major: 9, minor: 0 } < Release { major: 18, minor: 0 });
        for bad in ["", "18", "18.", "18.1.2", "-1.0", "18.x", "9999.0"] {
            assert_eq!(Release::parse(bad), None, "{bad}");
        }
        assert_eq!(Release::of_file_name("enterprise-attack-18.1.json.gz"), release(18, 1));
        assert_eq!(Release::of_file_name("AN1235-19.1.json"), release(19, 1));
        assert_eq!(Release::of_file_name("enterprise-attack.json"), None);
        assert_eq!(Release::of_file_name("18.1.json"), None);
    }
}
