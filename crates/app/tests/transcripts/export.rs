//! `begat export`: the analytic in the languages of other tools.

use crate::session::Session;

const POLICY: &str = r#"
[analytic]
time_window = "30s"
suspicious = [{ image = 'C:\tools\mk*.exe', reason = "our own tool" }]

[[authorisation]]
name = "rmm"
kind = "deployment"
owner = "it"
reason = "the agent makes its account"
expires = 2036-12-31

[authorisation.match]
creator = ['C:\Program Files\RMM\agent.exe']
actor = ["S-1-5-21-1004336348-1177238915-682003330-1203"]
account = ["rmm_*"]

[[authorisation]]
name = "by-ticket"
kind = "deployment"
owner = "it"
reason = "with a ticket"
expires = 2036-12-31

[authorisation.match]
creator = ['C:\Program Files\RMM\agent.exe']
ticket = true
account = ["app_*"]
"#;

#[test]
fn every_language_is_written_as_it_stands() {
    let session = Session::new().file("site.toml", POLICY);
    for language in ["sigma", "eql", "esql", "kql", "spl"] {
        insta::assert_snapshot!(language, session.stdout(&["export", language, "--policy", "site.toml"]));
    }
}

#[test]
fn the_window_is_what_was_typed_then_the_policys_then_two_minutes() {
    let session = Session::new().file("site.toml", POLICY);
    let sigma = |args: &[&str]| session.stdout(&[&["export", "sigma"], args].concat());
    assert!(sigma(&[]).contains("timespan: 120s"));
    assert!(sigma(&["--policy", "site.toml"]).contains("timespan: 30s"));
    assert!(sigma(&["--policy", "site.toml", "--window", "5s"]).contains("timespan: 5s"));
    assert_eq!(session.status(&["export", "perl"]), 2);
    assert_eq!(session.status(&["export", "sigma", "--policy", "nothing.toml"]), 2);
}
