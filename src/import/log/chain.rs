use std::collections::{BTreeMap, HashMap, HashSet};

/// Which requests follow each other.
pub(super) struct Chain {
    pub routes: Vec<u32>,
    /// The share of the sessions whose first is this one, in per cent.
    pub first: Vec<f64>,
    /// Of each the shares of those after it, by place in `routes`, of sum 1.
    pub next: Vec<Vec<(usize, f64)>>,
}

impl Chain {
    /// The chain of these sessions, without routes that are rarer than `rare`.
    pub(super) fn of(bodies: &[&[u32]], route_of: impl Fn(&u32) -> u32, rare: f64) -> Self {
        let mut uses: BTreeMap<u32, usize> = BTreeMap::new();
        for place in bodies.iter().copied().flatten() {
            *uses.entry(route_of(place)).or_default() += 1;
        }
        let total: usize = uses.values().sum();
        let mut routes: Vec<(u32, usize)> = uses
            .into_iter()
            .filter(|(_, count)| *count as f64 >= rare * total as f64)
            .collect();
        routes.sort_by_key(|(route, count)| (std::cmp::Reverse(*count), *route));
        let routes: Vec<u32> = routes.into_iter().map(|(route, _)| route).collect();
        let place_of: HashMap<u32, usize> = routes
            .iter()
            .enumerate()
            .map(|(place, route)| (*route, place))
            .collect();
        let mut first = vec![0_usize; routes.len()];
        let mut next = vec![vec![0_usize; routes.len()]; routes.len()];
        for body in bodies {
            let places: Vec<usize> = body
                .iter()
                .filter_map(|place| place_of.get(&route_of(place)).copied())
                .collect();
            if let Some(place) = places.first() {
                first[*place] += 1;
            }
            for pair in places.windows(2) {
                next[pair[0]][pair[1]] += 1;
            }
        }
        let begun: usize = first.iter().sum();
        let chain = Self {
            first: first
                .iter()
                .map(|count| (*count as f64 / begun.max(1) as f64 * 100_000.0).round() / 1000.0)
                .collect(),
            next: next.iter().map(|counts| shares(counts)).collect(),
            routes,
        };
        chain.reachable()
    }

    /// Without what no session can come to: a share that was rounded to 0.
    fn reachable(self) -> Self {
        let mut open: Vec<usize> = (0..self.routes.len())
            .filter(|place| self.first[*place] > 0.0)
            .collect();
        let mut seen: HashSet<usize> = open.iter().copied().collect();
        while let Some(place) = open.pop() {
            // Where nothing follows, the next is drawn as the first is.
            let next = self.next[place].iter().map(|(next, _)| *next);
            open.extend(next.filter(|next| seen.insert(*next)));
        }
        let kept: Vec<usize> = (0..self.routes.len())
            .filter(|place| seen.contains(place))
            .collect();
        let moved: HashMap<usize, usize> = kept
            .iter()
            .enumerate()
            .map(|(to, from)| (*from, to))
            .collect();
        Self {
            routes: kept.iter().map(|place| self.routes[*place]).collect(),
            first: kept.iter().map(|place| self.first[*place]).collect(),
            next: kept
                .iter()
                .map(|place| {
                    let next = self.next[*place].iter();
                    next.map(|(other, share)| (moved[other], *share)).collect()
                })
                .collect(),
        }
    }
}

/// Counts as shares of four digits that add up to 1.
fn shares(counts: &[usize]) -> Vec<(usize, f64)> {
    let total: usize = counts.iter().sum();
    if total == 0 {
        return Vec::new();
    }
    let mut parts: Vec<(usize, u32)> = counts
        .iter()
        .enumerate()
        .map(|(place, count)| {
            (
                place,
                (*count as f64 / total as f64 * 10_000.0).round() as u32,
            )
        })
        .filter(|(_, part)| *part > 0)
        .collect();
    let sum: u32 = parts.iter().map(|(_, part)| part).sum();
    if let Some(largest) = parts.iter_mut().max_by_key(|(_, part)| *part) {
        largest.1 = (largest.1 + 10_000).saturating_sub(sum);
    }
    parts
        .into_iter()
        .map(|(place, part)| (place, f64::from(part) / 10_000.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn shares_add_up_to_one() {
        for counts in [vec![1, 1, 1], vec![0, 7, 0], vec![999_999, 1, 3]] {
            let sum: f64 = shares(&counts).iter().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{counts:?}: {sum}");
        }
        assert!(shares(&[0, 0]).is_empty());
    }
}
