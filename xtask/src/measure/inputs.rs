//! The programs and logs that are measured, made anew by the simulator: the same seed writes the same bytes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Line, cargo};

/// Stories told in the small NDJSON log, over and over: processes, scripts, sessions, and little noise.
const STORIES: &[&str] = &["net-user", "new-localuser", "winrm", "bulk-loop", "rdp-reconnect", "sccm"];
const SEEDS: u64 = 4;

/// The two programs, built.
pub struct Programs {
    begat: PathBuf,
    sim: PathBuf,
    folder: PathBuf,
}

impl Programs {
    /// Builds them in this profile, below a target folder of its own where it is not the first command's.
    pub fn build(root: &Path, profile: &str) -> Result<Programs, String> {
        let cargo = cargo();
        let words =
            [&cargo, "build", "--locked", "--profile", profile, "--bin", "begat", "--bin", "begat-sim"];
        Line::new(&words, root).show()?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let program =
            |name: &str| target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let folder = target.join("measured");
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Programs { begat: program("begat"), sim: program("begat-sim"), folder })
    }

    /// A file beside the inputs.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What a hunt is called with: one thread, and nothing said but the cases.
    pub fn hunt(&self, threads: usize, input: &Path) -> Vec<String> {
        let threads = threads.to_string();
        let begat = self.begat.display().to_string();
        let input = input.display().to_string();
        [begat.as_str(), "hunt", "-q", "-t", "jsonl", "--threads", &threads, &input]
            .map(str::to_owned)
            .to_vec()
    }

    /// The judge, over so many seeds.
    pub fn judge(&self, seeds: u64) -> Result<String, String> {
        let sim = self.sim.display().to_string();
        let words = [sim.as_str(), "judge", "--seeds", &seeds.to_string(), "--jobs", "2"].map(str::to_owned);
        // 1: some answers were confidently wrong. They stand in the table, and the figures hold all the same.
        let table = Line::new(&words, &self.folder).read_if(|status| status <= 1)?;
        Ok(String::from_utf8_lossy(&table).into_owned())
    }

    /// So small a part of a log that costs: `long-lines` or `many-tools`.
    pub fn costly(&self, log: &str, part: u64) -> Result<PathBuf, String> {
        let folder = self.file(&format!("costly-{part}"));
        let (sim, shown) = (self.sim.display().to_string(), folder.display().to_string());
        fs::create_dir_all(&folder).map_err(|error| format!("{shown}: {error}"))?;
        let words = [sim.as_str(), "costly", "--part", &part.to_string(), &shown];
        Line::new(&words.map(str::to_owned), &self.folder).quietly()?;
        Ok(folder.join(format!("{log}.jsonl")))
    }

    /// A log in the shape of a busy host's, as EVTX.
    pub fn dense_evtx(&self, bytes: u64) -> Result<PathBuf, String> {
        let path = self.file(&format!("dense-{bytes}.evtx"));
        let (sim, output) = (self.sim.display().to_string(), path.display().to_string());
        let words = [sim.as_str(), "dense", "--bytes", &bytes.to_string(), "--seed", "1", "-o", &output];
        Line::new(&words.map(str::to_owned), &self.folder).quietly()?;
        Ok(path)
    }

    /// Stories as Winlogbeat ships them, a line an event.
    pub fn stories_ndjson(&self) -> Result<PathBuf, String> {
        let sim = self.sim.display().to_string();
        let mut log = Vec::new();
        for (story, seed) in STORIES.iter().flat_map(|story| (1..=SEEDS).map(move |seed| (story, seed))) {
            let seed = seed.to_string();
            let words = [sim.as_str(), "story", story, "--carrier", "winlogbeat", "--seed", &seed];
            log.extend(Line::new(&words, &self.folder).read()?);
        }
        let path = self.file("stories.ndjson");
        fs::write(&path, log).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}
