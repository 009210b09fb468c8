//! Which operations are wanted: all, or those of some tags and ids.

use crate::text::did_you_mean;
use throng_openapi::{Document, Operation};

use super::{ImportError, Wanted};

/// The numbers of the operations that are wanted.
pub(super) fn operations(document: &Document, wanted: &Wanted) -> Result<Vec<usize>, ImportError> {
    let all = &document.operations;
    for tag in &wanted.tags {
        if !all.iter().any(|one| one.tags.contains(tag)) {
            let tags = all
                .iter()
                .flat_map(|one| one.tags.iter().map(String::as_str));
            let meant = did_you_mean(tag, tags);
            return Err(ImportError::new(
                format!("no operation has the tag {tag:?}{meant}"),
                "name a tag of the document",
            ));
        }
    }
    for id in &wanted.operations {
        if !all.iter().any(|one| is_named(one, id)) {
            let ids = all.iter().filter_map(|one| one.id.as_deref());
            let meant = did_you_mean(id, ids);
            return Err(ImportError::new(
                format!("no operation is {id:?}{meant}"),
                "name an operationId, or a method and a path such as 'GET /users'",
            ));
        }
    }
    let is_wanted = |one: &Operation| {
        (wanted.tags.is_empty() && wanted.operations.is_empty())
            || one.tags.iter().any(|tag| wanted.tags.contains(tag))
            || wanted.operations.iter().any(|id| is_named(one, id))
    };
    let numbers = all.iter().enumerate().filter(|(_, one)| is_wanted(one));
    Ok(numbers.map(|(number, _)| number).collect())
}

fn is_named(operation: &Operation, id: &str) -> bool {
    operation.id.as_deref() == Some(id) || operation.to_string() == id
}
