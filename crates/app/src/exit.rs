//! The exit status: 0 the run came to its end, 1 it found what was asked for (`--fail-on`, `--exit-code`, an entry of a
//! policy to mend or to refuse), 2 something could not be read or run.

use std::process::ExitCode;

/// How a run ended. The greater wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It ran to its end; damaged inputs that were read are part of that.
    Done = 0,
    /// A case is as severe as `--fail-on` asks for, `--exit-code` was given and there is a difference, or an entry of a
    /// policy is to be mended or refused.
    FailOnMet = 1,
    /// It could not run, or an input could not be opened or read.
    Trouble = 2,
}

impl Status {
    /// This, or trouble where inputs could not be read: that wins over what was found in the others.
    pub fn or_trouble(self, is_trouble: bool) -> Status {
        if is_trouble { self.max(Status::Trouble) } else { self }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_wins_over_fail_on() {
        assert_eq!(Status::FailOnMet.max(Status::Trouble), Status::Trouble);
        assert_eq!(Status::Done.max(Status::FailOnMet), Status::FailOnMet);
        assert_eq!(Status::FailOnMet.or_trouble(true), Status::Trouble);
        assert_eq!(Status::FailOnMet.or_trouble(false), Status::FailOnMet);
    }
}
