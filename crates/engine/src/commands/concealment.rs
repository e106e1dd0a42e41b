//! Whether a command line hides what it does: an encoded command, a hidden window, a script decoded as it runs.

use begat_model::case::Concealment;

use crate::commands::intent::runners::SHELL_VALUES;
use crate::commands::line::{NESTING_MAX, Token, image_stem, is_encoded_command_switch, tokens};

/// Most nested commands that are looked at in one line.
const NESTED_MAX: usize = 64;

/// How the command line of a process hides what it does; `names` are its image and its original name.
pub fn concealment(names: [Option<&str>; 2], line: &str) -> Option<Concealment> {
    if decodes_itself(line) {
        return Some(Concealment::DecodesItself);
    }
    let words = tokens(line);
    // Under another name it is PowerShell nevertheless.
    if names.into_iter().flatten().any(|name| is_powershell(&image_stem(name)))
        && let Some(how) = of_options(words.get(1..).unwrap_or_default())
    {
        return Some(how);
    }
    let mut nested_left = NESTED_MAX;
    of_words(line, &words, 0, &mut nested_left)
}

fn is_powershell(stem: &str) -> bool {
    matches!(stem, "powershell" | "pwsh")
}

/// However it is quoted, escaped or put together.
fn decodes_itself(line: &str) -> bool {
    let is_kept = |character: &char| !matches!(character, '^' | '`' | '"' | '\'' | '+' | ' ');
    let letters: String = line.chars().filter(is_kept).map(|letter| letter.to_ascii_lowercase()).collect();
    letters.contains("frombase64string")
}

/// In the words of a line, and in the commands that are quoted within it.
fn of_words(line: &str, words: &[Token], depth: usize, nested_left: &mut usize) -> Option<Concealment> {
    let shells = words.iter().enumerate().filter(|(_, word)| is_powershell(&word.stem()));
    let by_options = shells.map(|(at, _)| &words[at + 1..]).find_map(of_options);
    by_options.or_else(|| starts_hidden(words)).or_else(|| {
        let nested = words.iter().filter_map(|word| word.quoted_command(line));
        for (_, inner) in nested {
            *nested_left = nested_left.checked_sub(1).filter(|_| depth < NESTING_MAX)?;
            let found = of_words(inner, &tokens(inner), depth + 1, nested_left);
            if found.is_some() {
                return found;
            }
        }
        None
    })
}

/// What stands between `powershell` and its script.
fn of_options(words: &[Token]) -> Option<Concealment> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let name = option_name(word)?;
        let value = words.get(index + 1);
        if is_encoded_command_switch(word) {
            return value.map(|_| Concealment::EncodedCommand);
        }
        if "command".starts_with(&name) || "file".starts_with(&name) {
            return None;
        }
        if "windowstyle".starts_with(&name) && value.is_some_and(is_hidden) {
            return Some(Concealment::HiddenWindow);
        }
        let takes_value = SHELL_VALUES.iter().any(|full| full.starts_with(&name));
        index += if takes_value { 2 } else { 1 };
    }
    None
}

/// `Start-Process net -WindowStyle Hidden`, in a script.
fn starts_hidden(words: &[Token]) -> Option<Concealment> {
    let is_window_style = |word: &Token| {
        option_name(word).is_some_and(|name| name.len() >= 3 && "windowstyle".starts_with(&name))
    };
    let hidden = words.windows(2).any(|pair| is_window_style(&pair[0]) && is_hidden(&pair[1]));
    hidden.then_some(Concealment::StartsHidden)
}

fn option_name(word: &Token) -> Option<String> {
    let name = word.text.strip_prefix(['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'])?;
    (!name.is_empty()).then(|| name.to_lowercase())
}

/// PowerShell takes the beginning of a word of a list, or its number: `-w h`, `-w 1`.
fn is_hidden(value: &Token) -> bool {
    let value = value.lower();
    value == "1" || (!value.is_empty() && "hidden".starts_with(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_commands_hidden_windows_and_scripts_that_decode_themselves_are_told() {
        const ENCODED: Option<Concealment> = Some(Concealment::EncodedCommand);
        const WINDOW: Option<Concealment> = Some(Concealment::HiddenWindow);
        const STARTS: Option<Concealment> = Some(Concealment::StartsHidden);
        const DECODES: Option<Concealment> = Some(Concealment::DecodesItself);
        for (line, told) in [
            ("powershell -enc bgBlAHQA", ENCODED),
            ("powershell.exe -NoP -NonI -ep bypass -E bgBlAHQA", ENCODED),
            ("pwsh /EncodedCommand bgBlAHQA", ENCODED),
            ("powershell \u{2013}ec bgBlAHQA", ENCODED),
            (r#"cmd /c "powershell -e bgBlAHQA""#, ENCODED),
            (r#"cmd /c start "" /min powershell -e bgBlAHQA"#, ENCODED),
            (r#""C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -en^c bgBlAHQA"#, ENCODED),
            ("powershell -w hidden -c whoami", WINDOW),
            ("powershell -WindowStyle Hidden -File x.ps1", WINDOW),
            ("powershell -nop -wi 1 whoami", WINDOW),
            ("powershell -w h whoami", WINDOW),
            ("powershell Start-Process net -WindowStyle Hidden", STARTS),
            (r#"powershell -c "Start-Process net -WindowStyle Hidden""#, STARTS),
            ("powershell [Convert]::FromBase64String('bgBlAHQA')", DECODES),
            ("powershell [Convert]::('From'+'Base64String')", DECODES),
            ("powershell -w normal whoami", None),
            ("powershell -ExecutionPolicy Bypass -File x.ps1", None),
            ("powershell -Command Get-Content x -Encoding utf8", None),
            ("powershell Get-Content x -e utf8", None),
            ("powershell -File x.ps1 -enc bgBlAHQA", None),
            ("powershell -enc", None),
            ("powershell", None),
            ("tar -e hidden -w hidden", None),
            ("net user bob P /add", None),
            ("", None),
        ] {
            assert_eq!(concealment([Some(r"C:\x\cmd.exe"), None], line), told, "{line}");
        }
    }

    #[test]
    fn a_renamed_powershell_is_known_by_its_original_name() {
        let names = |original| [Some(r"C:\x\a.exe"), original];
        assert!(concealment(names(Some("PowerShell.EXE")), "a.exe -e bgBlAHQA").is_some());
        assert!(concealment(names(None), "a.exe -e bgBlAHQA").is_none());
    }

    #[test]
    fn lines_within_lines_are_bounded() {
        let many = "\"a b\" ".repeat(10_000) + "\"powershell -e bgBlAHQA\"";
        assert_eq!(concealment([None, None], &many), None);
    }
}
