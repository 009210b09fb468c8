use super::Name;

/// Deepest nesting of a value that is written as a table: deeper ones are sent as text.
pub const DEEPEST: usize = 24;

/// A value in a script: a literal, or where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// JSON's null.
    Null,
    Bool(bool),
    Integer(i64),
    /// A finite number.
    Float(f64),
    Text(String),
    /// A text that need not be UTF-8.
    Bytes(Vec<u8>),
    List(Vec<Value>),
    /// By key, in the order in which they are written; a key may stand once.
    Object(Vec<(String, Value)>),
    /// What an [`Extraction`](super::Extraction) kept: `user.state.NAME`.
    State(Name),
    /// What the run is given, or a text without it: `vars.NAME`, `vars.NAME or "..."`.
    Var(Name, Option<String>),
    /// The first that is not nil: `user.state.id or random.uuid()`.
    Or(Box<Value>, Box<Value>),
    /// The value with this chance, else nil: `random.chance(0.5) and "..." or nil`.
    Sometimes(f64, Box<Value>),
    /// Texts one after the other: `"Bearer " .. user.state.token`.
    Joined(Vec<Value>),
    /// A function of the API: `random.int(1, 100)`.
    Call(&'static str, Vec<Value>),
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The value of a JSON document; none when it nests deeper than [`DEEPEST`].
    pub fn of_json(json: &serde_json::Value) -> Option<Self> {
        Self::below(json, 0)
    }

    fn below(json: &serde_json::Value, depth: usize) -> Option<Self> {
        use serde_json::Value as Json;
        if depth > DEEPEST {
            return None;
        }
        Some(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Integer(whole),
                (None, Some(number)) if number.is_finite() => Self::Float(number),
                _ => return None,
            },
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => {
                let items = items.iter().map(|item| Self::below(item, depth + 1));
                Self::List(items.collect::<Option<_>>()?)
            }
            Json::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(key, value)| Some((key.clone(), Self::below(value, depth + 1)?)));
                Self::Object(fields.collect::<Option<_>>()?)
            }
        })
    }

    /// Calls `visit` for the value and all in it.
    pub fn walk(&self, visit: &mut impl FnMut(&Value)) {
        visit(self);
        match self {
            Self::List(items) | Self::Joined(items) | Self::Call(_, items) => {
                items.iter().for_each(|item| item.walk(visit));
            }
            Self::Object(fields) => fields.iter().for_each(|(_, value)| value.walk(visit)),
            Self::Sometimes(_, value) => value.walk(visit),
            Self::Or(first, second) => {
                first.walk(visit);
                second.walk(visit);
            }
            _ => {}
        }
    }

    /// Whether it is, or has in it, what a request before it kept.
    pub fn reads_state(&self) -> bool {
        let mut reads = false;
        self.walk(&mut |value| reads |= matches!(value, Self::State(_)));
        reads
    }
}
