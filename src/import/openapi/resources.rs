//! Resources: what is made by one operation, and named by its id in others.

use crate::import::request::Key;
use throng_openapi::{Content, Document, Operation, is_json};

use super::super::Name;
use super::shape::Shape;
use super::words;

/// Fields that are an id by themselves.
const IDS: [&str; 4] = ["id", "uuid", "guid", "key"];

/// A kind of things.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    /// Its name without separators: `user`.
    pub(super) kind: String,
    /// The path of the things: `/users`.
    pub(super) collection: String,
    /// The operation whose answer has an id.
    pub(super) maker: usize,
    /// Whether that makes a thing, rather than listing those that there are.
    pub(super) is_made: bool,
    /// Where the id is in the answer.
    pub(super) id: Vec<Key>,
    /// The variable that keeps the id.
    pub(super) variable: Name,
    /// Texts and numbers of the answer, and where they are.
    pub(super) fields: Vec<(String, Vec<Key>)>,
}

/// The resources of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Resources {
    pub(super) all: Vec<Resource>,
}

impl Resources {
    /// Finds those of a document: what a POST to a collection makes, or else what a GET of it lists.
    pub(super) fn of(document: &Document) -> Self {
        let mut resources = Self::default();
        for method in ["POST", "GET"] {
            for (number, operation) in document.operations.iter().enumerate() {
                let is_known = |one: &Resource| one.collection == operation.path;
                if operation.method != method || resources.all.iter().any(is_known) {
                    continue;
                }
                if let Some(resource) = resource(document, number, operation) {
                    resources.all.push(resource);
                }
            }
        }
        resources
    }

    /// That of a kind: the one that is made, and stands highest.
    pub(super) fn of_kind(&self, kind: &str) -> Option<&Resource> {
        let of_kind = self.all.iter().filter(|one| one.kind == kind);
        of_kind.min_by_key(|one| (!one.is_made, one.collection.len()))
    }

    /// That of a collection.
    pub(super) fn of_collection(&self, path: &str) -> Option<&Resource> {
        self.all.iter().find(|one| one.collection == path)
    }

    /// Those whose collection a path is below, the closest first.
    pub(super) fn above(&self, path: &str) -> impl Iterator<Item = &Resource> {
        let mut above: Vec<&Resource> = self
            .all
            .iter()
            .filter(|one| {
                let below = path.strip_prefix(one.collection.as_str());
                below.is_some_and(|rest| rest.starts_with('/'))
            })
            .collect();
        above.sort_by_key(|one| std::cmp::Reverse(one.collection.len()));
        above.into_iter()
    }

    /// That of which an operation deletes one thing, by its id.
    pub(super) fn deleted_by(&self, operation: &Operation) -> Option<&Resource> {
        let (collection, last) = operation.path.trim_end_matches('/').rsplit_once('/')?;
        let is_one = last.starts_with('{') && operation.method == "DELETE";
        self.of_collection(collection).filter(|_| is_one)
    }

    /// That which an operation makes.
    pub(super) fn made_by(&self, number: usize) -> Option<&Resource> {
        self.all
            .iter()
            .find(|one| one.maker == number && one.is_made)
    }
}

fn resource(document: &Document, number: usize, operation: &Operation) -> Option<Resource> {
    let path = operation.path.trim_end_matches('/');
    let last = path
        .rsplit('/')
        .next()
        .filter(|last| !last.is_empty() && !last.contains('{'))?;
    let is_made = operation.method == "POST";
    let item = format!("{path}/{{");
    let of_item = |one: &Operation| {
        one.path.strip_prefix(&item).is_some_and(|rest| {
            // One variable, and nothing after it.
            rest.find('}').is_some_and(|end| end + 1 == rest.len())
        })
    };
    let is_single = |one: &Operation| one.method == "DELETE" && one.path == operation.path;
    let is_used = document
        .operations
        .iter()
        .any(|one| of_item(one) || is_made && is_single(one));
    let content = success(operation)?;
    let answer = Shape::at(document, content.schema.as_deref()?);
    let kind = words::singular(&words::words(last).concat());
    let (mut at, things) = match is_made {
        true => inside(document, &answer, &kind),
        false => listed(document, &answer)?,
    };
    if !is_used {
        return None;
    }
    let is_id = |name: &&String| {
        IDS.contains(&name.as_str())
            || words::id_of(name).is_some_and(|(of, many)| of == kind && !many)
            || name.as_str() == "_id"
    };
    let names: Vec<&String> = things.properties.keys().collect();
    let id = names.iter().copied().find(|name| name.as_str() == "id");
    let id = id.or_else(|| names.iter().copied().find(is_id))?.clone();
    let scalars = things.properties.iter().filter(|(_, schema)| {
        let kind = Shape::of(document, schema);
        matches!(kind.kind(), "string" | "integer" | "number") && kind.properties.is_empty()
    });
    let field = |name: &String| {
        let mut path = at.clone();
        path.push(Key::Field(name.clone()));
        (name.clone(), path)
    };
    let fields = scalars.map(|(name, _)| field(name)).collect();
    let label = words::words(&singular_label(last)).join("_");
    let variable = Name::of(&format!("{label}_id"), "id");
    at.push(Key::Field(id));
    Some(Resource {
        kind,
        collection: path.to_owned(),
        maker: number,
        is_made,
        id: at,
        variable,
        fields,
    })
}

fn singular_label(last: &str) -> String {
    let mut words = words::words(last);
    if let Some(end) = words.last_mut() {
        *end = words::singular(end);
    }
    words.join("_")
}

/// What a successful answer is, in JSON.
pub(super) fn success(operation: &Operation) -> Option<&Content> {
    let good = operation
        .responses
        .iter()
        .filter(|one| one.status.is_success());
    let mut contents = good.flat_map(|one| &one.content);
    contents.find(|one| is_json(&one.media_type))
}

/// The thing in an answer, which may be wrapped in one field.
fn inside(document: &Document, answer: &Shape, kind: &str) -> (Vec<Key>, Shape) {
    if !answer.properties.contains_key("id") {
        for name in ["data", "result", "item", kind] {
            if let Some(schema) = answer.properties.get(name) {
                let inner = Shape::of(document, schema);
                if !inner.properties.is_empty() {
                    return (vec![Key::Field(name.to_owned())], inner);
                }
            }
        }
    }
    (Vec::new(), answer.clone())
}

/// The first thing of a list in an answer.
fn listed(document: &Document, answer: &Shape) -> Option<(Vec<Key>, Shape)> {
    let (at, items) = list(document, answer)?;
    let mut path: Vec<Key> = at.into_iter().map(Key::Field).collect();
    path.push(Key::Index(0));
    Some((path, items))
}

/// Where the list of an answer is: the field, or none where it is the answer itself; and what its items are.
pub(super) fn list(document: &Document, answer: &Shape) -> Option<(Option<String>, Shape)> {
    let items = |shape: &Shape| {
        let items = shape.get("items")?;
        Some(Shape::of(document, items)).filter(|items| !items.properties.is_empty())
    };
    if answer.kind() == "array" {
        return Some((None, items(answer)?));
    }
    answer.properties.iter().find_map(|(name, schema)| {
        let shape = Shape::of(document, schema);
        Some((Some(name.clone()), items(&shape)?))
    })
}
