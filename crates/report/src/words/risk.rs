//! Why a creation matters more or less.

use begat_model::Text;
use begat_model::analytic::{SessionKind, UserContext};
use begat_model::case::{
    AllowedBy, Concealment, CoverUp, FloorReason, LateralChannel, OddAncestor, RiskReason, SiteEntry,
    SiteMatch, Suspicion, Verdict, Weekday,
};

use jiff::tz::TimeZone;

use crate::words::counts::log_said;
use crate::words::table::sentences;
use crate::words::when::when;
use crate::words::{doubt, name, role};

/// Of a process whose image no event tells.
const NAMELESS: &str = "a process of unknown name";

sentences! {
    /// Why the term applies, as a clause.
    said(RiskReason, zone) {
        Prior => "most account creations are ordinary administration";
        HostRole { role, grounds } [grounds = role::said(grounds, zone)] => "the host's role is {role}: {grounds}";
        Tool { program, suspicion } [tool = tool(program, suspicion.as_ref(), zone)] => "made by {tool}";
        WritablePath { path } => "{path} is in a folder that any user can write to";
        RenamedTool { original } => "the file is {original} under another name";
        OddAncestor { ancestor, what, below }
            [ancestor = named(ancestor), what = odd_ancestor(what, zone), below = named(below)] =>
            "{ancestor}, {what}, is an ancestor of {below}";
        Concealed { program, how } [program = named(program), how = concealment(how, zone)] => "{program} {how}";
        Lateral { channel } [channel = lateral_channel(channel, zone)] => "{channel}";
        NoProcessHere => "no process of this host made it";
        NewSource { source, since } [since = when(*since, zone)] =>
            "no earlier logon on this host came from {source} (logons are known from {since} on)";
        PutInto { group } => "added to {group}";
        PutIntoLater { group, after } => "added to {group} {after} after its creation";
        HiddenName => "the name ends in $";
        LookAlikeName { sign } [sign = name::said(sign, zone)] => "the name {sign}";
        NetworkLogon { source } => "it logged on over the network from {source}";
        DesktopLogon { source } [from = source.as_deref().map(|ip| format!(" from {ip}")).unwrap_or_default()] =>
            "it logged on over remote desktop{from}";
        SameNameElsewhere { hosts, further } [hosts = name::listed(hosts, *further)] =>
            "an account of this name was also made on {hosts}, and not in one wave";
        PasswordNeverExpires => "its password is set to never expire";
        ShortLived { lived } => "it existed for only {lived}";
        CoveredUp { how } [how = cover_up(how, zone)] => "{how}";
        NeverUsable => "it was undone at once and never usable";
        WindowsSetup => "made while Windows was set up";
        SiteEntries { entries } [entries = site_entries(entries)] => "{entries}";
        Floor { least, why, gives_way } [why = floor(why, zone), gives_way = yielding(*gives_way)] =>
            "at least {least}: {why}{gives_way}";
        Allowed { by, name, also } [what = allowed_by(*by), only = on_likely(*by), also = also_by(also)] =>
            "allowed by {what} {name}{only}{also}";
        OffHours { weekday, hour, minute } [weekday = day(*weekday)] =>
            "made on {weekday} at {hour:02}:{minute:02}, outside working hours";
    }
}

sentences! {
    /// Why the site calls it suspicious.
    suspicion_said(Suspicion, zone) {
        Rules { names } [rules = rules(names)] => "{rules}";
        Entry { reason } => "{reason}";
    }
}

sentences! {
    /// What an ancestor is.
    odd_ancestor(OddAncestor, zone) {
        ServerProgram => "a server program";
        Documents => "a program that opens documents";
        ServiceHost => "the host process of a service that starts no shells";
        LogonScreen => "the logon screen";
        LogonScreenTool => "a tool of the logon screen";
    }
}

sentences! {
    /// How a process hides what it does, said of it.
    concealment(Concealment, zone) {
        DecodesItself => "decodes its script as it runs (FromBase64String)";
        EncodedCommand => "was given an encoded command";
        HiddenWindow => "was started with a hidden window";
        StartsHidden => "starts a program with a hidden window";
    }
}

sentences! {
    /// How the command came.
    lateral_channel(LateralChannel, zone) {
        Wmi => "started through WMI";
        Winrm => "started through WinRM";
        Ssh => "started through SSH";
        Psexec => "started through PsExec";
        Task => "started by a scheduled task";
        RemoteService => "started by a service that was installed over the network";
        RemoteTask => "started by a task that was installed over the network";
        RemoteSubscription => "started by a WMI subscription that was made over the network";
    }
}

sentences! {
    /// How sight was taken away.
    cover_up(CoverUp, zone) {
        LogCleared { log } [log = log_said(log)] => "the same actor cleared {log}";
        AuditSwitchedOff => "the same actor switched off auditing";
        LogClearedBefore { log } [log = log_said(log)] =>
            "the same actor had cleared {log} before the creation";
        AuditSwitchedOffBefore => "the same actor had switched off auditing before the creation";
    }
}

sentences! {
    /// Why the severity is at least so.
    floor(FloorReason, zone) {
        CoveredUp => "the traces were covered up";
        Resurrected => "it came back after its deletion";
        HiddenName => "its name hides it from view";
        LookAlikeName => "its name can be taken for another";
        RenamedTool => "a tool was renamed";
        Unknown => "it cannot be known who made it";
    }
}

/// The same in a case of that verdict.
pub(super) fn said_under(reason: &RiskReason, verdict: Verdict, zone: &TimeZone) -> String {
    let said = said(reason, zone);
    match reason {
        RiskReason::Tool { .. } => format!("{}{said}", doubt::before(verdict)),
        _ => said,
    }
}

fn named(program: &Option<Text>) -> &str {
    program.as_deref().unwrap_or(NAMELESS)
}

fn tool(program: &Option<Text>, suspicion: Option<&Suspicion>, zone: &TimeZone) -> String {
    match suspicion {
        Some(suspicion) => format!("{} ({})", named(program), suspicion_said(suspicion, zone)),
        None => named(program).to_owned(),
    }
}

fn rules(names: &[Text]) -> String {
    match names {
        [rule] => format!("matched by the rule {rule}"),
        rules => format!("matched by the rules {}", rules.join(", ")),
    }
}

fn site_entries(entries: &[SiteEntry]) -> String {
    let each: Vec<String> = match entries {
        [only] => vec![site_entry(only)],
        several => several.iter().map(|entry| format!("{:+} {}", entry.points, site_entry(entry))).collect(),
    };
    format!("by the site's policy: {}", each.join("; "))
}

fn site_entry(entry: &SiteEntry) -> String {
    match &entry.fits {
        SiteMatch::Ancestor(name) => format!("{} ({})", named(name), entry.reason),
        SiteMatch::Context(context, session, sid) => {
            let words = [context.map(UserContext::slug), session.map(SessionKind::slug), sid.as_deref()];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            format!("{} ({})", words.join(" "), entry.reason)
        }
    }
}

fn yielding(gives_way: bool) -> &'static str {
    if gives_way { " (does not count here, since the creation is allowed)" } else { "" }
}

fn allowed_by(by: AllowedBy) -> &'static str {
    match by {
        AllowedBy::Entry | AllowedBy::EntryOnLikely => "entry",
        AllowedBy::Ticket => "ticket",
    }
}

fn on_likely(by: AllowedBy) -> &'static str {
    match by {
        AllowedBy::EntryOnLikely => ", though its creator is only likely",
        AllowedBy::Entry | AllowedBy::Ticket => "",
    }
}

fn also_by(names: &[Text]) -> String {
    if names.is_empty() { String::new() } else { format!(", also by {}", names.join(", ")) }
}

fn day(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
