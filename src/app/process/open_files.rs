//! How many files this process may have open: each connection of a user is one.

use crate::plan::Plan;

/// What a run has open beside its connections: runtimes, the ledger, the listener and its readers.
const BESIDE: u64 = 64;
/// And for each of its threads.
const A_THREAD: u64 = 8;

/// Raises the soft limit to the hard one, which needs no permission; where that fails it stays as it is.
#[cfg(unix)]
pub fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some() && limit.current != limit.maximum {
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        // Some systems take no more than they have room for, whatever the hard limit says.
        let _ = setrlimit(Resource::Nofile, raised);
    }
}

#[cfg(not(unix))]
pub fn raise_limit() {}

/// Says what is to be done where the crowd may need more open files than there may be.
pub fn shortage(plan: &Plan) -> Option<String> {
    let connections = plan.limits.max_connections;
    let connections = connections.unwrap_or_else(|| u64::from(plan.users));
    let threads = u64::try_from(plan.shards).unwrap_or(u64::MAX);
    let needed = BESIDE
        .saturating_add(A_THREAD.saturating_mul(threads))
        .saturating_add(connections);
    let limit = limit().filter(|limit| *limit < needed)?;
    let whose = match plan.limits.max_connections {
        Some(_) => format!("--max-connections {connections}"),
        None => format!("{connections} users"),
    };
    Some(format!(
        "{whose} may need {needed} open files, and this process may have {limit}; requests beyond that are not sent (error generator). \
         Raise the limit before: `ulimit -n {needed}` (as root where it says no), LimitNOFILE={needed} in a unit of systemd, \
         `--ulimit nofile={needed}` of docker; or bound the connections with --max-connections"
    ))
}

#[cfg(unix)]
fn limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn limit() -> Option<u64> {
    None
}
