//! A host and its log: what it numbers, what its clock shows, and what of it arrives.
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::spec::{Generation, HostSpec};
use super::who::{
    Account, NETWORK_SERVICE_LOGON_ID, Process, SYSTEM_LOGON_ID, Session, corp_sid, service_session,
};
use crate::events::{Draft, Envelope, Log};
use crate::record::WindowsRecord;
use crate::rng::Rng;
use crate::value::{Guid, Sid, Ticks};

/// Clock granularity before Windows 10: 15.625 ms.
const OLD_CLOCK_TICKS: u64 = 156_250;

/// What a collector asks of a host: events of which this holds.
type Forwards = fn(&Draft) -> bool;

/// What a host was at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Snapshot {
    at: Ticks,
    next_rid: u32,
}

/// A host, and everything it has logged so far.
pub struct Host {
    pub(super) spec: HostSpec,
    pub(super) rng: Rng,
    pub(super) machine_sid: Sid,
    pub(super) activity_id: Guid,
    pub(super) next_rid: u32,
    pub(super) next_pid: u32,
    pub(super) reused_pid: Option<u32>,
    pub(super) next_logon_id: u64,
    pub(super) reused_logon_id: Option<u64>,
    pub(super) entries: Vec<(Ticks, Draft)>,
    pub(super) process_auditing_ends: Option<Ticks>,
    pub(super) lost: Vec<(Ticks, Ticks)>,
    pub(super) boot_starts: BTreeSet<Ticks>,
    forwards: Option<Forwards>,
    tells_no_ends: bool,
    /// Its log is its first.
    is_new: bool,
    /// Names that its records bore, each until a time.
    called: Vec<(Ticks, &'static str)>,
    /// What its own accounts carry as their domain, where that is not its name.
    goes_by: Option<&'static str>,
    /// Until then its clock ran so many seconds ahead.
    pub(super) ran_ahead: Option<(Ticks, u64)>,
    /// When it was set back, to what it had been at another time, and what relative id came next then.
    restored: Option<(Ticks, Snapshot)>,
    /// SYSTEM's session.
    pub system: Session,
    /// NETWORK SERVICE's session.
    pub network_service: Session,
    /// services.exe, running since the boot.
    pub services: Rc<Process>,
}

impl Host {
    /// A host that has been up for a while.
    pub fn new(spec: HostSpec, seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ u64::from(crc32fast::hash(spec.fqdn.as_bytes())));
        let sub = |rng: &mut Rng| rng.between_u32(0x2000_0000, 0xf000_0000);
        let local =
            Sid::parse("S-1-5-21").with_rid(sub(&mut rng)).with_rid(sub(&mut rng)).with_rid(sub(&mut rng));
        let machine_sid = if spec.domain_controller { corp_sid() } else { local };
        let netbios = netbios_name(spec.fqdn);
        let machine_account = Account::new(spec.domain, &format!("{netbios}$"), Sid::parse("S-1-5-18"));
        let network_account = Account::new(spec.domain, &format!("{netbios}$"), Sid::parse("S-1-5-20"));
        let system = service_session(machine_account, SYSTEM_LOGON_ID, &mut rng);
        let network_service = service_session(network_account, NETWORK_SERVICE_LOGON_ID, &mut rng);
        let services = Rc::new(Process {
            pid: 640,
            image: r"C:\Windows\System32\services.exe".to_owned(),
            command_line: r"C:\Windows\system32\services.exe".to_owned(),
            started: Ticks(0),
            session: system.clone(),
            logged: false,
            parent: None,
            guid: rng.guid(),
        });
        Self {
            next_rid: rng.between_u32(1002, 1018),
            next_pid: rng.between_u32(700, 1400) * 4,
            reused_pid: None,
            next_logon_id: rng.between(0x9_0000, 0x3f_0000),
            reused_logon_id: None,
            activity_id: rng.guid(),
            entries: Vec::new(),
            process_auditing_ends: None,
            lost: Vec::new(),
            boot_starts: BTreeSet::new(),
            forwards: None,
            tells_no_ends: false,
            is_new: false,
            called: Vec::new(),
            goes_by: None,
            ran_ahead: None,
            restored: None,
            spec,
            rng,
            machine_sid,
            system,
            network_service,
            services,
        }
    }

    /// Its specification.
    pub fn spec(&self) -> &HostSpec {
        &self.spec
    }

    /// Its NetBIOS name: the first label in capitals, cut to 15 characters.
    pub fn netbios(&self) -> String {
        netbios_name(self.goes_by.unwrap_or(self.spec.fqdn))
    }

    /// Its Security log begins here: records are numbered from the first.
    pub(crate) fn begins_its_log(&mut self) {
        self.is_new = true;
    }

    /// Until then its records bear this name.
    pub(crate) fn is_called_until(&mut self, until: Ticks, name: &'static str) {
        self.called.push((until, name));
    }

    /// From here on its own accounts carry this name as their domain; `None`: the host's.
    pub(crate) fn goes_by(&mut self, name: Option<&'static str>) {
        self.goes_by = name;
    }

    /// What it is now, to be set back to.
    pub(crate) fn snapshot(&self, at: Ticks) -> Snapshot {
        Snapshot { at, next_rid: self.next_rid }
    }

    /// It is set back: relative ids and record ids are those of before, its clock goes on.
    pub(crate) fn restore(&mut self, at: Ticks, snapshot: Snapshot) {
        self.next_rid = snapshot.next_rid;
        self.restored = Some((at, snapshot));
    }

    /// The SID under which its own accounts stand; the domain's on a domain controller.
    pub fn machine_sid(&self) -> &Sid {
        &self.machine_sid
    }

    /// Its random numbers, for stories that need some of their own.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// The account that the next creation gets as its relative id.
    pub(crate) fn set_next_rid(&mut self, rid: u32) {
        self.next_rid = rid;
    }

    /// Makes the next process take the id of this one: Windows reuses ids as soon as they are free.
    pub(crate) fn reuse_pid(&mut self, ended: &Process) {
        self.reused_pid = Some(ended.pid);
    }

    /// Makes the next session take the logon id of this one: they begin anew with every boot.
    pub(crate) fn reuse_logon_id(&mut self, ended: &Session) {
        self.reused_logon_id = Some(ended.logon_id);
    }

    /// What the collector lost: events of these times are numbered like all others, and do not arrive.
    pub(crate) fn lose(&mut self, from: Ticks, to: Ticks) {
        self.lost.push((from, to));
    }

    /// What the collector takes: the others are numbered like all, and do not arrive.
    pub(crate) fn forward_only(&mut self, forwards: Forwards) {
        self.forwards = Some(forwards);
    }

    /// Nobody asked for the ends of processes, as no policy does by default: none of this host stands in its log.
    pub(crate) fn tell_no_ends(&mut self) {
        self.tells_no_ends = true;
    }

    /// Whether the host logs the start of a process at this time.
    pub(super) fn audits_processes(&self, time: Ticks) -> bool {
        self.spec.telemetry.process_auditing && self.process_auditing_ends.is_none_or(|end| time <= end)
    }

    /// A time as this host's clock tells it.
    pub(super) fn clock(&self, time: Ticks) -> Ticks {
        if self.spec.generation == Generation::Windows10 {
            return time;
        }
        Ticks(time.0 - time.0 % OLD_CLOCK_TICKS)
    }

    /// Logs an event at this time.
    pub fn log(&mut self, time: Ticks, draft: Draft) {
        let time = if draft.kind.log == Log::Sysmon { time } else { self.clock(time) };
        self.entries.push((time, draft));
    }

    /// Everything logged, in order of time and numbered for each channel.
    pub(crate) fn into_records(mut self) -> Vec<WindowsRecord> {
        let mut entries = std::mem::take(&mut self.entries);
        entries.retain(|(time, draft)| {
            let is_process = draft.kind.log == Log::Security && matches!(draft.kind.event_id, 4688 | 4689);
            !is_process || self.audits_processes(*time) || self.boot_starts.contains(time)
        });
        if self.tells_no_ends {
            entries.retain(|(_, draft)| !is_end(draft));
        }
        // Stable: what happened in one clock tick keeps the order in which it happened.
        entries.sort_by_key(|(time, _)| *time);
        let mut last_ids: BTreeMap<&str, u64> = BTreeMap::new();
        for log in [Log::Security, Log::Sysmon] {
            last_ids.insert(log.channel(), self.rng.between(20_000, 900_000));
        }
        if self.is_new {
            last_ids.insert(Log::Security.channel(), 0);
        }
        let mut snapshot: Option<BTreeMap<&str, u64>> = None;
        let lsass = (748, self.rng.between_u32(100, 900) * 4);
        let mut records = Vec::with_capacity(entries.len());
        for (time, draft) in entries {
            if let Some((restored_at, taken)) = self.restored {
                if time >= taken.at && snapshot.is_none() {
                    snapshot = Some(last_ids.clone());
                }
                if time >= restored_at {
                    last_ids = snapshot.take().unwrap_or(last_ids);
                    self.restored = None;
                }
            }
            let new_channel = || self.rng.between(300, 90_000);
            let last_id = last_ids.entry(draft.kind.log.channel()).or_insert_with(new_channel);
            *last_id += 1;
            let is_lost = self.lost.iter().any(|(from, to)| (*from..*to).contains(&time));
            let is_taken = self.forwards.is_none_or(|forwards| forwards(&draft));
            if !is_lost && is_taken {
                let last_id = *last_id;
                let envelope = self.envelope(time, last_id, lsass, &draft);
                records.push(draft.written(envelope));
            }
        }
        records
    }

    fn envelope(&self, time: Ticks, record_id: u64, lsass: (u32, u32), draft: &Draft) -> Envelope {
        let called = self.called.iter().find(|(until, _)| time < *until).map(|(_, name)| *name);
        let mut computer = called.or(self.spec.alias).unwrap_or(self.spec.fqdn);
        let ahead = self.ran_ahead.filter(|(until, _)| time < *until).map_or(0, |(_, seconds)| seconds);
        let time = time.plus_seconds(ahead);
        let (execution, activity_id) = match draft.kind.log {
            Log::Sysmon => {
                computer = self.spec.sysmon_computer.unwrap_or(computer);
                ((3352, 4688), None)
            }
            Log::SystemService => ((1180, 2212), None),
            Log::Security | Log::SecurityService => {
                // The kernel writes process and object events, lsass writes accounts and logons.
                let by_lsass = matches!(
                    draft.kind.task,
                    12_544..=12_548 | 12_551 | 13_824..=13_826 | 14_336..=14_339
                );
                (if by_lsass { lsass } else { (4, 1512) }, by_lsass.then_some(self.activity_id))
            }
            Log::Services => ((self.services.pid, 3120), None),
            Log::Laps => (lsass, None),
            // Each of these is written by a service host, PowerShell's by PowerShell itself.
            Log::PowerShell | Log::WinRm | Log::WmiActivity => ((1184, 2604), None),
        };
        Envelope { record_id, time, computer: computer.to_owned(), execution, activity_id }
    }
}

fn netbios_name(fqdn: &str) -> String {
    fqdn.split('.').next().unwrap_or(fqdn).to_uppercase().chars().take(15).collect()
}

fn is_end(draft: &Draft) -> bool {
    matches!((draft.kind.log, draft.kind.event_id), (Log::Security, 4689) | (Log::Sysmon, 5))
}

#[cfg(test)]
mod tests {
    use super::super::spec::Telemetry;
    use super::super::who::corp_account;
    use super::*;

    #[test]
    fn netbios_names_are_the_first_label_in_capitals_cut_to_fifteen() {
        assert_eq!(netbios_name("desktop-verylongname01.corp.example"), "DESKTOP-VERYLON");
        assert_eq!(netbios_name("srv01"), "SRV01");
    }

    #[test]
    fn each_generation_writes_its_own_versions_on_its_own_clock() {
        let rows = [
            (Generation::Windows7, 0, 0, false),
            (Generation::Server2012R2, 1, 1, false),
            (Generation::Server2012R2Patched, 2, 1, false),
            (Generation::Windows10, 2, 2, true),
        ];
        for (generation, process_version, logon_version, fine_clock) in rows {
            let spec = HostSpec { generation, ..HostSpec::server("srv01.corp.example", Telemetry::AUDITED) };
            let mut host = Host::new(spec, 1);
            let time = Ticks::parse("2026-03-02T09:14:07.0010000Z");
            let session = host.network_logon(time, &corp_account("adm.keller", 1146), "10.20.4.31");
            let services = Rc::clone(&host.services);
            host.start_as(time, &services, &host.system.clone(), &session, r"C:\tool.exe", "tool.exe -x");
            let records = host.into_records();
            let of = |id: u16| records.iter().find(|record| record.event_id == id).unwrap();
            assert_eq!((of(4688).version, of(4624).version), (process_version, logon_version));
            let has = |name| of(4688).field(name).is_some();
            let expected = (process_version > 0, process_version > 1, generation == Generation::Windows10);
            assert_eq!((has("CommandLine"), has("TargetLogonId"), has("ParentProcessName")), expected);
            assert_eq!(of(4624).time == time, fine_clock, "15.6 ms ticks before 10");
        }
    }
}
