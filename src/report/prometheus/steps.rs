//! Steps and journeys of each type.

use super::family::{MetricFamily, counter, family, histogram};
use crate::view::{Ended, Journey, RunView};

pub(crate) fn families(view: &RunView) -> [MetricFamily; 6] {
    let steps = view.steps.iter();
    let steps: Vec<_> = steps
        .map(|one| ([("type", &*one.kind), ("step", &*one.name)], &one.ended))
        .collect();
    let journeys = view.journeys.iter();
    let journeys: Vec<_> = journeys
        .map(|one| ([("type", &*one.kind), ("journey", &*one.name)], &one.ended))
        .collect();
    let funnel = |count: fn(&Journey) -> u64| {
        let one = move |one: &Journey| {
            let labels = [("type", &*one.kind), ("journey", &*one.name)];
            counter(&labels, count(one) as f64)
        };
        view.journeys.iter().map(one).collect::<Vec<_>>()
    };
    [
        results(
            "throng_steps_total",
            "Steps that ended, by how they ended (failed: a request or a check in it failed; error: its script raised one).",
            &steps,
        ),
        durations(
            "throng_step_duration_seconds",
            "Duration of steps in seconds, without think time and without the time for which throng held requests back; cancelled ones are not in it.",
            &steps,
        ),
        results(
            "throng_journeys_total",
            "Journeys that ended, by how they ended (failed: a request or a check in it failed, or its session ended first).",
            &journeys,
        ),
        durations(
            "throng_journey_duration_seconds",
            "Duration of journeys in seconds, with all pauses in them; cancelled ones are not in it.",
            &journeys,
        ),
        family(
            "throng_journeys_begun_total",
            "Journeys that began, also those that are under way.",
            funnel(|one| one.begun),
        ),
        family(
            "throng_journeys_finished_total",
            "Journeys that reached their end, also with a failure on the way.",
            funnel(|one| one.finished),
        ),
    ]
}

type Labelled<'a> = ([(&'a str, &'a str); 2], &'a Ended);

fn results(name: &str, help: &str, all: &[Labelled<'_>]) -> MetricFamily {
    let counts = all.iter().flat_map(|([kind, named], ended)| {
        let results = ended.results.named();
        results.map(|(result, count)| counter(&[*kind, *named, ("result", result)], count as f64))
    });
    family(name, help, counts)
}

fn durations(name: &str, help: &str, all: &[Labelled<'_>]) -> MetricFamily {
    let times = all
        .iter()
        .map(|(labels, ended)| histogram(labels, &ended.durations));
    family(name, help, times)
}
