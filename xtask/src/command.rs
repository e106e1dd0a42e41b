//! Programs that chores run: what they print, what they cost, and what is said where they fail.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program with its arguments, to be run in a folder.
pub struct Line<'a> {
    /// The program, and what follows it.
    pub words: Vec<String>,
    /// Where it is run.
    pub folder: &'a Path,
    /// Variables that it is given.
    pub variables: Vec<(&'static str, String)>,
}

impl<'a> Line<'a> {
    /// A line, its words as given.
    pub fn new<Word: AsRef<str>>(words: &[Word], folder: &'a Path) -> Line<'a> {
        Line {
            words: words.iter().map(|word| word.as_ref().to_owned()).collect(),
            folder,
            variables: Vec::new(),
        }
    }

    /// The same with a variable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Line<'a> {
        self.variables.push((name, value.into()));
        self
    }

    /// Runs it; what it prints goes where our own does.
    pub fn show(&self) -> Result<(), String> {
        let status = self.command()?.status().map_err(|error| self.cannot_run(&error))?;
        if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", self.told())) }
    }

    /// What it prints.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        self.read_if(|status| status == 0)
    }

    /// What it prints, where its exit status is one that answers.
    pub fn read_if(&self, is_answer: fn(i32) -> bool) -> Result<Vec<u8>, String> {
        let output =
            self.command()?.stdin(Stdio::null()).output().map_err(|error| self.cannot_run(&error))?;
        if output.status.code().is_some_and(is_answer) {
            return Ok(output.stdout);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} failed ({}): {errors}", self.told(), output.status))
    }

    /// Runs it for what it does to files: nothing is shown unless it fails.
    pub fn quietly(&self) -> Result<(), String> {
        self.read().map(drop)
    }

    fn command(&self) -> Result<Command, String> {
        let (program, arguments) = self.words.split_first().ok_or("no command")?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder).envs(self.variables.iter().cloned());
        Ok(command)
    }

    fn told(&self) -> String {
        let words = self.words.iter().take(6).map(String::as_str).collect::<Vec<_>>().join(" ");
        format!("`{words}{}`", if self.words.len() > 6 { " …" } else { "" })
    }

    fn cannot_run(&self, error: &std::io::Error) -> String {
        let program = self.words.first().map_or("", String::as_str);
        format!("{} cannot be run: {error}; install `{program}`", self.told())
    }
}

/// The cargo that runs us, so that the pinned toolchain is used everywhere.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Whether a program is there.
pub fn is_installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder: PathBuf| {
        folder.join(program).is_file() || folder.join(format!("{program}.exe")).is_file()
    })
}

/// Installs a package of Debian's where its program is missing.
pub fn need_of_apt(program: &str, package: &str, root: &Path) -> Result<(), String> {
    if is_installed(program) {
        return Ok(());
    }
    if !is_installed("apt-get") {
        return Err(format!("`{program}` is missing, and there is no apt-get to install it with"));
    }
    let sudo: &[&str] = if is_installed("sudo") { &["sudo"] } else { &[] };
    for words in
        [["apt-get", "update", "--quiet"].as_slice(), &["apt-get", "install", "--yes", "--quiet", package]]
    {
        Line::new(&[sudo, words].concat(), root).quietly()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_told_with_its_reason() {
        let here = Path::new(".");
        let missing = Line::new(&["no-such-program", "--x"], here).read().unwrap_err();
        assert!(
            missing.contains("`no-such-program --x` cannot be run") && missing.contains("install"),
            "{missing}"
        );
        let asked = [cargo(), "no-such-command".to_owned()];
        assert!(Line::new(&asked, here).read_if(|status| status == 101).is_ok());
        let failed = Line::new(&asked, here).read().unwrap_err();
        assert!(failed.contains("failed") && failed.contains("no-such-command"), "{failed}");
        assert!(!is_installed("no-such-program"));
    }
}
