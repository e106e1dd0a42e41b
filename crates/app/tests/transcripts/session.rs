//! Runs the command in a folder of its own and writes down what happened, with what varies from run to run masked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use begat_sim::encode::{Carrier, Shipping};
use begat_sim::record::WindowsRecord;

/// A folder with inputs, and the command run in it.
pub struct Session {
    folder: tempfile::TempDir,
}

impl Session {
    pub fn new() -> Session {
        Session { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file of that name with these bytes.
    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Session {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// A file of that name with these records, as that carrier ships them.
    pub fn log(self, name: &str, carrier: &str, records: &[WindowsRecord]) -> Session {
        let bytes = Carrier::named(carrier).unwrap().encode(records, &Shipping::default()).unwrap();
        self.file(name, bytes)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_begat"));
        command.args(args).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Standard output of a run that must end with 0.
    pub fn stdout(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn status(&self, args: &[&str]) -> i32 {
        self.run(args).status.code().unwrap()
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub fn names(&self) -> Vec<PathBuf> {
        let mut names: Vec<PathBuf> =
            fs::read_dir(self.path()).unwrap().map(|it| it.unwrap().path()).collect();
        names.sort();
        names
    }

    /// The whole run as a transcript.
    pub fn transcript(&self, args: &[&str]) -> String {
        let output = self.run(args);
        format!(
            "$ begat {}\nexit status: {}\n----- stdout\n{}----- stderr\n{}",
            args.join(" "),
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            masked(&String::from_utf8(output.stderr).unwrap()),
        )
    }
}

/// Time taken and rate are the machine's; the rest must not change.
fn masked(text: &str) -> String {
    let mask = |line: &str| match line.split_once(" relevant, in ") {
        Some((before, _)) if line.starts_with("read: ") => format!("{before} relevant, in [TIME] ([RATE])\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(mask).collect()
}
