//! A sheet: a text for people with headings, lists and tables, put together once and laid out as Markdown, as a page and
//! on a terminal. What stands in it may come from a log: each layout makes it harmless in its own way.

mod markdown;
mod page;
mod terminal;

pub(crate) use markdown::write as write_markdown;
pub(crate) use page::write as write_page;
pub(crate) use terminal::write as write_terminal;

/// The whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What it is called.
    pub title: String,
    /// What stands below that, in order.
    pub parts: Vec<Part>,
}

/// A heading, and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The heading.
    pub heading: &'static str,
    /// In order.
    pub blocks: Vec<Block>,
}

/// A piece of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// What is read first.
    Lead(Phrase),
    /// A paragraph.
    Text(Phrase),
    /// One point each.
    List(Vec<Phrase>),
    /// A smaller heading.
    Heading(&'static str),
    /// A command, or some lines of a file, to be copied.
    Code(String),
    /// Rows below a head.
    Table {
        /// What the columns are called.
        head: Vec<&'static str>,
        /// As many cells each.
        rows: Vec<Vec<Phrase>>,
    },
}

/// Text with code in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase {
    runs: Vec<Run>,
}

/// A stretch of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Run {
    Text(String),
    Code(String),
}

impl Phrase {
    /// The same, with some code behind it.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Phrase {
        self.runs.push(Run::Code(code.into()));
        self
    }

    /// The same, with more text behind it.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Phrase {
        self.runs.push(Run::Text(text.into()));
        self
    }
}

impl<T: Into<String>> From<T> for Phrase {
    fn from(text: T) -> Phrase {
        Phrase::default().text(text)
    }
}

impl Part {
    /// One of that heading.
    pub fn new(heading: &'static str, blocks: Vec<Block>) -> Part {
        Part { heading, blocks }
    }
}

impl Block {
    /// A paragraph.
    pub fn text(text: impl Into<Phrase>) -> Block {
        Block::Text(text.into())
    }

    /// A row for each; `none` is said where there is none.
    pub fn table(head: &[&'static str], rows: Vec<Vec<Phrase>>, none: &str) -> Block {
        match rows.is_empty() {
            true => Block::text(none),
            false => Block::Table { head: head.to_vec(), rows },
        }
    }
}

/// What the tests of all layouts lay out: hostile text wherever text can stand.
#[cfg(test)]
pub(crate) fn hostile(text: &str) -> Sheet {
    let phrase = || Phrase::from(text).code(text).text(text);
    Sheet {
        title: text.to_owned(),
        parts: vec![Part::new(
            "Part",
            vec![
                Block::Lead(phrase()),
                Block::Text(phrase()),
                Block::List(vec![phrase(), phrase()]),
                Block::Heading("Smaller"),
                Block::Code(text.to_owned()),
                Block::Table { head: vec!["one", "other"], rows: vec![vec![phrase(), phrase()]] },
            ],
        )],
    }
}
