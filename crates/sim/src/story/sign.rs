//! Signs of the act: the records that show that this very process made the account, and whether they are still there.
//!
//! What a command line or a script says is known from the story, never read again; what the SAM saw and how times
//! interlock stands in the records.
use super::{Story, TrueProcess, Truth};
use crate::fault::{is_creation, is_security, is_sysmon};
use crate::record::WindowsRecord;
use crate::value::{Sid, TICKS_PER_MILLISECOND, TICKS_PER_SECOND, Ticks, Value};

/// Sessions that many services share: who else was at work in them, their records cannot tell.
const SHARED_SESSIONS: &[u64] = &[0x3e4, 0x3e5, 0x3e7];
/// A caller that makes the same lookup this often, further than a minute from the creation, does so all day.
const HABIT_MIN: usize = 3;
/// Below this share of the log's process starts, nothing rests on no other process being there.
const STARTS_LEFT_PERCENT_MIN: usize = 98;

/// What shows that a process did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Its command line says so, and it held the creating session.
    CommandLine,
    /// Its script or pipeline says so.
    Script,
    /// The SAM saw it ask for the new account within the burst.
    Lookup,
    /// The SAM saw it ask for a group that the account was put into next.
    GroupLookup,
    /// It started just before the burst and ended just after, and nothing else of its session came or went.
    Interlock,
}

/// Every sign of the act that a story's truth has, as far as the records that make it are left.
pub fn signs(story: &Story, truth: &Truth, left: &[WindowsRecord]) -> Vec<Sign> {
    let Some(creator) = &truth.creator else { return Vec::new() };
    let Some(burst) = Burst::of(story, truth) else { return Vec::new() };
    let own = first_label(&burst.first.computer);
    let is_own = |record: &&WindowsRecord| first_label(&record.computer).eq_ignore_ascii_case(own);
    let written = story.records.iter().filter(is_own).collect();
    let view = View { story, truth, creator, burst, written, left };
    let stands = [
        (Sign::CommandLine, view.line_tells()),
        (Sign::Script, view.script_tells()),
        (Sign::Lookup, view.sam_saw_the_account_read()),
        (Sign::GroupLookup, view.sam_saw_the_group_read()),
        (Sign::Interlock, view.interlocks()),
    ];
    stands.into_iter().filter(|(_, stands)| *stands).map(|(sign, _)| sign).collect()
}

/// Whether a record is left as it was written.
pub(crate) fn is_left(record: &WindowsRecord, left: &[WindowsRecord]) -> bool {
    // When a record of Sysmon was written matters to nobody: it tells the time of the deed itself.
    let time_matters = record.channel == "Security";
    left.iter().any(|other| {
        other.record_id == record.record_id
            && other.channel == record.channel
            && other.computer == record.computer
            && other.body == record.body
            && (!time_matters || other.time == record.time)
    })
}

/// The records of a creation, first to last.
struct Burst<'a> {
    first: &'a WindowsRecord,
    last: &'a WindowsRecord,
}

impl<'a> Burst<'a> {
    fn of(story: &'a Story, truth: &Truth) -> Option<Self> {
        let created = story.records.iter().find(|record| is_creation_of(record, truth))?;
        let belongs = |record: &&WindowsRecord| {
            matches!(record.event_id, 4720 | 4722 | 4724 | 4728 | 4732 | 4738)
                && record.computer == created.computer
                && (is(record, "TargetSid", &truth.sid) || is(record, "MemberSid", &truth.sid))
                && record.field("SubjectLogonId") == Some(&Value::Hex64(truth.logon_id))
                && record.time.0.abs_diff(created.time.0) <= TICKS_PER_SECOND
        };
        let first = story.records.iter().find(belongs)?;
        let last = story.records.iter().rfind(belongs)?;
        Some(Self { first, last })
    }

    fn holds(&self, record: &WindowsRecord) -> bool {
        record.channel == self.first.channel
            && record.computer == self.first.computer
            && (self.first.record_id..=self.last.record_id).contains(&record.record_id)
    }
}

/// What signs are looked for in.
struct View<'a> {
    story: &'a Story,
    truth: &'a Truth,
    creator: &'a TrueProcess,
    burst: Burst<'a>,
    /// What the host itself wrote.
    written: Vec<&'a WindowsRecord>,
    left: &'a [WindowsRecord],
}

impl View<'_> {
    fn records(&self) -> impl DoubleEndedIterator<Item = &WindowsRecord> {
        self.written.iter().copied()
    }

    fn is_left(&self, record: &WindowsRecord) -> bool {
        is_left(record, self.left)
    }

    /// A start or end of this process under the creating session.
    fn binds(&self, record: &WindowsRecord) -> bool {
        let held = ["TargetLogonId", "SubjectLogonId", "LogonId"];
        is_of_process(record, self.creator)
            && held.iter().any(|field| record.field(field) == Some(&Value::Hex64(self.truth.logon_id)))
    }

    fn line_tells(&self) -> bool {
        let tells = |record: &&WindowsRecord| {
            is_start(record)
                && is_of_process(record, self.creator)
                && record.printed("CommandLine").is_some_and(|line| !line.is_empty())
        };
        self.truth.line_tells
            && self.records().filter(tells).any(|record| self.is_left(record))
            && self.records().filter(|record| self.binds(record)).any(|record| self.is_left(record))
    }

    /// Each script block that names the account has all its pieces, or a pipeline does.
    fn script_tells(&self) -> bool {
        let latest = self.burst.last.time.plus_seconds(2);
        let of_creator = |record: &&WindowsRecord| {
            record.execution.0 == self.creator.pid
                && matches!(record.event_id, 4103 | 4104)
                && record.level != 3
                && record.time <= latest
        };
        let written: Vec<&WindowsRecord> = self.records().filter(of_creator).collect();
        let tells = |record: &&WindowsRecord| {
            let pieces: Vec<&WindowsRecord> = match record.field("ScriptBlockId") {
                Some(id) => {
                    written.iter().copied().filter(|other| other.field("ScriptBlockId") == Some(id)).collect()
                }
                None => vec![record],
            };
            let total = record.field("MessageTotal").cloned();
            let is_whole = total.is_none_or(|total| total == Value::U32(pieces.len() as u32));
            let text: String = pieces
                .iter()
                .filter_map(|piece| piece.printed("ScriptBlockText").or_else(|| piece.printed("Payload")))
                .collect();
            is_whole
                && text.contains(&self.truth.created_as)
                && pieces.iter().all(|piece| self.is_left(piece))
        };
        self.truth.script_tells && written.iter().any(tells)
    }

    /// A lookup by the creator under the creating session.
    fn is_lookup(&self, record: &WindowsRecord, event_id: u16) -> bool {
        is_security(record, event_id)
            && record.field("CallerProcessId") == Some(&Value::Pointer(u64::from(self.creator.pid)))
            && record.field("SubjectLogonId") == Some(&Value::Hex64(self.truth.logon_id))
    }

    fn sam_saw_the_account_read(&self) -> bool {
        let reads = |record: &&WindowsRecord| {
            self.is_lookup(record, 4798)
                && is(record, "TargetSid", &self.truth.sid)
                && self.burst.holds(record)
                && self.is_left(record)
        };
        self.records().any(|record| reads(&record)) && !self.reads_other_accounts()
    }

    fn sam_saw_the_group_read(&self) -> bool {
        let leads = |record: &&WindowsRecord| {
            let changes_group = |other: &&WindowsRecord| {
                matches!(other.event_id, 4732 | 4733)
                    && other.record_id > record.record_id
                    && other.channel == record.channel
                    && other.field("TargetSid") == record.field("TargetSid")
                    && other.field("SubjectLogonId") == record.field("SubjectLogonId")
            };
            let next = self.records().find(changes_group);
            self.is_lookup(record, 4799)
                && self.is_left(record)
                && next.is_some_and(|next| {
                    is(next, "MemberSid", &self.truth.sid)
                        && next.time.0 - record.time.0 <= TICKS_PER_SECOND
                        && self.is_left(next)
                })
                && !self.does_so_all_day(record)
        };
        self.records().any(|record| leads(&record)) && !self.reads_other_accounts()
    }

    /// The caller goes through all accounts at that moment: it did not come for this one.
    fn reads_other_accounts(&self) -> bool {
        self.records().any(|record| {
            self.is_lookup(record, 4798)
                && !is(record, "TargetSid", &self.truth.sid)
                && record.time.0.abs_diff(self.burst.first.time.0) <= TICKS_PER_SECOND
        })
    }

    fn does_so_all_day(&self, lookup: &WindowsRecord) -> bool {
        let same = self.records().filter(|record| {
            self.is_lookup(record, 4799)
                && record.field("TargetSid") == lookup.field("TargetSid")
                && record.time.0.abs_diff(lookup.time.0) > 60 * TICKS_PER_SECOND
        });
        same.count() >= HABIT_MIN
    }

    fn interlocks(&self) -> bool {
        if SHARED_SESSIONS.contains(&self.truth.logon_id) || self.truth.is_filtered {
            return false;
        }
        let own = |event_id| {
            move |record: &&WindowsRecord| {
                is_security(record, event_id) && is_of_process(record, self.creator)
            }
        };
        let Some(start) =
            self.records().filter(own(4688)).rfind(|record| record.time <= self.burst.first.time)
        else {
            return false;
        };
        let end = self.records().filter(own(4689)).find(|record| record.time >= self.burst.last.time);
        let before = self.burst.first.time.0 - start.time.0;
        let after = |end: &WindowsRecord| end.time.0 - self.burst.last.time.0;
        let until = match end {
            Some(end) if before <= TICKS_PER_SECOND && after(end) <= TICKS_PER_SECOND => end,
            _ if self.is_net1_that_joins_users() && before <= 500 * TICKS_PER_MILLISECOND => self.burst.last,
            _ => return false,
        };
        let between = start.record_id..=until.record_id;
        let mut inside = self
            .records()
            .filter(|record| record.channel == "Security")
            // What shares a tick of the clock with the start cannot be told from what came after it.
            .filter(|record| between.contains(&record.record_id) || record.time == start.time);
        let is_bound = self.binds(start) || (self.binds(until) && is_of_process(until, self.creator));
        is_bound
            && inside.all(|record| self.is_left(record) && !self.is_rival(record))
            && self.starts_are_left()
    }

    fn is_net1_that_joins_users(&self) -> bool {
        let users = Sid::parse("S-1-5-32-545");
        let joins = |record: &WindowsRecord| {
            self.burst.holds(record) && record.event_id == 4732 && is(record, "TargetSid", &users)
        };
        self.creator.image.to_lowercase().ends_with(r"\net1.exe") && self.records().any(joins)
    }

    /// Another process of the session that comes or goes, and is neither above nor below the creator.
    fn is_rival(&self, record: &WindowsRecord) -> bool {
        let is_of_session = |field| record.field(field) == Some(&Value::Hex64(self.truth.logon_id));
        let kin = || self.truth.chain.iter().chain([self.creator]).any(|kin| is_of_process(record, kin));
        let is_child = || record.field("ProcessId") == Some(&Value::Pointer(u64::from(self.creator.pid)));
        matches!(record.event_id, 4688 | 4689)
            && (is_of_session("TargetLogonId") || is_of_session("SubjectLogonId"))
            && !kin()
            && !(record.event_id == 4688 && is_child())
    }

    fn starts_are_left(&self) -> bool {
        let starts = |records: &mut dyn Iterator<Item = &WindowsRecord>| {
            records
                .filter(|record| is_security(record, 4688) && record.computer == self.burst.first.computer)
                .count()
        };
        let left = starts(&mut self.left.iter());
        left * 100 >= starts(&mut self.story.records.iter()) * STARTS_LEFT_PERCENT_MIN
    }
}

fn first_label(computer: &str) -> &str {
    computer.split('.').next().unwrap_or_default()
}

fn is(record: &WindowsRecord, field: &str, sid: &Sid) -> bool {
    record.field(field) == Some(&Value::Sid(sid.clone()))
}

/// A process began: 4688, Sysmon 1.
pub(crate) fn is_start(record: &WindowsRecord) -> bool {
    is_security(record, 4688) || (is_sysmon(record) && record.event_id == 1)
}

/// A start or end of this process.
pub(crate) fn is_of_process(record: &WindowsRecord, process: &TrueProcess) -> bool {
    let (pid, image) = match (record.channel.as_str(), record.event_id) {
        ("Security", 4688) => ("NewProcessId", "NewProcessName"),
        ("Security", 4689) => ("ProcessId", "ProcessName"),
        ("Microsoft-Windows-Sysmon/Operational", 1 | 5) => ("ProcessId", "Image"),
        _ => return false,
    };
    let same_pid = match record.field(pid) {
        Some(Value::Pointer(told)) => *told == u64::from(process.pid),
        Some(Value::U32(told)) => *told == process.pid,
        _ => false,
    };
    same_pid && record.printed(image).as_deref() == Some(&*process.image)
}

/// Whether this is the record of the account's creation: a SID that is given out twice was another's before.
pub(crate) fn is_creation_of(record: &WindowsRecord, truth: &Truth) -> bool {
    is_creation(record)
        && is(record, "TargetSid", &truth.sid)
        && record.printed("TargetUserName").as_deref() == Some(&*truth.created_as)
}

/// When the account was made, as the undamaged log tells it.
pub(crate) fn created_at(records: &[WindowsRecord], truth: &Truth) -> Option<Ticks> {
    records.iter().find(|record| is_creation_of(record, truth)).map(|record| record.time)
}
