//! What PowerShell writes about the scripts that it runs.
use super::{Host, Process};
use crate::events::{self, Draft};
use crate::value::{Guid, Ticks, Value};

/// What PowerShell says of itself as its version.
const ENGINE_VERSION: &str = "5.1.17763.316";
/// So long after its start PowerShell comes to its first line.
const FIRST_SCRIPT_MILLIS: u64 = 240;

impl Host {
    /// What a PowerShell compiles when it starts, whatever it does later: the command that it was given, or the prompt
    /// that it shows. Of one that is given a file, what it reads stands in the file.
    pub(super) fn first_script(&mut self, process: &Process) {
        let is_powershell = process.image.to_lowercase().ends_with(r"\powershell.exe");
        if let (true, Some(text)) = (is_powershell, first_script(&process.command_line)) {
            self.script_block(process.started.plus_millis(FIRST_SCRIPT_MILLIS), process, text);
        }
    }

    /// PowerShell compiles a script block: 4104, if all of them are logged.
    pub fn script_block(&mut self, time: Ticks, process: &Process, text: &str) {
        self.script_block_in_pieces(time, process, &[text], None);
    }

    /// A script block too long for one event: its pieces share an id and count themselves. One of them, from 0, may
    /// not arrive.
    pub(crate) fn script_block_in_pieces(
        &mut self,
        time: Ticks,
        process: &Process,
        pieces: &[&str],
        lost: Option<usize>,
    ) {
        if !self.spec.telemetry.powershell_logging {
            return;
        }
        let id = self.rng.guid();
        let total = u32::try_from(pieces.len()).expect("a script has few pieces");
        for (number, (index, text)) in (1..).zip(pieces.iter().enumerate()) {
            let at = self.clock(time.plus_millis(index as u64));
            if lost == Some(index) {
                self.lose(at, Ticks(at.0 + 1));
            }
            self.log(at, script_block(process, id, (number, total), text));
        }
    }

    /// PowerShell finds words in a script block that it warns of: that 4104 comes without any policy.
    pub(crate) fn suspicious_script_block(&mut self, time: Ticks, process: &Process, text: &str) {
        const WARNING: u8 = 3;
        let id = self.rng.guid();
        self.log(time, script_block(process, id, (1, 1), text).at_level(WARNING));
    }

    /// PowerShell runs a command with these parameters: 4103, if modules are logged.
    pub fn pipeline(&mut self, time: Ticks, process: &Process, command: &str, parameters: &[(&str, &str)]) {
        self.pipeline_that_ends(time, process, command, parameters, "");
    }

    /// It logs what its PowerShells run, or the exit codes of processes.
    pub(crate) fn tells_of_failures(&self) -> bool {
        self.spec.telemetry.powershell_logging || self.spec.telemetry.process_auditing
    }

    /// The same for a command that is refused: the error stands below its parameters.
    pub(crate) fn refused_pipeline(
        &mut self,
        time: Ticks,
        process: &Process,
        command: &str,
        parameters: &[(&str, &str)],
        error: &str,
    ) {
        let kind = *self.rng.pick(&["NonTerminatingError", "TerminatingError"]);
        self.pipeline_that_ends(
            time,
            process,
            command,
            parameters,
            &format!("{kind}({command}): \"{error}\"\r\n"),
        );
    }

    fn pipeline_that_ends(
        &mut self,
        time: Ticks,
        process: &Process,
        command: &str,
        parameters: &[(&str, &str)],
        end: &str,
    ) {
        if !self.spec.telemetry.powershell_logging {
            return;
        }
        let mut payload = format!("CommandInvocation({command}): \"{command}\"\r\n");
        for (name, value) in parameters {
            payload += &format!("ParameterBinding({command}): name=\"{name}\"; value=\"{value}\"\r\n");
        }
        payload += end;
        let context = self.pipeline_context(process, command);
        let draft = Draft::new(&events::PIPELINE_4103)
            .text("ContextInfo", context)
            .text("UserData", "")
            .text("Payload", payload);
        self.log(time, draft.written_by(process.pid).on_behalf_of(&process.session.account.sid));
    }

    fn pipeline_context(&mut self, process: &Process, command: &str) -> String {
        let host_name =
            if process.image.ends_with("wsmprovhost.exe") { "ServerRemoteHost" } else { "ConsoleHost" };
        let [host_id, runspace_id] = [self.rng.guid().to_string(), self.rng.guid().to_string()];
        let user = process.session.user();
        let rows = [
            ("Severity", "Informational"),
            ("Host Name", host_name),
            ("Host Version", ENGINE_VERSION),
            ("Host ID", &host_id),
            ("Host Application", &process.command_line),
            ("Engine Version", ENGINE_VERSION),
            ("Runspace ID", &runspace_id),
            ("Pipeline ID", "5"),
            ("Command Name", command),
            ("Command Type", "Cmdlet"),
            ("Script Name", ""),
            ("Command Path", ""),
            ("Sequence Number", "18"),
            ("User", &user),
            ("Connected User", ""),
            ("Shell ID", "Microsoft.PowerShell"),
        ];
        rows.iter().map(|(name, value)| format!("        {name} = {value}\r\n")).collect()
    }
}

fn first_script(command_line: &str) -> Option<&str> {
    let line = command_line.to_ascii_lowercase();
    let after = |switch: &str| line.find(switch).map(|at| &command_line[at + switch.len()..]);
    let given = [" -command ", " -c "].iter().find_map(|switch| after(switch));
    let is_read = [" -file ", " -e ", " -ec ", " -enc ", " -encodedcommand "];
    match given {
        Some(given) => Some(given.trim().trim_matches('"')),
        None if is_read.iter().any(|switch| line.contains(switch)) => None,
        None => Some("prompt"),
    }
}

fn script_block(process: &Process, id: Guid, (number, total): (u32, u32), text: &str) -> Draft {
    Draft::new(&events::SCRIPT_BLOCK_4104)
        .set("MessageNumber", Value::U32(number))
        .set("MessageTotal", Value::U32(total))
        .text("ScriptBlockText", text)
        .set("ScriptBlockId", Value::Guid(id))
        .text("Path", "")
        .written_by(process.pid)
        .on_behalf_of(&process.session.account.sid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_powershell_compiles_its_command_or_its_prompt_first() {
        for (line, expected) in [
            ("powershell.exe", Some("prompt")),
            ("powershell -ep bypass", Some("prompt")),
            ("powershell.exe -NoExit -Command Get-LocalUser bob", Some("Get-LocalUser bob")),
            ("powershell.exe -nop -w hidden -c \"IEX $code\"", Some("IEX $code")),
            (r#""powershell.exe" -NoProfile -executionPolicy bypass -file "C:\it\new.ps1""#, None),
            ("powershell -NoP -enc ZABpAHIA", None),
        ] {
            assert_eq!(first_script(line), expected, "{line}");
        }
    }
}
