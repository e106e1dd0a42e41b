//! Equivalent spellings of one command mean the same: a generator of them against what `intent` reads.

use base64::Engine as _;
use begat_engine::commands::{
    Intent, intents, module_intents, redact, remote_targets, script_intents, script_remote_targets,
};
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

/// A name that Windows takes; it may be a word of `net` itself, and may end in `$`.
fn account_name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z][a-zA-Z0-9_.-]{0,14}[a-zA-Z0-9]",
        1 => "[a-z]{2,10}\\$",
        1 => select(vec!["user", "add", "net", "Administrator2", "svc-sql01"]).prop_map(str::to_owned),
    ]
}

/// `net user NAME SECRET /add` in any of its spellings; no quotes where a wrapper quotes the whole.
fn net_user_add() -> impl Strategy<Value = (String, String)> {
    let gap = "[ ]{1,4}";
    let verb = prop_oneof![any_case("user"), any_case("users")];
    let add = prop_oneof![any_case("/add"), any_case("/ad")];
    let secret = select(vec!["", "*", "Zq7secret!"]);
    (account_name(), program(), verb, add, gap, 0..3usize, secret, any::<bool>(), 0..9usize).prop_map(
        move |(name, program, verb, add, gap, place, secret, carets, at)| {
            let verb = if carets { with_caret(&verb, at) } else { verb };
            let mut words = vec![name.clone()];
            if !secret.is_empty() {
                words.push(secret.to_owned());
            }
            words.insert(place.min(words.len()), add);
            (name, format!("{program}{gap}{verb}{gap}{}", words.join(&gap)))
        },
    )
}

fn encoded(script: &str) -> String {
    let utf16: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    base64::engine::general_purpose::STANDARD.encode(utf16)
}

const WRAPPERS: usize = 15;

/// The line as something else starts it. Carets are `cmd`'s: PowerShell would hand them on.
fn wrapped(line: String, wrapper: usize) -> (String, &'static str) {
    let plain = line.replace('"', "");
    let bare = plain.replace('^', "");
    match wrapper {
        0 => (line, "net.exe"),
        1 => (format!("cmd.exe /c {plain}"), "cmd.exe"),
        2 => (format!("cmd /d /s /c \"{plain} & whoami\""), "cmd.exe"),
        3 => (format!("powershell -NoProfile -Command \"& {{ {bare} }}\""), "powershell.exe"),
        4 => (format!("wmic /node:srv9 process call create \"{plain}\""), "wmic.exe"),
        5 => (format!("cmd /c echo x&&{plain}"), "cmd.exe"),
        6 => (format!("powershell.exe -w hidden -eNc {}", encoded(&bare)), "powershell.exe"),
        7 => (format!("cmd /c powershell -enc {}", encoded(&format!("cmd /c '{bare}'"))), "cmd.exe"),
        8 => (format!("schtasks /create /tn x /sc once /st 00:00 /tr \"{plain}\""), "schtasks.exe"),
        9 => (format!("psexec -accepteula \\\\srv9 {plain}"), "psexec.exe"),
        10 => (format!("powershell iex '{bare}'"), "powershell.exe"),
        11 => (format!("pwsh -nop -c \"icm {{{bare}}}\""), "pwsh.exe"),
        12 => (format!("sc create x binPath= \"cmd /c {plain}\""), "sc.exe"),
        13 => (format!("runas /user:x \"cmd /c {plain}\""), "runas.exe"),
        _ => {
            (format!("powershell -enc {}", encoded(&format!("powershell -e {}", encoded(&bare)))), "cmd.exe")
        }
    }
}

fn creates(name: &str) -> Intent {
    Intent::CreateAccount { name: Some(name.to_owned()), in_domain: false }
}

/// A literal of PowerShell that says this.
fn literal(text: &str, spelling: usize) -> String {
    let middle = text.len() / 2;
    match spelling {
        0 => format!("'{text}'"),
        1 => format!("\"{text}\"").replace('$', "`$"),
        2 => format!("('{}'+'{}')", &text[..middle], &text[middle..]),
        3 => format!("('{{1}}{{0}}' -f '{}','{}')", &text[middle..], &text[..middle]),
        _ => text.replace('$', "`$"),
    }
}

/// `New-LocalUser` in any of its spellings.
fn new_localuser() -> impl Strategy<Value = (String, String)> {
    let cmdlet = prop_oneof![
        any_case("New-LocalUser"),
        any_case("nlu"),
        Just("New-Local`User".to_owned()),
        Just("& 'New-LocalUser'".to_owned()),
        Just("Microsoft.PowerShell.LocalAccounts\\New-LocalUser".to_owned()),
    ];
    let parameter = select(vec!["-Name ", "-n ", "-Na ", "-NAME:", "-Name: ", "", "\u{2013}Name "]);
    let switch =
        select(vec!["", "-NoPassword", "-PasswordNeverExpires", "-Description 'x y'", "-Password $p"]);
    (account_name(), cmdlet, parameter, 0..5usize, switch, any::<bool>(), 0..6usize).prop_map(
        |(name, cmdlet, parameter, spelling, switch, after, form)| {
            let value = literal(&name, spelling);
            let given = |value: &str| match after {
                true => format!("{cmdlet} {switch} {parameter}{value}"),
                false => format!("{cmdlet} {parameter}{value} {switch}"),
            };
            let quoted = literal(&name, spelling.min(3));
            let script = match form {
                0 => format!("$who = {quoted}\n{}", given("$who")),
                1 => format!("$o = @{{ NoPassword = $true; Name = {quoted} }}; {cmdlet} @o"),
                2 => format!("try {{ {} }} catch {{ }}", given(&value)),
                3 => format!("<# {cmdlet} eve #>\n# {cmdlet} eve\n{}", given(&value)),
                4 => given(&value).replacen(' ', " `\r\n  ", 1),
                _ => given(&value),
            };
            (name, script)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_spelling_of_net_user_add_creates_that_account(
        (name, line) in net_user_add(),
        wrapper in 0..WRAPPERS,
    ) {
        let (line, image) = wrapped(line, wrapper);
        let found = intents(Some(image), None, &line);
        prop_assert_eq!(&found, &[creates(&name)], "{}", line);
        prop_assert!(!redact(&line).contains("Zq7secret!"), "{} -> {}", line, redact(&line));
    }

    #[test]
    fn every_spelling_of_new_localuser_creates_that_account((name, script) in new_localuser()) {
        let expected = [creates(&name)];
        prop_assert_eq!(&script_intents(&script), &expected, "{}", script);
        let line = format!("powershell -nop -enc {}", encoded(&script));
        prop_assert_eq!(&intents(Some("powershell.exe"), None, &line), &expected, "{}", script);
        if !script.contains(['"', '\n']) {
            for line in [format!("powershell -c \"{script}\""), format!("powershell {script}")] {
                prop_assert_eq!(&intents(Some("powershell.exe"), None, &line), &expected, "{}", line);
            }
        }
    }

    #[test]
    fn the_module_log_names_the_account(name in account_name(), after in any::<bool>()) {
        let bound = |parameter: &str, value: &str| {
            format!("ParameterBinding(New-LocalUser): name=\"{parameter}\"; value=\"{value}\"\r\n")
        };
        let (first, second) = (bound("Name", &name), bound("NoPassword", "True"));
        let bindings = if after { second + &first } else { first + &second };
        let payload = format!("CommandInvocation(New-LocalUser): \"New-LocalUser\"\r\n{bindings}");
        prop_assert_eq!(module_intents(&payload), [creates(&name)]);
    }

    #[test]
    fn what_only_looks_creates_nothing(
        program in program(),
        tail in select(vec![
            "view", "use", "user", "user bob", "user bob /delete", "user bob /active:no", "localgroup",
            "localgroup Administrators", "localgroup Administrators bob /delete", "accounts", "start", "user /domain",
            "user add", "group", "share add", "user bob /active:yes", "user bob P", "user /add", "users",
            "use z: \\\\srv\\add /user:add", "user bob /add /delete", "help user /add", "user bob /add /?",
            "view \\\\user /add", "session /delete",
        ]),
        wrapper in 0..WRAPPERS,
    ) {
        let (line, image) = wrapped(format!("{program} {tail}"), wrapper);
        prop_assert_eq!(intents(Some(image), None, &line), vec![], "{}", line);
    }

    #[test]
    fn cmdlets_that_only_look_create_nothing(
        script in select(vec![
            "Get-LocalUser bob", "Remove-LocalUser -Name bob", "Set-LocalUser bob -PasswordNeverExpires 1",
            "Get-Help New-LocalUser", "Write-Host New-LocalUser bob", "# New-LocalUser bob",
            "New-LocalUser bob -WhatIf", "New-LocalUsers bob", "XNew-LocalUser bob", "nluser bob",
        ]),
    ) {
        prop_assert_eq!(script_intents(script), vec![]);
        let line = format!("powershell -enc {}", encoded(script));
        prop_assert_eq!(intents(Some("powershell.exe"), None, &line), vec![]);
        prop_assert_eq!(intents(None, None, &format!("powershell -c \"{script}\"")), vec![]);
    }

    /// A name that begins or ends like another is another.
    #[test]
    fn a_longer_name_is_another_name((name, line) in net_user_add(), tail in "[a-z0-9]{1,4}", wrapper in 0..WRAPPERS) {
        let (line, image) = wrapped(line, wrapper);
        let found = intents(Some(image), None, &line);
        let other = creates(&format!("{name}{tail}"));
        prop_assert!(!found.contains(&other), "{}", line);
        let longer = line.replace(&format!(" {name} "), &format!(" {name}{tail} "));
        if longer != line && name != "net" {
            let of_longer = intents(Some(image), None, &longer);
            prop_assert!(!of_longer.contains(&creates(&name)), "{} -> {:?}", longer, of_longer);
        }
    }

    #[test]
    fn any_text_is_survived(image in ".{0,30}", line in ".{0,300}", pieces in "[$@{}()'\"`,;|&=+<#a-e \n-]{0,300}") {
        for text in [&line, &pieces] {
            let _ = intents(Some(&image), Some(&image), text);
            let _ = script_intents(text);
            let _ = script_intents(&format!("{text} net user bob /add"));
            let _ = module_intents(text);
            let _ = remote_targets(Some(&image), None, text);
            let _ = script_remote_targets(text);
        }
    }
}
