//! The request of an operation, and its step.

use std::collections::HashSet;

use crate::import::behaviour::Need;
use crate::import::{Action, Body, Extraction, Name, Place, Request, Step, Value};
use throng_openapi::{Content, Document, Location, Operation, Parameter, is_json};

use super::bodies::{as_text, cookie, flat, set_body};
use super::creation::{self, Mark};
use super::links::Links;
use super::login::Login;
use super::refusals;
use super::resources::{Resource, Resources};
use super::shape::Shape;
use super::values::Values;
use super::words;

/// Longest name of a step, in characters.
const LONGEST_NAME: usize = 80;

/// Longest comment that is taken from a document, in characters.
const LONGEST_COMMENT: usize = 200;

/// Writes steps, each under a name of its own.
pub(super) struct Writer<'a> {
    pub(super) document: &'a Document,
    resources: &'a Resources,
    links: &'a Links,
    login: Option<&'a Login>,
    prefix: &'a str,
    names: HashSet<String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        document: &'a Document,
        resources: &'a Resources,
        links: &'a Links,
        login: Option<&'a Login>,
        prefix: &'a str,
    ) -> Self {
        Self {
            document,
            resources,
            links,
            login,
            prefix,
            names: HashSet::new(),
        }
    }

    /// The step that makes the request of an operation.
    pub(super) fn step(&mut self, number: usize) -> Step {
        let operation = &self.document.operations[number];
        let name = self.name(&step_name(operation));
        let (actions, guessed) = self.actions(number);
        let mut step = Step::new(name, actions);
        step.comments.extend(about(operation));
        if !guessed.is_empty() {
            let fields = guessed.join(", ");
            step.comments
                .push(format!("Guessed: {}", shortened(&fields)));
        }
        step.needs = self.needs(number);
        step
    }

    /// A name that no other step has.
    pub(super) fn name(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut count = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{wanted} ({count})");
            count += 1;
        }
        name
    }

    /// The variables without which it cannot be sent.
    pub(super) fn needs(&self, number: usize) -> Vec<Need> {
        let needs = self.links.needs(number).into_iter();
        needs
            .map(|source| Need {
                variable: source.variable.clone(),
                made_by: None,
            })
            .collect()
    }

    fn actions(&self, number: usize) -> (Vec<Action>, Vec<String>) {
        let operation = &self.document.operations[number];
        let (mut request, mut guessed) = self.request(number);
        let mut actions = Vec::new();
        for (variable, path) in self.links.kept(number) {
            request.extract.push(Extraction {
                variable: variable.clone(),
                place: Place::Json(path.clone()),
                required: false,
            });
        }
        if let Some(resource) = self.resources.made_by(number) {
            let mark = self.set_mark(resource, &mut request, &mut actions);
            request.creates = creation::of(self.document, resource, mark.as_ref(), self.prefix);
            let is_kept = request.creates.is_none() && operation.method == "POST";
            if is_kept {
                let words = format!(
                    "What this creates stays on the target: the document has no operation that finds and deletes a {}.",
                    resource.kind
                );
                request.comments.push(words);
            }
        }
        if let Some(resource) = self.resources.deleted_by(operation) {
            let kept = self.links.kept(resource.maker);
            request.forgets = kept.map(|(variable, _)| variable.clone()).collect();
        }
        refusals::expect(operation, &mut request);
        guessed.sort();
        guessed.dedup();
        actions.push(Action::Request(Box::new(request)));
        (actions, guessed)
    }

    /// Keeps the value by which the thing can be found again in a variable.
    fn set_mark(
        &self,
        resource: &Resource,
        request: &mut Request,
        actions: &mut Vec<Action>,
    ) -> Option<Mark> {
        let Body::Json(Value::Object(fields)) = &mut request.body else {
            return None;
        };
        let mark = creation::mark(resource, fields)?;
        creation::of(self.document, resource, Some(&mark), self.prefix)?;
        let (_, value) = fields.iter_mut().find(|(name, _)| *name == mark.field)?;
        let state = Value::State(mark.variable.clone());
        let drawn = std::mem::replace(value, state);
        actions.push(Action::Set(mark.variable.clone(), drawn));
        Some(mark)
    }

    /// The request of an operation with everything that it may have, and the fields that are guesses.
    pub(super) fn request(&self, number: usize) -> (Request, Vec<String>) {
        let operation = &self.document.operations[number];
        let mut request = Request::new(
            &operation.method,
            format!("{}{}", self.prefix, operation.path),
        );
        let kind = self.kind(operation);
        let mut values = Values {
            document: self.document,
            links: self.links,
            number,
            kind: &kind,
            is_write: matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH"),
            given: self.given(number, operation),
            guessed: Vec::new(),
        };
        let mut cookies = Vec::new();
        for parameter in &operation.parameters {
            let shape = shape_of(self.document, parameter);
            let is_sent = match parameter.location {
                Location::Path | Location::Query => true,
                _ => parameter.required || parameter.example.is_some(),
            };
            if !is_sent {
                continue;
            }
            let value = values.of(&parameter.name, &shape);
            let name = parameter.name.clone();
            match parameter.location {
                Location::Path => {
                    let safe = safe(&name);
                    let open = format!("{{{name}}}");
                    request.path = request.path.replace(&open, &format!("{{{safe}}}"));
                    request.params.push((safe, value));
                }
                Location::Query => request.query.extend(flat(name, value)),
                Location::Header => request.headers.push((name, as_text(value))),
                Location::Cookie => cookies.push((name, value)),
            }
        }
        if !cookies.is_empty() {
            request.headers.push(("Cookie".to_owned(), cookie(cookies)));
        }
        if let Some(body) = &operation.body {
            set_body(self.document, &body.content, &mut values, &mut request);
        }
        let guessed = std::mem::take(&mut values.guessed);
        (request, guessed)
    }

    /// What an operation is about: the last fixed part of its path, as one thing.
    fn kind(&self, operation: &Operation) -> String {
        let mut above = self.resources.above(&operation.path);
        if let Some(resource) = self
            .resources
            .of_collection(&operation.path)
            .or_else(|| above.next())
        {
            return resource.kind.clone();
        }
        let last = operation.path.rsplit('/').find(|part| !part.contains('{'));
        words::singular(&words::plain(last.unwrap_or_default()))
    }

    /// Values that the operation has for a reason: the account of a login, and the password that a thing was created with.
    fn given(&self, number: usize, operation: &Operation) -> Vec<(String, Value)> {
        let mut given = Vec::new();
        if let Some(login) = self.login.filter(|login| login.operation == number) {
            let (name, password) = &login.account;
            for (field, variable) in [(name, "email"), (password, "password")] {
                let value = Value::Var(Name::of(variable, "value"), None);
                given.push((field.clone(), value));
            }
        }
        let Some(content) = json_of(operation) else {
            return given;
        };
        let body = content
            .schema
            .as_deref()
            .map(|at| Shape::at(self.document, at));
        let names = body.iter().flat_map(|body| body.properties.keys());
        for name in names.filter(|name| words::is_old_password(name)) {
            given.extend(
                self.created_password(operation)
                    .map(|value| (name.clone(), value)),
            );
        }
        given
    }

    /// The password that the thing of a path was created with.
    fn created_password(&self, operation: &Operation) -> Option<Value> {
        let resource = self
            .resources
            .above(&operation.path)
            .find(|one| one.is_made)?;
        let maker = &self.document.operations[resource.maker];
        let body = Shape::at(self.document, json_of(maker)?.schema.as_deref()?);
        let mut passwords = body.properties.iter();
        let (name, schema) = passwords.find(|(name, _)| words::plain(name) == "password")?;
        let mut values = Values {
            document: self.document,
            links: self.links,
            number: resource.maker,
            kind: &resource.kind,
            is_write: true,
            given: Vec::new(),
            guessed: Vec::new(),
        };
        Some(values.of(name, &Shape::of(self.document, schema)))
    }
}

fn json_of(operation: &Operation) -> Option<&Content> {
    let contents = &operation.body.as_ref()?.content;
    contents.iter().find(|one| is_json(&one.media_type))
}

/// The operationId, or method and path; short, and without letters that cannot be seen.
pub(super) fn step_name(operation: &Operation) -> String {
    let name = operation.id.clone();
    let name = name.unwrap_or_else(|| operation.to_string());
    let hides = |letter: char| letter.is_control() || letter.is_whitespace();
    let clean = name
        .chars()
        .map(|letter| if hides(letter) { ' ' } else { letter });
    let clean: String = clean.take(LONGEST_NAME).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ")
}

fn about(operation: &Operation) -> Vec<String> {
    let mut about = Vec::new();
    if let Some(summary) = &operation.summary {
        let first = summary.lines().next().unwrap_or_default();
        about.push(shortened(first));
    }
    if operation.deprecated {
        about.push("The document says that it is deprecated.".to_owned());
    }
    about
}

fn shortened(text: &str) -> String {
    let mut letters = text.char_indices();
    match letters.nth(LONGEST_COMMENT) {
        Some((at, _)) => format!("{} ...", &text[..at]),
        None => text.to_owned(),
    }
}

/// A name that can stand in the braces of a path.
fn safe(name: &str) -> String {
    let mut letters = name.chars();
    let begins = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    match begins && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        true => name.to_owned(),
        false => Name::of(name, "value").as_str().to_owned(),
    }
}

fn shape_of(document: &Document, parameter: &Parameter) -> Shape {
    let schema = parameter.schema.as_deref();
    let mut shape = schema.map_or_else(Shape::default, |at| Shape::at(document, at));
    if let Some(example) = &parameter.example {
        shape.keywords.insert("example".to_owned(), example.clone());
    }
    shape
}
