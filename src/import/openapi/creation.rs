//! What a request creates, so that a clean-up can find and delete it.

use crate::import::request::{Creates, Find, Key};
use crate::import::{Name, Value};
use throng_openapi::{Document, Location};

use super::resources::{self, Resource};
use super::shape::Shape;
use super::words;

/// A field of the request whose value no other thing has.
pub(super) struct Mark {
    pub(super) field: String,
    pub(super) variable: Name,
}

/// The field of a body by which a thing can be found again: one whose value is drawn.
pub(super) fn mark(resource: &Resource, fields: &[(String, Value)]) -> Option<Mark> {
    let is_drawn = |value: &Value| match value {
        Value::Call(function, _) => matches!(
            *function,
            "random.email" | "random.username" | "random.unique" | "random.string"
        ),
        Value::Joined(parts) => parts
            .iter()
            .any(|part| matches!(part, Value::Call("random.unique", _))),
        _ => false,
    };
    let answered = |name: &str| resource.fields.iter().any(|(field, _)| field == name);
    let mut drawn = fields
        .iter()
        .filter(|(name, value)| is_drawn(value) && answered(name));
    let (field, _) = drawn.next()?;
    Some(Mark {
        field: field.clone(),
        variable: Name::of(&format!("{}_{field}", resource.kind), "mark"),
    })
}

/// How a thing is deleted and found; none where the document has no operation for the one or the other.
pub(super) fn of(
    document: &Document,
    resource: &Resource,
    mark: Option<&Mark>,
    prefix: &str,
) -> Option<Creates> {
    let path = &document.operations[resource.maker].path;
    let item = item(document, resource);
    let is_single = item.is_none();
    let deletes = |path: &str| {
        let mut all = document.operations.iter();
        all.any(|one| one.method == "DELETE" && one.path == path)
    };
    let delete = match &item {
        Some(item) if deletes(item) && !path.contains("{id}") => format!("{prefix}{path}/{{id}}"),
        None if deletes(path) => format!("{prefix}{path}"),
        _ => return None,
    };
    let id = pointer(&resource.id);
    let find = match (is_single, mark) {
        (true, _) => {
            let mut all = document.operations.iter();
            all.find(|one| one.method == "GET" && one.path == *path)?;
            Find {
                path: format!("{prefix}{path}"),
                params: Vec::new(),
                list: None,
                fields: Vec::new(),
                id: id.clone(),
            }
        }
        (false, Some(mark)) => by_mark(document, resource, mark, prefix)?,
        (false, None) => return None,
    };
    Some(Creates {
        kind: resource.kind.clone(),
        id,
        delete: ("DELETE".to_owned(), delete),
        find: Some(find),
    })
}

/// The path of one thing of a collection.
fn item(document: &Document, resource: &Resource) -> Option<String> {
    let begin = format!("{}/{{", resource.collection);
    let mut all = document
        .operations
        .iter()
        .filter(|one| one.method == "DELETE");
    let found = all.find(|one| {
        let rest = one.path.strip_prefix(&begin);
        rest.is_some_and(|rest| rest.find('}').is_some_and(|end| end + 1 == rest.len()))
    });
    found.map(|one| one.path.clone())
}

/// By an operation whose path names the field, or else by the list.
fn by_mark(document: &Document, resource: &Resource, mark: &Mark, prefix: &str) -> Option<Find> {
    let value = || Value::State(mark.variable.clone());
    let single = pointer(&resource.id);
    let named = format!("{{{}}}", mark.field);
    let gets = document.operations.iter().filter(|one| one.method == "GET");
    let mut by_name = gets.clone().filter(|one| {
        one.path.starts_with(&resource.collection)
            && one.path.ends_with(&named)
            && one.path.matches('{').count() == 1
    });
    if let Some(one) = by_name.next() {
        return Some(Find {
            path: format!("{prefix}{}", one.path),
            params: vec![(mark.field.clone(), value())],
            list: None,
            fields: Vec::new(),
            id: single,
        });
    }
    let all = gets.clone().find(|one| one.path == resource.collection)?;
    let answer = Shape::at(document, resources::success(all)?.schema.as_deref()?);
    let (list, items) = resources::list(document, &answer)?;
    let Some(Key::Field(id)) = resource.id.last() else {
        return None;
    };
    if !items.properties.contains_key(&mark.field) || !items.properties.contains_key(id) {
        return None;
    }
    let searches = |name: &str| {
        matches!(words::plain(name).as_str(), "search" | "q" | "query")
            || words::plain(name) == words::plain(&mark.field)
    };
    let mut query = all.parameters.iter();
    let query = query.find(|one| one.location == Location::Query && searches(&one.name));
    let path = match query {
        Some(parameter) => format!("{prefix}{}?{}={{mark}}", all.path, parameter.name),
        None => format!("{prefix}{}", all.path),
    };
    let params = query.map(|_| ("mark".to_owned(), value()));
    Some(Find {
        path,
        params: params.into_iter().collect(),
        list: list.map(|name| pointer(&[Key::Field(name)])),
        fields: vec![(mark.field.clone(), value())],
        id: pointer(&[Key::Field(id.clone())]),
    })
}

/// The JSON pointer of a path of keys.
fn pointer(path: &[Key]) -> String {
    let keys = path.iter().map(|key| match key {
        Key::Field(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Key::Index(place) => format!("/{place}"),
    });
    keys.collect()
}
