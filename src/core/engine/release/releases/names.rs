//! The names of the types, by their ids.

use std::sync::Arc;

/// Names of types; a new one comes at the end, and none is ever taken out.
#[derive(Debug)]
pub struct TypeNames(Vec<Arc<str>>);

impl TypeNames {
    /// Those at the beginning of a run.
    pub fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| Arc::from(name.as_str())).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter()
    }

    /// The name of the type with this id.
    pub fn get(&self, place: usize) -> Option<&str> {
        self.0.get(place).map(|name| &**name)
    }

    /// The id of a type.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|known| **known == *name)
    }

    /// The id of a type; a new one gets the next.
    pub fn find_or_add(&mut self, name: &str) -> usize {
        self.find(name).unwrap_or_else(|| {
            self.0.push(Arc::from(name));
            self.0.len() - 1
        })
    }
}
