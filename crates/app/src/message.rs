//! What went wrong, in the one shape in which everything is told that stops a run or an input: what, where, why, and
//! what to do about it.

use std::fmt::Write as _;
use std::io::{self, Write};

use begat_ingest::InputProblem;
use begat_model::visible::visible;
use begat_policy::Complaint;

/// One thing that went wrong, told so that its reader can mend it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    what: String,
    place: Option<String>,
    why: Vec<String>,
    hints: Vec<String>,
}

/// Columns before what is said, of every line but the first.
const MARGIN: usize = 9;

impl Message {
    /// What is wrong.
    pub fn new(what: impl Into<String>) -> Message {
        Message { what: what.into(), place: None, why: Vec::new(), hints: Vec::new() }
    }

    /// Where, unless what is wrong says so already: an option, a place in a file.
    pub fn at(mut self, place: impl Into<String>) -> Message {
        self.place = Some(place.into());
        self
    }

    /// Why, the nearest cause first.
    pub fn because(mut self, why: impl Into<String>) -> Message {
        self.why.push(why.into());
        self
    }

    /// What to do about it; a line each where it is a list.
    pub fn hint(mut self, hint: impl Into<String>) -> Message {
        self.hints.push(hint.into());
        self
    }

    /// Its lines. `level` is `error` or `warning`.
    fn lines(&self, level: &str) -> String {
        let mut text = format!("{level}: {}\n", visible(&self.what));
        let labelled = [("where", self.place.as_slice()), ("why", &self.why), ("hint", &self.hints)];
        for (label, said) in
            labelled.into_iter().flat_map(|(label, all)| all.iter().map(move |it| (label, it)))
        {
            for (index, line) in said.lines().enumerate() {
                let label = if index == 0 { format!("  {label}:") } else { String::new() };
                // Text in memory takes what it is given.
                let _ = writeln!(text, "{label:MARGIN$}{}", visible(line));
            }
        }
        text
    }

    /// Writes it as an error.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.lines("error").as_bytes())
    }

    /// Tells it on standard error. Where that is closed there is nobody left to tell: the status says it.
    pub fn tell(&self) {
        let _ = self.write(&mut io::stderr().lock());
    }

    /// The same of what does not stop anything.
    pub fn warn(&self) {
        let _ = io::stderr().lock().write_all(self.lines("warning").as_bytes());
    }
}

impl From<&InputProblem> for Message {
    fn from(problem: &InputProblem) -> Message {
        let path = format!("`{}`", problem.path);
        // `open`, `read all of it`: what was tried, of the path.
        let tried = match problem.what.split_once(" it") {
            Some((before, after)) => format!("{before} {path}{after}"),
            None => format!("{} {path}", problem.what),
        };
        let message = Message::new(format!("cannot {tried}")).because(problem.error.to_string());
        match problem.hint {
            Some(hint) => message.hint(hint),
            None => message,
        }
    }
}

impl From<&Complaint> for Message {
    fn from(complaint: &Complaint) -> Message {
        let column = complaint.column.map_or(String::new(), |column| format!(":{column}"));
        Message::new(&complaint.what)
            .at(format!("{}:{}{column}", complaint.file, complaint.line))
            .hint(&complaint.instead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_line_and_lists_stand_beneath_each_other() {
        let message = Message::new("cannot read it")
            .at("`--policy`")
            .because("no such file")
            .because("no such folder")
            .hint("one of them:\none\ntwo");
        assert_eq!(
            message.lines("error"),
            "error: cannot read it\n  where: `--policy`\n  why:   no such file\n  why:   no such folder\n  hint:  \
             one of them:\n         one\n         two\n"
        );
        assert_eq!(Message::new("odd").lines("warning"), "warning: odd\n");
    }

    #[test]
    fn hostile_text_is_told_visibly() {
        let message = Message::new("\u{1b}[2J").at("a\u{9b}b").because("c\rd").hint("e\u{202e}f\n\u{7}");
        let text = message.lines("error");
        assert!(!text.chars().any(|it| it != '\n' && begat_model::visible::deceives(it)), "{text}");
        assert!(text.contains("\\u{1b}[2J") && text.ends_with("         \\u{7}\n"), "{text}");
    }

    #[test]
    fn what_was_tried_with_an_input_is_said_of_it() {
        let what = |what| {
            let error = io::Error::other("no room");
            let problem = InputProblem { path: "logs/a.gz".into(), what, error, hint: None };
            Message::from(&problem).what
        };
        assert_eq!(what("open"), "cannot open `logs/a.gz`");
        assert_eq!(what("read all of it"), "cannot read all of `logs/a.gz`");
        assert_eq!(what("copy it to a temporary file"), "cannot copy `logs/a.gz` to a temporary file");
    }
}
