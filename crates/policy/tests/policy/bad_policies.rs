//! Everything that is wrong with a policy is told at once, with line, column and what to write instead.

use begat_policy::Policy;

use crate::situations::{STRONG, entry};

fn complaints(text: &str) -> String {
    Policy::parse("site.toml", text).map_or_else(|complaints| complaints.to_string(), |_| "sound".to_owned())
}

fn warnings(text: &str) -> String {
    let policy = Policy::parse("site.toml", text).unwrap_or_else(|complaints| panic!("{complaints}"));
    policy.warnings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn site_and_tuning() {
    insta::assert_snapshot!(complaints(
        r#"colour = 1
[sight]
[site]
timezone = "local"
timezones = "UTC"
working_hours = { days = ["mon", "funday"], from = "8", to = "18:00" }
privileged_groups = ["Domain Admins"]
[groups]
team = ["S-1-5-21-1-2-3-1146", "keller"]
[networks]
lan = ["10.20.0.1/16", "10.20.0.0/33"]
[analytic]
time_window = "0s"
suspicious_defaults = "yes"
sigma_rules = 7
[[analytic.suspicious]]
reason = "nothing named"
[[analytic.suspicious]]
image = "*"
reason = "everything"
[[analytic.suspicious]]
path_class = "user_writeable"
reason = "a slip"
[[analytic.parent_process_name]]
class = "office"
name = "winword.exe"
points = 30
reason = "both"
[[analytic.parent_process_name]]
class = "office"
reason = "no points"
[[analytic.user_context]]
sid = "keller"
points = 0
reason = ""
"#
    ));
    for (window, expected) in
        [("2s", "outside of"), ("5m", "outside of"), ("25h", "out of bounds"), ("soon", "no span")]
    {
        let text = format!("[analytic]\ntime_window = \"{window}\"\n");
        let told =
            Policy::parse("p", &text).map_or_else(|it| it.to_string(), |it| it.warnings()[0].to_string());
        assert!(told.starts_with("p:2:15: ") && told.contains(expected), "{window}: {told}");
    }
}

#[test]
fn entries_without_what_they_must_have() {
    insta::assert_snapshot!(complaints(
        "[[authorisation]]\nname = \"bare\"\n\n[[authorisation]]\nname = \"agents\"\nkind = \"deploying\"\nowner = \" \"\n\
         reason = 5\nexpires = \"never\"\nexpire = 2026-12-31\nmatch = 7\n"
    ));
}

#[test]
fn keys_and_values_of_match() {
    insta::assert_snapshot!(complaints(&entry(
        "agents",
        "2026-12-31",
        r#"creator = "none"
parent = "C:/Program Files/RMM/service.exe"
signer = "Example"
parent_class = "management_agent"
hash = "MD5=00"
session = ["network", "netwrok"]
actor = ["keller", "@team"]
actor_group = []
source = ["10.20.4.0/240", "@lan"]
sourcehost = "JUMP01"
account = ""
hours = "8-18"
days = "funday"
from = "soon"
verdict = "remot"
ticket = false"#
    )));
}

#[test]
fn what_an_attacker_can_cheaply_fake_is_refused_with_why() {
    for (lines, why) in [
        ("account = 'svc_*'", "names the account"),
        ("actor = 'S-1-5-18'\nsession = 'system'\naccount = 'svc_*'", "runs as SYSTEM"),
        ("creator = 'C:\\Windows\\System32\\net1.exe'\nactor = 'S-1-5-18'\nhost = 'a*'", "on every host"),
        ("creator = 'C:\\ProgramData\\a.exe'\nsource = '10.0.0.0/8'\nhost = 'a*'", "too wide"),
        ("actor = 'CORP\\adm.keller'\nsource_host = 'JUMP01'\nhost = 'a*'", "names can be taken"),
        ("actor_group = 'S-1-5-32-544'\nsource = '10.20.4.0/24'\nhost = 'a*'", "prove origin ("),
        (
            "actor = 'S-1-5-21-1-2-3-1146'\nactor_group = 'S-1-5-21-1-2-3-2301'\nhost = 'a*'",
            "prove identity (",
        ),
        (STRONG, "3 keys at least"),
        ("ticket = true\naccount = 'a*'\nhost = 'b'", "prove change ("),
    ] {
        let told = complaints(&entry("weak", "2026-12-31", lines));
        assert!(told.contains("entry `weak` asks for too little") && told.contains(why), "{lines}: {told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(told.starts_with("site.toml:1:1: "), "{told}");
    }
    for lines in [
        &format!("{STRONG}\naccount = 'svc_*'"),
        "creator = 'C:\\Program Files\\RMM\\agent.exe'\nticket = true\nhost = 'a*'",
        &format!("creator = 'C:\\RMM\\agent.exe'\nhash = 'SHA1={}'\nsource = '10.20.4.31'", "0".repeat(40)),
    ] {
        assert_eq!(complaints(&entry("strong", "2026-12-31", lines)), "sound", "{lines}");
    }
}

#[test]
fn names_that_stand_twice_and_entries_that_cover_others() {
    let narrow = format!("{STRONG}\naccount = 'svc_print'\nhost = 'files01'");
    let wide = format!("{STRONG}\naccount = 'svc_*'");
    let other = format!("{STRONG}\naccount = 'adm_*'");
    let text = |second: &str, end: &str| {
        format!("{}{}", entry("one", "2026-12-31", &narrow), entry(second, end, &wide))
    };
    insta::assert_snapshot!(complaints(&text("one", "2026-12-31")), @"site.toml:12:1: `one` is the name of the entry in line 1 already; give each entry a name of its own");
    insta::assert_snapshot!(warnings(&text("two", "2026-12-31")), @"site.toml:12:1: entry `two` (line 12) allows all that entry `one` (line 1) allows; leave `one` out, or narrow `two`");
    assert_eq!(warnings(&text("two", "2026-12-30")), "", "it ends before the narrower one");
    let apart = format!("{}{}", entry("one", "2026-12-31", &narrow), entry("two", "2026-12-31", &other));
    assert_eq!(warnings(&apart), "");
}

#[test]
fn what_is_no_toml_is_told_where_it_stands_and_the_rest_is_read_on() {
    let told = complaints("[site]\ntimezone = \n[analytic]\ntime_window = \"0s\"\n");
    assert!(
        told.contains("site.toml:2:") && told.contains("no TOML") && told.contains("site.toml:4:15"),
        "{told}"
    );
    assert_eq!(complaints("\u{feff}[site]\r\ntimezone = \"UTC\"\r\n"), "sound");
    assert_eq!(complaints(""), "sound");
}

#[test]
fn columns_count_characters_and_hostile_text_is_told_visibly() {
    let told = complaints("[groups]\n\"größe\" = [\"é\\u001b[2J\"]\n");
    assert!(told.starts_with("site.toml:2:12: `é\\u{1b}[2J` is neither"), "{told}");
    assert!(!told.chars().any(char::is_control), "{told}");
}

#[test]
fn more_entries_than_can_be_compared_are_taken_with_a_warning() {
    let entry = |number: usize| {
        format!(
            "[[authorisation]]\nname = \"entry{number}\"\nkind = \"administration\"\nowner = \"o\"\nreason = \"r\"\n\
             expires = 2027-03-31\n[authorisation.match]\nactor = 'S-1-5-21-1-2-3-1{number:05}'\n\
             source = '10.20.4.0/24'\naccount = 'svc{number}'\n"
        )
    };
    let many: String = (0..1500).map(entry).collect();
    let policy = Policy::parse("site.toml", &many).unwrap();
    assert_eq!(policy.entries().len(), 1500);
    let warnings: Vec<String> = policy.warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("compared with the 666 before it"), "{warnings:?}");
    let few: String = (0..50).map(entry).collect();
    assert_eq!(Policy::parse("site.toml", &few).unwrap().warnings(), []);
}

#[test]
fn more_entries_than_anybody_keeps_in_mind_are_refused_at_once_and_so_are_endless_patterns() {
    let many = "[[authorisation]]\n".repeat(100_001);
    let told = complaints(&many);
    assert!(told.contains("more than 100000 entries") && told.lines().count() == 1, "{told}");
    let endless = format!("account = [\"{}\"]", "a*".repeat(3000));
    let text = format!(
        "[[authorisation]]\nname = \"n\"\nkind = \"admin\"\nowner = \"o\"\nreason = \"r\"\nexpires = 2027-03-31\n\
         [authorisation.match]\n{endless}\n"
    );
    assert!(complaints(&text).contains("longer than 1024 bytes"), "{}", complaints(&text));
}

#[test]
fn places_are_told_as_a_reader_counts_them_wherever_they_stand() {
    let text = "\n\n[site]\n  timezones = \"UTC\"\n";
    assert!(complaints(text).starts_with("site.toml:4:3:"), "{}", complaints(text));
}
