//! What the fuzz target does with any text, and what must hold of it: shared with a short run inside `cargo test`.

use begat_engine::commands::{
    Dollar, Intent, intents, module_intents, names_account, redact, remote_targets, script_intents,
    script_remote_targets, speaks_of_accounts,
};

/// Images under which a line is read differently.
const IMAGES: &[Option<&str>] =
    &[None, Some(r"C:\Windows\System32\net1.exe"), Some("powershell.exe"), Some("wmic.exe")];

/// Reads any bytes as a command line, a script and a module log. Answers the number of intents found.
pub fn command_lines(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let mut found = 0;
    for image in IMAGES {
        found += checked(&intents(*image, None, &text));
        let _ = remote_targets(*image, None, &text);
    }
    found += checked(&script_intents(&text)) + checked(&module_intents(&text));
    let _ = (script_remote_targets(&text), names_account(&text, "bob", Dollar::MayLack));
    let _ = speaks_of_accounts(None, None, &text);
    let once = redact(&text);
    // What is shown may be read in again, by begat or by others.
    let _ = redact(&once);
    found
}

/// An account without a name is none.
fn checked(intents: &[Intent]) -> usize {
    for intent in intents {
        if let Intent::CreateAccount { name: Some(name), .. } = intent {
            assert!(!name.is_empty());
        }
    }
    intents.len()
}
