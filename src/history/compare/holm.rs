/// The level at which each of these p-values is judged, in their order, so that over all of them the chance of a false
/// accusation is at most `family`: one is a difference where its p-value is below its level.
///
/// Beyond the first that is none, all have the level of that one, so that an interval of the level excludes zero exactly
/// where there is a difference.
pub(super) fn levels(p_values: &[f64], family: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
    let mut levels = vec![family; p_values.len()];
    let mut stopped = None;
    for (rank, place) in order.into_iter().enumerate() {
        let level = stopped.unwrap_or(family / (p_values.len() - rank) as f64);
        levels[place] = level;
        if p_values[place] >= level {
            stopped = Some(level);
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::levels;

    #[test]
    fn the_smallest_is_judged_at_the_strictest_level_and_each_next_one_less_strictly() {
        let p_values = [0.004, 0.0001, 0.6, 0.003];
        let levels = levels(&p_values, 0.01);
        let close = |one: f64, other: f64| (one - other).abs() < 1e-12;
        assert!(close(levels[1], 0.01 / 4.0), "{levels:?}");
        assert!(close(levels[3], 0.01 / 3.0), "{levels:?}");
        assert!(close(levels[0], 0.01 / 2.0), "{levels:?}");
        assert!(close(levels[2], 0.01), "{levels:?}");
    }

    #[test]
    fn beyond_the_first_that_is_no_difference_none_is_one() {
        let p_values = [0.004, 0.0045, 0.9];
        let levels = levels(&p_values, 0.01);
        for (p_value, level) in p_values.iter().zip(&levels) {
            assert!(p_value >= level, "{levels:?}");
        }
        assert!(super::levels(&[], 0.01).is_empty());
    }
}
