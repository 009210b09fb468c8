//! The curves inside the program: made up from what such services commonly see, not measured on one.

use std::time::Duration;

use super::table::CurveTable;

const HOUR: Duration = Duration::from_secs(3_600);

/// People at any time of the day: quiet from 2:00 to 5:00, a first peak before noon, the greatest at 20:00. Every day is
/// the same.
const DAY: [f64; 24] = [
    45.0, 30.0, 22.0, 18.0, 18.0, 24.0, 40.0, 62.0, 85.0, 100.0, 110.0, 114.0, 112.0, 108.0, 106.0,
    108.0, 112.0, 120.0, 132.0, 145.0, 150.0, 138.0, 108.0, 72.0,
];

/// People at work: from 8:00 to 18:00 with a dip at lunch, hardly anybody at night.
const OFFICE: [f64; 24] = [
    4.0, 3.0, 3.0, 3.0, 4.0, 8.0, 25.0, 70.0, 140.0, 190.0, 200.0, 185.0, 130.0, 150.0, 190.0,
    185.0, 165.0, 120.0, 60.0, 30.0, 20.0, 14.0, 9.0, 6.0,
];

/// From Monday on: Fridays end early, few work on weekends.
const OFFICE_WEEK: [f64; 7] = [1.0, 1.05, 1.05, 1.0, 0.85, 0.12, 0.08];

/// Customers: at lunch, and most of them at 20:00 and 21:00.
const SHOP: [f64; 24] = [
    35.0, 20.0, 12.0, 9.0, 9.0, 14.0, 30.0, 55.0, 80.0, 100.0, 115.0, 125.0, 135.0, 125.0, 112.0,
    112.0, 118.0, 130.0, 150.0, 175.0, 190.0, 180.0, 130.0, 75.0,
];

/// From Monday on: most buy on Sundays.
const SHOP_WEEK: [f64; 7] = [1.0, 0.95, 0.95, 0.95, 0.95, 1.1, 1.3];

pub fn day() -> CurveTable {
    of(&DAY, &[1.0])
}

pub fn office() -> CurveTable {
    of(&OFFICE, &OFFICE_WEEK)
}

pub fn shop() -> CurveTable {
    of(&SHOP, &SHOP_WEEK)
}

/// Hours times days, with a mean of 1.
fn of(hours: &[f64; 24], days: &[f64]) -> CurveTable {
    let all = days
        .iter()
        .flat_map(|day| hours.iter().map(move |hour| hour * day));
    let all: Vec<f64> = all.collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let points = (0u32..)
        .zip(&all)
        .map(|(hour, factor)| (HOUR * hour, factor / mean));
    CurveTable {
        days: if days.len() == 1 { 1 } else { 7 },
        points: points.collect(),
    }
}
