//! Where output goes: standard output, or a file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::OutputArgs;
use crate::error::Error;

/// An output that was checked to be writable but not yet touched.
pub struct Sink {
    target: Target,
}

enum Target {
    StandardOutput,
    /// A regular file, to be put in place at the end.
    File {
        path: PathBuf,
        clobber: bool,
    },
    /// A device or a pipe: written as it is.
    Special {
        path: PathBuf,
    },
}

impl Sink {
    /// Checks, before a long hunt, that there is nothing in the way.
    pub fn new(args: &OutputArgs) -> Result<Sink, Error> {
        let Some(path) = &args.output else { return Ok(Sink { target: Target::StandardOutput }) };
        let target = match fs::metadata(path) {
            Ok(there) if there.is_dir() => {
                return Err(failed(path)(io::Error::from(io::ErrorKind::IsADirectory)));
            }
            Ok(there) if !there.is_file() => Target::Special { path: path.clone() },
            Ok(_) if !args.clobber => return Err(Error::OutputExists { path: path.clone() }),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(path)(error)),
            Ok(_) | Err(_) => Target::File { path: path.clone(), clobber: args.clobber },
        };
        if !folder_of(path).is_dir() {
            return Err(failed(path)(io::Error::new(io::ErrorKind::NotFound, "there is no such folder")));
        }
        Ok(Sink { target })
    }

    /// Refuses to take the place of an input: a log is evidence, whatever `--clobber` says.
    pub fn spare<'a>(&self, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), Error> {
        let Target::File { path, .. } = &self.target else { return Ok(()) };
        let Ok(there) = fs::canonicalize(path) else { return Ok(()) };
        let is_there = |input: &Path| fs::canonicalize(input).is_ok_and(|input| input == there);
        match inputs.into_iter().any(is_there) {
            true => Err(Error::OutputIsInput { path: path.clone() }),
            false => Ok(()),
        }
    }

    /// Writes all of the output at once; a file is in place only when it is whole.
    pub fn write(self, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        match self.target {
            Target::StandardOutput => {
                let failed = |source| Error::Output { output: "standard output".to_owned(), source };
                buffered(io::stdout().lock(), render).map(drop).map_err(failed)
            }
            Target::Special { path } => {
                let file = File::options().write(true).open(&path).map_err(failed(&path))?;
                buffered(file, render).map(drop).map_err(failed(&path))
            }
            Target::File { path, clobber } => {
                let part = part_beside(&path).map_err(failed(&path))?;
                let part = buffered(part, render).map_err(failed(&path))?;
                let placed = if clobber { part.persist(&path) } else { part.persist_noclobber(&path) };
                placed.map(drop).map_err(|error| match error.error.kind() {
                    io::ErrorKind::AlreadyExists => Error::OutputExists { path: path.clone() },
                    _ => failed(&path)(error.error),
                })
            }
        }
    }
}

fn buffered<W: Write>(out: W, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<W> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    // A failed write must not be tried again when the buffer is dropped: take it apart either way.
    let rendered = render(&mut out).and_then(|()| out.flush());
    let (inner, _) = out.into_parts();
    rendered.map(|()| inner)
}

fn part_beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".begat-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any program's output: what the user's umask leaves of it, not a temporary file's 0600.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |source| Error::Output { output: format!("`{}`", path.display()), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sink(path: &Path, clobber: bool) -> Result<Sink, Error> {
        Sink::new(&OutputArgs { output: Some(path.to_owned()), clobber })
    }

    #[test]
    fn a_file_appears_whole_and_is_never_overwritten_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.jsonl");
        sink(&path, false).unwrap().write(|out| out.write_all(b"one")).unwrap();
        assert!(matches!(sink(&path, false), Err(Error::OutputExists { .. })));
        sink(&path, true).unwrap().write(|out| out.write_all(b"two")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let broken = |out: &mut dyn Write| {
            out.write_all(b"thr")?;
            Err(io::Error::other("no more"))
        };
        assert!(sink(&path, true).unwrap().write(broken).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"two", "a failed run leaves what was there");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "and nothing of its own");
    }

    #[test]
    fn an_input_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("Security.evtx");
        fs::write(&log, b"log").unwrap();
        let detour = folder.path().join("./Security.evtx");
        assert!(matches!(sink(&detour, true).unwrap().spare([&*log]), Err(Error::OutputIsInput { .. })));
        assert!(sink(&folder.path().join("cases"), true).unwrap().spare([&*log]).is_ok());
    }

    #[test]
    fn a_folder_or_a_missing_folder_is_told_before_the_hunt() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(sink(folder.path(), true), Err(Error::Output { .. })));
        let missing = folder.path().join("no/such/folder/x");
        assert!(matches!(sink(&missing, false), Err(Error::Output { .. })));
    }

    #[test]
    fn a_file_that_came_to_be_during_the_hunt_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.jsonl");
        let sink = sink(&path, false).unwrap();
        fs::write(&path, "another's").unwrap();
        assert!(matches!(sink.write(|out| out.write_all(b"ours")), Err(Error::OutputExists { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"another's");
    }
}
