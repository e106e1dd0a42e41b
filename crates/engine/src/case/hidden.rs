//! Secrets that only the account's own name gives away, taken out of every command line of its case.

use begat_model::case::{Case, Explanation, Process};

use crate::commands::after_name::hide_after;

/// Hides what follows the account's name in the command lines of a case.
pub(crate) fn hide_after_names(case: &mut Case) {
    let account = &case.account;
    let told = [account.created_as.as_deref(), account.name.as_deref()].into_iter().flatten();
    // A hidden name is one with a dollar: its command may leave that to the program.
    let mut names: Vec<String> = told.map(str::to_owned).collect();
    names.extend(names.clone().iter().filter_map(|name| name.strip_suffix('$')).map(str::to_owned));
    names.retain(|name| !name.is_empty());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let hide = |process: &mut Process| {
        if let Some(line) = &mut process.command_line {
            *line = hide_after(line, &names).into_owned();
        }
    };
    let attribution = &mut case.attribution;
    attribution.creator.iter_mut().for_each(hide);
    attribution.chain.iter_mut().for_each(hide);
    for other in &mut attribution.alternatives {
        if let Explanation::Process(process) = &mut other.explanation {
            hide(process);
        }
    }
    case.window_rule.process.iter_mut().for_each(hide);
    let client = case.origin.as_mut().and_then(|origin| origin.client.as_mut());
    client.into_iter().for_each(|client| hide(&mut client.process));
}
