//! A search for the highest load at which an objective holds.

use serde::{Deserialize, Serialize};

/// How a search stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// `p99 < 300ms, failed < 1%`: all of it must hold.
    pub objective: String,
    pub unit: LevelUnit,
    /// The lowest level.
    pub from: f64,
    /// The highest.
    pub at_most: f64,
    /// The level of now.
    pub level: f64,
    pub phase: SearchPhase,
    /// Levels that were tried, in their order.
    pub trials: Vec<SearchTrial>,
    pub result: SearchResult,
    /// The highest level at which the objective holds: of the passes the median; none where it held nowhere.
    pub knee: Option<f64>,
    /// Where the knee is by all passes: the lowest of the levels that held in each; none where one had none.
    pub at_least: Option<f64>,
    /// The highest of those that broke in each; none where in a pass none broke.
    pub below: Option<f64>,
    /// Passes that were finished.
    pub passes: u64,
    /// All of it in one sentence.
    pub text: String,
}

/// What a level is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelUnit {
    /// Users, who stay.
    #[default]
    Users,
    /// Sessions that arrive in a second.
    ArrivalsPerSecond,
}

/// What is done at the level of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchPhase {
    /// Its load is new: nothing is measured yet.
    #[default]
    Settling,
    Measuring,
    /// The lowest level, until a target recovers that was tried too hard.
    Cooling,
    /// The search is over.
    Done,
}

/// What a search found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchResult {
    /// Nothing yet, or it ended before its time.
    #[default]
    Unfinished,
    Knee,
    /// The objective holds at the highest level.
    AtMost,
    /// It does not hold at the lowest.
    Lowest,
    /// It is the generator that could do no more.
    GeneratorLimit,
    /// There was too little to judge by.
    TooFewSamples,
    /// The target did not recover at the lowest level.
    NotRecovered,
    /// Answers differ from one time to the next.
    Unsteady,
}

/// One level that was tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchTrial {
    pub level: f64,
    /// The run's age when it began to be measured.
    pub at_seconds: f64,
    /// How long it was measured.
    pub seconds: f64,
    pub result: TrialResult,
    /// The figure of each part of the objective, in its order.
    pub figures: Vec<TrialFigure>,
    /// Requests that ended in that time.
    pub requests: u64,
    /// Why it does not hold, or why it says nothing; empty where it holds.
    pub why: String,
}

/// A part of the objective at a level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrialFigure {
    /// `p99 < 300ms`
    pub rule: String,
    /// In the rule's unit; none where there was nothing to measure.
    pub value: Option<f64>,
    pub bound: f64,
    /// The value as text with its unit.
    pub figure: String,
    pub holds: bool,
}

/// What became of a level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialResult {
    #[default]
    Holds,
    Breaks,
    /// The generator was overloaded, or did not send what was planned.
    GeneratorLimit,
    TooFewSamples,
}
