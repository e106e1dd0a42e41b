//! What a file says of the process that runs it: its path, and the name in its version resource.

use crate::commands::line::image_stem;
use crate::windows::capability::{Capability, capability, is_installed};
use crate::windows::role::{ImageSign, image_sign};
use crate::windows::suspicious::{AsParent, OwnSign, as_parent, own_sign};

/// What Windows starts by itself, minute by minute: a log of processes without any of these leaves programs out.
const BACKGROUND: &[&str] = &[
    "backgroundtaskhost",
    "conhost",
    "dllhost",
    "mousocoreworker",
    "runtimebroker",
    "searchfilterhost",
    "searchprotocolhost",
    "sppsvc",
    "svchost",
    "taskhost",
    "taskhostex",
    "taskhostw",
    "tiworker",
    "trustedinstaller",
    "wmiprvse",
];

/// What a file says of the process that runs it, whatever else is known: every event of the process asks for it, and so
/// does every creation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageFacts {
    /// File name of the image, lower case, without `.exe`.
    pub stem: Option<String>,
    /// `None`: its name tells nothing.
    pub capability: Option<Capability>,
    /// `net`, by whatever name: it never makes the call itself, but starts a `net1` for it.
    pub is_net: bool,
    /// Windows starts it by itself, all day.
    pub is_background: bool,
    /// A product brought it, and people run it all day.
    pub is_installed: bool,
    /// Why it counts as suspicious, whoever started it.
    pub(crate) own_sign: OwnSign,
    /// What it makes of what it starts.
    pub(crate) as_parent: AsParent,
    /// What a host is for on which it runs.
    pub(crate) role: Option<ImageSign>,
}

impl ImageFacts {
    /// From the path and the name in the version resource.
    pub fn of(image: Option<&str>, original_file_name: Option<&str>) -> ImageFacts {
        let stem = image.map(image_stem);
        let original = original_file_name.map(image_stem);
        let names = [stem.as_deref(), original.as_deref()];
        ImageFacts {
            capability: image.and_then(|image| capability(image, &names)),
            is_net: names.contains(&Some("net")),
            is_installed: image.zip(stem.as_deref()).is_some_and(|(image, stem)| is_installed(image, stem)),
            is_background: stem.as_deref().is_some_and(|stem| BACKGROUND.contains(&stem)),
            own_sign: own_sign(image, original_file_name),
            as_parent: image.map(as_parent).unwrap_or_default(),
            role: image.and_then(image_sign),
            stem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_place_tell_what_an_image_can_do() {
        use Capability::{Creates, OnlyStarts, WindowsOwn};
        for (image, original, expected, is_net) in [
            (Some(r"C:\Windows\System32\NET.exe"), None, Some(Creates), true),
            (Some(r"C:\Windows\System32\net1.exe"), None, Some(Creates), false),
            (Some(r"C:\x\a.exe"), Some("net.exe"), Some(Creates), true),
            (Some(r"C:\Windows\System32\cmd.exe"), None, Some(OnlyStarts), false),
            (Some("cmd.exe"), None, Some(OnlyStarts), false),
            (Some(r"C:\Users\bob\cmd.exe"), None, None, false),
            (Some(r"C:\Windows\Temp\cmd.exe"), None, None, false),
            (Some(r"C:\Windows\System32\lsass.exe"), None, Some(WindowsOwn), false),
            (Some("lsass.exe"), None, None, false),
            (None, Some("net.exe"), None, true),
        ] {
            let facts = ImageFacts::of(image, original);
            assert_eq!((facts.capability, facts.is_net), (expected, is_net), "{image:?} {original:?}");
        }
    }

    #[test]
    fn installed_is_what_lies_where_products_are_put() {
        for (image, expected) in [
            (r"C:\Program Files\7-Zip\7zFM.exe", true),
            (r"D:\PROGRAM FILES (X86)\Vendor\tool.exe", true),
            (r"C:\Users\ann\AppData\Local\Microsoft\Teams\current\Teams.exe", true),
            (r"C:\Users\ann\AppData\Local\Temp\upd.exe", false),
            (r"C:\Users\ann\Downloads\teams.exe", false),
            (r"C:\Tools\mk.exe", false),
            (r"C:\ProgramData\sync\agent64.exe", false),
        ] {
            assert_eq!(ImageFacts::of(Some(image), None).is_installed, expected, "{image}");
        }
    }
}
