//! Postman collections, version 2.0 and 2.1.
//!
//! In: the text of a collection. Out: one type, whose steps are the folders. Must never know other formats; scripts in
//! it are never run: a comment names them, and what they keep of an answer in one line is taken over.

mod auth;
mod document;
mod requests;
mod scripts;
mod variables;

use std::io::{BufRead, Read as _};

use super::behaviour::Requests;
use super::login;
use super::{Action, Auth, Behaviour, Import, ImportError, Note, Step, Wanted};
use document::{Collection, Item};
use variables::Variables;

/// Longest collection, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;
/// Deepest folder.
const DEEPEST: usize = 16;
/// Most requests that are taken.
const MOST_REQUESTS: usize = 2000;

/// Reads a collection.
///
/// # Errors
/// When it is no collection, or has no request.
pub fn read(file: &mut dyn BufRead, wanted: &Wanted) -> Result<Import, ImportError> {
    let mut text = Vec::new();
    let read = (&mut *file).take(LONGEST + 1).read_to_end(&mut text);
    read.map_err(|why| ImportError::new(format!("cannot be read: {why}"), "try again"))?;
    if text.len() as u64 > LONGEST {
        return Err(ImportError::new(
            "is longer than 64 MiB",
            "export fewer folders",
        ));
    }
    let collection: Collection =
        serde_json::from_slice(crate::text::json_input::without_mark(&text)).map_err(|why| {
            let place = format!("{}:{}", why.line(), why.column());
            let words = why.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            let remedy = "export the collection again as Collection v2.1";
            ImportError::at(place, format!("is not a valid collection: {words}"), remedy)
        })?;
    let mut notes = Vec::new();
    let mut folders = Vec::new();
    collect(&collection.item, "", 0, &mut folders, &mut notes);
    let mut variables = Variables::of(&collection, &folders);
    let mut behaviour = Behaviour::new(wanted.name.clone());
    behaviour.auth = auth::auth(collection.auth.as_ref(), &mut variables);
    let mut sent = 0;
    for (name, items) in &folders {
        let mut actions = Vec::new();
        let mut comments = Vec::new();
        for item in items {
            sent += 1;
            if sent > MOST_REQUESTS {
                break;
            }
            let Some(mut request) = requests::request(item, &mut variables) else {
                notes.push(Note {
                    place: Some(item.name.clone()),
                    words: "its URL cannot be read, and it was left out".to_owned(),
                });
                continue;
            };
            login::replace_account(&mut request);
            scripts::note(item, &mut request);
            if let Some(own) = &item
                .request
                .as_ref()
                .and_then(|request| request.auth.clone())
                && Some(own) != collection.auth.as_ref()
            {
                let words = format!("It has an auth of its own ({}): set it here.", own.kind);
                request.comments.push(words);
            }
            let keeps = request.extract.clone();
            actions.push(Action::Request(Box::new(request)));
            actions.extend(auth::renewed(collection.auth.as_ref(), &keeps));
        }
        if name.is_empty() {
            comments.push("Requests outside of folders.".to_owned());
        }
        if !actions.is_empty() {
            let name = if name.is_empty() {
                "requests"
            } else {
                name.as_str()
            };
            let mut step = Step::new(name, actions);
            step.comments = comments;
            behaviour.steps.push(step);
        }
    }
    if behaviour.steps.is_empty() {
        return Err(ImportError::new(
            "has no request",
            "export a collection with requests",
        ));
    }
    if sent > MOST_REQUESTS {
        let words = format!("the first {MOST_REQUESTS} of {sent} requests were taken");
        notes.push(Note { place: None, words });
    }
    in_turn(&mut behaviour);
    let title = collection.info.name.unwrap_or_default();
    behaviour.about = vec![format!(
        "{}: made from {}, the collection \"{title}\", {} requests in {} steps.",
        wanted.name,
        wanted.source,
        sent.min(MOST_REQUESTS),
        behaviour.steps.len()
    )];
    behaviour.about.extend(variables.about());
    if matches!(behaviour.auth, Auth::Basic(..) | Auth::Digest(..)) {
        let words = "It needs an account: throng run -e email=... -e password=...";
        behaviour.about.push(words.to_owned());
    }
    Ok(Import {
        base_url: variables.base_url(),
        behaviours: vec![behaviour],
        notes,
        ..Import::default()
    })
}

/// The folders with requests, by their whole names, in the collection's order.
fn collect<'a>(
    items: &'a [Item],
    name: &str,
    depth: usize,
    to: &mut Vec<(String, Vec<&'a Item>)>,
    notes: &mut Vec<Note>,
) {
    let own: Vec<&Item> = items.iter().filter(|item| item.request.is_some()).collect();
    if !own.is_empty() {
        let mut unique = name.to_owned();
        let mut number = 2;
        while to.iter().any(|(other, _)| *other == unique) {
            unique = format!("{name} ({number})");
            number += 1;
        }
        to.push((unique, own));
    }
    for item in items {
        let Some(inner) = &item.item else { continue };
        if depth >= DEEPEST {
            notes.push(Note {
                place: Some(item.name.clone()),
                words: format!("folders below {DEEPEST} others were left out"),
            });
            continue;
        }
        let title: String = item.name.chars().take(60).collect();
        let below = match name {
            "" => title,
            _ => format!("{name} / {title}").chars().take(100).collect(),
        };
        collect(inner, &below, depth + 1, to, notes);
    }
}

/// Steps one after the other: later folders use what earlier ones keep.
fn in_turn(behaviour: &mut Behaviour) {
    let names: Vec<String> = behaviour
        .steps
        .iter()
        .map(|step| step.name.clone())
        .collect();
    for (place, step) in behaviour.steps.iter_mut().enumerate() {
        step.weight = if place == 0 { 1.0 } else { 0.0 };
        let next = names.get(place + 1).cloned();
        step.next = vec![(next.unwrap_or_else(|| "leave".to_owned()), 1.0)];
    }
    behaviour.requests = Requests::Range(10_000, 10_000);
}
