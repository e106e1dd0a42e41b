//! The plain rule of the field, for comparison: the nearest suspicious process in a window before.

use begat_model::analytic::Analytic;

use crate::cause::moment::Order;
use crate::cause::scene::Scene;
use crate::tables::process::record::{ProcessIndex, ProcessRecord};
use crate::tables::process::table::ProcessTable;
use crate::windows::suspicious;

/// What the plain rule of the field would name: the nearest suspicious process started in the window before the
/// creation, whatever its session.
pub fn nearest_suspicious(scene: &Scene<'_>) -> Option<ProcessIndex> {
    let (from, until) = scene.moment.reach(scene.tuning.window);
    let nearest = scene.processes.started(from, until).rev().find(|(_, process)| {
        scene.moment.started_within(process, scene.tuning.window)
            && scene.moment.start_order(process) == Order::Before
            && is_suspicious(&scene.tuning.analytic, scene.processes, process)
    });
    nearest.map(|(index, _)| index)
}

/// Whether a process counts as suspicious to the site, its parent taken into account.
pub fn is_suspicious(analytic: &Analytic, processes: &ProcessTable, process: &ProcessRecord) -> bool {
    suspicious::counts_as_suspicious(analytic, subject(processes, process))
}

/// What is known of a process and its parent, for the tables of suspicious executables.
pub(crate) fn subject<'a>(
    processes: &'a ProcessTable,
    process: &'a ProcessRecord,
) -> suspicious::Subject<'a> {
    let parent = processes.parent_of(process).and_then(|index| processes.get(index));
    suspicious::Subject {
        image: process.image.as_deref(),
        original_file_name: process.original_file_name.as_deref(),
        parent_image: process.parent.image.as_deref().or_else(|| parent?.image.as_deref()),
        parent_command_line: process
            .parent
            .command_line
            .as_deref()
            .or_else(|| parent?.command_line.value().map(|line| &**line)),
        rules: &process.rules,
    }
}
