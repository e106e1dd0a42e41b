//! What happened that is worth a look without being a recorded creation.

use begat_model::Text;
use begat_model::case::{CreationProof, FindingFact, LifeSign, NeverSeen, SamKey};
use begat_model::event::Unread;
use jiff::tz::TimeZone;

use crate::words::counts::{counted, grouped};
use crate::words::table::sentences;

/// Of an account whose name no event tells.
const NAMELESS: &str = "of unknown name";

/// What happened, as a sentence, and how many more of its host are not listed.
pub(super) fn said(fact: &FindingFact, left_out: u64, zone: &TimeZone) -> String {
    let happened = happened(fact, zone);
    match left_out {
        0 => happened,
        left_out => format!("{happened} ({left_out} more of this host are not listed.)"),
    }
}

sentences! {
    /// What happened, as a sentence.
    happened(FindingFact, zone) {
        GuestEnabled { name } [name = name.as_deref().unwrap_or("RID 501")] =>
            "The built-in guest account ({name}) was enabled.";
        BuiltinPrivileged { member, group } [member = builtin(member)] => "The built-in identity {member} was added to {group}.";
        SamWritten { image, key } [whom = whom(key)] =>
            "{image} wrote {whom} straight into the SAM; normally only lsass does so.";
        CreatedUnlogged { name, sid, proof } [name = or_nameless(name), proof = proof_said(proof, zone)] =>
            "The account {name} ({sid}) was created, but there is no 4720 for it: {proof}.";
        CreationUnread { count, cause } [what = unread(*count), cause = cause_said(*cause)] =>
            "The input holds {what}, and nothing more is known of it: {cause}.";
        KeyMade { name } =>
            "The account {name} was created, but there is no 4720 for it: lsass made its key in the SAM.";
        NeverSeenCreated { accounts } [said = never_seen(accounts, zone)] => "{said}";
    }
}

/// Windows' own identities by the end of their SID, with their English names.
const BUILT_IN: &[(&str, &str)] = &[
    ("-500", "Administrator"),
    ("-501", "Guest"),
    ("-503", "DefaultAccount"),
    ("-504", "WDAGUtilityAccount"),
];
/// The same, where the SID says it all.
const WELL_KNOWN: &[(&str, &str)] = &[
    ("S-1-1-0", "Everyone"),
    ("S-1-5-7", "Anonymous"),
    ("S-1-5-11", "Authenticated Users"),
    ("S-1-5-32-545", "Users"),
    ("S-1-5-32-546", "Guests"),
];

/// `Guest (S-1-5-21-1-2-3-501)`: an event that tells of a group often has no name.
fn builtin(member: &str) -> String {
    let of_machine = BUILT_IN.iter().filter(|_| member.starts_with("S-1-5-21-"));
    let by_end = of_machine.filter(|(end, _)| member.ends_with(end));
    let whole = WELL_KNOWN.iter().filter(|(sid, _)| *sid == member);
    match by_end.chain(whole).next() {
        Some((_, name)) => format!("{name} ({member})"),
        None => member.to_owned(),
    }
}

sentences! {
    /// What proves that it was created, as a clause.
    proof_said(CreationProof, zone) {
        PrimaryGroup => "it was added to the machine's primary group, which happens only at creation";
        LaterRid { rid, older, older_rid } [older = older.as_deref().unwrap_or("another account")] =>
            "its RID {rid} is higher than {older_rid}, the RID of {older}, whose creation is in this log";
    }
}

sentences! {
    /// What it did, or what was done to it.
    sign_said(LifeSign, zone) {
        Enabled => "was enabled";
        PasswordSet => "was given a password";
        PasswordChanged => "changed its password";
        Changed => "was changed";
        PutInto { group } [group = group.as_deref().unwrap_or("a group")] => "was added to {group}";
        LoggedOn { source } [from = source.as_deref().map(|ip| format!(" from {ip}")).unwrap_or_default()] =>
            "logged on{from}";
    }
}

/// Accounts that one sentence tells; the rest is counted.
const ACCOUNTS_TOLD_MAX: usize = 5;

fn never_seen(accounts: &[NeverSeen], zone: &TimeZone) -> String {
    let said = |account: &NeverSeen| {
        let (name, sign) = (or_nameless(&account.name), sign_said(&account.sign, zone));
        format!("{name} ({}) {sign}", account.sid)
    };
    if let [only] = accounts {
        let said = said(only);
        return format!("The local account {said}; its creation is not in this input, so it may be older.");
    }
    let told: Vec<String> = accounts.iter().take(ACCOUNTS_TOLD_MAX).map(said).collect();
    let more = match accounts.len().saturating_sub(ACCOUNTS_TOLD_MAX) {
        0 => String::new(),
        more => format!("; and {} more", grouped(more as u64)),
    };
    let count = counted(accounts.len() as u64, "local account is in use", "local accounts are in use");
    format!("{count} whose creation is not in this input, so they may be older: {}{more}.", told.join("; "))
}

fn unread(count: u64) -> String {
    counted(
        count,
        "account creation (4720) that cannot be read",
        "account creations (4720) that cannot be read",
    )
}

/// Why records cannot be read, and what would help, as a clause.
pub(crate) fn cause_said(cause: Unread) -> &'static str {
    match cause {
        Unread::NoTime => "no time is given, or none that can be read",
        Unread::NoZone => "the time has no zone; give it with --input-timezone",
        Unread::NoHost => "no computer is named, and all else in the same file is of this one",
        Unread::NoWriter => "neither provider nor channel is named, so only the event id says what it may be",
        Unread::Damaged => "the record is damaged",
        Unread::FieldMissing => "the record names neither the account nor its SID",
    }
}

fn or_nameless(name: &Option<Text>) -> &str {
    name.as_deref().unwrap_or(NAMELESS)
}

fn whom(key: &Option<SamKey>) -> String {
    match key {
        Some(SamKey::Rid(rid)) => format!("the data of the account with RID {rid}"),
        Some(SamKey::Name(name)) => format!("the name {name}"),
        None => "accounts".to_owned(),
    }
}
