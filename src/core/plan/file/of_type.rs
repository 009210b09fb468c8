//! The values of a type that take the place of those in its script.

use toml::de::DeValue;

use super::numbers::{number, span_of, text_of};
use super::type_shape::{CURVE, STAGES};
use crate::pace::Think;
use crate::plan::TypeOverrides;
use crate::plan::share::parse_share;

pub(super) const WEIGHT: &str = "weight";

/// A key of a type's table beside its weight.
struct Row {
    name: &'static str,
    /// What it takes, for a message: `takes ...; write ...`.
    form: (&'static str, &'static str),
    /// Takes the value over if it can be.
    read: fn(&mut TypeOverrides, &DeValue<'_>) -> Option<()>,
}

const ROWS: [Row; 6] = [
    Row {
        name: "requests",
        form: (
            "takes a whole number from 1, or a range with the smaller one first",
            "write requests = [30, 100]",
        ),
        read: |of, value| {
            let (low, high) = range(value, |value| match value {
                DeValue::Integer(_) => text_of(value)?.parse().ok(),
                _ => None,
            })?;
            let is_range = 1 <= low && low <= high;
            is_range.then(|| of.requests = Some((low, high)))
        },
    },
    Row {
        name: "think",
        form: (
            "takes a time from 0, or a range with the smaller one first",
            "write think = [0.5, 2.0]",
        ),
        read: |of, value| {
            let (from, to) = range(value, seconds)?;
            let is_one = !matches!(value, DeValue::Array(_));
            let think = if is_one {
                Think::Fixed(from)
            } else {
                Think::Range(from, to)
            };
            (from <= to).then(|| of.think = Some(think))
        },
    },
    Row {
        name: "away",
        form: (
            "takes a time from 0, or a range with the smaller one first",
            "write away = [300, 7200]",
        ),
        read: |of, value| {
            let (from, to) = range(value, seconds)?;
            (from <= to).then(|| of.away = Some((from, to)))
        },
    },
    Row {
        name: "returns",
        form: ("takes a share from 0 to 1", "write returns = 0.6"),
        read: |of, value| {
            let share = match value {
                DeValue::String(text) => parse_share(text).ok()?,
                other => number(other).filter(|share| (0.0..=1.0).contains(share))?,
            };
            of.returns = Some(share);
            Some(())
        },
    },
    Row {
        name: "keep_cookies",
        form: ("takes true or false", "write keep_cookies = true"),
        read: |of, value| match value {
            DeValue::Boolean(keep) => {
                of.keep_cookies = Some(*keep);
                Some(())
            }
            _ => None,
        },
    },
    Row {
        name: "pace",
        form: ("takes a time above 0", "write pace = 2.0"),
        read: |of, value| {
            let seconds = seconds(value)?;
            (seconds > 0.0).then(|| of.pace = Some(seconds))
        },
    },
];

/// A number of seconds, or a span as a text.
fn seconds(value: &DeValue<'_>) -> Option<f64> {
    span_of(value).map(|span| span.as_secs_f64())
}

/// One value as both ends, or an array of two.
fn range<T: Copy>(value: &DeValue<'_>, read: impl Fn(&DeValue<'_>) -> Option<T>) -> Option<(T, T)> {
    match value {
        DeValue::Array(ends) if ends.len() == 2 => {
            Some((read(ends[0].get_ref())?, read(ends[1].get_ref())?))
        }
        DeValue::Array(_) => None,
        one => read(one).map(|one| (one, one)),
    }
}

/// The keys that may stand in the table of a type.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    let rows = ROWS.iter().map(|row| row.name);
    [WEIGHT, STAGES, CURVE].into_iter().chain(rows)
}

/// Reads the value of a key; none where the key is not given.
///
/// # Errors
/// What the key takes, and how it is written.
pub(super) fn read(
    key: &str,
    value: &DeValue<'_>,
    of: &mut TypeOverrides,
) -> Option<Result<(), (&'static str, &'static str)>> {
    let row = ROWS.iter().find(|row| row.name == key)?;
    Some((row.read)(of, value).ok_or(row.form))
}
