//! The scripts as they are now, their reloads, and the live settings.

use std::collections::{BTreeMap, BTreeSet};

use super::family::{Metric, MetricFamily, counter, family, gauge};
use crate::plan::Setting;
use crate::text;
use crate::view::{Phase, Refusal, ReloadStatus, RunView};

/// Faults of one refusal that are exported.
const FAULTS: usize = 20;

/// Letters of a fault that are exported.
const LETTERS: usize = 200;

pub(crate) fn families(view: &RunView) -> Vec<MetricFamily> {
    let mut families = scripts(&view.reload_status);
    families.push(family(
        "throng_paused",
        "1 while the run is paused, else 0.",
        [gauge(
            &[],
            f64::from(u8::from(view.live.phase == Phase::Paused)),
        )],
    ));
    if view.has_settings {
        families.extend(settings(view));
    }
    families
}

fn scripts(reload_status: &ReloadStatus) -> Vec<MetricFamily> {
    let last = reload_status.last.as_ref();
    let took = last.and_then(|last| last.took_seconds);
    let trying = reload_status
        .canary
        .as_ref()
        .map_or(0, |canary| canary.users);
    vec![
        family(
            "throng_script_reloads_total",
            "Reloads of the scripts, by result.",
            counts("result", &reload_status.reloads),
        ),
        family(
            "throng_script_moves_total",
            "Users that moved to another version, by what became of their state.",
            counts("how", &reload_status.moved),
        ),
        family(
            "throng_script_reload_duration_seconds",
            "Seconds from the save until the last user had moved, for the last completed reload.",
            took.map(|took| gauge(&[], took)),
        ),
        family(
            "throng_script_refused",
            "1 for each fault for which the scripts as they are now were refused.",
            reload_status.refusal.iter().flat_map(faults),
        ),
        family(
            "throng_script_rolled_back",
            "1 while the script folders hold scripts that were rolled back, else 0.",
            [gauge(&[], f64::from(u8::from(reload_status.rolled_back)))],
        ),
        family(
            "throng_canary_users",
            "Users that run the canary; 0 without one.",
            [gauge(&[], trying as f64)],
        ),
    ]
}

/// Each word, also those at 0, so that the first of each can be seen to come.
fn counts(label: &str, counted: &BTreeMap<String, u64>) -> Vec<Metric> {
    let counted = counted.iter();
    counted
        .map(|(word, count)| counter(&[(label, word)], *count as f64))
        .collect()
}

/// Faults that are cut to the same words are one: a series may be there only once.
fn faults(refusal: &Refusal) -> Vec<Metric> {
    let cut = |text: &str| {
        text::line(text.trim())
            .chars()
            .take(LETTERS)
            .collect::<String>()
    };
    let faults = refusal.faults.iter().take(FAULTS);
    let faults: BTreeSet<_> = faults
        .map(|fault| (cut(&fault.place), cut(&fault.cause)))
        .collect();
    faults
        .iter()
        .map(|(place, cause)| gauge(&[("place", place), ("cause", cause)], 1.0))
        .collect()
}

/// The settings; users, or in an open crowd arrivals, are those that the plan has now.
fn settings(view: &RunView) -> Vec<MetricFamily> {
    let settings = &view.settings;
    let weights = settings.weights.iter();
    let numbers = Setting::ALL.into_iter().filter_map(|setting| {
        let value = match setting {
            Setting::Users => view.planned_users()? as f64,
            _ => *settings.numbers.get(setting.name())?,
        };
        let (name, value) = setting.metric(value);
        Some(family(name, setting.doc(), [gauge(&[], value)]))
    });
    let weights = family(
        "throng_setting_weight",
        "Weight of a type, relative to the others.",
        weights.map(|(name, weight)| gauge(&[("type", name)], *weight)),
    );
    let arrivals = family(
        "throng_setting_arrivals",
        "Target number of arrivals a second, of an open crowd.",
        view.live.planned_arrivals.map(|rate| gauge(&[], rate)),
    );
    numbers.chain([arrivals, weights]).collect()
}
