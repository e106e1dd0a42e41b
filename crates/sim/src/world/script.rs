//! What PowerShell writes about the scripts that it runs.
use super::{Host, Process};
use crate::events::{self, Draft};
use crate::value::{Guid, Ticks, Value};

/// What PowerShell says of itself as its version.
const ENGINE_VERSION: &str = "5.1.17763.316";

impl Host {
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
        if !self.spec.telemetry.powershell_logging {
            return;
        }
        let mut payload = format!("CommandInvocation({command}): \"{command}\"\r\n");
        for (name, value) in parameters {
            payload += &format!("ParameterBinding({command}): name=\"{name}\"; value=\"{value}\"\r\n");
        }
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
