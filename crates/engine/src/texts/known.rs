//! What is known of the texts of one engine's events, whichever of its hosts tells them.
//!
//! No part of any host's state: all of it follows from the texts, and is derived again where it was forgotten.

use std::sync::Arc;

use begat_model::Text;
use begat_model::event::ProcessCreated;

use crate::commands::intent::deeds::Deeds;
use crate::commands::intent::remote::{remote_targets, script_remote_targets};
use crate::texts::kept::Kept;
use crate::windows::image::ImageFacts;

/// Texts of one sort whose facts are kept.
const TEXTS_MAX: usize = 4096;

/// An image, and the name in its version resource.
type File = (Option<Text>, Option<Text>);
/// A command line, and whose it is.
type Line = (File, Text);

/// What is known of texts.
#[derive(Debug)]
pub struct Texts {
    files: Kept<File, ImageFacts>,
    lines: Kept<Line, Deeds>,
    scripts: Kept<Text, Deeds>,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts::of(TEXTS_MAX)
    }
}

impl Texts {
    /// What is known of at most so many texts of each sort.
    pub(crate) fn of(max: usize) -> Texts {
        Texts { files: Kept::of(max), lines: Kept::of(max), scripts: Kept::of(max) }
    }

    /// What a file says of the process that runs it.
    pub(crate) fn file(
        &mut self,
        image: Option<&Text>,
        original_file_name: Option<&Text>,
    ) -> Arc<ImageFacts> {
        let file = (image.cloned(), original_file_name.cloned());
        let bytes = bytes_of(&file);
        self.files
            .facts(file, bytes, |(image, original)| ImageFacts::of(image.as_deref(), original.as_deref()))
    }

    /// What a new process's command line would do.
    pub(crate) fn line(&mut self, created: &ProcessCreated) -> Arc<Deeds> {
        let Some((line, bytes)) = line_of(created) else { return Arc::default() };
        self.lines.facts(line, bytes, |((image, original), line)| {
            Deeds::of_line(image.as_deref(), original.as_deref(), line)
        })
    }

    /// What a script would do.
    pub(crate) fn script(&mut self, text: &Text) -> Arc<Deeds> {
        self.scripts.facts(text.clone(), text.len(), |text| Deeds::of_script(text))
    }
}

/// Of texts no more than whether they reach for other machines: all that is asked where no account was created.
#[derive(Debug)]
pub(crate) struct Reaching {
    lines: Kept<Line, bool>,
    scripts: Kept<Text, bool>,
}

impl Default for Reaching {
    fn default() -> Reaching {
        Reaching { lines: Kept::of(TEXTS_MAX), scripts: Kept::of(TEXTS_MAX) }
    }
}

impl Reaching {
    /// A new process's command line does.
    pub(crate) fn line(&mut self, created: &ProcessCreated) -> bool {
        let Some((line, bytes)) = line_of(created) else { return false };
        *self.lines.facts(line, bytes, |((image, original), line)| {
            !remote_targets(image.as_deref(), original.as_deref(), line).is_empty()
        })
    }

    /// A script does.
    pub(crate) fn script(&mut self, text: &Text) -> bool {
        *self.scripts.facts(text.clone(), text.len(), |text| !script_remote_targets(text).is_empty())
    }
}

fn line_of(created: &ProcessCreated) -> Option<(Line, usize)> {
    let line = created.command_line.value()?;
    let file = (created.image.clone(), created.original_file_name.clone());
    let bytes = bytes_of(&file) + line.len();
    Some(((file, line.clone()), bytes))
}

fn bytes_of((image, original_file_name): &File) -> usize {
    [image, original_file_name].into_iter().flatten().map(|text| text.len()).sum()
}
