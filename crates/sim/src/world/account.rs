//! Accounts: the bursts of events that a host writes when one is created, changed or deleted.
use super::host::Host;
use super::who::{Account, Process, Session, subject};
use crate::events::{self, Draft, EventKind};
use crate::value::{Sid, Ticks, Value};

/// How an account comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// `net user /add` and the consoles: the account also joins Users.
    Net,
    /// NetUserAdd, SAMR, New-LocalUser: it does not.
    Api,
}

impl Host {
    /// An account is created, and the whole burst of events with it; returns it.
    pub(crate) fn create_account(&mut self, time: Ticks, by: &Session, name: &str, how: Creation) -> Account {
        let account = self.begin_account(time, by, name);
        self.log(time.plus_millis(1), target(&events::ACCOUNT_ENABLED_4722, &account, by));
        let changed = account_attributes(&events::ACCOUNT_CHANGED_4738, &account, by)
            .text("OldUacValue", "0x15")
            .text("NewUacValue", "0x10")
            .text("UserAccountControl", "\r\n\t\t%%2048\r\n\t\t%%2050")
            // A locale's text in local time: of no use to anyone, and therefore worth having here.
            .text("PasswordLastSet", time.strftime("%-m/%-d/%Y %-I:%M:%S %p", -4 * 3600));
        self.log(time.plus_millis(2), changed);
        self.log(time.plus_millis(2), target(&events::PASSWORD_RESET_4724, &account, by));
        if how == Creation::Net {
            self.change_local_group(time.plus_millis(4), by, &account, 545, true);
        }
        account
    }

    /// A creation that the password policy refuses: it looks like one, and is taken back at once.
    pub(crate) fn fail_to_create_account(&mut self, time: Ticks, by: &Session, name: &str) -> Account {
        let account = self.begin_account(time, by, name);
        self.log(time.plus_millis(1), target(&events::PASSWORD_RESET_4724, &account, by).failed());
        self.log(time.plus_millis(2), self.primary_group(&events::GLOBAL_MEMBER_REMOVED_4729, &account, by));
        self.log(time.plus_millis(2), target(&events::ACCOUNT_DELETED_4726, &account, by));
        account
    }

    /// An account is created where User Account Management is not audited: only its groups are told.
    pub(crate) fn create_account_untold(&mut self, time: Ticks, by: &Session, name: &str) -> Account {
        let account = self.next_account(name);
        self.log(time, self.primary_group(&events::GLOBAL_MEMBER_ADDED_4728, &account, by));
        self.change_local_group(time.plus_millis(4), by, &account, 545, true);
        account
    }

    /// An account of which nothing is told: it was there before the log, or written past SAM.
    pub(crate) fn next_account(&mut self, name: &str) -> Account {
        let domain = if self.spec.domain_controller { self.spec.domain.to_owned() } else { self.netbios() };
        let account = Account::new(&domain, name, self.machine_sid.with_rid(self.next_rid));
        self.next_rid += 1;
        account
    }

    /// The account that every machine has under this relative id.
    pub fn built_in(&self, rid: u32) -> Account {
        let name = match rid {
            500 => "Administrator",
            501 => "Guest",
            503 => "DefaultAccount",
            _ => "WDAGUtilityAccount",
        };
        Account::new(&self.netbios(), name, self.machine_sid.with_rid(rid))
    }

    /// 4728 and 4720: on a SAM the membership comes first.
    fn begin_account(&mut self, time: Ticks, by: &Session, name: &str) -> Account {
        let account = self.next_account(name);
        self.log(time, self.primary_group(&events::GLOBAL_MEMBER_ADDED_4728, &account, by));
        let logon_hours = if self.spec.domain_controller { "%%1793" } else { "%%1797" };
        let created = account_attributes(&events::ACCOUNT_CREATED_4720, &account, by)
            .text("OldUacValue", "0x0")
            .text("NewUacValue", "0x15")
            .text("UserAccountControl", "\r\n\t\t%%2080\r\n\t\t%%2082\r\n\t\t%%2084")
            .text("PasswordLastSet", "%%1794")
            .text("LogonHours", logon_hours);
        self.log(time, created);
        self.write_name_by_sam(time, name);
        account
    }

    /// lsass writes the account's name into SAM's hive: Sysmon sees it whatever is audited.
    pub(crate) fn write_name_by_sam(&mut self, time: Ticks, name: &str) {
        if self.spec.telemetry.sysmon {
            let key = Draft::new(&events::SYSMON_REGISTRY_KEY_12)
                .text("EventType", "CreateKey")
                .text("UtcTime", time.sysmon_utc_time())
                .set("ProcessId", Value::U32(748))
                .text("Image", r"C:\Windows\System32\lsass.exe")
                .text("TargetObject", format!(r"HKLM\SAM\SAM\Domains\Account\Users\Names\{name}"));
            self.log(time.plus_millis(9), key);
        }
    }

    pub(super) fn primary_group(&self, kind: &'static EventKind, account: &Account, by: &Session) -> Draft {
        let group = if self.spec.domain_controller { "Domain Users" } else { "None" };
        let group = Account::new(&account.domain, group, self.machine_sid.with_rid(513));
        target(kind, &group, by).set("MemberSid", Value::Sid(account.sid.clone()))
    }

    /// An account joins or leaves a built-in local group.
    pub(crate) fn change_local_group(
        &mut self,
        time: Ticks,
        by: &Session,
        account: &Account,
        group_rid: u32,
        joins: bool,
    ) {
        let group = built_in_group(group_rid);
        let kind = if joins { &events::LOCAL_MEMBER_ADDED_4732 } else { &events::LOCAL_MEMBER_REMOVED_4733 };
        self.log(time, target(kind, &group, by).set("MemberSid", Value::Sid(account.sid.clone())));
    }

    /// An account is deleted.
    pub(crate) fn delete_account(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.change_local_group(time, by, account, 545, false);
        self.log(time, self.primary_group(&events::GLOBAL_MEMBER_REMOVED_4729, account, by));
        self.log(time.plus_millis(1), target(&events::ACCOUNT_DELETED_4726, account, by));
    }

    /// An account is enabled.
    pub(crate) fn enable_account(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.log(time, target(&events::ACCOUNT_ENABLED_4722, account, by));
        self.log(time.plus_millis(1), self.changed(account, by, "0x11", "0x10"));
    }

    /// Somebody sets an account's password.
    pub(crate) fn reset_password(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.log(time, self.changed(account, by, "0x10", "0x10"));
        self.log(time, target(&events::PASSWORD_RESET_4724, account, by));
    }

    /// Something of an account is changed, whatever it is.
    pub(crate) fn change_account(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.log(time, self.changed(account, by, "0x10", "0x10"));
    }

    pub(super) fn changed(&self, account: &Account, by: &Session, old_uac: &str, new_uac: &str) -> Draft {
        account_attributes(&events::ACCOUNT_CHANGED_4738, account, by)
            .text("OldUacValue", old_uac)
            .text("NewUacValue", new_uac)
    }

    /// A process reads who is in a built-in group.
    pub(crate) fn read_members(&mut self, time: Ticks, process: &Process, group_rid: u32) {
        let draft = target(&events::MEMBERS_READ_4799, &built_in_group(group_rid), &process.session);
        self.log(time, named_caller(draft, process));
    }

    /// A process reads which groups an account is in.
    pub(crate) fn read_membership(&mut self, time: Ticks, process: &Process, account: &Account) {
        let draft = target(&events::MEMBERSHIP_READ_4798, account, &process.session);
        self.log(time, named_caller(draft, process));
    }

    /// A client on the network reads who is in a built-in group: it has no process here, and Windows says so.
    pub(crate) fn read_members_from_afar(&mut self, time: Ticks, by: &Session, group_rid: u32) {
        self.log(time, target(&events::MEMBERS_READ_4799, &built_in_group(group_rid), by));
    }

    /// A domain controller creates a computer account.
    pub(crate) fn create_computer(&mut self, time: Ticks, by: &Session, name: &str) -> Account {
        let computer = self.next_account(&format!("{name}$"));
        let host = format!("{}.corp.example", name.to_lowercase());
        let names = format!("\r\n\t\tHOST/{host}\r\n\t\tRestrictedKrbHost/{host}");
        let draft = account_attributes(&events::COMPUTER_CREATED_4741, &computer, by)
            .text("PrimaryGroupId", "515")
            .text("OldUacValue", "0x0")
            .text("NewUacValue", "0x80")
            .text("UserAccountControl", "\r\n\t\t%%2087")
            .text("LogonHours", "%%1793")
            .text("DnsHostName", host)
            .text("ServicePrincipalNames", names);
        self.log(time, draft);
        computer
    }

    /// An account is renamed; returns it under its new name.
    pub(crate) fn rename_account(
        &mut self,
        time: Ticks,
        by: &Session,
        account: &Account,
        to: &str,
    ) -> Account {
        let draft = subject(Draft::new(&events::ACCOUNT_RENAMED_4781), by)
            .text("OldTargetUserName", account.name.as_str())
            .text("NewTargetUserName", to)
            .text("TargetDomainName", account.domain.as_str())
            .set("TargetSid", Value::Sid(account.sid.clone()));
        self.log(time, draft);
        Account::new(&account.domain, to, account.sid.clone())
    }

    /// A file on a share is opened; `samr` on IPC$ is the door to remote account management.
    pub(crate) fn open_share(&mut self, time: Ticks, by: &Session, share: &str, file: &str) {
        if !self.spec.telemetry.share_auditing {
            return;
        }
        let opened = subject(Draft::new(&events::SHARE_OPENED_5140), by)
            .text("ObjectType", "File")
            .text("IpAddress", by.source_ip.as_deref().unwrap_or("-"))
            .text("IpPort", "50331")
            .text("ShareName", share)
            .text("ShareLocalPath", "")
            .set("AccessMask", Value::Hex32(1))
            .text("AccessList", "%%4416\r\n\t\t\t\t");
        self.log(time.minus_millis(3), opened);
        let draft = subject(Draft::new(&events::SHARE_ACCESSED_5145), by)
            .text("ObjectType", "File")
            .text("IpAddress", by.source_ip.as_deref().unwrap_or("-"))
            .text("IpPort", "50331")
            .text("ShareName", share)
            .text("ShareLocalPath", "")
            .text("RelativeTargetName", file)
            .set("AccessMask", Value::Hex32(0x12_019f))
            .text("AccessList", "%%1538\r\n\t\t\t\t%%4416\r\n\t\t\t\t");
        self.log(time, draft);
    }

    /// A domain controller grants somebody a Kerberos ticket.
    pub(crate) fn grant_ticket(&mut self, time: Ticks, account: &Account, source_ip: &str) {
        let krbtgt = Sid::parse("S-1-5-21-1004336348-1177238915-682003330-502");
        let draft = Draft::new(&events::TICKET_REQUESTED_4768)
            .text("TargetUserName", account.name.as_str())
            .text("TargetDomainName", account.domain.as_str())
            .set("TargetSid", Value::Sid(account.sid.clone()))
            .text("ServiceName", "krbtgt")
            .set("ServiceSid", Value::Sid(krbtgt))
            .set("TicketOptions", Value::Hex32(0x4081_0010))
            .set("TicketEncryptionType", Value::Hex32(0x12))
            .text("PreAuthType", "2")
            .text("IpAddress", format!("::ffff:{source_ip}"))
            .text("IpPort", "52114")
            .text("CertIssuerName", "")
            .text("CertSerialNumber", "")
            .text("CertThumbprint", "");
        self.log(time, draft);
    }

    /// The Security log is cleared.
    pub(crate) fn clear_log(&mut self, time: Ticks, by: &Session) {
        self.log(time, subject(Draft::new(&events::LOG_CLEARED_1102), by));
    }

    /// The host shuts down: the event log service ends.
    pub(crate) fn shut_down(&mut self, time: Ticks) {
        self.log(time, Draft::new(&events::LOG_SERVICE_STOPPED_1100));
    }

    /// The host starts.
    pub fn boot(&mut self, time: Ticks) {
        self.log(time, Draft::new(&events::STARTUP_4608));
    }
}

pub(super) fn built_in_group(rid: u32) -> Account {
    let name = match rid {
        544 => "Administrators",
        546 => "Guests",
        555 => "Remote Desktop Users",
        _ => "Users",
    };
    Account::new("Builtin", name, Sid::parse("S-1-5-32").with_rid(rid))
}

pub(super) fn named_caller(draft: Draft, process: &Process) -> Draft {
    draft
        .set("CallerProcessId", Value::Pointer(u64::from(process.pid)))
        .text("CallerProcessName", process.image.as_str())
}

pub(super) fn target(kind: &'static EventKind, account: &Account, by: &Session) -> Draft {
    subject(Draft::new(kind), by)
        .text("TargetUserName", account.name.as_str())
        .text("TargetDomainName", account.domain.as_str())
        .set("TargetSid", Value::Sid(account.sid.clone()))
}

pub(super) fn account_attributes(kind: &'static EventKind, account: &Account, by: &Session) -> Draft {
    const UNSET: &[&str] = &[
        "DisplayName",
        "HomeDirectory",
        "HomePath",
        "ScriptPath",
        "ProfilePath",
        "UserWorkstations",
        "UserParameters",
    ];
    let draft = target(kind, account, by)
        .text("SamAccountName", account.name.as_str())
        .text("AccountExpires", "%%1794")
        .text("PrimaryGroupId", "513")
        .text("LogonHours", "%%1797");
    UNSET.iter().fold(draft, |draft, name| draft.text(name, "%%1793"))
}
