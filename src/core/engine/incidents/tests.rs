use super::*;
use crate::plan::span::DAY;
use crate::plan::{Change, Starts};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn incident(name: &str, starts: Starts, lasts: u64) -> Incident {
    Incident {
        name: name.to_owned(),
        starts,
        lasts: seconds(lasts),
        overlay: Overlay {
            change: Change::of([("error_rate", "50")]).expect("it is valid"),
            step: Some(name.to_owned()),
            ..Overlay::default()
        },
    }
}

fn begin(name: &str, until: u64) -> IncidentEvent {
    IncidentEvent::Began {
        name: name.to_owned(),
        until: seconds(until),
    }
}

fn end(name: &str) -> IncidentEvent {
    IncidentEvent::Ended {
        name: name.to_owned(),
    }
}

fn steps(incidents: &Incidents) -> Vec<&str> {
    let overlays = incidents.overlays();
    overlays.filter_map(|one| one.step.as_deref()).collect()
}

/// What begins and ends until then, one after the other.
fn all(incidents: &mut Incidents, now: Duration) -> Vec<IncidentEvent> {
    std::iter::from_fn(|| incidents.advance(now)).collect()
}

#[test]
fn incidents_begin_and_end_in_their_order() {
    let plan = [
        incident("slow", Starts::At(seconds(10)), 20),
        incident("failing", Starts::At(seconds(15)), 5),
        incident("asked", Starts::OnCommand, 30),
    ];
    let mut incidents = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
    assert_eq!(incidents.next_change(), Some(seconds(10)));
    assert_eq!(all(&mut incidents, seconds(9)), []);
    assert_eq!(all(&mut incidents, seconds(10)), [begin("slow", 30)]);
    assert_eq!(all(&mut incidents, seconds(15)), [begin("failing", 20)]);
    assert_eq!(steps(&incidents), ["slow", "failing"]);
    // One that holds already becomes the last, and holds for longer.
    let goes_on = |until: u64, is_longer| {
        Some(IncidentEvent::GoesOn {
            name: "slow".to_owned(),
            until: seconds(until),
            is_longer,
        })
    };
    let brief = incidents.begin("slow", Some(seconds(2)), seconds(16));
    assert_eq!(brief, goes_on(30, false));
    let again = incidents.begin("slow", None, seconds(16));
    assert_eq!(again, goes_on(36, true));
    assert_eq!(steps(&incidents), ["failing", "slow"]);
    assert_eq!(incidents.begin("nothing", None, seconds(16)), None);
    let brief = incidents.begin("asked", Some(seconds(2)), seconds(17));
    assert_eq!(brief, Some(begin("asked", 19)));
    assert_eq!(incidents.next_change(), Some(seconds(19)));
    assert_eq!(
        all(&mut incidents, seconds(21)),
        [end("asked"), end("failing")]
    );
    assert!(incidents.cancel("slow"));
    assert!(!incidents.cancel("slow"));
    assert_eq!(steps(&incidents), [""; 0]);
    assert_eq!(incidents.next_change(), None);
}

#[test]
fn two_at_one_moment_begin_one_after_the_other_and_all_end_with_the_run() {
    let plan = [
        incident("slow", Starts::At(seconds(10)), 20),
        incident("failing", Starts::At(seconds(10)), 30),
        incident("late", Starts::At(seconds(90)), 5),
    ];
    let mut incidents = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
    assert_eq!(incidents.advance(seconds(10)), Some(begin("slow", 30)));
    assert_eq!(steps(&incidents), ["slow"]);
    assert_eq!(incidents.advance(seconds(10)), Some(begin("failing", 40)));
    assert_eq!(incidents.advance(seconds(10)), None);
    assert_eq!(incidents.stop(), [end("failing"), end("slow")]);
    assert_eq!(incidents.stop(), []);
    assert_eq!(incidents.next_change(), None);
}

#[test]
fn an_incident_whose_time_was_missed_does_not_begin() {
    let plan = [incident("slow", Starts::At(seconds(10)), 20)];
    let mut incidents = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
    assert_eq!(all(&mut incidents, seconds(30)), []);
    let mut late = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
    assert_eq!(all(&mut late, seconds(29)), [begin("slow", 30)]);
}

#[test]
fn a_daily_incident_comes_at_its_time_of_day_also_in_a_short_day() {
    let two = seconds(14 * 3_600);
    let plan = [incident("lunch", Starts::Daily(two), 60)];
    // The run begins at 13:00.
    let mut real = Incidents::new(&plan, 1, Day::real(seconds(13 * 3_600)));
    assert_eq!(all(&mut real, seconds(3_600)), [begin("lunch", 3_660)]);
    assert_eq!(all(&mut real, seconds(3_660)), [end("lunch")]);
    assert_eq!(real.next_change(), Some(seconds(25 * 3_600)));
    // It begins at 15:00: the first one is tomorrow.
    let late = Incidents::new(&plan, 1, Day::real(seconds(15 * 3_600)));
    assert_eq!(late.next_change(), Some(seconds(23 * 3_600)));
    // A day of 240 s that begins at midnight.
    let short = Day::new(seconds(240), vec![(Duration::ZERO, Duration::ZERO)]);
    let mut compressed = Incidents::new(&plan, 1, short);
    assert_eq!(compressed.next_change(), Some(seconds(140)));
    assert_eq!(compressed.day().time_at(seconds(380)), two);
    assert_eq!(all(&mut compressed, seconds(141)), [begin("lunch", 200)]);
    assert_eq!(compressed.known[0].next, Some(seconds(380)));
    // Three days are missed.
    assert_eq!(all(&mut compressed, seconds(1_000)), [end("lunch")]);
    assert_eq!(compressed.next_change(), Some(seconds(1_100)));
}

#[test]
fn a_time_left_out_begins_at_the_change_and_one_had_twice_once() {
    const HOUR: u64 = 3_600;
    let plan = [incident(
        "night",
        Starts::Daily(seconds(2 * HOUR + HOUR / 2)),
        60,
    )];
    // The run begins at midnight; at 2:00 the clock is put forward to 3:00.
    let forward = vec![
        (Duration::ZERO, Duration::ZERO),
        (seconds(2 * HOUR), seconds(HOUR)),
    ];
    let mut incidents = Incidents::new(&plan, 1, Day::new(DAY, forward));
    assert_eq!(incidents.next_change(), Some(seconds(2 * HOUR)));
    all(&mut incidents, seconds(2 * HOUR));
    assert_eq!(incidents.known[0].next, Some(seconds(25 * HOUR + HOUR / 2)));
    // At 3:00 it is put back to 2:00, by a week's clock, which goes on by 167 hours.
    let week = 7 * 24 * HOUR;
    let back = vec![
        (Duration::ZERO, Duration::ZERO),
        (seconds(3 * HOUR), seconds(week - HOUR)),
    ];
    let mut incidents = Incidents::new(&plan, 1, Day::new(DAY, back));
    assert_eq!(incidents.next_change(), Some(seconds(2 * HOUR + HOUR / 2)));
    all(&mut incidents, seconds(2 * HOUR + HOUR / 2));
    assert_eq!(incidents.known[0].next, Some(seconds(27 * HOUR + HOUR / 2)));
}

#[test]
fn random_incidents_come_as_often_as_asked_and_repeat_with_the_seed() {
    let every = seconds(100);
    let plan = [incident("flaky", Starts::Random { every }, 10)];
    let starts = |seed| {
        let mut incidents = Incidents::new(&plan, seed, Day::real(Duration::ZERO));
        let mut starts = Vec::new();
        let is_within = |next: &Duration| *next < seconds(1_000_000);
        while let Some(next) = incidents.next_change().filter(is_within) {
            for event in all(&mut incidents, next) {
                if matches!(event, IncidentEvent::Began { .. }) {
                    starts.push(next);
                }
            }
        }
        starts
    };
    let one = starts(1);
    assert_eq!(one, starts(1));
    assert_ne!(one, starts(2));
    // 10,000 are expected, with a standard deviation below 100.
    assert!((9_600..10_400).contains(&one.len()), "{}", one.len());
    let is_apart = |pair: &[Duration]| pair[1] - pair[0] >= seconds(10);
    assert!(one.windows(2).all(is_apart));
}
