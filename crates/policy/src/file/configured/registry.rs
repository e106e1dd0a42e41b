//! registry.pol, in which a group policy keeps values of the registry: `PReg`, a version, then
//! `[key;value;type;size;data]` in UTF-16LE, texts ended by a NUL.

use begat_model::configured::AuditSettings;
use begat_model::prerequisite::Prerequisite;

use super::wrong::Wrong;

pub(super) const MAGIC: &[u8] = b"PReg";
/// The only version there is, after the magic.
const VERSION: [u8; 4] = [1, 0, 0, 0];
const EXPORT: &str = "take registry.pol from the policy again (SYSVOL, …\\Machine\\Registry.pol)";
/// Values that switch something on where they are 1, by the end of their key.
const VALUES: &[(&str, &str, Prerequisite)] = &[
    (r"\policies\system\audit", "processcreationincludecmdline_enabled", Prerequisite::CommandLine),
    (r"\powershell\scriptblocklogging", "enablescriptblocklogging", Prerequisite::PowershellScripts),
];
/// Before the name of a value that the policy takes away.
const DELETED: &str = "**del.";

/// What it switches on and off.
pub(super) fn read(bytes: &[u8]) -> Result<AuditSettings, Vec<Wrong>> {
    let broken = |at: usize| Wrong::whole(format!("it breaks off, or is damaged, at byte {at}"), EXPORT);
    let rest = bytes.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(&VERSION));
    let mut rest =
        Rest { bytes: rest.ok_or_else(|| Wrong::whole("it is no registry.pol of version 1", EXPORT))? };
    let mut settings = AuditSettings::default();
    while !rest.bytes.is_empty() {
        let at = bytes.len() - rest.bytes.len();
        let entry = rest.entry().ok_or_else(|| broken(at))?;
        let (key, value) = (entry.key.to_lowercase(), entry.value.to_lowercase());
        let (value, is_deleted) = match value.strip_prefix(DELETED) {
            Some(value) => (value, true),
            None => (value.as_str(), false),
        };
        let known = VALUES.iter().find(|(end, name, _)| key.ends_with(end) && value == *name);
        if let Some((_, _, prerequisite)) = known {
            let is_on = entry.data.iter().any(|byte| *byte != 0);
            settings.audited.insert(*prerequisite, is_on && !is_deleted);
        }
    }
    Ok(settings)
}

struct Entry<'a> {
    key: String,
    value: String,
    data: &'a [u8],
}

/// What is not read yet.
struct Rest<'a> {
    bytes: &'a [u8],
}

impl<'a> Rest<'a> {
    fn entry(&mut self) -> Option<Entry<'a>> {
        self.sign('[')?;
        let key = self.text()?;
        self.sign(';')?;
        let value = self.text()?;
        self.sign(';')?;
        self.take(4)?;
        self.sign(';')?;
        let size = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
        self.sign(';')?;
        let data = self.take(usize::try_from(size).ok()?)?;
        self.sign(']')?;
        Some(Entry { key, value, data })
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn unit(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        (u32::from(self.unit()?) == u32::from(sign)).then_some(())
    }

    fn text(&mut self) -> Option<String> {
        let mut units = Vec::new();
        loop {
            match self.unit()? {
                0 => return Some(String::from_utf16_lossy(&units)),
                unit => units.push(unit),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn file(entries: &[(&str, &str, u32)]) -> Vec<u8> {
        let mut bytes = [MAGIC, &VERSION].concat();
        for (key, value, number) in entries {
            bytes.extend(units(&format!("[{key}\0;{value}\0;")));
            bytes.extend(4_u32.to_le_bytes());
            bytes.extend(units(";"));
            bytes.extend(4_u32.to_le_bytes());
            bytes.extend(units(";"));
            bytes.extend(number.to_le_bytes());
            bytes.extend(units("]"));
        }
        bytes
    }

    const AUDIT: &str = r"Software\Microsoft\Windows\CurrentVersion\Policies\System\Audit";
    const SCRIPTS: &str = r"SOFTWARE\Policies\Microsoft\Windows\PowerShell\ScriptBlockLogging";

    #[test]
    fn what_is_switched_on_and_off_is_read() {
        let settings = read(&file(&[
            (AUDIT, "ProcessCreationIncludeCmdLine_Enabled", 1),
            (SCRIPTS, "EnableScriptBlockLogging", 0),
            (r"Software\Other", "Value", 1),
        ]));
        let audited = settings.unwrap().audited;
        assert_eq!(
            audited.into_iter().collect::<Vec<_>>(),
            [(Prerequisite::CommandLine, true), (Prerequisite::PowershellScripts, false)]
        );
        let deleted = read(&file(&[(AUDIT, "**del.ProcessCreationIncludeCmdLine_Enabled", 32)])).unwrap();
        assert_eq!(deleted.audited.get(&Prerequisite::CommandLine), Some(&false));
    }

    #[test]
    fn what_breaks_off_is_refused_wherever_it_does() {
        let whole = file(&[(AUDIT, "ProcessCreationIncludeCmdLine_Enabled", 1)]);
        assert!(read(&whole).is_ok());
        let empty = MAGIC.len() + VERSION.len();
        for length in (MAGIC.len()..whole.len()).filter(|length| *length != empty) {
            assert!(read(&whole[..length]).is_err(), "{length} bytes");
        }
        let mut huge = whole.clone();
        let size = huge.len() - 2 - 4 - 2 - 4;
        huge[size..size + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(read(&huge).is_err());
    }
}
