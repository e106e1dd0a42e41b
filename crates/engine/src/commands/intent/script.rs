//! Reads a PowerShell script as far as it says literally what it does: its commands with their arguments and script
//! blocks, its method calls, and what it only defines.
//!
//! No interpreter: variables that were given a literal, a block or an object in the same text are followed, as are
//! splatted tables, joined literals and `-f`; whatever else a value comes from leaves it unknown, written as
//! PowerShell would write it (`$name`, `$()`). Comments say nothing. One walk over the text, and every table in it
//! has a bound.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::commands::intent::cmdlets::found_by;
use crate::commands::intent::lexemes::{self, Bracket, Kind, Lexeme, lexemes};
use crate::commands::intent::objects::{Objects, UNKNOWN, block_of_text, is_handle, kind_of};
use crate::commands::intent::parameters::{named_value, positional_value};
use crate::commands::intent::said::{Call, Command, Function, Said, Script};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::line::{Token, decode_script, decode_text, image_stem};

/// Brackets deeper than this are read as if they were not there.
const DEPTH_MAX: usize = 64;
/// Variables, functions and other names of commands that are followed, each.
const VARIABLES_MAX: usize = 1024;
/// Longest text that a value grows to by being put together.
const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of values that are looked up in all: a text that doubles itself must not cost more than it says.
const LOOKED_UP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Arguments of one command that are read.
const ARGUMENTS_MAX: usize = 256;
/// Longest path of `cmd` that is known for one.
const CMD_BYTES_MAX: usize = 260;
/// Sources of types that are kept.
const SOURCES_MAX: usize = 8;
/// Calls of which it is asked whether their type was compiled by the script.
const SOURCE_LOOKS_MAX: usize = 256;
/// Scripts within strings that are read, and how long they may be.
const INNER_MAX: usize = 256;
const INNER_LETTERS_MAX: usize = 16 * 1024;
/// Stands between the values of a list until it is said; no script writes it.
const LIST_SEPARATOR: char = '\u{1f}';

/// Words that define what follows them in braces; it does nothing until it is called.
const DEFINING: &[&str] = &["function", "filter", "workflow", "configuration", "class"];
/// Words whose block may stand in the next line.
const WITH_BLOCK: &[&str] = &[
    "function",
    "filter",
    "workflow",
    "configuration",
    "class",
    "if",
    "elseif",
    "else",
    "foreach",
    "for",
    "while",
    "switch",
    "try",
    "catch",
    "finally",
    "do",
    "trap",
    "begin",
    "process",
    "end",
];
/// After these, outside of all blocks, nothing more of the script is run.
const ENDING: &[&str] = &["exit", "return", "throw"];
/// Conditions that never hold.
const NEVER: &[&str] = &["$false", "0", ""];

/// What a script says, in its order.
pub(super) fn read(script: &str) -> Script {
    let mut reader = Reader::default();
    for lexeme in lexemes(script) {
        reader.take(lexeme);
    }
    while reader.frames.len() > 1 {
        reader.close();
    }
    reader.end_command(false);
    let said = reader.bodies.pop().unwrap_or_default();
    Script { said, ..reader.script }
}

/// What stands within one pair of brackets, as far as it was read.
#[derive(Debug, Default)]
struct Frame {
    bracket: Option<Bracket>,
    /// For the brackets of a call: what is called.
    call: Option<Call>,
    words: Vec<Token>,
    /// `$name =`, `$name.key =`, `key =` in a table.
    target: Option<Target>,
    /// The variable that the last word is, and no more than that.
    variable: Option<String>,
    /// The members that were asked of the last word, lower case.
    member: Option<String>,
    /// The next value is part of the last word.
    joins: bool,
    /// A type stands before the next value, which is no part of the word before it: `-Name [string]'x'`.
    after_cast: bool,
    /// `cmd` is among the words: the carets after it are its own.
    after_cmd: bool,
    /// More than one command stood in it.
    is_several: bool,
    /// Its first word wants a block, which may stand in the next line.
    awaits_block: bool,
    /// `&` stands before the command.
    is_run: bool,
    /// `&&` or `||` stands before the command.
    is_either: bool,
    /// It lists the parameters of a function.
    lists_parameters: bool,
    /// Those of the function that it is, or that its words define.
    parameters: Vec<(String, Option<String>)>,
    /// Of a table: what it holds so far.
    entries: Vec<(String, String)>,
}

#[derive(Debug)]
enum Target {
    Variable(String),
    Member(String, String),
    Key(String),
}

struct Reader {
    frames: Vec<Frame>,
    /// What is said in each block that is open; the script's own first.
    bodies: Vec<Vec<Said>>,
    variables: BTreeMap<String, String>,
    tables: BTreeMap<String, Vec<(String, String)>>,
    objects: Objects,
    script: Script,
    /// Sources of types that call NetUserAdd.
    sources: Vec<Rc<str>>,
    /// Calls that may still be looked for in them.
    source_looks_left: usize,
    /// Strings whose scripts may still be read.
    inner_left: usize,
    /// Nothing more of the script's own is run.
    has_ended: bool,
    bytes_left: usize,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            frames: vec![Frame::default()],
            bodies: vec![Vec::new()],
            variables: BTreeMap::new(),
            tables: BTreeMap::new(),
            objects: Objects::default(),
            script: Script::default(),
            sources: Vec::new(),
            source_looks_left: SOURCE_LOOKS_MAX,
            inner_left: INNER_MAX,
            has_ended: false,
            bytes_left: LOOKED_UP_BYTES_MAX,
        }
    }
}

impl Reader {
    fn look_up(&mut self, name: &str) -> Option<String> {
        let value = self.variables.get(name)?;
        self.bytes_left = self.bytes_left.checked_sub(value.len())?;
        Some(value.clone())
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, said: Said) {
        if self.has_ended && self.bodies.len() == 1 {
            return;
        }
        if let Some(body) = self.bodies.last_mut() {
            body.push(said);
        }
    }

    fn take(&mut self, lexeme: Lexeme) {
        let follows = matches!(lexeme.kind, Kind::Open(Bracket::Curly) | Kind::End { piped: false });
        if std::mem::take(&mut self.frame().awaits_block) && !follows {
            self.end_command(false);
        }
        let after_cast = std::mem::take(&mut self.frame().after_cast);
        let glued = lexeme.glued && !after_cast;
        match lexeme.kind {
            Kind::Word(word) => self.word(&word, glued),
            Kind::Text(text) => self.value(&text, true, glued),
            Kind::Template(raw) => {
                let text = self.expanded(&raw);
                self.value(&text, true, glued);
            }
            Kind::Variable(name) => self.variable(name, glued),
            Kind::Splat(name) => {
                for (key, value) in self.tables.get(&name).cloned().unwrap_or_default() {
                    self.value(&format!("-{key}:{value}"), false, false);
                }
            }
            Kind::Open(bracket) => self.open(bracket, glued),
            Kind::Close => {
                if self.frames.len() > 1 {
                    self.close();
                }
            }
            Kind::Comma => {
                let frame = self.frame();
                if let Some(last) = frame.words.last_mut() {
                    last.text.push(LIST_SEPARATOR);
                    frame.joins = true;
                }
            }
            Kind::Plus => {
                let frame = self.frame();
                frame.joins =
                    frame.words.last().is_some_and(|last| last.quoted || last.text.starts_with('$'));
            }
            Kind::Assign { adds } => self.assign(adds),
            Kind::End { piped: false } if awaits_block(&self.frame().words) => {
                self.frame().awaits_block = true;
            }
            Kind::End { piped } => {
                self.end_command(piped);
                self.frame().is_several = true;
            }
            Kind::Either => {
                self.end_command(false);
                (self.frame().is_several, self.frame().is_either) = (true, true);
            }
            Kind::Run => {
                self.end_command(false);
                (self.frame().is_several, self.frame().is_run) = (true, true);
            }
        }
    }

    fn variable(&mut self, name: String, glued: bool) {
        if self.frame().lists_parameters {
            // Whoever calls it says what it holds.
            self.variables.remove(&name);
            if self.frame().parameters.len() < ARGUMENTS_MAX {
                self.frame().parameters.push((name.clone(), None));
            }
        }
        let known = self.look_up(&name);
        let is_quoted = known.as_ref().is_some_and(|value| !is_handle(value));
        self.value(&known.unwrap_or_else(|| format!("${name}")), is_quoted, glued);
        let frame = self.frame();
        frame.variable = (!glued || frame.words.len() == 1).then_some(name);
    }

    fn word(&mut self, word: &str, glued: bool) {
        let is_cast = word.starts_with('[') && word.ends_with(']');
        if is_cast && !glued {
            self.frame().after_cast = true;
            return;
        }
        if word == "--%" {
            return;
        }
        let frame = self.frame();
        let member = word.strip_prefix('.').or_else(|| word.strip_prefix("::"));
        match member {
            Some(member) if glued && !frame.words.is_empty() => frame.member = Some(member.to_lowercase()),
            _ => {
                let text = if frame.after_cmd { word.replace('^', "") } else { word.to_owned() };
                self.value(&text, false, glued);
            }
        }
    }

    /// One more value: a word of its own, or part of the one before.
    fn value(&mut self, text: &str, quoted: bool, glued: bool) {
        self.note_path(text);
        let frame = self.frame();
        frame.variable = None;
        let joins = std::mem::take(&mut frame.joins) || (glued && !frame.words.is_empty());
        if frame.member.take().is_some()
            && let Some(last) = frame.words.last_mut()
        {
            // `$user.Name`: nobody here knows what it is.
            UNKNOWN.clone_into(&mut last.text);
        }
        let has_room = frame.words.len() < ARGUMENTS_MAX;
        match frame.words.last_mut() {
            Some(last) if joins && last.text.len() + text.len() <= VALUE_BYTES_MAX => {
                last.text.push_str(text);
            }
            _ if has_room => {
                frame.after_cmd |= text.len() <= CMD_BYTES_MAX && image_stem(text) == "cmd";
                frame.words.push(Token { span: 0..0, text: text.to_owned(), quoted });
            }
            _ => {}
        }
    }

    /// A path that a command works on; what is put *into* a group is on no machine that is reached.
    fn note_path(&mut self, text: &str) {
        let names_machine = names_machine(text) && !text.to_ascii_lowercase().starts_with("ldap://");
        let is_member =
            self.frame().call.as_ref().is_some_and(|call| matches!(call.method.as_str(), "add" | "remove"));
        if names_machine && !is_member {
            self.push(Said::Path(text.to_owned()));
        }
    }

    fn open(&mut self, bracket: Bracket, glued: bool) {
        if self.frames.len() >= DEPTH_MAX {
            return;
        }
        let frame = self.frame();
        let head = frame.words.first().filter(|first| !first.quoted).map(|first| first.text.to_lowercase());
        let head = head.unwrap_or_default();
        let defines = DEFINING.contains(&head.as_str());
        let lists_parameters = bracket == Bracket::Round && (defines || head == "param");
        let is_call = glued && bracket == Bracket::Round && !frame.joins && !lists_parameters;
        let called = frame.words.last().filter(|last| is_call && !last.text.starts_with('-'));
        let call = called.map(|last| call_of(last, frame.member.as_deref()));
        frame.member = None;
        if bracket == Bracket::Curly {
            self.bodies.push(Vec::new());
        }
        self.frames.push(Frame { bracket: Some(bracket), call, lists_parameters, ..Frame::default() });
    }

    fn close(&mut self) {
        let frame = self.frame();
        apply_operators(&mut frame.words);
        let is_plain = frame.target.is_none() && !frame.is_several && frame.bracket != Some(Bracket::Curly);
        let is_call = frame.call.is_some();
        let words = if is_plain && !is_call { frame.words.clone() } else { Vec::new() };
        let value = self.value_of(&words);
        let says_nothing = matches!(words.as_slice(), [only] if only.quoted || is_handle(&only.text));
        if !says_nothing && !is_call {
            self.end_command(false);
        }
        let Some(frame) = self.frames.pop() else { return };
        if let Some(call) = frame.call {
            self.close_call(call, &frame.words);
            return;
        }
        if frame.lists_parameters {
            self.frame().parameters.extend(frame.parameters);
            self.value(UNKNOWN, false, false);
            return;
        }
        match frame.bracket {
            Some(Bracket::Table) => self.close_table(&frame.entries),
            Some(Bracket::Curly) => {
                let body = self.bodies.pop().unwrap_or_default();
                let block = Function { parameters: frame.parameters, body };
                let handle = self.objects.hold_block(block);
                self.value(&handle, false, false);
                self.define();
            }
            _ => match value {
                Some(value) => self.value(&value.text, value.quoted, false),
                None => self.value(UNKNOWN, false, false),
            },
        }
    }

    /// `function NAME {…}` is kept, and says nothing.
    fn define(&mut self) {
        let frame = self.frame();
        let [head, name, .., block] = frame.words.as_slice() else { return };
        let head_text = head.text.to_lowercase();
        if head.quoted || !DEFINING.contains(&head_text.as_str()) {
            return;
        }
        let name = lexemes::variable_name(&name.text);
        let name = if head_text == "class" { format!("[{name}]") } else { name };
        let block = block.text.clone();
        frame.words.clear();
        let parameters = std::mem::take(&mut frame.parameters);
        self.keep_function(name, &block, parameters);
    }

    fn keep_function(&mut self, name: String, block: &str, parameters: Vec<(String, Option<String>)>) {
        let Some(function) = self.objects.block(block) else { return };
        let function = match parameters.is_empty() {
            true => function,
            false => Rc::new(Function { parameters, ..(*function).clone() }),
        };
        if self.script.functions.len() < VARIABLES_MAX {
            self.script.functions.insert(name, function);
        }
    }

    fn close_call(&mut self, mut call: Call, words: &[Token]) {
        let texts = words.iter().flat_map(|word| word.text.split(LIST_SEPARATOR));
        call.arguments = texts.map(|argument| argument.trim().to_owned()).collect();
        self.run_blocks(&call);
        let result = self.result_of(&call);
        call.on = self.objects.objects_in(std::slice::from_ref(&call.receiver)).pop();
        call.given = self.objects.objects_in(&call.arguments);
        call.source = self.source_of(&call.receiver);
        self.push(Said::Call(call));
        if let Some(last) = self.frame().words.last_mut() {
            last.quoted = result.as_ref().is_some_and(|result| !is_handle(result));
            last.text = result.unwrap_or_else(|| UNKNOWN.to_owned());
        }
    }

    /// What a call gives back, as far as it is told.
    fn result_of(&mut self, call: &Call) -> Option<String> {
        let is_type = call.receiver.starts_with('[');
        let makes =
            self.frame().words.first().is_some_and(|first| first.text.eq_ignore_ascii_case("new-object"));
        match (call.method.as_str(), call.arguments.as_slice()) {
            ("frombase64string", [only]) => decode_script(only).or_else(|| decode_text(only)),
            ("getstring", [only]) if !is_unknown(only) => Some(only.clone()),
            ("create", [text]) if kind_of(&call.receiver) == "scriptblock" => {
                Some(self.objects.hold_block(block_of_text(text)))
            }
            ("newscriptblock", [text]) => Some(self.objects.hold_block(block_of_text(text))),
            ("create", _) if kind_of(&call.receiver) == "powershell" => {
                Some(self.objects.construct("powershell", &[]))
            }
            ("addcommand", [name, ..]) => self.add_member(call, "command", name),
            ("addparameter", [name, value]) => self.add_member(call, &format!("-{name}:"), value),
            ("addargument", [value]) => self.add_member(call, "", value),
            ("getnewclosure", _) => Some(call.receiver.clone()).filter(|word| is_handle(word)),
            ("new", arguments) if is_type => Some(self.objects.construct(&call.receiver, arguments)),
            (kind, arguments) if makes && call.receiver.is_empty() => {
                Some(self.objects.construct(kind, arguments))
            }
            _ => None,
        }
    }

    /// `$shell.AddCommand('X').AddParameter('Name','y')`: the same shell again.
    fn add_member(&mut self, call: &Call, member: &str, value: &str) -> Option<String> {
        self.objects.object(&call.receiver).filter(|object| object.kind == "powershell")?;
        self.objects.set(&call.receiver, member, value);
        Some(call.receiver.clone())
    }

    /// `$block.Invoke()`, `$list.ForEach({…})`, and what a shell that the script made was given.
    fn run_blocks(&mut self, call: &Call) {
        let own = call.method.starts_with("invoke").then_some(call.receiver.as_str());
        let words = own.into_iter().chain(call.arguments.iter().map(String::as_str));
        let blocks = self.objects.blocks_in(words);
        if !blocks.is_empty() {
            self.push(Said::Command(Command { words: vec![bare("&")], blocks, ..Command::default() }));
        }
        let is_invoked = matches!(call.method.as_str(), "invoke" | "begininvoke" | "invokeasync");
        if let Some(shell) = self.objects.object(&call.receiver).filter(|_| is_invoked)
            && let Some(name) = shell.member("command")
        {
            let given = shell.members.iter().filter(|(member, _)| member != "command");
            let given = given.flat_map(|(member, value)| [bare(member), quoted(value)]);
            let words =
                std::iter::once(bare(name)).chain(given).filter(|word| !word.text.is_empty()).collect();
            self.push(Said::Command(Command { words, ..Command::default() }));
        }
    }

    /// The source of a type that the script compiled and that calls NetUserAdd.
    fn source_of(&mut self, receiver: &str) -> Option<Rc<str>> {
        if self.sources.is_empty() {
            return None;
        }
        let kind = match self.objects.object(receiver) {
            Some(object) => object.kind.clone(),
            None if receiver.starts_with('[') => kind_of(receiver),
            None => return None,
        };
        self.source_looks_left = self.source_looks_left.checked_sub(1)?;
        let is_its = |source: &&Rc<str>| source.to_lowercase().contains(&format!("class {kind}"));
        self.sources.iter().find(is_its).cloned()
    }

    fn close_table(&mut self, entries: &[(String, String)]) {
        let frame = self.frame();
        if let Some(Target::Variable(name)) = &frame.target
            && frame.words.is_empty()
        {
            let name = name.clone();
            if self.tables.len() < VARIABLES_MAX {
                self.tables.insert(name, entries.to_vec());
            }
        }
        let handle = self.objects.hold_table(entries);
        self.value(&handle, false, false);
    }

    fn assign(&mut self, adds: bool) {
        let frame = self.frame();
        let is_table = frame.bracket == Some(Bracket::Table);
        let last = frame.words.pop();
        let target = match (frame.variable.take(), frame.member.take(), last) {
            (_, _, Some(key)) if is_table => Some(Target::Key(key.text)),
            (Some(name), Some(member), _) => Some(Target::Member(name, last_member(&member).to_owned())),
            (Some(name), None, _) => Some(Target::Variable(name)),
            _ => None,
        };
        frame.words.clear();
        frame.target = target;
        frame.joins = false;
        if adds && let Some(Target::Variable(name)) = self.frame().target.take() {
            self.variables.remove(&name);
        }
    }

    /// The command that stands in the innermost brackets has ended.
    fn end_command(&mut self, piped: bool) {
        let frame = self.frame();
        let mut words = std::mem::take(&mut frame.words);
        let target = frame.target.take();
        let is_run = std::mem::take(&mut frame.is_run);
        let is_either = std::mem::take(&mut frame.is_either);
        (frame.variable, frame.member, frame.joins, frame.after_cmd) = (None, None, false, false);
        apply_operators(&mut words);
        let Some(target) = target else {
            self.say(words, piped, is_run, is_either);
            return;
        };
        let value = self.value_of(&words);
        let is_plain_value = matches!(words.as_slice(), [only] if only.quoted || only.text.starts_with('$'));
        match target {
            Target::Key(key) => {
                let shown = value.map(|value| value.text);
                let shown = shown.or_else(|| words.first().map(|word| word.text.clone())).unwrap_or_default();
                let frame = self.frame();
                if frame.entries.len() < ARGUMENTS_MAX {
                    frame.entries.push((key, shown));
                }
                return;
            }
            Target::Variable(name) => self.assign_variable(name, value),
            Target::Member(name, key) => self.assign_member(name, key, value),
        }
        // A literal that is only kept says nothing yet; a command whose output is kept is run.
        if !is_plain_value {
            self.say(words, piped, is_run, is_either);
        }
    }

    fn assign_variable(&mut self, name: String, value: Option<Token>) {
        let value = value.map(|value| value.text);
        if self.frame().lists_parameters {
            let default = value.clone().filter(|value| !is_handle(value));
            if let Some((_, known)) = self.frame().parameters.iter_mut().find(|(present, _)| *present == name)
            {
                *known = default;
            }
            // The script's own parameters are hardly ever given.
            if self.bodies.len() > 1 {
                return;
            }
        }
        if let (Some(function), Some(block)) = (name.strip_prefix("function:"), &value) {
            self.keep_function(function.to_owned(), block, Vec::new());
        }
        match value {
            Some(value) if self.variables.len() < VARIABLES_MAX => {
                self.variables.insert(name, value);
            }
            _ => {
                self.variables.remove(&name);
            }
        }
    }

    fn assign_member(&mut self, name: String, key: String, value: Option<Token>) {
        let shown = value.map_or_else(|| UNKNOWN.to_owned(), |value| value.text);
        if let Some(handle) = self.variables.get(&name).filter(|value| is_handle(value)).cloned() {
            self.objects.set(&handle, &key, &shown);
        }
        if self.tables.len() < VARIABLES_MAX || self.tables.contains_key(&name) {
            let entries = self.tables.entry(name).or_default();
            entries.retain(|(present, _)| !present.eq_ignore_ascii_case(&key));
            entries.push((key, shown));
            entries.truncate(ARGUMENTS_MAX);
        }
    }

    /// What a command comes to, where that is told: a literal, a block, an object, a command's name, a machine's.
    fn value_of(&mut self, words: &[Token]) -> Option<Token> {
        let head = words.first().map(|first| first.text.to_lowercase())?;
        match (head.as_str(), words) {
            (_, [only]) if is_handle(&only.text) => Some(only.clone()),
            (_, [only]) if only.quoted && (!is_unknown(&only.text) || names_machine(&only.text)) => {
                Some(only.clone())
            }
            // No name at all, where a machine or an account is asked for.
            ("$null", [_]) => Some(quoted("")),
            ("$false" | "0", [only]) => Some(bare(&only.text)),
            ("hostname" | "hostname.exe", [_]) => Some(quoted("$env:computername")),
            ("new-object", [_, after @ ..]) => self.new_object(after),
            ("get-command" | "gcm" | "get-alias" | "gal", [_, after @ ..]) => {
                let pattern = named_value(after, "name", 1);
                let pattern = pattern.or_else(|| positional_value(after, 0).map(|word| word.text.clone()))?;
                found_by(&pattern).map(quoted)
            }
            ("new-pssession" | "nsn" | "new-cimsession" | "ncms", [_, after @ ..]) => {
                let host = named_value(after, "computername", 2).or_else(|| named_value(after, "cn", 2));
                let host = host.or_else(|| positional_value(after, 0).map(|word| word.text.clone()))?;
                (!is_unknown(&host)).then(|| quoted(&host.replace(LIST_SEPARATOR, ",")))
            }
            ("get-wmiobject" | "gwmi", [_, after @ ..]) => {
                let host = named_value(after, "computername", 4).or_else(|| named_value(after, "cn", 2))?;
                Some(bare(&format!(r"\\{host}")))
            }
            _ => None,
        }
    }

    /// `New-Object TYPE(ARGUMENTS)`, `New-Object TYPE ARGUMENTS`, `New-Object -TypeName TYPE -ArgumentList ARGUMENTS`.
    fn new_object(&mut self, after: &[Token]) -> Option<Token> {
        let kind = named_value(after, "typename", 1);
        let kind = kind.or_else(|| positional_value(after, 0).map(|word| word.text.clone()))?;
        if is_handle(&kind) {
            return Some(bare(&kind));
        }
        let given = named_value(after, "argumentlist", 1).or_else(|| named_value(after, "args", 3));
        let given = given.or_else(|| positional_value(after, 1).map(|word| word.text.clone()));
        let arguments: Vec<String> =
            given.iter().flat_map(|given| given.split(LIST_SEPARATOR)).map(str::to_owned).collect();
        Some(bare(&self.objects.construct(&kind, &arguments)))
    }

    fn say(&mut self, mut words: Vec<Token>, piped: bool, is_run: bool, is_either: bool) {
        for word in &mut words {
            word.text = word.text.replace(LIST_SEPARATOR, ",");
        }
        let Some(first) = words.first() else { return };
        let head = if first.quoted { String::new() } else { first.text.to_lowercase() };
        self.note(&head, &words[1..]);
        let texts = || words.iter().map(|word| word.text.as_str());
        let mut blocks = self.objects.blocks_in(texts());
        let is_lone = words.len() == 1 && !piped && !is_run;
        let never = matches!(head.as_str(), "if" | "elseif" | "while")
            && words.get(1).is_some_and(|condition| NEVER.contains(&condition.text.to_lowercase().as_str()));
        if is_lone {
            // A block that is nobody's argument is only shown.
            blocks.clear();
        } else if never && !blocks.is_empty() {
            blocks.remove(0);
        }
        let entries = self.objects.entries_in(texts());
        let ends = ENDING.contains(&head.as_str()) && self.frames.len() == 1 && !is_either;
        self.push(Said::Command(Command { words, piped, blocks, entries }));
        self.has_ended |= ends;
    }

    /// What a command does to the names and types of the script.
    fn note(&mut self, head: &str, after: &[Token]) {
        match head {
            "set-alias" | "new-alias" | "sal" | "nal" => {
                let given = |name: &str, place: usize| {
                    let named = named_value(after, name, 1);
                    named.or_else(|| positional_value(after, place).map(|word| word.text.clone()))
                };
                if let (Some(name), Some(value)) = (given("name", 0), given("value", 1))
                    && self.script.aliases.len() < VARIABLES_MAX
                {
                    self.script.aliases.insert(name.to_lowercase(), value.to_lowercase());
                }
            }
            "add-type" => {
                let sources = after.iter().filter(|word| word.text.to_lowercase().contains("netuseradd"));
                let room = SOURCES_MAX - self.sources.len().min(SOURCES_MAX);
                self.sources.extend(sources.take(room).map(|word| Rc::from(word.text.as_str())));
            }
            _ => {}
        }
    }

    /// A double-quoted string with the variables in it that are known, and its backticks read.
    fn expanded(&mut self, raw: &str) -> String {
        let mut text = String::new();
        let mut rest = raw;
        while let Some(character) = rest.chars().next() {
            if text.len() > VALUE_BYTES_MAX {
                break;
            }
            rest = &rest[character.len_utf8()..];
            match character {
                '`' => {
                    let Some(escaped) = rest.chars().next() else { break };
                    text.push(if matches!(escaped, 'n' | 'r' | 't') { ' ' } else { escaped });
                    rest = &rest[escaped.len_utf8()..];
                }
                '$' => {
                    let (name, after) = variable_in_text(rest);
                    match name.and_then(|name| self.look_up(&name)) {
                        Some(value) => {
                            text.push_str(&value);
                            rest = after;
                        }
                        None => {
                            text.push('$');
                            rest = self.inner(rest, &mut text);
                        }
                    }
                }
                _ => text.push(character),
            }
        }
        text
    }

    /// `(…)` after a `$` in a string: a script of its own, whose output nobody here knows.
    fn inner<'r>(&mut self, rest: &'r str, text: &mut String) -> &'r str {
        if self.inner_left == 0 || !rest.starts_with('(') {
            return rest;
        }
        self.inner_left -= 1;
        let Some(end) = closing_bracket(rest) else { return rest };
        let script = &rest[1..end];
        let lower = script.trim().to_lowercase();
        if matches!(lower.as_str(), "hostname" | "$env:computername" | "[environment]::machinename") {
            text.push_str("env:computername");
            return &rest[end + 1..];
        }
        if script.contains(char::is_whitespace) {
            self.push(Said::Inner(script.to_owned()));
        }
        text.push_str("()");
        &rest[end + 1..]
    }
}

/// Its first word wants a block, and has none yet.
fn awaits_block(words: &[Token]) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let head = first.text.to_lowercase();
    !first.quoted && WITH_BLOCK.contains(&head.as_str()) && !is_handle(&last.text)
}

/// What is called by `RECEIVER.MEMBER(`, `[TYPE]::METHOD(` or `NAME(`.
fn call_of(last: &Token, member: Option<&str>) -> Call {
    let (receiver, path) = match (member, last.text.split_once("]::")) {
        (Some(member), _) => (last.text.clone(), member.to_owned()),
        (None, Some((kind, method))) => (format!("{kind}]"), method.to_lowercase()),
        (None, None) => {
            let name = last.text.rsplit([':', '.']).next().unwrap_or_default();
            (String::new(), name.to_lowercase())
        }
    };
    let method = last_member(&path).to_owned();
    Call { receiver, path, method, ..Call::default() }
}

fn last_member(path: &str) -> &str {
    path.rsplit(['.', ':']).next().unwrap_or(path)
}

/// The text begins as the name of something on a machine or in a directory does; it may end in a variable.
fn names_machine(text: &str) -> bool {
    let start = text.get(..9).unwrap_or(text).to_ascii_lowercase();
    ["winnt://", "winmgmts:", r"\\", "ldap://"].iter().any(|scheme| start.starts_with(scheme))
}

fn bare(text: &str) -> Token {
    Token { span: 0..0, text: text.to_owned(), quoted: false }
}

fn quoted(text: &str) -> Token {
    Token { span: 0..0, text: text.to_owned(), quoted: true }
}

/// Where the bracket closes that the text begins with.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    for (at, character) in text.char_indices().take(INNER_LETTERS_MAX) {
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            ('"' | '\'', None) => quote = Some(character),
            ('(', None) => depth += 1,
            (')', None) => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some(at);
        }
    }
    None
}

/// The name of the variable that stands after a `$` in a string, and what follows it.
fn variable_in_text(rest: &str) -> (Option<String>, &str) {
    for (open, close) in [("{", '}'), ("($", ')')] {
        if let Some((name, after)) = rest.strip_prefix(open).and_then(|inner| lexemes::up_to(inner, close)) {
            let is_name = name.chars().all(lexemes::is_name_part);
            return (is_name.then(|| lexemes::variable_name(name)), after);
        }
    }
    let end = rest.find(|part: char| !(part.is_alphanumeric() || part == '_')).unwrap_or(rest.len());
    ((end > 0).then(|| lexemes::variable_name(&rest[..end])), &rest[end..])
}

/// `'{0} /add' -f 'x'` and `'n','et' -join ''`: what they put together, where both sides are literals.
fn apply_operators(words: &mut Vec<Token>) {
    let [text, operator, given] = words.as_slice() else { return };
    let (true, true) = (text.quoted, given.quoted) else { return };
    let together = match operator.text.to_ascii_lowercase().as_str() {
        "-f" => given.text.split(LIST_SEPARATOR).enumerate().take(ARGUMENTS_MAX).fold(
            text.text.clone(),
            |text, (index, value)| {
                if text.len() > VALUE_BYTES_MAX { text } else { text.replace(&format!("{{{index}}}"), value) }
            },
        ),
        "-join" if given.text.len() <= 8 => text.text.replace(LIST_SEPARATOR, &given.text),
        _ => return,
    };
    *words = vec![Token { span: 0..0, text: together, quoted: true }];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<String> {
        let mut commands = read(script).said.into_iter().filter_map(|said| match said {
            Said::Command(command) => Some(command.words),
            _ => None,
        });
        commands.next_back().unwrap_or_default().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn of_what_goes_on_and_on_the_beginning_is_read() {
        let arguments: String = (0..2 * ARGUMENTS_MAX).map(|index| format!(" a{index}")).collect();
        assert_eq!(words(&format!("x{arguments}")).len(), ARGUMENTS_MAX);
        let entries: String = (0..2 * ARGUMENTS_MAX).map(|index| format!("k{index}=1;")).collect();
        assert_eq!(words(&format!("$p=@{{{entries}}}; x @p")).len(), ARGUMENTS_MAX);
        let members: String = (0..2 * ARGUMENTS_MAX).map(|index| format!("$p.k{index}=1;")).collect();
        assert_eq!(words(&format!("{members} x @p")).len(), ARGUMENTS_MAX);
        let variables: String = (0..=VARIABLES_MAX).map(|index| format!("$v{index}='y';")).collect();
        assert_eq!(
            words(&format!("{variables} x $v0 $v{VARIABLES_MAX}"))[1..],
            ["y", &format!("$v{VARIABLES_MAX}")]
        );
    }
}
