//! Text for people: sections, labelled lines, lists, folded at the width of the page; whatever comes from a bundle is
//! made visible on its way.

use begat_model::visible::visible;
use begat_report::Page;
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthStr;

use crate::cli::OutputArgs;
use crate::options::shown_on_terminal;

const LABEL_WIDTH: usize = 14;

/// A text that grows.
pub struct Lines {
    text: String,
    width: usize,
}

impl Lines {
    /// As wide as the terminal, where it goes to one.
    pub fn new(output: &OutputArgs) -> Lines {
        let on_terminal = shown_on_terminal(output);
        let width =
            terminal_size::terminal_size().filter(|_| on_terminal).map(|(width, _)| usize::from(width.0));
        let width = width.unwrap_or(Page::WIDTH_MAX).clamp(Page::WIDTH_MIN, Page::WIDTH_MAX);
        Lines { text: String::new(), width }
    }

    /// All of it.
    pub fn finish(self) -> String {
        self.text
    }

    /// A line of its own, folded.
    pub fn line(&mut self, text: &str) {
        self.folded("", "", text);
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading, underlined, with an empty line before it where it is not the first.
    pub fn section(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.blank();
        }
        let title = visible(title);
        self.text.push_str(&title);
        self.text.push('\n');
        self.text.push_str(&"─".repeat(title.width().min(self.width)));
        self.text.push('\n');
    }

    /// A heading inside a section.
    pub fn heading(&mut self, title: &str) {
        self.blank();
        self.folded("  ", "  ", title);
    }

    /// `  label       what it is`; an empty label goes on with the one before.
    pub fn field(&mut self, label: &str, text: &str) {
        let first = format!("  {label:<LABEL_WIDTH$} ");
        self.folded(&first, &" ".repeat(LABEL_WIDTH + 3), text);
    }

    /// A text in lines of its own, each folded.
    pub fn paragraphs(&mut self, text: &str) {
        text.lines().for_each(|line| self.folded("  ", "  ", line));
    }

    /// `  - text`
    pub fn item(&mut self, mark: &str, text: &str) {
        let first = format!("  {mark} ");
        self.folded(&first, &" ".repeat(first.width()), text);
    }

    /// Columns that are padded to the widest of their cells; the last is folded.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let shown: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect()).collect();
        let width =
            |column: usize| shown.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for row in &shown {
            let mut first = "  ".to_owned();
            let (last, others) = match row.split_last() {
                Some(split) => split,
                None => continue,
            };
            for (cell, width) in others.iter().zip(&widths) {
                first.push_str(cell);
                first.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
            }
            // Where hardly any room is left the last column stands as it is.
            if first.width() + 20 > self.width {
                self.text.push_str(format!("{first}{last}").trim_end());
                self.text.push('\n');
            } else {
                let rest = " ".repeat(first.width());
                self.folded(&first, &rest, last);
            }
        }
    }

    fn folded(&mut self, first: &str, rest: &str, text: &str) {
        let shown = visible(text);
        let options =
            Options::new(self.width).initial_indent(first).subsequent_indent(rest).break_words(false);
        // An address or an id that is cut in two is one no longer.
        let options =
            options.word_separator(WordSeparator::AsciiSpace).word_splitter(WordSplitter::NoHyphenation);
        let lines = textwrap::wrap(&shown, options);
        if lines.is_empty() {
            self.text.push_str(first.trim_end());
            self.text.push('\n');
        }
        for line in lines {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}
