//! Inputs that cost: what would take hours, were any of it held against all the rest.
use std::io::{self, Write};
use std::rc::Rc;

use crate::encode::{Carrier, Shipping};
use crate::evtx::EvtxError;
use crate::record::WindowsRecord;
use crate::value::Ticks;
use crate::world::{Creation, Host, HostSpec, Process, Telemetry, corp_account};

/// Accounts that are made amid the processes.
const CREATIONS: u64 = 500;
/// Processes with a long command line, and how long that is: `cmd` takes no more.
const LONG_LINES: u64 = 10_000;
const LINE_BYTES: usize = 8191;
/// Tools that all say to make the account of one name.
const TOOLS: u64 = 60_000;
/// Hosts of an inventory, entries of a policy, parts of a pattern.
const HOSTS: u64 = 1_000_000;
const ENTRIES: u64 = 20_000;
const PARTS: usize = 3_000;

/// A file of a log: its name, and what stands in it, all of it or so small a part.
type Log = (&'static str, fn(u64) -> Vec<WindowsRecord>);
/// A file of a site: its name, and who writes it.
type SiteFile = (&'static str, fn(&mut dyn Write) -> io::Result<()>);

/// Logs of one host.
pub const LOGS: &[Log] = &[("long-lines.jsonl", long_lines), ("many-tools.jsonl", many_tools)];

/// What a site gives beside its logs.
pub const SITE: &[SiteFile] = &[("inventory.csv", inventory), ("policy.toml", policy), ("rule.yml", rule)];

/// Logs as they are shipped.
pub fn shipped(records: &[WindowsRecord]) -> Result<Vec<u8>, EvtxError> {
    let carrier = Carrier::named("winlogbeat").expect("the carrier is in the table");
    carrier.encode(records, &Shipping::default())
}

/// A server on which somebody has a shell.
fn at_work() -> (Host, Rc<Process>, Ticks) {
    let mut host = Host::new(HostSpec::server("srv01.corp.example", Telemetry::AUDITED), 1);
    let time = Ticks::parse("2026-03-02T09:00:00.0000000Z");
    let session = host.desktop_logon(time, &corp_account("adm.keller", 1146), 10, "10.20.4.31");
    let shell = host.running(&session, r"C:\Windows\System32\cmd.exe", "cmd.exe");
    (host, shell, time.plus_seconds(10))
}

/// Programs that nobody knows, of one session, each with a line that could name any account.
fn long_lines(part: u64) -> Vec<WindowsRecord> {
    let (mut host, shell, time) = at_work();
    let words: String = (0..LINE_BYTES / 8).map(|word| format!("word{:04}", word % 1000)).collect();
    for index in 0..LONG_LINES / part {
        let line = format!("tool.exe {index} {}", words.replace("word", " w"));
        host.start(time.plus_millis(index * 50), &shell, r"C:\Tools\tool.exe", &line);
    }
    make(&mut host, &shell, time, part, |index| format!("account{index}"));
    host.into_records()
}

/// One name, made and deleted again and again, amid tools that all say to make it and are never told to end.
fn many_tools(part: u64) -> Vec<WindowsRecord> {
    let (mut host, shell, time) = at_work();
    for index in 0..TOOLS / part {
        let image = r"C:\Windows\System32\net1.exe";
        host.start(time.plus_millis(index * 8), &shell, image, "net1 user bob Winter-2026! /add");
    }
    make(&mut host, &shell, time, part, |_| "bob".to_owned());
    host.into_records()
}

fn make(host: &mut Host, shell: &Process, time: Ticks, part: u64, name: impl Fn(u64) -> String) {
    for index in 0..CREATIONS / part {
        let at = time.plus_seconds(index);
        let account = host.create_account(at, &shell.session, &name(index), Creation::Net);
        host.delete_account(at.plus_millis(400), &shell.session, &account);
    }
}

fn inventory(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "host,role,owner")?;
    for number in 0..HOSTS {
        writeln!(out, "wks{number:07}.corp.example,workstation of floor {},IT", number % 40)?;
    }
    Ok(())
}

fn policy(out: &mut dyn Write) -> io::Result<()> {
    for number in 0..ENTRIES {
        writeln!(
            out,
            "[[authorisation]]\nname = \"entry{number}\"\nkind = \"administration\"\nowner = \"IT\"\nreason = \"r\"\n\
             expires = 2027-03-31\n[authorisation.match]\ncreator = 'C:\\Program Files\\Agent\\*{number}.exe'\n\
             actor = 'S-1-5-21-1-2-3-1{number:05}'\nsource = '10.20.4.0/24'\naccount = ['svc{number}*']\nhost = ['wks*']\n"
        )?;
    }
    Ok(())
}

fn rule(out: &mut dyn Write) -> io::Result<()> {
    let parts = "a*".repeat(PARTS);
    writeln!(
        out,
        "title: Many parts\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  selection:\n    \
         CommandLine: '*{parts}b'\n  condition: selection"
    )
}
