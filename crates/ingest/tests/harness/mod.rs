//! Both looks at bytes, whatever they are: no panic, and what the looks tell is consistent.
//!
//! The fuzz targets and the mutation test call this.
#![allow(dead_code, reason = "each fuzz target uses its own part")]

use std::sync::Arc;

use begat_ingest::{
    Gathered, Limits, Passwords, ReadOptions, Schemas, Source, Survey, TimeSlice, Unit, gather_bytes, read,
    survey,
};

/// Archives in fuzzed bytes may not unpack to more.
const LIMITS: Limits = Limits {
    unpacked_bytes_max: 1 << 20,
    entries_max: 16,
    spool_bytes_max: None,
    passwords: Passwords::NONE,
};

/// Text of any shape, alone and as the value of a record's field. Answers the number of events.
pub fn json_records(bytes: &[u8], schemas: &Schemas) -> u64 {
    for (before, after) in [(&b"{\"winlog\":"[..], &b"}"[..]), (b"{\"EventTime\":\"\",\"Hostname\":", b"}")] {
        both_looks([before, bytes, after].concat(), schemas);
    }
    both_looks(bytes.to_vec(), schemas)
}

/// Text of any shape, alone, as the System part of an event and as its data. Answers the number of events.
pub fn xml_records(bytes: &[u8], schemas: &Schemas) -> u64 {
    const WANTED: &[u8] =
        b"<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4720</EventID>\
        <Computer>A</Computer><TimeCreated SystemTime='2026-01-01T00:00:00Z'/></System>";
    for (before, after) in [(&b"<Event><System>"[..], &b"</System></Event>"[..]), (WANTED, b"</Event>")] {
        both_looks([before, bytes, after].concat(), schemas);
    }
    both_looks(bytes.to_vec(), schemas)
}

/// Rows below the heads of tables that are known, and a table of any head.
pub fn table_rows(bytes: &[u8], schemas: &Schemas) -> u64 {
    const HEADS: [&[u8]; 4] = [
        b"Keywords,Date and Time,Source,Event ID,Task Category\r\n",
        b"Id;LogName;TimeCreated;MachineName;Message\n",
        b"Timestamp\tDeviceName\tActionType\n",
        b"",
    ];
    HEADS.iter().map(|head| both_looks([head, bytes].concat(), schemas)).sum()
}

/// Windows' message of some events, as lines and on one line.
pub fn messages(bytes: &[u8], schemas: &Schemas) -> u64 {
    let events = ["4688", "4720", "4624", "1102", "4698"].map(|id| {
        let classic = format!(
            "03/02/2026 02:15:42 PM\nLogName=Security\nEventCode={id}\nComputerName=A\nKeywords=Audit Success\nMessage="
        );
        let snare = format!(
            "<13>Mar 2 14:15:42 A MSWinEventLog\t1\tSecurity\t3\tMon Mar 02 14:15:42 2026\t{id}\tSecurity\tx\tx\tx\tA\tx\tx\t"
        );
        both_looks([classic.as_bytes(), bytes].concat(), schemas)
            + both_looks([snare.as_bytes(), bytes].concat(), schemas)
    });
    events.iter().sum()
}

/// An object of PowerShell's CLIXML: any, one with these members, and a message.
pub fn clixml_objects(bytes: &[u8], schemas: &Schemas) -> u64 {
    const PARTS: [(&[u8], &[u8]); 3] = [
        (b"<Objs>\n<Obj RefId=\"0\">", b"</Obj>"),
        (b"<Obj RefId=\"0\"><Props><I32 N=\"Id\">4720</I32>", b"</Props></Obj>"),
        (b"<Obj RefId=\"0\"><Props></Props><MS><S N=\"Message\">", b"</S></MS></Obj>"),
    ];
    PARTS.iter().map(|(before, after)| both_looks([before, bytes, after].concat(), schemas)).sum()
}

/// Lines behind what a relay puts before a record, and before one.
pub fn prefixed_lines(bytes: &[u8], schemas: &Schemas) -> u64 {
    const RECORD: &[u8] = b"<Event><System><EventID>4720</EventID><Channel>Security</Channel><Computer>A</Computer>\
        <TimeCreated SystemTime='2026-01-01T00:00:00Z'/></System><EventData><Data Name='TargetUserName'>a</Data></EventData></Event>\n";
    both_looks([b"<14>1 2026-01-01T00:00:00Z A b - - - ", bytes].concat(), schemas)
        + both_looks([bytes, RECORD].concat(), schemas)
}

/// A Parquet file, whatever it is of: a broken one is told, and what can be read of it.
pub fn parquet_tables(bytes: &[u8], schemas: &Schemas) -> u64 {
    both_looks([&b"PAR1"[..], bytes.strip_prefix(b"PAR1").unwrap_or(bytes)].concat(), schemas)
}

/// Bytes in the places where a shape has a whole event in a text, once and twice.
pub fn event_texts(bytes: &[u8], schemas: &Schemas) -> u64 {
    const EVENT: &[u8] =
        b"<Event><System><EventID>4720</EventID><Channel>Security</Channel><Computer>A</Computer>";
    let text = |bytes: &[u8]| format!("{:?}", String::from_utf8_lossy(bytes)).into_bytes();
    let raw = |text: &[u8]| [&b"{\"_raw\":"[..], text, b"}"].concat();
    let once = raw(&text(bytes));
    both_looks(raw(&text(&once)), schemas)
        + both_looks(raw(&text(&[EVENT, bytes].concat())), schemas)
        + both_looks([&b"{\"event_data\":{},\"xml\":"[..], &text(bytes), b"}"].concat(), schemas)
        + both_looks(once, schemas)
}

/// Bytes in each place where an envelope may have a record.
pub fn enclosed_records(bytes: &[u8], schemas: &Schemas) -> u64 {
    const PLACES: [(&[u8], &[u8]); 6] = [
        (b"{\"_index\":\"x\",\"_source\":", b"}"),
        (b"{\"hits\":{\"total\":1,\"hits\":[", b"]}}"),
        (b"{\"preview\":false,\"result\":", b"}"),
        (b"{\"Records\":[{\"properties\":", b"}]}"),
        (b"{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"kvlistValue\":", b"}}]}]}]}"),
        (b"{\"event\":{\"data\":{\"record\":{\"doc\":{\"rows\":[", b"]}}}}}"),
    ];
    PLACES.iter().map(|(before, after)| both_looks([before, bytes, after].concat(), schemas)).sum()
}

fn both_looks(bytes: Vec<u8>, schemas: &Schemas) -> u64 {
    let length = bytes.len() as u64;
    let Gathered { sources, problems, skipped, anomalies } = gather_bytes("fuzzed", bytes, &LIMITS, schemas);
    assert!(problems.is_empty(), "memory can be read: {problems:?}");
    assert!(
        !sources.is_empty() || !skipped.is_empty() || !anomalies.is_empty(),
        "nothing is dropped silently"
    );
    let is_packed = sources.iter().any(|source| &*source.name != "fuzzed");
    let units: Vec<Unit> =
        sources.into_iter().map(Arc::new).flat_map(|source| Source::units(&source)).collect();
    let mut whole = Survey::default();
    for unit in &units {
        whole.merge(survey(unit, schemas).expect("memory can be read"));
    }
    let surveyed = whole.finish(None);
    let options = ReadOptions {
        hosts: &|_| true,
        kinds: &|_| true,
        times: TimeSlice::ALL,
        zones: &surveyed.zones,
        schemas,
        details: false,
    };
    // What is left of a spoilt record is heard, and is none of the records that are there to be read.
    let heard = surveyed.tally.records();
    let mut events = 0;
    for unit in &units {
        let report = read(unit, &options, &mut |_| events += 1).expect("memory can be read");
        assert!(report.events <= heard);
    }
    let counts = surveyed.counts;
    assert!(events <= heard && counts.wanted <= counts.records);
    // Offsets are in what was unpacked, and for UTF-16 in the text decoded from it: two bytes become at most three.
    let longest = if is_packed { LIMITS.unpacked_bytes_max } else { length.max(LIMITS.unpacked_bytes_max) };
    let offsets = surveyed.anomalies.kept().filter_map(|anomaly| anomaly.offset);
    assert!(offsets.max().unwrap_or(0) <= longest * 3 / 2 + 3);
    events
}
