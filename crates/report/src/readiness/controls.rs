//! Controls of other people's catalogues that these figures speak to: pointers, and no claim that any is met.

/// One control, and what here speaks to it.
#[derive(Debug, Clone, Copy)]
pub struct Control {
    /// Whose catalogue.
    pub catalogue: &'static str,
    /// Its number there.
    pub id: &'static str,
    /// What it is about, in our words.
    pub about: &'static str,
    /// What here speaks to it, as the JSON calls it.
    pub figures: &'static str,
}

const fn row(
    catalogue: &'static str,
    id: &'static str,
    about: &'static str,
    figures: &'static str,
) -> Control {
    Control { catalogue, id, about, figures }
}

/// All of them.
pub const CONTROLS: &[Control] = &[
    row(
        "NIST SP 800-53",
        "AC-2",
        "account management: who may create accounts, and that they end",
        "allowed, authorisations, outlived, disable",
    ),
    row("NIST SP 800-53", "AU-2", "which events are logged", "prerequisites"),
    row("NIST SP 800-53", "AU-6", "that records are looked at and told", "proven, unexplained, disable"),
    row("NIST SP 800-53", "AU-12", "that hosts make the records", "hosts, prerequisites"),
    row("ISO/IEC 27001:2022", "A.5.16", "identities over their whole life", "proven, outlived, disable"),
    row("ISO/IEC 27001:2022", "A.5.18", "rights given, reviewed and taken away", "authorisations, outlived"),
    row("ISO/IEC 27001:2022", "A.8.15", "logging", "hosts, prerequisites"),
    row("CIS Controls v8", "5", "account management", "allowed, unexplained, disable"),
    row("CIS Controls v8", "8", "audit log management", "hosts, prerequisites"),
    row("PCI DSS v4", "8", "users are identified and accounts managed", "allowed, outlived, disable"),
    row("PCI DSS v4", "10", "access is logged and watched", "hosts, prerequisites, proven"),
];
