//! Which operation gives what another one needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::import::request::Key;
use throng_openapi::{Document, Location, Operation, is_json};

use super::super::Name;
use super::login::Login;
use super::resources::{Resource, Resources};
use super::shape::Shape;
use super::words;

/// Deepest field of a body for which a producer is looked for.
const DEEPEST: usize = 3;

/// A value that another operation gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// The variable that keeps it.
    pub(super) variable: Name,
    /// The operation.
    pub(super) maker: usize,
    /// Whether a list of one is wanted.
    pub(super) is_list: bool,
}

/// What operations give to each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    /// Those that are wanted, and those that give them what they need.
    operations: BTreeSet<usize>,
    /// What is kept of the answer of an operation.
    kept: HashMap<usize, BTreeMap<Name, Vec<Key>>>,
    /// By operation and name of a parameter or field.
    sources: BTreeMap<(usize, String), Source>,
}

impl Links {
    /// Finds what these operations need.
    pub(super) fn of(
        document: &Document,
        resources: &Resources,
        login: Option<&Login>,
        selected: Vec<usize>,
    ) -> Self {
        let mut links = Self::default();
        let finder = Finder {
            document,
            resources,
            login,
        };
        let mut waiting = selected;
        while let Some(number) = waiting.pop() {
            if !links.operations.insert(number) {
                continue;
            }
            for (name, source, path) in finder.needs(number) {
                waiting.push(source.maker);
                let kept = links.kept.entry(source.maker).or_default();
                kept.insert(source.variable.clone(), path);
                links.sources.insert((number, name), source);
            }
        }
        links
    }

    /// All that are made, by their numbers.
    pub(super) fn operations(&self) -> impl Iterator<Item = usize> + '_ {
        self.operations.iter().copied()
    }

    /// Where a parameter or field of an operation comes from.
    pub(super) fn source(&self, number: usize, name: &str) -> Option<&Source> {
        self.sources.get(&(number, name.to_owned()))
    }

    /// What an operation needs, each once.
    pub(super) fn needs(&self, number: usize) -> Vec<&Source> {
        let mut needs: Vec<&Source> = Vec::new();
        let own = self
            .sources
            .range((number, String::new())..(number + 1, String::new()));
        for (_, source) in own {
            if !needs.iter().any(|one| one.variable == source.variable) {
                needs.push(source);
            }
        }
        needs.sort_by_key(|one| (one.maker, one.variable.as_str().to_owned()));
        needs
    }

    /// What is kept of the answer of an operation.
    pub(super) fn kept(&self, number: usize) -> impl Iterator<Item = (&Name, &Vec<Key>)> {
        self.kept.get(&number).into_iter().flatten()
    }

    /// Whether other operations need what one answers.
    pub(super) fn is_read(&self, number: usize) -> bool {
        self.kept.contains_key(&number)
    }
}

struct Finder<'a> {
    document: &'a Document,
    resources: &'a Resources,
    login: Option<&'a Login>,
}

type Needed = (String, Source, Vec<Key>);

impl Finder<'_> {
    fn needs(&self, number: usize) -> Vec<Needed> {
        let operation = &self.document.operations[number];
        let mut needs = Vec::new();
        for parameter in &operation.parameters {
            let found = match parameter.location {
                Location::Path => self.of_path(operation, &parameter.name),
                _ => self.by_name(&parameter.name),
            };
            needs.extend(found.map(|(source, path)| (parameter.name.clone(), source, path)));
        }
        let contents = operation.body.iter().flat_map(|body| &body.content);
        if let Some(schema) = contents
            .filter(|one| is_json(&one.media_type) || one.media_type.contains("form"))
            .find_map(|one| one.schema.as_deref())
        {
            self.of_body(&Shape::at(self.document, schema), 0, &mut needs);
        }
        needs.retain(|(_, source, _)| source.maker != number);
        needs
    }

    /// A variable of a path: by its name, by what stands before it, or by a field of that.
    fn of_path(&self, operation: &Operation, name: &str) -> Option<(Source, Vec<Key>)> {
        if let Some(found) = self.by_name(name) {
            return Some(found);
        }
        let before = operation.path.split(&format!("{{{name}}}")).next()?;
        let before = before.trim_end_matches('/');
        if let Some(resource) = self.resources.of_collection(before) {
            let field = field(resource, name);
            return Some(field.unwrap_or_else(|| id(resource, false)));
        }
        let mut above = self.resources.above(&operation.path);
        above.find_map(|resource| field(resource, name))
    }

    /// `userId` is the id of the resource `user`.
    fn by_name(&self, name: &str) -> Option<(Source, Vec<Key>)> {
        let (kind, is_many) = words::id_of(name)?;
        let resource = self.resources.of_kind(&kind)?;
        Some(id(resource, is_many))
    }

    fn of_body(&self, shape: &Shape, depth: usize, needs: &mut Vec<Needed>) {
        if depth > DEEPEST {
            return;
        }
        for (name, schema) in &shape.properties {
            let found = self.by_name(name).or_else(|| self.of_login(name));
            if let Some((source, path)) = found {
                needs.push((name.clone(), source, path));
                continue;
            }
            let inner = Shape::of(self.document, schema);
            if !inner.is_read_only() && !inner.properties.is_empty() {
                self.of_body(&inner, depth + 1, needs);
            }
        }
    }

    fn of_login(&self, name: &str) -> Option<(Source, Vec<Key>)> {
        let login = self.login?;
        let pointer = login.refresh.as_ref()?;
        if words::plain(name) != "refreshtoken" {
            return None;
        }
        let keys = pointer.split('/').skip(1);
        let source = Source {
            variable: Name::of("refresh_token", "token"),
            maker: login.operation,
            is_list: false,
        };
        Some((source, keys.map(|key| Key::Field(key.to_owned())).collect()))
    }
}

fn id(resource: &Resource, is_list: bool) -> (Source, Vec<Key>) {
    let source = Source {
        variable: resource.variable.clone(),
        maker: resource.maker,
        is_list,
    };
    (source, resource.id.clone())
}

/// A field of a thing that a variable of a path names: `/users/email/{email}`.
fn field(resource: &Resource, name: &str) -> Option<(Source, Vec<Key>)> {
    let wanted = words::plain(name);
    let mut fields = resource.fields.iter();
    let (field, path) = fields.find(|(field, _)| words::plain(field) == wanted)?;
    if resource.id == *path {
        return Some(id(resource, false));
    }
    let source = Source {
        variable: Name::of(&format!("{}_{field}", resource.kind), "field"),
        maker: resource.maker,
        is_list: false,
    };
    Some((source, path.clone()))
}
