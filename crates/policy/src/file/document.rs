//! A TOML file, read so that everything that is wrong with it can be told by line and column.

use std::ops::Range;

use begat_model::event::Text;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::file::complaint::{Complaint, Complaints, known_words};

/// A value, and where it stands.
pub(crate) type Value<'t> = Spanned<DeValue<'t>>;

/// A text of the file, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Word<'d> {
    pub text: &'d str,
    pub span: Range<usize>,
}

/// What was read, and what is wrong with it.
pub(crate) struct Document<'t> {
    file: Text,
    text: &'t str,
    /// Where each line begins.
    line_starts: Vec<usize>,
    errors: Vec<Complaint>,
    warnings: Vec<Complaint>,
}

/// Complaints of one file that are kept: a file of the wrong sort would give one for each line.
const COMPLAINTS_MAX: usize = 1000;

impl<'t> Document<'t> {
    pub fn new(file: &str, text: &'t str) -> Document<'t> {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Document {
            file: file.into(),
            text,
            line_starts: std::iter::once(0).chain(starts).collect(),
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The whole as a table; what is no TOML is complained of.
    pub fn root(&mut self) -> DeTable<'t> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            self.error(&span, format!("this is no TOML: {}", one_line(error.message())), "see toml.io");
        }
        root.into_inner()
    }

    /// Only these sections may stand in a file.
    pub fn check_root(&mut self, root: &DeTable<'t>, known: &[&str]) {
        for key in root.keys().filter(|key| !known.contains(&&**key.get_ref())) {
            let word: &str = key.get_ref();
            self.error(&key.span(), format!("there is no section `{word}`"), known_words(word, known));
        }
    }

    /// Line and column in characters, from 1.
    pub fn place(&self, span: &Range<usize>) -> (usize, usize) {
        let end = span.start.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= end);
        let line_start = self.line_starts[line - 1];
        (line, self.text.get(line_start..end).map_or(0, |before| before.chars().count()) + 1)
    }

    pub fn line(&self, span: &Range<usize>) -> usize {
        self.place(span).0
    }

    /// Something that stops the run.
    pub fn error(&mut self, span: &Range<usize>, what: impl Into<String>, instead: impl Into<String>) {
        if self.errors.len() < COMPLAINTS_MAX {
            let complaint = self.complaint(span, what.into(), instead.into());
            self.errors.push(complaint);
        }
    }

    /// Something odd but allowed.
    pub fn warning(&mut self, span: &Range<usize>, what: impl Into<String>, instead: impl Into<String>) {
        if self.warnings.len() < COMPLAINTS_MAX {
            let complaint = self.complaint(span, what.into(), instead.into());
            self.warnings.push(complaint);
        }
    }

    fn complaint(&self, span: &Range<usize>, what: String, instead: String) -> Complaint {
        let (line, column) = self.place(span);
        Complaint { file: self.file.clone(), line, column: Some(column), what, instead }
    }

    /// The warnings, where nothing stops the run.
    pub fn finish(mut self) -> Result<Vec<Complaint>, Complaints> {
        Complaints::check(self.errors)?;
        self.warnings.sort();
        Ok(self.warnings)
    }

    /// A text that is not blank.
    pub fn word<'d>(&mut self, name: &str, value: &'d Value<'t>) -> Option<Word<'d>> {
        let span = value.span();
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.error(&span, format!("`{name}` is empty"), format!("write `{name} = \"…\"`"));
                None
            }
            DeValue::String(text) => Some(Word { text, span }),
            other => {
                let what = format!("`{name}` is of type {}, not a text", other.type_str());
                self.error(&span, what, format!("write `{name} = \"…\"`"));
                None
            }
        }
    }

    /// One text, or a list of them that is not empty.
    pub fn words<'d>(&mut self, name: &str, value: &'d Value<'t>) -> Option<Vec<Word<'d>>> {
        match value.get_ref() {
            DeValue::Array(array) if array.is_empty() => {
                let instead = "leave the key out, or name what fits";
                self.error(&value.span(), format!("`{name}` is an empty list: nothing fits it"), instead);
                None
            }
            // `collect` would stop at the first that is wrong.
            DeValue::Array(array) => {
                let words: Vec<Option<Word<'d>>> = array.iter().map(|item| self.word(name, item)).collect();
                words.into_iter().collect()
            }
            _ => self.word(name, value).map(|word| vec![word]),
        }
    }

    pub fn boolean(&mut self, name: &str, value: &Value<'t>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            let what = format!("`{name}` is of type {}", value.get_ref().type_str());
            self.error(&value.span(), what, format!("write `{name} = true` or `{name} = false`"));
        }
        found
    }

    /// A whole number within a range.
    pub fn integer(&mut self, name: &str, value: &Value<'t>, range: Range<i32>) -> Option<i32> {
        let number = value.get_ref().as_integer();
        let number = number.and_then(|number| i32::from_str_radix(number.as_str(), number.radix()).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start, range.end - 1);
            let what = format!("`{name}` is no whole number from {least} to {most}");
            self.error(&value.span(), what, format!("write a number, like `{name} = 5`"));
        }
        number
    }

    /// A table that must hold no other keys than these.
    pub fn section<'d>(
        &mut self,
        name: &'static str,
        value: &'d Value<'t>,
        known: &[&str],
    ) -> Option<Section<'d, 't>> {
        let Some(table) = value.get_ref().as_table() else {
            let what = format!("`{name}` is of type {}, not a table", value.get_ref().type_str());
            self.error(&value.span(), what, format!("write `[{name}]` and its keys beneath"));
            return None;
        };
        let section = Section { name, table, span: value.span() };
        section.check_keys(self, known);
        Some(section)
    }

    /// Tables of one sort: `[[name]]`.
    pub fn sections<'d>(
        &mut self,
        name: &'static str,
        value: &'d Value<'t>,
        known: &[&str],
    ) -> Vec<Section<'d, 't>> {
        let Some(array) = value.get_ref().as_array() else {
            let what = format!("`{name}` is of type {}, not a list of tables", value.get_ref().type_str());
            self.error(&value.span(), what, format!("write `[[{name}]]` before each"));
            return Vec::new();
        };
        array.iter().filter_map(|item| self.section(name, item, known)).collect()
    }
}

/// A table of the file.
pub(crate) struct Section<'d, 't> {
    pub name: &'static str,
    pub table: &'d DeTable<'t>,
    pub span: Range<usize>,
}

impl<'d, 't> Section<'d, 't> {
    pub fn get(&self, key: &str) -> Option<&'d Value<'t>> {
        self.table.get(key)
    }

    /// A text that must be there.
    pub fn required(&self, document: &mut Document<'t>, key: &'static str, why: &str) -> Option<Word<'d>> {
        let Some(value) = self.get(key) else {
            let what = format!("`{}` has no `{key}`: {why}", self.name);
            document.error(&self.span, what, format!("add `{key} = \"…\"`"));
            return None;
        };
        document.word(key, value)
    }

    /// A text that may be absent; what is there and no text is complained of.
    pub fn word(&self, document: &mut Document<'t>, key: &str) -> Option<Word<'d>> {
        document.word(key, self.get(key)?)
    }

    fn check_keys(&self, document: &mut Document<'t>, known: &[&str]) {
        for key in self.table.keys().filter(|key| !known.contains(&&**key.get_ref())) {
            let word: &str = key.get_ref();
            let what = format!("`{word}` is no key of `{}`", self.name);
            document.error(&key.span(), what, known_words(word, known));
        }
    }
}

/// Messages of the TOML reader may run over lines.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
