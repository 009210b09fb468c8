use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::document::{Collection, Item, Url};
use super::scripts;
use crate::import::{Name, Value};

/// Words of names whose values are not written into a script.
const SECRETS: [&str; 6] = ["password", "secret", "token", "key", "auth", "credential"];

/// What stands between double braces.
pub(super) struct Variables {
    /// Of the collection.
    values: HashMap<String, String>,
    /// What tests of the collection keep of answers.
    kept: BTreeSet<String>,
    /// Those that nothing gives a value: the run has to.
    open: BTreeSet<Name>,
    /// Hosts of the requests, and how many go there.
    hosts: BTreeMap<String, usize>,
}

impl Variables {
    pub(super) fn of(collection: &Collection, folders: &[(String, Vec<&Item>)]) -> Self {
        let given = collection.variable.iter().filter(|pair| !pair.disabled);
        let values: HashMap<String, String> = given
            .filter_map(|pair| Some((pair.key.clone()?, pair.text())))
            .collect();
        let items = folders.iter().flat_map(|(_, items)| items);
        let kept = items.clone().flat_map(|item| scripts::kept(item));
        let mut variables = Self {
            values,
            kept: kept.map(|(name, _)| name).collect(),
            open: BTreeSet::new(),
            hosts: BTreeMap::new(),
        };
        for item in items {
            let raw = item
                .request
                .as_ref()
                .and_then(|request| match request.url.as_ref()? {
                    Url::Text(text) => Some(text.as_str()),
                    Url::Parts(parts) => Some(parts.raw.as_str()),
                });
            let (host, _) = variables.split(raw.unwrap_or_default());
            *variables.hosts.entry(host).or_default() += 1;
        }
        variables
    }

    /// A URL as its host, with variables filled in, and the rest as written.
    pub(super) fn split(&self, raw: &str) -> (String, String) {
        let raw = raw.trim();
        // `{{baseUrl}}/path`
        if let Some(rest) = raw.strip_prefix("{{")
            && let Some((name, rest)) = rest.split_once("}}")
        {
            let value = self.values.get(name.trim()).cloned();
            let value = value.unwrap_or_else(|| format!("{{{{{}}}}}", name.trim()));
            let whole = format!("{value}{rest}");
            return match value.starts_with("{{") {
                true => (value, rest.to_owned()),
                false => split_host(&whole),
            };
        }
        split_host(raw)
    }

    /// Where most requests go, where that is a host.
    pub(super) fn base(&self) -> &str {
        let most = self.hosts.iter().max_by_key(|(_, count)| **count);
        most.map_or("", |(host, _)| host.as_str())
    }

    /// The base URL, where it is one.
    pub(super) fn base_url(&self) -> Option<String> {
        let base = self.base();
        let url = url::Url::parse(base).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| base.to_owned())
    }

    /// A text with variables as a value: `Bearer {{token}}`.
    pub(super) fn value(&mut self, text: &str) -> Value {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("{{") {
            let Some(end) = rest[at..].find("}}") else {
                break;
            };
            if at > 0 {
                parts.push(Value::text(&rest[..at]));
            }
            let name = rest[at + 2..at + end].trim();
            parts.push(self.variable(name));
            rest = &rest[at + end + 2..];
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(Value::text(rest));
        }
        match <[Value; 1]>::try_from(parts) {
            Ok([one]) => one,
            Err(several) => Value::Joined(several),
        }
    }

    fn variable(&mut self, name: &str) -> Value {
        if let Some(dynamic) = name.strip_prefix('$') {
            return drawn(dynamic);
        }
        let safe = Name::of(name, "value");
        let default = self.values.get(name).filter(|value| !value.is_empty());
        let is_secret = SECRETS
            .iter()
            .any(|word| name.to_ascii_lowercase().contains(word));
        // Values of variables may have variables in them; those are not followed.
        let default = default
            .filter(|value| !is_secret && !value.contains("{{"))
            .cloned();
        if self.kept.contains(name) {
            let given = Value::Var(safe.clone(), Some(default.unwrap_or_default()));
            return Value::Or(Box::new(Value::State(safe)), Box::new(given));
        }
        if default.is_none() {
            self.open.insert(safe.clone());
        }
        Value::Var(safe, Some(default.unwrap_or_else(|| "none".to_owned())))
    }

    /// What the run has to give.
    pub(super) fn about(&self) -> Vec<String> {
        let names: Vec<String> = self
            .open
            .iter()
            .map(|name| format!("-e {name}=..."))
            .collect();
        match names.is_empty() {
            true => Vec::new(),
            false => vec![format!("It needs: throng run {}", names.join(" "))],
        }
    }
}

fn split_host(whole: &str) -> (String, String) {
    let from = whole.find("://").map_or(0, |at| at + 3);
    let end = whole[from..]
        .find(['/', '?'])
        .map_or(whole.len(), |at| from + at);
    let host = match from {
        // Postman sends a URL without a scheme by HTTP.
        0 if end > 0 => format!("http://{}", &whole[..end]),
        _ => whole[..end].to_owned(),
    };
    (host, whole[end..].to_owned())
}

/// Postman's own variables.
fn drawn(name: &str) -> Value {
    let call = |function: &'static str| Value::Call(function, Vec::new());
    match name {
        "guid" | "randomUUID" => call("random.uuid"),
        "timestamp" => Value::Call("math.floor", vec![call("time.now")]),
        "randomInt" => Value::Call("random.int", vec![Value::Integer(0), Value::Integer(1000)]),
        "randomEmail" => call("random.email"),
        "randomUserName" => call("random.username"),
        "randomFullName" | "randomFirstName" | "randomLastName" => call("random.name"),
        "randomPhoneNumber" => call("random.phone"),
        "randomCity" => call("random.city"),
        "randomCompanyName" => call("random.company"),
        "randomProductName" | "randomProduct" => call("random.product"),
        "randomWord" => call("random.word"),
        "randomBoolean" => Value::Call("random.chance", vec![Value::Float(0.5)]),
        _ => call("random.sentence"),
    }
}
