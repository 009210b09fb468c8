//! The values of a plan file as defaults of the options.

use std::path::Path;

use clap::{Arg, ArgAction, Command};

use super::Found;
use super::keys::takes;
use crate::plan::file::Entry;
use crate::plan::{DEFAULT_CANARY_TIME, span::show_span};

/// The command whose options have the file's values as defaults. Paths are relative to the folder of the file.
pub(in crate::cli) fn with_defaults(command: Command, found: &Found) -> Command {
    let folder = found.path.as_deref().and_then(Path::parent);
    let folder = folder.unwrap_or(Path::new(""));
    command.mut_subcommands(|sub| {
        let is_test = sub.get_name() == "test";
        sub.mut_args(|arg| match found.plan.entry(arg.get_id().as_str()) {
            Some(entry) if !is_test || is_of_tests(arg.get_id().as_str()) => {
                let texts = texts(entry, &arg, folder);
                arg.default_values(texts)
            }
            _ => arg,
        })
    })
}

/// Whether an option of `throng test` means what the one of a run means: others have the same name, such as `watch`.
fn is_of_tests(option: &str) -> bool {
    ["base_url", "seed", "locale", "vars", "builtin"].contains(&option)
}

/// What would be typed.
fn texts(entry: &Entry, arg: &Arg, folder: &Path) -> Vec<String> {
    let is_path = takes(arg, |value| matches!(value, "FILE" | "DIR"));
    let items = entry.items.iter().map(|item| item.text.as_str());
    match entry.key.as_str() {
        "vars" => items.map(|text| var(text, folder)).collect(),
        "canary" => items.filter_map(canary).collect(),
        "curve" => items.map(|text| curve(text, folder)).collect(),
        _ if matches!(arg.get_action(), ArgAction::Set) => vec![list(items, is_path, folder)],
        _ if is_path => items.map(|text| path(text, folder)).collect(),
        _ => items.map(str::to_owned).collect(),
    }
}

/// Parts of one text.
fn list<'a>(items: impl Iterator<Item = &'a str>, is_path: bool, folder: &Path) -> String {
    let texts: Vec<&str> = items.collect();
    let text = texts.join(",");
    if is_path { path(&text, folder) } else { text }
}

/// A curve by its name, or a file.
fn curve(text: &str, folder: &Path) -> String {
    if text.contains(['.', '/']) {
        path(text, folder)
    } else {
        text.to_owned()
    }
}

fn path(text: &str, folder: &Path) -> String {
    if text.is_empty() {
        // Joined, it would be the folder.
        return String::new();
    }
    folder.join(text).to_string_lossy().into_owned()
}

/// `KEY=@FILE` and `@FILE` name files.
fn var(text: &str, folder: &Path) -> String {
    let (key, value) = match text.split_once('=') {
        Some((key, value)) if !text.starts_with('@') => (format!("{key}="), value),
        _ => (String::new(), text),
    };
    match value.strip_prefix('@') {
        Some(file) => format!("{key}@{}", path(file, folder)),
        None => text.to_owned(),
    }
}

/// A share alone, which as a live setting is per cent, for the default time; nothing for no canary.
fn canary(text: &str) -> Option<String> {
    if text.contains('/') {
        return Some(text.to_owned());
    }
    let per_cent = text.strip_suffix('%').unwrap_or(text).trim();
    let is_none = per_cent.parse::<f64>().is_ok_and(|share| share == 0.0);
    (!is_none).then(|| format!("{per_cent}%/{}", show_span(DEFAULT_CANARY_TIME)))
}
