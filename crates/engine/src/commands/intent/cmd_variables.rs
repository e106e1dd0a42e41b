//! Variables of cmd as a line puts them together: `%name%`, `!name!`, a stretch of one (`%name:~1,3%`), one with other
//! letters (`%name:a=b%`).

/// Longest text that grows by being put together.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Longest name.
const NAME_BYTES_MAX: usize = 64;

/// What every Windows that is installed where it is by default holds, lower case names.
const OF_WINDOWS: &[(&str, &str)] = &[
    ("comspec", r"C:\Windows\system32\cmd.exe"),
    ("windir", r"C:\Windows"),
    ("systemroot", r"C:\Windows"),
    ("systemdrive", "C:"),
    ("programfiles", r"C:\Program Files"),
    ("commonprogramfiles", r"C:\Program Files\Common Files"),
    ("programdata", r"C:\ProgramData"),
    ("allusersprofile", r"C:\ProgramData"),
    ("public", r"C:\Users\Public"),
    ("os", "Windows_NT"),
    ("pathext", ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"),
];

/// The text with the variables in it that `held` knows, by their name and the sign around it, and stretches of Windows' own; `None` where it has none.
pub(super) fn expanded<'h>(text: &str, held: impl Fn(&str, char) -> Option<&'h str>) -> Option<String> {
    let mut together = String::new();
    let (mut rest, mut has_any) = (text, false);
    while let Some(at) = rest.find(['%', '!']) {
        let sign = if rest[at..].starts_with('%') { '%' } else { '!' };
        together.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let asked = after.find(sign).filter(|end| *end > 0).map(|end| &after[..end]);
        match asked.and_then(|asked| Some((asked, value_of(asked, |name| held(name, sign))?))) {
            Some((asked, value)) if together.len() + value.len() <= TEXT_BYTES_MAX => {
                together.push_str(&value);
                rest = &after[asked.len() + 1..];
                has_any = true;
            }
            _ => {
                together.push(sign);
                rest = after;
            }
        }
    }
    together.push_str(rest);
    has_any.then_some(together)
}

fn value_of<'h>(asked: &str, held: impl Fn(&str) -> Option<&'h str>) -> Option<String> {
    let (name, change) = asked.split_once(':').map_or((asked, None), |(name, change)| (name, Some(change)));
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains(char::is_whitespace) {
        return None;
    }
    let name = name.to_lowercase();
    let Some(change) = change else { return held(&name).map(str::to_owned) };
    let of_windows = || OF_WINDOWS.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
    let value = held(&name).or_else(of_windows)?;
    if let Some(stretch) = change.strip_prefix('~') {
        return Some(stretch_of(value, stretch));
    }
    let (old, new) = change.split_once('=')?;
    (!old.is_empty() && value.len() * new.len().max(1) <= TEXT_BYTES_MAX).then(|| value.replace(old, new))
}

/// `1,3`, `-5`, `-5,-2`: counted from the end where there is a minus.
fn stretch_of(value: &str, stretch: &str) -> String {
    let letters: Vec<char> = value.chars().collect();
    let place = |written: &str, from: usize| {
        let number: i64 = written.trim().parse().unwrap_or_default();
        let at = if number < 0 { letters.len() as i64 + number } else { from as i64 + number };
        at.clamp(0, letters.len() as i64) as usize
    };
    let (start, length) =
        stretch.split_once(',').map_or((stretch, None), |(start, length)| (start, Some(length)));
    let start = place(start, 0);
    let end = length.map_or(letters.len(), |length| place(length, start));
    letters.get(start..end).unwrap_or_default().iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_put_in_and_the_rest_stays() {
        let held = |name: &str, _: char| match name {
            "a" => Some("net"),
            "b" => Some("nXt user"),
            _ => None,
        };
        for (text, told) in [
            ("%a% user", Some("net user")),
            ("%A%!b!", Some("netnXt user")),
            ("%b:X=e% bob", Some("net user bob")),
            ("%a:~0,1%%a:~-2%", Some("net")),
            ("%a:~1,-1%", Some("e")),
            ("%comspec:~-7,3%", Some("cmd")),
            ("%a:~9%x", Some("x")),
            ("%comspec% /c", None),
            ("%c% 50% %i", None),
            ("!bob", None),
            ("%%", None),
        ] {
            assert_eq!(expanded(text, held).as_deref(), told, "{text}");
        }
        let long = "x".repeat(TEXT_BYTES_MAX);
        assert_eq!(expanded("%a%", |_, _| Some(&long)).map(|text| text.len()), Some(TEXT_BYTES_MAX));
        assert_eq!(expanded("x%a%", |_, _| Some(&long)), None, "it would grow too long");
    }
}
