//! The items that a user created, by the request that deletes each: what the user deletes itself the clean-up need not ask
//! for.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::path_template;
use crate::ledger::{Entry, EntryId, Login};

/// The items of one user that are remembered, the newest ones: a step usually deletes soon what it created. The clean-up
/// asks for older ones, whether they were deleted or not.
const MOST: usize = 64;

/// The items that one user created and that the target confirmed.
#[derive(Default)]
pub struct CreatedItems {
    items: RefCell<VecDeque<CreatedItem>>,
}

struct CreatedItem {
    entry: EntryId,
    /// Path and query of its deletion.
    target: Box<str>,
    /// The account that the clean-up would use.
    login: Option<Arc<Login>>,
}

/// How an item will be deleted, before its id is known.
pub struct DeletionTemplate {
    path: String,
    params: BTreeMap<String, String>,
    login: Option<Arc<Login>>,
}

/// Items that one request deletes.
#[derive(Debug, PartialEq, Eq)]
pub struct DeletedItems {
    /// Their entries: several where an item was written more than once.
    pub entries: Vec<EntryId>,
    /// Whether the clean-up would log in to delete them: to another account the target may say that they do not exist.
    pub is_account_needed: bool,
}

impl DeletionTemplate {
    /// Of an entry whose deletion is a DELETE request of a URL with the id; other deletions cannot be recognised by their URL.
    pub fn of(entry: &Entry) -> Option<Self> {
        let delete = &entry.delete;
        let has_own_url =
            delete.method == "DELETE" && delete.body.is_none() && delete.path.contains("{id}");
        has_own_url.then(|| Self {
            path: delete.path.clone(),
            params: entry.params.clone(),
            login: entry.login.clone(),
        })
    }
}

impl CreatedItems {
    /// The target confirmed an item, under this id if it gave one.
    pub fn add(
        &self,
        entry: EntryId,
        template: DeletionTemplate,
        id: Option<&str>,
        base_path: &str,
    ) {
        let DeletionTemplate {
            path,
            mut params,
            login,
        } = template;
        if let Some(id) = id {
            params.insert("id".to_owned(), id.to_owned());
        }
        // Where a param is missing the clean-up says so.
        let Ok(target) = path_template::fill_any(base_path, &path, &params) else {
            return;
        };
        let mut items = self.items.borrow_mut();
        if items.len() == MOST {
            items.pop_front();
        }
        items.push_back(CreatedItem {
            entry,
            target: target.into(),
            login,
        });
    }

    /// What a DELETE request of this path and query deletes: the newest item there, and older ones of the same account.
    pub fn deleted_by(&self, target: &str) -> Option<DeletedItems> {
        let items = self.items.borrow();
        let mut there = items.iter().rev().filter(|item| *item.target == *target);
        let newest = there.next()?;
        let older = there.filter(|item| item.login == newest.login);
        Some(DeletedItems {
            entries: std::iter::once(newest)
                .chain(older)
                .map(|item| item.entry)
                .collect(),
            is_account_needed: newest.login.is_some(),
        })
    }

    /// They are gone.
    pub fn remove(&self, entries: &[EntryId]) {
        let mut items = self.items.borrow_mut();
        items.retain(|item| !entries.contains(&item.entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Deletion;
    use serde_json::json;

    fn entry(path: &str, account: Option<&str>) -> Entry {
        let login = |email| Login {
            path: "/login".to_owned(),
            credentials: json!({ "email": email }),
            token: "/token".to_owned(),
            form: false,
            client: None,
            headers: Vec::new(),
        };
        Entry {
            kind: "thing".to_owned(),
            needs: Vec::new(),
            params: BTreeMap::from([("shop".to_owned(), "a b".to_owned())]),
            delete: Deletion {
                method: "DELETE".to_owned(),
                path: path.to_owned(),
                body: None,
            },
            find: None,
            login: account.map(|email| Arc::new(login(email))),
            confirmed: false,
            doubt: None,
            at: None,
        }
    }

    fn number(count: i64) -> EntryId {
        EntryId::of(0, count)
    }

    fn add(items: &CreatedItems, count: i64, path: &str, account: Option<&str>, id: &str) {
        let template = DeletionTemplate::of(&entry(path, account)).unwrap();
        items.add(number(count), template, Some(id), "/api");
    }

    #[test]
    fn an_item_is_found_by_the_url_of_its_deletion() {
        let items = CreatedItems::default();
        add(&items, 1, "/things/{id}?shop={shop}", None, "7/x");
        let found = items.deleted_by("/api/things/7%2Fx?shop=a%20b").unwrap();
        assert_eq!(found.entries, [number(1)]);
        assert!(!found.is_account_needed);
        assert_eq!(items.deleted_by("/api/things/7"), None);
        items.remove(&found.entries);
        assert_eq!(items.deleted_by("/api/things/7%2Fx?shop=a%20b"), None);
    }

    #[test]
    fn of_one_url_the_items_of_the_newest_account_are_meant() {
        let items = CreatedItems::default();
        for (count, account) in [(1, "ann"), (2, "bob"), (3, "ann")] {
            add(&items, count, "/things/{id}", Some(account), "7");
        }
        let found = items.deleted_by("/api/things/7").unwrap();
        assert_eq!(found.entries, [number(3), number(1)]);
        assert!(found.is_account_needed);
        items.remove(&found.entries);
        let found = items.deleted_by("/api/things/7").unwrap();
        assert_eq!(found.entries, [number(2)]);
    }

    #[test]
    fn so_many_are_remembered_and_no_more() {
        let items = CreatedItems::default();
        for count in 0..1_000 {
            add(&items, count, "/things/{id}", None, &count.to_string());
        }
        assert_eq!(items.items.borrow().len(), MOST);
        assert!(items.deleted_by("/api/things/999").is_some());
        assert!(items.deleted_by("/api/things/900").is_none());
    }

    #[test]
    fn what_has_no_url_of_its_own_is_not_recognised() {
        assert!(DeletionTemplate::of(&entry("/things", None)).is_none());
        let mut bulk = entry("/things/{id}", None);
        bulk.delete.body = Some(json!({ "ids": ["{id}"] }));
        assert!(DeletionTemplate::of(&bulk).is_none());
        let mut posted = entry("/things/{id}/revoke", None);
        posted.delete.method = "POST".to_owned();
        assert!(DeletionTemplate::of(&posted).is_none());
    }
}
