//! Spans of time: every row one span with its reason, and below them what must hold between them.

use begat_model::Duration;

const fn seconds(count: i64) -> Duration {
    Duration::from_seconds(count)
}

const fn hours(count: i64) -> Duration {
    Duration::from_seconds(3600 * count)
}

// How near two records must be to be of one thing.

/// The grain of Windows' clock before Windows 10: what lies closer together may stand in either order.
pub const CLOCK_GRAIN: Duration = Duration::from_ticks(156_250);
/// What a carrier that keeps whole seconds may have cut.
pub const SECOND_CUT: Duration = seconds(1);
/// Two channels of one host can be told apart to this (section B, "Time"): 4688 and Sysmon 1 of one process, 4697 and
/// 7045 of one service.
pub const CHANNEL_TOLERANCE: Duration = seconds(2);
/// The records that one act leaves in one log: the burst of a creation, whose 4728 comes before the 4720 (A3); 4624,
/// 4672 and 4648 of one logon; a lookup and the call that it was made for.
pub const ONE_ACT: Duration = seconds(2);
/// The records that the SAM itself writes of one creation: a longest burst of real ones took 0.2 s.
pub const BURST: Duration = seconds(1);
/// Lookups further apart than this are of different occasions.
pub const HABIT_APART: Duration = seconds(60);
/// Before Windows 10 the two halves of a split token are told apart by nothing but their time: both are written at
/// once.
pub const SPLIT_TOKEN: Duration = seconds(1);
/// Two hosts' clocks may differ by this much.
pub const CLOCK_SKEW: Duration = seconds(30);
/// Services of Windows trim the clock by milliseconds all day: only a larger step is a clock that was set.
pub const CLOCK_TRIM_MAX: Duration = seconds(1);
/// A clock that ran in another zone than the one it was taken for is set back by less than this, as on every fresh machine
/// of a hypervisor whose clock is local; a log is put in order across no larger step.
pub const CLOCK_STEP_MAX: Duration = hours(26);

// What is waited for.

/// A creation is weighed this long after it, when the ends of its processes have been seen.
pub const HOLD: Duration = seconds(300);
/// It asks then for what ended shortly before it.
pub const NEEDED_AFTER_END: Duration = Duration::from_ticks(2 * HOLD.ticks());
/// A record that is written longer after its process started is put in order as if it had been written in this
/// time: Sysmon's lag was 347 s at most (A2), and what waits for it costs memory.
pub const LAG_MAX: Duration = seconds(900);
/// The pieces of one script are told one after another, at once.
pub const PIECES_WITHIN: Duration = seconds(60);
/// Of Sysmon's records one in so long is remembered with its id.
pub const SYSMON_MARK_EVERY: Duration = seconds(1);

// What lies before a creation, and may have led to it.

/// A start this soon before a creation speaks for a process, whatever a site sets as TimeWindow: that decides the
/// sequence and the plain window rule, never the attribution.
pub const STARTED_NEAR: Duration = seconds(120);
/// What is run for one thing does it this soon: a PowerShell takes seconds to come to its first line.
pub const STARTED_RIGHT_BEFORE: Duration = seconds(10);
/// A tool that starts this soon before the records of a creation and ends this soon after them encloses them.
pub const INTERLOCK: Duration = seconds(1);
/// net1 took 16 to 142 ms from its start to the 4720 (section B, "Time").
pub const NET1_LAG_MAX: Duration = Duration::from_ticks(5_000_000);
/// `net` ends within a second; where it asks something, somebody answers within minutes. One that asks for the
/// password (`*`) waits as long as it must.
pub const NET_LIFE_MAX: Duration = seconds(600);
/// A tool made for one thing ends this soon after it.
pub const ENDS_RIGHT_AFTER: Duration = seconds(1);
/// What is run for one thing, and takes its time over it, is gone this soon after it.
pub const ENDS_SOON_AFTER: Duration = seconds(5);
/// 4104 is written before its script runs, on the clock that the Security log is on: what is written longer than this
/// after a creation came after it.
pub const SCRIPT_FIRST: Duration = Duration::from_ticks(1_000_000);
/// A script says what it does when it begins to; it may take this long to come to it.
pub const SCRIPT_REACH: Duration = seconds(600);
/// The pipe is opened by the client that calls right after.
pub const PIPE_REACH: Duration = seconds(30);
/// LAPS works about once an hour, for seconds.
pub const LAPS_REACH: Duration = seconds(10);
/// Setup makes its accounts this soon after a restart.
pub const SETUP_AFTER_START_MAX: Duration = seconds(600);
/// Who starts a service over the network logged on no longer before it began than this.
pub const SERVICE_STARTER_REACH: Duration = seconds(1);
/// Who installs a service over the network logged on no longer before than this.
pub const INSTALLER_LOGON_REACH: Duration = seconds(300);

// What of a host's sight is asked about.

/// Windows starts processes all the time; half an hour without one means that they are not shown.
pub const QUIET_MAX: Duration = seconds(30 * 60);
/// And the first shown no later than this after a logon shows those of its session.
pub const SEEN_LATE_MAX: Duration = seconds(120);
/// A host that showed processes for less than this has no rate of them.
pub const RATE_SPAN_MIN: Duration = seconds(600);
/// An interruption of auditing this near to a creation may have hidden what made it.
pub const INTERRUPTION_NEAR: Duration = seconds(600);
/// Where a session's logon or an ancestor's start is not in the input, a log that was cleared no longer than this before
/// may have held it: what is at work for longer is a service, or was there when the machine was handed over.
pub const CLEARED_NEAR: Duration = hours(24 * 7);
/// The clock is asked about this long around a creation: what was held for it bears the times of before.
pub const CLOCK_NEAR: Duration = HOLD;
/// That a source is new says something only where the host was heard for this long before.
pub const HEARD_BEFORE_MIN: Duration = hours(24);
/// An address is a machine's for this long after it was seen to have it: DHCP of Windows Server leases for eight days.
pub const LEASE: Duration = hours(8 * 24);
/// What came from a source within this time before is of the same visit: a desktop over the network logs on twice.
pub const VISIT: Duration = hours(1);

// What follows a creation.

/// A failed creation is undone within this time: Active Directory's own window took 1.3 to 5.2 s to take back an account
/// whose password was refused.
pub const UNDONE_WITHIN: Duration = seconds(60);
/// A logon of an account races with its deletion; after this no sign of it is of the time before.
pub const GONE_AFTER: Duration = seconds(1);
/// A log that is cleared or an audit policy that is changed this long around a creation, by the same actor, belongs
/// to its story.
pub const COVER_UP_WITHIN: Duration = hours(1);
/// Grants and deletions this soon after the creation count in full.
pub const SOON: Duration = seconds(600);
/// A logon of the new account from elsewhere counts for a day.
pub const FIRST_USE: Duration = hours(24);

/// A machine that is renamed starts anew at once; its clock may be set to another zone's on the way.
pub const RENAMED_WITHIN: Duration = CLOCK_STEP_MAX;

// What lies on several hosts.

/// A command works on the other machine at once, or after it asked for something.
pub const CLIENT_REACH: Duration = seconds(600);
/// A service that is started acts within this time, or on its own account.
pub const SERVICE_REACH: Duration = seconds(60);
/// One hand pauses no longer than this between two accounts.
pub const HAND_PAUSE_MAX: Duration = seconds(600);
/// Whoever makes and deletes one account again and again does so within this time: tests run daily, or once a week.
pub const AGAIN_PAUSE_MAX: Duration = hours(24 * 8);
/// A roll-out pauses no longer than this between two hosts.
pub const NAME_PAUSE_MAX: Duration = hours(24);

const fn is_under(shorter: Duration, longer: Duration) -> bool {
    shorter.ticks() < longer.ticks()
}

const _: () = {
    assert!(is_under(CLOCK_GRAIN, CHANNEL_TOLERANCE), "one log is told apart finer than two");
    assert!(!is_under(CHANNEL_TOLERANCE, SECOND_CUT), "a second that was cut is no other time");
    assert!(is_under(CHANNEL_TOLERANCE, CLOCK_SKEW), "two hosts are told apart worse than two logs of one");
    // What a creation asks for when it is weighed must have been seen by then.
    assert!(is_under(ENDS_RIGHT_AFTER, ENDS_SOON_AFTER) && is_under(ENDS_SOON_AFTER, HOLD));
    assert!(is_under(CLOCK_GRAIN, SCRIPT_FIRST) && is_under(SCRIPT_FIRST, CHANNEL_TOLERANCE));
    assert!(is_under(ENDS_RIGHT_AFTER, HOLD) && is_under(ONE_ACT, HOLD) && is_under(UNDONE_WITHIN, HOLD));
    assert!(is_under(CHANNEL_TOLERANCE, HOLD), "a copy from another log comes before it is weighed");
    assert!(is_under(PIECES_WITHIN, HOLD), "a script is read before what it may have made is weighed");
    assert!(is_under(HOLD, NEEDED_AFTER_END), "what ended before is kept until then");
    assert!(is_under(seconds(347), LAG_MAX), "the lag that was seen is waited for");
    assert!(is_under(LAG_MAX, QUIET_MAX), "a record that is late is no silence");
    assert!(is_under(STARTED_NEAR, NET_LIFE_MAX), "a tool that just started is not long gone");
    assert!(!is_under(CLOCK_NEAR, HOLD), "a clock that was set while a creation was held is asked about");
    assert!(
        is_under(GONE_AFTER, UNDONE_WITHIN)
            && is_under(UNDONE_WITHIN, SOON)
            && is_under(SOON, FIRST_USE)
            && is_under(VISIT, HEARD_BEFORE_MIN)
    );
    assert!(is_under(SERVICE_REACH, CLIENT_REACH) && is_under(HAND_PAUSE_MAX, NAME_PAUSE_MAX));
    assert!(is_under(NAME_PAUSE_MAX, AGAIN_PAUSE_MAX) && is_under(STARTED_NEAR, CLEARED_NEAR));
};
