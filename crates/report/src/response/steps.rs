//! What a responder can do, step by step: one row each, with the cases it is for.
//!
//! Commands are PowerShell 5.1 or later, in one line, and read only what Windows ships. Nothing here deletes an
//! account: that would lose the tie between SID, profile and log, and end no live token. Names are compared with
//! `-eq` and files named by `-LiteralPath`, so that no value is a pattern; no value of a log names a machine to connect
//! to, which would hand the responder's credentials to whoever wrote it.

use begat_model::case::{Outcome, Verdict};

use super::facts::Facts;
use super::phase::{Phase, RunOn};

/// One step, and when it is one.
pub(super) struct Row {
    /// Its name in output.
    pub(super) name: &'static str,
    pub(super) phase: Phase,
    pub(super) run_on: RunOn,
    pub(super) when: fn(&Facts<'_>) -> bool,
    /// Words and command, the most precise first: the first of which every value is known is taken. Where none can be
    /// filled in, the step is left out.
    pub(super) ways: &'static [(&'static str, &'static str)],
}

macro_rules! rows {
    ($( $name:ident $phase:ident on $run_on:ident when |$facts:pat_param| $when:expr => $( $text:literal : $command:literal ),+ ; )*) => {
        /// All of them, in the order in which they are done.
        pub(super) const ROWS: &[Row] = &[ $( Row {
            name: stringify!($name),
            phase: Phase::$phase,
            run_on: RunOn::$run_on,
            when: |$facts| $when,
            ways: &[ $( ($text, $command) ),+ ],
        }, )* ];
    };
}

rows! {
    // Confirm: is it so, and does it go on?

    ask_owner Confirm on Host when |facts| facts.authorised() && !facts.directory() =>
        "Ask <owner> whether this creation is theirs, before anything is changed: `<rule>` allows it, and what is allowed can be abused. Show them the account."
            : "Get-LocalUser | Where-Object SID -eq '<sid>' | Format-List *",
        "Ask <owner> whether this creation is theirs, before anything is changed. Show them the accounts, the newest password first."
            : "Get-LocalUser | Sort-Object PasswordLastSet -Descending | Format-Table Name,SID,Enabled,PasswordLastSet,LastLogon";
    ask_owner_of_domain Confirm on Host when |facts| facts.authorised() && facts.directory() =>
        "Ask <owner> whether this creation is theirs, before anything is changed. Show them the account."
            : "Get-ADUser -Identity '<sid>' -Properties *",
        "Ask <owner> whether this creation is theirs, before anything is changed. Show them the newest accounts."
            : "Get-ADUser -Filter * -Properties whenCreated | Sort-Object whenCreated -Descending | Select-Object -First 20";
    account_resurrected Confirm on Host when |facts| facts.outcome(Outcome::Resurrected) && !facts.directory() =>
        "See whether the account exists. It was deleted and its SID came back, which Windows never does: somebody wrote to the SAM, and what the host says of its accounts may be false."
            : "Get-LocalUser | Where-Object SID -eq '<sid>' | Format-List *";
    account Confirm on Host when |facts| facts.outcome(Outcome::Persists) && !facts.directory() && !facts.authorised() =>
        "See whether the account is there, enabled, and when it was last used."
            : "Get-LocalUser | Where-Object SID -eq '<sid>' | Format-List *",
        "See whether the account is there, enabled, and when it was last used. Its SID is not known: compare the name."
            : "Get-LocalUser | Where-Object Name -eq <name> | Format-List *",
        "Find the account among all of them, the newest password first: neither its SID nor a name that can be put into a command is known."
            : "Get-LocalUser | Sort-Object PasswordLastSet -Descending | Format-Table Name,SID,Enabled,PasswordLastSet,LastLogon";
    account_gone Confirm on Host when |facts| !facts.lives() && !facts.directory() && !facts.authorised() =>
        "Make sure that the account is gone: this should show nothing. If it shows the account, it was restored, or its deletion failed."
            : "Get-LocalUser | Where-Object SID -eq '<sid>' | Format-List *",
        "Make sure that the account is gone: no account of its name should show."
            : "Get-LocalUser | Where-Object Name -eq <name> | Format-List *";
    account_of_domain Confirm on Host when |facts| facts.directory() && facts.lives() && !facts.authorised() =>
        "See whether the account is there, enabled, and in which groups. It is a domain account, which can log on to any member of the domain."
            : "Get-ADUser -Identity '<sid>' -Properties *",
        "Find the account among the newest of the domain: its SID is not known."
            : "Get-ADUser -Filter * -Properties whenCreated | Sort-Object whenCreated -Descending | Select-Object -First 20";
    account_of_domain_gone Confirm on Host when |facts| facts.directory() && !facts.lives() && !facts.authorised() =>
        "Make sure that the account is gone: only a deleted object should be left of it."
            : "Get-ADObject -LDAPFilter '(objectSid=<sid>)' -IncludeDeletedObjects -Properties *";
    groups Confirm on Host when |facts| facts.outcome(Outcome::Persists) && !facts.directory() && facts.full() =>
        "See who is in the groups that matter (Get-LocalGroupMember stops at a SID that no longer resolves; net does not)."
            : "<groups> | ForEach-Object { net localgroup (Get-LocalGroup -SID $_).Name }";
    hidden Confirm on Host when |facts| facts.hides() && facts.lives() && !facts.directory() =>
        "Its name is easy to overlook: see whether it is also hidden from the logon screen."
            : "reg query 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\SpecialAccounts\\UserList'";
    creator_alive Confirm on Host when |facts| facts.verdict(Verdict::Attributed) && facts.full() =>
        "See whether the creator or its ancestors still run. The creator started at <started>: a process with that id and another start time is another process."
            : "Get-CimInstance Win32_Process -Filter '<processes>' | Format-List ProcessId,@{n='StartedUtc';e={$_.CreationDate.ToUniversalTime()}},ExecutablePath,CommandLine",
        "See whether the creator or its ancestors still run. Process ids are reused: compare start time and command line."
            : "Get-CimInstance Win32_Process -Filter '<processes>' | Format-List ProcessId,@{n='StartedUtc';e={$_.CreationDate.ToUniversalTime()}},ExecutablePath,CommandLine";
    candidates_alive Confirm on Host when |facts| facts.verdict(Verdict::Ambiguous) && facts.full() =>
        "Tell the candidates apart: see which of them still run, and since when. Treat each of them as the creator until it is cleared."
            : "Get-CimInstance Win32_Process -Filter '<processes>' | Format-List ProcessId,@{n='StartedUtc';e={$_.CreationDate.ToUniversalTime()}},ExecutablePath,CommandLine";
    likely_creator_alive Confirm on Host when |facts| facts.verdict(Verdict::Likely) && facts.full() =>
        "Confirm first: one process stands out, but nothing shows that it made the account, and it may be a bystander. See which of the processes that could have made it still run. The likely one started at <started>: a process with that id and another start time is another process."
            : "Get-CimInstance Win32_Process -Filter '<processes>' | Format-List ProcessId,@{n='StartedUtc';e={$_.CreationDate.ToUniversalTime()}},ExecutablePath,CommandLine",
        "Confirm first: one process stands out, but nothing shows that it made the account, and it may be a bystander. See which of the processes that could have made it still run. Process ids are reused: compare start time and command line."
            : "Get-CimInstance Win32_Process -Filter '<processes>' | Format-List ProcessId,@{n='StartedUtc';e={$_.CreationDate.ToUniversalTime()}},ExecutablePath,CommandLine";
    act_shown Confirm on Host when |facts| facts.verdict(Verdict::Likely) =>
        "Confirm first: look in the host's own logs for what shows the act: command lines (4688), scripts (4103, 4104), lookups of accounts and groups (4798, 4799), ends of processes (4689)."
            : "Get-WinEvent -FilterHashtable @{LogName='Security','*PowerShell*';Id=4103,4104,4688,4689,4798,4799;StartTime=[datetime]'<before>';EndTime=[datetime]'<after>'} -Oldest | Format-List TimeCreated,Id,Message";
    session_alive Confirm on Host when |facts| facts.full() && (facts.unproven() || facts.verdict(Verdict::Unknown)) =>
        "See what still runs in session <logon_id>, which made the account (empty after a logoff or a restart)."
            : "Get-CimInstance Win32_LogonSession | Where-Object LogonId -eq '<logon_number>' | Get-CimAssociatedInstance -ResultClassName Win32_Process | Format-Table ProcessId,SessionId,CreationDate,CommandLine";
    token_stolen Confirm on Host when |facts| facts.verdict(Verdict::SessionOnly) =>
        "See whose session <logon_id> is. No process of it made the account: a process of another session, or a service, used its token."
            : "Get-CimInstance Win32_LoggedOnUser | Where-Object { $_.Dependent.LogonId -eq '<logon_number>' } | Format-List Antecedent,Dependent; quser";
    clients_connected Confirm on Host when |facts| facts.full() && (facts.verdict(Verdict::Remote) || facts.source().is_some()) =>
        "See who is connected from other machines, now."
            : "Get-SmbSession | Format-Table ClientComputerName,ClientUserName,NumOpens,SecondsExists; quser";
    installs Confirm on Host when |facts| facts.shared_session() && !facts.verdict(Verdict::System) && facts.full() =>
        "It was done as a service: see which service or task was installed, and who logged on, in the minutes around it."
            : "Get-WinEvent -FilterHashtable @{LogName='Security','System';Id=4624,4648,4697,4698,4702,7045;StartTime=[datetime]'<before>';EndTime=[datetime]'<after>'} -Oldest | Format-List TimeCreated,Id,Message";
    windows_made_it Confirm on Host when |facts| facts.verdict(Verdict::System) =>
        "See whether Windows had reason to: <created> should be near the installation of the system, or LAPS manages an account here."
            : "(Get-CimInstance Win32_OperatingSystem).InstallDate.ToUniversalTime().ToString('o'); reg query 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\LAPS'";
    own_logs Confirm on Host when |facts| facts.verdict(Verdict::Unknown) && facts.full() =>
        "Read the host's own logs around it: they may hold the process, the logon and the script that were not collected."
            : "Get-WinEvent -FilterHashtable @{LogName='Security','Microsoft-Windows-Sysmon*','*PowerShell*';StartTime=[datetime]'<before>';EndTime=[datetime]'<after>'} -Oldest | Format-List TimeCreated,Id,Message";

    // Preserve: what the next steps would destroy.

    memory Preserve on Host when |facts| facts.process_made_it() && (facts.thorough() || facts.doubted()) =>
        "Take an image of the memory first, with your own tool. Then save what else is only in memory: processes, connections, sessions."
            : "md -Force '<folder>'; Get-CimInstance Win32_Process | Export-Csv '<folder>\\processes.csv'; Get-NetTCPConnection | Export-Csv '<folder>\\connections.csv'; quser | Set-Content '<folder>\\sessions.txt'";
    logs Preserve on Host when |_| true =>
        "Export the logs before they roll over, and copy the folder off the host."
            : "md -Force '<folder>'; Get-WinEvent -ListLog Security,System,*Sysmon/Operational,*PowerShell*,*WMI-Activity/Operational,*TaskScheduler/Operational,*WinRM/Operational,*TerminalServices*,*LAPS/Operational | Where-Object RecordCount | ForEach-Object { wevtutil epl $_.LogName (Join-Path '<folder>' ($_.LogName.Replace('/','%4') + '.evtx')) }";
    registry Preserve on Host when |facts| facts.thorough() && !facts.directory() =>
        "Save the account database and the audit policy. The hives hold password hashes: protect them accordingly."
            : "'SAM','SYSTEM','SECURITY' | ForEach-Object { reg save (Join-Path HKLM $_) (Join-Path '<folder>' ($_ + '.hiv')) /y }; auditpol /get /category:* /r | Set-Content '<folder>\\auditpol.csv'";
    directory_object Preserve on Host when |facts| facts.directory() && facts.lives() =>
        "Save the account as the directory has it, with the time of each change."
            : "md -Force '<folder>'; Get-ADUser -Identity '<sid>' -Properties * | Export-Clixml '<folder>\\account.xml'; Get-ADReplicationAttributeMetadata -Object (Get-ADUser -Identity '<sid>') -Server localhost | Export-Csv '<folder>\\account-changes.csv'";
    images Preserve on Host when |facts| facts.full() && facts.verdict(Verdict::Attributed) =>
        "Hash the programs that made it, look at their signatures, and take copies."
            : "<images> | ForEach-Object { Get-FileHash -LiteralPath $_; Get-AuthenticodeSignature -LiteralPath $_ | Format-List Path,Status,SignerCertificate; Copy-Item -LiteralPath $_ -Destination '<folder>' }";
    candidate_images Preserve on Host when |facts| facts.full() && facts.unproven() =>
        "Hash the programs that may have made it, look at their signatures, and take copies."
            : "<images> | ForEach-Object { Get-FileHash -LiteralPath $_; Get-AuthenticodeSignature -LiteralPath $_ | Format-List Path,Status,SignerCertificate; Copy-Item -LiteralPath $_ -Destination '<folder>' }";
    traces Preserve on Host when |facts| facts.process_made_it() && (facts.thorough() || facts.doubted()) =>
        "Save what Windows keeps about programs that ran, besides the logs: Prefetch, Amcache, SRUM, PowerShell's history."
            : "robocopy C:\\Windows\\Prefetch '<folder>\\Prefetch' *.pf; robocopy C:\\Users '<folder>\\Users' ConsoleHost_history.txt /S /B /XJ /R:0; 'AppCompat\\Programs\\Amcache.hve','System32\\sru\\SRUDB.dat' | ForEach-Object { esentutl /y /vss (Join-Path C:\\Windows $_) /d (Join-Path '<folder>' (Split-Path $_ -Leaf)) }";
    profile Preserve on Host when |facts| (facts.thorough() || facts.outcome(Outcome::Deleted)) && facts.full() && !facts.directory() && matches!(facts.case.outcome, Outcome::Persists | Outcome::Deleted) =>
        "Copy the account's profile, where it has one (ProfileList keeps the SID after a deletion)."
            : "Get-CimInstance Win32_UserProfile | Where-Object SID -eq '<sid>' | ForEach-Object { robocopy $_.LocalPath '<folder>\\profile' /E /B /XJ /R:0 }";
    logs_of_source Preserve on Source when |facts| facts.full() =>
        "The session came from this machine. If it is a Windows host of yours, preserve it too: memory first, then its logs."
            : "md -Force '<folder>'; Get-WinEvent -ListLog Security,System,*Sysmon/Operational,*PowerShell* | Where-Object RecordCount | ForEach-Object { wevtutil epl $_.LogName (Join-Path '<folder>' ($_.LogName.Replace('/','%4') + '.evtx')) }";

    // Contain: after the above, and reversibly.

    disable_if_denied Contain on Host when |facts| facts.authorised() && facts.lives() && !facts.directory() && !facts.full() =>
        "Only if <owner> does not confirm it: disable the account (do not delete it), and treat it as an attack."
            : "Disable-LocalUser -SID '<sid>'";
    disable Contain on Host when |facts| facts.full() && facts.lives() && !facts.directory() =>
        "Disable the account. Do not delete it: that loses the link between SID and profile. Disabling does not end running sessions; the next steps do."
            : "Disable-LocalUser -SID '<sid>'",
        "Disable the account; do not delete it. Disabling does not end running sessions; the next steps do."
            : "Get-LocalUser | Where-Object Name -eq <name> | Disable-LocalUser";
    disable_in_domain Contain on Host when |facts| facts.directory() && facts.lives() && (facts.full() || facts.authorised()) =>
        "Once it is known not to be allowed, disable the account; do not delete it. Disabling ends neither running sessions nor Kerberos tickets already issued; the next steps do."
            : "Disable-ADAccount -Identity '<sid>'";
    power Contain on Host when |facts| facts.full() && facts.lives() && !facts.directory() =>
        "Take it out of the groups that give it power (the logs and the saved SAM still show that it was in them)."
            : "<power_groups> | ForEach-Object { Remove-LocalGroupMember -SID $_ -Member '<sid>' }";
    power_in_domain Contain on Host when |facts| facts.full() && facts.lives() && facts.directory() =>
        "Take it out of the groups that give it power."
            : "<power_groups> | ForEach-Object { Remove-ADGroupMember -Identity $_ -Members '<sid>' }";
    tokens Contain on Host when |facts| facts.full() && !facts.outcome(Outcome::AttemptFailed) =>
        "End what still runs as the account, and its network sessions: a token outlives disabling and deletion."
            : "Get-CimInstance Win32_Process | Where-Object { (Invoke-CimMethod $_ GetOwnerSid).Sid -eq '<sid>' } | ForEach-Object { Stop-Process -Id $_.ProcessId -Force }; Get-SmbSession | Where-Object { ($_.ClientUserName -split '\\\\')[-1] -eq <name> } | Close-SmbSession -Force",
        "End what still runs as the account: a token outlives disabling and deletion. Its name cannot be put into a command: close its network sessions by hand (Get-SmbSession, Close-SmbSession)."
            : "Get-CimInstance Win32_Process | Where-Object { (Invoke-CimMethod $_ GetOwnerSid).Sid -eq '<sid>' } | ForEach-Object { Stop-Process -Id $_.ProcessId -Force }";
    clients_off Contain on Host when |facts| facts.full() && facts.verdict(Verdict::Remote) =>
        "End the network sessions from the address it came from."
            : "Get-SmbSession | Where-Object { $_.ClientComputerName.Trim('[',']') -eq '<address>' } | Close-SmbSession -Force";
    session_ended_once_confirmed Contain on Host when |facts| facts.full() && facts.verdict(Verdict::Likely) && !facts.at_a_desktop() =>
        "Only once it is confirmed which process made the account: end what still runs in session <logon_id>, from which it was made, unless its owner vouches for it."
            : "Get-CimInstance Win32_LogonSession | Where-Object LogonId -eq '<logon_number>' | Get-CimAssociatedInstance -ResultClassName Win32_Process | ForEach-Object { Stop-Process -Id $_.ProcessId -Force }";
    session_off_once_confirmed Contain on Host when |facts| facts.full() && facts.verdict(Verdict::Likely) && facts.at_a_desktop() =>
        "Only once it is confirmed which process made the account: log off session <logon_id>, from which it was made, unless its owner vouches for it."
            : "Get-CimInstance Win32_LogonSession | Where-Object LogonId -eq '<logon_number>' | Get-CimAssociatedInstance -ResultClassName Win32_Process | Select-Object -ExpandProperty SessionId -Unique | Where-Object { $_ -ne 0 } | ForEach-Object { logoff $_ }";
    session_ended Contain on Host when |facts| facts.full() && facts.process_made_it() && !facts.verdict(Verdict::Likely) && !facts.at_a_desktop() =>
        "End what still runs in session <logon_id>, which made the account, unless its owner vouches for it."
            : "Get-CimInstance Win32_LogonSession | Where-Object LogonId -eq '<logon_number>' | Get-CimAssociatedInstance -ResultClassName Win32_Process | ForEach-Object { Stop-Process -Id $_.ProcessId -Force }";
    session_off Contain on Host when |facts| facts.full() && facts.process_made_it() && !facts.verdict(Verdict::Likely) && facts.at_a_desktop() =>
        "Log off session <logon_id>, which made the account, unless its owner vouches for it."
            : "Get-CimInstance Win32_LogonSession | Where-Object LogonId -eq '<logon_number>' | Get-CimAssociatedInstance -ResultClassName Win32_Process | Select-Object -ExpandProperty SessionId -Unique | Where-Object { $_ -ne 0 } | ForEach-Object { logoff $_ }";
    isolate Contain on Host when |facts| facts.full() && !facts.verdict(Verdict::System) && (facts.thorough() && facts.source().is_some() || facts.verdict(Verdict::Remote) || facts.shared_session()) =>
        "Isolate the host, at the switch or by your EDR. Where neither is at hand, block the address it came from, after checking that none of your own services is at that address."
            : "New-NetFirewallRule -DisplayName 'begat <address>' -Direction Inbound -RemoteAddress '<address>' -Action Block",
        "Isolate the host, at the switch or by your EDR: whoever did this acts as the system or from outside. Where neither is at hand, block all inbound traffic (this cuts off your own remote session too: do it at the console)."
            : "Set-NetFirewallProfile -All -DefaultInboundAction Block -AllowInboundRules False";
    rotate Contain on Host when |facts| facts.thorough() =>
        "Change the password of the local account that made it: whoever used it knows it. Where LAPS manages it, use Reset-LapsPassword."
            : "Set-LocalUser -SID '<person_of_machine>' -Password (Read-Host -AsSecureString)";
    rotate_in_domain Contain on Directory when |facts| facts.thorough() =>
        "Change the password of the domain account that made it, unless its owner vouches for it (ActiveDirectory module)."
            : "Set-ADAccountPassword -Identity '<person_of_domain>' -Reset";

    // Scope: what else did they do?

    account_used Scope on Host when |_| true =>
        "Follow the account: every record that names its SID (logons 4624 and 4648, processes 4688, tasks 4698, groups 4732)."
            : "Get-WinEvent -FilterHashtable @{LogName='Security';Data='<sid>'} -Oldest | Format-Table TimeCreated,Id,Message";
    creator_acts Scope on Host when |facts| facts.full() =>
        "Follow whoever made it: all that session <logon_id> and the user behind it did."
            : "Get-WinEvent -FilterHashtable @{LogName='Security';Data='<logon_id>','<person>'} -Oldest | Format-Table TimeCreated,Id,Message",
        "Follow whoever made it: all that the session <logon_id> did."
            : "Get-WinEvent -FilterHashtable @{LogName='Security';Data='<logon_id>'} -Oldest | Format-Table TimeCreated,Id,Message",
        "Follow whoever is behind it: all that this user did."
            : "Get-WinEvent -FilterHashtable @{LogName='Security';Data='<person>'} -Oldest | Format-Table TimeCreated,Id,Message";
    other_accounts Scope on Host when |facts| !facts.lives() && facts.full() =>
        "Whoever failed or cleaned up may try again: see which other accounts were made, renamed or deleted since."
            : "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4720,4726,4781;StartTime=[datetime]'<before>'} -Oldest | Format-List TimeCreated,Id,Message";
    sam Scope on Host when |facts| facts.outcome(Outcome::Resurrected) && !facts.directory() =>
        "In a shell of SYSTEM, compare the SAM with itself: each name under Names has a RID, which must have one key under Users whose F holds the same RID at offset 0x30. Where one differs, rebuild the host."
            : "reg query HKLM\\SAM\\SAM\\Domains\\Account\\Users /s | Set-Content '<folder>\\sam-users.txt'";
    source_acts Scope on Source when |facts| facts.full() =>
        "See whether the remote command still runs there (it started at <client_started>), and who was logged on at that time with which credentials (4624, 4648)."
            : "Get-CimInstance Win32_Process -Filter 'ProcessId=<client>' | Format-List ProcessId,CreationDate,CommandLine; Get-WinEvent -FilterHashtable @{LogName='Security';Id=4624,4648;StartTime=[datetime]'<before>';EndTime=[datetime]'<after>'} -Oldest | Format-List TimeCreated,Id,Message",
        "See who was logged on there at that time, with which credentials, and what ran (4624, 4648, 4688)."
            : "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4624,4648,4688;StartTime=[datetime]'<before>';EndTime=[datetime]'<after>'} -Oldest | Format-List TimeCreated,Id,Message";
    wave Scope on Directory when |facts| facts.case.wave.is_some() && !facts.directory() =>
        "It is part of a wave: look for the name on every host, and contain all of them together. Hosts that do not answer are listed as errors (ActiveDirectory module)."
            : "Invoke-Command -ComputerName (Get-ADComputer -Filter *).DNSHostName -ScriptBlock { Get-LocalUser | Where-Object Name -eq <name> }";
    other_hosts Scope on Directory when |facts| facts.case.wave.is_none() && facts.thorough() && !facts.directory() =>
        "Look for the same name on other hosts. Hosts that do not answer are listed as errors (ActiveDirectory module)."
            : "Invoke-Command -ComputerName (Get-ADComputer -Filter *).DNSHostName -ScriptBlock { Get-LocalUser | Where-Object Name -eq <name> }";
    hunt_again Scope on Host when |facts| facts.verdict(Verdict::Unknown) =>
        "Hunt again over the exported logs: they hold what was not collected."
            : "begat hunt '<folder>'";

    // Close, after what was blind is mended: see `mends`.

    close_authorised Close on Host when |facts| facts.authorised() =>
        "Write down who confirmed it. The entry expires <expires>: renew it with a new date, or let it expire. Then hash what was kept."
            : "Get-ChildItem '<folder>' -Recurse -File | Get-FileHash | Export-Csv '<folder>.sha256.csv'",
        "Write down who confirmed it, give the entry an expiry date, and hash what was kept."
            : "Get-ChildItem '<folder>' -Recurse -File | Get-FileHash | Export-Csv '<folder>.sha256.csv'";
    close Close on Host when |facts| !facts.authorised() =>
        "Write down who did it, from where and with which process, how sure that is, and what could not be seen. Hash what was kept. If it was allowed after all, add an entry with an expiry date to the policy."
            : "Get-ChildItem '<folder>' -Recurse -File | Get-FileHash | Export-Csv '<folder>.sha256.csv'";
}
