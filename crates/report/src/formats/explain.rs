//! The reasoning of one case in plain sentences: what was seen, weighed, ruled out, and what could not be seen. And
//! what is known of one finding.

use std::io::{self, Write};

use begat_model::visible::{visible, visible_bounded};

use crate::formats::wave::{Wave, waves};
use crate::view::{
    ActorView, AuthorisationStatus, CaseView, Certainty, EventView, EvidenceView, FindingView, Found,
    Outcome, ProcessView, RecordView, Role, Scope, Verdict,
};
use crate::words::allowed;
use crate::words::page::{Lines, Look, Page};
use crate::words::section::Section;
use crate::words::when::since;
use crate::words::wording::{self, COMMAND_LINE_CHARS_MAX, counted, grouped, tally};

/// Entries of one list that are told; the rest is counted.
const ENTRIES_MAX: usize = 100;
/// Groups of an actor that are told; a token may hold a thousand.
const GROUPS_MAX: usize = 40;
/// Said where all sections follow each other.
const WHOLE: &str = " · cause, events, response (`--only` tells one of them)";
/// Columns of the figure before an entry: a weight, a share, points, a span.
const FIGURE_COLUMNS: usize = 9;

/// Writes the reasoning of one case; `found` is all that the hunt found, to tell what wave the case is part of.
pub fn write_explanation(
    case: &CaseView<'_>,
    found: &Found<'_>,
    page: &Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = Explanation { lines: Lines::new(page), page };
    text.heading(case);
    if page.tells(Section::Cause) {
        text.cause(case, found);
    }
    if page.tells(Section::Events) {
        text.events(&case.events);
    }
    if page.tells(Section::Response) {
        text.what_to_do_first(case);
    }
    text.lines.write_to(out)
}

/// Writes what is known of one finding.
pub fn write_finding(finding: &FindingView<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Explanation { lines: Lines::new(page), page };
    let host = wording::name(finding.host.name);
    let title = format!("{} on {host}", wording::finding_kind(finding.kind));
    text.lines.wrapped("", "", &format!("Finding {}", visible(finding.finding_id)), Look::Faint);
    text.lines.wrapped("", "", &title, Look::Strong);
    if page.tells(Section::Cause) {
        text.section("What happened");
        text.paragraph(&wording::sentence(&page.said(finding.summary)));
        match finding.at {
            Some(at) => text.paragraph(&format!("That was at {} on {host}.", page.time(at))),
            None => text.paragraph(&format!("That was on {host}, at a time that cannot be read.")),
        }
        let (kind, means) = (finding.kind, finding.kind.doc());
        text.paragraph(&format!("Kind: {kind} ({means}). It is a finding, not a recorded creation."));
        text.whose(finding);
        text.section("How severe");
        text.paragraph(&format!("{}: {}.", finding.severity, finding.severity.doc()));
    }
    if page.tells(Section::Events) {
        text.events(&finding.events);
    }
    if page.sections.contains(&Section::Response) {
        text.section("What to do first");
        text.paragraph("begat has steps for cases only: look at the records of this finding first.");
    }
    text.lines.write_to(out)
}

struct Explanation<'page> {
    lines: Lines<'page>,
    page: &'page Page,
}

impl Explanation<'_> {
    fn cause(&mut self, case: &CaseView<'_>, found: &Found<'_>) {
        self.what_happened(case);
        if let Some(wave) = case.wave.and_then(|id| waves(found).remove(id)) {
            self.which_wave(&wave);
        }
        self.what_stands_out(case);
        self.who_made_it(case);
        self.what_was_ruled_out(case);
        self.what_the_window_rule_says(case);
        self.what_came_afterwards(case);
        self.what_could_not_be_seen(case);
        self.was_it_allowed(case);
        self.how_severe(case);
    }

    fn heading(&mut self, case: &CaseView<'_>) {
        let account = wording::name_or_unknown(case.account.name.or(case.account.created_as));
        let title = format!("{account} on {}", wording::name(case.host.name));
        let parts = if self.page.sections.is_empty() { WHOLE } else { "" };
        self.lines.wrapped("", "", &format!("Case {}{parts}", visible(case.case_id)), Look::Faint);
        self.lines.wrapped("", "", &title, Look::Strong);
    }

    fn what_happened(&mut self, case: &CaseView<'_>) {
        self.section("What happened");
        let scope = match case.account.scope {
            Scope::Local => "the local account",
            Scope::Domain => "the domain account",
            Scope::Unknown => "the account (local or of a domain: the event does not say)",
        };
        let sid = case.account.sid.map_or(String::new(), |sid| format!(" ({})", visible(sid)));
        let record = case.events.iter().find(|event| event.role == Role::Creation);
        let record = record.map_or(String::new(), |event| format!(" ({})", wording::record(&event.record)));
        self.paragraph(&format!(
            "At {} {scope} {}{sid} was created on {}{record}.",
            self.page.time(case.created_at),
            wording::name_or_unknown(case.account.created_as.or(case.account.name)),
            wording::name(case.host.name),
        ));
        self.paragraph(&format!(
            "The call was made with the token of {}.{}",
            wording::actor_account(&case.actor),
            self.session(&case.actor),
        ));
        if let Some(origin) = &case.origin {
            let lead = match origin.certainty {
                Certainty::Proven => "Behind it is another session",
                Certainty::Likely => {
                    "Another session is likely behind it: none else came over the network at that moment"
                }
                Certainty::Possible => "Another session may be behind it, and so may others",
            };
            self.paragraph(&format!(
                "{lead}, {}: {}.{}",
                wording::via_said(origin.via),
                wording::actor_account(&origin.actor),
                self.session(&origin.actor),
            ));
        }
        if let Some(client) = case.origin.as_ref().and_then(|origin| origin.client.as_ref()) {
            self.paragraph(&format!(
                "The remote command was given on {} by {}.",
                wording::name(client.host),
                self.process(&client.process),
            ));
        }
        self.paragraph(match case.outcome {
            Outcome::Persists => "At the end of this input the account still exists.",
            Outcome::Deleted => "The account was deleted again.",
            Outcome::AttemptFailed => {
                "The attempt failed: the account was deleted at once or its password refused, so it was never usable."
            }
            Outcome::Resurrected => "The account was deleted, and its SID was in use again afterwards.",
        });
    }

    fn which_wave(&mut self, wave: &Wave<'_>) {
        let hosts = counted(wave.hosts.len() as u64, "host", "hosts");
        let verdicts = tally(wave.verdicts.iter().map(|(verdict, count)| (verdict, *count)));
        self.paragraph(&format!(
            "It is one of {} accounts of wave {}, created on {hosts} from {} to {} ({verdicts}).",
            grouped(wave.cases),
            visible(wave.id),
            self.page.time(wave.first),
            self.page.time(wave.last),
        ));
    }

    /// Account, actor and process of a finding, each as far as its events name it.
    fn whose(&mut self, finding: &FindingView<'_>) {
        if let Some(account) = &finding.account {
            let sid = account.sid.filter(|_| account.name.is_some());
            let sid = sid.map_or(String::new(), |sid| format!(" ({})", visible(sid)));
            self.paragraph(&format!("The account is {}{sid}.", wording::principal(account)));
        }
        match &finding.actor {
            Some(actor) => self.paragraph(&format!(
                "It was done with the token of {}.{}",
                wording::actor_account(actor),
                self.session(actor)
            )),
            None => self.paragraph("Its events do not say who did it."),
        }
        match &finding.process {
            Some(process) => self.paragraph(&format!("The process is {}.", self.process(process))),
            None => self.paragraph("Its events do not say by which process."),
        }
    }

    /// What is known of a session, as sentences that follow the account's name.
    fn session(&self, actor: &ActorView<'_>) -> String {
        let Some(logon_id) = actor.logon_id else {
            return " The event names no logon session.".to_owned();
        };
        let Some(logon_type) = actor.logon_type else {
            let came = wording::source(actor).map_or(String::new(), |source| format!(", from {source}"));
            return format!(" Its session is {logon_id}{came}; the logon itself is not in the input.");
        };
        let mut said =
            format!(" Its session is {logon_id}: {}", wording::logon_type_with_article(logon_type));
        match wording::source(actor) {
            Some(source) => said.push_str(&format!(" from {source}")),
            None => said.push_str(" whose source the event does not name"),
        }
        if let Some(logon_at) = actor.logon_at {
            said.push_str(&format!(", begun at {}", self.page.time(logon_at)));
        }
        match actor.elevated {
            Some(true) => said.push_str(", elevated"),
            Some(false) => said.push_str(", not elevated"),
            None => {}
        }
        said.push('.');
        said
    }

    /// The host, who acts, the name and the rest of the input: what no single record says.
    fn what_stands_out(&mut self, case: &CaseView<'_>) {
        self.section("What is known of host, actor and name");
        let host = wording::name(case.host.name);
        self.paragraph(&match (wording::host_role(&case.host), case.host.role_why) {
            (Some(role), Some(why)) => format!("{host}: {role}; {}.", visible(&self.page.said(why))),
            (Some(role), None) => format!("{host}: {role}."),
            (None, _) => {
                format!("The role of {host} is not known: neither an inventory nor its events show it.")
            }
        });
        let actors = [Some(&case.actor), case.origin.as_ref().map(|origin| &origin.actor)];
        for actor in actors.into_iter().flatten() {
            self.kind_and_groups(actor);
        }
        for sign in &case.context.name_signs {
            let why = self.page.said(sign.why);
            self.paragraph(&format!("The name {} ({}).", visible(&why), sign.kind.replace('_', " ")));
        }
        if let Some(rarity) = &case.context.rarity {
            self.paragraph(&format!("It is {}.", wording::rarity(rarity, case.attribution.verdict)));
        }
    }

    fn kind_and_groups(&mut self, actor: &ActorView<'_>) {
        if let Some(kind) = actor.kind {
            self.paragraph(&format!("{} is {}.", wording::actor_account(actor), kind.doc()));
        }
        if !actor.groups.is_empty() {
            let told: Vec<_> = actor.groups.iter().take(GROUPS_MAX).map(|group| visible(group)).collect();
            let further = actor.groups.len().saturating_sub(GROUPS_MAX);
            let further = if further > 0 { format!(" and {further} more") } else { String::new() };
            self.paragraph(&format!("The groups of its session are {}{further}.", told.join(", ")));
        }
    }

    fn who_made_it(&mut self, case: &CaseView<'_>) {
        let attribution = &case.attribution;
        self.section("Who made it");
        let sure = wording::sure(attribution.confidence);
        let sure = sure.map_or(String::new(), |sure| format!(", confidence {sure}"));
        let (verdict, means) = (attribution.verdict, attribution.verdict.doc());
        self.lines.wrapped("  ", "  ", &format!("Verdict: {verdict} ({means}){sure}."), Look::Strong);
        if let Some(reason) = attribution.reason {
            self.paragraph(&wording::sentence(&self.page.said(reason)));
        }
        if let Some(creator) = &attribution.creator {
            let ranked = match attribution.verdict {
                Verdict::Ambiguous => "The likeliest of the processes that could have made it is",
                Verdict::Likely => "The process that stands out, and that probably made it, is",
                _ => "The process that made the call is",
            };
            let lag = attribution
                .lag
                .map_or(String::new(), |lag| format!(" It started {} the account.", wording::before(lag)));
            self.paragraph(&format!("{ranked} {}.{lag}", self.process(creator)));
        }
        for (index, ancestor) in attribution.chain.iter().take(ENTRIES_MAX).enumerate() {
            let link = if index == 0 { "It was started by" } else { "That was started by" };
            self.paragraph(&format!("{link} {}.", self.process(ancestor)));
        }
        if let Some(coincidence) = attribution.coincidence {
            self.paragraph(&format!(
                "Only its time ties it to the account. At the rate at which such processes start on this host, the \
                 chance that one is there by coincidence is {}.",
                wording::chance(coincidence)
            ));
        }
        if !attribution.evidence.is_empty() {
            self.paragraph("What speaks for this (each point of weight multiplies the odds by 2.7):");
            let page = self.page;
            let pieces = attribution.evidence.iter().map(|piece| evidence(piece, page));
            self.entries(attribution.evidence.len(), pieces);
        }
        let holds = if case.sequence {
            "It matches the sequence of AN1235 as ATT&CK words it: a local account, and a suspicious executable of \
             the same session that started within the window before it."
        } else {
            "It does not match the sequence of AN1235 as ATT&CK words it."
        };
        self.paragraph(holds);
    }

    /// `net1.exe (3888), started at …, with the command line …`.
    fn process(&self, process: &ProcessView<'_>) -> String {
        let mut said = self.process_in_short(process);
        if let Some(user) = process.user {
            said.push_str(&format!(", as {}", wording::name(user)));
        }
        if let Some(logon_id) = process.logon_id {
            said.push_str(&format!(", in session {logon_id}"));
        }
        if let Some(command_line) = process.command_line {
            let shown = visible_bounded(command_line, COMMAND_LINE_CHARS_MAX);
            said.push_str(&format!(", with the command line `{shown}`"));
        }
        if let Some(rules) = wording::rules(process.rules.iter().copied()) {
            said.push_str(&format!(", matched by the rules {rules}"));
        }
        said
    }

    fn process_in_short(&self, process: &ProcessView<'_>) -> String {
        let named = wording::process(process);
        match process.started_at {
            Some(started_at) => format!("{named}, started at {}", self.page.time(started_at)),
            None => format!("{named}, whose start is not in the input"),
        }
    }

    fn what_was_ruled_out(&mut self, case: &CaseView<'_>) {
        let attribution = &case.attribution;
        self.section("What else was weighed, and what spoke against it");
        if attribution.alternatives.is_empty() {
            self.paragraph("There was no other explanation to weigh.");
            return;
        }
        let page = self.page;
        let alternatives = attribution.alternatives.iter().map(|alternative| {
            let against = page.said(alternative.against);
            let text = format!("{}: {}", wording::explanation(alternative), visible(&against));
            (wording::percent(alternative.confidence), text)
        });
        self.entries(attribution.alternatives.len(), alternatives);
    }

    fn what_the_window_rule_says(&mut self, case: &CaseView<'_>) {
        let rule = &case.window_rule;
        self.section("What the plain window rule would say");
        let said = match &rule.process {
            None => "Nothing: no suspicious process of this host started in the window before.".to_owned(),
            Some(process) if rule.agrees => {
                format!("It names {}, which is the creator or in its chain.", self.process_in_short(process))
            }
            Some(process) => format!(
                "It names {}, the nearest suspicious process before the account. That is neither the creator nor \
                 in its chain.",
                self.process_in_short(process)
            ),
        };
        self.paragraph(&said);
    }

    fn what_came_afterwards(&mut self, case: &CaseView<'_>) {
        self.section("What came afterwards");
        if case.afterwards.is_empty() {
            self.paragraph("The input has no later event of this account.");
            return;
        }
        let happenings = case.afterwards.iter().map(|afterward| {
            let by = afterward.by.as_ref().map(|by| format!(", by {}", wording::principal(by)));
            let text = format!(
                "{}{} ({})",
                wording::happening(afterward),
                by.unwrap_or_default(),
                wording::record(&afterward.event)
            );
            (since(case.created_at, afterward.at), text)
        });
        self.entries(case.afterwards.len(), happenings);
    }

    fn what_could_not_be_seen(&mut self, case: &CaseView<'_>) {
        let spots = &case.blind_spots;
        self.section("What could not be seen");
        if spots.is_empty() {
            self.paragraph("Nothing that matters here.");
            return;
        }
        for spot in spots.iter().take(ENTRIES_MAX) {
            let kind = spot.kind.slug().replace('_', " ");
            let text = format!("{kind}: {}", visible(&self.page.said(spot.detail)));
            self.lines.wrapped("  - ", "    ", &text, Look::Plain);
        }
    }

    /// Told where a policy was asked: without one there is nothing to say.
    fn was_it_allowed(&mut self, case: &CaseView<'_>) {
        let authorisation = &case.authorisation;
        if authorisation.status == AuthorisationStatus::NotAssessed {
            return;
        }
        self.section("Was it allowed");
        if let Some(by) = allowed::by(authorisation) {
            self.paragraph(&format!("Yes, {by}."));
            if !authorisation.beside_likely.is_empty() {
                self.paragraph(
                    "Were the creator all that it rests on, it would not be allowed: it may be a bystander.",
                );
            }
            self.paragraph(
                "That lowers the severity. It does not change the verdict or what came afterwards.",
            );
            return;
        }
        self.paragraph("No entry of the policy and no change ticket allows it.");
        if !authorisation.nearest.is_empty() {
            self.paragraph("What comes nearest, and what it lacks:");
        }
        for miss in &authorisation.nearest {
            self.lines.wrapped("  - ", "    ", &allowed::lacks(miss), Look::Plain);
        }
    }

    fn how_severe(&mut self, case: &CaseView<'_>) {
        self.section("How severe");
        self.paragraph(&format!("{}, {} points:", case.severity, case.risk.score));
        let page = self.page;
        let terms = case.risk.terms.iter().map(|term| {
            let (name, why) = (term.name.replace('_', " "), page.said(term.why));
            (format!("{:+}", term.points), format!("{name}: {}", visible(&why)))
        });
        self.entries(case.risk.terms.len(), terms);
    }

    fn what_to_do_first(&mut self, case: &CaseView<'_>) {
        self.section("What to do first");
        let host = case.host.name;
        self.paragraph(&format!(
            "In this order. Run the commands in an elevated PowerShell (5.1 or later) on {}, unless a step names \
             another machine.",
            wording::name(host)
        ));
        let mut phase = None;
        for step in case.response.steps() {
            if phase != Some(step.phase) {
                phase = Some(step.phase);
                self.lines.blank();
                self.lines.wrapped("  ", "  ", wording::phase(step.phase), Look::Strong);
            }
            let place = match step.host {
                Some(named) if named == host => String::new(),
                Some(named) => format!("On {}: ", wording::name(named)),
                None => "From any machine of the domain: ".to_owned(),
            };
            self.lines.wrapped("  - ", "    ", &format!("{place}{}", visible(&step.step)), Look::Plain);
            // Not wrapped: a line end in the middle of a command would end it where it is pasted.
            self.lines.stretches(&[("      ", Look::Faint), (&step.command, Look::Plain)]);
        }
    }

    fn events(&mut self, events: &[EventView<'_>]) {
        self.section("The events it rests on");
        for event in events.iter().take(ENTRIES_MAX) {
            let text = format!(
                "{} · {} · {} · {}",
                event.role,
                wording::record(&event.record),
                self.page.time(event.record.at),
                visible(event.source)
            );
            self.lines.wrapped("  - ", "    ", &text, Look::Plain);
        }
        self.more(events.len());
    }

    fn section(&mut self, title: &str) {
        self.lines.blank();
        self.lines.wrapped("", "", title, Look::Strong);
    }

    fn paragraph(&mut self, text: &str) {
        self.lines.wrapped("  ", "  ", text, Look::Plain);
    }

    /// A list whose entries each begin with a figure.
    fn entries(&mut self, count: usize, entries: impl Iterator<Item = (String, String)>) {
        for (figure, text) in entries.take(ENTRIES_MAX) {
            let first = format!("  {figure:>FIGURE_COLUMNS$}  ");
            self.lines.wrapped(&first, &" ".repeat(FIGURE_COLUMNS + 4), &text, Look::Plain);
        }
        self.more(count);
    }

    fn more(&mut self, count: usize) {
        if count > ENTRIES_MAX {
            self.paragraph(&format!("… {} more: see `--format json`", count - ENTRIES_MAX));
        }
    }
}

fn evidence(evidence: &EvidenceView<'_>, page: &Page) -> (String, String) {
    const RECORDS_MAX: usize = 4;
    let records: Vec<String> =
        evidence.events.iter().take(RECORDS_MAX).map(|it: &RecordView| wording::record(it)).collect();
    let further = evidence.events.len().saturating_sub(RECORDS_MAX);
    let further = if further > 0 { format!("; {further} more") } else { String::new() };
    let records =
        if records.is_empty() { String::new() } else { format!(" ({}{further})", records.join("; ")) };
    (format!("{:+.1}", evidence.weight), format!("{}{records}", visible(&page.said(evidence.why))))
}
