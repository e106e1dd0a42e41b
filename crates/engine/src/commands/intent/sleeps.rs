//! How long a script sleeps: `Start-Sleep -Seconds 600`, `[Threading.Thread]::Sleep(600000)`, as far as it says so.

use begat_model::Duration;

use crate::commands::intent::objects::kind_of;
use crate::commands::intent::parameters::{cmdlet, named_value, positional_value};
use crate::commands::intent::said::{Call, Command};

/// A script that sleeps longer than this is taken to sleep so long: a year.
pub(super) const SLEEP_MAX: Duration = Duration::from_seconds(365 * 24 * 3600);

/// By a command.
pub(super) fn by_command(command: &Command) -> Duration {
    match cmdlet(&command.words) {
        Some((name, after)) if matches!(name.as_str(), "start-sleep" | "sleep") => {
            let milliseconds = named_value(after, "milliseconds", 1).or_else(|| named_value(after, "ms", 2));
            match milliseconds {
                Some(written) => told(&written, 1.0),
                None => named_value(after, "seconds", 1)
                    .or_else(|| positional_value(after, 0).map(|word| word.text.clone()))
                    .map_or(Duration::ZERO, |written| told(&written, 1000.0)),
            }
        }
        _ => Duration::ZERO,
    }
}

/// By a method that is called.
pub(super) fn by_call(call: &Call) -> Duration {
    match call.arguments.as_slice() {
        [only] if call.method == "sleep" && kind_of(&call.receiver) == "thread" => told(only, 1.0),
        _ => Duration::ZERO,
    }
}

/// What a number says, in units of so many milliseconds.
fn told(written: &str, unit: f64) -> Duration {
    let milliseconds = written.trim().parse::<f64>().map_or(0.0, |number| number * unit);
    let most = SLEEP_MAX.milliseconds();
    match milliseconds {
        // A number is none where it is not one.
        short if short.is_nan() || short <= 0.0 => Duration::ZERO,
        long if long >= most as f64 => SLEEP_MAX,
        milliseconds => Duration::from_milliseconds(milliseconds as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::intent::accounts::{Intent, script_intents};

    /// How long after its beginning a script creates an account at the earliest, in seconds.
    fn creates_after(script: &str) -> Vec<i64> {
        let after = |intent: &Intent| match intent {
            Intent::CreateAccount { after, .. } => Some(after.milliseconds() / 1000),
            Intent::AddToGroup { .. } => None,
        };
        script_intents(script).iter().filter_map(after).collect()
    }

    #[test]
    fn a_deed_comes_after_the_sleep_before_it() {
        for (before, seconds) in [
            ("Start-Sleep 600", 600),
            ("Start-Sleep -Seconds 600", 600),
            ("sleep -s 600", 600),
            ("Start-Sleep -Milliseconds 90000", 90),
            ("Start-Sleep -m 90000", 90),
            ("Start-Sleep 5; Start-Sleep 7.5", 12),
            ("$wait = '600'; Start-Sleep $wait", 600),
            ("$wait = 600; Start-Sleep -Seconds $wait", 600),
            ("[Threading.Thread]::Sleep(60000)", 60),
            ("[System.Threading.Thread]::Sleep(60000)", 60),
            ("& { Start-Sleep 60 }", 60),
            ("function Wait-It { Start-Sleep 60 }; Wait-It; Wait-It", 120),
            ("Start-Sleep 99999999999999999999", SLEEP_MAX.milliseconds() / 1000),
            // What nobody here knows is no time.
            ("Start-Sleep $wait", 0),
            ("Start-Sleep (Get-Random -Maximum 90)", 0),
            ("Start-Sleep -Seconds -5", 0),
            ("Start-Sleep NaN", 0),
            ("Get-Date # Start-Sleep 600\r\n", 0),
            ("'Start-Sleep 600'", 0),
        ] {
            assert_eq!(creates_after(&format!("{before}; New-LocalUser bob")), [seconds], "{before}");
        }
    }

    #[test]
    fn only_a_sleep_that_is_certain_counts() {
        for before in [
            "if ($slow) { Start-Sleep 600 }",
            "while ($waits) { Start-Sleep 600 }",
            "foreach ($host in $hosts) { Start-Sleep 600 }",
            "1..$count | % { Start-Sleep 600 }",
            "try { Get-Item x -ErrorAction Stop; Start-Sleep 600 } catch { }",
            "Start-Job { Start-Sleep 600 }",
            "function Wait-It { if ($fast) { return }; Start-Sleep 600 }; Wait-It",
            "function Wait-It { Start-Sleep 600 }",
            "powershell -Command \"Start-Sleep 600\"",
        ] {
            assert_eq!(creates_after(&format!("{before}; New-LocalUser bob")), [0], "{before}");
        }
        assert_eq!(creates_after("foreach ($n in 'bob') { Start-Sleep 60; New-LocalUser $n }"), [60]);
        assert_eq!(creates_after("try { Start-Sleep 60; New-LocalUser bob } catch { }"), [60]);
        assert_eq!(creates_after("New-LocalUser bob; Start-Sleep 600"), [0]);
        assert_eq!(
            creates_after("Start-Sleep 60; if (-not (Get-LocalUser bob)) { New-LocalUser bob }"),
            [60]
        );
    }
}
