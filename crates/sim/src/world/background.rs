//! What a busy server does all day: nothing of it creates an account.
use std::rc::Rc;

use super::{Host, corp_account};
use crate::noise::{SECURITY_NOISE, SYSMON_NOISE, Surroundings};
use crate::value::{TICKS_PER_SECOND, Ticks};

impl Host {
    /// A busy server's ordinary events: `count` of them, spread from `from` over `seconds`.
    pub(crate) fn noise(&mut self, from: Ticks, seconds: u64, count: u64) {
        let netbios = self.netbios();
        for _ in 0..count {
            let time = Ticks(from.0 + self.rng.between(0, seconds * TICKS_PER_SECOND));
            let machine_account = format!("{netbios}$");
            let host = Surroundings { machine_account: &machine_account, domain: self.spec.domain, time };
            let sysmon = self.spec.telemetry.sysmon && self.rng.between(1, 2) == 1;
            let makers = if sysmon { SYSMON_NOISE } else { SECURITY_NOISE };
            let draft = self.rng.weighted(makers)(&mut self.rng, &host);
            self.log(time, draft);
        }
    }

    /// Ordinary processes and network logons: what keeps a host visibly alive without making accounts.
    pub(crate) fn background(&mut self, from: Ticks, seconds: u64, count: u64) {
        const JOBS: &[(&str, &str)] = &[
            (r"C:\Windows\System32\taskhostw.exe", "taskhostw.exe"),
            (r"C:\Windows\System32\backgroundTaskHost.exe", "backgroundTaskHost.exe -ServerName:App"),
            (r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k wsappx -p"),
            (
                r"C:\Program Files\Backup Agent\bkpagent.exe",
                r#""C:\Program Files\Backup Agent\bkpagent.exe" --scan"#,
            ),
            (r"C:\Windows\System32\SearchIndexer.exe", r"C:\Windows\system32\SearchIndexer.exe /Embedding"),
        ];
        let services = Rc::clone(&self.services);
        for i in 0..count {
            // Evenly spread with jitter, so that every stretch of the log shows processes.
            let step = seconds * TICKS_PER_SECOND / count;
            let time = Ticks(from.0 + i * step + self.rng.between(0, step.saturating_sub(1)));
            let (image, command_line) = *self.rng.pick(JOBS);
            let process = self.start(time, &services, image, command_line);
            let life_millis = self.rng.between(400, 30_000);
            self.exit(time.plus_millis(life_millis), &process, 0);
            if i % 3 == 0 {
                let rid = self.rng.between_u32(1300, 1400);
                let account = corp_account(&format!("user{rid}"), rid);
                let source_ip = format!("10.20.1.{}", self.rng.between(20, 200));
                let session = self.visit(time.plus_millis(137), &account, &source_ip);
                self.logoff(time.plus_millis(life_millis), &session);
            }
        }
    }
}
