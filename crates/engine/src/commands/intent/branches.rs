//! Which parts of a statement are run: the branches of `if`, `switch`, `while`, what stands under `catch`.
//!
//! A condition that nobody here knows decides some of them, and a person's answer others. That an account is missing is
//! no such condition: the account that is asked about was made then, so it was missing. Neither is whether the caller
//! might make one.

use std::rc::Rc;

use crate::commands::intent::objects::is_handle;
use crate::commands::intent::parameters::cmdlet;
use crate::commands::intent::said::{Call, Chance, Command, Function, Said};
use crate::commands::line::Token;

/// Stands for a condition that nobody here knows.
pub(super) const PERHAPS: &str = "$(?)";
/// Stands for a condition that somebody's answer decides.
pub(super) const ANSWERED: &str = "$(?!)";

/// Conditions that always hold: what stands under `else` is not run.
const ALWAYS: &[&str] = &["$true", "1"];
/// Commands that look for accounts.
const LOOKING: &[&str] =
    &["get-localuser", "glu", "get-aduser", "get-localgroupmember", "net", "net.exe", "net1", "net1.exe"];
/// Classes of WMI that hold accounts.
const ACCOUNTS: &str = "win32_useraccount";
/// Methods that look for something, or ask whether the caller may, or shall, do it.
const LOOKING_METHODS: &[&str] = &["exists", "find", "findbyidentity", "isinrole", "shouldprocess"];
/// Commands that wait for a person's answer.
const ASKING: &[&str] = &["read-host", "out-gridview", "ogv", "choice", "choice.exe", "get-credential"];
/// Methods that do.
const ASKING_METHODS: &[&str] =
    &["promptforchoice", "prompt", "readline", "readkey", "show", "popup", "inputbox", "shouldcontinue"];

/// What a condition asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    /// What is known once the account was made.
    Known,
    /// A person.
    Person,
}

/// What a command asks.
pub(super) fn asked_by_command(words: &[Token]) -> Option<Asked> {
    let (name, after) = cmdlet(words)?;
    if ASKING.contains(&name.as_str()) {
        return Some(Asked::Person);
    }
    let looks = LOOKING.contains(&name.as_str())
        || after.iter().any(|word| {
            word.text.get(..ACCOUNTS.len()).is_some_and(|start| start.eq_ignore_ascii_case(ACCOUNTS))
        });
    looks.then_some(Asked::Known)
}

/// What a call asks.
pub(super) fn asked_by_call(call: &Call) -> Option<Asked> {
    let method = call.method.as_str();
    let known = LOOKING_METHODS.contains(&method).then_some(Asked::Known);
    known.or_else(|| ASKING_METHODS.contains(&method).then_some(Asked::Person))
}

/// The branches of one statement, as far as it was read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Branches {
    /// Whether what comes next in it is run: `else`, `catch`.
    other: Chance,
}

impl Branches {
    /// The blocks of a command, each with its chance, and what a following command goes on with.
    pub(super) fn of(self, words: &[Token], blocks: &[Rc<Function>]) -> (Branches, Vec<Rc<Function>>) {
        let mut left = blocks.iter();
        let mut found = Vec::with_capacity(blocks.len());
        let (mut other, mut chance, mut tries) = (self.other, Chance::Surely, false);
        for (place, word) in words.iter().enumerate() {
            if is_handle(&word.text) {
                let Some(block) = left.next() else { break };
                if tries {
                    other = if looks_for_accounts(&block.body) { Chance::Surely } else { Chance::Perhaps };
                }
                found.push(with_chance(block, chance));
                continue;
            }
            match word.text.to_ascii_lowercase().as_str() {
                _ if word.quoted => {}
                PERHAPS => (chance, other) = (chance.max(Chance::Perhaps), other.max(Chance::Perhaps)),
                ANSWERED => (chance, other) = (Chance::ByAnswer, Chance::ByAnswer),
                "if" | "while" => {
                    let condition = words.get(place + 1).map(|word| word.text.to_ascii_lowercase());
                    let always = condition.is_some_and(|condition| ALWAYS.contains(&condition.as_str()));
                    (chance, other) = (Chance::Surely, if always { Chance::Perhaps } else { Chance::Surely });
                }
                "try" => (chance, tries) = (Chance::Surely, true),
                "else" | "elseif" | "catch" => (chance, tries) = (other, false),
                "finally" => chance = Chance::Surely,
                "switch" => chance = Chance::Perhaps,
                _ => {}
            }
        }
        found.extend(left.map(Rc::clone));
        (Branches { other }, found)
    }
}

fn with_chance(block: &Rc<Function>, chance: Chance) -> Rc<Function> {
    match chance {
        Chance::Surely => Rc::clone(block),
        chance => Rc::new(Function { chance, ..(**block).clone() }),
    }
}

/// Something in it looks for an account, and fails where there is none.
fn looks_for_accounts(body: &[Said]) -> bool {
    body.iter().any(|said| match said {
        Said::Command(Command { words, blocks, .. }) => {
            asked_by_command(words) == Some(Asked::Known)
                || blocks.iter().any(|block| looks_for_accounts(&block.body))
        }
        Said::Call(call) => asked_by_call(call) == Some(Asked::Known),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::commands::intent::accounts::{Intent, script_intents};
    use crate::commands::intent::aim::Way;

    const CREATE: &str = "New-LocalUser bob -NoPassword";

    /// How surely a script creates an account; `#` stands for the command.
    fn ways(script: &str) -> Vec<Way> {
        let way = |intent: &Intent| match intent {
            Intent::CreateAccount { way, .. } => Some(*way),
            Intent::AddToGroup { .. } => None,
        };
        script_intents(&script.replace('#', CREATE)).iter().filter_map(way).collect()
    }

    #[test]
    fn a_branch_that_may_not_be_taken_is_no_deed() {
        for script in [
            "if ((Read-Host 'create?') -eq 'y') { # }",
            "$answer = Read-Host 'create?'\r\nif ($answer -match '^y') { # }",
            "if ($Host.UI.PromptForChoice('a','b',$c,1) -eq 0) { # }",
            "if ([Windows.Forms.MessageBox]::Show('create?') -eq 'Yes') { # }",
            "if ((Read-Host 'create?') -eq 'n') { Get-Date } else { # }",
            "if ((Read-Host 'create?') -eq 'n') { Get-Date }\r\nelse { # }",
            "if ((Read-Host 'create?') -ne 'y') { return }\r\n#",
            "if ((Read-Host 'x') -eq 'y' -and -not (Get-LocalUser bob)) { # }",
            "while ((Read-Host 'more?') -eq 'y') { # }",
            "if ($wanted) { # }",
            "if (Test-Path C:\\it\\create.flag) { & { # } }",
            "function Add-It { # }; if ($wanted) { Add-It }",
            "switch ($wanted) { yes { # } }",
            "if($wanted){#}",
            "if($wanted){Get-Date}elseif($other){#}",
            "if((Read-Host 'create?') -eq 'n'){Get-Date}else{#}",
            "try{Get-Date}catch{#}",
            "switch($wanted){yes{#}}",
            "if ($true) { Get-Date } else { # }",
            "try { Get-Date } catch { # }",
            "try { Get-Date }\r\ncatch { # }",
            "try { Get-Date } catch [System.IO.IOException] { # } catch { Get-Date }",
        ] {
            assert_eq!(ways(script), [Way::Perhaps], "{script}");
        }
    }

    #[test]
    fn what_is_made_where_it_is_missing_is_a_deed() {
        for script in [
            "if (-not (Get-LocalUser bob -ErrorAction SilentlyContinue)) { # }",
            "if (!(Get-LocalUser bob -EA 0)) { # }",
            "if (-not(Get-LocalUser bob -EA 0)) { # }",
            "if (!(Get-LocalUser | Where-Object Name -eq 'bob')) { # }",
            "$there = Get-LocalUser bob -EA 0\r\nif ($null -eq $there) { # }",
            "$names = (Get-LocalUser).Name; if ($names -notcontains 'bob') { # }",
            "if (Get-LocalUser bob -EA 0) { Get-Date } else { # }",
            "if (Get-LocalUser bob -EA 0) { Get-Date }\r\nelse { # }",
            "if (Get-LocalUser bob -EA 0) { return }\r\n#",
            "if (-not [ADSI]::Exists('WinNT://./bob')) { # }",
            "if (!(Get-CimInstance Win32_UserAccount -Filter \"Name='bob'\")) { # }",
            "try { Get-LocalUser bob -ErrorAction Stop } catch { # }",
            "try { # } catch { throw }",
            "try { Get-Date } catch { Get-Date } finally { # }",
            "try { Get-Date }\r\nfinally { # }",
            "if ($PSCmdlet.ShouldProcess('bob')) { # }",
            "if ($true) { # }",
            "if (1) { # }",
            "if(!(Get-LocalUser bob -EA 0)){#}",
            "if(Get-LocalUser bob -EA 0){}else{#}",
            "foreach($name in 'bob'){#}",
            "do{#}while($again)",
            "try{#}catch{throw}",
            "while ($true) { # }",
            "do { # } while ($again)",
            "if (-not (Test-Path C:\\it)) { throw 'no share' }\r\n#",
            "if ($wanted) { Get-Date }\r\n#",
            "foreach ($name in 'bob') { # }",
            "'bob' | % { # }",
            "$list = @(); $list += 'bob'; foreach ($name in $list) { # }",
            "$list = [Collections.ArrayList]@(); $list.Add('bob'); foreach ($name in $list) { # }",
            "$list = @('bob'); foreach ($name in $list) { # }",
            "Mock Get-Date { }; #",
        ] {
            assert_eq!(ways(script), [Way::Calls], "{script}");
        }
    }

    #[test]
    fn what_is_never_run_is_nothing() {
        for script in [
            "foreach ($name in @()) { # }",
            "foreach($name in @()){#}",
            "if($false){#}",
            "if(0){#}",
            "while($false){#}",
            "$list = @(); foreach ($name in $list) { # }",
            "@() | ForEach-Object { # }",
            "@() | Sort-Object | % { # }",
            "Mock New-LocalUser { }; #",
            "Mock New-LocalUser; #",
            "Mock -CommandName New-LocalUser -MockWith { 1 }; #",
            "Describe 'x' { BeforeEach { Mock New-LocalUser { } }; It 'y' { # } }",
        ] {
            assert_eq!(ways(script), [], "{script}");
        }
    }
}
