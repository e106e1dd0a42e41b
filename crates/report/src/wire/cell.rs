//! A cell of a table that no spreadsheet takes for a formula.

use begat_model::visible::visible;

/// Text that no spreadsheet takes for a formula (CWE-1236), with what deceives the eye made visible.
///
/// Where the list separator is a semicolon (most of Europe), a spreadsheet that is handed a file with commas begins a
/// cell after each semicolon, quoted or not: what follows one is held to be the beginning of a cell too.
pub fn inert(text: &str) -> String {
    let cells: Vec<String> = text.split(';').map(inert_cell).collect();
    cells.join(";")
}

fn inert_cell(text: &str) -> String {
    const STARTS_FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    // Tab and CR start one by themselves; blanks and quotes are skipped by some before they look for it.
    let skipped = |character: char| character.is_whitespace() || matches!(character, '"' | '\'');
    let starts_formula =
        text.starts_with(['\t', '\r', '\n']) || text.trim_start_matches(skipped).starts_with(STARTS_FORMULA);
    let shown = visible(text);
    if starts_formula { format!("'{shown}") } else { shown.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_a_log_is_a_formula() {
        for (hostile, cell) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\\t=1"),
            ("\r=1", "'\\r=1"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("net user a=b", "net user a=b"),
            ("\"=1", "'\"=1"),
            ("a;=1", "a;'=1"),
            ("a; \"@SUM(1);b", "a;' \"@SUM(1);b"),
            ("a;b; -1", "a;b;' -1"),
            (";", ";"),
            ("", ""),
        ] {
            assert_eq!(inert(hostile), cell);
        }
    }
}
