//! What a rule is about: everything, or what has certain labels.

use std::fmt;

/// A label of what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// The type of the users.
    Type,
    /// The name of the requests: `/users/{id}`.
    Name,
    /// The name of the steps.
    Step,
    /// The name of the journeys.
    Journey,
    /// The name of a check.
    Check,
    /// The name of a metric of the scripts.
    Metric,
    /// A stage of the plan, from 1: what happened in its time.
    Stage,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// All requests, and what belongs to no single one.
    Run,
    /// The requests of a type or name.
    Requests,
    Steps,
    Journeys,
    Check,
    Metric,
}

/// The labels that something must have, each once, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(Vec<(Label, String)>);

impl Label {
    /// Every label.
    pub const ALL: [Self; 7] = [
        Self::Type,
        Self::Name,
        Self::Step,
        Self::Journey,
        Self::Check,
        Self::Metric,
        Self::Stage,
    ];

    /// As in a rule.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Name => "name",
            Self::Step => "step",
            Self::Journey => "journey",
            Self::Check => "check",
            Self::Metric => "metric",
            Self::Stage => "stage",
        }
    }
}

impl Selector {
    /// Everything.
    pub const ALL: Self = Self(Vec::new());

    /// What has these labels; a fault where a label comes twice, or where no such thing has all of them.
    pub(super) fn new(mut labels: Vec<(Label, String)>) -> Result<Self, (String, String)> {
        labels.sort();
        if let Some(two) = labels.windows(2).find(|two| two[0].0 == two[1].0) {
            return Err((
                format!("has the label {} twice", two[0].0.as_str()),
                "give each label once".to_owned(),
            ));
        }
        let selector = Self(labels);
        let subject = selector.subject();
        let own = selector.0.iter().filter(|(label, _)| {
            matches!(
                label,
                Label::Name | Label::Step | Label::Journey | Label::Check | Label::Metric
            )
        });
        let own: Vec<&str> = own.map(|(label, _)| label.as_str()).collect();
        if own.len() > 1 {
            return Err((
                format!("nothing has both {} and {}", own[0], own[1]),
                "give one of them; write one rule for each".to_owned(),
            ));
        }
        let has_type = selector.get(Label::Type).is_some();
        if has_type && matches!(subject, Subject::Check | Subject::Metric) {
            return Err((
                format!("a {} is counted over all types", own[0]),
                "leave the type out".to_owned(),
            ));
        }
        if let Some(stage) = selector.get(Label::Stage)
            && stage.parse::<u32>().ok().is_none_or(|stage| stage == 0)
        {
            return Err((
                format!("{stage:?} is not a valid stage"),
                "give its number, from 1".to_owned(),
            ));
        }
        Ok(selector)
    }

    /// The value of a label; none where any will do.
    pub fn get(&self, label: Label) -> Option<&str> {
        let found = self.0.iter().find(|(one, _)| *one == label);
        found.map(|(_, value)| value.as_str())
    }

    /// The stage, from 1; none: the whole run.
    pub fn stage(&self) -> Option<usize> {
        self.get(Label::Stage)?.parse().ok()
    }

    /// What is counted.
    pub fn subject(&self) -> Subject {
        let has = |label| self.get(label).is_some();
        if has(Label::Step) {
            Subject::Steps
        } else if has(Label::Journey) {
            Subject::Journeys
        } else if has(Label::Check) {
            Subject::Check
        } else if has(Label::Metric) {
            Subject::Metric
        } else if has(Label::Type) || has(Label::Name) {
            Subject::Requests
        } else {
            Subject::Run
        }
    }
}

/// `{name="/users/{id}"}` with `\` before `"` and `\`, as in Prometheus; nothing for everything.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        let labels = self.0.iter().map(|(label, value)| {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{}=\"{value}\"", label.as_str())
        });
        write!(f, "{{{}}}", labels.collect::<Vec<_>>().join(","))
    }
}
