//! What runs later or for others: services, tasks, WMI subscriptions, WinRM shells, LAPS.
use std::rc::Rc;

use super::who::subject;
use super::{Account, Host, Process, Session};
use crate::events::{self, Draft, EventKind};
use crate::value::{Ticks, Value};

/// A standing WMI subscription whose consumer is a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subscription<'a> {
    /// The name of filter and consumer.
    pub name: &'a str,
    /// What it waits for.
    pub query: &'a str,
    /// What it then does.
    pub script: &'a str,
}

impl Host {
    /// A service is installed: 4697 names the session that asked, 7045 its account.
    pub(crate) fn install_service(&mut self, time: Ticks, by: &Session, name: &str, image_path: &str) {
        if self.spec.telemetry.persistence_auditing {
            let draft = subject(Draft::new(&events::SERVICE_INSTALLED_4697), by)
                .text("ServiceName", name)
                .text("ServiceFileName", image_path)
                .set("ServiceType", Value::Hex32(0x10))
                .set("ServiceStartType", Value::U32(3))
                .text("ServiceAccount", "LocalSystem");
            self.log(time, draft);
        }
        let draft = Draft::new(&events::SERVICE_INSTALLED_7045)
            .text("ServiceName", name)
            .text("ImagePath", image_path)
            .text("ServiceType", "user mode service")
            .text("StartType", "demand start")
            .text("AccountName", "LocalSystem");
        self.log(time.plus_millis(1), draft.on_behalf_of(&by.account.sid));
    }

    /// A scheduled task is registered that runs this command as SYSTEM.
    pub(crate) fn register_task(
        &mut self,
        time: Ticks,
        by: &Session,
        name: &str,
        command: &str,
        arguments: &str,
    ) {
        let content = task_content(time, by, command, arguments);
        self.task_told(time, by, name, (&events::TASK_CREATED_4698, "TaskContent"), content);
    }

    /// Somebody gives a task that is there already another command.
    pub(crate) fn change_task(
        &mut self,
        time: Ticks,
        by: &Session,
        name: &str,
        command: &str,
        arguments: &str,
    ) {
        let content = task_content(time, by, command, arguments);
        self.task_told(time, by, name, (&events::TASK_CHANGED_4702, "TaskContentNew"), content);
    }

    /// A record of a task, with the field that holds what it starts.
    fn task_told(
        &mut self,
        time: Ticks,
        by: &Session,
        name: &str,
        (kind, field): (&'static EventKind, &'static str),
        content: String,
    ) {
        if !self.spec.telemetry.persistence_auditing {
            return;
        }
        let draft = subject(Draft::new(kind), by).text("TaskName", format!(r"\{name}")).text(field, content);
        self.log(time, draft);
    }

    /// A WMI subscription is made that stays: Sysmon 19 to 21, and WMI's own 5861.
    pub(crate) fn subscribe(&mut self, time: Ticks, by: &Session, subscription: &Subscription) {
        let Subscription { name, query, script } = subscription;
        // As both logs write a text of WMI's.
        let script = script.replace('\\', "\\\\").replace('"', "\\\"");
        if self.spec.telemetry.sysmon {
            let made = |kind: &'static EventKind, event_type: &str, after_millis: u64| {
                let time = time.plus_millis(after_millis);
                let draft = Draft::new(kind)
                    .text("EventType", event_type)
                    .text("UtcTime", time.sysmon_utc_time())
                    .text("Operation", "Created")
                    .text("User", by.user());
                (time.plus_millis(4), draft)
            };
            let (at, filter) = made(&events::SYSMON_WMI_FILTER_19, "WmiFilterEvent", 0);
            let filter = filter
                .text("EventNamespace", r#" "root\\cimv2""#)
                .text("Name", format!(" \"{name}\""))
                .text("Query", format!(" \"{query}\""));
            self.log(at, filter);
            let (at, consumer) = made(&events::SYSMON_WMI_CONSUMER_20, "WmiConsumerEvent", 310);
            let consumer = consumer
                .text("Name", format!(" \"{name}\""))
                .text("Type", "Script")
                .text("Destination", format!(" \"{script}\""));
            self.log(at, consumer);
            let (at, binding) = made(&events::SYSMON_WMI_BINDING_21, "WmiBindingEvent", 640);
            let path = |class: &str| format!(r#" "\\\\.\\ROOT\\subscription:{class}.Name=\"{name}\"""#);
            let binding = binding
                .text("Consumer", path("ActiveScriptEventConsumer"))
                .text("Filter", path("__EventFilter"));
            self.log(at, binding);
        }
        let creator = creator_sid(by);
        let cause = format!(
            "Binding EventFilter: \ninstance of __EventFilter\n{{\n\t{creator}\n\tEventNamespace = \"root\\\\cimv2\";\n\t\
            Name = \"{name}\";\n\tQuery = \"{query}\";\n\tQueryLanguage = \"WQL\";\n}};\n\
            Perm. Consumer: \ninstance of ActiveScriptEventConsumer\n{{\n\t{creator}\n\tName = \"{name}\";\n\t\
            ScriptingEngine = \"VBScript\";\n\tScriptText = \"{script}\";\n}};\n"
        );
        let draft = Draft::new(&events::SUBSCRIBED_FOR_GOOD_5861)
            .text("Namespace", "//./root/subscription")
            .text("ESS", *name)
            .text("CONSUMER", format!("ActiveScriptEventConsumer=\"{name}\""))
            .text("PossibleCause", cause);
        let wmi = self.system.account.sid.clone();
        self.log(time.plus_millis(655), draft.on_behalf_of(&wmi));
    }

    /// A client opens a shell over WinRM, and a host process for it starts under its session.
    pub(crate) fn winrm_shell(&mut self, time: Ticks, caller: &Session) -> Rc<Process> {
        let shell_id = self.rng.guid().to_string().to_uppercase();
        let draft = Draft::new(&events::SHELL_OPENED_91)
            .text("resourceUri", "http://schemas.microsoft.com/powershell/Microsoft.PowerShell")
            .text("shellId", shell_id);
        self.log(time, draft.on_behalf_of(&caller.account.sid));
        let image = r"C:\Windows\System32\wsmprovhost.exe";
        let command_line = r"C:\Windows\system32\wsmprovhost.exe -Embedding";
        self.start_by_dcom(time.plus_millis(64), caller, image, command_line)
    }

    /// The DCOM launcher starts a server under the session of its client.
    pub(crate) fn start_by_dcom(
        &mut self,
        time: Ticks,
        client: &Session,
        image: &str,
        command_line: &str,
    ) -> Rc<Process> {
        let system = self.system.clone();
        let launcher = self.service_host("DcomLaunch", "");
        self.start_as(time, &launcher, &system, client, image, command_line)
    }

    /// A service host that runs since before the log begins.
    pub fn service_host(&mut self, group: &str, service: &str) -> Rc<Process> {
        let system = self.system.clone();
        let service = if service.is_empty() { String::new() } else { format!(" -s {service}") };
        let command_line = format!(r"C:\Windows\system32\svchost.exe -k {group} -p{service}");
        self.running(&system, r"C:\Windows\System32\svchost.exe", &command_line)
    }

    /// LAPS works through its policy and gives the account that it manages a new password.
    pub(crate) fn laps_cycle(&mut self, from: Ticks, managed: &Account, rid: u32, to: Ticks) {
        self.log(from, Draft::new(&events::LAPS_STARTED_10003));
        let updated = Draft::new(&events::LAPS_UPDATED_ACCOUNT_10020)
            .text("AccountName", managed.name.as_str())
            .text("AccountRid", format!("{rid:#X}"));
        self.log(to, updated);
        self.log(to.plus_millis(40), Draft::new(&events::LAPS_ENDED_10004));
    }

    /// Somebody switches process auditing off; from then on no process is logged.
    pub(crate) fn stop_process_auditing(&mut self, time: Ticks, by: &Session) {
        for (subcategory, guid) in [
            ("%%13312", "0cce922b-69ae-11d9-bed3-505054503030"),
            ("%%13313", "0cce922c-69ae-11d9-bed3-505054503030"),
        ] {
            let draft = subject(Draft::new(&events::AUDIT_POLICY_CHANGED_4719), by)
                .text("CategoryId", "%%8276")
                .text("SubcategoryId", subcategory)
                .set("SubcategoryGuid", Value::Guid(crate::value::Guid::parse(guid)))
                .text("AuditPolicyChanges", "%%8448");
            self.log(time, draft);
        }
        self.process_auditing_ends = Some(time);
    }
}

/// Who made a WMI object, as its text has it: the bytes of a SID.
fn creator_sid(by: &Session) -> String {
    let bytes: Vec<String> = by.account.sid.to_bytes().iter().map(u8::to_string).collect();
    format!("CreatorSID = {{{}}};", bytes.join(", "))
}

/// A task that runs this command as SYSTEM, as the scheduler writes it down.
fn task_content(time: Ticks, by: &Session, command: &str, arguments: &str) -> String {
    let start = time.strftime("%Y-%m-%dT%H:%M:%S", 0);
    let author = format!(r"{}\{}", by.account.domain, by.account.name);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n\
        <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n  \
        <RegistrationInfo>\r\n    <Date>{start}</Date>\r\n    <Author>{author}</Author>\r\n  \
        </RegistrationInfo>\r\n  <Triggers>\r\n    <TimeTrigger>\r\n      \
        <StartBoundary>{start}</StartBoundary>\r\n      <Enabled>true</Enabled>\r\n    \
        </TimeTrigger>\r\n  </Triggers>\r\n  <Principals>\r\n    <Principal id=\"LocalSystem\">\r\n      \
        <UserId>S-1-5-18</UserId>\r\n      <RunLevel>HighestAvailable</RunLevel>\r\n    \
        </Principal>\r\n  </Principals>\r\n  <Settings>\r\n    <Hidden>true</Hidden>\r\n  \
        </Settings>\r\n  <Actions Context=\"LocalSystem\">\r\n    <Exec>\r\n      \
        <Command>{command}</Command>\r\n      <Arguments>{arguments}</Arguments>\r\n    </Exec>\r\n  \
        </Actions>\r\n</Task>"
    )
}
