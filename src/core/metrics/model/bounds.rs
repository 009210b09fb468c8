//! Bounds on the number of distinct labels, so that memory does not grow with texts of scripts and targets.

use std::collections::BTreeMap;

/// Request names that are counted separately; further ones are counted as [`OTHER`].
pub const MAX_NAMES: usize = 500;

/// Methods that are counted separately; further ones are counted as [`OTHER`].
pub const MAX_METHODS: usize = 16;

/// Names of steps and journeys, together and over all types, that are counted separately; further ones are counted as
/// [`OTHER`].
pub const MAX_STEP_NAMES: usize = 200;

/// Statuses of a series that are counted separately, which is more than HTTP has; further ones are counted as
/// [`OTHER`].
pub(crate) const MAX_STATUSES: usize = 1_000;

/// Kinds of failures of a series beyond which the reasons of scripts are counted as [`OTHER`].
pub(crate) const MAX_FAILURES: usize = 200;

/// The label of everything beyond a bound, so that totals stay correct.
pub const OTHER: &str = "__other__";

/// Distinct checks, reasons of failed sessions, script errors: further ones fold into [`OTHER`].
pub(crate) const MAX_WORDS: usize = 100;

/// The entry of `word`, or that of [`OTHER`] when the bound is reached.
pub(crate) fn bounded_entry<'a, V: Default>(
    map: &'a mut BTreeMap<String, V>,
    word: &str,
) -> &'a mut V {
    let full = map.len() >= MAX_WORDS && !map.contains_key(word);
    map.entry(if full { OTHER } else { word }.to_owned())
        .or_default()
}
