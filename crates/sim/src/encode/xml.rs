//! Event XML as Windows prints it: attributes in single quotes.
use std::fmt::Write;

use crate::record::Element;

/// The element without any line break of its own.
pub fn on_one_line(element: &Element) -> String {
    let mut out = String::new();
    write_element(&mut out, element, None);
    out
}

/// The element with each tag on its own line, indented, as `wevtutil /f:xml` and editors leave it.
pub fn over_many_lines(element: &Element) -> String {
    let mut out = String::new();
    write_element(&mut out, element, Some(0));
    out
}

fn write_element(out: &mut String, element: &Element, depth: Option<usize>) {
    let line = |out: &mut String| {
        if let Some(depth) = depth {
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    line(out);
    let _ = write!(out, "<{}", element.name);
    for (name, value) in &element.attributes {
        let _ = write!(out, " {name}='{}'", escaped(value));
    }
    if element.children.is_empty() && element.text.is_none() {
        out.push_str("/>");
    } else {
        out.push('>');
        if let Some(text) = &element.text {
            out.push_str(&escaped(text));
        }
        if !element.children.is_empty() {
            out.push_str(if depth.is_some() { "\n" } else { "" });
            element.children.iter().for_each(|child| write_element(out, child, depth.map(|d| d + 1)));
            line(out);
        }
        let _ = write!(out, "</{}>", element.name);
    }
    out.push_str(if depth.is_some() { "\n" } else { "" });
}

/// The five characters of XML, and CR, which a reader would otherwise turn into LF.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            _ => out.push(character),
        }
    }
    out
}
