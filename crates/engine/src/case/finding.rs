//! What is worth a person's eye without being a recorded creation: one row a sort, found as events come.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::case::{
    Actor, Case, CaseEvent, CaseHost, CreationProof, Finding, FindingFact, FindingKind, NeverSeen, Process,
    Role, SamKey, Severity,
};
use begat_model::event::{AccountAction, AccountTouched, GroupMembership, Principal, SamKeyWritten, Unread};
use begat_model::{RecordRef, Sid, Timestamp};

use crate::commands::line::image_stem;
use crate::spans::{HOLD, ONE_ACT};
use crate::stable_id::stable_id;
use crate::tables::account::unseen::UnseenAccount;
use crate::tables::clock::Line;
use crate::windows::group_power::group_power;
use crate::windows::same_name::same_name;

/// Most findings of one host.
pub const FINDINGS_MAX: usize = 1024;
/// Most keys made in the SAM that are remembered, to be compared with the creations.
const MADE_KEYS_MAX: usize = 4096;
/// Most events that one finding rests on.
const EVENTS_MAX: usize = 32;
/// RID of the built-in guest.
const GUEST_RID: u32 = 501;
/// RIDs of accounts and groups that a machine or domain is born with, and that nobody should make powerful: guest,
/// DefaultAccount, WDAGUtilityAccount, Domain Users, Domain Guests, Domain Computers.
const BUILTIN_RIDS: &[u32] = &[501, 503, 504, 513, 514, 515];
/// Identities that are everybody, or every service: a group that holds them holds them all.
const EVERYBODY: &[&str] = &[
    "S-1-1-0",
    "S-1-5-2",
    "S-1-5-4",
    "S-1-5-6",
    "S-1-5-7",
    "S-1-5-11",
    "S-1-5-19",
    "S-1-5-20",
    "S-1-5-32-545",
    "S-1-5-32-546",
];

/// One that is being found.
#[derive(Debug, Clone)]
struct Draft {
    at: Option<Timestamp>,
    severity: Severity,
    summary: FindingFact,
    account: Option<Principal>,
    actor: Option<Actor>,
    process: Option<Process>,
    /// Of the account, where that is all that is told: with the machine's SID it makes the whole.
    rid: Option<u32>,
    events: Vec<CaseEvent>,
}

impl Draft {
    fn of_unseen(sid: &Sid, account: &UnseenAccount, severity: Severity, summary: FindingFact) -> Draft {
        let principal =
            Principal { name: account.name.clone(), sid: Some(sid.clone()), ..Principal::default() };
        Draft {
            at: Some(account.at),
            severity,
            summary,
            account: Some(principal),
            actor: account.by.clone(),
            process: None,
            rid: None,
            events: account.events.clone(),
        }
    }
}

/// The findings of one host.
#[derive(Debug, Default)]
pub struct FindingTable {
    /// Accounts whose keys lsass made in the SAM.
    made_keys: Vec<(String, RecordRef)>,
    drafts: BTreeMap<(FindingKind, String), Draft>,
    dropped: u64,
}

/// Whether an event can be a finding by itself: of hosts without creations only these matter.
pub fn stands_alone(body: &begat_model::event::Body) -> bool {
    use begat_model::event::Body;
    match body {
        Body::AccountTouched(touched) => enables_guest(touched),
        // Which groups grant power the site may have a say in.
        Body::GroupMemberAdded(membership) => membership.member.sid.as_ref().is_some_and(is_builtin_identity),
        Body::Unread(_) => true,
        Body::SamKeyWritten(written) => is_tampering(written) || creates_account_key(written).is_some(),
        _ => false,
    }
}

fn enables_guest(touched: &AccountTouched) -> bool {
    let rid = touched.account.sid.as_ref().filter(|sid| sid.authority_prefix().is_some()).and_then(Sid::rid);
    touched.action == AccountAction::Enabled && touched.succeeded && rid == Some(GUEST_RID)
}

/// Everybody, or one whom a machine or domain is born with and nobody should make powerful.
fn is_builtin_identity(member: &Sid) -> bool {
    let is_born =
        member.authority_prefix().is_some() && member.rid().is_some_and(|rid| BUILTIN_RIDS.contains(&rid));
    is_born || EVERYBODY.contains(&member.as_str())
}

/// The group that a built-in identity was put into, where it grants power; the site may name more that do.
fn empowers_builtin(membership: &GroupMembership, site: &[Sid]) -> Option<String> {
    let (member, group) = (membership.member.sid.as_ref()?, membership.group.sid.as_ref()?);
    let power = group_power(group, membership.group.name.as_ref(), site)?;
    is_builtin_identity(member).then_some(power.name)
}

/// In the ordinary way only lsass writes the SAM; an image that is not told accuses nobody.
fn is_tampering(written: &SamKeyWritten) -> bool {
    let by_other = written.image.as_deref().is_some_and(|image| image_stem(image) != "lsass");
    by_other && written.key.to_ascii_lowercase().contains(r"\account\users\")
}

/// The account whose key lsass made: it was created.
fn creates_account_key(written: &SamKeyWritten) -> Option<String> {
    let is_lsass = written.image.as_deref().is_some_and(|image| image_stem(image) == "lsass");
    let creates =
        written.operation.as_deref().is_some_and(|operation| operation.eq_ignore_ascii_case("CreateKey"));
    match sam_account(&written.key) {
        Some(SamKey::Name(name)) if is_lsass && creates => Some(name),
        _ => None,
    }
}

impl FindingTable {
    /// 4722.
    pub fn touched(&mut self, touched: &AccountTouched, actor: Actor, record: &RecordRef) {
        if !enables_guest(touched) {
            return;
        }
        let draft = Draft {
            at: Some(record.at),
            severity: Severity::High,
            summary: FindingFact::GuestEnabled { name: touched.account.name.clone() },
            account: Some(touched.account.clone()),
            actor: Some(actor),
            process: None,
            rid: None,
            events: vec![CaseEvent { record: record.clone(), role: Role::Afterwards }],
        };
        self.found(FindingKind::GuestEnabled, key_of(&touched.account), draft);
    }

    /// 4728, 4732, 4756.
    pub fn added_to_group(
        &mut self,
        membership: &GroupMembership,
        site: &[Sid],
        actor: Actor,
        record: &RecordRef,
    ) {
        let Some(power) = empowers_builtin(membership, site) else { return };
        let member = &membership.member;
        let name = member.name.as_deref().or(member.sid.as_ref().map(Sid::as_str)).unwrap_or_default();
        let draft = Draft {
            at: Some(record.at),
            severity: Severity::High,
            summary: FindingFact::BuiltinPrivileged { member: name.into(), group: power.as_str().into() },
            account: Some(member.clone()),
            actor: Some(actor),
            process: None,
            rid: None,
            events: vec![CaseEvent { record: record.clone(), role: Role::Afterwards }],
        };
        self.found(FindingKind::BuiltinPrivileged, format!("{} {power}", key_of(member)), draft);
    }

    /// Sysmon 12, 13, 14.
    pub fn sam_written(&mut self, written: &SamKeyWritten, process: Process, record: &RecordRef) {
        if let Some(name) = creates_account_key(written)
            && self.made_keys.len() < MADE_KEYS_MAX
        {
            self.made_keys.push((name, record.clone()));
        }
        if !is_tampering(written) {
            return;
        }
        let image = written.image.as_deref().unwrap_or_default();
        let what = sam_account(&written.key);
        let draft = Draft {
            at: Some(written.written_at),
            severity: Severity::Critical,
            summary: FindingFact::SamWritten { image: image.into(), key: what.clone() },
            rid: match what {
                Some(SamKey::Rid(rid)) => Some(rid),
                _ => None,
            },
            account: match what {
                Some(SamKey::Name(name)) => {
                    Some(Principal { name: Some(name.as_str().into()), ..Principal::default() })
                }
                _ => None,
            },
            actor: None,
            process: Some(process),
            events: vec![CaseEvent { record: record.clone(), role: Role::Registry }],
        };
        // One tool writes F, V and the name of one account: one finding.
        let pid = written.pid.map(|pid| pid.to_string()).unwrap_or_default();
        self.found(FindingKind::SamTampered, format!("{} {pid}", image.to_lowercase()), draft);
    }

    /// Accounts that live, and whose creation was not seen. One whose creation is proven is told by itself; all others
    /// of the host are one finding: mostly they are older, and a machine has many.
    pub fn unseen<'a>(&mut self, accounts: impl Iterator<Item = (&'a Sid, UnseenAccount)>) {
        let mut older = Vec::new();
        for (sid, account) in accounts {
            match &account.proof {
                Some(proof) => {
                    let (name, sid, proof) = (account.name.clone(), sid.clone(), proof.clone());
                    let key = sid.to_string();
                    let summary = FindingFact::CreatedUnlogged { name, sid: sid.clone(), proof };
                    let draft = Draft::of_unseen(&sid, &account, Severity::High, summary);
                    self.found(FindingKind::CreationNotLogged, key, draft);
                }
                None => older.push((sid, account)),
            }
        }
        self.never_seen(older);
    }

    fn never_seen(&mut self, mut older: Vec<(&Sid, UnseenAccount)>) {
        older.sort_by_key(|(sid, account)| (!account.is_privileged, account.at, *sid));
        let Some((sid, foremost)) = older.first() else { return };
        let severity = severity_of_unseen(foremost.is_privileged);
        let accounts = older.iter().map(|(sid, account)| NeverSeen {
            name: account.name.clone(),
            sid: (*sid).clone(),
            at: account.at,
            sign: account.first_sign.clone(),
            privileged: account.is_privileged,
        });
        let summary = FindingFact::NeverSeenCreated { accounts: accounts.collect() };
        let mut events: Vec<CaseEvent> =
            older.iter().flat_map(|(_, account)| account.events.iter().cloned()).take(EVENTS_MAX).collect();
        events.sort();
        events.dedup();
        let first = older.iter().map(|(_, account)| account.at).min();
        let draft = Draft { at: first, events, ..Draft::of_unseen(sid, foremost, severity, summary) };
        self.found(FindingKind::AccountNeverSeenCreated, String::new(), draft);
    }

    /// A record cannot be read: where it is a creation's, that is worth a look by itself.
    pub fn unread(&mut self, cause: Unread, record: &RecordRef) {
        if record.kind.tells_of_a_creation() {
            let events = vec![CaseEvent { record: record.clone(), role: Role::Creation }];
            self.creations_unread(cause, 1, Some(record.at), events);
        }
    }

    /// Creations of which no time can be placed.
    pub fn creations_unplaced(&mut self, unplaced: impl Iterator<Item = (Unread, u64)>) {
        unplaced.for_each(|(cause, count)| self.creations_unread(cause, count, None, Vec::new()));
    }

    /// One finding for each reason, whatever their number.
    fn creations_unread(&mut self, cause: Unread, count: u64, at: Option<Timestamp>, events: Vec<CaseEvent>) {
        let (kind, key) = (FindingKind::CreationUnread, format!("{cause:?}"));
        if let Some(known) = self.drafts.get_mut(&(kind, key.clone()))
            && let FindingFact::CreationUnread { count: known, .. } = &mut known.summary
        {
            *known += count;
        }
        let draft = Draft {
            at,
            severity: Severity::Medium,
            summary: FindingFact::CreationUnread { count, cause },
            account: None,
            actor: None,
            process: None,
            rid: None,
            events,
        };
        self.found(kind, key, draft);
    }

    /// Account keys that lsass made, and no 4720 beside them.
    pub fn keys_without_creation(&mut self, cases: &[Case]) {
        for (name, record) in std::mem::take(&mut self.made_keys) {
            let is_it = |case: &Case| {
                let created = case.account.created_as.as_deref();
                created.is_some_and(|created| created.eq_ignore_ascii_case(&name))
                    && (case.created_at - record.at).magnitude() <= HOLD
            };
            if !cases.iter().any(is_it) && !self.is_told_already(&name, &record) {
                self.key_without_creation(&name, &record);
            }
        }
    }

    /// The group that took the account in told of the same creation: one act, one finding.
    fn is_told_already(&mut self, name: &str, record: &RecordRef) -> bool {
        let unlogged =
            self.drafts.iter_mut().filter(|((kind, _), _)| *kind == FindingKind::CreationNotLogged);
        let same = unlogged.map(|(_, draft)| draft).find(|draft| match &draft.summary {
            FindingFact::CreatedUnlogged { name: Some(known), .. } => same_name(known, name),
            FindingFact::CreatedUnlogged { name: None, .. } => {
                draft.at.is_some_and(|at| (at - record.at).magnitude() <= ONE_ACT)
            }
            _ => false,
        });
        let Some(draft) = same else { return false };
        if let FindingFact::CreatedUnlogged { name: told, .. } = &mut draft.summary {
            told.get_or_insert_with(|| name.into());
        }
        if let Some(account) = &mut draft.account {
            account.name.get_or_insert_with(|| name.into());
        }
        draft.events.push(CaseEvent { record: record.clone(), role: Role::Registry });
        draft.events.sort();
        true
    }

    fn key_without_creation(&mut self, name: &str, record: &RecordRef) {
        let draft = Draft {
            at: Some(record.at),
            severity: Severity::High,
            summary: FindingFact::KeyMade { name: name.into() },
            account: Some(Principal { name: Some(name.into()), ..Principal::default() }),
            actor: None,
            process: None,
            rid: None,
            events: vec![CaseEvent { record: record.clone(), role: Role::Registry }],
        };
        self.found(FindingKind::CreationNotLogged, name.to_lowercase(), draft);
    }

    fn found(&mut self, kind: FindingKind, key: String, draft: Draft) {
        if let Some(known) = self.drafts.get_mut(&(kind, key.clone())) {
            known.events.extend(draft.events);
            known.events.sort();
            known.events.dedup();
            known.events.truncate(EVENTS_MAX);
            known.severity = known.severity.max(draft.severity);
            known.rid = known.rid.or(draft.rid);
            return;
        }
        if self.drafts.len() == FINDINGS_MAX {
            self.dropped += 1;
            return;
        }
        self.drafts.insert((kind, key), draft);
    }

    /// All of them, for output.
    pub fn finish(self, host: &CaseHost, machine: Option<&str>, line: &Line) -> Vec<Finding> {
        let left_out = self.dropped;
        let findings = self.drafts.into_iter().map(|((kind, key), draft)| Finding {
            finding_id: finding_id(kind, &host.netbios, &key, draft.at.map(|at| line.told(at))),
            kind,
            host: host.clone(),
            at: draft.at,
            severity: draft.severity,
            summary: draft.summary,
            left_out,
            account: with_rid(draft.account, draft.rid, machine),
            actor: draft.actor,
            process: draft.process,
            events: draft.events,
        });
        findings.collect()
    }
}

/// A creation that stands in this input under another name of the machine, or in the image of a clone, is not said to be
/// missing; that an account was put into the primary group shows that it was created on that very host.
pub fn drop_denied(findings: &mut Vec<Finding>, cases: &[Case]) {
    let made: BTreeSet<&Sid> = cases.iter().filter_map(|case| case.account.sid.as_ref()).collect();
    findings.retain_mut(|finding| match &mut finding.summary {
        FindingFact::CreatedUnlogged { sid, proof: CreationProof::LaterRid { .. }, .. } => {
            !made.contains(sid)
        }
        FindingFact::NeverSeenCreated { accounts } => {
            accounts.retain(|account| !made.contains(&account.sid));
            let Some(foremost) = accounts.first() else { return false };
            finding.severity = severity_of_unseen(foremost.privileged);
            finding.account = Some(Principal {
                name: foremost.name.clone(),
                sid: Some(foremost.sid.clone()),
                ..Principal::default()
            });
            true
        }
        _ => true,
    });
}

/// Of an account that lives and was not seen to be created: mostly it is older.
fn severity_of_unseen(is_privileged: bool) -> Severity {
    if is_privileged { Severity::Medium } else { Severity::Informational }
}

/// The account with its whole SID, where only its last part was told.
fn with_rid(account: Option<Principal>, rid: Option<u32>, machine: Option<&str>) -> Option<Principal> {
    let (Some(rid), Some(machine)) = (rid, machine) else { return account };
    let account = account.unwrap_or_default();
    let sid = account.sid.clone().or_else(|| Sid::parse(&format!("{machine}-{rid}")));
    Some(Principal { sid, ..account })
}

fn key_of(account: &Principal) -> String {
    account
        .sid
        .as_ref()
        .map(Sid::to_string)
        .or_else(|| account.name.as_deref().map(str::to_lowercase))
        .unwrap_or_default()
}

fn finding_id(kind: FindingKind, netbios: &str, key: &str, at: Option<Timestamp>) -> String {
    let second = at.map(|at| at.unix_seconds().to_string()).unwrap_or_default();
    let identity = format!("begat.finding/1\n{kind}\n{netbios}\n{key}\n{second}");
    stable_id(&identity)
}

/// `HKLM\SAM\SAM\Domains\Account\Users\…`: whose key it is.
pub fn sam_account(key: &str) -> Option<SamKey> {
    let at = key.to_ascii_lowercase().find(r"\account\users\")?;
    let mut parts = key[at + r"\account\users\".len()..].split('\\');
    match parts.next()? {
        names if names.eq_ignore_ascii_case("names") => {
            parts.next().filter(|name| !name.is_empty()).map(|name| SamKey::Name(name.to_owned()))
        }
        rid => u32::from_str_radix(rid, 16).ok().map(SamKey::Rid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_sam_lead_to_accounts() {
        let users = r"HKLM\SAM\SAM\Domains\Account\Users";
        assert_eq!(sam_account(&format!(r"{users}\000001F5\F")), Some(SamKey::Rid(501)));
        assert_eq!(sam_account(&format!(r"{users}\Names\bob$\(Default)")), Some(SamKey::Name("bob$".into())));
        assert_eq!(sam_account(&format!(r"{users}\Names")), None);
        assert_eq!(sam_account(r"HKLM\SAM\SAM\Domains\Builtin\Aliases\00000220\C"), None);
    }

    #[test]
    fn a_grant_to_everybody_is_told_from_one_to_an_administrator() {
        let membership = |member: &str, group: &str| GroupMembership {
            member: Principal { sid: Sid::parse(member), ..Principal::default() },
            group: Principal { sid: Sid::parse(group), ..Principal::default() },
            subject: Principal::default(),
        };
        for (member, group, expected) in [
            ("S-1-5-21-1-2-3-501", "S-1-5-32-544", Some("Administrators")),
            ("S-1-5-20", "S-1-5-32-544", Some("Administrators")),
            ("S-1-5-11", "S-1-5-32-555", Some("Remote Desktop Users")),
            ("S-1-5-21-1-2-3-500", "S-1-5-32-544", None),
            ("S-1-5-21-1-2-3-512", "S-1-5-32-544", None),
            ("S-1-5-20", "S-1-5-32-545", None),
            ("S-1-5-21-1-2-3-1001", "S-1-5-32-544", None),
        ] {
            let power = empowers_builtin(&membership(member, group), &[]);
            assert_eq!(power.as_deref(), expected, "{member} into {group}");
        }
        let site = [Sid::parse("S-1-5-21-1-2-3-1500").unwrap()];
        let nested = membership("S-1-5-11", site[0].as_str());
        assert_eq!(empowers_builtin(&nested, &[]), None);
        assert_eq!(empowers_builtin(&nested, &site).as_deref(), Some(site[0].as_str()));
        let stands = |membership| stands_alone(&begat_model::Body::GroupMemberAdded(Box::new(membership)));
        assert!(stands(nested), "a host without a creation is read for it too");
        assert!(!stands(membership("S-1-5-21-1-2-3-1001", "S-1-5-32-544")));
    }
}
