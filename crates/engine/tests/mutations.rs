//! A short, repeatable run of what the fuzz target does: command lines and scripts, damaged at random, never panic.

mod harness;

use harness::command_lines;

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

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Bytes that mean something to cmd or PowerShell.
const TELLING: &[u8] = b"\"'`^&|;(){}[]@$%!#<>=,/\\-+ \n\r\t\0\xff\xc3";

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => bytes[at] = TELLING[random.below(TELLING.len())],
            1 => bytes.insert(at, TELLING[random.below(TELLING.len())]),
            2 => drop(bytes.drain(at..(at + random.below(12)).min(bytes.len()))),
            _ => {
                let from = random.below(bytes.len());
                let piece = bytes[from..(from + random.below(60)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

#[test]
fn damaged_lines_and_scripts_never_panic() {
    let mut random = Random(20_261_124);
    let mut found = 0;
    for seed in SEEDS {
        assert!(command_lines(seed.as_bytes()) > 0, "{seed} says something whole");
        for _ in 0..ROUNDS {
            let mut bytes = seed.as_bytes().to_vec();
            mutate(&mut bytes, &mut random);
            found += command_lines(&bytes);
        }
    }
    assert!(found > 0, "some outlive the damage");
}
