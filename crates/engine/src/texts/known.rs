//! What is known of the texts of one engine's events, whichever of its hosts tells them.
//!
//! No part of any host's state: all of it follows from the texts, and is derived again where it was forgotten.

use std::sync::Arc;

use begat_model::Text;
use begat_model::event::{Field, ProcessCreated};

use crate::commands::intent::deeds::Deeds;
use crate::texts::kept::Kept;
use crate::windows::image::ImageFacts;

/// Texts of one sort whose facts are kept.
const TEXTS_MAX: usize = 4096;
/// Longer texts are rare, and hardly come twice: their facts are not kept.
const KEPT_BYTES_MAX: usize = 4096;

/// An image, and the name in its version resource.
type File = (Option<Text>, Option<Text>);

/// What is known of texts.
#[derive(Debug)]
pub struct Texts {
    files: Kept<File, ImageFacts>,
    lines: Kept<(File, Text), Deeds>,
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
        let derive = |(image, original): &File| ImageFacts::of(image.as_deref(), original.as_deref());
        let file = (image.cloned(), original_file_name.cloned());
        if is_kept([image, original_file_name, None]) {
            self.files.facts(file, derive)
        } else {
            Arc::new(derive(&file))
        }
    }

    /// What a new process's command line would do.
    pub(crate) fn line(&mut self, created: &ProcessCreated) -> Arc<Deeds> {
        let Field::Value(line) = &created.command_line else { return Arc::default() };
        let derive = |((image, original), line): &(File, Text)| {
            Deeds::of_line(image.as_deref(), original.as_deref(), line)
        };
        let (image, original) = (&created.image, &created.original_file_name);
        let told = ((image.clone(), original.clone()), line.clone());
        if is_kept([image.as_ref(), original.as_ref(), Some(line)]) {
            self.lines.facts(told, derive)
        } else {
            Arc::new(derive(&told))
        }
    }

    /// What a script would do.
    pub(crate) fn script(&mut self, text: &Text) -> Arc<Deeds> {
        let derive = |text: &Text| Deeds::of_script(text);
        if is_kept([Some(text), None, None]) {
            self.scripts.facts(text.clone(), derive)
        } else {
            Arc::new(derive(text))
        }
    }
}

fn is_kept(texts: [Option<&Text>; 3]) -> bool {
    texts.into_iter().flatten().map(|text| text.len()).sum::<usize>() <= KEPT_BYTES_MAX
}
