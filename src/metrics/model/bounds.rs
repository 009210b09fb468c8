//! How many different words are counted separately, so that memory does not grow with what scripts and targets say.

use std::collections::BTreeMap;

/// Request names that are counted separately; further ones are counted as [`OTHER`].
pub const MAX_NAMES: usize = 500;

/// Methods that are counted separately; further ones are counted as [`OTHER`].
pub const MAX_METHODS: usize = 16;

/// Statuses of a series that are counted separately, which is more than HTTP has; further ones are counted as
/// [`OTHER`].
pub(crate) const MAX_STATUSES: usize = 1_000;

/// Stands for everything beyond a bound, so that totals stay whole.
pub const OTHER: &str = "__other__";

/// Distinct checks, reasons of failed sessions, script errors: further ones fold into [`OTHER`].
pub(crate) const MAX_WORDS: usize = 100;

/// The entry of `word`, or that of [`OTHER`] when there is no room for another.
pub(crate) fn bounded_entry<'a, V: Default>(
    map: &'a mut BTreeMap<String, V>,
    word: &str,
) -> &'a mut V {
    let full = map.len() >= MAX_WORDS && !map.contains_key(word);
    map.entry(if full { OTHER } else { word }.to_owned())
        .or_default()
}
