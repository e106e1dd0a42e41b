//! From a command line or a script to the steps that it takes, whatever they are wrapped in: chains, quoted
//! commands, `cmd /c`, `powershell -Command`, encoded scripts, launchers. What is only shown, written to a file, defined
//! or searched for is no step.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use begat_model::Duration;

use crate::commands::intent::aim::{Aim, Place};
use crate::commands::intent::called::{
    Meaning, Told, argument_list, bound, call_with_values, called, filled, with_values,
};
use crate::commands::intent::chain::{Piece, last_part, pieces};
use crate::commands::intent::cmd_variables;
use crate::commands::intent::foreign;
use crate::commands::intent::hosts::{INTERPRETERS, ROWS};
use crate::commands::intent::objects::is_handle;
use crate::commands::intent::parameters::cmdlet;
use crate::commands::intent::runners::{self, Run, is_powershell, is_read};
use crate::commands::intent::said::{
    Call, Chance, Command, ENDING, Function, Machines, Parameter, Said, Script,
};
use crate::commands::intent::script;
use crate::commands::intent::shells::{self, Given};
use crate::commands::intent::sleeps;
use crate::commands::intent::unknown::is_unknown;
use crate::commands::intent::variables::{Block, Value, Variables};
use crate::commands::line::{NESTING_MAX, Token, image_stem, tokens};

/// Bytes that are read in all for one text: what is nested is read again, and must not multiply.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Things that are said in all: what is called again is read again.
const SAID_MAX: usize = 512 * 1024;
const SAID_BYTES_MAX: usize = 2 * BYTES_MAX;
/// Texts within texts that are read this deep: a launcher, its shell and what that starts are one each.
const DEPTH_MAX: usize = 3 * NESTING_MAX;
/// Names that one script defines of which it is told what they do.
const DEFINED_MAX: usize = 256;
/// Functions within functions that are followed.
const CALLS_MAX: usize = 8;
/// Calls of functions that are followed in all.
const CALLED_MAX: usize = 4096;
/// Blocks within blocks that are read, over all texts and functions.
const LEVELS_MAX: usize = 96;
/// Texts that are written to files, or kept in variables of cmd, in case that they are run.
const WRITTEN_MAX: usize = 64;

/// The variable that has every cmdlet tell what it would do, and not do it.
const REHEARSAL: &str = "whatifpreference";
const ON: &str = "$true";
/// What a value says that is off.
const OFF: &[&str] = &["$false", "0", ""];
/// Commands whose blocks are run when something happens, if it ever does: an event, an error, a call of what is mocked.
const WAITING: &[&str] = &[
    "trap",
    "register-engineevent",
    "register-objectevent",
    "register-wmievent",
    "register-cimindicationevent",
    "set-psbreakpoint",
    "mock",
];

/// One thing that is done, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// What.
    pub(super) what: What,
    /// On which machine, and whether by the process itself.
    pub(super) place: Rc<Place>,
    /// How long the text sleeps before it at least.
    pub(super) after: Duration,
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A program and its arguments.
    Program(Vec<Token>),
    /// A cmdlet or a function of a PowerShell script.
    Command(Vec<Token>),
    /// A method call.
    Call(Box<Call>),
    /// What something on a machine is called: `WinNT://HOST/…`.
    Path(String),
}

/// A text that is asked for its steps: it is read once, by the first who asks, and mostly by nobody.
pub(super) struct Reading<'t> {
    pub(super) text: &'t str,
    /// The stems of the process's image and of its original file name, where it is a command line.
    pub(super) stems: Option<[Option<String>; 2]>,
    /// What the same process ran before and defined something in.
    before: Vec<&'t str>,
    script: OnceCell<Script>,
    steps: OnceCell<Vec<Step>>,
}

/// A name that a script defines, and what is done where it is called.
pub(super) struct Defined {
    /// Lower case.
    pub(super) name: String,
    /// With nothing that it is given.
    pub(super) steps: Vec<Step>,
}

impl<'t> Reading<'t> {
    /// Of a process's command line.
    pub(super) fn of_line(
        image: Option<&str>,
        original_file_name: Option<&str>,
        line: &'t str,
    ) -> Reading<'t> {
        let stems = [image, original_file_name].map(|name| name.map(image_stem));
        Reading { stems: Some(stems), ..Reading::of_script(line) }
    }

    /// Of a PowerShell script.
    pub(super) fn of_script(text: &'t str) -> Reading<'t> {
        Reading::of_script_after(Vec::new(), text)
    }

    /// Of a script of a process that ran others before, in this order.
    pub(super) fn of_script_after(before: Vec<&'t str>, text: &'t str) -> Reading<'t> {
        Reading { text, stems: None, before, script: OnceCell::new(), steps: OnceCell::new() }
    }

    /// The process is one of these, by the name of its file or by the original one.
    pub(super) fn is_by(&self, names: &[&str]) -> bool {
        self.stems.iter().flatten().flatten().any(|stem| names.contains(&stem.as_str()))
    }

    /// The process's image is not told.
    pub(super) fn is_nobodys(&self) -> bool {
        self.stems.as_ref().is_some_and(|stems| stems.iter().all(Option::is_none))
    }

    /// Something else tells what it means.
    pub(super) fn has_before(&self) -> bool {
        !self.before.is_empty()
    }

    /// Its steps.
    pub(super) fn steps(&self) -> &[Step] {
        self.steps.get_or_init(|| match &self.stems {
            Some(stems) => of_line(stems, self.text),
            None => self.said_here(|reader, scope| {
                reader.walk_as_given(scope);
                std::mem::take(&mut reader.steps)
            }),
        })
    }

    /// What a script defines for those that come after it.
    pub(super) fn defined(&self) -> Vec<Defined> {
        let script = self.script();
        let names: Vec<&String> =
            script.functions.keys().chain(script.aliases.keys()).take(DEFINED_MAX).collect();
        if names.is_empty() {
            return Vec::new();
        }
        self.said_here(|reader, scope| {
            let called = |name: &&String| {
                let words = vec![Token { span: 0..0, text: (*name).clone(), quoted: false }];
                let command = Command { words, is_run: true, ..Command::default() };
                reader.command(&command, Told::InPart, &[], scope);
                Defined { name: (*name).clone(), steps: std::mem::take(&mut reader.steps) }
            };
            names.iter().map(called).collect()
        })
    }

    fn script(&self) -> &Script {
        self.script.get_or_init(|| script::read(self.text))
    }

    /// What follows from something that is said where this script stands, after those before it.
    fn said_here<T: Default>(&self, say: impl FnOnce(&mut Reader, &Scope<'_>) -> T) -> T {
        let mut reader = Reader::default();
        let session = reader.session(&self.before);
        if !reader.may_read(self.text, 0) {
            return T::default();
        }
        let before = Scope::of(&session, Rc::new(Place::own()), None);
        say(&mut reader, &Scope::of(self.script(), Rc::new(Place::own()), Some(&before)))
    }
}

/// The steps of a process's command line; `stems` are those of its image and its original file name.
fn of_line(stems: &[Option<String>; 2], line: &str) -> Vec<Step> {
    let mut reader = Reader::default();
    let own = Rc::new(Place::own());
    let words = tokens(line);
    let Some(first) = words.first().map(program_name) else { return Vec::new() };
    let told: Vec<&String> = stems.iter().flatten().collect();
    let known = told.iter().find(|stem| is_read(stem));
    match known {
        None if told.is_empty() && !is_read(&first) && foreign::is_foreign(line) => {
            reader.foreign(line, &own, 0);
        }
        None if told.is_empty() => reader.program(&first, line, &words, &own, 0),
        // What an unknown program makes of its line, nobody knows; a path in it is a path.
        None => {}
        // Under another name it is that program nevertheless.
        Some(stem) if told.contains(&&first) => reader.program(stem, line, &words, &own, 0),
        // It does not begin with the program's name: a script alone, or what somebody else wrote there.
        Some(stem) if is_powershell(stem) => {
            match words.iter().position(|word| is_powershell(&word.stem())) {
                Some(at) => reader.program(stem, line, &words[at..], &own, 0),
                None => reader.script(line, &own, 0, None),
            }
        }
        Some(_) if is_read(&first) => reader.program(&first, line, &words, &own, 0),
        Some(stem) => reader.program(stem, line, &words, &own, 0),
    }
    let paths = foreign::provider_paths(line).map(str::to_owned).collect::<Vec<_>>();
    paths.into_iter().for_each(|path| reader.step(What::Path(path), &own));
    reader.steps
}

/// The steps of one command of PowerShell's whose arguments are known already.
pub(super) fn of_command(words: Vec<Token>) -> Vec<Step> {
    let mut reader = Reader::default();
    let script = Script::default();
    let scope = Scope::of(&script, Rc::new(Place::own()), None);
    reader.command(&Command { words, ..Command::default() }, Told::Whole, &[], &scope);
    reader.steps
}

fn program_name(word: &Token) -> String {
    // `.word()` would take the sign off.
    if word.text.eq_ignore_ascii_case("%comspec%") || runners::glued_switch(&word.text).is_some() {
        return "cmd".to_owned();
    }
    // To cmd these are blanks.
    image_stem(word.word().trim_start_matches([',', ';', '=']))
}

struct Reader {
    steps: Vec<Step>,
    /// How long what was read so far sleeps for certain.
    slept: Duration,
    /// What texts hold by the file or the variable of cmd that they were written to, lower case.
    written: Vec<(String, String)>,
    bytes_left: usize,
    said_left: usize,
    said_bytes_left: usize,
    calls_left: usize,
    levels_left: usize,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            steps: Vec::new(),
            slept: Duration::ZERO,
            written: Vec::new(),
            bytes_left: BYTES_MAX,
            said_left: SAID_MAX,
            said_bytes_left: SAID_BYTES_MAX,
            calls_left: CALLED_MAX,
            levels_left: LEVELS_MAX,
        }
    }
}

/// Where in a script something stands, and what its words mean there.
struct Scope<'s> {
    script: &'s Script,
    place: Rc<Place>,
    /// The variables of the function that is followed, or of the script itself.
    locals: Rc<RefCell<Variables>>,
    /// What the function was given.
    given: Rc<[Token]>,
    /// From where the function was called, or the script run: what is known there is known here.
    caller: Option<&'s Scope<'s>>,
    depth: usize,
    calls: usize,
}

impl<'s> Scope<'s> {
    /// Of a script that is run.
    fn of(script: &'s Script, place: Rc<Place>, caller: Option<&'s Scope<'s>>) -> Scope<'s> {
        let (depth, calls) = caller.map_or((0, 0), |caller| (caller.depth, caller.calls));
        Scope { script, place, locals: Rc::default(), given: Rc::default(), caller, depth, calls }
    }

    fn at(&self, place: Rc<Place>) -> Scope<'_> {
        let (locals, given) = (Rc::clone(&self.locals), Rc::clone(&self.given));
        let (depth, calls) = (self.depth, self.calls);
        Scope { script: self.script, place, locals, given, caller: self.caller, depth, calls }
    }

    /// Within a function or a block that is called from here.
    fn called(&self, place: Rc<Place>, locals: Variables, given: Vec<Token>) -> Scope<'_> {
        let (locals, given) = (Rc::new(RefCell::new(locals)), given.into());
        let (depth, calls) = (self.depth, self.calls + 1);
        Scope { script: self.script, place, locals, given, caller: Some(self), depth, calls }
    }

    fn function(&self, name: &str) -> Option<Rc<Function>> {
        let own = self.script.functions.get(name).map(Rc::clone);
        own.or_else(|| self.caller.and_then(|caller| caller.function(name)))
    }

    fn alias(&self, name: &str) -> Option<&str> {
        let own = self.script.aliases.get(name).map(String::as_str);
        own.or_else(|| self.caller.and_then(|caller| caller.alias(name)))
    }
}

impl Meaning for Scope<'_> {
    fn value(&self, name: &str) -> Value {
        match self.locals.borrow().get(name) {
            Some(value) => value.clone(),
            None => self.caller.and_then(|caller| caller.value(name)),
        }
    }

    fn given(&self) -> &[Token] {
        &self.given
    }
}

/// The ways in which a script may be given its parameters: nobody told, and by their defaults, as it mostly is.
fn ways_given(parameters: &[Parameter]) -> Vec<Variables> {
    let has_default = parameters.iter().any(|parameter| parameter.default.is_some());
    let ways = [Some(Told::InPart), has_default.then_some(Told::Whole)];
    ways.into_iter().flatten().map(|told| bound(parameters, &[], told)).collect()
}

/// The variables that a block sets, and the blocks within it.
fn set_in(body: &[Said], names: &mut BTreeSet<String>) {
    for said in body {
        match said {
            Said::Set(name, _) => drop(names.insert(name.clone())),
            Said::Command(command) => command.blocks.iter().for_each(|block| set_in(&block.body, names)),
            _ => {}
        }
    }
}

impl Reader {
    fn step(&mut self, what: What, place: &Rc<Place>) {
        self.steps.push(Step { what, place: Rc::clone(place), after: self.slept });
    }

    fn may_read(&mut self, text: &str, depth: usize) -> bool {
        let left = self.bytes_left.checked_sub(text.len()).filter(|_| depth <= DEPTH_MAX);
        self.bytes_left = left.unwrap_or(self.bytes_left);
        left.is_some()
    }

    /// A program and what it is given; `raw` is what its words stand in.
    fn program(&mut self, name: &str, raw: &str, words: &[Token], place: &Rc<Place>, depth: usize) {
        if !self.may_read(raw, depth) {
            return;
        }
        self.step(What::Program(words.to_vec()), place);
        let after = words.get(1..).unwrap_or_default();
        // `python wmiexec.py USER@HOST …`
        if let Some(script) = after.first().filter(|_| INTERPRETERS.contains(&name)).map(Token::stem)
            && runners::find(&script).is_some()
        {
            return self.program(&script, raw, after, place, depth + 1);
        }
        let Some(runner) = runners::find(name) else { return };
        let written: Vec<String> = ROWS
            .iter()
            .filter(|row| row.commands.contains(&name))
            .filter_map(|row| row.written(after))
            .collect();
        let started = Rc::new(place.sent_to(written.iter().flat_map(|hosts| Aim::of_list(hosts)).collect()));
        for run in runner.runs(raw, words) {
            match run {
                Run::Chain(text) => self.chain(&text, &started, depth + 1),
                Run::Script(text) => self.script(&text, place, depth + 1, None),
                Run::Foreign(text) => self.foreign(&text, place, depth + 1),
                Run::Query(text) => self.query(&text, &started, depth + 1),
            }
        }
    }

    /// Commands in a row, each a program that is started.
    fn chain(&mut self, line: &str, place: &Rc<Place>, depth: usize) {
        if !self.may_read(line, depth) {
            return;
        }
        let pieces = pieces(line);
        for (index, piece) in pieces.iter().enumerate() {
            // The values of `%name%` are put in when a line is read, which is before any of it is run.
            let is_read_late = line.contains('\n') || piece.is_called();
            if let Some(together) = self.put_together(piece.raw, is_read_late) {
                self.chain(&together, place, depth + 1);
                continue;
            }
            if piece.ends_all() {
                break;
            }
            let next = pieces.get(index + 1).filter(|_| piece.is_piped);
            for range in piece.run() {
                self.piece(piece, &piece.words[range], next, place, depth);
            }
            let rounds = piece.rounds();
            let of_loop = piece.looped_through().into_iter().chain(rounds.iter().map(String::as_str));
            of_loop.for_each(|command| self.chain(command, place, depth + 1));
        }
    }

    /// A command with the variables of cmd in it that are known by now.
    fn put_together(&self, command: &str, is_read_late: bool) -> Option<String> {
        let held = |name: &str, sign: char| {
            if sign == '%' && !is_read_late {
                return None;
            }
            let own =
                self.written.iter().rev().find(|(to, _)| to.trim_matches('%') == name && to.starts_with('%'));
            own.map(|(_, text)| text.as_str())
        };
        cmd_variables::expanded(command, held)
    }

    fn piece(
        &mut self,
        piece: &Piece<'_>,
        words: &[Token],
        next: Option<&Piece<'_>>,
        place: &Rc<Place>,
        depth: usize,
    ) {
        let Some(first) = words.first() else { return };
        let name = program_name(first).trim_start_matches('@').to_owned();
        let after = || words.get(1).map_or("", |word| piece.raw.get(word.span.start..).unwrap_or_default());
        match name.as_str() {
            "echo" => {
                let shown = after();
                let runner = next.and_then(|next| next.words.first()).map(program_name);
                if runner.is_some_and(|name| shells::RUNS_TEXT.contains(&name.as_str())) {
                    self.chain(shown, place, depth + 1);
                } else if let Some((end, file)) = piece.written_to() {
                    let start = piece.raw.len() - shown.len();
                    self.write(file, piece.raw.get(start..end).unwrap_or_default());
                }
            }
            "set" => {
                if let Some((variable, text)) = after().trim_matches('"').split_once('=') {
                    self.write(format!("%{}%", variable.trim().to_lowercase()), text);
                }
            }
            _ => {
                self.program(&name, piece.raw, words, place, depth);
                let runs_files = is_read(&name) || first.lower() == "call";
                let files = if runs_files { words } else { &words[..1] };
                self.run_written(files, place, place, depth);
            }
        }
    }

    /// A text that is kept in a file or a variable of cmd.
    fn write(&mut self, to: String, text: &str) {
        if self.written.len() < WRITTEN_MAX && !to.is_empty() {
            self.written.push((to, text.trim().to_owned()));
        }
    }

    /// Reads what was written to the files that these words name: a script of PowerShell's is run by it itself.
    fn run_written(&mut self, words: &[Token], scripts: &Rc<Place>, others: &Rc<Place>, depth: usize) {
        if self.written.is_empty() {
            return;
        }
        let names: Vec<String> = words.iter().map(|word| last_part(&word.text).replace('!', "%")).collect();
        let texts: Vec<(String, String)> =
            self.written.iter().filter(|(to, _)| names.contains(to)).cloned().collect();
        for (to, text) in texts {
            if to.ends_with(".ps1") || to.ends_with(".psm1") {
                self.script(&text, scripts, depth + 1, None);
            } else if [".vbs", ".js", ".wsf", ".hta", ".py"].iter().any(|ending| to.ends_with(ending)) {
                self.foreign(&text, others, depth + 1);
            } else {
                self.chain(&text, others, depth + 1);
            }
        }
    }

    /// A script of a language that is not PowerShell's.
    fn foreign(&mut self, text: &str, place: &Rc<Place>, depth: usize) {
        if !self.may_read(text, depth) {
            return;
        }
        let text = foreign::plain(text);
        for path in foreign::provider_paths(&text) {
            self.step(What::Path(path.to_owned()), place);
        }
        for call in foreign::calls(&text) {
            self.step(What::Call(Box::new(call)), place);
        }
        let started = Rc::new(place.started());
        foreign::commands(&text).iter().for_each(|command| self.chain(command, &started, depth + 1));
    }

    /// `xp_cmdshell '…'` in a statement for a database: its service starts the command.
    fn query(&mut self, text: &str, place: &Rc<Place>, depth: usize) {
        let lower = text.to_ascii_lowercase();
        let found =
            lower.split_once("xp_cmdshell").map(|(before, _)| &text[before.len() + "xp_cmdshell".len()..]);
        let quoted = found.and_then(|after| {
            let after = after.trim_start().trim_start_matches('N');
            let quote = after.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
            after[1..].split(quote).next()
        });
        if let Some(command) = quoted {
            self.chain(command, place, depth + 1);
        }
    }

    /// What scripts before this one defined.
    fn session(&mut self, before: &[&str]) -> Script {
        let mut session = Script::default();
        for text in before.iter().take_while(|text| self.may_read(text, 0)) {
            let Script { functions, aliases, .. } = script::read(text);
            session.functions.extend(functions);
            session.aliases.extend(aliases);
        }
        session
    }

    /// A script of PowerShell's; `caller` is from where this process runs it, if not from outside.
    fn script(&mut self, text: &str, place: &Rc<Place>, depth: usize, caller: Option<&Scope<'_>>) {
        if !self.may_read(text, depth) {
            return;
        }
        let script = script::read(text);
        self.walk_as_given(&Scope { depth, ..Scope::of(&script, Rc::clone(place), caller) });
    }

    /// All that a script says.
    fn walk_as_given(&mut self, scope: &Scope<'_>) {
        let before = self.slept;
        for variables in ways_given(&scope.script.parameters) {
            self.slept = before;
            let locals = Rc::new(RefCell::new(variables));
            self.walk(&scope.script.said, &Scope { locals, ..scope.at(Rc::clone(&scope.place)) });
        }
    }

    fn walk(&mut self, said: &[Said], scope: &Scope<'_>) {
        let Some(left) = self.levels_left.checked_sub(1) else { return };
        self.levels_left = left;
        let mut told = Told::Whole;
        for (index, one) in said.iter().enumerate() {
            if !self.may_say(one) {
                break;
            }
            match one {
                Said::Command(command) => {
                    let before = self.slept;
                    let command = &*with_values(command, scope);
                    self.command(command, told, &said[index + 1..], scope);
                    if !self.is_waited_for(command, scope) {
                        self.slept = before;
                    }
                    self.sleep(sleeps::by_command(command));
                    told = if command.piped { Told::InPart } else { Told::Whole };
                    let rest = match left_on(command) {
                        Some(machines) => Some(scope.place.only_on(machines)),
                        None => is_left_by_answer(command).then(|| scope.place.perhaps()),
                    };
                    if let Some(place) = rest.filter(|place| *place != *scope.place) {
                        let place = Rc::new(place);
                        self.walk(&said[index + 1..], &scope.at(place));
                        break;
                    }
                }
                Said::Call(call) => {
                    let before = self.slept;
                    self.call(call, scope);
                    self.slept = before;
                    self.sleep(sleeps::by_call(&call_with_values(call, scope)));
                }
                Said::Path(path) => self.step(What::Path(filled(path, scope)), &scope.place),
                Said::Inner(text) => {
                    let before = self.slept;
                    self.script(&filled(text, scope), &scope.place, scope.depth + 1, Some(scope));
                    self.slept = before;
                }
                Said::Set(name, value) if name == REHEARSAL => {
                    let is_off = value.as_deref().is_some_and(|value| OFF.contains(&value));
                    scope.locals.borrow_mut().set(name, (!is_off).then(|| ON.into()));
                }
                Said::Set(name, value) => {
                    let value = value.as_ref().map(|value| filled(value, scope));
                    let value = value.filter(|value| !is_unknown(value)).map(Rc::from);
                    scope.locals.borrow_mut().set(name, value);
                }
            }
        }
        self.levels_left += 1;
    }

    fn sleep(&mut self, time: Duration) {
        self.slept = (self.slept + time).min(sleeps::SLEEP_MAX);
    }

    /// What the command runs has run when it is done, all of it: `& { … }`, a function. Another block may not run, or
    /// runs elsewhere meanwhile.
    fn is_waited_for(&self, command: &Command, scope: &Scope<'_>) -> bool {
        let Some(first) = command.words.first() else { return false };
        let (name, _) = cmdlet(&command.words).unwrap_or_default();
        let function = scope.function(&name).or_else(|| {
            let block = command.blocks.first().filter(|_| is_handle(&first.text));
            block.map(Rc::clone)
        });
        function.is_some_and(|function| !may_leave(&function.body))
    }

    /// What a function says is said again with every call of it.
    fn may_say(&mut self, said: &Said) -> bool {
        let bytes = match said {
            Said::Command(command) => command.words.iter().map(|word| word.text.len()).sum(),
            Said::Call(call) => call.arguments.iter().map(String::len).sum(),
            Said::Path(text) | Said::Inner(text) => text.len(),
            Said::Set(name, value) => name.len() + value.as_ref().map_or(0, String::len),
        };
        let left = self.said_left.checked_sub(1).zip(self.said_bytes_left.checked_sub(bytes));
        (self.said_left, self.said_bytes_left) = left.unwrap_or((0, 0));
        left.is_some()
    }

    /// A command; `told` is whether all that it is given is written there.
    fn command(&mut self, command: &Command, told: Told, rest: &[Said], scope: &Scope<'_>) {
        let Some(first) = command.words.first() else { return };
        let (name, after) = cmdlet(&command.words).unwrap_or_default();
        let name = scope.alias(&name).map_or(name.clone(), str::to_owned);
        // A literal is run by `&` and `.` only.
        let is_text = first.quoted && (first.text.contains(char::is_whitespace) || !command.is_run);
        if is_text || shells::SHOWING.contains(&name.as_str()) {
            if is_text || shells::HANDING_ON.contains(&name.as_str()) {
                self.shown(command, is_text, rest, scope);
            }
            return;
        }
        self.calls_of(command, &name, told, scope);
        let place = Rc::new(shells::place_of_blocks(&name, after, &scope.place));
        self.blocks_of(command, &name, &place, scope);
        // The script's own function of that name is called, and nothing else, unless the module is told.
        if !first.text.contains('\\') && scope.function(&name).is_some() {
            return;
        }
        if let Some((to, text)) = shells::writes(&name, after) {
            return self.write(to, &text);
        }
        for given in shells::given(&name, after, &command.entries) {
            match given {
                Given::Script(text) => self.script(&text, &place, scope.depth + 1, Some(scope)),
                Given::Line(text) => {
                    let started = Rc::new(place.started());
                    self.chain(&text, &started, scope.depth + 1);
                    self.run_written(&tokens(&text), &started, &started, scope.depth + 1);
                }
                Given::Query(text) => self.query(&text, &Rc::new(place.started()), scope.depth + 1),
            }
        }
        let started = Rc::new(scope.place.started());
        if is_read(&image_stem(&name)) {
            let line = shells::composed(&command.words);
            self.program(&image_stem(&name), &line, &tokens(&line), &started, scope.depth + 1);
            self.run_written(after, &started, &started, scope.depth);
            return;
        }
        let own = command.words.iter().position(|word| word.text != ".").unwrap_or_default();
        self.run_written(&command.words[own..=own], &scope.place, &started, scope.depth);
        let is_rehearsed = scope.value(REHEARSAL).is_some_and(|value| *value == *ON);
        let is_meant = after.iter().any(|word| word.text.eq_ignore_ascii_case("-whatif:$false"));
        if !is_rehearsed || is_meant {
            self.step(What::Command(renamed(command, &name)), &scope.place);
        }
    }

    /// A text that is shown is run only by what it is piped to.
    fn shown(&mut self, command: &Command, is_text: bool, rest: &[Said], scope: &Scope<'_>) {
        let texts: Vec<&Token> =
            command.words.iter().skip(usize::from(!is_text)).filter(|word| word.quoted || !is_text).collect();
        let text = texts.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        if let Some((_, file)) = shells::redirected(&command.words) {
            let text = text.split(" >").next().unwrap_or(&text);
            return self.write(last_part(&file), text);
        }
        if !command.piped {
            return;
        }
        match shells::receiver(rest) {
            Some(shells::Receiver::Script) => {
                self.script(&text, &scope.place, scope.depth + 1, Some(scope));
            }
            Some(shells::Receiver::Powershell) => {
                self.script(&text, &Rc::new(scope.place.started()), scope.depth + 1, None);
            }
            Some(shells::Receiver::Shell) => {
                let started = Rc::new(scope.place.started());
                self.chain(&text, &started, scope.depth + 1);
            }
            Some(shells::Receiver::File(file)) => self.write(file, &text),
            None => {}
        }
    }

    /// The functions that a command calls.
    fn calls_of(&mut self, command: &Command, name: &str, told: Told, scope: &Scope<'_>) {
        let after = cmdlet(&command.words).map_or(&[][..], |(_, after)| after);
        let place = Rc::new(shells::place_of_blocks(name, after, &scope.place));
        for (function, given) in called(command, name, |name| scope.function(name)) {
            self.enter(&function, given, told, &place, scope);
        }
    }

    /// A function or a block that is called with something.
    fn enter(
        &mut self,
        function: &Function,
        given: Vec<Token>,
        told: Told,
        place: &Rc<Place>,
        scope: &Scope<'_>,
    ) {
        let left = self.calls_left.checked_sub(1).filter(|_| scope.calls < CALLS_MAX);
        let Some(left) = left else { return };
        self.calls_left = left;
        let locals = bound(&function.parameters, &given, told);
        self.walk(&function.body, &scope.called(Rc::clone(place), locals, given));
    }

    /// The blocks that a command runs: the first of `& { … } ARGUMENTS` is called, that of `Invoke-Command` may be.
    fn blocks_of(&mut self, command: &Command, name: &str, place: &Rc<Place>, scope: &Scope<'_>) {
        if WAITING.contains(&name) {
            return;
        }
        let is_called = command.words.first().is_some_and(|first| is_handle(&first.text));
        let words = command.words.get(1..).unwrap_or_default();
        for (index, block) in command.blocks.iter().enumerate() {
            if is_called && index == 0 {
                self.enter(block, words.to_vec(), Told::Whole, place, scope);
            } else if !block.parameters.is_empty() {
                self.enter(block, argument_list(words), Told::InPart, place, scope);
            } else {
                // What follows the first block of `try` may never run.
                let kind = Block::after(name).unwrap_or(Block::MayRun);
                let kind = if kind == Block::Runs && index > 0 { Block::MayRun } else { kind };
                let place = match &block.on {
                    Some(Machines::Only(machines)) => Rc::new(place.only_on(machines)),
                    _ if block.chance > Chance::Surely => Rc::new(place.perhaps()),
                    _ => Rc::clone(place),
                };
                self.block(block, kind, &scope.at(place));
            }
        }
    }

    /// A block that is run where it stands, among the variables that are there.
    fn block(&mut self, block: &Function, kind: Block, scope: &Scope<'_>) {
        let mark = scope.locals.borrow_mut().enter();
        if kind == Block::Repeats {
            let mut names = BTreeSet::new();
            set_in(&block.body, &mut names);
            names.iter().for_each(|name| scope.locals.borrow_mut().set(name, None));
        }
        self.walk(&block.body, scope);
        scope.locals.borrow_mut().leave(mark, kind);
    }

    fn call(&mut self, call: &Call, scope: &Scope<'_>) {
        let of_held = call.receiver.starts_with('$') && !call.method.starts_with("invoke");
        if let Some(function) = scope.function(&call.receiver.to_lowercase()).filter(|_| !of_held) {
            let given = call.arguments.iter();
            let given = given.map(|text| Token { span: 0..0, text: text.clone(), quoted: true }).collect();
            self.enter(&function, given, Told::Whole, &scope.place, scope);
        }
        let call = call_with_values(call, scope);
        if let Some((to, text)) = shells::writes_by_call(&call) {
            return self.write(to, &text);
        }
        if let Some(given) = shells::given_to_call(&call) {
            match given {
                Given::Script(text) => self.script(&text, &scope.place, scope.depth + 1, Some(scope)),
                Given::Line(text) => {
                    let aims = shells::machine_of(&call.receiver).into_iter().collect();
                    let started = Rc::new(scope.place.sent_to(aims));
                    self.chain(&text, &started, scope.depth + 1);
                    self.run_written(&tokens(&text), &started, &started, scope.depth);
                }
                Given::Query(_) => {}
            }
        }
        self.step(What::Call(Box::new(call)), &scope.place);
    }
}

/// It may be left before its end.
fn may_leave(body: &[Said]) -> bool {
    body.iter().any(|said| match said {
        Said::Command(command) => ends(command) || command.blocks.iter().any(|block| may_leave(&block.body)),
        _ => false,
    })
}

/// Nothing more of the block is run in which it stands.
fn ends(command: &Command) -> bool {
    let first = command.words.first().filter(|first| !first.quoted);
    first.is_some_and(|first| ENDING.contains(&first.text.to_lowercase().as_str()))
}

/// `if ($env:COMPUTERNAME -ne 'APP07') { return }`: on which machines alone what follows is run.
fn left_on(command: &Command) -> Option<&str> {
    let [block] = command.blocks.as_slice() else { return None };
    let Some(Machines::Except(machines)) = &block.on else { return None };
    block.body.iter().any(|said| matches!(said, Said::Command(command) if ends(command))).then_some(machines)
}

/// `if ((Read-Host) -ne 'y') { return }`: somebody's answer decides whether what follows is run.
fn is_left_by_answer(command: &Command) -> bool {
    let mut blocks = command.blocks.iter().filter(|block| block.chance == Chance::ByAnswer);
    blocks.any(|block| may_leave(&block.body))
}

/// The words of a command under the name that its alias stands for.
fn renamed(command: &Command, name: &str) -> Vec<Token> {
    let mut words = command.words.clone();
    if let Some((own, after)) = cmdlet(&command.words)
        && own != name
    {
        let before = command.words.len() - after.len() - 1;
        name.clone_into(&mut words[before].text);
    }
    words
}
