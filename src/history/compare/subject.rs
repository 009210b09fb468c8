use std::fmt;

use serde::Serialize;

use crate::history::model::{Kind, Label};

/// What a row compares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Subject {
    /// All requests of users.
    All,
    /// The requests of one method and name, of all types of users.
    Endpoint { method: String, name: String },
    /// A step of a type of user.
    Step {
        #[serde(rename = "type")]
        user_type: String,
        name: String,
    },
    /// A journey of a type of user.
    Journey {
        #[serde(rename = "type")]
        user_type: String,
        name: String,
    },
}

impl Subject {
    /// What a label counts for, beside [`Subject::All`].
    pub(super) fn of(label: &Label) -> Self {
        let (user_type, name) = (label.user_type.clone(), label.name.clone());
        match label.kind {
            Kind::Endpoint => Self::Endpoint {
                method: label.method.clone(),
                name,
            },
            Kind::Step => Self::Step { user_type, name },
            Kind::Journey => Self::Journey { user_type, name },
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all requests"),
            Self::Endpoint { method, name } => write!(f, "{method} {name}"),
            Self::Step { user_type, name } => write!(f, "step {user_type} {name}"),
            Self::Journey { user_type, name } => write!(f, "journey {user_type} {name}"),
        }
    }
}
