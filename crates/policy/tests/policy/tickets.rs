//! Change tickets: what is refused, and what they cover.

use begat_model::case::Unmet;
use begat_policy::{Policy, Tickets};
use jiff::tz::TimeZone;

use crate::situations::{at, situation};

fn parse(text: &str) -> Result<Tickets, String> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    Tickets::parse("tickets.csv", text, &zone).map_err(|complaints| complaints.to_string())
}

#[test]
fn tickets_that_would_allow_everything_or_nothing_are_refused_with_their_line() {
    insta::assert_snapshot!(
        parse(
            "ticket;host;account;from;to;owner\n\
             CHG1;;;2026-03-02;2026-03-03;it\n\
             CHG2;*;*;2026-03-02;2026-03-03;it\n\
             CHG3;FILES01;;2026-03-04;2026-03-03;it\n\
             CHG4;FILES01;;2026-03-04;;it\n\
             CHG5;FILES01;;soon;2026-03-03;\n\
             ;*.*;??;2026-03-02;2026-03-03;it\n"
        )
        .unwrap_err()
    );
    let told = parse(
        "[{\"ticket\": \"CHG1\", \"from\": \"2026-03-02\",\n\"to\": \"2026-03-03\", \"owner\": \"it\"},\n{}]",
    );
    assert_eq!(
        told.unwrap_err(),
        "tickets.csv:1: the ticket names neither a host nor an account: it would allow everything; name one of them, \
         `KIOSK-*` or `svc_*` say"
    );
}

#[test]
fn odd_tickets_are_told_and_kept() {
    let tickets =
        parse("Ticket,Host,Account,From,To,Owner,Phase\nCHG1,FILES01,,2026-01-01,2026-12-31,it,x\n").unwrap();
    let warnings: Vec<String> = tickets.warnings().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r"
    tickets.csv:1: column `Phase` is not read; known are `ticket`, `host`, `account`, `from`, `to`, `owner`
    tickets.csv:2: ticket CHG1 is open for 364 days; what is allowed for long is an entry of the policy
    ");
    assert_eq!(tickets.all().len(), 1);
}

#[test]
fn a_ticket_covers_its_host_its_account_and_its_time() {
    let covers = |row: &str, created_at: &str| {
        let tickets = parse(&format!("ticket,host,account,from,to,owner\n{row}")).unwrap();
        let mut situation = situation();
        situation.created_at = at(created_at);
        tickets.covering(&situation).is_some()
    };
    let noon = "2026-03-02T12:00:00Z";
    for (row, created_at, expected) in [
        ("C,files01,rmm-*,2026-03-02,2026-03-02,it", noon, true),
        ("C,FILES01.corp.example,,2026-03-02,2026-03-02,it", noon, true),
        ("C,files0*,,2026-03-02,2026-03-02,it", noon, true),
        ("C,,RMM-SVC,2026-03-02,2026-03-02,it", noon, true),
        ("C,files02,rmm-*,2026-03-02,2026-03-02,it", noon, false),
        ("C,files01,svc_*,2026-03-02,2026-03-02,it", noon, false),
        ("C,files01.other.example,,2026-03-02,2026-03-02,it", noon, false),
        // The day is that of the site: Berlin is an hour ahead.
        ("C,files01,,2026-03-02,2026-03-02,it", "2026-03-01T23:00:00Z", true),
        ("C,files01,,2026-03-02,2026-03-02,it", "2026-03-01T22:59:59.9Z", false),
        ("C,files01,,2026-03-02,2026-03-02,it", "2026-03-02T23:00:00Z", false),
        ("C,files01,,2026-03-02T12:00:00Z,2026-03-02T12:00:00Z,it", noon, true),
    ] {
        assert_eq!(covers(row, created_at), expected, "{row} {created_at}");
    }
}

#[test]
fn the_narrowest_ticket_counts_and_a_missed_one_is_told() {
    let tickets = parse(
        "ticket,host,account,from,to,owner\nWIDE,files01,,2026-03-01,2026-03-09,it\nNARROW,files01,rmm-svc,2026-03-01,\
         2026-03-09,it\nSHORT,,rmm-svc,2026-03-02,2026-03-02,it\n",
    )
    .unwrap();
    assert_eq!(&*tickets.covering(&situation()).unwrap().id, "NARROW");
    let late = parse("ticket,host,account,from,to,owner\nLATE,files01,,2026-03-01,2026-03-01,it\n").unwrap();
    let policy = Policy::default().with_tickets(late);
    let judgement = policy.judge(&situation());
    assert_eq!(judgement.permission, None);
    assert_eq!(&*judgement.nearest[0].rule, "LATE");
    assert_eq!(judgement.nearest[0].lacks, [Unmet::Ended { at: "2026-03-01".into() }]);
}
