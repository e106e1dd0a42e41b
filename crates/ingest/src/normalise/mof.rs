//! Strings of the Managed Object Format, in which WMI writes what it holds: quoted, with backslashes before quotes.

/// The properties of WMI's two standard consumers that say what they run.
const CONSUMER_TEXTS: &[&str] = &["ScriptText", "CommandLineTemplate"];

/// What a quoted string says. Sysmon writes ` "text"`, WMI the same within an instance; text without a quote at its
/// beginning was unwrapped by somebody else and is taken as it is.
pub(crate) fn unquoted(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('"') {
        Some(quoted) => string(quoted),
        None => text.to_owned(),
    }
}

/// What the consumer in this text runs, where it runs anything: the whole text that WMI logs of a binding holds the
/// filter and the consumer as instances.
pub(crate) fn consumer_text(instances: &str) -> Option<String> {
    let (_, consumer) = instances.split_once("Consumer:")?;
    CONSUMER_TEXTS.iter().find_map(|property| value_of(property, consumer))
}

/// The string that a property is given. It stands at the beginning of a line: a script may hold its name as well.
fn value_of(property: &str, instance: &str) -> Option<String> {
    const BLANKS: [char; 2] = [' ', '\t'];
    instance.match_indices(property).find_map(|(at, _)| {
        let before = instance[..at].trim_end_matches(BLANKS);
        let begins_line = before.is_empty() || before.ends_with('\n');
        let given = instance[at + property.len()..].trim_start_matches(BLANKS).strip_prefix('=')?;
        let quoted = given.trim_start_matches(BLANKS).strip_prefix('"')?;
        begins_line.then(|| string(quoted))
    })
}

/// A string after its opening quote, up to the closing one. A quote that is not escaped, and that no end of a string
/// follows, was written by a carrier that unescaped the text.
fn string(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => text.extend(rest.next().map(unescaped)),
            '"' if ends_string(rest.as_str()) => break,
            other => text.push(other),
        }
    }
    text
}

fn unescaped(escape: char) -> char {
    match escape {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

/// What follows the quote that ends a string: nothing, or the semicolon and the line end of a property.
fn ends_string(rest: &str) -> bool {
    rest.trim_start_matches(';').trim_start_matches(' ').is_empty()
        || rest.starts_with(";\n")
        || rest.starts_with(";\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off_and_what_they_held_is_told_as_it_was() {
        for (written, meant) in [
            (r#" "net user bob P /add""#, "net user bob P /add"),
            (
                r#" "var u=\"http://x\";\nGetObject(\"WinNT://.\")""#,
                "var u=\"http://x\";\nGetObject(\"WinNT://.\")",
            ),
            (r#""C:\\Windows\\x.exe""#, r"C:\Windows\x.exe"),
            (r#" "o.Create("user", "bob")""#, r#"o.Create("user", "bob")"#),
            (r#""say \"so"#, r#"say "so"#),
            (r#""ends in \"#, "ends in "),
            ("cmd /c whoami", "cmd /c whoami"),
            ("", ""),
        ] {
            assert_eq!(unquoted(written), meant, "{written}");
        }
    }

    #[test]
    fn a_binding_tells_what_its_consumer_runs() {
        let binding = |property: &str| {
            format!(
                "Binding EventFilter: \ninstance of __EventFilter\n{{\n\tQuery = \"select ScriptText = 1\";\n}};\n\
                Perm. Consumer: \ninstance of X\n{{\n\tName = \"upd\";\n\t{property}\n\tMachineName = \"a\";\n}};\n"
            )
        };
        for (property, meant) in [
            (r#"ScriptText = "GetObject(\"WinNT://.\")";"#, Some("GetObject(\"WinNT://.\")")),
            (r#"CommandLineTemplate = "cmd /c \"a & b\"";"#, Some("cmd /c \"a & b\"")),
            (r#"ScriptText = "a\nCommandLineTemplate = \"b\"";"#, Some("a\nCommandLineTemplate = \"b\"")),
            (r#"ScriptText = "o.Create("user", "bob")";"#, Some(r#"o.Create("user", "bob")"#)),
            (r#"SourceName = "Service Control Manager";"#, None),
            ("ScriptText = NULL;", None),
        ] {
            assert_eq!(consumer_text(&binding(property)).as_deref(), meant, "{property}");
        }
        assert_eq!(consumer_text("ScriptText = \"x\";"), None, "no consumer is told");
    }
}
