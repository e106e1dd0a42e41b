//! What a carrier of logs has no place for: no event of it can tell that, whatever the host logged.

use std::collections::BTreeMap;

use crate::case::words;
use crate::text::Text;

words! {
    /// Something of an event that a carrier cannot carry.
    CarrierLack {
        Fractions "fractions" "fractions of a second";
        Zones "zones" "time zones";
        RecordIds "record_ids" "record ids";
        LogonIds "logon_ids" "logon ids";
        Sids "sids" "SIDs";
        CommandLines "command_lines" "command lines";
        Parents "parents" "parent processes";
        Unhit "unhit" "events that no rule hit";
        OtherEvents "other_events" "most of Windows' events";
    }
}

/// What of an event a carrier cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CarrierLacks(u16);

impl CarrierLacks {
    /// It carries all.
    pub const NONE: CarrierLacks = CarrierLacks(0);

    /// It carries all but these.
    pub fn of(lacks: &[CarrierLack]) -> CarrierLacks {
        CarrierLacks(lacks.iter().fold(0, |bits, lack| bits | 1 << *lack as u16))
    }

    /// The same, but for this, which was carried after all.
    pub fn without(self, lack: CarrierLack) -> CarrierLacks {
        CarrierLacks(self.0 & !(1 << lack as u16))
    }

    /// Whether it cannot carry this.
    pub fn has(self, lack: CarrierLack) -> bool {
        self.0 & 1 << lack as u16 != 0
    }

    /// Whether it cannot carry one of these.
    pub fn has_any(self, lacks: &[CarrierLack]) -> bool {
        lacks.iter().any(|lack| self.has(*lack))
    }

    /// Whether it carries all.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// What neither carries.
    pub fn both(self, other: CarrierLacks) -> CarrierLacks {
        CarrierLacks(self.0 & other.0)
    }

    /// What one of them does not carry.
    pub fn either(self, other: CarrierLacks) -> CarrierLacks {
        CarrierLacks(self.0 | other.0)
    }

    /// Each of them, in order.
    pub fn iter(self) -> impl Iterator<Item = CarrierLack> {
        CarrierLack::ALL.iter().copied().filter(move |lack| self.has(*lack))
    }

    /// As bits, in the order of the list.
    pub fn bits(self) -> u16 {
        self.0
    }
}

/// Who carried the records of one log of one host, and what each cannot carry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    by: BTreeMap<Text, CarrierLacks>,
}

impl Carried {
    /// Most carriers of one log that are told apart.
    const CARRIERS_MAX: usize = 16;

    /// A carrier of this name has records of the log.
    pub fn add(&mut self, carrier: Text, lacks: CarrierLacks) {
        if self.by.len() < Self::CARRIERS_MAX || self.by.contains_key(&carrier) {
            self.by.entry(carrier).and_modify(|known| *known = known.both(lacks)).or_insert(lacks);
        }
    }

    /// Puts together what two readers heard.
    pub fn merge(&mut self, other: &Carried) {
        other.by.iter().for_each(|(carrier, lacks)| self.add(carrier.clone(), *lacks));
    }

    /// What none of them carries: beside the log itself an export of it costs nothing.
    pub fn lacks(&self) -> CarrierLacks {
        self.by.values().copied().reduce(CarrierLacks::both).unwrap_or_default()
    }

    /// The carriers that cannot carry something that none of the others does either, and what that is.
    pub fn lacking(&self) -> impl Iterator<Item = (&Text, CarrierLacks)> {
        let lacks = self.lacks();
        self.by.keys().filter(move |_| !lacks.is_none()).map(move |carrier| (carrier, lacks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_carrier_of_a_log_carries_is_there() {
        use CarrierLack::{Fractions, RecordIds, Zones};
        let lacks = CarrierLacks::of(&[Fractions, Zones]);
        assert_eq!(lacks.iter().collect::<Vec<_>>(), [Fractions, Zones]);
        assert!(lacks.has_any(&[RecordIds, Zones]) && !lacks.has(RecordIds));
        let mut carried = Carried::default();
        assert!(carried.lacks().is_none());
        carried.add("a".into(), lacks);
        assert_eq!(carried.lacks(), lacks);
        carried.add("b".into(), CarrierLacks::of(&[Fractions, RecordIds]));
        assert_eq!(carried.lacks(), CarrierLacks::of(&[Fractions]));
        assert_eq!(carried.lacking().count(), 2);
        carried.add("b".into(), lacks.without(Fractions));
        assert!(carried.lacks().is_none(), "a record of it had fractions");
        carried.add("the log".into(), CarrierLacks::NONE);
        assert_eq!(carried.lacking().count(), 0);
    }
}
