//! Windows sets itself up: what a machine writes from its first boot to its first user, in the order in which three
//! real ones wrote it.
use super::account::{account_attributes, built_in_group, named_caller, target};
use super::host::Host;
use super::who::{Account, Process, Session, subject};
use crate::events::{self, Draft};
use crate::value::{Ticks, Value};

/// How the first user is asked for: the order of the records differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// By the programs of the out-of-box experience.
    AtFirstStart,
    /// By an answer file.
    Unattended,
}

impl Host {
    /// WDAGUtilityAccount, with which every machine is born: it has a RID that no caller is given.
    pub(crate) fn make_built_in(&mut self, time: Ticks, by: &Session) -> Account {
        let account = self.built_in(504);
        self.begin(time, by, &account);
        for millis in [0, 42, 42] {
            self.log(time.plus_millis(millis), self.changed(&account, by, "0x15", "0x11"));
        }
        account
    }

    /// Administrator and Guest are not to be used.
    pub(crate) fn disable_built_in(&mut self, time: Ticks, by: &Session, rid: u32) {
        let account = self.built_in(rid);
        self.disable_account(time, by, &account);
    }

    /// An account is disabled.
    pub(crate) fn disable_account(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.log(time, target(&events::ACCOUNT_DISABLED_4725, account, by));
        self.log(time, self.changed(account, by, "0x10", "0x11"));
    }

    /// The machine has a new name: every group and account of its own is written anew, under the name that it had.
    pub(crate) fn write_names_anew(&mut self, time: Ticks, by: &Session) {
        for rid in [544, 545, 546, 555] {
            let group = built_in_group(rid);
            self.rename(time, by, &group);
        }
        for rid in [500, 501, 503, 504] {
            let account = self.built_in(rid);
            for _ in 0..2 {
                self.log(time.plus_millis(1), self.changed(&account, by, "0x11", "0x11"));
            }
        }
        let none = Account::new(&self.netbios(), "None", self.machine_sid.with_rid(513));
        self.rename(time.plus_millis(2), by, &none);
    }

    fn rename(&mut self, time: Ticks, by: &Session, group: &Account) {
        let draft = subject(Draft::new(&events::ACCOUNT_RENAMED_4781), by)
            .text("OldTargetUserName", group.name.as_str())
            .text("NewTargetUserName", group.name.as_str())
            .text("TargetDomainName", group.domain.as_str())
            .set("TargetSid", Value::Sid(group.sid.clone()));
        self.log(time, draft);
    }

    /// An account that setup makes, by this program: it looks the account or its next group up among the records of
    /// the creation, and makes it an administrator.
    pub(crate) fn make_first_user(
        &mut self,
        time: Ticks,
        by: &Session,
        name: &str,
        asked: Asked,
        program: &Process,
    ) -> Account {
        let account = self.next_account(name);
        self.begin(time, by, &account);
        let enable = |host: &mut Host, at: Ticks| {
            host.log(at, target(&events::ACCOUNT_ENABLED_4722, &account, by));
            host.log(at, host.changed(&account, by, "0x15", "0x10"));
        };
        let set_password = |host: &mut Host, at: Ticks| {
            host.log(at, host.changed(&account, by, "0x10", "0x10"));
            host.log(at, target(&events::PASSWORD_RESET_4724, &account, by));
        };
        match asked {
            Asked::AtFirstStart => {
                self.change_local_group(time.plus_millis(1), by, &account, 545, true);
                enable(self, time.plus_millis(3));
                self.log(time.plus_millis(6), self.changed(&account, by, "0x10", "0x10"));
                self.look_up(time.plus_millis(7), by, &built_in_group(544), program);
            }
            Asked::Unattended => {
                enable(self, time.plus_millis(1));
                self.change_local_group(time.plus_millis(6), by, &account, 545, true);
                self.look_up(time.plus_millis(14), by, &account, program);
                set_password(self, time.plus_millis(31));
            }
        }
        self.change_local_group(time.plus_millis(37), by, &account, 544, true);
        account
    }

    /// `defaultuser0`, under which the out-of-box experience runs, gets a password twice before it is an administrator.
    pub(crate) fn make_default_user(&mut self, time: Ticks, by: &Session, program: &Process) -> Account {
        let account = self.next_account("defaultuser0");
        self.begin(time, by, &account);
        self.change_local_group(time.plus_millis(1), by, &account, 545, true);
        self.log(time.plus_millis(7), target(&events::ACCOUNT_ENABLED_4722, &account, by));
        self.log(time.plus_millis(7), self.changed(&account, by, "0x15", "0x10"));
        for millis in [25, 44] {
            self.log(time.plus_millis(millis), self.changed(&account, by, "0x10", "0x10"));
            self.log(time.plus_millis(millis), target(&events::PASSWORD_RESET_4724, &account, by));
        }
        self.look_up(time.plus_millis(47), by, &built_in_group(544), program);
        self.change_local_group(time.plus_millis(48), by, &account, 544, true);
        self.look_up(time.plus_millis(50), by, &built_in_group(544), program);
        account
    }

    /// Windows' own programs ask as SYSTEM, under whatever name the machine goes by at the time.
    fn look_up(&mut self, time: Ticks, by: &Session, of: &Account, program: &Process) {
        let kind = match of.domain == "Builtin" {
            true => &events::MEMBERS_READ_4799,
            false => &events::MEMBERSHIP_READ_4798,
        };
        self.log(time, named_caller(target(kind, of, by), program));
    }

    /// 4728 and 4720.
    fn begin(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.log(time, self.primary_group(&events::GLOBAL_MEMBER_ADDED_4728, account, by));
        let created = account_attributes(&events::ACCOUNT_CREATED_4720, account, by)
            .text("OldUacValue", "0x0")
            .text("NewUacValue", "0x15")
            .text("UserAccountControl", "\r\n\t\t%%2080\r\n\t\t%%2082\r\n\t\t%%2084")
            .text("PasswordLastSet", "%%1794");
        self.log(time, created);
    }

    /// The clock ran ahead by so much until now, as where local time was taken for UTC, and is set right (4616).
    pub(crate) fn set_clock_right(&mut self, time: Ticks, ahead_seconds: u64) {
        self.ran_ahead = Some((time, ahead_seconds));
        let draft = subject(Draft::new(&events::CLOCK_CHANGED_4616), &self.system.clone())
            .set("PreviousTime", Value::FileTime(time.plus_seconds(ahead_seconds)))
            .set("NewTime", Value::FileTime(time))
            .set("ProcessId", Value::Pointer(0x3a8))
            .text("ProcessName", r"C:\Windows\System32\svchost.exe");
        self.log(time, draft);
    }
}
