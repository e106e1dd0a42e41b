//! Which functions of a script a command calls, with what they are given, and what their parameters then hold.

use std::borrow::Cow;
use std::rc::Rc;

use crate::commands::intent::parameters::{bare, cmdlet, named_value, parameter_name};
use crate::commands::intent::said::{Call, Command, Function, Object, Parameter, SPLAT};
use crate::commands::intent::variables::{Value, Variables};
use crate::commands::line::Token;

/// Commands that take the name of a function, and run it.
const BY_NAME: &[&str] =
    &["iex", "invoke-expression", "invoke-command", "icm", "start-job", "sajb", "measure-command"];

/// Commands that run the block which a variable holds.
const BY_BLOCK: &[&str] =
    &["%", "foreach-object", "foreach", "start-threadjob", "where-object", "where", "?"];

/// Parameters that every function has, and that take no value.
const COMMON_SWITCHES: &[&str] = &["verbose", "vb", "debug", "db", "whatif", "wi", "confirm", "cf"];
/// Parameters that every function has, and that take one.
const COMMON_VALUES: &[&str] = &[
    "erroraction",
    "ea",
    "warningaction",
    "wa",
    "informationaction",
    "infa",
    "errorvariable",
    "ev",
    "warningvariable",
    "wv",
    "informationvariable",
    "iv",
    "outvariable",
    "ov",
    "outbuffer",
    "ob",
    "pipelinevariable",
    "pv",
];

/// All that the function itself was given.
const OWN_SPLATS: &[&str] = &["$(@args)", "$(@psboundparameters)"];

/// Longest text that grows by being filled in.
const FILLED_BYTES_MAX: usize = 64 * 1024;
/// Words of one command that are handed over.
const WORDS_MAX: usize = 256;

/// A function that is called, and what it is given.
pub(super) type Called = (Rc<Function>, Vec<Token>);

/// The functions that a command calls: by name or alias, as a block (`${function:NAME}`, `$block`), by its type, or as a
/// text.
pub(super) fn called(
    command: &Command,
    name: &str,
    function: impl Fn(&str) -> Option<Rc<Function>>,
) -> Vec<Called> {
    let after = cmdlet(&command.words).map_or(&[][..], |(_, after)| after);
    // A variable that stands alone is shown; what it holds is run by `&` and `.` only.
    let own_name = name.strip_prefix("$function:").unwrap_or(name);
    let own = (command.is_run || !name.starts_with('$')).then(|| function(own_name)).flatten();
    let mut found: Vec<Called> = own.map(|function| (function, after.to_vec())).into_iter().collect();
    let (by_name, by_block) = (BY_NAME.contains(&name), BY_BLOCK.contains(&name));
    for word in after {
        let lower = word.text.to_lowercase();
        let is_word = !lower.contains(char::is_whitespace);
        let as_type = (name == "new-object").then(|| format!("[{lower}]"));
        let as_block = lower.split("$function:").nth(1).or(as_type.as_deref());
        let as_held = (is_word && (by_name || by_block && lower.starts_with('$'))).then_some(lower.as_str());
        if let Some(function) = as_block.or(as_held).and_then(&function) {
            found.push((function, argument_list(after)));
        }
    }
    found
}

/// What a command hands on to the block that it runs: `-ArgumentList a,b`.
pub(super) fn argument_list(after: &[Token]) -> Vec<Token> {
    let listed = named_value(after, "argumentlist", 1).or_else(|| named_value(after, "args", 3));
    let each = listed.iter().flat_map(|listed| listed.split(','));
    each.take(WORDS_MAX)
        .map(|text| Token { span: 0..0, text: text.trim().to_owned(), quoted: true })
        .collect()
}

/// How arguments come to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// As they are written.
    Whole,
    /// Others may come to them: from a pipe, from a table.
    InPart,
}

/// What the parameters hold: what the call gives them, else their defaults, unless something may have been given that
/// the call does not tell.
pub(super) fn bound(parameters: &[Parameter], given: &[Token], told: Told) -> Variables {
    let mut variables = Variables::default();
    let arguments = Arguments::of(parameters, given);
    let is_whole = told == Told::Whole && !arguments.is_open;
    for (place, parameter) in parameters.iter().enumerate() {
        let default = parameter.default.as_ref().filter(|_| is_whole);
        let value = arguments.values[place].as_ref().or(default);
        variables.set(&parameter.name, value.map(|value| Rc::from(value.as_str())));
    }
    if parameters.is_empty() {
        for (place, word) in arguments.rest.iter().enumerate() {
            variables.set(&format!("args[{place}]"), Some(Rc::from(word.as_str())));
        }
        if let ([only], true) = (arguments.rest.as_slice(), is_whole) {
            variables.set("args", Some(Rc::from(only.as_str())));
        }
    }
    variables
}

/// What a call gives, by parameter.
struct Arguments {
    /// Of each parameter, where it is given one; of what is given in part (`"New-LocalUser bob $x"`) that part is known.
    values: Vec<Option<String>>,
    /// What no parameter takes.
    rest: Vec<String>,
    /// Something is given of which nobody here knows which parameter takes it: a splatted variable, an alias.
    is_open: bool,
}

impl Arguments {
    fn of(parameters: &[Parameter], given: &[Token]) -> Arguments {
        let mut arguments =
            Arguments { values: vec![None; parameters.len()], rest: Vec::new(), is_open: false };
        let mut unnamed: Vec<&Token> = Vec::new();
        let mut index = 0;
        while let Some(token) = given.get(index) {
            index += 1;
            if token.text.starts_with(SPLAT) {
                arguments.is_open = true;
                continue;
            }
            let Some(written) = parameter_name(token) else {
                unnamed.push(token);
                continue;
            };
            index += usize::from(arguments.take_named(parameters, token, &written, given.get(index)));
        }
        let mut unnamed = unnamed.into_iter().map(|token| bare(token).to_owned());
        for place in by_position(parameters) {
            if arguments.values[place].is_none() {
                arguments.values[place] = unnamed.next();
            }
        }
        arguments.rest = unnamed.collect();
        arguments
    }

    /// An argument with its name; whether it takes the next word too.
    fn take_named(
        &mut self,
        parameters: &[Parameter],
        token: &Token,
        written: &str,
        next: Option<&Token>,
    ) -> bool {
        let (name, attached) = written.split_once(':').map_or((written, None), |(name, _)| {
            (name, bare(token).split_once(':').map(|(_, value)| value).filter(|value| !value.is_empty()))
        });
        let is_word = |list: &[&str]| list.contains(&name);
        let exact = parameters.iter().position(|parameter| parameter.name == name);
        let found =
            exact.or_else(|| parameters.iter().position(|parameter| parameter.name.starts_with(name)));
        match found {
            Some(place) if parameters[place].is_switch => false,
            Some(place) => {
                let value = attached.map(str::to_owned).or_else(|| next.map(|next| bare(next).to_owned()));
                self.values[place] = value;
                attached.is_none()
            }
            None if is_word(COMMON_SWITCHES) => false,
            None if is_word(COMMON_VALUES) => attached.is_none(),
            None => {
                self.is_open = true;
                // Without parameters nothing is named: it is handed on as it is.
                attached.is_none() && !parameters.is_empty()
            }
        }
    }
}

/// The parameters that take arguments without a name, in that order: those that tell their place, else all.
fn by_position(parameters: &[Parameter]) -> Vec<usize> {
    let mut places: Vec<usize> =
        (0..parameters.len()).filter(|place| !parameters[*place].is_switch).collect();
    if parameters.iter().any(|parameter| parameter.position.is_some()) {
        places.retain(|place| parameters[*place].position.is_some());
        places.sort_by_key(|place| parameters[*place].position);
    }
    places
}

/// What the words of a script mean where it is run: the values of variables, and what the function was given.
pub(super) trait Meaning {
    /// What a variable holds.
    fn value(&self, name: &str) -> Value;
    /// The words of the call.
    fn given(&self) -> &[Token];
}

/// The command with the values that its variables hold.
pub(super) fn with_values<'c>(command: &'c Command, meaning: &impl Meaning) -> Cow<'c, Command> {
    let has_variable = |text: &str| text.contains('$');
    let is_plain = !command.words.iter().any(|word| has_variable(&word.text))
        && !command.entries.iter().any(|(_, value)| has_variable(value));
    if is_plain {
        return Cow::Borrowed(command);
    }
    let mut command = command.clone();
    command.words =
        command.words.into_iter().flat_map(|word| words_for(word, meaning)).take(WORDS_MAX).collect();
    for (_, value) in &mut command.entries {
        *value = filled(value, meaning);
    }
    Cow::Owned(command)
}

fn words_for(mut word: Token, meaning: &impl Meaning) -> Vec<Token> {
    if OWN_SPLATS.contains(&word.text.as_str()) && !meaning.given().is_empty() {
        return meaning.given().to_vec();
    }
    let whole = word.text.strip_prefix('$').and_then(|name| meaning.value(&name.to_lowercase()));
    if let Some(value) = whole {
        (word.text, word.quoted) = (value.to_string(), true);
    } else if word.text.contains('$') {
        word.text = filled(&word.text, meaning);
    }
    vec![word]
}

/// The call with the values that its variables hold.
pub(super) fn call_with_values(call: &Call, meaning: &impl Meaning) -> Call {
    let mut call = call.clone();
    for text in std::iter::once(&mut call.receiver).chain(&mut call.arguments) {
        *text = filled(text, meaning);
    }
    for object in call.on.iter_mut().chain(&mut call.given) {
        fill_object(object, meaning);
        object.parts.iter_mut().for_each(|part| fill_object(part, meaning));
    }
    call
}

fn fill_object(object: &mut Object, meaning: &impl Meaning) {
    for text in object.arguments.iter_mut().chain(object.members.iter_mut().map(|(_, value)| value)) {
        *text = filled(text, meaning);
    }
}

/// A text in which variables stand by name: `$name`, `${name}`, `$args[0]`.
pub(super) fn filled(text: &str, meaning: &impl Meaning) -> String {
    let mut filled = String::new();
    let mut pieces = text.split('$');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        if filled.len() > FILLED_BYTES_MAX {
            break;
        }
        let found = names(piece).find_map(|(name, after)| Some((meaning.value(&name)?, after)));
        match found {
            Some((value, after)) => {
                filled.push_str(&value);
                filled.push_str(after);
            }
            None => {
                filled.push('$');
                filled.push_str(piece);
            }
        }
    }
    filled
}

/// What may be the name of the variable that follows a `$`, the longest first, and what stands after it.
fn names(piece: &str) -> impl Iterator<Item = (String, &str)> {
    let is_part = |part: char| part.is_alphanumeric() || part == '_';
    let in_brackets = piece.strip_prefix('{').and_then(|inner| inner.split_once('}'));
    let end = piece.find(|part: char| !is_part(part)).unwrap_or(piece.len());
    let (plain, after) = piece.split_at(end);
    let index = after.strip_prefix('[').and_then(|inner| inner.split_once(']'));
    let indexed = index.map(|(index, after)| (format!("{plain}[{index}]"), after));
    let whole = in_brackets.map_or((plain, after), |(name, after)| (name, after));
    indexed
        .into_iter()
        .chain([(whole.0.to_owned(), whole.1)])
        .map(|(name, after)| (name.to_lowercase(), after))
        .filter(|(name, _)| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::line::tokens;

    fn parameters(written: &[(&str, Option<&str>)]) -> Vec<Parameter> {
        let parameter = |(name, default): &(&str, Option<&str>)| Parameter {
            name: name.trim_start_matches('-').to_owned(),
            default: default.map(str::to_owned),
            is_switch: name.starts_with('-'),
            position: None,
        };
        written.iter().map(parameter).collect()
    }

    #[test]
    fn parameters_hold_what_the_call_gives_and_defaults_only_where_nothing_else_may() {
        let all = parameters(&[("-admin", None), ("name", Some("eve")), ("text", Some("x"))]);
        for (given, name, text) in [
            ("", Some("eve"), Some("x")),
            ("bob", Some("bob"), Some("x")),
            ("bob y", Some("bob"), Some("y")),
            ("-Name bob", Some("bob"), Some("x")),
            ("-n:bob y", Some("bob"), Some("y")),
            ("-Name: bob", Some("bob"), Some("x")),
            ("-Text y bob", Some("bob"), Some("y")),
            ("-Admin bob", Some("bob"), Some("x")),
            ("-Verbose bob -ErrorAction Stop y", Some("bob"), Some("y")),
            ("$who", Some("$who"), Some("x")),
            ("$(@who)", None, None),
            ("-Alias bob", None, None),
        ] {
            let variables = bound(&all, &tokens(given), Told::Whole);
            let told = |name: &str| variables.get(name).cloned().flatten();
            assert_eq!((told("name").as_deref(), told("text").as_deref()), (name, text), "{given}");
        }
        let fed = bound(&all, &[], Told::InPart);
        assert_eq!(fed.get("name"), Some(&None), "the pipe may give another");
    }

    #[test]
    fn parameters_that_tell_their_place_are_filled_by_it() {
        let mut both = parameters(&[("text", None), ("name", None)]);
        (both[0].position, both[1].position) = (Some(1), Some(0));
        let variables = bound(&both, &tokens("bob y"), Told::Whole);
        assert_eq!(variables.get("name"), Some(&Some("bob".into())));
    }

    #[test]
    fn without_parameters_arguments_are_told_by_number() {
        let variables = bound(&[], &tokens("bob y"), Told::Whole);
        assert_eq!(variables.get("args[1]"), Some(&Some("y".into())));
        assert_eq!(variables.get("args"), None, "several are a list");
        assert_eq!(bound(&[], &tokens("bob"), Told::Whole).get("args"), Some(&Some("bob".into())));
    }
}
