//! Secrets of command lines stand in no output of any format, however they are spelt.

use begat_report::FORMATS;
use begat_sim::encode::CARRIERS;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use crate::logs;
use crate::session::Session;

/// What begins and ends every secret of this test; nothing else in it does.
const MARK: &str = "Zq7x";
/// Spellings that are tried.
const SPELLINGS: u32 = 120;
/// Those of them, the plain ones among them, that are dumped from every carrier.
const DUMPED: usize = 50;
/// Of these, so many in each carrier.
const DUMPED_BY_EACH: usize = 8;

/// How an account and its password are handed to a program, by kind: `{n}` is the account, `{s}` the secret.
const KINDS: &[&str] = &[
    "mkacct.exe -u {n} -p {s}",
    "mkacct.exe /user:{n} /p:{s}",
    "mkacct.exe --username {n} -p={s}",
    "mkacct.exe -u{n} -p{s}",
    "mkacct.exe {n} {s}",
    "mkacct.exe {n} 'Full Name' \"{s}\" /admin",
    "python mk.py -u {n} -p '{s}'",
    "msiexec /i agent.msi SERVICE_ACCOUNT={n} SERVICE_PASSWORD={s} /qn",
    "msiexec /i agent.msi SVCUSER={n} SVCPASS=\"{s}\" /qn",
    "cmd /c set DB_PASSWORD={s}&& mk {n}",
    "cmd /c \"set \"SVC_PWD={s}\" & mk {n}\"",
    "powershell -c \".\\mk.ps1 -LocalAdminName {n} -LocalAdminPassword '{s}'\"",
    "powershell -c \"New-Thing -Name {n} -AdminSecret:{s}\"",
    "x.exe --extra-vars \"user={n} user_password={s}\"",
    "x.exe {\"user\": \"{n}\", \"admin_password\": \"{s}\"}",
    "Rubeus.exe asktgt /user:{n} /rc4:{s} /ptt",
    "mimikatz.exe \"sekurlsa::pth /user:{n} /ntlm:{s} /run:cmd\"",
    "Rubeus.exe asktgt /user:{n} /aes256:{s}",
    "cmd /c for %p in ({s} other) do net user {n} %p /add",
    "powershell -c \"'{s}','other' | % { net user {n} $_ /add }\"",
    "powershell -c \"foreach ($p in '{s}','other') { net user {n} $p /add }\"",
    "net user {n} {s} /add",
    "tool add {n} password {s}",
    "powershell -c \"New-LocalUser {n} -Password (ConvertTo-SecureString {s} -AsPlainText -Force)\"",
    "psexec.exe \\\\srv -u {n} -p \"-{s}\" cmd",
    "psexec.exe \\\\srv -u {n} -p{s} cmd",
    "sc.exe config x obj= .\\{n} password= {s}",
    "schtasks /create /tn x /tr y /ru {n} /rp {s}",
    "cmdkey /add:srv /user:{n} /pass:{s}",
    "wmic /node:srv /user:{n} /password:{s} process list",
    "net use Z: \\\\srv\\x {s} /user:{n} /p:no",
    "cmd /c echo {s}| runas /user:{n} cmd",
    "plink.exe -ssh {n}@srv -pw {s}",
    "curl.exe -u {n}:{s} https://srv",
    "mysql.exe -u{n} -p{s}",
    "x.exe \"Server=a;UID={n};PWD={s}\"",
    "x.exe Server=a;User=sa;Pwd={s};Encrypt=yes {n}",
    "x.exe <Password><Value>{s}</Value></Password> {n}",
    "powershell -c \"$env:PASS='{s}'; mk {n}\"",
    "powershell -c \"[Net.NetworkCredential]::new('{n}','{s}')\"",
    "powershell -c \"[UserPrincipal]::new($c,'{n}','{s}',$true).Save()\"",
    "powershell -c \"$u.Invoke('SetPassword','{s}') # {n}\"",
    "powershell -c \"[Environment]::SetEnvironmentVariable('DB_PASSWORD','{s}'); mk {n}\"",
    "setx DB_{n}_PASSWORD {s}",
    "reg.exe add HKLM\\x /v DefaultPassword /d {s} /f & mk {n}",
    "wmiexec.py -hashes aad3b435:{s} {n}@10.0.0.1",
    "GetUserSPNs.py CORP/{n}:{s} -dc-ip 10.0.0.1",
    "smbclient //srv/c$ -U {n}%{s}",
    "certutil.exe -f -p {s} -importpfx {n}.pfx",
    "7z.exe a -p{s} {n}.7z",
    "rar.exe a -hp{s} {n}.rar",
    "msiexec /i vnc.msi VALUE_OF_PASSWORD={s} OWNER={n}",
    "net user {n} $S{s} /add",
    // Through a variable.
    "powershell -c \"$x='{s}';net user {n} $x /add\"",
    "powershell -c \"$a='{n}';$b='{s}';net user $a $b /add\"",
    "cmd /c set \"P={s}\"&& net user {n} %P% /add",
    "cmd /c \"set X={s}&& call net user {n} %X% /add\"",
    "cmd /v:on /c \"set q={s}&&net user {n} !q! /add\"",
    "powershell -c \"net user {n} $('{s}') /add\"",
    "powershell -c \"icm srv { param($p) net user {n} $p /add } -ArgumentList '{s}'\"",
    // In a call, in a table, in a list.
    "powershell -c \"([wmiclass]'win32_process').create('net user {n} {s} /add')\"",
    "powershell -c \"$h=@{Name='{n}';Password=(ConvertTo-SecureString '{s}' -AsPlainText -Force)};New-LocalUser @h\"",
    "powershell -c \"$svc.change($null,$null,$null,$null,$null,$null,'{n}','{s}')\"",
    "powershell -c \"New-ItemProperty HKLM:\\x DefaultPassword -PropertyType String -Value '{s}' # {n}\"",
    "cmd /c (echo ^<Password^>^<Value^>{s}^</Value^>^</Password^>) > {n}.xml",
    "bash -c \"printf '{n}:{s}' | chpasswd\"",
    // Glued to the name, or named by a letter.
    "mkacct.exe {n}:{s}",
    "mkacct.exe --creds={n}:{s}",
    "mkacct.exe {n}/{s}",
    "mkacct.exe -add {n},{s}",
    "mkacct.exe [{n}] [{s}]",
    "mkacct.exe u={n} p={s}",
    "mkacct.exe -a .\\{n} -p {s}",
    "mkacct.exe --name={n} --pwd-plain={s}",
    "mkacct.exe /usr={n} /psw={s}",
    "nssm.exe set svc ObjectName .\\{n} {s}",
    "netdom.exe join pc /domain:corp /userd:{n} /passwordd:{s}",
    "ldapmodify.exe -x -D \"cn={n}\" -w '{s}'",
    "logman.exe create counter x -u CORP\\{n} {s}",
    "mkacct.exe {n};{s}",
    "mkacct.exe -add={n}|{s} /admin",
    // By its place, or by what the program is called after.
    "vncpwd.exe -d {s} & mk {n}",
    "ntdsutil \"set dsrm password\" \"reset password on server null\" {s} {s} q q & mk {n}",
    "ngrok.exe config add-authtoken {s} & mk {n}",
    "autologon.exe /accepteula {n} CORP {s}",
    "nuget push {n}.nupkg {s} -Source https://srv",
    "mega-login {n}@x.com {s}",
    "cmd /c net rpc user add {n} {s} -S srv",
    "salt-call user.setpassword {n} {s}",
    // Under a key's name, beside a key's file, in two halves.
    "tailscale.exe up --auth-key={s} --hostname {n}",
    "az storage blob upload --account-key {s} -n {n}",
    "x.exe \"AccountName={n};AccountKey={s}==;EndpointSuffix=y\"",
    "azcopy copy x \"https://{n}.blob.core.windows.net/c?sv=2020&sig={s}\"",
    "signer.exe sign {n}.pfx /p {s}",
    "chisel.exe client --auth {n}:{s} srv R:socks",
    "curl.exe -ksu {n}:{s} https://srv",
    "curl.exe --cert {n}.pem:{s} https://srv",
    "redis-cli -u redis://:{s}@srv:6379 -n {n}",
    // In what is sent, asked or written.
    "curl.exe -H \"Cookie: session={s}\" https://srv/{n}",
    "git -c http.extraheader=\"AUTHORIZATION: basic {s}\" fetch {n}",
    "powershell -c \"$wc.Headers.Add('X-Api-Key: {s}'); mk {n}\"",
    "powershell -c \"$wc.Headers['Authorization']='Basic {s}'; mk {n}\"",
    "sqlcmd.exe -Q \"CREATE LOGIN {n} WITH PASSWORD=N'{s}', CHECK_POLICY=OFF\"",
    "mysql.exe -e \"CREATE USER '{n}'@'%' IDENTIFIED BY '{s}'\"",
    "sqlcmd.exe -Q \"EXEC sp_addlogin '{n}', '{s}'\"",
    "x.exe <add key=\"Password\" value=\"{s}\"/> {n}",
    "x.exe <setting name=\"apiToken\">{s}</setting> {n}",
    "cmd /c echo open srv>x& echo {n}>>x& echo {s}>>x& ftp -s:x",
    "powershell -c \"Set-Item Env:\\DB_PASSWORD '{s}'; mk {n}\"",
    "powershell -c \"ConvertTo-SecureString -Force -AsPlainText -String:{s}; mk {n}\"",
    "Rubeus.exe ptt /ticket:{s} /user:{n}",
    // By itself.
    "x.exe {n} https://hooks.slack.com/services/T0/B0/{s}",
];

/// A kind of spelling, upper case or not, with the secret and the account in it.
fn spelling() -> impl Strategy<Value = String> {
    let kind = proptest::sample::select(KINDS);
    let secret = "[a-zA-Z0-9!#*+.?_~]{4,9}".prop_map(|middle| format!("{MARK}{middle}{MARK}"));
    (kind, secret, " {1,3}").prop_map(|(kind, secret, gap)| {
        kind.replace(' ', &gap).replace("{n}", "helper").replace("{s}", &secret)
    })
}

fn spellings() -> Vec<String> {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let mut lines: Vec<String> =
        (0..SPELLINGS).map(|_| spelling().new_tree(&mut runner).unwrap().current()).collect();
    lines.extend(KINDS.iter().map(|kind| kind.replace("{n}", "helper").replace("{s}", "Zq7xSecret!Zq7x")));
    lines
}

/// One host for each spelling, each of which makes an account: all formats tell all of them.
#[test]
fn no_format_shows_a_secret_however_it_is_spelt() {
    let lines = spellings();
    let mut session = Session::new();
    for (number, line) in lines.iter().enumerate() {
        let records = logs::made_by(&format!("PC{number}.corp.example"), line);
        session = session.log(&format!("{number}.json"), "winlogbeat", &records);
    }
    for format in FORMATS {
        let output = session.run(&["hunt", "-v", "-t", format.name, "."]);
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(bytes);
            let shown: Vec<&str> = text.lines().filter(|line| line.contains(MARK)).collect();
            assert!(shown.is_empty(), "{}: {:?}", format.name, &shown[..shown.len().min(3)]);
        }
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("helper"),
            "{} tells the cases",
            format.name
        );
    }
}

/// What stands in a command line alone is hidden in a dump of every carrier, wherever it repeats the line: in fields, in
/// the words of an array, in the text that Windows renders.
#[test]
fn no_dump_shows_what_is_hidden_in_a_command_line() {
    let hidden = |line: &&String| !begat_engine::commands::redact(line).contains(MARK);
    let lines: Vec<String> = spellings().iter().rev().filter(hidden).take(DUMPED).cloned().collect();
    assert_eq!(lines.len(), DUMPED);
    // A list is framed as lines are. Each carrier dumps its share of the lines, and every line is in several.
    let framed = CARRIERS.iter().filter(|carrier| !carrier.name.ends_with("-array"));
    for (place, carrier) in framed.enumerate() {
        let share = lines.iter().cycle().skip(place * DUMPED_BY_EACH).take(DUMPED_BY_EACH);
        let records: Vec<_> = share.flat_map(|line| logs::made_by("PC1.corp.example", line)).collect();
        let session = Session::new().log("log", carrier.name, &records);
        let plain = session.stdout(&["dump", "--show-secrets", "log"]);
        assert!(plain.contains(MARK), "{}", carrier.name);
        let text = session.stdout(&["dump", "log"]);
        let shown: Vec<&str> = text.lines().filter(|line| line.contains(MARK)).collect();
        assert!(shown.is_empty(), "{}: {:?}", carrier.name, &shown[..shown.len().min(2)]);
        assert!(text.contains("helper"), "{}", carrier.name);
    }
}
