//! The texts of an XML document, changed in place: what stands around them stays byte for byte.

use std::borrow::Cow;

use quick_xml::escape::{escape, unescape};

const CDATA: &str = "<![CDATA[";

/// The same XML with each of its texts (of elements, attributes and CDATA sections) as `change` gives it back.
///
/// It need not be well-formed: what cannot be told apart is taken for text.
pub fn map_xml_texts<'x>(xml: &'x str, change: &dyn Fn(&str) -> Option<String>) -> Cow<'x, str> {
    let mut changed = String::new();
    let mut kept = 0;
    let mut at = 0;
    let mut replace = |span: std::ops::Range<usize>, is_escaped: bool| {
        let text = &xml[span.clone()];
        let plain =
            if is_escaped { unescape(text).unwrap_or(Cow::Borrowed(text)) } else { Cow::Borrowed(text) };
        if let Some(new) = change(&plain) {
            changed.push_str(&xml[kept..span.start]);
            changed.push_str(&if is_escaped { escape(new.as_str()) } else { new.as_str().into() });
            kept = span.end;
        }
    };
    while at < xml.len() {
        let rest = &xml[at..];
        let find = |end: &str| rest.find(end).map_or(xml.len(), |found| at + found);
        at = if rest.starts_with(CDATA) {
            let end = find("]]>");
            replace(at + CDATA.len()..end.max(at + CDATA.len()), false);
            (end + 3).min(xml.len())
        } else if rest.starts_with('<') {
            tag(xml, at, &mut replace)
        } else {
            let end = find("<");
            replace(at..end, true);
            end
        };
    }
    if kept == 0 {
        return Cow::Borrowed(xml);
    }
    changed.push_str(&xml[kept..]);
    Cow::Owned(changed)
}

/// Passes over a tag, whose attributes may hold texts; gives its end.
fn tag(xml: &str, start: usize, replace: &mut impl FnMut(std::ops::Range<usize>, bool)) -> usize {
    let bytes = xml.as_bytes();
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return at + 1,
            quote @ (b'"' | b'\'') => {
                let begins = at + 1;
                let ends = bytes[begins..].iter().position(|it| it == quote).map(|found| begins + found);
                let ends = ends.unwrap_or(bytes.len());
                replace(begins..ends, true);
                at = ends + 1;
            }
            _ => at += 1,
        }
    }
    xml.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_changed_and_all_else_stays() {
        let change = |text: &str| text.contains("secret").then(|| text.replace("secret", "<gone>"));
        let map = |xml: &'static str| map_xml_texts(xml, &change).into_owned();
        assert_eq!(map("<a b='1'> x &amp; y </a>"), "<a b='1'> x &amp; y </a>");
        assert_eq!(map("<a>a &quot;secret&quot;</a>"), "<a>a &quot;&lt;gone&gt;&quot;</a>");
        assert_eq!(map("<a b=\"secret\" c='>secret'/>"), "<a b=\"&lt;gone&gt;\" c='&gt;&lt;gone&gt;'/>");
        assert_eq!(map("<a><![CDATA[x > secret]]>secret</a>"), "<a><![CDATA[x > <gone>]]>&lt;gone&gt;</a>");
        assert_eq!(map("<a>s&#101;cret"), "<a>&lt;gone&gt;");
    }

    #[test]
    fn what_is_broken_ends_and_keeps_its_bytes() {
        for xml in ["", "<", "<a b=\"", "<![CDATA[", "<![CDATA[]]", "x", "<a>&nothing;</a>", "é<é a='é'>é"]
        {
            assert_eq!(map_xml_texts(xml, &|_| None), xml);
            assert!(map_xml_texts(xml, &|text| Some(text.to_owned())).len() >= xml.len().min(1));
        }
    }
}
