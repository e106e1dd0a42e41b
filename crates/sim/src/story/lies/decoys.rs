//! Words that look like the deed: the command fails, is printed, or is never run, and somebody else acts.
use std::rc::Rc;

use super::scenery::{desk, implant, made_by_implant, old_service};
use crate::story::scenes::{CMD, POWERSHELL, busy, end_net, moment, net_user_add, run_net, system_agent};
use crate::story::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Host, Process};

/// The account is there already when net1 asks: it says 2, and joins nobody to Users.
pub(in crate::story) fn failing_net1(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_back", "svc_arch", "mailq"]);
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(50), &explorer, CMD, "cmd.exe");
    let implant = implant(host, at, &explorer);
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at.minus_millis(10), &implant.session, name, Creation::Api);
    end_net(host, &run, 2);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// The end of net1 is not told, as no policy tells it by default: that it had made its one account long before is
/// all that clears it.
pub(in crate::story) fn made_again(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["recyc", "svc_tmp2", "again"]);
    host.tell_no_ends();
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(45), &explorer, CMD, "cmd.exe");
    let run = run_net(host, at, &shell, &format!("user {name} Winter-2026! /add"));
    let first = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    let deletion = run_net(host, at.plus_seconds(40), &shell, &format!("user {name} /delete"));
    host.delete_account(deletion.acts_at, &deletion.net1.session, &first);
    let again = at.plus_seconds(host.rng().between(70, 150));
    let implant = implant(host, again, &explorer);
    let second = host.create_account(again, &implant.session, name, Creation::Api);
    vec![
        Truth::attributed(host, &first, &run.net1).outcome("deleted"),
        Truth::behind(host, &second, &implant).verdict("likely"),
    ]
}

/// In the session of all services a word that fits is no tie.
pub(in crate::story) fn common_word(host: &mut Host) -> Truth {
    const JOBS: &[(&str, &str, &str)] = &[
        ("backup", r"C:\Program Files\Java\bin\java.exe", "java.exe -jar jobs.jar backup --full"),
        ("monitor", r"C:\Program Files\Zabbix\zabbix_agentd.exe", "zabbix_agentd.exe monitor -c agent.conf"),
        ("deploy", r"C:\Program Files\Octopus\Tentacle.exe", "Tentacle.exe deploy --instance Main"),
        ("report", r"C:\Windows\System32\cscript.exe", r"cscript.exe //B C:\it\nightly.vbs report"),
    ];
    busy(host);
    let at = moment(host);
    let (name, image, line) = *host.rng().pick(JOBS);
    let services = Rc::clone(&host.services);
    let before = host.rng().between(2, 60);
    let job = host.start(at.minus_seconds(before), &services, image, line);
    let maker = old_service(host);
    let account = host.create_account(at, &maker, name, Creation::Api);
    host.exit(at.plus_seconds(40), &job, 0);
    Truth::unseen(host, &account, &maker)
}

/// The shell asked after another account, whose name lacks the dollar.
pub(in crate::story) fn dollar_twin(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["bob", "svc", "print"]);
    let (_, explorer) = desk(host, at);
    let line = format!("powershell.exe -NoExit -Command Get-LocalUser {name}");
    let shell = host.start(at.minus_seconds(20), &explorer, POWERSHELL, &line);
    let implant = implant(host, at, &explorer);
    let account = host.create_account(at, &implant.session, &format!("{name}$"), Creation::Api);
    host.exit(at.plus_seconds(200), &shell, 0);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// Programs whose lines hold the command as text. None of them runs what it is given.
pub(in crate::story) fn printed_command(host: &mut Host) -> Truth {
    const GIT: &str = r"C:\Program Files\Git\cmd\git.exe";
    const FINDSTR: &str = r"C:\Windows\System32\findstr.exe";
    const CURL: &str = r"C:\Windows\System32\curl.exe";
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_doc", "wiki_ro", "faqbot"]);
    let command = format!("net user {name} Winter-2026! /add");
    let lines = [
        (CMD, format!("cmd.exe /c echo {command} >> notes.txt")),
        (GIT, format!("git.exe commit -m \"document: {command}\"")),
        (FINDSTR, format!("findstr.exe /s /c:\"{command}\" *.cmd")),
        (CURL, format!("curl.exe https://search.example/?q=\"{command}\"")),
        (POWERSHELL, format!("powershell.exe -Command \"Write-Host '{command}'; Start-Sleep 30\"")),
        (POWERSHELL, format!("powershell.exe -Command \"Set-Content C:\\it\\new.cmd '{command}'; pause\"")),
    ];
    let (image, line) = host.rng().pick(&lines).clone();
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(55), &explorer, CMD, "cmd.exe");
    let before_millis = host.rng().between(60, 4_000);
    let printer = host.start(at.minus_millis(before_millis), &shell, image, &line);
    let implant = implant(host, at, &explorer);
    let account = host.create_account(at, &implant.session, name, Creation::Api);
    let after_millis = host.rng().between(2_000, 30_000);
    host.exit(at.plus_millis(after_millis), &printer, 0);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// An implant makes the account beside a PowerShell that wrote this script and went on to something else.
fn beside_script(host: &mut Host, at: Ticks, name: &str, script: &str) -> Truth {
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(90), &explorer, POWERSHELL, POWERSHELL);
    let before_millis = host.rng().between(300, 40_000);
    host.script_block(at.minus_millis(before_millis), &shell, script);
    let implant = implant(host, at, &explorer);
    let account = host.create_account(at, &implant.session, name, Creation::Api);
    host.script_block(at.plus_seconds(5), &shell, "Get-Service | Sort-Object Status");
    host.exit(at.plus_seconds(300), &shell, 0);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// What is defined is compiled, and 4104 tells it; it is not run.
pub(in crate::story) fn function_not_called(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_fn", "opsmod", "toolkit"]);
    let scripts = [
        format!("function Add-Svc {{ New-LocalUser -Name {name} -NoPassword }}"),
        format!(
            "function Add-Svc {{\r\n  net user {name} Winter-2026! /add\r\n}}\r\nExport-ModuleMember Add-Svc"
        ),
        format!("$later = {{ New-LocalUser -Name {name} -NoPassword }}\r\nWrite-Verbose 'defined'"),
        format!("filter Add-Svc {{ New-LocalUser -Name {name} -NoPassword }}\r\nGet-Date"),
    ];
    let script = host.rng().pick(&scripts).clone();
    beside_script(host, at, name, &script)
}

/// Comments, texts, help, and what is written to a file.
pub(in crate::story) fn script_only_talks(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_txt", "manual1", "readme"]);
    let command = format!("New-LocalUser -Name {name} -NoPassword");
    let scripts = [
        format!("# {command}\r\nGet-Date"),
        format!("<#\r\n{command}\r\n#>\r\nGet-ChildItem C:\\it"),
        format!("$help = @'\r\n{command}\r\n'@\r\n$help.Length"),
        format!("Write-Output '{command}'"),
        format!("'{command}' | Set-Content C:\\it\\todo.ps1"),
        format!("Select-String -Path C:\\it\\*.ps1 -Pattern '{command}'"),
        format!("throw \"please run: {command}\""),
    ];
    let script = host.rng().pick(&scripts).clone();
    beside_script(host, at, name, &script)
}

/// The same words where they are a deed: defined and called.
pub(in crate::story) fn function_called(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_run", "opsrun", "caller"]);
    let scripts = [
        format!("function Add-Svc {{ New-LocalUser -Name {name} -NoPassword }}\r\nAdd-Svc"),
        format!("& {{ New-LocalUser -Name {name} -NoPassword }}"),
        format!("$make = {{ New-LocalUser -Name {name} -NoPassword }}\r\n& $make"),
    ];
    let script = host.rng().pick(&scripts).clone();
    let (_, explorer) = desk(host, at);
    let shells = two_shells(host, at, &explorer);
    let culprit = host.rng().pick(&shells).clone();
    host.script_block(at.minus_millis(140), &culprit, &script);
    let account = host.create_account(at, &culprit.session, name, Creation::Api);
    host.pipeline(at.plus_millis(30), &culprit, "New-LocalUser", &[("Name", name), ("NoPassword", "True")]);
    Truth::attributed(host, &account, &culprit)
}

/// What is refused was not done, whatever the script says before: the name is taken already.
pub(in crate::story) fn refused_command(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_ref", "taken2", "denied"]);
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(90), &explorer, POWERSHELL, POWERSHELL);
    let before_millis = host.rng().between(60, 4_000);
    let implant = implant(host, at, &explorer);
    let script = format!("New-LocalUser -Name {name} -NoPassword");
    host.script_block(at.minus_millis(before_millis), &shell, &script);
    let account = host.create_account(at, &implant.session, name, Creation::Api);
    let given = [("Name", name), ("NoPassword", "True")];
    let error = format!("User {name} already exists.");
    host.refused_pipeline(at.plus_millis(70), &shell, "New-LocalUser", &given, &error);
    host.exit(at.plus_seconds(300), &shell, 0);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// The same, and it is the command line that says it.
pub(in crate::story) fn refused_line(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_rfl", "taken3", "refused"]);
    let (_, explorer) = desk(host, at);
    let implant = implant(host, at, &explorer);
    let before_millis = host.rng().between(300, 4_000);
    let line = format!("powershell.exe -NoProfile -Command \"New-LocalUser -Name {name} -NoPassword\"");
    let shell = host.start(at.minus_millis(before_millis), &explorer, POWERSHELL, &line);
    if !host.tells_of_failures() {
        // Nothing would tell it from one that was carried out.
        let account = host.create_account(at, &shell.session, name, Creation::Api);
        host.exit(at.plus_millis(160), &shell, 0);
        return Truth::attributed(host, &account, &shell);
    }
    let account = host.create_account(at, &implant.session, name, Creation::Api);
    let given = [("Name", name), ("NoPassword", "True")];
    let error = format!("User {name} already exists.");
    host.refused_pipeline(at.plus_millis(70), &shell, "New-LocalUser", &given, &error);
    host.exit(at.plus_millis(160), &shell, 1);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// Nothing is done: every cmdlet only tells what it would do, or the name of the cmdlet is the script's own.
pub(in crate::story) fn rehearsed_script(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_dry", "trial7", "ifonly"]);
    let create = format!("New-LocalUser -Name {name} -NoPassword");
    let scripts = [
        format!("$WhatIfPreference = $true\r\n{create}"),
        format!("{create} -WhatIf"),
        format!("function New-LocalUser($Name) {{ \"would create $Name\" }}\r\nNew-LocalUser {name}"),
        format!("trap {{ {create}; continue }}\r\nGet-Date"),
        format!("Register-EngineEvent PowerShell.Exiting -Action {{ {create} }}"),
    ];
    let script = host.rng().pick(&scripts).clone();
    beside_script(host, at, name, &script)
}

/// A script whose name says that it looks is given the account's name.
pub(in crate::story) fn looking_script(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_who", "lookup3", "askfor"]);
    let (_, explorer) = desk(host, at);
    let script = *host.rng().pick(&["Get-UserReport.ps1", "Test-Account.ps1", "Find-Logons.ps1"]);
    let line = format!(r"powershell.exe -NoProfile -File C:\it\{script} -User {name}");
    let before_millis = host.rng().between(300, 9_000);
    let report = host.start(at.minus_millis(before_millis), &explorer, POWERSHELL, &line);
    made_by_implant(host, at, &explorer, name, (&report, 17))
}

/// Two PowerShells of one desktop, some minutes old, that stay.
pub(super) fn two_shells(host: &mut Host, at: Ticks, explorer: &Rc<Process>) -> [Rc<Process>; 2] {
    let opened = at.minus_seconds(host.rng().between(130, 300));
    [0, 1].map(|i| host.start(opened.plus_millis(i * 7_300), explorer, POWERSHELL, POWERSHELL))
}

/// An agent of SYSTEM that nobody has seen start.
pub(super) fn agent(host: &mut Host) -> Rc<Process> {
    system_agent(host, r"C:\Program Files\Mgmt Agent\mgmtagent.exe")
}

/// `net user … /add` by a shell of this desktop, as the honest do it.
pub(super) fn honest_net(host: &mut Host, at: Ticks, explorer: &Rc<Process>, name: &str) -> Truth {
    let shell = host.start(at.minus_seconds(31), explorer, CMD, "cmd.exe");
    let (account, net1) = net_user_add(host, at, &shell, name);
    Truth::attributed(host, &account, &net1)
}
