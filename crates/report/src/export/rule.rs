//! What is said in every language: AN1235 as a rule of two records, with what a site sets of it.

use begat_model::allowance::Allowance;
use begat_model::time::Duration;

/// A suspicious process start, and the creation of a local account in the same session of the same host no longer after
/// it than the window.
#[derive(Debug, Clone)]
pub struct ExportRule<'a> {
    /// TimeWindow.
    pub window: Duration,
    /// File names that count as suspicious.
    pub tools: Vec<String>,
    /// Parts of paths that do.
    pub folders: Vec<String>,
    /// File names of parents that make what they start suspicious.
    pub launchers: Vec<String>,
    /// File names that never count.
    pub bystanders: Vec<String>,
    /// Paths and file names that the site adds, with `*` and `?`.
    pub images: Vec<String>,
    /// What else the site sets, and no language can say.
    pub left_out: Vec<String>,
    /// What the site allows.
    pub allowances: &'a [Allowance],
}

/// What each rule is called.
pub(super) const TITLE: &str = "Local account created after a suspicious process start (AN1235)";
/// What it says of itself.
pub(super) const ABOUT: &str = "A suspicious executable was started, and in the same logon session of the same host a local account was created within \
     the window. It says which processes could have done it; begat says which did.";
/// The same in every export, so that a new one takes the place of an old one.
pub(super) const RULE_ID: &str = "6f0c1e52-6d5b-4f5e-9a0e-1b4f3c7d1235";

impl ExportRule<'_> {
    /// Whole seconds, never fewer than the window has.
    pub(super) fn seconds(&self) -> u64 {
        (self.window.seconds().ceil() as u64).max(1)
    }

    /// Images of the site that a language can say, and those that it cannot.
    pub(super) fn images(&self) -> impl Iterator<Item = &str> {
        self.images.iter().map(String::as_str).filter(|image| is_plain(image))
    }

    /// What makes a start suspicious, said of its executable and of its parent's: one is enough. And what never counts. A
    /// language says them as patterns of whole paths, with `*` and `?`; what it cannot say is left out.
    pub(super) fn suspicious(
        &self,
        [executable, parent]: [&str; 2],
        says: impl Fn(&str, &[String]) -> Option<String>,
    ) -> (Vec<String>, Option<String>) {
        let any = |field, patterns: Vec<String>| (!patterns.is_empty()).then(|| says(field, &patterns))?;
        let named = |name: &str| format!("*\\{name}");
        let below = |names: &[String]| names.iter().map(|name| named(name)).collect();
        let images = self.images().map(|it| if it.contains('\\') { it.to_owned() } else { named(it) });
        let signs = [
            any(executable, below(&self.tools)),
            any(executable, self.folders.iter().map(|it| format!("*{it}*")).collect()),
            any(parent, below(&self.launchers)),
            any(executable, images.collect()),
        ];
        (signs.into_iter().flatten().collect(), any(executable, below(&self.bystanders)))
    }

    /// Images that no rule says: they hold signs that no path of Windows has.
    pub(super) fn odd_images(&self) -> impl Iterator<Item = &str> {
        self.images.iter().map(String::as_str).filter(|image| !is_plain(image))
    }
}

/// A path or name of Windows, with wildcards: what else stands in it no path has, and some language would take for its own.
fn is_plain(image: &str) -> bool {
    let is_odd = |sign: char| {
        begat_model::visible::deceives(sign)
            || matches!(sign, '"' | '\'' | '<' | '>' | '|' | '`' | '$' | '\n')
    };
    !image.is_empty() && !image.chars().any(is_odd)
}
