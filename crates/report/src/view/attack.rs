//! What a case answers in MITRE ATT&CK, and of which release each was read: ids, names and addresses, none of MITRE's
//! sentences. A test of the command holds them against the facts that `begat attack` brings along.

use begat_model::case::Scope;

/// An object of ATT&CK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttackObject {
    /// What it is.
    pub(crate) kind: &'static str,
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// The release that it was read from.
    pub(crate) release: &'static str,
    /// Its page at MITRE.
    pub(crate) address: &'static str,
}

/// The analytic that begat carries out.
pub(crate) const ANALYTIC: AttackObject = AttackObject {
    kind: "analytic",
    id: "AN1235",
    name: "Analytic 1235",
    release: "19.1",
    address: "https://attack.mitre.org/detectionstrategies/DET0447#AN1235",
};

/// The detection strategy that it is part of.
pub(crate) const STRATEGY: AttackObject = AttackObject {
    kind: "detection strategy",
    id: "DET0447",
    name: "T1136.001 Detection Strategy - Local Account Creation Across Platforms",
    release: "18.1",
    address: "https://attack.mitre.org/detectionstrategies/DET0447",
};

const LOCAL: AttackObject = AttackObject {
    kind: "technique",
    id: "T1136.001",
    name: "Create Account: Local Account",
    release: "18.1",
    address: "https://attack.mitre.org/techniques/T1136/001",
};
const DOMAIN: AttackObject = AttackObject {
    kind: "technique",
    id: "T1136.002",
    name: "Create Account: Domain Account",
    release: "18.1",
    address: "https://attack.mitre.org/techniques/T1136/002",
};
const EITHER: AttackObject = AttackObject {
    kind: "technique",
    id: "T1136",
    name: "Create Account",
    release: "18.1",
    address: "https://attack.mitre.org/techniques/T1136",
};

/// The tactic that the techniques serve.
pub(crate) const TACTIC: AttackObject = AttackObject {
    kind: "tactic",
    id: "TA0003",
    name: "Persistence",
    release: "18.1",
    address: "https://attack.mitre.org/tactics/TA0003",
};

/// The technique that the creation of such an account is.
pub(crate) const fn technique(scope: Scope) -> AttackObject {
    match scope {
        Scope::Local => LOCAL,
        Scope::Domain => DOMAIN,
        Scope::Unknown => EITHER,
    }
}
