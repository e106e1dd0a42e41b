//! A layer of the ATT&CK Navigator (4.5): T1136.001, scored by what the hosts showed.

use std::io::{self, Write};

use serde_json::json;

use super::site::Site;
use crate::view::ANALYTIC;
use crate::wire::object::write_object;
use crate::words::page::Page;

/// Where the technique stands, as the Navigator names tactics.
const TACTIC: &str = "persistence";

pub(super) fn write(site: &Site<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let scores: Vec<u64> = site.hosts.iter().map(|host| host.score_thousandths().unwrap_or(0)).collect();
    let mean = scores.iter().sum::<u64>() / (scores.len() as u64).max(1);
    let of = match site.inventory {
        Some(hosts) => format!("of {hosts} hosts of the inventory and others that were heard"),
        None => "of the hosts that were heard".to_owned(),
    };
    let comment = format!(
        "Mean share of hours in which what AN1235 needs was seen, {of}: {}.{} %, {} hosts.",
        mean / 10,
        mean % 10,
        scores.len()
    );
    // The technique's own number stays in the layer: the Navigator wants a sub-technique's parent expanded to show it.
    let technique = |id: &str| {
        json!({"techniqueID": id, "tactic": TACTIC, "score": mean / 10, "comment": comment, "enabled": true,
            "showSubtechniques": true})
    };
    let layer = json!({
        "name": "begat coverage: T1136.001",
        "versions": {"attack": ANALYTIC.release.split('.').next(), "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": comment,
        "gradient": {"colors": ["#ff6666ff", "#ffe766ff", "#8ec843ff"], "minValue": 0, "maxValue": 100},
        "techniques": [technique("T1136.001")],
    });
    write_object(&layer, out)?;
    out.write_all(b"\n")
}
