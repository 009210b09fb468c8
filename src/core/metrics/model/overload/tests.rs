use OverloadReason::*;

use super::*;

const MS: fn(u64) -> Duration = Duration::from_millis;

fn quiet() -> Second {
    Second {
        lag_p99: MS(1),
        service_p50: Some(MS(20)),
        busiest_thread: Some(0.3),
        counts: SecondCounts {
            arrivals: 100,
            paced: Duration::from_secs(10),
            steps: Errors { of: 100, errors: 0 },
            ..SecondCounts::default()
        },
        steps_so_far: Errors {
            of: 1_000,
            errors: 0,
        },
        machine: MachineSecond {
            run_delay: Some(0.0),
            others: Some(0.0),
            steal: Some(0.0),
            throttled: Some(0.0),
            ..MachineSecond::default()
        },
    }
}

/// A quiet second with changes.
fn second(change: impl FnOnce(&mut Second)) -> Vec<OverloadReason> {
    let mut second = quiet();
    change(&mut second);
    second.reasons().into_iter().collect()
}

#[test]
fn each_reason_has_its_limit() {
    assert_eq!(second(|_| {}), []);
    assert_eq!(Second::default().reasons().len(), 0, "nothing is known");
    type Change = fn(&mut Second);
    let cases: [(&str, Change, &[OverloadReason]); 20] = [
        ("85 %", |s| s.busiest_thread = Some(0.85), &[]),
        ("86 %", |s| s.busiest_thread = Some(0.86), &[ThreadCpu]),
        ("10 ms", |s| s.lag_p99 = MS(10), &[]),
        ("11 ms", |s| s.lag_p99 = MS(11), &[SchedulerLag]),
        (
            "11 ms, and nothing was answered",
            |s| (s.lag_p99, s.service_p50) = (MS(11), None),
            &[SchedulerLag],
        ),
        (
            "12 ms beside 120 ms",
            |s| (s.lag_p99, s.service_p50) = (MS(12), Some(MS(120))),
            &[],
        ),
        (
            "13 ms beside 120 ms",
            |s| (s.lag_p99, s.service_p50) = (MS(13), Some(MS(120))),
            &[SchedulerLag],
        ),
        ("one of 100", |s| s.counts.late_arrivals = 1, &[]),
        ("two of 100", |s| s.counts.late_arrivals = 2, &[SendRate]),
        (
            "dropped late",
            |s| s.counts.dropped_late = 1,
            &[DroppedArrivals],
        ),
        (
            "late and dropped",
            |s| (s.counts.late_arrivals, s.counts.dropped_late) = (2, 1),
            &[SendRate, DroppedArrivals],
        ),
        ("no place", |s| s.counts.dropped_max_users = 90, &[]),
        ("0.1 s of 10 s", |s| s.counts.paced_late = MS(100), &[]),
        (
            "0.2 s of 10 s",
            |s| s.counts.paced_late = MS(200),
            &[SendRate],
        ),
        ("not sent", |s| s.counts.not_sent = 1, &[NotSent]),
        (
            "another time of day",
            |s| s.machine.clock_jump = true,
            &[ClockJump],
        ),
        ("suspended", |s| s.machine.suspended = true, &[Suspended]),
        (
            "errors",
            |s| (s.counts.steps.errors, s.steps_so_far.errors) = (2, 11),
            &[ScriptErrors],
        ),
        (
            "errors of this second alone",
            |s| (s.counts.steps.errors, s.steps_so_far.errors) = (2, 2),
            &[],
        ),
        (
            "no script for an arrival",
            |s| s.counts.dropped_script = 1,
            &[ScriptErrors],
        ),
    ];
    for (name, change, expected) in cases {
        assert_eq!(second(change), expected, "{name}");
    }
}

#[test]
fn what_others_do_counts_only_where_timers_were_late_or_too_little_was_sent() {
    type Change = fn(&mut Second);
    let cases: [(&str, Change, Option<OverloadReason>); 9] = [
        (
            "a quota",
            |s| s.machine.throttled = Some(0.2),
            Some(CpuQuota),
        ),
        ("a small quota", |s| s.machine.throttled = Some(0.05), None),
        ("steal", |s| s.machine.steal = Some(0.3), Some(Steal)),
        (
            "others",
            |s| (s.machine.others, s.machine.run_delay) = (Some(0.9), Some(0.4)),
            Some(OtherProcesses),
        ),
        (
            "others, and it is not known whether threads waited",
            |s| (s.machine.others, s.machine.run_delay) = (Some(0.9), None),
            Some(OtherProcesses),
        ),
        (
            "others on other processors",
            |s| (s.machine.others, s.machine.run_delay) = (Some(0.9), Some(0.01)),
            None,
        ),
        (
            "swapping",
            |s| (s.machine.swapped, s.machine.major_faults) = (100, 1),
            Some(Swapping),
        ),
        (
            "others swap",
            |s| (s.machine.swapped, s.machine.major_faults) = (100, 0),
            None,
        ),
        (
            "its program is read again and again",
            |s| s.machine.major_faults = 20,
            Some(Swapping),
        ),
    ];
    for (name, change, expected) in cases {
        assert_eq!(second(change), [], "{name}: it kept up");
        let late = second(|s| {
            change(s);
            s.lag_p99 = MS(40);
        });
        let all: Vec<_> = [SchedulerLag].into_iter().chain(expected).collect();
        assert_eq!(late, all, "{name}: timers were late");
        let behind = second(|s| {
            change(s);
            s.counts.late_arrivals = 50;
        });
        let all: Vec<_> = [SendRate].into_iter().chain(expected).collect();
        assert_eq!(behind, all, "{name}: too little was sent");
    }
}

#[test]
fn every_reason_has_a_word_of_its_own_that_is_its_name_in_json() {
    let words: BTreeSet<_> = OverloadReason::ALL.map(OverloadReason::as_str).into();
    assert_eq!(words.len(), OverloadReason::ALL.len());
    for reason in OverloadReason::ALL {
        assert_eq!(
            serde_json::to_value(reason).unwrap_or_default(),
            reason.as_str()
        );
    }
}
