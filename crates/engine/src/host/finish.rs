//! No more events: every creation becomes its case, and what never came is found.

use std::sync::Arc;

use begat_model::Timestamp;
use begat_model::calibration::HostRate;
use begat_model::case::{Case, CaseHost, Finding, Scope};
use begat_model::inventory::InventoryHost;

use crate::across::client::ClientCommand;
use crate::case::about::About;
use crate::case::assemble::assemble;
use crate::case::ledger::{BoundCosts, Ledger};
use crate::case::settle::Settled;
use crate::case::told;
use crate::host::state::{HostHunt, HostState};
use crate::sight::base_rate::Measured;
use crate::tables::clock::Line;
use crate::windows::actor::{self, HostIdentity};
use crate::windows::role;

impl HostState {
    /// No more events: every creation becomes its case.
    pub fn finish(mut self) -> HostHunt {
        while let Some(waiting) = self.waiting.pop_front() {
            self.settle_one(waiting);
        }
        let settled = std::mem::take(&mut self.settled);
        // A 4720 of a domain's account is written by a domain controller alone; where local accounts were made too, it
        // is no such host, and one of the names is an old one.
        let made = |scope| settled.iter().any(|settled: &Settled| settled.scope() == scope);
        self.keeps_domain =
            self.watch.sight.domain_controller || (made(Scope::Domain) && !made(Scope::Local));
        self.naming.is_mixed = self.watch.is_several_machines() || self.accounts.are_mixed();
        self.naming.is_ambiguous |=
            self.naming.is_mixed || (self.watch.is_without_ids() && self.accounts.are_of_several());
        let about = self.about();
        let ledger = self.ledger(&about);
        let cases: Vec<Case> = settled.into_iter().map(|settled| assemble(&ledger, settled)).collect();
        let mut clients: Vec<ClientCommand> = std::mem::take(&mut self.clients).into_commands();
        let addresses = Arc::new(self.logons.own_addresses());
        for client in &mut clients {
            actor::identify(&mut client.actor, self.identity());
            client.addresses = addresses.clone();
        }
        let names = std::mem::take(&mut self.names);
        let rate = self.rate(&cases, &about);
        let line = std::mem::take(&mut self.watch.line);
        let findings = self.late_findings(&cases, about, &line);
        let mut hunt = HostHunt { findings, cases, clients, names, rate };
        if !line.is_straight() {
            hunt.cases.iter_mut().for_each(|case| told::tell_case(&line, case));
            hunt.findings.iter_mut().for_each(|finding| told::tell_finding(&line, finding));
            hunt.clients.iter_mut().for_each(|client| told::tell_client(&line, client));
        }
        hunt
    }

    /// How often suspicious processes start here, away from the creations.
    fn rate(&mut self, cases: &[Case], about: &About) -> Option<HostRate> {
        let creations: Vec<Timestamp> = cases.iter().map(|case| case.created_at).collect();
        let host = cases.first()?.host.name.clone();
        let Measured { seen, occasions, covered } =
            std::mem::take(&mut self.base_rate).measured(&creations)?;
        Some(HostRate { host, role: about.role.clone(), seen, occasions, covered })
    }

    /// What the host is for and whose it is: by the inventory, and what that does not say by its events.
    fn about(&self) -> About {
        let listed = self.name.as_ref().and_then(|name| self.tuning.analytic.inventory.find(name));
        let by_events = || match self.keeps_domain {
            true => Some(role::domain_controller()),
            false => self.watch.sight.role_signs.role(&self.role_signs),
        };
        About {
            role: listed.and_then(InventoryHost::case_role).or_else(by_events),
            owner: listed.and_then(|host| host.owner.clone()),
        }
    }

    /// What the cases ask of the host.
    fn ledger<'h>(&'h self, about: &'h About) -> Ledger<'h> {
        Ledger {
            tuning: &self.tuning,
            line: &self.watch.line,
            accounts: &self.accounts,
            blindings: &self.watch.blindings,
            command_lines: self.watch.command_lines,
            identity: self.identity(),
            about,
            naming: &self.naming,
            costs: BoundCosts {
                told_late: self.watch.told_late,
                sessions: self.logons.dropped(),
                group_lists: self.logons.lists_dropped(),
                sources: self.logons.sources.dropped(),
                signs_until: [
                    self.signs.dropped_until(),
                    self.scripts.dropped_until(),
                    self.touches.dropped_until(),
                ]
                .into_iter()
                .max()
                .flatten(),
                definitions_from: self.scripts.definitions.dropped_at(),
                installs: self.installs.dropped(),
                accounts: self.accounts.dropped(),
            },
        }
    }

    /// Whose accounts are the host's own.
    fn identity(&self) -> HostIdentity<'_> {
        HostIdentity {
            names: self.accounts.own_names(),
            machine: self.accounts.machine(),
            domain_controller: self.keeps_domain,
        }
    }

    /// What can only be said at the end: that a creation never came.
    fn late_findings(mut self, cases: &[Case], about: About, line: &Line) -> Vec<Finding> {
        let Some(name) = self.name.take() else { return Vec::new() };
        self.findings.creations_unplaced(self.watch.sight.creations_unplaced());
        // Where the record of a creation is there and cannot be read, none is known not to be there.
        if !self.watch.sight.domain_controller && !self.watch.creation_unread {
            self.findings.unseen(self.accounts.unseen());
            self.findings.keys_without_creation(cases);
        }
        let domain_controller = self.watch.sight.domain_controller.then_some(true);
        let About { role, owner } = about;
        let (id, names) = (self.naming.id.clone(), self.naming.names.clone());
        let host = CaseHost { id, names, netbios: name.netbios(), name, domain_controller, role, owner };
        let mut findings = std::mem::take(&mut self.findings).finish(&host, self.accounts.machine(), line);
        findings
            .iter_mut()
            .filter_map(|finding| finding.actor.as_mut())
            .for_each(|actor| actor::identify(actor, self.identity()));
        findings
    }
}
