//! Programs that make accounts, by how long they mostly live.

use begat_model::calibration::CreatorKind;

/// Programs by file name without `.exe`; what is not here is known by its class as an ancestor.
pub(crate) const CREATOR_KINDS: &[(&str, CreatorKind)] = &[
    ("net", CreatorKind::Net),
    ("net1", CreatorKind::Net),
    ("powershell", CreatorKind::Powershell),
    ("pwsh", CreatorKind::Powershell),
    ("powershell_ise", CreatorKind::Powershell),
    ("wsmprovhost", CreatorKind::RemotePowershell),
    ("mmc", CreatorKind::Console),
    ("netplwiz", CreatorKind::Console),
    ("systemsettings", CreatorKind::Console),
    ("systemsettingsadminflows", CreatorKind::Console),
    ("useraccountbroker", CreatorKind::Console),
    ("explorer", CreatorKind::Console),
    ("scrcons", CreatorKind::ServiceHost),
    ("wmiprvse", CreatorKind::ServiceHost),
];
