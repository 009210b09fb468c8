use statrs::distribution::{ContinuousCDF as _, StudentsT};

use super::measure::Measure;
use super::resamples::Resamples;
use super::sums::Sums;

/// One run, as far as one subject goes.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub sums: &'a Sums,
    pub seconds: &'a [f32],
    pub resamples: &'a Resamples,
}

/// A difference of two runs and how much it varies by chance: of logarithms for what changes by ratios.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub difference: f64,
    error: f64,
    freedom: f64,
}

/// Of the resamples so many may hold nothing of what is compared.
const MOST_EMPTY: f64 = 0.05;

/// The error of a percentile that its bins have, as a ratio: that of a value anywhere in a bin of 0.8 %.
const BIN_ERROR: f64 = 0.008 / 3.464;

impl Side<'_> {
    /// The figure of the whole run; none where there is nothing of it.
    pub(super) fn figure(&self, measure: Measure) -> Option<f64> {
        self.weighted(measure, &self.all_once(), 0)
    }

    /// Weights of the run itself.
    fn all_once(&self) -> Vec<f32> {
        vec![1.0; self.seconds.len()]
    }

    /// The figure of a resample; a percentile is looked for from this row of bins on.
    fn weighted(&self, measure: Measure, weights: &[f32], near: usize) -> Option<f64> {
        match measure {
            Measure::Rate => self.sums.rate(self.seconds, weights),
            Measure::Failures => self.sums.failure_rate(weights),
            Measure::P50 | Measure::P95 | Measure::P99 => {
                self.sums.quantile(measure.quantile()?, weights, near)
            }
        }
    }

    /// So many were counted, for this measure.
    pub(super) fn count(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Rate | Measure::Failures => self.sums.count() as u64,
            Measure::P50 | Measure::P95 | Measure::P99 => self.sums.timed() as u64,
        }
    }

    /// The figures of all resamples, NaN where there is none.
    fn resampled(&self, measure: Measure) -> Vec<f64> {
        let quantile = measure.quantile();
        let near = quantile.and_then(|share| self.sums.row(share, &self.all_once(), 0));
        let near = near.unwrap_or_default();
        let resamples = self.resamples.iter();
        resamples
            .map(|weights| {
                let figure = self.weighted(measure, weights, near);
                figure
                    .and_then(|figure| scaled(measure, figure))
                    .unwrap_or(f64::NAN)
            })
            .collect()
    }

    /// The error below which none is taken to be, whatever the blocks say: counts and bins are not finer.
    fn least_error(&self, measure: Measure) -> f64 {
        let count = self.sums.count().max(1.0);
        match measure {
            Measure::Rate => 1.0 / count,
            Measure::Failures => {
                // As if one more had failed: a run without failures is no proof that there are none.
                let share = (self.sums.failed() + 1.0) / (count + 2.0);
                (share * (1.0 - share) / count).sqrt()
            }
            Measure::P50 | Measure::P95 | Measure::P99 => BIN_ERROR,
        }
    }
}

impl Estimate {
    /// How b differs from a; none where the resamples hold too little.
    pub(super) fn of(measure: Measure, a: Side<'_>, b: Side<'_>, paired: bool) -> Option<Self> {
        let difference =
            scaled(measure, b.figure(measure)?)? - scaled(measure, a.figure(measure)?)?;
        let least = a.least_error(measure).hypot(b.least_error(measure));
        let (of_a, of_b) = (a.resampled(measure), b.resampled(measure));
        let (error, freedom) = if paired {
            let differences = of_a.iter().zip(&of_b).map(|(a, b)| b - a);
            let differences: Vec<f64> = differences.collect();
            (deviation(&differences)?, b.resamples.stretches - 1.0)
        } else {
            let (of_a, of_b) = (deviation(&of_a)?, deviation(&of_b)?);
            let error = of_a.hypot(of_b);
            let each =
                |error: f64, side: Side<'_>| error.powi(4) / (side.resamples.stretches - 1.0);
            // Welch and Satterthwaite.
            let freedom = error.powi(4) / (each(of_a, a) + each(of_b, b));
            let most = a.resamples.stretches + b.resamples.stretches - 2.0;
            (error, if freedom.is_finite() { freedom } else { most })
        };
        Some(Self {
            difference,
            error: error.max(least),
            freedom: freedom.max(1.0),
        })
    }

    /// The chance of a difference as large as this where there is none.
    pub(super) fn p_value(&self) -> f64 {
        let t = self.difference.abs() / self.error;
        self.student().map_or(1.0, |student| 2.0 * student.sf(t))
    }

    /// The interval in which the difference lies, but for a chance of `level`.
    pub(super) fn interval(&self, level: f64) -> (f64, f64) {
        let student = self.student();
        let t = student.map_or(f64::INFINITY, |student| {
            student.inverse_cdf(1.0 - level / 2.0)
        });
        let (below, above) = (
            self.difference - t * self.error,
            self.difference + t * self.error,
        );
        (below, above)
    }

    fn student(&self) -> Option<StudentsT> {
        StudentsT::new(0.0, 1.0, self.freedom).ok()
    }
}

/// The logarithm of what changes by ratios.
fn scaled(measure: Measure, figure: f64) -> Option<f64> {
    if !measure.is_ratio() {
        return Some(figure);
    }
    (figure > 0.0).then(|| figure.ln())
}

/// The standard deviation; none where too many are no numbers.
fn deviation(values: &[f64]) -> Option<f64> {
    let finite: Vec<f64> = values
        .iter()
        .copied()
        .filter(|one| one.is_finite())
        .collect();
    let empty = (values.len() - finite.len()) as f64;
    if finite.len() < 2 || empty > MOST_EMPTY * values.len() as f64 {
        return None;
    }
    let count = finite.len() as f64;
    let mean = finite.iter().sum::<f64>() / count;
    let squares = finite.iter().map(|one| (one - mean).powi(2)).sum::<f64>();
    Some((squares / (count - 1.0)).sqrt())
}
