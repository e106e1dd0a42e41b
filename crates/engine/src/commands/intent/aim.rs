//! On which machine a deed is aimed, and whether the process does it itself.

use core::net::IpAddr;

use crate::commands::intent::unknown::is_unknown;

/// Machines of one command that are told.
const MACHINES_MAX: usize = 64;
/// Names that every machine has for itself.
pub(super) const SELF: &[&str] = &[".", "localhost", "127.0.0.1", "::1", "0.0.0.0"];
/// What cmd and PowerShell call the machine that they run on, lower case.
const OWN_VARIABLES: &[&str] =
    &["$env:computername", "${env:computername}", "%computername%", "!computername!"];

/// Where an account is created.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aim {
    /// On the machine that the text runs on.
    Here,
    /// In the directory of the domain.
    Domain,
    /// On a machine that is named, as written: it may be this one by its name, its address or `localhost`, where the
    /// way there leads over the network and back.
    Host(String),
    /// On a machine that a variable, a file or a session holds.
    OtherHost,
}

/// Who makes the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The process itself.
    Calls,
    /// The process itself, if it comes to that: the text does not tell whether the branch is taken.
    Perhaps,
    /// A program that it starts, or something that listens elsewhere: WMI, the Task Scheduler, a service, remoting.
    /// To `localhost` too: another process of this machine makes the call then.
    Starts,
}

impl Aim {
    /// On this machine: said of it, or by one of its names. What goes to the directory is on no machine.
    pub fn is_here(&self, is_own_name: impl Fn(&str) -> bool) -> bool {
        match self {
            Aim::Here => true,
            Aim::Host(host) => is_self(host) || is_own_name(host),
            Aim::Domain | Aim::OtherHost => false,
        }
    }

    /// The machines of a list that something is sent to.
    pub(super) fn of_list(written: &str) -> Vec<Aim> {
        written.split(',').filter_map(Aim::of_machine).take(MACHINES_MAX).collect()
    }

    /// A machine that something is sent to; `None` where nothing is written.
    pub(super) fn of_machine(written: &str) -> Option<Aim> {
        let name = written.trim_matches(['"', '\'', ' ', '(', ')']);
        if name.is_empty() {
            return None;
        }
        if is_own_expression(name) {
            return Some(Aim::Host("localhost".to_owned()));
        }
        let name = bare(name);
        let is_name =
            name.chars().all(|part| part.is_alphanumeric() || matches!(part, '.' | '-' | '_' | ':'));
        Some(if name.is_empty() || !is_name || is_unknown(name) {
            Aim::OtherHost
        } else {
            Aim::Host(name.to_owned())
        })
    }

    /// The machine of a call that reaches the account interfaces itself: nobody's name, `.` and its own variable need
    /// no network.
    pub(super) fn of_server(written: &str) -> Aim {
        let name = written.trim_matches(['"', '\'', ' ', '\\', '/']);
        let is_nobody =
            matches!(name.to_ascii_lowercase().as_str(), "" | "." | "$null" | "[nullstring]::value");
        if is_nobody || is_own_expression(name) {
            return Aim::Here;
        }
        Aim::of_machine(name).unwrap_or(Aim::Here)
    }
}

/// The text asks the machine for its own name.
pub(super) fn is_own_expression(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    OWN_VARIABLES.contains(&lower.as_str()) || lower.ends_with("::machinename")
}

/// A name that every machine has for itself.
pub(super) fn is_self(host: &str) -> bool {
    let is_loopback = || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    SELF.iter().any(|name| host.eq_ignore_ascii_case(name)) || is_loopback()
}

/// The host of an address, without scheme, port, slashes and brackets.
pub(super) fn bare(written: &str) -> &str {
    let name = match written.split_once("://") {
        Some((_, rest)) => {
            let authority = rest.split('/').next().unwrap_or_default();
            authority.rsplit_once(':').map_or(authority, |(name, _)| name)
        }
        None => written.trim_matches(['/', '\\']),
    };
    name.trim_matches(['[', ']'])
}

/// Where and how the text that is being read is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Machines; `Here` alone where none is named.
    pub(super) aims: Vec<Aim>,
    /// By the process itself or by something that it starts.
    pub(super) way: Way,
}

impl Place {
    /// By the process itself, on its own machine.
    pub(super) fn own() -> Place {
        Place { aims: vec![Aim::Here], way: Way::Calls }
    }

    /// By a program that is started there.
    pub(super) fn started(&self) -> Place {
        Place { aims: self.aims.clone(), way: Way::Starts }
    }

    /// The same in a branch of which the text does not tell whether it is taken.
    pub(super) fn perhaps(&self) -> Place {
        let way = if self.way == Way::Calls { Way::Perhaps } else { self.way };
        Place { aims: self.aims.clone(), way }
    }

    /// The same where it is one of these machines.
    pub(super) fn only_on(&self, machines: &str) -> Place {
        match self.aims.as_slice() {
            [Aim::Here] => Place { aims: Aim::of_list(machines), way: self.way },
            _ => self.clone(),
        }
    }

    /// By something else on these machines. What another machine sends to itself stays there.
    pub(super) fn sent_to(&self, aims: Vec<Aim>) -> Place {
        let stays = aims.iter().all(|aim| matches!(aim, Aim::Host(host) if is_self(host)));
        let aims =
            if aims.is_empty() || (stays && self.aims != [Aim::Here]) { self.aims.clone() } else { aims };
        Place { aims, way: Way::Starts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_told_as_written() {
        let host = |name: &str| Some(Aim::Host(name.to_owned()));
        for (written, aim) in [
            ("APP07", host("APP07")),
            ("app07.corp.example", host("app07.corp.example")),
            (r"\\APP07\", host("APP07")),
            ("http://app07:5985/wsman", host("app07")),
            ("[fe80::1]", host("fe80::1")),
            ("'APP07'", host("APP07")),
            (".", host(".")),
            ("localhost", host("localhost")),
            ("$env:COMPUTERNAME", host("localhost")),
            ("%COMPUTERNAME%", host("localhost")),
            ("[Environment]::MachineName", host("localhost")),
            ("$target", Some(Aim::OtherHost)),
            ("$()", Some(Aim::OtherHost)),
            ("@hosts.txt", Some(Aim::OtherHost)),
            ("*", Some(Aim::OtherHost)),
            ("", None),
        ] {
            assert_eq!(Aim::of_machine(written), aim, "{written}");
        }
        for own in ["", ".", "$null", "$env:COMPUTERNAME", r"\\."] {
            assert_eq!(Aim::of_server(own), Aim::Here, "{own}");
        }
        assert_eq!(Aim::of_server(r"\\APP07"), Aim::Host("APP07".to_owned()));
        assert_eq!(Aim::of_server("$server"), Aim::OtherHost);
    }

    #[test]
    fn a_machine_knows_itself_by_its_names() {
        let is_own = |name: &str| name.eq_ignore_ascii_case("srv1");
        let host = |name: &str| Aim::Host(name.to_owned());
        for here in [Aim::Here, host("SRV1"), host("."), host("LOCALHOST"), host("::1"), host("127.0.0.2")] {
            assert!(here.is_here(is_own), "{here:?}");
        }
        for not in [Aim::Domain, Aim::OtherHost, host("srv2"), host("srv10")] {
            assert!(!not.is_here(is_own), "{not:?}");
        }
    }

    #[test]
    fn what_another_machine_sends_to_itself_stays_there() {
        let there = Place::own().sent_to(vec![Aim::Host("srv2".to_owned())]);
        assert_eq!(there.sent_to(vec![Aim::Host("localhost".to_owned())]), there);
        let back = Place::own().sent_to(vec![Aim::Host("localhost".to_owned())]);
        assert_eq!(back.aims, [Aim::Host("localhost".to_owned())]);
        assert_eq!(Place::own().sent_to(Vec::new()).aims, [Aim::Here]);
    }
}
