use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
pub(super) struct Collection {
    #[serde(default)]
    pub info: Info,
    pub item: Vec<Item>,
    #[serde(default)]
    pub variable: Vec<Pair>,
    pub auth: Option<AuthOf>,
}

#[derive(Default, Deserialize)]
pub(super) struct Info {
    pub name: Option<String>,
}

/// A folder or a request.
#[derive(Deserialize)]
pub(super) struct Item {
    #[serde(default)]
    pub name: String,
    pub item: Option<Vec<Item>>,
    #[serde(default, deserialize_with = "request_or_url")]
    pub request: Option<RequestOf>,
    #[serde(default)]
    pub event: Vec<Event>,
}

#[derive(Default, Deserialize)]
pub(super) struct RequestOf {
    pub method: Option<String>,
    #[serde(default)]
    pub header: Json,
    pub url: Option<Url>,
    pub body: Option<BodyOf>,
    pub auth: Option<AuthOf>,
}

/// A request may be its URL alone.
fn request_or_url<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<RequestOf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Url(String),
        Whole(Box<RequestOf>),
    }
    Ok(
        Option::<Either>::deserialize(from)?.map(|either| match either {
            Either::Url(url) => RequestOf {
                url: Some(Url::Text(url)),
                ..RequestOf::default()
            },
            Either::Whole(request) => *request,
        }),
    )
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Url {
    Text(String),
    Parts(Parts),
}

#[derive(Deserialize)]
pub(super) struct Parts {
    #[serde(default)]
    pub raw: String,
    #[serde(default)]
    pub query: Vec<Pair>,
    #[serde(default)]
    pub variable: Vec<Pair>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(super) struct Pair {
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default)]
    pub value: Json,
    #[serde(default)]
    pub src: Json,
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub disabled: bool,
}

impl Pair {
    /// The value as text.
    pub fn text(&self) -> String {
        match &self.value {
            Json::String(text) => text.clone(),
            Json::Null => String::new(),
            other => other.to_string(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct BodyOf {
    pub mode: Option<String>,
    #[serde(default)]
    pub raw: String,
    #[serde(default)]
    pub urlencoded: Vec<Pair>,
    #[serde(default)]
    pub formdata: Vec<Pair>,
    #[serde(default)]
    pub graphql: Json,
    #[serde(default)]
    pub options: Json,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(super) struct AuthOf {
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(flatten)]
    pub of_kind: serde_json::Map<String, Json>,
}

impl AuthOf {
    /// A value of the auth: a list of keys and values in 2.1, an object in 2.0.
    pub fn value(&self, name: &str) -> Option<String> {
        let text = |value: &Json| match value {
            Json::String(text) => Some(text.clone()),
            _ => None,
        };
        match self.of_kind.get(&self.kind)? {
            Json::Array(pairs) => {
                let is_named = |pair: &&Json| pair.get("key").and_then(Json::as_str) == Some(name);
                pairs
                    .iter()
                    .find(is_named)
                    .and_then(|pair| text(pair.get("value")?))
            }
            Json::Object(fields) => fields.get(name).and_then(text),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(default)]
    pub listen: String,
    #[serde(default)]
    pub script: Json,
}

impl Event {
    /// Its lines.
    pub fn lines(&self) -> Vec<&str> {
        match self.script.get("exec") {
            Some(Json::Array(lines)) => lines.iter().filter_map(Json::as_str).collect(),
            Some(Json::String(text)) => text.lines().collect(),
            _ => Vec::new(),
        }
    }
}
