//! What somebody writes who wants to be misread: each row is a text, and what it creates, as the table of spellings says it.

use begat_engine::commands::script_intents;

use crate::intent_spellings::{By, CMD, POWERSHELL, SCRIPT, wrong};

fn hold(rows: &[(By, &str, &str)]) {
    let wrong = wrong(rows);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a parameter holds is what the call gives it; where that is not told, nobody knows it.
#[test]
#[rustfmt::skip]
fn parameters_hold_what_the_call_gives() {
    hold(&[
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nAdd-Svc $x", "calls ?"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nAdd-Svc", "calls eve"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nAdd-Svc mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nAdd-Svc -Name mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nAdd-Svc -Na:mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nAdd-Svc (Read-Host)", "calls ?"),
        (SCRIPT, "function Add-Svc { param($Name='eve') New-LocalUser $Name }\nAdd-Svc $x", "calls ?"),
        (SCRIPT, "function Add-Svc { param($Name='eve') New-LocalUser $Name }\nAdd-Svc", "calls eve"),
        (SCRIPT, "function Add-Svc { [CmdletBinding()]param([Parameter(Mandatory)][switch]$Admin, [string]$Name='eve') New-LocalUser $Name }\nAdd-Svc -Admin mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc {\n[CmdletBinding()]\nparam(\n  [Parameter(Mandatory=$true,Position=0)]\n  [string]$Name='eve',\n  [switch]$Admin\n)\nNew-LocalUser -Name $Name }\nAdd-Svc -Admin mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc([switch]$Admin, $Name='eve'){New-LocalUser $Name}\nAdd-Svc -Admin mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve',$Text='x'){New-LocalUser $Name -Description $Text}\nAdd-Svc", "calls eve"),
        (SCRIPT, "function Add-Svc($Text='x',$Name='eve'){New-LocalUser $Name}\nAdd-Svc -Text 'y' mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Text='x',$Name='eve'){New-LocalUser $Name}\nAdd-Svc 'y'", "calls eve"),
        (SCRIPT, "function Add-Svc($Text='x',$Name='eve'){New-LocalUser $Name}\nAdd-Svc 'y' $z", "calls ?"),
        (SCRIPT, "function Add-Svc { param([Parameter(Position=1)]$Text,[Parameter(Position=0)]$Name='eve') New-LocalUser $Name }\nAdd-Svc mallory y", "calls mallory"),
        (SCRIPT, "function Add-Svc { param([Alias('User')]$Name='eve') New-LocalUser $Name }\nAdd-Svc -User mallory", "calls ?"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\n$o=@{Name='mallory'}; Add-Svc @o", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nAdd-Svc @o", "calls ?"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\n$l='mallory','x'; Add-Svc @l", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\n'mallory' | Add-Svc", "calls ?"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\niex 'Add-Svc mallory'", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\niex \"Add-Svc $x\"", "calls ?"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nSet-Alias as Add-Svc\nas mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\n& Add-Svc mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name='eve'){New-LocalUser $Name}\nInvoke-Command -ScriptBlock ${function:Add-Svc} -ArgumentList mallory", "calls mallory"),
        (SCRIPT, "function Add-Svc($Name){New-LocalUser \"svc_$Name\"}\nAdd-Svc bob", "calls svc_bob"),
        (SCRIPT, "function Add-Svc($Name){New-LocalUser \"svc_$($Name)\"}\nAdd-Svc bob", "calls svc_bob"),
        (SCRIPT, "function Add-Svc($Name){New-LocalUser \"svc_${Name}\"}\nAdd-Svc bob", "calls svc_bob"),
        (SCRIPT, "function Add-Svc($Name){$Name = \"svc_$Name\"; New-LocalUser $Name}\nAdd-Svc bob", "calls svc_bob"),
        (SCRIPT, "function Add-Svc($Name){$Name = Get-Next $Name; New-LocalUser $Name}\nAdd-Svc bob", "calls ?"),
        (SCRIPT, "function Add-Svc($Name){ Add-It $Name }\nfunction Add-It($Who='eve'){New-LocalUser $Who}\nAdd-Svc bob", "calls bob"),
        (SCRIPT, "function Add-Svc { New-LocalUser $args[0] }\nAdd-Svc bob", "calls bob"),
        (SCRIPT, "function Add-Svc { New-LocalUser -Name $args[1] }\nAdd-Svc x bob", "calls bob"),
        (SCRIPT, "function Add-Svc { New-LocalUser $args }\nAdd-Svc bob", "calls bob"),
        (SCRIPT, "function Add-Svc { New-LocalUser @args }\nAdd-Svc -Name bob -NoPassword", "calls bob"),
        (SCRIPT, "function Add-Svc($Name) { New-LocalUser @PSBoundParameters }\nAdd-Svc -Name bob", "calls bob"),
        (SCRIPT, "function Add-Svc { net user $args[0] P /add }\nAdd-Svc bob", "starts bob"),
        (SCRIPT, "filter Add-Svc($Name='eve') { New-LocalUser $Name }\nAdd-Svc bob", "calls bob"),
        (SCRIPT, "& { param($n) New-LocalUser $n } bob", "calls bob"),
        (SCRIPT, "& { param($n='eve') New-LocalUser $n } $x", "calls ?"),
        (SCRIPT, "& { New-LocalUser $args[0] } bob", "calls bob"),
        (SCRIPT, "$b = { param($n='eve') New-LocalUser $n }; & $b bob", "calls bob"),
        (SCRIPT, "$b = { param($n='eve') New-LocalUser $n }; $b.Invoke('bob')", "calls bob"),
        (SCRIPT, "Invoke-Command { param($n='eve') New-LocalUser $n } -ArgumentList bob", "calls bob"),
        (SCRIPT, "Invoke-Command -Cn APP07 { param($n) New-LocalUser $n } -ArgumentList bob", "starts bob on APP07"),
        (SCRIPT, "Start-Job { param($n='eve') New-LocalUser $n } -ArgumentList $x", "starts ?"),
        (POWERSHELL, "powershell -c \"& { param($n='eve') New-LocalUser $n } bob\"", "calls bob"),
        // A script's own parameters may be given by whoever runs it.
        (SCRIPT, "param($Name='bob')\nNew-LocalUser $Name", "calls ?; calls bob"),
        (SCRIPT, "param([string]$Name)\nNew-LocalUser $Name", "calls ?"),
        // Objects in functions.
        (SCRIPT, "function Add-Svc($n){ $u=[UserPrincipal]::new($c); $u.Name=$n; $u.Save() }\nAdd-Svc bob", "calls bob"),
        (SCRIPT, "function Add-Svc($h,$n){ ([ADSI]\"WinNT://$h\").Create('user',$n).SetInfo() }\nAdd-Svc APP07 bob", "calls bob on APP07"),
    ]);
}

/// What a variable holds is known as long as nothing may have changed it.
#[test]
#[rustfmt::skip]
fn variables_hold_what_they_were_given_last() {
    hold(&[
        (SCRIPT, "$n='eve'; $n='bob'; New-LocalUser $n", "calls bob"),
        (SCRIPT, "$n='eve'; $n=Read-Host; New-LocalUser $n", "calls ?"),
        (SCRIPT, "$n='eve'; $n='bob' | Get-Twin; New-LocalUser $n", "calls ?"),
        (SCRIPT, "if ($x) { $n='bob' } else { $n='eve' }; New-LocalUser $n", "calls ?"),
        (SCRIPT, "$n='eve'; if ($x) { $n='bob' }; New-LocalUser $n", "calls ?"),
        (SCRIPT, "$n=Read-Host; if (!$n) { $n='bob' }; New-LocalUser $n", "calls ?"),
        (SCRIPT, "if ($x) { $n='bob'; New-LocalUser $n }", "perhaps bob"),
        (SCRIPT, "try { $n='bob' } catch { }; New-LocalUser $n", "calls bob"),
        (SCRIPT, "$n='eve'; try { $n='bob' } catch { }; New-LocalUser $n", "calls bob"),
        (SCRIPT, "$n='eve'; foreach ($n in $list) { New-LocalUser $n }", "calls ?"),
        (SCRIPT, "foreach ($n in 'bob') { New-LocalUser $n }", "calls bob"),
        (SCRIPT, "foreach ($n in 'bob','eve') { New-LocalUser $n }", "calls ?"),
        (SCRIPT, "for ($i=0; $i -lt 3; $i++) { New-LocalUser \"u$i\" }", "calls ?"),
        (SCRIPT, "$i='0'; while ($x) { New-LocalUser \"u$i\"; $i++ }", "perhaps ?"),
        (SCRIPT, "$n='eve'; while ($x) { New-LocalUser $n; $n='bob' }", "perhaps ?"),
        (SCRIPT, "$n='eve'; function Add-Svc { New-LocalUser $n }; $n='bob'; Add-Svc", "calls bob"),
        (SCRIPT, "function Add-Svc { New-LocalUser $n }; $n='bob'; Add-Svc", "calls bob"),
        (SCRIPT, "$n='eve'; $b={ New-LocalUser $n }; $n='bob'; & $b", "calls bob"),
        (SCRIPT, "$n='bob'; function Other { $n='eve' }; New-LocalUser $n", "calls bob"),
        (SCRIPT, "$n='bob'; function Other($n) { Get-Date }; New-LocalUser $n", "calls bob"),
        (SCRIPT, "$n, $m = 'eve', 'bob'; New-LocalUser $m", "calls ?"),
        (SCRIPT, "$n='eve'; $n, $m = $pair; New-LocalUser $n", "calls ?"),
        (SCRIPT, "$n='eve'; Set-Variable n bob; New-LocalUser $n", "calls bob"),
        (SCRIPT, "$n='eve'; sv -Name n -Value $x; New-LocalUser $n", "calls ?"),
        (SCRIPT, "$n='bob'; iex 'New-LocalUser $n'", "calls bob"),
        (SCRIPT, "$p=@{Name='eve'}; $p['Name']='bob'; New-LocalUser @p", "calls bob"),
        (SCRIPT, "$p=@{Name='eve'}; $p[$k]='bob'; New-LocalUser @p", "calls ?"),
        (SCRIPT, "$p=@{NoPassword=$true}; $p.Add('Name','bob'); New-LocalUser @p", "calls bob"),
        (SCRIPT, "$p=@{Name='eve'}; $p=Get-Defaults; New-LocalUser @p", "calls ?"),
        (SCRIPT, "$p=[ordered]@{Name='bob'}; New-LocalUser @p", "calls bob"),
        (SCRIPT, "$q=$p=@{Name='bob'}; New-LocalUser @p -Name bob", "calls bob"),
    ]);
}

/// After `exit`, `return` and their like nothing more of the block is run.
#[test]
#[rustfmt::skip]
fn what_stands_behind_an_end_is_not_run() {
    hold(&[
        (SCRIPT, "function f { return; New-LocalUser bob }; f", ""),
        (SCRIPT, "function f { if ($x) { return }; New-LocalUser bob }; f", "calls bob"),
        (SCRIPT, "if ($x) { exit; New-LocalUser bob }", ""),
        (SCRIPT, "return\nNew-LocalUser bob", ""),
        (SCRIPT, "throw 'no'\nNew-LocalUser bob", ""),
        (SCRIPT, "foreach ($x in $y) { continue; New-LocalUser bob }", ""),
        (SCRIPT, "foreach ($x in $y) { if ($x) { continue }; New-LocalUser bob }", "calls bob"),
        (SCRIPT, "return New-LocalUser bob", "calls bob"),
        (CMD, "cmd /c exit & net user bob P /add", ""),
        (CMD, "cmd /c whoami || exit & net user bob P /add", "starts bob"),
        (CMD, "cmd /c if exist x exit /b & net user bob P /add", "starts bob"),
    ]);
}

#[test]
#[rustfmt::skip]
fn names_of_commands_are_put_together() {
    hold(&[
        (SCRIPT, "& (gcm n*t1) user bob P /add", "starts bob"),
        (SCRIPT, "& (gcm net) user bob P /add", "starts bob"),
        (SCRIPT, "&('New-'+'LocalUser') bob", "calls bob"),
        (SCRIPT, "& ('{1}{0}' -f 'LocalUser','New-') bob", "calls bob"),
        (SCRIPT, "& 'nXt'.Replace('X','e') user bob P /add", "starts bob"),
        (SCRIPT, "& ('nXt'.Replace('X','e')) user bob P /add", "starts bob"),
        (SCRIPT, "& ('nXt' -replace 'X','e') user bob P /add", "starts bob"),
        (SCRIPT, "& ([string]::Concat('n','et')) user bob P /add", "starts bob"),
        (SCRIPT, "& ([string]::Join('','n','et')) user bob P /add", "starts bob"),
        (SCRIPT, "& ([char]110+[char]101+[char]0x74) user bob P /add", "starts bob"),
        (SCRIPT, "& ([char]110 + [char]101 + 't') user bob P /add", "starts bob"),
        (SCRIPT, "iex \"$('New-Local')User bob\"", "calls bob"),
        (SCRIPT, "iex ('net us'+'er bob P /a'+'dd')", "starts bob"),
        (SCRIPT, "iex 'nXt usXr bob P /add'.Replace('X','e')", "starts bob"),
        (SCRIPT, "iex ('net u{0}r bob P /add' -f 'se')", "starts bob"),
        (SCRIPT, "iex ([string]::Join('se',('net u','r bob P /add')))", "starts bob"),
        (SCRIPT, "$x='New-LocalUser'; & $x -Name bob", "calls bob"),
        (SCRIPT, "N`e`w-L`ocalUser b`ob", "calls bob"),
        (SCRIPT, "nlu bob", "calls bob"),
        (SCRIPT, "sal mk nlu; mk bob", "calls bob"),
        (SCRIPT, "New-Alias -Name mk -Value New-LocalUser; mk bob", "calls bob"),
        (SCRIPT, "Set-Item function:mk { New-LocalUser bob }; mk", "calls bob"),
        (SCRIPT, "net user bob P /add>$null", "starts bob"),
        (SCRIPT, "net user bob P /add 2>&1 | Out-Null", "starts bob"),
        (SCRIPT, "$null = net user bob P /add", "starts bob"),
        (SCRIPT, "[void](net user bob P /add)", "starts bob"),
        (SCRIPT, "cmd.exe --% /c net user bob P /add", "starts bob"),
        (SCRIPT, "Start-Process cmd -ArgumentList '/c','net user bob P /add' -Verb RunAs", "starts bob"),
        (SCRIPT, "Start-Process powershell \"-c New-LocalUser bob\"", "starts bob"),
    ]);
}

#[test]
#[rustfmt::skip]
fn cmd_puts_its_line_together_before_it_runs_it() {
    hold(&[
        (CMD, "cmd /v:on /c \"set a=net user bob P /add&& !a!\"", "starts bob"),
        (CMD, "cmd /c set a=ne& set b=t& call %a%%b% user bob P /add", "starts bob"),
        (CMD, "cmd /c \"set a=xnet& call %a:~1% user bob P /add\"", "starts bob"),
        (CMD, "cmd /v /c \"set a=nXt& !a:X=e! user bob P /add\"", "starts bob"),
        (CMD, "cmd /c set b=us& call net %b%er bob P /add", "starts bob"),
        (CMD, "cmd /c %windir:~-1,0%net user bob P /add", "starts bob"),
        (CMD, "cmd/c net user bob P /add", "starts bob"),
        (CMD, "cmd.exe /cnet user bob P /add", "starts bob"),
        (CMD, "cmd /c ,;net user bob P /add", "starts bob"),
        (CMD, "cmd /c \"n^e^t^ u^s^er bob P /a^d^d\"", "starts bob"),
        (CMD, "cmd /c net user bob P /add>nul", "starts bob"),
        (CMD, "cmd /c net user bob P /add >nul 2>&1", "starts bob"),
        (CMD, "cmd /c >nul net user bob P /add", "starts bob"),
        (CMD, "cmd /c for /f \"delims=\" %i in ('net user bob P /add') do echo %i", "starts bob"),
        (CMD, "cmd /c for /f %i in ('findstr /c:\"net user bob P /add\" x') do echo %i", ""),
        (CMD, "cmd /c for %i in (net) do %i user bob P /add", "starts bob"),
        (CMD, "cmd /c echo y|net user bob P /add", "starts bob"),
        (CMD, "cmd /c start /min cmd /c net user bob P /add", "starts bob"),
        (CMD, "cmd /c (net user bob P /add) > out.txt", "starts bob"),
        (CMD, "cmd /c echo net user bob P /add>x.cmd&x.cmd", "starts bob"),
        (CMD, "cmd /c cmd/c net user bob P /add", "starts bob"),
    ]);
}

#[test]
#[rustfmt::skip]
fn others_run_it_too() {
    hold(&[
        (By::Image("python.exe"), "python -c \"import subprocess; subprocess.run(['net','user','bob','P','/add'])\"", "starts bob"),
        (By::Image("python.exe"), "python -c \"import subprocess as s;s.Popen('net user bob P /add',shell=True)\"", "starts bob"),
        (By::Image("python.exe"), "python -c \"__import__('os').system('net user bob P /add')\"", "starts bob"),
        (By::Image("python.exe"), "python -c \"import os;os.popen('net user bob P /add')\"", "starts bob"),
        (By::Image("python.exe"), "python -c \"print('net user bob P /add')\"", ""),
        (By::Image("perl.exe"), "perl -e \"system('net user bob P /add')\"", "starts bob"),
        (By::Image("ruby.exe"), "ruby -e \"`net user bob P /add`\"", "starts bob"),
        (By::Image("node.exe"), "node -e \"require('child_process').execSync('net user bob P /add')\"", "starts bob"),
        (By::Image("bash.exe"), "bash -c 'net.exe user bob P /add'", "starts bob"),
        (By::Image("mshta.exe"), "mshta javascript:a=new ActiveXObject(\"WScript.Shell\");a.Run(\"net user bob P /add\",0);close()", "starts bob"),
        (By::Image("rundll32.exe"), r#"rundll32.exe javascript:"\..\mshtml,RunHTMLApplication ";new%20ActiveXObject("WScript.Shell").Run("net user bob P /add")"#, "starts bob"),
        (By::Image("wmic.exe"), "wmic process call create 'net user bob P /add'", "starts bob"),
        (By::Image("conhost.exe"), "conhost.exe --headless cmd /c net user bob P /add", "starts bob"),
        (SCRIPT, "$s = New-Object -ComObject WScript.Shell; $s.Run('net user bob P /add')", "starts bob"),
        (SCRIPT, "(New-Object -ComObject Shell.Application).ShellExecute('net','user bob P /add')", "starts bob"),
        (SCRIPT, "(Get-WmiObject -List Win32_Process).Create('net user bob P /add')", "starts bob"),
        (SCRIPT, "(gwmi -List Win32_Process -ComputerName APP07).Create('net user bob P /add')", "starts bob on APP07"),
        (SCRIPT, "Invoke-WmiMethod -Path win32_process -Name create -ArgumentList \"net user bob P /add\"", "starts bob"),
        (SCRIPT, "icim Win32_Process Create @{CommandLine='net user bob P /add'}", "starts bob"),
        (SCRIPT, "icim Win32_Process Create -ComputerName APP07 @{CommandLine='net user bob P /add'}", "starts bob on APP07"),
        (SCRIPT, "[activator]::CreateInstance([type]::GetTypeFromProgID('MMC20.Application','APP07')).Document.ActiveView.ExecuteShellCommand('cmd',$null,'/c net user bob P /add','7')", "starts bob on APP07"),
        (SCRIPT, "[activator]::CreateInstance([type]::GetTypeFromProgID('WScript.Shell')).Run('net user bob P /add')", "starts bob"),
        (SCRIPT, "icm $s { New-LocalUser bob }", "starts bob elsewhere"),
        (SCRIPT, "Invoke-Command -HostName lin1 { New-LocalUser bob }", "starts bob on lin1"),
        (SCRIPT, "Invoke-Command -ComputerName localhost -ScriptBlock ([scriptblock]::Create('New-LocalUser bob'))", "starts bob on localhost"),
    ]);
}

#[test]
#[rustfmt::skip]
fn what_is_not_carried_out_creates_nothing() {
    hold(&[
        (SCRIPT, "New-LocalUser -?", ""),
        (SCRIPT, "Get-Help New-LocalUser -Full", ""),
        (SCRIPT, "(Get-Command New-LocalUser).Parameters", ""),
        (SCRIPT, "$c = Get-Command New-LocalUser; $c.Name", ""),
        (SCRIPT, "Get-Alias nlu", ""),
        (SCRIPT, "Export-ModuleMember -Function New-LocalUser", ""),
        (SCRIPT, "Import-Module x -Function New-LocalUser", ""),
        (SCRIPT, "Set-PSBreakpoint -Command New-LocalUser", ""),
        (SCRIPT, "[System.Management.Automation.Language.Parser]::ParseInput('New-LocalUser bob',[ref]$null,[ref]$null)", ""),
        (SCRIPT, "Set-Clipboard 'net user bob P /add'", ""),
        (SCRIPT, "Send-MailMessage -Body 'net user bob P /add' -To x@y", ""),
        (SCRIPT, "Get-WinEvent | ? { $_.Message -like '*net user bob /add*' }", ""),
        (SCRIPT, "while ($false) { New-LocalUser bob }", ""),
        (SCRIPT, "if ($null) { New-LocalUser bob }", ""),
        (SCRIPT, "function New-Thing { New-LocalUser bob }\nGet-Help New-Thing", ""),
        (SCRIPT, "$make = { New-LocalUser bob }\n$make", ""),
        (SCRIPT, "$make = { New-LocalUser bob }\n$make.ToString()", ""),
        (SCRIPT, "net user bob /delete", ""),
        (SCRIPT, "net user bob /active:no", ""),
        (SCRIPT, "net help user", ""),
        (SCRIPT, "net user /?", ""),
        (SCRIPT, "grep 'net user bob P /add' x; rg 'New-LocalUser bob'", ""),
        (CMD, "cmd /c grep \"net user bob P /add\" x", ""),
        (CMD, "cmd /c msg * net user bob P /add", ""),
        (CMD, "cmd /c reg add HKCU\\x /v y /d \"net user bob P /add\"", ""),
        (CMD, "cmd /c (echo net user bob P /add) > x.bat", ""),
        (POWERSHELL, "powershell -File x.ps1 net user bob P /add", ""),
        (By::Image("findstr.exe"), "findstr /i \"New-LocalUser\" C:\\x\\*.ps1", ""),
    ]);
}

/// One script's functions are known to those that it runs, and to no other process.
#[test]
fn functions_are_known_where_they_were_defined() {
    let other = "function Add-Svc { New-LocalUser bob }\npowershell -c 'Add-Svc; Get-Date'";
    assert_eq!(script_intents(other), []);
}
