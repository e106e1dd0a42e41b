//! A short, repeatable run of what the fuzz target does: command lines and scripts, damaged at random, never panic.

use crate::harness::command_lines;
use begat_trial::{Random, mutate};

const ROUNDS: u64 = 400;

/// Lines and scripts of every form that is understood.
const SEEDS: &[&str] = &[
    r#"cmd /c "net user bob Winter-2026! /add & net localgroup administrators bob /add""#,
    "powershell -enc bgBlAHQAIAB1AHMAZQByACAAYgBvAGIAIABQACAALwBhAGQAZAA=",
    "$p=@{Name='bob';NoPassword=$true}\nNew-LocalUser @p # a comment\n<# and a block #>",
    "New-LocalUser -Name ('b'+'ob') -Password (ConvertTo-SecureString \"Winter-2026!\" -AsPlainText -Force)",
    r#"wmic /node:"srv1,srv2" process call create "net user bob P /add""#,
    r"Invoke-Command -ComputerName srv1 -ScriptBlock { New-LocalUser bob -NoPassword }",
    r#"$c=[ADSI]"WinNT://srv1,computer"; $u=$c.Create("user","bob"); $u.SetInfo()"#,
    "@'\nhere\n'@ | iex; \"$(New-LocalUser bob)\"",
    "CommandInvocation(New-LocalUser): \"New-LocalUser\"\nParameterBinding(New-LocalUser): name=\"Name\"; value=\"bob\"",
    r"psexec \\srv1 -u corp\anna -p Winter-2026! net user bob P /add",
];

/// Bytes that mean something to cmd or PowerShell.
const TELLING: &[u8] = b"\"'`^&|;(){}[]@$%!#<>=,/\\-+ \n\r\t\0\xff\xc3";

#[test]
fn damaged_lines_and_scripts_never_panic() {
    let mut random = Random::new(20_261_124);
    let mut found = 0;
    for seed in SEEDS {
        assert!(command_lines(seed.as_bytes()) > 0, "{seed} says something whole");
        for _ in 0..ROUNDS {
            let mut bytes = seed.as_bytes().to_vec();
            mutate(&mut bytes, TELLING, &mut random);
            found += command_lines(&bytes);
        }
    }
    assert!(found > 0, "some outlive the damage");
}
