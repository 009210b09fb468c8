//! Which level a search for the knee tries next: the highest at which an objective holds.
//!
//! A pass raises the level by a factor until the objective breaks, and bisects what is left. Every further pass begins at
//! the knee that was found and walks from there, by steps that double, until it has a level that holds beside one that
//! breaks: one pass may be misled by noise, several say how far. As binary search for the peak rate in Nighthawk's adaptive
//! load, with the staircase of psychophysics (Levitt 1971) for the repeats.

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KneeBounds {
    /// The lowest level, which is tried first.
    pub from: f64,
    /// No level is above it.
    pub at_most: f64,
    /// How far the level that holds and the one that breaks are apart at most: 0.05 is 5 %.
    pub precision: f64,
    /// How often the knee is looked for, from 1.
    pub passes: usize,
    /// Whether levels are whole numbers.
    pub whole: bool,
}

/// What became of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The objective held.
    Holds,
    /// It did not.
    Breaks,
    /// The load was not put on, or the figures are not the target's: it says nothing.
    Limited,
    /// There was too little to judge by.
    Unjudged,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    Try(f64),
    Done(Knee),
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knee {
    pub found: Found,
    /// The highest level at which the objective holds: of the passes the median; none where it held nowhere.
    pub level: Option<f64>,
    /// The highest level that held in the pass that found least, and the lowest that broke in the one that found most. The
    /// first is none where a pass found no level that held; the second where in a pass none broke.
    pub interval: (Option<f64>, Option<f64>),
    /// Passes that were finished.
    pub passes: usize,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The knee.
    Knee,
    /// The objective holds at the highest level.
    AtMost,
    /// It breaks at the lowest.
    Lowest,
    /// The load could not be put on: the limit is not the target's.
    Limit,
    /// Too little to judge by.
    TooFew,
    /// No end in sight.
    Unsteady,
}

/// From a level that holds the first pass goes on to so many times as much.
const FACTOR: f64 = 2.0;

/// More levels than any search needs that gets steady answers.
const MOST_TRIALS: usize = 100;

/// A search under way.
#[derive(Clone, Debug)]
pub struct KneeSearch {
    bounds: KneeBounds,
    /// Of the pass under way: the highest level that held, and the lowest that broke.
    low: Option<f64>,
    high: Option<f64>,
    /// Steps of the pass under way in one direction.
    steps: i32,
    /// Both of each finished pass.
    passes: Vec<(Option<f64>, Option<f64>)>,
    /// Whether the level was tried before with a result that is not believed at once.
    is_second: bool,
    trials: usize,
}

impl KneeSearch {
    /// Begins; the first level is that of `from`.
    pub fn new(bounds: KneeBounds) -> Self {
        Self {
            bounds,
            low: None,
            high: None,
            steps: 0,
            passes: Vec::new(),
            is_second: false,
            trials: 0,
        }
    }

    /// Takes what became of a level, and says what to do.
    pub fn record(&mut self, level: f64, trial: Trial) -> Next {
        self.trials += 1;
        if self.trials >= MOST_TRIALS {
            return self.done(Found::Unsteady);
        }
        let is_lowest = level <= self.bounds.from;
        let is_first = self.passes.is_empty() && self.low.is_none();
        match trial {
            Trial::Holds => self.low = Some(level),
            // Connections are new and caches cold at the beginning; and a machine has hiccups.
            Trial::Breaks if is_first && is_lowest && !self.is_second => return self.again(level),
            Trial::Limited if !self.is_second => return self.again(level),
            Trial::Breaks => self.high = Some(level),
            Trial::Limited => return self.done(Found::Limit),
            Trial::Unjudged if is_first && self.high.is_none() && level < self.bounds.at_most => {
                // A higher level has more to judge by.
                return Next::Try(self.round(level * FACTOR).min(self.bounds.at_most));
            }
            Trial::Unjudged => return self.done(Found::TooFew),
        }
        self.is_second = false;
        self.go_on()
    }

    /// What is known when a search ends before its time.
    pub fn so_far(&self) -> Knee {
        let mut all = self.passes.clone();
        if all.is_empty() {
            all.push((self.low, self.high));
        }
        let mut lows: Vec<Option<f64>> = all.iter().map(|(low, _)| *low).collect();
        lows.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
        // A pass in which none broke says that there is none.
        let highs: Option<Vec<f64>> = all.iter().map(|(_, high)| *high).collect();
        Knee {
            found: Found::Knee,
            // None sorts first: a pass that found nothing counts.
            level: lows[(lows.len() - 1) / 2],
            interval: (
                lows[0],
                highs.and_then(|highs| highs.into_iter().reduce(f64::max)),
            ),
            passes: self.passes.len(),
        }
    }

    fn again(&mut self, level: f64) -> Next {
        self.is_second = true;
        Next::Try(level)
    }

    fn done(&self, found: Found) -> Next {
        let known = self.so_far();
        // What finished passes found stays true.
        let found = match found {
            Found::Limit | Found::TooFew | Found::Unsteady if known.passes > 0 => Found::Knee,
            found => found,
        };
        Next::Done(Knee { found, ..known })
    }

    fn go_on(&mut self) -> Next {
        let KneeBounds { from, at_most, .. } = self.bounds;
        match (self.low, self.high) {
            (Some(low), Some(high)) => match self.between(low, high) {
                Some(level) => Next::Try(level),
                None => self.finish_pass(),
            },
            (Some(low), None) if low >= at_most => self.finish_pass(),
            (None, Some(high)) if high <= from => self.finish_pass(),
            (Some(low), None) => {
                let step = self.step();
                let level = self.round(low * step);
                let level = if self.bounds.whole {
                    level.max(low + 1.0)
                } else {
                    level
                };
                Next::Try(level.min(at_most))
            }
            (None, Some(high)) => {
                let step = self.step();
                let level = self.round(high / step);
                let level = if self.bounds.whole {
                    level.min(high - 1.0)
                } else {
                    level
                };
                Next::Try(level.max(from))
            }
            (None, None) => Next::Try(from),
        }
    }

    fn finish_pass(&mut self) -> Next {
        self.passes.push((self.low, self.high));
        let first = self.passes.len() == 1;
        match (self.low, self.high) {
            (_, None) if first => return self.done(Found::AtMost),
            (None, _) if first => return self.done(Found::Lowest),
            _ => {}
        }
        let known = self.so_far();
        if self.passes.len() >= self.bounds.passes {
            return self.done(match known.level {
                None => Found::Lowest,
                Some(level) if level >= self.bounds.at_most => Found::AtMost,
                Some(_) => Found::Knee,
            });
        }
        (self.low, self.high, self.steps) = (None, None, 0);
        Next::Try(known.level.unwrap_or(self.bounds.from))
    }

    /// The factor to the next level in one direction.
    fn step(&mut self) -> f64 {
        if self.passes.is_empty() {
            return FACTOR;
        }
        let factor = (1.0 + self.bounds.precision).powi(1 << self.steps.min(8));
        self.steps += 1;
        factor.min(FACTOR)
    }

    /// A level between two; none where they are near enough.
    fn between(&self, low: f64, high: f64) -> Option<f64> {
        if high <= low * (1.0 + self.bounds.precision) {
            return None;
        }
        let level = self.round((low * high).sqrt());
        (level > low && level < high).then_some(level)
    }

    /// Levels that can be read: whole numbers of users, rates of so many digits as the precision needs.
    fn round(&self, level: f64) -> f64 {
        if self.bounds.whole {
            return level.round().max(1.0);
        }
        let digits = if self.bounds.precision < 0.02 { 5 } else { 3 };
        let power = digits - 1 - level.log10().floor() as i32;
        let scale = 10f64.powi(power);
        (level * scale).round() / scale
    }
}
