//! The ways to reach another machine, and where their commands name it.

use crate::commands::intent::parameters::{named_value, positional_value};
use crate::commands::line::Token;

/// Programs whose first argument is the command.
pub(super) const INTERPRETERS: &[&str] = &["python", "python2", "python3", "py"];

/// Where a command names the machine.
#[derive(Debug, Clone, Copy)]
pub(super) enum HostAt {
    /// `/node:HOST`, `-r:HOST`, `/s HOST`: the switch, without its dash.
    Switch(&'static [&'static str]),
    /// `\\HOST` as an argument of its own.
    Backslashes,
    /// `DOMAIN/user:secret@HOST`.
    AfterAt,
    /// `-ComputerName HOST`, its alias or a beginning of it.
    Parameter(&'static [&'static str]),
    /// The same, and first positional too.
    ParameterOrFirst(&'static [&'static str]),
}

/// One way to reach another machine.
pub(super) struct Row {
    /// Programs and cmdlets, lower case, without folder and `.exe`; original file names too.
    pub(super) commands: &'static [&'static str],
    /// What the way is called.
    pub(super) via: &'static str,
    host: HostAt,
    /// It counts only with one of these words: others only look. Empty: always.
    only_with: &'static [&'static str],
}

const COMPUTER: &[&str] = &["computername", "cn"];

/// Every way to reach another machine that begat knows.
pub(super) const ROWS: &[Row] = &[
    Row { commands: &["wmic"], via: "wmic", host: HostAt::Switch(&["node"]), only_with: &[] },
    Row {
        commands: &["winrs", "winrm"],
        via: "winrm",
        host: HostAt::Switch(&["r", "remote"]),
        only_with: &[],
    },
    Row {
        commands: &["invoke-command", "icm", "enter-pssession", "etsn", "new-pssession", "nsn"],
        via: "winrm",
        host: HostAt::ParameterOrFirst(&["computername", "cn", "connectionuri"]),
        only_with: &[],
    },
    Row {
        commands: &["invoke-wmimethod", "iwmi", "set-wmiinstance", "swmi"],
        via: "wmi",
        host: HostAt::Parameter(COMPUTER),
        only_with: &[],
    },
    Row {
        commands: &["invoke-cimmethod", "icim", "new-cimsession", "ncms"],
        via: "cim",
        host: HostAt::Parameter(COMPUTER),
        only_with: &[],
    },
    Row {
        commands: &["sc"],
        via: "service",
        host: HostAt::Backslashes,
        only_with: &["create", "start", "config"],
    },
    Row {
        commands: &["schtasks"],
        via: "task",
        host: HostAt::Switch(&["s"]),
        only_with: &["/create", "/run", "/change", "-create", "-run", "-change"],
    },
    Row { commands: &["at"], via: "task", host: HostAt::Backslashes, only_with: &[] },
    Row {
        commands: &["psexec", "psexec64", "psexec.c", "paexec", "csexec", "remcom"],
        via: "psexec",
        host: HostAt::Backslashes,
        only_with: &[],
    },
    Row {
        commands: &[
            "wmiexec.py",
            "psexec.py",
            "smbexec.py",
            "atexec.py",
            "dcomexec.py",
            "net.py",
            "services.py",
            "impacket-wmiexec",
            "impacket-psexec",
            "impacket-smbexec",
            "impacket-atexec",
            "impacket-dcomexec",
            "impacket-net",
            "impacket-services",
            "wmiexec",
            "smbexec",
            "atexec",
            "dcomexec",
        ],
        via: "impacket",
        host: HostAt::AfterAt,
        only_with: &[],
    },
];

impl Row {
    /// The machines that follow it, as written, with commas between them; variables and patterns too.
    pub(super) fn written(&self, after: &[Token]) -> Option<String> {
        let counts = self.only_with.is_empty()
            || after.iter().any(|word| self.only_with.contains(&word.text.to_lowercase().as_str()));
        if !counts {
            return None;
        }
        match self.host {
            HostAt::Switch(names) => switch_value(after, names),
            HostAt::Backslashes => after.iter().find_map(|word| {
                // A file of names.
                if word.text.starts_with('@') && !word.quoted {
                    return Some(word.text.clone());
                }
                let hosts = word.text.strip_prefix(r"\\")?.trim_end_matches('\\');
                (!hosts.contains('\\')).then(|| hosts.replace(r",\\", ","))
            }),
            HostAt::AfterAt => {
                after.iter().find_map(|word| word.text.rsplit_once('@').map(|(_, host)| host.to_owned()))
            }
            HostAt::Parameter(names) => parameter_value(after, names),
            HostAt::ParameterOrFirst(names) => {
                parameter_value(after, names).or_else(|| first_of_several(after))
            }
        }
    }
}

/// `Invoke-Command HOST {…}`: alone, what stands first may be the script.
fn first_of_several(after: &[Token]) -> Option<String> {
    let first = positional_value(after, 0)?;
    let is_alone = positional_value(after, 1).is_none();
    (!(is_alone && first.text.contains('$'))).then(|| first.text.clone())
}

/// The whole name, or a beginning of it that is no other parameter's: `-Comp`, `-Cn`.
fn parameter_value(after: &[Token], names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| named_value(after, name, name.len().min(4)))
}

fn switch_value(after: &[Token], names: &[&str]) -> Option<String> {
    after.iter().enumerate().find_map(|(index, word)| {
        let given = word.text.strip_prefix(['/', '-'])?;
        let (name, attached) = given.split_once(':').unwrap_or((given, ""));
        if !names.contains(&name.to_lowercase().as_str()) {
            return None;
        }
        if attached.is_empty() {
            after.get(index + 1).map(|next| next.text.clone())
        } else {
            Some(attached.to_owned())
        }
    })
}
