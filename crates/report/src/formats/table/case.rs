//! One case as a block: who created which account where, how sure that is, what is not known.

use std::collections::BTreeSet;

use begat_model::visible::{visible, visible_bounded};

use crate::alerts::alert::case_technique;
use crate::formats::table::block::{BLIND_SPOTS_MAX, Block};
use crate::view::{
    AlternativeView, AuthorisationStatus, CaseView, Certainty, ProcessView, RarityView, Role, Verdict,
};
use crate::words::allowed;
use crate::words::doubt;
use crate::words::page::Look;
use crate::words::when::after;
use crate::words::wording::{self, COMMAND_LINE_CHARS_MAX};

/// Ancestors shown at the creator's end of a longer chain.
const CHAIN_NEAREST_MAX: usize = 6;
/// Ancestors shown at the root's end of a longer chain.
const CHAIN_ROOTS_MAX: usize = 2;
/// Happenings shown; the rest is in `begat explain` and the machine formats.
const AFTERWARDS_MAX: usize = 8;
/// Rivals shown where the verdict is ambiguous.
const RIVALS_MAX: usize = 4;
/// Signs shown of what is odd about a name.
const NAME_SIGNS_MAX: usize = 3;
/// A creator is told as rare where it made no more than one account in so many, and these were enough to judge by.
const RARE_ONE_IN: u64 = 10;
const RARE_OF_MIN: u64 = 10;
/// Columns of the span between creation and what came afterwards.
const SPAN_COLUMNS: usize = 9;

impl Block<'_> {
    pub(super) fn case(&mut self, case: &CaseView<'_>) {
        self.heading(case);
        self.account(case);
        self.context(case);
        self.creator(case);
        self.rivals(case);
        self.actor("actor", &case.actor, None);
        if let Some(origin) = &case.origin {
            let label = match origin.certainty {
                Certainty::Proven => "behind it",
                Certainty::Likely => "likely by",
                Certainty::Possible => "perhaps by",
            };
            self.actor(label, &origin.actor, Some(origin.via));
            if let Some(client) = &origin.client {
                let text = format!("on {}: {}", wording::name(client.host), process_line(&client.process));
                self.row("client", &text, Look::Plain);
            }
        }
        self.afterwards(case);
        self.window_rule(case);
        self.blind_spots(case);
        self.allowed(case);
        self.severity(case);
        let worded =
            if case.sequence { "matches AN1235's sequence" } else { "does not match AN1235's sequence" };
        self.row("ATT&CK", &format!("{} · {worded}", case_technique(case.account.scope)), Look::Plain);
        let wave = match case.wave {
            Some(wave) => format!(" · part of wave {}, whose other cases are not shown here", visible(wave)),
            None => String::new(),
        };
        self.row("case", &format!("{}{wave}", visible(case.case_id)), Look::Plain);
        self.record(case.events.iter().find(|event| event.role == Role::Creation));
    }

    pub(super) fn heading(&mut self, case: &CaseView<'_>) {
        let account = wording::name_or_unknown(case.account.name.or(case.account.created_as));
        let allowed = match case.authorisation.status {
            AuthorisationStatus::Authorised => ", as allowed",
            AuthorisationStatus::Unauthorised | AuthorisationStatus::NotAssessed => "",
        };
        let title = format!("{account} created on {}{allowed}", wording::name(case.host.name));
        self.headline(case.severity, &title, case.created_at);
        self.rule();
    }

    fn account(&mut self, case: &CaseView<'_>) {
        let account = &case.account;
        let mut facts =
            vec![wording::scope(account.scope).to_owned(), wording::outcome(case.outcome).to_owned()];
        if account.privileged {
            facts.push("privileged".to_owned());
        }
        if case.host.domain_controller == Some(true) {
            facts.push("on a domain controller".to_owned());
        }
        if let Some(before) = account.created_as.filter(|before| Some(*before) != account.name) {
            facts.push(format!("created as {}", wording::name(before)));
        }
        let look = if account.privileged { Look::Strong } else { Look::Plain };
        self.row("account", &facts.join(" · "), look);
        if let Some(sid) = account.sid {
            self.row("", &visible(sid), Look::Plain);
        }
    }

    /// What makes this one stand out: what is odd about its name, whose host it is, how rare its creator is there.
    fn context(&mut self, case: &CaseView<'_>) {
        let signs = &case.context.name_signs;
        if !signs.is_empty() {
            let shown = signs.iter().take(NAME_SIGNS_MAX);
            let whys: Vec<_> = shown.map(|sign| visible(&self.page.said(sign.why)).into_owned()).collect();
            self.row("its name", &whys.join("; "), Look::Warning);
        }
        self.more(signs.len(), NAME_SIGNS_MAX);
        if let Some(host) = wording::host_role(&case.host) {
            self.row("host", &host, Look::Plain);
        }
        let is_rare = |rarity: &&RarityView<'_>| {
            rarity.of >= RARE_OF_MIN && rarity.creations.saturating_mul(RARE_ONE_IN) <= rarity.of
        };
        if let Some(rarity) = case.context.rarity.as_ref().filter(is_rare) {
            self.row("rare", &wording::rarity(rarity, case.attribution.verdict), Look::Plain);
        }
    }

    fn creator(&mut self, case: &CaseView<'_>) {
        let attribution = &case.attribution;
        let sure = wording::verdict_and_confidence(attribution.verdict, attribution.confidence);
        let accident = attribution
            .coincidence
            .map_or(String::new(), |chance| format!(", {} by coincidence", wording::chance(chance)));
        match (&attribution.creator, attribution.verdict) {
            (Some(creator), verdict @ (Verdict::Attributed | Verdict::Likely)) => {
                let lag = attribution
                    .lag
                    .map_or(String::new(), |lag| format!(", started {} the account", wording::before(lag)));
                let (doubt, named) = (doubt::before(verdict), wording::process(creator));
                let look = if verdict == Verdict::Attributed { Look::Strong } else { Look::Warning };
                self.row("made by", &format!("{doubt}{named} · {sure}{lag}{accident}"), look);
            }
            (_, verdict) => {
                let sure = wording::sure(attribution.confidence);
                let sure = sure.map_or(String::new(), |sure| format!(", {sure}"));
                self.row("made by", &format!("{}{sure}{accident}", wording::maker(verdict)), Look::Warning);
            }
        }
        if let Some(reason) = attribution.reason {
            self.row("", &wording::sentence(&self.page.said(reason)), Look::Plain);
        }
        if let Some(creator) = &attribution.creator {
            self.tree(creator, &attribution.chain);
            let all = attribution.chain.iter().chain([creator]).flat_map(|process| &process.rules);
            let names: BTreeSet<&str> = all.copied().collect();
            if let Some(rules) = wording::rules(names) {
                self.row("rules", &rules, Look::Plain);
            }
        }
    }

    /// Root first, each child beneath and to the right of its parent, the creator last.
    pub(super) fn tree(&mut self, creator: &ProcessView<'_>, chain: &[ProcessView<'_>]) {
        let hidden = chain.len().saturating_sub(CHAIN_NEAREST_MAX + CHAIN_ROOTS_MAX);
        let mut depth = 0;
        for (above_creator, process) in chain.iter().enumerate().rev() {
            let from_root = chain.len() - 1 - above_creator;
            if hidden > 0 && from_root == CHAIN_ROOTS_MAX {
                self.branch(depth, &format!("… {hidden} more …"), Look::Faint);
                depth += 1;
            }
            if hidden == 0 || from_root < CHAIN_ROOTS_MAX || above_creator < CHAIN_NEAREST_MAX {
                self.branch(depth, &process_line(process), Look::Plain);
                depth += 1;
            }
        }
        self.branch(depth, &process_line(creator), Look::Strong);
    }

    /// The other explanations where none is proven: what a reader asks next. Where nothing is claimed, and where no
    /// candidate leads, the processes that could have made it are all that there is.
    fn rivals(&mut self, case: &CaseView<'_>) {
        let attribution = &case.attribution;
        let is_told = |rival: &&AlternativeView<'_>| match attribution.verdict {
            Verdict::Ambiguous | Verdict::Likely => true,
            Verdict::Unknown => rival.process.is_some(),
            Verdict::Attributed | Verdict::Remote | Verdict::System | Verdict::SessionOnly => false,
        };
        let first = if attribution.creator.is_some() { "or by" } else { "perhaps by" };
        let alternatives: Vec<_> = attribution.alternatives.iter().filter(is_told).collect();
        for (index, rival) in alternatives.iter().take(RIVALS_MAX).enumerate() {
            let label = if index == 0 { first } else { "" };
            let said = wording::explanation(rival);
            let against = self.page.said(rival.against);
            let text = format!("{said}, {}: {}", wording::percent(rival.confidence), visible(&against));
            self.row(label, &text, Look::Plain);
        }
        self.more(alternatives.len(), RIVALS_MAX);
    }

    fn afterwards(&mut self, case: &CaseView<'_>) {
        for (index, afterward) in case.afterwards.iter().take(AFTERWARDS_MAX).enumerate() {
            let span = after(case.created_at, afterward.at);
            let label = if index == 0 { "afterwards" } else { "" };
            let by = match &afterward.by {
                Some(by) if (by.sid, by.name) != (case.actor.sid, case.actor.name) => {
                    format!(", by {}", wording::principal(by))
                }
                _ => String::new(),
            };
            let text = format!("{span:SPAN_COLUMNS$}{}{by}", wording::happening(afterward));
            self.row(label, &text, Look::Plain);
        }
        self.more(case.afterwards.len(), AFTERWARDS_MAX);
    }

    /// What the plain rule would say, and so whether it would have misled.
    fn window_rule(&mut self, case: &CaseView<'_>) {
        let rule = &case.window_rule;
        let same = |process: &ProcessView<'_>| {
            case.attribution
                .creator
                .as_ref()
                .is_some_and(|creator| (creator.pid, creator.started_at) == (process.pid, process.started_at))
        };
        let (text, look) = match (&rule.process, &case.attribution.creator) {
            (Some(process), _) if rule.agrees && same(process) => {
                (format!("agrees: {}", wording::process(process)), Look::Plain)
            }
            (Some(process), _) if rule.agrees => {
                (format!("agrees: {}, of the same chain", wording::process(process)), Look::Plain)
            }
            (Some(process), _) => {
                (format!("would name {} instead", wording::process(process)), Look::Warning)
            }
            (None, None) => ("would name nothing either".to_owned(), Look::Plain),
            (None, Some(_)) => {
                ("would name nothing: no suspicious process started in its window".to_owned(), Look::Warning)
            }
        };
        self.row("window rule", &text, look);
    }

    fn blind_spots(&mut self, case: &CaseView<'_>) {
        for (index, spot) in case.blind_spots.iter().take(BLIND_SPOTS_MAX).enumerate() {
            let label = if index == 0 { "not seen" } else { "" };
            let kind = spot.kind.slug().replace('_', " ");
            self.row(label, &format!("{kind}: {}", visible(&self.page.said(spot.detail))), Look::Warning);
        }
        self.more(case.blind_spots.len(), BLIND_SPOTS_MAX);
    }

    /// Told where a policy was asked; of entries that do not fit, the nearest.
    fn allowed(&mut self, case: &CaseView<'_>) {
        let authorisation = &case.authorisation;
        match (allowed::by(authorisation), authorisation.nearest.first()) {
            (Some(by), _) => self.row("allowed", &by, Look::Strong),
            (None, Some(miss)) => self.row("not allowed", &allowed::lacks(miss), Look::Plain),
            (None, None) if authorisation.status == AuthorisationStatus::Unauthorised => {
                self.row("not allowed", "no entry of the policy comes close", Look::Plain);
            }
            (None, None) => {}
        }
    }

    fn severity(&mut self, case: &CaseView<'_>) {
        // A term without points is a floor: it lifts the severity by itself.
        let terms = case.risk.terms.iter().map(|term| match term.points {
            0 => visible(&self.page.said(term.why)).into_owned(),
            points => format!("{points:+} {}", visible(&self.page.said(term.why))),
        });
        let terms: Vec<String> = terms.collect();
        let terms = if terms.is_empty() { String::new() } else { format!(": {}", terms.join("; ")) };
        self.row("severity", &format!("{}, {} points{terms}", case.severity, case.risk.score), Look::Plain);
    }
}

fn process_line(process: &ProcessView<'_>) -> String {
    match process.command_line.or(process.image) {
        Some(text) => {
            format!("{}  {}", wording::process(process), visible_bounded(text, COMMAND_LINE_CHARS_MAX))
        }
        None => wording::process(process),
    }
}
