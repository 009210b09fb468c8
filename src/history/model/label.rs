use serde::{Deserialize, Serialize};

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Requests of a method and name.
    Endpoint,
    Step,
    Journey,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Endpoint, Self::Step, Self::Journey];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Step => "step",
            Self::Journey => "journey",
        }
    }
}

/// An endpoint, a step or a journey of a type of user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Label {
    pub kind: Kind,
    /// The type of user; one that begins with `_` is setup, teardown or clean-up.
    #[serde(rename = "type")]
    pub user_type: String,
    /// Empty for steps and journeys.
    #[serde(default)]
    pub method: String,
    pub name: String,
}

impl Label {
    /// Whether it is of users, and not of what throng itself does before and after them.
    pub fn is_of_users(&self) -> bool {
        !self.user_type.starts_with('_')
    }
}
