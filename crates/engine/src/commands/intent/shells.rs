//! What PowerShell's own commands and calls do with the texts that they are given: run them, send them to another
//! machine, write them to a file, show them.

use crate::commands::intent::aim::{Aim, Place};
use crate::commands::intent::chain::last_part;
use crate::commands::intent::hosts::ROWS;
use crate::commands::intent::objects::{is_handle, kind_of};
use crate::commands::intent::parameters::{cmdlet, named_parameter, named_value, parameter, positional};
use crate::commands::intent::said::{Call, Command, Object, Said};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::line::{Token, image_stem};

/// Commands that show their arguments, or look something up by them, and do nothing that they say.
pub(super) const SHOWING: &[&str] = &[
    "echo",
    "write",
    "get-help",
    "help",
    "man",
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
    "read-host",
];

/// Of these, what hands its arguments on to a pipeline; the others speak to a person or a log.
pub(super) const HANDING_ON: &[&str] = &["echo", "write", "write-output"];

/// Programs that run the text that they are piped.
pub(super) const RUNS_TEXT: &[&str] = &["cmd", "powershell", "pwsh", "bash", "sh", "wsl"];

/// What a command runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    /// A script, in this process.
    Script(String),
    /// A command line, by another process.
    Line(String),
    /// A statement for a database.
    Query(String),
}

/// Commands that run a text, by the parameter that holds it and its fewest letters.
struct Row {
    commands: &'static [&'static str],
    parameter: (&'static str, usize),
    makes: fn(String) -> Given,
}

const ROWS_OF_TEXT: &[Row] = &[
    Row { commands: &["invoke-expression", "iex"], parameter: ("command", 1), makes: Given::Script },
    Row { commands: &["invoke-command", "icm"], parameter: ("scriptblock", 1), makes: Given::Script },
    Row {
        commands: &["start-job", "sajb", "start-threadjob", "register-scheduledjob"],
        parameter: ("scriptblock", 1),
        makes: Given::Script,
    },
    Row { commands: &["invoke-wmimethod", "iwmi"], parameter: ("argumentlist", 1), makes: Given::Line },
    Row { commands: &["new-service", "set-service"], parameter: ("binarypathname", 1), makes: Given::Line },
    Row { commands: &["invoke-sqlcmd"], parameter: ("query", 1), makes: Given::Query },
];

/// Starters of programs: the parameter that names the program, and the one that holds its arguments.
const STARTERS: &[(&str, &str, &str)] = &[
    ("start-process", "filepath", "argumentlist"),
    ("saps", "filepath", "argumentlist"),
    ("start", "filepath", "argumentlist"),
    ("new-scheduledtaskaction", "execute", "argument"),
    ("invoke-item", "path", "argumentlist"),
    ("ii", "path", "argumentlist"),
];

/// Commands that run a method or a command which a table names: with the keys that hold it.
const TABLE_RUNNERS: &[&str] =
    &["invoke-cimmethod", "icim", "invoke-wmimethod", "iwmi", "set-wmiinstance", "swmi", "new-ciminstance"];
const TABLE_KEYS: &[&str] = &["commandline", "commandlinetemplate", "pathname"];

/// Commands whose blocks another process runs, on this machine.
const STARTING: &[&str] = &["start-job", "sajb", "register-scheduledjob", "powershell", "pwsh"];
/// Parameters that hold a connection to another machine.
const CONNECTIONS: &[(&str, usize)] = &[
    ("session", 3),
    ("cimsession", 4),
    ("hostname", 5),
    ("vmname", 3),
    ("vmid", 3),
    ("containerid", 5),
    ("sshconnection", 4),
];

/// Commands that write a text to a file: the parameters that hold the file and the text.
const WRITERS: &[(&str, &str, &str)] = &[
    ("set-content", "path", "value"),
    ("add-content", "path", "value"),
    ("ac", "path", "value"),
    ("out-file", "filepath", "inputobject"),
    ("tee-object", "filepath", "inputobject"),
    ("new-item", "path", "value"),
    ("ni", "path", "value"),
];

/// Methods that start a program: their arguments in a row are its command line.
const STARTING_METHODS: &[&str] = &["start", "run", "exec", "shellexecute", "executeshellcommand"];
/// Methods that run a script in this process.
const SCRIPT_METHODS: &[&str] = &["invokescript", "addscript"];

/// Where the blocks of a command are run.
pub(super) fn place_of_blocks(name: &str, after: &[Token], place: &Place) -> Place {
    let rows = ROWS.iter().filter(|row| row.commands.contains(&name));
    let mut aims: Vec<Aim> =
        rows.clone().filter_map(|row| row.written(after)).flat_map(|hosts| Aim::of_list(&hosts)).collect();
    if rows.count() > 0 || TABLE_RUNNERS.contains(&name) {
        let held =
            CONNECTIONS.iter().filter_map(|(parameter, letters)| named_value(after, parameter, *letters));
        aims.extend(held.flat_map(|held| Aim::of_list(&held)));
    }
    if !aims.is_empty() {
        return place.sent_to(aims);
    }
    if STARTING.contains(&image_stem(name).as_str()) { place.started() } else { place.clone() }
}

/// What a command runs of the texts and tables that it is given.
pub(super) fn given(name: &str, after: &[Token], entries: &[(String, String)]) -> Vec<Given> {
    let mut found = Vec::new();
    for row in ROWS_OF_TEXT.iter().filter(|row| row.commands.contains(&name)) {
        let (parameter_name, letters) = row.parameter;
        let named = named_value(after, parameter_name, letters).filter(|value| is_text(value));
        let texts = match named {
            Some(value) => vec![value],
            None => after.iter().map(|word| word.text.clone()).filter(|text| is_text(text)).collect(),
        };
        found.extend(texts.into_iter().map(row.makes));
    }
    found.extend(started(name, after).map(Given::Line));
    if TABLE_RUNNERS.contains(&name) {
        let commands = entries.iter().filter(|(key, _)| TABLE_KEYS.contains(&key.to_lowercase().as_str()));
        found.extend(commands.map(|(_, value)| Given::Line(value.clone())));
    }
    found
}

fn is_text(value: &str) -> bool {
    value.trim().contains(char::is_whitespace) && !is_handle(value)
}

/// `Start-Process net -ArgumentList 'user','x','/add'` as the command line that it makes.
fn started(name: &str, after: &[Token]) -> Option<String> {
    let (_, program_parameter, arguments_parameter) =
        STARTERS.iter().find(|(starter, ..)| *starter == name)?;
    let program = parameter(after, program_parameter, 1)?;
    let arguments = named_value(after, arguments_parameter, 1)
        .or_else(|| named_value(after, "args", 3))
        .or_else(|| positional(after, 1))
        .unwrap_or_default();
    Some(format!("{program} {}", arguments.replace("','", " ").replace(',', " ")))
}

/// The file that a command writes, and the text that it writes there.
pub(super) fn writes(name: &str, after: &[Token]) -> Option<(String, String)> {
    let (_, file, text) = WRITERS.iter().find(|(writer, ..)| *writer == name)?;
    let text = named_value(after, text, 1).or_else(|| positional(after, 1))?;
    Some((file_of(after, file)?, text))
}

fn file_of(after: &[Token], parameter_name: &str) -> Option<String> {
    let literal_path = named_parameter(after, "literalpath", 1);
    let file = literal_path.or_else(|| parameter(after, parameter_name, 1))?;
    Some(last_part(&file))
}

/// The file that a method writes, and the text.
pub(super) fn writes_by_call(call: &Call) -> Option<(String, String)> {
    let is_writer =
        matches!(call.method.as_str(), "writealltext" | "writealllines" | "appendalltext" | "appendalllines");
    let [file, texts @ ..] = call.arguments.as_slice() else { return None };
    is_writer.then(|| (last_part(file), texts.join("\n")))
}

/// `'…' > FILE`: how many words stand before, and the file.
pub(super) fn redirected(words: &[Token]) -> Option<(usize, String)> {
    let at = words.iter().position(|word| !word.quoted && word.text.starts_with('>'))?;
    let attached = words[at].text.trim_start_matches('>');
    let file = if attached.is_empty() { words.get(at + 1)?.text.clone() } else { attached.to_owned() };
    Some((at, file))
}

/// Things that are said within one pipeline and are looked at.
const PIPELINE_MAX: usize = 64;

/// What takes the text of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Receiver {
    /// This process runs it.
    Script,
    /// Another PowerShell.
    Powershell,
    /// A shell.
    Shell,
    /// It is written to a file.
    File(String),
}

/// What takes the output of the command before `rest`, whatever stands between.
pub(super) fn receiver(rest: &[Said]) -> Option<Receiver> {
    for said in rest.iter().take(PIPELINE_MAX) {
        let Said::Command(command) = said else { continue };
        if let Some(receiver) = receives(command) {
            return Some(receiver);
        }
        if !command.piped {
            break;
        }
    }
    None
}

fn receives(command: &Command) -> Option<Receiver> {
    let (name, after) = cmdlet(&command.words)?;
    let stem = image_stem(&name);
    let is_iex = |said: &Said| {
        matches!(said, Said::Command(command)
            if cmdlet(&command.words).is_some_and(|(name, _)| matches!(name.as_str(), "iex" | "invoke-expression")))
    };
    if matches!(stem.as_str(), "iex" | "invoke-expression")
        || command.blocks.iter().any(|block| block.body.iter().any(is_iex))
    {
        return Some(Receiver::Script);
    }
    if RUNS_TEXT.contains(&stem.as_str()) {
        let is_powershell = matches!(stem.as_str(), "powershell" | "pwsh");
        return Some(if is_powershell { Receiver::Powershell } else { Receiver::Shell });
    }
    let (_, file, _) = WRITERS.iter().find(|(writer, ..)| *writer == name)?;
    file_of(after, file).map(Receiver::File)
}

/// What a method runs.
pub(super) fn given_to_call(call: &Call) -> Option<Given> {
    let method = call.method.as_str();
    let arguments = &call.arguments;
    if STARTING_METHODS.contains(&method) {
        // `$p.StartInfo.FileName = …; $p.Start()`, `[Process]::Start($info)`
        let held = call.on.iter().chain(&call.given).find_map(started_by);
        if let ("executeshellcommand", [program, _, given, ..]) = (method, arguments.as_slice()) {
            return Some(Given::Line(format!("{program} {given}")));
        }
        return Some(Given::Line(held.unwrap_or_else(|| arguments.join(" "))));
    }
    if SCRIPT_METHODS.contains(&method) {
        return arguments.first().cloned().map(Given::Script);
    }
    // `([wmiclass]…).Create('COMMAND')`, `.InvokeMethod('Create','COMMAND')`, `.Invoke('Create','COMMAND')`
    let line = match (method, arguments.as_slice()) {
        ("create", [line, ..]) if kind_of(&call.receiver) != "scriptblock" => line,
        ("invokemethod" | "invoke", [method, line, ..]) if method.eq_ignore_ascii_case("create") => line,
        _ => return None,
    };
    is_text(line).then(|| Given::Line(line.clone()))
}

fn started_by(object: &Object) -> Option<String> {
    let program = object.member("filename").or_else(|| object.arguments.first().map(String::as_str))?;
    let given = object.member("arguments").or_else(|| object.arguments.get(1).map(String::as_str));
    let is_start = object.kind.contains("process") || object.member("filename").is_some();
    is_start.then(|| format!("{program} {}", given.unwrap_or_default()))
}

/// The machine of a path: `\\HOST\root\cimv2:Win32_Process`, `winmgmts:\\HOST\root\cimv2`.
pub(super) fn machine_of(path: &str) -> Option<Aim> {
    let (scheme, rest) = path.split_once(r"\\")?;
    let is_path = scheme.is_empty() || scheme.to_ascii_lowercase().starts_with("winmgmts:");
    let host = rest.split('\\').next().filter(|host| is_path && *host != ".")?;
    Aim::of_machine(host)
}

/// The command line that PowerShell makes of a program's words.
pub(super) fn composed(words: &[Token]) -> String {
    let words = words.iter().skip_while(|word| matches!(word.text.as_str(), "." | "&" | "return"));
    let written = words.map(|word| {
        let is_plain = !word.text.is_empty()
            && !word.text.contains(|part: char| part.is_whitespace() || "&|;<>\"".contains(part));
        let is_switch = word.quoted && word.text.starts_with(['/', '-']);
        if is_plain
            && (!word.quoted || is_switch || is_unknown(&word.text) || !word.text.contains(['^', '\'']))
        {
            word.text.clone()
        } else {
            format!("\"{}\"", word.text.replace('"', "\\\""))
        }
    });
    written.collect::<Vec<_>>().join(" ")
}
