//! Deeds done behind others: injected, hollowed, under a borrowed token, under another's password.
use super::decoys::agent;
use super::scenery::{desk, open_programs};
use crate::story::scenes::{
    ADMIN_IP, OTHER_IP, POWERSHELL, admin, busy, desktop, elevated, moment, system_agent,
};
use crate::story::truth::Truth;
use crate::world::{Creation, Host, corp_account};

const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";

/// An implant of SYSTEM that is older than the log borrows the token of a desktop. Nothing says that a browser did it.
pub(in crate::story) fn browser_only(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_brw", "webq", "tabs"]);
    let (session, explorer) = desk(host, at);
    let before = host.rng().between(5, 280);
    host.start(at.minus_seconds(before), &explorer, CHROME, &format!("\"{CHROME}\""));
    let account = host.create_account(at, &session, name, Creation::Api);
    Truth::unseen(host, &account, &session).verdict_beside("unknown")
}

/// The same where notes, mail and a browser are open: none of them calls the account interfaces.
pub(in crate::story) fn harmless_desktop(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_dsk", "mailq2", "notes7"]);
    let (session, explorer) = desk(host, at);
    let count = host.rng().between(3, 14);
    open_programs(host, at, &explorer, count);
    let account = host.create_account(at, &session, name, Creation::Api);
    Truth::unseen(host, &account, &session).verdict_beside("unknown")
}

/// A beacon inside explorer; the idle shell beside it logs its scripts, and made none.
pub(in crate::story) fn injected_explorer(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_inj", "deskhlp", "bof1"]);
    let (_, explorer) = desk(host, at);
    let shell = host.start(at.minus_seconds(100), &explorer, POWERSHELL, POWERSHELL);
    host.script_block(at.minus_seconds(61), &shell, "Get-Process | Sort-Object CPU");
    let account = host.create_account(at, &explorer.session, name, Creation::Api);
    host.script_block(at.plus_seconds(20), &shell, "Get-ChildItem");
    Truth::behind(host, &account, &explorer).by_no_word().verdict("ambiguous")
}

/// A service host that no service controller started: Word did.
pub(in crate::story) fn hollowed_svchost(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_hol", "netsvc2", "dllhst"]);
    let (_, explorer) = desk(host, at);
    host.start(at.minus_seconds(190), &explorer, CHROME, &format!("\"{CHROME}\""));
    let word = r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE";
    let document = format!("\"{word}\" /n \"C:\\Users\\Administrator\\Downloads\\offer.docm\"");
    let word = host.start(at.minus_seconds(64), &explorer, word, &document);
    let image = r"C:\Windows\System32\svchost.exe";
    let before = host.rng().between(3, 50);
    let hollowed = host.start(at.minus_seconds(before), &word, image, r"C:\Windows\System32\svchost.exe");
    let account = host.create_account(at, &hollowed.session, name, Creation::Api);
    Truth::behind(host, &account, &hollowed).verdict("ambiguous")
}

/// The administrator's session has an idle shell; the script that says it runs in SYSTEM's.
pub(in crate::story) fn impersonating_script(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_imp", "as_admin", "onbehalf"]);
    let idle = elevated(host, at, &admin(), ADMIN_IP, 180, POWERSHELL, POWERSHELL);
    let service = system_agent(host, r"C:\Windows\PSEXESVC.exe");
    let script = host.start(at.minus_seconds(20), &service, POWERSHELL, "powershell.exe -NoProfile");
    let steal = r"Invoke-TokenManipulation -ImpersonateUser -Username 'CORP\adm.keller'";
    host.suspicious_script_block(at.minus_seconds(4), &script, steal);
    host.script_block(at.minus_millis(300), &script, &format!("New-LocalUser -Name '{name}' -NoPassword"));
    let account = host.create_account(at, &idle.session, name, Creation::Api);
    host.exit(at.plus_seconds(31), &script, 0);
    Truth::behind(host, &account, &script).under(&idle.session)
}

/// LogonUser with type 3: the session has no process of its own, and 4624 names the program that asked for it.
pub(in crate::story) fn logon_by_program(host: &mut Host) -> Truth {
    busy(host);
    let at = moment(host);
    let name = *host.rng().pick(&["svc_lu2", "sudoish", "other1"]);
    let logged_on = at.minus_seconds(300);
    let user = corp_account("help.moreau", 1207);
    let own = host.desktop_logon(logged_on, &user, 10, OTHER_IP);
    let explorer = desktop(host, logged_on.plus_millis(900), &own);
    let image = r"C:\Users\help.moreau\Downloads\adduser.exe";
    let before_millis = host.rng().between(200, 5_000);
    let program = host.start(at.minus_millis(before_millis), &explorer, image, "adduser.exe");
    let workstation = *host.rng().pick(&["-", "SRV01"]);
    let session = host.logon_by_program(at.minus_millis(34), &program, &admin(), workstation);
    let account = host.create_account(at, &session, name, Creation::Api);
    host.exit(at.plus_millis(700), &program, 0);
    let agent = agent(host);
    host.read_members(at.minus_seconds(200), &agent, 544);
    // 4624 names the session of the program that asked.
    Truth::behind(host, &account, &program).under(&session).origin("runas", &own).verdict("likely")
}
