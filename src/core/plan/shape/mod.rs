//! The shape of a run: how many users there are, or how many arrive, over its time.
//!
//! In: stages, spikes, a curve and noise as they are written. Out: a [`Shape`], and the curve that it means. It must never
//! know files, the time of day, a plan, or who follows the shape.

mod arrivals;
mod csv;
mod curve;
mod run_shape;
mod table;
mod tables;
mod text;
mod time_zone;
mod type_shape;

pub use arrivals::{Arrivals, DEFAULT_MAX_USERS, MAX_ARRIVALS, Rate};
pub use curve::{CurveClock, CurvePlan, CurveSource};
pub use run_shape::Shape;
pub use table::CurveTable;
pub use text::{
    parse_arrivals, parse_curve, parse_later_stages, parse_spikes, parse_stages, show_arrivals,
    show_spikes, show_stages,
};
pub use time_zone::{DEFAULT_TIME_ZONE, time_zone_fault};
pub use type_shape::{TypeCurve, TypeShape};
