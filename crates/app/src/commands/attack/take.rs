//! Our take on an object, or the site's own: Markdown as far as a take needs it.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use begat_attack::facts::built_in_take;
use begat_attack::object::Object;

use crate::error::{AttackError, Error};

/// Longest take.
const BYTES_MAX: u64 = 1 << 20;

/// What somebody says of an object beside MITRE.
#[derive(Debug)]
pub struct Take {
    /// Whose it is.
    pub whose: Whose,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// begat.
    Ours,
    /// The site, in this file.
    Site(PathBuf),
}

/// A piece of a take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// `## Confidence`
    Heading(String),
    /// Lines up to an empty one.
    Paragraph(String),
    /// `- text`, or `1. text` with its number.
    Item(Option<u32>, String),
}

/// The take on an object: the site's, where its folder has one, else ours; on most there is none.
pub fn take(object: &Object, folder: Option<&Path>) -> Result<Option<Take>, Error> {
    // Only ids that are built as ATT&CK's ids are become names of files.
    let Some(id) = object.attack_id.as_ref().filter(|id| id.is_regular()) else { return Ok(None) };
    if let Some(folder) = folder {
        let path = folder.join(format!("{id}.md"));
        if let Some(text) = read(&path).map_err(|source| AttackError::Take { path: path.clone(), source })? {
            return Ok(Some(Take { whose: Whose::Site(path), blocks: blocks(&text) }));
        }
    }
    let ours = built_in_take(id.as_str());
    Ok(ours.map(|text| Take { whose: Whose::Ours, blocks: blocks(text) }))
}

fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text)?;
    Ok(Some(text))
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if let Some(heading) = trimmed.strip_prefix('#') {
            blocks.push(Block::Heading(heading.trim_start_matches('#').trim().to_owned()));
            goes_on = false;
        } else if trimmed.is_empty() {
            goes_on = false;
        } else if let Some((number, item)) = item(trimmed) {
            blocks.push(Block::Item(number, item.to_owned()));
            goes_on = true;
        } else if let (true, Some(Block::Item(_, text) | Block::Paragraph(text))) =
            (goes_on, blocks.last_mut())
        {
            text.push(' ');
            text.push_str(trimmed);
        } else {
            blocks.push(Block::Paragraph(trimmed.to_owned()));
            goes_on = true;
        }
    }
    blocks
}

fn item(line: &str) -> Option<(Option<u32>, &str)> {
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((None, text.trim()));
    }
    let (number, text) = line.split_once(". ")?;
    number.parse().ok().map(|number| (Some(number), text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_to_what_they_belong_to() {
        let text = "## A\n\none\ntwo\n\n- x\n  y\n2. z\n\nlast";
        let text_of = |text: &str| text.to_owned();
        assert_eq!(
            blocks(text),
            [
                Block::Heading(text_of("A")),
                Block::Paragraph(text_of("one two")),
                Block::Item(None, text_of("x y")),
                Block::Item(Some(2), text_of("z")),
                Block::Paragraph(text_of("last")),
            ]
        );
    }

    #[test]
    fn our_take_is_all_headings_paragraphs_and_items() {
        let blocks = blocks(built_in_take("AN1235").unwrap());
        let headings = blocks.iter().filter(|block| matches!(block, Block::Heading(_))).count();
        assert_eq!(headings, 7);
        assert!(
            matches!(&blocks[1], Block::Paragraph(text) if text.starts_with("High that the behaviour is right"))
        );
    }
}
