//! Names and paths with `*` and `?`, as a site writes them: ignoring case, whole texts only.

use std::fmt;

use wildmatch::WildMatch;

use crate::text::Text;

/// A text in which `*` stands for anything and `?` for one character; Windows ignores the case of names.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    text: Text,
    compiled: WildMatch,
}

impl Pattern {
    /// Every text is a pattern; one without `*` and `?` is only itself.
    pub fn new(text: &str) -> Pattern {
        Pattern { text: text.into(), compiled: WildMatch::new(&text.to_lowercase()) }
    }

    /// As the site wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The whole of `text` fits.
    pub fn matches(&self, text: &str) -> bool {
        self.compiled.matches(&text.to_lowercase())
    }

    /// A file fits by its full path; by its name alone, where the pattern holds no backslash.
    pub fn matches_file(&self, path: &str) -> bool {
        let name = || path.rsplit(['\\', '/']).next().unwrap_or(path);
        if self.text.contains('\\') { self.matches(path) } else { self.matches(name()) }
    }

    /// Holds nothing but wildcards: it fits everything.
    pub fn is_everything(&self) -> bool {
        !self.text.is_empty() && self.text.chars().all(|character| character == '*')
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_texts_in_any_case() {
        for (pattern, text, fits) in [
            ("svc_*", "SVC_print", true),
            ("svc_*", "xsvc_print", false),
            ("adm-??", "ADM-07", true),
            ("adm-??", "adm-7", false),
            (r"C:\Program Files\*\agent.exe", r"c:\program files\RMM\Agent.exe", true),
            ("Ü*", "übung", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), fits, "{pattern} {text}");
        }
        for (pattern, path, fits) in [
            ("agent.exe", r"C:\RMM\Agent.EXE", true),
            ("agent.exe", "agent.exe", true),
            ("agent.exe", r"C:\agent.exe\other.exe", false),
            (r"C:\RMM\*", r"c:\rmm\agent.exe", true),
            (r"*\agent.exe", "agent.exe", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches_file(path), fits, "{pattern} {path}");
        }
        assert!(Pattern::new("**").is_everything() && !Pattern::new("").is_everything());
        assert!(!Pattern::new("a*").is_everything() && !Pattern::new("?").is_everything());
    }
}
