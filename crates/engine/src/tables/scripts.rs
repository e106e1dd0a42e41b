//! What PowerShells ran, by their own log (4104, 4103): scripts put together from their pieces, those that create
//! accounts, and of which PowerShells everything was logged. A script lives as long as the process that runs it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use begat_model::event::{Body, PipelineExecuted, ScriptBlock, ScriptPiece};
use begat_model::{Duration, Event, ProcessId, RecordRef, Sid, Text, Timestamp};

use crate::commands::intent::accounts::Intent;
use crate::commands::intent::module_log::module_calls;
use crate::spans::{CHANNEL_TOLERANCE, HOLD, SCRIPT_FIRST, SCRIPT_REACH};
use crate::tables::definitions::DefinitionTable;

/// Most scripts that create accounts kept for one host.
pub const SCRIPTS_MAX: usize = 4096;
/// Most pieces of unfinished scripts kept for one host.
const PIECES_MAX: usize = 4096;
/// Most bytes of them.
const PIECE_BYTES_MAX: usize = 32 << 20;
/// Most process ids of which it is known how they were logged.
const PIDS_MAX: usize = 4096;
/// Of the processes that had one id, the latest this many.
const LIVES_MAX: usize = 4;
/// Calls that were refused which are kept of one process: one that tries all night says the same each time.
const REFUSED_MAX: usize = 64;
/// The kept scripts are swept when there are so many, and then at each doubling.
const SWEEP_MIN: usize = 64;

/// A script block or command that creates accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptSign {
    /// When it began.
    pub at: Timestamp,
    /// The PowerShell that ran it.
    pub pid: ProcessId,
    /// As whom.
    pub user: Option<Sid>,
    /// What it does to accounts.
    pub intents: Vec<Intent>,
    /// 4104 or 4103; of a script in pieces the first that is there.
    pub record: RecordRef,
    /// How many of its pieces are not in the input, and of how many.
    pub missing: Option<(u64, u64)>,
}

impl ScriptSign {
    /// It creates accounts, and was not refused that.
    fn creates(&self) -> bool {
        self.intents.iter().any(|intent| matches!(intent, Intent::CreateAccount { .. }))
    }

    /// 4104: written before the script runs. What was called (4103) is written when it is done.
    pub(crate) fn is_of_block(&self) -> bool {
        self.record.kind.is_script_block()
    }
}

/// A script that was told in several pieces, as far as they are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedScript {
    /// The first piece that is there.
    pub event: Event,
    /// The text, in one where no piece is missing; else what lies between those that are.
    pub runs: Vec<Text>,
    /// How many pieces are not in the input, and of how many.
    pub missing: Option<(u64, u64)>,
}

/// What PowerShells of one host ran.
#[derive(Debug)]
pub struct ScriptTable {
    /// What they defined for scripts after them.
    pub definitions: DefinitionTable,
    /// In order of time.
    kept: VecDeque<Kept>,
    /// How many kept scripts each process id has whose process is not known to be gone.
    running: BTreeMap<ProcessId, usize>,
    sweep_at: usize,
    pieces: Pieces,
    logged: BTreeMap<ProcessId, VecDeque<Life>>,
    /// Time of the latest that was dropped for a bound.
    dropped_until: Option<Timestamp>,
}

impl Default for ScriptTable {
    fn default() -> ScriptTable {
        ScriptTable {
            definitions: DefinitionTable::default(),
            kept: VecDeque::new(),
            running: BTreeMap::new(),
            sweep_at: SWEEP_MIN,
            pieces: Pieces::default(),
            logged: BTreeMap::new(),
            dropped_until: None,
        }
    }
}

/// A script, and when its process was gone.
#[derive(Debug)]
struct Kept {
    sign: ScriptSign,
    gone_at: Option<Timestamp>,
}

/// How one process was logged. Ids are given out again: each start begins another.
#[derive(Debug, Default)]
struct Life {
    /// `None`: before this log.
    began: Option<Timestamp>,
    /// The first record that somebody had asked for.
    asked_for: Option<Timestamp>,
    /// The first script of which pieces are missing.
    lacks: Option<(Timestamp, (u64, u64))>,
    /// What it called and was refused.
    refused: Vec<(Intent, RecordRef)>,
}

impl Life {
    fn is_empty(&self) -> bool {
        self.asked_for.is_none() && self.lacks.is_none()
    }

    fn latest(&self) -> Option<Timestamp> {
        [self.began, self.asked_for, self.lacks.map(|(at, _)| at)].into_iter().flatten().max()
    }
}

impl ScriptTable {
    /// One piece of a script. Answers what is whole now, and what is waited for no longer to keep the bound.
    pub fn piece(&mut self, event: &Event, script: &ScriptBlock, piece: &ScriptPiece) -> Vec<JoinedScript> {
        self.pieces.add(event, script, piece)
    }

    /// Scripts whose pieces were last told before a time, and that lack some: what is there is all there will be.
    pub fn told_before(&mut self, horizon: Timestamp) -> Vec<JoinedScript> {
        self.pieces.told_before(horizon)
    }

    /// All scripts that still lack pieces.
    pub fn unfinished(&mut self) -> Vec<JoinedScript> {
        self.pieces.all()
    }

    /// A script that does this; kept, and true, where it creates accounts.
    pub fn script(
        &mut self,
        event: &ScriptBlock,
        intents: &[Intent],
        missing: Option<(u64, u64)>,
        record: &RecordRef,
    ) -> bool {
        if let (Some(pid), Some(missing)) = (event.pid, missing) {
            self.life(pid, record.at).lacks.get_or_insert((record.at, missing));
        }
        self.ran(event.pid, event.user.as_ref(), intents, missing, record)
    }

    /// A command with its parameters; kept, and true, where it creates accounts.
    pub fn pipeline(&mut self, event: &PipelineExecuted, record: &RecordRef) -> bool {
        // Nothing of this kind is written unasked.
        if let Some(pid) = event.pid {
            self.life(pid, record.at).asked_for.get_or_insert(record.at);
        }
        let calls = module_calls(&event.payload);
        for intent in &calls.refused {
            self.refused(event.pid, intent, record);
        }
        self.ran(event.pid, event.user.as_ref(), &calls.intents, None, record)
    }

    /// What a script of this process says, and PowerShell refused when it came to it, was not done.
    fn refused(&mut self, pid: Option<ProcessId>, refused: &Intent, record: &RecordRef) {
        let at = record.at;
        if let Some(pid) = pid {
            let life = self.life(pid, at);
            if life.refused.len() < REFUSED_MAX {
                life.refused.push((refused.clone(), record.clone()));
            }
        }
        let of_process = self.kept.iter_mut().filter(|kept| Some(kept.sign.pid) == pid && kept.sign.at <= at);
        for kept in of_process.filter(|kept| kept.sign.is_of_block()) {
            kept.sign.intents.retain(|intent| !intent.creates_same(refused));
        }
    }

    /// A PowerShell told of a script, or of a piece of one: at this level because somebody had asked for it.
    pub fn heard(&mut self, script: &ScriptBlock, at: Timestamp) {
        if let Some(pid) = script.pid.filter(|_| script.was_asked_for()) {
            self.life(pid, at).asked_for.get_or_insert(at);
        }
    }

    fn ran(
        &mut self,
        pid: Option<ProcessId>,
        user: Option<&Sid>,
        intents: &[Intent],
        missing: Option<(u64, u64)>,
        record: &RecordRef,
    ) -> bool {
        let creates = intents.iter().any(|intent| matches!(intent, Intent::CreateAccount { .. }));
        let (Some(pid), true) = (pid, creates) else { return false };
        let (at, intents, record) = (record.at, intents.to_vec(), record.clone());
        self.keep(ScriptSign { at, pid, user: user.cloned(), intents, record, missing });
        true
    }

    fn keep(&mut self, sign: ScriptSign) {
        if self.kept.len() >= self.sweep_at {
            self.sweep(sign.at);
        }
        if self.kept.len() == SCRIPTS_MAX
            && let Some(dropped) = self.kept.pop_front()
        {
            self.dropped_until = self.dropped_until.max(Some(dropped.sign.at));
            if dropped.gone_at.is_none() {
                self.is_gone(dropped.sign.pid);
            }
        }
        *self.running.entry(sign.pid).or_default() += 1;
        let place = self.kept.partition_point(|kept| kept.sign.at <= sign.at);
        self.kept.insert(place, Kept { sign, gone_at: None });
    }

    /// Forgets what no creation can need any more: those are weighed `HOLD` after they happened.
    fn sweep(&mut self, now: Timestamp) {
        let horizon = now - HOLD - HOLD;
        self.kept.retain(|kept| {
            kept.gone_at.is_none_or(|gone_at| gone_at >= horizon) || kept.sign.at + SCRIPT_REACH >= horizon
        });
        self.sweep_at = (2 * self.kept.len()).clamp(SWEEP_MIN, SCRIPTS_MAX);
    }

    /// One script fewer whose process may still run.
    fn is_gone(&mut self, pid: ProcessId) {
        if let Some(count) = self.running.get_mut(&pid) {
            *count -= 1;
            if *count == 0 {
                self.running.remove(&pid);
            }
        }
    }

    /// A process began: what had its id before is gone, and was logged as it was.
    pub fn process_began(&mut self, pid: ProcessId, at: Timestamp) {
        self.process_gone(pid, at);
        let Some(lives) = self.logged.get_mut(&pid) else { return };
        if lives.back().is_some_and(Life::is_empty) {
            // The other log tells of the same process.
            return;
        }
        lives.push_back(Life { began: Some(at), ..Life::default() });
        if lives.len() > LIVES_MAX {
            lives.pop_front();
        }
    }

    /// A process ended, or its id was given out again.
    pub fn process_gone(&mut self, pid: ProcessId, at: Timestamp) {
        self.definitions.process_gone(pid, at);
        if self.running.contains_key(&pid) {
            let scripts = self.kept.iter_mut().filter(|kept| kept.sign.pid == pid && kept.gone_at.is_none());
            // What began when the process did is its own.
            let before = scripts.filter(|kept| kept.sign.at + CHANNEL_TOLERANCE < at);
            let count = before.map(|kept| kept.gone_at = Some(at)).count();
            (0..count).for_each(|_| self.is_gone(pid));
        }
    }

    /// Windows started anew: no process of before runs.
    pub fn host_started(&mut self, at: Timestamp) {
        self.kept.iter_mut().for_each(|kept| kept.gone_at = kept.gone_at.or(Some(at)));
        self.running.clear();
        self.definitions.host_started();
        let logged: Vec<ProcessId> = self.logged.keys().copied().collect();
        logged.into_iter().for_each(|pid| self.process_began(pid, at));
    }

    /// The present process of an id.
    fn life(&mut self, pid: ProcessId, at: Timestamp) -> &mut Life {
        if self.logged.len() >= PIDS_MAX && !self.logged.contains_key(&pid) {
            self.forget_older_half(at);
        }
        let lives = self.logged.entry(pid).or_default();
        if lives.is_empty() {
            lives.push_back(Life::default());
        }
        lives.back_mut().expect("there is one by now")
    }

    /// For the bound: the older half at once, so that the cost stays linear in events.
    fn forget_older_half(&mut self, at: Timestamp) {
        let latest = |lives: &VecDeque<Life>| lives.iter().filter_map(Life::latest).max();
        let mut times: Vec<Option<Timestamp>> = self.logged.values().map(latest).collect();
        times.sort_unstable();
        let median = times[times.len() / 2];
        self.logged.retain(|_, lives| latest(lives) > median);
        self.dropped_until = self.dropped_until.max(Some(at));
    }

    /// All that the process with this id ran until a time stands in its log: somebody had asked for it, not only
    /// PowerShell warned, and no piece is missing.
    pub fn logged_in_full(&self, pid: ProcessId, at: Timestamp) -> bool {
        let is_by_then = |when: Timestamp| when <= at + CHANNEL_TOLERANCE;
        self.life_at(pid, at).is_some_and(|life| {
            life.asked_for.is_some_and(is_by_then) && !life.lacks.is_some_and(|(when, _)| is_by_then(when))
        })
    }

    /// What the process with this id called until a time, and was refused.
    pub fn refusal(
        &self,
        pid: ProcessId,
        at: Timestamp,
        is_it: impl Fn(&Intent) -> bool,
    ) -> Option<&RecordRef> {
        let refused = &self.life_at(pid, at + CHANNEL_TOLERANCE)?.refused;
        let is_near = |record: &RecordRef| record.at <= at + CHANNEL_TOLERANCE;
        refused.iter().find(|(intent, record)| is_near(record) && is_it(intent)).map(|(_, record)| record)
    }

    /// Of what the process with this id ran until a time, pieces are missing: how many of the first such script, and
    /// of how many.
    pub fn pieces_missing(&self, pid: ProcessId, at: Timestamp) -> Option<(u64, u64)> {
        let (when, missing) = self.life_at(pid, at)?.lacks?;
        (when <= at + CHANNEL_TOLERANCE).then_some(missing)
    }

    fn life_at(&self, pid: ProcessId, at: Timestamp) -> Option<&Life> {
        let mut lives = self.logged.get(&pid)?.iter().rev();
        lives.find(|life| life.began.is_none_or(|began| began <= at))
    }

    /// The scripts that may have come to their creation at `at`; one written up to `tolerance` after it too. Of a
    /// process that still runs, as far as it is known, any: a script may sleep.
    pub fn scripts_near(&self, at: Timestamp, tolerance: Duration) -> Vec<&ScriptSign> {
        let told = self.kept.iter().take_while(|kept| kept.sign.at <= at + tolerance);
        let is_before = |sign: &ScriptSign| !sign.is_of_block() || came_first(sign.at, at);
        let told = told.filter(|kept| kept.sign.creates() && is_before(&kept.sign));
        let may_run = |kept: &&Kept| {
            let runs = kept.gone_at.is_none_or(|gone_at| gone_at + tolerance >= at);
            runs || kept.sign.at + SCRIPT_REACH >= at
        };
        told.filter(may_run).map(|kept| &kept.sign).collect()
    }

    /// Scripts up to this time were dropped to bound memory.
    pub fn dropped_until(&self) -> Option<Timestamp> {
        self.dropped_until
    }
}

/// By its times a script was written before an account was made: both are told on one clock. Where one of the times is cut
/// and the other is not, as much may lie between. Of one that bears a later time, since the clock was set back between the
/// two say, that is not known.
pub(crate) fn came_first(written_at: Timestamp, created_at: Timestamp) -> bool {
    let (ours, theirs) = (written_at.precision().step(), created_at.precision().step());
    let cut = if ours == theirs { Duration::ZERO } else { ours.max(theirs) };
    written_at <= created_at + cut + SCRIPT_FIRST
}

/// Whose script, which, and in how many pieces.
type BlockKey = (Option<ProcessId>, Text, u32);

/// Scripts of which not all pieces were told yet.
#[derive(Debug, Default)]
struct Pieces {
    blocks: BTreeMap<BlockKey, Block>,
    /// By when a piece was told last.
    by_age: BTreeSet<(Timestamp, BlockKey)>,
    count: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Block {
    /// Its texts, by number.
    pieces: BTreeMap<u32, Text>,
    /// The piece of the lowest number.
    event: Event,
    first: u32,
    last_told: Timestamp,
}

impl Pieces {
    fn add(&mut self, event: &Event, script: &ScriptBlock, piece: &ScriptPiece) -> Vec<JoinedScript> {
        let key: BlockKey = (script.pid, piece.block.clone(), piece.total);
        let block = self.blocks.entry(key.clone()).or_insert_with(|| Block {
            pieces: BTreeMap::new(),
            event: event.clone(),
            first: piece.number,
            last_told: event.at,
        });
        self.by_age.remove(&(block.last_told, key.clone()));
        block.last_told = block.last_told.max(event.at);
        self.by_age.insert((block.last_told, key.clone()));
        if piece.number < block.first {
            (block.event, block.first) = (event.clone(), piece.number);
        }
        if let Entry::Vacant(place) = block.pieces.entry(piece.number) {
            place.insert(script.text.clone());
            (self.count, self.bytes) = (self.count + 1, self.bytes + script.text.len());
        }
        let is_whole = block.pieces.len() as u64 == u64::from(piece.total);
        let mut joined: Vec<JoinedScript> = is_whole.then(|| self.take(&key)).flatten().into_iter().collect();
        while self.count > PIECES_MAX || self.bytes > PIECE_BYTES_MAX {
            joined.extend(self.take_oldest());
        }
        joined
    }

    fn told_before(&mut self, horizon: Timestamp) -> Vec<JoinedScript> {
        let mut joined = Vec::new();
        while self.by_age.first().is_some_and(|(last_told, _)| *last_told < horizon) {
            joined.extend(self.take_oldest());
        }
        joined
    }

    fn all(&mut self) -> Vec<JoinedScript> {
        let mut joined = Vec::new();
        while !self.by_age.is_empty() {
            joined.extend(self.take_oldest());
        }
        joined
    }

    fn take_oldest(&mut self) -> Option<JoinedScript> {
        let (_, key) = self.by_age.first()?.clone();
        self.take(&key)
    }

    fn take(&mut self, key: &BlockKey) -> Option<JoinedScript> {
        let Block { pieces, mut event, last_told, .. } = self.blocks.remove(key)?;
        self.by_age.remove(&(last_told, key.clone()));
        self.count -= pieces.len();
        self.bytes -= pieces.values().map(|text| text.len()).sum::<usize>();
        let (total, there) = (u64::from(key.2), pieces.len() as u64);
        let runs = adjacent(&pieces);
        if let (Body::ScriptBlock(script), Some(first)) = (&mut event.body, runs.first()) {
            script.text = first.clone();
        }
        Some(JoinedScript { event, runs, missing: (there < total).then(|| (total - there, total)) })
    }
}

/// Texts of pieces that follow each other are one: a cut lies anywhere, inside a word too.
fn adjacent(pieces: &BTreeMap<u32, Text>) -> Vec<Text> {
    let mut runs: Vec<String> = Vec::new();
    let mut before = None;
    for (number, text) in pieces {
        match runs.last_mut().filter(|_| before == number.checked_sub(1)) {
            Some(run) => run.push_str(text),
            None => runs.push(text.to_string()),
        }
        before = Some(*number);
    }
    runs.into_iter().map(Text::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::intent::accounts::script_intents;
    use begat_model::{EventKind, HostName};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    fn record(seconds: i64) -> RecordRef {
        RecordRef { at: at(seconds), kind: EventKind::ScriptBlock, record_id: None, source: "log".into() }
    }

    fn script(pid: u32, text: &str) -> ScriptBlock {
        ScriptBlock { pid: Some(ProcessId(pid)), user: None, text: text.into(), level: Some(5), piece: None }
    }

    fn ran(table: &mut ScriptTable, seconds: i64, pid: u32, text: &str) -> bool {
        table.script(&script(pid, text), &script_intents(text), None, &record(seconds))
    }

    /// Piece `number` of `total` of the block "b".
    fn piece(
        table: &mut ScriptTable,
        seconds: i64,
        number: u32,
        total: u32,
        text: &str,
    ) -> Vec<JoinedScript> {
        let place = ScriptPiece { block: "b".into(), number, total };
        let script = ScriptBlock { piece: Some(place.clone()), ..script(7, text) };
        let event = Event {
            at: at(seconds),
            host: HostName::new("h").unwrap(),
            record: record(seconds),
            body: Body::ScriptBlock(Box::new(script.clone())),
        };
        table.piece(&event, &script, &place)
    }

    #[test]
    fn only_scripts_that_create_accounts_are_kept_and_as_long_as_their_process_may_run() {
        let mut table = ScriptTable::default();
        assert!(!ran(&mut table, 0, 7, "Get-LocalUser bob"));
        assert!(ran(&mut table, 1, 7, "New-LocalUser bob -NoPassword"));
        let near = |table: &ScriptTable, seconds| table.scripts_near(at(seconds), Duration::ZERO).len();
        assert_eq!((near(&table, 5), near(&table, 90_000)), (1, 1), "a script may sleep for a day");
        assert_eq!(near(&table, 0), 0, "it began after the creation");
        assert_eq!(
            table.scripts_near(at(0), CHANNEL_TOLERANCE).len(),
            0,
            "by one clock it came a second later"
        );
        table.process_gone(ProcessId(8), at(100));
        assert_eq!(near(&table, 90_000), 1, "another process ended");
        table.process_gone(ProcessId(7), at(100));
        assert_eq!((near(&table, 601), near(&table, 602)), (1, 0), "its process ended");
    }

    #[test]
    fn a_script_came_first_as_far_as_the_times_of_one_clock_tell() {
        let at = |second: &str| Timestamp::parse_rfc3339(&format!("2024-05-01T10:00:{second}Z")).unwrap();
        for (written, created, first) in [
            ("07.0000000", "07.3000000", true),
            ("07.3500000", "07.3000000", true),
            ("08.3000000", "07.3000000", false),
            ("07", "07", true),
            ("08", "07", false),
            ("07.9000000", "07", true),
            ("08", "07.3000000", true),
            ("09", "07.3000000", false),
        ] {
            assert_eq!(came_first(at(written), at(created)), first, "{written} {created}");
        }
    }

    #[test]
    fn an_id_that_is_given_out_again_and_a_restart_end_a_script() {
        for restart in [true, false] {
            let mut table = ScriptTable::default();
            ran(&mut table, 1, 7, "New-LocalUser bob");
            table.process_began(ProcessId(7), at(1));
            let near = |table: &ScriptTable| table.scripts_near(at(5000), Duration::ZERO).len();
            assert_eq!(near(&table), 1, "it began with its own process");
            if restart {
                table.host_started(at(1000));
            } else {
                table.process_began(ProcessId(7), at(1000));
            }
            assert_eq!(near(&table), 0);
        }
    }

    #[test]
    fn pieces_are_joined_in_any_order_and_read_once() {
        let parts = ["# a\nNew-Local", "User -Name 'bo", "b' -NoPassword"];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut table = ScriptTable::default();
            let mut whole = Vec::new();
            for (second, index) in order.iter().enumerate() {
                assert_eq!(whole, []);
                whole = piece(&mut table, second as i64, *index as u32 + 1, 3, parts[*index]);
                if second == 0 {
                    let again = piece(&mut table, 0, *index as u32 + 1, 3, "told twice");
                    assert_eq!(again, []);
                }
            }
            assert_eq!(whole.len(), 1);
            assert_eq!(
                (whole[0].runs.len(), &*whole[0].runs[0], whole[0].missing),
                (1, parts.concat().as_str(), None)
            );
            let first = order.iter().position(|index| *index == 0).unwrap();
            assert_eq!(whole[0].event.at, at(first as i64), "it is the first piece's");
            let Body::ScriptBlock(script) = &whole[0].event.body else { unreachable!() };
            assert_eq!(script.text, whole[0].runs[0]);
            assert!(table.unfinished().is_empty() && table.pieces.count == 0 && table.pieces.bytes == 0);
        }
    }

    #[test]
    fn what_lacks_a_piece_is_read_as_far_as_it_goes_and_known_to_lack_it() {
        let mut table = ScriptTable::default();
        for (number, text) in [(1, "New-Local"), (2, "User bob"), (4, "New-LocalUser eve")] {
            assert_eq!(piece(&mut table, 0, number, 5, text), []);
        }
        assert_eq!(table.told_before(at(0)), [], "they may still come");
        let told = table.told_before(at(1));
        assert_eq!(told.len(), 1);
        let runs: Vec<&str> = told[0].runs.iter().map(|run| &**run).collect();
        assert_eq!((runs, told[0].missing), (vec!["New-LocalUser bob", "New-LocalUser eve"], Some((2, 5))));
        let late = piece(&mut table, 2, 1, 1, "New-LocalUser one");
        assert_eq!(late.len(), 1, "one of one is whole");
    }

    #[test]
    fn pieces_are_bounded_and_what_gives_way_is_read_all_the_same() {
        let mut table = ScriptTable::default();
        let mut told = Vec::new();
        for number in 1..=PIECES_MAX as u32 + 1 {
            told.extend(piece(&mut table, i64::from(number), number, u32::MAX, "x"));
        }
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].missing, Some((u64::from(u32::MAX) - 4097, u64::from(u32::MAX))));
        assert_eq!((table.pieces.count, table.pieces.bytes), (0, 0));
        let long = "x".repeat(PIECE_BYTES_MAX / 2 + 1);
        assert_eq!(piece(&mut table, 0, 1, 3, &long), []);
        assert_eq!(piece(&mut table, 0, 2, 3, &long).len(), 1);
    }

    #[test]
    fn logged_in_full_is_only_what_somebody_asked_for_and_of_that_process() {
        let heard = |level: Option<u8>| {
            let mut table = ScriptTable::default();
            table.heard(&ScriptBlock { level, ..script(7, "x") }, at(10));
            table
        };
        for (level, expected) in [(Some(5), true), (Some(0), true), (Some(3), false), (None, false)] {
            let table = heard(level);
            assert_eq!(table.logged_in_full(ProcessId(7), at(20)), expected, "{level:?}");
            assert!(!table.logged_in_full(ProcessId(8), at(20)), "another process");
            assert!(!table.logged_in_full(ProcessId(7), at(5)), "not yet");
        }
        let mut table = heard(Some(5));
        table.process_began(ProcessId(7), at(100));
        assert!(table.logged_in_full(ProcessId(7), at(50)), "of the first that had this id");
        assert!(!table.logged_in_full(ProcessId(7), at(150)), "not of the second");
        let payload = PipelineExecuted { pid: Some(ProcessId(7)), user: None, payload: "".into() };
        table.pipeline(&payload, &record(120));
        assert!(table.logged_in_full(ProcessId(7), at(150)), "4103 is never written unasked");
        table.host_started(at(200));
        assert!(!table.logged_in_full(ProcessId(7), at(250)));
    }

    #[test]
    fn what_lacks_pieces_is_not_logged_in_full() {
        let mut table = ScriptTable::default();
        table.heard(&script(7, "x"), at(1));
        table.script(&script(7, "x"), &[], Some((2, 5)), &record(2));
        assert!(!table.logged_in_full(ProcessId(7), at(9)));
        assert_eq!(table.pieces_missing(ProcessId(7), at(9)), Some((2, 5)));
        assert_eq!(table.pieces_missing(ProcessId(7), at(-9)), None);
        assert_eq!(table.pieces_missing(ProcessId(8), at(9)), None);
        assert!(table.scripts_near(at(9), Duration::ZERO).is_empty(), "it creates nothing that is told");
    }

    #[test]
    fn the_bounds_drop_the_oldest_and_tell() {
        let mut table = ScriptTable::default();
        for number in 0..=SCRIPTS_MAX as i64 {
            ran(&mut table, number, 7, "New-LocalUser bob");
        }
        assert_eq!((table.kept.len(), table.dropped_until()), (SCRIPTS_MAX, Some(at(0))));
        let mut ended = ScriptTable::default();
        for number in 0..=3 * SCRIPTS_MAX as i64 {
            ran(&mut ended, 1000 * number, 7, "New-LocalUser bob");
            ended.process_gone(ProcessId(7), at(1000 * number + 5));
        }
        assert!(
            ended.kept.len() <= SWEEP_MIN && ended.dropped_until().is_none(),
            "those are needed no longer"
        );
        assert!(ended.running.is_empty());
        let mut pids = ScriptTable::default();
        for pid in 0..=PIDS_MAX as u32 {
            pids.heard(&script(pid, "x"), at(i64::from(pid)));
        }
        assert!(pids.logged.len() < PIDS_MAX && pids.dropped_until().is_some());
        assert!(pids.logged_in_full(ProcessId(PIDS_MAX as u32), at(9999)));
    }
}
