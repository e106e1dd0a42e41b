//! With which command each figure is counted again, by whoever does not take our word.

/// What stands behind a command on a line that reads the same input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Behind `begat hunt`.
    pub hunt: String,
    /// Behind `begat coverage`, which knows no policy.
    pub coverage: String,
}

/// One figure.
#[derive(Debug, Clone, Copy)]
pub(super) enum Figure {
    Proven,
    Allowed,
    Unexplained,
    Disable,
    Response,
}

const CASES: &str = r#".schema == "begat.case/1""#;
const PROVEN: &str = r#"(.attribution.verdict | IN("attributed", "remote", "system"))"#;
const ALLOWED: &str = r#"(.authorisation.status == "authorised")"#;
/// The last that was done about an account's use took it away.
const TAKEN: &str =
    r#"([.afterwards[].what | select(IN("enabled", "disabled", "deleted", "restored", "logged_on"))]"#;
const TAKEN_AWAY: &str = r#"| last | IN("disabled", "deleted")) and .outcome != "resurrected""#;

impl Figure {
    /// What jq is to keep, line by line.
    fn test(self) -> Vec<String> {
        let not = |test: &str| format!("({test} | not)");
        match self {
            Figure::Proven => vec![PROVEN.to_owned()],
            Figure::Allowed => vec![ALLOWED.to_owned()],
            Figure::Unexplained => vec![not(PROVEN), format!("and {}", not(ALLOWED))],
            Figure::Disable => vec![not(ALLOWED), format!("and {TAKEN}"), TAKEN_AWAY.to_owned()],
            Figure::Response => {
                vec![r#"any(.response[]; .phase == "contain" and .command != "")"#.to_owned()]
            }
        }
    }

    fn filter(self, between: &str) -> String {
        format!("map(select({CASES} and{between}{})) | length", self.test().join(between))
    }

    /// The whole command.
    pub(super) fn command(self, typed: &Typed) -> String {
        format!("{} | jq -s '{}'", hunt(typed), self.filter(" "))
    }

    /// The same of what a hunt wrote to `cases.jsonl`, in lines that a page has room for.
    pub(super) fn of_cases(self) -> String {
        format!("jq -s '{}' cases.jsonl", self.filter("\n  "))
    }
}

/// What writes the cases.
pub(crate) fn hunt(typed: &Typed) -> String {
    format!("begat hunt -q -t jsonl {}", typed.hunt)
}

/// What tells of hosts, as that format.
pub(crate) fn coverage(format: &str, typed: &Typed) -> String {
    format!("begat coverage -t {format} {}", typed.coverage)
}
