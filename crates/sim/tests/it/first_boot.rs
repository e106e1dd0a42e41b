//! The simulator's first boots against those of real machines, where their logs are there: the same kinds of records in
//! the same order, from the first start to the first user.

use crate::twice::{Looked, look, look_at};
use begat_model::event::{AccountAction, Body, QueryCaller};
use begat_model::{Duration, Event, EventKind, Sid};
use begat_sim::encode::{Carrier, Shipping};
use begat_sim::story::StoryKind;
use begat_trial::samples;

/// Each machine, the story that is told of its like, and the RID of its first user. The fourth that there are logs of became
/// a domain controller before anybody made a user: that is no first boot.
const MACHINES: &[(&str, &str, u32)] = &[
    ("Win10_RathbunVM.zip", "first-start", 1001),
    ("Win10_APTSimulatorVM.zip", "unattended-setup", 1000),
    ("Server2022_APTSimulatorVM.zip", "unattended-server", 1000),
];
/// Windows' own programs that make accounts while it is set up, and ask for them then.
const SETUP_PROGRAMS: &[&str] = &["msoobe.exe", "cloudexperiencehostbroker.exe", "rundll32.exe"];
/// The clock of a machine that took local time for UTC is set back by more than this.
const STEP_MIN: Duration = Duration::from_seconds(1800);

/// Of both looks at some records: the Security log's, in its order.
fn in_order(looked: Looked) -> Vec<Event> {
    let mut events = looked.events;
    events.retain(|event| event.record.kind.spec().channel == "Security");
    events.sort_by_key(|event| event.record.record_id);
    events
}

fn of_story(name: &str) -> Vec<Event> {
    let records = StoryKind::named(name).unwrap().tell(3).records;
    let bytes = Carrier::named("evtx").unwrap().encode(&records, &Shipping::default()).unwrap();
    in_order(look_at(&bytes))
}

fn rid(sid: Option<&Sid>) -> Option<u32> {
    sid.filter(|sid| sid.authority_prefix().is_some()).and_then(Sid::rid)
}

/// What a record is in the story of a machine that is set up; `None` of all others.
fn step(event: &Event) -> Option<String> {
    Some(match &event.body {
        Body::HostStarted => "starts".to_owned(),
        Body::ClockChanged(change) => {
            let back = change.previous? - change.new?;
            (back > STEP_MIN).then(|| "clock set back".to_owned())?
        }
        Body::AccountCreated(created) => format!("{} created", rid(created.account.sid.as_ref())?),
        Body::GroupMemberAdded(added) => {
            let member = rid(added.member.sid.as_ref())?;
            format!("{member} put into {}", added.group.sid.as_ref()?.rid()?)
        }
        Body::AccountTouched(touched) => {
            let what = match touched.action {
                AccountAction::Enabled => "enabled",
                AccountAction::Disabled => "disabled",
                AccountAction::Changed => "changed",
                AccountAction::PasswordSet => "given a password",
                _ => return None,
            };
            format!("{} {what}", rid(touched.account.sid.as_ref())?)
        }
        Body::AccountRenamed(_) => "names written anew".to_owned(),
        Body::AccountQueried(query) => {
            let QueryCaller::Process { image: Some(image), .. } = &query.caller else { return None };
            let program = image.rsplit('\\').next()?.to_lowercase();
            let kind = if event.record.kind == EventKind::UserQueried { "an account" } else { "a group" };
            SETUP_PROGRAMS.contains(&program.as_str()).then(|| format!("{kind} looked up by {program}"))?
        }
        _ => return None,
    })
}

/// The steps until the first user, of this RID, is an administrator; what comes several times in a row counts once.
fn steps(events: &[Event], first_user: u32) -> Vec<String> {
    let mut steps: Vec<String> = events.iter().filter_map(step).collect();
    steps.dedup();
    let end = steps.iter().position(|step| *step == format!("{first_user} put into 544"));
    steps.truncate(end.map_or(steps.len(), |end| end + 1));
    steps
}

#[test]
fn first_boots_are_told_in_the_order_in_which_real_machines_wrote_them() {
    let Some(samples) = samples() else { return };
    for (machine, story, first_user) in MACHINES {
        let path = samples.join("museum").join(machine);
        if !path.exists() {
            begat_trial::skipped(&format!("{machine} is not there: its first boot is not compared"));
            continue;
        }
        let real = steps(&in_order(look(&[path])), *first_user);
        let told = steps(&of_story(story), *first_user);
        assert_eq!(told, real, "{story} as {machine}");
    }
}
