//! From a command line or a script to the steps that it takes, whatever they are wrapped in: chains, quoted
//! commands, `cmd /c`, `powershell -Command`, encoded scripts, launchers.

use std::cell::OnceCell;

use crate::commands::intent::parameters::{named_parameter, parameter, positional};
use crate::commands::intent::script::{self, Call, Said};
use crate::commands::line::{
    NESTING_MAX, Token, commands, crt_unquoted, decode_script, image_stem, is_encoded_command_switch, tokens,
};

/// Bytes that are read in all for one text: what is nested is read again, and must not multiply.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Calls of one kind that are looked for in a line that is no PowerShell.
const CALLS_MAX: usize = 64;

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A command and its arguments.
    Command(Vec<Token>),
    /// A method call.
    Call(Call),
    /// What something on a machine is called: `WinNT://HOST/…`.
    Path(String),
}

/// A text that is asked for its steps: it is read once, by the first who asks, and mostly by nobody.
pub(super) struct Reading<'t> {
    pub(super) text: &'t str,
    /// The stems of the process's image and of its original file name, where it is a command line.
    pub(super) stems: Option<[Option<String>; 2]>,
    steps: OnceCell<Vec<Step>>,
}

impl<'t> Reading<'t> {
    /// Of a process's command line.
    pub(super) fn of_line(
        image: Option<&str>,
        original_file_name: Option<&str>,
        line: &'t str,
    ) -> Reading<'t> {
        let stems = [image, original_file_name].map(|name| name.map(image_stem));
        Reading { text: line, stems: Some(stems), steps: OnceCell::new() }
    }

    /// Of a PowerShell script.
    pub(super) fn of_script(text: &'t str) -> Reading<'t> {
        Reading { text, stems: None, steps: OnceCell::new() }
    }

    /// The process is one of these, by the name of its file or by the original one.
    pub(super) fn is_by(&self, names: &[&str]) -> bool {
        self.stems.iter().flatten().flatten().any(|stem| names.contains(&stem.as_str()))
    }

    /// Its steps.
    pub(super) fn steps(&self) -> &[Step] {
        self.steps.get_or_init(|| match &self.stems {
            Some(stems) => of_line(stems, self.text),
            None => of_script(self.text),
        })
    }
}

/// The steps of a process's command line; `stems` are those of its image and its original file name.
fn of_line(stems: &[Option<String>; 2], line: &str) -> Vec<Step> {
    let mut reader = Reader::default();
    let is_shell = stems.iter().flatten().any(|stem| is_powershell(stem));
    let first = tokens(line).into_iter().next().filter(|_| is_shell);
    match first {
        // Under another name it is PowerShell nevertheless.
        Some(first) if stems.iter().flatten().any(|stem| *stem == first.stem()) => {
            reader.script(&powershell_script(&line[first.span.end..]), 0);
        }
        Some(_) if !tokens(line).iter().any(|token| is_powershell(&token.stem())) => reader.script(line, 0),
        _ => reader.line(line, 0),
    }
    reader.steps
}

/// The steps of a script.
fn of_script(text: &str) -> Vec<Step> {
    let mut reader = Reader::default();
    reader.script(text, 0);
    reader.steps
}

/// The steps of one command whose arguments are known already.
pub(super) fn of_command(words: Vec<Token>) -> Vec<Step> {
    let mut reader = Reader::default();
    for word in words.iter().skip(1).filter(|word| word.text.contains(char::is_whitespace)) {
        reader.nested(&word.text, 0);
    }
    reader.command(words, 0);
    reader.steps
}

fn is_powershell(stem: &str) -> bool {
    matches!(stem, "powershell" | "pwsh")
}

/// Commands that show their arguments, or look something up by them, and do nothing that they say.
const SHOWING: &[&str] = &[
    "echo",
    "rem",
    "::",
    "title",
    "findstr",
    "find",
    "where",
    "msg",
    "get-help",
    "help",
    "man",
    "get-command",
    "gcm",
    "get-alias",
    "write-host",
    "write-output",
    "write-verbose",
    "write-warning",
    "write-debug",
    "write-error",
    "write-information",
    "write-progress",
    "write-eventlog",
    "select-string",
    "sls",
    "throw",
];

/// Starters of programs: the parameter that names the program, and the one that holds its arguments.
const STARTERS: &[(&str, &str, &str)] = &[
    ("start-process", "filepath", "argumentlist"),
    ("saps", "filepath", "argumentlist"),
    ("start", "filepath", "argumentlist"),
];

/// Methods that start a program: their arguments in a row are its command line.
const STARTING_METHODS: &[&str] = &["start", "run", "exec", "shellexecute"];

/// Options of `powershell.exe` that take a value, other than the script.
pub(crate) const SHELL_VALUES: &[&str] = &[
    "executionpolicy",
    "ep",
    "windowstyle",
    "version",
    "inputformat",
    "outputformat",
    "of",
    "psconsolefile",
    "configurationname",
    "custompipename",
    "settingsfile",
    "workingdirectory",
    "wd",
];

struct Reader {
    steps: Vec<Step>,
    bytes_left: usize,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader { steps: Vec::new(), bytes_left: BYTES_MAX }
    }
}

impl Reader {
    fn may_read(&mut self, text: &str, depth: usize) -> bool {
        let left = self.bytes_left.checked_sub(text.len()).filter(|_| depth <= NESTING_MAX);
        self.bytes_left = left.unwrap_or(self.bytes_left);
        left.is_some()
    }

    /// A command line: what stands before a PowerShell in it, and the script that this is given.
    fn line(&mut self, line: &str, depth: usize) {
        if !self.may_read(line, depth) {
            return;
        }
        let shell = tokens(line).into_iter().find(|token| is_powershell(&token.stem()));
        let Some(shell) = shell else { return self.chain(line, depth) };
        self.chain(&line[..shell.span.start], depth);
        self.script(&powershell_script(&line[shell.span.end..]), depth);
    }

    /// Commands in a row, none of them PowerShell.
    fn chain(&mut self, line: &str, depth: usize) {
        for (start, command) in commands(line) {
            let words = tokens(command);
            let is_piped = line[start + command.len()..].starts_with('|');
            let is_written = words.iter().any(|word| !word.quoted && word.text.contains('>'));
            if shows_only(&words) && !is_piped && !is_written {
                continue;
            }
            for word in &words {
                if let Some((_, inner)) = word.quoted_command(command) {
                    self.nested(inner, depth + 1);
                }
                let raw = &command[word.span.clone()];
                if raw.matches('"').count() > 2 {
                    // `Execute("… ""net user …"" …")`
                    let pieces = raw.split('"').filter(|piece| piece.contains(char::is_whitespace));
                    pieces.for_each(|piece| self.nested(piece, depth + 1));
                }
            }
            self.command(words, depth);
        }
        self.steps.extend(provider_paths(line).map(|path| Step::Path(path.to_owned())));
        self.steps.extend(create_calls(line).map(Step::Call));
    }

    fn script(&mut self, text: &str, depth: usize) {
        if !self.may_read(text, depth) {
            return;
        }
        for said in script::read(text) {
            match said {
                Said::Command { words, piped } if shows_only(&words) && !piped => {}
                Said::Command { words, .. } => {
                    if let Some(shell) = words.iter().position(|word| is_powershell(&word.stem())) {
                        let texts: Vec<&str> = words[shell..].iter().map(|word| word.text.as_str()).collect();
                        self.line(&texts.join(" "), depth + 1);
                        continue;
                    }
                    for word in words.iter().filter(|word| word.text.contains(char::is_whitespace)) {
                        self.nested(&word.text, depth + 1);
                    }
                    self.command(words, depth);
                }
                Said::Call(call) => {
                    if STARTING_METHODS.contains(&call.method.as_str()) {
                        self.nested(&call.arguments.join(" "), depth + 1);
                    } else {
                        // What a method is given may hold commas of its own.
                        self.nested(&call.arguments.join(","), depth + 1);
                    }
                    self.steps.push(Step::Call(call));
                }
                Said::Path(path) => self.steps.push(Step::Path(path)),
            }
        }
    }

    /// A text inside another: a script where it is written as one.
    fn nested(&mut self, text: &str, depth: usize) {
        if !text.contains(char::is_whitespace) {
            return;
        }
        let is_script = script::has_variable(text) || text.contains(['`', '\n']) || text.contains("@{");
        if is_script && !tokens(text).iter().any(|token| is_powershell(&token.stem())) {
            self.script(text, depth);
        } else {
            self.line(text, depth);
        }
    }

    fn command(&mut self, words: Vec<Token>, depth: usize) {
        let encoded = words.windows(2).filter(|pair| is_encoded_command_switch(&pair[0]));
        let scripts: Vec<String> = encoded.filter_map(|pair| decode_script(&pair[1].text)).collect();
        for script in scripts {
            self.script(&script, depth + 1);
        }
        if let Some(started) = started_program(&words) {
            self.line(&started, depth + 1);
        }
        self.steps.push(Step::Command(words));
    }
}

/// The first word, or the one after `cmd /c`.
fn shows_only(words: &[Token]) -> bool {
    let is_run = |word: &&Token| !matches!(word.stem().as_str(), "cmd") && !word.text.starts_with('/');
    let first = match words.first() {
        Some(first) if first.stem() == "cmd" => words.iter().find(is_run),
        first => first.filter(|first| !first.quoted),
    };
    first.is_some_and(|first| SHOWING.contains(&first.lower().trim_start_matches("@")))
}

/// `Start-Process net -ArgumentList 'user','x','/add'` as the command line that it makes.
fn started_program(words: &[Token]) -> Option<String> {
    let first = words.first()?.lower();
    let (_, program_parameter, arguments_parameter) = STARTERS.iter().find(|(name, ..)| *name == first)?;
    let after = &words[1..];
    let program = parameter(after, program_parameter, 1)?;
    let arguments = named_parameter(after, arguments_parameter, 1)
        .or_else(|| named_parameter(after, "args", 3))
        .or_else(|| positional(after, 1))?;
    Some(format!("{program} {}", arguments.replace("','", " ").replace(',', " ")))
}

/// What `powershell.exe` makes a script of, from what follows its name: its options are left out, and its quotes
/// are read as the C runtime reads them.
fn powershell_script(rest: &str) -> String {
    let words = tokens(rest);
    let mut index = 0;
    let mut start = rest.len();
    while let Some(word) = words.get(index) {
        let lower = word.text.to_lowercase();
        let option = lower.strip_prefix(['-', '/', '\u{2013}', '\u{2014}']).filter(|name| !name.is_empty());
        match option {
            Some(name) if "command".starts_with(name) => {
                start = word.span.end;
                break;
            }
            Some(_) if !is_encoded_command_switch(word) => {
                let name = option.unwrap_or_default();
                let takes_value = SHELL_VALUES.iter().any(|full| full.starts_with(name));
                index += if takes_value { 2 } else { 1 };
            }
            _ => {
                start = word.span.start;
                break;
            }
        }
    }
    let given = rest.get(start..).unwrap_or_default().trim_start();
    // Quotes inside a script that is not quoted itself are lost to PowerShell; who wrote them meant them.
    let script = if given.starts_with('"') { crt_unquoted(given) } else { given.replace("\\\"", "\"") };
    let trimmed = script.trim();
    // `-Command \"…\"`: one string that is all of the script.
    let inner = trimmed.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).map_or_else(|| script.clone(), str::to_owned)
}

/// `WinNT://…`, `LDAP://…` and `winmgmts:…` in a line, each up to where its literal ends; what is put into a group
/// is on no machine that is reached.
fn provider_paths(line: &str) -> impl Iterator<Item = &str> {
    let starts = ["winnt://", "ldap://", "winmgmts:"].into_iter().flat_map(|scheme| {
        let found = line.as_bytes().windows(scheme.len()).enumerate();
        found.filter(move |(_, window)| window.eq_ignore_ascii_case(scheme.as_bytes())).take(CALLS_MAX)
    });
    starts.map(|(at, _)| at).filter_map(|at| {
        let (before, path) = (line.get(..at)?, line.get(at..)?);
        let before = before.trim_end_matches(['"', '\'', '(', ' ', '\\']);
        let is_member =
            before.get(before.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".add"));
        let end = path.find(['"', '\'', ')']).unwrap_or(path.len());
        (!is_member).then_some(&path[..end])
    })
}

/// ADSI in a script of another language: `….Create("user","NAME")`, `….Create "user", "NAME"`.
fn create_calls(line: &str) -> impl Iterator<Item = Call> {
    let receiver = provider_paths(line).next().unwrap_or_default();
    let found = line.as_bytes().windows(".create".len()).enumerate();
    let ends = found
        .filter(|(_, window)| window.eq_ignore_ascii_case(b".create"))
        .map(|(at, window)| at + window.len())
        .take(CALLS_MAX);
    ends.filter_map(move |end| {
        let given = line.get(end..)?.strip_prefix(['(', ' '])?;
        let given = given.split([')', ':']).next()?;
        let literal = |text: &str| text.trim().trim_matches(['"', '\'', '\\', ' ']).to_owned();
        Some(Call {
            receiver: receiver.to_owned(),
            method: "create".to_owned(),
            arguments: given.split(',').map(literal).collect(),
        })
    })
}
