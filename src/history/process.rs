//! Whether the process of a run still is.

/// A process of this machine, distinguished from a later one with its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessMark {
    pub host: String,
    pub pid: u32,
    /// When it began, as the system counts; 0 where it does not say.
    pub began: u64,
}

impl ProcessMark {
    /// That of this process.
    pub fn own() -> Self {
        let pid = std::process::id();
        Self {
            host: host(),
            pid,
            began: began(pid).unwrap_or_default(),
        }
    }

    /// Whether it is there; none where that cannot be known, since it is on another machine.
    pub fn is_alive(&self) -> Option<bool> {
        if self.host != host() {
            return None;
        }
        Some(began(self.pid).is_some_and(|began| began == self.began))
    }
}

/// The most memory that this process has had; none where the system does not say.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The name of this machine together with its boot: after another one no process is left.
fn host() -> String {
    let read = |place: &str| std::fs::read_to_string(place).unwrap_or_default();
    let name = rustix::system::uname();
    let boot = read("/proc/sys/kernel/random/boot_id");
    format!("{} {}", name.nodename().to_string_lossy(), boot.trim())
}

/// The ticks at which a process began; none where there is none, or only its remains.
#[cfg(target_os = "linux")]
fn began(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    let (_, after) = text.rsplit_once(')')?;
    let mut fields = after.split_whitespace();
    let state = fields.next()?;
    let began = fields.nth(18)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(began)
}

#[cfg(not(target_os = "linux"))]
fn began(pid: u32) -> Option<u64> {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed())?;
    rustix::process::test_kill_process(pid).ok().map(|()| 0)
}
