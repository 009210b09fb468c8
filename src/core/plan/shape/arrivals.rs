use serde::{Deserialize, Serialize};

use crate::pace::Stage;

/// Most users at a time of a run with arrivals, where nothing says it.
pub const DEFAULT_MAX_USERS: u32 = 10_000;

/// Most sessions a second that may arrive: more are a typing error.
pub const MAX_ARRIVALS: f64 = 1_000_000.0;

/// The open model: sessions arrive, whatever becomes of those that arrived before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrivals {
    /// How many a second.
    pub rate: Rate,
    /// Whether they are evenly spaced; otherwise they are a Poisson process.
    pub even: bool,
    /// Most users at a time; an arrival beyond is dropped.
    pub max_users: u32,
}

/// Arrivals a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rate {
    /// The same all the time.
    Constant(f64),
    /// One stage after the other, from 0 a second; the last one ends the run.
    Stages(Vec<Stage>),
}
