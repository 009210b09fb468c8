//! Who comes, who is away, who comes back.

use super::family::{MetricFamily, counter, family, gauge};
use crate::view::RunView;

/// The families of arrivals and of people who come back.
pub(crate) fn families(view: &RunView) -> [MetricFamily; 4] {
    let arrivals = view.types.iter().filter_map(|of| {
        let arrivals = of.arrivals?;
        Some(counter(&[("type", &of.name)], arrivals.total as f64))
    });
    let dropped = view.types.iter().flat_map(|of| {
        let dropped = of.arrivals.into_iter();
        let dropped = dropped.flat_map(|arrivals| arrivals.dropped.named());
        dropped.map(|(why, count)| counter(&[("type", &of.name), ("reason", why)], count as f64))
    });
    let people = view.types.iter().flat_map(|of| {
        let people = of.people.into_iter().flat_map(|people| people.named());
        people.map(|(kind, count)| counter(&[("type", &of.name), ("kind", kind)], count as f64))
    });
    let come_back = view.types.iter().filter(|of| of.people.is_some());
    let away = come_back.map(|of| gauge(&[("type", &of.name)], of.live.away as f64));
    [
        family(
            "throng_arrivals_total",
            "Arrivals of users in an open crowd, those that were dropped included.",
            arrivals,
        ),
        family(
            "throng_arrivals_dropped_total",
            "Arrivals that began no session, by reason.",
            dropped,
        ),
        family(
            "throng_users_away",
            "Users who are away between two sessions now.",
            away,
        ),
        family(
            "throng_people_total",
            "Sessions that new and returning people began, and people who are lost.",
            people,
        ),
    ]
}
