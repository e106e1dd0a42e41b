//! Change tickets: somebody approved, beforehand, that accounts are made on some host or under some name, for a time.

use begat_model::case::Unmet;
use begat_model::event::Text;
use begat_model::{Pattern, Timestamp};
use jiff::tz::TimeZone;

use crate::file::complaint::{Complaint, Complaints};
use crate::file::rows::{Columns, Row, Table};
use crate::judge::patterns::{account_fits, host_fits};
use crate::judge::situation::Situation;
use crate::terms::schedule::Moment;

const COLUMNS: Columns = Columns {
    known: &["ticket", "host", "account", "from", "to", "owner"],
    also_called: &[("id", "ticket"), ("number", "ticket"), ("until", "to")],
    needed: &["ticket", "from", "to", "owner"],
};

/// A ticket that is open for longer is told: it has become a standing permission.
const DAYS_USUAL_MAX: i64 = 31;

/// One change ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its number, as the site writes it.
    pub id: Text,
    /// Who answers for it.
    pub owner: Text,
    /// Line of the file, from 1.
    pub line: usize,
    /// Hosts that it names; `None`: any.
    host: Option<Pattern>,
    /// Accounts that it names; `None`: any.
    account: Option<Pattern>,
    from: Moment,
    to: Moment,
}

impl Ticket {
    /// Until when it holds, as written.
    pub fn until(&self) -> &Text {
        &self.to.text
    }

    /// The last moment at which it holds.
    pub fn last(&self) -> Timestamp {
        self.to.last
    }

    fn is_of(&self, situation: &Situation) -> bool {
        self.host.as_ref().is_none_or(|host| host_fits(host, &situation.host))
            && self.account.as_ref().is_none_or(|account| account_fits(account, situation))
    }

    fn is_open(&self, situation: &Situation) -> bool {
        let at = situation.created_at.unix_ticks();
        (self.from.first.unix_ticks()..=self.to.last.unix_ticks()).contains(&at)
    }

    /// The first in order is the narrowest: who names both host and account, then who is open for the shortest time.
    fn width(&self) -> (usize, i64) {
        let named = usize::from(self.host.is_some()) + usize::from(self.account.is_some());
        (2 - named, self.to.last.unix_ticks().saturating_sub(self.from.first.unix_ticks()))
    }
}

/// All change tickets of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tickets {
    tickets: Vec<Ticket>,
    warnings: Vec<Complaint>,
}

impl Tickets {
    /// Reads them from CSV or JSON; times without a zone are in `zone`.
    pub fn parse(file: &str, text: &str, zone: &TimeZone) -> Result<Tickets, Complaints> {
        let mut tickets: Vec<Ticket> = Vec::new();
        let table = Table::read(file, text, &COLUMNS, |table, row| tickets.extend(read(row, table, zone)));
        Ok(Tickets { tickets, warnings: table.finish()? })
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Ticket] {
        &self.tickets
    }

    /// What is odd about them but allowed.
    pub fn warnings(&self) -> &[Complaint] {
        &self.warnings
    }

    /// The narrowest ticket that covers host, account and time.
    pub fn covering(&self, situation: &Situation) -> Option<&Ticket> {
        let fitting =
            self.tickets.iter().filter(|ticket| ticket.is_of(situation) && ticket.is_open(situation));
        fitting.min_by_key(|ticket| ticket.width())
    }

    /// Tickets of that host and account that were open at another time, each with what says so.
    pub(crate) fn missed(&self, situation: &Situation) -> impl Iterator<Item = (&Ticket, Unmet)> {
        let missed =
            self.tickets.iter().filter(|ticket| ticket.is_of(situation) && !ticket.is_open(situation));
        missed.map(|ticket| {
            let lack = match situation.created_at.unix_ticks() < ticket.from.first.unix_ticks() {
                true => Unmet::NotYetOpen { from: ticket.from.text.clone() },
                false => Unmet::Ended { at: ticket.to.text.clone() },
            };
            (ticket, lack)
        })
    }
}

/// `None` where something is missing or wrong, which the table then tells.
fn read(row: &Row, table: &mut Table, zone: &TimeZone) -> Option<Ticket> {
    let id = needed(row, "ticket", table);
    let owner = needed(row, "owner", table);
    let from = moment(row, "from", table, zone);
    let to = moment(row, "to", table, zone);
    let named = |column| row.get(column).map(Pattern::new).filter(|pattern| !is_any(pattern));
    let (host, account) = (named("host"), named("account"));
    if host.is_none() && account.is_none() {
        let instead = "name one of them, `KIOSK-*` or `svc_*` say";
        table.error(
            row.line,
            "the ticket names neither a host nor an account: it would allow everything",
            instead,
        );
        return None;
    }
    let ticket = Ticket { id: id?, owner: owner?, line: row.line, host, account, from: from?, to: to? };
    let (from, to) = (&ticket.from, &ticket.to);
    if from.first > to.last {
        let what = format!("the ticket ends ({}) before it begins ({})", to.text, from.text);
        table.error(row.line, what, "exchange the two");
        return None;
    }
    let days = ticket.width().1 / begat_model::time::TICKS_PER_SECOND / 86_400;
    if days > DAYS_USUAL_MAX {
        let what = format!("ticket {} is open for {days} days", ticket.id);
        table.warning(row.line, what, "what is allowed for long is an entry of the policy");
    }
    Some(ticket)
}

/// Wildcards alone name nothing.
fn is_any(pattern: &Pattern) -> bool {
    pattern.as_str().chars().all(|character| matches!(character, '*' | '?' | '.' | ' '))
}

fn needed(row: &Row, column: &'static str, table: &mut Table) -> Option<Text> {
    let cell = row.get(column);
    if cell.is_none() {
        let instead = format!("fill in `{column}`");
        table.error(row.line, format!("the ticket has no `{column}`"), instead);
    }
    cell.map(Text::from)
}

fn moment(row: &Row, column: &'static str, table: &mut Table, zone: &TimeZone) -> Option<Moment> {
    let text = needed(row, column, table)?;
    let moment = Moment::parse(&text, zone);
    if moment.is_none() {
        let what = format!("`{column}` is no date or time: {text}");
        table.error(row.line, what, format!("write {}", Moment::EXAMPLES));
    }
    moment
}
