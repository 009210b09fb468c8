//! One operation of a document: its parameters, body, answers and security.

use serde_json::Value;

use super::document::{
    Content, Location, Operation, Parameter, RequestBody, Response, StatusPattern,
};
use super::fault::Fault;
use super::{pointer, references};

/// Reads operations, and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    root: &'a Value,
    pub(super) faults: Vec<Fault>,
    /// What operations need that say nothing of it.
    security: Vec<Vec<String>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self {
            root,
            faults: Vec::new(),
            security: requirements(root.get("security")),
        }
    }

    /// The operation of a method and a path; `item` is what all operations of the path share.
    pub(super) fn operation(
        &mut self,
        (method, path): (&str, &str),
        item: &Value,
        (value, at): (&Value, &str),
    ) -> Operation {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let tags = value.get("tags").and_then(Value::as_array);
        let tags = tags.into_iter().flatten().filter_map(Value::as_str);
        let item_at = at.rsplit_once('/').map_or("", |(item, _)| item);
        let mut parameters = self.parameters(value.get("parameters"), at);
        for shared in self.parameters(item.get("parameters"), item_at) {
            let is_it =
                |own: &Parameter| (&own.name, own.location) == (&shared.name, shared.location);
            if !parameters.iter().any(is_it) {
                parameters.push(shared);
            }
        }
        // What stands in a path is described there, or taken as a text.
        for name in variables(path) {
            if !parameters
                .iter()
                .any(|one| one.location == Location::Path && one.name == name)
            {
                parameters.push(Parameter {
                    name: name.to_owned(),
                    location: Location::Path,
                    required: true,
                    schema: None,
                    example: None,
                    description: None,
                });
            }
        }
        Operation {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            id: text("operationId").filter(|id| !id.is_empty()),
            summary: text("summary").or_else(|| text("description")),
            tags: tags.map(str::to_owned).collect(),
            parameters,
            body: self.body(value.get("requestBody"), at),
            responses: self.responses(value.get("responses"), at),
            security: match value.get("security") {
                Some(own) => requirements(Some(own)),
                None => self.security.clone(),
            },
            deprecated: value.get("deprecated") == Some(&Value::Bool(true)),
        }
    }

    fn parameters(&mut self, list: Option<&Value>, at: &str) -> Vec<Parameter> {
        let list = list.and_then(Value::as_array).into_iter().flatten();
        let mut parameters = Vec::new();
        for (number, value) in list.enumerate() {
            let at = format!("{at}/parameters/{number}");
            let at = references::canonical(self.root, at);
            let value = references::resolve(self.root, value);
            let text = |name| value.get(name).and_then(Value::as_str);
            let location = match text("in") {
                Some("path") => Location::Path,
                Some("query") => Location::Query,
                Some("header") => Location::Header,
                Some("cookie") => Location::Cookie,
                other => {
                    let words = match other {
                        Some(other) => format!("the parameter is in {other:?}"),
                        None => "the parameter does not say where it is".to_owned(),
                    };
                    let words = format!("{words}; `in` is path, query, header or cookie");
                    self.faults.push(Fault::of(at, words));
                    continue;
                }
            };
            let Some(name) = text("name") else {
                self.faults
                    .push(Fault::of(at, "the parameter has no `name`"));
                continue;
            };
            // These three are described elsewhere (OpenAPI 3.1, 4.8.12.1).
            let is_elsewhere = ["accept", "content-type", "authorization"];
            if location == Location::Header
                && is_elsewhere.contains(&name.to_ascii_lowercase().as_str())
            {
                continue;
            }
            let content = self.content(value.get("content"), &at);
            let schema = value.get("schema").map(|_| self.schema(&at));
            let in_content = || content.first().and_then(|one| one.schema.clone());
            parameters.push(Parameter {
                name: name.to_owned(),
                location,
                required: location == Location::Path
                    || value.get("required") == Some(&Value::Bool(true)),
                schema: schema.or_else(in_content),
                example: self.example(value),
                description: text("description").map(str::to_owned),
            });
        }
        parameters
    }

    fn body(&mut self, value: Option<&Value>, at: &str) -> Option<RequestBody> {
        let at = references::canonical(self.root, pointer::join(at, "requestBody"));
        let value = references::resolve(self.root, value?);
        Some(RequestBody {
            required: value.get("required") == Some(&Value::Bool(true)),
            content: self.content(value.get("content"), &at),
        })
    }

    fn responses(&mut self, value: Option<&Value>, at: &str) -> Vec<Response> {
        let at = pointer::join(at, "responses");
        let all = value.and_then(Value::as_object).into_iter().flatten();
        let mut responses = Vec::new();
        for (status, value) in all.filter(|(status, _)| !status.starts_with("x-")) {
            let at = pointer::join(&at, status);
            let Some(status) = StatusPattern::read(status) else {
                let words = format!(
                    "{status:?} is not a status; write one such as \"200\", \"2XX\" or \"default\""
                );
                self.faults.push(Fault::of(at, words));
                continue;
            };
            let at = references::canonical(self.root, at);
            let value = references::resolve(self.root, value);
            responses.push(Response {
                status,
                content: self.content(value.get("content"), &at),
            });
        }
        responses.sort_by_key(|response| response.status);
        responses
    }

    fn content(&self, value: Option<&Value>, at: &str) -> Vec<Content> {
        let at = pointer::join(at, "content");
        let all = value.and_then(Value::as_object).into_iter().flatten();
        let all = all.map(|(media_type, value)| {
            let at = pointer::join(&at, media_type);
            Content {
                media_type: media_type.clone(),
                schema: value.get("schema").map(|_| self.schema(&at)),
                example: self.example(value),
            }
        });
        all.collect()
    }

    fn schema(&self, at: &str) -> String {
        references::canonical(self.root, pointer::join(at, "schema"))
    }

    /// `example`, or the first of `examples`.
    fn example(&self, value: &Value) -> Option<Value> {
        if let Some(example) = value.get("example") {
            return Some(example.clone());
        }
        let examples = value.get("examples")?.as_object()?;
        let first = references::resolve(self.root, examples.values().next()?);
        first.get("value").cloned()
    }
}

/// The names of the variables of a path.
fn variables(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

/// Sets of schemes of which one suffices; an empty set says that none is needed.
fn requirements(value: Option<&Value>) -> Vec<Vec<String>> {
    let sets = value.and_then(Value::as_array).into_iter().flatten();
    let sets = sets.filter_map(Value::as_object);
    let sets: Vec<Vec<String>> = sets.map(|set| set.keys().cloned().collect()).collect();
    match sets.iter().any(Vec::is_empty) {
        true => Vec::new(),
        false => sets,
    }
}
