//! Reads a PowerShell script as far as it says literally what it does: its commands with their arguments and script
//! blocks, its method calls, and what it only defines.
//!
//! No interpreter: variables that were given a literal, a block or an object in the same text are followed, as are
//! splatted tables, joined literals and `-f`; whatever else a value comes from leaves it unknown, written as
//! PowerShell would write it (`$name`, `$()`). Comments say nothing. One walk over the text, and every table in it
//! has a bound.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::commands::intent::aim::is_own_expression;
use crate::commands::intent::branches::{
    ANSWERED, Asked, Branches, PERHAPS, asked_by_call, asked_by_command,
};
use crate::commands::intent::cmdlets::found_by;
use crate::commands::intent::lexemes::{self, Bracket, Kind, Lexeme, lexemes};
use crate::commands::intent::objects::{Objects, UNKNOWN, block_of_text, is_handle, kind_of};
use crate::commands::intent::operators::{apply_operators, letters_of, put_together};
use crate::commands::intent::parameters::{named_value, positional_value};
use crate::commands::intent::said::{
    ARGUMENTS_MAX, Call, Command, Function, LIST_SEPARATOR, Machines, Parameter, SPLAT, Said, Script,
    VALUE_BYTES_MAX,
};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::intent::variables::{Block, Mark, VARIABLES_MAX, Variables};
use crate::commands::line::{Token, decode_script, decode_text, image_stem};

/// Brackets deeper than this are read as if they were not there.
const DEPTH_MAX: usize = 64;
/// Bytes of values that are looked up in all: a text that doubles itself must not cost more than it says.
const LOOKED_UP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longest path of `cmd` that is known for one.
const CMD_BYTES_MAX: usize = 260;
/// Sources of types that are kept.
const SOURCES_MAX: usize = 8;
/// Calls of which it is asked whether their type was compiled by the script.
const SOURCE_LOOKS_MAX: usize = 256;
/// Scripts within strings that are read, and how long they may be.
const INNER_MAX: usize = 256;
const INNER_LETTERS_MAX: usize = 16 * 1024;
/// How what a script holds is written where it is no text.
const HANDLE: &str = "$(#";
/// What the type of a parameter that takes no value is called, lower case.
const SWITCHES: &[&str] = &["[switch]", "switchparameter]"];

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
/// After these nothing more of the block is run in which they stand.
pub(super) const ENDING: &[&str] = &["exit", "return", "throw", "break", "continue"];
/// How a condition that asks for the machine's name stands before its block: on which alone, and on which not.
const ONLY_ON: &str = "$(=";
const EXCEPT_ON: &str = "$(!";
/// A list without anything in it.
const EMPTY: &str = "$(0)";
/// Conditions that never hold.
const NEVER: &[&str] = &["$false", "0", ""];

/// What a script says, in its order.
pub(super) fn read(script: &str) -> Script {
    let lexemes = lexemes(script);
    let mut reader = Reader { several: given_several(&lexemes), ..Reader::default() };
    for lexeme in lexemes {
        reader.take(lexeme);
    }
    while reader.frames.len() > 1 {
        reader.close();
    }
    reader.end_command(false);
    let said = reader.bodies.pop().unwrap_or_default().said;
    for (name, value) in reader.variables.told() {
        if let Some(block) = reader.objects.block(value)
            && reader.script.functions.len() < VARIABLES_MAX
        {
            reader.script.functions.insert(format!("${name}"), block);
        }
    }
    Script { said, ..reader.script }
}

/// The variables that are given more than one value. What one of them holds in a block that is run later, or again, is
/// known to whoever follows the run, and not to whoever reads the block.
fn given_several(lexemes: &[Lexeme]) -> BTreeSet<String> {
    let mut once: BTreeSet<&str> = BTreeSet::new();
    let mut several = BTreeSet::new();
    for pair in lexemes.windows(2) {
        let Kind::Variable(name) = &pair[0].kind else { continue };
        let is_given = match &pair[1].kind {
            Kind::Assign { adds: false } => !once.insert(name.as_str()),
            Kind::Assign { adds: true } => true,
            Kind::Word(word) => word.eq_ignore_ascii_case("in") || counts(word) || takes_in(word),
            _ => false,
        };
        if is_given {
            several.insert(name.clone());
        }
    }
    several
}

/// `++` and `--` after a variable.
fn counts(word: &str) -> bool {
    word.starts_with("++") || word.starts_with("--")
}

/// `.Add(…)` and its like after a variable.
fn takes_in(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.starts_with(".add") || lower.starts_with(".insert")
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
    /// The variables before it in a list: `$a, $b = …`.
    listed: Vec<String>,
    /// The variable of which the last word asks a part: `$table['key']`.
    indexed: Option<String>,
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
    /// A list without anything in it was piped to the command.
    is_fed_nothing: bool,
    /// What the command, or the condition, asks.
    asks: Option<Asked>,
    /// The branches of the statement before, which `else` or `catch` in the next line belongs to.
    branches: Branches,
    /// It lists the parameters of a function.
    lists_parameters: bool,
    /// Those of the function that it is, or that its words define.
    parameters: Vec<Parameter>,
    /// What the type and the attributes before a parameter say of it.
    next_parameter: Parameter,
    /// Of a block: what it is to variables, and where they stood when it began.
    block: Option<(Block, Mark)>,
    /// Of a table: what it holds so far.
    entries: Vec<(String, String)>,
}

#[derive(Debug)]
enum Target {
    Variable(String),
    Member(String, String),
    Key(String),
    /// Some key of a table, which is not told.
    Unknown(String),
}

/// A block that is open.
#[derive(Debug, Default)]
struct Body {
    said: Vec<Said>,
    /// Nothing more of it is run.
    has_ended: bool,
    /// It is run later, or again: the variables that are set in it so far. `None`: it is run where it stands.
    own: Option<BTreeSet<String>>,
}

struct Reader {
    frames: Vec<Frame>,
    /// The blocks that are open; the script's own first.
    bodies: Vec<Body>,
    variables: Variables,
    /// Those that are given more than one value.
    several: BTreeSet<String>,
    /// Those that hold what was asked.
    asked: BTreeMap<String, Asked>,
    /// What members of variables were set to that hold nothing which is known.
    tables: BTreeMap<String, Vec<(String, String)>>,
    objects: Objects,
    script: Script,
    /// Sources of types that call NetUserAdd.
    sources: Vec<Rc<str>>,
    /// Calls that may still be looked for in them.
    source_looks_left: usize,
    /// Strings whose scripts may still be read.
    inner_left: usize,
    bytes_left: usize,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            frames: vec![Frame::default()],
            bodies: vec![Body::default()],
            variables: Variables::default(),
            several: BTreeSet::new(),
            asked: BTreeMap::new(),
            tables: BTreeMap::new(),
            objects: Objects::default(),
            script: Script::default(),
            sources: Vec::new(),
            source_looks_left: SOURCE_LOOKS_MAX,
            inner_left: INNER_MAX,
            bytes_left: LOOKED_UP_BYTES_MAX,
        }
    }
}

impl Reader {
    fn look_up(&mut self, name: &str) -> Option<Rc<str>> {
        let value = self.variables.get(name)?.clone()?;
        if self.is_left_to_run(name) && !is_handle(&value) {
            return None;
        }
        self.bytes_left = self.bytes_left.checked_sub(value.len())?;
        Some(value)
    }

    /// What this variable holds here depends on when the block is run that is read.
    fn is_left_to_run(&self, name: &str) -> bool {
        let own = self.bodies.iter().rev().find_map(|body| body.own.as_ref());
        own.is_some_and(|own| self.several.contains(name) && !own.contains(name))
    }

    /// A variable is given this value; `said` is what is written for it, in which variables may stand.
    fn set(&mut self, name: &str, value: Option<&str>, said: Option<String>) {
        self.variables.set(name, value.map(Rc::from));
        if let Some(own) = self.bodies.iter_mut().rev().find_map(|body| body.own.as_mut()) {
            own.insert(name.to_owned());
        }
        self.push(Said::Set(name.to_owned(), said));
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, said: Said) {
        if let Some(body) = self.bodies.last_mut().filter(|body| !body.has_ended) {
            body.said.push(said);
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
            Kind::Splat(name) => self.splat(&name),
            Kind::Open(bracket) => self.open(bracket, glued),
            Kind::Close => {
                if self.frames.len() > 1 {
                    self.close();
                }
            }
            Kind::Comma if self.frame().lists_parameters => self.end_command(false),
            Kind::Comma => {
                let frame = self.frame();
                frame.listed.extend(frame.variable.take());
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
        if self.frame().lists_parameters && self.frame().target.is_none() {
            self.parameter(&name);
        } else if self.frame().words.is_empty() && self.is_head_of("foreach") {
            // Each round of the loop gives it another value.
            self.set(&name, None, None);
        }
        self.ask(self.asked.get(&name).copied());
        let known = self.look_up(&name);
        let is_quoted = known.as_ref().is_some_and(|value| !is_handle(value) && **value != *EMPTY);
        let shown = known.map_or_else(|| format!("${name}"), |known| known.to_string());
        self.value(&shown, is_quoted, glued);
        let frame = self.frame();
        frame.variable = (!glued || frame.words.len() == 1 || !frame.listed.is_empty()).then_some(name);
    }

    /// Something is asked in what stands within the innermost brackets.
    fn ask(&mut self, asked: Option<Asked>) {
        let frame = self.frame();
        frame.asks = frame.asks.max(asked);
    }

    /// Whoever calls the function, the block or the script says what it holds.
    fn parameter(&mut self, name: &str) {
        if self.frame().parameters.len() < ARGUMENTS_MAX {
            let parameter =
                Parameter { name: name.to_owned(), ..std::mem::take(&mut self.frame().next_parameter) };
            self.frame().parameters.push(parameter);
        }
        // Those in the head of a function are unknown within its block, which is still to come.
        if !self.is_head_of("param") {
            return;
        }
        self.variables.set(name, None);
        if let Some(own) = self.bodies.last_mut().and_then(|body| body.own.as_mut()) {
            own.insert(name.to_owned());
        }
    }

    /// The brackets that are open stand right after this word.
    fn is_head_of(&self, head: &str) -> bool {
        let is_round = self.frames.last().is_some_and(|frame| frame.bracket == Some(Bracket::Round));
        let before = self.frames.iter().rev().nth(1).and_then(|frame| frame.words.last());
        is_round && before.is_some_and(|word| is_word(word, head))
    }

    /// `@name`: what a table or a list holds, each as an argument of its own.
    fn splat(&mut self, name: &str) {
        let held = self.variables.get(name).cloned().flatten().filter(|_| !self.is_left_to_run(name));
        let table = held.as_ref().and_then(|held| self.objects.table(held));
        let is_list = held.as_ref().is_some_and(|held| !is_handle(held));
        match (table.or_else(|| self.tables.get(name).cloned()), held) {
            (Some(entries), _) if entries.iter().all(|(key, _)| key.starts_with(char::is_alphabetic)) => {
                for (key, value) in entries {
                    self.value(&format!("-{key}:{value}"), false, false);
                }
            }
            (None, Some(list)) if is_list => {
                list.split(LIST_SEPARATOR).for_each(|value| self.value(value, true, false));
            }
            _ => self.value(&format!("{SPLAT}{name})"), false, false),
        }
    }

    fn word(&mut self, word: &str, glued: bool) {
        if self.frame().lists_parameters {
            let lower = word.to_lowercase();
            self.frame().next_parameter.is_switch |= SWITCHES.iter().any(|kind| lower.contains(kind));
        }
        if let Some(letters) = letters_of(word) {
            self.frame().joins |= word.starts_with('+');
            self.value(&letters, true, glued);
            self.frame().joins = word.ends_with('+');
            return;
        }
        let part_of = self.frame().variable.clone().filter(|_| glued);
        if let Some(counted) = part_of.clone().filter(|_| counts(word)) {
            self.set(&counted, None, None);
        }
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
                // Whatever it is glued to, a redirection is no part of it.
                self.value(&text, false, glued && !word.starts_with('>'));
                match (word.starts_with('['), glued) {
                    (true, _) => self.frame().indexed = part_of,
                    (false, true) => {}
                    (false, false) => self.frame().indexed = None,
                }
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
        let steering = frame.words.iter().rev().filter(|word| !word.quoted);
        let steering =
            steering.map(|word| Block::after(&word.text.to_lowercase())).find(Option::is_some).flatten();
        let header: Vec<String> = frame.parameters.iter().map(|parameter| parameter.name.clone()).collect();
        let is_param = frame.words.last().is_some_and(|last| is_word(last, "param"));
        let lists_parameters = bracket == Bracket::Round && (defines || is_param);
        let is_call = glued && bracket == Bracket::Round && !frame.joins && !lists_parameters;
        let called =
            frame.words.last().filter(|last| is_call && !last.text.starts_with('-') && last.text != "!");
        let call = called.map(|last| call_of(last, frame.member.as_deref()));
        frame.member = None;
        let block = (bracket == Bracket::Curly).then(|| self.begin_block(steering, &header));
        self.frames.push(Frame { bracket: Some(bracket), call, lists_parameters, block, ..Frame::default() });
    }

    /// A block begins, after a word that steers or as a value; `header` is what stands in the head of its function.
    fn begin_block(&mut self, steering: Option<Block>, header: &[String]) -> (Block, Mark) {
        let is_run_here = matches!(steering, Some(Block::Runs | Block::MayRun));
        let block = steering.unwrap_or(Block::MayRun);
        let mark = self.variables.enter();
        if block == Block::Defines {
            header.iter().for_each(|name| self.variables.set(name, None));
        }
        let own = (!is_run_here).then(|| header.iter().cloned().collect());
        self.bodies.push(Body { own, ..Body::default() });
        (block, mark)
    }

    fn close(&mut self) {
        let is_loop = self.is_head_of("foreach");
        if is_loop {
            self.one_round();
        }
        let frame = self.frame();
        apply_operators(&mut frame.words);
        let is_plain = frame.target.is_none() && !frame.is_several && frame.bracket != Some(Bracket::Curly);
        let is_call = frame.call.is_some();
        let words = if is_plain && !is_call { frame.words.clone() } else { Vec::new() };
        let is_condition = self.is_head_of("if") || self.is_head_of("elseif");
        let machines = is_condition.then(|| machines_asked_for(&words)).flatten();
        let is_condition = is_condition || self.is_head_of("while");
        let value = machines.or_else(|| self.value_of(&words)).or_else(|| match words.as_slice() {
            [] if is_plain && !is_call && self.frame().words.is_empty() => Some(bare(EMPTY)),
            [.., last] if is_loop && last.text == EMPTY => Some(bare("$false")),
            [only] if is_condition && only.text.eq_ignore_ascii_case("$true") => Some(only.clone()),
            _ => None,
        });
        let says_nothing = matches!(words.as_slice(), [only] if only.quoted || is_handle(&only.text));
        if !says_nothing && !is_call {
            self.end_command(false);
        }
        let is_param = self.is_head_of("param");
        let is_script = self.bodies.len() == 1 && is_param;
        let Some(frame) = self.frames.pop() else { return };
        if frame.bracket != Some(Bracket::Curly) && !is_condition {
            self.ask(frame.asks);
        }
        if let Some(call) = frame.call {
            self.close_call(call, &frame.words);
            return;
        }
        if frame.lists_parameters {
            let room = if is_script { &mut self.script.parameters } else { &mut self.frame().parameters };
            room.extend(frame.parameters);
            match is_param {
                // What follows in the same line is a command of its own.
                true => self.frame().words.clear(),
                false => self.value(UNKNOWN, false, false),
            }
            return;
        }
        match frame.bracket {
            Some(Bracket::Table) => self.close_table(&frame.entries),
            Some(Bracket::Curly) => {
                if let Some((block, mark)) = frame.block {
                    self.variables.leave(mark, block);
                }
                let body = self.bodies.pop().unwrap_or_default().said;
                let block = Function { parameters: frame.parameters, body, ..Function::default() };
                let handle = self.objects.hold_block(block);
                self.value(&handle, false, false);
                self.define();
            }
            _ => match value {
                Some(value) => self.value(&value.text, value.quoted, false),
                None if is_condition => match frame.asks {
                    None => self.value(PERHAPS, false, false),
                    Some(Asked::Person) => self.value(ANSWERED, false, false),
                    Some(Asked::Known) => self.value(UNKNOWN, false, false),
                },
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

    fn keep_function(&mut self, name: String, block: &str, parameters: Vec<Parameter>) {
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
        if self.frame().lists_parameters {
            self.frame().next_parameter.position =
                call.arguments.iter().find_map(|argument| position_of(argument));
        }
        if matches!(call.method.as_str(), "add" | "set_item")
            && let [key, value] = call.arguments.as_slice()
            && self.objects.is_table(&call.receiver)
        {
            self.objects.set(&call.receiver, key, value);
        }
        self.ask(asked_by_call(&call));
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
            ("createinstance", [only]) if only.starts_with(r"\\") => Some(only.clone()),
            // The program's object on another machine.
            ("gettypefromprogid" | "gettypefromclsid", [_, host]) => Some(format!(r"\\{host}")),
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
            (method, arguments) => {
                let text = put_together(method, &call.receiver, arguments)?;
                self.bytes_left = self.bytes_left.checked_sub(text.len())?;
                Some(text)
            }
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
        let own = own.filter(|own| self.objects.block(own).is_some());
        let texts = own.into_iter().chain(call.arguments.iter().map(String::as_str));
        let blocks = self.objects.blocks_in(texts);
        if !blocks.is_empty() {
            let given = call.arguments.iter().filter(|_| own.is_some()).map(|argument| quoted(argument));
            let words = std::iter::once(bare(own.unwrap_or("&"))).chain(given).collect();
            self.push(Said::Command(Command { words, blocks, is_run: true, ..Command::default() }));
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
        let handle = self.objects.hold_table(entries);
        self.value(&handle, false, false);
    }

    fn assign(&mut self, adds: bool) {
        let frame = self.frame();
        let is_table = frame.bracket == Some(Bracket::Table);
        let last = frame.words.pop();
        let key = last.as_ref().and_then(|last| key_of(&last.text)).map(str::to_owned);
        let listed = std::mem::take(&mut frame.listed);
        let target = match (frame.variable.take(), frame.member.take(), last) {
            (_, _, Some(key)) if is_table => Some(Target::Key(key.text)),
            (Some(name), Some(member), _) => Some(Target::Member(name, last_member(&member).to_owned())),
            (Some(name), None, _) => Some(Target::Variable(name)),
            (None, None, Some(_)) => frame.indexed.take().map(|table| match key {
                Some(key) => Target::Member(table, key),
                None => Target::Unknown(table),
            }),
            _ => None,
        };
        frame.words.clear();
        frame.joins = false;
        let target = match target {
            Some(Target::Variable(name)) if adds || !listed.is_empty() => {
                listed.iter().chain([&name]).for_each(|name| self.set(name, None, None));
                None
            }
            Some(Target::Unknown(name)) => {
                self.set(&name, None, None);
                self.tables.remove(&name);
                None
            }
            target => target,
        };
        self.frame().target = target;
    }

    /// The command that stands in the innermost brackets has ended.
    fn end_command(&mut self, piped: bool) {
        let frame = self.frame();
        let mut words = std::mem::take(&mut frame.words);
        let target = frame.target.take();
        let is_run = std::mem::take(&mut frame.is_run);
        let is_either = std::mem::take(&mut frame.is_either);
        (frame.variable, frame.member, frame.joins, frame.after_cmd) = (None, None, false, false);
        frame.listed.clear();
        frame.indexed = None;
        apply_operators(&mut words);
        if self.frame().lists_parameters {
            return self.end_parameter(target.is_some(), &words);
        }
        let Some(target) = target else {
            self.say(words, piped, is_run, is_either);
            self.forget_asked();
            return;
        };
        let assigned = match &target {
            Target::Variable(name) => Some(name.clone()),
            _ => None,
        };
        let is_plain_value = matches!(words.as_slice(), [only] if only.quoted || only.text.starts_with('$'));
        // What a pipe makes of it, nobody here knows.
        let value = self.value_of(&words).filter(|_| !(piped && is_plain_value));
        let said = words.first().filter(|_| is_plain_value && !piped).map(|word| word.text.clone());
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
            Target::Variable(name) => self.assign_variable(&name, value, said),
            Target::Member(name, key) => self.assign_member(name, key, value, said),
            Target::Unknown(_) => {}
        }
        // A literal that is only kept says nothing yet; a command whose output is kept is run.
        if !is_plain_value {
            self.say(words, piped, is_run, is_either);
        }
        let asks = self.frame().asks;
        match (assigned, asks) {
            (Some(name), Some(asks)) if self.asked.len() < VARIABLES_MAX => {
                self.asked.insert(name, asks);
            }
            (Some(name), _) => drop(self.asked.remove(&name)),
            (None, _) => {}
        }
        self.forget_asked();
    }

    /// What a command of a block asked is over with it; a condition goes on.
    fn forget_asked(&mut self) {
        let frame = self.frame();
        if matches!(frame.bracket, None | Some(Bracket::Curly)) {
            frame.asks = None;
        }
    }

    /// One parameter of a list has ended, with its default.
    fn end_parameter(&mut self, has_default: bool, words: &[Token]) {
        let default = has_default.then(|| self.value_of(words)).flatten().map(|value| value.text);
        let goes_on = !has_default && words.first().is_some_and(|word| word.quoted);
        let frame = self.frame();
        if let Some(parameter) = frame.parameters.last_mut().filter(|_| has_default || goes_on) {
            // `$name = 'a', 'b'`: a list is no name.
            parameter.default = default.filter(|default| !is_handle(default));
        }
    }

    fn assign_variable(&mut self, name: &str, value: Option<Token>, said: Option<String>) {
        // A counter holds another value in each round.
        let value = value.map(|value| value.text).filter(|_| !self.is_head_of("for"));
        let value = value.filter(|value| value != EMPTY || !self.several.contains(name));
        if let (Some(function), Some(block)) = (name.strip_prefix("function:"), &value) {
            self.keep_function(function.to_owned(), block, Vec::new());
        }
        if value.as_ref().is_none_or(|value| !self.objects.is_table(value)) {
            self.tables.remove(name);
        }
        let said = value.clone().or(said).filter(|said| !said.contains(HANDLE) && !self.is_head_of("for"));
        self.set(name, value.as_deref(), said.map(|said| said.replace(LIST_SEPARATOR, ",")));
    }

    /// `foreach ($name in 'bob')`: the one value that it takes.
    fn one_round(&mut self) {
        let [variable, of, only] = self.frame().words.as_slice() else { return };
        let is_told = only.quoted && !only.text.contains(LIST_SEPARATOR) && !is_unknown(&only.text);
        if let (Some(name), true) =
            (variable.text.strip_prefix('$'), is_told && of.text.eq_ignore_ascii_case("in"))
        {
            let (name, only) = (name.to_owned(), only.text.clone());
            self.set(&name, Some(&only), Some(only.clone()));
        }
    }

    fn assign_member(&mut self, name: String, key: String, value: Option<Token>, said: Option<String>) {
        let shown = value.map(|value| value.text).or(said).unwrap_or_else(|| UNKNOWN.to_owned());
        if let Some(handle) = self.variables.get(&name).cloned().flatten().filter(|value| is_handle(value)) {
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
            (_, [only]) if is_handle(&only.text) || only.text == EMPTY => Some(only.clone()),
            (_, [only]) if only.quoted && (!is_unknown(&only.text) || names_machine(&only.text)) => {
                Some(only.clone())
            }
            // No name at all, where a machine or an account is asked for.
            ("$null", [_]) => Some(quoted("")),
            ("$false", [only]) => Some(bare(&only.text)),
            (number, [only]) if number.parse::<u64>().is_ok() => Some(bare(&only.text)),
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
        self.ask(asked_by_command(&words));
        let texts = || words.iter().map(|word| word.text.as_str());
        let mut blocks = self.objects.blocks_in(texts());
        if matches!(head.as_str(), "if" | "elseif") {
            bind_to_machines(&words, &mut blocks);
        }
        let is_lone = words.len() == 1 && !piped && !is_run;
        let branches = self.frame().branches.of(&words, &blocks);
        blocks = branches.1;
        self.frame().branches = branches.0;
        let is_fed_nothing = std::mem::take(&mut self.frame().is_fed_nothing);
        let is_nothing = matches!(words.as_slice(), [only] if only.text == EMPTY);
        self.frame().is_fed_nothing = piped && (is_nothing || is_fed_nothing);
        let never = matches!(head.as_str(), "if" | "elseif" | "while" | "foreach")
            && words.get(1).is_some_and(|condition| NEVER.contains(&condition.text.to_lowercase().as_str()));
        if is_lone || is_fed_nothing {
            // A block that is nobody's argument is only shown.
            blocks.clear();
        } else if never && !blocks.is_empty() {
            blocks.remove(0);
        }
        let entries = self.objects.entries_in(texts());
        let is_of_block =
            self.frames.last().is_none_or(|frame| matches!(frame.bracket, None | Some(Bracket::Curly)));
        let ends = ENDING.contains(&head.as_str()) && is_of_block && !is_either;
        let is_run = is_run || words.first().is_some_and(|first| first.text == ".");
        self.push(Said::Command(Command { words, piped, is_run, blocks, entries }));
        if let Some(body) = self.bodies.last_mut() {
            body.has_ended |= ends;
        }
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
            "set-variable" | "sv" | "new-variable" | "nv" => {
                let name = named_value(after, "name", 1);
                let value = named_value(after, "value", 1);
                let place = usize::from(name.is_none());
                let name = name.or_else(|| positional_value(after, 0).map(|word| word.text.clone()));
                let value = value.or_else(|| positional_value(after, place).map(|word| word.text.clone()));
                if let Some(name) = name {
                    let told = value.as_deref().filter(|value| !is_unknown(value));
                    self.set(
                        &lexemes::variable_name(&name),
                        told,
                        value.clone().filter(|said| !said.contains(HANDLE)),
                    );
                }
            }
            "set-item" | "si" | "new-item" | "ni" => {
                let path = named_value(after, "path", 1);
                let place = usize::from(path.is_none());
                let path = path.or_else(|| positional_value(after, 0).map(|word| word.text.clone()));
                let value = named_value(after, "value", 1);
                let value = value.or_else(|| positional_value(after, place).map(|word| word.text.clone()));
                let name =
                    path.and_then(|path| path.to_lowercase().strip_prefix("function:").map(str::to_owned));
                if let (Some(name), Some(block)) = (name, value) {
                    self.keep_function(
                        lexemes::variable_name(name.trim_start_matches('\\')),
                        &block,
                        Vec::new(),
                    );
                }
            }
            // Pester's: something else stands in the command's place.
            "mock" => {
                let name = named_value(after, "commandname", 1);
                let place = usize::from(name.is_none());
                let name = name.or_else(|| positional_value(after, 0).map(|word| word.text.clone()));
                let block = named_value(after, "mockwith", 2);
                let block = block.or_else(|| positional_value(after, place).map(|word| word.text.clone()));
                let Some(name) = name.map(|name| lexemes::variable_name(&name)) else { return };
                match block.filter(|block| is_handle(block)) {
                    Some(block) => self.keep_function(name, &block, Vec::new()),
                    None if self.script.functions.len() < VARIABLES_MAX => {
                        self.script.functions.insert(name, Rc::default());
                    }
                    None => {}
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
                    let value = name.as_ref().and_then(|name| self.look_up(name));
                    let is_bracketed = rest.starts_with(['{', '(']);
                    match (value, name) {
                        (Some(value), _) => {
                            text.push_str(&value);
                            rest = after;
                        }
                        (None, Some(name)) if is_bracketed && !name.contains(':') => {
                            text.push_str(&format!("${{{name}}}"));
                            rest = after;
                        }
                        _ => {
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
        if let Some(literal) = lexemes::only_literal(script) {
            text.pop();
            text.push_str(&literal);
            return &rest[end + 1..];
        }
        if script.contains(char::is_whitespace) {
            self.push(Said::Inner(script.to_owned()));
        }
        text.push_str("()");
        &rest[end + 1..]
    }
}

/// `$env:COMPUTERNAME -eq 'APP07'`, `-in 'APP07','APP08'`, `-ne …`: the machines that a condition asks for.
fn machines_asked_for(words: &[Token]) -> Option<Token> {
    let [one, operator, other] = words else { return None };
    let (machines, is_turned) = match (is_own_expression(&one.text), is_own_expression(&other.text)) {
        (true, false) => (other, false),
        (false, true) => (one, true),
        _ => return None,
    };
    let before = match operator.text.to_lowercase().as_str() {
        "-eq" | "-ieq" | "-ceq" => ONLY_ON,
        "-ne" | "-ine" | "-cne" => EXCEPT_ON,
        "-in" if !is_turned => ONLY_ON,
        "-notin" if !is_turned => EXCEPT_ON,
        "-contains" if is_turned => ONLY_ON,
        "-notcontains" if is_turned => EXCEPT_ON,
        _ => return None,
    };
    let is_told = machines.quoted && !is_unknown(&machines.text);
    is_told.then(|| bare(&format!("{before}{}", machines.text.replace(LIST_SEPARATOR, ","))))
}

/// A block is run where the condition right before it holds.
fn bind_to_machines(words: &[Token], blocks: &mut [Rc<Function>]) {
    let mut left = blocks.iter_mut();
    let mut asked_for = None;
    for word in words {
        if let Some(machines) = word.text.strip_prefix(ONLY_ON) {
            asked_for = Some(Machines::Only(machines.to_owned()));
        } else if let Some(machines) = word.text.strip_prefix(EXCEPT_ON) {
            asked_for = Some(Machines::Except(machines.to_owned()));
        } else if is_handle(&word.text)
            && let Some(block) = left.next()
            && let Some(on) = asked_for.take()
        {
            *block = Rc::new(Function { on: Some(on), ..(**block).clone() });
        }
    }
}

/// A bare word, which may stand right behind an attribute: `[CmdletBinding()]param`.
fn is_word(word: &Token, wanted: &str) -> bool {
    let text = word.text.rsplit(']').next().unwrap_or(&word.text);
    !word.quoted && text.eq_ignore_ascii_case(wanted)
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

/// The key that is set in `table[key]`, where it is told.
fn key_of(word: &str) -> Option<&str> {
    let (_, key) = word.strip_suffix(']')?.rsplit_once('[')?;
    (!key.is_empty() && !is_unknown(key)).then_some(key)
}

/// `Position=1` in the attribute of a parameter.
fn position_of(argument: &str) -> Option<u32> {
    let (name, value) = argument.split_once('=')?;
    name.trim().eq_ignore_ascii_case("position").then(|| value.trim().parse().ok()).flatten()
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
