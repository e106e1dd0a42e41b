//! What goes wrong with logs between a host and whoever hunts them. The truth of what happened stays as it was.
use crate::events::{self, Draft, Envelope};
use crate::record::{Body, WindowsRecord};
use crate::rng::Rng;
use crate::value::{TICKS_PER_MILLISECOND, TICKS_PER_SECOND, Ticks, Value};

/// One way in which logs suffer.
pub struct Fault {
    /// Its name, also on the command line.
    pub name: &'static str,
    /// What happens, in a line.
    pub doc: &'static str,
    /// The carrier that ships all events a second time, where there is one.
    pub shipped_again_by: Option<&'static str>,
    damage: fn(&mut Rng, &mut Vec<WindowsRecord>),
}

macro_rules! faults {
    ($($name:literal $damage:expr, $again:expr, $doc:literal;)*) => {
        /// Every fault, in the order in which they strike. None of them takes a creation away: without its record there is nothing to judge.
        pub const FAULTS: &[Fault] = &[$(Fault {
            name: $name, doc: $doc, shipped_again_by: $again, damage: $damage,
        }),*];
    };
}

faults! {
    // What happens on the host.
    "reboot" prepend_earlier_boot, None,
        "an earlier boot gave out the same process and logon ids; then Windows started anew (4608)";
    "blank-command-lines" |rng, records| blank_command_lines(rng, records), None, "4688 tells no command lines";
    "late-sysmon" |rng, records| delay_sysmon(rng, records), None, "Sysmon writes minutes late; the time of the deed stays";
    "rename-host" |rng, records| rename_host(rng, records), None, "from one event on the host bears another name";
    "clock-forward" |rng, records| set_clock(rng, records, true), None, "the clock is set forward (4616)";
    "clock-back" |rng, records| set_clock(rng, records, false), None, "the clock is set back (4616)";
    "clear-log" clear_log, None, "the Security log was cleared before the creation (1102)";
    // What happens on the way.
    "drop-some" |rng, records| drop_share(rng, records, |_| true), None, "a share of all events is lost";
    "drop-run" drop_run, None, "consecutive events are lost, as where a collector stops for a while";
    "drop-4688" |rng, records| drop_share(rng, records, |record| is_security(record, 4688)), None,
        "process starts of the Security log are lost";
    "drop-4689" |rng, records| drop_share(rng, records, |record| is_security(record, 4689)), None,
        "process ends of the Security log are lost";
    "drop-4624" |rng, records| drop_share(rng, records, |record| is_security(record, 4624)), None,
        "logons are lost";
    "drop-sysmon" |rng, records| drop_share(rng, records, is_sysmon), None, "events of Sysmon are lost";
    "duplicates" duplicate, None, "events arrive twice";
    "duplicates-in-seconds" |_, _| (), Some("nxlog"),
        "all events arrive a second time from a collector that tells whole seconds";
}

impl Fault {
    /// The fault of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FAULTS.iter().find(|fault| fault.name == name)
    }

    /// The records after it struck, each host by itself; the same seed strikes in the same way.
    pub fn strike(&self, records: &[WindowsRecord], seed: u64) -> Vec<WindowsRecord> {
        let mut rng = Rng::new(seed ^ u64::from(crc32fast::hash(self.name.as_bytes())));
        let of_hosts = records.chunk_by(|one, next| first_label(one) == first_label(next));
        let struck = of_hosts.flat_map(|of_host| {
            let mut of_host = of_host.to_vec();
            (self.damage)(&mut rng, &mut of_host);
            of_host
        });
        struck.collect()
    }
}

fn first_label(record: &WindowsRecord) -> String {
    record.computer.split('.').next().unwrap_or_default().to_uppercase()
}

/// Whether this is that event of the Security log.
pub fn is_security(record: &WindowsRecord, event_id: u16) -> bool {
    record.channel == "Security" && record.event_id == event_id
}

/// Whether Sysmon wrote this.
pub fn is_sysmon(record: &WindowsRecord) -> bool {
    record.channel == "Microsoft-Windows-Sysmon/Operational"
}

/// Whether this is the record of an account's creation.
pub(crate) fn is_creation(record: &WindowsRecord) -> bool {
    is_security(record, 4720)
}

fn index(rng: &mut Rng, low: usize, high: usize) -> usize {
    usize::try_from(rng.between(low as u64, high as u64)).expect("an index")
}

/// A place in the log: half of the time among the events around a creation, where it hurts most.
fn place(rng: &mut Rng, records: &[WindowsRecord]) -> Option<usize> {
    let last = records.len().checked_sub(1)?;
    let creations: Vec<usize> = (0..=last).filter(|at| is_creation(&records[*at])).collect();
    if creations.is_empty() || rng.between(0, 1) == 0 {
        return Some(index(rng, 0, last));
    }
    let creation = *rng.pick(&creations);
    Some(index(rng, creation.saturating_sub(12), (creation + 6).min(last)))
}

fn drop_share(rng: &mut Rng, records: &mut Vec<WindowsRecord>, of: fn(&WindowsRecord) -> bool) {
    let percent = *rng.pick(&[10, 30, 60, 100]);
    let all = percent == 100 && records.iter().all(of);
    let percent = if all { 80 } else { percent };
    records.retain(|record| is_creation(record) || !of(record) || rng.between(1, 100) > percent);
}

fn drop_run(rng: &mut Rng, records: &mut Vec<WindowsRecord>) {
    let Some(from) = place(rng, records) else { return };
    let until = (from + index(rng, 2, 2 + records.len() / 4)).min(records.len());
    let kept: Vec<WindowsRecord> = records.drain(from..until).filter(is_creation).collect();
    records.splice(from..from, kept);
}

fn duplicate(rng: &mut Rng, records: &mut Vec<WindowsRecord>) {
    let percent = *rng.pick(&[10, 50, 100]);
    let again: Vec<WindowsRecord> =
        records.iter().filter(|_| rng.between(1, 100) <= percent).cloned().collect();
    records.extend(again);
}

fn delay_sysmon(rng: &mut Rng, records: &mut [WindowsRecord]) {
    let delay_seconds = rng.between(10, 600);
    for record in records.iter_mut().filter(|record| is_sysmon(record)) {
        record.time = record.time.plus_seconds(delay_seconds);
    }
}

/// A step of the clock, signed.
#[derive(Clone, Copy)]
struct Step {
    ticks: u64,
    is_forward: bool,
}

impl Step {
    fn after(self, time: Ticks) -> Ticks {
        Ticks(if self.is_forward { time.0 + self.ticks } else { time.0 - self.ticks })
    }
}

/// Sysmon's own time of the deed.
fn utc_time(record: &WindowsRecord) -> Option<Ticks> {
    let text = record.printed("UtcTime")?;
    Some(Ticks::parse(&format!("{}Z", text.replace(' ', "T"))))
}

fn move_in_time(record: &mut WindowsRecord, step: Step, deeds_since: Ticks) {
    record.time = step.after(record.time);
    if let Some(deed) = utc_time(record).filter(|deed| *deed >= deeds_since) {
        record.set("UtcTime", Value::text(step.after(deed).sysmon_utc_time()));
    }
    // What set the clock later went on from the time that it had come to.
    for name in ["PreviousTime", "NewTime"] {
        if let Some(Value::FileTime(told)) = record.field(name).cloned() {
            record.set(name, Value::FileTime(step.after(told)));
        }
    }
}

fn set_clock(rng: &mut Rng, records: &mut Vec<WindowsRecord>, is_forward: bool) {
    let millis = *rng.pick(&[1_500, 4_000, 45_000, 130_000, 900_000]) + rng.between(0, 900);
    let step = Step { ticks: millis * TICKS_PER_MILLISECOND, is_forward };
    let Some(at) = place(rng, records) else { return };
    let Some(next) = records[at..].iter().find(|record| record.channel == "Security") else { return };
    let before = records[at].time;
    let mut told = next.clone();
    told.event_id = 4616;
    told.version = 1;
    told.task = 12_288;
    told.time = step.after(before);
    told.body = Body::Named(vec![
        ("SubjectUserSid".to_owned(), Value::Sid(crate::value::Sid::parse("S-1-5-18"))),
        ("SubjectUserName".to_owned(), Value::text("-")),
        ("SubjectDomainName".to_owned(), Value::text("-")),
        ("SubjectLogonId".to_owned(), Value::Hex64(0x3e7)),
        ("PreviousTime".to_owned(), Value::FileTime(before)),
        ("NewTime".to_owned(), Value::FileTime(step.after(before))),
        ("ProcessId".to_owned(), Value::Pointer(0x3a8)),
        ("ProcessName".to_owned(), Value::text(r"C:\Windows\System32\svchost.exe")),
    ]);
    for record in &mut records[at..] {
        move_in_time(record, step, before);
        record.record_id += u64::from(record.channel == "Security");
    }
    records.insert(at, told);
}

fn rename_host(rng: &mut Rng, records: &mut [WindowsRecord]) {
    let Some(at) = place(rng, records) else { return };
    let old = first_label(&records[at]);
    let new = format!("NODE{:04}", rng.between(0, 9999));
    let renamed = |text: &str| {
        let bare = text.strip_suffix('$').unwrap_or(text);
        bare.eq_ignore_ascii_case(&old).then(|| text.to_uppercase().replace(&old, &new))
    };
    for record in &mut records[at..] {
        let domain = record.computer.split_once('.').map(|(_, domain)| format!(".{domain}"));
        record.computer = format!("{new}{}", domain.unwrap_or_default());
        let (Body::Named(fields) | Body::User { fields, .. }) = &mut record.body else { continue };
        for (_, value) in fields {
            if let Value::Text(text) = value
                && let Some(name) = renamed(text)
            {
                *text = name;
            }
        }
    }
}

/// Sessions and processes of the boot before, under the very ids that are given out again after it.
fn prepend_earlier_boot(rng: &mut Rng, records: &mut Vec<WindowsRecord>) {
    const KEPT: &[u16] = &[1, 5, 4624, 4634, 4647, 4648, 4672, 4688, 4689];
    let Some(first) = records.first().cloned() else { return };
    let hours_ago = Step { ticks: rng.between(3600, 10_800) * TICKS_PER_SECOND, is_forward: false };
    let known = |record: &&WindowsRecord| {
        KEPT.contains(&record.event_id) && (record.channel == "Security" || is_sysmon(record))
    };
    let mut earlier: Vec<WindowsRecord> = records.iter().filter(known).cloned().collect();
    for record in &mut earlier {
        move_in_time(record, hours_ago, Ticks(0));
        for name in ["ProcessGuid", "ParentProcessGuid"] {
            if let Some(Value::Guid(guid)) = record.field(name).cloned() {
                let mut other = guid;
                other.0[4] ^= 0x5a;
                record.set(name, Value::Guid(other));
            }
        }
    }
    let startup = Envelope {
        record_id: 0,
        time: Ticks(first.time.0 - 20 * TICKS_PER_SECOND),
        computer: records
            .iter()
            .find(|record| record.channel == "Security")
            .unwrap_or(&first)
            .computer
            .clone(),
        execution: first.execution,
        activity_id: None,
    };
    earlier.push(Draft::new(&events::STARTUP_4608).written(startup));
    for channel in ["Security", "Microsoft-Windows-Sysmon/Operational"] {
        let begins = records.iter().filter(|record| record.channel == channel).map(|record| record.record_id);
        let begins = begins.min().unwrap_or(10_000);
        let of_channel = earlier.iter_mut().rev().filter(|record| record.channel == channel);
        for (record, id) in of_channel.zip((0..begins).rev()) {
            record.record_id = id;
        }
    }
    records.splice(0..0, earlier);
}

fn clear_log(rng: &mut Rng, records: &mut Vec<WindowsRecord>) {
    let Some(creation) = records.iter().position(is_creation) else { return };
    let reach = *rng.pick(&[3, 10, 40, creation]);
    let at = index(rng, creation.saturating_sub(reach), creation);
    let Some(last) = records[..at].iter().rfind(|record| record.channel == "Security").cloned() else {
        return;
    };
    let subject = |draft: Draft, name: &str| match records[creation].field(name).cloned() {
        Some(value) => draft.set(name, value),
        None => draft,
    };
    let names = ["SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId"];
    let cleared = names.into_iter().fold(Draft::new(&events::LOG_CLEARED_1102), subject).written(Envelope {
        record_id: last.record_id,
        time: last.time,
        computer: last.computer,
        execution: last.execution,
        activity_id: None,
    });
    let later = records.split_off(at);
    records.retain(|record| record.channel != "Security");
    records.push(cleared);
    records.extend(later);
}

fn blank_command_lines(_: &mut Rng, records: &mut [WindowsRecord]) {
    for record in records.iter_mut().filter(|record| is_security(record, 4688)) {
        if record.field("CommandLine").is_some() {
            record.set("CommandLine", Value::text(""));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{STORIES, StoryKind};
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_has_its_own_name_and_a_doc() {
        let names: BTreeSet<_> = FAULTS.iter().map(|fault| fault.name).collect();
        assert_eq!(names.len(), FAULTS.len());
        assert!(FAULTS.iter().all(|fault| fault.doc.len() > 10 && !fault.doc.ends_with('.')));
    }

    #[test]
    fn every_fault_strikes_alike_for_a_seed_and_leaves_the_creations() {
        let creations = |records: &[WindowsRecord]| {
            let sids = records.iter().filter(|record| is_creation(record));
            sids.filter_map(|record| record.printed("TargetSid")).collect::<BTreeSet<_>>()
        };
        for fault in FAULTS {
            let mut struck_any = fault.shipped_again_by.is_some();
            for (story, seed) in STORIES.iter().zip(1..) {
                let records = story.tell(seed).records;
                let struck = fault.strike(&records, seed);
                assert_eq!(struck, fault.strike(&records, seed), "{}", fault.name);
                assert_eq!(creations(&struck), creations(&records), "{} {}", fault.name, story.name);
                struck_any |= struck != records;
            }
            assert!(struck_any, "{} changes nothing", fault.name);
        }
    }

    #[test]
    fn record_ids_rise_over_a_clock_that_was_set_and_over_a_boot() {
        let story = StoryKind::named("net-user-administrators").unwrap();
        for (fault, seed) in [("clock-back", 3), ("clock-forward", 4), ("reboot", 5)] {
            let struck = Fault::named(fault).unwrap().strike(&story.tell(seed).records, seed);
            let ids: Vec<u64> = struck
                .iter()
                .filter(|record| record.channel == "Security")
                .map(|record| record.record_id)
                .collect();
            assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{fault}");
            let marks = [4616, 4608].map(|id| struck.iter().any(|record| is_security(record, id)));
            assert!(marks.contains(&true), "{fault} is told");
        }
    }
}
