//! A large file in the shape of dense real logs: for benchmarks and soak tests.
//!
//! A pool of different chunks is built once and then repeated with new record ids, times and checksums, so
//! that a gigabyte costs seconds.
use std::io::{self, Write};

use super::chunk::{ChunkBuilder, record_ranges, seal};
use super::layout::{Form, Layouts};
use super::sizes::CHUNK_BYTES;
use super::{FILE_HEADER_BYTES, file_header};
use crate::events::{self, Draft, Envelope, Log};
use crate::noise::{Maker, SECURITY_NOISE, SYSMON_NOISE, Surroundings, hashes};
use crate::record::WindowsRecord;
use crate::rng::Rng;
use crate::value::{Sid, TICKS_PER_SECOND, Ticks, Value};

/// The events of the corpus that a hunt wants; everything else in it is noise.
pub const DENSE_WANTED: &[(&str, u16)] = &[
    ("Microsoft-Windows-Security-Auditing", 4624),
    ("Microsoft-Windows-Security-Auditing", 4688),
    ("Microsoft-Windows-Security-Auditing", 4720),
    ("Microsoft-Windows-Sysmon", 1),
];

/// How many of a thousand records are wanted.
const WANTED_PER_MILLE: u64 = 96;
/// How many different chunks there are.
const POOL_CHUNKS: usize = 96;
/// Of seven chunks so many are Sysmon's, whose records are larger: this sets the average record size.
const SYSMON_CHUNKS_OF_SEVEN: usize = 5;
/// The System substitutions that are patched in every repetition.
const TIME_SUBSTITUTION: usize = 6;
const RECORD_ID_SUBSTITUTION: usize = 10;

/// What a corpus holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenseSummary {
    /// Bytes, the file header included.
    pub bytes: u64,
    /// Records.
    pub records: u64,
    /// Of these, records of [`DENSE_WANTED`].
    pub wanted: u64,
}

/// A corpus ready to be written.
pub struct DenseCorpus {
    pool: Vec<PoolChunk>,
    chunk_count: usize,
}

/// A chunk of the pool with the places that differ in every repetition.
struct PoolChunk {
    bytes: Vec<u8>,
    records: Vec<RecordPlaces>,
    wanted: u64,
}

/// Where a record keeps its number and its time.
struct RecordPlaces {
    header_id_at: usize,
    header_time_at: usize,
    system_id_at: usize,
    system_time_at: usize,
    time: u64,
}

/// A corpus of about this size (a whole number of chunks, at least one).
pub fn dense_corpus(bytes: u64, seed: u64) -> DenseCorpus {
    let chunk_bytes = bytes.saturating_sub(FILE_HEADER_BYTES as u64);
    let chunk_count = usize::try_from(chunk_bytes / CHUNK_BYTES as u64).expect("a count of chunks").max(1);
    let mut builder = PoolBuilder {
        rng: Rng::new(seed),
        layouts: Layouts::default(),
        clock: Ticks::parse("2026-03-02T06:00:00.0000000Z"),
        wanted_due: 0,
    };
    let log_of = |i: usize| if i % 7 < SYSMON_CHUNKS_OF_SEVEN { Log::Sysmon } else { Log::Security };
    let pool = (0..POOL_CHUNKS.min(chunk_count)).map(|i| builder.chunk(log_of(i))).collect();
    DenseCorpus { pool, chunk_count }
}

impl DenseCorpus {
    /// Writes the file.
    pub fn write_to(&self, mut sink: impl Write) -> io::Result<DenseSummary> {
        let chunks = || (0..self.chunk_count).map(|i| &self.pool[i % self.pool.len()]);
        let records: u64 = chunks().map(|chunk| chunk.records.len() as u64).sum();
        sink.write_all(&file_header(self.chunk_count, records + 1))?;
        let mut first_id = 1;
        let mut buffer = vec![0; CHUNK_BYTES];
        for (i, chunk) in chunks().enumerate() {
            let repetition = (i / self.pool.len()) as u64;
            chunk.stamp(&mut buffer, first_id, repetition * 3600 * TICKS_PER_SECOND);
            sink.write_all(&buffer)?;
            first_id += chunk.records.len() as u64;
        }
        let bytes = (FILE_HEADER_BYTES + self.chunk_count * CHUNK_BYTES) as u64;
        Ok(DenseSummary { bytes, records, wanted: chunks().map(|chunk| chunk.wanted).sum() })
    }
}

impl PoolChunk {
    /// Copies the chunk with these record ids and its times moved by `delay_ticks`.
    fn stamp(&self, buffer: &mut [u8], first_id: u64, delay_ticks: u64) {
        buffer.copy_from_slice(&self.bytes);
        let mut put = |at: usize, number: u64| buffer[at..at + 8].copy_from_slice(&number.to_le_bytes());
        for (id, places) in (first_id..).zip(&self.records) {
            put(places.header_id_at, id);
            put(places.system_id_at, id);
            put(places.header_time_at, places.time + delay_ticks);
            put(places.system_time_at, places.time + delay_ticks);
        }
        let last_id = first_id + self.records.len() as u64 - 1;
        for (at, id) in [(8, first_id), (16, last_id), (24, first_id), (32, last_id)] {
            put(at, id);
        }
        seal(buffer);
    }
}

/// What goes on from one chunk of the pool to the next.
struct PoolBuilder {
    rng: Rng,
    layouts: Layouts,
    clock: Ticks,
    /// Grows with every record; a wanted one is due at a thousand. Exact where drawing lots would not be.
    wanted_due: u64,
}

impl PoolBuilder {
    fn chunk(&mut self, log: Log) -> PoolChunk {
        let mut chunk = ChunkBuilder::new();
        let mut wanted = 0;
        loop {
            self.clock = Ticks(self.clock.0 + self.rng.between(1, 400_000));
            self.wanted_due += WANTED_PER_MILLE;
            let is_wanted = self.wanted_due >= 1000;
            let draft = self.draft(log, is_wanted);
            let fragment = self.layouts.fragment(&self.written(draft), Form::Native);
            if !chunk.write_record(0, self.clock, &fragment).expect("no text of the corpus is too long") {
                self.wanted_due -= WANTED_PER_MILLE;
                break;
            }
            self.wanted_due -= if is_wanted { 1000 } else { 0 };
            wanted += u64::from(is_wanted);
        }
        let bytes = chunk.finish(1);
        let ranges = record_ranges(&bytes);
        let records = ranges.into_iter().map(|range| record_places(&bytes, range.start)).collect();
        PoolChunk { bytes, records, wanted }
    }

    fn draft(&mut self, log: Log, is_wanted: bool) -> Draft {
        let host = Surroundings { machine_account: "SRV01$", domain: "CORP", time: self.clock };
        let rng = &mut self.rng;
        match (log, is_wanted) {
            (Log::Sysmon, true) => sysmon_process(rng, &host),
            (Log::Sysmon, false) => rng.weighted(SYSMON_NOISE)(rng, &host),
            (_, true) => rng.weighted(SECURITY_WANTED)(rng, &host),
            (_, false) => rng.weighted(SECURITY_NOISE)(rng, &host),
        }
    }

    fn written(&self, draft: Draft) -> WindowsRecord {
        draft.written(Envelope {
            record_id: 0,
            time: self.clock,
            computer: "srv01.corp.example".to_owned(),
            execution: (4, 1512),
            activity_id: None,
        })
    }
}

/// Finds a record's number and time by walking over its template instance.
fn record_places(chunk: &[u8], record_at: usize) -> RecordPlaces {
    let word =
        |at: usize| u32::from_le_bytes([chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]]) as usize;
    // Record header, fragment header, token, version, template id: then the definition's offset.
    let definition_at = record_at + 24 + 4 + 2 + 4;
    let mut at = definition_at + 4;
    if word(definition_at) == at {
        at += 24 + word(at + 20);
    }
    let count = word(at);
    let descriptors_at = at + 4;
    let value_at = |index: usize| {
        let size = |i: usize| {
            usize::from(chunk[descriptors_at + 4 * i]) | usize::from(chunk[descriptors_at + 4 * i + 1]) << 8
        };
        descriptors_at + 4 * count + (0..index).map(size).sum::<usize>()
    };
    let header_time_at = record_at + 16;
    let time_bytes = chunk[header_time_at..header_time_at + 8].try_into().expect("eight bytes");
    RecordPlaces {
        header_id_at: record_at + 8,
        header_time_at,
        system_id_at: value_at(RECORD_ID_SUBSTITUTION),
        system_time_at: value_at(TIME_SUBSTITUTION),
        time: u64::from_le_bytes(time_bytes),
    }
}

const COMMANDS: &[(&str, &str)] = &[
    (r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule"),
    (r"C:\Windows\System32\conhost.exe", r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1"),
    (r"C:\Windows\System32\taskhostw.exe", "taskhostw.exe Install $(Arg0)"),
    (r"C:\Windows\System32\wbem\WmiPrvSE.exe", r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding"),
    (r"C:\Windows\System32\cmd.exe", r"C:\Windows\system32\cmd.exe /c D:\jobs\rotate.cmd"),
    (
        r"C:\Program Files\Backup Agent\bkpagent.exe",
        r#""C:\Program Files\Backup Agent\bkpagent.exe" --incremental"#,
    ),
];

fn domain_sid(rng: &mut Rng) -> Value {
    let rid = rng.between_u32(1100, 1900);
    Value::Sid(Sid::parse("S-1-5-21-1004336348-1177238915-682003330").with_rid(rid))
}

fn sysmon_process(rng: &mut Rng, host: &Surroundings) -> Draft {
    let (image, command_line) = *rng.pick(COMMANDS);
    let (parent, parent_command_line) = *rng.pick(COMMANDS);
    Draft::new(&events::SYSMON_PROCESS_1)
        .text("UtcTime", host.time.sysmon_utc_time())
        .set("ProcessGuid", Value::Guid(rng.guid()))
        .set("ProcessId", Value::U32(rng.between_u32(100, 3000) * 4))
        .text("Image", image)
        .text("FileVersion", "10.0.17763.1 (WinBuild.160101.0800)")
        .text("Product", "Microsoft® Windows® Operating System")
        .text("Company", "Microsoft Corporation")
        .text("CommandLine", command_line)
        .text("CurrentDirectory", r"C:\Windows\system32\")
        .text("User", r"NT AUTHORITY\SYSTEM")
        .set("LogonGuid", Value::Guid(rng.guid()))
        .set("LogonId", Value::Hex64(0x3e7))
        .text("IntegrityLevel", "System")
        .text("Hashes", hashes(rng))
        .set("ParentProcessGuid", Value::Guid(rng.guid()))
        .set("ParentProcessId", Value::U32(rng.between_u32(100, 3000) * 4))
        .text("ParentImage", parent)
        .text("ParentCommandLine", parent_command_line)
}

const SECURITY_WANTED: &[(u64, Maker)] = &[(400, process_created), (590, logon), (10, account_created)];

fn process_created(rng: &mut Rng, host: &Surroundings) -> Draft {
    let (image, command_line) = *rng.pick(COMMANDS);
    let (parent, _) = *rng.pick(COMMANDS);
    Draft::new(&events::PROCESS_CREATED_4688_V2)
        .set("SubjectUserSid", Value::Sid(Sid::parse("S-1-5-18")))
        .text("SubjectUserName", host.machine_account)
        .text("SubjectDomainName", host.domain)
        .set("SubjectLogonId", Value::Hex64(0x3e7))
        .set("NewProcessId", Value::Pointer(rng.between(100, 3000) * 4))
        .text("NewProcessName", image)
        .text("TokenElevationType", "%%1936")
        .set("ProcessId", Value::Pointer(rng.between(100, 3000) * 4))
        .text("CommandLine", command_line)
        .text("ParentProcessName", parent)
        .set("MandatoryLabel", Value::Sid(Sid::parse("S-1-16-16384")))
}

fn logon(rng: &mut Rng, host: &Surroundings) -> Draft {
    Draft::new(&events::LOGON_4624_V2)
        .set("TargetUserSid", domain_sid(rng))
        .text("TargetUserName", format!("user{}", rng.between(100, 999)))
        .text("TargetDomainName", host.domain)
        .set("TargetLogonId", Value::Hex64(rng.between(0x10_0000, 0x2fff_ffff)))
        .set("LogonType", Value::U32(3))
        .text("LogonProcessName", "Kerberos")
        .text("AuthenticationPackageName", "Kerberos")
        .set("LogonGuid", Value::Guid(rng.guid()))
        .text("IpAddress", format!("10.20.{}.{}", rng.between(0, 7), rng.between(2, 250)))
        .text("IpPort", rng.between(49_152, 65_535).to_string())
        .text("ImpersonationLevel", "%%1833")
        .text("VirtualAccount", "%%1843")
        .text("ElevatedToken", "%%1842")
}

fn account_created(rng: &mut Rng, host: &Surroundings) -> Draft {
    let name = format!("svc{}", rng.between(100, 999));
    Draft::new(&events::ACCOUNT_CREATED_4720)
        .text("TargetUserName", name.as_str())
        .text("TargetDomainName", "SRV01")
        .set("TargetSid", domain_sid(rng))
        .set("SubjectUserSid", domain_sid(rng))
        .text("SubjectUserName", "admin")
        .text("SubjectDomainName", host.domain)
        .set("SubjectLogonId", Value::Hex64(rng.between(0x10_0000, 0x2fff_ffff)))
        .text("SamAccountName", name)
        .text("UserAccountControl", "\r\n\t\t%%2080\r\n\t\t%%2082\r\n\t\t%%2084")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: u64, seed: u64) -> (Vec<u8>, DenseSummary) {
        let mut file = Vec::new();
        let summary = dense_corpus(bytes, seed).write_to(&mut file).unwrap();
        (file, summary)
    }

    #[test]
    fn the_shape_is_that_of_the_benchmark() {
        let (file, summary) = written(20_000_000, 1);
        assert_eq!(file.len() as u64, summary.bytes);
        let average_bytes = summary.bytes / summary.records;
        assert!((860..=900).contains(&average_bytes), "{average_bytes} bytes a record");
        let per_mille = summary.wanted * 1000 / summary.records;
        assert!((95..=97).contains(&per_mille), "{per_mille} ‰ wanted");
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert!(written(9_000_000, 5).0 == written(9_000_000, 5).0);
        assert!(written(1_000_000, 5).0 != written(1_000_000, 6).0);
    }
}
