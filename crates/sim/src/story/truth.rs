//! What really happened, in the words of the output contract.
use crate::value::Sid;
use crate::world::{Account, Host, Process, Session};

/// A process as the truth names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueProcess {
    /// Its id.
    pub pid: u32,
    /// Its image.
    pub image: String,
    /// Whether its start is in the log; an ancestor that is not is known from its child alone.
    pub logged: bool,
}

impl From<&Process> for TrueProcess {
    fn from(process: &Process) -> Self {
        Self { pid: process.pid, image: process.image.clone(), logged: process.logged }
    }
}

/// What an honest program may say where a process of the log did it and each of its acts is to be seen: that nothing
/// was done here by any of them is then wrong.
const MADE_IN_SIGHT: &[&str] = &["attributed", "likely", "ambiguous", "unknown"];
/// The same where that process hides behind others: that none of the session's own could is a fair answer too.
const MADE_BEHIND: &[&str] = &["attributed", "likely", "ambiguous", "unknown", "session_only"];
/// The same where no process of the log did it.
const MADE_UNSEEN: &[&str] = &["unknown", "ambiguous", "session_only"];
/// Programs that are told by their command line what to do to which account.
const TOLD_BY_LINE: &[&str] =
    &["net1.exe", "net.exe", "powershell.exe", "wmic.exe", "cscript.exe", "dsadd.exe"];

/// What really happened to one account; the words are those of the output contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The host's full name.
    pub host: String,
    /// The account's latest name.
    pub account: String,
    /// The name it was created under.
    pub created_as: String,
    /// Its SID.
    pub sid: Sid,
    /// `local` or `domain`.
    pub scope: &'static str,
    /// The logon session that created it.
    pub logon_id: u64,
    /// Where that session came from.
    pub source_ip: Option<String>,
    /// The best that can be said of an undamaged log: `attributed` where a sign shows the act, else `likely`,
    /// `ambiguous`, `remote`, `system`, `session_only` or `unknown`.
    pub verdict: &'static str,
    /// Everything that an honest program may say. `attributed` and `likely` are right only with `creator`.
    pub verdicts: Vec<&'static str>,
    /// The process that made the call, whether or not the log can say so; `None` where no process of the log did.
    pub creator: Option<TrueProcess>,
    /// The creator's command line says that it makes this account, here, and it did.
    pub line_tells: bool,
    /// A script of the creator, or its pipeline, says so.
    pub script_tells: bool,
    /// The collector takes some kinds of processes only: that nothing else stands there proves nothing.
    pub is_filtered: bool,
    /// Its ancestors, parent first, up to the first that the log does not show the start of.
    pub chain: Vec<TrueProcess>,
    /// Under `ambiguous` every process that could have done it.
    pub candidates: Vec<TrueProcess>,
    /// `persists`, `deleted`, `attempt_failed` or `resurrected`.
    pub outcome: &'static str,
    /// Whether ATT&CK's sequence (suspicious process, then local account, within two minutes) holds.
    pub sequence: bool,
    /// Whether it joined a privileged group.
    pub privileged: bool,
    /// The session behind the one that created it, where there is another.
    pub origin: Option<TrueOrigin>,
    /// Whether it is one of many of a kind: a loop, or the same name on several hosts.
    pub wave: bool,
    /// Whether its actor cleared the log or switched auditing off within the hour.
    pub covered_up: bool,
}

/// The session behind an actor: who asked for the service, task or process that acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueOrigin {
    /// How it leads to the actor: `runas`, `explicit_credentials`, `service`, `scheduled_task`,
    /// `wmi_subscription`, `remote_command` or `loopback`.
    pub via: &'static str,
    /// Where that session came from.
    pub source_ip: Option<String>,
    /// Whose it is.
    pub account: Option<String>,
}

/// Something worth a person's eye that is no creation in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueFinding {
    /// `guest_enabled`, `builtin_privileged`, `sam_tampered`, `creation_not_logged` or
    /// `account_never_seen_created`.
    pub kind: &'static str,
    /// The host's full name.
    pub host: String,
    /// The account that it is about, where the events say.
    pub sid: Option<Sid>,
}

impl TrueFinding {
    /// A finding on this host.
    pub(super) fn new(kind: &'static str, host: &Host, sid: Option<&Sid>) -> Self {
        Self { kind, host: host.spec().fqdn.to_owned(), sid: sid.cloned() }
    }
}

impl Truth {
    pub(super) fn new(host: &Host, account: &Account, by: &Session) -> Self {
        let scope = if host.spec().domain_controller { "domain" } else { "local" };
        Self {
            host: host.spec().alias.unwrap_or(host.spec().fqdn).to_owned(),
            account: account.name.clone(),
            created_as: account.name.clone(),
            sid: account.sid.clone(),
            scope,
            logon_id: by.logon_id,
            source_ip: by.source_ip.clone(),
            verdict: "unknown",
            verdicts: vec!["unknown", "ambiguous"],
            creator: None,
            line_tells: false,
            script_tells: false,
            is_filtered: false,
            chain: Vec::new(),
            candidates: Vec::new(),
            outcome: "persists",
            sequence: false,
            privileged: false,
            origin: None,
            wave: false,
            covered_up: false,
        }
    }

    pub(super) fn attributed(host: &Host, account: &Account, creator: &Process) -> Self {
        let truth = Self::new(host, account, &creator.session);
        let image = creator.image.rsplit('\\').next().unwrap_or_default();
        let is_told_by_line = TOLD_BY_LINE.iter().any(|name| image.eq_ignore_ascii_case(name));
        Self {
            verdict: "attributed",
            verdicts: MADE_IN_SIGHT.to_vec(),
            creator: Some(creator.into()),
            line_tells: is_told_by_line && creator.command_line.contains(&account.name),
            script_tells: true,
            chain: chain(creator),
            sequence: truth.scope == "local",
            ..truth
        }
    }

    /// The same where this is the best that can be said; where no process of the host did it, little else may be.
    pub(super) fn verdict(mut self, verdict: &'static str) -> Self {
        self.verdict = verdict;
        if self.creator.is_none() {
            self.verdicts = vec![verdict, "unknown", "ambiguous"];
        }
        self
    }

    /// The same where this is the best that can be said on a host that logs no scripts.
    pub(super) fn without_scripts(self, host: &Host, verdict: &'static str) -> Self {
        if host.spec().telemetry.powershell_logging { self } else { self.verdict(verdict) }
    }

    /// A process did it behind others: inside another's session, or under a decoy.
    pub(super) fn behind(host: &Host, account: &Account, creator: &Process) -> Self {
        Self { verdicts: MADE_BEHIND.to_vec(), sequence: false, ..Self::attributed(host, account, creator) }
    }

    /// No process of the log did it, and nothing says who did.
    pub(super) fn unseen(host: &Host, account: &Account, by: &Session) -> Self {
        Self { verdicts: MADE_UNSEEN.to_vec(), ..Self::new(host, account, by) }
    }

    /// The same where this is the best of what may be said.
    pub(super) fn verdict_beside(mut self, verdict: &'static str) -> Self {
        self.verdict = verdict;
        self
    }

    /// The same where this may be said too.
    pub(super) fn or(mut self, verdict: &'static str) -> Self {
        self.verdicts.push(verdict);
        self
    }

    /// The same where the creator's line says it in words that do not hold the account's name, as Base64 does.
    pub(super) fn by_line(mut self) -> Self {
        self.line_tells = true;
        self
    }

    /// The same where neither line nor script of the creator says it, whatever names stand in them.
    pub(super) fn by_no_word(mut self) -> Self {
        (self.line_tells, self.script_tells) = (false, false);
        self
    }

    /// The same, made under the logon id of another session than the creator's own.
    pub(super) fn under(mut self, session: &Session) -> Self {
        (self.logon_id, self.source_ip) = (session.logon_id, session.source_ip.clone());
        self
    }

    /// The same where the collector takes only some processes.
    pub(super) fn filtered(mut self) -> Self {
        self.is_filtered = true;
        self
    }

    pub(super) fn outcome(mut self, outcome: &'static str) -> Self {
        self.outcome = outcome;
        self
    }

    pub(super) fn privileged(mut self) -> Self {
        self.privileged = true;
        self
    }

    /// The same where no suspicious executable started within the window.
    pub(super) fn without_sequence(mut self) -> Self {
        self.sequence = false;
        self
    }

    pub(super) fn wave(mut self) -> Self {
        self.wave = true;
        self
    }

    pub(super) fn covered_up(mut self) -> Self {
        self.covered_up = true;
        self
    }

    /// The same with this session behind its actor.
    pub(super) fn origin(mut self, via: &'static str, session: &Session) -> Self {
        let (source_ip, account) = (session.source_ip.clone(), Some(session.account.name.clone()));
        self.origin = Some(TrueOrigin { via, source_ip, account });
        self
    }
}

fn chain(process: &Process) -> Vec<TrueProcess> {
    let mut chain = Vec::new();
    let mut at = process;
    while let (true, Some(parent)) = (at.logged, &at.parent) {
        chain.push(parent.as_ref().into());
        at = parent;
    }
    chain
}

/// What a play says of itself.
pub(super) struct Told {
    pub(super) truth: Vec<Truth>,
    pub(super) findings: Vec<TrueFinding>,
}

impl From<Vec<Truth>> for Told {
    fn from(truth: Vec<Truth>) -> Self {
        Self { truth, findings: Vec::new() }
    }
}

impl From<Truth> for Told {
    fn from(truth: Truth) -> Self {
        vec![truth].into()
    }
}

impl From<Vec<TrueFinding>> for Told {
    fn from(findings: Vec<TrueFinding>) -> Self {
        Self { truth: Vec::new(), findings }
    }
}
