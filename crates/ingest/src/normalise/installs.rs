//! What starts a process later, and scripts: services, tasks, WMI consumers, PowerShell.

use begat_model::Text;
use begat_model::catalog::FieldName::{self, self as F};
use begat_model::event::{Installed, PipelineExecuted, ScriptBlock, ScriptPiece};

use crate::framing::xml;
use crate::normalise::fields::{Fields, SUBJECT};
use crate::normalise::mof;

impl Fields<'_, '_> {
    pub(crate) fn installed(&self, name: FieldName, command: FieldName) -> Installed {
        self.installed_to_run(name, self.text(command))
    }

    fn installed_to_run(&self, name: FieldName, command: Option<Text>) -> Installed {
        let mut subject = self.principal(&SUBJECT);
        subject.sid = subject.sid.or_else(|| self.user_sid());
        Installed { name: self.text(name), command, subject }
    }

    pub(crate) fn task(&self, content: FieldName) -> Installed {
        let command = self.said(content).and_then(|content| xml::task_command(&content));
        let command = command.map(|command| self.intern(&command));
        Installed { name: self.text(F::TaskName), command, subject: self.principal(&SUBJECT) }
    }

    /// A consumer that was made, or given another text: putting one that is there is `Modified`.
    pub(crate) fn sysmon_consumer(&self) -> Option<Installed> {
        let is_gone =
            self.said(F::Operation).is_some_and(|operation| operation.eq_ignore_ascii_case("deleted"));
        let name = mof::unquoted(&self.said(F::Name)?);
        let command = self.said(F::Destination).map(|text| self.intern(&mof::unquoted(&text)));
        (!is_gone).then(|| Installed { name: Some(self.intern(&name)), command, subject: self.sysmon_user() })
    }

    /// A consumer that was bound to a filter, from then on it runs when its event comes.
    pub(crate) fn consumer_bound(&self) -> Installed {
        let command = self.said(F::PossibleCause).and_then(|cause| mof::consumer_text(&cause));
        self.installed_to_run(F::CONSUMER, command.map(|command| self.intern(&command)))
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
