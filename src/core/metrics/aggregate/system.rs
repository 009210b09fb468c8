//! What the kernel says of the whole machine and of a quota on this process: processors, steal, swapping, throttling.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::cpu::ticks;

/// Counters up to a moment; none of those that the system does not report.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    pub processors: Option<Processors>,
    /// Pages swapped in and out.
    pub swapped: Option<u64>,
    /// For how long a quota stopped the process.
    pub throttled: Option<Duration>,
}

/// Times of all processors together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Processors {
    pub all: Duration,
    /// Neither idle nor waiting for a disk, without steal.
    pub busy: Duration,
    pub steal: Duration,
}

/// Where the counters are found; looked for once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// `cpu.stat` of each control group of this process that has one, the innermost first.
    quotas: Vec<PathBuf>,
}

impl Places {
    /// Control groups of version 2 and of version 1, at their usual places.
    pub fn find() -> Self {
        let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let files = quota_files(&groups).into_iter();
        Self {
            quotas: files.filter(|file| file.exists()).collect(),
        }
    }

    pub fn read(&self) -> Reading {
        let text = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let quotas = self.quotas.iter();
        Reading {
            processors: processors(&text("/proc/stat")),
            swapped: swapped(&text("/proc/vmstat")),
            throttled: quotas
                .filter_map(|file| throttled(&fs::read_to_string(file).ok()?))
                .max(),
        }
    }
}

/// Where a group that holds up a process may say so: any of its ancestors may have the quota.
fn quota_files(groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        let roots: &[&str] = match controllers {
            "" => &["/sys/fs/cgroup", "/sys/fs/cgroup/unified"],
            _ if controllers.split(',').any(|one| one == "cpu") => {
                &["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"]
            }
            _ => continue,
        };
        for root in roots {
            let mut group = PathBuf::from(root).join(path.trim_start_matches('/'));
            while group.starts_with(root) {
                files.push(group.join("cpu.stat"));
                if !group.pop() {
                    break;
                }
            }
        }
    }
    files
}

/// The first line of `/proc/stat`: `cpu  user nice system idle iowait irq softirq steal guest guest_nice`. Guests are part of
/// user and nice.
fn processors(text: &str) -> Option<Processors> {
    let fields = text.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<u64> = fields
        .split_ascii_whitespace()
        .take(8)
        .map_while(|field| field.parse().ok())
        .collect();
    let [user, nice, system, idle, iowait, irq, softirq, steal] = fields[..] else {
        return None;
    };
    let busy = user + nice + system + irq + softirq;
    Some(Processors {
        all: ticks(busy + idle + iowait + steal),
        busy: ticks(busy),
        steal: ticks(steal),
    })
}

/// `pswpin` and `pswpout` of `/proc/vmstat`.
fn swapped(text: &str) -> Option<u64> {
    let value = |name: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok())
    };
    Some(value("pswpin ")? + value("pswpout ")?)
}

/// `throttled_usec` of version 2, `throttled_time` in nanoseconds of version 1.
fn throttled(text: &str) -> Option<Duration> {
    let mut lines = text.lines();
    lines.find_map(|line| {
        let (name, value) = line.split_once(' ')?;
        let value = value.trim().parse().ok()?;
        match name {
            "throttled_usec" => Some(Duration::from_micros(value)),
            "throttled_time" => Some(Duration::from_nanos(value)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn the_kernels_texts_are_read() {
        let stat = "cpu  100 20 30 400 50 6 7 80 90 9\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
        let expected = Processors {
            all: MS(6_930),
            busy: MS(1_630),
            steal: MS(800),
        };
        assert_eq!(processors(stat), Some(expected));
        assert_eq!(processors("cpu  1 2 3\n"), None);
        assert_eq!(processors(""), None);
        let vmstat = "nr_free_pages 7\npgpgin 1\npswpin 3\npswpout 4\npgfault 9\n";
        assert_eq!(swapped(vmstat), Some(7));
        assert_eq!(swapped("pswpin 3\n"), None);
        let second = "usage_usec 5\nnr_periods 9\nnr_throttled 2\nthrottled_usec 1500\n";
        assert_eq!(throttled(second), Some(Duration::from_micros(1_500)));
        let first = "nr_periods 9\nnr_throttled 2\nthrottled_time 2500\n";
        assert_eq!(throttled(first), Some(Duration::from_nanos(2_500)));
        assert_eq!(throttled("usage_usec 5\n"), None, "a group without a quota");
    }

    #[test]
    fn a_quota_may_be_that_of_any_group_above() {
        let files = |groups| -> Vec<String> {
            let files = quota_files(groups).into_iter();
            files.map(|file| file.display().to_string()).collect()
        };
        assert_eq!(
            files("12:cpu,cpuacct:/a/b\n3:memory:/x\n"),
            [
                "/sys/fs/cgroup/cpu/a/b/cpu.stat",
                "/sys/fs/cgroup/cpu/a/cpu.stat",
                "/sys/fs/cgroup/cpu/cpu.stat",
                "/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.stat",
                "/sys/fs/cgroup/cpu,cpuacct/a/cpu.stat",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.stat",
            ]
        );
        assert_eq!(
            files("0::/\n"),
            ["/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/unified/cpu.stat"]
        );
        assert!(files("what is this").is_empty());
    }
}
