use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::table::CurveTable;
use super::{csv, tables, time_zone};
use crate::pace::Curve;
use crate::plan::Fault;
use crate::plan::span::{DAY, show_span};

/// A factor by the time of the day and the day of the week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePlan {
    pub source: CurveSource,
    /// The factors; those of a file are there once it was read.
    pub table: CurveTable,
    pub clock: CurveClock,
}

/// Where a curve is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CurveSource {
    Day,
    Office,
    Shop,
    /// The path of a CSV file.
    File(String),
}

/// By which clock a curve goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CurveClock {
    /// The time of day in this zone of the IANA time zone database; the run begins at `began`, since 1970-01-01T00:00Z.
    Real { zone: String, began: Duration },
    /// The run begins at midnight, before a Monday, and a day takes so long.
    Compressed { day: Duration },
}

impl CurvePlan {
    /// A curve; that of a file has no factors yet.
    pub fn new(source: CurveSource, clock: CurveClock) -> Self {
        let table = match source {
            CurveSource::Day => tables::day(),
            CurveSource::Office => tables::office(),
            CurveSource::Shop => tables::shop(),
            CurveSource::File(_) => CurveTable::default(),
        };
        Self {
            source,
            table,
            clock,
        }
    }

    /// The path of the file that has the factors.
    pub fn file(&self) -> Option<&str> {
        match &self.source {
            CurveSource::File(path) => Some(path),
            CurveSource::Day | CurveSource::Office | CurveSource::Shop => None,
        }
    }

    /// Takes the text of its file.
    ///
    /// # Errors
    /// Every fault of it, with its line.
    pub fn read_file(&mut self, text: &str) -> Result<(), Vec<Fault>> {
        self.table = csv::parse(self.file().unwrap_or_default(), text)?;
        Ok(())
    }

    /// Takes the time at which the run begins, since 1970-01-01T00:00Z; only the time of day needs it.
    pub fn begin(&mut self, now: Duration) {
        if let CurveClock::Real { began, .. } = &mut self.clock {
            *began = now;
        }
    }

    /// How long a day of the curve takes.
    pub fn day_length(&self) -> Duration {
        match self.clock {
            CurveClock::Real { .. } => DAY,
            CurveClock::Compressed { day } => day,
        }
    }

    /// From which moment of the run on its time is how much behind that of a day, or of a week, of the curve's clock.
    pub fn offsets(&self) -> Vec<(Duration, Duration)> {
        match &self.clock {
            CurveClock::Compressed { .. } => vec![(Duration::ZERO, Duration::ZERO)],
            CurveClock::Real { zone, began } => time_zone::offsets(zone, *began),
        }
    }

    /// The curve over the run's time.
    pub fn curve(&self) -> Curve {
        match &self.clock {
            CurveClock::Compressed { day } => {
                let scale = day.as_secs_f64() / DAY.as_secs_f64();
                let points = self.table.points.iter();
                let points = points.map(|(at, factor)| (at.mul_f64(scale), *factor));
                Curve::new(
                    *day * self.table.days,
                    &points.collect::<Vec<_>>(),
                    Duration::ZERO,
                )
            }
            CurveClock::Real { zone, began } => {
                let period = DAY * self.table.days;
                let mut offsets = time_zone::offsets(zone, *began).into_iter();
                let (_, first) = offsets.next().unwrap_or_default();
                let curve = Curve::new(period, &self.table.points, first);
                offsets.fold(curve, |curve, (at, offset)| curve.offset_from(at, offset))
            }
        }
    }

    /// `shop in Europe/Berlin`, `office, a day in 10m`
    pub fn show(&self) -> String {
        let name = self.name();
        match &self.clock {
            CurveClock::Real { zone, .. } => format!("{name} in {zone}"),
            CurveClock::Compressed { day } => {
                format!("{name}, a day in {}", show_span(*day))
            }
        }
    }

    /// `day`, or the path of its file.
    pub fn name(&self) -> &str {
        match &self.source {
            CurveSource::Day => "day",
            CurveSource::Office => "office",
            CurveSource::Shop => "shop",
            CurveSource::File(path) => path,
        }
    }
}
