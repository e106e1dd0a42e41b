//! What starts a process later, and scripts: services, tasks, WMI consumers, PowerShell.

use begat_model::catalog::FieldName::{self, self as F};
use begat_model::event::{Installed, PipelineExecuted, ScriptBlock, ScriptPiece};

use crate::framing::xml;
use crate::normalise::fields::{Fields, SUBJECT};

impl Fields<'_, '_> {
    pub(crate) fn installed(&self, name: FieldName, command: FieldName) -> Installed {
        let mut subject = self.principal(&SUBJECT);
        subject.sid = subject.sid.or_else(|| self.user_sid());
        Installed { name: self.text(name), command: self.text(command), subject }
    }

    pub(crate) fn task(&self, content: FieldName) -> Installed {
        let command = self.said(content).and_then(|content| xml::task_command(&content));
        let command = command.map(|command| self.intern(&command));
        Installed { name: self.text(F::TaskName), command, subject: self.principal(&SUBJECT) }
    }

    pub(crate) fn sysmon_consumer(&self) -> Option<Installed> {
        let is_made =
            self.said(F::Operation).is_none_or(|operation| operation.eq_ignore_ascii_case("created"));
        let name = self.said(F::Name)?.trim_matches(['"', ' ']).to_owned();
        is_made.then(|| Installed {
            name: Some(self.intern(&name)),
            command: self.text(F::Destination),
            subject: self.sysmon_user(),
        })
    }

    pub(crate) fn script_block(&self) -> Option<ScriptBlock> {
        Some(ScriptBlock {
            pid: self.writer(),
            user: self.user_sid(),
            text: self.text(F::ScriptBlockText)?,
            level: self.header.level,
            piece: self.script_piece(),
        })
    }

    /// Which piece of which block: nothing where the event counts itself beyond what it says there is.
    fn script_piece(&self) -> Option<ScriptPiece> {
        let block = self.said(F::ScriptBlockId)?;
        let block = block.trim().trim_matches(['{', '}']).to_lowercase();
        let (number, total) = (self.number(F::MessageNumber)?, self.number(F::MessageTotal)?);
        let block = self.intern(&block);
        (1..=total).contains(&number).then_some(ScriptPiece { block, number, total })
    }

    pub(crate) fn pipeline_executed(&self) -> Option<PipelineExecuted> {
        Some(PipelineExecuted { pid: self.writer(), user: self.user_sid(), payload: self.text(F::Payload)? })
    }
}
