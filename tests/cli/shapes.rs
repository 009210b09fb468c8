//! Shapes on the command line: what they mean, and those that cannot be.

use std::time::Duration;

use super::{refusal, run};
use throng::plan::shape::{CurveClock, CurveSource, Rate, show_spikes, show_stages};
use throng::plan::{Length, Plan};

fn plan(words: &str) -> Plan {
    run(&words.split(' ').collect::<Vec<_>>()).plan
}

#[test]
fn stages_say_how_many_users_there_are_and_when_the_run_ends() {
    let plan = plan("--stage 2m:100,5m:100,1m:0 --spike 5m+2m:300% --noise 10% --warm-up 30s");
    assert_eq!(
        (plan.users, plan.length),
        (100, Length::Duration(Duration::from_secs(480)))
    );
    assert_eq!(show_stages(&plan.shape.stages), "2m:100,5m:100,1m:0");
    assert_eq!(show_spikes(&plan.shape.spikes), "5m+2m:300%");
    assert_eq!(
        (plan.shape.noise, plan.shape.warm_up),
        (0.1, Duration::from_secs(30))
    );
    // Three times as many, and a tenth of noise.
    assert_eq!(plan.most_users(), 330);
}

#[test]
fn arrivals_a_curve_and_their_clocks_are_as_typed() {
    let open = plan("--arrivals 50/s --duration 5m --max-users 500 --arrivals-even");
    let arrivals = open.shape.arrivals.expect("arrivals");
    assert_eq!(
        (arrivals.rate, arrivals.even, arrivals.max_users),
        (Rate::Constant(50.0), true, 500)
    );
    let stages = plan("--arrivals 2m:50/s,10m:50/s,1m:0/s");
    assert_eq!(
        stages.length,
        Length::Duration(Duration::from_secs(13 * 60))
    );
    let shop = plan("--continuous --curve shop --timezone Europe/Berlin")
        .shape
        .curve
        .expect("a curve");
    let zone = "Europe/Berlin".to_owned();
    assert_eq!(
        (shop.source, shop.clock),
        (
            CurveSource::Shop,
            CurveClock::Real {
                zone,
                began: Duration::ZERO
            }
        )
    );
    let day = plan("--duration 1h --curve day --day-length 10m")
        .shape
        .curve
        .expect("a curve");
    assert_eq!(
        day.clock,
        CurveClock::Compressed {
            day: Duration::from_secs(600)
        }
    );
}

#[test]
fn stages_that_take_no_time_are_users_from_the_beginning_on() {
    let plan = plan("--stage 0s:5 --duration 1m");
    assert_eq!(
        (plan.users, plan.length),
        (5, Length::Duration(Duration::from_secs(60)))
    );
    let line = plan.line().expect("stages are a line");
    for second in [0, 1, 59] {
        assert_eq!(line.level(Duration::from_secs(second)), 5.0, "{second}");
    }
}

#[test]
fn a_shape_that_cannot_be_is_refused_with_its_remedy() {
    for (words, message) in [
        (
            "--stage 2m",
            "--stage 2m: has \"2m\" in place of a time and a whole number of users to 1,000,000; give times and users such as 2m:100,5m:100,1m:0; 0s:300 jumps",
        ),
        (
            "--stage -2m:5",
            "--stage -2m:5: has \"-2m:5\" in place of a time and a whole number of users to 1,000,000; give times and users such as 2m:100,5m:100,1m:0; 0s:300 jumps",
        ),
        (
            "--stage 0s:5",
            "--stage 0s:5: takes no time at all, and does not say when the run ends; give --duration or --continuous too, or times such as 2m:100,5m:100,1m:0",
        ),
        (
            "--stage 0s:5 --sessions 9",
            "--stage 0s:5: takes no time at all, and does not say when the run ends; give --duration or --continuous too, or times such as 2m:100,5m:100,1m:0",
        ),
        (
            "--stage 2m:0",
            "--stage 2m:0: has no stage with users; give times and users such as 2m:100,5m:100,1m:0; 0s:300 jumps",
        ),
        (
            "--stage 2m:5 --users 5",
            "--stage with --users: the stages say how many users there are and when the run ends; give one of them",
        ),
        (
            "--stage 2m:5 --duration 5m",
            "--stage with --duration: the stages say how many users there are and when the run ends; give one of them",
        ),
        (
            "--stage 2m:5 --continuous",
            "--stage with --continuous: the stages say how many users there are and when the run ends; give one of them",
        ),
        (
            "--stage 2m:5 --arrivals 2m:5/s",
            "--stage with --arrivals: users either stay or arrive; give one of them",
        ),
        (
            "--stage 2m:5 --arrivals 5/s",
            "--stage with --arrivals: users either stay or arrive; give one of them",
        ),
        (
            "--spike 5s+2s:2",
            "--spike 5s+2s:2: has the level 2 without %; write 200% for 2 times as many, or 2% for 0.02 times as many",
        ),
        (
            "--arrivals 50",
            "--arrivals 50: is not a valid rate to 1,000,000/s; give a rate such as 50/s or 300/m, or times and rates such as 2m:50/s,10m:50/s,1m:0/s",
        ),
        (
            "--arrivals 0/s --continuous",
            "--arrivals 0/s: nobody would ever arrive; give a rate such as 50/s or 300/m, or times and rates such as 2m:50/s,10m:50/s,1m:0/s",
        ),
        (
            "--arrivals 50/s",
            "--arrivals: a rate without times does not say when the run ends; give --duration, --continuous or --sessions too, or times such as 2m:50/s,1m:0/s",
        ),
        (
            "--arrivals 50/s --continuous --users 5",
            "--arrivals with --users: users arrive, have one session and leave; give one of them",
        ),
        (
            "--arrivals 1m:5/s --duration 5m",
            "--arrivals with --duration: the arrivals say who comes and when the run ends; give one of them",
        ),
        (
            "--max-users 5 --duration 5m",
            "--max-users without --arrivals: it says how sessions arrive, and users stay; give --arrivals too, or leave it out",
        ),
        (
            "--max-users 0 --arrivals 5/s --continuous",
            "--max-users 0: must be a whole number from 1 to 1,000,000; give one such as 10000",
        ),
        (
            "--spike 5m:300% --duration 9m",
            "--spike 5m:300%: has \"5m:300%\" in place of a start, a length above 0 and a percentage to 100,000; give such as 5m+2m:300%, three times as many from minute 5 on for 2 minutes",
        ),
        (
            "--spike 5m+2m:300% --duration 5m",
            "--spike 5m+2m:300%: begins when the run of 5m is over; let it begin earlier, or give a longer run",
        ),
        (
            "--spike 5m+2m:300%",
            "--spike 5m+2m:300%: users come and go, and a run of a number of sessions has no time for it; give --duration or --continuous",
        ),
        (
            "--curve days --continuous",
            "--curve days: is not a valid curve; give day, office, shop, a file such as curve.csv, or none",
        ),
        (
            "--curve day",
            "--curve day: users come and go, and a run of a number of sessions has no time for it; give --duration or --continuous",
        ),
        (
            "--curve day --continuous --timezone Mars/Olympus",
            "--timezone Mars/Olympus: is not a time zone of the IANA database; give one such as Europe/Berlin, America/New_York or UTC",
        ),
        (
            "--curve day --continuous --day-length 0",
            "--day-length 0s: must be at least 10s; give how long a day of the curve takes, such as 10m",
        ),
        (
            "--curve day --continuous --day-length 10m --timezone UTC",
            "--timezone with --day-length: a curve goes by the time of day or by days of its own; give one of them",
        ),
        (
            "--day-length 10m --continuous",
            "--day-length without --curve: it says how the time of a curve goes; give --curve too, or leave it out",
        ),
        (
            "--noise 200% --continuous",
            "--noise 200%: is more than 100%; give per cent such as 10%, or a fraction such as 0.1",
        ),
        (
            "--noise 10 --continuous",
            "--noise 10: is more than 1, as a fraction; write 10% for per cent",
        ),
        (
            "--arrivals 400000/s --spike 1m+1m:300% --duration 5m",
            "--arrivals: would be up to 1200000/s with spikes, curve and noise, above 1,000,000/s; give a lower rate or smaller factors",
        ),
        (
            "--warm-up 5m --duration 5m",
            "--warm-up 5m: is not shorter than the run of 5m; give a shorter one, or a longer run",
        ),
        (
            "--users 600000 --spike 1m+1m:300% --duration 5m",
            "--users: would be up to 1800000 with spikes, curve and noise, above 1,000,000; give fewer users or smaller factors",
        ),
    ] {
        let line: Vec<&str> = std::iter::once("run").chain(words.split(' ')).collect();
        assert_eq!(refusal(&line), message);
    }
}
