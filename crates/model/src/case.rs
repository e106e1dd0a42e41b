//! What begat says of one account creation: who made it, how sure that is, and what could not be seen.
//!
//! These are the engine's words, plain data. The serialised shape is `report::view`'s.

use crate::catalog::EventKind;
use crate::event::Principal;
use crate::ids::{HostName, LogonId, ProcessGuid, ProcessId, RecordRef, Sid};
use crate::text::Text;
use crate::time::{Duration, Timestamp};

/// Name and version of the shape in which a case is written: who writes cases and who reads them back share it.
pub const CASE_SCHEMA: &str = "begat.case/1";

/// Makes a closed list of words: an enum whose every arm has a name in output and a doc.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $( $arm:ident $slug:literal $doc:literal; )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( #[doc = $doc] $arm, )* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = &[ $( $name::$arm, )* ];

            /// The word of that name.
            pub fn named(slug: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|word| word.slug() == slug)
            }

            /// Its name in output.
            pub fn slug(self) -> &'static str {
                match self { $( $name::$arm => $slug, )* }
            }

            /// What it means, in a line.
            pub fn doc(self) -> &'static str {
                match self { $( $name::$arm => $doc, )* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.slug())
            }
        }
    };
}
pub(crate) use words;

/// Makes a family of facts: an enum whose every arm has a name, so that words for all of them can be asked for.
macro_rules! facts {
    ($(#[$meta:meta])* $name:ident { $(
        $(#[$arm_meta:meta])* $arm:ident $slug:literal
        $( { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* } )? ;
    )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $(
            $(#[$arm_meta])* $arm $( { $( $(#[$field_meta])* $field: $type, )* } )?,
        )* }

        impl $name {
            /// The names of all its arms, in order.
            pub const SLUGS: &'static [&'static str] = &[ $( $slug, )* ];

            /// The name of the arm.
            pub fn slug(&self) -> &'static str {
                match self { $( $name::$arm { .. } => $slug, )* }
            }
        }
    };
}

mod blind_spot;
mod evidence;
mod finding;
mod missing;
mod name;
mod reason;
mod risk;
mod role;
mod unmet;

pub use blind_spot::BlindSpot;
pub use evidence::EvidenceFact;
pub use finding::{CreationProof, FindingFact, LifeSign, NeverSeen, SamKey};
pub use missing::{LogGap, Loss, Missing, ProcessLog};
pub use name::{NameFact, NameShape, ShapePart};
pub use reason::{Against, Impossible, Lack, Proof, Reason};
pub use risk::{
    AllowedBy, Concealment, CoverUp, FloorReason, LateralChannel, OddAncestor, RiskReason, SiteEntry,
    SiteMatch, Suspicion, Weekday,
};
pub use role::RoleGrounds;
pub use unmet::{Asked, Unmet};

words! {
    /// What can be said about who made the account.
    Verdict {
        Attributed "attributed" "one process did it, and something shows that it did";
        Likely "likely" "one process stands out: it could have done it, and nothing shows that it did";
        Ambiguous "ambiguous" "several processes could have done it; they are ranked";
        Remote "remote" "made over the network: no process of this host made it";
        System "system" "Windows itself made it, as something of its own shows";
        SessionOnly "session_only" "the session is known, but no process of it can have made the account (impersonation)";
        Unknown "unknown" "it cannot be known from this telemetry";
    }
}

words! {
    /// How sure it is that a session stands behind another.
    Certainty {
        Proven "proven" "records tie the two together";
        Likely "likely" "it fits, and nobody else came at that moment";
        Possible "possible" "it fits, and so may others";
    }
}

words! {
    /// How much it matters, after policy.
    Severity {
        Informational "informational" "for the record";
        Low "low" "expected administration, most likely";
        Medium "medium" "worth a look";
        High "high" "look today";
        Critical "critical" "look now";
    }
}

words! {
    /// Local to the host, or of its domain.
    Scope {
        Local "local" "an account of this machine";
        Domain "domain" "an account of the domain; T1136.002, not AN1235";
        Unknown "unknown" "the event does not say enough";
    }
}

words! {
    /// What became of the account, as far as the input goes.
    Outcome {
        Persists "persists" "it was still there at the end of the input";
        Deleted "deleted" "it was deleted again";
        AttemptFailed "attempt_failed" "it was never usable: deleted at once, or its password refused";
        Resurrected "resurrected" "it was in use again after its deletion";
    }
}

words! {
    /// What a host is for, as far as it bears on a risk.
    HostClass {
        Tier0 "tier0" "whoever holds it holds the domain, without being a domain controller: certificate authority, sync, backup";
        DomainController "domain_controller" "keeps the accounts of a domain";
        Server "server" "serves others";
        Workstation "workstation" "somebody works at it";
    }
}

words! {
    /// Who says what a host is for.
    RoleSource {
        Inventory "inventory" "the site's inventory";
        Data "data" "the events that it logs";
    }
}

words! {
    /// What kind of record tells a creation.
    RecordedBy {
        Security "security" "Windows' own 4720";
        Edr "edr" "an endpoint sensor alone";
    }
}

words! {
    /// Whether a site allows a creation.
    AuthorisationStatus {
        Authorised "authorised" "an entry of the site's policy, or a change ticket, allows it";
        Unauthorised "unauthorised" "a policy was given, and nothing in it allows it";
        NotAssessed "not_assessed" "no policy was given";
    }
}

words! {
    /// What kind of account acts.
    ActorKind {
        System "system" "Windows itself: SYSTEM";
        ServiceIdentity "service_identity" "LOCAL SERVICE, NETWORK SERVICE, or a virtual account of a service";
        Computer "computer" "a machine's own account of the domain";
        BuiltinAdministrator "builtin_administrator" "the built-in administrator of a machine or domain (RID 500)";
        Local "local" "an account of this machine";
        Domain "domain" "an account of a domain";
    }
}

words! {
    /// What is worth a person's eye without being a recorded creation.
    FindingKind {
        GuestEnabled "guest_enabled" "the built-in guest account was enabled";
        BuiltinPrivileged "builtin_privileged" "a built-in account was added to a group that grants power";
        SamTampered "sam_tampered" "another process than lsass wrote to the accounts in the SAM";
        CreationNotLogged "creation_not_logged" "an account was created, and its creation was not recorded";
        CreationUnread "creation_unread" "the record of an account's creation is in this input, and cannot be read";
        AccountNeverSeenCreated "account_never_seen_created" "local accounts are in use, and their creation is not in this input";
    }
}

words! {
    /// What this host did not show, and the attribution would have used.
    BlindSpotKind {
        NoProcessTelemetry "no_process_telemetry" "the host shows no process creation at all";
        ProcessTelemetryGap "process_telemetry_gap" "the host shows processes, but not around the creation";
        ProcessLogFiltered "process_log_filtered" "only some programs' starts are in the input";
        CommandLineMissing "command_line_missing" "processes are shown without their command lines";
        ParentMissing "parent_missing" "an ancestor is known only from its child, or not at all";
        LogonMissing "logon_missing" "the logon of the session is not in the input: no type, no source";
        SubjectMissing "subject_missing" "the creation does not say in which session it was made";
        LogCleared "log_cleared" "a log was cleared that could have told more of it";
        AuditPolicyChanged "audit_policy_changed" "the audit policy was changed near the creation";
        ClockChanged "clock_changed" "the clock was set near the creation: times do not order events";
        Carrier "carrier" "what brought the records here has no place for a part of them";
        TimePrecision "time_precision" "times are in whole seconds: what shares a second has no order";
        ZoneUnknown "zone_unknown" "times carry no zone and nothing in the input shows it: they are as the clock showed them";
        HostNameAmbiguous "host_name_ambiguous" "several machines of the input bear the name, or its short form";
        EventsLost "events_lost" "records are missing around the creation, or auditing was interrupted";
        PowershellLoggingOff "powershell_logging_off" "PowerShell is a candidate, and what it ran is not recorded";
        SessionShared "session_shared" "every service of the host shares the session that made the account";
        ParentAsserted "parent_asserted" "the creator's parent is only what the process that started it claimed";
        TableBound "table_bound" "a bound on memory was reached: older history of this host was dropped";
    }
}

words! {
    /// What an event is to its case.
    Role {
        Creation "creation" "the creation itself";
        Burst "burst" "written by the same call: group, enabling, password";
        Process "process" "a process that was weighed, or an ancestor";
        ProcessEnd "process_end" "the end of such a process";
        Logon "logon" "the session behind it";
        Logoff "logoff" "the end of that session";
        Privileges "privileges" "the privileges of that session";
        Credentials "credentials" "explicit credentials that lead to that session";
        Afterwards "afterwards" "what happened to the account later";
        Script "script" "what a PowerShell ran";
        Query "query" "an account lookup that names the client's process";
        RemoteAccess "remote_access" "a client on the network came to the SAM";
        Install "install" "a service, task or subscription that started it";
        RemoteCommand "remote_command" "the client's command, on its own host";
        Registry "registry" "a write to the SAM";
        Blinding "blinding" "what took sight away: log cleared, audit policy changed";
    }
}

/// One account creation, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The same creation gives the same id in every run.
    pub case_id: String,
    /// The analytic as ATT&CK words it holds.
    pub sequence: bool,
    /// What the plain rule of the field would say.
    pub window_rule: WindowRule,
    /// From risk and its floors.
    pub severity: Severity,
    /// The terms it is made of.
    pub risk: Risk,
    /// Where.
    pub host: CaseHost,
    /// When: time of the creation record.
    pub created_at: Timestamp,
    /// Which account.
    pub account: CaseAccount,
    /// What became of it.
    pub outcome: Outcome,
    /// The subject of the creation and its logon session.
    pub actor: Actor,
    /// The session behind the actor's, where another is behind it.
    pub origin: Option<Origin>,
    /// Which process, how sure, and why.
    pub attribution: Attribution,
    /// What happened to the account later, in order.
    pub afterwards: Vec<Afterward>,
    /// What could not be seen.
    pub blind_spots: Vec<BlindSpot>,
    /// Every event the case rests on, in order.
    pub events: Vec<CaseEvent>,
    /// The same on every case of one wave: one process, or one name over several hosts, that made many accounts.
    pub wave: Option<String>,
    /// What the rest of the input says of such an account and such a creator.
    pub context: Context,
    /// Whether the site allows it.
    pub authorisation: Authorisation,
}

impl Case {
    /// What kind of record tells the creation; Windows' own goes before a sensor's.
    pub fn recorded_by(&self) -> RecordedBy {
        let is_windows = |event: &CaseEvent| {
            event.role == Role::Creation && event.record.kind == EventKind::AccountCreated
        };
        match self.events.iter().any(is_windows) {
            true => RecordedBy::Security,
            false => RecordedBy::Edr,
        }
    }
}

/// What the rest of the input says of such an account and such a creator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// What is odd about the account's name, each with its reason.
    pub name_signs: Vec<NameSign>,
    /// How often such a creator makes accounts on such hosts.
    pub rarity: Option<Rarity>,
}

/// Something odd about an account's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameSign {
    /// Name in the engine's table of such signs.
    pub kind: &'static str,
    /// In this case.
    pub why: NameFact,
}

/// How often a creator makes accounts on hosts of one role, over the whole input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rarity {
    /// File name of the creator, or the verdict where no process made it.
    pub creator: Text,
    /// Role of the hosts that were counted; `None`: those of no known role.
    pub role: Option<Text>,
    /// Creations by it there, this one among them.
    pub creations: u64,
    /// All creations there.
    pub of: u64,
}

/// Whether the site allows a creation, who answers for that, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    /// Whether.
    pub status: AuthorisationStatus,
    /// Name of the entry, or of the ticket, that allows it.
    pub rule: Option<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// Why it is allowed.
    pub reason: Option<Text>,
    /// Until when the permission holds: a date, or a time.
    pub expires: Option<Text>,
    /// The change ticket that covers it.
    pub ticket: Option<Text>,
    /// Where the entry rests on a creator that is only `likely`: its keys of another kind, without which it would allow
    /// nothing; else none.
    pub beside_likely: Vec<&'static str>,
    /// Entries that nearly allow it, nearest first.
    pub nearest: Vec<NearMiss>,
}

impl Default for Authorisation {
    fn default() -> Authorisation {
        Authorisation {
            status: AuthorisationStatus::NotAssessed,
            rule: None,
            owner: None,
            reason: None,
            expires: None,
            ticket: None,
            beside_likely: Vec::new(),
            nearest: Vec::new(),
        }
    }
}

/// An entry that would have allowed a creation, but for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// Its name.
    pub rule: Text,
    /// What did not fit.
    pub lacks: Vec<Unmet>,
}

/// Something worth a person's eye that is no recorded creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The same happening gives the same id in every run.
    pub finding_id: String,
    /// Which sort.
    pub kind: FindingKind,
    /// Where.
    pub host: CaseHost,
    /// When; `None` where the only record of it tells no time that can be placed.
    pub at: Option<Timestamp>,
    /// How much it matters.
    pub severity: Severity,
    /// What happened.
    pub summary: FindingFact,
    /// Findings of its host that were left out to bound memory.
    pub left_out: u64,
    /// The account it is about, as far as the events name it.
    pub account: Option<Principal>,
    /// Who did it, and from which session.
    pub actor: Option<Actor>,
    /// The process that did it, where the events name one.
    pub process: Option<Process>,
    /// Every event it rests on, in order.
    pub events: Vec<CaseEvent>,
}

/// The host of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHost {
    /// The same on every case of one machine, whatever it was called at the time: its latest name, as short as it
    /// tells machines of the input apart.
    pub id: Text,
    /// All names that the input gives it.
    pub names: Vec<HostName>,
    /// As the creation record names it.
    pub name: HostName,
    /// First label, upper case, cut to 15.
    pub netbios: String,
    /// `None`: nothing in the input tells.
    pub domain_controller: Option<bool>,
    /// What it is for; `None` where neither inventory nor events tell.
    pub role: Option<HostRole>,
    /// Whose it is, by the inventory.
    pub owner: Option<Text>,
}

/// What a host is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRole {
    /// In the site's words, else the class.
    pub name: Text,
    /// What it means for a risk; `None` where the site's words are not known.
    pub class: Option<HostClass>,
    /// Who says so.
    pub source: RoleSource,
    /// On what grounds.
    pub why: RoleGrounds,
}

/// The account of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAccount {
    /// Latest known name.
    pub name: Option<Text>,
    /// Name in the creation record.
    pub created_as: Option<Text>,
    /// Its SID.
    pub sid: Option<Sid>,
    /// Domain or computer in the creation record.
    pub domain: Option<Text>,
    /// Local or domain.
    pub scope: Scope,
    /// Ever, in this input, in a group that grants power over the host.
    pub privileged: bool,
    /// Groups it was put into, sorted.
    pub groups: Vec<Sid>,
}

/// Who made the call, and from which logon session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actor {
    /// Account, SID and logon id.
    pub account: Principal,
    /// 4624's LogonType.
    pub logon_type: Option<u32>,
    /// When the session began.
    pub logon_at: Option<Timestamp>,
    /// Address it came from, as written.
    pub source_ip: Option<Text>,
    /// Workstation it came from, as written.
    pub source_host: Option<Text>,
    /// Elevated token, or administrator privileges.
    pub elevated: Option<bool>,
    /// What kind of account it is; `None` where the event names nobody.
    pub kind: Option<ActorKind>,
    /// Groups of its token, where the host tells them (4627), sorted.
    pub groups: Vec<Sid>,
}

/// Another session behind the actor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who and from where.
    pub actor: Actor,
    /// By what route: `explicit_credentials`, …
    pub via: &'static str,
    /// Whether records tie it to the creation, or only time does, or others as well.
    pub certainty: Certainty,
    /// The command on its own host that reached over, where that host is in the input.
    pub client: Option<Client>,
}

/// A command on another host of the input, which reached over to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Where it ran.
    pub host: HostName,
    /// What ran.
    pub process: Process,
}

/// A process as a case shows it: secrets in its command line are redacted already.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Process {
    /// Process id.
    pub pid: Option<ProcessId>,
    /// Full path.
    pub image: Option<Text>,
    /// Redacted.
    pub command_line: Option<String>,
    /// Start; `None` for a process known only from its child.
    pub started_at: Option<Timestamp>,
    /// `DOMAIN\name`.
    pub user: Option<String>,
    /// Effective session.
    pub logon_id: Option<LogonId>,
    /// Name in the version resource.
    pub original_file_name: Option<Text>,
    /// Sysmon's.
    pub guid: Option<ProcessGuid>,
    /// Hashes of the file, where the log has them: `SHA256=…`, upper case.
    pub hashes: Vec<Text>,
    /// Names of the site's rules that hit it, sorted.
    pub rules: Vec<Text>,
}

/// What the plain rule would say: the nearest suspicious process started in the window before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WindowRule {
    /// That process; `None` where there is none.
    pub process: Option<Process>,
    /// It is the creator, or in its chain.
    pub agrees: bool,
}

/// How much it matters, term by term.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Risk {
    /// Sum of the terms and of the prior.
    pub score: i32,
    /// Every term that applied.
    pub terms: Vec<RiskTerm>,
}

/// One reason why it matters more or less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskTerm {
    /// Name in the table of terms.
    pub name: &'static str,
    /// 10·log10 of a likelihood ratio.
    pub points: i32,
    /// In this case.
    pub why: RiskReason,
    /// The least severity that it asks for, whatever the score.
    pub at_least: Option<Severity>,
}

impl Severity {
    /// Of a score, before any floor.
    pub fn of_score(score: i32) -> Severity {
        match score {
            20.. => Severity::Critical,
            10..=19 => Severity::High,
            0..=9 => Severity::Medium,
            -10..=-1 => Severity::Low,
            _ => Severity::Informational,
        }
    }
}

impl Risk {
    /// One more reason; a name that stands there already is replaced.
    pub fn add(&mut self, term: RiskTerm) {
        self.remove(term.name);
        self.score += term.points;
        self.terms.push(term);
    }

    /// Takes a reason away, where it is there.
    pub fn remove(&mut self, name: &str) {
        self.terms.retain(|term| term.name != name);
        self.score = self.terms.iter().map(|term| term.points).sum();
    }

    /// From the score, and from the highest floor.
    pub fn severity(&self) -> Severity {
        let floors = self.terms.iter().filter_map(|term| term.at_least);
        floors.fold(Severity::of_score(self.score), Severity::max)
    }
}

/// Which process made the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// What can be said.
    pub verdict: Verdict,
    /// Why not, for every verdict but `attributed`.
    pub reason: Option<Reason>,
    /// 0 to 1, of the verdict; `None` under `unknown`, which claims nothing.
    pub confidence: Option<f64>,
    /// The process that made the call; under `likely` the one that stands out; under `ambiguous` the first-ranked,
    /// where it leads the next by a nat.
    pub creator: Option<Process>,
    /// Its ancestors, parent first.
    pub chain: Vec<Process>,
    /// Creator's start to creation.
    pub lag: Option<Duration>,
    /// The chance, 0 to 1, that such a process stood there by accident, from this host's own rate of them; `None`
    /// where more than time ties the creator to the creation, or where there is no creator.
    pub coincidence: Option<f64>,
    /// What speaks for the verdict.
    pub evidence: Vec<Evidence>,
    /// The others that were weighed.
    pub alternatives: Vec<Alternative>,
}

/// One piece of evidence, weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Name in the table of evidence kinds.
    pub kind: &'static str,
    /// In nats: natural logarithm of a likelihood ratio.
    pub weight: f64,
    /// In this case.
    pub why: EvidenceFact,
    /// Records it rests on.
    pub events: Vec<RecordRef>,
}

/// Another explanation that was weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// What explains it: a process, or something that is none.
    pub explanation: Explanation,
    /// Its share of the probability.
    pub confidence: f64,
    /// What spoke against it.
    pub against: Against,
}

/// What could have made the account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are processes, and a case holds few")]
pub enum Explanation {
    /// A process of the host.
    Process(Process),
    /// A client on the network, through the SAM's own interface.
    RemoteCaller,
    /// Windows itself, inside lsass.
    Windows,
    /// A process of another session that borrowed this one's token.
    Impersonation,
    /// A process that the telemetry does not show.
    Unobserved,
}

/// Something that happened to the account afterwards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Afterward {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// By whom; `None` where the event names nobody.
    pub by: Option<Principal>,
    /// Its record.
    pub record: RecordRef,
}

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// 4722.
    Enabled,
    /// 4724, 4723; false where it was refused.
    PasswordSet {
        /// Audited as success.
        succeeded: bool,
    },
    /// 4728, 4732, 4756.
    AddedToGroup {
        /// The group.
        group_sid: Sid,
        /// Its name, as this host writes it.
        group_name: Option<Text>,
        /// Grants power over the host.
        privileged: bool,
    },
    /// 4729, 4733, 4757.
    RemovedFromGroup {
        /// The group.
        group_sid: Sid,
        /// Its name, as this host writes it.
        group_name: Option<Text>,
    },
    /// 4781.
    Renamed {
        /// The new name.
        to: Text,
    },
    /// 4725.
    Disabled,
    /// 4726.
    Deleted,
    /// 4624 of the account.
    LoggedOn {
        /// 4624's LogonType.
        logon_type: Option<u32>,
        /// As written.
        source_ip: Option<Text>,
    },
    /// 1102 or 104 by the same actor.
    LogCleared {
        /// Which log; `None` where the carrier drops it.
        log: Option<Text>,
    },
    /// 4719 by the same actor.
    AuditPolicyChanged,
    /// A sign of life of the SID after its deletion.
    Restored,
}

impl What {
    /// Its name in output.
    pub fn slug(&self) -> &'static str {
        match self {
            What::Enabled => "enabled",
            What::PasswordSet { .. } => "password_set",
            What::AddedToGroup { .. } => "added_to_group",
            What::RemovedFromGroup { .. } => "removed_from_group",
            What::Renamed { .. } => "renamed",
            What::Disabled => "disabled",
            What::Deleted => "deleted",
            What::LoggedOn { .. } => "logged_on",
            What::LogCleared { .. } => "log_cleared",
            What::AuditPolicyChanged => "audit_policy_changed",
            What::Restored => "restored",
        }
    }
}

/// An event that the case rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseEvent {
    /// Where it was read, and when it happened.
    pub record: RecordRef,
    /// What it is to the case.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_as_severe_as_its_band_from_end_to_end() {
        let bands = [
            (Severity::Informational, i32::MIN, -11),
            (Severity::Low, -10, -1),
            (Severity::Medium, 0, 9),
            (Severity::High, 10, 19),
            (Severity::Critical, 20, i32::MAX),
        ];
        for (severity, first, last) in bands {
            assert_eq!((Severity::of_score(first), Severity::of_score(last)), (severity, severity));
        }
    }
    use std::collections::BTreeSet;

    /// Output names are what other programs match on: unique, lower case or digits, and documented.
    fn check_words(words: &[(&str, &str)]) {
        let slugs: BTreeSet<_> = words.iter().map(|(slug, _)| slug).collect();
        assert_eq!(slugs.len(), words.len());
        for (slug, doc) in words {
            assert!(
                slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
                "{slug}"
            );
            assert!(doc.len() > 5, "{slug} has no doc");
        }
    }

    #[test]
    fn closed_lists_have_names_and_docs() {
        check_words(&Verdict::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&Severity::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&Scope::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&Outcome::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&FindingKind::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&RecordedBy::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&BlindSpotKind::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&HostClass::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&RoleSource::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(
            &AuthorisationStatus::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>(),
        );
        check_words(&ActorKind::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
        check_words(&Role::ALL.iter().map(|word| (word.slug(), word.doc())).collect::<Vec<_>>());
    }

    #[test]
    fn severities_rise() {
        assert!(Severity::Informational < Severity::Low && Severity::High < Severity::Critical);
    }
}
