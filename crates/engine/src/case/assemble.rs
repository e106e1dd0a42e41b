//! A case from a weighed creation: first what must be taken while the tables hold it, at the end the rest.

use begat_model::case::{Authorisation, Case, CaseEvent, CaseHost, Context, Outcome, Role, Scope};

use crate::case::account::{account, case_id, name_signs, names};
use crate::case::blind_spots::blind_spots;
use crate::case::facts::add_life_facts;
use crate::case::ledger::Ledger;
use crate::case::settle::Settled;
use crate::case::several;
use crate::severity::risk;
use crate::sight::blinding::Blinding;
use crate::tables::account::life::AccountLife;
use crate::windows::naming;

/// The whole case, once the account's life is known as far as the input goes.
pub(crate) fn assemble(ledger: &Ledger<'_>, mut settled: Settled) -> Case {
    if ledger.naming.is_mixed {
        several::take_apart(&mut settled);
    }
    if ledger.naming.is_ambiguous {
        several::take_back(&mut settled);
    }
    ledger.identify(&mut settled.actor);
    settled.origin.iter_mut().for_each(|origin| ledger.identify(&mut origin.actor));
    let created = &settled.creation.event;
    let life = created.account.sid.as_ref();
    let life = life.and_then(|sid| ledger.accounts.life_since(sid, settled.creation.at()));
    let mut facts = settled.facts.clone();
    let outcome = life.map_or(Outcome::Persists, AccountLife::outcome);
    facts.outcome = Some(outcome);
    facts.host = ledger.about.role.clone();
    let names = names(created, life);
    facts.look_alike_name = names.iter().find_map(|(name, rid)| naming::look_alike(name, *rid));
    if let Some(life) = life {
        add_life_facts(&mut facts, &settled.creation, life, &ledger.tuning.analytic);
    }
    let (risk, severity) = risk::assess(&facts);
    Case {
        case_id: case_id(&settled, ledger.line.told(settled.creation.at())),
        sequence: settled.sequence,
        severity,
        risk,
        created_at: settled.creation.at(),
        account: account(&settled, life),
        outcome,
        afterwards: life.map(|life| life.afterwards.clone()).unwrap_or_default(),
        blind_spots: blind_spots(ledger, &settled, life),
        events: all_events(ledger, &settled, life),
        wave: None,
        context: Context { name_signs: name_signs(&names), rarity: None },
        authorisation: Authorisation::default(),
        host: CaseHost {
            id: ledger.naming.id.clone(),
            names: ledger.naming.names.clone(),
            netbios: settled.host_name.netbios(),
            domain_controller: match settled.scope {
                Scope::Domain => Some(true),
                Scope::Local => Some(false),
                Scope::Unknown => None,
            },
            role: ledger.about.role.clone(),
            owner: ledger.about.owner.clone(),
            name: settled.host_name,
        },
        window_rule: settled.window_rule,
        actor: settled.actor,
        origin: settled.origin,
        attribution: settled.attribution,
    }
}

fn all_events(ledger: &Ledger<'_>, settled: &Settled, life: Option<&AccountLife>) -> Vec<CaseEvent> {
    let mut events = settled.events.clone();
    events.push(CaseEvent { record: settled.creation.record.clone(), role: Role::Creation });
    events.extend(life.into_iter().flat_map(|life| life.events.clone()));
    events.extend(ledger.blindings_near(settled.needs, settled.creation.at()).map(Blinding::case_event));
    events.sort();
    events.dedup_by(|a, b| a.record == b.record);
    events
}
