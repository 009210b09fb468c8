use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::format::count;
use crate::metrics::{
    self, GeneratorVerdict, LEAST_JUDGED_SECONDS, LEAST_SENT, OverloadReason, Snapshot,
};

/// How throng itself kept up: what the times are worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Over the seconds that were judged; none while those are too few.
    pub verdict: Option<GeneratorVerdict>,
    /// What the verdict is based on, or why there is none; the most seconds first.
    pub reasons: Vec<GeneratorReason>,
    /// Seconds in which it was overloaded.
    pub overloaded_seconds: u64,
    /// Seconds that were judged: with active users, after the ramp and the warm-up.
    pub judged_seconds: u64,
    /// Processors in use, on the average; none where nothing was measured.
    pub cpu_cores: Option<f64>,
    /// Share of a core that the busiest thread used, in the second in which that was most.
    pub busiest_thread: Option<f64>,
    /// Requests that this machine could not send.
    pub not_sent: Vec<NotSent>,
    pub lag_seconds: Lag,
    /// The same in buckets; in no summary.
    #[serde(skip)]
    pub lag: Buckets,
}

/// Why the figures are not reliable, or not judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratorReason {
    /// A word: that of an [`OverloadReason`], or `max_users`, `plan_not_sent`, `results_gap`, `worker_lost`, `too_short`.
    pub reason: String,
    /// Seconds in which it was so; 0 where it is about arrivals.
    pub seconds: u64,
    /// Their share of the seconds that were judged, or that of the arrivals that were not sent.
    pub share: f64,
    /// The same as a sentence, without a full stop.
    pub text: String,
}

/// Requests that this machine could not send, by what it lacked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotSent {
    pub reason: String,
    pub count: u64,
}

/// How late the shards' timers were, in seconds; none where none was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lag {
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    pub max: Option<f64>,
}

impl Generator {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let (generator, lag) = (&snapshot.generator, &snapshot.totals.lag);
        let seconds = |micros: u64| (!lag.is_empty()).then_some(micros as f64 / 1e6);
        let not_sent = snapshot.totals.not_sent.iter();
        Self {
            verdict: GeneratorVerdict::of(generator),
            reasons: reasons(generator),
            overloaded_seconds: generator.overloaded,
            judged_seconds: generator.judged,
            cpu_cores: generator.cores(),
            busiest_thread: generator.busiest_thread,
            not_sent: not_sent
                .map(|(reason, count)| NotSent {
                    reason: reason.clone(),
                    count: *count,
                })
                .collect(),
            lag_seconds: Lag {
                p50: seconds(lag.quantile(0.5)),
                p99: seconds(lag.quantile(0.99)),
                max: seconds(lag.max()),
            },
            lag: lag.into(),
        }
    }
}

/// The verdict with its reasons, as one sentence: `invalid: timers were late in 12 of 42 s; ...`.
pub fn verdict_sentence(generator: &metrics::Generator) -> String {
    let verdict = GeneratorVerdict::of(generator);
    let verdict = verdict.map_or("not judged", GeneratorVerdict::as_str);
    let texts: Vec<_> = reasons(generator).into_iter().map(|one| one.text).collect();
    match texts.is_empty() {
        true => verdict.to_owned(),
        false => format!("{verdict}: {}", texts.join("; ")),
    }
}

fn reasons(generator: &metrics::Generator) -> Vec<GeneratorReason> {
    let judged = generator.judged;
    let of_seconds = generator.reasons.iter().map(|(reason, seconds)| {
        let words = words(*reason);
        GeneratorReason {
            reason: reason.as_str().to_owned(),
            seconds: *seconds,
            share: *seconds as f64 / judged.max(1) as f64,
            text: format!("{words} in {} of {} s", count(*seconds), count(judged)),
        }
    });
    let mut all: Vec<_> = of_seconds.collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.seconds));
    let planned = &generator.planned;
    let (arrivals, not_sent) = generator.not_sent();
    let of_plan = |reason: &str, dropped: u64, how: &str| GeneratorReason {
        reason: reason.to_owned(),
        seconds: 0,
        share: dropped as f64 / arrivals.max(1) as f64,
        text: format!("{} of {} arrivals {how}", count(dropped), count(arrivals)),
    };
    if planned.dropped_max_users > 0 {
        let how = "were dropped at --max-users";
        all.push(of_plan("max_users", planned.dropped_max_users, how));
    }
    if generator.sent().is_some_and(|sent| sent < LEAST_SENT) {
        let how = "were not sent: less than 95 % of the plan was";
        all.push(of_plan("plan_not_sent", not_sent, how));
    }
    let of_workers = |reason: &str, text: String| GeneratorReason {
        reason: reason.to_owned(),
        seconds: 0,
        share: 0.0,
        text,
    };
    if generator.uncounted > 0 {
        let text = format!(
            "{} requests that workers declared were not counted",
            count(generator.uncounted)
        );
        all.push(of_workers("results_gap", text));
    }
    if generator.lost_workers > 0 {
        let text = format!(
            "{} worker(s) were lost, with what they did after they were last heard of",
            count(generator.lost_workers)
        );
        all.push(of_workers("worker_lost", text));
    }
    if judged < LEAST_JUDGED_SECONDS {
        all.push(GeneratorReason {
            reason: "too_short".to_owned(),
            seconds: judged,
            share: 0.0,
            text: format!(
                "{judged} s after the ramp and the warm-up are too short for a verdict, which \
                 takes {LEAST_JUDGED_SECONDS} s"
            ),
        });
    }
    all
}

fn words(reason: OverloadReason) -> &'static str {
    match reason {
        OverloadReason::ThreadCpu => "a thread used more than 85 % of a core",
        OverloadReason::SchedulerLag => "timers were more than 10 ms late (p99)",
        OverloadReason::SendRate => "less than 99 % of the plan was sent",
        OverloadReason::DroppedArrivals => {
            "arrivals were dropped because this machine was too late"
        }
        OverloadReason::NotSent => "this machine could not send requests",
        OverloadReason::CpuQuota => "a CPU quota stopped the generator",
        OverloadReason::OtherProcesses => "other processes took the processors",
        OverloadReason::Steal => "the hypervisor took the processors (steal)",
        OverloadReason::Swapping => "memory was swapped or read back from disk",
        OverloadReason::ClockJump => "the time of day was set",
        OverloadReason::Suspended => "the machine was suspended",
        OverloadReason::ScriptErrors => "scripts raised errors in more than 1 % of the steps",
    }
}
