//! What PowerShells say that they run: scripts, pieces of scripts, commands with their parameters.

use std::borrow::Cow;
use std::sync::Arc;

use begat_model::case::Process;
use begat_model::event::{Body, PipelineExecuted, Principal, ScriptBlock};
use begat_model::{Event, ProcessId, RecordRef, Sid, Text, Timestamp};

use crate::across::client::ClientCommand;
use crate::case::describe::describe;
use crate::commands::intent::accounts::Intent;
use crate::commands::intent::deeds::Deeds;
use crate::host::state::HostState;
use crate::tables::scripts::JoinedScript;
use crate::texts::known::Texts;

impl HostState {
    /// A script, or a piece of one, which says little by itself.
    pub(super) fn script(&mut self, event: &Event, script: &ScriptBlock, texts: &mut Texts) {
        self.scripts.heard(script, event.at);
        match &script.piece {
            Some(piece) if piece.total > 1 => {
                for joined in self.scripts.piece(event, script, piece) {
                    self.script_joined(&joined, texts);
                }
            }
            _ => self.script_ran(event, script, std::slice::from_ref(&script.text), None, texts),
        }
    }

    /// A script whose pieces are all told, or as many of them as there are.
    pub(super) fn script_joined(&mut self, joined: &JoinedScript, texts: &mut Texts) {
        if let Body::ScriptBlock(script) = &joined.event.body {
            self.script_ran(&joined.event, script, &joined.runs, joined.missing, texts);
        }
    }

    fn script_ran(
        &mut self,
        event: &Event,
        script: &ScriptBlock,
        runs: &[Text],
        missing: Option<(u64, u64)>,
        texts: &mut Texts,
    ) {
        let deeds: Vec<Arc<Deeds>> =
            runs.iter().map(|run| self.read_script(script.pid, run, event.at, texts)).collect();
        let intents: Cow<'_, [Intent]> = match deeds.as_slice() {
            [deeds] => Cow::Borrowed(&deeds.intents),
            _ => deeds.iter().flat_map(|deeds| deeds.intents.iter().cloned()).collect(),
        };
        if self.scripts.script(script, &intents, missing, &event.record) {
            self.witness_of_script(script.pid, script.user.as_ref(), &event.record, texts);
        }
        deeds.iter().for_each(|deeds| self.script_reaches(event, script, deeds));
    }

    /// What a script does, with what its process defined before it.
    fn read_script(
        &mut self,
        pid: Option<ProcessId>,
        text: &Text,
        at: Timestamp,
        texts: &mut Texts,
    ) -> Arc<Deeds> {
        let before = pid.and_then(|pid| self.scripts.definitions.called_in(pid, at, text));
        let deeds = match before {
            Some(before) => Arc::new(Deeds::of_script_after(&before.scripts, &before.names, text)),
            None => texts.script(text),
        };
        if let Some(pid) = pid.filter(|_| !deeds.defined.is_empty()) {
            self.scripts.definitions.define(pid, at, text, &deeds.defined);
        }
        deeds
    }

    /// No more events: scripts that lack pieces are read as they are.
    pub(crate) fn scripts_end(&mut self, texts: &mut Texts) {
        for script in self.scripts.unfinished() {
            self.script_joined(&script, texts);
        }
    }

    /// A script may reach for other machines, whoever runs it.
    fn script_reaches(&mut self, event: &Event, script: &ScriptBlock, deeds: &Deeds) {
        if deeds.targets.is_empty() {
            return;
        }
        let account = Principal { sid: script.user.clone(), ..Principal::default() };
        let known = script.pid.and_then(|pid| self.processes.running(pid, event.at));
        let (account, shown) = match known {
            Some(process) => (process.token.clone(), describe(process)),
            None => (account, Process { pid: script.pid, ..Process::default() }),
        };
        let actor = self.actor(&account, event.at);
        self.clients.extend(ClientCommand::of(event, deeds, actor, shown));
    }

    pub(super) fn pipeline(&mut self, pipeline: &PipelineExecuted, record: &RecordRef, texts: &mut Texts) {
        if self.scripts.pipeline(pipeline, record) {
            self.witness_of_script(pipeline.pid, pipeline.user.as_ref(), record, texts);
        }
    }

    fn witness_of_script(
        &mut self,
        pid: Option<ProcessId>,
        user: Option<&Sid>,
        record: &RecordRef,
        texts: &mut Texts,
    ) {
        let account = Principal { sid: user.cloned(), ..Principal::default() };
        if let Some(pid) = pid {
            self.witness(pid, None, &account, record, texts);
        }
    }
}
