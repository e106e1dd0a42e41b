//! What kind of account acts: by its SID first, by its session and its names where the event tells no more.

use begat_model::LogonId;
use begat_model::case::{Actor, ActorKind};
use begat_model::event::Principal;

use crate::windows::own_names::OwnNames;

/// What is asked of the host that the account acts on.
#[derive(Debug, Clone, Copy)]
pub struct HostIdentity<'h> {
    /// Its names: the domains of its own accounts.
    pub names: &'h OwnNames,
    /// What its SIDs begin with, where an event told it.
    pub machine: Option<&'h str>,
    /// It has no accounts but the domain's.
    pub domain_controller: bool,
}

/// SIDs of identities that services act as: LOCAL and NETWORK SERVICE, and the authorities of virtual accounts
/// (services, application pools, virtual machines, the desktop's window manager, font drivers).
const SERVICE_SIDS: &[&str] = &["S-1-5-19", "S-1-5-20"];
const SERVICE_AUTHORITIES: &[&str] = &["S-1-5-80-", "S-1-5-82-", "S-1-5-83-", "S-1-5-90-", "S-1-5-96-"];
/// An account of the cloud's directory.
const CLOUD_AUTHORITY: &str = "S-1-12-1-";
/// RID of the administrator that every machine and domain is born with.
const ADMINISTRATOR_RID: u32 = 500;

/// Tells what kind of account acts; at the end, when all that tells the machine's own accounts is known.
pub fn identify(actor: &mut Actor, identity: HostIdentity<'_>) {
    actor.kind = kind(&actor.account, identity);
}

/// The kind of an account; `None` where the event does not say enough.
pub fn kind(account: &Principal, identity: HostIdentity<'_>) -> Option<ActorKind> {
    match account.logon_id {
        // SYSTEM acts over the network under the machine's own account: the session says what it is.
        Some(LogonId::SYSTEM) => return Some(ActorKind::System),
        Some(LogonId::NETWORK_SERVICE | LogonId::LOCAL_SERVICE) => return Some(ActorKind::ServiceIdentity),
        _ => {}
    }
    if let Some(sid) = &account.sid {
        let text = sid.as_str();
        let is_of = |authorities: &[&str]| authorities.iter().any(|start| text.starts_with(start));
        return match text {
            begat_model::Sid::SYSTEM => Some(ActorKind::System),
            _ if SERVICE_SIDS.contains(&text) || is_of(SERVICE_AUTHORITIES) => {
                Some(ActorKind::ServiceIdentity)
            }
            _ if is_of(&[CLOUD_AUTHORITY]) => Some(ActorKind::Domain),
            _ => {
                let prefix = sid.authority_prefix()?;
                Some(match sid.rid() {
                    Some(ADMINISTRATOR_RID) => ActorKind::BuiltinAdministrator,
                    _ => of_authority(account, identity.machine == Some(prefix), identity),
                })
            }
        };
    }
    // Sysmon names accounts without their SIDs.
    match (account.domain.as_deref()?, account.name.as_deref()?) {
        (authority, _) if authority.eq_ignore_ascii_case("NT SERVICE") => Some(ActorKind::ServiceIdentity),
        (authority, _) if authority.eq_ignore_ascii_case("IIS APPPOOL") => Some(ActorKind::ServiceIdentity),
        // LOCAL and NETWORK SERVICE are written in the language of the host.
        (authority, "SYSTEM") if authority.eq_ignore_ascii_case("NT AUTHORITY") => Some(ActorKind::System),
        (authority, _) if authority.eq_ignore_ascii_case("NT AUTHORITY") => None,
        _ => Some(of_authority(account, false, identity)),
    }
}

/// An account of the machine, or of a domain.
fn of_authority(account: &Principal, is_machines: bool, identity: HostIdentity<'_>) -> ActorKind {
    let names_host = account.domain.as_deref().is_some_and(|domain| identity.names.holds(domain));
    if !identity.domain_controller && (is_machines || names_host) {
        return ActorKind::Local;
    }
    match account.name.as_deref() {
        Some(name) if name.ends_with('$') => ActorKind::Computer,
        _ => ActorKind::Domain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Sid;

    fn host(names: &OwnNames) -> HostIdentity<'_> {
        HostIdentity { names, machine: Some("S-1-5-21-10-20-30"), domain_controller: false }
    }

    fn account(sid: &str, domain: &str, name: &str, logon_id: u64) -> Principal {
        let text = |text: &str| (!text.is_empty()).then(|| text.into());
        Principal {
            name: text(name),
            domain: text(domain),
            sid: Sid::parse(sid),
            logon_id: (logon_id != 0).then_some(LogonId(logon_id)),
        }
    }

    #[test]
    fn accounts_are_known_by_sid_session_and_names() {
        use ActorKind::{BuiltinAdministrator, Computer, Domain, Local, ServiceIdentity, System};
        for (sid, domain, name, logon_id, expected) in [
            ("S-1-5-18", "CORP", "SRV1$", 0x3e7, Some(System)),
            ("S-1-5-18", "", "", 0, Some(System)),
            ("", "NT AUTHORITY", "SYSTEM", 0, Some(System)),
            ("", "", "", 0x3e7, Some(System)),
            ("S-1-5-20", "CORP", "SRV1$", 0x3e4, Some(ServiceIdentity)),
            ("S-1-5-19", "", "", 0, Some(ServiceIdentity)),
            ("S-1-5-80-1-2-3-4-5", "NT SERVICE", "MSSQLSERVER", 0x9a1, Some(ServiceIdentity)),
            ("S-1-5-82-1-2-3-4-5", "IIS APPPOOL", "Default", 0x9a2, Some(ServiceIdentity)),
            ("", "IIS APPPOOL", "Default", 0x9a2, Some(ServiceIdentity)),
            ("S-1-5-21-10-20-30-500", "SRV1", "Administrator", 0x99, Some(BuiltinAdministrator)),
            ("S-1-5-21-7-8-9-500", "CORP", "renamed", 0x99, Some(BuiltinAdministrator)),
            ("S-1-5-21-10-20-30-1004", "OLDNAME", "bob", 0x99, Some(Local)),
            ("S-1-5-21-10-20-30-1004", "SRV1", "bob$", 0x99, Some(Local)),
            ("", "srv1", "bob", 0x99, Some(Local)),
            ("S-1-5-21-7-8-9-1104", "CORP", "adm.keller", 0x99, Some(Domain)),
            ("", "CORP", "adm.keller", 0x99, Some(Domain)),
            ("S-1-12-1-1-2-3-4", "AzureAD", "anna", 0x99, Some(Domain)),
            ("S-1-5-21-7-8-9-1105", "CORP", "WS17$", 0x99, Some(Computer)),
            ("S-1-5-7", "NT AUTHORITY", "ANONYMOUS LOGON", 0x99, None),
            ("", "NT AUTHORITY", "NETZWERKDIENST", 0x99, None),
            ("", "", "bob", 0x99, None),
            ("", "", "", 0, None),
        ] {
            let found = kind(&account(sid, domain, name, logon_id), host(&OwnNames::of(["SRV1"])));
            assert_eq!(found, expected, "{sid} {domain}\\{name} {logon_id:#x}");
        }
    }

    #[test]
    fn a_domain_controller_has_no_accounts_of_its_own() {
        let names = OwnNames::of(["SRV1"]);
        let identity = HostIdentity { domain_controller: true, ..host(&names) };
        let found = kind(&account("S-1-5-21-10-20-30-1104", "CORP", "anna", 0x99), identity);
        assert_eq!(found, Some(ActorKind::Domain));
    }
}
