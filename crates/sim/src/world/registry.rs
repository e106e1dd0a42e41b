//! The registry, as Sysmon sees it: SAM written past SAM, and values that hide an account.
use super::{Host, Process};
use crate::events;
use crate::value::Ticks;

impl Host {
    /// A process writes the control data (`F`, `V`) of an account into SAM's hive, which only lsass should.
    pub(crate) fn write_sam_account(&mut self, time: Ticks, by: &Process, rid: u32) {
        for value in ["F", "V"] {
            let object = format!(r"HKLM\SAM\SAM\Domains\Account\Users\{rid:08X}\{value}");
            self.set_registry_value(time, by, &object, "Binary Data");
        }
    }

    /// A process writes the name of an account into SAM's hive.
    pub(crate) fn write_sam_name(&mut self, time: Ticks, by: &Process, name: &str) {
        if self.spec.telemetry.sysmon {
            let draft = by
                .acting(&events::SYSMON_REGISTRY_KEY_12, time)
                .text("EventType", "CreateKey")
                .text("TargetObject", format!(r"HKLM\SAM\SAM\Domains\Account\Users\Names\{name}"));
            self.log(time.plus_millis(8), draft);
        }
    }

    /// A process sets a value of the registry.
    pub(crate) fn set_registry_value(&mut self, time: Ticks, by: &Process, object: &str, details: &str) {
        if self.spec.telemetry.sysmon {
            let draft = by
                .acting(&events::SYSMON_REGISTRY_VALUE_13, time)
                .text("EventType", "SetValue")
                .text("TargetObject", object)
                .text("Details", details);
            self.log(time.plus_millis(8), draft);
        }
    }
}
