//! The ledger by itself: what stands in its file, who can read it, what happens when it cannot be written.

mod file;
mod order;
mod trouble;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use throng::ledger::{Deletion, Directory, Entry, Ledger, Login, Lookup, OpenOptions, Run, Target};

fn run() -> Run {
    Run {
        id: "r1".to_owned(),
        started: 1_700_000_000,
        version: "0.1.0".to_owned(),
        target: Target::plain("http://localhost:8080/base"),
    }
}

fn begin(folder: &Path) -> Ledger {
    Ledger::begin(Directory::at(folder), run(), &OpenOptions::default()).unwrap()
}

fn entry(kind: &str, needs: &[&str], name: &str) -> Entry {
    Entry {
        kind: kind.to_owned(),
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        params: BTreeMap::from([("name".to_owned(), name.to_owned())]),
        delete: Deletion {
            method: "DELETE".to_owned(),
            path: format!("/{kind}/{{id}}"),
            body: Some(serde_json::json!({ "of": name })),
        },
        find: Some(Lookup {
            path: format!("/{kind}?name={{name}}"),
            list: Some("/items".to_owned()),
            fields: BTreeMap::from([("name".to_owned(), name.into())]),
            id: "/id".to_owned(),
        }),
        login: Some(Arc::new(Login {
            path: "/login".to_owned(),
            credentials: serde_json::json!({ "password": "Secret-of-the-deleter" }),
            token: "/token".to_owned(),
            form: false,
            client: None,
            headers: Vec::new(),
        })),
        confirmed: false,
        doubt: None,
        at: None,
    }
}

fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
