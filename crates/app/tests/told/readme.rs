//! The README's output block is what the program prints for the shipped demonstration, to the letter.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_output_block_is_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let block = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let shown = block.strip_prefix("$ begat demo\n").unwrap().trim_end();
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["demo", "--no-color", "--quiet"])
        .current_dir(root)
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains(shown), "README.md shows\n{shown}\nand the program prints\n{printed}");
}
