//! The confidence interval of the difference of two rates: pure arithmetic.
//!
//! The interval is Newcombe's hybrid score interval (R. G. Newcombe, "Interval estimation for the
//! difference between independent proportions: comparison of eleven methods", Statistics in
//! Medicine 17, 1998, method 10), which is made of Wilson's score intervals of the two rates. It
//! is valid for few trials and for rates near 0, as in canaries.

/// The normal deviate of a two-sided interval of 95 %. A check of one
/// end once a second is repeated often, so the end of the two-sided interval (97.5 % to one side)
/// is used, not that of a one-sided 95 % (1.645).
const Z: f64 = 1.96;

/// So many hits of so many trials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    pub hits: u64,
    pub of: u64,
}

/// The least that the difference new minus old may be, -1 to 1. Never above 0 while there is not
/// a trial of both.
pub fn lower_bound(new: Rate, old: Rate) -> f64 {
    -upper_bound(old, new)
}

/// The most that the difference new minus old may be, -1 to 1. Never below 0 while there is not a
/// trial of both.
pub fn upper_bound(new: Rate, old: Rate) -> f64 {
    let (_, high) = new.interval();
    let (low, _) = old.interval();
    let bound = match (new.share(), old.share()) {
        (Some(new), Some(old)) => new - old + (high - new).hypot(old - low),
        // Without trials the rate is unknown.
        _ => high - low,
    };
    bound.clamp(-1.0, 1.0)
}

impl Rate {
    /// Hits of trials, 0 to 1; none without trials. Hits are at most the trials.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits.min(self.of) as f64 / self.of as f64)
    }

    /// Wilson's score interval; 0 to 1 without trials.
    fn interval(self) -> (f64, f64) {
        let Some(share) = self.share() else {
            return (0.0, 1.0);
        };
        let of = self.of as f64;
        let spread = Z * (share * (1.0 - share) / of + Z * Z / (4.0 * of * of)).sqrt();
        let middle = share + Z * Z / (2.0 * of);
        let scale = 1.0 + Z * Z / of;
        let end = |end: f64| (end / scale).clamp(0.0, 1.0);
        (end(middle - spread), end(middle + spread))
    }
}
