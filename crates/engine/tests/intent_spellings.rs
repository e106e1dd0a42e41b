//! Equivalent spellings of one command mean the same: a generator of them against what `intent` reads.

use base64::Engine as _;
use begat_engine::intent::{Intent, intents};
use begat_engine::redact::redact;
use proptest::prelude::*;
use proptest::sample::select;

/// A word in any mixture of cases.
fn any_case(word: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<bool>(), word.len()).prop_map(move |upper| {
        let letters = word.chars().zip(upper);
        letters.map(|(letter, upper)| if upper { letter.to_ascii_uppercase() } else { letter }).collect()
    })
}

/// A caret somewhere inside, as `cmd` swallows it.
fn with_caret(word: &str, at: usize) -> String {
    let at = 1 + at % (word.len() - 1).max(1);
    format!("{}^{}", &word[..at], &word[at..])
}

fn program() -> impl Strategy<Value = String> {
    let stems = prop_oneof![any_case("net"), any_case("net1"), any_case("net.exe"), any_case("net1.exe")];
    (stems, 0..4usize).prop_map(|(stem, spelling)| match spelling {
        0 => stem,
        1 => format!(r"C:\Windows\System32\{stem}"),
        2 => format!("\"{stem}\""),
        _ => format!(r"%SystemRoot%\system32\{stem}"),
    })
}

/// `net user NAME SECRET /add` in any of its spellings; no quotes where a wrapper quotes the whole.
fn net_user_add(name: &'static str) -> impl Strategy<Value = String> {
    let gap = "[ ]{1,4}";
    let verb = prop_oneof![any_case("user"), any_case("users")];
    let add = prop_oneof![any_case("/add"), any_case("/ad")];
    (program(), verb, add, gap, 0..3usize, select(vec!["", "*", "Zq7secret!"]), any::<bool>(), 0..9usize)
        .prop_map(move |(program, verb, add, gap, place, secret, carets, at)| {
            let verb = if carets { with_caret(&verb, at) } else { verb };
            let mut words = vec![name.to_owned()];
            if !secret.is_empty() {
                words.push(secret.to_owned());
            }
            words.insert(place.min(words.len()), add);
            format!("{program}{gap}{verb}{gap}{}", words.join(&gap))
        })
}

fn wrapped(line: String, wrapper: usize) -> (String, &'static str) {
    let plain = line.replace('"', "");
    match wrapper {
        0 => (line, "net.exe"),
        1 => (format!("cmd.exe /c {plain}"), "cmd.exe"),
        2 => (format!("cmd /d /s /c \"{plain} & whoami\""), "cmd.exe"),
        3 => (format!("powershell -NoProfile -Command \"& {{ {plain} }}\""), "powershell.exe"),
        4 => (format!("wmic /node:srv9 process call create \"{plain}\""), "wmic.exe"),
        5 => (format!("cmd /c echo x&&{plain}"), "cmd.exe"),
        _ => {
            let utf16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let encoded = base64::engine::general_purpose::STANDARD.encode(utf16);
            (format!("powershell.exe -w hidden -eNc {encoded}"), "powershell.exe")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_spelling_of_net_user_add_creates_that_account(line in net_user_add("bob"), wrapper in 0..7usize) {
        let (line, image) = wrapped(line, wrapper);
        let expected = Intent::CreateAccount { name: Some("bob".to_owned()), in_domain: false };
        let found = intents(Some(image), None, &line);
        prop_assert!(found.contains(&expected), "{} -> {:?}", line, found);
        prop_assert!(!redact(&line).contains("Zq7secret!"), "{} -> {}", line, redact(&line));
    }

    #[test]
    fn every_spelling_of_new_localuser_creates_that_account(
        cmdlet in prop_oneof![any_case("New-LocalUser"), any_case("nlu")],
        parameter in select(vec!["-Name ", "-n ", "-Na ", "-NAME:", ""]),
        quote in select(vec!["", "'"]),
        switch in select(vec!["", "-NoPassword ", "-PasswordNeverExpires "]),
        after in any::<bool>(),
        wrapper in select(vec![0usize, 3, 6]),
    ) {
        let name = format!("{parameter}{quote}bob{quote}");
        let line = if after { format!("{cmdlet} {switch}{name}") } else { format!("{cmdlet} {name} {switch}") };
        let (line, _) = wrapped(line, wrapper);
        let expected = Intent::CreateAccount { name: Some("bob".to_owned()), in_domain: false };
        let found = intents(Some("powershell.exe"), None, &line);
        prop_assert!(found.contains(&expected), "{} -> {:?}", line, found);
    }

    #[test]
    fn what_only_looks_creates_nothing(
        program in program(),
        tail in select(vec![
            "view", "use", "user", "user bob", "user bob /delete", "user bob /active:no", "localgroup",
            "localgroup Administrators", "localgroup Administrators bob /delete", "accounts", "start", "user /domain",
            "user add", "group", "share add",
        ]),
        wrapper in 0..7usize,
    ) {
        let (line, image) = wrapped(format!("{program} {tail}"), wrapper);
        prop_assert_eq!(intents(Some(image), None, &line), vec![], "{}", line);
    }

    #[test]
    fn any_line_is_survived(image in ".{0,30}", line in ".{0,300}") {
        let _ = intents(Some(&image), Some(&image), &line);
    }
}
